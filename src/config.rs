//! Every setting: its flag, environment variable, default and meaning. Read once by the command line, validated at
//! start, every fault told at once.

mod tokens;

pub use tokens::{MasterKeyArgs, TokenArgs};

use std::{fmt, net::SocketAddr, ops::RangeInclusive, path::Path, time::Duration};

use clap::Args;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use tracing_subscriber::EnvFilter;

use crate::{
    app,
    platform::{
        db,
        files::{self, Bounds},
        http::Quotas,
        identity::signing,
        outbound::{self, Allow},
        secrets::Vault,
    },
};

/// An operator key's characters at the least: 32 random ones cannot be guessed.
const OPERATOR_KEY_LENGTH: usize = 32;

/// Faults in settings, one line each; every one names its environment variable.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<String>);

impl Faults {
    fn note<T>(&mut self, variable: &str, read: Result<T, String>) -> Option<T> {
        read.map_err(|fault| self.0.push(format!("{variable} {fault}"))).ok()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

/// The setting of every command: what is logged.
#[derive(Args, Clone, Debug)]
pub struct LogArgs {
    /// What to log, as level or target=level, separated by commas
    #[arg(long, global = true, env = "ATTESTD_LOG", value_name = "FILTER", default_value = "info")]
    log: String,
}

impl LogArgs {
    /// The filter.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn check(&self) -> Result<EnvFilter, Faults> {
        let mut faults = Faults::default();
        self.read(&mut faults).ok_or(faults)
    }

    fn read(&self, faults: &mut Faults) -> Option<EnvFilter> {
        let filter = EnvFilter::builder().parse(&self.log);
        faults.note("ATTESTD_LOG", filter.map_err(|_| "must be like info or attestd=debug,warn".to_owned()))
    }
}

/// The setting of every command that opens the database.
#[derive(Args, Clone)]
pub struct DatabaseArgs {
    /// The database: postgres://USER:PASSWORD@HOST/NAME, or sqlite:PATH
    #[arg(
        long,
        env = "ATTESTD_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL",
        default_value = "sqlite:attestd.sqlite"
    )]
    database_url: String,
}

impl DatabaseArgs {
    /// The database's address.
    ///
    /// # Errors
    /// With this setting's faults and those of `log`.
    pub fn check(&self, log: &LogArgs) -> Result<(DatabaseUrl, EnvFilter), Faults> {
        let mut faults = Faults::default();
        match (self.read(&mut faults), log.read(&mut faults)) {
            (Some(url), Some(filter)) => Ok((url, filter)),
            _ => Err(faults),
        }
    }

    fn read(&self, faults: &mut Faults) -> Option<DatabaseUrl> {
        faults.note("ATTESTD_DATABASE_URL", DatabaseUrl::parse(&self.database_url))
    }
}

/// The settings of `serve`.
#[derive(Args, Clone)]
pub struct ServeArgs {
    #[command(flatten)]
    database: DatabaseArgs,
    /// Where to listen, as address and port; port 0 takes a free one
    #[arg(long, env = "ATTESTD_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: String,
    /// The operator's secret of at least 32 characters, which manages tenants over /v1/tenants; without one nobody
    /// does
    #[arg(long, env = "ATTESTD_OPERATOR_KEY", hide_env_values = true, value_name = "SECRET")]
    operator_key: Option<String>,
    #[command(flatten)]
    master_key: MasterKeyArgs,
    #[command(flatten)]
    tokens: TokenArgs,
    /// Web origins whose pages may call the API, separated by commas; none unless set
    #[arg(long, env = "ATTESTD_CORS_ORIGINS", value_name = "ORIGINS", default_value = "")]
    cors_origins: String,
    /// Whether GraphQL answers questions about its schema. There is no explorer page: it would load its parts from
    /// another site; point a GraphQL client at /graphql instead
    #[arg(long, env = "ATTESTD_GRAPHQL_INTROSPECTION", value_name = "true|false", default_value = "true")]
    graphql_introspection: String,
    /// Connections to PostgreSQL at the most, 1 to 1000; SQLite has one writer and four readers
    #[arg(long, env = "ATTESTD_POOL_SIZE", value_name = "COUNT", default_value = "10")]
    pool_size: String,
    /// How long a request waits for a connection before it is told to come back, 1 to 60 seconds
    #[arg(long, env = "ATTESTD_CONNECTION_WAIT", value_name = "SECONDS", default_value = "2")]
    connection_wait: String,
    /// How long a request may take before it is given up, 1 to 600 seconds
    #[arg(long, env = "ATTESTD_REQUEST_TIMEOUT", value_name = "SECONDS", default_value = "20")]
    request_timeout: String,
    /// How long PostgreSQL may work on one statement, 1 to 600 seconds
    #[arg(long, env = "ATTESTD_STATEMENT_TIMEOUT", value_name = "SECONDS", default_value = "15")]
    statement_timeout: String,
    /// Where the files of evidence are kept: file:FOLDER, or an object store such as s3://BUCKET/PREFIX, which reads its
    /// own AWS_…, AZURE_… or GOOGLE_… variables
    #[arg(long, env = "ATTESTD_EVIDENCE_STORE", value_name = "URL", default_value = "file:attestd-evidence")]
    evidence_store: String,
    /// How large a file of evidence may be, 1 to 5120 MiB
    #[arg(long, env = "ATTESTD_EVIDENCE_LIMIT", value_name = "MIB", default_value = "100")]
    evidence_limit: String,
    /// How long an upload may pause, 1 to 600 seconds; how long it may take in all is not bounded
    #[arg(long, env = "ATTESTD_EVIDENCE_PAUSE", value_name = "SECONDS", default_value = "30")]
    evidence_pause: String,
    /// Places that may be called for tenants though they are not on the public internet, and without TLS: hosts,
    /// host:port, addresses or networks such as 10.1.0.0/16, separated by commas; none unless set
    #[arg(long, env = "ATTESTD_OUTBOUND_ALLOW", value_name = "PLACES", default_value = "")]
    outbound_allow: String,
    /// A PEM file of certificate authorities to trust beside the system's when calling for tenants
    #[arg(long, env = "ATTESTD_OUTBOUND_CA", value_name = "FILE", default_value = "")]
    outbound_ca: String,
    #[command(flatten)]
    quotas: QuotaArgs,
    /// How long requests in flight may take after SIGTERM, 0 to 600 seconds
    #[arg(long, env = "ATTESTD_SHUTDOWN_GRACE", value_name = "SECONDS", default_value = "30")]
    shutdown_grace: String,
}

/// How many requests are answered.
#[derive(Args, Clone)]
struct QuotaArgs {
    /// Requests a minute of one credential, up to 1000000; 0 for any number
    #[arg(long, env = "ATTESTD_RATE_LIMIT", value_name = "COUNT", default_value = "600")]
    rate_limit: String,
    /// Requests a minute from one address that shows no credential or a wrong one, up to 1000000; 0 for any number
    #[arg(long, env = "ATTESTD_RATE_LIMIT_ANONYMOUS", value_name = "COUNT", default_value = "120")]
    rate_limit_anonymous: String,
    /// Whether X-Forwarded-For ends with the caller's address: only behind a proxy that writes it
    #[arg(long, env = "ATTESTD_TRUST_FORWARDED", value_name = "true|false", default_value = "false")]
    trust_forwarded: String,
}

impl QuotaArgs {
    fn read(&self, faults: &mut Faults) -> Option<Quotas> {
        let quota = |text: &str| Ok(u32::try_from(count(text, 0..=1_000_000)?).unwrap_or_default());
        let credential = faults.note("ATTESTD_RATE_LIMIT", quota(&self.rate_limit));
        let anonymous = faults.note("ATTESTD_RATE_LIMIT_ANONYMOUS", quota(&self.rate_limit_anonymous));
        let trust = self.trust_forwarded.parse().map_err(|_| "must be true or false".to_owned());
        let trust_forwarded = faults.note("ATTESTD_TRUST_FORWARDED", trust);
        Some(Quotas { credential: credential?, anonymous: anonymous?, trust_forwarded: trust_forwarded? })
    }
}

/// The settings of a service, all valid.
pub struct Settings {
    /// Where the data lies.
    pub database: DatabaseUrl,
    /// How the database is opened.
    pub pools: db::Options,
    /// Where to listen.
    pub listen: SocketAddr,
    /// What the API's surface depends on.
    pub surface: app::Options,
    /// The master keys.
    pub vault: Vault,
    /// What access tokens look like.
    pub tokens: signing::Options,
    /// What may be called for tenants.
    pub outbound: outbound::Options,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// Where the files of evidence are kept.
    pub evidence: files::Address,
    /// How uploads are bounded.
    pub uploads: Bounds,
    /// How long requests in flight may take after SIGTERM.
    pub shutdown_grace: Duration,
    /// What is logged.
    pub log: EnvFilter,
}

impl ServeArgs {
    /// The settings.
    ///
    /// # Errors
    /// With every fault.
    pub fn check(&self, log: &LogArgs) -> Result<Settings, Faults> {
        let mut faults = Faults::default();
        let all = self.read(log, &mut faults);
        all.ok_or(faults)
    }

    fn read(&self, log: &LogArgs, faults: &mut Faults) -> Option<Settings> {
        let database = self.database.read(faults);
        let listen = faults.note("ATTESTD_LISTEN", address(&self.listen));
        let surface = self.surface(faults);
        let vault = self.master_key.read(faults);
        let tokens = self.tokens.read(&self.listen, faults);
        let pools = self.pools(faults);
        let request = faults.note("ATTESTD_REQUEST_TIMEOUT", seconds(&self.request_timeout, 1..=600));
        let evidence = faults.note("ATTESTD_EVIDENCE_STORE", files::Address::parse(&self.evidence_store));
        let uploads = self.uploads(faults);
        let outbound = self.outbound(faults);
        let grace = faults.note("ATTESTD_SHUTDOWN_GRACE", seconds(&self.shutdown_grace, 0..=600));
        let log = log.read(faults);
        Some(Settings {
            database: database?,
            pools: pools?,
            listen: listen?,
            surface: surface?,
            vault: vault?,
            tokens: tokens?,
            outbound: outbound?,
            request_timeout: request?,
            evidence: evidence?,
            uploads: uploads?,
            shutdown_grace: grace?,
            log: log?,
        })
    }

    fn surface(&self, faults: &mut Faults) -> Option<app::Options> {
        let operator = faults.note("ATTESTD_OPERATOR_KEY", operator(self.operator_key.as_deref()));
        let origins = faults.note("ATTESTD_CORS_ORIGINS", origins(&self.cors_origins));
        let introspection =
            self.graphql_introspection.parse().map_err(|_| "must be true or false".to_owned());
        let introspection = faults.note("ATTESTD_GRAPHQL_INTROSPECTION", introspection);
        let quotas = self.quotas.read(faults);
        Some(app::Options {
            operator_key: operator?,
            cors_origins: origins?,
            introspection: introspection?,
            quotas: quotas?,
            diagnostics: false,
        })
    }

    fn uploads(&self, faults: &mut Faults) -> Option<Bounds> {
        let limit = faults.note("ATTESTD_EVIDENCE_LIMIT", count(&self.evidence_limit, 1..=5120));
        let idle = faults.note("ATTESTD_EVIDENCE_PAUSE", seconds(&self.evidence_pause, 1..=600));
        Some(Bounds { size: limit? * 1024 * 1024, idle: idle? })
    }

    fn outbound(&self, faults: &mut Faults) -> Option<outbound::Options> {
        let allow = faults.note("ATTESTD_OUTBOUND_ALLOW", Allow::parse(&self.outbound_allow));
        let authorities = faults.note("ATTESTD_OUTBOUND_CA", authorities(&self.outbound_ca));
        Some(outbound::Options { allow: allow?, authorities: authorities? })
    }

    fn pools(&self, faults: &mut Faults) -> Option<db::Options> {
        let size = faults.note("ATTESTD_POOL_SIZE", count(&self.pool_size, 1..=1000));
        let wait = faults.note("ATTESTD_CONNECTION_WAIT", seconds(&self.connection_wait, 1..=60));
        let statement = faults.note("ATTESTD_STATEMENT_TIMEOUT", seconds(&self.statement_timeout, 1..=600));
        Some(db::Options {
            pool_size: usize::try_from(size?).ok()?,
            wait: wait?,
            statement_timeout: statement?,
        })
    }
}

/// A database's address. Shown without its password.
#[derive(Clone)]
pub struct DatabaseUrl {
    text: String,
    shown: String,
}

impl DatabaseUrl {
    pub fn parse(text: &str) -> Result<Self, String> {
        let shown = match db::Engine::of(text)? {
            db::Engine::Sqlite if text.trim_start_matches("sqlite:").is_empty() => {
                return Err("must name a file: sqlite:PATH".to_owned());
            }
            db::Engine::Sqlite => text.to_owned(),
            db::Engine::Postgres => without_password(text)?,
        };
        Ok(Self { text: text.to_owned(), shown })
    }

    /// The address with its password, for the driver alone.
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

fn without_password(text: &str) -> Result<String, String> {
    use tokio_postgres::config::Host;
    let config: tokio_postgres::Config =
        text.parse().map_err(|_| "is not a PostgreSQL address like postgres://USER:PASSWORD@HOST/NAME")?;
    let hosts = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(folder) => Path::display(folder).to_string(),
    });
    let (hosts, user) = (hosts.collect::<Vec<_>>().join(","), config.get_user().unwrap_or_default());
    Ok(format!("postgres://{user}@{hosts}/{}", config.get_dbname().unwrap_or_default()))
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("must be an address and a port like 127.0.0.1:8080, not {text:?}"))
}

/// An empty one is none, as a deployment's template leaves it.
fn operator(key: Option<&str>) -> Result<Option<String>, String> {
    match key {
        None | Some("") => Ok(None),
        Some(key) if key.chars().count() < OPERATOR_KEY_LENGTH => {
            Err(format!("must have at least {OPERATOR_KEY_LENGTH} characters"))
        }
        Some(key) if !key.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Err("must be visible ASCII characters, as it is sent in a header".to_owned())
        }
        Some(key) => Ok(Some(key.to_owned())),
    }
}

fn origins(text: &str) -> Result<Vec<String>, String> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(origin).collect()
}

/// Scheme, host and port, as a browser sends them in `Origin`.
fn origin(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
    match host {
        Some(host) if !host.is_empty() && host.chars().all(plain) => Ok(text.to_owned()),
        _ => Err(format!("must be origins like https://app.example.com, without a path, not {text:?}")),
    }
}

fn authorities(file: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    if file.is_empty() {
        return Ok(Vec::new());
    }
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    match read {
        Ok(found) if Vec::is_empty(&found) => {
            Err(format!("must name a PEM file of certificates; {file} has none"))
        }
        Ok(found) => Ok(found),
        Err(fault) => Err(format!("must name a PEM file of certificates; {file}: {fault}")),
    }
}

fn count(text: &str, range: RangeInclusive<u64>) -> Result<u64, String> {
    let fault = || format!("must be a whole number from {} to {}, not {text:?}", range.start(), range.end());
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(fault)
}

fn seconds(text: &str, range: RangeInclusive<u64>) -> Result<Duration, String> {
    count(text, range).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        serve: ServeArgs,
        #[command(flatten)]
        log: LogArgs,
    }

    fn check(flags: &[&str]) -> Result<Settings, Vec<String>> {
        let line = Line::parse_from([&["attestd"], flags].concat());
        line.serve.check(&line.log).map_err(|faults| faults.0)
    }

    #[test]
    fn the_defaults_are_valid_and_those_of_the_database() {
        let settings = check(&[]).unwrap_or_else(|faults| panic!("{faults:?}"));
        let pools = db::Options::default();
        assert_eq!(settings.pools, pools);
        assert_eq!(settings.uploads, Bounds::default());
        assert_eq!(settings.tokens, signing::Options::default());
        assert!(settings.surface.operator_key.is_none() && settings.surface.cors_origins.is_empty());
    }

    #[test]
    fn every_fault_is_told_at_once_by_its_variable() {
        let flags = "--database-url=mysql://x --listen=nowhere --operator-key=short --cors-origins=https://a.b/c \
                     --graphql-introspection=maybe --master-key=short --public-url=a.example --token-lifetime=59 \
                     --signing-key-days=0 --pool-size=0 --connection-wait=61 --request-timeout=-1 \
                     --statement-timeout=x --evidence-store=ftp://x --evidence-limit=5121 --evidence-pause=0 \
                     --outbound-allow=* --outbound-ca=/nowhere --rate-limit=-1 --rate-limit-anonymous=x \
                     --trust-forwarded=perhaps --shutdown-grace=601 --log==";
        let faults = check(&flags.split_whitespace().collect::<Vec<_>>()).err().unwrap_or_default();
        let named: Vec<_> = faults.iter().filter_map(|fault| fault.split(' ').next()).collect();
        let expected = [
            "ATTESTD_DATABASE_URL",
            "ATTESTD_LISTEN",
            "ATTESTD_OPERATOR_KEY",
            "ATTESTD_CORS_ORIGINS",
            "ATTESTD_GRAPHQL_INTROSPECTION",
            "ATTESTD_RATE_LIMIT",
            "ATTESTD_RATE_LIMIT_ANONYMOUS",
            "ATTESTD_TRUST_FORWARDED",
            "ATTESTD_MASTER_KEY",
            "ATTESTD_PUBLIC_URL",
            "ATTESTD_TOKEN_LIFETIME",
            "ATTESTD_SIGNING_KEY_DAYS",
            "ATTESTD_POOL_SIZE",
            "ATTESTD_CONNECTION_WAIT",
            "ATTESTD_STATEMENT_TIMEOUT",
            "ATTESTD_REQUEST_TIMEOUT",
            "ATTESTD_EVIDENCE_STORE",
            "ATTESTD_EVIDENCE_LIMIT",
            "ATTESTD_EVIDENCE_PAUSE",
            "ATTESTD_OUTBOUND_ALLOW",
            "ATTESTD_OUTBOUND_CA",
            "ATTESTD_SHUTDOWN_GRACE",
            "ATTESTD_LOG",
        ];
        assert_eq!(named, expected);
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in ["postgres://app:hunter2@db:5433/attestd", "postgres://app@db/attestd?password=hunter2"] {
            assert_eq!(DatabaseUrl::parse(url).unwrap().to_string(), "postgres://app@db/attestd");
        }
        let refused = DatabaseUrl::parse("postgres://app:hunter2@db:port/attestd").err().unwrap();
        assert!(!refused.contains("hunter2"), "{refused}");
    }

    #[test]
    fn origins_are_exact() {
        let both = origins("https://app.example.com, http://localhost:3000").unwrap();
        assert_eq!(both, ["https://app.example.com", "http://localhost:3000"]);
        for wrong in ["*", "app.example.com", "https://app.example.com/", "https://App.example.com", "null"] {
            assert!(origins(wrong).is_err(), "{wrong}");
        }
    }
}
