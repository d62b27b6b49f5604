//! `attestd serve`.

use attestd::{app::Service, config::Settings};

use super::{Outcome, database, start_log, text};

/// Serves until SIGTERM, then lets requests in flight finish; SIGINT ends at once.
pub async fn run(settings: Settings) -> Outcome {
    start_log(settings.log);
    let Settings { database, pools, listen, surface, request_timeout, shutdown_grace, .. } = settings;
    let services = database::ready(&database, &pools, request_timeout).await?;
    let service = Service::new(services, surface).map_err(text)?;
    let server = actix_web::HttpServer::new(move || service.app())
        .shutdown_timeout(shutdown_grace.as_secs())
        .bind(listen)
        .map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    for listen in server.addrs() {
        tracing::info!(%listen, %database, "serving");
    }
    server.run().await.map_err(text)?;
    tracing::info!("stopped");
    Ok(())
}
