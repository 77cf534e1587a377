//! Whether data that is due moves fast enough.

use super::limits::LimitValues;
use super::phase::{Deadlines, millis};

/// What is asked of data that is due, in milliseconds of the coarse clock.
///
/// A stalled client costs what a busy one costs, and one byte every few seconds keeps it there for ever
/// ("Slowloris"); so both a silence and the average are bounded, as Kestrel and nginx bound them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demands {
    stall: u64,
    grace: u64,
    rate: u64,
}

impl Demands {
    /// Longer by a tick, as all deadlines.
    pub(super) fn new(limits: &LimitValues) -> Self {
        let tick = millis(Deadlines::tick(limits));
        Self {
            stall: millis(limits.stall()).saturating_add(tick),
            grace: millis(limits.grace()).saturating_add(tick),
            rate: limits.rate().into(),
        }
    }
}

/// How one message moves, written down by the sweeper. Time counts only while data is due.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    message: u32,
    due: u64,
    quiet: u64,
    bytes: u64,
}

impl Pace {
    /// Whether it is too slow, `elapsed` after the last question. `awaited` is which message is waited
    /// for, and how many bytes of it have moved; `None` while nothing is due.
    pub(super) fn is_too_slow(
        &mut self,
        elapsed: u64,
        awaited: Option<(u32, u64)>,
        demands: &Demands,
    ) -> bool {
        let Some((message, bytes)) = awaited else {
            self.quiet = 0;
            return false;
        };
        if message != self.message {
            *self = Self {
                message,
                ..Self::default()
            };
        }
        self.due += elapsed;
        self.quiet = if bytes == self.bytes {
            self.quiet + elapsed
        } else {
            0
        };
        self.bytes = bytes;
        let least = demands.rate.saturating_mul(self.due) / 1000;
        self.quiet >= demands.stall || self.due >= demands.grace && bytes < least
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Limits;

    const TICK: u64 = 250;

    /// After how many milliseconds a message that moves `bytes` each tick is too slow, within a minute.
    fn cut_after(bytes: u64, due: impl Fn(u64) -> bool) -> Option<u64> {
        let demands = Demands::new(Limits::default().values());
        let mut pace = Pace::default();
        (1..=240).map(|tick| tick * TICK).find(|now| {
            let awaited = due(*now).then_some((1, bytes * now / TICK));
            pace.is_too_slow(TICK, awaited, &demands)
        })
    }

    #[test]
    fn a_message_that_stands_still_is_cut_after_the_grace() {
        assert_eq!(cut_after(0, |_| true), Some(5_250));
    }

    #[test]
    fn the_average_counts() {
        assert_eq!(cut_after(59, |_| true), Some(5_250));
        assert_eq!(cut_after(60, |_| true), None);
    }

    #[test]
    fn time_in_which_nothing_is_due_is_not_counted() {
        assert_eq!(cut_after(0, |_| false), None);
        assert_eq!(cut_after(0, |now| now % 500 == 0), Some(10_500));
    }

    #[test]
    fn much_at_first_does_not_excuse_a_silence() {
        let demands = Demands::new(Limits::default().values());
        let mut pace = Pace::default();
        let cut = (1..=240).find(|_| pace.is_too_slow(TICK, Some((1, 1 << 20)), &demands));
        assert_eq!(cut, Some(1 + (30_000 + TICK) / TICK));
    }

    #[test]
    fn another_message_begins_anew() {
        let demands = Demands::new(Limits::default().values());
        let mut pace = Pace::default();
        for message in 1..100 {
            for _ in 0..20 {
                assert!(!pace.is_too_slow(TICK, Some((message, 0)), &demands));
            }
        }
    }
}
