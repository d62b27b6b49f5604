//! The management system's records about context, scope, risks and people, and what all of them amount to.

use attestd::{
    platform::access::Action,
    program::isms::{Tally, tally},
};

use crate::{
    isms::{due, make, pointers},
    support::*,
};

on_both!(
    context_is_looked_at_again,
    a_scope_considers_issues_and_parties,
    an_assessment_keeps_the_levels_of_its_day,
    assessments_follow_each_other,
    a_plan_needs_the_owners_of_its_risks,
    another_plan_needs_its_owners_again,
    what_its_owner_approved_is_this_edition,
    what_was_planned_is_done_without_another_edition,
    what_was_done_stays_done_when_a_draft_is_thrown_away,
    who_is_competent_has_evidence,
    a_programme_says_what_it_plans,
    an_audit_is_one_that_a_programme_plans,
    improvements_are_made_by_a_day,
    the_tally_counts_what_holds,
);

fn id(at: &str) -> Value {
    json!(at.rsplit('/').next().unwrap())
}

/// A person who may approve.
async fn person(app: &TestApp, key: &str, role: &str) -> Value {
    let person = json!({ "kind": "person", "name": format!("A {role}"), "role": role });
    app.created(key, "/v1/members", person).await["id"].clone()
}

/// A risk with this owner, estimated after treatment.
async fn risk(app: &TestApp, key: &str, code: &str, owner: &Value) -> Value {
    let risk = json!({ "code": code, "title": format!("Risk {code}"), "owner": owner,
                       "residual": { "likelihood": 3, "impact": 4 } });
    app.created(key, "/v1/risks", risk).await["id"].clone()
}

fn issue() -> Value {
    json!({ "title": "Laws", "kind": "external", "text": "There are more of them every year." })
}

fn plan(risks: &[&Value]) -> Value {
    let actions: Vec<_> = risks
        .iter()
        .map(|risk| json!({ "risk": risk, "text": "Find a second supplier", "due": "2027-03-31" }))
        .collect();
    json!({ "title": "Plan", "actions": actions })
}

async fn counted(app: &TestApp, key: &str) -> Tally {
    let ctx = diary::context(app, key).await;
    let mut tx = ctx.may(Action::IsmsRead).unwrap().read().await.unwrap();
    tally(&mut tx).await.unwrap()
}

mod scenario {
    use super::*;

    pub async fn context_is_looked_at_again(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = make(app, &key, "context-issues", issue()).await;
        assert_eq!(due(app, &key, &at).await, ["context_issue_review 2027-11-24 open"]);
        app.changed(&key, &at, json!({ "reviewed_on": "2026-10-01" })).await;
        assert_eq!(due(app, &key, &at).await, ["context_issue_review 2027-10-01 open"]);
        app.changed(&key, &at, json!({ "review_on": "2027-02-01" })).await;
        assert_eq!(due(app, &key, &at).await, ["context_issue_review 2027-02-01 open"]);
        app.changed(&key, &at, json!({ "status": "retired" })).await;
        assert!(due(app, &key, &at).await.is_empty());
        let late = Some(json!({ "reviewed_on": "2026-11-25" }));
        assert_eq!(pointer(&app.refused(Method::PATCH, &at, &key, late, 422).await), "/reviewed_on");

        let decision = json!({ "title": "Relevant", "relevant": true, "reason": "Data centers overheat.",
                               "decided_on": "2026-01-15" });
        let decision = make(app, &key, "climate-decisions", decision).await;
        assert_eq!(due(app, &key, &decision).await, ["climate_review 2027-01-15 open"]);
        let party = json!({ "name": "Customers", "requirements": [
            { "text": "Their data stays secret", "source": "Contract", "addressed": true, "how": "Access control" },
            { "text": "Low prices", "addressed": false },
        ] });
        let party = make(app, &key, "interested-parties", party).await;
        let known = app.read(&key, &party).await;
        assert_eq!(
            known["requirements"][1],
            json!({ "text": "Low prices", "source": null, "addressed": false, "how": "" })
        );
        assert_eq!(due(app, &key, &party).await, ["party_review 2027-11-24 open"]);
        let page = app.read(&key, "/v1/isms/interested-parties?due_before=2027-12-31").await;
        assert_eq!(texts(&page["data"], "name"), ["Customers"]);
    }

    pub async fn a_scope_considers_issues_and_parties(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = person(app, &key, "owner").await;
        let new = json!({ "title": "Scope", "boundaries": "The platform and two offices." });
        let at = make(app, &key, "scope-statements", new).await;
        let approval = json!({ "approver": owner });
        let refused =
            app.refused(Method::POST, &format!("{at}/approve"), &key, Some(approval.clone()), 409).await;
        assert_eq!(pointers(&refused), ["/applicability", "/issues", "/parties"]);
        let issue = make(app, &key, "context-issues", issue()).await;
        let party = make(app, &key, "interested-parties", json!({ "name": "Customers" })).await;
        let all = json!({ "applicability": "All who build and run it", "issues": [id(&issue)], "parties": [id(&party)],
                          "interfaces": [{ "with": "Cloud provider" }] });
        app.changed(&key, &at, all).await;
        app.stepped_with(&key, &format!("{at}/approve"), approval).await;
        assert_eq!(due(app, &key, &at).await, ["scope_review 2027-11-24 open"]);
        for named in [&issue, &party] {
            assert_eq!(app.deleted_with(&key, named, 409).await["code"], "in_use");
        }
        app.stepped(&key, &format!("{at}/revise")).await;
        app.changed(&key, &at, json!({ "issues": [] })).await;
        let first = app.read(&key, &format!("{at}/editions/1")).await;
        assert_eq!(first["issues"], json!([id(&issue)]), "the approved edition keeps what it named");
        assert_eq!(app.deleted_with(&key, &issue, 409).await["code"], "in_use", "it still holds");
        let twice = Some(json!({ "parties": [id(&party), id(&party)] }));
        assert_eq!(pointer(&app.refused(Method::PATCH, &at, &key, twice, 422).await), "/parties/1");
        // A draft holds what it may go back to, even where that was retired.
        app.stepped(&key, &format!("{at}/retire")).await;
        app.stepped(&key, &format!("{at}/revise")).await;
        app.changed(&key, &at, json!({ "issues": [], "parties": [] })).await;
        assert_eq!(app.deleted_with(&key, &issue, 409).await["code"], "in_use");
        let back = app.stepped(&key, &format!("{at}/discard-draft")).await;
        assert_eq!((&back["issues"], &back["parties"]), (&json!([id(&issue)]), &json!([id(&party)])));
        assert_eq!(back["status"], "retired");
    }

    pub async fn an_assessment_keeps_the_levels_of_its_day(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = person(app, &key, "contributor").await;
        let (one, other) = (risk(app, &key, "R-1", &owner).await, risk(app, &key, "R-2", &owner).await);
        let new = json!({ "title": "Assessment", "trigger": "interval", "planned_on": "2026-11-30" });
        let at = make(app, &key, "risk-assessments", new).await;
        let complete = format!("{at}/complete");
        let refused = app.refused(Method::POST, &complete, &key, Some(json!({})), 409).await;
        assert_eq!(pointers(&refused), ["/method", "/acceptance_criteria", "/risks"]);
        let open = app.created(&key, "/v1/risks", json!({ "code": "R-3", "title": "Not estimated" })).await;
        let all =
            json!({ "method": "By steps.", "acceptance_criteria": "Low ones.", "risks": [one, open["id"]] });
        app.changed(&key, &at, all).await;
        let refused = app.refused(Method::POST, &complete, &key, Some(json!({})), 409).await;
        assert_eq!(pointers(&refused), ["/risks/1"], "its level is not known");
        let all = json!({ "method": "By steps.", "acceptance_criteria": "Low ones.", "risks": [other, one] });
        app.changed(&key, &at, all).await;
        assert_eq!(app.read(&key, &at).await["results"], json!([]));
        let completed = json!({ "carried_out_on": "2026-11-20", "summary": "Two risks." });
        let known = app.stepped_with(&key, &complete, completed).await;
        assert_eq!((&known["status"], &known["carried_out_on"]), (&json!("completed"), &json!("2026-11-20")));
        assert_eq!(texts(&known["results"], "code"), ["R-2", "R-1"]);
        assert_eq!(
            (&known["results"][0]["residual_level"], &known["results"][0]["inherent_level"]),
            (&json!("high"), &Value::Null)
        );
        assert_eq!(
            (&known["results"][0]["score"], &known["results"][0]["above_appetite"]),
            (&json!(12), &json!(true))
        );
        let lower = json!({ "title": "Renamed", "residual": { "likelihood": 1, "impact": 1 } });
        app.changed(&key, &format!("/v1/risks/{}", other.as_str().unwrap()), lower).await;
        assert_eq!(app.read(&key, &at).await["results"], known["results"], "what was found stays");
        let frozen = Some(json!({ "summary": "Three risks." }));
        app.refused(Method::PATCH, &at, &key, frozen, 409).await;
        app.changed(&key, &at, json!({ "next_on": "2027-05-31" })).await;
        app.refused(Method::POST, &complete, &key, Some(json!({})), 409).await;
        assert_eq!(app.deleted_with(&key, &at, 409).await["code"], "in_use");
        assert_eq!(
            due(app, &key, &at).await,
            ["risk_assessment 2026-11-30 done", "next_risk_assessment 2027-05-31 open"]
        );
    }

    pub async fn assessments_follow_each_other(app: &TestApp) {
        let key = app.tenant("acme").await;
        let owner = person(app, &key, "contributor").await;
        let risk = risk(app, &key, "R-1", &owner).await;
        let new = |day: &str| {
            json!({ "title": day, "trigger": "interval", "planned_on": day, "method": "By steps.",
                    "acceptance_criteria": "Low ones.", "risks": [risk] })
        };
        let first = make(app, &key, "risk-assessments", new("2025-11-01")).await;
        app.stepped_with(&key, &format!("{first}/complete"), json!({ "carried_out_on": "2025-11-03" })).await;
        assert!(due(app, &key, &first).await.contains(&"next_risk_assessment 2026-11-03 overdue".to_owned()));
        let second = make(app, &key, "risk-assessments", new("2026-12-01")).await;
        assert_eq!(app.read(&key, &first).await["followed_by"], id(&second));
        assert_eq!(due(app, &key, &first).await, ["risk_assessment 2025-11-01 done"]);
        app.deleted(&key, &second).await;
        assert_eq!(app.read(&key, &first).await["followed_by"], Value::Null);
    }

    pub async fn a_plan_needs_the_owners_of_its_risks(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = person(app, &key, "owner").await;
        let contributor = app.key_as(&key, "contributor").await;
        let members = app.read(&key, "/v1/members?limit=200").await;
        let own =
            members["data"].as_array().unwrap().iter().find(|one| one["role"] == "contributor").unwrap();
        let (mine, theirs) =
            (risk(app, &key, "R-1", &own["id"]).await, risk(app, &key, "R-2", &director).await);
        let at = make(app, &key, "treatment-plans", plan(&[&mine, &theirs])).await;
        let (approve, owners) = (format!("{at}/approve"), format!("{at}/owner-approvals"));
        let approval = json!({ "approver": director });
        let refused = app.refused(Method::POST, &approve, &key, Some(approval.clone()), 409).await;
        assert_eq!(pointers(&refused), ["/actions/0/risk", "/actions/1/risk"]);
        assert!(refused["errors"][0]["detail"].as_str().unwrap().starts_with("ISM-17"), "{refused}");
        let known = app.stepped_with(&contributor, &owners, json!({ "note": "It will do" })).await;
        let approved = &known["owner_approvals"];
        assert_eq!((&approved[0]["risk"], &approved[0]["by"]), (&mine, &own["id"]));
        assert_eq!(approved.as_array().unwrap().len(), 1, "an owner speaks for their own risks");
        let other = json!({ "risk_owner": director });
        app.refused(Method::POST, &owners, &contributor, Some(other.clone()), 403).await;
        let refused = app.refused(Method::POST, &approve, &key, Some(approval.clone()), 409).await;
        assert_eq!(pointers(&refused), ["/actions/1/risk"]);
        app.refused(Method::POST, &owners, &key, Some(json!({})), 409).await;
        app.stepped_with(&key, &owners, other).await;
        let known = app.stepped_with(&key, &approve, approval).await;
        assert_eq!(known["in_force"]["number"], 1);
        assert_eq!(known["owner_approvals"].as_array().unwrap().len(), 2);
        let late = Some(json!({ "risk_owner": director }));
        app.refused(Method::POST, &owners, &key, late, 409).await;
        let events = app.events(&key, id(&at).as_str().unwrap()).await;
        assert_eq!(
            texts(&json!(events), "type"),
            [
                "treatment_plan.created",
                "treatment_plan.owner_approved",
                "treatment_plan.owner_approved",
                "treatment_plan.approved"
            ]
        );
    }

    pub async fn another_plan_needs_its_owners_again(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = person(app, &key, "owner").await;
        let risk = risk(app, &key, "R-1", &director).await;
        let at = make(app, &key, "treatment-plans", plan(&[&risk])).await;
        let owner = json!({ "risk_owner": director });
        app.stepped_with(&key, &format!("{at}/owner-approvals"), owner.clone()).await;
        let renamed = app.changed(&key, &at, json!({ "title": "Another name" })).await;
        assert_eq!(renamed["owner_approvals"].as_array().unwrap().len(), 1);
        let mut other = plan(&[&risk]);
        other["actions"][0]["text"] = json!("Do nothing");
        let changed = app.changed(&key, &at, json!({ "actions": other["actions"] })).await;
        assert_eq!(changed["owner_approvals"], json!([]));
        let approval = json!({ "approver": director });
        app.refused(Method::POST, &format!("{at}/approve"), &key, Some(approval.clone()), 409).await;
        app.stepped_with(&key, &format!("{at}/owner-approvals"), owner).await;
        app.stepped_with(&key, &format!("{at}/approve"), approval).await;
        let nobody = json!({ "code": "R-2", "title": "Nobody's" });
        let nobody = app.created(&key, "/v1/risks", nobody).await["id"].clone();
        let empty = make(app, &key, "treatment-plans", json!({ "title": "Empty" })).await;
        let approve = Some(json!({ "approver": director }));
        let refused = app.refused(Method::POST, &format!("{empty}/approve"), &key, approve, 409).await;
        assert_eq!(pointers(&refused), ["/actions"]);
        let missing = json!({ "actions": [{ "risk": nobody, "text": "X",
                                            "controls": [format!("ctl_{}", "0".repeat(32))] }] });
        let refused = app.refused(Method::PATCH, &empty, &key, Some(missing), 422).await;
        assert_eq!(pointer(&refused), "/actions/0/controls/0");
    }

    pub async fn what_its_owner_approved_is_this_edition(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (director, other) = (person(app, &key, "owner").await, person(app, &key, "manager").await);
        let risk = risk(app, &key, "R-1", &director).await;
        let at = make(app, &key, "treatment-plans", plan(&[&risk])).await;
        let (approve, owners) = (format!("{at}/approve"), format!("{at}/owner-approvals"));
        let approval = json!({ "approver": director });
        app.stepped_with(&key, &owners, json!({ "risk_owner": director })).await;
        let done = json!([{ "risk": risk, "text": "Find a second supplier", "due": "2027-03-31", "done_on": "2026-11-20" }]);
        let known = app.changed(&key, &at, json!({ "actions": done })).await;
        assert_eq!(
            known["owner_approvals"].as_array().unwrap().len(),
            1,
            "it is no other plan that something was done"
        );
        let at_risk = format!("/v1/risks/{}", risk.as_str().unwrap());
        app.changed(&key, &at_risk, json!({ "owner": other })).await;
        let refused = app.refused(Method::POST, &approve, &key, Some(approval.clone()), 409).await;
        assert_eq!(pointers(&refused), ["/actions/0/risk"], "the one who owns it now was not asked");
        app.stepped_with(&key, &owners, json!({ "risk_owner": other })).await;
        assert!(due(app, &key, &at).await.is_empty(), "nothing of a draft is due");
        app.stepped_with(&key, &approve, approval.clone()).await;
        let revised = app.stepped(&key, &format!("{at}/revise")).await;
        assert_eq!(revised["owner_approvals"], json!([]));
        app.refused(Method::POST, &approve, &key, Some(approval), 409).await;
        // The edition that holds is carried out, whatever its successor will say.
        app.changed(
            &key,
            &at,
            json!({ "actions": [{ "risk": risk, "text": "Do it otherwise", "due": "2028-01-31" }] }),
        )
        .await;
        let known = due(app, &key, &at).await;
        assert_eq!(known, ["treatment_action 2027-03-31 done", "plan_review 2027-11-24 open"]);
        let retired = app.stepped(&key, &format!("{at}/retire")).await;
        assert_eq!(retired["actions"][0]["text"], "Find a second supplier");
        assert_eq!(retired["actions_in_force"], json!([]));
        assert!(due(app, &key, &at).await.is_empty(), "nothing of it is carried out any more");
    }

    pub async fn what_was_planned_is_done_without_another_edition(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = person(app, &key, "owner").await;
        let risk = risk(app, &key, "R-1", &director).await;
        let at = make(app, &key, "treatment-plans", plan(&[&risk])).await;
        let owner = json!({ "risk_owner": director });
        app.stepped_with(&key, &format!("{at}/owner-approvals"), owner).await;
        app.stepped_with(&key, &format!("{at}/approve"), json!({ "approver": director })).await;
        assert_eq!(
            due(app, &key, &at).await,
            ["treatment_action 2027-03-31 open", "plan_review 2027-11-24 open"]
        );
        let mut done = plan(&[&risk])["actions"].clone();
        done[0]["result"] = json!("It took over within four hours");
        let early = app.refused(Method::PATCH, &at, &key, Some(json!({ "actions": done })), 422).await;
        assert_eq!(pointer(&early), "/actions/0/result", "nothing was done yet");
        done[0]["done_on"] = json!("2026-11-24");
        let known = app.changed(&key, &at, json!({ "actions": done })).await;
        assert_eq!(known["actions"][0]["result"], done[0]["result"]);
        assert_eq!(due(app, &key, &at).await[0], "treatment_action 2027-03-31 done");
        done[0]["due"] = json!("2027-12-31");
        let frozen = app.refused(Method::PATCH, &at, &key, Some(json!({ "actions": done })), 409).await;
        assert!(frozen["detail"].as_str().unwrap().contains("actions/done_on"), "{frozen}");
        let first = app.read(&key, &format!("{at}/editions/1")).await;
        assert_eq!(first["actions"][0]["done_on"], Value::Null, "it was not done when it was approved");
    }

    pub async fn what_was_done_stays_done_when_a_draft_is_thrown_away(app: &TestApp) {
        let key = app.tenant("acme").await;
        let director = person(app, &key, "owner").await;
        let risk = risk(app, &key, "R-1", &director).await;
        let at = make(app, &key, "treatment-plans", plan(&[&risk, &risk])).await;
        let owner = json!({ "risk_owner": director });
        app.stepped_with(&key, &format!("{at}/owner-approvals"), owner).await;
        let mut wanted =
            app.stepped_with(&key, &format!("{at}/approve"), json!({ "approver": director })).await;
        let mut done = wanted["actions"].clone();
        (done[0]["done_on"], done[0]["result"]) = (json!("2026-11-20"), json!("It holds"));
        app.changed(&key, &at, json!({ "actions": done })).await;
        app.stepped(&key, &format!("{at}/revise")).await;
        (done[1]["done_on"], done[1]["result"]) = (json!("2026-11-24"), json!("It holds too"));
        done[1]["text"] = json!("Find a third supplier");
        app.changed(&key, &at, json!({ "title": "Another plan", "actions": done })).await;
        let back = app.stepped(&key, &format!("{at}/discard-draft")).await;
        wanted["version"] = json!(7);
        for (n, fields) in [(0_usize, ["2026-11-20", "It holds"]), (1, ["2026-11-24", "It holds too"])] {
            let [done_on, result] = fields.map(|one| json!(one));
            let action = &mut wanted["actions"][n];
            (action["done_on"], action["result"]) = (done_on, result);
        }
        assert_eq!(back, wanted, "its approvals too");
        assert_eq!(
            due(app, &key, &at).await,
            [
                "treatment_action 2027-03-31 done",
                "treatment_action 2027-03-31 done",
                "plan_review 2027-11-24 open"
            ]
        );
    }

    pub async fn who_is_competent_has_evidence(app: &TestApp) {
        let key = app.tenant("acme").await;
        let member = person(app, &key, "contributor").await;
        let new = json!({ "title": "Internal auditor", "need": "Knows how to audit.", "person": member,
                          "action": "A course", "due_on": "2027-02-28" });
        let at = make(app, &key, "competence", new).await;
        assert_eq!(due(app, &key, &at).await, ["competence_action 2027-02-28 open"]);
        for (patch, at_) in [
            (json!({ "status": "competent" }), "/evidence"),
            (json!({ "person_name": "Somebody else" }), "/person"),
            (json!({ "person": null }), "/person"),
            (json!({ "done_on": "2026-11-25" }), "/done_on"),
        ] {
            let refused = app.refused(Method::PATCH, &at, &key, Some(patch), 422).await;
            assert_eq!(pointer(&refused), at_);
        }
        app.changed(&key, &at, json!({ "status": "competent", "evidence": "A certificate" })).await;
        assert!(due(app, &key, &at).await.is_empty(), "who is competent waits for nothing");
        let competent = json!({ "status": "competent", "evidence": "A certificate", "done_on": "2026-11-20",
                                "effectiveness": "The audit of May was sound", "review_on": "2028-11-20" });
        app.changed(&key, &at, competent).await;
        assert_eq!(
            due(app, &key, &at).await,
            ["competence_action 2027-02-28 done", "competence_review 2028-11-20 open"]
        );
        let page = app.read(&key, "/v1/isms/competence?status=competent").await;
        assert_eq!(texts(&page["data"], "title"), ["Internal auditor"]);
        let held = format!("/v1/members/{}", member.as_str().unwrap());
        assert_eq!(app.deleted_with(&key, &held, 409).await["code"], "in_use");
        let told = app.ask(&key, "{ competenceRecords { nodes { personId person { name } } } }").await;
        let known = &told["data"]["competenceRecords"]["nodes"][0];
        assert_eq!((&known["personId"], &known["person"]["name"]), (&member, &json!("A contributor")));
    }

    pub async fn a_programme_says_what_it_plans(app: &TestApp) {
        let key = app.tenant("acme").await;
        let new = json!({ "title": "Internal audits 2027", "period_from": "2027-01-01", "period_to": "2027-12-31",
                          "audits": [{ "area": "Clauses 4 to 10", "planned_on": "2027-03-31" }] });
        let at = make(app, &key, "audit-programmes", new).await;
        assert!(due(app, &key, &at).await.is_empty(), "a draft plans nothing yet");
        let active = Some(json!({ "status": "active" }));
        let refused = app.refused(Method::PATCH, &at, &key, active, 422).await;
        let missing =
            ["/frequency", "/methods", "/responsibilities", "/planning", "/reporting", "/considered"];
        assert_eq!(pointers(&refused), missing);
        let mut all: Value = missing.iter().map(|at| (at[1..].to_owned(), json!("As agreed."))).collect();
        all["status"] = json!("active");
        app.changed(&key, &at, all).await;
        assert_eq!(due(app, &key, &at).await, ["planned_audit 2027-03-31 open"]);
        app.changed(&key, &at, json!({ "status": "closed" })).await;
        assert!(due(app, &key, &at).await.is_empty(), "what was not held will not be");
        app.changed(&key, &at, json!({ "status": "active" })).await;
        for (patch, at_) in [
            (json!({ "audits": [] }), "/audits"),
            (json!({ "audits": [{ "area": "X", "planned_on": "2028-01-01" }] }), "/audits/0/planned_on"),
            (
                json!({ "period_to": "2026-12-31", "audits": [{ "area": "X", "planned_on": "2027-01-01" }] }),
                "/period_to",
            ),
        ] {
            let refused = app.refused(Method::PATCH, &at, &key, Some(patch), 422).await;
            assert_eq!(pointer(&refused), at_);
        }
    }

    pub async fn an_audit_is_one_that_a_programme_plans(app: &TestApp) {
        let key = app.tenant("acme").await;
        let parts = ["frequency", "methods", "responsibilities", "planning", "reporting", "considered"];
        let mut new: Value = parts.iter().map(|part| ((*part).to_owned(), json!("As agreed."))).collect();
        let planned = json!({ "number": 1, "area": "Clauses 4 to 10", "planned_on": "2026-11-16" });
        for (name, value) in [
            ("title", json!("Internal audits 2026")),
            ("period_from", json!("2026-01-01")),
            ("period_to", json!("2026-12-31")),
            ("status", json!("active")),
            ("audits", json!([planned])),
        ] {
            new[name] = value;
        }
        let at = make(app, &key, "audit-programmes", new).await;
        let held_by = |number: i32| {
            json!({ "kind": "internal", "title": "Internal audit", "planned_start": "2026-11-16",
                    "programme": id(&at), "programme_audit": number })
        };
        let unknown = app.refused(Method::POST, "/v1/audits", &key, Some(held_by(9)), 422).await;
        assert_eq!(pointer(&unknown), "/programme_audit");
        let audit = app.created(&key, "/v1/audits", held_by(1)).await;
        let audit_at = format!("/v1/audits/{}", audit["id"].as_str().unwrap());
        let taken = app.refused(Method::POST, "/v1/audits", &key, Some(held_by(1)), 409).await;
        assert_eq!((&taken["code"], pointer(&taken)), (&json!("already_exists"), "/programme_audit"));
        let listed = app.read(&key, &format!("/v1/audits?programme={}", id(&at).as_str().unwrap())).await;
        assert_eq!(texts(&listed["data"], "id"), [audit["id"].as_str().unwrap()]);
        let next =
            app.created(&key, &format!("{audit_at}/copy"), json!({ "planned_start": "2027-11-15" })).await;
        assert!(next["programme"].is_null() && next["programme_audit"].is_null(), "{next}");

        assert_eq!(due(app, &key, &at).await, ["planned_audit 2026-11-16 overdue"]);
        let held = json!({ "started_on": "2026-11-17", "ended_on": "2026-11-18", "conclusion": "positive" });
        app.stepped_with(&key, &format!("{audit_at}/complete"), held.clone()).await;
        let told = app.read(&key, &at).await;
        assert_eq!((&told["audits"][0]["done_on"], &told["version"]), (&json!("2026-11-18"), &json!(2)));
        assert_eq!(due(app, &key, &at).await, ["planned_audit 2026-11-16 done"]);
        let trail = app.events(&key, "audit_programme").await;
        assert_eq!(texts(&json!(trail), "type"), ["audit_programme.created", "audit_programme.updated"]);
        let mut again = planned.clone();
        again["area"] = json!("Clauses 4 to 10, all of them");
        let told = app.changed(&key, &at, json!({ "audits": [again] })).await;
        assert_eq!(told["audits"][0]["done_on"], "2026-11-18", "the audit tells when it was held");
        let other = json!({ "audits": [{ "area": "Access control", "planned_on": "2026-12-01" }] });
        assert_eq!(app.refused(Method::PATCH, &at, &key, Some(other), 409).await["code"], "in_use");
        assert_eq!(app.deleted_with(&key, &at, 409).await["code"], "in_use");

        app.changed(&key, &at, json!({ "status": "closed" })).await;
        app.stepped_with(&key, &format!("{audit_at}/void"), json!({ "reason": "It was not held" })).await;
        let told = app.read(&key, &at).await;
        assert_eq!((&told["audits"][0]["done_on"], &told["status"]), (&Value::Null, &json!("closed")));
        assert!(due(app, &key, &at).await.is_empty(), "what was not held will not be");
        let anew = app.created(&key, "/v1/audits", held_by(1)).await;
        let anew = format!("/v1/audits/{}", anew["id"].as_str().unwrap());
        app.stepped_with(&key, &format!("{anew}/complete"), held).await;
        assert_eq!(due(app, &key, &at).await, ["planned_audit 2026-11-16 done"]);
    }

    pub async fn improvements_are_made_by_a_day(app: &TestApp) {
        let key = app.tenant("acme").await;
        let new = json!({ "title": "Access reviews run by themselves", "source": "Management review", "due_on": "2027-04-30" });
        let at = make(app, &key, "improvements", new).await;
        assert_eq!(app.read(&key, &at).await["status"], "proposed");
        assert_eq!(due(app, &key, &at).await, ["improvement 2027-04-30 open"]);
        let refused = app.refused(Method::PATCH, &at, &key, Some(json!({ "status": "done" })), 422).await;
        assert_eq!(pointer(&refused), "/done_on");
        app.changed(&key, &at, json!({ "status": "done", "done_on": "2026-11-24", "outcome": "They do." }))
            .await;
        assert_eq!(due(app, &key, &at).await, ["improvement 2027-04-30 done"]);
        app.changed(&key, &at, json!({ "status": "rejected", "done_on": null })).await;
        assert!(due(app, &key, &at).await.is_empty());
        app.deleted(&key, &at).await;
    }

    pub async fn the_tally_counts_what_holds(app: &TestApp) {
        let empty = app.tenant("empty").await;
        assert_eq!(counted(app, &empty).await, Tally::default());
        let world = World::of(app, "acme").await;
        let known = counted(app, &world.key).await;
        let told = |id: Option<String>| id.unwrap_or_default();
        assert_eq!(told(known.scope.map(|id| id.to_string())), world.id("scp"));
        assert_eq!(told(known.policy.map(|id| id.to_string())), world.id("pol"));
        assert_eq!(told(known.plan.map(|id| id.to_string())), world.id("rtp"));
        assert_eq!(told(known.climate_decision.map(|id| id.to_string())), world.id("cli"));
        assert_eq!(
            (known.assessment, known.review, known.programme),
            (None, None, None),
            "nothing of it is done"
        );
        assert_eq!((known.objectives.len(), known.objectives[0].measured), (1, true));
        assert_eq!((known.competent.len(), known.not_competent.len()), (0, 1));
        assert!(known.nonconformity_process.is_empty(), "no document answers 10.2");
        let answers = json!({ "clauses": ["6.1.2", "10.2"] });
        app.changed(&world.key, &format!("/v1/isms/documents/{}", world.id("doc")), answers).await;
        let process = counted(app, &world.key).await.nonconformity_process;
        assert_eq!(process.iter().map(ToString::to_string).collect::<Vec<_>>(), [world.id("doc")]);
        let complete = format!("/v1/isms/risk-assessments/{}/complete", world.id("ras"));
        app.stepped_with(&world.key, &complete, json!({})).await;
        let (assessment, day) = counted(app, &world.key).await.assessment.unwrap();
        assert_eq!(
            (assessment.to_string().as_str(), day.to_string().as_str()),
            (world.id("ras"), "2026-11-24")
        );
        let review = format!("/v1/isms/management-reviews/{}", world.id("mrv"));
        let parts = app.read(&world.key, &review).await["missing"].as_array().unwrap().clone();
        let said = |part: &Value| match part.as_str().unwrap() {
            "decisions" => ("decisions".to_owned(), json!([{ "text": "None" }])),
            part => (part.to_owned(), json!("none")),
        };
        let mut whole: Value = parts.iter().map(said).collect();
        whole["held_on"] = json!("2026-11-20");
        assert_eq!(app.changed(&world.key, &review, whole).await["complete"], true);
        let programme = format!("/v1/isms/audit-programmes/{}", world.id("apr"));
        let parts = ["frequency", "methods", "responsibilities", "planning", "reporting", "considered"];
        let mut whole: Value = parts.iter().map(|part| ((*part).to_owned(), json!("As agreed."))).collect();
        whole["status"] = json!("active");
        app.changed(&world.key, &programme, whole).await;
        let known = counted(app, &world.key).await;
        let (review, held_on) = known.review.unwrap();
        assert_eq!(
            (review.to_string().as_str(), held_on.to_string().as_str()),
            (world.id("mrv"), "2026-11-20")
        );
        assert_eq!(known.programme.map(|(id, _)| id.to_string()).as_deref(), Some(world.id("apr")));
        let retire = format!("/v1/isms/policies/{}", world.id("pol"));
        app.stepped_with(
            &world.key,
            &format!("{retire}/approve"),
            json!({ "approver": world.id("mem"), "position": "CEO" }),
        )
        .await;
        app.stepped(&world.key, &format!("{retire}/retire")).await;
        assert_eq!(counted(app, &world.key).await.policy, None);
    }
}
