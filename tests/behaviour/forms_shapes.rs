//! What shapes a query string and a form may have: repeated keys, optional fields, defaults, enums, flattened structs.

use serde::{Deserialize, Serialize};
use serde_json::json;
use toolkit_zero::extract::empty_as_none;
use toolkit_zero::prelude::*;

use crate::support::{connected, problem};

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    Newest,
    BestRated,
}

#[derive(Deserialize, Serialize)]
struct Page {
    #[serde(default = "first", rename = "page")]
    number: u32,
    size: Option<u8>,
    exact: Option<bool>,
}

fn first() -> u32 {
    1
}

#[derive(Deserialize, Serialize)]
struct Search {
    q: String,
    #[serde(default)]
    tag: Vec<String>,
    order: Option<Order>,
    #[serde(default)]
    weights: Vec<f32>,
    #[serde(flatten)]
    page: Page,
}

fn routes() -> [toolkit_zero::routing::SocketType; 2] {
    [
        ServerMechanism::get("/search")
            .onconnect(|Query(search): Query<Search>| async move { Json(search) }),
        ServerMechanism::post("/search")
            .onconnect(|Form(search): Form<Search>| async move { Json(search) }),
    ]
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn every_shape_is_read_from_a_query_and_from_a_form() {
    let (_bg, mut client) = connected(routes()).await;
    for (input, read) in [
        (
            "q=tea",
            json!({"q": "tea", "tag": [], "order": null, "weights": [], "page": 1, "size": null, "exact": null}),
        ),
        (
            "tag=a&q=a+b%26&tag=b&order=best_rated&weights=1.5&page=3&size=20&exact=true&unknown=1",
            json!({"q": "a b&", "tag": ["a", "b"], "order": "best_rated", "weights": [1.5], "page": 3, "size": 20, "exact": true}),
        ),
        // A text of digits beside a number of the same.
        (
            "q=20&tag=20&page=20&size=20",
            json!({"q": "20", "tag": ["20"], "order": null, "weights": [], "page": 20, "size": 20, "exact": null}),
        ),
    ] {
        let answer = client.send("GET", &format!("/search?{input}")).await;
        assert_eq!(answer.json(), read, "{input}");
        let answer = client.send_with("POST", "/search", FORM, input).await;
        assert_eq!(answer.json(), read, "{input}");
    }
}

#[tokio::test]
async fn a_refusal_names_the_parameter_also_within_a_flattened_struct() {
    let (_bg, mut client) = connected(routes()).await;
    for (input, parameter) in [
        ("", "q"),
        ("q=x&order=oldest", "order"),
        ("q=x&weights=1&weights=heavy", "weights"),
        ("q=x&page=second", "page"),
        ("q=x&page=4294967296", "page"),
        ("q=x&page=-1", "page"),
        ("q=x&size=256", "size"),
        ("q=x&exact=maybe", "exact"),
        ("q=x&q=y", "q"),
        ("q=%ff", "q"),
        ("q=x&tag=%c3%28", "tag"),
    ] {
        let answer = client.send("GET", &format!("/search?{input}")).await;
        let document = problem(&answer, 400, "/search");
        assert_eq!(
            document["errors"][0]["parameter"], parameter,
            "{input}: {document}"
        );
        let answer = client.send_with("POST", "/search", FORM, input).await;
        let document = problem(&answer, 400, "/search");
        assert_eq!(
            document["errors"][0]["parameter"], parameter,
            "{input}: {document}"
        );
    }
}

#[derive(Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    Circle {
        radius: f64,
    },
    Polygon {
        sides: u8,
        marks: Vec<u32>,
        label: String,
    },
}

#[derive(Deserialize, Serialize)]
struct Blank {
    #[serde(default, deserialize_with = "empty_as_none")]
    size: Option<u8>,
}

#[tokio::test]
async fn an_enum_with_a_tag_is_read_and_lists_of_one_within_it() {
    let route =
        ServerMechanism::get("/").onconnect(|Query(shape): Query<Shape>| async { Json(shape) });
    let (_bg, mut client) = connected([route]).await;
    for (input, read) in [
        (
            "kind=circle&radius=2",
            json!({"kind": "circle", "radius": 2.0}),
        ),
        (
            "label=7&kind=polygon&sides=7&marks=7",
            json!({"kind": "polygon", "sides": 7, "marks": [7], "label": "7"}),
        ),
        (
            "marks=1&label=true&kind=polygon&sides=3&marks=2",
            json!({"kind": "polygon", "sides": 3, "marks": [1, 2], "label": "true"}),
        ),
    ] {
        let answer = client.send("GET", &format!("/?{input}")).await;
        assert_eq!(answer.json(), read, "{input}");
    }
    for (input, parameter) in [
        ("kind=square", "kind"),
        ("kind=circle", "radius"),
        ("kind=circle&radius=long", "radius"),
        ("kind=polygon&sides=300&marks=1&label=x", "sides"),
        ("kind=polygon&sides=3&marks=1&marks=x&label=x", "marks"),
    ] {
        let answer = client.send("GET", &format!("/?{input}")).await;
        let document = problem(&answer, 400, "/");
        assert_eq!(
            document["errors"][0]["parameter"], parameter,
            "{input}: {document}"
        );
    }
}

#[tokio::test]
async fn a_field_that_was_left_blank_can_be_none() {
    let route =
        ServerMechanism::post("/").onconnect(|Form(blank): Form<Blank>| async { Json(blank) });
    let (_bg, mut client) = connected([route]).await;
    for (form, size) in [
        ("size=", json!(null)),
        ("", json!(null)),
        ("size=7", json!(7)),
    ] {
        let answer = client.send_with("POST", "/", FORM, form).await;
        assert_eq!(answer.json(), json!({"size": size}), "{form}");
    }
    let answer = client.send_with("POST", "/", FORM, "size=x").await;
    assert_eq!(problem(&answer, 400, "/")["errors"][0]["parameter"], "size");
}
