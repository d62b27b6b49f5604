//! Two writers of one resource at once: whoever comes second is told, and nothing is journalled that did not happen.
//! SQLite has one writer at a time; these run on PostgreSQL.

use super::cuts::Hold;
use crate::support::*;

const DAY: &str = "2026-11-01";

/// One fresh resource of each kind that nothing refers to: its table and path.
async fn fresh(app: &TestApp, key: &str) -> Vec<(&'static str, String)> {
    let body = json!({ "name": "A body", "external_refs": [{ "system": "crm", "id": "free" }] });
    let control = json!({
        "code": "A-1", "title": "A control", "requirements": [{ "framework": "soc2-2017", "id": "CC6.1" }],
    });
    let tested = app.created(key, "/v1/controls", json!({ "code": "A-2", "title": "A control" })).await;
    let tests = format!("/v1/controls/{}/tests", tested["id"].as_str().unwrap());
    let test = json!({ "kind": "design", "procedure": "Read it", "result": "passed", "performed_on": DAY });
    let risk = json!({ "code": "R-1", "title": "A risk" });
    let mut made = Vec::new();
    for (table, path, input) in [
        ("controls", "/v1/controls", control),
        ("control_tests", tests.as_str(), test),
        ("certification_bodies", "/v1/certification-bodies", body),
        ("risks", "/v1/risks", risk),
    ] {
        let id = app.created(key, path, input).await["id"].as_str().unwrap().to_owned();
        made.push((table, format!("{path}/{id}")));
    }
    made
}

/// Sends a change of a row that another writer has changed and not yet committed; then that one commits.
async fn overtaken(
    app: &TestApp,
    key: &str,
    method: Method,
    (table, path): &(&str, String),
    body: Option<Value>,
) {
    let mut sql = Sql::unbound(&app.database).await;
    let id = path.rsplit_once('_').unwrap().1;
    let change = format!("BEGIN; UPDATE {table} SET version = version + 1 WHERE id = '{id}'");
    sql.run(&change).await.unwrap();
    let mut hold = Hold::Rows(sql);
    let first = async {
        hold.until_someone_waits(app).await;
        let Hold::Rows(mut sql) = hold else { unreachable!("as made above") };
        sql.run("COMMIT").await.unwrap();
    };
    let (refused, ()) = tokio::join!(app.refused(method, path, key, body, 412), first);
    assert_eq!(refused["code"], "stale_version", "{path}");
    assert_eq!(app.read(key, path).await["version"], 2, "{path}");
    let events = app.events(key, path.rsplit_once('/').unwrap().1).await;
    assert_eq!(events.len(), 1, "{path}: {events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_changed_meanwhile_is_not_deleted() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    for one in fresh(&app, &key).await {
        overtaken(&app, &key, Method::DELETE, &one, None).await;
        app.deleted(&key, &one.1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_comes_second_goes_no_further() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    let taken = json!([{ "system": "crm", "id": "taken" }]);
    for (table, path, one, other) in [
        (
            "controls",
            "/v1/controls",
            json!({ "code": "A-1", "title": "A" }),
            json!({ "code": "A-2", "title": "B" }),
        ),
        ("certification_bodies", "/v1/certification-bodies", json!({ "name": "A" }), json!({ "name": "B" })),
        (
            "members",
            "/v1/members",
            json!({ "kind": "person", "name": "A", "role": "viewer" }),
            json!({ "kind": "person", "name": "B", "role": "viewer" }),
        ),
        (
            "risks",
            "/v1/risks",
            json!({ "code": "R-1", "title": "A" }),
            json!({ "code": "R-2", "title": "B" }),
        ),
    ] {
        let mut other = other;
        other["external_refs"] = taken.clone();
        app.created(&key, path, other).await;
        let id = app.created(&key, path, one).await["id"].as_str().unwrap().to_owned();
        // It would be refused with 409, were its references written although its row was not.
        let patch = json!({ "external_refs": taken });
        overtaken(&app, &key, Method::PATCH, &(table, format!("{path}/{id}")), Some(patch)).await;
    }
}

/// A change of the default settings waits for a certificate that is being entered with them, and does not miss it.
#[tokio::test(flavor = "multi_thread")]
async fn no_certificate_misses_a_change_of_the_default() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    let body = app.created(&key, "/v1/certification-bodies", json!({ "name": "CB" })).await;
    let certificate = json!({
        "certification_body": body["id"], "number": "ISMS-1", "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Example Cloud GmbH", "scope": "The cloud platform",
        "printed": { "decision_on": "2025-03-10", "expires_on": "2028-03-10" },
    });
    // The certificate waits for the journal with the settings in its hands, and their change for the certificate.
    let mut hold = Hold::of(&app, &key).await;
    let changes = async {
        hold.until_waiting(&app, 1).await;
        let frees = async {
            hold.until_waiting(&app, 2).await;
            drop(hold);
        };
        let patch = json!({ "reminder_days": [5] });
        tokio::join!(app.changed(&key, "/v1/certification-settings", patch), frees).0
    };
    let (_, changed) = tokio::join!(app.created(&key, "/v1/certifications", certificate), changes);
    assert_eq!(changed["version"], 1);
    let expiry = app.read(&key, "/v1/milestones?code=expiry").await["data"][0].clone();
    assert_eq!(expiry["reminders"], json!(["2028-03-05"]));
}

/// A batch of certificates and a change of their default settings hold the settings first, and then the certificates.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_certificates_and_their_default_wait_for_each_other() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    let body = app.created(&key, "/v1/certification-bodies", json!({ "name": "CB" })).await;
    let certificate = |number: &str| {
        json!({
            "certification_body": body["id"], "number": number, "standard": "ISO/IEC 27001", "edition": "2022",
            "legal_entity": "Example Cloud GmbH", "scope": "The cloud platform",
            "printed": { "decision_on": "2025-03-10", "expires_on": "2028-03-10" },
        })
    };
    let mut items = Vec::new();
    for number in ["ISMS-1", "ISMS-2"] {
        let id = app.created(&key, "/v1/certifications", certificate(number)).await["id"].clone();
        items.push(json!({ "update": { "id": id, "version": 1, "patch": { "revision": "B" } } }));
    }
    items.push(json!({ "create": certificate("ISMS-3") }));
    // The batch waits for a certificate, and the change of the default for what the batch holds by then.
    let mut sql = Sql::unbound(&app.database).await;
    sql.run("BEGIN; UPDATE certifications SET version = version WHERE number = 'ISMS-2'").await.unwrap();
    let mut hold = Hold::Rows(sql);
    let changes = async {
        hold.until_waiting(&app, 1).await;
        let frees = async {
            hold.until_waiting(&app, 2).await;
            drop(hold);
        };
        let patch = json!({ "reminder_days": [5] });
        tokio::join!(app.changed(&key, "/v1/certification-settings", patch), frees).0
    };
    let many = json!({ "items": items });
    let (told, _) = tokio::join!(app.stepped_with(&key, "/v1/certifications:batch", many), changes);
    assert_eq!(told["refused"], 0, "{told}");
}

/// A matrix that loses a step waits for a risk that is being estimated on it, and is refused then.
#[tokio::test(flavor = "multi_thread")]
async fn no_risk_falls_out_of_a_matrix_that_shrinks() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    let risk = json!({ "code": "R-1", "title": "A risk", "residual": { "likelihood": 5, "impact": 5 } });
    let steps: Vec<_> = (1..=4).map(|n| json!({ "label": format!("Step {n}") })).collect();
    let smaller = json!({ "likelihood": steps, "levels": [
        { "key": "any", "label": "Any", "color": "#ffffff", "from_score": 1 },
    ] });
    // The risk waits for the journal with the matrix in its hands, and the change of the matrix for the risk.
    let mut hold = Hold::of(&app, &key).await;
    let shrinks = async {
        hold.until_waiting(&app, 1).await;
        let frees = async {
            hold.until_waiting(&app, 2).await;
            drop(hold);
        };
        tokio::join!(app.refused(Method::PATCH, "/v1/risk-matrix", &key, Some(smaller), 409), frees).0
    };
    let (_, refused) = tokio::join!(app.created(&key, "/v1/risks", risk), shrinks);
    assert!(refused["detail"].as_str().unwrap().contains("(R-1)"), "{refused}");
}

/// A finding is due by the expiry of the certificate that follows it: whoever writes one of them waits for the other.
#[tokio::test(flavor = "multi_thread")]
async fn a_finding_and_an_event_of_its_certificate_wait_for_each_other() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    let id = |made: &Value| made["id"].as_str().unwrap().to_owned();
    let body = app.created(&key, "/v1/certification-bodies", json!({ "name": "CB" })).await;
    let certificate = json!({
        "certification_body": body["id"], "number": "ISMS-1", "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Example Cloud GmbH", "scope": "The cloud platform",
        "printed": { "decision_on": "2024-01-10", "expires_on": "2027-01-10" },
    });
    let certificate = id(&app.created(&key, "/v1/certifications", certificate).await);
    let audit = json!({ "kind": "recertification", "title": "Recertification", "planned_start": "2026-11-02",
        "certification": certificate });
    let audit = id(&app.created(&key, "/v1/audits", audit).await);
    let done = json!({ "ended_on": "2026-11-02", "conclusion": "positive" });
    app.stepped_with(&key, &format!("/v1/audits/{audit}/complete"), done).await;
    let finding = json!({ "title": "A major", "grade": "major", "statement": "Three of ten.",
        "raised_on": "2026-11-02", "audit": audit });
    let finding = format!("/v1/findings/{}", id(&app.created(&key, "/v1/findings", finding).await));
    assert_eq!(app.read(&key, &finding).await["due"]["due_on"], "2027-01-10", "the expiry");

    // The change of the finding waits for its row, and the event, which moves the expiry, for the finding.
    let mut sql = Sql::unbound(&app.database).await;
    sql.run("BEGIN; UPDATE findings SET version = version").await.unwrap();
    let mut hold = Hold::Rows(sql);
    let events = format!("/v1/certifications/{certificate}/events");
    let corrected = json!({ "type": "registered_existing",
        "printed": { "decision_on": "2024-02-10", "expires_on": "2027-02-10" } });
    let event = async {
        hold.until_waiting(&app, 1).await;
        let frees = async {
            hold.until_waiting(&app, 2).await;
            drop(hold);
        };
        tokio::join!(app.created(&key, &events, corrected), frees)
    };
    let patch = json!({ "title": "A major, in short" });
    tokio::join!(app.changed(&key, &finding, patch), event);
    let told = app.read(&key, &finding).await;
    assert_eq!((&told["title"], &told["version"]), (&json!("A major, in short"), &json!(2)));
    assert_eq!(told["due"]["due_on"], "2027-01-31", "90 days, which end before the later expiry");
}

/// Two batches that each name two resources, the second the other way round: it begins once the first waits for the row that
/// this statement holds, and both are done.
struct ThereAndBack {
    /// Where the two resources are made, and of what.
    named: (&'static str, [Value; 2]),
    /// Where the batches go.
    batch: &'static str,
    /// The item that names a resource, by its id.
    item: fn(&Value) -> Value,
    /// What holds the first of them.
    holds: &'static str,
}

impl ThereAndBack {
    async fn run(self) {
        let app = TestApp::start(Engine::Postgres).await;
        let key = app.tenant("acme").await;
        let (path, [one, other]) = self.named;
        let one = app.created(&key, path, one).await;
        let other = app.created(&key, path, other).await;
        let items = [(self.item)(&one["id"]), (self.item)(&other["id"])];
        let batch = |items: [&Value; 2]| {
            let (app, key, many) = (&app, &key, json!({ "items": items }));
            async move { app.stepped_with(key, self.batch, many).await }
        };
        let mut sql = Sql::unbound(&app.database).await;
        sql.run(&format!("BEGIN; {}", self.holds)).await.unwrap();
        let mut hold = Hold::Rows(sql);
        let second = async {
            hold.until_waiting(&app, 1).await;
            let frees = async {
                hold.until_waiting(&app, 2).await;
                drop(hold);
            };
            tokio::join!(batch([&items[1], &items[0]]), frees).0
        };
        let (first, second) = tokio::join!(batch([&items[0], &items[1]]), second);
        assert_eq!((&first["refused"], &second["refused"]), (&json!(0), &json!(0)), "{first} {second}");
    }
}

/// Two batches of evidence that name the same controls the other way round.
#[tokio::test(flavor = "multi_thread")]
async fn batches_of_evidence_wait_for_each_other() {
    let control = |code: &str| json!({ "code": code, "title": "A control" });
    let item = |control: &Value| {
        json!({ "create": { "kind": "statement", "title": "Seen", "controls": [control],
            "content": { "statement": "It was looked at." } } })
    };
    let named = ("/v1/controls", [control("C-1"), control("C-2")]);
    let holds = "UPDATE controls SET version = version WHERE code = 'C-1'";
    ThereAndBack { named, batch: "/v1/evidence:batch", item, holds }.run().await;
}

/// Two batches of corrective actions of the same findings the other way round.
#[tokio::test(flavor = "multi_thread")]
async fn batches_of_corrective_actions_wait_for_each_other() {
    let finding = |title: &str| json!({ "title": title, "grade": "minor", "statement": "Three of ten." });
    let item = |finding: &Value| json!({ "create": { "finding": finding, "title": "Leavers are told" } });
    let named = ("/v1/findings", [finding("F-1"), finding("F-2")]);
    let holds = "UPDATE findings SET version = version WHERE title = 'F-1'";
    ThereAndBack { named, batch: "/v1/corrective-actions:batch", item, holds }.run().await;
}

/// Two batches of fieldwork for the same engagements the other way round.
#[tokio::test(flavor = "multi_thread")]
async fn batches_of_fieldwork_wait_for_each_other() {
    let engagement = |name: &str| json!({ "name": name, "report": "type_2", "scope": name });
    let item = |engagement: &Value| {
        json!({ "create": { "kind": "soc2_fieldwork", "title": "Fieldwork", "planned_start": "2026-12-14",
            "attestation": engagement } })
    };
    let named = ("/v1/attestations", [engagement("E-1"), engagement("E-2")]);
    let holds = "UPDATE attestations SET version = version WHERE name = 'E-1'";
    ThereAndBack { named, batch: "/v1/audits:batch", item, holds }.run().await;
}

/// Two who show a token of the same provider: the second waits for the first, and finds it proved.
#[tokio::test(flavor = "multi_thread")]
async fn who_checks_second_finds_the_provider_proved() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    let provider = json!({ "name": "Directory", "issuer": app.provider().issuer("acme"), "audience": AUDIENCE,
        "algorithms": ["EdDSA"] });
    let made = app.created(&key, "/v1/identity-providers", provider).await;
    let id = made["id"].as_str().unwrap();
    let check = format!("/v1/identity-providers/{id}/check");
    let token = json!({ "token": app.provider().token("acme", json!({ "sub": "owner" })) });
    // Both wait for its row, and neither has found it proved.
    let mut sql = Sql::unbound(&app.database).await;
    sql.run("BEGIN; UPDATE identity_providers SET version = version").await.unwrap();
    let mut hold = Hold::Rows(sql);
    let frees = async {
        hold.until_waiting(&app, 2).await;
        drop(hold);
    };
    let checked = || app.stepped_with(&key, &check, token.clone());
    let (first, second, ()) = tokio::join!(checked(), checked(), frees);
    for told in [first, second] {
        assert_eq!((&told["proven"], &told["problem"]), (&json!(true), &Value::Null), "{told}");
    }
    let events = app.events(&key, id).await;
    assert_eq!(texts(&json!(events), "type"), ["identity_provider.created", "identity_provider.proven"]);
}

/// Two who measure the same objective: the second waits for the first, and both are recorded.
#[tokio::test(flavor = "multi_thread")]
async fn who_measures_second_waits_for_the_objective() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    let objective = json!({
        "title": "Everybody is trained",
        "measure": { "what": "Staff trained", "unit": "%", "target": 95, "direction": "at_least" },
    });
    let id = app.created(&key, "/v1/isms/objectives", objective).await["id"].as_str().unwrap().to_owned();
    let (one, many) = (format!("/v1/isms/objectives/{id}"), format!("/v1/isms/objectives/{id}/measurements"));
    // One waits for the journal with the objective in its hands, and the other for the objective.
    let mut hold = Hold::of(&app, &key).await;
    let frees = async {
        hold.until_waiting(&app, 2).await;
        drop(hold);
    };
    let measured = |value: i32| app.created(&key, &many, json!({ "value": value, "on": DAY }));
    let (first, second, ()) = tokio::join!(measured(71), measured(91), frees);
    let known = app.read(&key, &one).await;
    assert_eq!((&known["measurements"], &known["version"]), (&json!(2), &json!(3)));
    let latest = known["latest"]["value"].as_f64();
    assert!([&first, &second].iter().any(|one| one["value"].as_f64() == latest), "{known}");
    assert_eq!(app.events(&key, &id).await.len(), 3, "created, and told of each measurement");

    let mut hold = Hold::of(&app, &key).await;
    let frees = async {
        hold.until_waiting(&app, 2).await;
        drop(hold);
    };
    let voided = |made: &Value| {
        let at = format!("{many}/{}", made["id"].as_str().unwrap());
        let (app, key) = (&app, &key);
        async move { app.changed(key, &at, json!({ "void_reason": "Entered twice" })).await }
    };
    let (_, _, ()) = tokio::join!(voided(&first), voided(&second), frees);
    let known = app.read(&key, &one).await;
    assert_eq!((&known["latest"], &known["measurements"]), (&Value::Null, &json!(2)));
}
