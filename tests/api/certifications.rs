//! Certification bodies, certificates, their events and what they make due.

use crate::support::*;

on_both!(
    bodies_live_and_are_journalled,
    a_certificate_in_mid_cycle_is_entered_in_one_call,
    milestones_are_told_for_a_day_and_keep_what_people_add,
    the_timeline_says_in_words_what_it_shows,
    sites_are_covered_on_their_own_days,
    events_settle_milestones_and_can_be_voided,
    a_registration_is_corrected_and_voided,
    a_log_has_an_end,
    writers_of_one_certificate_wait_for_each_other,
    certificates_are_listed_and_found,
    wrong_certificates_are_refused_whole,
    graphql_reads_a_certificate_in_one_statement_per_relation,
    graphql_enters_and_corrects_a_certificate,
    roles_bind_certificates,
);

async fn body(app: &TestApp, key: &str, name: &str) -> String {
    let accreditation = json!({
        "accreditation_body": "Example Accreditation Service", "scope": "ISO/IEC 27001", "recognition": "IAF MLA",
        "granted_on": "2020-01-01", "valid_until": "2027-12-31",
    });
    let new = json!({ "name": name, "accreditations": [accreditation] });
    app.created(key, "/v1/certification-bodies", new).await["id"].as_str().unwrap().to_owned()
}

fn certificate(body: &str, number: &str) -> Value {
    json!({
        "certification_body": body, "number": number, "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Example Cloud GmbH", "scope": "Operation of the cloud platform",
        "printed": { "decision_on": "2025-03-10", "valid_from": "2025-03-12", "expires_on": "2028-03-10" },
    })
}

async fn entered(app: &TestApp, key: &str, new: Value) -> String {
    app.created(key, "/v1/certifications", new).await["id"].as_str().unwrap().to_owned()
}

fn one<'a>(page: &'a Value, code: &str) -> &'a Value {
    let rows = page["data"].as_array().unwrap();
    rows.iter().find(|row| row["code"] == code).unwrap_or_else(|| panic!("no {code} in {page}"))
}

mod scenario {
    use super::*;

    pub async fn bodies_live_and_are_journalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let id = body(app, &key, "Example Certification Body").await;
        let at = format!("/v1/certification-bodies/{id}");
        let told = app.read(&key, &at).await;
        assert_eq!((&told["accredited"], &told["as_of"]), (&json!(true), &json!("2026-11-24")));
        assert_eq!(app.read(&key, &format!("{at}?as_of=2028-01-01")).await["accredited"], false);
        let mut lost = told["accreditations"].clone();
        (lost[0]["lost_on"], lost[0]["loss"]) = (json!("2026-06-30"), json!("withdrawn"));
        let changed = app.changed(&key, &at, json!({ "accreditations": lost })).await;
        assert_eq!((&changed["accredited"], &changed["version"]), (&json!(false), &json!(2)));
        let listed = app.read(&key, "/v1/certification-bodies?as_of=2026-06-29").await;
        assert_eq!(listed["data"][0]["accredited"], true, "it held until the day before");
        let plain = json!({ "name": "Unaccredited" });
        assert_eq!(app.created(&key, "/v1/certification-bodies", plain).await["accredited"], false);

        let half = json!({ "accreditations": [{ "accreditation_body": "AB", "scope": "ISO 9001",
            "granted_on": "2026-01-01", "valid_until": "2025-01-01", "lost_on": "2026-02-01" }] });
        let refused = app.refused(Method::PATCH, &at, &key, Some(half), 422).await;
        assert_eq!(
            texts(&refused["errors"], "pointer"),
            ["/accreditations/0/valid_until", "/accreditations/0/loss"]
        );
        let taken = json!({ "name": "Unaccredited" });
        assert_eq!(pointer(&app.refused(Method::PATCH, &at, &key, Some(taken), 409).await), "/name");
        entered(app, &key, certificate(&id, "ISMS-1")).await;
        assert_eq!(app.refused(Method::DELETE, &at, &key, None, 409).await["code"], "in_use");
        let other = listed["data"].as_array().unwrap().len();
        assert_eq!(other, 1);
        let unused = app.read(&key, "/v1/certification-bodies?sort=-name").await["data"][0]["id"].clone();
        app.deleted(&key, &format!("/v1/certification-bodies/{}", unused.as_str().unwrap())).await;
        let trail = app.events(&key, "certification_body").await;
        assert_eq!(
            texts(&json!(trail), "type"),
            [
                "certification_body.created",
                "certification_body.updated",
                "certification_body.created",
                "certification_body.deleted"
            ]
        );
        assert!(trail[0]["after"].get("accredited").is_none(), "nothing derived");
    }

    pub async fn a_certificate_in_mid_cycle_is_entered_in_one_call(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = certificate(&body(app, &key, "CB").await, "ISMS-1");
        new["events"] = json!([
            { "type": "stage_1_completed", "ended_on": "2025-01-20" },
            { "type": "stage_2_completed", "started_on": "2025-02-17", "ended_on": "2025-02-20" },
            { "type": "surveillance_completed", "started_on": "2026-04-20", "ended_on": "2026-04-22" },
        ]);
        let told = app.created(&key, "/v1/certifications", new).await;
        let id = told["id"].as_str().unwrap();
        assert!(id.starts_with("crt_"));
        assert_eq!(
            (&told["status"], &told["public_status"], &told["marks_may_be_used"], &told["days_to_expiry"]),
            (&json!("active"), &json!("Active"), &json!(true), &json!(472))
        );
        assert_eq!(
            told["validity"],
            json!({
                "cycle": 1, "original_certification_on": null, "decision_on": "2025-03-10",
                "valid_from": "2025-03-12", "expires_on": "2028-03-10", "extended_until": null,
                "expiry_convention": "same_day", "restorable_until": "2028-09-10", "assumed": false,
            })
        );
        let due = app.read(&key, &format!("/v1/certifications/{id}/milestones")).await;
        let s1 = one(&due, "surveillance_1");
        assert_eq!(
            (&s1["due"], &s1["state"], &s1["done_on"], &s1["overdue_from"], &s1["days_late"]),
            (&json!("2026-03-10"), &json!("done"), &json!("2026-04-22"), &json!("2026-03-11"), &json!(43))
        );
        assert_eq!(
            s1["rule"],
            json!({
                "id": "A-10", "clause": "ISO/IEC 17021-1:2015 9.1.3.3", "basis": "normative",
                "source_checked": true, "rule_set": "2015/2024",
            })
        );
        assert_eq!(s1["inputs"][0], json!({ "name": "decision_on", "value": "2025-03-10" }));
        let s2 = one(&due, "surveillance_2");
        assert_eq!((&s2["due"], &s2["window_opens"]), (&json!("2027-03-10"), &json!("2026-12-10")));
        assert_eq!(s2["state"], "upcoming");
        assert_eq!(one(&due, "calendar_2026")["state"], "done");
        assert_eq!(one(&due, "recertification_plan")["rule"]["basis"], "convention");
        assert_eq!(one(&due, "restoration_limit")["due"], "2028-09-10");
        let codes: Vec<_> = texts(&due["data"], "code");
        assert_eq!(codes.len(), 14, "{codes:?}");
        assert_eq!(app.read(&key, "/v1/milestones").await["data"], due["data"], "the diary says the same");
        let log = app.read(&key, &format!("/v1/certifications/{id}/events")).await;
        assert_eq!(
            texts(&log["data"], "type"),
            ["stage_1_completed", "stage_2_completed", "registered_existing", "surveillance_completed"]
        );
        let trail = app.events(&key, "certification").await;
        assert_eq!(texts(&json!(trail), "type"), ["certification.registered"]);
        assert_eq!(trail[0]["after"]["events"].as_array().unwrap().len(), 4);
        assert!(trail[0]["after"].get("status").is_none(), "nothing derived");
    }

    pub async fn milestones_are_told_for_a_day_and_keep_what_people_add(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = certificate(&body(app, &key, "CB").await, "ISMS-1");
        new["events"] = json!([{ "type": "surveillance_completed", "ended_on": "2026-02-12" }]);
        let id = entered(app, &key, new).await;
        let at = format!("/v1/certifications/{id}");
        let on = async |day: &str| app.read(&key, &format!("{at}/milestones?as_of={day}")).await;

        let s2 = one(&on("2026-11-24").await, "surveillance_2")["id"].as_str().unwrap().to_owned();
        let owner = app.first_member(&key).await;
        let plan = json!({ "owner": owner, "planned_on": "2027-02-15" });
        app.changed(&key, &format!("/v1/milestones/{s2}"), plan).await;
        let past = on("2026-02-11").await;
        assert_eq!(one(&past, "surveillance_1")["state"], "open", "it had not been held by then");
        assert_eq!(one(&past, "surveillance_2")["planned_on"], "2027-02-15");
        assert_eq!(one(&on("2026-02-12").await, "surveillance_1")["state"], "done");
        let late = on("2027-03-11").await;
        let late = one(&late, "surveillance_2");
        assert_eq!(
            (&late["state"], &late["days_late"], &late["owner"]),
            (&json!("overdue"), &json!(1), &json!(owner))
        );
        assert_eq!(on("2025-03-09").await["data"], json!([]), "nothing was due before the decision");

        for (day, status, public) in [
            ("2025-03-09", "not_yet_valid", "Inactive"),
            ("2025-03-11", "not_yet_valid", "Inactive"),
            ("2028-03-10", "active", "Active"),
            ("2028-03-11", "expired_restorable", "Expired"),
            ("2028-09-11", "closed", "Expired"),
        ] {
            let told = app.read(&key, &format!("{at}?as_of={day}")).await;
            assert_eq!((&told["status"], &told["public_status"]), (&json!(status), &json!(public)), "{day}");
            let listed = app.read(&key, &format!("/v1/certifications?as_of={day}")).await;
            assert_eq!(listed["data"][0], told, "{day}");
        }
        app.refused(Method::GET, &format!("{at}/milestones?as_of=soon"), &key, None, 400).await;
    }

    pub async fn sites_are_covered_on_their_own_days(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = certificate(&body(app, &key, "CB").await, "ISMS-1");
        new["sites"] = json!([
            { "name": "Head office" },
            { "name": "Engineering", "covered_from": "2026-05-01" },
            { "name": "Warehouse", "covered_until": "2026-10-31" },
        ]);
        let at = format!("/v1/certifications/{}", entered(app, &key, new).await);
        let on =
            async |day: &str| app.read(&key, &format!("{at}?as_of={day}")).await["covered_sites"].clone();
        assert_eq!(on("2025-03-11").await, json!([]), "it is not valid yet");
        assert_eq!(on("2026-04-30").await, json!(["Head office", "Warehouse"]));
        assert_eq!(on("2026-05-01").await, json!(["Head office", "Engineering", "Warehouse"]));
        assert_eq!(on("2026-11-01").await, json!(["Head office", "Engineering"]));
        assert_eq!(on("2028-03-11").await, json!([]), "it has expired");
        let story = app.read(&key, &format!("{at}/explain?as_of=2026-06-01")).await;
        let told: Vec<_> = story["steps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|step| step["text"].as_str().unwrap().contains("The site"))
            .map(|step| (step["on"].as_str().unwrap(), step["kind"].as_str().unwrap()))
            .collect();
        assert_eq!(told, [("2026-05-01", "turn"), ("2026-11-01", "next")]);
    }

    pub async fn the_timeline_says_in_words_what_it_shows(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = certificate(&body(app, &key, "CB").await, "<ISMS-1>");
        new["events"] = json!([{ "type": "surveillance_completed", "ended_on": "2026-02-12" }]);
        let id = entered(app, &key, new).await;
        let drawn = async |day: &str| {
            let at = format!("/v1/certifications/{id}/timeline.svg?as_of={day}");
            let answer = app.call(Method::GET, &at, &key, None).await;
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.headers()["content-type"], "image/svg+xml");
            assert!(
                answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'")
            );
            answer.text().await.unwrap()
        };
        let now = drawn("2026-11-24").await;
        let milestones =
            app.read(&key, &format!("/v1/certifications/{id}/milestones?as_of=2026-11-24")).await;
        let all = milestones["data"].as_array().unwrap();
        assert!(all.len() >= 5, "{milestones}");
        for one in all {
            let (title, due) = (one["title"].as_str().unwrap(), one["due"].as_str().unwrap());
            let said = match one["done_on"].as_str() {
                Some(done) => format!("{title}: done {done}"),
                None => format!("{title}: by {due}"),
            };
            assert_eq!(now.matches(&said).count(), 2, "{said} in the description and at its mark: {now}");
        }
        for wanted in [
            r#"role="img""#,
            "&lt;ISMS-1&gt;",
            "Valid from 2025-03-12 to 2028-03-10",
            "The day asked about: 2026-11-24",
        ] {
            assert!(now.contains(wanted), "{wanted}: {now}");
        }
        assert!(!now.contains("<script") && !now.contains("<ISMS"));
        assert_eq!(now, drawn("2026-11-24").await, "the same facts are the same bytes");
        assert!(drawn("2027-03-11").await.contains("Second surveillance audit: overdue, by"));
        let before = drawn("2025-03-01").await;
        assert!(before.contains("Inactive on 2025-03-01"), "{before}");
    }

    pub async fn events_settle_milestones_and_can_be_voided(app: &TestApp) {
        let key = app.tenant("acme").await;
        let new = certificate(&body(app, &key, "CB").await, "ISMS-1");
        let id = entered(app, &key, new).await;
        let at = format!("/v1/certifications/{id}");
        assert_eq!(
            app.read(&key, "/v1/milestones?state=overdue&code=surveillance_1").await["data"][0]["code"],
            "surveillance_1"
        );
        let held =
            json!({ "type": "surveillance_completed", "started_on": "2026-03-02", "ended_on": "2026-03-04" });
        let event = app.created(&key, &format!("{at}/events"), held).await;
        assert_eq!(event["effective_on"], "2026-03-04", "the last day counts");
        assert_eq!(
            app.read(&key, "/v1/milestones?state=overdue&code=surveillance_1").await["data"],
            json!([])
        );
        let one_event = format!("{at}/events/{}", event["id"].as_str().unwrap());
        let stored = app.read(&key, &one_event).await;
        assert!(stored.as_object().unwrap().iter().all(|(name, value)| event[name] == *value), "{stored}");

        let why = json!({ "void_reason": "Held at another company" });
        let unconditional = app.call(Method::PATCH, &one_event, &key, Some(why.clone())).await;
        assert_eq!(unconditional.status(), 428);
        let voided = app.changed(&key, &one_event, why.clone()).await;
        assert_eq!(voided["void_reason"], "Held at another company");
        assert_eq!(
            app.read(&key, "/v1/milestones?state=overdue&code=surveillance_1").await["data"][0]["code"],
            "surveillance_1"
        );
        assert_eq!(app.refused(Method::PATCH, &one_event, &key, Some(why), 409).await["code"], "conflict");
        let version = app.read(&key, &at).await["version"].clone();
        assert_eq!(version, 3, "events count as changes of the certificate");
        let trail = app.events(&key, &id).await;
        assert_eq!(
            texts(&json!(trail), "type"),
            [
                "certification.registered",
                "certification.surveillance_completed",
                "certification.event_voided"
            ]
        );
    }

    pub async fn a_registration_is_corrected_and_voided(app: &TestApp) {
        let key = app.tenant("acme").await;
        let id = entered(app, &key, certificate(&body(app, &key, "CB").await, "ISMS-1")).await;
        let at = format!("/v1/certifications/{id}");
        let right = json!({ "type": "registered_existing",
            "printed": { "decision_on": "2025-05-10", "expires_on": "2028-05-09" } });
        let corrected = app.created(&key, &format!("{at}/events"), right).await;
        let told = app.read(&key, &at).await;
        assert_eq!(told["validity"]["expires_on"], "2028-05-09");
        assert_eq!(told["validity"]["expiry_convention"], "day_before");
        assert_eq!(one(&app.read(&key, "/v1/milestones").await, "surveillance_1")["due"], "2026-05-10");
        let log = app.read(&key, &format!("{at}/events")).await;
        assert_eq!(log["data"][0]["void_reason"], "Corrected by a later registration");
        assert_eq!(app.read(&key, "/v1/certifications?expires_after=2028-05-09").await["data"][0]["id"], id);

        let event = format!("{at}/events/{}", corrected["id"].as_str().unwrap());
        let other = body(app, &key, "Other body").await;
        let patch = json!({ "certification_body": other, "standard": "ISO/IEC 42001", "edition": "2023" });
        let renamed = app.changed(&key, &at, patch).await;
        assert_eq!((&renamed["certification_body"], &renamed["edition"]), (&json!(other), &json!("2023")));
        app.changed(&key, &event, json!({ "void_reason": "Never ours" })).await;
        let told = app.read(&key, &at).await;
        assert_eq!((&told["status"], &told["validity"]), (&json!("voided"), &Value::Null));
        assert_eq!(app.read(&key, "/v1/milestones").await["data"], json!([]), "nothing is due any more");
    }

    pub async fn writers_of_one_certificate_wait_for_each_other(app: &TestApp) {
        let key = app.tenant("acme").await;
        let id = entered(app, &key, certificate(&body(app, &key, "CB").await, "ISMS-1")).await;
        let at = format!("/v1/certifications/{id}/events");
        let audits = (1..=8).map(|day| {
            let held = json!({ "type": "surveillance_completed", "ended_on": format!("2026-02-{day:02}") });
            app.call(Method::POST, &at, &key, Some(held))
        });
        for answer in futures_util::future::join_all(audits).await {
            assert_eq!(answer.status(), 201);
        }
        let log = app.read(&key, &at).await;
        let mut sequences: Vec<_> =
            log["data"].as_array().unwrap().iter().map(|event| event["sequence"].as_i64().unwrap()).collect();
        sequences.sort_unstable();
        assert_eq!(sequences, (1..=9).collect::<Vec<_>>());
        assert_eq!(app.read(&key, &format!("/v1/certifications/{id}")).await["version"], 9);
    }

    pub async fn a_log_has_an_end(app: &TestApp) {
        let key = app.tenant("acme").await;
        let audit = json!({ "type": "surveillance_completed", "ended_on": "2026-02-12" });
        let mut new = certificate(&body(app, &key, "CB").await, "ISMS-1");
        new["events"] = vec![audit.clone(); 101].into();
        let refused = app.refused(Method::POST, "/v1/certifications", &key, Some(new.clone()), 422).await;
        assert_eq!(pointer(&refused), "/events");
        new["events"] = vec![audit.clone(); 100].into();
        let at = format!("/v1/certifications/{}/events", entered(app, &key, new).await);
        for _ in 101..150 {
            app.created(&key, &at, audit.clone()).await;
        }
        assert_eq!(app.refused(Method::POST, &at, &key, Some(audit), 409).await["code"], "conflict");
        let right = json!({ "type": "registered_existing",
            "printed": { "decision_on": "2025-05-10", "expires_on": "2028-05-10" } });
        app.created(&key, &at, right).await;
        assert_eq!(app.read(&key, &at).await["data"].as_array().unwrap().len(), 151, "a correction is taken");
    }

    pub async fn certificates_are_listed_and_found(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (a, b) = (body(app, &key, "A").await, body(app, &key, "B").await);
        for (body, number, expiry, standard) in [
            (&a, "N-3", "2027-01-01", "ISO/IEC 27001"),
            (&a, "N-1", "2029-01-01", "ISO 9001"),
            (&b, "N-2", "2028-01-01", "ISO/IEC 27001"),
        ] {
            let mut new = certificate(body, number);
            (new["printed"]["expires_on"], new["standard"]) = (json!(expiry), json!(standard));
            new["external_refs"] = json!([{ "system": "grc", "id": number }]);
            entered(app, &key, new).await;
        }
        for (query, wanted) in [
            ("", vec!["N-3", "N-2", "N-1"]),
            ("sort=-expires_on", vec!["N-1", "N-2", "N-3"]),
            ("sort=created_at", vec!["N-3", "N-1", "N-2"]),
            ("sort=-created_at", vec!["N-2", "N-1", "N-3"]),
            ("expires_before=2028-01-01", vec!["N-3", "N-2"]),
            ("expires_after=2028-01-01", vec!["N-2", "N-1"]),
            ("standard=ISO%209001", vec!["N-1"]),
            ("number=N-2", vec!["N-2"]),
            ("external_ref=grc:N-3", vec!["N-3"]),
            (&format!("certification_body={a}"), vec!["N-3", "N-1"]),
        ] {
            let found = app.read(&key, &format!("/v1/certifications?count=true&{query}")).await;
            assert_eq!(texts(&found["data"], "number"), wanted, "{query}");
            assert_eq!(found["total"], wanted.len(), "{query}");
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = app.read(&key, &format!("/v1/certifications?limit=1&{query}{cursor}")).await;
                seen.extend(texts(&page["data"], "number").into_iter().map(str::to_owned));
                let Some(next) = page["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(seen, wanted, "{query}, page by page");
        }
        let pages = app.call(Method::GET, "/v1/certifications?limit=1", &key, None).await;
        let all = app.call(Method::GET, "/v1/certifications", &key, None).await;
        assert_eq!(
            statements(&pages),
            statements(&all),
            "one statement for the rows, one for all their events and one for their bodies"
        );
    }

    pub async fn wrong_certificates_are_refused_whole(app: &TestApp) {
        let (key, other) = (app.tenant("acme").await, app.tenant("other").await);
        let (own, theirs) = (body(app, &key, "CB").await, body(app, &other, "CB").await);
        entered(app, &key, certificate(&own, "ISMS-1")).await;
        let with = |at: &str, value: Value| {
            let mut new = certificate(&own, "ISMS-2");
            *new.pointer_mut(at).unwrap() = value;
            new
        };
        let events = |events: Value| {
            let mut new = certificate(&own, "ISMS-2");
            new["events"] = events;
            new
        };
        for (new, status, at) in [
            (certificate(&own, "ISMS-1"), 409, "/number"),
            (certificate(&theirs, "ISMS-2"), 422, "/certification_body"),
            (with("/printed/decision_on", json!("2026-11-25")), 422, "/printed/decision_on"),
            (with("/printed/expires_on", json!("2025-03-12")), 422, "/printed/expires_on"),
            (with("/printed/expires_on", json!("2035-03-11")), 422, "/printed/expires_on"),
            (with("/printed", json!({ "expires_on": "2028-03-10" })), 422, "/printed/decision_on"),
            (with("/printed", json!({ "decision_on": "2025-03-10" })), 400, "/printed"),
            (with("/number", json!(" ")), 400, "/number"),
            (events(json!([{ "type": "surveillance_completed" }])), 422, "/events/0/ended_on"),
            (
                events(json!([{ "type": "surveillance_completed", "ended_on": "2026-11-25" }])),
                422,
                "/events/0/ended_on",
            ),
            (
                events(
                    json!([{ "type": "stage_1_completed", "started_on": "2025-01-02", "ended_on": "2025-01-01" }]),
                ),
                422,
                "/events/0/started_on",
            ),
            (events(json!([{ "type": "registered_existing" }])), 422, "/events/0/type"),
        ] {
            let told = new.to_string();
            let refused = app.refused(Method::POST, "/v1/certifications", &key, Some(new), status).await;
            assert_eq!(pointer(&refused), at, "{told}");
        }
        let mut digest = certificate(&own, "ISMS-2");
        digest["document_digest"] = json!("z".repeat(64));
        let refused = app.refused(Method::POST, "/v1/certifications", &key, Some(digest), 422).await;
        assert_eq!(pointer(&refused), "/document_digest");
        assert_eq!(app.read(&key, "/v1/certifications?count=true").await["total"], 1);
        assert_eq!(app.events(&key, "certification").await.len(), 1);
    }

    pub async fn graphql_reads_a_certificate_in_one_statement_per_relation(app: &TestApp) {
        let key = app.tenant("acme").await;
        let query =
            "{ certifications { totalCount nodes { number status validity { expiresOn } certificationBody
            { name accredited } events { type audit { endedOn } } milestones { code due state owner { name }
            rule { id } } } } }";
        let mut counts = Vec::new();
        for n in 1..=6 {
            let cb = body(app, &key, &format!("CB {n}")).await;
            let id = entered(app, &key, certificate(&cb, &format!("N-{n}"))).await;
            let due = app.read(&key, &format!("/v1/certifications/{id}/milestones")).await;
            let owner = json!({ "owner": app.first_member(&key).await });
            let s1 = one(&due, "surveillance_1")["id"].as_str().unwrap();
            app.changed(&key, &format!("/v1/milestones/{s1}"), owner).await;
            let answer = app.call(Method::POST, "/graphql", &key, Some(json!({ "query": query }))).await;
            counts.push(statements(&answer));
            let answer: Value = answer.json().await.unwrap();
            let nodes =
                answer["data"]["certifications"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}"));
            assert_eq!(nodes.len(), n);
            for node in nodes {
                assert_eq!(
                    (&node["status"], &node["certificationBody"]["accredited"]),
                    (&json!("ACTIVE"), &json!(true))
                );
                let s1 =
                    node["milestones"].as_array().unwrap().iter().find(|one| one["code"] == "surveillance_1");
                assert_eq!(s1.unwrap()["owner"]["name"], "First owner");
            }
        }
        assert!(counts.iter().all(|&count| count == counts[0]), "{counts:?}");
    }

    pub async fn graphql_enters_and_corrects_a_certificate(app: &TestApp) {
        let key = app.tenant("acme").await;
        let made = app
            .ask(
                &key,
                "mutation { createCertificationBody(input: { name: \"CB\" }) { id accredited version } }",
            )
            .await;
        let cb = made["data"]["createCertificationBody"]["id"].as_str().unwrap_or_else(|| panic!("{made}"));
        let input = json!({
            "certificationBody": cb, "number": "N-1", "standard": "ISO/IEC 27001", "edition": "2022",
            "legalEntity": "Example Cloud GmbH", "scope": "Everything",
            "printed": { "decisionOn": "2025-03-10", "expiresOn": "2028-03-10" },
            "events": [{ "type": "SURVEILLANCE_COMPLETED", "endedOn": "2026-02-12" }],
        });
        let enter = "mutation($input: NewCertification!) { registerCertification(input: $input) {
            id version status milestones(asOf: \"2026-02-11\") { code state } events { id type version } } }";
        let entered = app.ask_with(&key, enter, json!({ "input": input })).await;
        let one = &entered["data"]["registerCertification"];
        assert_eq!(
            (&one["status"], &one["events"][1]["type"]),
            (&json!("ACTIVE"), &json!("SURVEILLANCE_COMPLETED"))
        );
        let s1 =
            one["milestones"].as_array().unwrap().iter().find(|due| due["code"] == "surveillance_1").unwrap();
        assert_eq!(s1["state"], "OPEN");
        let (id, event) = (one["id"].as_str().unwrap(), one["events"][1]["id"].as_str().unwrap());
        let change = |version: i32| {
            format!(
                "mutation {{ updateCertification(id: \"{id}\", expectedVersion: {version}, input: {{ revision: \"2\" }}) {{ revision version }} }}"
            )
        };
        assert_eq!(app.ask(&key, &change(1)).await["data"]["updateCertification"]["version"], 2);
        assert_eq!(app.ask(&key, &change(1)).await["errors"][0]["extensions"]["code"], "stale_version");
        let void = format!(
            "mutation {{ voidCertificationEvent(certificationId: \"{id}\", id: \"{event}\",
            expectedVersion: 1, input: {{ voidReason: \"Entered twice\" }}) {{ voidReason version }} }}"
        );
        assert_eq!(app.ask(&key, &void).await["data"]["voidCertificationEvent"]["version"], 2);
        let audit = format!(
            "mutation {{ recordCertificationEvent(certificationId: \"{id}\", input: {{
            type: RECERTIFICATION_AUDIT_COMPLETED, endedOn: \"2027-10-01\" }}) {{ id }} }}"
        );
        let early = app.ask(&key, &audit).await;
        assert_eq!(early["errors"][0]["extensions"]["code"], "unprocessable", "it has not been held yet");
        let gone = format!("mutation {{ deleteCertificationBody(id: \"{cb}\", expectedVersion: 1) }}");
        assert_eq!(app.ask(&key, &gone).await["errors"][0]["extensions"]["code"], "in_use");
        let types = app.events(&key, id).await;
        assert_eq!(
            texts(&json!(types), "type"),
            ["certification.registered", "certification.updated", "certification.event_voided"]
        );
    }

    pub async fn roles_bind_certificates(app: &TestApp) {
        let key = app.tenant("acme").await;
        let cb = body(app, &key, "CB").await;
        let (viewer, bot) = (app.key_as(&key, "viewer").await, app.key_as(&key, "integration").await);
        let new = || Some(certificate(&cb, "ISMS-1"));
        app.refused(Method::POST, "/v1/certifications", &viewer, new(), 403).await;
        let id = entered(app, &bot, certificate(&cb, "ISMS-1")).await;
        let at = format!("/v1/certifications/{id}/events");
        let registration = app.read(&viewer, &at).await["data"][0]["id"].clone();
        let at = format!("{at}/{}", registration.as_str().unwrap());
        let why = Some(json!({ "void_reason": "Mistake" }));
        let refused = app.refused(Method::PATCH, &at, &bot, why, 403).await;
        assert_eq!(refused["code"], "forbidden", "an integration records and does not void");
    }
}
