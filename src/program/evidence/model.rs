//! A piece of evidence.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{
    content::{EvidenceContent, EvidenceKind, NewContent},
    engine::{Freshness, FreshnessState},
    period::Period,
    review::{Review, ReviewState, Verification},
    store::evidence,
};
use crate::{
    batch,
    catalog::{FrameworkKey, RequirementId, RequirementRef, catalog},
    kernel::{
        error::{Faults, Result},
        id::{ControlId, EvidenceId, MemberId, RiskId, TenantId},
        page::SortOrder,
        patch,
        text::{Prose, SystemName, Title},
        time::{Date, Instant},
    },
    platform::{
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        journal::Recorded,
    },
};

/// Controls that one piece of evidence may be linked to at the most.
pub const MAX_CONTROLS: usize = 100;
/// Risks that one piece of evidence may be linked to at the most.
pub const MAX_RISKS: usize = 100;
/// Requirements that one piece of evidence may be linked to at the most.
pub const MAX_REQUIREMENTS: usize = 200;

/// A piece of evidence, as stored.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = evidence, treat_none_as_null = true, treat_none_as_default_value = false)]
#[graphql(name = "EvidenceFacts")]
#[schema(as = EvidenceFacts, example = json!({ "uploaded_by": null, "accepted_version": null, "verification": null }))]
pub struct Evidence {
    /// Its id.
    pub id: EvidenceId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// What it consists of.
    pub kind: EvidenceKind,
    /// What it is called.
    pub title: Title,
    /// What it shows, and how it came about.
    pub description: Prose,
    /// The member who answers for it.
    #[diesel(column_name = owner_id)]
    #[graphql(name = "ownerId")]
    pub owner: Option<MemberId>,
    /// The system it comes from.
    pub source: Option<SystemName>,
    /// The first day that it is about.
    pub covers_from: Option<Date>,
    /// The last day that it is about.
    pub covers_to: Option<Date>,
    /// When it was collected, as its collector says.
    pub collected_at: Option<Instant>,
    /// The last day on which it is valid; null where none is set.
    pub valid_until: Option<Date>,
    /// The controls that it is evidence for.
    #[schema(value_type = Vec<ControlId>, max_items = 100)]
    #[graphql(name = "controlIds")]
    pub controls: Doc<Vec<ControlId>>,
    /// Requirements that it is evidence for, over all frameworks.
    #[schema(value_type = Vec<RequirementRef>, max_items = 200)]
    pub requirements: Doc<Vec<RequirementRef>>,
    /// The risks that it says something about.
    #[schema(value_type = Vec<RiskId>, max_items = 100)]
    #[graphql(name = "riskIds")]
    pub risks: Doc<Vec<RiskId>>,
    /// Whether owners, managers and auditors who are bound to an audit that names it read its file, and nobody else.
    pub restricted: bool,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// What it holds now; null while it holds nothing.
    #[schema(value_type = Option<EvidenceContent>)]
    pub content: Option<Doc<EvidenceContent>>,
    /// Counts its contents; 0 while there was none.
    #[schema(minimum = 0)]
    pub content_version: i32,
    /// When that content came here.
    pub uploaded_at: Option<Instant>,
    /// The member who sent it.
    pub uploaded_by: Option<MemberId>,
    /// How far its review is.
    #[diesel(embed)]
    pub review: Review,
    /// The content version that was accepted last; null where none was.
    #[schema(minimum = 1)]
    pub accepted_version: Option<i32>,
    /// How its file compared with its digest when it was last read again.
    #[schema(value_type = Option<Verification>)]
    pub verification: Option<Doc<Verification>>,
    /// When its earlier contents would have gone stale, and when they were replaced: for the diary.
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) replaced: Doc<Vec<Replaced>>,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) expires_on: Date,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) fresh_until: Date,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: Instant,
}

/// An earlier content: the days it was good until, and the day on which another took its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// Which content.
    pub number: i32,
    /// The last day on which it was valid.
    pub expires_on: Date,
    /// The last day on which it was fresh.
    pub fresh_until: Date,
    /// When it was replaced.
    pub on: Date,
}

/// A piece of evidence, as it stands on a day.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
#[graphql(complex, name = "Evidence")]
#[schema(as = Evidence)]
pub struct EvidenceView {
    /// What is stored.
    #[serde(flatten)]
    #[graphql(flatten)]
    pub facts: Evidence,
    /// How good it still is.
    pub freshness: Freshness,
    /// The day for which that is told.
    pub as_of: Date,
}

impl Recorded for Evidence {
    const RESOURCE: &'static str = "evidence";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl Evidence {
    /// Checks bounds, what must hold between the fields, and what it refers to in the catalog.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self, today: Date) -> Result<()> {
        let mut faults = Faults::default();
        self.validate_dates(today, &mut faults);
        self.validate_links(&mut faults);
        if let Some(content) = &self.content {
            content.validate(self.kind, "/content", &mut faults);
        }
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    /// Checks what it holds; `at` is where that stands in the body.
    ///
    /// # Errors
    /// As [`validate`](Self::validate).
    pub fn validate_content(&self, at: &str) -> Result<()> {
        let mut faults = Faults::default();
        if let Some(content) = &self.content {
            content.validate(self.kind, at, &mut faults);
        }
        faults.into_result()
    }

    fn validate_dates(&self, today: Date, faults: &mut Faults) {
        let half = self.covers_from.is_some() != self.covers_to.is_some();
        faults.when(half, "/covers_to", "must be given together with covers_from");
        let turned = matches!((self.covers_from, self.covers_to), (Some(from), Some(to)) if to < from);
        faults.when(turned, "/covers_to", "must not be before covers_from");
        let ends_first =
            matches!((self.covers_from, self.valid_until), (Some(from), Some(end)) if end < from);
        faults.when(ends_first, "/valid_until", "must not be before covers_from");
        // It is tomorrow somewhere already.
        let ahead = self.collected_at.is_some_and(|at| at.date_in(chrono_tz::UTC) > today.plus_days(1));
        faults.when(ahead, "/collected_at", "must not be in the future");
    }

    fn validate_links(&self, faults: &mut Faults) {
        links(&self.controls, MAX_CONTROLS, "/controls", faults);
        links(&self.risks, MAX_RISKS, "/risks", faults);
        links(&self.requirements, MAX_REQUIREMENTS, "/requirements", faults);
        for (n, one) in self.requirements.iter().enumerate().take(MAX_REQUIREMENTS) {
            // Whether the tenant's own are there is seen when they are written.
            let unknown = !one.framework.is_own() && catalog().requirement(one).is_none();
            faults.when(unknown, format!("/requirements/{n}"), RequirementRef::UNKNOWN);
        }
    }

    /// Takes over what a caller says of it, but not what has become of it.
    pub(super) fn take_over(&mut self, said: Self) {
        let Self {
            title, description, owner, source, covers_from, covers_to, collected_at, valid_until, ..
        } = said;
        *self = Self {
            title,
            description,
            owner,
            source,
            covers_from,
            covers_to,
            collected_at,
            valid_until,
            controls: said.controls,
            requirements: said.requirements,
            risks: said.risks,
            restricted: said.restricted,
            external_refs: said.external_refs,
            version: said.version,
            ..self.clone()
        };
    }

    /// What a reviewer judges beside the content: it may change only while nobody has judged it, or is about to.
    pub fn claims(&self) -> impl PartialEq + use<> {
        let Self { covers_from, covers_to, collected_at, valid_until, .. } = *self;
        (covers_from, covers_to, collected_at, valid_until, self.source.clone())
    }
}

/// Bounds a list of links and refuses one that is named twice. What is far too many is not looked at one by one.
fn links<T: PartialEq>(all: &[T], most: usize, at: &str, faults: &mut Faults) {
    if all.len() > most {
        faults.when(true, at, format!("must have at most {most} items"));
        return;
    }
    for (n, one) in all.iter().enumerate() {
        faults.when(all[..n].contains(one), format!("{at}/{n}"), "is named twice");
    }
}

impl EvidenceView {
    /// Where one stands in a list: its age and id.
    pub fn place(&self) -> (Value, String) {
        (json!(self.facts.created_at), self.facts.id.to_string())
    }
}

/// A piece of evidence to create.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "kind": "statement" }))]
pub struct NewEvidence {
    /// What it consists of. A file's bytes are sent afterwards, with `PUT /v1/evidence/{id}/content`.
    pub kind: EvidenceKind,
    /// What it is called.
    pub title: Title,
    /// What it shows, and how it came about.
    #[serde(default)]
    #[graphql(default)]
    pub description: Prose,
    /// The member who answers for it.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// The system it comes from.
    #[serde(default)]
    pub source: Option<SystemName>,
    /// The first day that it is about.
    #[serde(default)]
    pub covers_from: Option<Date>,
    /// The last day that it is about.
    #[serde(default)]
    pub covers_to: Option<Date>,
    /// When it was collected.
    #[serde(default)]
    pub collected_at: Option<Instant>,
    /// The last day on which it is valid.
    #[serde(default)]
    pub valid_until: Option<Date>,
    /// The controls that it is evidence for.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub controls: Vec<ControlId>,
    /// Requirements that it is evidence for, over all frameworks.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 200)]
    pub requirements: Vec<RequirementRef>,
    /// The risks that it says something about.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 100)]
    pub risks: Vec<RiskId>,
    /// Whether its file is for owners, managers and bound auditors alone; for owners and managers to say.
    #[serde(default)]
    #[graphql(default)]
    pub restricted: bool,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
    /// Its first content, unless it is a file; may come later.
    #[serde(default)]
    pub content: Option<NewContent>,
}

impl NewEvidence {
    /// The evidence to store, sent by this member now.
    pub fn into_evidence(self, tenant_id: TenantId, id: EvidenceId, by: MemberId, now: Instant) -> Evidence {
        let content = self.content.map(|new| Doc(EvidenceContent::from(new)));
        let there = content.is_some();
        Evidence {
            id,
            tenant_id,
            kind: self.kind,
            title: self.title,
            description: self.description,
            owner: self.owner,
            source: self.source,
            covers_from: self.covers_from,
            covers_to: self.covers_to,
            collected_at: self.collected_at,
            valid_until: self.valid_until,
            controls: Doc(self.controls),
            requirements: Doc(self.requirements),
            risks: Doc(self.risks),
            restricted: self.restricted,
            external_refs: Doc(self.external_refs),
            content,
            content_version: i32::from(there),
            uploaded_at: there.then_some(now),
            uploaded_by: there.then_some(by),
            review: Review::default(),
            accepted_version: None,
            verification: None,
            replaced: Doc(Vec::new()),
            expires_on: Date::MAX,
            fresh_until: Date::MAX,
            version: 1,
            created_at: now,
        }
    }
}

/// A change of what is said of a piece of evidence. Its content changes by a new version instead.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct EvidencePatch {
    /// What it is called.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub title: Option<Title>,
    /// What it shows, and how it came about.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub description: Option<Prose>,
    /// The member who answers for it; null for nobody.
    #[schema(value_type = Option<MemberId>)]
    pub owner: MaybeUndefined<MemberId>,
    /// The system it comes from; null where that is not known.
    #[schema(value_type = Option<SystemName>)]
    pub source: MaybeUndefined<SystemName>,
    /// The first day that it is about; null together with covers_to.
    #[schema(value_type = Option<Date>)]
    pub covers_from: MaybeUndefined<Date>,
    /// The last day that it is about; null together with covers_from.
    #[schema(value_type = Option<Date>)]
    pub covers_to: MaybeUndefined<Date>,
    /// When it was collected; null where that is not known.
    #[schema(value_type = Option<Instant>)]
    pub collected_at: MaybeUndefined<Instant>,
    /// The last day on which it is valid; null where none is set.
    #[schema(value_type = Option<Date>)]
    pub valid_until: MaybeUndefined<Date>,
    /// The controls that it is evidence for, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub controls: Option<Vec<ControlId>>,
    /// Requirements that it is evidence for, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 200)]
    pub requirements: Option<Vec<RequirementRef>>,
    /// The risks that it says something about, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 100)]
    pub risks: Option<Vec<RiskId>>,
    /// Whether its file is for owners, managers and bound auditors alone; for owners and managers to say.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub restricted: Option<bool>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl EvidencePatch {
    /// Applies the patch.
    pub fn apply(self, evidence: &mut Evidence) {
        patch::set(&mut evidence.title, self.title);
        patch::set(&mut evidence.description, self.description);
        patch::set_or_clear(&mut evidence.owner, self.owner);
        patch::set_or_clear(&mut evidence.source, self.source);
        patch::set_or_clear(&mut evidence.covers_from, self.covers_from);
        patch::set_or_clear(&mut evidence.covers_to, self.covers_to);
        patch::set_or_clear(&mut evidence.collected_at, self.collected_at);
        patch::set_or_clear(&mut evidence.valid_until, self.valid_until);
        patch::set(&mut evidence.controls, self.controls.map(Doc));
        patch::set(&mut evidence.requirements, self.requirements.map(Doc));
        patch::set(&mut evidence.risks, self.risks.map(Doc));
        patch::set(&mut evidence.restricted, self.restricted);
        patch::set(&mut evidence.external_refs, self.external_refs.map(Doc));
    }
}

/// Which evidence to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct EvidenceFilter {
    /// Evidence for this control.
    #[param(inline)]
    pub control: Option<ControlId>,
    /// Evidence for this requirement, in any framework.
    #[param(inline)]
    pub requirement: Option<RequirementId>,
    /// Evidence for something of this framework.
    #[param(inline)]
    pub framework: Option<FrameworkKey>,
    /// Evidence about this risk.
    #[param(inline)]
    pub risk: Option<RiskId>,
    /// Evidence of this kind.
    #[param(inline)]
    pub kind: Option<EvidenceKind>,
    /// Evidence whose review is this far.
    #[param(inline)]
    pub review: Option<ReviewState>,
    /// Evidence that is about at least one day of this period.
    #[param(inline)]
    pub covers: Option<Period>,
    /// Evidence in this state on the day asked about.
    #[param(inline)]
    pub state: Option<FreshnessState>,
    /// Evidence that this member answers for.
    #[param(inline)]
    pub owner: Option<MemberId>,
    /// The evidence with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
    /// The day for which states are told; today in the tenant's time zone unless given.
    pub as_of: Option<Date>,
}

/// The order of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum EvidenceSort {
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
}

impl SortOrder for EvidenceSort {
    const DEFAULT: Self = Self::Newest;
}

batch! {
    Evidence, EvidenceBatch, EvidenceOperation { NewEvidence, EvidenceChange(EvidencePatch), EvidencePut, EvidenceRemoval(EvidenceId) }
}
