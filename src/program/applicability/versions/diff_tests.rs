use uuid::Uuid;

use super::*;
use crate::{
    kernel::id::{Id, Kind},
    program::{
        applicability::{
            entry::{ControlLink, Decision, EntryKind, LinkedControl, ReasonKind},
            model::iso,
            versions::{content::Subject, content::Totals},
        },
        controls::ControlStatus,
        risks::{RiskLine, RiskStatus},
    },
};

fn id<K: Kind>(n: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(n))
}

fn entry(key: &str) -> FrozenEntry {
    let control = LinkedControl {
        id: id(1),
        code: "AC-01".parse().unwrap(),
        title: "Access".parse().unwrap(),
        status: ControlStatus::Partial,
        link: ControlLink::Entry,
    };
    FrozenEntry {
        id: key.parse().unwrap(),
        kind: EntryKind::AnnexA,
        title: "Access control".parse().unwrap(),
        theme: None,
        decision: Decision::Included,
        reasons: vec![Reason { kind: ReasonKind::Risk, text: None, risks: vec![id(7)] }],
        exclusion: None,
        note: "".parse().unwrap(),
        implemented: Some(false),
        why: "AC-01 is partial".to_owned(),
        controls: vec![control],
        risks: vec![RiskLine {
            id: id(7),
            code: "R-7".parse().unwrap(),
            title: "A risk".parse().unwrap(),
            treatment: None,
            status: RiskStatus::InTreatment,
        }],
    }
}

fn content(entries: Vec<FrozenEntry>) -> Content {
    let statement = Subject {
        id: id(1),
        name: "Platform".parse().unwrap(),
        framework: iso(),
        framework_name: "ISO/IEC 27001:2022".parse().unwrap(),
        scope: "Everything".parse().unwrap(),
    };
    Content { statement, approval: None, totals: Totals::default(), entries }
}

#[test]
fn the_same_does_not_differ() {
    let same = content(vec![entry("A.5.1")]);
    assert_eq!(Differences::between(&same, &same).count(), 0);
}

#[test]
fn what_came_went_and_changed_is_told_with_its_fields() {
    let mut excluded = entry("A.5.2");
    excluded.decision = Decision::Excluded;
    excluded.reasons = Vec::new();
    excluded.exclusion = Some("Not needed".parse().unwrap());
    excluded.implemented = None;
    let mut wider = content(vec![entry("A.5.1"), excluded, entry("A.5.4")]);
    wider.statement.scope = "Everything and more".parse().unwrap();
    let before = content(vec![entry("A.5.1"), entry("A.5.2"), entry("A.5.3")]);
    let found = Differences::between(&before, &wider);
    assert_eq!(found.count(), 4);
    assert_eq!(found.statement[0].field, "scope");
    assert_eq!((found.added[0].id.as_str(), found.removed[0].id.as_str()), ("A.5.4", "A.5.3"));
    let told: Vec<_> = found.changed[0]
        .fields
        .iter()
        .map(|one| (one.field.as_str(), one.before.as_deref(), one.after.as_deref()))
        .collect();
    assert_eq!(found.changed[0].id.as_str(), "A.5.2");
    assert_eq!(
        told,
        [
            ("decision", Some("included"), Some("excluded")),
            ("reasons", Some("risk: R-7"), None),
            ("exclusion", None, Some("Not needed")),
            ("implemented", Some("no"), None),
        ]
    );
}

#[test]
fn a_control_that_comes_further_is_a_change() {
    let mut later = entry("A.5.1");
    later.controls[0].status = ControlStatus::Implemented;
    later.implemented = Some(true);
    let found = Differences::between(&content(vec![entry("A.5.1")]), &content(vec![later]));
    let fields: Vec<_> = found.changed[0].fields.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(fields, ["implemented", "controls"]);
    assert_eq!(found.changed[0].fields[1].after.as_deref(), Some("AC-01 (implemented)"));
}
