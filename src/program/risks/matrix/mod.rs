//! The tenant's own risk matrix: its two scales, its levels over score = likelihood × impact, and its appetite. Levels
//! are derived of it whenever a risk is read, so that a change of the matrix is a change of every level at once.

mod engine;
mod model;
mod service;
mod store;

pub mod graphql;
pub mod rest;

pub use model::{Color, LevelKey, MAX_STEPS, RiskLevel, RiskMatrix, RiskMatrixPatch, Step};
