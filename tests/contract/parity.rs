//! REST and GraphQL mean the same: one table of scenarios, run through each in a service of its own, with the same
//! outcome, the same code, the same faults and the same journal.

use std::collections::HashMap;

use crate::support::*;

/// A room in both surfaces.
struct Room {
    path: &'static str,
    /// `query` fields: one, many and the filter's type.
    reads: [&'static str; 3],
    /// `mutation` fields with their input's type: create, update, remove; empty where there is none.
    writes: [(&'static str, &'static str); 3],
    /// The argument that names what the resource belongs to, and its id.
    parent: Option<(&'static str, &'static str)>,
    /// What to compare of a resource.
    fields: &'static [&'static str],
}

const MEMBERS: Room = Room {
    path: "/v1/members",
    reads: ["member", "members", "MemberFilter"],
    writes: [("createMember", "NewMember"), ("updateMember", "MemberPatch"), ("deleteMember", "")],
    parent: None,
    fields: &["id", "version", "name", "email"],
};
const API_KEYS: Room = Room {
    path: "/v1/api-keys",
    reads: ["apiKey", "apiKeys", "ApiKeyFilter"],
    writes: [("createApiKey", "NewApiKey"), ("", ""), ("revokeApiKey", "")],
    parent: None,
    fields: &["id", "name", "scopes"],
};
const OAUTH_CLIENTS: Room = Room {
    path: "/v1/oauth-clients",
    reads: ["oauthClient", "oauthClients", "OauthClientFilter"],
    writes: [("createOauthClient", "NewOauthClient"), ("", ""), ("revokeOauthClient", "")],
    parent: None,
    fields: &["id", "name", "scopes"],
};
const IDENTITY_PROVIDERS: Room = Room {
    path: "/v1/identity-providers",
    reads: ["identityProvider", "identityProviders", "IdentityProviderFilter"],
    writes: [
        ("createIdentityProvider", "NewIdentityProvider"),
        ("updateIdentityProvider", "IdentityProviderPatch"),
        ("deleteIdentityProvider", ""),
    ],
    parent: None,
    fields: &["id", "version", "name", "audience", "proven_at", "enabled", "scopes"],
};
const INVITATIONS: Room = Room {
    path: "/v1/invitations",
    reads: ["invitation", "invitations", "InvitationFilter"],
    writes: [("createInvitation", "NewInvitation"), ("", ""), ("revokeInvitation", "")],
    parent: None,
    fields: &["id", "email", "name", "access_ends_on", "expires_at", "accepted_at"],
};
const CONTROLS: Room = Room {
    path: "/v1/controls",
    reads: ["control", "controls", "ControlFilter"],
    writes: [("createControl", "NewControl"), ("updateControl", "ControlPatch"), ("deleteControl", "")],
    parent: None,
    fields: &["id", "version", "code", "title", "freshness_days"],
};
const CONTROL_TESTS: Room = Room {
    path: "/v1/controls/@ctl/tests",
    reads: ["controlTest", "controlTests", "ControlTestFilter"],
    writes: [
        ("recordControlTest", "NewControlTest"),
        ("updateControlTest", "ControlTestPatch"),
        ("deleteControlTest", ""),
    ],
    parent: Some(("controlId", "@ctl")),
    fields: &["id", "version", "procedure", "next_due"],
};
const RISKS: Room = Room {
    path: "/v1/risks",
    reads: ["risk", "risks", "RiskFilter"],
    writes: [("createRisk", "NewRisk"), ("updateRisk", "RiskPatch"), ("deleteRisk", "")],
    parent: None,
    fields: &[
        "id",
        "version",
        "code",
        "title",
        "category",
        "level",
        "above_appetite",
        "acceptance_covers",
        "acceptance_reason",
    ],
};
const RISK_ACCEPTANCES: Room = Room {
    path: "/v1/risks/@rsk/acceptance",
    reads: ["", "", ""],
    writes: [("acceptRisk", "NewRiskAcceptance"), ("", ""), ("", "")],
    parent: Some(("id", "@rsk")),
    fields: &["id", "version", "level", "acceptance_covers", "acceptance_reason"],
};
const STATEMENTS: Room = Room {
    path: "/v1/statements-of-applicability",
    reads: ["statementOfApplicability", "statementsOfApplicability", "StatementOfApplicabilityFilter"],
    writes: [
        ("createStatementOfApplicability", "NewStatementOfApplicability"),
        ("updateStatementOfApplicability", "StatementOfApplicabilityPatch"),
        ("deleteStatementOfApplicability", ""),
    ],
    parent: None,
    fields: &["id", "version", "name", "framework", "scope", "draft_number"],
};
const APPLICABILITY_VERSIONS: Room = Room {
    path: "/v1/statements-of-applicability/@soa/versions",
    reads: ["", "applicabilityVersions", "ApplicabilityVersionFilter"],
    writes: [("approveStatementOfApplicability", "NewApplicabilityVersion"), ("", ""), ("", "")],
    parent: Some(("statementId", "@soa")),
    fields: &["id", "number", "label", "approved_on", "superseded_by", "digest"],
};
const APPLICABILITY_ENTRIES: Room = Room {
    path: "/v1/statements-of-applicability/@soa/entries",
    reads: ["", "applicabilityEntries", "ApplicabilityEntryFilter"],
    writes: [("addApplicabilityEntry", "NewApplicabilityEntry"), ("", ""), ("", "")],
    parent: Some(("statementId", "@soa")),
    fields: &["id", "version", "title", "implemented", "why"],
};
const EVIDENCE: Room = Room {
    path: "/v1/evidence",
    reads: ["evidencePiece", "evidence", "EvidenceFilter"],
    writes: [("createEvidence", "NewEvidence"), ("updateEvidence", "EvidencePatch"), ("deleteEvidence", "")],
    parent: None,
    fields: &["id", "version", "title", "content_version", "accepted_version", "as_of"],
};
const MILESTONES: Room = Room {
    path: "/v1/milestones",
    reads: ["milestone", "milestones", "MilestoneFilter"],
    writes: [("", ""), ("updateMilestone", "MilestonePatch"), ("", "")],
    parent: None,
    fields: &["id", "version", "due", "planned_on"],
};
const LOCATIONS: Room = Room {
    path: "/v1/locations",
    reads: ["location", "locations", "LocationFilter"],
    writes: [("createLocation", "NewLocation"), ("updateLocation", "LocationPatch"), ("deleteLocation", "")],
    parent: None,
    fields: &["id", "version", "name", "country", "time_zone", "persons"],
};
const SYSTEMS: Room = Room {
    path: "/v1/systems",
    reads: ["system", "systems", "SystemFilter"],
    writes: [("createSystem", "NewSystem"), ("updateSystem", "SystemPatch"), ("deleteSystem", "")],
    parent: None,
    fields: &["id", "version", "name", "description", "in_scope_of"],
};
const CUSTOMER_REQUIREMENTS: Room = Room {
    path: "/v1/customer-requirements",
    reads: ["customerRequirement", "customerRequirements", "CustomerRequirementFilter"],
    writes: [
        ("createCustomerRequirement", "NewCustomerRequirement"),
        ("updateCustomerRequirement", "CustomerRequirementPatch"),
        ("deleteCustomerRequirement", ""),
    ],
    parent: None,
    fields: &["id", "version", "customer", "due", "met_on", "contract"],
};
const CERTIFICATION_BODIES: Room = Room {
    path: "/v1/certification-bodies",
    reads: ["certificationBody", "certificationBodies", "CertificationBodyFilter"],
    writes: [
        ("createCertificationBody", "NewCertificationBody"),
        ("updateCertificationBody", "CertificationBodyPatch"),
        ("deleteCertificationBody", ""),
    ],
    parent: None,
    fields: &["id", "version", "name", "accredited", "as_of"],
};
const CERTIFICATIONS: Room = Room {
    path: "/v1/certifications",
    reads: ["certification", "certifications", "CertificationFilter"],
    writes: [
        ("registerCertification", "NewCertification"),
        ("updateCertification", "CertificationPatch"),
        ("", ""),
    ],
    parent: None,
    fields: &["id", "version", "number", "revision", "as_of", "days_to_expiry", "marks_may_be_used", "issue"],
};
const CERTIFICATION_EVENTS: Room = Room {
    path: "/v1/certifications/@crt/events",
    reads: ["certificationEvent", "", ""],
    writes: [
        ("recordCertificationEvent", "NewCertificationEvent"),
        ("voidCertificationEvent", "EventPatch"),
        ("", ""),
    ],
    parent: Some(("certificationId", "@crt")),
    fields: &["id", "version", "sequence", "effective_on", "void_reason"],
};
const AUDITS: Room = Room {
    path: "/v1/audits",
    reads: ["audit", "audits", "AuditFilter"],
    writes: [("createAudit", "NewAudit"), ("updateAudit", "AuditPatch"), ("deleteAudit", "")],
    parent: None,
    fields: &[
        "id",
        "version",
        "title",
        "planned_start",
        "planned_end",
        "started_on",
        "ended_on",
        "summary",
        "plan_days",
        "end_reason",
    ],
};
const AUDIT_COPIES: Room = Room {
    path: "/v1/audits/@aud/copy",
    reads: ["", "", ""],
    writes: [("copyAudit", "AuditCopy"), ("", ""), ("", "")],
    parent: Some(("id", "@aud")),
    fields: &["id", "version", "title", "planned_start", "planned_end", "started_on"],
};
const EVIDENCE_REQUESTS: Room = Room {
    path: "/v1/evidence-requests",
    reads: ["evidenceRequest", "evidenceRequests", "EvidenceRequestFilter"],
    writes: [
        ("createEvidenceRequest", "NewEvidenceRequest"),
        ("updateEvidenceRequest", "EvidenceRequestPatch"),
        ("deleteEvidenceRequest", ""),
    ],
    parent: None,
    fields: &["id", "version", "item", "due_on", "note", "provided_at", "decided_at", "reason"],
};
const FINDINGS: Room = Room {
    path: "/v1/findings",
    reads: ["finding", "findings", "FindingFilter"],
    writes: [("createFinding", "NewFinding"), ("updateFinding", "FindingPatch"), ("deleteFinding", "")],
    parent: None,
    fields: &[
        "id",
        "version",
        "title",
        "raised_on",
        "stated_due",
        "response",
        "overdue",
        "reopenings",
        "plan_accepted_on",
        "implemented_on",
        "closed_on",
        "as_of",
    ],
};
const CORRECTIVE_ACTIONS: Room = Room {
    path: "/v1/corrective-actions",
    reads: ["correctiveAction", "correctiveActions", "CorrectiveActionFilter"],
    writes: [
        ("createCorrectiveAction", "NewCorrectiveAction"),
        ("updateCorrectiveAction", "CorrectiveActionPatch"),
        ("deleteCorrectiveAction", ""),
    ],
    parent: None,
    fields: &["id", "version", "title", "round", "due_on", "implemented_on", "plan_accepted_on"],
};
const ATTESTATIONS: Room = Room {
    path: "/v1/attestations",
    reads: ["attestation", "attestations", "AttestationFilter"],
    writes: [("createAttestation", "NewAttestation"), ("updateAttestation", "AttestationPatch"), ("", "")],
    parent: None,
    fields: &[
        "id",
        "version",
        "name",
        "boundary",
        "as_of",
        "criteria",
        "covers_to",
        "registered",
        "bridge_limit",
    ],
};
const ATTESTATION_EVENTS: Room = Room {
    path: "/v1/attestations/@att/events",
    reads: ["attestationEvent", "", ""],
    writes: [
        ("recordAttestationEvent", "NewAttestationEvent"),
        ("voidAttestationEvent", "AttestationEventPatch"),
        ("", ""),
    ],
    parent: Some(("attestationId", "@att")),
    fields: &["id", "version", "sequence", "effective_on", "contradicts", "reason", "void_reason"],
};
const ATTESTATION_TESTS: Room = Room {
    path: "/v1/attestations/@att/tests",
    reads: ["attestationTest", "attestationTests", "AttestationTestFilter"],
    writes: [
        ("recordAttestationTest", "NewAttestationTest"),
        ("updateAttestationTest", "AttestationTestPatch"),
        ("deleteAttestationTest", ""),
    ],
    parent: Some(("attestationId", "@att")),
    fields: &["id", "version", "criterion", "exception", "management_response"],
};
const ATTESTATION_RELEASES: Room = Room {
    path: "/v1/attestations/@att/releases",
    reads: ["attestationRelease", "attestationReleases", "AttestationReleaseFilter"],
    writes: [
        ("recordAttestationRelease", "NewAttestationRelease"),
        ("voidAttestationRelease", "AttestationReleasePatch"),
        ("", ""),
    ],
    parent: Some(("attestationId", "@att")),
    fields: &["id", "version", "recipient", "agreement", "released_on", "void_reason"],
};

const POLICIES: Room = Room {
    path: "/v1/isms/policies",
    reads: ["policy", "policies", "PolicyFilter"],
    writes: [("createPolicy", "NewPolicy"), ("updatePolicy", "PolicyPatch"), ("deletePolicy", "")],
    parent: None,
    fields: &["id", "version", "title", "text", "edition", "review_on", "commits_to_improvement"],
};
const DOCUMENTS: Room = Room {
    path: "/v1/isms/documents",
    reads: ["document", "documents", "DocumentFilter"],
    writes: [("createDocument", "NewDocument"), ("updateDocument", "DocumentPatch"), ("deleteDocument", "")],
    parent: None,
    fields: &["id", "version", "title", "number", "edition", "retention", "external_origin", "clauses"],
};
const OBJECTIVES: Room = Room {
    path: "/v1/isms/objectives",
    reads: ["objective", "objectives", "ObjectiveFilter"],
    writes: [
        ("createObjective", "NewObjective"),
        ("updateObjective", "ObjectivePatch"),
        ("deleteObjective", ""),
    ],
    parent: None,
    fields: &[
        "id",
        "version",
        "title",
        "complete_by",
        "method",
        "analysed_when",
        "measurements",
        "next_measurement_due",
    ],
};
const OBJECTIVE_MEASUREMENTS: Room = Room {
    path: "/v1/isms/objectives/@obj/measurements",
    reads: ["objectiveMeasurement", "", ""],
    writes: [
        ("recordObjectiveMeasurement", "NewObjectiveMeasurement"),
        ("voidObjectiveMeasurement", "ObjectiveMeasurementPatch"),
        ("", ""),
    ],
    parent: Some(("objectiveId", "@obj")),
    fields: &["id", "version", "on", "value", "note", "void_reason"],
};
const MANAGEMENT_REVIEWS: Room = Room {
    path: "/v1/isms/management-reviews",
    reads: ["managementReview", "managementReviews", "ManagementReviewFilter"],
    writes: [
        ("createManagementReview", "NewManagementReview"),
        ("updateManagementReview", "ManagementReviewPatch"),
        ("deleteManagementReview", ""),
    ],
    parent: None,
    fields: &["id", "version", "title", "planned_on", "held_on", "complete", "changes_needed"],
};

const SCOPE_STATEMENTS: Room = Room {
    path: "/v1/isms/scope-statements",
    reads: ["scopeStatement", "scopeStatements", "ScopeStatementFilter"],
    writes: [
        ("createScopeStatement", "NewScopeStatement"),
        ("updateScopeStatement", "ScopeStatementPatch"),
        ("deleteScopeStatement", ""),
    ],
    parent: None,
    fields: &["id", "version", "title", "boundaries", "edition", "issues", "parties"],
};
const RISK_ASSESSMENTS: Room = Room {
    path: "/v1/isms/risk-assessments",
    reads: ["riskAssessment", "riskAssessments", "RiskAssessmentFilter"],
    writes: [
        ("createRiskAssessment", "NewRiskAssessment"),
        ("updateRiskAssessment", "RiskAssessmentPatch"),
        ("deleteRiskAssessment", ""),
    ],
    parent: None,
    fields: &["id", "version", "title", "planned_on", "carried_out_on", "summary", "risks"],
};
const TREATMENT_PLANS: Room = Room {
    path: "/v1/isms/treatment-plans",
    reads: ["treatmentPlan", "treatmentPlans", "TreatmentPlanFilter"],
    writes: [
        ("createTreatmentPlan", "NewTreatmentPlan"),
        ("updateTreatmentPlan", "TreatmentPlanPatch"),
        ("deleteTreatmentPlan", ""),
    ],
    parent: None,
    fields: &["id", "version", "title", "edition", "review_on"],
};
const COMPETENCE_RECORDS: Room = Room {
    path: "/v1/isms/competence",
    reads: ["competenceRecord", "competenceRecords", "CompetenceRecordFilter"],
    writes: [
        ("createCompetenceRecord", "NewCompetenceRecord"),
        ("updateCompetenceRecord", "CompetenceRecordPatch"),
        ("deleteCompetenceRecord", ""),
    ],
    parent: None,
    fields: &["id", "version", "title", "need", "evidence", "review_on"],
};
const CONTEXT_ISSUES: Room = Room {
    path: "/v1/isms/context-issues",
    reads: ["contextIssue", "contextIssues", "ContextIssueFilter"],
    writes: [
        ("createContextIssue", "NewContextIssue"),
        ("updateContextIssue", "ContextIssuePatch"),
        ("deleteContextIssue", ""),
    ],
    parent: None,
    fields: &["id", "version", "title", "text", "reviewed_on", "review_on"],
};
const CLIMATE_DECISIONS: Room = Room {
    path: "/v1/isms/climate-decisions",
    reads: ["climateDecision", "climateDecisions", "ClimateDecisionFilter"],
    writes: [
        ("createClimateDecision", "NewClimateDecision"),
        ("updateClimateDecision", "ClimateDecisionPatch"),
        ("deleteClimateDecision", ""),
    ],
    parent: None,
    fields: &["id", "version", "title", "relevant", "reason", "decided_on", "review_on"],
};
const INTERESTED_PARTIES: Room = Room {
    path: "/v1/isms/interested-parties",
    reads: ["interestedParty", "interestedParties", "InterestedPartyFilter"],
    writes: [
        ("createInterestedParty", "NewInterestedParty"),
        ("updateInterestedParty", "InterestedPartyPatch"),
        ("deleteInterestedParty", ""),
    ],
    parent: None,
    fields: &["id", "version", "name", "reviewed_on", "review_on"],
};
const AUDIT_PROGRAMMES: Room = Room {
    path: "/v1/isms/audit-programmes",
    reads: ["auditProgramme", "auditProgrammes", "AuditProgrammeFilter"],
    writes: [
        ("createAuditProgramme", "NewAuditProgramme"),
        ("updateAuditProgramme", "AuditProgrammePatch"),
        ("deleteAuditProgramme", ""),
    ],
    parent: None,
    fields: &["id", "version", "title", "period_from", "period_to", "frequency", "considered"],
};
const IMPROVEMENTS: Room = Room {
    path: "/v1/isms/improvements",
    reads: ["improvement", "improvements", "ImprovementFilter"],
    writes: [
        ("createImprovement", "NewImprovement"),
        ("updateImprovement", "ImprovementPatch"),
        ("deleteImprovement", ""),
    ],
    parent: None,
    fields: &["id", "version", "title", "description", "source", "due_on", "done_on", "outcome"],
};

/// What is tried. A text that starts with `@` stands for an id: `@mem` for the world's, `@made` for what was created
/// last, `@none:mem` for one that nothing has.
enum Act {
    Create(Value),
    Update(&'static str, i32, Value),
    Remove(&'static str, i32),
    Get(&'static str),
    /// The same by what had been recorded by an instant.
    KnownAt(&'static str, &'static str),
    List(Value),
    /// A step of its life: what comes after its path, and the mutation with its input's type.
    Step([&'static str; 3], &'static str, i32, Value),
}
use Act::{Create, Get, KnownAt, List, Remove, Step, Update};

const SUBMIT: [&str; 3] = ["submit", "submitEvidence", ""];
const WITHDRAW: [&str; 3] = ["withdraw", "withdrawEvidence", ""];
const ACCEPT: [&str; 3] = ["accept", "acceptEvidence", ""];
const REJECT: [&str; 3] = ["reject", "rejectEvidence", "Rejection"];
const RENEW: [&str; 3] = ["versions", "addEvidenceVersion", "NewContent"];

const START: [&str; 3] = ["start", "startAudit", "AuditStart"];
const COMPLETE: [&str; 3] = ["complete", "completeAudit", "AuditCompletion"];
const CANCEL: [&str; 3] = ["cancel", "cancelAudit", "AuditEnd"];
const VOID: [&str; 3] = ["void", "voidAudit", "AuditEnd"];
const PROVIDE: [&str; 3] = ["provide", "provideEvidenceRequest", "EvidenceProvision"];
const TAKE: [&str; 3] = ["accept", "acceptEvidenceRequest", ""];
const GIVE_BACK: [&str; 3] = ["return", "returnEvidenceRequest", "EvidenceReturn"];
const VERIFY: [&str; 3] = ["verify", "verifyFinding", "NewFindingVerification"];
const CHECK: [&str; 3] = ["check", "checkFinding", "NewFindingCheck"];
const REOPEN: [&str; 3] = ["reopen", "reopenFinding", "FindingReopening"];

const APPROVE_POLICY: [&str; 3] = ["approve", "approvePolicy", "NewEditionApproval"];
const REVISE_POLICY: [&str; 3] = ["revise", "revisePolicy", ""];
const DISCARD_POLICY: [&str; 3] = ["discard-draft", "discardPolicyDraft", ""];
const RETIRE_POLICY: [&str; 3] = ["retire", "retirePolicy", ""];
const APPROVE_DOCUMENT: [&str; 3] = ["approve", "approveDocument", "NewEditionApproval"];
const REVISE_DOCUMENT: [&str; 3] = ["revise", "reviseDocument", ""];
const DISCARD_DOCUMENT: [&str; 3] = ["discard-draft", "discardDocumentDraft", ""];
const RETIRE_DOCUMENT: [&str; 3] = ["retire", "retireDocument", ""];

const APPROVE_SCOPE: [&str; 3] = ["approve", "approveScopeStatement", "NewEditionApproval"];
const REVISE_SCOPE: [&str; 3] = ["revise", "reviseScopeStatement", ""];
const DISCARD_SCOPE: [&str; 3] = ["discard-draft", "discardScopeStatementDraft", ""];
const COMPLETE_ASSESSMENT: [&str; 3] = ["complete", "completeRiskAssessment", "NewAssessmentCompletion"];
const APPROVE_PLAN: [&str; 3] = ["approve", "approveTreatmentPlan", "NewEditionApproval"];
const REVISE_PLAN: [&str; 3] = ["revise", "reviseTreatmentPlan", ""];
const DISCARD_PLAN: [&str; 3] = ["discard-draft", "discardTreatmentPlanDraft", ""];
const OWN_RISK: [&str; 3] = ["owner-approvals", "approveTreatmentPlanAsOwner", "NewRiskOwnerApproval"];

type Case = (&'static str, &'static Room, &'static str, Act);

/// Who, where, what is expected and what is tried.
fn cases() -> Vec<Case> {
    let ada = || {
        json!({ "kind": "person", "name": "Auditee", "role": "viewer", "email": "auditee@acme.example",
                         "external_refs": [{ "system": "directory", "id": "7" }] })
    };
    let with = |mut value: Value, field: &str, other: Value| {
        value[field] = other;
        value
    };
    let client = || {
        json!({ "member_id": "@machine", "name": "Portal", "scopes": ["controls:read"],
                "external_refs": [{ "system": "idp", "id": "7" }] })
    };
    let control = || {
        json!({ "code": "AC-02", "title": "Leavers are removed", "owner": "@mem", "freshness_days": 90,
                             "requirements": [{ "framework": "soc2-2017", "id": "CC6.2" }] })
    };
    let provider = || {
        json!({ "name": "Other directory", "issuer": "https://idp.example.com/acme", "audience": "attestd",
                "algorithms": ["RS256", "ES256"], "role_claim": "groups", "scopes": ["controls:read"],
                "role_rules": [{ "value": "leads", "role": "manager" }] })
    };
    let invitation = || json!({ "email": "new@acme.example", "name": "New", "role": "contributor", "access_ends_on": "2027-12-31" });
    let test = || {
        json!({ "kind": "design", "procedure": "Read it", "result": "passed", "performed_on": "2026-11-01",
                          "tester": "@mem", "next_due": "2027-11-01",
                          "external_refs": [{ "system": "tracker", "id": "T-1" }] })
    };
    let risk = || {
        json!({ "code": "R-02", "title": "Keys are lost", "category": "Access", "owner": "@mem", "controls": ["@ctl"],
                "affects": ["confidentiality", "availability"], "treatment": "modify", "status": "in_treatment",
                "inherent": { "likelihood": 3, "impact": 5 }, "residual": { "likelihood": 2, "impact": 5 },
                "review_on": "2027-05-31" })
    };
    let other_risk = || with(risk(), "code", json!("R-03"));
    let statement = || {
        json!({ "kind": "statement", "title": "The policy was read", "owner": "@mem", "controls": ["@ctl"],
                "covers_from": "2026-07-01", "covers_to": "2026-09-30", "valid_until": "2027-01-01",
                "requirements": [{ "framework": "soc2-2017", "id": "CC6.2" }], "content": { "statement": "All read it." } })
    };
    let accredited = || {
        json!({ "name": "Other body", "website": "https://cb.example.com", "accreditations": [
            { "accreditation_body": "AB", "scope": "ISO/IEC 27001", "granted_on": "2020-01-01" }
        ] })
    };
    let certificate = || {
        json!({ "certification_body": "@cbo", "number": "ISMS-2", "standard": "ISO/IEC 27001", "edition": "2022",
                "legal_entity": "Acme", "scope": "Everything", "soa_version": "3",
                "printed": { "decision_on": "2025-03-10", "expires_on": "2028-03-10" },
                "events": [{ "type": "surveillance_completed", "ended_on": "2026-02-12" }] })
    };
    let engagement = || {
        json!({ "name": "SOC 2 of next year", "report": "type_2", "scope": "Cloud platform", "systems": ["@sys"],
                "plan": { "window": { "start": "2026-12-01", "months": 6 } }, "counted_from": "report_date",
                "subservices": [{ "name": "Hosting", "method": "inclusive", "assertion_signed_on": "2026-11-01" }],
                "user_controls": [{ "code": "U1", "text": "Accounts of leavers are removed", "criteria": ["CC6.2"] }],
                "report_evidence": "@evd" })
    };
    let letter = |through: &str| {
        json!({ "type": "bridge_issued", "bridge": {
            "covers_through": through, "signed_on": "2026-11-22", "signed_by": "Chief executive" } })
    };
    let examined = || json!({ "control": "@ctl", "criterion": "CC6.2", "procedure": "Inspected a sample", "result": "no_exceptions" });
    let place = || json!({ "name": "Plant", "kind": "plant", "country": "AT", "time_zone": "Europe/Vienna", "persons": 12 });
    let system = || {
        json!({ "name": "Billing", "kind": "application", "owner": "@mem", "location": "@loc", "criticality": "high",
                "data_handled": ["financial_data"], "in_scope_of": ["soc2-2017"],
                "components": { "software": "The billing service" } })
    };
    let asked = || {
        json!({ "customer": "Shop", "asks": [{ "framework": "soc2-2017", "report": "type_2" }, { "other": "PCI DSS" }],
                "due": "2027-03-31", "contract": "MSA-1", "owner": "@mem",
                "promises": [{ "notify_on": "suspension", "within_days": 5 }] })
    };
    let stated = || {
        json!({ "name": "Shop", "scope": "The shop", "owner": "@mem",
                "external_refs": [{ "system": "grc", "id": "shop" }] })
    };
    vec![
        ("owner", &STATEMENTS, "ok", Create(stated())),
        ("owner", &STATEMENTS, "already_exists", Create(stated())),
        ("owner", &STATEMENTS, "unprocessable", Create(with(stated(), "framework", json!("soc2-2017")))),
        (
            "owner",
            &STATEMENTS,
            "unprocessable",
            Create(with(with(stated(), "name", json!("Other")), "owner", json!("@none:mem"))),
        ),
        ("auditor", &STATEMENTS, "forbidden", Create(stated())),
        ("viewer", &STATEMENTS, "ok", Get("@made")),
        ("owner", &STATEMENTS, "not_found", Get("@none:soa")),
        ("owner", &STATEMENTS, "stale_version", Update("@made", 2, json!({ "scope": "More" }))),
        ("integration", &STATEMENTS, "ok", Update("@made", 1, json!({ "scope": "More", "owner": null }))),
        ("owner", &STATEMENTS, "ok", List(json!({ "framework": "iso27001-2022" }))),
        ("owner", &STATEMENTS, "ok", List(json!({ "owner": "@mem" }))),
        ("owner", &STATEMENTS, "ok", List(json!({ "external_ref": "grc:shop" }))),
        ("contributor", &STATEMENTS, "forbidden", Remove("@made", 2)),
        ("owner", &STATEMENTS, "ok", Remove("@made", 2)),
        ("owner", &STATEMENTS, "in_use", Remove("@soa", 2)),
        ("viewer", &APPLICABILITY_ENTRIES, "forbidden", Create(json!({ "control": "@ctl" }))),
        ("owner", &APPLICABILITY_ENTRIES, "unprocessable", Create(json!({ "control": "@none:ctl" }))),
        (
            "owner",
            &APPLICABILITY_ENTRIES,
            "unprocessable",
            Create(json!({ "control": "@ctl", "reasons": [{ "kind": "law", "risks": ["@rsk"] }] })),
        ),
        (
            "contributor",
            &APPLICABILITY_ENTRIES,
            "ok",
            Create(json!({ "control": "@ctl", "reasons": [{ "kind": "contract", "text": "MSA-1" }] })),
        ),
        ("owner", &APPLICABILITY_ENTRIES, "already_exists", Create(json!({ "control": "@ctl" }))),
        ("owner", &APPLICABILITY_ENTRIES, "ok", List(json!({ "kind": "own" }))),
        (
            "owner",
            &APPLICABILITY_ENTRIES,
            "ok",
            List(json!({ "decision": "included", "implemented": false })),
        ),
        ("owner", &APPLICABILITY_ENTRIES, "ok", List(json!({ "control": "@ctl" }))),
        ("contributor", &APPLICABILITY_VERSIONS, "forbidden", Create(json!({ "label": "2.0" }))),
        (
            "owner",
            &APPLICABILITY_VERSIONS,
            "unprocessable",
            Create(json!({ "label": "2.0", "approver": "@machine" })),
        ),
        (
            "owner",
            &APPLICABILITY_VERSIONS,
            "already_exists",
            Create(json!({ "label": "1.0", "approver": "@mem" })),
        ),
        (
            "owner",
            &APPLICABILITY_VERSIONS,
            "conflict",
            Create(json!({ "label": "2.0", "approver": "@mem", "expected_digest": "0".repeat(64) })),
        ),
        ("manager", &APPLICABILITY_VERSIONS, "ok", Create(json!({ "label": "2.0", "approver": "@mem" }))),
        ("owner", &APPLICABILITY_VERSIONS, "ok", List(json!({ "approved_before": "2026-12-31" }))),
        ("owner", &CUSTOMER_REQUIREMENTS, "ok", Create(asked())),
        ("owner", &CUSTOMER_REQUIREMENTS, "unprocessable", Create(with(asked(), "asks", json!([])))),
        (
            "owner",
            &CUSTOMER_REQUIREMENTS,
            "unprocessable",
            Create(with(asked(), "asks", json!([{ "framework": "iso27001-2022", "report": "type_1" }]))),
        ),
        ("owner", &CUSTOMER_REQUIREMENTS, "unprocessable", Create(with(asked(), "status", json!("met")))),
        (
            "owner",
            &CUSTOMER_REQUIREMENTS,
            "unprocessable",
            Create(with(asked(), "owner", json!("@none:mem"))),
        ),
        ("auditor", &CUSTOMER_REQUIREMENTS, "forbidden", Create(asked())),
        ("owner", &CUSTOMER_REQUIREMENTS, "ok", Get("@made")),
        ("owner", &CUSTOMER_REQUIREMENTS, "not_found", Get("@none:crq")),
        ("owner", &CUSTOMER_REQUIREMENTS, "stale_version", Update("@made", 2, json!({ "customer": "X" }))),
        (
            "owner",
            &CUSTOMER_REQUIREMENTS,
            "ok",
            Update(
                "@made",
                1,
                json!({ "status": "met", "met_on": "2026-11-20", "contract": null, "promises": [] }),
            ),
        ),
        ("owner", &CUSTOMER_REQUIREMENTS, "ok", List(json!({ "status": "met", "customer": "Shop" }))),
        ("owner", &CUSTOMER_REQUIREMENTS, "ok", List(json!({ "framework": "soc2-2017", "owner": "@mem" }))),
        ("owner", &CUSTOMER_REQUIREMENTS, "ok", List(json!({ "due_before": "2027-03-31" }))),
        ("owner", &CUSTOMER_REQUIREMENTS, "ok", List(json!({ "external_ref": "crm:acme" }))),
        ("contributor", &CUSTOMER_REQUIREMENTS, "forbidden", Remove("@made", 2)),
        ("owner", &CUSTOMER_REQUIREMENTS, "ok", Remove("@made", 2)),
        ("owner", &LOCATIONS, "ok", Create(place())),
        ("owner", &LOCATIONS, "already_exists", Create(place())),
        (
            "owner",
            &LOCATIONS,
            "unprocessable",
            Create(
                json!({ "name": "X", "kind": "office", "country": "XX", "time_zone": "Mars/Base", "persons": -1 }),
            ),
        ),
        ("viewer", &LOCATIONS, "forbidden", Create(place())),
        ("owner", &LOCATIONS, "ok", Get("@made")),
        ("owner", &LOCATIONS, "not_found", Get("@none:loc")),
        ("owner", &LOCATIONS, "stale_version", Update("@made", 2, json!({ "name": "X" }))),
        ("owner", &LOCATIONS, "ok", Update("@made", 1, json!({ "kind": "other", "country": null }))),
        ("owner", &LOCATIONS, "already_exists", Update("@made", 2, json!({ "name": "Head office" }))),
        ("owner", &LOCATIONS, "ok", List(json!({ "country": "DE" }))),
        ("owner", &LOCATIONS, "ok", List(json!({ "kind": "other" }))),
        ("owner", &LOCATIONS, "ok", List(json!({ "external_ref": "facilities:acme" }))),
        ("owner", &LOCATIONS, "in_use", Remove("@loc", 1)),
        ("contributor", &LOCATIONS, "forbidden", Remove("@made", 2)),
        ("owner", &LOCATIONS, "ok", Remove("@made", 2)),
        ("owner", &SYSTEMS, "ok", Create(system())),
        ("owner", &SYSTEMS, "already_exists", Create(system())),
        (
            "owner",
            &SYSTEMS,
            "unprocessable",
            Create(with(with(system(), "name", json!("X")), "owner", json!("@none:mem"))),
        ),
        (
            "owner",
            &SYSTEMS,
            "unprocessable",
            Create(with(with(system(), "name", json!("X")), "location", json!("@none:loc"))),
        ),
        ("owner", &SYSTEMS, "unprocessable", Create(with(system(), "in_scope_of", json!(["pci", "pci"])))),
        (
            "owner",
            &SYSTEMS,
            "unprocessable",
            Create(with(system(), "data_handled", json!(["none", "personal_data"]))),
        ),
        ("auditor", &SYSTEMS, "forbidden", Create(system())),
        ("owner", &SYSTEMS, "ok", Get("@made")),
        ("owner", &SYSTEMS, "not_found", Get("@none:sys")),
        ("owner", &SYSTEMS, "stale_version", Update("@made", 3, json!({ "name": "X" }))),
        (
            "owner",
            &SYSTEMS,
            "ok",
            Update(
                "@made",
                1,
                json!({ "status": "retired", "location": null, "components": { "data": "Invoices" } }),
            ),
        ),
        ("owner", &SYSTEMS, "unprocessable", Update("@made", 2, json!({ "location": "@none:loc" }))),
        ("owner", &SYSTEMS, "already_exists", Update("@made", 2, json!({ "name": "Cloud platform" }))),
        ("owner", &SYSTEMS, "ok", List(json!({ "status": "retired", "kind": "application" }))),
        (
            "owner",
            &SYSTEMS,
            "ok",
            List(json!({ "owner": "@mem", "location": "@loc", "criticality": "high" })),
        ),
        ("owner", &SYSTEMS, "ok", List(json!({ "framework": "soc2-2017" }))),
        ("owner", &SYSTEMS, "ok", List(json!({ "external_ref": "cmdb:acme" }))),
        ("integration", &SYSTEMS, "forbidden", Remove("@made", 2)),
        ("owner", &SYSTEMS, "ok", Remove("@made", 2)),
        ("owner", &MEMBERS, "ok", Create(ada())),
        ("owner", &MEMBERS, "already_exists", Create(ada())),
        ("owner", &MEMBERS, "already_exists", Create(with(ada(), "email", json!("other@acme.example")))),
        (
            "owner",
            &MEMBERS,
            "unprocessable",
            Create(with(
                ada(),
                "external_refs",
                json!([{ "system": "a", "id": "1" }, { "system": "a", "id": "1" }]),
            )),
        ),
        ("viewer", &MEMBERS, "forbidden", Create(ada())),
        ("manager", &MEMBERS, "forbidden", Create(with(ada(), "role", json!("owner")))),
        ("owner", &MEMBERS, "ok", Get("@made")),
        ("viewer", &MEMBERS, "ok", Get("@made")),
        ("owner", &MEMBERS, "not_found", Get("@none:mem")),
        ("owner", &MEMBERS, "stale_version", Update("@made", 9, json!({ "name": "X" }))),
        ("owner", &MEMBERS, "ok", Update("@made", 1, json!({ "name": "Lead auditee", "email": null }))),
        ("owner", &MEMBERS, "already_exists", Update("@made", 2, json!({ "email": "lead@acme.example" }))),
        ("owner", &MEMBERS, "not_found", Update("@none:mem", 1, json!({ "name": "X" }))),
        ("viewer", &MEMBERS, "forbidden", Update("@made", 2, json!({ "name": "X" }))),
        ("owner", &MEMBERS, "ok", List(json!({}))),
        ("owner", &MEMBERS, "ok", List(json!({ "role": "viewer", "kind": "person" }))),
        ("owner", &MEMBERS, "ok", List(json!({ "external_ref": "directory:7" }))),
        ("owner", &MEMBERS, "invalid_parameter", List(json!({ "external_ref": "directory" }))),
        ("owner", &MEMBERS, "in_use", Remove("@mem", 1)),
        ("owner", &MEMBERS, "stale_version", Remove("@made", 1)),
        ("manager", &MEMBERS, "forbidden", Remove("@made", 2)),
        ("owner", &MEMBERS, "ok", Remove("@made", 2)),
        ("owner", &MEMBERS, "not_found", Remove("@made", 2)),
        (
            "owner",
            &API_KEYS,
            "ok",
            Create(json!({ "member_id": "@mem", "name": "Bot", "scopes": ["controls:read"] })),
        ),
        (
            "owner",
            &API_KEYS,
            "unprocessable",
            Create(json!({ "member_id": "@mem", "name": "Bot", "scopes": ["x"] })),
        ),
        ("owner", &API_KEYS, "unprocessable", Create(json!({ "member_id": "@none:mem", "name": "Bot" }))),
        (
            "owner",
            &API_KEYS,
            "unprocessable",
            Create(json!({ "member_id": "@mem", "name": "Bot", "expires_at": "2026-01-01T00:00:00Z" })),
        ),
        ("viewer", &API_KEYS, "forbidden", Create(json!({ "member_id": "@mem", "name": "Bot" }))),
        ("owner", &API_KEYS, "ok", Get("@made")),
        ("owner", &API_KEYS, "not_found", Get("@none:key")),
        ("owner", &API_KEYS, "ok", List(json!({ "member": "@mem" }))),
        ("viewer", &API_KEYS, "forbidden", List(json!({}))),
        ("owner", &API_KEYS, "ok", Remove("@made", 0)),
        ("owner", &API_KEYS, "not_found", Remove("@made", 0)),
        ("owner", &OAUTH_CLIENTS, "ok", Create(client())),
        ("owner", &OAUTH_CLIENTS, "already_exists", Create(client())),
        ("owner", &OAUTH_CLIENTS, "unprocessable", Create(with(client(), "scopes", json!(["x"])))),
        ("owner", &OAUTH_CLIENTS, "unprocessable", Create(with(client(), "member_id", json!("@none:mem")))),
        ("owner", &OAUTH_CLIENTS, "unprocessable", Create(with(client(), "member_id", json!("@mem")))),
        ("viewer", &OAUTH_CLIENTS, "forbidden", Create(client())),
        ("owner", &OAUTH_CLIENTS, "ok", Get("@made")),
        ("owner", &OAUTH_CLIENTS, "not_found", Get("@none:ocl")),
        ("owner", &OAUTH_CLIENTS, "ok", List(json!({ "member": "@machine" }))),
        ("owner", &OAUTH_CLIENTS, "ok", List(json!({ "external_ref": "idp:7" }))),
        ("viewer", &OAUTH_CLIENTS, "forbidden", List(json!({}))),
        ("owner", &OAUTH_CLIENTS, "ok", Remove("@made", 0)),
        ("owner", &OAUTH_CLIENTS, "not_found", Remove("@made", 0)),
        ("owner", &IDENTITY_PROVIDERS, "ok", Create(provider())),
        ("owner", &IDENTITY_PROVIDERS, "already_exists", Create(provider())),
        (
            "owner",
            &IDENTITY_PROVIDERS,
            "already_exists",
            Create(with(provider(), "name", json!("The same again"))),
        ),
        (
            "owner",
            &IDENTITY_PROVIDERS,
            "unprocessable",
            Create(with(provider(), "issuer", json!("directory"))),
        ),
        (
            "owner",
            &IDENTITY_PROVIDERS,
            "unprocessable",
            Create(with(provider(), "issuer", json!("http://idp.example.com"))),
        ),
        ("owner", &IDENTITY_PROVIDERS, "unprocessable", Create(with(provider(), "algorithms", json!([])))),
        ("owner", &IDENTITY_PROVIDERS, "unprocessable", Create(with(provider(), "role_claim", Value::Null))),
        ("manager", &IDENTITY_PROVIDERS, "forbidden", Create(provider())),
        ("owner", &IDENTITY_PROVIDERS, "ok", Get("@made")),
        ("auditor", &IDENTITY_PROVIDERS, "ok", Get("@made")),
        ("viewer", &IDENTITY_PROVIDERS, "forbidden", Get("@made")),
        ("owner", &IDENTITY_PROVIDERS, "not_found", Get("@none:idp")),
        ("owner", &IDENTITY_PROVIDERS, "stale_version", Update("@made", 2, json!({ "name": "X" }))),
        (
            "owner",
            &IDENTITY_PROVIDERS,
            "ok",
            Update("@made", 1, json!({ "enabled": false, "role_claim": null, "role_rules": [] })),
        ),
        ("owner", &IDENTITY_PROVIDERS, "already_exists", Update("@made", 2, json!({ "name": "Directory" }))),
        ("owner", &IDENTITY_PROVIDERS, "unprocessable", Update("@made", 2, json!({ "scopes": ["x"] }))),
        ("manager", &IDENTITY_PROVIDERS, "forbidden", Update("@made", 2, json!({ "name": "X" }))),
        ("owner", &IDENTITY_PROVIDERS, "ok", List(json!({}))),
        ("owner", &IDENTITY_PROVIDERS, "ok", List(json!({ "external_ref": "grc:acme" }))),
        ("manager", &IDENTITY_PROVIDERS, "forbidden", Remove("@made", 2)),
        ("owner", &IDENTITY_PROVIDERS, "ok", Remove("@made", 2)),
        ("owner", &INVITATIONS, "ok", Create(invitation())),
        ("manager", &INVITATIONS, "forbidden", Create(with(invitation(), "role", json!("owner")))),
        ("viewer", &INVITATIONS, "forbidden", Create(invitation())),
        (
            "owner",
            &INVITATIONS,
            "unprocessable",
            Create(with(with(invitation(), "role", json!("auditor")), "access_ends_on", Value::Null)),
        ),
        ("owner", &INVITATIONS, "unprocessable", Create(with(invitation(), "email", json!("nobody")))),
        ("owner", &INVITATIONS, "unprocessable", Create(with(invitation(), "expires_at", json!(NOW)))),
        ("manager", &INVITATIONS, "ok", Get("@made")),
        ("viewer", &INVITATIONS, "forbidden", Get("@made")),
        ("owner", &INVITATIONS, "not_found", Get("@none:inv")),
        ("owner", &INVITATIONS, "ok", List(json!({}))),
        ("owner", &INVITATIONS, "ok", List(json!({ "email": "new@acme.example" }))),
        ("viewer", &INVITATIONS, "forbidden", Remove("@made", 0)),
        ("owner", &INVITATIONS, "ok", Remove("@made", 0)),
        ("owner", &INVITATIONS, "conflict", Remove("@made", 0)),
        ("owner", &INVITATIONS, "not_found", Remove("@none:inv", 0)),
        ("owner", &CONTROLS, "ok", Create(control())),
        ("owner", &CONTROLS, "already_exists", Create(control())),
        (
            "owner",
            &CONTROLS,
            "unprocessable",
            Create(with(with(control(), "code", json!("AC-03")), "owner", json!("@none:mem"))),
        ),
        ("owner", &CONTROLS, "unprocessable", Create(with(control(), "freshness_days", json!(0)))),
        (
            "owner",
            &CONTROLS,
            "unprocessable",
            Create(with(control(), "requirements", json!([{ "framework": "pci", "id": "1" }]))),
        ),
        ("viewer", &CONTROLS, "forbidden", Create(control())),
        ("owner", &CONTROLS, "ok", Get("@made")),
        ("owner", &CONTROLS, "not_found", Get("@none:ctl")),
        ("owner", &CONTROLS, "stale_version", Update("@made", 4, json!({ "title": "X" }))),
        (
            "owner",
            &CONTROLS,
            "ok",
            Update("@made", 1, json!({ "status": "implemented", "freshness_days": null })),
        ),
        ("owner", &CONTROLS, "unprocessable", Update("@made", 2, json!({ "owner": "@none:mem" }))),
        ("owner", &CONTROLS, "already_exists", Update("@made", 2, json!({ "code": "acme-01" }))),
        ("owner", &CONTROLS, "ok", List(json!({ "status": "implemented" }))),
        ("owner", &CONTROLS, "ok", List(json!({ "requirement": "CC6.1", "owner": "@mem" }))),
        ("owner", &CONTROLS, "ok", List(json!({ "framework": "iso27001-2022" }))),
        ("owner", &CONTROLS, "ok", List(json!({ "external_ref": "jira:acme" }))),
        ("owner", &CONTROLS, "in_use", Remove("@ctl", 1)),
        ("integration", &CONTROLS, "forbidden", Remove("@made", 2)),
        ("owner", &CONTROLS, "ok", Remove("@made", 2)),
        ("owner", &CONTROL_TESTS, "ok", Create(test())),
        ("owner", &CONTROL_TESTS, "unprocessable", Create(with(test(), "performed_on", json!("2026-11-25")))),
        ("owner", &CONTROL_TESTS, "unprocessable", Create(with(test(), "tester", json!("@none:mem")))),
        ("auditor", &CONTROL_TESTS, "forbidden", Create(test())),
        ("owner", &CONTROL_TESTS, "ok", Get("@made")),
        ("owner", &CONTROL_TESTS, "not_found", Get("@none:tst")),
        ("owner", &CONTROL_TESTS, "stale_version", Update("@made", 2, json!({ "procedure": "X" }))),
        (
            "owner",
            &CONTROL_TESTS,
            "ok",
            Update("@made", 1, json!({ "procedure": "Read it twice", "next_due": null })),
        ),
        (
            "owner",
            &CONTROL_TESTS,
            "unprocessable",
            Update("@made", 2, json!({ "exceptions": ["One leaver"] })),
        ),
        ("owner", &CONTROL_TESTS, "ok", List(json!({ "result": "passed" }))),
        ("owner", &CONTROL_TESTS, "ok", List(json!({ "external_ref": "tracker:T-1" }))),
        ("owner", &CONTROL_TESTS, "invalid_parameter", List(json!({ "external_ref": "T-1" }))),
        ("owner", &CONTROL_TESTS, "already_exists", Create(test())),
        ("owner", &CONTROL_TESTS, "ok", List(json!({ "result": "failed", "kind": "design" }))),
        ("contributor", &CONTROL_TESTS, "forbidden", Remove("@made", 2)),
        ("owner", &CONTROL_TESTS, "ok", Remove("@made", 2)),
        ("owner", &CONTROL_TESTS, "not_found", Remove("@made", 2)),
        ("owner", &RISKS, "ok", Create(risk())),
        ("owner", &RISKS, "already_exists", Create(risk())),
        ("owner", &RISKS, "unprocessable", Create(with(other_risk(), "controls", json!(["@none:ctl"])))),
        ("owner", &RISKS, "unprocessable", Create(with(other_risk(), "controls", json!(["@ctl", "@ctl"])))),
        ("owner", &RISKS, "unprocessable", Create(with(other_risk(), "owner", json!("@none:mem")))),
        ("owner", &RISKS, "unprocessable", Create(with(other_risk(), "system", json!("@none:sys")))),
        (
            "owner",
            &RISKS,
            "unprocessable",
            Create(with(risk(), "residual", json!({ "likelihood": 6, "impact": 0 }))),
        ),
        ("auditor", &RISKS, "forbidden", Create(risk())),
        ("viewer", &RISKS, "ok", Get("@made")),
        ("owner", &RISKS, "not_found", Get("@none:rsk")),
        ("owner", &RISKS, "stale_version", Update("@made", 2, json!({ "title": "X" }))),
        (
            "owner",
            &RISKS,
            "ok",
            Update(
                "@made",
                1,
                json!({ "residual": { "likelihood": 1, "impact": 2 }, "category": null, "affects": [] }),
            ),
        ),
        ("owner", &RISKS, "already_exists", Update("@made", 2, json!({ "code": "acme-R1" }))),
        (
            "owner",
            &RISKS,
            "unprocessable",
            Update("@made", 2, json!({ "inherent": { "likelihood": 1, "impact": 7 } })),
        ),
        (
            "owner",
            &RISKS,
            "ok",
            List(json!({ "status": "in_treatment", "treatment": "modify", "owner": "@mem" })),
        ),
        ("owner", &RISKS, "ok", List(json!({ "control": "@ctl", "category": "Suppliers" }))),
        ("owner", &RISKS, "ok", List(json!({ "level": "low" }))),
        ("owner", &RISKS, "unprocessable", List(json!({ "level": "dreadful" }))),
        ("owner", &RISKS, "ok", List(json!({ "above_appetite": false, "review_before": "2027-06-30" }))),
        ("owner", &RISKS, "ok", List(json!({ "acceptance_state": "expired", "as_of": "2027-04-01" }))),
        ("owner", &RISKS, "ok", List(json!({ "acceptance_state": "none" }))),
        ("owner", &RISKS, "ok", List(json!({ "external_ref": "jira:acme" }))),
        ("contributor", &RISKS, "forbidden", Remove("@made", 2)),
        ("owner", &RISKS, "ok", Remove("@made", 2)),
        (
            "manager",
            &RISK_ACCEPTANCES,
            "ok",
            Create(json!({ "until": "2027-02-28", "reason": "It is rare", "expected_version": 2 })),
        ),
        (
            "manager",
            &RISK_ACCEPTANCES,
            "stale_version",
            Create(json!({ "until": "2027-02-28", "reason": "It is rare", "expected_version": 2 })),
        ),
        (
            "manager",
            &RISK_ACCEPTANCES,
            "unprocessable",
            Create(json!({ "until": "2026-02-28", "reason": "It is rare" })),
        ),
        (
            "contributor",
            &RISK_ACCEPTANCES,
            "forbidden",
            Create(json!({ "until": "2027-02-28", "reason": "It is rare" })),
        ),
        ("owner", &EVIDENCE, "ok", Create(statement())),
        ("owner", &EVIDENCE, "unprocessable", Create(with(statement(), "kind", json!("link")))),
        ("owner", &EVIDENCE, "unprocessable", Create(with(statement(), "controls", json!(["@ctl", "@ctl"])))),
        ("owner", &EVIDENCE, "unprocessable", Create(with(statement(), "controls", json!(["@none:ctl"])))),
        ("owner", &EVIDENCE, "unprocessable", Create(with(statement(), "risks", json!(["@none:rsk"])))),
        ("owner", &EVIDENCE, "unprocessable", Create(with(statement(), "owner", json!("@none:mem")))),
        ("owner", &EVIDENCE, "unprocessable", Create(with(statement(), "covers_to", json!("2026-01-01")))),
        (
            "owner",
            &EVIDENCE,
            "already_exists",
            Create(with(statement(), "external_refs", json!([{ "system": "jira", "id": "acme" }]))),
        ),
        ("viewer", &EVIDENCE, "forbidden", Create(statement())),
        ("auditor", &EVIDENCE, "ok", Get("@made")),
        ("owner", &EVIDENCE, "not_found", Get("@none:evd")),
        ("owner", &EVIDENCE, "stale_version", Update("@made", 2, json!({ "title": "X" }))),
        ("owner", &EVIDENCE, "ok", Update("@made", 1, json!({ "title": "Read again", "valid_until": null }))),
        ("owner", &EVIDENCE, "unprocessable", Update("@made", 2, json!({ "covers_from": null }))),
        ("owner", &EVIDENCE, "unprocessable", Update("@made", 2, json!({ "controls": ["@none:ctl"] }))),
        ("contributor", &EVIDENCE, "ok", Step(SUBMIT, "@made", 2, Value::Null)),
        ("contributor", &EVIDENCE, "conflict", Step(SUBMIT, "@made", 3, Value::Null)),
        ("contributor", &EVIDENCE, "forbidden", Step(ACCEPT, "@made", 3, Value::Null)),
        ("owner", &EVIDENCE, "stale_version", Step(ACCEPT, "@made", 2, Value::Null)),
        ("owner", &EVIDENCE, "conflict", Update("@made", 3, json!({ "covers_to": "2026-10-31" }))),
        ("owner", &EVIDENCE, "ok", Step(REJECT, "@made", 3, json!({ "reason": "It shows June only." }))),
        ("owner", &EVIDENCE, "ok", Step(WITHDRAW, "@made", 4, Value::Null)),
        ("owner", &EVIDENCE, "ok", Step(SUBMIT, "@made", 5, Value::Null)),
        ("owner", &EVIDENCE, "conflict", Step(ACCEPT, "@made", 6, Value::Null)),
        ("manager", &EVIDENCE, "ok", Step(ACCEPT, "@made", 6, Value::Null)),
        ("owner", &EVIDENCE, "conflict", Step(WITHDRAW, "@made", 7, Value::Null)),
        ("owner", &EVIDENCE, "unprocessable", Step(RENEW, "@made", 7, json!({ "url": "https://a.example" }))),
        ("owner", &EVIDENCE, "ok", Step(RENEW, "@made", 7, json!({ "statement": "Looked at again." }))),
        ("owner", &EVIDENCE, "conflict", Remove("@made", 8)),
        ("integration", &EVIDENCE, "forbidden", Remove("@evd", 2)),
        ("owner", &EVIDENCE, "ok", List(json!({ "control": "@ctl", "covers": "2026-01-01..2026-12-31" }))),
        ("owner", &EVIDENCE, "ok", List(json!({ "state": "stale", "as_of": "2027-01-01", "owner": "@mem" }))),
        (
            "owner",
            &EVIDENCE,
            "ok",
            List(json!({ "review": "draft", "kind": "file", "requirement": "CC6.1" })),
        ),
        ("owner", &EVIDENCE, "ok", List(json!({ "framework": "soc2-2017", "external_ref": "jira:acme" }))),
        ("owner", &EVIDENCE, "ok", List(json!({ "risk": "@rsk" }))),
        ("contributor", &EVIDENCE, "forbidden", Update("@evd", 2, json!({ "restricted": false }))),
        ("owner", &EVIDENCE, "conflict", Update("@evd", 2, json!({ "restricted": false }))),
        ("owner", &EVIDENCE, "in_use", Remove("@evd", 2)),
        ("owner", &EVIDENCE, "ok", Remove("@statement", 1)),
        ("owner", &EVIDENCE, "not_found", Remove("@statement", 1)),
        ("owner", &CERTIFICATION_BODIES, "ok", Create(accredited())),
        ("owner", &CERTIFICATION_BODIES, "already_exists", Create(accredited())),
        (
            "owner",
            &CERTIFICATION_BODIES,
            "unprocessable",
            Create(json!({ "name": "Half", "accreditations": [
                { "accreditation_body": "AB", "scope": "ISO 9001", "granted_on": "2026-01-01", "lost_on": "2026-02-01" }
            ] })),
        ),
        ("viewer", &CERTIFICATION_BODIES, "forbidden", Create(json!({ "name": "Other" }))),
        ("owner", &CERTIFICATION_BODIES, "ok", Get("@made")),
        ("owner", &CERTIFICATION_BODIES, "not_found", Get("@none:cbo")),
        ("owner", &CERTIFICATION_BODIES, "stale_version", Update("@made", 2, json!({ "name": "X" }))),
        (
            "owner",
            &CERTIFICATION_BODIES,
            "ok",
            Update("@made", 1, json!({ "accreditations": [], "website": null })),
        ),
        ("owner", &CERTIFICATION_BODIES, "already_exists", Update("@made", 2, json!({ "name": "CB" }))),
        ("owner", &CERTIFICATION_BODIES, "ok", List(json!({ "external_ref": "grc:acme" }))),
        ("owner", &CERTIFICATION_BODIES, "in_use", Remove("@cbo", 1)),
        ("contributor", &CERTIFICATION_BODIES, "forbidden", Remove("@made", 2)),
        ("owner", &CERTIFICATION_BODIES, "ok", Remove("@made", 2)),
        ("owner", &CERTIFICATIONS, "ok", Create(certificate())),
        ("owner", &CERTIFICATIONS, "already_exists", Create(certificate())),
        (
            "owner",
            &CERTIFICATIONS,
            "unprocessable",
            Create(with(
                with(certificate(), "number", json!("N-3")),
                "certification_body",
                json!("@none:cbo"),
            )),
        ),
        (
            "owner",
            &CERTIFICATIONS,
            "unprocessable",
            Create(with(certificate(), "printed", json!({ "expires_on": "2028-03-10" }))),
        ),
        ("auditor", &CERTIFICATIONS, "forbidden", Create(certificate())),
        ("owner", &CERTIFICATIONS, "ok", Get("@made")),
        ("owner", &CERTIFICATIONS, "not_found", Get("@none:crt")),
        ("owner", &CERTIFICATIONS, "ok", KnownAt("@made", "2020-01-01T00:00:00Z")),
        ("owner", &CERTIFICATIONS, "stale_version", Update("@made", 2, json!({ "revision": "2" }))),
        ("owner", &CERTIFICATIONS, "ok", Update("@made", 1, json!({ "revision": "2", "soa_version": null }))),
        ("owner", &CERTIFICATIONS, "already_exists", Update("@made", 2, json!({ "number": "ISMS-1" }))),
        (
            "owner",
            &CERTIFICATIONS,
            "ok",
            List(json!({ "certification_body": "@cbo", "expires_before": "2029-01-01" })),
        ),
        ("owner", &CERTIFICATIONS, "ok", List(json!({ "external_ref": "grc:acme", "as_of": "2028-04-01" }))),
        (
            "owner",
            &CERTIFICATION_EVENTS,
            "ok",
            Create(
                json!({ "type": "surveillance_completed", "started_on": "2026-11-02", "ended_on": "2026-11-04" }),
            ),
        ),
        ("owner", &CERTIFICATION_EVENTS, "unprocessable", Create(json!({ "type": "stage_2_completed" }))),
        ("owner", &CERTIFICATION_EVENTS, "unprocessable", Create(json!({ "type": "suspended" }))),
        (
            "owner",
            &CERTIFICATION_EVENTS,
            "unprocessable",
            Create(json!({ "type": "stage_2_completed", "ended_on": "2025-02-20", "before": "@none:cev" })),
        ),
        (
            "owner",
            &CERTIFICATION_EVENTS,
            "unprocessable",
            Create(json!({ "type": "withdrawn", "effective_on": "2026-11-03", "reason": "Asked for",
                "details": { "part": "A site" } })),
        ),
        (
            "owner",
            &CERTIFICATION_EVENTS,
            "rule_breached",
            Create(json!({ "type": "suspension_lifted", "effective_on": "2026-11-05" })),
        ),
        (
            "owner",
            &CERTIFICATION_EVENTS,
            "ok",
            Create(
                json!({ "type": "suspension_lifted", "effective_on": "2026-11-05", "acknowledge": ["A.4"],
                "reason": "It was suspended without notice" }),
            ),
        ),
        (
            "owner",
            &CERTIFICATION_EVENTS,
            "ok",
            Create(
                json!({ "type": "suspended", "effective_on": "2026-11-06", "reason": "No audit was allowed" }),
            ),
        ),
        (
            "viewer",
            &CERTIFICATION_EVENTS,
            "forbidden",
            Create(json!({ "type": "stage_2_completed", "ended_on": "2025-01-01" })),
        ),
        ("owner", &CERTIFICATION_EVENTS, "ok", Get("@made")),
        ("owner", &CERTIFICATION_EVENTS, "not_found", Get("@none:cev")),
        (
            "owner",
            &CERTIFICATION_EVENTS,
            "stale_version",
            Update("@made", 2, json!({ "void_reason": "Twice" })),
        ),
        (
            "integration",
            &CERTIFICATION_EVENTS,
            "forbidden",
            Update("@made", 1, json!({ "void_reason": "Twice" })),
        ),
        ("owner", &CERTIFICATION_EVENTS, "ok", Update("@made", 1, json!({ "void_reason": "Twice" }))),
        ("owner", &CERTIFICATION_EVENTS, "conflict", Update("@made", 2, json!({ "void_reason": "Twice" }))),
        ("owner", &ATTESTATIONS, "ok", Create(engagement())),
        (
            "owner",
            &ATTESTATIONS,
            "unprocessable",
            Create(with(engagement(), "systems", json!(["@none:sys"]))),
        ),
        (
            "owner",
            &ATTESTATIONS,
            "unprocessable",
            Create(with(engagement(), "plan", json!({ "as_of": "2027-01-01" }))),
        ),
        (
            "owner",
            &ATTESTATIONS,
            "rule_breached",
            Create(with(
                with(with(engagement(), "plan", json!({})), "report", json!("type_1")),
                "printed",
                json!({
                    "scope": { "categories": ["security"] }, "auditor": { "firm": "Firm" }, "as_of": "2026-06-30",
                    "report_date": "2026-06-30", "opinion": "unqualified", "parts": [],
                }),
            )),
        ),
        ("viewer", &ATTESTATIONS, "forbidden", Create(engagement())),
        ("owner", &ATTESTATIONS, "ok", Get("@made")),
        ("owner", &ATTESTATIONS, "not_found", Get("@none:att")),
        ("owner", &ATTESTATIONS, "stale_version", Update("@made", 2, json!({ "boundary": "All" }))),
        (
            "owner",
            &ATTESTATIONS,
            "ok",
            Update(
                "@made",
                1,
                json!({ "boundary": "All of it", "description": { "dc_1": "Services", "none": [4] },
                                       "report_evidence": null }),
            ),
        ),
        (
            "owner",
            &ATTESTATIONS,
            "unprocessable",
            Update("@made", 2, json!({ "description": { "none": [1] } })),
        ),
        (
            "owner",
            &ATTESTATIONS,
            "unprocessable",
            Update("@made", 2, json!({ "report_evidence": "@none:evd" })),
        ),
        ("owner", &ATTESTATIONS, "ok", List(json!({ "scope": "Cloud platform", "state": "issued" }))),
        (
            "owner",
            &ATTESTATIONS,
            "ok",
            List(json!({ "report": "type_2", "currency": "current", "system": "@sys" })),
        ),
        (
            "owner",
            &ATTESTATIONS,
            "ok",
            List(json!({ "covers": "2026-01-01..2026-01-31", "as_of": "2026-10-01" })),
        ),
        (
            "owner",
            &ATTESTATIONS,
            "ok",
            List(json!({ "external_ref": "grc:acme", "known_at": "2020-01-01T00:00:00Z" })),
        ),
        ("owner", &ATTESTATION_EVENTS, "ok", Create(letter("2026-11-22"))),
        ("owner", &ATTESTATION_EVENTS, "rule_breached", Create(letter("2026-11-23"))),
        ("owner", &ATTESTATION_EVENTS, "rule_breached", Create(json!({ "type": "cancelled" }))),
        (
            "owner",
            &ATTESTATION_EVENTS,
            "ok",
            Create(with(
                with(letter("2026-11-23"), "acknowledge", json!(["D-18"])),
                "reason",
                json!("It says so"),
            )),
        ),
        (
            "owner",
            &ATTESTATION_EVENTS,
            "unprocessable",
            Create(with(letter("2026-11-23"), "acknowledge", json!(["D-18"]))),
        ),
        ("owner", &ATTESTATION_EVENTS, "unprocessable", Create(json!({ "type": "issued" }))),
        ("viewer", &ATTESTATION_EVENTS, "forbidden", Create(letter("2026-11-22"))),
        ("owner", &ATTESTATION_EVENTS, "ok", Get("@made")),
        ("owner", &ATTESTATION_EVENTS, "not_found", Get("@none:aev")),
        (
            "owner",
            &ATTESTATION_EVENTS,
            "stale_version",
            Update("@made", 2, json!({ "void_reason": "Twice" })),
        ),
        (
            "contributor",
            &ATTESTATION_EVENTS,
            "forbidden",
            Update("@made", 1, json!({ "void_reason": "Twice" })),
        ),
        ("owner", &ATTESTATION_EVENTS, "ok", Update("@made", 1, json!({ "void_reason": "Twice" }))),
        ("owner", &ATTESTATION_EVENTS, "conflict", Update("@made", 2, json!({ "void_reason": "Twice" }))),
        ("owner", &ATTESTATION_TESTS, "ok", Create(examined())),
        (
            "owner",
            &ATTESTATION_TESTS,
            "unprocessable",
            Create(with(examined(), "control", json!("@none:ctl"))),
        ),
        ("owner", &ATTESTATION_TESTS, "unprocessable", Create(with(examined(), "criterion", json!("A.5.1")))),
        ("owner", &ATTESTATION_TESTS, "unprocessable", Create(with(examined(), "exception", json!("Late")))),
        ("auditor", &ATTESTATION_TESTS, "forbidden", Create(examined())),
        ("owner", &ATTESTATION_TESTS, "ok", Get("@made")),
        ("owner", &ATTESTATION_TESTS, "not_found", Get("@none:ats")),
        (
            "owner",
            &ATTESTATION_TESTS,
            "ok",
            Update(
                "@made",
                1,
                json!({ "result": "exceptions", "exception": "One was late",
                                       "management_response": "It is planned now" }),
            ),
        ),
        ("owner", &ATTESTATION_TESTS, "unprocessable", Update("@made", 2, json!({ "exception": null }))),
        ("owner", &ATTESTATION_TESTS, "stale_version", Update("@made", 1, json!({ "procedure": "Looked" }))),
        ("contributor", &ATTESTATION_TESTS, "forbidden", Remove("@made", 2)),
        ("owner", &ATTESTATION_TESTS, "ok", Remove("@made", 2)),
        ("owner", &ATTESTATION_RELEASES, "ok", Create(json!({ "recipient": "Shop", "agreement": "NDA" }))),
        (
            "owner",
            &ATTESTATION_RELEASES,
            "unprocessable",
            Create(json!({ "recipient": "Shop", "agreement": "NDA", "released_on": "2026-11-01" })),
        ),
        (
            "contributor",
            &ATTESTATION_RELEASES,
            "forbidden",
            Create(json!({ "recipient": "Shop", "agreement": "NDA" })),
        ),
        ("owner", &ATTESTATION_RELEASES, "ok", Get("@made")),
        ("viewer", &ATTESTATION_RELEASES, "forbidden", Get("@made")),
        ("owner", &ATTESTATION_RELEASES, "not_found", Get("@none:rel")),
        ("owner", &ATTESTATION_RELEASES, "ok", Update("@made", 1, json!({ "void_reason": "Twice" }))),
        ("owner", &ATTESTATION_RELEASES, "conflict", Update("@made", 2, json!({ "void_reason": "Twice" }))),
        ("owner", &MILESTONES, "ok", Get("@mls")),
        ("owner", &MILESTONES, "not_found", Get("@none:mls")),
        ("owner", &MILESTONES, "stale_version", Update("@mls", 1, json!({ "planned_on": "2026-12-01" }))),
        ("owner", &MILESTONES, "ok", Update("@mls", 2, json!({ "planned_on": "2026-12-01", "owner": null }))),
        ("owner", &MILESTONES, "unprocessable", Update("@mls", 3, json!({ "owner": "@none:mem" }))),
        ("viewer", &MILESTONES, "forbidden", Update("@mls", 3, json!({ "planned_on": null }))),
        ("owner", &MILESTONES, "ok", List(json!({ "due_before": "2027-01-01" }))),
        ("owner", &MILESTONES, "ok", List(json!({ "owner": "@mem" }))),
        (
            "owner",
            &MILESTONES,
            "ok",
            List(json!({ "code": "surveillance_1", "state": ["upcoming", "open"] })),
        ),
    ]
}

/// As [`cases`], for the records of the management system.
fn isms_cases() -> Vec<Case> {
    let with = |mut value: Value, field: &str, other: Value| {
        value[field] = other;
        value
    };
    let policy = || json!({ "title": "Access", "text": "We care.", "owner": "@mem" });
    let document = || {
        json!({ "title": "Method", "number": "D-77", "format": "PDF", "storage": "Store", "access": "All staff",
                "retention": "Seven years", "disposal": "It is deleted", "clauses": ["6.1.2", "10.2"] })
    };
    let objective = || {
        json!({ "title": "Patched", "policy": "@pol", "complete_by": "2027-06-30", "measured_by": "@mem",
                "analysed_by": "@mem", "analysed_when": "Each quarter", "method": "CVSS",
                "measure": { "what": "Days", "unit": "d", "target": 7, "direction": "at_most" } })
    };
    let review =
        || json!({ "title": "Review", "planned_on": "2027-03-31", "attendees": [{ "member": "@mem" }] });
    let approval = || json!({ "approver": "@mem" });
    let scope = || json!({ "title": "Scope", "boundaries": "All.", "issues": ["@iss"], "parties": ["@pty"] });
    let assessment =
        || json!({ "title": "Again", "trigger": "interval", "planned_on": "2026-11-30", "risks": ["@rsk"] });
    let plan = || {
        json!({ "title": "Plan", "assessment": "@ras", "actions": [{ "risk": "@rsk", "controls": ["@ctl"],
                "text": "Find a second supplier", "responsible": "@mem", "due": "2027-03-31" }] })
    };
    let issue = || json!({ "title": "Laws", "kind": "external", "text": "There are more.", "owner": "@mem" });
    let climate = || {
        json!({ "title": "Climate", "relevant": true, "reason": "Heat closes data centers.",
                "decided_on": "2026-10-01", "owner": "@mem" })
    };
    let party = || {
        json!({ "name": "Customers", "owner": "@mem",
                "requirements": [{ "text": "Secrecy", "source": "Contract", "addressed": true }] })
    };
    let programme = || {
        json!({ "title": "Audits 2027", "period_from": "2027-01-01", "period_to": "2027-12-31", "owner": "@mem",
                "audits": [{ "area": "Clauses 4 to 10", "planned_on": "2027-03-31" }] })
    };
    let better =
        || json!({ "title": "Fewer forms", "source": "Somebody", "due_on": "2027-04-30", "owner": "@mem" });
    vec![
        ("contributor", &CONTEXT_ISSUES, "ok", Create(issue())),
        ("viewer", &CONTEXT_ISSUES, "forbidden", Create(issue())),
        ("owner", &CONTEXT_ISSUES, "unprocessable", Create(with(issue(), "owner", json!("@none:mem")))),
        ("owner", &CONTEXT_ISSUES, "not_found", Get("@none:iss")),
        (
            "owner",
            &CONTEXT_ISSUES,
            "unprocessable",
            Update("@made", 1, json!({ "reviewed_on": "2027-01-01" })),
        ),
        (
            "owner",
            &CONTEXT_ISSUES,
            "ok",
            Update("@made", 1, json!({ "reviewed_on": "2026-11-01", "owner": null })),
        ),
        ("owner", &CONTEXT_ISSUES, "stale_version", Update("@made", 1, json!({ "title": "Law" }))),
        ("owner", &CONTEXT_ISSUES, "ok", List(json!({ "status": "current", "due_before": "2027-11-30" }))),
        ("contributor", &CONTEXT_ISSUES, "forbidden", Remove("@made", 2)),
        ("owner", &CONTEXT_ISSUES, "ok", Remove("@made", 2)),
        ("owner", &CONTEXT_ISSUES, "in_use", Remove("@iss", 1)),
        ("owner", &CLIMATE_DECISIONS, "ok", Create(climate())),
        (
            "owner",
            &CLIMATE_DECISIONS,
            "unprocessable",
            Create(with(climate(), "decided_on", json!("2026-11-25"))),
        ),
        ("owner", &CLIMATE_DECISIONS, "not_found", Get("@none:cli")),
        ("auditor", &CLIMATE_DECISIONS, "ok", Get("@made")),
        (
            "owner",
            &CLIMATE_DECISIONS,
            "ok",
            Update("@made", 1, json!({ "relevant": false, "status": "retired" })),
        ),
        ("owner", &CLIMATE_DECISIONS, "ok", List(json!({ "status": "retired", "owner": "@mem" }))),
        ("owner", &CLIMATE_DECISIONS, "ok", Remove("@made", 2)),
        ("owner", &INTERESTED_PARTIES, "ok", Create(party())),
        ("owner", &INTERESTED_PARTIES, "unprocessable", Create(with(party(), "owner", json!("@none:mem")))),
        ("owner", &INTERESTED_PARTIES, "not_found", Get("@none:pty")),
        (
            "owner",
            &INTERESTED_PARTIES,
            "ok",
            Update("@made", 1, json!({ "name": "Clients", "requirements": [] })),
        ),
        ("owner", &INTERESTED_PARTIES, "ok", List(json!({ "due_after": "2027-11-01" }))),
        ("owner", &INTERESTED_PARTIES, "ok", Remove("@made", 2)),
        ("owner", &INTERESTED_PARTIES, "in_use", Remove("@pty", 1)),
        ("owner", &AUDIT_PROGRAMMES, "ok", Create(programme())),
        (
            "owner",
            &AUDIT_PROGRAMMES,
            "unprocessable",
            Create(with(programme(), "period_to", json!("2026-12-31"))),
        ),
        ("owner", &AUDIT_PROGRAMMES, "not_found", Get("@none:apr")),
        ("owner", &AUDIT_PROGRAMMES, "unprocessable", Update("@made", 1, json!({ "status": "active" }))),
        ("owner", &AUDIT_PROGRAMMES, "ok", Update("@made", 1, json!({ "frequency": "Every year" }))),
        ("owner", &AUDIT_PROGRAMMES, "ok", List(json!({ "status": "draft" }))),
        ("owner", &AUDIT_PROGRAMMES, "ok", Remove("@made", 2)),
        ("owner", &IMPROVEMENTS, "ok", Create(better())),
        ("owner", &IMPROVEMENTS, "unprocessable", Create(with(better(), "done_on", json!("2026-11-01")))),
        ("owner", &IMPROVEMENTS, "not_found", Get("@none:imp")),
        ("owner", &IMPROVEMENTS, "unprocessable", Update("@made", 1, json!({ "status": "done" }))),
        (
            "owner",
            &IMPROVEMENTS,
            "ok",
            Update("@made", 1, json!({ "status": "done", "done_on": "2026-11-20", "outcome": "One form." })),
        ),
        ("owner", &IMPROVEMENTS, "ok", List(json!({ "status": "done" }))),
        ("contributor", &IMPROVEMENTS, "forbidden", Remove("@made", 2)),
        ("owner", &IMPROVEMENTS, "ok", Remove("@made", 2)),
        ("contributor", &POLICIES, "ok", Create(policy())),
        ("viewer", &POLICIES, "forbidden", Create(policy())),
        ("owner", &POLICIES, "unprocessable", Create(json!({ "title": "Nowhere" }))),
        ("owner", &POLICIES, "unprocessable", Create(with(policy(), "owner", json!("@none:mem")))),
        ("auditor", &POLICIES, "ok", Get("@made")),
        ("owner", &POLICIES, "not_found", Get("@none:pol")),
        ("owner", &POLICIES, "stale_version", Update("@made", 2, json!({ "title": "Other" }))),
        ("contributor", &POLICIES, "forbidden", Step(APPROVE_POLICY, "@made", 1, approval())),
        (
            "owner",
            &POLICIES,
            "unprocessable",
            Step(APPROVE_POLICY, "@made", 1, json!({ "approver": "@none:mem" })),
        ),
        ("owner", &POLICIES, "stale_version", Step(APPROVE_POLICY, "@made", 2, approval())),
        ("owner", &POLICIES, "conflict", Step(RETIRE_POLICY, "@made", 1, Value::Null)),
        ("owner", &POLICIES, "conflict", Step(DISCARD_POLICY, "@made", 1, Value::Null)),
        ("owner", &POLICIES, "ok", Step(APPROVE_POLICY, "@made", 1, approval())),
        ("owner", &POLICIES, "conflict", Step(APPROVE_POLICY, "@made", 2, approval())),
        ("owner", &POLICIES, "conflict", Update("@made", 2, json!({ "text": "Other words." }))),
        ("owner", &POLICIES, "ok", Update("@made", 2, json!({ "review_on": "2027-05-31" }))),
        ("owner", &POLICIES, "in_use", Remove("@made", 3)),
        ("integration", &POLICIES, "ok", Step(REVISE_POLICY, "@made", 3, Value::Null)),
        ("owner", &POLICIES, "conflict", Step(REVISE_POLICY, "@made", 4, Value::Null)),
        ("contributor", &POLICIES, "ok", Update("@made", 4, json!({ "text": "Other words." }))),
        ("viewer", &POLICIES, "forbidden", Step(DISCARD_POLICY, "@made", 5, Value::Null)),
        ("owner", &POLICIES, "not_found", Step(DISCARD_POLICY, "@none:pol", 5, Value::Null)),
        ("owner", &POLICIES, "stale_version", Step(DISCARD_POLICY, "@made", 4, Value::Null)),
        ("contributor", &POLICIES, "ok", Step(DISCARD_POLICY, "@made", 5, Value::Null)),
        ("owner", &POLICIES, "conflict", Step(DISCARD_POLICY, "@made", 6, Value::Null)),
        ("owner", &POLICIES, "ok", Step(REVISE_POLICY, "@made", 6, Value::Null)),
        ("owner", &POLICIES, "ok", List(json!({ "status": "draft", "owner": "@mem" }))),
        ("owner", &POLICIES, "ok", List(json!({ "due_before": "2027-12-31", "due_after": "2027-01-01" }))),
        ("owner", &POLICIES, "ok", List(json!({ "external_ref": "grc:acme" }))),
        ("manager", &DOCUMENTS, "ok", Create(document())),
        ("owner", &DOCUMENTS, "already_exists", Create(document())),
        ("owner", &DOCUMENTS, "unprocessable", Create(with(document(), "clauses", json!(["A.5.1"])))),
        ("owner", &DOCUMENTS, "not_found", Get("@none:doc")),
        ("owner", &DOCUMENTS, "ok", Update("@made", 1, json!({ "retention": null }))),
        ("owner", &DOCUMENTS, "conflict", Step(APPROVE_DOCUMENT, "@made", 2, approval())),
        ("owner", &DOCUMENTS, "ok", Update("@made", 2, json!({ "retention": "Ten years" }))),
        ("owner", &DOCUMENTS, "ok", Step(APPROVE_DOCUMENT, "@made", 3, approval())),
        ("owner", &DOCUMENTS, "ok", Step(RETIRE_DOCUMENT, "@made", 4, Value::Null)),
        ("owner", &DOCUMENTS, "ok", Step(REVISE_DOCUMENT, "@made", 5, Value::Null)),
        ("owner", &DOCUMENTS, "ok", Step(DISCARD_DOCUMENT, "@made", 6, Value::Null)),
        ("owner", &DOCUMENTS, "ok", List(json!({ "status": "retired" }))),
        ("owner", &DOCUMENTS, "ok", Step(REVISE_DOCUMENT, "@made", 7, Value::Null)),
        ("owner", &DOCUMENTS, "ok", List(json!({ "status": "draft" }))),
        ("owner", &OBJECTIVES, "ok", Create(objective())),
        ("owner", &OBJECTIVES, "unprocessable", Create(with(objective(), "policy", json!("@none:pol")))),
        ("owner", &OBJECTIVES, "unprocessable", Create(with(objective(), "analysed_by", json!("@none:mem")))),
        (
            "owner",
            &OBJECTIVES,
            "unprocessable",
            Create(with(objective(), "not_measurable", json!("It is so."))),
        ),
        ("owner", &OBJECTIVES, "unprocessable", Update("@made", 1, json!({ "status": "achieved" }))),
        (
            "owner",
            &OBJECTIVES,
            "ok",
            Update("@made", 1, json!({ "measure_every_months": 1, "policy": null })),
        ),
        ("owner", &OBJECTIVES, "ok", List(json!({ "status": "active" }))),
        ("owner", &OBJECTIVES, "ok", Remove("@made", 2)),
        ("owner", &OBJECTIVES, "in_use", Remove("@obj", 2)),
        ("viewer", &OBJECTIVE_MEASUREMENTS, "forbidden", Create(json!({ "value": 96.5 }))),
        (
            "owner",
            &OBJECTIVE_MEASUREMENTS,
            "unprocessable",
            Create(json!({ "value": 96.5, "on": "2027-11-24" })),
        ),
        (
            "owner",
            &OBJECTIVE_MEASUREMENTS,
            "unprocessable",
            Create(json!({ "value": 96.5, "by": "@none:mem" })),
        ),
        ("owner", &OBJECTIVE_MEASUREMENTS, "ok", Create(json!({ "value": 96.5, "by": "@mem" }))),
        ("owner", &OBJECTIVE_MEASUREMENTS, "ok", Get("@made")),
        ("owner", &OBJECTIVE_MEASUREMENTS, "not_found", Get("@none:mea")),
        (
            "owner",
            &OBJECTIVE_MEASUREMENTS,
            "stale_version",
            Update("@made", 2, json!({ "void_reason": "X" })),
        ),
        (
            "owner",
            &OBJECTIVE_MEASUREMENTS,
            "ok",
            Update("@made", 1, json!({ "void_reason": "Entered twice" })),
        ),
        ("owner", &OBJECTIVE_MEASUREMENTS, "conflict", Update("@made", 2, json!({ "void_reason": "X" }))),
        ("owner", &SCOPE_STATEMENTS, "ok", Create(scope())),
        ("owner", &SCOPE_STATEMENTS, "unprocessable", Create(with(scope(), "issues", json!(["@none:iss"])))),
        (
            "owner",
            &SCOPE_STATEMENTS,
            "unprocessable",
            Create(with(scope(), "parties", json!(["@pty", "@pty"]))),
        ),
        ("owner", &SCOPE_STATEMENTS, "conflict", Step(APPROVE_SCOPE, "@made", 1, approval())),
        ("owner", &SCOPE_STATEMENTS, "ok", Update("@made", 1, json!({ "applicability": "Everybody" }))),
        ("owner", &SCOPE_STATEMENTS, "ok", Step(APPROVE_SCOPE, "@made", 2, approval())),
        ("owner", &SCOPE_STATEMENTS, "conflict", Update("@made", 3, json!({ "issues": [] }))),
        ("owner", &SCOPE_STATEMENTS, "ok", List(json!({ "status": "approved" }))),
        ("owner", &SCOPE_STATEMENTS, "ok", Step(REVISE_SCOPE, "@made", 3, Value::Null)),
        ("owner", &SCOPE_STATEMENTS, "ok", Update("@made", 4, json!({ "title": "Wider", "issues": [] }))),
        ("owner", &SCOPE_STATEMENTS, "ok", Step(DISCARD_SCOPE, "@made", 5, Value::Null)),
        ("owner", &RISK_ASSESSMENTS, "ok", Create(assessment())),
        (
            "owner",
            &RISK_ASSESSMENTS,
            "unprocessable",
            Create(with(assessment(), "risks", json!(["@none:rsk"]))),
        ),
        ("owner", &RISK_ASSESSMENTS, "conflict", Step(COMPLETE_ASSESSMENT, "@made", 1, json!({}))),
        (
            "owner",
            &RISK_ASSESSMENTS,
            "ok",
            Update("@made", 1, json!({ "method": "ISO/IEC 27005", "acceptance_criteria": "Low ones." })),
        ),
        ("viewer", &RISK_ASSESSMENTS, "forbidden", Step(COMPLETE_ASSESSMENT, "@made", 2, json!({}))),
        (
            "owner",
            &RISK_ASSESSMENTS,
            "ok",
            Step(COMPLETE_ASSESSMENT, "@made", 2, json!({ "summary": "Done." })),
        ),
        ("owner", &RISK_ASSESSMENTS, "conflict", Update("@made", 3, json!({ "summary": "Other." }))),
        ("owner", &RISK_ASSESSMENTS, "in_use", Remove("@made", 3)),
        ("owner", &RISK_ASSESSMENTS, "ok", List(json!({ "status": "completed" }))),
        ("owner", &TREATMENT_PLANS, "ok", Create(plan())),
        ("owner", &TREATMENT_PLANS, "unprocessable", Create(with(plan(), "assessment", json!("@none:ras")))),
        (
            "owner",
            &TREATMENT_PLANS,
            "unprocessable",
            Update(
                "@made",
                1,
                json!({ "actions": [{ "risk": "@rsk", "text": "Try", "result": "It works" }] }),
            ),
        ),
        ("owner", &TREATMENT_PLANS, "conflict", Step(APPROVE_PLAN, "@made", 1, approval())),
        ("owner", &TREATMENT_PLANS, "conflict", Step(OWN_RISK, "@made", 1, json!({}))),
        (
            "owner",
            &TREATMENT_PLANS,
            "unprocessable",
            Step(OWN_RISK, "@made", 1, json!({ "risk_owner": "@none:mem" })),
        ),
        (
            "contributor",
            &TREATMENT_PLANS,
            "forbidden",
            Step(OWN_RISK, "@made", 1, json!({ "risk_owner": "@mem" })),
        ),
        ("owner", &TREATMENT_PLANS, "ok", Step(OWN_RISK, "@made", 1, json!({ "risk_owner": "@mem" }))),
        ("owner", &TREATMENT_PLANS, "ok", Step(APPROVE_PLAN, "@made", 2, approval())),
        ("owner", &TREATMENT_PLANS, "conflict", Update("@made", 3, json!({ "actions": [] }))),
        ("owner", &TREATMENT_PLANS, "ok", Step(REVISE_PLAN, "@made", 3, Value::Null)),
        ("owner", &TREATMENT_PLANS, "ok", Update("@made", 4, json!({ "title": "Other", "actions": [] }))),
        ("owner", &TREATMENT_PLANS, "ok", Step(DISCARD_PLAN, "@made", 5, Value::Null)),
        (
            "owner",
            &COMPETENCE_RECORDS,
            "ok",
            Create(json!({ "title": "Auditor", "need": "Knows how.", "person": "@mem" })),
        ),
        (
            "owner",
            &COMPETENCE_RECORDS,
            "unprocessable",
            Create(json!({ "title": "Auditor", "need": "Knows how.", "person": "@none:mem" })),
        ),
        ("owner", &COMPETENCE_RECORDS, "unprocessable", Update("@made", 1, json!({ "status": "competent" }))),
        (
            "owner",
            &COMPETENCE_RECORDS,
            "ok",
            Update("@made", 1, json!({ "status": "competent", "evidence": "A certificate." })),
        ),
        ("owner", &COMPETENCE_RECORDS, "ok", List(json!({ "status": "competent", "owner": "@mem" }))),
        ("owner", &COMPETENCE_RECORDS, "ok", Remove("@made", 2)),
        ("owner", &MANAGEMENT_REVIEWS, "ok", Create(review())),
        (
            "owner",
            &MANAGEMENT_REVIEWS,
            "unprocessable",
            Create(with(review(), "attendees", json!([{ "member": "@none:mem" }]))),
        ),
        (
            "owner",
            &MANAGEMENT_REVIEWS,
            "unprocessable",
            Update("@made", 1, json!({ "held_on": "2027-03-31" })),
        ),
        ("owner", &MANAGEMENT_REVIEWS, "ok", Update("@made", 1, json!({ "changes_needed": "none" }))),
        ("owner", &MANAGEMENT_REVIEWS, "ok", List(json!({ "status": "planned" }))),
        ("contributor", &MANAGEMENT_REVIEWS, "forbidden", Remove("@made", 2)),
        ("owner", &MANAGEMENT_REVIEWS, "ok", Remove("@made", 2)),
    ]
}

/// As [`cases`], for audits and findings.
fn audit_cases() -> Vec<Case> {
    let with = |mut value: Value, field: &str, other: Value| {
        value[field] = other;
        value
    };
    let audit = || {
        json!({ "kind": "internal", "title": "Internal audit", "planned_start": "2026-11-16",
                "planned_end": "2026-11-18", "owner": "@mem", "plan_days": 14, "controls": ["@ctl"],
                "team": [{ "name": "Consultant", "role": "lead" }, { "member": "@mem", "role": "observer" }],
                "requirements": [{ "framework": "iso27001-2022", "id": "9.2.2" }], "sites": ["Head office"],
                "agenda": [{ "on": "2026-11-16", "title": "Opening" }] })
    };
    let finding = || {
        json!({ "title": "Backups are not restored", "grade": "minor", "statement": "None was.", "audit": "@aud",
                "owner": "@mem", "controls": ["@ctl"], "evidence": ["@evd"], "whys": ["Nobody is told to."],
                "requirements": [{ "framework": "soc2-2017", "id": "CC6.2" }], "stated_due": "2027-02-28" })
    };
    let asked = || {
        json!({ "audit": "@aud", "item": "Access reviews", "due_on": "2026-12-07", "assignee": "@mem",
                "controls": ["@ctl"], "requirements": [{ "framework": "iso27001-2022", "id": "A.5.18" }] })
    };
    let action = || json!({ "finding": "@made", "title": "A restore each quarter", "owner": "@mem", "due_on": "2026-12-31" });
    vec![
        ("owner", &AUDITS, "ok", Create(audit())),
        ("owner", &AUDITS, "unprocessable", Create(with(audit(), "planned_end", json!("2026-11-15")))),
        ("owner", &AUDITS, "unprocessable", Create(with(audit(), "certification", json!("@none:crt")))),
        ("owner", &AUDITS, "unprocessable", Create(with(audit(), "owner", json!("@none:mem")))),
        (
            "owner",
            &AUDITS,
            "unprocessable",
            Create(with(
                audit(),
                "team",
                json!([{ "role": "lead" }, { "member": "@mem", "name": "X", "role": "lead" }]),
            )),
        ),
        (
            "owner",
            &AUDITS,
            "rule_breached",
            Create(with(audit(), "team", json!([{ "member": "@mem", "role": "auditor" }]))),
        ),
        ("owner", &AUDITS, "unprocessable", Create(with(audit(), "attestation", json!("@att")))),
        ("owner", &AUDITS, "unprocessable", Create(with(audit(), "programme", json!("@apr")))),
        (
            "owner",
            &AUDITS,
            "unprocessable",
            Create(with(with(audit(), "programme", json!("@none:apr")), "programme_audit", json!(1))),
        ),
        ("auditor", &AUDITS, "forbidden", Create(audit())),
        ("viewer", &AUDITS, "ok", Get("@made")),
        ("owner", &AUDITS, "not_found", Get("@none:aud")),
        ("owner", &AUDITS, "stale_version", Update("@made", 2, json!({ "title": "X" }))),
        (
            "owner",
            &AUDITS,
            "ok",
            Update("@made", 1, json!({ "title": "Internal", "plan_days": null, "agenda": [] })),
        ),
        ("owner", &AUDITS, "unprocessable", Update("@made", 2, json!({ "major_days": 400 }))),
        ("contributor", &AUDITS, "ok", Step(START, "@made", 2, json!({ "started_on": "2026-11-16" }))),
        ("contributor", &AUDITS, "conflict", Step(START, "@made", 3, json!({}))),
        (
            "contributor",
            &AUDITS,
            "forbidden",
            Step(COMPLETE, "@made", 3, json!({ "ended_on": "2026-11-18", "conclusion": "positive" })),
        ),
        (
            "owner",
            &AUDITS,
            "unprocessable",
            Step(COMPLETE, "@made", 3, json!({ "ended_on": "2026-11-18", "conclusion": "ready" })),
        ),
        (
            "owner",
            &AUDITS,
            "unprocessable",
            Step(
                COMPLETE,
                "@made",
                3,
                json!({ "ended_on": "2026-11-18", "conclusion": "positive", "acknowledge": ["A-10"] }),
            ),
        ),
        (
            "owner",
            &AUDITS,
            "ok",
            Step(
                COMPLETE,
                "@made",
                3,
                json!({ "ended_on": "2026-11-18", "conclusion": "negative", "summary": "Two majors.",
                        "acknowledge": ["A-10"], "reason": "Postponed by a month" }),
            ),
        ),
        ("owner", &AUDITS, "conflict", Update("@made", 4, json!({ "title": "X" }))),
        ("owner", &AUDITS, "ok", Update("@made", 4, json!({ "owner": null }))),
        ("owner", &AUDITS, "conflict", Remove("@made", 5)),
        ("owner", &AUDITS, "conflict", Step(CANCEL, "@made", 5, json!({ "reason": "Never held" }))),
        ("integration", &AUDITS, "forbidden", Step(VOID, "@made", 5, json!({ "reason": "Never held" }))),
        ("owner", &AUDITS, "ok", Step(VOID, "@made", 5, json!({ "reason": "Never held" }))),
        ("owner", &AUDITS, "ok", List(json!({ "kind": "internal", "status": "voided" }))),
        ("owner", &AUDITS, "ok", List(json!({ "certification": "@crt", "owner": "@mem", "member": "@mem" }))),
        ("owner", &AUDITS, "ok", List(json!({ "control": "@ctl", "planned_after": "2026-12-01" }))),
        ("owner", &AUDITS, "ok", List(json!({ "planned_before": "2026-12-01" }))),
        ("owner", &AUDITS, "ok", List(json!({ "attestation": "@att" }))),
        ("owner", &AUDITS, "ok", List(json!({ "programme": "@apr" }))),
        ("owner", &AUDITS, "ok", List(json!({ "external_ref": "jira:acme" }))),
        ("owner", &AUDIT_COPIES, "ok", Create(json!({ "planned_start": "2027-12-13", "title": "The next" }))),
        ("viewer", &AUDIT_COPIES, "forbidden", Create(json!({ "planned_start": "2027-12-13" }))),
        ("owner", &AUDITS, "ok", Step(CANCEL, "@made", 1, json!({ "reason": "Merged with another" }))),
        ("owner", &AUDITS, "ok", Remove("@made", 2)),
        (
            "owner",
            &AUDITS,
            "unprocessable",
            Update("@aud", 1, json!({ "auditors": [{ "member": "@mem", "until": "2027-06-30" }] })),
        ),
        (
            "owner",
            &AUDITS,
            "ok",
            Update("@aud", 1, json!({ "auditors": [{ "member": "@auditor", "until": "2027-06-30" }] })),
        ),
        ("auditor", &EVIDENCE_REQUESTS, "ok", Create(asked())),
        ("owner", &EVIDENCE_REQUESTS, "unprocessable", Create(with(asked(), "audit", json!("@none:aud")))),
        ("owner", &EVIDENCE_REQUESTS, "unprocessable", Create(with(asked(), "assignee", json!("@none:mem")))),
        ("viewer", &EVIDENCE_REQUESTS, "forbidden", Create(asked())),
        ("viewer", &EVIDENCE_REQUESTS, "ok", Get("@made")),
        ("owner", &EVIDENCE_REQUESTS, "not_found", Get("@none:erq")),
        ("owner", &EVIDENCE_REQUESTS, "stale_version", Update("@made", 2, json!({ "item": "X" }))),
        ("owner", &EVIDENCE_REQUESTS, "ok", Update("@made", 1, json!({ "due_on": "2026-12-09" }))),
        ("owner", &EVIDENCE_REQUESTS, "conflict", Step(TAKE, "@made", 2, Value::Null)),
        ("owner", &EVIDENCE_REQUESTS, "unprocessable", Step(PROVIDE, "@made", 2, json!({}))),
        (
            "owner",
            &EVIDENCE_REQUESTS,
            "unprocessable",
            Step(PROVIDE, "@made", 2, json!({ "evidence": ["@none:evd"] })),
        ),
        (
            "contributor",
            &EVIDENCE_REQUESTS,
            "forbidden",
            Step(PROVIDE, "@made", 2, json!({ "note": "See there" })),
        ),
        (
            "auditor",
            &EVIDENCE_REQUESTS,
            "forbidden",
            Step(PROVIDE, "@made", 2, json!({ "note": "See there" })),
        ),
        ("owner", &EVIDENCE_REQUESTS, "ok", Step(PROVIDE, "@made", 2, json!({ "evidence": ["@evd"] }))),
        ("owner", &EVIDENCE_REQUESTS, "conflict", Step(TAKE, "@made", 3, Value::Null)),
        (
            "auditor",
            &EVIDENCE_REQUESTS,
            "ok",
            Step(GIVE_BACK, "@made", 3, json!({ "reason": "It shows June only" })),
        ),
        ("owner", &EVIDENCE_REQUESTS, "ok", Step(PROVIDE, "@made", 4, json!({ "note": "All quarters" }))),
        ("auditor", &EVIDENCE_REQUESTS, "ok", Step(TAKE, "@made", 5, Value::Null)),
        ("owner", &EVIDENCE_REQUESTS, "conflict", Update("@made", 6, json!({ "item": "X" }))),
        ("owner", &EVIDENCE_REQUESTS, "conflict", Remove("@made", 6)),
        ("owner", &EVIDENCE_REQUESTS, "ok", List(json!({ "audit": "@aud", "status": "accepted" }))),
        ("owner", &EVIDENCE_REQUESTS, "ok", List(json!({ "assignee": "@mem", "control": "@ctl" }))),
        (
            "owner",
            &EVIDENCE_REQUESTS,
            "ok",
            List(json!({ "due_before": "2026-12-08", "external_ref": "grc:acme" })),
        ),
        ("contributor", &EVIDENCE_REQUESTS, "forbidden", Remove("@erq", 1)),
        ("owner", &EVIDENCE_REQUESTS, "ok", Remove("@erq", 1)),
        ("owner", &FINDINGS, "ok", Create(finding())),
        ("owner", &FINDINGS, "unprocessable", Create(with(finding(), "audit", json!("@none:aud")))),
        ("owner", &FINDINGS, "unprocessable", Create(with(finding(), "owner", json!("@none:mem")))),
        ("owner", &FINDINGS, "unprocessable", Create(with(finding(), "evidence", json!(["@none:evd"])))),
        ("owner", &FINDINGS, "unprocessable", Create(with(finding(), "raised_on", json!("2026-12-24")))),
        ("auditor", &FINDINGS, "forbidden", Create(finding())),
        ("viewer", &FINDINGS, "ok", Get("@made")),
        ("owner", &FINDINGS, "not_found", Get("@none:fnd")),
        ("viewer", &FINDINGS, "ok", KnownAt("@made", "2030-01-01T00:00:00Z")),
        ("owner", &FINDINGS, "not_found", KnownAt("@made", "2020-01-01T00:00:00Z")),
        ("owner", &FINDINGS, "stale_version", Update("@made", 2, json!({ "title": "X" }))),
        ("owner", &FINDINGS, "ok", Update("@made", 1, json!({ "response": "Agreed", "stated_due": null }))),
        ("owner", &FINDINGS, "conflict", Step(CHECK, "@made", 2, json!({ "effective": true }))),
        ("owner", &FINDINGS, "conflict", Step(REOPEN, "@made", 2, json!({ "reason": "It came back" }))),
        ("contributor", &FINDINGS, "forbidden", Step(VERIFY, "@made", 2, json!({ "by": "Auditor" }))),
        ("owner", &FINDINGS, "ok", Step(VERIFY, "@made", 2, json!({ "by": "Auditor" }))),
        ("owner", &FINDINGS, "conflict", Step(VERIFY, "@made", 3, json!({ "by": "Auditor" }))),
        ("owner", &FINDINGS, "conflict", Update("@made", 3, json!({ "grade": "major" }))),
        (
            "owner",
            &FINDINGS,
            "ok",
            Step(CHECK, "@made", 3, json!({ "effective": false, "note": "Still so" })),
        ),
        ("owner", &FINDINGS, "ok", List(json!({ "state": "reopened", "grade": "minor", "audit": "@aud" }))),
        (
            "owner",
            &FINDINGS,
            "ok",
            List(json!({ "state": "plan_due", "overdue": true, "as_of": "2028-01-01" })),
        ),
        ("owner", &FINDINGS, "ok", List(json!({ "overdue": false, "due_before": "2029-01-01" }))),
        (
            "owner",
            &FINDINGS,
            "ok",
            List(json!({ "owner": "@mem", "control": "@ctl", "requirement": "CC6.1" })),
        ),
        ("owner", &FINDINGS, "ok", List(json!({ "framework": "soc2-2017", "external_ref": "jira:acme" }))),
        ("owner", &FINDINGS, "conflict", Remove("@made", 4)),
        ("owner", &CORRECTIVE_ACTIONS, "ok", Create(action())),
        ("owner", &CORRECTIVE_ACTIONS, "ok", Update("@made", 1, json!({ "implemented_on": "2026-11-20" }))),
        (
            "owner",
            &CORRECTIVE_ACTIONS,
            "unprocessable",
            Update("@made", 2, json!({ "approved_on": "2026-11-20" })),
        ),
        (
            "owner",
            &CORRECTIVE_ACTIONS,
            "unprocessable",
            Update("@made", 2, json!({ "approved_by": "@none:mem", "approved_on": "2026-11-20" })),
        ),
        (
            "owner",
            &CORRECTIVE_ACTIONS,
            "unprocessable",
            Create(with(action(), "finding", json!("@none:fnd"))),
        ),
        ("viewer", &CORRECTIVE_ACTIONS, "forbidden", Create(with(action(), "finding", json!("@fnd")))),
        ("viewer", &CORRECTIVE_ACTIONS, "ok", Get("@made")),
        ("owner", &CORRECTIVE_ACTIONS, "not_found", Get("@none:car")),
        ("owner", &CORRECTIVE_ACTIONS, "ok", List(json!({ "implemented": true, "owner": "@mem" }))),
        ("owner", &CORRECTIVE_ACTIONS, "ok", List(json!({ "finding": "@fnd", "due_before": "2027-12-31" }))),
        ("contributor", &CORRECTIVE_ACTIONS, "forbidden", Remove("@made", 2)),
        ("owner", &CORRECTIVE_ACTIONS, "ok", Remove("@made", 2)),
        ("owner", &FINDINGS, "in_use", Remove("@fnd", 1)),
        ("owner", &CORRECTIVE_ACTIONS, "ok", Remove("@car", 1)),
        ("owner", &FINDINGS, "ok", Remove("@fnd", 1)),
    ]
}

/// One surface of one service, and what has come of it.
struct Side<'a> {
    app: &'a TestApp,
    world: World,
    keys: HashMap<&'static str, String>,
    made: String,
    graphql: bool,
}

impl<'a> Side<'a> {
    async fn of(app: &'a TestApp, graphql: bool) -> Self {
        let world = World::of(app, "acme").await;
        let mut keys = HashMap::from([("owner", world.key.clone())]);
        for role in ["manager", "contributor", "auditor", "viewer", "integration"] {
            keys.insert(role, app.key_as(&world.key, role).await);
        }
        Self { app, world, keys, made: String::new(), graphql }
    }

    /// Puts ids where the table has words for them.
    fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => json!(self.text(text)),
            Value::Array(all) => all.iter().map(|one| self.fill(one)).collect(),
            Value::Object(all) => all.iter().map(|(name, one)| (name.clone(), self.fill(one))).collect(),
            other => other.clone(),
        }
    }

    fn text(&self, text: &str) -> String {
        match text.strip_prefix('@') {
            Some("made") => self.made.clone(),
            Some(word) => match word.strip_prefix("none:") {
                Some(prefix) => format!("{prefix}_{}", "0".repeat(32)),
                None => self.world.id(word).to_owned(),
            },
            None => text.to_owned(),
        }
    }

    async fn run(&mut self, (who, room, _, act): &Case) -> Outcome {
        let key = self.keys[who].clone();
        let outcome = if self.graphql {
            self.over_graphql(&key, room, act).await
        } else {
            self.over_rest(&key, room, act).await
        };
        if let (Create(_), Some(id)) = (act, outcome.answer["id"].as_str()) {
            self.made = id.to_owned();
        }
        outcome
    }

    async fn over_rest(&self, key: &str, room: &Room, act: &Act) -> Outcome {
        let base = ["ctl", "crt", "rsk", "aud", "att", "soa", "obj"]
            .iter()
            .fold(room.path.to_owned(), |path, prefix| {
                path.replace(&format!("@{prefix}"), self.world.id(prefix))
            });
        let one = |id: &str| format!("{base}/{}", self.text(id));
        let (method, path, body, version) = match act {
            Create(body) => (Method::POST, base, Some(self.fill(body)), None),
            Update(id, version, patch) => (Method::PATCH, one(id), Some(self.fill(patch)), Some(*version)),
            Remove(id, version) => (Method::DELETE, one(id), None, Some(*version)),
            Get(id) => (Method::GET, one(id), None, None),
            KnownAt(id, at) => (Method::GET, format!("{}?known_at={at}", one(id)), None, None),
            Step([step, ..], id, version, input) => {
                let body = (!input.is_null()).then(|| self.fill(input));
                (Method::POST, format!("{}/{step}", one(id)), body, Some(*version))
            }
            List(filter) => {
                (Method::GET, format!("{base}?count=true{}", query(&self.fill(filter))), None, None)
            }
        };
        let seen = format!("\"{}.x\"", version.unwrap_or(0));
        let answer = self.app.call_with(method, &path, key, body, &[("if-match", &seen)]).await;
        let (refused, text) = (answer.status().as_u16() >= 400, answer.text().await.unwrap());
        let told: Value = serde_json::from_str(&text).unwrap_or_default();
        if refused {
            return Outcome::refused(&told["code"], &told["errors"]);
        }
        Outcome::ok(match act {
            Remove(..) => Value::Null,
            List(_) => json!({ "total": told["total"], "ids": texts(&told["data"], "id") }),
            _ => room.fields.iter().map(|field| ((*field).to_owned(), told[field].clone())).collect(),
        })
    }

    async fn over_graphql(&self, key: &str, room: &Room, act: &Act) -> Outcome {
        let [one, many, filter] = room.reads;
        let [create, update, remove] = room.writes;
        let fields: String = room.fields.iter().map(|field| camel(field) + " ").collect();
        let mut taken = vec![];
        let (word, field, select) = match act {
            Create(body) => {
                taken.push(("input", format!("{}!", create.1), shouted(&self.fill(body))));
                ("mutation", create.0, format!("{{ {fields} }}"))
            }
            Update(id, version, patch) => {
                taken.push(("id", "ID!".to_owned(), json!(self.text(id))));
                taken.push(("expectedVersion", "Int!".to_owned(), json!(version)));
                taken.push(("input", format!("{}!", update.1), shouted(&self.fill(patch))));
                ("mutation", update.0, format!("{{ {fields} }}"))
            }
            Remove(id, version) => {
                taken.push(("id", "ID!".to_owned(), json!(self.text(id))));
                if room.fields.contains(&"version") {
                    taken.push(("expectedVersion", "Int!".to_owned(), json!(version)));
                }
                ("mutation", remove.0, String::new())
            }
            Step([_, field, kind], id, version, input) => {
                taken.push(("id", "ID!".to_owned(), json!(self.text(id))));
                taken.push(("expectedVersion", "Int!".to_owned(), json!(version)));
                if !input.is_null() {
                    taken.push(("input", format!("{kind}!"), shouted(&self.fill(input))));
                }
                ("mutation", *field, format!("{{ {fields} }}"))
            }
            Get(id) => {
                taken.push(("id", "ID!".to_owned(), json!(self.text(id))));
                ("query", one, format!("{{ {fields} }}"))
            }
            KnownAt(id, at) => {
                taken.push(("id", "ID!".to_owned(), json!(self.text(id))));
                taken.push(("knownAt", "Instant!".to_owned(), json!(at)));
                ("query", one, format!("{{ {fields} }}"))
            }
            List(asked) => {
                taken.push(("filter", format!("{filter}!"), shouted(&self.fill(asked))));
                ("query", many, "{ totalCount nodes { id } }".to_owned())
            }
        };
        taken.extend(room.parent.map(|(name, id)| (name, "ID!".to_owned(), json!(self.text(id)))));
        let declared: String = taken.iter().map(|(name, kind, _)| format!("${name}: {kind} ")).collect();
        let passed: String = taken.iter().map(|(name, ..)| format!("{name}: ${name} ")).collect();
        let variables: Value = taken.into_iter().map(|(name, _, value)| (name.to_owned(), value)).collect();
        let answer = self
            .app
            .ask_with(key, &format!("{word}({declared}) {{ {field}({passed}) {select} }}"), variables)
            .await;
        if let Some(error) = answer["errors"].get(0) {
            return Outcome::refused(&error["extensions"]["code"], &error["extensions"]["errors"]);
        }
        let told = &answer["data"][field];
        Outcome::ok(match act {
            Remove(..) => Value::Null,
            List(_) => json!({ "total": told["totalCount"], "ids": texts(&told["nodes"], "id") }),
            _ => room.fields.iter().map(|field| ((*field).to_owned(), told[camel(field)].clone())).collect(),
        })
    }

    /// What was written, without what differs between two requests that mean the same.
    async fn journal(&self) -> Value {
        let mut trail = Vec::new();
        let mut page = self.app.read(&self.world.key, "/v1/journal?sort=seq&limit=200").await;
        trail.extend(page["data"].as_array().unwrap().iter().cloned());
        while let Some(cursor) = page["next_cursor"].as_str() {
            let next = format!("/v1/journal?sort=seq&limit=200&cursor={cursor}");
            page = self.app.read(&self.world.key, &next).await;
            trail.extend(page["data"].as_array().unwrap().iter().cloned());
        }
        let kept =
            ["seq", "at", "actor", "credential", "type", "resource_kind", "resource_id", "version", "after"];
        let entry = |one: &Value| -> Value {
            kept.iter().map(|name| ((*name).to_owned(), one[name].clone())).collect()
        };
        let entries: Value = trail.iter().map(entry).collect();
        // Each side has a provider of its own.
        let alike = entries.to_string().replace(&self.app.provider().issuer(""), "https://idp.example/");
        named(&serde_json::from_str(&alike).unwrap(), &mut Vec::new())
    }
}

#[derive(Debug, PartialEq)]
struct Outcome {
    code: String,
    faults: Vec<String>,
    answer: Value,
}

impl Outcome {
    fn ok(answer: Value) -> Self {
        Self { code: "ok".to_owned(), faults: Vec::new(), answer }
    }

    fn refused(code: &Value, faults: &Value) -> Self {
        let faults = faults.as_array().into_iter().flatten();
        let faults = faults.map(|one| one["pointer"].as_str().unwrap().to_owned()).collect();
        Self { code: code.as_str().unwrap_or("no code").to_owned(), faults, answer: Value::Null }
    }

    fn named(mut self, seen: &mut Vec<String>) -> Self {
        self.answer = named(&self.answer, seen);
        self
    }
}

/// Ids, and digests of what holds ids, by the order in which they appear: two services do not share them.
fn named(value: &Value, seen: &mut Vec<String>) -> Value {
    match value {
        Value::String(text) if text.len() == 36 && text.as_bytes()[3] == b'_' => {
            json!(numbered(&text[..3], text, seen))
        }
        Value::String(text) if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) => {
            json!(numbered("sha256", text, seen))
        }
        Value::String(text) if text.starts_with("soa_") && text.contains('/') => {
            let (id, entry) = text.split_once('/').unwrap();
            json!([numbered("soa", id, seen), named(&json!(entry), seen)])
        }
        Value::Array(all) => all.iter().map(|one| named(one, seen)).collect(),
        Value::Object(all) => all.iter().map(|(name, one)| (name.clone(), named(one, seen))).collect(),
        other => other.clone(),
    }
}

fn numbered(kind: &str, text: &str, seen: &mut Vec<String>) -> String {
    let n = seen.iter().position(|one| one == text).unwrap_or_else(|| {
        seen.push(text.to_owned());
        seen.len() - 1
    });
    format!("{kind}#{n}")
}

fn query(filter: &Value) -> String {
    let mut text = String::new();
    for (name, value) in filter.as_object().unwrap() {
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        let word = |one: &Value| one.as_str().map_or_else(|| one.to_string(), str::to_owned);
        values.iter().for_each(|one| text += &format!("&{name}={}", word(one)));
    }
    text
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + &part[..1].to_uppercase() + &part[1..])
}

/// The same input with GraphQL's names: fields in camel case, enum values in capitals.
fn shouted(value: &Value) -> Value {
    const ENUMS: [&str; 26] = [
        "decision",
        "kind",
        "role",
        "status",
        "result",
        "state",
        "type",
        "treatment",
        "affects",
        "acceptance_state",
        "review",
        "criticality",
        "data_handled",
        "notify_on",
        "report",
        "algorithms",
        "grade",
        "conclusion",
        "categories",
        "currency",
        "method",
        "opinion",
        "part",
        "counted_from",
        "direction",
        "trigger",
    ];
    let capitals = |value: &Value| match value {
        Value::String(text) => json!(text.to_uppercase()),
        Value::Array(all) => all.iter().map(|one| json!(one.as_str().unwrap().to_uppercase())).collect(),
        other => other.clone(),
    };
    match value {
        Value::Object(all) => all
            .iter()
            .map(|(name, one)| {
                (camel(name), if ENUMS.contains(&name.as_str()) { capitals(one) } else { shouted(one) })
            })
            .collect(),
        Value::Array(all) => all.iter().map(shouted).collect(),
        other => other.clone(),
    }
}

async fn same_meaning(engine: Engine) {
    let (first, second) = (TestApp::start(engine).await, TestApp::start(engine).await);
    let (mut rest, mut graphql) = (Side::of(&first, false).await, Side::of(&second, true).await);
    let (mut in_rest, mut in_graphql) = (Vec::new(), Vec::new());
    for (n, case) in cases().iter().chain(&isms_cases()).chain(&audit_cases()).enumerate() {
        let one = rest.run(case).await.named(&mut in_rest);
        let other = graphql.run(case).await.named(&mut in_graphql);
        let (who, room, code, _) = case;
        assert_eq!(one, other, "case {n}: {who} on {}, REST on the left", room.path);
        assert_eq!(one.code, *code, "case {n}: {who} on {}: {one:?}", room.path);
    }
    assert_eq!(rest.journal().await, graphql.journal().await, "REST on the left");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    same_meaning(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres() {
    same_meaning(Engine::Postgres).await;
}
