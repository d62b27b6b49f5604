//! When every connection is taken, the caller is told to come back.

use std::time::Duration;

use attestd::platform::{access::Action, db::Options};

use crate::support::{diary::context, *};

async fn crowded(engine: Engine) -> TestApp {
    let options = Options { pool_size: 1, wait: Duration::from_millis(500), ..Options::default() };
    TestApp::with(engine, Setup { options, ..Setup::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_finds_no_connection_answers_503_with_retry_after() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let app = crowded(engine).await;
        let key = app.tenant("acme").await;
        let ctx = context(&app, &key).await;
        let held = ctx.may(Action::MemberCreate).unwrap().write().await.unwrap();
        let person = json!({ "kind": "person", "name": "Compliance lead", "role": "viewer" });
        let busy = app.call(Method::POST, "/v1/members", &key, Some(person.clone())).await;
        assert_eq!((busy.status().as_u16(), busy.headers()["retry-after"].to_str().unwrap()), (503, "1"));
        assert_eq!(busy.json::<Value>().await.unwrap()["code"], "unavailable");
        let asked = json!({ "query": "mutation { createMember(input: { kind: PERSON, name: \"X\", role: VIEWER }) { id } }" });
        let busy = app.call(Method::POST, "/graphql", &key, Some(asked)).await;
        let busy: Value = busy.json().await.unwrap();
        let code =
            if engine == Engine::Sqlite { &busy["errors"][0]["extensions"]["code"] } else { &busy["code"] };
        assert_eq!(code, "unavailable", "{engine:?}: {busy}");
        drop(held);
        app.created(&key, "/v1/members", person).await;
    }
}
