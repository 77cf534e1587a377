//! Multipart forms: whole, and cut into pieces.

use std::fmt::Write as _;

use std::cell::OnceCell;

use bytes::Bytes;
use toolkit_zero::extract::Multipart;
use toolkit_zero::prelude::{Body, Problem, Server, ServerMechanism};
use toolkit_zero::testing::TestClient;

use super::block_on;

thread_local! {
    static CLIENT: OnceCell<TestClient> = const { OnceCell::new() };
}

fn client() -> TestClient {
    let boot = || {
        let route = ServerMechanism::post("/").onconnect(|mut form: Multipart| async move {
            let mut read = String::new();
            form.limit_parts(1000);
            while let Some(mut part) = form.part().await? {
                let mut bytes = 0;
                let name = format!("{:?} {:?}", part.name(), part.file_name());
                while let Some(chunk) = part.chunk().await? {
                    bytes += chunk.len();
                }
                writeln!(read, "{name} {bytes}").expect("a string takes all");
            }
            Ok::<_, Problem>(read)
        });
        TestClient::new(Server::of([route.body_limit(2000)]))
    };
    CLIENT.with(|kept| kept.get_or_init(boot).clone())
}

/// The first byte tells the size of the pieces, the rest is a body whose boundary is `x`.
///
/// # Panics
/// The server blames itself, or reads the pieces otherwise than the whole.
pub fn multipart(input: &[u8]) {
    let Some((size, body)) = input.split_first() else {
        return;
    };
    let send = |body: Body| {
        let form = client()
            .post("/")
            .header("content-type", "multipart/form-data; boundary=x");
        block_on(form.body(body).send())
    };
    let whole = send(Body::from(body.to_vec()));
    let status = whole.status().as_u16();
    assert!(
        [200, 400, 413].contains(&status),
        "{status}: {}",
        whole.text()
    );
    let pieces: Vec<_> = body
        .chunks(usize::from(*size) + 1)
        .map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece)))
        .collect();
    let cut = send(Body::from_stream(Pieces(pieces.into_iter())));
    assert_eq!(cut.status().as_u16(), status, "{}", cut.text());
    if status == 200 {
        assert_eq!(cut.text(), whole.text());
    }
}

struct Pieces<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Pieces<I> {
    type Item = I::Item;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<I::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}
