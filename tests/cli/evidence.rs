//! Evidence in a process of its own: killed in the middle of an upload, and under many uploads at once.

use std::{
    io::Write,
    net::TcpStream,
    path::Path,
    time::{Duration, SystemTime},
};

use super::process::{Server, printed};
use crate::support::*;

/// A served database with a tenant.
struct Served {
    database: Database,
    store: Folder,
    key: String,
}

impl Served {
    async fn new(engine: Engine) -> Self {
        let database = Database::migrated(engine).await;
        let create =
            ["tenant", "create", "--slug", "acme", "--name", "Acme", "--database-url", &database.url];
        let tenant: Value = serde_json::from_str(&printed(&create)).unwrap();
        let key = tenant["owner_key"]["key"].as_str().unwrap().to_owned();
        Self { database, store: Folder::new("evidence"), key }
    }

    fn start(&self) -> Server {
        Server::start_with(&self.database.url, &self.store)
    }

    async fn evidence(&self, server: &Server) -> String {
        let made = client()
            .post(format!("http://{}/v1/evidence", server.address))
            .bearer_auth(&self.key)
            .json(&json!({ "kind": "file", "title": "A file" }));
        let made: Value = made.send().await.unwrap().json().await.unwrap();
        format!("/v1/evidence/{}/content", made["id"].as_str().unwrap())
    }

    async fn upload(&self, server: &Server, at: &str, file: impl Into<reqwest::Body>) -> StatusCode {
        let put = client().put(format!("http://{}{at}", server.address)).bearer_auth(&self.key);
        put.header("if-match", "*").body(file).send().await.unwrap().status()
    }
}

async fn what_a_killed_server_leaves_is_swept(engine: Engine) {
    let served = Served::new(engine).await;
    let mut server = served.start();
    let at = served.evidence(&server).await;
    assert_eq!(served.upload(&server, &at, "named").await, 200);
    let [named] = &*served.store.files() else { panic!("{:?}", served.store.files()) };
    let mut half = TcpStream::connect(&server.address).unwrap();
    let head = format!(
        "PUT {at} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nIf-Match: *\r\nContent-Length: 2000000\r\n\r\n",
        served.key
    );
    half.write_all(head.as_bytes()).unwrap();
    half.write_all(&vec![7; 1_000_000]).unwrap();
    eventually(async || (served.store.files().len() == 2).then_some(())).await;
    server.kill();
    // As if it had been killed between the file's address and its row.
    let orphan = Path::new(named).with_file_name("0".repeat(64));
    std::fs::write(served.store.path().join(&orphan), b"orphan").unwrap();
    assert_eq!(served.store.files().len(), 3);

    let mut server = served.start();
    server.said("the evidence store is swept");
    if engine == Engine::Postgres {
        // Another process might be writing them: they stay until they are an hour old.
        assert_eq!(served.store.files().len(), 3);
        server.kill();
        for left in served.store.files() {
            let file = std::fs::File::options().write(true).open(served.store.path().join(left)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(3700)).unwrap();
        }
        server = served.start();
        server.said("the evidence store is swept");
    }
    assert_eq!(served.store.files(), [named.as_str()]);
    assert_eq!(served.upload(&server, &at, vec![7; 2_000_000]).await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_leaves_is_swept_on_sqlite() {
    what_a_killed_server_leaves_is_swept(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_leaves_is_swept_on_postgres() {
    what_a_killed_server_leaves_is_swept(Engine::Postgres).await;
}

/// Uploads `count` files of `size` bytes at once; tells how far the server's memory grew at its highest, in KiB.
async fn growth(count: usize, size: usize) -> u64 {
    let served = Served::new(Engine::Sqlite).await;
    let mut server = served.start();
    server.unheard();
    let server = server;
    let warm = served.evidence(&server).await;
    assert_eq!(served.upload(&server, &warm, vec![1; 1_000_000]).await, 200);
    let mut paths = Vec::new();
    for _ in 0..count {
        paths.push(served.evidence(&server).await);
    }
    let before = server.peak_memory();
    let file: &'static [u8] = vec![3; size].leak();
    let all = paths.iter().enumerate().map(|(n, at)| {
        // Each file is another, so that each is stored.
        let chunks = [n.to_string().into_bytes().leak(), file];
        let body =
            reqwest::Body::wrap_stream(futures_util::stream::iter(chunks.map(Ok::<_, std::io::Error>)));
        served.upload(&server, at, body)
    });
    let answers = futures_util::future::join_all(all).await;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    let files = served.store.files();
    assert_eq!(files.len(), count + 1);
    let after = server.peak_memory();
    println!("{count} uploads of {size} bytes at once: peak memory {before} KiB before, {after} KiB after");
    after - before
}

/// A hundred megabytes at once, and the server holds a fraction of them.
#[tokio::test(flavor = "multi_thread")]
async fn memory_does_not_grow_with_what_is_uploaded() {
    let grown = growth(20, 5_000_000).await;
    assert!(grown < 40_000, "{grown} KiB for 100 MB of files");
}

/// Four gigabytes at once: `cargo test --test cli -- --ignored --nocapture memory`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes 4 GB to the disk; scripts/test runs it"]
async fn memory_stays_flat_under_two_hundred_large_uploads() {
    let grown = growth(200, 20_000_000).await;
    assert!(grown < 150_000, "{grown} KiB for 4 GB of files");
}
