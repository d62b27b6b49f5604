//! An evidence request.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{
    life::{RequestStatus, ReturnReason},
    store::evidence_requests,
};
use crate::{
    batch,
    catalog::{RequirementRef, catalog},
    kernel::{
        error::{Faults, Result},
        id::{AuditId, ControlId, EvidenceId, EvidenceRequestId, MemberId, TenantId},
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
        diary::{Due, Rule, RuleBasis, RuleInput},
        journal::Recorded,
    },
};

/// Controls, and requirements, of one request at the most.
const MAX_LINKS: usize = 100;

static ASKED: Rule = Rule {
    id: "evidence_request",
    clause: "the auditor's list of what is to be shown",
    basis: RuleBasis::Convention,
    source_checked: true,
    rule_set: "own",
};

/// What a request may say, for the API's description.
fn example() -> Value {
    json!({ "item": "Access reviews of the last four quarters", "due_on": "2026-11-30" })
}

/// What an auditor asks to be shown.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = evidence_requests, treat_none_as_null = true, treat_none_as_default_value = false)]
#[schema(example = example)]
#[graphql(complex)]
pub struct EvidenceRequest {
    /// Its id.
    pub id: EvidenceRequestId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The audit.
    #[diesel(column_name = audit_id)]
    #[graphql(name = "auditId")]
    pub audit: AuditId,
    /// What is to be shown.
    pub item: Title,
    /// The same at length.
    pub detail: Prose,
    /// The last day on which it is in time.
    pub due_on: Date,
    /// The member who is asked.
    #[diesel(column_name = assignee_id)]
    #[graphql(name = "assigneeId")]
    pub assignee: Option<MemberId>,
    /// The controls that it is about.
    #[schema(value_type = Vec<ControlId>, max_items = 100)]
    #[graphql(name = "controlIds")]
    pub controls: Doc<Vec<ControlId>>,
    /// The requirements that it is about.
    #[schema(value_type = Vec<RequirementRef>, max_items = 100)]
    pub requirements: Doc<Vec<RequirementRef>>,
    /// How far it is.
    pub status: RequestStatus,
    /// What was given.
    #[schema(value_type = Vec<EvidenceId>, max_items = 100)]
    #[graphql(name = "evidenceIds")]
    pub evidence: Doc<Vec<EvidenceId>>,
    /// What was said of it.
    pub note: Prose,
    /// The member who gave it.
    #[graphql(name = "providedById")]
    pub provided_by: Option<MemberId>,
    /// When.
    pub provided_at: Option<Instant>,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) provided_on: Option<Date>,
    /// The member who accepted it or gave it back.
    #[graphql(name = "decidedById")]
    pub decided_by: Option<MemberId>,
    /// When.
    pub decided_at: Option<Instant>,
    /// Why it was given back.
    pub reason: Option<ReturnReason>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was entered.
    pub created_at: Instant,
}

impl Recorded for EvidenceRequest {
    const RESOURCE: &'static str = "evidence_request";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl EvidenceRequest {
    /// Checks what can be told without looking anything up.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        faults.once_each("/controls", &self.controls, MAX_LINKS);
        faults.once_each("/requirements", &self.requirements, MAX_LINKS);
        for (n, one) in self.requirements.iter().enumerate().take(MAX_LINKS) {
            // Whether the tenant's own are there is seen when they are written.
            let unknown = !one.framework.is_own() && catalog().requirement(one).is_none();
            faults.when(unknown, format!("/requirements/{n}"), RequirementRef::UNKNOWN);
        }
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    /// What an auditor has judged by: it stays once that was accepted.
    pub fn asked(&self) -> impl PartialEq + use<> {
        (self.item.clone(), self.detail.clone(), self.controls.clone(), self.requirements.clone())
    }

    /// Its date for the diary: done with the day on which evidence was given, until that is given back.
    pub fn due_dates(&self) -> Vec<Due> {
        let done = matches!(self.status, RequestStatus::Provided | RequestStatus::Accepted);
        vec![Due {
            code: "evidence_request_due".to_owned(),
            cycle: 0,
            title: "Evidence for an audit is given".to_owned(),
            window_opens: None,
            due: self.due_on,
            done_on: self.provided_on.filter(|_| done),
            assumed: false,
            rule: ASKED.cite(),
            inputs: Doc(vec![RuleInput { name: "due_on".to_owned(), value: self.due_on.to_string() }]),
        }]
    }
}

/// An evidence request to enter.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = example)]
pub struct NewEvidenceRequest {
    /// The audit.
    pub audit: AuditId,
    /// What is to be shown.
    pub item: Title,
    /// The same at length.
    #[serde(default)]
    #[graphql(default)]
    pub detail: Prose,
    /// The last day on which it is in time.
    pub due_on: Date,
    /// The member who is asked.
    #[serde(default)]
    pub assignee: Option<MemberId>,
    /// The controls that it is about.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub controls: Vec<ControlId>,
    /// The requirements that it is about.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub requirements: Vec<RequirementRef>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewEvidenceRequest {
    /// The request to store: open.
    pub fn into_request(self, tenant_id: TenantId, id: EvidenceRequestId, now: Instant) -> EvidenceRequest {
        EvidenceRequest {
            id,
            tenant_id,
            audit: self.audit,
            item: self.item,
            detail: self.detail,
            due_on: self.due_on,
            assignee: self.assignee,
            controls: Doc(self.controls),
            requirements: Doc(self.requirements),
            status: RequestStatus::Open,
            evidence: Doc::default(),
            note: Prose::default(),
            provided_by: None,
            provided_at: None,
            provided_on: None,
            decided_by: None,
            decided_at: None,
            reason: None,
            external_refs: Doc(self.external_refs),
            version: 1,
            created_at: now,
        }
    }
}

/// A change of an evidence request. Once it was accepted, what was asked for stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceRequestPatch {
    /// What is to be shown.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub item: Option<Title>,
    /// The same at length.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub detail: Option<Prose>,
    /// The last day on which it is in time.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub due_on: Option<Date>,
    /// The member who is asked; null for nobody.
    #[schema(value_type = Option<MemberId>)]
    pub assignee: MaybeUndefined<MemberId>,
    /// The controls that it is about, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub controls: Option<Vec<ControlId>>,
    /// The requirements that it is about, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub requirements: Option<Vec<RequirementRef>>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl EvidenceRequestPatch {
    /// Applies the patch.
    pub fn apply(self, request: &mut EvidenceRequest) {
        patch::set(&mut request.item, self.item);
        patch::set(&mut request.detail, self.detail);
        patch::set(&mut request.due_on, self.due_on);
        patch::set_or_clear(&mut request.assignee, self.assignee);
        patch::set(&mut request.controls, self.controls.map(Doc));
        patch::set(&mut request.requirements, self.requirements.map(Doc));
        patch::set(&mut request.external_refs, self.external_refs.map(Doc));
    }
}

/// Which evidence requests to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct EvidenceRequestFilter {
    /// Requests for this audit.
    #[param(inline)]
    pub audit: Option<AuditId>,
    /// Requests that are so far.
    #[param(inline)]
    pub status: Option<RequestStatus>,
    /// Requests to this member.
    #[param(inline)]
    pub assignee: Option<MemberId>,
    /// Requests about this control.
    #[param(inline)]
    pub control: Option<ControlId>,
    /// Requests due on this day or before it.
    pub due_before: Option<Date>,
    /// The request with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// The order of evidence requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum EvidenceRequestSort {
    /// Due soonest first.
    #[serde(rename = "due")]
    Soonest,
    /// Due latest first.
    #[serde(rename = "-due")]
    Latest,
}

impl SortOrder for EvidenceRequestSort {
    const DEFAULT: Self = Self::Soonest;
}

batch! {
    EvidenceRequest, EvidenceRequestBatch, EvidenceRequestOperation { NewEvidenceRequest, EvidenceRequestChange(EvidenceRequestPatch), EvidenceRequestPut, EvidenceRequestRemoval(EvidenceRequestId) }
}
