//! Risk treatment plans (ISO/IEC 27001:2022 6.1.3, 8.3): what is done about which risk, by whom and until when; approved
//! edition by edition, once the owner of every risk in it has approved it and accepted what is left.

pub mod service;

use std::collections::HashSet;

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    assessments::RiskAssessment,
    editions::{self, EditionApproval, EditionInForce, EditionStatus, Life, editioned},
    numbered::{self, Numbered},
    record::{Named, Record, as_stored, room},
    rules::{self, Lacks, not_yet},
    shape::record,
    store,
    texts::RecordText,
};
use crate::{
    batch,
    kernel::{
        error::{Fault, Faults, Result},
        id::{ControlId, MemberId, RiskAssessmentId, RiskId, TreatmentPlanId},
        text::Prose,
        time::{Date, Instant},
    },
    platform::{
        db::{Doc, TenantTx},
        diary::Due,
        journal::EventType,
        room::{Stored, Told},
    },
    program::risks::Risk,
};

/// What is done about a risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "TreatmentActionInput")]
pub struct TreatmentAction {
    /// Its number, by which its milestone is known; given where it is not said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10000, example = json!(null))]
    pub number: Option<i32>,
    /// The risk.
    pub risk: RiskId,
    /// The controls that it takes.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub controls: Vec<ControlId>,
    /// What is done.
    pub text: RecordText,
    /// The member who sees to it.
    #[serde(default)]
    pub responsible: Option<MemberId>,
    /// By when.
    #[serde(default)]
    pub due: Option<Date>,
    /// When it was done; null while it is not. It may be said of an approved plan too.
    #[serde(default)]
    pub done_on: Option<Date>,
}

impl Numbered for TreatmentAction {
    fn number(&self) -> Option<i32> {
        self.number
    }
    fn number_mut(&mut self) -> &mut Option<i32> {
        &mut self.number
    }
    fn is_same(&self, other: &Self) -> bool {
        self.risk == other.risk && self.text == other.text
    }
}

/// That a risk's owner approved the plan for it and accepted what is left of it (6.1.3 f).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[graphql(complex)]
pub struct RiskOwnerApproval {
    /// The risk.
    pub risk: RiskId,
    /// The owner that it had then.
    #[graphql(name = "byId")]
    pub by: MemberId,
    /// When that was recorded.
    pub at: Instant,
    /// What the owner said about it.
    pub note: Prose,
}

/// To approve a plan as the owner of risks in it, and to accept what is left of them.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "note": "The date is tight, and will do" }))]
pub struct NewRiskOwnerApproval {
    /// The owner; whoever sends it unless said. Only an owner or a manager of the tenant records it for somebody else.
    pub risk_owner: Option<MemberId>,
    /// What there is to say about it.
    #[graphql(default)]
    pub note: Prose,
}

/// Actions of one plan, and controls of one action, at the most.
const MOST: (usize, usize) = (200, 20);

record! {
    /// A risk treatment plan, with the edition that is worked on or holds.
    #[graphql(complex)]
    TreatmentPlan: TreatmentPlanKind, TreatmentPlanId, NewTreatmentPlan, TreatmentPlanPatch,
    TreatmentPlanFilter(EditionStatus) {
        /// What it is called.
        #[schema(example = "Risk treatment plan 2026")]
        title;
        must {}
        may {
            /// The day by which it is looked at again; 12 months after the approval unless said.
            review_on: Date,
        }
        refs {
            /// The assessment that it answers.
            assessment as "assessmentId": RiskAssessmentId,
        }
        with {
            /// What is done. What is changed here takes the approvals of risk owners with it.
            #[schema(max_items = 200)]
            actions: Vec<TreatmentAction>,
        }
        kept {
            /// What the edition that holds does, while the next one is worked on; empty otherwise.
            #[schema(max_items = 200)]
            actions_in_force: Vec<TreatmentAction> = Vec::new(),
            /// Which owners of risks had approved the edition that holds, while the next one is worked on; empty otherwise.
            #[schema(max_items = 200)]
            #[serde(default)]
            approvals_in_force: Vec<RiskOwnerApproval> = Vec::new(),
            /// Which owners of risks have approved this edition.
            #[schema(max_items = 200)]
            owner_approvals: Vec<RiskOwnerApproval> = Vec::new(),
            /// How far the edition has come that is worked on.
            status: EditionStatus = EditionStatus::Draft,
            /// The number of the edition that is worked on; of the one that holds, while none is.
            #[schema(minimum = 1)]
            edition: i32 = 1,
            /// Who approved this edition; null while it is a draft.
            approval: Option<EditionApproval> = None,
            /// The edition that holds; null where none does.
            in_force: Option<EditionInForce> = None,
        }
    }
}

editioned!(
    TreatmentPlan,
    TreatmentPlanApproved,
    TreatmentPlanRevised,
    TreatmentPlanDraftDiscarded,
    TreatmentPlanRetired
);

room!(TreatmentPlan, TreatmentPlanKind);

impl Record for TreatmentPlan {
    const NAME: &'static str = "treatment_plan";
    const EVENTS: Told = Told {
        created: EventType::TreatmentPlanCreated,
        updated: EventType::TreatmentPlanUpdated,
        deleted: EventType::TreatmentPlanDeleted,
    };
    const LIVING: &'static [&'static str] = &["review_on", "actions/done_on"];
    as_stored!();

    fn status(&self) -> &'static str {
        self.status.as_str()
    }
    fn life(&self) -> Option<Life> {
        Some(Life { status: self.status, number: self.edition, in_force: self.in_force })
    }
    /// That something was done is no change of what was planned; nor is a number that is not said again.
    fn loosen(content: &mut Value) {
        for item in content["actions"].as_array_mut().into_iter().flatten() {
            for name in ["done_on", "number"] {
                item.as_object_mut().map(|fields| fields.remove(name));
            }
        }
    }
    fn faults(&self, today: Date, faults: &mut Faults) {
        let (items, controls) = MOST;
        faults.when(self.actions.len() > items, "/actions", format!("must have at most {items} items"));
        numbered::validate("/actions", &self.actions, faults);
        for (n, item) in self.actions.iter().enumerate().take(items) {
            faults.once_each(&format!("/actions/{n}/controls"), &item.controls, controls);
            not_yet(&format!("/actions/{n}/done_on"), item.done_on, today, faults);
        }
    }
    fn dates(&self) -> Vec<Due> {
        let said = ("plan_review", "Review of a risk treatment plan", &rules::RISKS_ARE_TREATED);
        let review = editions::review(said, &self.title, self.in_force, self.review_on);
        let actions = self.carried_out().into_iter().filter_map(|item| {
            let rule = rules::RISKS_ARE_TREATED.cite();
            let known = rules::due("treatment_action", "Action of a risk treatment plan", item.due?, rule);
            let inputs = vec![
                rules::input("title", &self.title),
                rules::input("risk", item.risk),
                rules::input("action", rules::start(item.text.as_str())),
            ];
            Some(Due { cycle: item.number?, done_on: item.done_on, inputs: Doc(inputs), ..known })
        });
        review.into_iter().chain(actions).collect()
    }
    fn names(&self) -> Vec<Named> {
        let of_item = |(n, item): (usize, &TreatmentAction)| {
            let at = format!("/actions/{n}");
            let controls = item.controls.iter().enumerate();
            let controls = controls.map(|(m, id)| Named::control(format!("{at}/controls/{m}"), *id));
            let mut all = vec![Named::risk(format!("{at}/risk"), item.risk)];
            all.extend(item.responsible.map(|id| Named::member(format!("{at}/responsible"), id)));
            all.extend(controls);
            all
        };
        let items = self.actions.iter().enumerate().flat_map(of_item);
        let approvals = self.owner_approvals.iter().chain(&self.approvals_in_force);
        let approvals = approvals.map(|one| Named::member("/owner_approvals", one.by));
        let assessment = self.assessment.map(|id| Named::record::<RiskAssessment>("/assessment", id));
        items.chain(approvals).chain(assessment).collect()
    }

    /// Owners have approved what they read, and of the risks that they own: another plan needs them again, and so does a
    /// risk that is another one's now.
    async fn completed(mut self, tx: &mut Write) -> Result<Self> {
        let stored = store::find::<Self>(tx, self.id).await?;
        let known = stored.as_ref().map_or(&[][..], |one| &one.actions);
        numbered::number(&mut self.actions, known);
        if self.status != EditionStatus::Draft || self.owner_approvals.is_empty() {
            return Ok(self);
        }
        if planned(&self.actions) != planned(known) {
            self.owner_approvals.clear();
        }
        let risks = Risk::by_ids(tx, &self.risks()).await?;
        let owns = |one: &RiskOwnerApproval| {
            risks.iter().any(|risk| risk.id == one.risk && risk.owner == Some(one.by))
        };
        self.owner_approvals.retain(owns);
        Ok(self)
    }

    /// Nobody has approved the next edition yet, and the one before goes on.
    fn reopened(&mut self) {
        let approvals = std::mem::take(&mut self.owner_approvals);
        if self.in_force.is_some() {
            self.actions_in_force.clone_from(&self.actions);
            self.approvals_in_force = approvals;
        }
    }

    fn closed(&mut self) {
        self.actions_in_force.clear();
        self.approvals_in_force.clear();
    }

    /// What was done meanwhile stays done.
    fn resumed(&mut self, draft: &Self) {
        for item in &mut self.actions {
            let known = draft.actions_in_force.iter().chain(&draft.actions);
            let known: Vec<_> = known.filter(|one| one.number == item.number).collect();
            if !known.is_empty() {
                item.done_on = known.iter().find_map(|one| one.done_on);
            }
        }
    }
}

/// What the treatment plans that hold do.
#[derive(Clone, Debug, Default)]
pub struct Treatment {
    /// The controls that their actions take.
    pub planned: HashSet<ControlId>,
    /// The risks for which the owner of today approved one and accepted what is left (6.1.3 f).
    pub approved: HashSet<RiskId>,
}

/// What the tenant's treatment plans do. Two statements.
///
/// # Errors
/// When the database fails.
pub async fn treatment(tx: &mut TenantTx) -> Result<Treatment> {
    let statuses = [EditionStatus::Approved.as_str(), EditionStatus::Draft.as_str()];
    let plans = store::all_of::<TreatmentPlan>(tx, &statuses).await?;
    let planned = plans.iter().flat_map(TreatmentPlan::carried_out).flat_map(|item| item.controls).collect();
    let approvals: Vec<_> = plans.iter().flat_map(TreatmentPlan::approvals).collect();
    let named: Vec<_> = approvals.iter().map(|one| one.risk).collect();
    let owns = |risk: &Risk| approvals.iter().any(|one| one.risk == risk.id && risk.owner == Some(one.by));
    let risks = Risk::by_ids(tx, &named).await?;
    let approved = risks.iter().filter(|risk| owns(risk)).map(|risk| risk.id).collect();
    Ok(Treatment { planned, approved })
}

/// What was planned, whatever was done of it since.
fn planned(actions: &[TreatmentAction]) -> Vec<TreatmentAction> {
    actions.iter().map(|one| TreatmentAction { done_on: None, ..one.clone() }).collect()
}

impl TreatmentPlan {
    /// What is carried out: what the edition that holds does, as far as it was done.
    fn carried_out(&self) -> Vec<TreatmentAction> {
        match (self.status, self.in_force) {
            (EditionStatus::Approved, _) => self.actions.clone(),
            (EditionStatus::Draft, Some(_)) => {
                let done = |one: &TreatmentAction| {
                    let same = self.actions.iter().find(|item| item.number == one.number);
                    one.done_on.or(same.and_then(|item| item.done_on))
                };
                let known = self.actions_in_force.iter();
                known.map(|one| TreatmentAction { done_on: done(one), ..one.clone() }).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Which owners of risks approved the edition that holds.
    fn approvals(&self) -> &[RiskOwnerApproval] {
        match self.status {
            EditionStatus::Approved => &self.owner_approvals,
            EditionStatus::Draft => &self.approvals_in_force,
            EditionStatus::Retired => &[],
        }
    }

    /// The risks in it, each once.
    pub fn risks(&self) -> Vec<RiskId> {
        let mut all: Vec<RiskId> = Vec::new();
        for item in &self.actions {
            if !all.contains(&item.risk) {
                all.push(item.risk);
            }
        }
        all
    }

    /// Whether the owner of every risk in it has approved it.
    pub fn is_approved_by_owners(&self) -> bool {
        let approved = |risk: &RiskId| self.owner_approvals.iter().any(|one| one.risk == *risk);
        !self.actions.is_empty() && self.risks().iter().all(approved)
    }

    /// A plan does something, and the owners of its risks have approved it.
    fn lacking(&self, _: &EditionApproval, faults: &mut Vec<Fault>) {
        let mut lacks = Lacks(faults);
        let told = "it needs something that is done";
        lacks.when(self.actions.is_empty(), "/actions", &rules::RISKS_ARE_TREATED, told);
        for (n, item) in self.actions.iter().enumerate() {
            let unapproved = !self.owner_approvals.iter().any(|one| one.risk == item.risk);
            let told = "the risk's owner has not approved it; POST …/owner-approvals";
            lacks.when(unapproved, format!("/actions/{n}/risk"), &rules::OWNERS_APPROVE, told);
        }
    }
}

batch! {
    TreatmentPlan, TreatmentPlanBatch, TreatmentPlanOperation { NewTreatmentPlan, TreatmentPlanChange(TreatmentPlanPatch), TreatmentPlanPut, TreatmentPlanRemoval(TreatmentPlanId) }
}
