//! Who may do what: one table of actions, roles and scopes, and the context that every request carries.

mod action;
mod ctx;
mod seen;

pub use action::{Action, Role, Scopes, matrix, scope_names};
pub(in crate::platform) use ctx::run;
pub use ctx::{Caller, Credential, Ctx, Links, OperatorCtx, Permit, Reading, Services};
use seen::Seen;
