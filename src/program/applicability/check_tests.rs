use uuid::Uuid;

use super::*;
use crate::{
    kernel::id::{Id, Kind, TenantId},
    platform::db::Doc,
    program::{
        applicability::{
            entry::{Entry, Reason},
            model::{iso, with_annex},
            sheet::{Material, sheet},
        },
        controls::ControlLine,
        risks::RiskLine,
    },
};

fn id<K: Kind>(n: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(n))
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn control(n: u128, status: ControlStatus) -> ControlLine {
    let code = format!("C-{n}").parse().unwrap();
    ControlLine { id: id(n), code, title: "A control".parse().unwrap(), status }
}

fn key(text: &str) -> EntryKey {
    text.parse().unwrap()
}

fn reason(kind: ReasonKind) -> Reason {
    Reason { kind, text: None, risks: Vec::new() }
}

/// Every Annex A control is included for the business, and C-1, which is implemented, counts towards each.
fn sound() -> Material {
    let annex: Vec<_> = with_annex(&iso())
        .unwrap()
        .requirements
        .iter()
        .filter(|one| one.id.as_str().starts_with("A."))
        .map(|one| one.id.clone())
        .collect();
    assert_eq!(annex.len(), 93);
    let said = annex.iter().map(|one| Entry {
        decision: Decision::Included,
        reasons: Doc(vec![reason(ReasonKind::Business)]),
        version: 1,
        ..Entry::untouched(TenantId::from_uuid(Uuid::nil()), id(1), EntryKey::of(one))
    });
    let naming = annex.iter().map(|one| (one.clone(), control(1, ControlStatus::Implemented)));
    Material { said: said.collect(), naming: naming.collect(), ..Material::default() }
}

/// The same, and something else said of one Annex A control.
fn but(item: &str, change: impl FnOnce(&mut Entry)) -> Material {
    let mut material = sound();
    change(material.said.iter_mut().find(|one| one.id == key(item)).unwrap());
    material
}

fn with_own(status: ControlStatus, reasons: Vec<Reason>) -> Material {
    let mut material = sound();
    let own = Entry::own(TenantId::from_uuid(Uuid::nil()), id(1), id(9));
    material.own.push((own.id.clone(), control(9, status)));
    material.said.push(Entry { reasons: Doc(reasons), version: 1, ..own });
    material
}

fn treated(n: u128, control_status: ControlStatus) -> Treated {
    Treated {
        risk_code: format!("R-{n}").parse().unwrap(),
        control: id(n),
        control_code: format!("C-{n}").parse().unwrap(),
        control_status,
    }
}

fn entries(material: Material) -> Vec<EntryView> {
    let (tenant, framework) = (TenantId::from_uuid(Uuid::nil()), iso());
    sheet(tenant, id(1), with_annex(&framework).unwrap(), material)
}

fn residual(n: u128, accepted_until: Option<Date>) -> ResidualRisk {
    let accepted_on = accepted_until.map(|_| day("2026-01-01"));
    ResidualRisk { id: id(70 + n), code: format!("R-{n}").parse().unwrap(), accepted_on, accepted_until }
}

/// What is known beside the statement.
#[derive(Default)]
struct Around {
    treated: Vec<Treated>,
    taken: Vec<Treated>,
    treatment: Treatment,
    residual: Vec<ResidualRisk>,
}

impl Around {
    fn check(&self, material: Material, approved: Option<(i32, usize)>) -> Check {
        let entries = entries(material);
        Check::of(&Looked {
            statement_id: id(1),
            entries: &entries,
            treated: &self.treated,
            taken: &self.taken,
            treatment: &self.treatment,
            residual: &self.residual,
            approved,
            today: day("2026-11-24"),
        })
    }

    /// As [`faults`].
    fn faults(&self, material: Material) -> Vec<(String, Severity, String)> {
        told(self.check(material, Some((1, 0))))
    }
}

fn checked(material: Material, treated: &[Treated], approved: Option<(i32, usize)>) -> Check {
    Around { treated: treated.to_vec(), ..Around::default() }.check(material, approved)
}

/// Rule, weight and entry of each fault; the statement is approved and unchanged, so that B.1.7 is silent.
fn faults(material: Material, treated: &[Treated]) -> Vec<(String, Severity, String)> {
    told(checked(material, treated, Some((1, 0))))
}

fn told(check: Check) -> Vec<(String, Severity, String)> {
    assert_eq!(check.complete, check.errors == 0);
    let told = |one: Finding| {
        assert!(!one.detail.is_empty() && !one.remedy.is_empty(), "{one:?}");
        (one.rule.id, one.severity, one.entry.map(|key| key.to_string()).unwrap_or_default())
    };
    check.faults.into_iter().map(told).collect()
}

fn one(rule: &str, severity: Severity, entry: &str) -> Vec<(String, Severity, String)> {
    vec![(rule.to_owned(), severity, entry.to_owned())]
}

#[test]
fn a_sound_statement_has_no_fault() {
    assert_eq!(faults(sound(), &[]), Vec::new());
    let totals = checked(sound(), &[], Some((1, 0))).totals;
    let wanted = Totals { annex_a: 93, included: 93, implemented: 93, ..Totals::default() };
    assert_eq!(totals, wanted);
}

#[test]
fn the_93_are_included_or_excluded_without_overlap_and_without_gaps() {
    use Severity::Error;
    let undecided = but("A.5.1", |one| one.decision = Decision::Undecided);
    assert_eq!(faults(undecided, &[]), one("B.1.3", Error, "A.5.1"));
    let mut gone = sound();
    gone.said.retain(|one| one.id != key("A.8.34"));
    assert_eq!(faults(gone, &[]), one("B.1.3", Error, "A.8.34"));
    let bare = but("A.5.2", |one| {
        one.decision = Decision::Excluded;
        one.reasons = Doc(Vec::new());
    });
    assert_eq!(faults(bare, &[]), one("B.1.3", Error, "A.5.2"));
    let both = but("A.5.3", |one| one.exclusion = Some("Not needed".parse().unwrap()));
    assert_eq!(faults(both, &[]), one("B.1.3", Error, "A.5.3"));
    let other = but("A.5.3", |one| {
        one.decision = Decision::Excluded;
        one.exclusion = Some("Not needed".parse().unwrap());
    });
    assert_eq!(faults(other, &[]), one("B.1.3", Error, "A.5.3"));
}

#[test]
fn what_is_included_has_a_reason_that_holds() {
    use Severity::{Error, Warning};
    let bare = but("A.5.1", |one| one.reasons = Doc(Vec::new()));
    assert_eq!(faults(bare, &[]), one("B.1.4", Warning, "A.5.1"));
    let risk = but("A.5.1", |one| one.reasons = Doc(vec![reason(ReasonKind::Risk)]));
    assert_eq!(faults(risk, &[]), one("B.1.4", Warning, "A.5.1"));
    for (status, told) in [(RiskStatus::Closed, 1), (RiskStatus::InTreatment, 0)] {
        let mut named = but("A.5.1", |one| {
            one.reasons = Doc(vec![Reason { risks: vec![id(7)], ..reason(ReasonKind::Risk) }]);
        });
        let (code, title) = ("R-7".parse().unwrap(), "A risk".parse().unwrap());
        named.risks.push((key("A.5.1"), RiskLine { id: id(7), code, title, treatment: None, status }));
        assert_eq!(faults(named, &[]).len(), told, "{status}");
    }
    let own = with_own(ControlStatus::Implemented, Vec::new());
    assert_eq!(faults(own, &[]), one("B.1.2", Error, &EntryKey::own(id(9)).to_string()));
    let own = with_own(ControlStatus::Implemented, vec![reason(ReasonKind::Law)]);
    assert_eq!(faults(own, &[]), Vec::new());
}

#[test]
fn what_a_treatment_names_is_not_excluded() {
    let excluded = || {
        but("A.5.1", |one| {
            one.decision = Decision::Excluded;
            one.reasons = Doc(Vec::new());
            one.exclusion = Some("Not needed".parse().unwrap());
        })
    };
    assert_eq!(faults(excluded(), &[]), Vec::new());
    let treats = [treated(1, ControlStatus::Implemented)];
    assert_eq!(faults(excluded(), &treats), one("B.1.5", Severity::Error, "A.5.1"));
    let check = checked(excluded(), &treats, None);
    assert!(check.faults[0].detail.contains("C-1") && check.faults[0].detail.contains("R-1"), "{check:?}");
    // By the action of a plan as well, and both together are one.
    let both = Around { treated: treats.to_vec(), taken: treats.to_vec(), ..Around::default() };
    let planned = Around { taken: treats.to_vec(), ..Around::default() };
    for around in [both, planned] {
        assert_eq!(around.faults(excluded()), one("B.1.5", Severity::Error, "A.5.1"));
        let check = around.check(excluded(), None);
        assert!(check.faults[0].detail.ends_with("C-1, which counts towards it, treats R-1"), "{check:?}");
    }
}

#[test]
fn what_treats_a_risk_is_listed() {
    let check = checked(sound(), &[treated(5, ControlStatus::Planned)], Some((1, 0)));
    let fault = &check.faults[0];
    assert_eq!(
        (fault.rule.id.as_str(), fault.severity, fault.control),
        ("B.1.1", Severity::Error, Some(id(5)))
    );
    assert_eq!(faults(sound(), &[treated(5, ControlStatus::Retired)]), Vec::new());
    let mut linked = sound();
    linked.named.push((key("A.5.1"), control(5, ControlStatus::Implemented)));
    assert_eq!(faults(linked, &[treated(5, ControlStatus::Implemented)]), Vec::new());
    let taken = |status| Around { taken: vec![treated(5, status)], ..Around::default() };
    assert_eq!(taken(ControlStatus::Planned).faults(sound()), one("B.1.1", Severity::Error, ""));
    assert_eq!(taken(ControlStatus::Retired).faults(sound()), Vec::new());
    let twice = Around { treated: vec![treated(5, ControlStatus::Planned)], ..taken(ControlStatus::Planned) };
    let check = twice.check(sound(), Some((1, 0)));
    assert_eq!(check.faults[0].detail, "C-5 treats R-5 and is not listed", "once: {check:?}");
}

#[test]
fn planned_and_partial_count_as_not_implemented_and_are_planned_for() {
    use Severity::Warning;
    for (status, implemented) in [
        (ControlStatus::Implemented, true),
        (ControlStatus::Partial, false),
        (ControlStatus::Planned, false),
        (ControlStatus::NotStarted, false),
        (ControlStatus::Retired, true),
    ] {
        let mut material = sound();
        material.named.push((key("A.5.1"), control(2, status)));
        let entries = entries(material);
        assert_eq!(entries[0].implemented, Some(implemented), "{status}: {}", entries[0].why);
    }
    let partial = || {
        let mut material = sound();
        material.named.push((key("A.5.1"), control(2, ControlStatus::Partial)));
        material
    };
    assert_eq!(faults(partial(), &[]), one("B.1.6", Warning, "A.5.1"));
    assert_eq!(faults(partial(), &[treated(2, ControlStatus::Partial)]), Vec::new());
    // What an action takes is planned for while the action is still to be done.
    let done = Around { taken: vec![treated(2, ControlStatus::Partial)], ..Around::default() };
    assert_eq!(done.faults(partial()), one("B.1.6", Warning, "A.5.1"));
    let treatment = Treatment { planned: [id(2)].into(), ..Treatment::default() };
    assert_eq!(Around { treatment, ..done }.faults(partial()), Vec::new());
    let mut alone = sound();
    alone.naming.retain(|(id, _)| id.as_str() != "A.5.1");
    let told = [one("B.1.2", Warning, "A.5.1"), one("B.1.6", Warning, "A.5.1")].concat();
    assert_eq!(faults(alone, &[]), told);
}

#[test]
fn what_is_left_of_risks_is_accepted_and_versions_are_approved() {
    for (until, told) in [(None, 1), (Some(day("2026-11-23")), 1), (Some(day("2026-11-24")), 0)] {
        let left = || vec![residual(1, until)];
        let around = Around { residual: left(), ..Around::default() };
        let found = around.faults(sound());
        assert_eq!(found.len(), told, "{until:?}");
        assert!(found.iter().all(|(rule, weight, _)| rule == "B.1.8" && *weight == Severity::Warning));
        let treatment = Treatment { approved: [id(71)].into(), ..Treatment::default() };
        let around = Around { residual: left(), treatment, ..Around::default() };
        assert_eq!(around.faults(sound()), Vec::new(), "its owner approved the plan");
    }
    for (approved, told) in [(None, 1), (Some((1, 0)), 0), (Some((1, 2)), 1)] {
        let check = checked(sound(), &[], approved);
        assert_eq!((check.warnings, check.errors, check.complete), (told, 0, true), "{approved:?}");
        assert!(check.faults.iter().all(|one| one.rule.id == "B.1.7"));
    }
}
