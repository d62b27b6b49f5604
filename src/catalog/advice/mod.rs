//! Advice: which framework fits an organisation, in which order, and why.
//!
//! Pure: [`advise`] weighs facts by the table in `reference/advice-weights.json`. Where absent facts come from is the
//! business of whoever asks.

mod cautions;
mod engine;
mod explain;
mod facts;
mod model;
#[cfg(test)]
mod tests;
mod unknown;
mod weights;
mod words;

pub use facts::{AdviceInput, AdviceSource, Ask, Facts, Known, Want};
pub use model::{
    Advice, AdviceFactor, AdviceInputUsed, AdviceReason, AdviceRecommendation, AdviceTiming, AdviceWarning,
    CustomerAsk, FrameworkQuestion, MAX_ASKS, check_ask,
};
pub use words::{DataKind, Goal, Industry, Region, ReportType};

use crate::kernel::time::Date;

/// The ways to go, best first, as seen from a day.
pub fn advise(facts: &Facts, today: Date) -> Advice {
    let table = weights::table();
    let ways = engine::rank(table, facts, today);
    let shown = ways.iter().zip(1..);
    Advice {
        weights: table.version.clone(),
        as_of: today,
        inputs: AdviceInput::ALL
            .iter()
            .map(|&input| AdviceInputUsed { input, value: facts.text(input), source: facts.source(input) })
            .collect(),
        recommendations: shown
            .map(|(way, place)| explain::recommendation(table, facts, way, place, today))
            .collect(),
        warnings: cautions::warnings(facts, &ways),
        unknown: unknown::unknown(table, facts, today),
    }
}
