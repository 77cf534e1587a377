//! `Trie<T>`: patterns to values, persistent and compressed.
//!
//! A radix trie over the [shapes](Pattern::shape) of patterns: every node stands for the bytes on the way to it, and
//! has one branch for each byte that can follow. A capture and a rest are branches of their own, kept apart because
//! the search takes them last. No node grows with the number of routes, only with the number of bytes that differ
//! at its place, so adding a route costs about as much among 100,000 as among ten.
//!
//! Nodes are shared between clones. A change copies the nodes on the way to its place and nothing else, and a clone
//! taken before answers as before.

mod bytes;
mod literals;
mod node;
#[cfg(test)]
mod properties;
mod search;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use self::node::Node;
use super::pattern::Pattern;

pub(crate) use self::search::Spans;

/// Values by pattern. A clone is one reference count.
pub(crate) struct Trie<T> {
    root: Arc<Node<T>>,
    len: usize,
}

impl<T> Trie<T> {
    /// How many patterns have a value.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether no pattern has a value.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The value of the pattern that equals this one.
    pub(crate) fn get(&self, pattern: &Pattern) -> Option<&T> {
        self.root.find(pattern.shape())
    }

    /// All values: shorter patterns first, literals by their bytes, then captures, then rests.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        let mut ahead = vec![&*self.root];
        std::iter::from_fn(move || {
            while let Some(node) = ahead.pop() {
                ahead.extend(node.rest.as_deref());
                ahead.extend(node.capture.as_deref());
                ahead.extend(node.literals.iter().rev().map(|child| &**child));
                if let Some(value) = &node.value {
                    return Some(value);
                }
            }
            None
        })
    }

    /// The value that [`search`](Self::search) visits first, in the plain cases: `None` does not mean that there is none.
    #[inline]
    pub(crate) fn first<'t>(&'t self, key: &[u8], spans: &mut Spans) -> Option<&'t T> {
        search::first(&self.root, key, spans)
    }

    /// Visits the values whose pattern matches the key, best first, until `visit` returns true.
    ///
    /// At each segment a literal comes before a capture, and a capture before a rest. `key` is what
    /// [`path::key`](crate::message::path::key) makes of a path. Returns what the last visit returned, and false
    /// if there was none. A node is seen at most once, whatever the key.
    pub(crate) fn search<'t>(
        &'t self,
        key: &[u8],
        visit: &mut impl FnMut(&'t T, &Spans) -> bool,
    ) -> bool {
        search::search(&self.root, key, visit)
    }
}

impl<T: Clone> Trie<T> {
    /// Lets `change` put, edit or take the value of a pattern, and returns what it returns.
    ///
    /// If `change` panics, the trie is as before.
    pub(crate) fn update<R>(
        &mut self,
        pattern: &Pattern,
        change: impl FnOnce(&mut Option<T>) -> R,
    ) -> R {
        let mut value = self.get(pattern).cloned();
        let before = value.is_some();
        let result = change(&mut value);
        if let Some(value) = value {
            node::insert(&mut self.root, pattern.shape(), value);
            self.len += usize::from(!before);
        } else if before {
            node::remove(&mut self.root, pattern.shape());
            self.len -= 1;
        }
        result
    }
}

impl<T> Default for Trie<T> {
    fn default() -> Self {
        Self {
            root: Arc::default(),
            len: 0,
        }
    }
}

impl<T> Clone for Trie<T> {
    fn clone(&self) -> Self {
        Self {
            root: Arc::clone(&self.root),
            len: self.len,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Trie<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
