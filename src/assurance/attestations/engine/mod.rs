//! The engine: from an engagement's events to where it stands on a day, what stands in the way, and what is due. Pure,
//! without a clock.

mod dues;
mod guards;
mod notices;
mod ready;
#[cfg(test)]
mod tests;

pub use dues::Successor;
pub use guards::{Around, breaches};
pub use notices::{AttestationNotice, contradictions};
pub use ready::{Asked, SeenTo};

use super::{
    description::SystemDescription,
    facts::{BridgeLetter, IssuedReport, ManagementAssertion, Recall, ServiceAuditor},
    log::{AttestationEvent, AttestationEventType},
    rules::RULES,
    scope::AttestationScope,
};
use crate::{
    catalog::advice::ReportType, kernel::time::Date, platform::diary::Moment, program::evidence::Period,
    text_enum,
};

text_enum! {
    /// How far an engagement has come (D.2).
    AttestationState {
        /// It is settled what is addressed and by whom.
        Planning = "planning",
        /// Each criterion has its controls, and each control its owner.
        Readiness = "readiness",
        /// The day is settled of which a Type I report speaks.
        AsOfSet = "as_of_set",
        /// The period of a Type II report runs.
        WindowOpen = "window_open",
        /// The period is over.
        WindowClosed = "window_closed",
        /// The practitioner is at work.
        Fieldwork = "fieldwork",
        /// The report is being drafted.
        Drafting = "drafting",
        /// The report is issued.
        Issued = "issued",
        /// The report was recalled.
        Recalled = "recalled",
        /// It ended without a report.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// How readers take an issued report on a day (D-17). It never expires.
    ReportCurrency {
        /// Current.
        Current = "current",
        /// Current still, and its successor is wanted.
        Ageing = "ageing",
        /// Too old to be relied on alone.
        Stale = "stale",
    }
}

text_enum! {
    /// From which day readers count how old a report is (D-17).
    CountedFromDay default PeriodEnd {
        /// From the last day that it speaks of.
        PeriodEnd = "period_end",
        /// From the day that it bears.
        ReportDate = "report_date",
    }
}

/// What an engagement is, beside its events.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The kind of report.
    pub report: ReportType,
    /// From which day it ages.
    pub counted_from: CountedFromDay,
    /// The days that are intended, where nothing has happened yet.
    pub plan: Option<Period>,
    /// The description as it stands.
    pub description: &'a SystemDescription,
}

/// The days on which readers begin to take a report as less current.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ages {
    /// The first day on which it is ageing.
    pub ageing_from: Date,
    /// The last day on which it is current.
    pub current_through: Date,
    /// The first day on which it is stale.
    pub stale_from: Date,
}

impl Ages {
    /// Counted from this last day (D-17, D.3).
    pub fn after(last: Date) -> Self {
        let next = last.plus_days(1);
        let current_through = next.period_end(RULES.current);
        Self {
            ageing_from: next.period_end(RULES.ageing).plus_days(1),
            current_through,
            stale_from: current_through.plus_days(1),
        }
    }

    /// How readers take it on a day.
    pub fn on(self, day: Date) -> ReportCurrency {
        if day >= self.stale_from {
            ReportCurrency::Stale
        } else if day >= self.ageing_from {
            ReportCurrency::Ageing
        } else {
            ReportCurrency::Current
        }
    }
}

/// The last day that a bridge letter customarily speaks of, after a period that ended on this day (D-18).
pub fn bridge_limit(end: Date) -> Date {
    end.plus_days(1).period_end(RULES.bridge)
}

/// What holds of an engagement at a moment.
#[derive(Clone, Debug, Default)]
pub struct Life {
    /// What is addressed.
    pub scope: Option<AttestationScope>,
    /// Who reports.
    pub auditor: Option<ServiceAuditor>,
    /// When everything was ready.
    pub ready_on: Option<Date>,
    /// The day of which a Type I report speaks.
    pub as_of: Option<Date>,
    /// The period of a Type II report.
    pub window: Option<Period>,
    /// When the evidence was looked through, in order.
    pub checks: Vec<Date>,
    /// When the window was found to be over.
    pub closed_on: Option<Date>,
    /// When fieldwork began.
    pub fieldwork_on: Option<Date>,
    /// What management signed.
    pub assertion: Option<ManagementAssertion>,
    /// When drafting began.
    pub drafting_on: Option<Date>,
    /// The report.
    pub report: Option<IssuedReport>,
    /// Whether the report was entered when it was already held.
    pub registered: bool,
    /// The bridge letters, in the order of their signatures.
    pub bridges: Vec<BridgeLetter>,
    /// Why and when it was recalled.
    pub recall: Option<(Date, Recall)>,
    /// When it ended without a report.
    pub cancelled_on: Option<Date>,
}

impl Life {
    /// The life that these events tell, as far as they hold for the moment.
    pub fn of(log: &[AttestationEvent], moment: Moment) -> Self {
        Self::through(log, moment, Date::MAX)
    }

    /// What of it had happened through a day.
    fn through(log: &[AttestationEvent], moment: Moment, day: Date) -> Self {
        let happened = |event: &&AttestationEvent| event.holds(moment) && event.effective_on <= day;
        let mut holding: Vec<_> = log.iter().filter(happened).collect();
        holding.sort_by_key(|event| (event.effective_on, event.sequence));
        holding.into_iter().fold(Self::default(), Self::after)
    }

    /// The life in which an event of a day is judged: what had happened by then, whenever it was recorded. What an
    /// engagement ends with happens once, on whichever day.
    pub fn judging(log: &[AttestationEvent], moment: Moment, event: AttestationEventType, day: Date) -> Self {
        use AttestationEventType as Type;
        let whole = Self::of(log, moment);
        let ended = match event {
            Type::Issued | Type::RegisterIssuedReport | Type::Cancelled => !whole.is_to_report(),
            Type::Recalled => whole.recall.is_some(),
            _ => false,
        };
        if ended { whole } else { Self::through(log, moment, day) }
    }

    /// The life after one more event, which comes after those before it.
    pub fn after(mut self, event: &AttestationEvent) -> Self {
        use AttestationEventType as Type;
        let (day, told) = (event.effective_on, event.details.0.clone());
        match event.event {
            Type::ScopeSet => {
                // What was ready for another scope is not ready for this one.
                let begun = self.window.is_some() || self.as_of.is_some();
                self.ready_on = self.ready_on.filter(|_| begun);
                self.scope = told.scope;
            }
            Type::AuditorEngaged => self.auditor = told.auditor,
            Type::ReadinessDone => self.ready_on = Some(day),
            Type::AsOfSet => self.as_of = told.as_of,
            Type::WindowOpened => {
                self.window = told.window.and_then(|one| Period::new(one.start, one.last()));
                self.closed_on = None;
            }
            Type::EvidenceChecked => self.checks.push(day),
            Type::WindowClosed => self.closed_on = Some(day),
            Type::FieldworkStarted => self.fieldwork_on = self.fieldwork_on.or(Some(day)),
            Type::AssertionSigned => self.assertion = told.assertion,
            Type::DraftingStarted => self.drafting_on = Some(day),
            Type::Issued => self.report = told.report,
            Type::BridgeIssued => self.bridges.extend(told.bridge),
            Type::RegisterIssuedReport => {
                let Some(printed) = told.printed else { return self };
                self.report = Some(printed.report());
                self.registered = true;
                self.as_of = printed.as_of;
                self.window = printed.window.and_then(|one| Period::new(one.start, one.last()));
                self.scope = Some(printed.scope);
                self.auditor = Some(printed.auditor);
            }
            Type::Recalled => self.recall = told.recall.map(|one| (day, one)),
            Type::Cancelled => self.cancelled_on = Some(day),
        }
        self
    }

    /// How far it has come.
    pub fn state(&self) -> AttestationState {
        use AttestationState::{
            AsOfSet, Cancelled, Drafting, Fieldwork, Issued, Planning, Readiness, Recalled, WindowClosed,
            WindowOpen,
        };
        let over = self.closed_on.is_some() || self.as_of.is_some();
        match self {
            Self { report: Some(_), recall: Some(_), .. } => Recalled,
            Self { report: Some(_), .. } => Issued,
            Self { cancelled_on: Some(_), .. } => Cancelled,
            Self { drafting_on: Some(_), .. } => Drafting,
            Self { fieldwork_on: Some(_), .. } if over => Fieldwork,
            Self { closed_on: Some(_), .. } => WindowClosed,
            Self { window: Some(_), .. } => WindowOpen,
            Self { as_of: Some(_), .. } => AsOfSet,
            Self { ready_on: Some(_), .. } => Readiness,
            _ => Planning,
        }
    }

    /// The days that the report speaks of, or will: a period, or one day.
    pub fn covers(&self) -> Option<Period> {
        self.window.or(self.as_of.and_then(|day| Period::new(day, day)))
    }

    /// The report, where it stands.
    pub fn standing(&self) -> Option<&IssuedReport> {
        self.report.as_ref().filter(|_| self.recall.is_none())
    }

    /// When readers begin to take the report as less current; none without one that stands.
    pub fn ages(&self, terms: &Terms<'_>) -> Option<Ages> {
        let report = self.standing()?;
        let last = match terms.counted_from {
            CountedFromDay::PeriodEnd => self.covers()?.to,
            CountedFromDay::ReportDate => report.report_date,
        };
        Some(Ages::after(last))
    }

    /// The days that bridge letters speak of after the period, never past the day of a signature (D-18).
    pub fn bridged(&self) -> Option<Period> {
        self.standing()?;
        let end = self.window?.to;
        let through = self.bridges.iter().map(|one| one.covers_through.min(one.signed_on)).max()?;
        Period::new(end.plus_days(1), through)
    }
}
