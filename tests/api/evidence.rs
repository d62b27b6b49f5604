//! Evidence: its life, its review, how fresh it is, and what it covers.

use crate::support::*;

on_both!(
    evidence_lives_and_is_journalled,
    another_member_reviews,
    what_was_judged_stays_as_it_was_judged,
    content_comes_in_versions,
    freshness_follows_from_dates_and_controls,
    evidence_is_found_by_what_it_is_for,
    coverage_tells_the_days_without_evidence,
    a_control_shows_its_evidence,
    a_step_that_is_repeated_is_answered_as_before,
    the_diary_knows_when_evidence_ends,
    a_control_that_asks_for_younger_evidence_moves_its_days,
);

/// A statement with this title, and more.
fn statement(title: &str, more: Value) -> Value {
    let mut new =
        json!({ "kind": "statement", "title": title, "content": { "statement": "It was looked at." } });
    for (name, value) in more.as_object().unwrap() {
        new[name] = value.clone();
    }
    new
}

async fn make(app: &TestApp, key: &str, new: Value) -> (String, Value) {
    let made = app.created(key, "/v1/evidence", new).await;
    (format!("/v1/evidence/{}", made["id"].as_str().unwrap()), made)
}

async fn control(app: &TestApp, key: &str, code: &str, freshness_days: Value) -> String {
    let new = json!({ "code": code, "title": code, "freshness_days": freshness_days });
    app.created(key, "/v1/controls", new).await["id"].as_str().unwrap().to_owned()
}

async fn titles(app: &TestApp, key: &str, query: &str) -> Vec<String> {
    let page = app.read(key, &format!("/v1/evidence?count=true&sort=created_at&{query}")).await;
    let found = texts(&page["data"], "title");
    assert_eq!(page["total"], found.len(), "{query}");
    found.into_iter().map(str::to_owned).collect()
}

mod scenario {
    use super::*;

    pub async fn evidence_lives_and_is_journalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (at, made) = make(app, &key, statement("Read", json!({ "source": "wiki" }))).await;
        assert_eq!((&made["content_version"], &made["review"]["state"]), (&json!(1), &json!("draft")));
        assert_eq!(made["uploaded_by"], app.first_member(&key).await.as_str());
        let changed = app.changed(&key, &at, json!({ "title": "Read by all", "source": null })).await;
        assert_eq!((&changed["title"], &changed["version"]), (&json!("Read by all"), &json!(2)));
        assert!(changed["source"].is_null());
        let stale = app.call_with(Method::DELETE, &at, &key, None, &[("if-match", "\"1.x\"")]).await;
        assert_eq!(stale.status(), 412);
        app.deleted(&key, &at).await;
        assert_eq!(app.call(Method::GET, &at, &key, None).await.status(), 404);
        let events = app.events(&key, "evidence").await;
        let kinds = json!(events);
        assert_eq!(texts(&kinds, "type"), ["evidence.created", "evidence.updated", "evidence.deleted"]);
        assert_eq!(events[0]["after"]["content"]["statement"], "It was looked at.");
    }

    pub async fn another_member_reviews(app: &TestApp) {
        let key = app.tenant("acme").await;
        let engineer = app.key_as(&key, "contributor").await;
        let (at, _) = make(app, &engineer, statement("Read", json!({}))).await;
        let (empty, _) = make(app, &engineer, json!({ "kind": "file", "title": "Nothing yet" })).await;
        let step = async |key: &str, word: &str, status| {
            let body = (word == "reject").then(|| json!({ "reason": "It shows June only." }));
            app.refused(Method::POST, &format!("{at}/{word}"), key, body, status).await
        };
        step(&key, "accept", 409).await;
        let nothing = app.refused(Method::POST, &format!("{empty}/submit"), &engineer, None, 409).await;
        assert!(nothing["detail"].as_str().unwrap().contains("no content"), "{nothing}");
        step(&engineer, "submit", 200).await;
        step(&engineer, "accept", 403).await;
        let rejected = step(&key, "reject", 200).await;
        assert_eq!(rejected["review"]["reason"], "It shows June only.");
        step(&engineer, "submit", 409).await;
        let draft = step(&engineer, "withdraw", 200).await;
        assert_eq!((&draft["review"]["state"], &draft["review"]["reason"]), (&json!("draft"), &Value::Null));
        // The owner may review, but not what they hand in themselves: members are compared, not credentials.
        step(&key, "submit", 200).await;
        let other_key =
            json!({ "member_id": app.first_member(&key).await, "name": "Another key of the same member" });
        let other_key =
            app.created(&key, "/v1/api-keys", other_key).await["key"].as_str().unwrap().to_owned();
        let own = step(&other_key, "accept", 409).await;
        assert!(
            own["detail"].as_str().unwrap().starts_with("the member who submitted it may not review it"),
            "{own}"
        );
        let manager = app.key_as(&key, "manager").await;
        let accepted = step(&manager, "accept", 200).await;
        assert_eq!(
            (&accepted["review"]["state"], &accepted["accepted_version"]),
            (&json!("accepted"), &json!(1))
        );
        assert_ne!(accepted["review"]["reviewed_by"], accepted["review"]["submitted_by"]);
        step(&manager, "withdraw", 409).await;
        let events = json!(app.events(&key, at.rsplit('/').next().unwrap()).await);
        let steps = ["created", "submitted", "rejected", "withdrawn", "submitted", "accepted"];
        assert_eq!(texts(&events, "type"), steps.map(|step| format!("evidence.{step}")));
    }

    pub async fn what_was_judged_stays_as_it_was_judged(app: &TestApp) {
        let key = app.tenant("acme").await;
        let manager = app.key_as(&key, "manager").await;
        let period = json!({ "covers_from": "2026-07-01", "covers_to": "2026-09-30" });
        let (at, _) = make(app, &key, statement("Read", period)).await;
        app.stepped(&key, &format!("{at}/submit")).await;
        app.stepped(&manager, &format!("{at}/accept")).await;
        for claim in [
            json!({ "covers_to": "2026-10-31" }),
            json!({ "valid_until": "2030-01-01" }),
            json!({ "collected_at": "2026-10-01T00:00:00Z" }),
            json!({ "source": "wiki" }),
        ] {
            app.refused(Method::PATCH, &at, &key, Some(claim), 409).await;
        }
        let renamed = app.changed(&key, &at, json!({ "title": "Read by all" })).await;
        assert_eq!(renamed["review"]["state"], "accepted");
        let kept = app.refused(Method::DELETE, &at, &key, None, 409).await;
        assert!(kept["detail"].as_str().unwrap().contains("record"), "{kept}");
        let again = json!({ "statement": "It was looked at again." });
        let draft = app.refused(Method::POST, &format!("{at}/versions"), &key, Some(again), 200).await;
        assert_eq!((&draft["review"]["state"], &draft["accepted_version"]), (&json!("draft"), &json!(1)));
        app.changed(&key, &at, json!({ "covers_to": "2026-10-31" })).await;
        app.refused(Method::DELETE, &at, &key, None, 409).await;
    }

    pub async fn content_comes_in_versions(app: &TestApp) {
        let key = app.tenant("acme").await;
        let record =
            json!({ "kind": "record", "title": "Two factors", "content": { "record": { "accounts": 140 } } });
        let (at, _) = make(app, &key, record).await;
        let versions = format!("{at}/versions");
        let next = json!({ "record": { "accounts": 148, "by": ["directory"] } });
        let renewed = app.refused(Method::POST, &versions, &key, Some(next.clone()), 200).await;
        assert_eq!(
            (&renewed["content_version"], &renewed["content"]["record"]),
            (&json!(2), &next["record"])
        );
        let all = app.read(&key, &format!("{versions}?count=true")).await;
        let numbers: Vec<_> =
            all["data"].as_array().unwrap().iter().map(|one| one["number"].as_i64().unwrap()).collect();
        assert_eq!((numbers, &all["total"]), (vec![2, 1], &json!(2)));
        assert_eq!(all["data"][1]["content"]["record"], json!({ "accounts": 140 }));
        let first = app.read(&key, &format!("{versions}?limit=1&sort=number")).await;
        let second =
            format!("{versions}?limit=1&sort=number&cursor={}", first["next_cursor"].as_str().unwrap());
        assert_eq!(app.read(&key, &second).await["data"][0]["number"], 2);
        for (wrong, at) in [
            (json!({ "record": [1] }), "/record"),
            (json!({ "record": { "a": "\0" } }), "/record"),
            (json!({ "record": {}, "url": "https://a.example" }), "/url"),
            (json!({}), "/record"),
        ] {
            let told = app.refused(Method::POST, &versions, &key, Some(wrong), 422).await;
            assert_eq!(pointer(&told), at);
        }
        // Neither a record nor a link has bytes, and neither takes a file.
        app.refused(Method::GET, &format!("{at}/content"), &key, None, 409).await;
        assert_eq!(app.upload(&key, &format!("{at}/content"), b"x", &[]).await.status(), 409);
        let told = "content_added";
        let events = json!(app.events(&key, "evidence").await);
        assert_eq!(texts(&events, "type"), ["evidence.created".to_owned(), format!("evidence.{told}")]);
    }

    pub async fn freshness_follows_from_dates_and_controls(app: &TestApp) {
        let key = app.tenant("acme").await;
        let quarterly = control(app, &key, "AC-02", json!(90)).await;
        let yearly = control(app, &key, "AC-01", json!(365)).await;
        let period = json!({ "covers_from": "2026-07-01", "covers_to": "2026-09-30" });
        let with = |more: Value| {
            let mut all = period.clone();
            more.as_object().unwrap().iter().for_each(|(name, value)| all[name] = value.clone());
            all
        };
        let both = with(json!({ "controls": [yearly, quarterly], "valid_until": "2027-01-31" }));
        let (at, made) = make(app, &key, statement("both", both)).await;
        let told = &made["freshness"];
        assert_eq!((&told["state"], &told["fresh_until"]), (&json!("fresh"), &json!("2026-12-29")));
        assert_eq!((&told["control"], &told["counted_by"]), (&json!(quarterly), &json!("covers_to")));
        assert_eq!(told["why"], "covers_to and 90 days of its control reach 2026-12-29");
        for (day, state) in [
            ("2026-12-29", "fresh"),
            ("2026-12-30", "stale"),
            ("2027-01-31", "stale"),
            ("2027-02-01", "expired"),
        ] {
            let then = app.read(&key, &format!("{at}?as_of={day}")).await;
            assert_eq!((&then["freshness"]["state"], &then["as_of"]), (&json!(state), &json!(day)), "{then}");
            assert_eq!(titles(app, &key, &format!("as_of={day}&state={state}")).await, ["both"], "{day}");
            for other in ["fresh", "stale", "expired", "none"] {
                let found = titles(app, &key, &format!("as_of={day}&state={other}")).await;
                assert_eq!(found.is_empty(), other != state, "{other} on {day}");
            }
        }
        make(app, &key, statement("ageless", period.clone())).await;
        let (_, made) =
            make(app, &key, json!({ "kind": "file", "title": "empty", "controls": [quarterly] })).await;
        assert_eq!(
            (&made["freshness"]["state"], &made["freshness"]["why"]),
            (&json!("none"), &json!("it has no content yet"))
        );
        let collected = json!({ "collected_at": "2026-08-25T23:30:00Z", "controls": [quarterly] });
        let (_, made) = make(app, &key, statement("collected", collected)).await;
        assert_eq!(
            (&made["freshness"]["state"], &made["freshness"]["counted_from"]),
            (&json!("stale"), &json!("2026-08-25"))
        );
        let (_, made) = make(app, &key, statement("uploaded", json!({ "controls": [yearly] }))).await;
        assert_eq!(
            (&made["freshness"]["counted_by"], &made["freshness"]["fresh_until"]),
            (&json!("uploaded_at"), &json!("2027-11-24"))
        );
        assert_eq!(titles(app, &key, "state=none").await, ["ageless", "empty"]);
        assert_eq!(titles(app, &key, "state=stale").await, ["collected"]);
        assert_eq!(titles(app, &key, "state=fresh").await, ["both", "uploaded"]);
    }

    pub async fn evidence_is_found_by_what_it_is_for(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (one, other) =
            (control(app, &key, "AC-01", Value::Null).await, control(app, &key, "AC-02", Value::Null).await);
        let owner = app.first_member(&key).await;
        let risk = app.created(&key, "/v1/risks", json!({ "code": "R-01", "title": "A risk" })).await;
        let risk = risk["id"].as_str().unwrap();
        let own = json!({ "key": "x-policy", "name": "Own policy" });
        app.created(&key, "/v1/frameworks", own).await;
        app.created(&key, "/v1/frameworks/x-policy/requirements", json!({ "id": "P1", "title": "One" }))
            .await;
        let about = |framework: &str, id: &str| json!([{ "framework": framework, "id": id }]);
        let first = json!({
            "controls": [one, other], "requirements": about("soc2-2017", "CC6.1"), "owner": owner,
            "covers_from": "2026-01-01", "covers_to": "2026-03-31",
            "external_refs": [{ "system": "jira", "id": "SEC-1" }],
        });
        let (at, _) = make(app, &key, statement("first", first)).await;
        let second = json!({
            "controls": [other], "requirements": about("iso27001-2022", "A.5.15"), "risks": [risk],
            "covers_from": "2026-03-01", "covers_to": "2026-06-30",
        });
        make(app, &key, statement("second", second)).await;
        make(
            app,
            &key,
            json!({ "kind": "link", "title": "third", "requirements": about("x-policy", "P1"),
                                   "content": { "url": "https://a.example" } }),
        )
        .await;
        app.stepped(&key, &format!("{at}/submit")).await;
        for (query, found) in [
            (format!("control={one}"), vec!["first"]),
            (format!("control={other}"), vec!["first", "second"]),
            ("requirement=CC6.1".to_owned(), vec!["first"]),
            ("framework=iso27001-2022".to_owned(), vec!["second"]),
            ("requirement=CC6.1&framework=iso27001-2022".to_owned(), vec![]),
            (format!("risk={risk}"), vec!["second"]),
            ("framework=x-policy".to_owned(), vec!["third"]),
            ("kind=link".to_owned(), vec!["third"]),
            ("review=submitted".to_owned(), vec!["first"]),
            (format!("owner={owner}"), vec!["first"]),
            ("external_ref=jira:SEC-1".to_owned(), vec!["first"]),
            ("covers=2026-03-31..2026-04-30".to_owned(), vec!["first", "second"]),
            ("covers=2026-04-01..2026-04-30".to_owned(), vec!["second"]),
            ("covers=2025-01-01..2025-12-31".to_owned(), vec![]),
        ] {
            assert_eq!(titles(app, &key, &query).await, found, "{query}");
        }
        let turned =
            app.refused(Method::GET, "/v1/evidence?covers=2026-04-01..2026-01-01", &key, None, 400).await;
        assert_eq!((&turned["code"], pointer(&turned)), (&json!("invalid_parameter"), "covers"));
        app.changed(&key, &at, json!({ "controls": [one], "requirements": [] })).await;
        assert_eq!(titles(app, &key, &format!("control={other}")).await, ["second"]);
        assert_eq!(titles(app, &key, "requirement=CC6.1").await, Vec::<String>::new());
        let in_use = app.refused(Method::DELETE, &format!("/v1/controls/{one}"), &key, None, 409).await;
        assert_eq!(in_use["code"], "in_use");
        for used in [format!("/v1/risks/{risk}"), "/v1/frameworks/x-policy/requirements/P1".to_owned()] {
            assert_eq!(app.refused(Method::DELETE, &used, &key, None, 409).await["code"], "in_use", "{used}");
        }
        let unknown = json!({ "requirements": about("x-policy", "P2") });
        let unknown = app.refused(Method::PATCH, &at, &key, Some(unknown), 422).await;
        assert_eq!(pointer(&unknown), "/requirements/0");
    }

    pub async fn coverage_tells_the_days_without_evidence(app: &TestApp) {
        let key = app.tenant("acme").await;
        let manager = app.key_as(&key, "manager").await;
        let one = control(app, &key, "AC-01", Value::Null).await;
        for (title, from, to, accepted) in [
            ("winter", "2025-12-01", "2026-02-10", true),
            ("spring", "2026-02-11", "2026-03-31", true),
            ("inside", "2026-03-01", "2026-03-15", true),
            ("may", "2026-05-01", "2026-05-31", true),
            ("june", "2026-06-01", "2026-06-30", false),
        ] {
            let more = json!({ "controls": [one], "covers_from": from, "covers_to": to });
            let (at, _) = make(app, &key, statement(title, more)).await;
            app.stepped(&key, &format!("{at}/submit")).await;
            if accepted {
                app.stepped(&manager, &format!("{at}/accept")).await;
            }
        }
        let path = format!("/v1/controls/{one}/evidence-coverage");
        let told = app.read(&key, &format!("{path}?from=2026-01-01&to=2026-06-30")).await;
        let counts = [&told["days"], &told["covered_days"], &told["uncovered_days"]];
        assert_eq!(counts, [&json!(181), &json!(90 + 31), &json!(30 + 30)]);
        assert_eq!(texts(&told["evidence"], "title"), ["winter", "spring", "inside", "may"]);
        assert_eq!(told["evidence"][0]["from"], "2026-01-01");
        let span = |from: &str, to: &str, days: i64| json!({ "from": from, "to": to, "days": days });
        assert_eq!(
            told["uncovered"],
            json!([span("2026-04-01", "2026-04-30", 30), span("2026-06-01", "2026-06-30", 30)])
        );
        assert_eq!(
            told["covered"],
            json!([span("2026-01-01", "2026-03-31", 90), span("2026-05-01", "2026-05-31", 31)])
        );
        let query = r#"query($id: ID!) { evidenceCoverage(controlId: $id, from: "2026-01-01", to: "2026-06-30") { uncoveredDays } }"#;
        let same = app.ask_with(&key, query, json!({ "id": one })).await;
        assert_eq!(same["data"]["evidenceCoverage"]["uncoveredDays"], 60, "{same}");
        for wrong in ["from=2026-02-01&to=2026-01-01", "from=2016-01-01&to=2026-01-09"] {
            let refused = app.refused(Method::GET, &format!("{path}?{wrong}"), &key, None, 422).await;
            assert_eq!(pointer(&refused), "to");
        }
        app.refused(Method::GET, &format!("{path}?from=2026-01-01"), &key, None, 400).await;
    }

    pub async fn a_control_shows_its_evidence(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut counts = Vec::new();
        for round in 0..2 {
            for n in 0..3 {
                let one = control(app, &key, &format!("C-{round}-{n}"), json!(30)).await;
                for title in ["older", "newer"] {
                    let more = json!({ "controls": [one], "owner": app.first_member(&key).await });
                    make(app, &key, statement(title, more)).await;
                }
            }
            let query = "{ controls { nodes { code evidence { title freshness { state } owner { name } contentPath } } } }";
            let answer = app.call(Method::POST, "/graphql", &key, Some(json!({ "query": query }))).await;
            counts.push(statements(&answer));
            let told: Value = answer.json().await.unwrap();
            let nodes = told["data"]["controls"]["nodes"].as_array().unwrap_or_else(|| panic!("{told}"));
            assert_eq!(nodes.len(), 3 * (round + 1));
            for node in nodes {
                assert_eq!(texts(&node["evidence"], "title"), ["newer", "older"]);
                assert_eq!(node["evidence"][0]["freshness"]["state"], "FRESH");
                assert!(node["evidence"][0]["owner"]["name"].is_string());
            }
        }
        assert_eq!(counts[0], counts[1], "however many controls there are");
    }

    pub async fn a_step_that_is_repeated_is_answered_as_before(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (at, _) = make(app, &key, statement("Read", json!({}))).await;
        let submit = format!("{at}/submit");
        let send = async || {
            let headers = [("if-match", "\"1.x\""), ("idempotency-key", "once")];
            let answer = app.call_with(Method::POST, &submit, &key, None, &headers).await;
            let replayed = answer.headers().contains_key("idempotency-replayed");
            (answer.status().as_u16(), replayed, answer.json::<Value>().await.unwrap())
        };
        let (first, again) = (send().await, send().await);
        assert_eq!((first.0, first.1, again.0, again.1), (200, false, 200, true));
        assert_eq!(first.2, again.2);
        assert_eq!(app.events(&key, "evidence").await.len(), 2);
    }

    pub async fn the_diary_knows_when_evidence_ends(app: &TestApp) {
        let key = app.tenant("acme").await;
        let one = control(app, &key, "AC-01", json!(90)).await;
        let more = json!({ "controls": [one], "valid_until": "2027-01-31", "covers_from": "2026-07-01", "covers_to": "2026-09-30" });
        let (at, made) = make(app, &key, statement("Read", more)).await;
        let dues = async || {
            let path = format!("/v1/milestones?resource={}", made["id"].as_str().unwrap());
            let told = app.read(&key, &path).await;
            let each = told["data"].as_array().unwrap().iter();
            each.map(|one| json!([one["code"], one["cycle"], one["due"], one["done_on"]])).collect::<Vec<_>>()
        };
        let (stale, expires) = ("evidence_goes_stale", "evidence_expires");
        assert_eq!(
            dues().await,
            [json!([stale, 1, "2026-12-29", null]), json!([expires, 1, "2027-01-31", null])]
        );
        app.changed(&key, &at, json!({ "covers_to": "2026-10-31", "valid_until": null })).await;
        assert_eq!(dues().await, [json!([stale, 1, "2027-01-29", null])]);
        // Another content takes its place: what was due is done, and due again.
        app.clock.forward(24 * 3600);
        let again = json!({ "statement": "It was looked at again." });
        app.refused(Method::POST, &format!("{at}/versions"), &key, Some(again), 200).await;
        app.changed(&key, &at, json!({ "covers_to": "2026-11-24" })).await;
        assert_eq!(
            dues().await,
            [json!([stale, 1, "2027-01-29", "2026-11-25"]), json!([stale, 2, "2027-02-22", null])]
        );
        app.stepped(&key, &format!("{at}/submit")).await;
        let manager = app.key_as(&key, "manager").await;
        let no = json!({ "reason": "It shows June only." });
        app.refused(Method::POST, &format!("{at}/reject"), &manager, Some(no), 200).await;
        assert_eq!(dues().await, [json!([stale, 1, "2027-01-29", "2026-11-25"])]);
        app.deleted(&key, &at).await;
        assert!(dues().await.is_empty());
    }

    pub async fn a_control_that_asks_for_younger_evidence_moves_its_days(app: &TestApp) {
        let key = app.tenant("acme").await;
        let one = control(app, &key, "AC-01", json!(365)).await;
        let more = json!({ "controls": [one], "covers_from": "2026-07-01", "covers_to": "2026-09-30" });
        let (at, made) = make(app, &key, statement("Read", more)).await;
        assert_eq!(titles(app, &key, "state=fresh").await, ["Read"]);
        for (days, state, due) in [
            (json!(30), "stale", Some("2026-10-30")),
            (Value::Null, "none", None),
            (json!(60), "fresh", Some("2026-11-29")),
        ] {
            app.changed(&key, &format!("/v1/controls/{one}"), json!({ "freshness_days": days })).await;
            assert_eq!(titles(app, &key, &format!("state={state}")).await, ["Read"], "{days}");
            let now = app.read(&key, &at).await;
            assert_eq!((&now["freshness"]["state"], &now["version"]), (&json!(state), &json!(1)));
            let diary =
                app.read(&key, &format!("/v1/milestones?resource={}", made["id"].as_str().unwrap())).await;
            assert_eq!(texts(&diary["data"], "due"), due.into_iter().collect::<Vec<_>>(), "{days}");
        }
        assert_eq!(app.events(&key, "evidence").await.len(), 1, "what follows from facts is not journalled");
    }
}
