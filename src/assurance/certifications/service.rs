//! Certificates: who may enter them, record what happened to them, and read where they stand.

use super::{
    engine::Life,
    log::{
        self, CertificationEvent, CertificationEventType, EventPatch, MAX_AUDITS, MAX_LOG,
        NewCertificationEvent, Slot,
    },
    model::{
        Certification, CertificationFilter, CertificationPatch, CertificationSort, Dossier, MAX_EVENTS,
        NewCertification,
    },
    store,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::{CertificationEventId, CertificationId},
        page::{Page, PageRequest},
        patch::{self, Expected},
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        diary::{self, AsOf, Milestone, MilestoneResource},
        journal::{EventType, Recorded, Write},
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
    let as_of = AsOf::new(filter.as_of, ctx.today());
    let rows = rows.into_iter().map(|dossier| dossier.on(as_of)).collect();
    Ok(page.page(rows, total, Certification::place(page.sort)))
}

/// One certificate, as it stands on a day; today unless given.
///
/// # Errors
/// When the caller may not read certificates or there is no such one.
pub async fn get(ctx: &Ctx, id: CertificationId, as_of: Option<Date>) -> Result<Certification> {
    let permit = ctx.may(Action::CertificationRead)?;
    Ok(find(&mut *permit.read().await?, id).await?.on(AsOf::new(as_of, ctx.today())))
}

/// Everything that a certificate makes due, as its events tell it for a day; today unless given.
///
/// # Errors
/// When the caller may not read certificates or there is no such one.
pub async fn milestones(ctx: &Ctx, id: CertificationId, as_of: Option<Date>) -> Result<Vec<Milestone>> {
    let permit = ctx.may(Action::CertificationRead)?;
    let mut tx = permit.read().await?;
    let dossier = find(&mut tx, id).await?;
    let known = diary::of_resources(&mut tx, &[id.to_string()]).await?;
    Ok(pictured(ctx, id, &dossier.events, &known, AsOf::new(as_of, ctx.today())))
}

/// The milestones of a certificate that was read before, for a day; for its own day unless given.
pub fn milestones_of(
    ctx: &Ctx,
    certificate: &Certification,
    known: &[diary::Entry],
    as_of: Option<Date>,
) -> Vec<Milestone> {
    let as_of = AsOf::new(Some(as_of.unwrap_or(certificate.as_of)), ctx.today());
    pictured(ctx, certificate.facts.id, &certificate.events, known, as_of)
}

fn pictured(
    ctx: &Ctx,
    id: CertificationId,
    events: &[CertificationEvent],
    known: &[diary::Entry],
    as_of: AsOf,
) -> Vec<Milestone> {
    let resource = MilestoneResource { kind: Dossier::RESOURCE.to_owned(), id: id.to_string() };
    let dues = Life::of(events, as_of).dues();
    let entries = diary::picture(ctx.caller().tenant, &resource, dues, known);
    entries.into_iter().map(|entry| entry.on(as_of)).collect()
}

/// A certificate and its milestones for a day, to be drawn.
///
/// # Errors
/// When the caller may not read certificates or there is no such one.
pub async fn timeline(
    ctx: &Ctx,
    id: CertificationId,
    as_of: Option<Date>,
) -> Result<(Certification, Vec<Milestone>)> {
    let permit = ctx.may(Action::CertificationRead)?;
    let mut tx = permit.read().await?;
    let dossier = find(&mut tx, id).await?;
    let known = diary::of_resources(&mut tx, &[id.to_string()]).await?;
    let as_of = AsOf::new(as_of, ctx.today());
    let milestones = pictured(ctx, id, &dossier.events, &known, as_of);
    Ok((dossier.on(as_of), milestones))
}

/// What is in the diary for these certificates.
///
/// # Errors
/// When the caller may not read certificates.
pub async fn diary_of(ctx: &Ctx, ids: &[CertificationId]) -> Result<Vec<diary::Entry>> {
    let permit = ctx.may(Action::CertificationRead)?;
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    diary::of_resources(&mut *permit.read().await?, &ids).await
}

/// A certificate's events in the order in which they took effect, voided ones too.
///
/// # Errors
/// When the caller may not read certificates or there is no such one.
pub async fn events(ctx: &Ctx, id: CertificationId) -> Result<Vec<CertificationEvent>> {
    let permit = ctx.may(Action::CertificationRead)?;
    let mut events = find(&mut *permit.read().await?, id).await?.events;
    events.sort_by_key(|event| (event.effective_on, event.sequence));
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

/// Enters a certificate that is already held, with the audits held so far.
///
/// # Errors
/// When the caller may not, there is no such certification body, the number is taken, or dates do not fit together.
pub async fn register(ctx: &Ctx, input: NewCertification) -> Result<Certification> {
    let permit = ctx.may(Action::CertificationRegister)?;
    let (facts, events) = input.into_facts(ctx.caller().tenant, ctx.id(), ctx.now());
    facts.validate()?;
    validate_first(&events, ctx.today())?;
    let mut dossier = Dossier { facts, events: Vec::new() };
    let mut tx = permit.write().await?;
    store::insert(&mut tx, &dossier.facts).await?;
    for new in events {
        append(ctx, &mut tx, &mut dossier, new).await?;
    }
    settle(ctx, tx, dossier, EventType::CertificationRegistered).await
}

/// Faults are told where the caller wrote them: the registration is `printed`, the audits are `events`.
fn validate_first(events: &[NewCertificationEvent], today: Date) -> Result<()> {
    let at = |n: usize| if n == 0 { String::new() } else { format!("/events/{}", n - 1) };
    let audits = events.get(1..).unwrap_or_default();
    if audits.len() > MAX_EVENTS {
        return Err(Error::at(
            Code::Unprocessable,
            "/events",
            format!("must have at most {MAX_EVENTS} items"),
        ));
    }
    if let Some(n) = audits.iter().position(|one| one.event == CertificationEventType::RegisteredExisting) {
        let detail = "must be an audit: `printed` beside `events` is the registration";
        return Err(Error::at(Code::Unprocessable, format!("/events/{n}/type"), detail));
    }
    let placed: Vec<_> = events.iter().enumerate().map(|(n, event)| (at(n), event)).collect();
    log::validate(&placed, today)
}

/// Changes what a certificate says beside its dates.
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
    let mut dossier = find(&mut tx, id).await?;
    patch.apply(&mut dossier.facts);
    dossier.facts.validate()?;
    expected.check(dossier.facts.version)?;
    let seen = dossier.facts.version;
    dossier.facts.version += 1;
    if !store::update(&mut tx, &dossier.facts, seen).await? {
        return Err(patch::stale(seen + 1));
    }
    settle(ctx, tx, dossier, EventType::CertificationUpdated).await
}

/// Records an event. A registration replaces the one before it, which is voided as corrected.
///
/// # Errors
/// When the caller may not, there is no such certificate, or dates do not fit together.
pub async fn record(
    ctx: &Ctx,
    id: CertificationId,
    new: NewCertificationEvent,
) -> Result<CertificationEvent> {
    let permit = ctx.may(Action::CertificationEventRecord)?;
    log::validate(&[(String::new(), &new)], ctx.today())?;
    let journalled = new.event.journalled();
    let mut tx = permit.write().await?;
    let mut dossier = locked(&mut tx, id).await?;
    if let Some(printed) = &new.printed {
        correct(&mut tx, &mut dossier).await?;
        dossier.facts.expires_on = printed.expires_on;
        let version = dossier.facts.version;
        store::update(&mut tx, &dossier.facts, version).await?;
    }
    let event = append(ctx, &mut tx, &mut dossier, new).await?;
    keep(&mut tx, &dossier, journalled, ctx.today()).await?;
    tx.commit(event).await
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
    keep(&mut tx, &dossier, EventType::CertificationEventVoided, ctx.today()).await?;
    tx.commit(dossier.event(event)?).await
}

impl Dossier {
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

async fn find(tx: &mut TenantTx, id: CertificationId) -> Result<Dossier> {
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
    new: NewCertificationEvent,
) -> Result<CertificationEvent> {
    let most = if new.printed.is_some() { MAX_LOG } else { MAX_AUDITS };
    if dossier.events.len() >= most {
        return Err(Error::new(
            Code::Conflict,
            format!("a certificate's log holds {MAX_AUDITS} events at the most"),
        ));
    }
    let last = dossier.events.iter().map(|event| event.sequence).max().unwrap_or(0);
    let slot = Slot {
        id: ctx.id(),
        tenant_id: ctx.caller().tenant,
        certification_id: dossier.facts.id,
        sequence: last + 1,
        recorded_at: ctx.now(),
    };
    let event = slot.fill(new).ok_or_else(|| Error::internal("an event without a day passed its checks"))?;
    store::append(tx, &event).await?;
    dossier.events.push(event.clone());
    Ok(event)
}

/// Journals the certificate and writes its dates into the diary.
async fn keep(tx: &mut Write, dossier: &Dossier, event: EventType, today: Date) -> Result<()> {
    tx.expect(dossier, &Life::of(&dossier.events, AsOf::new(None, today)).dues()).await?;
    tx.record(event, dossier)
}

async fn settle(ctx: &Ctx, mut tx: Write, dossier: Dossier, event: EventType) -> Result<Certification> {
    keep(&mut tx, &dossier, event, ctx.today()).await?;
    tx.commit(dossier.on(AsOf::new(None, ctx.today()))).await
}
