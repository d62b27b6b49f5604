//! Decisions on climate change over GraphQL.

use super::{owned, resolvers};
use crate::{
    kernel::id::ClimateDecisionId,
    program::isms::context::{
        ClimateDecision, ClimateDecisionBatch, ClimateDecisionFilter, ClimateDecisionPatch,
        NewClimateDecision,
    },
};

owned!(ClimateDecision, |one| one.owner);

resolvers! {
    ClimateDecision as ClimateDecision, ClimateDecisionId, NewClimateDecision, ClimateDecisionPatch, ClimateDecisionFilter, ClimateDecisionBatch;
    query ClimateDecisionQuery {
        /// Whether climate change was decided to be a relevant issue, as ISO/IEC 27001:2022/Amd 1:2024 asks in clause 4.1.
        climate_decisions
        /// One decision on climate change.
        climate_decision
    }
    mutation ClimateDecisionMutation {
        /// Enters a decision on climate change.
        create_climate_decision
        /// Changes a decision on climate change.
        update_climate_decision
        /// Removes a decision on climate change.
        delete_climate_decision
        /// Changes many at once, in one transaction.
        batch_climate_decisions
    }
}
