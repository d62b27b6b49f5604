//! Plans of dates: what would be, for certificates and attestations together.

use crate::support::*;

on_both!(
    a_first_certificate_and_a_first_report_are_planned_together,
    what_is_there_goes_on_from_its_log,
    a_wish_against_a_rule_is_told_with_what_would_be_accepted,
    an_engagement_goes_on_from_its_events,
    graphql_tells_the_same_plan,
    simulating_writes_nothing,
    what_does_not_fit_together_is_refused_at_its_place,
    a_plan_names_what_the_caller_may_read,
);

const SIMULATE: &str = "/v1/plans:simulate";

/// A certificate that is held, with its first surveillance; its id.
async fn certificate(app: &TestApp, key: &str) -> String {
    let body = app.created(key, "/v1/certification-bodies", json!({ "name": "CB" })).await;
    let certificate = json!({
        "certification_body": body["id"], "standard": "ISO/IEC 27001", "edition": "2022", "number": "ISMS-1",
        "legal_entity": "Example Cloud GmbH", "scope": "The cloud platform",
        "printed": { "decision_on": "2025-03-10", "expires_on": "2028-03-10" },
        "events": [{ "type": "surveillance_completed", "ended_on": "2026-02-12" }],
    });
    app.created(key, "/v1/certifications", certificate).await["id"].as_str().unwrap().to_owned()
}

async fn engagement(app: &TestApp, key: &str) -> String {
    let new = json!({ "name": "Platform", "report": "type_2", "scope": "Platform" });
    app.created(key, "/v1/attestations", new).await["id"].as_str().unwrap().to_owned()
}

/// Both kinds, neither there yet.
fn both() -> Value {
    json!({
        "as_of": "2027-01-04",
        "certifications": [{ "wishes": [
            { "type": "stage_2_completed", "days": { "week": "2027-W20" } },
            { "type": "granted", "days": { "from": "2027-06-14", "to": "2027-06-25" } },
        ] }],
        "attestations": [{ "report": "type_2", "wishes": [
            { "type": "window_opened", "days": { "from": "2027-07-01" }, "months": 6 },
        ] }],
    })
}

/// The type, the day and the origin of each step.
fn days(subject: &Value) -> Vec<(&str, &str, &str)> {
    let steps = subject["steps"].as_array().unwrap().iter();
    steps.map(|step| (text(&step["type"]), text(&step["on"]), text(&step["origin"]))).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn step<'a>(subject: &'a Value, event: &str) -> &'a Value {
    let mut steps = subject["steps"].as_array().unwrap().iter();
    steps.find(|step| step["type"] == event).unwrap_or_else(|| panic!("no {event}: {subject}"))
}

async fn simulated(app: &TestApp, key: &str, plan: Value) -> Value {
    app.stepped_with(key, SIMULATE, plan).await
}

mod scenario {
    use super::*;

    pub async fn a_first_certificate_and_a_first_report_are_planned_together(app: &TestApp) {
        let key = app.tenant("acme").await;
        let plan = simulated(app, &key, both()).await;
        assert_eq!((&plan["as_of"], &plan["permitted"]), (&json!("2027-01-04"), &json!(true)));
        let one = &plan["certifications"][0];
        assert_eq!(
            (&one["certification"], &one["title"], &one["status"]),
            (&Value::Null, &json!("ISO/IEC 27001 2022, a new certificate"), &json!("active"))
        );
        assert_eq!(
            days(one),
            [
                ("applied", "2027-01-04", "assumed"),
                ("stage_1_completed", "2027-01-04", "assumed"),
                ("stage_2_completed", "2027-05-17", "wished"),
                ("granted", "2027-06-14", "wished"),
                ("surveillance_completed", "2028-06-14", "assumed"),
                ("surveillance_completed", "2029-06-14", "assumed"),
                ("recertification_audit_completed", "2030-03-14", "assumed"),
                ("recertified", "2030-06-14", "assumed"),
            ]
        );
        let wished = step(one, "stage_2_completed");
        assert_eq!(
            (&wished["wished_from"], &wished["wished_to"]),
            (&json!("2027-05-17"), &json!("2027-05-23"))
        );
        assert_eq!(wished["earliest"], json!({ "on": "2027-01-04", "beyond": null }));
        assert_eq!(wished["latest"]["on"], "2027-06-14", "the grant rests on it");
        let first = step(one, "surveillance_completed");
        assert_eq!(
            (&first["milestone"], &first["latest"]["on"], &first["latest"]["beyond"]["rule"]),
            (&json!("surveillance_1"), &json!("2028-06-14"), &json!("A-10"))
        );
        assert_eq!(first["usual_from"], "2028-03-14");
        let audit = step(one, "recertification_audit_completed");
        assert_eq!((&audit["usual_by"], &audit["unusual"]), (&json!("2030-03-14"), &json!([])));
        assert_eq!(step(one, "recertified")["latest"]["on"], "2030-06-14");
        assert_eq!(one["validity"]["expires_on"], "2033-06-14", "the renewal counts from the expiry");
        let line = &one["timeline"];
        assert_eq!(
            (&line["resource"], &line["as_of"]),
            (&json!({ "kind": "certification", "id": "" }), &json!("2030-06-14"))
        );
        let entries = line["entries"].as_array().unwrap();
        let granted = entries.iter().find(|entry| entry["code"] == "granted").unwrap();
        assert_eq!((&granted["assumed"], &granted["event_id"]), (&json!(true), &Value::Null));
        assert!(entries.iter().any(|entry| entry["code"] == "surveillance_1" && entry["state"] == "done"));

        let two = &plan["attestations"][0];
        assert_eq!(
            (&two["title"], &two["state"]),
            (&json!("SOC 2 Type II, a new engagement"), &json!("issued"))
        );
        let closed = step(two, "window_closed");
        assert_eq!(
            (&closed["on"], &closed["earliest"]["on"], &closed["earliest"]["beyond"]["rule"]),
            (&json!("2028-01-01"), &json!("2028-01-01"), &json!("D-05"))
        );
        assert_eq!(step(two, "issued")["usual_by"], "2028-02-29");
        assert_eq!(
            two["timeline"]["spans"],
            json!([{ "kind": "reported", "from": "2027-07-01", "to": "2027-12-31" }])
        );
    }

    pub async fn what_is_there_goes_on_from_its_log(app: &TestApp) {
        let key = app.tenant("acme").await;
        let id = certificate(app, &key).await;
        let wish = json!({ "type": "surveillance_completed", "days": { "week": "2027-W06" } });
        let plan = json!({ "certifications": [{ "certification": id, "wishes": [wish] }] });
        let told = simulated(app, &key, plan).await;
        assert_eq!((&told["as_of"], &told["permitted"]), (&json!("2026-11-24"), &json!(true)));
        let one = &told["certifications"][0];
        assert_eq!(
            (&one["certification"], &one["title"]),
            (&json!(id), &json!("ISO/IEC 27001 2022, certificate ISMS-1"))
        );
        assert_eq!(
            days(one),
            [
                ("surveillance_completed", "2027-02-08", "wished"),
                ("recertification_audit_completed", "2027-12-10", "assumed"),
                ("recertified", "2028-03-10", "assumed"),
            ]
        );
        let second = step(one, "surveillance_completed");
        assert_eq!(
            (&second["milestone"], &second["latest"]["on"], &second["latest"]["beyond"]["rule"]),
            (&json!("surveillance_2"), &json!("2027-03-10"), &json!("A-09"))
        );
        let entries = one["timeline"]["entries"].as_array().unwrap();
        let held = |on: &str| {
            let mut all = entries.iter();
            all.find(|entry| entry["code"] == "surveillance_completed" && entry["on"] == on).unwrap()
        };
        assert!(held("2026-02-12")["event_id"].is_string() && held("2027-02-08")["event_id"].is_null());
        // On a day before it, the first surveillance was still to come.
        let earlier = json!({ "as_of": "2026-01-05", "certifications": [{ "certification": id }] });
        let told = simulated(app, &key, earlier).await;
        let all = days(&told["certifications"][0]);
        assert_eq!(all[0], ("surveillance_completed", "2026-03-10", "assumed"));
        assert_eq!(all.len(), 4);
        // What is given stands on its day, and what it does to others is told.
        let withdrawn =
            json!({ "type": "withdrawn", "effective_on": "2027-06-01", "reason": "We leave the market" });
        let late =
            json!({ "type": "surveillance_completed", "days": { "from": "2027-06-07", "to": "2027-06-11" } });
        let plan =
            json!({ "certifications": [{ "certification": id, "events": [withdrawn], "wishes": [late] }] });
        let told = simulated(app, &key, plan).await;
        let one = &told["certifications"][0];
        assert_eq!((&told["permitted"], &one["status"]), (&json!(false), &json!("withdrawn")));
        assert_eq!(texts(&step(one, "surveillance_completed")["breaches"], "rule")[0], "A.4");
    }

    pub async fn a_wish_against_a_rule_is_told_with_what_would_be_accepted(app: &TestApp) {
        let key = app.tenant("acme").await;
        let id = certificate(app, &key).await;
        let plan = |event: &str, from: &str, to: &str| {
            let wish = json!({ "type": event, "days": { "from": from, "to": to } });
            json!({ "as_of": "2028-04-03", "certifications": [{ "certification": id, "wishes": [wish] }] })
        };
        let late = simulated(app, &key, plan("restored_after_expiry", "2028-09-11", "2028-09-15")).await;
        assert_eq!(late["permitted"], false);
        let restored = step(&late["certifications"][0], "restored_after_expiry");
        assert_eq!(restored["on"], "2028-09-11");
        let breach = &restored["breaches"][0];
        assert_eq!(
            (&breach["rule"], &breach["instead"]),
            (&json!("A-20"), &json!("reinstated_after_stage_2"))
        );
        assert_eq!(
            (&restored["earliest"]["on"], &restored["latest"]["on"]),
            (&json!("2028-04-03"), &json!("2028-09-10"))
        );
        let renewed = simulated(app, &key, plan("recertified", "2028-05-01", "2028-05-05")).await;
        let breach = &step(&renewed["certifications"][0], "recertified")["breaches"][0];
        assert_eq!(
            (&breach["rule"], &breach["instead"]),
            (&json!("A-19"), &json!("restored_after_expiry, until 2028-09-10"))
        );
        let in_time = simulated(app, &key, plan("restored_after_expiry", "2028-09-04", "2028-09-15")).await;
        assert_eq!(in_time["permitted"], true, "{in_time}");
        assert_eq!(in_time["certifications"][0]["validity"]["expires_on"], "2031-03-10");
    }

    pub async fn an_engagement_goes_on_from_its_events(app: &TestApp) {
        let key = app.tenant("acme").await;
        let id = engagement(app, &key).await;
        let none = simulated(app, &key, json!({ "attestations": [{ "attestation": id }] })).await;
        let one = &none["attestations"][0];
        assert_eq!(
            (&one["attestation"], &one["state"], &one["steps"]),
            (&json!(id), &json!("planning"), &json!([])),
            "no period is invented"
        );
        let scope =
            json!({ "type": "scope_set", "on": "2026-11-02", "scope": { "categories": ["security"] } });
        app.created(&key, &format!("/v1/attestations/{id}/events"), scope).await;
        let wishes = json!([
            { "type": "window_opened", "days": { "from": "2027-01-01" } },
            { "type": "issued", "days": { "from": "2027-12-27", "to": "2028-01-31" } },
        ]);
        let told =
            simulated(app, &key, json!({ "attestations": [{ "attestation": id, "wishes": wishes }] })).await;
        let one = &told["attestations"][0];
        assert_eq!(one["title"], "Platform, SOC 2 Type II");
        let first: Vec<_> = days(one).into_iter().take(3).collect();
        assert_eq!(
            first,
            [
                ("auditor_engaged", "2026-11-24", "assumed"),
                ("readiness_done", "2026-12-02", "assumed"),
                ("window_opened", "2027-01-01", "wished"),
            ],
            "the scope is settled"
        );
        let issued = step(one, "issued");
        assert_eq!((&issued["on"], &issued["breaches"]), (&json!("2028-01-01"), &json!([])), "{one}");
        assert_eq!(told["permitted"], true, "{told}");
    }

    pub async fn graphql_tells_the_same_plan(app: &TestApp) {
        let key = app.tenant("acme").await;
        let id = certificate(app, &key).await;
        let mut plan = both();
        plan["certifications"].as_array_mut().unwrap().push(json!({ "certification": id }));
        let rest = simulated(app, &key, plan).await;
        let input = json!({
            "asOf": "2027-01-04",
            "certifications": [
                { "wishes": [
                    { "type": "STAGE_2_COMPLETED", "days": { "week": "2027-W20" } },
                    { "type": "GRANTED", "days": { "from": "2027-06-14", "to": "2027-06-25" } },
                ] },
                { "certification": id },
            ],
            "attestations": [{ "report": "TYPE_2", "wishes": [
                { "type": "WINDOW_OPENED", "days": { "from": "2027-07-01" }, "months": 6 },
            ] }],
        });
        let steps = "steps { type title on origin wishedFrom wishedTo milestone usualFrom usualBy \
                     earliest { on beyond { rule } } latest { on beyond { rule reason instead } } \
                     breaches { rule } unusual { rule } }";
        let query = format!(
            "query($input: NewPlan!) {{ simulatePlan(input: $input) {{ asOf permitted \
             certifications {{ certificationId title status validity {{ expiresOn }} {steps} }} \
             attestations {{ attestationId title state {steps} timeline {{ standing spans {{ kind }} }} }} }} }}"
        );
        let told = app.ask_with(&key, &query, json!({ "input": input })).await;
        let graph = &told["data"]["simulatePlan"];
        assert_eq!((&graph["asOf"], &graph["permitted"]), (&rest["as_of"], &rest["permitted"]), "{told}");
        for (kind, n) in [("certifications", 0), ("certifications", 1), ("attestations", 0)] {
            let (one, other) = (&graph[kind][n], &rest[kind][n]);
            assert_eq!(one["title"], other["title"]);
            for field in ["type", "title", "on"] {
                assert_eq!(texts(&one["steps"], field), texts(&other["steps"], field));
            }
            let bounds = |subject: &Value| -> Vec<Value> {
                let steps = subject["steps"].as_array().unwrap().iter();
                steps.map(|step| json!([step["earliest"]["on"], step["latest"]])).collect()
            };
            let rest: Vec<_> = bounds(other).into_iter().map(without_clause).collect();
            assert_eq!(bounds(one), rest);
        }
        assert_eq!(graph["certifications"][1]["certificationId"], json!(id));
        let wrong = json!({ "input": { "certifications": [] } });
        let refused = app.ask_with(&key, &query, wrong).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "unprocessable");
    }

    pub async fn simulating_writes_nothing(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (crt, att) = (certificate(app, &key).await, engagement(app, &key).await);
        let before = Sql::unbound(&app.database).await.everything().await;
        let wishes = json!([{ "type": "window_opened", "days": { "from": "2027-01-01" } }]);
        let plan = json!({
            "certifications": [{ "certification": crt }],
            "attestations": [{ "attestation": att, "wishes": wishes }],
        });
        let sent = [("idempotency-key", "one")];
        for plan in [plan, both()] {
            let answer = app.call_with(Method::POST, SIMULATE, &key, Some(plan), &sent).await;
            assert_eq!(answer.status(), 200, "the key is ignored, so another plan is no mismatch");
            assert!(answer.headers().get("idempotency-replayed").is_none());
            assert_eq!(answer.headers()["cache-control"], "no-store");
        }
        assert_eq!(Sql::unbound(&app.database).await.everything().await, before);
    }

    pub async fn what_does_not_fit_together_is_refused_at_its_place(app: &TestApp) {
        let key = app.tenant("acme").await;
        let id = certificate(app, &key).await;
        let new = |event: Value| json!({ "certifications": [{ "events": [event] }] });
        let wish = |event: &str, days: Value| json!({ "certifications": [{ "wishes": [{ "type": event, "days": days }] }] });
        let report = |more: Value| {
            let mut one = json!({ "report": "type_2" });
            one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({ "attestations": [one] })
        };
        let asked = |event: &str, months: i32| json!({ "wishes": [{ "type": event, "days": { "from": "2027-01-01" }, "months": months }] });
        let printed = json!({ "decision_on": "2025-03-10", "expires_on": "2028-03-10" });
        let audit = "stage_2_completed";
        let from = "/certifications/0/wishes/0/days";
        for (plan, at) in [
            (json!({}), "/certifications".to_owned()),
            (json!({ "certifications": vec![json!({}); 11] }), "/certifications".to_owned()),
            (
                json!({ "certifications": [{ "certification": id, "edition": "2022" }] }),
                "/certifications/0/edition".to_owned(),
            ),
            (
                new(json!({ "type": "registered_existing", "printed": printed })),
                "/certifications/0/events/0/type".to_owned(),
            ),
            (
                new(json!({ "type": "suspended", "effective_on": "2027-01-01" })),
                "/certifications/0/events/0/reason".to_owned(),
            ),
            (
                new(json!({ "type": "granted", "effective_on": "2032-11-25" })),
                "/certifications/0/events/0/effective_on".to_owned(),
            ),
            (
                new(
                    json!({ "type": "granted", "effective_on": "2027-01-01", "details": { "expires_on": "2038-01-01" } }),
                ),
                "/certifications/0/events/0/details/expires_on".to_owned(),
            ),
            (
                new(json!({ "type": "transferred_in", "effective_on": "2027-01-01",
                            "details": { "certification_body": format!("cbo_{}", "0".repeat(32)) } })),
                "/certifications/0/events/0/details/certification_body".to_owned(),
            ),
            (
                wish("suspended", json!({ "from": "2027-01-01" })),
                "/certifications/0/wishes/0/type".to_owned(),
            ),
            (wish(audit, json!({})), format!("{from}/from")),
            (wish(audit, json!({ "week": "2027-W53" })), format!("{from}/week")),
            (wish(audit, json!({ "week": "2027-W20", "from": "2027-01-01" })), format!("{from}/week")),
            (wish(audit, json!({ "from": "2027-01-02", "to": "2027-01-01" })), format!("{from}/to")),
            (wish(audit, json!({ "from": "2032-11-25" })), format!("{from}/from")),
            (json!({ "certifications": [{}], "until": "2026-11-23" }), "/until".to_owned()),
            (json!({ "certifications": [{}], "until": "2032-11-25" }), "/until".to_owned()),
            (json!({ "attestations": [{}] }), "/attestations/0/report".to_owned()),
            (
                report(json!({ "attestation": format!("att_{}", "0".repeat(32)) })),
                "/attestations/0/report".to_owned(),
            ),
            (report(asked("scope_set", 12)), "/attestations/0/wishes/0/type".to_owned()),
            (report(asked("issued", 12)), "/attestations/0/wishes/0/months".to_owned()),
            (report(asked("window_opened", 37)), "/attestations/0/wishes/0/months".to_owned()),
            (
                report(json!({ "events": [{ "type": "window_opened" }] })),
                "/attestations/0/events/0/window".to_owned(),
            ),
            (
                report(json!({ "events": [{ "type": "register_issued_report" }] })),
                "/attestations/0/events/0/type".to_owned(),
            ),
        ] {
            let refused = app.refused(Method::POST, SIMULATE, &key, Some(plan.clone()), 422).await;
            assert_eq!(pointer(&refused), at, "{plan}: {refused}");
        }
        // All of it is told at once.
        let plan = json!({
            "certifications": [{ "wishes": [{ "type": "suspended", "days": {} }] }], "attestations": [{}],
        });
        let refused = app.refused(Method::POST, SIMULATE, &key, Some(plan), 422).await;
        assert_eq!(
            texts(&refused["errors"], "pointer"),
            [
                "/certifications/0/wishes/0/type",
                "/certifications/0/wishes/0/days/from",
                "/attestations/0/report"
            ]
        );
        for odd in [
            json!({ "audits": [] }),
            json!({ "certifications": [{}], "assume": { "findings": "closed" } }),
            json!({ "certifications": [{}], "assume": { "audits": "held" } }),
            json!({ "certifications": [{}], "assume": ["open"] }),
            json!({ "certifications": [{ "wishes": [{ "type": audit, "days": { "month": 3 } }] }] }),
            json!({ "certifications": [{ "wishes": [{ "type": "stage_3", "days": { "week": "2027-W20" } }] }] }),
        ] {
            app.refused(Method::POST, SIMULATE, &key, Some(odd), 400).await;
        }
    }

    pub async fn a_plan_names_what_the_caller_may_read(app: &TestApp) {
        let (key, other) = (app.tenant("acme").await, app.tenant("other").await);
        let (crt, att) = (certificate(app, &key).await, engagement(app, &key).await);
        let certificates = json!({ "certifications": [{ "certification": crt }] });
        let engagements = json!({ "attestations": [{ "attestation": att }] });
        for (plan, at) in [
            (&certificates, "/certifications/0/certification"),
            (&engagements, "/attestations/0/attestation"),
        ] {
            let refused = app.refused(Method::POST, SIMULATE, &other, Some(plan.clone()), 422).await;
            assert_eq!(pointer(&refused), at, "another tenant's is not there");
        }
        let member = app.first_member(&key).await;
        let new = json!({ "certifications": [{}] });
        for (scopes, plan, status) in [
            (json!(["plans:read"]), &new, 200),
            (json!(["certifications:read"]), &new, 403),
            (json!(["plans:read"]), &certificates, 403),
            (json!(["plans:read", "certifications:read"]), &certificates, 200),
            (json!(["plans:read", "certifications:read"]), &engagements, 403),
            (json!(["plans:read", "attestations:read"]), &engagements, 200),
        ] {
            let narrow = json!({ "member_id": member, "name": "Narrow", "scopes": scopes });
            let narrow = app.created(&key, "/v1/api-keys", narrow).await;
            let narrow = narrow["key"].as_str().unwrap();
            app.refused(Method::POST, SIMULATE, narrow, Some(plan.clone()), status).await;
        }
        for role in ["viewer", "auditor", "integration"] {
            let one = app.key_as(&key, role).await;
            simulated(app, &one, certificates.clone()).await;
        }
    }
}

/// A pair of bounds without what the query does not ask for.
fn without_clause(mut bounds: Value) -> Value {
    if let Some(beyond) = bounds.pointer_mut("/1/beyond").and_then(Value::as_object_mut) {
        beyond.remove("clause");
    }
    bounds
}
