//! Entering reports, letters and scopes.

use attestd::kernel::time::Date;

use super::super::{Api, Call, day};
use super::given::{Given, Report};
use super::told;
use crate::support::*;

/// What came of it: what stands there, and the problems of what was refused.
#[derive(Default)]
pub(super) struct Entered {
    pub ids: Vec<String>,
    pub refused: Vec<Value>,
}

impl Entered {
    fn take(&mut self, outcome: Result<Value, Value>) {
        self.refused.extend(outcome.err());
    }
}

/// Each opinion that there is (D-07).
pub(super) const OPINIONS: [&str; 4] = ["unqualified", "qualified", "adverse", "disclaimer"];

/// An engagement with this scope alone.
pub(super) async fn scope(api: &Api<'_>, given: &Given<'_>) -> Entered {
    let id = made(api, "SOC 2", "type_2", &json!({})).await.expect("an engagement begins");
    let event = json!({ "type": "scope_set", "scope": given.scope() });
    let mut entered = Entered::default();
    entered.take(record(api, &id, &event).await);
    entered.ids.push(id);
    entered
}

/// The reports, what became of them, and the letters after the first.
pub(super) async fn reports(api: &Api<'_>, given: &Given<'_>) -> Entered {
    let (mut entered, reports) = (Entered::default(), given.reports());
    if reports.iter().any(|one| one.kind == "type_1") {
        control(api).await;
    }
    for (n, one) in reports.iter().enumerate() {
        let name = format!("Report {}", n + 1);
        match issued(api, &name, one, &mut entered).await {
            Ok(id) => entered.ids.push(id),
            Err(problem) => entered.refused.push(problem),
        }
        if let (Some(on), Some(id)) = (one.recalled_on, entered.ids.last()) {
            let recall =
                json!({ "type": "recalled", "on": on, "recall": { "reason": "Facts were found later" } });
            let outcome = record(api, id, &recall).await;
            entered.take(outcome);
        }
    }
    for (signed_on, through) in given.letters() {
        let Some(id) = entered.ids.first() else { continue };
        let letter = json!({ "type": "bridge_issued", "bridge": {
            "covers_through": through, "signed_on": signed_on, "signed_by": "Chief executive" } });
        let outcome = record(api, id, &letter).await;
        entered.take(outcome);
    }
    entered
}

/// The id of a report: of Type II one that was already held, of Type I one that comes of an engagement, which is there even
/// where the report is refused.
async fn issued(api: &Api<'_>, name: &str, report: &Report, entered: &mut Entered) -> Result<String, Value> {
    let more = json!({ "scope": report.scope, "counted_from": report.counted_from,
                       "subservices": report.subservices });
    if report.kind == "type_2" {
        let parts = opinions_on(&["description", "design", "operation"], "unqualified", "");
        let printed = json!({
            "scope": report.addresses, "auditor": auditor(report.last), "window": report.window,
            "report_date": report.report_date, "opinion": "unqualified", "parts": parts,
        });
        return made(api, name, "type_2", &with(more, json!({ "printed": printed }))).await;
    }
    let id = ready(api, name, "type_1", report.last, &report.addresses, more).await;
    let set = json!({ "type": "as_of_set", "on": report.last.minus_days(30), "as_of": report.last });
    happened(api, &id, &set).await;
    let signed_on = report.report_date.minus_days(10).max(report.last.minus_days(20));
    happened(api, &id, &signed(signed_on)).await;
    let parts = opinions_on(&["description", "design"], "unqualified", "");
    entered.take(record(api, &id, &reported(report.report_date, "unqualified", &parts)).await);
    Ok(id)
}

/// The opinions that were stored of engagements whose tests had so many exceptions.
pub(super) async fn opinions(api: &Api<'_>, given: &Given<'_>) -> Vec<String> {
    let control = control(api).await;
    let criteria = ["CC6.1", "CC6.2", "CC6.3", "CC6.6", "CC7.1"];
    let count = usize::try_from(given.number("exceptions")).unwrap();
    let not_met = given.number("criteria_not_met");
    let basis = if not_met == 0 { String::new() } else { format!("Criteria that were not met: {not_met}") };
    let start = day(&json!("2025-01-01"));
    let mut stored = Vec::new();
    for opinion in OPINIONS {
        let (name, security) = (format!("It is {opinion}"), json!({ "categories": ["security"] }));
        let id = ready(api, &name, "type_2", start, &security, json!({})).await;
        let open = json!({ "type": "window_opened", "window": { "start": start, "months": 6 } });
        happened(api, &id, &open).await;
        happened(api, &id, &json!({ "type": "window_closed", "on": "2025-07-01" })).await;
        happened(api, &id, &signed(day(&json!("2025-07-20")))).await;
        for criterion in criteria.iter().cycle().take(count) {
            let test = json!({ "control": control, "criterion": criterion, "procedure": "Inspected it",
                               "result": "exceptions", "exception": "One review was late" });
            let (path, with) = (format!("/v1/attestations/{id}/tests"), format!(", attestationId: \"{id}\""));
            let call = Call {
                path: &path,
                mutation: "recordAttestationTest",
                input: "NewAttestationTest",
                with: &with,
                answer: "id result",
            };
            assert_eq!(api.enter(call, &test).await["result"], "exceptions");
        }
        let parts = opinions_on(&["description", "design", "operation"], opinion, &basis);
        let report = reported(day(&json!("2025-08-20")), opinion, &parts);
        happened(api, &id, &report).await;
        let told = told::read(api, &id, None).await;
        stored.push(told["opinion"].as_str().unwrap().to_owned());
    }
    stored
}

/// A firm whose peer review is not old on this day.
fn auditor(on: Date) -> Value {
    json!({ "firm": "Example Assurance LLP", "licence": "CPA-0001", "jurisdiction": "New York",
            "standard": "isae_3000", "peer_reviewed_on": on.minus_days(200), "independence_confirmed": true })
}

fn opinions_on(parts: &[&str], opinion: &str, basis: &str) -> Value {
    parts.iter().map(|part| json!({ "part": part, "opinion": opinion, "basis": basis })).collect()
}

fn signed(on: Date) -> Value {
    json!({ "type": "assertion_signed", "assertion": { "signed_by": "Chief executive", "signed_on": on } })
}

fn reported(on: Date, opinion: &str, parts: &Value) -> Value {
    json!({ "type": "issued", "report": { "report_date": on, "opinion": opinion, "parts": parts } })
}

fn with(mut one: Value, more: Value) -> Value {
    if let Value::Object(more) = more {
        one.as_object_mut().unwrap().extend(more);
    }
    one
}

/// The id of a new attestation, which says this as well; or the problem that it is refused with.
async fn made(api: &Api<'_>, name: &str, report: &str, more: &Value) -> Result<String, Value> {
    let new = with(json!({ "name": name, "report": report, "scope": "Cloud platform" }), more.clone());
    let call = Call {
        path: "/v1/attestations",
        mutation: "createAttestation",
        input: "NewAttestation",
        with: "",
        answer: "id",
    };
    Ok(api.send(call, &new).await?["id"].as_str().unwrap().to_owned())
}

/// The id of an engagement that is ready before a day, in a tenant whose control answers every criterion.
async fn ready(
    api: &Api<'_>,
    name: &str,
    report: &str,
    before: Date,
    addresses: &Value,
    more: Value,
) -> String {
    let description = json!({ "dc_1": "Services", "dc_2": "Commitments", "dc_3": "Components", "dc_5": "Controls",
                              "dc_9": "No significant change", "none": [4, 6, 7, 8] });
    let more = with(more, json!({ "description": description }));
    let id = made(api, name, report, &more).await.expect("an engagement begins");
    let on = |days: u64| before.minus_days(days);
    happened(api, &id, &json!({ "type": "scope_set", "on": on(90), "scope": addresses })).await;
    happened(api, &id, &json!({ "type": "auditor_engaged", "on": on(89), "auditor": auditor(before) })).await;
    happened(api, &id, &json!({ "type": "readiness_done", "on": on(88) })).await;
    id
}

/// The id of an implemented control of the first member that answers every criterion.
async fn control(api: &Api<'_>) -> String {
    let listed = api.app.read(&api.key, "/v1/frameworks/soc2-2017/requirements?limit=200").await;
    let all = listed["data"].as_array().unwrap().iter();
    let named: Vec<_> = all.map(|one| json!({ "framework": "soc2-2017", "id": one["id"] })).collect();
    let new = json!({ "code": "ALL", "title": "Everything is in order", "status": "implemented",
                      "owner": api.app.first_member(&api.key).await, "requirements": named });
    let call =
        Call { path: "/v1/controls", mutation: "createControl", input: "NewControl", with: "", answer: "id" };
    api.enter(call, &new).await["id"].as_str().unwrap().to_owned()
}

async fn record(api: &Api<'_>, id: &str, event: &Value) -> Result<Value, Value> {
    let (path, with) = (format!("/v1/attestations/{id}/events"), format!(", attestationId: \"{id}\""));
    let call = Call {
        path: &path,
        mutation: "recordAttestationEvent",
        input: "NewAttestationEvent",
        with: &with,
        answer: "id type",
    };
    api.send(call, event).await
}

/// Records an event that no rule speaks against.
async fn happened(api: &Api<'_>, id: &str, event: &Value) {
    record(api, id, event).await.unwrap_or_else(|problem| panic!("{event}: {problem}"));
}
