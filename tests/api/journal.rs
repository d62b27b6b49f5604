//! The journal.

use crate::support::*;

on_both!(thirty_two_writers_leave_no_gap, entries_are_found_by_resource_actor_type_and_time,);

fn person(name: &str) -> Value {
    json!({ "kind": "person", "name": name, "role": "viewer" })
}

mod scenario {
    use super::*;

    pub async fn thirty_two_writers_leave_no_gap(app: &TestApp) {
        let key = app.tenant("acme").await;
        let writes = (0..32).map(|n| {
            let key = &key;
            async move {
                app.call(Method::POST, "/v1/members", key, Some(person(&format!("P{n}")))).await.status()
            }
        });
        for status in futures_util::future::join_all(writes).await {
            assert_eq!(status, 201);
        }
        let trail: Value =
            app.call(Method::GET, "/v1/journal?sort=seq&limit=200", &key, None).await.json().await.unwrap();
        let numbers: Vec<i64> =
            trail["data"].as_array().unwrap().iter().map(|entry| entry["seq"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
        assert_eq!(numbers.len(), 3 + 32);
    }

    pub async fn entries_are_found_by_resource_actor_type_and_time(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let manager = app.key_as(&owner, "manager").await;
        app.clock.forward(60);
        let one = app.created(&manager, "/v1/members", person("Auditee")).await;
        let id = one["id"].as_str().unwrap();
        app.clock.forward(60);
        app.changed(&owner, &format!("/v1/members/{id}"), json!({ "name": "Lead auditee" })).await;
        let control = json!({ "code": "AC-01", "title": "Access", "owner": id });
        app.created(&owner, "/v1/controls", control).await;
        let keys = app.read(&owner, "/v1/api-keys").await;
        let acting = keys["data"][1]["member_id"].as_str().unwrap();
        let first = app.first_member(&owner).await;

        let found = async |query: &str| -> Vec<String> {
            let page = app.read(&owner, &format!("/v1/journal?sort=seq&count=true&{query}")).await;
            assert_eq!(page["total"], page["data"].as_array().unwrap().len(), "{query}");
            texts(&page["data"], "type").into_iter().map(str::to_owned).collect()
        };
        let founding = ["tenant.created", "member.created", "api_key.created"];
        assert_eq!(found("actor=operator").await, founding);
        assert_eq!(found(&format!("actor={acting}")).await, ["member.created"]);
        let by_owner = found(&format!("actor={first}&since=2026-11-24T09:02:00Z")).await;
        assert_eq!(by_owner, ["member.updated", "control.created"]);
        assert_eq!(found(&format!("resource={id}")).await, ["member.created", "member.updated"]);
        assert_eq!(found("resource=control").await, ["control.created"]);
        assert_eq!(found("type=member.updated").await, ["member.updated"]);
        assert_eq!(found("type=control.deleted").await, Vec::<String>::new());
        let minute = "since=2026-11-24T09:01:00Z&until=2026-11-24T09:02:00Z";
        assert_eq!(found(minute).await, ["member.created"], "until is not included");
        assert_eq!(found(&format!("{minute}&resource=member&type=member.created")).await, ["member.created"]);
        let both = "/v1/journal?since=2026-11-24T09:02:00Z&until=2026-11-24T09:02:00Z";
        assert_eq!(pointer(&app.refused(Method::GET, both, &owner, None, 422).await), "until");

        let newest = app.read(&owner, "/v1/journal").await;
        assert_eq!(newest["data"][0]["type"], "control.created", "newest first");
        let entry = app.events(&owner, id).await[0].clone();
        assert_eq!((&entry["actor"], &entry["at"]), (&json!(acting), &json!("2026-11-24T09:01:00Z")));
        assert_eq!((&entry["version"], &entry["after"]["name"]), (&json!(1), &json!("Auditee")));
        assert_eq!(entry["commitment"].as_str().unwrap().len(), 64);
        let over_graphql = app
            .ask_with(
                &owner,
                "query($f: JournalFilter!) { journal(filter: $f) { totalCount nodes { type resourceId } } }",
                json!({ "f": { "resource": id, "type": "MEMBER_UPDATED" } }),
            )
            .await;
        assert_eq!(over_graphql["data"]["journal"]["totalCount"], 1);
    }
}
