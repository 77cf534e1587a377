//! What is said between two processes; two real ones are in `tests/handover.rs`.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;

use super::*;
use crate::message::{Body, Request};
use crate::transport::listen::Listen;
use crate::transport::{Accepting, Application, Limits};

#[test]
fn an_endpoint_is_read_as_it_was_written() {
    for endpoint in [
        Endpoint::from(([127, 0, 0, 1], 0)),
        Endpoint::from(([0, 0, 0, 0, 0, 0, 0, 1], 80)),
        Endpoint::unix("/run/a socket \"here\".sock"),
        Endpoint::unix("@abstract"),
    ] {
        assert_eq!(read(&written(&endpoint).unwrap()), Some(endpoint));
    }
    assert_eq!(read("descriptor 3"), None);
}

#[test]
fn a_frame_that_is_no_frame_is_refused_before_it_is_kept() {
    length(*b"HTTP").unwrap_err();
    assert_eq!(length([0, 0, 1, 0]).unwrap(), 256);
    value(b"{").unwrap_err();
}

#[test]
fn a_listening_socket_passes_over_a_connection() {
    let (here, there) = UnixStream::pair().unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let addr = listener.local_addr().unwrap();
    pass::send(here.as_fd(), listener.as_fd()).unwrap();
    drop((here, listener));
    let passed = TcpListener::from(pass::receive(there.as_fd()).unwrap());
    let mut client = TcpStream::connect(addr).unwrap();
    client.write_all(b"x").unwrap();
    let mut byte = [0];
    passed.accept().unwrap().0.read_exact(&mut byte).unwrap();
    assert_eq!(byte, *b"x");
    // No more came, and that is no descriptor.
    pass::receive(there.as_fd()).unwrap_err();
}

#[test]
fn bytes_without_a_descriptor_are_an_error() {
    let (mut here, there) = UnixStream::pair().unwrap();
    here.write_all(b"+").unwrap();
    let error = pass::receive(there.as_fd()).unwrap_err();
    assert!(error.to_string().contains("no descriptor"), "{error}");
}

#[test]
fn an_abstract_name_is_no_place_to_hand_sockets_over() {
    let error = Takeover::ask("@app".as_ref()).unwrap_err();
    assert!(
        error.to_string().contains("give the path of a file"),
        "{error}"
    );
}

#[test]
fn nobody_at_the_path_is_nobody_to_take_over_from() {
    let path = std::env::temp_dir().join(format!("toolkit-zero-nobody-{}", std::process::id()));
    assert!(Takeover::ask(&path).unwrap().is_none());
    // A server that was killed leaves its file.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(Takeover::ask(&path).unwrap().is_none());
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_socket_is_known_by_its_words_and_by_its_place() {
    let handed = |asked: SocketAddr| {
        let socket = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let bound = socket.local_addr().unwrap();
        let handed = Handed {
            asked: asked.into(),
            shared: false,
            mode: None,
            socket: socket.into(),
        };
        (handed, bound)
    };
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    let (first, first_at) = handed(free);
    let (second, second_at) = handed(free);
    let (third, third_at) = handed(([127, 0, 0, 1], 9).into());
    let mut takeover = Takeover::for_tests(vec![first, second, third]);
    let places = takeover
        .choose(vec![free.into(), third_at.into(), free.into(), free.into()])
        .iter()
        .map(Listen::endpoint)
        .collect::<Vec<_>>();
    assert_eq!(
        places[..3],
        [first_at, third_at, second_at].map(Endpoint::from)
    );
    // There are no more, so this one is bound.
    assert_eq!(places[3], Endpoint::from(free));
}

#[derive(Clone)]
struct Nothing;

impl Application for Nothing {
    type Future = std::future::Ready<http::Response<Body>>;

    fn call(&self, _: Request) -> Self::Future {
        std::future::ready(http::Response::new(Body::empty()))
    }
}

/// One process that listens, and another one that may take over.
fn both() -> (TcpListener, Accepting<Nothing>) {
    let old = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let asked = Endpoint::from(old.local_addr().unwrap());
    let listen = Listen::from(([127, 0, 0, 1], 0)).on(Handed {
        asked,
        shared: false,
        mode: None,
        socket: old.try_clone().unwrap().into(),
    });
    let limits = Limits::default().linger(std::time::Duration::ZERO);
    let new = Accepting::bind(vec![listen], None, Nothing, &limits).unwrap();
    (old, new)
}

#[tokio::test]
async fn one_that_gives_up_leaves_those_who_wait_to_the_other() {
    let (old, new) = both();
    let client = TcpStream::connect(new.addr()).unwrap();
    new.give_back();
    new.drain().await;
    // It had become so for both.
    old.set_nonblocking(false).unwrap();
    let (_, peer) = old.accept().unwrap();
    assert_eq!(peer, client.local_addr().unwrap());
    // The socket was left as it was, so others come.
    TcpStream::connect(old.local_addr().unwrap()).unwrap();
}

#[tokio::test]
async fn one_that_stops_after_it_has_taken_over_refuses_clients() {
    let (old, new) = both();
    let addr = new.addr();
    drop(old);
    new.keep();
    new.open();
    new.drain().await;
    TcpStream::connect(addr).unwrap_err();
}

#[tokio::test]
async fn what_is_lent_is_kept_unless_it_is_given() {
    let limits = Limits::default().linger(std::time::Duration::ZERO);
    let free = SocketAddr::from(([127, 0, 0, 1], 0));
    for given in [false, true] {
        let old = Accepting::start(free, Nothing, &limits).unwrap();
        let addr = old.addr();
        let loan = old.lend().unwrap();
        let other = loan.0[0].socket.try_clone().unwrap();
        assert_eq!(loan.0[0].asked, Endpoint::from(free));
        if given {
            loan.give(&[0]);
        } else {
            drop(loan);
        }
        old.drain().await;
        // The other process still has the socket; it is dead only if it was not given.
        let connected = tokio::time::timeout(
            std::time::Duration::from_millis(300),
            tokio::net::TcpStream::connect(addr),
        );
        assert_eq!(matches!(connected.await, Ok(Ok(_))), given);
        drop(other);
    }
}
