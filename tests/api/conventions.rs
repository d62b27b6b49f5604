//! The conventions that every room gets: request ids, validators, links, limits, ids of the wrong kind.

use crate::support::*;

on_both!(
    a_request_id_comes_back_and_is_journalled,
    what_is_known_is_not_sent_again,
    links_lead_through_a_list,
    a_body_has_a_limit,
    nul_is_refused_everywhere,
    an_id_of_another_kind_is_no_id,
    references_find_their_resource,
);

fn person(name: &str) -> Value {
    json!({ "kind": "person", "name": name, "role": "viewer" })
}

mod scenario {
    use super::*;

    pub async fn a_request_id_comes_back_and_is_journalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let sent = [("x-request-id", "ticket-bot/42")];
        let created = app.call_with(Method::POST, "/v1/members", &key, Some(person("Auditee")), &sent).await;
        assert_eq!(created.headers()["x-request-id"], "ticket-bot/42");
        let id = created.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
        assert_eq!(app.events(&key, &id).await[0]["request_id"], "ticket-bot/42");
        for unfit in ["with a space", &"x".repeat(129)] {
            let answer =
                app.call_with(Method::GET, "/v1/tenant", &key, None, &[("x-request-id", unfit)]).await;
            let given = answer.headers()["x-request-id"].to_str().unwrap();
            assert!(given.len() == 32 && given.bytes().all(|b| b.is_ascii_hexdigit()), "{given}");
        }
        let nowhere = app.call_with(Method::GET, "/nowhere", "", None, &sent).await;
        assert_eq!(nowhere.headers()["x-request-id"], "ticket-bot/42", "errors too");
    }

    pub async fn what_is_known_is_not_sent_again(app: &TestApp) {
        let key = app.tenant("acme").await;
        let one = app.created(&key, "/v1/members", person("Auditee")).await;
        let at = format!("/v1/members/{}", one["id"].as_str().unwrap());
        for path in [at.as_str(), "/v1/members", "/v1/frameworks/soc2-2017"] {
            let etag =
                app.call(Method::GET, path, &key, None).await.headers()["etag"].to_str().unwrap().to_owned();
            for (known, status) in [
                (etag.clone(), 304),
                (format!("W/{etag}"), 304),
                (format!("\"x\", {etag}"), 304),
                ("\"x\"".to_owned(), 200),
            ] {
                let answer = app.call_with(Method::GET, path, &key, None, &[("if-none-match", &known)]).await;
                let seen = (answer.status().as_u16(), answer.headers()["etag"].to_str().unwrap());
                assert_eq!(seen, (status, etag.as_str()), "{path} {known}");
                assert_eq!(answer.bytes().await.unwrap().is_empty(), status == 304);
            }
        }
        let before = app.call(Method::GET, &at, &key, None).await.headers()["etag"].clone();
        let after = app.changed(&key, &at, json!({ "name": "Lead auditee" })).await;
        assert_eq!(after["version"], 2);
        let known = [("if-none-match", before.to_str().unwrap())];
        assert_eq!(app.call_with(Method::GET, &at, &key, None, &known).await.status(), 200);
    }

    pub async fn links_lead_through_a_list(app: &TestApp) {
        let key = app.tenant("acme").await;
        for n in 0..6 {
            app.created(&key, "/v1/members", person(&format!("Auditee {n}"))).await;
        }
        let (mut path, mut seen) =
            ("/v1/members?kind=person&sort=-created_at&limit=2".to_owned(), Vec::new());
        loop {
            let answer = app.call(Method::GET, &path, &key, None).await;
            let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
            let page: Value = answer.json().await.unwrap();
            seen.extend(texts(&page["data"], "name").into_iter().map(str::to_owned));
            assert_eq!(
                link.is_some(),
                page["next_cursor"].is_string(),
                "the link and the cursor say the same"
            );
            let Some(link) = link else { break };
            path = link
                .strip_prefix('<')
                .and_then(|rest| rest.strip_suffix(">; rel=\"next\""))
                .unwrap()
                .to_owned();
        }
        let wanted: Vec<_> = (0..6).rev().map(|n| format!("Auditee {n}")).collect();
        assert_eq!(seen, wanted);
    }

    pub async fn a_body_has_a_limit(app: &TestApp) {
        let key = app.tenant("acme").await;
        let limit = attestd::platform::http::BODY_LIMIT;
        let long = json!({ "name": "x".repeat(limit) });
        for sent in [vec![], vec![("idempotency-key", "long")]] {
            let refused = app.call_with(Method::POST, "/v1/members", &key, Some(long.clone()), &sent).await;
            assert_eq!(refused.status(), 413);
            assert_eq!(refused.json::<Value>().await.unwrap()["code"], "payload_too_large");
        }
        let asked = json!({ "query": format!("{{ tenant {{ id }} }} #{}", "x".repeat(limit)) });
        assert_eq!(app.call(Method::POST, "/graphql", &key, Some(asked)).await.status(), 413);
    }

    pub async fn nul_is_refused_everywhere(app: &TestApp) {
        let key = app.tenant("acme").await;
        let told = app.refused(Method::POST, "/v1/members", &key, Some(person("a\0b")), 400).await;
        assert_eq!(pointer(&told), "/name");
        let mut hidden = person("Auditee");
        hidden["external_refs"] = json!([{ "system": "jira", "id": "a\0b" }]);
        let told = app.refused(Method::POST, "/v1/members", &key, Some(hidden), 400).await;
        assert_eq!(pointer(&told), "/external_refs/0/id");
        let told = app.refused(Method::GET, "/v1/journal?actor=a%00b", &key, None, 400).await;
        assert_eq!(pointer(&told), "actor");
        app.refused(Method::GET, "/v1/controls?external_ref=jira:a%00b", &key, None, 400).await;
        app.refused(Method::GET, "/v1/members/mem_%00", &key, None, 404).await;
        let query = "query($actor: String) { journal(filter: { actor: $actor }) { totalCount } }";
        let told = app.ask_with(&key, query, json!({ "actor": "a\0b" })).await;
        let code = told["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("{told}"));
        assert!(code.starts_with("invalid_"), "{told}");
    }

    pub async fn an_id_of_another_kind_is_no_id(app: &TestApp) {
        let key = app.tenant("acme").await;
        let member = app.first_member(&key).await;
        let as_control = member.replace("mem_", "ctl_");
        for wrong in [&as_control, "mem_1", "mem_", &member.to_uppercase(), &member.replace('_', "-")] {
            app.refused(Method::GET, &format!("/v1/members/{wrong}"), &key, None, 404).await;
            let owned = json!({ "code": "AC-01", "title": "Access", "owner": wrong });
            let told = app.refused(Method::POST, "/v1/controls", &key, Some(owned), 400).await;
            assert_eq!((pointer(&told), &told["code"]), ("/owner", &json!("invalid_request")));
            let told =
                app.refused(Method::GET, &format!("/v1/controls?owner={wrong}"), &key, None, 400).await;
            assert_eq!((pointer(&told), &told["code"]), ("owner", &json!("invalid_parameter")));
        }
    }

    pub async fn references_find_their_resource(app: &TestApp) {
        let key = app.tenant("acme").await;
        let same = json!([{ "system": "grc", "id": "7:a/b" }, { "system": "jira", "id": "SEC-1" }]);
        let mut member = person("Auditee");
        member["external_refs"] = same.clone();
        app.created(&key, "/v1/members", member.clone()).await;
        let control = json!({ "code": "AC-01", "title": "Access", "external_refs": same });
        let control = app.created(&key, "/v1/controls", control).await;
        for room in ["members", "controls"] {
            for (asked, found) in [("grc:7:a/b", 1), ("jira:SEC-1", 1), ("jira:SEC-2", 0), ("grc:SEC-1", 0)] {
                let page = app.read(&key, &format!("/v1/{room}?count=true&external_ref={asked}")).await;
                assert_eq!((&page["total"], page["data"].as_array().unwrap().len()), (&json!(found), found));
            }
            let told =
                app.refused(Method::GET, &format!("/v1/{room}?external_ref=jira"), &key, None, 400).await;
            assert_eq!(pointer(&told), "external_ref");
        }
        let told = app.refused(Method::POST, "/v1/members", &key, Some(member), 409).await;
        assert_eq!(pointer(&told), "/external_refs/0");
        let at = format!("/v1/controls/{}", control["id"].as_str().unwrap());
        app.changed(&key, &at, json!({ "external_refs": [] })).await;
        assert_eq!(app.read(&key, "/v1/controls?external_ref=jira:SEC-1").await["data"], json!([]));
    }
}
