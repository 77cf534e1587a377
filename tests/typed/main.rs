//! What goes in and comes out typed, seen from outside: one module a subject. Here the optional features are on.

#[cfg(test)]
mod application;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod broken_streams;
#[cfg(test)]
mod cookies;
#[cfg(test)]
mod derives;
#[cfg(test)]
mod fallbacks;
#[cfg(test)]
mod files;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod in_process;
#[cfg(test)]
mod in_process_websocket;
#[cfg(test)]
mod json;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod layers_shared;
#[cfg(test)]
mod mount;
#[cfg(test)]
mod multipart;
#[cfg(test)]
mod outgoing;
#[cfg(test)]
mod proxies;
#[cfg(test)]
#[path = "../behaviour/support.rs"]
#[allow(dead_code, reason = "shared with another binary")]
mod support;
#[cfg(test)]
mod typed_headers;
#[cfg(test)]
mod valid;
#[cfg(test)]
mod websocket;
#[cfg(test)]
mod websocket_http2;
