//! The operator's allow-list: what may be called though it is not the public internet's.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use reqwest::Url;

/// Places that may be called in any case, and without TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allow(Vec<Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    place: Place,
    /// None for every port.
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Name(String),
    Net(IpNet),
}

impl Allow {
    /// Reads `host`, `host:port`, `address`, `address:port` or a network such as `10.1.0.0/16`, separated by commas.
    ///
    /// # Errors
    /// A message for the operator that shows the first that is none of these.
    pub fn parse(text: &str) -> Result<Self, String> {
        let entries = text.split(',').map(str::trim).filter(|one| !one.is_empty());
        entries.map(entry).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a URL's host is listed, by its name or, where it is an address, by a network.
    pub(super) fn lists(&self, url: &Url) -> bool {
        let (Some(host), port) = (host(url), url.port_or_known_default()) else { return false };
        self.0.iter().any(|one| one.port.is_none_or(|own| Some(own) == port) && one.place.is(&host))
    }

    /// Whether an address that a name was looked up as lies in a listed network. An entry with a port is meant for URLs
    /// that have the address itself.
    pub(super) fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|one| one.port.is_none() && one.place.is(&Host::Address(address)))
    }
}

/// A URL's host.
pub(super) enum Host {
    Name(String),
    Address(IpAddr),
}

/// The host as it is connected to: the URL's parser has already read `0x7f.1` and `2130706433` as addresses.
pub(super) fn host(url: &Url) -> Option<Host> {
    let text = url.host_str()?;
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    Some(bare.parse().map_or_else(|_| Host::Name(name(text)), Host::Address))
}

impl Place {
    fn is(&self, host: &Host) -> bool {
        match (self, host) {
            (Self::Name(own), Host::Name(name)) => own == name,
            (Self::Net(net), Host::Address(address)) => net.contains(&address.to_canonical()),
            _ => false,
        }
    }
}

/// Names are compared in lower case and without the root's dot.
fn name(text: &str) -> String {
    text.trim_end_matches('.').to_ascii_lowercase()
}

fn entry(text: &str) -> Result<Entry, String> {
    let net = |address: IpAddr, port| Entry { place: Place::Net(address.into()), port };
    if let Ok(place) = text.parse::<IpNet>() {
        return Ok(Entry { place: Place::Net(place), port: None });
    }
    if let Ok(address) = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return Ok(net(address, None));
    }
    if let Ok(socket) = text.parse::<SocketAddr>() {
        return Ok(net(socket.ip(), Some(socket.port())));
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port.parse().map_err(|_| unreadable(text))?)),
        None => (text, None),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    match name(host) {
        host if !host.is_empty() && host.chars().all(plain) => Ok(Entry { place: Place::Name(host), port }),
        _ => Err(unreadable(text)),
    }
}

fn unreadable(text: &str) -> String {
    format!(
        "must be hosts like idp.internal or idp.internal:8443, or networks like 10.1.0.0/16, not {text:?}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(list: &str, url: &str) -> bool {
        Allow::parse(list).unwrap().lists(&url.parse().unwrap())
    }

    #[test]
    fn hosts_ports_and_networks_are_told_apart() {
        let list = "IdP.internal, tickets.internal:8443, 10.1.0.0/16, [fd00::1]:443, 192.168.0.7";
        for url in [
            "https://idp.internal/x",
            "http://IDP.internal.:8080/",
            "https://tickets.internal:8443",
            "https://10.1.255.255:1",
            "http://0x0a.0x01.0.1/",
            "https://[fd00::1]/",
            "http://192.168.0.7:1/",
            "http://[::ffff:192.168.0.7]:1/",
        ] {
            assert!(lists(list, url), "{url}");
        }
        for url in [
            "https://other.internal",
            "https://x.idp.internal",
            "https://tickets.internal",
            "https://10.2.0.1",
            "https://[fd00::1]:444/",
            "https://192.168.0.8",
        ] {
            assert!(!lists(list, url), "{url}");
        }
        assert!(!lists("", "https://idp.internal"));
    }

    #[test]
    fn a_list_that_cannot_be_read_is_told() {
        for wrong in
            ["*", "*.internal", "https://idp.internal", "idp.internal:port", "10.0.0.0/33", "a b", ":80"]
        {
            assert!(Allow::parse(wrong).unwrap_err().contains(wrong), "{wrong}");
        }
    }

    #[test]
    fn only_a_whole_network_covers_what_a_name_is_looked_up_as() {
        let allow = Allow::parse("10.1.0.0/16,10.2.0.1:443").unwrap();
        assert!(allow.has("10.1.2.3".parse().unwrap()) && allow.has("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!allow.has("10.2.0.1".parse().unwrap()));
    }
}
