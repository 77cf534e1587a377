//! What a connection is doing, in one word, and what its age calls for.

use std::time::Duration;

use super::limits::LimitValues;

/// What a connection is doing. Its task writes it, the sweeper reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Accepted; nothing has been read.
    First,
    /// Something was read of a TLS handshake that is not complete.
    Handshake,
    /// A request has begun, its head is not complete.
    Head,
    /// A handler runs.
    Work,
    /// The answer's body is being made.
    Answer,
    /// The answer is complete and being written out.
    Flush,
    /// The same for an answer after which another protocol takes over.
    Switch,
    /// The answer is out, and no request has begun.
    Idle,
    /// HTTP/2; the streams are counted beside the word.
    Http2,
    /// HTTP/2 after its GOAWAY.
    Goaway,
    /// Taken over by another protocol.
    Upgraded,
    /// Our side is closed; what the client still sends is thrown away.
    Closing,
    /// Gone.
    Closed,
}

impl Phase {
    const ALL: [Self; 13] = [
        Self::First,
        Self::Handshake,
        Self::Head,
        Self::Work,
        Self::Answer,
        Self::Flush,
        Self::Switch,
        Self::Idle,
        Self::Http2,
        Self::Goaway,
        Self::Upgraded,
        Self::Closing,
        Self::Closed,
    ];
    const BITS: u32 = 4;

    /// Whether it is the phase of a packed [`Word`].
    #[inline]
    pub(super) fn is_of(self, packed: u64) -> bool {
        packed & ((1 << Self::BITS) - 1) == self as u64
    }

    /// Whether an answer is being made, for a client that may leave.
    pub(super) fn answers(self) -> bool {
        matches!(self, Self::Work | Self::Answer)
    }

    /// Whether what is written now is ours; an upgraded connection keeps its own time.
    fn sends(self) -> bool {
        !matches!(self, Self::Upgraded | Self::Closing | Self::Closed)
    }

    /// Whether cutting the connection now cuts something off that was begun over HTTP/1.
    pub(super) fn holds_a_request(self) -> bool {
        matches!(
            self,
            Self::Head | Self::Work | Self::Answer | Self::Flush | Self::Switch | Self::Upgraded
        )
    }
}

/// A phase and the tick (in milliseconds of the coarse clock) of its last progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) phase: Phase,
    pub(super) since: u64,
}

impl Word {
    pub(super) fn pack(self) -> u64 {
        (self.since << Phase::BITS) | self.phase as u64
    }

    pub(super) fn unpack(packed: u64) -> Self {
        let phase = usize::try_from(packed & ((1 << Phase::BITS) - 1)).unwrap_or(0);
        Self {
            phase: Phase::ALL.get(phase).copied().unwrap_or(Phase::Closed),
            since: packed >> Phase::BITS,
        }
    }
}

/// What is asked of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    Keep,
    /// To close, having nothing begun.
    Close,
    /// To answer 408 and close.
    Timeout,
    /// To tell its HTTP/2 client that no further stream will be taken.
    Goaway,
    /// To look whether its client is still there.
    Probe,
    /// To end now: its client does not take what it is sent.
    Slow,
    /// To end now, whatever it does.
    Cut,
}

/// What a connection is judged by, beside its word.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Circumstances {
    /// The coarse clock, in milliseconds.
    pub(super) now: u64,
    /// When the drain of its generation was signalled.
    pub(super) draining_since: Option<u64>,
    /// The drain's deadline has passed.
    pub(super) cut: bool,
    /// Its client takes what it is sent too slowly.
    pub(super) slow: bool,
    /// Nobody reads, so nobody would see the client leave.
    pub(super) deaf: bool,
    /// The socket takes no more for now: over HTTP/2, answers that have ended are still being sent.
    pub(super) full: bool,
    /// HTTP/2 streams being served.
    pub(super) streams: u32,
}

/// The deadlines in milliseconds of the coarse clock. A stamp is up to one tick older than the event it
/// stands for, so each is longer by a tick: nobody is closed early.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    first_byte: u64,
    header_read: u64,
    idle: u64,
    linger: u64,
    closing: u64,
    tick: u64,
}

impl Deadlines {
    /// How long the rest of an unread request is thrown away, so that a client which is still
    /// sending gets to read its answer.
    const CLOSING: Duration = Duration::from_secs(2);
    /// The longest the coarse clock sleeps between two looks at the connections.
    const LONGEST_TICK: Duration = Duration::from_millis(250);
    const SHORTEST_TICK: Duration = Duration::from_millis(5);

    pub(super) fn new(limits: &LimitValues) -> Self {
        let tick = millis(Self::tick(limits));
        let linger = millis(limits.linger());
        Self {
            first_byte: millis(limits.first_byte()).saturating_add(tick),
            header_read: millis(limits.header_read()).saturating_add(tick),
            idle: millis(limits.idle()).saturating_add(tick),
            linger: if linger == 0 {
                0
            } else {
                linger.saturating_add(tick)
            },
            closing: millis(Self::CLOSING) + tick,
            tick,
        }
    }

    /// A quarter of the shortest limit, within reason.
    pub(super) fn tick(limits: &LimitValues) -> Duration {
        [
            limits.first_byte(),
            limits.header_read(),
            limits.idle(),
            limits.linger(),
            limits.stall(),
            limits.grace(),
        ]
        .into_iter()
        .filter(|limit| !limit.is_zero())
        .map(|limit| limit / 4)
        .fold(Self::LONGEST_TICK, Duration::min)
        .max(Self::SHORTEST_TICK)
    }

    pub(super) fn verdict(&self, word: Word, at: Circumstances) -> Verdict {
        let Word { phase, since } = word;
        let past = |limit: u64| at.now.saturating_sub(since) >= limit;
        let waited_enough = |limit: u64| match at.draining_since {
            Some(signal) => at.now.saturating_sub(since.max(signal)) >= self.linger,
            None => past(limit),
        };
        let close_if = |over: bool| if over { Verdict::Close } else { Verdict::Keep };
        if at.cut && phase != Phase::Closed {
            return Verdict::Cut;
        }
        if at.slow && phase.sends() {
            return Verdict::Slow;
        }
        match phase {
            Phase::First => close_if(waited_enough(self.first_byte)),
            Phase::Handshake => close_if(past(self.header_read)),
            Phase::Idle => close_if(waited_enough(self.idle)),
            phase if phase.answers() && at.deaf && past(self.tick) => Verdict::Probe,
            Phase::Head if past(self.header_read) => Verdict::Timeout,
            Phase::Http2 if at.draining_since.is_some() => Verdict::Goaway,
            Phase::Http2 | Phase::Goaway => {
                close_if(at.streams == 0 && !at.full && waited_enough(self.idle))
            }
            Phase::Closing => close_if(past(self.closing)),
            Phase::Head
            | Phase::Work
            | Phase::Answer
            | Phase::Flush
            | Phase::Switch
            | Phase::Upgraded
            | Phase::Closed => Verdict::Keep,
        }
    }
}

/// Whole milliseconds, as the coarse clock counts.
pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX >> Phase::BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Limits;

    const NOW: u64 = 1_000_000;

    fn verdict(phase: Phase, age: u64, change: impl FnOnce(&mut Circumstances)) -> Verdict {
        let deadlines = Deadlines::new(Limits::default().values());
        let since = NOW - age;
        let mut at = Circumstances {
            now: NOW,
            draining_since: None,
            cut: false,
            slow: false,
            deaf: false,
            full: false,
            streams: 0,
        };
        change(&mut at);
        deadlines.verdict(Word { phase, since }, at)
    }

    #[test]
    fn a_word_survives_packing() {
        for phase in Phase::ALL {
            let word = Word {
                phase,
                since: 7_000_000_001,
            };
            assert_eq!(Word::unpack(word.pack()), word);
        }
    }

    #[test]
    fn each_phase_has_its_own_deadline() {
        assert_eq!(verdict(Phase::First, 10_249, |_| {}), Verdict::Keep);
        assert_eq!(verdict(Phase::First, 10_250, |_| {}), Verdict::Close);
        assert_eq!(verdict(Phase::Handshake, 10_250, |_| {}), Verdict::Close);
        assert_eq!(verdict(Phase::Head, 10_250, |_| {}), Verdict::Timeout);
        assert_eq!(verdict(Phase::Idle, 75_249, |_| {}), Verdict::Keep);
        assert_eq!(verdict(Phase::Idle, 75_250, |_| {}), Verdict::Close);
        assert_eq!(verdict(Phase::Work, 900_000, |_| {}), Verdict::Keep);
        assert_eq!(
            verdict(Phase::Http2, 900_000, |at| at.streams = 1),
            Verdict::Keep
        );
        assert_eq!(verdict(Phase::Http2, 75_250, |_| {}), Verdict::Close);
        assert_eq!(
            verdict(Phase::Http2, 900_000, |at| at.full = true),
            Verdict::Keep
        );
    }

    #[test]
    fn a_client_is_looked_for_while_nobody_reads_and_an_answer_takes_long() {
        let deaf = |at: &mut Circumstances| at.deaf = true;
        for phase in [Phase::Work, Phase::Answer] {
            assert_eq!(verdict(phase, 249, deaf), Verdict::Keep);
            assert_eq!(verdict(phase, 250, deaf), Verdict::Probe);
            assert_eq!(verdict(phase, 900_000, |_| {}), Verdict::Keep);
        }
        assert_eq!(verdict(Phase::Flush, 900_000, deaf), Verdict::Keep);
    }

    #[test]
    fn linger_counts_from_the_later_of_signal_and_idleness() {
        let signal = |ago: u64| move |at: &mut Circumstances| at.draining_since = Some(NOW - ago);
        assert_eq!(verdict(Phase::Idle, 9_000, signal(1_249)), Verdict::Keep);
        assert_eq!(verdict(Phase::Idle, 9_000, signal(1_250)), Verdict::Close);
        assert_eq!(verdict(Phase::Idle, 500, signal(9_000)), Verdict::Keep);
        assert_eq!(verdict(Phase::Http2, 0, signal(0)), Verdict::Goaway);
        assert_eq!(verdict(Phase::Goaway, 2_000, signal(2_000)), Verdict::Close);
    }

    #[test]
    fn past_the_drain_deadline_everything_is_cut() {
        for phase in Phase::ALL {
            let expected = if phase == Phase::Closed {
                Verdict::Keep
            } else {
                Verdict::Cut
            };
            assert_eq!(verdict(phase, 0, |at| at.cut = true), expected);
        }
    }
}
