//! GraphQL: the same meaning as REST.

use crate::support::*;

on_both!(graphql_means_the_same, documents_have_limits,);

mod scenario {
    use super::*;

    pub async fn graphql_means_the_same(app: &TestApp) {
        let (key, other) = (app.tenant("acme").await, app.tenant("other").await);
        let created = app.ask(
            &key,
            r#"mutation { createMember(input: { kind: PERSON, name: "Ada", role: VIEWER }) { id version } }"#,
        )
        .await;
        let id = created["data"]["createMember"]["id"].as_str().unwrap();
        let listed = app
            .ask(&key, "{ members(first: 1) { totalCount nodes { name } pageInfo { hasNextPage } } }")
            .await;
        assert_eq!(listed["data"]["members"]["totalCount"], 2);
        assert_eq!(listed["data"]["members"]["pageInfo"]["hasNextPage"], true);
        let one = format!("{{ member(id: \"{id}\") {{ name }} }}");
        assert_eq!(app.ask(&key, &one).await["data"]["member"]["name"], "Ada");
        assert_eq!(app.ask(&other, &one).await["errors"][0]["extensions"]["code"], "not_found");
        let stale = format!(
            "mutation {{ updateMember(id: \"{id}\", expectedVersion: 9, input: {{ name: \"B\" }}) {{ id }} }}"
        );
        assert_eq!(app.ask(&key, &stale).await["errors"][0]["extensions"]["code"], "stale_version");
        let trail = app.ask(&key, "{ journal(filter: { type: MEMBER_CREATED }) { totalCount } }").await;
        assert_eq!(trail["data"]["journal"]["totalCount"], 2);
        assert_eq!(app.ask(&key, "{ nothing }").await["errors"][0]["extensions"]["code"], "invalid_query");
        let written = app.call(Method::GET, "/graphql?query=mutation%7Bx%7D", &key, None).await;
        assert_eq!(written.status(), 405);
    }

    pub async fn documents_have_limits(app: &TestApp) {
        let key = app.tenant("acme").await;
        let many = |n: usize, field: &dyn Fn(usize) -> String| {
            format!("{{ {} }}", (0..n).map(|one| field(one) + " ").collect::<String>())
        };
        let aliases = |n| many(n, &|one| format!("a{one}: __typename"));
        let roots = |n| many(n, &|_| "__typename".to_owned());
        let deep = |n: usize| {
            let nest = "ofType { ".repeat(n) + "name" + &" }".repeat(n);
            format!("{{ __type(name: \"Query\") {{ fields {{ type {{ {nest} }} }} }} }}")
        };
        let wide = |n: usize| {
            let tests = "tests { id kind procedure population result performedOn nextDue version createdAt exceptions }";
            many(n, &|one| format!("a{one}: controls {{ nodes {{ {tests} }} }}"))
        };
        for (within, over) in
            [(aliases(30), aliases(31)), (roots(30), roots(31)), (deep(12), deep(13)), (wide(2), wide(25))]
        {
            let answer = app.ask(&key, &within).await;
            assert!(answer["errors"].is_null(), "{within}: {answer}");
            let answer = app.ask(&key, &over).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "query_too_complex", "{over}: {answer}");
        }
    }
}
