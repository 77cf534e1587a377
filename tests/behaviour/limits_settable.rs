//! Limits that are set: the shortened one is in force, and what is within it is served.

use std::time::Duration;

use tests::Client;
use tests::http2::{
    self, DATA, END_HEADERS, GOAWAY, HEADERS, RST_STREAM, SETTINGS, WINDOW_UPDATE, field, frame,
    get, head,
};
use toolkit_zero::prelude::*;
use toolkit_zero::server::Limits;

use crate::support::{FREE, says};

/// RFC 9113 section 7.
const FLOW_CONTROL_ERROR: u32 = 3;
const ENHANCE_YOUR_CALM: u32 = 11;

fn serve(limits: Limits) -> BackgroundServer {
    let unread = ServerMechanism::post("/unread").onconnect(|_body: Body| async {
        std::future::pending::<()>().await;
    });
    let mut server = Server::of([says("/", "here"), unread]);
    server.limits(limits.linger(Duration::ZERO));
    server.serve_managed(FREE)
}

/// Two posts of these sizes whose bodies nobody reads, and the code of the `GOAWAY` or reset that follows, if one does
/// before a `GET` is answered.
async fn sent_ahead(limits: Limits, sizes: [usize; 2]) -> Option<u32> {
    let bg = serve(limits);
    let mut client = http2::Client::connect(bg.addr()).await;
    // They bind once the client has acknowledged them.
    client.until(SETTINGS).await;
    client.until(WINDOW_UPDATE).await;
    client.send(&frame(SETTINGS, http2::ACK, 0, &[])).await;
    for (stream, size) in [(1, sizes[0]), (3, sizes[1])] {
        let fields = head("POST", "/unread", Some("x"));
        client
            .send(&frame(HEADERS, END_HEADERS, stream, &fields))
            .await;
        for chunk in vec![b'x'; size].chunks(16 << 10) {
            client.send(&frame(DATA, 0, stream, chunk)).await;
        }
    }
    client.send(&get(5, "/")).await;
    loop {
        let told = client.next().await.expect("an answer, or a reason");
        match told.kind {
            HEADERS if told.stream == 5 => return None,
            RST_STREAM => return Some(told.number(0)),
            GOAWAY => return Some(told.number(4)),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_head_past_its_limit_is_431() {
    let bg = serve(Limits::default().head(8 << 10));
    let ask = |length: usize| {
        format!(
            "GET / HTTP/1.1\r\nhost: x\r\na: {}\r\n\r\n",
            "b".repeat(length)
        )
    };
    let mut client = Client::connect(bg.addr()).await;
    client.write(ask(7 << 10)).await;
    assert_eq!(client.answer().await.text(), "here");
    client.write(ask(9 << 10)).await;
    let answer = client.answer().await;
    assert_eq!(
        (answer.status, answer.header("connection")),
        (431, Some("close"))
    );
    assert!(client.closed().await.is_empty());
}

#[tokio::test]
async fn a_header_list_past_its_limit_is_431() {
    let bg = serve(Limits::default().http2_header_list(1 << 10));
    let mut client = http2::Client::connect(bg.addr()).await;
    for (stream, lines, status) in [(1, 5, 200), (3, 12, 431), (5, 5, 200)] {
        // Each counts 32 bytes more than it has (RFC 9113 section 6.5.2).
        let fields = [
            head("GET", "/", Some("x")),
            field("a", &"b".repeat(70)).repeat(lines),
        ];
        client
            .send(&frame(
                HEADERS,
                http2::END_STREAM | END_HEADERS,
                stream,
                &fields.concat(),
            ))
            .await;
        assert_eq!(client.status().await, status, "{lines}");
    }
}

#[tokio::test]
async fn the_windows_that_are_set_are_told() {
    let limits = Limits::default()
        .http2_stream_window(8 << 10)
        .http2_connection_window(128 << 10);
    let bg = serve(limits);
    let mut client = http2::Client::connect(bg.addr()).await;
    let settings = client.until(SETTINGS).await.payload;
    // INITIAL_WINDOW_SIZE (RFC 9113 section 6.5.2).
    assert!(
        settings
            .chunks(6)
            .any(|entry| entry == [0, 4, 0, 0, 0x20, 0]),
        "{settings:?}"
    );
    let update = client.until(WINDOW_UPDATE).await;
    assert_eq!((update.stream, update.number(0)), (0, (128 << 10) - 65_535));
}

#[tokio::test]
async fn a_body_past_the_window_of_its_stream_is_refused() {
    let limits = || Limits::default().http2_stream_window(8 << 10);
    assert_eq!(sent_ahead(limits(), [8 << 10, 8 << 10]).await, None);
    assert_eq!(
        sent_ahead(limits(), [(8 << 10) + 1, 0]).await,
        Some(FLOW_CONTROL_ERROR)
    );
}

#[tokio::test]
async fn bodies_past_the_window_of_their_connection_are_refused() {
    let limits = || {
        Limits::default()
            .http2_stream_window(64 << 10)
            .http2_connection_window(96 << 10)
    };
    assert_eq!(sent_ahead(limits(), [48 << 10, 48 << 10]).await, None);
    assert_eq!(
        sent_ahead(limits(), [64 << 10, 33 << 10]).await,
        Some(FLOW_CONTROL_ERROR)
    );
}

#[tokio::test]
async fn resets_past_their_limit_end_the_connection() {
    let flood = |count: u32| {
        let pairs = (0..count).flat_map(|number| {
            let stream = 2 * number + 1;
            [
                get(stream, "/"),
                frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes()),
            ]
            .concat()
        });
        pairs.chain(get(2 * count + 1, "/")).collect::<Vec<_>>()
    };
    let bg = serve(Limits::default().http2_resets(3));
    let mut client = http2::Client::connect(bg.addr()).await;
    client.send(&flood(3)).await;
    assert_eq!(client.status().await, 200);
    let mut client = http2::Client::connect(bg.addr()).await;
    client.send(&flood(200)).await;
    assert_eq!(client.until(GOAWAY).await.number(4), ENHANCE_YOUR_CALM);
}

/// Linux keeps one more than it is told to, and lets the others try again after a second.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn past_the_backlog_a_client_is_not_connected() {
    const BACKLOG: u32 = 2;
    let bg = serve(Limits::default().connections(1).backlog(BACKLOG));
    let mut first = Client::connect(bg.addr()).await;
    assert_eq!(first.send("GET", "/").await.text(), "here");
    let mut waiting = Vec::new();
    let moment = Duration::from_millis(300);
    while let Ok(client) = tokio::time::timeout(moment, Client::connect(bg.addr())).await {
        waiting.push(client);
        assert!(waiting.len() < 20, "the backlog has no end");
    }
    assert!((1..=4).contains(&waiting.len()), "{}", waiting.len());
    // Those that wait are served, one after the other.
    drop(first);
    for mut client in waiting {
        assert_eq!(client.send("GET", "/").await.text(), "here");
    }
}
