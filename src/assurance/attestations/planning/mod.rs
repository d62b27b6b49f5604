//! An engagement's steps to come, planned with its own engine: what comes before what, what is still to come, and what
//! speaks against a day. Pure.
//!
//! Steps to come are bound by rules of days and of order. What a rule asks of content (a control for each criterion, a
//! description, the practitioner's particulars) is what readiness tells.

mod following;
mod step;
#[cfg(test)]
mod tests;

pub use following::FollowingReport;

use super::{
    description::SystemDescription,
    engine::{AttestationState, CountedFromDay, Life, Terms, breaches},
    log::{AttestationEvent, AttestationEventType as Type, NewAttestationEvent},
    model::Dossier,
    recorded,
    rules::RULES,
};
use crate::{
    catalog::advice::ReportType,
    kernel::{
        error::{Breach, Faults},
        time::Date,
    },
    platform::{
        diary::{
            AsOf, Due, HORIZON_MONTHS, MilestoneResource, Moment, Placed, PlanOrigin, PlanStep, Plannable,
            Timeline, WISHED, Wish,
        },
        journal::Recorded,
    },
    program::evidence::Period,
};
use following::Round;
use step::{Step, everything};

/// What can be wished of an engagement.
#[derive(Clone, Copy, Debug)]
pub struct EngagementWish {
    /// What is to happen.
    pub event: Type,
    /// How many months the period has, where one is to be opened.
    pub months: i32,
}

impl EngagementWish {
    /// The months of a period where nobody says how many.
    pub const MONTHS: i32 = 12;
    /// Months of a period at the most.
    pub const MAX_MONTHS: i32 = super::facts::MAX_MONTHS;
}

/// An engagement for which steps are planned: one that is there, with what has happened to it, or one that is not there yet.
#[derive(Clone, Debug)]
pub struct EngagementPlanner {
    resource: String,
    title: String,
    report: ReportType,
    counted_from: CountedFromDay,
    plan: Option<Period>,
    description: SystemDescription,
    log: Vec<AttestationEvent>,
    as_of: Date,
    /// Whether it is still to report on the first day.
    open: bool,
    /// Whether another engagement of its scope follows it already.
    followed: bool,
    /// The day by which the periods of further reports begin that are planned; none for its own report alone.
    until: Option<Date>,
    /// The last day of the period that it is to follow.
    prior_end: Option<Date>,
}

/// How an engagement stands after a plan.
#[derive(Clone, Debug)]
pub struct PlannedEngagement {
    /// Which engagement it is, for people.
    pub title: String,
    /// The steps, in order.
    pub steps: Vec<PlanStep>,
    /// How far it has come after the last of them.
    pub state: AttestationState,
    /// The reports that follow its own, in order.
    pub following: Vec<FollowingReport>,
    /// Its life with all of them.
    pub timeline: Timeline,
}

impl EngagementPlanner {
    /// Whether an event of this type can be wished.
    pub fn takes_wish(event: Type) -> bool {
        matches!(
            event,
            Type::ReadinessDone
                | Type::AsOfSet
                | Type::WindowOpened
                | Type::EvidenceChecked
                | Type::WindowClosed
                | Type::FieldworkStarted
                | Type::AssertionSigned
                | Type::Issued
        )
    }

    /// Notes what is wrong with an event of a plan that begins on a day; faults are told below `at`. It may lie in the
    /// future, as far as plans look.
    pub fn check(at: &str, event: &NewAttestationEvent, as_of: Date, faults: &mut Faults) {
        if event.event == Type::RegisterIssuedReport {
            let detail = "is no step of a plan: enter the attestation, and name it by its id";
            faults.when(true, format!("{at}/type"), detail);
            return;
        }
        faults.also(event.validate(at, Date::MAX));
        let far = event.effective_on(as_of) > as_of.plus_months(HORIZON_MONTHS);
        faults.when(far, format!("{at}/on"), "must be within six years of the first day of the plan");
    }

    /// An engagement that is there, as it was at a moment, and whether another follows it.
    pub fn of(dossier: &Dossier, moment: Moment, followed: bool) -> Self {
        let facts = &dossier.facts;
        Self {
            resource: dossier.resource_id(),
            title: format!("{}, {}", facts.name, recorded::kind(facts.report)),
            report: facts.report,
            counted_from: facts.counted_from,
            plan: facts.plan.days(),
            description: facts.description.0.clone(),
            log: dossier.log(moment).into_iter().filter(|event| event.holds(moment)).collect(),
            as_of: moment.as_of.day,
            open: dossier.life(moment).is_to_report(),
            followed,
            until: None,
            prior_end: None,
        }
    }

    /// An engagement that is not there yet.
    pub fn new(report: ReportType, as_of: Date) -> Self {
        Self {
            resource: String::new(),
            title: format!("{}, a new engagement", recorded::kind(report)),
            report,
            counted_from: CountedFromDay::default(),
            plan: None,
            description: SystemDescription::default(),
            log: Vec::new(),
            as_of,
            open: true,
            followed: false,
            until: None,
            prior_end: None,
        }
    }

    /// The same with one report planned after another, where each period begins by a day; what is followed by another
    /// engagement already goes on in that.
    #[must_use]
    pub fn through(self, until: Option<Date>) -> Self {
        let until = until.filter(|_| !self.followed);
        Self { until, ..self }
    }

    /// The plan that these events and wishes make.
    pub fn simulate(
        &self,
        events: &[NewAttestationEvent],
        wishes: &[Wish<EngagementWish>],
    ) -> PlannedEngagement {
        let given = (0..)
            .zip(events)
            .map(|(n, new)| (Step::given(new.clone(), self.report, n), new.effective_on(self.as_of)));
        let wished = (WISHED..).zip(wishes).map(|(n, wish)| {
            let event = Step::wished(wish.event.event, wish.event.months, self.report, n);
            Wish { event, from: wish.from, to: wish.to }
        });
        let first = Round::of(self.clone(), given.collect(), wished.collect());
        let rest: Vec<_> = std::iter::successors(first.followed(), Round::followed).collect();
        PlannedEngagement {
            title: self.title.clone(),
            timeline: self.timeline(&first, &rest),
            state: first.life.state(),
            steps: first.plan.steps,
            following: rest.into_iter().filter_map(Round::report).collect(),
        }
    }

    /// Its life and those of the reports after it, on one line.
    fn timeline(&self, first: &Round, rest: &[Round]) -> Timeline {
        let days = rest.iter().chain([first]).map(|one| one.plan.last_day(self.as_of));
        let moment = Moment::from(AsOf { day: days.fold(self.as_of, Date::max), past: false });
        let resource = MilestoneResource { kind: Dossier::RESOURCE.to_owned(), id: self.resource.clone() };
        let happened = self.log.iter().map(recorded::happened);
        let dues = first.dues(rest.first());
        let mut spans = recorded::spans(&first.life);
        let mut entries: Vec<_> = happened.chain(first.plan.entries(&dues, moment.as_of)).collect();
        for (n, one) in rest.iter().enumerate() {
            let dues = one.dues(rest.get(n + 1));
            spans.extend(recorded::spans(&one.life));
            entries.extend(one.plan.entries(&dues, moment.as_of));
        }
        let standing = first.life.state().to_string();
        Timeline::new(resource, self.title.clone(), standing, moment, spans, entries)
    }

    fn terms(&self) -> Terms<'_> {
        Terms {
            report: self.report,
            counted_from: self.counted_from,
            plan: self.plan,
            description: &self.description,
        }
    }

    /// The log with what is planned, in the order in which it takes effect.
    fn log_with(&self, placed: &[Placed<Step>]) -> Vec<AttestationEvent> {
        let planned = placed.iter().map(|one| one.event.on(one.on));
        let mut all: Vec<_> = self.log.iter().cloned().chain(planned).collect();
        all.sort_by_key(|event| (event.effective_on, event.sequence));
        all
    }

    fn life(&self, placed: &[Placed<Step>]) -> Life {
        self.log_with(placed).iter().fold(Life::default(), Life::after)
    }

    fn assumed(&self, event: Type) -> Step {
        Step::assumed(event, EngagementWish::MONTHS, self.report)
    }

    /// What comes before the day or the period of which the report speaks.
    fn lacking_beginning(&self, life: &Life, from: Date, by: Date) -> Vec<(Step, Date)> {
        if life.covers().is_some() {
            return Vec::new();
        }
        let ready_by = by.minus_days(RULES.readiness_days).max(from);
        let wanted = [
            (Type::ScopeSet, life.scope.is_none(), from),
            (Type::AuditorEngaged, life.auditor.is_none(), from),
            (Type::ReadinessDone, life.ready_on.is_none(), ready_by),
        ];
        let missing = wanted.into_iter().filter(|(_, missing, _)| *missing);
        missing.map(|(event, _, looked_from)| (self.assumed(event), looked_from)).collect()
    }

    /// A report of a period comes after that is closed.
    fn lacking_close(&self, life: &Life, from: Date) -> Vec<(Step, Date)> {
        let open = life.window.filter(|_| life.closed_on.is_none());
        open.map(|window| (self.assumed(Type::WindowClosed), window.to.plus_days(1).max(from)))
            .into_iter()
            .collect()
    }

    /// The steps that are not there yet, each with its day: that of its milestone (D.3), and not before this one.
    fn open_steps(&self, placed: &[Placed<Step>], from: Date) -> Option<[(Type, Option<Date>); 6]> {
        let life = self.life(placed);
        let covers = life.covers().filter(|_| self.open && life.cancelled_on.is_none())?;
        let log = self.log_with(placed);
        let starts = log.iter().filter(|one| matches!(one.event, Type::AsOfSet | Type::WindowOpened));
        let begun = starts.map(|one| one.effective_on).max()?;
        // What leads to a report that is wished is due all the same.
        let report = life.report.as_ref().map(|report| report.report_date);
        let life = Life { report: None, ..life };
        let dues = life.dues(&self.terms(), None);
        let due = |code: &str| {
            let open = dues.iter().find(|due| due.code.starts_with(code) && due.done_on.is_none());
            open.map(|due| due.due.max(from))
        };
        let over = covers.to.plus_days(1).max(from);
        let unclosed = self.report == ReportType::Type2 && life.closed_on.is_none();
        let in_time = |on: &Date| report.is_none_or(|report| *on <= report);
        Some([
            (Type::ReadinessDone, due("readiness").filter(|on| *on <= begun)),
            (Type::EvidenceChecked, due("evidence_check_").filter(|on| *on <= covers.to).filter(in_time)),
            (Type::WindowClosed, unclosed.then_some(over).filter(in_time)),
            (Type::AssertionSigned, due("description_and_assertion").map(|on| on.max(begun)).filter(in_time)),
            (Type::FieldworkStarted, due("fieldwork").filter(in_time)),
            (Type::Issued, due("report").filter(|_| report.is_none())),
        ])
    }
}

impl Plannable for EngagementPlanner {
    type Event = Step;

    fn name(&self, step: &Step) -> String {
        step.event.to_string()
    }

    fn title(&self, step: &Step) -> String {
        step.event.title().to_owned()
    }

    fn order(&self, step: &Step) -> i32 {
        step.order
    }

    fn against(&self, others: &[Placed<Step>], step: &Step, from: Date, to: Date) -> Vec<Vec<Breach>> {
        let log = self.log_with(others);
        let mut rest = log.iter().peekable();
        let (terms, around) = (self.terms(), everything());
        let mut life = Life::default();
        let days = u64::try_from(to.days_since(from) + 1).unwrap_or(0);
        let mut told = Vec::new();
        for day in (0..days).map(|n| from.plus_days(n)) {
            let place = (day, step.order);
            while let Some(one) = rest.next_if(|one| (one.effective_on, one.sequence) < place) {
                life = life.after(one);
            }
            let details = step.on(day).details;
            let found = breaches(&life, &terms, step.event, &details, day, &around);
            told.push(found.into_iter().filter(|one| step.is_bound_by(&one.rule)).collect());
        }
        told
    }

    fn lacking(&self, placed: &[Placed<Step>], step: &Step, from: Date, by: Date) -> Vec<(Step, Date)> {
        let life = self.life(placed);
        match step.event {
            Type::AsOfSet | Type::WindowOpened => self.lacking_beginning(&life, from, by),
            Type::Issued => self.lacking_close(&life, from),
            _ => Vec::new(),
        }
    }

    fn next(&self, placed: &[Placed<Step>], from: Date) -> Option<(Step, Date)> {
        if let Some(first) = self.begins(placed) {
            return Some(first);
        }
        let assumed =
            |event| placed.iter().any(|one| one.origin == PlanOrigin::Assumed && one.event.event == event);
        // Evidence is looked through many times, everything else once.
        let open = |(event, on): (Type, Option<Date>)| {
            let on = on.filter(|_| event == Type::EvidenceChecked || !assumed(event))?;
            Some((self.assumed(event), on))
        };
        let mut steps = self.open_steps(placed, from).into_iter().flatten();
        steps.find_map(open).or_else(|| self.letter(placed, from))
    }

    fn dues(&self, placed: &[Placed<Step>]) -> Vec<Due> {
        self.life(placed).dues(&self.terms(), None)
    }

    fn unusual(&self, placed: &[Placed<Step>], n: usize) -> Vec<Breach> {
        let one = &placed[n];
        match one.event.event {
            Type::WindowOpened => {
                let most = format!("a period of {} to {} months", RULES.usual_least, RULES.usual_most);
                let length = self.life(placed).length();
                let length = length.map(|notice| RULES.length.against(notice.detail, most));
                length.into_iter().chain(self.gap(one.on)).collect()
            }
            Type::BridgeIssued => self.long_letter(placed, one).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn settles(&self, step: &Step) -> &'static [&'static str] {
        match step.event {
            Type::ReadinessDone => &["readiness"],
            Type::EvidenceChecked => &["evidence_check_"],
            Type::AssertionSigned => &["description_and_assertion"],
            Type::FieldworkStarted => &["fieldwork"],
            Type::Issued => &["report"],
            _ => &[],
        }
    }
}
