//! Members: the people and machine accounts of a tenant.

use crate::support::*;

on_both!(members_live_and_are_journalled,);

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
}
