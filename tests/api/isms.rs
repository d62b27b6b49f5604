//! The records of the management system: policies, documents, objectives and management reviews.

use crate::support::*;

on_both!(
    policies_live_in_editions,
    the_information_security_policy_commits,
    documents_are_controlled,
    objectives_are_measured,
    a_mistaken_measurement_is_voided,
    a_review_is_complete_with_every_input,
    reviews_follow_each_other,
    a_draft_is_dropped_with_what_it_revises,
    a_draft_of_a_later_edition_is_thrown_away,
    a_draft_goes_back_only_to_a_number_that_is_free,
    a_day_that_was_said_is_over_once_it_is_looked_at,
    an_item_keeps_its_milestone_wherever_it_stands,
    records_are_found_and_ordered,
    records_are_changed_many_at_once,
    every_kind_of_record_is_put_tried_and_taken_whole,
    what_records_name_is_there_and_stays,
    roles_may_what_the_table_says,
    both_surfaces_tell_the_same,
);

/// A person who may approve.
async fn director(app: &TestApp, key: &str) -> Value {
    let person = json!({ "kind": "person", "name": "Managing director", "role": "owner" });
    app.created(key, "/v1/members", person).await["id"].clone()
}

/// Enters a record; where it is.
pub async fn make(app: &TestApp, key: &str, kind: &str, body: Value) -> String {
    let made = app.created(key, &format!("/v1/isms/{kind}"), body).await;
    format!("/v1/isms/{kind}/{}", made["id"].as_str().unwrap())
}

fn policy(title: &str) -> Value {
    json!({ "title": title, "text": "We look after what is entrusted to us." })
}

fn document(number: &str) -> Value {
    json!({ "title": format!("Document {number}"), "number": number })
}

fn objective(target: f64) -> Value {
    json!({ "title": "Everybody is trained", "measure_every_months": 3, "complete_by": "2027-12-31",
            "measure": { "what": "Staff trained", "unit": "%", "target": target, "direction": "at_least" } })
}

/// A body of each kind, with the word before the dot of its events and the prefix of its ids. Lists of items that have
/// numbers do not say them.
fn kinds(risk: &Value) -> [(&'static str, &'static str, &'static str, Value); 13] {
    [
        ("policies", "policy", "pol", policy("New")),
        ("documents", "document", "doc", document("D-01")),
        ("objectives", "objective", "obj", objective(95.0)),
        (
            "management-reviews",
            "management_review",
            "mrv",
            json!({ "title": "New", "planned_on": "2027-02-01", "decisions": [{ "text": "Train everybody" }] }),
        ),
        (
            "context-issues",
            "context_issue",
            "iss",
            json!({ "title": "New", "kind": "external", "text": "More laws." }),
        ),
        (
            "climate-decisions",
            "climate_decision",
            "cli",
            json!({ "title": "New", "relevant": false, "reason": "Nothing is hosted.", "decided_on": "2026-11-01" }),
        ),
        (
            "interested-parties",
            "interested_party",
            "pty",
            json!({ "name": "New", "requirements": [{ "text": "Secrecy", "addressed": true }] }),
        ),
        (
            "scope-statements",
            "scope_statement",
            "scp",
            json!({ "title": "New", "boundaries": "The platform." }),
        ),
        (
            "risk-assessments",
            "risk_assessment",
            "ras",
            json!({ "title": "New", "trigger": "interval", "planned_on": "2026-12-15", "risks": [risk] }),
        ),
        (
            "treatment-plans",
            "treatment_plan",
            "rtp",
            json!({ "title": "New", "actions": [{ "risk": risk, "text": "Find another", "due": "2027-03-31" }] }),
        ),
        (
            "competence",
            "competence_record",
            "cmp",
            json!({ "title": "New", "need": "Knows how.", "person_name": "Internal auditor" }),
        ),
        (
            "audit-programmes",
            "audit_programme",
            "apr",
            json!({ "title": "New", "period_from": "2027-01-01", "period_to": "2027-12-31",
                    "audits": [{ "area": "Clauses 4 to 10", "planned_on": "2027-03-31" }] }),
        ),
        ("improvements", "improvement", "imp", json!({ "title": "New" })),
    ]
}

/// The codes of what is due of a resource, each with its day and how it stands.
pub async fn due(app: &TestApp, key: &str, at: &str) -> Vec<String> {
    let id = at.rsplit('/').next().unwrap();
    let page = app.read(key, &format!("/v1/milestones?resource={id}")).await;
    let rows = page["data"].as_array().unwrap().iter();
    rows.map(|row| {
        let word = |name: &str| row[name].as_str().unwrap().to_owned();
        format!("{} {} {}", word("code"), word("due"), word("state"))
    })
    .collect()
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

/// Where a problem's faults are.
pub fn pointers(problem: &Value) -> Vec<&str> {
    texts(&problem["errors"], "pointer")
}

mod scenario {
    use super::*;

    pub async fn policies_live_in_editions(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = director(app, &key).await;
        let at = make(app, &key, "policies", policy("Access control")).await;
        let one = app.read(&key, &at).await;
        assert_eq!(
            (&one["status"], &one["edition"], &one["in_force"]),
            (&json!("draft"), &json!(1), &Value::Null)
        );
        assert!(due(app, &key, &at).await.is_empty(), "a draft is not reviewed");
        let approval = json!({ "approver": director, "approved_on": "2026-11-20" });
        let approved = app.stepped_with(&key, &format!("{at}/approve"), approval.clone()).await;
        assert_eq!((&approved["status"], &approved["version"]), (&json!("approved"), &json!(2)));
        assert_eq!(approved["in_force"], json!({ "number": 1, "approved_on": "2026-11-20" }));
        assert_eq!(
            (&approved["approval"]["by"], &approved["approval"]["name"]),
            (&director, &json!("Managing director"))
        );
        assert_eq!(due(app, &key, &at).await, ["policy_review 2027-11-20 open"]);
        let again =
            app.refused(Method::POST, &format!("{at}/approve"), &key, Some(approval.clone()), 409).await;
        assert!(again["detail"].as_str().unwrap().contains("/revise"), "{again}");

        let frozen =
            app.refused(Method::PATCH, &at, &key, Some(json!({ "text": "Other words." })), 409).await;
        assert!(frozen["detail"].as_str().unwrap().contains("ISM-5"), "{frozen}");
        let living = json!({ "review_on": "2027-05-31", "communicated_on": "2026-11-23", "owner": director });
        app.changed(&key, &at, living).await;
        assert_eq!(due(app, &key, &at).await, ["policy_review 2027-05-31 open"]);

        let revised = app.stepped(&key, &format!("{at}/revise")).await;
        assert_eq!((&revised["status"], &revised["edition"]), (&json!("draft"), &json!(2)));
        assert_eq!((&revised["in_force"]["number"], &revised["approval"]), (&json!(1), &Value::Null));
        assert_eq!(due(app, &key, &at).await, ["policy_review 2027-05-31 open"], "edition 1 holds meanwhile");
        app.changed(&key, &at, json!({ "text": "Other words.", "review_on": null })).await;
        let early = Some(json!({ "approver": director, "approved_on": "2026-11-19" }));
        let refused = app.refused(Method::POST, &format!("{at}/approve"), &key, early, 422).await;
        assert_eq!(pointer(&refused), "/approved_on", "before the edition that it supersedes");
        app.stepped_with(&key, &format!("{at}/approve"), json!({ "approver": director })).await;
        let editions = app.read(&key, &format!("{at}/editions?count=true")).await;
        assert_eq!(
            (texts(&editions["data"], "state"), &editions["total"]),
            (vec!["in_force", "superseded"], &json!(2))
        );
        let first = app.read(&key, &format!("{at}/editions/1")).await;
        assert_eq!(first["text"], policy("")["text"], "what was approved stays as it was");
        assert_eq!(app.read(&key, &format!("{at}/editions/2")).await["text"], "Other words.");
        assert_eq!(app.call(Method::GET, &format!("{at}/editions/3"), &key, None).await.status(), 404);
        assert_eq!(due(app, &key, &at).await, ["policy_review 2027-11-24 open"]);

        let kept = app.deleted_with(&key, &at, 409).await;
        assert_eq!(kept["code"], "in_use");
        let retired = app.stepped(&key, &format!("{at}/retire")).await;
        assert_eq!((&retired["status"], &retired["in_force"]), (&json!("retired"), &Value::Null));
        let editions = app.read(&key, &format!("{at}/editions?sort=number")).await;
        assert_eq!(texts(&editions["data"], "state"), ["superseded", "retired"]);
        assert!(due(app, &key, &at).await.is_empty());
        app.refused(Method::POST, &format!("{at}/retire"), &key, None, 409).await;
        assert_eq!(
            types(&app.events(&key, at.rsplit('/').next().unwrap()).await),
            [
                "policy.created",
                "policy.approved",
                "policy.updated",
                "policy.revised",
                "policy.updated",
                "policy.approved",
                "policy.retired"
            ]
        );
        let draft = make(app, &key, "policies", policy("Never approved")).await;
        app.deleted(&key, &draft).await;
    }

    pub async fn the_information_security_policy_commits(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = director(app, &key).await;
        let mut new = policy("Information security policy");
        new["level"] = json!("information_security");
        let at = make(app, &key, "policies", new).await;
        let approve = format!("{at}/approve");
        let approval = json!({ "approver": director });
        let refused = app.refused(Method::POST, &approve, &key, Some(approval.clone()), 409).await;
        let lacks =
            ["/frames_objectives", "/commits_to_requirements", "/commits_to_improvement", "/position"];
        assert_eq!(pointers(&refused), lacks);
        assert!(refused["errors"][0]["detail"].as_str().unwrap().starts_with("ISM-1"), "{refused}");
        let all = json!({ "frames_objectives": true, "commits_to_requirements": true, "commits_to_improvement": true });
        app.changed(&key, &at, all).await;
        let refused = app.refused(Method::POST, &approve, &key, Some(approval.clone()), 409).await;
        assert_eq!(pointers(&refused), ["/position"]);
        let stated = json!({ "approver": director, "position": "Managing director" });
        app.stepped_with(&key, &approve, stated).await;

        let other = make(app, &key, "policies", policy("Suppliers")).await;
        let approve = format!("{other}/approve");
        let machine = json!({ "kind": "machine", "name": "Bot", "role": "manager" });
        let machine = app.created(&key, "/v1/members", machine).await["id"].clone();
        for (body, at) in [
            (json!({ "approver": machine }), "/approver"),
            (json!({ "approver": format!("mem_{}", "0".repeat(32)) }), "/approver"),
            (json!({ "approver": director, "approved_on": "2026-11-25" }), "/approved_on"),
        ] {
            let refused = app.refused(Method::POST, &approve, &key, Some(body), 422).await;
            assert_eq!(pointer(&refused), at);
        }
        let blank = json!({ "title": "Nowhere" });
        let refused = app.refused(Method::POST, "/v1/isms/policies", &key, Some(blank), 422).await;
        assert_eq!(pointer(&refused), "/text");
        let unseen = app.call(Method::POST, &approve, &key, Some(json!({ "approver": director }))).await;
        assert_eq!(unseen.status(), 428, "an approval says which version was read");
    }

    pub async fn documents_are_controlled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = director(app, &key).await;
        let at = make(app, &key, "documents", document("D-01")).await;
        let taken = app.refused(Method::POST, "/v1/isms/documents", &key, Some(document("D-01")), 409).await;
        assert_eq!((&taken["code"], pointer(&taken)), (&json!("already_exists"), "/number"));
        let other = make(app, &key, "documents", document("D-02")).await;
        let taken = app.refused(Method::PATCH, &other, &key, Some(json!({ "number": "D-01" })), 409).await;
        assert_eq!(pointer(&taken), "/number");
        let approval = json!({ "approver": director });
        let refused =
            app.refused(Method::POST, &format!("{at}/approve"), &key, Some(approval.clone()), 409).await;
        assert_eq!(pointers(&refused), ["/format", "/storage", "/access", "/retention", "/disposal"]);
        let all = json!({ "format": "PDF", "link": "https://docs.example.com/d-01", "access": "All staff",
                          "retention": "Seven years", "disposal": "It is deleted", "external_origin": true });
        app.changed(&key, &at, all).await;
        let approved = app.stepped_with(&key, &format!("{at}/approve"), approval).await;
        assert_eq!((&approved["status"], &approved["external_origin"]), (&json!("approved"), &json!(true)));
        assert_eq!(due(app, &key, &at).await, ["document_review 2027-11-24 open"]);
        let edition = app.read(&key, &format!("{at}/editions/1")).await;
        assert_eq!((&edition["number"], &edition["retention"]), (&json!("D-01"), &json!("Seven years")));
        for (clauses, place) in [
            (json!(["A.5.1"]), "/clauses/0"),
            (json!(["7.4", "7"]), "/clauses/1"),
            (json!(["7.4", "7.4"]), "/clauses/1"),
        ] {
            let refused =
                app.refused(Method::PATCH, &at, &key, Some(json!({ "clauses": clauses })), 422).await;
            assert_eq!(pointer(&refused), place);
        }
        let answers = json!({ "clauses": ["5.3", "7.4"] });
        let known = app.changed(&key, &at, answers.clone()).await;
        assert_eq!(
            known["clauses"], answers["clauses"],
            "which clauses it answers is about the edition, not in it"
        );
    }

    pub async fn objectives_are_measured(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = make(app, &key, "objectives", objective(95.0)).await;
        let one = app.read(&key, &at).await;
        assert_eq!((&one["met"], &one["next_measurement_due"]), (&json!("unknown"), &json!("2027-02-24")));
        let measurements = format!("{at}/measurements");
        app.created(&key, &measurements, json!({ "value": 91.5, "on": "2026-11-01" })).await;
        let one = app.read(&key, &at).await;
        assert_eq!((&one["met"], &one["version"]), (&json!("no"), &json!(2)));
        assert_eq!(one["latest"], json!({ "on": "2026-11-01", "value": 91.5 }));
        app.created(&key, &measurements, json!({ "value": 95, "note": "From the training portal" })).await;
        app.created(&key, &measurements, json!({ "value": 10, "on": "2026-05-01" })).await;
        let one = app.read(&key, &at).await;
        assert_eq!((&one["met"], &one["measurements"]), (&json!("yes"), &json!(3)));
        assert_eq!(
            due(app, &key, &at).await,
            ["objective_measurement 2027-02-24 open", "objective_target 2027-12-31 open"]
        );
        let all = app.read(&key, &format!("{measurements}?count=true")).await;
        assert_eq!(
            (texts(&all["data"], "on"), &all["total"]),
            (vec!["2026-11-24", "2026-11-01", "2026-05-01"], &json!(3))
        );
        let first = app.read(&key, &format!("{measurements}?sort=on&limit=1")).await;
        assert_eq!(first["data"][0]["on"], "2026-05-01");
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = app.read(&key, &format!("{measurements}?sort=on&limit=1&cursor={cursor}")).await;
        assert_eq!(second["data"][0]["on"], "2026-11-01");

        let other =
            json!({ "measure": { "what": "Open days", "unit": "d", "target": 95, "direction": "at_most" } });
        let refused = app.refused(Method::PATCH, &at, &key, Some(other), 409).await;
        assert_eq!(pointer(&refused), "/measure", "what was measured was measured by that");
        let higher = json!({ "measure": { "what": "Staff trained", "unit": "%", "target": 96, "direction": "at_least" } });
        assert_eq!(app.changed(&key, &at, higher).await["met"], "no", "a target moves");
        let done = json!({ "status": "achieved", "achieved_on": "2026-11-24" });
        let done = app.changed(&key, &at, done).await;
        assert_eq!(done["next_measurement_due"], Value::Null);
        assert_eq!(due(app, &key, &at).await, ["objective_target 2027-12-31 done"]);
        let kept = app.deleted_with(&key, &at, 409).await;
        assert_eq!(kept["code"], "in_use", "measurements are kept");

        let plain = json!({ "title": "A team", "not_measurable": "It is there or not." });
        let plain = make(app, &key, "objectives", plain).await;
        let body = Some(json!({ "value": 1 }));
        app.refused(Method::POST, &format!("{plain}/measurements"), &key, body, 409).await;
        for (patch, at) in [
            (json!({ "not_measurable": null }), "/measure"),
            (json!({ "measure_every_months": 3 }), "/measure_every_months"),
            (json!({ "status": "achieved" }), "/achieved_on"),
            (json!({ "communicated_on": "2026-11-25" }), "/communicated_on"),
        ] {
            let refused = app.refused(Method::PATCH, &plain, &key, Some(patch), 422).await;
            assert_eq!(pointer(&refused), at);
        }
        app.deleted(&key, &plain).await;
    }

    pub async fn a_mistaken_measurement_is_voided(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = make(app, &key, "objectives", objective(95.0)).await;
        let measurements = format!("{at}/measurements");
        app.created(&key, &measurements, json!({ "value": 90, "on": "2026-10-01" })).await;
        let wrong = app.created(&key, &measurements, json!({ "value": 99, "on": "2026-11-01" })).await;
        assert_eq!(app.read(&key, &at).await["met"], "yes");
        let one = format!("{measurements}/{}", wrong["id"].as_str().unwrap());
        let why = json!({ "void_reason": "It counted contractors" });
        let voided = app.changed(&key, &one, why.clone()).await;
        assert_eq!((&voided["version"], &voided["void_reason"]), (&json!(2), &why["void_reason"]));
        let known = app.read(&key, &at).await;
        assert_eq!((&known["met"], &known["latest"]["value"]), (&json!("no"), &json!(90.0)));
        app.refused(Method::PATCH, &one, &key, Some(why), 409).await;
        assert_eq!(app.read(&key, &one).await, voided, "it stays");
        for (body, at) in [
            (json!({ "value": 1, "on": "2026-11-25" }), "/on"),
            (json!({ "value": 1e13 }), "/value"),
            (json!({ "value": 1, "by": format!("mem_{}", "0".repeat(32)) }), "/by"),
        ] {
            let refused = app.refused(Method::POST, &measurements, &key, Some(body), 422).await;
            assert_eq!(pointer(&refused), at);
        }
        let told = app.events(&key, "objective_measurement").await;
        let told = types(&told);
        assert_eq!(told.last(), Some(&"objective_measurement.voided"));
        assert_eq!(told.len(), 3);
        let other = make(app, &key, "objectives", objective(1.0)).await;
        let elsewhere = format!("{other}/measurements/{}", wrong["id"].as_str().unwrap());
        assert_eq!(app.call(Method::GET, &elsewhere, &key, None).await.status(), 404);
    }

    pub async fn a_review_is_complete_with_every_input(app: &TestApp) {
        let key = app.tenant("acme").await;
        let new = json!({ "title": "Management review 2026", "planned_on": "2026-11-30",
                          "attendees": [{ "name": "Managing director" }] });
        let at = make(app, &key, "management-reviews", new).await;
        let planned = app.read(&key, &at).await;
        assert_eq!((&planned["status"], &planned["complete"]), (&json!("planned"), &json!(false)));
        let parts = planned["missing"].as_array().unwrap().clone();
        assert_eq!(parts.len(), 12, "{planned}");
        assert_eq!(due(app, &key, &at).await, ["management_review 2026-11-30 open"]);
        app.changed(&key, &at, json!({ "held_on": "2026-11-23" })).await;
        for (n, part) in parts.iter().enumerate() {
            let part = part.as_str().unwrap();
            let said = match part {
                "decisions" => json!([{ "text": "Train everybody", "due": "2027-03-31" }]),
                _ => json!("none"),
            };
            let changed = app.changed(&key, &at, json!({ part: said })).await;
            assert_eq!(changed["missing"].as_array().unwrap().len(), 11 - n, "{part}");
            assert_eq!(changed["complete"], json!(n == 11), "{part}");
        }
        assert_eq!(
            due(app, &key, &at).await,
            [
                "management_review 2026-11-30 done",
                "review_decision 2027-03-31 open",
                "next_management_review 2027-11-23 open"
            ]
        );
        let done = json!([{ "text": "Train everybody", "due": "2027-03-31", "done_on": "2026-11-24" }]);
        app.changed(&key, &at, json!({ "decisions": done, "next_on": "2027-06-30" })).await;
        assert_eq!(
            due(app, &key, &at).await[1..],
            ["review_decision 2027-03-31 done", "next_management_review 2027-06-30 open"]
        );
        for (patch, at_) in [
            (json!({ "held_on": "2026-11-25" }), "/held_on"),
            (json!({ "next_on": "2026-11-23" }), "/next_on"),
            (json!({ "attendees": [{}] }), "/attendees/0"),
            (json!({ "decisions": [{ "text": "X", "done_on": "2026-11-25" }] }), "/decisions/0/done_on"),
        ] {
            let refused = app.refused(Method::PATCH, &at, &key, Some(patch), 422).await;
            assert_eq!(pointer(&refused), at_);
        }
    }

    pub async fn reviews_follow_each_other(app: &TestApp) {
        let key = app.tenant("acme").await;
        let review = |day: &str, held: Value| json!({ "title": day, "planned_on": day, "held_on": held });
        let first = make(app, &key, "management-reviews", review("2025-11-10", json!("2025-11-10"))).await;
        let wanted = "next_management_review 2026-11-10 overdue".to_owned();
        assert!(due(app, &key, &first).await.contains(&wanted));
        let second = make(app, &key, "management-reviews", review("2026-12-10", Value::Null)).await;
        let known = app.read(&key, &first).await;
        assert_eq!(json!(second.rsplit('/').next().unwrap()), known["followed_by"]);
        assert_eq!(due(app, &key, &first).await, ["management_review 2025-11-10 done"]);
        app.deleted(&key, &second).await;
        assert!(due(app, &key, &first).await.contains(&wanted), "nothing is planned any more");
        // What was held is entered after what came later.
        let later = make(app, &key, "management-reviews", review("2026-10-01", json!("2026-10-01"))).await;
        let between = make(app, &key, "management-reviews", review("2026-05-01", json!("2026-05-01"))).await;
        let id = |at: &str| json!(at.rsplit('/').next().unwrap());
        assert_eq!(app.read(&key, &between).await["followed_by"], id(&later));
        assert_eq!(app.read(&key, &first).await["followed_by"], id(&between));
        // Without the last one, the one before waits for its next, and the first does not.
        app.deleted(&key, &later).await;
        assert_eq!(app.read(&key, &between).await["followed_by"], Value::Null);
        assert_eq!(app.read(&key, &first).await["followed_by"], id(&between));
        let next = "next_management_review 2027-05-01 open".to_owned();
        assert!(due(app, &key, &between).await.contains(&next));
        // A planned one that is held on another day follows the one before that day.
        let moved = make(app, &key, "management-reviews", review("2026-04-01", Value::Null)).await;
        assert_eq!(app.read(&key, &first).await["followed_by"], id(&moved));
        app.changed(&key, &moved, json!({ "held_on": "2026-06-01" })).await;
        assert_eq!(app.read(&key, &first).await["followed_by"], id(&between));
        assert_eq!(app.read(&key, &between).await["followed_by"], id(&moved));
    }

    pub async fn a_draft_is_dropped_with_what_it_revises(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = director(app, &key).await;
        let at = make(app, &key, "policies", policy("Access")).await;
        let refused = app.refused(Method::POST, &format!("{at}/retire"), &key, None, 409).await;
        assert!(refused["detail"].as_str().unwrap().contains("was approved"), "{refused}");
        app.stepped_with(&key, &format!("{at}/approve"), json!({ "approver": director })).await;
        app.stepped(&key, &format!("{at}/revise")).await;
        let level = json!({ "level": "information_security" });
        let refused = app.refused(Method::PATCH, &at, &key, Some(level), 409).await;
        assert_eq!(pointer(&refused), "/level", "which policy it is was approved");
        app.changed(&key, &at, json!({ "title": "Other", "owner": director, "review_on": "2027-01-31" }))
            .await;
        let retired = app.stepped(&key, &format!("{at}/retire")).await;
        assert_eq!(
            (&retired["title"], &retired["edition"], &retired["status"], &retired["owner"]),
            (&json!("Access"), &json!(1), &json!("retired"), &director)
        );
        assert_eq!((&retired["in_force"], &retired["review_on"]), (&Value::Null, &json!("2027-01-31")));
        assert!(due(app, &key, &at).await.is_empty());
        app.stepped(&key, &format!("{at}/revise")).await;
        let editions = app.read(&key, &format!("{at}/editions")).await;
        assert_eq!(texts(&editions["data"], "state"), ["retired"], "nothing has taken its place yet");
    }

    pub async fn a_draft_of_a_later_edition_is_thrown_away(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = director(app, &key).await;
        let at = make(app, &key, "policies", policy("Access")).await;
        let discard = format!("{at}/discard-draft");
        let first = app.refused(Method::POST, &discard, &key, None, 409).await;
        assert!(first["detail"].as_str().unwrap().contains("DELETE"), "{first}");
        let approval = json!({ "approver": director, "approved_on": "2026-11-20" });
        let mut wanted = app.stepped_with(&key, &format!("{at}/approve"), approval).await;
        let none = app.refused(Method::POST, &discard, &key, None, 409).await;
        assert!(none["detail"].as_str().unwrap().contains("/revise"), "{none}");
        app.stepped(&key, &format!("{at}/revise")).await;
        let draft = json!({ "title": "Other", "text": "Other words.", "link": "https://wiki.example.com/other",
                            "owner": director, "review_on": "2027-01-31" });
        app.changed(&key, &at, draft).await;
        let contributor = app.key_as(&key, "contributor").await;
        let back = app.stepped(&contributor, &discard).await;
        (wanted["version"], wanted["owner"]) = (json!(5), director);
        wanted["review_on"] = json!("2027-01-31");
        assert_eq!(back, wanted, "word for word, but for what is about it and not in it");
        assert_eq!(app.read(&key, &at).await, wanted);
        assert_eq!(due(app, &key, &at).await, ["policy_review 2027-01-31 open"]);
        let editions = app.read(&key, &format!("{at}/editions")).await;
        assert_eq!(texts(&editions["data"], "state"), ["in_force"]);
        app.refused(Method::POST, &discard, &key, None, 409).await;
        assert_eq!(app.stepped(&key, &format!("{at}/revise")).await["edition"], 2);

        app.stepped(&key, &format!("{at}/retire")).await;
        app.stepped(&key, &format!("{at}/revise")).await;
        app.changed(&key, &at, json!({ "title": "Anew" })).await;
        let back = app.stepped(&key, &discard).await;
        assert_eq!(
            (&back["title"], &back["edition"], &back["status"], &back["in_force"]),
            (&json!("Access"), &json!(1), &json!("retired"), &Value::Null),
            "what was retired is retired again"
        );
        assert!(due(app, &key, &at).await.is_empty());
        let events = app.events(&key, at.rsplit('/').next().unwrap()).await;
        assert_eq!(
            types(&events),
            [
                "policy.created",
                "policy.approved",
                "policy.revised",
                "policy.updated",
                "policy.draft_discarded",
                "policy.revised",
                "policy.retired",
                "policy.revised",
                "policy.updated",
                "policy.draft_discarded"
            ]
        );
    }

    pub async fn a_draft_goes_back_only_to_a_number_that_is_free(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = director(app, &key).await;
        let mut new = document("D-01");
        for field in ["format", "storage", "access", "retention", "disposal"] {
            new[field] = json!("As agreed");
        }
        let at = make(app, &key, "documents", new).await;
        app.stepped_with(&key, &format!("{at}/approve"), json!({ "approver": director })).await;
        app.stepped(&key, &format!("{at}/revise")).await;
        app.changed(&key, &at, json!({ "number": "D-02" })).await;
        let other = make(app, &key, "documents", document("D-01")).await;
        let discard = format!("{at}/discard-draft");
        let refused = app.refused(Method::POST, &discard, &key, None, 409).await;
        assert_eq!(pointer(&refused), "/number", "another document has it meanwhile");
        app.changed(&key, &other, json!({ "number": "D-03" })).await;
        assert_eq!(app.stepped(&key, &discard).await["number"], "D-01");
    }

    pub async fn a_day_that_was_said_is_over_once_it_is_looked_at(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = director(app, &key).await;
        let mut late = policy("Late");
        late["review_on"] = json!("2026-11-01");
        let at = make(app, &key, "policies", late).await;
        app.stepped_with(&key, &format!("{at}/approve"), json!({ "approver": director })).await;
        assert_eq!(due(app, &key, &at).await, ["policy_review 2027-11-24 open"]);
    }

    pub async fn an_item_keeps_its_milestone_wherever_it_stands(app: &TestApp) {
        let key = app.tenant("acme").await;
        let decision = |text: &str, due: &str| json!({ "text": text, "due": due });
        let new = json!({ "title": "Review", "planned_on": "2027-12-31", "decisions": [
            decision("A", "2027-01-31"), decision("B", "2027-02-28"), decision("C", "2027-03-31") ] });
        let at = make(app, &key, "management-reviews", new).await;
        let known = async || {
            let page =
                app.read(&key, &format!("/v1/milestones?resource={}", at.rsplit('/').next().unwrap())).await;
            let rows = page["data"].as_array().unwrap().iter().filter(|row| row["code"] == "review_decision");
            rows.map(|row| (row["due"].clone(), row["id"].clone())).collect::<Vec<_>>()
        };
        let before = known().await;
        // The first is gone, another one comes first, and one moves.
        let items = [decision("D", "2027-04-30"), decision("C", "2027-05-31"), decision("B", "2027-02-28")];
        let changed = app.changed(&key, &at, json!({ "decisions": items })).await;
        let numbers: Vec<_> =
            changed["decisions"].as_array().unwrap().iter().map(|one| &one["number"]).collect();
        assert_eq!(numbers, [&json!(4), &json!(3), &json!(2)]);
        let after = known().await;
        assert_eq!(after[0], before[1], "B is where it was");
        assert_eq!(after[1].0, "2027-04-30");
        assert!(before.iter().all(|(_, id)| *id != after[1].1), "D is new");
        assert_eq!(after[2], (json!("2027-05-31"), before[2].1.clone()), "C has moved under its id");
        let twice = json!({ "decisions": [{ "number": 2, "text": "B" }, { "number": 2, "text": "C" }] });
        let refused = app.refused(Method::PATCH, &at, &key, Some(twice), 422).await;
        assert_eq!(pointer(&refused), "/decisions/1/number");
    }

    pub async fn records_are_found_and_ordered(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = director(app, &key).await;
        let mut first = policy("B");
        first["owner"] = director.clone();
        first["external_refs"] = json!([{ "system": "wiki", "id": "P-1" }]);
        let first = make(app, &key, "policies", first).await;
        let mut second = policy("A");
        second["review_on"] = json!("2027-01-31");
        let second = make(app, &key, "policies", second).await;
        make(app, &key, "policies", policy("C")).await;
        make(app, &key, "documents", document("D-01")).await;
        for one in [&first, &second] {
            app.stepped_with(&key, &format!("{one}/approve"), json!({ "approver": director })).await;
        }
        let titles = async |query: &str| {
            let page = app.read(&key, &format!("/v1/isms/policies?count=true&{query}")).await;
            let titles: String = texts(&page["data"], "title").concat();
            assert_eq!(page["total"], titles.len(), "{query}");
            titles
        };
        let owner = director.as_str().unwrap();
        for (query, wanted) in [
            (String::new(), "ABC"),
            ("sort=-title".to_owned(), "CBA"),
            ("sort=due".to_owned(), "ABC"),
            ("sort=-created_at".to_owned(), "CAB"),
            ("sort=created_at".to_owned(), "BAC"),
            ("status=approved".to_owned(), "AB"),
            ("status=draft".to_owned(), "C"),
            (format!("owner={owner}"), "B"),
            ("external_ref=wiki:P-1".to_owned(), "B"),
            ("external_ref=wiki:P-2".to_owned(), ""),
            ("due_before=2027-01-31".to_owned(), "A"),
            ("due_after=2027-02-01".to_owned(), "B"),
            ("due_before=9999-12-31".to_owned(), "AB"),
        ] {
            assert_eq!(titles(&query).await, wanted, "{query}");
        }
        let page = app.read(&key, "/v1/isms/policies?sort=due&limit=2").await;
        let cursor = page["next_cursor"].as_str().unwrap();
        let rest = app.read(&key, &format!("/v1/isms/policies?sort=due&limit=2&cursor={cursor}")).await;
        assert_eq!(texts(&rest["data"], "title"), ["C"], "what has no date comes last");
        let wrong = first.replace("/policies/pol_", "/documents/doc_");
        assert_eq!(app.call(Method::GET, &wrong, &key, None).await.status(), 404, "a policy is no document");
    }

    pub async fn records_are_changed_many_at_once(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = director(app, &key).await;
        let at = make(app, &key, "policies", policy("Approved")).await;
        app.stepped_with(&key, &format!("{at}/approve"), json!({ "approver": director })).await;
        let id = at.rsplit('/').next().unwrap();
        let reference = json!({ "system": "wiki", "id": "P-1" });
        let items = json!([
            { "create": policy("New") },
            { "update": { "id": id, "version": 2, "patch": { "text": "Other words." } } },
            { "update": { "id": id, "version": 2, "patch": { "review_on": "2027-03-31" } } },
            { "put": { "external_ref": reference, "resource": policy("Put") } },
            { "put": { "external_ref": reference, "resource": policy("Put again") } },
        ]);
        let answer =
            app.call(Method::POST, "/v1/isms/policies:batch", &key, Some(json!({ "items": items }))).await;
        let told: Value = answer.json().await.unwrap();
        let outcomes = texts(&told["items"], "outcome");
        assert_eq!(outcomes, ["created", "refused", "updated", "created", "updated"]);
        assert_eq!(told["items"][1]["error"]["status"], 409);
        let page = app.read(&key, "/v1/isms/policies").await;
        assert_eq!(texts(&page["data"], "title"), ["Approved", "New", "Put again"]);
    }

    pub async fn every_kind_of_record_is_put_tried_and_taken_whole(app: &TestApp) {
        let key = app.tenant("acme").await;
        let risk = json!({ "code": "R-1", "title": "A supplier fails" });
        let risk = app.created(&key, "/v1/risks", risk).await["id"].clone();
        for (kind, event, prefix, new) in kinds(&risk) {
            let at = format!("/v1/isms/{kind}");
            let ask = async |body: Value| {
                let answer = app.call(Method::POST, &format!("{at}:batch"), &key, Some(body)).await;
                (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
            };
            let outcomes = async |items: Value| {
                let (status, told) = ask(json!({ "items": items })).await;
                assert_eq!(status, 200, "{kind}: {told}");
                texts(&told["items"], "outcome").into_iter().map(str::to_owned).collect::<Vec<_>>()
            };
            let put = |resource: &Value| json!({ "put": { "external_ref": { "system": "grc", "id": "1" }, "resource": resource } });
            let name = if kind == "interested-parties" { "name" } else { "title" };
            let mut renamed = new.clone();
            renamed[name] = json!("Renamed");

            // Only told, and then refused as a whole: nothing is there.
            let (status, told) = ask(json!({ "dry_run": true, "items": [put(&new), put(&renamed)] })).await;
            assert_eq!(
                (status, texts(&told["items"], "outcome")),
                (200, vec!["created", "updated"]),
                "{told}"
            );
            let none = format!("{prefix}_{}", "0".repeat(32));
            let unknown = json!({ "update": { "id": none, "version": 1, "patch": { name: "Nobody" } } });
            let (status, told) = ask(json!({ "atomic": true, "items": [put(&new), unknown] })).await;
            assert_eq!((status, &told["code"]), (422, &json!("batch_refused")), "{kind}: {told}");
            assert_eq!(pointers(&told), ["/items/1/update/id"], "{kind}: {told}");
            assert_eq!(app.read(&key, &format!("{at}?count=true")).await["total"], 0, "{kind}");
            assert!(app.events(&key, event).await.is_empty(), "{kind}");

            // Entered once, found again by its reference, and changed where it says something else.
            let (status, told) = ask(json!({ "atomic": true, "items": [put(&new)] })).await;
            assert_eq!((status, &told["items"][0]["outcome"]), (200, &json!("created")), "{kind}: {told}");
            let id = told["items"][0]["id"].clone();
            let change = |version: i32| json!({ "update": { "id": id, "version": version, "patch": { name: "Third" } } });
            let items = json!([put(&new), put(&renamed), put(&renamed), change(1), change(2)]);
            assert_eq!(
                outcomes(items).await,
                ["unchanged", "updated", "unchanged", "refused", "updated"],
                "{kind}"
            );
            let found = app.read(&key, &format!("{at}?external_ref=grc:1&count=true")).await;
            assert_eq!((&found["total"], &found["data"][0]["id"]), (&json!(1), &id), "{kind}");
            assert_eq!(
                (&found["data"][0][name], &found["data"][0]["version"]),
                (&json!("Third"), &json!(3)),
                "{kind}"
            );
            let told = app.events(&key, event).await;
            let wanted = [format!("{event}.created"), format!("{event}.updated"), format!("{event}.updated")];
            assert_eq!(types(&told), wanted, "what is unchanged writes nothing");
            let removal = json!({ "delete": { "id": id, "version": 3 } });
            assert_eq!(outcomes(json!([removal, put(&new)])).await, ["deleted", "created"], "{kind}");
        }
    }

    pub async fn what_records_name_is_there_and_stays(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = director(app, &key).await;
        let at = make(app, &key, "policies", policy("Training")).await;
        let id = at.rsplit('/').next().unwrap();
        let mut new = objective(95.0);
        new["policy"] = json!(id);
        let follows = make(app, &key, "objectives", new.clone()).await;
        let held = app.deleted_with(&key, &at, 409).await;
        assert_eq!(held["code"], "in_use", "an objective follows from it");
        // A row of another kind is no policy.
        let other = make(app, &key, "documents", document("D-01")).await;
        new["policy"] = json!(other.rsplit('/').next().unwrap().replace("doc_", "pol_"));
        let refused = app.refused(Method::POST, "/v1/isms/objectives", &key, Some(new.clone()), 422).await;
        assert_eq!(pointer(&refused), "/policy");
        new["policy"] = Value::Null;
        for place in ["measured_by", "analysed_by"] {
            let mut by = new.clone();
            by[place] = json!(format!("mem_{}", "0".repeat(32)));
            let refused = app.refused(Method::POST, "/v1/isms/objectives", &key, Some(by), 422).await;
            assert_eq!(pointer(&refused), format!("/{place}"));
        }
        app.changed(&key, &follows, json!({ "policy": null })).await;
        app.deleted(&key, &at).await;

        let person = json!({ "kind": "person", "name": "Somebody", "role": "contributor" });
        let person = app.created(&key, "/v1/members", person).await["id"].clone();
        let mut review = json!({ "title": "Review", "planned_on": "2027-01-31",
            "attendees": [{ "member": director }, { "member": person }],
            "decisions": [{ "text": "Train", "responsible": person }] });
        let at = make(app, &key, "management-reviews", review.clone()).await;
        let member = format!("/v1/members/{}", person.as_str().unwrap());
        assert_eq!(app.deleted_with(&key, &member, 409).await["code"], "in_use");
        app.changed(&key, &at, json!({ "attendees": [], "decisions": [] })).await;
        app.deleted(&key, &member).await;
        for place in ["/attendees/1/member", "/decisions/0/responsible"] {
            review["attendees"] = json!([{ "member": director }, { "member": director }]);
            review["decisions"] = json!([{ "text": "Train", "responsible": director }]);
            *review.pointer_mut(place).unwrap() = person.clone();
            let refused = app
                .refused(Method::POST, "/v1/isms/management-reviews", &key, Some(review.clone()), 422)
                .await;
            assert_eq!(pointer(&refused), place);
        }
    }

    pub async fn roles_may_what_the_table_says(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = director(app, &key).await;
        let contributor = app.key_as(&key, "contributor").await;
        let at = make(app, &contributor, "policies", policy("Access")).await;
        let approve = format!("{at}/approve");
        let approval = json!({ "approver": director });
        app.refused(Method::POST, &approve, &contributor, Some(approval.clone()), 403).await;
        app.refused(Method::DELETE, &at, &contributor, None, 403).await;
        let manager = app.key_as(&key, "manager").await;
        app.stepped_with(&manager, &approve, approval).await;
        app.refused(Method::POST, &format!("{at}/retire"), &contributor, None, 403).await;
        app.stepped(&contributor, &format!("{at}/revise")).await;
        for role in ["auditor", "viewer"] {
            let reader = app.key_as(&key, role).await;
            app.read(&reader, &format!("{at}/editions/1")).await;
            app.refused(Method::POST, "/v1/isms/policies", &reader, Some(policy("Mine")), 403).await;
        }
    }

    pub async fn both_surfaces_tell_the_same(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = director(app, &key).await;
        let at = make(app, &key, "policies", policy("Training")).await;
        let id = at.rsplit('/').next().unwrap();
        let approve = "mutation($id: ID!, $input: NewEditionApproval) { approvePolicy(id: $id, expectedVersion: 1, \
                       input: $input) { status inForce { number } approval { by { name } } } }";
        let input = json!({ "id": id, "input": { "approver": director } });
        let told = app.ask_with(&key, approve, input.clone()).await;
        let approved = &told["data"]["approvePolicy"];
        assert_eq!(approved["inForce"]["number"], 1, "{told}");
        assert_eq!(approved["approval"]["by"]["name"], "Managing director", "{told}");
        let again = app.ask_with(&key, approve, input).await;
        assert_eq!(again["errors"][0]["extensions"]["code"], "conflict", "{again}");
        let mut new = objective(95.0);
        (new["policy"], new["owner"]) = (json!(id), director.clone());
        (new["measured_by"], new["analysed_by"]) = (director.clone(), director);
        (new["method"], new["analysed_when"]) = (json!("By the portal's list"), json!("Each quarter"));
        let objective = make(app, &key, "objectives", new).await;
        app.created(&key, &format!("{objective}/measurements"), json!({ "value": 97 })).await;
        let told = app
            .ask(
                &key,
                "{ objectives(filter: { status: ACTIVE }) { totalCount nodes { title met policyId policy { title } \
                 owner { name } latest { value } method analysedWhen measuredBy { name } analysedById \
                 analysedBy { name } } } policyEditions(id: \"POL\") { nodes { number state } } }"
                    .replace("POL", id)
                    .as_str(),
            )
            .await;
        let known = &told["data"]["objectives"]["nodes"][0];
        assert_eq!((&known["met"], &known["policy"]["title"]), (&json!("YES"), &json!("Training")), "{told}");
        assert_eq!(known["owner"]["name"], "Managing director");
        let rest = app.read(&key, &objective).await;
        for (field, rest) in [
            (&known["method"], &rest["method"]),
            (&known["analysedWhen"], &rest["analysed_when"]),
            (&known["analysedById"], &rest["analysed_by"]),
        ] {
            assert!(field.is_string() && field == rest, "{told}");
        }
        for by in ["measuredBy", "analysedBy"] {
            assert_eq!(known[by]["name"], "Managing director", "{told}");
        }
        assert_eq!(told["data"]["policyEditions"]["nodes"][0], json!({ "number": 1, "state": "IN_FORCE" }));
    }
}
