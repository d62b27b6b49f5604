//! Versions of a statement over GraphQL.

use async_graphql::{ComplexObject, Context, Object, connection::Connection};

use super::{
    diff::Diff,
    model::{NewVersion, VersionDocument, VersionFilter, VersionSort, VersionView},
    print, service, table,
};
use crate::{
    kernel::id::StatementOfApplicabilityId,
    platform::graphql::{Connected, PageArgs, Result, request, writing},
};

#[ComplexObject]
impl VersionDocument {
    /// The same as a page to print.
    async fn html(&self) -> String {
        print::print(self)
    }

    /// The same as a table.
    async fn csv(&self) -> Result<String> {
        Ok(table::table(self)?)
    }
}

/// Queries of versions.
#[derive(Default)]
pub struct VersionQuery;

#[Object]
impl VersionQuery {
    /// The approved versions of a statement.
    async fn applicability_versions(
        &self,
        ctx: &Context<'_>,
        statement_id: StatementOfApplicabilityId,
        #[graphql(default)] filter: VersionFilter,
        sort: Option<VersionSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, VersionView, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, statement_id, &filter, &page).await?;
        Ok(args.connect(&page, found, VersionView::place))
    }

    /// One version of a statement as it was frozen, or its draft as it stands today.
    async fn applicability_version(
        &self,
        ctx: &Context<'_>,
        statement_id: StatementOfApplicabilityId,
        number: i32,
    ) -> Result<VersionDocument> {
        Ok(service::get(request(ctx)?, statement_id, number).await?)
    }

    /// What changed from one version of a statement to another.
    async fn applicability_diff(
        &self,
        ctx: &Context<'_>,
        statement_id: StatementOfApplicabilityId,
        from: i32,
        to: i32,
    ) -> Result<Diff> {
        Ok(service::diff(request(ctx)?, statement_id, from, to).await?)
    }
}

/// Mutations of versions.
#[derive(Default)]
pub struct VersionMutation;

#[Object]
impl VersionMutation {
    /// Approves the draft of a statement: freezes it as a version, which supersedes the one before.
    async fn approve_statement_of_applicability(
        &self,
        ctx: &Context<'_>,
        statement_id: StatementOfApplicabilityId,
        input: NewVersion,
    ) -> Result<VersionDocument> {
        Ok(service::approve(writing(ctx).await?, statement_id, input).await?)
    }
}
