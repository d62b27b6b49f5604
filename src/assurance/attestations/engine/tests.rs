//! An event is judged by what had happened by its day, whenever it is recorded; and what is unusual is noticed.

use serde_json::{Value, json};

use super::{AttestationState, Terms, notices::NoticeLevel};
use crate::{
    assurance::attestations::{
        description::{SystemDescription, UserControl},
        log::AttestationEventType,
        scope::{all, is_common},
        vectors::{Engagement, TWO, day, issued, ready, report, today, window},
    },
    catalog::advice::ReportType,
};

fn letter(through: &str, signed: &str) -> Value {
    json!({ "type": "bridge_issued", "bridge": {
        "covers_through": through, "signed_on": signed, "signed_by": "Chief executive" } })
}

fn recalled(on: &str) -> Value {
    json!({ "type": "recalled", "on": on, "recall": { "reason": "Facts were found later" } })
}

/// A Type II engagement whose period, from March to August 2025, is over.
fn closed() -> Engagement {
    ready(ReportType::Type2)
        .with(window("2025-03-01", 6))
        .with(json!({ "type": "window_closed", "on": "2025-09-01" }))
}

#[test]
fn what_comes_later_is_not_there_yet() {
    let signed = json!({ "signed_by": "Chief executive", "signed_on": "2025-12-01" });
    let told = closed().with(json!({ "type": "assertion_signed", "assertion": signed }));
    assert_eq!(told.refused(report("2025-10-15", &TWO)), ["D-09"], "signed after the report");
    assert!(told.refused(report("2025-12-01", &TWO)).is_empty());
    assert_eq!(
        ready(ReportType::Type2).refused(window("2024-01-31", 12)),
        ["D.2"],
        "ready after the first day of the window"
    );
    let mut told = closed();
    assert_eq!(told.log[1].event, AttestationEventType::AuditorEngaged);
    told.log[1].effective_on = day("2025-10-02");
    let fieldwork = |on: &str| json!({ "type": "fieldwork_started", "on": on });
    assert_eq!(told.refused(fieldwork("2025-10-01")), ["D-15"], "engaged the day after");
    assert!(told.refused(fieldwork("2025-10-02")).is_empty());
}

#[test]
fn what_a_report_is_needed_for_comes_after_its_date() {
    let told = issued("2025-03-01", 6);
    assert_eq!(told.life().standing().unwrap().report_date.to_string(), "2025-10-15");
    assert_eq!(told.refused(recalled("2025-10-14")), ["D.2"]);
    assert_eq!(told.refused(letter("2025-10-14", "2025-10-14")), ["D.2"]);
    assert!(told.refused(recalled("2025-10-15")).is_empty());
    assert!(told.refused(letter("2025-10-15", "2025-10-15")).is_empty());
}

#[test]
fn what_happened_earlier_may_be_recorded_late() {
    let told = issued("2025-03-01", 6)
        .with(json!({ "type": "fieldwork_started", "on": "2025-09-10" }))
        .with(json!({ "type": "drafting_started", "on": "2025-09-25" }))
        .with(json!({ "type": "evidence_checked", "on": "2025-06-05" }));
    assert_eq!(told.state(), AttestationState::Issued);
    assert_eq!(told.life().checks.len(), 1);
}

#[test]
fn what_an_engagement_ends_with_happens_once() {
    let told = issued("2025-03-01", 6);
    assert_eq!(told.refused(json!({ "type": "cancelled", "on": "2025-04-01" })), ["D.2"]);
    assert!(told.refused(report("2025-10-01", &TWO)).contains(&"D.2".to_owned()));
    let told = told.with(recalled("2025-12-01"));
    assert_eq!(told.refused(recalled("2025-11-01")), ["D.2"]);
    let told = ready(ReportType::Type2).with(json!({ "type": "cancelled", "on": "2025-02-02" }));
    assert_eq!(told.refused(json!({ "type": "cancelled", "on": "2025-02-01" })), ["D.2"]);
}

#[test]
fn each_letter_that_reaches_far_is_noticed() {
    let told = issued("2025-03-01", 6)
        .with(letter("2025-11-30", "2025-12-01"))
        .with(letter("2025-12-31", "2026-01-05"))
        .with(letter("2026-01-31", "2026-02-03"));
    let found = told.life().notices(&told.terms(), &[], &[], today());
    let found: Vec<_> = found.iter().map(|one| (one.rule.as_str(), one.detail.as_str())).collect();
    let far = |signed: &str, through: &str| {
        format!("the bridge letter of {signed} reaches {through}; customarily it ends by 2025-11-30")
    };
    let (second, third) = (far("2026-01-05", "2025-12-31"), far("2026-02-03", "2026-01-31"));
    assert_eq!(found, [("D-18", second.as_str()), ("D-18", third.as_str())]);
}

#[test]
fn a_letter_reminds_of_what_customers_have_to_do() {
    let mut reminding = letter("2025-11-30", "2025-12-02");
    reminding["bridge"]["reminds_of_user_controls"] = json!(true);
    let told = issued("2025-03-01", 6).with(letter("2025-11-30", "2025-12-01")).with(reminding);
    let expected = json!({ "code": "CUEC-1", "text": "Administrators remove accounts of leavers" });
    let expected: UserControl = serde_json::from_value(expected).unwrap();
    let described = SystemDescription { dc_6: Some("One".parse().unwrap()), ..told.description.clone() };
    let terms = Terms { description: &described, ..told.terms() };
    assert!(told.life().notices(&terms, &[], &[], today()).is_empty(), "there is nothing to remind of");
    let found = told.life().notices(&terms, &[], &[expected], today());
    let found: Vec<_> = found.iter().map(|one| (one.rule.as_str(), one.level, &*one.detail)).collect();
    let detail = "the bridge letter of 2025-12-01 does not remind of the complementary user entity controls";
    assert_eq!(found, [("D-18", NoticeLevel::Notice, detail)]);
}

#[test]
fn criteria_that_are_not_relevant_are_not_none() {
    let waived = json!({ "type": "scope_set", "on": "2024-01-15", "scope": { "categories": ["security"],
        "not_relevant": [{ "criterion": "CC6.4", "reason": "No premises" }] } });
    let mut told = Engagement::new(ReportType::Type2).with(waived);
    let notices = |told: &Engagement| -> Vec<String> {
        let found = told.life().notices(&told.terms(), &[], &[], today());
        found.into_iter().map(|one| one.rule).collect()
    };
    let lacks = |told: &Engagement| -> Vec<String> {
        let asked = told.life().asked(&told.terms(), &told.around, (&[], &[]), today());
        let described = asked.into_iter().find(|one| one.title == "The description has all its parts");
        described.and_then(|one| one.lacks).into_iter().map(|breach| breach.rule).collect()
    };
    assert_eq!((notices(&told), lacks(&told)), (vec!["D-03".to_owned()], vec!["D-11".to_owned()]));
    told.description.dc_8 = Some("CC6.4: there are no premises".parse().unwrap());
    assert_eq!((notices(&told), lacks(&told)), (vec![], vec![]));
}

#[test]
fn a_check_opens_the_day_after_the_one_before_it_is_due() {
    let dues = ready(ReportType::Type2).with(window("2025-08-31", 6)).dues(None);
    let checks: Vec<_> = dues
        .into_iter()
        .filter(|due| due.code.starts_with("evidence_check"))
        .map(|due| (due.window_opens.unwrap(), due.due))
        .collect();
    let wanted = [("2025-08-31", "2025-11-30"), ("2025-12-01", "2026-02-28")];
    assert_eq!(checks, wanted.map(|(opens, ends)| (day(opens), day(ends))));
}

#[test]
fn part_of_a_category_is_not_addressed() {
    let common = all().iter().filter(|one| is_common(one)).map(|one| one.id.as_str());
    let criteria: Vec<_> = common.chain(["A1.1"]).collect();
    let scope = |categories: &[&str]| json!({ "type": "scope_set", "scope": { "categories": categories, "criteria": criteria } });
    let told = Engagement::new(ReportType::Type2);
    let found = told.tried(&scope(&["security"]));
    let reason = "A1.1 is named, and of a category that is not addressed";
    assert_eq!((found.len(), found[0].rule.as_str(), found[0].reason.as_str()), (1, "D-01", reason));
    assert_eq!(told.refused(scope(&["security", "availability"])), ["D-01"], "A1.2 and A1.3 are missing");
}
