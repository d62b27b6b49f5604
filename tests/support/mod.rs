//! What every test stands on: a real server on a random port over a fresh database of either engine, with a clock
//! that stands still and ids that are the same in every run. Scenarios go through the public API, on both engines:
//!
//! ```ignore
//! on_both!(controls_are_listed);
//! mod scenario {
//!     pub async fn controls_are_listed(app: &TestApp) { … }
//! }
//! ```

#![allow(dead_code, unused_imports, unused_macros, reason = "each test binary uses its own part of this")]

mod app;
mod call;
mod clock;
pub mod database;
pub mod diary;
mod evaluated;
mod folder;
mod oidc;
pub mod operations;
mod provider;
pub mod s3;
pub mod sql;
pub mod world;

pub use app::{ISSUER, MASTER_KEY, OPERATOR, Setup, TestApp, client};
pub use call::{pointer, statements, texts};
pub use clock::{NOW, TestClock};
pub use database::Database;
pub use evaluated::review;
pub use folder::Folder;
pub use oidc::Oidc;
pub use provider::{AUDIENCE, Provider};
pub use sql::Sql;
pub use world::World;

pub use attestd::platform::db::Engine;
pub use reqwest::{Method, Response, StatusCode};
pub use serde_json::{Value, json};

/// Runs each `scenario::name(&TestApp)` on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use $crate::support::{Engine, TestApp};

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                super::scenario::$name(&TestApp::start(Engine::Sqlite).await).await;
            }
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                super::scenario::$name(&TestApp::start(Engine::Postgres).await).await;
            }
        }
    )+};
}
pub(crate) use on_both;

/// Asks again until the answer is some; what happens in the background has happened then.
pub async fn eventually<T>(ask: impl AsyncFn() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), asking).await.expect("it happens in the end")
}
