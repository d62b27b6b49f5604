//! Interested parties (ISO/IEC 27001:2022 4.2): who they are, what they require, and which of that the management system
//! sees to.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    context::first_review,
    record::{Record, as_stored, room},
    rules::{self, not_yet},
    shape::record,
    texts::{RecordStatus, RecordText},
};
use crate::{
    batch,
    kernel::{
        error::Faults,
        id::InterestedPartyId,
        text::{Prose, Title},
        time::Date,
    },
    platform::{diary::Due, journal::EventType, room::Told},
};

/// What an interested party requires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "PartyRequirementInput")]
pub struct PartyRequirement {
    /// What.
    pub text: RecordText,
    /// Where it is said: a law, a contract, a promise.
    #[serde(default)]
    #[schema(example = "Data processing agreement, section 4")]
    pub source: Option<Title>,
    /// Whether it is met through the management system.
    pub addressed: bool,
    /// How it is met, or why it is not through the management system.
    #[serde(default)]
    #[graphql(default)]
    pub how: Prose,
}

/// Requirements of one party at the most.
const MOST: usize = 100;

record! {
    /// An interested party.
    #[graphql(complex)]
    InterestedParty: InterestedPartyKind, InterestedPartyId, NewInterestedParty, InterestedPartyPatch,
    InterestedPartyFilter(RecordStatus) {
        /// Who it is.
        #[schema(example = "Customers in health care")]
        name;
        must {}
        may {
            /// The day on which its requirements were looked at last.
            reviewed_on: Date,
            /// The day by which they are looked at again; 12 months after they were looked at last, or entered, unless said.
            review_on: Date,
        }
        refs {}
        with {
            /// What it requires.
            #[schema(max_items = 100)]
            requirements: Vec<PartyRequirement>,
            /// Whether it still counts; unless said, it does.
            status: RecordStatus,
        }
        kept {}
    }
}

room!(InterestedParty, InterestedPartyKind);

impl Record for InterestedParty {
    const NAME: &'static str = "interested_party";
    const EVENTS: Told = Told {
        created: EventType::InterestedPartyCreated,
        updated: EventType::InterestedPartyUpdated,
        deleted: EventType::InterestedPartyDeleted,
    };
    as_stored!();

    fn status(&self) -> &'static str {
        self.status.as_str()
    }
    fn faults(&self, today: Date, faults: &mut Faults) {
        not_yet("/reviewed_on", self.reviewed_on, today, faults);
        let many = self.requirements.len() > MOST;
        faults.when(many, "/requirements", format!("must have at most {MOST} items"));
    }
    fn dates(&self) -> Vec<Due> {
        let said = ("party_review", "Review of an interested party", &rules::PARTIES_ARE_KNOWN);
        let looked_at = (self.status, self.reviewed_on, self.created_at);
        first_review(said, &self.name, looked_at, self.review_on).into_iter().collect()
    }
}

batch! {
    InterestedParty, InterestedPartyBatch, InterestedPartyOperation { NewInterestedParty, InterestedPartyChange(InterestedPartyPatch), InterestedPartyPut, InterestedPartyRemoval(InterestedPartyId) }
}
