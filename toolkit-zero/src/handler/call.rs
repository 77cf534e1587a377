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

use crate::extract::FromRequest;
use crate::message::{BoxFuture, Context, Request, Response};
use crate::reply::{IntoResponse, Problem, name_instance};

/// The answer of a handler on its way out.
fn answered(reply: impl IntoResponse, request: &Request) -> Response {
    name_instance(reply.into_response(), request.uri().path())
}

/// Runs a blocking handler on the blocking pool, behind the server's gate.
async fn on_blocking_pool<O>(
    context: Option<Arc<Context>>,
    work: impl FnOnce() -> O + Send + 'static,
) -> Response
where
    O: IntoResponse + 'static,
{
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
        let response = work().into_response();
        drop(permit);
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

/// As `Box::pin`, but with the box first: the request goes to its place in the future at once, not by way of the stack.
macro_rules! boxed {
    ($future:expr) => {{
        let made = Box::write(Box::new_uninit(), $future);
        Box::into_pin(made)
    }};
}

macro_rules! calls {
    ($arguments:ident $handler:ident $blocking:ident $($T:ident)*) => {
        /// The arguments, in order; the one that takes the body comes last wherever it stands.
        #[allow(unused_mut, unused_variables, reason = "a handler without arguments")]
        pub(crate) async fn $arguments<$($T: FromRequest,)*>(request: &mut Request) -> Result<($($T,)*), Response> {
            $(let mut $T = None;)*
            $(if !$T::TAKES_BODY {
                $T = Some($T::from_request(request).await.map_err(|refused| answered(refused, request))?);
            })*
            $(let $T = match $T {
                Some(value) => value,
                None => $T::from_request(request).await.map_err(|refused| answered(refused, request))?,
            };)*
            Ok(($($T,)*))
        }

        #[doc(hidden)]
        pub fn $handler<$($T,)* O, Fu>(mut request: Request, function: fn($($T),*) -> Fu) -> BoxFuture
        where
            $($T: FromRequest + 'static,)*
            O: IntoResponse,
            Fu: Future<Output = O> + Send + 'static,
        {
            boxed!(async move {
                let ($($T,)*) = match $arguments::<$($T),*>(&mut request).await {
                    Ok(arguments) => arguments,
                    Err(refused) => return refused,
                };
                let reply = function($($T),*).await;
                answered(reply, &request)
            })
        }

        #[doc(hidden)]
        pub fn $blocking<$($T,)* O>(mut request: Request, function: fn($($T),*) -> O) -> BoxFuture
        where
            $($T: FromRequest + 'static,)*
            O: IntoResponse + 'static,
        {
            boxed!(async move {
                let ($($T,)*) = match $arguments::<$($T),*>(&mut request).await {
                    Ok(arguments) => arguments,
                    Err(refused) => return refused,
                };
                let response = on_blocking_pool(request.context().cloned(), move || function($($T),*)).await;
                name_instance(response, request.uri().path())
            })
        }
    };
}

calls!(arguments0 handler0 blocking0);
calls!(arguments1 handler1 blocking1 A0);
calls!(arguments2 handler2 blocking2 A0 A1);
calls!(arguments3 handler3 blocking3 A0 A1 A2);
calls!(arguments4 handler4 blocking4 A0 A1 A2 A3);
calls!(arguments5 handler5 blocking5 A0 A1 A2 A3 A4);
calls!(arguments6 handler6 blocking6 A0 A1 A2 A3 A4 A5);
calls!(arguments7 handler7 blocking7 A0 A1 A2 A3 A4 A5 A6);
calls!(arguments8 handler8 blocking8 A0 A1 A2 A3 A4 A5 A6 A7);
calls!(arguments9 handler9 blocking9 A0 A1 A2 A3 A4 A5 A6 A7 A8);
calls!(arguments10 handler10 blocking10 A0 A1 A2 A3 A4 A5 A6 A7 A8 A9);
calls!(arguments11 handler11 blocking11 A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10);
calls!(arguments12 handler12 blocking12 A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11);

/// A closure as a handler; what the attributes do with functions, for [`IntoHandler`](super::IntoHandler).
macro_rules! closures {
    ($($arguments:ident $($T:ident)*;)+) => { $(
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
                    answered(reply, &request)
                })
            }
        }

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
                boxed!(async move {
                    let ($($T,)*) = match $arguments::<$($T),*>(&mut request).await {
                        Ok(arguments) => arguments,
                        Err(refused) => return refused,
                    };
                    let response = on_blocking_pool(request.context().cloned(), move || self($($T),*)).await;
                    name_instance(response, request.uri().path())
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
