//! `:batch` of what has a log of events, and of the tests of a control.

use crate::support::*;

on_both!(
    each_certificate_is_told,
    a_certificate_is_put_beside_its_log,
    an_application_is_put_with_its_grant,
    certificates_are_all_or_nothing,
    each_attestation_is_told,
    an_attestation_is_put_beside_its_log,
    attestations_are_all_or_nothing,
    each_test_of_a_control_is_told,
    a_test_is_put_by_reference,
    tests_of_a_control_are_all_or_nothing,
    roles_hold_for_each_item,
    graphql_means_the_same,
);

const CERTIFICATES: &str = "/v1/certifications";
const ATTESTATIONS: &str = "/v1/attestations";

async fn body(app: &TestApp, key: &str) -> String {
    let accreditation = json!({ "accreditation_body": "Example Accreditation Service", "scope": "ISO/IEC 27001",
        "granted_on": "2010-01-01" });
    let new = json!({ "name": "CB", "accreditations": [accreditation] });
    app.created(key, "/v1/certification-bodies", new).await["id"].as_str().unwrap().to_owned()
}

fn certificate(body: &str, number: &str) -> Value {
    json!({
        "certification_body": body, "number": number, "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Example Cloud GmbH", "scope": "Operation of the cloud platform",
        "printed": { "decision_on": "2025-03-10", "valid_from": "2025-03-12", "expires_on": "2028-03-10" },
    })
}

fn with(mut resource: Value, field: &str, value: Value) -> Value {
    resource[field] = value;
    resource
}

/// A report that is already held.
fn report(name: &str, report_date: &str) -> Value {
    let part = |part: &str| json!({ "part": part, "opinion": "unqualified" });
    let auditor = json!({ "firm": "Example Assurance LLP", "licence": "CPA-0001", "jurisdiction": "New York",
        "standard": "at_c_205", "peer_reviewed_on": "2024-06-30", "independence_confirmed": true });
    json!({
        "name": name, "report": "type_2", "scope": "Cloud platform",
        "printed": {
            "scope": { "categories": ["security"] }, "auditor": auditor,
            "window": { "start": "2025-01-01", "end": "2025-12-31" }, "report_date": report_date,
            "opinion": "unqualified", "parts": [part("description"), part("design"), part("operation")],
        },
    })
}

fn test(kind: &str, on: &str) -> Value {
    json!({ "kind": kind, "procedure": "Looked", "result": "passed", "performed_on": on,
            "next_due": "2027-06-30" })
}

fn put(id: &str, resource: Value) -> Value {
    json!({ "put": { "external_ref": { "system": "grc", "id": id }, "resource": resource } })
}

fn update(one: &Value, version: i32, patch: Value) -> Value {
    json!({ "update": { "id": one["id"], "version": version, "patch": patch } })
}

async fn batch(app: &TestApp, key: &str, room: &str, body: Value) -> (u16, Value) {
    let answer = app.call(Method::POST, &format!("{room}:batch"), key, Some(body)).await;
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn done(app: &TestApp, key: &str, room: &str, items: Value) -> Value {
    let (status, told) = batch(app, key, room, json!({ "items": items })).await;
    assert_eq!(status, 200, "{told}");
    told["items"].clone()
}

/// What came of one item, with the place of what refused it.
async fn came(app: &TestApp, key: &str, room: &str, item: Value) -> (Value, String) {
    let told = done(app, key, room, json!([item])).await;
    let at = told[0]["error"]["errors"][0]["pointer"].as_str().unwrap_or_default();
    (told[0].clone(), format!("{} {at}", told[0]["outcome"].as_str().unwrap()).trim().to_owned())
}

/// Why an item was refused: its code, and the place.
fn why(item: &Value) -> (&str, &str) {
    let error = &item["error"];
    (error["code"].as_str().unwrap(), error["errors"][0]["pointer"].as_str().unwrap_or_default())
}

async fn journalled(app: &TestApp, key: &str, kind: &str) -> Vec<String> {
    let trail = app.events(key, kind).await;
    trail.iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
}

async fn count(app: &TestApp, key: &str, path: &str) -> usize {
    app.read(key, path).await["data"].as_array().unwrap().len()
}

mod scenario {
    use super::*;

    pub async fn each_certificate_is_told(app: &TestApp) {
        let key = app.tenant("acme").await;
        let cb = body(app, &key).await;
        let old = app.created(&key, CERTIFICATES, certificate(&cb, "N-1")).await;
        let audited = json!([{ "type": "surveillance_completed", "ended_on": "2026-02-12" }]);
        let lifted = json!([{ "type": "suspension_lifted", "effective_on": "2026-11-01" }]);
        let unprinted = json!({ "decision_on": "2026-12-01", "expires_on": "2029-11-30" });
        let renamed = json!({ "legal_entity": "Example Cloud SE" });
        let unknown = json!({ "id": "crt_00000000000000000000000000000000" });
        let items = json!([
            { "create": with(certificate(&cb, "N-2"), "events", audited) },
            { "create": certificate(&cb, "N-1") },
            { "create": with(certificate(&cb, "N-3"), "events", lifted) },
            { "create": with(certificate(&cb, "N-4"), "printed", unprinted) },
            update(&old, 1, renamed.clone()),
            update(&old, 1, json!({ "revision": "2" })),
            update(&old, 2, renamed.clone()),
            update(&unknown, 1, renamed),
        ]);
        let told = done(app, &key, CERTIFICATES, items).await;
        let wanted =
            ["created", "refused", "refused", "refused", "updated", "refused", "unchanged", "refused"];
        assert_eq!(texts(&told, "outcome"), wanted, "{told}");
        assert_eq!(why(&told[1]), ("already_exists", "/create/number"));
        assert_eq!(why(&told[2]), ("rule_breached", ""));
        assert_eq!(told[2]["error"]["breaches"][0]["rule"], "A.4", "{told}");
        assert_eq!(why(&told[3]), ("unprocessable", "/create/printed/decision_on"));
        assert_eq!(why(&told[5]), ("stale_version", ""));
        assert_eq!(why(&told[7]), ("not_found", "/update/id"));
        assert_eq!((&told[4]["version"], &told[6]["version"]), (&json!(2), &json!(2)));
        let all = app.read(&key, "/v1/certifications?sort=created_at").await;
        assert_eq!(texts(&all["data"], "number"), ["N-1", "N-2"]);
        assert_eq!(
            journalled(app, &key, "certification").await,
            ["certification.registered", "certification.registered", "certification.updated"]
        );
        let due =
            app.read(&key, &format!("/v1/milestones?resource={}", told[0]["id"].as_str().unwrap())).await;
        assert!(due["data"].as_array().is_some_and(|all| !all.is_empty()), "its dates are kept: {due}");
        let removal = json!({ "items": [{ "delete": { "id": old["id"], "version": 2 } }] });
        let (status, told) = batch(app, &key, CERTIFICATES, removal).await;
        assert_eq!((status, &told["code"]), (400, &json!("invalid_request")), "it is never removed: {told}");
    }

    pub async fn a_certificate_is_put_beside_its_log(app: &TestApp) {
        let key = app.tenant("acme").await;
        let audited = json!({ "type": "surveillance_completed", "ended_on": "2026-02-12" });
        let paused = json!({ "type": "suspended", "effective_on": "2026-09-01", "reason": "Too late" });
        let new = certificate(&body(app, &key).await, "N-1");
        let new = with(new, "events", json!([audited]));
        let put = async |resource: &Value| came(app, &key, CERTIFICATES, put("1", resource.clone())).await;
        let (made, came) = put(&new).await;
        assert_eq!((came.as_str(), &made["version"]), ("created", &json!(1)), "{made}");
        let (again, came) = put(&new).await;
        assert_eq!((came.as_str(), &again["id"]), ("unchanged", &made["id"]), "{again}");
        let renamed = with(new.clone(), "legal_entity", json!("Example Cloud SE"));
        let (changed, came) = put(&renamed).await;
        assert_eq!((came.as_str(), &changed["id"]), ("updated", &made["id"]), "{changed}");
        let at = format!("{CERTIFICATES}/{}", made["id"].as_str().unwrap());
        let now = app.read(&key, &at).await;
        assert_eq!(
            (&now["legal_entity"], &now["external_refs"][0]["id"], &now["version"]),
            (&json!("Example Cloud SE"), &json!("1"), &json!(2))
        );
        let other = json!({ "decision_on": "2025-03-11", "expires_on": "2028-03-10" });
        assert_eq!(put(&with(new, "printed", other)).await.1, "refused /put/resource/printed");
        let both = with(renamed.clone(), "events", json!([audited, paused]));
        let (refused, came) = put(&both).await;
        assert_eq!(came, "refused /put/resource/events/1", "{refused}");
        let detail = refused["error"]["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("POST /v1/certifications/{id}/events"), "{detail}");
        app.created(&key, &format!("{at}/events"), paused).await;
        for told in [&both, &renamed] {
            assert_eq!(put(told).await.1, "unchanged", "what the log tells stays");
        }
        assert_eq!(count(app, &key, &format!("{at}/events")).await, 3);
        assert_eq!(
            journalled(app, &key, "certification").await,
            ["certification.registered", "certification.updated", "certification.suspended"]
        );
    }

    pub async fn an_application_is_put_with_its_grant(app: &TestApp) {
        let key = app.tenant("acme").await;
        app.audited_internally(&key, "2026-01-20", None).await;
        app.reviewed(&key, "2026-02-02").await;
        let mut new = certificate(&body(app, &key).await, "N-1");
        (new["number"], new["printed"], new["applied_on"]) = (Value::Null, Value::Null, json!("2025-10-01"));
        new["events"] = json!([
            { "type": "stage_1_completed", "ended_on": "2025-12-10" },
            { "type": "stage_2_completed", "started_on": "2026-02-16", "ended_on": "2026-02-20" },
            { "type": "granted", "effective_on": "2026-03-10",
              "details": { "valid_from": "2026-03-12", "number": "ISMS-9", "soa_version": "1.0" } },
        ]);
        let (made, first) = came(app, &key, CERTIFICATES, put("1", new.clone())).await;
        assert_eq!(first, "created", "{made}");
        let (again, second) = came(app, &key, CERTIFICATES, put("1", new.clone())).await;
        assert_eq!((second.as_str(), &again["version"]), ("unchanged", &json!(1)), "{again}");
        new["events"] = json!([]);
        new["legal_entity"] = json!("Example Cloud SE");
        let (changed, third) = came(app, &key, CERTIFICATES, put("1", new.clone())).await;
        assert_eq!(third, "updated", "{changed}");
        let now = app.read(&key, &format!("{CERTIFICATES}/{}", made["id"].as_str().unwrap())).await;
        assert_eq!((&now["number"], &now["status"]), (&json!("ISMS-9"), &json!("active")), "{now}");
        new["applied_on"] = json!("2025-10-02");
        let (refused, fourth) = came(app, &key, CERTIFICATES, put("1", new)).await;
        assert_eq!(fourth, "refused /put/resource/applied_on", "{refused}");
    }

    pub async fn certificates_are_all_or_nothing(app: &TestApp) {
        let key = app.tenant("acme").await;
        let cb = body(app, &key).await;
        let lifted = json!([{ "type": "suspension_lifted", "effective_on": "2026-11-01" }]);
        let items = json!([
            { "create": certificate(&cb, "N-1") },
            { "create": certificate(&cb, "N-1") },
            { "create": with(certificate(&cb, "N-2"), "events", lifted) },
        ]);
        let (status, told) = batch(app, &key, CERTIFICATES, json!({ "atomic": true, "items": items })).await;
        assert_eq!((status, &told["code"]), (422, &json!("batch_refused")), "{told}");
        assert_eq!(texts(&told["errors"], "pointer"), ["/items/1/create/number", "/items/2"]);
        let items = json!([{ "create": certificate(&cb, "N-1") }, put("1", certificate(&cb, "N-1"))]);
        let (status, told) = batch(app, &key, CERTIFICATES, json!({ "dry_run": true, "items": items })).await;
        assert_eq!((status, texts(&told["items"], "outcome")), (200, vec!["created", "refused"]), "{told}");
        assert_eq!(told["items"][0]["id"], Value::Null);
        assert_eq!(count(app, &key, CERTIFICATES).await, 0);
        assert_eq!(count(app, &key, "/v1/milestones").await, 0);
        assert!(journalled(app, &key, "certification").await.is_empty());
        let one = json!({ "atomic": true, "items": [{ "create": certificate(&cb, "N-1") }] });
        assert_eq!(batch(app, &key, CERTIFICATES, one).await.0, 200);
        assert_eq!(count(app, &key, CERTIFICATES).await, 1);
    }

    pub async fn each_attestation_is_told(app: &TestApp) {
        let key = app.tenant("acme").await;
        let plain = json!({ "name": "SOC 2", "report": "type_2", "scope": "Cloud platform" });
        let old = app.created(&key, ATTESTATIONS, plain.clone()).await;
        let unknown = json!({ "id": "att_00000000000000000000000000000000" });
        let renamed = json!({ "name": "SOC 2 of 2026" });
        let items = json!([
            { "create": report("Held", "2026-02-12") },
            { "create": report("Too early", "2025-12-31") },
            { "create": with(plain, "plan", json!({ "as_of": "2026-01-01" })) },
            update(&old, 1, renamed.clone()),
            update(&old, 1, json!({ "boundary": "Two regions" })),
            update(&old, 2, renamed.clone()),
            update(&unknown, 1, renamed),
        ]);
        let told = done(app, &key, ATTESTATIONS, items).await;
        let wanted = ["created", "refused", "refused", "updated", "refused", "unchanged", "refused"];
        assert_eq!(texts(&told, "outcome"), wanted, "{told}");
        assert_eq!(why(&told[1]), ("rule_breached", ""));
        assert_eq!(told[1]["error"]["breaches"][0]["rule"], "D-14", "{told}");
        assert_eq!(why(&told[2]), ("unprocessable", "/create/plan/as_of"));
        assert_eq!(why(&told[4]), ("stale_version", ""));
        assert_eq!(why(&told[6]), ("not_found", "/update/id"));
        let all = app.read(&key, "/v1/attestations?sort=created_at").await;
        assert_eq!(texts(&all["data"], "name"), ["SOC 2 of 2026", "Held"]);
        assert_eq!(texts(&all["data"], "state"), ["planning", "issued"]);
        assert_eq!(
            journalled(app, &key, "attestation").await,
            ["attestation.created", "attestation.created", "attestation.updated"]
        );
    }

    pub async fn an_attestation_is_put_beside_its_log(app: &TestApp) {
        let key = app.tenant("acme").await;
        let new = report("Held", "2026-02-12");
        let put = async |resource: Value| came(app, &key, ATTESTATIONS, put("1", resource)).await;
        let (made, came) = put(new.clone()).await;
        assert_eq!((came.as_str(), &made["version"]), ("created", &json!(1)), "{made}");
        let (again, came) = put(new.clone()).await;
        assert_eq!((came.as_str(), &again["id"]), ("unchanged", &made["id"]), "{again}");
        let (changed, came) = put(with(new.clone(), "name", json!("Renamed"))).await;
        assert_eq!((came.as_str(), &changed["id"]), ("updated", &made["id"]), "{changed}");
        assert_eq!(put(report("Held", "2026-02-13")).await.1, "refused /put/resource/printed");
        let other = with(new.clone(), "report", json!("type_1"));
        assert_eq!(put(other).await.1, "refused /put/resource/report");
        let unsaid = with(with(new, "name", json!("Renamed")), "printed", Value::Null);
        assert_eq!(put(unsaid).await.1, "unchanged", "what the log tells stays");
        let now = app.read(&key, &format!("{ATTESTATIONS}/{}", made["id"].as_str().unwrap())).await;
        assert_eq!(
            (&now["name"], &now["state"], &now["external_refs"][0]["id"], &now["version"]),
            (&json!("Renamed"), &json!("issued"), &json!("1"), &json!(2))
        );
        assert_eq!(
            journalled(app, &key, "attestation").await,
            ["attestation.created", "attestation.updated"]
        );
    }

    pub async fn attestations_are_all_or_nothing(app: &TestApp) {
        let key = app.tenant("acme").await;
        let early = report("Too early", "2025-12-31");
        let wrong = with(report("Planned", "2026-02-12"), "plan", json!({ "as_of": "2026-01-01" }));
        let held = json!({ "create": report("Held", "2026-02-12") });
        let items = json!([held, { "create": early }, { "create": wrong }]);
        let (status, told) = batch(app, &key, ATTESTATIONS, json!({ "atomic": true, "items": items })).await;
        assert_eq!((status, &told["code"]), (422, &json!("batch_refused")), "{told}");
        assert_eq!(texts(&told["errors"], "pointer"), ["/items/1", "/items/2/create/plan/as_of"]);
        let dry = json!({ "dry_run": true, "items": [held] });
        let (status, told) = batch(app, &key, ATTESTATIONS, dry).await;
        assert_eq!((status, &told["items"][0]["outcome"]), (200, &json!("created")), "{told}");
        assert_eq!(count(app, &key, ATTESTATIONS).await, 0);
        assert!(journalled(app, &key, "attestation").await.is_empty());
        let removal = json!({ "items": [{ "delete": { "id": "att_1", "version": 1 } }] });
        assert_eq!(batch(app, &key, ATTESTATIONS, removal).await.0, 400, "it is never removed");
    }

    pub async fn each_test_of_a_control_is_told(app: &TestApp) {
        let (key, other) = (app.tenant("acme").await, app.tenant("other").await);
        let (at, id) = control(app, &key, "A-1").await;
        let (beside, _) = control(app, &key, "A-2").await;
        let old = app.created(&key, &at, test("design", "2026-10-01")).await;
        let gone = app.created(&key, &at, test("operating_effectiveness", "2026-10-02")).await;
        let foreign = app.created(&key, &beside, test("design", "2026-10-03")).await;
        let stranger = json!("mem_00000000000000000000000000000000");
        let removal = json!({ "delete": { "id": gone["id"], "version": 1 } });
        let items = json!([
            { "create": with(test("design", "2026-11-01"), "next_due", json!("2027-11-01")) },
            { "create": test("design", "2026-11-25") },
            { "create": with(test("design", "2026-11-02"), "tester", stranger) },
            update(&old, 1, json!({ "result": "failed" })),
            update(&old, 1, json!({ "result": "passed" })),
            update(&old, 2, json!({ "result": "failed" })),
            removal,
            removal,
            update(&foreign, 1, json!({ "result": "failed" })),
        ]);
        let told = done(app, &key, &at, items.clone()).await;
        let wanted = [
            "created",
            "refused",
            "refused",
            "updated",
            "refused",
            "unchanged",
            "deleted",
            "refused",
            "refused",
        ];
        assert_eq!(texts(&told, "outcome"), wanted, "{told}");
        assert_eq!(why(&told[1]), ("unprocessable", "/create/performed_on"));
        assert_eq!(why(&told[2]), ("unprocessable", "/create/tester"));
        assert_eq!(why(&told[4]), ("stale_version", ""));
        assert_eq!(why(&told[7]), ("not_found", "/delete/id"));
        assert_eq!(why(&told[8]), ("not_found", "/update/id"), "it is of another control");
        let listed = app.read(&key, &at).await;
        assert_eq!(texts(&listed["data"], "result"), ["passed", "failed"]);
        assert_eq!(
            journalled(app, &key, "control_test").await[3..],
            ["control_test.recorded", "control_test.updated", "control_test.deleted"]
        );
        let due = app.read(&key, &format!("/v1/milestones?resource={id}")).await;
        assert_eq!(texts(&due["data"], "code"), ["test_design"], "the dates of the control follow");
        assert_eq!(due["data"][0]["due"], "2027-11-01");
        let (status, told) = batch(app, &other, &at, json!({ "items": items })).await;
        assert_eq!((status, &told["code"]), (404, &json!("not_found")), "{told}");
    }

    pub async fn tests_of_a_control_are_all_or_nothing(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (at, _) = control(app, &key, "A-1").await;
        let good = json!({ "create": test("design", "2026-11-01") });
        let items = json!([good, { "create": test("design", "2026-11-25") }]);
        let (status, told) = batch(app, &key, &at, json!({ "atomic": true, "items": items })).await;
        assert_eq!((status, &told["code"]), (422, &json!("batch_refused")), "{told}");
        assert_eq!(texts(&told["errors"], "pointer"), ["/items/1/create/performed_on"]);
        let (status, told) = batch(app, &key, &at, json!({ "dry_run": true, "items": [good] })).await;
        assert_eq!((status, &told["items"][0]["outcome"]), (200, &json!("created")), "{told}");
        assert_eq!(count(app, &key, &at).await, 0);
        assert!(journalled(app, &key, "control_test").await.is_empty());
        assert_eq!(batch(app, &key, &at, json!({ "items": [] })).await.0, 400);
    }

    pub async fn a_test_is_put_by_reference(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ((at, id), (beside, _)) = (control(app, &key, "A-1").await, control(app, &key, "A-2").await);
        let new = with(test("design", "2026-11-01"), "next_due", json!("2027-11-01"));
        let put = async |at: &str, new: &Value| came(app, &key, at, put("1", new.clone())).await;
        let (made, came) = put(&at, &new).await;
        assert_eq!((came.as_str(), &made["version"]), ("created", &json!(1)), "{made}");
        let (again, came) = put(&at, &new).await;
        assert_eq!((came.as_str(), &again["id"]), ("unchanged", &made["id"]), "{again}");
        let (changed, came) = put(&at, &with(new.clone(), "next_due", json!("2027-06-30"))).await;
        assert_eq!((came.as_str(), &changed["id"]), ("updated", &made["id"]), "{changed}");
        let due = app.read(&key, &format!("/v1/milestones?resource={id}")).await;
        assert_eq!(texts(&due["data"], "due"), ["2027-06-30"], "the dates of the control follow");
        let (refused, came) = put(&beside, &new).await;
        assert_eq!(came, "refused /put/resource/external_refs/0", "it is of another control: {refused}");
        let found = async |at: &str, id: &str| {
            let page = app.read(&key, &format!("{at}?count=true&external_ref=grc:{id}")).await;
            page["total"].as_i64().unwrap()
        };
        assert_eq!((found(&at, "1").await, found(&at, "2").await, found(&beside, "1").await), (1, 0, 0));
        let one = format!("{at}/{}", made["id"].as_str().unwrap());
        let other = json!({ "external_refs": [{ "system": "grc", "id": "2" }] });
        app.changed(&key, &one, other.clone()).await;
        assert_eq!((found(&at, "1").await, found(&at, "2").await), (0, 1));
        let twice = with(test("design", "2026-11-02"), "external_refs", other["external_refs"].clone());
        let taken = app.refused(Method::POST, &beside, &key, Some(twice.clone()), 409).await;
        assert_eq!(pointer(&taken), "/external_refs/0", "{taken}");
        app.deleted(&key, &one).await;
        app.created(&key, &beside, twice).await;
    }

    pub async fn roles_hold_for_each_item(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (at, _) = control(app, &key, "A-1").await;
        let old = app.created(&key, &at, test("design", "2026-10-01")).await;
        let items = json!([
            { "create": test("design", "2026-11-01") },
            { "delete": { "id": old["id"], "version": 1 } },
        ]);
        let contributor = app.key_as(&key, "contributor").await;
        let told = done(app, &contributor, &at, items.clone()).await;
        assert_eq!(texts(&told, "outcome"), ["created", "refused"]);
        assert_eq!(why(&told[1]).0, "forbidden");
        let viewer = app.key_as(&key, "viewer").await;
        assert_eq!(batch(app, &viewer, &at, json!({ "items": items })).await.0, 403);
        let certificate = json!([{ "create": certificate(&body(app, &key).await, "N-1") }]);
        let report = json!([{ "create": report("Held", "2026-02-12") }]);
        for (room, items) in [(CERTIFICATES, certificate), (ATTESTATIONS, report)] {
            assert_eq!(batch(app, &viewer, room, json!({ "items": items })).await.0, 403);
            let told = done(app, &contributor, room, items).await;
            assert_eq!(texts(&told, "outcome"), ["created"]);
        }
    }

    pub async fn graphql_means_the_same(app: &TestApp) {
        let key = app.tenant("acme").await;
        let certificate = json!({
            "certificationBody": body(app, &key).await, "number": "N-1", "standard": "ISO/IEC 27001",
            "edition": "2022", "legalEntity": "Example Cloud GmbH", "scope": "Operation",
            "printed": { "decisionOn": "2025-03-10", "expiresOn": "2028-03-10" },
        });
        let lifted = json!([{ "type": "SUSPENSION_LIFTED", "effectiveOn": "2026-11-01" }]);
        let unnumbered = with(with(certificate.clone(), "number", json!("N-2")), "events", lifted);
        let same = |resource: &Value| json!({ "put": { "externalRef": { "system": "grc", "id": "1" }, "resource": resource } });
        let items = json!([same(&certificate), same(&certificate), { "create": unnumbered }]);
        let told = asked(app, &key, "batchCertifications", "CertificationBatch", "", items).await;
        assert_eq!(texts(&told, "outcome"), ["CREATED", "UNCHANGED", "REFUSED"], "{told}");
        assert_eq!(told[2]["error"]["breaches"][0]["rule"], "A.4");
        let engagement = json!({ "name": "SOC 2", "report": "TYPE_2", "scope": "Cloud platform" });
        let wrong = with(engagement.clone(), "plan", json!({ "asOf": "2026-01-01" }));
        let items = json!([same(&engagement), same(&engagement), { "create": wrong }]);
        let told = asked(app, &key, "batchAttestations", "AttestationBatch", "", items).await;
        assert_eq!(texts(&told, "outcome"), ["CREATED", "UNCHANGED", "REFUSED"], "{told}");
        assert_eq!(why(&told[2]), ("unprocessable", "/create/plan/as_of"));
        let (_, control) = control(app, &key, "A-1").await;
        let test = |on: &str| json!({ "create": { "kind": "DESIGN", "procedure": "Looked", "result": "PASSED", "performedOn": on } });
        let items = json!([test("2026-11-01"), test("2026-11-25")]);
        let of = format!("controlId: \"{control}\", ");
        let told = asked(app, &key, "batchControlTests", "ControlTestBatch", &of, items).await;
        assert_eq!(texts(&told, "outcome"), ["CREATED", "REFUSED"], "{told}");
        assert_eq!(why(&told[1]), ("unprocessable", "/create/performed_on"));
        for (kind, wanted) in [
            ("certification", "certification.registered"),
            ("attestation", "attestation.created"),
            ("control_test", "control_test.recorded"),
        ] {
            assert_eq!(journalled(app, &key, kind).await, [wanted]);
        }
    }
}

/// A new control: the path of its tests, and its id.
async fn control(app: &TestApp, key: &str, code: &str) -> (String, String) {
    let new = json!({ "code": code, "title": "Access is reviewed" });
    let id = app.created(key, "/v1/controls", new).await["id"].as_str().unwrap().to_owned();
    (format!("/v1/controls/{id}/tests"), id)
}

/// What a batch over GraphQL tells of each item.
async fn asked(app: &TestApp, key: &str, field: &str, input: &str, of: &str, items: Value) -> Value {
    let document = format!(
        "mutation($input: {input}!) {{ {field}({of}input: $input) {{
            items {{ outcome error {{ code errors {{ pointer }} breaches {{ rule }} }} }} }} }}"
    );
    let answer = app.ask_with(key, &document, json!({ "input": { "items": items } })).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"][field]["items"].clone()
}
