//! One room: what one says, all hear. WebSockets over HTTP/1.1 and HTTP/2, told to close when the server stops.
//!
//! ```text
//! $ curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/chat
//! 426
//! $ curl -s -m 2 -o /dev/null -w '%{http_code}' -H 'connection: upgrade' -H 'upgrade: websocket' -H 'sec-websocket-version: 13' -H 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==' -H 'origin: https://evil.example' http://127.0.0.1:8080/chat
//! 403
//! ```
//!
//! `websocat ws://127.0.0.1:8080/chat` twice, or two browser tabs with `new WebSocket(..)`, talk to each other.

use std::time::Duration;

use tokio::sync::broadcast;
use toolkit_zero::prelude::*;

/// What is said, to everybody who listens.
#[derive(Clone)]
struct Room(broadcast::Sender<Message>);

#[get("/chat", body_limit = "64KiB")]
async fn chat(upgrade: WebSocketUpgrade, State(room): State<Room>) -> Response {
    let mut said = room.0.subscribe();
    upgrade
        .keep_alive(Duration::from_secs(30))
        .run(move |mut socket| async move {
            loop {
                tokio::select! {
                    received = socket.receive() => match received {
                        // Nobody else listening is no error: the speaker does.
                        Ok(Some(message)) => drop(room.0.send(message)),
                        Ok(None) | Err(_) => break,
                    },
                    Ok(message) = said.recv() => {
                        if socket.send(message).await.is_err() {
                            break;
                        }
                    }
                }
            }
        })
}

#[toolkit_zero::main]
async fn main(server: &mut Server) {
    server.state(Room(broadcast::Sender::new(64)));
}
