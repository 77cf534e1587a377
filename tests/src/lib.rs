//! What the tests share: a client that writes bytes and reads answers, and nothing more.

#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by a panic")]

pub mod http2;
pub mod mixed;
pub mod program;
pub mod targets;

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection to a server under test, without a library between: what is written is what is sent.
#[derive(Debug)]
pub struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

/// One answer: the status line and the fields as they came, and the body by its length or its chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The field lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, unframed.
    pub body: Vec<u8>,
}

impl From<TcpStream> for Client {
    fn from(stream: TcpStream) -> Self {
        Self {
            stream,
            read: Vec::new(),
        }
    }
}

impl Client {
    /// Connects.
    ///
    /// # Panics
    /// The server does not accept.
    pub async fn connect(addr: SocketAddr) -> Self {
        Self::try_connect(addr)
            .await
            .unwrap_or_else(|error| panic!("{addr}: {error}"))
    }

    /// Connects, or tells why not.
    ///
    /// # Errors
    /// The server does not accept.
    pub async fn try_connect(addr: SocketAddr) -> std::io::Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(stream.into())
    }

    /// Writes these bytes.
    ///
    /// # Panics
    /// The connection is gone.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream
            .write_all(bytes.as_ref())
            .await
            .expect("the connection takes what is written");
    }

    /// Sends a request without a body and reads its answer.
    ///
    /// # Panics
    /// No answer comes.
    pub async fn send(&mut self, method: &str, target: &str) -> Answer {
        self.write(format!("{method} {target} HTTP/1.1\r\nhost: test\r\n\r\n"))
            .await;
        if method == "HEAD" {
            self.answer_to_head().await
        } else {
            self.answer().await
        }
    }

    /// Sends a request with a body and reads its answer.
    ///
    /// # Panics
    /// No answer comes.
    pub async fn send_with(
        &mut self,
        method: &str,
        target: &str,
        content_type: &str,
        body: &str,
    ) -> Answer {
        let length = body.len();
        self.write(format!(
            "{method} {target} HTTP/1.1\r\nhost: test\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}"
        ))
        .await;
        self.answer().await
    }

    /// Reads one answer.
    ///
    /// # Panics
    /// The connection ends before it is complete.
    pub async fn answer(&mut self) -> Answer {
        self.try_answer(true)
            .await
            .expect("an answer that is complete")
    }

    /// Reads one answer to `HEAD`, which has no body whatever its fields say.
    ///
    /// # Panics
    /// The connection ends before it is complete.
    pub async fn answer_to_head(&mut self) -> Answer {
        self.try_answer(false)
            .await
            .expect("an answer that is complete")
    }

    /// Reads one answer; `None` if the connection ends before it is complete.
    pub async fn try_answer(&mut self, with_body: bool) -> Option<Answer> {
        self.read_answer(with_body).await.ok()
    }

    /// Reads one answer.
    ///
    /// # Errors
    /// Why there is none, with what came instead.
    pub async fn read_answer(&mut self, with_body: bool) -> Result<Answer, String> {
        let end = self.find(b"\r\n\r\n").await?;
        let head: Vec<_> = self.read.drain(..end + 4).collect();
        let head = String::from_utf8(head).map_err(|error| error.to_string())?;
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let status = status.and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| format!("no status: {head:?}"))?;
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let mut answer = Answer {
            status,
            headers,
            body: Vec::new(),
        };
        if !with_body || status < 200 || status == 204 || status == 304 {
            return Ok(answer);
        }
        answer.body = if answer.header("transfer-encoding") == Some("chunked") {
            self.chunks().await?
        } else if let Some(length) = answer.header("content-length") {
            let length = length.parse().map_err(|_| format!("no length: {length}"))?;
            self.exactly(length).await?
        } else {
            while self.more().await.is_ok() {}
            std::mem::take(&mut self.read)
        };
        Ok(answer)
    }

    async fn chunks(&mut self) -> Result<Vec<u8>, String> {
        let mut body = Vec::new();
        loop {
            let end = self.find(b"\r\n").await?;
            let line = String::from_utf8_lossy(&self.exactly(end + 2).await?).into_owned();
            let size = usize::from_str_radix(line.trim(), 16);
            let size = size.map_err(|_| format!("no size of a chunk: {line:?}"))?;
            let chunk = self.exactly(size + 2).await?;
            if size == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&chunk[..size]);
        }
    }

    async fn find(&mut self, wanted: &[u8]) -> Result<usize, String> {
        loop {
            match find(&self.read, wanted) {
                Some(at) => return Ok(at),
                None => self.more().await?,
            }
        }
    }

    async fn exactly(&mut self, count: usize) -> Result<Vec<u8>, String> {
        while self.read.len() < count {
            self.more().await?;
        }
        Ok(self.read.drain(..count).collect())
    }

    async fn more(&mut self) -> Result<(), String> {
        match self.stream.read_buf(&mut self.read).await {
            Ok(0) => Err(format!("closed after \"{}\"", self.read.escape_ascii())),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Waits until the server closes the connection; what still came is returned.
    ///
    /// # Panics
    /// The connection is reset.
    pub async fn closed(mut self) -> Vec<u8> {
        self.stream
            .read_to_end(&mut self.read)
            .await
            .expect("the connection is closed and not reset");
        self.read
    }

    /// The stream, for what this client cannot do.
    pub fn into_stream(self) -> TcpStream {
        self.stream
    }
}

/// Reads one answer with a length from any stream, and nothing of the next.
///
/// # Panics
/// The stream ends before the answer is complete.
pub async fn answer_from<S: AsyncRead + Unpin>(stream: &mut S) -> Answer {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = stream.read_u8().await;
        head.push(byte.expect("a head that is complete"));
    }
    let head = String::from_utf8(head).expect("a head of text");
    let mut lines = head.trim_end().split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status = status.and_then(|status| status.parse().ok());
    let mut answer = Answer {
        status: status.expect("a status line"),
        headers: lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect(),
        body: Vec::new(),
    };
    let length = answer.header("content-length").map_or("0", |length| length);
    answer.body = vec![0; length.parse().expect("a length")];
    let read = stream.read_exact(&mut answer.body).await;
    read.expect("a body that is complete");
    answer
}

impl Answer {
    /// The first field of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let field = self.headers.iter().find(|(field, _)| field == name);
        field.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// It is not JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// The programs of the README, compiled as doctests.
#[doc = include_str!("../../README.md")]
#[derive(Debug)]
pub struct Readme;
