//! Running the binary.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStderr, Command, Output, Stdio},
};

use serde_json::Value;

use crate::support::Folder;

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_attestd"));
    command.args(arguments).env_clear();
    command
}

/// The binary run to its end, without any setting in its environment.
pub fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// The same with these settings in its environment.
pub fn run_with(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    command(arguments).envs(settings.iter().copied()).output().unwrap()
}

/// What a command that must work prints.
pub fn printed(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = run(arguments);
    assert!(status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// The lines that a command that must fail says, with exit code 2 and nothing on standard output.
pub fn refused(output: &Output) -> Vec<String> {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap().lines().map(str::to_owned).collect()
}

/// A running `attestd serve`; killed when dropped.
pub struct Server {
    process: Child,
    log: Option<BufReader<ChildStderr>>,
    evidence: Option<Folder>,
    /// Where it listens.
    pub address: String,
}

impl Server {
    /// Started on a free port, and serving; its evidence is kept in a folder of its own.
    pub fn start(database: &str) -> Self {
        let evidence = Folder::new("evidence");
        let mut server = Self::start_with(database, &evidence);
        server.evidence = Some(evidence);
        server
    }

    /// The same with its evidence in this folder.
    pub fn start_with(database: &str, evidence: &Folder) -> Self {
        let store = format!("file:{}", evidence.path().display());
        let arguments =
            ["serve", "--database-url", database, "--listen", "127.0.0.1:0", "--evidence-store", &store];
        let mut process = command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
        let log = process.stderr.take().map(BufReader::new);
        let mut server = Self { process, log, evidence: None, address: String::new() };
        server.address = server.said("serving")["fields"]["listen"].as_str().unwrap().to_owned();
        server
    }

    /// Reads its log on, for a server that says much: it would wait for a reader otherwise.
    pub fn unheard(&mut self) {
        let mut log = self.log.take().unwrap();
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    }

    /// Its highest memory so far, in KiB.
    pub fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Sends SIGKILL, and waits until it is gone.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// The next line of the log with this message.
    pub fn said(&mut self, message: &str) -> Value {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            let log = self.log.as_mut().unwrap();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "no {message:?} in {lines:?}");
            let entry: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"));
            if entry["fields"]["message"] == message {
                return entry;
            }
            lines.push(line);
        }
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -TERM {}", self.process.id())).status();
        assert!(sent.unwrap().success());
    }

    /// The rest of its log, after SIGTERM.
    pub fn logged(&mut self) -> String {
        self.terminate();
        let mut rest = String::new();
        self.log.as_mut().unwrap().read_to_string(&mut rest).unwrap();
        rest
    }

    /// Its exit code, when it has ended of itself.
    pub fn ended(&mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
