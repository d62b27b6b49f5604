//! Which controls answer each criterion of an engagement, and on which days of its window there is evidence. Pure.

use std::collections::BTreeMap;

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::exceptions::FieldworkException;
use crate::{
    assurance::{
        attestations::{
            model::Dossier,
            scope::{AttestationScope, Why},
            testing::{AttestationTest, AttestationTestResult},
        },
        findings::FindingView,
    },
    catalog::{Requirement, RequirementId},
    kernel::{
        id::{AttestationId, AttestationTestId, ControlId, FindingId, MemberId},
        text::{ShortCode, Title},
        time::Date,
    },
    program::{
        controls::{Answer, ControlStatus},
        evidence::{Accepted, DaySpan, EvidenceCoverage, Period, coverage, gaps, union},
    },
};

/// One criterion in scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "criterion": "CC6.1", "title": "Logical access security", "not_relevant_reason": null }))]
pub struct CriterionCoverage {
    /// The criterion.
    pub criterion: RequirementId,
    /// Its title, our own.
    pub title: Title,
    /// Whether it has to be met.
    pub relevant: bool,
    /// Why not, where it was judged not relevant (D-03).
    pub not_relevant_reason: Option<Why>,
    /// The controls that answer it; `controls` tells of each.
    #[schema(max_items = 1000)]
    #[graphql(name = "controlIds")]
    pub controls: Vec<ControlId>,
    /// Days of the window on which one of them has accepted evidence.
    #[schema(minimum = 0)]
    pub covered_days: i64,
    /// Days of the window on which none has.
    #[schema(minimum = 0)]
    pub uncovered_days: i64,
    /// Which days.
    #[schema(max_items = 3660)]
    pub uncovered: Vec<DaySpan>,
    /// How many tests the practitioner made for it.
    #[schema(minimum = 0)]
    pub tests: i64,
    /// Tests that noted an exception; `exceptions` tells of each.
    #[schema(max_items = 1000)]
    #[graphql(name = "exceptionIds")]
    pub exceptions: Vec<AttestationTestId>,
    /// Exceptions that fieldwork found against it; `findings` tells of each.
    #[schema(max_items = 1000)]
    #[graphql(name = "findingIds")]
    pub findings: Vec<FindingId>,
}

/// A control that answers criteria, and its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AnsweringControl {
    /// The control.
    pub id: ControlId,
    /// Its code.
    pub code: ShortCode,
    /// Its title.
    pub title: Title,
    /// The member who answers for it.
    #[graphql(name = "ownerId")]
    pub owner: Option<MemberId>,
    /// How far it has come.
    pub status: ControlStatus,
    /// On which days of the window it has accepted evidence; null without a window.
    pub evidence: Option<EvidenceCoverage>,
    /// Exceptions that fieldwork found in it; `findings` tells of each.
    #[schema(max_items = 1000)]
    #[graphql(name = "findingIds")]
    pub findings: Vec<FindingId>,
}

/// Criteria, controls and evidence of an engagement.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "window_from": "2025-10-01", "window_to": "2026-09-30", "judged_through": "2026-09-30" }))]
pub struct AttestationCoverage {
    /// The engagement.
    pub attestation_id: AttestationId,
    /// The day for which it is told.
    pub as_of: Date,
    /// The first day that the report speaks of, or will; null where that is not settled.
    pub window_from: Option<Date>,
    /// The last.
    pub window_to: Option<Date>,
    /// The last day for which evidence is looked for: of a window that runs, the day asked about.
    pub judged_through: Option<Date>,
    /// Whether the window is only intended so far.
    pub assumed: bool,
    /// Criteria that have to be met.
    #[schema(minimum = 0)]
    pub relevant: i64,
    /// Those among them that a control answers.
    #[schema(minimum = 0)]
    pub answered: i64,
    /// Those among them with evidence on every day.
    #[schema(minimum = 0)]
    pub fully_evidenced: i64,
    /// Every criterion in scope, in the framework's order.
    #[schema(max_items = 61)]
    pub criteria: Vec<CriterionCoverage>,
    /// The controls that answer them, by code.
    #[schema(max_items = 1000)]
    pub controls: Vec<AnsweringControl>,
    /// Tests that noted an exception.
    #[schema(max_items = 1000)]
    pub exceptions: Vec<AttestationTest>,
    /// Exceptions that fieldwork found: findings of that grade of the audits that serve it.
    #[schema(max_items = 1000)]
    pub findings: Vec<FieldworkException>,
}

/// The days that an engagement speaks of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    /// All of them.
    pub whole: Option<Period>,
    /// Those for which there can be evidence.
    pub judged: Option<Period>,
    /// Whether they are only intended so far.
    pub assumed: bool,
}

/// Puts it together.
pub fn criteria(
    dossier: &Dossier,
    scope: &AttestationScope,
    window: Window,
    as_of: Date,
    (answers, pieces): (Vec<Answer>, Vec<Accepted>),
    (tests, found): (Vec<AttestationTest>, Vec<FindingView>),
) -> AttestationCoverage {
    let in_scope = scope.in_scope();
    let findings: Vec<_> =
        found.into_iter().filter_map(|one| FieldworkException::of(one, &answers)).collect();
    let mut controls: BTreeMap<ShortCode, AnsweringControl> = BTreeMap::new();
    for answer in
        answers.iter().filter(|one| in_scope.iter().any(|criterion| criterion.id == one.requirement))
    {
        let first = || answering(answer, window.judged, &pieces, &findings);
        controls.entry(answer.code.clone()).or_insert_with(first);
    }
    let judge = Judge {
        scope,
        window: window.judged,
        answers: &answers,
        pieces: &pieces,
        tests: &tests,
        findings: &findings,
    };
    let criteria: Vec<_> = in_scope.into_iter().map(|one| judge.criterion(one)).collect();
    let count = |holds: fn(&CriterionCoverage) -> bool| {
        criteria.iter().filter(|one| one.relevant && holds(one)).count() as i64
    };
    let noted = |test: &AttestationTest| test.result == AttestationTestResult::Exceptions;
    AttestationCoverage {
        attestation_id: dossier.facts.id,
        as_of,
        window_from: window.whole.map(|whole| whole.from),
        window_to: window.whole.map(|whole| whole.to),
        judged_through: window.judged.map(|judged| judged.to),
        assumed: window.assumed,
        relevant: count(|_| true),
        answered: count(|one| !one.controls.is_empty()),
        fully_evidenced: count(|one| one.covered_days > 0 && one.uncovered_days == 0),
        controls: controls.into_values().collect(),
        exceptions: tests.iter().filter(|test| noted(test)).cloned().collect(),
        findings,
        criteria,
    }
}

fn answering(
    answer: &Answer,
    window: Option<Period>,
    pieces: &[Accepted],
    findings: &[FieldworkException],
) -> AnsweringControl {
    let found = findings.iter().filter(|one| one.controls.contains(&answer.control));
    let own = pieces.iter().filter(|(control, ..)| *control == answer.control);
    let own = own.map(|(_, id, title, period)| (*id, title.clone(), *period)).collect();
    AnsweringControl {
        id: answer.control,
        code: answer.code.clone(),
        title: answer.title.clone(),
        owner: answer.owner,
        status: answer.status,
        evidence: window.map(|window| coverage(answer.control, window, own)),
        findings: found.map(|one| one.id).collect(),
    }
}

struct Judge<'a> {
    scope: &'a AttestationScope,
    window: Option<Period>,
    answers: &'a [Answer],
    pieces: &'a [Accepted],
    tests: &'a [AttestationTest],
    findings: &'a [FieldworkException],
}

impl Judge<'_> {
    fn criterion(&self, criterion: &Requirement) -> CriterionCoverage {
        let named = self.answers.iter().filter(|one| one.requirement == criterion.id);
        let controls: Vec<_> = named.map(|one| one.control).collect();
        let uncovered = self.uncovered(&controls);
        let days: i64 = uncovered.iter().map(|one| one.days()).sum();
        let tests: Vec<_> = self.tests.iter().filter(|one| one.criterion == criterion.id).collect();
        let noted = tests.iter().filter(|one| one.result == AttestationTestResult::Exceptions);
        let found = self.findings.iter().filter(|one| one.criteria.contains(&criterion.id));
        let waived = self.scope.waived(&criterion.id);
        CriterionCoverage {
            criterion: criterion.id.clone(),
            title: criterion.title.clone(),
            relevant: waived.is_none(),
            not_relevant_reason: waived.cloned(),
            controls,
            covered_days: self.window.map_or(0, Period::days) - days,
            uncovered_days: days,
            uncovered: uncovered.into_iter().map(Into::into).collect(),
            tests: tests.len() as i64,
            exceptions: noted.map(|one| one.id).collect(),
            findings: found.map(|one| one.id).collect(),
        }
    }

    /// The days on which none of these controls has evidence.
    fn uncovered(&self, controls: &[ControlId]) -> Vec<Period> {
        let Some(window) = self.window else { return Vec::new() };
        let own = self.pieces.iter().filter(|(control, ..)| controls.contains(control));
        let mut periods: Vec<_> = own.filter_map(|(.., period)| period.within(window)).collect();
        periods.sort();
        gaps(window, &union(periods.into_iter()))
    }
}
