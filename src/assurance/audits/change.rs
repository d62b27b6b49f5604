//! A change of an audit.

use async_graphql::{InputObject, MaybeUndefined};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    engine::AuditTopic,
    model::{AgendaItem, Audit, AuditKind, BoundAuditor, TeamMember},
};
use crate::{
    catalog::RequirementRef,
    kernel::{
        id::{AttestationId, AuditProgrammeId, CertificationId, ControlId, MemberId},
        patch,
        text::{Prose, Title},
        time::Date,
    },
    platform::db::{Doc, refs::ExternalRef},
};

/// A change of an audit. Once it was held or called off only its owner, its bound auditors and its
/// external references change.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct AuditPatch {
    /// What it is for.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub kind: Option<AuditKind>,
    /// What it is called.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub title: Option<Title>,
    /// The certificate that it serves; null for none.
    #[schema(value_type = Option<CertificationId>)]
    pub certification: MaybeUndefined<CertificationId>,
    /// The engagement that it serves; null for none.
    #[schema(value_type = Option<AttestationId>)]
    pub attestation: MaybeUndefined<AttestationId>,
    /// The programme that plans it; null for none.
    #[schema(value_type = Option<AuditProgrammeId>)]
    pub programme: MaybeUndefined<AuditProgrammeId>,
    /// The number of the planned audit of that programme that it is; null with the programme.
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 10000)]
    pub programme_audit: MaybeUndefined<i32>,
    /// The first day as planned.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub planned_start: Option<Date>,
    /// The last day as planned.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub planned_end: Option<Date>,
    /// The member who sees to it; null for nobody.
    #[schema(value_type = Option<MemberId>)]
    pub owner: MaybeUndefined<MemberId>,
    /// Who audits, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 50)]
    pub team: Option<Vec<TeamMember>>,
    /// The auditors whose credentials are bound to it, all of them. The engagement of one who is left out ends at once.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub auditors: Option<Vec<BoundAuditor>>,
    /// What it is held against.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub criteria: Option<Prose>,
    /// What it covers.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub scope: Option<Prose>,
    /// Where it is held, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 200)]
    pub sites: Option<Vec<Title>>,
    /// What is looked at when, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 200)]
    pub agenda: Option<Vec<AgendaItem>>,
    /// The controls that are sampled, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 500)]
    pub controls: Option<Vec<ControlId>>,
    /// The requirements that are sampled, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 500)]
    pub requirements: Option<Vec<RequirementRef>>,
    /// What of a surveillance's topics it covers, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 12)]
    pub topics: Option<Vec<AuditTopic>>,
    /// Days in which the body wants the plan against a finding; null where it says nothing.
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 366)]
    pub plan_days: MaybeUndefined<i32>,
    /// Days in which the body wants a major verified; null where it says nothing.
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 366)]
    pub major_days: MaybeUndefined<i32>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl AuditPatch {
    /// Applies the patch.
    pub fn apply(self, audit: &mut Audit) {
        patch::set(&mut audit.kind, self.kind);
        patch::set(&mut audit.title, self.title);
        patch::set_or_clear(&mut audit.certification, self.certification);
        patch::set_or_clear(&mut audit.attestation, self.attestation);
        patch::set_or_clear(&mut audit.programme, self.programme);
        patch::set_or_clear(&mut audit.programme_audit, self.programme_audit);
        patch::set(&mut audit.planned_start, self.planned_start);
        patch::set(&mut audit.planned_end, self.planned_end);
        patch::set_or_clear(&mut audit.owner, self.owner);
        patch::set(&mut audit.team, self.team.map(Doc));
        patch::set(&mut audit.auditors, self.auditors.map(Doc));
        patch::set(&mut audit.criteria, self.criteria);
        patch::set(&mut audit.scope, self.scope);
        patch::set(&mut audit.sites, self.sites.map(Doc));
        patch::set(&mut audit.agenda, self.agenda.map(Doc));
        patch::set(&mut audit.controls, self.controls.map(Doc));
        patch::set(&mut audit.requirements, self.requirements.map(Doc));
        patch::set(&mut audit.topics, self.topics.map(Doc));
        patch::set_or_clear(&mut audit.plan_days, self.plan_days);
        patch::set_or_clear(&mut audit.major_days, self.major_days);
        patch::set(&mut audit.external_refs, self.external_refs.map(Doc));
    }
}
