//! The binary: the command line of [`attestd`].

mod cli;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(faults) => {
            faults.lines().for_each(|line| eprintln!("attestd: {line}"));
            ExitCode::from(2)
        }
    }
}
