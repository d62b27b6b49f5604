//! What a matrix makes of a score. Pure.

use std::ops::RangeInclusive;

use super::model::{Color, LevelKey, RiskLevel, RiskMatrix, Step};
use crate::{
    kernel::{id::TenantId, text::Title},
    platform::db::Doc,
};

const LIKELIHOOD: [&str; 5] = ["Rare", "Unlikely", "Possible", "Likely", "Almost certain"];
const IMPACT: [&str; 5] = ["Negligible", "Minor", "Moderate", "Major", "Severe"];
const LEVELS: [(&str, &str, &str, i32); 4] = [
    ("low", "Low", "#a5d6a7", 1),
    ("medium", "Medium", "#fff59d", 5),
    ("high", "High", "#ffb74d", 10),
    ("critical", "Critical", "#e57373", 17),
];
/// Up to medium.
const APPETITE: i32 = 9;

impl RiskMatrix {
    /// The matrix that every tenant starts with: five by five, low to critical, nothing above medium accepted.
    pub fn first(tenant_id: TenantId) -> Self {
        let step = |label: &&str| Step { label: known(label), description: Default::default() };
        let level = |&(key, label, color, from_score): &(&str, &str, &str, i32)| RiskLevel {
            key: known::<LevelKey>(key),
            label: known::<Title>(label),
            color: known::<Color>(color),
            from_score,
        };
        Self {
            tenant_id,
            likelihood: Doc(LIKELIHOOD.iter().map(step).collect()),
            impact: Doc(IMPACT.iter().map(step).collect()),
            levels: Doc(LEVELS.iter().map(level).collect()),
            appetite: APPETITE,
            version: 0,
        }
    }

    /// How many steps likelihood and impact have.
    pub fn size(&self) -> (i32, i32) {
        let steps = |all: &[Step]| i32::try_from(all.len()).unwrap_or(i32::MAX);
        (steps(&self.likelihood), steps(&self.impact))
    }

    /// The score of its worst corner.
    pub fn max_score(&self) -> i32 {
        let (likelihood, impact) = self.size();
        likelihood.saturating_mul(impact)
    }

    /// The level of a score: the highest one that begins there or below.
    pub fn level(&self, score: i32) -> Option<&RiskLevel> {
        self.levels.iter().rev().find(|level| level.from_score <= score)
    }

    /// Whether a score is more than what is accepted as it is.
    pub fn above_appetite(&self, score: i32) -> bool {
        score > self.appetite
    }

    /// The scores of a level; none where there is no such level.
    pub fn scores_of(&self, key: &LevelKey) -> Option<RangeInclusive<i32>> {
        let at = self.levels.iter().position(|level| level.key == *key)?;
        let last = self.levels.get(at + 1).map_or(i32::MAX, |next| next.from_score - 1);
        Some(self.levels[at].from_score..=last)
    }
}

fn known<T: std::str::FromStr<Err = String>>(text: &str) -> T {
    text.parse().expect("a test makes the first matrix")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn first() -> RiskMatrix {
        RiskMatrix::first(TenantId::from_uuid(uuid::Uuid::nil()))
    }

    /// A valid matrix with these sizes and thresholds.
    fn matrix(likelihood: usize, impact: usize, thresholds: &[i32]) -> RiskMatrix {
        let steps = |count: usize| {
            (1..=count).map(|n| Step { label: known(&format!("Step {n}")), description: Default::default() })
        };
        let mut matrix = first();
        matrix.likelihood = Doc(steps(likelihood).collect());
        matrix.impact = Doc(steps(impact).collect());
        let mut from: Vec<i32> = thresholds.iter().map(|n| n % matrix.max_score() + 1).chain([1]).collect();
        from.sort_unstable();
        from.dedup();
        let level = |(n, &from_score): (usize, &i32)| RiskLevel {
            key: known(&format!("level_{n}")),
            label: known("Level"),
            color: known("#ffffff"),
            from_score,
        };
        matrix.levels = Doc(from.iter().enumerate().map(level).collect());
        matrix
    }

    fn matrices() -> impl Strategy<Value = RiskMatrix> {
        (3usize..=7, 3usize..=7, proptest::collection::vec(0..49, 0..6))
            .prop_map(|(likelihood, impact, thresholds)| matrix(likelihood, impact, &thresholds))
    }

    proptest! {
        #[test]
        fn a_level_is_monotone_in_the_score(matrix in matrices(), one in 1i32..=49, other in 1i32..=49) {
            prop_assert!(matrix.validate().is_ok());
            let from = |score: i32| matrix.level(score).unwrap().from_score;
            prop_assert!(from(one.min(other)) <= from(one.max(other)));
        }

        #[test]
        fn no_threshold_loses_a_score(matrix in matrices()) {
            for score in 1..=matrix.max_score() {
                let of: Vec<_> = matrix
                    .levels
                    .iter()
                    .filter(|level| matrix.scores_of(&level.key).unwrap().contains(&score))
                    .collect();
                prop_assert_eq!(of.len(), 1, "score {}", score);
                prop_assert_eq!(of[0], matrix.level(score).unwrap());
            }
        }
    }

    #[test]
    fn the_first_matrix_is_valid_and_has_its_corners() {
        let matrix = first();
        assert!(matrix.validate().is_ok());
        for (score, level) in
            [(1, "low"), (4, "low"), (5, "medium"), (9, "medium"), (10, "high"), (25, "critical")]
        {
            assert_eq!(matrix.level(score).unwrap().key.as_str(), level, "{score}");
        }
        assert!(!matrix.above_appetite(9) && matrix.above_appetite(10));
    }

    #[test]
    fn a_matrix_that_does_not_fit_together_tells_every_fault() {
        let mut matrix = first();
        matrix.levels.0[0].from_score = 2;
        matrix.levels.0[2].from_score = 5;
        matrix.levels.0[3].key = known("Very High");
        matrix.levels.0[3].color = known("red");
        matrix.likelihood.0.truncate(2);
        matrix.appetite = 11;
        let told = matrix.validate().unwrap_err();
        let places: Vec<_> = told.faults().iter().map(|fault| fault.pointer.as_str()).collect();
        let wanted = [
            "/likelihood",
            "/levels/0/from_score",
            "/levels/2/from_score",
            "/levels/3/key",
            "/levels/3/color",
            "/levels/3/from_score",
            "/appetite",
        ];
        assert_eq!(places, wanted);
    }
}
