//! Risks over GraphQL.

use async_graphql::{ComplexObject, Context, Object, connection::Connection};

use super::{
    acceptance::{Acceptance, NewAcceptance},
    engine::RiskView,
    filter::{RiskFilter, RiskSort},
    heatmap::Heatmap,
    model::{NewRisk, Risk, RiskBatch, RiskPatch},
    rating::Basis,
    service,
};
use crate::{
    kernel::{
        id::{ControlId, RiskId},
        time::Date,
    },
    platform::{
        access::Ctx,
        batch::BatchResult,
        graphql::{Above, Connected, PageArgs, Result, first_related, related, request, writing},
        identity::members::Member,
        room::{self, Room},
    },
    program::{controls::Control, organization::systems::System},
};

/// The risks that a control treats, by code.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RisksOf(pub ControlId);

impl Above for RisksOf {
    type Row = RiskView;

    async fn below(ctx: &Ctx, controls: &[Self], each: u32) -> Result<Vec<(Self, RiskView)>> {
        let ids: Vec<_> = controls.iter().map(|one| one.0).collect();
        let risks = service::of_controls(ctx, &ids, each).await?;
        Ok(risks.into_iter().map(|(control, risk)| (Self(control), risk)).collect())
    }
}

#[ComplexObject]
impl RiskView {
    /// The risk's owner.
    #[graphql(name = "owner")]
    async fn responsible(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.facts.owner {
            Some(owner) => related(ctx, owner).await,
            None => Ok(None),
        }
    }

    /// The system or service at risk.
    #[graphql(name = "system")]
    async fn endangered(&self, ctx: &Context<'_>) -> Result<Option<System>> {
        match self.facts.system {
            Some(system) => related(ctx, system).await,
            None => Ok(None),
        }
    }

    /// The controls that treat it; `controlIds` names all.
    #[graphql(name = "controls")]
    async fn treated_by(&self, ctx: &Context<'_>, first: Option<u32>) -> Result<Vec<Control>> {
        first_related(ctx, &self.facts.controls, first).await
    }
}

#[ComplexObject]
impl Acceptance {
    /// The member who accepted it.
    #[graphql(name = "by")]
    async fn accepted_by(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        related(ctx, self.by).await
    }
}

/// Queries of this room.
#[derive(Default)]
pub struct RiskQuery;

#[Object]
impl RiskQuery {
    /// The risk register.
    async fn risks(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: RiskFilter,
        sort: Option<RiskSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, RiskView, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, &filter, &page).await?;
        Ok(args.connect(&page, found, Risk::place(page.sort)))
    }

    /// One risk, its acceptance as it stands on `asOf`, or today.
    async fn risk(&self, ctx: &Context<'_>, id: RiskId, as_of: Option<Date>) -> Result<RiskView> {
        Ok(room::get::<Risk>(request(ctx)?, id, as_of).await?)
    }

    /// How the open risks lie in the matrix; by what is left after treatment unless asked otherwise.
    async fn risk_heatmap(&self, ctx: &Context<'_>, basis: Option<Basis>) -> Result<Heatmap> {
        Ok(service::heatmap(request(ctx)?, basis).await?)
    }
}

/// Mutations of this room.
#[derive(Default)]
pub struct RiskMutation;

#[Object]
impl RiskMutation {
    /// Writes down a risk.
    async fn create_risk(&self, ctx: &Context<'_>, input: NewRisk) -> Result<RiskView> {
        Ok(room::create::<Risk>(writing(ctx).await?, input).await?)
    }

    /// Changes a risk.
    async fn update_risk(
        &self,
        ctx: &Context<'_>,
        id: RiskId,
        expected_version: i32,
        input: RiskPatch,
    ) -> Result<RiskView> {
        Ok(room::update::<Risk>(writing(ctx).await?, id, expected_version.into(), input).await?)
    }

    /// Removes a risk that should not have been written down.
    async fn delete_risk(&self, ctx: &Context<'_>, id: RiskId, expected_version: i32) -> Result<RiskId> {
        room::delete::<Risk>(writing(ctx).await?, id, expected_version.into()).await?;
        Ok(id)
    }

    /// Accepts a risk at the level that it has now.
    async fn accept_risk(&self, ctx: &Context<'_>, id: RiskId, input: NewAcceptance) -> Result<RiskView> {
        Ok(service::accept(writing(ctx).await?, id, input).await?)
    }

    /// Withdraws the acceptance of a risk.
    async fn withdraw_risk_acceptance(
        &self,
        ctx: &Context<'_>,
        id: RiskId,
        expected_version: i32,
    ) -> Result<RiskView> {
        Ok(service::withdraw_acceptance(writing(ctx).await?, id, expected_version.into()).await?)
    }

    /// Changes many at once, in one transaction.
    async fn batch_risks(&self, ctx: &Context<'_>, input: RiskBatch) -> Result<BatchResult> {
        Ok(input.run(writing(ctx).await?).await?)
    }
}
