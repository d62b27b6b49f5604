//! The conventions of the GraphQL surface: the caller's context, pages as Relay connections, errors with codes.

mod limits;
mod loading;
mod serve;
mod weight;

pub use limits::DEPTH;
pub use loading::{Above, first_below, first_related, related};
pub use serve::{Introspection, get, post};
pub use weight::Weights;

use std::sync::Arc;

use async_graphql::{
    Context, ErrorExtensionValues, SimpleObject,
    connection::{Connection, Edge},
};
use serde::Serialize;

use super::{
    access::Ctx,
    room::{self, Room},
};
use crate::kernel::{
    error::{Code, Error},
    page::{Page, PageParams, PageRequest, SortOrder},
};

/// The outcome of a resolver.
pub type Result<T> = std::result::Result<T, Failure>;

/// A use case's error on its way into a GraphQL answer, with its code in `extensions.code`.
#[derive(Clone, Debug)]
pub struct Failure(Arc<Error>);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl From<Failure> for async_graphql::Error {
    fn from(Failure(error): Failure) -> Self {
        if let Some(cause) = error.cause() {
            tracing::error!(code = error.code().as_str(), cause = ?cause, "resolver failed");
        }
        Failure::told(&error)
    }
}

impl Failure {
    fn told(error: &Error) -> async_graphql::Error {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", error.code().as_str());
        if !error.faults().is_empty() {
            let faults = serde_json::to_value(error.faults()).unwrap_or_default();
            extensions.set("errors", async_graphql::Value::from_json(faults).unwrap_or_default());
        }
        if !error.breaches().is_empty() {
            let breaches = serde_json::to_value(error.breaches()).unwrap_or_default();
            extensions.set("breaches", async_graphql::Value::from_json(breaches).unwrap_or_default());
        }
        let mut told = async_graphql::Error::new(error.detail());
        told.extensions = Some(extensions);
        told
    }
}

/// The caller's context.
///
/// # Errors
/// [`Code::Unauthenticated`] when there is none.
pub fn request<'a>(ctx: &Context<'a>) -> Result<&'a Ctx> {
    ctx.data_opt::<Ctx>().ok_or_else(|| {
        tracing::debug!("a resolver ran without a context");
        Error::new(Code::Unauthenticated, "a valid API key is needed").into()
    })
}

/// The caller's context, for a mutation: what is read after it sees what it wrote.
///
/// # Errors
/// [`Code::Unauthenticated`] when there is none.
pub async fn writing<'a>(ctx: &Context<'a>) -> Result<&'a Ctx> {
    let ctx = request(ctx)?;
    ctx.refresh().await;
    Ok(ctx)
}

/// A page of a room as a connection.
///
/// # Errors
/// As [`room::list`]; when the page cannot be read.
pub async fn connection<R>(
    ctx: &Context<'_>,
    filter: &R::Filter,
    sort: Option<R::Sort>,
    first: Option<u32>,
    after: Option<String>,
) -> Result<Connection<String, R::View, Connected>>
where
    R: Room<View: async_graphql::OutputType>,
{
    let args = PageArgs { first, after, count: ctx.look_ahead().field("totalCount").exists() };
    let page = args.request(sort, filter)?;
    let found = room::list::<R>(request(ctx)?, filter, &page).await?;
    Ok(args.connect(&page, found, R::place(page.sort)))
}

/// What a connection tells beside its edges.
#[derive(SimpleObject)]
pub struct Connected {
    /// How many match in all; counted only when asked for.
    total_count: Option<i64>,
}

/// The Relay arguments of a list.
pub struct PageArgs {
    /// Rows at the most.
    pub first: Option<u32>,
    /// The cursor to start after.
    pub after: Option<String>,
    /// Whether `totalCount` is asked for.
    pub count: bool,
}

impl PageArgs {
    /// The page to read.
    ///
    /// # Errors
    /// As [`PageRequest::new`].
    pub fn request<S: SortOrder>(&self, sort: Option<S>, filter: &impl Serialize) -> Result<PageRequest<S>> {
        let params = PageParams { limit: self.first, cursor: self.after.clone(), count: Some(self.count) };
        Ok(PageRequest::new(&params, sort, filter)?)
    }

    /// The page as a connection; `place` tells a row's sort key and id.
    pub fn connect<S: SortOrder, T: async_graphql::OutputType, K: Serialize>(
        &self,
        request: &PageRequest<S>,
        page: Page<T>,
        place: impl Fn(&T) -> (K, String),
    ) -> Connection<String, T, Connected> {
        let more = page.next_cursor.is_some();
        let fields = Connected { total_count: page.total };
        let mut connection = Connection::with_additional_fields(self.after.is_some(), more, fields);
        let edges = page.data.into_iter().map(|row| Edge::new(request.cursor(&place(&row)), row));
        connection.edges.extend(edges);
        connection
    }
}
