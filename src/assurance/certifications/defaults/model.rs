//! The default settings of a tenant.

use async_graphql::{InputObject, SimpleObject};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    super::{
        engine::ExpiryConvention,
        settings::{CycleSettings, FirstSurveillance, LateReturn, LaterSurveillance},
    },
    store::certification_settings,
};
use crate::{
    kernel::{
        error::{Faults, Result},
        id::TenantId,
        patch,
    },
    platform::{db::Doc, journal::Recorded},
};

/// The default settings as stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = certification_settings, primary_key(tenant_id))]
pub struct Defaults {
    pub(super) tenant_id: TenantId,
    /// The settings.
    pub settings: Doc<CycleSettings>,
    /// Counts their changes.
    pub version: i32,
}

/// How the dates of certificates are counted that have no settings of their own. Version 0 is the way that every tenant
/// starts with.
#[derive(Clone, Debug, Serialize, ToSchema, SimpleObject)]
pub struct CertificationSettings {
    #[serde(skip)]
    #[graphql(skip)]
    tenant_id: TenantId,
    /// How an expiry that is not printed is counted (A.3.6): `same_day` or `day_before`.
    pub expiry_convention: ExpiryConvention,
    /// From which day the first twelve months are counted (A.3.9).
    pub first_surveillance: FirstSurveillance,
    /// From which day the surveillance audits of later cycles are counted (A.3.10).
    pub later_surveillance: LaterSurveillance,
    /// What a late return begins (A.3.11).
    pub late_return: LateReturn,
    /// How many days before a date is due it is reminded of.
    #[schema(max_items = 10)]
    pub reminder_days: Vec<i32>,
    /// Counts their changes.
    #[schema(minimum = 0)]
    pub version: i32,
}

impl From<Defaults> for CertificationSettings {
    fn from(stored: Defaults) -> Self {
        let Defaults { tenant_id, settings: Doc(said), version } = stored;
        Self {
            tenant_id,
            expiry_convention: said.expiry_convention,
            first_surveillance: said.first_surveillance,
            later_surveillance: said.later_surveillance,
            late_return: said.late_return,
            reminder_days: said.reminder_days,
            version,
        }
    }
}

impl Recorded for CertificationSettings {
    const RESOURCE: &'static str = "certification_settings";

    /// There is one to a tenant.
    fn resource_id(&self) -> String {
        self.tenant_id.to_string()
    }
    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

impl Defaults {
    /// The settings that every tenant starts with.
    pub(super) fn first(tenant_id: TenantId) -> Self {
        Self { tenant_id, settings: Doc(CycleSettings::default()), version: 0 }
    }

    /// Checks bounds.
    ///
    /// # Errors
    /// [`Code::Unprocessable`](crate::kernel::error::Code::Unprocessable) with every fault.
    pub fn validate(&self) -> Result<()> {
        let mut faults = Faults::default();
        self.settings.check("", &mut faults);
        faults.into_result()
    }
}

/// A change of the default settings.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, InputObject)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({ "expiry_convention": "day_before", "reminder_days": [120, 60, 14] }))]
pub struct CertificationSettingsPatch {
    /// How an expiry that is not printed is counted (A.3.6): `same_day` or `day_before`.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub expiry_convention: Option<ExpiryConvention>,
    /// From which day the first twelve months are counted (A.3.9).
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub first_surveillance: Option<FirstSurveillance>,
    /// From which day the surveillance audits of later cycles are counted (A.3.10).
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub later_surveillance: Option<LaterSurveillance>,
    /// What a late return begins (A.3.11).
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false)]
    pub late_return: Option<LateReturn>,
    /// How many days before a date is due it is reminded of, all of them, each from 1 to 366; empty for no reminders.
    #[serde(deserialize_with = "patch::present")]
    #[schema(nullable = false, max_items = 10)]
    pub reminder_days: Option<Vec<i32>>,
}

impl CertificationSettingsPatch {
    /// Applies the patch.
    pub fn apply(self, settings: &mut CycleSettings) {
        patch::set(&mut settings.expiry_convention, self.expiry_convention);
        patch::set(&mut settings.first_surveillance, self.first_surveillance);
        patch::set(&mut settings.later_surveillance, self.later_surveillance);
        patch::set(&mut settings.late_return, self.late_return);
        patch::set(&mut settings.reminder_days, self.reminder_days);
    }
}
