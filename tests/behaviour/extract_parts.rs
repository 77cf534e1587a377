//! Values from the head of a request: captures, the query string, states, fields.

use std::collections::BTreeMap;

use serde::Deserialize;
use toolkit_zero::extract::FromRequest;
use toolkit_zero::prelude::*;

use crate::support::{FREE, connected, problem};
use tests::Client;

#[derive(Deserialize)]
struct Place {
    team: String,
    member: u32,
}

#[tokio::test]
async fn path_takes_all_captures_as_a_tuple_a_struct_a_vec_or_one_value() {
    let (_bg, mut client) = connected([
        ServerMechanism::get("/tuple/{a}/{b}")
            .onconnect(|Path((a, b)): Path<(String, u32)>| async move { format!("{a} {b}") }),
        ServerMechanism::get("/struct/{team}/{member}").onconnect(
            |Path(place): Path<Place>| async move { format!("{} {}", place.team, place.member) },
        ),
        ServerMechanism::get("/swapped/{member}/{team}").onconnect(
            |Path(place): Path<Place>| async move { format!("{} {}", place.team, place.member) },
        ),
        ServerMechanism::get("/vec/{a}/{b}")
            .onconnect(|Path(all): Path<Vec<String>>| async move { all.join(" ") }),
        ServerMechanism::get("/one/{id}")
            .onconnect(|Path(id): Path<u64>| async move { (id + 1).to_string() }),
        ServerMechanism::get("/map/{a}/{b}")
            .onconnect(|Path(all): Path<BTreeMap<String, char>>| async move { format!("{all:?}") }),
        ServerMechanism::get("/array/{a}/{b}")
            .onconnect(|Path([a, b]): Path<[i8; 2]>| async move { (a + b).to_string() }),
        ServerMechanism::get("/single/{a}")
            .onconnect(|Path((a,)): Path<(bool,)>| async move { a.to_string() }),
    ])
    .await;
    for (target, text) in [
        ("/tuple/x%20y/7", "x y 7"),
        ("/struct/red/7", "red 7"),
        ("/swapped/7/red", "red 7"),
        ("/vec/x/y", "x y"),
        ("/one/7", "8"),
        ("/map/x/%C3%A9", "{\"a\": 'x', \"b\": '\u{e9}'}"),
        ("/array/-7/8", "1"),
        ("/single/true", "true"),
    ] {
        assert_eq!(client.send("GET", target).await.text(), text, "{target}");
    }
}

#[get("/named/{_x}/{id}")]
async fn named(id: u8) -> String {
    id.to_string()
}

#[tokio::test]
async fn a_capture_that_does_not_parse_is_refused_with_its_name() {
    let (_bg, mut client) = connected([
        ServerMechanism::get("/one/{id}")
            .onconnect(|Path(id): Path<u64>| async move { id.to_string() }),
        route!(named),
        ServerMechanism::get("/tuple/{a}/{id}")
            .onconnect(|Path((a, id)): Path<(String, u8)>| async move { format!("{a} {id}") }),
        ServerMechanism::get("/struct/{team}/{member}").onconnect(
            |Path(place): Path<Place>| async move { format!("{} {}", place.team, place.member) },
        ),
    ])
    .await;
    for (target, parameter) in [
        ("/one/x", "id"),
        ("/one/-1", "id"),
        ("/named/1/256", "id"),
        ("/tuple/1/256", "id"),
        ("/struct/red/x", "member"),
    ] {
        let answer = client.send("GET", target).await;
        let document = problem(&answer, 400, target);
        assert_eq!(document["errors"][0]["parameter"], parameter, "{target}");
        let detail = document["errors"][0]["detail"].as_str().unwrap();
        assert!(!detail.is_empty(), "{target}");
    }
    assert_eq!(client.send("GET", "/one/7").await.text(), "7");
}

#[derive(Deserialize)]
struct Page {
    number: u32,
    size: Option<u32>,
    #[serde(default)]
    only: Vec<u8>,
    #[serde(default)]
    tag: Vec<String>,
    #[serde(default = "newest")]
    order: String,
}

fn newest() -> String {
    "newest".to_owned()
}

#[tokio::test]
async fn a_query_fills_a_struct_with_repeated_keys_options_and_defaults() {
    let route = ServerMechanism::get("/items").onconnect(|Query(page): Query<Page>| async move {
        format!(
            "{} {:?} {:?} {} {:?}",
            page.number, page.size, page.tag, page.order, page.only
        )
    });
    let (_bg, mut client) = connected([route]).await;
    for (query, text) in [
        ("number=2", "2 None [] newest []"),
        (
            "number=2&tag=a&size=5&tag=b%26c",
            "2 Some(5) [\"a\", \"b&c\"] newest []",
        ),
        (
            "tag=a+b&number=2&order=%C3%A9",
            "2 None [\"a b\"] \u{e9} []",
        ),
        ("number=2&unknown=x", "2 None [] newest []"),
        ("number=2&only=1&only=2", "2 None [] newest [1, 2]"),
    ] {
        let answer = client.send("GET", &format!("/items?{query}")).await;
        assert_eq!(answer.text(), text, "{query}");
    }
    for (query, parameter) in [
        ("number=x", "number"),
        ("number=2&size=big", "size"),
        ("number=2&only=1&only=x", "only"),
        ("tag=a", "number"),
        ("", "number"),
    ] {
        let answer = client.send("GET", &format!("/items?{query}")).await;
        let document = problem(&answer, 400, "/items");
        assert_eq!(document["errors"][0]["parameter"], parameter, "{query}");
    }
    assert_eq!(client.send("GET", "/items").await.status, 400);
}

#[tokio::test]
async fn an_optional_query_is_none_only_without_a_query() {
    let route = ServerMechanism::get("/items").onconnect(|page: Option<Query<Page>>| async move {
        page.map_or(0, |page| page.0.number).to_string()
    });
    let (_bg, mut client) = connected([route]).await;
    assert_eq!(client.send("GET", "/items").await.text(), "0");
    assert_eq!(client.send("GET", "/items?number=4").await.text(), "4");
    assert_eq!(client.send("GET", "/items?number=x").await.status, 400);
}

#[tokio::test]
async fn a_refusal_taken_as_a_value_does_not_refuse() {
    let route =
        ServerMechanism::get("/items").onconnect(|page: Result<Query<Page>, Problem>| async move {
            match page {
                Ok(page) => format!("page {}", page.0.number),
                Err(problem) => format!("seen: {}", problem.status()),
            }
        });
    let (_bg, mut client) = connected([route]).await;
    let wrong = client.send("GET", "/items?number=x").await;
    assert_eq!(
        (wrong.status, wrong.text().as_str()),
        (200, "seen: 400 Bad Request")
    );
    assert_eq!(client.send("GET", "/items?number=1").await.text(), "page 1");
}

#[tokio::test]
async fn states_are_found_by_their_type() {
    let mut server = Server::of([
        ServerMechanism::get("/both").onconnect(
            |State(text): State<&'static str>, State(number): State<u32>| async move {
                format!("{text} {number}")
            },
        ),
        ServerMechanism::get("/maybe").onconnect(|absent: Option<State<u64>>| async move {
            if absent.is_none() { "absent" } else { "given" }
        }),
    ]);
    server.state("text").state(1_u32).state(2_u32);
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/both").await.text(), "text 2");
    assert_eq!(client.send("GET", "/maybe").await.text(), "absent");
}

#[tokio::test]
async fn parts_of_the_head_arrive_as_they_were_sent() {
    let route = ServerMechanism::post("/head/{x}").onconnect(
        |method: Method, uri: Uri, headers: HeaderMap, MatchedPath(pattern): MatchedPath| async move {
            let tags: Vec<_> = headers.get_all("x-tag").iter().map(|tag| tag.to_str().unwrap()).collect();
            format!("{method} {uri} {tags:?} {pattern}")
        },
    );
    let (_bg, mut client) = connected([route]).await;
    client
        .write("POST /head/1?q=%20 HTTP/1.1\r\nhost: test\r\nX-Tag: a\r\nx-tag: b\r\n\r\n")
        .await;
    let answer = client.answer().await;
    assert_eq!(answer.text(), "POST /head/1?q=%20 [\"a\", \"b\"] /head/{x}");
}

#[tokio::test]
async fn the_address_of_the_client_is_the_other_end_of_the_connection() {
    let route = ServerMechanism::get("/me")
        .onconnect(|ClientAddr(addr): ClientAddr| async move { addr.to_string() });
    let (_bg, mut client) = connected([route]).await;
    client
        .write("GET /me HTTP/1.1\r\nhost: test\r\nx-forwarded-for: 10.0.0.1\r\n\r\n")
        .await;
    let told = client.answer().await.text();
    let local = client.into_stream().local_addr().unwrap();
    assert_eq!(told, local.to_string());
}

/// An extractor that waits, and passes on what it holds.
struct Slow(&'static str);

impl FromRequest for Slow {
    type Rejection = (StatusCode, &'static str);

    async fn from_request(request: &mut Request) -> Result<Self, Self::Rejection> {
        tokio::task::yield_now().await;
        if request.headers().contains_key("x-refuse") {
            return Err((StatusCode::IM_A_TEAPOT, "short and stout"));
        }
        Ok(Self("waited"))
    }
}

#[tokio::test]
async fn an_extractor_of_ones_own_may_wait_and_answers_its_refusal() {
    let (_bg, mut client) = connected([
        ServerMechanism::get("/slow").onconnect(|Slow(text): Slow| async move { text }),
        ServerMechanism::get("/maybe")
            .onconnect(|slow: Option<Slow>| async move { slow.map_or("absent", |slow| slow.0) }),
    ])
    .await;
    assert_eq!(client.send("GET", "/slow").await.text(), "waited");
    assert_eq!(client.send("GET", "/maybe").await.text(), "waited");
    for target in ["/slow", "/maybe"] {
        client
            .write(format!(
                "GET {target} HTTP/1.1\r\nhost: test\r\nx-refuse: 1\r\n\r\n"
            ))
            .await;
        let refused = client.answer().await;
        assert_eq!(
            (refused.status, refused.text().as_str()),
            (418, "short and stout")
        );
    }
}
