//! The check of a statement: every fault, with its rule and what to do about it. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    entry::{Decision, EntryKey, EntryKind, EntryView, LinkedControl, ReasonKind},
    rules,
    sheet::listed,
    versions::Totals,
};
use crate::{
    kernel::{
        id::{ControlId, RiskId, StatementOfApplicabilityId},
        text::ShortCode,
        time::Date,
    },
    platform::diary::{Rule, RuleRef},
    program::{
        controls::ControlStatus,
        isms::Treatment,
        risks::{ResidualRisk, RiskStatus, Treated},
    },
    text_enum,
};

text_enum! {
    /// How much a fault weighs.
    Severity {
        /// The statement cannot be approved with it.
        Error = "error",
        /// An auditor may ask about it.
        Warning = "warning",
    }
}

/// Something that is wrong with a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(as = ApplicabilityFault)]
#[graphql(name = "ApplicabilityFault")]
pub struct Finding {
    /// The rule.
    pub rule: RuleRef,
    /// How much it weighs.
    pub severity: Severity,
    /// The entry; null where it is about none.
    pub entry: Option<EntryKey>,
    /// The control; null where it is about none.
    pub control: Option<ControlId>,
    /// The risk; null where it is about none.
    pub risk: Option<RiskId>,
    /// What is wrong.
    #[schema(max_length = 2000, example = "nothing was decided yet")]
    pub detail: String,
    /// What to do about it.
    #[schema(max_length = 2000, example = "Include it with a reason, or exclude it with a justification.")]
    pub remedy: String,
}

/// How complete a statement is.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = ApplicabilityCheck)]
#[graphql(name = "ApplicabilityCheck")]
pub struct Check {
    /// The statement.
    pub statement_id: StatementOfApplicabilityId,
    /// The day of the check: acceptances of risks are looked at as they stand on it.
    pub as_of: Date,
    /// Whether there is no error, so that it can be approved.
    pub complete: bool,
    /// How many errors there are.
    #[schema(minimum = 0)]
    pub errors: i32,
    /// How many warnings there are.
    #[schema(minimum = 0)]
    pub warnings: i32,
    /// How many entries are what.
    pub totals: Totals,
    /// Every fault: by entry, then those of risks, then those of the whole.
    #[schema(max_items = 100000)]
    pub faults: Vec<Finding>,
}

/// What the check looks at.
pub struct Looked<'a> {
    /// The statement.
    pub statement_id: StatementOfApplicabilityId,
    /// Its entries.
    pub entries: &'a [EntryView],
    /// The controls that treat open risks by modifying them.
    pub treated: &'a [Treated],
    /// The controls that actions of the treatment plans that hold take against open risks.
    pub taken: &'a [Treated],
    /// What the treatment plans that hold do.
    pub treatment: &'a Treatment,
    /// The open risks of which something is left.
    pub residual: &'a [ResidualRisk],
    /// The number of the approved version and how much in it differs from the draft.
    pub approved: Option<(i32, usize)>,
    /// The day.
    pub today: Date,
}

impl Check {
    /// Checks a statement.
    pub fn of(looked: &Looked<'_>) -> Self {
        let (risks, planned) = (by_control(looked), planned(looked));
        let mut faults: Vec<_> =
            looked.entries.iter().flat_map(|one| of_entry(one, &risks, &planned)).collect();
        faults.extend(unlisted(looked));
        faults.extend(not_accepted(looked));
        faults.extend(not_approved(looked));
        let count = |severity| {
            let some = faults.iter().filter(|one| one.severity == severity).count();
            i32::try_from(some).unwrap_or(i32::MAX)
        };
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        Self {
            statement_id: looked.statement_id,
            as_of: looked.today,
            complete: errors == 0,
            errors,
            warnings,
            totals: Totals::of(looked.entries),
            faults,
        }
    }

    /// The errors.
    pub fn all_errors(&self) -> impl Iterator<Item = &Finding> {
        self.faults.iter().filter(|one| one.severity == Severity::Error)
    }
}

type Risks<'a> = HashMap<ControlId, Vec<&'a ShortCode>>;

/// What treats open risks, by the risks themselves and by treatment plans.
fn treating<'a>(looked: &Looked<'a>) -> impl Iterator<Item = &'a Treated> {
    looked.treated.iter().chain(looked.taken)
}

/// The codes of the risks that each control treats.
fn by_control<'a>(looked: &Looked<'a>) -> Risks<'a> {
    let mut risks: Risks<'a> = HashMap::new();
    treating(looked).for_each(|one| risks.entry(one.control).or_default().push(&one.risk_code));
    risks
}

/// The controls that are still to come: an action that is done plans nothing any more.
fn planned(looked: &Looked<'_>) -> HashSet<ControlId> {
    let treated = looked.treated.iter().map(|one| one.control);
    treated.chain(looked.treatment.planned.iter().copied()).collect()
}

/// In order, each once.
fn told(mut codes: Vec<&ShortCode>) -> Vec<&ShortCode> {
    codes.sort();
    codes.dedup();
    codes
}

fn found(rule: &Rule, severity: Severity, detail: impl Into<String>, remedy: &str) -> Finding {
    let (detail, remedy) = (detail.into(), remedy.to_owned());
    Finding { rule: rule.cite().0, severity, entry: None, control: None, risk: None, detail, remedy }
}

fn of_entry(entry: &EntryView, risks: &Risks<'_>, planned: &HashSet<ControlId>) -> Vec<Finding> {
    let mut found = match entry.facts.decision {
        Decision::Undecided => vec![undecided()],
        Decision::Excluded => excluded(entry, risks),
        Decision::Included => included(entry, risks, planned),
    };
    for one in &mut found {
        one.entry = Some(entry.facts.id.clone());
        one.control = entry.facts.control_id;
    }
    found
}

fn undecided() -> Finding {
    let remedy = "Include it with a reason, or exclude it with a justification.";
    found(&rules::DECIDES_EACH, Severity::Error, "nothing was decided yet", remedy)
}

fn excluded(entry: &EntryView, risks: &Risks<'_>) -> Vec<Finding> {
    let mut faults = Vec::new();
    if entry.facts.exclusion.is_none() {
        let remedy = "Say in `exclusion` why it is not necessary.";
        let detail = "it is excluded without a justification";
        faults.push(found(&rules::DECIDES_EACH, Severity::Error, detail, remedy));
    }
    if !entry.facts.reasons.is_empty() {
        let remedy = "Empty `reasons`, or include it.";
        let detail = "it is excluded and has reasons for its inclusion";
        faults.push(found(&rules::DECIDES_EACH, Severity::Error, detail, remedy));
    }
    let treating = entry.linked_controls.iter().filter_map(|one| Some((&one.code, risks.get(&one.id)?)));
    let (controls, treats): (Vec<_>, Vec<_>) = treating.unzip();
    if !controls.is_empty() {
        let codes = told(treats.into_iter().flatten().copied().collect());
        let detail = format!(
            "it is excluded, and {}, which counts towards it, treats {}",
            listed(controls.into_iter()),
            listed(codes.into_iter())
        );
        let remedy = "Include it, or treat the risk with other controls.";
        faults.push(found(&rules::KEEPS_WHAT_TREATS, Severity::Error, detail, remedy));
    }
    faults
}

fn included(entry: &EntryView, risks: &Risks<'_>, planned: &HashSet<ControlId>) -> Vec<Finding> {
    let mut faults = Vec::new();
    if entry.facts.exclusion.is_some() {
        let remedy = "Clear `exclusion`, or exclude it.";
        let detail = "it is included and has a justification for its exclusion";
        faults.push(found(&rules::DECIDES_EACH, Severity::Error, detail, remedy));
    }
    faults.extend(reasons(entry, risks));
    if entry.linked_controls.iter().all(|one| one.status == ControlStatus::Retired) {
        let remedy = "Name the controls in `controls`, or let a control name it among its requirements.";
        let detail = format!("{}, so it counts as not implemented", entry.why);
        faults.push(found(&rules::SAYS_WHETHER_IMPLEMENTED, Severity::Warning, detail, remedy));
    }
    let is_planned = |one: &LinkedControl| planned.contains(&one.id);
    if entry.implemented == Some(false) && !entry.linked_controls.iter().any(is_planned) {
        let remedy = "Let an action of a treatment plan that is still to be done, or a risk that is treated by `modify`, \
                      name one of its controls; or say that the control is implemented, where it is.";
        let detail = format!(
            "it is necessary and not implemented, and neither an open action of a treatment plan nor a risk under \
             treatment names it ({})",
            entry.why
        );
        faults.push(found(&rules::PLANS_WHAT_IS_MISSING, Severity::Warning, detail, remedy));
    }
    faults
}

/// A control of the tenant's own needs a justification; one of Annex A should have a reason that holds.
fn reasons(entry: &EntryView, risks: &Risks<'_>) -> Option<Finding> {
    let facts = &entry.facts;
    if facts.reasons.is_empty() {
        let treats = entry.linked_controls.iter().filter_map(|one| risks.get(&one.id));
        let treats = told(treats.flatten().copied().collect());
        let remedy = match treats.is_empty() {
            true => "Give a reason: a risk, a law, a contract or the business.".to_owned(),
            false => format!("Give a reason; its controls treat {}.", listed(treats.into_iter())),
        };
        return Some(match entry.kind {
            EntryKind::Own => {
                let detail = "it is listed without a justification for its inclusion";
                found(&rules::SAYS_WHETHER_IMPLEMENTED, Severity::Error, detail, &remedy)
            }
            EntryKind::AnnexA => {
                let detail = "it is included without a risk, a law, a contract or a reason of the business";
                found(&rules::GIVES_A_REASON, Severity::Warning, detail, &remedy)
            }
        });
    }
    let only_risk = facts.reasons.iter().all(|one| one.kind == ReasonKind::Risk && one.text.is_none());
    let gone = entry.linked_risks.iter().all(|one| one.status == RiskStatus::Closed);
    (only_risk && gone).then(|| {
        let detail = match entry.linked_risks.is_empty() {
            true => "its only reason is a risk, and none is named",
            false => "its only reason is a risk, and every risk named is closed",
        };
        found(&rules::GIVES_A_REASON, Severity::Warning, detail, "Name an open risk, or give another reason.")
    })
}

/// Controls that treat a risk and count towards no entry.
fn unlisted(looked: &Looked<'_>) -> Vec<Finding> {
    let counted = looked.entries.iter().flat_map(|one| &one.linked_controls);
    let counted: HashSet<_> = counted.map(|one| one.id).collect();
    let mut missing: BTreeMap<&ShortCode, (ControlId, Vec<&ShortCode>)> = BTreeMap::new();
    for one in treating(looked) {
        if !counted.contains(&one.control) && one.control_status != ControlStatus::Retired {
            missing.entry(&one.control_code).or_insert((one.control, Vec::new())).1.push(&one.risk_code);
        }
    }
    let fault = |(code, (control, risks)): (&ShortCode, (ControlId, Vec<&ShortCode>))| {
        let detail = format!("{code} treats {} and is not listed", listed(told(risks).into_iter()));
        let remedy = "Add an entry for the control, or name it in the entry of an Annex A control.";
        let fault = found(&rules::LISTS_WHAT_IS_NECESSARY, Severity::Error, detail, remedy);
        Finding { control: Some(control), ..fault }
    };
    missing.into_iter().map(fault).collect()
}

/// Open risks of which nobody has accepted what is left, whether it is modified, retained or shared.
fn not_accepted(looked: &Looked<'_>) -> Vec<Finding> {
    let approved = |one: &ResidualRisk| looked.treatment.approved.contains(&one.id);
    let open = looked.residual.iter().filter(|one| !one.accepted(looked.today) && !approved(one));
    let open: BTreeMap<_, _> = open.map(|one| (&one.code, one.id)).collect();
    let fault = |(code, risk): (&ShortCode, RiskId)| {
        let detail = format!("nobody has accepted what is left of {code}");
        let remedy = "Let the risk's owner accept it (POST /v1/risks/{id}/acceptance), or approve the treatment plan that names it.";
        Finding { risk: Some(risk), ..found(&rules::IS_ACCEPTED, Severity::Warning, detail, remedy) }
    };
    open.into_iter().map(fault).collect()
}

fn not_approved(looked: &Looked<'_>) -> Option<Finding> {
    let detail = match looked.approved {
        None => "no version has been approved yet".to_owned(),
        Some((_, 0)) => return None,
        Some((number, count)) => format!("the draft differs from version {number} in {count} places"),
    };
    let remedy = "Approve the draft once it is right.";
    Some(found(&rules::IS_APPROVED, Severity::Warning, detail, remedy))
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
