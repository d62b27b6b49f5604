//! Certificates that follow what other rooms write.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{
    defaults::Defaults,
    engine::{Evaluations, Life},
    log::CertificationEvent,
    model::Dossier,
    service,
    store::{self, Which},
};
use crate::{
    assurance::findings,
    kernel::{error::Result, id::AuditId, time::Date},
    platform::{
        diary::{Dates, Moment},
        held,
        journal::{Ripple, Write},
        sole,
    },
};

/// Brings certificates up to date, in lists and in the diary, when an audit that serves one, its findings, a body's
/// accreditation, the default settings or what the organisation did to evaluate its system change, and refuses an audit that
/// a rule speaks against. Not journalled: it follows from facts that are.
pub fn follow<'a>(tx: &'a mut Write, ripples: &'a [Ripple]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for ripple in ripples {
            match *ripple {
                Ripple::Accreditation(body, today) => {
                    hold_all(tx).await?;
                    let dossiers = store::all(tx, Which::Of(body)).await?;
                    renew(tx, &dossiers, today).await?;
                }
                Ripple::CertificationSettings(today) => {
                    let dossiers = store::hold_by_default(tx).await?;
                    renew(tx, &dossiers, today).await?;
                }
                Ripple::Evaluation => {
                    hold_all(tx).await?;
                    let dossiers = store::all(tx, Which::Every).await?;
                    let today = tx.now().latest_date();
                    renew(tx, &dossiers, today).await?;
                }
                _ => {}
            }
        }
        audited(tx, ripples).await
    })
}

/// Renews the certificates whose audits changed, or what those found.
async fn audited(tx: &mut Write, ripples: &[Ripple]) -> Result<()> {
    let (mut served, mut found) = (Vec::new(), Vec::new());
    for ripple in ripples {
        match *ripple {
            Ripple::Audit(_, Some(certification)) => served.push(certification),
            Ripple::FindingOf(audit) => found.push(audit),
            _ => {}
        }
    }
    served.extend(findings::certifications_of(tx, &found).await?);
    if served.is_empty() {
        return Ok(());
    }
    held::hold_all(tx, &served).await?;
    let dossiers = store::all(tx, Which::These(&served)).await?;
    let evaluations = store::evaluations(tx).await?;
    for ripple in ripples {
        let Ripple::Audit(audit, Some(certification)) = *ripple else { continue };
        if let Some(dossier) = dossiers.iter().find(|one| one.facts.id == certification) {
            admit(tx, dossier, &evaluations, audit)?;
        }
    }
    let today = tx.now().latest_date();
    renew(tx, &dossiers, today).await
}

/// Holds all certificates, and those that are just being entered: whoever enters one holds the settings first.
async fn hold_all(tx: &mut Write) -> Result<()> {
    sole::held::<Defaults>(tx).await?;
    store::hold_all(tx).await
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
    let ids = held::next(tx, last).await?;
    let dossiers = store::all(tx, Which::These(&ids)).await?;
    renew(tx, &dossiers, today).await?;
    Ok(held::more(&ids))
}

/// Brings these up to date, whose rows are held. However many there are, one statement reads what the diary has of them; what
/// is written is what moved.
async fn renew(tx: &mut Write, dossiers: &[Dossier], today: Date) -> Result<()> {
    if dossiers.is_empty() {
        return Ok(());
    }
    let evaluations = store::evaluations(tx).await?;
    // A day is over in every time zone when it is over here: reminders of today are still to be told.
    let first = tx.now().date_in(chrono_tz::Etc::GMTPlus12);
    let mut all = Vec::with_capacity(dossiers.len());
    for dossier in dossiers {
        let life = dossier.life(Moment::now(today));
        let expires_on = life.validity().map_or(Date::MAX, |validity| validity.last_day());
        if dossier.facts.expires_on != expires_on {
            store::redate(tx, dossier.facts.id, expires_on).await?;
            stir_audits(tx, dossier);
        }
        all.push(dates((dossier, &life), &evaluations, today, first));
    }
    tx.expect_all(&all).await
}

/// What its audits found is due by its expiry: one of them stands for all.
pub fn stir_audits(tx: &mut Write, dossier: &Dossier) {
    if let Some(audit) = dossier.audits.first() {
        tx.stir(Ripple::Audit(audit.id, Some(dossier.facts.id)));
    }
}

/// Its dates for the diary, as they stand today, with their reminders from that day on.
pub fn dates(
    (dossier, life): (&Dossier, &Life),
    evaluations: &Evaluations,
    today: Date,
    reminded_from: Date,
) -> Dates {
    let dues = dossier.dues(life, evaluations, Moment::now(today));
    Dates::of(dossier, dues).reminded(&dossier.settings().reminder_days, reminded_from)
}
