//! What is known of one connection while it lives.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Waker};

#[cfg(feature = "tls")]
use rustls::pki_types::CertificateDer;
use tokio_util::sync::CancellationToken;

use super::ends::Ends;
use super::flow::Flow;
use super::generation::{Generation, Slot};
use super::pace::{Demands, Pace};
use super::phase::{Circumstances, Phase, Word};
use super::sweeper::Sweeper;
use super::tls::Agreed;
use crate::message::{Arrival, Hold, Link, Peer};

/// What is known of one connection while it lives: one shared value a connection, none a request.
pub(crate) struct Connection {
    ends: Ends,
    http2: AtomicBool,
    /// [`Word`], packed. Over HTTP/2 the last stream to end writes it, else only the connection's task.
    word: AtomicU64,
    streams: AtomicU32,
    /// The sweeper wants the task to judge itself.
    look: AtomicBool,
    /// One for each [`Half`].
    wakers: Mutex<[Option<Waker>; 2]>,
    /// Shared with the body of the request.
    arrival: OnceLock<Arc<Arrival>>,
    /// Over HTTP/2.
    paced: Mutex<Option<Box<Paced>>>,
    /// So many of the next streams get a task from the outset.
    spawned: AtomicU32,
    /// The last read gave bytes, so hyper is not reading now, and does not see the client leave.
    read_some: AtomicBool,
    /// Requests that were read since the last read of the socket.
    called: AtomicU32,
    /// More than one was, the last time: the client sends requests before it has its answers.
    pipelines: AtomicBool,
    /// The next flush looks for that.
    probe: AtomicBool,
    /// The answer is wanted by a client that has closed its side.
    insists: AtomicBool,
    /// Bytes that the socket has taken.
    written: AtomicU64,
    /// The socket takes no more for now.
    full: AtomicBool,
    /// It has not for too long, as the sweeper saw.
    slow: AtomicBool,
    generation: Arc<Generation>,
    sweeper: Arc<Sweeper>,
    /// What a TLS handshake has told.
    #[cfg(feature = "tls")]
    agreed: OnceLock<Agreed>,
    /// Whom a proxy of ours speaks for.
    #[cfg(feature = "proxy-protocol")]
    client: OnceLock<Peer>,
}

/// What is due on the streams of an HTTP/2 connection, and how it moves.
#[derive(Debug, Default)]
struct Paced {
    /// Bodies of requests.
    arrivals: Vec<(Arc<Arrival>, Pace)>,
    /// Answers that are not all handed to h2.
    flows: Vec<(Arc<Flow>, Pace)>,
}

/// Of an upgraded connection, which two tasks may share. All others have one task, which is found under `Read`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Half {
    Read,
    Write,
}

impl Connection {
    pub(super) fn new(
        peer: Peer,
        local: Option<SocketAddr>,
        generation: Arc<Generation>,
        sweeper: Arc<Sweeper>,
    ) -> Arc<Self> {
        let word = Word {
            phase: Phase::First,
            since: sweeper.now(),
        };
        Arc::new(Self {
            ends: Ends::new(peer, local),
            http2: AtomicBool::new(false),
            word: AtomicU64::new(word.pack()),
            streams: AtomicU32::new(0),
            look: AtomicBool::new(false),
            wakers: Mutex::default(),
            arrival: OnceLock::new(),
            paced: Mutex::default(),
            spawned: AtomicU32::new(0),
            read_some: AtomicBool::new(false),
            called: AtomicU32::new(0),
            pipelines: AtomicBool::new(false),
            probe: AtomicBool::new(false),
            insists: AtomicBool::new(false),
            written: AtomicU64::new(0),
            full: AtomicBool::new(false),
            slow: AtomicBool::new(false),
            generation,
            sweeper,
            #[cfg(feature = "tls")]
            agreed: OnceLock::new(),
            #[cfg(feature = "proxy-protocol")]
            client: OnceLock::new(),
        })
    }

    /// A TLS handshake is complete: nothing was asked for so far.
    #[cfg_attr(
        not(feature = "tls"),
        expect(
            unused_variables,
            clippy::needless_pass_by_value,
            reason = "there is none"
        )
    )]
    pub(super) fn secured(&self, agreed: Agreed) {
        #[cfg(feature = "tls")]
        drop(self.agreed.set(agreed));
        self.enter(Phase::First);
    }

    /// A proxy of ours has said whom it speaks for, if not for itself: nothing was asked for so far.
    #[cfg(feature = "proxy-protocol")]
    pub(super) fn introduced(&self, client: Option<SocketAddr>) {
        if let Some(client) = client {
            let canonical = SocketAddr::new(client.ip().to_canonical(), client.port());
            let _told_once = self.client.set(Peer::Tcp(canonical));
        }
        self.enter(Phase::First);
    }

    /// Whether the connection speaks HTTP/2.
    pub(crate) fn is_http2(&self) -> bool {
        self.http2.load(Ordering::Relaxed)
    }

    /// Whether the server has been told to stop or move since the connection was accepted.
    pub(crate) fn is_draining(&self) -> bool {
        self.generation.is_draining()
    }

    pub(super) fn generation(&self) -> &Generation {
        &self.generation
    }

    pub(super) fn phase(&self) -> Phase {
        self.word().phase
    }

    /// Whether it is in `phase`; cheaper than to ask for the phase.
    #[inline]
    pub(super) fn is_in(&self, phase: Phase) -> bool {
        phase.is_of(self.word.load(Ordering::Relaxed))
    }

    /// Where a complete answer leads, once it is written out; `None` while there is none.
    #[inline]
    pub(super) fn once_flushed(&self) -> Option<Phase> {
        let word = self.word.load(Ordering::Relaxed);
        if Phase::Flush.is_of(word) {
            Some(Phase::Idle)
        } else {
            Phase::Switch.is_of(word).then_some(Phase::Upgraded)
        }
    }

    pub(super) fn word(&self) -> Word {
        Word::unpack(self.word.load(Ordering::Relaxed))
    }

    /// Enters `phase`, or stamps it anew.
    pub(super) fn enter(&self, phase: Phase) {
        let since = self.sweeper.now();
        self.word
            .store(Word { phase, since }.pack(), Ordering::Relaxed);
    }

    /// The client speaks HTTP/2.
    pub(super) fn enter_http2(&self) {
        self.http2.store(true, Ordering::Relaxed);
        self.enter(Phase::Http2);
    }

    pub(super) fn circumstances(&self) -> Circumstances {
        let full = self.full.load(Ordering::Relaxed);
        Circumstances {
            now: self.sweeper.now(),
            draining_since: self.generation.draining_since(),
            cut: self.generation.is_cut(),
            slow: self.slow.load(Ordering::Relaxed) && full,
            deaf: self.read_some.load(Ordering::Relaxed) && !self.insists(),
            full,
            streams: self.streams.load(Ordering::Acquire),
        }
    }

    pub(super) fn stream_began(&self) {
        self.streams.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn stream_ended(&self) {
        // Stamped before it counts, so that the sweeper never sees an old stamp without streams.
        self.stamp();
        self.streams.fetch_sub(1, Ordering::Release);
    }

    /// Stamps the phase anew. It stays the connection task's own, which may be writing it at this moment.
    fn stamp(&self) {
        let since = self.sweeper.now();
        let stamp = |packed| {
            let phase = Word::unpack(packed).phase;
            Some(Word { phase, since }.pack())
        };
        let _unchanged = self
            .word
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, stamp);
    }

    pub(super) fn streams(&self) -> u32 {
        self.streams.load(Ordering::Acquire)
    }

    /// For the body of the next request; `None` if an earlier body still holds it. What nobody reads of it is read all
    /// the same, to keep the connection, if `keeps`.
    pub(super) fn expect_body(&self, keeps: bool) -> Option<Arc<Arrival>> {
        let arrival = self.arrival.get_or_init(Arc::default);
        let free = Arc::strong_count(arrival) == 1;
        arrival.begin(keeps && free);
        free.then(|| Arc::clone(arrival))
    }

    pub(super) fn expect_no_body(&self) {
        if let Some(arrival) = self.arrival.get() {
            arrival.end();
        }
    }

    /// For the body of an HTTP/2 stream.
    pub(super) fn expect_body_of_a_stream(&self) -> Arc<Arrival> {
        let arrival = Arc::<Arrival>::default();
        arrival.begin(false);
        let mut paced = self.paced();
        let arrivals = &mut paced.get_or_insert_default().arrivals;
        arrivals.push((Arc::clone(&arrival), Pace::default()));
        arrival
    }

    fn paced(&self) -> MutexGuard<'_, Option<Box<Paced>>> {
        self.paced.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn arrival(&self) -> Option<&Arc<Arrival>> {
        self.arrival.get()
    }

    /// Whether the end of the last request's body has not been seen.
    pub(super) fn has_unread_body(&self) -> bool {
        self.arrival().is_some_and(|arrival| arrival.is_unread())
    }

    /// Whether the last request's body came too slowly.
    pub(super) fn has_late_body(&self) -> bool {
        self.arrival().is_some_and(|arrival| arrival.is_late())
    }

    /// Whether someone may still read it, if only the connection itself.
    pub(super) fn body_is_held(&self) -> bool {
        self.arrival()
            .is_some_and(|arrival| Arc::strong_count(arrival) > 1 || arrival.has_rest())
    }

    /// Reads on what nobody wants of the last request's body.
    #[inline]
    pub(super) fn read_rest(&self, cx: &mut Context<'_>) {
        if let Some(arrival) = self.arrival()
            && arrival.has_rest()
        {
            arrival.read_rest(cx);
        }
    }

    /// The connection ends with the last request, so what nobody wants of its body is not read.
    pub(super) fn dismiss_rest(&self) {
        if let Some(arrival) = self.arrival() {
            arrival.dismiss_rest();
        }
    }

    /// Gives up the bodies of streams that come too slowly, and forgets those that nobody reads.
    pub(super) fn pace_streams(&self, elapsed: u64, demands: &Demands) {
        let mut paced = self.paced();
        let Some(paced) = &mut *paced else { return };
        paced.arrivals.retain_mut(|(arrival, pace)| {
            if pace.is_too_slow(elapsed, arrival.awaited(), demands) {
                arrival.give_up();
            }
            Arc::strong_count(arrival) > 1
        });
        self.pace_answers(&mut paced.flows, elapsed, demands);
    }

    /// The answer of an HTTP/2 stream has a body.
    pub(super) fn answers_with(&self, flow: &Arc<Flow>) {
        let mut paced = self.paced();
        let flows = &mut paced.get_or_insert_default().flows;
        flows.push((Arc::clone(flow), Pace::default()));
    }

    /// Gives up the answers whose client opens no window for them, while the socket would take them.
    fn pace_answers(&self, flows: &mut Vec<(Arc<Flow>, Pace)>, elapsed: u64, demands: &Demands) {
        let full = self.full.load(Ordering::Relaxed);
        flows.retain_mut(|(flow, pace)| {
            let waits = flow.waiting().filter(|_| !full).map(|bytes| (0, bytes));
            if pace.is_too_slow(elapsed, waits, demands) && flow.give_up() {
                tracing::debug!(peer = %self.ends.peer(), "a stream is reset: its client opens no window for it");
                if self.is_draining() {
                    self.generation.aborted(1);
                }
            }
            Arc::strong_count(flow) > 1
        });
    }

    /// The handler of an HTTP/2 stream has held its thread for long.
    pub(super) fn computes_for_long(&self) {
        self.spawned.store(64, Ordering::Relaxed);
    }

    /// Whether the next streams are spawned from the outset, for such a handler. Only the connection's task asks.
    pub(super) fn spawns_the_next(&self, streams: usize) -> bool {
        let left = self.spawned.load(Ordering::Relaxed);
        if left > 0 {
            let streams = u32::try_from(streams).unwrap_or(u32::MAX);
            self.spawned
                .store(left.saturating_sub(streams), Ordering::Relaxed);
        }
        left > 0
    }

    /// A handler is called for a request over HTTP/1.
    pub(super) fn enter_work(&self) {
        self.insists.store(false, Ordering::Relaxed);
        self.enter(Phase::Work);
        let called = self.called.load(Ordering::Relaxed) + 1;
        self.called.store(called, Ordering::Relaxed);
        if called == 2 {
            self.pipelines.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the client is answered though it has closed its side. One that has not sent all of its
    /// request is not.
    pub(super) fn insists(&self) -> bool {
        self.insists.load(Ordering::Relaxed) && !self.has_unread_body()
    }

    /// What the last read gave: bytes, or nothing for now.
    pub(super) fn has_read(&self, some: bool) {
        self.read_some.store(some, Ordering::Relaxed);
        if some {
            if self.called.load(Ordering::Relaxed) == 1 {
                self.pipelines.store(false, Ordering::Relaxed);
            }
            self.called.store(0, Ordering::Relaxed);
        }
    }

    /// Whether more requests are likely in what hyper has read. It has not run out of bytes: when this one is answered,
    /// it begins the next, or reads again.
    pub(super) fn reads_on(&self) -> bool {
        self.pipelines.load(Ordering::Relaxed) && self.read_some.load(Ordering::Relaxed)
    }

    /// Whether a flush should look if the client has left.
    pub(super) fn takes_a_probe(&self) -> bool {
        self.probe.load(Ordering::Relaxed) && self.probe.swap(false, Ordering::Relaxed)
    }

    /// The socket has taken this many bytes.
    pub(super) fn wrote(&self, bytes: usize) {
        let written = self.written.load(Ordering::Relaxed) + bytes as u64;
        self.written.store(written, Ordering::Relaxed);
        if self.full.load(Ordering::Relaxed) {
            self.full.store(false, Ordering::Relaxed);
        }
    }

    /// Bytes of HTTP/2 have gone out: what h2 still holds of answers that have ended is on its way. A few are no
    /// answer: a client does not stay for the acknowledgements of its pings.
    pub(super) fn sent(&self, bytes: usize) {
        if bytes > 64 && self.word().since != self.sweeper.now() {
            self.stamp();
        }
    }

    /// The socket takes no more for now.
    pub(super) fn is_full(&self) {
        self.full.store(true, Ordering::Relaxed);
    }

    /// What the socket has taken in all, and whether it takes no more.
    pub(super) fn written(&self) -> (u64, bool) {
        let full = self.full.load(Ordering::Relaxed);
        (self.written.load(Ordering::Relaxed), full)
    }

    /// Whether the client takes what it is sent too slowly.
    pub(super) fn set_slow(&self, slow: bool) {
        if self.slow.load(Ordering::Relaxed) != slow {
            self.slow.store(slow, Ordering::Relaxed);
        }
    }

    /// The task that the sweeper shall wake.
    pub(super) fn watch_with(&self, waker: &Waker) {
        self.watch_half_with(Half::Read, waker);
    }

    /// The same for one half of an upgraded connection.
    pub(super) fn watch_half_with(&self, half: Half, waker: &Waker) {
        let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        let [read, write] = &mut *wakers;
        let slot = match half {
            Half::Read => read,
            Half::Write => write,
        };
        match slot {
            Some(known) => known.clone_from(waker),
            None => *slot = Some(waker.clone()),
        }
    }

    /// Wakes whoever serves the connection to judge it.
    pub(super) fn order_a_look(&self) {
        self.look.store(true, Ordering::Release);
        let wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        for waker in wakers.iter().flatten() {
            waker.wake_by_ref();
        }
    }

    /// Whether a look was ordered since the last call. A plain load when it was not.
    pub(super) fn takes_a_look(&self) -> bool {
        if !self.look.load(Ordering::Relaxed) || !self.look.swap(false, Ordering::Acquire) {
            return false;
        }
        let deaf = self.phase().answers() && self.circumstances().deaf;
        self.probe.store(deaf, Ordering::Relaxed);
        true
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("peer", &self.ends.peer())
            .field("local", &self.ends.local())
            .field("word", &self.word())
            .finish_non_exhaustive()
    }
}

impl Link for Connection {
    fn peer(&self) -> Peer {
        #[cfg(feature = "proxy-protocol")]
        if let Some(client) = self.client.get() {
            return *client;
        }
        self.ends.peer()
    }

    fn local(&self) -> Option<SocketAddr> {
        self.ends.local()
    }

    #[cfg(feature = "tls")]
    fn is_secure(&self) -> bool {
        self.agreed.get().is_some()
    }

    #[cfg(feature = "tls")]
    fn certificates(&self) -> Option<Arc<[CertificateDer<'static>]>> {
        self.agreed.get()?.certificates.clone()
    }

    fn drain_signal(&self) -> &CancellationToken {
        self.generation.signal()
    }

    #[cfg(feature = "ws")]
    fn cut_signal(&self) -> Option<&CancellationToken> {
        Some(self.generation.cut_signal())
    }

    fn answer_all_the_same(&self) {
        self.insists.store(true, Ordering::Relaxed);
    }

    fn hold(&self) -> Option<Box<dyn Hold>> {
        Some(Box::new(Slot::new(Arc::clone(&self.generation))))
    }

    #[cfg(feature = "ws")]
    fn tunnel(self: Arc<Self>) -> Option<Box<dyn Send>> {
        self.is_http2().then(|| {
            self.stream_began();
            Box::new(Tunnel(self)) as Box<dyn Send>
        })
    }
}

/// An HTTP/2 stream that goes on after its answer (RFC 8441).
#[cfg(feature = "ws")]
struct Tunnel(Arc<Connection>);

#[cfg(feature = "ws")]
impl Drop for Tunnel {
    fn drop(&mut self) {
        self.0.stream_ended();
    }
}
