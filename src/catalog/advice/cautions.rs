//! What a reader of advice must know beside the ranking.

use super::{
    engine::Way,
    facts::{AdviceInput, AdviceSource, Facts},
    model::{AdviceCaution, AdviceTiming, AdviceWarning},
    words::{DataKind, Goal},
};

/// The warnings that go with these ways, best first.
pub(super) fn warnings(facts: &Facts, ways: &[Way<'_>]) -> Vec<AdviceWarning> {
    AdviceCaution::ALL
        .iter()
        .filter_map(|&code| detail(code, facts, ways).map(|detail| AdviceWarning { code, detail }))
        .collect()
}

fn detail(code: AdviceCaution, facts: &Facts, ways: &[Way<'_>]) -> Option<String> {
    let leads_to =
        |wanted: fn(Goal) -> bool| ways.iter().flat_map(|way| &way.steps).any(|step| wanted(step.goal));
    let said = |when: bool, text: &str| when.then(|| text.to_owned());
    match code {
        AdviceCaution::Soc2IsAReport => said(
            leads_to(Goal::is_report),
            "SOC 2 ends in a report with the opinion of a licensed CPA firm. Nobody is awarded a certificate for it, \
             and its report is never to be called one.",
        ),
        AdviceCaution::Soc2ReportIsRestricted => said(
            leads_to(Goal::is_report),
            "A SOC 2 report goes to specified parties who know how to use it, commonly under a non-disclosure \
             agreement; it is not for publication.",
        ),
        AdviceCaution::Type2NeedsItsWindow => said(
            leads_to(|goal| goal == Goal::Soc2Type2),
            "A Type II report needs a window in which controls are at work. No shortest window is laid down: three \
             months are common for a first report and readers doubt a shorter one; six to twelve are usual.",
        ),
        AdviceCaution::Optional => {
            said(true, "Either framework is optional unless a contract or a law says otherwise.")
        }
        AdviceCaution::NotInTime => not_in_time(ways),
        AdviceCaution::CardDataHasItsOwnStandard => said(
            facts.data_handled.value.contains(&DataKind::PaymentCardData),
            "Payment card data falls under PCI DSS, which neither framework replaces.",
        ),
        AdviceCaution::NotWeighed => (facts.unweighed > 0)
            .then(|| format!("Asks for something that this advice does not weigh: {}.", facts.unweighed)),
        AdviceCaution::LittleIsKnown => {
            let known = AdviceInput::ALL.iter().any(|&input| facts.source(input) != AdviceSource::Absent);
            said(
                !known,
                "Nothing is known of the organisation, so effort and the outcome by itself decide alone.",
            )
        }
        AdviceCaution::NothingLeft => said(
            ways.is_empty(),
            "All that could be recommended is there already: keep it up, with surveillance audits and a report for \
             each period.",
        ),
    }
}

fn not_in_time(ways: &[Way<'_>]) -> Option<String> {
    let first = ways.first()?;
    let waiting = |timing: AdviceTiming| matches!(timing, AdviceTiming::Late | AdviceTiming::Unanswered);
    let count = first.answers.iter().filter(|one| waiting(one.timing)).count();
    (count > 0).then(|| {
        format!(
            "{} leaves {count} of {} asks late or unanswered; its answers tell which.",
            first.title(),
            first.answers.len()
        )
    })
}
