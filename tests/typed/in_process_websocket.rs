//! WebSockets of the client in process.

use serde_json::json;
use toolkit_zero::extract::Message;
use toolkit_zero::prelude::*;
use toolkit_zero::testing::TestClient;

use crate::support::says;

#[get("/echo/{room}")]
async fn echo(
    room: String,
    upgrade: WebSocketUpgrade,
    State(greeting): State<String>,
    ClientAddr(peer): ClientAddr,
) -> Response {
    upgrade
        .protocols(["chat"])
        .run(move |mut socket: WebSocket| async move {
            let hello = format!("{greeting} {room}, {peer}");
            socket.send(hello).await.unwrap();
            while let Ok(Some(message)) = socket.receive().await {
                if message == Message::from("bye") {
                    let _closed = socket.close(4000, "as you wish").await;
                    return;
                }
                socket.send(message).await.unwrap();
            }
        })
}

fn client() -> TestClient {
    let mut server = Server::of([route!(echo), says("/plain", "x")]);
    server.state("welcome to".to_owned());
    TestClient::new(server)
}

#[tokio::test]
async fn a_websocket_is_spoken_without_a_socket() {
    let request = client().get("/echo/a").from(([10, 0, 0, 7], 70).into());
    let request = request.header("sec-websocket-protocol", "other, chat");
    let mut socket = request.websocket().await;
    assert_eq!(socket.protocol(), Some("chat"));
    socket.assert_text("welcome to a, 10.0.0.7:70").await;
    socket.send("hi").await;
    socket.assert_text("hi").await;
    socket.send_json(&json!({"b": [1], "a": 1})).await;
    socket.assert_json(&json!({"a": 1, "b": [1]})).await;
    let bytes = Message::Binary(vec![0, 159].into());
    socket.send(bytes.clone()).await;
    assert_eq!(socket.receive().await, Some(bytes));
    socket.send("bye").await;
    socket.assert_closed(4000).await;
    assert_eq!(socket.closed(), Some((4000, "as you wish")));
}

#[tokio::test]
async fn a_refusal_is_an_answer_with_the_assertions_of_one() {
    let client = client();
    let strange = client.get("/echo/a").header("origin", "http://evil.test");
    let answer = strange.try_websocket().await.unwrap_err();
    answer.assert_status(403);
    assert_eq!(answer.json::<serde_json::Value>()["instance"], "/echo/a");
    let answer = client.get("/nowhere").try_websocket().await.unwrap_err();
    answer.assert_status(404);
    // A route that speaks HTTP answers in HTTP.
    let answer = client.get("/plain").try_websocket().await.unwrap_err();
    answer.assert_status(200).assert_text("x");
    // Asked without the wish, the route refuses, as it does over a socket.
    client.get("/echo/a").send().await.assert_status(426);
}

#[tokio::test]
async fn a_drain_closes_it_and_a_stop_waits_for_it() {
    let client = client();
    let mut socket = client.get("/echo/a").websocket().await;
    socket.assert_text("welcome to a, 127.0.0.1:1").await;
    client.drain();
    socket.assert_closed(1001).await;
    drop(socket);
    client.stop().await;
}

#[tokio::test]
async fn a_failed_assertion_says_what_came_instead() {
    let client = client();
    let task = tokio::spawn(async move {
        let mut socket = client.get("/echo/a").websocket().await;
        socket.assert_text("welcome to b").await;
    });
    let panic = task.await.unwrap_err().into_panic();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("- \"welcome to b\""), "{message}");
    assert!(message.contains("+ \"welcome to a, 127"), "{message}");
}
