//! Certificates: who may enter them, record what happened to them, and read where they stand.

use std::{collections::HashMap, slice};

use super::{
    bodies::CertificationBody,
    citation, dates,
    defaults::Defaults,
    engine::{Evaluations, Life, Terms},
    entry::{self, CertificationPatch, Described, NewCertification},
    follow,
    input::{self, EventPatch, NewCertificationEvent, Slot},
    log::{CertificationEvent, CertificationEventType as Type, MAX_AUDITS, MAX_LOG},
    model::{Certification, CertificationFilter, CertificationSort, Dossier, Facts},
    order,
    preview::{RecordedCertificationEvent, Standing},
    settings::CycleSettings,
    store,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::{CertificationEventId, CertificationId},
        page::{Page, PageRequest},
        patch::Expected,
        text::ShortCode,
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        diary::{AtMoment, Moment},
        held,
        journal::{EventType, Write},
        room::{self, Stored},
        sole,
    },
};

/// A page of certificates, as they stand on the filter's day.
///
/// # Errors
/// When the caller may not read certificates.
pub async fn list(
    ctx: &Ctx,
    filter: &CertificationFilter,
    page: &PageRequest<CertificationSort>,
) -> Result<Page<Certification>> {
    let permit = ctx.may(Action::CertificationRead)?;
    let (rows, total) = store::page(&mut *permit.read().await?, filter, page).await?;
    let moment = AtMoment { as_of: filter.as_of, known_at: filter.known_at }.moment(ctx.today());
    let rows = rows.into_iter().map(|dossier| dossier.on(moment)).collect();
    Ok(page.page(rows, total, Certification::place(page.sort)))
}

/// One certificate, as it stands on a day; today unless given.
///
/// # Errors
/// When the caller may not read certificates or there is no such one.
pub async fn get(ctx: &Ctx, id: CertificationId, at: AtMoment) -> Result<Certification> {
    let permit = ctx.may(Action::CertificationRead)?;
    Ok(find(&mut *permit.read().await?, id).await?.on(at.moment(ctx.today())))
}

/// A certificate's events in the order in which they took effect, voided ones too.
///
/// # Errors
/// When the caller may not read certificates or there is no such one.
pub async fn events(ctx: &Ctx, id: CertificationId) -> Result<Vec<CertificationEvent>> {
    let permit = ctx.may(Action::CertificationRead)?;
    let mut events = find(&mut *permit.read().await?, id).await?.events;
    events.sort_by_key(CertificationEvent::place);
    Ok(events)
}

/// One event of a certificate.
///
/// # Errors
/// When the caller may not read certificates or there is no such event.
pub async fn event(
    ctx: &Ctx,
    id: CertificationId,
    event: CertificationEventId,
) -> Result<CertificationEvent> {
    let permit = ctx.may(Action::CertificationRead)?;
    find(&mut *permit.read().await?, id).await?.event(event)
}

/// Enters a certificate that is already held, with what happened to it so far, or an application.
///
/// # Errors
/// When the caller may not, there is no such certification body, the number is taken, dates do not fit together, or a
/// rule speaks against an event that is not acknowledged.
pub async fn register(ctx: &Ctx, input: NewCertification) -> Result<Certification> {
    let permit = ctx.may(Action::CertificationRegister)?;
    let described = Described::of(ctx, input)?;
    let mut tx = permit.write().await?;
    let dossier = enter(&mut tx, ctx, described).await?;
    tx.commit(dossier.on(Moment::now(ctx.today()))).await
}

/// Enters a certificate inside a write that has been authorised.
///
/// # Errors
/// As [`register`].
pub(super) async fn enter(tx: &mut Write, ctx: &Ctx, described: Described) -> Result<Dossier> {
    let Described { mut facts, said, events } = described;
    let journalled = events.first().map_or(EventType::CertificationRegistered, |one| one.event.journalled());
    citation::cite(tx, &mut facts, said.as_ref()).await?;
    facts.begin();
    // Held, so that a change of the default does not miss this certificate.
    let default_settings = sole::held::<Defaults>(tx).await?.settings.0;
    store::insert(tx, &facts).await?;
    let mut dossier = Dossier::new(facts, default_settings);
    let evaluations = store::evaluations(tx).await?;
    named(tx, &mut dossier).await?;
    for (n, new) in entry::in_order(events) {
        let appended = append(ctx, tx, &mut dossier, &evaluations, new).await;
        appended.map_err(|error| entry::below(error, &entry::place(n)))?;
    }
    keep(tx, &mut dossier, &evaluations, journalled, ctx.today()).await?;
    Ok(dossier)
}

/// Changes what a certificate says beside its dates. What changes nothing writes nothing.
///
/// # Errors
/// When the caller may not, it has changed since, or the number is taken.
pub async fn update(
    ctx: &Ctx,
    id: CertificationId,
    expected: Expected,
    patch: CertificationPatch,
) -> Result<Certification> {
    let permit = ctx.may(Action::CertificationUpdate)?;
    let mut tx = permit.write().await?;
    let before = to_change(&mut tx, id, patch.settings.is_null()).await?;
    let said = patch.soa_version.value().cloned();
    let mut facts = before.facts.clone();
    patch.apply(&mut facts);
    let now = Moment::now(ctx.today());
    match change(&mut tx, ctx, &before, (facts, said), expected).await? {
        Some(after) => tx.commit(after.on(now)).await,
        None => Ok(before.on(now)),
    }
}

/// A certificate to change. Whoever takes the default from now on holds it, as one that is entered does.
pub(super) async fn to_change(tx: &mut Write, id: CertificationId, by_default: bool) -> Result<Dossier> {
    if by_default {
        sole::held::<Defaults>(tx).await?;
    }
    // What others write of it waits, and is read here or follows.
    held::hold(tx, id).await?;
    find(tx, id).await
}

/// Stores other facts, and the label that was said with them, inside a write that has been authorised; none where they say
/// the same.
///
/// # Errors
/// As [`update`].
pub(super) async fn change(
    tx: &mut Write,
    ctx: &Ctx,
    before: &Dossier,
    (mut facts, said): (Facts, Option<ShortCode>),
    expected: Expected,
) -> Result<Option<Dossier>> {
    citation::cite(tx, &mut facts, said.as_ref()).await?;
    facts.validate()?;
    expected.check(before.facts.version)?;
    let mut after = Dossier { facts, ..before.clone() };
    if room::same(&before.facts, &after.facts)? {
        return Ok(None);
    }
    after.facts.version += 1;
    if after.facts.external_refs != before.facts.external_refs {
        store::refer(tx, &after.facts).await?;
    }
    if after.facts.soa_version_id != before.facts.soa_version_id {
        store::name_version(tx, &after.facts).await?;
    }
    after.correct(&before.facts);
    let evaluations = store::evaluations(tx).await?;
    keep(tx, &mut after, &evaluations, EventType::CertificationUpdated, ctx.today()).await?;
    Ok(Some(after))
}

/// Records an event, or with `dry_run` only tells what it would change. A registration replaces the one before it, which
/// is voided as corrected.
///
/// # Errors
/// When the caller may not, there is no such certificate, dates do not fit together, or a rule speaks against it that is
/// not acknowledged.
pub async fn record(
    ctx: &Ctx,
    id: CertificationId,
    new: NewCertificationEvent,
    dry_run: bool,
) -> Result<RecordedCertificationEvent> {
    let permit = ctx.may(Action::CertificationEventRecord)?;
    input::validate(&[(String::new(), &new)], ctx.today())?;
    let journalled = new.event.journalled();
    let mut tx = permit.write().await?;
    let mut dossier = locked(&mut tx, id).await?;
    let evaluations = store::evaluations(&mut tx).await?;
    let before = standing(ctx, &dossier, &evaluations);
    if new.printed.is_some() {
        correct(&mut tx, &mut dossier).await?;
    }
    let event = append(ctx, &mut tx, &mut dossier, &evaluations, new).await?;
    let after = standing(ctx, &dossier, &evaluations);
    let answer = RecordedCertificationEvent { event, dry_run, before, after };
    if dry_run {
        return Ok(answer);
    }
    keep(&mut tx, &mut dossier, &evaluations, journalled, ctx.today()).await?;
    tx.commit(answer).await
}

/// How it stands today, to be compared.
fn standing(ctx: &Ctx, dossier: &Dossier, evaluations: &Evaluations) -> Standing {
    let moment = AtMoment::default().moment(ctx.today());
    let milestones = dates::pictured(ctx, dossier, evaluations, &[], moment);
    Standing::of(dossier.clone().on(moment), milestones)
}

/// Voids an event that never happened so. A certificate whose registration is voided stands no more.
///
/// # Errors
/// When the caller may not, there is no such event, or it was voided before.
pub async fn void(
    ctx: &Ctx,
    id: CertificationId,
    event: CertificationEventId,
    expected: Expected,
    patch: EventPatch,
) -> Result<CertificationEvent> {
    let permit = ctx.may(Action::CertificationEventVoid)?;
    let mut tx = permit.write().await?;
    let mut dossier = locked(&mut tx, id).await?;
    let found = dossier.event(event)?;
    expected.check(found.version)?;
    if found.voided_at.is_some() {
        return Err(Error::new(
            Code::Conflict,
            "the event was voided before; record it anew if it did happen",
        ));
    }
    dossier.void(&mut tx, event, &patch).await?;
    let evaluations = store::evaluations(&mut tx).await?;
    keep(&mut tx, &mut dossier, &evaluations, EventType::CertificationEventVoided, ctx.today()).await?;
    tx.commit(dossier.event(event)?).await
}

impl Dossier {
    fn new(facts: Facts, default_settings: CycleSettings) -> Self {
        Self {
            facts,
            default_settings,
            events: Vec::new(),
            accreditations: HashMap::new(),
            audits: Vec::new(),
            statement_versions: Vec::new(),
        }
    }

    fn event(&self, id: CertificationEventId) -> Result<CertificationEvent> {
        self.events.iter().find(|event| event.id == id).cloned().ok_or_else(|| Error::not_found(id))
    }

    async fn void(&mut self, tx: &mut Write, id: CertificationEventId, patch: &EventPatch) -> Result<()> {
        let now = tx.now();
        store::void(tx, id, now, &patch.void_reason).await?;
        for event in self.events.iter_mut().filter(|event| event.id == id) {
            event.voided_at = Some(now);
            event.void_reason = Some(patch.void_reason.clone());
            event.version += 1;
        }
        Ok(())
    }
}

pub(super) async fn find(tx: &mut TenantTx, id: CertificationId) -> Result<Dossier> {
    store::get(tx, id).await?.ok_or_else(|| Error::not_found(id))
}

/// Voids the registration that stands, for a corrected one to take its place.
async fn correct(tx: &mut Write, dossier: &mut Dossier) -> Result<()> {
    let stands = dossier.events.iter().find(|event| event.printed.is_some() && event.voided_at.is_none());
    let Some(id) = stands.map(|event| event.id) else { return Ok(()) };
    let void_reason = "Corrected by a later registration".parse().map_err(Error::internal)?;
    dossier.void(tx, id, &EventPatch { void_reason }).await
}

/// Counts the version up before the log is read: the row's lock then keeps two writers of one certificate apart.
async fn locked(tx: &mut Write, id: CertificationId) -> Result<Dossier> {
    store::count_up(tx, id).await?;
    find(tx, id).await
}

async fn append(
    ctx: &Ctx,
    tx: &mut Write,
    dossier: &mut Dossier,
    evaluations: &Evaluations,
    new: NewCertificationEvent,
) -> Result<CertificationEvent> {
    let most = if new.printed.is_some() { MAX_LOG } else { MAX_AUDITS };
    if dossier.events.len() >= most {
        return Err(Error::new(
            Code::Conflict,
            format!("a certificate's log holds {MAX_AUDITS} events at the most"),
        ));
    }
    let sequence = order::sequence(tx, dossier, &new).await?;
    let slot = Slot {
        id: ctx.id(),
        tenant_id: ctx.caller().tenant,
        certification_id: dossier.facts.id,
        sequence,
        recorded_at: ctx.now(),
    };
    let mut event =
        slot.fill(new).ok_or_else(|| Error::internal("an event without a day passed its checks"))?;
    citation::cite_in(tx, &mut event).await?;
    let event = judged(dossier, evaluations, event)?;
    if let Some(body) = event.says().certification_body {
        let known = CertificationBody::find(tx, body).await?;
        let body = known
            .ok_or_else(|| Error::at(Code::Unprocessable, "/details/certification_body", store::NO_BODY))?;
        dossier.accreditations.insert(body.id, body.accreditations.0);
    }
    store::append(tx, &event).await?;
    dossier.events.push(event.clone());
    dossier.events.sort_by_key(|one| one.sequence);
    Ok(event)
}

/// Takes up the accreditations of its bodies, from which its dates follow, and the versions that it names.
async fn named(tx: &mut TenantTx, dossier: &mut Dossier) -> Result<()> {
    store::name(tx, slice::from_mut(dossier)).await
}

/// The event with the rules that it contradicts, all of them acknowledged, and the edition that it leaves.
fn judged(
    dossier: &Dossier,
    evaluations: &Evaluations,
    mut event: CertificationEvent,
) -> Result<CertificationEvent> {
    let known = contradicted(dossier, evaluations, &event)?;
    event.contradicts.0.retain(|rule| known.contains(&rule.as_str()));
    let edition = dossier.facts_before(&event).edition;
    if event.event == Type::Transitioned
        && let Some(details) = event.details.as_mut()
    {
        details.0.from_edition = Some(edition);
    }
    Ok(event)
}

/// The rules that speak against an event, all of them acknowledged.
pub(super) fn contradicted(
    dossier: &Dossier,
    evaluations: &Evaluations,
    event: &CertificationEvent,
) -> Result<Vec<&'static str>> {
    let others: Vec<_> = dossier.log().into_iter().filter(|one| one.id != event.id).collect();
    // By the body that it left, whichever it was with later.
    let accreditations = dossier.accreditations_before(event);
    let terms = Terms { accreditations, ..dossier.terms(Moment::ALL) };
    let objections = Life::objections(&others, &terms, &dossier.evaluated(evaluations, Moment::ALL), event);
    let acknowledged = |rule: &str| event.contradicts.iter().any(|one| one.as_str() == rule);
    let (known, unknown): (Vec<_>, Vec<_>) =
        objections.into_iter().partition(|one| acknowledged(one.rule.id));
    if unknown.is_empty() {
        Ok(known.iter().map(|one| one.rule.id).collect())
    } else {
        Err(Error::breached(unknown.iter().map(Into::into).collect()))
    }
}

/// Stores the facts, and what follows from the events: in them, the diary and the journal. The row is held.
async fn keep(
    tx: &mut Write,
    dossier: &mut Dossier,
    evaluations: &Evaluations,
    event: EventType,
    today: Date,
) -> Result<()> {
    let life = dossier.life(Moment::now(today));
    let before = dossier.facts.expires_on;
    dossier.facts.expires_on = life.validity().map_or(Date::MAX, |validity| validity.last_day());
    if dossier.facts.expires_on != before {
        follow::stir_audits(tx, dossier);
    }
    let told = dossier.facts_at(Moment::now(today));
    if told.soa_version_id != dossier.facts.soa_version_id {
        store::name_version(tx, &told).await?;
    }
    dossier.facts = told;
    named(tx, dossier).await?;
    store::update(tx, &dossier.facts).await?;
    tx.expect_all(&[follow::dates((dossier, &life), evaluations, today, today)]).await?;
    tx.record(event, dossier)
}
