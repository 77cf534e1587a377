//! Behind a load balancer that passes TCP on: it says who the client is with the PROXY protocol, before the first request.
//!
//! ```text
//! $ curl -s --haproxy-protocol http://127.0.0.1:8080/whoami | sed 's/:[0-9]*$//'
//! you are 127.0.0.1
//! $ printf 'PROXY TCP4 203.0.113.7 10.0.0.1 4711 80\r\nGET /whoami HTTP/1.0\r\n\r\n' | curl -s telnet://127.0.0.1:8080 | tail -n 1
//! you are 203.0.113.7:4711
//! ```
//!
//! That is `server app 10.0.0.5:8080 send-proxy-v2` in haproxy, and `proxy_protocol on;` in a `stream` server of nginx. Every
//! connection from the trusted network has to begin so:
//!
//! ```text
//! $ curl -s http://127.0.0.1:8080/whoami -w '%{http_code}\n'
//! a connection from this network begins with a PROXY protocol header
//! 400
//! ```

use toolkit_zero::prelude::*;

#[get("/whoami")]
async fn whoami(ClientAddr(client): ClientAddr) -> String {
    format!("you are {client}\n")
}

#[toolkit_zero::main]
async fn main(server: &mut Server) {
    // The addresses of the balancers, and of nobody else: who is in here can claim to be anyone.
    server.trust_proxy_protocol(["127.0.0.0/8"]);
}
