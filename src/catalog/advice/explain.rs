//! Saying why: a weighed way in sentences, with what it cites.

use super::{
    engine::{self, Way, Weighed},
    facts::{AdviceInput, AdviceSource, Facts},
    model::{
        AdviceAnswer, AdviceFactor, AdviceReason, AdviceRecommendation, AdviceStep, AdviceTiming,
        SharedEvidence,
    },
    weights::{Fit, Table},
    words::Goal,
};
use crate::{
    catalog::{
        Framework, catalog,
        data::{ISO, SOC2},
        engine::{compare, crosswalk, gaps},
        model::Dimension,
    },
    kernel::time::Date,
};

/// The recommendation as it is shown.
pub(super) fn recommendation(
    table: &Table,
    facts: &Facts,
    way: &Way<'_>,
    rank: usize,
    today: Date,
) -> AdviceRecommendation {
    AdviceRecommendation {
        rank: rank as i64,
        title: way.title(),
        score: way.score,
        steps: way.steps.iter().filter_map(|step| shown(step, today)).collect(),
        reasons: way.weighed.iter().map(|one| reason(table, facts, way, one, today)).collect(),
        answers: answers(facts, way),
        shared_evidence: shared(facts, way),
    }
}

fn framework(goal: Goal) -> Option<&'static Framework> {
    catalog().framework(goal.framework())
}

fn shown(step: &engine::Step<'_>, today: Date) -> Option<AdviceStep> {
    let framework = framework(step.goal)?;
    Some(AdviceStep {
        goal: step.goal,
        framework: framework.key.clone(),
        outcome: framework.outcome,
        made_of: step.row.made_of.clone(),
        fastest_on: today.plus_days(step.fastest_days),
        typical_on: today.plus_days(step.typical_days),
    })
}

fn answers(facts: &Facts, way: &Way<'_>) -> Vec<AdviceAnswer> {
    let asks = facts.asks.value.iter().zip(&way.answers);
    asks.map(|(ask, answer)| AdviceAnswer {
        customer: ask.customer.clone(),
        wanted: ask.want.title().to_owned(),
        due: ask.due,
        answered_by: answer.by,
        timing: answer.timing,
    })
    .collect()
}

/// What the framework that comes first, or is there, brings for the one that comes next.
fn shared(facts: &Facts, way: &Way<'_>) -> Option<SharedEvidence> {
    let goals = facts.held.value.iter().copied().chain(way.steps.iter().map(|step| step.goal));
    let mut keys: Vec<_> = goals.map(Goal::framework).collect();
    keys.dedup();
    let [from, to, ..] = keys.as_slice() else { return None };
    let (from, to) = (catalog().framework(from)?, catalog().framework(to)?);
    let requirements = to.requirements.len() as i64;
    let without = gaps(&crosswalk(catalog(), to, from), to, from).requirements.len() as i64;
    Some(SharedEvidence {
        from: from.key.clone(),
        to: to.key.clone(),
        requirements,
        with_counterpart: requirements - without,
    })
}

fn reason(table: &Table, facts: &Facts, way: &Way<'_>, weighed: &Weighed, today: Date) -> AdviceReason {
    let factor = weighed.factor;
    let input = asked(factor);
    let source = input.map_or(AdviceSource::Table, |input| facts.source(input));
    AdviceReason {
        factor,
        input: input.and_then(|input| facts.text(input)),
        source,
        weight: weight(table, factor),
        contribution: weighed.contribution,
        sentence: match (source, input) {
            (AdviceSource::Absent, Some(input)) if factor != AdviceFactor::Effort => {
                format!("Not known, so it counts for nothing: say `{input}`.")
            }
            _ => sentence(table, facts, way, factor, today),
        },
        comparison: compared(dimension(table, factor)),
    }
}

/// The input that a factor weighs; none for what is the same for every organisation.
fn asked(factor: AdviceFactor) -> Option<AdviceInput> {
    match factor {
        AdviceFactor::CustomerRequirements => Some(AdviceInput::Asks),
        AdviceFactor::Industry => Some(AdviceInput::Industry),
        AdviceFactor::Geography => Some(AdviceInput::Regions),
        AdviceFactor::DataHandled => Some(AdviceInput::DataHandled),
        AdviceFactor::PublicCertificate => Some(AdviceInput::NeedsPublicCertificate),
        AdviceFactor::Deadline => Some(AdviceInput::Deadline),
        AdviceFactor::Size => Some(AdviceInput::Size),
        AdviceFactor::Effort => Some(AdviceInput::Held),
        AdviceFactor::Assurance => None,
    }
}

fn weight(table: &Table, factor: AdviceFactor) -> i64 {
    let weights = &table.weights;
    match factor {
        AdviceFactor::CustomerRequirements => weights.customer_requirements,
        AdviceFactor::Industry => weights.industry,
        AdviceFactor::Geography => weights.geography,
        AdviceFactor::DataHandled => weights.data_handled,
        AdviceFactor::PublicCertificate => weights.public_certificate,
        AdviceFactor::Deadline => weights.deadline,
        AdviceFactor::Size => weights.size,
        AdviceFactor::Assurance => weights.assurance,
        // Effort is counted as it is.
        AdviceFactor::Effort => table.lead_times.iter().map(|row| row.effort).max().unwrap_or(0),
    }
}

fn dimension(table: &Table, factor: AdviceFactor) -> &str {
    let named = &table.dimensions;
    match factor {
        AdviceFactor::CustomerRequirements => &named.customer_requirements,
        AdviceFactor::Industry => &named.industry,
        AdviceFactor::Geography => &named.geography,
        AdviceFactor::DataHandled => &named.data_handled,
        AdviceFactor::PublicCertificate => &named.public_certificate,
        AdviceFactor::Deadline => &named.deadline,
        AdviceFactor::Size => &named.size,
        AdviceFactor::Assurance => &named.assurance,
        AdviceFactor::Effort => &named.effort,
    }
}

fn compared(name: &str) -> Option<Dimension> {
    let (iso, soc2) = (catalog().framework(ISO)?, catalog().framework(SOC2)?);
    compare(catalog(), iso, soc2).dimensions.into_iter().find(|one| one.dimension.as_str() == name)
}

fn sentence(table: &Table, facts: &Facts, way: &Way<'_>, factor: AdviceFactor, today: Date) -> String {
    match factor {
        AdviceFactor::CustomerRequirements => answered(way),
        AdviceFactor::Industry => because(&table.industry, |value| facts.industry.value == Some(value)),
        AdviceFactor::Geography => because(&table.geography, |value| facts.regions.value.contains(&value)),
        AdviceFactor::DataHandled => {
            because(&table.data_handled, |value| facts.data_handled.value.contains(&value))
        }
        AdviceFactor::PublicCertificate => certificate(facts, way),
        AdviceFactor::Deadline => deadline(facts, way, today),
        AdviceFactor::Size => {
            engine::size_row(table, facts).map(|row| row.because.clone() + ".").unwrap_or_default()
        }
        AdviceFactor::Assurance => because_of_steps(table, way),
        AdviceFactor::Effort => effort(way),
    }
}

fn because<V: Copy>(rows: &[Fit<V>], given: impl Fn(V) -> bool) -> String {
    let told: Vec<_> =
        rows.iter().filter(|row| given(row.value)).map(|row| row.because.clone() + ".").collect();
    told.join(" ")
}

fn because_of_steps(table: &Table, way: &Way<'_>) -> String {
    let worth = |goal| table.assurance.iter().find(|row| row.value == goal);
    let told: Vec<_> =
        way.steps.iter().filter_map(|step| worth(step.goal)).map(|row| row.because.clone() + ".").collect();
    told.join(" ")
}

fn answered(way: &Way<'_>) -> String {
    let count = |timing| way.answers.iter().filter(|one| one.timing == timing).count();
    let told = [
        (AdviceTiming::InTime, "answered in time"),
        (AdviceTiming::Tight, "answered in time if nothing goes wrong"),
        (AdviceTiming::Late, "answered late"),
        (AdviceTiming::Undated, "answered, with no day set"),
        (AdviceTiming::Unanswered, "not answered"),
    ];
    let told = told.into_iter().map(|(timing, words)| (count(timing), words)).filter(|(count, _)| *count > 0);
    let told: Vec<_> = told.map(|(count, words)| format!("{count} {words}")).collect();
    match told.as_slice() {
        [] => "No customer asks for anything.".to_owned(),
        told => format!("Asks, {} in all: {}.", way.answers.len(), told.join(", ")),
    }
}

fn certificate(facts: &Facts, way: &Way<'_>) -> String {
    let certified = way.steps.iter().any(|step| !step.goal.is_report());
    if facts.held.value.contains(&Goal::Iso27001) {
        return "The ISO/IEC 27001 certificate is there already.".to_owned();
    }
    match (facts.needs_public_certificate.value, certified) {
        (Some(true), true) => "ISO/IEC 27001 ends in a certificate that anybody may see.".to_owned(),
        (Some(true), false) => {
            "A SOC 2 report is no certificate, and goes to specified parties alone.".to_owned()
        }
        _ => "No certificate is needed that anybody may see.".to_owned(),
    }
}

fn deadline(facts: &Facts, way: &Way<'_>, today: Date) -> String {
    let first = way.steps.first().map_or("Nothing", |step| step.goal.title());
    match engine::first_timing(facts, &way.steps, today) {
        Some(AdviceTiming::InTime) => format!("{first} is usually there by then."),
        Some(AdviceTiming::Tight) => format!("{first} can be there by then, if nothing goes wrong."),
        _ => format!("{first} cannot be there by then."),
    }
}

fn effort(way: &Way<'_>) -> String {
    let days = way.steps.last().map_or(0, |step| step.typical_days);
    let shorter = way.steps.iter().any(|step| step.row.after.is_some());
    let told = format!("{} in about {} months", way.title(), days.div_ceil(30));
    if shorter { format!("{told}; what is there before it is used again.") } else { format!("{told}.") }
}
