//! Reports that follow each other without a gap: each period begins on the day after the one before it (D-20), and a letter
//! bridges the days until the next report (D-18).

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{EngagementPlanner, step::Step};
use crate::{
    assurance::attestations::{
        description::SystemDescription,
        engine::{Life, Successor, bridge_limit},
        log::AttestationEventType as Type,
        recorded,
        rules::RULES,
    },
    catalog::advice::ReportType,
    kernel::{error::Breach, time::Date},
    platform::diary::{Due, Placed, PlanStep, Simulated, Wish, simulate},
};

/// A report that follows another in a plan.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({ "title": "SOC 2 Type II, 2028-01-01 to 2028-12-31", "from": "2028-01-01", "to": "2028-12-31" }))]
pub struct FollowingReport {
    /// Which report it is, for people.
    #[schema(max_length = 200)]
    pub title: String,
    /// The first day of its period.
    pub from: Date,
    /// The last day of its period.
    pub to: Date,
    /// What is to happen, in order; all of it is assumed.
    #[schema(max_items = 200)]
    pub steps: Vec<PlanStep>,
}

/// One engagement, and what was planned for it.
pub(super) struct Round {
    planner: EngagementPlanner,
    pub(super) plan: Simulated<Step>,
    pub(super) life: Life,
}

impl Round {
    pub(super) fn of(planner: EngagementPlanner, given: Vec<(Step, Date)>, wishes: Vec<Wish<Step>>) -> Self {
        let plan = simulate(&planner, given, wishes, planner.as_of);
        let life = planner.life(&plan.placed);
        Self { planner, plan, life }
    }

    /// The engagement after it; none where the plan goes on no further.
    pub(super) fn followed(&self) -> Option<Self> {
        self.planner.followed_from(&self.life)?;
        let next = self.planner.after(self.life.window?.to);
        Some(Self::of(next, Vec::new(), Vec::new()))
    }

    /// What is due in it, once this one follows.
    pub(super) fn dues(&self, next: Option<&Self>) -> Vec<Due> {
        let next = next.and_then(|next| {
            let issued_on = next.life.standing().map(|one| one.report_date);
            Some(Successor { start: next.life.window?.from, issued_on })
        });
        self.life.dues(&self.planner.terms(), next)
    }

    /// What is told of it.
    pub(super) fn report(self) -> Option<FollowingReport> {
        let days = self.life.window?;
        let title = format!("{}, {} to {}", recorded::kind(self.planner.report), days.from, days.to);
        Some(FollowingReport { title, from: days.from, to: days.to, steps: self.plan.steps })
    }
}

impl EngagementPlanner {
    /// The first day of the period after this life's, where that is planned.
    fn followed_from(&self, life: &Life) -> Option<Date> {
        let start = life.window?.to.plus_days(1).max(self.as_of);
        let ended = life.cancelled_on.is_some() || life.recall.is_some();
        let follows = self.report == ReportType::Type2 && !ended;
        self.until.filter(|until| follows && start <= *until).map(|_| start)
    }

    /// An engagement that follows a period that ends on this day.
    pub(super) fn after(&self, end: Date) -> Self {
        Self {
            resource: String::new(),
            plan: None,
            description: SystemDescription::default(),
            log: Vec::new(),
            open: true,
            prior_end: Some(end),
            ..self.clone()
        }
    }

    /// What begins an engagement that follows another, until its period is open: what comes before that, a month ahead.
    pub(super) fn begins(&self, placed: &[Placed<Step>]) -> Option<(Step, Date)> {
        let life = self.life(placed);
        let start = self.prior_end.filter(|_| life.window.is_none())?.plus_days(1).max(self.as_of);
        let from = start.minus_days(RULES.readiness_days).max(self.as_of);
        let before = self.lacking_beginning(&life, from, start);
        Some(before.into_iter().next().unwrap_or_else(|| (self.assumed(Type::WindowOpened), start)))
    }

    /// A letter bridges the days after a report until the next, as far as one customarily reaches.
    pub(super) fn letter(&self, placed: &[Placed<Step>], from: Date) -> Option<(Step, Date)> {
        let life = self.life(placed);
        self.followed_from(&life)?;
        let limit = bridge_limit(life.window?.to);
        let issued = life.standing()?.report_date;
        let there = life.bridged().is_some_and(|days| limit <= days.to);
        (issued <= limit && from <= limit && !there).then(|| (self.assumed(Type::BridgeIssued), limit))
    }

    /// The days between the period before and one that begins on this day.
    pub(super) fn gap(&self, start: Date) -> Option<Breach> {
        let next = self.prior_end?.plus_days(1);
        let days = start.days_since(next);
        (days > 0).then(|| {
            let reason =
                format!("no report speaks of the {days} days from {next} to {}", start.minus_days(1));
            RULES.continuity.against(reason, format!("a period that begins on {next}"))
        })
    }

    /// A letter that reaches further than is customary.
    pub(super) fn long_letter(&self, placed: &[Placed<Step>], one: &Placed<Step>) -> Option<Breach> {
        let limit = bridge_limit(self.life(placed).window?.to);
        let through = one.event.on(one.on).details.0.bridge?.covers_through;
        (limit < through).then(|| {
            let reason = format!("the letter reaches {through}; customarily it ends by {limit}");
            RULES.bridge_letter.against(reason, format!("covers_through until {limit}"))
        })
    }
}
