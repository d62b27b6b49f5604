//! How much a running service does: seeds tenants through the API, drives one scenario after the other at saturation
//! and at a fixed rate, and tells the figures beside what the same machine's database and web framework do alone.
//!
//! ```sh
//! cargo bench --bench load -- --engine sqlite --tenants 10 --rows 1000 --scenario all
//! scripts/with-postgres cargo bench --bench load -- --engine postgres
//! ```

mod database;
mod drive;
mod limits;
mod report;
mod scenario;
mod seed;
mod server;

use std::{path::PathBuf, time::Duration};

use clap::{Parser, ValueEnum};

/// What failed, in words.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

#[derive(Parser, Debug)]
struct Args {
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// A superuser's URL of a PostgreSQL server; scripts/with-postgres tells its own
    #[arg(long, env = "ATTESTD_TEST_POSTGRES", hide_env_values = true, required_if_eq("engine", "postgres"))]
    postgres: Option<String>,
    /// Tenants; requests go to them by turns
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    tenants: u32,
    /// Controls of each tenant
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    rows: u32,
    /// One scenario, or all
    #[arg(long, default_value = "all")]
    scenario: String,
    /// Seconds of each measurement, after a warm-up of a fifth of it
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Connections that drive, and clients of pgbench
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..))]
    connections: u32,
    /// Requests a second of the second measurement; half of the first one's unless given
    #[arg(long)]
    rate: Option<f64>,
    /// Where to write the figures as JSON
    #[arg(long)]
    json: Option<PathBuf>,
    /// Answers this file's bytes to everybody: the web framework alone
    #[arg(long, hide = true)]
    constant: Option<PathBuf>,
    /// What `cargo bench` says
    #[arg(long, hide = true)]
    bench: bool,
}

impl Args {
    fn span(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

fn main() -> Outcome {
    let args = Args::parse();
    if let Some(body) = &args.constant {
        return limits::serve_constant(body);
    }
    // `cargo test --all-targets` runs benches too, and has nothing to measure.
    if !args.bench {
        return Ok(());
    }
    // Whoever comes first decides; there is no other.
    drop(rustls::crypto::ring::default_provider().install_default());
    // One thread: what the driver spends on waking its own threads, it takes from the service that it measures.
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(&args))
}

async fn measure(args: &Args) -> Outcome {
    let database = database::Database::fresh(args).await?;
    let seeded = {
        let server = server::Server::start(&database.url, server::Log::Quiet)?;
        seed::fill(&server.address, args).await?
    };
    database.settle().await?;
    let chosen = scenario::chosen(&args.scenario, &seeded)?;
    let mut report = report::Report::new(args, limits::framework(args, &seeded).await?);
    for scenario in chosen {
        let limits = limits::database(args, &database, &seeded, scenario.name).await?;
        let statements = scenario::statements(&database.url, &scenario).await?;
        let server = server::Server::start(&database.url, server::Log::Quiet)?;
        drive::drive(&server, &scenario, args, args.span() / 5, None).await?;
        let full = drive::drive(&server, &scenario, args, args.span(), None).await?;
        let rate = args.rate.unwrap_or(full.per_second() / 2.0);
        let steady = drive::drive(&server, &scenario, args, args.span(), Some(rate)).await?;
        report.add(scenario.name, &full, &steady, statements, limits);
    }
    print!("{}", report.table());
    if let Some(path) = &args.json {
        std::fs::write(path, report.json()?)?;
    }
    Ok(())
}
