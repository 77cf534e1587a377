//! What a program imports: `use toolkit_zero::prelude::*;`
//!
//! The attributes, the macros, every extractor and reply, and the server. No derive of other crates, and not
//! [`Status`](crate::reply::Status), whose name programs like to use themselves.

pub use toolkit_zero_derive::{
    ApiError, FromPath, FromRequest, catch, delete, fallback, get, head, options, patch, post, put,
    routes, url,
};

pub use crate::declare::{ServerMechanism, route};
#[cfg(feature = "cookie")]
pub use crate::extract::Cookies;
#[cfg(feature = "files")]
pub use crate::extract::Files;
#[cfg(feature = "headers")]
pub use crate::extract::Header;
#[cfg(feature = "multipart")]
pub use crate::extract::Multipart;
#[cfg(feature = "valid")]
pub use crate::extract::Valid;
pub use crate::extract::{
    Body, Bytes, ClientAddr, Extension, Form, FromRequest, HeaderMap, LastEventId, MatchedPath,
    Method, Path, Query, Request, RequestId, Shutdown, State, Uri,
};
#[cfg(feature = "ws")]
pub use crate::extract::{
    Message, WebSocket, WebSocketReceiver, WebSocketSender, WebSocketUpgrade,
};
pub use crate::reply::{
    Attachment, Event, Html, IntoResponse, Json, JsonLines, NoContent, Problem, Redirect, Response,
    Sse, StatusCode,
};
pub use crate::routing::Routes;
pub use crate::server::{BackgroundServer, Control, Server};
pub use crate::{reply, routes_of};
