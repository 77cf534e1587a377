//! What is wrong with certificates and keys is a fault at boot, and says which file and what to do.

use toolkit_zero::prelude::*;
use toolkit_zero::server::{BootError, Tls};

use crate::support::{Log, says};
use crate::tls::{Authority, Pair};

fn fault(tls: Tls) -> String {
    let mut server = Server::default();
    server.tls(tls);
    let BootError::Faults(faults) = server.check().unwrap_err() else {
        panic!("another error");
    };
    assert_eq!(faults.len(), 1, "{faults:?}");
    let text = faults[0].to_string();
    assert!(
        text.contains("tls_boot.rs:") && text.contains("= help: "),
        "{text}"
    );
    text
}

#[track_caller]
fn says_all(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}

const ENCRYPTED: &str =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n";
const OLD_ENCRYPTED: &str = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMIIB\n-----END RSA PRIVATE KEY-----\n";

#[test]
fn each_defect_names_its_file_and_a_remedy() {
    let authority = Authority::new();
    let pair = authority.vouch(&["localhost"]);
    let other = authority.vouch(&["localhost"]);
    let Pair { certificate, key } = &pair;
    for (tls, parts) in [
        (
            Tls::pem(certificate, ENCRYPTED),
            &["is encrypted", "openssl pkey"][..],
        ),
        (
            Tls::pem(certificate, OLD_ENCRYPTED),
            &["is encrypted", "openssl pkey"],
        ),
        (
            Tls::pem(certificate, ""),
            &["holds no private key", "it is empty"],
        ),
        (Tls::pem("", key), &["holds no certificate", "it is empty"]),
        (
            Tls::pem("words", key),
            &["holds no certificate", "BEGIN CERTIFICATE"],
        ),
        (
            Tls::pem(certificate, "words"),
            &["holds no private key", "BEGIN PRIVATE KEY"],
        ),
        (Tls::pem(key, key), &["holds no certificate", "swapped"]),
        (
            Tls::pem(certificate, certificate),
            &["holds no private key", "swapped"],
        ),
        (
            Tls::pem(certificate, &other.key),
            &["does not belong to the certificate", "openssl x509"],
        ),
        (
            Tls::pem(format!("{}{certificate}", authority.pem), key),
            &["belongs to certificate 2", "first"],
        ),
        (
            Tls::pem(&certificate[..certificate.len() - 40], key),
            &["is broken", "copy it again"],
        ),
        (
            Tls::pem(
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
                key,
            ),
            &["cannot be read", "X.509"],
        ),
        (
            Tls::pem(
                certificate,
                "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
            ),
            &["cannot be used", "ECDSA"],
        ),
        (
            pair.tls().client_certificates("no-such-authority.pem"),
            &["`no-such-authority.pem` cannot be read", "looked for in"],
        ),
        (
            pair.tls().client_certificates_pem(
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
            ),
            &["client authority", "cannot be used"],
        ),
        (Tls::der([], pair.der().1), &["holds no certificate"]),
    ] {
        says_all(&fault(tls), parts);
    }
}

#[test]
fn all_defects_come_at_once_with_all_other_faults() {
    let mut server = Server::of([says("/a", "a"), says("/a", "b")]);
    server.tls(Tls::files("no-cert.pem", "no-key.pem").and_files("other.pem", "other.key"));
    let text = server.check().unwrap_err().to_string();
    let files = ["no-cert.pem", "no-key.pem", "other.pem", "other.key"];
    says_all(&text, &["5 faults", "GET /a is declared twice"]);
    says_all(&text, &files.map(|file| file));
}

#[test]
fn a_rustls_configuration_is_not_mixed_with_what_is_given_here() {
    use toolkit_zero::server::rustls::{ServerConfig, crypto::ring};
    let (chain, key) = Authority::new().vouch(&["localhost"]).der();
    let config = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let given = || Tls::config(config.clone().into());
    says_all(&fault(given().and_files("a.pem", "a.key")), &["were added"]);
    says_all(
        &fault(given().client_certificates("a.pem")),
        &["decides by itself"],
    );
    let mut early = config.clone();
    early.max_early_data_size = 1000;
    says_all(&fault(Tls::config(early.into())), &["early data", "8470"]);
}

#[tokio::test]
async fn an_expired_certificate_is_served_with_a_warning() {
    let (log, _listening) = Log::listen_from(tracing::Level::WARN);
    let mut server = Server::default();
    server.tls(Authority::new().vouch_until(&["localhost"], 2001).tls());
    let bg = server.serve_managed(crate::support::FREE);
    let lines = log.errors().concat();
    says_all(&lines, &["expired on Mon, 31 Dec 2001", "renewed"]);
    bg.stop().await;
}

#[test]
fn nothing_secret_is_shown_for_debugging() {
    let pair = Authority::new().vouch(&["localhost"]);
    let secret = pair.key.lines().nth(1).unwrap();
    let (chain, key) = pair.der();
    let shown = format!("{:?} {:?}", pair.tls(), Tls::der(chain, key));
    assert!(!shown.contains(&secret[..16]), "{shown}");
}
