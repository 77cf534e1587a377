//! A program and its tests: the routes that a test names, a state of the test's own, no socket (`cargo test -p examples`).
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/greet/Ada
//! {"text":"Hello, Ada!"}
//! ```

use serde::Serialize;
use toolkit_zero::prelude::*;

#[derive(Clone)]
struct Greeting(String);

#[derive(Serialize)]
struct Greeted {
    text: String,
}

#[get("/greet/{name}")]
async fn greet(name: String, State(Greeting(word)): State<Greeting>) -> Json<Greeted> {
    let text = format!("{word}, {name}!");
    Json(Greeted { text })
}

/// Says everything twice.
#[get("/twice")]
async fn twice(upgrade: WebSocketUpgrade) -> Response {
    upgrade.run(|mut socket| async move {
        while let Ok(Some(Message::Text(text))) = socket.receive().await {
            let _gone = socket.send(format!("{text} {text}")).await;
        }
    })
}

#[get("/news")]
async fn news() -> impl IntoResponse {
    let news = ["one", "two"].map(|text| Event::default().data(text));
    Sse::new(futures_util::stream::iter(news))
}

#[toolkit_zero::main]
async fn main(server: &mut Server) {
    server.state(Greeting("Hello".to_owned()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use toolkit_zero::testing::TestClient;

    #[tokio::test]
    async fn it_greets_with_the_word_of_the_test() {
        let mut server = Server::of([route!(greet)]);
        server.state(Greeting("Moin".to_owned()));
        let client = TestClient::new(server);
        let answer = client.get("/greet/Ada").send().await;
        answer
            .assert_status(200)
            .assert_header("content-type", "application/json")
            .assert_json(&json!({ "text": "Moin, Ada!" }));
        // No other route is there.
        client.get("/news").send().await.assert_status(404);
    }

    #[tokio::test]
    async fn websockets_and_events_need_no_socket() {
        let client = TestClient::new(Server::of([route!(twice), route!(news)]));
        let mut socket = client.get("/twice").websocket().await;
        socket.send("ho").await;
        socket.assert_text("ho ho").await;

        let mut stream = client.get("/news").stream().await;
        for data in ["data: one", "data: two"] {
            assert_eq!(stream.event().await.unwrap().as_deref(), Some(data));
        }
    }

    #[tokio::test]
    async fn the_program_itself_as_it_boots() {
        let mut server = toolkit_zero::collected!();
        server.state(Greeting("Hello".to_owned()));
        let client = TestClient::new(server);
        client
            .get("/greet/A%20B")
            .send()
            .await
            .assert_json(&json!({ "text": "Hello, A B!" }));
    }
}
