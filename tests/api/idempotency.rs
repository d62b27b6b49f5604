//! Idempotency keys: a repeated POST is harmless, whoever repeats it and when.

use crate::support::*;

on_both!(
    a_used_key_replays_or_refuses,
    a_concurrent_duplicate_waits_and_replays,
    secrets_are_not_kept,
    a_key_is_forgotten_after_a_day,
    a_key_belongs_to_its_credential,
    a_refused_request_leaves_its_key_free,
    an_answer_outlives_the_key_it_issued,
);

const DAY: i64 = 24 * 60 * 60;

fn person(name: &str) -> Value {
    json!({ "kind": "person", "name": name, "role": "viewer" })
}

async fn send(app: &TestApp, key: &str, path: &str, body: Value, sent: &str) -> (u16, bool, Value) {
    let answer = app.call_with(Method::POST, path, key, Some(body), &[("idempotency-key", sent)]).await;
    let replayed = answer.headers().get("idempotency-replayed").is_some_and(|told| told == "true");
    (answer.status().as_u16(), replayed, answer.json().await.unwrap())
}

async fn members(app: &TestApp, key: &str) -> i64 {
    app.read(key, "/v1/members?count=true").await["total"].as_i64().unwrap()
}

mod scenario {
    use super::*;

    pub async fn an_answer_outlives_the_key_it_issued(app: &TestApp) {
        let key = app.tenant("acme").await;
        let member = app.first_member(&key).await;
        let new = json!({ "member_id": member, "name": "Bot", "expires_at": "2026-11-24T10:00:00Z" });
        let first = send(app, &key, "/v1/api-keys", new.clone(), "one").await;
        app.clock.forward(3600);
        let again = send(app, &key, "/v1/api-keys", new, "one").await;
        assert_eq!((first.0, again.0, again.1), (201, 201, true), "{}", again.2);
        assert_eq!(first.2["id"], again.2["id"]);
    }

    pub async fn a_used_key_replays_or_refuses(app: &TestApp) {
        let key = app.tenant("acme").await;
        let first = send(app, &key, "/v1/members", person("Auditee"), "one").await;
        let again = send(app, &key, "/v1/members", person("Auditee"), "one").await;
        assert_eq!((first.0, first.1, again.0, again.1), (201, false, 201, true));
        assert_eq!(first.2, again.2);
        assert_eq!(members(app, &key).await, 2);
        for (path, body) in [
            ("/v1/members", person("Other")),
            ("/v1/members?", person("Auditee")),
            ("/v1/controls", person("Auditee")),
        ] {
            let (status, _, told) = send(app, &key, path, body, "one").await;
            let refused = (status, told["code"].as_str().unwrap());
            // Another room refuses the body before it would look at the key.
            assert!(
                [(422, "idempotency_mismatch"), (400, "invalid_request")].contains(&refused),
                "{path} {told}"
            );
        }
        let (status, _, told) = send(app, &key, "/v1/members", person("Auditee"), &"x".repeat(256)).await;
        assert_eq!((status, pointer(&told)), (400, "Idempotency-Key"));
    }

    pub async fn a_concurrent_duplicate_waits_and_replays(app: &TestApp) {
        let key = app.tenant("acme").await;
        let same = (0..6).map(|_| send(app, &key, "/v1/members", person("Auditee"), "one"));
        let answers = futures_util::future::join_all(same).await;
        assert!(answers.iter().all(|one| one.0 == 201 && one.2 == answers[0].2), "{answers:?}");
        assert_eq!(answers.iter().filter(|one| !one.1).count(), 1, "one of them did it");
        assert_eq!(members(app, &key).await, 2);
    }

    pub async fn secrets_are_not_kept(app: &TestApp) {
        let key = app.tenant("acme").await;
        let body = json!({ "member_id": app.first_member(&key).await, "name": "Bot" });
        let (_, _, first) = send(app, &key, "/v1/api-keys", body.clone(), "one").await;
        let (_, replayed, again) = send(app, &key, "/v1/api-keys", body, "one").await;
        assert!(first["key"].is_string() && again["key"].is_null() && replayed);
        assert_eq!(first["id"], again["id"]);
        let rotate = format!("/v1/api-keys/{}/rotate", first["id"].as_str().unwrap());
        let (_, _, next) = send(app, &key, &rotate, json!({}), "two").await;
        let (_, replayed, again) = send(app, &key, &rotate, json!({}), "two").await;
        assert!(next["key"].is_string() && again["key"].is_null() && replayed);
        let body = json!({ "slug": "other", "name": "Other" });
        let (_, _, founded) = send(app, OPERATOR, "/v1/tenants", body.clone(), "three").await;
        let secret = founded["owner_key"]["key"].as_str().unwrap();
        let kept = Sql::unbound(&app.database).await.everything().await;
        let middle = secret.split('_').nth(2).unwrap();
        assert!(!kept.iter().any(|row| row.contains(middle)), "no table holds the secret");
    }

    pub async fn a_key_is_forgotten_after_a_day(app: &TestApp) {
        let key = app.tenant("acme").await;
        send(app, &key, "/v1/members", person("Auditee"), "one").await;
        app.clock.forward(DAY);
        assert!(send(app, &key, "/v1/members", person("Auditee"), "one").await.1, "to the second");
        app.clock.forward(1);
        let (status, replayed, _) = send(app, &key, "/v1/members", person("Other"), "one").await;
        assert_eq!((status, replayed), (201, false));
        assert_eq!(members(app, &key).await, 3);
    }

    pub async fn a_key_belongs_to_its_credential(app: &TestApp) {
        let (key, stranger) = (app.tenant("acme").await, app.tenant("other").await);
        let manager = app.key_as(&key, "manager").await;
        let before = members(app, &key).await;
        for (n, who) in [&key, &manager, &stranger].into_iter().enumerate() {
            let (status, replayed, _) = send(app, who, "/v1/members", person(&format!("{n}")), "one").await;
            assert_eq!((status, replayed), (201, false));
        }
        assert_eq!(members(app, &key).await, before + 2);
    }

    pub async fn a_refused_request_leaves_its_key_free(app: &TestApp) {
        let key = app.tenant("acme").await;
        let taken = json!({ "code": "AC-01", "title": "Access" });
        app.created(&key, "/v1/controls", taken.clone()).await;
        assert_eq!(send(app, &key, "/v1/controls", taken, "one").await.0, 409);
        let other = json!({ "code": "AC-02", "title": "Access" });
        assert_eq!(send(app, &key, "/v1/controls", other, "one").await.0, 201);
    }
}
