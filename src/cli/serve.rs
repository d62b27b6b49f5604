//! `attestd serve`.

use std::{net::SocketAddr, time::Duration};

use actix_web::dev::Server;
use attestd::{app::Service, config::Settings};

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
    let Settings { database, pools, listen, surface, request_timeout, shutdown_grace, .. } = settings;
    let services = database::ready(&database, &pools, request_timeout).await?;
    let service = Service::new(services, surface).map_err(text)?;
    let (server, addresses) = bind(service, listen, shutdown_grace)?;
    for listen in addresses {
        tracing::info!(%listen, %database, "serving");
    }
    server.await.map_err(text)?;
    tracing::info!("stopped");
    Ok(())
}
