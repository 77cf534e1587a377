//! Mistakes that a review found, each kept from coming back.

use std::path::PathBuf;
use std::sync::Arc;

use tests::Client;
use toolkit_zero::middleware::{Next, from_fn};
use toolkit_zero::prelude::*;
use toolkit_zero::server::Limits;

use crate::support::{FREE, connected, problem, says};

#[tokio::test]
async fn a_blocking_handler_may_take_the_whole_request() {
    let route = ServerMechanism::get("/whole")
        .onconnect_sync(|request: Request| request.uri().path().to_owned());
    let (_bg, mut client) = connected([route]).await;
    assert_eq!(client.send("GET", "/whole").await.text(), "/whole");
}

#[tokio::test]
async fn a_path_buf_cannot_leave_its_folder_however_it_is_taken() {
    #[derive(serde::Deserialize)]
    struct Named {
        path: PathBuf,
    }
    let whole = |Path(path): Path<PathBuf>| async move { path.display().to_string() };
    let named = |Path(named): Path<Named>| async move { named.path.display().to_string() };
    let (_bg, mut client) = connected([
        ServerMechanism::get("/whole/{*path}").onconnect(whole),
        ServerMechanism::get("/named/{*path}").onconnect(named),
        ServerMechanism::get("/one/{path}").onconnect(whole),
    ])
    .await;
    for target in [
        "/whole/../../etc/passwd",
        "/whole//etc/passwd",
        "/whole/a/%2e%2e/b",
        "/whole/a%2Fb",
        "/named/../x",
        "/named//etc/passwd",
        "/one/..",
        "/one/a%2Fb",
    ] {
        let answer = client.send("GET", target).await;
        let document = problem(&answer, 400, target);
        assert_eq!(document["errors"][0]["parameter"], "path", "{target}");
    }
    assert_eq!(client.send("GET", "/whole/a/b%20c").await.text(), "a/b c");
    assert_eq!(client.send("GET", "/named/a").await.text(), "a");
}

#[tokio::test]
async fn a_rest_is_raw_as_a_string_and_decoded_by_segment_as_a_list() {
    #[derive(serde::Deserialize)]
    struct Parts {
        path: Vec<String>,
    }
    let (_bg, mut client) = connected([
        ServerMechanism::get("/raw/{*path}").onconnect(|Path(path): Path<String>| async { path }),
        ServerMechanism::get("/parts/{*path}")
            .onconnect(|Path(parts): Path<Parts>| async move { parts.path.join("|") }),
    ])
    .await;
    assert_eq!(client.send("GET", "/raw/a%2Fb/c").await.text(), "a%2Fb/c");
    assert_eq!(client.send("GET", "/parts/a%2Fb/c").await.text(), "a/b|c");
}

#[tokio::test]
async fn a_path_type_that_does_not_fit_its_pattern_is_no_fault_of_the_client() {
    let pair = |Path((a, b)): Path<(u64, u64)>| async move { format!("{a}{b}") };
    let one = |Path(a): Path<u64>| async move { a.to_string() };
    let (_bg, mut client) = connected([
        ServerMechanism::get("/one/{a}").onconnect(pair),
        ServerMechanism::get("/two/{a}/{b}").onconnect(one),
    ])
    .await;
    for target in ["/one/1", "/two/1/2"] {
        let answer = client.send("GET", target).await;
        let document = problem(&answer, 500, target);
        assert!(document.get("detail").is_none(), "{document}");
    }
}

#[tokio::test]
async fn a_layer_that_rewrites_the_target_leaves_the_captures_alone() {
    let rewrite = from_fn(|mut request: Request, next: Next| async move {
        let http: http::Request<Body> = {
            let mut http: http::Request<Body> = request.into();
            *http.uri_mut() = "/x".parse().unwrap();
            http
        };
        request = http.into();
        next.run(request).await
    });
    let route = ServerMechanism::get("/users/{id}")
        .onconnect(|Path(id): Path<u64>, uri: Uri| async move { format!("{id} {uri}") })
        .layer(rewrite);
    let (_bg, mut client) = connected([route]).await;
    assert_eq!(client.send("GET", "/users/1234").await.text(), "1234 /x");
}

#[tokio::test]
async fn an_address_never_leaves_its_origin() {
    #[get("/{*rest}")]
    async fn page(rest: String) -> String {
        rest
    }
    assert_eq!(url!(page, rest = "a/b c"), "/a/b%20c");
    assert_eq!(url!(page, rest = "/evil.example"), "/%2Fevil.example");
}

#[tokio::test]
async fn a_stop_waits_for_what_an_earlier_move_left_behind() {
    let (inside, go) = (
        Arc::new(tokio::sync::Semaphore::new(0)),
        Arc::new(tokio::sync::Semaphore::new(0)),
    );
    let (entered, let_go) = (Arc::clone(&inside), Arc::clone(&go));
    let held = ServerMechanism::get("/held").onconnect(move || {
        let (inside, go) = (Arc::clone(&entered), Arc::clone(&let_go));
        async move {
            inside.add_permits(1);
            go.acquire().await.unwrap().forget();
            "held"
        }
    });
    let mut server = Server::of([held]);
    server.limits(Limits::default().linger(std::time::Duration::ZERO));
    let bg = server.serve_managed(FREE);
    let old = bg.addr();
    let mut client = Client::connect(old).await;
    client
        .write("GET /held HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    inside.acquire().await.unwrap().forget();
    bg.control().request_rebind(FREE);
    while bg.addr() == old {
        tokio::task::yield_now().await;
    }
    let mut stopping = tokio::spawn(bg.stop());
    // Everything else is done long before this: only the old request is left.
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert!(!stopping.is_finished());
    go.add_permits(1);
    assert_eq!(client.answer().await.text(), "held");
    let report = (&mut stopping).await.unwrap();
    assert_eq!((report.completed(), report.aborted()), (1, 0));
}

#[test]
fn a_server_ends_with_its_runtime_and_frees_its_port() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let state = Arc::new(());
    let addr = runtime.block_on(async {
        let mut server = Server::of([says("/", "here")]);
        server.state(Arc::clone(&state));
        let bg = server.serve_managed(FREE);
        let mut client = Client::connect(bg.addr()).await;
        assert_eq!(client.send("GET", "/").await.text(), "here");
        bg.addr()
    });
    drop(runtime);
    drop(std::net::TcpListener::bind(addr).unwrap());
    assert_eq!(Arc::strong_count(&state), 1, "its states are dropped");
}

#[test]
fn a_server_is_stopped_from_any_thread() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let bg = runtime.block_on(async { Server::of([says("/", "here")]).serve_managed(FREE) });
    let other = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    assert_eq!(other.block_on(bg.stop()).aborted(), 0);
}
