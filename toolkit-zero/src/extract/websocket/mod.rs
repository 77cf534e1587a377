//! WebSockets (RFC 6455), over an HTTP/1.1 upgrade or an HTTP/2 stream (RFC 8441).

mod carrier;
mod halves;
mod socket;
mod upgrade;
mod wish;

pub use halves::{WebSocketReceiver, WebSocketSender};
pub use socket::{Message, SocketError, WebSocket};
pub use upgrade::WebSocketUpgrade;
