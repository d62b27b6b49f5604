//! A plan of two steps, with rules of days and of order.

use super::*;
use crate::platform::{db::Doc, diary::Rule};

static NORM: Rule = Rule {
    id: "N-1",
    clause: "a standard",
    basis: RuleBasis::Normative,
    source_checked: true,
    rule_set: "test",
};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// An `end` does not come before a `start`, which may be due by a day.
struct Two {
    due: Option<(Date, RuleBasis)>,
}

impl Plannable for Two {
    type Event = &'static str;

    fn name(&self, event: &&'static str) -> String {
        (*event).to_owned()
    }
    fn title(&self, event: &&'static str) -> String {
        format!("The {event}")
    }
    fn order(&self, event: &&'static str) -> i32 {
        i32::from(*event == "end")
    }
    fn against(
        &self,
        others: &[Placed<&'static str>],
        event: &&'static str,
        from: Date,
        to: Date,
    ) -> Vec<Vec<Breach>> {
        let days = u64::try_from(to.days_since(from) + 1).unwrap();
        let started = |on: Date| others.iter().any(|one| one.event == "start" && one.on <= on);
        let told = |n| match from.plus_days(n) {
            on if *event == "end" && !started(on) => vec![NORM.against("not started", "start")],
            _ => Vec::new(),
        };
        (0..days).map(told).collect()
    }
    fn lacking(
        &self,
        placed: &[Placed<&'static str>],
        event: &&'static str,
        from: Date,
        _: Date,
    ) -> Vec<(&'static str, Date)> {
        let wanted = *event == "end" && !placed.iter().any(|one| one.event == "start");
        wanted.then_some(("start", from)).into_iter().collect()
    }
    fn next(&self, placed: &[Placed<&'static str>], from: Date) -> Option<(&'static str, Date)> {
        let ended = placed.iter().any(|one| one.event == "end");
        (!ended).then(|| ("end", from.plus_months(12)))
    }
    fn dues(&self, placed: &[Placed<&'static str>]) -> Vec<Due> {
        let start = placed.iter().find(|one| one.event == "start");
        let due = |(due, basis)| Due {
            code: "start_by".to_owned(),
            cycle: 0,
            title: "The start".to_owned(),
            window_opens: None,
            due,
            done_on: start.map(|one| one.on),
            assumed: false,
            rule: Rule { basis, ..NORM }.cite(),
            inputs: Doc(Vec::new()),
        };
        self.due.map(due).into_iter().collect()
    }
    fn settles(&self, event: &&'static str) -> &'static [&'static str] {
        if *event == "start" { &["start_"] } else { &[] }
    }
}

fn on(bound: &Option<PlanBound>) -> Option<String> {
    bound.as_ref().map(|bound| bound.on.to_string())
}

fn wish(event: &'static str, from: &str, to: &str) -> Wish<&'static str> {
    Wish { event, from: day(from), to: day(to) }
}

#[test]
fn what_a_wish_lacks_comes_first_and_the_rest_is_assumed() {
    let subject = Two { due: None };
    let plan =
        simulate(&subject, Vec::new(), vec![wish("end", "2027-03-01", "2027-03-07")], day("2027-01-04"));
    let told: Vec<_> =
        plan.steps.iter().map(|step| (step.event.as_str(), step.on.to_string(), step.origin)).collect();
    assert_eq!(
        told,
        [
            ("start", "2027-01-04".to_owned(), PlanOrigin::Assumed),
            ("end", "2027-03-01".to_owned(), PlanOrigin::Wished)
        ]
    );
    let [start, end] = &plan.steps[..] else { panic!("{told:?}") };
    assert_eq!(
        (on(&start.earliest), on(&start.latest)),
        (Some("2027-01-04".to_owned()), Some("2027-03-01".to_owned()))
    );
    assert_eq!(start.latest.as_ref().unwrap().beyond.as_ref().unwrap().reason, "not started");
    assert_eq!((on(&end.earliest), on(&end.latest)), (Some("2027-01-04".to_owned()), None));
    assert_eq!((end.wished_from, end.wished_to), (Some(day("2027-03-01")), Some(day("2027-03-07"))));
    let rest = simulate(&subject, vec![("start", day("2027-01-10"))], Vec::new(), day("2027-01-04"));
    assert_eq!(rest.steps[1].on, day("2028-01-04"));
    let earliest = rest.steps[1].earliest.as_ref().unwrap();
    assert_eq!((earliest.on, earliest.beyond.is_some()), (day("2027-01-10"), true));
}

#[test]
fn a_wish_takes_the_first_permitted_of_its_days_or_is_told_what_speaks_against_it() {
    let subject = Two { due: None };
    let plan = |from: &str, to: &str| {
        let given = vec![("start", day("2027-03-04"))];
        let plan = simulate(&subject, given, vec![wish("end", from, to)], day("2027-01-04"));
        let step = plan.steps.into_iter().find(|step| step.event == "end").unwrap();
        (step.on.to_string(), step.breaches.len())
    };
    assert_eq!(plan("2027-03-01", "2027-03-07"), ("2027-03-04".to_owned(), 0));
    assert_eq!(plan("2027-02-01", "2027-02-07"), ("2027-02-01".to_owned(), 1));
    // From the first day of the plan on.
    assert_eq!(plan("2026-12-28", "2027-03-10"), ("2027-03-04".to_owned(), 0));
}

#[test]
fn a_rule_binds_the_latest_day_and_a_convention_only_tells_it() {
    let due = day("2027-02-10");
    let start = |basis, on: &str| {
        let subject = Two { due: Some((due, basis)) };
        simulate(&subject, vec![("start", day(on))], Vec::new(), day("2027-01-04")).steps.remove(0)
    };
    let bound = start(RuleBasis::Normative, "2027-02-01");
    assert_eq!((on(&bound.latest), bound.usual_by), (Some("2027-02-10".to_owned()), None));
    assert_eq!(bound.milestone.as_deref(), Some("start_by"));
    let late = start(RuleBasis::Normative, "2027-02-11");
    assert_eq!((late.breaches[0].rule.as_str(), late.unusual.len()), ("N-1", 0));
    let usual = start(RuleBasis::Convention, "2027-02-11");
    assert_eq!((usual.usual_by, usual.breaches.len(), usual.unusual.len()), (Some(due), 0, 1));
}
