//! A server without a socket, for tests.

use std::sync::Arc;

use super::boot::boot;
use super::{BootError, Server};
use crate::dispatch::Dispatch;
use crate::message::{Body, Link, Response};
use crate::routing::Routes;

/// A server that is booted and answers, but accepts nobody.
#[derive(Debug)]
pub(crate) struct InProcess {
    dispatch: Dispatch,
    routes: Routes,
}

impl InProcess {
    /// Checks everything that a boot checks.
    pub(crate) fn boot(server: Server) -> Result<Self, BootError> {
        let booted = boot(server)?;
        Ok(Self {
            dispatch: booted.dispatch,
            routes: booted.routes,
        })
    }

    pub(crate) fn routes(&self) -> &Routes {
        &self.routes
    }

    pub(crate) async fn answer(
        &self,
        link: Arc<dyn Link>,
        request: http::Request<Body>,
    ) -> Response {
        self.dispatch.begin(link, request).await
    }
}
