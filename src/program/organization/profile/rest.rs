//! The organisation's profile over REST.

use actix_web::{get, patch};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{Organization, OrganizationPatch};
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
    config.service(get_organization).service(update_organization);
}

/// Get the organisation's profile
///
/// What the organisation is, where, and with which data. It exists from the first read on, with nothing known. Advice
/// takes from it what a question leaves out.
#[utoipa::path(
    tag = "Organization",
    responses((status = 200, description = "The profile", body = Organization)),
)]
#[get("/v1/organization")]
async fn get_organization(ctx: Ctx) -> Result<Fresh<Organization>> {
    ctx.run(async move |ctx| sole::get::<Organization>(&ctx).await).await.map(Fresh)
}

/// Change the organisation's profile
///
/// A merge patch: what is absent stays, null says that it is not known; a list replaces the whole list.
#[utoipa::path(
    tag = "Organization",
    request_body = OrganizationPatch,
    responses((status = 200, description = "The changed profile", body = Organization)),
)]
#[patch("/v1/organization")]
async fn update_organization(
    ctx: Ctx,
    expected: Expected,
    input: Body<OrganizationPatch>,
) -> Result<Fresh<Organization>> {
    ctx.run(async move |ctx| sole::update::<Organization>(&ctx, expected, input.0).await).await.map(Fresh)
}
