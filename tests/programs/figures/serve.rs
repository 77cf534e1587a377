//! The server that is measured: it does what it is told by lines on standard input.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use toolkit_zero::prelude::*;
use toolkit_zero::server::Limits;

use crate::Failure;

/// How long a head may take here.
pub(crate) const HEAD: Duration = Duration::from_secs(2);

fn server() -> Server {
    let mut server = Server::of(tests::mixed::routes());
    server.limits(Limits::default().header_read(HEAD).first_byte(HEAD));
    server
}

/// Adds a hundred routes, and takes them away again.
fn live(routes: &Routes) -> Result<(), Failure> {
    for number in 0..100 {
        let pattern = format!("/live/{number}/{{id}}");
        routes.add(ServerMechanism::get(pattern).onconnect(|| async { "live" }))?;
    }
    for number in 0..100 {
        let removed = routes.remove(&Method::GET, &format!("/live/{number}/{{id}}"));
        removed.ok_or("a route that was added is not there")?;
    }
    Ok(())
}

/// Serves until standard input ends. `live` changes the routes. `move` moves to where the port is heard from everywhere, or back; `stop` stops, and
/// starts on another port. Each is answered with the address and the requests aborted.
pub(crate) async fn serve() -> Result<(), Failure> {
    let home = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mut bg = server().try_serve_managed(home)?;
    println!("{} 0", bg.addr());
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let aborted = if line == "live" {
            live(&bg.routes())?;
            0
        } else if line == "move" {
            let port = bg.addr().port();
            let to = if bg.addr().ip().is_loopback() {
                Ipv4Addr::UNSPECIFIED
            } else {
                Ipv4Addr::LOCALHOST
            };
            bg.try_rebind((to, port)).await?.aborted()
        } else {
            let next = server().try_serve_managed(home)?;
            let old = std::mem::replace(&mut bg, next);
            println!("{} 0", bg.addr());
            old.stop().await.aborted()
        };
        println!("{} {aborted}", bg.addr());
    }
    bg.stop().await;
    Ok(())
}
