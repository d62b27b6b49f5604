//! The context of the organisation (ISO/IEC 27001:2022 4.1): external and internal issues, and whether climate change is
//! one of them (Amd 1:2024).

use super::{
    record::{Record, as_stored, room},
    rules::{self, not_yet},
    shape::record,
    texts::{RecordStatus, RecordText},
};
use crate::{
    batch,
    kernel::{
        error::Faults,
        id::{ClimateDecisionId, ContextIssueId},
        text::Title,
        time::{Date, Instant},
    },
    platform::{
        diary::{Due, Rule},
        journal::EventType,
        room::Told,
    },
    text_enum,
};

text_enum! {
    /// Where an issue lies.
    IssueKind {
        /// Inside the organisation: people, structure, technology.
        Internal = "internal",
        /// Outside of it: laws, markets, nature.
        External = "external",
    }
}

record! {
    /// An external or internal issue that matters to what the management system is to achieve.
    #[graphql(complex)]
    ContextIssue: ContextIssueKind, ContextIssueId, NewContextIssue, ContextIssuePatch, ContextIssueFilter(RecordStatus) {
        /// The issue, in a sentence.
        #[schema(example = "Customers in health care ask for more than before")]
        title;
        must {
            /// Where it lies.
            kind: IssueKind,
            /// What it is, and what it means for the management system.
            text: RecordText,
        }
        may {
            /// The day on which it was looked at last.
            reviewed_on: Date,
            /// The day by which it is looked at again; 12 months after it was looked at last, or entered, unless said.
            review_on: Date,
        }
        refs {}
        with {
            /// Whether it still counts; unless said, it does.
            status: RecordStatus,
        }
        kept {}
    }
}

room!(ContextIssue, ContextIssueKind);

/// When what is known of the context is looked at again, while it counts.
pub fn review(
    what: (&str, &str, &Rule),
    title: &Title,
    (status, looked_at): (RecordStatus, Date),
    said: Option<Date>,
) -> Option<Due> {
    let inputs = vec![rules::input("title", title), rules::input("looked_at", looked_at)];
    (status == RecordStatus::Current).then(|| rules::review(what, said, looked_at, inputs))
}

/// The same of something that may not have been looked at since it was entered: that day is taken for a look at it.
pub fn first_review(
    what: (&str, &str, &Rule),
    title: &Title,
    (status, reviewed_on, entered): (RecordStatus, Option<Date>, Instant),
    said: Option<Date>,
) -> Option<Due> {
    let looked_at = reviewed_on.unwrap_or(entered.date_in(chrono_tz::UTC));
    let due = review(what, title, (status, looked_at), said)?;
    Some(Due { assumed: reviewed_on.is_none(), ..due })
}

impl Record for ContextIssue {
    const NAME: &'static str = "context_issue";
    const EVENTS: Told = Told {
        created: EventType::ContextIssueCreated,
        updated: EventType::ContextIssueUpdated,
        deleted: EventType::ContextIssueDeleted,
    };
    as_stored!();

    fn status(&self) -> &'static str {
        self.status.as_str()
    }
    fn faults(&self, today: Date, faults: &mut Faults) {
        not_yet("/reviewed_on", self.reviewed_on, today, faults);
    }
    fn dates(&self) -> Vec<Due> {
        let said = ("context_issue_review", "Review of an issue", &rules::CONTEXT_IS_KNOWN);
        let looked_at = (self.status, self.reviewed_on, self.created_at);
        first_review(said, &self.title, looked_at, self.review_on).into_iter().collect()
    }
}

record! {
    /// The decision whether climate change is a relevant issue (ISO/IEC 27001:2022/Amd 1:2024, clause 4.1).
    #[graphql(complex)]
    ClimateDecision: ClimateDecisionKind, ClimateDecisionId, NewClimateDecision, ClimateDecisionPatch,
    ClimateDecisionFilter(RecordStatus) {
        /// The decision, in a sentence.
        #[schema(example = "Climate change is relevant to where we host")]
        title;
        must {
            /// Whether it is a relevant issue.
            relevant: bool,
            /// Why it is, or is not.
            reason: RecordText,
            /// The day of the decision.
            decided_on: Date,
        }
        may {
            /// The day by which it is decided again; 12 months after the decision unless said.
            review_on: Date,
        }
        refs {}
        with {
            /// Whether it still counts; unless said, it does.
            status: RecordStatus,
        }
        kept {}
    }
}

room!(ClimateDecision, ClimateDecisionKind);

impl Record for ClimateDecision {
    const NAME: &'static str = "climate_decision";
    const EVENTS: Told = Told {
        created: EventType::ClimateDecisionCreated,
        updated: EventType::ClimateDecisionUpdated,
        deleted: EventType::ClimateDecisionDeleted,
    };
    as_stored!();

    fn status(&self) -> &'static str {
        self.status.as_str()
    }
    fn faults(&self, today: Date, faults: &mut Faults) {
        not_yet("/decided_on", Some(self.decided_on), today, faults);
    }
    fn dates(&self) -> Vec<Due> {
        let said = ("climate_review", "Decision on climate change", &rules::CLIMATE_IS_CONSIDERED);
        review(said, &self.title, (self.status, self.decided_on), self.review_on).into_iter().collect()
    }
}

batch! {
    ContextIssue, ContextIssueBatch, ContextIssueOperation { NewContextIssue, ContextIssueChange(ContextIssuePatch), ContextIssuePut, ContextIssueRemoval(ContextIssueId) }
}

batch! {
    ClimateDecision, ClimateDecisionBatch, ClimateDecisionOperation { NewClimateDecision, ClimateDecisionChange(ClimateDecisionPatch), ClimateDecisionPut, ClimateDecisionRemoval(ClimateDecisionId) }
}
