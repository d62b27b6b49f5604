//! Attestation engagements: who may enter them, record what happened to them, and read where they stand.

use std::collections::BTreeSet;

use super::{
    engine::{Around, Asked, Life, Successor, breaches},
    input::{
        AttestationEventSort, AttestationFilter, AttestationPatch, AttestationSort, Described, NewAttestation,
    },
    log::{
        AttestationEvent, AttestationEventPatch, AttestationEventType, MAX_LOG, NewAttestationEvent, Slot,
    },
    many,
    model::{Attestation, Dossier, Listed, ScopeName},
    planning::EngagementPlanner,
    recorded::{self, AttestationStanding, RecordedAttestationEvent},
    releases,
    scope::SOC2,
    store,
};
use crate::{
    catalog::advice::ReportType,
    kernel::{
        error::{Breach, Code, Error, Result},
        id::{AttestationEventId, AttestationId, TenantId},
        page::{Page, PageRequest},
        patch::Expected,
        text::ShortCode,
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        diary::{self, AtMoment, Dates, Milestone, MilestoneResource, Moment, Timeline},
        journal::{EventType, Recorded, Write},
    },
    program::{
        controls::{self, ControlStatus},
        evidence,
    },
};

/// A page of engagements, as they stand at the filter's moment.
///
/// # Errors
/// When the caller may not read attestations.
pub async fn list(
    ctx: &Ctx,
    filter: &AttestationFilter,
    page: &PageRequest<AttestationSort>,
) -> Result<Page<Attestation>> {
    let permit = ctx.may(Action::AttestationRead)?;
    let moment = AtMoment { as_of: filter.as_of, known_at: filter.known_at }.moment(ctx.today());
    let (rows, total) = store::page(&mut *permit.read().await?, filter, moment.as_of.day, page).await?;
    let rows = rows.into_iter().map(|dossier| dossier.on(moment)).collect();
    Ok(page.page(rows, total, Attestation::place(page.sort)))
}

/// One engagement, as it stands at a moment.
///
/// # Errors
/// When the caller may not read attestations or there is no such one.
pub async fn get(ctx: &Ctx, id: AttestationId, at: AtMoment) -> Result<Attestation> {
    let permit = ctx.may(Action::AttestationRead)?;
    Ok(find(&mut *permit.read().await?, id).await?.on(at.moment(ctx.today())))
}

/// Everything that an engagement makes due, as its events tell it for a moment.
///
/// # Errors
/// When the caller may not read attestations or there is no such one.
pub async fn milestones(ctx: &Ctx, id: AttestationId, at: AtMoment) -> Result<Vec<Milestone>> {
    let permit = ctx.may(Action::AttestationRead)?;
    ctx.unbound()?;
    let mut tx = permit.read().await?;
    let dossier = find(&mut tx, id).await?;
    let moment = at.moment(ctx.today());
    pictured(ctx, &mut tx, &dossier, &dossier.life(moment), moment).await
}

/// What happened and what is due, on one line.
///
/// # Errors
/// When the caller may not read attestations or there is no such one.
pub async fn timeline(ctx: &Ctx, id: AttestationId, at: AtMoment) -> Result<Timeline> {
    let permit = ctx.may(Action::AttestationRead)?;
    let mut tx = permit.read().await?;
    let dossier = find(&mut tx, id).await?;
    let moment = at.moment(ctx.today());
    let life = dossier.life(moment);
    let due = pictured(ctx, &mut tx, &dossier, &life, moment).await?;
    Ok(recorded::timeline(&dossier, &life, &due, moment))
}

/// All engagements, each on its line.
///
/// # Errors
/// When the caller may not read attestations.
pub async fn timelines(ctx: &Ctx, moment: Moment) -> Result<Vec<Timeline>> {
    let permit = ctx.may(Action::AttestationRead)?;
    ctx.unbound()?;
    let mut tx = permit.read().await?;
    let all = store::of_scopes(&mut tx, None).await?;
    let ids: Vec<_> = all.iter().map(Recorded::resource_id).collect();
    let known = diary::of_resources(&mut tx, &ids).await?;
    let tenant = tx.tenant();
    let line = |one: &Dossier| {
        let life = one.life(moment);
        recorded::timeline(one, &life, &milestones_of(tenant, one, &life, &all, &known, moment), moment)
    };
    Ok(all.iter().map(line).collect())
}

/// Those of these engagements that there are, as they stand at a moment, to plan for them.
///
/// # Errors
/// When the caller may not read attestations.
pub async fn to_plan(
    ctx: &Ctx,
    ids: &[AttestationId],
    moment: Moment,
) -> Result<Vec<(AttestationId, EngagementPlanner)>> {
    let permit = ctx.may(Action::AttestationRead)?;
    let mut tx = permit.read().await?;
    let mut found = Vec::new();
    for &id in ids {
        let Some(dossier) = store::get(&mut tx, id).await? else { continue };
        let others = store::of_scopes(&mut tx, Some(std::slice::from_ref(&dossier.facts.scope))).await?;
        let followed = dossier.next(&dossier.life(moment), &others, moment).is_some();
        found.push((id, EngagementPlanner::of(&dossier, moment, followed)));
    }
    Ok(found)
}

/// What is in the diary for these engagements.
///
/// # Errors
/// When the caller may not read attestations.
pub async fn diary_of(ctx: &Ctx, ids: &[AttestationId]) -> Result<Vec<diary::Entry>> {
    let permit = ctx.may(Action::AttestationRead)?;
    ctx.unbound()?;
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    diary::of_resources(&mut *permit.read().await?, &ids).await
}

/// A page of an engagement's events, voided ones too.
///
/// # Errors
/// When the caller may not read attestations or there is no such one.
pub async fn events(
    ctx: &Ctx,
    id: AttestationId,
    page: &PageRequest<AttestationEventSort>,
) -> Result<Page<AttestationEvent>> {
    let permit = ctx.may(Action::AttestationRead)?;
    let mut tx = permit.read().await?;
    there(&mut tx, id).await?;
    store::events(&mut tx, id, page).await
}

/// One event of an engagement.
///
/// # Errors
/// When the caller may not read attestations or there is no such event.
pub async fn event(ctx: &Ctx, id: AttestationId, event: AttestationEventId) -> Result<AttestationEvent> {
    let permit = ctx.may(Action::AttestationRead)?;
    find(&mut *permit.read().await?, id).await?.event(event)
}

/// Enters an engagement that begins, or one whose report is already held.
///
/// # Errors
/// When the caller may not, something that it names is not there, or the report is against a rule.
pub async fn create(ctx: &Ctx, input: NewAttestation) -> Result<Attestation> {
    let permit = ctx.may(Action::AttestationCreate)?;
    let described = Described::of(ctx, input)?;
    let mut tx = permit.write().await?;
    let dossier = many::enter(&mut tx, ctx, described).await?;
    tx.commit(dossier.on(Moment::now(ctx.today()))).await
}

/// Changes what an engagement is beside its events. What changes nothing writes nothing.
///
/// # Errors
/// When the caller may not, it has changed since, or something that it names is not there.
pub async fn update(
    ctx: &Ctx,
    id: AttestationId,
    expected: Expected,
    patch: AttestationPatch,
) -> Result<Attestation> {
    let permit = ctx.may(Action::AttestationUpdate)?;
    let mut tx = permit.write().await?;
    let before = many::to_change(&mut tx, id).await?;
    let mut facts = before.facts.clone();
    patch.apply(&mut facts);
    let now = Moment::now(ctx.today());
    match many::change(&mut tx, ctx, &before, facts, expected).await? {
        Some(after) => tx.commit(after.on(now)).await,
        None => Ok(before.on(now)),
    }
}

/// Records an event, or with `dry_run` only tells what it would change.
///
/// # Errors
/// When the caller may not, there is no such engagement, or a rule speaks against it that is not acknowledged.
pub async fn record(
    ctx: &Ctx,
    id: AttestationId,
    new: NewAttestationEvent,
    dry_run: bool,
) -> Result<RecordedAttestationEvent> {
    let permit = ctx.may(Action::AttestationEventRecord)?;
    new.validate("", ctx.today())?;
    let mut tx = permit.write().await?;
    let mut dossier = locked(&mut tx, id).await?;
    let now = Moment::now(ctx.today());
    let before = standing(ctx, &mut tx, &dossier, now).await?;
    let noticed = dossier.clone().on(now).notices;
    let event = append(ctx, &mut tx, &mut dossier, &new).await?;
    let after = standing(ctx, &mut tx, &dossier, now).await?;
    let notices = dossier.clone().on(now).notices;
    let notices = notices.into_iter().filter(|one| !noticed.contains(one)).collect();
    let journalled = event.event.journalled();
    let answer = RecordedAttestationEvent { event, dry_run, before, after, notices };
    if dry_run {
        return Ok(answer);
    }
    keep(&mut tx, &mut dossier, journalled, ctx.today(), None).await?;
    tx.commit(answer).await
}

/// Voids an event that never happened so.
///
/// # Errors
/// When the caller may not, there is no such event, or it was voided before.
pub async fn void(
    ctx: &Ctx,
    id: AttestationId,
    event: AttestationEventId,
    expected: Expected,
    patch: AttestationEventPatch,
) -> Result<AttestationEvent> {
    let permit = ctx.may(Action::AttestationEventVoid)?;
    let mut tx = permit.write().await?;
    let mut dossier = locked(&mut tx, id).await?;
    let found = dossier.event(event)?;
    expected.check(found.version)?;
    if found.voided_at.is_some() {
        let detail = "the event was voided before; record it anew if it did happen";
        return Err(Error::new(Code::Conflict, detail));
    }
    let now = tx.now();
    store::void(&mut tx, event, now, &patch.void_reason).await?;
    for one in dossier.events.iter_mut().filter(|one| one.id == event) {
        (one.voided_at, one.void_reason, one.version) = (Some(now), Some(patch.void_reason.clone()), 2);
    }
    keep(&mut tx, &mut dossier, EventType::AttestationEventVoided, ctx.today(), None).await?;
    tx.commit(dossier.event(event)?).await
}

impl Dossier {
    fn event(&self, id: AttestationEventId) -> Result<AttestationEvent> {
        self.events.iter().find(|event| event.id == id).cloned().ok_or_else(|| Error::not_found(id))
    }

    /// What of these engagements follows it in its scope, at a moment: a Type I may follow a Type I, a Type II both.
    fn next(&self, life: &Life, others: &[Dossier], moment: Moment) -> Option<Successor> {
        let end = life.covers()?.to;
        let follows = |other: &&Dossier| {
            let apart = other.facts.id != self.facts.id && other.facts.scope == self.facts.scope;
            apart && (other.facts.report == ReportType::Type2 || self.facts.report == ReportType::Type1)
        };
        Successor::of(end, others.iter().filter(follows).map(|other| other.life(moment)))
    }

    /// What its life at a moment makes due among these others.
    fn dues(&self, life: &Life, others: &[Dossier], moment: Moment) -> Vec<diary::Due> {
        life.dues(&self.facts.terms(), self.next(life, others, moment))
    }
}

/// The engagement with its log.
pub(super) async fn find(tx: &mut TenantTx, id: AttestationId) -> Result<Dossier> {
    store::get(tx, id).await?.ok_or_else(|| Error::not_found(id))
}

/// Refuses an engagement that is not there.
pub(super) async fn there(tx: &mut TenantTx, id: AttestationId) -> Result<()> {
    if store::exists(tx, id).await? { Ok(()) } else { Err(Error::not_found(id)) }
}

/// Counts the version up before the log is read: the row's lock then keeps two writers of one engagement apart.
async fn locked(tx: &mut Write, id: AttestationId) -> Result<Dossier> {
    store::count_up(tx, id).await?;
    find(tx, id).await
}

async fn pictured(
    ctx: &Ctx,
    tx: &mut TenantTx,
    dossier: &Dossier,
    life: &Life,
    moment: Moment,
) -> Result<Vec<Milestone>> {
    let id = dossier.facts.id.to_string();
    let others = store::of_scopes(tx, Some(std::slice::from_ref(&dossier.facts.scope))).await?;
    let known = diary::of_resources(tx, std::slice::from_ref(&id)).await?;
    Ok(milestones_of(ctx.caller().tenant, dossier, life, &others, &known, moment))
}

/// What an engagement makes due among these others, with what people added in the diary.
fn milestones_of(
    tenant: TenantId,
    dossier: &Dossier,
    life: &Life,
    others: &[Dossier],
    known: &[diary::Entry],
    moment: Moment,
) -> Vec<Milestone> {
    let resource = MilestoneResource { kind: Dossier::RESOURCE.to_owned(), id: dossier.resource_id() };
    let entries = diary::picture(tenant, &resource, dossier.dues(life, others, moment), known);
    entries.into_iter().map(|entry| entry.on(moment.as_of)).collect()
}

async fn standing(
    ctx: &Ctx,
    tx: &mut TenantTx,
    dossier: &Dossier,
    moment: Moment,
) -> Result<AttestationStanding> {
    let (life, terms) = (dossier.life(moment), dossier.facts.terms());
    let currency = life.ages(&terms).map(|ages| ages.on(moment.as_of.day));
    let milestones = pictured(ctx, tx, dossier, &life, moment).await?;
    Ok(AttestationStanding { state: life.state(), currency, milestones })
}

/// Adds an event to the log, unless a rule speaks against it that is not acknowledged.
pub(super) async fn append(
    ctx: &Ctx,
    tx: &mut Write,
    dossier: &mut Dossier,
    new: &NewAttestationEvent,
) -> Result<AttestationEvent> {
    if dossier.events.len() >= MAX_LOG {
        let detail = format!("an attestation's log holds {MAX_LOG} events at the most");
        return Err(Error::new(Code::Conflict, detail));
    }
    let last = dossier.events.iter().map(|event| event.sequence).max().unwrap_or(0);
    let slot = Slot {
        id: ctx.id(),
        tenant_id: ctx.caller().tenant,
        attestation_id: dossier.facts.id,
        sequence: last + 1,
        recorded_at: ctx.now(),
    };
    let contradicts = judged(ctx, tx, dossier, new).await?;
    let event = slot.fill(new, contradicts, ctx.today());
    store::append(tx, &event).await?;
    dossier.events.push(event.clone());
    Ok(event)
}

/// The rules that an event contradicts, all of them acknowledged.
async fn judged(
    ctx: &Ctx,
    tx: &mut TenantTx,
    dossier: &Dossier,
    new: &NewAttestationEvent,
) -> Result<Vec<ShortCode>> {
    let (now, day) = (Moment::now(ctx.today()), new.effective_on(ctx.today()));
    let life = Life::judging(&dossier.log(now), now, new.event, day);
    let around = around(tx, dossier.facts.id, new.event).await?;
    let found = breaches(&life, &dossier.facts.terms(), new.event, &new.details(), day, &around);
    let rules: BTreeSet<_> = known(found, &new.acknowledge)?.into_iter().map(|one| one.rule).collect();
    rules.into_iter().map(|rule| rule.parse().map_err(|fault: String| Error::internal(fault))).collect()
}

/// These breaches, all of them acknowledged; refused with those that are not.
pub(super) fn known(found: Vec<Breach>, acknowledged: &[ShortCode]) -> Result<Vec<Breach>> {
    let is_known = |one: &Breach| acknowledged.iter().any(|rule| rule.as_str() == one.rule);
    let (known, unknown): (Vec<_>, Vec<_>) = found.into_iter().partition(is_known);
    if unknown.is_empty() { Ok(known) } else { Err(Error::breached(unknown)) }
}

/// What the report of this type asks for, and what of it is lacking on a day: of this engagement, or else of the newest that
/// is still to report; none where there is none.
///
/// # Errors
/// When the caller may not read attestations, there is no such engagement, or it is of the other type.
pub async fn readiness(
    ctx: &Ctx,
    report: ReportType,
    id: Option<AttestationId>,
    moment: Moment,
) -> Result<Option<(AttestationId, Vec<Asked>)>> {
    let permit = ctx.may(Action::AttestationRead)?;
    ctx.unbound()?;
    let mut tx = permit.read().await?;
    let found = match id {
        Some(id) => {
            let told = "is no attestation here; GET /v1/attestations lists them";
            let missing = || Error::at(Code::Unprocessable, "attestation", told);
            Some(store::get(&mut tx, id).await?.ok_or_else(missing)?)
        }
        None => {
            let all = store::of_scopes(&mut tx, None).await?.into_iter();
            let open = |one: &Dossier| one.facts.report == report && one.life(moment).is_to_report();
            all.filter(open).max_by_key(|one| (one.facts.created_at, one.facts.id.uuid()))
        }
    };
    let Some(dossier) = found else { return Ok(None) };
    if dossier.facts.report != report {
        let detail = "must be an engagement of the type that is asked for";
        return Err(Error::at(Code::Unprocessable, "attestation", detail));
    }
    let around = around(&mut tx, dossier.facts.id, AttestationEventType::ReadinessDone).await?;
    let life = dossier.life(moment);
    let facts = &dossier.facts;
    let others = (&facts.subservices[..], &facts.user_controls[..]);
    Ok(Some((facts.id, life.asked(&facts.terms(), &around, others, moment.as_of.day))))
}

/// What the guard of this kind of event looks at.
async fn around(tx: &mut TenantTx, id: AttestationId, event: AttestationEventType) -> Result<Around> {
    let mut around = Around::default();
    match event {
        AttestationEventType::ReadinessDone | AttestationEventType::WindowOpened => {
            let soc2 = SOC2.parse().map_err(|fault: String| Error::internal(fault))?;
            for answer in controls::answering(tx, &soc2).await? {
                if answer.owner.is_some() {
                    around.owned.insert(answer.requirement.clone());
                }
                if answer.status == ControlStatus::Implemented {
                    around.implemented.insert(answer.requirement);
                }
            }
        }
        AttestationEventType::Recalled => around.released = releases::standing(tx, id).await?,
        _ => {}
    }
    Ok(around)
}

/// Journals the engagement, and writes what follows from it. `left` is a scope that it belonged to until now.
pub(super) async fn keep(
    tx: &mut Write,
    dossier: &mut Dossier,
    event: EventType,
    today: Date,
    left: Option<ScopeName>,
) -> Result<()> {
    // A report is for parties who know how to read it (D-16).
    if let Some(report) = dossier.facts.report_evidence {
        evidence::restrict(tx, report).await?;
    }
    renew(tx, dossier, today, left).await?;
    tx.record(event, dossier)
}

/// Writes what lists compare, and the dates into the diary: its own, and where its days or its report moved those of the
/// others of its scope, which it may follow. `left` is a scope that it belonged to until now.
pub(super) async fn renew(
    tx: &mut Write,
    dossier: &mut Dossier,
    today: Date,
    left: Option<ScopeName>,
) -> Result<()> {
    let now = Moment::now(today);
    let life = dossier.life(now);
    let listed = Listed::of(&life, &dossier.facts.terms());
    let moved = listed != dossier.facts.listed;
    if moved {
        store::relist(tx, dossier.facts.id, &listed).await?;
        dossier.facts.listed = listed;
    }
    let scopes: Vec<_> = left.iter().cloned().chain([dossier.facts.scope.clone()]).collect();
    let others = store::of_scopes(tx, Some(&scopes)).await?;
    let dated = |one: &Dossier, life: &Life| Dates::of(one, one.dues(life, &others, now));
    let mut dates = vec![dated(dossier, &life)];
    if moved || left.is_some() {
        let apart = others.iter().filter(|other| other.facts.id != dossier.facts.id);
        dates.extend(apart.map(|other| dated(other, &other.life(now))));
    }
    tx.expect_all(&dates).await
}
