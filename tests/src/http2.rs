//! HTTP/2, frame by frame, without a library between: what is written is what is sent.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a connection begins with (RFC 9113 section 3.4), but for the settings.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Kinds of frames (RFC 9113 section 6).
pub const DATA: u8 = 0;
/// The head of a message.
pub const HEADERS: u8 = 1;
/// A priority, which nobody heeds.
pub const PRIORITY: u8 = 2;
/// The end of a stream before its time.
pub const RST_STREAM: u8 = 3;
/// What one side asks of the other.
pub const SETTINGS: u8 = 4;
/// What only a server may send, and none does.
pub const PUSH_PROMISE: u8 = 5;
/// A question whether the other side is there.
pub const PING: u8 = 6;
/// The end of a connection.
pub const GOAWAY: u8 = 7;
/// Room for more of a body.
pub const WINDOW_UPDATE: u8 = 8;
/// The rest of a head.
pub const CONTINUATION: u8 = 9;

/// The flag of `DATA` and `HEADERS` that nothing follows.
pub const END_STREAM: u8 = 1;
/// The flag of `SETTINGS` and `PING` that they answer one.
pub const ACK: u8 = 1;
/// The flag of `HEADERS` that the head is whole.
pub const END_HEADERS: u8 = 4;
/// The flag that the first byte of the payload tells how many at its end mean nothing.
pub const PADDED: u8 = 8;

/// One frame as it is read.
#[derive(Debug)]
pub struct Frame {
    /// Its kind.
    pub kind: u8,
    /// Its flags.
    pub flags: u8,
    /// Its stream; 0 for the connection.
    pub stream: u32,
    /// What it holds.
    pub payload: Vec<u8>,
}

impl Frame {
    /// The number of four bytes at this place of the payload.
    ///
    /// # Panics
    /// The payload is shorter.
    pub fn number(&self, at: usize) -> u32 {
        let bytes = self.payload.get(at..at + 4);
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        u32::from_be_bytes(bytes.expect("a payload of that length"))
    }

    /// Whether nothing follows on its stream.
    pub fn ends(&self) -> bool {
        matches!(self.kind, DATA | HEADERS) && self.flags & END_STREAM != 0
    }
}

/// One frame as it is sent.
///
/// # Panics
/// No frame is that long.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a length of 24 bits");
    let mut bytes = length.to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// A field as HPACK has it: literal, without indexing, without Huffman (RFC 7541 section 6.2.2).
///
/// # Panics
/// The name or the value has more than 126 bytes.
pub fn field(name: &str, value: &str) -> Vec<u8> {
    let mut bytes = vec![0];
    for text in [name, value] {
        let length = u8::try_from(text.len()).ok().filter(|it| *it < 127);
        bytes.push(length.expect("a text of at most 126 bytes"));
        bytes.extend(text.as_bytes());
    }
    bytes
}

/// The fields of a request.
pub fn head(method: &str, path: &str, authority: Option<&str>) -> Vec<u8> {
    let mut fields = [
        field(":method", method),
        field(":scheme", "http"),
        field(":path", path),
    ]
    .concat();
    if let Some(authority) = authority {
        fields.extend(field(":authority", authority));
    }
    fields
}

/// A whole `GET` on `stream`.
pub fn get(stream: u32, path: &str) -> Vec<u8> {
    let flags = END_STREAM | END_HEADERS;
    frame(HEADERS, flags, stream, &head("GET", path, Some("x")))
}

/// One connection.
#[derive(Debug)]
pub struct Client(pub TcpStream);

impl Client {
    /// Connects, and opens with settings that ask for nothing.
    ///
    /// # Panics
    /// The server does not accept.
    pub async fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).await;
        let stream = stream.unwrap_or_else(|error| panic!("{addr}: {error}"));
        let opened = Self::open(stream).await;
        opened.unwrap_or_else(|error| panic!("{addr}: {error}"))
    }

    /// The same on a connection that is there.
    ///
    /// # Errors
    /// It is gone.
    pub async fn open(mut stream: TcpStream) -> io::Result<Self> {
        let opening = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
        stream.write_all(&opening).await?;
        Ok(Self(stream))
    }

    /// Writes these bytes.
    ///
    /// # Panics
    /// The connection is gone.
    pub async fn send(&mut self, bytes: &[u8]) {
        let sent = self.0.write_all(bytes).await;
        sent.expect("the connection takes what is written");
    }

    /// The next frame; `None` once the server has closed.
    pub async fn next(&mut self) -> Option<Frame> {
        self.read().await.ok()
    }

    /// The next frame.
    ///
    /// # Errors
    /// The end of the connection, in order (`UnexpectedEof`) or not.
    pub async fn read(&mut self) -> io::Result<Frame> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).await?;
        let [a, b, c, kind, flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.0.read_exact(&mut payload).await?;
        let stream = u32::from_be_bytes(stream);
        Ok(Frame {
            kind,
            flags,
            stream,
            payload,
        })
    }

    /// The next frame of this kind.
    ///
    /// # Panics
    /// The connection ends before.
    pub async fn until(&mut self, kind: u8) -> Frame {
        loop {
            let frame = self.next().await.expect("a frame of this kind");
            if frame.kind == kind {
                return frame;
            }
        }
    }

    /// The status of the next answer, by the static table (RFC 7541 appendix A) or as a literal of index 8.
    ///
    /// # Panics
    /// No answer comes.
    pub async fn status(&mut self) -> u16 {
        let payload = self.until(HEADERS).await.payload;
        let indexed = [200, 204, 206, 304, 400, 404, 500];
        match payload[0] {
            indexed_field @ 0x88..=0x8e => indexed[usize::from(indexed_field - 0x88)],
            0x08 | 0x18 | 0x48 => match payload[1] {
                3 => {
                    let digits = String::from_utf8_lossy(&payload[2..5]).parse();
                    digits.expect("three digits")
                }
                _ => huffman_digits(&payload[2..2 + usize::from(payload[1] & 0x7f)]),
            },
            other => panic!("{other:#x} begins {payload:?}"),
        }
    }
}

/// Three digits in the code of RFC 7541 appendix B: `0` to `2` have five bits, the others six.
fn huffman_digits(bytes: &[u8]) -> u16 {
    let bits = bytes
        .iter()
        .fold(String::new(), |bits, byte| format!("{bits}{byte:08b}"));
    let read = |from: usize, to: usize| u16::from_str_radix(&bits[from..to], 2).expect("bits");
    let (mut at, mut number) = (0, 0);
    for _ in 0..3 {
        let code = read(at, at + 5);
        let digit = if code <= 2 {
            at += 5;
            code
        } else {
            at += 6;
            read(at - 6, at) - 0x19 + 3
        };
        number = number * 10 + digit;
    }
    number
}
