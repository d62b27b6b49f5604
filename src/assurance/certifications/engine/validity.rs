//! The three years in which a certificate stands, however they began.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{
        log::PrintedDates,
        rules::RULES,
        settings::{CycleSettings, LateReturn, LaterSurveillance},
    },
    state::Decision,
};
use crate::{kernel::time::Date, text_enum};

text_enum! {
    /// How an expiry was counted from the decision (convention A.3.6).
    ExpiryConvention {
        /// The same day of the month three years on.
        SameDay = "same_day",
        /// The day before that.
        DayBefore = "day_before",
        /// In no way that is known.
        Other = "other",
    }
}

impl ExpiryConvention {
    /// The last valid day of a cycle that begins with this decision; none where the convention is not known.
    pub fn expiry(self, decision: Date) -> Option<Date> {
        match self {
            Self::SameDay => Some(decision.plus_months(RULES.cycle)),
            Self::DayBefore => Some(decision.period_end(RULES.cycle)),
            Self::Other => None,
        }
    }

    /// The convention by which an expiry follows from one of these days, the first that fits: this one before any other.
    fn fitting(self, starts: impl IntoIterator<Item = Date>, expires_on: Date) -> Self {
        let all = [self, Self::SameDay, Self::DayBefore];
        let known = |start| all.into_iter().find(|one| one.expiry(start) == Some(expires_on));
        starts.into_iter().find_map(known).unwrap_or(Self::Other)
    }

    /// What counts where an expiry keeps an anniversary: as the one before was counted, or else the same day.
    fn kept(self) -> Self {
        if self == Self::Other { Self::SameDay } else { self }
    }
}

/// The three years in which a certificate stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({
    "cycle": 1, "original_certification_on": null, "decision_on": "2025-03-10", "valid_from": "2025-03-12",
    "expires_on": "2028-03-10", "extended_until": null, "expiry_convention": "same_day",
    "restorable_until": "2028-09-10", "assumed": false,
}))]
pub struct Validity {
    /// Which three-year cycle it is, from 1.
    #[schema(minimum = 1)]
    pub cycle: i32,
    /// When the organisation was first certified, where that is known.
    pub original_certification_on: Option<Date>,
    /// The decision that began the cycle; null where it is not printed.
    pub decision_on: Option<Date>,
    /// The first valid day.
    pub valid_from: Date,
    /// The last valid day.
    pub expires_on: Date,
    /// How the expiry was counted.
    pub expiry_convention: ExpiryConvention,
    /// Until when its expiry was put off for an extraordinary event; null where it was not.
    pub extended_until: Option<Date>,
    /// The last day on which it can be restored after expiry, no later than its edition ends; null where that is no
    /// later than its expiry.
    pub restorable_until: Option<Date>,
    /// Whether dates are counted from an assumed day, because the decision or the prior expiry is not printed.
    pub assumed: bool,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) anchor: Anchor,
    /// Until when the first surveillance was put off.
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) postponed_until: Option<Date>,
}

/// The day from which the surveillance audits of a cycle are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    /// What the day is.
    pub name: &'static str,
    /// The day.
    pub on: Date,
    /// The day with which the cycle begins: what the calendar-year rule counts from.
    pub begins: Date,
    /// Whether the cycle carries on from an expiry before it, whose anniversaries it keeps.
    pub carries_on: bool,
    /// The last day of stage 2, where the first surveillance audit, and no other, is counted from it (A.3.9).
    pub stage_2: Option<Date>,
}

impl Anchor {
    /// A cycle that begins on this day and carries on from none.
    fn afresh(name: &'static str, begins: Date) -> Self {
        Self { name, on: begins, begins, carries_on: false, stage_2: None }
    }

    /// The day from which the nth surveillance audit is counted, from 0, and what it is.
    pub fn of_surveillance(&self, n: usize) -> (&'static str, Date) {
        match self.stage_2.filter(|_| n == 0) {
            Some(last) => ("stage_2_last_day", last),
            None => (self.name, self.on),
        }
    }
}

impl Validity {
    /// The cycle of a certificate that is entered as it is printed; `stage_2` is the last day of the one before it.
    pub(super) fn of(
        printed: &PrintedDates,
        settings: &CycleSettings,
        stage_2: impl FnOnce(Date) -> Option<Date>,
    ) -> Option<Self> {
        let begins = printed.anchor()?;
        let cycle = printed.cycle.unwrap_or_else(|| counted(printed, begins));
        let (mut anchor, assumed) = anchor(printed, begins, cycle, settings.later_surveillance);
        if cycle == 1 {
            anchor.stage_2 = settings.stage_2(stage_2(begins));
        }
        let prior = printed.prior_expires_on.filter(|_| anchor.carries_on);
        let usual = settings.expiry_convention;
        Some(Self {
            cycle,
            original_certification_on: printed.original_certification_on,
            decision_on: printed.decision_on,
            valid_from: printed.valid_from.unwrap_or(begins),
            expires_on: printed.expires_on,
            expiry_convention: convention(usual, usual, prior, begins, printed.expires_on),
            extended_until: None,
            restorable_until: Some(printed.expires_on.plus_months(RULES.restoration)),
            assumed,
            anchor,
            postponed_until: None,
        })
    }

    /// The cycle that a grant begins.
    pub(super) fn granted(decision: &Decision, settings: &CycleSettings, stage_2: Option<Date>) -> Self {
        let stage_2 = settings.stage_2(stage_2);
        let anchor = Anchor { stage_2, ..Anchor::afresh("decision_on", decision.on) };
        let expires_on = settings.expiry(decision);
        let convention = settings.expiry_convention.fitting([decision.on], expires_on);
        Self::begun(1, Some(decision.on), decision, (expires_on, convention), anchor)
    }

    /// The cycle after this one, counted from its expiry. An expiry that was put off for an extraordinary
    /// event counts as it was.
    pub(super) fn renewed(&self, decision: &Decision, settings: &CycleSettings) -> Self {
        let expires_on = decision.expires_on.unwrap_or(self.expires_on.plus_months(RULES.cycle));
        let (name, on) = match settings.later_surveillance {
            LaterSurveillance::PriorExpiry => ("prior_expires_on", self.expires_on),
            LaterSurveillance::Decision => ("decision_on", decision.on),
        };
        let anchor = Anchor { name, on, begins: decision.on, carries_on: true, stage_2: None };
        let first = self.original_certification_on.or(self.decision_on);
        let (before, usual) = (self.expiry_convention, settings.expiry_convention);
        let convention = convention(before, usual, Some(self.expires_on), decision.on, expires_on);
        Self::begun(self.cycle.saturating_add(1), first, decision, (expires_on, convention), anchor)
    }

    /// The cycle that a new stage 2 begins long after the expiry (A.3.11).
    pub(super) fn reinstated(&self, decision: &Decision, settings: &CycleSettings) -> Self {
        let kept = self.expires_on.plus_months(RULES.cycle);
        if settings.late_return == LateReturn::PriorCycle && kept > decision.on {
            let mut left = self.renewed(decision, settings);
            // A surveillance that would be due before the return is counted from the decision.
            if left.first_due() <= decision.on {
                left.anchor = Anchor { carries_on: true, ..Anchor::afresh("decision_on", decision.on) };
            }
            return left;
        }
        let anchor = Anchor::afresh("decision_on", decision.on);
        let first = self.original_certification_on.or(self.decision_on);
        let expires_on = settings.expiry(decision);
        let convention = settings.expiry_convention.fitting([decision.on], expires_on);
        Self::begun(self.cycle.saturating_add(1), first, decision, (expires_on, convention), anchor)
    }

    fn begun(
        cycle: i32,
        first: Option<Date>,
        decision: &Decision,
        (expires_on, expiry_convention): (Date, ExpiryConvention),
        anchor: Anchor,
    ) -> Self {
        Self {
            cycle,
            original_certification_on: first,
            decision_on: Some(decision.on),
            valid_from: decision.valid_from,
            expires_on,
            extended_until: None,
            expiry_convention,
            restorable_until: Some(expires_on.plus_months(RULES.restoration)),
            assumed: false,
            anchor,
            postponed_until: None,
        }
    }

    /// The last valid day, put off or not.
    pub fn last_day(&self) -> Date {
        self.extended_until.unwrap_or(self.expires_on)
    }

    /// Puts its expiry off: every test of expiry uses the new day from then on.
    pub(super) fn extend(&mut self, until: Date) {
        self.extended_until = Some(until);
        self.restorable_until = Some(until.plus_months(RULES.restoration));
    }

    /// When the first surveillance audit is due: by its target, or by the end of the calendar year before (A.3.10). What
    /// puts it off counts from here.
    pub(super) fn first_due(&self) -> Date {
        let target = self.anchor.of_surveillance(0).1.plus_months(RULES.surveillance[0]);
        target.min(self.calendar_bound(&[], &[]))
    }

    /// 31 December of the first calendar year after the decision year that has no audit yet (A-11, A.3.10), where these
    /// surveillance audits come before; a year before one of them that went without is broken and cannot be made good. Each
    /// other audit, in order, counts where it was held by then.
    pub(super) fn calendar_bound(&self, before: &[Date], others: &[Date]) -> Date {
        let after = |audit: Date| audit.year_end().plus_days(1).year_end();
        let bound = before.iter().fold(after(self.anchor.begins), |bound, audit| bound.max(after(*audit)));
        let counted =
            |bound: Date, audit: &Date| if *audit <= bound { bound.max(after(*audit)) } else { bound };
        others.iter().fold(bound, counted)
    }
}

/// By which convention a later cycle's expiry was counted: from the expiry before it, whose own way is kept with its
/// anniversary, or else from its decision.
fn convention(
    before: ExpiryConvention,
    usual: ExpiryConvention,
    prior: Option<Date>,
    decision: Date,
    expires_on: Date,
) -> ExpiryConvention {
    if prior.is_some_and(|prior| prior.plus_months(RULES.cycle) == expires_on) {
        return before.kept();
    }
    usual.fitting(prior.into_iter().chain([decision]), expires_on)
}

/// The cycle that a first certification so long ago makes this.
fn counted(printed: &PrintedDates, begins: Date) -> i32 {
    const CYCLE_DAYS: i64 = 1096;
    let known = printed.original_certification_on.filter(|&first| first < begins);
    let before = known.map_or(0, |first| (begins.days_since(first) + CYCLE_DAYS / 2) / CYCLE_DAYS);
    let later = i64::from(printed.prior_expires_on.is_some());
    i32::try_from(before.max(later)).unwrap_or(i32::MAX - 1) + 1
}

/// Later cycles count from the prior expiry (A.3.10): printed, or three years before this one. One that began after the
/// time to restore had passed counts afresh (A.3.11).
fn anchor(printed: &PrintedDates, begins: Date, cycle: i32, later: LaterSurveillance) -> (Anchor, bool) {
    let unknown = printed.decision_on.is_none();
    let afresh = Anchor::afresh(if unknown { "valid_from" } else { "decision_on" }, begins);
    let prior = printed.prior_expires_on.unwrap_or_else(|| printed.expires_on.minus_months(RULES.cycle));
    if cycle == 1 || begins > prior.plus_months(RULES.restoration) {
        return (afresh, unknown);
    }
    match later {
        LaterSurveillance::PriorExpiry => {
            let anchor = Anchor { name: "prior_expires_on", on: prior, carries_on: true, ..afresh };
            (anchor, unknown || printed.prior_expires_on.is_none())
        }
        LaterSurveillance::Decision => (Anchor { carries_on: true, ..afresh }, unknown),
    }
}
