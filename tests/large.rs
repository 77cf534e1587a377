//! Bodies of 100 MB pass through without staying: what the memory of a client and a server in one process grows by.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]
#![expect(clippy::print_stdout, reason = "the figures, with `--nocapture`")]

use std::fs;
use std::sync::Mutex;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use reqwest::ClientBuilder;
use toolkit_zero::prelude::*;
use toolkit_zero::reply::BodyError;

const CHUNK: usize = 1 << 16;
/// What may stay, of a client and a server in one process.
const MOST: u64 = 16 << 20;

#[post("/up", body_limit = "1GiB")]
async fn up(mut body: Body) -> Result<String, BodyError> {
    let mut bytes = 0;
    while let Some(chunk) = body.chunk().await? {
        bytes += chunk.len();
    }
    Ok(bytes.to_string())
}

#[get("/down/{chunks}")]
async fn down(chunks: usize) -> Body {
    let chunk = || Ok::<_, std::io::Error>(Bytes::from(vec![7; CHUNK]));
    Body::from_stream(stream::iter((0..chunks).map(move |_| chunk())))
}

/// The most memory that was resident since [`forget`], in bytes; 0 where the system does not tell.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) << 10
}

fn forget() {
    drop(fs::write("/proc/self/clear_refs", "5"));
}

/// One test at a time looks at the memory of the process.
static ALONE: Mutex<()> = Mutex::new(());

fn passes_through(name: &str, builder: ClientBuilder) {
    let _alone = ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let bg = Server::of([route!(up), route!(down)]).serve_managed(([127, 0, 0, 1], 0));
        let url = format!("http://{}", bg.addr());
        let client = builder.no_proxy().build().unwrap();
        for chunks in [10, 1600] {
            forget();
            let before = peak();
            let body = stream::iter((0..chunks).map(|_| Ok::<_, std::io::Error>(vec![1; CHUNK])));
            let body = reqwest::Body::wrap_stream(body);
            let answer = client.post(format!("{url}/up")).body(body).send().await;
            let told = answer.unwrap().text().await.unwrap();
            assert_eq!(told, (chunks * CHUNK).to_string());
            let upwards = peak().saturating_sub(before);

            forget();
            let before = peak();
            let answer = client.get(format!("{url}/down/{chunks}")).send().await;
            let mut answer = answer.unwrap().bytes_stream();
            let mut read = 0;
            while let Some(chunk) = answer.next().await {
                read += chunk.unwrap().len();
            }
            assert_eq!(read, chunks * CHUNK);
            let downwards = peak().saturating_sub(before);
            println!(
                "{name}: {} bytes up, memory grew by {upwards}; down, by {downwards}",
                chunks * CHUNK
            );
            assert!(upwards < MOST && downwards < MOST, "{upwards} {downwards}");
        }
        bg.stop().await;
    });
}

#[test]
fn large_bodies_pass_through_over_http1() {
    passes_through("HTTP/1.1", ClientBuilder::new().http1_only());
}

#[test]
fn large_bodies_pass_through_over_http2() {
    passes_through("HTTP/2", ClientBuilder::new().http2_prior_knowledge());
}
