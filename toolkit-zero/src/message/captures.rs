//! Where in the path the captures of a matched pattern lie.

/// At most this many captures in one pattern, prefixes included.
pub(crate) const MOST: usize = 12;

/// The spans of the captures in the raw path, in the order of the pattern.
///
/// Spans are `u16`: `http::Uri` holds at most 65,534 bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Captures {
    spans: [(u16, u16); MOST],
    count: u8,
}

impl Captures {
    /// The first so many of these spans.
    #[inline]
    pub(crate) fn of(spans: &[(u16, u16); MOST], count: usize) -> Self {
        Self {
            spans: *spans,
            count: u8::try_from(count.min(MOST)).unwrap_or(0),
        }
    }

    /// Has none.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.count = 0;
    }

    /// Adds the span of the next capture.
    pub(crate) fn push(&mut self, start: usize, end: usize) {
        debug_assert!(
            usize::from(self.count) < MOST && start <= end,
            "a pattern has at most {MOST} captures"
        );
        if let (Some(slot), Ok(start), Ok(end)) = (
            self.spans.get_mut(usize::from(self.count)),
            u16::try_from(start),
            u16::try_from(end),
        ) {
            *slot = (start, end);
            self.count += 1;
        }
    }

    /// How many captures there are.
    pub(crate) fn len(&self) -> usize {
        usize::from(self.count)
    }

    /// The raw text of one capture, still percent-encoded.
    pub(crate) fn raw<'p>(&self, path: &'p str, index: usize) -> Option<&'p str> {
        let (start, end) = *self.spans[..self.len().min(MOST)].get(index)?;
        path.get(usize::from(start)..usize::from(end))
    }
}
