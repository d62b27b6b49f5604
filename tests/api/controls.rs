//! Controls, their tests and coverage.

use crate::support::*;

on_both!(
    controls_live_and_are_journalled,
    controls_are_found_by_what_they_satisfy,
    controls_are_found_by_what_they_are_about,
    coverage_tells_what_is_missing,
    what_is_missing_is_proposed_through_the_crosswalk,
    tests_of_controls_live_and_are_journalled,
    the_diary_knows_when_a_control_is_tested_again,
    the_diary_knows_when_a_control_is_performed_again,
    evidence_that_comes_at_once_counts_wholly,
    wrong_controls_are_refused_whole,
    graphql_asks_for_relations_in_one_statement_each,
    roles_and_scopes_bind_controls,
);

fn control(code: &str, status: &str, requirements: &[(&str, &str)]) -> Value {
    let requirements: Vec<_> =
        requirements.iter().map(|(framework, id)| json!({ "framework": framework, "id": id })).collect();
    json!({ "code": code, "title": format!("Control {code}"), "status": status, "requirements": requirements })
}

async fn codes(app: &TestApp, key: &str, query: &str) -> Vec<String> {
    let page = app.read(key, &format!("/v1/controls?{query}")).await;
    texts(&page["data"], "code").into_iter().map(str::to_owned).collect()
}

mod scenario {
    use super::*;

    const CC61: (&str, &str) = ("soc2-2017", "CC6.1");
    const A515: (&str, &str) = ("iso27001-2022", "A.5.15");

    pub async fn controls_live_and_are_journalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = control("AC-01", "planned", &[CC61, A515]);
        new["external_refs"] = json!([{ "system": "jira", "id": "SEC-1" }]);
        new["freshness_days"] = json!(90);
        let one = app.created(&key, "/v1/controls", new).await;
        let at = format!("/v1/controls/{}", one["id"].as_str().unwrap());
        let change = json!({ "status": "implemented", "freshness_days": null, "requirements": [] });
        let changed = app.call_with(Method::PATCH, &at, &key, Some(change), &[("if-match", "\"1.x\"")]).await;
        let changed: Value = changed.json().await.unwrap();
        assert_eq!((&changed["status"], &changed["version"]), (&json!("implemented"), &json!(2)));
        assert!(changed["freshness_days"].is_null());
        assert_eq!(codes(app, &key, "requirement=CC6.1").await, Vec::<String>::new());
        assert_eq!(codes(app, &key, "external_ref=jira:SEC-1").await, ["AC-01"]);
        let stale = app.call_with(Method::DELETE, &at, &key, None, &[("if-match", "\"1.x\"")]).await;
        assert_eq!(stale.status(), 412);
        let gone = app.call_with(Method::DELETE, &at, &key, None, &[("if-match", "\"2.x\"")]).await;
        assert_eq!(gone.status(), 204);
        let trail = app.call(Method::GET, "/v1/journal?sort=seq&resource=control", &key, None).await;
        let trail: Value = trail.json().await.unwrap();
        let types: Vec<_> =
            trail["data"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
        assert_eq!(types, ["control.created", "control.updated", "control.deleted"]);
    }

    pub async fn controls_are_found_by_what_they_satisfy(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = app.call(Method::GET, "/v1/members", &key, None).await.json::<Value>().await.unwrap();
        let owner = owner["data"][0]["id"].as_str().unwrap();
        let mut owned = control("AC-01", "implemented", &[CC61, A515]);
        owned["owner"] = json!(owner);
        app.created(&key, "/v1/controls", owned).await;
        app.created(&key, "/v1/controls", control("AC-02", "planned", &[CC61])).await;
        app.created(&key, "/v1/controls", control("AC-03", "planned", &[A515])).await;
        assert_eq!(codes(app, &key, "requirement=CC6.1").await, ["AC-01", "AC-02"]);
        assert_eq!(codes(app, &key, "requirement=CC6.1&status=planned").await, ["AC-02"]);
        assert_eq!(codes(app, &key, "framework=iso27001-2022&sort=-code").await, ["AC-03", "AC-01"]);
        assert_eq!(codes(app, &key, &format!("owner={owner}")).await, ["AC-01"]);
        for sort in ["code", "-code", "created_at", "-created_at"] {
            let (mut seen, mut cursor) = (0, String::new());
            loop {
                let at = format!("/v1/controls?limit=1&count=true&sort={sort}{cursor}");
                let page: Value = app.call(Method::GET, &at, &key, None).await.json().await.unwrap();
                assert_eq!(page["total"], 3);
                seen += page["data"].as_array().unwrap().len();
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(seen, 3, "{sort}");
        }
    }

    pub async fn controls_are_found_by_what_they_are_about(app: &TestApp) {
        let key = app.tenant("acme").await;
        for (code, topics, aspects) in [
            ("C-1", json!(["access_control", "cryptography"]), json!(["technology"])),
            ("C-2", json!(["access_control"]), json!(["people", "process"])),
            ("C-3", json!([]), json!([])),
        ] {
            let mut new = control(code, "planned", &[]);
            (new["topics"], new["aspects"]) = (topics, aspects);
            app.created(&key, "/v1/controls", new).await;
        }
        for (asked, found) in [
            ("topic=access_control", &["C-1", "C-2"][..]),
            ("topic=access_control&aspect=technology", &["C-1"]),
            ("aspect=people", &["C-2"]),
            ("topic=privacy", &[]),
        ] {
            assert_eq!(codes(app, &key, asked).await, found, "{asked}");
        }
        let listed = app.read(&key, "/v1/controls?topic=cryptography").await;
        let at = format!("/v1/controls/{}", listed["data"][0]["id"].as_str().unwrap());
        let changed = app.changed(&key, &at, json!({ "topics": ["privacy"] })).await;
        assert_eq!((&changed["topics"], &changed["aspects"]), (&json!(["privacy"]), &json!(["technology"])));
        assert_eq!(codes(app, &key, "topic=cryptography").await, [""; 0]);
        assert_eq!(codes(app, &key, "topic=privacy").await, ["C-1"]);
        let asked = "{ controls(filter: { topic: PRIVACY }) { nodes { code topics aspects } } }";
        let node = &app.ask(&key, asked).await["data"]["controls"]["nodes"][0];
        assert_eq!(node, &json!({ "code": "C-1", "topics": ["PRIVACY"], "aspects": ["TECHNOLOGY"] }));
        let mut twice = control("C-4", "planned", &[]);
        twice["topics"] = json!(["privacy", "privacy"]);
        let told = app.refused(Method::POST, "/v1/controls", &key, Some(twice.clone()), 422).await;
        assert_eq!(pointer(&told), "/topics");
        twice["topics"] = json!(["gardening"]);
        app.refused(Method::POST, "/v1/controls", &key, Some(twice), 400).await;
        app.deleted(&key, &at).await;
    }

    pub async fn what_is_missing_is_proposed_through_the_crosswalk(app: &TestApp) {
        let key = app.tenant("acme").await;
        app.created(&key, "/v1/controls", control("AC-01", "implemented", &[A515])).await;
        app.created(&key, "/v1/controls", control("AC-02", "retired", &[A515])).await;
        let at = "/v1/frameworks/soc2-2017/proposals";
        let told = app.read(&key, at).await;
        assert_eq!(told["uncovered"], 61);
        let all = told["proposals"].as_array().unwrap();
        let mappings =
            app.read(&key, "/v1/frameworks/iso27001-2022/mappings?requirement=A.5.15&limit=200").await;
        let wanted: Vec<_> =
            mappings["data"].as_array().unwrap().iter().map(|one| one["counterpart"]["id"].clone()).collect();
        let with: Vec<_> = all.iter().filter(|one| one["controls"] != json!([])).collect();
        assert!(!wanted.is_empty() && with.len() == wanted.len(), "{with:?}");
        for one in &with {
            assert!(wanted.contains(&one["requirement"]), "{one}");
            let proposed = &one["controls"][0];
            assert_eq!((&proposed["code"], &proposed["through"]["id"]), (&json!("AC-01"), &json!("A.5.15")));
            assert_eq!(
                proposed["partial"],
                json!(matches!(proposed["relationship"].as_str().unwrap(), "intersects" | "superset"))
            );
        }
        assert_eq!(told["proposed"], with.len());
        app.created(&key, "/v1/controls", control("AC-03", "planned", &[CC61])).await;
        assert_eq!(app.read(&key, at).await["uncovered"], 60, "what is under way needs no proposal");
        let asked = "{ frameworkProposals(framework: \"soc2-2017\") { uncovered proposals { requirement controls { code } } } }";
        assert_eq!(app.ask(&key, asked).await["data"]["frameworkProposals"]["uncovered"], 60);
        // Of a framework of one's own, through one's own mapping.
        let own = json!({ "key": "x-own", "name": "Own", "requirements": [{ "id": "1", "title": "Access", "topics": ["access_control"] }] });
        app.created(&key, "/v1/frameworks", own).await;
        let mapping = json!({ "requirement": "1", "counterpart": { "framework": "iso27001-2022", "id": "A.5.15" },
                              "relationship": "subset", "rationale": "Access control asks for all of it" });
        app.created(&key, "/v1/frameworks/x-own/mappings", mapping).await;
        let told = app.read(&key, "/v1/frameworks/x-own/proposals").await;
        let proposed = &told["proposals"][0]["controls"][0];
        assert_eq!((&proposed["code"], &proposed["partial"]), (&json!("AC-01"), &json!(false)), "{told}");
        let found = app.read(&key, "/v1/frameworks/x-own/requirements?topic=access_control").await;
        assert_eq!(texts(&found["data"], "id"), ["1"]);
        app.refused(Method::GET, "/v1/frameworks/none/proposals", &key, None, 404).await;
    }

    pub async fn coverage_tells_what_is_missing(app: &TestApp) {
        let key = app.tenant("acme").await;
        app.created(&key, "/v1/controls", control("AC-01", "implemented", &[CC61])).await;
        app.created(&key, "/v1/controls", control("AC-02", "partial", &[CC61, ("soc2-2017", "CC6.2")])).await;
        app.created(&key, "/v1/controls", control("AC-03", "retired", &[("soc2-2017", "CC6.3")])).await;
        let at = "/v1/frameworks/soc2-2017/coverage";
        let whole: Value = app.call(Method::GET, at, &key, None).await.json().await.unwrap();
        let sums = [&whole["total"], &whole["covered"], &whole["in_progress"], &whole["uncovered"]];
        assert_eq!(sums, [&json!(61), &json!(1), &json!(1), &json!(59)]);
        let covered = format!("{at}?state=covered");
        let covered: Value = app.call(Method::GET, &covered, &key, None).await.json().await.unwrap();
        let one = &covered["requirements"][0];
        assert_eq!(
            (&one["requirement"], &one["implemented"], &one["under_way"]),
            (&json!("CC6.1"), &json!(1), &json!(1))
        );
        let query = r#"{ frameworkCoverage(framework: "soc2-2017", state: COVERED) { uncovered requirements { requirement } } }"#;
        let same = app.call(Method::POST, "/graphql", &key, Some(json!({ "query": query }))).await;
        let same: Value = same.json().await.unwrap();
        assert_eq!(same["data"]["frameworkCoverage"]["uncovered"], 59);
        assert_eq!(app.call(Method::GET, "/v1/frameworks/pci/coverage", &key, None).await.status(), 404);
    }

    pub async fn the_diary_knows_when_a_control_is_tested_again(app: &TestApp) {
        let key = app.tenant("acme").await;
        let control = app.created(&key, "/v1/controls", json!({ "code": "AC-01", "title": "Reviews" })).await;
        let id = control["id"].as_str().unwrap();
        let (at, tests) = (format!("/v1/controls/{id}"), format!("/v1/controls/{id}/tests"));
        let test = |kind: &str, on: &str, next: &str| json!({ "kind": kind, "procedure": "Looked", "result": "passed", "performed_on": on, "next_due": next });
        let dues = async || {
            let told = app.read(&key, &format!("/v1/milestones?resource={id}")).await;
            let each = told["data"].as_array().unwrap().iter();
            each.map(|one| json!([one["code"], one["window_opens"], one["due"], one["id"]]))
                .collect::<Vec<_>>()
        };
        let first = app.created(&key, &tests, test("design", "2026-11-01", "2027-05-01")).await;
        app.created(&key, &tests, test("operating_effectiveness", "2026-11-10", "2026-12-01")).await;
        let told = dues().await;
        let dates = |n: usize| json!([told[n][0], told[n][1], told[n][2]]);
        assert_eq!(dates(0), json!(["test_operating_effectiveness", "2026-11-10", "2026-12-01"]));
        assert_eq!(dates(1), json!(["test_design", "2027-04-01", "2027-05-01"]));
        // The next test of its kind moves the date, under the same id; an older one does not.
        app.created(&key, &tests, test("design", "2026-10-01", "2026-12-24")).await;
        assert_eq!(dues().await, told);
        let next = app.created(&key, &tests, test("design", "2026-11-20", "2027-11-20")).await;
        let moved = dues().await;
        assert_eq!((&moved[1][2], &moved[1][3]), (&json!("2027-11-20"), &told[1][3]));
        app.deleted(&key, &format!("{tests}/{}", next["id"].as_str().unwrap())).await;
        let corrected = json!({ "next_due": "2027-06-01" });
        app.changed(&key, &format!("{tests}/{}", first["id"].as_str().unwrap()), corrected).await;
        assert_eq!(dues().await[1][2], "2027-06-01");
        // What is retired is not tested.
        app.changed(&key, &at, json!({ "status": "retired" })).await;
        assert!(dues().await.is_empty());
        app.changed(&key, &at, json!({ "status": "implemented" })).await;
        assert_eq!(dues().await.len(), 2);
    }

    pub async fn the_diary_knows_when_a_control_is_performed_again(app: &TestApp) {
        let key = app.tenant("acme").await;
        let manager = app.key_as(&key, "manager").await;
        let new =
            json!({ "code": "AC-02", "title": "Reviews", "status": "implemented", "frequency": "quarterly" });
        let control = app.created(&key, "/v1/controls", new).await;
        let id = control["id"].as_str().unwrap();
        let at = format!("/v1/controls/{id}");
        let dues = async || {
            let told = app.read(&key, &format!("/v1/milestones?kind=control&resource={id}")).await;
            told["data"].as_array().unwrap().clone()
        };
        let due = async || dues().await[0]["due"].as_str().unwrap().to_owned();
        let shown = async |from: &str, to: &str| {
            let new = json!({ "kind": "statement", "title": "Reviewed", "content": { "statement": "It was done." },
                              "covers_from": from, "covers_to": to, "controls": [id] });
            let made = app.created(&key, "/v1/evidence", new).await;
            format!("/v1/evidence/{}", made["id"].as_str().unwrap())
        };

        // Nothing shows it yet: counted from the day on which it was entered.
        let first = dues().await;
        let told = [&first[0]["code"], &first[0]["window_opens"], &first[0]["due"], &first[0]["assumed"]];
        assert_eq!(told, [&json!("operation"), &json!("2027-02-10"), &json!("2027-02-24"), &json!(true)]);
        assert_eq!((first.len(), &first[0]["rule"]["id"]), (1, &json!("CTL-2")));
        let input = |name: &str, value: &str| json!({ "name": name, "value": value });
        assert_eq!(
            first[0]["inputs"],
            json!([input("frequency", "quarterly"), input("entered_on", "2026-11-24")])
        );

        // Evidence of a quarter moves the date under the same id; that of an earlier one does not.
        let summer = shown("2026-07-01", "2026-09-30").await;
        let moved = dues().await;
        let told = [&moved[0]["id"], &moved[0]["window_opens"], &moved[0]["due"], &moved[0]["assumed"]];
        assert_eq!(told, [&first[0]["id"], &json!("2026-12-16"), &json!("2026-12-30"), &json!(false)]);
        let evidence = summer.rsplit('/').next().unwrap();
        assert_eq!(
            moved[0]["inputs"],
            json!([
                input("frequency", "quarterly"),
                input("last_evidence", evidence),
                input("operated_on", "2026-09-30")
            ])
        );
        let spring = shown("2026-04-01", "2026-06-30").await;
        assert_eq!(dues().await, moved);
        // A period that still runs shows no day after the one on which the evidence came.
        let running = shown("2026-10-01", "2026-12-31").await;
        assert_eq!(due().await, "2027-02-24");

        // What is rejected shows nothing, and what is no longer linked shows nothing of this control.
        app.stepped(&key, &format!("{running}/submit")).await;
        let why = json!({ "reason": "The quarter is not over." });
        app.refused(Method::POST, &format!("{running}/reject"), &manager, Some(why), 200).await;
        assert_eq!(due().await, "2026-12-30");
        app.changed(&key, &summer, json!({ "controls": [] })).await;
        assert_eq!(due().await, "2026-09-30");
        assert_eq!(dues().await[0]["state"], "overdue");
        app.stepped(&key, &format!("{running}/withdraw")).await;
        assert_eq!(due().await, "2027-02-24");
        let query = "query($id: String!) { milestones(filter: { resource: $id }) { nodes { code due rule { id } } } }";
        let same = app.ask_with(&key, query, json!({ "id": id })).await;
        let wanted = json!([{ "code": "operation", "due": "2027-02-24", "rule": { "id": "CTL-2" } }]);
        assert_eq!(same["data"]["milestones"]["nodes"], wanted, "{same}");

        // The schedule is that of a control that is in use, and is performed on set days.
        for (change, wanted) in [
            (json!({ "frequency": "annual" }), Some("2027-11-24")),
            (json!({ "frequency": "as_needed" }), None),
            (json!({ "frequency": "monthly" }), Some("2026-12-24")),
            (json!({ "status": "planned" }), None),
            (json!({ "status": "implemented" }), Some("2026-12-24")),
        ] {
            app.changed(&key, &at, change.clone()).await;
            let told = json!(dues().await);
            assert_eq!(texts(&told, "due"), wanted.into_iter().collect::<Vec<_>>(), "{change}");
        }
        app.deleted(&key, &running).await;
        assert_eq!(due().await, "2026-07-30");
        app.deleted(&key, &spring).await;
        assert_eq!(due().await, "2026-12-24");
        app.deleted(&key, &at).await;
        assert!(dues().await.is_empty(), "nothing is due of what is gone");
    }

    /// Evidence of two controls, named in either order, while both controls and earlier evidence change: nobody waits for
    /// each other in a circle, and the newest day counts in the end.
    pub async fn evidence_that_comes_at_once_counts_wholly(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut ids = Vec::new();
        for code in ["AC-01", "AC-02"] {
            let new = json!({ "code": code, "title": code, "status": "implemented", "frequency": "quarterly",
                              "freshness_days": 365 });
            ids.push(app.created(&key, "/v1/controls", new).await["id"].as_str().unwrap().to_owned());
        }
        let shown = |to: String, controls: [&String; 2]| {
            json!({ "kind": "statement", "title": "Reviewed", "content": { "statement": "It was done." },
                    "covers_from": "2026-09-01", "covers_to": to, "controls": controls })
        };
        let (one, other) = (&ids[0], &ids[1]);
        let earlier = app.created(&key, "/v1/evidence", shown("2026-09-30".to_owned(), [one, other])).await;
        let changes = [
            (
                format!("/v1/evidence/{}", earlier["id"].as_str().unwrap()),
                json!({ "title": "Reviewed in September" }),
            ),
            (format!("/v1/controls/{one}"), json!({ "freshness_days": 90 })),
            (format!("/v1/controls/{other}"), json!({ "freshness_days": 30 })),
        ];
        let changed = changes.into_iter().map(|(at, patch)| {
            let key = key.as_str();
            async move { app.changed(key, &at, patch).await }
        });
        let created = (1..=6).map(|n| {
            let order = if n % 2 == 0 { [one, other] } else { [other, one] };
            app.created(&key, "/v1/evidence", shown(format!("2026-10-{n:02}"), order))
        });
        tokio::join!(futures_util::future::join_all(changed), futures_util::future::join_all(created));
        for id in [one, other] {
            let told = app.read(&key, &format!("/v1/milestones?code=operation&resource={id}")).await;
            assert_eq!(texts(&told["data"], "due"), ["2027-01-06"]);
        }
    }

    pub async fn tests_of_controls_live_and_are_journalled(app: &TestApp) {
        let (key, other) = (app.tenant("acme").await, app.tenant("other").await);
        let one = app.created(&key, "/v1/controls", control("AC-01", "implemented", &[])).await;
        let at = format!("/v1/controls/{}", one["id"].as_str().unwrap());
        let test = json!({
            "kind": "operating_effectiveness", "procedure": "Compared leavers with accounts",
            "population": "Leavers", "population_size": 40, "sample_size": 12,
            "result": "passed_with_exceptions", "exceptions": ["One account lived a day too long"],
            "performed_on": "2026-11-01", "next_due": "2027-11-01",
        });
        let tests = format!("{at}/tests");
        let recorded = app.created(&key, &tests, test.clone()).await;
        let mine = format!("{tests}/{}", recorded["id"].as_str().unwrap());
        for (field, wrong) in [
            ("performed_on", json!("2026-11-25")),
            ("next_due", json!("2026-10-01")),
            ("sample_size", json!(41)),
            ("exceptions", json!([])),
            ("result", json!("passed")),
        ] {
            let mut bad = test.clone();
            bad[field] = wrong;
            let refused = app.call(Method::POST, &tests, &key, Some(bad)).await;
            let (status, refused) = (refused.status(), refused.json::<Value>().await.unwrap());
            assert_eq!(
                (status.as_u16(), &refused["errors"][0]["pointer"]),
                (422, &json!(format!("/{field}")))
            );
        }
        let fix = json!({ "result": "failed" });
        let fixed = app.call_with(Method::PATCH, &mine, &key, Some(fix), &[("if-match", "*")]).await;
        assert_eq!(fixed.json::<Value>().await.unwrap()["result"], "failed");
        assert_eq!(app.call(Method::GET, &mine, &other, None).await.status(), 404);
        assert_eq!(app.call(Method::GET, &tests, &other, None).await.status(), 404);
        let held = app.call_with(Method::DELETE, &at, &key, None, &[("if-match", "*")]).await;
        assert_eq!(held.json::<Value>().await.unwrap()["code"], "in_use");
        let gone = app.call_with(Method::DELETE, &mine, &key, None, &[("if-match", "*")]).await;
        assert_eq!(gone.status(), 204);
        let trail = app.call(Method::GET, "/v1/journal?sort=seq&resource=control_test", &key, None).await;
        let trail: Value = trail.json().await.unwrap();
        let types: Vec<_> =
            trail["data"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
        assert_eq!(types, ["control_test.recorded", "control_test.updated", "control_test.deleted"]);
    }

    pub async fn wrong_controls_are_refused_whole(app: &TestApp) {
        let (key, other) = (app.tenant("acme").await, app.tenant("other").await);
        app.created(&key, "/v1/controls", control("AC-01", "planned", &[])).await;
        let theirs = app.call(Method::GET, "/v1/members", &other, None).await.json::<Value>().await.unwrap();
        let mut stranger = control("AC-02", "planned", &[]);
        stranger["owner"] = theirs["data"][0]["id"].clone();
        let mut stale = control("AC-02", "planned", &[]);
        stale["freshness_days"] = json!(0);
        let cases = [
            (control("AC-01", "planned", &[]), 409, "/code"),
            (control("AC-02", "planned", &[("soc2-2017", "A.5.1")]), 422, "/requirements/0"),
            (control("AC-02", "planned", &[CC61, CC61]), 422, "/requirements/1"),
            (control("AC-02", "done", &[]), 400, "/status"),
            (stranger, 422, "/owner"),
            (stale, 422, "/freshness_days"),
        ];
        for (body, status, pointer) in cases {
            let refused = app.call(Method::POST, "/v1/controls", &key, Some(body)).await;
            let (seen, refused) = (refused.status(), refused.json::<Value>().await.unwrap());
            assert_eq!(
                (seen.as_u16(), &refused["errors"][0]["pointer"]),
                (status, &json!(pointer)),
                "{refused}"
            );
        }
        // Of far too many that is all that is said.
        let many = control("AC-02", "planned", &[CC61; 201]);
        let refused = app.refused(Method::POST, "/v1/controls", &key, Some(many), 422).await;
        assert_eq!(refused["errors"].as_array().unwrap().len(), 1, "{refused}");
        assert_eq!(pointer(&refused), "/requirements");
        assert_eq!(codes(app, &key, "").await, ["AC-01"]);
    }

    pub async fn graphql_asks_for_relations_in_one_statement_each(app: &TestApp) {
        let key = app.tenant("acme").await;
        let member = app.call(Method::GET, "/v1/members", &key, None).await.json::<Value>().await.unwrap();
        let query = json!({ "query": "{ controls(first: 50) { nodes { code owner { name } tests { result tester { name } } } } }" });
        let mut counts = Vec::new();
        for n in 1..=12 {
            let mut new = control(&format!("AC-{n:02}"), "planned", &[]);
            new["owner"] = member["data"][0]["id"].clone();
            let one = app.created(&key, "/v1/controls", new).await;
            let test = json!({
                "kind": "design", "procedure": "Read it", "result": "passed", "performed_on": "2026-11-01",
                "tester": member["data"][0]["id"],
            });
            app.created(&key, &format!("/v1/controls/{}/tests", one["id"].as_str().unwrap()), test).await;
            if n == 1 || n == 12 {
                let answer = app.call(Method::POST, "/graphql", &key, Some(query.clone())).await;
                counts.push(answer.headers()["server-timing"].to_str().unwrap().to_owned());
                let answer: Value = answer.json().await.unwrap();
                let nodes =
                    answer["data"]["controls"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}"));
                assert_eq!(nodes.len(), n);
                assert!(
                    nodes.iter().all(
                        |c| c["owner"]["name"].is_string() && c["tests"][0]["tester"]["name"].is_string()
                    )
                );
            }
        }
        assert_eq!(counts[0], counts[1], "one statement per relation, however many rows");
    }

    pub async fn roles_and_scopes_bind_controls(app: &TestApp) {
        let key = app.tenant("acme").await;
        let body = json!({ "kind": "machine", "name": "Bot", "role": "integration" });
        let bot = app.created(&key, "/v1/members", body).await;
        let issue = |scopes: Value| json!({ "member_id": bot["id"], "name": "Bot key", "scopes": scopes });
        let reads = app.created(&key, "/v1/api-keys", issue(json!(["controls:read"]))).await;
        let writes = app.created(&key, "/v1/api-keys", issue(json!([]))).await;
        let (reads, writes) = (reads["key"].as_str().unwrap(), writes["key"].as_str().unwrap());
        let new = || Some(control("AC-01", "planned", &[]));
        assert_eq!(app.call(Method::POST, "/v1/controls", reads, new()).await.status(), 403);
        let one = app.call(Method::POST, "/v1/controls", writes, new()).await;
        let one: Value = one.json().await.unwrap();
        assert_eq!(codes(app, reads, "").await, ["AC-01"]);
        let at = format!("/v1/controls/{}", one["id"].as_str().unwrap());
        let refused = app.call_with(Method::DELETE, &at, writes, None, &[("if-match", "*")]).await;
        assert_eq!(refused.status(), 403, "an integration creates and changes, and does not remove");
    }
}
