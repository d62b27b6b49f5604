//! What a management system has to show, held against what it has. Pure.

use super::{
    model::{ReadinessFix, ReadinessGoal, ReadinessItem},
    rules::{self, CLAUSES, STANDARD, YEARLY},
};
use crate::{
    catalog::RequirementRef,
    kernel::{
        id::{AuditId, FindingId, StatementOfApplicabilityId},
        time::Date,
    },
    platform::{
        db::Doc,
        diary::{Rule, RuleRef},
    },
    program::isms::Tally,
};

/// What there is.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// What the records of the management system amount to.
    pub tally: Tally,
    /// A Statement of Applicability with an approved version.
    pub statement: Option<StatementOfApplicabilityId>,
    /// The completed internal audits, the last one first.
    pub internal_audits: Vec<InternalAudit>,
    /// Nonconformities of the management system that were recorded, a few of them.
    pub nonconformities: Vec<FindingId>,
    /// Its majors that are not verified.
    pub open_majors: Vec<FindingId>,
}

/// A completed internal audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InternalAudit {
    /// Its id.
    pub id: AuditId,
    /// Its last day.
    pub on: Date,
    /// Whether it sampled nothing of the standard in particular: it is of the whole system then.
    whole: bool,
    /// The clauses that it sampled.
    clauses: Vec<u8>,
}

impl InternalAudit {
    /// One that sampled these requirements.
    pub fn of(id: AuditId, on: Date, sampled: &[RequirementRef]) -> Self {
        let whole = !sampled.iter().any(of_the_standard);
        Self { id, on, whole, clauses: sampled.iter().filter_map(clause).collect() }
    }

    fn looked_at(&self, clause: u8) -> bool {
        self.whole || self.clauses.contains(&clause)
    }
}

/// The clause in which a requirement stands, such as 6 for `6.1.2`; none for a control of Annex A or of another framework.
fn clause(requirement: &RequirementRef) -> Option<u8> {
    let number = requirement.id.as_str().split('.').next()?.parse::<u8>().ok()?;
    (of_the_standard(requirement) && CLAUSES.contains(&number)).then_some(number)
}

fn of_the_standard(requirement: &RequirementRef) -> bool {
    requirement.framework.as_str() == STANDARD
}

/// Everything that is asked before an audit of a management system, on this day.
pub fn asked(goal: ReadinessGoal, standing: &Standing, day: Date) -> Vec<ReadinessItem> {
    let mut all = planned(goal, standing, day);
    all.extend(supported(standing));
    all.extend(evaluated(goal, standing, day));
    all
}

/// What of a year ago is old; before a first certification nothing is.
struct Recent {
    again: bool,
    day: Date,
}

impl Recent {
    fn on(goal: ReadinessGoal, day: Date) -> Self {
        Self { again: goal != ReadinessGoal::Stage2, day }
    }

    fn counts(&self, on: Date) -> bool {
        !self.again || on.plus_months(YEARLY) >= self.day
    }

    fn check(&self, held: Option<(String, Date)>, what: &str) -> Result<Vec<String>, String> {
        match held {
            None => Err(format!("there is no {what}")),
            Some((id, on)) if self.counts(on) => Ok(vec![id]),
            Some((_, on)) => {
                Err(format!("the last {what} was of {on}, more than a year before {}", self.day))
            }
        }
    }

    /// That it is of this year is common practice; that there is one is not.
    fn cite(&self, rule: &Rule) -> Doc<RuleRef> {
        if self.again { rule.by_convention() } else { rule.cite() }
    }
}

fn planned(goal: ReadinessGoal, standing: &Standing, day: Date) -> Vec<ReadinessItem> {
    let (tally, recent) = (&standing.tally, Recent::on(goal, day));
    let assessment = tally.assessment.map(|(id, on)| (id.to_string(), on));
    vec![
        there(
            rules::CLIMATE.cite(),
            "Whether climate change is relevant is decided",
            text(tally.climate_decision),
            "no decision on climate change is recorded",
            ("/v1/isms/climate-decisions", "Record whether climate change is a relevant issue, and why."),
        ),
        there(
            rules::SCOPE.cite(),
            "The scope is approved",
            text(tally.scope),
            "no scope statement is approved",
            ("/v1/isms/scope-statements", "Write the scope and have it approved."),
        ),
        there(
            rules::POLICY.cite(),
            "The information security policy is approved",
            text(tally.policy),
            "no policy of level information_security is approved",
            (
                "/v1/isms/policies",
                "Enter the information security policy and have top management approve it.",
            ),
        ),
        item(
            recent.cite(&rules::ASSESSMENT),
            "Risks were assessed by a method",
            recent.check(assessment, "completed risk assessment"),
            (
                "/v1/isms/risk-assessments",
                "Carry out an assessment with its method and criteria, and complete it.",
            ),
        ),
        there(
            rules::APPLICABILITY.cite(),
            "The Statement of Applicability is approved",
            text(standing.statement),
            "no version of a Statement of Applicability is approved",
            ("/v1/statements-of-applicability", "Decide on each control of Annex A and approve the draft."),
        ),
        there(
            rules::PLAN.cite(),
            "The owners of risks approved the treatment plan",
            text(tally.plan),
            "no treatment plan is approved by the owners of all its risks",
            ("/v1/isms/treatment-plans", "Plan the treatment, and have each risk's owner approve it."),
        ),
    ]
}

fn supported(standing: &Standing) -> [ReadinessItem; 2] {
    let tally = &standing.tally;
    let open: Vec<_> = tally.objectives.iter().filter(|one| one.measurable && !one.measured).collect();
    let objectives = match (tally.objectives.len(), open.len()) {
        (0, _) => Err("no objective is entered".to_owned()),
        (_, 0) => Ok(tally.objectives.iter().map(|one| one.id.to_string()).collect()),
        (all, open) => Err(format!("{open} of {all} objectives have a measure and were never measured")),
    };
    let competence = match (tally.competent.len(), tally.not_competent.len()) {
        (0, _) => Err("nobody's competence is shown".to_owned()),
        (_, 0) => Ok(tally.competent.iter().map(ToString::to_string).collect()),
        (_, open) => Err(format!("competence is missing or being acquired in {open} records")),
    };
    [
        item(
            rules::OBJECTIVES.cite(),
            "Objectives are set and monitored",
            objectives,
            ("/v1/isms/objectives", "Enter objectives, and record a measurement of each that has a measure."),
        ),
        item(
            rules::COMPETENCE.cite(),
            "Those who do the work are competent",
            competence,
            (
                "/v1/isms/competence",
                "Record what is needed, the evidence of it, and what was done to acquire it.",
            ),
        ),
    ]
}

fn evaluated(goal: ReadinessGoal, standing: &Standing, day: Date) -> Vec<ReadinessItem> {
    let (tally, recent) = (&standing.tally, Recent::on(goal, day));
    let programme = tally.programme.map(|(id, last)| (id.to_string(), last));
    let review = tally.review.map(|(id, on)| (id.to_string(), on));
    let dealt_with = standing.nonconformities.iter().map(ToString::to_string);
    let process = tally.nonconformity_process.iter().map(ToString::to_string);
    let shown: Vec<_> = dealt_with.chain(process).collect();
    let nothing = "no nonconformity was ever recorded, and no approved document answers clause 10.2, so nothing shows how \
                   they are dealt with";
    let nonconformities = if shown.is_empty() { Err(nothing.to_owned()) } else { Ok(shown) };
    let majors = match standing.open_majors.len() {
        0 => Ok(Vec::new()),
        open => Err(format!("{open} major nonconformities are not verified")),
    };
    vec![
        item(
            recent.cite(&rules::PROGRAMME),
            "Internal audits follow a programme",
            recent.check(programme, "programme of internal audits that is carried out"),
            (
                "/v1/isms/audit-programmes",
                "Plan the internal audits of a period, and carry the programme out.",
            ),
        ),
        audited(&recent, &standing.internal_audits),
        item(
            recent.cite(&rules::REVIEW),
            "Top management reviewed the system",
            recent.check(review, "complete management review"),
            (
                "/v1/isms/management-reviews",
                "Hold a review with all inputs of 9.3.2, and record its results.",
            ),
        ),
        item(
            rules::NONCONFORMITIES.cite(),
            "Nonconformities are dealt with",
            nonconformities,
            (
                "/v1/findings",
                "Enter what was found, its cause, and what was done about it; where nothing was, approve the document of \
                 how it would be (/v1/isms/documents) with 10.2 among its clauses.",
            ),
        ),
        item(
            rules::majors(goal).cite(),
            "No major nonconformity is open",
            majors,
            ("/v1/findings?grade=major", "See to correction and corrective action, and have them verified."),
        ),
    ]
}

/// The audits that count have together looked at each clause; all of them are told, whether that is enough or not.
fn audited(recent: &Recent, audits: &[InternalAudit]) -> ReadinessItem {
    let counted: Vec<_> = audits.iter().filter(|one| recent.counts(one.on)).collect();
    let last = audits.first().map(|one| (one.id.to_string(), one.on));
    let missed: Vec<_> = CLAUSES
        .filter(|clause| !counted.iter().any(|one| one.looked_at(*clause)))
        .map(|clause| clause.to_string())
        .collect();
    let found = recent.check(last, "completed internal audit").and_then(|ids| match missed.as_slice() {
        [] => Ok(ids),
        some => {
            let year =
                if recent.again { format!(" of the year before {}", recent.day) } else { String::new() };
            let word = if some.len() == 1 { "clause" } else { "clauses" };
            Err(format!("no completed internal audit{year} looked at {word} {}", some.join(", ")))
        }
    });
    let asked = item(
        recent.cite(&rules::INTERNAL_AUDIT),
        "The system was audited internally",
        found,
        (
            "/v1/audits",
            "Plan audits of kind internal that together look at each of clauses 4 to 10, and complete them.",
        ),
    );
    ReadinessItem { records: counted.iter().map(|one| one.id.to_string()).collect(), ..asked }
}

fn text(id: Option<impl ToString>) -> Option<String> {
    id.map(|id| id.to_string())
}

/// Something of which one is enough.
fn there(
    rule: Doc<RuleRef>,
    title: &str,
    found: Option<String>,
    missing: &str,
    fix: (&str, &str),
) -> ReadinessItem {
    item(rule, title, found.map(|id| vec![id]).ok_or_else(|| missing.to_owned()), fix)
}

/// Something that is asked: with what answers it, or why nothing does.
pub fn item(
    rule: Doc<RuleRef>,
    title: &str,
    found: Result<Vec<String>, String>,
    (path, hint): (&str, &str),
) -> ReadinessItem {
    let met = found.is_ok();
    let (records, detail) = match found {
        Ok(records) => (records, "it is there".to_owned()),
        Err(missing) => (Vec::new(), missing),
    };
    let fix = ReadinessFix { path: path.to_owned(), hint: hint.to_owned() };
    ReadinessItem { rule: rule.0, title: title.to_owned(), met, detail, records, fix }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::id::Id;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn id<K: crate::kernel::id::Kind>() -> Id<K> {
        Id::from_uuid(uuid::Uuid::nil())
    }

    fn sampled(on: Date, ids: &[&str]) -> InternalAudit {
        let known = |id: &&str| {
            let framework = if id.starts_with("CC") { "soc2-2017" } else { STANDARD };
            RequirementRef { framework: framework.parse().unwrap(), id: id.parse().unwrap() }
        };
        InternalAudit::of(id(), on, &ids.iter().map(known).collect::<Vec<_>>())
    }

    fn missing(goal: ReadinessGoal, standing: &Standing) -> Vec<&'static str> {
        let all = asked(goal, standing, day("2026-11-24"));
        let majors = match goal {
            ReadinessGoal::Stage2 => "A-03",
            ReadinessGoal::Surveillance => "A-15",
            _ => "A-17",
        };
        let known = [
            "RDY-1", "RDY-2", "RDY-3", "RDY-4", "RDY-5", "RDY-6", "RDY-7", "RDY-8", "RDY-9", "RDY-10",
            "RDY-11", "RDY-12", majors,
        ];
        assert_eq!(all.iter().map(|one| one.rule.id.as_str()).collect::<Vec<_>>(), known);
        all.iter().zip(known).filter(|(one, _)| !one.met).map(|(_, rule)| rule).collect()
    }

    fn whole() -> Standing {
        let on = day("2025-11-24");
        Standing {
            tally: Tally {
                scope: Some(id()),
                policy: Some(id()),
                climate_decision: Some(id()),
                assessment: Some((id(), on)),
                plan: Some(id()),
                objectives: vec![crate::program::isms::ObjectiveTally {
                    id: id(),
                    measurable: true,
                    measured: true,
                }],
                competent: vec![id()],
                not_competent: Vec::new(),
                programme: Some((id(), on)),
                review: Some((id(), on)),
                nonconformity_process: Vec::new(),
            },
            statement: Some(id()),
            internal_audits: vec![sampled(on, &[])],
            nonconformities: vec![id()],
            open_majors: Vec::new(),
        }
    }

    #[test]
    fn before_anything_everything_but_majors_is_missing() {
        assert_eq!(missing(ReadinessGoal::Stage2, &Standing::default()).len(), 12);
    }

    #[test]
    fn what_is_whole_is_ready_for_all() {
        for goal in [ReadinessGoal::Stage2, ReadinessGoal::Surveillance, ReadinessGoal::Recertification] {
            assert_eq!(missing(goal, &whole()), [""; 0], "{goal}");
        }
    }

    #[test]
    fn audits_and_reviews_of_more_than_a_year_ago_are_old_once_it_is_certified() {
        let mut old = whole();
        old.internal_audits = vec![sampled(day("2025-11-23"), &[])];
        old.tally.review = Some((id(), day("2025-11-23")));
        assert_eq!(missing(ReadinessGoal::Stage2, &old), [""; 0]);
        assert_eq!(missing(ReadinessGoal::Surveillance, &old), ["RDY-10", "RDY-11"]);
        old.tally.assessment = Some((id(), day("2025-11-23")));
        old.tally.programme = Some((id(), day("2025-11-23")));
        assert_eq!(missing(ReadinessGoal::Recertification, &old), ["RDY-4", "RDY-9", "RDY-10", "RDY-11"]);
    }

    #[test]
    fn internal_audits_look_at_each_clause_together() {
        let mut some = whole();
        let told = |goal: ReadinessGoal, standing: &Standing, on: &str| {
            let all = asked(goal, standing, day(on));
            let one = all.into_iter().find(|one| one.rule.id == "RDY-10").unwrap();
            (one.met, one.records.len(), one.detail)
        };
        let (half, rest) = (["4.1", "5.2", "6.1.2", "7.5.1", "A.5.1"], ["8.1", "9.2.1", "10.2", "CC6.1"]);
        some.internal_audits = vec![sampled(day("2026-10-01"), &half)];
        let missed = "no completed internal audit looked at clauses 8, 9, 10".to_owned();
        assert_eq!(told(ReadinessGoal::Stage2, &some, "2026-11-24"), (false, 1, missed));
        some.internal_audits.push(sampled(day("2026-02-01"), &rest));
        assert!(told(ReadinessGoal::Stage2, &some, "2026-11-24").0);
        assert!(told(ReadinessGoal::Surveillance, &some, "2027-02-01").0, "a year ago to the day");
        let missed = "no completed internal audit of the year before 2027-02-02 looked at clauses 8, 9, 10";
        assert_eq!(
            told(ReadinessGoal::Surveillance, &some, "2027-02-02"),
            (false, 1, missed.to_owned()),
            "the other one is old by then"
        );
        some.internal_audits.insert(0, sampled(day("2026-11-01"), &["A.8.1", "CC6.1"]));
        assert!(!told(ReadinessGoal::Surveillance, &some, "2027-02-02").0, "controls are no clauses");
        some.internal_audits[0] = sampled(day("2026-11-01"), &["CC6.1"]);
        assert!(told(ReadinessGoal::Surveillance, &some, "2027-02-02").0, "one of nothing in it is of all");
    }

    #[test]
    fn where_nothing_went_wrong_yet_the_process_is_shown() {
        let mut some = whole();
        some.nonconformities = Vec::new();
        assert_eq!(missing(ReadinessGoal::Stage2, &some), ["RDY-12"]);
        some.tally.nonconformity_process = vec![id()];
        assert_eq!(missing(ReadinessGoal::Stage2, &some), [""; 0]);
    }

    #[test]
    fn what_is_not_measured_not_competent_or_open_is_missing() {
        let mut some = whole();
        some.tally.objectives[0].measured = false;
        some.tally.not_competent = vec![id()];
        some.open_majors = vec![id()];
        assert_eq!(missing(ReadinessGoal::Stage2, &some), ["RDY-7", "RDY-8", "A-03"]);
        some.tally.objectives[0].measurable = false;
        assert_eq!(missing(ReadinessGoal::Stage2, &some), ["RDY-8", "A-03"]);
    }
}
