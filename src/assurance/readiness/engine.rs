//! What a management system has to show, held against what it has. Pure.

use super::{
    model::{ReadinessFix, ReadinessGoal, ReadinessItem},
    rules::{self, YEARLY},
};
use crate::{
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
    /// The latest completed internal audit, and its last day.
    pub internal_audit: Option<(AuditId, Date)>,
    /// Nonconformities of the management system that were recorded, a few of them.
    pub nonconformities: Vec<FindingId>,
    /// Its majors that are not verified.
    pub open_majors: Vec<FindingId>,
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

    fn check(&self, held: Option<(String, Date)>, what: &str) -> Result<Vec<String>, String> {
        match held {
            None => Err(format!("there is no {what}")),
            Some((_, on)) if self.again && on.plus_months(YEARLY) < self.day => {
                Err(format!("the last {what} was of {on}, more than a year ago"))
            }
            Some((id, _)) => Ok(vec![id]),
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
    let audit = standing.internal_audit.map(|(id, on)| (id.to_string(), on));
    let review = tally.review.map(|(id, on)| (id.to_string(), on));
    let nonconformities = match standing.nonconformities.as_slice() {
        [] => {
            let told = "no nonconformity was ever recorded, so nothing shows how they are dealt with";
            Err(told.to_owned())
        }
        some => Ok(some.iter().map(ToString::to_string).collect()),
    };
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
        item(
            recent.cite(&rules::INTERNAL_AUDIT),
            "The system was audited internally",
            recent.check(audit, "completed internal audit"),
            ("/v1/audits", "Plan an audit of kind internal, and complete it."),
        ),
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
            ("/v1/findings", "Enter what was found, its cause, and what was done about it."),
        ),
        item(
            rules::majors(goal).cite(),
            "No major nonconformity is open",
            majors,
            ("/v1/findings?grade=major", "See to correction and corrective action, and have them verified."),
        ),
    ]
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
            },
            statement: Some(id()),
            internal_audit: Some((id(), on)),
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
        old.internal_audit = Some((id(), day("2025-11-23")));
        old.tally.review = Some((id(), day("2025-11-23")));
        assert_eq!(missing(ReadinessGoal::Stage2, &old), [""; 0]);
        assert_eq!(missing(ReadinessGoal::Surveillance, &old), ["RDY-10", "RDY-11"]);
        old.tally.assessment = Some((id(), day("2025-11-23")));
        old.tally.programme = Some((id(), day("2025-11-23")));
        assert_eq!(missing(ReadinessGoal::Recertification, &old), ["RDY-4", "RDY-9", "RDY-10", "RDY-11"]);
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
