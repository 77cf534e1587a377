//! Modules within modules: what is inherited, what is said anew, and who answers refusals below which prefix.

use std::sync::Arc;

use tests::Client;
use tokio::sync::{Semaphore, mpsc};
use toolkit_zero::prelude::*;
use toolkit_zero::routing::TrailingSlash;

use crate::support::{FREE, connected, problem};

/// Tells when a handler is in, and when it is dropped or done.
#[derive(Clone)]
pub(crate) struct Watch(mpsc::UnboundedSender<&'static str>, Arc<Semaphore>);

impl Watch {
    /// For servers whose tests ask none of these routes.
    pub(crate) fn of_nobody() -> Self {
        Self(mpsc::unbounded_channel().0, Arc::new(Semaphore::new(0)))
    }

    async fn stay(self) -> &'static str {
        struct Told(mpsc::UnboundedSender<&'static str>);
        impl Drop for Told {
            fn drop(&mut self) {
                let _nobody_listens = self.0.send("out");
            }
        }
        let _told = Told(self.0.clone());
        self.0.send("in").unwrap();
        self.1.acquire().await.unwrap().forget();
        self.0.send("done").unwrap();
        "stayed"
    }
}

#[routes(
    "/groups",
    tag = "outer",
    body_limit = 8,
    timeout = "20ms",
    on_disconnect = "finish"
)]
mod outer {
    use super::Watch;
    use toolkit_zero::prelude::*;

    #[post("/")]
    pub(super) async fn here(body: String) -> String {
        body
    }

    #[routes("/inner", body_limit = 16)]
    pub(super) mod inner {
        use super::Watch;
        use toolkit_zero::prelude::*;

        #[post("/")]
        pub(in super::super) async fn here(body: String) -> String {
            body
        }

        #[post("/own", body_limit = 4, tag = "own")]
        pub(in super::super) async fn own(body: String) -> String {
            body
        }

        #[get("/slow")]
        pub(in super::super) async fn slow() {
            std::future::pending::<()>().await;
        }

        #[get("/finishes", timeout = "10m")]
        pub(in super::super) async fn finishes(State(watch): State<Watch>) -> &'static str {
            watch.stay().await
        }
    }

    #[get("/ends", timeout = "10m", on_disconnect = "cancel")]
    pub(super) async fn ends(State(watch): State<Watch>) -> &'static str {
        watch.stay().await
    }

    #[catch(404)]
    pub(super) async fn missing(uri: Uri) -> String {
        format!("outer has no {uri}")
    }

    #[routes("/deep/{tenant}")]
    pub(super) mod deep {
        use toolkit_zero::prelude::*;

        #[catch(404)]
        pub(in super::super) async fn missing(uri: Uri) -> Result<String, Problem> {
            if uri.query() == Some("broken") {
                return Err(Problem::internal("the page of this error is gone"));
            }
            Ok(format!("deep has no {uri}"))
        }
    }
}

async fn post(client: &mut Client, path: &str, bytes: usize) -> u16 {
    let body = "x".repeat(bytes);
    let answer = client.send_with("POST", path, "text/plain", &body).await;
    answer.status
}

#[tokio::test]
async fn options_are_inherited_and_the_innermost_that_says_one_wins() {
    let (bg, mut client) = connected([
        route!(outer::here),
        route!(outer::inner::here),
        route!(outer::inner::own),
        route!(outer::inner::slow),
    ])
    .await;
    // At a limit, and a byte past it.
    for (path, limit) in [
        ("/groups", 8),
        ("/groups/inner", 16),
        ("/groups/inner/own", 4),
    ] {
        assert_eq!(post(&mut client, path, limit).await, 200, "{path}");
        let mut client = Client::connect(bg.addr()).await;
        assert_eq!(post(&mut client, path, limit + 1).await, 413, "{path}");
    }
    // The time of the outer one, two modules further in.
    let answer = client.send("GET", "/groups/inner/slow").await;
    problem(&answer, 503, "/groups/inner/slow");
    let routes = bg.routes().snapshot();
    for (pattern, tag) in [("/groups/inner", "outer"), ("/groups/inner/own", "own")] {
        let route = routes.iter().find(|route| route.pattern() == pattern);
        assert_eq!(route.unwrap().tag(), Some(tag));
    }
}

#[tokio::test]
async fn what_happens_when_a_client_leaves_is_inherited_too() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let out = Arc::new(Semaphore::new(0));
    let mut server = Server::of([route!(outer::inner::finishes), route!(outer::ends)]);
    server.state(Watch(tell, Arc::clone(&out)));
    let bg = server.serve_managed(FREE);
    let mut clients = Vec::new();
    for path in ["/groups/inner/finishes", "/groups/ends"] {
        let mut client = Client::connect(bg.addr()).await;
        let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n");
        client.write(&request).await;
        assert_eq!(told.recv().await, Some("in"), "{path}");
        clients.push(client);
    }
    // The first client leaves first, and it is the second handler that is dropped.
    clients.into_iter().for_each(drop);
    assert_eq!(told.recv().await, Some("out"));
    out.add_permits(1);
    assert_eq!(told.recv().await, Some("done"));
    assert_eq!(told.recv().await, Some("out"));
}

#[tokio::test]
async fn the_catcher_of_the_longest_prefix_answers_and_its_own_error_is_an_answer() {
    let (_bg, mut client) = connected([
        route!(outer::missing),
        route!(outer::deep::missing),
        route!(outer::here),
    ])
    .await;
    for (path, text) in [
        ("/groups/x", "outer has no /groups/x"),
        ("/groups/deep", "outer has no /groups/deep"),
        ("/groups/deep/acme", "deep has no /groups/deep/acme"),
        ("/groups/deep/acme/x?y", "deep has no /groups/deep/acme/x?y"),
    ] {
        let answer = client.send("GET", path).await;
        assert_eq!((answer.status, answer.text().as_str()), (404, text));
    }
    let answer = client.send("GET", "/groups/deep/acme/x?broken").await;
    problem(&answer, 500, "/groups/deep/acme/x");
    // A method that is missing is no 404.
    problem(&client.send("GET", "/groups").await, 405, "/groups");
    problem(&client.send("GET", "/elsewhere").await, 404, "/elsewhere");
}

#[tokio::test]
async fn the_slash_of_a_group_follows_the_policy() {
    let mut server = Server::of([route!(outer::here), route!(outer::missing)]);
    server.trailing_slash(TrailingSlash::Redirect);
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(post(&mut client, "/groups", 1).await, 200);
    let answer = client.send("POST", "/groups/?a=b").await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (308, Some("/groups?a=b"))
    );
    // What is nowhere is not sent round.
    assert_eq!(client.send("GET", "/groups/x/").await.status, 404);
}
