//! The table of default settings: one row per tenant.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::Defaults;

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Json, Uid};
    certification_settings (tenant_id) {
        tenant_id -> Uid,
        settings -> Json,
        version -> Integer,
    }
}

// A certificate that takes them and a change of them wait for each other: both hold the row.
crate::sole!(Defaults, certification_settings);
