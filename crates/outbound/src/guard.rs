//! Where letters may go. Whoever may name an address could name one inside our own network, whose doors stand open to
//! us and not to them: databases, printers, and the cloud's metadata service with its keys.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::Url;

/// The longest address, in bytes.
pub const ADDRESS_MAX: usize = 2_000;

/// How far letters may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// To hosts of the public internet, by name, by HTTPS, on port 443.
    #[default]
    Public,
    /// Also into private networks and to this machine, by HTTP and to any port: for those who host both ends.
    Private,
}

/// A letter may not go there. Why is not said: the answer would map our network for whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("letters go to public hosts only: https, port 443, a name that leads to no private address")]
pub struct Refused;

/// An address a letter may go to, as far as its text tells. What its name leads to is checked when connecting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Reads an address.
    pub fn parse(text: &str, reach: Reach) -> Result<Address, Refused> {
        // What readers of addresses differ about is refused before anybody reads it.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\\#@^`{|}<>\"".contains(&byte));
        if !is_plain || text.len() > ADDRESS_MAX {
            return Err(Refused);
        }
        let url = Url::parse(text).map_err(|_| Refused)?;
        let host = url.host_str().ok_or(Refused)?;
        if !url.username().is_empty() || url.password().is_some() || url.port() == Some(0) {
            return Err(Refused);
        }
        let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let is_allowed = match reach {
            Reach::Public => {
                url.scheme() == "https" && url.port().is_none() && literal.is_none() && is_public_name(host)
            }
            Reach::Private => {
                matches!(url.scheme(), "https" | "http")
                    && literal.is_none_or(|ip| may_reach(ip, reach))
                    && !is_metadata_name(host)
            }
        };
        if is_allowed { Ok(Address(url)) } else { Err(Refused) }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(crate) fn url(&self) -> Url {
        self.0.clone()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// All addresses a name leads to, if letters may go to every one of them: one that may not is a trap.
pub fn screen(found: impl IntoIterator<Item = SocketAddr>, reach: Reach) -> Result<Vec<SocketAddr>, Refused> {
    let found: Vec<SocketAddr> = found.into_iter().collect();
    let is_allowed = !found.is_empty() && found.iter().all(|address| may_reach(address.ip(), reach));
    if is_allowed { Ok(found) } else { Err(Refused) }
}

/// True where a letter may be carried to this IP address.
pub fn may_reach(ip: IpAddr, reach: Reach) -> bool {
    match (ip.to_canonical(), reach) {
        (IpAddr::V4(ip), Reach::Public) => is_public_v4(ip),
        (IpAddr::V6(ip), Reach::Public) => is_public_v6(ip),
        (IpAddr::V4(ip), Reach::Private) => {
            is_public_v4(ip)
                || ip.is_private()
                || ip.is_loopback()
                // RFC 6598, which overlay networks use.
                || (in_v4(ip, [100, 64, 0, 0], 10) && ip != Ipv4Addr::new(100, 100, 100, 200))
        }
        (IpAddr::V6(ip), Reach::Private) => {
            is_public_v6(ip) || ip.is_loopback() || (ip.is_unique_local() && ip != AWS_METADATA)
        }
    }
}

const AWS_METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// IPv4 that is not a public host's: the special-purpose registry of IANA (RFC 6890), multicast and what is reserved;
/// and the one public address that clouds answer with metadata.
const NOT_PUBLIC_V4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([168, 63, 129, 16], 32),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !NOT_PUBLIC_V4.iter().any(|(network, bits)| in_v4(ip, *network, *bits))
}

fn in_v4(ip: Ipv4Addr, network: [u8; 4], bits: u32) -> bool {
    let mask = u32::MAX << (32 - bits);
    ip.to_bits() & mask == u32::from_be_bytes(network) & mask
}

/// Global unicast (2000::/3) without what carries an IPv4 address inside, documentation and protocol assignments.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    let is_global = first & 0xe000 == 0x2000;
    let is_protocol = first == 0x2001 && second < 0x0200;
    let is_documentation = (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    let is_6to4 = first == 0x2002;
    is_global && !is_protocol && !is_documentation && !is_6to4
}

/// Names that only networks of one's own answer to.
const OWN_NAMES: &[&str] = &[
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "home.arpa",
    "test",
    "invalid",
];

fn is_public_name(host: &str) -> bool {
    let is_own =
        |name: &&str| host.strip_suffix(*name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    host.contains('.') && !host.ends_with('.') && !OWN_NAMES.iter().any(is_own)
}

/// Names of the metadata services of clouds, which no setting opens.
fn is_metadata_name(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    matches!(
        host,
        "metadata"
            | "metadata.google.internal"
            | "metadata.goog"
            | "instance-data"
            | "instance-data.ec2.internal"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What somebody tries who wants in. Each is refused in the same words.
    const TRICKS: &[&str] = &[
        // Not HTTPS, or not its port.
        "http://example.com/",
        "http://127.0.0.1/",
        "gopher://127.0.0.1:25/_HELO",
        "file:///etc/passwd",
        "ftp://example.com/",
        "dict://127.0.0.1:11211/stats",
        "ldap://127.0.0.1/",
        "jar:https://example.com!/",
        "data:text/plain,x",
        "javascript:alert(1)",
        "unix:/run/docker.sock",
        "https://example.com:22/",
        "https://example.com:8443/",
        "https://example.com:0/",
        "//example.com/",
        "example.com",
        "",
        // This machine.
        "https://127.0.0.1/",
        "https://127.1/",
        "https://localhost/",
        "https://LOCALHOST/",
        "https://localhost./",
        "https://app.localhost/",
        "https://[::1]/",
        "https://[::]/",
        "https://0.0.0.0/",
        "https://0/",
        // Numbers by other names.
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://127.0.0.1./",
        "https://3232235777/",
        "https://0xa9fea9fe/",
        "https://0251.0376.0251.0376/",
        "https://134744072/",
        // Private networks, links, shared space, multicast.
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://169.254.169.254./",
        "https://100.64.0.1/",
        "https://100.100.100.200/",
        "https://192.0.0.192/",
        "https://168.63.129.16/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://[ff02::1]/",
        // IPv4 inside IPv6.
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        // Names of one's own.
        "https://metadata.google.internal/computeMetadata/v1/",
        "https://instance-data.ec2.internal/",
        "https://metadata/",
        "https://printer/",
        "https://nas.local/",
        "https://db.internal/",
        "https://router.lan/",
        "https://box.home.arpa/",
        // What readers of addresses differ about.
        "https://example.com@127.0.0.1/",
        "https://127.0.0.1@example.com/",
        "https://user:secret@example.com/",
        "https://example.com#@127.0.0.1/",
        "https://example.com/#x",
        "https://example.com\\@127.0.0.1/",
        "https:\\\\127.0.0.1/",
        "https://example.com\t.internal/",
        " https://example.com/",
        "https://example.com/\r\nHost: x",
        "https://example.com./",
        "https://①②⑦.⓪.⓪.①/",
        "https://ⓛocalhost/",
        "https://lоcalhost/",
        "https://xn--lcalhost-kng/",
        "https://127。0。0。1/",
        "https://%31%32%37.0.0.1/",
        "https://%6cocalhost/",
        "https://[::1%25eth0]/",
        "https:///etc/passwd",
    ];

    #[test]
    fn c7_every_way_in_is_refused_in_the_same_words() {
        for trick in TRICKS {
            assert_eq!(Address::parse(trick, Reach::Public), Err(Refused), "{trick}");
        }
        assert!(TRICKS.len() >= 60);
        assert_eq!(
            Address::parse(&format!("https://example.com/{}", "x".repeat(ADDRESS_MAX)), Reach::Public),
            Err(Refused)
        );
    }

    #[test]
    fn honest_addresses_pass() {
        for honest in [
            "https://example.com/",
            "https://hooks.example.co.uk/orders?shop=7&key=%C3%A9",
            "https://example.com:443/",
            "https://xn--fiq228c.example/",
            "https://internal.example.com/",
            "https://localhost.example.com/",
            "https://notlocal/x.example".replace("notlocal/x", "notlocal").as_str(),
        ] {
            assert!(Address::parse(honest, Reach::Public).is_ok(), "{honest}");
        }
    }

    #[test]
    fn c7_one_bad_address_among_good_ones_is_a_trap() {
        let at = |ip: &str| SocketAddr::new(ip.parse().unwrap(), 443);
        assert_eq!(screen([at("93.184.216.34"), at("2606:2800:220:1::1")], Reach::Public).unwrap().len(), 2);
        for bad in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.127.255.255",
            "0.1.2.3",
            "192.0.2.1",
            "198.19.0.1",
            "203.0.113.9",
            "239.1.1.1",
            "250.0.0.1",
            "::1",
            "::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8.0".trim_end_matches(".0"),
            "64:ff9b::a00:1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::",
            "3fff::1",
        ] {
            let found = [at("93.184.216.34"), at(bad)];
            let is_refused = screen(found, Reach::Public) == Err(Refused);
            // A mapped address is the IPv4 address inside.
            assert_eq!(is_refused, bad != "::ffff:8.8.8.8", "{bad}");
        }
        assert_eq!(screen([], Reach::Private), Err(Refused), "a name that leads nowhere");
    }

    #[test]
    fn those_who_host_both_ends_may_open_their_own_network_and_no_more() {
        for own in [
            "http://127.0.0.1:8000/",
            "http://localhost:3000/hook",
            "https://10.0.0.7/",
            "http://erp:8080/",
            "http://[::1]:9/",
            "http://100.64.1.2/",
        ] {
            assert!(Address::parse(own, Reach::Private).is_ok(), "{own}");
        }
        for never in [
            "http://169.254.169.254/",
            "http://[fd00:ec2::254]/",
            "http://metadata.google.internal/",
            "http://0.0.0.0/",
            "http://224.0.0.1/",
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "http://a@127.0.0.1/",
            "http://[fe80::1]/",
            "http://100.100.100.200/",
            "http://0xa9fea9fe/",
        ] {
            assert_eq!(Address::parse(never, Reach::Private), Err(Refused), "{never}");
        }
    }
}
