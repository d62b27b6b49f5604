//! What the certification body decided: guards, lives and their stories, through both surfaces.

use crate::support::*;

on_both!(
    a_rule_refuses_and_an_acknowledged_fact_is_kept,
    a_dry_run_tells_and_writes_nothing,
    an_application_lives_to_its_grant,
    what_had_been_recorded_is_told,
    a_lost_accreditation_reaches_every_certificate,
    a_transfer_and_a_transition_change_what_it_says,
    dates_are_counted_as_the_settings_say,
    graphql_tells_the_same_life,
    a_completed_audit_is_what_the_certificate_reads,
    open_majors_stand_in_the_way,
    a_stage_1_that_was_not_ready_is_held_again,
    the_story_tells_that_a_suspended_certificate_expired,
);

async fn body(app: &TestApp, key: &str, name: &str) -> String {
    let accreditation = json!({ "accreditation_body": "Example Accreditation Service", "scope": "ISO/IEC 27001",
        "granted_on": "2010-01-01" });
    let new = json!({ "name": name, "accreditations": [accreditation] });
    app.created(key, "/v1/certification-bodies", new).await["id"].as_str().unwrap().to_owned()
}

fn facts(body: &str) -> Value {
    json!({ "certification_body": body, "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Example Cloud GmbH", "scope": "Operation of the cloud platform" })
}

fn held(body: &str, decision: &str, expiry: &str) -> Value {
    let mut new = facts(body);
    new["number"] = json!("ISMS-1");
    new["printed"] = json!({ "decision_on": decision, "expires_on": expiry });
    new
}

/// Enters a certificate; its path.
async fn entered(app: &TestApp, key: &str, new: Value) -> String {
    format!(
        "/v1/certifications/{}",
        app.created(key, "/v1/certifications", new).await["id"].as_str().unwrap()
    )
}

async fn record(app: &TestApp, key: &str, at: &str, event: Value) -> Value {
    app.created(key, &format!("{at}/events"), event).await
}

fn flags(certificate: &Value) -> Vec<&str> {
    texts(&certificate["flags"], "code")
}

/// Seconds from 1970 to noon of a day.
fn noon(day: &str) -> i64 {
    format!("{day}T12:00:00Z").parse::<attestd::kernel::time::Instant>().unwrap().micros() / 1_000_000
}

mod scenario {
    use super::*;

    pub async fn a_rule_refuses_and_an_acknowledged_fact_is_kept(app: &TestApp) {
        app.clock.set(noon("2029-01-01"));
        let key = app.tenant("acme").await;
        let mut new = held(&body(app, &key, "CB").await, "2025-03-10", "2028-03-10");
        new["events"] = json!([{ "type": "recertification_audit_completed", "ended_on": "2028-02-20" }]);
        let at = entered(app, &key, new).await;
        let events = format!("{at}/events");
        let late = json!({ "type": "recertified", "effective_on": "2028-05-05" });
        let refused = app.refused(Method::POST, &events, &key, Some(late.clone()), 409).await;
        assert_eq!(refused["code"], "rule_breached");
        let breach = &refused["breaches"][0];
        assert_eq!(
            (&breach["rule"], &breach["clause"], &breach["instead"]),
            (
                &json!("A-19"),
                &json!("ISO/IEC 17021-1:2015 9.6.3.2.4"),
                &json!("restored_after_expiry, until 2028-09-10")
            )
        );
        assert_eq!(app.read(&key, &at).await["version"], 1, "nothing was written");
        let too_late = json!({ "type": "restored_after_expiry", "effective_on": "2028-09-11" });
        let refused = app.refused(Method::POST, &events, &key, Some(too_late), 409).await;
        assert_eq!(refused["breaches"][0]["rule"], "A-20");
        assert!(
            refused["breaches"][0]["reason"].as_str().unwrap().contains("at least a stage 2"),
            "{refused}"
        );

        let with = |acknowledge: Value, reason: Value| {
            let mut event = late.clone();
            (event["acknowledge"], event["reason"]) = (acknowledge, reason);
            Some(event)
        };
        let unexplained = with(json!(["A-19"]), Value::Null);
        assert_eq!(pointer(&app.refused(Method::POST, &events, &key, unexplained, 422).await), "/reason");
        let other = with(json!(["A-20"]), json!("The body decided so"));
        assert_eq!(app.refused(Method::POST, &events, &key, other, 409).await["breaches"][0]["rule"], "A-19");
        let kept = with(json!(["A-19", "A-01"]), json!("Allowed until 12 months after expiry in that year"))
            .unwrap();
        let event = record(app, &key, &at, kept).await;
        assert_eq!(event["contradicts"], json!(["A-19"]), "only what it contradicts");
        let told = app.read(&key, &at).await;
        assert_eq!(
            (&told["status"], &told["validity"]["expires_on"]),
            (&json!("active"), &json!("2031-03-10"))
        );
        assert!(flags(&told).contains(&"contradicts"), "{told}");
        let story = app.read(&key, &format!("{at}/explain")).await;
        assert!(story.to_string().contains("recorded although it contradicts A-19"), "{story}");
        let trail = app.events(&key, at.rsplit('/').next().unwrap()).await;
        assert_eq!(trail[1]["type"], "certification.recertified");
    }

    pub async fn a_dry_run_tells_and_writes_nothing(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = entered(app, &key, held(&body(app, &key, "CB").await, "2025-03-10", "2028-03-10")).await;
        let before = app.read(&key, &at).await;
        let event =
            json!({ "type": "suspended", "effective_on": "2026-11-20", "reason": "No audit was allowed" });
        let tried = format!("{at}/events?dry_run=true");
        let told = app.refused(Method::POST, &tried, &key, Some(event.clone()), 200).await;
        assert_eq!(
            (&told["dry_run"], &told["before"]["status"], &told["after"]["status"]),
            (&json!(true), &json!("active"), &json!("suspended"))
        );
        let codes = |side: &str| texts(&told[side]["milestones"], "code").contains(&"suspension_review_1");
        assert_eq!((codes("before"), codes("after")), (false, true));
        assert_eq!(app.read(&key, &at).await, before);
        assert_eq!(app.events(&key, "certification").await.len(), 1);
        let stored = record(app, &key, &at, event).await;
        assert_eq!((&stored["dry_run"], &stored["after"]), (&json!(false), &told["after"]));
        let now = app.read(&key, &at).await;
        assert_eq!((&now["public_status"], &now["marks_may_be_used"]), (&json!("Suspended"), &json!(false)));
        assert!(flags(&now).contains(&"marks_must_not_be_used"));
    }

    pub async fn an_application_lives_to_its_grant(app: &TestApp) {
        let key = app.tenant("acme").await;
        let cb = body(app, &key, "CB").await;
        let mut new = facts(&cb);
        new["applied_on"] = json!("2025-10-01");
        let both = {
            let mut both = new.clone();
            (both["printed"], both["number"]) =
                (json!({ "decision_on": "2025-03-10", "expires_on": "2028-03-10" }), json!("N"));
            both
        };
        let refused = app.refused(Method::POST, "/v1/certifications", &key, Some(both), 422).await;
        assert_eq!(texts(&refused["errors"], "pointer"), ["/applied_on", "/number"]);
        let refused = app.refused(Method::POST, "/v1/certifications", &key, Some(facts(&cb)), 422).await;
        assert_eq!(pointer(&refused), "/printed");
        let at = entered(app, &key, new).await;
        let status = async || app.read(&key, &at).await["status"].as_str().unwrap().to_owned();
        assert_eq!(status().await, "application");
        let events = format!("{at}/events");
        let early = json!({ "type": "stage_2_completed", "ended_on": "2025-12-01" });
        let refused = app.refused(Method::POST, &events, &key, Some(early), 409).await;
        assert_eq!(refused["breaches"][0]["rule"], "A-01");
        record(app, &key, &at, json!({ "type": "stage_1_completed", "ended_on": "2025-12-10" })).await;
        assert_eq!(status().await, "stage_1_done");
        let early = json!({ "type": "granted", "effective_on": "2025-12-20" });
        app.refused(Method::POST, &events, &key, Some(early), 409).await;
        record(
            app,
            &key,
            &at,
            json!({ "type": "stage_2_completed", "started_on": "2026-02-16", "ended_on": "2026-02-20" }),
        )
        .await;
        assert_eq!(status().await, "stage_2_done");
        let backdated = json!({ "type": "granted", "effective_on": "2026-03-10", "details": { "valid_from": "2026-03-09" } });
        assert_eq!(
            app.refused(Method::POST, &events, &key, Some(backdated), 409).await["breaches"][0]["rule"],
            "A-08"
        );
        app.audited_internally(&key, "2026-01-20", None).await;
        app.reviewed(&key, "2026-02-02").await;
        let granted = json!({ "type": "granted", "effective_on": "2026-03-10",
            "details": { "valid_from": "2026-03-12", "number": "ISMS-9", "soa_version": "1.0" } });
        record(app, &key, &at, granted).await;
        let told = app.read(&key, &at).await;
        assert_eq!(
            (
                &told["status"],
                &told["number"],
                &told["soa_version"],
                &told["issue"],
                &told["validity"]["expires_on"]
            ),
            (&json!("active"), &json!("ISMS-9"), &json!("1.0"), &json!(1), &json!("2029-03-10"))
        );
        let due = app.read(&key, "/v1/milestones?code=surveillance_1").await;
        assert_eq!(due["data"][0]["due"], "2027-03-10");
        assert_eq!(app.read(&key, &format!("{at}?as_of=2026-01-01")).await["status"], "stage_1_done");
        let listed = app.read(&key, "/v1/certifications?expires_before=2029-03-10").await;
        assert_eq!(texts(&listed["data"], "number"), ["ISMS-9"]);
    }

    pub async fn what_had_been_recorded_is_told(app: &TestApp) {
        app.clock.set(noon("2026-05-01"));
        let key = app.tenant("acme").await;
        let at = entered(app, &key, held(&body(app, &key, "CB").await, "2025-03-10", "2028-03-10")).await;
        app.clock.set(noon("2026-05-10"));
        let suspended =
            json!({ "type": "suspended", "effective_on": "2026-05-04", "reason": "No audit was allowed" });
        let event = record(app, &key, &at, suspended).await;
        app.clock.set(noon("2026-06-01"));
        let told = async |asked: &str| {
            app.read(&key, &format!("{at}?{asked}")).await["status"].as_str().unwrap().to_owned()
        };
        assert_eq!(told("as_of=2026-05-05").await, "suspended");
        assert_eq!(told("as_of=2026-05-05&known_at=2026-05-06T00:00:00Z").await, "active");
        assert_eq!(told("as_of=2026-05-03").await, "active");
        let void = format!("{at}/events/{}", event["id"].as_str().unwrap());
        app.changed(&key, &void, json!({ "void_reason": "It was another company" })).await;
        assert_eq!(told("as_of=2026-05-05").await, "active");
        assert_eq!(
            told("as_of=2026-05-05&known_at=2026-05-20T00:00:00Z").await,
            "suspended",
            "as was thought then"
        );
        let listed =
            app.read(&key, "/v1/certifications?as_of=2026-05-05&known_at=2026-05-20T00:00:00Z").await;
        assert_eq!(listed["data"][0]["status"], "suspended");
        let story =
            app.read(&key, &format!("{at}/explain?known_at=2026-05-06T00:00:00Z&as_of=2026-05-05")).await;
        assert!(!story.to_string().contains("suspended"), "{story}");
    }

    pub async fn a_lost_accreditation_reaches_every_certificate(app: &TestApp) {
        let key = app.tenant("acme").await;
        let cb = body(app, &key, "CB").await;
        let at = entered(app, &key, held(&cb, "2025-03-10", "2028-03-10")).await;
        assert_eq!(app.read(&key, "/v1/milestones?code=transfer").await["data"], json!([]));
        let lost = json!({ "accreditations": [{ "accreditation_body": "Example Accreditation Service",
            "scope": "ISO/IEC 27001", "granted_on": "2010-01-01", "lost_on": "2026-06-30", "loss": "withdrawn" }] });
        app.changed(&key, &format!("/v1/certification-bodies/{cb}"), lost).await;
        let due = app.read(&key, "/v1/milestones?code=transfer").await;
        assert_eq!(
            (&due["data"][0]["due"], &due["data"][0]["rule"]["id"]),
            (&json!("2026-12-30"), &json!("A-45"))
        );
        assert!(flags(&app.read(&key, &at).await).contains(&"accreditation_lost"));
        let other = body(app, &key, "Another body").await;
        let moved = json!({ "type": "transferred_in", "effective_on": "2026-11-20", "details": { "certification_body": other } });
        record(app, &key, &at, moved).await;
        let told = app.read(&key, &at).await;
        assert_eq!(told["certification_body"], json!(other));
        assert!(!flags(&told).contains(&"accreditation_lost"));
        let transfers = async || app.read(&key, "/v1/milestones?code=transfer").await["data"].clone();
        assert_eq!(transfers().await, json!([]), "the diary follows the body that it is with now");
        app.changed(&key, &at, json!({ "certification_body": cb })).await;
        assert_eq!(transfers().await[0]["due"], "2026-12-30");
        app.changed(&key, &at, json!({ "certification_body": other })).await;
        assert_eq!(transfers().await, json!([]));
    }

    pub async fn a_transfer_and_a_transition_change_what_it_says(app: &TestApp) {
        let key = app.tenant("acme").await;
        let cb = body(app, &key, "CB").await;
        let mut old = held(&cb, "2023-06-20", "2026-06-20");
        old["edition"] = json!("2013");
        let at = entered(app, &key, old).await;
        let told = app.read(&key, &format!("{at}?as_of=2025-11-01")).await;
        assert_eq!(
            (&told["status"], &told["validity"]["restorable_until"]),
            (&json!("edition_ended"), &Value::Null)
        );
        let periods = &told["usable_periods"];
        assert_eq!((&periods[0]["from"], &periods[0]["to"]), (&json!("2023-06-20"), &json!("2025-10-31")));
        let moved =
            json!({ "type": "transitioned", "effective_on": "2025-05-01", "details": { "edition": "2022" } });
        let event = record(app, &key, &at, moved).await;
        assert_eq!(event["details"]["from_edition"], "2013");
        let now = app.read(&key, &format!("{at}?as_of=2025-11-01")).await;
        assert_eq!(
            (&now["status"], &now["edition"], &now["issue"]),
            (&json!("active"), &json!("2022"), &json!(2))
        );
        assert_eq!(app.read(&key, &format!("{at}?as_of=2025-04-30")).await["edition"], "2013");
        let void = format!("{at}/events/{}", event["id"].as_str().unwrap());
        app.changed(&key, &void, json!({ "void_reason": "Another certificate" })).await;
        assert_eq!(app.read(&key, &at).await["edition"], "2013");
        let none = format!("cbo_{}", "0".repeat(32));
        let moved = json!({ "type": "transferred_in", "effective_on": "2025-05-01", "details": { "certification_body": none } });
        let refused = app.refused(Method::POST, &format!("{at}/events"), &key, Some(moved), 422).await;
        assert_eq!(pointer(&refused), "/details/certification_body");
        let scope = json!({ "type": "scope_changed", "effective_on": "2025-05-02",
            "details": { "change": "reduced", "scope": "Operation alone" } });
        record(app, &key, &at, scope).await;
        assert_eq!(app.read(&key, &at).await["scope"], "Operation alone");
    }

    pub async fn dates_are_counted_as_the_settings_say(app: &TestApp) {
        let key = app.tenant("acme").await;
        let cb = body(app, &key, "CB").await;
        let mut new = facts(&cb);
        new["applied_on"] = json!("2024-10-01");
        app.audited_internally(&key, "2025-01-15", None).await;
        app.reviewed(&key, "2025-02-01").await;
        new["settings"] = json!({ "expiry_convention": "day_before", "first_surveillance": "stage_2_last_day",
            "later_surveillance": "prior_expiry", "late_return": "new_cycle" });
        new["events"] = json!([
            { "type": "stage_1_completed", "ended_on": "2024-12-10" },
            { "type": "stage_2_completed", "ended_on": "2025-02-20" },
            { "type": "granted", "effective_on": "2025-03-10" },
        ]);
        let at = entered(app, &key, new).await;
        let due = async |code: &str| {
            app.read(&key, &format!("/v1/milestones?code={code}")).await["data"][0]["due"].clone()
        };
        assert_eq!(app.read(&key, &at).await["validity"]["expires_on"], "2028-03-09");
        assert_eq!(due("surveillance_1").await, "2026-02-20");
        app.changed(&key, &at, json!({ "settings": null })).await;
        assert_eq!(app.read(&key, &at).await["validity"]["expires_on"], "2028-03-10");
        assert_eq!(due("surveillance_1").await, "2026-03-10", "the diary follows");
    }

    pub async fn graphql_tells_the_same_life(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = entered(app, &key, held(&body(app, &key, "CB").await, "2025-03-10", "2028-03-10")).await;
        let id = at.rsplit('/').next().unwrap();
        let record = |more: &str| {
            format!(
                "mutation {{ recordCertificationEvent(certificationId: \"{id}\", {more}) {{ id type dryRun
                before {{ status }} after {{ status flags {{ code rule {{ id }} }} milestones {{ code due }} }} }} }}"
            )
        };
        let lifted = record("input: { type: SUSPENSION_LIFTED, effectiveOn: \"2026-11-01\" }");
        let refused = app.ask(&key, &lifted).await;
        let told = &refused["errors"][0]["extensions"];
        assert_eq!((&told["code"], &told["breaches"][0]["rule"]), (&json!("rule_breached"), &json!("A.4")));
        let suspended = |dry: bool| {
            record(&format!(
                "dryRun: {dry}, input: {{ type: SUSPENDED, effectiveOn: \"2026-11-01\", reason: \"No audit\" }}"
            ))
        };
        for dry in [true, false] {
            let told = app.ask(&key, &suspended(dry)).await;
            let told = &told["data"]["recordCertificationEvent"];
            assert_eq!(
                (&told["dryRun"], &told["before"]["status"], &told["after"]["status"]),
                (&json!(dry), &json!("ACTIVE"), &json!("SUSPENDED"))
            );
        }
        let query = format!(
            "{{ certification(id: \"{id}\", asOf: \"2026-11-02\", knownAt: \"2026-11-24T00:00:00Z\") {{ status }}
            certificationStory(id: \"{id}\") {{ status summary steps {{ on kind text rules {{ id }} }} }} }}"
        );
        let told = app.ask(&key, &query).await;
        assert_eq!(
            told["data"]["certification"]["status"], "NOT_YET_VALID",
            "nothing was known by then: {told}"
        );
        let story = &told["data"]["certificationStory"];
        let rest = app.read(&key, &format!("{at}/explain")).await;
        assert_eq!(story["summary"], rest["summary"]);
        assert_eq!(texts(&story["steps"], "text"), texts(&rest["steps"], "text"));
    }

    /// An audit of a certificate; its path.
    async fn planned(app: &TestApp, key: &str, at: &str, kind: &str, start: &str) -> String {
        let certificate = at.rsplit('/').next().unwrap();
        let new =
            json!({ "kind": kind, "title": kind, "planned_start": start, "certification": certificate });
        let audit = app.created(key, "/v1/audits", new).await;
        format!("/v1/audits/{}", audit["id"].as_str().unwrap())
    }

    pub async fn a_completed_audit_is_what_the_certificate_reads(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = entered(app, &key, held(&body(app, &key, "CB").await, "2025-03-10", "2028-03-10")).await;
        let overdue =
            async || app.read(&key, "/v1/milestones?state=overdue&code=surveillance_1").await["data"].clone();
        assert_eq!(overdue().await.as_array().unwrap().len(), 1);
        let audit = planned(app, &key, &at, "surveillance", "2026-03-02").await;
        assert_eq!(overdue().await.as_array().unwrap().len(), 1, "a plan is no audit");
        let done = json!({ "started_on": "2026-03-02", "ended_on": "2026-03-04", "conclusion": "positive" });
        app.stepped_with(&key, &format!("{audit}/complete"), done.clone()).await;
        assert_eq!(overdue().await, json!([]));
        let told = app.read(&key, &at).await;
        assert_eq!(told["version"], 1, "the certificate itself did not change");
        let story = app.read(&key, &format!("{at}/explain")).await.to_string();
        assert!(story.contains("held a surveillance audit from 2026-03-02 to 2026-03-04"), "{story}");
        app.stepped_with(&key, &format!("{audit}/void"), json!({ "reason": "Entered twice" })).await;
        assert_eq!(overdue().await.as_array().unwrap().len(), 1);

        let none = format!("crt_{}", "0".repeat(32));
        let nowhere = json!({ "kind": "surveillance", "title": "Nowhere", "planned_start": "2026-03-02", "certification": none });
        let batch = json!({ "items": [{ "create": nowhere }] });
        let told = app.refused(Method::POST, "/v1/audits:batch", &key, Some(batch), 200).await;
        assert_eq!(told["refused"], 1, "what was refused stirs nothing");

        let gone = json!({ "type": "withdrawn", "effective_on": "2026-04-01", "reason": "Asked for" });
        record(app, &key, &at, gone).await;
        let late = planned(app, &key, &at, "surveillance", "2026-05-04").await;
        let mut done =
            json!({ "started_on": "2026-05-04", "ended_on": "2026-05-05", "conclusion": "positive" });
        let complete = format!("{late}/complete");
        let sent = [("if-match", "*")];
        let refused = app.call_with(Method::POST, &complete, &key, Some(done.clone()), &sent).await;
        assert_eq!(refused.status(), 409);
        let refused: Value = refused.json().await.unwrap();
        assert_eq!(
            (&refused["code"], &refused["breaches"][0]["rule"]),
            (&json!("rule_breached"), &json!("A.4"))
        );
        assert_eq!(app.read(&key, &late).await["status"], "planned", "nothing was written");
        (done["acknowledge"], done["reason"]) = (json!(["A.4"]), json!("The withdrawal was not known yet"));
        app.stepped_with(&key, &complete, done).await;
        assert!(flags(&app.read(&key, &at).await).contains(&"contradicts"));
    }

    pub async fn open_majors_stand_in_the_way(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = facts(&body(app, &key, "CB").await);
        new["applied_on"] = json!("2025-10-01");
        new["events"] = json!([{ "type": "stage_1_completed", "ended_on": "2025-12-10" }]);
        let at = entered(app, &key, new).await;
        let audit = planned(app, &key, &at, "stage_2", "2026-02-16").await;
        let done = json!({ "started_on": "2026-02-16", "ended_on": "2026-02-20", "conclusion": "negative" });
        app.stepped_with(&key, &format!("{audit}/complete"), done).await;
        assert_eq!(app.read(&key, &at).await["status"], "stage_2_done");
        let major = json!({ "title": "No internal audit", "grade": "major", "statement": "None was held.",
            "audit": audit.rsplit('/').next().unwrap(), "raised_on": "2026-02-20" });
        let major = app.created(&key, "/v1/findings", major).await;
        let granted = json!({ "type": "granted", "effective_on": "2026-03-10" });
        let events = format!("{at}/events");
        let refused = app.refused(Method::POST, &events, &key, Some(granted.clone()), 409).await;
        assert_eq!(refused["breaches"][0]["rule"], "A-03");
        assert!(app.read(&key, &format!("{at}/explain")).await.to_string().contains("No internal audit"));
        let verified = format!("/v1/findings/{}/verify", major["id"].as_str().unwrap());
        app.stepped_with(&key, &verified, json!({ "by": "Lead auditor", "on": "2026-03-09" })).await;
        app.audited_internally(&key, "2026-03-01", None).await;
        app.reviewed(&key, "2026-03-02").await;
        record(app, &key, &at, granted).await;
        assert_eq!(app.read(&key, &at).await["status"], "active");
    }

    pub async fn a_stage_1_that_was_not_ready_is_held_again(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = facts(&body(app, &key, "CB").await);
        new["applied_on"] = json!("2025-10-01");
        let at = entered(app, &key, new).await;
        let stage_1 = async |ended_on: &str, conclusion: &str| {
            let audit = planned(app, &key, &at, "stage_1", ended_on).await;
            let done = json!({ "started_on": ended_on, "ended_on": ended_on, "conclusion": conclusion });
            app.stepped_with(&key, &format!("{audit}/complete"), done).await;
        };
        stage_1("2025-12-10", "not_ready").await;
        assert_eq!(app.read(&key, &at).await["status"], "stage_1_done");
        let stage_2 = json!({ "type": "stage_2_completed", "ended_on": "2026-02-20" });
        let refused =
            app.refused(Method::POST, &format!("{at}/events"), &key, Some(stage_2.clone()), 409).await;
        assert_eq!(refused["breaches"][0]["rule"], "A-02");
        assert_eq!(refused["breaches"][0]["instead"], "stage_1_completed");
        stage_1("2026-01-20", "ready").await;
        record(app, &key, &at, stage_2).await;
        assert_eq!(app.read(&key, &at).await["status"], "stage_2_done");
    }

    pub async fn the_story_tells_that_a_suspended_certificate_expired(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = held(&body(app, &key, "CB").await, "2022-03-10", "2025-03-10");
        new["events"] =
            json!([{ "type": "suspended", "effective_on": "2025-02-01", "reason": "No audit was allowed" }]);
        let at = entered(app, &key, new).await;
        let story = app.read(&key, &format!("{at}/explain?as_of=2025-04-01")).await;
        let told = "The certificate expired on 2025-03-10; it can be restored until 2025-09-10.";
        assert!(texts(&story["steps"], "text").contains(&told), "{story}");
    }
}
