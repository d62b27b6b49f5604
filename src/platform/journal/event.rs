//! Every event type, once.

use crate::text_enum;

macro_rules! events {
    (@gone) => { false };
    (@gone tombstone) => { true };
    ($($(#[doc = $doc:literal])+ $variant:ident = $text:tt $(($gone:ident))?),+ $(,)?) => {
        text_enum! {
            /// What happened to a resource: `<resource>.<verb in the past tense>`.
            EventType { $($(#[doc = $doc])+ $variant = $text),+ }
        }

        impl EventType {
            /// What it tells.
            pub const fn description(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+)),+ }
            }

            /// Whether it says that the resource is gone, and so carries no facts.
            pub const fn is_tombstone(self) -> bool {
                match self { $(Self::$variant => events!(@gone $($gone)?)),+ }
            }
        }
    };
}

// A resource that is gone leaves a tombstone: say `(tombstone)`, and record it with `record_deleted`.
events! {
    /// A tenant was created by the operator.
    TenantCreated = "tenant.created",
    /// A tenant's settings changed.
    TenantUpdated = "tenant.updated",
    /// A member joined.
    MemberCreated = "member.created",
    /// A member's facts or role changed.
    MemberUpdated = "member.updated",
    /// A member was removed.
    MemberDeleted = "member.deleted" (tombstone),
    /// A person was invited.
    InvitationCreated = "invitation.created",
    /// An invitation was accepted: the person is a member now.
    InvitationAccepted = "invitation.accepted",
    /// An invitation was taken back.
    InvitationRevoked = "invitation.revoked",
    /// An API key was issued.
    ApiKeyCreated = "api_key.created",
    /// An API key was replaced by a new one; the old one ends at a set time.
    ApiKeyRotated = "api_key.rotated",
    /// An API key was revoked.
    ApiKeyRevoked = "api_key.revoked" (tombstone),
    /// An OAuth client was created.
    OauthClientCreated = "oauth_client.created",
    /// An OAuth client got a new secret; the old one ends at a set time.
    OauthClientRotated = "oauth_client.rotated",
    /// An OAuth client was revoked.
    OauthClientRevoked = "oauth_client.revoked" (tombstone),
    /// An identity provider was registered.
    IdentityProviderCreated = "identity_provider.created",
    /// An identity provider changed.
    IdentityProviderUpdated = "identity_provider.updated",
    /// A token proved an identity provider to be the tenant's: its tokens let people in from now on.
    IdentityProviderProven = "identity_provider.proven",
    /// An identity provider was removed.
    IdentityProviderDeleted = "identity_provider.deleted" (tombstone),
    /// A person gave a milestone an owner or a planned day.
    MilestoneUpdated = "milestone.updated",
    /// One of the days on which it is reminded of before it is due has come.
    MilestoneApproaching = "milestone.approaching",
    /// The first day on which it can be done has come.
    MilestoneOpened = "milestone.opened",
    /// The last day on which it is in time has come.
    MilestoneDue = "milestone.due",
    /// The day on which it was due is over and it is not done.
    MilestoneOverdue = "milestone.overdue",
    /// A release that knows other rules, or an accreditation that began or ran out, told it anew: when it is due, why, or when
    /// it is reminded of is another, or new.
    MilestoneRescheduled = "milestone.rescheduled",
    /// By the rules of a new release, or by an accreditation that began, it is not due any more.
    MilestoneCancelled = "milestone.cancelled" (tombstone),
    /// A framework of the tenant's own was created.
    FrameworkCreated = "framework.created",
    /// A framework of the tenant's own changed.
    FrameworkUpdated = "framework.updated",
    /// A framework of the tenant's own was removed.
    FrameworkDeleted = "framework.deleted" (tombstone),
    /// A requirement was added to a framework of the tenant's own.
    RequirementCreated = "requirement.created",
    /// A requirement of the tenant's own changed.
    RequirementUpdated = "requirement.updated",
    /// A requirement of the tenant's own was removed.
    RequirementDeleted = "requirement.deleted" (tombstone),
    /// A requirement was mapped onto one of another framework.
    RequirementMappingCreated = "requirement_mapping.created",
    /// What is said of a mapping of the tenant's own changed.
    RequirementMappingUpdated = "requirement_mapping.updated",
    /// A mapping of the tenant's own was removed.
    RequirementMappingDeleted = "requirement_mapping.deleted" (tombstone),
    /// A control was created.
    ControlCreated = "control.created",
    /// A control changed.
    ControlUpdated = "control.updated",
    /// A control was removed.
    ControlDeleted = "control.deleted" (tombstone),
    /// A test of a control was recorded.
    ControlTestRecorded = "control_test.recorded",
    /// A test of a control was corrected.
    ControlTestUpdated = "control_test.updated",
    /// A test of a control was removed.
    ControlTestDeleted = "control_test.deleted" (tombstone),
    /// A risk was written down.
    RiskCreated = "risk.created",
    /// A risk changed.
    RiskUpdated = "risk.updated",
    /// A risk was accepted, at the level that it had.
    RiskAccepted = "risk.accepted",
    /// The acceptance of a risk was withdrawn.
    RiskAcceptanceWithdrawn = "risk.acceptance_withdrawn",
    /// The last day of the acceptance of a risk is over.
    RiskAcceptanceLapsed = "risk.acceptance_lapsed",
    /// A risk was removed.
    RiskDeleted = "risk.deleted" (tombstone),
    /// The risk matrix changed, and with it the levels of all risks.
    RiskMatrixUpdated = "risk_matrix.updated",
    /// A statement of applicability was created.
    StatementOfApplicabilityCreated = "statement_of_applicability.created",
    /// What a statement of applicability is about changed; its entries tell their own changes.
    StatementOfApplicabilityUpdated = "statement_of_applicability.updated",
    /// The draft of a statement of applicability was approved and frozen; it supersedes the version before it.
    StatementOfApplicabilityApproved = "statement_of_applicability.approved",
    /// A statement of applicability was removed.
    StatementOfApplicabilityDeleted = "statement_of_applicability.deleted" (tombstone),
    /// A control of the tenant's own was listed in a statement of applicability.
    ApplicabilityEntryCreated = "applicability_entry.created",
    /// What a statement of applicability says of a control changed.
    ApplicabilityEntryUpdated = "applicability_entry.updated",
    /// A control of the tenant's own is no longer listed in a statement of applicability.
    ApplicabilityEntryDeleted = "applicability_entry.deleted" (tombstone),
    /// A policy was entered.
    PolicyCreated = "policy.created",
    /// A policy changed.
    PolicyUpdated = "policy.updated",
    /// An edition of a policy was approved; it supersedes the one before.
    PolicyApproved = "policy.approved",
    /// The next edition of a policy was opened, as a draft.
    PolicyRevised = "policy.revised",
    /// The draft of the next edition of a policy was thrown away: it says again what was approved last.
    PolicyDraftDiscarded = "policy.draft_discarded",
    /// A policy was retired: none of its editions holds any more.
    PolicyRetired = "policy.retired",
    /// A policy was removed.
    PolicyDeleted = "policy.deleted" (tombstone),
    /// A controlled document was entered.
    DocumentCreated = "document.created",
    /// A controlled document changed.
    DocumentUpdated = "document.updated",
    /// An edition of a controlled document was approved; it supersedes the one before.
    DocumentApproved = "document.approved",
    /// The next edition of a controlled document was opened, as a draft.
    DocumentRevised = "document.revised",
    /// The draft of the next edition of a controlled document was thrown away: it says again what was approved last.
    DocumentDraftDiscarded = "document.draft_discarded",
    /// A controlled document was retired: none of its editions holds any more.
    DocumentRetired = "document.retired",
    /// A controlled document was removed.
    DocumentDeleted = "document.deleted" (tombstone),
    /// An objective was set.
    ObjectiveCreated = "objective.created",
    /// An objective changed, or what is known of it by its measurements.
    ObjectiveUpdated = "objective.updated",
    /// An objective was removed.
    ObjectiveDeleted = "objective.deleted" (tombstone),
    /// A measurement of an objective was recorded.
    ObjectiveMeasurementRecorded = "objective_measurement.recorded",
    /// A measurement of an objective was voided: it had been recorded by mistake.
    ObjectiveMeasurementVoided = "objective_measurement.voided",
    /// A management review was planned, or entered.
    ManagementReviewCreated = "management_review.created",
    /// A management review changed: it was held, its inputs or its results were recorded.
    ManagementReviewUpdated = "management_review.updated",
    /// A management review was removed.
    ManagementReviewDeleted = "management_review.deleted" (tombstone),
    /// An issue was entered.
    ContextIssueCreated = "context_issue.created",
    /// An issue changed.
    ContextIssueUpdated = "context_issue.updated",
    /// An issue was removed.
    ContextIssueDeleted = "context_issue.deleted" (tombstone),
    /// A decision on climate change was entered.
    ClimateDecisionCreated = "climate_decision.created",
    /// A decision on climate change changed.
    ClimateDecisionUpdated = "climate_decision.updated",
    /// A decision on climate change was removed.
    ClimateDecisionDeleted = "climate_decision.deleted" (tombstone),
    /// An interested party was entered.
    InterestedPartyCreated = "interested_party.created",
    /// An interested party changed.
    InterestedPartyUpdated = "interested_party.updated",
    /// An interested party was removed.
    InterestedPartyDeleted = "interested_party.deleted" (tombstone),
    /// A scope was entered.
    ScopeStatementCreated = "scope_statement.created",
    /// A scope changed.
    ScopeStatementUpdated = "scope_statement.updated",
    /// An edition of a scope was approved; it supersedes the one before.
    ScopeStatementApproved = "scope_statement.approved",
    /// The next edition of a scope was opened, as a draft.
    ScopeStatementRevised = "scope_statement.revised",
    /// The draft of the next edition of a scope was thrown away: it says again what was approved last.
    ScopeStatementDraftDiscarded = "scope_statement.draft_discarded",
    /// A scope was retired: none of its editions holds any more.
    ScopeStatementRetired = "scope_statement.retired",
    /// A scope was removed.
    ScopeStatementDeleted = "scope_statement.deleted" (tombstone),
    /// A risk assessment was planned.
    RiskAssessmentCreated = "risk_assessment.created",
    /// A risk assessment changed.
    RiskAssessmentUpdated = "risk_assessment.updated",
    /// A risk assessment was completed: each risk is noted as it stood.
    RiskAssessmentCompleted = "risk_assessment.completed",
    /// A risk assessment was removed.
    RiskAssessmentDeleted = "risk_assessment.deleted" (tombstone),
    /// A risk treatment plan was entered.
    TreatmentPlanCreated = "treatment_plan.created",
    /// A risk treatment plan changed.
    TreatmentPlanUpdated = "treatment_plan.updated",
    /// An edition of a risk treatment plan was approved; it supersedes the one before.
    TreatmentPlanApproved = "treatment_plan.approved",
    /// The next edition of a risk treatment plan was opened, as a draft.
    TreatmentPlanRevised = "treatment_plan.revised",
    /// The draft of the next edition of a risk treatment plan was thrown away: it says again what was approved last.
    TreatmentPlanDraftDiscarded = "treatment_plan.draft_discarded",
    /// A risk treatment plan was retired: none of its editions holds any more.
    TreatmentPlanRetired = "treatment_plan.retired",
    /// The owner of risks in a risk treatment plan approved it, and accepted what is left of them.
    TreatmentPlanOwnerApproved = "treatment_plan.owner_approved",
    /// A risk treatment plan was removed.
    TreatmentPlanDeleted = "treatment_plan.deleted" (tombstone),
    /// A competence record was entered.
    CompetenceRecordCreated = "competence_record.created",
    /// A competence record changed.
    CompetenceRecordUpdated = "competence_record.updated",
    /// A competence record was removed.
    CompetenceRecordDeleted = "competence_record.deleted" (tombstone),
    /// An audit programme was entered.
    AuditProgrammeCreated = "audit_programme.created",
    /// An audit programme changed.
    AuditProgrammeUpdated = "audit_programme.updated",
    /// An audit programme was removed.
    AuditProgrammeDeleted = "audit_programme.deleted" (tombstone),
    /// An improvement was entered.
    ImprovementCreated = "improvement.created",
    /// An improvement changed.
    ImprovementUpdated = "improvement.updated",
    /// An improvement was removed.
    ImprovementDeleted = "improvement.deleted" (tombstone),
    /// A piece of evidence was created.
    EvidenceCreated = "evidence.created",
    /// What is said of a piece of evidence changed, but not its content.
    EvidenceUpdated = "evidence.updated",
    /// A piece of evidence got content: its first, or a new version.
    EvidenceContentAdded = "evidence.content_added",
    /// A piece of evidence was submitted for review.
    EvidenceSubmitted = "evidence.submitted",
    /// A piece of evidence went back to being a draft.
    EvidenceWithdrawn = "evidence.withdrawn",
    /// A piece of evidence was accepted.
    EvidenceAccepted = "evidence.accepted",
    /// A piece of evidence was rejected.
    EvidenceRejected = "evidence.rejected",
    /// The last day on which a piece of evidence was fresh is over.
    EvidenceWentStale = "evidence.went_stale",
    /// The last day on which a piece of evidence was valid is over.
    EvidenceExpired = "evidence.expired",
    /// A file of evidence was read again and compared with its digest.
    EvidenceVerified = "evidence.verified",
    /// A piece of evidence was removed.
    EvidenceDeleted = "evidence.deleted" (tombstone),
    /// The organisation's profile changed.
    OrganizationUpdated = "organization.updated",
    /// A system or service was created.
    SystemCreated = "system.created",
    /// A system or service changed.
    SystemUpdated = "system.updated",
    /// A system or service was removed.
    SystemDeleted = "system.deleted" (tombstone),
    /// A location was created.
    LocationCreated = "location.created",
    /// A location changed.
    LocationUpdated = "location.updated",
    /// A location was removed.
    LocationDeleted = "location.deleted" (tombstone),
    /// A customer's requirement was entered.
    CustomerRequirementCreated = "customer_requirement.created",
    /// A customer's requirement changed.
    CustomerRequirementUpdated = "customer_requirement.updated",
    /// A customer's requirement was removed.
    CustomerRequirementDeleted = "customer_requirement.deleted" (tombstone),
    /// A certification body was created.
    CertificationBodyCreated = "certification_body.created",
    /// A certification body, or its accreditation, changed.
    CertificationBodyUpdated = "certification_body.updated",
    /// A certification body was removed.
    CertificationBodyDeleted = "certification_body.deleted" (tombstone),
    /// The default settings for certificates changed, and with them the dates of those that have none of their own.
    CertificationSettingsUpdated = "certification_settings.updated",
    /// A certificate already held was entered, or what it prints was corrected.
    CertificationRegistered = "certification.registered",
    /// What a certificate says beside its dates changed.
    CertificationUpdated = "certification.updated",
    /// A stage 1 audit was recorded.
    CertificationStage1Completed = "certification.stage_1_completed",
    /// A stage 2 audit was recorded.
    CertificationStage2Completed = "certification.stage_2_completed",
    /// A surveillance audit was recorded.
    CertificationSurveillanceCompleted = "certification.surveillance_completed",
    /// A recertification audit was recorded.
    CertificationRecertificationAuditCompleted = "certification.recertification_audit_completed",
    /// An event was voided: it had been recorded by mistake.
    CertificationEventVoided = "certification.event_voided",
    /// An application for certification was entered.
    CertificationApplied = "certification.applied",
    /// Certification was granted.
    CertificationGranted = "certification.granted",
    /// Certification was refused.
    CertificationRefused = "certification.refused",
    /// A certificate was suspended, whole or in part.
    CertificationSuspended = "certification.suspended",
    /// A suspension was lifted.
    CertificationSuspensionLifted = "certification.suspension_lifted",
    /// A certificate was withdrawn.
    CertificationWithdrawn = "certification.withdrawn",
    /// A certificate's scope was extended or reduced.
    CertificationScopeChanged = "certification.scope_changed",
    /// A certificate was renewed before its expiry.
    CertificationRecertified = "certification.recertified",
    /// A certificate was renewed within six months of its expiry.
    CertificationRestoredAfterExpiry = "certification.restored_after_expiry",
    /// A certificate was granted again after a new stage 2.
    CertificationReinstatedAfterStage2 = "certification.reinstated_after_stage_2",
    /// Another certification body took a certificate over.
    CertificationTransferredIn = "certification.transferred_in",
    /// A certificate ended here, since another certification body took it over.
    CertificationTransferredOut = "certification.transferred_out",
    /// A certificate moved to another edition of its standard.
    CertificationTransitioned = "certification.transitioned",
    /// A certificate's expiry was put off.
    CertificationExpiryExtended = "certification.expiry_extended",
    /// A certificate's first surveillance was put off.
    CertificationSurveillancePostponed = "certification.surveillance_postponed",
    /// The last valid day of a certificate, or of its edition, is over.
    CertificationExpired = "certification.expired",
    /// A certificate that has expired can be restored, for six months.
    CertificationRestorable = "certification.restorable",
    /// A certificate that has expired can no longer be restored.
    CertificationClosed = "certification.closed",
    /// An audit was planned.
    AuditPlanned = "audit.planned",
    /// What is said of an audit changed.
    AuditUpdated = "audit.updated",
    /// An audit began.
    AuditStarted = "audit.started",
    /// An audit was completed, with its conclusion.
    AuditCompleted = "audit.completed",
    /// A planned audit will not be held.
    AuditCancelled = "audit.cancelled",
    /// A completed audit was voided: it never happened so.
    AuditVoided = "audit.voided",
    /// An audit that was not held was removed.
    AuditDeleted = "audit.deleted" (tombstone),
    /// An auditor asked to be shown something.
    EvidenceRequestCreated = "evidence_request.created",
    /// What is asked for in an evidence request changed.
    EvidenceRequestUpdated = "evidence_request.updated",
    /// Evidence was given to a request.
    EvidenceRequestProvided = "evidence_request.provided",
    /// The auditor accepted what was given to a request.
    EvidenceRequestAccepted = "evidence_request.accepted",
    /// The auditor gave back what was given to a request.
    EvidenceRequestReturned = "evidence_request.returned",
    /// An evidence request was removed.
    EvidenceRequestDeleted = "evidence_request.deleted" (tombstone),
    /// A finding was raised.
    FindingCreated = "finding.created",
    /// What is said of a finding changed.
    FindingUpdated = "finding.updated",
    /// A finding's correction and corrective action were verified.
    FindingVerified = "finding.verified",
    /// What was done about a finding proved effective.
    FindingClosed = "finding.closed",
    /// What was done about a finding proved ineffective, or was judged too early.
    FindingReopened = "finding.reopened",
    /// A finding was removed.
    FindingDeleted = "finding.deleted" (tombstone),
    /// A corrective action was entered.
    CorrectiveActionCreated = "corrective_action.created",
    /// A corrective action changed: its plan, its acceptance or that it is implemented.
    CorrectiveActionUpdated = "corrective_action.updated",
    /// A corrective action was removed.
    CorrectiveActionDeleted = "corrective_action.deleted" (tombstone),
    /// An attestation engagement was entered.
    AttestationCreated = "attestation.created",
    /// What an attestation is beside its events changed.
    AttestationUpdated = "attestation.updated",
    /// It was settled what an attestation addresses.
    AttestationScopeSet = "attestation.scope_set",
    /// A practitioner was engaged.
    AttestationAuditorEngaged = "attestation.auditor_engaged",
    /// Readiness was complete.
    AttestationReadinessDone = "attestation.readiness_done",
    /// The day of a Type I report was settled.
    AttestationAsOfSet = "attestation.as_of_set",
    /// The window of a Type II report opened.
    AttestationWindowOpened = "attestation.window_opened",
    /// The controls' evidence was checked in the window.
    AttestationEvidenceChecked = "attestation.evidence_checked",
    /// The window of a Type II report was closed.
    AttestationWindowClosed = "attestation.window_closed",
    /// Fieldwork began.
    AttestationFieldworkStarted = "attestation.fieldwork_started",
    /// Management signed its assertion.
    AttestationAssertionSigned = "attestation.assertion_signed",
    /// Drafting of the report began.
    AttestationDraftingStarted = "attestation.drafting_started",
    /// A report was issued.
    AttestationIssued = "attestation.issued",
    /// Management signed a bridge letter.
    AttestationBridgeIssued = "attestation.bridge_issued",
    /// A report already held was entered.
    AttestationReportRegistered = "attestation.report_registered",
    /// A report was recalled.
    AttestationRecalled = "attestation.recalled",
    /// An engagement ended without a report.
    AttestationCancelled = "attestation.cancelled",
    /// An event was voided: it had been recorded by mistake.
    AttestationEventVoided = "attestation.event_voided",
    /// A practitioner's test was recorded.
    AttestationTestRecorded = "attestation_test.recorded",
    /// A practitioner's test was corrected, or management responded to it.
    AttestationTestUpdated = "attestation_test.updated",
    /// A practitioner's test was removed.
    AttestationTestDeleted = "attestation_test.deleted" (tombstone),
    /// A report was released to somebody.
    AttestationReleaseRecorded = "attestation_release.recorded",
    /// A line of a release log was voided.
    AttestationReleaseVoided = "attestation_release.voided",
}

impl EventType {
    /// The kind of resource it speaks of: the word before the dot.
    pub fn resource(self) -> &'static str {
        self.as_str().split('.').next().unwrap_or_default()
    }
}
