//! From a name to the addresses that may be connected to. The client connects to what is answered here and looks
//! nothing up again, so an answer that changes between check and use changes nothing.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Allow, special};

/// Looks names up. Injected, so that a test's names lead where it says.
pub trait Lookup: Send + Sync + 'static {
    /// The addresses of a name.
    fn lookup(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The operating system's way.
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|socket| socket.ip()).collect())
        })
    }
}

/// The rules forbid a call; what the caller is told.
#[derive(Debug)]
pub(super) struct Forbidden(pub String);

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for Forbidden {}

/// Answers public addresses and those in listed networks; all, where the name itself is listed.
pub(super) struct Guard {
    pub lookup: Arc<dyn Lookup>,
    /// None where every address may be connected to.
    pub allow: Option<Allow>,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (name, allow) = (name.as_str().to_owned(), self.allow.clone());
        let looking = self.lookup.lookup(name.clone());
        Box::pin(async move {
            let found = looking.await.unwrap_or_default();
            let may = |address: &IpAddr| {
                allow.as_ref().is_none_or(|allow| special(*address).is_none() || allow.has(*address))
            };
            let callable: Vec<_> = found.iter().copied().filter(may).collect();
            if callable.is_empty() {
                // Neither whether there is such a name nor its address is told: a tenant learns nothing of the
                // operator's network.
                let told = format!("{name} is not known or leads into a network that may not be called");
                return Err(Forbidden(told).into());
            }
            Ok(Box::new(callable.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}
