//! What is wrong is said in plain lines.

use super::process::{refused, run, run_with};
use crate::support::*;

#[test]
fn bad_settings_are_told_all_at_once() {
    let settings = [
        ("ATTESTD_DATABASE_URL", "postgres://app:hunter2@db:port/attestd"),
        ("ATTESTD_LISTEN", "nowhere"),
        ("ATTESTD_OPERATOR_KEY", "a-short-secret"),
        ("ATTESTD_POOL_SIZE", "0"),
        ("ATTESTD_LOG", "="),
    ];
    let lines = refused(&run_with(&["serve"], &settings));
    assert_eq!(lines.len(), settings.len(), "{lines:#?}");
    for (variable, _) in settings {
        let told = lines.iter().filter(|line| line.starts_with(&format!("attestd: {variable} ")));
        assert_eq!(told.count(), 1, "{variable} in {lines:#?}");
    }
    assert!(
        !lines.iter().any(|line| line.contains("hunter2") || line.contains("a-short-secret")),
        "{lines:#?}"
    );
}

#[test]
fn a_taken_port_is_one_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = std::env::temp_dir().join(format!("attestd-taken-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (address, url) = (taken.local_addr().unwrap().to_string(), format!("sqlite:{}/db", folder.display()));
    let store = format!("file:{}/evidence", folder.display());
    let arguments = ["serve", "--database-url", &url, "--listen", &address, "--evidence-store", &store];
    let lines = refused(&run(&arguments));
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].starts_with(&format!("attestd: cannot listen on {address}: ")), "{lines:#?}");
}

#[test]
fn a_database_that_cannot_be_opened_is_one_line_without_its_password() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = format!("postgres://app:hunter2@{closed}/attestd");
    for (url, shown) in [
        ("sqlite:/nowhere/at/all.sqlite", "sqlite:/nowhere/at/all.sqlite"),
        (&*server, "postgres://app@127.0.0.1/attestd"),
    ] {
        for command in ["serve", "migrate"] {
            let lines = refused(&run(&[command, "--database-url", url]));
            assert_eq!(lines.len(), 1, "{lines:#?}");
            assert!(
                lines[0].starts_with(&format!("attestd: cannot open {shown}: the database ")),
                "{lines:#?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_behind_is_not_served_and_the_command_is_named() {
    let database = Database::empty(Engine::Postgres).await;
    let lines = refused(&run(&["serve", "--database-url", &database.url]));
    assert!(lines.len() == 1 && lines[0].ends_with("migrations behind; run: attestd migrate"), "{lines:#?}");
}
