//! What surrounds every request.

use crate::support::*;

on_both!(
    the_edge_is_strict,
    a_repeated_post_is_harmless,
    a_replayed_secret_is_redacted_at_the_same_place,
    a_tenant_is_founded_once_under_a_key
);

fn person(name: &str) -> Value {
    json!({ "kind": "person", "name": name, "role": "viewer" })
}

mod scenario {
    use super::*;

    pub async fn the_edge_is_strict(app: &TestApp) {
        let key = app.tenant("acme").await;
        let wrong = app.call(Method::GET, "/v1/members?rolle=owner", &key, None).await;
        assert_eq!(wrong.status(), 400);
        assert_eq!(wrong.headers()["x-content-type-options"], "nosniff");
        assert!(wrong.headers().contains_key("x-request-id"));
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
        let told = |answer: &Response| ["location", "etag"].map(|name| answer.headers()[name].clone());
        let place = told(&first);
        let first: Value = first.json().await.unwrap();
        let again = app.call_with(Method::POST, "/v1/members", &key, Some(person("Ada")), &sent).await;
        assert_eq!(again.headers()["idempotency-replayed"], "true");
        assert_eq!((again.status().as_u16(), told(&again)), (201, place));
        assert_eq!(again.json::<Value>().await.unwrap(), first);
        let other = app.call_with(Method::POST, "/v1/members", &key, Some(person("Bob")), &sent).await;
        assert_eq!(other.status(), 422);
    }

    pub async fn a_replayed_secret_is_redacted_at_the_same_place(app: &TestApp) {
        let key = app.tenant("acme").await;
        let keys = app.read(&key, "/v1/api-keys").await;
        let rotate = format!("/v1/api-keys/{}/rotate", keys["data"][0]["id"].as_str().unwrap());
        let issue = json!({ "member_id": app.first_member(&key).await, "name": "Ticket bot" });
        let found = json!({ "slug": "other", "name": "Other" });
        for (path, by, body, secret) in [
            ("/v1/api-keys", &*key, issue, "/key"),
            (&rotate, &key, json!({}), "/key"),
            ("/v1/tenants", OPERATOR, found, "/owner_key/key"),
        ] {
            let sent = [("idempotency-key", path)];
            let first = app.call_with(Method::POST, path, by, Some(body.clone()), &sent).await;
            let again = app.call_with(Method::POST, path, by, Some(body), &sent).await;
            assert_eq!((first.status().as_u16(), again.status().as_u16()), (201, 201), "{path}");
            for name in ["location", "etag", "content-type"] {
                assert_eq!(first.headers()[name], again.headers()[name], "{path} {name}");
            }
            let (first, again): (Value, Value) = (first.json().await.unwrap(), again.json().await.unwrap());
            assert!(first.pointer(secret).unwrap().is_string() && again.pointer(secret).unwrap().is_null());
            assert_eq!(first["id"], again["id"]);
        }
    }

    pub async fn a_tenant_is_founded_once_under_a_key(app: &TestApp) {
        let found = async |slug: &str| {
            let body = json!({ "slug": slug, "name": "Acme" });
            let sent = [("idempotency-key", "one")];
            app.call_with(Method::POST, "/v1/tenants", OPERATOR, Some(body), &sent).await
        };
        let both = futures_util::future::join_all((0..4).map(|_| found("acme"))).await;
        let mut ids = Vec::new();
        for answer in both {
            assert_eq!(answer.status(), 201);
            ids.push(answer.json::<Value>().await.unwrap()["id"].clone());
        }
        ids.dedup();
        assert_eq!(ids.len(), 1);
        assert_eq!(found("other").await.status(), 422);
        app.clock.forward(24 * 60 * 60 + 1);
        assert_eq!(found("acme").await.status(), 409);
        let next = found("other").await;
        assert_eq!(next.status(), 201);
        let (next, again): (Value, Value) =
            (next.json().await.unwrap(), found("other").await.json().await.unwrap());
        assert_eq!(next["id"], again["id"]);
        assert_eq!(app.read(OPERATOR, "/v1/tenants?count=true").await["total"], 2);
    }
}
