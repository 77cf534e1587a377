//! HTTPS: HTTP/2 and HTTP/1.1 by ALPN, a certificate that is renewed while the server serves, and clients that may show one.
//!
//! `TLS_DIR` holds `cert.pem`, `key.pem` and `clients.pem` (who vouches for clients). For a trial:
//!
//! ```sh
//! openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
//!     -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out cert.pem && cp cert.pem clients.pem
//! openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=client -CA cert.pem -CAkey key.pem \
//!     -addext basicConstraints=CA:FALSE -keyout client.key -out client.pem
//! TLS_DIR=. cargo run -p examples --bin tls
//! ```
//!
//! ```text
//! $ curl -s --cacert $TLS_DIR/cert.pem https://127.0.0.1:8080/where
//! https, HTTP/2.0, a stranger
//! $ curl -s --http1.1 --cacert $TLS_DIR/cert.pem https://127.0.0.1:8080/where
//! https, HTTP/1.1, a stranger
//! $ curl -s --cacert $TLS_DIR/cert.pem --cert $TLS_DIR/client.pem --key $TLS_DIR/client.key https://127.0.0.1:8080/where
//! https, HTTP/2.0, known by a certificate
//! $ curl -s http://127.0.0.1:8080/where
//! this port speaks HTTPS: ask for https:// instead of http://
//! $ curl -s --cacert $TLS_DIR/cert.pem -X POST https://127.0.0.1:8080/renewed
//! read again
//! ```

use std::path::PathBuf;

use toolkit_zero::extract::{ClientCertificate, Scheme};
use toolkit_zero::prelude::*;
use toolkit_zero::server::Tls;

#[get("/where")]
async fn place(scheme: Scheme, client: Option<ClientCertificate>, request: Request) -> String {
    let who = if client.is_some() {
        "known by a certificate"
    } else {
        "a stranger"
    };
    format!("{scheme}, {:?}, {who}", request.version())
}

/// Files are looked at every ten seconds; this does it at once.
#[post("/renewed")]
async fn renewed(State(control): State<Control>) -> Result<&'static str, Problem> {
    control.reload_tls().map_err(Problem::internal)?;
    Ok("read again")
}

#[toolkit_zero::main]
async fn main(server: &mut Server) {
    let folder = PathBuf::from(std::env::var_os("TLS_DIR").unwrap_or_else(|| ".".into()));
    let tls = Tls::files(folder.join("cert.pem"), folder.join("key.pem"));
    server.tls(tls.optional_client_certificates(folder.join("clients.pem")));
}
