//! 10,000 routes that attributes declare, and `GET /ping`. Says on stderr how many microseconds it took to collect, check and serve them.

use common::Pong;
use toolkit_zero::prelude::*;

#[get("/ping")]
async fn ping() -> Json<Pong> {
    Json(Pong { ok: true })
}

include!(concat!(env!("OUT_DIR"), "/routes.rs"));

fn main() {
    common::run(&common::Options::read(), || {
        let begun = std::time::Instant::now();
        let server = toolkit_zero::collected!();
        let addr = server.serve_managed(([127, 0, 0, 1], 0)).addr();
        eprintln!("{}", begun.elapsed().as_micros());
        addr
    });
}
