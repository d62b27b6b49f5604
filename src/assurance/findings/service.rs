//! Use cases of findings: the usual life, and how they are judged.

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::{
    actions, basis,
    change::FindingPatch,
    engine,
    facts::{FindingFact, Raised},
    judged::{FindingReopening, Judge, NewCheck, NewVerification},
    model::{Finding, FindingFilter, FindingGrade, FindingSort, FindingState, FindingView, NewFinding},
    store,
};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::{AuditId, FindingId, FindingKind},
        page::{Page, PageRequest},
        patch::{self, Expected},
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        batch::Operation,
        db::{Linked, TenantTx},
        diary::{AtMoment, Due, Moment},
        held,
        journal::{EventType, Ripple, Write},
        room::{self, Actions, Head, Room, Stored, Told},
    },
};

const NO_AUDIT: &str = "is no audit here; GET /v1/audits lists them";

impl Room for Finding {
    type New = NewFinding;
    type Patch = FindingPatch;
    type View = FindingView;
    const ACTIONS: Actions = Actions {
        read: Action::FindingRead,
        create: Action::FindingCreate,
        update: Action::FindingUpdate,
        delete: Action::FindingDelete,
    };
    const TOLD: Told = Told {
        created: EventType::FindingCreated,
        updated: EventType::FindingUpdated,
        deleted: EventType::FindingDeleted,
    };

    fn head(&mut self) -> Head<'_, FindingKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewFinding, ctx: &Ctx) -> Self {
        input.into_finding(ctx.caller().tenant, ctx.id(), ctx.now(), ctx.today())
    }
    fn apply(&mut self, patch: FindingPatch) {
        patch.apply(self);
    }
    /// How it was judged is said by its own steps.
    fn keep(&mut self, old: &Self) {
        self.verification.clone_from(&old.verification);
        self.checks.clone_from(&old.checks);
        self.stage = old.stage;
    }
    fn check(&self, today: Date) -> Result<()> {
        self.validate(today)
    }

    /// The certificates that follow what was found.
    async fn hold_first(tx: &mut Write, operations: &[Operation<Self>]) -> Result<()> {
        let ids = room::named(tx, operations).await?;
        let rows = Self::by_ids(tx, &ids).await?;
        let mut audits: Vec<AuditId> = rows.iter().filter_map(|row| row.audit).collect();
        for one in operations {
            match one {
                Operation::Create(new) | Operation::Put(_, new) => audits.extend(new.audit),
                Operation::Update(_, _, patch) => audits.extend(patch.audit.value()),
                Operation::Delete(..) => {}
            }
        }
        hold_certificates(tx, &audits).await
    }

    /// What was judged stays as it was judged, and is a record.
    async fn guard(tx: &mut Write, _: &Ctx, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        let (was, is) = (before.and_then(|one| one.audit), after.and_then(|one| one.audit));
        // A database does not say which of two references leads nowhere, so one of them is looked up.
        if let Some(audit) = is.filter(|_| is != was)
            && !basis::is_audit(tx, audit).await?
        {
            return Err(Error::at(Code::Unprocessable, "/audit", NO_AUDIT));
        }
        let audits: Vec<_> = was.into_iter().chain(is).collect();
        hold_certificates(tx, &audits).await?;
        audits.into_iter().for_each(|audit| tx.stir(Ripple::FindingOf(audit)));
        match (before, after) {
            (Some(before), Some(after)) if !before.is_pending() && before.claims() != after.claims() => {
                let detail =
                    "it was judged with this grade, audit, day and statement; reopen it before they change";
                Err(Error::new(Code::Conflict, detail))
            }
            (Some(before), None) if before.verification.is_some() || !before.checks.is_empty() => {
                Err(Error::new(Code::Conflict, "it was judged, and is a record of that; it stays"))
            }
            _ => Ok(()),
        }
    }

    async fn complete(tx: &mut Write, row: Self) -> Result<Self> {
        if row.version > 1 {
            held::hold(tx, row.id).await?;
        }
        settled(tx, row, Moment::ALL).await
    }

    fn dues(&self) -> Option<Vec<Due>> {
        Some(engine::dues(self))
    }
    async fn renewed(tx: &mut Write, row: Self) -> Result<Self> {
        let row = settled(tx, row, Moment::ALL).await?;
        store::settle(tx, &row).await?;
        Ok(row)
    }
    fn day(filter: &FindingFilter) -> Option<Date> {
        filter.as_of
    }
    async fn show(_: &mut TenantTx, rows: Vec<Self>, day: Date) -> Result<Vec<FindingView>> {
        Ok(rows.into_iter().map(|finding| finding.on(day)).collect())
    }
    fn place(sort: FindingSort) -> impl Fn(&FindingView) -> (Value, String) {
        move |finding| {
            let key = match sort {
                FindingSort::Newest | FindingSort::Oldest => json!(finding.facts.created_at),
                FindingSort::Soonest => json!(finding.facts.due_on),
            };
            (key, finding.facts.id.to_string())
        }
    }
}

/// Holds the certificates that these audits serve before what was found is held, in the order of an event of theirs: they
/// follow what is found, and what is found is due by their expiry.
pub(super) async fn hold_certificates(tx: &mut TenantTx, audits: &[AuditId]) -> Result<()> {
    let served = basis::certifications_of(tx, audits).await?;
    held::hold_all(tx, &served).await
}

/// The finding with what follows from its audit and its corrective actions, as far as these were at a moment.
async fn settled(tx: &mut TenantTx, row: Finding, moment: Moment) -> Result<Finding> {
    let basis = match row.audit {
        Some(audit) => basis::basis(tx, audit).await?,
        None => None,
    };
    let actions = actions::dates(tx, row.id, moment).await?;
    Ok(engine::settled(row, basis.as_ref(), &actions))
}

/// One finding, as it stood at a moment; as it stands today unless given. Its facts and the days of its audit are told as
/// they are recorded now.
///
/// # Errors
/// When the caller may not read findings, there is no such one, or it had not been recorded by then.
pub async fn get(ctx: &Ctx, id: FindingId, at: AtMoment) -> Result<FindingView> {
    let permit = ctx.may(Action::FindingRead)?;
    let mut tx = permit.read().await?;
    let mut row = room::found::<Finding>(&mut tx, id).await?;
    let moment = at.moment(ctx.today());
    if let Some(known_at) = moment.known_at.filter(|_| !moment.knows(row.created_at)) {
        let detail = format!("{id} had not been recorded by {known_at}; ask for what was known later");
        return Err(Error::new(Code::NotFound, detail));
    }
    if moment.as_of.past || moment.known_at.is_some() {
        row = settled(&mut tx, row.judged_at(moment), moment).await?;
    }
    Ok(FindingView { known_at: moment.known_at, ..row.on(moment.as_of.day) })
}

/// A page of findings, with the filter's day compared with their dates.
///
/// # Errors
/// As [`room::list`].
pub async fn list(
    ctx: &Ctx,
    filter: &FindingFilter,
    page: &PageRequest<FindingSort>,
) -> Result<Page<FindingView>> {
    let on_a_day = FindingFilter { as_of: filter.as_of.or(Some(ctx.today())), ..filter.clone() };
    room::list::<Finding>(ctx, &on_a_day, page).await
}

/// The findings of these audits, for a use case that has been authorised.
///
/// # Errors
/// When the database fails.
pub async fn of_audits(tx: &mut TenantTx, all: &[AuditId]) -> Result<Vec<FindingFact>> {
    store::of_audits(tx, all).await
}

/// The exceptions among the findings of these audits that had been raised by a moment, as they stand on its day; for a use
/// case that has been authorised. Two statements.
///
/// # Errors
/// When the database fails.
pub async fn exceptions_of(tx: &mut TenantTx, all: &[AuditId], moment: Moment) -> Result<Vec<FindingView>> {
    let rows = store::rows_of_audits(tx, all).await?.into_iter();
    let noted = |one: &Finding| {
        one.grade == FindingGrade::Exception && moment.tells(one.created_at, None, one.raised_on)
    };
    let rows: Vec<_> = rows.filter(noted).collect();
    let ids: Vec<_> = rows.iter().map(|one| one.id).collect();
    let mut actions = actions::dates_of(tx, &ids, moment).await?;
    // The days of its audit set no date of an exception.
    let told = |one: Finding| {
        let own = actions.remove(&one.id).unwrap_or_default();
        engine::settled(one.judged_at(moment), None, &own).on(moment.as_of.day)
    };
    Ok(rows.into_iter().map(told).collect())
}

/// Nonconformities, oldest first and so many at the most, and the majors that are not verified, each with its audit; for a
/// use case that has been authorised.
///
/// # Errors
/// When the database fails.
pub async fn tally(tx: &mut TenantTx, most: i64) -> Result<(Vec<Raised>, Vec<Raised>)> {
    Ok((store::nonconformities(tx, most).await?, store::open_majors(tx).await?))
}

/// The controls and the evidence that the findings of these audits and their corrective actions name.
///
/// # Errors
/// When the database fails.
pub async fn linked(tx: &mut TenantTx, audits: &[AuditId]) -> Result<Linked> {
    let rows = store::rows_of_audits(tx, audits).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut linked = Linked::default();
    for row in &rows {
        linked.controls.extend(row.controls.iter());
        linked.evidence.extend(row.evidence.iter());
    }
    for action in actions::rows_of(tx, &ids).await? {
        linked.evidence.extend(action.evidence.iter());
    }
    Ok(linked)
}

/// The oldest findings of these audits, oldest first and so many of each, as they stand today.
///
/// # Errors
/// When the caller may not read findings.
pub async fn oldest(ctx: &Ctx, audits: &[AuditId], each: u32) -> Result<Vec<FindingView>> {
    let permit = ctx.may(Action::FindingRead)?;
    let rows = store::oldest(&mut *permit.read().await?, audits, each).await?;
    Ok(rows.into_iter().map(|row| row.on(ctx.today())).collect())
}

/// Records that correction and corrective action were verified.
///
/// # Errors
/// When the caller may not, it is verified or closed already, an action is not implemented, or it has changed since.
pub async fn verify(
    ctx: &Ctx,
    id: FindingId,
    expected: Expected,
    new: NewVerification,
) -> Result<FindingView> {
    step(ctx, id, expected, |finding, judge, undone| finding.verify(new, judge, undone)).await
}

/// Records how the effect of what was done was judged: the finding is closed, or open again.
///
/// # Errors
/// When the caller may not, it is closed already, nothing was done, or it has changed since.
pub async fn check(ctx: &Ctx, id: FindingId, expected: Expected, new: NewCheck) -> Result<FindingView> {
    step(ctx, id, expected, |finding, judge, undone| finding.judge(new, judge, undone)).await
}

/// Reopens what was verified or closed too early.
///
/// # Errors
/// When the caller may not, it is neither, or it has changed since.
pub async fn reopen(
    ctx: &Ctx,
    id: FindingId,
    expected: Expected,
    new: FindingReopening,
) -> Result<FindingView> {
    step(ctx, id, expected, |finding, judge, _| finding.reopen(&new, judge)).await
}

async fn step(
    ctx: &Ctx,
    id: FindingId,
    expected: Expected,
    judge: impl FnOnce(&mut Finding, &Judge, usize) -> Result<()> + Send,
) -> Result<FindingView> {
    let permit = ctx.may(Action::FindingJudge)?;
    let mut tx = permit.write().await?;
    let audit = room::found::<Finding>(&mut tx, id).await?.audit;
    hold_certificates(&mut tx, audit.as_slice()).await?;
    held::hold(&mut tx, id).await?;
    let mut row = room::found::<Finding>(&mut tx, id).await?;
    let round = row.reopenings();
    let actions = actions::dates(&mut tx, id, Moment::ALL).await?;
    let undone = actions.iter().filter(|one| one.round == round && one.implemented_on.is_none()).count();
    let judging = Judge { by: ctx.caller().member, at: ctx.now(), today: ctx.today() };
    judge(&mut row, &judging, undone)?;
    expected.check(row.version)?;
    let seen = row.version;
    row.version += 1;
    let row = settled(&mut tx, row, Moment::ALL).await?;
    let row = store::put(&mut tx, &row, seen).await?.ok_or_else(|| patch::stale(seen + 1))?;
    tx.expect(&row, &engine::dues(&row)).await?;
    let told = match row.stage {
        FindingState::Closed => EventType::FindingClosed,
        FindingState::Verified => EventType::FindingVerified,
        _ => EventType::FindingReopened,
    };
    tx.record(told, &row)?;
    if let Some(audit) = row.audit {
        tx.stir(Ripple::FindingOf(audit));
    }
    tx.commit(row.on(ctx.today())).await
}

/// Brings findings up to date, in lists and in the diary, when a corrective action or an audit changes. Not journalled:
/// it follows from facts that are.
pub fn follow<'a>(tx: &'a mut Write, ripples: &'a [Ripple]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        for ripple in ripples {
            match *ripple {
                Ripple::CorrectiveAction(finding) => {
                    held::hold(tx, finding).await?;
                    let row = room::found::<Finding>(tx, finding).await?;
                    if let Some(audit) = row.audit {
                        tx.stir(Ripple::FindingOf(audit));
                    }
                    settle_anew(tx, row).await?;
                }
                Ripple::Audit(audit, certification) => {
                    let line = basis::line_of(tx, audit, certification).await?;
                    for row in store::pending_of(tx, &line).await? {
                        settle_anew(tx, row).await?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    })
}

async fn settle_anew(tx: &mut Write, before: Finding) -> Result<()> {
    let after = settled(tx, before.clone(), Moment::ALL).await?;
    let kept = |one: &Finding| (one.stage, one.plan_accepted_on, one.implemented_on, one.deadlines.clone());
    if kept(&before) == kept(&after) {
        return Ok(());
    }
    store::settle(tx, &after).await?;
    tx.expect(&after, &engine::dues(&after)).await
}
