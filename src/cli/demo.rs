//! `attestd demo`: a service with real data in it, from one command.

use std::{
    fs,
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use attestd::{
    app::{Options, Service},
    calendar::midnight,
    config::{DatabaseUrl, LogArgs},
    demo::{self, Demo},
    kernel::time::{Clock, Date, SystemClock},
    platform::{
        access::Services,
        db,
        files::{Address, Bounds},
        identity::signing::{self, Tokens},
        ids::Ids,
        secrets::Vault,
    },
};
use clap::Args;
use serde_json::json;

use super::{Outcome, database, print, serve, start_log, text};

#[derive(Args)]
pub struct DemoArgs {
    /// Where to listen, as address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the demo's database and keys lie
    #[arg(long, value_name = "FOLDER", default_value = "attestd-data")]
    data_dir: PathBuf,
    /// Forget what is there and start over
    #[arg(long)]
    reset: bool,
}

const DATABASE: &str = "demo.sqlite";
const EVIDENCE: &str = "demo-evidence";
const KEYS: &str = "demo-keys.json";
const MASTER_KEY: &str = "demo-master-key";
/// SQLite keeps its log and its index of that beside the database.
const FILES: [&str; 5] = [DATABASE, "demo.sqlite-wal", "demo.sqlite-shm", KEYS, MASTER_KEY];

impl DemoArgs {
    /// Serves the demo; makes its data first where there is none.
    pub async fn run(&self, log: &LogArgs) -> Outcome {
        start_log(log.check().map_err(text)?);
        self.folder()?;
        let url = DatabaseUrl::parse(&format!("sqlite:{}", self.data_dir.join(DATABASE).display()))?;
        let issuer = format!("http://{}", self.listen);
        let evidence = Address::Folder(self.data_dir.join(EVIDENCE));
        let services = Services {
            vault: self.vault()?,
            tokens: Tokens::new(signing::Options { issuer, ..signing::Options::default() }),
            files: database::evidence(&evidence, Bounds::default())?,
            ..database::ready(&url, &db::Options::default(), Duration::from_secs(20)).await?
        };
        let service = Service::new(services.clone(), Options::default()).map_err(text)?;
        // The port is taken before anything is written.
        let (server, addresses) = serve::bind(service, self.listen, Duration::from_secs(5))?;
        let demo = self.demo(&services).await?;
        midnight::pass(&services).await.map_err(text)?;
        serve::sweep(services.clone());
        tokio::spawn(midnight::keep(services));
        let base = addresses.first().map_or_else(String::new, |address| format!("http://{address}"));
        print(&welcome(&base, &demo, SystemClock.now().date_in(chrono_tz::UTC)))?;
        server.await.map_err(text)
    }

    fn folder(&self) -> Outcome {
        let failed = |error: std::io::Error| {
            format!("cannot write to {}: {error}; choose another --data-dir", self.data_dir.display())
        };
        fs::create_dir_all(&self.data_dir).map_err(failed)?;
        let probe = self.data_dir.join(".probe");
        fs::write(&probe, []).and_then(|()| fs::remove_file(&probe)).map_err(failed)?;
        if self.reset {
            let evidence = self.data_dir.join(EVIDENCE);
            if evidence.exists() {
                fs::remove_dir_all(&evidence).map_err(failed)?;
            }
            for file in FILES.map(|name| self.data_dir.join(name)).iter().filter(|file| file.exists()) {
                fs::remove_file(file).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// The demo that is there, or a new one.
    async fn demo(&self, services: &Services) -> Outcome<Demo> {
        let keys = self.data_dir.join(KEYS);
        if let Ok(kept) = fs::read(&keys) {
            return serde_json::from_slice(&kept)
                .map_err(|_| format!("cannot read {}; start over with --reset", keys.display()));
        }
        let made = demo::make(services).await.map_err(|error| {
            let folder = self.data_dir.display();
            format!("cannot make the demo in {folder}: {error}; start over with --reset")
        })?;
        keep(&keys, &serde_json::to_vec_pretty(&made).map_err(text)?)?;
        Ok(made)
    }

    /// Under the demo's own master key, made where there is none.
    fn vault(&self) -> Outcome<Vault> {
        let path = self.data_dir.join(MASTER_KEY);
        let key = match fs::read_to_string(&path) {
            Ok(kept) => kept.trim().to_owned(),
            Err(_) => {
                let made: String =
                    Ids::System.bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
                keep(&path, made.as_bytes())?;
                made
            }
        };
        key.parse().map_err(|_| format!("cannot read {}; start over with --reset", path.display()))
    }
}

/// Secrets are for their owner's eyes.
fn keep(path: &Path, secret: &[u8]) -> Outcome {
    use std::os::unix::fs::OpenOptionsExt;
    let opened = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let written = opened.and_then(|mut file| file.write_all(secret));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn welcome(base: &str, demo: &Demo, today: Date) -> String {
    let Demo { cloud_key, cloud_client, certificate, health_key, health_client } = demo;
    let soon = today.plus_days(90);
    let curl = format!("curl -s -w '\\n' -H 'Authorization: Bearer {cloud_key}'");
    let posts = format!("{curl} -H 'Content-Type: application/json'");
    let plan = json!({
        "until": today.plus_months(48),
        "certifications": [{ "certification": certificate }],
        "attestations": [{ "report": "type_2", "wishes": [
            { "type": "window_opened", "days": { "from": today.plus_days(90) }, "months": 6 },
        ] }],
    });
    let query = format!(
        "{{ certification(id: \\\"{certificate}\\\") {{ number status validity {{ expiresOn }} milestones {{ title due state }} }} \
         milestones(filter: {{ dueBefore: \\\"{soon}\\\", state: [UPCOMING, OPEN, OVERDUE] }}) {{ nodes {{ title due state }} }} }}"
    );
    format!(
        "\n\
         attestd serves at {base}\n\
         \n\
         API reference      {base}/docs\n\
         OpenAPI document   {base}/openapi.json\n\
         GraphQL            {base}/graphql\n\
         \n\
         API keys of two owners:\n\
         Example Cloud GmbH, certified and in the middle of its three years\n  {cloud_key}\n\
         Example Health GmbH, before its first certification\n  {health_key}\n\
         \n\
         OAuth clients of the same two, as id:secret\n  {cloud_client}\n  {health_client}\n\
         \n\
         # The certificate, and its milestones\n\
         {curl} {base}/v1/certifications/{certificate} {base}/v1/certifications/{certificate}/milestones\n\
         \n\
         # What is due in the next 90 days\n\
         {curl} '{base}/v1/milestones?due_before={soon}&state=upcoming&state=open&state=overdue'\n\
         \n\
         # Both, as one GraphQL query\n\
         {posts} {base}/graphql -d '{{\"query\":\"{query}\"}}'\n\
         \n\
         # What if: the certificate and a new SOC 2 report of six months, four years on; nothing is written\n\
         {posts} {base}/v1/plans:simulate -d '{plan}'\n\
         \n\
         # An access token of fifteen minutes, to send in place of a key\n\
         curl -s -w '\\n' -u '{cloud_client}' -d grant_type=client_credentials {base}/v1/oauth/token\n\
         \n"
    )
}
