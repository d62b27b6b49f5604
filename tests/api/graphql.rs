//! GraphQL: the same meaning as REST.

use crate::support::*;

on_both!(graphql_means_the_same,);

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
}
