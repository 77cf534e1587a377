//! The clients that speak over a WebSocket (RFC 6455).

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::{Kind, Shared, text};

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;

const OPENING: &[u8] =
    b"GET /echo HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// Says something and hears it back, until the server says that it goes away (1001), or all is over.
pub(super) async fn visit(shared: &Shared, mut stream: TcpStream) -> Result<(), String> {
    stream.write_all(OPENING).await.map_err(text)?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.map_err(|error| {
            format!(
                "opening: {error} after {:?}",
                head.escape_ascii().to_string()
            )
        })?);
    }
    if !head.starts_with(b"HTTP/1.1 101 ") {
        return Err(head.escape_ascii().to_string());
    }
    let mut number = 0_u16;
    while !shared.is_over() {
        number = number.wrapping_add(1);
        send(&mut stream, TEXT, number.to_string().as_bytes()).await?;
        match read(&mut stream).await? {
            (TEXT, echo) if echo == number.to_string().as_bytes() => {
                shared.count(Kind::WebSocket);
            }
            (CLOSE, code) if code.starts_with(&1001_u16.to_be_bytes()) => {
                send(&mut stream, CLOSE, &code[..2]).await?;
                return ends(stream).await;
            }
            other => return Err(format!("{other:?}")),
        }
        sleep(Duration::from_millis(2)).await;
    }
    send(&mut stream, CLOSE, &1000_u16.to_be_bytes()).await?;
    while read(&mut stream).await?.0 != CLOSE {}
    ends(stream).await
}

/// A frame, masked with zeros.
async fn send(stream: &mut TcpStream, kind: u8, payload: &[u8]) -> Result<(), String> {
    let length = u8::try_from(payload.len()).map_err(text)?;
    let frame = [&[kind, 0x80 | length, 0, 0, 0, 0], payload].concat();
    let sent = stream.write_all(&frame).await;
    sent.map_err(|error| format!("sending: {error}"))
}

async fn read(stream: &mut TcpStream) -> Result<(u8, Vec<u8>), String> {
    let mut head = [0; 2];
    let read = stream.read_exact(&mut head).await;
    read.map_err(|error| format!("without a close frame: {error}"))?;
    let mut payload = vec![0; head[1].into()];
    stream.read_exact(&mut payload).await.map_err(text)?;
    Ok((head[0], payload))
}

async fn ends(mut stream: TcpStream) -> Result<(), String> {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest).await {
        Ok(0) => Ok(()),
        Ok(_) => Err(format!("behind the close frame: {rest:?}")),
        Err(error) => Err(format!("after the close frame: {error}")),
    }
}
