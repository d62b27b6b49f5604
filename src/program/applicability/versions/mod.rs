//! The versions of a statement: the draft, and those that were approved. A version says everything as text, so that it
//! can be read, printed and compared for as long as a certificate rests on it.

mod content;
mod diff;
mod model;
mod print;
mod table;

pub(super) mod graphql;
pub(super) mod rest;
pub(super) mod service;
pub(super) mod store;

pub use content::{Content, Digest, Totals};
pub use diff::Differences;
pub use model::{NewVersion, VersionHead, VersionLabel, VersionView};
pub use service::{approve, of as versions_of};
pub use store::{NO_VERSION, applicability_versions, approved_version, approved_versions};
