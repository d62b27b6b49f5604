//! What a certificate says, in the order in which it took effect: whatever was recorded late, voided or corrected.

use attestd::calendar::midnight;

use crate::support::*;

on_both!(
    a_transfer_tells_until_when_the_old_body_counted,
    a_voided_event_leaves_what_stood_before_it,
    what_is_recorded_late_takes_its_place,
    a_correction_stands_from_the_event_that_it_corrects,
    a_late_transition_leaves_the_edition_of_its_day,
    what_an_earlier_release_entered_is_told_by_its_row,
    events_of_one_day_have_an_order,
    what_is_printed_is_never_unstorable,
    an_accreditation_runs_out_by_itself,
    a_body_of_the_past_is_kept,
);

async fn body(app: &TestApp, key: &str, name: &str, accreditation: Value) -> String {
    let mut held = json!({ "accreditation_body": "Example Accreditation Service", "scope": "ISO/IEC 27001",
        "granted_on": "2010-01-01" });
    held.as_object_mut().unwrap().extend(accreditation.as_object().unwrap().clone());
    let new = json!({ "name": name, "accreditations": [held] });
    app.created(key, "/v1/certification-bodies", new).await["id"].as_str().unwrap().to_owned()
}

fn held(body: &str) -> Value {
    json!({ "certification_body": body, "number": "A-1", "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Example Cloud GmbH", "scope": "The platform", "soa_version": "1.0",
        "printed": { "decision_on": "2025-03-10", "expires_on": "2028-03-10" } })
}

/// Enters a certificate; its path.
async fn entered(app: &TestApp, key: &str, new: Value) -> String {
    let made = app.created(key, "/v1/certifications", new).await;
    format!("/v1/certifications/{}", made["id"].as_str().unwrap())
}

/// Records an event; it.
async fn record(app: &TestApp, key: &str, at: &str, kind: &str, on: &str, details: Value) -> Value {
    let event = json!({ "type": kind, "effective_on": on, "details": details });
    app.created(key, &format!("{at}/events"), event).await
}

async fn void(app: &TestApp, key: &str, at: &str, event: &Value) {
    let one = format!("{at}/events/{}", event["id"].as_str().unwrap());
    app.changed(key, &one, json!({ "void_reason": "It never happened so" })).await;
}

fn scope(scope: &str) -> Value {
    json!({ "change": "extended", "scope": scope })
}

/// What a certificate says of this on each of these days; today for none.
async fn on_days(app: &TestApp, key: &str, at: &str, field: &str, days: &[&str]) -> Vec<String> {
    let mut told = Vec::new();
    for day in days {
        let asked = if day.is_empty() { at.to_owned() } else { format!("{at}?as_of={day}") };
        told.push(app.read(key, &asked).await[field].as_str().unwrap_or("-").to_owned());
    }
    told
}

mod scenario {
    use super::*;

    pub async fn a_transfer_tells_until_when_the_old_body_counted(app: &TestApp) {
        let key = app.tenant("acme").await;
        let lost = json!({ "lost_on": "2026-06-30", "loss": "withdrawn" });
        let (a, b) = (body(app, &key, "A", lost).await, body(app, &key, "B", json!({})).await);
        let at = entered(app, &key, held(&a)).await;
        let to = json!({ "certification_body": b, "number": "B-1" });
        let moved = record(app, &key, &at, "transferred_in", "2026-10-01", to).await;
        let days = ["2026-08-01", "2026-09-30", "2026-10-01", ""];
        assert_eq!(on_days(app, &key, &at, "certification_body", &days).await, [&*a, &*a, &*b, &*b]);
        assert_eq!(on_days(app, &key, &at, "number", &days).await, ["A-1", "A-1", "B-1", "B-1"]);
        let lost_on = async |day: &str| {
            let flags = app.read(&key, &format!("{at}?as_of={day}")).await["flags"].clone();
            let due = app.read(&key, &format!("{at}/milestones?as_of={day}")).await["data"].clone();
            let transfer = due.as_array().unwrap().iter().find(|one| one["code"] == "transfer").cloned();
            let transfer = transfer.map(|one| one["due"].as_str().unwrap().to_owned());
            (texts(&flags, "code").contains(&"accreditation_lost"), transfer)
        };
        let by = || Some("2026-12-30".to_owned());
        assert_eq!(lost_on("2026-08-01").await, (true, by()));
        assert_eq!(lost_on("2026-10-01").await, (false, None));
        let id = at.rsplit('/').next().unwrap();
        let query = format!(
            "{{ certification(id: \"{id}\", asOf: \"2026-08-01\") {{ number certificationBody {{ name }}
            flags {{ code }} milestones {{ code due }} }} }}"
        );
        let told = app.ask(&key, &query).await["data"]["certification"].clone();
        assert_eq!((&told["number"], &told["certificationBody"]["name"]), (&json!("A-1"), &json!("A")));
        assert!(texts(&told["flags"], "code").contains(&"ACCREDITATION_LOST"), "{told}");
        assert!(texts(&told["milestones"], "code").contains(&"transfer"), "{told}");

        let transfers = async || app.read(&key, "/v1/milestones?code=transfer").await["data"].clone();
        assert_eq!(transfers().await, json!([]));
        void(app, &key, &at, &moved).await;
        let now = app.read(&key, &at).await;
        assert_eq!((&now["certification_body"], &now["number"]), (&json!(a), &json!("A-1")));
        assert!(texts(&now["flags"], "code").contains(&"accreditation_lost"), "{now}");
        assert_eq!(transfers().await[0]["due"], "2026-12-30", "the diary follows");
        let of_a = app.read(&key, &format!("/v1/certifications?certification_body={a}")).await;
        assert_eq!(of_a["data"][0]["id"], now["id"]);
    }

    pub async fn a_body_of_the_past_is_kept(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (a, b) = (body(app, &key, "A", json!({})).await, body(app, &key, "B", json!({})).await);
        let at = entered(app, &key, held(&a)).await;
        let to = json!({ "certification_body": b, "number": "B-1" });
        let moved = record(app, &key, &at, "transferred_in", "2026-10-01", to).await;
        let kept = async || {
            for one in [&a, &b] {
                let one = format!("/v1/certification-bodies/{one}");
                assert_eq!(app.deleted_with(&key, &one, 409).await["code"], "in_use", "{one}");
            }
        };
        kept().await;
        void(app, &key, &at, &moved).await;
        let now = app.read(&key, &at).await;
        assert_eq!((&now["certification_body"], &now["number"]), (&json!(a), &json!("A-1")));
        kept().await;
    }

    pub async fn a_voided_event_leaves_what_stood_before_it(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = entered(app, &key, held(&body(app, &key, "A", json!({})).await)).await;
        let more = record(app, &key, &at, "scope_changed", "2026-03-01", scope("More")).await;
        let most = record(app, &key, &at, "scope_changed", "2026-07-01", scope("Most")).await;
        let cited = json!({ "change": "reduced", "scope": "Less", "soa_version": "2.0" });
        let less = record(app, &key, &at, "scope_changed", "2026-09-01", cited).await;
        let said = async |field: &str| {
            let days = ["2026-02-28", "2026-03-01", "2026-07-01", ""];
            on_days(app, &key, &at, field, &days).await
        };
        assert_eq!(said("scope").await, ["The platform", "More", "Most", "Less"]);
        assert_eq!(said("soa_version").await, ["1.0", "1.0", "1.0", "2.0"]);
        void(app, &key, &at, &more).await;
        assert_eq!(said("scope").await, ["The platform", "The platform", "Most", "Less"]);
        void(app, &key, &at, &less).await;
        assert_eq!(said("scope").await[3], "Most");
        assert_eq!(said("soa_version").await[3], "1.0");
        void(app, &key, &at, &most).await;
        assert_eq!(said("scope").await, ["The platform"; 4]);
    }

    pub async fn what_is_recorded_late_takes_its_place(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = entered(app, &key, held(&body(app, &key, "A", json!({})).await)).await;
        let second = record(app, &key, &at, "scope_changed", "2026-07-01", scope("B")).await;
        record(app, &key, &at, "scope_changed", "2026-03-01", scope("A")).await;
        let days = ["2026-02-28", "2026-06-30", "2026-07-01", ""];
        let said = async || on_days(app, &key, &at, "scope", &days).await;
        assert_eq!(said().await, ["The platform", "A", "B", "B"]);
        void(app, &key, &at, &second).await;
        assert_eq!(said().await, ["The platform", "A", "A", "A"]);
    }

    pub async fn a_correction_stands_from_the_event_that_it_corrects(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = entered(app, &key, held(&body(app, &key, "A", json!({})).await)).await;
        app.changed(&key, &at, json!({ "scope": "The whole platform" })).await;
        let wider = record(app, &key, &at, "scope_changed", "2026-03-01", scope("Platform and API")).await;
        app.changed(&key, &at, json!({ "scope": "The platform and its API", "number": "A-2" })).await;
        let days = ["2026-02-28", "2026-03-01", ""];
        let said = async |field: &str| on_days(app, &key, &at, field, &days).await;
        let wanted = ["The whole platform", "The platform and its API", "The platform and its API"];
        assert_eq!(said("scope").await, wanted);
        assert_eq!(said("number").await, ["A-2"; 3], "no event says it: it was so from the beginning");

        let audit = json!({ "type": "recertification_audit_completed", "ended_on": "2026-10-01" });
        app.created(&key, &format!("{at}/events"), audit).await;
        record(app, &key, &at, "recertified", "2026-11-02", json!({ "soa_version": "2.0" })).await;
        assert_eq!(said("scope").await, wanted, "a renewal says nothing of it");
        assert_eq!(said("number").await[2], "A-2");
        app.changed(&key, &at, json!({ "soa_version": null })).await;
        assert_eq!(said("soa_version").await, ["1.0", "1.0", "-"]);
        record(app, &key, &at, "scope_changed", "2026-11-03", scope("All")).await;
        assert_eq!(said("scope").await, [wanted[0], wanted[1], "All"]);
        void(app, &key, &at, &wider).await;
        assert_eq!(said("scope").await, [wanted[0], wanted[0], "All"], "a correction falls with its event");
    }

    pub async fn a_late_transition_leaves_the_edition_of_its_day(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut old = held(&body(app, &key, "A", json!({})).await);
        old["edition"] = json!("2013");
        old["printed"] = json!({ "decision_on": "2023-06-20", "expires_on": "2026-06-20" });
        let at = entered(app, &key, old).await;
        let new = record(app, &key, &at, "transitioned", "2025-05-01", json!({ "edition": "2022" })).await;
        assert_eq!(new["details"]["from_edition"], "2013");
        let late =
            record(app, &key, &at, "transitioned", "2024-09-02", json!({ "edition": "2013+A1" })).await;
        assert_eq!(late["details"]["from_edition"], "2013", "the edition that stood on its day");
        let days = ["2024-09-01", "2024-09-02", "2025-05-01", ""];
        let said = async || on_days(app, &key, &at, "edition", &days).await;
        assert_eq!(said().await, ["2013", "2013+A1", "2022", "2022"]);
        void(app, &key, &at, &late).await;
        assert_eq!(said().await, ["2013", "2013", "2022", "2022"]);
        app.changed(&key, &at, json!({ "edition": "2022+A1" })).await;
        assert_eq!(said().await, ["2013", "2013", "2022+A1", "2022+A1"]);
        void(app, &key, &at, &new).await;
        assert_eq!(said().await, ["2013"; 4]);
    }

    pub async fn what_an_earlier_release_entered_is_told_by_its_row(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut old = held(&body(app, &key, "A", json!({})).await);
        old["edition"] = json!("2013");
        let at = entered(app, &key, old).await;
        let new = record(app, &key, &at, "transitioned", "2025-05-01", json!({ "edition": "2022" })).await;
        record(app, &key, &at, "scope_changed", "2025-06-02", scope("More")).await;
        app.changed(&key, &at, json!({ "scope": "Much more" })).await;
        Sql::unbound(&app.database).await.run("UPDATE certifications SET said = '[]'").await.unwrap();
        let days = ["2025-04-30", "2025-05-01", "2025-06-02", ""];
        let said = async |field: &str| on_days(app, &key, &at, field, &days).await;
        assert_eq!(said("edition").await, ["2013", "2022", "2022", "2022"]);
        assert_eq!(said("scope").await[2..], ["Much more"; 2], "a correction is kept");
        void(app, &key, &at, &new).await;
        assert_eq!(said("edition").await, ["2013"; 4]);
        assert_eq!(said("scope").await[3], "Much more");
    }

    pub async fn events_of_one_day_have_an_order(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut old = held(&body(app, &key, "A", json!({})).await);
        old["edition"] = json!("2013");
        old["printed"] = json!({ "decision_on": "2021-09-10", "expires_on": "2024-09-10" });
        old["events"] = json!([{ "type": "recertification_audit_completed", "ended_on": "2024-07-01" }]);
        let at = entered(app, &key, old.clone()).await;
        let events = format!("{at}/events");
        let renewed = json!({ "type": "recertified", "effective_on": "2024-09-02", "acknowledge": ["A-51"],
            "reason": "The transition of that day came first" });
        let renewed = app.created(&key, &events, renewed).await;
        assert_eq!(renewed["contradicts"], json!(["A-51"]), "audits against the edition of 2013 had ended");
        let more = record(app, &key, &at, "scope_changed", "2024-09-02", scope("More")).await;
        let transition = |before: &Value| {
            json!({ "type": "transitioned", "effective_on": "2024-09-02", "before": before,
                "details": { "edition": "2022" } })
        };
        let log = app.read(&key, &events).await["data"].clone();
        let unknown = json!(format!("cev_{}", "0".repeat(32)));
        for other in [&unknown, &log[0]["id"], &log[1]["id"]] {
            let refused = app.refused(Method::POST, &events, &key, Some(transition(other)), 422).await;
            assert_eq!(pointer(&refused), "/before", "of another day, or of none");
        }
        let first = app.created(&key, &events, transition(&renewed["id"])).await;
        assert_eq!(first["sequence"], renewed["sequence"], "it has taken its place");
        let log = app.read(&key, &events).await["data"].clone();
        let of_day: Vec<_> = texts(&log, "id").into_iter().skip(2).collect();
        let wanted = [&first, &renewed, &more].map(|one| one["id"].as_str().unwrap());
        assert_eq!(of_day, wanted);
        let places: Vec<_> = log.as_array().unwrap().iter().map(|one| one["sequence"].clone()).collect();
        assert_eq!(json!(places), json!([1, 2, 3, 4, 5]));
        let told = app.read(&key, &at).await;
        assert_eq!((&told["edition"], &told["status"]), (&json!("2022"), &json!("active")));

        let id = at.rsplit('/').next().unwrap();
        let before = more["id"].as_str().unwrap();
        let record = format!(
            "mutation {{ recordCertificationEvent(certificationId: \"{id}\", input: {{ type: SCOPE_CHANGED,
            effectiveOn: \"2024-09-02\", before: \"{before}\", details: {{ change: REDUCED, scope: \"Less\" }} }})
            {{ sequence }} }}"
        );
        let told = app.ask(&key, &record).await;
        assert_eq!(
            told["data"]["recordCertificationEvent"]["sequence"],
            more["sequence"].as_i64().unwrap() + 1
        );
        assert_eq!(app.read(&key, &at).await["scope"], "More", "it came last");

        old["number"] = json!("A-2");
        old["events"][0]["before"] = renewed["id"].clone();
        let refused = app.refused(Method::POST, "/v1/certifications", &key, Some(old), 422).await;
        assert_eq!(pointer(&refused), "/events/0/before");
    }

    pub async fn what_is_printed_is_never_unstorable(app: &TestApp) {
        let key = app.tenant("acme").await;
        let a = body(app, &key, "A", json!({})).await;
        let early =
            json!({ "decision_on": "2025-03-10", "valid_from": "2025-03-01", "expires_on": "2028-03-10" });
        let mut new = held(&a);
        new["printed"] = early.clone();
        let all = "/v1/certifications";
        let refused = app.refused(Method::POST, all, &key, Some(new.clone()), 409).await;
        assert_eq!(
            (&refused["code"], &refused["breaches"][0]["rule"]),
            (&json!("rule_breached"), &json!("A-08"))
        );
        new["acknowledge"] = json!(["A-08"]);
        let unexplained = app.refused(Method::POST, all, &key, Some(new.clone()), 422).await;
        assert_eq!(pointer(&unexplained), "/reason");
        new["reason"] = json!("It is printed so");
        let made = app.created(&key, all, new.clone()).await;
        assert_eq!(made["validity"]["valid_from"], "2025-03-01");
        let told = made["flags"].as_array().unwrap().iter().find(|one| one["code"] == "contradicts").unwrap();
        assert_eq!(told["rule"]["id"], "A-08");
        let events = format!("{all}/{}/events", made["id"].as_str().unwrap());
        let root = app.read(&key, &events).await["data"][0].clone();
        assert_eq!((&root["contradicts"], &root["reason"]), (&json!(["A-08"]), &json!("It is printed so")));

        let mut right = json!({ "type": "registered_existing", "printed": early });
        app.refused(Method::POST, &events, &key, Some(right.clone()), 409).await;
        right["printed"]["valid_from"] = json!("2025-03-10");
        app.created(&key, &events, right).await;
        let now = app.read(&key, &format!("{all}/{}", made["id"].as_str().unwrap())).await;
        assert!(!texts(&now["flags"], "code").contains(&"contradicts"), "{now}");

        let input = json!({ "certificationBody": a, "number": "A-2", "standard": "ISO/IEC 27001", "edition": "2022",
            "legalEntity": "Example Cloud GmbH", "scope": "The platform", "acknowledge": ["A-08"],
            "reason": "It is printed so", "printed": { "decisionOn": "2025-03-10", "validFrom": "2025-03-01",
            "expiresOn": "2028-03-10" } });
        let enter = "mutation($input: NewCertification!) { registerCertification(input: $input) {
            events { contradicts reason } } }";
        let told = app.ask_with(&key, enter, json!({ "input": input })).await;
        let root = &told["data"]["registerCertification"]["events"][0];
        assert_eq!(root, &json!({ "contradicts": ["A-08"], "reason": "It is printed so" }), "{told}");
    }

    pub async fn an_accreditation_runs_out_by_itself(app: &TestApp) {
        app.clock.at("2026-06-15T12:00:00Z");
        let key = app.tenant("acme").await;
        let a = body(app, &key, "A", json!({ "valid_until": "2026-06-30" })).await;
        let b = body(app, &key, "B", json!({ "lost_on": "2026-07-20", "loss": "withdrawn" })).await;
        for one in [&a, &b] {
            entered(app, &key, held(one)).await;
        }
        let due_at = async |moment: &str| {
            app.clock.at(moment);
            midnight::pass(&app.services).await.unwrap();
            let due = app.read(&key, "/v1/milestones?code=transfer").await["data"].clone();
            texts(&due, "due").into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        let journalled = async |kind: &str| {
            let trail = app.read(&key, &format!("/v1/journal?sort=seq&limit=200&type={kind}")).await;
            let days = texts(&trail["data"], "request_id");
            days.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(due_at("2026-06-30T12:00:00Z").await, [""; 0]);
        assert_eq!(journalled("milestone.rescheduled").await, [""; 0]);
        assert_eq!(due_at("2026-07-01T00:00:00Z").await, ["2027-01-01"]);
        assert_eq!(due_at("2026-07-01T06:00:00Z").await, ["2027-01-01"]);
        assert_eq!(journalled("milestone.rescheduled").await, ["midnight-2026-07-01"], "once");
        assert_eq!(due_at("2026-07-22T00:00:00Z").await, ["2027-01-01", "2027-01-20"], "also days later");

        let again = app.read(&key, &format!("/v1/certification-bodies/{a}")).await["accreditations"].clone();
        let mut again = json!([again[0], again[0]]);
        (again[1]["granted_on"], again[1]["valid_until"]) = (json!("2026-08-01"), Value::Null);
        app.changed(&key, &format!("/v1/certification-bodies/{a}"), json!({ "accreditations": again })).await;
        assert_eq!(due_at("2026-07-31T00:00:00Z").await, ["2027-01-01", "2027-01-20"]);
        assert_eq!(due_at("2026-08-01T00:00:00Z").await, ["2027-01-20"], "it is accredited again");
        assert_eq!(journalled("milestone.cancelled").await, ["midnight-2026-08-01"]);
        assert_eq!(journalled("milestone.rescheduled").await, ["midnight-2026-07-01", "midnight-2026-07-22"]);
    }
}
