//! API keys.

use crate::support::*;

on_both!(
    keys_rotate_and_end,
    keys_end_when_they_say,
    a_rotated_key_works_for_its_overlap,
    scopes_bind_keys,
    a_narrowed_key_rotates_nothing_wider,
    scopes_are_few_and_different,
    a_last_use_is_noted,
);

mod scenario {
    use super::*;

    pub async fn keys_rotate_and_end(app: &TestApp) {
        let key = app.tenant("acme").await;
        let listed: Value = app.call(Method::GET, "/v1/api-keys", &key, None).await.json().await.unwrap();
        let id = listed["data"][0]["id"].as_str().unwrap();
        let rotated =
            app.call(Method::POST, &format!("/v1/api-keys/{id}/rotate"), &key, Some(json!({}))).await;
        assert_eq!(rotated.status(), 201);
        let rotated: Value = rotated.json().await.unwrap();
        let next = rotated["key"].as_str().unwrap();
        assert_eq!(app.call(Method::GET, "/v1/tenant", &key, None).await.status(), 200, "the overlap");
        assert_eq!(app.call(Method::DELETE, &format!("/v1/api-keys/{id}"), next, None).await.status(), 204);
        assert_eq!(app.call(Method::GET, "/v1/tenant", &key, None).await.status(), 401);
        assert_eq!(app.call(Method::GET, "/v1/tenant", next, None).await.status(), 200);
    }

    pub async fn keys_end_when_they_say(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let member = app.first_member(&owner).await;
        let new = |end: &str| json!({ "member_id": member, "name": "Bot", "expires_at": end });
        let past = app.refused(Method::POST, "/v1/api-keys", &owner, Some(new(NOW)), 422).await;
        assert_eq!(pointer(&past), "/expires_at");
        let issued = app.created(&owner, "/v1/api-keys", new("2026-11-24T10:00:00Z")).await;
        let key = issued["key"].as_str().unwrap();
        app.clock.forward(3599);
        app.read(key, "/v1/tenant").await;
        app.clock.forward(1);
        let ended = app.refused(Method::GET, "/v1/tenant", key, None, 401).await;
        let unknown = app.refused(Method::GET, "/v1/tenant", "atd_nonsense", None, 401).await;
        assert_eq!(ended, unknown, "one answer for all that does not work");
        let at = format!("/v1/api-keys/{}", issued["id"].as_str().unwrap());
        let rotated = app.refused(Method::POST, &format!("{at}/rotate"), &owner, Some(json!({})), 409).await;
        assert_eq!(rotated["code"], "conflict");
    }

    pub async fn a_rotated_key_works_for_its_overlap(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let member = app.first_member(&owner).await;
        let old = app.created(&owner, "/v1/api-keys", json!({ "member_id": member, "name": "Bot" })).await;
        let rotate = format!("/v1/api-keys/{}/rotate", old["id"].as_str().unwrap());
        let long = json!({ "overlap_seconds": 2_592_001 });
        assert_eq!(
            pointer(&app.refused(Method::POST, &rotate, &owner, Some(long), 422).await),
            "/overlap_seconds"
        );
        let next = app.created(&owner, &rotate, json!({ "overlap_seconds": 60 })).await;
        let (old, next) = (old["key"].as_str().unwrap(), next["key"].as_str().unwrap());
        app.clock.forward(59);
        app.read(old, "/v1/tenant").await;
        app.clock.forward(1);
        app.refused(Method::GET, "/v1/tenant", old, None, 401).await;
        app.read(next, "/v1/tenant").await;
    }

    pub async fn scopes_bind_keys(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let member = app.first_member(&owner).await;
        let new = |scopes: Value| json!({ "member_id": member, "name": "Bot", "scopes": scopes });
        let unknown = app.refused(
            Method::POST,
            "/v1/api-keys",
            &owner,
            Some(new(json!(["controls:read", "all"]))),
            422,
        );
        assert_eq!(pointer(&unknown.await), "/scopes/1");
        let scopes = json!(["controls:read", "api-keys:write"]);
        let narrow = app.created(&owner, "/v1/api-keys", new(scopes.clone())).await;
        let narrow = narrow["key"].as_str().unwrap();
        app.read(narrow, "/v1/controls").await;
        let told = app.refused(Method::GET, "/v1/members", narrow, None, 403).await;
        assert!(told["detail"].as_str().unwrap().contains("members:read"), "{told}");
        let over_graphql = app.ask(narrow, "{ members { totalCount } }").await;
        assert_eq!(over_graphql["errors"][0]["extensions"]["code"], "forbidden");
        for wider in [json!([]), json!(["controls:write"])] {
            app.refused(Method::POST, "/v1/api-keys", narrow, Some(new(wider)), 403).await;
        }
        app.created(narrow, "/v1/api-keys", new(json!(["controls:read"]))).await;
    }

    pub async fn a_narrowed_key_rotates_nothing_wider(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let wide = app.read(&owner, "/v1/api-keys").await["data"][0].clone();
        let new = json!({ "member_id": wide["member_id"], "name": "Bot", "scopes": ["api-keys:write"] });
        let narrow = app.created(&owner, "/v1/api-keys", new).await;
        let by = narrow["key"].as_str().unwrap();
        let rotate = |one: &Value| format!("/v1/api-keys/{}/rotate", one["id"].as_str().unwrap());
        let told = app.refused(Method::POST, &rotate(&wide), by, Some(json!({})), 403).await;
        assert!(told["detail"].as_str().unwrap().contains("within them"), "{told}");
        let over_graphql = format!("mutation {{ rotateApiKey(id: {}) {{ key }} }}", wide["id"]);
        let told = app.ask(by, &over_graphql).await;
        assert_eq!(told["errors"][0]["extensions"]["code"], "forbidden", "{told}");
        let next = app.created(by, &rotate(&narrow), json!({})).await;
        assert_eq!(next["scopes"], json!(["api-keys:write"]), "its own it may");
    }

    pub async fn scopes_are_few_and_different(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let member = app.first_member(&owner).await;
        for (scopes, at) in [
            (vec!["controls:read"; 51], "/scopes"),
            (vec!["controls:read", "members:read", "controls:read"], "/scopes/2"),
        ] {
            let new = json!({ "member_id": member, "name": "Bot", "scopes": scopes });
            let told = app.refused(Method::POST, "/v1/api-keys", &owner, Some(new), 422).await;
            assert_eq!(pointer(&told), at, "{told}");
        }
    }

    pub async fn a_last_use_is_noted(app: &TestApp) {
        let owner = app.tenant("acme").await;
        let noted = async || {
            app.read(&owner, "/v1/api-keys").await["data"][0]["last_used_at"].as_str().map(str::to_owned)
        };
        assert_eq!(eventually(&noted).await, NOW);
        app.clock.forward(59);
        app.read(&owner, "/v1/tenant").await;
        assert_eq!(noted().await.unwrap(), NOW, "to the minute, so that reading does not become writing");
        app.clock.forward(1);
        let later = async || noted().await.filter(|at| at != NOW);
        assert_eq!(eventually(later).await, "2026-11-24T09:01:00Z");
    }
}
