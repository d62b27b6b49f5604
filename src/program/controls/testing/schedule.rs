//! When a control is to be tested again: as the newest test of each kind says.

use futures_util::future::BoxFuture;

use super::{
    model::{ControlTest, ControlTestKind},
    store,
};
use crate::{
    kernel::error::Result,
    platform::{
        db::Doc,
        diary::{Due, Rule, RuleBasis, RuleInput},
        journal::{Ripple, Write},
        room::Stored,
    },
    program::controls::{Control, ControlStatus, store::hold},
};

/// Days in which a test that is due can be prepared (convention).
const WINDOW: u64 = 30;

/// What is measured is measured at set times; the day is the tenant's own.
const REPEATED: Rule = Rule {
    id: "CTL-1",
    clause: "ISO/IEC 27001:2022 9.1",
    basis: RuleBasis::Convention,
    source_checked: true,
    rule_set: "ISO/IEC 27001:2022",
};

/// Keeps the diary when a control was tested, or came into use or out of it.
pub fn follow(tx: &mut Write, ripple: Ripple) -> BoxFuture<'_, Result<()>> {
    Box::pin(async move {
        let Ripple::ControlTests(id) = ripple else { return Ok(()) };
        hold(tx, id).await?;
        let Some(control) = Control::find(tx, id).await? else { return Ok(()) };
        let tests = store::of_controls(tx, &[id]).await?;
        tx.expect(&control, &dues(&control, &tests)).await
    })
}

/// The next test of each kind; none of a control that is retired. `tests` come newest first.
fn dues(control: &Control, tests: &[ControlTest]) -> Vec<Due> {
    if control.status == ControlStatus::Retired {
        return Vec::new();
    }
    let newest = |kind: &ControlTestKind| tests.iter().find(|test| test.kind == *kind);
    ControlTestKind::ALL.iter().filter_map(newest).filter_map(|test| again(control, test)).collect()
}

fn again(control: &Control, test: &ControlTest) -> Option<Due> {
    let due = test.next_due?;
    let input = |name: &str, value: String| RuleInput { name: name.to_owned(), value };
    Some(Due {
        code: format!("test_{}", test.kind),
        cycle: 0,
        title: format!("Next test of the control {}", control.code),
        window_opens: Some(due.minus_days(WINDOW).max(test.performed_on)),
        due,
        done_on: None,
        assumed: false,
        rule: REPEATED.cite(),
        inputs: Doc(vec![
            input("last_test", test.id.to_string()),
            input("performed_on", test.performed_on.to_string()),
            input("next_due", due.to_string()),
        ]),
    })
}
