//! The only floor that knows drivers and frameworks deeply: database, journal, diary, access, identity, secrets, HTTP,
//! GraphQL, calls to others, and the life that every resource shares.

pub mod access;
pub mod batch;
pub mod db;
pub mod diary;
pub mod files;
pub mod graphql;
pub mod held;
pub mod http;
pub mod identity;
pub mod ids;
pub mod journal;
pub mod outbound;
pub mod room;
pub mod secrets;
pub mod sole;
pub mod tls;
