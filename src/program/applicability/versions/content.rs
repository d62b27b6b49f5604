//! What a version says: everything in it as text and codes, so that it still reads the same when the controls, the
//! risks and the people have changed. Pure.

use async_graphql::SimpleObject;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::model::VersionLabel;
use crate::{
    bounded_text,
    catalog::{Framework, FrameworkKey},
    kernel::{
        error::{Error, Result},
        id::{MemberId, StatementOfApplicabilityId},
        text::{Prose, Title},
        time::Date,
    },
    platform::files::Sum,
    program::{
        applicability::{
            entry::{Decision, EntryKey, EntryKind, EntryView, Justification, LinkedControl, Reason},
            model::{StatementOfApplicability, StatementScope},
        },
        risks::RiskLine,
    },
};

bounded_text! {
    /// SHA-256 of the canonical JSON (RFC 8785) of a version's `content`, in lower-case hexadecimal.
    Digest: 64..=64, like "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
}

/// How many entries are what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[schema(as = ApplicabilityTotals)]
#[graphql(name = "ApplicabilityTotals")]
pub struct Totals {
    /// Controls of Annex A.
    #[schema(minimum = 0, example = 93)]
    pub annex_a: i32,
    /// Those that are included.
    #[schema(minimum = 0)]
    pub included: i32,
    /// Those that are excluded.
    #[schema(minimum = 0)]
    pub excluded: i32,
    /// Those of which nothing was decided.
    #[schema(minimum = 0)]
    pub undecided: i32,
    /// Necessary controls of the tenant's own, which are not of Annex A.
    #[schema(minimum = 0)]
    pub own: i32,
    /// Necessary controls of either kind that are implemented.
    #[schema(minimum = 0)]
    pub implemented: i32,
    /// Necessary controls of either kind that are not.
    #[schema(minimum = 0)]
    pub not_implemented: i32,
}

impl Totals {
    /// Counts the entries.
    pub fn of(entries: &[EntryView]) -> Self {
        let count = |fits: &dyn Fn(&EntryView) -> bool| {
            i32::try_from(entries.iter().filter(|one| fits(one)).count()).unwrap_or(i32::MAX)
        };
        let annex = |decision| {
            count(&|one: &EntryView| one.kind == EntryKind::AnnexA && one.facts.decision == decision)
        };
        let necessary = |implemented| {
            count(&|one: &EntryView| {
                one.facts.decision == Decision::Included && one.implemented == Some(implemented)
            })
        };
        Self {
            annex_a: count(&|one| one.kind == EntryKind::AnnexA),
            included: annex(Decision::Included),
            excluded: annex(Decision::Excluded),
            undecided: annex(Decision::Undecided),
            own: count(&|one| one.kind == EntryKind::Own),
            implemented: necessary(true),
            not_implemented: necessary(false),
        }
    }
}

/// Of which statement a version is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[schema(as = ApplicabilitySubject)]
#[graphql(name = "ApplicabilitySubject")]
pub struct Subject {
    /// The statement.
    pub id: StatementOfApplicabilityId,
    /// What it was called.
    pub name: Title,
    /// Whose Annex A it goes through.
    pub framework: FrameworkKey,
    /// The framework's name.
    pub framework_name: Title,
    /// What it was about.
    pub scope: StatementScope,
}

/// Who approved a version, when, and under which name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[schema(as = ApplicabilitySignature)]
#[graphql(name = "ApplicabilitySignature")]
pub struct Signature {
    /// The version's number.
    #[schema(minimum = 1)]
    pub number: i32,
    /// What people call it.
    pub label: VersionLabel,
    /// The member who approved it.
    pub approved_by: MemberId,
    /// The member's name at that time.
    pub approver: Title,
    /// The day of the approval.
    pub approved_on: Date,
    /// The day on which it was frozen, for which it tells what was implemented.
    pub as_of: Date,
    /// What else there is to say of the approval.
    pub note: Prose,
}

/// An entry as a version has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[schema(as = FrozenApplicabilityEntry)]
#[graphql(name = "FrozenApplicabilityEntry")]
pub struct FrozenEntry {
    /// What it is about.
    pub id: EntryKey,
    /// Where its control comes from.
    pub kind: EntryKind,
    /// What the control was called.
    pub title: Title,
    /// The theme of an Annex A control; null for one of the tenant's own.
    pub theme: Option<Title>,
    /// What was decided.
    pub decision: Decision,
    /// Why it is necessary.
    #[schema(max_items = 4)]
    pub reasons: Vec<Reason>,
    /// Why it is excluded.
    pub exclusion: Option<Justification>,
    /// What else there is to say.
    pub note: Prose,
    /// Whether it was implemented; null where it is excluded.
    pub implemented: Option<bool>,
    /// Why.
    #[schema(max_length = 2000, example = "AC-01 is implemented")]
    pub why: String,
    /// The controls that counted towards it, as they stood.
    #[schema(max_items = 10000)]
    pub controls: Vec<LinkedControl>,
    /// The risks that its reasons name, as they stood.
    #[schema(max_items = 100)]
    pub risks: Vec<RiskLine>,
}

impl From<EntryView> for FrozenEntry {
    fn from(entry: EntryView) -> Self {
        Self {
            id: entry.facts.id,
            kind: entry.kind,
            title: entry.title,
            theme: entry.theme,
            decision: entry.facts.decision,
            reasons: entry.facts.reasons.0,
            exclusion: entry.facts.exclusion,
            note: entry.facts.note,
            implemented: entry.implemented,
            why: entry.why,
            controls: entry.linked_controls,
            risks: entry.linked_risks,
        }
    }
}

/// What a version says; its digest covers all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
#[schema(as = ApplicabilityContent)]
#[graphql(name = "ApplicabilityContent")]
pub struct Content {
    /// Of which statement it is.
    pub statement: Subject,
    /// Who approved it; null in the draft.
    pub approval: Option<Signature>,
    /// How many entries are what.
    pub totals: Totals,
    /// Every entry, in the order of Annex A, then the tenant's own by code.
    #[schema(max_items = 1000)]
    pub entries: Vec<FrozenEntry>,
}

impl Content {
    /// What the draft of a statement says.
    pub fn draft(
        statement: &StatementOfApplicability,
        framework: &Framework,
        entries: Vec<EntryView>,
    ) -> Self {
        Self {
            statement: Subject {
                id: statement.id,
                name: statement.name.clone(),
                framework: statement.framework.clone(),
                framework_name: framework.name.clone(),
                scope: statement.scope.clone(),
            },
            approval: None,
            totals: Totals::of(&entries),
            entries: entries.into_iter().map(FrozenEntry::from).collect(),
        }
    }

    /// The text that the digest covers: canonical JSON (RFC 8785).
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn canonical(&self) -> Result<String> {
        serde_jcs::to_string(self).map_err(Error::internal)
    }
}

impl Digest {
    /// The digest of a canonical text.
    pub fn of(canonical: &str) -> Self {
        Self(Sum::of(Sha256::new_with_prefix(canonical)).to_string())
    }
}
