//! The clients of HTTP/1.1.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::sleep;

use super::{Kind, PIECES, Shared};
use crate::{Answer, Client};

const UPLOAD: usize = 64 << 10;

/// Asks until the server says that the connection ends, or all is over.
pub(super) async fn visit(shared: &Shared, kind: Kind, stream: TcpStream) -> Result<(), String> {
    let mut client = Client::from(stream);
    loop {
        if kind == Kind::Thinks {
            sleep(Duration::from_millis(10)).await;
        }
        let answer = client.request(kind).await?;
        shared.count(kind);
        match (kind, answer.header("connection")) {
            (_, Some("close")) => return client.ends().await,
            (Kind::Fresh, _) => {
                sleep(Duration::from_millis(2)).await;
                return Ok(());
            }
            (Kind::Idle, _) => {
                return tokio::select! {
                    ended = client.ends() => ended,
                    () = shared.over() => Ok(()),
                };
            }
            _ if shared.is_over() => return Ok(()),
            _ => {}
        }
    }
}

impl Client {
    async fn request(&mut self, kind: Kind) -> Result<Answer, String> {
        let (status, body) = match kind {
            Kind::Uploads => {
                self.post("/count", UPLOAD, UPLOAD / 8).await?;
                (200, "65536")
            }
            Kind::Refused => {
                self.post("/unwanted", 300, 100).await?;
                (415, "")
            }
            Kind::Streams => {
                self.put(b"GET /pieces HTTP/1.1\r\nhost: x\r\n\r\n").await?;
                (200, PIECES)
            }
            Kind::Busy
            | Kind::Fresh
            | Kind::Thinks
            | Kind::Idle
            | Kind::Http2
            | Kind::WebSocket => {
                self.put(b"GET /ping HTTP/1.1\r\nhost: x\r\n\r\n").await?;
                (200, "pong")
            }
        };
        let answer = self.read_answer(true).await?;
        if answer.status != status || (status == 200 && answer.body != body.as_bytes()) {
            return Err(format!("a wrong answer: {answer:?}"));
        }
        Ok(answer)
    }

    /// A body without a type, in pieces.
    async fn post(&mut self, path: &str, length: usize, piece: usize) -> Result<(), String> {
        let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
        self.put(head.as_bytes()).await?;
        for _ in 0..length / piece {
            sleep(Duration::from_millis(1)).await;
            self.put(&vec![b'x'; piece]).await?;
        }
        Ok(())
    }

    async fn put(&mut self, bytes: &[u8]) -> Result<(), String> {
        let written = self.stream.write_all(bytes).await;
        written.map_err(|error| format!("writing: {error}"))
    }

    /// The server closes in order, and says nothing more.
    async fn ends(&mut self) -> Result<(), String> {
        match self.stream.read_to_end(&mut self.read).await {
            Ok(_) if self.read.is_empty() => Ok(()),
            Ok(_) => Err(format!(
                "behind the last answer: {}",
                self.read.escape_ascii()
            )),
            Err(error) => Err(format!("after the last answer: {error}")),
        }
    }
}
