//! Every public path, named once: a rename or a move of one of them fails here.

#![allow(unused_imports, reason = "naming them is the test")]

mod attributes {
    use toolkit_zero::{
        ApiError, FromPath, FromRequest, catch, collected, delete, fallback, get, head, link, main,
        options, patch, post, put, route, routes, routes_of, serve_managed, url,
    };
}

mod server {
    use toolkit_zero::server::{
        BackgroundServer, BootError, Control, DrainReport, Fault, LimitValues, Limits, RebindError,
        Server,
    };
}

mod routing {
    use toolkit_zero::routing::{
        Batch, Capture, OnDisconnect, Origin, Pattern, PatternError, PatternErrorKind, RouteError,
        RouteInfo, Routes, Segment, Snapshot, SocketType, TrailingSlash,
    };
}

mod declare {
    use toolkit_zero::declare::{IntoBlockingHandler, IntoHandler, ServerMechanism, route};
}

mod extract {
    use toolkit_zero::extract::{
        Body, Bytes, ClientAddr, Extension, Form, FromPath, FromRequest, FromRest, HeaderMap,
        Input, Json, MatchedPath, Meta, Method, Path, Query, Request, RequestId, Scheme, Shared,
        Shutdown, State, Uri,
    };
}

mod tls {
    use toolkit_zero::extract::ClientCertificate;
    use toolkit_zero::server::{Tls, TlsError, rustls};
}

mod features {
    use toolkit_zero::extract::{
        Cookies, Files, Header, Message, Multipart, Part, SocketError, Valid, WebSocket,
        WebSocketUpgrade, cookie, headers,
    };
    use toolkit_zero::prelude::{
        ApiError, Attachment, FromPath, JsonLines, LastEventId, RequestId, catch, fallback,
    };
}

mod reply {
    use toolkit_zero::reply;
    use toolkit_zero::reply::{
        Body, BodyError, BoxError, Event, Html, InputError, IntoHeaders, IntoResponse, IntoStatus,
        Json, NoContent, Output, Problem, Redirect, Response, Sse, Status, StatusCode,
    };
}

mod middleware {
    use toolkit_zero::middleware::{
        Endpoint, FromFn, FromFnService, HttpLayer, HttpService, LayerError, Next, compression,
        cors, from_fn, timeout,
    };
}

mod testing {
    use toolkit_zero::testing::{TestAnswer, TestClient, TestRequest, TestStream};
}

mod socket {
    use toolkit_zero::socket::server::{
        BackgroundServer, Server, ServerMechanism, SocketType, Status, reply,
    };
}

mod prelude {
    use toolkit_zero::prelude::{
        BackgroundServer, Body, Bytes, ClientAddr, Control, Event, Extension, Form, FromRequest,
        HeaderMap, Html, IntoResponse, Json, MatchedPath, Method, NoContent, Path, Problem, Query,
        Redirect, Request, Response, Routes, Server, ServerMechanism, Shutdown, Sse, State,
        StatusCode, Uri, delete, get, head, options, patch, post, put, reply, route, routes,
        routes_of, url,
    };
}

/// Handles cross threads, and what crosses tasks can be sent.
#[test]
fn the_handles_are_clone_send_and_sync() {
    fn handle<T: Clone + Send + Sync + 'static>() {}
    fn sent<T: Send + 'static>() {}
    handle::<toolkit_zero::server::Control>();
    handle::<toolkit_zero::routing::Routes>();
    handle::<toolkit_zero::routing::SocketType>();
    sent::<toolkit_zero::server::Server>();
    sent::<toolkit_zero::server::BackgroundServer>();
    sent::<toolkit_zero::server::BootError>();
    sent::<toolkit_zero::routing::RouteError>();
}
