//! An audit.

use async_graphql::{InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

pub use crate::assurance::findings::AuditKind;

use super::{
    change::AuditPatch,
    engine::{self, AuditNote, AuditTopic, FindingCounts},
    life::{Acknowledgement, AuditConclusion, AuditReason, AuditStatus},
    store::audits,
};
use crate::{
    batch,
    catalog::{RequirementRef, catalog},
    kernel::{
        error::{Error, Faults, Result},
        id::{AttestationId, AuditId, AuditProgrammeId, CertificationId, ControlId, MemberId, TenantId},
        text::{Prose, Title},
        time::{Date, Instant},
    },
    platform::{
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        journal::Recorded,
    },
    text_enum,
};

text_enum! {
    /// What somebody does on an audit team.
    TeamRole {
        /// Leads the team and answers for its conclusion.
        Lead = "lead",
        /// Audits.
        Auditor = "auditor",
        /// Knows the subject and does not audit.
        TechnicalExpert = "technical_expert",
        /// Watches.
        Observer = "observer",
    }
}

/// People on one team at the most.
const MAX_TEAM: usize = 50;
/// Auditors bound to one audit at the most.
const MAX_BOUND: usize = 20;
/// Sites, and items of an agenda, at the most.
const MAX_SITES: usize = 200;
/// Controls, and requirements, sampled at the most.
const MAX_SAMPLE: usize = 500;
/// Days that a body may set at the most.
const MAX_SET_DAYS: i32 = 366;

/// Somebody on an audit team: a member of the tenant, or somebody from outside by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(name = "TeamMember", input_name = "TeamMemberInput")]
#[schema(example = json!({ "member": null, "name": "Lead auditor", "role": "lead", "impartial": true }))]
pub struct TeamMember {
    /// The member; null for somebody from outside.
    #[serde(default)]
    pub member: Option<MemberId>,
    /// The name of somebody from outside; null for a member.
    #[serde(default)]
    pub name: Option<Title>,
    /// What they do.
    pub role: TeamRole,
    /// Whether they are impartial to what is audited; an internal audit has no auditor who is not (9.2).
    #[serde(default = "yes")]
    #[graphql(default = true)]
    #[schema(default = true)]
    pub impartial: bool,
}

const fn yes() -> bool {
    true
}

impl TeamMember {
    /// Whether they audit, rather than help or watch.
    pub fn audits(&self) -> bool {
        matches!(self.role, TeamRole::Lead | TeamRole::Auditor)
    }
}

/// A part of the audit plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "AgendaItemInput")]
#[schema(example = json!({ "on": "2026-02-10", "title": "Opening meeting; scope and context", "site": "Head office" }))]
pub struct AgendaItem {
    /// The day.
    pub on: Date,
    /// What is looked at.
    pub title: Title,
    /// Where.
    #[serde(default)]
    pub site: Option<Title>,
}

/// An auditor whose credential sees this audit and what belongs to it, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "BoundAuditorInput")]
pub struct BoundAuditor {
    /// The member, of the role auditor.
    pub member: MemberId,
    /// The last day of its access.
    pub until: Date,
}

/// What an audit may say, for the API's description.
fn example() -> Value {
    json!({
        "kind": "surveillance", "title": "Second surveillance audit", "planned_start": "2026-12-14",
        "planned_end": "2026-12-16", "criteria": "ISO/IEC 27001:2022 and the organisation's own rules",
    })
}

/// What is planned and known of an audit, as stored.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = audits, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(as = AuditFacts, example = example)]
#[graphql(name = "AuditFacts")]
pub struct Audit {
    /// Its id.
    pub id: AuditId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// What it is for.
    pub kind: AuditKind,
    /// What it is called.
    pub title: Title,
    /// The certificate that it serves; null where it serves none.
    #[diesel(column_name = certification_id)]
    #[graphql(name = "certificationId")]
    pub certification: Option<CertificationId>,
    /// The engagement that it serves: of fieldwork for a SOC 2 report; null where it serves none.
    #[diesel(column_name = attestation_id)]
    #[graphql(name = "attestationId")]
    pub attestation: Option<AttestationId>,
    /// The programme that plans it: of an internal audit; null where none does.
    #[diesel(column_name = programme_id)]
    #[graphql(name = "programmeId")]
    pub programme: Option<AuditProgrammeId>,
    /// The number of the planned audit of that programme that it is.
    #[schema(minimum = 1, maximum = 10000)]
    pub programme_audit: Option<i32>,
    /// The first day as planned.
    pub planned_start: Date,
    /// The last day as planned.
    pub planned_end: Date,
    /// The first day as held.
    pub started_on: Option<Date>,
    /// The last day as held, which is the one that counts.
    pub ended_on: Option<Date>,
    /// The member who sees to it.
    #[diesel(column_name = owner_id)]
    #[graphql(name = "ownerId")]
    pub owner: Option<MemberId>,
    /// Who audits.
    #[schema(value_type = Vec<TeamMember>, max_items = 50)]
    pub team: Doc<Vec<TeamMember>>,
    /// The auditors whose credentials are bound to it, until their last day.
    #[schema(value_type = Vec<BoundAuditor>, max_items = 20)]
    pub auditors: Doc<Vec<BoundAuditor>>,
    /// What it is held against.
    pub criteria: Prose,
    /// What it covers.
    pub scope: Prose,
    /// Where it is held.
    #[schema(value_type = Vec<Title>, max_items = 200)]
    pub sites: Doc<Vec<Title>>,
    /// What is looked at when.
    #[schema(value_type = Vec<AgendaItem>, max_items = 200)]
    pub agenda: Doc<Vec<AgendaItem>>,
    /// The controls that are sampled.
    #[schema(value_type = Vec<ControlId>, max_items = 500)]
    #[graphql(name = "controlIds")]
    pub controls: Doc<Vec<ControlId>>,
    /// The clauses and other requirements that are sampled.
    #[schema(value_type = Vec<RequirementRef>, max_items = 500)]
    pub requirements: Doc<Vec<RequirementRef>>,
    /// What of a surveillance's topics it covers.
    #[schema(value_type = Vec<AuditTopic>, max_items = 12)]
    pub topics: Doc<Vec<AuditTopic>>,
    /// Days in which the body wants the plan against a finding; 30 unless it says so.
    #[schema(minimum = 1, maximum = 366)]
    pub plan_days: Option<i32>,
    /// Days in which the body wants a major verified; 90 unless it says so.
    #[schema(minimum = 1, maximum = 366)]
    pub major_days: Option<i32>,
    /// How far it is.
    pub status: AuditStatus,
    /// What it came to.
    pub conclusion: Option<AuditConclusion>,
    /// The same in words.
    pub summary: Prose,
    /// When it was recorded as completed.
    pub completed_at: Option<Instant>,
    /// Rules that its completion is known to contradict.
    #[schema(value_type = Option<Acknowledgement>)]
    pub acknowledged: Option<Doc<Acknowledgement>>,
    /// When it was voided.
    pub voided_at: Option<Instant>,
    /// Why it was cancelled or voided.
    pub end_reason: Option<AuditReason>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was entered.
    pub created_at: Instant,
}

impl Recorded for Audit {
    const RESOURCE: &'static str = "audit";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl Audit {
    /// Checks what can be told without looking anything up.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        faults.when(
            self.planned_end < self.planned_start,
            "/planned_end",
            "must not be before planned_start",
        );
        let serves_none = self.certification.is_some()
            && matches!(self.kind, AuditKind::Soc2Fieldwork | AuditKind::Supplier);
        faults.when(
            serves_none,
            "/certification",
            format!("an audit of the kind {} serves no certificate", self.kind),
        );
        let fieldwork = self.kind == AuditKind::Soc2Fieldwork;
        let told = "must be null but for an audit of the kind soc2_fieldwork";
        faults.when(self.attestation.is_some() && !fieldwork, "/attestation", told);
        let internal = self.kind == AuditKind::Internal;
        let told = "must be null but for an audit of the kind internal";
        faults.when(self.programme.is_some() && !internal, "/programme", told);
        let half = self.programme.is_some() != self.programme_audit.is_some();
        faults.when(
            half,
            "/programme_audit",
            "must be given together with programme, or else be null with it",
        );
        self.validate_team(&mut faults);
        let bound: Vec<_> = self.auditors.iter().map(|one| one.member).collect();
        faults.once_each("/auditors", &bound, MAX_BOUND);
        for (days, at) in [(self.plan_days, "/plan_days"), (self.major_days, "/major_days")] {
            let fits = days.is_none_or(|days| (1..=MAX_SET_DAYS).contains(&days));
            faults.when(!fits, at, format!("must be from 1 to {MAX_SET_DAYS}"));
        }
        for (many, at, most) in
            [(self.sites.len(), "/sites", MAX_SITES), (self.agenda.len(), "/agenda", MAX_SITES)]
        {
            faults.when(many > most, at, format!("must have at most {most} items"));
        }
        faults.once_each("/controls", &self.controls, MAX_SAMPLE);
        faults.once_each("/requirements", &self.requirements, MAX_SAMPLE);
        faults.once_each("/topics", &self.topics, AuditTopic::ALL.len());
        for (n, one) in self.requirements.iter().enumerate().take(MAX_SAMPLE) {
            // Whether the tenant's own are there is seen when they are written.
            let unknown = !one.framework.is_own() && catalog().requirement(one).is_none();
            faults.when(unknown, format!("/requirements/{n}"), RequirementRef::UNKNOWN);
        }
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    fn validate_team(&self, faults: &mut Faults) {
        faults.when(self.team.len() > MAX_TEAM, "/team", format!("must have at most {MAX_TEAM} items"));
        for (n, one) in self.team.iter().enumerate().take(MAX_TEAM) {
            let both = one.member.is_some() == one.name.is_some();
            faults.when(both, format!("/team/{n}/name"), "must be given, or else member, and not both");
            let again = one.member.is_some() && self.team[..n].iter().any(|other| other.member == one.member);
            faults.when(again, format!("/team/{n}/member"), "is named twice");
            let partial = self.kind == AuditKind::Internal && one.audits() && !one.impartial;
            let told = "must be true: whoever audits internally is impartial to what is audited (ISO/IEC 27001:2022 9.2)";
            faults.when(partial, format!("/team/{n}/impartial"), told);
        }
    }

    /// Which planned audit of which programme it is.
    pub fn planned_in(&self) -> Option<(AuditProgrammeId, i32)> {
        self.programme.zip(self.programme_audit)
    }

    /// Whether its day counts: it was held, or will be.
    pub fn counts(&self) -> bool {
        self.is_ahead() || self.status == AuditStatus::Completed
    }

    /// What no longer changes once it was held or called off.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn plan(&self) -> Result<Value> {
        let mut plan = serde_json::to_value(self).map_err(Error::internal)?;
        for name in ["external_refs", "version", "owner", "auditors"] {
            plan.as_object_mut().map(|fields| fields.remove(name));
        }
        Ok(plan)
    }

    /// The audit with what follows from its findings.
    pub fn with(self, findings: FindingCounts) -> AuditView {
        AuditView { notes: engine::notes(&self, findings), finding_counts: findings, facts: self }
    }
}

/// What is planned and known of an audit, what it found, and what the rules say of it.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = Audit)]
#[graphql(name = "Audit", complex)]
pub struct AuditView {
    /// What is stored.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: Audit,
    /// How many findings it has; `/v1/findings?audit=…` lists them.
    pub finding_counts: FindingCounts,
    /// What the rules say of it as it is.
    #[schema(max_items = 20)]
    pub notes: Vec<AuditNote>,
}

/// An audit to plan.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = example)]
pub struct NewAudit {
    /// What it is for.
    pub kind: AuditKind,
    /// What it is called.
    pub title: Title,
    /// The certificate that it serves.
    #[serde(default)]
    pub certification: Option<CertificationId>,
    /// The engagement that it serves: of fieldwork for a SOC 2 report alone.
    #[serde(default)]
    pub attestation: Option<AttestationId>,
    /// The programme that plans it: of an internal audit alone.
    #[serde(default)]
    pub programme: Option<AuditProgrammeId>,
    /// The number of the planned audit of that programme that it is.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10000)]
    pub programme_audit: Option<i32>,
    /// The first day as planned.
    pub planned_start: Date,
    /// The last day as planned; the same unless given.
    #[serde(default)]
    pub planned_end: Option<Date>,
    /// The member who sees to it.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// Who audits.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 50)]
    pub team: Vec<TeamMember>,
    /// The auditors whose credentials are bound to it, until their last day.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub auditors: Vec<BoundAuditor>,
    /// What it is held against.
    #[serde(default)]
    #[graphql(default)]
    pub criteria: Prose,
    /// What it covers.
    #[serde(default)]
    #[graphql(default)]
    pub scope: Prose,
    /// Where it is held.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 200)]
    pub sites: Vec<Title>,
    /// What is looked at when.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 200)]
    pub agenda: Vec<AgendaItem>,
    /// The controls that are sampled.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 500)]
    pub controls: Vec<ControlId>,
    /// The clauses and other requirements that are sampled.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 500)]
    pub requirements: Vec<RequirementRef>,
    /// What of a surveillance's topics it covers.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 12)]
    pub topics: Vec<AuditTopic>,
    /// Days in which the body wants the plan against a finding, where it says so.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 366)]
    pub plan_days: Option<i32>,
    /// Days in which the body wants a major verified, where it says so.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 366)]
    pub major_days: Option<i32>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewAudit {
    /// The audit to store: planned.
    pub fn into_audit(self, tenant_id: TenantId, id: AuditId, now: Instant) -> Audit {
        Audit {
            id,
            tenant_id,
            kind: self.kind,
            title: self.title,
            certification: self.certification,
            attestation: self.attestation,
            programme: self.programme,
            programme_audit: self.programme_audit,
            planned_start: self.planned_start,
            planned_end: self.planned_end.unwrap_or(self.planned_start),
            started_on: None,
            ended_on: None,
            owner: self.owner,
            team: Doc(self.team),
            auditors: Doc(self.auditors),
            criteria: self.criteria,
            scope: self.scope,
            sites: Doc(self.sites),
            agenda: Doc(self.agenda),
            controls: Doc(self.controls),
            requirements: Doc(self.requirements),
            topics: Doc(self.topics),
            plan_days: self.plan_days,
            major_days: self.major_days,
            status: AuditStatus::Planned,
            conclusion: None,
            summary: Prose::default(),
            completed_at: None,
            acknowledged: None,
            voided_at: None,
            end_reason: None,
            external_refs: Doc(self.external_refs),
            version: 1,
            created_at: now,
        }
    }
}

batch! {
    Audit, AuditBatch, AuditOperation { NewAudit, AuditChange(AuditPatch), AuditPut, AuditRemoval(AuditId) }
}
