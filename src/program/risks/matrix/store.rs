//! The table of risk matrices.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::RiskMatrix;

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Json, Uid};
    risk_matrices (tenant_id) {
        tenant_id -> Uid,
        likelihood -> Json,
        impact -> Json,
        levels -> Json,
        appetite -> Integer,
        version -> Integer,
    }
}

// A risk that is estimated in its steps and a matrix that loses some of them wait for each other: both hold the row.
crate::sole!(RiskMatrix, risk_matrices);
