//! An S3 server in this process: s3s-fs over a folder, checking signatures.

use std::{collections::HashMap, net::SocketAddr};

use attestd::platform::files::{Address, Place};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use s3s_fs::FileSystem;
use tokio::{
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

use super::Folder;

const ACCESS_KEY: &str = "attestd-tests";
/// The secret that the server knows.
pub const SECRET: &str = "the-secret-of-the-tests";

/// A running server with one bucket, `evidence`.
pub struct S3 {
    /// What it keeps.
    pub folder: Folder,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl S3 {
    /// On a free port, with an empty bucket.
    pub async fn start() -> Self {
        let folder = Folder::new("s3");
        std::fs::create_dir(folder.path().join("evidence")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(serve(listener, service(&folder)));
        Self { folder, address, serving }
    }

    /// The bucket below a prefix, for whoever has this secret.
    pub fn place(&self, secret: &str) -> Place {
        let variables = HashMap::from(
            [
                ("AWS_ENDPOINT", format!("http://{}", self.address)),
                ("AWS_ALLOW_HTTP", "true".to_owned()),
                ("AWS_REGION", "us-east-1".to_owned()),
                ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
                ("AWS_SECRET_ACCESS_KEY", secret.to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        Place::open(&Address::parse("s3://evidence/attestd").unwrap(), &variables).unwrap()
    }

    /// The objects of the bucket, by their keys.
    pub fn objects(&self) -> Vec<String> {
        self.folder
            .files()
            .iter()
            .filter_map(|path| path.strip_prefix("evidence/").map(str::to_owned))
            .collect()
    }

    /// The parts of uploads that are not complete.
    pub fn parts(&self) -> Vec<String> {
        self.folder.files().into_iter().filter(|path| path.starts_with(".upload_id-")).collect()
    }

    /// Goes down, and every connection with it.
    pub async fn stop(&mut self) {
        self.serving.abort();
        drop((&mut self.serving).await);
    }

    /// Comes up again where it was.
    pub async fn restart(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serving = tokio::spawn(serve(listener, service(&self.folder)));
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn service(folder: &Folder) -> S3Service {
    let mut builder = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
    builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET));
    builder.build()
}

/// Until it is aborted: its connections are then dropped with it.
async fn serve(listener: TcpListener, service: S3Service) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((socket, _)) = listener.accept().await else { return };
        let service = service.clone();
        connections.spawn(async move {
            let http = Builder::new(TokioExecutor::new());
            drop(http.serve_connection(TokioIo::new(socket), service).await);
        });
    }
}
