//! An estimate of a risk, and which of its two it is.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{kernel::error::Faults, text_enum};

text_enum! {
    /// Which of a risk's two estimates.
    Basis {
        /// Before treatment.
        Inherent = "inherent",
        /// After treatment.
        Residual = "residual",
    }
}

/// An estimate in steps of the tenant's matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(name = "RiskRating", input_name = "RiskRatingInput")]
#[schema(as = RiskRating)]
pub struct Rating {
    /// The step of likelihood; the least likely is 1.
    #[schema(minimum = 1, maximum = 7, example = 3)]
    pub likelihood: i32,
    /// The step of impact; the least harmful is 1.
    #[schema(minimum = 1, maximum = 7, example = 4)]
    pub impact: i32,
}

impl Rating {
    /// Likelihood × impact.
    pub fn score(self) -> i32 {
        self.likelihood.saturating_mul(self.impact)
    }

    /// Notes the steps that a matrix of this size does not have.
    pub(super) fn within(self, (likelihood, impact): (i32, i32), at: &str, faults: &mut Faults) {
        for (name, step, steps) in
            [("likelihood", self.likelihood, likelihood), ("impact", self.impact, impact)]
        {
            let fits = (1..=steps).contains(&step);
            faults.when(
                !fits,
                format!("{at}/{name}"),
                format!("must be from 1 to {steps}, the steps of the matrix"),
            );
        }
    }
}
