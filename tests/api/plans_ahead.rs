//! Plans that go on: cycle after cycle, report after report, and what they assume of what is still open.

use crate::support::*;

on_both!(
    a_plan_goes_on_through_cycles_and_reports,
    graphql_tells_the_same_of_what_follows,
    what_is_followed_already_goes_on_in_that,
    findings_are_taken_to_be_closed_by_when_they_are_due,
);

const SIMULATE: &str = "/v1/plans:simulate";

async fn body(app: &TestApp, key: &str) -> Value {
    app.created(key, "/v1/certification-bodies", json!({ "name": "CB" })).await["id"].clone()
}

fn certificate(body: &Value) -> Value {
    json!({ "certification_body": body, "standard": "ISO/IEC 27001", "edition": "2022",
            "legal_entity": "Example Cloud GmbH", "scope": "The cloud platform" })
}

/// A certificate that is held, with its first surveillance; its id.
async fn held(app: &TestApp, key: &str) -> Value {
    let mut new = certificate(&body(app, key).await);
    new["number"] = json!("ISMS-1");
    new["printed"] = json!({ "decision_on": "2025-03-10", "expires_on": "2028-03-10" });
    new["events"] = json!([{ "type": "surveillance_completed", "ended_on": "2026-02-12" }]);
    app.created(key, "/v1/certifications", new).await["id"].clone()
}

/// A report that was already held, of this period; its id.
async fn reported(app: &TestApp, key: &str, start: &str, end: &str, report_date: &str) -> Value {
    let auditor = json!({ "firm": "Example Assurance LLP", "licence": "CPA-0001", "jurisdiction": "New York",
        "standard": "at_c_205", "peer_reviewed_on": "2024-06-30", "independence_confirmed": true });
    let part = |part: &str| json!({ "part": part, "opinion": "unqualified" });
    let new = json!({
        "name": start, "report": "type_2", "scope": "Platform",
        "printed": {
            "scope": { "categories": ["security"] }, "auditor": auditor, "window": { "start": start, "end": end },
            "report_date": report_date, "opinion": "unqualified",
            "parts": [part("description"), part("design"), part("operation")],
        },
    });
    app.created(key, "/v1/attestations", new).await["id"].clone()
}

/// The certificate, and a first report of six months.
fn both(certificate: &Value, until: Value) -> Value {
    json!({
        "until": until,
        "certifications": [{ "certification": certificate }],
        "attestations": [{ "report": "type_2", "wishes": [
            { "type": "window_opened", "days": { "from": "2027-07-01" }, "months": 6 },
        ] }],
    })
}

async fn simulated(app: &TestApp, key: &str, plan: Value) -> Value {
    app.stepped_with(key, SIMULATE, plan).await
}

fn step<'a>(subject: &'a Value, event: &str) -> &'a Value {
    let mut steps = subject["steps"].as_array().unwrap().iter();
    steps.find(|step| step["type"] == event).unwrap_or_else(|| panic!("no {event}: {subject}"))
}

mod scenario {
    use super::*;

    pub async fn a_plan_goes_on_through_cycles_and_reports(app: &TestApp) {
        let key = app.tenant("acme").await;
        let id = held(app, &key).await;
        let plan = simulated(app, &key, both(&id, json!("2031-12-31"))).await;
        assert_eq!(plan["permitted"], true, "{plan}");
        let one = &plan["certifications"][0];
        assert_eq!(
            texts(&one["steps"], "on"),
            [
                "2027-03-10",
                "2027-12-10",
                "2028-03-10",
                "2029-03-10",
                "2030-03-10",
                "2030-12-10",
                "2031-03-10",
                "2032-03-10",
                "2033-03-10",
                "2033-12-10",
                "2034-03-10",
            ]
        );
        assert_eq!(
            (&one["validity"]["cycle"], &one["validity"]["expires_on"]),
            (&json!(4), &json!("2037-03-10"))
        );
        assert_eq!(one["timeline"]["as_of"], "2034-03-10");
        let later = &one["steps"][3];
        assert_eq!(
            (&later["earliest"]["on"], &later["usual_by"], &later["latest"]["on"]),
            (&json!("2028-03-10"), &json!("2029-03-10"), &json!("2029-12-31"))
        );
        let two = &plan["attestations"][0];
        assert_eq!(step(two, "bridge_issued")["on"], "2028-03-31");
        let following = &two["following"];
        assert_eq!(texts(following, "from"), ["2028-01-01", "2029-01-01", "2030-01-01", "2031-01-01"]);
        assert_eq!(texts(following, "to"), ["2028-12-31", "2029-12-31", "2030-12-31", "2031-12-31"]);
        assert_eq!(following[0]["title"], "SOC 2 Type II, 2028-01-01 to 2028-12-31");
        assert_eq!(step(&following[0], "issued")["on"], "2029-03-01");
        let spans = texts(&two["timeline"]["spans"], "kind");
        let count = |kind: &str| spans.iter().filter(|one| **one == kind).count();
        assert_eq!((count("reported"), count("bridged")), (5, 4));
        assert_eq!((&two["state"], &two["timeline"]["as_of"]), (&json!("issued"), &json!("2032-02-29")));

        let alone = simulated(app, &key, both(&id, Value::Null)).await;
        assert_eq!(
            texts(&alone["certifications"][0]["steps"], "on"),
            ["2027-03-10", "2027-12-10", "2028-03-10"]
        );
        let one = &alone["attestations"][0];
        assert!(one.get("following").is_none() && !texts(&one["steps"], "type").contains(&"bridge_issued"));
        assert!(alone["certifications"][0].get("assumed_findings").is_none());
    }

    pub async fn graphql_tells_the_same_of_what_follows(app: &TestApp) {
        let key = app.tenant("acme").await;
        let id = held(app, &key).await;
        let rest = simulated(app, &key, both(&id, json!("2030-06-30"))).await;
        let query = "query($input: NewPlan!) { simulatePlan(input: $input) { permitted \
            certifications { steps { type on } assumedFindings { findingId } } \
            attestations { following { title from to steps { type on } } } } }";
        let input = json!({
            "until": "2030-06-30", "assume": { "findings": "CLOSED_BY_DUE" },
            "certifications": [{ "certification": id }],
            "attestations": [{ "report": "TYPE_2", "wishes": [
                { "type": "WINDOW_OPENED", "days": { "from": "2027-07-01" }, "months": 6 },
            ] }],
        });
        let told = app.ask_with(&key, query, json!({ "input": input })).await;
        let graph = &told["data"]["simulatePlan"];
        assert_eq!(graph["permitted"], rest["permitted"], "{told}");
        let (one, other) = (&graph["certifications"][0], &rest["certifications"][0]);
        assert_eq!(texts(&one["steps"], "on"), texts(&other["steps"], "on"));
        assert_eq!(one["assumedFindings"], json!([]));
        let (one, other) = (&graph["attestations"][0]["following"], &rest["attestations"][0]["following"]);
        for field in ["title", "from", "to"] {
            assert_eq!(texts(one, field), texts(other, field));
        }
        assert_eq!(texts(one, "from"), ["2028-01-01", "2029-01-01", "2030-01-01"]);
        assert_eq!(texts(&one[2]["steps"], "on"), texts(&other[2]["steps"], "on"));
    }

    pub async fn what_is_followed_already_goes_on_in_that(app: &TestApp) {
        let key = app.tenant("acme").await;
        let first = reported(app, &key, "2025-10-01", "2026-09-30", "2026-11-20").await;
        let plan = |id: &Value| json!({ "until": "2028-12-31", "attestations": [{ "attestation": id }] });
        let told = simulated(app, &key, plan(&first)).await;
        let one = &told["attestations"][0];
        assert_eq!(texts(&one["steps"], "type"), ["bridge_issued"]);
        assert_eq!(one["steps"][0]["on"], "2026-12-31");
        let next = &one["following"][0];
        assert_eq!(next["from"], "2026-11-24", "nothing begins before the plan");
        let gap = &step(next, "window_opened")["unusual"][0];
        assert_eq!(gap["rule"], "D-20");
        assert!(gap["reason"].as_str().unwrap().contains("54 days from 2026-10-01 to 2026-11-23"), "{gap}");
        // A report over a later period of its scope follows it.
        let second = reported(app, &key, "2026-10-01", "2026-10-31", "2026-11-23").await;
        let told = simulated(app, &key, plan(&first)).await;
        let one = &told["attestations"][0];
        assert_eq!((one.get("following"), &one["steps"]), (None, &json!([])));
        let told = simulated(app, &key, plan(&second)).await;
        assert_eq!(told["attestations"][0]["following"][0]["from"], "2026-11-24");
    }

    pub async fn findings_are_taken_to_be_closed_by_when_they_are_due(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = certificate(&body(app, &key).await);
        new["applied_on"] = json!("2026-06-01");
        new["events"] = json!([{ "type": "stage_1_completed", "ended_on": "2026-09-10" }]);
        let id = app.created(&key, "/v1/certifications", new).await["id"].clone();
        let audit = json!({ "kind": "stage_2", "title": "Stage 2", "planned_start": "2026-11-02", "certification": id });
        let audit = app.created(&key, "/v1/audits", audit).await["id"].clone();
        let done = json!({ "started_on": "2026-11-02", "ended_on": "2026-11-06", "conclusion": "negative" });
        app.stepped_with(&key, &format!("/v1/audits/{}/complete", audit.as_str().unwrap()), done).await;
        let major = json!({ "title": "No internal audit", "grade": "major", "statement": "None was held.",
            "audit": audit, "raised_on": "2026-11-06" });
        let major = app.created(&key, "/v1/findings", major).await;
        let plan = |assume: Value| {
            let wish = json!({ "type": "granted", "days": { "from": "2027-05-03", "to": "2027-05-14" } });
            json!({ "assume": assume, "certifications": [{ "certification": id, "wishes": [wish] }] })
        };
        for assume in [Value::Null, json!({}), json!({ "findings": "closed_by_due" })] {
            let told = simulated(app, &key, plan(assume)).await;
            let one = &told["certifications"][0];
            assert_eq!(
                (&told["permitted"], &step(one, "granted")["on"]),
                (&json!(true), &json!("2027-05-06")),
                "{told}"
            );
            assert_eq!(step(one, "granted")["earliest"]["beyond"]["rule"], "A-03");
            assert_eq!(
                one["assumed_findings"],
                json!([{ "finding": major["id"], "title": "No internal audit", "grade": "major",
                         "plan_accepted_on": "2026-12-06", "verified_on": "2027-05-06" }])
            );
        }
        let open = simulated(app, &key, plan(json!({ "findings": "open" }))).await;
        let one = &open["certifications"][0];
        let granted = step(one, "granted");
        assert_eq!((&open["permitted"], &granted["on"]), (&json!(false), &json!("2027-05-03")));
        assert_eq!(granted["breaches"][0]["rule"], "A-03");
        assert!(one.get("assumed_findings").is_none());
        let kept = app.read(&key, &format!("/v1/findings/{}", major["id"].as_str().unwrap())).await;
        assert_eq!(kept["state"], "open", "nothing is written");
    }
}
