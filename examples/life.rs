//! What a program does when its server starts and stops, tasks that a stop waits for, and probes.
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/readyz
//! ready
//! $ curl -s -o /dev/null -w '%{http_code}' -X POST http://127.0.0.1:8080/orders
//! 202
//! $ curl -s http://127.0.0.1:8080/livez
//! alive
//! ```

use std::convert::Infallible;
use std::time::Duration;

use toolkit_zero::prelude::*;

#[post("/orders")]
async fn order(State(control): State<Control>) -> StatusCode {
    control.spawn_tracked(async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        eprintln!("the mail is sent");
    });
    StatusCode::ACCEPTED
}

#[toolkit_zero::main]
async fn main(server: &mut Server) {
    server.readiness("/readyz").liveness("/livez");
    server.on_start(|_| async {
        eprintln!("connected to the database");
        Ok::<(), Infallible>(())
    });
    server.on_stop(|| async { eprintln!("everything was answered") });
}
