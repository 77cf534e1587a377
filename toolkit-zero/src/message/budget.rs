//! How many bytes of request bodies a server holds in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Context;

/// How many bytes of request bodies a server holds in memory.
#[derive(Debug)]
pub(crate) struct Budget {
    held: AtomicU64,
    limit: u64,
}

impl Budget {
    pub(crate) fn new(limit: u64) -> Self {
        Self {
            held: AtomicU64::new(0),
            limit,
        }
    }

    fn take(&self, bytes: u64) -> bool {
        if self.held.fetch_add(bytes, Ordering::Relaxed) + bytes <= self.limit {
            return true;
        }
        self.held.fetch_sub(bytes, Ordering::Relaxed);
        false
    }
}

/// What one request holds of the budget, until it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Held {
    of: Option<Arc<Context>>,
    bytes: u64,
}

impl Held {
    /// A body this small lies in the connection's own buffer and is not counted.
    const FREE: u64 = 4096;

    /// Holds `bytes` in all; whether there is room. Nothing is counted without a server.
    pub(super) fn grow(&mut self, bytes: u64, server: Option<&Arc<Context>>) -> bool {
        let Some(server) = server.filter(|_| bytes > Self::FREE.max(self.bytes)) else {
            return true;
        };
        if !server.buffered.take(bytes - self.bytes) {
            return false;
        }
        self.of.get_or_insert_with(|| Arc::clone(server));
        self.bytes = bytes;
        true
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(server) = &self.of {
            server
                .buffered
                .held
                .fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}
