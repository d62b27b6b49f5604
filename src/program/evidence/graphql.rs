//! Evidence over GraphQL: everything but the bytes of files, which go over REST.

use std::collections::HashMap;

use async_graphql::{
    ComplexObject, Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader,
};

use super::{
    content::NewContent,
    engine::EvidenceCoverage,
    model::{
        Evidence, EvidenceBatch, EvidenceFilter, EvidencePatch, EvidenceSort, EvidenceView, NewEvidence,
    },
    review::{EvidenceVersion, EvidenceVersionSort, Rejection, Verification},
    service, transfer,
};
use crate::{
    kernel::{
        id::{ControlId, EvidenceId},
        time::Date,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{Above, Connected, Failure, PageArgs, Result, related, request, writing},
        http::NoFilter,
        identity::members::Member,
        room,
    },
};

/// The newest evidence of a control.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EvidenceOf(pub ControlId);

impl Above for EvidenceOf {
    type Row = EvidenceView;

    async fn below(ctx: &Ctx, controls: &[Self], each: u32) -> Result<Vec<(Self, EvidenceView)>> {
        let ids: Vec<_> = controls.iter().map(|one| one.0).collect();
        let pieces = service::of_controls(ctx, &ids, each).await?;
        Ok(pieces.into_iter().map(|(control, piece)| (Self(control), piece)).collect())
    }
}

#[async_trait]
impl Loader<EvidenceId> for Ctx {
    type Value = EvidenceView;
    type Error = Failure;

    async fn load(&self, ids: &[EvidenceId]) -> Result<HashMap<EvidenceId, EvidenceView>> {
        Ok(room::by_ids::<Evidence>(self, ids).await?.into_iter().map(|one| (one.facts.id, one)).collect())
    }
}

#[ComplexObject]
impl EvidenceView {
    /// The member who answers for it.
    #[graphql(name = "owner")]
    async fn responsible(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.facts.owner {
            Some(owner) => related(ctx, owner).await,
            None => Ok(None),
        }
    }

    /// The path of its file's bytes on this service, over REST; null where it holds none.
    async fn content_path(&self) -> Option<String> {
        let file = self.facts.content.as_ref().and_then(|content| content.file.as_ref());
        file.map(|_| EvidenceVersion::path(self.facts.id, self.facts.content_version))
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct EvidenceQuery;

#[Object]
impl EvidenceQuery {
    /// The evidence of the tenant.
    #[graphql(name = "evidence")]
    async fn evidence_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: EvidenceFilter,
        sort: Option<EvidenceSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, EvidenceView, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, &filter, &page).await?;
        Ok(args.connect(&page, found, EvidenceView::place))
    }

    /// One piece of evidence, as it stands on `asOf`, or today.
    async fn evidence_piece(
        &self,
        ctx: &Context<'_>,
        id: EvidenceId,
        as_of: Option<Date>,
    ) -> Result<EvidenceView> {
        Ok(room::get::<Evidence>(request(ctx)?, id, as_of).await?)
    }

    /// Every content that a piece of evidence has and had.
    async fn evidence_versions(
        &self,
        ctx: &Context<'_>,
        evidence_id: EvidenceId,
        sort: Option<EvidenceVersionSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, EvidenceVersion, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &NoFilter::default())?;
        let found = service::versions(request(ctx)?, evidence_id, &page).await?;
        Ok(args.connect(&page, found, EvidenceVersion::place))
    }

    /// On which days of a window a control has accepted evidence.
    async fn evidence_coverage(
        &self,
        ctx: &Context<'_>,
        control_id: ControlId,
        from: Date,
        to: Date,
    ) -> Result<EvidenceCoverage> {
        Ok(service::coverage(request(ctx)?, control_id, from, to).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct EvidenceMutation;

#[Object]
impl EvidenceMutation {
    /// Creates a piece of evidence. A file's bytes are sent with `PUT /v1/evidence/{id}/content`.
    async fn create_evidence(&self, ctx: &Context<'_>, input: NewEvidence) -> Result<EvidenceView> {
        Ok(room::create::<Evidence>(writing(ctx).await?, input).await?)
    }

    /// Changes what is said of a piece of evidence.
    async fn update_evidence(
        &self,
        ctx: &Context<'_>,
        id: EvidenceId,
        expected_version: i32,
        input: EvidencePatch,
    ) -> Result<EvidenceView> {
        Ok(room::update::<Evidence>(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Removes a piece of evidence that was never accepted.
    async fn delete_evidence(
        &self,
        ctx: &Context<'_>,
        id: EvidenceId,
        expected_version: i32,
    ) -> Result<EvidenceId> {
        room::delete::<Evidence>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Gives a link, a statement or a record its next content.
    async fn add_evidence_version(
        &self,
        ctx: &Context<'_>,
        id: EvidenceId,
        expected_version: i32,
        input: NewContent,
    ) -> Result<EvidenceView> {
        Ok(service::renew(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Hands a draft in for review by another member.
    async fn submit_evidence(
        &self,
        ctx: &Context<'_>,
        id: EvidenceId,
        expected_version: i32,
    ) -> Result<EvidenceView> {
        Ok(service::submit(writing(ctx).await?, id, expected_version.into()).await?)
    }

    /// Makes what was submitted or rejected a draft again.
    async fn withdraw_evidence(
        &self,
        ctx: &Context<'_>,
        id: EvidenceId,
        expected_version: i32,
    ) -> Result<EvidenceView> {
        Ok(service::withdraw(writing(ctx).await?, id, expected_version.into()).await?)
    }

    /// Accepts what another member has submitted.
    async fn accept_evidence(
        &self,
        ctx: &Context<'_>,
        id: EvidenceId,
        expected_version: i32,
    ) -> Result<EvidenceView> {
        Ok(service::accept(writing(ctx).await?, id, expected_version.into()).await?)
    }

    /// Rejects what another member has submitted.
    async fn reject_evidence(
        &self,
        ctx: &Context<'_>,
        id: EvidenceId,
        expected_version: i32,
        input: Rejection,
    ) -> Result<EvidenceView> {
        Ok(service::reject(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Reads a file again, compares it with its digest, and journals the outcome.
    async fn verify_evidence(&self, ctx: &Context<'_>, id: EvidenceId) -> Result<Verification> {
        Ok(transfer::verify(writing(ctx).await?, id).await?)
    }

    /// Changes many at once, in one transaction.
    async fn batch_evidence(&self, ctx: &Context<'_>, input: EvidenceBatch) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }
}
