//! The default settings over REST.

use actix_web::{get, patch};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{CertificationSettings, CertificationSettingsPatch, Defaults};
use crate::{
    kernel::{error::Result, patch::Expected},
    platform::{
        access::Ctx,
        http::{Body, Fresh},
        sole,
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_certification_settings).service(update_certification_settings);
}

/// Get the default settings for certificates
///
/// How the dates of certificates are counted, and when they are reminded of, where a certificate has no `settings` of its
/// own. Version 0 is the usual way, which every tenant starts with.
#[utoipa::path(
    tag = "Certifications",
    responses((status = 200, description = "The default settings", body = CertificationSettings)),
)]
#[get("/v1/certification-settings")]
async fn get_certification_settings(ctx: Ctx) -> Result<Fresh<CertificationSettings>> {
    ctx.run(async move |ctx| sole::get::<Defaults>(&ctx).await).await.map(Fresh)
}

/// Change the default settings for certificates
///
/// A merge patch; a list replaces the whole list. The dates of every certificate without `settings` of its own follow at
/// once.
#[utoipa::path(
    tag = "Certifications",
    request_body = CertificationSettingsPatch,
    responses((status = 200, description = "The changed settings", body = CertificationSettings)),
)]
#[patch("/v1/certification-settings")]
async fn update_certification_settings(
    ctx: Ctx,
    expected: Expected,
    input: Body<CertificationSettingsPatch>,
) -> Result<Fresh<CertificationSettings>> {
    ctx.run(async move |ctx| sole::update::<Defaults>(&ctx, expected, input.0).await).await.map(Fresh)
}
