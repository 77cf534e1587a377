//! Answers that wait for the next one, to go out in one write.

/// Answers that wait for the next one, to go out in one write.
///
/// A client that pipelines has its requests read many at a time, and hyper writes after each. While hyper says that an
/// answer is complete and has not run out of bytes to read, another answer follows, or a read: a short answer waits
/// here for that. hyper's own way, `pipeline_flush`, loses answers in 1.12.
#[derive(Debug, Default)]
pub(super) struct Cork {
    /// Nothing is allocated while nothing is held.
    bytes: Vec<u8>,
    /// What has gone out of them.
    gone: usize,
    /// How many answers end in them.
    answers: u32,
}

impl Cork {
    /// What is held at most.
    const MOST: usize = 4096;

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Holds `bytes`, if there is room for all of them.
    pub(super) fn takes(&mut self, bytes: &[u8]) -> bool {
        let fits = self.bytes.len() + bytes.len() <= Self::MOST;
        if fits {
            self.bytes.extend_from_slice(bytes);
        }
        fits
    }

    /// What was taken last was the end of an answer.
    pub(super) fn ends_an_answer(&mut self) {
        self.answers += 1;
    }

    /// What is still to go out.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.gone..]
    }

    /// So many bytes have gone out; once all have, how many answers that were.
    pub(super) fn went_out(&mut self, bytes: usize) -> Option<u32> {
        self.gone += bytes;
        if self.gone < self.bytes.len() {
            return None;
        }
        Some(std::mem::take(self).answers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_goes_out_in_order_and_is_counted_when_all_of_it_has() {
        let mut cork = Cork::default();
        assert!(cork.takes(b"one"));
        cork.ends_an_answer();
        assert!(cork.takes(b"two"));
        cork.ends_an_answer();
        assert_eq!(cork.rest(), b"onetwo");
        assert_eq!(cork.went_out(4), None);
        assert_eq!(cork.rest(), b"wo");
        assert_eq!(cork.went_out(2), Some(2));
        assert!(cork.is_empty() && cork.bytes.capacity() == 0);
    }

    #[test]
    fn what_has_no_room_is_not_taken_in_part() {
        let mut cork = Cork::default();
        assert!(cork.takes(&[b'x'; Cork::MOST]));
        assert!(!cork.takes(b"y"));
        assert_eq!(cork.rest().len(), Cork::MOST);
    }
}
