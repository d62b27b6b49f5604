//! The records of the management system over REST. The operations of a kind are the same as those of every other: a kind
//! says their names, their paths and their words.

mod audit_programme;
mod climate_decision;
mod competence_record;
mod context_issue;
mod documents;
mod improvement;
mod interested_party;
mod objectives;
mod policies;
mod reviews;
mod risk_assessment;
mod scope_statement;
mod treatment_plan;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts the rooms.
pub fn configure(config: &mut ServiceConfig<'_>) {
    policies::configure(config);
    policies::configure_editions(config);
    documents::configure(config);
    documents::configure_editions(config);
    objectives::configure(config);
    objectives::configure_measurements(config);
    reviews::configure(config);
    context_issue::configure(config);
    climate_decision::configure(config);
    interested_party::configure(config);
    scope_statement::configure(config);
    scope_statement::configure_editions(config);
    risk_assessment::configure(config);
    risk_assessment::configure_completion(config);
    treatment_plan::configure(config);
    treatment_plan::configure_editions(config);
    treatment_plan::configure_owner_approvals(config);
    competence_record::configure(config);
    audit_programme::configure(config);
    improvement::configure(config);
}

/// What every kind of record has: listed, entered, read, changed, removed, and many at once.
macro_rules! operations {
    (
        $record:ident as $view:ident, $id:ident, $new:ident, $patch:ident, $filter:ident, $batch:ident;
        $path:tt { $(#[$list_doc:meta])* $list:ident $(#[$create_doc:meta])* $create:ident }
        $one:tt {
            $(#[$get_doc:meta])* $get:ident
            $(#[$update_doc:meta])* $update:ident
            $(#[$delete_doc:meta])* $delete:ident
        }
        $many:tt { $(#[$batch_doc:meta])* $batched:ident }
    ) => {
        use actix_web::{delete, get, patch, post};
        use utoipa_actix_web::service_config::ServiceConfig;

        use $crate::{
            kernel::{
                error::Result,
                page::{Page, PageParams},
                patch::Expected,
            },
            platform::{
                access::Ctx,
                batch::BatchResult,
                http::{Body, Created, Fresh, Gone, List, Listed, PathId},
                room,
            },
            program::isms::record::IsmsSort,
        };

        /// Mounts the operations that every kind has.
        pub fn configure(config: &mut ServiceConfig<'_>) {
            config
                .service($batched)
                .service($list)
                .service($create)
                .service($get)
                .service($update)
                .service($delete);
        }

        $(#[$list_doc])*
        #[utoipa::path(
            tag = "Management system",
            params($filter, PageParams, ("sort" = inline(Option<IsmsSort>), Query, description = "The order")),
            responses((status = 200, description = "A page", body = Page<$view>)),
        )]
        #[get($path)]
        async fn $list(ctx: Ctx, query: List<$filter, IsmsSort>) -> Result<Listed<$view>> {
            ctx.run(async move |ctx| room::list::<$record>(&ctx, &query.filter, &query.page).await)
                .await
                .map(Listed)
        }

        $(#[$create_doc])*
        #[utoipa::path(
            tag = "Management system",
            request_body = $new,
            responses((status = 201, description = "The record", body = $view)),
        )]
        #[post($path)]
        async fn $create(ctx: Ctx, input: Body<$new>) -> Result<Created<$view>> {
            ctx.run(async move |ctx| room::create::<$record>(&ctx, input.0).await).await.map(Created)
        }

        $(#[$get_doc])*
        #[utoipa::path(
            tag = "Management system",
            params(("id" = $id, Path, description = "The record")),
            responses((status = 200, description = "The record", body = $view)),
        )]
        #[get($one)]
        async fn $get(ctx: Ctx, id: PathId<$id>) -> Result<Fresh<$view>> {
            ctx.run(async move |ctx| room::get::<$record>(&ctx, id.0, None).await).await.map(Fresh)
        }

        $(#[$update_doc])*
        #[utoipa::path(
            tag = "Management system",
            params(("id" = $id, Path, description = "The record")),
            request_body = $patch,
            responses((status = 200, description = "The changed record", body = $view)),
        )]
        #[patch($one)]
        async fn $update(
            ctx: Ctx,
            id: PathId<$id>,
            expected: Expected,
            input: Body<$patch>,
        ) -> Result<Fresh<$view>> {
            ctx.run(async move |ctx| room::update::<$record>(&ctx, id.0, expected, input.0).await)
                .await
                .map(Fresh)
        }

        $(#[$delete_doc])*
        #[utoipa::path(
            tag = "Management system",
            params(("id" = $id, Path, description = "The record")),
            responses((status = 204, description = "Removed")),
        )]
        #[delete($one)]
        async fn $delete(ctx: Ctx, id: PathId<$id>, expected: Expected) -> Result<Gone> {
            ctx.run(async move |ctx| room::delete::<$record>(&ctx, id.0, expected).await)
                .await
                .map(|()| Gone)
        }

        $(#[$batch_doc])*
        #[utoipa::path(
            tag = "Management system",
            request_body = $batch,
            responses((status = 200, description = "What came of each item", body = BatchResult)),
        )]
        #[post($many)]
        async fn $batched(ctx: Ctx, input: Body<$batch>) -> Result<Fresh<BatchResult>> {
            ctx.run(async move |ctx| input.0.run(&ctx).await).await.map(Fresh)
        }
    };
}
use operations;

/// What every kind of record has that is approved in editions.
macro_rules! editions {
    (
        $record:ident, $id:ident;
        $approve_path:tt { $(#[$approve_doc:meta])* $approve:ident }
        $revise_path:tt { $(#[$revise_doc:meta])* $revise:ident }
        $discard_path:tt { $(#[$discard_doc:meta])* $discard:ident }
        $retire_path:tt { $(#[$retire_doc:meta])* $retire:ident }
        $path:tt { $(#[$list_doc:meta])* $list:ident }
        $one:tt { $(#[$get_doc:meta])* $get:ident }
    ) => {
        use $crate::{
            platform::http::{ChildId, NoFilter},
            program::isms::{
                editions::{self, ApprovedEdition, NewEditionApproval},
                parts::EditionSort,
            },
        };

        /// Mounts the operations of editions.
        pub fn configure_editions(config: &mut ServiceConfig<'_>) {
            config
                .service($approve)
                .service($revise)
                .service($discard)
                .service($retire)
                .service($list)
                .service($get);
        }

        $(#[$approve_doc])*
        #[utoipa::path(
            tag = "Management system",
            params(("id" = $id, Path, description = "The record")),
            request_body = NewEditionApproval,
            responses((status = 200, description = "The approved record", body = $record)),
        )]
        #[post($approve_path)]
        async fn $approve(
            ctx: Ctx,
            id: PathId<$id>,
            expected: Expected,
            input: Body<NewEditionApproval>,
        ) -> Result<Fresh<$record>> {
            ctx.run(async move |ctx| editions::approve::<$record>(&ctx, id.0, expected, input.0).await)
                .await
                .map(Fresh)
        }

        $(#[$revise_doc])*
        #[utoipa::path(
            tag = "Management system",
            params(("id" = $id, Path, description = "The record")),
            responses((status = 200, description = "The record, a draft again", body = $record)),
        )]
        #[post($revise_path)]
        async fn $revise(ctx: Ctx, id: PathId<$id>, expected: Expected) -> Result<Fresh<$record>> {
            ctx.run(async move |ctx| editions::revise::<$record>(&ctx, id.0, expected).await).await.map(Fresh)
        }

        $(#[$discard_doc])*
        #[utoipa::path(
            tag = "Management system",
            params(("id" = $id, Path, description = "The record")),
            responses((status = 200, description = "The record as it was approved last", body = $record)),
        )]
        #[post($discard_path)]
        async fn $discard(ctx: Ctx, id: PathId<$id>, expected: Expected) -> Result<Fresh<$record>> {
            ctx.run(async move |ctx| editions::discard::<$record>(&ctx, id.0, expected).await)
                .await
                .map(Fresh)
        }

        $(#[$retire_doc])*
        #[utoipa::path(
            tag = "Management system",
            params(("id" = $id, Path, description = "The record")),
            responses((status = 200, description = "The retired record", body = $record)),
        )]
        #[post($retire_path)]
        async fn $retire(ctx: Ctx, id: PathId<$id>, expected: Expected) -> Result<Fresh<$record>> {
            ctx.run(async move |ctx| editions::retire::<$record>(&ctx, id.0, expected).await).await.map(Fresh)
        }

        $(#[$list_doc])*
        #[utoipa::path(
            tag = "Management system",
            params(
                ("id" = $id, Path, description = "The record"),
                PageParams,
                ("sort" = inline(Option<EditionSort>), Query, description = "The order"),
            ),
            responses((status = 200, description = "A page of editions", body = Page<ApprovedEdition>)),
        )]
        #[get($path)]
        async fn $list(
            ctx: Ctx,
            id: PathId<$id>,
            query: List<NoFilter, EditionSort>,
        ) -> Result<Listed<ApprovedEdition>> {
            ctx.run(async move |ctx| editions::list::<$record>(&ctx, id.0, &query.page).await)
                .await
                .map(Listed)
        }

        $(#[$get_doc])*
        #[utoipa::path(
            tag = "Management system",
            params(
                ("id" = $id, Path, description = "The record"),
                ("number" = i32, Path, description = "The edition's number", minimum = 1),
            ),
            responses((status = 200, description = "The edition, as it was approved", body = $record)),
        )]
        #[get($one)]
        async fn $get(ctx: Ctx, id: PathId<$id>, number: ChildId<i32>) -> Result<Fresh<$record>> {
            ctx.run(async move |ctx| editions::get::<$record>(&ctx, id.0, number.0).await).await.map(Fresh)
        }
    };
}
use editions;
