//! Which addresses are the public internet's. The IANA special-purpose registries (RFC 6890) and the clouds' metadata
//! services, as data.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(start: [u16; 4], bits: u8) -> Ipv6Net {
    let [a, b, c, d] = start;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), bits)
}

/// IPv4 that is not public, and what it is.
const SPECIAL_V4: [(Ipv4Net, &str); 17] = [
    (v4(0, 0, 0, 0, 8), "unspecified"),
    (v4(10, 0, 0, 0, 8), "private"),
    (v4(100, 64, 0, 0, 10), "shared by a carrier"),
    (v4(127, 0, 0, 0, 8), "loopback"),
    (v4(168, 63, 129, 16, 32), "a cloud's metadata service"),
    (v4(169, 254, 0, 0, 16), "link-local"),
    (v4(172, 16, 0, 0, 12), "private"),
    (v4(192, 0, 0, 0, 24), "reserved for protocols"),
    (v4(192, 0, 2, 0, 24), "for documentation"),
    (v4(192, 31, 196, 0, 24), "reserved for protocols"),
    (v4(192, 88, 99, 0, 24), "a 6to4 relay"),
    (v4(192, 168, 0, 0, 16), "private"),
    (v4(198, 18, 0, 0, 15), "for benchmarks"),
    (v4(198, 51, 100, 0, 24), "for documentation"),
    (v4(203, 0, 113, 0, 24), "for documentation"),
    (v4(224, 0, 0, 0, 4), "multicast"),
    (v4(240, 0, 0, 0, 4), "reserved"),
];

/// IPv6 that is not public, and what it is, before the rule that only 2000::/3 is.
const SPECIAL_V6: [(Ipv6Net, &str); 6] = [
    (v6([0xfc00, 0, 0, 0], 7), "private"),
    (v6([0xfe80, 0, 0, 0], 10), "link-local"),
    (v6([0xff00, 0, 0, 0], 8), "multicast"),
    (v6([0x2001, 0, 0, 0], 23), "reserved for protocols"),
    (v6([0x2001, 0xdb8, 0, 0], 32), "for documentation"),
    (v6([0x3fff, 0, 0, 0], 20), "for documentation"),
];

const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0], 96);
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0, 0, 0], 16);

/// What an address is, where it is not the public internet's; none where it is.
pub fn special(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => special_v6(address),
    }
}

fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    SPECIAL_V4.iter().find(|(net, _)| net.contains(&address)).map(|(_, what)| *what)
}

/// An address that carries an IPv4 address leads to that one.
fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    if let Some(inner) = embedded(address) {
        return special_v4(inner);
    }
    if address.is_unspecified() {
        return Some("unspecified");
    }
    if address.is_loopback() {
        return Some("loopback");
    }
    let known = SPECIAL_V6.iter().find(|(net, _)| net.contains(&address)).map(|(_, what)| *what);
    known.or_else(|| (!GLOBAL_V6.contains(&address)).then_some("reserved"))
}

/// IPv4 inside IPv6: mapped (RFC 4291), by NAT64 (RFC 6052), by 6to4 (RFC 3056).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let bytes = address.octets();
    let at = |n: usize| Ipv4Addr::new(bytes[n], bytes[n + 1], bytes[n + 2], bytes[n + 3]);
    if NAT64.contains(&address) {
        return Some(at(12));
    }
    if SIX_TO_FOUR.contains(&address) {
        return Some(at(2));
    }
    address.to_ipv4_mapped()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_public_is_told() {
        for (what, addresses) in [
            ("unspecified", "0.0.0.0 0.1.2.3 :: ::ffff:0.0.0.0 64:ff9b::0.0.0.0 2002:0:0::1"),
            ("loopback", "127.0.0.1 127.255.255.255 ::1 ::ffff:127.0.0.1 64:ff9b::127.0.0.1 2002:7f00:1::"),
            (
                "private",
                "10.0.0.0 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 fc00:: fdff:ffff::1 \
                 fd00:ec2::254 fd20:ce::254 ::ffff:10.0.0.1 ::ffff:c0a8:101 64:ff9b::10.1.2.3 2002:a00:1:: \
                 2002:c0a8:101::1",
            ),
            (
                "link-local",
                "169.254.0.0 169.254.169.254 169.254.255.255 fe80:: fe80::1 febf:ffff::1 ::ffff:169.254.169.254 64:ff9b::169.254.169.254 2002:a9fe:a9fe::",
            ),
            ("shared by a carrier", "100.64.0.0 100.100.100.200 100.127.255.255 ::ffff:100.64.0.1"),
            ("multicast", "224.0.0.1 239.255.255.255 ff02::1 ff0e::1 ::ffff:224.0.0.1"),
            (
                "reserved",
                "240.0.0.1 255.255.255.255 ::2 ::7f00:1 ::127.0.0.1 100::1 5f00::1 fec0::1 64:ff9b:1::1 4000::1 1fff::1",
            ),
            ("for documentation", "192.0.2.1 198.51.100.255 203.0.113.7 2001:db8::1 3fff::1 3fff:fff::1"),
            ("for benchmarks", "198.18.0.0 198.19.255.255"),
            (
                "reserved for protocols",
                "192.0.0.192 192.31.196.1 2001::1 2001:10::1 2001:20::1 2001:1ff:ffff::1",
            ),
            ("a 6to4 relay", "192.88.99.1"),
            ("a cloud's metadata service", "168.63.129.16 ::ffff:168.63.129.16"),
        ] {
            for address in addresses.split_whitespace() {
                assert_eq!(special(address.parse().unwrap()), Some(what), "{address}");
            }
        }
    }

    #[test]
    fn what_is_public_is_not() {
        for address in "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 \
             168.63.129.15 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 \
             198.17.255.255 198.20.0.0 223.255.255.255 2001:200::1 2001:4860:4860::8888 2606:4700:4700::1111 2a00:1450::1 \
             3ffe::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1"
            .split_whitespace()
        {
            assert_eq!(special(address.parse().unwrap()), None, "{address}");
        }
    }
}
