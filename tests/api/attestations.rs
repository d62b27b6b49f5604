//! SOC 2 engagements: their life, the guards of their events, what they make due, and what they cover.

use crate::support::*;

on_both!(
    a_type_2_report_comes_from_planning_to_a_bridge_letter,
    completed_fieldwork_is_what_the_engagement_reads,
    fieldwork_against_the_rules_is_stored_and_flagged,
    a_type_1_report_ages_and_never_expires,
    a_refusal_names_the_rule_and_writes_nothing,
    a_fact_against_the_rules_is_stored_and_flagged,
    an_event_is_judged_in_its_place,
    a_dry_run_tells_what_would_change,
    reads_tell_a_day_and_what_was_known_by_then,
    reports_already_held_cover_the_days_of_the_vectors,
    changes_between_reports_and_subservice_gaps_are_told,
    a_later_report_of_the_scope_settles_what_was_due,
    criteria_show_their_controls_evidence_and_exceptions,
    exceptions_of_fieldwork_are_in_the_coverage,
    an_exception_is_told_as_it_stood,
    a_report_is_released_and_recalled,
    a_reports_file_is_restricted,
    attestations_are_listed_and_found,
    graphql_tells_the_same,
    graphql_reads_relations_in_one_statement_each,
    roles_bind_attestations,
);

fn auditor() -> Value {
    json!({ "firm": "Example Assurance LLP", "licence": "CPA-0001", "jurisdiction": "New York",
            "standard": "at_c_205", "peer_reviewed_on": "2024-06-30", "independence_confirmed": true })
}

fn parts(names: &[&str]) -> Value {
    names.iter().map(|part| json!({ "part": part, "opinion": "unqualified" })).collect()
}

const TWO: [&str; 3] = ["description", "design", "operation"];

fn vector(id: &str) -> Value {
    let all: Vec<Value> = serde_json::from_str(include_str!("../vectors/soc2-coverage.json")).unwrap();
    all.into_iter().find(|one| one["id"] == id).unwrap()
}

/// A report that was already held, of this scope and these days.
fn held(name: &str, scope: &str, start: &str, end: &str, report_date: &str) -> Value {
    json!({
        "name": name, "report": "type_2", "scope": scope,
        "printed": {
            "scope": { "categories": ["security"] }, "auditor": auditor(), "window": { "start": start, "end": end },
            "report_date": report_date, "opinion": "unqualified", "parts": parts(&TWO),
        },
    })
}

fn description() -> Value {
    json!({ "dc_1": "Services", "dc_2": "Commitments", "dc_3": "Components", "dc_5": "Controls",
            "dc_9": "No significant change", "none": [4, 6, 7, 8] })
}

async fn made(app: &TestApp, key: &str, new: Value) -> String {
    app.created(key, "/v1/attestations", new).await["id"].as_str().unwrap().to_owned()
}

/// An implemented control of the first member that answers every common criterion.
async fn control(app: &TestApp, key: &str) -> String {
    let listed = app.read(key, "/v1/frameworks/soc2-2017/requirements?limit=200&group=security").await;
    let common = listed["data"].as_array().unwrap().iter();
    let named: Vec<_> = common.map(|one| json!({ "framework": "soc2-2017", "id": one["id"] })).collect();
    assert_eq!(named.len(), 33);
    let new = json!({ "code": "ALL", "title": "Everything is in order", "owner": app.first_member(key).await,
                      "status": "implemented", "requirements": named });
    app.created(key, "/v1/controls", new).await["id"].as_str().unwrap().to_owned()
}

/// An engagement, addressed by its path, and events that happen to it.
struct Engagement<'a> {
    app: &'a TestApp,
    key: String,
    at: String,
}

impl<'a> Engagement<'a> {
    async fn new(app: &'a TestApp, key: &str, more: Value) -> Self {
        let mut new = json!({ "name": "SOC 2", "report": "type_2", "scope": "Cloud platform", "description": description() });
        for (name, value) in more.as_object().unwrap() {
            new[name] = value.clone();
        }
        let id = made(app, key, new).await;
        Self { app, key: key.to_owned(), at: format!("/v1/attestations/{id}") }
    }

    async fn told(&self, event: Value) -> Value {
        self.app.created(&self.key, &format!("{}/events", self.at), event).await
    }

    async fn refused(&self, event: Value) -> Value {
        self.app.refused(Method::POST, &format!("{}/events", self.at), &self.key, Some(event), 409).await
    }

    async fn read(&self, below: &str) -> Value {
        self.app.read(&self.key, &format!("{}{below}", self.at)).await
    }

    /// Everything up to readiness.
    async fn ready(&self) {
        self.told(
            json!({ "type": "scope_set", "on": "2024-09-01", "scope": { "categories": ["security"] } }),
        )
        .await;
        self.told(json!({ "type": "auditor_engaged", "on": "2024-09-02", "auditor": auditor() })).await;
        self.told(json!({ "type": "readiness_done", "on": "2024-09-03" })).await;
    }

    async fn signed(&self, on: &str) {
        let signed = json!({ "signed_by": "Chief executive", "signed_on": on });
        self.told(json!({ "type": "assertion_signed", "assertion": signed })).await;
    }
}

fn issued(on: &str, names: &[&str]) -> Value {
    json!({ "type": "issued",
            "report": { "report_date": on, "opinion": "unqualified", "parts": parts(names) } })
}

fn letter(through: &str, signed: &str) -> Value {
    json!({ "type": "bridge_issued", "bridge": {
        "covers_through": through, "signed_on": signed, "signed_by": "Chief executive" } })
}

fn one<'a>(page: &'a Value, code: &str) -> &'a Value {
    let rows = page.as_array().unwrap_or_else(|| panic!("{page}"));
    rows.iter().find(|row| row["code"] == code).unwrap_or_else(|| panic!("no {code} in {page}"))
}

/// The rules that a problem names.
fn rules(problem: &Value) -> Vec<&str> {
    assert_eq!(problem["code"], "rule_breached", "{problem}");
    texts(&problem["breaches"], "rule")
}

mod scenario {
    use super::*;

    pub async fn a_type_2_report_comes_from_planning_to_a_bridge_letter(app: &TestApp) {
        let key = app.tenant("acme").await;
        let vector = vector("SOC-05");
        control(app, &key).await;
        let told = Engagement::new(
            app,
            &key,
            json!({ "plan": { "window": { "start": "2024-10-01", "months": 12 } } }),
        )
        .await;
        assert_eq!(told.read("").await["state"], "planning");
        let due = told.read("/milestones").await;
        let report = one(&due["data"], "report");
        assert_eq!(
            (&report["due"], &report["assumed"]),
            (&json!("2025-11-29"), &json!(true)),
            "counted from the plan"
        );
        told.ready().await;
        let ready = told.read("").await;
        assert_eq!(
            (&ready["state"], &ready["auditor"]["standard"]),
            (&json!("readiness"), &json!("at_c_205"))
        );
        assert_eq!(ready["criteria"].as_array().unwrap().len(), 33);
        let opened = told
            .told(json!({ "type": "window_opened", "window": { "start": "2024-10-01", "months": 12 } }))
            .await;
        assert_eq!(
            opened["window"]["end"], vector["given"]["period_end"],
            "twelve months have their last day"
        );
        assert_eq!(
            (&opened["before"]["state"], &opened["after"]["state"]),
            (&json!("readiness"), &json!("window_open"))
        );
        assert_eq!(one(&opened["after"]["milestones"], "report")["assumed"], false);
        told.told(json!({ "type": "evidence_checked", "on": "2024-12-20" })).await;
        told.told(json!({ "type": "fieldwork_started", "on": "2025-08-01" })).await;
        assert_eq!(told.read("").await["state"], "window_open", "interim fieldwork leaves the window open");
        told.told(json!({ "type": "window_closed", "on": "2025-10-01" })).await;
        assert_eq!(told.read("").await["state"], "fieldwork");
        told.signed("2025-10-20").await;
        told.told(json!({ "type": "drafting_started", "on": "2025-10-25" })).await;
        told.told(issued("2025-11-14", &TWO)).await;
        let (through, signed) = (&vector["given"]["covers_through"], &vector["given"]["signed_on"]);
        told.told(letter(through.as_str().unwrap(), signed.as_str().unwrap())).await;

        let told_now = told.read("?as_of=2026-01-15").await;
        let expect = &vector["expect"];
        assert_eq!(
            (&told_now["bridge_limit"], &told_now["bridged_through"]),
            (&expect["bridge_max"], &expect["covers"][1])
        );
        assert_eq!((&told_now["state"], &told_now["currency"]), (&json!("issued"), &json!("current")));
        assert_eq!(
            (&told_now["opinion"], &told_now["parts"][2]["part"]),
            (&json!("unqualified"), &json!("operation"))
        );
        let days = "/v1/attestations/coverage?from=2025-10-01&to=2026-01-31";
        let covered = app.read(&key, days).await;
        let intervals = covered["intervals"].as_array().unwrap();
        assert_eq!(texts(&covered["intervals"], "state"), ["bridged", "gap"]);
        assert_eq!(json!([intervals[0]["from"], intervals[0]["to"]]), expect["covers"]);
        assert_eq!((&covered["bridged_days"], &covered["gap_days"]), (&json!(92), &json!(31)));

        let due = told.read("/milestones").await;
        assert_eq!(one(&due["data"], "evidence_check_1")["done_on"], "2024-12-20");
        assert_eq!(one(&due["data"], "fieldwork")["done_on"], "2025-08-01");
        assert_eq!(one(&due["data"], "stale")["due"], "2026-10-01");
        let rule = &one(&due["data"], "bridge_limit")["rule"];
        assert_eq!(
            (&rule["id"], &rule["clause"], &rule["basis"]),
            (&json!("D-18"), &json!("convention"), &json!("convention"))
        );
        let diary = app.read(&key, "/v1/milestones").await;
        assert_eq!(diary["data"], due["data"], "the diary says the same");
        let line = told.read("/timeline").await;
        let entries = line["entries"].as_array().unwrap();
        let days: Vec<_> = entries.iter().map(|one| one["on"].as_str().unwrap()).collect();
        assert!(days.is_sorted() && entries.len() == 11 + due["data"].as_array().unwrap().len(), "{line}");
        let trail = app.events(&key, "attestation").await;
        assert_eq!(
            texts(&json!(trail), "type"),
            [
                "attestation.created",
                "attestation.scope_set",
                "attestation.auditor_engaged",
                "attestation.readiness_done",
                "attestation.window_opened",
                "attestation.evidence_checked",
                "attestation.fieldwork_started",
                "attestation.window_closed",
                "attestation.assertion_signed",
                "attestation.drafting_started",
                "attestation.issued",
                "attestation.bridge_issued",
            ]
        );
        assert_eq!(trail[11]["after"]["events"].as_array().unwrap().len(), 11);
        assert!(trail[11]["after"].get("state").is_none(), "nothing derived");

        let next = Engagement::new(app, &key, json!({ "name": "SOC 2 of the next year" })).await;
        next.ready().await;
        next.told(json!({ "type": "window_opened", "window": { "start": "2025-10-01", "months": 12 } }))
            .await;
        let settled = told.read("/milestones").await;
        let window = one(&settled["data"], "next_window");
        assert_eq!((&window["state"], &window["done_on"]), (&json!("done"), &json!("2025-10-01")));
        let diary = app.read(&key, "/v1/milestones?code=next_window&state=done").await;
        assert_eq!(
            diary["data"][0]["resource"]["id"],
            told.at.rsplit('/').next().unwrap(),
            "in the diary too"
        );
    }

    pub async fn completed_fieldwork_is_what_the_engagement_reads(app: &TestApp) {
        let key = app.tenant("acme").await;
        control(app, &key).await;
        let told = Engagement::new(app, &key, json!({})).await;
        let id = told.at.rsplit('/').next().unwrap().to_owned();
        let planned = async || {
            let new = json!({ "kind": "soc2_fieldwork", "title": "Fieldwork", "planned_start": "2025-10-06",
                              "attestation": id });
            let audit = app.created(&key, "/v1/audits", new).await;
            format!("/v1/audits/{}", audit["id"].as_str().unwrap())
        };
        let held = json!({ "started_on": "2025-10-06", "ended_on": "2025-10-17", "conclusion": "positive" });
        let audit = planned().await;
        let complete = format!("{audit}/complete");
        let refused = app.refused(Method::POST, &complete, &key, Some(held.clone()), 409).await;
        assert_eq!(rules(&refused), ["D.2", "D-15"], "nothing is settled yet, and nobody is engaged");
        assert_eq!(app.read(&key, &audit).await["status"], "planned", "nothing was written");

        told.ready().await;
        told.told(json!({ "type": "window_opened", "window": { "start": "2024-10-01", "months": 12 } }))
            .await;
        told.told(json!({ "type": "window_closed", "on": "2025-10-01" })).await;
        let before = told.read("").await;
        assert_eq!(before["state"], "window_closed");
        app.stepped_with(&key, &complete, held.clone()).await;
        let after = told.read("").await;
        assert_eq!((&after["state"], &after["version"]), (&json!("fieldwork"), &before["version"]));
        let due = async || {
            app.read(&key, &format!("/v1/milestones?resource={id}&code=fieldwork")).await["data"][0].clone()
        };
        assert_eq!((&due().await["state"], &due().await["done_on"]), (&json!("done"), &json!("2025-10-06")));
        let listed = app.read(&key, "/v1/attestations?state=fieldwork").await;
        assert_eq!(listed["data"][0]["id"], json!(id), "in lists too");
        let log = told.read("/events").await;
        assert!(!texts(&log["data"], "type").contains(&"fieldwork_started"), "it is entered once");
        let line = told.read("/timeline").await.to_string();
        assert!(line.contains("fieldwork_started"), "{line}");
        assert_eq!(told.read("?as_of=2025-10-03").await["state"], "window_closed");

        app.stepped_with(&key, &format!("{audit}/void"), json!({ "reason": "Entered twice" })).await;
        assert_eq!(told.read("").await["state"], "window_closed");
        assert!(due().await["done_on"].is_null());

        told.told(json!({ "type": "fieldwork_started", "on": "2025-10-08" })).await;
        let second = planned().await;
        app.stepped_with(&key, &format!("{second}/complete"), held.clone()).await;
        assert_eq!(due().await["done_on"], "2025-10-08", "what was entered as an event stays");

        told.signed("2025-10-20").await;
        told.told(issued("2025-11-14", &TWO)).await;
        let third = planned().await;
        app.stepped_with(&key, &format!("{third}/complete"), held).await;
        assert_eq!(told.read("").await["state"], "issued");
    }

    pub async fn fieldwork_against_the_rules_is_stored_and_flagged(app: &TestApp) {
        let key = app.tenant("acme").await;
        let told = Engagement::new(app, &key, json!({ "report": "type_1" })).await;
        let id = told.at.rsplit('/').next().unwrap();
        let new = json!({ "kind": "soc2_fieldwork", "title": "Fieldwork", "planned_start": "2026-10-05", "attestation": id });
        let audit = app.created(&key, "/v1/audits", new).await;
        let mut held = json!({ "ended_on": "2026-10-05", "conclusion": "positive", "acknowledge": ["D.2"],
                               "reason": "The practitioner came before we were ready." });
        let complete = format!("/v1/audits/{}/complete", audit["id"].as_str().unwrap());
        let refused = app.refused(Method::POST, &complete, &key, Some(held.clone()), 409).await;
        assert_eq!(rules(&refused), ["D-15"], "what is not acknowledged is named alone");
        held["acknowledge"] = json!(["D.2", "D-15"]);
        app.stepped_with(&key, &complete, held).await;
        let notices = told.read("").await["notices"].clone();
        let against: Vec<_> =
            notices.as_array().unwrap().iter().filter(|one| one["level"] == "warning").collect();
        assert!(against.iter().any(|one| one["rule"] == "D-15"), "{notices}");
        assert!(notices.to_string().contains("before we were ready"), "{notices}");
    }

    pub async fn a_type_1_report_ages_and_never_expires(app: &TestApp) {
        let key = app.tenant("acme").await;
        let vector = vector("SOC-01");
        control(app, &key).await;
        let told = Engagement::new(app, &key, json!({ "report": "type_1" })).await;
        told.ready().await;
        let refused = told
            .refused(json!({ "type": "window_opened", "window": { "start": "2025-01-01", "months": 6 } }))
            .await;
        assert_eq!(rules(&refused), ["D-04"]);
        told.told(json!({ "type": "as_of_set", "on": "2025-05-01", "as_of": vector["given"]["as_of"] }))
            .await;
        told.signed("2025-07-20").await;
        let report = vector["given"]["report_date"].as_str().unwrap();
        assert_eq!(rules(&told.refused(issued(report, &TWO)).await), ["D-04"], "no operation in Type I");
        told.told(issued(report, &TWO[..2])).await;
        let now = told.read("").await;
        let expect = &vector["expect"];
        assert_eq!(json!([now["covers_from"], now["covers_to"]]), expect["covers"]);
        for name in ["ageing_from", "current_through", "stale_from"] {
            assert_eq!(now[name], expect[name], "{name}");
        }
        for (day, currency) in [
            ("2025-08-07", Value::Null),
            ("2025-08-08", json!("current")),
            ("2026-03-31", json!("current")),
            ("2026-04-01", json!("ageing")),
            ("2026-06-30", json!("ageing")),
            ("2026-07-01", json!("stale")),
            ("2035-01-01", json!("stale")),
        ] {
            assert_eq!(told.read(&format!("?as_of={day}")).await["currency"], currency, "{day}");
            let word = currency.as_str().unwrap_or("current");
            let listed = app.read(&key, &format!("/v1/attestations?currency={word}&as_of={day}")).await;
            let found = listed["data"].as_array().unwrap().len();
            assert_eq!(found, usize::from(!currency.is_null()), "{day}: there is none before its date");
        }
        let by_report = json!({ "counted_from": "report_date" });
        assert_eq!(app.changed(&key, &told.at, by_report).await["stale_from"], "2026-08-09");
        let next = json!({ "report": "type_1", "plan": { "as_of": "2026-12-31" } });
        let next = Engagement::new(app, &key, next).await;
        assert_eq!(next.read("/coverage").await["judged_through"], Value::Null, "the day is still to come");
        assert_eq!(next.read("/coverage?as_of=2026-12-31").await["judged_through"], "2026-12-31");
    }

    pub async fn a_refusal_names_the_rule_and_writes_nothing(app: &TestApp) {
        let key = app.tenant("acme").await;
        let told = Engagement::new(app, &key, json!({ "description": {} })).await;
        let before = (told.read("").await, app.events(&key, "attestation").await.len());
        let vector = vector("SOC-12");
        let scope = json!({ "categories": vector["given"]["categories"], "criteria": vector["given"]["criteria"],
                            "security_off_reason": "Customers ask for availability alone" });
        let refused = told.refused(json!({ "type": "scope_set", "scope": scope })).await;
        assert_eq!(
            (rules(&refused), &refused["breaches"][0]["clause"]),
            (vec!["D-01"], &json!("TSP section 100"))
        );
        let reason = refused["breaches"][0]["reason"].as_str().unwrap();
        assert!(reason.contains(vector["expect"]["rejected"].as_str().unwrap()), "{reason}");
        let alone = json!({ "type": "scope_set", "scope": { "categories": ["availability"] } });
        assert_eq!(rules(&told.refused(alone).await), ["D-02"]);
        let bare = json!({ "type": "auditor_engaged", "auditor": { "firm": "Example" } });
        let refused = told.refused(bare).await;
        assert!(
            refused["breaches"][0]["reason"].as_str().unwrap().contains("licence, jurisdiction, standard")
        );
        let early = told.refused(issued("2026-01-01", &TWO)).await;
        assert_eq!(rules(&early), ["D.2", "D-09", "D-15"]);
        assert_eq!(
            early["breaches"][0]["instead"],
            "one of scope_set, readiness_done, register_issued_report, auditor_engaged, cancelled"
        );
        assert_eq!((told.read("").await, app.events(&key, "attestation").await.len()), before);

        told.told(
            json!({ "type": "scope_set", "on": "2025-01-01", "scope": { "categories": ["security"] } }),
        )
        .await;
        let unready = told.refused(json!({ "type": "readiness_done" })).await;
        assert_eq!(rules(&unready), ["D-03"]);
        assert!(
            unready["detail"].as_str().unwrap().contains("CC1.1, CC1.2, CC1.3, CC1.4, CC1.5 and 28 more")
        );
        let all = control(app, &key).await;
        app.changed(&key, &format!("/v1/controls/{all}"), json!({ "status": "planned" })).await;
        told.told(json!({ "type": "readiness_done", "on": "2025-01-02" })).await;
        let open = json!({ "type": "window_opened", "window": { "start": "2025-02-01", "months": 6 } });
        assert_eq!(
            rules(&told.refused(open.clone()).await),
            ["D-11", "D-05"],
            "no draft, no control in place"
        );
        app.changed(&key, &format!("/v1/controls/{all}"), json!({ "status": "implemented" })).await;
        app.changed(&key, &told.at, json!({ "description": { "dc_1": "Services" } })).await;
        let opened = told.told(open).await;
        assert!(opened["notices"].as_array().unwrap().is_empty());
        let early = told.refused(json!({ "type": "window_closed", "on": "2025-07-31" })).await;
        assert_eq!(early["breaches"][0]["instead"], "window_closed from 2025-08-01 on");
        told.told(json!({ "type": "window_closed", "on": "2025-08-01" })).await;
        let signed = json!({ "type": "assertion_signed", "assertion": { "signed_by": "CEO", "signed_on": "2025-08-10" } });
        let half = told.refused(signed).await;
        assert_eq!(rules(&half), ["D-11"]);
        assert!(
            half["detail"].as_str().unwrap().ends_with("DC 2, DC 3, DC 4, DC 5, DC 6, DC 7, DC 8, DC 9"),
            "{half}"
        );

        for (wrong, at) in [
            (json!({ "type": "issued" }), "/report"),
            (json!({ "type": "readiness_done", "as_of": "2025-01-01" }), "/as_of"),
            (json!({ "type": "readiness_done", "on": "2026-11-25" }), "/on"),
            (json!({ "type": "window_opened", "window": { "start": "2026-11-25", "months": 6 } }), "/window"),
            (json!({ "type": "window_opened", "window": { "start": "2025-01-01" } }), "/window/months"),
            (json!({ "type": "window_closed", "acknowledge": ["D.2"] }), "/reason"),
            (
                json!({ "type": "scope_set", "scope": { "categories": ["security"],
                     "not_relevant": [{ "criterion": "A1.1", "reason": "No" }] } }),
                "/scope/not_relevant/0/criterion",
            ),
        ] {
            let path = format!("{}/events", told.at);
            let refused = app.refused(Method::POST, &path, &key, Some(wrong), 422).await;
            assert_eq!(pointer(&refused), at);
        }
    }

    pub async fn a_fact_against_the_rules_is_stored_and_flagged(app: &TestApp) {
        let key = app.tenant("acme").await;
        let told = Engagement::new(app, &key, json!({})).await;
        let mut event = json!({ "type": "window_opened", "window": { "start": "2025-02-01", "months": 2 },
                                "acknowledge": ["D-11"], "reason": "The firm began before we did" });
        assert_eq!(
            rules(&told.refused(event.clone()).await),
            ["D.2"],
            "another rule than the one acknowledged"
        );
        event["acknowledge"] = json!(["D.2"]);
        let stored = told.told(event).await;
        assert_eq!(
            (&stored["contradicts"], &stored["reason"]),
            (&json!(["D.2"]), &json!("The firm began before we did"))
        );
        assert_eq!(stored["after"]["state"], "window_open");
        let notices = told.read("").await["notices"].clone();
        assert_eq!(texts(&notices, "rule"), ["D-06", "D.2"], "shorter than three months, and out of order");
        assert_eq!(
            notices[1]["detail"],
            "window_opened of 2025-02-01 contradicts it: The firm began before we did"
        );
        assert_eq!(stored["notices"], notices);
        let plain = told
            .told(json!({ "type": "evidence_checked", "on": "2025-03-01", "acknowledge": ["D.2"], "reason": "None" }))
            .await;
        assert_eq!(
            (&plain["contradicts"], &plain["reason"]),
            (&json!([]), &Value::Null),
            "nothing was against it"
        );
        let id = stored["id"].as_str().unwrap();
        let at = format!("{}/events/{id}", told.at);
        let voided = app.changed(&key, &at, json!({ "void_reason": "It was another firm" })).await;
        assert_eq!((&voided["version"], &voided["void_reason"]), (&json!(2), &json!("It was another firm")));
        let now = told.read("").await;
        assert_eq!((&now["state"], &now["notices"]), (&json!("planning"), &json!([])));
        app.refused(Method::PATCH, &at, &key, Some(json!({ "void_reason": "Again" })), 409).await;
        let log = told.read("/events?limit=1&count=true").await;
        assert_eq!((&log["total"], &log["data"][0]["id"]), (&json!(2), &json!(id)), "it stays in the log");
        let next = log["next_cursor"].as_str().unwrap();
        assert_eq!(
            told.read(&format!("/events?limit=1&cursor={next}")).await["data"][0]["type"],
            "evidence_checked"
        );
    }

    pub async fn an_event_is_judged_in_its_place(app: &TestApp) {
        let key = app.tenant("acme").await;
        control(app, &key).await;
        let told = Engagement::new(app, &key, json!({})).await;
        told.ready().await;
        let open =
            |start: &str| json!({ "type": "window_opened", "window": { "start": start, "months": 12 } });
        let early = told.refused(open("2024-09-02")).await;
        assert_eq!(rules(&early), ["D.2"]);
        assert_eq!(
            early["breaches"][0]["reason"],
            "window_opened does not follow where the engagement is planning on 2024-09-02"
        );
        told.told(open("2024-10-01")).await;
        told.told(json!({ "type": "window_closed", "on": "2025-10-01" })).await;
        told.signed("2025-10-20").await;
        assert_eq!(rules(&told.refused(issued("2025-10-19", &TWO)).await), ["D-09"], "signed the day after");
        told.told(issued("2025-11-14", &TWO)).await;
        let recall = json!({ "type": "recalled", "on": "2025-11-13", "recall": { "reason": "Facts were found later" } });
        for early in [letter("2025-11-13", "2025-11-13"), recall] {
            assert_eq!(rules(&told.refused(early).await), ["D.2"], "there was no report");
        }
        assert_eq!(rules(&told.refused(json!({ "type": "cancelled", "on": "2025-01-01" })).await), ["D.2"]);

        // Fieldwork and drafting, which came before it, are entered when everything is over.
        let new = json!({ "kind": "soc2_fieldwork", "title": "Fieldwork", "planned_start": "2025-10-06",
                          "attestation": told.at.rsplit('/').next().unwrap() });
        let audit = app.created(&key, "/v1/audits", new).await;
        let done = json!({ "started_on": "2025-10-06", "ended_on": "2025-10-17", "conclusion": "positive" });
        app.stepped_with(&key, &format!("/v1/audits/{}/complete", audit["id"].as_str().unwrap()), done).await;
        told.told(json!({ "type": "drafting_started", "on": "2025-10-25" })).await;
        let now = told.read("").await;
        assert_eq!((&now["state"], &now["notices"]), (&json!("issued"), &json!([])));
        assert_eq!(told.read("?as_of=2025-10-10").await["state"], "fieldwork");
        assert_eq!(told.read("?as_of=2025-10-25").await["state"], "drafting");
    }

    pub async fn a_dry_run_tells_what_would_change(app: &TestApp) {
        let key = app.tenant("acme").await;
        control(app, &key).await;
        let told = Engagement::new(app, &key, json!({})).await;
        told.ready().await;
        let before =
            (told.read("").await, told.read("/events").await, app.read(&key, "/v1/milestones").await);
        let event = json!({ "type": "window_opened", "window": { "start": "2025-02-01", "months": 6 } });
        let path = format!("{}/events?dry_run=true", told.at);
        let answer = app.call(Method::POST, &path, &key, Some(event.clone())).await;
        assert_eq!(answer.status(), 200);
        assert!(answer.headers().get("location").is_none());
        let would: Value = answer.json().await.unwrap();
        assert_eq!((&would["dry_run"], &would["before"]["state"]), (&json!(true), &json!("readiness")));
        assert_eq!(
            (&would["after"]["state"], &would["before"]["milestones"]),
            (&json!("window_open"), &json!([]))
        );
        assert_eq!(one(&would["after"]["milestones"], "report")["due"], "2025-09-29");
        let wrong = json!({ "type": "window_closed" });
        assert_eq!(rules(&app.refused(Method::POST, &path, &key, Some(wrong), 409).await), ["D.2"]);
        let after = (told.read("").await, told.read("/events").await, app.read(&key, "/v1/milestones").await);
        assert_eq!(after, before, "nothing was written");
        assert_eq!(told.told(event).await["after"], would["after"], "and then it is so");
    }

    pub async fn reads_tell_a_day_and_what_was_known_by_then(app: &TestApp) {
        let key = app.tenant("acme").await;
        control(app, &key).await;
        let told = Engagement::new(app, &key, json!({})).await;
        told.ready().await;
        app.clock.forward(3600);
        told.told(json!({ "type": "window_opened", "window": { "start": "2025-02-01", "months": 6 } })).await;
        app.clock.forward(3600);
        let closed = told.told(json!({ "type": "window_closed", "on": "2025-08-01" })).await;
        let recorded = closed["recorded_at"].as_str().unwrap();
        app.clock.forward(3600);
        let at = format!("{}/events/{}", told.at, closed["id"].as_str().unwrap());
        app.changed(&key, &at, json!({ "void_reason": "The window was prolonged" })).await;
        let state = async |query: &str| told.read(query).await["state"].as_str().unwrap().to_owned();
        assert_eq!(state("").await, "window_open");
        assert_eq!(state("?as_of=2025-01-31").await, "readiness", "the window had not opened");
        assert_eq!(state("?as_of=2024-08-31").await, "planning");
        assert_eq!(state(&format!("?known_at={recorded}")).await, "window_closed", "as it was known then");
        assert_eq!(state(&format!("?known_at={recorded}&as_of=2025-07-31")).await, "window_open");
        assert_eq!(state("?known_at=2020-01-01T00:00:00Z").await, "planning");
        let listed = app.read(&key, &format!("/v1/attestations?known_at={recorded}")).await;
        assert_eq!(listed["data"][0]["state"], "window_closed");
        let due = told.read("/milestones?as_of=2025-01-31").await;
        assert_eq!(due["data"], json!([]), "nothing was due without days");
        let line = told.read(&format!("/timeline?known_at={recorded}")).await;
        assert_eq!(
            line["entries"].as_array().unwrap().iter().filter(|one| one["code"] == "window_closed").count(),
            1
        );
    }

    pub async fn reports_already_held_cover_the_days_of_the_vectors(app: &TestApp) {
        let key = app.tenant("acme").await;
        let gap = vector("SOC-03");
        let (a, b) = (&gap["given"]["a"], &gap["given"]["b"]);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let first = made(app, &key, held("A", "Gap", &text(&a[0]), &text(&a[1]), "2025-02-10")).await;
        made(app, &key, held("B", "Gap", &text(&b[0]), &text(&b[1]), "2025-09-10")).await;
        let asked = "/v1/attestations/coverage?from=2023-12-01&to=2025-08-31&scope=Gap";
        let covered = app.read(&key, asked).await;
        assert_eq!(
            texts(&covered["intervals"], "state"),
            ["not_started", "covered", "gap", "covered", "gap"]
        );
        let transition = &covered["transitions"][0];
        assert_eq!(json!([transition["gap"]["from"], transition["gap"]["to"]]), gap["expect"]["gap"]);
        assert_eq!(transition["gap_days"], gap["expect"]["gap_days"]);
        assert_eq!((&transition["continuous"], &covered["not_started_days"]), (&json!(false), &json!(31)));
        let entered = app.read(&key, &format!("/v1/attestations/{first}")).await;
        assert_eq!(
            (&entered["state"], &entered["registered"], &entered["version"]),
            (&json!("issued"), &json!(true), &json!(1))
        );
        let trail = app.events(&key, &first).await;
        assert_eq!(texts(&json!(trail), "type"), ["attestation.created"]);

        let follow = vector("SOC-02");
        let start = text(&follow["given"]["start"]);
        let three = json!({ "window": { "start": start, "months": follow["given"]["months"] } });
        let mut new = held("First", "Follow", &start, &start, "2025-11-10");
        new["printed"]["window"] = three["window"].clone();
        let id = made(app, &key, new).await;
        let one_of = app.read(&key, &format!("/v1/attestations/{id}")).await;
        assert_eq!(one_of["covers_to"], follow["expect"]["end"]);
        assert_eq!(texts(&one_of["notices"], "rule"), ["D-06"], "shorter than six months");
        let due = app.read(&key, &format!("/v1/attestations/{id}/milestones")).await;
        assert_eq!(one(&due["data"], "next_window")["due"], follow["expect"]["next"][0]);
        let next = &follow["expect"]["next"];
        made(app, &key, held("Second", "Follow", &text(&next[0]), &text(&next[1]), "2026-11-10")).await;
        let covered = app
            .read(&key, &format!("/v1/attestations/coverage?from={start}&to=2026-09-30&scope=Follow"))
            .await;
        assert_eq!(
            (&covered["transitions"][0]["gap_days"], &covered["gap_days"]),
            (&follow["expect"]["gap_days"], &json!(0))
        );

        for id in ["SOC-07", "SOC-08"] {
            let vector = vector(id);
            let start = text(&vector["given"]["start"]);
            let mut new = held(id, id, &start, &start, "2026-11-01");
            new["printed"]["window"] = json!({ "start": start, "months": vector["given"]["months"] });
            let made = made(app, &key, new).await;
            let told = app.read(&key, &format!("/v1/attestations/{made}")).await;
            assert_eq!(told["covers_to"], vector["expect"]["end"], "{id}");
            let due = app.read(&key, &format!("/v1/attestations/{made}/milestones")).await;
            assert_eq!(one(&due["data"], "next_window")["due"], vector["expect"]["next_start"], "{id}");
        }
        let mut wrong = held("Late", "Gap", "2025-01-01", "2025-12-31", "2025-12-31");
        wrong["printed"]["parts"] = parts(&TWO[..2]);
        let refused = app.refused(Method::POST, "/v1/attestations", &key, Some(wrong), 409).await;
        assert_eq!(rules(&refused), ["D-14", "D-05"]);
        for wrong in ["from=2025-02-01&to=2025-01-01", "from=2010-01-01&to=2025-01-01"] {
            let path = format!("/v1/attestations/coverage?{wrong}");
            assert_eq!(pointer(&app.refused(Method::GET, &path, &key, None, 422).await), "to");
        }
    }

    pub async fn changes_between_reports_and_subservice_gaps_are_told(app: &TestApp) {
        let key = app.tenant("acme").await;
        let system = async |name: &str| {
            let made = app.created(&key, "/v1/systems", json!({ "name": name, "kind": "service" })).await;
            made["id"].as_str().unwrap().to_owned()
        };
        let (platform, billing) = (system("Platform").await, system("Billing").await);
        let mut first = held("First", "Platform", "2024-01-01", "2024-12-31", "2025-02-10");
        first["systems"] = json!([platform]);
        let mut second = held("Second", "Platform and billing", "2024-12-01", "2025-11-30", "2026-01-20");
        second["systems"] = json!([platform, billing]);
        second["printed"]["scope"]["categories"] = json!(["security", "availability"]);
        second["subservices"] = json!([
            { "name": "Hosting", "method": "carve_out", "expected_controls": ["Doors are locked"],
              "reports": [{ "from": "2024-10-01", "to": "2025-09-30" }] },
            { "name": "Support desk", "method": "inclusive" },
        ]);
        made(app, &key, first).await;
        let second = made(app, &key, second).await;
        let covered = app.read(&key, "/v1/attestations/coverage?from=2024-01-01&to=2025-12-31").await;
        let transition = &covered["transitions"][0];
        assert_eq!(transition["overlap"], json!({ "from": "2024-12-01", "to": "2024-12-31", "days": 31 }));
        assert_eq!((&transition["scope_changed"], &transition["gap"]), (&json!(true), &Value::Null));
        assert_eq!(
            (&transition["systems_added"], &transition["categories_added"]),
            (&json!([billing]), &json!(["availability"]))
        );
        let parts = covered["parts"].as_array().unwrap();
        assert_eq!(parts.len(), 4, "what is in both is no part of its own: {covered}");
        for part in [&parts[0], &parts[1], &parts[3]] {
            assert_eq!(
                (&part["intervals"][0]["state"], &part["intervals"][0]["to"]),
                (&json!("not_started"), &json!("2024-11-30"))
            );
        }
        assert_eq!(
            [&parts[0]["category"], &parts[1]["system"], &parts[2]["scope"], &parts[3]["scope"]],
            [&json!("availability"), &json!(billing), &json!("Platform"), &json!("Platform and billing")]
        );
        assert_eq!(texts(&parts[2]["intervals"], "state"), ["covered", "gap"], "under its own name");
        let gap = json!({ "attestation": second, "subservice": "Hosting", "from": "2025-10-01", "to": "2025-11-30", "days": 61 });
        assert_eq!(covered["subservice_gaps"], json!([gap]), "the included one is in the report itself");
        let notices = app.read(&key, &format!("/v1/attestations/{second}")).await["notices"].clone();
        assert_eq!(texts(&notices, "rule"), ["D-12"], "the included one gave no assertion");
        let alone =
            app.read(&key, "/v1/attestations/coverage?from=2024-01-01&to=2025-12-31&scope=Platform").await;
        assert_eq!((&alone["gap_days"], &alone["transitions"]), (&json!(365), &json!([])));
        let before =
            app.read(&key, "/v1/attestations/coverage?from=2024-01-01&to=2025-12-31&as_of=2025-12-31").await;
        assert_eq!(before["covered_days"], json!(366), "the second was not issued by then");
    }

    pub async fn a_later_report_of_the_scope_settles_what_was_due(app: &TestApp) {
        let key = app.tenant("acme").await;
        let done = async |id: &str, code: &str| {
            let due = app.read(&key, &format!("/v1/attestations/{id}/milestones")).await["data"].clone();
            let diary = app.read(&key, &format!("/v1/milestones?resource={id}")).await["data"].clone();
            assert_eq!(diary, due, "the diary says the same");
            one(&due, code)["done_on"].clone()
        };
        let first = made(app, &key, held("A", "One", "2024-01-01", "2024-12-31", "2025-02-10")).await;
        let second = held("B", "One", "2024-12-01", "2025-11-30", "2026-01-20");
        let second = made(app, &key, second).await;
        assert_eq!(done(&first, "next_window").await, "2024-12-01", "a day of both is no reason to wait");
        assert_eq!(done(&first, "stale").await, "2026-01-20");
        assert_eq!(done(&second, "stale").await, Value::Null, "the first reaches less far");

        let recall = json!({ "type": "recalled", "on": "2026-05-01", "recall": { "reason": "Facts were found later" } });
        app.created(&key, &format!("/v1/attestations/{second}/events"), recall).await;
        assert_eq!(done(&first, "stale").await, Value::Null, "a recalled report settles nothing");
        assert_eq!(done(&first, "next_window").await, "2024-12-01", "and its window was open");
        let query = "{ reportCoverage(from: \"2026-01-01\", to: \"2026-12-31\") {
            latest { scope attestationId coversTo reportDate } } }";
        for (day, latest, covers_to, report_date) in [
            ("2026-04-30", &second, "2025-11-30", "2026-01-20"),
            ("2026-05-01", &first, "2024-12-31", "2025-02-10"),
        ] {
            let path = format!("/v1/attestations/coverage?from=2026-01-01&to=2026-12-31&as_of={day}");
            let wanted = json!([{ "scope": "One", "attestation": latest, "covers_to": covers_to,
                                  "report_date": report_date }]);
            assert_eq!(app.read(&key, &path).await["latest"], wanted, "{day}");
        }
        let asked = app.ask(&key, query).await;
        assert_eq!(asked["data"]["reportCoverage"]["latest"][0]["attestationId"], json!(first), "{asked}");
        let third = made(app, &key, held("C", "One", "2025-12-01", "2026-08-31", "2026-10-10")).await;
        assert_eq!(done(&first, "stale").await, "2026-10-10", "nor does it stand in the way of the next");
        assert_eq!(done(&third, "next_window").await, Value::Null);

        let of_a_day = |name: &str, as_of: &str, report_date: &str| {
            let mut new = held(name, "Days", as_of, as_of, report_date);
            (new["report"], new["printed"]["window"]) = (json!("type_1"), Value::Null);
            (new["printed"]["as_of"], new["printed"]["parts"]) = (json!(as_of), parts(&TWO[..2]));
            new
        };
        let day = made(app, &key, of_a_day("D", "2024-06-30", "2024-08-08")).await;
        let later = made(app, &key, of_a_day("E", "2025-06-30", "2025-08-08")).await;
        assert_eq!(done(&day, "stale").await, "2025-08-08", "one day after another");
        assert_eq!(done(&later, "stale").await, Value::Null);
    }

    pub async fn criteria_show_their_controls_evidence_and_exceptions(app: &TestApp) {
        let key = app.tenant("acme").await;
        let manager = app.key_as(&key, "manager").await;
        let all = control(app, &key).await;
        for (from, to) in [("2025-01-01", "2025-03-31"), ("2025-05-01", "2025-06-30")] {
            let new = json!({ "kind": "statement", "title": "Review", "controls": [all], "covers_from": from,
                              "covers_to": to, "content": { "statement": "It was done" } });
            let evidence = app.created(&key, "/v1/evidence", new).await;
            let at = format!("/v1/evidence/{}", evidence["id"].as_str().unwrap());
            app.stepped(&key, &format!("{at}/submit")).await;
            app.stepped(&manager, &format!("{at}/accept")).await;
        }
        let told = Engagement::new(app, &key, json!({})).await;
        let none = told.read("/coverage").await;
        assert_eq!((&none["window_from"], &none["criteria"]), (&Value::Null, &json!([])));
        let scope = json!({ "categories": ["security", "confidentiality"],
                            "not_relevant": [{ "criterion": "CC6.4", "reason": "No premises" }] });
        let event = json!({ "type": "scope_set", "on": "2024-12-01", "scope": scope });
        told.told(event).await;
        let open = json!({ "type": "window_opened", "window": { "start": "2025-01-01", "months": 6 },
                           "acknowledge": ["D.2", "D-05"], "reason": "The window runs by contract" });
        told.told(open).await;
        let test = json!({ "control": all, "criterion": "CC6.1", "procedure": "Inspected it", "result": "exceptions",
                           "exception": "One account was late" });
        let test = app.created(&key, &format!("{}/tests", told.at), test).await;
        let covered = told.read("/coverage").await;
        assert_eq!(
            (&covered["window_to"], &covered["judged_through"]),
            (&json!("2025-06-30"), &json!("2025-06-30"))
        );
        let counts = [&covered["relevant"], &covered["answered"], &covered["fully_evidenced"]];
        assert_eq!(counts, [&json!(34), &json!(32), &json!(0)], "two of confidentiality have no control");
        let criterion = |id: &str| {
            let found = covered["criteria"].as_array().unwrap().iter().find(|one| one["criterion"] == id);
            found.unwrap_or_else(|| panic!("no {id}")).clone()
        };
        let one = criterion("CC6.1");
        assert_eq!(one["controls"], json!([all]));
        assert_eq!(one["uncovered"], json!([{ "from": "2025-04-01", "to": "2025-04-30", "days": 30 }]));
        assert_eq!((&one["covered_days"], &one["uncovered_days"]), (&json!(151), &json!(30)));
        assert_eq!((&one["tests"], &one["exceptions"]), (&json!(1), &json!([test["id"]])));
        assert_eq!(
            (&criterion("C1.1")["controls"], &criterion("C1.1")["uncovered_days"]),
            (&json!([]), &json!(181))
        );
        assert_eq!(criterion("CC6.4")["not_relevant_reason"], "No premises");
        let listed = &covered["controls"][0];
        assert_eq!((&listed["code"], &listed["evidence"]["covered_days"]), (&json!("ALL"), &json!(151)));
        assert_eq!(
            (&covered["exceptions"][0]["exception"], covered["controls"].as_array().unwrap().len()),
            (&json!("One account was late"), 1)
        );
        let running = told.read("/coverage?as_of=2025-03-15").await;
        assert_eq!(
            (&running["judged_through"], &running["fully_evidenced"]),
            (&json!("2025-03-15"), &json!(32))
        );

        let at = format!("{}/tests/{}", told.at, test["id"].as_str().unwrap());
        let answered = app.changed(&key, &at, json!({ "management_response": "It is planned now" })).await;
        assert_eq!(
            (&answered["exception"], &answered["version"]),
            (&json!("One account was late"), &json!(2))
        );
        let clean = json!({ "control": all, "criterion": "CC6.2", "procedure": "Inspected it", "result": "no_exceptions" });
        app.created(&key, &format!("{}/tests", told.at), clean).await;
        for (query, count) in [("result=exceptions", 1), ("criterion=CC6.2", 1), ("control=", 2), ("", 2)] {
            let query = if query == "control=" { format!("control={all}") } else { query.to_owned() };
            let tests = told.read(&format!("/tests?{query}")).await;
            assert_eq!(tests["data"].as_array().unwrap().len(), count, "{query}");
        }
        assert_eq!(
            app.refused(Method::DELETE, &format!("/v1/controls/{all}"), &key, None, 409).await["code"],
            "in_use"
        );
        // SOC-11: the opinion is the practitioner's, whatever exceptions there are.
        told.told(json!({ "type": "auditor_engaged", "on": "2025-01-02", "auditor": auditor() })).await;
        told.told(json!({ "type": "window_closed", "on": "2025-07-01" })).await;
        told.signed("2025-07-20").await;
        let second = json!({ "control": all, "criterion": "CC6.3", "procedure": "Inspected it", "result": "exceptions",
                             "exception": "One approval was missing" });
        app.created(&key, &format!("{}/tests", told.at), second).await;
        told.told(issued("2025-08-20", &TWO)).await;
        assert_eq!(
            told.read("").await["opinion"],
            "unqualified",
            "{}",
            vector("SOC-11")["expect"]["opinion"]
        );
        app.deleted(&key, &at).await;
        let trail = app.events(&key, "attestation_test").await;
        assert_eq!(trail.last().unwrap()["type"], "attestation_test.deleted");
    }

    pub async fn exceptions_of_fieldwork_are_in_the_coverage(app: &TestApp) {
        let key = app.tenant("acme").await;
        let all = control(app, &key).await;
        let told = Engagement::new(app, &key, json!({})).await;
        let id = told.at.rsplit('/').next().unwrap();
        told.told(
            json!({ "type": "scope_set", "on": "2024-12-01", "scope": { "categories": ["security"] } }),
        )
        .await;
        let planned = async || {
            let new = json!({ "kind": "soc2_fieldwork", "title": "Fieldwork", "planned_start": "2026-11-16",
                              "attestation": id });
            app.created(&key, "/v1/audits", new).await["id"].clone()
        };
        let raised = async |audit: &Value, title: &str, more: Value| {
            let mut new = json!({ "title": title, "grade": "exception", "statement": "One of ten.",
                                  "audit": audit, "raised_on": "2026-11-20", "controls": [all] });
            for (name, value) in more.as_object().unwrap() {
                new[name] = value.clone();
            }
            app.created(&key, "/v1/findings", new).await["id"].clone()
        };
        let audit = planned().await;
        let against = json!({ "requirements": [{ "framework": "soc2-2017", "id": "CC6.1" }],
                              "response": "It is planned now" });
        let named = raised(&audit, "Named", against).await;
        let sampled = raised(&audit, "Sampled", json!({})).await;
        raised(&audit, "Observed", json!({ "grade": "observation" })).await;
        raised(&Value::Null, "Found by ourselves", json!({})).await;

        let covered = told.read("/coverage").await;
        assert_eq!(texts(&covered["findings"], "title"), ["Named", "Sampled"]);
        let (first, second) = (&covered["findings"][0], &covered["findings"][1]);
        assert_eq!(
            (&first["id"], &first["audit"], &first["state"]),
            (&named, &audit, &json!("open")),
            "{first}"
        );
        assert_eq!(
            (&first["criteria"], &first["controls"], &first["management_response"]),
            (&json!(["CC6.1"]), &json!([all]), &json!("It is planned now"))
        );
        assert_eq!(second["management_response"], Value::Null);
        assert_eq!(
            second["criteria"].as_array().unwrap().len(),
            33,
            "it names none, and its control answers all"
        );
        let of = |criterion: &str| {
            let found =
                covered["criteria"].as_array().unwrap().iter().find(|one| one["criterion"] == criterion);
            found.unwrap_or_else(|| panic!("no {criterion}"))["findings"].clone()
        };
        assert_eq!((of("CC6.1"), of("CC6.2")), (json!([named, sampled]), json!([sampled])));
        assert_eq!(covered["controls"][0]["findings"], json!([named, sampled]));
        for earlier in ["?as_of=2026-11-19", "?known_at=2026-11-24T08:00:00Z"] {
            assert_eq!(told.read(&format!("/coverage{earlier}")).await["findings"], json!([]), "{earlier}");
        }
        let query = format!(
            "{{ attestationCoverage(id: \"{id}\") {{ findings {{ id auditId state criteria controlIds managementResponse }} \
             criteria {{ criterion findingIds }} controls {{ findingIds }} }} }}"
        );
        let graph = app.ask(&key, &query).await["data"]["attestationCoverage"].clone();
        assert_eq!(
            graph["findings"][0],
            json!({ "id": named, "auditId": audit, "state": "OPEN", "criteria": ["CC6.1"], "controlIds": [all],
                    "managementResponse": "It is planned now" })
        );
        assert_eq!(graph["controls"][0]["findingIds"], json!([named, sampled]));

        let at = format!("{}/coverage", told.at);
        let count = async || statements(&app.call(Method::GET, &at, &key, None).await);
        let before = count().await;
        let second = planned().await;
        raised(&second, "Again", json!({})).await;
        assert_eq!(count().await, before, "as many statements for more audits and more findings");
        let held = json!({ "ended_on": "2026-11-20", "conclusion": "positive", "acknowledge": ["D.2", "D-15"],
                           "reason": "The practitioner came before we were ready." });
        let step = |word: &str| format!("/v1/audits/{}/{word}", audit.as_str().unwrap());
        app.stepped_with(&key, &step("complete"), held).await;
        assert_eq!(
            texts(&told.read("/coverage").await["findings"], "title"),
            ["Named", "Sampled", "Again"],
            "those of the audit that was held stay"
        );
        app.stepped_with(&key, &step("void"), json!({ "reason": "Entered twice" })).await;
        assert_eq!(texts(&told.read("/coverage").await["findings"], "title"), ["Again"]);
    }

    pub async fn an_exception_is_told_as_it_stood(app: &TestApp) {
        let key = app.tenant("acme").await;
        let told = Engagement::new(app, &key, json!({})).await;
        let fieldwork = json!({ "kind": "soc2_fieldwork", "title": "Fieldwork", "planned_start": "2026-11-16",
                                "attestation": told.at.rsplit('/').next().unwrap() });
        let audit = app.created(&key, "/v1/audits", fieldwork).await["id"].clone();
        let new = json!({ "title": "A leaver kept an account", "grade": "exception", "statement": "One of ten.",
                          "audit": audit, "raised_on": "2026-11-20" });
        let finding = app.created(&key, "/v1/findings", new).await["id"].clone();
        let done = json!({ "finding": finding, "title": "Leavers are told", "implemented_on": "2026-11-22" });
        app.created(&key, "/v1/corrective-actions", done).await;
        let verify = format!("/v1/findings/{}/verify", finding.as_str().unwrap());
        app.stepped_with(&key, &verify, json!({ "by": "Practitioner", "on": "2026-11-23" })).await;
        for (day, state) in
            [("2026-11-21", "open"), ("2026-11-22", "implemented"), ("2026-11-23", "verified")]
        {
            let covered = told.read(&format!("/coverage?as_of={day}")).await;
            assert_eq!(covered["findings"][0]["state"], state, "{day}");
        }
    }

    pub async fn a_report_is_released_and_recalled(app: &TestApp) {
        let key = app.tenant("acme").await;
        let early = Engagement::new(app, &key, json!({})).await;
        let line = |on: &str| json!({ "recipient": "Shop", "agreement": "NDA of 2025", "released_on": on });
        let none = app
            .refused(Method::POST, &format!("{}/releases", early.at), &key, Some(line("2026-01-01")), 409)
            .await;
        assert_eq!(none["code"], "conflict", "there is no report to release");
        let id =
            made(app, &key, held("Held", "Cloud platform", "2025-01-01", "2025-12-31", "2026-02-10")).await;
        let at = format!("/v1/attestations/{id}");
        let before =
            app.refused(Method::POST, &format!("{at}/releases"), &key, Some(line("2026-02-09")), 422).await;
        assert_eq!(pointer(&before), "/released_on");
        let first = app.created(&key, &format!("{at}/releases"), line("2026-02-10")).await;
        assert_eq!(first["released_by"], json!(app.first_member(&key).await));
        app.created(&key, &format!("{at}/releases"), line("2026-03-10")).await;
        let found = app.read(&key, &format!("{at}/releases?recipient=Shop&count=true")).await;
        assert_eq!((&found["total"], &found["data"][0]["released_on"]), (&json!(2), &json!("2026-03-10")));
        let viewer = app.key_as(&key, "viewer").await;
        app.refused(Method::GET, &format!("{at}/releases"), &viewer, None, 403).await;
        let one_line = format!("{at}/releases/{}", first["id"].as_str().unwrap());
        assert_eq!(
            app.changed(&key, &one_line, json!({ "void_reason": "Entered twice" })).await["version"],
            2
        );

        let recall = |told: Value| {
            json!({ "type": "recalled", "on": "2026-05-01",
            "recall": { "reason": "Facts were found later", "release_list_notified_on": told } })
        };
        let events = format!("{at}/events");
        let refused = app.refused(Method::POST, &events, &key, Some(recall(Value::Null)), 409).await;
        assert_eq!(rules(&refused), ["D-16"]);
        assert!(
            refused["detail"].as_str().unwrap().contains("1 on the release log"),
            "a voided line holds no report"
        );
        app.created(&key, &events, recall(json!("2026-05-01"))).await;
        let now = app.read(&key, &at).await;
        assert_eq!(
            (&now["state"], &now["currency"], &now["recall"]["reason"]),
            (&json!("recalled"), &Value::Null, &json!("Facts were found later"))
        );
        let covered = app.read(&key, "/v1/attestations/coverage?from=2025-01-01&to=2025-12-31").await;
        assert_eq!(texts(&covered["intervals"], "state"), ["not_started"]);
        let then =
            app.read(&key, "/v1/attestations/coverage?from=2025-01-01&to=2025-12-31&as_of=2026-04-30").await;
        assert_eq!(texts(&then["intervals"], "state"), ["covered"]);
        let diary = app.read(&key, &format!("/v1/milestones?resource={id}")).await;
        assert_eq!(diary["data"], json!([]), "nothing is due of a recalled report");
        for on in ["2026-05-01", "2026-05-02"] {
            let again = app.refused(Method::POST, &format!("{at}/releases"), &key, Some(line(on)), 409).await;
            assert_eq!(again["code"], "conflict", "{on}");
        }
        app.created(&key, &format!("{at}/releases"), line("2026-04-30")).await;
        let trail = app.events(&key, "attestation_release").await;
        assert_eq!(
            texts(&json!(trail), "type"),
            [
                "attestation_release.recorded",
                "attestation_release.recorded",
                "attestation_release.voided",
                "attestation_release.recorded",
            ]
        );
    }

    pub async fn a_reports_file_is_restricted(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut readers = Vec::new();
        for role in ["manager", "contributor", "auditor", "viewer", "integration"] {
            readers.push((role, app.key_as(&key, role).await));
        }
        let report = app.created(&key, "/v1/evidence", json!({ "kind": "file", "title": "Report" })).await;
        let at = format!("/v1/evidence/{}", report["id"].as_str().unwrap());
        let sent =
            app.upload(&key, &format!("{at}/content"), b"%PDF", &[("content-type", "application/pdf")]).await;
        assert_eq!(sent.status(), 200);
        let (content, version) = (format!("{at}/content"), format!("{at}/versions/1/content"));
        let read =
            async |key: &str, path: &str| app.call(Method::GET, path, key, None).await.status().as_u16();
        for (role, key) in &readers {
            assert_eq!(read(key, &content).await, 200, "{role}");
        }
        let before = app.read(&key, &at).await;
        assert_eq!(before["restricted"], false);

        let contributor = &readers[1].1;
        let restrict = Some(json!({ "restricted": true }));
        app.refused(Method::PATCH, &at, contributor, restrict, 403).await;
        let new = json!({ "kind": "statement", "title": "Said", "restricted": true });
        app.refused(Method::POST, "/v1/evidence", contributor, Some(new), 403).await;

        let engagement = json!({ "name": "SOC 2", "report": "type_2", "scope": "Cloud platform", "report_evidence": report["id"] });
        let engagement = app.created(&key, "/v1/attestations", engagement).await;
        let after = app.read(&key, &at).await;
        assert_eq!(
            (&after["restricted"], after["version"].as_i64()),
            (&json!(true), before["version"].as_i64().map(|n| n + 1))
        );
        for (role, key) in &readers {
            let wanted = if *role == "manager" { 200 } else { 403 };
            assert_eq!((read(key, &content).await, read(key, &version).await), (wanted, wanted), "{role}");
            assert_eq!(read(key, &at).await, 200, "{role} sees that it is there");
        }
        assert_eq!(read(&key, &content).await, 200);
        let told = app.refused(Method::GET, &content, contributor, None, 403).await;
        assert!(told["detail"].as_str().unwrap().contains("release"), "{told}");
        let lift = json!({ "restricted": false });
        let refused = app.refused(Method::PATCH, &at, &key, Some(lift.clone()), 409).await;
        assert!(
            refused["detail"].as_str().unwrap().contains(engagement["id"].as_str().unwrap()),
            "{refused}"
        );
        let engagement = format!("/v1/attestations/{}", engagement["id"].as_str().unwrap());
        app.changed(&key, &engagement, json!({ "report_evidence": null })).await;
        app.refused(Method::PATCH, &at, contributor, Some(lift.clone()), 403).await;
        app.changed(&key, &at, lift).await;
        assert_eq!(read(contributor, &content).await, 200);
        let trail = app.events(&key, "evidence").await;
        assert_eq!(
            texts(&json!(trail), "type"),
            ["evidence.created", "evidence.content_added", "evidence.updated", "evidence.updated"]
        );
    }

    pub async fn attestations_are_listed_and_found(app: &TestApp) {
        let key = app.tenant("acme").await;
        let system = app.created(&key, "/v1/systems", json!({ "name": "Platform", "kind": "service" })).await;
        let mut a = held("A", "One", "2024-01-01", "2024-12-31", "2025-02-10");
        a["systems"] = json!([system["id"]]);
        a["external_refs"] = json!([{ "system": "grc", "id": "1" }]);
        made(app, &key, a).await;
        made(app, &key, held("B", "One", "2025-01-01", "2025-12-31", "2026-02-10")).await;
        made(app, &key, held("C", "Two", "2025-07-01", "2026-06-30", "2026-08-10")).await;
        made(app, &key, json!({ "name": "D", "report": "type_1", "scope": "Two" })).await;
        let names = async |query: &str| {
            let listed = app.read(&key, &format!("/v1/attestations?{query}")).await;
            texts(&listed["data"], "name").join("")
        };
        for (query, wanted) in [
            ("", "DCBA"),
            ("sort=covers_to", "ABCD"),
            ("sort=name", "ABCD"),
            ("sort=created_at", "ABCD"),
            ("sort=-created_at", "DCBA"),
            ("scope=One", "BA"),
            ("report=type_1", "D"),
            ("state=issued", "CBA"),
            ("state=planning", "D"),
            ("currency=stale", "A"),
            ("currency=ageing", "B"),
            ("currency=current", "C"),
            ("currency=current&as_of=2026-08-09", "B"),
            ("currency=current&as_of=2026-08-10", "CB"),
            ("covers=2025-12-01..2025-12-31", "CB"),
            ("external_ref=grc:1", "A"),
        ] {
            assert_eq!(names(query).await, wanted, "{query}");
        }
        assert_eq!(names(&format!("system={}", system["id"].as_str().unwrap())).await, "A");
        let page = app.read(&key, "/v1/attestations?limit=2&count=true").await;
        assert_eq!(page["total"], 4);
        let next = page["next_cursor"].as_str().unwrap();
        assert_eq!(names(&format!("limit=2&cursor={next}")).await, "BA");
        let at = format!("/v1/systems/{}", system["id"].as_str().unwrap());
        assert_eq!(app.refused(Method::DELETE, &at, &key, None, 409).await["code"], "in_use");
    }

    pub async fn graphql_tells_the_same(app: &TestApp) {
        let key = app.tenant("acme").await;
        control(app, &key).await;
        let input = json!({ "name": "SOC 2", "report": "TYPE_2", "scope": "Cloud platform",
                            "plan": { "window": { "start": "2025-02-01", "months": 6 } } });
        let create =
            "mutation($input: NewAttestation!) { createAttestation(input: $input) { id state version } }";
        let made = app.ask_with(&key, create, json!({ "input": input })).await;
        let id = made["data"]["createAttestation"]["id"].as_str().unwrap_or_else(|| panic!("{made}"));
        let record = "mutation($id: ID!, $input: NewAttestationEvent!, $dry: Boolean!) {
            recordAttestationEvent(attestationId: $id, input: $input, dryRun: $dry) {
                id type dryRun contradicts scope { categories } before { state } after { state milestones { code due } }
                notices { rule } } }";
        let told = async |input: Value, dry: bool| {
            app.ask_with(&key, record, json!({ "id": id, "input": input, "dry": dry })).await
        };
        let alone = json!({ "type": "SCOPE_SET", "scope": { "categories": ["AVAILABILITY"] } });
        let refused = told(alone, false).await;
        let extensions = &refused["errors"][0]["extensions"];
        assert_eq!(
            (&extensions["code"], &extensions["breaches"][0]["rule"]),
            (&json!("rule_breached"), &json!("D-02"))
        );
        assert!(extensions["breaches"][0]["instead"].as_str().unwrap().contains("security_off_reason"));
        let scope =
            json!({ "type": "SCOPE_SET", "on": "2025-01-01", "scope": { "categories": ["SECURITY"] } });
        let dry = told(scope.clone(), true).await;
        assert_eq!(dry["data"]["recordAttestationEvent"]["dryRun"], true, "{dry}");
        assert_eq!(app.read(&key, &format!("/v1/attestations/{id}/events")).await["data"], json!([]));
        let kept = told(scope, false).await;
        assert_eq!(kept["data"]["recordAttestationEvent"]["scope"]["categories"], json!(["SECURITY"]));
        let open = json!({ "type": "WINDOW_OPENED", "window": { "start": "2025-02-01", "months": 6 },
                           "acknowledge": ["D.2", "D-11"], "reason": "By contract" });
        let kept = told(open, false).await;
        let event = &kept["data"]["recordAttestationEvent"];
        assert_eq!(
            (&event["contradicts"], &event["after"]["state"]),
            (&json!(["D-11", "D.2"]), &json!("WINDOW_OPEN"))
        );
        let query = r#"query($id: ID!) {
            attestation(id: $id, asOf: "2025-01-15") { state coversFrom criteria }
            attestationMilestones(id: $id) { code due rule { id } }
            attestationTimeline(id: $id) { standing entries { on kind code } }
            attestationCoverage(id: $id) { relevant answered criteria { criterion uncoveredDays controlIds } controls { code } }
            attestationEvents(attestationId: $id) { nodes { type window { end } } }
            reportCoverage(from: "2025-01-01", to: "2025-12-31", scope: "Cloud platform") {
                intervals { state days } running { attestationId to } transitions { gapDays } } }"#;
        let answer = app.ask_with(&key, query, json!({ "id": id })).await;
        let data = &answer["data"];
        assert_eq!(
            (&data["attestation"]["state"], &data["attestation"]["coversFrom"]),
            (&json!("PLANNING"), &Value::Null),
            "{answer}"
        );
        assert_eq!(one(&data["attestationMilestones"], "report")["due"], "2025-09-29");
        assert_eq!(data["attestationTimeline"]["entries"][0]["code"], "scope_set");
        assert_eq!(
            (&data["attestationCoverage"]["answered"], &data["attestationCoverage"]["controls"][0]["code"]),
            (&json!(33), &json!("ALL"))
        );
        assert_eq!(data["attestationEvents"]["nodes"][1]["window"]["end"], "2025-07-31");
        assert_eq!(data["reportCoverage"]["intervals"], json!([{ "state": "NOT_STARTED", "days": 365 }]));
        assert_eq!(data["reportCoverage"]["running"][0]["to"], "2025-07-31");
    }

    pub async fn graphql_reads_relations_in_one_statement_each(app: &TestApp) {
        let key = app.tenant("acme").await;
        let query =
            "{ attestations { totalCount nodes { name state systems { name } milestones { code due state }
            notices { rule } } } }";
        let mut counts = Vec::new();
        for n in 1..=4 {
            let name = format!("System {n}");
            let system = app.created(&key, "/v1/systems", json!({ "name": name, "kind": "service" })).await;
            let mut new = held(&name, &name, "2025-01-01", "2025-12-31", "2026-02-10");
            new["systems"] = json!([system["id"]]);
            made(app, &key, new).await;
            let answer = app.call(Method::POST, "/graphql", &key, Some(json!({ "query": query }))).await;
            counts.push(statements(&answer));
            let answer: Value = answer.json().await.unwrap();
            let nodes = answer["data"]["attestations"]["nodes"]
                .as_array()
                .unwrap_or_else(|| panic!("{answer}"))
                .clone();
            assert_eq!(nodes.len(), n);
            for node in &nodes {
                assert_eq!(node["systems"][0]["name"], node["name"]);
                assert_eq!(one(&node["milestones"], "stale")["due"], "2027-01-01");
            }
        }
        assert!(counts.iter().all(|&count| count == counts[0]), "{counts:?}");
    }

    pub async fn roles_bind_attestations(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (viewer, bot) = (app.key_as(&key, "viewer").await, app.key_as(&key, "integration").await);
        let new = || json!({ "name": "SOC 2", "report": "type_2", "scope": "Cloud platform" });
        app.refused(Method::POST, "/v1/attestations", &viewer, Some(new()), 403).await;
        let id = made(app, &bot, new()).await;
        let events = format!("/v1/attestations/{id}/events");
        let scope = json!({ "type": "scope_set", "scope": { "categories": ["security"] } });
        app.refused(Method::POST, &format!("{events}?dry_run=true"), &viewer, Some(scope.clone()), 403).await;
        let event = app.created(&bot, &events, scope).await;
        let at = format!("{events}/{}", event["id"].as_str().unwrap());
        let refused =
            app.refused(Method::PATCH, &at, &bot, Some(json!({ "void_reason": "Mistake" })), 403).await;
        assert_eq!(refused["code"], "forbidden", "an integration records and does not void");
        let stale = [("if-match", "\"2.x\"")];
        let void = Some(json!({ "void_reason": "Mistake" }));
        assert_eq!(app.call_with(Method::PATCH, &at, &key, void, &stale).await.status(), 412);
        assert_eq!(
            app.read(&viewer, &format!("/v1/attestations/{id}")).await["categories"],
            json!(["security"])
        );
    }
}
