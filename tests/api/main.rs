//! The public API, on both engines, through a real server.

use std::{sync::Arc, time::Duration};

use attestd::{
    app::Service,
    kernel::time::{Clock, Instant},
    platform::{
        access::Services,
        db::{Db, Engine, Options, migrate},
        ids::Ids,
    },
};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};

const OPERATOR: &str = "operator-secret-of-the-tests-0123456789";

struct Fixed;
impl Clock for Fixed {
    fn now(&self) -> Instant {
        "2026-11-24T09:00:00Z".parse().unwrap()
    }
}

struct TestApp {
    base: String,
    services: Services,
    client: Client,
    server: actix_web::dev::ServerHandle,
    _folder: Folder,
}

struct Folder(std::path::PathBuf);
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl TestApp {
    async fn start(engine: Engine) -> Self {
        let name = Ids::System.request().simple().to_string();
        let folder = Folder(std::env::temp_dir().join(format!("attestd-{name}")));
        std::fs::create_dir_all(&folder.0).unwrap();
        let url = match engine {
            Engine::Sqlite => format!("sqlite:{}", folder.0.join("db.sqlite").display()),
            Engine::Postgres => postgres(&name).await,
        };
        let db = Db::open(&url, &Options { pool_size: 4, ..Options::default() }).unwrap();
        migrate(&db).await.unwrap();
        let services = Services {
            db,
            clock: Arc::new(Fixed),
            ids: Arc::new(Ids::seeded(7)),
            runtime: tokio::runtime::Handle::current(),
            timeout: Duration::from_secs(20),
        };
        services.db.refuse_bypass().await.expect("tests run as an ordinary role");
        let service = Service::new(services.clone(), Some(OPERATOR.to_owned()), true).unwrap();
        let server = actix_web::HttpServer::new(move || service.app()).workers(1).disable_signals();
        let server = server.bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { base, services, client: Client::new(), server: handle, _folder: folder }
    }

    async fn call(&self, method: Method, path: &str, key: &str, body: Option<Value>) -> Response {
        self.call_with(method, path, key, body, &[]).await
    }

    async fn call_with(
        &self,
        method: Method,
        path: &str,
        key: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Response {
        let mut request = self.client.request(method, format!("{}{path}", self.base)).bearer_auth(key);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    /// A new tenant's owner key.
    async fn tenant(&self, slug: &str) -> String {
        let body = json!({ "slug": slug, "name": slug });
        let created = self.call(Method::POST, "/v1/tenants", OPERATOR, Some(body)).await;
        assert_eq!(created.status(), StatusCode::CREATED);
        let created: Value = created.json().await.unwrap();
        created["owner_key"]["key"].as_str().unwrap().to_owned()
    }
}

#[expect(clippy::disallowed_methods, reason = "the test command says where its server is")]
/// A fresh database, owned by an ordinary role: a superuser would bypass row-level security.
async fn postgres(name: &str) -> String {
    let admin = std::env::var("ATTESTD_TEST_POSTGRES")
        .expect("ATTESTD_TEST_POSTGRES names a server: run ./scripts/test");
    let (client, connection) = tokio_postgres::connect(&admin, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("CREATE ROLE r{name} LOGIN")).await.unwrap();
    client.batch_execute(&format!("CREATE DATABASE d{name} OWNER r{name}")).await.unwrap();
    let host = admin.split('@').nth(1).unwrap().split('/').next().unwrap();
    format!("postgres://r{name}@{host}/d{name}")
}

macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                let app = super::TestApp::start(attestd::platform::db::Engine::Sqlite).await;
                super::scenario::$name(&app).await;
                app.server.stop(true).await;
            }
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                let app = super::TestApp::start(attestd::platform::db::Engine::Postgres).await;
                super::scenario::$name(&app).await;
                app.server.stop(true).await;
            }
        }
    )+};
}

mod catalog;
mod controls;
mod milestones;

on_both!(
    members_live_and_are_journalled,
    tenants_do_not_see_each_other,
    keys_rotate_and_end,
    the_edge_is_strict,
    a_repeated_post_is_harmless,
    graphql_means_the_same,
    thirty_two_writers_leave_no_gap
);

mod scenario {
    use super::*;

    fn person(name: &str) -> Value {
        json!({ "kind": "person", "name": name, "role": "viewer" })
    }

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

    async fn ask(app: &TestApp, key: &str, query: &str) -> Value {
        let answer = app.call(Method::POST, "/graphql", key, Some(json!({ "query": query }))).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    pub async fn graphql_means_the_same(app: &TestApp) {
        let (key, other) = (app.tenant("acme").await, app.tenant("other").await);
        let created = ask(
            app,
            &key,
            r#"mutation { createMember(input: { kind: PERSON, name: "Ada", role: VIEWER }) { id version } }"#,
        )
        .await;
        let id = created["data"]["createMember"]["id"].as_str().unwrap();
        let listed =
            ask(app, &key, "{ members(first: 1) { totalCount nodes { name } pageInfo { hasNextPage } } }")
                .await;
        assert_eq!(listed["data"]["members"]["totalCount"], 2);
        assert_eq!(listed["data"]["members"]["pageInfo"]["hasNextPage"], true);
        let one = format!("{{ member(id: \"{id}\") {{ name }} }}");
        assert_eq!(ask(app, &key, &one).await["data"]["member"]["name"], "Ada");
        assert_eq!(ask(app, &other, &one).await["errors"][0]["extensions"]["code"], "not_found");
        let stale = format!(
            "mutation {{ updateMember(id: \"{id}\", expectedVersion: 9, input: {{ name: \"B\" }}) {{ id }} }}"
        );
        assert_eq!(ask(app, &key, &stale).await["errors"][0]["extensions"]["code"], "stale_version");
        let trail = ask(app, &key, "{ journal(filter: { type: MEMBER_CREATED }) { totalCount } }").await;
        assert_eq!(trail["data"]["journal"]["totalCount"], 2);
        assert_eq!(ask(app, &key, "{ nothing }").await["errors"][0]["extensions"]["code"], "invalid_query");
        let written = app.call(Method::GET, "/graphql?query=mutation%7Bx%7D", &key, None).await;
        assert_eq!(written.status(), 405);
    }

    pub async fn thirty_two_writers_leave_no_gap(app: &TestApp) {
        let key = app.tenant("acme").await;
        let writes = (0..32).map(|n| {
            let key = &key;
            async move {
                app.call(Method::POST, "/v1/members", key, Some(person(&format!("P{n}")))).await.status()
            }
        });
        for status in futures_util::future::join_all(writes).await {
            assert_eq!(status, 201);
        }
        let trail: Value =
            app.call(Method::GET, "/v1/journal?sort=seq&limit=200", &key, None).await.json().await.unwrap();
        let numbers: Vec<i64> =
            trail["data"].as_array().unwrap().iter().map(|entry| entry["seq"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
        assert_eq!(numbers.len(), 3 + 32);
    }
}
