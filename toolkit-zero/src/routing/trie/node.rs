//! One place in a trie, and how the way to it is built and taken down.

use std::mem;
use std::sync::Arc;

use super::super::pattern::{CAPTURE, REST};
use super::bytes::Bytes;
use super::literals::Literals;

/// The text that leads on from a branch, the value of the pattern that ends after it, and the branches there.
#[derive(Clone)]
pub(super) struct Node<T> {
    /// Literal bytes between the branch that leads here and the branches of this node.
    pub(super) label: Bytes,
    pub(super) value: Option<T>,
    pub(super) literals: Literals<T>,
    pub(super) capture: Option<Arc<Self>>,
    pub(super) rest: Option<Arc<Self>>,
}

impl<T> Node<T> {
    /// A node at the end of this text, up to the first capture in it.
    fn leading(text: &[u8]) -> Self {
        let end = text
            .iter()
            .position(|&byte| is_wild(byte))
            .unwrap_or(text.len());
        let mut node = Self::default();
        node.label = Bytes::from(&text[..end]);
        node
    }

    /// The value at the end of this shape.
    pub(super) fn find(&self, shape: &[u8]) -> Option<&T> {
        let (mut node, mut shape) = (self, shape);
        loop {
            shape = shape.strip_prefix(&*node.label)?;
            let Some((&branch, after)) = shape.split_first() else {
                return node.value.as_ref();
            };
            (node, shape) = (node.branch(branch)?, after);
        }
    }

    fn branch(&self, branch: u8) -> Option<&Self> {
        match branch {
            CAPTURE => self.capture.as_deref(),
            REST => self.rest.as_deref(),
            byte => self.literals.get(byte),
        }
    }

    fn branches(&self) -> usize {
        self.literals.len() + usize::from(self.capture.is_some()) + usize::from(self.rest.is_some())
    }

    /// The place of a branch, made if it is not there yet, to lead on to this text.
    fn branch_mut(&mut self, branch: u8, text: &[u8]) -> &mut Arc<Self> {
        let make = || Arc::new(Self::leading(text));
        match branch {
            CAPTURE => self.capture.get_or_insert_with(make),
            REST => self.rest.get_or_insert_with(make),
            byte => self.literals.get_or_insert_with(byte, make),
        }
    }

    /// Whether nothing is here and nothing leads on.
    fn is_vacant(&self) -> bool {
        self.value.is_none() && self.branches() == 0
    }

    /// Hands the branches over to whoever drops them.
    fn unlink(&mut self, ahead: &mut Vec<Arc<Self>>) {
        ahead.extend(self.literals.take().map(|(_, node)| node));
        ahead.extend(self.capture.take());
        ahead.extend(self.rest.take());
    }

    fn cut(&mut self, branch: u8) {
        drop(match branch {
            CAPTURE => self.capture.take(),
            REST => self.rest.take(),
            byte => self.literals.remove(byte),
        });
    }

    /// Ends the label after so many bytes; what followed becomes the only branch.
    fn split(&mut self, at: usize) {
        let mut lower = mem::take(self);
        let label = mem::take(&mut lower.label);
        self.label = Bytes::from(&label[..at]);
        lower.label = Bytes::from(&label[at + 1..]);
        self.literals
            .get_or_insert_with(label[at], || Arc::new(lower));
    }
}

impl<T: Clone> Node<T> {
    /// Takes up the only branch of a node that holds nothing else.
    fn merge(&mut self) {
        if self.value.is_some() || self.branches() != 1 {
            return;
        }
        let Some((byte, lower)) = self.literals.take().next() else {
            return;
        };
        let label = [&*self.label, &[byte], &*lower.label].concat();
        *self = Arc::unwrap_or_clone(lower);
        self.label = Bytes::from(&*label);
    }
}

/// Puts a value at the end of a shape, replacing the one that is there.
pub(super) fn insert<T: Clone>(root: &mut Arc<Node<T>>, shape: &[u8], value: T) {
    if root.is_vacant() {
        *root = Arc::new(Node::leading(shape));
    }
    let (mut slot, mut shape) = (root, shape);
    loop {
        let node = Arc::make_mut(slot);
        let common = node
            .label
            .iter()
            .zip(shape)
            .take_while(|(ours, theirs)| ours == theirs)
            .count();
        if common < node.label.len() {
            node.split(common);
        }
        shape = &shape[common..];
        let Some((&branch, after)) = shape.split_first() else {
            node.value = Some(value);
            return;
        };
        (slot, shape) = (node.branch_mut(branch, after), after);
    }
}

/// Takes the value at the end of a shape away, and with it the nodes that only led there.
///
/// The shape has a value. What is left is what would be there if it had never been inserted.
pub(super) fn remove<T: Clone>(root: &mut Arc<Node<T>>, shape: &[u8]) {
    let keep = kept(root, shape);
    let (mut slot, mut at) = (root, 0);
    loop {
        let node = Arc::make_mut(slot);
        at += node.label.len();
        if at < keep {
            slot = node.branch_mut(shape[at], &[]);
            at += 1;
            continue;
        }
        match shape.get(at) {
            Some(&branch) => node.cut(branch),
            None => node.value = None,
        }
        if node.is_vacant() {
            node.label = Bytes::default(); // the root: the table is empty
        } else {
            node.merge();
        }
        return;
    }
}

/// How many bytes of the shape are still led to without the value at its end: up to the node that loses the value,
/// if it has branches, and else up to the last node before it with a value or with another branch.
fn kept<T>(root: &Node<T>, shape: &[u8]) -> usize {
    let (mut node, mut at, mut keep) = (root, 0, root.label.len());
    loop {
        at += node.label.len();
        let Some(&branch) = shape.get(at) else {
            return if node.branches() > 0 { at } else { keep };
        };
        if node.value.is_some() || node.branches() > 1 {
            keep = at;
        }
        let Some(next) = node.branch(branch) else {
            return keep;
        };
        (node, at) = (next, at + 1);
    }
}

impl<T> Default for Node<T> {
    fn default() -> Self {
        Self {
            label: Bytes::default(),
            value: None,
            literals: Literals::default(),
            capture: None,
            rest: None,
        }
    }
}

/// Takes a long chain of nodes down in a loop: the stack does not grow with the depth of a table.
impl<T> Drop for Node<T> {
    fn drop(&mut self) {
        let mut ahead = Vec::new();
        self.unlink(&mut ahead);
        while let Some(node) = ahead.pop() {
            if let Some(mut node) = Arc::into_inner(node) {
                node.unlink(&mut ahead);
            }
        }
    }
}

fn is_wild(byte: u8) -> bool {
    matches!(byte, CAPTURE | REST)
}
