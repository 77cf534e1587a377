//! What a server answered, and what a test expects of it.

use std::fmt::{self, Debug};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::diff;
use crate::message::{BodyError, Response};

/// What a server answered. The assertions return it again, so that they chain, and show the whole answer when they fail.
pub struct TestAnswer {
    asked: String,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    broken: Option<BodyError>,
}

impl TestAnswer {
    pub(super) async fn read(asked: String, response: Response) -> Self {
        let (head, mut body) = response.into_parts();
        let mut read = Vec::new();
        let broken = loop {
            match body.chunk().await {
                Ok(Some(chunk)) => read.extend_from_slice(&chunk),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        Self {
            asked,
            status: head.status,
            headers: head.headers,
            body: read.into(),
            broken,
        }
    }

    #[cfg(feature = "ws")]
    pub(super) fn whole(asked: String, head: http::response::Parts, body: Bytes) -> Self {
        Self {
            asked,
            status: head.status,
            headers: head.headers,
            body,
            broken: None,
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The header fields.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The first field of this name, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// Why the body broke off: a client would see an incomplete answer.
    pub fn broken(&self) -> Option<&BodyError> {
        self.broken.as_ref()
    }

    /// The body as text; what is not UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body, read as JSON.
    ///
    /// # Panics
    /// It is not JSON of this shape.
    #[track_caller]
    #[expect(clippy::panic, reason = "an assertion")]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!(
                "the body is no JSON of type `{}`: {error}\n{self:?}",
                std::any::type_name::<T>()
            ),
        }
    }

    /// The status is this one: `200` or `StatusCode::OK`.
    ///
    /// # Panics
    /// It is another.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "a status is a small value")]
    pub fn assert_status<S>(&self, expected: S) -> &Self
    where
        S: PartialEq<StatusCode> + Debug,
    {
        assert!(
            expected == self.status,
            "the status is {}, not {expected:?}\n{self:?}",
            self.status.as_u16()
        );
        self
    }

    /// The first field of this name has this value.
    ///
    /// # Panics
    /// It has another, or there is none.
    #[track_caller]
    pub fn assert_header(&self, name: &str, expected: &str) -> &Self {
        assert!(
            self.header(name) == Some(expected),
            "`{name}` is {:?}, not {expected:?}\n{self:?}",
            self.header(name)
        );
        self
    }

    /// The body is this text.
    ///
    /// # Panics
    /// It is another; the lines that differ are shown.
    #[track_caller]
    pub fn assert_text(&self, expected: &str) -> &Self {
        let text = self.text();
        assert!(
            text == expected,
            "the body is not the text that was expected:\n{}\n{self:?}",
            diff::text(expected, &text).join("\n")
        );
        self
    }

    /// The body is this value as JSON, whatever the order of its members.
    ///
    /// # Panics
    /// It is another; every place that differs is listed by its JSON pointer.
    #[track_caller]
    #[expect(clippy::panic, reason = "an assertion")]
    pub fn assert_json(&self, expected: &(impl Serialize + ?Sized)) -> &Self {
        let expected = match serde_json::to_value(expected) {
            Ok(expected) => expected,
            Err(error) => panic!("what is expected cannot be written as JSON: {error}"),
        };
        let differences = diff::json(&expected, &self.json::<Value>());
        assert!(
            differences.is_empty(),
            "the body is not the JSON that was expected:\n{}\n{self:?}",
            differences.join("\n")
        );
        self
    }
}

/// How much of a body a failed assertion shows.
const SHOWN: usize = 2048;

/// The answer as it would be sent, for the message of a failed assertion.
impl Debug for TestAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was answered {}", self.asked, self.status)?;
        for (name, value) in &self.headers {
            write!(f, "\n  {name}: {}", value.as_bytes().escape_ascii())?;
        }
        let text = self.text();
        match text.char_indices().nth(SHOWN) {
            Some((end, _)) => write!(f, "\n\n  {} .. {} bytes", &text[..end], self.body.len())?,
            None if text.is_empty() => {}
            None => write!(f, "\n\n  {text}")?,
        }
        match &self.broken {
            Some(error) => write!(f, "\n  broken off: {error}"),
            None => Ok(()),
        }
    }
}
