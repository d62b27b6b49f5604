//! Attestations over GraphQL.

use std::collections::HashMap;

use async_graphql::{
    ComplexObject, Context, Object, async_trait::async_trait, connection::Connection, dataloader::Loader,
};

use super::{
    coverage::{self, AttestationCoverage, ReportCoverage},
    input::{
        AttestationBatch, AttestationEventSort, AttestationFilter, AttestationPatch, AttestationSort,
        NewAttestation,
    },
    log::{AttestationEvent, AttestationEventPatch, NewAttestationEvent},
    many,
    model::{Attestation, ScopeName},
    recorded::RecordedAttestationEvent,
    service,
};
use crate::{
    kernel::{
        id::{AttestationEventId, AttestationId},
        time::{Date, Instant},
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        diary::{AsOf, AtMoment, Entry, Milestone, Timeline},
        graphql::{Connected, Failure, PageArgs, Result, first_related, related, request, writing},
    },
    program::{evidence::EvidenceView, organization::systems::System},
};

/// Asks the loader for what is in the diary for an attestation.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DiaryOf(AttestationId);

#[async_trait]
impl Loader<DiaryOf> for Ctx {
    type Value = Vec<Entry>;
    type Error = Failure;

    async fn load(&self, attestations: &[DiaryOf]) -> Result<HashMap<DiaryOf, Vec<Entry>>> {
        let ids: Vec<_> = attestations.iter().map(|one| one.0).collect();
        let mut grouped: HashMap<_, Vec<_>> = HashMap::new();
        for entry in service::diary_of(self, &ids).await? {
            if let Ok(id) = entry.resource.id.parse() {
                grouped.entry(DiaryOf(id)).or_default().push(entry);
            }
        }
        Ok(grouped)
    }
}

#[ComplexObject]
impl Attestation {
    /// The systems that it speaks of; `systemIds` names all.
    async fn systems(&self, ctx: &Context<'_>, first: Option<u32>) -> Result<Vec<System>> {
        first_related(ctx, &self.facts.systems, first).await
    }

    /// The report itself, as a piece of evidence.
    async fn report_evidence(&self, ctx: &Context<'_>) -> Result<Option<EvidenceView>> {
        match self.facts.report_evidence {
            Some(evidence) => related(ctx, evidence).await,
            None => Ok(None),
        }
    }

    /// Everything that is due as the diary has it now, soonest first, each as it stands on the attestation's own day.
    async fn milestones(&self, ctx: &Context<'_>) -> Result<Vec<Milestone>> {
        let mut known = related(ctx, DiaryOf(self.facts.id)).await?.unwrap_or_default();
        known.sort_by_key(|entry| (entry.due.due, entry.id.uuid()));
        let as_of = AsOf::new(Some(self.as_of), request(ctx)?.today());
        Ok(known.into_iter().map(|entry| entry.on(as_of)).collect())
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct AttestationQuery;

#[Object]
impl AttestationQuery {
    /// SOC 2 engagements.
    async fn attestations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: AttestationFilter,
        sort: Option<AttestationSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, Attestation, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, &filter, &page).await?;
        Ok(args.connect(&page, found, Attestation::place(page.sort)))
    }

    /// One engagement, as it stands on `asOf`, or today.
    async fn attestation(
        &self,
        ctx: &Context<'_>,
        id: AttestationId,
        as_of: Option<Date>,
        known_at: Option<Instant>,
    ) -> Result<Attestation> {
        Ok(service::get(request(ctx)?, id, AtMoment { as_of, known_at }).await?)
    }

    /// Everything that is due in an engagement and after it, soonest first, as its events tell it for a moment.
    async fn attestation_milestones(
        &self,
        ctx: &Context<'_>,
        id: AttestationId,
        as_of: Option<Date>,
        known_at: Option<Instant>,
    ) -> Result<Vec<Milestone>> {
        Ok(service::milestones(request(ctx)?, id, AtMoment { as_of, known_at }).await?)
    }

    /// What happened to an engagement and what is due, in the order of their days.
    async fn attestation_timeline(
        &self,
        ctx: &Context<'_>,
        id: AttestationId,
        as_of: Option<Date>,
        known_at: Option<Instant>,
    ) -> Result<Timeline> {
        Ok(service::timeline(request(ctx)?, id, AtMoment { as_of, known_at }).await?)
    }

    /// Which controls answer each criterion in scope, which days of the window their evidence covers, and which exceptions
    /// were noted.
    async fn attestation_coverage(
        &self,
        ctx: &Context<'_>,
        id: AttestationId,
        as_of: Option<Date>,
        known_at: Option<Instant>,
    ) -> Result<AttestationCoverage> {
        let at = AtMoment { as_of, known_at };
        Ok(coverage::service::of_attestation(request(ctx)?, id, at).await?)
    }

    /// Which days of a window the organisation's reports cover, and how they follow each other.
    async fn report_coverage(
        &self,
        ctx: &Context<'_>,
        from: Date,
        to: Date,
        scope: Option<ScopeName>,
        as_of: Option<Date>,
        known_at: Option<Instant>,
    ) -> Result<ReportCoverage> {
        let at = AtMoment { as_of, known_at };
        Ok(coverage::service::of_organization(request(ctx)?, (from, to), scope, at).await?)
    }

    /// An engagement's events in the order recorded, voided ones too.
    async fn attestation_events(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        sort: Option<AttestationEventSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, AttestationEvent, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &())?;
        let found = service::events(request(ctx)?, attestation_id, &page).await?;
        Ok(args.connect(&page, found, AttestationEvent::place))
    }

    /// One event of an engagement.
    async fn attestation_event(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        id: AttestationEventId,
    ) -> Result<AttestationEvent> {
        Ok(service::event(request(ctx)?, attestation_id, id).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct AttestationMutation;

#[Object]
impl AttestationMutation {
    /// Enters an engagement that begins, or with `printed` a report that is already held.
    async fn create_attestation(&self, ctx: &Context<'_>, input: NewAttestation) -> Result<Attestation> {
        Ok(service::create(writing(ctx).await?, input).await?)
    }

    /// Changes what an engagement is beside its events.
    async fn update_attestation(
        &self,
        ctx: &Context<'_>,
        id: AttestationId,
        expected_version: i32,
        input: AttestationPatch,
    ) -> Result<Attestation> {
        Ok(service::update(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Enters, changes or says anew many at once, in one transaction.
    async fn batch_attestations(&self, ctx: &Context<'_>, input: AttestationBatch) -> Result<BatchResult> {
        Ok(many::batch(writing(ctx).await?, input).await?)
    }

    /// Records an event, or with `dryRun` only tells what it would change.
    async fn record_attestation_event(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        input: NewAttestationEvent,
        #[graphql(default)] dry_run: bool,
    ) -> Result<RecordedAttestationEvent> {
        Ok(service::record(writing(ctx).await?, attestation_id, input, dry_run).await?)
    }

    /// Voids an event that never happened so.
    async fn void_attestation_event(
        &self,
        ctx: &Context<'_>,
        attestation_id: AttestationId,
        id: AttestationEventId,
        expected_version: i32,
        input: AttestationEventPatch,
    ) -> Result<AttestationEvent> {
        let expected = expected_version.into();
        Ok(service::void(writing(ctx).await?, attestation_id, id, expected, input).await?)
    }
}
