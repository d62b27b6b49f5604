//! Systems and services: their rules.

use serde_json::{Value, json};

use super::model::{NewSystem, System, SystemPatch, SystemSort};
use crate::{
    kernel::{
        error::{Code, Error, Result},
        id::SystemKind,
        time::Date,
    },
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        journal::{EventType, Write},
        room::{Actions, Head, Room, Stored, Told},
    },
    program::organization::locations::Location,
};

const NO_LOCATION: &str = "is no location here; GET /v1/locations lists them";

impl Room for System {
    type New = NewSystem;
    type Patch = SystemPatch;
    type View = Self;
    const ACTIONS: Actions = Actions {
        read: Action::SystemRead,
        create: Action::SystemCreate,
        update: Action::SystemUpdate,
        delete: Action::SystemDelete,
    };
    const TOLD: Told = Told {
        created: EventType::SystemCreated,
        updated: EventType::SystemUpdated,
        deleted: EventType::SystemDeleted,
    };

    fn head(&mut self) -> Head<'_, SystemKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewSystem, ctx: &Ctx) -> Self {
        input.into_system(ctx.caller().tenant, ctx.id(), ctx.now())
    }
    fn apply(&mut self, patch: SystemPatch) {
        patch.apply(self);
    }
    fn check(&self, _: Date) -> Result<()> {
        self.validate()
    }
    /// A database does not say which of two references leads nowhere, so one of them is looked up.
    async fn guard(tx: &mut Write, _: &Ctx, before: Option<&Self>, after: Option<&Self>) -> Result<()> {
        let location = after.and_then(|system| system.location);
        let Some(location) = location.filter(|_| location != before.and_then(|system| system.location))
        else {
            return Ok(());
        };
        match Location::find(tx, location).await? {
            Some(_) => Ok(()),
            None => Err(Error::at(Code::Unprocessable, "/location", NO_LOCATION)),
        }
    }
    async fn show(_: &mut TenantTx, rows: Vec<Self>, _: Date) -> Result<Vec<Self>> {
        Ok(rows)
    }
    fn place(sort: SystemSort) -> impl Fn(&Self) -> (Value, String) {
        move |system| {
            let key = match sort {
                SystemSort::Name | SystemSort::NameDescending => json!(system.name),
                SystemSort::Oldest | SystemSort::Newest => json!(system.created_at),
            };
            (key, system.id.to_string())
        }
    }
}
