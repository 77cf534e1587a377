//! From FastAPI: the same program in both, and what is called what.
//!
//! A decorator becomes an attribute, a type hint a type. What pydantic checks while it runs is here mostly checked by the compiler: a handler that
//! compiles has read what it asks for, and refusals name the field. `cargo run` instead of uvicorn; it uses all cores.
//!
//! # The same program in both
//!
//! There:
//!
//! ```text
//! from typing import Annotated
//!
//! from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request
//! from fastapi.responses import PlainTextResponse
//! from pydantic import BaseModel
//!
//!
//! class NewUser(BaseModel):
//!     name: str
//!
//!
//! class User(NewUser):
//!     id: int
//!
//!
//! class Db:
//!     def __init__(self):
//!         self.users: dict[int, User] = {}
//!
//!
//! db = Db()
//!
//!
//! def get_db() -> Db:
//!     return db
//!
//!
//! def caller(x_api_key: Annotated[str | None, Header()] = None) -> str:
//!     if x_api_key is None:
//!         raise HTTPException(401, "x-api-key is missing")
//!     return x_api_key
//!
//!
//! users = APIRouter(prefix="/users", tags=["users"])
//!
//!
//! @users.get("")
//! async def list_users(db: Annotated[Db, Depends(get_db)], skip: int = 0) -> list[User]:
//!     return list(db.users.values())[skip:]
//!
//!
//! @users.get("/{id}")
//! async def user(id: int, db: Annotated[Db, Depends(get_db)]) -> User:
//!     if id not in db.users:
//!         raise HTTPException(404, f"there is no user {id}")
//!     return db.users[id]
//!
//!
//! @users.post("", status_code=201)
//! async def create(new: NewUser, db: Annotated[Db, Depends(get_db)], caller: Annotated[str, Depends(caller)]) -> User:
//!     user = User(id=len(db.users) + 1, name=new.name)
//!     db.users[user.id] = user
//!     return user
//!
//!
//! app = FastAPI()
//! app.include_router(users)
//!
//!
//! @app.middleware("http")
//! async def stamp(request: Request, call_next):
//!     response = await call_next(request)
//!     response.headers["x-api"] = "1"
//!     return response
//!
//!
//! @app.exception_handler(404)
//! async def nothing(request: Request, error: HTTPException):
//!     return PlainTextResponse(error.detail, status_code=404)
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
//! `use super::*;` brings in what is around the module. A request that is wrong is answered with a problem document (RFC 9457) whose `errors` are what
//! `detail` is there: 400 for parameters, 422 for a body of the wrong shape.
//!
//! # Word for word
//!
//! | FastAPI | here |
//! |---|---|
//! | `@app.get("/users/{id}")` | `#[get("/users/{id}")]` |
//! | `id: int` in the path | `id: u64` |
//! | `{path:path}` | `{*path}` |
//! | `skip: int = 0` in the query | a field of a struct, `#[serde(default)] skip: usize`, taken as `Query(page): Query<Page>` |
//! | `tag: list[str] = Query()` | `tag: Vec<String>` in that struct |
//! | `new: NewUser` (pydantic) | `Json(new): Json<NewUser>`, with `#[derive(Deserialize)]` |
//! | `Field(min_length=1)`, `@field_validator` | `Valid<Json<NewUser>>` with garde's rules (feature `valid`); 422 with one entry a violation |
//! | `Form()`, `UploadFile` | `Form<T>`, `Multipart` (feature `multipart`) |
//! | `Header()`, `Cookie()` | `HeaderMap`, `Header<H>` (feature `headers`), `Cookies` (feature `cookie`) |
//! | `Depends(caller)` | a type with [`FromRequest`](crate::extract::FromRequest); `#[derive(FromRequest)]` puts several into one |
//! | `Depends(get_db)` | `State(db): State<Db>` |
//! | `app.dependency_overrides` | another `server.state(..)` in the test |
//! | `response_model`, `status_code=201` | the return type, `status = 201` |
//! | `HTTPException(404, "..")` | `Err(Problem::not_found().detail(".."))` |
//! | `@app.exception_handler(404)` | `#[catch(404)]`; all at once: `server.problems(..)` |
//! | `APIRouter(prefix="/users")` | `#[routes("/users")] mod users { .. }`, nothing to include |
//! | `@app.middleware("http")` | `server.layer(from_fn(..))`, or any layer of tower |
//! | `CORSMiddleware`, `GZipMiddleware` | `CorsLayer`, `CompressionLayer` (features `cors`, `compression`) |
//! | `BackgroundTasks` | `State(control): State<Control>`, `control.spawn_tracked(..)`: a stop waits for it |
//! | `lifespan` | `server.on_start(..)`, `server.on_stop(..)` |
//! | `StreamingResponse` | `Body::from_stream(..)`, `Sse`, `JsonLines` |
//! | `FileResponse`, `StaticFiles` | `ServerMechanism::files` (feature `files`), `Attachment` |
//! | `WebSocket` | `WebSocketUpgrade` (feature `ws`) |
//! | `def` (a thread) | `#[get("/report", blocking)] fn report()` |
//! | `TestClient(app)` | [`TestClient`](crate::testing::TestClient), without a thread or a socket |
