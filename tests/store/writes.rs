//! What a write takes, however much follows from it: a constant number of statements, and one for each date that moves.

use crate::{
    support::*,
    watch::{SqlLog, watched},
};

on_both!(certificates_follow_at_once, controls_follow_at_once, frameworks_go_at_once);

/// A held certificate of this certification body.
fn certificate(body: &Value, number: usize) -> Value {
    json!({
        "certification_body": body["id"], "number": format!("ISMS-{number}"), "standard": "ISO/IEC 27001",
        "edition": "2022", "legal_entity": "Example Cloud GmbH", "scope": "The cloud platform",
        "printed": { "decision_on": "2025-03-10", "expires_on": "2028-03-10" },
    })
}

/// The dates of certificates in the diary.
async fn dates(app: &TestApp, key: &str) -> Vec<Value> {
    let page = app.read(key, "/v1/milestones?kind=certification&limit=200").await;
    assert!(page["next_cursor"].is_null(), "a page holds them all");
    page["data"].as_array().unwrap().clone()
}

/// Statements of a write beside those for the dates of certificates that it moved, and how many those are.
async fn cost(app: &TestApp, key: &str, method: Method, path: &str, body: Value) -> (usize, usize) {
    let before = dates(app, key).await;
    let answer = app.call_with(method, path, key, Some(body), &[("if-match", "*")]).await;
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    let taken = usize::try_from(statements(&answer)).unwrap();
    let moved = dates(app, key).await.iter().filter(|one| !before.contains(one)).count();
    (taken - moved, moved)
}

#[test]
fn a_certificate_is_stored_once() {
    watched(Engine::Sqlite, stored_once);
    watched(Engine::Postgres, stored_once);
}

async fn stored_once(engine: Engine, log: SqlLog) {
    let app = TestApp::start(engine).await;
    let key = app.tenant("acme").await;
    let body = app.created(&key, "/v1/certification-bodies", json!({ "name": "CB" })).await;
    let made = app.created(&key, "/v1/certifications", certificate(&body, 1)).await;
    let at = format!("/v1/certifications/{}", made["id"].as_str().unwrap());
    for (patch, refers) in [
        (json!({ "revision": "B" }), false),
        (json!({ "external_refs": [{ "system": "crm", "id": "1" }] }), true),
        (json!({ "revision": "C" }), false),
    ] {
        log.written();
        app.changed(&key, &at, patch).await;
        let written = log.written();
        // The first name in a statement that writes is its table's.
        let of =
            |table: &str| written.iter().filter(|sql| sql.split(['"', '`']).nth(1) == Some(table)).count();
        assert_eq!(of("certifications"), 1, "{written:#?}");
        assert_eq!(of("external_refs") > 0, refers, "{written:#?}");
    }
}

/// Whether a statement names a table or a column; each engine quotes in its own way.
fn names(sql: &str, name: &str) -> bool {
    sql.contains(&format!("\"{name}\"")) || sql.contains(&format!("`{name}`"))
}

#[test]
fn those_that_a_record_follows_are_read_once() {
    watched(Engine::Sqlite, read_once);
    watched(Engine::Postgres, read_once);
}

async fn read_once(engine: Engine, log: SqlLog) {
    let app = TestApp::start(engine).await;
    let key = app.tenant("acme").await;
    let path = "/v1/isms/management-reviews";
    let held = |on: &str| json!({ "title": format!("Review of {on}"), "planned_on": on, "held_on": on });
    let first = app.created(&key, path, held("2026-10-01")).await;
    log.take();
    let second = app.created(&key, path, held("2026-11-02")).await;
    let by_status = |sql: &&String| {
        let asked = sql.split_once(" WHERE ").map(|(_, asked)| asked);
        names(sql, "isms_records") && asked.is_some_and(|asked| names(asked, "status"))
    };
    let read = log.take();
    assert_eq!(read.iter().filter(by_status).count(), 1, "{read:#?}");
    let first = app.read(&key, &format!("{path}/{}", first["id"].as_str().unwrap())).await;
    assert_eq!(first["followed_by"], second["id"]);
}

mod scenario {
    use super::*;

    pub async fn certificates_follow_at_once(app: &TestApp) {
        let mut taken = Vec::new();
        for many in [2, 6] {
            let key = app.tenant(&format!("acme-{many}")).await;
            let accredited = json!({ "accreditation_body": "Example Accreditation Service",
                "scope": "ISO/IEC 27001", "granted_on": "2010-01-01" });
            let cb = json!({ "name": "CB", "accreditations": [accredited] });
            let body = app.created(&key, "/v1/certification-bodies", cb).await;
            for number in 0..many {
                app.created(&key, "/v1/certifications", certificate(&body, number)).await;
            }
            let body = format!("/v1/certification-bodies/{}", body["id"].as_str().unwrap());
            let mut renewed = accredited;
            renewed["recognition"] = json!("IAF MLA");
            let renewed = json!({ "accreditations": [renewed] });
            let settings = json!({ "later_surveillance": "decision" });
            let reviews = "/v1/isms/management-reviews";
            let (first, settled) = cost(app, &key, Method::POST, reviews, review("2026-10-01")).await;
            assert_eq!(settled, many, "a review is told of each certificate");
            let (second, _) = cost(app, &key, Method::POST, reviews, review("2026-11-02")).await;
            let (accreditation, _) = cost(app, &key, Method::PATCH, &body, renewed).await;
            let (default, _) = cost(app, &key, Method::PATCH, "/v1/certification-settings", settings).await;
            taken.push([first, second, accreditation, default]);
        }
        assert_eq!(taken[0], taken[1], "however many certificates there are");
    }

    pub async fn controls_follow_at_once(app: &TestApp) {
        let mut taken = Vec::new();
        for many in [2, 6] {
            let key = app.tenant(&format!("acme-{many}")).await;
            let mut controls = Vec::new();
            for n in 0..many {
                let new = json!({ "code": format!("C-{n}"), "title": "A control", "status": "implemented",
                    "frequency": "monthly", "freshness_days": 30 });
                controls.push(app.created(&key, "/v1/controls", new).await["id"].clone());
            }
            let new = json!({ "kind": "statement", "title": "Seen", "controls": controls,
                "content": { "statement": "It was looked at." } });
            let made = app.created(&key, "/v1/evidence", new).await;
            let at = format!("/v1/evidence/{}/submit", made["id"].as_str().unwrap());
            let answer = app.call_with(Method::POST, &at, &key, None, &[("if-match", "*")]).await;
            assert_eq!(answer.status(), 200);
            taken.push(statements(&answer));
        }
        assert_eq!(taken[0], taken[1], "however many controls it is linked to");
    }

    pub async fn frameworks_go_at_once(app: &TestApp) {
        let at = "/v1/frameworks/x-schedule";
        let refs = |id: String| json!([{ "system": "grc", "id": id }]);
        let mut taken = Vec::new();
        for many in [2, 6] {
            let key = app.tenant(&format!("acme-{many}")).await;
            let clause = |n: u32| {
                json!({ "id": n.to_string(), "title": "A clause",
                    "external_refs": refs(format!("R-{n}")) })
            };
            let clauses: Vec<_> = (1..=many).map(clause).collect();
            let framework = json!({ "key": "x-schedule", "name": "Security schedule",
                "external_refs": refs("F-1".to_owned()), "requirements": clauses });
            // The second has the names that the first left.
            for _ in 0..2 {
                app.created(&key, "/v1/frameworks", framework.clone()).await;
                for n in 1..=many {
                    let mapping = json!({ "requirement": n.to_string(), "relationship": "intersects",
                        "counterpart": { "framework": "iso27001-2022", "id": "A.5.18" },
                        "rationale": "They ask for much the same", "external_refs": refs(format!("M-{n}")) });
                    app.created(&key, &format!("{at}/mappings"), mapping).await;
                }
                let answer = app.call_with(Method::DELETE, at, &key, None, &[("if-match", "*")]).await;
                assert_eq!(answer.status(), 204);
                // The journal has an entry for each, and one for the framework.
                taken.push(statements(&answer) - (2 * many + 1));
            }
        }
        assert_eq!(taken, [taken[0]; 4], "however many requirements and mappings it has");
    }
}
