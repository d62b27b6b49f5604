//! What an audit is held against: what a surveillance has to cover, and the date that a planned one makes due. Pure.

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    life::AuditStatus,
    model::{Audit, AuditKind},
};
use crate::{
    assurance::findings::{FindingFact, FindingGrade},
    kernel::time::Date,
    platform::{
        db::Doc,
        diary::{Due, Rule, RuleBasis, RuleInput, RuleRef},
    },
    text_enum,
};

text_enum! {
    /// What a surveillance covers (A-13; of an ISMS, A-14 too).
    AuditTopic {
        /// Internal audits and management review.
        InternalAuditAndReview = "internal_audit_and_review",
        /// Action on earlier nonconformities.
        EarlierNonconformities = "earlier_nonconformities",
        /// Complaints.
        Complaints = "complaints",
        /// Effectiveness against objectives.
        Effectiveness = "effectiveness",
        /// Progress of planned improvement.
        Improvement = "improvement",
        /// Continuing operational control.
        OperationalControl = "operational_control",
        /// Changes.
        Changes = "changes",
        /// Use of marks and references to certification.
        Marks = "marks",
        /// Upkeep of the risk assessment.
        RiskAssessment = "risk_assessment",
        /// Changes to controls and to the Statement of Applicability.
        ControlChanges = "control_changes",
        /// Checks of legal compliance.
        LegalCompliance = "legal_compliance",
        /// Effectiveness of the controls in the audit programme.
        ControlEffectiveness = "control_effectiveness",
    }
}

const RULE_SET: &str = "2015/2024";

const fn rule(id: &'static str, clause: &'static str, basis: RuleBasis, source_checked: bool) -> Rule {
    Rule { id, clause, basis, source_checked, rule_set: RULE_SET }
}

static EACH_SURVEILLANCE: Rule = rule("A-13", "ISO/IEC 17021-1:2015 9.6.2.2", RuleBasis::Normative, true);
static ISMS_SURVEILLANCE: Rule = rule("A-14", "ISO/IEC 27006-1:2024 9.6.2", RuleBasis::Normative, false);
static MAJOR_AT_SURVEILLANCE: Rule = rule("A-15", "ISO/IEC 17021-1:2015 9.6.1", RuleBasis::Normative, false);
static INITIAL: Rule = rule("A-01", "ISO/IEC 17021-1:2015 9.3.1", RuleBasis::Normative, true);
static RECERTIFICATION: Rule = rule("A-16", "ISO/IEC 17021-1:2015 9.6.3.1", RuleBasis::Normative, true);
static SHORT_NOTICE: Rule = rule("A-28", "ISO/IEC 17021-1:2015 9.6.4.2", RuleBasis::Normative, true);
pub(super) static INTERNAL: Rule = rule("9.2", "ISO/IEC 27001:2022 9.2", RuleBasis::Normative, true);
static FIELDWORK: Rule = rule("D.3", "common practice of SOC 2 examinations", RuleBasis::Convention, true);
static SUPPLIER: Rule = rule("A.5.22", "ISO/IEC 27001:2022 A.5.22", RuleBasis::Convention, true);

/// The rule for which an audit of this kind is held.
fn rule_of(kind: AuditKind) -> &'static Rule {
    match kind {
        AuditKind::Internal => &INTERNAL,
        AuditKind::Stage1 | AuditKind::Stage2 => &INITIAL,
        AuditKind::Surveillance => &EACH_SURVEILLANCE,
        AuditKind::Recertification => &RECERTIFICATION,
        AuditKind::Special => &SHORT_NOTICE,
        AuditKind::Soc2Fieldwork => &FIELDWORK,
        AuditKind::Supplier => &SUPPLIER,
    }
}

/// Something that a rule says of an audit as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct AuditNote {
    /// The rule.
    pub rule: RuleRef,
    /// What it says here.
    #[schema(max_length = 1000)]
    pub text: String,
}

/// How many findings of each grade an audit has, and how many are still to be dealt with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
pub struct FindingCounts {
    /// Majors.
    #[schema(minimum = 0)]
    pub majors: i32,
    /// Minors.
    #[schema(minimum = 0)]
    pub minors: i32,
    /// All others.
    #[schema(minimum = 0)]
    pub others: i32,
    /// Majors and minors that are neither verified nor closed.
    #[schema(minimum = 0)]
    pub unsettled: i32,
}

impl FindingCounts {
    /// Counts the findings of one audit.
    pub fn of<'a>(findings: impl Iterator<Item = &'a FindingFact>) -> Self {
        findings.fold(Self::default(), |mut counts, one| {
            match one.grade {
                FindingGrade::Major => counts.majors += 1,
                FindingGrade::Minor => counts.minors += 1,
                _ => counts.others += 1,
            }
            let graded = matches!(one.grade, FindingGrade::Major | FindingGrade::Minor);
            counts.unsettled += i32::from(graded && one.settled_on(Date::MAX).is_none());
            counts
        })
    }
}

/// What the rules say of an audit as it is. None forbids anything: the certification body decides.
pub fn notes(audit: &Audit, findings: FindingCounts) -> Vec<AuditNote> {
    if audit.kind != AuditKind::Surveillance || !audit.counts() {
        return Vec::new();
    }
    let (isms, each): (Vec<AuditTopic>, Vec<_>) = AuditTopic::ALL
        .iter()
        .copied()
        .filter(|topic| !audit.topics.contains(topic))
        .partition(|topic| *topic >= AuditTopic::RiskAssessment);
    let missing = |rule: &Rule, topics: &[AuditTopic]| {
        let words: Vec<_> = topics.iter().map(|one| one.as_str()).collect();
        let text = format!("each surveillance covers this too: {}", words.join(", "));
        (!topics.is_empty()).then(|| AuditNote { rule: rule.cite().0, text })
    };
    let reviewed = (findings.majors > 0 && audit.status == AuditStatus::Completed).then(|| AuditNote {
        rule: MAJOR_AT_SURVEILLANCE.cite().0,
        text: "a major nonconformity goes to a competent reviewer who was not on the team".to_owned(),
    });
    let missing = [missing(&EACH_SURVEILLANCE, &each), missing(&ISMS_SURVEILLANCE, &isms)];
    missing.into_iter().chain([reviewed]).flatten().collect()
}

/// The date that a planned audit makes due; none once it is cancelled or voided.
pub fn dues(audit: &Audit) -> Vec<Due> {
    let input = |name: &str, value: String| RuleInput { name: name.to_owned(), value };
    let due = audit.counts().then(|| Due {
        code: "audit".to_owned(),
        cycle: 0,
        title: format!("Audit is held ({})", audit.kind),
        window_opens: Some(audit.planned_start),
        due: audit.planned_end,
        done_on: audit.ended_on,
        assumed: false,
        rule: rule_of(audit.kind).cite(),
        inputs: Doc(vec![
            input("planned_start", audit.planned_start.to_string()),
            input("planned_end", audit.planned_end.to_string()),
        ]),
    });
    due.into_iter().collect()
}
