//! A body that a browser saves instead of showing.

use std::fmt::Write;

use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::implementations::BYTES;
use super::{Body, IntoResponse, Problem, Response};

/// What stands in `filename*` as it is (RFC 8187 section 3.2.1).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A body that a browser saves as a file (RFC 6266), `application/octet-stream` unless it is said what it is.
///
/// The name may be what a user typed: line breaks, quotes and folders in it cannot do harm.
///
/// ```
/// use toolkit_zero::reply::{Attachment, IntoResponse};
///
/// let reply = Attachment::new("a,b\n").named("Übersicht.csv").typed("text/csv");
/// let response = reply.into_response();
/// assert_eq!(
///     response.headers()["content-disposition"],
///     "attachment; filename=\"_bersicht.csv\"; filename*=UTF-8''%C3%9Cbersicht.csv"
/// );
/// ```
#[derive(Debug)]
pub struct Attachment {
    body: Body,
    name: Option<String>,
    content_type: String,
}

impl Attachment {
    /// Sends this body: bytes, text, or a stream as a [`Body`].
    pub fn new(body: impl Into<Body>) -> Self {
        Self {
            body: body.into(),
            name: None,
            content_type: BYTES.to_owned(),
        }
    }

    /// Proposes a name for the file. Of a path, the last part is proposed.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Says what it is, as in `text/csv`. What HTTP cannot carry makes the reply a logged 500.
    #[must_use]
    pub fn typed(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = content_type.into();
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoResponse for Attachment {
    fn into_response(self) -> Response {
        let disposition = HeaderValue::try_from(disposition(self.name.as_deref()));
        let (Ok(disposition), Ok(content_type)) =
            (disposition, HeaderValue::try_from(&self.content_type))
        else {
            let error = format!("`{}` is no content type", self.content_type.escape_debug());
            return Problem::internal(error).into_response();
        };
        let mut response = Response::new(self.body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, content_type);
        headers.insert(CONTENT_DISPOSITION, disposition);
        response
    }
}

fn disposition(name: Option<&str>) -> String {
    let name = name.and_then(|name| name.rsplit(['/', '\\']).next());
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return "attachment".to_owned();
    };
    let plain =
        |letter: char| letter == ' ' || (letter.is_ascii_graphic() && !"\"\\%".contains(letter));
    let fallback = name
        .chars()
        .map(|letter| if plain(letter) { letter } else { '_' });
    let mut field = format!("attachment; filename=\"{}\"", fallback.collect::<String>());
    if !name.chars().all(plain) {
        // Writing to a `String` does not fail.
        let _infallible = write!(
            field,
            "; filename*=UTF-8''{}",
            utf8_percent_encode(name, ENCODED)
        );
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_parameter() {
        for (name, field) in [
            (None, "attachment"),
            (Some("a/.."), "attachment; filename=\"..\""),
            (Some("a/"), "attachment"),
            (Some("re port.pdf"), "attachment; filename=\"re port.pdf\""),
            (
                Some("x\"; a=\r\nb"),
                "attachment; filename=\"x_; a=__b\"; filename*=UTF-8''x%22%3B%20a%3D%0D%0Ab",
            ),
        ] {
            assert_eq!(disposition(name), field);
        }
    }
}
