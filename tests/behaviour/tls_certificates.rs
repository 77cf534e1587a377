//! Certificates: by name, renewed, and those of clients.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use toolkit_zero::extract::ClientCertificate;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;
use toolkit_zero::server::Tls;

use crate::support::{FREE, says};
use crate::tls::{Authority, Pair, Trusting, ask};

/// A directory of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("toolkit-zero-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, pair: &Pair) {
        fs::write(self.path("cert.pem"), &pair.certificate).unwrap();
        fs::write(self.path("key.pem"), &pair.key).unwrap();
    }

    fn tls(&self) -> Tls {
        Tls::files(self.path("cert.pem"), self.path("key.pem"))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn serve_with(tls: Tls) -> BackgroundServer {
    serve_routes(tls, [says("/a", "a")])
}

fn serve_routes(tls: Tls, routes: impl IntoIterator<Item = SocketType>) -> BackgroundServer {
    let mut server = Server::of(routes);
    server.tls(tls);
    server.serve_managed(FREE)
}

#[tokio::test]
async fn a_reload_is_for_new_connections_and_a_bad_pair_leaves_the_last_good_one() {
    let (authority, folder) = (Authority::new(), Folder::new("reload"));
    let (one, two) = (
        authority.vouch(&["localhost"]),
        authority.vouch(&["localhost"]),
    );
    folder.write(&one);
    let bg = serve_with(folder.tls().look_every(Duration::ZERO));
    let client = Trusting::new(&authority);
    let mut kept = client.connect(bg.addr()).await;
    let shown = async || client.shown(bg.addr()).await;
    assert_eq!(shown().await, one.der().0[0]);

    // Written half: the certificate is new, the key is not.
    fs::write(folder.path("cert.pem"), &two.certificate).unwrap();
    let error = bg.reload_tls().unwrap_err().to_string();
    assert!(
        error.contains("does not belong to the certificate"),
        "{error}"
    );
    assert!(
        error.contains("key.pem") && error.contains("cert.pem"),
        "{error}"
    );
    assert_eq!(shown().await, one.der().0[0]);

    fs::remove_file(folder.path("cert.pem")).unwrap();
    let error = bg.control().reload_tls().unwrap_err().to_string();
    assert!(error.contains("cannot be read"), "{error}");
    assert_eq!(shown().await, one.der().0[0]);

    folder.write(&two);
    bg.reload_tls().unwrap();
    assert_eq!(shown().await, two.der().0[0]);
    assert_eq!(ask(&mut kept, "GET", "/a", b"").await.text(), "a");
}

#[tokio::test]
async fn files_that_change_are_read_again_and_a_torn_pair_is_never_shown() {
    let (authority, folder) = (Authority::new(), Folder::new("watch"));
    let (one, two) = (
        authority.vouch(&["localhost"]),
        authority.vouch(&["localhost"]),
    );
    folder.write(&one);
    let bg = serve_with(folder.tls().look_every(Duration::from_millis(10)));
    let client = Trusting::new(&authority);
    fs::write(folder.path("key.pem"), &two.key).unwrap();
    for _ in 0..20 {
        // Every handshake succeeds, with the pair that was whole.
        assert_eq!(client.shown(bg.addr()).await, one.der().0[0]);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    fs::write(folder.path("cert.pem"), &two.certificate).unwrap();
    while client.shown(bg.addr()).await != two.der().0[0] {}
}

#[tokio::test]
async fn a_client_is_shown_the_certificate_for_the_name_it_asks_for() {
    let authority = Authority::new();
    let [org, any, other] = [
        authority.vouch(&["example.org", "www.example.org"]),
        authority.vouch(&["*.example.org"]),
        authority.vouch(&["example.net"]),
    ];
    let all = || {
        let (chain, key) = other.der();
        org.tls()
            .and_pem(&any.certificate, &any.key)
            .and_der(chain, key)
    };
    let bg = serve_with(all());
    let client = Trusting::new(&authority);
    for (name, pair) in [
        ("example.org", &org),
        ("www.example.org", &org),
        ("WWW.Example.ORG", &org),
        ("api.example.org", &any),
        ("example.net", &other),
    ] {
        let shown = client.clone().asking_for(name).shown(bg.addr()).await;
        assert_eq!(shown, pair.der().0[0], "{name}");
    }
    // For another name the first is shown, which this client does not take.
    let error = client
        .clone()
        .asking_for("other.test")
        .try_connect(bg.addr())
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("not valid for name"), "{error}");
    // Addresses are no names (RFC 6066 section 3).
    let numeric = client.clone().asking_for("127.0.0.1");
    let error = numeric.try_connect(bg.addr()).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("not valid for name"), "{error}");

    let strict = serve_with(all().refuse_other_names());
    let refused = client.clone().asking_for("other.test");
    let error = refused.try_connect(strict.addr()).await.unwrap_err();
    assert!(
        error.to_string().contains("received fatal alert"),
        "{error}"
    );
    let shown = client.asking_for("example.net").shown(strict.addr()).await;
    assert_eq!(shown, other.der().0[0]);
}

fn whoami() -> [SocketType; 2] {
    [
        ServerMechanism::get("/maybe").onconnect(|client: Option<ClientCertificate>| async move {
            client.map_or_else(Vec::new, |client| client.der().to_vec())
        }),
        ServerMechanism::get("/must")
            .onconnect(|client: ClientCertificate| async move { client.chain().len().to_string() }),
    ]
}

#[tokio::test]
async fn a_client_certificate_is_given_to_the_handler() {
    let (authority, partners, strangers) = (Authority::new(), Authority::new(), Authority::new());
    let tls = authority.vouch(&["localhost"]).tls();
    let bg = serve_routes(tls.client_certificates_pem(&partners.pem), whoami());
    let own = partners.vouch(&["partner.test"]);
    let mut stream = Trusting::showing(&authority, &own).connect(bg.addr()).await;
    for _ in 0..2 {
        let answer = ask(&mut stream, "GET", "/maybe", b"").await;
        assert_eq!(answer.body, own.der().0[0].as_ref());
    }
    assert_eq!(ask(&mut stream, "GET", "/must", b"").await.text(), "1");

    // TLS 1.3 clients hear of a refusal when they read.
    let stranger = strangers.vouch(&["stranger.test"]);
    for (client, alert) in [
        (Trusting::new(&authority), "CertificateRequired"),
        (Trusting::showing(&authority, &stranger), "UnknownCA"),
    ] {
        let mut stream = client.connect(bg.addr()).await;
        let error = stream.read_u8().await.unwrap_err().to_string();
        assert!(error.contains(alert), "{error}");
    }
}

#[tokio::test]
async fn an_optional_client_certificate_may_be_missing_but_not_wrong() {
    let (authority, partners, strangers) = (Authority::new(), Authority::new(), Authority::new());
    let folder = Folder::new("clients");
    fs::write(folder.path("partners.pem"), &partners.pem).unwrap();
    let tls = authority.vouch(&["localhost"]).tls();
    let tls = tls.optional_client_certificates(folder.path("partners.pem"));
    let bg = serve_routes(tls.look_every(Duration::ZERO), whoami());
    let mut stream = Trusting::new(&authority).connect(bg.addr()).await;
    assert_eq!(ask(&mut stream, "GET", "/maybe", b"").await.body, b"");
    let answer = ask(&mut stream, "GET", "/must", b"").await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.json()["detail"],
        "this needs a client certificate, and none was shown"
    );

    let stranger = Trusting::showing(&authority, &strangers.vouch(&["s.test"]));
    let mut stream = stranger.connect(bg.addr()).await;
    assert!(stream.read_u8().await.is_err());
    // Who vouches for clients is renewed like certificates, and nobody resumes past it.
    fs::write(folder.path("partners.pem"), &strangers.pem).unwrap();
    bg.reload_tls().unwrap();
    let mut stream = stranger.connect(bg.addr()).await;
    assert_eq!(ask(&mut stream, "GET", "/must", b"").await.text(), "1");
}

#[tokio::test]
async fn a_configuration_of_rustls_is_served_and_offers_both_protocols() {
    use toolkit_zero::server::rustls::{ServerConfig, crypto::ring, version::TLS13};
    let authority = Authority::new();
    let (chain, key) = authority.vouch(&["localhost"]).der();
    let config = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let bg = serve_with(Tls::config(config.into()));
    let client = Trusting::new(&authority).offering(&["h2"]);
    let stream = client.connect(bg.addr()).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
}
