//! A member.

use async_graphql::{Enum, InputObject, MaybeUndefined, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::store::members;
use crate::{
    batch, bounded_text,
    kernel::{
        error::{Faults, Result},
        id::{MemberId, TenantId},
        page::SortOrder,
        patch,
        text::Title,
        time::{Date, Instant},
    },
    platform::{
        access::Role,
        db::{
            Doc,
            refs::{self, ExternalRef, ExternalRefs},
        },
        journal::Recorded,
    },
    text_enum,
};

text_enum! {
    /// What a member is.
    MemberKind {
        /// A human being.
        Person = "person",
        /// A program.
        Machine = "machine",
    }
}

bounded_text! {
    /// An e-mail address.
    Email: 3..=254, like "lead@example.com";
}

/// A person or a machine account of the tenant.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject, Queryable, Selectable, Insertable, AsChangeset)]
#[schema(example = json!({ "name": "Compliance lead", "role": "manager" }))]
#[diesel(table_name = members, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    #[serde(skip)]
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    /// A person or a machine.
    pub kind: MemberKind,
    /// Its name.
    pub name: Title,
    /// Where a person gets mail; unique in the tenant.
    pub email: Option<Email>,
    /// What it may do.
    pub role: Role,
    /// The last day of its access; null for no end. An auditor's access always ends.
    pub access_ends_on: Option<Date>,
    /// Its names in other systems.
    #[schema(value_type = Vec<ExternalRef>, max_items = 20)]
    pub external_refs: ExternalRefs,
    /// Counts its changes.
    #[schema(minimum = 1)]
    pub version: i32,
    /// When it was added.
    pub created_at: Instant,
}

impl Recorded for Member {
    const RESOURCE: &'static str = "member";

    fn resource_id(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl Member {
    /// Checks what must hold between the fields.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        let endless_auditor = self.role == Role::Auditor && self.access_ends_on.is_none();
        faults.when(endless_auditor, "/access_ends_on", "an auditor's access must end on a date");
        let address = self.email.as_ref().is_none_or(Email::plausible);
        faults.when(!address, "/email", "must be an e-mail address");
        refs::validate(&self.external_refs, &mut faults);
        faults.into_result()
    }

    /// Whether it is an owner who has access on this day.
    pub fn owns(&self, today: Date) -> bool {
        self.role == Role::Owner && self.access_ends_on.is_none_or(|last| today <= last)
    }
}

impl Email {
    /// Whether it can be an address at all.
    pub fn plausible(&self) -> bool {
        let parts = self.0.rsplit_once('@');
        let whole = parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        whole && !self.0.contains(char::is_whitespace)
    }
}

/// A member to add.
#[derive(Clone, Debug, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Compliance lead", "role": "manager" }))]
pub struct NewMember {
    /// A person or a machine.
    pub kind: MemberKind,
    /// Its name.
    pub name: Title,
    /// Where a person gets mail; unique in the tenant.
    #[serde(default)]
    pub email: Option<Email>,
    /// What it may do; at most what the caller may do.
    pub role: Role,
    /// The last day of its access; required for an auditor.
    #[serde(default)]
    pub access_ends_on: Option<Date>,
    /// Its names in other systems.
    #[serde(default)]
    #[graphql(default)]
    #[schema(max_items = 20)]
    pub external_refs: Vec<ExternalRef>,
}

impl NewMember {
    /// A machine account with this role.
    pub fn machine(name: Title, role: Role) -> Self {
        Self {
            kind: MemberKind::Machine,
            name,
            email: None,
            role,
            access_ends_on: None,
            external_refs: Vec::new(),
        }
    }

    /// The member to store.
    pub fn into_member(self, tenant_id: TenantId, id: MemberId, now: Instant) -> Member {
        Member {
            id,
            tenant_id,
            kind: self.kind,
            name: self.name,
            email: self.email,
            role: self.role,
            access_ends_on: self.access_ends_on,
            external_refs: Doc(self.external_refs),
            version: 1,
            created_at: now,
        }
    }
}

/// A change of a member.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "name": "Compliance lead" }))]
pub struct MemberPatch {
    /// Its name.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub name: Option<Title>,
    /// Where a person gets mail; null for nowhere.
    #[schema(value_type = Option<Email>)]
    pub email: MaybeUndefined<Email>,
    /// What it may do; at most what the caller may do.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub role: Option<Role>,
    /// The last day of its access; null for no end.
    #[schema(value_type = Option<Date>)]
    pub access_ends_on: MaybeUndefined<Date>,
    /// Its names in other systems, all of them.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 20)]
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl MemberPatch {
    /// Applies the patch.
    pub fn apply(self, member: &mut Member) {
        patch::set(&mut member.name, self.name);
        patch::set_or_clear(&mut member.email, self.email);
        patch::set(&mut member.role, self.role);
        patch::set_or_clear(&mut member.access_ends_on, self.access_ends_on);
        patch::set(&mut member.external_refs, self.external_refs.map(Doc));
    }
}

/// Which members to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams, InputObject)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct MemberFilter {
    /// Members with this role.
    #[param(inline)]
    pub role: Option<Role>,
    /// People or machines.
    #[param(inline)]
    pub kind: Option<MemberKind>,
    /// The member with this reference, written `system:id`.
    #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
    pub external_ref: Option<String>,
}

/// The order of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Enum)]
pub enum MemberSort {
    /// Oldest first.
    #[serde(rename = "created_at")]
    Oldest,
    /// Newest first.
    #[serde(rename = "-created_at")]
    Newest,
}

impl SortOrder for MemberSort {
    const DEFAULT: Self = Self::Oldest;
}

batch! {
    Member, MemberBatch, MemberOperation { NewMember, MemberChange(MemberPatch), MemberPut, MemberRemoval(MemberId) }
}
