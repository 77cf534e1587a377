//! The clients of HTTP/2.

use std::collections::HashMap;
use std::io::ErrorKind;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{Kind, PIECES, Shared, text};
use crate::http2::{
    ACK, Client, DATA, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, WINDOW_UPDATE, frame, get,
};

/// `:status: 200` (RFC 7541 appendix A).
const OK: u8 = 0x88;

/// Three streams at a time, until the server says that the connection ends, or all is over.
pub(super) async fn visit(shared: &Shared, stream: TcpStream) -> Result<(), String> {
    let mut client = Client::open(stream).await.map_err(text)?;
    let (mut next, mut goes) = (1, false);
    while !goes && !shared.is_over() {
        let mut open = HashMap::new();
        let mut ask = Vec::new();
        for path in ["/ping", "/pieces", "/ping"] {
            ask.extend(get(next, path));
            open.insert(next, (path, Vec::new()));
            next += 2;
        }
        client.0.write_all(&ask).await.map_err(text)?;
        while !open.is_empty() {
            let read = client.read().await;
            let frame = read.map_err(|error| format!("{} streams open: {error}", open.len()))?;
            goes |= answer(shared, &mut client, &mut open, &frame).await?;
        }
    }
    if !goes {
        return Ok(());
    }
    // It closes when it has nothing more to say.
    let mut none = HashMap::new();
    loop {
        match client.read().await {
            Ok(frame) => {
                answer(shared, &mut client, &mut none, &frame).await?;
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(format!("after the GOAWAY: {error}")),
        }
    }
}

type Open = HashMap<u32, (&'static str, Vec<u8>)>;

/// Does what a frame asks for; whether it was the end of the connection.
async fn answer(
    shared: &Shared,
    client: &mut Client,
    open: &mut Open,
    it: &crate::http2::Frame,
) -> Result<bool, String> {
    let write = match it.kind {
        SETTINGS | PING if it.flags & ACK == 0 => {
            let payload = if it.kind == PING {
                &it.payload[..]
            } else {
                &[]
            };
            frame(it.kind, ACK, 0, payload)
        }
        DATA if !it.payload.is_empty() => {
            let taken = u32::try_from(it.payload.len()).unwrap_or_default();
            frame(WINDOW_UPDATE, 0, 0, &taken.to_be_bytes())
        }
        _ => Vec::new(),
    };
    if !write.is_empty() {
        client.0.write_all(&write).await.map_err(text)?;
    }
    match it.kind {
        GOAWAY if it.number(4) != 0 => return Err(format!("{it:?}")),
        GOAWAY => {
            let last = it.number(0);
            return match open.keys().find(|stream| **stream > last) {
                Some(stream) => Err(format!("stream {stream} is refused by {it:?}")),
                None => Ok(true),
            };
        }
        RST_STREAM => return Err(format!("{it:?}")),
        HEADERS if it.payload.first() != Some(&OK) => return Err(format!("no 200: {it:?}")),
        DATA => {
            let (_, body) = open.get_mut(&it.stream).ok_or("data of no stream")?;
            body.extend(&it.payload);
        }
        _ => {}
    }
    if it.ends() {
        let (path, body) = open.remove(&it.stream).ok_or("the end of no stream")?;
        let wanted = if path == "/ping" { "pong" } else { PIECES };
        if body != wanted.as_bytes() {
            return Err(format!("{path}: {}", body.escape_ascii()));
        }
        shared.count(Kind::Http2);
    }
    Ok(false)
}
