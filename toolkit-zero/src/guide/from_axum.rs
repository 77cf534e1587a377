//! From axum: the same program in both, and what is called what.
//!
//! Extractors, replies and tower layers are what you know; most handlers move as they are. What changes is where routes are written down:
//! beside their functions, and not in a `Router`. The other half of an application need not move at once: [`Server::mount`](crate::server::Server::mount)
//! serves an axum `Router` below a prefix, and routes that were moved win over it.
//!
//! # The same program in both
//!
//! There:
//!
//! ```ignore
//! use std::collections::BTreeMap;
//! use std::sync::{Arc, Mutex};
//!
//! use axum::extract::{FromRequestParts, Path, Query, Request, State};
//! use axum::http::{StatusCode, request::Parts};
//! use axum::middleware::{self, Next};
//! use axum::response::{IntoResponse, Response};
//! use axum::{Json, Router, routing::get};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Clone, Serialize)]
//! struct User { id: u64, name: String }
//!
//! #[derive(Deserialize)]
//! struct NewUser { name: String }
//!
//! #[derive(Deserialize)]
//! struct Page { #[serde(default)] skip: usize }
//!
//! type Db = Arc<Mutex<BTreeMap<u64, User>>>;
//!
//! struct Caller(String);
//!
//! impl<S: Send + Sync> FromRequestParts<S> for Caller {
//!     type Rejection = (StatusCode, &'static str);
//!
//!     async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
//!         let key = parts.headers.get("x-api-key").and_then(|key| key.to_str().ok());
//!         key.map(|key| Self(key.to_owned())).ok_or((StatusCode::UNAUTHORIZED, "x-api-key is missing"))
//!     }
//! }
//!
//! async fn list(State(db): State<Db>, Query(page): Query<Page>) -> Json<Vec<User>> {
//!     Json(db.lock().unwrap().values().skip(page.skip).cloned().collect())
//! }
//!
//! async fn user(State(db): State<Db>, Path(id): Path<u64>) -> Result<Json<User>, (StatusCode, String)> {
//!     let user = db.lock().unwrap().get(&id).cloned();
//!     user.map(Json).ok_or_else(|| (StatusCode::NOT_FOUND, format!("there is no user {id}")))
//! }
//!
//! async fn create(_: Caller, State(db): State<Db>, Json(new): Json<NewUser>) -> (StatusCode, Json<User>) {
//!     let mut db = db.lock().unwrap();
//!     let user = User { id: db.len() as u64 + 1, name: new.name };
//!     db.insert(user.id, user.clone());
//!     (StatusCode::CREATED, Json(user))
//! }
//!
//! async fn stamp(request: Request, next: Next) -> Response {
//!     let mut response = next.run(request).await;
//!     response.headers_mut().insert("x-api", "1".parse().unwrap());
//!     response
//! }
//!
//! async fn nothing() -> impl IntoResponse {
//!     (StatusCode::NOT_FOUND, "nothing is here")
//! }
//!
//! #[tokio::main]
//! async fn main() {
//!     let users = Router::new()
//!         .route("/", get(list).post(create))
//!         .route("/{id}", get(user));
//!     let app = Router::new()
//!         .nest("/users", users)
//!         .fallback(nothing)
//!         .layer(middleware::from_fn(stamp))
//!         .with_state(Db::default());
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await.unwrap();
//!     axum::serve(listener, app).await.unwrap();
//! }
//! ```
//!
//! Here:
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::sync::{Arc, Mutex};
//!
//! use serde::{Deserialize, Serialize};
//! use toolkit_zero::middleware::{Next, from_fn};
//! use toolkit_zero::prelude::*;
//!
//! #[derive(Clone, Serialize)]
//! struct User { id: u64, name: String }
//!
//! #[derive(Deserialize)]
//! struct NewUser { name: String }
//!
//! #[derive(Deserialize)]
//! struct Page { #[serde(default)] skip: usize }
//!
//! type Db = Arc<Mutex<BTreeMap<u64, User>>>;
//!
//! /// Who asks: an argument of any handler that wants to know.
//! struct Caller(String);
//!
//! impl FromRequest for Caller {
//!     type Rejection = Problem;
//!
//!     async fn from_request(request: &mut Request) -> Result<Self, Problem> {
//!         let key = request.headers().get("x-api-key").and_then(|key| key.to_str().ok());
//!         key.map(|key| Self(key.to_owned())).ok_or_else(|| Problem::unauthorized().detail("x-api-key is missing"))
//!     }
//! }
//!
//! #[routes("/users")]
//! mod users {
//! #   use super::*;
//!     // use super::*;
//!
//!     #[get("/")]
//!     pub async fn list(State(db): State<Db>, Query(page): Query<Page>) -> Json<Vec<User>> {
//!         Json(db.lock().unwrap().values().skip(page.skip).cloned().collect())
//!     }
//!
//!     #[get("/{id}")]
//!     pub async fn user(id: u64, State(db): State<Db>) -> Result<Json<User>, Problem> {
//!         let user = db.lock().unwrap().get(&id).cloned();
//!         user.map(Json).ok_or_else(|| Problem::not_found().detail(format!("there is no user {id}")))
//!     }
//!
//!     #[post("/", status = 201)]
//!     pub async fn create(_caller: Caller, State(db): State<Db>, Json(new): Json<NewUser>) -> Json<User> {
//!         let mut db = db.lock().unwrap();
//!         let user = User { id: db.len() as u64 + 1, name: new.name };
//!         db.insert(user.id, user.clone());
//!         Json(user)
//!     }
//! }
//!
//! async fn stamp(request: Request, next: Next) -> Response {
//!     let mut response = next.run(request).await;
//!     response.headers_mut().insert("x-api", "1".parse().unwrap());
//!     response
//! }
//!
//! #[catch(404)]
//! async fn nothing(problem: Problem) -> String {
//!     problem.detail_text().unwrap_or("nothing is here").to_owned()
//! }
//!
//! # mod program {
//! #     use super::*;
//! #[toolkit_zero::main]
//! async fn main(server: &mut Server) {
//!     server.state(Db::default()).layer(from_fn(stamp));
//! }
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! #     let mut server = Server::of([route!(users::list), route!(users::user), route!(users::create), route!(nothing)]);
//! #     server.state(Db::default()).layer(from_fn(stamp));
//! #     let client = toolkit_zero::testing::TestClient::new(server);
//! #     let ada = serde_json::json!({ "name": "Ada" });
//! #     client.post("/users").json(&ada).send().await.assert_status(401);
//! #     let made = client.post("/users").header("x-api-key", "k").json(&ada).send().await;
//! #     made.assert_status(201).assert_header("x-api", "1").assert_json(&serde_json::json!({ "id": 1, "name": "Ada" }));
//! #     client.get("/users/1").send().await.assert_status(200);
//! #     client.get("/users?skip=1").send().await.assert_text("[]");
//! #     client.get("/users/2").send().await.assert_status(404).assert_text("there is no user 2");
//! #     client.get("/nowhere").send().await.assert_status(404).assert_header("x-api", "1");
//! # }
//! ```
//!
//! `use super::*;` brings in what is around the module. No list of routes is kept anywhere; the start report prints what was found. A refusal without a
//! catcher is a problem document, which names the parameter, field or pointer that is wrong.
//!
//! # Word for word
//!
//! | axum | here |
//! |---|---|
//! | `Router::route("/users/{id}", get(user))` | `#[get("/users/{id}")]` on the function, or `server.mechanism(ServerMechanism::get("/users/{id}").onconnect(user))` |
//! | `Path(id): Path<u64>` | an argument named as the capture: `id: u64`; `Path<(A, B)>` and `Path<Struct>` work too |
//! | `Query` `Json` `Form` `State` `Extension` `HeaderMap` `Bytes` `String` | the same names |
//! | `State` and `FromRef` | one `server.state(value)` a type; a missing one is a fault before the socket is bound |
//! | `ConnectInfo<SocketAddr>` | [`ClientAddr`](crate::extract::ClientAddr); trusted proxies by `Server::trust_forwarded` |
//! | `TypedHeader`, `CookieJar` of axum-extra | `Header`, `Cookies` (features `headers`, `cookie`) |
//! | `FromRequestParts`, `FromRequest` | one trait: [`FromRequest`](crate::extract::FromRequest); what takes the body says `TAKES_BODY` and may stand anywhere |
//! | `Option<E>`: `OptionalFromRequestParts` | any `Option<E>`: `None` if it is absent, refused if it is wrong |
//! | `impl IntoResponse`, tuples, `Result<T, E>` | the same |
//! | `(StatusCode, String)` as an error | [`Problem`](crate::reply::Problem) (RFC 9457), or `#[derive(ApiError)]` on an enum |
//! | `Router::nest("/api", ..)` | `#[routes("/api")] mod api { .. }` |
//! | `Router::merge` | nothing: routes of all modules are gathered |
//! | `Router::layer` | `server.layer(..)`: the **first** one is outermost, there the last |
//! | `route_layer`, `MethodRouter::layer` | `#[get(.., layer = ..)]`, `#[routes(.., layer = ..)]` |
//! | `middleware::from_fn` | [`middleware::from_fn`](crate::middleware::from_fn); one that has a state captures it |
//! | `Router::fallback` | `#[fallback]`, for a prefix too; `#[catch(404)]` also sees the 404 of handlers |
//! | `DefaultBodyLimit` | `body_limit = "2MiB"` of a route or module, `Limits::body` of the server |
//! | `serve(..).with_graceful_shutdown(..)` | nothing: Ctrl-C and SIGTERM drain |
//! | `Router::oneshot` in tests | [`TestClient`](crate::testing::TestClient) |
//! | `#[debug_handler]` | nothing: the attribute says what is wrong with a handler |
