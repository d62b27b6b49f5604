//! Tenants, and the walls between them.

use crate::support::*;

on_both!(tenants_do_not_see_each_other, the_operator_lists_and_changes_tenants,);

fn person(name: &str) -> Value {
    json!({ "kind": "person", "name": name, "role": "viewer" })
}

mod scenario {
    use super::*;

    pub async fn tenants_do_not_see_each_other(app: &TestApp) {
        let (mine, other) = (app.tenant("mine").await, app.tenant("other").await);
        let created = app.call(Method::POST, "/v1/members", &mine, Some(person("Ada"))).await;
        let at = created.headers()["location"].to_str().unwrap().to_owned();
        for (method, body) in [(Method::GET, None), (Method::PATCH, Some(json!({}))), (Method::DELETE, None)]
        {
            let answer = app.call_with(method, &at, &other, body, &[("if-match", "*")]).await;
            assert_eq!(answer.status(), 404);
        }
        assert_eq!(app.call(Method::GET, &at, &mine, None).await.status(), 200);
    }

    pub async fn the_operator_lists_and_changes_tenants(app: &TestApp) {
        let key = app.tenant("beta").await;
        for slug in ["gamma", "alpha"] {
            app.tenant(slug).await;
        }
        let first = app.read(OPERATOR, "/v1/tenants?limit=2&count=true").await;
        assert_eq!((texts(&first["data"], "slug"), &first["total"]), (vec!["alpha", "beta"], &json!(3)));
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = app.read(OPERATOR, &format!("/v1/tenants?limit=2&count=true&cursor={cursor}")).await;
        assert_eq!((texts(&rest["data"], "slug"), &rest["next_cursor"]), (vec!["gamma"], &Value::Null));

        let at = format!("/v1/tenants/{}", first["data"][1]["id"].as_str().unwrap());
        assert_eq!(app.read(OPERATOR, &at).await, app.read(&key, "/v1/tenant").await);
        let changed =
            app.changed(OPERATOR, &at, json!({ "name": "Beta AG", "time_zone": "Europe/Zurich" })).await;
        assert_eq!((&changed["name"], &changed["version"]), (&json!("Beta AG"), &json!(2)));
        assert_eq!(app.read(&key, "/v1/tenant").await, changed);
        let event = app.events(&key, "tenant").await.pop().unwrap();
        assert_eq!((&event["type"], &event["actor"]), (&json!("tenant.updated"), &json!("operator")));
        let stale = [("if-match", "\"1.x\"")];
        let refused = app.call_with(Method::PATCH, &at, OPERATOR, Some(json!({ "name": "X" })), &stale).await;
        assert_eq!(refused.status(), 412);
        let told = app.refused(Method::PATCH, &at, OPERATOR, Some(json!({ "time_zone": "Mars" })), 422).await;
        assert_eq!(pointer(&told), "/time_zone");
        let nobody = format!("/v1/tenants/ten_{}", "0".repeat(32));
        app.refused(Method::PATCH, &nobody, OPERATOR, Some(json!({ "name": "X" })), 404).await;
        let taken = json!({ "slug": "alpha", "name": "Another" });
        assert_eq!(
            pointer(&app.refused(Method::POST, "/v1/tenants", OPERATOR, Some(taken), 409).await),
            "/slug"
        );
    }
}
