//! A running service.

use std::{
    io,
    net::IpAddr,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use attestd::{
    app::{self, Service},
    platform::{
        access::Services,
        db::{Db, Engine, Options},
        files::{Address, Bounds, Files, Place},
        http::Quotas,
        identity::{
            Homes,
            providers::Trust,
            signing::{self, Tokens},
        },
        ids::Ids,
        outbound::{self, Allow, Lookup, Outbound},
    },
};
use futures_util::future::BoxFuture;
use reqwest::Client;

use super::{Database, Folder, Provider, TestClock};

/// The operator's secret of every test.
pub const OPERATOR: &str = "operator-secret-of-the-tests-0123456789";

/// The master key of every test.
pub const MASTER_KEY: &str = "0f0e0d0c0b0a090807060504030201000f0e0d0c0b0a09080706050403020100";

/// The issuer of every test's access tokens.
pub const ISSUER: &str = "https://attestd.test";

/// What a test may want otherwise.
pub struct Setup {
    /// Connections and waits.
    pub options: Options,
    /// How long a use case may take.
    pub timeout: Duration,
    /// What the surface depends on.
    pub surface: app::Options,
    /// How uploads are bounded.
    pub uploads: Bounds,
    /// Where files of evidence are kept; a folder of the test's own unless said.
    pub place: Option<Place>,
    /// The master keys; empty for none.
    pub master_key: String,
    /// What may be called for tenants.
    pub outbound: outbound::Options,
}

/// Tests call nothing by its name.
struct NoNames;

impl Lookup for NoNames {
    fn lookup(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async { Err(io::Error::other("tests look no name up")) })
    }
}

impl Default for Setup {
    fn default() -> Self {
        let options = Options { pool_size: 4, ..Options::default() };
        let operator_key = Some(OPERATOR.to_owned());
        // A provider of the tests' own lies on loopback.
        let allow = Allow::parse("127.0.0.1").unwrap();
        let outbound = outbound::Options { allow, ..outbound::Options::default() };
        // What is tested is not how often.
        let quotas = Quotas::NONE;
        let surface = app::Options { operator_key, diagnostics: true, quotas, ..app::Options::default() };
        let (timeout, master_key) = (Duration::from_secs(20), MASTER_KEY.to_owned());
        Self { options, timeout, surface, uploads: Bounds::default(), place: None, master_key, outbound }
    }
}

/// A real server over a fresh database. Dropped, both are gone.
pub struct TestApp {
    /// Where it listens: `http://127.0.0.1:…`.
    pub base: String,
    /// What its requests share.
    pub services: Services,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// Its database.
    pub database: Database,
    /// Where its files of evidence are, unless it was set up with another place.
    pub folder: Folder,
    pub(super) client: Client,
    servers: Mutex<Vec<actix_web::dev::ServerHandle>>,
    provider: OnceLock<Provider>,
}

impl TestApp {
    /// As every test wants it.
    pub async fn start(engine: Engine) -> Self {
        Self::with(engine, Setup::default()).await
    }

    /// As this test wants it.
    pub async fn with(engine: Engine, setup: Setup) -> Self {
        let (database, clock) = (Database::migrated(engine).await, Arc::new(TestClock::default()));
        let folder = Folder::new("evidence");
        let own = || Place::open(&Address::Folder(folder.path().into()), &Default::default()).unwrap();
        let place = setup.place.unwrap_or_else(own);
        let services = Services {
            files: Files::new(place, setup.uploads, "test-run".to_owned()),
            db: Db::open(&database.url, &setup.options).unwrap(),
            clock: clock.clone(),
            ids: Arc::new(Ids::seeded(7)),
            runtime: tokio::runtime::Handle::current(),
            timeout: setup.timeout,
            outbound: Outbound::new(&setup.outbound, Arc::new(NoNames)).unwrap(),
            trust: Trust::default(),
            followers: app::FOLLOWERS,
            linked: attestd::assurance::audits::linked,
            vault: setup.master_key.parse().unwrap(),
            tokens: tokens(),
            homes: Homes::default(),
        };
        services.db.refuse_bypass().await.expect("tests run as an ordinary role");
        let (base, server) = serve(services.clone(), setup.surface);
        let (provider, servers) = (OnceLock::new(), Mutex::new(vec![server]));
        Self { base, services, clock, database, folder, client: client(), provider, servers }
    }

    /// Another process of the same service: its own memory and port, the same database and clock.
    pub fn sibling(&self) -> (String, Services) {
        let services = Services { tokens: tokens(), homes: Homes::default(), ..self.services.clone() };
        let (base, server) = serve(services.clone(), Setup::default().surface);
        self.servers.lock().unwrap().push(server);
        (base, services)
    }

    /// An OpenID provider that it may call.
    pub fn provider(&self) -> &Provider {
        self.provider.get_or_init(Provider::start)
    }

    /// Which engine it runs on.
    pub fn engine(&self) -> Engine {
        self.services.db.engine()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // The message to stop is sent at once; nobody needs to wait for it to be done.
        self.servers.get_mut().unwrap().iter().for_each(|server| drop(server.stop(false)));
    }
}

fn tokens() -> Tokens {
    Tokens::new(signing::Options { issuer: ISSUER.to_owned(), ..signing::Options::default() })
}

fn serve(services: Services, surface: app::Options) -> (String, actix_web::dev::ServerHandle) {
    let service = Service::new(services, surface).unwrap();
    let server = actix_web::HttpServer::new(move || service.app()).workers(1).disable_signals();
    let server = server.bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(server);
    (base, handle)
}

/// A client of our own: reqwest is built without a provider for TLS, and wants one even for plain HTTP. It lets go of
/// a connection before the server does, which would close it while a request is on its way.
pub fn client() -> Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::builder().pool_idle_timeout(Duration::from_secs(2)).build().unwrap()
}
