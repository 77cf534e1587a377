//! What is fuzzed: functions of bytes that panic when the server is wrong.
//!
//! `tests/fuzz` drives them with libFuzzer; `tests/seeds.rs` replays the kept inputs on every run. Inputs are text where that
//! is possible, so that a seed can be read and written by hand.

mod connection;
mod multipart;
mod naive;
mod path;
mod pattern;
mod percent;
mod query;

use std::cell::OnceCell;
use std::future::Future;

pub use connection::{http1, http2};
pub use multipart::multipart;
pub use path::path;
pub use pattern::pattern;
pub use percent::percent;
pub use query::query;
use tokio::runtime::{Builder, Runtime};

/// A function of bytes that panics when the server is wrong.
pub type Target = fn(&[u8]);

/// Every target, under the name of its binary in `tests/fuzz` and of its folder of seeds.
pub const ALL: [(&str, Target); 7] = [
    ("pattern", pattern),
    ("path", path),
    ("percent", percent),
    ("query", query),
    ("multipart", multipart),
    ("http1", http1),
    ("http2", http2),
];

/// Runs `work` on a runtime of this thread, which is kept: building one takes longer than a run.
fn block_on<F: Future>(work: F) -> F::Output {
    thread_local! {
        static RUNTIME: OnceCell<Runtime> = const { OnceCell::new() };
    }
    RUNTIME.with(|kept| {
        kept.get_or_init(|| {
            Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
        })
        .block_on(work)
    })
}
