//! Risks: what may go wrong, how bad it would be before and after treatment, who answers for it, and who accepts what
//! is left of it until when. Levels are derived of the tenant's own matrix whenever a risk is read.

mod acceptance;
mod drawing;
mod engine;
mod filter;
mod heatmap;
mod line;
mod model;
mod rating;
mod store;

pub mod graphql;
pub mod matrix;
pub mod rest;
pub mod service;

pub use acceptance::{Acceptance, AcceptanceState, NewAcceptance};
pub use engine::{RiskStanding, RiskView};
pub use filter::{RiskFilter, RiskSort};
pub use graphql::RisksOf;
pub use heatmap::{Heatmap, HeatmapCell};
pub use line::{ResidualRisk, RiskLine, Treated};
pub use model::{NewRisk, Risk, RiskCategory, RiskPatch, RiskStatus, RiskTreatment, SecurityProperty};
pub use rating::{Basis, Rating};
use store::beyond;
pub use store::{residual, risks, treated};
