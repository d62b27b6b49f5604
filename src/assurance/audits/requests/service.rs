//! Use cases of evidence requests: the usual life, and the steps between the one who is asked and the auditor.

use serde_json::{Value, json};

use super::{
    life::{EvidenceProvision, EvidenceReturn, RequestStatus, ReturnReason},
    model::{EvidenceRequest, EvidenceRequestPatch, EvidenceRequestSort, NewEvidenceRequest},
};
use crate::{
    assurance::audits::{Audit, linked},
    kernel::{
        error::{Code, Error, Faults, Result},
        id::{EvidenceRequestId, EvidenceRequestKind},
        patch::Expected,
        time::Date,
    },
    platform::{
        access::{Action, Ctx, Role},
        db::TenantTx,
        diary::Due,
        journal::{EventType, Write},
        room::{self, Actions, Head, Room, Stored, Told},
    },
};

const NO_CONTROL: &str = "is no control that your engagement names";
const NO_AUDIT: &str = "is no audit here; GET /v1/audits lists them";

impl Room for EvidenceRequest {
    type New = NewEvidenceRequest;
    type Patch = EvidenceRequestPatch;
    type View = Self;
    const ACTIONS: Actions = Actions {
        read: Action::EvidenceRequestRead,
        create: Action::EvidenceRequestCreate,
        update: Action::EvidenceRequestUpdate,
        delete: Action::EvidenceRequestDelete,
    };
    const TOLD: Told = Told {
        created: EventType::EvidenceRequestCreated,
        updated: EventType::EvidenceRequestUpdated,
        deleted: EventType::EvidenceRequestDeleted,
    };

    fn head(&mut self) -> Head<'_, EvidenceRequestKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewEvidenceRequest, ctx: &Ctx) -> Self {
        input.into_request(ctx.caller().tenant, ctx.id(), ctx.now())
    }
    fn apply(&mut self, patch: EvidenceRequestPatch) {
        patch.apply(self);
    }
    /// What was given, and what came of it, is said by its own steps.
    fn keep(&mut self, old: &Self) {
        self.status = old.status;
        self.evidence.clone_from(&old.evidence);
        self.note.clone_from(&old.note);
        (self.provided_by, self.provided_at, self.provided_on) =
            (old.provided_by, old.provided_at, old.provided_on);
        (self.decided_by, self.decided_at) = (old.decided_by, old.decided_at);
        self.reason.clone_from(&old.reason);
    }
    fn check(&self, _: Date) -> Result<()> {
        self.validate()
    }

    /// What was accepted stays as it was asked for, and is a record.
    async fn guard(tx: &mut Write, _: &Ctx, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        match (before, after) {
            (None, Some(after)) => {
                // A database does not say which of two references leads nowhere, so one of them is looked up.
                if Audit::find(tx, after.audit).await?.is_none() {
                    return Err(Error::at(Code::Unprocessable, "/audit", NO_AUDIT));
                }
                within(tx, after).await
            }
            (Some(before), Some(after)) if before.audit != after.audit => {
                let detail = "stays as it is; enter another evidence request";
                Err(Error::at(Code::Unprocessable, "/audit", detail))
            }
            (Some(before), after) if before.status == RequestStatus::Accepted => {
                if after.is_some_and(|after| before.asked() == after.asked()) {
                    return Ok(());
                }
                Err(Error::new(
                    Code::Conflict,
                    "it was accepted, and is a record of that: what was asked for stays",
                ))
            }
            (_, Some(after)) => within(tx, after).await,
            _ => Ok(()),
        }
    }

    fn dues(&self) -> Option<Vec<Due>> {
        Some(self.due_dates())
    }
    async fn show(_: &mut TenantTx, rows: Vec<Self>, _: Date) -> Result<Vec<Self>> {
        Ok(rows)
    }
    fn place(_: EvidenceRequestSort) -> impl Fn(&Self) -> (Value, String) {
        |request| (json!(request.due_on), request.id.to_string())
    }
}

/// A bound auditor names only what its engagement names already: it does not widen what it sees.
async fn within(tx: &mut TenantTx, request: &EvidenceRequest) -> Result<()> {
    let Some(audits) = tx.engaged() else { return Ok(()) };
    let known = linked(tx, &audits).await?.controls;
    let mut faults = Faults::default();
    for (n, control) in request.controls.iter().enumerate() {
        faults.when(!known.contains(control), format!("/controls/{n}"), NO_CONTROL);
    }
    faults.into_result()
}

/// Gives evidence, as the member who is asked, or as an owner or manager.
///
/// # Errors
/// When the caller may not or somebody else is asked, it was accepted, nothing is given, or it has changed since.
pub async fn provide(
    ctx: &Ctx,
    id: EvidenceRequestId,
    expected: Expected,
    given: EvidenceProvision,
) -> Result<EvidenceRequest> {
    let (by, now, today) = (ctx.caller().member, ctx.now(), ctx.today());
    let step = |request: &mut EvidenceRequest| {
        let runs_it = matches!(ctx.caller().role, Role::Owner | Role::Manager);
        if !runs_it && request.assignee.is_some_and(|asked| asked != by) {
            let detail = "evidence_request.provide is for the member who is asked, or an owner or manager";
            return Err(Error::new(Code::Forbidden, detail));
        }
        request.provide(given, by, now, today)
    };
    let (action, told) = (Action::EvidenceRequestProvide, EventType::EvidenceRequestProvided);
    let (tx, row) = room::step::<EvidenceRequest>(ctx, action, id, expected, told, step).await?;
    tx.commit(row).await
}

/// Accepts what was given.
///
/// # Errors
/// When the caller may not or gave it, nothing is given, or it has changed since.
pub async fn accept(ctx: &Ctx, id: EvidenceRequestId, expected: Expected) -> Result<EvidenceRequest> {
    decide(ctx, id, expected, EventType::EvidenceRequestAccepted, None).await
}

/// Gives back what was given: something else is needed.
///
/// # Errors
/// As [`accept`].
pub async fn give_back(
    ctx: &Ctx,
    id: EvidenceRequestId,
    expected: Expected,
    back: EvidenceReturn,
) -> Result<EvidenceRequest> {
    decide(ctx, id, expected, EventType::EvidenceRequestReturned, Some(back.reason)).await
}

async fn decide(
    ctx: &Ctx,
    id: EvidenceRequestId,
    expected: Expected,
    told: EventType,
    back: Option<ReturnReason>,
) -> Result<EvidenceRequest> {
    let (by, now) = (ctx.caller().member, ctx.now());
    let step = |request: &mut EvidenceRequest| request.decide(by, now, back);
    let action = Action::EvidenceRequestReview;
    let (tx, row) = room::step::<EvidenceRequest>(ctx, action, id, expected, told, step).await?;
    tx.commit(row).await
}
