//! Unix sockets: their files, who may connect, what a client without an address is told of.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tests::{Answer, answer_from};
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixStream;
use toolkit_zero::prelude::*;
use toolkit_zero::server::{BootError, Endpoint, Listen};

use crate::support::{FREE, says, serve};

/// A folder of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("toolkit-zero-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        drop(fs::remove_dir_all(&path));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn socket(&self) -> PathBuf {
        self.0.join("app.sock")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

async fn ask(path: &Path, fields: &str) -> Answer {
    let mut stream = UnixStream::connect(path).await.unwrap();
    let request = format!("GET / HTTP/1.1\r\nhost: x\r\n{fields}connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    answer_from(&mut stream).await
}

#[tokio::test]
async fn a_server_listens_on_a_socket_of_the_mode_that_is_asked_for_and_removes_it() {
    let folder = Folder::new("mode");
    let path = folder.socket();
    let bg = Server::of([says("/", "here")]).serve_managed(Listen::unix(&path).mode(0o620));
    assert_eq!(bg.addrs(), [Endpoint::unix(&path)]);
    assert!(bg.addr().ip().is_unspecified());
    let file = fs::metadata(&path).unwrap();
    assert!(file.file_type().is_socket());
    assert_eq!(file.permissions().mode() & 0o777, 0o620);
    assert_eq!(ask(&path, "").await.text(), "here");
    bg.stop().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn a_client_has_no_address_unless_a_trusted_proxy_tells_one() {
    let folder = Folder::new("peer");
    let path = folder.socket();
    let route = || {
        ServerMechanism::get("/").onconnect(
            |addr: Option<ClientAddr>, ClientAddr(always): ClientAddr| async move {
                format!("{:?} {always}", addr.map(|ClientAddr(addr)| addr))
            },
        )
    };
    let bg = Server::of([route()]).serve_managed(Listen::unix(&path));
    let claim = "x-forwarded-for: 192.0.2.1\r\n";
    assert_eq!(ask(&path, claim).await.text(), "None 0.0.0.0:0");
    bg.stop().await;
    let mut server = Server::of([route()]);
    server.trust_x_forwarded_for(["unix:"]);
    let _bg = server.serve_managed(Listen::unix(&path));
    let told = ask(&path, claim).await.text();
    assert_eq!(told, "Some(192.0.2.1:0) 192.0.2.1:0");
}

#[tokio::test]
async fn a_stale_socket_is_replaced_and_one_in_use_is_not() {
    let folder = Folder::new("stale");
    let path = folder.socket();
    // Its server was killed.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let bg = Server::of([says("/", "first")]).serve_managed(Listen::unix(&path));
    assert_eq!(ask(&path, "").await.text(), "first");
    let error = Server::of([says("/", "second")])
        .try_serve_managed(Listen::unix(&path))
        .unwrap_err();
    let BootError::Bind { source, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(source.kind(), ErrorKind::AddrInUse);
    assert!(
        error.to_string().contains("a server listens there"),
        "{error}"
    );
    assert_eq!(ask(&path, "").await.text(), "first");
    bg.stop().await;
}

#[tokio::test]
async fn a_file_that_is_no_socket_is_left_alone() {
    let folder = Folder::new("file");
    let path = folder.socket();
    fs::write(&path, "precious").unwrap();
    let error = Server::default()
        .try_serve_managed(Listen::unix(&path))
        .unwrap_err();
    assert!(error.to_string().contains("no socket"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    let long = folder.0.join("x".repeat(120));
    let error = Server::default()
        .try_serve_managed(Listen::unix(long))
        .unwrap_err();
    assert!(error.to_string().contains("shorter path"), "{error}");
}

#[tokio::test]
async fn somebody_elses_socket_at_the_same_path_is_not_removed() {
    let folder = Folder::new("another");
    let path = folder.socket();
    let bg = Server::of([says("/", "old")]).serve_managed(Listen::unix(&path));
    fs::remove_file(&path).unwrap();
    let _other = std::os::unix::net::UnixListener::bind(&path).unwrap();
    bg.stop().await;
    assert!(path.exists());
}

#[tokio::test]
async fn it_moves_between_a_socket_and_an_address_and_serves_both() {
    let folder = Folder::new("move");
    let path = folder.socket();
    let mut bg = serve([says("/", "here")]);
    let added = bg.listen(Listen::unix(&path)).await;
    assert_eq!(ask(&path, "").await.text(), "here");
    bg.unlisten(added).await;
    assert!(!path.exists());
    bg.rebind(Listen::unix(&path)).await;
    assert_eq!(ask(&path, "").await.text(), "here");
    bg.rebind(FREE).await;
    assert!(!path.exists());
    let mut client = tests::Client::connect(bg.addr()).await;
    assert_eq!(client.send("GET", "/").await.text(), "here");
}

#[tokio::test]
async fn a_move_to_the_same_socket_loses_nobody() {
    let folder = Folder::new("same");
    let path = folder.socket();
    let mut bg = Server::of([says("/", "here")]).serve_managed(Listen::unix(&path));
    let asking = tokio::spawn({
        let path = path.clone();
        async move {
            for _ in 0..200 {
                assert_eq!(ask(&path, "").await.status, 200);
            }
        }
    });
    for _ in 0..5 {
        bg.rebind(Listen::unix(&path)).await;
    }
    asking.await.unwrap();
    bg.stop().await;
}

#[tokio::test]
async fn a_stop_answers_who_has_connected_and_was_not_accepted_yet() {
    let folder = Folder::new("queue");
    let path = folder.socket();
    let bg = Server::of([says("/", "here")]).serve_managed(Listen::unix(&path));
    let mut streams = Vec::new();
    for _ in 0..20 {
        let mut stream = std::os::unix::net::UnixStream::connect(&path).unwrap();
        std::io::Write::write_all(&mut stream, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        stream.set_nonblocking(true).unwrap();
        streams.push(UnixStream::from_std(stream).unwrap());
    }
    let stopping = tokio::spawn(bg.stop());
    for stream in &mut streams {
        assert_eq!(answer_from(stream).await.status, 200);
    }
    drop(streams);
    assert_eq!(stopping.await.unwrap().aborted(), 0);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_abstract_name_has_no_file() {
    let name = format!("@toolkit-zero-{}", std::process::id());
    let bg = Server::of([says("/", "here")]).serve_managed(Listen::unix(&name));
    assert_eq!(bg.addrs()[0].to_string(), format!("unix:{name}"));
    let path = PathBuf::from(name.replacen('@', "\0", 1));
    assert_eq!(ask(&path, "").await.text(), "here");
    bg.stop().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connection_over_a_socket_keeps_alive_and_leaves_like_any_other() {
    let folder = Folder::new("alive");
    let path = folder.socket();
    let _bg = Server::of([says("/", "here")]).serve_managed(Listen::unix(&path));
    let mut stream = UnixStream::connect(&path).await.unwrap();
    for _ in 0..3 {
        let request = b"GET / HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\nhost: x\r\n\r\n";
        stream.write_all(request).await.unwrap();
        assert_eq!(answer_from(&mut stream).await.text(), "here");
        assert_eq!(answer_from(&mut stream).await.text(), "here");
    }
}
