//! Cookies: plain, signed, private, and malformed ones.

use tests::{Answer, Client};
use toolkit_zero::extract::cookie::{Cookie, Key, SameSite};
use toolkit_zero::prelude::*;

use crate::support::FREE;

#[post("/plain")]
async fn plain(mut cookies: Cookies) -> (Cookies, String) {
    let seen = cookies.value("seen").unwrap_or("nothing").to_owned();
    cookies.remove("old");
    let cookie = Cookie::build(("seen", "a b;\u{e9}"))
        .path("/")
        .http_only(true);
    cookies.add(cookie.same_site(SameSite::Strict));
    (cookies, seen)
}

#[post("/sign")]
async fn sign(mut cookies: Cookies, State(key): State<Key>) -> (StatusCode, Cookies, NoContent) {
    cookies.signed_mut(&key).add(("user", "7"));
    cookies.private_mut(&key).add(("secret", "ada"));
    (StatusCode::NO_CONTENT, cookies, NoContent)
}

#[get("/read")]
async fn read(cookies: Cookies, State(key): State<Key>) -> String {
    let value = |cookie: Option<Cookie<'static>>| cookie.map(|it| it.value().to_owned());
    let user = value(cookies.signed(&key).get("user"));
    let secret = value(cookies.private(&key).get("secret"));
    format!("{user:?} {secret:?}")
}

fn serve() -> BackgroundServer {
    let mut server = Server::of([route!(plain), route!(sign), route!(read)]);
    server.state(Key::derive_from(&[7; 32]));
    server.serve_managed(FREE)
}

async fn ask(client: &mut Client, method: &str, path: &str, cookies: &[&str]) -> Answer {
    let fields = cookies.iter().fold(String::new(), |fields, it| {
        fields + "cookie: " + it + "\r\n"
    });
    let request = format!("{method} {path} HTTP/1.1\r\nhost: test\r\n{fields}\r\n");
    client.write(request).await;
    client.answer().await
}

fn set(answer: &Answer) -> Vec<&str> {
    let fields = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie");
    fields.map(|(_, value)| value.as_str()).collect()
}

#[tokio::test]
async fn cookies_are_read_and_set() {
    let bg = serve();
    let mut client = Client::connect(bg.addr()).await;
    let answer = ask(
        &mut client,
        "POST",
        "/plain",
        &["old=1; seen=x%20y", "other=2"],
    )
    .await;
    assert_eq!(answer.text(), "x y");
    let mut set = set(&answer);
    set.sort_unstable();
    assert_eq!(set.len(), 2, "{set:?}");
    assert!(set[0].starts_with("old=; Max-Age=0; Expires="), "{set:?}");
    assert_eq!(
        set[1],
        "seen=a%20b%3B%C3%A9; HttpOnly; SameSite=Strict; Path=/"
    );
}

#[tokio::test]
async fn what_is_no_cookie_is_passed_over() {
    let bg = serve();
    let mut client = Client::connect(bg.addr()).await;
    for malformed in ["novalue; seen=1", ";;=;seen=1", "=x; seen=1; %FF=%FF"] {
        let answer = ask(&mut client, "POST", "/plain", &[malformed]).await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, "1"),
            "{malformed}"
        );
    }
    client
        .write(b"POST /plain HTTP/1.1\r\nhost: test\r\ncookie: a=\xff\r\ncookie: seen=2\r\n\r\n")
        .await;
    assert_eq!(client.answer().await.text(), "2");
}

#[tokio::test]
async fn signed_and_private_cookies_come_back_only_untouched() {
    let bg = serve();
    let mut client = Client::connect(bg.addr()).await;
    let answer = ask(&mut client, "POST", "/sign", &[]).await;
    assert_eq!(answer.status, 204);
    let sent: Vec<&str> = set(&answer)
        .iter()
        .filter_map(|it| it.split(';').next())
        .collect();
    assert!(
        sent.iter().all(|cookie| !cookie.contains("ada")),
        "{sent:?}"
    );
    let answer = ask(&mut client, "GET", "/read", &[&sent.join("; ")]).await;
    assert_eq!(answer.text(), "Some(\"7\") Some(\"ada\")");
    // One letter of each value is another.
    let changed: Vec<String> = sent
        .iter()
        .map(|it| format!("{}{}", &it[..it.len() - 8], "AAAAAAAA"))
        .collect();
    let answer = ask(&mut client, "GET", "/read", &[&changed.join("; ")]).await;
    assert_eq!(answer.text(), "None None");
}
