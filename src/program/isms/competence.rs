//! Competence (ISO/IEC 27001:2022 7.2): what somebody needs to know for what they do, what shows that they do, and what was
//! done where they did not.

use super::{
    record::{Named, Record, as_stored, room},
    rules::{self, not_yet},
    shape::record,
    texts::RecordText,
};
use crate::{
    batch,
    kernel::{
        error::Faults,
        id::{CompetenceRecordId, MemberId},
        text::Title,
        time::Date,
    },
    platform::{db::Doc, diary::Due, journal::EventType, room::Told},
    text_enum,
};

text_enum! {
    /// Whether somebody has the competence that is needed.
    CompetenceStatus default Missing {
        /// Not yet.
        Missing = "missing",
        /// It is acquired: an action is under way.
        InProgress = "in_progress",
        /// They have it, and evidence shows it.
        Competent = "competent",
        /// It is needed no more.
        Retired = "retired",
    }
}

record! {
    /// What somebody needs to know for what they do.
    #[graphql(complex)]
    CompetenceRecord: CompetenceRecordKind, CompetenceRecordId,
    #[schema(example = json!({ "title": "Internal auditor", "person_name": "Internal auditor" }))] NewCompetenceRecord,
    CompetenceRecordPatch, CompetenceRecordFilter(CompetenceStatus) {
        /// The role that needs it.
        #[schema(example = "Internal auditor")]
        title;
        must {
            /// What is needed: education, training or experience.
            need: RecordText,
        }
        may {
            /// The person, where it is no member.
            person_name: Title,
            /// What shows that the person has it.
            evidence: RecordText,
            /// What is done so that the person acquires it.
            action: RecordText,
            /// The day by which that is done.
            due_on: Date,
            /// The day on which that was done.
            done_on: Date,
            /// Whether what was done proved effective, and how that was judged.
            effectiveness: RecordText,
            /// The day by which it is looked at again; null for never.
            review_on: Date,
        }
        refs {
            /// The person, where it is a member.
            person as "personId": MemberId,
        }
        with {
            /// Whether the person has it; unless said, not yet.
            status: CompetenceStatus,
        }
        kept {}
    }
}

room!(CompetenceRecord, CompetenceRecordKind);

impl Record for CompetenceRecord {
    const NAME: &'static str = "competence_record";
    const EVENTS: Told = Told {
        created: EventType::CompetenceRecordCreated,
        updated: EventType::CompetenceRecordUpdated,
        deleted: EventType::CompetenceRecordDeleted,
    };
    as_stored!();

    fn status(&self) -> &'static str {
        self.status.as_str()
    }
    fn faults(&self, today: Date, faults: &mut Faults) {
        let told = "must be given, or person_name: one of the two";
        faults.when(self.person.is_some() == self.person_name.is_some(), "/person", told);
        let shown = self.status != CompetenceStatus::Competent || self.evidence.is_some();
        faults.when(!shown, "/evidence", "must say what shows it, where somebody is competent (7.2 d)");
        not_yet("/done_on", self.done_on, today, faults);
    }
    fn dates(&self) -> Vec<Due> {
        if self.status == CompetenceStatus::Retired {
            return Vec::new();
        }
        let rule = || rules::PEOPLE_ARE_COMPETENT.cite();
        let inputs = || Doc(vec![rules::input("title", &self.title)]);
        // Who is competent waits for no action any more.
        let open = |_: &Date| self.done_on.is_some() || self.status != CompetenceStatus::Competent;
        let action = self.due_on.filter(open).map(|day| Due {
            done_on: self.done_on,
            inputs: inputs(),
            ..rules::due("competence_action", "Somebody acquires a competence", day, rule())
        });
        let review = self.review_on.map(|day| Due {
            inputs: inputs(),
            ..rules::due("competence_review", "Review of a competence", day, rule())
        });
        action.into_iter().chain(review).collect()
    }
    fn names(&self) -> Vec<Named> {
        self.person.map(|id| Named::member("/person", id)).into_iter().collect()
    }
}

batch! {
    CompetenceRecord, CompetenceRecordBatch, CompetenceRecordOperation { NewCompetenceRecord, CompetenceRecordChange(CompetenceRecordPatch), CompetenceRecordPut, CompetenceRecordRemoval(CompetenceRecordId) }
}
