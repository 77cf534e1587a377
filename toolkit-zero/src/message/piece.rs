//! A piece of a body on its way out.

use std::io::Cursor;

use bytes::{Buf, Bytes};

/// A piece of a body on its way out.
#[derive(Debug)]
pub(crate) enum Piece {
    Shared(Bytes),
    Owned(Cursor<Vec<u8>>),
}

impl Piece {
    /// What is left of it, to be split.
    pub(crate) fn into_shared(self) -> Bytes {
        match self {
            Self::Shared(bytes) => bytes,
            Self::Owned(bytes) => {
                let from = usize::try_from(bytes.position()).unwrap_or(usize::MAX);
                let mut bytes = Bytes::from(bytes.into_inner());
                bytes.advance(from.min(bytes.len()));
                bytes
            }
        }
    }
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        match self {
            Self::Shared(bytes) => bytes.remaining(),
            Self::Owned(bytes) => bytes.remaining(),
        }
    }

    fn chunk(&self) -> &[u8] {
        match self {
            Self::Shared(bytes) => bytes.chunk(),
            Self::Owned(bytes) => bytes.chunk(),
        }
    }

    fn advance(&mut self, count: usize) {
        match self {
            Self::Shared(bytes) => bytes.advance(count),
            Self::Owned(bytes) => bytes.advance(count),
        }
    }
}
