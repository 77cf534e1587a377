//! Moves between addresses.

use super::*;

#[tokio::test]
async fn a_move_to_a_disjoint_address_keeps_what_was_begun() {
    let (mut accepting, trial) = start(&quick());
    let old = accepting.addr();
    let mut client = Client::connect(old).await;
    client.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.entered().await;
    let draining = accepting.succeed(loopback(0)).unwrap();
    assert_ne!(accepting.addr(), old);
    let mut new = Client::connect(accepting.addr()).await;
    assert!(!new.get("/a").await.closes());
    trial.release();
    assert!(client.answer().await.closes());
    assert_eq!(within(draining).await.completed(), 1);
    assert!(Client::try_connect(old).await.is_err());
}
