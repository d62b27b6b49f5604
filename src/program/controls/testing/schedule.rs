//! When a control is to be performed and tested again: as its frequency and the newest test of each kind say.

use std::collections::HashMap;

use super::{
    model::{ControlTest, ControlTestKind},
    store,
};
use crate::{
    kernel::{
        error::Result,
        id::{ControlId, EvidenceId},
        time::Date,
    },
    platform::{
        db::Doc,
        diary::{Dates, Due, Rule, RuleBasis, RuleInput},
        journal::Write,
        room::Stored,
    },
    program::controls::{Control, ControlStatus, model::Frequency},
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

/// What shows that processes are carried out as planned is kept; how often is the tenant's own.
const PERFORMED: Rule = Rule {
    id: "CTL-2",
    clause: "ISO/IEC 27001:2022 8.1",
    basis: RuleBasis::Convention,
    source_checked: false,
    rule_set: "ISO/IEC 27001:2022",
};

/// The newest evidence that a control was performed, and the last day that it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operated {
    /// The evidence.
    pub evidence: EvidenceId,
    /// The day.
    pub on: Date,
}

/// Brings the dates of these controls in the diary up to date; three statements, and one for each date that moves. Hold the
/// controls before their newest evidence is looked up: two writers of one schedule then come one after the other.
///
/// # Errors
/// When the database fails.
pub async fn reschedule(
    tx: &mut Write,
    ids: &[ControlId],
    operated: &HashMap<ControlId, Operated>,
) -> Result<()> {
    let mut all = Control::by_ids(tx, ids).await?;
    all.sort_by_key(|control| control.id.uuid());
    let mut tests: HashMap<ControlId, Vec<ControlTest>> = HashMap::new();
    for test in store::newest_of_kinds(tx, ids).await? {
        tests.entry(test.control_id).or_default().push(test);
    }
    let dated = |control: &Control| {
        let own: &[ControlTest] = tests.get(&control.id).map_or(&[], Vec::as_slice);
        Dates::of(control, dues(control, own, operated.get(&control.id).copied()))
    };
    let dates: Vec<_> = all.iter().map(dated).collect();
    tx.expect_all(&dates).await
}

/// The next test of each kind, and the next performance; none of a control that is retired. `tests` are the newest of each
/// kind.
fn dues(control: &Control, tests: &[ControlTest], operated: Option<Operated>) -> Vec<Due> {
    if control.status == ControlStatus::Retired {
        return Vec::new();
    }
    let newest = |kind: &ControlTestKind| tests.iter().find(|test| test.kind == *kind);
    let tested = ControlTestKind::ALL.iter().filter_map(newest).filter_map(|test| again(control, test));
    tested.chain(operation(control, operated)).collect()
}

fn input(name: &str, value: String) -> RuleInput {
    RuleInput { name: name.to_owned(), value }
}

fn again(control: &Control, test: &ControlTest) -> Option<Due> {
    let due = test.next_due?;
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

/// The next performance of a control that is in use: counted from what shows the last one, or assumed from the day on
/// which the control was entered.
fn operation(control: &Control, operated: Option<Operated>) -> Option<Due> {
    let frequency = control.frequency.filter(|_| control.status == ControlStatus::Implemented)?;
    let entered = control.created_at.date_in(chrono_tz::UTC);
    let (window_opens, due) = next(frequency, operated.map_or(entered, |last| last.on))?;
    let from = match operated {
        Some(last) => {
            vec![input("last_evidence", last.evidence.to_string()), input("operated_on", last.on.to_string())]
        }
        None => vec![input("entered_on", entered.to_string())],
    };
    let inputs = [vec![input("frequency", frequency.to_string())], from].concat();
    Some(Due {
        code: "operation".to_owned(),
        cycle: 0,
        title: format!("Next performance of the control {}", control.code),
        window_opens: Some(window_opens),
        due,
        done_on: None,
        assumed: operated.is_none(),
        rule: PERFORMED.cite(),
        inputs: Doc(inputs),
    })
}

/// The first and the last day on which a control is performed in time after this one; none where no day is set.
fn next(frequency: Frequency, last: Date) -> Option<(Date, Date)> {
    let (due, window) = match frequency {
        Frequency::Continuous | Frequency::AsNeeded => return None,
        Frequency::Daily => (last.plus_days(1), 0),
        Frequency::Weekly => (last.plus_days(7), 2),
        Frequency::Monthly => (last.plus_months(1), 7),
        Frequency::Quarterly => (last.plus_months(3), 14),
        Frequency::SemiAnnual => (last.plus_months(6), WINDOW),
        Frequency::Annual => (last.plus_months(12), WINDOW),
    };
    Some((due.minus_days(window), due))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_frequency_has_its_next_day() {
        let last: Date = "2027-08-31".parse().unwrap();
        for (frequency, wanted) in [
            (Frequency::Continuous, None),
            (Frequency::AsNeeded, None),
            (Frequency::Daily, Some(("2027-09-01", "2027-09-01"))),
            (Frequency::Weekly, Some(("2027-09-05", "2027-09-07"))),
            (Frequency::Monthly, Some(("2027-09-23", "2027-09-30"))),
            (Frequency::Quarterly, Some(("2027-11-16", "2027-11-30"))),
            (Frequency::SemiAnnual, Some(("2028-01-30", "2028-02-29"))),
            (Frequency::Annual, Some(("2028-08-01", "2028-08-31"))),
        ] {
            let told = next(frequency, last).map(|(from, to)| (from.to_string(), to.to_string()));
            assert_eq!(told, wanted.map(|(from, to)| (from.to_owned(), to.to_owned())), "{frequency}");
        }
    }
}
