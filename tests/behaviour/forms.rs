//! Posted forms.

use serde::Deserialize;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;

use crate::support::{connected, problem};

const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Deserialize)]
struct Login {
    name: String,
    age: u8,
    #[serde(default)]
    role: Vec<String>,
}

fn login() -> SocketType {
    ServerMechanism::post("/login").onconnect(|Form(login): Form<Login>| async move {
        format!("{} {} {:?}", login.name, login.age, login.role)
    })
}

#[tokio::test]
async fn a_form_fills_a_struct_with_repeated_fields() {
    let (_bg, mut client) = connected([login()]).await;
    let form = "name=Ada+L%C3%A9&role=a&age=36&role=b";
    for content_type in [FORM, "Application/X-WWW-Form-Urlencoded; charset=utf-8"] {
        let answer = client.send_with("POST", "/login", content_type, form).await;
        assert_eq!(answer.text(), "Ada L\u{e9} 36 [\"a\", \"b\"]");
    }
}

#[tokio::test]
async fn a_field_that_is_wrong_or_missing_is_400_with_its_name() {
    let (_bg, mut client) = connected([login()]).await;
    for (form, parameter) in [
        ("name=Ada&age=old", "age"),
        ("name=Ada&age=256", "age"),
        ("name=Ada", "age"),
        ("", "name"),
    ] {
        let answer = client.send_with("POST", "/login", FORM, form).await;
        let document = problem(&answer, 400, "/login");
        assert_eq!(document["errors"][0]["parameter"], parameter, "{form}");
    }
    let answer = client
        .send_with("POST", "/login", FORM, "name=Ada&age=36")
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn what_is_not_a_form_is_415() {
    let (_bg, mut client) = connected([login()]).await;
    let answer = client
        .send_with("POST", "/login", "application/json", "{}")
        .await;
    problem(&answer, 415, "/login");
    assert_eq!(answer.header("accept"), Some(FORM));
    problem(&client.send("POST", "/login").await, 415, "/login");
}

#[tokio::test]
async fn an_optional_form_is_none_only_without_a_body() {
    let route = ServerMechanism::post("/login").onconnect(|form: Option<Form<Login>>| async move {
        form.map_or("none".to_owned(), |form| form.0.name)
    });
    let (_bg, mut client) = connected([route]).await;
    assert_eq!(client.send("POST", "/login").await.text(), "none");
    let answer = client
        .send_with("POST", "/login", FORM, "name=Ada&age=36")
        .await;
    assert_eq!(answer.text(), "Ada");
    let answer = client.send_with("POST", "/login", FORM, "name=Ada").await;
    assert_eq!(answer.status, 400);
}
