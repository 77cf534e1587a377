//! One whole connection over a pipe in memory: whatever is sent, the server ends in order and blames the client.

use std::cell::RefCell;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::timeout;
use toolkit_zero::prelude::{BackgroundServer, Body, Json, Query, Server, ServerMechanism};
use toolkit_zero::server::Limits;

use super::block_on;

thread_local! {
    static SERVER: RefCell<Option<BackgroundServer>> = const { RefCell::new(None) };
}

/// What both sides buffer: more than any input makes, so that neither waits for the other.
const PIPE: usize = 4 << 20;
/// Longer inputs find nothing that shorter ones do not.
const LONGEST: usize = 16 << 10;

fn boot() -> BackgroundServer {
    let mut server = Server::of([
        ServerMechanism::get("/").onconnect(|| async { "here" }),
        ServerMechanism::get("/stream").onconnect(|| async {
            let pieces = tokio_stream();
            http::Response::new(Body::from_stream(pieces))
        }),
        ServerMechanism::get("/{a}/{*b}")
            .onconnect(|it: toolkit_zero::extract::Path<Vec<String>>| async move { it.0.concat() }),
        ServerMechanism::get("/query").onconnect(|_: Query<Vec<(String, u8)>>| async { "queried" }),
        ServerMechanism::post("/bytes").onconnect(|body: Bytes| async move { body }),
        ServerMechanism::post("/json").onconnect(|body: Json<Vec<u8>>| async move { body }),
        ServerMechanism::post("/unread").onconnect(|| async { "not read" }),
        ServerMechanism::post("/pieces").onconnect(|mut body: Body| async move {
            let mut count = 0;
            while let Ok(Some(chunk)) = body.chunk().await {
                count += chunk.len();
            }
            count.to_string()
        }),
    ]);
    server.limits(
        Limits::default()
            .body(1000)
            .head(8 << 10)
            .headers(20)
            .target(500),
    );
    server.serve_managed(([127, 0, 0, 1], 0))
}

fn tokio_stream() -> impl futures_core::Stream<Item = Result<Bytes, std::io::Error>> {
    Pieces(3)
}

struct Pieces(u8);

impl futures_core::Stream for Pieces {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.0 = self.0.saturating_sub(1);
        std::task::Poll::Ready((self.0 > 0).then(|| Ok(Bytes::from_static(b"piece"))))
    }
}

/// Sends `pieces` over one connection, closes, and returns what was answered.
async fn exchange<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let (mut client, server) = duplex(PIPE);
    SERVER.with(|kept| {
        kept.borrow_mut()
            .get_or_insert_with(boot)
            .serve_connection(server, ([192, 0, 2, 1], 1));
    });
    for piece in pieces {
        if client.write_all(piece).await.is_err() {
            break; // It has closed.
        }
        tokio::task::yield_now().await;
    }
    let mut read = Vec::new();
    let ends = async {
        // A pipe that the server has dropped is closed already.
        drop(client.shutdown().await);
        client
            .read_to_end(&mut read)
            .await
            .expect("a pipe is never reset");
    };
    timeout(Duration::from_secs(20), ends)
        .await
        .expect("the server ends a connection whose client has");
    read
}

/// The status of each answer, in order, without those before the last word (1xx).
fn statuses(answers: &[u8]) -> Vec<u16> {
    let lines = answers
        .windows(12)
        .filter(|window| window.starts_with(b"HTTP/1."));
    lines
        .filter_map(|line| std::str::from_utf8(&line[9..]).ok()?.parse().ok())
        .filter(|status| *status >= 200)
        .collect()
}

/// The first byte tells the size of the pieces, the rest is what a client sends.
///
/// # Panics
/// The server does not end, answers nonsense, blames itself, or depends on how the bytes are cut.
pub fn http1(input: &[u8]) {
    let Some((size, bytes)) = input.split_first() else {
        return;
    };
    let bytes = &bytes[..bytes.len().min(LONGEST)];
    block_on(async {
        let whole = exchange([bytes].into_iter()).await;
        let cut = exchange(bytes.chunks(usize::from(*size) + 1)).await;
        for answers in [&whole, &cut] {
            let text = answers.escape_ascii();
            if answers.is_empty() || bytes.starts_with(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") {
                continue;
            }
            assert!(answers.starts_with(b"HTTP/1."), "{text}");
            for status in statuses(answers) {
                assert!(
                    (200..500).contains(&status) || status == 501 || status == 505,
                    "{text}"
                );
            }
        }
        // A body that has come already is read to its end, and one that has not closes the connection. A head in pieces is
        // read when it is whole, so a client that leaves before is not told that it is wrong.
        let (mut long, mut short) = (&whole, &cut);
        if statuses(long).len() < statuses(short).len() {
            (long, short) = (short, long);
        }
        let (mut all, some) = (statuses(long), statuses(short));
        let closed = short.windows(19).any(|it| it == b"connection: close\r\n");
        if closed || matches!(all.get(some.len()..), Some([400 | 431])) {
            all.truncate(some.len());
        }
        assert_eq!(all, some, "{}", cut.escape_ascii());
    });
}

/// Frames after the preface: a byte each for kind, flags, stream and length, then so many bytes of payload. A length of 255
/// stands for 16,384.
///
/// # Panics
/// The server does not end, or sends what are no frames.
pub fn http2(input: &[u8]) {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
    let mut rest = &input[..input.len().min(LONGEST)];
    while let [kind, flags, stream, length, payload @ ..] = rest {
        let (payload, after) = payload.split_at(payload.len().min(usize::from(*length)));
        rest = after;
        let filled = if *length == 255 {
            16_384
        } else {
            payload.len()
        };
        let size = u32::try_from(filled).unwrap_or_default().to_be_bytes();
        bytes.extend(&size[1..]);
        bytes.extend([*kind, *flags]);
        bytes.extend(u32::from(*stream).to_be_bytes());
        bytes.extend(payload);
        bytes.resize(bytes.len() + filled - payload.len(), 0);
    }
    let answers = block_on(exchange(bytes.chunks(1 << 16)));
    let mut rest = answers.as_slice();
    while let [a, b, c, kind, _, stream @ ..] = rest {
        let length = u32::from_be_bytes([0, *a, *b, *c]);
        assert!(*kind <= 9 && length <= 16_384, "{}", answers.escape_ascii());
        rest = stream.get(4 + length as usize..).unwrap_or_default();
    }
}
