//! Accreditations begin and run out by themselves. No date of a certificate turns then, and it makes something else due.

use crate::{
    assurance::certifications::bodies,
    kernel::{error::Result, id::TenantId, time::Date},
    platform::{access::Services, journal::Ripple},
};

/// Months that are looked back where this process has told no day yet: longer, no service stands still.
const LOOKED_BACK: u32 = 1;

/// Brings up to date what the certificates of those bodies make due whose accreditations turned after a day, up to today, and
/// journals what moved. One statement where none did.
///
/// # Errors
/// When the database fails.
pub async fn renew(services: &Services, tenant: TenantId, since: Option<Date>, today: Date) -> Result<()> {
    let since = since.unwrap_or_else(|| today.minus_months(LOOKED_BACK));
    let Some(mut tx) = services.upkeep(tenant).await? else { return Ok(()) };
    let turned = bodies::turned(&mut tx, since, today).await?;
    drop(tx);
    if turned.is_empty() {
        return Ok(());
    }
    let mut tx = services.write_on(format!("midnight-{today}"), tenant).await?;
    tx.tell_dates();
    for body in turned {
        tx.stir(Ripple::Accreditation(body, today));
    }
    tx.settle().await?;
    if tx.is_unchanged() { Ok(()) } else { tx.commit(()).await }
}
