//! Competence records over REST.

use super::operations;
use crate::{
    kernel::id::CompetenceRecordId,
    program::isms::competence::{
        CompetenceRecord, CompetenceRecordBatch, CompetenceRecordFilter, CompetenceRecordPatch,
        NewCompetenceRecord,
    },
};

operations! {
    CompetenceRecord as CompetenceRecord, CompetenceRecordId, NewCompetenceRecord, CompetenceRecordPatch, CompetenceRecordFilter, CompetenceRecordBatch;
    "/v1/isms/competence" {
        /// List competence records
        ///
        /// What people need to know for what they do, and whether they do.
        list_competence_records
        /// Enter a competence record
        ///
        /// Of a member, or of somebody else by name.
        create_competence_record
    }
    "/v1/isms/competence/{id}" {
        /// Get a competence record
        ///
        /// With what shows the competence, and what was done where it was missing.
        get_competence_record
        /// Change a competence record
        ///
        /// A merge patch: what is absent stays, null clears. Who is competent has evidence of it.
        update_competence_record
        /// Remove a competence record
        ///
        /// For one that should not have been entered; one that is needed no more is better retired.
        delete_competence_record
    }
    "/v1/isms/competence:batch" {
        /// Change many competence records at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another
        /// system. What is refused is told for each item and leaves nothing; `atomic` makes it all or nothing;
        /// `dry_run` only tells.
        batch_competence_records
    }
}
