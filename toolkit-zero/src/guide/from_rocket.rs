//! From Rocket: the same program in both, and what is called what.
//!
//! Attributes stand where you know them, and nothing is mounted: the linker gathers what `mount` and `routes!` list there. Handlers are
//! `async`, arguments are owned, and what is managed is asked for as `State<T>` by value, so `Arc` goes into it.
//!
//! # The same program in both
//!
//! There:
//!
//! ```ignore
//! #[macro_use] extern crate rocket;
//!
//! use std::collections::BTreeMap;
//! use std::sync::Mutex;
//!
//! use rocket::fairing::AdHoc;
//! use rocket::http::Status;
//! use rocket::request::{FromRequest, Outcome, Request};
//! use rocket::response::status::{Created, NotFound};
//! use rocket::serde::{Deserialize, Serialize, json::Json};
//! use rocket::State;
//!
//! #[derive(Clone, Serialize)]
//! #[serde(crate = "rocket::serde")]
//! struct User { id: u64, name: String }
//!
//! #[derive(Deserialize)]
//! #[serde(crate = "rocket::serde")]
//! struct NewUser { name: String }
//!
//! type Db = Mutex<BTreeMap<u64, User>>;
//!
//! struct Caller(String);
//!
//! #[rocket::async_trait]
//! impl<'r> FromRequest<'r> for Caller {
//!     type Error = ();
//!
//!     async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
//!         match request.headers().get_one("x-api-key") {
//!             Some(key) => Outcome::Success(Self(key.to_owned())),
//!             None => Outcome::Error((Status::Unauthorized, ())),
//!         }
//!     }
//! }
//!
//! #[get("/?<skip>")]
//! fn list(db: &State<Db>, skip: Option<usize>) -> Json<Vec<User>> {
//!     Json(db.lock().unwrap().values().skip(skip.unwrap_or(0)).cloned().collect())
//! }
//!
//! #[get("/<id>")]
//! fn user(id: u64, db: &State<Db>) -> Result<Json<User>, NotFound<String>> {
//!     let user = db.lock().unwrap().get(&id).cloned();
//!     user.map(Json).ok_or_else(|| NotFound(format!("there is no user {id}")))
//! }
//!
//! #[post("/", data = "<new>")]
//! fn create(caller: Caller, new: Json<NewUser>, db: &State<Db>) -> Created<Json<User>> {
//!     let _ = caller.0;
//!     let mut db = db.lock().unwrap();
//!     let user = User { id: db.len() as u64 + 1, name: new.into_inner().name };
//!     db.insert(user.id, user.clone());
//!     Created::new(format!("/users/{}", user.id)).body(Json(user))
//! }
//!
//! #[catch(404)]
//! fn nothing() -> &'static str {
//!     "nothing is here"
//! }
//!
//! #[launch]
//! fn rocket() -> _ {
//!     rocket::build()
//!         .manage(Db::default())
//!         .mount("/users", routes![list, user, create])
//!         .register("/", catchers![nothing])
//!         .attach(AdHoc::on_response("stamp", |_, response| Box::pin(async move {
//!             response.set_raw_header("x-api", "1");
//!         })))
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
//! `use super::*;` brings in what is around the module. The 404 of a handler is caught like that of the router. What is not caught is a problem document
//! (RFC 9457) that names the parameter, field or pointer that is wrong.
//!
//! # Word for word
//!
//! | Rocket | here |
//! |---|---|
//! | `#[get("/users/<id>")]` | `#[get("/users/{id}")]` |
//! | `<path..>` as `PathBuf` | `{*path}` as `PathBuf`, which refuses `..` as well |
//! | `?<skip>&<sort>` | `Query(page): Query<Page>`, a struct that derives `Deserialize` |
//! | `data = "<new>"` | no word for it: the argument's type reads the body (`Json<T>`, `Form<T>`, `Bytes`, `Multipart`) |
//! | `format = "json"` | nothing: `Json<T>` refuses other types with 415 |
//! | `rank = 2`, forwarding | a literal beats a capture beats a rest, whatever the order; a guard refuses and never forwards |
//! | `fn` | `async fn`; one that blocks is `#[get("/report", blocking)] fn report()` |
//! | `&State<Db>`, `.manage(db)` | `State<Db>` with `Db: Clone`, `server.state(db)`; a missing one is found before the socket is bound |
//! | a request guard | [`FromRequest`](crate::extract::FromRequest); its rejection is any answer |
//! | `Option<Guard>`, `Result<Guard, E>` | the same, but `Option` is `None` only if the thing is absent |
//! | `FromParam`, `FromForm` | `FromPath` (derived, or any `FromStr`); `Deserialize` for `Query` and `Form` |
//! | form fields that are validated | `Valid<Form<T>>` with garde (feature `valid`) |
//! | `Form<Upload>` with a `TempFile` | `Multipart` (feature `multipart`), part by part |
//! | `#[derive(Responder)]` | `#[derive(ApiError)]` for errors, [`IntoResponse`](crate::reply::IntoResponse), tuples of status, fields and body |
//! | `Created`, `NotFound`, `status::Custom` | `status = 201`, [`Problem`](crate::reply::Problem), `(StatusCode, body)` |
//! | `&CookieJar`, private cookies | `Cookies`, in the reply too (feature `cookie`) |
//! | `.mount("/users", routes![..])` | `#[routes("/users")] mod users { .. }` |
//! | `#[catch(404)]`, `.register("/api", ..)` | `#[catch(404)]`, its prefix is that of the module around it |
//! | fairings | `server.layer(..)` for requests and answers; `on_start` and `on_stop` for ignition and shutdown |
//! | `uri!(user(id = 7))` | `url!(users::user, id = 7)` |
//! | `EventStream!` | [`Sse`](crate::reply::Sse) of any `Stream` |
//! | `Rocket.toml` | `Limits`, `TOOLKIT_ZERO_ADDR`, `TOOLKIT_ZERO_WORKERS` |
//! | `rocket::local::asynchronous::Client` | [`TestClient`](crate::testing::TestClient) |
