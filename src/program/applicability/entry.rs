//! An entry of a statement: what is said of one control.

use std::str::FromStr;

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::applicability_entries;
use crate::{
    bounded_text,
    catalog::{Framework, RequirementId, RequirementKind},
    kernel::{
        error::{Faults, Result},
        id::{ControlId, RiskId, StatementOfApplicabilityId, TenantId},
        page::SortOrder,
        patch,
        text::{Prose, Title},
    },
    platform::{db::Doc, journal::Recorded},
    program::{
        controls::{ControlLine, ControlStatus},
        risks::RiskLine,
    },
    text_enum,
};

bounded_text! {
    /// What an entry is about: an Annex A control (`A.5.1`) or a control of the tenant's own (`ctl_…`).
    EntryKey: 1..=64, like "A.5.1";
    /// Why a control is excluded.
    Justification: 1..=4000, like "Nothing is developed by others on the organisation's behalf.";
    /// What a reason for inclusion rests on.
    ReasonText: 1..=2000, like "Article 32 of the GDPR";
}

text_enum! {
    /// What was decided of a control.
    Decision {
        /// Nothing yet.
        Undecided = "undecided",
        /// It is necessary.
        Included = "included",
        /// It is not necessary.
        Excluded = "excluded",
    }
}

text_enum! {
    /// Why a control is necessary.
    ReasonKind {
        /// It treats a risk.
        Risk = "risk",
        /// A law or a regulation asks for it.
        Law = "law",
        /// A contract asks for it.
        Contract = "contract",
        /// The organisation wants it for its own business.
        Business = "business",
    }
}

text_enum! {
    /// Where the control of an entry comes from.
    EntryKind {
        /// Annex A of the framework.
        AnnexA = "annex_a",
        /// The tenant's own controls.
        Own = "own",
    }
}

text_enum! {
    /// Why a control counts towards an entry.
    ControlLink {
        /// The entry names it.
        Entry = "entry",
        /// The control names the Annex A control among its requirements.
        Requirement = "requirement",
        /// The entry is about it.
        Own = "own",
    }
}

/// Controls that one entry may name at the most, and risks that one reason may.
pub const MAX_LINKS: usize = 100;
/// Entries of the tenant's own controls in one statement at the most.
pub const MAX_OWN: usize = 500;

/// A reason for which a control is necessary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(as = InclusionReason)]
#[graphql(name = "InclusionReason", input_name = "InclusionReasonInput")]
pub struct Reason {
    /// What kind of reason it is; each kind once.
    pub kind: ReasonKind,
    /// What it rests on: the law, the contract, the purpose.
    #[serde(default)]
    pub text: Option<ReasonText>,
    /// The risks that the control treats; of the kind `risk` alone.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub risks: Vec<RiskId>,
}

/// What is said of one control in a statement, as stored.
#[derive(
    Clone, Debug, PartialEq, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(
    table_name = applicability_entries, primary_key(tenant_id, statement_id, item),
    treat_none_as_null = true, treat_none_as_default_value = false
)]
#[schema(as = ApplicabilityEntryFacts)]
#[graphql(name = "ApplicabilityEntryFacts")]
pub struct Entry {
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The statement.
    pub statement_id: StatementOfApplicabilityId,
    /// What it is about: `A.5.1`, or the id of a control of the tenant's own.
    #[diesel(column_name = item)]
    pub id: EntryKey,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) control_id: Option<ControlId>,
    /// What was decided.
    pub decision: Decision,
    /// Why it is necessary.
    #[schema(value_type = Vec<Reason>, max_items = 4)]
    pub reasons: Doc<Vec<Reason>>,
    /// Why it is excluded; null where nothing is said.
    pub exclusion: Option<Justification>,
    /// The controls of the tenant that the entry names. Those that name the Annex A control themselves count as well.
    #[schema(value_type = Vec<ControlId>, max_items = 100)]
    #[graphql(name = "controlIds")]
    pub controls: Doc<Vec<ControlId>>,
    /// What else there is to say.
    pub note: Prose,
    /// Counts its changes; 0 where nothing was said yet.
    #[schema(minimum = 0)]
    pub version: i32,
}

impl Recorded for Entry {
    const RESOURCE: &'static str = "applicability_entry";

    fn resource_id(&self) -> String {
        format!("{}/{}", self.statement_id, self.id)
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

/// What a key names in a framework.
pub enum Item {
    /// An Annex A control.
    Annex(RequirementId),
    /// A control of the tenant's own.
    Own(ControlId),
}

impl EntryKey {
    /// What it names; none where it names nothing in this framework.
    pub fn item(&self, framework: &Framework) -> Option<Item> {
        if let Ok(control) = ControlId::from_str(self.as_str()) {
            return Some(Item::Own(control));
        }
        let mut annex = framework.requirements.iter().filter(|one| one.kind == RequirementKind::AnnexA);
        annex.find(|one| one.id.as_str() == self.as_str()).map(|one| Item::Annex(one.id.clone()))
    }

    /// The key of an Annex A control.
    pub fn of(requirement: &RequirementId) -> Self {
        Self(requirement.to_string())
    }

    /// The key of a control of the tenant's own.
    pub fn own(control: ControlId) -> Self {
        Self(control.to_string())
    }
}

impl Entry {
    /// An Annex A control of which nothing was said yet.
    pub fn untouched(tenant_id: TenantId, statement_id: StatementOfApplicabilityId, id: EntryKey) -> Self {
        Self {
            tenant_id,
            statement_id,
            id,
            control_id: None,
            decision: Decision::Undecided,
            reasons: Doc(Vec::new()),
            exclusion: None,
            controls: Doc(Vec::new()),
            note: Prose::default(),
            version: 0,
        }
    }

    /// A control of the tenant's own that is necessary, of which nothing else was said yet.
    pub fn own(tenant_id: TenantId, statement_id: StatementOfApplicabilityId, control: ControlId) -> Self {
        let untouched = Self::untouched(tenant_id, statement_id, EntryKey::own(control));
        Self { control_id: Some(control), decision: Decision::Included, ..untouched }
    }

    /// Checks what must hold between the fields. What is only missing is left to the check of the whole statement.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let decided_otherwise = self.control_id.is_some() && self.decision != Decision::Included;
        let told = "a control of your own is listed because it is necessary; remove its entry instead";
        faults.when(decided_otherwise, "/decision", told);
        let kinds: Vec<_> = self.reasons.iter().map(|one| one.kind).collect();
        faults.once_each("/reasons", &kinds, ReasonKind::ALL.len());
        for (n, one) in self.reasons.iter().enumerate() {
            let at = format!("/reasons/{n}/risks");
            let misplaced = one.kind != ReasonKind::Risk && !one.risks.is_empty();
            faults.when(misplaced, &at, "only a reason of the kind risk names risks");
            faults.once_each(&at, &one.risks, MAX_LINKS);
        }
        faults.once_each("/controls", &self.controls, MAX_LINKS);
        faults.into_result()
    }
}

/// A change of an entry.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ApplicabilityEntryPatch)]
#[graphql(name = "ApplicabilityEntryPatch")]
pub struct EntryPatch {
    /// What was decided.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub decision: Option<Decision>,
    /// Why it is necessary, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 4)]
    pub reasons: Option<Vec<Reason>>,
    /// Why it is excluded; null for nothing.
    #[schema(value_type = Option<Justification>)]
    pub exclusion: MaybeUndefined<Justification>,
    /// The controls of the tenant that the entry names, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub controls: Option<Vec<ControlId>>,
    /// What else there is to say.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub note: Option<Prose>,
}

impl EntryPatch {
    /// Applies the patch.
    pub fn apply(self, entry: &mut Entry) {
        patch::set(&mut entry.decision, self.decision);
        patch::set(&mut entry.reasons, self.reasons.map(Doc));
        patch::set_or_clear(&mut entry.exclusion, self.exclusion);
        patch::set(&mut entry.controls, self.controls.map(Doc));
        patch::set(&mut entry.note, self.note);
    }
}

/// A necessary control of the tenant's own to list.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(as = NewApplicabilityEntry)]
#[graphql(name = "NewApplicabilityEntry")]
pub struct NewEntry {
    /// The control.
    pub control: ControlId,
    /// Why it is necessary.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 4)]
    pub reasons: Vec<Reason>,
    /// What else there is to say.
    #[serde(default)]
    #[graphql(default)]
    pub note: Prose,
}

/// Many entries at once.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(as = ApplicabilityEntryBatch)]
#[graphql(name = "ApplicabilityEntryBatch")]
pub struct EntryBatch {
    /// All or nothing: where one item is refused, nothing is written and the answer is 422.
    #[serde(default)]
    #[graphql(default)]
    pub atomic: bool,
    /// Only tell what would happen.
    #[serde(default)]
    #[graphql(default)]
    pub dry_run: bool,
    /// What to say, in this order.
    #[schema(min_items = 1, max_items = 1000)]
    pub items: Vec<EntryChange>,
}

/// What to say of one control.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(as = ApplicabilityEntryChange)]
#[graphql(name = "ApplicabilityEntryChange")]
pub struct EntryChange {
    /// What it is about: `A.5.1`, or the id of a control of the tenant's own, which is listed where it was not yet.
    pub entry: EntryKey,
    /// The version that was read; absent to write over whatever is there.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub version: Option<i32>,
    /// A merge patch: what is absent stays, null clears.
    pub patch: EntryPatch,
}

/// A control that counts towards an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, SimpleObject)]
pub struct LinkedControl {
    /// Its id.
    pub id: ControlId,
    /// Its code.
    pub code: crate::kernel::text::ShortCode,
    /// What it is called.
    pub title: Title,
    /// How far it has come.
    pub status: ControlStatus,
    /// Why it counts.
    pub link: ControlLink,
}

impl LinkedControl {
    /// The control, counted for this reason.
    pub fn new(line: ControlLine, link: ControlLink) -> Self {
        let ControlLine { id, code, title, status } = line;
        Self { id, code, title, status, link }
    }
}

/// An entry of a statement, with what follows from the controls that it rests on.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[schema(as = ApplicabilityEntry)]
#[graphql(name = "ApplicabilityEntry")]
pub struct EntryView {
    /// What is stored.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: Entry,
    /// Where its control comes from.
    pub kind: EntryKind,
    /// What the control is called.
    pub title: Title,
    /// The theme of an Annex A control; null for one of the tenant's own.
    pub theme: Option<Title>,
    /// Whether it is implemented: all of its controls that are in use are. Null where it is excluded.
    pub implemented: Option<bool>,
    /// Why.
    #[schema(max_length = 2000, example = "AC-01 is implemented")]
    pub why: String,
    /// The controls that count towards it.
    #[schema(max_items = 10000)]
    pub linked_controls: Vec<LinkedControl>,
    /// The risks that its reasons name.
    #[schema(max_items = 100)]
    pub linked_risks: Vec<RiskLine>,
}

impl EntryView {
    /// Where it stands in a list: entries are kept in the order of Annex A, so its own key will do.
    pub(super) fn place(&self) -> (String, String) {
        (self.facts.id.to_string(), self.facts.id.to_string())
    }
}

/// Which entries to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
#[graphql(name = "ApplicabilityEntryFilter")]
pub struct EntryFilter {
    /// Entries of which this was decided.
    #[param(inline)]
    pub decision: Option<Decision>,
    /// Entries whose control comes from here.
    #[param(inline)]
    pub kind: Option<EntryKind>,
    /// Entries that are implemented, or are not; those that are excluded are neither.
    pub implemented: Option<bool>,
    /// Entries towards which this control counts.
    #[param(inline)]
    pub control: Option<ControlId>,
}

impl EntryFilter {
    /// Whether an entry fits.
    pub fn fits(&self, entry: &EntryView) -> bool {
        self.decision.is_none_or(|one| entry.facts.decision == one)
            && self.kind.is_none_or(|one| entry.kind == one)
            && self.implemented.is_none_or(|one| entry.implemented == Some(one))
            && self.control.is_none_or(|one| entry.linked_controls.iter().any(|linked| linked.id == one))
    }
}

/// The order of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
#[schema(as = ApplicabilityEntrySort)]
#[graphql(name = "ApplicabilityEntrySort")]
pub enum EntrySort {
    /// As Annex A numbers them, then the tenant's own by code.
    #[serde(rename = "position")]
    Position,
}

impl SortOrder for EntrySort {
    const DEFAULT: Self = Self::Position;
}
