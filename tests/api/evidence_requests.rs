//! Evidence requests: what an auditor asks to be shown, and what comes of it.

use crate::support::*;

on_both!(
    a_request_goes_to_and_fro,
    only_who_is_asked_provides_and_another_judges,
    what_was_accepted_stays,
    requests_are_found_and_due,
);

async fn audit(app: &TestApp, key: &str) -> Value {
    let new = json!({ "kind": "internal", "title": "Internal audit", "planned_start": "2026-12-14" });
    app.created(key, "/v1/audits", new).await["id"].clone()
}

async fn make(app: &TestApp, key: &str, request: Value) -> String {
    let made = app.created(key, "/v1/evidence-requests", request).await;
    format!("/v1/evidence-requests/{}", made["id"].as_str().unwrap())
}

fn request(audit: &Value, item: &str, due: &str) -> Value {
    json!({ "audit": audit, "item": item, "due_on": due })
}

async fn evidence(app: &TestApp, key: &str) -> Value {
    app.created(key, "/v1/evidence", json!({ "kind": "statement", "title": "Reviewed" })).await["id"].clone()
}

mod scenario {
    use super::*;

    pub async fn a_request_goes_to_and_fro(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (audit, evidence) = (audit(app, &key).await, evidence(app, &key).await);
        let auditor = app.key_as(&key, "auditor").await;
        let at = make(app, &auditor, request(&audit, "Access reviews", "2026-12-07")).await;
        let step = |word: &str| format!("{at}/{word}");
        let nothing =
            app.refused(Method::POST, &step("provide"), &key, Some(json!({ "note": " " })), 422).await;
        assert_eq!(pointer(&nothing), "/evidence");
        let unknown = json!({ "evidence": [format!("evd_{}", "0".repeat(32))] });
        let unknown = app.refused(Method::POST, &step("provide"), &key, Some(unknown), 422).await;
        assert_eq!(pointer(&unknown), "/evidence/0");
        let given = json!({ "evidence": [evidence], "note": "All four quarters" });
        let given = app.stepped_with(&key, &step("provide"), given).await;
        assert_eq!((&given["status"], &given["provided_at"]), (&json!("provided"), &json!(NOW)));
        let reason = json!({ "reason": "It shows June only" });
        let back = app.stepped_with(&auditor, &step("return"), reason).await;
        assert_eq!((&back["status"], &back["reason"]), (&json!("returned"), &json!("It shows June only")));
        assert_eq!(back["evidence"], json!([evidence]));
        let again = app.stepped_with(&key, &step("provide"), json!({ "evidence": [evidence] })).await;
        assert_eq!(
            (&again["reason"], &again["decided_by"], &again["note"]),
            (&Value::Null, &Value::Null, &json!(""))
        );
        let accepted = app.stepped(&auditor, &step("accept")).await;
        assert_eq!((&accepted["status"], &accepted["decided_at"]), (&json!("accepted"), &json!(NOW)));
        assert_ne!(accepted["decided_by"], accepted["provided_by"]);
        let held = format!("/v1/evidence/{}", evidence.as_str().unwrap());
        assert_eq!(app.refused(Method::DELETE, &held, &key, None, 409).await["code"], "in_use");
        let told: Vec<_> =
            app.events(&key, "evidence_request").await.iter().map(|one| one["type"].clone()).collect();
        let wanted = ["created", "provided", "returned", "provided", "accepted"];
        assert_eq!(told, wanted.map(|verb| format!("evidence_request.{verb}")));
    }

    pub async fn only_who_is_asked_provides_and_another_judges(app: &TestApp) {
        let key = app.tenant("acme").await;
        let audit = audit(app, &key).await;
        let (asked, other) = (app.key_as(&key, "contributor").await, app.key_as(&key, "contributor").await);
        let members = app.read(&key, "/v1/members?role=contributor").await;
        let mut new = request(&audit, "Access reviews", "2026-12-07");
        new["assignee"] = members["data"][0]["id"].clone();
        let at = make(app, &key, new).await;
        let note = json!({ "note": "See the wiki" });
        app.refused(Method::POST, &format!("{at}/provide"), &other, Some(note.clone()), 403).await;
        app.refused(Method::POST, &format!("{at}/accept"), &key, None, 409).await;
        let given = app.stepped_with(&asked, &format!("{at}/provide"), note.clone()).await;
        assert_eq!(given["provided_by"], members["data"][0]["id"]);
        app.refused(Method::POST, &format!("{at}/accept"), &asked, None, 403).await;
        app.stepped_with(&key, &format!("{at}/provide"), note).await;
        let own = app.refused(Method::POST, &format!("{at}/accept"), &key, None, 409).await;
        assert!(own["detail"].as_str().unwrap().contains("may not judge"), "{own}");
        let manager = app.key_as(&key, "manager").await;
        assert_eq!(app.stepped(&manager, &format!("{at}/accept")).await["status"], "accepted");
    }

    pub async fn what_was_accepted_stays(app: &TestApp) {
        let key = app.tenant("acme").await;
        let audit = audit(app, &key).await;
        let mut new = request(&audit, "Access reviews", "2026-12-07");
        new["external_refs"] = json!([{ "system": "grc", "id": "1" }]);
        let at = make(app, &key, new.clone()).await;
        app.stepped_with(&key, &format!("{at}/provide"), json!({ "note": "See there" })).await;
        let auditor = app.key_as(&key, "auditor").await;
        app.stepped(&auditor, &format!("{at}/accept")).await;
        app.refused(Method::PATCH, &at, &key, Some(json!({ "item": "Something else" })), 409).await;
        app.refused(Method::DELETE, &at, &key, None, 409).await;
        app.refused(Method::POST, &format!("{at}/provide"), &key, Some(json!({ "note": "X" })), 409).await;
        let moved = app.changed(&key, &at, json!({ "due_on": "2026-12-08" })).await;
        assert_eq!((&moved["status"], &moved["note"]), (&json!("accepted"), &json!("See there")));
        let put = |item: &str| {
            let mut resource = new.clone();
            resource["item"] = json!(item);
            json!({ "put": { "external_ref": { "system": "grc", "id": "1" }, "resource": resource } })
        };
        let items = json!({ "items": [put("Access reviews"), put("Another")] });
        let told = app.refused(Method::POST, "/v1/evidence-requests:batch", &key, Some(items), 200).await;
        assert_eq!(texts(&told["items"], "outcome"), ["updated", "refused"]);
        assert_eq!(app.read(&key, &at).await["status"], "accepted");
        let held = format!("/v1/audits/{}", audit.as_str().unwrap());
        assert_eq!(app.refused(Method::DELETE, &held, &key, None, 409).await["code"], "in_use");
    }

    pub async fn requests_are_found_and_due(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (one, other) = (audit(app, &key).await, audit(app, &key).await);
        let control = app.created(&key, "/v1/controls", json!({ "code": "C-1", "title": "Backups" })).await;
        make(app, &key, request(&one, "Later", "2026-12-09")).await;
        let mut new = request(&one, "Sooner", "2026-11-20");
        new["controls"] = json!([control["id"]]);
        let sooner = make(app, &key, new).await;
        make(app, &key, request(&other, "Another audit's", "2026-12-01")).await;
        let items = async |query: &str| {
            let page = app.read(&key, &format!("/v1/evidence-requests?count=true&{query}")).await;
            let items: Vec<_> = texts(&page["data"], "item").into_iter().map(str::to_owned).collect();
            assert_eq!(page["total"], items.len(), "{query}");
            items
        };
        assert_eq!(items("").await, ["Sooner", "Another audit's", "Later"]);
        assert_eq!(items(&format!("sort=-due&audit={}", one.as_str().unwrap())).await, ["Later", "Sooner"]);
        assert_eq!(items(&format!("control={}", control["id"].as_str().unwrap())).await, ["Sooner"]);
        assert_eq!(items("due_before=2026-12-01").await, ["Sooner", "Another audit's"]);
        let due = async || {
            let id = sooner.rsplit('/').next().unwrap();
            app.read(&key, &format!("/v1/milestones?resource={id}")).await["data"][0].clone()
        };
        assert_eq!((&due().await["state"], &due().await["due"]), (&json!("overdue"), &json!("2026-11-20")));
        app.stepped_with(&key, &format!("{sooner}/provide"), json!({ "note": "See there" })).await;
        assert_eq!(due().await["state"], "done");
        assert_eq!(items("status=provided").await, ["Sooner"]);
        let auditor = app.key_as(&key, "auditor").await;
        app.stepped_with(&auditor, &format!("{sooner}/return"), json!({ "reason": "Too short" })).await;
        assert_eq!(due().await["state"], "overdue");
    }
}
