//@ words: rustc
#![allow(unused)]

use toolkit_zero::prelude::*;

#[get("/")]
async fn user(State(db): State<std::sync::Arc<std::sync::Mutex<u8>>>) {
    let guard = db.lock().unwrap();
    std::future::ready(()).await;
    drop(guard);
}

fn main() {}
