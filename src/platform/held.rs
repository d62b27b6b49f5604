//! Rows that are held by their ids until a transaction ends, and gone through in the order of their ids: said once for each
//! table, by [`held!`](crate::held) or [`walked!`](crate::walked).

use std::future::Future;

use uuid::Uuid;

use super::db::TenantTx;
use crate::kernel::{
    error::Result,
    id::{Id, Kind},
};

/// Rows at the most that are gone through in one write.
pub const AT_ONCE: i64 = 50;

/// A kind of ids whose rows can be held.
pub trait Held: Kind + Sized {
    /// Holds these rows until the transaction ends; those that do not exist are left out. In the order of their ids, so that
    /// two who hold the same rows wait for each other and do not deadlock. SQLite has one writer, who holds them all.
    fn hold_all(tx: &mut TenantTx, ids: &[Id<Self>]) -> impl Future<Output = Result<()>> + Send;
    /// Holds a row that still has the version seen, before what hangs on it, in the order of an update: the two cannot wait
    /// for each other.
    fn hold_at(tx: &mut TenantTx, id: Id<Self>, seen: i32) -> impl Future<Output = Result<()>> + Send;
}

/// A kind of ids whose rows can be gone through: those of a room that knows dates.
pub trait Walked: Held {
    /// The next ids after this one, in order.
    fn after(
        tx: &mut TenantTx,
        last: Id<Self>,
        most: i64,
    ) -> impl Future<Output = Result<Vec<Id<Self>>>> + Send;
}

/// Holds a row until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn hold<K: Held>(tx: &mut TenantTx, id: Id<K>) -> Result<()> {
    K::hold_all(tx, &[id]).await
}

/// Holds these rows until the transaction ends, in the order of their ids; one statement.
///
/// # Errors
/// When the database fails.
pub async fn hold_all<K: Held>(tx: &mut TenantTx, ids: &[Id<K>]) -> Result<()> {
    K::hold_all(tx, ids).await
}

/// Holds a row at its version, before what hangs on it.
///
/// # Errors
/// [`Code::StaleVersion`](crate::kernel::error::Code::StaleVersion) when it has another one; when the database fails.
pub async fn hold_at<K: Held>(tx: &mut TenantTx, id: Id<K>, seen: i32) -> Result<()> {
    K::hold_at(tx, id, seen).await
}

/// Holds the next rows after this one, and answers their ids; [`more`] tells whether others come after them.
///
/// # Errors
/// When the database fails.
pub async fn next<K: Walked>(tx: &mut TenantTx, last: Uuid) -> Result<Vec<Id<K>>> {
    let ids = K::after(tx, Id::from_uuid(last), AT_ONCE).await?;
    K::hold_all(tx, &ids).await?;
    Ok(ids)
}

/// The last of these ids, where there may be more after it.
pub fn more<K: Kind>(ids: &[Id<K>]) -> Option<Uuid> {
    let full = i64::try_from(ids.len()).is_ok_and(|count| count >= AT_ONCE);
    ids.last().filter(|_| full).map(|id| id.uuid())
}

/// Lets the rows of a table be held.
#[macro_export]
macro_rules! held {
    ($kind:ty, $table:ident) => {
        impl $crate::platform::held::Held for $kind {
            async fn hold_all(
                tx: &mut $crate::platform::db::TenantTx,
                ids: &[$crate::kernel::id::Id<Self>],
            ) -> $crate::kernel::error::Result<()> {
                let tenant = tx.tenant();
                if !ids.is_empty()
                    && let ($crate::platform::db::Conn::Postgres(conn), begin) = tx.opening()
                {
                    let mut shared = &**conn;
                    let held = $crate::platform::db::boxed(async {
                        $table::table
                            .filter($table::tenant_id.eq(tenant))
                            .filter($table::id.eq_any(ids.iter().copied()))
                            .order($table::id)
                            .select($table::id)
                            .for_no_key_update()
                            .load::<$crate::kernel::id::Id<Self>>(&mut shared)
                            .await
                    });
                    $crate::platform::db::begun(&**conn, begin, held).await?;
                }
                Ok(())
            }

            async fn hold_at(
                tx: &mut $crate::platform::db::TenantTx,
                id: $crate::kernel::id::Id<Self>,
                seen: i32,
            ) -> $crate::kernel::error::Result<()> {
                let tenant = tx.tenant();
                let held = $crate::on_each!(tx, |conn| {
                    diesel::update($table::table.find((tenant, id)).filter($table::version.eq(seen)))
                        .set($table::version.eq(seen))
                        .execute(conn)
                        .await
                })?;
                $crate::kernel::patch::met(held, seen)
            }
        }
    };
}

/// Lets the rows of a table be held and gone through.
#[macro_export]
macro_rules! walked {
    ($kind:ty, $table:ident) => {
        $crate::held! { $kind, $table }

        impl $crate::platform::held::Walked for $kind {
            async fn after(
                tx: &mut $crate::platform::db::TenantTx,
                last: $crate::kernel::id::Id<Self>,
                most: i64,
            ) -> $crate::kernel::error::Result<Vec<$crate::kernel::id::Id<Self>>> {
                let tenant = tx.tenant();
                Ok($crate::on_each!(tx, |conn| {
                    $table::table
                        .filter($table::tenant_id.eq(tenant))
                        .filter($table::id.gt(last))
                        .order($table::id)
                        .limit(most)
                        .select($table::id)
                        .load(conn)
                        .await
                })?)
            }
        }
    };
}
