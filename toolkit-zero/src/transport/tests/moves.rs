//! Moves between addresses, idle and under load.

use std::io::{self, ErrorKind};
use std::net::Ipv4Addr;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::super::{Draining, ListenError, RebindError};
use super::*;

/// How long each kind of move is tried under load.
const MOVING: Duration = Duration::from_millis(1500);

#[tokio::test]
async fn a_move_to_a_disjoint_address_keeps_what_was_begun() {
    let (mut accepting, trial) = start(&quick());
    let old = accepting.addr();
    let mut client = Client::connect(old).await;
    client.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.entered().await;
    let draining = accepting.succeed(loopback(0).into()).unwrap();
    assert_ne!(accepting.addr(), old);
    let mut new = Client::connect(accepting.addr()).await;
    assert!(!new.get("/a").await.closes());
    trial.release();
    assert!(client.answer().await.closes());
    assert_eq!(within(draining).await.completed(), 1);
    assert!(Client::try_connect(old).await.is_err());
}

#[tokio::test]
async fn a_move_to_the_same_address_drains_old_connections_like_any_other() {
    let (mut accepting, _) = start(&quick());
    let addr = accepting.addr();
    let mut client = Client::connect(addr).await;
    client.get("/a").await;
    let draining = accepting.succeed(addr.into()).unwrap();
    assert_eq!(accepting.addr(), addr);
    assert!(client.get("/b").await.closes());
    assert!(!Client::connect(addr).await.get("/c").await.closes());
    assert_eq!(within(draining).await.completed(), 1);
}

#[tokio::test]
async fn a_move_back_takes_the_lingering_listener() {
    let (mut accepting, trial) = start(&quick().linger(Duration::from_secs(10)));
    let old = accepting.addr();
    let mut client = Client::connect(old).await;
    client.send("GET /hold HTTP/1.1\r\nhost: x\r\n\r\n").await;
    trial.entered().await;
    let away = accepting.succeed(loopback(0).into()).unwrap();
    let back = accepting.succeed(old.into()).unwrap();
    assert_eq!(accepting.addr(), old);
    assert_eq!(within(back).await.completed(), 0);
    trial.release();
    assert!(client.answer().await.closes());
    assert_eq!(within(away).await.completed(), 1);
    assert!(!Client::connect(old).await.get("/a").await.closes());
}

#[tokio::test]
async fn a_failed_move_changes_nothing() {
    let (mut accepting, _) = start(&quick());
    let (other, _) = start(&quick());
    let addr = accepting.addr();
    let mut client = Client::connect(addr).await;
    client.get("/a").await;
    let error = accepting.succeed(other.addr().into()).unwrap_err();
    let RebindError::Bind { source, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(source.kind(), ErrorKind::AddrInUse);
    assert_eq!(accepting.addr(), addr);
    assert!(!client.get("/b").await.closes());
    assert!(!Client::connect(addr).await.get("/c").await.closes());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_port_stays_exclusive_after_overlapping_moves() {
    let (mut accepting, trial) = start(&quick());
    let narrow = accepting.addr();
    let wide = SocketAddr::from((Ipv4Addr::UNSPECIFIED, narrow.port()));
    let dual = SocketAddr::from((std::net::Ipv6Addr::UNSPECIFIED, narrow.port()));
    for to in [narrow, wide, narrow, dual, wide, narrow, dual] {
        drop(accepting.succeed(to.into()).unwrap());
        for taken in [narrow, wide, dual] {
            let error = Accepting::start(taken, trial.clone(), &quick()).unwrap_err();
            let ListenError::Bind { source, .. } = error else {
                panic!("{error}");
            };
            assert_eq!(source.kind(), ErrorKind::AddrInUse, "{taken} while on {to}");
        }
        let mut client = Client::connect(narrow).await;
        let answer = client.get("/where").await;
        assert!(!answer.closes());
        let peer = client.stream.local_addr().unwrap();
        assert_eq!(answer.body, format!("{peer} {narrow} false"));
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_port_is_not_shared_after_moves_within_a_family() {
    let (mut accepting, _) = start(&quick());
    let narrow = accepting.addr();
    let wide = SocketAddr::from((Ipv4Addr::UNSPECIFIED, narrow.port()));
    for to in [narrow, wide, narrow, wide, narrow] {
        drop(accepting.succeed(to.into()).unwrap());
        for taken in [narrow, wide] {
            assert!(shares(taken).is_err(), "{taken} was shared while on {to}");
        }
    }
}

/// What a second program would do that wants to share the port.
fn shares(addr: SocketAddr) -> io::Result<()> {
    use socket2::{Domain, Socket, Type};
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.bind(&addr.into())?;
    socket.listen(1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moves_to_the_same_address_lose_nothing() {
    lose_nothing(|addr, _| addr).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moves_to_disjoint_addresses_lose_nothing() {
    lose_nothing(|_, _| loopback(0)).await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moves_between_narrow_and_wide_lose_nothing() {
    lose_nothing(|addr, count| match count % 2 {
        0 => SocketAddr::from((Ipv4Addr::UNSPECIFIED, addr.port())),
        _ => loopback(addr.port()),
    })
    .await;
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moves_between_families_lose_nothing() {
    lose_nothing(|addr, count| match count % 3 {
        0 => SocketAddr::from((std::net::Ipv6Addr::UNSPECIFIED, addr.port())),
        1 => SocketAddr::from((Ipv4Addr::UNSPECIFIED, addr.port())),
        _ => loopback(addr.port()),
    })
    .await;
}

/// Where the clients connect to, and how it went.
#[derive(Debug)]
struct Load {
    port: Mutex<u16>,
    /// Its moves leave the port.
    leaves: bool,
    over: AtomicBool,
    answered: AtomicUsize,
    refused: AtomicUsize,
    lost: Mutex<Vec<io::Error>>,
}

/// Moves for a while, each time with the next of `addresses`, under clients that never retry.
async fn lose_nothing(addresses: impl Fn(SocketAddr, usize) -> SocketAddr) {
    // A client whose thread the machine takes away for longer than this is closed, in order.
    let (mut accepting, _) = start(&quick().linger(Duration::from_secs(2)));
    let load = Arc::new(Load {
        port: Mutex::new(accepting.addr().port()),
        leaves: addresses(accepting.addr(), 0).port() == 0,
        over: AtomicBool::new(false),
        answered: AtomicUsize::new(0),
        refused: AtomicUsize::new(0),
        lost: Mutex::default(),
    });
    let mut clients = JoinSet::new();
    let kinds = [
        ClientKind::Kept,
        ClientKind::Fresh,
        ClientKind::Uploads,
        ClientKind::Thinks,
    ];
    for kind in [kinds, kinds].concat() {
        let load = Arc::clone(&load);
        clients.spawn(async move { load.requests(kind).await });
    }
    let begun = Instant::now();
    let mut drains: Vec<Draining> = Vec::new();
    while begun.elapsed() < MOVING {
        let before = load.answered.load(Ordering::Relaxed);
        let to = addresses(accepting.addr(), drains.len());
        drains.push(accepting.succeed(to.into()).unwrap());
        *load.port.lock().unwrap() = accepting.addr().port();
        // The next move comes when this one has been used.
        while load.answered.load(Ordering::Relaxed) < before + 50 && begun.elapsed() < MOVING {
            tokio::task::yield_now().await;
        }
    }
    load.over.store(true, Ordering::Relaxed);
    within(clients.join_all()).await;
    let moves = drains.len();
    let (mut completed, mut aborted) = (0, 0);
    for drain in drains {
        let report = within(drain).await;
        completed += report.completed();
        aborted += report.aborted();
    }
    let lost = load.lost.lock().unwrap();
    let answered = load.answered.load(Ordering::Relaxed);
    let refused = load.refused.load(Ordering::Relaxed);
    eprintln!(
        "{answered} answered, {} lost, {refused} refused over {moves} moves; {completed} completed in drains",
        lost.len()
    );
    assert!(
        lost.is_empty(),
        "{} of {answered} lost over {moves} moves: {lost:?}",
        lost.len()
    );
    assert_eq!(aborted, 0);
    assert!(moves > 3, "{moves}");
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ClientKind {
    /// Keeps its connection.
    Kept,
    /// Connects for every request.
    Fresh,
    /// Sends a body, in two parts.
    Uploads,
    /// Keeps its connection, and leaves it idle for less than the linger.
    Thinks,
}

impl ClientKind {
    async fn request(self, client: &mut Client) -> io::Result<Answer> {
        match self {
            Self::Kept | Self::Fresh => client.try_get("/load").await,
            Self::Uploads => {
                let head = "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n/l";
                client.try_send(head).await?;
                tokio::task::yield_now().await;
                client.try_send("oad").await?;
                client.try_answer().await
            }
            Self::Thinks => {
                tokio::time::sleep(Duration::from_millis(10)).await;
                client.try_get("/load").await
            }
        }
    }
}

impl Load {
    async fn requests(&self, kind: ClientKind) {
        let mut client = None;
        while !self.over.load(Ordering::Relaxed) {
            let port = *self.port.lock().unwrap();
            let mut connected = match client.take() {
                Some(client) => client,
                None => match Client::try_connect(loopback(port)).await {
                    Ok(client) => client,
                    // It has moved away from this port and closed it, which is no loss.
                    Err(error) if self.leaves && error.kind() == ErrorKind::ConnectionRefused => {
                        self.refused.fetch_add(1, Ordering::Relaxed);
                        tokio::task::yield_now().await;
                        continue;
                    }
                    Err(error) => {
                        self.lost.lock().unwrap().push(error);
                        continue;
                    }
                },
            };
            match kind.request(&mut connected).await {
                Ok(answer) => {
                    assert_eq!(answer.body, "/load");
                    self.answered.fetch_add(1, Ordering::Relaxed);
                    client = (kind != ClientKind::Fresh && !answer.closes()).then_some(connected);
                }
                Err(error) => self.lost.lock().unwrap().push(error),
            }
        }
    }
}
