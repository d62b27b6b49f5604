//! A version as a page that can be read and printed: tables with headings, one column beside the other on paper as on a
//! screen, no script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    content::{Content, FrozenEntry, Totals},
    diff::reason,
    model::{VersionDocument, VersionState},
};
use crate::program::applicability::entry::{Decision, EntryKind};

/// The style sheet: all that the page may use beside its own text.
pub const STYLE: &str = "\
:root { color-scheme: light; }
body { font: 14px/1.45 sans-serif; color: #1a1a1a; background: #fff; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.draft { border: 2px solid #8a1c1c; color: #8a1c1c; padding: .5rem .8rem; font-weight: bold; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { font-weight: bold; } dd { margin: 0; }
.scope, .said { white-space: pre-line; overflow-wrap: anywhere; } code { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; font-weight: bold; padding: .4rem 0; }
th, td { border: 1px solid #6b6b6b; padding: .35rem .5rem; text-align: left; vertical-align: top; }
thead th { background: #ececec; } tbody th { font-weight: normal; white-space: nowrap; }
ul { margin: 0; padding-left: 1.1rem; }
@page { size: A4 landscape; margin: 15mm; }
@media print {
  body { margin: 0; max-width: none; padding: 0; font-size: 9pt; }
  thead { display: table-header-group; } tr { break-inside: avoid; } h2 { break-after: avoid; }
}
";

/// The page of a version.
pub fn print(document: &VersionDocument) -> String {
    let VersionDocument { version, content } = document;
    let title = match &version.label {
        Some(label) => format!("Statement of Applicability {label}: {}", content.statement.name),
        None => format!("Statement of Applicability (draft): {}", content.statement.name),
    };
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    @match version.state {
                        VersionState::Draft => p.draft role="note" { "Draft: this has not been approved." },
                        VersionState::Approved => p { "Approved; this version holds." },
                        VersionState::Superseded => p.draft role="note" { "Superseded: a later version holds." },
                    }
                    (about(document))
                }
                main {
                    (totals(&content.totals))
                    @for (theme, entries) in themes(content) { (entries_of(theme, &entries)) }
                }
            }
        }
    };
    markup.into_string()
}

fn about(document: &VersionDocument) -> Markup {
    let VersionDocument { version, content } = document;
    html! {
        dl {
            dt { "Framework" } dd { (content.statement.framework_name) }
            dt { "Scope" } dd.scope { (content.statement.scope) }
            dt { "Version" }
            dd { (version.number) @if let Some(label) = &version.label { " (" (label) ")" } }
            @if let Some(approval) = &content.approval {
                dt { "Approved by" } dd { (approval.approver) }
                dt { "Approved on" } dd { time datetime=(approval.approved_on) { (approval.approved_on) } }
                dt { "Implementation as of" } dd { time datetime=(approval.as_of) { (approval.as_of) } }
                @if !approval.note.as_str().is_empty() { dt { "Note" } dd.said { (approval.note) } }
            }
            dt { "SHA-256 of the content" } dd { code { (version.digest) } }
        }
    }
}

fn totals(totals: &Totals) -> Markup {
    let rows = [
        ("Controls of Annex A", totals.annex_a),
        ("included", totals.included),
        ("excluded", totals.excluded),
        ("undecided", totals.undecided),
        ("Further necessary controls", totals.own),
        ("Necessary controls that are implemented", totals.implemented),
        ("Necessary controls that are not", totals.not_implemented),
    ];
    html! {
        h2 { "Summary" }
        dl { @for (name, count) in rows { dt { (name) } dd { (count) } } }
    }
}

/// The entries under their headings, in the order in which they come.
fn themes(content: &Content) -> Vec<(&str, Vec<&FrozenEntry>)> {
    let mut groups: Vec<(&str, Vec<&FrozenEntry>)> = Vec::new();
    for entry in &content.entries {
        let theme = match (&entry.theme, entry.kind) {
            (Some(theme), _) => theme.as_str(),
            (None, EntryKind::AnnexA) => "Annex A",
            (None, EntryKind::Own) => "Further necessary controls",
        };
        match groups.last_mut() {
            Some((last, entries)) if *last == theme => entries.push(entry),
            _ => groups.push((theme, vec![entry])),
        }
    }
    groups
}

fn entries_of(theme: &str, entries: &[&FrozenEntry]) -> Markup {
    html! {
        h2 { (theme) }
        table {
            caption { (theme) ": " (entries.len()) " controls" }
            thead {
                tr {
                    @for name in ["Control", "Title", "Applicable", "Justification", "Implemented", "Realised by"] {
                        th scope="col" { (name) }
                    }
                }
            }
            tbody { @for entry in entries { (row(entry)) } }
        }
    }
}

fn row(entry: &FrozenEntry) -> Markup {
    let number = match entry.kind {
        EntryKind::AnnexA => entry.id.as_str(),
        EntryKind::Own => entry.controls.first().map_or(entry.id.as_str(), |one| one.code.as_str()),
    };
    let applicable = match entry.decision {
        Decision::Included => "Yes",
        Decision::Excluded => "No",
        Decision::Undecided => "Undecided",
    };
    let implemented = match entry.implemented {
        Some(true) => "Yes",
        Some(false) => "No",
        None => "–",
    };
    html! {
        tr {
            th scope="row" { (number) }
            td { (entry.title) }
            td { (applicable) }
            td {
                @if !entry.reasons.is_empty() {
                    ul { @for one in &entry.reasons { li.said { (reason(one, entry)) } } }
                }
                @if let Some(why) = &entry.exclusion { p.said { (why) } }
                @if !entry.note.as_str().is_empty() { p.said { (entry.note) } }
            }
            td { (implemented) }
            td {
                @if !entry.controls.is_empty() {
                    ul { @for one in &entry.controls { li { (one.code) " " (one.title) " (" (one.status) ")" } } }
                }
            }
        }
    }
}
