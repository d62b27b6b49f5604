//! A corrective action.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::store::corrective_actions;
use crate::{
    assurance::findings::rules,
    batch,
    kernel::{
        error::{Faults, Result},
        id::{CorrectiveActionId, EvidenceId, FindingId, MemberId, TenantId},
        page::SortOrder,
        patch,
        text::{Prose, Title},
        time::{Date, Instant},
    },
    platform::{
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        diary::{Due, RuleInput},
        journal::Recorded,
    },
};

/// Pieces of evidence of one action at the most.
const MAX_EVIDENCE: usize = 100;

/// What a corrective action may say, for the API's description.
fn example() -> Value {
    json!({ "title": "The HR system tells the directory of leavers", "due_on": "2026-05-31" })
}

/// What is done so that a finding does not come back.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = corrective_actions, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(example = example)]
#[graphql(complex)]
pub struct CorrectiveAction {
    /// Its id.
    pub id: CorrectiveActionId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The finding.
    #[diesel(column_name = finding_id)]
    #[graphql(name = "findingId")]
    pub finding: FindingId,
    /// How often the finding had been reopened before it: only the latest count.
    #[schema(minimum = 0)]
    pub round: i32,
    /// What is done.
    pub title: Title,
    /// How.
    pub description: Prose,
    /// The member who does it.
    #[diesel(column_name = owner_id)]
    #[graphql(name = "ownerId")]
    pub owner: Option<MemberId>,
    /// The member who approved the plan.
    #[graphql(name = "approvedById")]
    pub approved_by: Option<MemberId>,
    /// The day of that approval.
    pub approved_on: Option<Date>,
    /// The day on which the certification body accepted the plan.
    pub plan_accepted_on: Option<Date>,
    /// The last day on which it is in time.
    pub due_on: Option<Date>,
    /// The day on which it was implemented.
    pub implemented_on: Option<Date>,
    /// What shows that.
    #[schema(value_type = Vec<EvidenceId>, max_items = 100)]
    #[graphql(name = "evidenceIds")]
    pub evidence: Doc<Vec<EvidenceId>>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was entered.
    pub created_at: Instant,
}

impl Recorded for CorrectiveAction {
    const RESOURCE: &'static str = "corrective_action";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl CorrectiveAction {
    /// Checks what can be told without looking anything up.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self, today: Date) -> Result<()> {
        let mut faults = Faults::default();
        for (day, at) in [
            (self.approved_on, "/approved_on"),
            (self.plan_accepted_on, "/plan_accepted_on"),
            (self.implemented_on, "/implemented_on"),
        ] {
            faults.when(day.is_some_and(|day| day > today), at, "must not be in the future");
        }
        let half = self.approved_by.is_some() != self.approved_on.is_some();
        faults.when(half, "/approved_on", "must be given together with approved_by");
        faults.once_each("/evidence", &self.evidence, MAX_EVIDENCE);
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    /// Its date for the diary: none where no day is set.
    pub fn due_dates(&self) -> Vec<Due> {
        let due = self.due_on.map(|due| Due {
            code: "corrective_action_due".to_owned(),
            cycle: self.round,
            title: "A corrective action is implemented".to_owned(),
            window_opens: None,
            due,
            done_on: self.implemented_on,
            assumed: false,
            rule: rules::OWN_NONCONFORMITY.cite(),
            inputs: Doc(vec![RuleInput { name: "due_on".to_owned(), value: due.to_string() }]),
        });
        due.into_iter().collect()
    }
}

/// A corrective action to enter.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = example)]
pub struct NewCorrectiveAction {
    /// The finding.
    pub finding: FindingId,
    /// What is done.
    pub title: Title,
    /// How.
    #[serde(default)]
    #[graphql(default)]
    pub description: Prose,
    /// The member who does it.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// The member who approved the plan.
    #[serde(default)]
    pub approved_by: Option<MemberId>,
    /// The day of that approval.
    #[serde(default)]
    pub approved_on: Option<Date>,
    /// The day on which the certification body accepted the plan.
    #[serde(default)]
    pub plan_accepted_on: Option<Date>,
    /// The last day on which it is in time.
    #[serde(default)]
    pub due_on: Option<Date>,
    /// The day on which it was implemented.
    #[serde(default)]
    pub implemented_on: Option<Date>,
    /// What shows that.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub evidence: Vec<EvidenceId>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewCorrectiveAction {
    /// The action to store; its round is the finding's.
    pub fn into_action(self, tenant_id: TenantId, id: CorrectiveActionId, now: Instant) -> CorrectiveAction {
        CorrectiveAction {
            id,
            tenant_id,
            finding: self.finding,
            round: 0,
            title: self.title,
            description: self.description,
            owner: self.owner,
            approved_by: self.approved_by,
            approved_on: self.approved_on,
            plan_accepted_on: self.plan_accepted_on,
            due_on: self.due_on,
            implemented_on: self.implemented_on,
            evidence: Doc(self.evidence),
            external_refs: Doc(self.external_refs),
            version: 1,
            created_at: now,
        }
    }
}

/// A change of a corrective action.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct CorrectiveActionPatch {
    /// What is done.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub title: Option<Title>,
    /// How.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub description: Option<Prose>,
    /// The member who does it; null for nobody.
    #[schema(value_type = Option<MemberId>)]
    pub owner: MaybeUndefined<MemberId>,
    /// The member who approved the plan; null for nobody.
    #[schema(value_type = Option<MemberId>)]
    pub approved_by: MaybeUndefined<MemberId>,
    /// The day of that approval; null for none.
    #[schema(value_type = Option<Date>)]
    pub approved_on: MaybeUndefined<Date>,
    /// The day on which the certification body accepted the plan; null while it has not.
    #[schema(value_type = Option<Date>)]
    pub plan_accepted_on: MaybeUndefined<Date>,
    /// The last day on which it is in time; null for none.
    #[schema(value_type = Option<Date>)]
    pub due_on: MaybeUndefined<Date>,
    /// The day on which it was implemented; null while it is not.
    #[schema(value_type = Option<Date>)]
    pub implemented_on: MaybeUndefined<Date>,
    /// What shows that, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub evidence: Option<Vec<EvidenceId>>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl CorrectiveActionPatch {
    /// Applies the patch.
    pub fn apply(self, action: &mut CorrectiveAction) {
        patch::set(&mut action.title, self.title);
        patch::set(&mut action.description, self.description);
        patch::set_or_clear(&mut action.owner, self.owner);
        patch::set_or_clear(&mut action.approved_by, self.approved_by);
        patch::set_or_clear(&mut action.approved_on, self.approved_on);
        patch::set_or_clear(&mut action.plan_accepted_on, self.plan_accepted_on);
        patch::set_or_clear(&mut action.due_on, self.due_on);
        patch::set_or_clear(&mut action.implemented_on, self.implemented_on);
        patch::set(&mut action.evidence, self.evidence.map(Doc));
        patch::set(&mut action.external_refs, self.external_refs.map(Doc));
    }
}

/// Which corrective actions to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CorrectiveActionFilter {
    /// Actions of this finding.
    #[param(inline)]
    pub finding: Option<FindingId>,
    /// Actions of this member.
    #[param(inline)]
    pub owner: Option<MemberId>,
    /// Actions that are implemented, or are not.
    pub implemented: Option<bool>,
    /// Actions due on this day or before it.
    pub due_before: Option<Date>,
    /// The action with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// The order of corrective actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum CorrectiveActionSort {
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
}

impl SortOrder for CorrectiveActionSort {
    const DEFAULT: Self = Self::Newest;
}

batch! {
    CorrectiveAction, CorrectiveActionBatch, CorrectiveActionOperation { NewCorrectiveAction, CorrectiveActionChange(CorrectiveActionPatch), CorrectiveActionPut, CorrectiveActionRemoval(CorrectiveActionId) }
}
