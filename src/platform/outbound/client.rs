//! The client: one request, its whole answer, within bounds.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{Client, Request, Url, header::HeaderMap, redirect::Policy};
use rustls::pki_types::CertificateDer;

use super::{
    Allow, Lookup,
    allow::{self, Host},
    resolve::{Forbidden, Guard},
    special,
};
use crate::{kernel::error::with_causes, platform::tls};

/// How long connecting may take, looking the name up and TLS included.
const CONNECT: Duration = Duration::from_secs(3);
/// How long a call may take in all.
const TOTAL: Duration = Duration::from_secs(10);
/// An answer's bytes at the most.
const LIMIT: usize = 1024 * 1024;

/// What the operator says about calls to others.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What may be called though it is not the public internet's.
    pub allow: Allow,
    /// Authorities to trust beside the system's.
    pub authorities: Vec<CertificateDer<'static>>,
}

/// The one way out.
#[derive(Clone)]
pub struct Outbound(Arc<Inner>);

pub(super) struct Inner {
    allow: Allow,
    /// For the public internet and listed networks.
    pub(super) guarded: Client,
    /// For hosts that are listed themselves.
    trusted: Client,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Vec<u8>,
}

/// Why there is no answer. Its text may be shown to the tenant that named the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The rules forbid it.
    Forbidden(String),
    /// There was no connection, or it broke.
    Unreachable(String),
    /// It took too long.
    TimedOut,
    /// The answer was too large.
    TooLarge,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forbidden(told) => {
                write!(f, "{told}; only the operator can allow it, with ATTESTD_OUTBOUND_ALLOW")
            }
            Self::Unreachable(told) => write!(f, "it could not be reached: {told}"),
            Self::TimedOut => f.write_str("it did not answer in time"),
            Self::TooLarge => write!(f, "its answer has more than {LIMIT} bytes"),
        }
    }
}

impl Outbound {
    /// A client under the operator's rules, which looks names up in this way.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(options: &Options, lookup: Arc<dyn Lookup>) -> reqwest::Result<Self> {
        let tls = tls::client_config(&options.authorities);
        let client = |allow: Option<Allow>| {
            Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .dns_resolver(Guard { lookup: lookup.clone(), allow })
                .redirect(Policy::none())
                .referer(false)
                .no_proxy()
                .connect_timeout(CONNECT)
                .timeout(TOTAL)
                .user_agent(concat!("attestd/", env!("CARGO_PKG_VERSION")))
                .build()
        };
        let allow = options.allow.clone();
        let (guarded, trusted) = (client(Some(allow.clone()))?, client(None)?);
        Ok(Self(Arc::new(Inner { allow, guarded, trusted })))
    }

    /// Whether the rules forbid a URL as it stands, before its name is looked up.
    ///
    /// # Errors
    /// [`Failure::Forbidden`].
    pub fn check(&self, url: &Url) -> Result<(), Failure> {
        self.client(url).map(drop)
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    /// When the rules forbid it, the place does not answer in time, or answers too much.
    pub async fn send(&self, request: Request) -> Result<Answer, Failure> {
        let client = self.client(request.url())?;
        fetch(client, request).await
    }

    fn client(&self, url: &Url) -> Result<&Client, Failure> {
        let forbid = |told: String| Err(Failure::Forbidden(told));
        let Some(host) = allow::host(url) else { return forbid(format!("{url} names no host")) };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Failure::Unreachable("a URL with a user or a password is not called".to_owned()));
        }
        if self.0.allow.lists(url) {
            return Ok(&self.0.trusted);
        }
        if url.scheme() != "https" {
            return forbid(format!("{} is not https", url.scheme()));
        }
        match host {
            Host::Address(address) if !self.0.allow.has(address) => match special(address) {
                Some(what) => forbid(format!("the address {address} is {what}")),
                None => Ok(&self.0.guarded),
            },
            _ => Ok(&self.0.guarded),
        }
    }

    #[cfg(test)]
    pub(super) fn inner(&self) -> &Inner {
        &self.0
    }
}

pub(super) async fn fetch(client: &Client, request: Request) -> Result<Answer, Failure> {
    let mut response = client.execute(request).await.map_err(failure)?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if body.len() + chunk.len() > LIMIT {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}

fn failure(error: reqwest::Error) -> Failure {
    let error = error.without_url();
    let mut causes =
        std::iter::successors(Some(&error as &(dyn std::error::Error + 'static)), |error| error.source());
    if let Some(told) = causes.find_map(|cause| cause.downcast_ref::<Forbidden>()) {
        return Failure::Forbidden(told.0.clone());
    }
    if error.is_timeout() { Failure::TimedOut } else { Failure::Unreachable(with_causes(&error)) }
}
