//! What a customer asks for.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    store::customer_requirements,
    terms::{self, FrameworkAsk, Promise},
};
use crate::{
    batch,
    catalog::FrameworkKey,
    kernel::{
        error::{Faults, Result},
        id::{CustomerRequirementId, MemberId, TenantId},
        page::SortOrder,
        patch,
        text::{Prose, Title},
        time::{Date, Instant},
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
    /// How far a customer's requirement has come.
    CustomerRequirementStatus default Open {
        /// The customer asks; nothing is promised yet.
        Open = "open",
        /// It is agreed, in a contract or otherwise.
        Agreed = "agreed",
        /// The customer has what was asked for.
        Met = "met",
        /// It was declined, or is no longer asked for.
        Declined = "declined",
    }
}

/// What one customer asks for, by when, and what a contract promises.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = customer_requirements, treat_none_as_null = true, treat_none_as_default_value = false)]
#[graphql(complex)]
pub struct CustomerRequirement {
    /// Its id.
    pub id: CustomerRequirementId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// Who asks.
    #[schema(example = "Example Retail Inc.")]
    pub customer: Title,
    /// What for.
    #[schema(value_type = Vec<FrameworkAsk>, max_items = 20)]
    pub asks: Doc<Vec<FrameworkAsk>>,
    /// The day by which it must be there; null where none is set.
    pub due: Option<Date>,
    /// How far it has come.
    pub status: CustomerRequirementStatus,
    /// The day on which it was met; null unless it is.
    pub met_on: Option<Date>,
    /// The contract that says so, or will.
    #[schema(example = "MSA-2026-114, annex 3")]
    pub contract: Option<Title>,
    /// What the organisation promises beside it.
    #[schema(value_type = Vec<Promise>, max_items = 50)]
    pub promises: Doc<Vec<Promise>>,
    /// What else is to be known.
    pub description: Prose,
    /// The member who answers for it.
    #[diesel(column_name = owner_id)]
    #[graphql(name = "ownerId")]
    pub owner: Option<MemberId>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was created.
    pub created_at: Instant,
}

impl Recorded for CustomerRequirement {
    const RESOURCE: &'static str = "customer_requirement";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl CustomerRequirement {
    /// Checks bounds, what is asked for, and what must hold between status and days.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self, today: Date) -> Result<()> {
        let mut faults = Faults::default();
        terms::check_asks(&self.asks, &mut faults);
        terms::check_promises(&self.promises, &mut faults);
        let met = self.status == CustomerRequirementStatus::Met;
        let half = met != self.met_on.is_some();
        faults.when(half, "/met_on", "must be given with the status met, and with no other");
        let ahead = self.met_on.is_some_and(|day| day > today);
        faults.when(ahead, "/met_on", "must not be later than today");
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }
}

/// A customer's requirement to create.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
pub struct NewCustomerRequirement {
    /// Who asks.
    #[schema(example = "Example Retail Inc.")]
    pub customer: Title,
    /// What for.
    #[schema(max_items = 20)]
    pub asks: Vec<FrameworkAsk>,
    /// The day by which it must be there.
    #[serde(default)]
    pub due: Option<Date>,
    /// How far it has come; open unless said.
    #[serde(default)]
    #[graphql(default)]
    pub status: CustomerRequirementStatus,
    /// The day on which it was met, with the status met alone.
    #[serde(default)]
    pub met_on: Option<Date>,
    /// The contract that says so, or will.
    #[serde(default)]
    #[schema(example = "MSA-2026-114, annex 3")]
    pub contract: Option<Title>,
    /// What the organisation promises beside it.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 50)]
    pub promises: Vec<Promise>,
    /// What else is to be known.
    #[serde(default)]
    #[graphql(default)]
    pub description: Prose,
    /// The member who answers for it.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewCustomerRequirement {
    /// The requirement to store.
    pub fn into_requirement(
        self,
        tenant_id: TenantId,
        id: CustomerRequirementId,
        now: Instant,
    ) -> CustomerRequirement {
        CustomerRequirement {
            id,
            tenant_id,
            customer: self.customer,
            asks: Doc(self.asks),
            due: self.due,
            status: self.status,
            met_on: self.met_on,
            contract: self.contract,
            promises: Doc(self.promises),
            description: self.description,
            owner: self.owner,
            external_refs: Doc(self.external_refs),
            version: 1,
            created_at: now,
        }
    }
}

/// A change of a customer's requirement.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct CustomerRequirementPatch {
    /// Who asks.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, example = "Example Retail Inc.")]
    pub customer: Option<Title>,
    /// What for, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub asks: Option<Vec<FrameworkAsk>>,
    /// The day by which it must be there; null for none.
    #[schema(value_type = Option<Date>)]
    pub due: MaybeUndefined<Date>,
    /// How far it has come.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub status: Option<CustomerRequirementStatus>,
    /// The day on which it was met, with the status met; null with any other.
    #[schema(value_type = Option<Date>)]
    pub met_on: MaybeUndefined<Date>,
    /// The contract that says so, or will; null for none.
    #[schema(value_type = Option<Title>)]
    pub contract: MaybeUndefined<Title>,
    /// What the organisation promises beside it, all of it.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 50)]
    pub promises: Option<Vec<Promise>>,
    /// What else is to be known.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub description: Option<Prose>,
    /// The member who answers for it; null for nobody.
    #[schema(value_type = Option<MemberId>)]
    pub owner: MaybeUndefined<MemberId>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl CustomerRequirementPatch {
    /// Applies the patch.
    pub fn apply(self, to: &mut CustomerRequirement) {
        patch::set(&mut to.customer, self.customer);
        patch::set(&mut to.asks, self.asks.map(Doc));
        patch::set_or_clear(&mut to.due, self.due);
        patch::set(&mut to.status, self.status);
        patch::set_or_clear(&mut to.met_on, self.met_on);
        patch::set_or_clear(&mut to.contract, self.contract);
        patch::set(&mut to.promises, self.promises.map(Doc));
        patch::set(&mut to.description, self.description);
        patch::set_or_clear(&mut to.owner, self.owner);
        patch::set(&mut to.external_refs, self.external_refs.map(Doc));
    }
}

/// Which customers' requirements to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CustomerRequirementFilter {
    /// Requirements that have come this far.
    #[param(inline)]
    pub status: Option<CustomerRequirementStatus>,
    /// Requirements that ask for this framework.
    #[param(inline)]
    pub framework: Option<FrameworkKey>,
    /// Requirements of this customer, by its whole name.
    #[param(inline)]
    pub customer: Option<Title>,
    /// Requirements due on this day or before it.
    pub due_before: Option<Date>,
    /// Requirements of this member.
    #[param(inline)]
    pub owner: Option<MemberId>,
    /// The requirement with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// The order of customers' requirements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum CustomerRequirementSort {
    /// By customer.
    #[serde(rename = "customer")]
    Customer,
    /// By customer, backwards.
    #[serde(rename = "-customer")]
    CustomerDescending,
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for CustomerRequirementSort {
    const DEFAULT: Self = Self::Customer;
}

batch! {
    CustomerRequirement, CustomerRequirementBatch, CustomerRequirementOperation { NewCustomerRequirement, CustomerRequirementChange(CustomerRequirementPatch), CustomerRequirementPut, CustomerRequirementRemoval(CustomerRequirementId) }
}
