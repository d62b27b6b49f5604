//! The entries of a statement as they stand: what was said of each control, together with the controls and risks that
//! it rests on. Pure.

use std::collections::HashMap;

use super::entry::{ControlLink, Decision, Entry, EntryKey, EntryKind, EntryView, LinkedControl};
use crate::{
    catalog::{Framework, RequirementId, RequirementKind},
    kernel::{
        id::{StatementOfApplicabilityId, TenantId},
        text::{ShortCode, Title},
    },
    program::{
        controls::{ControlLine, ControlStatus},
        risks::RiskLine,
    },
};

/// Codes that a sentence names.
const NAMED: usize = 10;

/// Everything that the entries of a statement rest on.
#[derive(Debug, Default)]
pub struct Material {
    /// What was said of controls.
    pub said: Vec<Entry>,
    /// The controls of the tenant's own that are listed, each with its entry.
    pub own: Vec<(EntryKey, ControlLine)>,
    /// The controls that entries name.
    pub named: Vec<(EntryKey, ControlLine)>,
    /// The controls that name an Annex A control among their requirements.
    pub naming: Vec<(RequirementId, ControlLine)>,
    /// The risks that the reasons of entries name.
    pub risks: Vec<(EntryKey, RiskLine)>,
}

/// Every entry: Annex A in its order, then the tenant's own controls by code.
pub fn sheet(
    tenant: TenantId,
    statement: StatementOfApplicabilityId,
    framework: &Framework,
    material: Material,
) -> Vec<EntryView> {
    let Material { said, own, named, naming, risks } = material;
    let mut said: HashMap<_, _> = said.into_iter().map(|one| (one.id.clone(), one)).collect();
    let mut links = Links::default();
    let mut mine: Vec<_> = own.clone();
    own.into_iter().for_each(|(key, line)| links.control(key, line, ControlLink::Own));
    named.into_iter().for_each(|(key, line)| links.control(key, line, ControlLink::Entry));
    naming
        .into_iter()
        .for_each(|(id, line)| links.control(EntryKey::of(&id), line, ControlLink::Requirement));
    risks.into_iter().for_each(|(key, line)| links.risks.entry(key).or_default().push(line));
    let annex = framework.requirements.iter().filter(|one| one.kind == RequirementKind::AnnexA);
    let mut entries: Vec<_> = annex
        .map(|one| {
            let key = EntryKey::of(&one.id);
            let facts = said.remove(&key).unwrap_or_else(|| Entry::untouched(tenant, statement, key));
            links.view(facts, EntryKind::AnnexA, one.title.clone(), one.group.clone())
        })
        .collect();
    mine.sort_by(|(_, one), (_, other)| one.code.cmp(&other.code));
    let listed = mine
        .into_iter()
        .filter_map(|(key, line)| Some(links.view(said.remove(&key)?, EntryKind::Own, line.title, None)));
    entries.extend(listed);
    entries
}

#[derive(Default)]
struct Links {
    controls: HashMap<EntryKey, Vec<LinkedControl>>,
    risks: HashMap<EntryKey, Vec<RiskLine>>,
}

impl Links {
    /// A control counts once, for the first reason told.
    fn control(&mut self, key: EntryKey, line: ControlLine, link: ControlLink) {
        let linked = self.controls.entry(key).or_default();
        if !linked.iter().any(|one| one.id == line.id) {
            linked.push(LinkedControl::new(line, link));
        }
    }

    fn view(&mut self, facts: Entry, kind: EntryKind, title: Title, theme: Option<Title>) -> EntryView {
        let mut linked_controls = self.controls.remove(&facts.id).unwrap_or_default();
        linked_controls.sort_by(|one, other| one.code.cmp(&other.code));
        let mut linked_risks = self.risks.remove(&facts.id).unwrap_or_default();
        linked_risks.sort_by(|one, other| one.code.cmp(&other.code));
        let (implemented, why) = implementation(facts.decision, &linked_controls);
        EntryView { facts, kind, title, theme, implemented, why, linked_controls, linked_risks }
    }
}

/// Whether an entry is implemented, and why: all controls that are in use or under way are implemented, and there is
/// one. What is planned or partly there counts as not implemented (B.1.2).
pub fn implementation(decision: Decision, controls: &[LinkedControl]) -> (Option<bool>, String) {
    if decision == Decision::Excluded {
        return (None, "it is excluded".to_owned());
    }
    let (retired, live): (Vec<_>, Vec<_>) =
        controls.iter().partition(|one| one.status == ControlStatus::Retired);
    if live.is_empty() {
        let why = match retired.is_empty() {
            true => "no control is linked to it".to_owned(),
            false => format!("only retired controls are linked to it: {}", codes(&retired)),
        };
        return (Some(false), why);
    }
    let there = |one: &&LinkedControl| one.status == ControlStatus::Implemented;
    let (there, missing): (Vec<_>, Vec<_>) = live.into_iter().partition(there);
    if missing.is_empty() {
        return (Some(true), format!("implemented: {}", codes(&there)));
    }
    let open: Vec<_> =
        missing.iter().take(NAMED).map(|one| format!("{} is {}", one.code, one.status)).collect();
    (Some(false), format!("{}{}", open.join(", "), more(missing.len())))
}

fn codes(controls: &[&LinkedControl]) -> String {
    listed(controls.iter().map(|one| &one.code))
}

/// The first codes, and how many more there are.
pub fn listed<'a>(codes: impl ExactSizeIterator<Item = &'a ShortCode>) -> String {
    let count = codes.len();
    let first: Vec<_> = codes.take(NAMED).map(ShortCode::as_str).collect();
    first.join(", ") + &more(count)
}

fn more(count: usize) -> String {
    match count.saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    }
}
