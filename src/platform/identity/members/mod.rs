//! Members: the people and machine accounts of a tenant. Every credential belongs to one; `owner` fields name one.

mod model;
mod store;

pub mod graphql;
pub mod rest;
pub mod service;

pub use model::{Email, Member, MemberFilter, MemberKind, MemberPatch, MemberSort, NewMember};
pub use store::members;
