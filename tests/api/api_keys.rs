//! API keys.

use crate::support::*;

on_both!(keys_rotate_and_end,);

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
}
