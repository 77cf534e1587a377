//! A client that others have written: reqwest, over HTTP/1.1 and over HTTP/2.

#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use futures_util::StreamExt as _;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, ClientBuilder};
use serde::{Deserialize, Serialize};
use serde_json::json;
use toolkit_zero::extract::Cookies;
use toolkit_zero::prelude::*;
use toolkit_zero::reply::{JsonLines, Redirect};

#[derive(Deserialize, Serialize)]
struct Item {
    name: String,
    price: f64,
}

#[derive(Deserialize)]
struct Paging {
    page: Option<u32>,
    #[serde(default)]
    tag: Vec<String>,
}

#[post("/items/{id}", status = 201)]
async fn create(
    id: u64,
    Query(paging): Query<Paging>,
    Json(item): Json<Item>,
) -> Json<serde_json::Value> {
    Json(json!({"id": id, "page": paging.page, "tags": paging.tag, "item": item}))
}

#[post("/uploads", body_limit = "1MiB")]
async fn upload(mut form: Multipart) -> Result<String, Problem> {
    let mut told = String::new();
    while let Some(mut part) = form.part().await? {
        let mut bytes = 0;
        while let Some(chunk) = part.chunk().await? {
            bytes += chunk.len();
        }
        let name = part.name().unwrap_or_default();
        let file = part.file_name().unwrap_or("-");
        told += &[name, " ", file, " ", &bytes.to_string(), ";"].concat();
    }
    Ok(told)
}

#[get("/lines")]
async fn lines() -> impl IntoResponse {
    let items = (0..1000).map(|number| Item {
        name: number.to_string(),
        price: 1.5,
    });
    JsonLines::new(futures_util::stream::iter(items))
}

#[get("/version")]
async fn version(request: Request) -> String {
    format!("{:?}", request.version())
}

#[get("/login")]
async fn login(mut cookies: Cookies) -> (Cookies, Redirect) {
    cookies.add(("user", "ada"));
    (cookies, Redirect::to("/whoami"))
}

#[get("/whoami")]
async fn whoami(cookies: Cookies) -> Option<String> {
    cookies.get("user").map(|cookie| cookie.value().to_owned())
}

fn serve() -> BackgroundServer {
    Server::of([
        route!(create),
        route!(upload),
        route!(lines),
        route!(version),
        route!(login),
        route!(whoami),
    ])
    .serve_managed(([127, 0, 0, 1], 0))
}

/// Both protocols, each with the address of its own server.
fn peers() -> Vec<(BackgroundServer, Client, String, &'static str)> {
    let one = ClientBuilder::new().http1_only();
    let two = ClientBuilder::new().http2_prior_knowledge();
    [(one, "HTTP/1.1"), (two, "HTTP/2.0")]
        .into_iter()
        .map(|(builder, version)| {
            let bg = serve();
            let url = format!("http://{}", bg.addr());
            let client = builder.cookie_store(true).no_proxy().build().unwrap();
            (bg, client, url, version)
        })
        .collect()
}

#[tokio::test]
async fn json_queries_and_refusals_are_understood() {
    for (_bg, client, url, version) in peers() {
        let told = client.get(format!("{url}/version")).send().await.unwrap();
        assert_eq!(told.text().await.unwrap(), version);
        let item = Item {
            name: "kettle".to_owned(),
            price: 19.5,
        };
        let answer = client
            .post(format!("{url}/items/7"))
            .query(&[("page", "2"), ("tag", "a b"), ("tag", "c&d")])
            .json(&item)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 201);
        let told: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(
            told,
            json!({"id": 7, "page": 2, "tags": ["a b", "c&d"], "item": {"name": "kettle", "price": 19.5}})
        );
        let refused = client
            .post(format!("{url}/items/7"))
            .json(&json!({"name": "kettle", "price": "dear"}))
            .send()
            .await
            .unwrap();
        assert_eq!(refused.status(), 422);
        let document: serde_json::Value = refused.json().await.unwrap();
        assert_eq!(document["errors"][0]["pointer"], "/price");
    }
}

#[tokio::test]
async fn forms_with_files_arrive_and_streams_are_read() {
    for (_bg, client, url, _) in peers() {
        let form = Form::new()
            .text("title", "two words")
            .part("file", Part::bytes(vec![7; 100_000]).file_name("photo.jpg"));
        let answer = client.post(format!("{url}/uploads")).multipart(form);
        let told = answer.send().await.unwrap().text().await.unwrap();
        assert_eq!(told, "title - 9;file photo.jpg 100000;");

        let mut lines = client
            .get(format!("{url}/lines"))
            .send()
            .await
            .unwrap()
            .bytes_stream();
        let mut read = Vec::new();
        while let Some(chunk) = lines.next().await {
            read.extend(chunk.unwrap());
        }
        assert_eq!(String::from_utf8(read).unwrap().lines().count(), 1000);
    }
}

#[tokio::test]
async fn redirects_are_followed_with_the_cookie_that_was_set() {
    for (_bg, client, url, _) in peers() {
        let answer = client.get(format!("{url}/login")).send().await.unwrap();
        assert_eq!(answer.url().path(), "/whoami");
        assert_eq!(answer.text().await.unwrap(), "ada");
    }
}

#[tokio::test]
async fn a_pool_that_never_retries_loses_nothing_over_moves() {
    for (mut bg, client, _, _) in peers() {
        for round in 0..5 {
            let url = format!("http://{}/version", bg.addr());
            let asking = (0..20).map(|_| client.get(&url).send());
            for answer in futures_util::future::join_all(asking).await {
                assert_eq!(answer.unwrap().status(), 200, "{round}");
            }
            bg.rebind(([127, 0, 0, 1], 0)).await;
        }
    }
}
