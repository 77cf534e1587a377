//! What a program imports: `use toolkit_zero::prelude::*;`
//!
//! The attributes, the macros, every extractor and reply, and the server. No derive of other crates, and not
//! [`Status`](crate::reply::Status), whose name programs like to use themselves.

pub use toolkit_zero_derive::{delete, get, head, options, patch, post, put, routes, url};

pub use crate::declare::{ServerMechanism, route};
pub use crate::extract::{
    Body, Bytes, ClientAddr, Extension, Form, FromRequest, HeaderMap, MatchedPath, Method, Path,
    Query, Request, Shutdown, State, Uri,
};
pub use crate::reply::{
    Event, Html, IntoResponse, Json, NoContent, Problem, Redirect, Response, Sse, StatusCode,
};
pub use crate::routing::Routes;
pub use crate::server::{BackgroundServer, Control, Server};
pub use crate::{reply, routes_of};
