//! Members, keys and references whose rows another writer changes while a request waits for it. PostgreSQL alone: SQLite
//! lets one writer in at a time.

use std::time::Duration;

use attestd::platform::db::Options;

use crate::support::*;

/// Somebody else's transaction, which has run a statement and not committed.
async fn open(app: &TestApp, statement: &str) -> Sql {
    let mut other = Sql::unbound(&app.database).await;
    other.run(&format!("BEGIN; {statement}")).await.unwrap();
    other
}

/// Until the service waits for the other transaction.
async fn waits(app: &TestApp) {
    let ask = async || {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let found = Sql::unbound(&app.database).await.number(waiting).await;
        (found > 0).then_some(())
    };
    eventually(ask).await;
}

/// What the request is answered when the statement is committed while it waits.
async fn overtaken(app: &TestApp, by: &str, request: impl Future<Output = Response>) -> (u16, Value) {
    let mut other = open(app, by).await;
    let commit = async {
        waits(app).await;
        other.run("COMMIT").await.unwrap();
    };
    let (answer, ()) = futures_util::future::join(request, commit).await;
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

fn uuid(one: &Value) -> String {
    one["id"].as_str().unwrap().split('_').next_back().unwrap().to_owned()
}

async fn member(app: &TestApp, key: &str, refs: Value) -> Value {
    let body = json!({ "kind": "person", "name": "Auditee", "role": "viewer", "external_refs": refs });
    app.created(key, "/v1/members", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_changes_meanwhile_is_neither_deleted_nor_changed() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    member(&app, &key, json!([{ "system": "hr", "id": "1" }])).await;
    let one = member(&app, &key, json!([{ "system": "hr", "id": "2" }])).await;
    let at = format!("/v1/members/{}", one["id"].as_str().unwrap());
    let bump = format!("UPDATE members SET version = version + 1 WHERE id = '{}'", uuid(&one));
    // The reference is another's: the answer must still be about the change that came first.
    let patch = json!({ "external_refs": [{ "system": "hr", "id": "1" }] });
    for (method, body) in [(Method::DELETE, None), (Method::PATCH, Some(patch))] {
        let request = app.call_with(method, &at, &key, body, &[("if-match", "*")]);
        let (status, told) = overtaken(&app, &bump, request).await;
        assert_eq!((status, &told["code"]), (412, &json!("stale_version")), "{told}");
    }
    assert_eq!(app.read(&key, &at).await["version"], 3);
    let found = app.read(&key, "/v1/members?external_ref=hr:2").await;
    assert_eq!(found["data"][0]["id"], one["id"]);
    let events = app.events(&key, one["id"].as_str().unwrap()).await;
    assert_eq!(events.len(), 1, "{events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_goes_meanwhile_is_neither_revoked_nor_rotated() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    let owner = app.first_member(&key).await;
    for (method, action) in [(Method::DELETE, ""), (Method::POST, "/rotate")] {
        let one = app.created(&key, "/v1/api-keys", json!({ "member_id": owner, "name": "Bot" })).await;
        let at = format!("/v1/api-keys/{}{action}", one["id"].as_str().unwrap());
        let body = (method == Method::POST).then(|| json!({}));
        let gone = format!("DELETE FROM api_keys WHERE id = '{}'", uuid(&one));
        let (status, told) = overtaken(&app, &gone, app.call(method, &at, &key, body)).await;
        assert_eq!((status, &told["code"]), (404, &json!("not_found")), "{told}");
        let events = app.events(&key, one["id"].as_str().unwrap()).await;
        assert_eq!(events.len(), 1, "{events:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_owners_who_go_at_once_one_stays() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    let first = app.first_member(&key).await;
    let other = json!({ "kind": "person", "name": "Other owner", "role": "owner" });
    let other = app.created(&key, "/v1/members", other).await;
    let at = format!("/v1/members/{first}");
    let leave = format!("UPDATE members SET role = 'viewer' WHERE id = '{}'", uuid(&other));
    let patch = Some(json!({ "role": "viewer" }));
    let request = app.call_with(Method::PATCH, &at, &key, patch, &[("if-match", "*")]);
    let (status, told) = overtaken(&app, &leave, request).await;
    assert_eq!((status, &told["code"]), (409, &json!("conflict")), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn references_are_taken_in_one_order() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    let tenant = uuid(&app.read(&key, "/v1/tenant").await);
    let take = |system: &str| {
        format!(
            "INSERT INTO external_refs (tenant_id, resource_kind, system, external_id, resource_id) \
             VALUES ('{tenant}', 'mem', '{system}', '1', '{tenant}')"
        )
    };
    let mut other = open(&app, &take("a")).await;
    let request = member(&app, &key, json!([{ "system": "b", "id": "1" }, { "system": "a", "id": "1" }]));
    let release = async {
        waits(&app).await;
        // Were it taken already, each would now wait for the other.
        other.run(&take("b")).await.unwrap();
        other.run("ROLLBACK").await.unwrap();
    };
    futures_util::future::join(request, release).await;
    let body = json!({ "kind": "person", "name": "Other", "role": "viewer",
                       "external_refs": [{ "system": "c", "id": "1" }, { "system": "b", "id": "1" }] });
    let told = app.refused(Method::POST, "/v1/members", &key, Some(body), 409).await;
    assert_eq!(pointer(&told), "/external_refs/1", "where it was in the request");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_waits_too_long_is_told_to_try_again() {
    let options =
        Options { pool_size: 4, statement_timeout: Duration::from_millis(500), ..Options::default() };
    let app = TestApp::with(Engine::Postgres, Setup { options, ..Setup::default() }).await;
    let key = app.tenant("acme").await;
    let one = member(&app, &key, json!([])).await;
    let held = format!("UPDATE members SET version = version + 1 WHERE id = '{}'", uuid(&one));
    let _other = open(&app, &held).await;
    let at = format!("/v1/members/{}", one["id"].as_str().unwrap());
    let patch = Some(json!({ "name": "Renamed" }));
    let answer = app.call_with(Method::PATCH, &at, &key, patch, &[("if-match", "*")]).await;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (503, "1"));
}
