//! What is no TLS, and what is no TLS for us.

use std::time::Duration;

use tests::Client;
use tokio::io::AsyncWriteExt;
use toolkit_zero::prelude::*;
use toolkit_zero::server::Limits;

use crate::support::{FREE, says};
use crate::tls::{Authority, Trusting, ask, serve_tls};

/// A fatal alert of this kind (RFC 8446 section 6).
fn alert(kind: u8) -> impl Fn(&[u8]) -> bool {
    move |bytes| bytes.len() == 7 && bytes[0] == 0x15 && bytes[5..] == [2, kind]
}

#[tokio::test]
async fn plain_http_is_answered_400_and_told_where_to_go() {
    let (bg, client) = serve_tls([says("/a", "a")]);
    for version in ["1.1", "1.0"] {
        let mut plain = Client::connect(bg.addr()).await;
        plain
            .write(format!("GET /a HTTP/{version}\r\nhost: test\r\n\r\n"))
            .await;
        let answer = plain.answer().await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.header("connection"), Some("close"));
        assert!(answer.text().contains("https://"), "{}", answer.text());
        assert_eq!(plain.closed().await, b"");
    }
    // A body that is still being sent takes nothing from it.
    let mut plain = Client::connect(bg.addr()).await;
    let head = "POST /a HTTP/1.1\r\nhost: test\r\ncontent-length: 1000000\r\n\r\n";
    plain.write(head).await;
    plain.write(vec![b'x'; 1_000_000]).await;
    assert_eq!(plain.answer().await.status, 400);
    assert_eq!(plain.closed().await, b"");
    let mut stream = client.connect(bg.addr()).await;
    assert_eq!(ask(&mut stream, "GET", "/a", b"").await.status, 200);
}

#[tokio::test]
async fn garbage_gets_an_alert_and_is_closed_in_order() {
    let (bg, client) = serve_tls([says("/a", "a")]);
    let huge = [vec![0x16, 3, 1, 0xff, 0xff], vec![1; 70_000]].concat();
    let no_hello = [0x16, 3, 1, 0, 5, 2, 0, 0, 1, 0];
    for garbage in [
        &[0; 64][..],
        b"\r\n\r\n\r\n",
        &[0xff; 9000],
        &huge,
        &no_hello,
    ] {
        let mut wrong = Client::connect(bg.addr()).await;
        wrong.write(garbage).await;
        let told = wrong.closed().await;
        assert_eq!(told.first(), Some(&0x15), "{told:?}");
    }
    let mut stream = client.connect(bg.addr()).await;
    assert_eq!(ask(&mut stream, "GET", "/a", b"").await.status, 200);
}

/// A `ClientHello` that knows no version after this one, without extensions.
fn hello(version: [u8; 2]) -> Vec<u8> {
    let mut body = version.to_vec();
    body.extend([7; 32]);
    // No session; TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA and the signal of RFC 5746; no compression.
    body.extend([0, 0, 4, 0xc0, 0x13, 0, 0xff, 1, 0]);
    let length = u8::try_from(body.len()).unwrap();
    let mut record = vec![0x16, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(body);
    record
}

#[tokio::test]
async fn versions_that_are_no_longer_safe_get_an_alert() {
    let (bg, _) = serve_tls([says("/a", "a")]);
    for version in [[3, 1], [3, 2]] {
        let mut old = Client::connect(bg.addr()).await;
        old.write(hello(version)).await;
        let told = old.closed().await;
        let (handshake_failure, protocol_version) = (40, 70);
        let refused = alert(handshake_failure)(&told) || alert(protocol_version)(&told);
        assert!(refused, "{version:?}: {told:?}");
    }
}

#[tokio::test]
async fn a_handshake_that_breaks_off_harms_nobody() {
    let (bg, client) = serve_tls([says("/a", "a")]);
    let hello = hello([3, 3]);
    for end in [0, 1, 5, 20, hello.len() - 1] {
        let mut stream = Client::connect(bg.addr()).await.into_stream();
        stream.write_all(&hello[..end]).await.unwrap();
        stream.shutdown().await.unwrap();
        drop(stream);
    }
    let mut stream = client.connect(bg.addr()).await;
    assert_eq!(ask(&mut stream, "GET", "/a", b"").await.status, 200);
    drop(stream);
    assert_eq!(bg.stop().await.aborted(), 0);
}

#[tokio::test]
async fn who_stalls_in_the_handshake_or_after_it_is_closed() {
    let authority = Authority::new();
    let short = Duration::from_millis(100);
    let mut server = Server::of([says("/a", "a")]);
    server
        .limits(Limits::default().first_byte(short).header_read(short))
        .tls(authority.vouch(&["localhost"]).tls());
    let bg = server.serve_managed(FREE);
    for begun in [&b""[..], &hello([3, 3])[..20], &[0x16]] {
        let mut stalls = Client::connect(bg.addr()).await;
        stalls.write(begun).await;
        assert_eq!(stalls.closed().await, b"");
    }
    for protocols in [&["h2"][..], &["http/1.1"]] {
        let client = Trusting::new(&authority).offering(protocols);
        let mut stream = client.connect(bg.addr()).await;
        let mut read = Vec::new();
        // A stalled client is told of the end too.
        let ended = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut read).await;
        assert!(ended.is_ok() && read.is_empty(), "{protocols:?} {ended:?}");
    }
}
