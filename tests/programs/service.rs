//! A service of systemd: what `tests/systemd.rs` runs, in the place of systemd.

use toolkit_zero::prelude::*;
use toolkit_zero::server::Listen;

#[get("/ping")]
async fn ping() -> &'static str {
    "pong"
}

#[toolkit_zero::main]
async fn main(server: &mut Server) -> Result<(), std::io::Error> {
    server.readiness("/readyz");
    if std::env::var_os("BY_HAND").is_some() {
        for (name, socket) in Listen::passed()? {
            eprintln!("passed: {name:?}");
            server.listen(socket);
        }
    }
    server.on_start(|_| async {
        // Nobody is told before this.
        tokio::task::yield_now().await;
        eprintln!("prepared");
        Ok::<(), std::convert::Infallible>(())
    });
    Ok(())
}
