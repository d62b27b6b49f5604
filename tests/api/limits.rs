//! Rate limits: told in every answer, refused over the quota, with a clock that stands still.

use attestd::platform::http::Quotas;

use crate::support::*;

/// Small quotas, to be used up.
const QUOTAS: Quotas = Quotas { credential: 4, anonymous: 3, trust_forwarded: true };

async fn limited(engine: Engine) -> TestApp {
    let mut setup = Setup::default();
    setup.surface.quotas = QUOTAS;
    TestApp::with(engine, setup).await
}

async fn ask(app: &TestApp, key: &str, from: &str) -> Response {
    app.call_with(Method::GET, "/v1/tenant", key, None, &[("x-forwarded-for", from)]).await
}

fn told(answer: &Response) -> (u16, &str) {
    let left = answer.headers()["ratelimit"].to_str().unwrap();
    (answer.status().as_u16(), left)
}

async fn a_credential_has_its_quota(engine: Engine) {
    let app = limited(engine).await;
    let key = app.tenant("acme").await;
    for left in [
        r#""credential";r=3;t=15"#,
        r#""credential";r=2;t=30"#,
        r#""credential";r=1;t=45"#,
        r#""credential";r=0;t=60"#,
    ] {
        let answer = ask(&app, &key, "192.0.2.1").await;
        assert_eq!(told(&answer), (200, left));
        assert_eq!(answer.headers()["ratelimit-policy"], r#""credential";q=4;w=60"#);
    }
    let refused = ask(&app, &key, "192.0.2.1").await;
    assert_eq!(told(&refused), (429, r#""credential";r=0;t=15"#));
    assert_eq!(refused.headers()["retry-after"], "15");
    let problem: Value = refused.json().await.unwrap();
    assert_eq!((&problem["code"], &problem["status"]), (&json!("rate_limited"), &json!(429)));
    // A refused write leaves nothing, and GraphQL is counted with the rest.
    let person = json!({ "kind": "person", "name": "Auditee", "role": "viewer" });
    let write = app.call(Method::POST, "/v1/members", &key, Some(person)).await;
    assert_eq!(write.status(), 429);
    let graph =
        app.call(Method::POST, "/graphql", &key, Some(json!({ "query": "{ tenant { slug } }" }))).await;
    assert_eq!(graph.status(), 429);
    // Another credential is another's quota; so is the operator's.
    let other = app.tenant("other").await;
    assert_eq!(ask(&app, &other, "192.0.2.1").await.status(), 200);
    // A quarter of the window later there is one more.
    app.clock.forward(15);
    assert_eq!(told(&ask(&app, &key, "192.0.2.1").await), (200, r#""credential";r=0;t=60"#));
    assert_eq!(ask(&app, &key, "192.0.2.1").await.status(), 429);
    app.clock.forward(60);
    let listed = app.read(&key, "/v1/members?count=true").await;
    assert_eq!(listed["total"], 1, "the refused member is not there");
}

async fn an_address_without_a_credential_has_its_own(engine: Engine) {
    let app = limited(engine).await;
    let key = app.tenant("acme").await;
    let wrong = "atd_nonsense";
    for left in [2, 1, 0] {
        let answer = ask(&app, wrong, "203.0.113.9, 192.0.2.7").await;
        let (status, tells) = told(&answer);
        assert_eq!((status, tells.contains(&format!("\"address\";r={left};"))), (401, true), "{tells}");
    }
    assert_eq!(told(&ask(&app, wrong, "192.0.2.7").await).0, 429, "the last address is the caller's");
    assert_eq!(told(&ask(&app, "", "192.0.2.7").await).0, 429, "with none as with a wrong one");
    assert_eq!(told(&ask(&app, wrong, "192.0.2.8").await).0, 401, "another address is another's");
    assert_eq!(ask(&app, &key, "192.0.2.7").await.status(), 200, "a good credential is not its neighbours'");
    for _ in 0..10 {
        let sent = [("x-forwarded-for", "192.0.2.7")];
        let alive = app.call_with(Method::GET, "/healthz", "", None, &sent).await;
        assert_eq!((alive.status().as_u16(), alive.headers().get("ratelimit")), (200, None));
    }
    app.clock.forward(20);
    assert_eq!(told(&ask(&app, wrong, "192.0.2.7").await).0, 401);
}

async fn members_of_one_provider_do_not_share(engine: Engine) {
    let app = limited(engine).await;
    let key = app.tenant("acme").await;
    let provider = json!({
        "name": "Directory", "issuer": app.provider().issuer("acme"), "audience": AUDIENCE,
        "algorithms": ["EdDSA"], "provisioning": "just_in_time", "default_role": "viewer",
    });
    let person = |sub: &str| app.provider().token("acme", json!({ "sub": sub }));
    app.proved(&key, provider, &person("7")).await;
    let (one, other) = (person("1"), person("2"));
    for _ in 0..4 {
        assert_eq!(ask(&app, &one, "192.0.2.1").await.status(), 200);
    }
    assert_eq!(ask(&app, &one, "192.0.2.1").await.status(), 429);
    assert_eq!(ask(&app, &other, "192.0.2.1").await.status(), 200);
}

async fn what_lets_nobody_in_counts_for_the_address(engine: Engine) {
    let app = limited(engine).await;
    let sent = |from| [("x-forwarded-for", from)];
    for _ in 0..3 {
        let open = app.call_with(Method::GET, "/openapi.json", "anything", None, &sent("2001:db8::1")).await;
        assert_eq!(told(&open).0, 200);
    }
    let open = app.call_with(Method::GET, "/openapi.json", "anything", None, &sent("2001:db8::2")).await;
    assert_eq!(told(&open).0, 429, "one household, another address");
    let open = app.call_with(Method::GET, "/openapi.json", "anything", None, &sent("2001:db8:0:1::1")).await;
    assert_eq!(told(&open).0, 200);
}

mod sqlite {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_credential_has_its_quota() {
        super::a_credential_has_its_quota(Engine::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_address_without_a_credential_has_its_own() {
        super::an_address_without_a_credential_has_its_own(Engine::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn members_of_one_provider_do_not_share() {
        super::members_of_one_provider_do_not_share(Engine::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_lets_nobody_in_counts_for_the_address() {
        super::what_lets_nobody_in_counts_for_the_address(Engine::Sqlite).await;
    }
}

mod postgres {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_credential_has_its_quota() {
        super::a_credential_has_its_quota(Engine::Postgres).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_address_without_a_credential_has_its_own() {
        super::an_address_without_a_credential_has_its_own(Engine::Postgres).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn members_of_one_provider_do_not_share() {
        super::members_of_one_provider_do_not_share(Engine::Postgres).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_lets_nobody_in_counts_for_the_address() {
        super::what_lets_nobody_in_counts_for_the_address(Engine::Postgres).await;
    }
}
