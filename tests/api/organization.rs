//! The organisation's profile, its locations and its systems.

use crate::support::*;

on_both!(
    a_profile_is_there_from_the_first_read,
    a_profile_is_changed_under_its_version,
    locations_live_and_are_journalled,
    systems_live_and_are_journalled,
    systems_are_found_by_what_they_are,
    what_a_system_is_made_of_changes_one_by_one,
    graphql_asks_for_what_systems_refer_to_in_one_statement_each,
);

const PROFILE: &str = "/v1/organization";

async fn send(app: &TestApp, key: &str, seen: &str, patch: Value) -> (u16, Value) {
    let answer = app.call_with(Method::PATCH, PROFILE, key, Some(patch), &[("if-match", seen)]).await;
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn names(app: &TestApp, key: &str, query: &str) -> Vec<String> {
    let page = app.read(key, &format!("/v1/systems?{query}")).await;
    texts(&page["data"], "name").into_iter().map(str::to_owned).collect()
}

fn at(one: &Value, list: &str) -> String {
    format!("/v1/{list}/{}", one["id"].as_str().unwrap())
}

mod scenario {
    use super::*;

    pub async fn a_profile_is_there_from_the_first_read(app: &TestApp) {
        let key = app.tenant("acme").await;
        let first = app.call(Method::GET, PROFILE, &key, None).await;
        assert_eq!(first.status(), 200);
        let etag = first.headers()["etag"].to_str().unwrap().to_owned();
        assert!(etag.starts_with("\"1."), "{etag}");
        let known: Value = first.json().await.unwrap();
        let unknown = json!({
            "legal_name": null, "industry": null, "regions": [], "data_handled": [], "size": null,
            "needs_public_certificate": null, "description": "", "website": null, "version": 1,
        });
        assert_eq!(known, unknown);
        assert_eq!(app.events(&key, "organization").await.len(), 0, "reading writes nothing");
        let (status, changed) = send(app, &key, &etag, json!({ "industry": "saas", "size": 120 })).await;
        assert_eq!((status, &changed["version"], &changed["industry"]), (200, &json!(2), &json!("saas")));
        let again = app.read(&key, PROFILE).await;
        assert_eq!(again, changed);
        let other = app.tenant("other").await;
        assert_eq!(app.read(&other, PROFILE).await, unknown, "each tenant has its own");
    }

    pub async fn a_profile_is_changed_under_its_version(app: &TestApp) {
        let key = app.tenant("acme").await;
        let full = json!({
            "legal_name": "Acme GmbH", "industry": "healthcare", "regions": ["europe", "united_kingdom"],
            "data_handled": ["health_data", "personal_data"], "size": 40, "needs_public_certificate": true,
            "description": "Records for clinics", "website": "https://acme.example",
        });
        let (status, told) = app_missing_match(app, &key).await;
        assert_eq!((status, &told["code"]), (428, &json!("precondition_required")));
        assert_eq!(send(app, &key, "\"1.x\"", full.clone()).await.0, 200);
        assert_eq!(send(app, &key, "\"1.x\"", json!({ "size": 41 })).await.0, 412, "it has moved on");
        let (status, same) = send(app, &key, "\"2.x\"", json!({ "size": 40 })).await;
        assert_eq!((status, &same["version"]), (200, &json!(2)), "what changes nothing writes nothing");
        let cleared = json!({ "needs_public_certificate": null, "regions": [], "website": null });
        let (_, changed) = send(app, &key, "\"2.x\"", cleared).await;
        assert_eq!((&changed["version"], &changed["regions"]), (&json!(3), &json!([])));
        assert!(changed["needs_public_certificate"].is_null() && changed["website"].is_null());
        let trail = app.events(&key, "organization").await;
        assert_eq!(texts(&json!(trail), "type"), ["organization.updated"; 2]);
        assert_eq!(trail[0]["after"]["legal_name"], full["legal_name"]);
        for (patch, at) in [
            (json!({ "size": 0 }), "/size"),
            (json!({ "regions": ["europe", "europe"] }), "/regions/1"),
            (json!({ "data_handled": ["none", "health_data"] }), "/data_handled"),
        ] {
            let (status, told) = send(app, &key, "\"3.x\"", patch.clone()).await;
            assert_eq!((status, pointer(&told)), (422, at), "{patch}");
        }
        for patch in [json!({ "industry": "mining" }), json!({ "regions": null }), json!({ "seize": 1 })] {
            assert_eq!(send(app, &key, "\"3.x\"", patch.clone()).await.0, 400, "{patch}");
        }
        assert_eq!(app.read(&key, PROFILE).await, changed);
        let query = "mutation { updateOrganization(expectedVersion: 3, input: { industry: SAAS }) { version industry } }";
        let told = app.ask(&key, query).await;
        assert_eq!(told["data"]["updateOrganization"], json!({ "version": 4, "industry": "SAAS" }));
        let told = app.ask(&key, query).await;
        assert_eq!(told["errors"][0]["extensions"]["code"], "stale_version");
        let told = app.ask(&key, "{ organization { legalName size regions } }").await;
        assert_eq!(
            told["data"]["organization"],
            json!({ "legalName": "Acme GmbH", "size": 40, "regions": [] })
        );
    }

    async fn app_missing_match(app: &TestApp, key: &str) -> (u16, Value) {
        let answer = app.call(Method::PATCH, PROFILE, key, Some(json!({ "size": 1 }))).await;
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub async fn locations_live_and_are_journalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let office = json!({
            "name": "Head office", "kind": "office", "address": "1 Example Street, 10115 Berlin", "country": "DE",
            "time_zone": "Europe/Berlin", "persons": 80, "external_refs": [{ "system": "facilities", "id": "B1" }],
        });
        let one = app.created(&key, "/v1/locations", office.clone()).await;
        let taken = app.refused(Method::POST, "/v1/locations", &key, Some(office), 409).await;
        assert_eq!((pointer(&taken), &taken["code"]), ("/name", &json!("already_exists")));
        for (wrong, at) in [
            (json!({ "name": "X", "kind": "office", "country": "de" }), "/country"),
            (json!({ "name": "X", "kind": "office", "country": "UK" }), "/country"),
            (json!({ "name": "X", "kind": "office", "time_zone": "Berlin" }), "/time_zone"),
            (json!({ "name": "X", "kind": "office", "persons": -1 }), "/persons"),
        ] {
            let refused = app.refused(Method::POST, "/v1/locations", &key, Some(wrong), 422).await;
            assert_eq!(pointer(&refused), at);
        }
        let path = at(&one, "locations");
        let moved = app.changed(&key, &path, json!({ "country": "IE", "persons": null })).await;
        assert_eq!(
            (&moved["country"], &moved["persons"], &moved["version"]),
            (&json!("IE"), &json!(null), &json!(2))
        );
        let found = |query: &str| format!("/v1/locations?{query}&count=true");
        for (query, total) in [
            ("country=IE", 1),
            ("country=DE", 0),
            ("kind=office", 1),
            ("kind=remote", 0),
            ("external_ref=facilities:B1", 1),
        ] {
            assert_eq!(app.read(&key, &found(query)).await["total"], total, "{query}");
        }
        let system = json!({ "name": "Cloud platform", "kind": "service", "location": one["id"] });
        let system = app.created(&key, "/v1/systems", system).await;
        let refused = app.refused(Method::DELETE, &path, &key, None, 409).await;
        assert_eq!(refused["code"], "in_use");
        app.changed(&key, &at(&system, "systems"), json!({ "location": null })).await;
        app.deleted(&key, &path).await;
        let trail = json!(app.events(&key, "location").await);
        assert_eq!(texts(&trail, "type"), ["location.created", "location.updated", "location.deleted"]);
        assert_eq!(app.read(&key, "/v1/locations").await["data"], json!([]));
    }

    pub async fn systems_live_and_are_journalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = app.first_member(&key).await;
        let new = json!({
            "name": "Cloud platform", "kind": "service", "description": "What customers use", "owner": owner,
            "criticality": "critical", "data_handled": ["customer_confidential"],
            "in_scope_of": ["iso27001-2022", "soc2-2017"], "external_refs": [{ "system": "cmdb", "id": "S1" }],
        });
        let one = app.created(&key, "/v1/systems", new.clone()).await;
        assert_eq!((&one["status"], &one["version"]), (&json!("live"), &json!(1)));
        let taken = app.refused(Method::POST, "/v1/systems", &key, Some(new), 409).await;
        assert_eq!(pointer(&taken), "/name");
        let nowhere = format!("loc_{}", "0".repeat(32));
        for (wrong, at) in [
            (
                json!({ "name": "X", "kind": "service", "in_scope_of": ["soc2-2017", "pci"] }),
                "/in_scope_of/1",
            ),
            (json!({ "name": "X", "kind": "service", "location": nowhere }), "/location"),
            (json!({ "name": "X", "kind": "service", "owner": format!("mem_{}", "0".repeat(32)) }), "/owner"),
        ] {
            let refused = app.refused(Method::POST, "/v1/systems", &key, Some(wrong), 422).await;
            assert_eq!(pointer(&refused), at);
        }
        let path = at(&one, "systems");
        let changed =
            app.changed(&key, &path, json!({ "in_scope_of": ["soc2-2017"], "criticality": null })).await;
        assert_eq!((&changed["in_scope_of"], &changed["criticality"]), (&json!(["soc2-2017"]), &json!(null)));
        assert_eq!(names(app, &key, "framework=iso27001-2022").await, Vec::<String>::new());
        assert_eq!(names(app, &key, "framework=soc2-2017").await, ["Cloud platform"]);
        let member = format!("/v1/members/{owner}");
        assert_eq!(app.refused(Method::DELETE, &member, &key, None, 409).await["code"], "conflict");
        app.deleted(&key, &path).await;
        let trail = json!(app.events(&key, "system").await);
        assert_eq!(texts(&trail, "type"), ["system.created", "system.updated", "system.deleted"]);
        assert_eq!((&trail[1]["after"]["version"], &trail[2]["after"]), (&json!(2), &json!(null)));
        assert_eq!(names(app, &key, "external_ref=cmdb:S1").await, Vec::<String>::new());
    }

    pub async fn systems_are_found_by_what_they_are(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = app.first_member(&key).await;
        let place =
            app.created(&key, "/v1/locations", json!({ "name": "Region", "kind": "cloud_region" })).await;
        for new in [
            json!({ "name": "Platform", "kind": "service", "owner": owner, "criticality": "critical" }),
            json!({ "name": "Database", "kind": "data_store", "location": place["id"], "criticality": "high",
                    "in_scope_of": ["soc2-2017"] }),
            json!({ "name": "Old site", "kind": "service", "status": "retired" }),
        ] {
            app.created(&key, "/v1/systems", new).await;
        }
        let region = place["id"].as_str().unwrap();
        for (query, found) in [
            ("".to_owned(), vec!["Database", "Old site", "Platform"]),
            ("sort=-name".to_owned(), vec!["Platform", "Old site", "Database"]),
            ("sort=created_at".to_owned(), vec!["Platform", "Database", "Old site"]),
            ("kind=service&status=live".to_owned(), vec!["Platform"]),
            ("criticality=high".to_owned(), vec!["Database"]),
            ("framework=soc2-2017".to_owned(), vec!["Database"]),
            (format!("owner={owner}"), vec!["Platform"]),
            (format!("location={region}"), vec!["Database"]),
            (format!("location={region}&kind=service"), vec![]),
        ] {
            assert_eq!(names(app, &key, &query).await, found, "{query}");
        }
    }

    pub async fn what_a_system_is_made_of_changes_one_by_one(app: &TestApp) {
        let key = app.tenant("acme").await;
        let new = json!({
            "name": "Platform", "kind": "service",
            "components": { "software": "An API", "people": "Engineering on call" },
        });
        let one = app.created(&key, "/v1/systems", new).await;
        let expected = |software: &str, data: &str| {
            json!({ "infrastructure": "", "software": software, "people": "Engineering on call", "procedures": "",
                    "data": data })
        };
        assert_eq!(one["components"], expected("An API", ""));
        let path = at(&one, "systems");
        let patch = json!({ "components": { "data": "Records", "software": "" } });
        assert_eq!(app.changed(&key, &path, patch).await["components"], expected("", "Records"));
        for wrong in [json!({ "components": null }), json!({ "components": { "money": "x" } })] {
            app.refused(Method::PATCH, &path, &key, Some(wrong), 400).await;
        }
    }

    pub async fn graphql_asks_for_what_systems_refer_to_in_one_statement_each(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = app.first_member(&key).await;
        let query =
            json!({ "query": "{ systems { nodes { name owner { name } location { name country } } } }" });
        let mut counts = Vec::new();
        for n in 1..=8 {
            let place = json!({ "name": format!("Place {n}"), "kind": "office", "country": "DE" });
            let place = app.created(&key, "/v1/locations", place).await;
            let system = json!({ "name": format!("System {n}"), "kind": "service", "owner": owner, "location": place["id"] });
            app.created(&key, "/v1/systems", system).await;
            if n == 1 || n == 8 {
                let answer = app.call(Method::POST, "/graphql", &key, Some(query.clone())).await;
                counts.push(statements(&answer));
                let answer: Value = answer.json().await.unwrap();
                let nodes =
                    answer["data"]["systems"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}"));
                assert!(
                    nodes.len() == n && nodes.iter().all(|one| one["location"]["country"] == "DE"),
                    "{answer}"
                );
                assert!(nodes.iter().all(|one| one["owner"]["name"].is_string()), "{answer}");
            }
        }
        assert_eq!(counts[0], counts[1], "one statement per relation, however many rows");
    }
}
