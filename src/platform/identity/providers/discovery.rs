//! OpenID Connect Discovery 1.0: where a provider's keys are. The fetching is injected; what is done with the answers
//! is pure.

use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::{Method, Request, Url, header::CACHE_CONTROL};
use serde::Deserialize;

use super::keys::KeySet;
use crate::platform::outbound::{Answer, Failure, Outbound};

/// How long each of the two calls may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long keys are taken as they are, in seconds, where the provider does not say: an hour.
const LIFETIME: i64 = 60 * 60;
/// The least and the most a provider may say: five minutes and a day.
const LIFETIMES: (i64, i64) = (5 * 60, 24 * 60 * 60);

/// The way to a provider.
pub trait Fetch: Send + Sync {
    /// What is at a URL.
    fn fetch(&self, url: Url) -> BoxFuture<'_, Result<Answer, Failure>>;
}

impl Fetch for Outbound {
    fn fetch(&self, url: Url) -> BoxFuture<'_, Result<Answer, Failure>> {
        let mut request = Request::new(Method::GET, url);
        *request.timeout_mut() = Some(PATIENCE);
        Box::pin(self.send(request))
    }
}

/// What a provider publishes.
pub struct Published {
    /// Where its keys are.
    pub jwks_uri: String,
    /// Its keys.
    pub keys: KeySet,
    /// How long to take them as they are, in seconds.
    pub lifetime: i64,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

/// Asks a provider for its keys.
///
/// # Errors
/// A message for the tenant's owner.
pub async fn discover(fetch: &dyn Fetch, issuer: &str) -> Result<Published, String> {
    let at = well_known(issuer)?;
    let answer = ask(fetch, at).await?;
    let metadata: Metadata = serde_json::from_slice(&answer.body)
        .map_err(|_| format!("{} has no JSON with issuer and jwks_uri", place(issuer)))?;
    // Exactly, by section 4.3: an issuer that differs in a slash is another's.
    if metadata.issuer != issuer {
        let other: String = metadata.issuer.chars().take(200).collect();
        return Err(format!("{} says that its issuer is {other:?}; register exactly that", place(issuer)));
    }
    let at = Url::parse(&metadata.jwks_uri).map_err(|_| "its jwks_uri is not a URL".to_owned())?;
    let answer = ask(fetch, at).await?;
    let keys = KeySet::parse(&answer.body)?;
    Ok(Published { jwks_uri: metadata.jwks_uri, keys, lifetime: lifetime(&answer) })
}

fn place(issuer: &str) -> String {
    format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
}

fn well_known(issuer: &str) -> Result<Url, String> {
    Url::parse(&place(issuer)).map_err(|_| "its issuer is not a URL".to_owned())
}

async fn ask(fetch: &dyn Fetch, url: Url) -> Result<Answer, String> {
    let shown = url.to_string();
    match fetch.fetch(url).await {
        Ok(answer) if answer.status == 200 => Ok(answer),
        Ok(answer) => Err(format!("{shown} answers {}", answer.status)),
        Err(failure) => Err(format!("{shown}: {failure}")),
    }
}

fn lifetime(answer: &Answer) -> i64 {
    let said = answer.headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let age = said.split(',').find_map(|part| part.trim().strip_prefix("max-age=")?.parse().ok());
    age.map_or(LIFETIME, |age: i64| age.clamp(LIFETIMES.0, LIFETIMES.1))
}

#[cfg(test)]
pub(super) mod tests {
    use std::{
        collections::HashMap,
        sync::{
            Mutex,
            atomic::{AtomicUsize, Ordering},
        },
    };

    use reqwest::header::HeaderMap;

    use super::*;

    pub const ISSUER: &str = "https://idp.example.com/acme";
    pub const METADATA: &str =
        r#"{"issuer":"https://idp.example.com/acme","jwks_uri":"https://idp.example.com/keys"}"#;

    /// A provider that is what the test says; counts how often it is asked for its keys.
    #[derive(Default)]
    pub struct Fake {
        pub pages: Mutex<HashMap<String, Result<String, Failure>>>,
        pub max_age: Option<i64>,
        pub asked: AtomicUsize,
    }

    impl Fake {
        pub fn with(metadata: &str, keys: &str) -> Self {
            let fake = Self::default();
            fake.put("https://idp.example.com/acme/.well-known/openid-configuration", Ok(metadata));
            fake.put("https://idp.example.com/keys", Ok(keys));
            fake
        }

        pub fn put(&self, url: &str, page: Result<&str, Failure>) {
            self.pages.lock().unwrap().insert(url.to_owned(), page.map(str::to_owned));
        }
    }

    impl Fetch for Fake {
        fn fetch(&self, url: Url) -> BoxFuture<'_, Result<Answer, Failure>> {
            if url.path() == "/keys" {
                self.asked.fetch_add(1, Ordering::SeqCst);
            }
            let page = self.pages.lock().unwrap().get(url.as_str()).cloned();
            let mut headers = HeaderMap::new();
            if let Some(age) = self.max_age {
                headers.insert(CACHE_CONTROL, format!("public, max-age={age}").parse().unwrap());
            }
            Box::pin(async move {
                match page {
                    Some(Ok(text)) => Ok(Answer { status: 200, headers, body: text.into_bytes() }),
                    Some(Err(failure)) => Err(failure),
                    None => Ok(Answer { status: 404, headers, body: Vec::new() }),
                }
            })
        }
    }

    async fn told(fake: &Fake) -> String {
        discover(fake, ISSUER).await.err().unwrap()
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_by_name() {
        let keys = r#"{"keys":[]}"#;
        let other = METADATA.replace("/acme\"", "/acme/\"");
        assert!(told(&Fake::with(&other, keys)).await.contains("register exactly that"));
        assert!(told(&Fake::with("<html>", keys)).await.contains("no JSON with issuer and jwks_uri"));
        assert!(told(&Fake::with(METADATA, "<html>")).await.contains("not JSON"));
        assert!(told(&Fake::default()).await.contains("answers 404"));
        let down = Fake::with(METADATA, keys);
        down.put("https://idp.example.com/keys", Err(Failure::TimedOut));
        assert!(told(&down).await.contains("did not answer in time"));
        let found = discover(&Fake::with(METADATA, keys), ISSUER).await.ok().unwrap();
        assert_eq!(found.jwks_uri, "https://idp.example.com/keys");
    }

    #[tokio::test]
    async fn a_lifetime_is_kept_within_bounds() {
        for (said, kept) in [(None, 3600), (Some(600), 600), (Some(0), 300), (Some(10_000_000), 86_400)] {
            let fake = Fake { max_age: said, ..Fake::with(METADATA, r#"{"keys":[]}"#) };
            assert_eq!(discover(&fake, ISSUER).await.ok().unwrap().lifetime, kept, "{said:?}");
        }
    }
}
