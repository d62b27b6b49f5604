//! The shape that all records of a management system have, said once: what is stored and shown, what enters one, what
//! changes one and which to list. A kind says its own fields; what every record has comes with the macro.

use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    kernel::{
        id::{Id, Kind, MemberId},
        text::Title,
        time::{Date, Instant},
    },
    platform::{db::refs::ExternalRefs, room::Head},
};

/// What every record has, to look at.
pub struct Core<'a> {
    /// Its id, as stored.
    pub id: Uuid,
    /// What it is called.
    pub title: &'a Title,
    /// The member who answers for it.
    pub owner: Option<MemberId>,
    /// Its names in other systems.
    pub external_refs: &'a ExternalRefs,
    /// Its version.
    pub version: i32,
    /// Its birth.
    pub created_at: Instant,
}

/// What every filter asks.
pub struct Asked<'a> {
    /// The word of a status.
    pub status: Option<&'static str>,
    /// An owner.
    pub owner: Option<MemberId>,
    /// The last day on which something is due.
    pub due_before: Option<Date>,
    /// The first day on which something is due.
    pub due_after: Option<Date>,
    /// A reference to another system.
    pub external_ref: Option<&'a String>,
}

/// A filter of one kind of record.
pub trait Asks: Serialize + Sync {
    /// What it asks.
    fn asked(&self) -> Asked<'_>;
}

/// What [`record!`](super::record) makes.
pub trait Shape: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The marker of its ids.
    type Kind: Kind;
    /// What enters one.
    type New: Send + 'static;
    /// What changes one.
    type Patch: Send + 'static;
    /// Which to list.
    type Filter: Asks;

    /// The record that the input describes, new.
    fn entered(input: Self::New, id: Id<Self::Kind>, now: Instant) -> Self;
    /// Applies a patch.
    fn patched(&mut self, patch: Self::Patch);
    /// Takes over what no input says.
    fn kept(&mut self, old: &Self);
    /// What every resource has, to be set.
    fn parts(&mut self) -> Head<'_, Self::Kind>;
    /// What every record has, to look at.
    fn core(&self) -> Core<'_>;
}

/// A kind of record: `must` has the fields that have to be said, `may` those that can be left out and cleared, `refs` those
/// of them that are ids (with what GraphQL calls the id, beside what it leads to), `with` those that have a default, and
/// `kept` those that no input says, each with what it is at first. Inputs take attributes, for an example that is true.
macro_rules! record {
    (
        $(#[$doc:meta])*
        $name:ident: $kind:ident, $id:ident, $(#[$new_doc:meta])* $new:ident, $(#[$patch_doc:meta])* $patch:ident,
        $filter:ident($status:ty) {
            $(#[$title_doc:meta])* $title:ident;
            must { $($(#[$must_doc:meta])* $must:ident: $must_type:ty,)* }
            may { $($(#[$may_doc:meta])* $may:ident: $may_type:ty,)* }
            refs { $($(#[$ref_doc:meta])* $ref:ident as $ref_name:literal: $ref_type:ty,)* }
            with { $($(#[$with_doc:meta])* $with:ident: $with_type:ty,)* }
            kept { $($(#[$kept_doc:meta])* $kept:ident: $kept_type:ty = $first:expr,)* }
        }
    ) => {
        #[derive(
            Clone, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema, async_graphql::SimpleObject,
        )]
        $(#[$doc])*
        pub struct $name {
            /// Its id.
            pub id: $crate::kernel::id::$id,
            $(#[$title_doc])*
            pub $title: $crate::kernel::text::Title,
            $($(#[$must_doc])* pub $must: $must_type,)*
            $($(#[$may_doc])* pub $may: Option<$may_type>,)*
            $($(#[$ref_doc])* #[graphql(name = $ref_name)] pub $ref: Option<$ref_type>,)*
            // What was stored before there was such a field has its default.
            $($(#[$with_doc])* #[serde(default)] #[schema(required)] pub $with: $with_type,)*
            $($(#[$kept_doc])* pub $kept: $kept_type,)*
            /// The member who answers for it.
            #[graphql(name = "ownerId")]
            pub owner: Option<$crate::kernel::id::MemberId>,
            /// Its names in other systems.
            #[schema(value_type = Vec<$crate::platform::db::refs::ExternalRef>, max_items = 20)]
            pub external_refs: $crate::platform::db::refs::ExternalRefs,
            /// Counts its changes.
            #[schema(minimum = 1)]
            pub version: i32,
            /// When it was created.
            pub created_at: $crate::kernel::time::Instant,
        }

        /// One to enter.
        #[derive(Clone, Debug, serde::Deserialize, utoipa::ToSchema, async_graphql::InputObject)]
        #[serde(deny_unknown_fields)]
        $(#[$new_doc])*
        pub struct $new {
            $(#[$title_doc])*
            pub $title: $crate::kernel::text::Title,
            $($(#[$must_doc])* pub $must: $must_type,)*
            $($(#[$may_doc])* #[serde(default)] pub $may: Option<$may_type>,)*
            $($(#[$ref_doc])* #[serde(default)] pub $ref: Option<$ref_type>,)*
            $($(#[$with_doc])* #[serde(default)] #[graphql(default)] pub $with: $with_type,)*
            /// The member who answers for it.
            #[serde(default)]
            pub owner: Option<$crate::kernel::id::MemberId>,
            /// Its names in other systems.
            #[serde(default)]
            #[graphql(default)]
            #[schema(max_items = 20)]
            pub external_refs: Vec<$crate::platform::db::refs::ExternalRef>,
        }

        /// A change: what is absent stays, null clears, a list replaces the whole list.
        #[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema, async_graphql::InputObject)]
        #[serde(deny_unknown_fields, default)]
        $(#[$patch_doc])*
        pub struct $patch {
            $(#[$title_doc])*
            #[serde(deserialize_with = "crate::kernel::patch::present")]
            #[schema(nullable = false)]
            pub $title: Option<$crate::kernel::text::Title>,
            $(
                $(#[$must_doc])*
                #[serde(deserialize_with = "crate::kernel::patch::present")]
                #[schema(nullable = false)]
                pub $must: Option<$must_type>,
            )*
            $(
                $(#[$may_doc])*
                #[schema(value_type = Option<$may_type>)]
                pub $may: async_graphql::MaybeUndefined<$may_type>,
            )*
            $(
                $(#[$ref_doc])*
                #[schema(value_type = Option<$ref_type>)]
                pub $ref: async_graphql::MaybeUndefined<$ref_type>,
            )*
            $(
                $(#[$with_doc])*
                #[serde(deserialize_with = "crate::kernel::patch::present")]
                #[schema(nullable = false)]
                pub $with: Option<$with_type>,
            )*
            /// The member who answers for it; null for nobody.
            #[schema(value_type = Option<$crate::kernel::id::MemberId>)]
            pub owner: async_graphql::MaybeUndefined<$crate::kernel::id::MemberId>,
            /// Its names in other systems, all of them.
            #[serde(deserialize_with = "crate::kernel::patch::present")]
            #[schema(nullable = false, max_items = 20)]
            pub external_refs: Option<Vec<$crate::platform::db::refs::ExternalRef>>,
        }

        /// Which to list.
        #[derive(
            Clone, Debug, Default, serde::Serialize, serde::Deserialize, utoipa::IntoParams,
            async_graphql::InputObject,
        )]
        #[serde(deny_unknown_fields, default)]
        #[into_params(parameter_in = Query)]
        pub struct $filter {
            /// Those that stand like this.
            #[param(inline)]
            pub status: Option<$status>,
            /// Those that this member answers for.
            #[param(inline)]
            pub owner: Option<$crate::kernel::id::MemberId>,
            /// Those of which something is due on this day or before it.
            pub due_before: Option<$crate::kernel::time::Date>,
            /// Those of which the next thing is due on this day or after it.
            pub due_after: Option<$crate::kernel::time::Date>,
            /// The one with this reference, written `system:id`.
            #[param(max_length = 320, pattern = r"^[^:\u0000]+:[^\u0000]+$")]
            pub external_ref: Option<String>,
        }

        impl $crate::program::isms::shape::Asks for $filter {
            fn asked(&self) -> $crate::program::isms::shape::Asked<'_> {
                $crate::program::isms::shape::Asked {
                    status: self.status.map(<$status>::as_str),
                    owner: self.owner,
                    due_before: self.due_before,
                    due_after: self.due_after,
                    external_ref: self.external_ref.as_ref(),
                }
            }
        }

        impl $crate::program::isms::shape::Shape for $name {
            type Kind = $crate::kernel::id::$kind;
            type New = $new;
            type Patch = $patch;
            type Filter = $filter;

            fn entered(
                input: $new,
                id: $crate::kernel::id::Id<Self::Kind>,
                now: $crate::kernel::time::Instant,
            ) -> Self {
                Self {
                    id,
                    $title: input.$title,
                    $($must: input.$must,)*
                    $($may: input.$may,)*
                    $($ref: input.$ref,)*
                    $($with: input.$with,)*
                    $($kept: $first,)*
                    owner: input.owner,
                    external_refs: $crate::platform::db::Doc(input.external_refs),
                    version: 1,
                    created_at: now,
                }
            }
            fn patched(&mut self, patch: $patch) {
                use $crate::kernel::patch::{set, set_or_clear};
                set(&mut self.$title, patch.$title);
                $(set(&mut self.$must, patch.$must);)*
                $(set_or_clear(&mut self.$may, patch.$may);)*
                $(set_or_clear(&mut self.$ref, patch.$ref);)*
                $(set(&mut self.$with, patch.$with);)*
                set_or_clear(&mut self.owner, patch.owner);
                set(&mut self.external_refs, patch.external_refs.map($crate::platform::db::Doc));
            }
            fn kept(&mut self, _old: &Self) {
                $(self.$kept.clone_from(&_old.$kept);)*
            }
            fn parts(&mut self) -> $crate::platform::room::Head<'_, Self::Kind> {
                $crate::platform::room::Head {
                    id: &mut self.id,
                    version: &mut self.version,
                    created_at: &mut self.created_at,
                    external_refs: &mut self.external_refs,
                }
            }
            fn core(&self) -> $crate::program::isms::shape::Core<'_> {
                $crate::program::isms::shape::Core {
                    id: self.id.uuid(),
                    title: &self.$title,
                    owner: self.owner,
                    external_refs: &self.external_refs,
                    version: self.version,
                    created_at: self.created_at,
                }
            }
        }
    };
}
pub(super) use record;
