//! Audits: planned, held, concluded, voided; what they make due; who may audit what.

use crate::support::*;

on_both!(
    an_audit_lives_and_is_journalled,
    nobody_audits_what_they_answer_for,
    a_completed_audit_is_a_fact_that_stays,
    a_completion_names_the_rules_that_it_contradicts,
    a_surveillance_is_told_what_it_leaves_out,
    a_planned_audit_is_in_the_diary,
    an_audit_serves_what_its_kind_serves,
    next_years_audit_comes_from_this_one,
    audits_are_found_and_ordered,
    many_audits_at_once,
    a_graph_of_audits_takes_one_statement_each,
);

async fn certificate(app: &TestApp, key: &str) -> String {
    let body = app.created(key, "/v1/certification-bodies", json!({ "name": "CB" })).await;
    let certificate = json!({
        "certification_body": body["id"], "number": "ISMS-1", "standard": "ISO/IEC 27001", "edition": "2022",
        "legal_entity": "Acme", "scope": "Everything",
        "printed": { "decision_on": "2025-03-10", "expires_on": "2028-03-10" },
    });
    let made = app.created(key, "/v1/certifications", certificate).await;
    made["id"].as_str().unwrap().to_owned()
}

fn audit(kind: &str, start: &str) -> Value {
    json!({ "kind": kind, "title": format!("An audit ({kind})"), "planned_start": start })
}

async fn make(app: &TestApp, key: &str, audit: Value) -> String {
    let made = app.created(key, "/v1/audits", audit).await;
    format!("/v1/audits/{}", made["id"].as_str().unwrap())
}

fn held(last: &str) -> Value {
    json!({ "ended_on": last, "conclusion": "positive" })
}

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

mod scenario {
    use super::*;

    pub async fn an_audit_lives_and_is_journalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = audit("internal", "2026-11-16");
        new["agenda"] = json!([{ "on": "2026-11-16", "title": "Opening meeting" }]);
        new["team"] = json!([{ "name": "Consultant", "role": "lead" }]);
        let made = app.created(&key, "/v1/audits", new).await;
        assert_eq!((&made["status"], &made["planned_end"]), (&json!("planned"), &json!("2026-11-16")));
        assert_eq!(made["team"][0]["impartial"], true);
        let at = format!("/v1/audits/{}", made["id"].as_str().unwrap());
        let moved =
            app.changed(&key, &at, json!({ "planned_end": "2026-11-18", "scope": "Head office" })).await;
        assert_eq!((&moved["version"], &moved["planned_end"]), (&json!(2), &json!("2026-11-18")));
        for (body, place) in [(json!({ "started_on": "2026-11-25" }), "/started_on")] {
            let refused = app.refused(Method::POST, &format!("{at}/start"), &key, Some(body), 422).await;
            assert_eq!(pointer(&refused), place);
        }
        let begun =
            app.stepped_with(&key, &format!("{at}/start"), json!({ "started_on": "2026-11-17" })).await;
        assert_eq!((&begun["status"], &begun["started_on"]), (&json!("in_progress"), &json!("2026-11-17")));
        for (wrong, place) in [
            (held("2026-11-25"), "/ended_on"),
            (held("2026-11-16"), "/started_on"),
            (json!({ "ended_on": "2026-11-18", "conclusion": "ready" }), "/conclusion"),
            (json!({ "ended_on": "2026-11-18", "conclusion": "positive", "reason": "None" }), "/reason"),
        ] {
            let refused = app.refused(Method::POST, &format!("{at}/complete"), &key, Some(wrong), 422).await;
            assert_eq!(pointer(&refused), place);
        }
        let done = app.stepped_with(&key, &format!("{at}/complete"), held("2026-11-18")).await;
        assert_eq!((&done["status"], &done["conclusion"]), (&json!("completed"), &json!("positive")));
        assert_eq!((&done["started_on"], &done["ended_on"]), (&json!("2026-11-17"), &json!("2026-11-18")));
        assert_eq!(done["completed_at"], NOW);
        let off = make(app, &key, audit("supplier", "2027-01-11")).await;
        let cancelled =
            app.stepped_with(&key, &format!("{off}/cancel"), json!({ "reason": "We left them" })).await;
        assert_eq!(
            (&cancelled["status"], &cancelled["end_reason"]),
            (&json!("cancelled"), &json!("We left them"))
        );
        app.refused(Method::POST, &format!("{off}/complete"), &key, Some(held("2026-11-18")), 409).await;
        app.deleted(&key, &off).await;
        let events = app.events(&key, "audit").await;
        assert_eq!(
            types(&events),
            [
                "audit.planned",
                "audit.updated",
                "audit.started",
                "audit.completed",
                "audit.planned",
                "audit.cancelled",
                "audit.deleted"
            ]
        );
        assert_eq!(events[3]["after"]["ended_on"], "2026-11-18");
        assert!(events[3]["after"].get("finding_counts").is_none(), "nothing derived is journalled");
    }

    pub async fn nobody_audits_what_they_answer_for(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = app.first_member(&key).await;
        let own =
            app.created(&key, "/v1/controls", json!({ "code": "AC-01", "title": "A", "owner": owner })).await;
        let other = app.created(&key, "/v1/controls", json!({ "code": "AC-02", "title": "B" })).await;
        let mut new = audit("internal", "2027-01-11");
        new["controls"] = json!([other["id"], own["id"]]);
        new["team"] =
            json!([{ "name": "Consultant", "role": "lead" }, { "member": owner, "role": "auditor" }]);
        let refused = app.refused(Method::POST, "/v1/audits", &key, Some(new.clone()), 409).await;
        assert_eq!(pointer(&refused), "/team/1/member");
        assert_eq!(
            (&refused["code"], &refused["breaches"][0]["rule"]),
            (&json!("rule_breached"), &json!("9.2"))
        );
        let told = refused["breaches"][0]["reason"].as_str().unwrap();
        assert!(told.contains("AC-01") && told.contains("/team/1") && !told.contains("AC-02"), "{told}");
        assert!(refused["breaches"][0]["instead"].as_str().unwrap().contains("another auditor"));
        new["team"][1]["role"] = json!("observer");
        let at = make(app, &key, new.clone()).await;
        let again = json!({ "team": [{ "member": owner, "role": "lead" }] });
        app.refused(Method::PATCH, &at, &key, Some(again.clone()), 409).await;
        let mut both = again;
        both["controls"] = json!([other["id"]]);
        app.changed(&key, &at, both).await;
        new["team"] = json!([{ "name": "Head of IT", "role": "lead", "impartial": false }]);
        let partial = app.refused(Method::POST, "/v1/audits", &key, Some(new.clone()), 422).await;
        assert_eq!(pointer(&partial), "/team/0/impartial");
        new["kind"] = json!("supplier");
        make(app, &key, new).await;
        let mut outsider = audit("internal", "2027-01-11");
        for (team, place) in [
            (json!([{ "role": "lead" }]), "/team/0/name"),
            (json!([{ "name": "X", "member": owner, "role": "lead" }]), "/team/0/name"),
            (
                json!([{ "member": owner, "role": "lead" }, { "member": owner, "role": "auditor" }]),
                "/team/1/member",
            ),
            (json!([{ "member": format!("mem_{}", "0".repeat(32)), "role": "lead" }]), "/team/0/member"),
        ] {
            outsider["team"] = team;
            let refused = app.refused(Method::POST, "/v1/audits", &key, Some(outsider.clone()), 422).await;
            assert_eq!(pointer(&refused), place);
        }
        let expert = app
            .created(&key, "/v1/members", json!({ "kind": "person", "name": "P", "role": "viewer" }))
            .await;
        app.changed(&key, &at, json!({ "team": [{ "member": expert["id"], "role": "technical_expert" }] }))
            .await;
        let expert = format!("/v1/members/{}", expert["id"].as_str().unwrap());
        assert_eq!(app.refused(Method::DELETE, &expert, &key, None, 409).await["code"], "in_use");
    }

    pub async fn a_completed_audit_is_a_fact_that_stays(app: &TestApp) {
        let key = app.tenant("acme").await;
        let certification = certificate(app, &key).await;
        let mut new = audit("surveillance", "2026-02-10");
        new["certification"] = json!(certification);
        let at = make(app, &key, new).await;
        app.stepped_with(&key, &format!("{at}/complete"), held("2026-02-12")).await;
        app.refused(Method::DELETE, &at, &key, None, 409).await;
        let refused =
            app.refused(Method::PATCH, &at, &key, Some(json!({ "planned_start": "2026-02-09" })), 409).await;
        assert!(refused["detail"].as_str().unwrap().contains("void"), "{refused}");
        let renamed =
            app.changed(&key, &at, json!({ "external_refs": [{ "system": "grc", "id": "7" }] })).await;
        assert_eq!(renamed["version"], 3);
        let integration = app.key_as(&key, "integration").await;
        let reason = json!({ "reason": "Recorded for the wrong year" });
        app.refused(Method::POST, &format!("{at}/void"), &integration, Some(reason.clone()), 403).await;
        let voided = app.stepped_with(&key, &format!("{at}/void"), reason.clone()).await;
        assert_eq!((&voided["status"], &voided["voided_at"]), (&json!("voided"), &json!(NOW)));
        assert_eq!(voided["ended_on"], "2026-02-12", "what was recorded stays readable");
        app.refused(Method::POST, &format!("{at}/void"), &key, Some(reason), 409).await;
        app.refused(Method::DELETE, &at, &key, None, 409).await;
        let stale = app
            .call_with(Method::POST, &format!("{at}/void"), &key, Some(json!({ "reason": "X" })), &[])
            .await;
        assert_eq!(stale.status(), 428);
    }

    pub async fn a_completion_names_the_rules_that_it_contradicts(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = make(app, &key, audit("special", "2026-02-10")).await;
        let mut done = held("2026-02-12");
        done["acknowledge"] = json!(["A-10"]);
        let refused =
            app.refused(Method::POST, &format!("{at}/complete"), &key, Some(done.clone()), 422).await;
        assert_eq!(pointer(&refused), "/reason");
        done["reason"] = json!("The body granted a postponement in writing");
        let done = app.stepped_with(&key, &format!("{at}/complete"), done).await;
        assert_eq!(done["acknowledged"]["rules"], json!(["A-10"]));
        assert_eq!(done["acknowledged"]["reason"], "The body granted a postponement in writing");
    }

    pub async fn a_surveillance_is_told_what_it_leaves_out(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut new = audit("surveillance", "2026-02-10");
        new["topics"] = json!(["complaints", "changes", "risk_assessment"]);
        let at = make(app, &key, new).await;
        let notes = app.read(&key, &at).await["notes"].clone();
        let rules: Vec<_> = notes.as_array().unwrap().iter().map(|one| one["rule"]["id"].clone()).collect();
        assert_eq!(rules, ["A-13", "A-14"]);
        let text = notes[0]["text"].as_str().unwrap();
        assert!(text.contains("marks") && !text.contains("complaints"), "{text}");
        assert_eq!(notes[1]["rule"]["source_checked"], false);
        app.stepped_with(&key, &format!("{at}/complete"), held("2026-02-12")).await;
        let finding =
            json!({ "title": "F", "grade": "major", "statement": "S", "audit": at.rsplit('/').next() });
        app.created(&key, "/v1/findings", finding).await;
        let told = app.read(&key, &at).await;
        assert_eq!(told["notes"][2]["rule"]["id"], "A-15");
        assert_eq!(told["finding_counts"], json!({ "majors": 1, "minors": 0, "others": 0, "unsettled": 1 }));
        let internal = make(app, &key, audit("internal", "2026-02-10")).await;
        assert_eq!(app.read(&key, &internal).await["notes"], json!([]));
    }

    pub async fn a_planned_audit_is_in_the_diary(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = make(app, &key, audit("internal", "2026-12-07")).await;
        let id = at.rsplit('/').next().unwrap().to_owned();
        let due = async || app.read(&key, &format!("/v1/milestones?resource={id}")).await["data"].clone();
        let planned = due().await[0].clone();
        assert_eq!((&planned["code"], &planned["due"]), (&json!("audit"), &json!("2026-12-07")));
        assert_eq!((&planned["rule"]["id"], &planned["state"]), (&json!("9.2"), &json!("upcoming")));
        app.changed(&key, &at, json!({ "planned_start": "2026-11-23", "planned_end": "2026-11-24" })).await;
        let moved = due().await[0].clone();
        assert_eq!(
            (&moved["id"], &moved["due"], &moved["state"]),
            (&planned["id"], &json!("2026-11-24"), &json!("open"))
        );
        app.stepped_with(&key, &format!("{at}/complete"), held("2026-11-24")).await;
        assert_eq!(due().await[0]["state"], "done");
        app.stepped_with(&key, &format!("{at}/void"), json!({ "reason": "It was not held" })).await;
        assert_eq!(due().await, json!([]));
    }

    pub async fn an_audit_serves_what_its_kind_serves(app: &TestApp) {
        let key = app.tenant("acme").await;
        let certification = certificate(app, &key).await;
        let engagement = json!({ "name": "SOC 2", "report": "type_2", "scope": "Cloud platform" });
        let engagement = app.created(&key, "/v1/attestations", engagement).await["id"].clone();
        let nowhere = |prefix: &str| json!(format!("{prefix}_{}", "0".repeat(32)));
        for (kind, more, place) in [
            ("internal", json!({ "attestation": engagement }), "/attestation"),
            (
                "soc2_fieldwork",
                json!({ "attestation": engagement, "certification": certification }),
                "/certification",
            ),
            ("soc2_fieldwork", json!({ "attestation": nowhere("att") }), "/attestation"),
            ("supplier", json!({ "programme": nowhere("apr"), "programme_audit": 1 }), "/programme"),
            ("internal", json!({ "programme": nowhere("apr"), "programme_audit": 1 }), "/programme"),
            ("internal", json!({ "programme": nowhere("apr") }), "/programme_audit"),
            ("internal", json!({ "programme_audit": 1 }), "/programme_audit"),
        ] {
            let mut new = audit(kind, "2026-12-07");
            new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let refused = app.refused(Method::POST, "/v1/audits", &key, Some(new), 422).await;
            assert_eq!(pointer(&refused), place, "{refused}");
        }
        let mut fieldwork = audit("soc2_fieldwork", "2026-12-07");
        fieldwork["attestation"] = engagement.clone();
        let at = make(app, &key, fieldwork).await;
        make(app, &key, audit("soc2_fieldwork", "2026-12-08")).await;
        let asked = format!("/v1/audits?count=true&attestation={}", engagement.as_str().unwrap());
        let found = app.read(&key, &asked).await;
        assert_eq!((&found["total"], &found["data"][0]["attestation"]), (&json!(1), &engagement));
        let told = app.ask(&key, "{ audits { nodes { attestationId programmeId programmeAudit } } }").await;
        let known = &told["data"]["audits"]["nodes"];
        assert_eq!(
            known[1],
            json!({ "attestationId": engagement, "programmeId": null, "programmeAudit": null })
        );
        let next = app.created(&key, &format!("{at}/copy"), json!({ "planned_start": "2027-12-06" })).await;
        assert!(next["attestation"].is_null(), "the next one serves another engagement");
        let freed = app.changed(&key, &at, json!({ "attestation": null })).await;
        assert!(freed["attestation"].is_null());
    }

    pub async fn next_years_audit_comes_from_this_one(app: &TestApp) {
        let key = app.tenant("acme").await;
        let control = app.created(&key, "/v1/controls", json!({ "code": "C-1", "title": "Backups" })).await;
        let mut new = audit("internal", "2026-02-10");
        new["criteria"] = json!("ISO/IEC 27001:2022");
        new["controls"] = json!([control["id"]]);
        new["requirements"] = json!([{ "framework": "iso27001-2022", "id": "9.2.2" }]);
        new["team"] = json!([{ "name": "Consultant", "role": "lead" }]);
        new["agenda"] = json!([{ "on": "2026-02-10", "title": "Opening" }]);
        new["external_refs"] = json!([{ "system": "jira", "id": "A-1" }]);
        let at = make(app, &key, new).await;
        app.stepped_with(&key, &format!("{at}/complete"), held("2026-02-12")).await;
        let last = app.read(&key, &at).await;
        let next = json!({ "planned_start": "2027-02-09", "planned_end": "2027-02-11" });
        let next = app.created(&key, &format!("{at}/copy"), next).await;
        for same in ["kind", "title", "criteria", "controls", "requirements", "team"] {
            assert_eq!(next[same], last[same], "{same}");
        }
        for anew in ["started_on", "ended_on", "conclusion", "completed_at"] {
            assert!(next[anew].is_null() && !last[anew].is_null(), "{anew}");
        }
        assert_eq!((&next["status"], &next["version"]), (&json!("planned"), &json!(1)));
        assert_eq!((&next["agenda"], &next["external_refs"]), (&json!([]), &json!([])));
        assert_ne!(next["id"], last["id"]);
        let backwards = json!({ "planned_start": "2027-02-09", "planned_end": "2027-02-08" });
        let refused = app.refused(Method::POST, &format!("{at}/copy"), &key, Some(backwards), 422).await;
        assert_eq!(pointer(&refused), "/planned_end");
        assert_eq!(
            app.read(&key, &format!("/v1/audits?control={}", control["id"].as_str().unwrap())).await["data"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    }

    pub async fn audits_are_found_and_ordered(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (certification, owner) = (certificate(app, &key).await, app.first_member(&key).await);
        let mut surveillance = audit("surveillance", "2026-12-14");
        surveillance["certification"] = json!(certification);
        surveillance["team"] = json!([{ "member": owner, "role": "observer" }]);
        make(app, &key, surveillance).await;
        let mut internal = audit("internal", "2026-10-05");
        internal["owner"] = json!(owner);
        let at = make(app, &key, internal).await;
        app.stepped_with(&key, &format!("{at}/complete"), held("2026-10-06")).await;
        make(app, &key, audit("supplier", "2027-03-01")).await;
        let kinds = async |query: &str| {
            let page = app.read(&key, &format!("/v1/audits?count=true&{query}")).await;
            let kinds: Vec<_> = texts(&page["data"], "kind").into_iter().map(str::to_owned).collect();
            assert_eq!(page["total"], kinds.len(), "{query}");
            kinds
        };
        assert_eq!(kinds("").await, ["supplier", "surveillance", "internal"]);
        assert_eq!(kinds("sort=planned_start").await, ["internal", "surveillance", "supplier"]);
        assert_eq!(kinds("status=completed").await, ["internal"]);
        assert_eq!(kinds(&format!("certification={certification}")).await, ["surveillance"]);
        assert_eq!(kinds(&format!("member={owner}")).await, ["surveillance"]);
        assert_eq!(kinds(&format!("owner={owner}")).await, ["internal"]);
        assert_eq!(kinds("planned_after=2026-12-14&planned_before=2027-02-28").await, ["surveillance"]);
        assert_eq!(kinds("kind=supplier").await, ["supplier"]);
        let other = json!({ "kind": "supplier", "title": "X", "planned_start": "2027-03-01",
                            "certification": certification });
        let refused = app.refused(Method::POST, "/v1/audits", &key, Some(other), 422).await;
        assert_eq!(pointer(&refused), "/certification");
    }

    pub async fn many_audits_at_once(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = make(app, &key, audit("internal", "2026-02-10")).await;
        app.changed(&key, &at, json!({ "external_refs": [{ "system": "jira", "id": "A-1" }] })).await;
        app.stepped_with(&key, &format!("{at}/complete"), held("2026-02-12")).await;
        let put = |title: &str| {
            json!({ "put": { "external_ref": { "system": "jira", "id": "A-1" },
                             "resource": { "kind": "internal", "title": title, "planned_start": "2026-02-10" } } })
        };
        let items = json!({ "items": [put("An audit (internal)"), put("Another"),
                                      { "create": audit("supplier", "2027-03-01") }] });
        let told = app.refused(Method::POST, "/v1/audits:batch", &key, Some(items), 200).await;
        assert_eq!(texts(&told["items"], "outcome"), ["unchanged", "refused", "created"]);
        assert_eq!(told["items"][1]["error"]["code"], "conflict");
    }

    pub async fn a_graph_of_audits_takes_one_statement_each(app: &TestApp) {
        let key = app.tenant("acme").await;
        let control = app.created(&key, "/v1/controls", json!({ "code": "C-1", "title": "Backups" })).await;
        let document = "{ audits(first: 20) { nodes { findingCounts { minors } controls(first: 20) { code }
            findings(first: 9) { title state due { dueOn rule { id } }
                correctiveActions(first: 9) { title owner { name } } } } } }";
        let asked = async || {
            let body = json!({ "query": document });
            let answer = app.call(Method::POST, "/graphql", &key, Some(body)).await;
            let count = statements(&answer);
            (count, answer.json::<Value>().await.unwrap())
        };
        let mut counts = Vec::new();
        for n in 1..=3 {
            let mut new = audit("internal", "2026-02-10");
            new["controls"] = json!([control["id"]]);
            let at = make(app, &key, new).await;
            let finding = json!({ "title": format!("F{n}"), "grade": "minor", "statement": "S",
                                  "audit": at.rsplit('/').next() });
            let finding = app.created(&key, "/v1/findings", finding).await;
            let action =
                json!({ "finding": finding["id"], "title": "Do it", "owner": app.first_member(&key).await });
            app.created(&key, "/v1/corrective-actions", action).await;
            let (count, told) = asked().await;
            let nodes = &told["data"]["audits"]["nodes"];
            assert_eq!(nodes.as_array().unwrap().len(), n, "{told}");
            assert_eq!(nodes[0]["findings"][0]["correctiveActions"][0]["title"], "Do it", "{told}");
            counts.push(count);
        }
        assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
    }
}
