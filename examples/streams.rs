//! Answers that are made while they are sent: events, JSON lines, bytes; a download with a name.
//!
//! ```text
//! $ curl -sN http://127.0.0.1:8080/events
//! id: 1
//! data: 1 of 3
//!
//! id: 2
//! data: 2 of 3
//!
//! id: 3
//! data: 3 of 3
//! $ curl -sN http://127.0.0.1:8080/events -H 'last-event-id: 2'
//! id: 3
//! data: 3 of 3
//! $ curl -s http://127.0.0.1:8080/lines
//! {"number":1}
//! {"number":2}
//! {"number":3}
//! $ curl -s http://127.0.0.1:8080/bytes
//! 1 2 3
//! $ curl -s -D - -o /dev/null http://127.0.0.1:8080/download | tr -d '\r' | grep -i disposition
//! content-disposition: attachment; filename="numbers.csv"
//! ```

use std::time::Duration;

use futures_util::stream::{self, Stream, StreamExt};
use serde::Serialize;
use toolkit_zero::prelude::*;

#[derive(Serialize)]
struct Line {
    number: u64,
}

/// A number every now and then.
fn numbers(after: u64) -> impl Stream<Item = u64> + Send + 'static {
    stream::iter(after + 1..=3).then(|number| async move {
        tokio::time::sleep(Duration::from_millis(10)).await;
        number
    })
}

/// A browser that lost the connection says which event it saw last.
#[get("/events")]
async fn events(last: Option<LastEventId>) -> impl IntoResponse {
    let last = last.and_then(|last| last.0.parse().ok()).unwrap_or(0);
    let event = |number: u64| {
        Event::default()
            .id(number.to_string())
            .data(format!("{number} of 3"))
    };
    Sse::new(numbers(last).map(event)).keep_alive(Duration::from_secs(15))
}

#[get("/lines")]
async fn lines() -> impl IntoResponse {
    JsonLines::new(numbers(0).map(|number| Line { number }))
}

/// A stream that fails is broken off and logged: the client sees that it is not whole.
#[get("/bytes")]
async fn bytes() -> Body {
    let pieces = numbers(0).map(|number| match number {
        3 => "3\n".to_owned(),
        _ => format!("{number} "),
    });
    Body::from_stream(pieces.map(Ok::<_, std::io::Error>))
}

#[get("/download")]
async fn download() -> impl IntoResponse {
    Attachment::new("1,2,3\n").named("numbers.csv")
}

#[toolkit_zero::main]
async fn main() {}
