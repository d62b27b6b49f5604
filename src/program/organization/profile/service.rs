//! The profile: who may read and change it.

use super::model::{Organization, OrganizationPatch};
use crate::{
    kernel::{error::Result, id::TenantId},
    platform::{access::Action, journal::EventType, sole::Sole},
};

impl Sole for Organization {
    type Patch = OrganizationPatch;
    type View = Self;
    const READ: Action = Action::OrganizationRead;
    const UPDATE: Action = Action::OrganizationUpdate;
    const UPDATED: EventType = EventType::OrganizationUpdated;

    fn initial(tenant: TenantId) -> Self {
        Self::unknown(tenant)
    }
    fn version_mut(&mut self) -> &mut i32 {
        &mut self.version
    }
    fn apply(&mut self, patch: OrganizationPatch) {
        patch.apply(self);
    }
    fn check(&self) -> Result<()> {
        self.validate()
    }
}
