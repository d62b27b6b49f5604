//! Competence records over GraphQL.

use super::{owned, resolvers};
use crate::{
    kernel::id::CompetenceRecordId,
    platform::{graphql::related, identity::members::Member},
    program::isms::competence::{
        CompetenceRecord, CompetenceRecordBatch, CompetenceRecordFilter, CompetenceRecordPatch,
        NewCompetenceRecord,
    },
};

owned!(CompetenceRecord, |one| one.owner, {
    /// The person, where it is a member.
    #[graphql(name = "person")]
    async fn who(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.person {
            Some(person) => related(ctx, person).await,
            None => Ok(None),
        }
    }
});

resolvers! {
    CompetenceRecord as CompetenceRecord, CompetenceRecordId, NewCompetenceRecord, CompetenceRecordPatch, CompetenceRecordFilter, CompetenceRecordBatch;
    query CompetenceRecordQuery {
        /// What people need to know for what they do, and whether they do.
        competence_records
        /// One competence record.
        competence_record
    }
    mutation CompetenceRecordMutation {
        /// Enters a competence record.
        create_competence_record
        /// Changes a competence record.
        update_competence_record
        /// Removes a competence record.
        delete_competence_record
        /// Changes many at once, in one transaction.
        batch_competence_records
    }
}
