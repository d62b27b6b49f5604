//! Approving the draft of a statement, and reading and comparing its versions.

use super::{
    content::{Content, Digest, Signature},
    diff::{Diff, Differences},
    model::{NewVersion, VersionDocument, VersionFilter, VersionRow, VersionSort, VersionView},
    store,
};
use crate::{
    kernel::{
        error::{Code, Error, Fault, Faults, Result},
        id::{ApplicabilityVersionId, MemberId, StatementOfApplicabilityId},
        page::{Page, PageRequest},
        patch,
    },
    platform::{
        access::{Action, Ctx},
        db::{Doc, TenantTx},
        identity::members::{Member, MemberKind},
        journal::EventType,
        room::{self, Stored},
    },
    program::applicability::{
        check::Check,
        model::{Approval, StatementOfApplicability},
        service::{entries, framework, look},
    },
};

/// A page of the approved versions of a statement.
///
/// # Errors
/// When the caller may not read statements or there is no such one.
pub async fn list(
    ctx: &Ctx,
    id: StatementOfApplicabilityId,
    filter: &VersionFilter,
    page: &PageRequest<VersionSort>,
) -> Result<Page<VersionView>> {
    let permit = ctx.may(Action::ApplicabilityRead)?;
    let mut tx = permit.read().await?;
    let statement = room::found::<StatementOfApplicability>(&mut tx, id).await?;
    let (rows, total) = store::versions(&mut tx, id, filter, page).await?;
    let latest = statement.approved_number();
    let shown = rows.into_iter().map(|one| one.among(latest)).collect();
    Ok(page.page(shown, total, VersionView::place))
}

/// A version with all that it says: an approved one as it was frozen, the draft as it stands.
///
/// # Errors
/// When the caller may not read statements, or there is no such statement or version.
pub async fn get(ctx: &Ctx, id: StatementOfApplicabilityId, number: i32) -> Result<VersionDocument> {
    let permit = ctx.may(Action::ApplicabilityRead)?;
    let mut tx = permit.read().await?;
    let statement = room::found::<StatementOfApplicability>(&mut tx, id).await?;
    let missing = || Error::not_found(format!("version {number} of {id}"));
    document(&mut tx, &statement, number).await?.ok_or_else(missing)
}

/// What changed from one version to another.
///
/// # Errors
/// When the caller may not read statements or there is no such one; 422 when there is no such version.
pub async fn diff(ctx: &Ctx, id: StatementOfApplicabilityId, from: i32, to: i32) -> Result<Diff> {
    let permit = ctx.may(Action::ApplicabilityRead)?;
    let mut tx = permit.read().await?;
    let statement = room::found::<StatementOfApplicability>(&mut tx, id).await?;
    let mut both = Vec::with_capacity(2);
    for (name, number) in [("from", from), ("to", to)] {
        let detail = format!("there is no version {number}; the draft is {}", statement.draft_number);
        let missing = || Error::at(Code::Unprocessable, name, detail);
        both.push(document(&mut tx, &statement, number).await?.ok_or_else(missing)?);
    }
    let [one, other] =
        <[VersionDocument; 2]>::try_from(both).map_err(|_| Error::internal("two were read"))?;
    Ok(Differences::between(&one.content, &other.content).of(one.version, other.version))
}

async fn document(
    tx: &mut TenantTx,
    statement: &StatementOfApplicability,
    number: i32,
) -> Result<Option<VersionDocument>> {
    if number == statement.draft_number {
        let entries = entries(tx, statement).await?;
        let content = Content::draft(statement, framework(statement)?, entries);
        let digest = Digest::of(&content.canonical()?);
        return Ok(Some(VersionDocument { version: VersionView::draft(statement, digest), content }));
    }
    let found = store::version(tx, statement.id, number).await?;
    let latest = statement.approved_number();
    Ok(found.map(|(head, content)| VersionDocument { version: head.among(latest), content }))
}

/// Those of these approved versions that there are.
///
/// # Errors
/// When the caller may not read statements of applicability.
pub async fn of(ctx: &Ctx, ids: &[ApplicabilityVersionId]) -> Result<Vec<VersionView>> {
    let permit = ctx.may(Action::ApplicabilityRead)?;
    store::approved_versions(&mut *permit.read().await?, ids).await
}

/// Approves the draft of a statement: freezes it as a version, which supersedes the one before.
///
/// # Errors
/// When the caller may not, the approver is not a person who may, the draft has errors (409, naming each) or says
/// something else than what was looked at, or the label is taken.
pub async fn approve(
    ctx: &Ctx,
    id: StatementOfApplicabilityId,
    input: NewVersion,
) -> Result<VersionDocument> {
    let permit = ctx.may(Action::ApplicabilityApprove)?;
    input.validate(ctx.today())?;
    let mut tx = permit.write().await?;
    let statement = room::found::<StatementOfApplicability>(&mut tx, id).await?;
    let signature = sign(&mut tx, ctx, &statement, &input).await?;
    let entries = entries(&mut tx, &statement).await?;
    refuse_errors(&look(&mut tx, &statement, &entries, ctx.today()).await?)?;
    let mut content = Content::draft(&statement, framework(&statement)?, entries);
    let seen = Digest::of(&content.canonical()?);
    if input.expected_digest.is_some_and(|expected| expected != seen) {
        let detail = format!("the draft has changed since it was looked at; its digest is {seen} now");
        return Err(Error::new(Code::Conflict, detail));
    }
    content.approval = Some(signature.clone());
    let text = content.canonical()?;
    let row = row(ctx, id, signature, text);
    let approved = approval(&row, statement.approved_number());
    // The statement first: whoever approves at the same time waits here, and then finds it changed.
    let seen = statement.version;
    let after = StatementOfApplicability {
        approved: Some(Doc(approved)),
        draft_number: row.number + 1,
        version: seen + 1,
        ..statement
    };
    let after = StatementOfApplicability::update(&mut tx, &after, seen)
        .await?
        .ok_or_else(|| patch::stale(seen + 1))?;
    store::freeze(&mut tx, &row).await?;
    tx.record(EventType::StatementOfApplicabilityApproved, &after)?;
    let version = row.head().among(Some(row.number));
    tx.commit(VersionDocument { version, content }).await
}

fn row(
    ctx: &Ctx,
    statement_id: StatementOfApplicabilityId,
    signature: Signature,
    content: String,
) -> VersionRow {
    VersionRow {
        tenant_id: ctx.caller().tenant,
        id: ctx.id(),
        statement_id,
        number: signature.number,
        label: signature.label,
        approved_by: signature.approved_by,
        approved_on: signature.approved_on,
        digest: Digest::of(&content),
        content,
        created_at: ctx.now(),
    }
}

fn approval(row: &VersionRow, supersedes: Option<i32>) -> Approval {
    Approval {
        version_id: row.id,
        number: row.number,
        label: row.label.clone(),
        approved_by: row.approved_by,
        approved_on: row.approved_on,
        digest: row.digest.clone(),
        supersedes,
    }
}

/// Who approves: a person who may, on that day and today.
async fn sign(
    tx: &mut TenantTx,
    ctx: &Ctx,
    statement: &StatementOfApplicability,
    input: &NewVersion,
) -> Result<Signature> {
    let approved_on = input.approved_on.unwrap_or(ctx.today());
    let approved_by = input.approver.unwrap_or(ctx.caller().member);
    let member = person(tx, approved_by).await?;
    let mut faults = Faults::default();
    let machine = member.kind != MemberKind::Person;
    faults.when(machine, "/approver", "must be a person; name the one who approved it");
    let told = "must be an owner or a manager, who may approve";
    faults.when(!member.role.allows(Action::ApplicabilityApprove), "/approver", told);
    let left = member.access_ends_on.is_some_and(|last| last < approved_on);
    faults.when(left, "/approver", "had no access any more on that day");
    let before = statement.approved.as_ref().is_some_and(|one| approved_on < one.approved_on);
    faults.when(before, "/approved_on", "must not be before the approval of the version that it supersedes");
    faults.into_result()?;
    Ok(Signature {
        number: statement.draft_number,
        label: input.label.clone(),
        approved_by,
        approver: member.name,
        approved_on,
        as_of: ctx.today(),
        note: input.note.clone(),
    })
}

async fn person(tx: &mut TenantTx, id: MemberId) -> Result<Member> {
    let told = "is not a member of this tenant; GET /v1/members lists them";
    Member::find(tx, id).await?.ok_or_else(|| Error::at(Code::Unprocessable, "/approver", told))
}

/// What cannot be approved is told with every error.
fn refuse_errors(check: &Check) -> Result<()> {
    if check.complete {
        return Ok(());
    }
    let faults = check.all_errors().map(|one| {
        let at = match (&one.entry, one.control) {
            (Some(entry), _) => format!("/entries/{entry}"),
            (None, Some(control)) => format!("/entries/{control}"),
            (None, None) => String::new(),
        };
        Fault { pointer: at, detail: format!("{} {}", one.rule.id, one.detail) }
    });
    let detail =
        format!("the draft has {} errors; the statement's check tells what to do about each", check.errors);
    Err(Error::new(Code::Conflict, detail).with_faults(faults.collect()))
}
