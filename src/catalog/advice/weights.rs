//! The table of weights, embedded: a change of it is a change of data, under another version.

use std::sync::LazyLock;

use serde::Deserialize;

use super::words::{DataKind, Goal, Industry, Region};

/// Points of each goal, from 0 to 100.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Points {
    iso27001: i64,
    soc2_type1: i64,
    soc2_type2: i64,
}

impl Points {
    pub fn of(&self, goal: Goal) -> i64 {
        match goal {
            Goal::Iso27001 => self.iso27001,
            Goal::Soc2Type1 => self.soc2_type1,
            Goal::Soc2Type2 => self.soc2_type2,
        }
    }
}

/// What a value of an input says for each goal, and why.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Fit<V> {
    pub value: V,
    #[serde(flatten)]
    pub points: Points,
    pub because: String,
}

/// What the number of persons says for each goal, and why.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SizeFit {
    /// The most persons for whom this holds; none for however many.
    pub up_to: Option<i32>,
    #[serde(flatten)]
    pub points: Points,
    pub because: String,
}

/// What an outcome is worth by itself.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Worth {
    pub value: Goal,
    pub points: i64,
    pub because: String,
}

/// How long a goal takes, and what it costs, after another or from nothing.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct LeadTime {
    pub step: Goal,
    pub after: Option<Goal>,
    /// How much the goal counts, where it comes after another.
    pub counts_percent: i64,
    pub fastest_days: u64,
    pub typical_days: u64,
    pub effort: i64,
    pub made_of: String,
}

/// How much each factor may count, in points.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Weights {
    /// For each ask.
    pub customer_requirements: i64,
    pub industry: i64,
    pub geography: i64,
    pub data_handled: i64,
    pub public_certificate: i64,
    pub deadline: i64,
    pub size: i64,
    pub assurance: i64,
}

/// The points of the comparison that the factors rest on.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Dimensions {
    pub customer_requirements: String,
    pub industry: String,
    pub geography: String,
    pub data_handled: String,
    pub public_certificate: String,
    pub deadline: String,
    pub size: String,
    pub assurance: String,
    pub effort: String,
}

/// What an answer to an ask is worth, in percent.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Answers {
    pub full: i64,
    pub type_1_where_no_type_is_asked: i64,
    pub type_2_where_type_1_is_asked: i64,
    pub type_1_until_type_2: i64,
    pub followed_up: i64,
    pub tight_percent: i64,
    pub late: i64,
    pub unanswered: i64,
}

/// What the first step is worth by the deadline, in percent.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DeadlineFit {
    pub in_time: i64,
    pub tight: i64,
    pub late: i64,
}

/// The whole table.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Table {
    pub version: String,
    pub weights: Weights,
    pub dimensions: Dimensions,
    pub answers: Answers,
    pub deadline: DeadlineFit,
    pub options: Vec<Vec<Goal>>,
    pub lead_times: Vec<LeadTime>,
    pub assurance: Vec<Worth>,
    pub industry: Vec<Fit<Industry>>,
    pub geography: Vec<Fit<Region>>,
    pub data_handled: Vec<Fit<DataKind>>,
    pub size: Vec<SizeFit>,
}

/// The table of this release.
pub(super) fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../reference/advice-weights.json"))
            .expect("a test reads the embedded data")
    });
    &TABLE
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::catalog::catalog;

    fn told<V: Copy + std::hash::Hash + Eq>(rows: &[Fit<V>]) -> Vec<V> {
        assert!(rows.iter().all(|row| !row.because.is_empty()));
        for row in rows {
            assert!(Goal::ALL.iter().all(|&goal| (0..=100).contains(&row.points.of(goal))));
        }
        rows.iter().map(|row| row.value).collect()
    }

    #[test]
    fn every_value_has_its_row_once() {
        let table = table();
        assert_eq!(told(&table.industry), Industry::ALL);
        assert_eq!(told(&table.geography), Region::ALL);
        assert_eq!(told(&table.data_handled), DataKind::ALL);
        let worth: Vec<_> = table.assurance.iter().map(|row| row.value).collect();
        assert_eq!(worth, Goal::ALL);
        let bounds: Vec<_> = table.size.iter().map(|row| row.up_to.unwrap_or(i32::MAX)).collect();
        assert!(bounds.is_sorted() && bounds.last() == Some(&i32::MAX), "{bounds:?}");
    }

    #[test]
    fn every_option_is_another_way_whose_steps_have_a_lead_time() {
        let table = table();
        let all: HashSet<_> = table.options.iter().collect();
        assert_eq!(all.len(), table.options.len());
        for option in &table.options {
            assert!(!option.is_empty() && option.iter().collect::<HashSet<_>>().len() == option.len());
            let mut before = None;
            for &step in option {
                let known = table.lead_times.iter().any(|row| row.step == step && row.after == before);
                assert!(known, "{step} after {before:?}");
                before = Some(step);
            }
        }
        assert!(table.lead_times.iter().all(|row| row.fastest_days <= row.typical_days && row.effort > 0));
    }

    #[test]
    fn every_factor_rests_on_a_point_of_the_comparison() {
        let Dimensions {
            customer_requirements,
            industry,
            geography,
            data_handled,
            public_certificate,
            deadline,
            size,
            assurance,
            effort,
        } = &table().dimensions;
        for name in [
            customer_requirements,
            industry,
            geography,
            data_handled,
            public_certificate,
            deadline,
            size,
            assurance,
            effort,
        ] {
            assert!(catalog().comparison.iter().any(|row| row.dimension.as_str() == name), "{name}");
        }
    }
}
