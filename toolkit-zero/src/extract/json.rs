//! `Json<T>` coming in.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_path_to_error::{Path, Segment};

use super::body::{collected, has_body};
use super::{FromRequest, Input, Json, Request};
use crate::reply::{InputError, Problem};

impl<T: Input> FromRequest for Json<T> {
    type Rejection = Problem;
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        expect_json(request.headers())?;
        let bytes = collected(request).await?;
        // A byte order mark may be passed over (RFC 8259 section 8.1), and some clients send one.
        T::from_json(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes)).map(Self)
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        if has_body(request) || request.headers().contains_key(CONTENT_TYPE) {
            Self::from_request(request).await.map(Some)
        } else {
            Ok(None)
        }
    }
}

/// `application/json`, or any `+json` type (RFC 6839 section 3.1); parameters are ignored (RFC 8259 section 11).
fn expect_json(headers: &HeaderMap) -> Result<(), Problem> {
    let content_type = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    if content_type.is_some_and(is_json) {
        Ok(())
    } else {
        Err(not_json(content_type))
    }
}

fn is_json(content_type: &[u8]) -> bool {
    let essence = content_type
        .split(|byte| *byte == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii();
    if essence.eq_ignore_ascii_case(b"application/json") {
        return true;
    }
    let suffix = essence.len().checked_sub(5).map(|start| &essence[start..]);
    essence.contains(&b'/') && suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case(b"+json"))
}

#[cold]
fn not_json(content_type: Option<&[u8]>) -> Problem {
    let problem = Problem::unsupported_media_type().header("accept", "application/json");
    problem.detail(match content_type {
        Some(found) => format!(
            "send `content-type: application/json`, not `{}`",
            String::from_utf8_lossy(found)
        ),
        None => "send `content-type: application/json`".to_owned(),
    })
}

/// The refusal for a body that could not be read: 400 if it is not JSON, 422 with a pointer if it has another shape.
#[cold]
pub(super) fn refused<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> Problem {
    // The text decides, not the kind of the error: serde tells the first mistake, so a wrong shape can hide a broken
    // end, and it calls `7` in place of an enum a mistake of syntax.
    if let Err(broken) = serde_json::from_slice::<IgnoredAny>(bytes) {
        return Problem::bad_request().detail(format!("the body is not JSON: {broken}"));
    }
    if let Err(broken) = std::str::from_utf8(bytes) {
        return Problem::bad_request().detail(format!("the body is not JSON: {broken}"));
    }
    if error.to_string().starts_with("recursion limit exceeded") {
        // A reader may limit the depth of what it takes (RFC 8259 section 9).
        return Problem::bad_request().detail("the body is nested deeper than 128 levels");
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let pointer = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(_) => String::new(),
        Err(error) => pointer(error.path(), &error.inner().to_string()),
    };
    Problem::unprocessable()
        .detail("the body does not have the shape that is expected")
        .error(InputError::at_pointer(pointer, error.to_string()))
}

/// A path into a value as a JSON pointer (RFC 6901); `detail` is what serde says of the place.
fn pointer(path: &Path, detail: &str) -> String {
    let mut pointer = String::new();
    let mut segments = path.iter().peekable();
    while let Some(segment) = segments.next() {
        match segment {
            Segment::Seq { index } => push_key(&mut pointer, &index.to_string()),
            Segment::Map { key } => push_key(&mut pointer, key),
            // `{"Circle": ..}`: a variant is a key of the text. Written `"Circle"`, without what it holds, it is none.
            Segment::Enum { variant }
                if segments.peek().is_some()
                    || !detail.starts_with("invalid type: unit variant") =>
            {
                push_key(&mut pointer, variant);
            }
            // An unknown key has no place in the text of its own.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_types_are_told_from_others() {
        for yes in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/problem+json",
            "application/x+JSON",
        ] {
            assert!(is_json(yes.as_bytes()), "{yes}");
        }
        for no in ["text/plain", "application/jsonp", "+json", "", "text/json5"] {
            assert!(!is_json(no.as_bytes()), "{no}");
        }
    }

    type Shape = std::collections::HashMap<String, std::collections::HashMap<String, Vec<u8>>>;

    #[test]
    fn a_pointer_escapes_what_rfc_6901_reserves() {
        let bytes = br#"{"a/b": {"~": [1, "x"]}}"#;
        let error = serde_json::from_slice::<Shape>(bytes).unwrap_err();
        let problem = refused::<Shape>(bytes, &error);
        assert_eq!(problem.status(), 422);
        assert!(
            format!("{:?}", problem.errors()[0]).contains("\"/a~1b/~0/1\""),
            "{problem:?}"
        );
    }
}
