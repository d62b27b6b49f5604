//! The access table: action × role, readable by an auditor in `schema/access-matrix.txt`.

use std::{collections::BTreeSet, fmt::Write};

use crate::{platform::db::Doc, text_enum};

text_enum! {
    /// What a member is to the organisation. Each role is a set of actions.
    Role {
        /// Runs the tenant: everything.
        Owner = "owner",
        /// Runs the programme: everything but members' roles above their own and the tenant's settings.
        Manager = "manager",
        /// Keeps controls and their records up to date.
        Contributor = "contributor",
        /// Reads everything an auditor needs, the journal included; writes nothing but what it asks to be shown and how it
        /// judges that. Bound to an audit, it sees that engagement alone.
        Auditor = "auditor",
        /// Reads the programme.
        Viewer = "viewer",
        /// A machine that keeps the programme in step with another system.
        Integration = "integration",
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $scope:literal, [$($role:ident)*];)+) => {
        /// Everything that can be done inside a tenant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[$doc])* $variant),+ }

        impl Action {
            /// Every action, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Its name.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),+ } }
            /// The scope that a narrowed credential needs for it.
            pub const fn scope(self) -> &'static str { match self { $(Self::$variant => $scope),+ } }
            /// The roles that may do it.
            pub const fn roles(self) -> &'static [Role] { match self { $(Self::$variant => &[$(Role::$role),*]),+ } }
        }
    };
}

actions! {
    /// Read the tenant's settings.
    TenantRead = "tenant.read", "tenant:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Change the tenant's settings.
    TenantUpdate = "tenant.update", "tenant:write", [Owner];
    /// Read members.
    MemberRead = "member.read", "members:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Add a member.
    MemberCreate = "member.create", "members:write", [Owner Manager];
    /// Change a member.
    MemberUpdate = "member.update", "members:write", [Owner Manager];
    /// Remove a member.
    MemberDelete = "member.delete", "members:write", [Owner];
    /// Read invitations (never their tokens).
    InvitationRead = "invitation.read", "members:read", [Owner Manager];
    /// Invite a person.
    InvitationCreate = "invitation.create", "members:write", [Owner Manager];
    /// Take an invitation back.
    InvitationRevoke = "invitation.revoke", "members:write", [Owner Manager];
    /// Read API keys (never their secrets).
    ApiKeyRead = "api_key.read", "api-keys:read", [Owner Manager];
    /// Issue an API key.
    ApiKeyCreate = "api_key.create", "api-keys:write", [Owner Manager];
    /// Replace an API key, with overlap.
    ApiKeyRotate = "api_key.rotate", "api-keys:write", [Owner Manager];
    /// Revoke an API key.
    ApiKeyRevoke = "api_key.revoke", "api-keys:write", [Owner Manager];
    /// Read OAuth clients (never their secrets).
    OauthClientRead = "oauth_client.read", "oauth-clients:read", [Owner Manager];
    /// Create an OAuth client.
    OauthClientCreate = "oauth_client.create", "oauth-clients:write", [Owner Manager];
    /// Give an OAuth client a new secret, with overlap.
    OauthClientRotate = "oauth_client.rotate", "oauth-clients:write", [Owner Manager];
    /// Revoke an OAuth client.
    OauthClientRevoke = "oauth_client.revoke", "oauth-clients:write", [Owner Manager];
    /// Read identity providers.
    IdentityProviderRead = "identity_provider.read", "identity-providers:read", [Owner Manager Auditor];
    /// Register an identity provider.
    IdentityProviderCreate = "identity_provider.create", "identity-providers:write", [Owner];
    /// Change or check an identity provider.
    IdentityProviderUpdate = "identity_provider.update", "identity-providers:write", [Owner];
    /// Remove an identity provider.
    IdentityProviderDelete = "identity_provider.delete", "identity-providers:write", [Owner];
    /// Read what is due.
    MilestoneRead = "milestone.read", "milestones:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Say who sees to what is due, and when.
    MilestoneUpdate = "milestone.update", "milestones:write", [Owner Manager Contributor Integration];
    /// Simulate a plan of dates; what it names must be readable too.
    PlanSimulate = "plan.simulate", "plans:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Read the journal.
    JournalRead = "journal.read", "journal:read", [Owner Manager Auditor];
    /// Read frameworks, built-in ones and one's own.
    FrameworkRead = "framework.read", "frameworks:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Create a framework of one's own.
    FrameworkCreate = "framework.create", "frameworks:write", [Owner Manager Contributor Integration];
    /// Change a framework of one's own; add requirements and mappings.
    FrameworkUpdate = "framework.update", "frameworks:write", [Owner Manager Contributor Integration];
    /// Remove a framework of one's own, a requirement of it or a mapping.
    FrameworkDelete = "framework.delete", "frameworks:write", [Owner Manager];
    /// Read controls, their tests and coverage.
    ControlRead = "control.read", "controls:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Create a control.
    ControlCreate = "control.create", "controls:write", [Owner Manager Contributor Integration];
    /// Change a control.
    ControlUpdate = "control.update", "controls:write", [Owner Manager Contributor Integration];
    /// Remove a control.
    ControlDelete = "control.delete", "controls:write", [Owner Manager];
    /// Record or correct a test of a control.
    ControlTestWrite = "control_test.write", "controls:write", [Owner Manager Contributor Integration];
    /// Remove a test of a control.
    ControlTestDelete = "control_test.delete", "controls:write", [Owner Manager];
    /// Read risks, the heat map and the risk matrix.
    RiskRead = "risk.read", "risks:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Write down a risk.
    RiskCreate = "risk.create", "risks:write", [Owner Manager Contributor Integration];
    /// Change a risk.
    RiskUpdate = "risk.update", "risks:write", [Owner Manager Contributor Integration];
    /// Remove a risk.
    RiskDelete = "risk.delete", "risks:write", [Owner Manager];
    /// Accept a risk, or withdraw that; a contributor only where they are the risk's own owner.
    RiskAccept = "risk.accept", "risks:accept", [Owner Manager Contributor];
    /// Change the risk matrix.
    RiskMatrixUpdate = "risk_matrix.update", "risks:write", [Owner Manager];
    /// Read statements of applicability, their entries and versions, and check them.
    ApplicabilityRead = "applicability.read", "applicability:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Create a statement of applicability.
    ApplicabilityCreate = "applicability.create", "applicability:write", [Owner Manager Contributor Integration];
    /// Change the draft of a statement of applicability: what it is about and its entries.
    ApplicabilityUpdate = "applicability.update", "applicability:write", [Owner Manager Contributor Integration];
    /// Remove a statement of applicability that was never approved.
    ApplicabilityDelete = "applicability.delete", "applicability:write", [Owner Manager];
    /// Approve the draft of a statement of applicability, which freezes a version.
    ApplicabilityApprove = "applicability.approve", "applicability:approve", [Owner Manager];
    /// Read the records of the management system, their editions and measurements.
    IsmsRead = "isms.read", "isms:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Enter a record of the management system.
    IsmsCreate = "isms.create", "isms:write", [Owner Manager Contributor Integration];
    /// Change a record of the management system; record or void a measurement; open the next edition of what is approved.
    IsmsUpdate = "isms.update", "isms:write", [Owner Manager Contributor Integration];
    /// Remove a record of the management system that was never approved.
    IsmsDelete = "isms.delete", "isms:write", [Owner Manager];
    /// Approve an edition of a record of the management system, or retire what is approved.
    IsmsApprove = "isms.approve", "isms:approve", [Owner Manager];
    /// Read and download evidence, its versions and what it covers.
    EvidenceRead = "evidence.read", "evidence:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Create evidence.
    EvidenceCreate = "evidence.create", "evidence:write", [Owner Manager Contributor Integration];
    /// Change evidence, or give it new content.
    EvidenceUpdate = "evidence.update", "evidence:write", [Owner Manager Contributor Integration];
    /// Submit evidence for review, or withdraw it.
    EvidenceSubmit = "evidence.submit", "evidence:write", [Owner Manager Contributor Integration];
    /// Accept or reject evidence that somebody else submitted.
    EvidenceReview = "evidence.review", "evidence:review", [Owner Manager];
    /// Read a file of evidence again and compare it with its digest.
    EvidenceVerify = "evidence.verify", "evidence:write", [Owner Manager Contributor Integration];
    /// Remove evidence that was never accepted.
    EvidenceDelete = "evidence.delete", "evidence:write", [Owner Manager];
    /// Read the organisation's profile.
    OrganizationRead = "organization.read", "organization:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Change the organisation's profile.
    OrganizationUpdate = "organization.update", "organization:write", [Owner Manager];
    /// Read systems and services.
    SystemRead = "system.read", "systems:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Create a system or service.
    SystemCreate = "system.create", "systems:write", [Owner Manager Contributor Integration];
    /// Change a system or service.
    SystemUpdate = "system.update", "systems:write", [Owner Manager Contributor Integration];
    /// Remove a system or service.
    SystemDelete = "system.delete", "systems:write", [Owner Manager];
    /// Read locations.
    LocationRead = "location.read", "locations:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Create a location.
    LocationCreate = "location.create", "locations:write", [Owner Manager Contributor Integration];
    /// Change a location.
    LocationUpdate = "location.update", "locations:write", [Owner Manager Contributor Integration];
    /// Remove a location.
    LocationDelete = "location.delete", "locations:write", [Owner Manager];
    /// Read what customers ask for.
    CustomerRequirementRead = "customer_requirement.read", "customer-requirements:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Enter what a customer asks for.
    CustomerRequirementCreate = "customer_requirement.create", "customer-requirements:write", [Owner Manager Contributor Integration];
    /// Change what a customer asks for.
    CustomerRequirementUpdate = "customer_requirement.update", "customer-requirements:write", [Owner Manager Contributor Integration];
    /// Remove what a customer asks for.
    CustomerRequirementDelete = "customer_requirement.delete", "customer-requirements:write", [Owner Manager];
    /// Ask for advice on frameworks, which tells of the profile and of what customers ask for.
    FrameworkAdvise = "framework.advise", "advice:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Read certification bodies.
    CertificationBodyRead = "certification_body.read", "certifications:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Create a certification body.
    CertificationBodyCreate = "certification_body.create", "certifications:write", [Owner Manager Contributor Integration];
    /// Change a certification body.
    CertificationBodyUpdate = "certification_body.update", "certifications:write", [Owner Manager Contributor Integration];
    /// Remove a certification body.
    CertificationBodyDelete = "certification_body.delete", "certifications:write", [Owner Manager];
    /// Read certificates, their events, their milestones and the default settings.
    CertificationRead = "certification.read", "certifications:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Enter a certificate that is already held.
    CertificationRegister = "certification.register", "certifications:write", [Owner Manager Contributor Integration];
    /// Change what a certificate says beside its dates.
    CertificationUpdate = "certification.update", "certifications:write", [Owner Manager Contributor Integration];
    /// Record a dated event of a certificate.
    CertificationEventRecord = "certification_event.record", "certifications:write", [Owner Manager Contributor Integration];
    /// Void an event of a certificate.
    CertificationEventVoid = "certification_event.void", "certifications:write", [Owner Manager];
    /// Change the default settings for certificates.
    CertificationSettingsUpdate = "certification_settings.update", "certifications:write", [Owner Manager Contributor Integration];
    /// Read audits.
    AuditRead = "audit.read", "audits:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Plan an audit, or copy one.
    AuditCreate = "audit.create", "audits:write", [Owner Manager Contributor Integration];
    /// Change an audit that is not over, start it.
    AuditUpdate = "audit.update", "audits:write", [Owner Manager Contributor Integration];
    /// Complete an audit, or cancel it.
    AuditComplete = "audit.complete", "audits:write", [Owner Manager Integration];
    /// Void a completed audit.
    AuditVoid = "audit.void", "audits:write", [Owner Manager];
    /// Remove an audit that was not held.
    AuditDelete = "audit.delete", "audits:write", [Owner Manager];
    /// Read evidence requests.
    EvidenceRequestRead = "evidence_request.read", "evidence-requests:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Ask to be shown something.
    EvidenceRequestCreate = "evidence_request.create", "evidence-requests:write", [Owner Manager Contributor Auditor Integration];
    /// Change what is asked for.
    EvidenceRequestUpdate = "evidence_request.update", "evidence-requests:write", [Owner Manager Contributor Auditor Integration];
    /// Give evidence to a request; a contributor only where they are asked, or nobody is.
    EvidenceRequestProvide = "evidence_request.provide", "evidence-requests:provide", [Owner Manager Contributor Integration];
    /// Accept what somebody else gave to a request, or give it back.
    EvidenceRequestReview = "evidence_request.review", "evidence-requests:review", [Owner Manager Auditor];
    /// Remove an evidence request.
    EvidenceRequestDelete = "evidence_request.delete", "evidence-requests:write", [Owner Manager];
    /// Read findings and corrective actions.
    FindingRead = "finding.read", "findings:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Raise a finding.
    FindingCreate = "finding.create", "findings:write", [Owner Manager Contributor Integration];
    /// Change a finding.
    FindingUpdate = "finding.update", "findings:write", [Owner Manager Contributor Integration];
    /// Record that a finding was verified, how its effectiveness was judged, or reopen it.
    FindingJudge = "finding.judge", "findings:write", [Owner Manager];
    /// Remove a finding.
    FindingDelete = "finding.delete", "findings:write", [Owner Manager];
    /// Enter a corrective action.
    CorrectiveActionCreate = "corrective_action.create", "findings:write", [Owner Manager Contributor Integration];
    /// Change a corrective action.
    CorrectiveActionUpdate = "corrective_action.update", "findings:write", [Owner Manager Contributor Integration];
    /// Remove a corrective action.
    CorrectiveActionDelete = "corrective_action.delete", "findings:write", [Owner Manager];
    /// Read attestations, their events, tests, milestones and coverage.
    AttestationRead = "attestation.read", "attestations:read", [Owner Manager Contributor Auditor Viewer Integration];
    /// Enter an attestation.
    AttestationCreate = "attestation.create", "attestations:write", [Owner Manager Contributor Integration];
    /// Change what an attestation is beside its events.
    AttestationUpdate = "attestation.update", "attestations:write", [Owner Manager Contributor Integration];
    /// Record a dated event of an attestation.
    AttestationEventRecord = "attestation_event.record", "attestations:write", [Owner Manager Contributor Integration];
    /// Void an event of an attestation.
    AttestationEventVoid = "attestation_event.void", "attestations:write", [Owner Manager];
    /// Record a practitioner's test, or management's response to its exception.
    AttestationTestWrite = "attestation_test.write", "attestations:write", [Owner Manager Contributor Integration];
    /// Remove a practitioner's test that should not have been recorded.
    AttestationTestDelete = "attestation_test.delete", "attestations:write", [Owner Manager];
    /// Read to whom a report was released.
    AttestationReleaseRead = "attestation_release.read", "attestation-releases:read", [Owner Manager Contributor Auditor];
    /// Write down, or void, a release of a report.
    AttestationReleaseRecord = "attestation_release.record", "attestation-releases:write", [Owner Manager];
}

impl Action {
    /// Whether an auditor who is bound to an audit may do it, in that engagement: its audit, findings and evidence
    /// requests, the controls and evidence that these name, and the certificate or attestation that the audit serves.
    pub const fn is_of_an_engagement(self) -> bool {
        matches!(
            self,
            Self::ControlRead
                | Self::EvidenceRead
                | Self::CertificationRead
                | Self::AttestationRead
                | Self::AuditRead
                | Self::FindingRead
                | Self::EvidenceRequestRead
                | Self::EvidenceRequestCreate
                | Self::EvidenceRequestUpdate
                | Self::EvidenceRequestReview
        )
    }
}

impl Action {
    /// Whether it reads what an engagement only names or serves.
    pub const fn is_of_what_is_linked(self) -> bool {
        matches!(
            self,
            Self::ControlRead | Self::EvidenceRead | Self::CertificationRead | Self::AttestationRead
        )
    }
}

/// The scopes of a credential; none means all that its member's role allows.
pub type Scopes = Doc<Vec<String>>;

/// Every scope there is, in order.
pub fn scope_names() -> BTreeSet<&'static str> {
    Action::ALL.iter().map(|action| action.scope()).collect()
}

impl Role {
    /// Whether this role alone allows the action.
    pub fn allows(self, action: Action) -> bool {
        action.roles().contains(&self)
    }

    /// Whether everything `other` may do, this role may do too: nobody hands out more than they have.
    pub fn covers(self, other: Role) -> bool {
        Action::ALL.iter().all(|&action| !other.allows(action) || self.allows(action))
    }
}

/// The table as committed in `schema/access-matrix.txt`.
pub fn matrix() -> String {
    let mut text = String::from(
        "Who may do what in attestd: one row per action, one column per role.\n\
         A credential with scopes may do only what its member's role and one of its scopes both allow.\n\
         An auditor who is bound to audits may do what says own in the last column, to what belongs to those audits alone.\n\
         The operator credential manages tenants (POST, GET, PATCH /v1/tenants) and sees nothing inside them.\n\n",
    );
    let _ = write!(text, "{:<27} {:<27}", "action", "scope");
    Role::ALL.iter().for_each(|role| {
        let _ = write!(text, " {:<11}", role.as_str());
    });
    text.push_str(" bound auditor");
    for action in Action::ALL {
        let _ = write!(text, "\n{:<27} {:<27}", action.name(), action.scope());
        for role in Role::ALL {
            let _ = write!(text, " {:<11}", if role.allows(*action) { "yes" } else { "-" });
        }
        text.push_str(if action.is_of_an_engagement() { " own" } else { " -" });
    }
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_may_do_everything_and_a_viewer_nothing_that_writes() {
        for &action in Action::ALL {
            assert!(Role::Owner.allows(action), "{}", action.name());
            assert!(
                !(Role::Viewer.allows(action) && action.scope().ends_with(":write")),
                "{}",
                action.name()
            );
        }
    }

    #[test]
    fn the_table_tells_what_is_left_to_a_bound_auditor() {
        let table = matrix();
        let ends = |name: &str, word: &str| {
            let line = table.lines().find(|line| line.starts_with(&format!("{name} ")));
            line.is_some_and(|line| line.ends_with(&format!(" {word}")))
        };
        assert!(ends("attestation.read", "own") && ends("certification.read", "own"));
        assert!(ends("attestation_release.read", "-") && ends("risk.read", "-"));
        for &action in Action::ALL {
            assert!(!action.is_of_an_engagement() || Role::Auditor.allows(action), "{}", action.name());
        }
    }

    #[test]
    fn covering_is_by_actions() {
        assert!(Role::Owner.covers(Role::Manager));
        assert!(!Role::Manager.covers(Role::Owner));
        assert!(!Role::Contributor.covers(Role::Auditor));
    }
}
