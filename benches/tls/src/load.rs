//! What the servers are asked: TLS 1.3, and no session is resumed.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

#[derive(Clone, Copy)]
pub enum Load {
    /// Each on a connection of its own, with one request.
    Handshakes,
    /// On sixteen connections in turn.
    Requests,
}

type Connection = StreamOwned<ClientConnection, TcpStream>;

const ANSWER: usize = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\
    date: Ddd, DD Mmm YYYY HH:MM:SS GMT\r\n\r\n{\"ok\":true}"
    .len();

/// Writes a certificate and its key into `folder`, and gives the certificate.
pub fn certificate(folder: &Path) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).expect("a file");
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("a file");
    made.cert.der().to_vec()
}

impl Load {
    pub fn counts(self) -> [u64; 2] {
        match self {
            Self::Handshakes => [40, 240],
            Self::Requests => [1_600, 9_600],
        }
    }

    pub fn run(self, addr: SocketAddr, certificate: &[u8], count: u64) {
        let config = config(certificate);
        match self {
            Self::Handshakes => {
                for _ in 0..count {
                    let mut connection = connect(addr, &config);
                    ask(&mut connection);
                    read(&mut connection);
                    connection.conn.send_close_notify();
                    connection.flush().expect("a connection");
                }
            }
            Self::Requests => {
                let mut connections: Vec<_> = (0..16).map(|_| connect(addr, &config)).collect();
                for _ in 0..count / 16 {
                    connections.iter_mut().for_each(ask);
                    connections.iter_mut().for_each(read);
                }
            }
        }
    }
}

fn config(certificate: &[u8]) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots
        .add(certificate.to_vec().into())
        .expect("a certificate");
    let mut config = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}

fn connect(addr: SocketAddr, config: &Arc<ClientConfig>) -> Connection {
    let stream = TcpStream::connect(addr).expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    let name = ServerName::try_from("localhost").expect("a name");
    let client = ClientConnection::new(Arc::clone(config), name).expect("a client");
    StreamOwned::new(client, stream)
}

fn ask(connection: &mut Connection) {
    let request = b"GET /ping HTTP/1.1\r\nhost: localhost\r\n\r\n";
    connection.write_all(request).expect("a connection");
}

fn read(connection: &mut Connection) {
    let mut answer = [0; ANSWER];
    connection.read_exact(&mut answer).expect("an answer");
    assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n") && answer.ends_with(b"{\"ok\":true}"));
}
