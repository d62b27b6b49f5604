//! The passes over the tenants.

use std::{collections::HashMap, time::Duration};

use crate::{
    calendar::midnight::{accreditations, consequences, rewriting},
    kernel::{
        error::{Result, with_causes},
        id::TenantId,
        time::Date,
    },
    platform::{access::Services, diary, identity::tenants},
};

/// Time zones begin their days at full quarters of an hour.
const QUARTER: Duration = Duration::from_secs(15 * 60);

/// Tells what each midnight brings, for as long as it is polled.
pub async fn keep(services: Services) {
    let mut told = HashMap::new();
    loop {
        if let Err(error) = pass_on(&services, &mut told).await {
            tracing::error!(cause = %with_causes(&error), "what this midnight brings is not told yet");
        }
        let now = services.clock.now().micros().unsigned_abs();
        let quarter = u64::try_from(QUARTER.as_micros()).unwrap_or(u64::MAX);
        tokio::time::sleep(Duration::from_micros(quarter - now % quarter)).await;
    }
}

/// Tells all tenants' days up to today's.
///
/// # Errors
/// When the tenants cannot be read. What fails for one tenant keeps no other waiting, and is told by the next pass.
pub async fn pass(services: &Services) -> Result<()> {
    pass_on(services, &mut HashMap::new()).await
}

/// Leaves out the tenants whose day this process has told.
async fn pass_on(services: &Services, told: &mut HashMap<TenantId, Date>) -> Result<()> {
    for tenant in tenants::service::all(services).await? {
        let today = services.clock.now().date_in(tenant.zone());
        let last = told.get(&tenant.id).copied();
        if last == Some(today) {
            continue;
        }
        match tell(services, tenant.id, last, today).await {
            Ok(()) => drop(told.insert(tenant.id, today)),
            Err(error) => {
                tracing::error!(tenant = %tenant.id, cause = %with_causes(&error), "a midnight is not told yet");
            }
        }
    }
    Ok(())
}

/// Tells day by day what was not told, a few hundred turns in one write, by the rules and the accreditations as they are now.
async fn tell(services: &Services, tenant: TenantId, last: Option<Date>, today: Date) -> Result<()> {
    rewriting::rewrite(services, tenant, today).await?;
    accreditations::renew(services, tenant, last, today).await?;
    while let Some(day) = untold(services, tenant, today).await? {
        let mut tx = services.write_on(format!("midnight-{day}"), tenant).await?;
        let turned = diary::claim(&mut tx, day).await?;
        // Another process may have been faster.
        if turned.is_empty() {
            continue;
        }
        for one in &turned {
            tx.record(one.turn.journalled(), &one.entry)?;
        }
        consequences::record(&mut tx, &turned, day).await?;
        tx.commit(()).await?;
    }
    Ok(())
}

async fn untold(services: &Services, tenant: TenantId, today: Date) -> Result<Option<Date>> {
    let Some(mut tx) = services.upkeep(tenant).await? else { return Ok(None) };
    diary::untold(&mut tx, today).await
}
