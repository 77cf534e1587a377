//! An answer that is read while it is made.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::message::{Body, BodyError, Response};

/// An answer whose body is read piece by piece, or event by event. Dropped, it is a client that leaves.
#[derive(Debug)]
pub struct TestStream {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
    read: String,
}

impl TestStream {
    pub(super) fn new(response: Response) -> Self {
        let (head, body) = response.into_parts();
        Self {
            status: head.status,
            headers: head.headers,
            body,
            read: String::new(),
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

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    /// The server broke the answer off.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        self.body.chunk().await
    }

    /// The lines of the next server-sent event or comment, or `None` at the end.
    ///
    /// # Errors
    /// The server broke the answer off.
    pub async fn event(&mut self) -> Result<Option<String>, BodyError> {
        loop {
            if let Some(end) = self.read.find("\n\n") {
                let rest = self.read.split_off(end + 2);
                let mut event = std::mem::replace(&mut self.read, rest);
                event.truncate(end);
                return Ok(Some(event));
            }
            match self.body.chunk().await? {
                Some(chunk) => self.read.push_str(&String::from_utf8_lossy(&chunk)),
                None => return Ok(None),
            }
        }
    }
}
