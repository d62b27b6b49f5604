//! Tests of controls over GraphQL.

use std::collections::HashMap;

use async_graphql::{
    ComplexObject, Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader,
};

use super::{
    model::{
        ControlTest, ControlTestBatch, ControlTestFilter, ControlTestPatch, ControlTestSort, NewControlTest,
    },
    service,
};
use crate::{
    kernel::id::{ControlId, ControlTestId},
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{Connected, Failure, PageArgs, Result, related, request, writing},
        identity::members::Member,
    },
};

/// Asks the loader for the tests of a control.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TestsOf(pub ControlId);

#[async_trait]
impl Loader<TestsOf> for Ctx {
    type Value = Vec<ControlTest>;
    type Error = Failure;

    async fn load(&self, controls: &[TestsOf]) -> Result<HashMap<TestsOf, Vec<ControlTest>>> {
        let ids: Vec<_> = controls.iter().map(|one| one.0).collect();
        let mut grouped: HashMap<_, Vec<_>> = HashMap::new();
        for test in service::of_controls(self, &ids).await? {
            grouped.entry(TestsOf(test.control_id)).or_default().push(test);
        }
        Ok(grouped)
    }
}

#[ComplexObject]
impl ControlTest {
    /// The member who tested.
    #[graphql(name = "tester")]
    async fn performed_by(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.tester {
            Some(tester) => related(ctx, tester).await,
            None => Ok(None),
        }
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct ControlTestQuery;

#[Object]
impl ControlTestQuery {
    /// A control's tests.
    async fn control_tests(
        &self,
        ctx: &Context<'_>,
        control_id: ControlId,
        #[graphql(default)] filter: ControlTestFilter,
        sort: Option<ControlTestSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, ControlTest, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, control_id, &filter, &page).await?;
        Ok(args.connect(&page, found, ControlTest::place))
    }

    /// One test of a control.
    async fn control_test(
        &self,
        ctx: &Context<'_>,
        control_id: ControlId,
        id: ControlTestId,
    ) -> Result<ControlTest> {
        Ok(service::get(request(ctx)?, control_id, id).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct ControlTestMutation;

#[Object]
impl ControlTestMutation {
    /// Records a test of a control.
    async fn record_control_test(
        &self,
        ctx: &Context<'_>,
        control_id: ControlId,
        input: NewControlTest,
    ) -> Result<ControlTest> {
        Ok(service::record(writing(ctx).await?, control_id, input).await?)
    }

    /// Corrects a test of a control.
    async fn update_control_test(
        &self,
        ctx: &Context<'_>,
        control_id: ControlId,
        id: ControlTestId,
        expected_version: i32,
        input: ControlTestPatch,
    ) -> Result<ControlTest> {
        Ok(service::update(writing(ctx).await?, control_id, id, expected_version.into(), input).await?)
    }

    /// Removes a test that should not have been recorded.
    async fn delete_control_test(
        &self,
        ctx: &Context<'_>,
        control_id: ControlId,
        id: ControlTestId,
        expected_version: i32,
    ) -> Result<ControlTestId> {
        service::delete(writing(ctx).await?, control_id, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Records, corrects, puts by reference or removes many tests of a control at once, in one transaction.
    async fn batch_control_tests(
        &self,
        ctx: &Context<'_>,
        control_id: ControlId,
        input: ControlTestBatch,
    ) -> Result<BatchResult> {
        Ok(service::batch(writing(ctx).await?, control_id, input).await?)
    }
}
