//! Opening the database of a command, told in one line where that fails.

use std::{error::Error, sync::Arc, time::Duration};

use attestd::{
    app::FOLLOWERS,
    assurance::audits,
    config::DatabaseUrl,
    kernel::{error::with_causes, time::SystemClock},
    platform::{
        access::{OperatorCtx, Services},
        db::{Db, Engine, Options, SchemaState, migrate, schema_state},
        files::{Address, Bounds, Files, Place},
        identity::{Homes, providers::Trust, signing::Tokens},
        ids::Ids,
        outbound::{self, Outbound, SystemLookup},
        secrets::Vault,
    },
};

use super::Outcome;

/// The evidence store of a service.
pub fn evidence(address: &Address, bounds: Bounds) -> Outcome<Files> {
    let place = Place::open(address, &std::env::vars().collect())?;
    Ok(Files::new(place, bounds, run()))
}

/// For commands that move no files.
fn no_evidence() -> Files {
    Files::new(Place::nowhere(), Bounds::default(), run())
}

fn run() -> String {
    Ids::System.request().simple().to_string()
}

/// The services over a database that may not be migrated yet.
pub fn open(url: &DatabaseUrl, pools: &Options, timeout: Duration) -> Outcome<Services> {
    Ok(Services {
        db: Db::open(url.reveal(), pools).map_err(|fault| format!("cannot open {url}: {fault}"))?,
        files: no_evidence(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(Ids::System),
        runtime: tokio::runtime::Handle::current(),
        timeout,
        followers: FOLLOWERS,
        linked: audits::linked,
        vault: Vault::default(),
        tokens: Tokens::default(),
        homes: Homes::default(),
        outbound: outbound(&outbound::Options::default())?,
        trust: Trust::default(),
    })
}

/// The way to call others under the operator's rules.
pub fn outbound(options: &outbound::Options) -> Outcome<Outbound> {
    let failed = |error: reqwest::Error| format!("cannot set up TLS: {}", with_causes(&error));
    Outbound::new(options, Arc::new(SystemLookup)).map_err(failed)
}

/// The services over a database whose schema this binary can serve.
pub async fn ready(url: &DatabaseUrl, pools: &Options, timeout: Duration) -> Outcome<Services> {
    let services = open(url, pools, timeout)?;
    let failed = |error: &(dyn Error + 'static)| cannot_open(url, error);
    if services.db.engine() == Engine::Sqlite {
        migrate(&services.db).await.map_err(|error| failed(&*error))?;
    }
    match schema_state(&services.db).await.map_err(|error| failed(&*error))? {
        SchemaState::Serves => {}
        SchemaState::Behind(n) => {
            return Err(format!("the schema is {n} migrations behind; run: attestd migrate"));
        }
    }
    services.db.refuse_bypass().await.map_err(|error| failed(&error))?;
    Ok(services)
}

/// The context of a command that acts as the operator.
pub async fn operator(url: &DatabaseUrl) -> Outcome<OperatorCtx> {
    let services = ready(url, &Options::default(), Duration::from_secs(20)).await?;
    Ok(OperatorCtx { request_id: "command-line".to_owned(), idempotency: None, services })
}

/// One line: what failed, and every cause below it.
pub fn cannot_open(url: &DatabaseUrl, error: &(dyn Error + 'static)) -> String {
    format!("cannot open {url}: {}", with_causes(error))
}
