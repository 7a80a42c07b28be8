//! Which addresses users may make this server connect to: an allow-list, because a deny-list is never complete.
//!
//! IPv4 is public outside the IANA special-purpose registry. IPv6 is public inside 2000::/3 (all that IANA has
//! given out as global unicast) minus the special blocks in it, which leaves out at once: v4-compatible and
//! v4-mapped addresses, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), unique local, link-local, multicast, 5f00::/16.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The operator's exceptions.
#[derive(Debug, Clone, Default)]
pub struct AddressPolicy {
    /// Networks that may be reached although they are not public.
    pub allowed: Vec<IpNet>,
}

impl AddressPolicy {
    /// True where a user may make this server connect to `address`.
    pub fn permits(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|network| network.contains(&address)) || is_public(address)
    }
}

/// True for an address that anybody on the internet can reach.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !IPV4_SPECIAL.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) => {
            IPV6_GLOBAL.contains(&address) && !IPV6_SPECIAL.iter().any(|network| network.contains(&address))
        }
    }
}

/// IANA IPv4 Special-Purpose Address Registry, and multicast.
static IPV4_SPECIAL: [Ipv4Net; 15] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];

static IPV6_GLOBAL: Ipv6Net = v6([0x2000, 0], 3);

/// IANA IPv6 Special-Purpose Address Registry, inside 2000::/3.
static IPV6_SPECIAL: [Ipv6Net; 4] =
    [v6([0x2001, 0], 23), v6([0x2001, 0xdb8], 32), v6([0x2002, 0], 16), v6([0x3fff, 0], 20)];

const fn v4(octets: [u8; 4], prefix_bits: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix_bits)
}

const fn v6(head: [u16; 2], prefix_bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(head[0], head[1], 0, 0, 0, 0, 0, 0), prefix_bits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn verdict(text: &str) -> bool {
        AddressPolicy::default().permits(text.parse().unwrap())
    }

    #[test]
    fn addresses_of_the_internet_are_permitted() {
        for text in
            ["1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"]
        {
            assert!(verdict(text), "{text}");
        }
    }

    #[test]
    fn every_other_address_is_refused() {
        let refused = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for text in refused {
            assert!(!verdict(text), "{text}");
        }
    }

    #[test]
    fn an_operator_can_permit_a_network_in_either_notation() {
        let policy = AddressPolicy { allowed: vec!["127.0.0.0/8".parse().unwrap()] };
        assert!(policy.permits("127.0.0.1".parse().unwrap()));
        assert!(policy.permits("::ffff:127.0.0.1".parse().unwrap()));
        assert!(!policy.permits("10.0.0.1".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn no_ipv6_spelling_of_a_private_ipv4_address_passes(block in 0..IPV4_SPECIAL.len(), host in any::<u32>()) {
            let network = IPV4_SPECIAL[block];
            let bits = u32::from(network.network()) | (host & u32::from(network.hostmask()));
            let inner = Ipv4Addr::from(bits);
            let [high, low] = [(bits >> 16) as u16, (bits & 0xffff) as u16];
            let spellings = [
                inner.to_ipv6_mapped(),
                Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            ];
            for address in spellings {
                prop_assert!(!AddressPolicy::default().permits(address.into()), "{}", address);
            }
        }
    }
}
