//! A key down the trie: one node after the other, and back to the last place with a choice if the way was wrong.

use std::ops::Range;

use super::super::pattern::MAX_CAPTURES;
use super::node::Node;

/// Where the captures of a matching pattern are in the key, in the order of the pattern.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spans {
    at: [(u16, u16); MAX_CAPTURES],
    len: u8,
}

impl Spans {
    pub(crate) const NONE: Self = Self {
        at: [(0, 0); MAX_CAPTURES],
        len: 0,
    };

    /// How many captures there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        usize::from(self.len)
    }

    /// The spans of all captures, then zeros or what was left of others.
    #[cfg_attr(not(test), allow(dead_code, reason = "not for the bench"))]
    #[inline]
    pub(crate) fn all(&self) -> &[(u16, u16); MAX_CAPTURES] {
        &self.at
    }

    /// The spans of all captures.
    #[cfg_attr(not(test), allow(dead_code, reason = "not for the bench"))]
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Range<usize>> {
        self.at[..self.len()]
            .iter()
            .map(|&(start, end)| usize::from(start)..usize::from(end))
    }

    #[inline]
    fn push(&mut self, start: u16, end: u16) {
        if let Some(span) = self.at.get_mut(usize::from(self.len)) {
            *span = (start, end);
            self.len += 1;
        }
    }
}

/// A place where a literal was tried, or a capture, and something is left to try.
struct Choice<'t, T> {
    node: &'t Node<T>,
    /// Where in the key the branches of the node begin.
    at: u16,
    /// How many captures there are on the way to the node.
    spans: u8,
    /// Whether only the rest is left.
    captured: bool,
}

/// The choices on the way, the last one on top. The first few need no allocation, and none costs nothing.
struct Choices<'t, T>(Option<Stack<'t, T>>);

struct Stack<'t, T> {
    few: [Option<Choice<'t, T>>; FEW],
    len: usize,
    more: Vec<Choice<'t, T>>,
}

/// A table seldom has more segments below each other where a literal stands beside a capture.
const FEW: usize = 6;

impl<'t, T> Choices<'t, T> {
    fn push(&mut self, choice: Choice<'t, T>) {
        let stack = self.0.get_or_insert_with(|| Stack {
            few: [const { None }; FEW],
            len: 0,
            more: Vec::new(),
        });
        match stack.few.get_mut(stack.len) {
            Some(place) => {
                *place = Some(choice);
                stack.len += 1;
            }
            None => stack.more.push(choice),
        }
    }

    fn pop(&mut self) -> Option<Choice<'t, T>> {
        let stack = self.0.as_mut()?;
        stack.more.pop().or_else(|| {
            stack.len = stack.len.checked_sub(1)?;
            stack.few.get_mut(stack.len)?.take()
        })
    }
}

/// The value that [`search`] visits first, where the way to it needs no stack: `None` does not mean that there is none.
///
/// Where literals lead nowhere, the way goes on at the last capture that was passed, which is where the search goes on
/// too; one passed before that is forgotten. Most paths of most tables are found so.
#[inline]
pub(super) fn first<'t, T>(root: &'t Node<T>, key: &[u8], spans: &mut Spans) -> Option<&'t T> {
    let end = u16::try_from(key.len()).ok()?;
    let (mut node, mut left) = (root, key);
    let mut passed = None;
    loop {
        if let Some(below) = node.label.strip_from(left) {
            let Some((&byte, after)) = below.split_first() else {
                if node.value.is_some() {
                    return node.value.as_ref();
                }
                (node, left) = captured(passed.take()?, end, spans)?;
                continue;
            };
            if node.capture.is_some() || node.rest.is_some() {
                passed = Some((node, below));
            }
            if let Some(literal) = node.literals.get(byte) {
                (node, left) = (literal, after);
                continue;
            }
        }
        (node, left) = captured(passed.take()?, end, spans)?;
    }
}

/// Takes the next segment as a capture.
#[inline]
fn captured<'t, 'k, T>(
    (from, left): (&'t Node<T>, &'k [u8]),
    end: u16,
    spans: &mut Spans,
) -> Option<(&'t Node<T>, &'k [u8])> {
    let capture = from.capture.as_ref()?;
    let (segment, after) = left.split_at_checked(segment_len(left))?;
    if segment.is_empty() {
        return None;
    }
    spans.push(place(end, left), place(end, after));
    Some((capture, after))
}

/// See [`Trie::search`](super::Trie::search). A key of 64 KiB or more matches nothing.
#[inline]
pub(super) fn search<'t, T>(
    root: &'t Node<T>,
    key: &[u8],
    visit: &mut impl FnMut(&'t T, &Spans) -> bool,
) -> bool {
    let Ok(end) = u16::try_from(key.len()) else {
        return false;
    };
    let mut spans = Spans::NONE;
    let mut choices = Choices(None);
    let (mut node, mut left) = (root, key);
    'down: loop {
        let mut choice = None;
        if let Some(below) = node.label.strip_from(left) {
            left = below;
            if let Some((&byte, after)) = left.split_first() {
                let literal = node.literals.get(byte);
                if node.capture.is_some() || node.rest.is_some() {
                    choice = Some(Choice {
                        node,
                        at: place(end, left),
                        spans: spans.len,
                        captured: false,
                    });
                }
                if let Some(literal) = literal {
                    if let Some(choice) = choice {
                        choices.push(choice);
                    }
                    (node, left) = (literal, after);
                    continue 'down;
                }
            } else if let Some(value) = &node.value
                && visit(value, &spans)
            {
                return true;
            }
        }
        // What the text did not lead to, a capture or a rest may: here, or at the last place that had a choice.
        loop {
            let Some(Choice {
                node: from,
                at,
                spans: before,
                captured,
            }) = choice.or_else(|| choices.pop())
            else {
                return false;
            };
            choice = None;
            spans.len = before;
            left = &key[usize::from(at)..];
            if !captured && let Some(capture) = &from.capture {
                let len = segment_len(left);
                if len > 0 {
                    if from.rest.is_some() {
                        choices.push(Choice {
                            node: from,
                            at,
                            spans: before,
                            captured: true,
                        });
                    }
                    left = &left[len..];
                    spans.push(at, place(end, left));
                    node = capture;
                    continue 'down;
                }
            }
            if let Some(value) = from.rest.as_ref().and_then(|rest| rest.value.as_ref()) {
                spans.push(at, end);
                if visit(value, &spans) {
                    return true;
                }
            }
        }
    }
}

/// Where in a key of the length `end` what is left of it begins.
#[inline]
fn place(end: u16, left: &[u8]) -> u16 {
    // What is left is no longer than the key.
    end - u16::try_from(left.len()).unwrap_or(end)
}

/// How many bytes come before the first `/`, eight at a time.
#[inline]
fn segment_len(left: &[u8]) -> usize {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let (words, tail) = left.as_chunks();
    for (nth, word) in words.iter().enumerate() {
        // A byte that equals the slash becomes zero, and subtracting one borrows its high bit.
        let differing = u64::from_le_bytes(*word) ^ (LOW * u64::from(b'/'));
        let zeros = differing.wrapping_sub(LOW) & !differing & HIGH;
        if zeros != 0 {
            return nth * 8 + (zeros.trailing_zeros() / u8::BITS) as usize;
        }
    }
    let in_tail = tail
        .iter()
        .position(|&byte| byte == b'/')
        .unwrap_or(tail.len());
    left.len() - tail.len() + in_tail
}

#[cfg(test)]
mod tests {
    use super::segment_len;

    #[test]
    fn a_segment_ends_at_the_first_slash_wherever_it_is() {
        for len in 0..40 {
            // 0xAF and 0x2E differ from a slash in one bit, and 0x30 is the byte above it.
            let mut text: Vec<u8> = [0xAF, 0x2E, 0x30].into_iter().cycle().take(len).collect();
            assert_eq!(segment_len(&text), len);
            for at in (0..len).rev() {
                text[at] = b'/';
                assert_eq!(segment_len(&text), at);
            }
        }
    }
}
