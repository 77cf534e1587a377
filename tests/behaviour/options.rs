//! What can be said about a route beside its pattern: its timeout, and what a client that leaves does to it.

use std::time::Duration;

use tests::Client;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use toolkit_zero::middleware::{Next, from_fn};
use toolkit_zero::prelude::*;
use toolkit_zero::routing::{OnDisconnect, SocketType};
use toolkit_zero::server::Limits;

use crate::support::{FREE, connected, problem, says};

/// Tells when it is dropped.
struct Tells(Option<oneshot::Sender<()>>);

impl Drop for Tells {
    fn drop(&mut self) {
        if let Some(tell) = self.0.take() {
            // Whoever waited may be gone.
            tell.send(()).ok();
        }
    }
}

#[tokio::test]
async fn a_handler_past_its_timeout_is_dropped_and_answered_503() {
    let (dropped, mut was_dropped) = mpsc::unbounded_channel();
    let route = ServerMechanism::get("/never")
        .onconnect(move || {
            let (tell, told) = oneshot::channel();
            dropped.send(told).unwrap();
            async move {
                let _tells = Tells(Some(tell));
                std::future::pending::<()>().await;
            }
        })
        .timeout(Duration::from_millis(1));
    let quick = says("/quick", "quick").timeout(Duration::from_hours(1));
    let (_bg, mut client) = connected([route, quick]).await;
    let answer = client.send("GET", "/never").await;
    assert_eq!(answer.status, 503);
    problem(&answer, 503, "/never");
    was_dropped.recv().await.unwrap().await.unwrap();
    assert_eq!(client.send("GET", "/quick").await.text(), "quick");
}

/// A handler that waits to be released; and what is told of it.
struct Waiting {
    entered: mpsc::UnboundedReceiver<()>,
    release: watch::Sender<bool>,
    /// The handler reached its end, or was dropped before.
    finished: oneshot::Receiver<bool>,
    /// The request around it is no longer wanted.
    left: oneshot::Receiver<()>,
}

struct Ends(bool, Option<oneshot::Sender<bool>>);

impl Drop for Ends {
    fn drop(&mut self) {
        if let Some(tell) = self.1.take() {
            tell.send(self.0).ok();
        }
    }
}

fn waiting(then: OnDisconnect) -> (SocketType, Waiting) {
    let (tell, entered) = mpsc::unbounded_channel();
    let (release, released) = watch::channel(false);
    let (finish, finished) = oneshot::channel();
    let (leave, left) = oneshot::channel();
    let ends = std::sync::Mutex::new(Some(Ends(false, Some(finish))));
    let leaves = std::sync::Arc::new(std::sync::Mutex::new(Some(Tells(Some(leave)))));
    let route = ServerMechanism::get("/waits")
        .onconnect(move || {
            let (tell, mut released) = (tell.clone(), released.clone());
            let ends = ends.lock().unwrap().take();
            async move {
                let mut ends = ends;
                tell.send(()).unwrap();
                released.wait_for(|released| *released).await.unwrap();
                if let Some(ends) = &mut ends {
                    ends.0 = true;
                }
                "finished"
            }
        })
        .on_disconnect(then)
        .layer(from_fn(move |request: Request, next: Next| {
            let leaves = leaves.lock().unwrap().take();
            async move {
                let _leaves = leaves;
                next.run(request).await
            }
        }));
    (
        route,
        Waiting {
            entered,
            release,
            finished,
            left,
        },
    )
}

#[tokio::test]
async fn a_client_that_leaves_cancels_its_handler() {
    let (route, mut waiting) = waiting(OnDisconnect::Cancel);
    let (bg, mut client) = connected([route, says("/ok", "ok")]).await;
    client
        .write("GET /waits HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    waiting.entered.recv().await.unwrap();
    drop(client);
    assert!(!waiting.finished.await.unwrap(), "it was never released");
    let mut other = Client::connect(bg.addr()).await;
    assert_eq!(other.send("GET", "/ok").await.text(), "ok");
}

#[tokio::test]
async fn a_handler_that_finishes_runs_to_its_end_after_its_client_has_left() {
    let (route, mut waiting) = waiting(OnDisconnect::Finish);
    let (_bg, mut client) = connected([route]).await;
    client
        .write("GET /waits HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    waiting.entered.recv().await.unwrap();
    // A client that has closed its side may still read, so the request around the handler goes on too.
    drop(client);
    waiting.release.send(true).unwrap();
    assert!(waiting.finished.await.unwrap());
    waiting.left.await.unwrap();
}

/// A server with a drain of this length, and a handler that finishes and whose client has left.
async fn left(drain: Duration) -> (BackgroundServer, Waiting) {
    let (route, mut waiting) = waiting(OnDisconnect::Finish);
    let mut server = Server::of([route]);
    server.limits(Limits::default().linger(Duration::ZERO).drain(drain));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    client
        .write("GET /waits HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    waiting.entered.recv().await.unwrap();
    // A client that has closed its side may still read, so its request goes on with the handler.
    drop(client);
    (bg, waiting)
}

#[tokio::test]
async fn a_stop_waits_for_a_handler_that_finishes_after_its_client_has_left() {
    let (bg, waiting) = left(Duration::from_secs(30)).await;
    let addr = bg.addr();
    let stopping = tokio::spawn(bg.stop());
    // The listener is gone, and a drain without anything to wait for ends.
    for _ in 0..20 {
        while TcpStream::connect(addr).await.is_ok() {}
    }
    assert!(!stopping.is_finished(), "it waits for the handler");
    waiting.release.send(true).unwrap();
    assert!(waiting.finished.await.unwrap());
    assert_eq!(stopping.await.unwrap().aborted(), 0);
}

#[tokio::test]
async fn a_drains_deadline_cuts_a_handler_that_finishes_and_counts_it_once() {
    let (bg, waiting) = left(Duration::from_millis(1)).await;
    assert_eq!(bg.stop().await.aborted(), 1);
    assert!(!waiting.finished.await.unwrap());

    let (route, mut waiting) = self::waiting(OnDisconnect::Finish);
    let mut server = Server::of([route]);
    server.limits(Limits::default().drain(Duration::from_millis(1)));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    client
        .write("GET /waits HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    waiting.entered.recv().await.unwrap();
    assert_eq!(bg.stop().await.aborted(), 1);
    assert!(!waiting.finished.await.unwrap());
}

#[tokio::test]
async fn a_handler_that_finishes_answers_a_client_that_stayed() {
    let (route, mut waiting) = waiting(OnDisconnect::Finish);
    let (_bg, mut client) = connected([route]).await;
    client
        .write("GET /waits HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    waiting.entered.recv().await.unwrap();
    waiting.release.send(true).unwrap();
    assert_eq!(client.answer().await.text(), "finished");
    assert!(waiting.finished.await.unwrap());
}
