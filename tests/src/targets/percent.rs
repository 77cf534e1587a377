//! Percent-decoding, in captures and rests.

use std::cell::OnceCell;

use http::Uri;
use toolkit_zero::prelude::{Server, ServerMechanism};
use toolkit_zero::testing::TestClient;

use super::block_on;
use super::naive::decoded;

thread_local! {
    static CLIENT: OnceCell<TestClient> = const { OnceCell::new() };
}

fn client() -> TestClient {
    let boot = || {
        let one = ServerMechanism::get("/one/{it}")
            .onconnect(|it: toolkit_zero::extract::Path<String>| async move { it.0 });
        let rest = ServerMechanism::get("/rest/{*it}")
            .onconnect(|it: toolkit_zero::extract::Path<Vec<String>>| async move { it.0.concat() });
        TestClient::new(Server::of([one, rest]))
    };
    CLIENT.with(|kept| kept.get_or_init(boot).clone())
}

/// The raw remainder of a path.
///
/// # Panics
/// The server decodes it otherwise than `percent-encoding` does, or not strictly.
pub fn percent(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    for base in ["/one/", "/rest/"] {
        let target = format!("{base}{text}");
        let Ok(uri) = target.parse::<Uri>() else {
            continue;
        };
        let Some(raw) = uri.path().strip_prefix(base) else {
            continue;
        };
        let answer = block_on(client().get(&target).send());
        let status = answer.status().as_u16();
        if raw.split('/').any(|segment| decoded(segment).is_none()) {
            assert_eq!(status, 400, "{target}");
        } else if raw.is_empty() || base == "/one/" && raw.contains('/') {
            assert_eq!(status, 404, "{target}");
        } else {
            assert_eq!(status, 200, "{target}");
            let expected = match base {
                "/one/" => decoded(raw).unwrap_or_default(),
                _ => raw.to_owned(),
            };
            assert_eq!(answer.text(), expected, "{target}");
        }
    }
}
