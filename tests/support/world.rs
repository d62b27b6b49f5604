//! One of everything: a tenant in which every kind of resource exists, for tests that must not forget one.

use std::collections::BTreeMap;

use super::{AUDIENCE, Method, TestApp, Value, json};

/// The key of the tenant's own framework.
pub const OWN_FRAMEWORK: &str = "x-own";

/// A tenant with one of everything.
pub struct World {
    /// Its first owner's key.
    pub key: String,
    /// The token of somebody from its identity provider who is no member.
    pub visitor: String,
    /// The resource behind each id prefix, as the API shows it.
    pub made: BTreeMap<String, Value>,
}

impl World {
    /// Makes the tenant and everything in it. A new room adds its line here.
    pub async fn of(app: &TestApp, slug: &str) -> Self {
        let visitor = app.provider().token(slug, json!({ "sub": "newcomer" }));
        let mut world = Self { key: app.tenant(slug).await, visitor, made: BTreeMap::new() };
        world.keep(app.read(&world.key, "/v1/tenant").await);
        let person = json!({
            "kind": "person", "name": "Compliance lead", "email": format!("lead@{slug}.example"), "role": "manager",
            "external_refs": [{ "system": "directory", "id": slug }],
        });
        world.make(app, "/v1/members", person).await;
        let key = json!({ "member_id": world.id("mem"), "name": "Ticket bot" });
        world.make(app, "/v1/api-keys", key).await;
        let framework = json!({
            "key": OWN_FRAMEWORK, "name": "Security schedule",
            "requirements": [
                { "id": "1.1", "title": "Access is reviewed", "external_refs": [{ "system": "jira", "id": slug }] },
                { "id": "1.2", "title": "Breaches are told" },
            ],
            "external_refs": [{ "system": "jira", "id": slug }],
        });
        app.created(&world.key, "/v1/frameworks", framework).await;
        let mapping = json!({
            "requirement": "1.2", "counterpart": { "framework": "iso27001-2022", "id": "A.5.24" },
            "relationship": "intersects", "rationale": "Both ask for incidents to be told",
            "external_refs": [{ "system": "jira", "id": slug }],
        });
        world.make(app, &format!("/v1/frameworks/{OWN_FRAMEWORK}/mappings"), mapping).await;
        world.client(app, slug).await;
        world.identity(app, slug).await;
        let control = json!({
            "code": format!("{slug}-01"), "title": "Access is reviewed", "owner": world.id("mem"),
            "requirements": [
                { "framework": "soc2-2017", "id": "CC6.1" }, { "framework": OWN_FRAMEWORK, "id": "1.2" },
            ],
            "topics": ["access_control"], "aspects": ["process"],
            "external_refs": [{ "system": "jira", "id": slug }],
        });
        world.make(app, "/v1/controls", control).await;
        let test = json!({
            "kind": "design", "procedure": "Read it", "result": "passed", "performed_on": "2026-11-01",
            "tester": world.id("mem"), "external_refs": [{ "system": "jira", "id": slug }],
        });
        world.make(app, &format!("/v1/controls/{}/tests", world.id("ctl")), test).await;
        app.changed(&world.key, "/v1/organization", json!({ "legal_name": slug, "industry": "saas" })).await;
        let location = json!({
            "name": "Head office", "kind": "office", "country": "DE",
            "external_refs": [{ "system": "facilities", "id": slug }],
        });
        world.make(app, "/v1/locations", location).await;
        let system = json!({
            "name": "Cloud platform", "kind": "service", "owner": world.id("mem"), "location": world.id("loc"),
            "criticality": "high", "in_scope_of": ["soc2-2017"], "external_refs": [{ "system": "cmdb", "id": slug }],
        });
        world.make(app, "/v1/systems", system).await;
        let risk = json!({
            "code": format!("{slug}-R1"), "title": "A supplier fails", "category": "Suppliers", "owner": world.id("mem"),
            "inherent": { "likelihood": 4, "impact": 4 }, "residual": { "likelihood": 2, "impact": 4 },
            "treatment": "modify", "controls": [world.id("ctl")], "review_on": "2027-06-30", "system": world.id("sys"),
            "external_refs": [{ "system": "jira", "id": slug }],
        });
        world.make(app, "/v1/risks", risk).await;
        let acceptance = json!({ "until": "2027-03-31", "reason": "It costs more to treat" });
        world.make(app, &format!("/v1/risks/{}/acceptance", world.id("rsk")), acceptance).await;
        world.applicability(app, slug).await;
        world.isms(app, slug).await;
        world.isms_planning(app, slug).await;
        world.evidence(app, slug).await;
        let requirement = json!({
            "customer": "Customer", "asks": [{ "framework": "soc2-2017", "report": "type_2" }], "due": "2029-06-30",
            "owner": world.id("mem"), "external_refs": [{ "system": "crm", "id": slug }],
        });
        world.make(app, "/v1/customer-requirements", requirement).await;
        app.changed(&world.key, "/v1/certification-settings", json!({ "reminder_days": [60, 14] })).await;
        let body = json!({ "name": "CB", "external_refs": [{ "system": "grc", "id": slug }] });
        world.make(app, "/v1/certification-bodies", body).await;
        let certificate = json!({
            "certification_body": world.id("cbo"), "number": "ISMS-1", "standard": "ISO/IEC 27001", "edition": "2022",
            "legal_entity": slug, "scope": "Everything", "external_refs": [{ "system": "grc", "id": slug }],
            "soa_version_id": world.id("sov"),
            "printed": { "decision_on": "2025-03-10", "expires_on": "2028-03-10" },
        });
        world.make(app, "/v1/certifications", certificate).await;
        let audit = json!({ "type": "surveillance_completed", "ended_on": "2026-02-12" });
        world.make(app, &format!("/v1/certifications/{}/events", world.id("crt")), audit).await;
        world.audits(app, slug).await;
        world.requests(app, slug).await;
        world.attestation(app, slug).await;
        world.milestone(app).await;
        world
    }

    /// An item of the auditor's list, and one for each step of its life.
    async fn requests(&mut self, app: &TestApp, slug: &str) {
        let asked = |item: &str| json!({ "audit": self.id("aud"), "item": item, "due_on": "2026-12-07" });
        let mut first = asked("Access reviews");
        first["assignee"] = json!(self.id("mem"));
        first["controls"] = json!([self.id("ctl")]);
        first["requirements"] = json!([{ "framework": "iso27001-2022", "id": "A.5.18" }]);
        first["external_refs"] = json!([{ "system": "grc", "id": slug }]);
        let member = self.made["key"]["key"].as_str().unwrap();
        let mut steps = Vec::new();
        for (step, given) in [
            ("accept_evidence_request", json!({ "evidence": [self.id("evd")] })),
            ("return_evidence_request", json!({ "note": "See the wiki" })),
        ] {
            let made = app.created(&self.key, "/v1/evidence-requests", asked(step)).await;
            let at = format!("/v1/evidence-requests/{}/provide", made["id"].as_str().unwrap());
            app.stepped_with(member, &at, given).await;
            steps.push((step.to_owned(), made));
        }
        self.made.extend(steps);
        self.make(app, "/v1/evidence-requests", first).await;
        let auditor = json!({
            "kind": "machine", "name": "Auditor", "role": "auditor", "access_ends_on": "2027-12-31",
        });
        self.made.insert("auditor".to_owned(), app.created(&self.key, "/v1/members", auditor).await);
        let bound = json!({ "auditors": [{ "member": self.id("auditor"), "until": "2027-06-30" }] });
        let at = format!("/v1/audits/{}", self.id("cancel_audit"));
        app.changed(&self.key, &at, bound).await;
    }

    /// A planned audit, one for each step of its life, and the findings of the one that was held. Links have one alone.
    async fn audits(&mut self, app: &TestApp, slug: &str) {
        let planned = |title: &str| {
            json!({ "kind": "surveillance", "title": title, "planned_start": "2026-12-14", "planned_end": "2026-12-16",
                    "certification": self.id("crt") })
        };
        let raised = |title: &str, audit: &str| json!({ "title": title, "grade": "observation", "statement": "Three of ten.", "audit": audit });
        let mut steps = Vec::new();
        for step in ["start_audit", "complete_audit", "cancel_audit", "void_audit"] {
            steps.push((step, app.created(&self.key, "/v1/audits", planned(step)).await));
        }
        let held = steps[3].1["id"].as_str().unwrap().to_owned();
        let done = json!({ "started_on": "2026-02-10", "ended_on": "2026-02-12", "conclusion": "positive" });
        app.stepped_with(&self.key, &format!("/v1/audits/{held}/complete"), done).await;
        for step in ["verify_finding", "check_finding", "reopen_finding"] {
            steps.push((step, app.created(&self.key, "/v1/findings", raised(step, &held)).await));
        }
        let verified = format!("/v1/findings/{}/verify", steps[6].1["id"].as_str().unwrap());
        app.stepped_with(&self.key, &verified, json!({ "by": "Lead auditor" })).await;
        let with = |mut one: Value, more: Value| {
            one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            one
        };
        let links = json!({
            "owner": self.id("mem"), "controls": [self.id("ctl")], "external_refs": [{ "system": "jira", "id": slug }],
            "requirements": [{ "framework": "soc2-2017", "id": "CC6.1" }],
        });
        let team = json!({ "team": [{ "member": self.id("mem"), "role": "observer" }, { "name": "Lead auditor", "role": "lead" }] });
        let audit = with(with(planned("Second surveillance audit"), links.clone()), team);
        let finding = with(raised("Leavers keep their access", &held), links);
        let finding = with(finding, json!({ "grade": "major", "evidence": [self.id("evd")] }));
        self.made.extend(steps.into_iter().map(|(step, made)| (step.to_owned(), made)));
        self.make(app, "/v1/audits", audit).await;
        self.make(app, "/v1/findings", finding).await;
        let action = json!({
            "finding": self.id("fnd"), "title": "Leavers are told", "owner": self.id("mem"), "due_on": "2027-01-31",
            "approved_by": self.id("mem"), "approved_on": "2026-11-20", "evidence": [self.id("evd")],
            "external_refs": [{ "system": "jira", "id": slug }],
        });
        self.make(app, "/v1/corrective-actions", action).await;
    }

    /// A Type II report that was already held, with a test, a bridge letter and a line in its release log.
    async fn attestation(&mut self, app: &TestApp, slug: &str) {
        let parts = ["description", "design", "operation"]
            .map(|part| json!({ "part": part, "opinion": "unqualified" }));
        let attestation = json!({
            "name": "SOC 2 of last year", "report": "type_2", "scope": "Cloud platform", "systems": [self.id("sys")],
            "report_evidence": self.id("evd"), "external_refs": [{ "system": "grc", "id": slug }],
            "subservices": [{ "name": "Hosting", "method": "carve_out", "expected_controls": ["Doors are locked"] }],
            "printed": {
                "scope": { "categories": ["security"] },
                "auditor": { "firm": "Example Assurance LLP", "licence": "CPA-1", "jurisdiction": "New York",
                             "standard": "at_c_205", "peer_reviewed_on": "2024-09-30", "independence_confirmed": true },
                "window": { "start": "2025-10-01", "months": 12 }, "report_date": "2026-11-10",
                "opinion": "unqualified", "parts": parts,
            },
        });
        self.make(app, "/v1/attestations", attestation).await;
        let at = format!("/v1/attestations/{}", self.id("att"));
        let letter = json!({ "type": "bridge_issued", "bridge": {
            "covers_through": "2026-11-20", "signed_on": "2026-11-20", "signed_by": "Chief executive" } });
        self.make(app, &format!("{at}/events"), letter).await;
        let test = json!({
            "control": self.id("ctl"), "criterion": "CC6.1", "procedure": "Inspected a sample of reviews",
            "result": "exceptions", "exception": "One review was late",
        });
        self.make(app, &format!("{at}/tests"), test).await;
        let release =
            json!({ "recipient": "Customer", "agreement": "NDA of 2026", "released_on": "2026-11-12" });
        self.make(app, &format!("{at}/releases"), release).await;
    }

    /// A statement of applicability that decides on all of Annex A, and its first approved version.
    async fn applicability(&mut self, app: &TestApp, slug: &str) {
        let statement = json!({
            "name": "Platform", "scope": "Everything", "owner": self.id("mem"),
            "external_refs": [{ "system": "grc", "id": slug }],
        });
        self.make(app, "/v1/statements-of-applicability", statement).await;
        let at = format!("/v1/statements-of-applicability/{}", self.id("soa"));
        let items: Vec<_> = annex_a(app, &self.key).await.iter().map(|id| decided(id, self)).collect();
        let answer = app
            .call(Method::POST, &format!("{at}/entries:batch"), &self.key, Some(json!({ "items": items })))
            .await;
        let told: Value = answer.json().await.unwrap();
        assert_eq!((&told["refused"], items.len()), (&json!(0), 93), "{told}");
        let version = json!({ "label": "1.0", "approver": self.id("mem") });
        self.make(app, &format!("{at}/versions"), version).await;
        self.keep(app.read(&self.key, &at).await);
    }

    /// Records of the management system: what has editions has an approved one, and a draft of the next.
    async fn isms(&mut self, app: &TestApp, slug: &str) {
        let refs = json!([{ "system": "grc", "id": slug }]);
        let policy = json!({
            "title": "Information security policy", "level": "information_security", "text": "We protect information.",
            "frames_objectives": true, "commits_to_requirements": true, "commits_to_improvement": true,
            "owner": self.id("mem"), "external_refs": refs,
        });
        self.make(app, "/v1/isms/policies", policy).await;
        self.revised(app, "pol", "policies").await;
        let document = json!({
            "title": "Risk assessment method", "number": "D-01", "format": "PDF", "access": "All staff",
            "storage": "The document store", "retention": "Seven years", "disposal": "It is deleted",
            "clauses": ["6.1.2"], "owner": self.id("mem"), "external_refs": refs,
        });
        self.make(app, "/v1/isms/documents", document).await;
        self.revised(app, "doc", "documents").await;
        let objective = json!({
            "title": "Everybody is trained", "owner": self.id("mem"), "policy": self.id("pol"),
            "measure": { "what": "Staff trained", "unit": "%", "target": 95, "direction": "at_least" },
            "measure_every_months": 3, "complete_by": "2027-06-30", "external_refs": refs,
            "measured_by": self.id("mem"), "analysed_by": self.id("mem"),
        });
        self.make(app, "/v1/isms/objectives", objective).await;
        let at = format!("/v1/isms/objectives/{}", self.id("obj"));
        self.make(app, &format!("{at}/measurements"), json!({ "value": 91.5, "by": self.id("mem") })).await;
        self.keep(app.read(&self.key, &at).await);
        let review = json!({
            "title": "Management review", "planned_on": "2027-02-01", "owner": self.id("mem"), "external_refs": refs,
            "attendees": [{ "member": self.id("mem") }],
            "decisions": [{ "text": "Train everybody", "responsible": self.id("mem"), "due": "2027-06-30" }],
        });
        self.make(app, "/v1/isms/management-reviews", review).await;
    }

    /// What is known of context, scope, risks and people. What has editions has an approved one, and a draft of the next.
    async fn isms_planning(&mut self, app: &TestApp, slug: &str) {
        let with = |world: &Self, mut body: Value| {
            body["owner"] = json!(world.id("mem"));
            body["external_refs"] = json!([{ "system": "grc", "id": slug }]);
            body
        };
        for (kind, body) in [
            ("context-issues", json!({ "title": "Laws", "kind": "external", "text": "More of them." })),
            (
                "climate-decisions",
                json!({ "title": "Relevant", "relevant": true, "reason": "Heat.", "decided_on": "2026-11-01" }),
            ),
            (
                "interested-parties",
                json!({ "name": "Customers", "requirements": [{ "text": "Secrecy", "addressed": true }] }),
            ),
            (
                "competence",
                json!({ "title": "Auditor", "need": "Knows how.", "person": self.id("mem"), "review_on": "2027-06-30" }),
            ),
            (
                "audit-programmes",
                json!({ "title": "Internal audits", "period_from": "2027-01-01", "period_to": "2027-12-31",
                        "audits": [{ "area": "Clauses 4 to 10", "planned_on": "2027-03-31" }] }),
            ),
            ("improvements", json!({ "title": "Faster reviews", "due_on": "2027-04-30" })),
        ] {
            self.make(app, &format!("/v1/isms/{kind}"), with(self, body)).await;
        }
        let scope = json!({
            "title": "Scope", "boundaries": "The platform.", "applicability": "All who build it.",
            "issues": [self.id("iss")], "parties": [self.id("pty")],
        });
        self.make(app, "/v1/isms/scope-statements", with(self, scope)).await;
        self.revised(app, "scp", "scope-statements").await;
        let assessment = json!({
            "title": "Assessment", "trigger": "interval", "planned_on": "2026-12-15", "risks": [self.id("rsk")],
            "method": "Likelihood times impact.", "acceptance_criteria": "Below the appetite.",
        });
        self.make(app, "/v1/isms/risk-assessments", with(self, assessment)).await;
        let plan = json!({
            "title": "Plan", "assessment": self.id("ras"), "actions": [{
                "risk": self.id("rsk"), "controls": [self.id("ctl")], "text": "Find a second supplier",
                "responsible": self.id("mem"), "due": "2027-03-31",
            }],
        });
        self.make(app, "/v1/isms/treatment-plans", with(self, plan)).await;
        let at = format!("/v1/isms/treatment-plans/{}/owner-approvals", self.id("rtp"));
        app.stepped_with(&self.key, &at, json!({ "risk_owner": self.id("mem") })).await;
        self.revised(app, "rtp", "treatment-plans").await;
        let again = app.stepped_with(&self.key, &at, json!({ "risk_owner": self.id("mem") })).await;
        self.keep(again);
    }

    /// Approves what has editions, and opens its next one.
    async fn revised(&mut self, app: &TestApp, prefix: &str, kind: &str) {
        let at = format!("/v1/isms/{kind}/{}", self.id(prefix));
        let approval = json!({ "approver": self.id("mem"), "position": "Managing director" });
        app.stepped_with(&self.key, &format!("{at}/approve"), approval).await;
        let revised = app.stepped(&self.key, &format!("{at}/revise")).await;
        self.keep(revised);
    }

    /// A file, and a statement as `statement`.
    async fn evidence(&mut self, app: &TestApp, slug: &str) {
        let evidence = json!({
            "kind": "file", "title": "Access review", "owner": self.id("mem"), "controls": [self.id("ctl")],
            "risks": [self.id("rsk")], "requirements": [{ "framework": "soc2-2017", "id": "CC6.1" }],
            "covers_from": "2026-07-01", "covers_to": "2026-09-30", "valid_until": "2027-09-30",
            "external_refs": [{ "system": "jira", "id": slug }], "restricted": true,
        });
        self.make(app, "/v1/evidence", evidence).await;
        let at = format!("/v1/evidence/{}/content?filename=review.csv", self.id("evd"));
        let sent = app.upload(&self.key, &at, b"account,decision\n", &[("content-type", "text/csv")]).await;
        assert_eq!(sent.status(), 200);
        self.keep(sent.json().await.unwrap());
        let statement = json!({ "kind": "statement", "title": "Said" });
        self.made.insert("statement".to_owned(), app.created(&self.key, "/v1/evidence", statement).await);
    }

    /// Makes the file of evidence a draft, handed in by another member where that is wanted.
    pub async fn review(&self, app: &TestApp, handed_in: bool) {
        let at = format!("/v1/evidence/{}", self.id("evd"));
        match app.read(&self.key, &at).await["review"]["state"].as_str().unwrap() {
            "draft" => {}
            "accepted" => {
                assert_eq!(app.upload(&self.key, &format!("{at}/content"), b"anew", &[]).await.status(), 200);
            }
            _ => {
                app.stepped(&self.key, &format!("{at}/withdraw")).await;
            }
        }
        if handed_in {
            app.stepped(self.made["key"]["key"].as_str().unwrap(), &format!("{at}/submit")).await;
        }
    }

    /// The id of the resource with this prefix.
    pub fn id(&self, prefix: &str) -> &str {
        let made = self.made.get(prefix).unwrap_or_else(|| panic!("no {prefix}_ in World::of: add its line"));
        made["id"].as_str().unwrap()
    }

    /// A machine account, kept beside the person, and its OAuth client.
    async fn client(&mut self, app: &TestApp, slug: &str) {
        let body = json!({ "kind": "machine", "name": "Portal", "role": "viewer" });
        let machine = app.created(&self.key, "/v1/members", body).await;
        self.made.insert("machine".to_owned(), machine);
        let body = json!({
            "member_id": self.id("machine"), "name": "Portal", "external_refs": [{ "system": "idp", "id": slug }],
        });
        self.make(app, "/v1/oauth-clients", body).await;
    }

    /// Creates one thing, under an idempotency key, and keeps it.
    async fn make(&mut self, app: &TestApp, path: &str, body: Value) {
        let sent = [("idempotency-key", path)];
        let answer = app.call_with(Method::POST, path, &self.key, Some(body), &sent).await;
        let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap());
        assert_eq!(status, 201, "{path}: {body}");
        self.keep(body);
    }

    fn keep(&mut self, one: Value) {
        let prefix = one["id"].as_str().unwrap().split('_').next().unwrap().to_owned();
        self.made.insert(prefix, one);
    }

    /// A provider, and somebody whom it let in.
    async fn identity(&mut self, app: &TestApp, slug: &str) {
        let provider = json!({
            "name": "Directory", "issuer": app.provider().issuer(slug), "audience": AUDIENCE, "algorithms": ["EdDSA"],
            "provisioning": "just_in_time", "default_role": "viewer",
            "external_refs": [{ "system": "grc", "id": slug }],
        });
        let token = app.provider().token(slug, json!({ "sub": "reader" }));
        let at = app.proved(&self.key, provider, &token).await;
        self.keep(app.read(&self.key, &at).await);
        app.read(&token, "/v1/tenant").await;
        let invitation =
            json!({ "email": format!("newcomer@{slug}.example"), "name": "Newcomer", "role": "viewer" });
        self.make(app, "/v1/invitations", invitation).await;
    }

    async fn milestone(&mut self, app: &TestApp) {
        let listed = app.read(&self.key, "/v1/milestones").await;
        let at = format!("/v1/milestones/{}", listed["data"][0]["id"].as_str().unwrap());
        let owned = app.changed(&self.key, &at, json!({ "owner": self.id("mem") })).await;
        self.keep(owned);
    }
}

/// The ids of the controls of Annex A.
pub async fn annex_a(app: &TestApp, key: &str) -> Vec<String> {
    let listed = app.read(key, "/v1/frameworks/iso27001-2022/requirements?kind=annex_a&limit=200").await;
    listed["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// An item that includes a control of Annex A; the first one rests on the world's risk and control.
fn decided(id: &str, world: &World) -> Value {
    let patch = match id {
        "A.5.1" => json!({
            "decision": "included", "controls": [world.id("ctl")],
            "reasons": [{ "kind": "risk", "risks": [world.id("rsk")] }],
        }),
        _ => json!({ "decision": "included", "reasons": [{ "kind": "business" }] }),
    };
    json!({ "entry": id, "patch": patch })
}
