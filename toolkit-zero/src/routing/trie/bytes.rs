//! A few bytes inside a node, without a pointer to follow while they are few.

use std::ops::Deref;

/// How many bytes fit beside the length and the tag in the space of three words.
const INLINE: usize = 22;

/// A short string of bytes.
#[derive(Clone)]
pub(super) enum Bytes {
    Inline(u8, [u8; INLINE]),
    Heap(Box<[u8]>),
}

impl Bytes {
    /// What follows these bytes in `text`, if it begins with them.
    ///
    /// Words are compared in place: a call of `memcmp` costs more than all of it for the few bytes a node has.
    #[inline]
    pub(super) fn strip_from<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let bytes = &**self;
        let (text, after) = text.split_at_checked(bytes.len())?;
        let equal = match bytes.len() {
            0 => true,
            1 => bytes[0] == text[0],
            2..=3 => ends::<2>(bytes) == ends::<2>(text),
            4..=7 => ends::<4>(bytes) == ends::<4>(text),
            8..=16 => ends::<8>(bytes) == ends::<8>(text),
            _ => bytes == text,
        };
        equal.then_some(after)
    }
}

/// The first and the last `N` bytes, which overlap in a text shorter than twice that.
#[inline]
fn ends<const N: usize>(text: &[u8]) -> (Option<&[u8; N]>, Option<&[u8; N]>) {
    (text.first_chunk(), text.last_chunk())
}

impl Deref for Bytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Inline(len, bytes) => &bytes[..usize::from(*len).min(INLINE)],
            Self::Heap(bytes) => bytes,
        }
    }
}

impl From<&[u8]> for Bytes {
    fn from(text: &[u8]) -> Self {
        let mut bytes = [0; INLINE];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(start), Ok(len)) => {
                start.copy_from_slice(text);
                Self::Inline(len, bytes)
            }
            _ => Self::Heap(text.into()),
        }
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Self::Inline(0, [0; INLINE])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_stripped_from_what_begins_with_them() {
        let text: Vec<u8> = (0..64).collect();
        for len in 0..64 {
            let bytes = Bytes::from(&text[..len]);
            assert_eq!(*bytes, text[..len]);
            assert_eq!(bytes.strip_from(&text), Some(&text[len..]));
            assert_eq!(bytes.strip_from(&text[..len]), Some(&[][..]));
            assert!(len == 0 || bytes.strip_from(&text[..len - 1]).is_none());
            for wrong in 0..len {
                let mut other = text.clone();
                other[wrong] ^= 0x80;
                assert_eq!(bytes.strip_from(&other), None, "{len} {wrong}");
            }
        }
    }
}
