//! Whose word about a client's address is believed.

use tests::Client;
use toolkit_zero::prelude::*;
use toolkit_zero::testing::TestClient;

use crate::support::FREE;

#[get("/")]
async fn whoami(ClientAddr(addr): ClientAddr) -> String {
    addr.to_string()
}

#[tokio::test]
async fn nobody_is_believed_by_default() {
    let bg = Server::of([route!(whoami)]).serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    client
        .write("GET / HTTP/1.1\r\nhost: test\r\nx-forwarded-for: 6.6.6.6\r\nforwarded: for=6.6.6.6\r\n\r\n")
        .await;
    assert!(client.answer().await.text().starts_with("127.0.0.1:"));
}

#[tokio::test]
async fn a_proxy_of_ours_is_believed_in_the_field_that_it_writes() {
    let mut server = Server::of([route!(whoami)]);
    server.trust_x_forwarded_for(["127.0.0.0/8"]);
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    for (fields, addr) in [
        ("x-forwarded-for: 6.6.6.6, 2.2.2.2\r\n", "2.2.2.2:0"),
        (
            "x-forwarded-for: 2.2.2.2\r\nforwarded: for=6.6.6.6\r\n",
            "2.2.2.2:0",
        ),
    ] {
        client
            .write(format!("GET / HTTP/1.1\r\nhost: test\r\n{fields}\r\n"))
            .await;
        assert_eq!(client.answer().await.text(), addr);
    }
    client
        .write("GET / HTTP/1.1\r\nhost: test\r\nforwarded: for=6.6.6.6\r\n\r\n")
        .await;
    assert!(client.answer().await.text().starts_with("127.0.0.1:"));
}

#[tokio::test]
async fn a_stranger_is_not() {
    let mut server = Server::of([route!(whoami)]);
    server.trust_forwarded(["10.0.0.0/8", "fd00::/8"]);
    let client = TestClient::new(server);
    let ask = |peer: ([u8; 4], u16)| {
        client
            .get("/")
            .header("forwarded", "for=2.2.2.2")
            .from(peer.into())
    };
    ask(([10, 1, 2, 3], 4))
        .send()
        .await
        .assert_text("2.2.2.2:0");
    ask(([11, 1, 2, 3], 4))
        .send()
        .await
        .assert_text("11.1.2.3:4");
}

#[tokio::test]
async fn what_is_no_network_is_a_fault_at_boot() {
    let mut server = Server::of([route!(whoami)]);
    server.trust_forwarded(["10.0.0.0/8", "10.0.0.0/99"]);
    let text = server.check().unwrap_err().to_string();
    assert!(
        text.contains("`10.0.0.0/99` is no network") && text.contains("typed/proxies.rs"),
        "{text}"
    );
}
