//! The remainder of a path, `{*rest}`, into one value; and the check that keeps file paths inside.

use std::path::PathBuf;

use super::capture::{absent, refused};
use super::{FromRequest, Request};
use crate::message::path::{decode_rest, decode_segment};
use crate::reply::Problem;

/// A type that the remainder of a path, `{*rest}`, can be read into.
///
/// `String` is the remainder as it was sent, still percent-encoded; `Vec<String>` has its segments, decoded; `PathBuf` is a
/// relative path that cannot leave its directory: `..`, `.`, empty segments, NUL, `\`, drive prefixes and an encoded `/`
/// are refused with 400.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold several segments",
    label = "cannot be read from the rest of a path",
    note = "use `String`, `Vec<String>` or `std::path::PathBuf`"
)]
pub trait FromRest: Sized + Send {
    /// Reads the raw remainder; the error is a sentence for the client.
    #[doc(hidden)]
    fn from_rest(raw: &str) -> Result<Self, String>;
}

#[diagnostic::do_not_recommend]
impl FromRest for String {
    fn from_rest(raw: &str) -> Result<Self, String> {
        Ok(raw.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl FromRest for Vec<String> {
    fn from_rest(raw: &str) -> Result<Self, String> {
        decode_rest(raw).map_err(|error| error.to_string())
    }
}

#[diagnostic::do_not_recommend]
impl FromRest for PathBuf {
    fn from_rest(raw: &str) -> Result<Self, String> {
        let mut path = Self::new();
        for segment in raw.split('/') {
            let segment = decode_segment(segment).map_err(|error| error.to_string())?;
            check_segment(&segment)?;
            path.push(&*segment);
        }
        Ok(path)
    }
}

/// Refuses what could lead a file path out of its directory, on any platform.
pub(super) fn check_segment(segment: &str) -> Result<(), String> {
    let reason = if segment.is_empty() {
        "an empty segment"
    } else if segment == "." || segment == ".." {
        "a dot segment"
    } else if segment.contains('\0') {
        "a NUL"
    } else if segment.contains('/') || segment.contains('\\') {
        "an encoded separator"
    } else if segment.as_bytes().get(1) == Some(&b':')
        && segment.as_bytes()[0].is_ascii_alphabetic()
    {
        "a drive prefix"
    } else {
        return Ok(());
    };
    Err(format!("a file path cannot have {reason}"))
}

/// The rest at place `INDEX` of the whole pattern. The attributes write this for an argument named like a rest.
#[doc(hidden)]
#[derive(Debug)]
pub struct Rest<const INDEX: usize, T>(pub T);

impl<const INDEX: usize, T: FromRest> FromRequest for Rest<INDEX, T> {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        let Some(raw) = request.raw_capture(INDEX) else {
            return Err(absent(INDEX));
        };
        match T::from_rest(raw) {
            Ok(value) => Ok(Self(value)),
            Err(detail) => Err(refused(request, INDEX, &detail)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_path_cannot_leave_its_directory() {
        for raw in [
            "../x",
            "a/%2e%2e/x",
            "a%2f..%2fx",
            "a//b",
            "./a",
            "a%5cb",
            "c%3a/x",
            "C:",
            "a%00b",
            "",
        ] {
            assert!(PathBuf::from_rest(raw).is_err(), "{raw}");
        }
        assert_eq!(
            PathBuf::from_rest("a/b%20c.txt").unwrap(),
            PathBuf::from("a/b c.txt")
        );
    }
}
