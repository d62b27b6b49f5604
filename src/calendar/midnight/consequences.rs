//! What follows from a date that turned, for the resource that it belongs to.

use crate::{
    assurance::certifications,
    kernel::{
        error::Result,
        id::{Id, Kind},
        time::Date,
    },
    platform::{
        diary::{Turn, Turned},
        journal::{EventType, Recorded, Write},
        room::Stored,
    },
    program::{evidence::Evidence, risks::Risk},
};

/// Records what became of the resources whose dates turned on a day.
///
/// # Errors
/// When the database fails.
pub async fn record(tx: &mut Write, turned: &[Turned], day: Date) -> Result<()> {
    over::<Evidence>(tx, turned, "evidence_goes_stale", EventType::EvidenceWentStale).await?;
    over::<Evidence>(tx, turned, "evidence_expires", EventType::EvidenceExpired).await?;
    over::<Risk>(tx, turned, "risk_acceptance_ends", EventType::RiskAcceptanceLapsed).await?;
    // Nothing follows from a reminder.
    let came = turned.iter().filter(|one| one.turn != Turn::Approaching);
    let certificates = ids(came.filter(|one| one.is_of::<certifications::Dossier>()));
    for (event, certificate) in certifications::lapsed(tx, &certificates, day).await? {
        tx.record(event, &certificate)?;
    }
    Ok(())
}

/// Records an event of each resource for which a day with this code is over.
async fn over<R>(tx: &mut Write, turned: &[Turned], code: &str, event: EventType) -> Result<()>
where
    R: Stored + Recorded,
{
    let over = |one: &&Turned| one.turn == Turn::Overdue && one.is_of::<R>() && one.entry.due.code == code;
    let found = ids(turned.iter().filter(over));
    if found.is_empty() {
        return Ok(());
    }
    let mut resources = R::by_ids(tx, &found).await?;
    resources.sort_by_key(Recorded::resource_id);
    resources.iter().try_for_each(|resource| tx.record(event, resource))
}

fn ids<'a, K: Kind>(turned: impl Iterator<Item = &'a Turned>) -> Vec<Id<K>> {
    let mut ids: Vec<Id<K>> = turned.filter_map(|one| one.entry.resource.id.parse().ok()).collect();
    ids.sort_unstable_by_key(|id| id.uuid());
    ids.dedup();
    ids
}

impl Turned {
    fn is_of<R: Recorded>(&self) -> bool {
        self.entry.resource.kind == R::RESOURCE
    }
}
