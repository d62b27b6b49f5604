//! Files of evidence: sent, got back whole and in part, and read again; and what is sent badly leaves nothing behind.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use attestd::platform::files::Bounds;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::*;

on_both!(
    a_file_comes_back_as_it_was_sent,
    a_part_of_a_file_is_a_range,
    no_file_can_run_in_our_origin,
    a_file_with_another_digest_is_not_kept,
    what_is_no_whole_file_is_refused,
    an_upload_that_is_cut_leaves_nothing,
    an_earlier_file_stays,
    a_file_is_read_again_and_compared,
    the_same_file_is_kept_once,
    a_store_that_fails_leaves_nothing_half_written,
);

/// A file's evidence; its path.
pub async fn evidence(app: &TestApp, key: &str) -> String {
    let made = app.created(key, "/v1/evidence", json!({ "kind": "file", "title": "A file" })).await;
    format!("/v1/evidence/{}", made["id"].as_str().unwrap())
}

/// So many bytes, not all the same.
pub fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|n| u8::try_from(n % 251).unwrap()).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest_field(bytes: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(bytes)))
}

/// What the store holds: one file for each digest, and no upload.
fn kept(app: &TestApp) -> Vec<String> {
    app.folder.files().iter().map(|path| path.rsplit('/').next().unwrap().to_owned()).collect()
}

async fn get(app: &TestApp, key: &str, at: &str, headers: &[(&str, &str)]) -> Response {
    app.call_with(Method::GET, &format!("{at}/content"), key, None, headers).await
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

mod scenario {
    use super::*;

    pub async fn a_file_comes_back_as_it_was_sent(app: &TestApp) {
        let key = app.tenant("acme").await;
        for size in [0, 1, 1_000_000] {
            let (at, file) = (evidence(app, &key).await, bytes(size));
            let sent = [
                ("content-type", "text/csv; charset=UTF-8"),
                (
                    "content-disposition",
                    "attachment; filename=\"review.csv\"; filename*=UTF-8''%C3%9Cbersicht.csv",
                ),
                ("content-digest", &*digest_field(&file)),
            ];
            let told = app.upload(&key, &format!("{at}/content"), &file, &sent).await;
            assert_eq!(told.status(), 200);
            let told: Value = told.json().await.unwrap();
            assert_eq!(
                told["content"]["file"],
                json!({ "name": "Übersicht.csv", "media_type": "text/csv; charset=utf-8", "size": size, "sha256": hex(&file) })
            );
            assert_eq!((&told["content_version"], &told["version"]), (&json!(1), &json!(2)));
            let back = get(app, &key, &at, &[]).await;
            assert_eq!(back.status(), 200);
            assert_eq!(header(&back, "content-type"), "text/csv; charset=utf-8");
            assert_eq!(header(&back, "etag"), format!("\"{}\"", hex(&file)));
            assert_eq!(header(&back, "content-length"), size.to_string());
            assert_eq!(header(&back, "content-digest"), digest_field(&file));
            assert_eq!(header(&back, "repr-digest"), digest_field(&file));
            assert_eq!(back.bytes().await.unwrap(), file);
            let known = get(app, &key, &at, &[("if-none-match", &format!("\"{}\"", hex(&file)))]).await;
            assert_eq!(known.status(), 304);
            let auditor = app.key_as(&key, "auditor").await;
            assert_eq!(get(app, &auditor, &at, &[]).await.bytes().await.unwrap(), file);
            assert_eq!(app.upload(&auditor, &format!("{at}/content"), &file, &[]).await.status(), 403);
        }
        let events = json!(app.events(&key, "evidence").await);
        assert_eq!(texts(&events, "type")[..2], ["evidence.created", "evidence.content_added"]);
        let query = "{ evidence(first: 1) { nodes { contentPath content { file { name size sha256 } } } } }";
        let told = app.ask(&key, query).await;
        let path =
            told["data"]["evidence"]["nodes"][0]["contentPath"].as_str().unwrap_or_else(|| panic!("{told}"));
        assert_eq!(app.call(Method::GET, path, &key, None).await.bytes().await.unwrap(), bytes(1_000_000));
    }

    pub async fn a_part_of_a_file_is_a_range(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (at, file) = (evidence(app, &key).await, bytes(300_000));
        app.upload(&key, &format!("{at}/content"), &file, &[]).await;
        for (asked, from, to) in [
            ("bytes=0-0", 0, 0),
            ("bytes=262143-262145", 262_143, 262_145),
            ("bytes=-10", 299_990, 299_999),
            ("bytes=299999-400000", 299_999, 299_999),
        ] {
            let part = get(app, &key, &at, &[("range", asked)]).await;
            assert_eq!(part.status(), 206, "{asked}");
            assert_eq!(header(&part, "content-range"), format!("bytes {from}-{to}/300000"));
            assert_eq!(header(&part, "content-length"), (to - from + 1).to_string());
            // The digest of the part is another than that of the file.
            assert_eq!(
                (header(&part, "content-digest"), header(&part, "repr-digest")),
                ("", &*digest_field(&file))
            );
            assert_eq!(part.bytes().await.unwrap(), file[from..=to], "{asked}");
        }
        let outside = get(app, &key, &at, &[("range", "bytes=300000-")]).await;
        assert_eq!((outside.status().as_u16(), header(&outside, "content-range")), (416, "bytes */300000"));
        assert_eq!(outside.json::<Value>().await.unwrap()["code"], "range_not_satisfiable");
        let tag = format!("\"{}\"", hex(&file));
        for (if_range, status) in [(&*tag, 206), ("\"another\"", 200), ("Wed, 25 Nov 2026 00:00:00 GMT", 200)]
        {
            let answer = get(app, &key, &at, &[("range", "bytes=0-9"), ("if-range", if_range)]).await;
            assert_eq!(answer.status(), status, "{if_range}");
        }
        let head = app
            .call_with(Method::HEAD, &format!("{at}/content"), &key, None, &[("range", "bytes=0-9")])
            .await;
        assert_eq!((head.status().as_u16(), header(&head, "content-length")), (206, "10"));
        assert!(head.bytes().await.unwrap().is_empty());
    }

    pub async fn no_file_can_run_in_our_origin(app: &TestApp) {
        let key = app.tenant("acme").await;
        let script = b"<script>fetch('/v1/members')</script>";
        for (media_type, name, answered, named) in [
            ("text/html", "page.html", "application/octet-stream", "page.html"),
            ("image/svg+xml", "../../a.svg", "application/octet-stream", "a.svg"),
            (
                "application/xhtml+xml",
                "a%0d%0aX-Evil:%201.xhtml",
                "application/octet-stream",
                "aX-Evil: 1.xhtml",
            ),
            ("text/javascript", "a%22;b=%22.js", "application/octet-stream", "a\";b=\".js"),
            ("application/pdf", "annex%E2%80%AEfdp.exe", "application/pdf", "annexfdp.exe"),
            ("text/plain", "notes.txt", "text/plain; charset=utf-8", "notes.txt"),
        ] {
            let at = evidence(app, &key).await;
            let put = format!("{at}/content?filename={name}");
            let told = app.upload(&key, &put, script, &[("content-type", media_type)]).await;
            let told: Value = told.json().await.unwrap();
            assert_eq!(told["content"]["file"]["name"], named, "{told}");
            let back = get(app, &key, &at, &[]).await;
            assert_eq!(header(&back, "content-type"), answered);
            assert!(header(&back, "content-disposition").starts_with("attachment; filename=\""), "{back:?}");
            assert_eq!(header(&back, "x-content-type-options"), "nosniff");
            assert_eq!(header(&back, "content-security-policy"), "sandbox; default-src 'none'");
            assert_eq!(header(&back, "cross-origin-resource-policy"), "same-origin");
            assert_eq!(header(&back, "x-evil"), "");
            assert_eq!(back.bytes().await.unwrap(), script.as_slice());
        }
    }

    pub async fn a_file_with_another_digest_is_not_kept(app: &TestApp) {
        let key = app.tenant("acme").await;
        let (at, file) = (evidence(app, &key).await, bytes(400_000));
        for field in ["content-digest", "repr-digest"] {
            let wrong = digest_field(&file[1..]);
            let refused = app.upload(&key, &format!("{at}/content"), &file, &[(field, &wrong)]).await;
            assert_eq!(refused.status(), 422);
            assert_eq!(refused.json::<Value>().await.unwrap()["code"], "digest_mismatch");
            assert_eq!(kept(app), Vec::<String>::new(), "{field}");
        }
        for unusable in ["sha-512=:AAAA:", "sha-256=abc", "sha-256=:AAAA:"] {
            let refused =
                app.upload(&key, &format!("{at}/content"), &file, &[("content-digest", unusable)]).await;
            assert_eq!(refused.status(), 422, "{unusable}");
        }
        assert_eq!(app.read(&key, &at).await["content_version"], 0);
    }

    pub async fn what_is_no_whole_file_is_refused(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = format!("{}/content", evidence(app, &key).await);
        for (name, value, status) in [
            ("content-encoding", "gzip", 415),
            ("content-range", "bytes 0-1/4", 400),
            ("content-type", "csv", 400),
            ("content-disposition", "attachment; filename=\"..\"", 422),
            ("content-disposition", "a name;of none", 422),
        ] {
            let refused = app.upload(&key, &at, b"file", &[(name, value)]).await;
            assert_eq!(refused.status(), status, "{name}: {value}");
        }
        let none = app.call(Method::PUT, &at, &key, None).await;
        assert_eq!(none.status(), 428);
        let stale = app.call_with(Method::PUT, &at, &key, None, &[("if-match", "\"7.x\"")]).await;
        assert_eq!(stale.status(), 412);
        assert_eq!(kept(app), Vec::<String>::new());
    }

    /// By a client that goes away half way.
    pub async fn an_upload_that_is_cut_leaves_nothing(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = evidence(app, &key).await;
        let mut half = begin(app, &key, &at, 2_000_000).await;
        half.write_all(&bytes(1_000_000)).await.unwrap();
        eventually(async || (!kept(app).is_empty()).then_some(())).await;
        drop(half);
        eventually(async || kept(app).is_empty().then_some(())).await;
        assert_eq!(app.read(&key, &at).await["content_version"], 0);
    }

    pub async fn an_earlier_file_stays(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = evidence(app, &key).await;
        for file in [b"first".as_slice(), b"second"] {
            let put = format!("{at}/content?filename={}.txt", file.len());
            assert_eq!(app.upload(&key, &put, file, &[("content-type", "text/plain")]).await.status(), 200);
        }
        let all = app.read(&key, &format!("{at}/versions")).await;
        let path = |n: usize| all["data"][n]["content_path"].as_str().unwrap().to_owned();
        assert_eq!(path(1), format!("{at}/versions/1/content"));
        let old = app.call(Method::GET, &path(1), &key, None).await;
        assert!(header(&old, "content-disposition").contains("\"5.txt\""), "{old:?}");
        assert_eq!(old.bytes().await.unwrap(), "first");
        assert_eq!(get(app, &key, &at, &[]).await.bytes().await.unwrap(), "second");
        app.refused(Method::GET, &format!("{at}/versions/3/content"), &key, None, 404).await;
        app.refused(Method::GET, &format!("{at}/versions/one/content"), &key, None, 404).await;
        let empty = evidence(app, &key).await;
        app.refused(Method::GET, &format!("{empty}/content"), &key, None, 404).await;
    }

    pub async fn a_file_is_read_again_and_compared(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = evidence(app, &key).await;
        app.upload(&key, &format!("{at}/content"), b"as it was", &[]).await;
        let verify = async || app.stepped(&key, &format!("{at}/verify")).await;
        let told = verify().await;
        assert_eq!((&told["outcome"], &told["content_version"]), (&json!("match"), &json!(1)));
        let on_disk = app.folder.path().join(&app.folder.files()[0]);
        std::fs::write(&on_disk, b"as it is!").unwrap();
        assert_eq!(verify().await["outcome"], "mismatch");
        std::fs::remove_file(&on_disk).unwrap();
        assert_eq!(verify().await["outcome"], "missing");
        assert_eq!(app.read(&key, &at).await["verification"]["outcome"], "missing");
        let gone = app.refused(Method::GET, &format!("{at}/content"), &key, None, 500).await;
        assert!(gone["detail"].as_str().unwrap().contains("verify"), "{gone}");
        let events = app.events(&key, "evidence").await;
        let outcomes: Vec<_> = events
            .iter()
            .filter(|event| event["type"] == "evidence.verified")
            .map(|event| event["after"]["verification"]["outcome"].as_str().unwrap())
            .collect();
        assert_eq!(outcomes, ["match", "mismatch", "missing"]);
    }

    pub async fn the_same_file_is_kept_once(app: &TestApp) {
        let (key, other) = (app.tenant("acme").await, app.tenant("other").await);
        for key in [&key, &key, &other] {
            let at = evidence(app, key).await;
            assert_eq!(app.upload(key, &format!("{at}/content"), b"same", &[]).await.status(), 200);
        }
        // Once for each tenant: what one has tells nothing about another.
        assert_eq!(kept(app), [hex(b"same"), hex(b"same")]);
    }

    pub async fn a_store_that_fails_leaves_nothing_half_written(app: &TestApp) {
        let key = app.tenant("acme").await;
        let at = evidence(app, &key).await;
        // The folder of uploads is no folder any more: no upload can begin.
        let uploads = app.folder.path().join("uploads");
        std::fs::remove_dir(&uploads).unwrap();
        std::fs::write(&uploads, b"in the way").unwrap();
        let refused = app.upload(&key, &format!("{at}/content"), &bytes(600_000), &[]).await;
        assert_eq!(refused.status(), 503);
        let told: Value = refused.json().await.unwrap();
        assert!(!told.to_string().contains("uploads"), "{told}");
        assert_eq!(app.read(&key, &at).await["content_version"], 0);
        assert_eq!(kept(app), ["uploads"]);
    }
}

/// Sends the head of an upload of so many bytes.
pub async fn begin(app: &TestApp, key: &str, at: &str, length: usize) -> TcpStream {
    let address = app.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PUT {at}/content HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nIf-Match: *\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// The status line and the rest of an answer.
pub async fn answer(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    drop(stream.read_to_end(&mut text).await);
    String::from_utf8_lossy(&text).into_owned()
}

async fn bounded(size: u64, idle: Duration) -> (TestApp, String, String) {
    let setup = Setup { uploads: Bounds { size, idle }, ..Setup::default() };
    let app = TestApp::with(Engine::Sqlite, setup).await;
    let key = app.tenant("acme").await;
    let at = evidence(&app, &key).await;
    (app, key, at)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_pauses_is_given_up() {
    let (app, key, at) = bounded(1_000_000, Duration::from_millis(200)).await;
    let mut slow = begin(&app, &key, &at, 1_000_000).await;
    slow.write_all(&bytes(400_000)).await.unwrap();
    let told = answer(slow).await;
    assert!(told.starts_with("HTTP/1.1 408 ") && told.contains("body_too_slow"), "{told}");
    eventually(async || kept(&app).is_empty().then_some(())).await;
}

/// The time of a use case does not bound the bytes that it waits for.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_upload_outlives_the_time_of_a_use_case() {
    let setup = Setup { timeout: Duration::from_secs(2), ..Setup::default() };
    let app = TestApp::with(Engine::Sqlite, setup).await;
    let key = app.tenant("acme").await;
    let at = evidence(&app, &key).await;
    let mut slow = begin(&app, &key, &at, 10).await;
    for n in 0..10 {
        // The two seconds have to pass: what is tested is that they do not matter.
        tokio::time::sleep(Duration::from_millis(250)).await;
        slow.write_all(&[n]).await.unwrap();
    }
    let told = answer(slow).await;
    assert!(told.starts_with("HTTP/1.1 200 "), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_announced_too_large_is_refused_unread() {
    let (app, key, at) = bounded(100_000, Duration::from_secs(10)).await;
    // Two gibibytes are announced, and not one byte of them is sent.
    let told = answer(begin(&app, &key, &at, 2 << 30).await).await;
    assert!(told.starts_with("HTTP/1.1 413 ") && told.contains("100000 bytes"), "{told}");
    let exact = app.upload(&key, &format!("{at}/content"), &bytes(100_000), &[]).await;
    assert_eq!(exact.status(), 200);
    let over = app.upload(&key, &format!("{at}/content"), &bytes(100_001), &[]).await;
    assert_eq!(over.status(), 413);
}

/// Without an announced length the body is read up to the limit, and no further than what is under way.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_turns_out_too_large_is_not_read_to_its_end() {
    let (app, key, at) = bounded(1_000_000, Duration::from_secs(10)).await;
    let address = app.base.trim_start_matches("http://").to_owned();
    let stream = TcpStream::connect(&address).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let head = format!(
        "PUT {at}/content HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nIf-Match: *\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    writer.write_all(head.as_bytes()).await.unwrap();
    let chunk = [b"10000\r\n".as_slice(), &[7; 0x10000], b"\r\n"].concat();
    let answered = Arc::new(AtomicBool::new(false));
    let seen = answered.clone();
    let sending = tokio::spawn(async move {
        let mut taken = 0_u64;
        while taken < (2 << 30) && !seen.load(Ordering::SeqCst) && writer.write_all(&chunk).await.is_ok() {
            taken += 0x10000;
        }
        // The body has no end: the server closes the connection, or waits for one forever.
        (taken, writer)
    });
    let mut status = [0; 13];
    reader.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 413 ");
    answered.store(true, Ordering::SeqCst);
    let mut rest = Vec::new();
    drop(reader.read_to_end(&mut rest).await);
    let (taken, _) = sending.await.unwrap();
    assert!(taken < 64 << 20, "{taken} bytes were taken of a file that may have one million");
    assert_eq!(kept(&app), Vec::<String>::new());
}
