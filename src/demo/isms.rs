//! The management system's records of the cloud company: what an auditor asks for first.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{input, programme::People};
use crate::{
    kernel::{
        error::{Error, Result},
        id::{AuditProgrammeId, ContextIssueId, InterestedPartyId, MemberId, RiskId},
        patch::Expected,
    },
    platform::{access::Ctx, room},
    program::{
        isms::{
            self, AuditProgramme, ClimateDecision, CompetenceRecord, ContextIssue, Document, Improvement,
            InterestedParty, ManagementReview, Objective, Policy, RiskAssessment, ScopeStatement,
            TreatmentPlan,
        },
        risks::Risk,
    },
};

/// What the records name.
pub struct Named<'a> {
    /// The people.
    pub people: &'a People,
    /// The risks, by their codes.
    pub risks: &'a HashMap<String, RiskId>,
}

/// Enters all kinds of records, as they stand in the second year of a certificate; answers the programme of audits.
///
/// # Errors
/// When the database fails, or a risk has no owner.
pub async fn enter(ctx: &Ctx, named: &Named<'_>) -> Result<AuditProgrammeId> {
    let people = named.people;
    scope(ctx, people).await?;
    assessment_and_plan(ctx, named).await?;
    competence(ctx, people).await?;
    let audits = programme(ctx, people).await?;
    improvements(ctx, people).await?;
    policies(ctx, people).await?;
    documents(ctx, people).await?;
    objectives(ctx, people).await?;
    reviews(ctx, people).await?;
    Ok(audits)
}

/// What whoever runs the programme approved so many months ago.
fn approval(ctx: &Ctx, people: &People, months: u32) -> Value {
    json!({ "approver": people.lead, "position": "Member of the board for compliance",
            "approved_on": ctx.today().minus_months(months) })
}

async fn policies(ctx: &Ctx, people: &People) -> Result<()> {
    let main = json!({
        "title": "Information security policy", "level": "information_security", "owner": people.lead,
        "text": "Customers entrust their data to us. We keep it confidential, right and at hand; we meet the laws and \
                 contracts that bind us; and we improve how we do it every year.",
        "frames_objectives": true, "commits_to_requirements": true, "commits_to_improvement": true,
        "available_to_parties": true, "communicated_on": ctx.today().minus_months(10),
        "external_refs": [{ "system": "wiki", "id": "POL-01" }],
    });
    let access = json!({
        "title": "Access control policy", "topic": "access_control", "owner": people.engineering,
        "link": "https://wiki.example.com/policies/access-control",
    });
    let suppliers = json!({
        "title": "Supplier policy", "topic": "supplier_management", "owner": people.lead,
        "text": "Suppliers who touch customers' data are assessed before they do, and every year after that.",
    });
    for (new, months) in [(main, Some(10)), (access, Some(13)), (suppliers, None)] {
        let id = room::create::<Policy>(ctx, input(new)?).await?.id;
        if let Some(months) = months {
            let approval = input(approval(ctx, people, months))?;
            isms::approve::<Policy>(ctx, id, Expected::Any, approval).await?;
        }
    }
    Ok(())
}

async fn documents(ctx: &Ctx, people: &People) -> Result<()> {
    for (number, title, external, clauses) in [
        ("ISMS-D-01", "Risk assessment and treatment method", false, vec!["6.1.2", "6.1.3"]),
        ("ISMS-D-02", "Incident response and corrective action procedure", false, vec!["10.2"]),
        ("ISMS-D-03", "Security schedule of our largest customer", true, Vec::new()),
    ] {
        let new = json!({
            "number": number, "title": title, "external_origin": external, "owner": people.lead, "clauses": clauses,
            "format": "PDF, electronic", "link": format!("https://wiki.example.com/isms/{number}"),
            "access": "All staff read; the compliance team writes", "storage": "The document store, backed up daily",
            "retention": "Seven years after it was superseded", "disposal": "Deleted from the store and its backups",
        });
        let id = room::create::<Document>(ctx, input(new)?).await?.id;
        isms::approve::<Document>(ctx, id, Expected::Any, input(approval(ctx, people, 7))?).await?;
        if external {
            // The customer took its new schedule back before anybody had to keep it.
            isms::revise::<Document>(ctx, id, Expected::Any).await?;
            isms::discard::<Document>(ctx, id, Expected::Any).await?;
        }
    }
    Ok(())
}

async fn objectives(ctx: &Ctx, people: &People) -> Result<()> {
    let today = ctx.today();
    let trained = json!({
        "title": "Everybody is trained every year", "owner": people.people,
        "measure": { "what": "Staff who completed the training", "unit": "%", "target": 95, "direction": "at_least" },
        "actions": "A course in the learning portal, and reminders", "resources": "Two days of the people team",
        "evaluation": "Completions in the portal against the list of staff", "measure_every_months": 3,
        "method": "Those who completed the course, of all who are on the list of staff that day",
        "measured_by": people.people, "analysed_by": people.lead, "analysed_when": "Before each management review",
        "complete_by": today.plus_months(2), "communicated_on": today.minus_months(9),
    });
    let patched = json!({
        "title": "Critical weaknesses are closed within a week", "owner": people.engineering,
        "measure": { "what": "Days until a critical weakness is closed, median", "unit": "days", "target": 7,
                     "direction": "at_most" },
        "actions": "Weekly triage, and a rota for fixes", "resources": "One engineer in rotation",
        "evaluation": "The scanner's report", "measure_every_months": 1, "complete_by": today.plus_months(5),
    });
    for (new, values) in [(trained, [(6, 71.0), (2, 91.5)]), (patched, [(3, 9.0), (1, 6.5)])] {
        let id = room::create::<Objective>(ctx, input(new)?).await?.facts.id;
        for (months, value) in values {
            let measured = json!({ "on": today.minus_months(months), "value": value });
            isms::record_measurement(ctx, id, input(measured)?).await?;
        }
    }
    Ok(())
}

async fn reviews(ctx: &Ctx, people: &People) -> Result<()> {
    let held = ctx.today().minus_months(10);
    let last = json!({
        "title": format!("Management review of {held}"), "planned_on": held, "held_on": held, "owner": people.lead,
        "attendees": [{ "name": "Managing director" }, { "member": people.lead }, { "member": people.engineering }],
        "earlier_actions": "All three actions of the year before are done.",
        "issue_changes": "More of our customers are in health care.",
        "party_changes": "Two customers ask for a SOC 2 report.",
        "nonconformities": "One minor of the stage 2 audit, closed in time.",
        "measurements": "Training is below its target; the rest is on track.",
        "audit_results": "The internal audit found one thing to correct.",
        "objectives": "One of two is met.", "feedback": "Customers praised how an outage was told.",
        "risks": "No risk is above the appetite; one action of the treatment plan is late.",
        "improvements": "Access reviews could be automated.", "changes_needed": "none",
        "decisions": [
            { "text": "Automate access reviews", "responsible": people.engineering, "due": ctx.today().minus_months(4),
              "done_on": ctx.today().minus_months(5) },
            { "text": "Remind staff of the training every month", "responsible": people.people,
              "due": ctx.today().plus_months(1) },
        ],
    });
    let next = json!({
        "title": "Next management review", "planned_on": ctx.today().plus_days(40), "owner": people.lead,
    });
    for new in [last, next] {
        room::create::<ManagementReview>(ctx, input(new)?).await?;
    }
    Ok(())
}

async fn scope(ctx: &Ctx, people: &People) -> Result<()> {
    let mut issues: Vec<ContextIssueId> = Vec::new();
    for (title, kind, text) in [
        (
            "Customers in health care ask for more",
            "external",
            "More of our customers are hospitals. They ask for evidence that smaller customers never asked for.",
        ),
        (
            "The team grew by half in a year",
            "internal",
            "Many people are new. What everybody knew has to be written down and taught.",
        ),
    ] {
        let new = json!({ "title": title, "kind": kind, "text": text, "owner": people.lead,
                          "reviewed_on": ctx.today().minus_months(10) });
        issues.push(room::create::<ContextIssue>(ctx, input(new)?).await?.id);
    }
    let climate = json!({
        "title": "Climate change is relevant to where we host", "relevant": true, "owner": people.lead,
        "reason": "Heat has closed data centers before. Both of our regions have had to save power in summer.",
        "decided_on": ctx.today().minus_months(10),
    });
    room::create::<ClimateDecision>(ctx, input(climate)?).await?;
    let mut parties: Vec<InterestedPartyId> = Vec::new();
    for (name, requirement, source) in [
        ("Customers", "Their data stays secret, right and at hand", "Master service agreement, section 7"),
        ("Supervisory authority", "Breaches of personal data are told within 72 hours", "GDPR, article 33"),
    ] {
        let new = json!({
            "name": name, "owner": people.lead, "reviewed_on": ctx.today().minus_months(10),
            "requirements": [{ "text": requirement, "source": source, "addressed": true }],
        });
        parties.push(room::create::<InterestedParty>(ctx, input(new)?).await?.id);
    }
    let scope = json!({
        "title": "Scope of the management system", "owner": people.lead, "issues": issues, "parties": parties,
        "boundaries": "The offices in Berlin and Dublin, and the platform in two regions of the cloud provider. The sales \
                       office is not part of it.",
        "applicability": "Development, operation and support of the Example Cloud platform",
        "interfaces": [{ "with": "Cloud provider", "description": "Runs the data centers; we run all that is on them." }],
    });
    let id = room::create::<ScopeStatement>(ctx, input(scope)?).await?.id;
    isms::approve::<ScopeStatement>(ctx, id, Expected::Any, input(approval(ctx, people, 10))?).await.map(drop)
}

/// Each risk that is treated by a control, in the plan of the last assessment.
async fn assessment_and_plan(ctx: &Ctx, named: &Named<'_>) -> Result<()> {
    let mut risks: Vec<_> = named.risks.iter().collect();
    risks.sort_by(|one, other| one.0.cmp(other.0));
    let carried_out = ctx.today().minus_months(9);
    let mut estimated: Vec<RiskId> = Vec::new();
    for (_, id) in &risks {
        let risk = room::get::<Risk>(ctx, **id, None).await?;
        let is_estimated = risk.inherent_standing.is_some() || risk.residual_standing.is_some();
        estimated.extend(is_estimated.then_some(**id));
    }
    let new = json!({
        "title": format!("Risk assessment of {}", carried_out.year()), "trigger": "interval", "planned_on": carried_out,
        "owner": named.people.lead, "risks": estimated,
        "method": "Likelihood and impact in steps of the risk matrix, before and after treatment",
        "acceptance_criteria": "A risk within the appetite of the matrix is accepted; any other needs its owner's acceptance",
    });
    let assessment = room::create::<RiskAssessment>(ctx, input(new)?).await?.id;
    let done = json!({ "carried_out_on": carried_out, "summary": "Most risks are within the appetite." });
    isms::complete_assessment(ctx, assessment, Expected::Any, input(done)?).await?;
    let mut actions = Vec::new();
    let mut owners: Vec<MemberId> = Vec::new();
    for (code, id) in risks.iter().take(3) {
        let risk = room::get::<Risk>(ctx, **id, None).await?.facts;
        let owner = risk.owner.ok_or_else(|| Error::internal(format!("{code} has no owner")))?;
        actions.push(json!({
            "risk": id, "controls": risk.controls, "text": format!("Treat {}", risk.title), "responsible": owner,
            "due": ctx.today().plus_months(3),
        }));
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    let plan = json!({ "title": "Risk treatment plan", "owner": named.people.lead, "assessment": assessment,
                       "actions": actions });
    let plan = room::create::<TreatmentPlan>(ctx, input(plan)?).await?.id;
    for owner in owners {
        let approved = input(json!({ "risk_owner": owner }))?;
        isms::approve_as_risk_owner(ctx, plan, Expected::Any, approved).await?;
    }
    let approval = input(approval(ctx, named.people, 8))?;
    isms::approve::<TreatmentPlan>(ctx, plan, Expected::Any, approval).await?;
    if let Some(first) = actions.first_mut() {
        first["done_on"] = json!(ctx.today().minus_months(1));
        first["result"] = json!("The exercise moved the platform to the second region within an hour");
    }
    let done = input(json!({ "actions": actions }))?;
    room::update::<TreatmentPlan>(ctx, plan, Expected::Any, done).await.map(drop)
}

async fn competence(ctx: &Ctx, people: &People) -> Result<()> {
    let auditor = json!({
        "title": "Internal auditor", "need": "Knows ISO/IEC 27001 and how to audit", "person": people.lead,
        "owner": people.lead, "evidence": "Certificate of an auditor's course", "status": "competent",
        "review_on": ctx.today().plus_months(14),
    });
    let incident = json!({
        "title": "Incident commander", "need": "Has led an exercise", "person": people.engineering, "owner": people.people,
        "action": "Leads the exercise of the next quarter", "due_on": ctx.today().plus_months(2), "status": "in_progress",
    });
    for new in [auditor, incident] {
        room::create::<CompetenceRecord>(ctx, input(new)?).await?;
    }
    Ok(())
}

/// The first of its audits is held by the internal audit, which tells its day.
async fn programme(ctx: &Ctx, people: &People) -> Result<AuditProgrammeId> {
    let (from, to) = (ctx.today().year_start(), ctx.today().year_end());
    let new = json!({
        "title": format!("Internal audits {}", from.year()), "period_from": from, "period_to": to, "owner": people.lead,
        "frequency": "Every clause and a third of Annex A once a year", "methods": "Interviews and samples of records",
        "responsibilities": "The compliance lead plans; nobody audits their own work",
        "planning": "Each audit has a plan two weeks before it", "reporting": "To the board within ten days",
        "considered": "Access control twice, after the finding of last year", "status": "active",
        "audits": [
            { "area": "Clauses 4 to 10", "planned_on": from.plus_months(1) },
            { "area": "Access control", "planned_on": to },
        ],
    });
    Ok(room::create::<AuditProgramme>(ctx, input(new)?).await?.id)
}

async fn improvements(ctx: &Ctx, people: &People) -> Result<()> {
    for (title, status, done_on) in [
        ("Access reviews run by themselves", "done", Some(ctx.today().minus_months(5))),
        ("Suppliers answer one questionnaire", "proposed", None),
    ] {
        let new = json!({
            "title": title, "status": status, "done_on": done_on, "source": "Management review", "owner": people.lead,
            "due_on": ctx.today().plus_months(3),
        });
        room::create::<Improvement>(ctx, input(new)?).await?;
    }
    Ok(())
}
