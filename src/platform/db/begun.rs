//! PostgreSQL's way into a transaction: together with the first query in it, in one round trip.

use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::future::{self, BoxFuture};

/// Runs a body of queries, and before it what begins its transaction, where that is still to be said. The database takes
/// both in this order, and is not waited for in between. Were the first refused alone, as when somebody cancels it in that
/// moment, the second would run without a tenant, whose rows row-level security neither shows nor takes then.
///
/// # Errors
/// The first that was refused.
pub async fn begun<T>(
    mut conn: &AsyncPgConnection,
    begin: Option<String>,
    body: BoxFuture<'_, QueryResult<T>>,
) -> QueryResult<T> {
    let Some(begin) = begin else { return body.await };
    let (begun, done) = future::join(conn.batch_execute(&begin), body).await;
    begun.and(done)
}
