//! A certificate's steps to come, planned with its own engine: what comes before what, what is still to come, and what
//! speaks against a day. Pure.

mod findings;
#[cfg(test)]
mod tests;

use uuid::Uuid;

pub use findings::{AssumedFinding, FindingAssumption};

use super::{
    engine::{CertificationStatus as Status, EvaluationDays, Evaluations, Life, Terms, Validity},
    input::{self, NewCertificationEvent, Slot},
    log::{CertificationEvent, CertificationEventType as Type, MAX_YEARS},
    model::Dossier,
    rules::RULES,
    settings::CycleSettings,
    timeline,
};
use crate::{
    kernel::{
        error::{Breach, Faults},
        id::Id,
        time::{Date, Instant},
    },
    platform::{
        diary::{
            ASSUMED, AsOf, Due, HORIZON_MONTHS, MilestoneResource, Moment, Placed, PlanOrigin, PlanStep,
            Plannable, RuleBasis, Timeline, WISHED, Wish, first_permitted, place_in_day, simulate,
        },
        journal::Recorded,
    },
};

/// What leads to a certificate, in order.
const BEGINNING: [Type; 4] = [Type::Applied, Type::Stage1Completed, Type::Stage2Completed, Type::Granted];

/// A certificate for which steps are planned: one that is there, with what has happened to it, or one that is not there yet.
#[derive(Clone, Debug)]
pub struct CertificationPlanner {
    resource: String,
    title: String,
    log: Vec<CertificationEvent>,
    terms: Terms,
    evaluated: EvaluationDays,
    as_of: Date,
    status: Status,
    /// The number of the cycle that stands on the first day; none where none has begun.
    cycle: Option<i32>,
    /// The day by which further cycles begin that are planned; none for the one that stands alone.
    until: Option<Date>,
    assumed: Vec<AssumedFinding>,
}

/// How a certificate stands after a plan.
#[derive(Clone, Debug)]
pub struct PlannedCertification {
    /// Which certificate it is, for people.
    pub title: String,
    /// The steps, in order.
    pub steps: Vec<PlanStep>,
    /// How it stands after the last of them.
    pub status: Status,
    /// The three years that hold then.
    pub validity: Option<Validity>,
    /// What was assumed of findings that are open.
    pub assumed_findings: Vec<AssumedFinding>,
    /// Its life with all of them.
    pub timeline: Timeline,
}

/// An event on whichever day.
#[derive(Clone, Debug)]
pub struct Step {
    new: NewCertificationEvent,
    /// Its place among the events of its day.
    order: i32,
}

impl Step {
    /// Of one day, audits come before what is decided on them.
    fn new(new: NewCertificationEvent, nth: i32) -> Self {
        let rank = match new.event {
            Type::Applied => 0,
            Type::Stage1Completed => 1,
            Type::Stage2Completed => 2,
            Type::SurveillanceCompleted | Type::RecertificationAuditCompleted => 3,
            _ => 4,
        };
        Self { new, order: place_in_day(rank, nth) }
    }

    fn assumed(event: Type) -> Self {
        Self::new(NewCertificationEvent::of(event), ASSUMED)
    }

    /// The event of a day; nothing of it is recorded, so that it has no id.
    fn on(&self, day: Date) -> Option<CertificationEvent> {
        let new = self.new.clone();
        let dated = if new.event.is_audit() {
            let started_on = new.started_on.filter(|first| *first <= day);
            NewCertificationEvent { started_on, ended_on: Some(day), ..new }
        } else {
            NewCertificationEvent { effective_on: Some(day), ..new }
        };
        let nothing = Uuid::nil();
        let slot = Slot {
            id: Id::from_uuid(nothing),
            tenant_id: Id::from_uuid(nothing),
            certification_id: Id::from_uuid(nothing),
            sequence: self.order,
            recorded_at: Instant::from_micros(0),
        };
        slot.fill(dated)
    }
}

impl CertificationPlanner {
    /// Whether an event of this type can be wished: an audit, or a decision that begins a cycle.
    pub fn takes_wish(event: Type) -> bool {
        let decision = matches!(
            event,
            Type::Granted | Type::Recertified | Type::RestoredAfterExpiry | Type::ReinstatedAfterStage2
        );
        event.is_audit() || decision
    }

    /// Notes what is wrong with an event of a plan that begins on a day; faults are told below `at`. It may lie in the
    /// future, as far as plans look.
    pub fn check(at: &str, event: &NewCertificationEvent, as_of: Date, faults: &mut Faults) {
        if event.event == Type::RegisteredExisting {
            let detail = "is no step of a plan: enter the certificate, and name it by its id";
            faults.when(true, format!("{at}/type"), detail);
            return;
        }
        event.unplaced(at, faults);
        faults.also(input::validate(&[(at.to_owned(), event)], Date::MAX));
        let Some(on) = event.effective_on() else { return };
        let name = if event.event.is_audit() { "ended_on" } else { "effective_on" };
        let far = on > as_of.plus_months(HORIZON_MONTHS);
        faults.when(far, format!("{at}/{name}"), "must be within six years of the first day of the plan");
        let said = event.details.clone().unwrap_or_default();
        for (name, day) in [("expires_on", said.expires_on), ("until", said.until)] {
            let far = day.is_some_and(|day| day > on.plus_months(12 * MAX_YEARS));
            let detail = format!("must be within {MAX_YEARS} years of the event");
            faults.when(far, format!("{at}/details/{name}"), detail);
        }
    }

    /// A certificate that is there, as it was at a moment.
    pub fn of(dossier: &Dossier, evaluations: &Evaluations, moment: Moment) -> Self {
        let (log, terms) = (dossier.log(), dossier.terms(moment));
        let life = Life::of(&log, &terms, moment);
        Self {
            resource: dossier.resource_id(),
            title: timeline::title(&dossier.facts_at(moment), life.edition()),
            status: life.status(moment.as_of.day),
            cycle: life.cycles().last().map(|cycle| cycle.cycle),
            terms,
            log: log.into_iter().filter(|event| event.holds(moment)).collect(),
            evaluated: dossier.evaluated(evaluations, moment),
            as_of: moment.as_of.day,
            until: None,
            assumed: Vec::new(),
        }
    }

    /// A certificate that is not there yet.
    pub fn new(standard: &str, edition: &str, settings: CycleSettings, as_of: Date) -> Self {
        let (standard, edition) = (standard.to_owned(), edition.to_owned());
        Self {
            resource: String::new(),
            title: format!("{standard} {edition}, a new certificate"),
            log: Vec::new(),
            terms: Terms { settings, standard, edition, ..Terms::default() },
            evaluated: EvaluationDays::default(),
            as_of,
            status: Status::NotYetValid,
            cycle: None,
            until: None,
            assumed: Vec::new(),
        }
    }

    /// The same with every cycle planned that begins by a day, each whole.
    #[must_use]
    pub fn through(self, until: Option<Date>) -> Self {
        Self { until, ..self }
    }

    /// The same with this assumed of findings that are open.
    #[must_use]
    pub fn assuming(mut self, findings: FindingAssumption) -> Self {
        if findings == FindingAssumption::ClosedByDue {
            self.assumed = findings::close(&mut self.terms, self.as_of);
        }
        self
    }

    /// The plan that these events and wishes make.
    pub fn simulate(&self, events: &[NewCertificationEvent], wishes: &[Wish<Type>]) -> PlannedCertification {
        let given = (0..).zip(events);
        let given = given.filter_map(|(n, new)| Some((Step::new(new.clone(), n), new.effective_on()?)));
        let wished = (WISHED..).zip(wishes).map(|(n, wish)| {
            let event = Step::new(NewCertificationEvent::of(wish.event), n);
            Wish { event, from: wish.from, to: wish.to }
        });
        let plan = simulate(self, given.collect(), wished.collect(), self.as_of);
        let last = plan.last_day(self.as_of);
        let life = self.life(&plan.placed);
        let moment = Moment::from(AsOf { day: last, past: false });
        let dues = life.dues(&self.terms, &self.evaluated, last);
        let happened = self.log.iter().map(timeline::happened);
        let resource = MilestoneResource { kind: Dossier::RESOURCE.to_owned(), id: self.resource.clone() };
        let entries = happened.chain(plan.entries(&dues, moment.as_of));
        PlannedCertification {
            title: self.title.clone(),
            timeline: timeline::line(resource, self.title.clone(), &life, moment, entries),
            status: life.status(last),
            validity: life.validity(),
            assumed_findings: self.assumed.clone(),
            steps: plan.steps,
        }
    }

    /// Whether nothing more is assumed, because it is over or has lapsed.
    fn is_over(&self) -> bool {
        use Status::{Closed, EditionEnded, ExpiredRestorable, Refused, TransferredOut, Voided, Withdrawn};
        matches!(
            self.status,
            Closed | EditionEnded | ExpiredRestorable | Refused | TransferredOut | Voided | Withdrawn
        )
    }

    fn log_with(&self, placed: &[Placed<Step>]) -> Vec<CertificationEvent> {
        let planned = placed.iter().filter_map(|one| one.event.on(one.on));
        self.log.iter().cloned().chain(planned).collect()
    }

    fn life(&self, placed: &[Placed<Step>]) -> Life {
        Life::of(&self.log_with(placed), &self.terms, AsOf { day: Date::MAX, past: false })
    }

    /// The days of events of this type, those that have happened and those that are placed.
    fn days<'a>(&'a self, placed: &'a [Placed<Step>], event: Type) -> impl Iterator<Item = Date> + 'a {
        // What led to a refusal leads to nothing more.
        let refused = self.log.iter().filter(|one| one.event == Type::Refused).map(|one| one.place()).max();
        let counts = move |one: &&CertificationEvent| one.event == event && refused < Some(one.place());
        let held = self.log.iter().filter(counts).map(|one| one.effective_on);
        let planned = placed.iter().filter(move |one| one.event.new.event == event).map(|one| one.on);
        held.chain(planned)
    }

    /// The first day of what comes after this step of the beginning: that step is no later than that.
    fn after_beginning(&self, placed: &[Placed<Step>], nth: usize) -> Option<Date> {
        BEGINNING[nth + 1..].iter().flat_map(|event| self.days(placed, *event)).min()
    }

    /// The steps of the beginning before a grant, or before stage 2, that are not there.
    fn lacking_beginning(&self, placed: &[Placed<Step>], which: &[usize], from: Date) -> Vec<(Step, Date)> {
        let missing = which.iter().filter(|nth| self.days(placed, BEGINNING[**nth]).next().is_none());
        let looked_from = |nth: usize| self.after_beginning(placed, nth).map_or(from, |on| on.min(from));
        missing.map(|nth| (Step::assumed(BEGINNING[*nth]), looked_from(*nth))).collect()
    }

    /// A renewal rests on a recertification audit, which is usual in the last months of a cycle.
    fn lacking_audit(&self, placed: &[Placed<Step>], from: Date, by: Date) -> Vec<(Step, Date)> {
        let history = self.life(placed).history();
        let audit = history.iter().rfind(|due| due.code == "recertification_audit");
        let Some(audit) = audit.filter(|due| due.done_on.is_none()) else { return Vec::new() };
        let looked_from = audit.window_opens.unwrap_or(from).min(by).max(from);
        vec![(Step::assumed(Type::RecertificationAuditCompleted), looked_from)]
    }

    /// The steps, with those of the cycles before a day, in a plan that goes on so far. A day until which a cycle can be
    /// restored still belongs to it.
    fn on_to(&self, placed: &[Placed<Step>], by: Date) -> Vec<Placed<Step>> {
        let mut all = placed.to_vec();
        while let Some((event, on)) = self.next_before(&all, by) {
            all.push(Placed { event, on, origin: PlanOrigin::Assumed, wished: None });
        }
        all
    }

    fn next_before(&self, placed: &[Placed<Step>], by: Date) -> Option<(Step, Date)> {
        self.until?;
        let last = self.life(placed).cycles().last()?.last_day();
        let over = self.as_of <= last && last.plus_months(RULES.restoration) < by;
        if over { self.next(placed, self.as_of) } else { None }
    }

    /// A late return rests on a stage 2 after the expiry.
    fn lacking_stage_2(&self, placed: &[Placed<Step>], from: Date) -> Vec<(Step, Date)> {
        let life = self.life(placed);
        let Some(last) = life.cycles().last().map(Validity::last_day) else { return Vec::new() };
        if self.days(placed, Type::Stage2Completed).any(|on| last < on) {
            return Vec::new();
        }
        vec![(Step::assumed(Type::Stage2Completed), last.plus_days(1).max(from))]
    }

    /// The next step that leads to a certificate.
    fn begins(&self, placed: &[Placed<Step>], from: Date) -> Option<(Step, Date)> {
        let is_missing = |event: &Type| self.days(placed, *event).next().is_none();
        let nth = BEGINNING.iter().position(is_missing)?;
        let before = BEGINNING[..nth].iter().flat_map(|event| self.days(placed, *event)).max();
        let first = before.map_or(from, |on| on.plus_days(1).max(from));
        let first = self.after_beginning(placed, nth).map_or(first, |on| on.min(first));
        let step = Step::assumed(BEGINNING[nth]);
        let last = self.as_of.plus_months(HORIZON_MONTHS).max(first);
        let on = first_permitted(self, placed, &step, first, last).unwrap_or(first);
        Some((step, on))
    }

    /// The next step of a cycle that has begun, and of those after it that are planned: what is due in one and not done.
    fn goes_on(&self, placed: &[Placed<Step>], life: &Life, cycle: i32, from: Date) -> Option<(Step, Date)> {
        let then = life.status(Date::MAX);
        if matches!(then, Status::Withdrawn | Status::TransferredOut) {
            return None;
        }
        let begins = |one: &Validity| one.decision_on.unwrap_or(one.valid_from);
        let at = life.cycles().iter().position(|one| one.cycle == cycle)?;
        let cycles = &life.cycles()[at..];
        let is_planned =
            |(n, one): &(usize, &Validity)| *n == 0 || self.until.is_some_and(|until| begins(one) <= until);
        let history = life.history();
        let planned = cycles.iter().enumerate().take_while(is_planned);
        planned.map(|(n, one)| (one.cycle, cycles.get(n + 1).map(begins))).find_map(|(cycle, next)| {
            let mut own = history.iter().filter(|due| due.cycle == cycle);
            own.find_map(|due| self.step_of(placed, due, next, from))
        })
    }

    /// The step that settles a date of a cycle, where one is missing; `next` is the day on which the cycle after it begins.
    fn step_of(
        &self,
        placed: &[Placed<Step>],
        due: &Due,
        next: Option<Date>,
        from: Date,
    ) -> Option<(Step, Date)> {
        let event = match due.code.as_str() {
            "surveillance_1" | "surveillance_2" => Type::SurveillanceCompleted,
            "recertification_audit" => Type::RecertificationAuditCompleted,
            "recertification_decision" if next.is_none() => Type::Recertified,
            _ => return None,
        };
        let on = due.due.max(from);
        let wanted = due.done_on.is_none() && next.is_none_or(|next| on < next);
        // Two that are overdue are one audit.
        let there = self.days(placed, event).any(|day| day == on);
        (wanted && !there).then(|| (Step::assumed(event), on))
    }
}

impl Plannable for CertificationPlanner {
    type Event = Step;

    fn name(&self, step: &Step) -> String {
        step.new.event.to_string()
    }

    fn title(&self, step: &Step) -> String {
        step.new.event.title().to_owned()
    }

    fn order(&self, step: &Step) -> i32 {
        step.order
    }

    fn against(&self, others: &[Placed<Step>], step: &Step, from: Date, to: Date) -> Vec<Vec<Breach>> {
        let Some(event) = step.on(from) else { return Vec::new() };
        let told = Life::objections_by_day(&self.log_with(others), &self.terms, &event, from, to);
        told.into_iter().map(|day| day.iter().map(Breach::from).collect()).collect()
    }

    fn lacking(&self, placed: &[Placed<Step>], step: &Step, from: Date, by: Date) -> Vec<(Step, Date)> {
        match step.new.event {
            Type::Stage2Completed if self.cycle.is_none() => self.lacking_beginning(placed, &[1], from),
            Type::Granted => self.lacking_beginning(placed, &[0, 1, 2], from),
            Type::RestoredAfterExpiry => self.lacking_audit(placed, from, by),
            Type::SurveillanceCompleted | Type::RecertificationAuditCompleted | Type::Recertified => {
                let all = self.on_to(placed, by);
                let before = all[placed.len()..].iter().map(|one| (one.event.clone(), one.on));
                let mut lacking: Vec<_> = before.collect();
                if step.new.event == Type::Recertified {
                    lacking.extend(self.lacking_audit(&all, from, by));
                }
                lacking
            }
            Type::ReinstatedAfterStage2 => self.lacking_stage_2(placed, from),
            _ => Vec::new(),
        }
    }

    fn next(&self, placed: &[Placed<Step>], from: Date) -> Option<(Step, Date)> {
        let life = self.life(placed);
        if self.is_over() {
            // What leads back begins another cycle, which is gone on with.
            let back = life.cycles().iter().map(|one| one.cycle).find(|one| self.cycle < Some(*one));
            return self.goes_on(placed, &life, back.filter(|_| self.until.is_some())?, from);
        }
        match self.cycle.or(life.cycles().first().map(|first| first.cycle)) {
            Some(cycle) => self.goes_on(placed, &life, cycle, from),
            None => self.begins(placed, from),
        }
    }

    fn dues(&self, placed: &[Placed<Step>]) -> Vec<Due> {
        self.life(placed).dues(&self.terms, &self.evaluated, self.as_of)
    }

    /// The day to which a first surveillance was put off binds in place of the one that it had.
    fn binds(&self, due: &Due) -> bool {
        due.rule.basis == RuleBasis::Normative || due.rule.id == RULES.postponement.id
    }

    fn asked(&self, placed: &[Placed<Step>]) -> Vec<Due> {
        self.life(placed).history()
    }

    fn settles(&self, step: &Step) -> &'static [&'static str] {
        match step.new.event {
            Type::Stage2Completed => &["stage_2"],
            Type::SurveillanceCompleted => &["surveillance_", "calendar_"],
            Type::RecertificationAuditCompleted => &["recertification_audit", "calendar_"],
            Type::Recertified => &["recertification_decision"],
            Type::RestoredAfterExpiry => &["restoration_limit"],
            Type::SuspensionLifted => &["suspension_review_"],
            _ => &[],
        }
    }
}
