//! `Multipart`: a posted form with files (RFC 7578), part by part.

use std::future::poll_fn;
use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use multer::{Constraints, SizeLimit};
use tokio::io::AsyncWriteExt;

use super::body::has_body;
use super::{Body, FromRequest, Request};
use crate::message::BoxError;
use crate::reply::{InputError, Problem};

/// A form posted as `multipart/form-data`: its parts, one after the other, each read while it arrives.
///
/// The whole body is limited by the body limit of the route, whatever is done with it;
/// [`limit_parts`](Self::limit_parts) limits each part beside that, and the header of a part may have 16 KiB.
///
/// ```
/// use toolkit_zero::prelude::*;
///
/// #[post("/photos", body_limit = "64MiB")]
/// async fn upload(mut form: Multipart) -> Result<String, Problem> {
///     let mut bytes = 0;
///     while let Some(mut part) = form.part().await? {
///         while let Some(chunk) = part.chunk().await? {
///             bytes += chunk.len();
///         }
///     }
///     Ok(format!("{bytes} bytes"))
/// }
/// # fn main() {}
/// ```
///
/// # Refusals
/// 415 for another content type, 400 for a missing boundary, and from [`part`](Self::part) on: 400 for a form that is broken
/// or breaks off, 413 past a limit.
#[derive(Debug)]
pub struct Multipart {
    parts: multer::Multipart<'static>,
    part_limit: Option<u64>,
    /// How many bytes the parser has been given.
    given: Arc<AtomicU64>,
    /// A part that was let go before its end.
    left: Left,
}

type Left = Arc<Mutex<Option<multer::Field<'static>>>>;

/// The header of a part, and what stands before the first, may have about so many bytes: the parser holds them, and looks
/// through all of them whenever some come.
const HEAD: u64 = 16 << 10;

#[diagnostic::do_not_recommend]
impl FromRequest for Multipart {
    type Rejection = Problem;
    const TAKES_BODY: bool = true;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        let content_type = request.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let boundary = multer::parse_boundary(content_type.unwrap_or_default()).map_err(refused)?;
        let limit = request.body_limit();
        if http_body::Body::size_hint(request.body()).lower() > limit {
            return Err(refused(multer::Error::StreamSizeExceeded { limit }));
        }
        let constraints = Constraints::new().size_limit(SizeLimit::new().whole_stream(limit));
        let given = Arc::<AtomicU64>::default();
        let pieces = Pieces(request.take_body(), Arc::clone(&given));
        Ok(Self {
            parts: multer::Multipart::with_constraints(pieces, boundary, constraints),
            part_limit: None,
            given,
            left: Left::default(),
        })
    }

    async fn optional(request: &mut Request) -> Result<Option<Self>, Problem> {
        if has_body(request) || request.headers().contains_key(CONTENT_TYPE) {
            Self::from_request(request).await.map(Some)
        } else {
            Ok(None)
        }
    }
}

impl Multipart {
    /// Refuses, from the next part on, every part of more than so many bytes.
    pub fn limit_parts(&mut self, bytes: u64) -> &mut Self {
        self.part_limit = Some(bytes);
        self
    }

    /// The next part, or `None` at the end. What is left of the part before it is passed over.
    ///
    /// # Errors
    /// The form is broken, breaks off, or is larger than the route takes.
    pub async fn part(&mut self) -> Result<Option<Part>, Problem> {
        let left = lock(&self.left).take();
        if let Some(mut left) = left {
            while left.chunk().await.map_err(refused)?.is_some() {}
        }
        let before = self.given.load(Relaxed);
        let mut next = pin!(self.parts.next_field());
        let part = poll_fn(|cx| match next.as_mut().poll(cx) {
            Poll::Pending if self.given.load(Relaxed) - before > HEAD => {
                Poll::Ready(Err(Problem::bad_request().detail(format!(
                    "the form is broken: the header of a part is larger than {HEAD} bytes"
                ))))
            }
            Poll::Pending => Poll::Pending,
            Poll::Ready(part) => Poll::Ready(part.map_err(refused)),
        });
        Ok(part.await?.map(|field| Part {
            field: Some(field),
            read: 0,
            limit: self.part_limit,
            left: Arc::clone(&self.left),
        }))
    }
}

/// One part of a [`Multipart`] form: a field, or a file.
#[derive(Debug)]
pub struct Part {
    /// Taken when it is dropped.
    field: Option<multer::Field<'static>>,
    read: u64,
    limit: Option<u64>,
    left: Left,
}

impl Drop for Part {
    fn drop(&mut self) {
        *lock(&self.left) = self.field.take();
    }
}

fn lock(left: &Left) -> MutexGuard<'_, Option<multer::Field<'static>>> {
    left.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Part {
    #[expect(clippy::expect_used, reason = "only the end of the part takes it")]
    fn field(&self) -> &multer::Field<'static> {
        self.field.as_ref().expect("a part that lives")
    }

    /// The name of the field.
    pub fn name(&self) -> Option<&str> {
        self.field().name()
    }

    /// The name that the file has at the client. It is data and no path: it may be `../../etc/passwd`, so give the file a
    /// name of your own.
    pub fn file_name(&self) -> Option<&str> {
        self.field().file_name()
    }

    /// What the client says the part is.
    pub fn content_type(&self) -> Option<&str> {
        self.field().content_type().map(AsRef::as_ref)
    }

    /// The header fields of the part.
    pub fn headers(&self) -> &HeaderMap {
        self.field().headers()
    }

    /// The next piece, or `None` at the end.
    ///
    /// # Errors
    /// The form is broken, breaks off, or is larger than it may be.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Problem> {
        let Some(field) = &mut self.field else {
            return Ok(None);
        };
        let chunk = field.chunk().await.map_err(refused)?;
        self.read += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        match self.limit {
            Some(limit) if self.read > limit => {
                let name = self.name().unwrap_or_default();
                Err(too_large(name, limit))
            }
            _ => Ok(chunk),
        }
    }

    /// The whole part, in memory.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk).
    pub async fn bytes(mut self) -> Result<Bytes, Problem> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    /// The whole part, as UTF-8 text.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk); 400 if it is not UTF-8.
    pub async fn text(self) -> Result<String, Problem> {
        let name = self.name().unwrap_or_default().to_owned();
        let bytes = self.bytes().await?;
        String::from_utf8(bytes.into()).map_err(|error| {
            let place = error.utf8_error().valid_up_to();
            let detail = format!("it is not UTF-8: byte {place} begins no character");
            Problem::bad_request()
                .detail(format!("the form field `{name}` is not valid"))
                .error(InputError::at_parameter(name, detail))
        })
    }

    /// Writes the part into a new file at a path of the program's own choice, and returns how many bytes it has. A file that
    /// is there already is left alone, and one that was not written to its end is removed.
    ///
    /// # Errors
    /// As [`chunk`](Self::chunk); a logged 500 if the file cannot be written.
    pub async fn save(mut self, path: impl AsRef<Path> + Send) -> Result<u64, Problem> {
        let path = path.as_ref();
        let new = tokio::fs::File::create_new(path).await;
        let mut file = new.map_err(Problem::internal)?;
        let mut half = Half(Some(path));
        while let Some(chunk) = self.chunk().await? {
            file.write_all(&chunk).await.map_err(Problem::internal)?;
        }
        file.flush().await.map_err(Problem::internal)?;
        half.0 = None;
        Ok(self.read)
    }
}

/// Removes a file that was not written to its end, also when the handler is dropped while it writes.
struct Half<'a>(Option<&'a Path>);

impl Drop for Half<'_> {
    fn drop(&mut self) {
        if let Some(path) = self.0
            && let Err(error) = std::fs::remove_file(path)
        {
            tracing::error!(%error, path = %path.display(), "half a file stays behind");
        }
    }
}

fn too_large(name: &str, limit: u64) -> Problem {
    Problem::content_too_large().detail(format!(
        "the form field `{name}` is larger than the {limit} bytes it may have"
    ))
}

/// What the parser says, as a refusal.
#[cold]
fn refused(error: multer::Error) -> Problem {
    use multer::Error;
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "whatever else is wrong with a form is wrong with its text"
    )]
    match error {
        Error::NoMultipart | Error::DecodeContentType(_) => Problem::unsupported_media_type()
            .header("accept", "multipart/form-data")
            .detail("send `content-type: multipart/form-data` with its boundary"),
        Error::NoBoundary => Problem::bad_request()
            .detail("`content-type: multipart/form-data` needs its parameter `boundary`"),
        Error::StreamSizeExceeded { limit } => Problem::content_too_large().detail(format!(
            "the body is larger than the {limit} bytes this route takes"
        )),
        Error::FieldSizeExceeded { limit, field_name } => {
            too_large(&field_name.unwrap_or_default(), limit)
        }
        error => Problem::bad_request().detail(format!("the form is broken: {error}")),
    }
}

/// A body as the stream of its pieces.
struct Pieces(Body, Arc<AtomicU64>);

impl Stream for Pieces {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let frame = std::task::ready!(http_body::Body::poll_frame(Pin::new(&mut self.0), cx));
            match frame {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.1.fetch_add(data.len() as u64, Relaxed);
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
            }
        }
    }
}
