//! `:batch`: many changes in one transaction, in both surfaces.

use crate::support::{
    operations::{document, resolved},
    *,
};

on_both!(
    each_item_is_told,
    put_finds_by_reference,
    put_keeps_what_no_description_says,
    atomic_is_all_or_nothing,
    a_dry_run_writes_nothing,
    an_item_sees_what_went_before_it,
    roles_hold_for_each_item,
    a_repeated_batch_replays,
    the_bounds_are_told,
    graphql_means_the_same,
    every_batch_is_in_both_surfaces,
);

const CONTROLS: &str = "/v1/controls:batch";

fn control(code: &str) -> Value {
    json!({ "code": code, "title": "Access is reviewed" })
}

fn put(id: &str, resource: Value) -> Value {
    json!({ "put": { "external_ref": { "system": "grc", "id": id }, "resource": resource } })
}

/// Collections without references to other systems, and why (docs/API-DESIGN.md, "Names in other systems").
const UNNAMED: [(&str, &str); 10] = [
    ("/v1/api-keys", "a credential: its member is named"),
    ("/v1/attestations/{id}/events", "a log, told with its attestation"),
    ("/v1/attestations/{id}/releases", "a log, told with its attestation"),
    ("/v1/attestations/{id}/tests", "the practitioner's, told with their attestation"),
    ("/v1/certifications/{id}/events", "a log, told with its certificate"),
    ("/v1/invitations", "a credential: the member that it makes is named"),
    ("/v1/isms/objectives/{id}/measurements", "a log, told with its objective"),
    ("/v1/statements-of-applicability/{id}/entries", "known by their controls"),
    ("/v1/statements-of-applicability/{id}/versions", "approved, told with their statement"),
    ("/v1/tenants", "what there is one of"),
];

/// Collections that have references and no batch, and why.
const ONE_BY_ONE: [(&str, &str); 2] = [
    ("/v1/identity-providers", "it lets others in, and is registered by itself"),
    ("/v1/oauth-clients", "its secret is shown once"),
];

/// Whether what has this schema takes references to other systems.
fn is_named(schema: &Value) -> bool {
    let schema = resolved(schema);
    let mut parts = ["allOf", "oneOf", "anyOf"]
        .into_iter()
        .flat_map(|name| schema[name].as_array().into_iter().flatten());
    schema["properties"].get("external_refs").is_some() || parts.any(is_named)
}

#[test]
fn what_other_systems_name_has_a_batch() {
    let paths = document()["paths"].as_object().unwrap();
    let (mut unnamed, mut one_by_one) = (Vec::new(), Vec::new());
    for (path, item) in paths {
        let made = &item["post"]["responses"]["201"]["content"]["application/json"]["schema"];
        if item.get("get").is_none() || made.is_null() {
            continue;
        }
        if !is_named(made) {
            unnamed.push(path.as_str());
        } else if !paths.contains_key(&format!("{path}:batch")) {
            one_by_one.push(path.as_str());
        }
    }
    unnamed.sort_unstable();
    one_by_one.sort_unstable();
    assert_eq!(unnamed, UNNAMED.map(|(path, _)| path), "those without external_refs");
    assert_eq!(one_by_one, ONE_BY_ONE.map(|(path, _)| path), "those without :batch");
}

async fn batch(app: &TestApp, key: &str, body: Value) -> (u16, Value) {
    let answer = app.call(Method::POST, CONTROLS, key, Some(body)).await;
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn done(app: &TestApp, key: &str, items: Value) -> Value {
    let (status, told) = batch(app, key, json!({ "items": items })).await;
    assert_eq!(status, 200, "{told}");
    told
}

async fn codes(app: &TestApp, key: &str) -> Vec<String> {
    let all = app.read(key, "/v1/controls").await;
    texts(&all["data"], "code").into_iter().map(str::to_owned).collect()
}

mod scenario {
    use super::*;

    pub async fn each_item_is_told(app: &TestApp) {
        let key = app.tenant("acme").await;
        let old = app.created(&key, "/v1/controls", control("A-1")).await;
        let gone = app.created(&key, "/v1/controls", control("A-2")).await;
        let told = done(
            app,
            &key,
            json!([
                { "create": control("B-1") },
                { "create": control("A-1") },
                { "update": { "id": old["id"], "version": 1, "patch": { "title": "Renamed" } } },
                { "update": { "id": old["id"], "version": 1, "patch": { "title": "Late" } } },
                { "update": { "id": old["id"], "version": 2, "patch": { "title": "Renamed" } } },
                { "delete": { "id": gone["id"], "version": 1 } },
                { "delete": { "id": gone["id"], "version": 1 } },
                { "create": { "code": "B-2", "title": "X", "freshness_days": 0 } },
            ]),
        )
        .await;
        let outcomes = texts(&told["items"], "outcome");
        let wanted =
            ["created", "refused", "updated", "refused", "unchanged", "deleted", "refused", "refused"];
        assert_eq!(outcomes, wanted, "{told}");
        let error = |n: usize| &told["items"][n]["error"];
        assert_eq!((&error(1)["code"], &error(1)["status"]), (&json!("already_exists"), &json!(409)));
        assert_eq!(error(1)["errors"][0]["pointer"], "/create/code");
        assert_eq!(error(3)["code"], "stale_version");
        assert_eq!(
            (&error(6)["code"], &error(6)["errors"][0]["pointer"]),
            (&json!("not_found"), &json!("/delete/id"))
        );
        assert_eq!(error(7)["errors"][0]["pointer"], "/create/freshness_days");
        assert_eq!((&told["refused"], &told["items"][2]["version"]), (&json!(4), &json!(2)));
        assert_eq!(codes(app, &key).await, ["A-1", "B-1"]);
        let kinds = app.events(&key, "control").await;
        let kinds: Vec<_> = kinds.iter().map(|one| one["type"].as_str().unwrap()).collect();
        let written = ["control.created", "control.updated", "control.deleted"];
        assert_eq!(kinds[2..], written, "what was refused or unchanged is not journalled");
    }

    pub async fn put_finds_by_reference(app: &TestApp) {
        let key = app.tenant("acme").await;
        let first = done(app, &key, json!([put("1", control("A-1"))])).await;
        let made = &first["items"][0];
        assert_eq!(made["outcome"], "created");
        let again = done(app, &key, json!([put("1", control("A-1"))])).await;
        assert_eq!(
            (&again["items"][0]["outcome"], &again["items"][0]["id"]),
            (&json!("unchanged"), &made["id"])
        );
        let changed = done(app, &key, json!([put("1", json!({ "code": "A-9", "title": "New" }))])).await;
        assert_eq!(
            (&changed["items"][0]["outcome"], &changed["items"][0]["version"]),
            (&json!("updated"), &json!(2))
        );
        let at = format!("/v1/controls/{}", made["id"].as_str().unwrap());
        let now = app.read(&key, &at).await;
        assert_eq!((&now["code"], &now["external_refs"][0]["id"]), (&json!("A-9"), &json!("1")));
        assert_eq!(app.events(&key, "control").await.len(), 2);
    }

    pub async fn put_keeps_what_no_description_says(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = app.first_member(&key).await;
        let risk = json!({ "code": "R-1", "title": "Loss", "owner": owner, "status": "assessed",
                           "residual": { "likelihood": 2, "impact": 2 },
                           "external_refs": [{ "system": "grc", "id": "1" }] });
        let made = app.created(&key, "/v1/risks", risk.clone()).await;
        let at = format!("/v1/risks/{}", made["id"].as_str().unwrap());
        let accepted = json!({ "until": "2027-03-31", "reason": "It is rare" });
        let answer = app
            .call_with(Method::POST, &format!("{at}/acceptance"), &key, Some(accepted), &[("if-match", "*")])
            .await;
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        let mut again = risk;
        again["title"] = json!("Loss of data");
        let body = json!({ "items": [put("1", again)] });
        let answer = app.call(Method::POST, "/v1/risks:batch", &key, Some(body)).await;
        let told: Value = answer.json().await.unwrap();
        assert_eq!(told["items"][0]["outcome"], "updated", "{told}");
        let now = app.read(&key, &at).await;
        assert_eq!(
            (&now["title"], &now["acceptance"]["until"]),
            (&json!("Loss of data"), &json!("2027-03-31"))
        );
        let piece = json!({ "kind": "statement", "title": "Said", "content": { "statement": "It is so." } });
        let sent = |resource: &Value| json!({ "items": [put("e", resource.clone())] });
        let batch = |body: Value| app.call(Method::POST, "/v1/evidence:batch", &key, Some(body));
        let mut seen = Vec::new();
        let mut other = piece.clone();
        other["content"]["statement"] = json!("It is not so.");
        let mut renamed = piece.clone();
        renamed["title"] = json!("Said again");
        for resource in [&piece, &piece, &other, &renamed] {
            let told: Value = batch(sent(resource)).await.json().await.unwrap();
            seen.push(told["items"][0].clone());
        }
        let outcomes: Vec<_> = seen.iter().map(|one| one["outcome"].as_str().unwrap()).collect();
        assert_eq!(outcomes, ["created", "unchanged", "refused", "updated"], "{seen:?}");
        assert_eq!(seen[2]["error"]["errors"][0]["pointer"], "/put/resource/content", "{seen:?}");
        let machine = json!({ "kind": "machine", "name": "Bot", "role": "viewer" });
        let items = |kind: &str| {
            let mut member = machine.clone();
            member["kind"] = json!(kind);
            json!({ "items": [put("m", member)] })
        };
        app.call(Method::POST, "/v1/members:batch", &key, Some(items("machine"))).await;
        let answer = app.call(Method::POST, "/v1/members:batch", &key, Some(items("person"))).await;
        let told: Value = answer.json().await.unwrap();
        assert_eq!(told["items"][0]["error"]["errors"][0]["pointer"], "/put/resource/kind", "{told}");
    }

    pub async fn atomic_is_all_or_nothing(app: &TestApp) {
        let key = app.tenant("acme").await;
        let items = json!([
            { "create": control("A-1") },
            { "create": control("A-1") },
            { "create": { "code": "A-2", "title": "X", "freshness_days": 0 } },
        ]);
        let (status, told) = batch(app, &key, json!({ "atomic": true, "items": items })).await;
        assert_eq!((status, &told["code"]), (422, &json!("batch_refused")), "{told}");
        assert_eq!(
            texts(&told["errors"], "pointer"),
            ["/items/1/create/code", "/items/2/create/freshness_days"]
        );
        assert!(codes(app, &key).await.is_empty() && app.events(&key, "control").await.is_empty());
        let (status, _) =
            batch(app, &key, json!({ "atomic": true, "items": [{ "create": control("A-1") }] })).await;
        assert_eq!((status, codes(app, &key).await), (200, vec!["A-1".to_owned()]));
    }

    pub async fn a_dry_run_writes_nothing(app: &TestApp) {
        let key = app.tenant("acme").await;
        let items = json!([{ "create": control("A-1") }, put("1", control("A-1"))]);
        let (status, told) = batch(app, &key, json!({ "dry_run": true, "items": items })).await;
        assert_eq!((status, texts(&told["items"], "outcome")), (200, vec!["created", "refused"]), "{told}");
        assert_eq!((&told["dry_run"], &told["items"][0]["id"]), (&json!(true), &Value::Null));
        assert!(codes(app, &key).await.is_empty() && app.events(&key, "control").await.is_empty());
    }

    pub async fn an_item_sees_what_went_before_it(app: &TestApp) {
        let key = app.tenant("acme").await;
        let told = done(
            app,
            &key,
            json!([put("1", control("A-1")), put("1", control("A-2")), put("2", control("A-1"))]),
        )
        .await;
        assert_eq!(texts(&told["items"], "outcome"), ["created", "updated", "created"], "{told}");
    }

    pub async fn roles_hold_for_each_item(app: &TestApp) {
        let key = app.tenant("acme").await;
        let old = app.created(&key, "/v1/controls", control("A-1")).await;
        let contributor = app.key_as(&key, "contributor").await;
        let items = json!([{ "create": control("A-2") }, { "delete": { "id": old["id"], "version": 1 } }]);
        let told = done(app, &contributor, items.clone()).await;
        assert_eq!(texts(&told["items"], "outcome"), ["created", "refused"]);
        assert_eq!(told["items"][1]["error"]["code"], "forbidden");
        let viewer = app.key_as(&key, "viewer").await;
        assert_eq!(batch(app, &viewer, json!({ "items": items })).await.0, 403);
    }

    pub async fn a_repeated_batch_replays(app: &TestApp) {
        let key = app.tenant("acme").await;
        let body = json!({ "items": [{ "create": control("A-1") }] });
        let mut seen = Vec::new();
        for _ in 0..2 {
            let sent = [("idempotency-key", "one")];
            let answer = app.call_with(Method::POST, CONTROLS, &key, Some(body.clone()), &sent).await;
            seen.push((answer.status().as_u16(), answer.json::<Value>().await.unwrap()));
        }
        assert_eq!(seen[0], seen[1]);
        assert_eq!((seen[0].0, codes(app, &key).await.len()), (200, 1));
    }

    pub async fn the_bounds_are_told(app: &TestApp) {
        let key = app.tenant("acme").await;
        let one = json!({ "create": control("A-1") });
        for items in [json!([]), Value::Array(vec![one.clone(); 1001])] {
            let (status, told) = batch(app, &key, json!({ "items": items })).await;
            assert_eq!((status, pointer(&told)), (400, "/items"), "{told}");
        }
        let both = json!({ "create": control("A-1"), "delete": { "id": "x", "version": 1 } });
        for wrong in [both, json!({ "merge": {} }), json!({})] {
            assert_eq!(batch(app, &key, json!({ "items": [wrong] })).await.0, 400);
        }
        assert!(codes(app, &key).await.is_empty());
    }

    pub async fn graphql_means_the_same(app: &TestApp) {
        let (rest, graph) = (app.tenant("rest").await, app.tenant("graph").await);
        let items = json!([{ "create": control("A-1") }, { "create": control("A-1") }]);
        let told = done(app, &rest, items.clone()).await;
        let document = "mutation($input: ControlBatch!) { batchControls(input: $input) {
            refused items { index outcome version error { status code errors { pointer } } } } }";
        let answer = app.ask_with(&graph, document, json!({ "input": { "items": items } })).await;
        let asked = &answer["data"]["batchControls"];
        assert_eq!(asked["refused"], told["refused"], "{answer}");
        for n in 0..2 {
            let (one, other) = (&told["items"][n], &asked["items"][n]);
            assert_eq!(other["outcome"].as_str().unwrap().to_lowercase(), one["outcome"].as_str().unwrap());
            assert_eq!(other["version"], one["version"]);
            assert_eq!(
                (&other["error"]["code"], &other["error"]["status"]),
                (&one["error"]["code"], &one["error"]["status"])
            );
        }
        assert_eq!(asked["items"][1]["error"]["errors"][0]["pointer"], "/create/code");
        let kinds = |trail: Vec<Value>| trail.iter().map(|one| one["type"].clone()).collect::<Vec<_>>();
        assert_eq!(kinds(app.events(&rest, "control").await), kinds(app.events(&graph, "control").await));
    }

    pub async fn every_batch_is_in_both_surfaces(_: &TestApp) {
        let schema = attestd::app::graphql_schema();
        let all = crate::support::operations::Operation::all();
        let batches: Vec<_> = all.iter().filter(|one| one.id.starts_with("batch_")).collect();
        assert!(batches.len() >= 3);
        for one in batches {
            let mut parts = one.id.split('_');
            let first = parts.next().unwrap().to_owned();
            let field = parts.fold(first, |name, part| name + &part[..1].to_uppercase() + &part[1..]);
            let arguments =
                schema.split_once(&format!("{field}(")).and_then(|(_, rest)| rest.split_once(')'));
            assert!(arguments.is_some_and(|(arguments, _)| arguments.contains("input: ")), "no {field}");
        }
    }
}
