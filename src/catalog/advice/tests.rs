//! Sensible outcomes: what advice says in cases that people know the answer to.

use super::{
    Advice, AdviceFactor, AdviceInput, AdviceSource, AdviceTiming, Ask, DataKind, Facts, Goal, Industry,
    Known, Region, Want, advise,
    model::{AdviceCaution, AdviceRecommendation},
};
use crate::kernel::time::Date;

const TODAY: &str = "2026-11-24";

fn today() -> Date {
    TODAY.parse().unwrap()
}

fn said<T>(value: T) -> Known<T> {
    Known::new(value, AdviceSource::Request)
}

fn asks(all: &[(Want, Option<u64>)]) -> Known<Vec<Ask>> {
    let one = |&(want, days): &(Want, Option<u64>)| Ask {
        customer: None,
        want,
        due: days.map(|days| today().plus_days(days)),
    };
    said(all.iter().map(one).collect())
}

fn firm(industry: Industry, regions: &[Region]) -> Facts {
    Facts { industry: said(Some(industry)), regions: said(regions.to_vec()), ..Facts::default() }
}

fn american_saas() -> Facts {
    firm(Industry::Saas, &[Region::NorthAmerica])
}

fn goals(way: &AdviceRecommendation) -> Vec<Goal> {
    way.steps.iter().map(|step| step.goal).collect()
}

/// The steps of the first recommendation.
fn first(facts: &Facts) -> Vec<Goal> {
    goals(&advise(facts, today()).recommendations[0])
}

fn cautions(advice: &Advice) -> Vec<AdviceCaution> {
    advice.warnings.iter().map(|one| one.code).collect()
}

use Goal::{Iso27001, Soc2Type1, Soc2Type2};

#[test]
fn european_customers_and_a_public_certificate_lead_to_iso() {
    for industry in [Industry::Saas, Industry::Healthcare, Industry::FinancialServices, Industry::Other] {
        let facts = Facts { needs_public_certificate: said(Some(true)), ..firm(industry, &[Region::Europe]) };
        assert_eq!(first(&facts), [Iso27001], "{industry}");
    }
}

#[test]
fn american_customers_in_two_months_lead_to_type_1_and_then_type_2() {
    for want in [Want::Soc2, Want::Soc2Type2] {
        let facts = Facts { asks: asks(&[(want, Some(61))]), ..american_saas() };
        assert_eq!(first(&facts), [Soc2Type1, Soc2Type2], "{want:?}");
    }
    let advice = advise(&Facts { asks: asks(&[(Want::Soc2, Some(61))]), ..american_saas() }, today());
    let answer = &advice.recommendations[0].answers[0];
    assert_eq!((answer.answered_by, answer.timing), (Some(Soc2Type1), AdviceTiming::Tight));
}

#[test]
fn without_haste_american_customers_lead_to_type_2_at_once() {
    assert_eq!(first(&american_saas()), [Soc2Type2]);
    let asked = Facts { asks: asks(&[(Want::Soc2Type2, Some(400))]), ..american_saas() };
    assert_eq!(first(&asked), [Soc2Type2]);
    let with_deadline = Facts { deadline: said(Some(today().plus_days(61))), ..american_saas() };
    assert_eq!(first(&with_deadline), [Soc2Type1, Soc2Type2], "a deadline makes haste too");
}

#[test]
fn a_type_1_report_is_enough_where_it_alone_is_asked_for() {
    assert_eq!(first(&Facts { asks: asks(&[(Want::Soc2Type1, None)]), ..Facts::default() }), [Soc2Type1]);
}

#[test]
fn both_asked_for_is_a_sequence_with_shared_evidence() {
    let both = asks(&[(Want::Iso27001, None), (Want::Soc2Type2, None)]);
    let facts = Facts { asks: both, ..firm(Industry::Saas, &[Region::Europe, Region::NorthAmerica]) };
    let way = &advise(&facts, today()).recommendations[0];
    let mut steps = goals(way);
    steps.sort();
    assert_eq!(steps, [Iso27001, Soc2Type2]);
    let shared = way.shared_evidence.as_ref().unwrap();
    assert!(shared.with_counterpart > 0 && shared.with_counterpart < shared.requirements, "{shared:?}");
    let alone =
        advise(&facts, today()).recommendations.into_iter().find(|one| goals(one) == [Iso27001]).unwrap();
    assert_eq!(alone.shared_evidence, None);
    assert_eq!(alone.answers[1].timing, AdviceTiming::Unanswered);
}

#[test]
fn more_customers_weigh_more() {
    let three = [(Want::Iso27001, None), (Want::Iso27001, None), (Want::Iso27001, None), (Want::Soc2, None)];
    assert_eq!(first(&Facts { asks: asks(&three), ..Facts::default() })[0], Iso27001);
}

#[test]
fn what_is_held_is_not_recommended_again_and_shortens_the_rest() {
    let plain = advise(&american_saas(), today());
    let held = advise(&Facts { held: said(vec![Soc2Type1]), ..american_saas() }, today());
    assert!(held.recommendations.iter().all(|way| !goals(way).contains(&Soc2Type1)));
    let ready = |advice: &Advice| {
        advice.recommendations.iter().find(|way| goals(way) == [Soc2Type2]).unwrap().steps[0].typical_on
    };
    assert!(ready(&held) < ready(&plain));
    let all = advise(&Facts { held: said(Goal::ALL.to_vec()), ..american_saas() }, today());
    assert!(all.recommendations.is_empty() && cautions(&all).contains(&AdviceCaution::NothingLeft));
    assert!(all.unknown.iter().all(|one| !one.would_change));
}

#[test]
fn steps_follow_one_another() {
    for way in advise(&Facts::default(), today()).recommendations {
        assert!(way.steps.iter().all(|step| today() < step.fastest_on && step.fastest_on <= step.typical_on));
        assert!(way.steps.windows(2).all(|two| two[0].typical_on < two[1].typical_on), "{}", way.title);
    }
}

#[test]
fn what_is_not_known_counts_for_nothing_and_is_told() {
    let advice = advise(&Facts::default(), today());
    for way in &advice.recommendations {
        for reason in &way.reasons {
            let always = [AdviceFactor::Effort, AdviceFactor::Assurance].contains(&reason.factor);
            assert!(always || reason.contribution == 0, "{reason:?}");
            assert!(always || reason.source == AdviceSource::Absent);
        }
    }
    assert!(cautions(&advice).contains(&AdviceCaution::LittleIsKnown));
    let unknown: Vec<_> = advice.unknown.iter().map(|one| one.input).collect();
    assert_eq!(unknown, AdviceInput::ALL);
    let known = advise(&american_saas(), today());
    let certificate =
        known.unknown.iter().find(|one| one.input == AdviceInput::NeedsPublicCertificate).unwrap();
    assert_eq!((certificate.would_change, certificate.such_as.as_deref()), (true, Some("true")));
    assert!(!cautions(&known).contains(&AdviceCaution::LittleIsKnown));
}

#[test]
fn a_trial_of_the_unknown_tells_what_would_come_of_it() {
    let facts = american_saas();
    let told = advise(&facts, today()).unknown;
    let certificate = told.iter().find(|one| one.input == AdviceInput::NeedsPublicCertificate).unwrap();
    let then = Facts { needs_public_certificate: said(Some(true)), ..facts };
    assert_eq!(
        certificate.then_first.as_deref(),
        Some(advise(&then, today()).recommendations[0].title.as_str())
    );
}

#[test]
fn warnings_go_with_what_is_recommended() {
    let facts = Facts {
        data_handled: said(vec![DataKind::PaymentCardData]),
        unweighed: 2,
        asks: asks(&[(Want::Iso27001, Some(10))]),
        ..american_saas()
    };
    let told = cautions(&advise(&facts, today()));
    for wanted in [
        AdviceCaution::Soc2IsAReport,
        AdviceCaution::Soc2ReportIsRestricted,
        AdviceCaution::Type2NeedsItsWindow,
        AdviceCaution::Optional,
        AdviceCaution::NotInTime,
        AdviceCaution::CardDataHasItsOwnStandard,
        AdviceCaution::NotWeighed,
    ] {
        assert!(told.contains(&wanted), "{wanted} in {told:?}");
    }
    let reports_held = advise(&Facts { held: said(vec![Soc2Type1, Soc2Type2]), ..Facts::default() }, today());
    assert!(!cautions(&reports_held).contains(&AdviceCaution::Soc2IsAReport));
}

#[test]
fn an_ask_that_is_past_is_late_and_never_before_nothing() {
    let past = Ask { customer: None, want: Want::Iso27001, due: Some(today().minus_days(5)) };
    let facts = Facts { asks: said(vec![past]), ..Facts::default() };
    let advice = advise(&facts, today());
    assert_eq!(goals(&advice.recommendations[0]), [Iso27001]);
    assert_eq!(advice.recommendations[0].answers[0].timing, AdviceTiming::Late);
}
