//! A release that knows other rules: the diary that an earlier one wrote is written anew, and what moved is journalled.

use attestd::{calendar::midnight, platform::diary::EDITION};
use futures_util::future::join_all;

use crate::support::{
    diary::{Thing, context, due, expect},
    *,
};

on_both!(
    every_kind_of_date_is_written_anew,
    what_people_added_is_kept_and_what_is_over_is_cancelled,
    several_processes_write_it_once,
    a_rewriting_that_was_cut_off_is_done_by_the_next_pass,
    a_diary_of_this_edition_is_left_alone,
);

/// More than one write holds.
const MANY: usize = 60;

/// Leaves the diary as an earlier release would have.
async fn left(app: &TestApp, by: &str) {
    let mut sql = Sql::unbound(&app.database).await;
    sql.run(&format!("DELETE FROM diary_editions; {by}")).await.unwrap();
}

async fn milestones(app: &TestApp, key: &str) -> Vec<Value> {
    let all = app.read(key, "/v1/milestones?limit=200").await;
    assert!(all["next_cursor"].is_null());
    all["data"].as_array().unwrap().clone()
}

/// What the journal tells of the diary under this type.
async fn told(app: &TestApp, key: &str, kind: &str) -> Vec<Value> {
    let trail = app.read(key, &format!("/v1/journal?sort=seq&limit=200&type={kind}")).await;
    assert!(trail["next_cursor"].is_null());
    trail["data"].as_array().unwrap().clone()
}

/// The ids under this name, in one order.
fn ids<'a>(rows: &'a [Value], name: &str) -> Vec<&'a str> {
    let mut ids: Vec<_> = rows.iter().map(|row| row[name].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}

async fn many_controls(app: &TestApp, key: &str) {
    let new = |n| {
        let code = format!("AC-{n}");
        json!({ "create": { "code": code, "title": "Reviews", "status": "implemented", "frequency": "quarterly" } })
    };
    let body = json!({ "items": (0..MANY).map(new).collect::<Vec<_>>() });
    assert_eq!(app.call(Method::POST, "/v1/controls:batch", key, Some(body)).await.status(), 200);
}

async fn each_control_is_told_once(app: &TestApp, key: &str) {
    midnight::pass(&app.services).await.unwrap();
    let (all, entries) = (milestones(app, key).await, told(app, key, "milestone.rescheduled").await);
    assert_eq!(all.len(), MANY);
    assert_eq!(ids(&entries, "resource_id"), ids(&all, "id"));
}

mod scenario {
    use super::*;

    pub async fn every_kind_of_date_is_written_anew(app: &TestApp) {
        let world = World::of(app, "acme").await;
        let new =
            json!({ "code": "AC-02", "title": "Reviews", "status": "implemented", "frequency": "annual" });
        app.created(&world.key, "/v1/controls", new).await;
        let before = milestones(app, &world.key).await;
        let mut kinds: Vec<_> = before.iter().map(|one| one["resource"]["kind"].as_str().unwrap()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        for kind in [
            "attestation",
            "audit",
            "certification",
            "control",
            "customer_requirement",
            "evidence",
            "evidence_request",
            "objective",
            "policy",
            "risk",
        ] {
            assert!(kinds.contains(&kind), "{kind} among {kinds:?}");
        }
        let moved = "UPDATE milestones SET due = '2020-01-01', window_opens = NULL WHERE owner_id IS NOT NULL; \
                     DELETE FROM milestones WHERE owner_id IS NULL";
        left(app, moved).await;
        midnight::pass(&app.services).await.unwrap();
        assert_eq!(milestones(app, &world.key).await, before, "ids, dates, owners and plans");

        let entries = told(app, &world.key, "milestone.rescheduled").await;
        assert_eq!(ids(&entries, "resource_id"), ids(&before, "id"), "each once");
        for entry in &entries {
            let one = before.iter().find(|one| one["id"] == entry["resource_id"]).unwrap();
            assert_eq!((&entry["after"]["due"], &entry["after"]["owner"]), (&one["due"], &one["owner"]));
            assert_eq!(
                (&entry["actor"], &entry["request_id"]),
                (&json!("system"), &json!(format!("diary-{EDITION}")))
            );
        }
        left(app, "").await;
        midnight::pass(&app.services).await.unwrap();
        assert_eq!(told(app, &world.key, "milestone.rescheduled").await, entries, "nothing moved");
        assert_eq!(told(app, &world.key, "milestone.cancelled").await, Vec::<Value>::new());
    }

    pub async fn what_people_added_is_kept_and_what_is_over_is_cancelled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let body = app.created(&key, "/v1/certification-bodies", json!({ "name": "CB" })).await;
        let new = json!({ "certification_body": body["id"], "standard": "ISO/IEC 27001", "edition": "2022",
            "legal_entity": "Example Cloud GmbH", "scope": "The cloud platform", "number": "ISMS-1",
            "printed": { "decision_on": "2024-03-10", "expires_on": "2027-03-10" } });
        let certificate = app.created(&key, "/v1/certifications", new).await;
        let expiry = app.read(&key, "/v1/milestones?code=expiry").await["data"][0].clone();
        let plan = json!({ "owner": app.first_member(&key).await, "planned_on": "2027-02-01" });
        let at = format!("/v1/milestones/{}", expiry["id"].as_str().unwrap());
        app.changed(&key, &at, plan).await;
        let before = milestones(app, &key).await;

        // Other rules once knew one date, which is no more, and none of those that there are now.
        let id = certificate["id"].as_str().unwrap().to_owned();
        let ctx = context(app, &key).await;
        expect(&ctx, &Thing(id.leak()), &[due("obsolete", None, "2027-06-30", None)]).await.unwrap();
        let obsolete = milestones(app, &key).await;
        assert_eq!(ids(&obsolete, "code"), ["obsolete"]);
        left(app, "UPDATE milestones SET due = '2027-01-31' WHERE code = 'expiry'").await;
        midnight::pass(&app.services).await.unwrap();
        assert_eq!(milestones(app, &key).await, before);
        let entries = told(app, &key, "milestone.rescheduled").await;
        assert_eq!(ids(&entries, "resource_id"), ids(&before, "id"));
        let [cancelled] = &told(app, &key, "milestone.cancelled").await[..] else { panic!("one is over") };
        assert_eq!((&cancelled["resource_id"], &cancelled["after"]), (&obsolete[0]["id"], &Value::Null));
    }

    pub async fn several_processes_write_it_once(app: &TestApp) {
        let key = app.tenant("acme").await;
        many_controls(app, &key).await;
        left(app, "DELETE FROM milestones").await;
        let (_, other) = app.sibling();
        let passes = (0..4).map(|n| midnight::pass(if n % 2 == 0 { &app.services } else { &other }));
        assert!(join_all(passes).await.iter().all(Result::is_ok));
        each_control_is_told_once(app, &key).await;
    }

    pub async fn a_rewriting_that_was_cut_off_is_done_by_the_next_pass(app: &TestApp) {
        let key = app.tenant("acme").await;
        many_controls(app, &key).await;
        left(app, "DELETE FROM milestones").await;
        let services = app.services.clone();
        let pass = tokio::spawn(async move { midnight::pass(&services).await });
        let begun = async || (!told(app, &key, "milestone.rescheduled").await.is_empty()).then_some(());
        eventually(begun).await;
        pass.abort();
        // It may have been over by then.
        drop(pass.await);
        each_control_is_told_once(app, &key).await;
    }

    pub async fn a_diary_of_this_edition_is_left_alone(app: &TestApp) {
        let key = app.tenant("acme").await;
        many_controls(app, &key).await;
        let mut sql = Sql::unbound(&app.database).await;
        // A new tenant's is; that of a newer release, which serves beside this one, is not taken back.
        for edition in [EDITION, EDITION + 1] {
            let noted = format!("SELECT count(*) FROM diary_editions WHERE edition = {edition}");
            assert_eq!(sql.number(&noted).await, 1);
            sql.run("DELETE FROM milestones").await.unwrap();
            midnight::pass(&app.services).await.unwrap();
            assert_eq!(milestones(app, &key).await, Vec::<Value>::new());
            sql.run("UPDATE diary_editions SET edition = edition + 1").await.unwrap();
        }
        left(app, "").await;
        each_control_is_told_once(app, &key).await;
        assert_eq!(
            sql.number(&format!("SELECT count(*) FROM diary_editions WHERE edition = {EDITION}")).await,
            1
        );
    }
}
