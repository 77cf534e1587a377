//! HTTP/2 as RFC 9113 has it, frame by frame: what is an error of the connection, of a stream, or none.
//!
//! All of it is decided by h2, and pinned here. Where a frame cannot be read at all, h2 ends the connection with
//! `PROTOCOL_ERROR`, whatever more specific code the RFC has: section 5.4 lets an endpoint do so, and make a stream's error one
//! of its connection.

use std::time::Duration;

use tests::http2::{
    ACK, CONTINUATION, Client, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING,
    PREFACE, PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, field, frame, get, head,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use toolkit_zero::prelude::*;
use toolkit_zero::server::Limits;

use crate::support::{FREE, says};

/// Codes of RFC 9113 section 7.
const PROTOCOL_ERROR: u32 = 1;
const FLOW_CONTROL_ERROR: u32 = 3;
const FRAME_SIZE_ERROR: u32 = 6;

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    /// The connection ends with this code.
    Ends(u32),
    /// The stream ends with this code, and the connection goes on.
    Resets(u32),
    /// The stream is answered with this status, and the connection goes on.
    Answers(u16),
    /// Nothing, and the connection goes on.
    Nothing,
}
use Then::{Answers, Ends, Nothing, Resets};

fn serve() -> BackgroundServer {
    let echo = ServerMechanism::post("/echo").onconnect(|body: String| async { body });
    let mut server = Server::of([says("/", "here"), echo]);
    server.limits(Limits::default().linger(Duration::ZERO));
    server.serve_managed(FREE)
}

/// What follows on these frames, after the opening of a connection.
async fn then(bg: &BackgroundServer, frames: &[u8]) -> Then {
    let mut client = Client::connect(bg.addr()).await;
    client.until(SETTINGS).await;
    client.send(&frame(SETTINGS, ACK, 0, &[])).await;
    // The answer to the ping comes after all that the frames bring about at once.
    let ping = frame(PING, 0, 0, b"the-ping");
    client.send(&[frames, &ping].concat()).await;
    let mut seen = Nothing;
    while let Some(told) = client.next().await {
        match told.kind {
            GOAWAY => return Ends(told.number(4)),
            RST_STREAM => seen = Resets(told.number(0)),
            HEADERS => {
                let digits = [200, 204, 206, 304, 400, 404, 500];
                seen = match told.payload[0] {
                    indexed @ 0x88..=0x8e => Answers(digits[usize::from(indexed - 0x88)]),
                    _ => Answers(0),
                };
            }
            PING if told.payload == b"the-ping" => break,
            _ => {}
        }
    }
    // It goes on.
    client.send(&get(101, "/")).await;
    loop {
        let told = client.next().await.expect("the connection goes on");
        match told.kind {
            HEADERS if told.stream == 101 => return seen,
            HEADERS => seen = Answers(200),
            RST_STREAM => seen = Resets(told.number(0)),
            GOAWAY => return Ends(told.number(4)),
            _ => {}
        }
    }
}

async fn all(cases: Vec<(&str, Vec<Vec<u8>>, Then)>) {
    let bg = serve();
    let mut wrong = Vec::new();
    for (what, frames, expected) in cases {
        let seen = then(&bg, &frames.concat()).await;
        if seen != expected {
            wrong.push(format!("{what}: {seen:?} instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const WHOLE: u8 = END_HEADERS | END_STREAM;

/// The fields of a `GET /`, and these.
fn asking(fields: &[(&str, &str)]) -> Vec<u8> {
    let more = fields.iter().flat_map(|(name, value)| field(name, value));
    head("GET", "/", Some("x"))
        .into_iter()
        .chain(more)
        .collect()
}

fn posting(fields: &[(&str, &str)]) -> Vec<u8> {
    let more = fields.iter().flat_map(|(name, value)| field(name, value));
    head("POST", "/echo", Some("x"))
        .into_iter()
        .chain(more)
        .collect()
}

#[tokio::test]
async fn frames_of_the_wrong_size() {
    all(vec![
        (
            "SETTINGS of no whole entries, section 6.5",
            vec![frame(SETTINGS, 0, 0, &[0; 5])],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "an acknowledgement that says something, section 6.5",
            vec![frame(SETTINGS, ACK, 0, &[0; 6])],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "PING of seven bytes, section 6.7",
            vec![frame(PING, 0, 0, &[0; 7])],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "WINDOW_UPDATE of three bytes, section 6.9",
            vec![frame(WINDOW_UPDATE, 0, 0, &[0; 3])],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "RST_STREAM of three bytes, section 6.4",
            vec![get(1, "/"), frame(RST_STREAM, 0, 1, &[0; 3])],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "a frame over 16 KiB, section 4.2",
            vec![frame(HEADERS, WHOLE, 1, &vec![0; (16 << 10) + 1])],
            Ends(FRAME_SIZE_ERROR),
        ),
    ])
    .await;
}

#[tokio::test]
async fn frames_where_they_have_no_place() {
    let zero = 0_u32.to_be_bytes();
    all(vec![
        (
            "HEADERS on no stream, section 6.2",
            vec![frame(HEADERS, WHOLE, 0, &asking(&[]))],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "RST_STREAM on no stream, section 6.4",
            vec![frame(RST_STREAM, 0, 0, &zero)],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "SETTINGS on a stream, section 6.5",
            vec![frame(SETTINGS, 0, 1, &[])],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "PING on a stream, section 6.7",
            vec![frame(PING, 0, 1, &[0; 8])],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "GOAWAY on a stream, section 6.8",
            vec![frame(GOAWAY, 0, 1, &[0; 8])],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "PUSH_PROMISE of a client, section 8.4",
            vec![
                get(1, "/"),
                frame(PUSH_PROMISE, END_HEADERS, 1, &[0, 0, 0, 2, 0x82]),
            ],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "CONTINUATION behind nothing, section 6.10",
            vec![frame(CONTINUATION, END_HEADERS, 1, &asking(&[]))],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "DATA between HEADERS and CONTINUATION, section 6.10",
            vec![frame(HEADERS, 0, 1, &asking(&[])), frame(DATA, 0, 1, b"x")],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "CONTINUATION of another stream, section 6.10",
            vec![
                frame(HEADERS, END_STREAM, 1, &asking(&[])),
                frame(CONTINUATION, END_HEADERS, 3, &[]),
            ],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "a stream of an even number, section 5.1.1",
            vec![get(2, "/")],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "a stream before the last, section 5.1.1",
            vec![get(5, "/"), get(3, "/")],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "DATA on a stream that is idle, section 5.1",
            vec![frame(DATA, 0, 1, b"x")],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "RST_STREAM on a stream that is idle, section 5.1",
            vec![frame(RST_STREAM, 0, 1, &zero)],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "WINDOW_UPDATE on a stream that is idle, section 5.1",
            vec![frame(WINDOW_UPDATE, 0, 1, &1_u32.to_be_bytes())],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "DATA on a stream that the client has ended, section 5.1",
            vec![
                frame(HEADERS, WHOLE, 1, &posting(&[])),
                frame(DATA, 0, 1, b"x"),
            ],
            Ends(PROTOCOL_ERROR),
        ),
    ])
    .await;
}

#[tokio::test]
async fn windows_and_settings_out_of_bounds() {
    let most = 0x7fff_ffff_u32.to_be_bytes();
    let setting = |name: u8, value: u32| {
        let entry = [&[0, name][..], &value.to_be_bytes()].concat();
        vec![frame(SETTINGS, 0, 0, &entry)]
    };
    all(vec![
        (
            "a window that opens by nothing, section 6.9",
            vec![frame(WINDOW_UPDATE, 0, 0, &[0; 4])],
            Ends(PROTOCOL_ERROR),
        ),
        (
            "a window over 2^31, section 6.9.1",
            vec![frame(WINDOW_UPDATE, 0, 0, &most)],
            Ends(FLOW_CONTROL_ERROR),
        ),
        (
            "ENABLE_PUSH of 2, section 6.5.2",
            setting(2, 2),
            Ends(PROTOCOL_ERROR),
        ),
        (
            "INITIAL_WINDOW_SIZE over 2^31, section 6.5.2",
            setting(4, 1 << 31),
            Ends(PROTOCOL_ERROR),
        ),
        (
            "MAX_FRAME_SIZE under 16 KiB, section 6.5.2",
            setting(5, 1 << 10),
            Ends(PROTOCOL_ERROR),
        ),
        (
            "MAX_FRAME_SIZE over 2^24, section 6.5.2",
            setting(5, 1 << 24),
            Ends(PROTOCOL_ERROR),
        ),
        (
            "a setting that nobody knows, section 6.5.2",
            setting(99, 1),
            Nothing,
        ),
    ])
    .await;
}

#[tokio::test]
async fn heads_that_are_malformed() {
    let headers = |fields: Vec<u8>| vec![frame(HEADERS, WHOLE, 1, &fields)];
    let without = |left: &str| {
        let fields = [
            (":method", "GET"),
            (":scheme", "http"),
            (":path", "/"),
            (":authority", "x"),
        ];
        let kept = fields.iter().filter(|(name, _)| *name != left);
        headers(kept.flat_map(|(name, value)| field(name, value)).collect())
    };
    all(vec![
        (
            "HPACK that is none, section 4.3",
            headers(vec![0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            Ends(PROTOCOL_ERROR),
        ),
        (
            "an index that the table does not have, section 4.3",
            headers(vec![0xbe]),
            Ends(PROTOCOL_ERROR),
        ),
        (
            "a name with capitals, section 8.2.1",
            headers(asking(&[("X-Name", "a")])),
            Ends(PROTOCOL_ERROR),
        ),
        (
            "Connection, section 8.2.2",
            headers(asking(&[("connection", "close")])),
            Resets(PROTOCOL_ERROR),
        ),
        (
            "Transfer-Encoding, section 8.2.2",
            headers(asking(&[("transfer-encoding", "chunked")])),
            Resets(PROTOCOL_ERROR),
        ),
        (
            "TE of more than trailers, section 8.2.2",
            headers(asking(&[("te", "gzip")])),
            Resets(PROTOCOL_ERROR),
        ),
        (
            "TE of trailers, section 8.2.2",
            headers(asking(&[("te", "trailers")])),
            Answers(200),
        ),
        (
            "a pseudo-field that nobody knows, section 8.3",
            headers(asking(&[(":other", "a")])),
            Ends(PROTOCOL_ERROR),
        ),
        (
            "a pseudo-field of answers, section 8.3",
            headers(asking(&[(":status", "200")])),
            Resets(PROTOCOL_ERROR),
        ),
        (
            "a pseudo-field behind a field, section 8.3",
            headers([field("a", "b"), asking(&[])].concat()),
            Resets(PROTOCOL_ERROR),
        ),
        (
            "two of a pseudo-field, section 8.3",
            headers(asking(&[(":path", "/")])),
            Resets(PROTOCOL_ERROR),
        ),
        (
            "no method, section 8.3.1",
            without(":method"),
            Resets(PROTOCOL_ERROR),
        ),
        (
            "no path, section 8.3.1",
            without(":path"),
            Resets(PROTOCOL_ERROR),
        ),
        (
            "no scheme, section 8.3.1",
            without(":scheme"),
            Resets(PROTOCOL_ERROR),
        ),
        (
            "an empty path, section 8.3.1",
            headers(head("GET", "", Some("x"))),
            Resets(PROTOCOL_ERROR),
        ),
        (
            "a line break in a value, section 8.2.1",
            headers(asking(&[("a", "b\r\nc: d")])),
            Ends(PROTOCOL_ERROR),
        ),
    ])
    .await;
}

#[tokio::test]
async fn bodies_that_do_not_keep_their_word() {
    let post = |length: &str| {
        frame(
            HEADERS,
            END_HEADERS,
            1,
            &posting(&[("content-length", length)]),
        )
    };
    let trailers = |flags: u8, fields: &[u8]| frame(HEADERS, END_HEADERS | flags, 1, fields);
    all(vec![
        (
            "as long as it says",
            vec![post("2"), frame(DATA, END_STREAM, 1, b"ok")],
            Answers(200),
        ),
        (
            "shorter than it says, section 8.1.1",
            vec![post("5"), frame(DATA, END_STREAM, 1, b"ok")],
            Resets(PROTOCOL_ERROR),
        ),
        (
            "longer than it says, section 8.1.1",
            vec![post("1"), frame(DATA, END_STREAM, 1, b"ok")],
            Resets(PROTOCOL_ERROR),
        ),
        (
            "with trailers, section 8.1",
            vec![
                post("2"),
                frame(DATA, 0, 1, b"ok"),
                trailers(END_STREAM, &field("a", "b")),
            ],
            Answers(200),
        ),
        (
            "with trailers that do not end it, section 8.1",
            vec![
                post("2"),
                frame(DATA, 0, 1, b"ok"),
                trailers(0, &field("a", "b")),
            ],
            Resets(PROTOCOL_ERROR),
        ),
        (
            "with padding, section 6.1",
            vec![
                post("2"),
                frame(DATA, END_STREAM | PADDED, 1, b"\x03ok\0\0\0"),
            ],
            Answers(200),
        ),
        (
            "with more padding than there is, section 6.1",
            vec![post("2"), frame(DATA, END_STREAM | PADDED, 1, b"\x09ok")],
            Ends(PROTOCOL_ERROR),
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_may_be_sent_at_any_time_changes_nothing() {
    all(vec![
        (
            "a frame of a kind that nobody knows, section 5.5",
            vec![frame(0x7f, 0xff, 0, b"x"), get(1, "/")],
            Answers(200),
        ),
        (
            "PRIORITY of a stream to come, section 5.3.2",
            vec![frame(PRIORITY, 0, 1, &[0, 0, 0, 3, 9]), get(1, "/")],
            Answers(200),
        ),
        (
            "SETTINGS again, section 6.5",
            vec![frame(SETTINGS, 0, 0, &[]), get(1, "/")],
            Answers(200),
        ),
        (
            "flags that mean nothing, section 4.1",
            vec![frame(PING, 0xfe, 0, b"12345678"), get(1, "/")],
            Answers(200),
        ),
        (
            "an acknowledgement of a ping that was not sent, section 6.7",
            vec![frame(PING, ACK, 0, b"12345678"), get(1, "/")],
            Answers(200),
        ),
        (
            "RST_STREAM of a code that nobody knows, section 7",
            vec![
                get(1, "/"),
                frame(RST_STREAM, 0, 1, &[0xff; 4]),
                get(3, "/"),
            ],
            Answers(200),
        ),
        (
            "a head in three frames, section 6.10",
            vec![
                frame(HEADERS, END_STREAM, 1, &asking(&[])[..5]),
                frame(CONTINUATION, 0, 1, &asking(&[])[5..9]),
                frame(CONTINUATION, END_HEADERS, 1, &asking(&[])[9..]),
            ],
            Answers(200),
        ),
        (
            "DATA of nothing, section 6.1",
            vec![
                frame(HEADERS, END_HEADERS, 1, &posting(&[])),
                frame(DATA, 0, 1, b""),
                frame(DATA, END_STREAM, 1, b""),
            ],
            Answers(200),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_ping_is_answered_with_its_own_bytes() {
    let bg = serve();
    let mut client = Client::connect(bg.addr()).await;
    client.send(&frame(PING, 0, 0, b"12345678")).await;
    let pong = client.until(PING).await;
    assert_eq!(
        (pong.flags, pong.stream, &pong.payload[..]),
        (ACK, 0, &b"12345678"[..])
    );
}

#[tokio::test]
async fn a_preface_without_settings_is_taken() {
    // RFC 9113 section 3.4 has a client send them; h2 does not insist.
    let bg = serve();
    let mut stream = TcpStream::connect(bg.addr()).await.unwrap();
    let opening = [PREFACE, &get(1, "/")].concat();
    stream.write_all(&opening).await.unwrap();
    assert_eq!(Client(stream).status().await, 200);
}

#[tokio::test]
async fn a_client_that_says_goodbye_still_gets_the_answers_it_has_asked_for() {
    let bg = serve();
    let mut client = Client::connect(bg.addr()).await;
    let frames = [get(1, "/"), frame(GOAWAY, 0, 0, &[0; 8])].concat();
    client.send(&frames).await;
    assert_eq!(client.status().await, 200);
    drop(client.0.read_to_end(&mut Vec::new()).await);
}
