//! SOC 2 reports: `tests/vectors/soc2-coverage.json`, and further vectors of its shape.

mod enter;
mod given;
mod told;

use super::{Api, IN_THE_END, Surface, vectors};
use crate::support::*;
use enter::{Entered, OPINIONS};
use given::Given;
use told::Told;

const FILES: [&str; 2] =
    [include_str!("../../vectors/soc2-coverage.json"), include_str!("../../vectors/more-soc2-coverage.json")];

/// Enters every vector and compares what it expects.
pub(super) async fn hold(app: &TestApp, surface: Surface) {
    app.clock.at(IN_THE_END);
    let mut wrong = Vec::new();
    for vector in vectors(&FILES) {
        let (api, given) = (Api::of(app, surface, &vector).await, Given::of(&vector));
        if given.has("exceptions") {
            opinions(&api, &given).await;
            continue;
        }
        let entered = if given.is_scope() {
            enter::scope(&api, &given).await
        } else {
            enter::reports(&api, &given).await
        };
        let told = look(&api, &given, entered).await;
        for (name, expected) in given.expect {
            let found = if name == "currency_on" {
                currencies(&api, &told, expected).await
            } else {
                told.of(name, expected)
            };
            if found != *expected {
                wrong.push(format!("{} {name}: {found} where {expected} is expected", given.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Reads what became of what was entered.
async fn look<'a>(api: &Api<'_>, given: &'a Given<'a>, entered: Entered) -> Told<'a> {
    let mut reports = Vec::new();
    for id in &entered.ids {
        reports.push(told::read(api, id, None).await);
    }
    let due = match entered.ids.first() {
        Some(id) => api.milestones(id).await,
        None => Vec::new(),
    };
    let coverage = match given.window() {
        Some((from, to)) => told::coverage(api, from, to).await,
        None => Value::Null,
    };
    Told { given, ids: entered.ids, refused: entered.refused, reports, due, coverage }
}

/// How readers take the first report on these days.
async fn currencies(api: &Api<'_>, told: &Told<'_>, expected: &Value) -> Value {
    let mut currencies = json!({});
    for on in expected.as_object().unwrap().keys() {
        currencies[on] = told::read(api, &told.ids[0], Some(on)).await["currency"].clone();
    }
    currencies
}

/// Engagements whose tests had so many exceptions, and of whose criteria so many were not met: each opinion can be issued
/// (D-07, D-08).
async fn opinions(api: &Api<'_>, given: &Given<'_>) {
    let stored = enter::opinions(api, given).await;
    let whose = if stored == OPINIONS { "set by the auditor" } else { "set by the service" };
    for (name, expected) in given.expect {
        assert_eq!(name, "opinion", "{}: nothing tells {name}", given.id);
        let expected = expected.as_str().unwrap();
        let possible = |opinion: &String| format!("{whose}; {opinion} is possible");
        let told = stored.iter().map(possible).chain([whose.to_owned()]).any(|told| told == expected);
        assert!(told, "{} {name}: {whose}, {stored:?}", given.id);
    }
}
