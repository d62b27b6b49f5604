//! Certification bodies over GraphQL.

use std::collections::HashMap;

use async_graphql::{Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader};

use super::model::{
    BodySort, BodyView, CertificationBody, CertificationBodyBatch, CertificationBodyFilter,
    CertificationBodyPatch, NewCertificationBody,
};
use crate::{
    kernel::{id::CertificationBodyId, time::Date},
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{Connected, Failure, Result, connection, request, writing},
        room,
    },
};

#[async_trait]
impl Loader<CertificationBodyId> for Ctx {
    type Value = BodyView;
    type Error = Failure;

    async fn load(&self, ids: &[CertificationBodyId]) -> Result<HashMap<CertificationBodyId, BodyView>> {
        Ok(room::by_ids::<CertificationBody>(self, ids)
            .await?
            .into_iter()
            .map(|body| (body.facts.id, body))
            .collect())
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
        connection::<CertificationBody>(ctx, &filter, sort, first, after).await
    }

    /// One certification body, as it stands on `asOf`, or today.
    async fn certification_body(
        &self,
        ctx: &Context<'_>,
        id: CertificationBodyId,
        as_of: Option<Date>,
    ) -> Result<BodyView> {
        Ok(room::get::<CertificationBody>(request(ctx)?, id, as_of).await?)
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
        Ok(room::create::<CertificationBody>(writing(ctx).await?, input).await?)
    }

    /// Changes a certification body.
    async fn update_certification_body(
        &self,
        ctx: &Context<'_>,
        id: CertificationBodyId,
        expected_version: i32,
        input: CertificationBodyPatch,
    ) -> Result<BodyView> {
        Ok(room::update::<CertificationBody>(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Removes a certification body that no certificate names.
    async fn delete_certification_body(
        &self,
        ctx: &Context<'_>,
        id: CertificationBodyId,
        expected_version: i32,
    ) -> Result<CertificationBodyId> {
        room::delete::<CertificationBody>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Changes many at once, in one transaction.
    async fn batch_certification_bodies(
        &self,
        ctx: &Context<'_>,
        input: CertificationBodyBatch,
    ) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }
}
