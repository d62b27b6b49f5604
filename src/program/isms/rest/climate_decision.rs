//! Decisions on climate change over REST.

use super::operations;
use crate::{
    kernel::id::ClimateDecisionId,
    program::isms::context::{
        ClimateDecision, ClimateDecisionBatch, ClimateDecisionFilter, ClimateDecisionPatch,
        NewClimateDecision,
    },
};

operations! {
    ClimateDecision as ClimateDecision, ClimateDecisionId, NewClimateDecision, ClimateDecisionPatch, ClimateDecisionFilter, ClimateDecisionBatch;
    "/v1/isms/climate-decisions" {
        /// List decisions on climate change
        ///
        /// Whether climate change was decided to be a relevant issue, as ISO/IEC 27001:2022/Amd 1:2024 asks in
        /// clause 4.1.
        list_climate_decisions
        /// Enter a decision on climate change
        ///
        /// Relevant or not, with the reason and the day.
        create_climate_decision
    }
    "/v1/isms/climate-decisions/{id}" {
        /// Get a decision on climate change
        ///
        /// With when it is decided again.
        get_climate_decision
        /// Change a decision on climate change
        ///
        /// A merge patch: what is absent stays, null clears. Another decision is better entered beside it.
        update_climate_decision
        /// Remove a decision on climate change
        ///
        /// For one that should not have been entered.
        delete_climate_decision
    }
    "/v1/isms/climate-decisions:batch" {
        /// Change many decisions on climate change at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another
        /// system. What is refused is told for each item and leaves nothing; `atomic` makes it all or nothing;
        /// `dry_run` only tells.
        batch_climate_decisions
    }
}
