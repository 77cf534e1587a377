//! Moves and stops under clients of every kind at once, none of which tries a second time.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tests::Client;
use tests::http2;
use tests::mixed::{Kind, Mixed, routes};
use tokio::io::AsyncReadExt;
use tokio::sync::Semaphore;
use toolkit_zero::prelude::*;
use toolkit_zero::server::{Control, Limits};

use crate::support::FREE;

fn server() -> Server {
    let mut server = Server::of(routes());
    server.limits(Limits::default().linger(Duration::from_millis(500)));
    server
}

/// What is answered all the time: an idle client only once a connection.
fn moving() -> Vec<Kind> {
    let all = Kind::ALL.into_iter();
    all.filter(|kind| *kind != Kind::Idle).collect()
}

/// Four of each kind, which ask whoever is in `place` where it is.
fn start(place: &Arc<Mutex<Control>>) -> Mixed {
    let place = Arc::clone(place);
    Mixed::start(Kind::ALL.map(|kind| (kind, 4)), move || {
        place.lock().unwrap().addr()
    })
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moves_lose_nothing_of_clients_of_every_kind() {
    let mut bg = server().serve_managed(FREE);
    let clients = start(&Arc::new(Mutex::new(bg.control())));
    let port = bg.addr().port();
    for to in [
        SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)),
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        FREE.into(),
    ] {
        clients.progress(&moving()).await;
        let report = bg.try_rebind(to).await.unwrap();
        assert_eq!(report.aborted(), 0, "{to}: {report}");
    }
    clients.progress(&moving()).await;
    let outcome = clients.end().await;
    assert!(outcome.lost.is_empty(), "{outcome:#?}");
    let silent = outcome.answered.iter().find(|(_, count)| *count == 0);
    assert_eq!(silent, None, "{outcome}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stops_lose_nothing_of_clients_of_every_kind() {
    let mut bg = server().serve_managed(FREE);
    let place = Arc::new(Mutex::new(bg.control()));
    let clients = start(&place);
    for _ in 0..2 {
        clients.progress(&moving()).await;
        // A next server takes over before the old one is stopped.
        let next = server().serve_managed(FREE);
        *place.lock().unwrap() = next.control();
        let report = std::mem::replace(&mut bg, next).stop().await;
        assert_eq!(report.aborted(), 0, "{report}");
    }
    clients.progress(&moving()).await;
    let outcome = clients.end().await;
    assert!(outcome.lost.is_empty(), "{outcome:#?}");
}

#[tokio::test]
async fn the_deadline_of_a_stop_cuts_every_kind_and_counts_each() {
    let inside = Arc::new(Semaphore::new(0));
    let entered = Arc::clone(&inside);
    let stuck = ServerMechanism::get("/stuck").onconnect(move || {
        entered.add_permits(1);
        std::future::pending::<()>()
    });
    let entered = Arc::clone(&inside);
    let endless = ServerMechanism::get("/endless").onconnect(move || {
        let entered = Arc::clone(&entered);
        async move {
            let (sender, stream) = crate::support::Fed::<std::io::Result<Bytes>>::new();
            sender.send(Ok(Bytes::from_static(b"begun"))).unwrap();
            entered.add_permits(1);
            std::mem::forget(sender);
            Body::from_stream(stream)
        }
    });
    let entered = Arc::clone(&inside);
    let upload = ServerMechanism::post("/upload").onconnect(move |mut body: Body| {
        let entered = Arc::clone(&entered);
        async move {
            body.chunk().await.unwrap();
            entered.add_permits(1);
            body.chunk().await.map(drop).unwrap_or_default();
        }
    });
    let entered = Arc::clone(&inside);
    let deaf = ServerMechanism::get("/deaf").onconnect(move |upgrade: WebSocketUpgrade| {
        let entered = Arc::clone(&entered);
        async move {
            upgrade.run(move |socket| async move {
                let _open = socket;
                entered.add_permits(1);
                std::future::pending::<()>().await;
            })
        }
    });
    let mut server = Server::of([stuck, endless, upload, deaf]);
    server.limits(
        Limits::default()
            .linger(Duration::ZERO)
            .drain(Duration::from_millis(150)),
    );
    let bg = server.serve_managed(FREE);
    let mut clients = Vec::new();
    for request in [
        "GET /stuck HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /endless HTTP/1.1\r\nhost: x\r\n\r\n",
        "POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhello",
        "GET /deaf HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
            sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    ] {
        let mut client = Client::connect(bg.addr()).await;
        client.write(request).await;
        inside.acquire().await.unwrap().forget();
        clients.push(client.into_stream());
    }
    let mut streams = http2::Client::connect(bg.addr()).await;
    let two = [http2::get(1, "/stuck"), http2::get(3, "/stuck")];
    streams.send(&two.concat()).await;
    inside.acquire_many(2).await.unwrap().forget();
    clients.push(streams.0);
    // Idle ones do not count.
    clients.push(Client::connect(bg.addr()).await.into_stream());
    let report = bg.stop().await;
    assert_eq!(report.aborted(), 6, "{report}");
    assert!(report.elapsed() >= Duration::from_millis(150), "{report}");
    for mut client in clients {
        // All are gone, in order or not.
        drop(client.read_to_end(&mut Vec::new()).await);
    }
}
