//! The branches of a node for literal bytes.

use std::mem;
use std::sync::Arc;

use super::node::Node;

/// Nodes by the byte that leads to them, sorted by it.
///
/// The bytes are kept apart from the nodes: the first sixteen are compared at once and without following a pointer.
pub(super) struct Literals<T> {
    /// The bytes of the first branches, then zeros.
    few: [u8; FEW],
    /// The bytes of all branches, if they are more than that.
    #[expect(
        clippy::box_collection,
        reason = "one word where nearly all nodes have nothing"
    )]
    all: Option<Box<Vec<u8>>>,
    nodes: Box<[Arc<Node<T>>]>,
}

const FEW: usize = 16;

impl<T> Literals<T> {
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Node<T>>> {
        self.nodes.iter()
    }

    /// The branches with their bytes.
    #[cfg(test)]
    pub(super) fn entries(&self) -> impl Iterator<Item = (u8, &Node<T>)> {
        self.bytes()
            .iter()
            .copied()
            .zip(self.nodes.iter().map(|node| &**node))
    }

    /// The branch for this byte.
    #[inline]
    pub(super) fn get(&self, byte: u8) -> Option<&Node<T>> {
        let at = match &self.all {
            None => find(self.few, byte),
            Some(all) => all.binary_search(&byte).ok()?,
        };
        self.nodes.get(at).map(|node| &**node)
    }

    /// The place of the branch for this byte, which is made if there is none.
    pub(super) fn get_or_insert_with(
        &mut self,
        byte: u8,
        make: impl FnOnce() -> Arc<Node<T>>,
    ) -> &mut Arc<Node<T>> {
        let at = self.bytes().binary_search(&byte).unwrap_or_else(|at| {
            let len = self.nodes.len();
            if len < FEW {
                self.few.copy_within(at..len, at + 1);
                self.few[at] = byte;
            } else {
                let mut bytes = self.bytes().to_vec();
                bytes.insert(at, byte);
                self.set(bytes);
            }
            let mut nodes = mem::take(&mut self.nodes).into_vec();
            nodes.reserve_exact(1);
            nodes.insert(at, make());
            self.nodes = nodes.into_boxed_slice();
            at
        });
        &mut self.nodes[at]
    }

    /// Takes the branch for this byte out.
    pub(super) fn remove(&mut self, byte: u8) -> Option<Arc<Node<T>>> {
        let at = self.bytes().binary_search(&byte).ok()?;
        let mut bytes = self.bytes().to_vec();
        bytes.remove(at);
        let mut nodes = mem::take(&mut self.nodes).into_vec();
        let node = nodes.remove(at);
        self.set(bytes);
        self.nodes = nodes.into_boxed_slice();
        Some(node)
    }

    /// Takes all branches out, the first one first.
    pub(super) fn take(&mut self) -> impl Iterator<Item = (u8, Arc<Node<T>>)> + use<T> {
        let Self { few, all, nodes } = mem::take(self);
        let mut at = 0;
        nodes.into_iter().map(move |node| {
            let byte = all.as_ref().map_or(few.get(at), |all| all.get(at)).copied();
            at += 1;
            (byte.unwrap_or_default(), node)
        })
    }

    fn bytes(&self) -> &[u8] {
        match &self.all {
            Some(all) => all,
            None => &self.few[..self.nodes.len()],
        }
    }

    fn set(&mut self, bytes: Vec<u8>) {
        self.few = [0; FEW];
        for (few, byte) in self.few.iter_mut().zip(&bytes) {
            *few = *byte;
        }
        self.all = (bytes.len() > FEW).then(|| Box::new(bytes));
    }
}

/// The position of the first byte that equals this one, or [`FEW`].
///
/// All bytes at once, as one number: equal bytes become zero, and subtracting one from a zero byte borrows its high
/// bit. A byte above the first zero may be taken for one, which does not matter here.
#[inline]
fn find(few: [u8; FEW], byte: u8) -> usize {
    const LOW: u128 = u128::from_ne_bytes([0x01; FEW]);
    const HIGH: u128 = u128::from_ne_bytes([0x80; FEW]);
    let differing = u128::from_le_bytes(few) ^ (LOW * u128::from(byte));
    let zeros = differing.wrapping_sub(LOW) & !differing & HIGH;
    (zeros.trailing_zeros() / u8::BITS) as usize
}

impl<T> Default for Literals<T> {
    fn default() -> Self {
        Self {
            few: [0; FEW],
            all: None,
            nodes: Box::default(),
        }
    }
}

impl<T> Clone for Literals<T> {
    fn clone(&self) -> Self {
        Self {
            few: self.few,
            all: self.all.clone(),
            nodes: self.nodes.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_where_it_is() {
        let few = [
            1, 2, 3, 0x2F, 0x30, 0x61, 0x62, 0x7F, 0x80, 0x81, 0xC3, 0xC4, 0xF0, 0xF4, 0xFE, 0xFF,
        ];
        for byte in 0..=u8::MAX {
            let at = few.iter().position(|&other| other == byte).unwrap_or(FEW);
            assert_eq!(find(few, byte), at, "{byte}");
        }
    }

    #[test]
    fn branches_are_sorted_and_found_whatever_their_number() {
        let mut literals = Literals::<u8>::default();
        let bytes = || (0..=u8::MAX).map(|byte| byte.wrapping_mul(77));
        for (count, byte) in bytes().enumerate() {
            assert!(literals.get(byte).is_none());
            literals.get_or_insert_with(byte, Arc::default);
            assert!(literals.get(byte).is_some());
            assert_eq!(literals.len(), count + 1);
            assert!(literals.bytes().is_sorted());
        }
        for byte in bytes() {
            assert!(literals.remove(byte).is_some());
            assert!(literals.get(byte).is_none() && literals.remove(byte).is_none());
        }
    }

    #[test]
    fn all_branches_are_taken_with_their_bytes() {
        for count in [0, 1, 16, 17, 200_u8] {
            let mut literals = Literals::<u8>::default();
            for byte in (0..count).rev() {
                literals.get_or_insert_with(byte, Arc::default);
            }
            assert!(literals.take().map(|(byte, _)| byte).eq(0..count));
            assert_eq!(literals.len(), 0);
        }
    }
}
