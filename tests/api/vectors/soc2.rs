//! SOC 2 reports: `tests/vectors/soc2-coverage.json`.

use attestd::kernel::time::Date;

use super::{Api, Call, Surface, day, rules, vectors};
use crate::support::*;

/// Enters every vector and compares what it expects.
pub(super) async fn hold(app: &TestApp, surface: Surface) {
    // Facts may not lie in the future: all of it has happened by then.
    app.clock.at("2035-06-01T12:00:00Z");
    for vector in vectors(include_str!("../../vectors/soc2-coverage.json")) {
        let api = Api::of(app, surface, &vector).await;
        let told = told(&api, &vector).await;
        for (name, expected) in vector["expect"].as_object().unwrap() {
            let found = told.get(name).unwrap_or_else(|| panic!("no check for {name} of {}", vector["id"]));
            assert_eq!(found, expected, "{} {name}", vector["id"]);
        }
    }
}

/// What a surface tells of what the vector gives, under the names that vectors expect.
async fn told(api: &Api<'_>, vector: &Value) -> Value {
    let given = &vector["given"];
    let mut names: Vec<_> = given.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    match names.as_slice() {
        ["as_of", "report_date"] => one_day(api, given).await,
        ["months", "start"] | ["months", "start", "then_months"] => windows(api, given).await,
        ["a", "b"] => two_periods(api, given).await,
        ["covers_through", "period_end", "signed_on"] => bridge(api, given).await,
        ["criteria_not_met", "exceptions"] => exceptions(api, given).await,
        ["categories", "criteria"] => categories(api, given, &vector["expect"]).await,
        _ => panic!("no way to enter {names:?} of {}", vector["id"]),
    }
}

/// A Type I report.
async fn one_day(api: &Api<'_>, given: &Value) -> Value {
    let (as_of, report_date) = (day(&given["as_of"]), day(&given["report_date"]));
    let id = ready(api, "SOC 2", "type_1").await;
    let set = json!({ "type": "as_of_set", "on": as_of.minus_days(30), "as_of": as_of });
    happened(api, &id, &set).await;
    happened(api, &id, &signed(report_date.minus_days(10))).await;
    let parts = opinions(&["description", "design"], "unqualified");
    happened(api, &id, &issued(report_date, "unqualified", &parts)).await;
    let told = read(api, &id).await;
    json!({
        "covers": [told["covers_from"], told["covers_to"]], "ageing_from": told["ageing_from"],
        "current_through": told["current_through"], "stale_from": told["stale_from"],
    })
}

/// A Type II report over so many months, and the one that follows it where that is given.
async fn windows(api: &Api<'_>, given: &Value) -> Value {
    let start = day(&given["start"]);
    let window = |start: &Value, months: &Value| json!({ "start": start, "months": months });
    let issued = |start: Date, months: &Value| {
        start.plus_months(u32::try_from(months.as_u64().unwrap()).unwrap()).plus_days(30)
    };
    let first = window(&given["start"], &given["months"]);
    let first = held(api, "First", &first, issued(start, &given["months"])).await;
    let told = read(api, &first).await;
    let due = api.milestones(&first).await;
    let next_start = due.iter().find(|one| one["code"] == "next_window").unwrap()["due"].clone();
    let covered = coverage(api, start, day(&told["covers_to"])).await;
    let mut answer =
        json!({ "end": told["covers_to"], "next_start": next_start, "days": covered["covered_days"] });
    if let Some(months) = given.get("then_months") {
        let then = window(&next_start, months);
        let then = held(api, "Second", &then, issued(day(&next_start), months)).await;
        let told = read(api, &then).await;
        let covered = coverage(api, start, day(&told["covers_to"])).await;
        answer["next"] = json!([told["covers_from"], told["covers_to"]]);
        answer["gap_days"] = covered["transitions"][0]["gap_days"].clone();
    }
    answer
}

/// Two Type II reports over these days.
async fn two_periods(api: &Api<'_>, given: &Value) -> Value {
    for name in ["a", "b"] {
        let (from, to) = (&given[name][0], &given[name][1]);
        held(api, name, &json!({ "start": from, "end": to }), day(to).plus_days(30)).await;
    }
    let covered = coverage(api, day(&given["a"][0]), day(&given["b"][1])).await;
    let transition = &covered["transitions"][0];
    json!({ "gap": [transition["gap"]["from"], transition["gap"]["to"]], "gap_days": transition["gap_days"] })
}

/// A Type II report over twelve months, dated as early as it may be, and a bridge letter after it.
async fn bridge(api: &Api<'_>, given: &Value) -> Value {
    let (end, through) = (day(&given["period_end"]), day(&given["covers_through"]));
    let next = end.plus_days(1);
    let window = json!({ "start": next.minus_months(12), "end": end });
    let id = held(api, "SOC 2", &window, next).await;
    let letter = json!({ "type": "bridge_issued", "bridge": {
        "covers_through": through, "signed_on": given["signed_on"], "signed_by": "Chief executive" } });
    let accepted = record(api, &id, &letter).await.is_ok();
    let covered = coverage(api, next, through.max(next).plus_days(31)).await;
    let intervals = covered["intervals"].as_array().unwrap();
    let bridged = intervals.iter().find(|one| one["state"] == "bridged").unwrap_or(&Value::Null);
    json!({
        "covers": [bridged["from"], bridged["to"]], "bridge_max": read(api, &id).await["bridge_limit"],
        "accepted": accepted,
    })
}

/// An engagement whose tests had so many exceptions: its practitioner may issue either opinion.
async fn exceptions(api: &Api<'_>, given: &Value) -> Value {
    assert_eq!(given["criteria_not_met"], 0, "no way to enter criteria that are not met");
    let control = control(api).await;
    let criteria = ["CC6.1", "CC6.2", "CC6.3", "CC6.6", "CC7.1"];
    let count = usize::try_from(given["exceptions"].as_u64().unwrap()).unwrap();
    let mut told = Vec::new();
    for opinion in ["unqualified", "qualified"] {
        let id = ready_with(api, &format!("An opinion that is {opinion}"), "type_2").await;
        let open = json!({ "type": "window_opened", "window": { "start": "2025-01-01", "months": 6 } });
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
        let parts = opinions(&["description", "design", "operation"], opinion);
        happened(api, &id, &issued(day(&json!("2025-08-20")), opinion, &parts)).await;
        told.push(read(api, &id).await["opinion"].as_str().unwrap().to_owned());
    }
    let whose =
        if told == ["unqualified", "qualified"] { "set by the auditor" } else { "set by the service" };
    json!({ "opinion": format!("{whose}; {} is possible", told[0]) })
}

/// A scope with these criteria alone.
async fn categories(api: &Api<'_>, given: &Value, expect: &Value) -> Value {
    let id = made(api, "SOC 2", "type_2", &json!({})).await;
    let scope = json!({ "categories": given["categories"], "criteria": given["criteria"],
                        "security_off_reason": "Customers ask for availability alone" });
    let event = json!({ "type": "scope_set", "scope": scope });
    let problem = record(api, &id, &event).await.expect_err("the common criteria are missing");
    assert_eq!(rules(&problem), ["D-01"]);
    let reason = problem["breaches"][0]["reason"].as_str().unwrap();
    let said = expect["rejected"].as_str().filter(|said| reason.contains(said));
    json!({ "rejected": said.unwrap_or(reason) })
}

fn auditor() -> Value {
    json!({ "firm": "Example Assurance LLP", "licence": "CPA-0001", "jurisdiction": "New York",
            "standard": "isae_3000", "peer_reviewed_on": "2024-06-30", "independence_confirmed": true })
}

fn opinions(parts: &[&str], opinion: &str) -> Value {
    parts.iter().map(|part| json!({ "part": part, "opinion": opinion })).collect()
}

fn signed(on: Date) -> Value {
    json!({ "type": "assertion_signed", "assertion": { "signed_by": "Chief executive", "signed_on": on } })
}

fn issued(on: Date, opinion: &str, parts: &Value) -> Value {
    json!({ "type": "issued", "report": { "report_date": on, "opinion": opinion, "parts": parts } })
}

/// The id of a new attestation, which says this as well.
async fn made(api: &Api<'_>, name: &str, report: &str, more: &Value) -> String {
    let mut new = json!({ "name": name, "report": report, "scope": "Cloud platform" });
    for (name, value) in more.as_object().unwrap() {
        new[name] = value.clone();
    }
    let call = Call {
        path: "/v1/attestations",
        mutation: "createAttestation",
        input: "NewAttestation",
        with: "",
        answer: "id",
    };
    api.enter(call, &new).await["id"].as_str().unwrap().to_owned()
}

/// The id of a Type II report that was already held.
async fn held(api: &Api<'_>, name: &str, window: &Value, report_date: Date) -> String {
    let printed = json!({
        "scope": { "categories": ["security"] }, "auditor": auditor(), "window": window,
        "report_date": report_date, "opinion": "unqualified",
        "parts": opinions(&["description", "design", "operation"], "unqualified"),
    });
    made(api, name, "type_2", &json!({ "printed": printed })).await
}

/// The id of an engagement that is ready, in a tenant whose control answers every common criterion.
async fn ready(api: &Api<'_>, name: &str, report: &str) -> String {
    control(api).await;
    ready_with(api, name, report).await
}

/// The id of an engagement that is ready.
async fn ready_with(api: &Api<'_>, name: &str, report: &str) -> String {
    let description = json!({ "dc_1": "Services", "dc_2": "Commitments", "dc_3": "Components", "dc_5": "Controls",
                              "dc_9": "No significant change", "none": [4, 6, 7, 8] });
    let id = made(api, name, report, &json!({ "description": description })).await;
    let scope = json!({ "categories": ["security"] });
    happened(api, &id, &json!({ "type": "scope_set", "on": "2015-09-01", "scope": scope })).await;
    happened(api, &id, &json!({ "type": "auditor_engaged", "on": "2015-09-02", "auditor": auditor() })).await;
    happened(api, &id, &json!({ "type": "readiness_done", "on": "2015-09-03" })).await;
    id
}

/// The id of an implemented control of the first member that answers every common criterion.
async fn control(api: &Api<'_>) -> String {
    let listed = "/v1/frameworks/soc2-2017/requirements?limit=200&group=security";
    let listed = api.app.read(&api.key, listed).await;
    let common = listed["data"].as_array().unwrap().iter();
    let named: Vec<_> = common.map(|one| json!({ "framework": "soc2-2017", "id": one["id"] })).collect();
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

async fn read(api: &Api<'_>, id: &str) -> Value {
    let fields = "opinion coversFrom coversTo ageingFrom currentThrough staleFrom bridgeLimit";
    api.read(&format!("/v1/attestations/{id}"), "attestation", &format!("id: \"{id}\""), fields).await
}

/// How the reports cover these days.
async fn coverage(api: &Api<'_>, from: Date, to: Date) -> Value {
    let path = format!("/v1/attestations/coverage?from={from}&to={to}");
    let fields = "coveredDays intervals { state from to } transitions { gapDays gap { from to } }";
    api.read(&path, "reportCoverage", &format!("from: \"{from}\", to: \"{to}\""), fields).await
}
