//! Answers that go on: server-sent events that are taken up where a client left off, lines of JSON, a download.
//!
//! ```text
//! $ curl -s -m 5 http://127.0.0.1:8080/count -H 'last-event-id: 2'
//! event: tick
//! id: 3
//! data: 3
//!
//! event: tick
//! id: 4
//! data: 4
//!
//! event: tick
//! id: 5
//! data: 5
//! $ curl -s http://127.0.0.1:8080/squares/3
//! {"number":1,"square":1}
//! {"number":2,"square":4}
//! {"number":3,"square":9}
//! $ curl -s -D - -o /dev/null http://127.0.0.1:8080/report | tr -d '\r' | grep -i '^content-d'
//! content-disposition: attachment; filename="report.csv"
//! ```

use std::convert::Infallible;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _, stream};
use serde::Serialize;
use toolkit_zero::prelude::*;

/// Counts to five. A client that comes back says which number it has had.
#[get("/count")]
async fn count(had: Option<LastEventId>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let had = had.and_then(|LastEventId(id)| id.parse::<u32>().ok());
    let numbers = stream::iter(had.unwrap_or(0) + 1..=5);
    let events = numbers.map(|number| {
        let text = number.to_string();
        Ok(Event::default().id(&text).event("tick").data(&text))
    });
    Sse::new(events).keep_alive(Duration::from_secs(15))
}

#[derive(Serialize)]
struct Square {
    number: u64,
    square: u64,
}

#[get("/squares/{count}")]
async fn squares(count: u32) -> JsonLines<impl Stream<Item = Square>> {
    let squares = (1..=u64::from(count)).map(|number| Square {
        number,
        square: number * number,
    });
    JsonLines::new(stream::iter(squares))
}

#[get("/report")]
async fn report() -> Attachment {
    Attachment::new("number,square\n1,1\n").named("report.csv")
}

#[toolkit_zero::main]
async fn main() {}
