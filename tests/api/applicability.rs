//! Statements of applicability: entries, the check, and versions that stay as they were approved.

use sha2::{Digest, Sha256};

use crate::support::{world::annex_a, *};

on_both!(
    statements_live_and_are_journalled,
    an_entry_is_implemented_when_its_controls_are,
    entries_change_under_their_versions,
    many_entries_are_said_at_once,
    the_check_tells_every_fault_and_its_remedy,
    a_treatment_plan_says_what_is_planned,
    what_a_treatment_plan_takes_is_necessary,
    what_is_left_of_every_open_risk_is_accepted,
    what_has_errors_is_not_approved,
    an_approved_version_stays_as_it_was,
    an_approver_is_a_person_who_may,
    versions_are_compared,
    a_version_is_printed_and_put_in_a_table,
    a_certificate_cites_a_version,
    graphql_means_the_same,
);

const ROOM: &str = "/v1/statements-of-applicability";

/// A new statement's path.
async fn state(app: &TestApp, key: &str) -> String {
    let made = app.created(key, ROOM, json!({ "name": "Platform", "scope": "The platform" })).await;
    format!("{ROOM}/{}", made["id"].as_str().unwrap())
}

async fn control(app: &TestApp, key: &str, code: &str, status: &str, requirements: &[&str]) -> String {
    let named: Vec<_> =
        requirements.iter().map(|id| json!({ "framework": "iso27001-2022", "id": id })).collect();
    let new =
        json!({ "code": code, "title": format!("Control {code}"), "status": status, "requirements": named });
    app.created(key, "/v1/controls", new).await["id"].as_str().unwrap().to_owned()
}

async fn risk(app: &TestApp, key: &str, code: &str, controls: &[&str]) -> String {
    let new = json!({
        "code": code, "title": format!("Risk {code}"), "treatment": "modify", "status": "in_treatment",
        "residual": { "likelihood": 2, "impact": 2 }, "controls": controls,
    });
    app.created(key, "/v1/risks", new).await["id"].as_str().unwrap().to_owned()
}

async fn say(app: &TestApp, key: &str, at: &str, entry: &str, patch: Value) -> Value {
    app.changed(key, &format!("{at}/entries/{entry}"), patch).await
}

/// Includes all of Annex A for the business, but for what is said otherwise.
async fn decide(app: &TestApp, key: &str, at: &str, otherwise: &[(&str, Value)]) {
    let included = json!({ "decision": "included", "reasons": [{ "kind": "business" }] });
    let other = |id: &str| otherwise.iter().find(|(entry, _)| *entry == id).map(|(_, patch)| patch.clone());
    let items: Vec<_> = annex_a(app, key)
        .await
        .iter()
        .map(|id| json!({ "entry": id, "patch": other(id).unwrap_or_else(|| included.clone()) }))
        .collect();
    let told =
        posted(app, key, &format!("{at}/entries:batch"), json!({ "atomic": true, "items": items })).await;
    assert_eq!((told["refused"].clone(), items.len()), (json!(0), 93));
}

async fn posted(app: &TestApp, key: &str, path: &str, body: Value) -> Value {
    let answer = app.call(Method::POST, path, key, Some(body)).await;
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}

/// A person with this role.
async fn person(app: &TestApp, key: &str, role: &str) -> String {
    let new = json!({ "kind": "person", "name": format!("The {role}"), "role": role });
    app.created(key, "/v1/members", new).await["id"].as_str().unwrap().to_owned()
}

async fn approve(app: &TestApp, key: &str, at: &str, label: &str, approver: &str) -> Value {
    app.created(key, &format!("{at}/versions"), json!({ "label": label, "approver": approver })).await
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

/// Rule, severity and entry of each fault of a check.
fn faults(check: &Value) -> Vec<(String, String, Value)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = check["faults"].as_array().unwrap().iter();
    all.map(|one| (text(&one["rule"]["id"]), text(&one["severity"]), one["entry"].clone())).collect()
}

/// SHA-256 over the canonical JSON of a version's content, made from what the API answered.
fn digest(version: &Value) -> String {
    let canonical = serde_jcs::to_vec(&version["content"]).unwrap();
    Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect()
}

mod scenario {
    use super::*;

    pub async fn statements_live_and_are_journalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let one = app.read(&key, &at).await;
        assert_eq!(
            (&one["framework"], &one["draft_number"], &one["approved"], &one["version"]),
            (&json!("iso27001-2022"), &json!(1), &Value::Null, &json!(1))
        );
        let listed = app.read(&key, &format!("{at}/entries?limit=200&count=true")).await;
        assert_eq!(listed["total"], 93);
        let first = &listed["data"][0];
        assert_eq!(
            (&first["id"], &first["decision"], &first["version"], &first["title"]),
            (&json!("A.5.1"), &json!("undecided"), &json!(0), &json!("Policies for information security"))
        );
        assert_eq!(app.changed(&key, &at, json!({ "scope": "More of it" })).await["version"], 2);
        let again = json!({ "name": "Platform", "scope": "Again" });
        let taken = app.refused(Method::POST, ROOM, &key, Some(again), 409).await;
        assert_eq!((&taken["code"], pointer(&taken)), (&json!("already_exists"), "/name"));
        let other = json!({ "name": "Other", "scope": "Again", "framework": "soc2-2017" });
        let refused = app.refused(Method::POST, ROOM, &key, Some(other), 422).await;
        assert_eq!(pointer(&refused), "/framework");
        say(app, &key, &at, "A.5.1", json!({ "decision": "included" })).await;
        app.deleted(&key, &at).await;
        let told = app.events(&key, "statement_of_applicability").await;
        assert_eq!(
            types(&told),
            [
                "statement_of_applicability.created",
                "statement_of_applicability.updated",
                "statement_of_applicability.deleted"
            ]
        );
        let said = app.events(&key, "applicability_entry").await;
        assert_eq!(types(&said), ["applicability_entry.updated"]);
        assert!(said[0]["resource_id"].as_str().unwrap().ends_with("/A.5.1"), "{said:?}");
        assert_eq!(app.call(Method::GET, &format!("{at}/entries"), &key, None).await.status(), 404);
    }

    pub async fn an_entry_is_implemented_when_its_controls_are(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let naming = control(app, &key, "AC-01", "implemented", &["A.5.15"]).await;
        let other = control(app, &key, "AC-02", "partial", &[]).await;
        let entry = app.read(&key, &format!("{at}/entries/A.5.15")).await;
        assert_eq!((&entry["implemented"], &entry["why"]), (&json!(true), &json!("implemented: AC-01")));
        assert_eq!(entry["linked_controls"][0]["link"], "requirement");
        let entry =
            say(app, &key, &at, "A.5.15", json!({ "controls": [other], "decision": "included" })).await;
        assert_eq!((&entry["implemented"], &entry["why"]), (&json!(false), &json!("AC-02 is partial")));
        assert_eq!(texts(&entry["linked_controls"], "link"), ["requirement", "entry"]);
        app.changed(&key, &format!("/v1/controls/{other}"), json!({ "status": "retired" })).await;
        let entry = app.read(&key, &format!("{at}/entries/A.5.15")).await;
        assert_eq!(entry["implemented"], true, "a retired control does not count: {entry}");
        let entry = app.read(&key, &format!("{at}/entries/A.5.16")).await;
        assert_eq!(
            (&entry["implemented"], &entry["why"]),
            (&json!(false), &json!("no control is linked to it"))
        );
        let excluded = json!({ "decision": "excluded", "exclusion": "Nobody does that here" });
        let entry = say(app, &key, &at, "A.8.30", excluded).await;
        assert_eq!((&entry["implemented"], &entry["why"]), (&Value::Null, &json!("it is excluded")));
        let ids = async |query: &str| {
            let page = app.read(&key, &format!("{at}/entries?limit=200&{query}")).await;
            texts(&page["data"], "id").into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(ids("decision=excluded").await, ["A.8.30"]);
        assert_eq!(ids("implemented=true").await, ["A.5.15"]);
        assert_eq!(ids(&format!("control={naming}")).await, ["A.5.15"]);
        let held = app.deleted_with(&key, &format!("/v1/controls/{other}"), 409).await;
        assert_eq!(held["code"], "in_use", "a control that a statement names stays");
    }

    pub async fn entries_change_under_their_versions(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let entry = format!("{at}/entries/A.5.1");
        let read = app.call(Method::GET, &entry, &key, None).await;
        let tag = read.headers()["etag"].to_str().unwrap().to_owned();
        assert!(tag.starts_with("\"0."), "{tag}");
        let patch = json!({ "decision": "included" });
        let bare = app.call(Method::PATCH, &entry, &key, Some(patch.clone())).await;
        assert_eq!(bare.status(), 428);
        let with = async |patch: &Value| {
            let sent = [("if-match", tag.as_str())];
            app.call_with(Method::PATCH, &entry, &key, Some(patch.clone()), &sent).await.status()
        };
        assert_eq!(with(&patch).await, 200);
        assert_eq!(with(&patch).await, 412, "somebody was first");
        let same = app.changed(&key, &entry, patch).await;
        assert_eq!(same["version"], 1, "what changes nothing writes nothing");
        for unknown in ["A.9.9", "4.1", "CC6.1", "ctl_00000000000000000000000000000000"] {
            let path = format!("{at}/entries/{unknown}");
            assert_eq!(app.call(Method::GET, &path, &key, None).await.status(), 404, "{unknown}");
        }
        let kept = app.deleted_with(&key, &entry, 409).await;
        assert_eq!(kept["code"], "conflict");
        let own = control(app, &key, "X-01", "implemented", &[]).await;
        let new = json!({ "control": own, "reasons": [{ "kind": "contract", "text": "MSA-1" }] });
        let answer = app.call(Method::POST, &format!("{at}/entries"), &key, Some(new.clone())).await;
        assert_eq!(answer.status(), 201);
        assert_eq!(answer.headers()["location"], format!("{at}/entries/{own}"));
        let listed: Value = answer.json().await.unwrap();
        assert_eq!(
            (&listed["kind"], &listed["decision"], &listed["implemented"], &listed["title"]),
            (&json!("own"), &json!("included"), &json!(true), &json!("Control X-01"))
        );
        let again = app.refused(Method::POST, &format!("{at}/entries"), &key, Some(new), 409).await;
        assert_eq!(pointer(&again), "/control");
        let out = Some(json!({ "decision": "excluded" }));
        let refused = app.refused(Method::PATCH, &format!("{at}/entries/{own}"), &key, out, 422).await;
        assert_eq!(pointer(&refused), "/decision");
        for (patch, place) in [
            (json!({ "reasons": [{ "kind": "law" }, { "kind": "law" }] }), "/reasons/1"),
            (
                json!({ "reasons": [{ "kind": "law", "risks": [format!("rsk_{}", "0".repeat(32))] }] }),
                "/reasons/0/risks",
            ),
            (
                json!({ "reasons": [{ "kind": "risk", "risks": [format!("rsk_{}", "0".repeat(32))] }] }),
                "/reasons/0/risks/0",
            ),
            (json!({ "controls": [own, own] }), "/controls/1"),
            (json!({ "controls": [format!("ctl_{}", "0".repeat(32))] }), "/controls/0"),
        ] {
            let refused = app.refused(Method::PATCH, &entry, &key, Some(patch), 422).await;
            assert_eq!(pointer(&refused), place);
        }
        app.deleted(&key, &format!("{at}/entries/{own}")).await;
        let told = app.events(&key, "applicability_entry").await;
        let told: Vec<_> = types(&told).into_iter().map(|one| one.split('.').next_back().unwrap()).collect();
        assert_eq!(told, ["updated", "created", "deleted"]);
    }

    pub async fn many_entries_are_said_at_once(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let own = control(app, &key, "X-01", "implemented", &[]).await;
        let items = json!([
            { "entry": "A.5.1", "version": 0, "patch": { "decision": "included" } },
            { "entry": "A.5.1", "version": 0, "patch": { "note": "Late" } },
            { "entry": "A.99.1", "patch": { "decision": "included" } },
            { "entry": own, "patch": { "reasons": [{ "kind": "business" }] } },
            { "entry": "A.5.2", "patch": { "controls": [format!("ctl_{}", "0".repeat(32))] } },
        ]);
        let path = format!("{at}/entries:batch");
        let dry = posted(app, &key, &path, json!({ "dry_run": true, "items": items })).await;
        assert_eq!((&dry["refused"], &dry["items"][0]["outcome"]), (&json!(3), &json!("updated")));
        let atomic = Some(json!({ "atomic": true, "items": items }));
        let refused = app.refused(Method::POST, &path, &key, atomic, 422).await;
        assert_eq!(refused["code"], "batch_refused");
        assert_eq!(
            texts(&refused["errors"], "pointer"),
            ["/items/1", "/items/2/entry", "/items/4/patch/controls/0"]
        );
        assert!(app.events(&key, "applicability_entry").await.is_empty(), "nothing was written");
        let told = posted(app, &key, &path, json!({ "items": items })).await;
        assert_eq!(
            texts(&told["items"], "outcome"),
            ["updated", "refused", "refused", "created", "refused"],
            "{told}"
        );
        assert_eq!(told["items"][1]["error"]["code"], "stale_version");
        let said = app.read(&key, &format!("{at}/entries?decision=included&limit=200")).await;
        assert_eq!(texts(&said["data"], "id"), ["A.5.1", own.as_str()]);
        assert_eq!(app.events(&key, "applicability_entry").await.len(), 2);
    }

    pub async fn the_check_tells_every_fault_and_its_remedy(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let empty = app.read(&key, &format!("{at}/check")).await;
        assert_eq!((&empty["complete"], &empty["errors"]), (&json!(false), &json!(93)));
        let sound = control(app, &key, "AC-01", "implemented", &["A.5.15"]).await;
        let planned = control(app, &key, "AC-02", "planned", &["A.5.16"]).await;
        let treating = control(app, &key, "AC-03", "implemented", &["A.5.17"]).await;
        let stray = control(app, &key, "AC-04", "implemented", &[]).await;
        let accepted = risk(app, &key, "R-1", &[&treating, &stray]).await;
        let acceptance = json!({ "until": "2027-06-30", "reason": "It is small" });
        app.created(&key, &format!("/v1/risks/{accepted}/acceptance"), acceptance).await;
        risk(app, &key, "R-2", &[&sound]).await;
        decide(
            app,
            &key,
            &at,
            &[
                ("A.5.1", json!({ "decision": "undecided" })),
                ("A.5.2", json!({ "decision": "excluded" })),
                ("A.5.15", json!({ "decision": "included" })),
                ("A.5.17", json!({ "decision": "excluded", "exclusion": "Not needed" })),
            ],
        )
        .await;
        let check = app.read(&key, &format!("{at}/check")).await;
        let all = faults(&check);
        let has = |rule: &str, severity: &str, entry: Value| {
            assert!(all.contains(&(rule.to_owned(), severity.to_owned(), entry)), "{rule}: {check}");
        };
        has("B.1.3", "error", json!("A.5.1"));
        has("B.1.3", "error", json!("A.5.2"));
        has("B.1.4", "warning", json!("A.5.15"));
        has("B.1.5", "error", json!("A.5.17"));
        has("B.1.6", "warning", json!("A.5.16"));
        has("B.1.1", "error", Value::Null);
        has("B.1.8", "warning", Value::Null);
        has("B.1.7", "warning", Value::Null);
        has("B.1.2", "warning", json!("A.8.34"));
        assert_eq!((&check["errors"], &check["complete"]), (&json!(4), &json!(false)), "{check}");
        assert_eq!(
            (&check["totals"]["included"], &check["totals"]["excluded"], &check["totals"]["undecided"]),
            (&json!(90), &json!(2), &json!(1))
        );
        let of = |rule: &str| {
            let all = check["faults"].as_array().unwrap();
            all.iter().find(|one| one["rule"]["id"] == rule).unwrap().clone()
        };
        assert_eq!(of("B.1.3")["rule"]["clause"], "ISO/IEC 27001:2022 6.1.3 d");
        assert_eq!(
            (&of("B.1.1")["control"], &of("B.1.8")["detail"]),
            (&json!(stray), &json!("nobody has accepted what is left of R-2"))
        );
        assert!(of("B.1.5")["detail"].as_str().unwrap().contains("AC-03"), "{check}");
        assert!(
            of("B.1.4")["remedy"].as_str().unwrap().contains("R-2"),
            "its controls treat a risk: {check}"
        );
        // What is planned for a risk under treatment is planned for.
        risk(app, &key, "R-3", &[&planned]).await;
        let check = app.read(&key, &format!("{at}/check")).await;
        assert!(
            !faults(&check).contains(&("B.1.6".to_owned(), "warning".to_owned(), json!("A.5.16"))),
            "{check}"
        );
    }

    pub async fn a_treatment_plan_says_what_is_planned(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let owner = person(app, &key, "owner").await;
        let missing = control(app, &key, "AC-01", "planned", &["A.5.15"]).await;
        let treats = control(app, &key, "AC-02", "implemented", &["A.5.16"]).await;
        let risk = risk(app, &key, "R-1", &[&treats]).await;
        app.changed(&key, &format!("/v1/risks/{risk}"), json!({ "owner": owner })).await;
        decide(app, &key, &at, &[]).await;
        let faults = async |rule: &str| {
            let check = app.read(&key, &format!("{at}/check")).await;
            let all = check["faults"].as_array().unwrap().clone();
            let of_rule = all.into_iter().filter(|one| one["rule"]["id"] == rule);
            of_rule.collect::<Vec<_>>()
        };
        let unplanned = async || {
            let all = faults("B.1.6").await;
            all.iter().any(|one| one["entry"] == "A.5.15")
        };
        assert!(unplanned().await);
        assert_eq!(faults("B.1.8").await[0]["risk"], json!(risk));
        let plan = json!({ "title": "Plan", "actions": [{ "risk": risk, "controls": [missing], "text": "Set it up" }] });
        let plan = app.created(&key, "/v1/isms/treatment-plans", plan).await["id"].clone();
        let plan = format!("/v1/isms/treatment-plans/{}", plan.as_str().unwrap());
        assert!(unplanned().await, "a draft holds nothing yet");
        app.stepped_with(&key, &format!("{plan}/owner-approvals"), json!({ "risk_owner": owner })).await;
        app.stepped_with(&key, &format!("{plan}/approve"), json!({ "approver": owner })).await;
        assert!(!unplanned().await, "an action of a plan takes it");
        assert_eq!(faults("B.1.8").await, [] as [Value; 0], "its owner approved the plan");
        app.stepped(&key, &format!("{plan}/revise")).await;
        assert!(!unplanned().await, "the edition before holds while the next one is written");
        assert_eq!(faults("B.1.8").await, [] as [Value; 0]);
        let other = person(app, &key, "manager").await;
        app.changed(&key, &format!("/v1/risks/{risk}"), json!({ "owner": other })).await;
        assert_eq!(faults("B.1.8").await.len(), 1, "the risk is somebody else's now");
        let done =
            json!([{ "risk": risk, "controls": [missing], "text": "Set it up", "done_on": "2026-11-24" }]);
        app.changed(&key, &plan, json!({ "actions": done })).await;
        assert!(unplanned().await, "nothing is planned any more, and the control is still not there");
    }

    pub async fn what_a_treatment_plan_takes_is_necessary(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let owner = person(app, &key, "owner").await;
        let named = control(app, &key, "AC-01", "implemented", &["A.5.1"]).await;
        let stray = control(app, &key, "AC-02", "planned", &[]).await;
        let risk = risk(app, &key, "R-1", &[]).await;
        app.changed(&key, &format!("/v1/risks/{risk}"), json!({ "owner": owner })).await;
        decide(app, &key, &at, &[("A.5.1", json!({ "decision": "excluded", "exclusion": "Not needed" }))])
            .await;
        let errors = async || {
            let check = app.read(&key, &format!("{at}/check")).await;
            let all = check["faults"].as_array().unwrap().clone();
            all.into_iter().filter(|one| one["severity"] == "error").collect::<Vec<_>>()
        };
        assert_eq!(errors().await, [] as [Value; 0], "the risk names no control");
        let actions = json!([
            { "risk": risk, "controls": [named], "text": "Go on", "done_on": "2026-11-20" },
            { "risk": risk, "controls": [stray], "text": "Set it up" },
        ]);
        let plan = json!({ "title": "Plan", "actions": actions });
        let plan = app.created(&key, "/v1/isms/treatment-plans", plan).await["id"].clone();
        let plan = format!("/v1/isms/treatment-plans/{}", plan.as_str().unwrap());
        app.stepped_with(&key, &format!("{plan}/owner-approvals"), json!({ "risk_owner": owner })).await;
        assert_eq!(errors().await, [] as [Value; 0], "a draft holds nothing yet");
        app.stepped_with(&key, &format!("{plan}/approve"), json!({ "approver": owner })).await;
        let found = errors().await;
        let rules: Vec<_> = found.iter().map(|one| one["rule"]["id"].as_str().unwrap()).collect();
        assert_eq!(rules, ["B.1.5", "B.1.1"], "{found:?}");
        assert_eq!((&found[0]["entry"], &found[1]["control"]), (&json!("A.5.1"), &json!(stray)));
        assert!(found[0]["detail"].as_str().unwrap().ends_with("AC-01, which counts towards it, treats R-1"));
        assert_eq!(found[1]["detail"], "AC-02 treats R-1 and is not listed");
        let version = Some(json!({ "label": "1.0", "approver": owner }));
        let refused = app.refused(Method::POST, &format!("{at}/versions"), &key, version, 409).await;
        assert_eq!(
            texts(&refused["errors"], "pointer"),
            ["/entries/A.5.1".to_owned(), format!("/entries/{stray}")]
        );
        app.changed(&key, &format!("/v1/risks/{risk}"), json!({ "status": "closed" })).await;
        assert_eq!(errors().await, [] as [Value; 0], "nothing treats a risk that is gone");
    }

    pub async fn what_is_left_of_every_open_risk_is_accepted(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let mut ids = Vec::new();
        for (code, change) in [
            ("R-1", json!({ "treatment": "modify" })),
            ("R-2", json!({ "treatment": "retain" })),
            ("R-3", json!({ "treatment": "share" })),
            ("R-4", json!({ "treatment": "avoid" })),
            ("R-5", json!({ "treatment": null })),
            ("R-6", json!({ "treatment": "retain", "status": "closed" })),
        ] {
            let one = risk(app, &key, code, &[]).await;
            app.changed(&key, &format!("/v1/risks/{one}"), change).await;
            ids.push(one);
        }
        let open = async || {
            let check = app.read(&key, &format!("{at}/check")).await;
            let all = check["faults"].as_array().unwrap().iter().filter(|one| one["rule"]["id"] == "B.1.8");
            all.map(|one| one["risk"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            open().await,
            ids[..3],
            "what is avoided leaves nothing; the rest is not decided, or is gone"
        );
        let acceptance = json!({ "until": "2027-06-30", "reason": "It is small" });
        app.created(&key, &format!("/v1/risks/{}/acceptance", ids[1]), acceptance).await;
        assert_eq!(open().await, [ids[0].as_str(), ids[2].as_str()]);
    }

    pub async fn what_has_errors_is_not_approved(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let lead = person(app, &key, "manager").await;
        decide(app, &key, &at, &[("A.5.1", json!({ "decision": "undecided" }))]).await;
        let body = json!({ "label": "1.0", "approver": lead });
        let refused =
            app.refused(Method::POST, &format!("{at}/versions"), &key, Some(body.clone()), 409).await;
        assert_eq!((&refused["code"], pointer(&refused)), (&json!("conflict"), "/entries/A.5.1"));
        assert_eq!(refused["errors"][0]["detail"], "B.1.3 nothing was decided yet");
        assert_eq!(app.read(&key, &at).await["approved"], Value::Null);
        say(app, &key, &at, "A.5.1", json!({ "decision": "included", "reasons": [{ "kind": "business" }] }))
            .await;
        // Whoever approves may say what they looked at.
        let draft = app.read(&key, &format!("{at}/versions/1")).await;
        assert_eq!((&draft["state"], &draft["id"]), (&json!("draft"), &Value::Null));
        say(app, &key, &at, "A.5.2", json!({ "note": "Meanwhile" })).await;
        let mut looked = body.clone();
        looked["expected_digest"] = draft["digest"].clone();
        let stale =
            app.refused(Method::POST, &format!("{at}/versions"), &key, Some(looked.clone()), 409).await;
        assert!(stale["detail"].as_str().unwrap().contains("has changed"), "{stale}");
        looked["expected_digest"] = app.read(&key, &format!("{at}/versions/1")).await["digest"].clone();
        let answer = app.call(Method::POST, &format!("{at}/versions"), &key, Some(looked)).await;
        assert_eq!(answer.status(), 201);
        assert_eq!(answer.headers()["location"], format!("{at}/versions/1"));
        let taken = app.refused(Method::POST, &format!("{at}/versions"), &key, Some(body), 409).await;
        assert_eq!((&taken["code"], pointer(&taken)), (&json!("already_exists"), "/label"));
        let kept = app.deleted_with(&key, &at, 409).await;
        assert_eq!(kept["code"], "in_use");
    }

    pub async fn a_certificate_cites_a_version(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let lead = person(app, &key, "manager").await;
        let control = control(app, &key, "AC-01", "planned", &["A.5.15"]).await;
        let risk = risk(app, &key, "R-1", &[&control]).await;
        let reasons = json!([{ "kind": "risk", "risks": [risk] }]);
        decide(app, &key, &at, &[("A.5.15", json!({ "decision": "included", "reasons": reasons }))]).await;
        let first = approve(app, &key, &at, "1.0", &lead).await["id"].clone();
        let body = app.created(&key, "/v1/certification-bodies", json!({ "name": "CB" })).await["id"].clone();
        let mut new = json!({ "certification_body": body, "standard": "ISO/IEC 27001", "edition": "2022",
            "legal_entity": "Acme", "scope": "Everything", "number": "ISMS-1", "soa_version_id": first,
            "printed": { "decision_on": "2025-03-10", "expires_on": "2028-03-10" } });
        let told = app.created(&key, "/v1/certifications", new.clone()).await;
        let certificate = format!("/v1/certifications/{}", told["id"].as_str().unwrap());
        let version = |told: &Value, name: &str| told["statement_version"][name].clone();
        assert_eq!(
            (&told["soa_version"], version(&told, "number"), version(&told, "state")),
            (&json!("1.0"), json!(1), json!("approved")),
            "it cites its label"
        );
        (new["number"], new["soa_version"]) = (json!("ISMS-2"), json!("1.1"));
        let refused = app.refused(Method::POST, "/v1/certifications", &key, Some(new.clone()), 422).await;
        assert_eq!(pointer(&refused), "/soa_version");
        let other = app.tenant("other").await;
        let theirs = json!({ "soa_version_id": "sov_0198b2a4c6d87e10a1b2c3d4e5f60718" });
        let refused = app.refused(Method::PATCH, &certificate, &key, Some(theirs), 422).await;
        assert_eq!(pointer(&refused), "/soa_version_id");
        assert_eq!(app.read(&other, "/v1/certifications").await["data"], json!([]));

        let second = approve(app, &key, &at, "1.1", &lead).await["id"].clone();
        let told = app.read(&key, &certificate).await;
        assert_eq!(
            (version(&told, "state"), version(&told, "superseded_by")),
            (json!("superseded"), json!(2)),
            "the certificate need not follow (A-30), and tells it"
        );
        let reduced = json!({ "type": "scope_changed", "effective_on": "2026-05-02",
            "details": { "change": "reduced", "scope": "Less", "soa_version_id": second } });
        let event = app.created(&key, &format!("{certificate}/events"), reduced).await;
        assert_eq!(event["details"]["soa_version"], "1.1");
        let told = app.read(&key, &certificate).await;
        assert_eq!((&told["soa_version"], &told["soa_version_id"]), (&json!("1.1"), &second));
        let id = told["id"].as_str().unwrap();
        let asked = format!(
            "{{ certification(id: \"{id}\") {{ soaVersion soaVersionId statementVersion {{ label state digest }} }} }}"
        );
        let graph = app.ask(&key, &asked).await["data"]["certification"].clone();
        assert_eq!(
            (&graph["soaVersionId"], &graph["statementVersion"]["state"]),
            (&second, &json!("APPROVED"))
        );
        assert_eq!(graph["statementVersion"]["digest"], told["statement_version"]["digest"]);
        let told = app.changed(&key, &certificate, json!({ "soa_version": "7" })).await;
        assert_eq!(
            (&told["soa_version"], &told["soa_version_id"], &told["statement_version"]),
            (&json!("7"), &Value::Null, &Value::Null),
            "another text is of another version"
        );
        let told = app.changed(&key, &certificate, json!({ "soa_version_id": first })).await;
        assert_eq!((&told["soa_version"], version(&told, "number")), (&json!("1.0"), json!(1)));
    }

    pub async fn an_approved_version_stays_as_it_was(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let lead = person(app, &key, "manager").await;
        let access = control(app, &key, "AC-01", "planned", &["A.5.15"]).await;
        let own = control(app, &key, "X-01", "implemented", &[]).await;
        let named = risk(app, &key, "R-1", &[&access]).await;
        let reasons = json!([{ "kind": "risk", "risks": [named] }]);
        decide(app, &key, &at, &[("A.5.15", json!({ "decision": "included", "reasons": reasons }))]).await;
        app.created(
            &key,
            &format!("{at}/entries"),
            json!({ "control": own, "reasons": [{ "kind": "law" }] }),
        )
        .await;
        let first = approve(app, &key, &at, "1.0", &lead).await;
        assert_eq!(first["digest"], digest(&first), "anybody can compute it");
        let totals = &first["content"]["totals"];
        assert_eq!(
            (&totals["annex_a"], &totals["own"], &totals["implemented"]),
            (&json!(93), &json!(1), &json!(1))
        );
        let approval = &first["content"]["approval"];
        assert_eq!(
            (&approval["approver"], &approval["approved_on"], &approval["label"]),
            (&json!("The manager"), &json!("2026-11-24"), &json!("1.0"))
        );
        // Everything that it rests on changes or goes away.
        app.changed(
            &key,
            &format!("/v1/controls/{access}"),
            json!({ "status": "implemented", "title": "Other" }),
        )
        .await;
        app.changed(&key, &format!("/v1/risks/{named}"), json!({ "title": "Other", "status": "closed" }))
            .await;
        app.changed(&key, &format!("/v1/members/{lead}"), json!({ "name": "Other" })).await;
        app.changed(&key, &at, json!({ "name": "Other", "scope": "Other" })).await;
        app.deleted(&key, &format!("{at}/entries/{own}")).await;
        app.deleted(&key, &format!("/v1/controls/{own}")).await;
        say(app, &key, &at, "A.8.34", json!({ "decision": "excluded", "reasons": [], "exclusion": "Never" }))
            .await;
        let kept = app.read(&key, &format!("{at}/versions/1")).await;
        assert_eq!(kept, first, "nothing of it changed");
        let second = approve(app, &key, &at, "2.0", &lead).await;
        assert_eq!((&second["number"], &second["state"]), (&json!(2), &json!("approved")));
        let kept = app.read(&key, &format!("{at}/versions/1")).await;
        assert_eq!((&kept["state"], &kept["superseded_by"]), (&json!("superseded"), &json!(2)));
        assert_eq!((&kept["content"], &kept["digest"]), (&first["content"], &first["digest"]));
        let listed = app.read(&key, &format!("{at}/versions?count=true")).await;
        assert_eq!((texts(&listed["data"], "label"), &listed["total"]), (vec!["2.0", "1.0"], &json!(2)));
        assert_eq!(texts(&listed["data"], "state"), ["approved", "superseded"]);
        let statement = app.read(&key, &at).await;
        assert_eq!((&statement["draft_number"], &statement["approved"]["number"]), (&json!(3), &json!(2)));
        assert_eq!(statement["approved"]["digest"], second["digest"]);
        let told = app.events(&key, "statement_of_applicability").await;
        let approved: Vec<_> =
            told.iter().filter(|one| one["type"] == "statement_of_applicability.approved").collect();
        let supersedes: Vec<_> = approved.iter().map(|one| &one["after"]["approved"]["supersedes"]).collect();
        assert_eq!(supersedes, [&Value::Null, &json!(1)]);
        assert_eq!(app.call(Method::GET, &format!("{at}/versions/4"), &key, None).await.status(), 404);
    }

    pub async fn an_approver_is_a_person_who_may(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        decide(app, &key, &at, &[]).await;
        let path = format!("{at}/versions");
        let contributor = app.key_as(&key, "contributor").await;
        let refused =
            app.refused(Method::POST, &path, &contributor, Some(json!({ "label": "1" })), 403).await;
        assert!(refused["detail"].as_str().unwrap().starts_with("applicability.approve"), "{refused}");
        let machine = app.key_as(&key, "manager").await;
        let refused = app.refused(Method::POST, &path, &machine, Some(json!({ "label": "1" })), 422).await;
        assert_eq!(pointer(&refused), "/approver", "a machine approves nothing by itself");
        for (approver, approved_on, place) in [
            (person(app, &key, "contributor").await, "2026-11-24", "/approver"),
            (format!("mem_{}", "0".repeat(32)), "2026-11-24", "/approver"),
            (person(app, &key, "owner").await, "2026-11-25", "/approved_on"),
        ] {
            let body = json!({ "label": "1", "approver": approver, "approved_on": approved_on });
            let refused = app.refused(Method::POST, &path, &key, Some(body), 422).await;
            assert_eq!(pointer(&refused), place);
        }
        let lead = person(app, &key, "manager").await;
        let body =
            json!({ "label": "1", "approver": lead, "approved_on": "2026-10-01", "note": "In the meeting" });
        let made = app.created(&machine, &path, body).await;
        assert_eq!((&made["approved_by"], &made["approved_on"]), (&json!(lead), &json!("2026-10-01")));
        let earlier = json!({ "label": "2", "approver": lead, "approved_on": "2026-09-30" });
        let refused = app.refused(Method::POST, &path, &key, Some(earlier), 422).await;
        assert_eq!(pointer(&refused), "/approved_on");
    }

    pub async fn versions_are_compared(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let lead = person(app, &key, "manager").await;
        let access = control(app, &key, "AC-01", "partial", &["A.5.15"]).await;
        decide(app, &key, &at, &[]).await;
        approve(app, &key, &at, "1.0", &lead).await;
        let same = app.read(&key, &format!("{at}/diff?from=1&to=2")).await;
        assert_eq!(
            (&same["changed"], &same["added"], &same["removed"]),
            (&json!([]), &json!([]), &json!([]))
        );
        assert_eq!((&same["from"]["state"], &same["to"]["state"]), (&json!("approved"), &json!("draft")));
        app.changed(&key, &format!("/v1/controls/{access}"), json!({ "status": "implemented" })).await;
        let own = control(app, &key, "X-01", "planned", &[]).await;
        app.created(
            &key,
            &format!("{at}/entries"),
            json!({ "control": own, "reasons": [{ "kind": "law" }] }),
        )
        .await;
        app.changed(&key, &at, json!({ "scope": "More" })).await;
        approve(app, &key, &at, "2.0", &lead).await;
        let diff = app.read(&key, &format!("{at}/diff?from=1&to=2")).await;
        assert_eq!(texts(&diff["added"], "id"), [own.as_str()]);
        assert_eq!(diff["removed"], json!([]));
        assert_eq!(
            diff["statement"],
            json!([{ "field": "scope", "before": "The platform", "after": "More" }])
        );
        assert_eq!(
            diff["changed"],
            json!([{ "id": "A.5.15", "title": "Access control", "fields": [
                { "field": "implemented", "before": "no", "after": "yes" },
                { "field": "controls", "before": "AC-01 (partial)", "after": "AC-01 (implemented)" },
            ] }])
        );
        let back = app.read(&key, &format!("{at}/diff?from=2&to=1")).await;
        assert_eq!(texts(&back["removed"], "id"), [own.as_str()]);
        let refused = app.refused(Method::GET, &format!("{at}/diff?from=1&to=9"), &key, None, 422).await;
        assert_eq!(pointer(&refused), "to");
    }

    pub async fn a_version_is_printed_and_put_in_a_table(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let lead = person(app, &key, "manager").await;
        let said = json!({ "decision": "included", "note": "=cmd|' /C calc'!A0",
            "reasons": [{ "kind": "law", "text": "<script>alert(1)</script>" }] });
        decide(app, &key, &at, &[("A.5.1", said)]).await;
        approve(app, &key, &at, "1.0", &lead).await;
        let version = format!("{at}/versions/1");
        let answer = app.call(Method::GET, &format!("{version}?format=html"), &key, None).await;
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(answer.headers()["vary"], "Accept");
        let page = answer.text().await.unwrap();
        assert!(
            page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script"),
            "{page}"
        );
        let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, Sha256::digest(style));
        assert!(policy.contains(&hash), "the page's own style sheet is the one that is allowed");
        for part in
            ["lang=\"en\"", "<caption>", "scope=\"col\"", "scope=\"row\"", "@media print", "The manager"]
        {
            assert!(page.contains(part), "{part}");
        }
        let sent = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
        let by_accept = app.call_with(Method::GET, &version, &key, None, &sent).await;
        assert_eq!(by_accept.text().await.unwrap(), page, "a browser gets the page");
        let table = app.call(Method::GET, &format!("{version}?format=csv"), &key, None).await;
        assert_eq!(table.headers()["content-type"], "text/csv; charset=utf-8");
        let saved = "attachment; filename=\"statement-of-applicability-1.csv\"";
        assert_eq!(table.headers()["content-disposition"], saved);
        let table = table.text().await.unwrap();
        let rows: Vec<csv::StringRecord> =
            csv::Reader::from_reader(table.as_bytes()).records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 93);
        assert_eq!((&rows[0][0], &rows[0][4], &rows[0][9]), ("A.5.1", "included", "'=cmd|' /C calc'!A0"));
        let json = app.call(Method::GET, &version, &key, None).await;
        assert_eq!(json.headers()["content-type"], "application/json");
        let tag = json.headers()["etag"].to_str().unwrap().to_owned();
        let known =
            app.call_with(Method::GET, &version, &key, None, &[("if-none-match", tag.as_str())]).await;
        assert_eq!(known.status(), 304);
        let draft = app.call(Method::GET, &format!("{at}/versions/2?format=html"), &key, None).await;
        assert!(draft.text().await.unwrap().contains("this has not been approved"));
        let refused = app.refused(Method::GET, &format!("{version}?format=pdf"), &key, None, 400).await;
        assert_eq!(pointer(&refused), "format");
    }

    pub async fn graphql_means_the_same(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = state(app, &key).await;
        let lead = person(app, &key, "manager").await;
        decide(app, &key, &at, &[]).await;
        let id = at.rsplit('/').next().unwrap();
        let approve = "mutation($id: ID!, $input: NewApplicabilityVersion!) {
            approveStatementOfApplicability(statementId: $id, input: $input) { number state digest content { totals { annexA } } }
        }";
        let input = json!({ "label": "1.0", "approver": lead });
        let made = app.ask_with(&key, approve, json!({ "id": id, "input": input })).await;
        let made = &made["data"]["approveStatementOfApplicability"];
        assert_eq!(
            (&made["number"], &made["content"]["totals"]["annexA"]),
            (&json!(1), &json!(93)),
            "{made}"
        );
        let change = "mutation($id: ID!) {
            updateApplicabilityEntry(statementId: $id, entry: \"A.5.1\", expectedVersion: 1, input: { note: \"New\" }) { id version }
        }";
        let changed = app.ask_with(&key, change, json!({ "id": id })).await;
        assert_eq!(
            changed["data"]["updateApplicabilityEntry"],
            json!({ "id": "A.5.1", "version": 2 }),
            "{changed}"
        );
        let ask = "query($id: ID!) {
            statementOfApplicability(id: $id) { name approved { label digest } }
            applicabilityEntries(statementId: $id, first: 1) { totalCount nodes { id note linkedControls { code } } }
            applicabilityVersion(statementId: $id, number: 1) { digest html csv }
            applicabilityDiff(statementId: $id, from: 1, to: 2) { changed { id fields { field after } } }
            applicabilityCheck(statementId: $id) { errors faults { rule { id } severity entry remedy } }
        }";
        let told = app.ask_with(&key, ask, json!({ "id": id })).await;
        let data = &told["data"];
        assert_eq!(data["applicabilityEntries"]["totalCount"], 93, "{told}");
        assert_eq!(
            data["statementOfApplicability"]["approved"]["digest"],
            data["applicabilityVersion"]["digest"]
        );
        assert_eq!(
            data["applicabilityDiff"]["changed"],
            json!([{ "id": "A.5.1", "fields": [{ "field": "note", "after": "New" }] }])
        );
        let page = app.call(Method::GET, &format!("{at}/versions/1?format=html"), &key, None).await;
        assert_eq!(data["applicabilityVersion"]["html"], page.text().await.unwrap());
        let table = app.call(Method::GET, &format!("{at}/versions/1?format=csv"), &key, None).await;
        assert_eq!(data["applicabilityVersion"]["csv"], table.text().await.unwrap());
        let check = app.read(&key, &format!("{at}/check")).await;
        let faults = data["applicabilityCheck"]["faults"].as_array().unwrap();
        assert_eq!(faults.len(), check["faults"].as_array().unwrap().len());
    }
}
