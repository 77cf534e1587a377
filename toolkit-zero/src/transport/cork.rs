//! Answers that wait for the next one, to go out in one write.

/// Answers that wait for the next one, to go out in one write.
///
/// A client that pipelines has its requests read many at a time, and hyper writes after each. While hyper says that an
/// answer is complete and has not run out of bytes to read, another answer follows, or a read: a short answer waits
/// here for that. hyper's own way, `pipeline_flush`, loses answers in 1.12.
///
/// Nothing is allocated while nothing is held: most connections never pipeline.
#[derive(Debug, Default)]
pub(super) struct Cork(Option<Box<Held>>);

#[derive(Debug, Default)]
struct Held {
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
        self.0.is_none()
    }

    /// Holds `bytes`, if there is room for all of them.
    pub(super) fn takes(&mut self, bytes: &[u8]) -> bool {
        let len = self.0.as_ref().map_or(0, |held| held.bytes.len());
        let fits = !bytes.is_empty() && len + bytes.len() <= Self::MOST;
        if fits {
            let held = self.0.get_or_insert_default();
            held.bytes.extend_from_slice(bytes);
        }
        fits
    }

    /// What was taken last was the end of an answer.
    pub(super) fn ends_an_answer(&mut self) {
        if let Some(held) = &mut self.0 {
            held.answers += 1;
        }
    }

    /// What is still to go out.
    pub(super) fn rest(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], |held| &held.bytes[held.gone..])
    }

    /// So many bytes have gone out; once all have, how many answers that were.
    pub(super) fn went_out(&mut self, bytes: usize) -> Option<u32> {
        let held = self.0.as_mut()?;
        held.gone += bytes;
        if held.gone < held.bytes.len() {
            return None;
        }
        self.0.take().map(|held| held.answers)
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
        assert!(cork.is_empty() && cork.rest().is_empty());
    }

    #[test]
    fn what_has_no_room_is_not_taken_in_part() {
        let mut cork = Cork::default();
        assert!(cork.takes(&[b'x'; Cork::MOST]));
        assert!(!cork.takes(b"y"));
        assert_eq!(cork.rest().len(), Cork::MOST);
    }
}
