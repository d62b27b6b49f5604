//! The programme: what the organisation does about its requirements.

pub mod controls;
pub mod evidence;
pub mod risks;
