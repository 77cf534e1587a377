//! What a handler may ask for: captures, queries, forms, header fields, cookies; checked; several as one struct.
//!
//! ```text
//! $ curl -s 'http://127.0.0.1:8080/search?tag=a&tag=b&sort=newest'
//! tags ["a", "b"], Newest, 10 a page
//! $ curl -s 'http://127.0.0.1:8080/search?sort=best'
//! {"type":"about:blank","title":"Bad Request","status":400,"detail":"the query parameter `sort` is not valid","instance":"/search","errors":[{"parameter":"sort","detail":"unknown variant `best`, expected `newest` or `oldest`"}]}
//! $ curl -s http://127.0.0.1:8080/orders/7/items/lamp
//! item lamp of order 7
//! $ curl -s http://127.0.0.1:8080/sign-up -d 'name=Ada&age=36'
//! welcome, Ada (36)
//! $ curl -s http://127.0.0.1:8080/sign-up -d 'name=Ada&age=7' -w '%{http_code}' -o /dev/null
//! 422
//! $ curl -s http://127.0.0.1:8080/visits -b 'visits=4' -D - | tr -d '\r' | grep -E 'set-cookie|times'
//! set-cookie: visits=5
//! 5 times
//! $ curl -s http://127.0.0.1:8080/whoami -A curl -H 'x-tenant: acme'
//! curl of acme at /whoami
//! ```

use garde::Validate;
use serde::Deserialize;
use toolkit_zero::extract::headers::UserAgent;
use toolkit_zero::prelude::*;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Newest,
    Oldest,
}

fn ten() -> u32 {
    10
}

#[derive(Deserialize)]
struct Search {
    /// As often as it is there.
    #[serde(default)]
    tag: Vec<String>,
    sort: Option<Sort>,
    #[serde(default = "ten")]
    per_page: u32,
}

#[get("/search")]
async fn search(Query(search): Query<Search>) -> String {
    let sort = search.sort.unwrap_or(Sort::Oldest);
    format!(
        "tags {:?}, {sort:?}, {} a page",
        search.tag, search.per_page
    )
}

/// A capture of a type of one's own.
#[derive(FromPath)]
struct Order(u64);

#[get("/orders/{order}/items/{item}")]
async fn item(order: Order, item: String) -> String {
    format!("item {item} of order {}", order.0)
}

#[derive(Deserialize, Validate)]
struct SignUp {
    #[garde(length(min = 1))]
    name: String,
    #[garde(range(min = 18))]
    age: u8,
}

#[post("/sign-up")]
async fn sign_up(Valid(Form(new)): Valid<Form<SignUp>>) -> String {
    format!("welcome, {} ({})", new.name, new.age)
}

#[get("/visits")]
async fn visits(mut cookies: Cookies) -> (Cookies, String) {
    let before = cookies
        .value("visits")
        .and_then(|visits| visits.parse().ok());
    let visits = before.unwrap_or(0_u32) + 1;
    cookies.add(("visits", visits.to_string()));
    (cookies, format!("{visits} times"))
}

/// Several arguments that always come together.
#[derive(FromRequest)]
struct Caller {
    agent: Header<UserAgent>,
    headers: HeaderMap,
    path: MatchedPath,
}

#[get("/whoami")]
async fn whoami(caller: Caller) -> String {
    let tenant = caller
        .headers
        .get("x-tenant")
        .and_then(|tenant| tenant.to_str().ok());
    format!(
        "{} of {} at {}",
        caller.agent.0,
        tenant.unwrap_or("nobody"),
        caller.path.0
    )
}

#[toolkit_zero::main]
async fn main() {}
