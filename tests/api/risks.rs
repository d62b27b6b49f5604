//! Risks, their acceptance, the matrix and the heat map.

use crate::support::*;

on_both!(
    risks_live_and_are_journalled,
    levels_follow_the_matrix,
    a_matrix_keeps_every_risk,
    an_acceptance_is_its_owners_and_covers_one_level,
    an_acceptance_ends_with_its_last_day,
    risks_are_found_and_ordered,
    the_heat_map_counts_what_is_open,
    a_risks_dates_are_in_the_diary,
    relations_take_one_statement_each,
);

fn rating(likelihood: i32, impact: i32) -> Value {
    json!({ "likelihood": likelihood, "impact": impact })
}

/// A risk that is estimated like this after treatment.
fn risk(code: &str, likelihood: i32, impact: i32) -> Value {
    json!({ "code": code, "title": format!("Risk {code}"), "residual": rating(likelihood, impact) })
}

async fn make(app: &TestApp, key: &str, risk: Value) -> String {
    let made = app.created(key, "/v1/risks", risk).await;
    format!("/v1/risks/{}", made["id"].as_str().unwrap())
}

async fn codes(app: &TestApp, key: &str, query: &str) -> Vec<String> {
    let page = app.read(key, &format!("/v1/risks?count=true&{query}")).await;
    let codes: Vec<_> = texts(&page["data"], "code").into_iter().map(str::to_owned).collect();
    assert_eq!(page["total"], codes.len(), "{query}");
    codes
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

fn acceptance(until: &str) -> Value {
    json!({ "until": until, "reason": "A second supplier would cost more" })
}

mod scenario {
    use super::*;

    pub async fn risks_live_and_are_journalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let control = app.created(&key, "/v1/controls", json!({ "code": "C-1", "title": "Backups" })).await;
        let mut new = risk("R-1", 3, 4);
        new["controls"] = json!([control["id"]]);
        new["affects"] = json!(["integrity", "availability"]);
        let at = make(app, &key, new.clone()).await;
        let one = app.read(&key, &at).await;
        assert_eq!(
            (&one["basis"], &one["level"], &one["above_appetite"]),
            (&json!("residual"), &json!("high"), &json!(true))
        );
        assert_eq!(one["residual_standing"]["score"], 12);
        assert_eq!((&one["inherent_standing"], &one["acceptance_state"]), (&Value::Null, &json!("none")));
        let changed = app.changed(&key, &at, json!({ "residual": null, "inherent": rating(1, 2) })).await;
        assert_eq!(
            (&changed["basis"], &changed["level"], &changed["version"]),
            (&json!("inherent"), &json!("low"), &json!(2))
        );
        let same = app.changed(&key, &at, json!({ "affects": ["integrity", "availability"] })).await;
        assert_eq!(same["version"], 2, "what changes nothing writes nothing");
        for (field, wrong, place) in [
            ("residual", rating(6, 1), "/residual/likelihood"),
            ("residual", rating(1, 0), "/residual/impact"),
            ("affects", json!(["integrity", "integrity"]), "/affects/1"),
            ("controls", json!([format!("ctl_{}", "0".repeat(32))]), "/controls/0"),
        ] {
            let mut bad = risk("R-2", 1, 1);
            bad[field] = wrong;
            let refused = app.refused(Method::POST, "/v1/risks", &key, Some(bad), 422).await;
            assert_eq!(pointer(&refused), place);
        }
        assert_eq!(codes(app, &key, "").await, ["R-1"]);
        let held = format!("/v1/controls/{}", control["id"].as_str().unwrap());
        let held = app.refused(Method::DELETE, &held, &key, None, 409).await;
        assert_eq!(held["code"], "in_use", "a control that treats a risk stays");
        app.deleted(&key, &at).await;
        assert_eq!(types(&app.events(&key, "risk").await), ["risk.created", "risk.updated", "risk.deleted"]);
        assert_eq!(app.call(Method::GET, &at, &key, None).await.status(), 404);
        make(app, &key, new).await;
    }

    pub async fn levels_follow_the_matrix(app: &TestApp) {
        let key = app.tenant("acme").await;
        let first = app.read(&key, "/v1/risk-matrix").await;
        assert_eq!((&first["version"], &first["appetite"]), (&json!(0), &json!(9)));
        assert_eq!(texts(&first["levels"], "key"), ["low", "medium", "high", "critical"]);
        for (code, likelihood, impact) in [("R-1", 1, 4), ("R-2", 3, 3), ("R-3", 2, 5), ("R-4", 5, 5)] {
            make(app, &key, risk(code, likelihood, impact)).await;
        }
        app.created(&key, "/v1/risks", json!({ "code": "R-5", "title": "Not estimated" })).await;
        assert_eq!(codes(app, &key, "level=high").await, ["R-3"]);
        assert_eq!(codes(app, &key, "above_appetite=true").await, ["R-3", "R-4"]);
        assert_eq!(codes(app, &key, "above_appetite=false").await, ["R-1", "R-2"]);
        let levels = json!([
            { "key": "fine", "label": "Fine", "color": "#00ff00", "from_score": 1 },
            { "key": "bad", "label": "Bad", "color": "#ff0000", "from_score": 9 },
        ]);
        let changed = app.changed(&key, "/v1/risk-matrix", json!({ "levels": levels, "appetite": 24 })).await;
        assert_eq!(changed["version"], 1);
        assert_eq!(codes(app, &key, "level=fine").await, ["R-1"]);
        assert_eq!(codes(app, &key, "level=bad").await, ["R-2", "R-3", "R-4"]);
        assert_eq!(codes(app, &key, "level=bad&above_appetite=true").await, ["R-4"]);
        let gone = app.refused(Method::GET, "/v1/risks?level=high", &key, None, 422).await;
        assert_eq!(pointer(&gone), "level");
        let shown = app.read(&key, "/v1/risks?sort=-score&limit=1").await;
        assert_eq!(shown["data"][0]["residual_standing"]["matrix_version"], 1);
        let refused =
            app.refused(Method::PATCH, "/v1/risk-matrix", &key, Some(json!({ "appetite": 26 })), 422).await;
        assert_eq!(pointer(&refused), "/appetite");
        let events = app.events(&key, "risk_matrix").await;
        assert_eq!(types(&events), ["risk_matrix.updated"]);
        assert_eq!(events[0]["after"]["appetite"], 24);
        let stale = json!({ "appetite": 3 });
        let stale = app
            .call_with(Method::PATCH, "/v1/risk-matrix", &key, Some(stale), &[("if-match", "\"0.x\"")])
            .await;
        assert_eq!(stale.status(), 412);
    }

    pub async fn a_matrix_keeps_every_risk(app: &TestApp) {
        let key = app.tenant("acme").await;
        let steps =
            |count: usize| (1..=count).map(|n| json!({ "label": format!("Step {n}") })).collect::<Vec<_>>();
        let smaller = |likelihood: usize, impact: usize| {
            json!({ "likelihood": steps(likelihood), "impact": steps(impact), "appetite": 3,
                    "levels": [{ "key": "any", "label": "Any", "color": "#ffffff", "from_score": 1 }] })
        };
        let at = make(app, &key, risk("R-1", 2, 2)).await;
        let mut both = risk("R-2", 1, 1);
        both["inherent"] = rating(5, 4);
        let worst = make(app, &key, both).await;
        let refused = app.refused(Method::PATCH, "/v1/risk-matrix", &key, Some(smaller(4, 5)), 409).await;
        assert_eq!(refused["code"], "conflict");
        let told = refused["detail"].as_str().unwrap();
        assert!(told.starts_with("1 risks") && told.contains("(R-2)"), "{told}");
        app.changed(&key, "/v1/risk-matrix", smaller(5, 4)).await;
        app.refused(Method::PATCH, "/v1/risk-matrix", &key, Some(smaller(5, 3)), 409).await;
        app.changed(&key, &worst, json!({ "inherent": null })).await;
        app.changed(&key, "/v1/risk-matrix", smaller(3, 3)).await;
        let refused =
            app.refused(Method::PATCH, &at, &key, Some(json!({ "residual": rating(4, 1) })), 422).await;
        assert_eq!(pointer(&refused), "/residual/likelihood");
        let larger = app.changed(&key, "/v1/risk-matrix", json!({ "likelihood": steps(7) })).await;
        assert_eq!(larger["likelihood"].as_array().unwrap().len(), 7);
        app.changed(&key, &at, json!({ "residual": rating(7, 3) })).await;
        for (field, wrong, place) in [
            ("impact", json!(steps(2)), "/impact"),
            ("impact", json!(steps(8)), "/impact"),
            ("levels", json!([]), "/levels"),
        ] {
            let refused =
                app.refused(Method::PATCH, "/v1/risk-matrix", &key, Some(json!({ field: wrong })), 422).await;
            assert_eq!(pointer(&refused), place);
        }
    }

    pub async fn an_acceptance_is_its_owners_and_covers_one_level(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (theirs, other) = (app.key_as(&key, "contributor").await, app.key_as(&key, "contributor").await);
        let viewer = app.key_as(&key, "viewer").await;
        let members = app.read(&key, "/v1/members?role=contributor").await;
        let mut owned = risk("R-1", 3, 4);
        owned["owner"] = members["data"][0]["id"].clone();
        let at = make(app, &key, owned).await;
        let accept = format!("{at}/acceptance");
        for stranger in [&other, &viewer] {
            app.refused(Method::POST, &accept, stranger, Some(acceptance("2027-03-31")), 403).await;
        }
        let past = app.refused(Method::POST, &accept, &theirs, Some(acceptance("2026-11-23")), 422).await;
        assert_eq!(pointer(&past), "/until");
        let mut ahead = acceptance("2027-03-31");
        ahead["on"] = json!("2026-11-25");
        let ahead = app.refused(Method::POST, &accept, &theirs, Some(ahead), 422).await;
        assert_eq!(pointer(&ahead), "/on");
        let mut seen = acceptance("2027-03-31");
        seen["expected_version"] = json!(7);
        app.refused(Method::POST, &accept, &theirs, Some(seen), 412).await;
        let answer = app.call(Method::POST, &accept, &theirs, Some(acceptance("2027-03-31"))).await;
        assert_eq!(
            (answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()),
            (201, at.as_str())
        );
        let accepted: Value = answer.json().await.unwrap();
        assert_eq!(accepted["acceptance"]["by"], members["data"][0]["id"]);
        assert_eq!(
            (&accepted["acceptance"]["level"], &accepted["acceptance"]["on"]),
            (&json!("high"), &json!("2026-11-24"))
        );
        assert_eq!(
            (&accepted["acceptance_state"], &accepted["acceptance_covers"]),
            (&json!("valid"), &json!(true))
        );
        let moved = app.changed(&key, &at, json!({ "residual": rating(5, 5) })).await;
        assert_eq!(
            (&moved["acceptance_state"], &moved["acceptance_covers"]),
            (&json!("valid"), &json!(false))
        );
        assert!(moved["acceptance_reason"].as_str().unwrap().contains("is now critical"), "{moved}");
        let back = app.changed(&key, &at, json!({ "residual": rating(2, 5) })).await;
        assert_eq!(back["acceptance_covers"], true);
        app.refused(Method::DELETE, &accept, &other, None, 403).await;
        app.deleted_with(&theirs, &accept, 200).await;
        app.refused(Method::DELETE, &accept, &theirs, None, 404).await;
        let wanted =
            ["risk.created", "risk.accepted", "risk.updated", "risk.updated", "risk.acceptance_withdrawn"];
        assert_eq!(types(&app.events(&key, "risk").await), wanted);
        let bare = app.created(&key, "/v1/risks", json!({ "code": "R-2", "title": "Not estimated" })).await;
        let bare = format!("/v1/risks/{}", bare["id"].as_str().unwrap());
        let refused = app
            .refused(Method::POST, &format!("{bare}/acceptance"), &key, Some(acceptance("2027-03-31")), 409)
            .await;
        assert!(refused["detail"].as_str().unwrap().contains("no estimate"), "{refused}");
        app.changed(&key, &at, json!({ "status": "closed" })).await;
        app.refused(Method::POST, &accept, &key, Some(acceptance("2027-03-31")), 409).await;
    }

    pub async fn an_acceptance_ends_with_its_last_day(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = make(app, &key, risk("R-1", 3, 4)).await;
        make(app, &key, risk("R-2", 1, 1)).await;
        app.created(&key, &format!("{at}/acceptance"), acceptance("2026-11-25")).await;
        let state =
            async |query: &str| app.read(&key, &format!("{at}?{query}")).await["acceptance_state"].clone();
        assert_eq!(codes(app, &key, "acceptance_state=valid").await, ["R-1"]);
        assert_eq!(codes(app, &key, "acceptance_state=none").await, ["R-2"]);
        app.clock.forward(24 * 3600);
        assert_eq!(state("").await, "valid");
        app.clock.forward(24 * 3600);
        assert_eq!(state("").await, "expired");
        assert_eq!(codes(app, &key, "acceptance_state=expired").await, ["R-1"]);
        assert_eq!(codes(app, &key, "acceptance_state=valid").await, Vec::<String>::new());
        assert_eq!(codes(app, &key, "acceptance_state=valid&as_of=2026-11-25").await, ["R-1"]);
        assert_eq!(
            (state("as_of=2026-11-25").await, state("as_of=2026-11-23").await),
            (json!("valid"), json!("none"))
        );
        assert_eq!(codes(app, &key, "acceptance_state=none&as_of=2026-11-23").await, ["R-1", "R-2"]);
        let lapsed = app.read(&key, &at).await;
        assert_eq!(
            (&lapsed["acceptance_covers"], &lapsed["acceptance_reason"]),
            (&json!(false), &json!("the acceptance ended on 2026-11-25"))
        );
    }

    pub async fn risks_are_found_and_ordered(app: &TestApp) {
        let key = app.tenant("acme").await;
        let control = app.created(&key, "/v1/controls", json!({ "code": "C-1", "title": "Backups" })).await;
        let control = control["id"].as_str().unwrap();
        let owner = app.first_member(&key).await;
        let with = |mut risk: Value, more: Value| {
            risk.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            risk
        };
        make(
            app,
            &key,
            with(risk("R-1", 1, 4), json!({ "category": "Suppliers", "review_on": "2026-12-01" })),
        )
        .await;
        make(app, &key, with(risk("R-2", 5, 5), json!({ "controls": [control], "treatment": "share" })))
            .await;
        make(app, &key, with(risk("R-3", 2, 2), json!({ "owner": owner, "status": "monitored" }))).await;
        app.created(
            &key,
            "/v1/risks",
            json!({ "code": "R-4", "title": "New", "external_refs": [{ "system": "jira", "id": "7" }] }),
        )
        .await;
        for (query, wanted) in [
            ("category=Suppliers".to_owned(), vec!["R-1"]),
            (format!("control={control}"), vec!["R-2"]),
            ("treatment=share".to_owned(), vec!["R-2"]),
            (format!("owner={owner}&status=monitored"), vec!["R-3"]),
            ("review_before=2026-12-01".to_owned(), vec!["R-1"]),
            ("review_before=2026-11-30".to_owned(), vec![]),
            ("external_ref=jira:7".to_owned(), vec!["R-4"]),
            ("sort=-score".to_owned(), vec!["R-2", "R-3", "R-1", "R-4"]),
            ("sort=score".to_owned(), vec!["R-4", "R-1", "R-3", "R-2"]),
            ("sort=-code".to_owned(), vec!["R-4", "R-3", "R-2", "R-1"]),
        ] {
            assert_eq!(codes(app, &key, &query).await, wanted, "{query}");
        }
        for sort in ["code", "-code", "score", "-score", "created_at", "-created_at"] {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = app.read(&key, &format!("/v1/risks?limit=1&sort={sort}{cursor}")).await;
                seen.extend(texts(&page["data"], "code").into_iter().map(str::to_owned));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(seen, codes(app, &key, &format!("sort={sort}")).await, "{sort}");
        }
    }

    pub async fn the_heat_map_counts_what_is_open(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut treated = risk("R-1", 1, 4);
        treated["inherent"] = rating(5, 4);
        make(app, &key, treated).await;
        make(app, &key, risk("R-<2>", 1, 4)).await;
        let closed = make(app, &key, risk("R-3", 1, 4)).await;
        app.changed(&key, &closed, json!({ "status": "closed" })).await;
        let map = app.read(&key, "/v1/risks/heatmap").await;
        assert_eq!(
            (&map["basis"], &map["assessed"], &map["not_assessed"]),
            (&json!("residual"), &json!(2), &json!(0))
        );
        let cells = map["cells"].as_array().unwrap();
        assert_eq!(
            (cells.len(), cells.iter().map(|cell| cell["count"].as_i64().unwrap()).sum::<i64>()),
            (25, 2)
        );
        let one = cells.iter().find(|cell| cell["count"] == 2).unwrap();
        assert_eq!(
            (&one["likelihood"], &one["impact"], &one["level"]),
            (&json!(1), &json!(4), &json!("low"))
        );
        assert_eq!(texts(&one["risks"], "code"), ["R-1", "R-<2>"]);
        let before = app.read(&key, "/v1/risks/heatmap?basis=inherent").await;
        assert_eq!((&before["assessed"], &before["not_assessed"]), (&json!(1), &json!(1)));
        let asked = "{ riskHeatmap(basis: INHERENT) { assessed cells { count risks { code } } } }";
        let same = app.ask(&key, asked).await;
        assert_eq!(same["data"]["riskHeatmap"]["assessed"], 1);
        let drawn = app.call(Method::GET, "/v1/risks/heatmap.svg", &key, None).await;
        assert_eq!(
            (drawn.status().as_u16(), &drawn.headers()["content-type"]),
            (200, &"image/svg+xml".parse().unwrap())
        );
        let etag = drawn.headers()["etag"].to_str().unwrap().to_owned();
        let text = drawn.text().await.unwrap();
        assert!(
            text.contains("Likelihood Rare, impact Major: Low (score 4), 2 risks: R-1, R-&lt;2&gt;"),
            "{text}"
        );
        assert!(
            text.contains("role=\"img\"") && !text.contains("<script") && !text.contains("R-<"),
            "{text}"
        );
        let again = app
            .call_with(Method::GET, "/v1/risks/heatmap.svg", &key, None, &[("if-none-match", &etag)])
            .await;
        assert_eq!(again.status(), 304);
    }

    pub async fn a_risks_dates_are_in_the_diary(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = risk("R-1", 3, 4);
        new["review_on"] = json!("2027-01-31");
        let at = make(app, &key, new).await;
        app.created(&key, &format!("{at}/acceptance"), acceptance("2027-03-31")).await;
        let due = async || {
            let page = app.read(&key, "/v1/milestones").await;
            let rows = page["data"].as_array().unwrap().iter();
            rows.map(|row| format!("{} {}", row["code"].as_str().unwrap(), row["due"].as_str().unwrap()))
                .collect::<Vec<_>>()
        };
        assert_eq!(due().await, ["risk_review 2027-01-31", "risk_acceptance_ends 2027-03-31"]);
        app.changed(&key, &at, json!({ "review_on": "2027-06-30" })).await;
        assert_eq!(due().await, ["risk_acceptance_ends 2027-03-31", "risk_review 2027-06-30"]);
        app.deleted_with(&key, &format!("{at}/acceptance"), 200).await;
        assert_eq!(due().await, ["risk_review 2027-06-30"]);
        app.changed(&key, &at, json!({ "status": "closed" })).await;
        assert_eq!(due().await, Vec::<String>::new());
    }

    pub async fn relations_take_one_statement_each(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = app.first_member(&key).await;
        let both = "{ risks { nodes { level owner { name } controls { code } acceptance { by { name } } } }
                      controls { nodes { code risks { code level } } } }";
        let mut counts = Vec::new();
        for n in 1..=8 {
            let control = app
                .created(&key, "/v1/controls", json!({ "code": format!("C-{n}"), "title": "Backups" }))
                .await;
            let mut new = risk(&format!("R-{n}"), 1, 1);
            new["owner"] = json!(owner);
            new["controls"] = json!([control["id"]]);
            let at = make(app, &key, new).await;
            app.created(&key, &format!("{at}/acceptance"), acceptance("2027-03-31")).await;
            let answer = app.call(Method::POST, "/graphql", &key, Some(json!({ "query": both }))).await;
            counts.push(statements(&answer));
            let answer: Value = answer.json().await.unwrap();
            let last = &answer["data"]["risks"]["nodes"][n - 1];
            assert_eq!(last["controls"][0]["code"], format!("C-{n}"), "{answer}");
            assert!(
                last["owner"]["name"].is_string() && last["acceptance"]["by"]["name"].is_string(),
                "{answer}"
            );
            assert_eq!(
                answer["data"]["controls"]["nodes"][n - 1]["risks"][0]["code"],
                format!("R-{n}"),
                "{answer}"
            );
        }
        assert_eq!(counts[0], counts[7], "one statement per relation, however many rows");
    }
}
