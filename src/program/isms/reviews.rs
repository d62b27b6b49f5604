//! Management reviews (ISO/IEC 27001:2022 9.3): when top management reviews the system, what it considers and what it
//! decides.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    numbered::{self, Numbered},
    record::{Named, Record, room},
    rules::{self, not_yet},
    shape::record,
    store,
    successive::{self, Successive},
};
use crate::{
    batch, bounded_text,
    kernel::{
        error::{Faults, Result},
        id::{ManagementReviewId, MemberId},
        text::Title,
        time::{Date, Instant},
    },
    platform::{
        db::Doc,
        diary::{Due, Noted},
        journal::{EventType, Ripple, Write},
        room::Told,
    },
    text_enum,
};

bounded_text! {
    /// What a review considered of one input: `none` where there was nothing.
    ReviewText: 1..=8000, like "Two of three actions are done; the third is due in March.";
}

text_enum! {
    /// How far a review has come.
    ManagementReviewStatus {
        /// It is planned.
        Planned = "planned",
        /// It was held.
        Held = "held",
    }
}

text_enum! {
    /// What a review has to consider (ISO/IEC 27001:2022 9.3.2) and to result in (9.3.3).
    ReviewPart {
        /// 9.3.2 a: how actions of earlier reviews stand.
        EarlierActions = "earlier_actions",
        /// 9.3.2 b: changes of external and internal issues.
        IssueChanges = "issue_changes",
        /// 9.3.2 c: changes of what interested parties need and expect.
        PartyChanges = "party_changes",
        /// 9.3.2 d 1: trends of nonconformities and corrective actions.
        Nonconformities = "nonconformities",
        /// 9.3.2 d 2: trends of monitoring and measurement.
        Measurements = "measurements",
        /// 9.3.2 d 3: trends of audit results.
        AuditResults = "audit_results",
        /// 9.3.2 d 4: whether objectives are met.
        Objectives = "objectives",
        /// 9.3.2 e: feedback from interested parties.
        Feedback = "feedback",
        /// 9.3.2 f: results of risk assessment, and how the treatment plan stands.
        Risks = "risks",
        /// 9.3.2 g: what could be improved.
        Improvements = "improvements",
        /// 9.3.3: decisions on what is improved.
        Decisions = "decisions",
        /// 9.3.3: whether the management system needs changes.
        ChangesNeeded = "changes_needed",
    }
}

/// Who attended: a member, or somebody else by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "ReviewAttendeeInput")]
pub struct ReviewAttendee {
    /// The member; null where it is somebody else.
    #[serde(default)]
    pub member: Option<MemberId>,
    /// The name of somebody who is no member, or what the member is at the organisation.
    #[serde(default)]
    #[schema(example = "Managing director")]
    pub name: Option<Title>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "ReviewDecisionInput")]
pub struct ReviewDecision {
    /// Its number, by which its milestone is known; given where it is not said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10000, example = json!(null))]
    pub number: Option<i32>,
    /// What.
    pub text: ReviewText,
    /// The member who sees to it.
    #[serde(default)]
    pub responsible: Option<MemberId>,
    /// By when.
    #[serde(default)]
    pub due: Option<Date>,
    /// When it was done; null while it is not.
    #[serde(default)]
    pub done_on: Option<Date>,
}

impl Numbered for ReviewDecision {
    fn number(&self) -> Option<i32> {
        self.number
    }
    fn number_mut(&mut self) -> &mut Option<i32> {
        &mut self.number
    }
    fn is_same(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// Attendees and decisions of one review at the most.
const MOST: usize = 100;

record! {
    /// A management review.
    #[schema(as = ManagementReviewFacts)]
    #[graphql(name = "ManagementReviewFacts")]
    ManagementReview: ManagementReviewKind, ManagementReviewId,
    #[schema(example = json!({ "title": "Management review 2026", "next_on": "2027-03-31" }))] NewManagementReview,
    #[schema(example = json!({ "title": "Management review 2026", "next_on": "2027-03-31" }))] ManagementReviewPatch,
    ManagementReviewFilter(ManagementReviewStatus) {
        /// What it is called.
        #[schema(example = "Management review 2026")]
        title;
        must {
            /// The day for which it is planned.
            planned_on: Date,
        }
        may {
            /// The day on which it was held; null while it was not.
            held_on: Date,
            /// The day by which the next one is held; 12 months after this one unless said.
            next_on: Date,
            /// 9.3.2 a: how actions of earlier reviews stand; `none` where there are none.
            earlier_actions: ReviewText,
            /// 9.3.2 b: changes of external and internal issues.
            issue_changes: ReviewText,
            /// 9.3.2 c: changes of what interested parties need and expect.
            party_changes: ReviewText,
            /// 9.3.2 d 1: trends of nonconformities and corrective actions.
            nonconformities: ReviewText,
            /// 9.3.2 d 2: trends of monitoring and measurement.
            measurements: ReviewText,
            /// 9.3.2 d 3: trends of audit results.
            audit_results: ReviewText,
            /// 9.3.2 d 4: whether objectives are met.
            objectives: ReviewText,
            /// 9.3.2 e: feedback from interested parties.
            feedback: ReviewText,
            /// 9.3.2 f: results of risk assessment, and how the treatment plan stands.
            risks: ReviewText,
            /// 9.3.2 g: what could be improved.
            improvements: ReviewText,
            /// 9.3.3: whether the management system needs changes, and which; `none` where it needs none.
            changes_needed: ReviewText,
        }
        refs {}
        with {
            /// Who attended.
            #[schema(max_items = 100)]
            attendees: Vec<ReviewAttendee>,
            /// 9.3.3: what was decided.
            #[schema(max_items = 100)]
            decisions: Vec<ReviewDecision>,
        }
        kept {
            /// The review after it; null while none is planned.
            #[graphql(name = "followedById")]
            followed_by: Option<ManagementReviewId> = None,
            /// When it was recorded as complete, with the day on which it was held; null while it is not, and where that was
            /// not noted.
            completed_at: Option<Instant> = None,
        }
    }
}

/// A management review, and whether it is complete.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = ManagementReview)]
#[graphql(name = "ManagementReview", complex)]
pub struct ManagementReviewView {
    /// What is stored.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: ManagementReview,
    /// How far it has come.
    pub status: ManagementReviewStatus,
    /// Whether it was held, considered every input and has results.
    pub complete: bool,
    /// What it did not consider or result in yet.
    #[schema(max_items = 12)]
    pub missing: Vec<ReviewPart>,
}

impl ManagementReview {
    fn state(&self) -> ManagementReviewStatus {
        match self.held_on {
            Some(_) => ManagementReviewStatus::Held,
            None => ManagementReviewStatus::Planned,
        }
    }

    /// What it did not consider (9.3.2) or result in (9.3.3) yet.
    pub fn missing(&self) -> Vec<ReviewPart> {
        let said = |part: ReviewPart| match part {
            ReviewPart::EarlierActions => self.earlier_actions.is_some(),
            ReviewPart::IssueChanges => self.issue_changes.is_some(),
            ReviewPart::PartyChanges => self.party_changes.is_some(),
            ReviewPart::Nonconformities => self.nonconformities.is_some(),
            ReviewPart::Measurements => self.measurements.is_some(),
            ReviewPart::AuditResults => self.audit_results.is_some(),
            ReviewPart::Objectives => self.objectives.is_some(),
            ReviewPart::Feedback => self.feedback.is_some(),
            ReviewPart::Risks => self.risks.is_some(),
            ReviewPart::Improvements => self.improvements.is_some(),
            ReviewPart::Decisions => !self.decisions.is_empty(),
            ReviewPart::ChangesNeeded => self.changes_needed.is_some(),
        };
        ReviewPart::ALL.iter().copied().filter(|part| !said(*part)).collect()
    }

    /// Whether it was held, considered every input and has results.
    pub fn is_complete(&self) -> bool {
        self.held_on.is_some() && self.missing().is_empty()
    }

    /// The day on which it was held, and since when that is on record with all that makes it complete; none while it is not.
    pub fn noted(&self) -> Option<Noted> {
        let on = self.held_on.filter(|_| self.is_complete())?;
        Some(Noted { on, recorded_at: self.completed_at.unwrap_or(self.created_at), voided_at: None })
    }

    fn title_input(&self) -> Vec<crate::platform::diary::RuleInput> {
        vec![rules::input("title", &self.title)]
    }

    /// The next one is due while none is planned.
    fn next_due(&self) -> Option<Due> {
        let held_on = self.held_on.filter(|_| self.followed_by.is_none());
        let said = ("next_management_review", "Next management review", &rules::SYSTEM_IS_REVIEWED);
        successive::next_due(said, &self.title, held_on, self.next_on)
    }

    fn decision_dues(&self) -> impl Iterator<Item = Due> {
        self.decisions.iter().filter_map(|one| {
            let rule = rules::REVIEW_HAS_RESULTS.cite();
            let known = rules::due("review_decision", "Decision of a management review", one.due?, rule);
            let mut inputs = self.title_input();
            inputs.push(rules::input("decision", rules::start(one.text.as_str())));
            Some(Due { cycle: one.number?, done_on: one.done_on, inputs: Doc(inputs), ..known })
        })
    }
}

room!(ManagementReview, ManagementReviewKind);

impl Record for ManagementReview {
    const NAME: &'static str = "management_review";
    const EVENTS: Told = Told {
        created: EventType::ManagementReviewCreated,
        updated: EventType::ManagementReviewUpdated,
        deleted: EventType::ManagementReviewDeleted,
    };
    type View = ManagementReviewView;

    fn view(self) -> ManagementReviewView {
        ManagementReviewView {
            status: self.state(),
            complete: self.is_complete(),
            missing: self.missing(),
            facts: self,
        }
    }
    fn of(view: &ManagementReviewView) -> &Self {
        &view.facts
    }
    fn status(&self) -> &'static str {
        self.state().as_str()
    }
    fn faults(&self, today: Date, faults: &mut Faults) {
        not_yet("/held_on", self.held_on, today, faults);
        numbered::validate("/decisions", &self.decisions, faults);
        let too_early = self.next_on.is_some_and(|day| day <= self.held_on.unwrap_or(self.planned_on));
        faults.when(too_early, "/next_on", "must be later than this review");
        for (at, count) in [("/attendees", self.attendees.len()), ("/decisions", self.decisions.len())] {
            faults.when(count > MOST, at, format!("must have at most {MOST} items"));
        }
        for (n, one) in self.attendees.iter().enumerate().take(MOST) {
            let nobody = one.member.is_none() && one.name.is_none();
            faults.when(nobody, format!("/attendees/{n}"), "must name a member or somebody else");
        }
        for (n, one) in self.decisions.iter().enumerate().take(MOST) {
            not_yet(&format!("/decisions/{n}/done_on"), one.done_on, today, faults);
        }
    }
    fn dates(&self) -> Vec<Due> {
        let rule = rules::SYSTEM_IS_REVIEWED.cite();
        let known = rules::due("management_review", "Management review", self.planned_on, rule);
        let held = Due { done_on: self.held_on, inputs: Doc(self.title_input()), ..known };
        std::iter::once(held).chain(self.next_due()).chain(self.decision_dues()).collect()
    }
    fn names(&self) -> Vec<Named> {
        let attendees = self.attendees.iter().enumerate();
        let attendees = attendees
            .filter_map(|(n, one)| Some(Named::member(format!("/attendees/{n}/member"), one.member?)));
        let decisions = self.decisions.iter().enumerate();
        let decisions = decisions.filter_map(|(n, one)| {
            Some(Named::member(format!("/decisions/{n}/responsible"), one.responsible?))
        });
        attendees.chain(decisions).collect()
    }

    async fn completed(mut self, tx: &mut Write) -> Result<Self> {
        let stored = store::find::<Self>(tx, self.id).await?;
        numbered::number(&mut self.decisions, stored.as_ref().map_or(&[], |one| &one.decisions));
        let known = stored.as_ref().and_then(Self::noted).filter(|known| Some(known.on) == self.held_on);
        self.completed_at = self.is_complete().then(|| known.map_or(tx.now(), |known| known.recorded_at));
        successive::completed(tx, self).await
    }
    async fn ripple(tx: &mut Write, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        let day = |one: Option<&Self>| one.and_then(Self::noted).map(|noted| noted.on);
        if day(before) != day(after) {
            tx.stir(Ripple::Evaluation);
        }
        successive::ripple(tx, before, after).await
    }
}

impl Successive for ManagementReview {
    const STATUSES: [&'static str; 2] =
        [ManagementReviewStatus::Planned.as_str(), ManagementReviewStatus::Held.as_str()];

    fn day(&self) -> Date {
        self.held_on.unwrap_or(self.planned_on)
    }
    fn is_done(&self) -> bool {
        self.held_on.is_some()
    }
    fn followed_by(&mut self) -> &mut Option<ManagementReviewId> {
        &mut self.followed_by
    }
}

batch! {
    ManagementReview, ManagementReviewBatch, ManagementReviewOperation { NewManagementReview, ManagementReviewChange(ManagementReviewPatch), ManagementReviewPut, ManagementReviewRemoval(ManagementReviewId) }
}
