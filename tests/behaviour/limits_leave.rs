//! Handlers and clients that misbehave: those who leave, those who block, those who panic while they stream.

use std::sync::Arc;
use std::time::Duration;

use tests::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Notify, Semaphore, mpsc};
use toolkit_zero::prelude::*;
use toolkit_zero::routing::{OnDisconnect, SocketType};
use toolkit_zero::server::Limits;

use crate::support::{FREE, Fed, Log, read_until, says};

/// A handler that tells when it runs, whether it came to its end, and ends when it is let.
struct Held {
    inside: Arc<Semaphore>,
    go: Arc<Semaphore>,
    ended: mpsc::UnboundedReceiver<bool>,
}

/// Tells whether it was ended or dropped.
struct Tell(mpsc::UnboundedSender<bool>, bool);

impl Drop for Tell {
    fn drop(&mut self) {
        // The test may be over.
        self.0.send(self.1).ok();
    }
}

impl Tell {
    fn end(&mut self) {
        self.1 = true;
    }
}

fn held() -> (SocketType, Held) {
    let (inside, go) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (tell, ended) = mpsc::unbounded_channel();
    let (entered, let_go) = (Arc::clone(&inside), Arc::clone(&go));
    let route = ServerMechanism::get("/held").onconnect(move || {
        let (inside, go) = (Arc::clone(&entered), Arc::clone(&let_go));
        let mut tell = Tell(tell.clone(), false);
        async move {
            inside.add_permits(1);
            go.acquire().await.unwrap().forget();
            tell.end();
            "held"
        }
    });
    (route, Held { inside, go, ended })
}

fn serve(routes: impl IntoIterator<Item = SocketType>) -> BackgroundServer {
    let mut server = Server::of(routes);
    // The shortest of the limits paces the clock.
    let limits = Limits::default().linger(Duration::from_millis(40));
    server.limits(limits);
    server.serve_managed(FREE)
}

const ASK: &str = "GET /held HTTP/1.1\r\nhost: test\r\n\r\n";

/// Asks, with `behind` after it, waits until the handler runs, and leaves in one of two ways.
async fn leave(
    bg: &BackgroundServer,
    held: &Held,
    behind: &str,
    half: bool,
) -> Option<tokio::net::TcpStream> {
    let mut client = Client::connect(bg.addr()).await;
    client.write(format!("{ASK}{behind}")).await;
    held.inside.acquire().await.unwrap().forget();
    let mut stream = client.into_stream();
    if half {
        stream.shutdown().await.unwrap();
        Some(stream)
    } else {
        None
    }
}

const BEHIND: [&str; 3] = [
    "",
    "GET / HT",
    "GET / HTTP/1.1\r\nhost: test\r\n\r\nGET / HTTP/1.1\r\nhost: test\r\n\r\n",
];

#[tokio::test]
async fn a_client_that_leaves_cancels_its_handler_whatever_it_has_sent_behind() {
    let (route, mut held) = held();
    let bg = serve([route, says("/", "here")]);
    for behind in BEHIND {
        for half in [false, true] {
            let stream = leave(&bg, &held, behind, half).await;
            assert_eq!(held.ended.recv().await, Some(false), "{behind:?} {half}");
            drop(stream);
        }
    }
}

#[tokio::test]
async fn a_handler_that_finishes_does_so_whatever_its_client_does() {
    let (route, mut held) = held();
    let bg = serve([route.on_disconnect(OnDisconnect::Finish), says("/", "here")]);
    for behind in BEHIND {
        for half in [false, true] {
            let stream = leave(&bg, &held, behind, half).await;
            // Others come and go meanwhile.
            let mut other = Client::connect(bg.addr()).await;
            assert_eq!(other.send("GET", "/").await.text(), "here");
            held.go.add_permits(1);
            assert_eq!(held.ended.recv().await, Some(true), "{behind:?} {half}");
            if let Some(mut stream) = stream {
                let answer = read_until(&mut stream, "held").await;
                assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
                // The connection is over with its last answer.
                let mut rest = Vec::new();
                stream.read_to_end(&mut rest).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn a_client_that_leaves_ends_its_stream_whatever_it_has_sent_behind() {
    let (feeds, mut fed_by) = mpsc::unbounded_channel();
    let route = ServerMechanism::get("/stream").onconnect(move || {
        let (feed, body) = Fed::<Result<Vec<u8>, std::io::Error>>::new();
        feeds.send(feed).unwrap();
        async move { Body::from_stream(body) }
    });
    let bg = serve([route]);
    for behind in BEHIND {
        for half in [false, true] {
            let mut client = Client::connect(bg.addr()).await;
            client
                .write(format!(
                    "GET /stream HTTP/1.1\r\nhost: test\r\n\r\n{behind}"
                ))
                .await;
            let feed = fed_by.recv().await.unwrap();
            feed.send(Ok(b"some".to_vec())).unwrap();
            let mut stream = client.into_stream();
            read_until(&mut stream, "some").await;
            let stream = if half {
                stream.shutdown().await.unwrap();
                Some(stream)
            } else {
                drop(stream);
                None
            };
            feed.closed().await;
            drop(stream);
        }
    }
}

#[tokio::test]
async fn a_request_and_a_half_close_in_one_go_are_answered() {
    let (route, held) = held();
    let bg = serve([route.on_disconnect(OnDisconnect::Finish), says("/", "here")]);
    // At once for a handler that is ready, by the option for one that is not.
    for (target, wanted) in [("/", "here"), ("/held", "held")] {
        held.go.add_permits(usize::from(target == "/held"));
        let mut client = Client::connect(bg.addr()).await;
        client
            .write(format!("GET {target} HTTP/1.1\r\nhost: test\r\n\r\n"))
            .await;
        let mut stream = client.into_stream();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with(wanted), "{answer:?}");
    }
}

#[tokio::test]
async fn a_stream_that_panics_ends_its_answer_and_is_logged_with_its_route() {
    let (log, _guard) = Log::listen();
    let (feed, stream) = Fed::<u8>::new();
    let stream = std::sync::Mutex::new(Some(stream));
    let route = ServerMechanism::get("/stream").onconnect(move || {
        let stream = stream.lock().unwrap().take().unwrap();
        async move { Body::from_stream(Panicking(stream)) }
    });
    let bg = serve([route, says("/", "here")]);
    let mut client = Client::connect(bg.addr()).await;
    client
        .write("GET /stream HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    feed.send(b'x').unwrap();
    let mut stream = client.into_stream();
    read_until(&mut stream, "x\r\n").await;
    feed.send(0).unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(!rest.ends_with(b"0\r\n\r\n"), "the answer is not whole");
    let errors = log.errors();
    let named: Vec<_> = errors
        .iter()
        .filter(|line| line.contains("/stream"))
        .collect();
    assert_eq!(named.len(), 1, "{errors:?}");
    assert!(named[0].contains("nothing to send"), "{errors:?}");
    let mut other = Client::connect(bg.addr()).await;
    assert_eq!(other.send("GET", "/").await.text(), "here");
}

/// Panics at a zero.
struct Panicking(Fed<u8>);

impl futures_core::Stream for Panicking {
    type Item = Result<Vec<u8>, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let next = std::pin::Pin::new(&mut self.0).poll_next(cx);
        next.map(|byte| match byte {
            Some(0) => panic!("nothing to send"),
            byte => byte.map(|byte| Ok(vec![byte])),
        })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_watchdog_names_a_route_that_blocks_its_worker() {
    let (log, _guard) = Log::listen();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let block = ServerMechanism::get("/block/{n}").onconnect(move |Path(_): Path<u8>| {
        wait.lock().unwrap().recv().unwrap();
        async { "done" }
    });
    let awake = Arc::new(Notify::new());
    let waits = Arc::clone(&awake);
    let patient = ServerMechanism::get("/patient").onconnect(move || {
        let waits = Arc::clone(&waits);
        async move {
            waits.notified().await;
            "done"
        }
    });
    let mut server = Server::of([block, patient]);
    server.watchdog(Duration::from_millis(20));
    let bg = server.serve_managed(FREE);
    let ask = |target: &'static str| {
        let addr = bg.addr();
        tokio::spawn(async move { Client::connect(addr).await.send("GET", target).await })
    };
    let patient = ask("/patient");
    let blocked = ask("/block/7");
    while log.errors().is_empty() {
        tokio::task::yield_now().await;
    }
    go.send(()).unwrap();
    awake.notify_one();
    assert_eq!(blocked.await.unwrap().text(), "done");
    assert_eq!(patient.await.unwrap().text(), "done");
    let errors = log.errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].contains("/block/{n}"), "{errors:?}");
}
