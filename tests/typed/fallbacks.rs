//! What answers where no route matches, and what refusals become.

use serde_json::json;
use tests::Client;
use toolkit_zero::middleware::{Next, from_fn};
use toolkit_zero::prelude::*;
use toolkit_zero::testing::TestClient;

use crate::support::{FREE, connected, says};

#[fallback]
async fn anything(method: Method, uri: Uri, body: String) -> (StatusCode, String) {
    (StatusCode::IM_A_TEAPOT, format!("{method} {uri} {body}"))
}

#[routes("/api")]
mod api {
    use toolkit_zero::prelude::*;

    #[get("/users/{id}")]
    pub(super) async fn user(id: u64) -> Result<String, Problem> {
        match id {
            7 => Ok("Ada".to_owned()),
            8 => panic!("eight"),
            _ => Err(Problem::not_found().detail(format!("there is no user {id}"))),
        }
    }

    #[catch(404)]
    pub(super) async fn missing(problem: Problem, uri: Uri) -> String {
        format!("{uri}: {}", problem.detail_text().unwrap_or("nothing"))
    }

    #[catch(500)]
    pub(super) async fn broken(problem: Problem, path: MatchedPath) -> (StatusCode, String) {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{} {}", problem.title_text(), path.0),
        )
    }

    #[routes("/v2/{tenant}")]
    pub(super) mod v2 {
        use toolkit_zero::prelude::*;

        #[fallback]
        pub(in super::super) async fn fallback(uri: Uri) -> String {
            format!("v2 has no {uri}")
        }
    }
}

#[tokio::test]
async fn a_fallback_answers_what_no_route_matches() {
    let (_bg, mut client) = connected([route!(anything), says("/here", "here")]).await;
    assert_eq!(client.send("GET", "/here").await.text(), "here");
    let answer = client
        .send_with("PUT", "/any/where?x=1", "text/plain", "body")
        .await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (418, "PUT /any/where?x=1 body")
    );
    // A path that a route matches has its own refusals.
    assert_eq!(client.send("DELETE", "/here").await.status, 405);
    assert_eq!(client.send("GET", "/%zz").await.status, 400);
}

#[tokio::test]
async fn the_longest_prefix_answers() {
    let below = ServerMechanism::fallback("/api").onconnect(|| async { "api" });
    let (bg, mut client) = connected([route!(anything), below, route!(api::v2::fallback)]).await;
    assert_eq!(client.send("GET", "/x").await.status, 418);
    assert_eq!(client.send("GET", "/api").await.text(), "api");
    assert_eq!(client.send("GET", "/api/v1").await.text(), "api");
    assert_eq!(client.send("GET", "/apix").await.status, 418);
    assert_eq!(
        client.send("GET", "/api/v2/acme/x").await.text(),
        "v2 has no /api/v2/acme/x"
    );
    // A live one is there with the next request, and a second of its prefix is refused.
    let routes = bg.routes();
    routes
        .add(ServerMechanism::fallback("/live").onconnect(|| async { "live" }))
        .unwrap();
    assert_eq!(client.send("GET", "/live/x").await.text(), "live");
    let again = routes.add(ServerMechanism::fallback("/live").onconnect(|| async {}));
    assert!(again.unwrap_err().to_string().contains("fallback /live"));
}

#[tokio::test]
async fn a_catcher_answers_refusals_of_its_status_below_its_prefix() {
    let (_bg, mut client) =
        connected([route!(api::user), route!(api::missing), route!(api::broken)]).await;
    assert_eq!(client.send("GET", "/api/users/7").await.text(), "Ada");
    // Of the router, and of a handler; the status stays.
    let answer = client.send("GET", "/api/nothing").await;
    assert_eq!(answer.status, 404);
    assert_eq!(
        answer.text(),
        "/api/nothing: nothing is served at /api/nothing"
    );
    let answer = client.send("GET", "/api/users/9").await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (404, "/api/users/9: there is no user 9")
    );
    // Other statuses and other prefixes are not its affair.
    assert_eq!(
        client.send("GET", "/api/users/x").await.json()["status"],
        400
    );
    assert_eq!(client.send("GET", "/other").await.json()["status"], 404);
    // A panic is a refusal too, and an answer with a status of its own keeps it.
    let answer = client.send("GET", "/api/users/8").await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (503, "Internal Server Error /api")
    );
    let answer = client.send("HEAD", "/api/nothing").await;
    assert_eq!((answer.status, answer.body.len()), (404, 0));
}

#[tokio::test]
async fn one_hook_reshapes_every_refusal() {
    let mut server = Server::of([
        route!(api::user),
        route!(api::missing),
        says("/here", "here"),
    ]);
    server.problems(|problem| {
        Json(json!({ "code": problem.status().as_u16(), "why": problem.detail_text() }))
    });
    server.layer(from_fn(|request: Request, next: Next| async move {
        if request.uri().path() == "/barred" {
            return Problem::forbidden().into_response();
        }
        let mut response = next.run(request).await;
        response
            .headers_mut()
            .insert("x-layer", "1".parse().unwrap());
        response
    }));
    let bg = server.serve_managed(FREE);
    let mut client = Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/here").await.text(), "here");
    let answer = client.send("GET", "/nowhere").await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("x-layer"), Some("1"));
    assert_eq!(
        answer.json(),
        json!({"code": 404, "why": "nothing is served at /nowhere"})
    );
    let answer = client.send("POST", "/here").await;
    assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
    assert_eq!((answer.status, &answer.json()["code"]), (405, &json!(405)));
    // Of a layer, of a panic, of a body that is too long, of a request that is no good; a catcher comes first.
    let answer = client.send("GET", "/barred").await;
    assert_eq!(answer.json(), json!({"code": 403, "why": null}));
    let answer = client.send("GET", "/api/users/8").await;
    assert_eq!(answer.json(), json!({"code": 500, "why": null}));
    let answer = client.send("GET", "/api/users/x").await;
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!(400)));
    let answer = client.send("GET", "/api/users/%ff").await;
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!(400)));
    client.write("GET /here HTTP/1.1\r\n\r\n").await;
    let answer = client.answer().await;
    assert_eq!((answer.status, &answer.json()["code"]), (400, &json!(400)));
    let mut client = Client::connect(bg.addr()).await;
    let answer = client.send("GET", "/api/users/9").await;
    assert_eq!(answer.text(), "/api/users/9: there is no user 9");
}

#[tokio::test]
async fn what_catches_nothing_takes_no_problem() {
    let route = ServerMechanism::get("/")
        .onconnect(|problem: Option<Problem>| async move { problem.map_or("none", |_| "some") });
    let client = TestClient::new(Server::of([route]));
    client.get("/").send().await.assert_text("none");
}
