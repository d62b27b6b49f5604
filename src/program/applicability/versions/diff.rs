//! What changed from one version to another. Pure.

use std::collections::HashMap;

use async_graphql::SimpleObject;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    content::{Content, FrozenEntry},
    model::VersionView,
};
use crate::{
    kernel::text::Title,
    program::applicability::entry::{EntryKey, Reason},
};

/// A field that says something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(as = ApplicabilityFieldChange)]
#[graphql(name = "ApplicabilityFieldChange")]
pub struct FieldChange {
    /// The field.
    #[schema(max_length = 64, example = "decision")]
    pub field: String,
    /// What it said; null for nothing.
    #[schema(max_length = 20000, example = "excluded")]
    pub before: Option<String>,
    /// What it says; null for nothing.
    #[schema(max_length = 20000, example = "included")]
    pub after: Option<String>,
}

/// An entry that says something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, SimpleObject)]
#[schema(as = ChangedApplicabilityEntry)]
#[graphql(name = "ChangedApplicabilityEntry")]
pub struct ChangedEntry {
    /// What it is about.
    pub id: EntryKey,
    /// What its control is called in the later version.
    pub title: Title,
    /// Every field that differs.
    #[schema(max_items = 20)]
    pub fields: Vec<FieldChange>,
}

/// What changed from one version to another.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = ApplicabilityDiff)]
#[graphql(name = "ApplicabilityDiff")]
pub struct Diff {
    /// The earlier version.
    pub from: VersionView,
    /// The later version.
    pub to: VersionView,
    /// What of the statement itself differs.
    #[schema(max_items = 20)]
    pub statement: Vec<FieldChange>,
    /// Entries that only the later version has.
    #[schema(max_items = 1000)]
    pub added: Vec<FrozenEntry>,
    /// Entries that only the earlier version has.
    #[schema(max_items = 1000)]
    pub removed: Vec<FrozenEntry>,
    /// Entries that say something else.
    #[schema(max_items = 1000)]
    pub changed: Vec<ChangedEntry>,
}

/// What differs between two contents.
#[derive(Debug, Default)]
pub struct Differences {
    statement: Vec<FieldChange>,
    added: Vec<FrozenEntry>,
    removed: Vec<FrozenEntry>,
    changed: Vec<ChangedEntry>,
}

impl Differences {
    /// Compares two contents; who approved them is not compared.
    pub fn between(from: &Content, to: &Content) -> Self {
        let before: HashMap<_, _> = from.entries.iter().map(|one| (&one.id, one)).collect();
        let after: HashMap<_, _> = to.entries.iter().map(|one| (&one.id, one)).collect();
        let gone = from.entries.iter().filter(|one| !after.contains_key(&one.id));
        let new = to.entries.iter().filter(|one| !before.contains_key(&one.id));
        let both = to.entries.iter().filter_map(|one| changed(before.get(&one.id)?, one));
        Self {
            statement: fields(&of_statement(from), &of_statement(to)),
            added: new.cloned().collect(),
            removed: gone.cloned().collect(),
            changed: both.collect(),
        }
    }

    /// How many entries, or parts of the statement itself, differ.
    pub fn count(&self) -> usize {
        self.statement.len() + self.added.len() + self.removed.len() + self.changed.len()
    }

    /// With the versions that were compared.
    pub fn of(self, from: VersionView, to: VersionView) -> Diff {
        let Self { statement, added, removed, changed } = self;
        Diff { from, to, statement, added, removed, changed }
    }
}

type Field = (&'static str, Option<String>);
type Fields = Vec<Field>;

fn changed(before: &FrozenEntry, after: &FrozenEntry) -> Option<ChangedEntry> {
    let fields = fields(&of_entry(before), &of_entry(after));
    (!fields.is_empty()).then(|| ChangedEntry { id: after.id.clone(), title: after.title.clone(), fields })
}

fn fields(before: &Fields, after: &Fields) -> Vec<FieldChange> {
    let pairs = before.iter().zip(after).filter(|(before, after)| before != after);
    let told = |((field, before), (_, after)): (&Field, &Field)| FieldChange {
        field: (*field).to_owned(),
        before: before.clone(),
        after: after.clone(),
    };
    pairs.map(told).collect()
}

fn of_statement(content: &Content) -> Fields {
    let one = &content.statement;
    vec![
        ("name", Some(one.name.to_string())),
        ("framework", Some(one.framework.to_string())),
        ("scope", Some(one.scope.to_string())),
    ]
}

/// The fields of an entry as text. Why it is implemented follows from its controls and is not compared.
fn of_entry(entry: &FrozenEntry) -> Fields {
    let implemented = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    vec![
        ("title", Some(entry.title.to_string())),
        ("decision", Some(entry.decision.to_string())),
        ("reasons", joined(entry.reasons.iter().map(|one| reason(one, entry)))),
        ("exclusion", entry.exclusion.as_ref().map(ToString::to_string)),
        ("implemented", entry.implemented.map(implemented)),
        ("controls", joined(entry.controls.iter().map(|one| format!("{} ({})", one.code, one.status)))),
        ("note", Some(entry.note.to_string()).filter(|note| !note.is_empty())),
    ]
}

/// A reason in words: its kind, what it rests on and the codes of its risks.
pub fn reason(reason: &Reason, entry: &FrozenEntry) -> String {
    let codes: Vec<_> = entry
        .risks
        .iter()
        .filter(|one| reason.risks.contains(&one.id))
        .map(|one| one.code.as_str())
        .collect();
    let named = Some(codes.join(", ")).filter(|codes| !codes.is_empty());
    let said = reason.text.as_ref().map(ToString::to_string).into_iter().chain(named).collect::<Vec<_>>();
    match said.is_empty() {
        true => reason.kind.to_string(),
        false => format!("{}: {}", reason.kind, said.join(" – ")),
    }
}

fn joined(parts: impl Iterator<Item = String>) -> Option<String> {
    let all = parts.collect::<Vec<_>>().join("; ");
    Some(all).filter(|all| !all.is_empty())
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
