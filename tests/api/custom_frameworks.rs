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
    what_has_names_elsewhere_is_found_by_them,
    a_mapping_is_changed_from_either_side,
    many_frameworks_at_once,
    many_requirements_at_once,
    many_mappings_at_once,
    batches_mean_the_same_in_both_surfaces,
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

fn put(id: &str, resource: &Value) -> Value {
    json!({ "put": { "external_ref": { "system": "grc", "id": id }, "resource": resource } })
}

fn with(mut resource: Value, field: &str, value: Value) -> Value {
    resource[field] = value;
    resource
}

/// What came of each item, with the place of what refused it.
async fn came(app: &TestApp, key: &str, path: &str, items: Value) -> Vec<String> {
    let answer = app.call(Method::POST, path, key, Some(json!({ "items": items }))).await;
    let (status, told) = (answer.status(), answer.json::<Value>().await.unwrap());
    assert_eq!(status, 200, "{path}: {told}");
    let one = |item: &Value| {
        let at = item["error"]["errors"][0]["pointer"].as_str().unwrap_or_default();
        format!("{} {at}", item["outcome"].as_str().unwrap()).trim().to_owned()
    };
    told["items"].as_array().unwrap().iter().map(one).collect()
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

    pub async fn what_has_names_elsewhere_is_found_by_them(app: &TestApp) {
        let key = app.tenant("acme").await;
        let refs = |id: &str| json!([{ "system": "grc", "id": id }]);
        let mut new = with(schedule(), "external_refs", refs("F-1"));
        new["requirements"][1]["external_refs"] = refs("R-2");
        let made = app.created(&key, "/v1/frameworks", new.clone()).await;
        assert_eq!(made["external_refs"], refs("F-1"));
        let mapped = mapping("2", "iso27001-2022", "A.5.24", "intersects");
        let mapped = with(mapped, "external_refs", refs("M-1"));
        let made = app.created(&key, &format!("{AT}/mappings"), mapped.clone()).await;
        assert_eq!(made["external_refs"], refs("M-1"));
        for (path, field, found) in [
            ("/v1/frameworks?external_ref=grc:F-1", "key", vec!["x-schedule"]),
            ("/v1/frameworks?external_ref=grc:R-2", "key", vec![]),
            ("/v1/frameworks/x-schedule/requirements?external_ref=grc:R-2", "id", vec!["2"]),
            ("/v1/frameworks/x-schedule/requirements?external_ref=grc:F-1", "id", vec![]),
            ("/v1/frameworks/iso27001-2022/requirements?external_ref=grc:R-2", "id", vec![]),
            ("/v1/frameworks/x-schedule/mappings?external_ref=grc:M-1", "requirement", vec!["2"]),
            ("/v1/frameworks/iso27001-2022/mappings?external_ref=grc:M-1", "requirement", vec!["A.5.24"]),
            ("/v1/frameworks/iso27001-2022/mappings?external_ref=grc:R-2", "requirement", vec![]),
        ] {
            let page = app.read(&key, path).await;
            assert_eq!(texts(&page["data"], field), found, "{path}");
        }
        let asked = r#"{ frameworks(filter: { externalRef: "grc:F-1" }) { nodes { key externalRefs { id } } }
            framework(key: "x-schedule") {
                requirements(filter: { externalRef: "grc:R-2" }) { nodes { id externalRefs { id } } }
                mappings(filter: { externalRef: "grc:M-1" }) { nodes { requirement externalRefs { id } } } } }"#;
        let asked = app.ask(&key, asked).await;
        let [framework, requirement, mapping] = [
            &asked["data"]["frameworks"],
            &asked["data"]["framework"]["requirements"],
            &asked["data"]["framework"]["mappings"],
        ]
        .map(|list| &list["nodes"]);
        assert_eq!(*framework, json!([{ "key": "x-schedule", "externalRefs": [{ "id": "F-1" }] }]));
        assert_eq!(*requirement, json!([{ "id": "2", "externalRefs": [{ "id": "R-2" }] }]));
        assert_eq!(*mapping, json!([{ "requirement": "2", "externalRefs": [{ "id": "M-1" }] }]));
        for list in ["/v1/frameworks", "/v1/frameworks/x-schedule/requirements"] {
            let told = app.refused(Method::GET, &format!("{list}?external_ref=grc"), &key, None, 400).await;
            assert_eq!(pointer(&told), "external_ref");
        }
        // What is taken is told where it stands.
        let other = with(new, "key", json!("x-other"));
        let told = app.refused(Method::POST, "/v1/frameworks", &key, Some(other.clone()), 409).await;
        assert_eq!(pointer(&told), "/external_refs/0", "{told}");
        app.changed(&key, AT, json!({ "external_refs": refs("F-2") })).await;
        let told = app.refused(Method::POST, "/v1/frameworks", &key, Some(other.clone()), 409).await;
        assert_eq!(pointer(&told), "/requirements/1/external_refs/0", "{told}");
        let colon = json!({ "external_refs": [{ "system": "a:b", "id": "1" }] });
        for at in [AT.to_owned(), format!("{AT}/requirements/1")] {
            let told = app.refused(Method::PATCH, &at, &key, Some(colon.clone()), 422).await;
            assert_eq!(pointer(&told), "/external_refs/0/system", "{at}");
        }
        // What is gone leaves its names to others.
        app.deleted(&key, AT).await;
        app.created(&key, "/v1/frameworks", other).await;
        app.created(&key, "/v1/frameworks/x-other/mappings", mapped).await;
    }

    pub async fn a_mapping_is_changed_from_either_side(app: &TestApp) {
        let key = app.tenant("acme").await;
        app.created(&key, "/v1/frameworks", schedule()).await;
        let new = mapping("1", "iso27001-2022", "A.5.18", "equal");
        let made = app.created(&key, &format!("{AT}/mappings"), new).await;
        let id = made["id"].as_str().unwrap();
        let (here, there) =
            (format!("{AT}/mappings/{id}"), format!("/v1/frameworks/iso27001-2022/mappings/{id}"));
        let said = json!({ "relationship": "subset", "rationale": "Less is asked for here" });
        let changed = app.changed(&key, &there, said.clone()).await;
        assert_eq!(
            (&changed["requirement"], &changed["relationship"], &changed["version"]),
            (&json!("A.5.18"), &json!("subset"), &json!(2))
        );
        assert_eq!(app.read(&key, &here).await["relationship"], "superset");
        assert_eq!(
            app.changed(&key, &there, said).await["version"],
            2,
            "what changes nothing writes nothing"
        );
        let body = Some(json!({ "rationale": "Late" }));
        let stale = app.call_with(Method::PATCH, &here, &key, body, &[("if-match", "\"1.x\"")]).await;
        assert_eq!(stale.status(), 412);
        app.refused(Method::PATCH, &here, &key, Some(json!({ "requirement": "2" })), 400).await;
        let foreign = format!("/v1/frameworks/soc2-2017/mappings/{id}");
        app.refused(Method::PATCH, &foreign, &key, Some(json!({ "rationale": "Mine" })), 404).await;
        let document = format!(
            r#"mutation {{ updateFrameworkMapping(framework: "x-schedule", id: "{id}", expectedVersion: 2,
                input: {{ relationship: SUBSET }}) {{ relationship version }} }}"#
        );
        let told = app.ask(&key, &document).await;
        let wanted = json!({ "relationship": "SUBSET", "version": 3 });
        assert_eq!(told["data"]["updateFrameworkMapping"], wanted, "{told}");
        assert_eq!(app.read(&key, &there).await["relationship"], "superset");
        let trail = json!(app.events(&key, "requirement_mapping").await);
        let updated = "requirement_mapping.updated";
        assert_eq!(texts(&trail, "type"), ["requirement_mapping.created", updated, updated]);
    }

    pub async fn many_frameworks_at_once(app: &TestApp) {
        let key = app.tenant("acme").await;
        let renamed = with(schedule(), "name", json!("Renamed"));
        let mut longer = schedule();
        longer["requirements"].as_array_mut().unwrap().push(json!({ "id": "11", "title": "Late" }));
        longer["requirements"][0]["title"] = json!("Otherwise");
        let other =
            json!({ "key": "x-other", "name": "Other", "external_refs": [{ "system": "grc", "id": "F-1" }] });
        let update = |id: &str, version: i32| json!({ "update": { "id": id, "version": version, "patch": { "name": "Third" } } });
        let items = json!([
            put("F-1", &schedule()),
            put("F-1", &schedule()),
            put("F-1", &renamed),
            put("F-1", &with(renamed, "requirements", json!([]))),
            put("F-1", &longer),
            put("F-1", &other),
            { "create": schedule() },
            { "create": other },
            update("x-schedule", 1),
            update("x-schedule", 2),
            update("x-none", 1),
            update("soc2-2017", 0),
            { "delete": { "id": "x-schedule", "version": 1 } },
        ]);
        let wanted = [
            "created",
            "unchanged",
            "updated",
            "unchanged",
            "refused /put/resource/requirements/0",
            "refused /put/resource/key",
            "refused /create/key",
            "refused /create/external_refs/0",
            "refused",
            "updated",
            "refused /update/id",
            "refused",
            "refused",
        ];
        assert_eq!(came(app, &key, "/v1/frameworks:batch", items).await, wanted);
        assert_eq!(ids(app, &key, &format!("{AT}/requirements")).await, ["1", "2", "10"]);
        let trail = json!(app.events(&key, "framework").await);
        assert_eq!(texts(&trail, "type"), ["framework.created", "framework.updated", "framework.updated"]);
        // All of it or none, or only to tell.
        let items = json!([{ "create": json!({ "key": "x-a", "name": "A" }) }, { "create": schedule() }]);
        let body = json!({ "atomic": true, "items": items });
        let told = app.refused(Method::POST, "/v1/frameworks:batch", &key, Some(body), 422).await;
        assert_eq!(
            (&told["code"], texts(&told["errors"], "pointer")),
            (&json!("batch_refused"), vec!["/items/1/create/key"])
        );
        let body = json!({ "dry_run": true, "items": [items[0]] });
        let told: Value =
            app.call(Method::POST, "/v1/frameworks:batch", &key, Some(body)).await.json().await.unwrap();
        assert_eq!(told["items"][0]["outcome"], "created", "{told}");
        assert_eq!(app.read(&key, "/v1/frameworks?count=true").await["total"], 3);
        // Each item needs what its own request would need.
        let contributor = app.key_as(&key, "contributor").await;
        let items = json!([items[0], { "delete": { "id": "x-schedule", "version": 3 } }]);
        let seen = came(app, &contributor, "/v1/frameworks:batch", items.clone()).await;
        assert_eq!(seen, ["created", "refused"]);
        let viewer = app.key_as(&key, "viewer").await;
        app.refused(Method::POST, "/v1/frameworks:batch", &viewer, Some(json!({ "items": items })), 403)
            .await;
        let removal = json!([{ "delete": { "id": "x-schedule", "version": 3 } }]);
        assert_eq!(came(app, &key, "/v1/frameworks:batch", removal).await, ["deleted"]);
        let again = json!([put("F-1", &schedule())]);
        assert_eq!(came(app, &key, "/v1/frameworks:batch", again).await, ["created"], "its name is free");
    }

    pub async fn many_requirements_at_once(app: &TestApp) {
        let key = app.tenant("acme").await;
        app.created(&key, "/v1/frameworks", schedule()).await;
        app.created(&key, "/v1/frameworks", json!({ "key": "x-law", "name": "A law" })).await;
        let new = |id: &str, title: &str| json!({ "id": id, "title": title });
        let update = |id: &str, version: i32| json!({ "update": { "id": id, "version": version, "patch": { "position": 0 } } });
        let removal = |id: &str, version: i32| json!({ "delete": { "id": id, "version": version } });
        let items = json!([
            { "create": new("11", "Late") },
            { "create": new("11", "Late") },
            { "create": new("1/1", "Wrong") },
            put("R-1", &new("12", "Later")),
            put("R-1", &new("12", "Later")),
            put("R-1", &new("12", "Latest")),
            put("R-1", &new("13", "Latest")),
            update("11", 1),
            update("11", 1),
            update("99", 1),
            removal("2", 2),
            removal("2", 1),
        ]);
        let wanted = [
            "created",
            "refused /create/id",
            "refused /create/id",
            "created",
            "unchanged",
            "updated",
            "refused /put/resource/id",
            "updated",
            "refused",
            "refused /update/id",
            "refused",
            "deleted",
        ];
        let rows = format!("{AT}/requirements");
        assert_eq!(came(app, &key, &format!("{rows}:batch"), items).await, wanted);
        assert_eq!(ids(app, &key, &rows).await, ["1", "11", "10", "12"], "what was put stays where it is");
        assert_eq!(app.read(&key, &format!("{rows}/12")).await["title"], "Latest");
        let beside = json!([put("R-1", &new("12", "Mine"))]);
        let beside = came(app, &key, "/v1/frameworks/x-law/requirements:batch", beside).await;
        assert_eq!(beside, ["refused /put/resource/external_refs/0"], "it is of another framework");
        let body = json!({ "items": [{ "create": new("A.9.9", "Mine") }] });
        for (at, status) in [("soc2-2017", 409), ("x-none", 404)] {
            let at = format!("/v1/frameworks/{at}/requirements:batch");
            app.refused(Method::POST, &at, &key, Some(body.clone()), status).await;
        }
    }

    pub async fn many_mappings_at_once(app: &TestApp) {
        let key = app.tenant("acme").await;
        app.created(&key, "/v1/frameworks", schedule()).await;
        let maps = format!("{AT}/mappings");
        let iso = |requirement: &str, relationship: &str| {
            mapping(requirement, "iso27001-2022", "A.5.24", relationship)
        };
        let old = app.created(&key, &maps, mapping("1", "soc2-2017", "CC6.1", "equal")).await;
        let id = old["id"].as_str().unwrap();
        let update = |id: &str, version: i32| json!({ "update": { "id": id, "version": version, "patch": { "rationale": "Why not" } } });
        let items = json!([
            { "create": iso("1", "subset") },
            { "create": iso("1", "equal") },
            { "create": iso("9", "equal") },
            put("M-1", &iso("2", "subset")),
            put("M-1", &iso("2", "subset")),
            put("M-1", &iso("2", "equal")),
            put("M-1", &iso("10", "equal")),
            put("M-1", &mapping("2", "soc2-2017", "CC7.4", "equal")),
            update(id, 1),
            update(id, 1),
            update(&format!("map_{}", "0".repeat(32)), 1),
            { "delete": { "id": id, "version": 1 } },
            { "delete": { "id": id, "version": 2 } },
        ]);
        let wanted = [
            "created",
            "refused /create/counterpart",
            "refused /create/requirement",
            "created",
            "unchanged",
            "updated",
            "refused /put/resource/requirement",
            "refused /put/resource/counterpart",
            "updated",
            "refused",
            "refused /update/id",
            "refused",
            "deleted",
        ];
        assert_eq!(came(app, &key, &format!("{maps}:batch"), items).await, wanted);
        let left = app.read(&key, &maps).await;
        assert_eq!(texts(&left["data"], "requirement"), ["1", "2"]);
        assert_eq!(texts(&left["data"], "relationship"), ["subset", "equal"]);
        // The same name, read from the other side.
        let back = mapping("A.5.24", "x-schedule", "2", "superset");
        let there = "/v1/frameworks/iso27001-2022/mappings";
        let seen = came(app, &key, &format!("{there}:batch"), json!([put("M-1", &back)])).await;
        assert_eq!(seen, ["updated"]);
        let found = app.read(&key, &format!("{maps}?external_ref=grc:M-1")).await;
        assert_eq!(texts(&found["data"], "relationship"), ["subset"]);
        let body = json!({ "items": [{ "create": back }] });
        app.refused(Method::POST, "/v1/frameworks/x-none/mappings:batch", &key, Some(body), 404).await;
    }

    pub async fn batches_mean_the_same_in_both_surfaces(app: &TestApp) {
        let key = app.tenant("acme").await;
        let framework =
            json!({ "key": "x-schedule", "name": "Schedule", "requirements": [{ "id": "1", "title": "A" }] });
        let requirement = json!({ "id": "2", "title": "B" });
        let mapping = json!({ "requirement": "2", "counterpart": { "framework": "iso27001-2022", "id": "A.5.1" },
                              "relationship": "EQUAL", "rationale": "Same" });
        let same = |resource: &Value| json!({ "put": { "externalRef": { "system": "grc", "id": "1" }, "resource": resource } });
        for (field, input, of, new, at) in [
            ("batchFrameworks", "FrameworkBatch", "", framework, "/create/key"),
            (
                "batchFrameworkRequirements",
                "RequirementBatch",
                "framework: \"x-schedule\", ",
                requirement,
                "/create/id",
            ),
            (
                "batchFrameworkMappings",
                "MappingBatch",
                "framework: \"x-schedule\", ",
                mapping,
                "/create/counterpart",
            ),
        ] {
            let document = format!(
                "mutation($input: {input}!) {{ {field}({of}input: $input) {{
                    refused items {{ outcome error {{ errors {{ pointer }} }} }} }} }}"
            );
            let items = json!([same(&new), same(&new), { "create": new }]);
            let told = app.ask_with(&key, &document, json!({ "input": { "items": items } })).await;
            let told = &told["data"][field];
            assert_eq!(texts(&told["items"], "outcome"), ["CREATED", "UNCHANGED", "REFUSED"], "{told}");
            assert_eq!(pointer(&told["items"][2]["error"]), at, "{told}");
        }
    }
}
