//! `Option<E>` and `Result<E, Rejection>`: what is absent, and what is refused, as values.

use std::convert::Infallible;

use super::{FromRequest, Meta, Request};

/// `None` only if the thing is absent; what is present but wrong is refused as `E` refuses it.
#[diagnostic::do_not_recommend]
impl<E: FromRequest> FromRequest for Option<E> {
    type Rejection = E::Rejection;
    const TAKES_BODY: bool = E::TAKES_BODY;

    fn describe(meta: &mut Meta) {
        meta.optional(E::describe);
    }

    async fn from_request(request: &mut Request) -> Result<Self, Self::Rejection> {
        E::optional(request).await
    }
}

/// Never refuses: the handler sees the refusal.
#[diagnostic::do_not_recommend]
impl<E: FromRequest> FromRequest for Result<E, E::Rejection> {
    type Rejection = Infallible;
    const TAKES_BODY: bool = E::TAKES_BODY;

    fn describe(meta: &mut Meta) {
        E::describe(meta);
    }

    async fn from_request(request: &mut Request) -> Result<Self, Infallible> {
        Ok(E::from_request(request).await)
    }
}
