//! The journal over REST.

use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    model::{JournalEntry, JournalFilter, JournalSort},
    service,
};
use crate::{
    kernel::{
        error::Result,
        page::{Page, PageParams},
    },
    platform::{
        access::Ctx,
        http::{List, Listed},
    },
};

/// Mounts the room.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_journal);
}

/// List the audit trail
///
/// Who changed what and when, newest first: one entry per changed resource, numbered without gaps.
#[utoipa::path(
    tag = "Journal",
    params(JournalFilter, PageParams, ("sort" = inline(Option<JournalSort>), Query, description = "The order")),
    responses((status = 200, description = "A page of entries", body = Page<JournalEntry>)),
)]
#[get("/v1/journal")]
async fn list_journal(ctx: Ctx, query: List<JournalFilter, JournalSort>) -> Result<Listed<JournalEntry>> {
    ctx.run(async move |ctx| service::list(&ctx, &query.filter, &query.page).await).await.map(Listed)
}
