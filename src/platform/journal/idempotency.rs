//! Idempotency keys: claimed and answered in the effect's own transaction, so that neither exists without the other.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};

use super::write::hex;

use crate::{
    kernel::{
        error::{Code, Error, Result},
        time::Instant,
    },
    on_each,
    platform::db::TenantTx,
};

/// How long a key is remembered, in seconds: 24 hours.
pub const REMEMBERED: i64 = 24 * 60 * 60;

/// A key that a caller sent, and what the request was.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// The caller's key.
    pub key: String,
    /// SHA-256 of method, path, query and body, in hexadecimal.
    pub fingerprint: String,
}

impl Idempotency {
    /// SHA-256 of the key, in hexadecimal.
    pub fn key_hash(&self) -> String {
        hex(&Sha256::digest(&self.key))
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::platform::db::sql::{Instant, Uid};
    idempotency (tenant_id, credential, key) {
        tenant_id -> Uid,
        credential -> Text,
        key -> Text,
        fingerprint -> Text,
        answer -> Nullable<Text>,
        created_at -> Instant,
    }
}

/// Claims the key. A concurrent duplicate waits here until the first has ended.
///
/// # Errors
/// [`Error::replay`] with the kept answer; [`Code::IdempotencyMismatch`] when the request differs.
pub(super) async fn claim(tx: &mut TenantTx, by: &str, sent: &Idempotency, now: Instant) -> Result<()> {
    let tenant = tx.tenant();
    let forgotten = now.plus_seconds(-REMEMBERED);
    let claimed = on_each!(tx, |conn| {
        diesel::delete(
            idempotency::table
                .filter(idempotency::tenant_id.eq(tenant))
                .filter(idempotency::created_at.lt(forgotten)),
        )
        .execute(conn)
        .await?;
        diesel::insert_into(idempotency::table)
            .values((
                idempotency::tenant_id.eq(tenant),
                idempotency::credential.eq(by),
                idempotency::key.eq(&sent.key),
                idempotency::fingerprint.eq(&sent.fingerprint),
                idempotency::created_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .execute(conn)
            .await
    })?;
    if claimed == 1 { Ok(()) } else { Err(kept(tx, by, sent).await?) }
}

async fn kept(tx: &mut TenantTx, by: &str, sent: &Idempotency) -> Result<Error> {
    let tenant = tx.tenant();
    let (fingerprint, answer): (String, Option<String>) = on_each!(tx, |conn| {
        idempotency::table
            .find((tenant, by, &sent.key))
            .select((idempotency::fingerprint, idempotency::answer))
            .first(conn)
            .await
    })?;
    Ok(match answer {
        Some(answer) if fingerprint == sent.fingerprint => Error::replay(answer),
        _ => Error::at(
            Code::IdempotencyMismatch,
            "Idempotency-Key",
            "was used within 24 hours for a request with another path, query or body",
        ),
    })
}

/// Keeps the answer beside the claim.
pub(super) async fn keep(tx: &mut TenantTx, by: &str, sent: &Idempotency, answer: String) -> Result<()> {
    let tenant = tx.tenant();
    on_each!(tx, |conn| {
        diesel::update(idempotency::table.find((tenant, by, &sent.key)))
            .set(idempotency::answer.eq(Some(answer)))
            .execute(conn)
            .await
    })?;
    Ok(())
}
