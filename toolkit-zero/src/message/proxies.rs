//! Whose word about the client's address is believed.

use std::net::{IpAddr, SocketAddr};

use http::uri::Scheme;
use http::{HeaderMap, HeaderName};

use super::Peer;

/// Whose word about the client's address is believed: those who come from these networks, in this header field.
#[derive(Clone, Debug)]
pub(crate) struct Proxies {
    networks: Vec<Network>,
    field: Field,
}

/// The field that the proxies write. One only: a client can send the other, and a proxy that does not know it passes it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// `Forwarded` (RFC 7239).
    Forwarded,
    /// `X-Forwarded-For`.
    XForwardedFor,
}

/// Where somebody comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Network {
    /// Addresses with a common beginning: `10.0.0.0/8`.
    Addresses { base: IpAddr, bits: u8 },
    /// The Unix sockets of this machine.
    Unix,
}

impl Network {
    /// Reads `10.0.0.0/8`, `fd00::/8`, one address, or `unix:`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text == "unix:" {
            return Some(Self::Unix);
        }
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let base: IpAddr = address.parse().ok()?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self::Addresses { base, bits })
    }

    /// Whether somebody comes from it.
    pub(crate) fn has(self, peer: Peer) -> bool {
        let (base, bits, address) = match (self, peer) {
            (Self::Unix, Peer::Unix) => return true,
            (Self::Addresses { base, bits }, Peer::Tcp(addr)) => (base, bits, addr.ip()),
            (Self::Unix, Peer::Tcp(_)) | (Self::Addresses { .. }, Peer::Unix) => return false,
        };
        let differs = match (base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(other)) => {
                (u32::from(base) ^ u32::from(other)).leading_zeros()
            }
            (IpAddr::V6(base), IpAddr::V6(other)) => {
                (u128::from(base) ^ u128::from(other)).leading_zeros()
            }
            _ => return false,
        };
        differs >= u32::from(bits)
    }
}

impl Proxies {
    pub(crate) fn new(networks: Vec<Network>, field: Field) -> Self {
        Self { networks, field }
    }

    fn trusts(&self, peer: Peer) -> bool {
        self.networks.iter().any(|network| network.has(peer))
    }

    /// The address of the client: the last one in the field that is none of the proxies'. The peer, if it is no proxy, or if
    /// the proxies do not tell an address.
    pub(crate) fn client(&self, peer: Peer, headers: &HeaderMap) -> Peer {
        let name = match self.field {
            Field::Forwarded => http::header::FORWARDED,
            Field::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
        };
        self.first_untrusted(peer, headers, name).0
    }

    /// The scheme that the client asked by, as a proxy of ours tells it; `None` if none does.
    pub(crate) fn scheme(&self, peer: Peer, headers: &HeaderMap) -> Option<Scheme> {
        let told = match self.field {
            Field::Forwarded => {
                let (_, element) = self.first_untrusted(peer, headers, http::header::FORWARDED);
                value_of("proto", element?)?
            }
            Field::XForwardedFor => {
                if !self.trusts(peer) {
                    return None;
                }
                let mut lines = headers.get_all("x-forwarded-proto").iter();
                let line = lines.next_back()?.to_str().ok()?;
                line.rsplit(',').next()?.trim()
            }
        };
        [Scheme::HTTPS, Scheme::HTTP]
            .into_iter()
            .find(|scheme| told.eq_ignore_ascii_case(scheme.as_str()))
    }

    /// The last address that is none of the proxies', and the element of the field that tells it.
    fn first_untrusted<'h>(
        &self,
        peer: Peer,
        headers: &'h HeaderMap,
        name: HeaderName,
    ) -> (Peer, Option<&'h str>) {
        let mut client = (peer, None);
        // Each proxy adds whom it heard it from at the end, so what is at the beginning is the client's own word.
        let lines = headers.get_all(name).iter().rev();
        let elements = lines.flat_map(|line| {
            let line = std::str::from_utf8(line.as_bytes()).unwrap_or_default();
            elements(line).into_iter().rev()
        });
        for element in elements {
            if !self.trusts(client.0) {
                return client;
            }
            let text = match self.field {
                Field::Forwarded => node(element),
                Field::XForwardedFor => Some(element),
            };
            match text.and_then(address) {
                Some(address) => client = (Peer::Tcp(address), Some(element)),
                // A proxy of ours heard it from somebody without an address.
                None => return client,
            }
        }
        client
    }
}

/// The elements of a list, split at the commas that are not quoted.
fn elements(line: &str) -> Vec<&str> {
    split(line, ',')
}

fn split(text: &str, at: char) -> Vec<&str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |letter: char| {
        let separates = letter == at && !quoted;
        quoted ^= letter == '"' && !escaped;
        escaped = quoted && letter == '\\' && !escaped;
        separates
    })
    .map(str::trim)
    .collect()
}

/// The value of `for` in an element of `Forwarded`.
fn node(element: &str) -> Option<&str> {
    value_of("for", element)
}

/// A value in an element of `Forwarded`.
fn value_of<'e>(wanted: &str, element: &'e str) -> Option<&'e str> {
    split(element, ';').into_iter().find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let value = value.trim_matches('"');
        name.trim().eq_ignore_ascii_case(wanted).then_some(value)
    })
}

/// `1.2.3.4`, `1.2.3.4:5`, `::1`, `[::1]` or `[::1]:5`; without a port it is 0.
fn address(text: &str) -> Option<SocketAddr> {
    let with_port = |ip: IpAddr| SocketAddr::new(ip.to_canonical(), 0);
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    if let Ok(ip) = bare.unwrap_or(text).parse() {
        return Some(with_port(ip));
    }
    text.parse()
        .ok()
        .map(|addr: SocketAddr| SocketAddr::new(addr.ip().to_canonical(), addr.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(field: Field, peer: &str, lines: &[&str]) -> String {
        let networks = ["10.0.0.0/8", "fd00::/8", "192.0.2.7", "unix:"];
        let networks = networks.iter().map(|text| Network::parse(text).unwrap());
        let mut headers = HeaderMap::new();
        for line in lines {
            let name = match field {
                Field::Forwarded => "forwarded",
                Field::XForwardedFor => "x-forwarded-for",
            };
            headers.append(name, line.parse().unwrap());
        }
        let proxies = Proxies::new(networks.collect(), field);
        let peer = peer.parse().map_or(Peer::Unix, Peer::Tcp);
        proxies.client(peer, &headers).to_string()
    }

    #[test]
    fn only_what_proxies_added_is_believed() {
        let asked = |peer, lines: &[&str]| client(Field::XForwardedFor, peer, lines);
        // A stranger's word is nothing.
        assert_eq!(asked("1.1.1.1:9", &["2.2.2.2"]), "1.1.1.1:9");
        assert_eq!(asked("10.0.0.1:9", &[]), "10.0.0.1:9");
        assert_eq!(asked("10.0.0.1:9", &["2.2.2.2"]), "2.2.2.2:0");
        // Forged before it came to the first proxy.
        assert_eq!(
            asked("10.0.0.1:9", &["6.6.6.6, 2.2.2.2, 10.0.0.2"]),
            "2.2.2.2:0"
        );
        assert_eq!(
            asked("10.0.0.1:9", &["6.6.6.6", "2.2.2.2,192.0.2.7"]),
            "2.2.2.2:0"
        );
        assert_eq!(asked("10.0.0.1:9", &["10.1.1.1"]), "10.1.1.1:0");
        assert_eq!(asked("10.0.0.1:9", &["2.2.2.2, nonsense"]), "10.0.0.1:9");
        assert_eq!(asked("[fd00::1]:9", &["2001:db8::1"]), "[2001:db8::1]:0");
        assert_eq!(asked("192.0.2.8:9", &["2.2.2.2"]), "192.0.2.8:9");
        assert_eq!(asked("unix:", &["2.2.2.2, 10.0.0.2"]), "2.2.2.2:0");
        assert_eq!(asked("unix:", &[]), "unix:");
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_writes_it() {
        let asked = |lines: &[&str]| client(Field::Forwarded, "10.0.0.1:9", lines);
        assert_eq!(asked(&["for=2.2.2.2;proto=https"]), "2.2.2.2:0");
        assert_eq!(asked(&["For=\"[2001:db8::1]:4711\""]), "[2001:db8::1]:4711");
        assert_eq!(
            asked(&["for=6.6.6.6, proto=http; for=\"2.2.2.2:80\""]),
            "2.2.2.2:80"
        );
        assert_eq!(asked(&["for=2.2.2.2;by=\"a,for=6.6.6.6\""]), "2.2.2.2:0");
        for hidden in ["for=_hidden", "for=unknown", "by=2.2.2.2", "2.2.2.2"] {
            assert_eq!(asked(&[hidden]), "10.0.0.1:9", "{hidden}");
        }
    }

    #[test]
    fn the_scheme_is_that_of_the_client_and_told_by_a_proxy() {
        let scheme = |field, peer: &str, lines: &[(&'static str, &str)]| {
            let networks = vec![Network::parse("10.0.0.0/8").unwrap()];
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.append(*name, value.parse().unwrap());
            }
            let told =
                Proxies::new(networks, field).scheme(Peer::Tcp(peer.parse().unwrap()), &headers);
            told.map(|scheme| scheme.to_string())
        };
        let forwarded = |peer, value| scheme(Field::Forwarded, peer, &[("forwarded", value)]);
        let https = Some("https".to_owned());
        assert_eq!(forwarded("10.0.0.1:9", "for=2.2.2.2;proto=https"), https);
        let two = "for=2.2.2.2;Proto=\"HTTPS\", for=10.0.0.2;proto=http";
        assert_eq!(forwarded("10.0.0.1:9", two), https);
        assert_eq!(forwarded("1.1.1.1:9", "for=2.2.2.2;proto=https"), None);
        assert_eq!(forwarded("10.0.0.1:9", "for=2.2.2.2;proto=gopher"), None);
        let lines = [("x-forwarded-proto", "http, https")];
        assert_eq!(scheme(Field::XForwardedFor, "10.0.0.1:9", &lines), https);
        assert_eq!(scheme(Field::XForwardedFor, "1.1.1.1:9", &lines), None);
        assert_eq!(scheme(Field::Forwarded, "10.0.0.1:9", &lines), None);
    }

    #[test]
    fn networks_have_bounds() {
        for bad in [
            "10.0.0.0/33",
            "fd00::/129",
            "10.0.0/8",
            "x",
            "",
            "1.1.1.1/",
            "1.1.1.1/-1",
        ] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
        let all = Network::parse("0.0.0.0/0").unwrap();
        let comes_from = |addr: &str| all.has(Peer::Tcp(addr.parse().unwrap()));
        assert!(comes_from("255.1.2.3:1") && !comes_from("[::1]:1"));
        assert!(!all.has(Peer::Unix));
    }
}
