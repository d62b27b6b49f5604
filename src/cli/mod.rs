//! The commands. Each says what is wrong in plain lines, and the process then ends with exit code 2.

mod admin;
mod database;
mod demo;
mod serve;

use std::io::{IsTerminal, Write};

use attestd::{
    app,
    config::{LogArgs, ServeArgs},
    kernel::error::with_causes,
    platform::access,
};
use clap::{Parser, Subcommand};

/// Nothing, or lines that say what is wrong.
pub type Outcome<T = ()> = Result<T, String>;

#[derive(Parser)]
#[command(
    version,
    about = "A multi-tenant compliance API over REST and GraphQL",
    after_help = "Examples:\n  attestd demo\n  attestd serve"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    log: LogArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Serve two demo organisations from an embedded database; prints their keys and requests to try
    #[command(
        after_help = "Example:\n  attestd demo\n  attestd demo --listen 127.0.0.1:9090 --data-dir /tmp/attestd --reset"
    )]
    Demo(demo::DemoArgs),
    /// Serve the API. SQLite is migrated on start; PostgreSQL is not served while its schema is behind.
    #[command(
        after_help = "Example:\n  ATTESTD_DATABASE_URL=postgres://app@db/attestd attestd serve --listen 0.0.0.0:8080"
    )]
    Serve(Box<ServeArgs>),
    /// Apply the migrations that are missing
    #[command(after_help = "Example:\n  attestd migrate --database-url postgres://owner@db/attestd")]
    Migrate(admin::Migrate),
    /// Manage tenants
    #[command(subcommand, after_help = "Example:\n  attestd tenant create --slug acme --name 'Acme Cloud'")]
    Tenant(admin::Tenant),
    /// Manage API keys
    #[command(subcommand, after_help = "Example:\n  attestd key create --tenant acme --role viewer")]
    Key(admin::Key),
    /// Manage the keys that sign access tokens
    #[command(subcommand, after_help = "Example:\n  attestd signing-key rotate")]
    SigningKey(admin::SigningKey),
    /// Print the OpenAPI document
    #[command(after_help = "Example:\n  attestd openapi > openapi/openapi.json")]
    Openapi,
    /// Print the GraphQL schema
    #[command(after_help = "Example:\n  attestd graphql > schema/schema.graphql")]
    Graphql,
    /// Print the access table: who may do what
    #[command(after_help = "Example:\n  attestd access > schema/access-matrix.txt")]
    Access,
    /// Print the journal's events with the JSON Schema of their data
    #[command(after_help = "Example:\n  attestd events > schema/events.json")]
    Events,
}

/// Reads the command line and does what it says.
pub async fn run() -> Outcome {
    let Cli { command, log } = Cli::parse();
    match command {
        Command::Demo(args) => args.run(&log).await,
        Command::Serve(args) => serve::run(args.check(&log).map_err(text)?).await,
        Command::Migrate(args) => args.run(&log).await,
        Command::Tenant(command) => command.run(&log).await,
        Command::Key(command) => command.run(&log).await,
        Command::SigningKey(command) => command.run(&log).await,
        Command::Openapi => print(&app::openapi().map_err(text)?),
        Command::Graphql => print(&app::graphql_schema()),
        Command::Access => print(&access::matrix()),
        Command::Events => print(&app::events().map_err(|error| with_causes(&error))?),
    }
}

/// Logs go to standard error: for people on a terminal, as JSON elsewhere.
fn start_log(filter: tracing_subscriber::EnvFilter) {
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { builder.init() } else { builder.json().with_span_list(false).init() }
}

fn print(text: &str) -> Outcome {
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| format!("cannot write: {error}"))
}

fn print_json(value: &impl serde::Serialize) -> Outcome {
    print(&(serde_json::to_string_pretty(value).map_err(text)? + "\n"))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
