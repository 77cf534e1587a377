//! Routes written at run time: every combination of inputs.

use serde::Deserialize;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::{RouteError, SocketType};
use toolkit_zero::server::BootError;

use crate::support::{FREE, connected, problem, says, serve};

#[derive(Deserialize)]
struct Input {
    x: u32,
}

/// The same combination as an async handler and as a blocking one.
fn combinations(at: &str, mechanism: impl Fn(&str) -> [SocketType; 2]) -> [SocketType; 2] {
    mechanism(at)
}

fn all() -> Vec<SocketType> {
    let of = |kind: &str, at: &str| ServerMechanism::post(format!("/{kind}{at}"));
    let state = || String::from("state");
    let mut routes = Vec::new();
    routes.extend(combinations("/nothing", |at| {
        [
            of("async", at).onconnect(|| async { "nothing" }),
            of("sync", at).onconnect_sync(|| "nothing"),
        ]
    }));
    routes.extend(combinations("/json", |at| {
        [
            of("async", at)
                .json::<Input>()
                .onconnect(|input: Input| async move { input.x.to_string() }),
            of("sync", at)
                .json::<Input>()
                .onconnect_sync(|input: Input| input.x.to_string()),
        ]
    }));
    routes.extend(combinations("/query", |at| {
        [
            of("async", at)
                .query::<Input>()
                .onconnect(|input: Input| async move { input.x.to_string() }),
            of("sync", at)
                .query::<Input>()
                .onconnect_sync(|input: Input| input.x.to_string()),
        ]
    }));
    routes.extend(combinations("/state", |at| {
        [
            of("async", at)
                .state(state())
                .onconnect(|state: String| async move { state }),
            of("sync", at)
                .state(state())
                .onconnect_sync(|state: String| state),
        ]
    }));
    routes.extend(combinations("/json-state", |at| {
        [
            of("async", at).json::<Input>().state(state()).onconnect(
                |state: String, input: Input| async move { format!("{state} {}", input.x) },
            ),
            of("sync", at)
                .json::<Input>()
                .state(state())
                .onconnect_sync(|state: String, input: Input| format!("{state} {}", input.x)),
        ]
    }));
    routes.extend(combinations("/state-json", |at| {
        [
            of("async", at).state(state()).json::<Input>().onconnect(
                |state: String, input: Input| async move { format!("{state} {}", input.x) },
            ),
            of("sync", at)
                .state(state())
                .json::<Input>()
                .onconnect_sync(|state: String, input: Input| format!("{state} {}", input.x)),
        ]
    }));
    routes.extend(combinations("/query-state", |at| {
        [
            of("async", at).query::<Input>().state(state()).onconnect(
                |state: String, input: Input| async move { format!("{state} {}", input.x) },
            ),
            of("sync", at)
                .state(state())
                .query::<Input>()
                .onconnect_sync(|state: String, input: Input| format!("{state} {}", input.x)),
        ]
    }));
    routes
}

#[tokio::test]
async fn every_combination_of_input_and_state_arrives_as_bare_values() {
    let (_bg, mut client) = connected(all()).await;
    for kind in ["async", "sync"] {
        for (what, text) in [
            ("nothing", "nothing"),
            ("json", "7"),
            ("query?x=7", "7"),
            ("state", "state"),
            ("json-state", "state 7"),
            ("state-json", "state 7"),
            ("query-state?x=7", "state 7"),
        ] {
            let target = format!("/{kind}/{what}");
            let answer = client
                .send_with("POST", &target, "application/json", r#"{"x":7}"#)
                .await;
            assert_eq!(
                (answer.status, answer.text().as_str()),
                (200, text),
                "{target}"
            );
        }
    }
}

#[tokio::test]
async fn bare_input_is_refused_as_its_extractor_refuses_it() {
    let (_bg, mut client) = connected(all()).await;
    for kind in ["async", "sync"] {
        let at = |what: &str| format!("/{kind}/{what}");
        let wrong = client
            .send_with("POST", &at("json"), "application/json", r#"{"x":"a"}"#)
            .await;
        assert_eq!(
            problem(&wrong, 422, &at("json"))["errors"][0]["pointer"],
            "/x"
        );
        let untyped = client
            .send_with("POST", &at("state-json"), "x/y", "{}")
            .await;
        problem(&untyped, 415, &at("state-json"));
        let wrong = client.send("POST", &format!("{}?x=a", at("query"))).await;
        assert_eq!(
            problem(&wrong, 400, &at("query"))["errors"][0]["parameter"],
            "x"
        );
    }
}

#[tokio::test]
async fn a_handler_takes_twelve_extractors() {
    let route = ServerMechanism::post("/{a}").onconnect(
        |text: String,
         Path(a): Path<String>,
         Query(q): Query<Input>,
         State(s): State<u8>,
         method: Method,
         uri: Uri,
         headers: HeaderMap,
         MatchedPath(pattern): MatchedPath,
         ClientAddr(addr): ClientAddr,
         absent: Option<State<i8>>,
         refused: Result<Path<u8>, Problem>,
         State(routes): State<Routes>| async move {
            let facts = (addr.ip().is_loopback(), absent.is_none(), refused.is_err());
            format!(
                "{text} {a} {} {s} {method} {uri} {} {pattern} {facts:?} {}",
                q.x,
                headers.len(),
                routes.snapshot().len()
            )
        },
    );
    let mut server = Server::of([route]);
    server.state(5_u8);
    let bg = server.serve_managed(FREE);
    let mut client = tests::Client::connect(bg.addr()).await;
    let answer = client
        .send_with("POST", "/p?x=7", "text/plain", "body")
        .await;
    assert_eq!(
        answer.text(),
        "body p 7 5 POST /p?x=7 3 /{a} (true, true, true) 1"
    );
}

#[tokio::test]
async fn a_blocking_handler_takes_extractors_and_may_block() {
    let (tell, told) = std::sync::mpsc::channel::<&'static str>();
    let told = std::sync::Arc::new(std::sync::Mutex::new(told));
    let waits =
        ServerMechanism::get("/waits/{who}").onconnect_sync(move |Path(who): Path<String>| {
            format!("{who} was told {}", told.lock().unwrap().recv().unwrap())
        });
    let (bg, mut waiting) = connected([waits, says("/free", "free")]).await;
    waiting
        .write("GET /waits/Ada HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    // The one thread of this runtime is not blocked.
    let mut client = tests::Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/free").await.text(), "free");
    tell.send("so").unwrap();
    assert_eq!(waiting.answer().await.text(), "Ada was told so");
}

#[tokio::test]
async fn a_bad_pattern_is_kept_and_reported_by_the_boot() {
    let (bad, line) = (says("no-slash", "x"), line!());
    assert_eq!(bad.pattern(), "no-slash");
    let error = Server::of([bad]).try_serve_managed(FREE).unwrap_err();
    let BootError::Faults(faults) = &error else {
        panic!("{error}")
    };
    assert_eq!(faults.len(), 1);
    let origin = faults[0].origins().next().unwrap();
    assert_eq!((origin.file(), origin.line()), (file!(), line));
    assert!(
        error.to_string().contains("a path must start with `/`"),
        "{error}"
    );
    assert!(faults[0].help().contains("/no-slash"), "{error}");
}

#[tokio::test]
async fn a_bad_pattern_is_kept_and_reported_by_try_mechanism() {
    let mut bg = serve([says("/a", "a")]);
    let generation = bg.routes().generation();
    for pattern in [
        "",
        "a",
        "/{",
        "/{a}{b}",
        "/{*rest}/more",
        "//",
        "/a?b",
        "/:id",
        "/{a}/{a}",
    ] {
        let error = bg.try_mechanism(says(pattern, "x")).await.unwrap_err();
        assert!(
            matches!(error, RouteError::Pattern { .. }),
            "{pattern}: {error}"
        );
        assert!(error.to_string().contains(file!()), "{pattern}: {error}");
    }
    assert_eq!(bg.routes().generation(), generation);
}
