//! One call of a handler: its arguments from the request, then the function, then its reply.
//!
//! What is generic over the arguments is apart from what is generic over the function, so that routes with the same
//! arguments share code.

#![allow(
    clippy::too_many_arguments,
    reason = "a handler may have twelve arguments"
)]
#![allow(missing_docs, reason = "called by expansions only")]
#![allow(non_snake_case, reason = "type parameters name their values")]

use std::panic::resume_unwind;
use std::sync::Arc;

use crate::extract::{Extractor, FromRequest, Meta};
use crate::message::{BoxFuture, Context, Held, Request, Response};
use crate::reply::{IntoResponse, One, Problem, Reply, name_instance};

/// A refusal on its way out.
fn refused(reply: impl IntoResponse, request: &Request) -> Response {
    let mut response = reply.into_response();
    name_instance(&mut response, request.uri());
    response
}

/// The answer of a handler on its way out, its header fields where those of the request lay.
#[inline]
fn answered<S>(reply: impl Reply<S>, mut request: Request) -> Response {
    let mut response = reply.reply_in(request.spare_fields());
    name_instance(&mut response, request.uri());
    request.end();
    response
}

/// Runs a blocking handler on the blocking pool, behind the server's gate. Its body is `held` until it returns, which
/// may be long after its client has left.
async fn on_blocking_pool(
    context: Option<Arc<Context>>,
    held: Held,
    work: impl FnOnce() -> Response + Send + 'static,
) -> Response {
    let Some(context) = context else {
        return Problem::internal("a blocking handler was called outside a server").into_response();
    };
    let Some(permit) = context.blocking.enter().await else {
        return Problem::service_unavailable()
            .detail("too many requests wait for a blocking handler")
            .retry_after(1)
            .into_response();
    };
    let work = move || {
        let response = work();
        drop((held, permit));
        response
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(error) => Problem::internal(error).into_response(),
        },
    }
}

/// What a field of a struct that derives `FromRequest` needs. This is where a field that is no extractor is refused.
pub fn needs_of_a_field<T: Extractor<WITHIN>, const WITHIN: bool>(meta: &mut Meta) {
    T::describe(meta);
}

/// As `Box::pin`, but with the box first: the request goes to its place in the future at once, not by way of the stack.
macro_rules! boxed {
    ($future:expr) => {{
        let made = Box::write(Box::new_uninit(), $future);
        Box::into_pin(made)
    }};
}

macro_rules! calls {
    // The bounds are written at the call, so that what rustc shows of them is a line that can be read.
    ($($arguments:ident $handler:ident $blocking:ident ($($T:ident: $taken:tt),*) -> $O:ident: [$($answer:tt)+], $Fu:ident: $send:tt, $S:ident;)+) => { $(
        /// The arguments, in order; the one that takes the body comes last wherever it stands.
        #[allow(unused_mut, unused_variables, reason = "a handler without arguments")]
        pub(crate) async fn $arguments<$($T: FromRequest,)*>(request: &mut Request) -> Result<($($T,)*), Response> {
            $(let mut $T = None;)*
            $(if !$T::TAKES_BODY {
                $T = Some($T::from_request(request).await.map_err(|reply| refused(reply, request))?);
            })*
            $(let $T = match $T {
                Some(value) => value,
                None => $T::from_request(request).await.map_err(|reply| refused(reply, request))?,
            };)*
            Ok(($($T,)*))
        }

        pub fn $handler<$($T: $taken + 'static,)* $O: $($answer)+, $Fu: Future<Output = $O> + $send + 'static, $S>(
            mut request: Request,
            function: fn($($T),*) -> $Fu,
        ) -> BoxFuture {
            boxed!(async move {
                let ($($T,)*) = match $arguments::<$($T),*>(&mut request).await {
                    Ok(arguments) => arguments,
                    Err(refused) => return refused,
                };
                let reply = function($($T),*).await;
                answered::<$S>(reply, request)
            })
        }

        pub fn $blocking<$($T: $taken + 'static,)* $O: $($answer)+ + 'static, $S>(
            mut request: Request,
            function: fn($($T),*) -> $O,
        ) -> BoxFuture {
            boxed!(async move {
                let ($($T,)*) = match $arguments::<$($T),*>(&mut request).await {
                    Ok(arguments) => arguments,
                    Err(refused) => return refused,
                };
                let held = request.take_held();
                let mut response = on_blocking_pool(request.context().cloned(), held, move || function($($T),*).reply()).await;
                name_instance(&mut response, request.uri());
                response
            })
        }
    )+ };
}

calls! {
    arguments0 no_arguments no_arguments_blocking () -> O: [Reply<S>], Fu: Send, S;
    arguments1 one_argument one_argument_blocking (A0: FromRequest) -> O: [Reply<S>], Fu: Send, S;
    arguments2 two_arguments two_arguments_blocking (A0: FromRequest, A1: FromRequest) -> O: [Reply<S>], Fu: Send, S;
    arguments3 three_arguments three_arguments_blocking (A0: FromRequest, A1: FromRequest, A2: FromRequest) -> O: [Reply<S>], Fu: Send, S;
    arguments4 four_arguments four_arguments_blocking (
        A0: FromRequest, A1: FromRequest, A2: FromRequest, A3: FromRequest
    ) -> O: [Reply<S>], Fu: Send, S;
    arguments5 five_arguments five_arguments_blocking (
        A0: FromRequest, A1: FromRequest, A2: FromRequest, A3: FromRequest,
        A4: FromRequest
    ) -> O: [Reply<S>], Fu: Send, S;
    arguments6 six_arguments six_arguments_blocking (
        A0: FromRequest, A1: FromRequest, A2: FromRequest, A3: FromRequest,
        A4: FromRequest, A5: FromRequest
    ) -> O: [Reply<S>], Fu: Send, S;
    arguments7 seven_arguments seven_arguments_blocking (
        A0: FromRequest, A1: FromRequest, A2: FromRequest, A3: FromRequest,
        A4: FromRequest, A5: FromRequest, A6: FromRequest
    ) -> O: [Reply<S>], Fu: Send, S;
    arguments8 eight_arguments eight_arguments_blocking (
        A0: FromRequest, A1: FromRequest, A2: FromRequest, A3: FromRequest,
        A4: FromRequest, A5: FromRequest, A6: FromRequest, A7: FromRequest
    ) -> O: [Reply<S>], Fu: Send, S;
    arguments9 nine_arguments nine_arguments_blocking (
        A0: FromRequest, A1: FromRequest, A2: FromRequest, A3: FromRequest,
        A4: FromRequest, A5: FromRequest, A6: FromRequest, A7: FromRequest,
        A8: FromRequest
    ) -> O: [Reply<S>], Fu: Send, S;
    arguments10 ten_arguments ten_arguments_blocking (
        A0: FromRequest, A1: FromRequest, A2: FromRequest, A3: FromRequest,
        A4: FromRequest, A5: FromRequest, A6: FromRequest, A7: FromRequest,
        A8: FromRequest, A9: FromRequest
    ) -> O: [Reply<S>], Fu: Send, S;
    arguments11 eleven_arguments eleven_arguments_blocking (
        A0: FromRequest, A1: FromRequest, A2: FromRequest, A3: FromRequest,
        A4: FromRequest, A5: FromRequest, A6: FromRequest, A7: FromRequest,
        A8: FromRequest, A9: FromRequest, A10: FromRequest
    ) -> O: [Reply<S>], Fu: Send, S;
    arguments12 twelve_arguments twelve_arguments_blocking (
        A0: FromRequest, A1: FromRequest, A2: FromRequest, A3: FromRequest,
        A4: FromRequest, A5: FromRequest, A6: FromRequest, A7: FromRequest,
        A8: FromRequest, A9: FromRequest, A10: FromRequest, A11: FromRequest
    ) -> O: [Reply<S>], Fu: Send, S;
}

/// A closure as a handler; what the attributes do with functions, for [`IntoHandler`](super::IntoHandler).
macro_rules! closures {
    ($($arguments:ident $($T:ident)*;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<F, Fu, O, $($T,)*> super::function::sealed::Sealed<($($T,)*)> for F
        where
            F: Fn($($T),*) -> Fu + Send + Sync + 'static,
            Fu: Future<Output = O> + Send + 'static,
            O: IntoResponse,
            $($T: FromRequest + 'static,)*
        {
            #[allow(unused_variables, reason = "a handler without arguments needs nothing")]
            fn describe(meta: &mut crate::extract::Meta) {
                $(<$T as FromRequest>::describe(meta);)*
            }

            fn begin(self: Arc<Self>, mut request: Request) -> BoxFuture {
                const {
                    let takers = 0 $(+ $T::TAKES_BODY as usize)*;
                    assert!(takers <= 1, "a handler reads the request body twice; keep one of the arguments that take it");
                }
                boxed!(async move {
                    let ($($T,)*) = match $arguments::<$($T),*>(&mut request).await {
                        Ok(arguments) => arguments,
                        Err(refused) => return refused,
                    };
                    let reply = self($($T),*).await;
                    answered::<One<true>>(reply, request)
                })
            }
        }

        #[diagnostic::do_not_recommend]
        impl<F, O, $($T,)*> super::function::sealed::Blocking<($($T,)*)> for F
        where
            F: Fn($($T),*) -> O + Send + Sync + 'static,
            O: IntoResponse + 'static,
            $($T: FromRequest + 'static,)*
        {
            #[allow(unused_variables, reason = "a handler without arguments needs nothing")]
            fn describe(meta: &mut crate::extract::Meta) {
                $(<$T as FromRequest>::describe(meta);)*
            }

            fn begin(self: Arc<Self>, mut request: Request) -> BoxFuture {
                const {
                    let takers = 0 $(+ $T::TAKES_BODY as usize)*;
                    assert!(takers <= 1, "a handler reads the request body twice; keep one of the arguments that take it");
                }
                boxed!(async move {
                    let ($($T,)*) = match $arguments::<$($T),*>(&mut request).await {
                        Ok(arguments) => arguments,
                        Err(refused) => return refused,
                    };
                    let held = request.take_held();
                    let mut response = on_blocking_pool(request.context().cloned(), held, move || self($($T),*).into_response()).await;
                    name_instance(&mut response, request.uri());
                    response
                })
            }
        }
    )+ };
}

closures! {
    arguments0;
    arguments1 A0;
    arguments2 A0 A1;
    arguments3 A0 A1 A2;
    arguments4 A0 A1 A2 A3;
    arguments5 A0 A1 A2 A3 A4;
    arguments6 A0 A1 A2 A3 A4 A5;
    arguments7 A0 A1 A2 A3 A4 A5 A6;
    arguments8 A0 A1 A2 A3 A4 A5 A6 A7;
    arguments9 A0 A1 A2 A3 A4 A5 A6 A7 A8;
    arguments10 A0 A1 A2 A3 A4 A5 A6 A7 A8 A9;
    arguments11 A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10;
    arguments12 A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11;
}
