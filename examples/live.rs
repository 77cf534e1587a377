//! Routes that come and go while a client keeps asking.
//!
//! It prints what the client was answered at every step, then serves until Ctrl-C:
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/greeting
//! hello again
//! $ curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/plugins/7
//! 404
//! $ curl -s http://127.0.0.1:8080/routes
//! GET /greeting
//! GET /routes
//! ```

#![expect(clippy::print_stdout, reason = "it tells what it sees")]

use std::error::Error;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use toolkit_zero::prelude::*;

/// The routes of this moment, as any handler can see them.
#[get("/routes")]
async fn routes(State(routes): State<Routes>) -> String {
    let lines = routes.snapshot();
    let lines = lines
        .iter()
        .map(|route| format!("{} {}", route.method(), route.pattern()));
    lines.collect::<Vec<_>>().join("\n")
}

#[toolkit_zero::main]
async fn main(bg: &mut BackgroundServer) -> Result<(), Box<dyn Error>> {
    let routes = bg.routes();
    let mut client = Client::connect(bg).await?;
    client.tell("before anything is added", "/greeting").await?;

    routes.add(ServerMechanism::get("/greeting").onconnect(|| async { "hello" }))?;
    client.tell("a route is added", "/greeting").await?;

    routes.replace(ServerMechanism::get("/greeting").onconnect(|| async { "hello again" }))?;
    client.tell("it is replaced", "/greeting").await?;

    routes.disable(&Method::GET, "/greeting")?;
    client.tell("it is switched off", "/greeting").await?;
    routes.enable(&Method::GET, "/greeting")?;
    client.tell("and on again", "/greeting").await?;

    // Many changes, one generation: no request sees half of them.
    routes.update(|batch| {
        for plugin in 0..1000 {
            let answer = move || async move { format!("plugin {plugin}") };
            batch.add(ServerMechanism::get(format!("/plugins/{plugin}")).onconnect(answer))?;
        }
        Ok(())
    })?;
    client
        .tell("a thousand plugins are added at once", "/plugins/7")
        .await?;
    for plugin in 0..1000 {
        routes.remove(&Method::GET, &format!("/plugins/{plugin}"));
    }
    client.tell("and removed one by one", "/plugins/7").await?;

    let again = ServerMechanism::get("/greeting").onconnect(|| async { "who wins?" });
    if let Err(refused) = routes.add(again) {
        println!("a conflict changes nothing: {refused}");
    }
    println!("{} generations, one connection", routes.generation());
    Ok(())
}

/// One connection, kept open over all changes.
struct Client(TcpStream);

impl Client {
    async fn connect(bg: &BackgroundServer) -> std::io::Result<Self> {
        TcpStream::connect(bg.addr()).await.map(Self)
    }

    async fn tell(&mut self, when: &str, path: &str) -> std::io::Result<()> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        self.0.write_all(request.as_bytes()).await?;
        let mut answer = vec![0; 4096];
        let length = self.0.read(&mut answer).await?;
        let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        println!(
            "{when}: {path} -> {} {}",
            head.get(9..12).unwrap_or("?"),
            if head.contains("problem") { "" } else { body }
        );
        Ok(())
    }
}
