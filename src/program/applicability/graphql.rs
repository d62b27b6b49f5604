//! Statements of applicability over GraphQL.

use async_graphql::{ComplexObject, Context, Object, connection::Connection};

use super::{
    check::Check,
    entries,
    entry::{EntryBatch, EntryFilter, EntryKey, EntryPatch, EntrySort, EntryView, NewEntry},
    model::{
        NewStatementOfApplicability, StatementOfApplicability, StatementOfApplicabilityBatch,
        StatementOfApplicabilityFilter, StatementOfApplicabilityPatch, StatementOfApplicabilitySort,
    },
    service, versions,
};
use crate::{
    kernel::id::StatementOfApplicabilityId,
    platform::{
        batch::BatchResult,
        graphql::{Connected, PageArgs, Result, connection, related, request, writing},
        identity::members::Member,
        room,
    },
};

type SoaId = StatementOfApplicabilityId;

#[ComplexObject]
impl StatementOfApplicability {
    /// The member who answers for it.
    #[graphql(name = "owner")]
    async fn responsible(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.owner {
            Some(owner) => related(ctx, owner).await,
            None => Ok(None),
        }
    }
}

/// Queries of this room.
#[derive(async_graphql::MergedObject, Default)]
pub struct ApplicabilityQuery(StatementQuery, versions::graphql::VersionQuery);

/// Mutations of this room.
#[derive(async_graphql::MergedObject, Default)]
pub struct ApplicabilityMutation(StatementMutation, versions::graphql::VersionMutation);

/// Queries of statements and their entries.
#[derive(Default)]
pub struct StatementQuery;

#[Object]
impl StatementQuery {
    /// The statements of applicability of the tenant.
    async fn statements_of_applicability(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: StatementOfApplicabilityFilter,
        sort: Option<StatementOfApplicabilitySort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, StatementOfApplicability, Connected>> {
        connection::<StatementOfApplicability>(ctx, &filter, sort, first, after).await
    }

    /// One statement of applicability.
    async fn statement_of_applicability(
        &self,
        ctx: &Context<'_>,
        id: StatementOfApplicabilityId,
    ) -> Result<StatementOfApplicability> {
        Ok(room::get::<StatementOfApplicability>(request(ctx)?, id, None).await?)
    }

    /// Every fault of the draft of a statement as it stands today.
    async fn applicability_check(
        &self,
        ctx: &Context<'_>,
        statement_id: StatementOfApplicabilityId,
    ) -> Result<Check> {
        Ok(service::check(request(ctx)?, statement_id).await?)
    }

    /// The entries of a statement.
    async fn applicability_entries(
        &self,
        ctx: &Context<'_>,
        statement_id: StatementOfApplicabilityId,
        #[graphql(default)] filter: EntryFilter,
        sort: Option<EntrySort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, EntryView, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = entries::list(request(ctx)?, statement_id, &filter, &page).await?;
        Ok(args.connect(&page, found, EntryView::place))
    }

    /// One entry of a statement, by the Annex A control's id or that of the control of one's own.
    async fn applicability_entry(
        &self,
        ctx: &Context<'_>,
        statement_id: StatementOfApplicabilityId,
        entry: EntryKey,
    ) -> Result<EntryView> {
        Ok(entries::get(request(ctx)?, statement_id, &entry).await?)
    }
}

/// Mutations of statements and their entries.
#[derive(Default)]
pub struct StatementMutation;

#[Object]
impl StatementMutation {
    /// Creates a statement of applicability.
    async fn create_statement_of_applicability(
        &self,
        ctx: &Context<'_>,
        input: NewStatementOfApplicability,
    ) -> Result<StatementOfApplicability> {
        Ok(room::create::<StatementOfApplicability>(writing(ctx).await?, input).await?)
    }

    /// Changes what a statement of applicability is about.
    async fn update_statement_of_applicability(
        &self,
        ctx: &Context<'_>,
        id: StatementOfApplicabilityId,
        expected_version: i32,
        input: StatementOfApplicabilityPatch,
    ) -> Result<StatementOfApplicability> {
        let ctx = writing(ctx).await?;
        Ok(room::update::<StatementOfApplicability>(ctx, id, expected_version.into(), input).await?)
    }

    /// Removes a statement of applicability that was never approved.
    async fn delete_statement_of_applicability(
        &self,
        ctx: &Context<'_>,
        id: StatementOfApplicabilityId,
        expected_version: i32,
    ) -> Result<SoaId> {
        room::delete::<StatementOfApplicability>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Changes many at once, in one transaction.
    async fn batch_statements_of_applicability(
        &self,
        ctx: &Context<'_>,
        input: StatementOfApplicabilityBatch,
    ) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }

    /// Lists a control of one's own as necessary.
    async fn add_applicability_entry(
        &self,
        ctx: &Context<'_>,
        statement_id: StatementOfApplicabilityId,
        input: NewEntry,
    ) -> Result<EntryView> {
        Ok(entries::add(writing(ctx).await?, statement_id, input).await?)
    }

    /// Changes what is said of a control.
    async fn update_applicability_entry(
        &self,
        ctx: &Context<'_>,
        statement_id: StatementOfApplicabilityId,
        entry: EntryKey,
        expected_version: i32,
        input: EntryPatch,
    ) -> Result<EntryView> {
        let ctx = writing(ctx).await?;
        Ok(entries::update(ctx, statement_id, &entry, expected_version.into(), input).await?)
    }

    /// Takes a control of one's own off the list.
    async fn delete_applicability_entry(
        &self,
        ctx: &Context<'_>,
        statement_id: StatementOfApplicabilityId,
        entry: EntryKey,
        expected_version: i32,
    ) -> Result<EntryKey> {
        entries::remove(writing(ctx).await?, statement_id, &entry, expected_version.into()).await?;
        Ok(entry)
    }

    /// Changes many entries at once, in one transaction.
    async fn batch_applicability_entries(
        &self,
        ctx: &Context<'_>,
        statement_id: StatementOfApplicabilityId,
        input: EntryBatch,
    ) -> Result<BatchResult> {
        Ok(entries::batch(writing(ctx).await?, statement_id, input).await?)
    }
}
