//! Certificates and attestations on one line each, and all of them over a year.

use crate::support::*;

on_both!(
    a_certificate_and_a_report_have_a_line_each,
    a_line_has_the_title_of_its_day,
    a_year_holds_what_lies_in_it,
    a_year_is_drawn_and_said_in_words,
    graphql_tells_the_same_year,
    a_year_is_for_those_who_may_read_both,
);

/// A certificate and a SOC 2 report; their ids.
async fn both(app: &TestApp, key: &str) -> (String, String) {
    let body = app.created(key, "/v1/certification-bodies", json!({ "name": "CB" })).await;
    let certificate = json!({
        "certification_body": body["id"], "standard": "ISO/IEC 27001", "edition": "2022", "number": "ISMS-1",
        "legal_entity": "Example Cloud GmbH", "scope": "The cloud platform",
        "printed": { "decision_on": "2025-03-10", "expires_on": "2028-03-10" },
        "events": [{ "type": "surveillance_completed", "ended_on": "2026-02-12" }],
    });
    let parts: Vec<_> = ["description", "design", "operation"]
        .iter()
        .map(|part| json!({ "part": part, "opinion": "unqualified" }))
        .collect();
    let auditor = json!({ "firm": "Example Assurance LLP", "licence": "CPA-0001", "jurisdiction": "New York",
        "standard": "at_c_205", "peer_reviewed_on": "2024-06-30", "independence_confirmed": true });
    let report = json!({ "name": "Platform", "report": "type_2", "scope": "Platform", "printed": {
        "scope": { "categories": ["security"] }, "auditor": auditor,
        "window": { "start": "2025-10-01", "end": "2026-09-30" },
        "report_date": "2026-11-12", "opinion": "unqualified", "parts": parts } });
    let id = |made: Value| made["id"].as_str().unwrap().to_owned();
    let certificate = id(app.created(key, "/v1/certifications", certificate).await);
    (certificate, id(app.created(key, "/v1/attestations", report).await))
}

fn spans(line: &Value) -> Vec<Value> {
    let each = line["spans"].as_array().unwrap().iter();
    each.map(|span| json!([span["kind"], span["from"], span["to"]])).collect()
}

mod scenario {
    use super::*;

    pub async fn a_certificate_and_a_report_have_a_line_each(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (certificate, report) = both(app, &key).await;
        let line = app.read(&key, &format!("/v1/certifications/{certificate}/timeline")).await;
        assert_eq!(line["resource"], json!({ "kind": "certification", "id": certificate }));
        assert_eq!(
            (&line["title"], &line["standing"], &line["as_of"]),
            (&json!("ISO/IEC 27001 2022, certificate ISMS-1"), &json!("Active"), &json!("2026-11-24"))
        );
        let years = |kind: &str| json!([kind, "2025-03-10", "2028-03-10"]);
        assert_eq!(spans(&line), [years("valid"), years("usable")]);
        let entries = line["entries"].as_array().unwrap();
        let days: Vec<_> = entries.iter().map(|one| one["on"].as_str().unwrap()).collect();
        assert!(days.is_sorted(), "{days:?}");
        let held = entries.iter().find(|one| one["code"] == "surveillance_completed").unwrap();
        assert_eq!((&held["kind"], &held["on"]), (&json!("event"), &json!("2026-02-12")));
        let first = entries.iter().find(|one| one["code"] == "surveillance_1").unwrap();
        assert_eq!((&first["state"], &first["done_on"]), (&json!("done"), &json!("2026-02-12")));
        let due = app.read(&key, &format!("/v1/milestones?resource={certificate}&code=surveillance_1")).await;
        assert_eq!(first["milestone_id"], due["data"][0]["id"]);
        // A day before it, the audit had not happened and was not done.
        let then =
            app.read(&key, &format!("/v1/certifications/{certificate}/timeline?as_of=2026-02-11")).await;
        let entries = then["entries"].as_array().unwrap();
        assert!(entries.iter().all(|one| one["code"] != "surveillance_completed"));
        let first = entries.iter().find(|one| one["code"] == "surveillance_1").unwrap();
        assert_eq!((&first["state"], &first["done_on"]), (&json!("open"), &Value::Null));

        let line = app.read(&key, &format!("/v1/attestations/{report}/timeline")).await;
        assert_eq!(
            (&line["title"], &line["standing"]),
            (&json!("Platform, SOC 2 Type II"), &json!("issued"))
        );
        assert_eq!(spans(&line), [json!(["reported", "2025-10-01", "2026-09-30"])]);
        let drawn =
            app.call(Method::GET, &format!("/v1/attestations/{report}/timeline.svg"), &key, None).await;
        assert_eq!(drawn.headers()["content-type"], "image/svg+xml");
        let drawn = drawn.text().await.unwrap();
        for wanted in [r#"role="img""#, "Platform, SOC 2 Type II", "Reported from 2025-10-01 to 2026-09-30"] {
            assert!(drawn.contains(wanted), "{wanted}: {drawn}");
        }
    }

    pub async fn a_line_has_the_title_of_its_day(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (certificate, _) = both(app, &key).await;
        let other = app.created(&key, "/v1/certification-bodies", json!({ "name": "Another" })).await;
        let moved = json!({ "type": "transferred_in", "effective_on": "2026-10-01", "acknowledge": ["A-40"],
            "reason": "Accreditations are kept elsewhere",
            "details": { "certification_body": other["id"], "number": "ISMS-2" } });
        app.created(&key, &format!("/v1/certifications/{certificate}/events"), moved).await;
        for (day, number) in [("2026-09-30", "ISMS-1"), ("2026-10-01", "ISMS-2")] {
            let title = json!(format!("ISO/IEC 27001 2022, certificate {number}"));
            let at = format!("/v1/certifications/{certificate}/timeline?as_of={day}");
            assert_eq!(app.read(&key, &at).await["title"], title, "{day}");
            let year = app.read(&key, &format!("/v1/timelines?as_of={day}")).await;
            assert_eq!(year["timelines"][0]["title"], title, "{day}");
            let plan = json!({ "as_of": day, "certifications": [{ "certification": certificate }] });
            let plan = app.stepped_with(&key, "/v1/plans:simulate", plan).await;
            assert_eq!(plan["certifications"][0]["title"], title, "{day}");
        }
    }

    pub async fn a_year_holds_what_lies_in_it(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (certificate, report) = both(app, &key).await;
        let year = async |asked: &str| app.read(&key, &format!("/v1/timelines{asked}")).await;
        let now = year("").await;
        assert_eq!((&now["year"], &now["as_of"]), (&json!(2026), &json!("2026-11-24")));
        let [first, second] = &now["timelines"].as_array().unwrap()[..] else { panic!("{now}") };
        assert_eq!(
            (&first["resource"]["id"], &second["resource"]["id"]),
            (&json!(certificate), &json!(report))
        );
        let whole = |kind: &str| json!([kind, "2026-01-01", "2026-12-31"]);
        assert_eq!(spans(first), [whole("valid"), whole("usable")]);
        assert_eq!(spans(second), [json!(["reported", "2026-01-01", "2026-09-30"])]);
        for line in [first, second] {
            let entries = line["entries"].as_array().unwrap();
            assert!(!entries.is_empty());
            assert!(entries.iter().all(|one| one["on"].as_str().unwrap().starts_with("2026-")), "{line}");
        }
        // Both what was and what will be; nothing in a year on which nothing lies.
        assert_eq!(year("?year=2025").await["timelines"].as_array().unwrap().len(), 2);
        assert_eq!(year("?as_of=2025-01-01").await["year"], 2025);
        assert_eq!(year("?year=2024").await["timelines"], json!([]));
        for wrong in ["year=0", "year=10000", "year=soon", "month=3"] {
            app.refused(Method::GET, &format!("/v1/timelines?{wrong}"), &key, None, 400).await;
        }
        let other = app.tenant("other").await;
        assert_eq!(app.read(&other, "/v1/timelines").await["timelines"], json!([]));
    }

    pub async fn a_year_is_drawn_and_said_in_words(app: &TestApp) {
        let key = app.tenant("acme").await;
        both(app, &key).await;
        let answer = app.call(Method::GET, "/v1/timelines.svg", &key, None).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &"image/svg+xml".parse().unwrap())
        );
        let drawn = answer.text().await.unwrap();
        for wanted in [
            r#"role="img""#,
            "Certificates and attestations in 2026",
            "ISO/IEC 27001 2022, certificate ISMS-1: Active on 2026-11-24",
            "Platform, SOC 2 Type II: issued on 2026-11-24",
            "Surveillance audit 2026-02-12",
            "The day asked about: 2026-11-24",
            "2026-12",
        ] {
            assert!(drawn.contains(wanted), "{wanted}: {drawn}");
        }
        assert!(!drawn.contains("<script"));
        let empty = app.call(Method::GET, "/v1/timelines.svg?year=1999", &key, None).await;
        assert!(empty.text().await.unwrap().contains("Nothing lies in this year."));
    }

    pub async fn graphql_tells_the_same_year(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (certificate, report) = both(app, &key).await;
        let shape = "{ resource { kind id } title standing asOf knownAt spans { kind from to } \
                     entries { on kind code title state doneOn assumed eventId milestoneId } }";
        let query = format!(
            "{{ yearView(year: 2026) {{ year timelines {shape} }} \
             certificationTimeline(id: \"{certificate}\") {shape} attestationTimeline(id: \"{report}\") {shape} }}"
        );
        let told = app.ask(&key, &query).await;
        let same = |graph: &Value, rest: &Value| {
            let codes = |line: &Value| {
                texts(&line["entries"], "code").into_iter().map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!((&graph["title"], codes(graph)), (&rest["title"], codes(rest)));
            assert_eq!(graph["entries"][0]["eventId"], rest["entries"][0]["event_id"]);
        };
        let year = app.read(&key, "/v1/timelines?year=2026").await;
        for (n, line) in year["timelines"].as_array().unwrap().iter().enumerate() {
            same(&told["data"]["yearView"]["timelines"][n], line);
        }
        let line = app.read(&key, &format!("/v1/certifications/{certificate}/timeline")).await;
        same(&told["data"]["certificationTimeline"], &line);
        let line = app.read(&key, &format!("/v1/attestations/{report}/timeline")).await;
        same(&told["data"]["attestationTimeline"], &line);
    }

    pub async fn a_year_is_for_those_who_may_read_both(app: &TestApp) {
        let key = app.tenant("acme").await;
        let member = app.first_member(&key).await;
        for (scopes, status) in [
            (json!(["certifications:read", "attestations:read"]), 200),
            (json!(["certifications:read"]), 403),
            (json!(["attestations:read"]), 403),
        ] {
            let narrow = json!({ "member_id": member, "name": "Narrow", "scopes": scopes });
            let narrow = app.created(&key, "/v1/api-keys", narrow).await;
            app.refused(Method::GET, "/v1/timelines", narrow["key"].as_str().unwrap(), None, status).await;
        }
    }
}
