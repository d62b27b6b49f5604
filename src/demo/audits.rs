//! The cloud company's audits, what they found, and what was done about it.

use serde_json::{Value, json};

use super::{input, programme::People};
use crate::{
    assurance::{
        audits::{
            self, Audit, AuditKind,
            requests::{self, EvidenceRequest},
        },
        findings::{self, Finding, actions::CorrectiveAction},
    },
    kernel::{
        error::Result,
        id::{AuditId, AuditProgrammeId, CertificationId, ControlId, FindingId},
        patch::Expected,
        time::Date,
    },
    platform::{access::Ctx, room},
};

/// What the audits look at.
pub struct Sample {
    /// The certificate that they serve.
    pub certificate: CertificationId,
    /// The programme of internal audits.
    pub programme: AuditProgrammeId,
    /// The day of the certification decision.
    pub decision: Date,
    /// The control over leavers' access.
    pub leavers: ControlId,
    /// The control over backups.
    pub backups: ControlId,
}

/// Enters the audits so far and the next one: a major of stage 2 that is closed, a minor that is open, an observation.
///
/// # Errors
/// When the database fails.
pub async fn enter(ctx: &Ctx, people: &People, sample: &Sample) -> Result<()> {
    let stage_2 = sample.decision.minus_months(1);
    let stage_2 = held(ctx, people, sample, AuditKind::Stage2, stage_2, 3).await?;
    closed_major(ctx, people, sample, stage_2).await?;
    let surveillance = sample.decision.plus_months(11);
    let surveillance = held(ctx, people, sample, AuditKind::Surveillance, surveillance, 2).await?;
    let minor = json!({
        "title": "Leavers keep access to one tool", "reference": "NC-2", "grade": "minor", "audit": surveillance,
        "raised_on": sample.decision.plus_months(11).plus_days(1), "clause": "A.5.18", "controls": [sample.leavers],
        "statement": "Two of twelve leavers sampled could still sign in to the analytics tool after 30 days.",
        "requirements": [{ "framework": "iso27001-2022", "id": "A.5.18" }], "owner": people.people,
        "correction": "Both accounts were closed on the day of the audit.",
        "whys": ["The tool is not in the list that the people team works through.",
                 "It was bought by a team, and nobody told the people team."],
    });
    let minor = room::create::<Finding>(ctx, input(minor)?).await?.facts.id;
    let accepted = sample.decision.plus_months(12);
    action(
        ctx,
        minor,
        people,
        "Every tool is entered with its owner before it is bought",
        json!({
            "owner": people.engineering, "plan_accepted_on": accepted, "due_on": ctx.today().plus_days(14),
        }),
    )
    .await?;
    let next = ctx.today().plus_days(21);
    let next = plan(ctx, people, sample, AuditKind::Surveillance, next, 2).await?;
    ask(ctx, people, sample, next).await?;
    internal(ctx, people, sample).await
}

/// What the auditor wants to see at the next audit: one item is given, the other is still to come.
async fn ask(ctx: &Ctx, people: &People, sample: &Sample, audit: AuditId) -> Result<()> {
    let due = ctx.today().plus_days(14);
    let leavers = json!({
        "audit": audit, "item": "Leavers of the last twelve months, with the day their access ended", "due_on": due,
        "assignee": people.people, "controls": [sample.leavers],
        "requirements": [{ "framework": "iso27001-2022", "id": "A.5.18" }],
    });
    room::create::<EvidenceRequest>(ctx, input(leavers)?).await?;
    let review = json!({
        "audit": audit, "item": "Minutes of the last management review", "due_on": due, "assignee": people.lead,
        "requirements": [{ "framework": "iso27001-2022", "id": "9.3.3" }],
    });
    let review = room::create::<EvidenceRequest>(ctx, input(review)?).await?.id;
    let given = json!({ "note": "They are in the shared folder of the audit." });
    requests::service::provide(ctx, review, Expected::Any, input(given)?).await.map(drop)
}

async fn plan(
    ctx: &Ctx,
    people: &People,
    sample: &Sample,
    kind: AuditKind,
    first: Date,
    days: u64,
) -> Result<AuditId> {
    let internal = kind == AuditKind::Internal;
    let (title, lead) = match kind {
        AuditKind::Internal => ("Internal audit of the year", "Consultant from outside"),
        AuditKind::Stage2 => ("Stage 2 audit", "Lead auditor of the certification body"),
        _ => ("Surveillance audit", "Lead auditor of the certification body"),
    };
    // An internal audit looks at each clause; others sample what they have to look at every time.
    let clauses: &[&str] = match kind {
        AuditKind::Internal => &["4.3", "5.2", "6.1.2", "7.2", "8.2", "9.2.2", "9.3.3", "10.2"],
        _ => &["9.2.2", "9.3.3"],
    };
    let sampled: Vec<_> =
        clauses.iter().map(|id| json!({ "framework": "iso27001-2022", "id": id })).collect();
    let new = json!({
        "kind": kind, "title": title, "planned_start": first, "planned_end": first.plus_days(days - 1),
        "certification": sample.certificate, "owner": people.lead,
        "programme": internal.then_some(sample.programme), "programme_audit": internal.then_some(1),
        "team": [{ "name": lead, "role": "lead" }],
        "criteria": "ISO/IEC 27001:2022 and the organisation's own rules", "sites": ["Head office", "Engineering"],
        "scope": if internal { "Clauses 4 to 10 and the controls sampled" } else { "The scope of the certificate" },
        "agenda": [{ "on": first, "title": "Opening meeting", "site": "Head office" }],
        "controls": [sample.leavers, sample.backups],
        "requirements": sampled,
        "topics": ["internal_audit_and_review", "earlier_nonconformities", "complaints", "effectiveness", "improvement",
                   "operational_control", "changes", "marks", "risk_assessment", "control_changes", "legal_compliance",
                   "control_effectiveness"],
    });
    Ok(room::create::<Audit>(ctx, input(new)?).await?.facts.id)
}

async fn held(
    ctx: &Ctx,
    people: &People,
    sample: &Sample,
    kind: AuditKind,
    first: Date,
    days: u64,
) -> Result<AuditId> {
    let audit = plan(ctx, people, sample, kind, first, days).await?;
    let done = json!({
        "started_on": first, "ended_on": first.plus_days(days - 1), "conclusion": "positive",
        "summary": "The system does what it should; what was found stands in the findings.",
    });
    audits::service::complete(ctx, audit, Expected::Any, input(done)?).await?;
    Ok(audit)
}

async fn closed_major(ctx: &Ctx, people: &People, sample: &Sample, audit: AuditId) -> Result<()> {
    let raised = sample.decision.minus_months(1).plus_days(2);
    let major = json!({
        "title": "Restores were never tried", "reference": "NC-1", "grade": "major", "audit": audit,
        "raised_on": raised, "clause": "A.8.13", "controls": [sample.backups], "owner": people.engineering,
        "statement": "No restore had been tried since the platform moved; two of five backups could not be read.",
        "requirements": [{ "framework": "iso27001-2022", "id": "A.8.13" }],
        "correction": "All backups were read; the two were made anew.", "extent": "No other system is affected.",
        "root_cause": "The move had no step that tries a restore.",
    });
    let major = room::create::<Finding>(ctx, input(major)?).await?.facts.id;
    action(ctx, major, people, "A restore is tried each quarter and after each move", json!({
        "owner": people.engineering, "plan_accepted_on": raised.plus_days(5), "due_on": raised.plus_days(20),
        "implemented_on": raised.plus_days(14),
    }))
    .await?;
    let seen = json!({
        "on": sample.decision.minus_days(8), "by": "Lead auditor of the certification body",
        "note": "Two restores were tried before the auditor's eyes.",
    });
    findings::service::verify(ctx, major, Expected::Any, input(seen)?).await?;
    let check = json!({ "on": sample.decision.plus_months(6), "effective": true, "note": "Two quarters, no failed restore." });
    findings::service::check(ctx, major, Expected::Any, input(check)?).await.map(drop)
}

async fn internal(ctx: &Ctx, people: &People, sample: &Sample) -> Result<()> {
    let first = ctx.today().minus_months(2);
    let audit = held(ctx, people, sample, AuditKind::Internal, first, 2).await?;
    let observation = json!({
        "title": "Minutes of the management review are short", "grade": "observation", "audit": audit,
        "raised_on": first.plus_days(1), "clause": "9.3.3", "owner": people.lead,
        "statement": "Decisions are recorded, but not always who sees to them.",
        "requirements": [{ "framework": "iso27001-2022", "id": "9.3.3" }],
    });
    room::create::<Finding>(ctx, input(observation)?).await.map(drop)
}

async fn action(ctx: &Ctx, finding: FindingId, people: &People, title: &str, more: Value) -> Result<()> {
    let mut new = json!({ "finding": finding, "title": title, "approved_by": people.lead });
    new["approved_on"] = more["plan_accepted_on"].clone();
    if let (Some(new), Value::Object(more)) = (new.as_object_mut(), more) {
        new.extend(more);
    }
    room::create::<CorrectiveAction>(ctx, input(new)?).await.map(drop)
}
