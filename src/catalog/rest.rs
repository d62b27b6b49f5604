//! The catalog over REST.

use std::borrow::Cow;

use actix_web::get;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{
        Comparison, Framework, FrameworkFilter, FrameworkKey, FrameworkOrder, Gaps, Mapping, MappingFilter,
        Requirement, RequirementFilter,
    },
    service,
};
use crate::{
    kernel::{
        error::Result,
        page::{Page, PageParams},
    },
    platform::{
        access::Ctx,
        http::{Fresh, List, Listed, PathId, Query},
    },
};

/// Mounts the room; what is compared comes before what has a key.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_frameworks)
        .service(compare_frameworks)
        .service(get_framework)
        .service(list_framework_requirements)
        .service(list_framework_mappings)
        .service(get_framework_gaps);
}

/// List frameworks
///
/// What an organisation can be certified against or report on: the built-in frameworks, and those of your own.
#[utoipa::path(
    tag = "Frameworks",
    params(
        FrameworkFilter,
        PageParams,
        ("sort" = inline(Option<FrameworkOrder>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of frameworks", body = Page<Framework>)),
)]
#[get("/v1/frameworks")]
async fn list_frameworks(
    ctx: Ctx,
    query: List<FrameworkFilter, FrameworkOrder>,
) -> Result<Listed<Framework>> {
    ctx.run(async move |ctx| service::list(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Which frameworks to compare.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Sides {
    /// The framework on the left.
    #[param(inline, example = "iso27001-2022")]
    left: FrameworkKey,
    /// The framework on the right.
    #[param(inline, example = "soc2-2017")]
    right: FrameworkKey,
}

/// Compare two frameworks
///
/// Every point on which they are compared, side by side; null where the source says nothing. Of a framework of your own:
/// what it leads to, how many requirements it has, and how many of them the other answers.
#[utoipa::path(
    tag = "Frameworks",
    params(Sides),
    responses(
        (status = 200, description = "The comparison", body = Comparison),
        (status = 422, description = "A key names no framework, or both name the same"),
    ),
)]
#[get("/v1/frameworks/compare")]
async fn compare_frameworks(ctx: Ctx, sides: Query<Sides>) -> Result<Fresh<Comparison>> {
    ctx.run(async move |ctx| service::compare(&ctx, &sides.0.left, &sides.0.right).await).await.map(Fresh)
}

/// Get a framework
///
/// Its name, what meeting it leads to, and how many requirements of which kind it has.
#[utoipa::path(
    tag = "Frameworks",
    params(("key" = FrameworkKey, Path, description = "The framework", example = "iso27001-2022")),
    responses((status = 200, description = "The framework", body = Framework)),
)]
#[get("/v1/frameworks/{key}")]
async fn get_framework(ctx: Ctx, key: PathId<FrameworkKey>) -> Result<Fresh<Cow<'static, Framework>>> {
    ctx.run(async move |ctx| service::get(&ctx, &key.0).await).await.map(Fresh)
}

/// List a framework's requirements
///
/// Clauses, Annex A controls or criteria, in the framework's own order; titles are our own.
#[utoipa::path(
    tag = "Frameworks",
    params(
        ("key" = FrameworkKey, Path, description = "The framework", example = "iso27001-2022"),
        RequirementFilter,
        PageParams,
        ("sort" = inline(Option<FrameworkOrder>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of requirements", body = Page<Requirement>)),
)]
#[get("/v1/frameworks/{key}/requirements")]
async fn list_framework_requirements(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    query: List<RequirementFilter, FrameworkOrder>,
) -> Result<Listed<Requirement>> {
    ctx.run(async move |ctx| service::requirements(&ctx, &key.0, &query.filter, &query.page).await)
        .await
        .map(Listed)
}

/// List a framework's mappings
///
/// Its requirements and their counterparts in other frameworks, with relationship and reason. A mapping suggests
/// what evidence can be used again; it never proves that the counterpart is met.
#[utoipa::path(
    tag = "Frameworks",
    params(
        ("key" = FrameworkKey, Path, description = "The framework", example = "soc2-2017"),
        MappingFilter,
        PageParams,
        ("sort" = inline(Option<FrameworkOrder>), Query, description = "The order"),
    ),
    responses(
        (status = 200, description = "A page of mappings", body = Page<Mapping>),
        (status = 422, description = "`to` names no framework"),
    ),
)]
#[get("/v1/frameworks/{key}/mappings")]
async fn list_framework_mappings(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    query: List<MappingFilter, FrameworkOrder>,
) -> Result<Listed<Mapping>> {
    ctx.run(async move |ctx| service::mappings(&ctx, &key.0, &query.filter, &query.page).await)
        .await
        .map(Listed)
}

/// The other framework.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Towards {
    /// The other framework.
    #[param(inline, example = "soc2-2017")]
    to: FrameworkKey,
}

/// Get what has no counterpart
///
/// The requirements of a framework that nothing in another answers.
#[utoipa::path(
    tag = "Frameworks",
    params(("key" = FrameworkKey, Path, description = "The framework", example = "iso27001-2022"), Towards),
    responses(
        (status = 200, description = "The gaps", body = Gaps),
        (status = 422, description = "`to` names no other framework"),
    ),
)]
#[get("/v1/frameworks/{key}/mappings/gaps")]
async fn get_framework_gaps(
    ctx: Ctx,
    key: PathId<FrameworkKey>,
    query: Query<Towards>,
) -> Result<Fresh<Gaps>> {
    ctx.run(async move |ctx| service::gaps(&ctx, &key.0, &query.0.to).await).await.map(Fresh)
}
