//! What a client sends that is wrong in a way that no other subject has: each gets one clear answer.

use serde::Deserialize;
use tests::{Answer, Client};
use toolkit_zero::prelude::*;

use crate::support::{connected, problem};

#[derive(Deserialize)]
struct Small {
    x: u8,
    #[serde(default)]
    name: String,
}

#[get("/bad/{id}")]
async fn capture(id: i16) -> String {
    id.to_string()
}

#[get("/bad-query")]
async fn query(Query(small): Query<Small>) -> String {
    format!("{}{}", small.x, small.name)
}

#[post("/bad-form")]
async fn form(Form(small): Form<Small>) -> String {
    format!("{}{}", small.x, small.name)
}

#[post("/bad-parts", body_limit = "64MiB")]
async fn parts(mut form: Multipart) -> Result<String, Problem> {
    let mut names = String::new();
    while let Some(part) = form.part().await? {
        // Nobody reads what is in it.
        names += part.name().unwrap_or("-");
    }
    Ok(names)
}

#[tokio::test]
async fn a_number_that_is_too_large_is_400_with_its_place_wherever_it_stands() {
    let (_bg, mut client) = connected([route!(capture), route!(query), route!(form)]).await;
    for number in ["32768", "-32769", "99999999999999999999999", "1e3", "0x1"] {
        let path = format!("/bad/{number}");
        let document = problem(&client.send("GET", &path).await, 400, &path);
        assert_eq!(document["errors"][0]["parameter"], "id", "{number}");
    }
    for number in ["256", "-1", "99999999999999999999999", "1.0"] {
        let answer = client.send("GET", &format!("/bad-query?x={number}")).await;
        assert_eq!((answer.status, parameter(&answer)), (400, "x".to_owned()));
        let body = format!("x={number}");
        let kind = "application/x-www-form-urlencoded";
        let answer = client.send_with("POST", "/bad-form", kind, &body).await;
        assert_eq!((answer.status, parameter(&answer)), (400, "x".to_owned()));
    }
}

fn parameter(answer: &Answer) -> String {
    let document = answer.json();
    let parameter = document["errors"][0]["parameter"].as_str();
    parameter.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_is_not_utf_8_is_400_wherever_it_stands() {
    let (_bg, mut client) = connected([route!(capture), route!(query), route!(form)]).await;
    for (path, named) in [("/bad/%ff", ""), ("/bad-query?x=1&name=%ff", "name")] {
        let answer = client.send("GET", path).await;
        assert_eq!((answer.status, parameter(&answer)), (400, named.to_owned()));
    }
    let kind = "application/x-www-form-urlencoded";
    for body in ["x=1&name=%ff", "x=1&name=%c3%28"] {
        let answer = client.send_with("POST", "/bad-form", kind, body).await;
        assert_eq!((answer.status, parameter(&answer)), (400, "name".into()));
    }
}

#[tokio::test]
async fn a_length_that_is_no_length_is_400_and_the_connection_ends() {
    let (bg, _) = connected([route!(form)]).await;
    for length in [
        "18446744073709551616",
        "-1",
        "1, 2",
        "0x10",
        "1\r\ncontent-length: 2",
        "1\r\ntransfer-encoding: chunked, gzip",
    ] {
        let mut client = Client::connect(bg.addr()).await;
        client
            .write(format!(
                "POST /bad-form HTTP/1.1\r\nhost: test\r\ncontent-length: {length}\r\n\r\n"
            ))
            .await;
        let all = String::from_utf8(client.closed().await).unwrap();
        assert!(all.starts_with("HTTP/1.1 400"), "{length}: {all}");
    }
}

const HEAD: &str = "POST /bad-parts HTTP/1.1\r\nhost: test\r\ncontent-type: multipart/form-data; boundary=X\r\ntransfer-encoding: chunked\r\n\r\n";

/// Sends `piece` again and again after `first`, until the server has answered or `most` of them are out.
async fn flooded(client: &mut Client, first: &str, piece: &str, most: usize) -> Answer {
    client.write(HEAD).await;
    for text in std::iter::once(first).chain(std::iter::repeat_n(piece, most)) {
        client
            .write(format!("{:x}\r\n{text}\r\n", text.len()))
            .await;
    }
    client.answer().await
}

#[tokio::test]
async fn what_a_form_keeps_in_memory_is_bounded_whatever_the_route_takes() {
    let (bg, _) = connected([route!(parts)]).await;
    let part = "--X\r\ncontent-disposition: form-data; name=\"a\"\r\n";
    let piece = "x".repeat(4096);
    for first in [part, &format!("{part}\r\nskipped\r\n{part}"), "preamble"] {
        let mut client = Client::connect(bg.addr()).await;
        let answer = flooded(&mut client, first, &piece, 8).await;
        let document = problem(&answer, 400, "/bad-parts");
        let detail = document["detail"].as_str().unwrap();
        assert!(detail.contains("header of a part is larger"), "{detail}");
    }
    // What stands in a part that nobody reads is passed over, however much it is.
    let mut client = Client::connect(bg.addr()).await;
    client.write(HEAD).await;
    let first = format!("{part}\r\n");
    let last = "\r\n--X\r\ncontent-disposition: form-data; name=\"b\"\r\n\r\n\r\n--X--\r\n";
    let pieces = std::iter::repeat_n(piece.as_str(), 32);
    for text in std::iter::once(first.as_str()).chain(pieces).chain([last]) {
        client
            .write(format!("{:x}\r\n{text}\r\n", text.len()))
            .await;
    }
    client.write("0\r\n\r\n").await;
    assert_eq!(client.answer().await.text(), "ab");
}
