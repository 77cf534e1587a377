//! HTTP/2 clients that ask for too much, frame by frame.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;
use toolkit_zero::server::Limits;

use crate::support::{FREE, Fed, says};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// RFC 9113 section 7.
const ENHANCE_YOUR_CALM: u32 = 11;
const REFUSED_STREAM: u32 = 7;

#[derive(Debug)]
struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

impl Frame {
    fn number(&self, at: usize) -> u32 {
        u32::from_be_bytes(self.payload[at..at + 4].try_into().unwrap())
    }
}

/// One frame as it is sent.
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// A field as HPACK has it: literal, without indexing, without Huffman (RFC 7541 section 6.2.2).
fn field(name: &str, value: &str) -> Vec<u8> {
    let mut bytes = vec![0];
    for text in [name, value] {
        assert!(text.len() < 127);
        bytes.push(u8::try_from(text.len()).unwrap());
        bytes.extend(text.as_bytes());
    }
    bytes
}

fn head(method: &str, path: &str, authority: Option<&str>) -> Vec<u8> {
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

fn get(stream: u32, path: &str) -> Vec<u8> {
    frame(
        HEADERS,
        END_STREAM | END_HEADERS,
        stream,
        &head("GET", path, Some("x")),
    )
}

struct Client(TcpStream);

impl Client {
    async fn connect(bg: &BackgroundServer) -> Self {
        let mut stream = TcpStream::connect(bg.addr()).await.unwrap();
        let opening = [
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            frame(SETTINGS, 0, 0, &[]),
        ];
        stream.write_all(&opening.concat()).await.unwrap();
        Self(stream)
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }

    /// The next frame; `None` once the server has closed.
    async fn next(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head).await.ok()?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        self.0.read_exact(&mut payload).await.ok()?;
        Some(Frame {
            kind: head[3],
            flags: head[4],
            stream: u32::from_be_bytes(head[5..].try_into().unwrap()),
            payload,
        })
    }

    /// The next frame of this kind.
    async fn until(&mut self, kind: u8) -> Frame {
        loop {
            let frame = self.next().await.expect("a frame of this kind");
            if frame.kind == kind {
                return frame;
            }
        }
    }

    /// The status of the next answer, by the static table (RFC 7541 appendix A) or as a literal of index 8.
    async fn status(&mut self) -> u16 {
        let payload = self.until(HEADERS).await.payload;
        let indexed = [200, 204, 206, 304, 400, 404, 500];
        match payload[0] {
            indexed_field @ 0x88..=0x8e => indexed[usize::from(indexed_field - 0x88)],
            0x08 | 0x18 | 0x48 => match payload[1] {
                3 => String::from_utf8_lossy(&payload[2..5]).parse().unwrap(),
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
    let (mut at, mut number) = (0, 0);
    for _ in 0..3 {
        let code = u16::from_str_radix(&bits[at..at + 5], 2).unwrap();
        let digit = if code <= 2 {
            at += 5;
            code
        } else {
            at += 6;
            u16::from_str_radix(&bits[at - 6..at], 2).unwrap() - 0x19 + 3
        };
        number = number * 10 + digit;
    }
    number
}

fn serve(routes: impl IntoIterator<Item = SocketType>, limits: Limits) -> BackgroundServer {
    let mut server = Server::of(routes);
    server.limits(limits.linger(Duration::ZERO));
    server.serve_managed(FREE)
}

fn never() -> SocketType {
    ServerMechanism::get("/never").onconnect(|| async {
        std::future::pending::<()>().await;
    })
}

#[tokio::test]
async fn the_limits_are_told_to_the_client() {
    let bg = serve([], Limits::default());
    let mut client = Client::connect(&bg).await;
    let settings = client.until(SETTINGS).await.payload;
    let told: Vec<_> = settings
        .chunks(6)
        .map(|entry| {
            let value = u32::from_be_bytes(entry[2..].try_into().unwrap());
            (entry[1], value)
        })
        .collect();
    // MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_HEADER_LIST_SIZE (RFC 9113 section 6.5.2).
    for wanted in [(3, 200), (4, 64 << 10), (6, 16 << 10)] {
        assert!(told.contains(&wanted), "{told:?}");
    }
    let update = client.until(WINDOW_UPDATE).await;
    assert_eq!((update.stream, update.number(0)), (0, (1 << 20) - 65_535));
}

#[tokio::test]
async fn a_stream_too_many_is_refused() {
    let bg = serve(
        [never(), says("/", "here")],
        Limits::default().http2_streams(2),
    );
    let mut client = Client::connect(&bg).await;
    // The limit binds once the client has acknowledged it.
    client.until(SETTINGS).await;
    client.send(&frame(SETTINGS, 1, 0, &[])).await;
    client
        .send(&[get(1, "/never"), get(3, "/never"), get(5, "/")].concat())
        .await;
    let refused = client.until(RST_STREAM).await;
    assert_eq!((refused.stream, refused.number(0)), (5, REFUSED_STREAM));
    // One that ends makes room.
    client
        .send(&frame(RST_STREAM, 0, 1, &8_u32.to_be_bytes()))
        .await;
    client.send(&get(7, "/")).await;
    assert_eq!(client.status().await, 200);
}

#[tokio::test]
async fn streams_that_are_opened_and_reset_end_the_connection() {
    let bg = serve([says("/", "here")], Limits::default());
    let client = Client::connect(&bg).await;
    let flood: Vec<_> = (0..50_000)
        .flat_map(|number| {
            let stream = 2 * number + 1;
            let reset = frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes());
            [get(stream, "/"), reset].concat()
        })
        .collect();
    let (mut reader, mut writer) = client.0.into_split();
    let writing = tokio::spawn(async move { writer.write_all(&flood).await });
    let mut read = Vec::new();
    let ended = reader.read_to_end(&mut read).await;
    let goaway = [0, 0, 0, ENHANCE_YOUR_CALM.to_be_bytes()[3]];
    let told = read.windows(4).any(|window| window == goaway);
    assert!(told || ended.is_err(), "the connection ends with a GOAWAY");
    // It ended before the flood was taken, or while it was.
    drop(writing.await.unwrap());
    let mut other = Client::connect(&bg).await;
    other.send(&get(1, "/")).await;
    assert_eq!(other.status().await, 200);
}

#[tokio::test]
async fn continuations_without_end_end_the_connection() {
    const FLOOD: usize = 32 << 20;
    let bg = serve([says("/", "here")], Limits::default());
    let mut client = Client::connect(&bg).await;
    client
        .send(&frame(HEADERS, END_STREAM, 1, &head("GET", "/", Some("x"))))
        .await;
    let more = field("a", &"x".repeat(120)).repeat(130);
    let more = frame(CONTINUATION, 0, 1, &more);
    let mut sent = 0;
    while sent < FLOOD && client.0.write_all(&more).await.is_ok() {
        sent += more.len();
    }
    // What the kernel's buffers hold at most; the server took a fraction.
    assert!(sent < FLOOD, "the server took {sent} bytes of one head");
    let mut other = Client::connect(&bg).await;
    other.send(&get(1, "/")).await;
    assert_eq!(other.status().await, 200);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_431_and_too_many_fields_too() {
    let bg = serve([says("/", "here")], Limits::default());
    let mut client = Client::connect(&bg).await;
    let flags = END_STREAM | END_HEADERS;
    let large = [
        head("GET", "/", Some("x")),
        field("a", &"x".repeat(100)).repeat(130),
    ];
    client
        .send(&frame(HEADERS, flags, 1, &large.concat()))
        .await;
    assert_eq!(client.status().await, 431);
    client.send(&get(3, "/")).await;
    assert_eq!(client.status().await, 200);
    let mut client = Client::connect(&bg).await;
    let many = [head("GET", "/", Some("x")), field("a", "b").repeat(101)];
    client.send(&frame(HEADERS, flags, 1, &many.concat())).await;
    assert_eq!(client.status().await, 431);
    client.send(&get(3, "/")).await;
    assert_eq!(client.status().await, 200);
}

#[tokio::test]
async fn the_authority_counts_as_host() {
    let bg = serve([says("/", "here")], Limits::default());
    let mut client = Client::connect(&bg).await;
    let flags = END_STREAM | END_HEADERS;
    let with = |authority, host: &[&str]| {
        let mut fields = head("GET", "/", authority);
        for host in host {
            fields.extend(field("host", host));
        }
        fields
    };
    let cases: [(_, &[&str], _); 7] = [
        (Some("x"), &[], 200),
        (Some("x"), &["x"], 200),
        (None, &["x"], 200),
        (Some("x"), &["y"], 400),
        (Some("x"), &["x", "x"], 400),
        (None, &["x y"], 400),
        (None, &[], 400),
    ];
    for (number, (authority, host, status)) in (0..).zip(cases) {
        let fields = with(authority, host);
        client
            .send(&frame(HEADERS, flags, 2 * number + 1, &fields))
            .await;
        assert_eq!(client.status().await, status, "{authority:?} {host:?}");
    }
}

#[tokio::test]
async fn a_body_that_stands_still_is_408_and_other_streams_go_on() {
    let upload = ServerMechanism::post("/up").onconnect(|_: Bytes| async {});
    let limits = Limits::default().stall(Duration::from_millis(80)).rate(0);
    let bg = serve([upload, says("/", "here")], limits);
    let mut client = Client::connect(&bg).await;
    let fields = head("POST", "/up", Some("x"));
    client.send(&frame(HEADERS, END_HEADERS, 1, &fields)).await;
    client.send(&frame(DATA, 0, 1, b"hello")).await;
    assert_eq!(client.status().await, 408);
    client.send(&get(3, "/")).await;
    assert_eq!(client.status().await, 200);
}

#[tokio::test]
async fn answers_that_nobody_takes_are_reset() {
    let large = ServerMechanism::get("/large").onconnect(|| async { vec![b'x'; 64 << 20] });
    let limits = Limits::default().stall(Duration::from_millis(80)).rate(0);
    let bg = serve([large], limits);
    let mut client = Client::connect(&bg).await;
    // Windows as wide as they may be, and nobody reads.
    let wide = (0x7fff_ffff_u32 - 65_535).to_be_bytes();
    client
        .send(&frame(SETTINGS, 0, 0, &[0, 4, 0x7f, 0xff, 0xff, 0xff]))
        .await;
    client.send(&frame(WINDOW_UPDATE, 0, 0, &wide)).await;
    client.send(&get(1, "/large")).await;
    while client
        .next()
        .await
        .is_some_and(|frame| frame.kind != HEADERS)
    {}
    bg.stop().await;
}

/// A client that lets `window` bytes of each stream come, and asks for something large and for something small.
async fn without_window(window: u32, limits: Limits) -> (BackgroundServer, Client) {
    let large = ServerMechanism::get("/large").onconnect(|| async { vec![b'x'; 1 << 20] });
    let bg = serve([large, says("/", "here")], limits);
    let mut client = Client::connect(&bg).await;
    let setting = [&[0, 4][..], &window.to_be_bytes()].concat();
    client.send(&frame(SETTINGS, 0, 0, &setting)).await;
    client.send(&get(1, "/large")).await;
    assert_eq!(client.status().await, 200);
    (bg, client)
}

/// The stream is reset, and the connection answers the next request once it has a window.
async fn is_reset_alone(client: &mut Client) {
    let reset = client.until(RST_STREAM).await;
    assert_eq!(reset.stream, 1);
    let wide = [0, 4, 0, 1, 0, 0];
    client.send(&frame(SETTINGS, 0, 0, &wide)).await;
    client.send(&get(3, "/")).await;
    assert_eq!(client.status().await, 200);
    assert_eq!(client.until(DATA).await.payload, b"here");
}

#[tokio::test]
async fn an_answer_without_any_window_is_reset_and_other_streams_go_on() {
    let limits = Limits::default().stall(Duration::from_millis(80)).rate(0);
    let (_bg, mut client) = without_window(0, limits).await;
    is_reset_alone(&mut client).await;
}

#[tokio::test]
async fn an_answer_whose_window_is_not_opened_again_is_reset_too() {
    let limits = Limits::default().stall(Duration::from_millis(80)).rate(0);
    let (_bg, mut client) = without_window(30_000, limits).await;
    is_reset_alone(&mut client).await;
}

#[tokio::test]
async fn an_answer_whose_window_opens_byte_by_byte_is_reset_by_its_average() {
    let grace = Duration::from_millis(80);
    let limits = Limits::default().grace(grace).rate(u32::MAX);
    let (_bg, mut client) = without_window(1, limits).await;
    let one = frame(WINDOW_UPDATE, 0, 1, &1_u32.to_be_bytes());
    loop {
        let frame = client.next().await.expect("the connection stays");
        match frame.kind {
            DATA => client.send(&one).await,
            RST_STREAM => break assert_eq!(frame.stream, 1),
            _ => {}
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_being_made_is_not_held_against_its_client() {
    let (parts, stream) = Fed::<Result<Bytes, std::convert::Infallible>>::new();
    let stream = std::sync::Mutex::new(Some(stream));
    let slow = ServerMechanism::get("/slow").onconnect(move || {
        let stream = stream.lock().unwrap().take();
        async move { stream.map(Body::from_stream) }
    });
    let limits = Limits::default()
        .stall(Duration::from_millis(20))
        .grace(Duration::from_millis(20))
        .rate(u32::MAX);
    let bg = serve([slow], limits);
    let mut client = Client::connect(&bg).await;
    client.send(&get(1, "/slow")).await;
    assert_eq!(client.status().await, 200);
    parts.send(Ok(Bytes::from_static(b"first"))).unwrap();
    assert_eq!(client.until(DATA).await.payload, b"first");
    // Longer than it might stand still if it were due.
    tokio::time::sleep(Duration::from_millis(200)).await;
    parts.send(Ok(Bytes::from_static(b"second"))).unwrap();
    assert_eq!(client.until(DATA).await.payload, b"second");
}

#[tokio::test]
async fn a_goaway_tells_of_a_frame_that_is_none() {
    let bg = serve([], Limits::default());
    let mut client = Client::connect(&bg).await;
    // DATA on no stream: a connection error (RFC 9113 section 6.1).
    client.send(&frame(DATA, 0, 0, b"x")).await;
    let goaway = client.until(GOAWAY).await;
    assert_eq!((goaway.flags, goaway.number(4)), (0, 1));
}
