//! What there is one of to a tenant: there from the first read on, as every tenant starts with it, changed under its
//! version, never created or removed. A room says its table by [`sole!`](crate::sole) and its rules by [`Sole`].

use std::future::Future;

use crate::{
    kernel::{error::Result, id::TenantId, patch::Expected},
    platform::{
        access::{Action, Ctx},
        db::TenantTx,
        journal::{EventType, Recorded, Write},
    },
};

/// A table with one row to a tenant, from its first change on. [`sole!`](crate::sole) makes it.
pub trait OneRow: Sized + Send + Sync + 'static {
    /// The tenant's row; none while nothing was said.
    fn find(tx: &mut TenantTx) -> impl Future<Output = Result<Option<Self>>> + Send;
    /// The tenant's row, held until the transaction ends. It is made where there is none yet, so that there is something
    /// to hold.
    fn hold(tx: &mut TenantTx, first: &Self) -> impl Future<Output = Result<Self>> + Send;
    /// Stores the row, which is held.
    fn put(tx: &mut TenantTx, row: &Self) -> impl Future<Output = Result<()>> + Send;
}

/// Lets a table have one row to a tenant.
#[macro_export]
macro_rules! sole {
    ($row:ty, $table:ident) => {
        impl $crate::platform::sole::OneRow for $row {
            async fn find(
                tx: &mut $crate::platform::db::TenantTx,
            ) -> $crate::kernel::error::Result<Option<Self>> {
                let tenant = tx.tenant();
                Ok($crate::on_each!(tx, |conn| {
                    $table::table.find(tenant).select(Self::as_select()).first(conn).await.optional()
                })?)
            }

            async fn hold(
                tx: &mut $crate::platform::db::TenantTx,
                first: &Self,
            ) -> $crate::kernel::error::Result<Self> {
                Ok($crate::on_each!(tx, |conn| {
                    diesel::insert_into($table::table)
                        .values(first)
                        .on_conflict($table::tenant_id)
                        .do_update()
                        .set($table::version.eq($table::version))
                        .returning(Self::as_returning())
                        .get_result(conn)
                        .await
                })?)
            }

            async fn put(
                tx: &mut $crate::platform::db::TenantTx,
                row: &Self,
            ) -> $crate::kernel::error::Result<()> {
                let tenant = tx.tenant();
                $crate::on_each!(tx, |conn| {
                    diesel::update($table::table.find(tenant)).set(row).execute(conn).await
                })?;
                Ok(())
            }
        }
    };
}

/// What there is one of to a tenant.
pub trait Sole: OneRow + Clone + PartialEq {
    /// What changes it.
    type Patch: Send + 'static;
    /// What is shown and journalled.
    type View: From<Self> + Recorded + Send + 'static;
    /// What a caller must be allowed to, to read it.
    const READ: Action;
    /// What a caller must be allowed to, to change it.
    const UPDATE: Action;
    /// What the journal tells of a change.
    const UPDATED: EventType;

    /// What every tenant starts with.
    fn initial(tenant: TenantId) -> Self;
    /// What counts its changes.
    fn version_mut(&mut self) -> &mut i32;
    /// Applies a patch.
    fn apply(&mut self, patch: Self::Patch);
    /// Checks what can be told without looking anything up.
    ///
    /// # Errors
    /// With every fault.
    fn check(&self) -> Result<()>;

    /// Checks what hangs on other rows.
    fn guard(_tx: &mut Write, _after: &Self) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Stirs whoever follows a change.
    fn stir(_tx: &mut Write, _ctx: &Ctx) {}
}

/// The tenant's own, or what every tenant starts with.
///
/// # Errors
/// When the caller may not read it, or is bound to an audit: it tells of the whole organisation.
pub async fn get<S: Sole>(ctx: &Ctx) -> Result<S::View> {
    let permit = ctx.may(S::READ)?;
    ctx.unbound()?;
    Ok(known::<S>(&mut *permit.read().await?).await?.into())
}

/// Changes it. What changes nothing writes nothing.
///
/// # Errors
/// When the caller may not, it has changed since, its values do not fit together or do not fit other rows.
pub async fn update<S: Sole>(ctx: &Ctx, expected: Expected, patch: S::Patch) -> Result<S::View> {
    let permit = ctx.may(S::UPDATE)?;
    let mut tx = permit.write().await?;
    let mut before = held::<S>(&mut tx).await?;
    let mut after = before.clone();
    after.apply(patch);
    after.check()?;
    S::guard(&mut tx, &after).await?;
    expected.check(*before.version_mut())?;
    if after == before {
        return Ok(before.into());
    }
    *after.version_mut() += 1;
    S::put(&mut tx, &after).await?;
    S::stir(&mut tx, ctx);
    let view = S::View::from(after);
    tx.record(S::UPDATED, &view)?;
    tx.commit(view).await
}

/// The tenant's own, or what every tenant starts with; for a use case that has been authorised.
///
/// # Errors
/// When the database fails.
pub async fn known<S: Sole>(tx: &mut TenantTx) -> Result<S> {
    let own = S::find(tx).await?;
    Ok(own.unwrap_or_else(|| S::initial(tx.tenant())))
}

/// The same, held until the transaction ends: whoever relies on it, and whoever changes it, wait for each other.
///
/// # Errors
/// When the database fails.
pub async fn held<S: Sole>(tx: &mut TenantTx) -> Result<S> {
    let first = S::initial(tx.tenant());
    S::hold(tx, &first).await
}
