//! The calendar: what is due, for people and for machines that remind them.

pub mod midnight;
pub mod milestones;
pub mod plans;
pub mod timelines;
