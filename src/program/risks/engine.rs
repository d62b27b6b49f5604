//! What is derived of a risk, the matrix and a day. Pure.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    acceptance::{Acceptance, AcceptanceState},
    matrix::{LevelKey, RiskMatrix},
    model::{Risk, RiskStatus},
    rating::{Basis, Rating},
};
use crate::{
    kernel::{text::Title, time::Date},
    platform::{
        db::Doc,
        diary::{Due, RuleBasis, RuleInput, RuleRef},
    },
};

/// Days before a date in which it is commonly seen to.
const WINDOW: u64 = 30;
const RULE_SET: &str = "ISO/IEC 27001:2022";

/// Where an estimate stands in the tenant's matrix, and what that rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct RiskStanding {
    /// Likelihood × impact.
    #[schema(minimum = 1, maximum = 49, example = 12)]
    pub score: i32,
    /// Its level: the highest one that begins at the score or below.
    pub level: LevelKey,
    /// What people call the level.
    #[schema(example = "High")]
    pub label: Title,
    /// The lowest score of the level.
    #[schema(minimum = 1, maximum = 49, example = 10)]
    pub level_from: i32,
    /// Whether the score is higher than what is accepted as it is.
    pub above_appetite: bool,
    /// The highest score that is accepted as it is.
    #[schema(minimum = 0, maximum = 49, example = 9)]
    pub appetite: i32,
    /// The version of the matrix that says so.
    #[schema(minimum = 0)]
    pub matrix_version: i32,
}

impl RiskStanding {
    /// Where an estimate stands.
    pub fn of(matrix: &RiskMatrix, rating: Rating) -> Option<Self> {
        let score = rating.score();
        let level = matrix.level(score)?;
        Some(Self {
            score,
            level: level.key.clone(),
            label: level.label.clone(),
            level_from: level.from_score,
            above_appetite: matrix.above_appetite(score),
            appetite: matrix.appetite,
            matrix_version: matrix.version,
        })
    }
}

/// A risk, where it stands in the matrix, and how its acceptance stands on a day.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = Risk)]
#[graphql(name = "Risk", complex)]
pub struct RiskView {
    /// What is stored.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: Risk,
    /// The day for which the acceptance is told.
    pub as_of: Date,
    /// Which estimate counts: the residual one, or the inherent one where that is all there is; null without any.
    pub basis: Option<Basis>,
    /// The level of the estimate that counts; null without any.
    pub level: Option<LevelKey>,
    /// Whether the estimate that counts is above the appetite; null without any.
    pub above_appetite: Option<bool>,
    /// Where the estimate before treatment stands.
    pub inherent_standing: Option<RiskStanding>,
    /// Where the estimate after treatment stands.
    pub residual_standing: Option<RiskStanding>,
    /// How the acceptance stands on that day.
    pub acceptance_state: AcceptanceState,
    /// Whether a valid acceptance covers the level that the risk has now.
    pub acceptance_covers: bool,
    /// Why it does or does not.
    #[schema(max_length = 400, example = "nobody has accepted the risk")]
    pub acceptance_reason: String,
}

impl Risk {
    /// The risk as the matrix has it now, with its acceptance as it stands on a day.
    pub fn on(self, day: Date, matrix: &RiskMatrix) -> RiskView {
        let standing =
            |rating: &Option<Doc<Rating>>| rating.as_ref().and_then(|one| RiskStanding::of(matrix, one.0));
        let (inherent, residual) = (standing(&self.inherent), standing(&self.residual));
        let counts = residual.as_ref().or(inherent.as_ref());
        let acceptance = self.acceptance.as_ref().map(|one| &one.0);
        let acceptance_state = acceptance.map_or(AcceptanceState::None, |one| one.state(day));
        let (acceptance_covers, acceptance_reason) = covers(acceptance, acceptance_state, counts);
        RiskView {
            as_of: day,
            basis: self.rating().map(|(basis, _)| basis),
            level: counts.map(|one| one.level.clone()),
            above_appetite: counts.map(|one| one.above_appetite),
            acceptance_state,
            acceptance_covers,
            acceptance_reason,
            inherent_standing: inherent,
            residual_standing: residual,
            facts: self,
        }
    }

    /// When it is to be looked at again and when its acceptance ends; nothing once it is closed.
    pub(super) fn dates(&self) -> Vec<Due> {
        if self.status == RiskStatus::Closed {
            return Vec::new();
        }
        let review = self.review_on.map(|day| {
            let title = format!("Review of the risk {}", self.code);
            due("risk_review", title, day, ("RSK-1", "ISO/IEC 27001:2022 8.2"), "review_on")
        });
        let ends = self.acceptance.as_ref().map(|acceptance| {
            let title = format!("The acceptance of the risk {} ends", self.code);
            let rule = ("RSK-2", "ISO/IEC 27001:2022 6.1.3 f");
            due("risk_acceptance_ends", title, acceptance.until, rule, "acceptance.until")
        });
        review.into_iter().chain(ends).collect()
    }
}

/// Whether an acceptance covers the risk, and why or why not.
fn covers(
    acceptance: Option<&Acceptance>,
    state: AcceptanceState,
    counts: Option<&RiskStanding>,
) -> (bool, String) {
    let Some(acceptance) = acceptance.filter(|_| state != AcceptanceState::None) else {
        return (false, "nobody has accepted the risk".to_owned());
    };
    let Acceptance { level, until, rating, .. } = acceptance;
    if state == AcceptanceState::Expired {
        return (false, format!("the acceptance ended on {until}"));
    }
    let accepted = format!("{level} (score {}) was accepted until {until}", rating.score());
    match counts {
        Some(now) if now.level == *level => (true, accepted),
        Some(now) => (false, format!("{accepted}; the risk is now {} (score {})", now.level, now.score)),
        None => (false, format!("{accepted}; the risk is no longer estimated")),
    }
}

/// The days are the tenant's own; that there are such days is the standard's wish.
fn due(code: &str, title: String, day: Date, (id, clause): (&str, &str), input: &str) -> Due {
    let rule = RuleRef {
        id: id.to_owned(),
        clause: clause.to_owned(),
        basis: RuleBasis::Convention,
        source_checked: true,
        rule_set: RULE_SET.to_owned(),
    };
    Due {
        code: code.to_owned(),
        cycle: 0,
        title,
        window_opens: Some(day.minus_days(WINDOW)),
        due: day,
        done_on: None,
        assumed: false,
        rule: Doc(rule),
        inputs: Doc(vec![RuleInput { name: input.to_owned(), value: day.to_string() }]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        kernel::{
            id::{MemberId, RiskId, TenantId},
            time::Instant,
        },
        program::risks::NewRisk,
    };

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn matrix() -> RiskMatrix {
        RiskMatrix::first(TenantId::from_uuid(uuid::Uuid::nil()))
    }

    fn risk(inherent: Option<(i32, i32)>, residual: Option<(i32, i32)>) -> Risk {
        let rating =
            |one: Option<(i32, i32)>| one.map(|(l, i)| serde_json::json!({ "likelihood": l, "impact": i }));
        let new = serde_json::json!({
            "code": "R-1", "title": "A risk", "inherent": rating(inherent), "residual": rating(residual),
            "review_on": "2027-01-31",
        });
        let new: NewRisk = serde_json::from_value(new).unwrap();
        let nil = uuid::Uuid::nil();
        new.into_risk(TenantId::from_uuid(nil), RiskId::from_uuid(nil), Instant::from_micros(0))
    }

    fn accepted(mut risk: Risk) -> Risk {
        let (basis, rating) = risk.rating().unwrap();
        let level = matrix().level(rating.score()).unwrap().key.clone();
        risk.acceptance = Some(Doc(Acceptance {
            by: MemberId::from_uuid(uuid::Uuid::nil()),
            on: day("2026-11-24"),
            until: day("2027-03-31"),
            reason: "It costs more to treat".parse().unwrap(),
            basis,
            rating,
            level,
        }));
        risk.index();
        risk
    }

    #[test]
    fn the_estimate_after_treatment_counts_where_there_is_one() {
        let seen = |risk: Risk| {
            let view = risk.on(day("2026-11-24"), &matrix());
            (view.facts.score, view.basis, view.level.map(|key| key.to_string()), view.above_appetite)
        };
        assert_eq!(seen(risk(None, None)), (0, None, None, None));
        let high = Some("critical".to_owned());
        assert_eq!(seen(risk(Some((4, 5)), None)), (20, Some(Basis::Inherent), high, Some(true)));
        let low = Some("low".to_owned());
        assert_eq!(seen(risk(Some((4, 5)), Some((1, 4)))), (4, Some(Basis::Residual), low, Some(false)));
    }

    #[test]
    fn an_acceptance_begins_ends_and_covers_one_level() {
        let accepted = accepted(risk(Some((4, 5)), Some((3, 4))));
        let on = |risk: &Risk, text: &str| {
            let view = risk.clone().on(day(text), &matrix());
            (view.acceptance_state, view.acceptance_covers, view.acceptance_reason)
        };
        let state = |text: &str| on(&accepted, text).0;
        assert_eq!(state("2026-11-23"), AcceptanceState::None);
        assert_eq!(state("2026-11-24"), AcceptanceState::Valid);
        assert_eq!(state("2027-03-31"), AcceptanceState::Valid);
        assert_eq!(state("2027-04-01"), AcceptanceState::Expired);
        assert!(on(&accepted, "2026-12-01").1);
        let mut moved = accepted.clone();
        moved.residual = Some(Doc(Rating { likelihood: 2, impact: 5 }));
        assert!(on(&moved, "2026-12-01").1, "another score of the same level");
        moved.residual = Some(Doc(Rating { likelihood: 4, impact: 5 }));
        let (state, covers, why) = on(&moved, "2026-12-01");
        assert_eq!((state, covers), (AcceptanceState::Valid, false));
        assert_eq!(why, "high (score 12) was accepted until 2027-03-31; the risk is now critical (score 20)");
    }

    #[test]
    fn a_closed_risk_is_due_for_nothing() {
        let codes = |risk: &Risk| risk.dates().into_iter().map(|due| (due.code, due.due)).collect::<Vec<_>>();
        let mut one = accepted(risk(Some((4, 5)), None));
        let wanted = [("risk_review", "2027-01-31"), ("risk_acceptance_ends", "2027-03-31")];
        assert_eq!(codes(&one), wanted.map(|(code, at)| (code.to_owned(), day(at))));
        one.status = RiskStatus::Closed;
        assert!(codes(&one).is_empty());
    }
}
