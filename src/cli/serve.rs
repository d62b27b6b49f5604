//! `attestd serve`.

use std::{
    net::SocketAddr,
    time::{Duration, SystemTime},
};

use actix_web::dev::Server;
use attestd::{
    app::Service,
    calendar::midnight,
    config::Settings,
    kernel::error::with_causes,
    platform::{access::Services, db::Engine, identity::signing::Tokens},
    program::evidence,
};

use super::{Outcome, database, start_log, text};

/// Takes the port; serves once the server is awaited.
pub fn bind(service: Service, listen: SocketAddr, grace: Duration) -> Outcome<(Server, Vec<SocketAddr>)> {
    let server = actix_web::HttpServer::new(move || service.app())
        .shutdown_timeout(grace.as_secs())
        .bind(listen)
        .map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    let addresses = server.addrs();
    Ok((server.run(), addresses))
}

/// Serves until SIGTERM, then lets requests in flight finish; SIGINT ends at once.
pub async fn run(settings: Settings) -> Outcome {
    start_log(settings.log);
    let Settings {
        database,
        pools,
        listen,
        surface,
        outbound,
        request_timeout,
        shutdown_grace,
        evidence,
        uploads,
        ..
    } = settings;
    let services = Services {
        vault: settings.vault,
        outbound: database::outbound(&outbound)?,
        tokens: Tokens::new(settings.tokens),
        files: database::evidence(&evidence, uploads)?,
        ..database::ready(&database, &pools, request_timeout).await?
    };
    let (upkeep, no_tokens) = (services.clone(), !services.vault.is_ready());
    let service = Service::new(services, surface).map_err(text)?;
    let (server, addresses) = bind(service, listen, shutdown_grace)?;
    for listen in addresses {
        tracing::info!(%listen, %database, %evidence, "serving");
    }
    if no_tokens {
        tracing::info!("ATTESTD_MASTER_KEY is not set: OAuth clients get no access tokens");
    }
    sweep(upkeep.clone());
    tokio::spawn(midnight::keep(upkeep));
    server.await.map_err(text)?;
    tracing::info!("stopped");
    Ok(())
}

/// How long ago an upload must have been written last to be nobody's, where other processes may share the store.
const OTHERS_MAY_WRITE: Duration = Duration::from_secs(60 * 60);

/// Removes what an earlier run left behind in the evidence store, in the background. A SQLite file is served by one
/// process alone, so whatever is older than this one was cut.
pub fn sweep(services: Services) {
    let started = SystemTime::now();
    let before = match services.db.engine() {
        Engine::Sqlite => started,
        Engine::Postgres => started - OTHERS_MAY_WRITE,
    };
    tokio::spawn(async move {
        if let Err(error) = evidence::sweep(&services, before).await {
            tracing::error!(cause = %with_causes(&error), "the evidence store was not swept");
        }
    });
}
