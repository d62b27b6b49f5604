//! Members over GraphQL.

use std::collections::HashMap;

use async_graphql::{Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader};

use super::model::{Member, MemberBatch, MemberFilter, MemberPatch, MemberSort, NewMember};
use crate::{
    kernel::id::MemberId,
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{Connected, Failure, Result, connection, request, writing},
        room,
    },
};

#[async_trait]
impl Loader<MemberId> for Ctx {
    type Value = Member;
    type Error = Failure;

    async fn load(&self, ids: &[MemberId]) -> Result<HashMap<MemberId, Member>> {
        Ok(room::by_ids::<Member>(self, ids).await?.into_iter().map(|member| (member.id, member)).collect())
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct MemberQuery;

#[Object]
impl MemberQuery {
    /// The people and machine accounts of the tenant.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: MemberFilter,
        sort: Option<MemberSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, Member, Connected>> {
        connection::<Member>(ctx, &filter, sort, first, after).await
    }

    /// One member.
    async fn member(&self, ctx: &Context<'_>, id: MemberId) -> Result<Member> {
        Ok(room::get::<Member>(request(ctx)?, id, None).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct MemberMutation;

#[Object]
impl MemberMutation {
    /// Adds a person or a machine account.
    async fn create_member(&self, ctx: &Context<'_>, input: NewMember) -> Result<Member> {
        Ok(room::create::<Member>(writing(ctx).await?, input).await?)
    }

    /// Changes a member.
    async fn update_member(
        &self,
        ctx: &Context<'_>,
        id: MemberId,
        expected_version: i32,
        input: MemberPatch,
    ) -> Result<Member> {
        Ok(room::update::<Member>(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Removes a member that nothing refers to.
    async fn delete_member(
        &self,
        ctx: &Context<'_>,
        id: MemberId,
        expected_version: i32,
    ) -> Result<MemberId> {
        room::delete::<Member>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Changes many at once, in one transaction.
    async fn batch_members(&self, ctx: &Context<'_>, input: MemberBatch) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }
}
