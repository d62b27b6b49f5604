//! Release logs over GraphQL.

use async_graphql::{Context, Object, connection::Connection};

use super::{
    model::{
        AttestationRelease, AttestationReleaseFilter, AttestationReleasePatch, AttestationReleaseSort,
        NewAttestationRelease,
    },
    service,
};
use crate::{
    kernel::id::{AttestationId, AttestationReleaseId},
    platform::graphql::{Connected, PageArgs, Result, request, writing},
};

/// Queries of this room.
#[derive(Default)]
pub struct AttestationReleaseQuery;

#[Object]
impl AttestationReleaseQuery {
    /// Who got a report, when and under which agreement.
    async fn attestation_releases(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        #[graphql(default)] filter: AttestationReleaseFilter,
        sort: Option<AttestationReleaseSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, AttestationRelease, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, attestation_id, &filter, &page).await?;
        Ok(args.connect(&page, found, AttestationRelease::place))
    }

    /// One line of a release log.
    async fn attestation_release(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        id: AttestationReleaseId,
    ) -> Result<AttestationRelease> {
        Ok(service::get(request(ctx)?, attestation_id, id).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct AttestationReleaseMutation;

#[Object]
impl AttestationReleaseMutation {
    /// Writes down that a report was given to somebody.
    async fn record_attestation_release(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        input: NewAttestationRelease,
    ) -> Result<AttestationRelease> {
        Ok(service::record(writing(ctx).await?, attestation_id, input).await?)
    }

    /// Voids a line that was entered by mistake.
    async fn void_attestation_release(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        id: AttestationReleaseId,
        expected_version: i32,
        input: AttestationReleasePatch,
    ) -> Result<AttestationRelease> {
        let expected = expected_version.into();
        Ok(service::void(writing(ctx).await?, attestation_id, id, expected, input).await?)
    }
}
