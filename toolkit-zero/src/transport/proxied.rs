//! The address of the client, as a proxy tells it before anything else: the PROXY protocol, versions 1 and 2.

use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll, ready};

use ppp::{v1, v2};
use tokio::io::ReadBuf;

use super::Application;
use super::phase::{Phase, Verdict};
use super::serve::Serving;
use super::wire::Wire;
use crate::message::Link as _;

/// How a header of version 1 begins, and one of version 2.
const TEXT: &[u8] = b"PROXY ";
const BINARY: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// The shortest line of version 1, `PROXY UNKNOWN\r\n`, and the longest.
const SHORTEST: usize = 15;
const LONGEST: usize = 107;
/// What stands before the addresses of version 2; the last two bytes tell how much follows.
const FIXED: usize = 16;
/// What is read of version 2 at most: addresses, and what proxies add to them.
const MOST: usize = 4096;

/// A header on its way. Not a byte more than it has is read, so whoever comes next begins at the socket.
#[derive(Debug, Default)]
struct Header(Vec<u8>);

impl Header {
    /// How many bytes are still to come for sure; none when it is whole.
    ///
    /// # Errors
    /// What has been read begins no header.
    fn lacks(&self) -> Result<usize, String> {
        let read = self.0.as_slice();
        let begins = |opening: &[u8]| {
            let length = opening.len().min(read.len());
            read[..length] == opening[..length]
        };
        if begins(TEXT) {
            let is_over = read.ends_with(b"\r\n");
            let line = read.strip_suffix(b"\r\n").unwrap_or(read);
            return match read.len() {
                length if length < SHORTEST => Ok(SHORTEST - length),
                _ if line.contains(&b'\n') => Err("the line ends too early".into()),
                _ if is_over => Ok(0),
                LONGEST.. => Err("the line does not end".into()),
                _ if read.ends_with(b"\r") => Ok(1),
                length => Ok((LONGEST - length).min(2)),
            };
        }
        if !begins(BINARY) {
            return Err("it does not begin like one".into());
        }
        let whole = match read {
            [.., high, low] if read.len() == FIXED => {
                FIXED + usize::from(u16::from_be_bytes([*high, *low]))
            }
            _ if read.len() < FIXED => FIXED,
            _ => FIXED + usize::from(u16::from_be_bytes([read[14], read[15]])),
        };
        if whole > MOST {
            return Err(format!("it has {whole} bytes, and at most {MOST} are read"));
        }
        Ok(whole - read.len())
    }

    /// The client that it tells of; `None` if the proxy speaks for itself, or of a client without an address.
    fn client(&self) -> Result<Option<SocketAddr>, String> {
        if self.0.starts_with(BINARY) {
            let header = v2::Header::try_from(self.0.as_slice()).map_err(|it| it.to_string())?;
            return Ok(match (header.command, header.addresses) {
                (v2::Command::Proxy, v2::Addresses::IPv4(it)) => {
                    Some((it.source_address, it.source_port).into())
                }
                (v2::Command::Proxy, v2::Addresses::IPv6(it)) => {
                    Some((it.source_address, it.source_port).into())
                }
                (
                    v2::Command::Local | v2::Command::Proxy,
                    v2::Addresses::IPv4(_)
                    | v2::Addresses::IPv6(_)
                    | v2::Addresses::Unix(_)
                    | v2::Addresses::Unspecified,
                ) => None,
            });
        }
        let header = v1::Header::try_from(self.0.as_slice()).map_err(|it| it.to_string())?;
        Ok(match header.addresses {
            v1::Addresses::Tcp4(it) => Some((it.source_address, it.source_port).into()),
            v1::Addresses::Tcp6(it) => Some((it.source_address, it.source_port).into()),
            v1::Addresses::Unknown => None,
        })
    }

    /// Reads it to its end.
    fn poll(
        &mut self,
        cx: &mut Context<'_>,
        wire: &mut Wire,
    ) -> Poll<Result<Option<SocketAddr>, String>> {
        let mut bytes = [0; 256];
        loop {
            let lacks = match self.lacks() {
                Ok(0) => return Poll::Ready(self.client()),
                Ok(lacks) => lacks.min(bytes.len()),
                Err(wrong) => return Poll::Ready(Err(wrong)),
            };
            let mut space = ReadBuf::new(&mut bytes[..lacks]);
            let read = ready!(wire.poll_read_early(cx, &mut space));
            let told = read.and_then(|()| match space.filled() {
                [] => Err(io::ErrorKind::UnexpectedEof.into()),
                filled => Ok(filled),
            });
            match told {
                Ok(filled) => self.0.extend_from_slice(filled),
                Err(error) => return Poll::Ready(Err(error.to_string())),
            }
        }
    }
}

impl<A: Application> Serving<A> {
    /// Reads what a proxy of ours says before its client speaks; `None` if it is not served.
    pub(super) async fn introduced(&self, mut wire: Wire, is_secure: bool) -> Option<Wire> {
        let mut header = Header::default();
        let wrong = loop {
            match self.attend(|cx| header.poll(cx, &mut wire)).await {
                Ok(Ok(client)) => {
                    self.connection.introduced(client);
                    return Some(wire);
                }
                Ok(Err(wrong)) => break wrong,
                Err(Verdict::Close) if self.connection.phase() == Phase::First => {
                    self.log("closed: nothing was sent");
                    return None;
                }
                Err(Verdict::Close) => break "it does not come to an end".to_owned(),
                Err(Verdict::Cut) => {
                    self.cut();
                    return None;
                }
                Err(_) => {}
            }
        };
        // A look that comes and goes, as those of balancers do, is nobody's mistake.
        if header.0.is_empty() {
            return None;
        }
        tracing::warn!(
            peer = %self.connection.peer(), wrong,
            "closed: connections from here begin with a PROXY protocol header, as `trust_proxy_protocol` says",
        );
        if !is_secure {
            self.answer_and_close(wire, "400 Bad Request", MISSING)
                .await;
        }
        None
    }
}

/// What is told to a client that speaks HTTP at once.
const MISSING: &str = "a connection from this network begins with a PROXY protocol header\n";

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads as the wire does, and tells what is left unread.
    fn read(mut bytes: &[u8]) -> Result<(Option<String>, usize), String> {
        let mut header = Header::default();
        loop {
            match header.lacks()? {
                0 => break,
                lacks if lacks > bytes.len() => return Err("truncated".to_owned()),
                lacks => {
                    header.0.extend_from_slice(&bytes[..lacks]);
                    bytes = &bytes[lacks..];
                }
            }
        }
        let client = header.client()?.map(|addr| addr.to_string());
        Ok((client, bytes.len()))
    }

    fn binary(command: u8, family: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [BINARY, &[command, family], &length, body].concat()
    }

    const V4: [u8; 12] = [2, 2, 2, 2, 10, 0, 0, 1, 0x12, 0x34, 0, 80];

    #[test]
    fn a_line_is_read_to_its_end_and_no_further() {
        for (line, client) in [
            (
                "PROXY TCP4 2.2.2.2 10.0.0.1 4660 80\r\n",
                Some("2.2.2.2:4660"),
            ),
            (
                "PROXY TCP6 2001:db8::1 ::1 4660 80\r\n",
                Some("[2001:db8::1]:4660"),
            ),
            ("PROXY UNKNOWN\r\n", None),
            ("PROXY UNKNOWN ffff:f...f:ffff ::1 65535 65535\r\n", None),
        ] {
            for rest in ["", "\r\n", "GET / HTTP/1.1\r\n\r\n"] {
                let found = read([line, rest].concat().as_bytes()).unwrap();
                assert_eq!(found, (client.map(str::to_owned), rest.len()), "{line:?}");
            }
        }
    }

    #[test]
    fn a_binary_header_is_read_with_what_proxies_add_to_it() {
        let mut v6 = [0; 36];
        v6[..2].copy_from_slice(&[0x20, 0x01]);
        v6[32] = 0x12;
        let added = [&V4[..], &[4, 0, 1, 0]].concat();
        for (bytes, client) in [
            (binary(0x21, 0x11, &V4), Some("2.2.2.2:4660")),
            (binary(0x21, 0x11, &added), Some("2.2.2.2:4660")),
            (binary(0x21, 0x21, &v6), Some("[2001::]:4608")),
            (binary(0x20, 0x11, &V4), None),
            (binary(0x20, 0, &[]), None),
            (binary(0x21, 0x31, &[0; 216]), None),
        ] {
            let found = read(&[&bytes[..], b"rest"].concat()).unwrap();
            assert_eq!(found, (client.map(str::to_owned), 4), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_header_is_refused_at_its_first_wrong_byte_and_within_bounds() {
        let long = format!("PROXY UNKNOWN {}\r\n", "x".repeat(107));
        for bytes in [
            &b"GET / HTTP/1.1\r\n\r\n"[..],
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\0\0\0\0\0\0",
            b"PROXY TCP4 2.2.2.2\r\n",
            b"PROXY TCP4 2.2.2.2 10.0.0.1 65536 80\r\n",
            b"PROXY TCP4 2.2.2.256 10.0.0.1 1 80\r\n",
            b"PROXY TCP4 ::1 ::1 1 80\r\n",
            b"PROXY UDP4 2.2.2.2 10.0.0.1 1 80\r\n",
            b"PROXY \r\nGET / HTTP/1.1\r\n",
            b"PROXY UNKNOWN\nGET / HTTP/1.1\r\n",
            b"PROXY TCP4 \xff\xff\xff\xff 10.0.0.1 1 80\r\n",
            long.as_bytes(),
            &binary(0x31, 0x11, &V4),
            &binary(0x2f, 0x11, &V4),
            &binary(0x21, 0x11, &V4[..11]),
            &binary(0x21, 0x11, &[0; 5000]),
        ] {
            let refused = read(bytes).unwrap_err();
            assert_ne!(refused, "truncated", "{:?}", String::from_utf8_lossy(bytes));
        }
        for bytes in [&b"P"[..], b"PROXY TCP4 2.2.2.2 10.0.0.1 1 8", b"\r\n\r\n\0"] {
            assert_eq!(read(bytes).unwrap_err(), "truncated");
        }
    }
}
