//! Improvements (ISO/IEC 27001:2022 10.1): what could be better, where that was noticed, and what came of it.

use super::{
    record::{Record, as_stored, room},
    rules::{self, not_yet},
    shape::record,
    texts::RecordText,
};
use crate::{
    batch,
    kernel::{
        error::Faults,
        id::ImprovementId,
        text::{Prose, Title},
        time::Date,
    },
    platform::{db::Doc, diary::Due, journal::EventType, room::Told},
    text_enum,
};

text_enum! {
    /// How far an improvement has come.
    ImprovementStatus default Proposed {
        /// Somebody proposed it.
        Proposed = "proposed",
        /// It will be made.
        Accepted = "accepted",
        /// It is made.
        InProgress = "in_progress",
        /// It was made.
        Done = "done",
        /// It will not be made.
        Rejected = "rejected",
    }
}

record! {
    /// An improvement.
    #[graphql(complex)]
    Improvement: ImprovementKind, ImprovementId,
    #[schema(example = json!({ "title": "Access reviews run by themselves", "done_on": null }))] NewImprovement,
    #[schema(example = json!({ "title": "Access reviews run by themselves", "done_on": null }))] ImprovementPatch,
    ImprovementFilter(ImprovementStatus) {
        /// What could be better, in a sentence.
        #[schema(example = "Access reviews run by themselves")]
        title;
        must {}
        may {
            /// Where it was noticed: a review, an audit, an incident, somebody's idea.
            #[schema(example = "Management review 2026")]
            source: Title,
            /// The day by which it is made.
            due_on: Date,
            /// The day on which it was made.
            done_on: Date,
            /// What came of it.
            outcome: RecordText,
        }
        refs {}
        with {
            /// What could be better, at length.
            description: Prose,
            /// How far it has come; proposed unless said.
            status: ImprovementStatus,
        }
        kept {}
    }
}

room!(Improvement, ImprovementKind);

impl Record for Improvement {
    const NAME: &'static str = "improvement";
    const EVENTS: Told = Told {
        created: EventType::ImprovementCreated,
        updated: EventType::ImprovementUpdated,
        deleted: EventType::ImprovementDeleted,
    };
    as_stored!();

    fn status(&self) -> &'static str {
        self.status.as_str()
    }
    fn faults(&self, today: Date, faults: &mut Faults) {
        let done = self.status == ImprovementStatus::Done;
        let told = "must be given when it is done, and not before";
        faults.when(done != self.done_on.is_some(), "/done_on", told);
        not_yet("/done_on", self.done_on, today, faults);
    }
    fn dates(&self) -> Vec<Due> {
        let due = self.due_on.filter(|_| self.status != ImprovementStatus::Rejected);
        let due = due.map(|day| {
            let known =
                rules::due("improvement", "An improvement is made", day, rules::SYSTEM_IMPROVES.cite());
            Due { done_on: self.done_on, inputs: Doc(vec![rules::input("title", &self.title)]), ..known }
        });
        due.into_iter().collect()
    }
}

batch! {
    Improvement, ImprovementBatch, ImprovementOperation { NewImprovement, ImprovementChange(ImprovementPatch), ImprovementPut, ImprovementRemoval(ImprovementId) }
}
