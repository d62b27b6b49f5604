//! Certificates over GraphQL.

use std::collections::HashMap;

use async_graphql::{
    ComplexObject, Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader,
};

use super::{
    bodies::BodyView,
    dates,
    engine::Evaluations,
    entry::{CertificationBatch, CertificationPatch, NewCertification},
    input::{EventPatch, NewCertificationEvent},
    log::CertificationEvent,
    many,
    model::{Certification, CertificationFilter, CertificationSort},
    preview::RecordedCertificationEvent,
    service,
    story::CertificationStory,
};
use crate::{
    kernel::{
        id::{CertificationEventId, CertificationId},
        time::{Date, Instant},
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        diary::{AtMoment, Entry, Milestone, Timeline},
        graphql::{Connected, Failure, PageArgs, Result, related, request, writing},
    },
};

/// Asks the loader for what is in the diary for a certificate.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DiaryOf(CertificationId);

#[async_trait]
impl Loader<DiaryOf> for Ctx {
    type Value = Vec<Entry>;
    type Error = Failure;

    async fn load(&self, certificates: &[DiaryOf]) -> Result<HashMap<DiaryOf, Vec<Entry>>> {
        let ids: Vec<_> = certificates.iter().map(|one| one.0).collect();
        let mut grouped: HashMap<_, Vec<_>> = HashMap::new();
        for entry in dates::diary_of(self, &ids).await? {
            if let Ok(id) = entry.resource.id.parse() {
                grouped.entry(DiaryOf(id)).or_default().push(entry);
            }
        }
        Ok(grouped)
    }
}

/// Asks the loader for what the organisation did itself, of which the dates of all certificates follow.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Evaluated;

#[async_trait]
impl Loader<Evaluated> for Ctx {
    type Value = Evaluations;
    type Error = Failure;

    async fn load(&self, _: &[Evaluated]) -> Result<HashMap<Evaluated, Evaluations>> {
        Ok(HashMap::from([(Evaluated, dates::evaluations(self).await?)]))
    }
}

#[ComplexObject]
impl Certification {
    /// Who issued it, as they stand on `asOf`; on the certificate's own day unless given.
    async fn certification_body(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Option<BodyView>> {
        let found = related(ctx, self.facts.certification_body).await?;
        Ok(found.map(|body| body.facts.on(as_of.unwrap_or(self.as_of))))
    }

    /// Everything that is due in its cycle, soonest first, for `asOf`; for the certificate's own day unless given.
    async fn milestones(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Vec<Milestone>> {
        let known = related(ctx, DiaryOf(self.facts.id)).await?.unwrap_or_default();
        let evaluations = related(ctx, Evaluated).await?.unwrap_or_default();
        Ok(dates::milestones_of(request(ctx)?, self, &evaluations, &known, as_of))
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct CertificationQuery;

#[Object]
impl CertificationQuery {
    /// The certificates that the organisation holds or held.
    async fn certifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: CertificationFilter,
        sort: Option<CertificationSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, Certification, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, &filter, &page).await?;
        Ok(args.connect(&page, found, Certification::place(page.sort)))
    }

    /// One certificate, as it stands on `asOf`, or today; by what had been recorded by `knownAt`.
    async fn certification(
        &self,
        ctx: &Context<'_>,
        id: CertificationId,
        as_of: Option<Date>,
        known_at: Option<Instant>,
    ) -> Result<Certification> {
        Ok(service::get(request(ctx)?, id, AtMoment { as_of, known_at }).await?)
    }

    /// A certificate's whole story in order, as asked.
    async fn certification_story(
        &self,
        ctx: &Context<'_>,
        id: CertificationId,
        as_of: Option<Date>,
        known_at: Option<Instant>,
    ) -> Result<CertificationStory> {
        Ok(dates::explain(request(ctx)?, id, AtMoment { as_of, known_at }).await?)
    }

    /// A certificate's life on one line, as asked.
    async fn certification_timeline(
        &self,
        ctx: &Context<'_>,
        id: CertificationId,
        as_of: Option<Date>,
        known_at: Option<Instant>,
    ) -> Result<Timeline> {
        Ok(dates::timeline(request(ctx)?, id, AtMoment { as_of, known_at }).await?)
    }

    /// One event of a certificate.
    async fn certification_event(
        &self,
        ctx: &Context<'_>,
        certification_id: CertificationId,
        id: CertificationEventId,
    ) -> Result<CertificationEvent> {
        Ok(service::event(request(ctx)?, certification_id, id).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct CertificationMutation;

#[Object]
impl CertificationMutation {
    /// Enters a certificate that is already held, with what happened to it so far, or an application.
    async fn register_certification(
        &self,
        ctx: &Context<'_>,
        input: NewCertification,
    ) -> Result<Certification> {
        Ok(service::register(writing(ctx).await?, input).await?)
    }

    /// Changes what a certificate says beside its dates.
    async fn update_certification(
        &self,
        ctx: &Context<'_>,
        id: CertificationId,
        expected_version: i32,
        input: CertificationPatch,
    ) -> Result<Certification> {
        Ok(service::update(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Enters, changes or says anew many at once, in one transaction.
    async fn batch_certifications(
        &self,
        ctx: &Context<'_>,
        input: CertificationBatch,
    ) -> Result<BatchResult> {
        Ok(many::batch(writing(ctx).await?, input).await?)
    }

    /// Records an event of a certificate, or with `dryRun` only tells what it would change.
    async fn record_certification_event(
        &self,
        ctx: &Context<'_>,
        certification_id: CertificationId,
        input: NewCertificationEvent,
        #[graphql(default)] dry_run: bool,
    ) -> Result<RecordedCertificationEvent> {
        Ok(service::record(writing(ctx).await?, certification_id, input, dry_run).await?)
    }

    /// Voids an event that never happened so.
    async fn void_certification_event(
        &self,
        ctx: &Context<'_>,
        certification_id: CertificationId,
        id: CertificationEventId,
        expected_version: i32,
        input: EventPatch,
    ) -> Result<CertificationEvent> {
        let expected = expected_version.into();
        Ok(service::void(writing(ctx).await?, certification_id, id, expected, input).await?)
    }
}
