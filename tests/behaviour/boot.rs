//! What keeps a server from starting, and how it is told.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use tests::Client;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;
use toolkit_zero::server::{BootError, Fault};

use crate::support::{FREE, says, says_to};

struct Db;

/// A server with one fault of every kind, and the lines of all declarations.
fn faulty() -> (Server, Vec<u32>) {
    let first = line!() + 1;
    let routes: [SocketType; 9] = [
        says("/users/{id}", "first"),
        says("/users/{name}", "equivalent"),
        says_to(Method::POST, "/users/{name}", "another method is no fault"),
        says("/same", "first"),
        says("/same", "again"),
        says("no-slash", "bad"),
        says("/{open", "bad"),
        ServerMechanism::get("/db").onconnect(|_: State<Arc<Db>>| async {}),
        ServerMechanism::get("/db/2").onconnect(|_: State<Arc<Db>>, _: State<u64>| async {}),
    ];
    let mut server = Server::of(routes);
    // Close to what is asked for, but not it.
    server.state(Arc::new(std::sync::Mutex::new(Db)));
    (server, (first + 1..=first + 9).collect())
}

fn faults(error: &BootError) -> &[Fault] {
    let BootError::Faults(faults) = error else {
        panic!("{error}")
    };
    faults
}

fn lines(fault: &Fault) -> Vec<u32> {
    assert!(
        fault.origins().all(|origin| origin.file() == file!()),
        "{fault}"
    );
    fault.origins().map(|origin| origin.line()).collect()
}

#[tokio::test]
async fn all_faults_are_told_at_once_with_the_place_of_every_declaration() {
    let (server, line) = faulty();
    let error = server.try_serve_managed(FREE).unwrap_err();
    let found = faults(&error);
    let mut places: Vec<_> = found.iter().map(lines).collect();
    places.sort();
    let mut expected = vec![
        vec![line[0], line[1]],
        vec![line[3], line[4]],
        vec![line[5]],
        vec![line[6]],
        vec![line[7], line[8]],
        vec![line[8]],
    ];
    expected.sort();
    assert_eq!(places, expected, "{error}");
    assert!(
        found.iter().all(|fault| !fault.help().is_empty()),
        "{error}"
    );
    let text = error.to_string();
    assert!(text.contains("6 faults"), "{text}");
    for line in line
        .iter()
        .enumerate()
        .filter(|(nth, _)| *nth != 2)
        .map(|(_, line)| line)
    {
        assert!(
            text.contains(&format!("{}:{line}", file!())),
            "{line}: {text}"
        );
    }
}

#[tokio::test]
async fn an_equivalent_pattern_is_told_with_both_spellings() {
    let server = Server::of([says("/users/{id}", "a"), says("/users/{name}", "b")]);
    let error = server.check().unwrap_err();
    let fault = &faults(&error)[0];
    for text in ["/users/{id}", "/users/{name}", "GET"] {
        assert!(fault.what().contains(text), "{fault}");
    }
}

#[tokio::test]
async fn a_missing_state_names_its_routes_and_the_type_that_is_close() {
    let mut server = Server::of([
        ServerMechanism::get("/one").onconnect(|_: State<Arc<u8>>| async {}),
        ServerMechanism::put("/two").onconnect(|_: State<Arc<u8>>| async {}),
    ]);
    server.state(5_u8);
    let error = server.check().unwrap_err();
    let found = faults(&error);
    assert_eq!(found.len(), 1, "one fault a type: {error}");
    for text in ["State<Arc<u8>>", "you gave `u8`"] {
        assert!(found[0].what().contains(text), "{error}");
    }
    for text in ["GET /one", "PUT /two"] {
        assert!(found[0].to_string().contains(text), "{error}");
    }
}

#[tokio::test]
async fn a_state_that_is_optional_or_given_late_is_no_fault() {
    let mut server = Server::of([
        ServerMechanism::get("/maybe").onconnect(|_: Option<State<u8>>| async {}),
        ServerMechanism::get("/given")
            .onconnect(|State(n): State<u16>| async move { n.to_string() }),
        ServerMechanism::get("/own").onconnect(|_: State<Routes>, _: State<Control>| async {}),
    ]);
    server.state(7_u16);
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/given").await.text(), "7");
    assert_eq!(client.send("GET", "/own").await.status, 200);
}

#[tokio::test]
async fn the_order_of_declaration_does_not_change_what_is_told() {
    let told = |reverse: bool| {
        let mut routes = vec![
            (says("/b", "1"), 1),
            (says("/b", "2"), 2),
            (says("bad", "3"), 3),
            (says("/a/{x}", "4"), 4),
            (says("/a/{y}", "5"), 5),
        ];
        if reverse {
            routes.reverse();
        }
        Server::of(routes.into_iter().map(|(route, _)| route))
            .check()
            .unwrap_err()
            .to_string()
    };
    assert_eq!(told(false), told(true));
}

#[tokio::test]
async fn a_bind_error_comes_alone_and_last() {
    let taken = TcpListener::bind(SocketAddr::from(FREE)).unwrap();
    let addr = taken.local_addr().unwrap();
    let (server, _) = faulty();
    let error = server.try_serve_managed(addr).unwrap_err();
    assert!(matches!(error, BootError::Faults(_)), "{error}");
    let error = Server::default().try_serve_managed(addr).unwrap_err();
    let BootError::Bind {
        addr: told, source, ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(*told, addr);
    assert_eq!(source.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&addr.to_string()), "{error}");
    drop(taken);
    let bg = Server::default().try_serve_managed(addr).unwrap();
    assert_eq!(bg.addr(), addr);
}

#[tokio::test]
async fn a_second_server_on_a_taken_port_is_refused_and_the_first_goes_on() {
    let first = crate::support::serve([says("/a", "first")]);
    let error = Server::of([says("/a", "second")])
        .try_serve_managed(first.addr())
        .unwrap_err();
    assert!(matches!(error, BootError::Bind { .. }), "{error}");
    let mut client = Client::connect(first.addr()).await;
    assert_eq!(client.send("GET", "/a").await.text(), "first");
}

#[tokio::test]
async fn port_0_takes_a_free_port_and_tells_it_and_the_first_connect_succeeds() {
    let servers: Vec<_> = (0..3)
        .map(|_| crate::support::serve([says("/a", "a")]))
        .collect();
    let mut ports: Vec<_> = servers.iter().map(|bg| bg.addr().port()).collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!((ports.len(), ports.contains(&0)), (3, false));
    for bg in &servers {
        // Connected without an await between the boot and here: the socket listens already.
        drop(std::net::TcpStream::connect(bg.addr()).unwrap());
        let mut client = Client::connect(bg.addr()).await;
        assert_eq!(client.send("GET", "/a").await.text(), "a");
    }
}

#[test]
fn outside_of_a_runtime_it_is_an_error_that_says_so() {
    let error = Server::of([says("/a", "a")])
        .try_serve_managed(FREE)
        .unwrap_err();
    assert!(matches!(error, BootError::NoRuntime), "{error}");
    assert!(error.to_string().contains("help"), "{error}");
    // A check needs none.
    Server::of([says("/a", "a")]).check().unwrap();
}

#[tokio::test]
async fn run_inside_of_a_runtime_is_an_error_that_says_so() {
    let error = Server::default().run(FREE).unwrap_err();
    assert!(matches!(error, BootError::InsideRuntime), "{error}");
}

/// What `serve_managed` panics with.
fn sentence_of_the_panic(server: Server, addr: SocketAddr) -> String {
    let attempt = std::panic::AssertUnwindSafe(|| server.serve_managed(addr));
    let panic = std::panic::catch_unwind(attempt).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[tokio::test]
async fn serve_managed_panics_with_the_sentence_of_the_error() {
    let error = faulty().0.try_serve_managed(FREE).unwrap_err();
    assert_eq!(
        sentence_of_the_panic(faulty().0, FREE.into()),
        error.to_string()
    );
    let taken = TcpListener::bind(SocketAddr::from(FREE)).unwrap();
    let addr = taken.local_addr().unwrap();
    let error = Server::default().try_serve_managed(addr).unwrap_err();
    assert_eq!(
        sentence_of_the_panic(Server::default(), addr),
        error.to_string()
    );
}

#[test]
fn serve_managed_panics_outside_of_a_runtime() {
    let sentence = sentence_of_the_panic(Server::default(), FREE.into());
    assert_eq!(sentence, BootError::NoRuntime.to_string());
}
