//! What load and abuse cost a server, measured from another process: what `.ci/figures` runs.
//!
//! The server is this program again, in a process of its own, with the limits of a fresh `Server` but for the time of a head
//! (2 s). Everything stays on loopback and is bounded in count. Ends with 1 if a promise is broken that is no matter of time.

#![expect(clippy::print_stdout, reason = "the figures are what it is run for")]

mod abuse;
mod load;
mod remote;
mod serve;
mod soak;

use std::error::Error;
use std::time::Duration;

use remote::Remote;

/// What ends the program, as a sentence.
pub(crate) type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("serve") => serve::serve().await,
        Some("soak") => {
            let seconds = arguments.next().map_or(Ok(120), |text| text.parse())?;
            let mut server = Remote::start().await?;
            soak::soak(&mut server, Duration::from_secs(seconds)).await?;
            server.end().await
        }
        Some(only) => measure(Some(only)).await,
        None => measure(None).await,
    }
}

async fn measure(only: Option<&str>) -> Result<(), Failure> {
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    let mut server = Remote::start().await?;
    if wanted("burst") {
        load::burst(&server).await?;
    }
    if wanted("moves") {
        load::moves_and_stops(&mut server).await?;
    }
    if wanted("heads") {
        abuse::slow_heads(&server).await?;
    }
    if wanted("idle") {
        load::idle(&server).await?;
    }
    if wanted("http2") {
        abuse::resets(&server).await?;
        abuse::continuations(&server).await?;
    }
    server.end().await
}
