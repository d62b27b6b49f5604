//! Objectives and their measurements over REST.

use super::operations;
use crate::{
    kernel::id::{ObjectiveId, ObjectiveMeasurementId},
    platform::http::{ChildId, NoFilter},
    program::isms::{
        objectives::{
            NewObjective, NewObjectiveMeasurement, Objective, ObjectiveBatch, ObjectiveFilter,
            ObjectiveMeasurement, ObjectiveMeasurementPatch, ObjectivePatch, ObjectiveView, service,
        },
        parts::ObjectiveMeasurementSort,
    },
};

operations! {
    Objective as ObjectiveView, ObjectiveId, NewObjective, ObjectivePatch, ObjectiveFilter, ObjectiveBatch;
    "/v1/isms/objectives" {
        /// List objectives
        ///
        /// Each with its plan, what was measured last, and whether that meets the target.
        list_objectives
        /// Set an objective
        ///
        /// With how it is measured, or why it is not: one of the two.
        create_objective
    }
    "/v1/isms/objectives/{id}" {
        /// Get an objective
        ///
        /// With its plan, what was measured last, and whether that meets the target.
        get_objective
        /// Change an objective
        ///
        /// A merge patch: what is absent stays, null clears. Measurements are recorded on their own.
        update_objective
        /// Remove an objective
        ///
        /// For one that was never measured; what was measured is better dropped, which keeps its measurements.
        delete_objective
    }
    "/v1/isms/objectives:batch" {
        /// Change many objectives at once
        ///
        /// Up to 1,000 items in one transaction: create, change, remove, or `put` by a reference to another system. What is
        /// refused is told for each item and leaves nothing; `atomic` makes it all or nothing; `dry_run` only tells.
        batch_objectives
    }
}

/// Mounts the measurements.
pub fn configure_measurements(config: &mut ServiceConfig<'_>) {
    config
        .service(list_objective_measurements)
        .service(record_objective_measurement)
        .service(get_objective_measurement)
        .service(void_objective_measurement);
}

/// List the measurements of an objective
///
/// By their day; voided ones too.
#[utoipa::path(
    tag = "Management system",
    params(
        ("id" = ObjectiveId, Path, description = "The objective"),
        PageParams,
        ("sort" = inline(Option<ObjectiveMeasurementSort>), Query, description = "The order"),
    ),
    responses((status = 200, description = "A page of measurements", body = Page<ObjectiveMeasurement>)),
)]
#[get("/v1/isms/objectives/{id}/measurements")]
async fn list_objective_measurements(
    ctx: Ctx,
    id: PathId<ObjectiveId>,
    query: List<NoFilter, ObjectiveMeasurementSort>,
) -> Result<Listed<ObjectiveMeasurement>> {
    ctx.run(async move |ctx| service::list(&ctx, id.0, &query.page).await).await.map(Listed)
}

/// Record a measurement of an objective
///
/// In the unit of its measure. The objective then tells the latest one, and when the next is due.
#[utoipa::path(
    tag = "Management system",
    params(("id" = ObjectiveId, Path, description = "The objective")),
    request_body = NewObjectiveMeasurement,
    responses((status = 201, description = "The measurement", body = ObjectiveMeasurement)),
)]
#[post("/v1/isms/objectives/{id}/measurements")]
async fn record_objective_measurement(
    ctx: Ctx,
    id: PathId<ObjectiveId>,
    input: Body<NewObjectiveMeasurement>,
) -> Result<Created<ObjectiveMeasurement>> {
    ctx.run(async move |ctx| service::record(&ctx, id.0, input.0).await).await.map(Created)
}

/// Get a measurement of an objective
///
/// Whether it stands or was voided.
#[utoipa::path(
    tag = "Management system",
    params(
        ("id" = ObjectiveId, Path, description = "The objective"),
        ("measurement_id" = ObjectiveMeasurementId, Path, description = "The measurement"),
    ),
    responses((status = 200, description = "The measurement", body = ObjectiveMeasurement)),
)]
#[get("/v1/isms/objectives/{id}/measurements/{measurement_id}")]
async fn get_objective_measurement(
    ctx: Ctx,
    id: PathId<ObjectiveId>,
    measurement: ChildId<ObjectiveMeasurementId>,
) -> Result<Fresh<ObjectiveMeasurement>> {
    ctx.run(async move |ctx| service::get(&ctx, id.0, measurement.0).await).await.map(Fresh)
}

/// Void a measurement of an objective
///
/// For one that was a mistake: it stays, with the reason, and counts no more. Record the right one beside it.
#[utoipa::path(
    tag = "Management system",
    params(
        ("id" = ObjectiveId, Path, description = "The objective"),
        ("measurement_id" = ObjectiveMeasurementId, Path, description = "The measurement"),
    ),
    request_body = ObjectiveMeasurementPatch,
    responses((status = 200, description = "The voided measurement", body = ObjectiveMeasurement)),
)]
#[patch("/v1/isms/objectives/{id}/measurements/{measurement_id}")]
async fn void_objective_measurement(
    ctx: Ctx,
    id: PathId<ObjectiveId>,
    measurement: ChildId<ObjectiveMeasurementId>,
    expected: Expected,
    input: Body<ObjectiveMeasurementPatch>,
) -> Result<Fresh<ObjectiveMeasurement>> {
    ctx.run(async move |ctx| service::void(&ctx, id.0, measurement.0, expected, input.0).await)
        .await
        .map(Fresh)
}
