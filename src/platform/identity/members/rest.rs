//! Members over REST.

use actix_web::{delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{Member, MemberBatch, MemberFilter, MemberPatch, MemberSort, NewMember};
use crate::{
    kernel::{
        error::Result,
        id::MemberId,
        page::{Page, PageParams},
        patch::Expected,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        http::{Body, Created, Fresh, Gone, List, Listed, PathId},
        room,
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(batch_members)
        .service(list_members)
        .service(create_member)
        .service(get_member)
        .service(update_member)
        .service(delete_member);
}

/// List members
///
/// The people and machine accounts of the tenant.
#[utoipa::path(
    tag = "Members",
    params(MemberFilter, PageParams, ("sort" = inline(Option<MemberSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of members", body = Page<Member>)),
)]
#[get("/v1/members")]
async fn list_members(ctx: Ctx, query: List<MemberFilter, MemberSort>) -> Result<Listed<Member>> {
    ctx.run(async move |ctx| room::list::<Member>(&ctx, &query.filter, &query.page).await).await.map(Listed)
}

/// Add a member
///
/// A person or a machine account, with a role that the caller's own covers.
#[utoipa::path(
    tag = "Members",
    request_body = NewMember,
    responses((status = 201, description = "The member", body = Member)),
)]
#[post("/v1/members")]
async fn create_member(ctx: Ctx, input: Body<NewMember>) -> Result<Created<Member>> {
    ctx.run(async move |ctx| room::create::<Member>(&ctx, input.0).await).await.map(Created)
}

/// Get a member
///
/// One person or machine account.
#[utoipa::path(
    tag = "Members",
    params(("id" = MemberId, Path, description = "The member")),
    responses((status = 200, description = "The member", body = Member)),
)]
#[get("/v1/members/{id}")]
async fn get_member(ctx: Ctx, id: PathId<MemberId>) -> Result<Fresh<Member>> {
    ctx.run(async move |ctx| room::get::<Member>(&ctx, id.0, None).await).await.map(Fresh)
}

/// Change a member
///
/// A merge patch: what is absent stays, null clears.
#[utoipa::path(
    tag = "Members",
    params(("id" = MemberId, Path, description = "The member")),
    request_body = MemberPatch,
    responses((status = 200, description = "The changed member", body = Member)),
)]
#[patch("/v1/members/{id}")]
async fn update_member(
    ctx: Ctx,
    id: PathId<MemberId>,
    expected: Expected,
    input: Body<MemberPatch>,
) -> Result<Fresh<Member>> {
    ctx.run(async move |ctx| room::update::<Member>(&ctx, id.0, expected, input.0).await).await.map(Fresh)
}

/// Remove a member
///
/// Refused while the member owns something or has credentials.
#[utoipa::path(
    tag = "Members",
    params(("id" = MemberId, Path, description = "The member")),
    responses((status = 204, description = "Removed")),
)]
#[delete("/v1/members/{id}")]
async fn delete_member(ctx: Ctx, id: PathId<MemberId>, expected: Expected) -> Result<Gone> {
    ctx.run(async move |ctx| room::delete::<Member>(&ctx, id.0, expected).await).await.map(|()| Gone)
}

/// Change many members at once
///
/// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
/// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
#[utoipa::path(
    tag = "Members",
    request_body = MemberBatch,
    responses((status = 200, description = "What came of each item", body = BatchResult)),
)]
#[post("/v1/members:batch")]
async fn batch_members(ctx: Ctx, input: Body<MemberBatch>) -> Result<Fresh<BatchResult>> {
    ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
}
