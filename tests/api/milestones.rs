//! The diary's write side through an app's services, and the room that reads it through the public API.

use attestd::platform::{db::Statements, diary::Due};

use crate::support::{
    diary::{A, B, context, counting, due, expect},
    *,
};

on_both!(
    the_diary_is_listed_by_due_date_and_state,
    dates_move_and_come_back_with_what_people_added,
    only_what_moved_is_written,
    people_add_an_owner_and_a_plan,
    other_tenants_see_no_milestones,
    graphql_reads_and_changes_the_diary,
);

/// The app's today is 2026-11-24.
fn a_life() -> Vec<Due> {
    vec![
        due("late_done", Some("2025-12-10"), "2026-03-10", Some("2026-04-22")),
        due("overdue", Some("2026-06-01"), "2026-11-23", None),
        due("today", None, "2026-11-24", None),
        due("open", Some("2026-11-24"), "2027-02-22", None),
        due("upcoming", Some("2026-11-25"), "2027-02-22", None),
    ]
}

fn codes(page: &Value) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

mod scenario {
    use super::*;

    pub async fn the_diary_is_listed_by_due_date_and_state(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        expect(&ctx, &A, &a_life()).await.unwrap();
        expect(&ctx, &B, &[due("other", None, "2026-12-31", None)]).await.unwrap();
        let list = async |query: &str| app.read(&key, &format!("/v1/milestones?{query}")).await;

        let all = list("count=true").await;
        assert_eq!(all["total"], 6);
        assert_eq!(codes(&all)[..4], ["late_done", "overdue", "today", "other"]);
        let first = &all["data"][0];
        assert_eq!(first["resource"], json!({ "kind": "certification", "id": A.0 }));
        assert_eq!((&first["state"], &first["days_late"]), (&json!("done"), &json!(43)));
        assert_eq!(first["overdue_from"], "2026-03-11");
        assert_eq!(first["rule"]["id"], "A-10");
        assert_eq!(first["inputs"][0], json!({ "name": "decision_date", "value": "2025-03-10" }));
        assert_eq!(first["window_opens"], "2025-12-10");
        assert!(first["id"].as_str().unwrap().starts_with("mls_"));

        for (query, wanted) in [
            ("due_before=2026-11-23", vec!["late_done", "overdue"]),
            ("due_after=2026-11-23&due_before=2026-12-31", vec!["overdue", "today", "other"]),
            ("state=overdue", vec!["overdue"]),
            ("state=upcoming", vec!["upcoming"]),
            ("state=done", vec!["late_done"]),
            ("state=done&state=overdue", vec!["late_done", "overdue"]),
            ("state=overdue&state=open&due_before=2026-12-30", vec!["overdue", "today"]),
            ("state=upcoming&state=done", vec!["late_done", "upcoming"]),
            ("state=overdue&as_of=2026-04-21", vec!["late_done"]),
            ("state=done&as_of=2026-04-21", vec![]),
            ("state=open&as_of=2026-03-10&due_before=2026-12-01", vec!["late_done", "today"]),
            ("code=open", vec!["open"]),
            ("kind=certification&due_before=2026-11-24&state=open", vec!["today"]),
            ("kind=risk", vec![]),
            (&format!("resource={}", B.0), vec!["other"]),
        ] {
            let found = list(&format!("count=true&{query}")).await;
            assert_eq!(codes(&found), wanted, "{query}");
            assert_eq!(found["total"], wanted.len(), "{query}");
        }
        pages_meet(&list).await;
        for wrong in ["due_before=soon", "state=late", "owner=ctl_1", "colour=red", "sort=code"] {
            let refused = app.call(Method::GET, &format!("/v1/milestones?{wrong}"), &key, None).await;
            assert_eq!(refused.status(), 400, "{wrong}");
        }
    }

    async fn pages_meet(list: &impl AsyncFn(&str) -> Value) {
        for sort in ["due", "-due"] {
            let whole = list(&format!("sort={sort}")).await;
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = list(&format!("sort={sort}&limit=2{cursor}")).await;
                seen.extend(page["data"].as_array().unwrap().clone());
                let Some(next) = page["next_cursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(&seen, whole["data"].as_array().unwrap(), "{sort}");
        }
    }

    pub async fn dates_move_and_come_back_with_what_people_added(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        let owner = ctx.caller().member.to_string();
        expect(&ctx, &A, &[due("s1", None, "2027-01-01", None), due("s2", None, "2028-01-01", None)])
            .await
            .unwrap();
        let before = app.read(&key, "/v1/milestones?code=s1").await["data"][0].clone();
        let at = format!("/v1/milestones/{}", before["id"].as_str().unwrap());
        let patch = json!({ "owner": owner, "planned_on": "2026-12-15" });
        let any = [("if-match", "*")];
        assert_eq!(app.call_with(Method::PATCH, &at, &key, Some(patch), &any).await.status(), 200);

        expect(&ctx, &A, &[due("s1", None, "2027-02-01", None)]).await.unwrap();
        let moved = app.read(&key, &at).await;
        assert_eq!((&moved["due"], &moved["owner"]), (&json!("2027-02-01"), &json!(owner)));
        assert_eq!(codes(&app.read(&key, "/v1/milestones").await), ["s1"], "s2 no longer holds");

        expect(&ctx, &A, &[]).await.unwrap();
        assert_eq!(app.call(Method::GET, &at, &key, None).await.status(), 404);
        assert_eq!(app.call_with(Method::PATCH, &at, &key, Some(json!({})), &any).await.status(), 404);
        expect(&ctx, &A, &[due("s1", None, "2027-03-01", None)]).await.unwrap();
        let back = app.read(&key, &at).await;
        assert_eq!((&back["due"], &back["owner"]), (&json!("2027-03-01"), &json!(owner)));
        assert_eq!((&back["planned_on"], &back["version"]), (&json!("2026-12-15"), &json!(2)));
    }

    pub async fn only_what_moved_is_written(app: &TestApp) {
        let key = app.tenant("acme").await;
        let statements = Statements::default();
        let ctx = counting(app, &key, &statements).await;
        let cost = async |dues: &[Due]| {
            let before = statements.count();
            expect(&ctx, &A, dues).await.unwrap();
            statements.count() - before
        };
        let mut life = a_life();
        let added = cost(&life).await;
        let unmoved = cost(&life).await;
        life[2].due = "2026-12-24".parse().unwrap();
        let moved = cost(&life).await;
        let cancelled = cost(&[]).await;
        assert_eq!((added - unmoved, moved - unmoved, cancelled - unmoved), (5, 1, 1));
    }

    pub async fn people_add_an_owner_and_a_plan(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        expect(&ctx, &A, &[due("s1", None, "2027-01-01", None)]).await.unwrap();
        let person = json!({ "kind": "person", "name": "Auditee", "role": "viewer" });
        let member: Value =
            app.call(Method::POST, "/v1/members", &key, Some(person)).await.json().await.unwrap();
        let member = member["id"].as_str().unwrap();
        let id = app.read(&key, "/v1/milestones").await["data"][0]["id"].as_str().unwrap().to_owned();
        let at = format!("/v1/milestones/{id}");
        let change = async |patch: Value, etag: &str| {
            app.call_with(Method::PATCH, &at, &key, Some(patch), &[("if-match", etag)]).await
        };

        assert_eq!(app.call(Method::PATCH, &at, &key, Some(json!({}))).await.status(), 428);
        let patch = json!({ "owner": member, "planned_on": "2027-05-01" });
        let changed = change(patch.clone(), "\"1\"").await;
        assert_eq!(changed.status(), 200);
        let changed: Value = changed.json().await.unwrap();
        assert_eq!((&changed["planned_on"], &changed["version"]), (&json!("2027-05-01"), &json!(2)));
        assert_eq!(change(patch, "\"1\"").await.status(), 412);
        assert_eq!(change(json!({ "due": "2030-01-01" }), "*").await.status(), 400);
        let nobody = json!({ "owner": "mem_00000000000000000000000000000000" });
        let refused = change(nobody, "*").await;
        assert_eq!(refused.status(), 422);
        assert_eq!(refused.json::<Value>().await.unwrap()["errors"][0]["pointer"], "/owner");

        let owned = app.read(&key, &format!("/v1/milestones?owner={member}")).await;
        assert_eq!(codes(&owned), ["s1"]);
        let trail = app.read(&key, &format!("/v1/journal?resource={id}")).await;
        assert_eq!(trail["data"].as_array().unwrap().len(), 1);
        assert_eq!(trail["data"][0]["type"], "milestone.updated");
        assert_eq!(trail["data"][0]["after"]["owner"], member);
        assert!(trail["data"][0]["after"].get("state").is_none(), "nothing derived");

        let leave = format!("/v1/members/{member}");
        let any = [("if-match", "*")];
        assert_eq!(app.call_with(Method::DELETE, &leave, &key, None, &any).await.status(), 409);
        expect(&ctx, &A, &[]).await.unwrap();
        assert_eq!(app.call_with(Method::DELETE, &leave, &key, None, &any).await.status(), 204);
    }

    pub async fn other_tenants_see_no_milestones(app: &TestApp) {
        let (mine, other) = (app.tenant("mine").await, app.tenant("other").await);
        let (here, there) = (context(app, &mine).await, context(app, &other).await);
        expect(&here, &A, &[due("s1", None, "2027-01-01", None)]).await.unwrap();
        let id = app.read(&mine, "/v1/milestones").await["data"][0]["id"].clone();
        let at = format!("/v1/milestones/{}", id.as_str().unwrap());
        assert_eq!(app.read(&other, "/v1/milestones?count=true").await["total"], 0);
        for (method, patch) in [(Method::GET, None), (Method::PATCH, Some(json!({})))] {
            let answer = app.call_with(method, &at, &other, patch, &[("if-match", "*")]).await;
            assert_eq!(answer.status(), 404);
        }
        let stranger = json!({ "owner": there.caller().member.to_string() });
        let refused = app.call_with(Method::PATCH, &at, &mine, Some(stranger), &[("if-match", "*")]).await;
        assert_eq!(refused.status(), 422, "another tenant's member is nobody here");
        expect(&there, &A, &[due("s1", None, "2027-01-01", None)]).await.unwrap();
        assert_ne!(app.read(&other, "/v1/milestones").await["data"][0]["id"], id);
    }

    pub async fn graphql_reads_and_changes_the_diary(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        expect(&ctx, &A, &a_life()).await.unwrap();
        let ask = async |query: String| {
            let answer = app.call(Method::POST, "/graphql", &key, Some(json!({ "query": query }))).await;
            answer.json::<Value>().await.unwrap()
        };
        let found = ask(
            "{ milestones(filter: { state: [OVERDUE], dueBefore: \"2026-12-31\" }) { totalCount nodes {
                id code due state daysLate version owner { id } rule { id basis } inputs { name } resource { id } } } }"
                .to_owned(),
        )
        .await;
        let one = &found["data"]["milestones"]["nodes"][0];
        assert_eq!(found["data"]["milestones"]["totalCount"], 1, "{found}");
        assert_eq!(
            (&one["code"], &one["state"], &one["daysLate"]),
            (&json!("overdue"), &json!("OVERDUE"), &json!(1))
        );
        assert_eq!((&one["owner"], &one["rule"]["basis"]), (&Value::Null, &json!("NORMATIVE")));
        let (id, owner) = (one["id"].as_str().unwrap(), ctx.caller().member);
        let update = |version: i32, owner: &str| {
            ask(format!(
                "mutation {{ updateMilestone(id: \"{id}\", expectedVersion: {version}, input: {{ owner: \"{owner}\" }})
                 {{ version ownerId owner {{ id role }} }} }}"
            ))
        };
        let changed = update(1, &owner.to_string()).await;
        let changed = &changed["data"]["updateMilestone"];
        assert_eq!(changed["version"], 2);
        assert_eq!((&changed["ownerId"], &changed["owner"]["id"]), (&json!(owner), &json!(owner)));
        let stale = update(1, &owner.to_string()).await;
        assert_eq!(stale["errors"][0]["extensions"]["code"], "stale_version");
        let nobody = update(2, "mem_00000000000000000000000000000000").await;
        assert_eq!(nobody["errors"][0]["extensions"]["code"], "unprocessable");
        let past = ask(format!("{{ milestone(id: \"{id}\", asOf: \"2026-05-01\") {{ state }} }}")).await;
        assert_eq!(past["data"]["milestone"]["state"], "UPCOMING");
    }
}
