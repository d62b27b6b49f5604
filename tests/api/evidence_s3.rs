//! Files of evidence in an object store: an S3 server that checks signatures.

use std::time::{Duration, SystemTime};

use attestd::program::evidence::sweep;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::evidence_files::{answer, begin, bytes, evidence, hex};
use crate::support::{
    s3::{S3, SECRET},
    *,
};

/// Over the least size of a part, so that it goes in several.
const LARGE: usize = 12 * 1024 * 1024 + 17;

async fn over(engine: Engine, s3: &S3, secret: &str) -> (TestApp, String) {
    let app = TestApp::with(engine, Setup { place: Some(s3.place(secret)), ..Setup::default() }).await;
    let key = app.tenant("acme").await;
    (app, key)
}

/// Runs on both engines, each with a store of its own.
macro_rules! on_both_over_s3 {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                super::scenario::$name(Engine::Sqlite).await;
            }
            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                super::scenario::$name(Engine::Postgres).await;
            }
        }
    )+};
}

on_both_over_s3!(
    files_go_to_their_address_and_come_back,
    a_wrong_secret_writes_nothing,
    an_upload_that_is_cut_leaves_no_object_and_no_part,
    a_store_that_goes_down_leaves_nothing_half_written,
    what_a_crash_left_is_swept,
);

/// Waits until parts of an upload have come to the store.
async fn under_way(s3: &S3) {
    eventually(async || (!s3.parts().is_empty()).then_some(())).await;
}

async fn half_sent(app: &TestApp, key: &str, at: &str, s3: &S3) -> TcpStream {
    let mut half = begin(app, key, at, LARGE).await;
    half.write_all(&bytes(LARGE)[..LARGE / 2]).await.unwrap();
    under_way(s3).await;
    half
}

mod scenario {
    use super::*;

    pub async fn files_go_to_their_address_and_come_back(engine: Engine) {
        let s3 = S3::start().await;
        let (app, key) = over(engine, &s3, SECRET).await;
        let tenant = app.read(&key, "/v1/tenant").await["id"].as_str().unwrap().to_owned();
        let mut addresses = Vec::new();
        for size in [0, 17, LARGE] {
            let (at, file) = (evidence(&app, &key).await, bytes(size));
            let sent = app.upload(&key, &format!("{at}/content"), &file, &[]).await;
            assert_eq!(sent.status(), 200, "{size}");
            addresses.push(format!("attestd/{tenant}/{}", hex(&file)));
            let back = app.call(Method::GET, &format!("{at}/content"), &key, None).await;
            assert_eq!(back.bytes().await.unwrap(), file);
            assert_eq!(app.stepped(&key, &format!("{at}/verify")).await["outcome"], "match");
            if size > 0 {
                let range = [("range", "bytes=-9")];
                let part = app.call_with(Method::GET, &format!("{at}/content"), &key, None, &range).await;
                assert_eq!((part.status().as_u16(), &*part.bytes().await.unwrap()), (206, &file[size - 9..]));
            }
        }
        addresses.sort();
        assert_eq!((s3.objects(), s3.parts()), (addresses, vec![]));
    }

    pub async fn a_wrong_secret_writes_nothing(engine: Engine) {
        let s3 = S3::start().await;
        let (app, key) = over(engine, &s3, "another-secret").await;
        for size in [17, LARGE] {
            let at = evidence(&app, &key).await;
            let refused = app.upload(&key, &format!("{at}/content"), &bytes(size), &[]).await;
            assert_eq!(refused.status(), 503, "{size}");
            let told: Value = refused.json().await.unwrap();
            assert_eq!(told["code"], "unavailable");
            assert!(!told.to_string().to_lowercase().contains("signature"), "{told}");
            assert_eq!(app.read(&key, &at).await["content_version"], 0);
        }
        assert_eq!((s3.objects(), s3.parts()), (vec![], vec![]));
    }

    pub async fn an_upload_that_is_cut_leaves_no_object_and_no_part(engine: Engine) {
        let s3 = S3::start().await;
        let (app, key) = over(engine, &s3, SECRET).await;
        let at = evidence(&app, &key).await;
        drop(half_sent(&app, &key, &at, &s3).await);
        eventually(async || s3.parts().is_empty().then_some(())).await;
        assert_eq!(s3.objects(), Vec::<String>::new());
        assert_eq!(app.read(&key, &at).await["content_version"], 0);
    }

    pub async fn a_store_that_goes_down_leaves_nothing_half_written(engine: Engine) {
        let mut s3 = S3::start().await;
        let (app, key) = over(engine, &s3, SECRET).await;
        let at = evidence(&app, &key).await;
        let mut half = half_sent(&app, &key, &at, &s3).await;
        s3.stop().await;
        half.write_all(&bytes(LARGE)[LARGE / 2..]).await.unwrap();
        let told = answer(half).await;
        assert!(told.starts_with("HTTP/1.1 503 ") && told.to_lowercase().contains("retry-after"), "{told}");
        // The rest of the service goes on without its store.
        assert_eq!(app.read(&key, &at).await["content_version"], 0);
        assert_eq!(s3.objects(), Vec::<String>::new());
        s3.restart().await;
        assert_eq!(app.upload(&key, &format!("{at}/content"), &bytes(LARGE), &[]).await.status(), 200);
        assert_eq!(s3.objects().len(), 1);
    }

    pub async fn what_a_crash_left_is_swept(engine: Engine) {
        let s3 = S3::start().await;
        let (app, key) = over(engine, &s3, SECRET).await;
        let tenant = app.read(&key, "/v1/tenant").await["id"].as_str().unwrap().to_owned();
        let at = evidence(&app, &key).await;
        app.upload(&key, &format!("{at}/content"), b"named", &[]).await;
        let named = format!("attestd/{tenant}/{}", hex(b"named"));
        let stranger = format!("attestd/ten_{}/{}", "0".repeat(32), hex(b"stranger"));
        let orphan = format!("attestd/{tenant}/{}", hex(b"orphan"));
        let (cut, own) = ("attestd/uploads/another-run-1", "attestd/uploads/test-run-1");
        for key in [&*stranger, &*orphan, cut, own] {
            let path = s3.folder.path().join("evidence").join(key);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"left behind").unwrap();
        }
        // Nothing is old enough.
        sweep(&app.services, SystemTime::now() - Duration::from_secs(3600)).await.unwrap();
        assert_eq!(s3.objects().len(), 5);
        sweep(&app.services, SystemTime::now() + Duration::from_secs(3600)).await.unwrap();
        let mut left = vec![named, stranger, own.to_owned()];
        left.sort();
        assert_eq!(s3.objects(), left);
    }
}
