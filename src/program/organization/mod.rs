//! The organisation and what lies in scope: its profile, its systems and services, the places it works from, and what
//! customers ask of it.

pub mod customers;
pub mod locations;
pub mod profile;
pub mod systems;
