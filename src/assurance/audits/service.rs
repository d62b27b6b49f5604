//! Use cases of audits: the usual life, and how they begin and end.

use serde_json::{Value, json};

use super::{
    change::AuditPatch,
    engine::{self, FindingCounts},
    filter::AuditSort,
    life::{AuditCompletion, AuditCopy, AuditEnd, AuditStart, AuditStatus},
    model::{Audit, AuditKind, AuditView, NewAudit},
    store,
};
use crate::{
    assurance::findings,
    kernel::{
        error::{Code, Error, Fault, Faults, Result},
        id::{self, AuditId, AuditProgrammeId, CertificationId, ControlId, MemberId},
        patch::Expected,
        time::Date,
    },
    platform::{
        access::{Action, Ctx, Role},
        batch::Operation,
        db::TenantTx,
        diary::Due,
        held,
        identity::members::Member,
        journal::{EventType, Ripple, Write},
        room::{self, Actions, Head, Room, Stored, Told},
    },
    program::{
        controls::Control,
        isms::{self, AuditProgramme},
    },
};

const NO_CERTIFICATE: &str = "is no certificate here; GET /v1/certifications lists them";
const NO_ATTESTATION: &str = "is no attestation here; GET /v1/attestations lists them";
const NO_PROGRAMME: &str = "is no audit programme here; GET /v1/isms/audit-programmes lists them";
const NOT_PLANNED: &str =
    "is the number of no audit that the programme plans; GET /v1/isms/audit-programmes/{id} tells them";
const NO_AUDITOR: &str = "is no member of the role auditor; GET /v1/members?role=auditor lists them";
const NO_MEMBER: &str = "is not a member of this tenant; GET /v1/members lists them";

impl Room for Audit {
    type New = NewAudit;
    type Patch = AuditPatch;
    type View = AuditView;
    const ACTIONS: Actions = Actions {
        read: Action::AuditRead,
        create: Action::AuditCreate,
        update: Action::AuditUpdate,
        delete: Action::AuditDelete,
    };
    const TOLD: Told = Told {
        created: EventType::AuditPlanned,
        updated: EventType::AuditUpdated,
        deleted: EventType::AuditDeleted,
    };

    fn head(&mut self) -> Head<'_, id::AuditKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewAudit, ctx: &Ctx) -> Self {
        input.into_audit(ctx.caller().tenant, ctx.id(), ctx.now())
    }
    fn apply(&mut self, patch: AuditPatch) {
        patch.apply(self);
    }
    /// How it went is said by its own steps.
    fn keep(&mut self, old: &Self) {
        let old = old.clone();
        self.status = old.status;
        self.started_on = old.started_on;
        self.ended_on = old.ended_on;
        self.conclusion = old.conclusion;
        self.summary = old.summary;
        self.completed_at = old.completed_at;
        self.acknowledged = old.acknowledged;
        self.voided_at = old.voided_at;
        self.end_reason = old.end_reason;
    }
    fn check(&self, _: Date) -> Result<()> {
        self.validate()
    }

    /// What they serve.
    async fn hold_first(tx: &mut Write, operations: &[Operation<Self>]) -> Result<()> {
        let ids = room::named(tx, operations).await?;
        let mut served: Vec<_> = Self::by_ids(tx, &ids).await?.iter().map(Audit::served).collect();
        for one in operations {
            match one {
                Operation::Create(new) | Operation::Put(_, new) => {
                    served.push((new.certification, new.programme));
                }
                Operation::Update(_, _, patch) => {
                    served.push((patch.certification.value().copied(), patch.programme.value().copied()));
                }
                Operation::Delete(..) => {}
            }
        }
        hold_served(tx, &served).await
    }

    async fn complete(tx: &mut Write, row: Self) -> Result<Self> {
        hold_served(tx, &[row.served()]).await?;
        Ok(row)
    }

    /// What was held stays as it was held.
    async fn guard(tx: &mut Write, _: &Ctx, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        let served: Vec<_> = before.into_iter().chain(after).map(Audit::served).collect();
        hold_served(tx, &served).await?;
        before.into_iter().chain(after).for_each(|one| stir(tx, one));
        match (before, after) {
            (Some(before), None) if matches!(before.status, AuditStatus::Completed | AuditStatus::Voided) => {
                Err(Error::new(Code::Conflict, "it was completed, and is a record of that; void it instead"))
            }
            (Some(before), Some(after)) if !before.is_ahead() => {
                if before.plan()? == after.plan()? {
                    let mut faults = Faults::default();
                    bound(tx, Some(before), after, &mut faults).await?;
                    return faults.into_result();
                }
                let detail = format!(
                    "it is {}: only its owner, bound auditors and external references change; void a completed audit to enter it anew",
                    before.status
                );
                Err(Error::new(Code::Conflict, detail))
            }
            (before, Some(after)) => references(tx, before, after).await,
            _ => Ok(()),
        }
    }

    fn dues(&self) -> Option<Vec<Due>> {
        Some(engine::dues(self))
    }
    async fn show(tx: &mut TenantTx, rows: Vec<Self>, _: Date) -> Result<Vec<AuditView>> {
        let ids: Vec<_> = rows.iter().map(|audit| audit.id).collect();
        let found = findings::of_audits(tx, &ids).await?;
        let view = |audit: Self| {
            let counts = FindingCounts::of(found.iter().filter(|one| one.audit == Some(audit.id)));
            audit.with(counts)
        };
        Ok(rows.into_iter().map(view).collect())
    }
    fn place(_: AuditSort) -> impl Fn(&AuditView) -> (Value, String) {
        |audit| (json!(audit.facts.planned_start), audit.facts.id.to_string())
    }
}

/// What an audit serves: a certificate, a programme.
type Served = (Option<CertificationId>, Option<AuditProgrammeId>);

impl Audit {
    fn served(&self) -> Served {
        (self.certification, self.programme)
    }
}

/// Holds what audits serve before their own rows and what they found: certificates, as an event of theirs does, and then
/// programmes. What is said of them here stays true until the end.
async fn hold_served(tx: &mut TenantTx, all: &[Served]) -> Result<()> {
    let certificates: Vec<_> = all.iter().filter_map(|one| one.0).collect();
    held::hold_all(tx, &certificates).await?;
    let programmes: Vec<_> = all.iter().filter_map(|one| one.1).collect();
    held::hold_all(tx, &programmes).await
}

/// Tells those that keep what follows from an audit: from its findings, and from what it serves.
fn stir(tx: &mut Write, audit: &Audit) {
    tx.stir(Ripple::Audit(audit.id, audit.certification));
    if let Some(attestation) = audit.attestation {
        tx.stir(Ripple::Fieldwork(audit.id, attestation));
    }
}

/// Checks what an audit refers to, and that nobody audits what they answer for.
async fn references(tx: &mut TenantTx, before: Option<&Audit>, after: &Audit) -> Result<()> {
    let mut faults = Faults::default();
    // A database does not say which of two references leads nowhere, so each is looked up.
    let certification =
        after.certification.filter(|one| before.and_then(|audit| audit.certification) != Some(*one));
    if let Some(one) = certification {
        faults.when(!store::is_certification(tx, one).await?, "/certification", NO_CERTIFICATE);
    }
    let attestation =
        after.attestation.filter(|one| before.and_then(|audit| audit.attestation) != Some(*one));
    if let Some(one) = attestation {
        faults.when(!store::is_attestation(tx, one).await?, "/attestation", NO_ATTESTATION);
    }
    if after.planned_in() != before.and_then(Audit::planned_in) {
        planned(tx, after, &mut faults).await?;
    }
    let named: Vec<MemberId> = after.team.iter().filter_map(|one| one.member).collect();
    let known = if named.is_empty() { Vec::new() } else { Member::by_ids(tx, &named).await? };
    for (n, one) in after.team.iter().enumerate() {
        let missing = one.member.is_some_and(|member| known.iter().all(|one| one.id != member));
        faults.when(missing, format!("/team/{n}/member"), NO_MEMBER);
    }
    bound(tx, before, after, &mut faults).await?;
    faults.into_result()?;
    if after.kind == AuditKind::Internal { impartial(tx, after).await } else { Ok(()) }
}

/// The planned audit that it says it is, is one that the programme plans. That no other audit is the same is for the
/// database to say.
async fn planned(tx: &mut TenantTx, after: &Audit, faults: &mut Faults) -> Result<()> {
    let Some((programme, number)) = after.planned_in() else { return Ok(()) };
    match AuditProgramme::find(tx, programme).await? {
        None => faults.when(true, "/programme", NO_PROGRAMME),
        Some(known) => {
            let there = known.audits.iter().any(|one| one.number == Some(number));
            faults.when(!there, "/programme_audit", NOT_PLANNED)
        }
    };
    Ok(())
}

/// Only a member of the role auditor is bound.
async fn bound(tx: &mut TenantTx, before: Option<&Audit>, after: &Audit, faults: &mut Faults) -> Result<()> {
    if after.auditors.is_empty() || before.is_some_and(|before| before.auditors == after.auditors) {
        return Ok(());
    }
    let named: Vec<MemberId> = after.auditors.iter().map(|one| one.member).collect();
    let known = Member::by_ids(tx, &named).await?;
    for (n, one) in named.iter().enumerate() {
        let auditor = known.iter().any(|member| member.id == *one && member.role == Role::Auditor);
        faults.when(!auditor, format!("/auditors/{n}/member"), NO_AUDITOR);
    }
    Ok(())
}

/// Nobody audits what they answer for (ISO/IEC 27001:2022, 9.2).
async fn impartial(tx: &mut TenantTx, audit: &Audit) -> Result<()> {
    if audit.controls.is_empty() || audit.team.is_empty() {
        return Ok(());
    }
    let controls: Vec<Control> = Control::by_ids(tx, &audit.controls as &[ControlId]).await?;
    let (mut breaches, mut faults) = (Vec::new(), Vec::new());
    for (n, one) in audit.team.iter().enumerate().filter(|(_, one)| one.audits()) {
        let own: Vec<_> = controls
            .iter()
            .filter(|control| one.member.is_some() && control.owner == one.member)
            .map(|control| control.code.to_string())
            .collect();
        if !own.is_empty() {
            let detail = format!("answers for {}, which this audit samples", own.join(", "));
            let reason =
                format!("whoever stands at /team/{n} {detail}, and an internal auditor is impartial");
            breaches.push(
                engine::INTERNAL.against(reason, "another auditor, or a sample without those controls"),
            );
            faults.push(Fault { pointer: format!("/team/{n}/member"), detail });
        }
    }
    if breaches.is_empty() { Ok(()) } else { Err(Error::breached(breaches).with_faults(faults)) }
}

/// Begins an audit.
///
/// # Errors
/// When the caller may not, it is not planned, or it has changed since.
pub async fn start(ctx: &Ctx, id: AuditId, expected: Expected, new: AuditStart) -> Result<AuditView> {
    let today = ctx.today();
    step(ctx, Action::AuditUpdate, id, expected, EventType::AuditStarted, |audit| audit.start(&new, today))
        .await
}

/// Concludes an audit: from then on it is a fact.
///
/// # Errors
/// When the caller may not, it was held or called off, days or conclusion do not fit, or it has changed since.
pub async fn complete(ctx: &Ctx, id: AuditId, expected: Expected, new: AuditCompletion) -> Result<AuditView> {
    let (now, today) = (ctx.now(), ctx.today());
    let complete = |audit: &mut Audit| audit.complete(new, now, today);
    step(ctx, Action::AuditComplete, id, expected, EventType::AuditCompleted, complete).await
}

/// Calls an audit off.
///
/// # Errors
/// When the caller may not, it was held or called off, or it has changed since.
pub async fn cancel(ctx: &Ctx, id: AuditId, expected: Expected, end: AuditEnd) -> Result<AuditView> {
    step(ctx, Action::AuditComplete, id, expected, EventType::AuditCancelled, |audit| audit.cancel(end)).await
}

/// Voids a completed audit: it never happened so.
///
/// # Errors
/// When the caller may not, it is not completed, or it has changed since.
pub async fn void(ctx: &Ctx, id: AuditId, expected: Expected, end: AuditEnd) -> Result<AuditView> {
    let now = ctx.now();
    step(ctx, Action::AuditVoid, id, expected, EventType::AuditVoided, |audit| audit.void(end, now)).await
}

/// Plans the next audit from this one.
///
/// # Errors
/// When the caller may not, or there is no such audit.
pub async fn copy(ctx: &Ctx, id: AuditId, copy: AuditCopy) -> Result<AuditView> {
    let permit = ctx.may(Action::AuditCreate)?;
    let mut tx = permit.write().await?;
    let mut next = room::found::<Audit>(&mut tx, id).await?.again(copy, ctx.now());
    next.id = ctx.id();
    next.check(ctx.today())?;
    let next = room::add(&mut tx, ctx, &next).await?;
    tx.commit(next.with(FindingCounts::default())).await
}

async fn step(
    ctx: &Ctx,
    action: Action,
    id: AuditId,
    expected: Expected,
    told: EventType,
    change: impl FnOnce(&mut Audit) -> Result<()> + Send,
) -> Result<AuditView> {
    let (mut tx, row) = room::step::<Audit>(ctx, action, id, expected, told, change).await?;
    report(&mut tx, &row).await?;
    stir(&mut tx, &row);
    // Its own certificate follows it already.
    let ended = matches!(told, EventType::AuditCompleted | EventType::AuditVoided);
    if ended && row.kind == AuditKind::Internal && row.certification.is_none() {
        tx.stir(Ripple::Evaluation);
    }
    let shown = Audit::show(&mut tx, vec![row], ctx.today()).await?.pop();
    let view = shown.ok_or_else(|| Error::internal("a row was not shown"))?;
    tx.commit(view).await
}

/// Lets the programme that plans an audit tell on which day it was held, or that it was not.
async fn report(tx: &mut Write, audit: &Audit) -> Result<()> {
    let held_on = match audit.status {
        AuditStatus::Completed => audit.ended_on,
        AuditStatus::Voided => None,
        AuditStatus::Planned | AuditStatus::InProgress | AuditStatus::Cancelled => return Ok(()),
    };
    match audit.planned_in() {
        Some((programme, number)) => isms::held(tx, programme, number, held_on).await,
        None => Ok(()),
    }
}
