//! Fieldwork that is held as an audit: it is entered once, and is the fact that its engagement reads.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{
    engine::{Around, Life, breaches},
    log::AttestationEvent,
    model::Dossier,
    service, store,
};
use crate::{
    kernel::{error::Result, id::AuditId, time::Date},
    platform::{
        diary::Moment,
        held,
        journal::{Ripple, Write},
    },
};

/// Brings engagements up to date, in lists and in the diary, when fieldwork that serves one changes, and refuses fieldwork
/// that a rule speaks against. Not journalled: it follows from facts that are.
pub fn follow<'a>(tx: &'a mut Write, ripples: &'a [Ripple]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let served = |one: &Ripple| match *one {
            Ripple::Fieldwork(_, attestation) => Some(attestation),
            _ => None,
        };
        let all: Vec<_> = ripples.iter().filter_map(served).collect();
        held::hold_all(tx, &all).await?;
        for ripple in ripples {
            let Ripple::Fieldwork(audit, attestation) = *ripple else { continue };
            let mut dossier = service::find(tx, attestation).await?;
            let today = tx.now().latest_date();
            admit(tx, &dossier, audit, today)?;
            service::renew(tx, &mut dossier, today, None).await?;
        }
        Ok(())
    })
}

/// Brings the next engagements after this one up to date, by the rules as they are now. Answers the last of them where
/// there are more.
///
/// # Errors
/// When the database fails.
pub async fn redate(tx: &mut Write, last: Uuid, today: Date) -> Result<Option<Uuid>> {
    let ids = held::next(tx, last).await?;
    for id in &ids {
        if let Some(mut dossier) = store::get(tx, *id).await? {
            service::renew(tx, &mut dossier, today, None).await?;
        }
    }
    Ok(held::more(&ids))
}

/// Refuses fieldwork that is completed in this write where a rule speaks against it, unless that was acknowledged. Where
/// fieldwork had begun before, it changes nothing.
fn admit(tx: &Write, dossier: &Dossier, audit: AuditId, today: Date) -> Result<()> {
    let (now, moment) = (tx.now(), Moment::now(today));
    let completed = |one: &AttestationEvent| one.recorded_at == now && one.voided_at.is_none();
    let mut held = dossier.fieldwork.iter().filter(|one| one.audit == audit);
    let event = held.next().map(|one| AttestationEvent::of_fieldwork(one, &dossier.facts));
    let Some(event) = event.filter(completed) else { return Ok(()) };
    let others: Vec<_> = dossier.log(moment).into_iter().filter(|one| one.id != event.id).collect();
    if Life::of(&others, moment).fieldwork_on.is_some() {
        return Ok(());
    }
    let life = Life::judging(&others, moment, event.event, event.effective_on);
    let (terms, around) = (dossier.facts.terms(), Around::default());
    let found = breaches(&life, &terms, event.event, &event.details, event.effective_on, &around);
    service::known(found, &event.contradicts).map(drop)
}
