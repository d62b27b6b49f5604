//! Objectives and their measurements over GraphQL.

use std::collections::HashMap;

use async_graphql::{async_trait::async_trait, dataloader::Loader};

use super::{owned, resolvers};
use crate::{
    kernel::id::{ObjectiveId, ObjectiveMeasurementId, PolicyId},
    platform::{
        access::Ctx,
        graphql::{Failure, PageArgs, related},
        http::NoFilter,
        identity::members::Member,
    },
    program::isms::{
        objectives::{
            NewObjective, NewObjectiveMeasurement, Objective, ObjectiveBatch, ObjectiveFilter,
            ObjectiveMeasurement, ObjectiveMeasurementPatch, ObjectivePatch, ObjectiveView, service,
        },
        parts::ObjectiveMeasurementSort,
        policies::Policy,
    },
};

#[async_trait]
impl Loader<PolicyId> for Ctx {
    type Value = Policy;
    type Error = Failure;

    async fn load(&self, ids: &[PolicyId]) -> Result<HashMap<PolicyId, Policy>> {
        let found = room::by_ids::<Policy>(self, ids).await?;
        Ok(found.into_iter().map(|policy| (policy.id, policy)).collect())
    }
}

owned!(ObjectiveView, |one| one.facts.owner, {
    /// The policy that it follows from.
    #[graphql(name = "policy")]
    async fn rests_on(&self, ctx: &Context<'_>) -> Result<Option<Policy>> {
        match self.facts.policy {
            Some(policy) => related(ctx, policy).await,
            None => Ok(None),
        }
    }

    /// The member who monitors and measures it.
    #[graphql(name = "measuredBy")]
    async fn who_measures(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.facts.measured_by {
            Some(member) => related(ctx, member).await,
            None => Ok(None),
        }
    }

    /// The member who analyses and evaluates its results.
    #[graphql(name = "analysedBy")]
    async fn who_analyses(&self, ctx: &Context<'_>) -> Result<Option<Member>> {
        match self.facts.analysed_by {
            Some(member) => related(ctx, member).await,
            None => Ok(None),
        }
    }
});

resolvers! {
    Objective as ObjectiveView, ObjectiveId, NewObjective, ObjectivePatch, ObjectiveFilter, ObjectiveBatch;
    query ObjectiveQuery {
        /// Objectives, each with what was measured last.
        objectives
        /// One objective.
        objective
    }
    mutation ObjectiveMutation {
        /// Sets an objective.
        create_objective
        /// Changes an objective.
        update_objective
        /// Removes an objective that was never measured.
        delete_objective
        /// Changes many at once, in one transaction.
        batch_objectives
    }
}

/// Queries of measurements.
#[derive(Default)]
pub struct ObjectiveMeasurementQuery;

#[Object]
impl ObjectiveMeasurementQuery {
    /// The measurements of an objective, voided ones too.
    async fn objective_measurements(
        &self,
        ctx: &Context<'_>,
        objective_id: ObjectiveId,
        sort: Option<ObjectiveMeasurementSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, ObjectiveMeasurement, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &NoFilter::default())?;
        let found = service::list(request(ctx)?, objective_id, &page).await?;
        Ok(args.connect(&page, found, ObjectiveMeasurement::place))
    }

    /// One measurement of an objective.
    async fn objective_measurement(
        &self,
        ctx: &Context<'_>,
        objective_id: ObjectiveId,
        id: ObjectiveMeasurementId,
    ) -> Result<ObjectiveMeasurement> {
        Ok(service::get(request(ctx)?, objective_id, id).await?)
    }
}

/// Mutations of measurements.
#[derive(Default)]
pub struct ObjectiveMeasurementMutation;

#[Object]
impl ObjectiveMeasurementMutation {
    /// Records a measurement of an objective.
    async fn record_objective_measurement(
        &self,
        ctx: &Context<'_>,
        objective_id: ObjectiveId,
        input: NewObjectiveMeasurement,
    ) -> Result<ObjectiveMeasurement> {
        Ok(service::record(writing(ctx).await?, objective_id, input).await?)
    }

    /// Voids a measurement that was a mistake.
    async fn void_objective_measurement(
        &self,
        ctx: &Context<'_>,
        objective_id: ObjectiveId,
        id: ObjectiveMeasurementId,
        expected_version: i32,
        input: ObjectiveMeasurementPatch,
    ) -> Result<ObjectiveMeasurement> {
        let expected = expected_version.into();
        Ok(service::void(writing(ctx).await?, objective_id, id, expected, input).await?)
    }
}
