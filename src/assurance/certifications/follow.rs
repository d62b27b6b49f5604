//! Certificates that follow what other rooms write.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{
    defaults,
    engine::Evaluations,
    log::CertificationEvent,
    model::Dossier,
    service,
    store::{self, Which},
};
use crate::{
    assurance::audits,
    kernel::{
        error::Result,
        id::{AuditId, CertificationId},
        time::Date,
    },
    platform::{
        diary::Moment,
        journal::{Ripple, Write},
        room,
    },
};

/// Brings certificates up to date, in lists and in the diary, when an audit that serves one, its findings, a body's
/// accreditation, the default settings or what the organisation did to evaluate its system change, and refuses an audit that
/// a rule speaks against. Not journalled: it follows from facts that are.
pub fn follow(tx: &mut Write, ripple: Ripple) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        match ripple {
            Ripple::Accreditation(body, today) => {
                hold_all(tx).await?;
                let all = store::all(tx, Which::Of(body)).await?;
                renew(tx, all, today).await?;
            }
            Ripple::CertificationSettings(today) => {
                let all = store::hold_by_default(tx).await?;
                renew(tx, all, today).await?;
            }
            Ripple::Audit(audit, Some(certification)) => {
                let dossier = held(tx, certification).await?;
                let evaluations = store::evaluations(tx).await?;
                admit(tx, &dossier, &evaluations, audit)?;
                let today = latest_today(tx);
                renew_one(tx, &dossier, &evaluations, today).await?;
            }
            Ripple::FindingOf(audit) => {
                if let Some(certification) = audits::certification_of(tx, audit).await? {
                    let dossier = held(tx, certification).await?;
                    let today = latest_today(tx);
                    renew(tx, vec![dossier], today).await?;
                }
            }
            Ripple::Evaluation => {
                hold_all(tx).await?;
                let today = latest_today(tx);
                let all = store::all(tx, Which::Every).await?;
                renew(tx, all, today).await?;
            }
            _ => {}
        }
        Ok(())
    })
}

/// Holds all certificates, and those that are just being entered: whoever enters one holds the settings first.
async fn hold_all(tx: &mut Write) -> Result<()> {
    defaults::store::hold(tx).await?;
    store::hold_all(tx).await
}

async fn held(tx: &mut Write, id: CertificationId) -> Result<Dossier> {
    store::hold(tx, id).await?;
    service::find(tx, id).await
}

/// Today where the day comes first: whatever zone the tenant is in, what it recorded as of today has happened by then.
fn latest_today(tx: &Write) -> Date {
    tx.now().date_in(chrono_tz::Etc::GMTMinus14)
}

/// Refuses an audit that is completed in this write where a rule speaks against it, unless that was acknowledged.
fn admit(tx: &Write, dossier: &Dossier, evaluations: &Evaluations, audit: AuditId) -> Result<()> {
    let now = tx.now();
    let held = dossier.audits.iter().find(|one| one.id == audit && one.recorded_at == now);
    let Some(event) = held.and_then(|one| CertificationEvent::of_audit(one, &dossier.facts)) else {
        return Ok(());
    };
    service::contradicted(dossier, evaluations, &event).map(drop)
}

/// Brings the next certificates after this one up to date, by the rules as they are now. Answers the last of them where
/// there are more.
///
/// # Errors
/// When the database fails.
pub async fn redate(tx: &mut Write, last: Uuid, today: Date) -> Result<Option<Uuid>> {
    let ids = store::after(tx, CertificationId::from_uuid(last), room::AT_ONCE).await?;
    for id in &ids {
        store::hold(tx, *id).await?;
        if let Some(dossier) = store::get(tx, *id).await? {
            renew(tx, vec![dossier], today).await?;
        }
    }
    Ok(room::more(&ids))
}

/// Brings these up to date, whose rows are held.
async fn renew(tx: &mut Write, all: Vec<Dossier>, today: Date) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let evaluations = store::evaluations(tx).await?;
    for dossier in all {
        renew_one(tx, &dossier, &evaluations, today).await?;
    }
    Ok(())
}

async fn renew_one(tx: &mut Write, dossier: &Dossier, evaluations: &Evaluations, today: Date) -> Result<()> {
    let life = dossier.life(Moment::now(today));
    let expires_on = life.validity().map_or(Date::MAX, |validity| validity.last_day());
    if dossier.facts.expires_on != expires_on {
        store::redate(tx, dossier.facts.id, expires_on).await?;
        stir_audits(tx, dossier);
    }
    // A day is over in every time zone when it is over here: reminders of today are still to be told.
    let first = tx.now().date_in(chrono_tz::Etc::GMTPlus12);
    remember(tx, dossier, evaluations, today, first).await
}

/// What its audits found is due by its expiry: one of them stands for all.
pub fn stir_audits(tx: &mut Write, dossier: &Dossier) {
    if let Some(audit) = dossier.audits.first() {
        tx.stir(Ripple::Audit(audit.id, Some(dossier.facts.id)));
    }
}

/// Puts its dates in the diary, as they stand today, with their reminders from that day on.
///
/// # Errors
/// When the database fails.
pub async fn remember(
    tx: &mut Write,
    dossier: &Dossier,
    evaluations: &Evaluations,
    today: Date,
    reminded_from: Date,
) -> Result<()> {
    let dues = dossier.dues(evaluations, Moment::now(today));
    tx.expect_and_remind(dossier, &dues, &dossier.settings().reminder_days, reminded_from).await
}
