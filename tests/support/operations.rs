//! Every operation of the OpenAPI document, with what a test needs to call it. An operation without a line in
//! [`fixture`] fails the tests that go through all of them.

use std::sync::LazyLock;

use super::{Method, OPERATOR, Response, TestApp, Value, World, json, world::OWN_FRAMEWORK};

const FORM: &str = "application/x-www-form-urlencoded";

/// An operation as the document describes it.
pub struct Operation {
    /// Its name.
    pub id: String,
    /// Its method.
    pub method: Method,
    /// Its path, with `{id}` and the like.
    pub path: String,
    /// Needs no credential.
    pub public: bool,
    /// Is for the operator alone.
    pub operator: bool,
    /// Is for whoever comes from an identity provider.
    pub visitor: bool,
    /// The path's variables: name and, where it is an id, prefix.
    pub path_ids: Vec<(String, Option<String>)>,
    /// The query's parameters: name and, where it is an id, prefix.
    pub query: Vec<(String, Option<String>)>,
    /// Pointers to the ids in the body.
    pub body_ids: Vec<String>,
    /// Whether it takes a body in JSON.
    pub has_body: bool,
    /// Whether it only asks a question, whatever its method.
    pub effect_free: bool,
    /// Whether that body is a form.
    pub is_form: bool,
}

/// What it takes to call an operation with success.
pub struct Fixture {
    /// The action of the access table; none where every credential may.
    pub action: Option<&'static str>,
    /// The query that must be there.
    pub query: &'static str,
    /// A body with every id that the operation takes.
    pub body: Option<Value>,
}

/// How each operation is called in a tenant that has one of everything. A new operation adds its line here.
pub fn fixture(id: &str, world: &World) -> Fixture {
    let reads = |action| Fixture { action: Some(action), query: "", body: None };
    let asks = |action, query| Fixture { action: Some(action), query, body: None };
    let writes = |action, body| Fixture { action: Some(action), query: "", body: Some(body) };
    let operates = |body| Fixture { action: None, query: "", body };
    let changes_many = |action, singular: &str, prefix: &str| {
        let body = |operation: &str| fixture(&format!("{operation}_{singular}"), world).body.unwrap();
        let items = json!([
            { "create": body("create") },
            { "update": { "id": world.id(prefix), "version": world.made[prefix]["version"], "patch": body("update") } },
            { "put": { "external_ref": { "system": "new", "id": "1" }, "resource": body("create") } },
            { "delete": { "id": world.id(prefix), "version": 99 } },
        ]);
        // Dry, so that what comes after finds what it needs.
        writes(action, json!({ "dry_run": true, "items": items }))
    };
    // What has a log is never removed. It has an event more than its creation.
    let changes_logged = |action, create: &str, update: &str, prefix: &str| {
        let body = |operation: &str| fixture(operation, world).body.unwrap();
        let items = json!([
            { "create": body(create) },
            { "update": { "id": world.id(prefix), "version": 2, "patch": body(update) } },
            { "put": { "external_ref": { "system": "new", "id": "1" }, "resource": body(create) } },
        ]);
        writes(action, json!({ "dry_run": true, "items": items }))
    };
    // What is known by a word of the tenant's own, or by an id of it in a framework.
    let changes_named = |singular: &str, id: &str| {
        let body = |operation: &str| fixture(&format!("{operation}_{singular}"), world).body.unwrap();
        let items = json!([
            { "create": body("create") },
            { "update": { "id": id, "version": 1, "patch": body("update") } },
            { "put": { "external_ref": { "system": "new", "id": "1" }, "resource": body("create") } },
            { "delete": { "id": id, "version": 99 } },
        ]);
        writes("framework.update", json!({ "dry_run": true, "items": items }))
    };
    match id {
        "batch_frameworks" => changes_named("framework", OWN_FRAMEWORK),
        "batch_framework_requirements" => changes_named("framework_requirement", "1.1"),
        "batch_framework_mappings" => changes_named("framework_mapping", world.id("map")),
        "batch_members" => changes_many("member.update", "member", "mem"),
        "batch_controls" => changes_many("control.update", "control", "ctl"),
        "batch_risks" => changes_many("risk.update", "risk", "rsk"),
        "batch_systems" => changes_many("system.update", "system", "sys"),
        "batch_locations" => changes_many("location.update", "location", "loc"),
        "batch_customer_requirements" => {
            changes_many("customer_requirement.update", "customer_requirement", "crq")
        }
        "batch_policies" => changes_many("isms.update", "policy", "pol"),
        "batch_documents" => changes_many("isms.update", "document", "doc"),
        "batch_objectives" => changes_many("isms.update", "objective", "obj"),
        "batch_management_reviews" => changes_many("isms.update", "management_review", "mrv"),
        "batch_context_issues" => changes_many("isms.update", "context_issue", "iss"),
        "batch_climate_decisions" => changes_many("isms.update", "climate_decision", "cli"),
        "batch_interested_parties" => changes_many("isms.update", "interested_party", "pty"),
        "batch_scope_statements" => changes_many("isms.update", "scope_statement", "scp"),
        "batch_risk_assessments" => changes_many("isms.update", "risk_assessment", "ras"),
        "batch_treatment_plans" => changes_many("isms.update", "treatment_plan", "rtp"),
        "batch_competence_records" => changes_many("isms.update", "competence_record", "cmp"),
        "batch_audit_programmes" => changes_many("isms.update", "audit_programme", "apr"),
        "batch_improvements" => changes_many("isms.update", "improvement", "imp"),
        "batch_evidence" => changes_many("evidence.update", "evidence", "evd"),
        "batch_audits" => changes_many("audit.update", "audit", "aud"),
        "batch_evidence_requests" => changes_many("evidence_request.update", "evidence_request", "erq"),
        "batch_findings" => changes_many("finding.update", "finding", "fnd"),
        "batch_corrective_actions" => changes_many("corrective_action.update", "corrective_action", "car"),
        "batch_certification_bodies" => {
            changes_many("certification_body.update", "certification_body", "cbo")
        }
        "batch_certifications" => {
            changes_logged("certification.update", "register_certification", "update_certification", "crt")
        }
        "batch_attestations" => {
            changes_logged("attestation.update", "create_attestation", "update_attestation", "att")
        }
        "batch_control_tests" => {
            let body = |operation: &str| fixture(operation, world).body.unwrap();
            let items = json!([
                { "create": body("record_control_test") },
                { "update": { "id": world.id("tst"), "version": 1, "patch": body("update_control_test") } },
                { "put": {
                    "external_ref": { "system": "new", "id": "1" }, "resource": body("record_control_test"),
                } },
                { "delete": { "id": world.id("tst"), "version": 99 } },
            ]);
            writes("control_test.write", json!({ "dry_run": true, "items": items }))
        }
        "healthz" | "readyz" => Fixture { action: None, query: "", body: None },
        "list_tenants" | "get_tenant" => operates(None),
        "create_tenant" => operates(Some(json!({ "slug": "third", "name": "Third" }))),
        "update_tenant" => operates(Some(json!({ "name": "Renamed" }))),
        "get_own_tenant" => reads("tenant.read"),
        "update_own_tenant" => writes("tenant.update", json!({ "name": "Renamed" })),
        "list_members" | "get_member" => reads("member.read"),
        "create_member" => {
            writes("member.create", json!({ "kind": "person", "name": "New", "role": "viewer" }))
        }
        "update_member" => writes("member.update", json!({ "name": "Renamed" })),
        "delete_member" => reads("member.delete"),
        "list_api_keys" | "get_api_key" => reads("api_key.read"),
        "create_api_key" => writes("api_key.create", json!({ "member_id": world.id("mem"), "name": "Bot" })),
        "rotate_api_key" => writes("api_key.rotate", json!({})),
        "revoke_api_key" => reads("api_key.revoke"),
        "list_oauth_clients" | "get_oauth_client" => reads("oauth_client.read"),
        "create_oauth_client" => {
            writes("oauth_client.create", json!({ "member_id": world.id("machine"), "name": "Bot" }))
        }
        "rotate_oauth_client" => writes("oauth_client.rotate", json!({})),
        "revoke_oauth_client" => reads("oauth_client.revoke"),
        "get_signing_keys" | "get_server_metadata" => Fixture { action: None, query: "", body: None },
        "issue_token" => Fixture {
            action: None,
            query: "",
            body: Some(json!({
                "grant_type": "client_credentials",
                "client_id": world.id("ocl"),
                "client_secret": world.made["ocl"]["secret"],
            })),
        },
        "list_identity_providers" | "get_identity_provider" => reads("identity_provider.read"),
        "create_identity_provider" => writes(
            "identity_provider.create",
            json!({ "name": "New", "issuer": "https://idp.example.com", "audience": "new", "algorithms": ["ES256"] }),
        ),
        "update_identity_provider" => writes("identity_provider.update", json!({ "name": "Renamed" })),
        "check_identity_provider" => writes("identity_provider.update", json!({})),
        "delete_identity_provider" => reads("identity_provider.delete"),
        "list_invitations" | "get_invitation" => reads("invitation.read"),
        "create_invitation" => writes(
            "invitation.create",
            json!({ "email": "new@example.com", "name": "New", "role": "viewer" }),
        ),
        "accept_invitation" => operates(Some(json!({ "token": world.made["inv"]["token"] }))),
        "revoke_invitation" => reads("invitation.revoke"),
        "list_journal" => reads("journal.read"),
        "list_milestones" | "get_milestone" => reads("milestone.read"),
        "get_readiness" => asks("isms.read", "for=stage2"),
        "get_year_view" | "draw_year_view" => reads("certification.read"),
        "update_milestone" => writes("milestone.update", json!({ "owner": world.id("mem") })),
        "list_frameworks" | "get_framework" => reads("framework.read"),
        "list_framework_requirements" | "list_framework_mappings" => reads("framework.read"),
        "get_framework_gaps" => asks("framework.read", "to=soc2-2017"),
        "compare_frameworks" => asks("framework.read", "left=iso27001-2022&right=soc2-2017"),
        "get_framework_requirement" | "get_framework_mapping" => reads("framework.read"),
        "create_framework" => writes("framework.create", json!({ "key": "x-new", "name": "New" })),
        "update_framework" => writes("framework.update", json!({ "name": "Renamed" })),
        "delete_framework" | "delete_framework_requirement" | "delete_framework_mapping" => {
            reads("framework.delete")
        }
        "create_framework_requirement" => writes("framework.update", json!({ "id": "9.9", "title": "New" })),
        "update_framework_requirement" => writes("framework.update", json!({ "title": "Renamed" })),
        "create_framework_mapping" => writes(
            "framework.update",
            json!({ "requirement": "1.2", "counterpart": { "framework": "soc2-2017", "id": "CC7.3" },
                    "relationship": "subset", "rationale": "Both ask for incidents to be told" }),
        ),
        "update_framework_mapping" => {
            writes("framework.update", json!({ "rationale": "Both speak of incidents" }))
        }
        "get_framework_coverage" | "get_framework_proposals" | "list_controls" | "get_control" => {
            reads("control.read")
        }
        "create_control" => {
            writes("control.create", json!({ "code": "NEW", "title": "New", "owner": world.id("mem") }))
        }
        "update_control" => writes("control.update", json!({ "owner": world.id("mem") })),
        "delete_control" => reads("control.delete"),
        "list_control_tests" | "get_control_test" => reads("control.read"),
        "record_control_test" => writes(
            "control_test.write",
            json!({ "kind": "design", "procedure": "Read it", "result": "passed", "performed_on": "2026-11-01",
                    "tester": world.id("mem") }),
        ),
        "update_control_test" => writes("control_test.write", json!({ "tester": world.id("mem") })),
        "delete_control_test" => reads("control_test.delete"),
        "list_risks" | "get_risk" | "get_risk_heatmap" | "draw_risk_heatmap" => reads("risk.read"),
        "create_risk" => writes(
            "risk.create",
            json!({ "code": "NEW", "title": "New", "owner": world.id("mem"), "controls": [world.id("ctl")],
                    "system": world.id("sys") }),
        ),
        "update_risk" => {
            let links =
                json!({ "owner": world.id("mem"), "controls": [world.id("ctl")], "system": world.id("sys") });
            writes("risk.update", links)
        }
        "delete_risk" => reads("risk.delete"),
        "accept_risk" => writes("risk.accept", json!({ "until": "2027-03-31", "reason": "It is rare" })),
        "withdraw_risk_acceptance" => reads("risk.accept"),
        "get_risk_matrix" => reads("risk.read"),
        "update_risk_matrix" => writes("risk_matrix.update", json!({ "appetite": 8 })),
        "batch_statements_of_applicability" => {
            changes_many("applicability.update", "statement_of_applicability", "soa")
        }
        "list_statements_of_applicability"
        | "get_statement_of_applicability"
        | "check_statement_of_applicability"
        | "list_applicability_entries"
        | "get_applicability_entry"
        | "list_applicability_versions"
        | "get_applicability_version" => reads("applicability.read"),
        "compare_applicability_versions" => asks("applicability.read", "from=1&to=1"),
        "create_statement_of_applicability" => writes(
            "applicability.create",
            json!({ "name": "New", "scope": "Everything", "owner": world.id("mem") }),
        ),
        "update_statement_of_applicability" => {
            writes("applicability.update", json!({ "owner": world.id("mem") }))
        }
        "delete_statement_of_applicability" => reads("applicability.delete"),
        "add_applicability_entry" => writes(
            "applicability.update",
            json!({ "control": world.id("ctl"), "reasons": [{ "kind": "risk", "risks": [world.id("rsk")] }] }),
        ),
        "update_applicability_entry" => writes("applicability.update", said(world)),
        "delete_applicability_entry" => reads("applicability.update"),
        "batch_applicability_entries" => writes(
            "applicability.update",
            json!({ "dry_run": true, "items": [{ "entry": "A.5.1", "patch": said(world) }] }),
        ),
        "approve_statement_of_applicability" => {
            writes("applicability.approve", json!({ "label": "2.0", "approver": world.id("mem") }))
        }
        "list_evidence" | "get_evidence" | "list_evidence_versions" => reads("evidence.read"),
        "get_evidence_content" | "get_evidence_version_content" => reads("evidence.read"),
        "get_evidence_coverage" => asks("evidence.read", "from=2026-01-01&to=2026-06-30"),
        "create_evidence" => writes(
            "evidence.create",
            json!({ "kind": "file", "title": "New", "owner": world.id("mem"), "controls": [world.id("ctl")],
                    "risks": [world.id("rsk")] }),
        ),
        "update_evidence" => {
            let links = json!({ "owner": world.id("mem"), "controls": [world.id("ctl")], "risks": [world.id("rsk")] });
            writes("evidence.update", links)
        }
        "put_evidence_content" => reads("evidence.update"),
        "add_evidence_version" => {
            writes("evidence.update", json!({ "statement": "It was looked at again." }))
        }
        "submit_evidence" | "withdraw_evidence" => reads("evidence.submit"),
        "accept_evidence" => reads("evidence.review"),
        "reject_evidence" => writes("evidence.review", json!({ "reason": "It shows June only." })),
        "verify_evidence" => reads("evidence.verify"),
        "delete_evidence" => reads("evidence.delete"),
        "get_organization" => reads("organization.read"),
        "update_organization" => writes("organization.update", json!({ "legal_name": "Renamed" })),
        "list_locations" | "get_location" => reads("location.read"),
        "create_location" => writes("location.create", json!({ "name": "New", "kind": "office" })),
        "update_location" => writes("location.update", json!({ "name": "Renamed" })),
        "delete_location" => reads("location.delete"),
        "list_systems" | "get_system" => reads("system.read"),
        "create_system" => writes(
            "system.create",
            json!({ "name": "New", "kind": "service", "owner": world.id("mem"), "location": world.id("loc") }),
        ),
        "update_system" => {
            writes("system.update", json!({ "owner": world.id("mem"), "location": world.id("loc") }))
        }
        "delete_system" => reads("system.delete"),
        "list_customer_requirements" | "get_customer_requirement" => reads("customer_requirement.read"),
        "create_customer_requirement" => writes(
            "customer_requirement.create",
            json!({ "customer": "New", "asks": [{ "framework": "soc2-2017" }], "owner": world.id("mem") }),
        ),
        "update_customer_requirement" => {
            writes("customer_requirement.update", json!({ "owner": world.id("mem") }))
        }
        "delete_customer_requirement" => reads("customer_requirement.delete"),
        "advise_framework" => writes("framework.advise", json!({ "industry": "saas" })),
        "simulate_plan" => writes("plan.simulate", simulated(world)),
        "list_certification_bodies" | "get_certification_body" => reads("certification_body.read"),
        "create_certification_body" => writes("certification_body.create", json!({ "name": "New" })),
        "update_certification_body" => writes("certification_body.update", json!({ "name": "Renamed" })),
        "delete_certification_body" => reads("certification_body.delete"),
        "get_certification_settings" => reads("certification.read"),
        "update_certification_settings" => {
            writes("certification_settings.update", json!({ "reminder_days": [45] }))
        }
        "list_certifications" | "get_certification" => reads("certification.read"),
        "list_certification_milestones"
        | "get_certification_timeline"
        | "draw_certification_timeline"
        | "explain_certification" => reads("certification.read"),
        "list_certification_events" | "get_certification_event" => reads("certification.read"),
        "register_certification" => writes(
            "certification.register",
            json!({ "certification_body": world.id("cbo"), "number": "NEW", "standard": "ISO/IEC 27001",
                    "edition": "2022", "legal_entity": "New", "scope": "Everything",
                    "soa_version_id": world.id("sov"),
                    "printed": { "decision_on": "2025-03-10", "expires_on": "2028-03-10" },
                    "events": [{ "type": "transferred_in", "effective_on": "2026-11-02", "acknowledge": ["A-40"],
                        "reason": "The old body left the market",
                        "details": { "certification_body": world.id("cbo"), "soa_version_id": world.id("sov") } }] }),
        ),
        "update_certification" => {
            let named = json!({ "certification_body": world.id("cbo"), "soa_version_id": world.id("sov") });
            writes("certification.update", named)
        }
        "record_certification_event" => writes(
            "certification_event.record",
            json!({ "type": "transferred_in", "effective_on": "2026-11-02", "acknowledge": ["A-40"],
                    "reason": "The old body left the market",
                    "details": { "certification_body": world.id("cbo"), "soa_version_id": world.id("sov") } }),
        ),
        "void_certification_event" => {
            writes("certification_event.void", json!({ "void_reason": "Entered twice" }))
        }
        "list_attestations" | "get_attestation" | "list_attestation_milestones" => reads("attestation.read"),
        "get_attestation_timeline" | "draw_attestation_timeline" | "get_attestation_coverage" => {
            reads("attestation.read")
        }
        "list_attestation_events" | "get_attestation_event" => reads("attestation.read"),
        "list_attestation_tests" | "get_attestation_test" => reads("attestation.read"),
        "get_report_coverage" => asks("attestation.read", "from=2026-01-01&to=2026-12-31"),
        "create_attestation" => writes(
            "attestation.create",
            json!({ "name": "New", "report": "type_1", "scope": "Cloud platform", "systems": [world.id("sys")],
                    "report_evidence": world.id("evd") }),
        ),
        "update_attestation" => writes(
            "attestation.update",
            json!({ "name": "Renamed", "systems": [world.id("sys")], "report_evidence": world.id("evd") }),
        ),
        "record_attestation_event" => writes(
            "attestation_event.record",
            json!({ "type": "bridge_issued", "bridge": {
                "covers_through": "2026-11-22", "signed_on": "2026-11-22", "signed_by": "Chief executive" } }),
        ),
        "void_attestation_event" => {
            writes("attestation_event.void", json!({ "void_reason": "Entered twice" }))
        }
        "record_attestation_test" => writes(
            "attestation_test.write",
            json!({ "control": world.id("ctl"), "criterion": "CC6.1", "procedure": "Inspected it",
                    "result": "no_exceptions" }),
        ),
        "update_attestation_test" => {
            writes("attestation_test.write", json!({ "management_response": "Reviews are planned now" }))
        }
        "delete_attestation_test" => reads("attestation_test.delete"),
        "list_attestation_releases" | "get_attestation_release" => reads("attestation_release.read"),
        "record_attestation_release" => writes(
            "attestation_release.record",
            json!({ "recipient": "New customer", "agreement": "NDA of 2026" }),
        ),
        "void_attestation_release" => {
            writes("attestation_release.record", json!({ "void_reason": "Entered twice" }))
        }
        _ => isms_fixture(id, world),
    }
}

/// As [`fixture`], for the records of the management system.
fn isms_fixture(id: &str, world: &World) -> Fixture {
    let reads = |action| Fixture { action: Some(action), query: "", body: None };
    let writes = |action, body| Fixture { action: Some(action), query: "", body: Some(body) };
    let mem = || world.id("mem");
    match id {
        "list_policies" | "get_policy" | "list_policy_editions" | "get_policy_edition" => reads("isms.read"),
        "list_documents" | "get_document" | "list_document_editions" | "get_document_edition" => {
            reads("isms.read")
        }
        "list_objectives" | "get_objective" | "list_objective_measurements" | "get_objective_measurement" => {
            reads("isms.read")
        }
        "list_management_reviews" | "get_management_review" => reads("isms.read"),
        "list_context_issues"
        | "get_context_issue"
        | "list_climate_decisions"
        | "get_climate_decision"
        | "list_interested_parties"
        | "get_interested_party"
        | "list_scope_statements"
        | "get_scope_statement"
        | "list_risk_assessments"
        | "get_risk_assessment"
        | "list_treatment_plans"
        | "get_treatment_plan"
        | "list_competence_records"
        | "get_competence_record"
        | "list_audit_programmes"
        | "get_audit_programme"
        | "list_improvements"
        | "get_improvement" => reads("isms.read"),
        "list_scope_statement_editions" | "get_scope_statement_edition" => reads("isms.read"),
        "list_treatment_plan_editions" | "get_treatment_plan_edition" => reads("isms.read"),
        "delete_context_issue"
        | "delete_climate_decision"
        | "delete_interested_party"
        | "delete_scope_statement"
        | "delete_risk_assessment"
        | "delete_treatment_plan"
        | "delete_competence_record"
        | "delete_audit_programme"
        | "delete_improvement" => reads("isms.delete"),
        "create_context_issue" => writes(
            "isms.create",
            json!({ "title": "New", "kind": "external", "text": "A law changes.", "owner": mem() }),
        ),
        "create_climate_decision" => writes(
            "isms.create",
            json!({ "title": "New", "relevant": false, "reason": "We host nothing.", "decided_on": "2026-11-20",
                    "owner": mem() }),
        ),
        "create_interested_party" => writes("isms.create", json!({ "name": "New", "owner": mem() })),
        "create_scope_statement" => writes("isms.create", scope(world)),
        "create_risk_assessment" => writes("isms.create", assessment(world)),
        "create_treatment_plan" => writes("isms.create", plan(world)),
        "create_competence_record" => writes(
            "isms.create",
            json!({ "title": "New", "need": "Knows how to audit.", "person": mem(), "owner": mem() }),
        ),
        "create_audit_programme" => writes(
            "isms.create",
            json!({ "title": "New", "period_from": "2027-01-01", "period_to": "2027-12-31", "owner": mem() }),
        ),
        "create_improvement" => writes("isms.create", json!({ "title": "New", "owner": mem() })),
        "update_context_issue" | "update_climate_decision" | "update_interested_party" => {
            writes("isms.update", json!({ "owner": mem() }))
        }
        "update_scope_statement" => writes("isms.update", scope(world)),
        "update_risk_assessment" => {
            writes("isms.update", json!({ "owner": mem(), "risks": [world.id("rsk")] }))
        }
        "update_treatment_plan" => writes("isms.update", plan(world)),
        "update_competence_record" => writes("isms.update", json!({ "person": mem(), "owner": mem() })),
        "update_audit_programme" | "update_improvement" => writes("isms.update", json!({ "owner": mem() })),
        "approve_scope_statement" | "approve_treatment_plan" => {
            writes("isms.approve", json!({ "approver": mem(), "position": "Managing director" }))
        }
        "revise_scope_statement" | "revise_treatment_plan" => reads("isms.update"),
        "discard_scope_statement_draft" | "discard_treatment_plan_draft" => reads("isms.update"),
        "retire_scope_statement" | "retire_treatment_plan" => reads("isms.approve"),
        "complete_risk_assessment" => {
            writes("isms.update", json!({ "summary": "All is within the appetite." }))
        }
        "approve_treatment_plan_as_owner" => writes("risk.accept", json!({ "risk_owner": mem() })),
        "create_policy" => {
            writes("isms.create", json!({ "title": "New", "text": "We care.", "owner": mem() }))
        }
        "create_document" => {
            writes("isms.create", json!({ "title": "New", "number": "D-NEW", "owner": mem() }))
        }
        "create_objective" => writes(
            "isms.create",
            json!({ "title": "New", "not_measurable": "It is met or not.", "owner": mem(), "policy": world.id("pol"),
                    "measured_by": mem(), "analysed_by": mem() }),
        ),
        "create_management_review" => writes("isms.create", review(world)),
        "update_policy" | "update_document" => writes("isms.update", json!({ "owner": mem() })),
        "update_objective" => writes(
            "isms.update",
            json!({ "owner": mem(), "policy": world.id("pol"), "measured_by": mem(), "analysed_by": mem() }),
        ),
        "update_management_review" => writes("isms.update", review(world)),
        "delete_policy" | "delete_document" | "delete_objective" | "delete_management_review" => {
            reads("isms.delete")
        }
        "approve_policy" | "approve_document" => {
            writes("isms.approve", json!({ "approver": mem(), "position": "Managing director" }))
        }
        "revise_policy" | "revise_document" => reads("isms.update"),
        "discard_policy_draft" | "discard_document_draft" => reads("isms.update"),
        "retire_policy" | "retire_document" => reads("isms.approve"),
        "record_objective_measurement" => writes("isms.update", json!({ "value": 92.5, "by": mem() })),
        "void_objective_measurement" => writes("isms.update", json!({ "void_reason": "Entered twice" })),
        _ => audits_fixture(id, world),
    }
}

/// A scope with everything that it can name.
fn scope(world: &World) -> Value {
    json!({ "title": "New", "boundaries": "Two offices.", "owner": world.id("mem"), "issues": [world.id("iss")],
            "parties": [world.id("pty")] })
}

/// A risk assessment with everything that it can name.
fn assessment(world: &World) -> Value {
    json!({ "title": "New", "trigger": "change", "planned_on": "2027-03-01", "owner": world.id("mem"),
            "risks": [world.id("rsk")] })
}

/// A risk treatment plan with everything that it can name.
fn plan(world: &World) -> Value {
    json!({ "title": "New", "owner": world.id("mem"), "assessment": world.id("ras"), "actions": [{
        "risk": world.id("rsk"), "controls": [world.id("ctl")], "text": "Find a second supplier",
        "responsible": world.id("mem"), "due": "2027-03-31",
    }] })
}

/// A management review with everybody whom it can name.
fn review(world: &World) -> Value {
    json!({ "title": "New", "planned_on": "2027-03-01", "owner": world.id("mem"),
            "attendees": [{ "member": world.id("mem") }],
            "decisions": [{ "text": "Train everybody", "responsible": world.id("mem"), "due": "2027-06-30" }] })
}

/// As [`fixture`], for audits and findings.
fn audits_fixture(id: &str, world: &World) -> Fixture {
    let reads = |action| Fixture { action: Some(action), query: "", body: None };
    let writes = |action, body| Fixture { action: Some(action), query: "", body: Some(body) };
    let mem = || world.id("mem");
    match id {
        "list_audits" | "get_audit" => reads("audit.read"),
        "create_audit" => writes(
            "audit.create",
            json!({ "kind": "surveillance", "title": "New", "planned_start": "2026-12-14", "owner": mem(),
                    "certification": world.id("crt"), "controls": [world.id("ctl")],
                    "team": [{ "member": mem(), "role": "observer" }],
                    "auditors": [{ "member": world.id("auditor"), "until": "2027-06-30" }] }),
        ),
        "update_audit" => writes(
            "audit.update",
            json!({ "owner": mem(), "certification": world.id("crt"), "controls": [world.id("ctl")],
                    "team": [{ "member": mem(), "role": "observer" }],
                    "auditors": [{ "member": world.id("auditor"), "until": "2027-06-30" }] }),
        ),
        "start_audit" => writes("audit.update", json!({ "started_on": "2026-11-23" })),
        "complete_audit" => {
            writes("audit.complete", json!({ "ended_on": "2026-11-23", "conclusion": "positive" }))
        }
        "cancel_audit" => writes("audit.complete", json!({ "reason": "Not needed" })),
        "void_audit" => writes("audit.void", json!({ "reason": "Entered twice" })),
        "copy_audit" => writes("audit.create", json!({ "planned_start": "2027-12-13" })),
        "delete_audit" => reads("audit.delete"),
        "list_evidence_requests" | "get_evidence_request" => reads("evidence_request.read"),
        "create_evidence_request" => writes(
            "evidence_request.create",
            json!({ "audit": world.id("aud"), "item": "New", "due_on": "2026-12-07", "assignee": mem(),
                    "controls": [world.id("ctl")] }),
        ),
        "update_evidence_request" => {
            writes("evidence_request.update", json!({ "assignee": mem(), "controls": [world.id("ctl")] }))
        }
        "provide_evidence_request" => {
            writes("evidence_request.provide", json!({ "evidence": [world.id("evd")] }))
        }
        "accept_evidence_request" => reads("evidence_request.review"),
        "return_evidence_request" => writes("evidence_request.review", json!({ "reason": "Too short" })),
        "delete_evidence_request" => reads("evidence_request.delete"),
        "list_findings" | "get_finding" => reads("finding.read"),
        "create_finding" => writes(
            "finding.create",
            json!({ "title": "New", "grade": "minor", "statement": "One of ten.", "audit": world.id("aud"),
                    "owner": mem(), "controls": [world.id("ctl")], "evidence": [world.id("evd")] }),
        ),
        "update_finding" => writes(
            "finding.update",
            json!({ "audit": world.id("aud"), "owner": mem(), "controls": [world.id("ctl")],
                    "evidence": [world.id("evd")] }),
        ),
        "verify_finding" => writes("finding.judge", json!({ "by": "Lead auditor" })),
        "check_finding" => writes("finding.judge", json!({ "effective": true })),
        "reopen_finding" => writes("finding.judge", json!({ "reason": "It came back" })),
        "delete_finding" => reads("finding.delete"),
        "list_corrective_actions" | "get_corrective_action" => reads("finding.read"),
        "create_corrective_action" => writes(
            "corrective_action.create",
            json!({ "finding": world.id("fnd"), "title": "New", "owner": mem(), "approved_by": mem(),
                    "approved_on": "2026-11-20", "evidence": [world.id("evd")] }),
        ),
        "update_corrective_action" => writes(
            "corrective_action.update",
            json!({ "owner": mem(), "approved_by": mem(), "approved_on": "2026-11-20",
                    "evidence": [world.id("evd")] }),
        ),
        "delete_corrective_action" => reads("corrective_action.delete"),
        _ => panic!("{id} has no line in tests/support/operations.rs"),
    }
}

/// A plan that names everything that it can.
fn simulated(world: &World) -> Value {
    json!({
        "certifications": [{
            "certification": world.id("crt"),
            "events": [{ "type": "transferred_in", "effective_on": "2027-02-01",
                         "details": { "certification_body": world.id("cbo"), "soa_version_id": world.id("sov") } }],
            "wishes": [{ "type": "surveillance_completed", "days": { "week": "2027-W06" } }],
        }],
        "attestations": [{ "attestation": world.id("att") }],
    })
}

/// What may be said of the first control of Annex A.
pub fn said(world: &World) -> Value {
    json!({ "controls": [world.id("ctl")], "reasons": [{ "kind": "risk", "risks": [world.id("rsk")] }],
            "note": "Looked at again" })
}

impl Operation {
    /// Every operation of the document.
    pub fn all() -> Vec<Self> {
        let document = document();
        let mut all = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                all.push(Self::read(path, method, operation));
            }
        }
        all
    }

    /// Those that a tenant's credential calls.
    pub fn of_tenants() -> impl Iterator<Item = Self> {
        Self::all().into_iter().filter(|one| !one.public && !one.operator && !one.visitor)
    }

    fn read(path: &str, method: &str, operation: &Value) -> Self {
        let parameters = |place: &str| -> Vec<(String, Option<String>)> {
            let all = operation["parameters"].as_array().into_iter().flatten();
            all.filter(|one| one["in"] == place)
                .map(|one| (one["name"].as_str().unwrap().to_owned(), prefix(&one["schema"])))
                .collect()
        };
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let mut body_ids = Vec::new();
        ids_in(schema, "", &mut body_ids);
        let schemes = operation["security"].as_array().unwrap();
        Self {
            id: operation["operationId"].as_str().unwrap().to_owned(),
            method: method.to_uppercase().parse().unwrap(),
            path: path.to_owned(),
            public: schemes.iter().any(|scheme| scheme.as_object().unwrap().is_empty()),
            operator: schemes.iter().any(|scheme| scheme.get("operator").is_some()),
            visitor: schemes.iter().any(|scheme| scheme.get("identity_provider").is_some()),
            path_ids: parameters("path"),
            query: parameters("query"),
            body_ids,
            has_body: schema.is_object() || operation["requestBody"]["content"].get(FORM).is_some(),
            effect_free: operation["x-effect-free"] == true,
            is_form: operation["requestBody"]["content"].get(FORM).is_some(),
        }
    }

    /// What changes something.
    pub fn writes(&self) -> bool {
        self.method != Method::GET && !self.effect_free
    }

    /// Brings what it changes into the state in which it may: a review needs something that another member handed in, and
    /// what throws a draft away one that there may be already.
    pub async fn prepare(&self, app: &TestApp, world: &World) {
        match self.id.as_str() {
            id if id.starts_with("discard_") => {
                let at = self.url(world).replace("/discard-draft", "/revise");
                app.call_with(Method::POST, &at, &world.key, None, &[("if-match", "*")]).await;
            }
            "submit_evidence" => world.review(app, false).await,
            "accept_evidence" | "reject_evidence" | "withdraw_evidence" => world.review(app, true).await,
            _ => {}
        }
    }

    /// The path in this tenant, with the query that must be there.
    pub fn url(&self, world: &World) -> String {
        let query = fixture(&self.id, world).query;
        let path = self.path_with(|n, prefix| match prefix {
            // A file has versions too, but they are no JSON.
            Some("evd") if self.id == "add_evidence_version" => world.id("statement").to_owned(),
            // A step is taken by one that waits for it.
            Some("aud" | "erq" | "fnd") if world.made.contains_key(&self.id) => world.id(&self.id).to_owned(),
            Some(prefix) => world.id(prefix).to_owned(),
            None => self.word(n),
        });
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    /// The word for a variable that is no id: what is changed has to be the tenant's own.
    pub fn word(&self, n: usize) -> String {
        let word = match self.path_ids[n].0.as_str() {
            "key" if self.writes() => OWN_FRAMEWORK,
            "key" => "iso27001-2022",
            "entry" => "A.5.1",
            "requirement_id" if self.writes() => "1.1",
            "requirement_id" => "A.5.1",
            other => panic!("{other} has no word in tests/support/operations.rs"),
        };
        word.to_owned()
    }

    /// The path, each variable filled from its place and prefix.
    pub fn path_with(&self, fill: impl Fn(usize, Option<&str>) -> String) -> String {
        let each = self.path_ids.iter().enumerate();
        each.fold(self.path.clone(), |path, (n, (name, prefix))| {
            let value = if name == "number" { "1".to_owned() } else { fill(n, prefix.as_deref()) };
            path.replace(&format!("{{{name}}}"), &value)
        })
    }

    /// The credential that may call it.
    pub fn key<'a>(&self, world: &'a World) -> &'a str {
        match (self.public, self.operator, self.visitor) {
            (true, ..) => "",
            (_, true, _) => OPERATOR,
            (.., true) => &world.visitor,
            _ => &world.key,
        }
    }

    /// Calls it here, with whatever version is there.
    pub async fn call(&self, app: &TestApp, key: &str, url: &str, body: Option<Value>) -> Response {
        if let Some(form) = body.as_ref().filter(|_| self.is_form) {
            return app.posted(url, form, None).await;
        }
        app.call_with(self.method.clone(), url, key, body, &[("if-match", "*")]).await
    }
}

/// The document.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_str(&attestd::app::openapi().unwrap()).unwrap());
    &DOCUMENT
}

/// Follows a reference into the document's components.
pub fn resolved(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(at) => resolved(document().pointer(at.trim_start_matches('#')).unwrap()),
        None => schema,
    }
}

/// The prefix of the ids that a schema takes.
fn prefix(schema: &Value) -> Option<String> {
    let schema = resolved(schema);
    let options = ["oneOf", "anyOf", "allOf"]
        .into_iter()
        .flat_map(|name| schema[name].as_array().into_iter().flatten());
    let own = schema["pattern"]
        .as_str()
        .and_then(|pattern| pattern.strip_prefix('^')?.strip_suffix("_[0-9a-f]{32}$").map(str::to_owned));
    own.or_else(|| options.into_iter().find_map(prefix))
}

fn ids_in(schema: &Value, at: &str, found: &mut Vec<String>) {
    if prefix(schema).is_some() {
        found.push(at.to_owned());
        return;
    }
    let schema = resolved(schema);
    for name in ["oneOf", "anyOf", "allOf"] {
        schema[name].as_array().into_iter().flatten().for_each(|one| ids_in(one, at, found));
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        ids_in(field, &format!("{at}/{name}"), found);
    }
    if schema.get("items").is_some() {
        // Where an item is one of several things, the fixture has one of each.
        match resolved(&schema["items"])["oneOf"].as_array() {
            Some(each) => {
                each.iter().enumerate().for_each(|(n, one)| ids_in(one, &format!("{at}/{n}"), found));
            }
            None => ids_in(&schema["items"], &format!("{at}/0"), found),
        }
    }
}
