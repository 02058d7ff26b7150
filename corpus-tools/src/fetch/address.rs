//! Which addresses a download may connect to.
//!
//! A recipe is written by someone else, and its addresses must not reach services on this machine, in its
//! network or of its cloud (169.254.169.254). The check is made on the addresses that a name resolves to,
//! in the one look-up whose result is then connected to: a name that answers differently the next time (DNS
//! rebinding) gains nothing.
//!
//! The tables are the IANA special-purpose address registries (RFC 6890, as of 2025):
//! <https://www.iana.org/assignments/iana-ipv4-special-registry/> and
//! <https://www.iana.org/assignments/iana-ipv6-special-registry/>, without the blocks that are globally
//! reachable services of their own (AS112, AMT), with multicast (RFC 5771, RFC 4291) and the deprecated
//! forms. A NAT64 with a network's own prefix (RFC 6052, section 2.2) looks like any other address and
//! can't be known.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Blocks of IPv4 that are not hosts on the public internet: first address, prefix length, purpose.
const V4: &[(Ipv4Addr, u8, &str)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8, "unspecified, this network; RFC 791"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "private use; RFC 1918"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "shared, carrier-grade NAT; RFC 6598"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "loopback; RFC 1122"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local; RFC 3927"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "private use; RFC 1918"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "protocol assignments; RFC 6890"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "documentation; RFC 5737"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "6to4 relays, deprecated; RFC 7526"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "private use; RFC 1918"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "benchmarking; RFC 2544"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "documentation; RFC 5737"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "documentation; RFC 5737"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast; RFC 5771"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved, broadcast; RFC 1112, RFC 919"),
];

/// Blocks of IPv6 that are not hosts on the public internet, as for [`V4`].
const V6: &[(Ipv6Addr, u8, &str)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, "unspecified; RFC 4291"),
    (Ipv6Addr::LOCALHOST, 128, "loopback; RFC 4291"),
    (Ipv6Addr::UNSPECIFIED, 96, "IPv4-compatible, deprecated; RFC 4291"),
    (Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, 0, 0), 96, "IPv4-translated; RFC 2765"),
    (Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48, "local NAT64; RFC 8215"),
    (Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 0), 63, "discard-only, dummy; RFC 6666, RFC 9780"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 32, "Teredo; RFC 4380"),
    (Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 0), 48, "benchmarking; RFC 5180"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "protocol assignments; RFC 2928"),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32, "documentation; RFC 3849"),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "6to4, deprecated; RFC 7526"),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20, "documentation; RFC 9637"),
    (Ipv6Addr::new(0x5f00, 0, 0, 0, 0, 0, 0, 0), 16, "segment routing; RFC 9602"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "unique local; RFC 4193"),
    (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10, "link-local; RFC 4291"),
    (Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0), 10, "site-local, deprecated; RFC 3879"),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "multicast; RFC 4291"),
];

/// The one block that global unicast addresses are given out from (IANA IPv6 address space registry).
const GLOBAL_UNICAST: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// IPv4-mapped addresses (RFC 4291, section 2.5.5.2): the last 32 bits are the IPv4 address that is
/// connected to.
const MAPPED: (Ipv6Addr, u8) = (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96);
/// The well-known NAT64 prefix (RFC 6052, section 2.1): the last 32 bits are the IPv4 address that is
/// reached.
const NAT64: (Ipv6Addr, u8) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// What an address is reserved for, if it is not a host on the public internet.
pub(super) fn special_purpose(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => special_purpose_v4(v4),
        IpAddr::V6(v6) if within_v6(v6, MAPPED) || within_v6(v6, NAT64) => {
            let [.., a, b, c, d] = v6.octets();
            special_purpose_v4(Ipv4Addr::new(a, b, c, d))
        }
        IpAddr::V6(v6) => {
            let listed = V6.iter().find(|(first, bits, _)| within_v6(v6, (*first, *bits)));
            match listed {
                Some((_, _, purpose)) => Some(purpose),
                None if within_v6(v6, GLOBAL_UNICAST) => None,
                None => Some("outside global unicast; RFC 4291"),
            }
        }
    }
}

fn special_purpose_v4(address: Ipv4Addr) -> Option<&'static str> {
    let inside = |first: Ipv4Addr, bits: u8| {
        let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
        address.to_bits() & mask == first.to_bits()
    };
    V4.iter().find(|(first, bits, _)| inside(*first, *bits)).map(|(_, _, purpose)| *purpose)
}

fn within_v6(address: Ipv6Addr, (first, bits): (Ipv6Addr, u8)) -> bool {
    let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
    address.to_bits() & mask == first.to_bits()
}

/// An address that a download may not connect to; travels inside [`ureq::Error::Other`].
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) address: IpAddr,
    pub(super) kind: &'static str,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not on the public internet ({})", self.address, self.kind)
    }
}

impl std::error::Error for Refused {}

/// Resolves as the system does, and refuses a name if any of its addresses is a special one.
///
/// One bad address among good ones is refused too: an honest name has no such mixture, and which of them
/// gets connected to is for the network to decide.
#[derive(Debug, Default)]
pub(super) struct PublicResolver {
    system: DefaultResolver,
}

impl Resolver for PublicResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let addresses = self.system.resolve(uri, config, timeout)?;
        for socket in &addresses {
            let address = socket.ip();
            if let Some(kind) = special_purpose(address) {
                return Err(ureq::Error::Other(Box::new(Refused { address, kind })));
            }
        }
        Ok(addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purpose(address: &str) -> Option<&'static str> {
        special_purpose(address.parse().expect("an address"))
    }

    #[test]
    fn first_and_last_of_every_ipv4_block_are_special_and_their_neighbours_are_judged_apart() {
        for (first, bits, name) in V4 {
            let last = Ipv4Addr::from_bits(first.to_bits() | (u32::MAX >> bits));
            assert_eq!(special_purpose(IpAddr::V4(*first)), Some(*name), "{first}");
            assert_eq!(special_purpose(IpAddr::V4(last)), Some(*name), "{last}");
        }
        for outside in [
            "1.0.0.0",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.88.98.255",
            "192.88.100.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "130.226.237.173",
            "8.8.8.8",
        ] {
            assert_eq!(purpose(outside), None, "{outside}");
        }
    }

    #[test]
    fn first_and_last_of_every_ipv6_block_are_special() {
        for (first, bits, _) in V6 {
            let tail = u128::MAX.checked_shr(u32::from(*bits)).unwrap_or(0);
            let last = Ipv6Addr::from_bits(first.to_bits() | tail);
            assert!(special_purpose(IpAddr::V6(*first)).is_some(), "{first}");
            assert!(special_purpose(IpAddr::V6(last)).is_some(), "{last}");
        }
    }

    #[test]
    fn the_addresses_that_attacks_use_are_named() {
        for (address, expected) in [
            ("169.254.169.254", "link-local"),
            ("127.0.0.53", "loopback"),
            ("0.0.0.0", "unspecified"),
            ("255.255.255.255", "reserved, broadcast"),
            ("239.1.2.3", "multicast"),
            ("100.100.100.200", "shared"),
            ("192.0.0.192", "protocol assignments"),
            ("198.19.0.1", "benchmarking"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("::127.0.0.1", "IPv4-compatible"),
            ("::ffff:127.0.0.1", "loopback"),
            ("::ffff:169.254.169.254", "link-local"),
            ("::ffff:0:10.0.0.1", "IPv4-translated"),
            ("64:ff9b::10.0.0.1", "private use"),
            ("64:ff9b::7f00:1", "loopback"),
            ("64:ff9b:1::8.8.8.8", "local NAT64"),
            ("100::1", "discard-only"),
            ("2001:0:1::1", "Teredo"),
            ("2001:2::1", "benchmarking"),
            ("2001:db8::1", "documentation"),
            ("2002:7f00:1::", "6to4"),
            ("3fff:fff::1", "documentation"),
            ("5f00::1", "segment routing"),
            ("fd00:ec2::254", "unique local"),
            ("fe80::1", "link-local"),
            ("fec0::1", "site-local"),
            ("ff02::1", "multicast"),
            ("4000::1", "outside global unicast"),
            ("200::1", "outside global unicast"),
        ] {
            let found = purpose(address).unwrap_or("nothing");
            assert!(found.starts_with(expected), "{address}: {found}");
        }
    }

    #[test]
    fn public_addresses_pass_also_through_nat64() {
        for address in [
            "2001:878:402:1::1",
            "2a02:6ea0::1",
            "2606:4700::1111",
            "64:ff9b::8.8.8.8",
            "::ffff:8.8.8.8",
            "2001:200::1",
        ] {
            assert_eq!(purpose(address), None, "{address}");
        }
    }
}
