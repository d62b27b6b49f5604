//! The default settings: who may read and change them, and who follows.

use super::model::{CertificationSettings, CertificationSettingsPatch, Defaults};
use crate::{
    kernel::{error::Result, id::TenantId},
    platform::{
        access::{Action, Ctx},
        journal::{EventType, Ripple, Write},
        sole::Sole,
    },
};

impl Sole for Defaults {
    type Patch = CertificationSettingsPatch;
    type View = CertificationSettings;
    const READ: Action = Action::CertificationRead;
    const UPDATE: Action = Action::CertificationSettingsUpdate;
    const UPDATED: EventType = EventType::CertificationSettingsUpdated;

    fn initial(tenant: TenantId) -> Self {
        Self::first(tenant)
    }
    fn version_mut(&mut self) -> &mut i32 {
        &mut self.version
    }
    fn apply(&mut self, patch: CertificationSettingsPatch) {
        patch.apply(&mut self.settings.0);
    }
    fn check(&self) -> Result<()> {
        self.validate()
    }
    /// With them change the dates of every certificate that has none of its own.
    fn stir(tx: &mut Write, ctx: &Ctx) {
        tx.stir(Ripple::CertificationSettings(ctx.today()));
    }
}
