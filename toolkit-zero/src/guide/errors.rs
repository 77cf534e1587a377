//! Why a program is refused, by family of message.
//!
//! <a id="generic"></a>
//!
//! # Why can a handler not be generic?
//!
//! An attribute leaves a constant behind that the linker gathers: the pattern, and a pointer to one function. A generic
//! function is no function yet; it becomes one where somebody names its types, and a route has no such caller. The same is true
//! of `impl Trait` arguments, of lifetime parameters and of `where` clauses. Write one handler a type, each calling the generic
//! function:
//!
//! ```
//! use toolkit_zero::prelude::*;
//!
//! async fn length<T: AsRef<str> + Send>(value: T) -> String {
//!     value.as_ref().len().to_string()
//! }
//!
//! #[get("/length/{text}")]
//! async fn length_of_text(text: String) -> String {
//!     length(text).await
//! }
//! # fn main() {}
//! ```
//!
//! <a id="owned"></a>
//!
//! # Why must arguments be owned?
//!
//! A handler is a future of its own; it may outlive the buffer that the request was read from. So `&str` becomes `String`, and
//! `&Db` becomes [`State<Arc<Db>>`](crate::extract::State), of which every request gets a clone of the pointer.
//!
//! <a id="arguments"></a>
//!
//! # Where does an argument come from?
//!
//! An argument named like a capture (`{id}` in the path) is read from that capture. Every other one is read by its type, which
//! implements [`FromRequest`](crate::extract::FromRequest). There is no third way: a `u64` whose name is in no path is refused,
//! because nothing says where the number is. Values of the query come as one struct: `Query<T>` with
//! `#[derive(serde::Deserialize)]`.
//!
//! <a id="body"></a>
//!
//! # Why at most one body?
//!
//! The body of a request is a stream and can be read once. `Json`, `Form`, `Bytes`, `String`, `Body` and `Request` take it; they
//! may stand anywhere among the arguments, and run last. To read it in two ways take `Bytes`, and decode them twice.
//! A `GET` with an argument that takes the body is warned of, since few clients send one: what you want is most often
//! `Query<T>`. `allow_body` in the attribute says that it is meant.
//!
//! <a id="send"></a>
//!
//! # Why is my future not `Send`?
//!
//! A request may be moved to another worker whenever its handler awaits, so what lives across an `await` must be `Send`. `Rc`,
//! `RefCell` borrows and the guard of a `std::sync::Mutex` are not. Drop the guard before the `await` (a block of its own
//! does it), or use `tokio::sync::Mutex`:
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use toolkit_zero::prelude::*;
//!
//! #[get("/count")]
//! async fn count(State(count): State<Arc<Mutex<u64>>>) -> String {
//!     let now = {
//!         let mut count = count.lock().unwrap();
//!         *count += 1;
//!         *count
//!     };
//!     std::future::ready(()).await;
//!     now.to_string()
//! }
//! # fn main() {}
//! ```
//!
//! <a id="answers"></a>
//!
//! # What may a handler return?
//!
//! Whatever implements [`IntoResponse`](crate::reply::IntoResponse). A struct of yours does not: say how it travels, as
//! `Json(user)`. In a tuple the body comes last: `(StatusCode::CREATED, Json(user))`. The error of a `Result` is an answer too:
//! return [`Problem`](crate::reply::Problem), derive `ApiError`, or implement the trait.
//!
//! The attribute reads `Result<..>`, `Option<..>` and tuples as they are written, to name the part at fault. A type of your own
//! that is called `Result` or `Option` as well is written with its path: `crate::Result<..>`.
//!
//! <a id="state"></a>
//!
//! # Why may state not be a plain struct?
//!
//! All requests share it and each gets a clone, so it is `Clone + Send + Sync + 'static`. `Arc` makes a clone cheap and makes
//! anything `Clone`. The type that is given and the type that is asked for are the same type: `State<Db>` does not find an
//! `Arc<Db>`.
//!
//! <a id="url"></a>
//!
//! # Why does `url!` want the defining path?
//!
//! `url!(users::user, id = 7)` reads a constant that the attribute left beside `user`. A `use users::user;` brings the function
//! along, but not the constant. Name the module: `url!(users::user, id = 7)`; the function itself may be imported as you like.
//!
//! <a id="impl"></a>
//!
//! # Why not in an `impl` block?
//!
//! The items that an attribute generates cannot stand there. Move the function out, and take what it needs as `State<T>`.
//!
//! <a id="missing"></a>
//!
//! # Why is a route missing?
//!
//! The linker drops a crate that nobody names. `#[toolkit_zero::main]` names the crates of your workspace that the program
//! depends on; any other is mounted with `#[toolkit_zero::main(crates(admin_kit = "/admin"))]`. A file that no `mod` line
//! declares is not compiled at all. `TOOLKIT_ZERO_CHECK=1 cargo run` prints what is wrong and exits.
