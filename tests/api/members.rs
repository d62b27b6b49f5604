//! Members: the people and machine accounts of a tenant.

use crate::support::*;

on_both!(
    members_live_and_are_journalled,
    access_ends_after_its_last_day,
    members_are_found_by_role_and_kind,
    the_last_owner_stays,
    a_change_is_told_whatever_the_caller_has,
    a_reference_can_be_looked_for,
);

fn person(name: &str) -> Value {
    json!({ "kind": "person", "name": name, "role": "viewer" })
}

mod scenario {
    use super::*;

    pub async fn members_live_and_are_journalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let created = app.call(Method::POST, "/v1/members", &key, Some(person("Ada"))).await;
        assert_eq!(created.status(), 201);
        let (at, etag) = (created.headers()["location"].clone(), created.headers()["etag"].clone());
        let (at, etag) = (at.to_str().unwrap(), etag.to_str().unwrap());
        let known = app.call_with(Method::GET, at, &key, None, &[("if-none-match", etag)]).await;
        assert_eq!(known.status(), 304);
        let patch = json!({ "name": "Ada L." });
        let missing = app.call(Method::PATCH, at, &key, Some(patch.clone())).await;
        assert_eq!(missing.status(), 428);
        let changed =
            app.call_with(Method::PATCH, at, &key, Some(patch.clone()), &[("if-match", etag)]).await;
        assert_eq!(changed.status(), 200);
        let stale = app.call_with(Method::PATCH, at, &key, Some(patch), &[("if-match", etag)]).await;
        assert_eq!(stale.status(), 412);
        let gone = app.call_with(Method::DELETE, at, &key, None, &[("if-match", "*")]).await;
        assert_eq!(gone.status(), 204);
        let id = at.rsplit('/').next().unwrap();
        let trail = app.call(Method::GET, &format!("/v1/journal?sort=seq&resource={id}"), &key, None).await;
        let trail: Value = trail.json().await.unwrap();
        let types: Vec<_> =
            trail["data"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
        assert_eq!(types, ["member.created", "member.updated", "member.deleted"]);
        assert!(trail["data"][2]["after"].is_null());
    }

    pub async fn access_ends_after_its_last_day(app: &TestApp) {
        let owner = app.tenant("acme").await;
        app.changed(&owner, "/v1/tenant", json!({ "time_zone": "America/New_York" })).await;
        let auditor = json!({ "kind": "person", "name": "External auditor", "role": "auditor", "access_ends_on": "2026-11-24" });
        let member = app.created(&owner, "/v1/members", auditor).await;
        let key =
            app.created(&owner, "/v1/api-keys", json!({ "member_id": member["id"], "name": "Audit" })).await;
        let key = key["key"].as_str().unwrap();
        // 04:59:59Z is the last second of the day in New York.
        app.clock.forward(20 * 3600 - 1);
        app.read(key, "/v1/tenant").await;
        app.clock.forward(1);
        app.refused(Method::GET, "/v1/tenant", key, None, 401).await;
        let at = format!("/v1/members/{}", member["id"].as_str().unwrap());
        app.changed(&owner, &at, json!({ "access_ends_on": "2026-12-24" })).await;
        app.read(key, "/v1/tenant").await;
        let open =
            app.refused(Method::PATCH, &at, &owner, Some(json!({ "access_ends_on": null })), 422).await;
        assert_eq!(pointer(&open), "/access_ends_on", "an auditor's access ends on a date");
    }

    pub async fn the_last_owner_stays(app: &TestApp) {
        let key = app.tenant("acme").await;
        let first = format!("/v1/members/{}", app.first_member(&key).await);
        // One whose access has ended is no owner to rely on.
        let mut other = person("Other owner");
        (other["role"], other["access_ends_on"]) = (json!("owner"), json!("2026-11-23"));
        let other = app.created(&key, "/v1/members", other).await;
        for patch in [json!({ "role": "viewer" }), json!({ "access_ends_on": "2026-11-23" })] {
            let told = app.refused(Method::PATCH, &first, &key, Some(patch), 409).await;
            assert_eq!(told["code"], "conflict", "{told}");
        }
        let told = app.refused(Method::DELETE, &first, &key, None, 409).await;
        assert_eq!(told["code"], "conflict", "{told}");
        app.changed(&key, &first, json!({ "name": "Owner" })).await;
        let other = format!("/v1/members/{}", other["id"].as_str().unwrap());
        app.changed(&key, &other, json!({ "access_ends_on": null })).await;
        app.changed(&key, &first, json!({ "role": "viewer" })).await;
    }

    pub async fn a_change_is_told_whatever_the_caller_has(app: &TestApp) {
        let key = app.tenant("acme").await;
        let member = app.created(&key, "/v1/members", person("Auditee")).await;
        let at = format!("/v1/members/{}", member["id"].as_str().unwrap());
        let known = [("if-match", "*"), ("if-none-match", "*")];
        let patch = json!({ "name": "Auditor's contact" });
        let answer = app.call_with(Method::PATCH, &at, &key, Some(patch), &known).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.json::<Value>().await.unwrap()["name"], "Auditor's contact");
        assert_eq!(app.call_with(Method::GET, &at, &key, None, &known).await.status(), 304);
    }

    pub async fn a_reference_can_be_looked_for(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut body = person("Auditee");
        body["external_refs"] = json!([{ "system": "hr", "id": "a:1" }, { "system": "h:r", "id": "1" }]);
        let told = app.refused(Method::POST, "/v1/members", &key, Some(body.clone()), 422).await;
        assert_eq!(pointer(&told), "/external_refs/1/system");
        body["external_refs"].as_array_mut().unwrap().pop();
        app.created(&key, "/v1/members", body).await;
        let found = app.read(&key, "/v1/members?external_ref=hr:a:1").await;
        assert_eq!(texts(&found["data"], "name"), ["Auditee"]);
    }

    pub async fn members_are_found_by_role_and_kind(app: &TestApp) {
        let owner = app.tenant("acme").await;
        app.created(&owner, "/v1/members", person("Auditee")).await;
        app.key_as(&owner, "viewer").await;
        let names = async |query: &str| {
            let page = app.read(&owner, &format!("/v1/members?{query}")).await;
            texts(&page["data"], "name").into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(names("role=viewer").await, ["Auditee", "A viewer"]);
        assert_eq!(names("role=viewer&sort=-created_at").await, ["A viewer", "Auditee"]);
        assert_eq!(names("kind=person").await, ["Auditee"]);
        assert_eq!(names("role=viewer&kind=machine").await, ["A viewer"]);
        assert_eq!(names("role=auditor").await, Vec::<String>::new());
    }
}
