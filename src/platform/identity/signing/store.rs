//! The signing keys' table: outside tenants, without row-level security.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::model::SigningKey;
use crate::{
    kernel::{error::Result, time::Instant},
    on_each,
    platform::db::{SystemTx, SystemWrite},
};

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::Instant;
    signing_keys (kid) {
        kid -> Text,
        generation -> Integer,
        public_key -> Text,
        sealed_key -> Text,
        created_at -> Instant,
        signs_from -> Instant,
        retires_at -> Nullable<Instant>,
    }
}

/// Every key, oldest first: few, as what is retired is forgotten.
pub(super) async fn all(tx: &mut SystemTx) -> Result<Vec<SigningKey>> {
    Ok(on_each!(tx, |conn| {
        signing_keys::table
            .order(signing_keys::generation.asc())
            .select(SigningKey::as_select())
            .load(conn)
            .await
    })?)
}

/// Adds a key; false where another process was first with this generation.
pub(super) async fn insert(tx: &mut SystemWrite, key: &SigningKey) -> Result<bool> {
    let rows = on_each!(tx, |conn| {
        diesel::insert_into(signing_keys::table).values(key).on_conflict_do_nothing().execute(conn).await
    })?;
    Ok(rows == 1)
}

/// Lets the keys before this generation retire, those that do not yet or later.
pub(super) async fn retire_before(tx: &mut SystemWrite, generation: i32, at: Instant) -> Result<()> {
    let open = signing_keys::retires_at.is_null().or(signing_keys::retires_at.gt(at));
    let older = signing_keys::table.filter(signing_keys::generation.lt(generation)).filter(open);
    on_each!(tx, |conn| {
        diesel::update(older).set(signing_keys::retires_at.eq(Some(at))).execute(conn).await
    })?;
    Ok(())
}

/// Forgets the keys that have retired, with their private halves.
pub(super) async fn forget(tx: &mut SystemWrite, now: Instant) -> Result<()> {
    on_each!(tx, |conn| {
        diesel::delete(signing_keys::table.filter(signing_keys::retires_at.le(now))).execute(conn).await
    })?;
    Ok(())
}
