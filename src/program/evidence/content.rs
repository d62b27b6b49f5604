//! What a piece of evidence holds: a file, a link, a statement or a machine's record.

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    bounded_text,
    kernel::{
        error::{Code, Error, Faults, Result},
        text::{self, Prose, Url},
    },
    text_enum,
};

text_enum! {
    /// What a piece of evidence consists of.
    EvidenceKind {
        /// A file in the evidence store.
        File = "file",
        /// A link to where it can be seen.
        Link = "link",
        /// A statement in words.
        Statement = "statement",
        /// A machine's record: a JSON object.
        Record = "record",
    }
}

bounded_text! {
    /// A file's name, without a folder.
    FileName: 1..=255, like "access-review-2026-q3.csv";
    /// A media type (RFC 9110, 8.3.1).
    MediaType: 3..=127, like "text/csv";
}

/// Bytes of a record's JSON at the most.
pub const MAX_RECORD: usize = 64 * 1024;

/// A file's facts; its bytes are in the evidence store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct EvidenceFile {
    /// Its name.
    pub name: FileName,
    /// What its sender says it is. It is served as an attachment, and never as what a browser would run.
    pub media_type: MediaType,
    /// Its length in bytes.
    #[schema(minimum = 0, example = 48213)]
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal, computed when it came.
    #[schema(max_length = 64, example = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    pub sha256: String,
}

/// What a piece of evidence holds. The field that its kind names is there, the others are null.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[schema(example = example)]
pub struct EvidenceContent {
    /// The file's facts.
    pub file: Option<EvidenceFile>,
    /// Where it can be seen.
    pub url: Option<Url>,
    /// What is stated.
    pub statement: Option<Prose>,
    /// What a machine recorded.
    #[schema(value_type = Option<Object>)]
    pub record: Option<Value>,
}

fn example() -> Value {
    json!({ "url": null, "statement": null, "record": null })
}

/// Content that is written as JSON: a link, a statement or a record. A file's bytes come with
/// `PUT /v1/evidence/{id}/content`.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "statement": "The owners of all 14 systems have reviewed their accounts." }))]
pub struct NewContent {
    /// Where a link's evidence can be seen.
    #[serde(default)]
    pub url: Option<Url>,
    /// What is stated.
    #[serde(default)]
    pub statement: Option<Prose>,
    /// What a machine recorded: a JSON object of 64 KiB at the most.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub record: Option<Value>,
}

impl From<NewContent> for EvidenceContent {
    fn from(new: NewContent) -> Self {
        Self { file: None, url: new.url, statement: new.statement, record: new.record }
    }
}

impl From<EvidenceFile> for EvidenceContent {
    fn from(file: EvidenceFile) -> Self {
        Self { file: Some(file), ..Self::default() }
    }
}

impl EvidenceContent {
    /// Checks that it is what its kind asks for; `at` is where it stands in the body.
    pub fn validate(&self, kind: EvidenceKind, at: &str, faults: &mut Faults) {
        let given = [
            (EvidenceKind::File, "file", self.file.is_some()),
            (EvidenceKind::Link, "url", self.url.is_some()),
            (EvidenceKind::Statement, "statement", self.statement.is_some()),
            (EvidenceKind::Record, "record", self.record.is_some()),
        ];
        for (of, name, given) in given {
            let missing = of == kind && !given;
            faults.when(missing, format!("{at}/{name}"), format!("is what a {kind} needs"));
            let other = of != kind && given;
            faults.when(
                other,
                format!("{at}/{name}"),
                format!("must not be given: the evidence is a {kind}"),
            );
        }
        let blank = self.statement.as_ref().is_some_and(|text| text.as_str().trim().is_empty());
        faults.when(blank, format!("{at}/statement"), "must not be blank");
        if let Some(record) = &self.record {
            validate_record(record, &format!("{at}/record"), faults);
        }
    }

    /// The digest by which the store keeps its file.
    pub fn sha256(&self) -> Option<&str> {
        self.file.as_ref().map(|file| file.sha256.as_str())
    }
}

fn validate_record(record: &Value, at: &str, faults: &mut Faults) {
    faults.when(!record.is_object(), at, "must be a JSON object");
    faults.when(record.to_string().len() > MAX_RECORD, at, format!("must have at most {MAX_RECORD} bytes"));
    faults.when(holds_nul(record), at, "must not contain U+0000");
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(all) => all.iter().any(holds_nul),
        Value::Object(all) => all.iter().any(|(name, one)| name.contains('\0') || holds_nul(one)),
        _ => false,
    }
}

impl FileName {
    /// A name that is safe to show and to save under: the last part of a path, without control characters and without
    /// those that turn the direction of text, which make `exe.fdp` look like `pdf.exe`.
    ///
    /// # Errors
    /// [`Code::Unprocessable`] when nothing is left, or too much.
    pub fn tame(sent: &str) -> Result<Self> {
        let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
        let plain: String = last.chars().filter(|&c| !c.is_control() && !turns(c)).collect();
        let plain = plain.trim_matches(|c: char| c.is_whitespace() || c == '.');
        let fault = text::fault(plain, 1, 255);
        let wrong = |fault: String| Error::at(Code::Unprocessable, "filename", fault);
        fault.map_or_else(|| plain.parse().map_err(wrong), |fault| Err(wrong(fault)))
    }
}

/// Marks and overrides of the bidirectional algorithm, zero-width characters and line separators.
fn turns(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_is_tamed() {
        for (sent, kept) in [
            ("../../etc/passwd", "passwd"),
            (r"C:\Users\x\report.pdf", "report.pdf"),
            ("in\r\nvoice\t.pdf", "invoice.pdf"),
            ("annex\u{202E}fdp.exe", "annexfdp.exe"),
            (" .htaccess. ", "htaccess"),
            ("Nachweis für 2026.csv", "Nachweis für 2026.csv"),
        ] {
            assert_eq!(FileName::tame(sent).unwrap().as_str(), kept);
        }
        for nothing in ["", "..", "a/", "\u{200B}", &"x".repeat(256)] {
            assert_eq!(FileName::tame(nothing).unwrap_err().code(), Code::Unprocessable, "{nothing:?}");
        }
    }

    #[test]
    fn content_is_what_its_kind_asks_for() {
        let faults = |kind, content: &EvidenceContent| {
            let mut faults = Faults::default();
            content.validate(kind, "/content", &mut faults);
            let told = faults.into_result().err();
            told.iter().flat_map(|told| told.faults()).map(|one| one.pointer.clone()).collect::<Vec<_>>()
        };
        let record = |record| EvidenceContent { record: Some(record), ..EvidenceContent::default() };
        assert!(faults(EvidenceKind::Record, &record(json!({ "users": 3 }))).is_empty());
        assert_eq!(faults(EvidenceKind::Link, &record(json!({}))), ["/content/url", "/content/record"]);
        for wrong in
            [json!([1]), json!({ "a": ["\0"] }), json!({ "\0": 1 }), json!({ "a": "x".repeat(MAX_RECORD) })]
        {
            assert_eq!(faults(EvidenceKind::Record, &record(wrong)), ["/content/record"]);
        }
    }
}
