//! Tests of controls over GraphQL.

use async_graphql::{ComplexObject, Context, Object, connection::Connection};

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
        graphql::{Above, Connected, PageArgs, Result, related, request, writing},
        identity::members::Member,
    },
};

/// The newest tests of a control.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TestsOf(pub ControlId);

impl Above for TestsOf {
    type Row = ControlTest;

    async fn below(ctx: &Ctx, controls: &[Self], each: u32) -> Result<Vec<(Self, ControlTest)>> {
        let ids: Vec<_> = controls.iter().map(|one| one.0).collect();
        let tests = service::newest(ctx, &ids, each).await?;
        Ok(tests.into_iter().map(|test| (Self(test.control_id), test)).collect())
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
