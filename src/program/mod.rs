//! The programme: what the organisation does about its requirements.

pub mod advice;
pub mod applicability;
pub mod controls;
pub mod evidence;
pub mod isms;
pub mod organization;
pub mod risks;
