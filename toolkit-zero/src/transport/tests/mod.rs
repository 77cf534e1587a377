//! Behaviour over real sockets: the application, the client and the waiting they share.

mod cork;
mod deadlines;
#[cfg(unix)]
mod descriptors;
mod drains;
mod http1;
mod http2;
mod moves;
mod parking;
mod unsent;

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{Request, Response, StatusCode, Version};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Accepting, Application, Limits};
use crate::message::{self, Body, CollectError, Held};

/// Nothing that works takes this long.
const TOO_LONG: Duration = Duration::from_secs(20);

/// An application with a handler that can be held.
#[derive(Clone, Debug)]
struct Trial {
    entered: Arc<Semaphore>,
    release: Arc<Semaphore>,
    calls: Arc<AtomicUsize>,
}

impl Trial {
    fn new() -> Self {
        Self {
            entered: Arc::new(Semaphore::new(0)),
            release: Arc::new(Semaphore::new(0)),
            calls: Arc::default(),
        }
    }

    /// Waits until a handler is held.
    async fn entered(&self) {
        within(self.entered.acquire()).await.unwrap().forget();
    }

    /// Takes the connection over: one that echoes until the drain, one that only reads, one that does
    /// nothing.
    fn upgrade(&self, signal: CancellationToken, mut request: Request<Body>) -> Response<Body> {
        let this = self.clone();
        let path = request.uri().path().to_owned();
        let upgraded = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let mut io = TokioIo::new(upgraded.await.unwrap());
            let mut bytes = [0; 64];
            this.entered.add_permits(1);
            match path.as_str() {
                "/upgrade" => {
                    let read = io.read(&mut bytes).await.unwrap();
                    io.write_all(&bytes[..read]).await.unwrap();
                    signal.cancelled().await;
                    io.write_all(b"bye").await.unwrap();
                    io.shutdown().await.unwrap();
                }
                "/grudge" => {
                    assert!(io.read(&mut bytes).await.is_err());
                    this.entered.add_permits(1);
                    this.release.acquire().await.unwrap().forget();
                }
                "/split" => {
                    let (mut read, mut write) = tokio::io::split(io);
                    let reads = this.clone();
                    tokio::spawn(async move {
                        assert!(read.read(&mut bytes).await.is_err());
                        reads.entered.add_permits(1);
                    });
                    while write.write_all(&[0; 4096]).await.is_ok() {}
                    this.entered.add_permits(1);
                }
                "/deaf" => assert!(io.read(&mut bytes).await.is_err()),
                _ => this.release.acquire().await.unwrap().forget(),
            }
        });
        let mut response = Response::new(Body::from(""));
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        response
            .headers_mut()
            .insert("connection", "upgrade".parse().unwrap());
        response
            .headers_mut()
            .insert("upgrade", "echo".parse().unwrap());
        response
    }

    fn release(&self) {
        self.release.add_permits(1);
    }
}

impl Application for Trial {
    type Future = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

    fn call(&self, request: message::Request) -> Self::Future {
        let this = self.clone();
        let peers = (request.peer().unwrap(), request.local().unwrap());
        let signal = request.drain_signal().unwrap().clone();
        let request = Request::<Body>::from(request);
        self.calls.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            match request.uri().path() {
                "/hold" => {
                    this.entered.add_permits(1);
                    this.release.acquire().await.unwrap().forget();
                    Response::new(Body::from("held"))
                }
                "/echo" => match whole(request.into_body()).await {
                    Ok(body) => Response::new(Body::from(body)),
                    Err(error) => answer(StatusCode::BAD_REQUEST, &format!("{error:?}")),
                },
                "/early" => {
                    let body = request.into_body();
                    tokio::spawn(async move {
                        assert_eq!(whole(body).await.unwrap().len(), 40);
                        this.entered.add_permits(1);
                    });
                    answer(StatusCode::OK, "early")
                }
                "/task" => answer(StatusCode::OK, &format!("{:?}", tokio::task::try_id())),
                "/refuse" => answer(StatusCode::PAYLOAD_TOO_LARGE, "too large"),
                "/where" => {
                    let ((peer, local), http2) = (peers, request.version() == Version::HTTP_2);
                    answer(StatusCode::OK, &format!("{peer} {local} {http2}"))
                }
                "/upgrade" | "/deaf" | "/stuck" | "/grudge" | "/split" => {
                    this.upgrade(signal, request)
                }
                path => match path.strip_prefix("/bytes/") {
                    Some(size) => Response::new(Body::from(vec![b'x'; size.parse().unwrap()])),
                    None => answer(StatusCode::OK, path),
                },
            }
        })
    }
}

async fn whole(body: Body) -> Result<bytes::Bytes, CollectError> {
    body.collect(u64::MAX, &mut Held::default(), None).await
}

fn answer(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = status;
    response
}

/// Limits in which nothing takes long.
fn quick() -> Limits {
    Limits::default().linger(Duration::from_millis(100))
}

fn start(limits: &Limits) -> (Accepting<Trial>, Trial) {
    let trial = Trial::new();
    let accepting = Accepting::start(loopback(0), trial.clone(), limits).unwrap();
    (accepting, trial)
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    timeout(TOO_LONG, future)
        .await
        .expect("this takes too long")
}

/// An HTTP/1 client that never retries.
#[derive(Debug)]
struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

#[derive(Debug)]
struct Answer {
    head: String,
    body: String,
}

impl Answer {
    fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn closes(&self) -> bool {
        self.head.to_ascii_lowercase().contains("connection: close")
    }
}

impl Client {
    async fn connect(addr: SocketAddr) -> Self {
        Self::try_connect(addr).await.unwrap()
    }

    async fn try_connect(addr: SocketAddr) -> std::io::Result<Self> {
        let stream = within(TcpStream::connect(addr)).await?;
        Ok(Self {
            stream,
            read: Vec::new(),
        })
    }

    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.try_send(bytes).await.unwrap();
    }

    async fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        within(self.stream.write_all(bytes.as_ref())).await
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.try_get(path).await.unwrap()
    }

    async fn try_get(&mut self, path: &str) -> std::io::Result<Answer> {
        self.try_send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n"))
            .await?;
        self.try_answer().await
    }

    async fn answer(&mut self) -> Answer {
        self.try_answer().await.unwrap()
    }

    async fn try_answer(&mut self) -> std::io::Result<Answer> {
        let head = loop {
            if let Some(end) = self
                .read
                .windows(4)
                .position(|window| window == b"\r\n\r\n")
            {
                let head: Vec<_> = self.read.drain(..end + 4).collect();
                break String::from_utf8(head).unwrap();
            }
            self.read_more().await?;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap());
        while self.read.len() < length {
            self.read_more().await?;
        }
        let body = String::from_utf8(self.read.drain(..length).collect()).unwrap();
        Ok(Answer { head, body })
    }

    /// Waits for the server to close; an error if it resets or sends anything.
    async fn closed(&mut self) -> std::io::Result<()> {
        match self.read_more().await {
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(()),
            Err(error) => Err(error),
            Ok(()) => Err(std::io::Error::other("more bytes")),
        }
    }

    async fn read_more(&mut self) -> std::io::Result<()> {
        match within(self.stream.read_buf(&mut self.read)).await? {
            0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}
