//! What the organisation does itself before each external audit: an internal audit and a management review (A.5, A-06).

use super::{
    super::{
        log::{CertificationEvent, CertificationEventType as Type},
        rules::RULES,
    },
    guards::Objection,
    state::Terms,
};
use crate::{
    kernel::time::Date,
    platform::{
        db::Doc,
        diary::{Due, Moment, Noted, Rule, RuleInput, RuleRef},
    },
};

/// What is recorded of how the organisation evaluated its management system itself, for no certificate in particular.
#[derive(Clone, Debug, Default)]
pub struct Evaluations {
    /// Its internal audits that were completed, voided ones too, by their last days (ISO/IEC 27001:2022 9.2).
    pub internal_audits: Vec<Noted>,
    /// Its management reviews that are complete (9.3).
    pub management_reviews: Vec<Noted>,
}

impl Evaluations {
    /// The days that stood on record at a moment, with those of internal audits of one certificate alone.
    pub fn known(&self, own: impl IntoIterator<Item = Noted>, moment: Moment) -> EvaluationDays {
        let day = |one: Noted| moment.stands(one.recorded_at, one.voided_at).then_some(one.on);
        EvaluationDays {
            internal_audits: self.internal_audits.iter().copied().chain(own).filter_map(day).collect(),
            management_reviews: self.management_reviews.iter().copied().filter_map(day).collect(),
        }
    }
}

/// The days on which the organisation evaluated its management system itself, as far as they were known.
#[derive(Clone, Debug, Default)]
pub struct EvaluationDays {
    /// The last days of its internal audits.
    pub internal_audits: Vec<Date>,
    /// The days of its management reviews.
    pub management_reviews: Vec<Date>,
}

/// One of the two, in words.
struct Evaluation {
    code: &'static str,
    title: &'static str,
    days: fn(&EvaluationDays) -> &[Date],
}

static EACH: [Evaluation; 2] = [
    Evaluation { code: "internal_audit", title: "Internal audit", days: |all| &all.internal_audits },
    Evaluation { code: "management_review", title: "Management review", days: |all| &all.management_reviews },
];

/// The external audits before which both are done, in the order in which they are held, and the rule of each.
static EXTERNAL: [(&str, &Rule); 4] = [
    ("stage_2", &RULES.system_works),
    ("surveillance_1", &RULES.surveillance_covers),
    ("surveillance_2", &RULES.surveillance_covers),
    ("recertification_audit", &RULES.recertification),
];

/// What is due before the external audits among these dates of one cycle: since the external audit before it, and within a
/// year of the last; nothing where that is not asked. `since` is the day with which the cycle begins; none before the first.
pub fn before_audits(
    dues: &[Due],
    since: Option<Date>,
    evaluations: Option<&EvaluationDays>,
    day: Date,
) -> Vec<Due> {
    let mut all = Vec::new();
    let Some(evaluations) = evaluations else { return all };
    let (mut since, mut ahead) = (since, false);
    for &(code, rule) in &EXTERNAL {
        let Some(audit) = dues.iter().find(|due| due.code == code) else { continue };
        let asked = Asked { audit, since, ahead, rule, day };
        all.extend(EACH.iter().filter_map(|one| asked.due(one, evaluations)));
        since = Some(audit.done_on.unwrap_or(audit.due));
        // One that was missed, and whose year is over, comes first no more.
        ahead |= audit.done_on.is_none() && day <= audit.due.year_end();
    }
    all
}

/// An external audit, and since when something is done before it.
struct Asked<'a> {
    audit: &'a Due,
    since: Option<Date>,
    /// Whether another external audit comes first: what is done now is done before that one.
    ahead: bool,
    rule: &'static Rule,
    day: Date,
}

impl Asked<'_> {
    /// None where the audit was held without it: nothing is left to do.
    fn due(&self, one: &Evaluation, evaluations: &EvaluationDays) -> Option<Due> {
        let Self { audit, ahead, day, .. } = *self;
        let days = || (one.days)(evaluations).iter().copied().filter(move |&on| on <= day && !ahead);
        let since = |on: Date| self.since.is_none_or(|since| since < on);
        let done = days().filter(|&on| since(on) && audit.done_on.is_none_or(|held| on <= held)).min();
        if audit.done_on.is_some() && done.is_none() {
            return None;
        }
        let last = days().filter(|&on| !since(on)).max();
        let before = audit.due.minus_days(1);
        let yearly = last.map_or(Date::MAX, |last| last.plus_months(RULES.evaluated));
        let by = before.min(yearly);
        let opens = self.since.map(|since| since.plus_days(1)).filter(|&opens| opens <= by);
        let input = |name: &str, value: Date| RuleInput { name: name.to_owned(), value: value.to_string() };
        let mut inputs = vec![input(&format!("{}_due", audit.code), audit.due)];
        inputs.extend(last.map(|last| input("last_done_on", last)));
        Some(Due {
            code: format!("{}_before_{}", one.code, audit.code),
            cycle: audit.cycle,
            title: format!("{} before the {}", one.title, in_a_sentence(&audit.title)),
            window_opens: opens,
            due: by,
            done_on: done,
            assumed: audit.assumed,
            rule: self.cite(yearly < before),
            inputs: Doc(inputs),
        })
    }

    /// The standards ask for planned intervals; that they are a year is common practice, as is the day of stage 2.
    fn cite(&self, yearly: bool) -> Doc<RuleRef> {
        if yearly || self.audit.code == "stage_2" { self.rule.by_convention() } else { self.rule.cite() }
    }
}

fn in_a_sentence(title: &str) -> String {
    let mut title = title.to_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    title
}

/// What a grant lacks: enough to show that the system is audited internally and reviewed.
pub fn lacking(terms: &Terms, evaluations: &EvaluationDays, event: &CertificationEvent) -> Option<Objection> {
    if event.event != Type::Granted || !terms.standard.starts_with(ISMS) {
        return None;
    }
    let day = event.effective_on;
    let lacks = |one: &&Evaluation| !(one.days)(evaluations).iter().any(|&on| on <= day);
    let lacking: Vec<_> = EACH.iter().filter(lacks).map(|one| one.title.to_lowercase()).collect();
    let detail = format!("no complete {} is recorded by {day}", lacking.join(" and no complete "));
    let objection = Objection { rule: &RULES.system_works, detail, instead: None };
    (!lacking.is_empty()).then_some(objection)
}

/// The standard of information security management systems, for which A-06 is written.
const ISMS: &str = "ISO/IEC 27001";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kernel::time::Instant, platform::diary::RuleBasis};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn audit(code: &str, due: &str, held: Option<&str>) -> Due {
        Due {
            code: code.to_owned(),
            cycle: 1,
            title: "External audit".to_owned(),
            window_opens: None,
            due: day(due),
            done_on: held.map(day),
            assumed: false,
            rule: RULES.yearly_surveillance.cite(),
            inputs: Doc(Vec::new()),
        }
    }

    /// What becomes of the internal audits before two surveillance audits on 2026-07-01.
    fn told(first_held: Option<&str>, audited: &[&str]) -> Vec<(String, String, Option<String>)> {
        let dues =
            [audit("surveillance_1", "2026-03-10", first_held), audit("surveillance_2", "2027-03-10", None)];
        let internal_audits = audited.iter().copied().map(day).collect();
        let evaluations = EvaluationDays { internal_audits, management_reviews: Vec::new() };
        let all = before_audits(&dues, Some(day("2025-03-10")), Some(&evaluations), day("2026-07-01"));
        let own = all.into_iter().filter(|due| due.code.starts_with("internal_audit"));
        own.map(|due| (due.code, due.due.to_string(), due.done_on.map(|on| on.to_string()))).collect()
    }

    fn first(due: &str, done: Option<&str>) -> (String, String, Option<String>) {
        ("internal_audit_before_surveillance_1".to_owned(), due.to_owned(), done.map(str::to_owned))
    }

    fn second(due: &str, done: Option<&str>) -> (String, String, Option<String>) {
        ("internal_audit_before_surveillance_2".to_owned(), due.to_owned(), done.map(str::to_owned))
    }

    #[test]
    fn each_external_audit_has_one_before_it() {
        let open = [first("2026-03-09", None), second("2027-03-09", None)];
        assert_eq!(told(None, &[]), open);
        let done = [first("2026-03-09", Some("2026-02-01")), second("2027-03-09", None)];
        assert_eq!(told(None, &["2026-02-01"]), done, "it counts for the audit that comes next alone");
        let held = told(Some("2026-03-05"), &["2026-02-01", "2026-06-01"]);
        assert_eq!(held[0].2.as_deref(), Some("2026-02-01"));
        assert_eq!(held[1].2.as_deref(), Some("2026-06-01"));
        assert_eq!(told(Some("2026-03-05"), &[]), [second("2027-03-09", None)], "nothing is left to do");
        assert_eq!(told(None, &["2026-08-01"]), open, "what is held later does not count yet");
    }

    #[test]
    fn what_is_known_was_recorded_and_not_voided() {
        let noted = |on: &str, recorded: i64, voided: Option<i64>| Noted {
            on: day(on),
            recorded_at: Instant::from_micros(recorded),
            voided_at: voided.map(Instant::from_micros),
        };
        let evaluations = Evaluations {
            internal_audits: vec![noted("2026-01-20", 1, Some(3))],
            management_reviews: vec![noted("2026-02-01", 2, None)],
        };
        let own = || [noted("2026-03-01", 2, None)];
        let known = |at: Option<i64>| {
            let moment = Moment { known_at: at.map(Instant::from_micros), ..Moment::ALL };
            let days = evaluations.known(own(), moment);
            (days.internal_audits, days.management_reviews)
        };
        let (audit, owned, review) = (day("2026-01-20"), day("2026-03-01"), day("2026-02-01"));
        assert_eq!(known(Some(0)), (vec![], vec![]));
        assert_eq!(known(Some(1)), (vec![audit], vec![]));
        assert_eq!(known(Some(2)), (vec![audit, owned], vec![review]));
        assert_eq!(known(Some(3)), (vec![owned], vec![review]));
        assert_eq!(known(None), (vec![owned], vec![review]));
    }

    #[test]
    fn a_year_after_the_last_the_next_is_due() {
        assert_eq!(told(None, &["2025-02-01"])[0], first("2026-02-01", None));
        assert_eq!(told(Some("2026-03-05"), &["2026-01-15"])[1], second("2027-01-15", None));
        let dues = [audit("surveillance_1", "2026-03-10", None)];
        let bases = |management_reviews: Vec<Date>| {
            let evaluations = EvaluationDays { internal_audits: Vec::new(), management_reviews };
            let all = before_audits(&dues, Some(day("2025-03-10")), Some(&evaluations), day("2026-01-01"));
            let review = all.into_iter().find(|due| due.code.starts_with("management_review")).unwrap();
            (review.rule.id.clone(), review.rule.basis)
        };
        assert_eq!(bases(Vec::new()), ("A-13".to_owned(), RuleBasis::Normative));
        assert_eq!(bases(vec![day("2025-02-01")]), ("A-13".to_owned(), RuleBasis::Convention));
    }
}
