//! Layers around a route and around the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tests::Client;
use toolkit_zero::middleware::{Next, from_fn};
use toolkit_zero::prelude::*;

use crate::support::{FREE, Fed, Log, connected, problem, says};

/// Adds its letter to `x-order`, innermost first, as the answer passes it.
macro_rules! letter {
    ($letter:literal) => {
        from_fn(|request: Request, next: Next| async move {
            let mut response = next.run(request).await;
            response
                .headers_mut()
                .append("x-order", $letter.parse().unwrap());
            response
        })
    };
}

fn order(answer: &tests::Answer) -> String {
    let letters = answer.headers.iter().filter(|(name, _)| name == "x-order");
    letters.map(|(_, value)| value.as_str()).collect()
}

#[tokio::test]
async fn the_first_layer_is_outermost_and_those_of_the_server_are_around_all() {
    let route = says("/a", "a").layer(letter!("3")).layer(letter!("4"));
    let mut server = Server::of([route, says("/plain", "plain")]);
    server.layer(letter!("1")).layer(letter!("2"));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    let answer = client.send("GET", "/a").await;
    assert_eq!(
        (answer.text().as_str(), order(&answer).as_str()),
        ("a", "4321")
    );
    assert_eq!(order(&client.send("GET", "/plain").await), "21");
    // A live route is below the layers of the server, too.
    bg.routes()
        .add(says("/live", "live").layer(letter!("5")))
        .unwrap();
    assert_eq!(order(&client.send("GET", "/live").await), "521");
}

#[tokio::test]
async fn layers_of_the_server_see_refusals() {
    let mut server = Server::of([says("/a", "a")]);
    server.layer(letter!("s"));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    for (method, target, status) in [
        ("GET", "/nothing", 404),
        ("POST", "/a", 405),
        ("OPTIONS", "/a", 204),
        ("HEAD", "/a", 200),
        ("GET", "/%zz", 400),
    ] {
        let answer = client.send(method, target).await;
        assert_eq!(
            (answer.status, order(&answer).as_str()),
            (status, "s"),
            "{method} {target}"
        );
    }
    let answer = client.send("GET", "/nothing").await;
    problem(&answer, 404, "/nothing");
}

#[tokio::test]
async fn a_layer_of_a_route_is_around_that_route_only() {
    let (_bg, mut client) =
        connected([says("/a/{x}", "a").layer(letter!("a")), says("/a/b", "b")]).await;
    assert_eq!(order(&client.send("GET", "/a/c").await), "a");
    assert_eq!(order(&client.send("HEAD", "/a/c").await), "a");
    assert_eq!(order(&client.send("GET", "/a/b").await), "");
    assert_eq!(order(&client.send("GET", "/nothing").await), "");
}

#[tokio::test]
async fn a_layer_may_answer_by_itself() {
    let guarded = says("/a", "secret").layer(from_fn(|request: Request, next: Next| async move {
        if request.headers().contains_key("x-key") {
            Ok(next.run(request).await)
        } else {
            Err(Problem::unauthorized()
                .detail("send `x-key`")
                .instance("/a"))
        }
    }));
    let (_bg, mut client) = connected([guarded]).await;
    problem(&client.send("GET", "/a").await, 401, "/a");
    client
        .write("GET /a HTTP/1.1\r\nhost: test\r\nx-key: 1\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.text(), "secret");
}

#[tokio::test]
async fn what_a_layer_puts_beside_the_request_reaches_the_handler() {
    let counter = Arc::new(AtomicUsize::new(0));
    let route = ServerMechanism::post("/{name}")
        .onconnect(
            |Extension(number): Extension<usize>,
             Path(name): Path<String>,
             headers: HeaderMap,
             body: String| async move {
                format!(
                    "{number} {name} {} {body}",
                    headers["x-added"].to_str().unwrap()
                )
            },
        )
        .layer(from_fn(move |mut request: Request, next: Next| {
            let counter = Arc::clone(&counter);
            async move {
                request
                    .extensions_mut()
                    .insert(counter.fetch_add(1, Ordering::Relaxed));
                request
                    .headers_mut()
                    .insert("x-added", "yes".parse().unwrap());
                next.run(request).await
            }
        }));
    let missing = ServerMechanism::get("/missing").onconnect(|_: Extension<usize>| async {});
    let (_bg, mut client) = connected([route, missing]).await;
    for number in 0..2 {
        let answer = client.send_with("POST", "/Ada", "text/plain", "body").await;
        assert_eq!(answer.text(), format!("{number} Ada yes body"));
    }
    problem(&client.send("GET", "/missing").await, 500, "/missing");
}

#[tokio::test]
async fn layers_of_the_server_see_a_panic_and_the_log_names_its_route() {
    let (log, _guard) = Log::listen();
    let at_once = ServerMechanism::get("/panics/{id}").onconnect(|Path(_): Path<u8>| async {
        assert!(std::env::args().len() > 1_000, "on purpose");
    });
    let streamed = ServerMechanism::get("/streams/{id}").onconnect(|Path(_): Path<u8>| async {
        let (feed, stream) = Fed::<Result<&'static str, std::io::Error>>::new();
        feed.send(Ok("half")).unwrap();
        feed.send(Err(std::io::Error::other("lost"))).unwrap();
        Body::from_stream(stream)
    });
    let mut server = Server::of([at_once, streamed]);
    server.layer(letter!("s"));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    let answer = client.send("GET", "/panics/7").await;
    assert_eq!((answer.status, order(&answer).as_str()), (500, "s"));
    client
        .write("GET /streams/7 HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    assert_eq!(client.try_answer(true).await, None);
    let errors = log.errors();
    assert!(errors[0].contains("/panics/{id}"), "{errors:?}");
    assert!(errors[1].contains("/streams/{id}"), "{errors:?}");
}
