//! `application/x-www-form-urlencoded` pairs (WHATWG URL section 5), as a query string and a form have them.

mod retyped;
mod typed;

use percent_encoding::percent_decode;
use serde::de::DeserializeOwned;

/// Reads the pairs; a refusal is the key and what is wrong with it.
pub(super) fn read<T: DeserializeOwned>(encoded: &[u8]) -> Result<T, (String, String)> {
    if let Some(key) = not_utf8(encoded) {
        return Err((key, "it is not UTF-8".to_owned()));
    }
    serde_html_form::from_bytes(encoded).or_else(|_| retyped::read(encoded))
}

/// The key of a pair that is not UTF-8: the parser would put U+FFFD where text was lost.
fn not_utf8(encoded: &[u8]) -> Option<String> {
    if encoded.is_ascii() && !encoded.contains(&b'%') {
        return None;
    }
    let is_text = |part: &[u8]| percent_decode(part).decode_utf8().is_ok();
    let mut pairs = encoded.split(|byte| *byte == b'&');
    let pair = pairs.find(|pair| !is_text(pair))?;
    let key = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
    Some(percent_decode(key).decode_utf8_lossy().into_owned())
}
