//! A process of the service, and what it uses.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::Outcome;

/// The operator's secret of every run.
pub const OPERATOR: &str = "operator-secret-of-the-load-harness";

/// What the process logs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// Warnings.
    Quiet,
    /// Each statement as well.
    Statements,
}

/// A running service, stopped when dropped.
pub struct Server {
    process: Child,
    log: PathBuf,
    folder: PathBuf,
    /// Where it listens: `127.0.0.1:…`.
    pub address: String,
}

/// What a process has used so far.
#[derive(Clone, Copy, Default)]
pub struct Usage {
    /// Processor time.
    pub cpu: Duration,
    /// Resident memory at its highest, in bytes.
    pub peak: u64,
}

impl Server {
    /// Starts the built binary on a free port.
    pub fn start(database: &str, log: Log) -> Outcome<Self> {
        let folder =
            std::env::temp_dir().join(format!("attestd-load-{}-{:?}", std::process::id(), Instant::now()));
        let folder = PathBuf::from(folder.to_string_lossy().replace([' ', '{', '}', ':'], "-"));
        std::fs::create_dir_all(&folder)?;
        let path = folder.join("log");
        let filter = match log {
            Log::Quiet => "attestd::cli=info,warn",
            Log::Statements => "attestd::cli=info,attestd::sql=trace,warn",
        };
        let process = Command::new(env!("CARGO_BIN_EXE_attestd"))
            .args(["serve", "--listen", "127.0.0.1:0", "--rate-limit", "0", "--rate-limit-anonymous", "0"])
            .arg("--evidence-store")
            .arg(format!("file:{}", folder.display()))
            .env("ATTESTD_DATABASE_URL", database)
            .env("ATTESTD_OPERATOR_KEY", OPERATOR)
            .env("ATTESTD_LOG", filter)
            .stdout(Stdio::null())
            .stderr(File::create(&path)?)
            .spawn()?;
        let mut server = Self { process, log: path, folder, address: String::new() };
        server.address = server.listening()?;
        Ok(server)
    }

    fn listening(&mut self) -> Outcome<String> {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(30) {
            for line in BufReader::new(File::open(&self.log)?).lines() {
                let told: serde_json::Value = serde_json::from_str(&line?).unwrap_or_default();
                if let Some(address) = told["fields"]["listen"].as_str() {
                    return Ok(address.to_owned());
                }
            }
            if self.process.try_wait()?.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(format!("the service did not start: {}", std::fs::read_to_string(&self.log)?).into())
    }

    /// How many statements its log tells of.
    pub fn statements(&self) -> Outcome<usize> {
        Ok(std::fs::read_to_string(&self.log)?.matches("\"target\":\"attestd::sql\"").count())
    }

    /// What it has used; nothing where there is no `/proc`.
    pub fn usage(&self) -> Usage {
        read_usage(self.process.id()).unwrap_or_default()
    }
}

fn read_usage(process: u32) -> Option<Usage> {
    /// Linux tells time in hundredths of a second, whatever its own clock does.
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in parentheses may have blanks; user and system time are fields 14 and 15.
    let fields: Vec<_> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks: u32 = [11, 12].iter().filter_map(|n| fields.get(*n)?.parse::<u32>().ok()).sum();
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(Usage { cpu: TICK * ticks, peak: kilobytes * 1024 })
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
