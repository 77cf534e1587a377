//! Without the feature `handover`, or on a system that passes no listening sockets.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::running::Running;
use super::{BootError, Listen};
use crate::dispatch::Dispatch;
use crate::transport::Accepting;

/// There is none.
#[derive(Debug)]
pub(super) enum Succession {}

impl Succession {
    pub(super) fn begin(
        path: Option<PathBuf>,
        _: &mut Vec<Listen>,
    ) -> Result<Option<Self>, BootError> {
        match path {
            None => Ok(None),
            Some(path) => Err(BootError::Handover {
                path,
                source: io::Error::new(
                    io::ErrorKind::Unsupported,
                    "only Linux hands listening sockets to another process",
                ),
            }),
        }
    }

    pub(super) fn is_takeover(&self) -> bool {
        match *self {}
    }

    pub(super) fn serve(self, _: &Accepting<Dispatch>, _: &Arc<Running>, _: &Handle) {
        match self {}
    }

    pub(super) fn give_up(self, _: &Accepting<Dispatch>) {
        match self {}
    }
}
