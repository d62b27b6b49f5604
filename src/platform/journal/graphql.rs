//! The journal over GraphQL.

use async_graphql::{Context, Object, connection::Connection};

use super::{
    model::{JournalEntry, JournalFilter, JournalSort},
    service,
};
use crate::platform::graphql::{Connected, PageArgs, Result, request};

/// Queries of this room.
#[derive(Default)]
pub struct JournalQuery;

#[Object]
impl JournalQuery {
    /// The audit trail: who changed what and when.
    async fn journal(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] filter: JournalFilter,
        sort: Option<JournalSort>,
        first: Option<u32>,
        after: Option<String>,
    ) -> Result<Connection<String, JournalEntry, Connected>> {
        let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
        let page = args.request(sort, &filter)?;
        let found = service::list(request(ctx)?, &filter, &page).await?;
        Ok(args.connect(&page, found, |entry| (entry.seq, entry.seq.to_string())))
    }
}
