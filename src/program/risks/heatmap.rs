//! The heat map: how many risks lie in each cell of the matrix. Pure.

use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    matrix::{Color, LevelKey, RiskLevel, RiskMatrix, Step},
    rating::{Basis, Rating},
};
use crate::kernel::{id::RiskId, text::ShortCode};

/// Risks that one cell names at the most; it counts all of them.
pub const MAX_NAMED: usize = 50;

/// Which estimate to show.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct OnBasis {
    /// Which estimate places the risks; the residual one unless given.
    #[param(inline)]
    pub basis: Option<Basis>,
}

/// A risk and where it lies, if anywhere.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Its id.
    pub id: RiskId,
    /// Its code.
    pub code: ShortCode,
    /// Its estimate.
    pub rating: Option<Rating>,
}

/// A risk of a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[graphql(name = "HeatmapRisk")]
#[schema(as = HeatmapRisk)]
pub struct Estimated {
    /// Its id.
    pub id: RiskId,
    /// Its code.
    pub code: ShortCode,
}

/// A cell of the heat map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct HeatmapCell {
    /// The step of likelihood.
    #[schema(minimum = 1, maximum = 7)]
    pub likelihood: i32,
    /// The step of impact.
    #[schema(minimum = 1, maximum = 7)]
    pub impact: i32,
    /// Likelihood × impact.
    #[schema(minimum = 1, maximum = 49)]
    pub score: i32,
    /// Its level.
    pub level: LevelKey,
    /// The level's colour.
    pub color: Color,
    /// Whether the score is above the appetite.
    pub above_appetite: bool,
    /// How many risks lie here.
    #[schema(minimum = 0)]
    pub count: i64,
    /// The first of them, by code.
    #[schema(max_items = 50)]
    pub risks: Vec<Estimated>,
}

/// How the tenant's open risks lie in its matrix.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(name = "RiskHeatmap")]
#[schema(as = RiskHeatmap)]
pub struct Heatmap {
    /// Which estimate places the risks.
    pub basis: Basis,
    /// The steps of likelihood, the least likely first.
    #[schema(max_items = 7)]
    pub likelihood: Vec<Step>,
    /// The steps of impact, the least harmful first.
    #[schema(max_items = 7)]
    pub impact: Vec<Step>,
    /// The levels with the scores they begin at, the lowest first.
    #[schema(max_items = 10)]
    pub levels: Vec<RiskLevel>,
    /// The highest score that is accepted as it is.
    #[schema(minimum = 0, maximum = 49)]
    pub appetite: i32,
    /// The version of the matrix.
    #[schema(minimum = 0)]
    pub matrix_version: i32,
    /// Open risks with such an estimate: the sum of the cells.
    #[schema(minimum = 0)]
    pub assessed: i64,
    /// Open risks without one.
    #[schema(minimum = 0)]
    pub not_assessed: i64,
    /// Every cell: by likelihood, then by impact.
    #[schema(max_items = 49)]
    pub cells: Vec<HeatmapCell>,
}

impl Heatmap {
    /// Lays the risks, in the order of their codes, into the matrix.
    pub fn of(matrix: RiskMatrix, basis: Basis, risks: Vec<Placed>) -> Self {
        let mut cells = cells(&matrix);
        let (mut assessed, all) = (0, risks.len() as i64);
        for risk in risks {
            let Some(rating) = risk.rating else { continue };
            let here = |cell: &&mut HeatmapCell| {
                cell.likelihood == rating.likelihood && cell.impact == rating.impact
            };
            let Some(cell) = cells.iter_mut().find(here) else { continue };
            assessed += 1;
            cell.count += 1;
            if cell.risks.len() < MAX_NAMED {
                cell.risks.push(Estimated { id: risk.id, code: risk.code });
            }
        }
        Self {
            basis,
            likelihood: matrix.likelihood.0,
            impact: matrix.impact.0,
            levels: matrix.levels.0,
            appetite: matrix.appetite,
            matrix_version: matrix.version,
            assessed,
            not_assessed: all - assessed,
            cells,
        }
    }
}

fn cells(matrix: &RiskMatrix) -> Vec<HeatmapCell> {
    let (likelihoods, impacts) = matrix.size();
    let each = (1..=likelihoods)
        .flat_map(|likelihood| (1..=impacts).map(move |impact| Rating { likelihood, impact }));
    each.filter_map(|rating| {
        let score = rating.score();
        let level = matrix.level(score)?;
        Some(HeatmapCell {
            likelihood: rating.likelihood,
            impact: rating.impact,
            score,
            level: level.key.clone(),
            color: level.color.clone(),
            above_appetite: matrix.above_appetite(score),
            count: 0,
            risks: Vec::new(),
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::id::TenantId;

    fn placed(rating: Option<(i32, i32)>) -> Placed {
        Placed {
            id: RiskId::from_uuid(uuid::Uuid::nil()),
            code: "R-1".parse().unwrap(),
            rating: rating.map(|(likelihood, impact)| Rating { likelihood, impact }),
        }
    }

    proptest! {
        #[test]
        fn the_cells_sum_to_what_is_assessed(
            ratings in proptest::collection::vec(proptest::option::of((1i32..=5, 1i32..=5)), 0..200),
        ) {
            let matrix = RiskMatrix::first(TenantId::from_uuid(uuid::Uuid::nil()));
            let all = ratings.iter().map(|one| placed(*one)).collect();
            let map = Heatmap::of(matrix, Basis::Residual, all);
            let estimated = ratings.iter().flatten().count() as i64;
            prop_assert_eq!(map.cells.len(), 25);
            prop_assert_eq!(map.cells.iter().map(|cell| cell.count).sum::<i64>(), estimated);
            prop_assert_eq!((map.assessed, map.not_assessed), (estimated, ratings.len() as i64 - estimated));
            for cell in &map.cells {
                prop_assert_eq!(cell.risks.len() as i64, cell.count.min(MAX_NAMED as i64));
            }
        }
    }
}
