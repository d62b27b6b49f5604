//! Tenants, and the walls between them.

use crate::support::*;

on_both!(tenants_do_not_see_each_other,);

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
}
