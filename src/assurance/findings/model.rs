//! A finding.

use async_graphql::{Enum, InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{
    change::FindingPatch,
    engine::{self, Deadline, Deadlines},
    judged::{FindingCheck, FindingVerification},
    store::findings,
};
use crate::{
    batch, bounded_text,
    catalog::{FrameworkKey, RequirementId, RequirementRef, catalog},
    kernel::{
        error::{Faults, Result},
        id::{AuditId, ControlId, EvidenceId, FindingId, MemberId, TenantId},
        page::SortOrder,
        text::{Prose, ShortCode, Title},
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
    /// How much a finding weighs.
    FindingGrade {
        /// A nonconformity that puts in doubt that the system does what it should.
        Major = "major",
        /// A nonconformity that does not.
        Minor = "minor",
        /// Something that could be better.
        Opportunity = "opportunity",
        /// Something worth noting.
        Observation = "observation",
        /// A deviation in a test of a SOC 2 examination: a result, which alone does not change the opinion (D-08).
        Exception = "exception",
    }
}

text_enum! {
    /// How a finding stands on a day.
    FindingState {
        /// It was raised.
        Open = "open",
        /// The plan for it should have been accepted by now.
        PlanDue = "plan_due",
        /// The body has accepted the plans of all its corrective actions.
        PlanAccepted = "plan_accepted",
        /// All its corrective actions are implemented.
        Implemented = "implemented",
        /// Correction and corrective action were verified.
        Verified = "verified",
        /// What was done proved effective.
        Closed = "closed",
        /// What was done proved ineffective, or was judged too early.
        Reopened = "reopened",
    }
}

bounded_text! {
    /// What was found, in the auditor's words.
    FindingStatement: 1..=8000, like "Three of ten leavers sampled still had an account after 30 days (A.5.18).";
    /// One step of a five-whys analysis.
    FindingWhy: 1..=1000, like "The HR system does not tell the directory of leavers.";
}

/// Links of one kind at the most.
const MAX_LINKS: usize = 100;
/// Steps of a root cause analysis at the most.
const MAX_WHYS: usize = 10;

/// What a finding may say, for the API's description.
fn example() -> Value {
    json!({ "title": "Leavers keep their access", "grade": "minor", "clause": "A.5.18", "reference": "NC-2026-02" })
}

/// What was found, as stored.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = findings, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(as = FindingFacts, example = example)]
#[graphql(name = "FindingFacts")]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// What it is called.
    pub title: Title,
    /// What the auditor calls it.
    pub reference: Option<ShortCode>,
    /// How much it weighs.
    pub grade: FindingGrade,
    /// The audit that raised it; null where the organisation found it by itself.
    #[diesel(column_name = audit_id)]
    #[graphql(name = "auditId")]
    pub audit: Option<AuditId>,
    /// The day on which it was raised.
    pub raised_on: Date,
    /// What was found, in the auditor's words.
    pub statement: FindingStatement,
    /// The clause that it is against, as the auditor wrote it.
    pub clause: Option<Title>,
    /// The controls that it is about.
    #[schema(value_type = Vec<ControlId>, max_items = 100)]
    #[graphql(name = "controlIds")]
    pub controls: Doc<Vec<ControlId>>,
    /// The requirements that it is against.
    #[schema(value_type = Vec<RequirementRef>, max_items = 100)]
    pub requirements: Doc<Vec<RequirementRef>>,
    /// The member who sees to it.
    #[diesel(column_name = owner_id)]
    #[graphql(name = "ownerId")]
    pub owner: Option<MemberId>,
    /// The evidence that it rests on.
    #[schema(value_type = Vec<EvidenceId>, max_items = 100)]
    #[graphql(name = "evidenceIds")]
    pub evidence: Doc<Vec<EvidenceId>>,
    /// What was done at once.
    pub correction: Prose,
    /// Whether there are similar cases, and where.
    pub extent: Prose,
    /// Why it came about.
    pub root_cause: Prose,
    /// Why, and why that, down to the root.
    #[schema(value_type = Vec<FindingWhy>, max_items = 10)]
    pub whys: Doc<Vec<FindingWhy>>,
    /// What management answers to it; kept apart from the auditor's text (D-08).
    pub response: Prose,
    /// The last day that the certification body stated; wins over the computed one.
    pub stated_due: Option<Date>,
    /// That it was verified; null until then.
    #[schema(value_type = Option<FindingVerification>)]
    pub verification: Option<Doc<FindingVerification>>,
    /// How the effect of what was done was judged, the first first.
    #[schema(value_type = Vec<FindingCheck>, max_items = 50)]
    pub checks: Doc<Vec<FindingCheck>>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) stage: FindingState,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) plan_accepted_on: Option<Date>,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) implemented_on: Option<Date>,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) deadlines: Doc<Deadlines>,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) plan_due_on: Date,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) due_on: Date,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was entered.
    pub created_at: Instant,
}

impl Recorded for Finding {
    const RESOURCE: &'static str = "finding";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl Finding {
    /// Checks what can be told without looking anything up.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self, today: Date) -> Result<()> {
        let mut faults = Faults::default();
        faults.when(self.raised_on > today, "/raised_on", "must not be in the future");
        let early = self.stated_due.is_some_and(|due| due < self.raised_on);
        faults.when(early, "/stated_due", "must not be before raised_on");
        faults.once_each("/controls", &self.controls, MAX_LINKS);
        faults.once_each("/evidence", &self.evidence, MAX_LINKS);
        faults.once_each("/requirements", &self.requirements, MAX_LINKS);
        for (n, one) in self.requirements.iter().enumerate().take(MAX_LINKS) {
            // Whether the tenant's own are there is seen when they are written.
            let unknown = !one.framework.is_own() && catalog().requirement(one).is_none();
            faults.when(unknown, format!("/requirements/{n}"), RequirementRef::UNKNOWN);
        }
        faults.when(self.whys.len() > MAX_WHYS, "/whys", format!("must have at most {MAX_WHYS} items"));
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    /// How often it was reopened.
    pub fn reopenings(&self) -> i32 {
        i32::try_from(self.checks.iter().filter(|one| !one.effective).count()).unwrap_or(i32::MAX)
    }

    /// The day on which it was last reopened.
    pub fn reopened_on(&self) -> Option<Date> {
        self.checks.iter().rfind(|one| !one.effective).map(|one| one.on)
    }

    /// The day on which it was closed, where it is.
    pub fn closed_on(&self) -> Option<Date> {
        self.checks.last().filter(|one| one.effective).map(|one| one.on)
    }

    /// Whether something is still to be done about it.
    pub fn is_pending(&self) -> bool {
        !matches!(self.stage, FindingState::Verified | FindingState::Closed)
    }

    /// What was judged when it was verified.
    pub fn claims(&self) -> impl PartialEq + use<> {
        (self.grade, self.audit, self.raised_on, self.statement.clone())
    }

    /// The finding as it stands on a day.
    pub fn on(self, day: Date) -> FindingView {
        let Deadlines { plan, verification } = self.deadlines.0.clone();
        FindingView {
            as_of: day,
            known_at: None,
            state: engine::state(&self, day),
            overdue: engine::overdue(&self, day),
            reopenings: self.reopenings(),
            plan_accepted_on: self.plan_accepted_on,
            implemented_on: self.implemented_on,
            closed_on: self.closed_on(),
            plan_due: plan,
            due: verification,
            facts: self,
        }
    }
}

/// What was found, how it stands on a day, and when it is due by which rule.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = Finding)]
#[graphql(name = "Finding", complex)]
pub struct FindingView {
    /// What is stored.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: Finding,
    /// The day with which its dates are compared.
    pub as_of: Date,
    /// The moment by which what is told had been recorded; null for all that is recorded.
    pub known_at: Option<Instant>,
    /// How it stands.
    pub state: FindingState,
    /// Whether it should have been verified before that day.
    pub overdue: bool,
    /// How often it was reopened.
    #[schema(minimum = 0)]
    pub reopenings: i32,
    /// When the body had accepted the plans of all its corrective actions.
    pub plan_accepted_on: Option<Date>,
    /// When all its corrective actions were implemented.
    pub implemented_on: Option<Date>,
    /// When what was done proved effective.
    pub closed_on: Option<Date>,
    /// When the plan is due; null where none is asked for.
    pub plan_due: Option<Deadline>,
    /// When it is to be verified; null where nothing says so.
    pub due: Option<Deadline>,
}

/// A finding to raise.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = example)]
pub struct NewFinding {
    /// What it is called.
    pub title: Title,
    /// What the auditor calls it.
    #[serde(default)]
    pub reference: Option<ShortCode>,
    /// How much it weighs.
    pub grade: FindingGrade,
    /// The audit that raised it.
    #[serde(default)]
    pub audit: Option<AuditId>,
    /// The day on which it was raised; today unless given.
    #[serde(default)]
    pub raised_on: Option<Date>,
    /// What was found, in the auditor's words.
    pub statement: FindingStatement,
    /// The clause that it is against, as the auditor wrote it.
    #[serde(default)]
    pub clause: Option<Title>,
    /// The controls that it is about.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub controls: Vec<ControlId>,
    /// The requirements that it is against.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub requirements: Vec<RequirementRef>,
    /// The member who sees to it.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// The evidence that it rests on.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub evidence: Vec<EvidenceId>,
    /// What was done at once.
    #[serde(default)]
    #[graphql(default)]
    pub correction: Prose,
    /// Whether there are similar cases, and where.
    #[serde(default)]
    #[graphql(default)]
    pub extent: Prose,
    /// Why it came about.
    #[serde(default)]
    #[graphql(default)]
    pub root_cause: Prose,
    /// Why, and why that, down to the root.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 10)]
    pub whys: Vec<FindingWhy>,
    /// What management answers to it.
    #[serde(default)]
    #[graphql(default)]
    pub response: Prose,
    /// The last day that the certification body stated.
    #[serde(default)]
    pub stated_due: Option<Date>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewFinding {
    /// The finding to store; what follows from other rows is settled when it is written.
    pub fn into_finding(self, tenant_id: TenantId, id: FindingId, now: Instant, today: Date) -> Finding {
        Finding {
            id,
            tenant_id,
            title: self.title,
            reference: self.reference,
            grade: self.grade,
            audit: self.audit,
            raised_on: self.raised_on.unwrap_or(today),
            statement: self.statement,
            clause: self.clause,
            controls: Doc(self.controls),
            requirements: Doc(self.requirements),
            owner: self.owner,
            evidence: Doc(self.evidence),
            correction: self.correction,
            extent: self.extent,
            root_cause: self.root_cause,
            whys: Doc(self.whys),
            response: self.response,
            stated_due: self.stated_due,
            verification: None,
            checks: Doc::default(),
            external_refs: Doc(self.external_refs),
            stage: FindingState::Open,
            plan_accepted_on: None,
            implemented_on: None,
            deadlines: Doc::default(),
            plan_due_on: Date::MAX,
            due_on: Date::MAX,
            version: 1,
            created_at: now,
        }
    }
}

/// Which findings to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct FindingFilter {
    /// Findings of this grade.
    #[param(inline)]
    pub grade: Option<FindingGrade>,
    /// Findings that stand so.
    #[param(inline)]
    pub state: Option<FindingState>,
    /// Findings that should have been verified before the day, or not.
    pub overdue: Option<bool>,
    /// Findings that are to be verified on this day or before it.
    pub due_before: Option<Date>,
    /// Findings of this audit.
    #[param(inline)]
    pub audit: Option<AuditId>,
    /// Findings that this member sees to.
    #[param(inline)]
    pub owner: Option<MemberId>,
    /// Findings about this control.
    #[param(inline)]
    pub control: Option<ControlId>,
    /// Findings against this requirement, in any framework.
    #[param(inline)]
    pub requirement: Option<RequirementId>,
    /// Findings against something of this framework.
    #[param(inline)]
    pub framework: Option<FrameworkKey>,
    /// The finding with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
    /// The day with which dates are compared; today in the tenant's time zone unless given.
    pub as_of: Option<Date>,
}

/// The order of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum FindingSort {
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Due soonest first; those without a day last.
    #[serde(rename = "due")]
    Soonest,
}

impl SortOrder for FindingSort {
    const DEFAULT: Self = Self::Newest;
}

batch! {
    Finding, FindingBatch, FindingOperation { NewFinding, FindingChange(FindingPatch), FindingPut, FindingRemoval(FindingId) }
}
