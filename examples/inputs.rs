//! Everything a request can say, as types: a query, a form, header fields, cookies, rules for values, and types of one's own.
//!
//! ```text
//! $ curl -s 'http://127.0.0.1:8080/search?q=tea&tag=black&tag=loose&order=best_rated'
//! tea, ["black", "loose"], page 1, BestRated
//! $ curl -s 'http://127.0.0.1:8080/search?q=tea&page=two' | grep -o '"parameter":"page"'
//! "parameter":"page"
//! $ curl -s http://127.0.0.1:8080/orders -d name=Ada -d table= -d dish=soup -d dish=bread
//! 2 dishes for Ada, no table
//! $ curl -s http://127.0.0.1:8080/members -H 'content-type: application/json' -d '{"name":"A","age":200}' | grep -o '"pointer":"[^"]*"'
//! "pointer":"/age"
//! "pointer":"/name"
//! $ curl -s http://127.0.0.1:8080/whoami -H 'authorization: Bearer secret' -b theme=dark -A curl
//! Bearer secret, dark, curl
//! $ curl -s http://127.0.0.1:8080/colours/red/007
//! Red, number 7
//! $ curl -s -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/colours/pink/1
//! 400
//! ```

use garde::Validate;
use headers::UserAgent;
use headers::authorization::{Authorization, Bearer};
use serde::Deserialize;
use toolkit_zero::extract::empty_as_none;
use toolkit_zero::prelude::*;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    #[default]
    Newest,
    BestRated,
}

#[derive(Deserialize)]
struct Search {
    q: String,
    #[serde(default)]
    tag: Vec<String>,
    page: Option<u32>,
    #[serde(default)]
    order: Order,
}

#[get("/search")]
async fn search(Query(search): Query<Search>) -> String {
    let Search {
        q,
        tag,
        page,
        order,
    } = search;
    format!("{q}, {tag:?}, page {}, {order:?}\n", page.unwrap_or(1))
}

#[derive(Deserialize)]
struct Dinner {
    name: String,
    #[serde(default, deserialize_with = "empty_as_none")]
    table: Option<u8>,
    #[serde(default)]
    dish: Vec<String>,
}

#[post("/orders")]
async fn order(Form(dinner): Form<Dinner>) -> String {
    let table = match dinner.table {
        Some(table) => format!("table {table}"),
        None => "no table".to_owned(),
    };
    format!(
        "{} dishes for {}, {table}\n",
        dinner.dish.len(),
        dinner.name
    )
}

#[derive(Deserialize, Validate)]
struct Member {
    #[garde(length(min = 2))]
    name: String,
    #[garde(range(max = 150))]
    age: u8,
}

#[post("/members", status = 201)]
async fn join(Valid(Json(member)): Valid<Json<Member>>) -> String {
    format!("{}, {}\n", member.name, member.age)
}

/// Extractors that belong together.
#[derive(FromRequest)]
struct Caller {
    credentials: Header<Authorization<Bearer>>,
    agent: Header<UserAgent>,
    cookies: Cookies,
}

#[get("/whoami")]
async fn whoami(caller: Caller) -> String {
    let theme = caller
        .cookies
        .get("theme")
        .map(|cookie| cookie.value().to_owned());
    let token = caller.credentials.0.token();
    format!(
        "Bearer {token}, {}, {}\n",
        theme.unwrap_or_default(),
        caller.agent.0
    )
}

#[derive(Debug, FromPath)]
enum Colour {
    Red,
    Green,
}

#[derive(FromPath)]
struct Number(u32);

#[get("/colours/{colour}/{number}")]
async fn colour(colour: Colour, number: Number) -> String {
    format!("{colour:?}, number {}\n", number.0)
}

#[toolkit_zero::main]
async fn main() {}
