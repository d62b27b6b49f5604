//! The binary: the command line of [`attestd`].

mod cli;

use std::process::ExitCode;

// A request is many small allocations; the system's allocator took a quarter of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
