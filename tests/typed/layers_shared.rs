//! Limits of tower that a module shares.

use std::sync::Arc;

use tests::Client;
use tokio::sync::{Semaphore, mpsc};
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;
use tower::limit::ConcurrencyLimitLayer;

use crate::support::FREE;

/// Each handler tells that it is in, and ends when it is let out.
#[derive(Clone)]
struct Gate {
    tell: mpsc::UnboundedSender<&'static str>,
    out: Arc<Semaphore>,
}

impl Gate {
    async fn pass(&self, name: &'static str) {
        self.tell.send(name).unwrap();
        self.out.acquire().await.unwrap().forget();
    }
}

#[routes("/limited", layer = ConcurrencyLimitLayer::new(1))]
mod limited {
    use super::Gate;
    use toolkit_zero::prelude::*;

    #[get("/one")]
    pub(super) async fn one(State(gate): State<Gate>) {
        gate.pass("one").await;
    }

    #[routes("/deep")]
    pub(super) mod deep {
        use super::Gate;
        use toolkit_zero::prelude::*;

        #[get("/two")]
        pub(in super::super) async fn two(State(gate): State<Gate>) {
            gate.pass("two").await;
        }
    }
}

async fn one_at_a_time(mut server: Server) {
    let (tell, mut told) = mpsc::unbounded_channel();
    let out = Arc::new(Semaphore::new(0));
    let gate = Gate {
        tell,
        out: Arc::clone(&out),
    };
    server.state(gate.clone());
    server.mechanism(ServerMechanism::get("/beside").onconnect(move || {
        let gate = gate.clone();
        async move { gate.pass("beside").await }
    }));
    let bg = server.serve_managed(FREE);
    let mut one = Client::connect(bg.addr()).await;
    one.write("GET /limited/one HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    assert_eq!(told.recv().await, Some("one"));
    let mut two = Client::connect(bg.addr()).await;
    two.write("GET /limited/deep/two HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    out.add_permits(1);
    assert_eq!(one.answer().await.status, 200);
    assert_eq!(told.recv().await, Some("two"));
    // Asked before the route beside the module, it would be in before that, were there room for it.
    one.write("GET /limited/one HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    let mut beside = Client::connect(bg.addr()).await;
    beside
        .write("GET /beside HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    assert_eq!(told.recv().await, Some("beside"), "and not `one`");
    out.add_permits(3);
    for client in [&mut one, &mut two, &mut beside] {
        assert_eq!(client.answer().await.status, 200);
    }
    assert_eq!(told.recv().await, Some("one"));
}

#[tokio::test]
async fn a_concurrency_limit_is_shared_over_a_module_of_named_routes() {
    let routes: [SocketType; 2] = [route!(limited::one), route!(limited::deep::two)];
    one_at_a_time(Server::of(routes)).await;
}

#[tokio::test]
async fn a_concurrency_limit_is_shared_over_a_module_of_a_collected_server() {
    let mut server = toolkit_zero::collected!();
    server.state(tokio::sync::broadcast::Sender::<String>::new(1));
    server.state("Ada".to_owned());
    server.state(crate::groups::Watch::of_nobody());
    server.state(toolkit_zero::extract::cookie::Key::derive_from(&[7; 32]));
    one_at_a_time(server).await;
}
