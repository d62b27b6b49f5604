//! What to look at in a certificate on a day: derived, never stored (A.4).

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{super::rules::RULES, Life, periods, state::Terms, status::CertificationStatus as Status};
use crate::{
    kernel::time::Date,
    platform::{
        db::Doc,
        diary::{AsOf, Due, MilestoneState, Rule, RuleRef},
    },
    text_enum,
};

text_enum! {
    /// What to look at.
    CertificationFlagCode {
        /// A surveillance audit is overdue.
        SurveillanceOverdue = "surveillance_overdue",
        /// A calendar year went by without an audit.
        CalendarYearBreach = "calendar_year_breach",
        /// A surveillance audit was held later than the programme asks.
        ProgrammeLate = "programme_late",
        /// The expiry is near, and the recertification audit is not held or majors are open.
        RecertDecisionAtRisk = "recert_decision_at_risk",
        /// A suspension lasts longer than six months.
        SuspensionOverLimit = "suspension_over_limit",
        /// It has expired; the time to restore it runs.
        RestorationWindowClosing = "restoration_window_closing",
        /// Its edition ends within a year.
        EditionEnding = "edition_ending",
        /// The certification may not be promoted, nor its marks used.
        MarksMustNotBeUsed = "marks_must_not_be_used",
        /// An event contradicts a rule.
        Contradicts = "contradicts",
        /// The certification body lost its accreditation.
        AccreditationLost = "accreditation_lost",
        /// The certification body has no accreditation.
        NotAccredited = "not_accredited",
    }
}

/// Something to look at, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(example = json!({
    "code": "surveillance_overdue", "since": "2026-03-11", "detail": "First surveillance audit was due on 2026-03-10",
}))]
pub struct CertificationFlag {
    /// What it is.
    pub code: CertificationFlagCode,
    /// Since when; null where that is not known.
    pub since: Option<Date>,
    /// What it is about.
    #[schema(max_length = 1000)]
    pub detail: String,
    /// The rule behind it.
    #[schema(value_type = RuleRef)]
    pub rule: Doc<RuleRef>,
}

/// Months before the end of an edition from which that is told.
const EDITION_NOTICE: u32 = 12;

/// All flags of a day.
pub fn all(life: &Life, terms: &Terms, as_of: AsOf) -> Vec<CertificationFlag> {
    let status = life.status(as_of.day);
    let dues = life.external_dues(terms, as_of.day);
    let mut flags: Vec<_> = dues.iter().filter_map(|due| of_due(due, status, as_of)).collect();
    flags.extend(expiry(life, terms, &dues, status, as_of));
    flags.extend(edition(life, status, as_of.day));
    flags.extend(marks(life, status, as_of.day));
    flags.extend(
        life.contradictions().map(|(on, rule, detail)| {
            flag(CertificationFlagCode::Contradicts, Some(on), detail, rule.cite())
        }),
    );
    flags.extend(accreditation(terms, status, as_of.day));
    flags
}

fn flag(
    code: CertificationFlagCode,
    since: Option<Date>,
    detail: String,
    rule: Doc<RuleRef>,
) -> CertificationFlag {
    CertificationFlag { code, since, detail, rule }
}

fn of_due(due: &Due, status: Status, as_of: AsOf) -> Option<CertificationFlag> {
    use CertificationFlagCode as Code;
    let overdue = due.state(as_of) == MilestoneState::Overdue;
    let late = due.days_late(as_of) > 0;
    let code = match due.code.as_str() {
        code if code.starts_with("surveillance_") && overdue => Code::SurveillanceOverdue,
        code if code.starts_with("surveillance_") && late => Code::ProgrammeLate,
        code if code.starts_with("calendar_") && overdue => Code::CalendarYearBreach,
        code if code.starts_with("suspension_review_") && overdue => Code::SuspensionOverLimit,
        _ => return None,
    };
    if overdue && !(status.usable() || status == Status::Suspended) {
        return None;
    }
    let detail = match due.done_on.filter(|_| !overdue) {
        Some(done) => format!("{} was due on {} and held on {done}", due.title, due.due),
        None => format!("{}: due on {}", due.title, due.due),
    };
    Some(flag(code, Some(due.due.plus_days(1)), detail, due.rule.clone()))
}

fn expiry(
    life: &Life,
    terms: &Terms,
    dues: &[Due],
    status: Status,
    as_of: AsOf,
) -> Option<CertificationFlag> {
    use CertificationFlagCode as Code;
    let cycle = life.cycle_on(as_of.day)?;
    let last = cycle.last_day();
    if status == Status::ExpiredRestorable {
        let until = cycle.restorable_until?;
        let detail = format!("it expired on {last} and can be restored until {until}");
        return Some(flag(
            Code::RestorationWindowClosing,
            Some(last.plus_days(1)),
            detail,
            RULES.restored.cite(),
        ));
    }
    let from = last.minus_months(RULES.at_risk);
    let audit = dues.iter().find(|due| due.code == "recertification_audit" && due.cycle == cycle.cycle)?;
    let near = from <= as_of.day && (status.usable() || status == Status::Suspended);
    let majors = life.open_majors(terms, as_of.day);
    let stands = match majors.first() {
        _ if audit.state(as_of) != MilestoneState::Done => {
            Some("the recertification audit is not held".to_owned())
        }
        Some(one) => Some(format!("the major nonconformity \"{}\" is not verified", one.title)),
        None => None,
    };
    let detail = format!("it expires on {last} and {}", stands.as_deref().unwrap_or_default());
    (near && stands.is_some())
        .then(|| flag(Code::RecertDecisionAtRisk, Some(from), detail, RULES.recertification.by_convention()))
}

fn edition(life: &Life, status: Status, day: Date) -> Option<CertificationFlag> {
    let end = life.edition_end()?;
    let (last, from) = (end.last_day(), end.last_day().minus_months(EDITION_NOTICE));
    let detail = format!("the edition of {} can be used until {last}", end.edition);
    let told = from <= day && day <= last && status.usable();
    told.then(|| flag(CertificationFlagCode::EditionEnding, Some(from), detail, RULES.edition_end.cite()))
}

fn marks(life: &Life, status: Status, day: Date) -> Option<CertificationFlag> {
    let detail = format!("the certificate is {status}");
    let since = life.lapsed_since(day);
    let rule: &Rule = &RULES.invalid;
    status.lapsed().then(|| flag(CertificationFlagCode::MarksMustNotBeUsed, since, detail, rule.cite()))
}

fn accreditation(terms: &Terms, status: Status, day: Date) -> Option<CertificationFlag> {
    use CertificationFlagCode as Code;
    if !(status.usable() || status == Status::Suspended) {
        return None;
    }
    match periods::accreditation_lost(&terms.accreditations, day) {
        Some(lost) => {
            let detail = format!("the certification body has been without accreditation since {lost}");
            Some(flag(Code::AccreditationLost, Some(lost), detail, RULES.lost_accreditation.cite()))
        }
        None if terms.accreditations.iter().any(|one| one.holds_on(day)) => None,
        None => {
            let detail = "the certification body has no accreditation on record".to_owned();
            Some(flag(Code::NotAccredited, None, detail, RULES.transfers.cite()))
        }
    }
}
