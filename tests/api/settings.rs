//! What the settings of a service change in its API.

use attestd::app;

use crate::support::*;

const ORIGIN: &str = "https://app.example.com";

async fn with(engine: Engine, surface: app::Options) -> TestApp {
    let setup = Setup::default();
    let surface = app::Options { operator_key: setup.surface.operator_key.clone(), ..surface };
    TestApp::with(engine, Setup { surface, ..setup }).await
}

async fn preflight(app: &TestApp, origin: &str) -> Response {
    let asked = [
        ("origin", origin),
        ("access-control-request-method", "PATCH"),
        ("access-control-request-headers", "authorization,content-type,if-match,idempotency-key"),
    ];
    app.call_with(Method::OPTIONS, "/v1/controls", "", None, &asked).await
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers().get(name).map(|value| value.to_str().unwrap())
}

async fn pages_of_an_allowed_origin_may_call(engine: Engine) {
    let surface = app::Options { cors_origins: vec![ORIGIN.to_owned()], ..app::Options::default() };
    let app = with(engine, surface).await;
    let allowed = preflight(&app, ORIGIN).await;
    assert_eq!(allowed.status(), 200);
    assert_eq!(header(&allowed, "access-control-allow-origin"), Some(ORIGIN));
    assert!(header(&allowed, "access-control-allow-methods").unwrap().contains("PATCH"));
    let headers = header(&allowed, "access-control-allow-headers").unwrap().to_lowercase();
    assert!(headers.contains("if-match") && headers.contains("idempotency-key"), "{headers}");

    let key = app.tenant("acme").await;
    let read = app.call_with(Method::GET, "/v1/controls", &key, None, &[("origin", ORIGIN)]).await;
    assert_eq!((read.status().as_u16(), header(&read, "access-control-allow-origin")), (200, Some(ORIGIN)));
    let exposed = header(&read, "access-control-expose-headers").unwrap().to_lowercase();
    for name in ["etag", "location", "link", "x-request-id", "idempotency-replayed"] {
        assert!(exposed.split(',').any(|one| one.trim() == name), "{name} in {exposed}");
    }
    let refused = app.call_with(Method::GET, "/v1/controls", "", None, &[("origin", ORIGIN)]).await;
    assert_eq!(
        (refused.status().as_u16(), header(&refused, "access-control-allow-origin")),
        (401, Some(ORIGIN))
    );

    let other = preflight(&app, "https://evil.example.com").await;
    assert_eq!(header(&other, "access-control-allow-origin"), None);
    assert_eq!(header(&other, "content-type"), Some("application/problem+json"));
    assert_eq!(other.status(), 400);
    let elsewhere = [("origin", "https://evil.example.com")];
    let read = app.call_with(Method::GET, "/v1/controls", &key, None, &elsewhere).await;
    assert_eq!(header(&read, "access-control-allow-origin"), None);
}

async fn no_page_may_call_unless_set(engine: Engine) {
    let app = with(engine, app::Options::default()).await;
    let asked = preflight(&app, ORIGIN).await;
    assert_eq!((asked.status().as_u16(), header(&asked, "access-control-allow-origin")), (405, None));
}

async fn introspection_can_be_turned_off(engine: Engine) {
    let query = "{ __schema { queryType { name } } }";
    let open = with(engine, app::Options::default()).await;
    let told = open.ask(&open.tenant("acme").await, query).await;
    assert_eq!(told["data"]["__schema"]["queryType"]["name"], "Query");
    let closed = with(engine, app::Options { introspection: false, ..app::Options::default() }).await;
    let key = closed.tenant("acme").await;
    let told = closed.ask(&key, query).await;
    assert_eq!(told["errors"][0]["extensions"]["code"], "introspection_off");
    assert_eq!(told.get("data"), None);
    assert_eq!(closed.ask(&key, "{ __typename tenant { slug } }").await["data"]["tenant"]["slug"], "acme");
}

macro_rules! on_both_engines {
    ($($name:ident),+) => {$(
        mod $name {
            use crate::support::Engine;

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                super::$name(Engine::Sqlite).await;
            }
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                super::$name(Engine::Postgres).await;
            }
        }
    )+};
}
on_both_engines!(
    pages_of_an_allowed_origin_may_call,
    no_page_may_call_unless_set,
    introspection_can_be_turned_off
);
