//! Certificates that lapse: what only time changes.

use super::{
    model::Dossier,
    store::{self, Which},
};
use crate::{
    kernel::{error::Result, id::CertificationId, time::Date},
    platform::{db::TenantTx, diary::Moment, journal::EventType},
};

/// What became of these certificates because a day came, each with its facts: those that lapsed on it.
///
/// # Errors
/// When the database fails.
pub async fn lapsed(
    tx: &mut TenantTx,
    ids: &[CertificationId],
    day: Date,
) -> Result<Vec<(EventType, Dossier)>> {
    let mut all = Vec::new();
    for dossier in store::all(tx, Which::These(ids)).await? {
        let life = dossier.life(Moment::now(day));
        let (before, now) = (life.status(day.minus_days(1)), life.status(day));
        all.extend(now.reached_from(before).into_iter().map(|event| (event, dossier.clone())));
    }
    Ok(all)
}
