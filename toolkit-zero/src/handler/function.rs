//! Closures as handlers: what `.onconnect` and `.onconnect_sync` take.

use std::marker::PhantomData;
use std::sync::Arc;

use super::Handler;
use crate::extract::Meta;
use crate::message::{BoxFuture, Request};

/// An async function or closure of up to twelve extractors that returns a reply.
///
/// `Arguments` is inferred. The trait is sealed: it is implemented for functions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "not a handler",
    note = "a handler is an async function or closure of up to 12 extractors that returns a response, and its future is `Send`",
    note = "annotate it with `#[toolkit_zero::get(\"/path\")]` to be told which argument is wrong"
)]
pub trait IntoHandler<Arguments>: sealed::Sealed<Arguments> {}

#[diagnostic::do_not_recommend]
impl<F: sealed::Sealed<Arguments>, Arguments> IntoHandler<Arguments> for F {}

/// A function or closure of up to twelve extractors that returns a reply and may block its thread.
///
/// `Arguments` is inferred. The trait is sealed: it is implemented for functions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a blocking handler",
    label = "not a blocking handler",
    note = "a blocking handler is a plain function or closure of up to 12 extractors that returns a response"
)]
pub trait IntoBlockingHandler<Arguments>: sealed::Blocking<Arguments> {}

#[diagnostic::do_not_recommend]
impl<F: sealed::Blocking<Arguments>, Arguments> IntoBlockingHandler<Arguments> for F {}

pub(crate) mod sealed {
    use super::{Arc, BoxFuture, Meta, Request};

    #[expect(unnameable_types, reason = "this is what seals")]
    pub trait Sealed<Arguments>: Send + Sync + 'static {
        fn describe(meta: &mut Meta);
        fn begin(self: Arc<Self>, request: Request) -> BoxFuture;
    }

    #[expect(unnameable_types, reason = "this is what seals")]
    pub trait Blocking<Arguments>: Send + Sync + 'static {
        fn describe(meta: &mut Meta);
        fn begin(self: Arc<Self>, request: Request) -> BoxFuture;
    }
}

/// A closure with its argument types, kept behind one reference count.
struct Function<F, Arguments>(Arc<F>, PhantomData<fn(Arguments)>);

impl<F: sealed::Sealed<Arguments>, Arguments> Handler for Function<F, Arguments> {
    fn call(&self, request: Request) -> BoxFuture {
        Arc::clone(&self.0).begin(request)
    }
}

struct BlockingFunction<F, Arguments>(Arc<F>, PhantomData<fn(Arguments)>);

impl<F: sealed::Blocking<Arguments>, Arguments> Handler for BlockingFunction<F, Arguments> {
    fn call(&self, request: Request) -> BoxFuture {
        Arc::clone(&self.0).begin(request)
    }
}

/// The handler that calls an async closure.
pub(crate) fn from_closure<F, Arguments>(closure: F) -> (Arc<dyn Handler>, fn(&mut Meta))
where
    F: sealed::Sealed<Arguments>,
    Arguments: 'static,
{
    (
        Arc::new(Function(Arc::new(closure), PhantomData)),
        F::describe,
    )
}

/// The handler that calls a blocking closure on the blocking pool.
pub(crate) fn from_blocking<F, Arguments>(closure: F) -> (Arc<dyn Handler>, fn(&mut Meta))
where
    F: sealed::Blocking<Arguments>,
    Arguments: 'static,
{
    (
        Arc::new(BlockingFunction(Arc::new(closure), PhantomData)),
        F::describe,
    )
}
