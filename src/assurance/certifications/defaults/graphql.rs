//! The default settings over GraphQL.

use async_graphql::{Context, Object};

use super::model::{CertificationSettings, CertificationSettingsPatch, Defaults};
use crate::platform::{
    graphql::{Result, request, writing},
    sole,
};

/// Queries of this room.
#[derive(Default)]
pub struct CertificationSettingsQuery;

#[Object]
impl CertificationSettingsQuery {
    /// How the dates of certificates are counted that have no settings of their own.
    async fn certification_settings(&self, ctx: &Context<'_>) -> Result<CertificationSettings> {
        Ok(sole::get::<Defaults>(request(ctx)?).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct CertificationSettingsMutation;

#[Object]
impl CertificationSettingsMutation {
    /// Changes the default settings, and the dates of every certificate that has none of its own.
    async fn update_certification_settings(
        &self,
        ctx: &Context<'_>,
        expected_version: i32,
        input: CertificationSettingsPatch,
    ) -> Result<CertificationSettings> {
        Ok(sole::update::<Defaults>(writing(ctx).await?, expected_version.into(), input).await?)
    }
}
