//! What the organisation does itself for its certificate, and who decides on it: internal audits and management reviews
//! before each external audit, through both surfaces.

use crate::support::*;

on_both!(
    a_grant_needs_an_internal_audit_and_a_review,
    what_is_done_before_the_next_audit_is_due,
    what_was_done_is_told_as_it_was_known,
    evaluations_are_read_where_dates_are_told,
    stage_2_and_its_majors_are_due,
    how_majors_were_judged_is_told_as_it_was,
    whoever_audited_does_not_decide,
);

async fn facts(app: &TestApp, key: &str) -> Value {
    let accreditation = json!({ "accreditation_body": "Example Accreditation Service", "scope": "ISO/IEC 27001",
        "granted_on": "2010-01-01" });
    let new = json!({ "name": "CB", "accreditations": [accreditation] });
    let body = app.created(key, "/v1/certification-bodies", new).await["id"].clone();
    json!({ "certification_body": body, "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Example Cloud GmbH", "scope": "Operation of the cloud platform" })
}

async fn entered(app: &TestApp, key: &str, new: Value) -> String {
    let id = app.created(key, "/v1/certifications", new).await["id"].as_str().unwrap().to_owned();
    format!("/v1/certifications/{id}")
}

/// An application after a stage 2 that its audits tell, whose lead auditor has this name.
async fn audited(app: &TestApp, key: &str, lead: &str) -> (String, String) {
    let mut new = facts(app, key).await;
    new["applied_on"] = json!("2025-10-01");
    new["events"] = json!([{ "type": "stage_1_completed", "ended_on": "2025-12-10" }]);
    let at = entered(app, key, new).await;
    let certificate = at.rsplit('/').next().unwrap();
    let new = json!({ "kind": "stage_2", "title": "Stage 2", "certification": certificate,
        "planned_start": "2026-02-16", "planned_end": "2026-02-20",
        "team": [{ "name": lead, "role": "lead" }, { "name": "Somebody watching", "role": "observer" }] });
    let audit = app.created(key, "/v1/audits", new).await["id"].as_str().unwrap().to_owned();
    let done = json!({ "started_on": "2026-02-16", "ended_on": "2026-02-20", "conclusion": "positive" });
    app.stepped_with(key, &format!("/v1/audits/{audit}/complete"), done).await;
    (at, audit)
}

/// A milestone in the diary; null where there is none.
async fn due(app: &TestApp, key: &str, code: &str) -> Value {
    app.read(key, &format!("/v1/milestones?code={code}")).await["data"][0].clone()
}

/// One that is held, with what happened to it so far.
async fn held(app: &TestApp, key: &str) -> String {
    let mut new = facts(app, key).await;
    new["number"] = json!("ISMS-1");
    new["printed"] = json!({ "decision_on": "2025-03-10", "expires_on": "2028-03-10" });
    new["events"] = json!([{ "type": "surveillance_completed", "ended_on": "2026-02-12" }]);
    entered(app, key, new).await
}

/// When something was done that a certificate makes due, as asked; null where it was not, or nothing of it is due.
async fn done(app: &TestApp, key: &str, at: &str, code: &str, asked: &str) -> Value {
    let told = app.read(key, &format!("{at}/milestones?{asked}")).await;
    let one = told["data"].as_array().unwrap().iter().find(|one| one["code"] == code);
    one.map_or(Value::Null, |one| one["done_on"].clone())
}

mod scenario {
    use super::*;

    pub async fn a_grant_needs_an_internal_audit_and_a_review(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (at, _) = audited(app, &key, "Lead auditor").await;
        let events = format!("{at}/events");
        let granted = json!({ "type": "granted", "effective_on": "2026-03-10" });
        let refused = app.refused(Method::POST, &events, &key, Some(granted.clone()), 409).await;
        let breach = &refused["breaches"][0];
        assert_eq!((&breach["rule"], refused["breaches"].as_array().unwrap().len()), (&json!("A-06"), 1));
        assert_eq!(
            breach["reason"],
            "no complete internal audit and no complete management review is recorded by 2026-03-10"
        );
        app.audited_internally(&key, "2026-01-20", None).await;
        let refused = app.refused(Method::POST, &events, &key, Some(granted.clone()), 409).await;
        assert_eq!(
            refused["breaches"][0]["reason"],
            "no complete management review is recorded by 2026-03-10"
        );
        let late = app.reviewed(&key, "2026-03-11").await;
        app.refused(Method::POST, &events, &key, Some(granted.clone()), 409).await;

        let mut acknowledged = granted.clone();
        (acknowledged["acknowledge"], acknowledged["reason"]) =
            (json!(["A-06"]), json!("The review is kept elsewhere"));
        app.created(&key, &events, acknowledged).await;
        let told = app.read(&key, &at).await;
        let flag = told["flags"].as_array().unwrap().iter().find(|one| one["code"] == "contradicts");
        assert_eq!(flag.unwrap()["rule"]["id"], "A-06", "what was acknowledged stays told: {told}");

        let other = app.tenant("other").await;
        let (at, _) = audited(app, &other, "Lead auditor").await;
        app.audited_internally(&other, "2026-01-20", None).await;
        app.reviewed(&other, "2026-02-01").await;
        app.created(&other, &format!("{at}/events"), granted).await;
        assert_eq!(app.read(&other, &at).await["flags"], json!([]));
        assert_eq!(app.read(&key, &late).await["complete"], json!(true));
    }

    pub async fn what_is_done_before_the_next_audit_is_due(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = held(app, &key).await;
        let code = "internal_audit_before_surveillance_2";
        let told = due(app, &key, code).await;
        assert_eq!(
            (&told["due"], &told["state"], &told["window_opens"], &told["rule"]["id"]),
            (&json!("2027-03-09"), &json!("open"), &json!("2026-02-13"), &json!("A-13"))
        );
        assert_eq!(due(app, &key, "internal_audit_before_surveillance_1").await, Value::Null);
        let id = told["id"].clone();
        let audit = app.audited_internally(&key, "2026-09-01", None).await;
        let told = due(app, &key, code).await;
        assert_eq!((&told["done_on"], &told["id"]), (&json!("2026-09-01"), &id));
        let gone = json!({ "reason": "Entered twice" });
        app.stepped_with(&key, &format!("{audit}/void"), gone).await;
        assert_eq!(due(app, &key, code).await["done_on"], Value::Null);
        let own = at.rsplit('/').next().unwrap();
        app.audited_internally(&key, "2026-10-01", Some(own)).await;
        assert_eq!(due(app, &key, code).await["done_on"], "2026-10-01", "one of its own counts too");

        let code = "management_review_before_surveillance_2";
        app.reviewed(&key, "2026-01-15").await;
        let told = due(app, &key, code).await;
        assert_eq!(
            (&told["due"], &told["rule"]["basis"], &told["done_on"]),
            (&json!("2027-01-15"), &json!("convention"), &Value::Null),
            "a year after the last"
        );
        let held = app.reviewed(&key, "2026-11-02").await;
        assert_eq!(due(app, &key, code).await["done_on"], "2026-11-02");
        app.changed(&key, &held, json!({ "feedback": null })).await;
        assert_eq!(due(app, &key, code).await["done_on"], Value::Null, "it is not complete any more");
        let asked = format!("{{ certification(id: \"{own}\") {{ milestones {{ code due doneOn }} }} }}");
        let told = app.ask(&key, &asked).await;
        let all = told["data"]["certification"]["milestones"].as_array().unwrap().clone();
        let one = all.iter().find(|one| one["code"] == "internal_audit_before_surveillance_2").unwrap();
        assert_eq!(one["doneOn"], "2026-10-01", "GraphQL tells the same");
    }

    pub async fn what_was_done_is_told_as_it_was_known(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = held(app, &key).await;
        app.clock.forward(3600);
        let audit = app.audited_internally(&key, "2026-09-01", None).await;
        let certificate = at.rsplit('/').next().unwrap();
        app.clock.forward(3600);
        let review = app.reviewed(&key, "2026-11-02").await;
        app.clock.forward(3600);
        app.stepped_with(&key, &format!("{audit}/void"), json!({ "reason": "Entered twice" })).await;
        app.clock.forward(3600);
        app.audited_internally(&key, "2026-10-01", Some(certificate)).await;
        app.changed(&key, &review, json!({ "title": "Review of the autumn" })).await;
        assert_eq!(app.read(&key, &review).await["completed_at"], "2026-11-24T11:00:00Z");
        let (audited, reviewed) =
            ("internal_audit_before_surveillance_2", "management_review_before_surveillance_2");
        for (known_at, audit, review) in [
            ("2026-11-24T09:30:00Z", Value::Null, Value::Null),
            ("2026-11-24T10:30:00Z", json!("2026-09-01"), Value::Null),
            ("2026-11-24T11:30:00Z", json!("2026-09-01"), json!("2026-11-02")),
            ("2026-11-24T12:30:00Z", Value::Null, json!("2026-11-02")),
            ("2026-11-24T13:30:00Z", json!("2026-10-01"), json!("2026-11-02")),
        ] {
            let asked = format!("known_at={known_at}");
            assert_eq!(done(app, &key, &at, audited, &asked).await, audit, "{known_at}");
            assert_eq!(done(app, &key, &at, reviewed, &asked).await, review, "{known_at}");
            let asked = format!(
                "{{ certification(id: \"{certificate}\", knownAt: \"{known_at}\") {{ milestones {{ code doneOn }} }} }}"
            );
            let told = app.ask(&key, &asked).await;
            let all = told["data"]["certification"]["milestones"].as_array().unwrap().clone();
            let one = all.iter().find(|one| one["code"] == audited).unwrap();
            assert_eq!(one["doneOn"], audit, "GraphQL tells the same: {known_at}");
        }
        app.changed(&key, &review, json!({ "feedback": null })).await;
        assert_eq!(app.read(&key, &review).await["completed_at"], Value::Null);
        app.clock.forward(3600);
        app.changed(&key, &review, json!({ "feedback": "none" })).await;
        assert_eq!(app.read(&key, &review).await["completed_at"], "2026-11-24T14:00:00Z");
    }

    pub async fn evaluations_are_read_where_dates_are_told(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = held(app, &key).await;
        let asked = async |path: &str| statements(&app.call(Method::GET, path, &key, None).await);
        let stands = asked(&at).await;
        assert_eq!(asked(&format!("{at}/explain")).await, stands + 2, "internal audits and reviews");
        assert_eq!(asked(&format!("{at}/milestones")).await, stands + 3, "these, and the diary");
        assert_eq!(asked("/v1/certifications").await, stands, "a list tells no dates");
    }

    pub async fn how_majors_were_judged_is_told_as_it_was(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (at, audit) = audited(app, &key, "Lead auditor").await;
        app.clock.forward(3600);
        let major = json!({ "title": "No internal audit", "grade": "major", "statement": "None was held.",
            "audit": audit, "raised_on": "2026-02-20" });
        let major = app.created(&key, "/v1/findings", major).await["id"].as_str().unwrap().to_owned();
        app.clock.forward(3600);
        let verified = json!({ "by": "Lead auditor", "on": "2026-03-09" });
        app.stepped_with(&key, &format!("/v1/findings/{major}/verify"), verified).await;
        app.clock.forward(3600);
        let again = json!({ "reason": "It came back" });
        app.stepped_with(&key, &format!("/v1/findings/{major}/reopen"), again).await;
        for (asked, verified, told) in [
            ("known_at=2026-11-24T09:30:00Z", Value::Null, false),
            ("known_at=2026-11-24T10:30:00Z", Value::Null, true),
            ("known_at=2026-11-24T11:30:00Z", json!("2026-03-09"), false),
            ("known_at=2026-11-24T12:30:00Z", Value::Null, true),
            ("as_of=2026-03-01", Value::Null, true),
            ("as_of=2026-03-10", json!("2026-03-09"), false),
        ] {
            assert_eq!(done(app, &key, &at, "majors_of_stage_2", asked).await, verified, "{asked}");
            let story = app.read(&key, &format!("{at}/explain?{asked}")).await.to_string();
            assert_eq!(story.contains("is not verified"), told, "{asked}: {story}");
        }
    }

    pub async fn stage_2_and_its_majors_are_due(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (at, audit) = audited(app, &key, "Lead auditor").await;
        let told = due(app, &key, "stage_2").await;
        assert_eq!(
            (&told["due"], &told["done_on"], &told["rule"]["id"], &told["rule"]["basis"]),
            (&json!("2026-06-10"), &json!("2026-02-20"), &json!("A-02"), &json!("convention"))
        );
        assert_eq!(due(app, &key, "majors_of_stage_2").await, Value::Null, "it found none");
        let major = json!({ "title": "No internal audit", "grade": "major", "statement": "None was held.",
            "audit": audit, "raised_on": "2026-02-20" });
        let major = app.created(&key, "/v1/findings", major).await["id"].as_str().unwrap().to_owned();
        let told = due(app, &key, "majors_of_stage_2").await;
        assert_eq!(
            (&told["due"], &told["done_on"], &told["rule"]["id"]),
            (&json!("2026-08-20"), &Value::Null, &json!("A-04"))
        );
        let verified = json!({ "by": "Lead auditor", "on": "2026-03-09" });
        app.stepped_with(&key, &format!("/v1/findings/{major}/verify"), verified).await;
        assert_eq!(due(app, &key, "majors_of_stage_2").await["done_on"], "2026-03-09");
        let refused =
            json!({ "type": "refused", "effective_on": "2026-03-10", "reason": "Too little was shown" });
        app.created(&key, &format!("{at}/events"), refused).await;
        assert_eq!(due(app, &key, "majors_of_stage_2").await["done_on"], "2026-03-09", "what was done stays");
    }

    pub async fn whoever_audited_does_not_decide(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (at, _) = audited(app, &key, "Robin Example").await;
        app.audited_internally(&key, "2026-01-20", None).await;
        app.reviewed(&key, "2026-02-01").await;
        let events = format!("{at}/events");
        let by = |names: Value| json!({ "type": "granted", "effective_on": "2026-03-10", "details": { "decided_by": names } });
        let names = json!(["Kim Example", "robin example"]);
        let refused = app.refused(Method::POST, &events, &key, Some(by(names)), 409).await;
        assert_eq!(refused["breaches"][0]["rule"], "A-05");
        assert_eq!(refused["breaches"][0]["reason"], "robin example audited, and would decide on it");
        let twice = app.refused(Method::POST, &events, &key, Some(by(json!(["Kim", "Kim"]))), 422).await;
        assert_eq!(pointer(&twice), "/details/decided_by/1");
        let misplaced = json!({ "type": "withdrawn", "effective_on": "2026-03-10", "reason": "None",
            "details": { "decided_by": ["Kim"] } });
        let refused = app.refused(Method::POST, &events, &key, Some(misplaced), 422).await;
        assert_eq!(pointer(&refused), "/details/decided_by");
        let watched = by(json!(["Kim Example", "Somebody watching"]));
        let told = app.created(&key, &events, watched).await;
        assert_eq!(told["details"]["decided_by"], json!(["Kim Example", "Somebody watching"]));
    }
}
