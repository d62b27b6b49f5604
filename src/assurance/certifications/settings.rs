//! The conventions by which a certificate's dates are counted, where the documents leave a choice (A.3).

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::engine::{Decision, ExpiryConvention};
use crate::{
    kernel::{error::Faults, time::Date},
    text_enum,
};

text_enum! {
    /// From which day the first twelve months are counted (A.3.9).
    FirstSurveillance {
        /// From the certification decision.
        Decision = "decision",
        /// From the last day of stage 2: stricter, as the edition of 2011 did.
        Stage2LastDay = "stage_2_last_day",
    }
}

text_enum! {
    /// From which day the surveillance audits of later cycles are counted (A.3.10).
    LaterSurveillance {
        /// On the anniversaries of the expiry before.
        PriorExpiry = "prior_expiry",
        /// From the recertification decision: stricter.
        Decision = "decision",
    }
}

text_enum! {
    /// What a return more than six months after the expiry begins (A.3.11).
    LateReturn {
        /// A cycle of its own.
        NewCycle = "new_cycle",
        /// What is left of the cycle that follows the expiry.
        PriorCycle = "prior_cycle",
    }
}

/// Reminders of one date at the most.
pub const MAX_REMINDERS: usize = 10;
/// Days before a date at the most.
pub const MAX_REMINDER_DAYS: i32 = 366;

/// How the dates of a certificate are counted, and when they are reminded of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[graphql(input_name = "CycleSettingsInput")]
pub struct CycleSettings {
    /// How an expiry that is not printed is counted (A.3.6): `same_day` or `day_before`.
    pub expiry_convention: ExpiryConvention,
    /// From which day the first twelve months are counted (A.3.9).
    pub first_surveillance: FirstSurveillance,
    /// From which day the surveillance audits of later cycles are counted (A.3.10).
    pub later_surveillance: LaterSurveillance,
    /// What a late return begins (A.3.11).
    pub late_return: LateReturn,
    /// How many days before a date is due it is reminded of, each from 1 to 366; empty for no reminders. Unless said: 90,
    /// 30 and 7.
    #[serde(default = "usual_reminders")]
    #[graphql(default_with = "usual_reminders()")]
    #[schema(max_items = 10, example = json!([90, 30, 7]))]
    pub reminder_days: Vec<i32>,
}

/// A quarter of a year to prepare, a month, and a last word.
fn usual_reminders() -> Vec<i32> {
    vec![90, 30, 7]
}

impl Default for CycleSettings {
    fn default() -> Self {
        Self {
            expiry_convention: ExpiryConvention::SameDay,
            first_surveillance: FirstSurveillance::Decision,
            later_surveillance: LaterSurveillance::PriorExpiry,
            late_return: LateReturn::NewCycle,
            reminder_days: usual_reminders(),
        }
    }
}

impl CycleSettings {
    /// Notes what is wrong with it; faults are told below `at`.
    pub fn check(&self, at: &str, faults: &mut Faults) {
        let at = format!("{at}/reminder_days");
        faults.once_each(&at, &self.reminder_days, MAX_REMINDERS);
        for (n, days) in self.reminder_days.iter().enumerate().take(MAX_REMINDERS) {
            let fits = (1..=MAX_REMINDER_DAYS).contains(days);
            faults.when(!fits, format!("{at}/{n}"), format!("must be from 1 to {MAX_REMINDER_DAYS} days"));
        }
    }

    /// The last day of stage 2, where the first surveillance audit is counted from it (A.3.9).
    pub(super) fn stage_2(&self, last: Option<Date>) -> Option<Date> {
        last.filter(|_| self.first_surveillance == FirstSurveillance::Stage2LastDay)
    }

    /// The last valid day of a cycle that begins with a decision: as printed, or else counted from the decision (A.3.8).
    pub fn expiry(&self, decision: &Decision) -> Date {
        let counted = || self.expiry_convention.expiry(decision.on);
        let same_day = || ExpiryConvention::SameDay.expiry(decision.on);
        decision.expires_on.or_else(counted).or_else(same_day).unwrap_or(decision.on)
    }
}
