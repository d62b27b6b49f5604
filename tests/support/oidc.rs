//! oidc-provider in a process of its own: tests/conformance/oidc-provider.cjs, which takes a command a line.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// A running provider. Dropped, it is gone.
pub struct Oidc {
    /// Its issuer.
    pub issuer: String,
    commands: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl Oidc {
    /// Starts one. Node.js finds the packages by `NODE_PATH`.
    pub async fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/oidc-provider.cjs");
        let mut process = Command::new("node")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node runs: see scripts/install");
        let commands = process.stdin.take().unwrap();
        let mut answers = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = answers.next_line().await.unwrap();
        let first = first.expect("NODE_PATH is what scripts/node-modules prints: run ./scripts/test");
        let issuer = serde_json::from_str::<Value>(&first).unwrap()["issuer"].as_str().unwrap().to_owned();
        Self { issuer, commands, answers, _process: process }
    }

    /// The answer to a command.
    pub async fn ask(&mut self, command: Value) -> Value {
        self.commands.write_all(format!("{command}\n").as_bytes()).await.unwrap();
        let answer = self.answers.next_line().await.unwrap();
        serde_json::from_str(&answer.unwrap_or_else(|| panic!("no answer to {command}"))).unwrap()
    }

    /// A client-credentials access token, as the provider itself issues it.
    pub async fn token(&mut self, client: &str, alg: &str) -> String {
        self.signed(json!({ "token": { "client": client, "alg": alg } })).await
    }

    /// What a command signs.
    pub async fn signed(&mut self, command: Value) -> String {
        self.ask(command).await.as_str().unwrap().to_owned()
    }
}
