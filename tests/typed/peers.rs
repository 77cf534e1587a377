//! A client that others have written: reqwest, over HTTP/2 with prior knowledge and over HTTP/1.1.

use reqwest::multipart::{Form as Parts, Part};
use serde::Deserialize;
use toolkit_zero::prelude::*;

use crate::support::{Fed, serve};

#[derive(Deserialize, serde::Serialize)]
struct Item {
    name: String,
    count: u32,
}

#[post("/peers/items")]
async fn item(Json(item): Json<Item>) -> (StatusCode, Json<Item>) {
    (StatusCode::CREATED, Json(item))
}

#[post("/peers/parts")]
async fn parts(mut form: Multipart) -> Result<String, Problem> {
    let mut told = Vec::new();
    while let Some(part) = form.part().await? {
        let name = part.name().unwrap_or("-").to_owned();
        let file = part.file_name().unwrap_or("-").to_owned();
        told.push(format!("{name} {file} {}", part.bytes().await?.len()));
    }
    Ok(told.join("|"))
}

#[post("/peers/length")]
async fn length(mut body: Body) -> Result<String, Problem> {
    let mut bytes = 0;
    while let Some(chunk) = body.chunk().await? {
        bytes += chunk.len();
    }
    Ok(bytes.to_string())
}

#[get("/peers/lines")]
async fn lines() -> JsonLines<Fed<u32>> {
    let (feed, stream) = Fed::new();
    for number in 0..1000 {
        feed.send(number).unwrap();
    }
    JsonLines::new(stream)
}

#[get("/peers/moved")]
async fn moved() -> Redirect {
    Redirect::to("/peers/lines")
}

async fn speaks(client: reqwest::Client, version: reqwest::Version) {
    let bg = serve([
        route!(item),
        route!(parts),
        route!(length),
        route!(lines),
        route!(moved),
    ]);
    let url = |path: &str| format!("http://{}/peers/{path}", bg.addr());
    let body = r#"{"name":"a","count":1}"#;
    let json = |body: &'static str| {
        client
            .post(url("items"))
            .header("content-type", "application/json")
            .body(body)
            .send()
    };
    let answer = json(body).await.unwrap();
    assert_eq!((answer.version(), answer.status().as_u16()), (version, 201));
    assert_eq!(answer.text().await.unwrap(), body);
    let answer = json(r#"{"name":"a","count":4294967296}"#).await.unwrap();
    assert_eq!(answer.status(), 422);
    assert!(answer.text().await.unwrap().contains("\"/count\""));

    let file = Part::bytes(vec![7; 300_000]).file_name("../ä \"b\".bin");
    let form = Parts::new().text("title", "two words").part("file", file);
    let answer = client.post(url("parts")).multipart(form).send().await;
    let told = answer.unwrap().text().await.unwrap();
    // reqwest quotes a quote by a backslash.
    assert_eq!(told, "title - 9|file ../ä \"b\".bin 300000");

    let (feed, stream) = Fed::<Result<Bytes, std::io::Error>>::new();
    for _ in 0..64 {
        feed.send(Ok(Bytes::from(vec![7; 16 << 10]))).unwrap();
    }
    drop(feed);
    let body = reqwest::Body::wrap_stream(stream);
    let answer = client.post(url("length")).body(body).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), (1 << 20).to_string());

    // A redirect is followed, and many are answered at once.
    let asked = (0..50).map(|_| {
        let request = client.get(url("moved")).send();
        tokio::spawn(async move { request.await.unwrap().text().await.unwrap() })
    });
    for answer in asked.collect::<Vec<_>>() {
        assert_eq!(answer.await.unwrap().lines().count(), 1000);
    }
    drop(client);
    assert_eq!(bg.stop().await.aborted(), 0);
}

#[tokio::test]
async fn reqwest_speaks_http2_to_it() {
    let client = reqwest::Client::builder().http2_prior_knowledge();
    speaks(client.no_proxy().build().unwrap(), reqwest::Version::HTTP_2).await;
}

#[tokio::test]
async fn reqwest_speaks_http1_to_it() {
    let client = reqwest::Client::builder().http1_only();
    speaks(
        client.no_proxy().build().unwrap(),
        reqwest::Version::HTTP_11,
    )
    .await;
}
