//! The acceptance of a risk: by whom, of what, until when.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    matrix::LevelKey,
    rating::{Basis, Rating},
};
use crate::{
    bounded_text,
    kernel::{
        error::{Faults, Result},
        id::MemberId,
        time::Date,
    },
    text_enum,
};

text_enum! {
    /// How an acceptance stands on a day. Never stored: a comparison with that day.
    AcceptanceState {
        /// Nobody has accepted the risk.
        None = "none",
        /// It is accepted; the last day included.
        Valid = "valid",
        /// It was accepted, and the last day is over.
        Expired = "expired",
    }
}

bounded_text! {
    /// Why a risk is accepted.
    AcceptanceReason: 1..=2000, like "A second supplier would cost more than the outage it prevents.";
}

/// Who accepted a risk, when and at which level. The level is kept as it was: a risk that moves to another one is no
/// longer covered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[graphql(name = "RiskAcceptance", complex)]
#[schema(as = RiskAcceptance)]
pub struct Acceptance {
    /// The member who accepted it.
    #[graphql(name = "byId")]
    pub by: MemberId,
    /// The day of the acceptance.
    pub on: Date,
    /// Its last day.
    pub until: Date,
    /// Why.
    pub reason: AcceptanceReason,
    /// Which estimate was accepted.
    pub basis: Basis,
    /// The estimate that was accepted.
    pub rating: Rating,
    /// Its level at that time.
    pub level: LevelKey,
}

impl Acceptance {
    /// How it stands on a day.
    pub fn state(&self, day: Date) -> AcceptanceState {
        if day < self.on {
            AcceptanceState::None
        } else if day <= self.until {
            AcceptanceState::Valid
        } else {
            AcceptanceState::Expired
        }
    }
}

/// To accept a risk, as the member behind the credential.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(name = "NewRiskAcceptance")]
#[schema(as = NewRiskAcceptance, example = json!({ "until": "2027-03-31" }))]
pub struct NewAcceptance {
    /// The last day of the acceptance.
    pub until: Date,
    /// Why.
    pub reason: AcceptanceReason,
    /// The day of the acceptance, where it was made before it is recorded here; today unless given.
    #[serde(default)]
    pub on: Option<Date>,
    /// The version of the risk that was looked at; refused with 412 when it has changed since.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub expected_version: Option<i32>,
}

impl NewAcceptance {
    /// Checks that it has been made, and holds for a day at least.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable).
    pub fn validate(&self, today: Date) -> Result<()> {
        let mut faults = Faults::default();
        let on = self.on.unwrap_or(today);
        faults.when(on > today, "/on", "must not be in the future");
        faults.when(self.until < on, "/until", "must not be before the day of the acceptance");
        faults.into_result()
    }
}
