//! A practitioner's tests over GraphQL.

use async_graphql::{Context, Object, connection::Connection};

use super::{
    model::{
        AttestationTest, AttestationTestFilter, AttestationTestPatch, AttestationTestSort, NewAttestationTest,
    },
    service,
};
use crate::{
    kernel::id::{AttestationId, AttestationTestId},
    platform::graphql::{Connected, PageArgs, Result, request, writing},
};

/// Queries of this room.
#[derive(Default)]
pub struct AttestationTestQuery;

#[Object]
impl AttestationTestQuery {
    /// What the practitioner tried and found.
    async fn attestation_tests(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        #[graphql(default)] filter: AttestationTestFilter,
        sort: Option<AttestationTestSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, AttestationTest, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, attestation_id, &filter, &page).await?;
        Ok(args.connect(&page, found, AttestationTest::place))
    }

    /// One test of an examination.
    async fn attestation_test(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        id: AttestationTestId,
    ) -> Result<AttestationTest> {
        Ok(service::get(request(ctx)?, attestation_id, id).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct AttestationTestMutation;

#[Object]
impl AttestationTestMutation {
    /// Records a test of an examination.
    async fn record_attestation_test(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        input: NewAttestationTest,
    ) -> Result<AttestationTest> {
        Ok(service::record(writing(ctx).await?, attestation_id, input).await?)
    }

    /// Changes a test, or adds what management says to its exception.
    async fn update_attestation_test(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        id: AttestationTestId,
        expected_version: i32,
        input: AttestationTestPatch,
    ) -> Result<AttestationTest> {
        Ok(service::update(writing(ctx).await?, attestation_id, id, expected_version.into(), input).await?)
    }

    /// Removes a test that should not have been recorded.
    async fn delete_attestation_test(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        id: AttestationTestId,
        expected_version: i32,
    ) -> Result<AttestationTestId> {
        service::delete(writing(ctx).await?, attestation_id, id, expected_version.into()).await?;
        Ok(id)
    }
}
