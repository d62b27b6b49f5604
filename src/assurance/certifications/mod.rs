//! Certificates of management systems under ISO/IEC 17021-1: what each one says, the dated events of its life, and the
//! three years that follow from them.
//!
//! Facts are dated events; status and dates are computed from them for a day and never stored. The service records what
//! the certification body decided; it decides nothing.

mod citation;
mod engine;
mod entry;
mod follow;
mod input;
mod lapse;
#[cfg(test)]
mod lives;
mod log;
mod many;
mod model;
mod order;
mod planning;
mod preview;
mod rules;
mod said;
mod settings;
mod store;
mod story;
mod timeline;
#[cfg(test)]
mod vectors;

pub mod bodies;
pub mod dates;
pub mod defaults;
pub mod graphql;
pub mod rest;
pub mod service;

pub use engine::{CertificationStatus, Evaluations, PublicStatus, Validity};
pub use entry::NewCertification;
pub use follow::{follow, redate};
pub use input::NewCertificationEvent;
pub use lapse::lapsed;
pub use log::{CertificationEvent, CertificationEventDetails, CertificationEventType, PrintedDates};
pub use model::{Certification, Dossier};
pub use planning::{AssumedFinding, CertificationPlanner, FindingAssumption, PlannedCertification};
pub use rules::{MAJORS_AT_SURVEILLANCE, MAJORS_BEFORE_GRANT, MAJORS_BEFORE_RENEWAL};
pub use settings::CycleSettings;
