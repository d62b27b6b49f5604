//! What is missing before an audit or a report, and where to see to it.

use crate::support::*;

on_both!(
    before_a_stage_2_everything_is_asked_and_each_has_its_place,
    what_is_entered_is_no_longer_missing,
    where_nothing_went_wrong_the_process_is_shown,
    internal_audits_look_at_the_system_together,
    what_will_be_old_by_a_later_day_is_missing,
    a_report_asks_for_what_its_guards_ask,
    a_report_is_judged_for_a_later_day,
    a_question_that_makes_no_sense_is_refused,
    graphql_tells_the_same_readiness,
);

fn missing(told: &Value) -> Vec<&str> {
    let items = told["items"].as_array().unwrap().iter();
    items.filter(|one| one["met"] == false).map(|one| one["rule"]["id"].as_str().unwrap()).collect()
}

fn auditor() -> Value {
    json!({ "firm": "Example Assurance LLP", "licence": "CPA-0001", "jurisdiction": "New York",
            "standard": "at_c_205", "peer_reviewed_on": "2024-06-30", "independence_confirmed": true })
}

/// A completed internal audit of one day that sampled these clauses.
async fn audited(app: &TestApp, key: &str, day: &str, clauses: &[&str]) -> Value {
    let sampled: Vec<_> =
        clauses.iter().map(|id| json!({ "framework": "iso27001-2022", "id": id })).collect();
    let audit = json!({ "kind": "internal", "title": "Internal audit", "planned_start": day, "requirements": sampled });
    let audit = app.created(key, "/v1/audits", audit).await["id"].clone();
    let done = json!({ "ended_on": day, "conclusion": "positive" });
    app.stepped_with(key, &format!("/v1/audits/{}/complete", audit.as_str().unwrap()), done).await;
    audit
}

/// What is told of a rule.
fn told_of<'a>(told: &'a Value, rule: &str) -> &'a Value {
    told["items"].as_array().unwrap().iter().find(|one| one["rule"]["id"] == rule).unwrap()
}

mod scenario {
    use super::*;

    pub async fn before_a_stage_2_everything_is_asked_and_each_has_its_place(app: &TestApp) {
        let key = app.tenant("acme").await;
        let told = app.read(&key, "/v1/readiness?for=stage2").await;
        assert_eq!(
            (&told["ready"], &told["missing"], &told["as_of"]),
            (&json!(false), &json!(12), &json!("2026-11-24"))
        );
        assert_eq!(missing(&told).len(), 12);
        let last = told["items"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (&last["met"], &last["rule"]["id"]),
            (&json!(true), &json!("A-03")),
            "what is missing comes first"
        );
        let described = app.read(&key, "/openapi.json").await;
        for item in told["items"].as_array().unwrap() {
            let path = item["fix"]["path"].as_str().unwrap();
            let path = path.split('?').next().unwrap();
            assert!(described["paths"][path].is_object(), "{path} is a path of the API");
        }
    }

    pub async fn what_is_entered_is_no_longer_missing(app: &TestApp) {
        let key = app.tenant("acme").await;
        let climate = json!({ "title": "Climate change", "relevant": false, "reason": "No site is exposed.", "decided_on": "2026-11-01" });
        let climate = app.created(&key, "/v1/isms/climate-decisions", climate).await;
        let told = app.read(&key, "/v1/readiness?for=stage2").await;
        assert!(!missing(&told).contains(&"RDY-1"), "{told}");
        let item = told["items"].as_array().unwrap().iter().find(|one| one["rule"]["id"] == "RDY-1").unwrap();
        assert_eq!((&item["met"], &item["records"]), (&json!(true), &json!([climate["id"]])));

        let audit = json!({ "kind": "internal", "title": "Internal audit", "planned_start": "2025-10-01" });
        let audit = app.created(&key, "/v1/audits", audit).await;
        let at = format!("/v1/audits/{}", audit["id"].as_str().unwrap());
        app.stepped_with(&key, &format!("{at}/start"), json!({ "started_on": "2025-10-01" })).await;
        let done = json!({ "ended_on": "2025-10-02", "conclusion": "positive" });
        app.stepped_with(&key, &format!("{at}/complete"), done).await;
        assert!(!missing(&app.read(&key, "/v1/readiness?for=stage2").await).contains(&"RDY-10"));
        let again = app.read(&key, "/v1/readiness?for=surveillance").await;
        let old =
            again["items"].as_array().unwrap().iter().find(|one| one["rule"]["id"] == "RDY-10").unwrap();
        assert_eq!(
            old["detail"],
            "the last completed internal audit was of 2025-10-02, more than a year before 2026-11-24"
        );
        assert_eq!(old["rule"]["basis"], "convention");

        let told = app.read(&key, "/v1/readiness?for=recertification").await;
        assert!(missing(&told).contains(&"RDY-12"), "no nonconformity was ever recorded");
        let other = json!({ "kind": "supplier", "title": "At a supplier", "planned_start": "2026-10-01" });
        let other = app.created(&key, "/v1/audits", other).await["id"].clone();
        let theirs = json!({ "grade": "major", "title": "Theirs", "statement": "No locks.", "audit": other,
                             "raised_on": "2026-10-02" });
        let idea = json!({ "grade": "opportunity", "title": "An idea", "statement": "Do more.", "raised_on": "2026-10-02" });
        for finding in [theirs, idea] {
            app.created(&key, "/v1/findings", finding).await;
        }
        let told = app.read(&key, "/v1/readiness?for=recertification").await;
        let known = missing(&told);
        assert!(
            known.contains(&"RDY-12") && !known.contains(&"A-17"),
            "neither is a nonconformity of the system"
        );
        let major = json!({ "grade": "major", "title": "No reviews", "statement": "Access is not reviewed.", "raised_on": "2026-11-01" });
        let major = app.created(&key, "/v1/findings", major).await;
        let told = app.read(&key, "/v1/readiness?for=recertification").await;
        let missing = missing(&told);
        assert!(missing.contains(&"A-17") && !missing.contains(&"RDY-12"), "{told}");
        let item =
            told["items"].as_array().unwrap().iter().find(|one| one["rule"]["id"] == "RDY-12").unwrap();
        assert_eq!(item["records"], json!([major["id"]]));
    }

    pub async fn where_nothing_went_wrong_the_process_is_shown(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = json!({ "kind": "person", "name": "Managing director", "role": "owner" });
        let director = app.created(&key, "/v1/members", director).await["id"].clone();
        let document = json!({
            "title": "Corrective action procedure", "number": "D-10", "clauses": ["10.2"], "format": "PDF",
            "storage": "The store", "access": "All staff", "retention": "Seven years", "disposal": "It is deleted",
        });
        let document = app.created(&key, "/v1/isms/documents", document).await["id"].clone();
        let at = format!("/v1/isms/documents/{}", document.as_str().unwrap());
        let asked = async || told_of(&app.read(&key, "/v1/readiness?for=stage2").await, "RDY-12").clone();
        assert_eq!(asked().await["met"], false, "a draft holds nothing yet");
        app.stepped_with(&key, &format!("{at}/approve"), json!({ "approver": director })).await;
        let item = asked().await;
        assert_eq!((&item["met"], &item["records"]), (&json!(true), &json!([document])));
        app.changed(&key, &at, json!({ "clauses": ["10.1"] })).await;
        assert_eq!(asked().await["met"], false, "it answers something else");
    }

    pub async fn internal_audits_look_at_the_system_together(app: &TestApp) {
        let key = app.tenant("acme").await;
        let audit = async |day: &str, clauses: &[&str]| audited(app, &key, day, clauses).await;
        let one = audit("2026-10-01", &["4.1", "5.2", "6.1.2", "7.2", "A.5.1"]).await;
        let told = app.read(&key, "/v1/readiness?for=stage2").await;
        let item = told_of(&told, "RDY-10");
        assert_eq!((&item["met"], &item["records"]), (&json!(false), &json!([one])));
        assert_eq!(item["detail"], "no completed internal audit looked at clauses 8, 9, 10");
        let old = audit("2025-10-01", &["8.1", "9.1"]).await;
        let told = app.read(&key, "/v1/readiness?for=stage2").await;
        let item = told_of(&told, "RDY-10");
        assert_eq!(item["detail"], "no completed internal audit looked at clause 10");
        assert_eq!(item["records"], json!([one, old]));
        let last = audit("2026-11-01", &["10.2"]).await;
        let told = app.read(&key, "/v1/readiness?for=stage2").await;
        let item = told_of(&told, "RDY-10");
        assert_eq!((&item["met"], &item["records"]), (&json!(true), &json!([last, one, old])));
        let told = app.read(&key, "/v1/readiness?for=surveillance").await;
        let item = told_of(&told, "RDY-10");
        assert_eq!(
            item["detail"],
            "no completed internal audit of the year before 2026-11-24 looked at clauses 8, 9"
        );
        assert_eq!(item["records"], json!([last, one]));
        let whole = audit("2026-11-02", &[]).await;
        let told = app.read(&key, "/v1/readiness?for=surveillance").await;
        let item = told_of(&told, "RDY-10");
        assert_eq!((&item["met"], &item["records"]), (&json!(true), &json!([whole, last, one])));
    }

    pub async fn what_will_be_old_by_a_later_day_is_missing(app: &TestApp) {
        let key = app.tenant("acme").await;
        audited(app, &key, "2026-02-01", &[]).await;
        let at =
            async |day: &str| app.read(&key, &format!("/v1/readiness?for=surveillance&as_of={day}")).await;
        let told = at("2027-02-01").await;
        assert_eq!((&told["as_of"], &told_of(&told, "RDY-10")["met"]), (&json!("2027-02-01"), &json!(true)));
        let told = at("2027-02-02").await;
        let item = told_of(&told, "RDY-10");
        assert_eq!((&told["as_of"], &item["met"]), (&json!("2027-02-02"), &json!(false)));
        assert_eq!(
            item["detail"],
            "the last completed internal audit was of 2026-02-01, more than a year before 2027-02-02"
        );
        let query =
            "{ readiness(for: SURVEILLANCE, asOf: \"2027-02-02\") { asOf missing items { detail } } }";
        let graph = app.ask(&key, query).await["data"]["readiness"].clone();
        assert_eq!((&graph["asOf"], &graph["missing"]), (&told["as_of"], &told["missing"]));
        assert_eq!(texts(&graph["items"], "detail"), texts(&told["items"], "detail"));
        assert_eq!(at("2026-11-24").await["as_of"], "2026-11-24");
        for goal in ["surveillance", "soc2_type2"] {
            let path = format!("/v1/readiness?for={goal}&as_of=2026-11-23");
            let refused = app.refused(Method::GET, &path, &key, None, 422).await;
            assert_eq!(pointer(&refused), "as_of");
            assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("/v1/journal"), "{refused}");
        }
    }

    pub async fn a_report_asks_for_what_its_guards_ask(app: &TestApp) {
        let key = app.tenant("acme").await;
        let none = app.read(&key, "/v1/readiness?for=soc2_type2").await;
        assert_eq!((&none["attestation"], &none["missing"]), (&Value::Null, &json!(1)));
        assert_eq!(none["items"][0]["fix"]["path"], "/v1/attestations");
        let new = |name: &str, report: &str| json!({ "name": name, "report": report, "scope": "Platform" });
        let one = app.created(&key, "/v1/attestations", new("One", "type_1")).await;
        let two = app.created(&key, "/v1/attestations", new("Two", "type_2")).await;
        let told = app.read(&key, "/v1/readiness?for=soc2_type2").await;
        assert_eq!(told["attestation"], two["id"]);
        assert_eq!(
            missing(&told).len(),
            told["items"].as_array().unwrap().len() - 2,
            "it names nobody else yet"
        );
        let events = format!("/v1/attestations/{}/events", two["id"].as_str().unwrap());
        let scope =
            json!({ "type": "scope_set", "on": "2026-11-01", "scope": { "categories": ["security"] } });
        app.created(&key, &events, scope).await;
        let engaged = json!({ "type": "auditor_engaged", "on": "2026-11-02", "auditor": auditor() });
        app.created(&key, &events, engaged).await;
        let told = app.read(&key, "/v1/readiness?for=soc2_type2").await;
        let titles: Vec<_> =
            told["items"].as_array().unwrap().iter().filter(|one| one["met"] == true).collect();
        let titles: Vec<_> = titles.iter().map(|one| one["title"].as_str().unwrap()).collect();
        assert_eq!(
            titles,
            [
                "It is settled what is addressed",
                "A practitioner is engaged",
                "Subservice organisations are described by their method",
                "Controls of user entities are described",
            ]
        );
        let at = format!("/v1/attestations/{}", two["id"].as_str().unwrap());
        let carved = json!({ "subservices": [{ "name": "Cloud provider", "services": "Hosting", "method": "carve_out" }] });
        app.changed(&key, &at, carved).await;
        let told = app.read(&key, "/v1/readiness?for=soc2_type2").await;
        assert!(missing(&told).contains(&"D-12"), "{told}");
        let controls = told["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["fix"]["path"] == "/v1/controls")
            .unwrap();
        assert!(controls["detail"].as_str().unwrap().starts_with("CC1.1"), "{controls}");
        // By the engagement that is named; a Type I asks for a day.
        let at = format!("/v1/readiness?for=soc2_type1&attestation={}", one["id"].as_str().unwrap());
        let told = app.read(&key, &at).await;
        let titles: Vec<_> = texts(&told["items"], "title");
        assert!(
            titles.contains(&"The day of the report is settled") && !titles.contains(&"The period has begun")
        );
    }

    pub async fn a_report_is_judged_for_a_later_day(app: &TestApp) {
        let key = app.tenant("acme").await;
        let new = json!({ "name": "One", "report": "type_2", "scope": "Platform" });
        let one = app.created(&key, "/v1/attestations", new).await["id"].clone();
        let events = format!("/v1/attestations/{}/events", one.as_str().unwrap());
        let mut open = json!({ "type": "window_opened", "window": { "start": "2026-11-01", "months": 3 } });
        let refused = app.refused(Method::POST, &events, &key, Some(open.clone()), 409).await;
        let mut rules = texts(&refused["breaches"], "rule");
        rules.sort_unstable();
        rules.dedup();
        (open["acknowledge"], open["reason"]) = (json!(rules), json!("It began before we did"));
        app.created(&key, &events, open).await;
        for (day, wanted) in [
            ("2027-01-31", "the period runs until 2027-01-31; wanted: window_closed from 2027-02-01 on"),
            ("2027-02-01", "the period ended on 2027-01-31; wanted: window_closed"),
        ] {
            let told = app.read(&key, &format!("/v1/readiness?for=soc2_type2&as_of={day}")).await;
            assert_eq!((&told["as_of"], &told["attestation"]), (&json!(day), &one));
            let items = told["items"].as_array().unwrap();
            let over = items.iter().find(|item| item["title"] == "The period is over").unwrap();
            assert_eq!(over["detail"], wanted);
        }
    }

    pub async fn a_question_that_makes_no_sense_is_refused(app: &TestApp) {
        let key = app.tenant("acme").await;
        let new = json!({ "name": "One", "report": "type_1", "scope": "Platform" });
        let one = app.created(&key, "/v1/attestations", new).await["id"].as_str().unwrap().to_owned();
        for (asked, status) in [
            (String::new(), 400),
            ("?for=stage_3".to_owned(), 400),
            (format!("?for=stage2&attestation={one}"), 422),
            (format!("?for=soc2_type2&attestation={one}"), 422),
            (format!("?for=soc2_type1&attestation=att_{}", "0".repeat(32)), 422),
        ] {
            app.refused(Method::GET, &format!("/v1/readiness{asked}"), &key, None, status).await;
        }
        let member = app.first_member(&key).await;
        let narrow = json!({ "member_id": member, "name": "Narrow", "scopes": ["isms:read"] });
        let narrow = app.created(&key, "/v1/api-keys", narrow).await;
        let narrow = narrow["key"].as_str().unwrap();
        for goal in ["stage2", "soc2_type1"] {
            app.refused(Method::GET, &format!("/v1/readiness?for={goal}"), narrow, None, 403).await;
        }
        let scopes = json!(["isms:read", "audits:read", "findings:read", "applicability:read"]);
        let wide = json!({ "member_id": member, "name": "Wide", "scopes": scopes });
        let wide = app.created(&key, "/v1/api-keys", wide).await;
        app.read(wide["key"].as_str().unwrap(), "/v1/readiness?for=stage2").await;
    }

    pub async fn graphql_tells_the_same_readiness(app: &TestApp) {
        let key = app.tenant("acme").await;
        let query = "{ readiness(for: STAGE_2) { for ready missing asOf attestationId \
                     items { met title detail records rule { id clause } fix { path hint } } } }";
        let graph = app.ask(&key, query).await["data"]["readiness"].clone();
        let rest = app.read(&key, "/v1/readiness?for=stage2").await;
        assert_eq!((&graph["for"], &graph["missing"]), (&json!("STAGE_2"), &rest["missing"]));
        assert_eq!(texts(&graph["items"], "title"), texts(&rest["items"], "title"));
        assert_eq!(graph["items"][0]["fix"], rest["items"][0]["fix"]);
    }
}
