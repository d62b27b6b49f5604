//! The cloud company's way through SOC 2: a Type I report, a first Type II report with a bridge letter after it, and the
//! window of the second, which runs, with the fieldwork that has begun and the fieldwork that is planned for it.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{coded, input, organization::Systems};
use crate::{
    assurance::{
        attestations::{releases, service, testing},
        audits::{self, Audit},
        findings::Finding,
    },
    kernel::{
        error::Result,
        id::{AttestationId, AuditId, ControlId},
        patch::Expected,
        time::Date,
    },
    platform::{access::Ctx, room},
};

/// Enters the three engagements.
///
/// # Errors
/// When the database fails.
pub async fn enter(ctx: &Ctx, systems: &Systems, controls: &HashMap<String, ControlId>) -> Result<()> {
    let second = ctx.today().minus_months(2);
    let end = second.minus_days(1);
    let first = second.minus_months(12);
    type_1(ctx, systems, first.minus_days(15)).await?;
    let report = type_2(ctx, systems, first, end).await?;
    examined(ctx, controls, report).await?;
    let second = running(ctx, systems, second).await?;
    interim(ctx, coded(controls, "AC-03")?, second).await
}

fn engagement(name: &str, report: &str, systems: &Systems) -> Value {
    let platform = systems.get("Example Cloud platform");
    json!({
        "name": name, "report": report, "scope": "Example Cloud platform", "systems": platform.into_iter().collect::<Vec<_>>(),
        "boundary": "The platform and what runs it; customers' own networks and devices lie outside.",
        "description": {
            "dc_1": "The Example Cloud platform keeps customers' records and offers them through a web application and an API.",
            "dc_2": "Availability of 99.9 % a month, confidentiality of customers' records, notice of incidents within 72 hours.",
            "dc_3": "Three availability zones of a cloud provider; the web application, its API and the job runner; engineering \
                     on call and support; change management, incident response, backup; customers' records and logs.",
            "dc_5": "The common criteria and those of availability, each with the controls that meet it.",
            "dc_6": "Customers remove accounts of leavers and choose who may export records.",
            "dc_7": "The hosting provider is carved out.",
            "dc_9": "No significant change.",
            "none": [4, 8],
        },
        "user_controls": [
            { "code": "CUEC-1", "text": "Administrators of the customer remove accounts of leavers.", "criteria": ["CC6.2", "CC6.3"] },
            { "code": "CUEC-2", "text": "The customer decides who may export records.", "criteria": ["CC6.1"] },
        ],
    })
}

fn auditor(reviewed: Date) -> Value {
    json!({ "firm": "Example Assurance LLP", "licence": "CPA-0420", "jurisdiction": "New York",
            "standard": "at_c_205", "peer_reviewed_on": reviewed, "independence_confirmed": true })
}

fn hosting(from: Date, to: Date) -> Value {
    json!([{
        "name": "Example Hosting", "services": "Machines, networks and buildings", "method": "carve_out",
        "expected_controls": ["Buildings are entered by authorised persons only.", "Failed disks are destroyed."],
        "reports": [{ "from": from, "to": to }],
    }])
}

fn scope() -> Value {
    json!({ "categories": ["security", "availability"] })
}

fn unqualified(parts: &[&str]) -> Value {
    parts.iter().map(|part| json!({ "part": part, "opinion": "unqualified" })).collect()
}

async fn type_1(ctx: &Ctx, systems: &Systems, as_of: Date) -> Result<()> {
    let mut new = engagement("SOC 2 Type I", "type_1", systems);
    new["subservices"] = hosting(as_of.minus_months(9), as_of.plus_months(3));
    new["printed"] = json!({
        "scope": scope(), "auditor": auditor(as_of.minus_months(12)), "as_of": as_of,
        "report_date": as_of.plus_days(40), "opinion": "unqualified", "parts": unqualified(&["description", "design"]),
    });
    service::create(ctx, input(new)?).await.map(drop)
}

/// The first Type II report, to whom it was released, and the letter that reaches from its end to last week.
async fn type_2(ctx: &Ctx, systems: &Systems, start: Date, end: Date) -> Result<AttestationId> {
    let mut new = engagement("SOC 2 Type II, first year", "type_2", systems);
    new["subservices"] = hosting(start.minus_months(3), end.minus_months(1));
    let report_date = end.plus_days(45);
    new["printed"] = json!({
        "scope": scope(), "auditor": auditor(start), "window": { "start": start, "end": end },
        "report_date": report_date, "opinion": "unqualified",
        "parts": unqualified(&["description", "design", "operation"]),
    });
    new["external_refs"] =
        json!([{ "system": "tracker", "id": "COMP-31", "url": "https://tracker.example.com/COMP-31" }]);
    let id = service::create(ctx, input(new)?).await?.facts.id;
    let signed = ctx.today().minus_days(7);
    let letter = json!({ "type": "bridge_issued", "bridge": {
        "covers_through": signed, "signed_on": signed, "signed_by": "Chief executive",
        "changes": "None that bears on the controls.", "reminds_of_user_controls": true } });
    event(ctx, id, letter).await?;
    for (recipient, agreement, days) in [
        ("Example Bank", "Master services agreement, schedule 4", 2),
        ("Example Insurance", "Non-disclosure agreement", 5),
    ] {
        let released_on = report_date.plus_days(days).min(ctx.today());
        let line = json!({ "recipient": recipient, "agreement": agreement, "released_on": released_on });
        releases::service::record(ctx, id, input(line)?).await?;
    }
    Ok(id)
}

/// Some of the practitioner's tests, one with an exception that management has answered.
async fn examined(ctx: &Ctx, controls: &HashMap<String, ControlId>, report: AttestationId) -> Result<()> {
    for (code, criterion, procedure, exception, response) in [
        ("AC-02", "CC6.3", "Inspected the reviews of two quarters of a sample.", None, None),
        (
            "AC-03",
            "CC6.3",
            "Compared the leavers of the period with the accounts still active.",
            Some("One of 18 leavers sampled kept an account for three days."),
            Some("Accounts are now closed by the last working day itself."),
        ),
        ("CM-01", "CC8.1", "Inspected the approvals of a sample of 25 changes.", None, None),
        ("BC-01", "A1.3", "Inspected the records of restore tests.", None, None),
    ] {
        let control = coded(controls, code)?;
        let result = if exception.is_some() { "exceptions" } else { "no_exceptions" };
        let test = json!({ "control": control, "criterion": criterion, "procedure": procedure, "result": result,
                           "exception": exception, "management_response": response });
        testing::service::record(ctx, report, input(test)?).await?;
    }
    Ok(())
}

/// The second year: ready in time, the window runs, and the practitioner comes after it.
async fn running(ctx: &Ctx, systems: &Systems, start: Date) -> Result<AttestationId> {
    let mut new = engagement("SOC 2 Type II, second year", "type_2", systems);
    new["subservices"] = hosting(start.minus_months(3), start.plus_months(9));
    let id = service::create(ctx, input(new)?).await?.facts.id;
    for told in [
        json!({ "type": "scope_set", "on": start.minus_days(60), "scope": scope() }),
        json!({ "type": "auditor_engaged", "on": start.minus_days(45), "auditor": auditor(start.minus_months(12)) }),
        json!({ "type": "readiness_done", "on": start.minus_days(31) }),
        json!({ "type": "window_opened", "window": { "start": start, "months": 12 } }),
    ] {
        event(ctx, id, told).await?;
    }
    let comes = start.plus_months(12).plus_days(4);
    fieldwork(ctx, id, "Fieldwork of the second year", comes).await?;
    Ok(id)
}

async fn fieldwork(ctx: &Ctx, id: AttestationId, title: &str, comes: Date) -> Result<AuditId> {
    let fieldwork = json!({
        "kind": "soc2_fieldwork", "title": title, "attestation": id, "planned_start": comes,
        "planned_end": comes.plus_days(10), "team": [{ "name": "Example Assurance LLP", "role": "lead" }],
        "criteria": "The trust services criteria in scope", "scope": "The system that the description speaks of",
    });
    Ok(room::create::<Audit>(ctx, input(fieldwork)?).await?.facts.id)
}

/// Interim fieldwork, which has begun and found an exception that management has answered.
async fn interim(ctx: &Ctx, leavers: ControlId, id: AttestationId) -> Result<()> {
    let began = ctx.today().minus_days(5);
    let audit = fieldwork(ctx, id, "Interim fieldwork of the second year", began).await?;
    audits::service::start(ctx, audit, Expected::Any, input(json!({ "started_on": began }))?).await?;
    let exception = json!({
        "title": "A leaver kept an account for a week", "grade": "exception", "audit": audit,
        "raised_on": began.plus_days(2), "controls": [leavers],
        "requirements": [{ "framework": "soc2-2017", "id": "CC6.3" }],
        "statement": "One of eight leavers sampled kept an account of the support tool for seven days.",
        "response": "The support tool is now in the list that the people team works through.",
    });
    room::create::<Finding>(ctx, input(exception)?).await.map(drop)
}

async fn event(ctx: &Ctx, id: AttestationId, told: Value) -> Result<()> {
    service::record(ctx, id, input(told)?, false).await.map(drop)
}
