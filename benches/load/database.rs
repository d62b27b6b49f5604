//! A fresh database for a run, gone after it.

use std::path::PathBuf;

use tokio_postgres::NoTls;

use crate::{Args, Engine, Outcome};

const NAME: &str = "attestd_load";

/// A database that the service can serve from.
pub struct Database {
    /// How the service opens it: on PostgreSQL as an ordinary role, which row-level security binds.
    pub url: String,
    /// A superuser's URL of the same database.
    pub superuser: Option<String>,
    folder: Option<PathBuf>,
}

impl Database {
    /// An empty one, migrated.
    pub async fn fresh(args: &Args) -> Outcome<Self> {
        let made = match args.engine {
            Engine::Sqlite => {
                let folder = std::env::temp_dir().join(format!("attestd-load-db-{}", std::process::id()));
                std::fs::create_dir_all(&folder)?;
                let url = format!("sqlite:{}", folder.join("db.sqlite").display());
                Self { url, superuser: None, folder: Some(folder) }
            }
            Engine::Postgres => Self::on_server(args.postgres.as_deref().unwrap_or_default()).await?,
        };
        let migrated = std::process::Command::new(env!("CARGO_BIN_EXE_attestd"))
            .arg("migrate")
            .env("ATTESTD_DATABASE_URL", &made.url)
            .stdout(std::process::Stdio::null())
            .status()?;
        if migrated.success() { Ok(made) } else { Err("the database could not be migrated".into()) }
    }

    async fn on_server(admin: &str) -> Outcome<Self> {
        run(
            admin,
            &[
                &format!("DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"),
                &format!("DROP ROLE IF EXISTS {NAME}"),
                &format!("CREATE ROLE {NAME} LOGIN"),
                &format!("CREATE DATABASE {NAME} OWNER {NAME}"),
            ],
        )
        .await?;
        let of = |role: Option<&str>| -> Outcome<String> {
            let mut url = url::Url::parse(admin)?;
            url.set_path(NAME);
            if let Some(role) = role {
                url.set_username(role).map_err(|()| "the URL takes no user")?;
            }
            Ok(url.to_string())
        };
        Ok(Self { url: of(Some(NAME))?, superuser: Some(of(None)?), folder: None })
    }

    /// Lets the planner see what was seeded.
    pub async fn settle(&self) -> Outcome {
        match &self.superuser {
            Some(url) => run(url, &["VACUUM ANALYZE", "CHECKPOINT"]).await,
            None => Ok(()),
        }
    }
}

async fn run(url: &str, statements: &[&str]) -> Outcome {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let connection = tokio::spawn(connection);
    for statement in statements {
        client.batch_execute(statement).await?;
    }
    drop(client);
    connection.await??;
    Ok(())
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            drop(std::fs::remove_dir_all(folder));
        }
    }
}
