//! GraphQL: the same meaning as REST.

use crate::support::*;

on_both!(
    graphql_means_the_same,
    documents_have_limits,
    lists_weigh_what_they_ask_for,
    honest_documents_pass,
    nested_lists_are_cut,
);

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
            let tests = "tests(first: 13) { id kind procedure population result performedOn nextDue version createdAt exceptions }";
            many(n, &|one| format!("a{one}: controls(first: 13) {{ nodes {{ {tests} }} }}"))
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

    pub async fn lists_weigh_what_they_ask_for(app: &TestApp) {
        let key = app.tenant("acme").await;
        // Each asks for more rows than are answered, however it says so.
        let square = "{ controls(first: 200) { nodes { tests(first: 200) { id } } } }";
        let spread = "query { controls(first: 200) { ...Page } }
            fragment Page on ControlConnection { edges { node { ...Tested } } }
            fragment Tested on Control { ... on Control { tests(first: 200) { id } } }";
        let alias = |n| {
            format!(
                "a{n}: controls {{ nodes {{ tests {{ id result kind procedure sampleSize performedOn }} }} }} "
            )
        };
        let aliases = format!("{{ {} {} {} }}", alias(1), alias(2), alias(3));
        let default = "query($n: Int = 200) { controls(first: $n) { nodes { tests(first: $n) { id } } } }";
        for (query, variables) in [
            (square, json!({})),
            (spread, json!({})),
            (aliases.as_str(), json!({})),
            (default, json!({})),
            (
                "query($n: Int) { controls(first: $n) { nodes { tests(first: $n) { id } } } }",
                json!({ "n": 200 }),
            ),
        ] {
            let told = app.ask_with(&key, query, variables).await;
            assert_eq!(told["errors"][0]["extensions"]["code"], "query_too_complex", "{query}: {told}");
            let message = told["errors"][0]["message"].as_str().unwrap();
            assert!(message.contains("40000 are allowed") && message.contains("`first`"), "{message}");
        }
        let told = app.ask_with(&key, default, json!({ "n": 90 })).await;
        assert!(told["errors"].is_null(), "{told}");
    }

    pub async fn honest_documents_pass(app: &TestApp) {
        let key = app.tenant("acme").await;
        let page = |first, fields: usize| {
            let fields = "code ".repeat(fields);
            format!(
                "{{ controls(first: {first}) {{ totalCount nodes {{ {fields} }} pageInfo {{ endCursor }} }} }}"
            )
        };
        let (usual, whole) = (page(50, 30), page(200, 10));
        for query in [
            usual.as_str(),
            whole.as_str(),
            "{ controls { nodes { code owner { name } tests { result performedOn tester { name } } } } }",
            "{ audits(first: 10) { nodes { title findings(first: 10) { title
                correctiveActions(first: 10) { title owner { name } } } } } }",
            "{ certifications { nodes { number status validity { expiresOn } events { type }
                milestones { title due state owner { name } rule { id } } } } }",
            "query($first: Int) { risks(first: $first) { nodes { code controls { code } } } }",
        ] {
            let told = app.ask(&key, query).await;
            assert!(told["errors"].is_null(), "{query}: {told}");
        }
    }

    pub async fn nested_lists_are_cut(app: &TestApp) {
        let key = app.tenant("acme").await;
        let control = app.created(&key, "/v1/controls", json!({ "code": "C-1", "title": "Backups" })).await;
        let id = control["id"].as_str().unwrap();
        for code in ["R-1", "R-2", "R-3"] {
            let risk = json!({ "code": code, "title": code, "controls": [id] });
            app.created(&key, "/v1/risks", risk).await;
        }
        let asked = async |first: &str| {
            app.ask(&key, &format!("{{ control(id: \"{id}\") {{ risks{first} {{ code }} }} }}")).await
        };
        let codes = async |first: &str| {
            let told = asked(first).await;
            texts(&told["data"]["control"]["risks"], "code").join(" ")
        };
        assert_eq!(codes("").await, "R-1 R-2 R-3");
        assert_eq!(codes("(first: 2)").await, "R-1 R-2");
        // What two fields of one level ask for is read at once, and cut for each.
        let two = format!(
            "{{ control(id: \"{id}\") {{ one: risks(first: 1) {{ code }} two: risks(first: 2) {{ code }} }} }}"
        );
        let told = app.ask(&key, &two).await;
        let of = |alias: &str| texts(&told["data"]["control"][alias], "code").join(" ");
        assert_eq!((of("one").as_str(), of("two").as_str()), ("R-1", "R-1 R-2"), "{told}");
        let mut all = Vec::new();
        for code in ["C-2", "C-3", "C-4"] {
            let control = app.created(&key, "/v1/controls", json!({ "code": code, "title": code })).await;
            all.push(control["id"].clone());
        }
        app.created(&key, "/v1/risks", json!({ "code": "R-4", "title": "R-4", "controls": all })).await;
        let told = app.ask(&key, "{ risks { nodes { code controls(first: 2) { code } } } }").await;
        let risk = told["data"]["risks"]["nodes"].as_array().unwrap().iter().find(|one| one["code"] == "R-4");
        assert_eq!(texts(&risk.unwrap()["controls"], "code"), ["C-2", "C-3"], "{told}");
        for wrong in ["(first: 0)", "(first: 201)"] {
            let told = asked(wrong).await;
            let extensions = &told["errors"][0]["extensions"];
            assert_eq!(extensions["code"], "invalid_parameter", "{told}");
            assert_eq!(extensions["errors"][0]["pointer"], "first", "{told}");
        }
    }
}
