//! Addresses that are not public, written out by hand from the registries, and every way to spell them.

use std::net::{Ipv4Addr, Ipv6Addr};

/// First and last of each block (IANA IPv4 Special-Purpose Address Registry, and multicast).
pub(super) const PRIVATE_V4: [(&str, &str); 15] = [
    ("0.0.0.0", "0.255.255.255"),
    ("10.0.0.0", "10.255.255.255"),
    ("100.64.0.0", "100.127.255.255"),
    ("127.0.0.0", "127.255.255.255"),
    ("169.254.0.0", "169.254.255.255"),
    ("172.16.0.0", "172.31.255.255"),
    ("192.0.0.0", "192.0.0.255"),
    ("192.0.2.0", "192.0.2.255"),
    ("192.88.99.0", "192.88.99.255"),
    ("192.168.0.0", "192.168.255.255"),
    ("198.18.0.0", "198.19.255.255"),
    ("198.51.100.0", "198.51.100.255"),
    ("203.0.113.0", "203.0.113.255"),
    ("224.0.0.0", "239.255.255.255"),
    ("240.0.0.0", "255.255.255.255"),
];

/// Addresses of IPv6 that are not public whatever they embed.
pub(super) const PRIVATE_V6: [&str; 26] = [
    "::",
    "::1",
    "64:ff9b:1::",
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    "100::",
    "100:0:0:1::1",
    "2001::",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::",
    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2002::",
    "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "3fff::",
    "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
    "4000::",
    "5f00::1",
    "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fc00::",
    "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];

/// Both ends and something inside of every private block; not 127.0.0.1, which plays the internet.
pub(super) fn private_v4() -> Vec<Ipv4Addr> {
    let ends = PRIVATE_V4.iter().map(|(first, last)| (v4(first), v4(last)));
    let three = ends.flat_map(|(first, last)| [first, first | 2, last]);
    three.chain(["169.254.169.254", "127.0.0.2", "100.100.100.200"].map(v4)).map(Ipv4Addr::from).collect()
}

fn v4(text: &str) -> u32 {
    text.parse::<Ipv4Addr>().unwrap().into()
}

/// The ways in which an IPv6 address leads to an IPv4 address: mapped, compatible, NAT64 of either prefix, 6to4,
/// Teredo.
pub(super) fn embeddings(inner: Ipv4Addr) -> [Ipv6Addr; 6] {
    let bits = u32::from(inner);
    let [a, b, c, d] = inner.octets();
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    // Teredo hides the client's address by turning its bits over (RFC 4380, 4).
    let [e, f, g, h] = (!bits).to_be_bytes();
    let (hidden_high, hidden_low) = (u16::from_be_bytes([e, f]), u16::from_be_bytes([g, h]));
    [
        Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, high, low),
        Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
        Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
        Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),
        Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
        Ipv6Addr::new(0x2001, 0, 0x4136, 0xe378, 0x8000, 0x63bf, hidden_high, hidden_low),
    ]
}

/// How the last number and the others of a spelling are written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Radix {
    Decimal,
    Octal,
    Hexadecimal,
}

pub(super) const RADICES: [Radix; 3] = [Radix::Decimal, Radix::Octal, Radix::Hexadecimal];

/// Dotted, in `radices.len()` parts, 1 to 4: the last part holds all bytes that are left (`127.1`).
pub(super) fn dotted(address: Ipv4Addr, radices: &[Radix]) -> String {
    let octets = address.octets();
    let single_count = radices.len() - 1;
    let rest = octets[single_count..].iter().fold(0, |sum, octet| (sum << 8) | u32::from(*octet));
    let numbers = octets[..single_count].iter().map(|octet| u32::from(*octet)).chain([rest]);
    let parts = numbers.zip(radices).map(|(number, radix)| match radix {
        Radix::Decimal => number.to_string(),
        Radix::Octal => format!("0{number:o}"),
        Radix::Hexadecimal => format!("0x{number:x}"),
    });
    parts.collect::<Vec<_>>().join(".")
}

/// Another disguise over a spelling, each of which the URL standard takes off.
pub(super) const DISGUISES: [fn(&str) -> String; 6] = [
    str::to_owned,
    str::to_uppercase,
    |host| format!("{host}."),
    // Full-width digits (U+FF10) and dots (U+3002).
    |host| host.chars().map(wide).collect(),
    |host| host.bytes().map(|byte| format!("%{byte:02x}")).collect(),
    // A soft hyphen is mapped to nothing (UTS 46).
    |host| host.chars().flat_map(|letter| [letter, '\u{ad}']).collect(),
];

fn wide(letter: char) -> char {
    match letter {
        '0'..='9' => char::from_u32(u32::from(letter) - u32::from('0') + 0xff10).unwrap(),
        '.' => '\u{3002}',
        other => other,
    }
}

/// Every spelling of `address` that is one number throughout, or short.
pub(super) fn spellings(address: Ipv4Addr) -> Vec<String> {
    let uniform = RADICES.iter().flat_map(|radix| (1..=4).map(|count| dotted(address, &vec![*radix; count])));
    uniform.flat_map(|host| DISGUISES.map(|disguise| disguise(&host))).collect()
}
