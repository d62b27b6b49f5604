//! Locations: their rules.

use serde_json::{Value, json};

use super::model::{Location, LocationPatch, LocationSort, NewLocation};
use crate::{
    kernel::{error::Result, id::LocationKind, time::Date},
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        journal::EventType,
        room::{Actions, Head, Room, Told},
    },
};

impl Room for Location {
    type New = NewLocation;
    type Patch = LocationPatch;
    type View = Self;
    const ACTIONS: Actions = Actions {
        read: Action::LocationRead,
        create: Action::LocationCreate,
        update: Action::LocationUpdate,
        delete: Action::LocationDelete,
    };
    const TOLD: Told = Told {
        created: EventType::LocationCreated,
        updated: EventType::LocationUpdated,
        deleted: EventType::LocationDeleted,
    };

    fn head(&mut self) -> Head<'_, LocationKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewLocation, ctx: &Ctx) -> Self {
        input.into_location(ctx.caller().tenant, ctx.id(), ctx.now())
    }
    fn apply(&mut self, patch: LocationPatch) {
        patch.apply(self);
    }
    fn check(&self, _: Date) -> Result<()> {
        self.validate()
    }
    async fn show(_: &mut TenantTx, rows: Vec<Self>, _: Date) -> Result<Vec<Self>> {
        Ok(rows)
    }
    fn place(sort: LocationSort) -> impl Fn(&Self) -> (Value, String) {
        move |location| {
            let key = match sort {
                LocationSort::Name | LocationSort::NameDescending => json!(location.name),
                LocationSort::Oldest | LocationSort::Newest => json!(location.created_at),
            };
            (key, location.id.to_string())
        }
    }
}
