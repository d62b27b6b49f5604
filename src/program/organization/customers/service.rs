//! What customers ask for: its rules.

use serde_json::{Value, json};

use super::{
    model::{CustomerRequirement, CustomerRequirementPatch, CustomerRequirementSort, NewCustomerRequirement},
    store,
};
use crate::{
    kernel::{error::Result, id::CustomerRequirementKind, time::Date},
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        diary::Due,
        journal::EventType,
        room::{Actions, Head, Room, Told},
    },
};

impl Room for CustomerRequirement {
    type New = NewCustomerRequirement;
    type Patch = CustomerRequirementPatch;
    type View = Self;
    const ACTIONS: Actions = Actions {
        read: Action::CustomerRequirementRead,
        create: Action::CustomerRequirementCreate,
        update: Action::CustomerRequirementUpdate,
        delete: Action::CustomerRequirementDelete,
    };
    const TOLD: Told = Told {
        created: EventType::CustomerRequirementCreated,
        updated: EventType::CustomerRequirementUpdated,
        deleted: EventType::CustomerRequirementDeleted,
    };

    fn head(&mut self) -> Head<'_, CustomerRequirementKind> {
        Head {
            id: &mut self.id,
            version: &mut self.version,
            created_at: &mut self.created_at,
            external_refs: &mut self.external_refs,
        }
    }
    fn make(input: NewCustomerRequirement, ctx: &Ctx) -> Self {
        input.into_requirement(ctx.caller().tenant, ctx.id(), ctx.now())
    }
    fn apply(&mut self, patch: CustomerRequirementPatch) {
        patch.apply(self);
    }
    fn check(&self, today: Date) -> Result<()> {
        self.validate(today)
    }
    fn dues(&self) -> Option<Vec<Due>> {
        Some(self.due_dates())
    }
    async fn show(_: &mut TenantTx, rows: Vec<Self>, _: Date) -> Result<Vec<Self>> {
        Ok(rows)
    }
    fn place(sort: CustomerRequirementSort) -> impl Fn(&Self) -> (Value, String) {
        move |requirement| {
            let key = match sort {
                CustomerRequirementSort::Customer | CustomerRequirementSort::CustomerDescending => {
                    json!(requirement.customer)
                }
                CustomerRequirementSort::Oldest | CustomerRequirementSort::Newest => {
                    json!(requirement.created_at)
                }
            };
            (key, requirement.id.to_string())
        }
    }
}

/// The requirements that are neither met nor declined, the first `most` by customer; for a use case that has been
/// authorised.
///
/// # Errors
/// When the database fails.
pub async fn open(tx: &mut TenantTx, most: usize) -> Result<Vec<CustomerRequirement>> {
    store::open(tx, most as i64).await
}
