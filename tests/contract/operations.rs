//! What holds for every operation, whichever room it is in.

use std::collections::BTreeSet;

use attestd::platform::access::{Action, Role};

use crate::support::{
    operations::{Fixture, Operation, document, fixture},
    *,
};

on_both!(
    every_operation_answers_its_caller,
    every_other_method_is_405_with_allow,
    head_answers_what_get_answers,
    unknown_parameters_and_fields_are_named,
    no_operation_works_without_a_credential,
    every_role_may_what_the_table_says,
);

/// A tenant's own ids that nothing has.
fn nowhere(operation: &Operation) -> String {
    operation.path_with(|n, prefix| match prefix {
        Some(prefix) => format!("{prefix}_{}", "0".repeat(32)),
        None => operation.word(n),
    })
}

mod scenario {
    use super::*;

    /// Reads first, then what changes, and last what removes: each finds what it needs.
    pub async fn every_operation_answers_its_caller(app: &TestApp) {
        let world = World::of(app, "acme").await;
        let mut all = Operation::all();
        let deepest_first = |one: &Operation| std::cmp::Reverse((one.path_ids.len(), one.path.len()));
        let removes = |one: &Operation| one.method == Method::DELETE || one.id.starts_with("discard_");
        all.sort_by_key(|one| (one.writes(), removes(one), deepest_first(one)));
        for operation in all {
            let (url, body) = (operation.url(&world), fixture(&operation.id, &world).body);
            operation.prepare(app, &world).await;
            let answer = operation.call(app, operation.key(&world), &url, body).await;
            let (status, told) = (answer.status().as_u16(), answer.text().await.unwrap());
            // What removes a thing that others refer to is told so.
            let in_use = operation.method == Method::DELETE && status == 409;
            assert!((200..300).contains(&status) || in_use, "{}: {status} {told}", operation.id);
            let described =
                document()["paths"][&operation.path][operation.method.as_str().to_lowercase()]["responses"]
                    .get(status.to_string());
            assert!(
                described.is_some(),
                "{} answers {status}, which its description does not have",
                operation.id
            );
        }
    }

    pub async fn every_other_method_is_405_with_allow(app: &TestApp) {
        let world = World::of(app, "acme").await;
        let all = Operation::all();
        for one in &all {
            let mut allowed: BTreeSet<_> = all
                .iter()
                .filter(|other| other.path == one.path)
                .map(|other| other.method.to_string())
                .collect();
            if allowed.contains("GET") {
                allowed.insert("HEAD".to_owned());
            }
            for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"] {
                if allowed.contains(method) {
                    continue;
                }
                let method: Method = method.parse().unwrap();
                let answer = app.call(method.clone(), &one.url(&world), one.key(&world), None).await;
                assert_eq!(answer.status(), 405, "{method} {}", one.path);
                let allow = answer.headers()["allow"].to_str().unwrap();
                let told: BTreeSet<_> = allow.split(", ").map(str::to_owned).collect();
                assert_eq!(told, allowed, "{method} {}", one.path);
            }
        }
    }

    pub async fn head_answers_what_get_answers(app: &TestApp) {
        let world = World::of(app, "acme").await;
        for one in Operation::all().iter().filter(|one| one.method == Method::GET) {
            let (url, key) = (one.url(&world), one.key(&world));
            let get = app.call(Method::GET, &url, key, None).await;
            let head = app.call(Method::HEAD, &url, key, None).await;
            assert_eq!(head.status(), get.status(), "{}", one.id);
            for name in ["content-type", "content-length", "etag", "cache-control"] {
                assert_eq!(head.headers().get(name), get.headers().get(name), "{name} of {}", one.id);
            }
            assert_eq!(head.bytes().await.unwrap().len(), 0, "{}", one.id);
        }
    }

    pub async fn unknown_parameters_and_fields_are_named(app: &TestApp) {
        let world = World::of(app, "acme").await;
        for one in Operation::all() {
            let (url, key, body) = (one.url(&world), one.key(&world), fixture(&one.id, &world).body);
            let asked = format!("{url}{}colour=red", if url.contains('?') { '&' } else { '?' });
            let refused = one.call(app, key, &asked, body.clone()).await;
            assert_eq!(refused.status(), 400, "{}", one.id);
            let told: Value = refused.json().await.unwrap();
            assert_eq!(
                (&told["code"], pointer(&told)),
                (&json!("unknown_parameter"), "colour"),
                "{}",
                one.id
            );
            // Unknown parameters of a form are ignored: RFC 6749 wants that of the one there is.
            if let Some(mut body) = body.filter(|_| !one.is_form) {
                body["colour"] = json!("red");
                let refused = one.call(app, key, &url, Some(body)).await;
                assert_eq!(refused.status(), 400, "{}", one.id);
                let told: Value = refused.json().await.unwrap();
                assert!(told["detail"].as_str().unwrap().contains("colour"), "{}: {told}", one.id);
            }
            assert_eq!(one.has_body, fixture(&one.id, &world).body.is_some(), "the fixture of {}", one.id);
        }
    }

    pub async fn no_operation_works_without_a_credential(app: &TestApp) {
        let world = World::of(app, "acme").await;
        let before = Sql::unbound(&app.database).await.everything().await;
        for one in Operation::all().iter().filter(|one| !one.public) {
            let body = fixture(&one.id, &world).body;
            for key in ["", "atd_nonsense", &world.key.replace("atd_", "atd_0")] {
                let refused = one.call(app, key, &one.url(&world), body.clone()).await;
                assert_eq!(refused.status(), 401, "{} with {key:?}", one.id);
                assert_eq!(refused.headers()["www-authenticate"], "Bearer", "{}", one.id);
            }
            // Neither side has a key to the other's rooms.
            let other = if one.operator { &world.key } else { OPERATOR };
            let refused = one.call(app, other, &one.url(&world), body).await;
            assert_eq!(refused.status(), 403, "{} with the other side's key", one.id);
        }
        assert_eq!(Sql::unbound(&app.database).await.everything().await, before);
    }

    pub async fn every_role_may_what_the_table_says(app: &TestApp) {
        let world = World::of(app, "acme").await;
        let mut used = BTreeSet::new();
        for &role in Role::ALL {
            let key = app.key_as(&world.key, role.as_str()).await;
            for one in Operation::of_tenants() {
                let Fixture { action, body, query } = fixture(&one.id, &world);
                let action = action.unwrap_or_else(|| panic!("{} is not in the access table", one.id));
                let action = Action::ALL.iter().find(|known| known.name() == action).unwrap();
                used.insert(action.name());
                let answer = one.call(app, &key, &format!("{}?{query}", nowhere(&one)), body).await;
                let refused = answer.status() == 403;
                assert_eq!(refused, !role.allows(*action), "{} as {role}: {}", one.id, answer.status());
                if refused {
                    let told: Value = answer.json().await.unwrap();
                    assert_eq!(told["code"], "forbidden");
                    assert!(
                        told["detail"].as_str().unwrap().starts_with(action.name()),
                        "{}: {told}",
                        one.id
                    );
                }
                assert!(!(role == Role::Viewer && one.writes() && !refused), "a viewer may {}", one.id);
            }
        }
        let table: BTreeSet<_> = Action::ALL.iter().map(|action| action.name()).collect();
        assert_eq!(used, table, "every action of the table belongs to an operation");
    }
}
