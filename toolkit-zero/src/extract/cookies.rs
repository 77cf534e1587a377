//! `Cookies`: the jar of a request, and what the answer adds to it.

use std::convert::Infallible;
use std::ops::{Deref, DerefMut};

use cookie::{Cookie, CookieJar};
use http::header::{COOKIE, HeaderValue, SET_COOKIE};
use http::{HeaderMap, HeaderName};

use super::{FromRequest, Request};
use crate::reply::{Head, IntoHeaders, IntoResponse, Problem, Response};

/// The cookies of a request (RFC 6265): a [`CookieJar`]. In a reply, `(cookies, body)` sends what was added and removed.
///
/// Values are percent-decoded coming in and encoded going out. What is not a cookie (no `=`, no text) is passed over, and
/// not refused: other programs of the same domain set cookies too.
///
/// ```
/// use toolkit_zero::prelude::*;
/// use toolkit_zero::extract::cookie::{Cookie, Key, SameSite};
///
/// // The key is a state: `server.state(Key::from(&secret))`.
/// #[post("/login")]
/// async fn login(mut cookies: Cookies, State(key): State<Key>) -> (Cookies, Redirect) {
///     let session = Cookie::build(("session", "7")).path("/").http_only(true).secure(true).same_site(SameSite::Lax);
///     cookies.signed_mut(&key).add(session);
///     (cookies, Redirect::to("/me"))
/// }
///
/// #[get("/me")]
/// async fn me(cookies: Cookies, State(key): State<Key>) -> Result<String, Problem> {
///     // `None` too if the value was not signed with this key.
///     let session = cookies.signed(&key).get("session").ok_or_else(Problem::unauthorized)?;
///     Ok(format!("session {}", session.value()))
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cookies(pub CookieJar);

impl Cookies {
    /// The value of a cookie, unsigned.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(Cookie::value)
    }
}

impl Deref for Cookies {
    type Target = CookieJar;

    fn deref(&self) -> &CookieJar {
        &self.0
    }
}

impl DerefMut for Cookies {
    fn deref_mut(&mut self) -> &mut CookieJar {
        &mut self.0
    }
}

#[diagnostic::do_not_recommend]
impl FromRequest for Cookies {
    type Rejection = Infallible;

    async fn from_request(request: &mut Request) -> Result<Self, Infallible> {
        let mut jar = CookieJar::new();
        // HTTP/2 may send each cookie as a field of its own (RFC 9113 section 8.2.3).
        let fields = request.headers().get_all(COOKIE).iter();
        for field in fields.filter_map(|field| std::str::from_utf8(field.as_bytes()).ok()) {
            for cookie in Cookie::split_parse_encoded(field).flatten() {
                jar.add_original(cookie.into_owned());
            }
        }
        Ok(Self(jar))
    }
}

#[diagnostic::do_not_recommend]
impl IntoHeaders for Cookies {
    fn set(self, headers: &mut HeaderMap) -> Result<(), http::Error> {
        for cookie in self.0.delta() {
            let field = HeaderValue::try_from(cookie.encoded().to_string())?;
            headers.append::<HeaderName>(SET_COOKIE, field);
        }
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl Head for Cookies {
    fn set_on(self, mut response: Response) -> Response {
        match self.set(response.headers_mut()) {
            Ok(()) => response,
            Err(error) => Problem::internal(error).into_response(),
        }
    }
}
