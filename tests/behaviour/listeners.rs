//! Several listeners of one server, added and removed while it serves.

use std::net::SocketAddr;

use tests::Client;
use toolkit_zero::prelude::*;
use toolkit_zero::server::{BootError, Endpoint, Listen, ListenError};

use crate::support::{FREE, says, serve};

fn tcp(endpoint: &Endpoint) -> SocketAddr {
    endpoint.tcp().unwrap_or_else(|| panic!("{endpoint}"))
}

async fn text(addr: SocketAddr) -> String {
    Client::connect(addr).await.send("GET", "/").await.text()
}

#[tokio::test]
async fn a_server_listens_on_all_addresses_that_it_is_told() {
    let mut server = Server::of([says("/", "here")]);
    server.listen(FREE).listen(FREE);
    let bg = server.serve_managed(FREE);
    let addrs = bg.addrs();
    assert_eq!(addrs.len(), 3);
    assert_eq!(addrs[0], bg.addr());
    for addr in &addrs {
        assert_ne!(tcp(addr).port(), 0);
        assert_eq!(text(tcp(addr)).await, "here");
    }
    bg.stop().await;
    for addr in &addrs {
        Client::try_connect(tcp(addr)).await.unwrap_err();
    }
}

#[tokio::test]
async fn an_address_is_added_and_removed_while_others_serve() {
    let mut bg = serve([says("/", "here")]);
    let mut kept = Client::connect(bg.addr()).await;
    kept.send("GET", "/").await;
    let added = bg.listen(FREE).await;
    assert_eq!(bg.addrs(), [Endpoint::from(bg.addr()), added.clone()]);
    let mut there = Client::connect(tcp(&added)).await;
    assert_eq!(there.send("GET", "/").await.text(), "here");
    let control = bg.control();
    let removed = tokio::spawn({
        let added = added.clone();
        async move {
            let report = bg.try_unlisten(added).await.unwrap();
            (bg, report)
        }
    });
    // Its connection learns of it by its next answer, and the other one does not notice.
    while control.addrs().len() > 1 {
        tokio::task::yield_now().await;
    }
    let last = there.send("GET", "/").await;
    assert_eq!(
        (last.status, last.header("connection")),
        (200, Some("close"))
    );
    let (mut bg, report) = removed.await.unwrap();
    assert_eq!(report.aborted(), 0);
    Client::try_connect(tcp(&added)).await.unwrap_err();
    let answer = kept.send("GET", "/").await;
    assert_eq!((answer.status, answer.header("connection")), (200, None));
    // And again, where it was.
    let again = bg.listen(added.tcp().unwrap()).await;
    assert_eq!(again, added);
    assert_eq!(text(tcp(&added)).await, "here");
}

#[tokio::test]
async fn a_move_moves_the_first_address_and_leaves_the_others() {
    let mut bg = serve([says("/", "here")]);
    let first = bg.addr();
    let second = bg.listen(FREE).await;
    let mut there = Client::connect(tcp(&second)).await;
    there.send("GET", "/").await;
    bg.rebind(FREE).await;
    assert_ne!(bg.addr(), first);
    assert_eq!(bg.addrs()[1], second);
    let answer = there.send("GET", "/").await;
    assert_eq!(answer.header("connection"), None);
    // The first one can be given up as well; the next takes its place.
    let moved = bg.addr();
    bg.unlisten(moved).await;
    assert_eq!(bg.addr(), tcp(&second));
    assert_eq!(text(bg.addr()).await, "here");
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let mut bg = serve([says("/", "here")]);
    let addr = bg.addr();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().map(|addr| (taken, addr)).unwrap();
    let error = bg.try_listen(taken.1).await.unwrap_err();
    assert!(matches!(error, ListenError::Bind { .. }), "{error}");
    let error = bg.try_listen(addr).await.unwrap_err();
    assert!(
        error.to_string().contains("listens there already"),
        "{error}"
    );
    let error = bg.try_unlisten(addr).await.unwrap_err();
    assert!(matches!(error, ListenError::Last { .. }), "{error}");
    let error = bg.try_unlisten(taken.1).await.unwrap_err();
    assert!(error.to_string().contains(&addr.to_string()), "{error}");
    assert_eq!(bg.addrs(), [Endpoint::from(addr)]);
    assert_eq!(text(addr).await, "here");
    let control = bg.control();
    bg.stop().await;
    assert_eq!(control.addrs(), [Endpoint::from(addr)]);
}

#[tokio::test]
async fn a_boot_that_cannot_bind_one_address_binds_none() {
    let taken = serve([]);
    let free = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let mut server = Server::of([says("/", "here")]);
    server.listen(taken.addr());
    let error = server.try_serve_managed(free).unwrap_err();
    let BootError::Bind { addr, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(addr, taken.addr());
    std::net::TcpListener::bind(free).unwrap();
}

#[tokio::test]
async fn a_stop_drains_every_address() {
    let mut bg = serve([says("/", "here")]);
    let second = bg.listen(FREE).await;
    let mut clients = [
        Client::connect(bg.addr()).await,
        Client::connect(tcp(&second)).await,
    ];
    for client in &mut clients {
        client.send("GET", "/").await;
        client.write("GET / HTTP/1.1\r\n").await;
    }
    let control = bg.control();
    control.request_stop();
    control.shutdown().requested().await;
    for client in &mut clients {
        client.write("host: x\r\n\r\n").await;
        let answer = client.answer().await;
        assert_eq!(
            (answer.status, answer.header("connection")),
            (200, Some("close"))
        );
    }
    let report = bg.until_stopped().await;
    assert_eq!((report.completed(), report.aborted()), (2, 0));
}

#[tokio::test]
async fn a_socket_that_somebody_else_has_bound_is_served() {
    let bound = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = bound.local_addr().unwrap();
    let theirs = bound.try_clone().unwrap();
    let bg = Server::of([says("/", "here")]).serve_managed(Listen::inherited(bound));
    assert_eq!(bg.addr(), addr);
    assert_eq!(text(addr).await, "here");
    bg.stop().await;
    // It still listens for whoever holds it too.
    std::net::TcpStream::connect(addr).unwrap();
    drop(theirs);
    std::net::TcpStream::connect(addr).unwrap_err();
}
