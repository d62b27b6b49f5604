//! A control.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::controls;
use crate::{
    batch,
    catalog::{Aspect, FrameworkKey, RequirementId, RequirementRef, Topic, catalog, validate_tags},
    kernel::{
        error::{Faults, Result},
        id::{ControlId, MemberId, TenantId},
        page::SortOrder,
        patch,
        text::{Prose, ShortCode, Title},
        time::Instant,
    },
    platform::{
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        journal::Recorded,
    },
    text_enum,
};

text_enum! {
    /// How far a control has come.
    ControlStatus default NotStarted {
        /// Nothing has been done yet.
        NotStarted = "not_started",
        /// It is decided what will be done.
        Planned = "planned",
        /// Some of it works.
        Partial = "partial",
        /// It works as described.
        Implemented = "implemented",
        /// It is no longer in use.
        Retired = "retired",
    }
}

text_enum! {
    /// When a control acts.
    ControlKind {
        /// Before something goes wrong.
        Preventive = "preventive",
        /// It notices that something goes wrong.
        Detective = "detective",
        /// Afterwards, to limit or undo the harm.
        Corrective = "corrective",
    }
}

text_enum! {
    /// How often a control is performed.
    Frequency {
        /// All the time.
        Continuous = "continuous",
        /// Every day.
        Daily = "daily",
        /// Every week.
        Weekly = "weekly",
        /// Every month.
        Monthly = "monthly",
        /// Four times a year.
        Quarterly = "quarterly",
        /// Twice a year.
        SemiAnnual = "semi_annual",
        /// Once a year.
        Annual = "annual",
        /// Whenever something calls for it.
        AsNeeded = "as_needed",
    }
}

text_enum! {
    /// Who performs a control.
    Automation {
        /// A machine.
        Automated = "automated",
        /// A person.
        Manual = "manual",
    }
}

/// Requirements that one control may satisfy at the most.
pub const MAX_REQUIREMENTS: usize = 200;
/// The longest freshness of evidence, in days: ten years.
pub const MAX_FRESHNESS: i32 = 3650;

/// A control of the tenant's own programme.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = controls, treat_none_as_null = true, treat_none_as_default_value = false)]
#[graphql(complex)]
pub struct Control {
    /// Its id.
    pub id: ControlId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// The tenant's own short code, unique in the tenant.
    pub code: ShortCode,
    /// What it is called.
    pub title: Title,
    /// What is done, by whom and how.
    pub description: Prose,
    /// The member who answers for it.
    #[diesel(column_name = owner_id)]
    #[graphql(name = "ownerId")]
    pub owner: Option<MemberId>,
    /// How far it has come.
    pub status: ControlStatus,
    /// When it acts.
    pub kind: Option<ControlKind>,
    /// How often it is performed.
    pub frequency: Option<Frequency>,
    /// Whether a machine or a person performs it.
    pub automation: Option<Automation>,
    /// Days after which its evidence counts as stale; null where it does not age.
    #[schema(minimum = 1, maximum = 3650, example = 90)]
    pub freshness_days: Option<i32>,
    /// What it satisfies, over all frameworks.
    #[schema(value_type = Vec<RequirementRef>, max_items = 200)]
    pub requirements: Doc<Vec<RequirementRef>>,
    /// What it is about.
    #[schema(value_type = Vec<Topic>, max_items = 10)]
    pub topics: Doc<Vec<Topic>>,
    /// Whom or what it rests on.
    #[schema(value_type = Vec<Aspect>, max_items = 3)]
    pub aspects: Doc<Vec<Aspect>>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: Instant,
}

impl Recorded for Control {
    const RESOURCE: &'static str = "control";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl Control {
    /// Checks bounds and what it refers to in the catalog.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let fresh = self.freshness_days.is_none_or(|days| (1..=MAX_FRESHNESS).contains(&days));
        faults.when(!fresh, "/freshness_days", format!("must be from 1 to {MAX_FRESHNESS} days"));
        self.validate_requirements(&mut faults);
        validate_tags(&self.topics, &self.aspects, "", &mut faults);
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    fn validate_requirements(&self, faults: &mut Faults) {
        if self.requirements.len() > MAX_REQUIREMENTS {
            // What is far too many is not looked at one by one.
            faults.when(true, "/requirements", format!("must have at most {MAX_REQUIREMENTS} items"));
            return;
        }
        for (n, one) in self.requirements.iter().enumerate() {
            let at = format!("/requirements/{n}");
            faults.when(
                // Whether the tenant's own are there is seen when they are written.
                !one.framework.is_own() && catalog().requirement(one).is_none(),
                &at,
                RequirementRef::UNKNOWN,
            );
            faults.when(self.requirements[..n].contains(one), &at, "is named twice");
        }
    }
}

/// A control in a line, for what names controls.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = controls)]
pub struct ControlLine {
    /// Its id.
    pub id: ControlId,
    /// Its code.
    pub code: ShortCode,
    /// What it is called.
    pub title: Title,
    /// How far it has come.
    pub status: ControlStatus,
}

/// A control to create.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct NewControl {
    /// The tenant's own short code, unique in the tenant.
    pub code: ShortCode,
    /// What it is called.
    pub title: Title,
    /// What is done, by whom and how.
    #[serde(default)]
    #[graphql(default)]
    pub description: Prose,
    /// The member who answers for it.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// How far it has come; not_started unless said.
    #[serde(default)]
    #[graphql(default)]
    pub status: ControlStatus,
    /// When it acts.
    #[serde(default)]
    pub kind: Option<ControlKind>,
    /// How often it is performed.
    #[serde(default)]
    pub frequency: Option<Frequency>,
    /// Whether a machine or a person performs it.
    #[serde(default)]
    pub automation: Option<Automation>,
    /// Days after which its evidence counts as stale.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 3650, example = 90)]
    pub freshness_days: Option<i32>,
    /// What it satisfies, over all frameworks.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 200)]
    pub requirements: Vec<RequirementRef>,
    /// What it is about.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 10)]
    pub topics: Vec<Topic>,
    /// Whom or what it rests on.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 3)]
    pub aspects: Vec<Aspect>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewControl {
    /// The control to store.
    pub fn into_control(self, tenant_id: TenantId, id: ControlId, now: Instant) -> Control {
        Control {
            id,
            tenant_id,
            code: self.code,
            title: self.title,
            description: self.description,
            owner: self.owner,
            status: self.status,
            kind: self.kind,
            frequency: self.frequency,
            automation: self.automation,
            freshness_days: self.freshness_days,
            requirements: Doc(self.requirements),
            topics: Doc(self.topics),
            aspects: Doc(self.aspects),
            external_refs: Doc(self.external_refs),
            version: 1,
            created_at: now,
        }
    }
}

/// A change of a control.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct ControlPatch {
    /// The tenant's own short code.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub code: Option<ShortCode>,
    /// What it is called.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub title: Option<Title>,
    /// What is done, by whom and how.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub description: Option<Prose>,
    /// The member who answers for it; null for nobody.
    #[schema(value_type = Option<MemberId>)]
    pub owner: MaybeUndefined<MemberId>,
    /// How far it has come.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub status: Option<ControlStatus>,
    /// When it acts; null where that is not known.
    #[schema(value_type = Option<ControlKind>)]
    pub kind: MaybeUndefined<ControlKind>,
    /// How often it is performed; null where that is not known.
    #[schema(value_type = Option<Frequency>)]
    pub frequency: MaybeUndefined<Frequency>,
    /// Whether a machine or a person performs it; null where that is not known.
    #[schema(value_type = Option<Automation>)]
    pub automation: MaybeUndefined<Automation>,
    /// Days after which its evidence counts as stale; null where it does not age.
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 3650)]
    pub freshness_days: MaybeUndefined<i32>,
    /// What it satisfies, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 200)]
    pub requirements: Option<Vec<RequirementRef>>,
    /// What it is about, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 10)]
    pub topics: Option<Vec<Topic>>,
    /// Whom or what it rests on, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 3)]
    pub aspects: Option<Vec<Aspect>>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl ControlPatch {
    /// Applies the patch.
    pub fn apply(self, control: &mut Control) {
        patch::set(&mut control.code, self.code);
        patch::set(&mut control.title, self.title);
        patch::set(&mut control.description, self.description);
        patch::set_or_clear(&mut control.owner, self.owner);
        patch::set(&mut control.status, self.status);
        patch::set_or_clear(&mut control.kind, self.kind);
        patch::set_or_clear(&mut control.frequency, self.frequency);
        patch::set_or_clear(&mut control.automation, self.automation);
        patch::set_or_clear(&mut control.freshness_days, self.freshness_days);
        patch::set(&mut control.requirements, self.requirements.map(Doc));
        patch::set(&mut control.topics, self.topics.map(Doc));
        patch::set(&mut control.aspects, self.aspects.map(Doc));
        patch::set(&mut control.external_refs, self.external_refs.map(Doc));
    }
}

/// Which controls to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ControlFilter {
    /// Controls that satisfy this requirement, in any framework.
    #[param(inline)]
    pub requirement: Option<RequirementId>,
    /// Controls that satisfy something of this framework.
    #[param(inline)]
    pub framework: Option<FrameworkKey>,
    /// Controls about this.
    #[param(inline)]
    pub topic: Option<Topic>,
    /// Controls that rest on this.
    #[param(inline)]
    pub aspect: Option<Aspect>,
    /// Controls that have come this far.
    #[param(inline)]
    pub status: Option<ControlStatus>,
    /// Controls of this member.
    #[param(inline)]
    pub owner: Option<MemberId>,
    /// Controls of this kind.
    #[param(inline)]
    pub kind: Option<ControlKind>,
    /// The control with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// The order of controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum ControlSort {
    /// By code.
    #[serde(rename = "code")]
    Code,
    /// By code, backwards.
    #[serde(rename = "-code")]
    CodeDescending,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for ControlSort {
    const DEFAULT: Self = Self::Code;
}

batch! {
    Control, ControlBatch, ControlOperation { NewControl, ControlChange(ControlPatch), ControlPut, ControlRemoval(ControlId) }
}
