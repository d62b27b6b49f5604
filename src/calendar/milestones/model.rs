//! What people may say about a milestone.

use async_graphql::{InputObject, MaybeUndefined};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    kernel::{id::MemberId, patch, time::Date},
    platform::diary::Entry,
};

/// A change of what people add to a milestone; its dates follow from the facts of its resource.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
pub struct MilestonePatch {
    /// The member who sees to it; null for nobody.
    #[schema(value_type = Option<MemberId>)]
    pub owner: MaybeUndefined<MemberId>,
    /// The day for which it is planned; null for none. May lie after the due day: that is a plan to be late.
    #[schema(value_type = Option<Date>)]
    pub planned_on: MaybeUndefined<Date>,
}

impl MilestonePatch {
    /// Applies the patch.
    pub fn apply(self, entry: &mut Entry) {
        patch::set_or_clear(&mut entry.owner, self.owner);
        patch::set_or_clear(&mut entry.planned_on, self.planned_on);
    }
}
