//! 10,000 routes that attributes declare, and `GET /ping`.

use common::Pong;
use toolkit_zero::prelude::*;

#[get("/ping")]
async fn ping() -> Json<Pong> {
    Json(Pong { ok: true })
}

include!(concat!(env!("OUT_DIR"), "/routes.rs"));

fn main() {
    common::run(&common::Options::read(), || {
        let server = toolkit_zero::collected!();
        server.serve_managed(([127, 0, 0, 1], 0)).addr()
    });
}
