//! Certification bodies over GraphQL.

use std::collections::HashMap;

use async_graphql::{Context, Object, connection::Connection, dataloader::Loader};

use super::{
    model::{BodySort, BodyView, CertificationBodyFilter, CertificationBodyPatch, NewCertificationBody},
    service,
};
use crate::{
    kernel::{id::CertificationBodyId, time::Date},
    platform::{
        access::Ctx,
        graphql::{Connected, Failure, PageArgs, Result, request, writing},
    },
};

impl Loader<CertificationBodyId> for Ctx {
    type Value = BodyView;
    type Error = Failure;

    async fn load(&self, ids: &[CertificationBodyId]) -> Result<HashMap<CertificationBodyId, BodyView>> {
        Ok(service::by_ids(self, ids).await?.into_iter().map(|body| (body.facts.id, body)).collect())
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct CertificationBodyQuery;

#[Object]
impl CertificationBodyQuery {
    /// Who issues the tenant's certificates.
    async fn certification_bodies(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: CertificationBodyFilter,
        sort: Option<BodySort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, BodyView, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, &filter, &page).await?;
        Ok(args.connect(&page, found, BodyView::place(page.sort)))
    }

    /// One certification body, as it stands on `asOf`, or today.
    async fn certification_body(
        &self,
        ctx: &Context<'_>,
        id: CertificationBodyId,
        as_of: Option<Date>,
    ) -> Result<BodyView> {
        Ok(service::get(request(ctx)?, id, as_of).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct CertificationBodyMutation;

#[Object]
impl CertificationBodyMutation {
    /// Creates a certification body.
    async fn create_certification_body(
        &self,
        ctx: &Context<'_>,
        input: NewCertificationBody,
    ) -> Result<BodyView> {
        Ok(service::create(writing(ctx).await?, input).await?)
    }

    /// Changes a certification body.
    async fn update_certification_body(
        &self,
        ctx: &Context<'_>,
        id: CertificationBodyId,
        expected_version: i32,
        input: CertificationBodyPatch,
    ) -> Result<BodyView> {
        Ok(service::update(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Removes a certification body that no certificate names.
    async fn delete_certification_body(
        &self,
        ctx: &Context<'_>,
        id: CertificationBodyId,
        expected_version: i32,
    ) -> Result<CertificationBodyId> {
        service::delete(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }
}
