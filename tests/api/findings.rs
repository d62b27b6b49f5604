//! Findings: when they are due and why, what is done about them, how they are judged.

use crate::support::*;

on_both!(
    a_finding_lives_and_is_journalled,
    a_date_says_its_rule_and_a_stated_one_wins,
    a_stage_2_major_has_six_months_and_a_recertification_major_the_expiry,
    dates_follow_the_audit,
    a_state_follows_from_the_corrective_actions,
    what_proved_ineffective_is_open_again,
    what_was_judged_stays,
    how_it_was_judged_is_told_as_it_was,
    an_exception_keeps_the_response_apart,
    findings_are_found_and_ordered,
    dates_are_in_the_diary,
    a_batch_leaves_what_was_judged,
);

fn finding(grade: &str) -> Value {
    json!({ "title": format!("A {grade}"), "grade": grade, "statement": "Three of ten.", "raised_on": "2026-10-01" })
}

async fn make(app: &TestApp, key: &str, finding: Value) -> String {
    let made = app.created(key, "/v1/findings", finding).await;
    format!("/v1/findings/{}", made["id"].as_str().unwrap())
}

fn id(at: &str) -> &str {
    at.rsplit('/').next().unwrap()
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

async fn certificate(app: &TestApp, key: &str) -> Value {
    let body = app.created(key, "/v1/certification-bodies", json!({ "name": "CB" })).await;
    let certificate = json!({
        "certification_body": body["id"], "number": "ISMS-1", "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Acme", "scope": "Everything",
        "printed": { "decision_on": "2024-01-10", "expires_on": "2027-01-10" },
    });
    app.created(key, "/v1/certifications", certificate).await["id"].clone()
}

/// An audit that was held.
async fn held(app: &TestApp, key: &str, mut audit: Value, last: &str) -> String {
    audit["title"] = json!("Held");
    audit["planned_start"] = json!(last);
    let made = app.created(key, "/v1/audits", audit).await;
    let at = format!("/v1/audits/{}", made["id"].as_str().unwrap());
    let conclusion = if made["kind"] == "stage_1" { "ready" } else { "positive" };
    app.stepped_with(key, &format!("{at}/complete"), json!({ "ended_on": last, "conclusion": conclusion }))
        .await;
    at
}

async fn action(app: &TestApp, key: &str, of: &str, more: Value) -> String {
    let mut new = json!({ "finding": id(of), "title": "The directory is told of leavers" });
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = app.created(key, "/v1/corrective-actions", new).await;
    format!("/v1/corrective-actions/{}", made["id"].as_str().unwrap())
}

mod scenario {
    use super::*;

    pub async fn a_finding_lives_and_is_journalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let control = app.created(&key, "/v1/controls", json!({ "code": "C-1", "title": "Leavers" })).await;
        let evidence =
            app.created(&key, "/v1/evidence", json!({ "kind": "statement", "title": "Said" })).await;
        let mut new = finding("minor");
        new["controls"] = json!([control["id"]]);
        new["evidence"] = json!([evidence["id"]]);
        new["requirements"] = json!([{ "framework": "iso27001-2022", "id": "A.5.18" }]);
        new["whys"] = json!(["HR tells nobody", "Nobody asked them to"]);
        let at = make(app, &key, new.clone()).await;
        let changed =
            app.changed(&key, &at, json!({ "correction": "Accounts removed", "extent": "All teams" })).await;
        assert_eq!((&changed["version"], &changed["state"]), (&json!(2), &json!("plan_due")));
        assert_eq!(changed["whys"][1], "Nobody asked them to");
        for (field, wrong, place) in [
            ("raised_on", json!("2026-11-25"), "/raised_on"),
            ("stated_due", json!("2026-09-30"), "/stated_due"),
            ("controls", json!([format!("ctl_{}", "0".repeat(32))]), "/controls/0"),
            ("evidence", json!([format!("evd_{}", "0".repeat(32))]), "/evidence/0"),
            ("audit", json!(format!("aud_{}", "0".repeat(32))), "/audit"),
            ("requirements", json!([{ "framework": "iso27001-2022", "id": "A.9.9" }]), "/requirements/0"),
            ("whys", json!(vec!["Why?"; 11]), "/whys"),
        ] {
            let mut bad = new.clone();
            bad[field] = wrong;
            let refused = app.refused(Method::POST, "/v1/findings", &key, Some(bad), 422).await;
            assert_eq!(pointer(&refused), place);
        }
        for held in [("/v1/controls", &control), ("/v1/evidence", &evidence)] {
            let held = format!("{}/{}", held.0, held.1["id"].as_str().unwrap());
            let refused = app.refused(Method::DELETE, &held, &key, None, 409).await;
            assert_eq!(refused["code"], "in_use", "{held}");
        }
        app.deleted(&key, &at).await;
        let events = app.events(&key, "finding").await;
        assert_eq!(types(&events), ["finding.created", "finding.updated", "finding.deleted"]);
        for derived in ["state", "due", "stage", "overdue"] {
            assert!(events[1]["after"].get(derived).is_none(), "{derived} is not journalled");
        }
    }

    pub async fn a_date_says_its_rule_and_a_stated_one_wins(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = json!({ "kind": "surveillance", "certification": certificate(app, &key).await });
        let audit = held(app, &key, new.clone(), "2026-10-05").await;
        let mut major = finding("major");
        major["audit"] = json!(id(&audit));
        let at = make(app, &key, major).await;
        let told = app.read(&key, &at).await;
        assert_eq!(
            (&told["due"]["due_on"], &told["plan_due"]["due_on"]),
            (&json!("2027-01-03"), &json!("2026-11-04"))
        );
        assert_eq!(
            (&told["due"]["rule"]["id"], &told["due"]["rule"]["basis"]),
            (&json!("A-27"), &json!("convention"))
        );
        assert_eq!(
            told["due"]["inputs"],
            json!([{ "name": "audit_last_day", "value": "2026-10-05" }, { "name": "days", "value": "90" }])
        );
        let stated = app.changed(&key, &at, json!({ "stated_due": "2026-12-15" })).await;
        assert_eq!(
            (&stated["due"]["due_on"], &stated["due"]["stated_on"], &stated["due"]["computed_on"]),
            (&json!("2026-12-15"), &json!("2026-12-15"), &json!("2027-01-03"))
        );
        assert_eq!(stated["due"]["rule"]["basis"], "normative");
        let unsaid = app.changed(&key, &at, json!({ "stated_due": null })).await;
        assert_eq!(
            (&unsaid["due"]["due_on"], &unsaid["due"]["stated_on"]),
            (&json!("2027-01-03"), &Value::Null)
        );
        new["major_days"] = json!(60);
        new["plan_days"] = json!(14);
        let faster = held(app, &key, new, "2026-10-05").await;
        let moved = app.changed(&key, &at, json!({ "audit": id(&faster) })).await;
        assert_eq!(
            (&moved["due"]["due_on"], &moved["plan_due"]["due_on"]),
            (&json!("2026-12-04"), &json!("2026-10-19"))
        );
        let observed = make(app, &key, finding("observation")).await;
        let observed = app.read(&key, &observed).await;
        assert_eq!((&observed["due"], &observed["plan_due"]), (&Value::Null, &Value::Null));
        let own = make(app, &key, finding("minor")).await;
        let own = app.read(&key, &own).await;
        assert_eq!((&own["due"]["rule"]["id"], &own["due"]["assumed"]), (&json!("10.2"), &json!(true)));
        assert_eq!(own["due"]["due_on"], "2027-10-01");
    }

    pub async fn a_stage_2_major_has_six_months_and_a_recertification_major_the_expiry(app: &TestApp) {
        let key = app.tenant("acme").await;
        let certification = certificate(app, &key).await;
        for (kind, last, due, rule) in [
            ("stage_2", "2026-08-31", "2027-02-28", "A-04"),
            ("recertification", "2026-11-02", "2027-01-10", "A-17"),
            ("recertification", "2026-09-01", "2026-11-30", "A-27"),
        ] {
            let audit = held(app, &key, json!({ "kind": kind, "certification": certification }), last).await;
            let mut major = finding("major");
            major["raised_on"] = json!(last);
            major["audit"] = json!(id(&audit));
            let told = app.created(&key, "/v1/findings", major).await;
            assert_eq!(
                (&told["due"]["due_on"], &told["due"]["rule"]["id"]),
                (&json!(due), &json!(rule)),
                "{kind} {last}"
            );
        }
    }

    pub async fn dates_follow_the_audit(app: &TestApp) {
        let key = app.tenant("acme").await;
        let certification = certificate(app, &key).await;
        let planned = json!({ "kind": "surveillance", "title": "S1", "certification": certification,
                              "planned_start": "2026-10-05", "planned_end": "2026-10-07" });
        let audit = app.created(&key, "/v1/audits", planned).await;
        let mut minor = finding("minor");
        minor["audit"] = audit["id"].clone();
        let at = make(app, &key, minor).await;
        let due = async || {
            let told = app.read(&key, &at).await;
            (
                told["due"]["due_on"].as_str().unwrap().to_owned(),
                told["due"]["assumed"] == true,
                told["version"].clone(),
            )
        };
        assert_eq!(due().await, ("2027-10-07".to_owned(), true, json!(1)), "from the planned end");
        let held = format!("/v1/audits/{}", audit["id"].as_str().unwrap());
        let done = json!({ "ended_on": "2026-10-09", "conclusion": "positive" });
        app.stepped_with(&key, &format!("{held}/complete"), done).await;
        assert_eq!(due().await.0, "2027-10-09", "from the last day");
        let next = json!({ "planned_start": "2027-09-20", "planned_end": "2027-09-22" });
        let next = app.created(&key, &format!("{held}/copy"), next).await;
        assert_eq!(due().await, ("2027-09-22".to_owned(), false, json!(1)), "at the next audit");
        let next = format!("/v1/audits/{}", next["id"].as_str().unwrap());
        app.changed(&key, &next, json!({ "planned_end": "2027-09-23" })).await;
        assert_eq!(due().await.0, "2027-09-23");
        let diary = app.read(&key, &format!("/v1/milestones?code=finding_due&resource={}", id(&at))).await;
        assert_eq!(diary["data"][0]["due"], "2027-09-23", "the diary follows too");
        app.deleted(&key, &next).await;
        assert_eq!(due().await, ("2027-10-09".to_owned(), true, json!(1)));
        app.stepped_with(&key, &format!("{held}/void"), json!({ "reason": "Never held" })).await;
        assert_eq!(due().await.0, "2027-10-01", "from the day on which it was raised");
        let refused = app.refused(Method::DELETE, &held, &key, None, 409).await;
        assert_eq!(refused["code"], "conflict");
    }

    pub async fn a_state_follows_from_the_corrective_actions(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = make(app, &key, finding("major")).await;
        let state = async || {
            let told = app.read(&key, &at).await;
            (
                told["state"].as_str().unwrap().to_owned(),
                told["plan_accepted_on"].clone(),
                told["implemented_on"].clone(),
            )
        };
        assert_eq!(state().await.0, "plan_due");
        assert_eq!(app.read(&key, &format!("{at}?as_of=2026-10-31")).await["state"], "open");
        let one = action(app, &key, &at, json!({ "plan_accepted_on": "2026-10-20" })).await;
        assert_eq!(state().await, ("plan_accepted".to_owned(), json!("2026-10-20"), Value::Null));
        let two = action(app, &key, &at, json!({})).await;
        assert_eq!(state().await.0, "plan_due", "every plan counts");
        app.changed(&key, &two, json!({ "plan_accepted_on": "2026-10-25", "implemented_on": "2026-11-10" }))
            .await;
        assert_eq!(state().await.0, "plan_accepted");
        let refused = app
            .refused(Method::POST, &format!("{at}/verify"), &key, Some(json!({ "by": "Auditor" })), 409)
            .await;
        assert!(refused["detail"].as_str().unwrap().starts_with("1 of its corrective actions"), "{refused}");
        app.changed(&key, &one, json!({ "implemented_on": "2026-11-05" })).await;
        assert_eq!(state().await, ("implemented".to_owned(), json!("2026-10-25"), json!("2026-11-10")));
        assert_eq!(app.read(&key, &at).await["version"], 1, "its own facts are the same");
        let verified = json!({ "by": "Lead auditor", "on": "2026-11-20", "note": "Seen on site" });
        let verified = app.stepped_with(&key, &format!("{at}/verify"), verified).await;
        assert_eq!(
            (&verified["state"], &verified["verification"]["on"]),
            (&json!("verified"), &json!("2026-11-20"))
        );
        let closed = app.stepped_with(&key, &format!("{at}/check"), json!({ "effective": true })).await;
        assert_eq!((&closed["state"], &closed["closed_on"]), (&json!("closed"), &json!("2026-11-24")));
        assert_eq!(
            types(&app.events(&key, "finding").await),
            ["finding.created", "finding.verified", "finding.closed"]
        );
        assert_eq!(
            types(&app.events(&key, "corrective_action").await)[..2],
            ["corrective_action.created", "corrective_action.created"]
        );
        for (field, wrong, place) in [
            ("implemented_on", json!("2026-11-25"), "/implemented_on"),
            ("approved_on", json!("2026-11-20"), "/approved_on"),
            ("finding", json!(format!("fnd_{}", "0".repeat(32))), "/finding"),
        ] {
            let mut bad = json!({ "finding": id(&at), "title": "X" });
            bad[field] = wrong;
            let refused = app.refused(Method::POST, "/v1/corrective-actions", &key, Some(bad), 422).await;
            assert_eq!(pointer(&refused), place);
        }
    }

    pub async fn what_proved_ineffective_is_open_again(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = make(app, &key, finding("minor")).await;
        let unready = app
            .refused(Method::POST, &format!("{at}/check"), &key, Some(json!({ "effective": true })), 409)
            .await;
        assert!(unready["detail"].as_str().unwrap().contains("corrective action"), "{unready}");
        let old = action(app, &key, &at, json!({ "implemented_on": "2026-10-20" })).await;
        let check = json!({ "effective": false, "on": "2026-11-20", "note": "November shows the same" });
        let again = app.stepped_with(&key, &format!("{at}/check"), check).await;
        assert_eq!((&again["state"], &again["reopenings"]), (&json!("reopened"), &json!(1)));
        assert_eq!(
            (&again["plan_due"]["due_on"], &again["implemented_on"]),
            (&json!("2026-12-20"), &Value::Null)
        );
        assert_eq!(again["plan_due"]["inputs"][0], json!({ "name": "reopened_on", "value": "2026-11-20" }));
        let past = app.refused(Method::PATCH, &old, &key, Some(json!({ "implemented_on": null })), 409).await;
        assert!(past["detail"].as_str().unwrap().contains("reopen"), "{past}");
        let new = action(app, &key, &at, json!({ "implemented_on": "2026-11-22" })).await;
        assert_eq!(app.read(&key, &new).await["round"], 1);
        assert_eq!(app.read(&key, &at).await["state"], "implemented");
        app.stepped_with(&key, &format!("{at}/check"), json!({ "effective": true })).await;
        app.refused(Method::POST, &format!("{at}/check"), &key, Some(json!({ "effective": true })), 409)
            .await;
        let reopened =
            app.stepped_with(&key, &format!("{at}/reopen"), json!({ "reason": "It came back" })).await;
        assert_eq!((&reopened["state"], &reopened["reopenings"]), (&json!("reopened"), &json!(2)));
        assert_eq!(reopened["checks"].as_array().unwrap().len(), 3);
        assert_eq!(
            types(&app.events(&key, "finding").await),
            ["finding.created", "finding.reopened", "finding.closed", "finding.reopened"]
        );
    }

    pub async fn what_was_judged_stays(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = make(app, &key, finding("minor")).await;
        let contributor = app.key_as(&key, "contributor").await;
        let verification = json!({ "by": "Auditor", "on": "2026-09-30" });
        app.refused(Method::POST, &format!("{at}/verify"), &contributor, Some(verification.clone()), 403)
            .await;
        let early = app.refused(Method::POST, &format!("{at}/verify"), &key, Some(verification), 422).await;
        assert_eq!(pointer(&early), "/on");
        app.stepped_with(&key, &format!("{at}/verify"), json!({ "by": "Auditor" })).await;
        for patch in [json!({ "grade": "observation" }), json!({ "statement": "Nothing." })] {
            app.refused(Method::PATCH, &at, &key, Some(patch), 409).await;
        }
        app.changed(&key, &at, json!({ "root_cause": "HR did not tell" })).await;
        app.refused(Method::DELETE, &at, &key, None, 409).await;
        let new = json!({ "finding": id(&at), "title": "Late" });
        app.refused(Method::POST, "/v1/corrective-actions", &key, Some(new), 409).await;
    }

    pub async fn how_it_was_judged_is_told_as_it_was(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = make(app, &key, finding("major")).await;
        app.clock.forward(3600);
        action(app, &key, &at, json!({ "implemented_on": "2026-10-20" })).await;
        app.clock.forward(3600);
        let verified = json!({ "by": "Lead auditor", "on": "2026-11-01" });
        app.stepped_with(&key, &format!("{at}/verify"), verified).await;
        app.clock.forward(3600);
        let now = app.stepped_with(&key, &format!("{at}/reopen"), json!({ "reason": "It came back" })).await;
        assert_eq!((&now["verification"], &now["due"]["due_on"]), (&Value::Null, &json!("2027-02-22")));
        assert_eq!(now["checks"][0]["took_back"]["on"], "2026-11-01");
        let told = async |asked: &str| {
            let told = app.read(&key, &format!("{at}?{asked}")).await;
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (word(&told["state"]), word(&told["verification"]["on"]), told["reopenings"].as_i64().unwrap())
        };
        let is =
            |state: &str, verified: &str, reopened: i64| (state.to_owned(), verified.to_owned(), reopened);
        for (asked, wanted) in [
            ("known_at=2026-11-24T09:30:00Z", is("plan_due", "", 0)),
            ("known_at=2026-11-24T10:30:00Z", is("implemented", "", 0)),
            ("known_at=2026-11-24T11:30:00Z", is("verified", "2026-11-01", 0)),
            ("known_at=2026-11-24T11:30:00Z&as_of=2026-10-25", is("implemented", "", 0)),
            ("known_at=2026-11-24T12:00:00Z", is("reopened", "", 1)),
            ("as_of=2026-10-10", is("open", "", 0)),
            ("as_of=2026-10-25", is("implemented", "", 0)),
            ("as_of=2026-11-10", is("verified", "2026-11-01", 0)),
            ("as_of=2026-12-01", is("reopened", "", 1)),
        ] {
            assert_eq!(told(asked).await, wanted, "{asked}");
        }
        let then = app.read(&key, &format!("{at}?known_at=2026-11-24T09:30:00Z&as_of=2026-12-31")).await;
        assert_eq!((&then["due"]["due_on"], &then["overdue"]), (&json!("2026-12-30"), &json!(true)));
        assert_eq!(then["known_at"], "2026-11-24T09:30:00Z");
        let early = format!("{at}?known_at=2026-11-24T08:00:00Z");
        let refused = app.refused(Method::GET, &early, &key, None, 404).await;
        assert!(refused["detail"].as_str().unwrap().contains("had not been recorded by"), "{refused}");
        let one = |more: &str| format!("{{ finding(id: \"{}\", {more}) {{ state reopenings }} }}", id(&at));
        let told = app.ask(&key, &one("knownAt: \"2026-11-24T11:30:00Z\"")).await;
        assert_eq!(told["data"]["finding"], json!({ "state": "VERIFIED", "reopenings": 0 }));
        let told = app.ask(&key, &one("asOf: \"2026-10-25\"")).await;
        assert_eq!(told["data"]["finding"]["state"], "IMPLEMENTED");
        let told = app.ask(&key, &one("knownAt: \"2026-11-24T08:00:00Z\"")).await;
        assert_eq!(told["errors"][0]["extensions"]["code"], "not_found");
    }

    pub async fn an_exception_keeps_the_response_apart(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = finding("exception");
        new["response"] = json!("One review was late by two days; the reminder now goes out a week before.");
        let at = make(app, &key, new).await;
        let told = app.read(&key, &at).await;
        assert_eq!((&told["statement"], &told["due"]), (&json!("Three of ten."), &Value::Null));
        assert!(told["response"].as_str().unwrap().starts_with("One review"));
        let answered = app.changed(&key, &at, json!({ "response": "Accepted" })).await;
        assert_eq!((&answered["statement"], &answered["response"]), (&told["statement"], &json!("Accepted")));
        let closed = app.stepped_with(&key, &format!("{at}/check"), json!({ "effective": true })).await;
        assert_eq!(closed["state"], "closed");
    }

    pub async fn findings_are_found_and_ordered(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = app.first_member(&key).await;
        let audit = held(app, &key, json!({ "kind": "internal" }), "2026-06-01").await;
        let mut major = finding("major");
        major["audit"] = json!(id(&audit));
        make(app, &key, major).await;
        let mut minor = finding("minor");
        minor["owner"] = json!(owner);
        minor["requirements"] = json!([{ "framework": "soc2-2017", "id": "CC6.2" }]);
        let minor = make(app, &key, minor).await;
        make(app, &key, finding("opportunity")).await;
        let grades = async |query: &str| {
            let page = app.read(&key, &format!("/v1/findings?count=true&{query}")).await;
            let grades: Vec<_> = texts(&page["data"], "grade").into_iter().map(str::to_owned).collect();
            assert_eq!(page["total"], grades.len(), "{query}");
            grades
        };
        assert_eq!(grades("sort=created_at").await, ["major", "minor", "opportunity"]);
        assert_eq!(grades("sort=due").await, ["major", "minor", "opportunity"]);
        assert_eq!(grades("").await, ["opportunity", "minor", "major"]);
        assert_eq!(grades("overdue=true").await, ["major"]);
        assert_eq!(grades("overdue=false").await, ["opportunity", "minor"]);
        assert_eq!(grades("overdue=false&as_of=2026-08-30").await, ["opportunity", "minor", "major"]);
        assert_eq!(grades("state=plan_due").await, ["minor", "major"]);
        assert_eq!(grades("state=open").await, ["opportunity"]);
        assert_eq!(grades("due_before=2026-12-31").await, ["major"]);
        assert_eq!(grades(&format!("audit={}", id(&audit))).await, ["major"]);
        assert_eq!(grades(&format!("owner={owner}")).await, ["minor"]);
        assert_eq!(grades("requirement=CC6.2&framework=soc2-2017").await, ["minor"]);
        app.stepped_with(&key, &format!("{minor}/verify"), json!({ "by": "Auditor" })).await;
        assert_eq!(grades("state=verified").await, ["minor"]);
        assert_eq!(grades("overdue=true&as_of=2030-01-01").await, ["major"]);
    }

    pub async fn dates_are_in_the_diary(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = make(app, &key, finding("major")).await;
        let due = async |of: &str| {
            let page = app.read(&key, &format!("/v1/milestones?resource={}", id(of))).await;
            let rows = page["data"].as_array().unwrap().iter();
            rows.map(|row| {
                let word = |name: &str| row[name].as_str().unwrap().to_owned();
                (word("code"), word("due"), word("state"))
            })
            .collect::<Vec<_>>()
        };
        let row = |code: &str, due: &str, state: &str| (code.to_owned(), due.to_owned(), state.to_owned());
        assert_eq!(
            due(&at).await,
            [row("finding_plan", "2026-10-31", "overdue"), row("finding_due", "2026-12-30", "open")]
        );
        let action =
            action(app, &key, &at, json!({ "due_on": "2026-12-01", "plan_accepted_on": "2026-10-20" })).await;
        assert_eq!(due(&action).await, [row("corrective_action_due", "2026-12-01", "open")]);
        assert_eq!(due(&at).await[0].2, "done");
        app.changed(&key, &action, json!({ "implemented_on": "2026-11-20" })).await;
        assert_eq!(due(&action).await[0].2, "done");
        app.stepped_with(&key, &format!("{at}/verify"), json!({ "by": "Auditor" })).await;
        assert_eq!(due(&at).await[1].2, "done");
    }

    pub async fn a_batch_leaves_what_was_judged(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut judged = finding("minor");
        judged["external_refs"] = json!([{ "system": "jira", "id": "F-1" }]);
        let at = make(app, &key, judged.clone()).await;
        app.stepped_with(&key, &format!("{at}/verify"), json!({ "by": "Auditor" })).await;
        judged["root_cause"] = json!("HR did not tell");
        let put = |resource: &Value| json!({ "put": { "external_ref": { "system": "jira", "id": "F-1" }, "resource": resource } });
        let mut worse = judged.clone();
        worse["grade"] = json!("major");
        let items = json!({ "items": [put(&judged), put(&judged), put(&worse)] });
        let told = app.refused(Method::POST, "/v1/findings:batch", &key, Some(items), 200).await;
        assert_eq!(texts(&told["items"], "outcome"), ["updated", "unchanged", "refused"]);
        let now = app.read(&key, &at).await;
        assert_eq!((&now["state"], &now["root_cause"]), (&json!("verified"), &json!("HR did not tell")));
        let action = json!({ "create": { "finding": id(&at), "title": "Late" } });
        let told = app
            .refused(
                Method::POST,
                "/v1/corrective-actions:batch",
                &key,
                Some(json!({ "items": [action] })),
                200,
            )
            .await;
        assert_eq!(told["items"][0]["error"]["code"], "conflict");
    }
}
