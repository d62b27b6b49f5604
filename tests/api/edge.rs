//! What surrounds every request.

use crate::support::*;

on_both!(the_edge_is_strict, a_repeated_post_is_harmless,);

fn person(name: &str) -> Value {
    json!({ "kind": "person", "name": name, "role": "viewer" })
}

mod scenario {
    use super::*;

    pub async fn the_edge_is_strict(app: &TestApp) {
        let key = app.tenant("acme").await;
        let wrong = app.call(Method::GET, "/v1/members?rolle=owner", &key, None).await;
        assert_eq!(wrong.status(), 400);
        let wrong: Value = wrong.json().await.unwrap();
        assert_eq!(
            (&wrong["code"], &wrong["errors"][0]["pointer"]),
            (&json!("unknown_parameter"), &json!("rolle"))
        );
        let put = app.call(Method::PUT, "/v1/members", &key, None).await;
        assert_eq!(
            (put.status().as_u16(), put.headers()["allow"].to_str().unwrap()),
            (405, "GET, POST, HEAD")
        );
        assert_eq!(app.call(Method::HEAD, "/v1/members", &key, None).await.status(), 200);
        assert_eq!(app.call(Method::GET, "/v1/nowhere", &key, None).await.status(), 404);
        let body = json!({ "kind": "person", "name": "Ada", "role": "viewer", "colour": "red" });
        let refused = app.call(Method::POST, "/v1/members", &key, Some(body)).await;
        let status = refused.status();
        let refused: Value = refused.json().await.unwrap();
        assert_eq!(status, 400);
        assert!(refused["detail"].as_str().unwrap().contains("colour"));
    }

    pub async fn a_repeated_post_is_harmless(app: &TestApp) {
        let key = app.tenant("acme").await;
        let sent = [("idempotency-key", "one")];
        let first = app.call_with(Method::POST, "/v1/members", &key, Some(person("Ada")), &sent).await;
        let first: Value = first.json().await.unwrap();
        let again = app.call_with(Method::POST, "/v1/members", &key, Some(person("Ada")), &sent).await;
        assert_eq!(again.headers()["idempotency-replayed"], "true");
        assert_eq!(again.json::<Value>().await.unwrap(), first);
        let other = app.call_with(Method::POST, "/v1/members", &key, Some(person("Bob")), &sent).await;
        assert_eq!(other.status(), 422);
    }
}
