//! What each command does.

use std::process::Output;

use super::process::{Server, printed, run};
use crate::support::*;

#[test]
fn descriptions_are_printed_as_committed() {
    for (command, committed) in [
        ("openapi", include_str!("../../openapi/openapi.json")),
        ("graphql", include_str!("../../schema/schema.graphql")),
        ("access", include_str!("../../schema/access-matrix.txt")),
        ("events", include_str!("../../schema/events.json")),
    ] {
        assert!(printed(&[command]) == committed, "{command}");
    }
}

#[test]
fn every_setting_stands_in_the_manual() {
    let manual = include_str!("../../docs/OPERATIONS.md");
    let help = printed(&["serve", "--help"]);
    let flags =
        help.lines().filter_map(|line| line.trim_start().strip_prefix("--")?.split([' ', '=']).next());
    let flags: Vec<_> = flags.filter(|flag| *flag != "help").collect();
    assert!(flags.len() > 15, "{help}");
    for flag in flags {
        let variable = format!("ATTESTD_{}", flag.replace('-', "_").to_uppercase());
        assert!(manual.contains(&format!("| `--{flag}` | `{variable}` |")), "{flag}");
    }
}

#[test]
fn every_help_shows_an_example() {
    let top = printed(&["--help"]);
    assert!(top.contains("Examples:\n"), "{top}");
    let mut open =
        vec![vec!["demo"], vec!["serve"], vec!["migrate"], vec!["tenant"], vec!["tenant", "create"]];
    open.extend([vec!["key"], vec!["key", "create"], vec!["openapi"], vec!["graphql"]]);
    open.extend([vec!["access"], vec!["events"], vec!["signing-key"], vec!["signing-key", "rotate"]]);
    for command in &open {
        let help = printed(&[command.as_slice(), &["--help"]].concat());
        assert!(help.contains("Example:\n  ") && help.contains("attestd "), "{command:?}: {help}");
    }
    // A command that is not in the list above is seen here.
    for line in
        top.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty())
    {
        let name = line.strip_prefix("  ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
        assert!(name.is_empty() || name == "help" || open.contains(&vec![name]), "{name}");
    }
}

/// GET with a key, past every client but this.
async fn get(server: &Server, path: &str, key: &str) -> (u16, Value) {
    let url = format!("http://{}{path}", server.address);
    let answer = client().get(url).bearer_auth(key).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn tenants_and_keys_come_from_the_command_line(engine: Engine) {
    let database = Database::empty(engine).await;
    let at = ["--database-url", database.url.as_str()];
    let migrated = printed(&[["migrate"].as_slice(), &at].concat());
    assert!(migrated.ends_with(" migrations applied\n") && !migrated.starts_with('0'), "{migrated}");
    assert_eq!(printed(&[["migrate"].as_slice(), &at].concat()), "0 migrations applied\n");

    let create =
        ["tenant", "create", "--slug", "acme", "--name", "Acme Cloud", "--time-zone", "Europe/Berlin"];
    let tenant: Value = serde_json::from_str(&printed(&[create.as_slice(), &at].concat())).unwrap();
    let create = ["key", "create", "--tenant", "acme", "--role", "viewer", "--scope", "members:read"];
    let create = [create.as_slice(), &["--expires", "2999-01-01T00:00:00Z"], &at].concat();
    let key: Value = serde_json::from_str(&printed(&create)).unwrap();
    assert_eq!(
        (&key["expires_at"], &key["scopes"]),
        (&json!("2999-01-01T00:00:00Z"), &json!(["members:read"]))
    );

    let auditor = ["key", "create", "--tenant", "acme", "--role", "auditor"];
    let endless = run(&[auditor.as_slice(), &at].concat());
    assert_eq!(endless.status.code(), Some(2));
    let told = String::from_utf8(endless.stderr).unwrap();
    assert!(told.starts_with("attestd: --expires: an auditor's access must end"), "{told}");
    // Half past midnight in Berlin.
    printed(&[auditor.as_slice(), &["--expires", "2998-12-31T23:30:00Z"], &at].concat());

    let mut server = Server::start(&database.url);
    let owner = tenant["owner_key"]["key"].as_str().unwrap();
    let auditors = get(&server, "/v1/members?role=auditor", owner).await.1;
    assert_eq!(auditors["data"].as_array().unwrap().len(), 1, "one was refused whole");
    assert_eq!(auditors["data"][0]["access_ends_on"], "2999-01-01");
    let (status, own) = get(&server, "/v1/tenant", tenant["owner_key"]["key"].as_str().unwrap()).await;
    assert_eq!((status, &own["slug"], &own["time_zone"]), (200, &json!("acme"), &json!("Europe/Berlin")));
    let key = key["key"].as_str().unwrap();
    assert_eq!(get(&server, "/v1/members", key).await.0, 200);
    assert_eq!(get(&server, "/v1/controls", key).await.0, 403);
    let ended = key.replace(|c: char| c.is_ascii_digit(), "0");
    assert_eq!(get(&server, "/v1/controls", &ended).await.0, 401);

    let log = server.logged();
    assert!(log.matches("\"answered\"").count() == 5 && log.contains("/v1/controls"), "{log}");
    for key in [key, &ended, tenant["owner_key"]["key"].as_str().unwrap()] {
        let secret = key.split('_').nth(2).unwrap();
        assert!(secret.len() == 64 && !log.contains(secret), "{log}");
    }

    let says = |output: Output| String::from_utf8(output.stderr).unwrap();
    let again = run(&[["tenant", "create", "--slug", "acme", "--name", "Other"].as_slice(), &at].concat());
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(says(again), "attestd: /slug: another tenant has this slug\n");
    let nowhere =
        run(&[["key", "create", "--tenant", "nobody", "--role", "viewer"].as_slice(), &at].concat());
    assert_eq!(says(nowhere), "attestd: there is no nobody here\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_and_keys_come_from_the_command_line_on_sqlite() {
    tenants_and_keys_come_from_the_command_line(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_and_keys_come_from_the_command_line_on_postgres() {
    tenants_and_keys_come_from_the_command_line(Engine::Postgres).await;
}
