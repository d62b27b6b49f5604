//! Links between rows: a table that finds the one by the other, where the row's own list says the same.

/// A table of links and the function that writes all links of a row anew, in one order for all writers, so that two
/// that name the same rows wait for each other and do not deadlock. What leads nowhere is told at its place in the list.
#[allow(clippy::crate_in_macro_def, reason = "diesel's table! takes no $crate")]
#[macro_export]
macro_rules! links {
    ($relink:ident: $table:ident ($from:ident: $from_id:ty, $to:ident: $to_id:ty), $at:literal, $missing:expr) => {
        diesel::table! {
            use crate::platform::db::sql::Uid;
            $table (tenant_id, $to, $from) {
                tenant_id -> Uid,
                $from -> Uid,
                $to -> Uid,
            }
        }

        async fn $relink(
            tx: &mut $crate::platform::db::TenantTx,
            id: $from_id,
            all: &[$to_id],
        ) -> $crate::kernel::error::Result<()> {
            use $crate::kernel::error::Explain;
            let tenant = tx.tenant();
            $crate::on_each!(tx, |conn| {
                let own = $table::table.filter($table::tenant_id.eq(tenant)).filter($table::$from.eq(id));
                diesel::delete(own).execute(conn).await
            })?;
            let mut ordered: Vec<_> = all.iter().enumerate().collect();
            ordered.sort_by_key(|(_, one)| one.uuid());
            for (n, one) in ordered {
                $crate::on_each!(tx, |conn| {
                    let link = ($table::tenant_id.eq(tenant), $table::$from.eq(id), $table::$to.eq(one));
                    diesel::insert_into($table::table).values(link).execute(conn).await
                })
                .or_missing(&format!(concat!($at, "/{}"), n), $missing)?;
            }
            Ok(())
        }
    };
}
