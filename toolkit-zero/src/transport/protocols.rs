//! How hyper speaks to the clients of one server.

use hyper::server::conn::{http1, http2};

use super::limits::LimitValues;
use super::streams::Spawner;

/// How hyper speaks to the clients of one server.
///
/// hyper's own timer is not installed: it is armed for every request. `pipeline_flush` loses
/// answers in hyper 1.12, and `max_headers` allocates for every request. Without `half_close` hyper
/// reads, into a new buffer, during every request, to see its client leave: the sweeper has that
/// looked for where an answer takes long.
#[derive(Clone, Debug)]
pub(super) struct Protocols {
    pub(super) http1: http1::Builder,
    pub(super) http2: http2::Builder<Spawner>,
}

impl Protocols {
    pub(super) fn new(limits: &LimitValues) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .half_close(true)
            .writev(false)
            .max_header_size(limits.head());
        let mut http2 = http2::Builder::new(Spawner);
        http2
            .max_concurrent_streams(limits.http2_streams())
            .max_header_list_size(limits.http2_header_list())
            .initial_stream_window_size(limits.http2_stream_window())
            .initial_connection_window_size(limits.http2_connection_window())
            .max_pending_accept_reset_streams(limits.http2_resets());
        if cfg!(feature = "ws") {
            // Said only where it is spoken: a browser does not try HTTP/1.1 again.
            http2.enable_connect_protocol();
        }
        Self { http1, http2 }
    }
}
