//! Query strings and forms, into a map and into a struct.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use http::Uri;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use toolkit_zero::prelude::{Form, Json, Query, Server, ServerMechanism};
use toolkit_zero::testing::{TestAnswer, TestClient};

use super::block_on;

type Pairs = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
#[expect(dead_code, reason = "they are read by serde")]
struct Typed {
    number: Option<i64>,
    #[serde(default)]
    tag: Vec<u8>,
    flag: Option<bool>,
    letter: Option<char>,
    kind: Option<Kind>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Small,
    Large,
}

thread_local! {
    static CLIENT: OnceCell<TestClient> = const { OnceCell::new() };
}

fn client() -> TestClient {
    let boot = || {
        TestClient::new(Server::of([
            ServerMechanism::get("/map")
                .onconnect(|Query(it): Query<Pairs>| async move { Json(it) }),
            ServerMechanism::post("/map")
                .onconnect(|Form(it): Form<Pairs>| async move { Json(it) }),
            ServerMechanism::get("/typed").onconnect(|_: Query<Typed>| async {}),
            ServerMechanism::post("/typed").onconnect(|_: Form<Typed>| async {}),
        ]))
    };
    CLIENT.with(|kept| kept.get_or_init(boot).clone())
}

/// A query string.
///
/// # Panics
/// The server reads other pairs than the URL standard has, or blames itself.
pub fn query(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    if let Ok(uri) = format!("/map?{text}").parse::<Uri>()
        && uri.path() == "/map"
    {
        let sent = uri.query().unwrap_or_default().to_owned();
        let answer = block_on(client().get(&uri.to_string()).send());
        is_read_as(&answer, &sent);
        let answer = block_on(client().get(&format!("/typed?{sent}")).send());
        assert!([200, 400].contains(&answer.status().as_u16()), "{sent}");
    }
    for path in ["/map", "/typed"] {
        let form = client()
            .post(path)
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = block_on(form.body(text.to_owned()).send());
        assert!([200, 400].contains(&answer.status().as_u16()), "{text}");
        if path == "/map" {
            is_read_as(&answer, text);
        }
    }
}

fn is_read_as(answer: &TestAnswer, text: &str) {
    match pairs(text) {
        Some(pairs) => {
            assert_eq!(answer.status(), 200, "{text}");
            assert_eq!(answer.json::<Pairs>(), pairs, "{text}");
        }
        None => assert_eq!(answer.status(), 400, "{text}"),
    }
}

/// `application/x-www-form-urlencoded` as the URL standard parses it; nothing for what is not UTF-8, which is refused here.
fn pairs(text: &str) -> Option<Pairs> {
    let mut pairs = Pairs::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode = |text: &str| {
            let spaced = text.replace('+', " ");
            let decoded = percent_decode_str(&spaced).decode_utf8();
            decoded.ok().map(std::borrow::Cow::into_owned)
        };
        pairs.entry(decode(name)?).or_default().push(decode(value)?);
    }
    Some(pairs)
}
