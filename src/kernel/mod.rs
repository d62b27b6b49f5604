//! The ground floor: pure values that every other floor speaks in. No I/O, no clock, no framework logic.

pub mod error;
pub mod id;
pub mod page;
pub mod patch;
pub mod text;
pub mod time;
