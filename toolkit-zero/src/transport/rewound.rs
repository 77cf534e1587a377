//! Bytes that were read too early, to be read once more.

use bytes::{Buf as _, Bytes};
use tokio::io::ReadBuf;

/// Bytes to be read once more.
#[derive(Debug)]
pub(super) enum Rewound {
    Nothing,
    /// What told the protocol: at most a preface, kept in place.
    Opening {
        bytes: [u8; 24],
        from: u8,
        to: u8,
    },
    /// What hyper had buffered when it was taken apart.
    Buffer(Bytes),
}

impl Rewound {
    /// Moves what fits into `buf`; whether that was anything.
    pub(super) fn give(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        match self {
            Self::Nothing => false,
            Self::Opening { bytes, from, to } => {
                let rest = &bytes[usize::from(*from)..usize::from(*to)];
                let fits = rest.len().min(buf.remaining());
                buf.put_slice(&rest[..fits]);
                #[expect(clippy::cast_possible_truncation, reason = "at most 24")]
                let given = fits as u8;
                *from += given;
                if from == to {
                    *self = Self::Nothing;
                }
                fits > 0
            }
            Self::Buffer(bytes) => {
                let fits = bytes.len().min(buf.remaining());
                buf.put_slice(&bytes[..fits]);
                bytes.advance(fits);
                if bytes.is_empty() {
                    *self = Self::Nothing;
                }
                fits > 0
            }
        }
    }
}
