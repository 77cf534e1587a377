//! The macros that find the routes of a function.

/// The [`SocketType`](crate::routing::SocketType) of a function with a route attribute; it follows imports and renames.
///
/// In the prelude and in [`declare`](crate::declare) this name is the macro `route!`; the attribute for several methods is
/// `#[toolkit_zero::route(GET, POST, "/path")]`. Rust keeps macros and attributes under one name, so one path cannot have
/// both.
///
/// # Panics
/// The function has no route attribute, or several; for several there is [`routes_of!`](crate::routes_of).
///
/// ```
/// use toolkit_zero::prelude::*;
///
/// #[get("/ping")]
/// async fn ping() -> &'static str { "pong" }
///
/// let server = Server::of([route!(ping)]);
/// # let _ = server;
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __route {
    ($function:path) => {
        $crate::__private::route_of(&$function)
    };
}

/// All routes of a function, as a `Vec`: several attributes on one function are several routes.
///
/// ```
/// use toolkit_zero::prelude::*;
///
/// #[get("/a")]
/// #[get("/b")]
/// async fn both() -> &'static str { "here" }
///
/// assert_eq!(routes_of!(both).len(), 2);
/// ```
#[macro_export]
macro_rules! routes_of {
    ($function:path) => {
        $crate::__private::routes_of(&$function)
    };
}

#[doc(inline)]
pub use __route as route;
