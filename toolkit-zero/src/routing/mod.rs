//! Which handler answers a request.
//!
//! A pattern is made of segments: `/literal`, `{name}` for one whole segment, `{*rest}` for the remainder; `{{` and `}}`
//! stand for braces. Paths are matched on percent-decoded segments; a decoded `/` stays inside its segment, and dot
//! segments and empty segments are never normalised.
//!
//! | question | rule |
//! |---|---|
//! | several patterns match | at each segment a literal beats a capture beats a rest, whatever the order of declaration |
//! | the best match lacks the method | it is decided among the routes that have the method: `GET /users/me` beside `POST /users/{id}` leaves `POST /users/me` to the capture |
//! | no match has the method | 405 with `Allow`: all methods of all matching patterns |
//! | `HEAD` | answered by `GET` unless declared |
//! | `OPTIONS` | 204 with `Allow` unless declared |
//! | `/a` and `/a/` | two routes, unless `Server::trailing_slash` says otherwise |
//! | `{*rest}` and nothing left | does not match: `/files/{*rest}` does not serve `/files/` |
//! | nothing matches | 404 |

mod automatic;
mod catchers;
mod error;
mod fault;
mod layers;
mod lookup;
mod methods;
mod origin;
mod pattern;
mod routes;
mod socket_type;
mod table;
pub(crate) mod trie;

pub use error::RouteError;
pub use fault::Fault;
pub use layers::{ErasedLayer, LayerSource};
pub use lookup::TrailingSlash;
pub use origin::Origin;
pub use pattern::{Capture, Pattern, PatternError, PatternErrorKind, Segment};
pub(crate) use routes::Begun;
pub use routes::{Batch, RouteInfo, Routes, Snapshot};
pub use socket_type::{OnDisconnect, SocketType};

pub(crate) use catchers::{Rescue, Role};
pub(crate) use error::close;
pub(crate) use layers::{Around, RouteLayer};
pub(crate) use methods::names_of;
pub(crate) use table::Table;
