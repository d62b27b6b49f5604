//! A write cut off at any step leaves no lock and nothing half written, and the next writer proceeds.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use attestd::{
    kernel::error::{Code, Error, Result},
    platform::{
        access::{Action, Ctx, Services},
        db::{Db, Statements},
        identity::members::{self, NewMember},
        journal::Write,
    },
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::support::{
    diary::{A, context, context_of, due},
    *,
};

on_both!(
    dropped_at_any_await,
    an_error_or_a_panic_at_any_step,
    out_of_time_at_any_step,
    a_caller_that_is_gone_cuts_nothing,
    a_client_that_hangs_up_cuts_nothing,
);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Begun,
    RowsWritten,
    Recorded,
}

const STEPS: [Step; 3] = [Step::Begun, Step::RowsWritten, Step::Recorded];

#[derive(Clone, Copy, Debug)]
enum How {
    Error,
    Panic,
    Hang,
}

/// Writes a member with a reference, a date and their journal entry; all of them carry the name.
async fn write(ctx: Ctx, name: String, cut: Option<(Step, How)>) -> Result<()> {
    let mut tx = ctx.may(Action::MemberCreate)?.write().await?;
    after(Step::Begun, cut).await?;
    tx.expect(&A, &[due(&name, None, "2027-01-01", None)]).await?;
    after(Step::RowsWritten, cut).await?;
    let input: NewMember = serde_json::from_value(json!({
        "kind": "machine", "name": name, "role": "viewer", "external_refs": [{ "system": "cut", "id": name }],
    }))
    .unwrap();
    let member = input.into_member(tx.tenant(), ctx.id(), ctx.now());
    members::service::add(&mut tx, member).await?;
    after(Step::Recorded, cut).await?;
    tx.commit(()).await
}

async fn after(step: Step, cut: Option<(Step, How)>) -> Result<()> {
    match cut {
        Some((at, how)) if at == step => match how {
            How::Error => Err(Error::new(Code::Conflict, "cut")),
            How::Panic => panic!("cut"),
            How::Hang => std::future::pending().await,
        },
        _ => Ok(()),
    }
}

/// Polls so many times; then drops the future with whatever it was waiting for still under way, or just done.
async fn cut_after<T>(polls: usize, done: bool, future: impl Future<Output = T>) -> Option<T> {
    let (mut future, mut seen) = (pin!(future), 0);
    poll_fn(|task| {
        if seen == polls {
            return Poll::Ready(None);
        }
        seen += 1;
        match future.as_mut().poll(task) {
            Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
            Poll::Pending if seen == polls && !done => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// The next writer proceeds, nothing is locked, and what carries the name is there whole or not at all.
async fn settled(app: &TestApp, key: &str, name: &str) -> bool {
    let next = json!({ "kind": "person", "name": "Next", "role": "viewer" });
    app.created(key, "/v1/members", next).await;
    let mut sql = Sql::unbound(&app.database).await;
    at_rest(&mut sql).await;
    let mut found = Vec::new();
    for (table, column) in
        [("members", "name"), ("external_refs", "external_id"), ("milestones", "code"), ("journal", "after")]
    {
        let text = format!("CAST({column} AS text)");
        let holds = if table == "journal" {
            format!("{text} LIKE '%\"{name}\"%'")
        } else {
            format!("{text} = '{name}'")
        };
        found.push(sql.number(&format!("SELECT count(*) FROM {table} WHERE {holds}")).await);
    }
    assert!(found.iter().all(|&n| n == found[0]) && found[0] <= 1, "{name}: half written: {found:?}");
    found[0] == 1
}

/// No transaction is open and nothing is locked. A server that has just been told may need a moment to see it.
async fn at_rest(sql: &mut Sql) {
    let mut left = vec!["not asked yet".to_owned()];
    let rest = async {
        while !left.is_empty() {
            left = held(sql).await;
        }
    };
    let rested = tokio::time::timeout(Duration::from_secs(10), rest).await;
    assert!(rested.is_ok(), "still held: {left:?}");
}

/// Open transactions and locks, other than the asker's own.
async fn held(sql: &mut Sql) -> Vec<String> {
    match sql {
        Sql::Sqlite(_) => {
            tokio::task::yield_now().await;
            sql.run("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK").await.err().into_iter().collect()
        }
        Sql::Postgres(_) => {
            fresh(sql).await;
            sql.column(
                "SELECT pid || ' ' || state || ' ' || coalesce(wait_event_type, '-') || ' ' || query FROM pg_stat_activity WHERE datname = current_database() \
                 AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle' UNION ALL \
                 SELECT pid || ' holds ' || mode FROM pg_locks WHERE pid <> pg_backend_pid() \
                 AND locktype <> 'virtualxid' \
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            )
            .await
        }
    }
}

/// Inside a transaction PostgreSQL shows the activity of its first look for ever, unless told otherwise.
async fn fresh(sql: &mut Sql) {
    sql.run("SELECT pg_stat_clear_snapshot()").await.unwrap();
}

/// Keeps other writers waiting, until it is dropped.
pub(super) enum Hold {
    /// SQLite's one writer.
    Writer(#[expect(dead_code, reason = "held, and let go when dropped")] Box<Write>),
    /// Rows on PostgreSQL, locked by somebody else.
    Rows(Sql),
}

impl Hold {
    /// Keeps every other writer of a tenant waiting.
    pub(super) async fn of(app: &TestApp, key: &str) -> Self {
        let ctx = context(app, key).await;
        // That a key was used is noted in the background; the wait to be seen must be another one.
        let used = async || app.read(key, "/v1/api-keys").await["data"][0]["last_used_at"].as_str().map(drop);
        eventually(used).await;
        match app.engine() {
            Engine::Sqlite => {
                Self::Writer(Box::new(ctx.may(Action::MemberCreate).unwrap().write().await.unwrap()))
            }
            Engine::Postgres => {
                let mut sql = Sql::unbound(&app.database).await;
                sql.run("BEGIN; UPDATE journal_heads SET seq = seq").await.unwrap();
                Self::Rows(sql)
            }
        }
    }

    pub(super) async fn until_someone_waits(&mut self, app: &TestApp) {
        self.until_waiting(app, 1).await;
    }

    /// Until so many wait for a lock.
    pub(super) async fn until_waiting(&mut self, app: &TestApp, many: i64) {
        let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        let seen = async {
            loop {
                let waiting = match (&mut *self, &app.services.db) {
                    (Self::Rows(sql), _) => {
                        fresh(sql).await;
                        sql.number(waits).await >= many
                    }
                    (Self::Writer(_), Db::Sqlite { writer, .. }) => writer.status().waiting as i64 >= many,
                    (Self::Writer(_), Db::Postgres(_)) => unreachable!("PostgreSQL has more than one writer"),
                };
                if waiting {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), seen).await.expect("somebody waits");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_waits_for_a_lock_is_given_up() {
    let app = TestApp::start(Engine::Postgres).await;
    let key = app.tenant("acme").await;
    let ctx = context(&app, &key).await;
    let mut hold = Hold::of(&app, &key).await;
    let blocked = tokio::spawn(write(ctx, "blocked".to_owned(), None));
    hold.until_someone_waits(&app).await;
    blocked.abort();
    assert!(blocked.await.unwrap_err().is_cancelled());
    // The lock it waited for is still held: nothing but the end of its own statement lets it go.
    if let Hold::Rows(sql) = &mut hold {
        at_rest(sql).await;
    }
    drop(hold);
    assert!(!settled(&app, &key, "blocked").await);
}

async fn gapless(app: &TestApp, key: &str) {
    let trail = app.read(key, "/v1/journal?sort=seq&limit=200").await;
    let numbers: Vec<_> =
        trail["data"].as_array().unwrap().iter().map(|e| e["seq"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
}

mod scenario {
    use super::*;

    pub async fn dropped_at_any_await(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        for done in [false, true] {
            let (mut polls, mut cuts) = (0, 0);
            loop {
                polls += 1;
                let name = format!("cut-{polls}-{done}");
                let one = tokio::spawn(cut_after(polls, done, write(ctx.clone(), name.clone(), None)));
                let outcome = one.await.unwrap();
                let there = settled(app, &key, &name).await;
                match outcome {
                    Some(outcome) => {
                        outcome.unwrap();
                        assert!(there);
                        break;
                    }
                    None => cuts += 1,
                }
            }
            // SQLite's statements are often done before anybody awaits them; PostgreSQL's never are.
            let enough = if app.engine() == Engine::Postgres { 6 } else { 0 };
            assert!(cuts >= enough, "begin, rows, journal and commit each wait at least once: {cuts}");
        }
        gapless(app, &key).await;
    }

    pub async fn an_error_or_a_panic_at_any_step(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        for step in STEPS {
            for (how, code) in [(How::Error, Code::Conflict), (How::Panic, Code::Internal)] {
                let name = format!("{step:?}-{how:?}");
                let refused = ctx.run(|ctx| write(ctx, name.clone(), Some((step, how)))).await;
                assert_eq!(refused.unwrap_err().code(), code);
                assert!(!settled(app, &key, &name).await, "{name}");
            }
        }
        gapless(app, &key).await;
    }

    pub async fn out_of_time_at_any_step(app: &TestApp) {
        let key = app.tenant("acme").await;
        let hurried = Services { timeout: Duration::from_millis(50), ..app.services.clone() };
        let ctx = context_of(app, hurried, &key, &Statements::default()).await;
        for step in STEPS {
            let name = format!("{step:?}");
            let refused = ctx.run(|ctx| write(ctx, name.clone(), Some((step, How::Hang)))).await;
            let refused = refused.unwrap_err();
            assert_eq!(refused.code(), Code::Unavailable);
            assert!(refused.detail().contains("not known") && refused.detail().contains("Idempotency-Key"));
            assert!(!settled(app, &key, &name).await, "{name}");
        }
        gapless(app, &key).await;
    }

    pub async fn a_caller_that_is_gone_cuts_nothing(app: &TestApp) {
        let key = app.tenant("acme").await;
        let ctx = context(app, &key).await;
        let (go, wait) = tokio::sync::oneshot::channel::<()>();
        let (told, done) = tokio::sync::oneshot::channel();
        let running = ctx.run(async move |ctx: Ctx| {
            let mut tx = ctx.may(Action::MemberCreate)?.write().await?;
            tx.expect(&A, &[due("gone", None, "2027-01-01", None)]).await?;
            wait.await.unwrap();
            drop(tx);
            write(ctx, "gone".to_owned(), None).await?;
            told.send(()).unwrap();
            Ok(())
        });
        assert!(cut_after(1, false, running).await.is_none());
        go.send(()).unwrap();
        done.await.unwrap();
        assert!(settled(app, &key, "gone").await, "what had begun was finished");
    }

    pub async fn a_client_that_hangs_up_cuts_nothing(app: &TestApp) {
        let key = app.tenant("acme").await;
        let mut hold = Hold::of(app, &key).await;
        let body = json!({ "kind": "machine", "name": "hung-up", "role": "viewer",
            "external_refs": [{ "system": "cut", "id": "hung-up" }] })
        .to_string();
        let request = format!(
            "POST /v1/members HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(app.base.trim_start_matches("http://")).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        hold.until_someone_waits(app).await;
        stream.set_zero_linger().unwrap();
        drop(stream);
        drop(hold);
        let next = json!({ "kind": "person", "name": "Next", "role": "viewer" });
        app.created(&key, "/v1/members", next).await;
        let all = app.read(&key, "/v1/members?external_ref=cut:hung-up").await;
        assert_eq!(texts(&all["data"], "name"), ["hung-up"]);
        let id = all["data"][0]["id"].as_str().unwrap();
        assert_eq!(app.events(&key, id).await.len(), 1);
        at_rest(&mut Sql::unbound(&app.database).await).await;
    }
}
