//! The cycle engine: from a certificate's events to its status and dates on a day. Pure, without a clock.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    log::{AuditDays, CertificationEvent, CertificationEventType, PrintedDates},
    rules::RULES,
};
use crate::{
    kernel::time::Date,
    platform::{
        db::Doc,
        diary::{AsOf, Due, Rule, RuleInput, RuleRef},
    },
    text_enum,
};

text_enum! {
    /// How a certificate stands on a day.
    CertificationStatus {
        /// Nothing holds yet on that day.
        NotYetValid = "not_yet_valid",
        /// It is valid.
        Active = "active",
        /// It has expired and can still be restored.
        ExpiredRestorable = "expired_restorable",
        /// It has expired, and only a new stage 2 leads back.
        Closed = "closed",
        /// Its registration was voided: it had been entered by mistake.
        Voided = "voided",
    }
}

text_enum! {
    /// The status in the words of public registers (IAF CertSearch).
    PublicStatus {
        /// active
        Active = "Active",
        /// not_yet_valid, voided
        Inactive = "Inactive",
        /// expired_restorable, closed
        Expired = "Expired",
    }
}

impl CertificationStatus {
    /// The word of public registers for it.
    pub fn public(self) -> PublicStatus {
        match self {
            Self::Active => PublicStatus::Active,
            Self::NotYetValid | Self::Voided => PublicStatus::Inactive,
            Self::ExpiredRestorable | Self::Closed => PublicStatus::Expired,
        }
    }
}

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

    /// The convention by which the expiry follows from one of these days.
    fn of(starts: impl Iterator<Item = Date>, expires_on: Date) -> Self {
        let fits = |start, one: &Self| one.expiry(start) == Some(expires_on);
        let known = |start| [Self::SameDay, Self::DayBefore].into_iter().find(|one| fits(start, one));
        starts.filter_map(known).next().unwrap_or(Self::Other)
    }
}

/// The three years in which a certificate stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({
    "cycle": 1, "original_certification_on": null, "decision_on": "2025-03-10", "valid_from": "2025-03-12",
    "expires_on": "2028-03-10", "expiry_convention": "same_day", "restorable_until": "2028-09-10", "assumed": false,
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
    /// The last day on which it can be restored after expiry.
    pub restorable_until: Date,
    /// Whether dates are counted from an assumed day, because the decision or the prior expiry is not printed.
    pub assumed: bool,
    #[serde(skip)]
    #[graphql(skip)]
    anchor: Anchor,
}

/// The day from which the surveillance audits of a cycle are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Anchor {
    /// What the day is.
    name: &'static str,
    /// The day.
    on: Date,
    /// The day with which the cycle begins: what the calendar-year rule counts from.
    begins: Date,
    /// Whether the cycle carries on from an expiry before it, whose anniversaries it keeps.
    carries_on: bool,
}

impl Validity {
    fn of(printed: &PrintedDates) -> Option<Self> {
        let begins = printed.anchor()?;
        let cycle = printed.cycle.unwrap_or_else(|| counted(printed, begins));
        let (anchor, assumed) = anchor(printed, begins, cycle);
        // A later cycle's expiry is counted from the expiry before it, or else from its decision.
        let starts = printed.prior_expires_on.filter(|_| anchor.carries_on).into_iter().chain([begins]);
        Some(Self {
            cycle,
            original_certification_on: printed.original_certification_on,
            decision_on: printed.decision_on,
            valid_from: printed.valid_from.unwrap_or(begins),
            expires_on: printed.expires_on,
            expiry_convention: ExpiryConvention::of(starts, printed.expires_on),
            restorable_until: printed.expires_on.plus_months(RULES.restoration),
            assumed,
            anchor,
        })
    }

    fn status(&self, day: Date) -> CertificationStatus {
        if day < self.valid_from {
            CertificationStatus::NotYetValid
        } else if day <= self.expires_on {
            CertificationStatus::Active
        } else if day <= self.restorable_until {
            CertificationStatus::ExpiredRestorable
        } else {
            CertificationStatus::Closed
        }
    }

    /// 31 December of the first calendar year after the decision year that has no audit yet (A-11, A.3.10). A year
    /// before the last audit that went without one is broken and cannot be made good.
    fn calendar_bound(&self, audits: &[Date]) -> Date {
        let first = self.anchor.begins.year_end().plus_days(1);
        audits
            .iter()
            .fold(first.year_end(), |bound, audit| bound.max(audit.year_end().plus_days(1).year_end()))
    }
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
fn anchor(printed: &PrintedDates, begins: Date, cycle: i32) -> (Anchor, bool) {
    let unknown = printed.decision_on.is_none();
    let prior = printed.prior_expires_on.unwrap_or_else(|| printed.expires_on.minus_months(RULES.cycle));
    if cycle == 1 || begins > prior.plus_months(RULES.restoration) {
        let name = if unknown { "valid_from" } else { "decision_on" };
        return (Anchor { name, on: begins, begins, carries_on: false }, unknown);
    }
    let anchor = Anchor { name: "prior_expires_on", on: prior, begins, carries_on: true };
    (anchor, unknown || printed.prior_expires_on.is_none())
}

/// What holds of a certificate on a day.
pub struct Life {
    voided: bool,
    validity: Option<Validity>,
    surveillance: Vec<AuditDays>,
    recertification: Vec<AuditDays>,
}

impl Life {
    /// The life that these events tell, as far as they hold for the day.
    pub fn of(log: &[CertificationEvent], as_of: AsOf) -> Self {
        let holding = || log.iter().filter(move |event| event.holds(as_of));
        let printed = holding().filter_map(|event| event.printed.as_deref()).next_back();
        let validity = printed.and_then(Validity::of);
        let begins = validity.as_ref().map_or(Date::MIN, |validity| validity.anchor.begins);
        let held = |kind| {
            let all =
                holding().filter(move |event| event.event == kind).filter_map(|event| event.audit.as_deref());
            let mut all: Vec<_> = all.filter(|days| days.ended_on >= begins).copied().collect();
            all.sort_by_key(|days| days.ended_on);
            all
        };
        Self {
            voided: !log.iter().any(|event| event.voided_at.is_none() && event.printed.is_some()),
            surveillance: held(CertificationEventType::SurveillanceCompleted),
            recertification: held(CertificationEventType::RecertificationAuditCompleted),
            validity,
        }
    }

    /// The three years; none before they begin, and none of a voided certificate.
    pub fn validity(&self) -> Option<&Validity> {
        self.validity.as_ref()
    }

    /// How it stands on a day.
    pub fn status(&self, day: Date) -> CertificationStatus {
        match &self.validity {
            _ if self.voided => CertificationStatus::Voided,
            Some(validity) => validity.status(day),
            None => CertificationStatus::NotYetValid,
        }
    }

    /// Everything that is due in the cycle (domain rules A.5).
    pub fn dues(&self) -> Vec<Due> {
        let Some(validity) = &self.validity else { return Vec::new() };
        let mut dues = self.surveillances(validity);
        dues.extend(self.calendar_years(validity));
        dues.extend(self.recertifications(validity));
        dues.extend(endings(validity));
        dues
    }

    fn surveillances(&self, validity: &Validity) -> Vec<Due> {
        let mut before = Vec::new();
        let nth = |(n, months): (usize, u32)| {
            let held = self.nth_surveillance(validity, n, before.last().copied());
            let due = surveillance(validity, n, months, &before, held);
            // A surveillance still to come is taken to be in time.
            before.push(held.unwrap_or(due.due));
            due
        };
        let all = RULES.surveillance.into_iter().enumerate().map(nth);
        // Where the certificate expires first, that surveillance will not be.
        all.filter(|due| due.done_on.is_some() || due.due <= validity.expires_on).collect()
    }

    /// The first surveillance is the first that was held; the next, the first after it that lies beyond the first
    /// year.
    fn nth_surveillance(&self, validity: &Validity, n: usize, before: Option<Date>) -> Option<Date> {
        let year = n.checked_sub(1).map(|n| validity.anchor.on.plus_months(RULES.surveillance[n]));
        let mut held = self.surveillance.iter().map(|days| days.ended_on);
        held.find(|&day| before.is_none_or(|before| before < day) && year.is_none_or(|year| year < day))
    }

    fn calendar_years(&self, validity: &Validity) -> Vec<Due> {
        let audits = || self.surveillance.iter().chain(&self.recertification).map(|days| days.ended_on);
        let first = validity.anchor.begins.year_end().plus_days(1);
        let years = std::iter::successors(Some(first), |year| Some(year.year_end().plus_days(1)));
        let in_cycle =
            years.take_while(|year| year.year_end() <= validity.expires_on && year.year_end() < Date::MAX);
        let check = |year: Date| Due {
            window_opens: Some(year),
            assumed: validity.decision_on.is_none(),
            done_on: audits().filter(|audit| audit.year() == year.year()).min(),
            ..due(
                validity,
                &format!("calendar_{}", year.year()),
                &format!("An audit in {}", year.year()),
                year.year_end(),
                RULES.calendar_year.cite(),
                &[("cycle_begins_on", validity.anchor.begins)],
            )
        };
        in_cycle.map(check).collect()
    }

    fn recertifications(&self, validity: &Validity) -> Vec<Due> {
        let expiry = validity.expires_on;
        let inputs = [("expires_on", expiry)];
        let window = Some(expiry.minus_months(RULES.recertification_window));
        let planned_by = expiry.minus_months(RULES.recertification_planned);
        let audited_by = expiry.minus_months(RULES.recertification_audited);
        let practice = RULES.recertification.by_convention();
        let audit = self.recertification.first();
        let of = |code, title, by, rule| due(validity, code, title, by, rule, &inputs);
        // Once the audit is held nothing is left to plan.
        let plan = audit
            .is_none()
            .then(|| of("recertification_plan", "Recertification is planned", planned_by, practice.clone()));
        let rest = [
            Due {
                window_opens: window,
                done_on: audit.map(|days| days.ended_on),
                ..of("recertification_audit", "Recertification audit", audited_by, practice)
            },
            Due {
                window_opens: window,
                ..of(
                    "recertification_decision",
                    "Recertification decision",
                    expiry,
                    RULES.recertification.cite(),
                )
            },
        ];
        plan.into_iter().chain(rest).collect()
    }
}

fn surveillance(validity: &Validity, n: usize, months: u32, before: &[Date], held: Option<Date>) -> Due {
    let Anchor { name, on, begins, .. } = validity.anchor;
    let (target, bound) = (on.plus_months(months), validity.calendar_bound(before));
    let by = target.min(bound);
    let window = on.plus_months(months - RULES.surveillance_window);
    let latest_window = by.minus_months(RULES.surveillance_window);
    let (code, title) =
        [("surveillance_1", "First surveillance audit"), ("surveillance_2", "Second surveillance audit")][n];
    let inputs = [(name, on), ("cycle_begins_on", begins), ("target", target), ("calendar_bound", bound)];
    Due {
        window_opens: Some(if window <= by { window } else { latest_window }),
        done_on: held,
        assumed: validity.assumed,
        ..due(validity, code, title, by, surveillance_rule(validity, n, bound < target), &inputs)
    }
}

fn surveillance_rule(validity: &Validity, n: usize, by_calendar: bool) -> Doc<RuleRef> {
    match (by_calendar, validity.anchor.carries_on, n) {
        (true, ..) => RULES.calendar_year.cite(),
        (false, false, 0) => RULES.first_surveillance.cite(),
        (false, false, _) => RULES.yearly_surveillance.cite(),
        // In later cycles only the calendar year is normative (A.3.10).
        (false, true, _) => RULES.yearly_surveillance.by_convention(),
    }
}

fn endings(validity: &Validity) -> [Due; 2] {
    let expiry = validity.expires_on;
    let rule: &Rule = if validity.anchor.carries_on { &RULES.kept_anniversary } else { &RULES.cycle_begins };
    [
        Due {
            window_opens: Some(expiry),
            ..due(
                validity,
                "expiry",
                "The certificate expires",
                expiry,
                rule.cite(),
                &[("expires_on", expiry)],
            )
        },
        Due {
            window_opens: Some(expiry.plus_days(1)),
            ..due(
                validity,
                "restoration_limit",
                "Last day to restore the certificate",
                validity.restorable_until,
                RULES.restored.cite(),
                &[("expires_on", expiry)],
            )
        },
    ]
}

fn due(
    validity: &Validity,
    code: &str,
    title: &str,
    due: Date,
    rule: Doc<RuleRef>,
    inputs: &[(&str, Date)],
) -> Due {
    let input = |&(name, value): &(&str, Date)| RuleInput { name: name.to_owned(), value: value.to_string() };
    Due {
        code: code.to_owned(),
        cycle: validity.cycle,
        title: title.to_owned(),
        window_opens: None,
        due,
        done_on: None,
        assumed: false,
        rule,
        inputs: Doc(inputs.iter().map(input).collect()),
    }
}
