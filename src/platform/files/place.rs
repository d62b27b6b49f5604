//! Where files are kept: `file:FOLDER`, or the URL of an object store such as `s3://bucket/prefix`.

use std::{collections::HashMap, fmt, path::PathBuf, sync::Arc, time::Duration};

use object_store::{
    ClientOptions, ObjectStore, ObjectStoreScheme as Scheme, RetryConfig, aws::AmazonS3Builder,
    azure::MicrosoftAzureBuilder, gcp::GoogleCloudStorageBuilder, local::LocalFileSystem, memory::InMemory,
    path::Path,
};
use url::Url;

/// Bytes that an upload holds in memory before it passes them on: a folder takes any part, an object store wants 5 MiB
/// of all but the last.
const FOLDER_PART: usize = 16 * 1024;
const OBJECT_PART: usize = 5 * 1024 * 1024;

/// Uploads that hold a part at the same time; others wait for their turn.
const FOLDER_SLOTS: usize = 64;
const OBJECT_SLOTS: usize = 32;

/// How the variables begin that object stores read.
const OWN: [&str; 3] = ["AWS_", "AZURE_", "GOOGLE_"];

/// A place for files.
#[derive(Clone)]
pub struct Place {
    pub(super) store: Arc<dyn ObjectStore>,
    pub(super) folder: Option<PathBuf>,
    pub(super) part: usize,
    pub(super) slots: usize,
    prefix: Path,
    shown: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

/// An address that was checked and not opened yet. Holds no secret: those are in the store's own variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A folder of this machine.
    Folder(PathBuf),
    /// An object store.
    Remote(Url),
}

impl Address {
    /// Reads `file:FOLDER`, `s3://…`, `gs://…` or `az://…`.
    ///
    /// # Errors
    /// What it must be like.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("must be like file:FOLDER or s3://BUCKET/PREFIX, not {text:?}");
        if let Some(folder) = text.strip_prefix("file:") {
            return if folder.is_empty() { Err(wrong()) } else { Ok(Self::Folder(folder.into())) };
        }
        let url = Url::parse(text).map_err(|_| wrong())?;
        if url.password().is_some() {
            return Err(
                "must not hold a secret; object stores read theirs from their own variables".to_owned()
            );
        }
        match Scheme::parse(&url) {
            Ok((Scheme::AmazonS3 | Scheme::GoogleCloudStorage | Scheme::MicrosoftAzure, _)) => {
                Ok(Self::Remote(url))
            }
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "file:{}", folder.display()),
            Self::Remote(url) => write!(f, "{url}"),
        }
    }
}

impl Place {
    /// Opens the place; `variables` are the store's own settings, such as `AWS_REGION`.
    ///
    /// # Errors
    /// When the folder cannot be made, or a setting is missing or wrong.
    pub fn open(address: &Address, variables: &HashMap<String, String>) -> Result<Self, String> {
        let opened = match address {
            Address::Folder(folder) => Self::folder(folder),
            Address::Remote(url) => Self::remote(url, variables),
        };
        opened.map_err(|fault| format!("cannot open the evidence store {address}: {fault}"))
    }

    /// A place in memory, gone with the process: for commands that move no files.
    pub fn nowhere() -> Self {
        let (store, shown) = (Arc::new(InMemory::new()), "nowhere".to_owned());
        Self { store, folder: None, part: OBJECT_PART, slots: OBJECT_SLOTS, prefix: Path::default(), shown }
    }

    fn folder(folder: &PathBuf) -> Result<Self, String> {
        std::fs::create_dir_all(folder.join(super::receive::UPLOADS)).map_err(text)?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(text)?.with_fsync(true);
        Ok(Self {
            store: Arc::new(store),
            folder: Some(folder.clone()),
            part: FOLDER_PART,
            slots: FOLDER_SLOTS,
            prefix: Path::default(),
            shown: format!("file:{}", folder.display()),
        })
    }

    fn remote(url: &Url, variables: &HashMap<String, String>) -> Result<Self, String> {
        let (scheme, prefix) = Scheme::parse(url).map_err(text)?;
        // reqwest is built without a provider of its own: this is the one that the database's TLS uses.
        drop(rustls::crypto::ring::default_provider().install_default());
        macro_rules! build {
            ($builder:ty) => {{
                let builder = <$builder>::new().with_url(url.as_str());
                let set = |builder: $builder, (name, value): (&String, &String)| match name
                    .to_ascii_lowercase()
                    .parse()
                {
                    Ok(key) => builder.with_config(key, value),
                    Err(_) => builder,
                };
                let own = variables.iter().filter(|(name, _)| OWN.iter().any(|own| name.starts_with(own)));
                let builder = own.fold(builder.with_client_options(client()), set);
                Arc::new(builder.with_retry(retry()).build().map_err(text)?) as Arc<dyn ObjectStore>
            }};
        }
        let store = match scheme {
            Scheme::AmazonS3 => build!(AmazonS3Builder),
            Scheme::GoogleCloudStorage => build!(GoogleCloudStorageBuilder),
            Scheme::MicrosoftAzure => build!(MicrosoftAzureBuilder),
            _ => return Err("no such kind of store".to_owned()),
        };
        let prefix = Path::parse(prefix).map_err(text)?;
        Ok(Self {
            store,
            folder: None,
            part: OBJECT_PART,
            slots: OBJECT_SLOTS,
            prefix,
            shown: url.to_string(),
        })
    }

    /// The path of these parts below the place's prefix.
    pub(super) fn path(&self, parts: &[&str]) -> Path {
        parts.iter().fold(self.prefix.clone(), |path, part| path.join(*part))
    }
}

/// No time-out for a whole answer: a file may take long. A pause may not.
fn client() -> ClientOptions {
    ClientOptions::new()
        .with_connect_timeout(Duration::from_secs(5))
        .with_timeout_disabled()
        .with_read_timeout(Duration::from_secs(15))
}

/// A request waits for the store's answer, so it is given up soon.
fn retry() -> RetryConfig {
    RetryConfig { max_retries: 2, retry_timeout: Duration::from_secs(10), ..RetryConfig::default() }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_folder_or_an_object_store() {
        assert_eq!(Address::parse("file:evidence"), Ok(Address::Folder("evidence".into())));
        assert_eq!(
            Address::parse("s3://bucket/prefix").map(|one| one.to_string()),
            Ok("s3://bucket/prefix".to_owned())
        );
        for wrong in ["", "file:", "evidence", "http://host/x", "memory:///", "s3:", "ftp://host"] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
        let secret = Address::parse("s3://key:hunter2@bucket").unwrap_err();
        assert!(!secret.contains("hunter2"), "{secret}");
    }
}
