//! Frameworks of a tenant's own, their requirements and mappings.

use crate::support::*;

on_both!(
    frameworks_of_ones_own_live_and_are_journalled,
    built_in_frameworks_are_read_only,
    mappings_read_from_both_sides,
    what_a_control_names_stays,
    coverage_gaps_and_comparison_take_them_alike,
    wrong_frameworks_are_refused_whole,
    both_surfaces_mean_the_same,
    references_take_one_statement,
);

const AT: &str = "/v1/frameworks/x-schedule";

fn schedule() -> Value {
    json!({
        "key": "x-schedule", "name": "Security schedule", "requirements": [
            { "id": "1", "title": "Access is reviewed", "group": "Access" },
            { "id": "2", "title": "Breaches are told", "group": "Incidents" },
            { "id": "10", "title": "Data is erased", "description": "Within thirty days of the end." },
        ],
    })
}

fn mapping(requirement: &str, framework: &str, id: &str, relationship: &str) -> Value {
    json!({ "requirement": requirement, "counterpart": { "framework": framework, "id": id },
            "relationship": relationship, "rationale": "They ask for much the same" })
}

async fn ids(app: &TestApp, key: &str, path: &str) -> Vec<String> {
    let page = app.read(key, path).await;
    texts(&page["data"], "id").into_iter().map(str::to_owned).collect()
}

mod scenario {
    use super::*;

    pub async fn frameworks_of_ones_own_live_and_are_journalled(app: &TestApp) {
        let (key, other) = (app.tenant("acme").await, app.tenant("other").await);
        let answer = app.call(Method::POST, "/v1/frameworks", &key, Some(schedule())).await;
        assert_eq!((answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()), (201, AT));
        let made: Value = answer.json().await.unwrap();
        assert_eq!(
            (&made["custom"], &made["version"], &made["outcome"]),
            (&json!(true), &json!(1), &json!("internal"))
        );
        assert_eq!(texts(&made["groups"], "kind"), ["custom", "custom", "custom"]);
        let listed = app.read(&key, "/v1/frameworks?count=true").await;
        assert_eq!(texts(&listed["data"], "key"), ["iso27001-2022", "soc2-2017", "x-schedule"]);
        assert_eq!(listed["data"][2]["groups"], made["groups"]);
        assert_eq!(app.call(Method::GET, AT, &other, None).await.status(), 404);
        assert_eq!(app.read(&other, "/v1/frameworks?count=true").await["total"], 2);
        let rows = format!("{AT}/requirements");
        assert_eq!(ids(app, &key, &rows).await, ["1", "2", "10"], "in the order given");
        let late = app.created(&key, &rows, json!({ "id": "11", "title": "Late" })).await;
        assert_eq!((&late["kind"], &late["version"]), (&json!("custom"), &json!(1)));
        let early = json!({ "position": 0, "title": "Early", "group": "Access" });
        let early = app.changed(&key, &format!("{rows}/11"), early).await;
        assert_eq!((&early["title"], &early["version"]), (&json!("Early"), &json!(2)));
        assert_eq!(ids(app, &key, &rows).await, ["1", "11", "2", "10"]);
        assert_eq!(ids(app, &key, &format!("{rows}?group=Access&limit=1")).await, ["1"]);
        app.changed(&key, AT, json!({ "name": "Schedule", "outcome": "attestation" })).await;
        let same = app.changed(&key, AT, json!({ "name": "Schedule" })).await;
        assert_eq!(same["version"], 2, "what changes nothing writes nothing");
        let stale = app.call_with(Method::DELETE, AT, &key, None, &[("if-match", "\"1.x\"")]).await;
        assert_eq!(stale.status(), 412);
        app.deleted(&key, &format!("{rows}/11")).await;
        app.created(&key, &format!("{AT}/mappings"), mapping("1", "iso27001-2022", "A.5.18", "subset")).await;
        app.deleted(&key, AT).await;
        assert_eq!(app.call(Method::GET, &rows, &key, None).await.status(), 404);
        let told = async |kind: &str| {
            let events = app.events(&key, kind).await;
            events.iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(told("framework").await, ["framework.created", "framework.updated", "framework.deleted"]);
        assert_eq!(
            told("requirement_mapping").await,
            ["requirement_mapping.created", "requirement_mapping.deleted"]
        );
        let requirements = told("requirement").await;
        assert_eq!(requirements.iter().filter(|one| *one == "requirement.created").count(), 4);
        assert_eq!(requirements.iter().filter(|one| *one == "requirement.deleted").count(), 4);
        assert_eq!(
            told("x-schedule/11").await,
            ["requirement.created", "requirement.updated", "requirement.deleted"]
        );
        app.created(&key, "/v1/frameworks", schedule()).await;
    }

    pub async fn built_in_frameworks_are_read_only(app: &TestApp) {
        let key = app.tenant("acme").await;
        let iso = "/v1/frameworks/iso27001-2022";
        for (method, path, body) in [
            (Method::PATCH, iso.to_owned(), Some(json!({ "name": "Mine" }))),
            (Method::DELETE, iso.to_owned(), None),
            (Method::POST, format!("{iso}/requirements"), Some(json!({ "id": "A.9.9", "title": "Mine" }))),
            (Method::PATCH, format!("{iso}/requirements/A.5.1"), Some(json!({ "title": "Mine" }))),
            (Method::DELETE, format!("{iso}/requirements/A.5.1"), None),
            (Method::POST, format!("{iso}/mappings"), Some(mapping("A.5.1", "soc2-2017", "CC6.1", "equal"))),
        ] {
            let refused = app.refused(method.clone(), &path, &key, body, 409).await;
            assert_eq!(refused["code"], "conflict", "{method} {path}");
            assert!(refused["detail"].as_str().unwrap().contains("read-only"), "{refused}");
        }
        let one = app.read(&key, &format!("{iso}/requirements/A.5.1")).await;
        assert_eq!((&one["version"], &one["kind"]), (&json!(0), &json!("annex_a")));
        app.refused(Method::GET, &format!("{iso}/requirements/A.9.9"), &key, None, 404).await;
    }

    pub async fn mappings_read_from_both_sides(app: &TestApp) {
        let key = app.tenant("acme").await;
        app.created(&key, "/v1/frameworks", schedule()).await;
        let law = json!({ "key": "x-law", "name": "A law", "requirements": [{ "id": "9", "title": "Tell at once" }] });
        app.created(&key, "/v1/frameworks", law).await;
        let maps = format!("{AT}/mappings");
        let one = app.created(&key, &maps, mapping("2", "x-law", "9", "superset")).await;
        app.created(
            &key,
            "/v1/frameworks/iso27001-2022/mappings",
            mapping("A.5.18", "x-schedule", "1", "subset"),
        )
        .await;
        let read = async |path: &str| {
            let page = app.read(&key, path).await;
            let told = |row: &Value| {
                let (own, other) = (&row["requirement"], &row["counterpart"]);
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                format!(
                    "{} {} {}/{}",
                    text(own),
                    text(&row["relationship"]),
                    text(&other["framework"]),
                    text(&other["id"])
                )
            };
            page["data"].as_array().unwrap().iter().map(told).collect::<Vec<_>>()
        };
        assert_eq!(read(&maps).await, ["1 superset iso27001-2022/A.5.18", "2 superset x-law/9"]);
        assert_eq!(read("/v1/frameworks/x-law/mappings").await, ["9 subset x-schedule/2"]);
        let iso = read("/v1/frameworks/iso27001-2022/mappings?requirement=A.5.18").await;
        assert!(iso.contains(&"A.5.18 subset x-schedule/1".to_owned()) && iso.len() > 1, "{iso:?}");
        assert_eq!(
            read("/v1/frameworks/iso27001-2022/mappings?to=x-schedule").await,
            ["A.5.18 subset x-schedule/1"]
        );
        assert_eq!(read(&format!("{maps}?to=soc2-2017")).await, Vec::<String>::new());
        // The same two are mapped once, from whichever side.
        for (at, again) in [
            (maps.as_str(), mapping("2", "x-law", "9", "equal")),
            ("/v1/frameworks/x-law/mappings", mapping("9", "x-schedule", "2", "equal")),
        ] {
            let again = app.refused(Method::POST, at, &key, Some(again), 409).await;
            assert_eq!(again["code"], "already_exists");
        }
        let id = one["id"].as_str().unwrap();
        let from_the_law = app.read(&key, &format!("/v1/frameworks/x-law/mappings/{id}")).await;
        assert_eq!(from_the_law["relationship"], "subset");
        app.refused(Method::DELETE, &format!("/v1/frameworks/soc2-2017/mappings/{id}"), &key, None, 404)
            .await;
        app.deleted(&key, &format!("/v1/frameworks/x-law/mappings/{id}")).await;
        assert_eq!(read(&maps).await, ["1 superset iso27001-2022/A.5.18"]);
        app.deleted(&key, &format!("{AT}/requirements/1")).await;
        assert_eq!(read("/v1/frameworks/iso27001-2022/mappings?to=x-schedule").await, Vec::<String>::new());
    }

    pub async fn what_a_control_names_stays(app: &TestApp) {
        let key = app.tenant("acme").await;
        app.created(&key, "/v1/frameworks", schedule()).await;
        let named = |id: &str| json!([{ "framework": "x-schedule", "id": id }, { "framework": "soc2-2017", "id": "CC6.1" }]);
        let new = json!({ "code": "C-1", "title": "Reviews", "requirements": named("1") });
        let control = app.created(&key, "/v1/controls", new).await;
        let control = format!("/v1/controls/{}", control["id"].as_str().unwrap());
        for at in [AT.to_owned(), format!("{AT}/requirements/1")] {
            let refused = app.refused(Method::DELETE, &at, &key, None, 409).await;
            assert_eq!(refused["code"], "in_use", "{at}");
        }
        let unknown = json!({ "code": "C-2", "title": "Reviews", "requirements": [
            { "framework": "x-schedule", "id": "7" }, { "framework": "soc2-2017", "id": "CC6.1" }, { "framework": "x-none", "id": "1" },
        ] });
        let refused = app.refused(Method::POST, "/v1/controls", &key, Some(unknown), 422).await;
        assert_eq!(texts(&refused["errors"], "pointer"), ["/requirements/0", "/requirements/2"]);
        let found = app.read(&key, "/v1/controls?framework=x-schedule&requirement=1").await;
        assert_eq!(texts(&found["data"], "code"), ["C-1"]);
        app.changed(&key, &control, json!({ "requirements": named("2") })).await;
        app.deleted(&key, &format!("{AT}/requirements/1")).await;
        app.refused(Method::DELETE, AT, &key, None, 409).await;
        app.deleted(&key, &control).await;
        app.deleted(&key, AT).await;
    }

    pub async fn coverage_gaps_and_comparison_take_them_alike(app: &TestApp) {
        let key = app.tenant("acme").await;
        app.created(&key, "/v1/frameworks", schedule()).await;
        let named = json!([{ "framework": "x-schedule", "id": "1" }]);
        app.created(
            &key,
            "/v1/controls",
            json!({ "code": "C-1", "title": "Reviews", "status": "implemented", "requirements": named }),
        )
        .await;
        let coverage = app.read(&key, &format!("{AT}/coverage")).await;
        assert_eq!(
            (&coverage["total"], &coverage["covered"], &coverage["uncovered"]),
            (&json!(3), &json!(1), &json!(2))
        );
        assert_eq!(coverage["requirements"][0]["requirement"], "1");
        let maps = format!("{AT}/mappings");
        app.created(&key, &maps, mapping("1", "iso27001-2022", "A.5.18", "subset")).await;
        app.created(&key, &maps, mapping("1", "iso27001-2022", "A.5.15", "intersects")).await;
        let gaps = app.read(&key, &format!("{maps}/gaps?to=iso27001-2022")).await;
        assert_eq!(texts(&gaps["requirements"], "id"), ["2", "10"]);
        let back = app.read(&key, "/v1/frameworks/iso27001-2022/mappings/gaps?to=x-schedule").await;
        let missing = texts(&back["requirements"], "id");
        assert!(
            missing.contains(&"A.5.1") && !missing.contains(&"A.5.18") && missing.len() == 121,
            "{}",
            missing.len()
        );
        let compared = app.read(&key, "/v1/frameworks/compare?left=x-schedule&right=iso27001-2022").await;
        let row = |n: usize| {
            let row = &compared["dimensions"][n];
            (row["left"]["text"].as_str().unwrap(), row["right"]["text"].as_str().unwrap())
        };
        assert_eq!((row(0), row(1), row(2)), (("internal", "certification"), ("3", "123"), ("1", "2")));
        app.refused(Method::GET, "/v1/frameworks/compare?left=x-none&right=iso27001-2022", &key, None, 422)
            .await;
    }

    pub async fn wrong_frameworks_are_refused_whole(app: &TestApp) {
        let key = app.tenant("acme").await;
        let with = |field: &str, value: Value| {
            let mut new = schedule();
            new[field] = value;
            new
        };
        let twice = json!([{ "id": "1", "title": "A" }, { "id": "1", "title": "B" }]);
        for (body, status, place) in [
            (with("key", json!("pci")), 422, "/key"),
            (with("key", json!("iso27001-2022")), 422, "/key"),
            (with("key", json!("x-Upper")), 422, "/key"),
            (with("requirements", twice), 422, "/requirements/1/id"),
            (with("requirements", json!([{ "id": "1/2", "title": "A" }])), 422, "/requirements/0/id"),
            (
                with("requirements", json!([{ "id": "1", "title": "A", "position": -1 }])),
                422,
                "/requirements/0/position",
            ),
        ] {
            let refused = app.refused(Method::POST, "/v1/frameworks", &key, Some(body), status).await;
            assert_eq!(pointer(&refused), place);
        }
        assert_eq!(app.read(&key, "/v1/frameworks?count=true").await["total"], 2);
        app.created(&key, "/v1/frameworks", schedule()).await;
        let again = app.refused(Method::POST, "/v1/frameworks", &key, Some(schedule()), 409).await;
        assert_eq!(pointer(&again), "/key");
        let taken = json!({ "id": "2", "title": "Again" });
        let taken = app.refused(Method::POST, &format!("{AT}/requirements"), &key, Some(taken), 409).await;
        assert_eq!(pointer(&taken), "/id");
        for (body, place) in [
            (mapping("9", "iso27001-2022", "A.5.1", "equal"), "/requirement"),
            (mapping("1", "iso27001-2022", "A.9.9", "equal"), "/counterpart"),
            (mapping("1", "x-schedule", "2", "equal"), "/counterpart/framework"),
        ] {
            let refused = app.refused(Method::POST, &format!("{AT}/mappings"), &key, Some(body), 422).await;
            assert_eq!(pointer(&refused), place);
        }
    }

    pub async fn both_surfaces_mean_the_same(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ask = async |document: &str| app.ask(&key, document).await;
        let made = ask(r#"mutation { createFramework(input: { key: "x-schedule", name: "Schedule",
            requirements: [{ id: "1", title: "A" }, { id: "2", title: "B" }] }) { key custom version groups { count } } }"#).await;
        assert_eq!(
            made["data"]["createFramework"],
            json!({ "key": "x-schedule", "custom": true, "version": 1, "groups": [{ "count": 2 }] }),
            "{made}"
        );
        let renamed = ask(r#"mutation { updateFramework(key: "x-schedule", expectedVersion: 1, input: { name: "Renamed" }) { name version } }"#).await;
        assert_eq!(
            renamed["data"]["updateFramework"],
            json!({ "name": "Renamed", "version": 2 }),
            "{renamed}"
        );
        let added = ask(r#"mutation { createFrameworkRequirement(framework: "x-schedule", input: { id: "3", title: "C" }) { id version } }"#).await;
        assert_eq!(
            added["data"]["createFrameworkRequirement"],
            json!({ "id": "3", "version": 1 }),
            "{added}"
        );
        let changed = ask(r#"mutation { updateFrameworkRequirement(framework: "x-schedule", requirementId: "3", expectedVersion: 1, input: { title: "D" }) { title } }"#).await;
        assert_eq!(changed["data"]["updateFrameworkRequirement"]["title"], "D", "{changed}");
        assert_eq!(app.read(&key, &format!("{AT}/requirements/3")).await["title"], "D");
        let mapped = ask(r#"mutation { createFrameworkMapping(framework: "x-schedule", input: { requirement: "1", relationship: SUPERSET,
            rationale: "Same", counterpart: { framework: "iso27001-2022", id: "A.5.1" } }) { id relationship counterpart { requirement { title } } } }"#).await;
        let mapped = &mapped["data"]["createFrameworkMapping"];
        assert!(mapped["counterpart"]["requirement"]["title"].is_string(), "{mapped}");
        let id = mapped["id"].as_str().unwrap();
        assert_eq!(app.read(&key, &format!("{AT}/mappings/{id}")).await["relationship"], "superset");
        let read = ask(&format!(r#"{{ frameworkMapping(framework: "iso27001-2022", id: "{id}") {{ relationship counterpart {{ requirement {{ title }} }} }}
            frameworkRequirement(framework: "x-schedule", requirementId: "2") {{ title }}
            framework(key: "x-schedule") {{ requirements {{ totalCount }} mappings {{ nodes {{ id }} }} gaps(to: "iso27001-2022") {{ requirements {{ id }} }} }} }}"#)).await;
        let read = &read["data"];
        assert_eq!(
            read["frameworkMapping"],
            json!({ "relationship": "SUBSET", "counterpart": { "requirement": { "title": "A" } } }),
            "{read}"
        );
        assert_eq!(
            (&read["frameworkRequirement"]["title"], &read["framework"]["requirements"]["totalCount"]),
            (&json!("B"), &json!(3))
        );
        assert_eq!(texts(&read["framework"]["gaps"]["requirements"], "id"), ["2", "3"]);
        for (document, code) in [
            (format!(r#"mutation {{ deleteFrameworkMapping(framework: "soc2-2017", id: "{id}", expectedVersion: 1) }}"#), Some("not_found")),
            (format!(r#"mutation {{ deleteFrameworkMapping(framework: "x-schedule", id: "{id}", expectedVersion: 1) }}"#), None),
            (r#"mutation { deleteFrameworkRequirement(framework: "x-schedule", requirementId: "3", expectedVersion: 1) }"#.to_owned(), Some("stale_version")),
            (r#"mutation { deleteFrameworkRequirement(framework: "x-schedule", requirementId: "3", expectedVersion: 2) }"#.to_owned(), None),
            (r#"mutation { deleteFramework(key: "soc2-2017", expectedVersion: 0) }"#.to_owned(), Some("conflict")),
            (r#"mutation { deleteFramework(key: "x-schedule", expectedVersion: 2) }"#.to_owned(), None),
        ] {
            let answer = ask(&document).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"].as_str(), code, "{document}: {answer}");
        }
        assert_eq!(app.read(&key, "/v1/frameworks?count=true").await["total"], 2);
    }

    pub async fn references_take_one_statement(app: &TestApp) {
        let key = app.tenant("acme").await;
        app.created(&key, "/v1/frameworks", schedule()).await;
        let asked =
            json!({ "query": "{ controls { nodes { requirements { id requirement { title } } } } }" });
        let mut counts = Vec::new();
        for (n, id) in ["1", "2", "10"].into_iter().enumerate() {
            let named =
                json!([{ "framework": "x-schedule", "id": id }, { "framework": "soc2-2017", "id": "CC6.1" }]);
            app.created(
                &key,
                "/v1/controls",
                json!({ "code": format!("C-{n}"), "title": "Reviews", "requirements": named }),
            )
            .await;
            let answer = app.call(Method::POST, "/graphql", &key, Some(asked.clone())).await;
            counts.push(statements(&answer));
            let answer: Value = answer.json().await.unwrap();
            let all = answer["data"]["controls"]["nodes"].as_array().unwrap();
            let each = all.iter().flat_map(|one| one["requirements"].as_array().unwrap());
            assert!(
                each.clone().count() == 2 * (n + 1)
                    && each.clone().all(|one| one["requirement"]["title"].is_string()),
                "{answer}"
            );
        }
        assert_eq!(counts[0], counts[2], "however many rows");
    }
}
