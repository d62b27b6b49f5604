//! Use cases of evidence: the usual life, its contents, its review, and what it covers.

use futures_util::future::BoxFuture;

use super::{
    content::NewContent,
    engine::{self, EvidenceCoverage},
    model::{Evidence, EvidenceFilter, EvidencePatch, EvidenceSort, EvidenceView, NewEvidence},
    operation,
    period::Period,
    reports,
    review::{EvidenceVersion, EvidenceVersionSort, Rejection, ReviewState},
    store, versions,
};
use crate::{
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{self, ControlId, EvidenceId},
        page::{Page, PageRequest},
        patch::{self, Expected},
        time::Date,
    },
    platform::{
        access::{Action, Ctx, Role},
        db::TenantTx,
        diary::Due,
        journal::{EventType, Ripple, Write},
        room::{self, Actions, Head, Room, Stored, Told},
    },
    program::controls,
};

/// Days of a coverage at the most: ten years.
const MAX_WINDOW: i64 = 3660;

impl Room for Evidence {
    type New = NewEvidence;
    type Patch = EvidencePatch;
    type View = EvidenceView;

    const ACTIONS: Actions = Actions {
        read: Action::EvidenceRead,
        create: Action::EvidenceCreate,
        update: Action::EvidenceUpdate,
        delete: Action::EvidenceDelete,
    };
    const TOLD: Told = Told {
        created: EventType::EvidenceCreated,
        updated: EventType::EvidenceUpdated,
        deleted: EventType::EvidenceDeleted,
    };

    fn head(&mut self) -> Head<'_, id::EvidenceKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewEvidence, ctx: &Ctx) -> Self {
        input.into_evidence(ctx.caller().tenant, ctx.id(), ctx.caller().member, ctx.now())
    }
    fn apply(&mut self, patch: EvidencePatch) {
        patch.apply(self);
    }
    /// Kind and content stay as they were said, so that the guard can refuse another. A restriction is lifted by a change
    /// that says so.
    fn keep(&mut self, old: &Self) {
        let (kind, content) = (self.kind, self.content.clone());
        let said = std::mem::replace(self, old.clone());
        self.take_over(said);
        self.restricted |= old.restricted;
        self.kind = kind;
        self.content = content.or_else(|| old.content.clone());
    }
    fn check(&self, today: Date) -> Result<()> {
        self.validate(today)
    }

    /// What has become of it (contents, review) is changed by its own steps alone, whatever is sent.
    async fn complete(tx: &mut Write, mut row: Self) -> Result<Self> {
        if row.version > 1
            && let Some(mut stored) = Self::find(tx, row.id).await?
        {
            stored.take_over(row);
            row = stored;
        }
        store::dated(tx, &row).await
    }

    fn dues(&self) -> Option<Vec<Due>> {
        Some(engine::dues(self))
    }
    async fn renewed(tx: &mut Write, row: Self) -> Result<Self> {
        let row = store::dated(tx, &row).await?;
        store::redate(tx, &row).await?;
        Ok(row)
    }

    /// What was judged stays as it was judged, and what was accepted is a record. Controls follow what shows that they
    /// were performed.
    async fn guard(tx: &mut Write, ctx: &Ctx, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        match (before, after) {
            (Some(before), None) if before.accepted_version.is_some() => {
                return Err(Error::new(
                    Code::Conflict,
                    "it was accepted, and is a record of that; withdraw its links or give it a new version instead",
                ));
            }
            (Some(before), Some(after)) => before.may_become(after)?,
            _ => {}
        }
        stir(tx, linked_controls(before.into_iter().chain(after))).await?;
        let was = before.is_some_and(|one| one.restricted);
        match after.filter(|one| one.restricted != was) {
            Some(after) => may_restrict(tx, ctx, after).await,
            None => Ok(()),
        }
    }

    fn day(filter: &EvidenceFilter) -> Option<Date> {
        filter.as_of
    }

    async fn show(tx: &mut TenantTx, rows: Vec<Self>, day: Date) -> Result<Vec<EvidenceView>> {
        let limits = controls::freshness(tx, &linked_controls(&rows)).await?;
        let view = |facts: Self| {
            let freshness = engine::freshness(&facts, &limits, day);
            EvidenceView { freshness, as_of: day, facts }
        };
        Ok(rows.into_iter().map(view).collect())
    }

    fn place(_: EvidenceSort) -> impl Fn(&EvidenceView) -> (serde_json::Value, String) {
        EvidenceView::place
    }
}

/// A restriction is for an owner or a manager to say and to lift, and stays on the report of an engagement (D-16).
async fn may_restrict(tx: &mut TenantTx, ctx: &Ctx, after: &Evidence) -> Result<()> {
    if !matches!(ctx.caller().role, Role::Owner | Role::Manager) {
        let detail = "whether evidence is restricted is for an owner or a manager of the tenant to say";
        return Err(Error::new(Code::Forbidden, detail));
    }
    // Whoever names it as a report meanwhile waits, and restricts it again.
    store::hold(tx, after.id).await?;
    let report = if after.restricted { None } else { reports::reported_by(tx, after.id).await? };
    match report {
        None => Ok(()),
        Some(attestation) => {
            let detail = format!(
                "it is the report of {attestation}, and stays restricted (D-16); note at POST \
                 /v1/attestations/{{id}}/releases to whom it is given, or name another report first"
            );
            Err(Error::new(Code::Conflict, detail))
        }
    }
}

/// Restricts evidence that becomes a report, for a write that has been authorised. What is restricted stays as it is.
///
/// # Errors
/// When two writes of it met, or the database fails.
pub async fn restrict(tx: &mut Write, id: EvidenceId) -> Result<()> {
    // Its controls are held before it is, as other changes of it do.
    if let Some(row) = Evidence::find(tx, id).await? {
        stir(tx, linked_controls([&row])).await?;
    }
    store::hold(tx, id).await?;
    match Evidence::find(tx, id).await? {
        Some(row) if !row.restricted => {
            let row = Evidence { restricted: true, ..row };
            written(tx, row, EventType::EvidenceUpdated).await.map(drop)
        }
        _ => Ok(()),
    }
}

impl Evidence {
    /// Refuses its file to whom a restriction shuts out.
    pub(super) fn may_be_read(&self, ctx: &Ctx) -> Result<()> {
        let caller = ctx.caller();
        let reads = matches!(caller.role, Role::Owner | Role::Manager) || caller.engaged.is_some();
        if !self.restricted || reads {
            return Ok(());
        }
        let detail = "its file is restricted to owners, managers and auditors who are bound to an audit that names it; ask an \
                      owner or a manager to release it to you";
        Err(Error::new(Code::Forbidden, detail))
    }

    fn may_become(&self, after: &Self) -> Result<()> {
        let mut faults = Faults::default();
        faults.when(self.kind != after.kind, "/kind", "stays as it is; create another piece of evidence");
        let anew = "is replaced by a new version: POST /v1/evidence/{id}/versions";
        let other = after.content.is_some() && after.content != self.content;
        faults.when(other, "/content", anew);
        faults.into_result()?;
        let judged = matches!(self.review.state, ReviewState::Submitted | ReviewState::Accepted);
        if judged && self.claims() != after.claims() {
            let detail = format!(
                "it is {}: its period, collected_at, valid_until and source stay as they were handed in; withdraw it, or \
                 give it a new version",
                self.review.state
            );
            return Err(Error::new(Code::Conflict, detail));
        }
        Ok(())
    }
}

/// A page of evidence, as it stands on the filter's day.
///
/// # Errors
/// When the caller may not read evidence.
pub async fn list(
    ctx: &Ctx,
    filter: &EvidenceFilter,
    page: &PageRequest<EvidenceSort>,
) -> Result<Page<EvidenceView>> {
    let on_day = EvidenceFilter { as_of: Some(filter.as_of.unwrap_or(ctx.today())), ..filter.clone() };
    room::list::<Evidence>(ctx, &on_day, page).await
}

/// Gives a link, a statement or a record its next content, and makes it a draft again.
///
/// # Errors
/// When the caller may not, the content does not fit the kind, or it has changed since.
pub async fn renew(ctx: &Ctx, id: EvidenceId, expected: Expected, new: NewContent) -> Result<EvidenceView> {
    let permit = ctx.may(Action::EvidenceUpdate)?;
    let mut tx = permit.write().await?;
    let mut row = room::found::<Evidence>(&mut tx, id).await?;
    row.renew(new.into(), ctx.caller().member, ctx.now(), ctx.today());
    row.validate_content("")?;
    expected.check(row.version)?;
    renewed(ctx, tx, row).await
}

/// Stores a row that has new content, with that content as a version.
pub(super) async fn renewed(ctx: &Ctx, mut tx: Write, row: Evidence) -> Result<EvidenceView> {
    let row = written(&mut tx, row, EventType::EvidenceContentAdded).await?;
    versions::add(&mut tx, &row).await?;
    let view = shown(&mut tx, row, ctx.today()).await?;
    tx.commit(view).await
}

/// A page of the contents that a piece of evidence has and had.
///
/// # Errors
/// When the caller may not read evidence or there is no such one.
pub async fn versions(
    ctx: &Ctx,
    id: EvidenceId,
    page: &PageRequest<EvidenceVersionSort>,
) -> Result<Page<EvidenceVersion>> {
    let permit = ctx.may(Action::EvidenceRead)?;
    let mut tx = permit.read().await?;
    room::found::<Evidence>(&mut tx, id).await?;
    let (rows, total) = versions::page(&mut tx, id, page).await?;
    Ok(page.page(rows, total, EvidenceVersion::place))
}

/// Hands a draft in for review.
///
/// # Errors
/// When the caller may not, it is no draft or has no content, or it has changed since.
pub async fn submit(ctx: &Ctx, id: EvidenceId, expected: Expected) -> Result<EvidenceView> {
    let (by, now) = (ctx.caller().member, ctx.now());
    step(ctx, Action::EvidenceSubmit, id, expected, EventType::EvidenceSubmitted, |row| row.submit(by, now))
        .await
}

/// Makes what was submitted or rejected a draft again.
///
/// # Errors
/// When the caller may not, it is neither, or it has changed since.
pub async fn withdraw(ctx: &Ctx, id: EvidenceId, expected: Expected) -> Result<EvidenceView> {
    step(ctx, Action::EvidenceSubmit, id, expected, EventType::EvidenceWithdrawn, Evidence::withdraw).await
}

/// Accepts what another member has submitted.
///
/// # Errors
/// When the caller may not or submitted it, it is not submitted, or it has changed since.
pub async fn accept(ctx: &Ctx, id: EvidenceId, expected: Expected) -> Result<EvidenceView> {
    let (by, now) = (ctx.caller().member, ctx.now());
    step(ctx, Action::EvidenceReview, id, expected, EventType::EvidenceAccepted, |row| {
        row.judge(by, now, None)
    })
    .await
}

/// Rejects what another member has submitted.
///
/// # Errors
/// As [`accept`].
pub async fn reject(ctx: &Ctx, id: EvidenceId, expected: Expected, input: Rejection) -> Result<EvidenceView> {
    let (by, now, why) = (ctx.caller().member, ctx.now(), Some(input.reason));
    step(ctx, Action::EvidenceReview, id, expected, EventType::EvidenceRejected, |row| {
        row.judge(by, now, why)
    })
    .await
}

async fn step(
    ctx: &Ctx,
    action: Action,
    id: EvidenceId,
    expected: Expected,
    event: EventType,
    change: impl FnOnce(&mut Evidence) -> Result<()>,
) -> Result<EvidenceView> {
    let permit = ctx.may(action)?;
    let mut tx = permit.write().await?;
    let mut row = room::found::<Evidence>(&mut tx, id).await?;
    expected.check(row.version)?;
    change(&mut row)?;
    let row = written(&mut tx, row, event).await?;
    let view = shown(&mut tx, row, ctx.today()).await?;
    tx.commit(view).await
}

/// Stores a row as its next version, and journals it.
async fn written(tx: &mut Write, mut row: Evidence, event: EventType) -> Result<Evidence> {
    let seen = row.version;
    row.version += 1;
    stir(tx, linked_controls([&row])).await?;
    let row = store::dated(tx, &row).await?;
    let row = store::put(tx, &row, seen).await?.ok_or_else(|| patch::stale(seen + 1))?;
    tx.expect(&row, &engine::dues(&row)).await?;
    tx.record(event, &row)?;
    Ok(row)
}

/// Has the schedules of controls follow a change of their evidence. They are held before any evidence is, as a change of
/// a control holds them, and in one order: writers wait for each other. Two batches may still meet crosswise, and one of
/// them is told to try again.
async fn stir(tx: &mut Write, linked: Vec<ControlId>) -> Result<()> {
    for control in linked {
        controls::hold(tx, control).await?;
        tx.stir(Ripple::ControlSchedule(control));
    }
    Ok(())
}

/// Brings the days of a control's evidence up to date, in lists and in the diary, and those of the control, which follow
/// from its evidence. Not journalled: they follow from facts that are.
pub fn follow(tx: &mut Write, ripple: Ripple) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        match ripple {
            Ripple::ControlFreshness(control) => redate(tx, control).await,
            Ripple::ControlSchedule(control) => {
                controls::hold(tx, control).await?;
                let operated = operation::newest(tx, control).await?;
                controls::testing::reschedule(tx, control, operated).await
            }
            _ => Ok(()),
        }
    })
}

async fn redate(tx: &mut Write, control: ControlId) -> Result<()> {
    let rows = store::linked(tx, control).await?;
    let limits = controls::freshness(tx, &linked_controls(&rows)).await?;
    for row in rows {
        let (expires_on, fresh_until) = engine::ends(&row, &limits);
        if (expires_on, fresh_until) != (row.expires_on, row.fresh_until) {
            let row = Evidence { expires_on, fresh_until, ..row };
            store::redate(tx, &row).await?;
            tx.expect(&row, &engine::dues(&row)).await?;
        }
    }
    Ok(())
}

/// Every control that one of these is linked to, once.
fn linked_controls<'a>(rows: impl IntoIterator<Item = &'a Evidence>) -> Vec<ControlId> {
    let mut linked: Vec<ControlId> = rows.into_iter().flat_map(|row| row.controls.iter().copied()).collect();
    linked.sort_by_key(|id| id.uuid());
    linked.dedup();
    linked
}

pub(super) async fn shown(tx: &mut TenantTx, row: Evidence, day: Date) -> Result<EvidenceView> {
    let shown = Evidence::show(tx, vec![row], day).await?.pop();
    shown.ok_or_else(|| Error::internal("a row was not shown"))
}

/// The evidence of each of these controls, newest first, so many of each.
///
/// # Errors
/// When the caller may not read evidence.
pub async fn of_controls(
    ctx: &Ctx,
    ids: &[ControlId],
    each: usize,
) -> Result<Vec<(ControlId, EvidenceView)>> {
    let permit = ctx.may(Action::EvidenceRead)?;
    let mut tx = permit.read().await?;
    let links = store::newest(&mut tx, ids, each).await?;
    let mut wanted: Vec<_> = links.iter().map(|(_, evidence)| *evidence).collect();
    wanted.sort_by_key(|id| id.uuid());
    wanted.dedup();
    let rows = Evidence::by_ids(&mut tx, &wanted).await?;
    let views = Evidence::show(&mut tx, rows, ctx.today()).await?;
    let find = |id: EvidenceId| views.iter().find(|view| view.facts.id == id).cloned();
    Ok(links.into_iter().filter_map(|(control, id)| Some((control, find(id)?))).collect())
}

/// On which days of a window a control has accepted evidence.
///
/// # Errors
/// When the caller may not read evidence, there is no such control, or the window is too long.
pub async fn coverage(ctx: &Ctx, control: ControlId, from: Date, to: Date) -> Result<EvidenceCoverage> {
    let permit = ctx.may(Action::EvidenceRead)?;
    ctx.unbound()?;
    let window = Period::new(from, to).filter(|window| window.days() <= MAX_WINDOW).ok_or_else(|| {
        let detail = format!("must not be before from, nor more than {MAX_WINDOW} days from it");
        Error::at(Code::Unprocessable, "to", detail)
    })?;
    let mut tx = permit.read().await?;
    room::found::<controls::Control>(&mut tx, control).await?;
    let pieces = store::accepted(&mut tx, &[control], window).await?;
    let pieces = pieces.into_iter().map(|(_, id, title, period)| (id, title, period)).collect();
    Ok(engine::coverage(control, window, pieces))
}
