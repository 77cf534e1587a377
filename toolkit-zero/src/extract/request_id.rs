//! `RequestId`: one name for one request, in every log line about it.

use std::convert::Infallible;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use http::HeaderName;

use super::{FromRequest, Request};

/// The name of the request: what came in `x-request-id`, else one that is made here. The same wherever it is asked for.
///
/// What came is taken only if it is at most 128 letters, digits and `-_.:/+=`, so that it can stand in a log as it is. One
/// that is made has 32 hexadecimal digits; it is unique, and no secret.
///
/// ```
/// use toolkit_zero::prelude::*;
///
/// #[get("/work")]
/// async fn work(id: RequestId) -> ([(&'static str, String); 1], &'static str) {
///     ([("x-request-id", id.to_string())], "done")
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestId(Arc<str>);

const FIELD: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 128;

impl RequestId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn new() -> Self {
        static STATE: OnceLock<RandomState> = OnceLock::new();
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let state = STATE.get_or_init(RandomState::new);
        let (high, low) = (state.hash_one(count), state.hash_one((count, "low")));
        Self(format!("{high:016x}{low:016x}").into())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[diagnostic::do_not_recommend]
impl FromRequest for RequestId {
    type Rejection = Infallible;

    async fn from_request(request: &mut Request) -> Result<Self, Infallible> {
        if let Some(known) = request.extensions().get::<Self>() {
            return Ok(known.clone());
        }
        let sent = request.headers().get(FIELD);
        let sent = sent.and_then(|sent| sent.to_str().ok()).filter(|sent| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/+=".contains(&byte);
            (1..=LONGEST).contains(&sent.len()) && sent.bytes().all(plain)
        });
        let id = sent.map_or_else(Self::new, |sent| Self(sent.into()));
        request.extensions_mut().insert(id.clone());
        Ok(id)
    }
}
