//! The path of a request: its segments, percent-decoded (RFC 3986 §2.1, §3.3).
//!
//! Routes are matched on decoded segments, and a decoded `/` stays inside its segment. The [`key`] of a path is what
//! the trie reads: the decoded path in which a decoded `/` is written as [`INNER_SLASH`], so that every `/` left in
//! it separates two segments. A path without escapes is its own key, and costs one scan.
//!
//! Nothing is normalised: `.`, `..` and empty segments are segments like any other.

use std::borrow::Cow;
use std::ops::Range;

/// Stands for a decoded `/` in a [`key`]. No UTF-8 text contains this byte.
pub(crate) const INNER_SLASH: u8 = 0xFF;

/// Why a path cannot be decoded. The answer to such a request is a 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathError {
    /// A `%` without two hexadecimal digits after it.
    #[error("the path has a `%` that is not followed by two hexadecimal digits")]
    Escape,
    /// The decoded bytes are not UTF-8.
    #[error("the path is not UTF-8 once it is percent-decoded")]
    Utf8,
}

/// The key of a raw path: what patterns are matched on.
///
/// Borrowed, and equal to the path, if the path has no escape.
///
/// # Errors
/// A broken escape, or a segment that is not UTF-8 once decoded.
#[inline]
pub(crate) fn key(raw: &str) -> Result<Cow<'_, [u8]>, PathError> {
    if has_escapes(raw) {
        decoded_key(raw)
    } else {
        Ok(Cow::Borrowed(raw.as_bytes()))
    }
}

/// Paths are short: one look at each byte costs less than a search that is made for long texts.
#[inline]
fn has_escapes(raw: &str) -> bool {
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "without a branch the loop looks at many bytes at once"
    )]
    let escape = |found: bool, byte: &u8| found | (*byte == b'%');
    raw.as_bytes().iter().fold(false, escape)
}

#[cold]
fn decoded_key(raw: &str) -> Result<Cow<'_, [u8]>, PathError> {
    let mut key = Vec::with_capacity(raw.len());
    decode_into(&mut key, raw, INNER_SLASH)?;
    if key
        .split(|&byte| byte == INNER_SLASH)
        .all(|part| std::str::from_utf8(part).is_ok())
    {
        Ok(Cow::Owned(key))
    } else {
        Err(PathError::Utf8)
    }
}

/// One raw segment, percent-decoded; an escaped `/` becomes a plain one.
///
/// # Errors
/// A broken escape, or bytes that are not UTF-8 once decoded.
#[inline]
pub(crate) fn decode_segment(raw: &str) -> Result<Cow<'_, str>, PathError> {
    if has_escapes(raw) {
        decoded_segment(raw)
    } else {
        Ok(Cow::Borrowed(raw))
    }
}

#[cold]
fn decoded_segment(raw: &str) -> Result<Cow<'_, str>, PathError> {
    let mut bytes = Vec::with_capacity(raw.len());
    decode_into(&mut bytes, raw, b'/')?;
    String::from_utf8(bytes)
        .map(Cow::Owned)
        .map_err(|_| PathError::Utf8)
}

/// A raw remainder such as `a/b%2Fc`, cut at each `/` and then percent-decoded: `["a", "b/c"]`.
///
/// # Errors
/// As [`decode_segment`], for the first segment that fails.
pub(crate) fn decode_rest(raw: &str) -> Result<Vec<String>, PathError> {
    raw.split('/')
        .map(|segment| decode_segment(segment).map(Cow::into_owned))
        .collect()
}

/// The part of `raw` that the part `span` of its `key` was decoded from.
///
/// `span` begins at the first byte of a segment and ends at the end of one, as the spans of captures do.
pub(crate) fn raw_span(raw: &str, key: &[u8], span: Range<usize>) -> Range<usize> {
    if raw.len() == key.len() {
        return span; // every escape makes the key shorter
    }
    let slashes = |bytes: &[u8]| bytes.split(|&byte| byte == b'/').count() - 1;
    let before = slashes(&key[..span.start]);
    let within = slashes(&key[span]);
    let start = before
        .checked_sub(1)
        .map_or(0, |nth| nth_slash(raw, nth) + 1);
    start..start + nth_slash(&raw[start..], within)
}

/// The position of the slash with this number, counted from 0, or the end of the text.
fn nth_slash(text: &str, nth: usize) -> usize {
    text.bytes()
        .enumerate()
        .filter(|&(_, byte)| byte == b'/')
        .nth(nth)
        .map_or(text.len(), |(at, _)| at)
}

/// Appends `raw` percent-decoded, with `slash` for an escaped `/`.
///
/// An escape for the byte that stands for a slash is refused, so that it cannot be confused with one.
fn decode_into(out: &mut Vec<u8>, raw: &str, slash: u8) -> Result<(), PathError> {
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let (Some(high), Some(low)) = (bytes.next().and_then(hex), bytes.next().and_then(hex))
        else {
            return Err(PathError::Escape);
        };
        out.push(match high << 4 | low {
            b'/' => slash,
            INNER_SLASH => return Err(PathError::Utf8),
            decoded => decoded,
        });
    }
    Ok(())
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_without_escapes_is_its_own_key() {
        for path in ["/", "/users/7", "//a/./../", "/caf\u{e9}"] {
            assert_eq!(key(path), Ok(Cow::Borrowed(path.as_bytes())));
            assert!(matches!(key(path), Ok(Cow::Borrowed(_))));
        }
    }

    #[test]
    fn a_decoded_slash_stays_inside_its_segment() {
        assert_eq!(key("/a%2Fb/c").unwrap().as_ref(), b"/a\xFFb/c");
        assert_eq!(key("/a%2fb/c").unwrap().as_ref(), b"/a\xFFb/c");
    }

    #[test]
    fn escapes_are_decoded_once() {
        assert_eq!(key("/a%20b").unwrap().as_ref(), b"/a b");
        assert_eq!(key("/%2525").unwrap().as_ref(), b"/%25");
        assert_eq!(key("/caf%C3%A9").unwrap().as_ref(), "/caf\u{e9}".as_bytes());
    }

    #[test]
    fn dot_and_empty_segments_are_kept() {
        assert_eq!(key("//%2e%2E/./").unwrap().as_ref(), b"//.././");
    }

    #[test]
    fn a_broken_escape_is_refused() {
        for path in ["/%", "/%2", "/%zz", "/a%2/b", "/%%41", "/%+1", "/%2\u{e9}"] {
            assert_eq!(key(path), Err(PathError::Escape), "{path}");
            assert_eq!(decode_segment(path), Err(PathError::Escape), "{path}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_refused() {
        // a lone byte, the byte that stands for a slash, an overlong slash, a sequence across two segments
        for path in [
            "/%80",
            "/%FF",
            "/%C0%AF",
            "/%C3/%A9",
            "/%C3%2F%A9",
            "/%ED%A0%80",
        ] {
            assert_eq!(key(path), Err(PathError::Utf8), "{path}");
        }
        assert_eq!(decode_segment("%FF"), Err(PathError::Utf8));
    }

    #[test]
    fn a_segment_is_decoded_with_its_slashes() {
        assert_eq!(decode_segment("a%2Fb"), Ok(Cow::Owned("a/b".to_owned())));
        assert!(matches!(
            decode_segment("plain"),
            Ok(Cow::Borrowed("plain"))
        ));
    }

    #[test]
    fn a_remainder_is_cut_before_it_is_decoded() {
        assert_eq!(decode_rest("a%2Fb/c//").unwrap(), ["a/b", "c", "", ""]);
        assert_eq!(decode_rest("a/%2"), Err(PathError::Escape));
    }

    #[test]
    fn a_span_of_the_key_leads_back_to_the_raw_path() {
        let raw = "/a%20b/x%2Fy/z/%41";
        let key = key(raw).unwrap();
        let raw_of = |part: &[u8]| {
            let start = key
                .windows(part.len())
                .position(|window| window == part)
                .unwrap();
            &raw[raw_span(raw, &key, start..start + part.len())]
        };
        assert_eq!(raw_of(b"a b"), "a%20b");
        assert_eq!(raw_of(b"x\xFFy"), "x%2Fy");
        assert_eq!(raw_of(b"z"), "z");
        assert_eq!(raw_of(b"x\xFFy/z/A"), "x%2Fy/z/%41");
    }

    proptest! {
        #[test]
        fn the_key_has_the_segments_of_the_path(raw in "/[a/%2fF\u{e9}04]{0,12}") {
            let decoded: Result<Vec<_>, _> = raw.split('/').map(decode_segment).collect();
            match key(&raw) {
                Ok(key) => {
                    let of_key: Vec<_> = key.split(|&byte| byte == b'/')
                        .map(|segment| segment.iter().map(|&byte| if byte == INNER_SLASH { b'/' } else { byte }).collect())
                        .map(|segment: Vec<u8>| String::from_utf8(segment).unwrap())
                        .collect();
                    prop_assert_eq!(&of_key, &decoded.unwrap());
                    let mut at = 0;
                    for (nth, segment) in key.split(|&byte| byte == b'/').enumerate() {
                        let span = raw_span(&raw, &key, at..at + segment.len());
                        prop_assert_eq!(Some(&raw[span]), raw.split('/').nth(nth));
                        at += segment.len() + 1;
                    }
                }
                Err(_) => prop_assert!(decoded.is_err()),
            }
        }
    }
}
