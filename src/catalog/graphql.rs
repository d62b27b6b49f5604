//! The catalog over GraphQL.

use async_graphql::{ComplexObject, Context, Object, connection::Connection};

use super::{
    model::{
        Comparison, Framework, FrameworkFilter, FrameworkKey, FrameworkOrder, Gaps, Mapping, MappingFilter,
        Placed, Requirement, RequirementFilter, RequirementRef,
    },
    service,
};
use crate::platform::graphql::{Connected, PageArgs, Result, related, request};

#[ComplexObject]
impl RequirementRef {
    /// The requirement itself.
    async fn requirement(&self, ctx: &Context<'_>) -> Result<Option<Requirement>> {
        related(ctx, self.clone()).await
    }
}

#[ComplexObject]
impl Framework {
    /// Its requirements, in its own order.
    async fn requirements(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: RequirementFilter,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, Requirement, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request::<FrameworkOrder>(None, &filter)?;
        let found = service::requirements(request(ctx)?, &self.key, &filter, &page).await?;
        Ok(args.connect(&page, found, Placed::place))
    }

    /// Its mappings onto other frameworks, in its own order.
    async fn mappings(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: MappingFilter,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, Mapping, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request::<FrameworkOrder>(None, &filter)?;
        let found = service::mappings(request(ctx)?, &self.key, &filter, &page).await?;
        Ok(args.connect(&page, found, Placed::place))
    }

    /// Its requirements that nothing in another framework answers.
    async fn gaps(&self, ctx: &Context<'_>, to: FrameworkKey) -> Result<Gaps> {
        Ok(service::gaps(request(ctx)?, &self.key, &to).await?)
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct CatalogQuery;

#[Object]
impl CatalogQuery {
    /// What an organisation can be certified against or report on.
    async fn frameworks(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: FrameworkFilter,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, Framework, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request::<FrameworkOrder>(None, &filter)?;
        let found = service::list(request(ctx)?, &filter, &page).await?;
        Ok(args.connect(&page, found, Placed::place))
    }

    /// One framework.
    async fn framework(&self, ctx: &Context<'_>, key: FrameworkKey) -> Result<Framework> {
        Ok(service::get(request(ctx)?, &key).await?.into_owned())
    }

    /// Two frameworks side by side.
    async fn compare_frameworks(
        &self,
        ctx: &Context<'_>,
        left: FrameworkKey,
        right: FrameworkKey,
    ) -> Result<Comparison> {
        Ok(service::compare(request(ctx)?, &left, &right).await?)
    }
}
