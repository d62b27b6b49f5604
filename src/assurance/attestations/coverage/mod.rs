//! What reports and evidence cover: the days of an organisation by its reports, and the criteria of one engagement by
//! controls and evidence.

mod continuity;
mod criteria;
mod exceptions;
pub mod service;
#[cfg(test)]
mod tests;

pub use continuity::{ReportCoverage, ReportCoverageState, Reported, continuity};
pub use criteria::AttestationCoverage;
