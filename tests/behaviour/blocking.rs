//! The blocking pool is bounded.

use toolkit_zero::prelude::*;

use crate::http2::{connect, send};
use crate::support::serve;

#[tokio::test]
async fn a_full_blocking_pool_refuses_with_503_and_recovers() {
    // 256 run, 1,024 wait (DESIGN.md section 9): all of them and one more, over a few HTTP/2 connections.
    const ADMITTED: usize = 256 + 1024;
    /// On one connection, fewer than it allows.
    const STREAMS: usize = 180;
    let (release, released) = std::sync::mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let route = ServerMechanism::get("/blocks").onconnect_sync(move || {
        // Disconnected is the signal: all who wait see it.
        released.lock().unwrap().recv().unwrap_err();
        "done"
    });
    let bg = serve([route]);
    let mut requests = tokio::task::JoinSet::new();
    let mut sender = connect(bg.addr()).await;
    for nth in 0..=ADMITTED {
        if nth % STREAMS == STREAMS - 1 {
            sender = connect(bg.addr()).await;
        }
        let sender = sender.clone();
        requests.spawn(async move { send(&sender, Method::GET, "/blocks", "").await });
    }
    // Nobody who was admitted can be answered yet.
    let refused = requests.join_next().await.unwrap().unwrap();
    assert_eq!(refused.0.status, 503);
    assert!(refused.0.headers.contains_key("retry-after"));
    drop(release);
    let served = requests.join_all().await;
    assert_eq!(served.len(), ADMITTED);
    assert!(
        served
            .iter()
            .all(|(head, text)| head.status == 200 && text == "done")
    );
}
