//! Attachments, JSON lines, quiet event streams, and streams that fail.

use std::time::Duration;

use tests::Client;
use tokio::time::Instant;
use toolkit_zero::prelude::*;
use toolkit_zero::testing::TestClient;

use crate::support::{Fed, Log, connected};

#[get("/report")]
async fn report() -> Attachment {
    Attachment::new("a,b\n")
        .named("../Bericht \"1\".csv")
        .typed("text/csv")
}

#[get("/bad")]
async fn bad() -> Attachment {
    Attachment::new("x").typed("text/\r\nx: 1")
}

#[tokio::test]
async fn an_attachment_has_a_name_and_a_type() {
    let (_bg, mut client) = connected([route!(report), route!(bad)]).await;
    let answer = client.send("GET", "/report").await;
    assert_eq!(answer.header("content-type"), Some("text/csv"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"Bericht _1_.csv\"; filename*=UTF-8''Bericht%20%221%22.csv")
    );
    assert_eq!(answer.text(), "a,b\n");
    assert_eq!(client.send("GET", "/bad").await.status, 500);
}

#[tokio::test]
async fn values_are_sent_one_a_line() {
    let route = ServerMechanism::get("/lines").onconnect(|| async {
        let (feed, stream) = Fed::<(u8, &'static str)>::new();
        feed.send((1, "a\nb")).unwrap();
        feed.send((2, "c")).unwrap();
        JsonLines::new(stream)
    });
    let (_bg, mut client) = connected([route]).await;
    let answer = client.send("GET", "/lines").await;
    assert_eq!(answer.header("content-type"), Some("application/jsonl"));
    assert_eq!(answer.text(), "[1,\"a\\nb\"]\n[2,\"c\"]\n");
}

#[tokio::test]
async fn a_line_that_cannot_be_written_ends_the_answer_and_is_logged() {
    let unwritable = ServerMechanism::get("/unwritable").onconnect(|| async {
        let (feed, stream) = Fed::new();
        // A map whose keys are no text.
        feed.send(std::collections::BTreeMap::from([((1, 2), 3)]))
            .unwrap();
        JsonLines::new(stream)
    });
    let lost = ServerMechanism::get("/lost").onconnect(|| async {
        let (feed, stream) = Fed::<Result<u8, std::io::Error>>::new();
        feed.send(Ok(1)).unwrap();
        feed.send(Err(std::io::Error::other("database lost")))
            .unwrap();
        JsonLines::fallible(stream)
    });
    let (log, _guard) = Log::listen();
    let (bg, _) = connected([unwritable, lost]).await;
    for (path, logged) in [
        ("/unwritable", "key must be a string"),
        ("/lost", "database lost"),
    ] {
        let mut client = Client::connect(bg.addr()).await;
        client
            .write(format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n"))
            .await;
        assert_eq!(client.try_answer(true).await, None, "{path}");
        let line = log.errors().into_iter().find(|line| line.contains(logged));
        assert!(
            line.is_some_and(|line| line.contains("broke off")),
            "{:?}",
            log.errors()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_of_events_is_kept_alive() {
    let route = ServerMechanism::get("/events").onconnect(|| async {
        let (feed, stream) = Fed::<Event>::new();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(35)).await;
            feed.send(Event::default().id("1").data("late")).unwrap();
        });
        Sse::new(stream).keep_alive(Duration::from_secs(15))
    });
    let client = TestClient::new(Server::of([route]));
    let begun = Instant::now();
    let mut stream = client.get("/events").stream().await;
    for (event, second) in [(":", 15), (":", 30), ("id: 1\ndata: late", 35)] {
        assert_eq!(stream.event().await.unwrap().as_deref(), Some(event));
        assert_eq!(begun.elapsed().as_secs(), second);
    }
    assert_eq!(stream.event().await.unwrap(), None);
}

#[tokio::test]
async fn a_reconnecting_client_says_where_it_left_off() {
    let route = ServerMechanism::get("/events").onconnect(|last: Option<LastEventId>| async move {
        last.map_or("from the beginning".to_owned(), |last| {
            format!("after {}", last.0)
        })
    });
    let (_bg, mut client) = connected([route]).await;
    assert_eq!(
        client.send("GET", "/events").await.text(),
        "from the beginning"
    );
    client
        .write("GET /events HTTP/1.1\r\nhost: test\r\nlast-event-id: 7\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.text(), "after 7");
    client
        .write(b"GET /events HTTP/1.1\r\nhost: test\r\nlast-event-id: \xff\r\n\r\n")
        .await;
    assert_eq!(
        client.answer().await.json()["errors"][0]["parameter"],
        "last-event-id"
    );
}
