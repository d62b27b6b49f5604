//! Engagements entered, changed or said anew inside a write, each as one of many or alone.

use super::{
    input::{
        AttestationBatch, AttestationChange, AttestationOperation, AttestationPut, Described, NewAttestation,
    },
    log::AttestationEvent,
    model::{Dossier, Facts},
    service, store,
};
use crate::{
    kernel::{
        error::{Faults, Result},
        id::AttestationId,
        patch::{self, Expected},
    },
    platform::{
        access::{Action, Ctx},
        batch::{self, BatchResult, CHANGED, CREATED, Done, ItemOutcome, PUT, Task},
        db::refs,
        held,
        journal::{EventType, Write},
        room,
    },
};

const UNTOLD: &str =
    "is not told by its log, which is never said anew; record it with POST /v1/attestations/{id}/events";

/// Does many things to engagements in one transaction, in their order. What is refused is told and leaves nothing.
///
/// # Errors
/// As [`batch::run`].
pub async fn batch(ctx: &Ctx, input: AttestationBatch) -> Result<BatchResult> {
    batch::bounded(&input.items)?;
    let permit = ctx.may(Action::AttestationUpdate)?;
    let tx = permit.write().await?;
    batch::each(ctx, tx, input.manner(), input.items).await
}

impl Task for AttestationOperation {
    fn places(&self) -> (&'static str, &'static str) {
        match self {
            Self::Create(_) => CREATED,
            Self::Update(_) => CHANGED,
            Self::Put(_) => PUT,
        }
    }

    async fn perform(self, tx: &mut Write, ctx: &Ctx) -> Result<Done> {
        match self {
            Self::Create(new) => create(tx, ctx, new).await,
            Self::Update(AttestationChange { id, version, patch }) => {
                ctx.may(Action::AttestationUpdate)?;
                let before = to_change(tx, id).await?;
                let mut facts = before.facts.clone();
                patch.apply(&mut facts);
                changed(tx, ctx, &before, facts, version.into()).await
            }
            Self::Put(one) => put(tx, ctx, one).await,
        }
    }
}

async fn create(tx: &mut Write, ctx: &Ctx, new: NewAttestation) -> Result<Done> {
    ctx.may(Action::AttestationCreate)?;
    let dossier = enter(tx, ctx, Described::of(ctx, new)?).await?;
    Ok(Done::of(ItemOutcome::Created, &dossier))
}

async fn changed(
    tx: &mut Write,
    ctx: &Ctx,
    before: &Dossier,
    facts: Facts,
    expected: Expected,
) -> Result<Done> {
    Ok(match change(tx, ctx, before, facts, expected).await? {
        Some(after) => Done::of(ItemOutcome::Updated, &after),
        None => Done::of(ItemOutcome::Unchanged, before),
    })
}

async fn put(tx: &mut Write, ctx: &Ctx, one: AttestationPut) -> Result<Done> {
    let AttestationPut { external_ref: key, mut resource } = one;
    key.note(&mut resource.external_refs);
    let id: Option<AttestationId> = refs::carrier(tx, &key.system, &key.id).await?;
    let Some(id) = id else { return create(tx, ctx, resource).await };
    ctx.may(Action::AttestationUpdate)?;
    let described = Described::of(ctx, resource)?;
    let before = to_change(tx, id).await?;
    let facts = anew(&before, described)?;
    changed(tx, ctx, &before, facts, Expected::Any).await
}

/// The facts that are said anew. The kind of report stays, and what happened stays in the log.
fn anew(before: &Dossier, described: Described) -> Result<Facts> {
    let Described { mut facts, registration } = described;
    let mut faults = Faults::default();
    let stays =
        format!("stays {}; enter another attestation for another kind of report", before.facts.report);
    faults.when(facts.report != before.facts.report, "/report", stays);
    if let Some(new) = registration {
        let told = new.details();
        let known = |one: &AttestationEvent| {
            one.voided_at.is_none() && one.event == new.event && *one.details == told
        };
        faults.when(!before.events.iter().any(known), "/printed", UNTOLD);
    }
    faults.into_result()?;
    let Facts { id, version, created_at, ref listed, .. } = before.facts;
    (facts.id, facts.version, facts.created_at, facts.listed) = (id, version, created_at, listed.clone());
    Ok(facts)
}

/// Enters an engagement in a write that has been authorised.
///
/// # Errors
/// As [`service::create`].
pub(super) async fn enter(tx: &mut Write, ctx: &Ctx, described: Described) -> Result<Dossier> {
    let Described { facts, registration } = described;
    store::insert(tx, &facts).await?;
    let mut dossier = Dossier { facts, events: Vec::new(), fieldwork: Vec::new() };
    if let Some(event) = registration {
        service::append(ctx, tx, &mut dossier, &event).await?;
    }
    service::keep(tx, &mut dossier, EventType::AttestationCreated, ctx.today(), None).await?;
    Ok(dossier)
}

/// An engagement to change: what others write of it waits, and is read here or follows.
///
/// # Errors
/// When there is no such one, or the database fails.
pub(super) async fn to_change(tx: &mut Write, id: AttestationId) -> Result<Dossier> {
    held::hold(tx, id).await?;
    service::find(tx, id).await
}

/// Stores other facts in a write that has been authorised; none where they say the same.
///
/// # Errors
/// As [`service::update`].
pub(super) async fn change(
    tx: &mut Write,
    ctx: &Ctx,
    before: &Dossier,
    facts: Facts,
    expected: Expected,
) -> Result<Option<Dossier>> {
    facts.validate()?;
    let seen = before.facts.version;
    expected.check(seen)?;
    if room::same(&before.facts, &facts)? {
        return Ok(None);
    }
    let mut after = Dossier { facts, ..before.clone() };
    after.facts.version += 1;
    if !store::update(tx, &after.facts, seen).await? {
        return Err(patch::stale(seen + 1));
    }
    let left = Some(before.facts.scope.clone()).filter(|left| *left != after.facts.scope);
    service::keep(tx, &mut after, EventType::AttestationUpdated, ctx.today(), left).await?;
    Ok(Some(after))
}
