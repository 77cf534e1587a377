//! Files as routes: parts, versions, and paths that want out.

use std::path::PathBuf;

use tests::{Answer, Client};
use toolkit_zero::prelude::*;
use toolkit_zero::routing::{RouteError, SocketType};

use crate::support::{FREE, Log, connected, problem, serve};

/// A folder with files, gone when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("toolkit-zero-{name}-{}", std::process::id()));
        std::fs::create_dir_all(path.join("public/sub")).unwrap();
        std::fs::write(path.join("secret.txt"), "secret").unwrap();
        std::fs::write(path.join("public/hello.txt"), "hello, files").unwrap();
        std::fs::write(path.join("public/a b.html"), "<p>").unwrap();
        std::fs::write(path.join("public/sub/index.html"), "index").unwrap();
        Self(path)
    }

    fn routes(&self) -> [SocketType; 2] {
        let public = self.0.join("public");
        [
            ServerMechanism::file("/favicon.ico", public.join("hello.txt")),
            ServerMechanism::files("/files/{*path}", public),
        ]
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

async fn get(client: &mut Client, path: &str, fields: &str) -> Answer {
    client
        .write(format!("GET {path} HTTP/1.1\r\nhost: test\r\n{fields}\r\n"))
        .await;
    client.answer().await
}

#[tokio::test]
async fn files_are_sent_with_their_type_and_their_version() {
    let folder = Folder::new("sent");
    let (_bg, mut client) = connected(folder.routes()).await;
    let answer = client.send("GET", "/files/hello.txt").await;
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (200, "hello, files")
    );
    assert_eq!(answer.header("content-type"), Some("text/plain"));
    assert_eq!(answer.header("content-length"), Some("12"));
    assert_eq!(answer.header("accept-ranges"), Some("bytes"));
    assert!(answer.header("last-modified").is_some());
    assert_eq!(
        client
            .send("GET", "/files/a%20b.html")
            .await
            .header("content-type"),
        Some("text/html")
    );
    assert_eq!(client.send("GET", "/files/sub").await.text(), "index");
    assert_eq!(
        client.send("GET", "/favicon.ico").await.text(),
        "hello, files"
    );
    let head = client.send("HEAD", "/files/hello.txt").await;
    assert_eq!(
        (head.status, head.header("content-length"), head.body.len()),
        (200, Some("12"), 0)
    );
    for path in [
        "/files/nothing.txt",
        "/files/hello.txt/x",
        "/files/hello.txt/x/y",
    ] {
        problem(&client.send("GET", path).await, 404, path);
    }
    assert_eq!(client.send("POST", "/files/hello.txt").await.status, 405);
}

#[tokio::test]
async fn a_part_is_sent_when_it_is_asked_for() {
    let folder = Folder::new("parts");
    let (_bg, mut client) = connected(folder.routes()).await;
    for (range, part, told) in [
        ("bytes=0-4", "hello", "bytes 0-4/12"),
        ("bytes=7-", "files", "bytes 7-11/12"),
        ("bytes=-3", "les", "bytes 9-11/12"),
    ] {
        let answer = get(
            &mut client,
            "/files/hello.txt",
            &format!("range: {range}\r\n"),
        )
        .await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (206, part),
            "{range}"
        );
        assert_eq!(answer.header("content-range"), Some(told));
    }
    // Past the end, or no range at all.
    for range in [
        "bytes=100-200",
        "bytes=12-",
        "bytes=5-2",
        "bytes=x-y",
        "bytes=-0",
    ] {
        let fields = format!("range: {range}\r\n");
        let answer = get(&mut client, "/files/hello.txt", &fields).await;
        problem(&answer, 416, "/files/hello.txt");
        assert_eq!(
            answer.header("content-range"),
            Some("bytes */12"),
            "{range}"
        );
    }
}

#[tokio::test]
async fn a_range_that_does_not_count_gets_the_whole_file() {
    let folder = Folder::new("whole");
    let (_bg, mut client) = connected(folder.routes()).await;
    for range in [
        "bytes=0-1,4-5",
        "items=0-1",
        "bytes",
        "bytes=0-1\r\nif-range: \"other\"",
        "bytes=0-1\r\nif-range: Thu, 01 Jan 1970 00:00:00 GMT",
        "bytes=0-1\r\nif-range: nonsense",
    ] {
        let fields = format!("range: {range}\r\n");
        let answer = get(&mut client, "/files/hello.txt", &fields).await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (200, "hello, files"),
            "{range}"
        );
        assert_eq!(answer.header("content-range"), None, "{range}");
    }
    // A client that goes on where it broke off names the version that it has.
    let answer = client.send("GET", "/files/hello.txt").await;
    for version in ["last-modified", "etag"].map(|name| answer.header(name).unwrap()) {
        let fields = format!("range: bytes=7-\r\nif-range: {version}\r\n");
        let answer = get(&mut client, "/files/hello.txt", &fields).await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (206, "files"),
            "{version}"
        );
    }
    // A weak tag proves nothing about bytes.
    let weak = format!(
        "range: bytes=7-\r\nif-range: W/{}\r\n",
        answer.header("etag").unwrap()
    );
    assert_eq!(
        get(&mut client, "/files/hello.txt", &weak).await.status,
        200
    );
    client
        .write("HEAD /files/hello.txt HTTP/1.1\r\nhost: test\r\nrange: bytes=0-1\r\n\r\n")
        .await;
    let head = client.answer_to_head().await;
    assert_eq!(
        (head.status, head.header("content-length")),
        (200, Some("12"))
    );
}

#[tokio::test]
async fn a_version_that_the_client_has_is_not_sent_again() {
    let folder = Folder::new("versions");
    let (_bg, mut client) = connected(folder.routes()).await;
    let answer = client.send("GET", "/files/hello.txt").await;
    let (modified, tag) = (
        answer.header("last-modified").unwrap(),
        answer.header("etag").unwrap(),
    );
    for fields in [
        format!("if-modified-since: {modified}\r\n"),
        format!("if-none-match: {tag}\r\n"),
    ] {
        let answer = get(&mut client, "/files/hello.txt", &fields).await;
        assert_eq!((answer.status, answer.body.len()), (304, 0), "{fields}");
    }
    let answer = get(
        &mut client,
        "/files/hello.txt",
        "if-none-match: \"other\"\r\n",
    )
    .await;
    assert_eq!(answer.status, 200);
    let answer = get(&mut client, "/files/hello.txt", "if-match: \"other\"\r\n").await;
    assert_eq!(answer.status, 412);
}

#[tokio::test]
async fn no_path_leaves_the_folder() {
    let folder = Folder::new("inside");
    let (_bg, mut client) = connected(folder.routes()).await;
    for path in [
        "/files/../secret.txt",
        "/files/%2e%2e/secret.txt",
        "/files/%2e%2e%2fsecret.txt",
        "/files/sub/../../secret.txt",
        "/files/..%5csecret.txt",
        "/files/sub%2f..%2f..%2fsecret.txt",
        "/files//etc/passwd",
        "/files/c%3a/x",
        "/files/hello.txt%00.png",
        "/files/./hello.txt",
    ] {
        let answer = client.send("GET", path).await;
        let document = problem(&answer, 400, path);
        assert_eq!(document["errors"][0]["parameter"], "path", "{path}");
    }
}

#[tokio::test]
async fn a_pattern_that_does_not_take_the_path_below_it_is_refused_before_the_bind_and_live() {
    let bad = || ServerMechanism::files("/files/", "public");
    let error = Server::of([bad()]).try_serve_managed(FREE).unwrap_err();
    let told = error.to_string();
    let drawn = "a path that serves a folder must end with `{*path}`, the path within the folder\n    \
                 \"/files/\"\n            ^\n";
    assert!(told.contains(drawn), "{told}");
    assert!(
        told.contains("= help: write `\"/files/{*path}\"`"),
        "{told}"
    );
    assert!(told.contains("tests/typed/files.rs"), "{told}");

    let mut bg = serve([]);
    let error = bg.try_mechanism(bad()).await.unwrap_err();
    assert!(matches!(error, RouteError::Pattern { .. }), "{error}");
    assert_eq!(bg.routes().snapshot().iter().count(), 0);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named_when_the_server_starts_and_may_come_later() {
    let folder = Folder::new("later");
    let dist = folder.0.join("dist");
    let (log, listening) = Log::listen_from(tracing::Level::WARN);
    let (_bg, mut client) = connected([
        ServerMechanism::files("/dist/{*path}", &dist),
        ServerMechanism::files("/file/{*path}", folder.0.join("secret.txt")),
        ServerMechanism::file("/secret", folder.0.join("secret.txt")),
        ServerMechanism::file("/nothing", "nothing/at/all"),
    ])
    .await;
    drop(listening);
    let told = log.errors();
    assert_eq!(told.len(), 3, "{told:?}");
    for (route, what) in [
        (
            "GET /dist/{*path}",
            format!("`{}` cannot be read (No such file", dist.display()),
        ),
        (
            "GET /file/{*path}",
            "secret.txt` is not a folder".to_owned(),
        ),
        ("GET /nothing", "; the path is relative to /".to_owned()),
    ] {
        let said = |text: &&String| {
            text.contains(route) && text.contains(&what) && text.contains("files.rs:")
        };
        assert_eq!(told.iter().filter(said).count(), 1, "{what}: {told:?}");
    }

    std::fs::create_dir(&dist).unwrap();
    std::fs::write(dist.join("app.js"), "run()").unwrap();
    assert_eq!(client.send("GET", "/dist/app.js").await.text(), "run()");
}
