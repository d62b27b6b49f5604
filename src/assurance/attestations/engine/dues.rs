//! What is due in an engagement (D.3). All of it is convention; each date says which rule it rests on.

use super::{AttestationState, Life, Terms, bridge_limit};
use crate::{
    assurance::attestations::rules::RULES,
    catalog::advice::ReportType,
    kernel::time::Date,
    platform::{
        db::Doc,
        diary::{Due, Rule, RuleInput},
    },
    program::evidence::Period,
};

/// The later reports of the same scope, as far as they have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Successor {
    /// The first day that one of them speaks of.
    pub start: Date,
    /// The first day that one of them bears that is issued and stands.
    pub issued_on: Option<Date>,
}

impl Successor {
    /// What others of the same scope are to a report that speaks of days until this one: those that reach further. A
    /// report that was recalled has had its window, and settles nothing else; one that was cancelled is none.
    pub fn of(end: Date, others: impl Iterator<Item = Life>) -> Option<Self> {
        let reaches = |life: Life| {
            let covers = life.covers().filter(|covers| covers.to > end)?;
            let told = (covers.from, life.standing().map(|report| report.report_date));
            (life.state() != AttestationState::Cancelled).then_some(told)
        };
        let later: Vec<_> = others.filter_map(reaches).collect();
        Some(Self {
            start: later.iter().map(|(start, _)| *start).min()?,
            issued_on: later.iter().filter_map(|(_, issued_on)| *issued_on).min(),
        })
    }
}

/// The days from which everything is counted.
struct Base {
    covers: Period,
    /// Whether they are only intended so far.
    assumed: bool,
    two: bool,
}

impl Life {
    /// Everything that is due; nothing once it was recalled or cancelled.
    pub fn dues(&self, terms: &Terms<'_>, next: Option<Successor>) -> Vec<Due> {
        let known = self.covers();
        let Some(covers) = known.or(terms.plan) else { return Vec::new() };
        if self.cancelled_on.is_some() || self.recall.is_some() {
            return Vec::new();
        }
        let base = Base { covers, assumed: known.is_none(), two: terms.report == ReportType::Type2 };
        let mut dues = if self.registered { Vec::new() } else { self.work(&base) };
        if base.two {
            dues.push(Due {
                done_on: next.map(|next| next.start),
                ..base.due("next_window", "The next window starts", covers.to.plus_days(1), &RULES.continuity)
            });
        }
        dues.extend(self.ageing(&base, terms, next));
        dues
    }

    /// What leads to the report.
    fn work(&self, base: &Base) -> Vec<Due> {
        let Period { from, to } = base.covers;
        let issued_on = self.report.as_ref().map(|one| one.report_date);
        let target = to.plus_days(RULES.target_days);
        let mut dues = vec![Due {
            done_on: self.ready_on,
            ..base.due(
                "readiness",
                "Readiness is complete",
                from.minus_days(RULES.readiness_days),
                &RULES.dates,
            )
        }];
        if base.two {
            dues.extend(self.checks(base));
        }
        dues.extend([
            Due {
                done_on: self.assertion.as_ref().map(|one| one.signed_on),
                ..base.due(
                    "description_and_assertion",
                    "Description and assertion are drafted",
                    to.minus_days(RULES.draft_days),
                    &RULES.dates,
                )
            },
            Due {
                window_opens: base.two.then_some(from),
                done_on: self.fieldwork_on.or(issued_on),
                ..base.due("fieldwork", "Fieldwork starts", to.plus_days(1), &RULES.dates)
            },
            Due {
                window_opens: Some(to.plus_days(1)),
                done_on: issued_on,
                ..base.due("report", "The report is issued", target, &RULES.dates)
            },
        ]);
        dues
    }

    /// A look through the evidence after each three months; the nth is done by the nth that was recorded. What was not
    /// looked through before the report will not be any more.
    fn checks(&self, base: &Base) -> Vec<Due> {
        let Period { from, to } = base.covers;
        let ends = |n: u32| from.period_end(RULES.quarter * n);
        let quarters = (1..).map(|n| (n, ends(n)));
        let within = quarters.take_while(|(_, due)| *due <= to && *due < Date::MAX);
        let mut done = self.checks.iter().copied();
        let check = |(n, due): (u32, Date)| Due {
            window_opens: Some(ends(n - 1).plus_days(1)),
            done_on: done.next(),
            ..base.due(&format!("evidence_check_{n}"), "The controls' evidence is checked", due, &RULES.dates)
        };
        let open = |due: &Due| due.done_on.is_some() || self.report.is_none();
        within.map(check).filter(open).collect()
    }

    /// How long readers take the report as current. A later report settles all of it.
    fn ageing(&self, base: &Base, terms: &Terms<'_>, next: Option<Successor>) -> Vec<Due> {
        let Some(ages) = self.ages(terms) else { return Vec::new() };
        let settled = next.and_then(|next| next.issued_on);
        let of = |code, title, due, rule| Due { done_on: settled, ..base.due(code, title, due, rule) };
        let bridge = base.two.then(|| {
            let limit = bridge_limit(base.covers.to);
            let opens = Some(base.covers.to.plus_days(1));
            Due {
                window_opens: opens,
                ..of("bridge_limit", "A bridge letter reaches no further", limit, &RULES.bridge_letter)
            }
        });
        let rest = [
            of("ageing", "The report is ageing from this day on", ages.ageing_from, &RULES.currency),
            of(
                "current_through",
                "The report is current through this day",
                ages.current_through,
                &RULES.currency,
            ),
            of("stale", "The report is stale from this day on", ages.stale_from, &RULES.currency),
        ];
        bridge.into_iter().chain(rest).collect()
    }
}

impl Base {
    fn due(&self, code: &str, title: &str, due: Date, rule: &Rule) -> Due {
        let input = |name: &str, value: Date| RuleInput { name: name.to_owned(), value: value.to_string() };
        let inputs = match self.two {
            true => vec![input("start", self.covers.from), input("end", self.covers.to)],
            false => vec![input("as_of", self.covers.to)],
        };
        Due {
            code: code.to_owned(),
            cycle: 0,
            title: title.to_owned(),
            window_opens: None,
            due,
            done_on: None,
            assumed: self.assumed,
            rule: convention(rule),
            inputs: Doc(inputs),
        }
    }
}

/// The rule as these dates cite it: none of them is in its text.
fn convention(rule: &Rule) -> Doc<crate::platform::diary::RuleRef> {
    Rule { clause: "convention", ..*rule }.by_convention()
}
