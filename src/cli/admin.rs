//! What an administrator does from the command line: migrate, create tenants, issue keys.

use std::time::Duration;

use attestd::{
    config::{DatabaseArgs, DatabaseUrl, LogArgs, MasterKeyArgs},
    kernel::time::Instant,
    platform::{
        access::{Role, Services},
        db::{Options, migrate},
        identity::{
            signing,
            tenants::{self, NewTenant},
        },
    },
};
use clap::{Args, Subcommand};

use super::{Outcome, database, print, print_json, start_log, text};

#[derive(Args)]
pub struct Migrate {
    #[command(flatten)]
    database: DatabaseArgs,
}

impl Migrate {
    /// A migration may take longer than a request's statements, so no time-out holds here.
    pub async fn run(&self, log: &LogArgs) -> Outcome {
        let url = begin(&self.database, log)?;
        let pools = Options { statement_timeout: Duration::ZERO, ..Options::default() };
        let services = database::open(&url, &pools, Duration::ZERO)?;
        let applied = migrate(&services.db).await.map_err(|error| database::cannot_open(&url, &*error))?;
        print(&format!("{} migrations applied\n", applied.len()))
    }
}

#[derive(Subcommand)]
pub enum Tenant {
    /// Create a tenant; prints it as JSON with its first owner's key
    #[command(
        after_help = "Example:\n  attestd tenant create --slug acme --name 'Acme Cloud' --time-zone Europe/Berlin"
    )]
    Create {
        #[command(flatten)]
        database: DatabaseArgs,
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

impl Tenant {
    pub async fn run(self, log: &LogArgs) -> Outcome {
        let Self::Create { database, slug, name, time_zone } = self;
        let url = begin(&database, log)?;
        let input = serde_json::json!({ "slug": slug, "name": name, "time_zone": time_zone });
        let input: NewTenant = serde_json::from_value(input).map_err(text)?;
        let ctx = database::operator(&url).await?;
        print_json(&tenants::service::create(&ctx, input).await.map_err(text)?)
    }
}

#[derive(Subcommand)]
pub enum Key {
    /// Issue a key for a new machine account; prints it as JSON
    #[command(
        after_help = "Example:\n  attestd key create --tenant acme --role viewer --scope members:read --expires 2027-01-01T00:00:00Z"
    )]
    Create {
        #[command(flatten)]
        database: DatabaseArgs,
        /// The tenant's slug
        #[arg(long)]
        tenant: String,
        /// owner, manager, contributor, auditor, viewer or integration
        #[arg(long)]
        role: Role,
        /// What the key may do below its role; may be repeated
        #[arg(long = "scope")]
        scopes: Vec<String>,
        /// When it ends, as an RFC 3339 instant; an auditor's must, and its access ends on that day
        #[arg(long)]
        expires: Option<Instant>,
    },
}

impl Key {
    pub async fn run(self, log: &LogArgs) -> Outcome {
        let Self::Create { database, tenant, role, scopes, expires } = self;
        let ctx = database::operator(&begin(&database, log)?).await?;
        print_json(&tenants::service::create_key(&ctx, &tenant, role, scopes, expires).await.map_err(text)?)
    }
}

#[derive(Subcommand)]
pub enum SigningKey {
    /// Publish a new signing key, which signs in ten minutes; prints it as JSON
    #[command(after_help = "Example:\n  attestd signing-key rotate\n  attestd signing-key rotate --at-once")]
    Rotate {
        #[command(flatten)]
        database: DatabaseArgs,
        #[command(flatten)]
        master_key: MasterKeyArgs,
        /// Sign with it now, and let the old ones and all that they signed be void within a minute: for keys that
        /// have become known
        #[arg(long)]
        at_once: bool,
    },
}

impl SigningKey {
    pub async fn run(self, log: &LogArgs) -> Outcome {
        let Self::Rotate { database, master_key, at_once } = self;
        let vault = master_key.check().map_err(text)?;
        let ctx = database::operator(&begin(&database, log)?).await?;
        let services = Services { vault, ..ctx.services };
        print_json(&signing::rotate(&services, at_once).await.map_err(text)?)
    }
}

fn begin(database: &DatabaseArgs, log: &LogArgs) -> Outcome<DatabaseUrl> {
    let (url, filter) = database.check(log).map_err(text)?;
    start_log(filter);
    Ok(url)
}
