//! What hangs on a record and is kept for good: the approved editions of one that has editions, and the measurements of
//! an objective.

pub(super) mod store;

use async_graphql::Enum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(super) use store::Part;

use crate::kernel::page::SortOrder;

/// The kind of approved editions.
pub(super) const EDITION: &str = "edition";
/// The kind of measurements.
pub(super) const MEASUREMENT: &str = "measurement";

/// The order of editions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum EditionSort {
    /// Latest first.
    #[serde(rename = "-number")]
    Latest,
    /// Earliest first.
    #[serde(rename = "number")]
    Earliest,
}

impl SortOrder for EditionSort {
    const DEFAULT: Self = Self::Latest;
}

/// The order of measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum ObjectiveMeasurementSort {
    /// Newest first.
    #[serde(rename = "-on")]
    Newest,
    /// Oldest first.
    #[serde(rename = "on")]
    Oldest,
}

impl SortOrder for ObjectiveMeasurementSort {
    const DEFAULT: Self = Self::Newest;
}
