//! The life of an application: hooks, tracked tasks, probes.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tests::Client;
use tokio::sync::{mpsc, oneshot};
use toolkit_zero::prelude::*;
use toolkit_zero::server::{BootError, Limits};
use toolkit_zero::testing::TestClient;

use crate::support::{FREE, says};

type Notes = Arc<Mutex<Vec<&'static str>>>;

fn note(notes: &Notes, what: &'static str) {
    notes.lock().unwrap().push(what);
}

#[tokio::test]
async fn hooks_run_in_order_around_the_service() {
    let notes = Notes::default();
    let mut server = Server::of([says("/", "hi")]);
    for what in ["start 1", "start 2"] {
        let notes = Notes::clone(&notes);
        server.on_start(move |_| async move {
            note(&notes, what);
            Ok::<(), std::io::Error>(())
        });
    }
    for what in ["stop 1", "stop 2"] {
        let notes = Notes::clone(&notes);
        server.on_stop(move || async move { note(&notes, what) });
    }
    let bg = server.serve_managed(FREE);
    bg.started().await.unwrap();
    assert_eq!(*notes.lock().unwrap(), ["start 1", "start 2"]);
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/").await.text(), "hi");
    drop(client);
    bg.stop().await;
    assert_eq!(
        *notes.lock().unwrap(),
        ["start 1", "start 2", "stop 1", "stop 2"]
    );
}

#[tokio::test]
async fn nobody_is_served_before_the_hooks_have_ended() {
    let (go, gone) = oneshot::channel::<()>();
    let mut server = Server::of([says("/", "hi")]);
    server.readiness("/readyz").on_start(|_| gone);
    let bg = server.serve_managed(FREE);
    // The socket is bound, so the client connects and asks; it waits.
    let mut client = Client::connect(bg.addr()).await;
    client.write("GET / HTTP/1.1\r\nhost: test\r\n\r\n").await;
    go.send(()).unwrap();
    assert_eq!(client.answer().await.text(), "hi");
    assert_eq!(client.send("GET", "/readyz").await.text(), "ready");
    bg.started().await.unwrap();
}

#[tokio::test]
async fn a_hook_that_fails_fails_the_boot() {
    let notes = Notes::default();
    let mut server = Server::of([says("/", "hi")]);
    server.on_start(|_| async { Err(std::io::Error::other("no database")) });
    let never = Notes::clone(&notes);
    server.on_start(move |_| async move {
        note(&never, "never");
        Ok::<(), std::io::Error>(())
    });
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    let error = bg.started().await.unwrap_err();
    assert_eq!(error.to_string(), "`on_start` failed: no database");
    assert!(matches!(error, BootError::Start(_)));
    // Whoever connected meanwhile is not served, and the server ends by itself.
    client.write("GET / HTTP/1.1\r\nhost: test\r\n\r\n").await;
    assert_eq!(client.try_answer(true).await, None);
    let addr = bg.addr();
    bg.until_stopped().await;
    assert!(Client::try_connect(addr).await.is_err());
    assert!(notes.lock().unwrap().is_empty());
}

#[test]
fn a_hook_that_fails_ends_run_with_its_error() {
    let mut server = Server::default();
    server.on_start(|_| async { Err("no database") });
    let error = server.run(FREE).unwrap_err();
    assert_eq!(error.to_string(), "`on_start` failed: no database");
}

#[tokio::test]
async fn a_stop_waits_for_tracked_tasks() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let (go, gone) = oneshot::channel::<()>();
    let gone = Arc::new(Mutex::new(Some(gone)));
    let route = ServerMechanism::post("/jobs").onconnect(move |State(control): State<Control>| {
        let (tell, gone) = (tell.clone(), gone.lock().unwrap().take().unwrap());
        async move {
            control.spawn_tracked(async move {
                gone.await.unwrap();
                tell.send("done").unwrap();
            });
            StatusCode::ACCEPTED
        }
    });
    let bg = Server::of([route]).serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("POST", "/jobs").await.status, 202);
    drop(client);
    let control = bg.control();
    let stopping = tokio::spawn(bg.stop());
    control.shutdown().requested().await;
    assert!(!stopping.is_finished() && told.try_recv().is_err());
    go.send(()).unwrap();
    let report = stopping.await.unwrap();
    assert_eq!(report.aborted(), 0);
    assert_eq!(told.try_recv(), Ok("done"));
}

#[tokio::test]
async fn a_tracked_task_past_the_deadline_is_ended_and_counted_and_a_panic_harms_nobody() {
    let (held, freed) = mpsc::channel::<()>(1);
    let mut server = Server::default();
    server.limits(Limits::default().drain(Duration::from_millis(50)));
    server.on_start(|control: Control| async move {
        control.spawn_tracked(async { panic!("a task") });
        control.spawn_tracked(async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        Ok::<(), std::io::Error>(())
    });
    let bg = server.serve_managed(FREE);
    bg.started().await.unwrap();
    assert_eq!(bg.stop().await.aborted(), 1);
    let mut freed = freed;
    assert_eq!(freed.recv().await, None);
}

#[tokio::test]
async fn readiness_is_off_before_the_drain_and_liveness_stays() {
    let (entered, mut inside) = mpsc::unbounded_channel();
    let slow = ServerMechanism::get("/slow").onconnect(move |shutdown: Shutdown| {
        entered.send(()).unwrap();
        async move {
            shutdown.requested().await;
            "slow"
        }
    });
    let mut server = Server::of([slow]);
    server.readiness("/readyz").liveness("/livez");
    let bg = server.serve_managed(FREE);
    let mut probe = Client::connect(bg.addr()).await;
    assert_eq!(probe.send("GET", "/readyz").await.status, 200);
    assert_eq!(probe.send("GET", "/livez").await.text(), "alive");
    let mut other = Client::connect(bg.addr()).await;
    assert_eq!(other.send("GET", "/livez").await.status, 200);
    let mut client = Client::connect(bg.addr()).await;
    client
        .write("GET /slow HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    inside.recv().await.unwrap();
    let control = bg.control();
    let stopping = tokio::spawn(bg.stop());
    control.shutdown().requested().await;
    // The connection that was open lingers, and is told.
    let answer = probe.send("GET", "/readyz").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(other.send("GET", "/livez").await.text(), "alive");
    assert_eq!(client.answer().await.text(), "slow");
    stopping.await.unwrap();
}

#[tokio::test]
async fn a_stop_is_announced_before_its_drain_begins() {
    let mut server = Server::of([says("/", "here")]);
    server
        .readiness("/readyz")
        .announce(Duration::from_hours(1));
    let bg = server.serve_managed(FREE);
    let addr = bg.addr();
    let (control, mut open) = (bg.control(), Client::connect(addr).await);
    control.request_stop();
    while open.send("GET", "/readyz").await.status == 200 {
        tokio::task::yield_now().await;
    }
    // Neither is the connection told to end, nor are those who want to know of the drain.
    let answer = Client::connect(addr).await.send("GET", "/").await;
    assert_eq!(
        (answer.text().as_str(), answer.header("connection")),
        ("here", None)
    );
    assert!(!control.shutdown().is_requested());
    // A server that is told to stop can still move.
    let mut bg = bg;
    bg.rebind(FREE).await;
    let answer = Client::connect(bg.addr()).await.send("GET", "/").await;
    assert_eq!(answer.text(), "here");
}

#[tokio::test]
async fn a_probe_that_collides_with_a_route_is_a_fault_with_both_places() {
    let mut server = Server::of([says("/readyz", "mine")]);
    server.readiness("/readyz");
    let text = server.check().unwrap_err().to_string();
    assert!(text.contains("GET /readyz is declared twice"), "{text}");
    assert_eq!(text.matches("typed/application.rs").count(), 2, "{text}");
}

#[tokio::test]
async fn hooks_run_in_process_too() {
    let notes = Notes::default();
    let (started, stopped, task) = (
        Notes::clone(&notes),
        Notes::clone(&notes),
        Notes::clone(&notes),
    );
    let mut server = Server::of([says("/", "hi")]);
    server.readiness("/readyz");
    server.on_start(|control: Control| async move {
        note(&started, "start");
        control.spawn_tracked(async move {
            tokio::task::yield_now().await;
            note(&task, "task");
        });
        Ok::<(), std::io::Error>(())
    });
    server.on_stop(|| async move { note(&stopped, "stop") });
    let client = TestClient::new(server);
    client.get("/").send().await.assert_text("hi");
    client.get("/readyz").send().await.assert_status(200);
    client.stop().await;
    assert_eq!(*notes.lock().unwrap(), ["start", "task", "stop"]);
}
