//! The reference page of the original crate, as written there (DESIGN.md section 3).

use serde::Serialize;
use tests::Client;
use toolkit_zero::socket::server::{Server, ServerMechanism, reply};

#[derive(Serialize)]
struct Pong {
    ok: bool,
}

#[derive(Serialize)]
struct Status {
    msg: String,
}

#[tokio::test]
async fn the_reference_program_runs_as_written() {
    let mut server = Server::default();
    server.mechanism(
        ServerMechanism::get("/ping").onconnect(|| async { reply!(json => Pong { ok: true }) }),
    );
    let mut bg = server.serve_managed(([127, 0, 0, 1], 8080));
    assert_eq!(bg.addr().port(), 8080);
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/ping").await.text(), r#"{"ok":true}"#);
    assert_eq!(client.send("GET", "/status").await.status, 404);

    bg.mechanism(
        ServerMechanism::get("/status")
            .onconnect(|| async { reply!(json => Status { msg: "enabled".into() }) }),
    )
    .await;
    assert_eq!(
        client.send("GET", "/status").await.text(),
        r#"{"msg":"enabled"}"#
    );
    drop(client);

    bg.rebind(([127, 0, 0, 1], 9090)).await;
    assert_eq!(bg.addr().port(), 9090);
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/ping").await.status, 200);
    assert_eq!(client.send("GET", "/status").await.status, 200);
    assert!(
        Client::try_connect(([127, 0, 0, 1], 8080).into())
            .await
            .is_err()
    );
    drop(client);
    bg.stop().await;
}
