//! Risk assessments (ISO/IEC 27001:2022 6.1.2, 8.2): when risks were assessed, by which method and criteria, and at which
//! level each stood then. What was completed is frozen.

pub mod service;

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    record::{Named, Record, as_stored, room},
    rules::{self, not_yet},
    shape::record,
    successive::{self, Successive},
    texts::RecordText,
};
use crate::{
    batch,
    kernel::{
        error::{Faults, Result},
        id::{RiskAssessmentId, RiskId},
        text::{ShortCode, Title},
        time::Date,
    },
    platform::{
        db::Doc,
        diary::Due,
        journal::{EventType, Write},
        room::Told,
    },
    program::risks::matrix::LevelKey,
    text_enum,
};

text_enum! {
    /// Why risks are assessed.
    AssessmentTrigger {
        /// It was planned so.
        Interval = "interval",
        /// Something significant changes.
        Change = "change",
    }
}

text_enum! {
    /// How far an assessment has come.
    RiskAssessmentStatus {
        /// It is planned, or under way.
        Planned = "planned",
        /// It was carried out, and its results are frozen.
        Completed = "completed",
    }
}

/// A risk as it stood when an assessment was completed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct AssessedRisk {
    /// The risk.
    pub risk: RiskId,
    /// Its code at that time.
    pub code: ShortCode,
    /// Its title at that time.
    pub title: Title,
    /// Its level before treatment; null where that was not estimated.
    pub inherent_level: Option<LevelKey>,
    /// Its level after treatment; null where that was not estimated.
    pub residual_level: Option<LevelKey>,
    /// Likelihood × impact of the estimate that counts; null where there was none.
    #[schema(minimum = 1, maximum = 49)]
    pub score: Option<i32>,
    /// Whether that is above the appetite; null where there was no estimate.
    pub above_appetite: Option<bool>,
}

/// To complete an assessment.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "summary": "Eleven of twelve risks are within the appetite." }))]
pub struct NewAssessmentCompletion {
    /// The last day on which it was carried out; today unless said.
    pub carried_out_on: Option<Date>,
    /// What came of it; counts where that is not said yet.
    pub summary: Option<RecordText>,
}

/// Risks of one assessment at the most.
pub const MAX_RISKS: usize = 500;

record! {
    /// A risk assessment.
    #[graphql(complex)]
    RiskAssessment: RiskAssessmentKind, RiskAssessmentId,
    #[schema(example = json!({ "title": "Risk assessment 2026", "next_on": "2027-06-30" }))] NewRiskAssessment,
    #[schema(example = json!({ "title": "Risk assessment 2026", "next_on": "2027-06-30" }))] RiskAssessmentPatch,
    RiskAssessmentFilter(RiskAssessmentStatus) {
        /// What it is called.
        #[schema(example = "Risk assessment 2026")]
        title;
        must {
            /// Why risks are assessed.
            trigger: AssessmentTrigger,
            /// The day by which it is to be carried out.
            planned_on: Date,
        }
        may {
            /// How risks are identified, analysed and evaluated.
            method: RecordText,
            /// Which risks are accepted as they are.
            acceptance_criteria: RecordText,
            /// What came of it.
            summary: RecordText,
            /// The day by which the next one is carried out; 12 months after this one unless said.
            next_on: Date,
        }
        refs {}
        with {
            /// The risks that it covers.
            #[schema(max_items = 500)]
            risks: Vec<RiskId>,
        }
        kept {
            /// How far it has come.
            status: RiskAssessmentStatus = RiskAssessmentStatus::Planned,
            /// The last day on which it was carried out; null while it was not.
            carried_out_on: Option<Date> = None,
            /// Each risk as it stood when it was completed; empty while it is not.
            #[schema(max_items = 500)]
            results: Vec<AssessedRisk> = Vec::new(),
            /// The assessment after it; null while none is planned.
            #[graphql(name = "followedById")]
            followed_by: Option<RiskAssessmentId> = None,
        }
    }
}

room!(RiskAssessment, RiskAssessmentKind);

impl Record for RiskAssessment {
    const NAME: &'static str = "risk_assessment";
    const EVENTS: Told = Told {
        created: EventType::RiskAssessmentCreated,
        updated: EventType::RiskAssessmentUpdated,
        deleted: EventType::RiskAssessmentDeleted,
    };
    const LIVING: &'static [&'static str] = &["next_on"];
    as_stored!();

    fn status(&self) -> &'static str {
        self.status.as_str()
    }
    fn frozen(&self) -> Option<String> {
        let told =
            "the assessment is completed and stays as it is; enter another one for what has changed since";
        (self.status == RiskAssessmentStatus::Completed).then(|| told.to_owned())
    }
    fn kept_since(&self) -> Option<&'static str> {
        let told = "the assessment is completed, and is kept";
        (self.status == RiskAssessmentStatus::Completed).then_some(told)
    }
    fn faults(&self, today: Date, faults: &mut Faults) {
        not_yet("/carried_out_on", self.carried_out_on, today, faults);
        let too_early = self.next_on.is_some_and(|day| day <= self.day());
        faults.when(too_early, "/next_on", "must be later than this assessment");
        faults.once_each("/risks", &self.risks, MAX_RISKS);
    }
    fn dates(&self) -> Vec<Due> {
        let rule = rules::RISKS_ARE_ASSESSED.cite();
        let known = rules::due("risk_assessment", "Risk assessment", self.planned_on, rule);
        let inputs = vec![rules::input("title", &self.title), rules::input("trigger", self.trigger)];
        let own = Due { done_on: self.carried_out_on, inputs: Doc(inputs), ..known };
        let done_on = self.carried_out_on.filter(|_| self.followed_by.is_none());
        let said = ("next_risk_assessment", "Next risk assessment", &rules::RISKS_ARE_ASSESSED);
        let next = successive::next_due(said, &self.title, done_on, self.next_on);
        std::iter::once(own).chain(next).collect()
    }
    fn names(&self) -> Vec<Named> {
        let risks = self.risks.iter().enumerate();
        risks.map(|(n, id)| Named::risk(format!("/risks/{n}"), *id)).collect()
    }
    async fn completed(self, tx: &mut Write) -> Result<Self> {
        successive::completed(tx, self).await
    }
    async fn ripple(tx: &mut Write, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        successive::ripple(tx, before, after).await
    }
}

impl Successive for RiskAssessment {
    const STATUSES: [&'static str; 2] =
        [RiskAssessmentStatus::Planned.as_str(), RiskAssessmentStatus::Completed.as_str()];

    fn day(&self) -> Date {
        self.carried_out_on.unwrap_or(self.planned_on)
    }
    fn is_done(&self) -> bool {
        self.status == RiskAssessmentStatus::Completed
    }
    fn followed_by(&mut self) -> &mut Option<RiskAssessmentId> {
        &mut self.followed_by
    }
}

batch! {
    RiskAssessment, RiskAssessmentBatch, RiskAssessmentOperation { NewRiskAssessment, RiskAssessmentChange(RiskAssessmentPatch), RiskAssessmentPut, RiskAssessmentRemoval(RiskAssessmentId) }
}
