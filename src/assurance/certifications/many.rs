//! Many certificates entered, changed or said anew in one transaction.

use super::{
    citation,
    defaults::Defaults,
    entry::{
        self, CertificationBatch, CertificationChange, CertificationOperation, CertificationPut, Described,
        NewCertification,
    },
    input::Slot,
    log::{CertificationEvent, CertificationEventType as Type},
    model::{Dossier, Facts},
    service,
};
use crate::{
    kernel::{
        error::{Error, Faults, Result},
        id::CertificationId,
        patch::Expected,
        text::ShortCode,
    },
    platform::{
        access::{Action, Ctx},
        batch::{self, BatchResult, CHANGED, CREATED, Done, ItemOutcome, PUT, Task},
        db::refs,
        held,
        journal::Write,
        sole,
    },
};

const UNTOLD: &str =
    "is not told by its log, which is never said anew; record it with POST /v1/certifications/{id}/events";

/// Does many things to certificates in one transaction, in their order. What is refused is told and leaves nothing.
///
/// # Errors
/// As [`batch::run`].
pub async fn batch(ctx: &Ctx, input: CertificationBatch) -> Result<BatchResult> {
    batch::bounded(&input.items)?;
    let permit = ctx.may(Action::CertificationUpdate)?;
    let mut tx = permit.write().await?;
    hold_first(&mut tx, &input.items).await?;
    batch::each(ctx, tx, input.manner(), input.items).await
}

/// Holds the default settings and then the certificates that are changed, in the order in which a change of the default holds
/// them.
async fn hold_first(tx: &mut Write, items: &[CertificationOperation]) -> Result<()> {
    sole::held::<Defaults>(tx).await?;
    let (mut ids, mut refs) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            CertificationOperation::Create(_) => {}
            CertificationOperation::Update(one) => ids.push(one.id),
            CertificationOperation::Put(one) => {
                refs.push((one.external_ref.system.as_str(), one.external_ref.id.as_str()));
            }
        }
    }
    ids.extend(refs::carriers(tx, &refs).await?);
    held::hold_all(tx, &ids).await
}

impl Task for CertificationOperation {
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
            Self::Update(CertificationChange { id, version, patch }) => {
                ctx.may(Action::CertificationUpdate)?;
                let before = service::to_change(tx, id, patch.settings.is_null()).await?;
                let said = patch.soa_version.value().cloned();
                let mut facts = before.facts.clone();
                patch.apply(&mut facts);
                change(tx, ctx, &before, (facts, said), version.into()).await
            }
            Self::Put(one) => put(tx, ctx, one).await,
        }
    }
}

async fn create(tx: &mut Write, ctx: &Ctx, new: NewCertification) -> Result<Done> {
    ctx.may(Action::CertificationRegister)?;
    let dossier = service::enter(tx, ctx, Described::of(ctx, new)?).await?;
    Ok(Done::of(ItemOutcome::Created, &dossier))
}

async fn change(
    tx: &mut Write,
    ctx: &Ctx,
    before: &Dossier,
    facts: (Facts, Option<ShortCode>),
    expected: Expected,
) -> Result<Done> {
    Ok(match service::change(tx, ctx, before, facts, expected).await? {
        Some(after) => Done::of(ItemOutcome::Updated, &after),
        None => Done::of(ItemOutcome::Unchanged, before),
    })
}

async fn put(tx: &mut Write, ctx: &Ctx, one: CertificationPut) -> Result<Done> {
    let CertificationPut { external_ref: key, mut resource } = one;
    key.note(&mut resource.external_refs);
    let id: Option<CertificationId> = refs::carrier(tx, &key.system, &key.id).await?;
    let Some(id) = id else { return create(tx, ctx, resource).await };
    ctx.may(Action::CertificationUpdate)?;
    let described = Described::of(ctx, resource)?;
    let before = service::to_change(tx, id, described.facts.settings.is_none()).await?;
    let facts = anew(tx, ctx, &before, described).await?;
    change(tx, ctx, &before, (facts, None), Expected::Any).await
}

/// The facts that are said anew. What happened stays in the log: what is said of that has to be told there.
async fn anew(tx: &mut Write, ctx: &Ctx, before: &Dossier, described: Described) -> Result<Facts> {
    let Described { mut facts, said, events } = described;
    citation::cite(tx, &mut facts, said.as_ref()).await?;
    let is_held = events.first().is_some_and(|root| root.printed.is_some());
    let slot = Slot {
        id: ctx.id(),
        tenant_id: ctx.caller().tenant,
        certification_id: before.facts.id,
        sequence: 0,
        recorded_at: ctx.now(),
    };
    let mut faults = Faults::default();
    for (n, new) in entry::in_order(events) {
        let mut event =
            slot.fill(new).ok_or_else(|| Error::internal("an event without a day passed its checks"))?;
        let cited = citation::cite_in(tx, &mut event).await;
        cited.map_err(|error| entry::below(error, &entry::place(n)))?;
        let known = |one: &CertificationEvent| one.voided_at.is_none() && one.tells_of_the_same(&event);
        let at = match (n, is_held) {
            (0, true) => "/printed".to_owned(),
            (0, false) => "/applied_on".to_owned(),
            _ => entry::place(n),
        };
        faults.when(!before.events.iter().any(known), at, UNTOLD);
        facts.take(&event);
    }
    faults.into_result()?;
    // An application names no number: that came with the grant, and stays; and so does the edition of a transition.
    facts.number = facts.number.or(before.facts.number.clone());
    let transitioned = |one: &CertificationEvent| one.event == Type::Transitioned && one.voided_at.is_none();
    if before.events.iter().any(transitioned) {
        facts.edition = before.facts.edition.clone();
    }
    facts.said = before.facts.said.clone();
    (facts.id, facts.version) = (before.facts.id, before.facts.version);
    (facts.created_at, facts.expires_on) = (before.facts.created_at, before.facts.expires_on);
    Ok(facts)
}
