//! The table of profiles: one row per tenant.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::Organization;

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Json, Uid};
    organizations (tenant_id) {
        tenant_id -> Uid,
        legal_name -> Nullable<Text>,
        industry -> Nullable<Text>,
        regions -> Json,
        data_handled -> Json,
        size -> Nullable<Integer>,
        needs_public_certificate -> Nullable<Bool>,
        description -> Text,
        website -> Nullable<Text>,
        version -> Integer,
    }
}

crate::sole!(Organization, organizations);
