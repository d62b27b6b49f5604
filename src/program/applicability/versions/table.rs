//! A version as a table for a spreadsheet.

use super::{diff::reason, model::VersionDocument};
use crate::{
    kernel::error::{Error, Result},
    platform::http::document::cell,
};

const COLUMNS: [&str; 10] =
    ["id", "title", "theme", "kind", "decision", "reasons", "exclusion", "implemented", "controls", "note"];

/// The table of a version, with a heading (RFC 4180).
///
/// # Errors
/// When it cannot be written.
pub fn table(document: &VersionDocument) -> Result<String> {
    let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    rows.write_record(COLUMNS).map_err(Error::internal)?;
    for entry in &document.content.entries {
        let implemented = entry.implemented.map_or("", |yes| if yes { "yes" } else { "no" });
        let reasons: Vec<_> = entry.reasons.iter().map(|one| reason(one, entry)).collect();
        let controls: Vec<_> =
            entry.controls.iter().map(|one| format!("{} ({})", one.code, one.status)).collect();
        let row = [
            entry.id.as_str(),
            entry.title.as_str(),
            entry.theme.as_ref().map_or("", |one| one.as_str()),
            entry.kind.as_str(),
            entry.decision.as_str(),
            &reasons.join("; "),
            entry.exclusion.as_ref().map_or("", |one| one.as_str()),
            implemented,
            &controls.join("; "),
            entry.note.as_str(),
        ];
        rows.write_record(row.map(cell)).map_err(Error::internal)?;
    }
    String::from_utf8(rows.into_inner().map_err(Error::internal)?).map_err(Error::internal)
}

/// The name of the table's file.
pub fn file_name(document: &VersionDocument) -> String {
    format!("statement-of-applicability-{}.csv", document.version.number)
}
