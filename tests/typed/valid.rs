//! Input that breaks the rules of its type.

use garde::Validate;
use serde::Deserialize;
use toolkit_zero::prelude::*;

use crate::support::{connected, problem};

#[derive(Deserialize, Validate)]
struct Order {
    #[garde(length(min = 1))]
    customer: String,
    #[garde(dive)]
    items: Vec<Item>,
}

#[derive(Deserialize, Validate)]
struct Item {
    #[garde(range(min = 1, max = 9))]
    count: u32,
}

#[derive(Deserialize, Validate)]
struct Page {
    #[garde(range(max = 100))]
    size: u32,
}

#[post("/orders")]
async fn order(Valid(Json(order)): Valid<Json<Order>>) -> String {
    format!(
        "{} {}",
        order.customer,
        order.items.iter().map(|item| item.count).sum::<u32>()
    )
}

#[get("/items")]
async fn items(page: Option<Valid<Query<Page>>>) -> String {
    page.map_or(10, |Valid(Query(page))| page.size).to_string()
}

#[get("/sizes/{size}")]
async fn sizes(Valid(Path(page)): Valid<Path<Page>>) -> String {
    page.size.to_string()
}

#[tokio::test]
async fn every_violation_is_one_entry_at_its_json_pointer() {
    let (_bg, mut client) = connected([route!(order)]).await;
    let mut post = async |body| {
        client
            .send_with("POST", "/orders", "application/json", body)
            .await
    };
    let answer = post(r#"{"customer":"Ada","items":[{"count":2},{"count":3}]}"#).await;
    assert_eq!(answer.text(), "Ada 5");
    let answer = post(r#"{"customer":"","items":[{"count":2},{"count":10}]}"#).await;
    let document = problem(&answer, 422, "/orders");
    let places: Vec<_> = document["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["pointer"].clone())
        .collect();
    assert_eq!(places, ["/customer", "/items/1/count"]);
    assert_eq!(document["errors"][1]["detail"], "greater than 9");
    // What cannot be read is refused as without `Valid`.
    problem(&post("{").await, 400, "/orders");
    problem(&post("{}").await, 422, "/orders");
}

#[tokio::test]
async fn a_query_and_a_path_name_the_parameter() {
    let (_bg, mut client) = connected([route!(items), route!(sizes)]).await;
    assert_eq!(client.send("GET", "/items").await.text(), "10");
    assert_eq!(client.send("GET", "/items?size=100").await.text(), "100");
    let document = problem(&client.send("GET", "/items?size=101").await, 422, "/items");
    assert_eq!(document["errors"][0]["parameter"], "size");
    problem(&client.send("GET", "/items?size=x").await, 400, "/items");
    assert_eq!(client.send("GET", "/sizes/5").await.text(), "5");
    let document = problem(&client.send("GET", "/sizes/500").await, 422, "/sizes/500");
    assert_eq!(document["errors"][0]["parameter"], "size");
}
