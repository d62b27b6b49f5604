//! The command line.

use std::{process::ExitCode, sync::Arc, time::Duration};

use attestd::{
    app::{self, Service},
    kernel::{error::Error, time::SystemClock},
    platform::{
        access::{OperatorCtx, Role, Services},
        db::{Db, Options, SchemaState, migrate, schema_state},
        identity::tenants::{self, NewTenant},
        ids::Ids,
    },
};
use clap::{Args, Parser, Subcommand};

#[derive(Parser)]
#[command(version, about = "A multi-tenant compliance API over REST and GraphQL")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Database {
    /// postgres://… or sqlite:PATH
    #[arg(long, env = "ATTESTD_DATABASE_URL", default_value = "sqlite:attestd.sqlite")]
    database_url: String,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API. SQLite is migrated on start; PostgreSQL is not served while its schema is behind.
    #[command(
        after_help = "Example:\n  ATTESTD_DATABASE_URL=postgres://app@db/attestd attestd serve --listen 0.0.0.0:8080"
    )]
    Serve {
        #[command(flatten)]
        database: Database,
        /// Where to listen
        #[arg(long, env = "ATTESTD_LISTEN", default_value = "127.0.0.1:8080")]
        listen: String,
        /// The operator's secret, which manages tenants over /v1/tenants
        #[arg(long, env = "ATTESTD_OPERATOR_KEY", hide_env_values = true)]
        operator_key: Option<String>,
    },
    /// Apply the migrations that are missing
    #[command(after_help = "Example:\n  attestd migrate --database-url postgres://owner@db/attestd")]
    Migrate {
        #[command(flatten)]
        database: Database,
    },
    /// Manage tenants
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// Manage API keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Print the OpenAPI document
    Openapi,
    /// Print the GraphQL schema
    Graphql,
    /// Print the access table
    Access,
}

#[derive(Subcommand)]
enum TenantCommand {
    /// Create a tenant; prints it as JSON with its first owner's key
    #[command(
        after_help = "Example:\n  attestd tenant create --slug acme --name 'Acme Cloud' --time-zone Europe/Berlin"
    )]
    Create {
        #[command(flatten)]
        database: Database,
        /// Lower-case letters, digits and hyphens
        #[arg(long)]
        slug: String,
        /// The organisation's name
        #[arg(long)]
        name: String,
        /// An IANA time zone
        #[arg(long)]
        time_zone: Option<String>,
    },
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Issue a key for a new machine account; prints it as JSON
    #[command(after_help = "Example:\n  attestd key create --tenant acme --role viewer --scope members:read")]
    Create {
        #[command(flatten)]
        database: Database,
        /// The tenant's slug
        #[arg(long)]
        tenant: String,
        /// owner, manager, contributor, auditor, viewer or integration
        #[arg(long)]
        role: Role,
        /// What the key may do below its role; may be repeated
        #[arg(long = "scope")]
        scopes: Vec<String>,
        /// When it ends, as an RFC 3339 instant
        #[arg(long)]
        expires: Option<attestd::kernel::time::Instant>,
    },
}

type Outcome = Result<(), String>;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    log();
    match run(cli.command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("attestd: {message}");
            ExitCode::from(2)
        }
    }
}

fn log() {
    use std::io::IsTerminal;
    let filter = tracing_subscriber::EnvFilter::try_from_env("ATTESTD_LOG").unwrap_or_else(|_| "info".into());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() { builder.init() } else { builder.json().init() }
}

async fn run(command: Command) -> Outcome {
    match command {
        Command::Serve { database, listen, operator_key } => serve(&database, &listen, operator_key).await,
        Command::Migrate { database } => migrate_all(&database).await,
        Command::Tenant(TenantCommand::Create { database, slug, name, time_zone }) => {
            let input = serde_json::json!({ "slug": slug, "name": name, "time_zone": time_zone });
            let input: NewTenant = serde_json::from_value(input).map_err(text)?;
            let ctx = operator(ready(&database).await?);
            print(&tenants::service::create(&ctx, input).await.map_err(told)?)
        }
        Command::Key(KeyCommand::Create { database, tenant, role, scopes, expires }) => {
            let ctx = operator(ready(&database).await?);
            print(&tenants::service::create_key(&ctx, &tenant, role, scopes, expires).await.map_err(told)?)
        }
        Command::Openapi => {
            print!("{}", app::openapi().map_err(text)?);
            Ok(())
        }
        Command::Graphql => {
            print!("{}", app::graphql_schema());
            Ok(())
        }
        Command::Access => {
            print!("{}", attestd::platform::access::matrix());
            Ok(())
        }
    }
}

async fn serve(database: &Database, listen: &str, operator_key: Option<String>) -> Outcome {
    if operator_key.as_ref().is_some_and(|key| key.len() < 32) {
        return Err("ATTESTD_OPERATOR_KEY must have at least 32 characters".to_owned());
    }
    let service = Service::new(ready(database).await?, operator_key, false).map_err(text)?;
    let server = actix_web::HttpServer::new(move || service.app())
        .shutdown_timeout(30)
        .bind(listen)
        .map_err(|e| format!("cannot listen on {listen}: {e}"))?;
    tracing::info!(%listen, "serving");
    server.run().await.map_err(text)
}

async fn migrate_all(database: &Database) -> Outcome {
    let applied = migrate(&open(database)?.db).await.map_err(text)?;
    println!("{} migrations applied", applied.len());
    Ok(())
}

fn open(database: &Database) -> Result<Services, String> {
    Ok(Services {
        db: Db::open(&database.database_url, &Options::default())?,
        clock: Arc::new(SystemClock),
        ids: Arc::new(Ids::System),
        runtime: tokio::runtime::Handle::current(),
        timeout: Duration::from_secs(20),
    })
}

/// A database whose schema this binary can serve.
async fn ready(database: &Database) -> Result<Services, String> {
    let services = open(database)?;
    if database.database_url.starts_with("sqlite:") {
        migrate(&services.db).await.map_err(text)?;
    }
    match schema_state(&services.db).await.map_err(text)? {
        SchemaState::Serves => {}
        SchemaState::Behind(n) => {
            return Err(format!("the schema is {n} migrations behind; run: attestd migrate"));
        }
    }
    services.db.refuse_bypass().await.map_err(told)?;
    Ok(services)
}

fn operator(services: Services) -> OperatorCtx {
    OperatorCtx { request_id: "command-line".to_owned(), idempotency: None, services }
}

fn print(value: &impl serde::Serialize) -> Outcome {
    println!("{}", serde_json::to_string_pretty(value).map_err(text)?);
    Ok(())
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn told(error: Error) -> String {
    error.detail().to_owned()
}
