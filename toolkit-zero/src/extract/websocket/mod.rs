//! WebSockets (RFC 6455), over an HTTP/1.1 upgrade.

mod socket;
mod upgrade;

pub use socket::{Message, SocketError, WebSocket};
pub use upgrade::WebSocketUpgrade;
