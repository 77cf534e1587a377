//! Posted forms with files, and what is wrong with them.

use std::time::{SystemTime, UNIX_EPOCH};

use tests::{Answer, Client};
use tokio::sync::mpsc;
use toolkit_zero::prelude::*;
use toolkit_zero::routing::SocketType;

use crate::support::{connected, problem};

const TYPE: &str = "multipart/form-data; boundary=X";

#[post("/upload", body_limit = 4096)]
async fn upload(mut form: Multipart) -> Result<String, Problem> {
    let mut told = Vec::new();
    form.limit_parts(1024);
    while let Some(part) = form.part().await? {
        let name = part.name().unwrap_or("-").to_owned();
        let file = part.file_name().unwrap_or("-").to_owned();
        let kind = part.content_type().unwrap_or("-").to_owned();
        told.push(format!("{name} {file} {kind} {}", part.text().await?));
    }
    Ok(told.join("|"))
}

fn part(head: &str, body: &str) -> String {
    format!("--X\r\ncontent-disposition: form-data; {head}\r\n\r\n{body}\r\n")
}

async fn post(client: &mut Client, body: &str) -> Answer {
    client.send_with("POST", "/upload", TYPE, body).await
}

#[tokio::test]
async fn fields_and_files_arrive_part_by_part() {
    let (_bg, mut client) = connected([route!(upload)]).await;
    let body = part("name=\"title\"", "two\r\nlines")
        + &part(
            "name=\"file\"; filename=\"../../etc/passwd\"\r\ncontent-type: text/plain",
            "--x",
        )
        + "--X--\r\n";
    let answer = post(&mut client, &body).await;
    // The name of a file is told as it was sent: it is data.
    assert_eq!(
        answer.text(),
        "title - - two\r\nlines|file ../../etc/passwd text/plain --x"
    );
}

#[tokio::test]
async fn what_is_no_multipart_form_is_415_and_one_without_boundary_400() {
    let (_bg, mut client) = connected([route!(upload)]).await;
    for kind in [
        "application/json",
        "multipart/mixed; boundary=X",
        "nonsense",
    ] {
        let answer = client.send_with("POST", "/upload", kind, "").await;
        problem(&answer, 415, "/upload");
        assert_eq!(
            answer.header("accept"),
            Some("multipart/form-data"),
            "{kind}"
        );
    }
    problem(&client.send("POST", "/upload").await, 415, "/upload");
    for kind in ["multipart/form-data", "multipart/form-data; charset=utf-8"] {
        let answer = client.send_with("POST", "/upload", kind, "--X--\r\n").await;
        let document = problem(&answer, 400, "/upload");
        assert!(
            document["detail"].as_str().unwrap().contains("boundary"),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn a_form_that_is_truncated_or_malformed_is_400() {
    let (_bg, mut client) = connected([route!(upload)]).await;
    let whole = part("name=\"a\"", "1");
    for body in [
        "",
        "nothing of the kind",
        "--X",
        "--X\r\n",
        "--X\r\ncontent-disposition: form-data; name=\"a\"",
        "--X\r\nno field\r\n\r\n1\r\n--X--\r\n",
        &whole,
        &whole[..whole.len() - 2],
        &format!("{whole}--X-"),
    ] {
        let answer = post(&mut client, body).await;
        assert_eq!(answer.status, 400, "{body:?}: {}", answer.text());
    }
    let bad_text = "--X\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n\u{0}";
    let mut bytes = bad_text.as_bytes().to_vec();
    bytes.extend_from_slice(b"\xff\r\n--X--\r\n");
    let head = format!(
        "POST /upload HTTP/1.1\r\nhost: test\r\ncontent-type: {TYPE}\r\ncontent-length: {}\r\n\r\n",
        bytes.len()
    );
    client.write(head).await;
    client.write(bytes).await;
    let document = problem(&client.answer().await, 400, "/upload");
    assert_eq!(document["errors"][0]["parameter"], "a");
}

#[tokio::test]
async fn a_part_and_the_whole_form_are_limited() {
    let (bg, mut client) = connected([route!(upload)]).await;
    let answer = post(
        &mut client,
        &(part("name=\"a\"", &"x".repeat(1025)) + "--X--\r\n"),
    )
    .await;
    let document = problem(&answer, 413, "/upload");
    assert!(
        document["detail"]
            .as_str()
            .unwrap()
            .contains("`a` is larger than the 1024")
    );
    // The length tells before a byte is read.
    let mut client = Client::connect(bg.addr()).await;
    client
        .write(format!("POST /upload HTTP/1.1\r\nhost: test\r\ncontent-type: {TYPE}\r\ncontent-length: 5000\r\n\r\n"))
        .await;
    problem(&client.answer().await, 413, "/upload");
    // Chunks tell no length.
    let mut client = Client::connect(bg.addr()).await;
    client
        .write(format!("POST /upload HTTP/1.1\r\nhost: test\r\ncontent-type: {TYPE}\r\ntransfer-encoding: chunked\r\n\r\n"))
        .await;
    for _ in 0..6 {
        let some = part("name=\"a\"", &"x".repeat(1000));
        client
            .write(format!("{:x}\r\n{some}\r\n", some.len()))
            .await;
    }
    problem(&client.answer().await, 413, "/upload");
}

#[tokio::test]
async fn a_part_is_saved_under_a_name_of_the_programs_own() {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos();
    let folder = std::env::temp_dir().join(format!("toolkit-zero-{}-{since}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let target = folder.clone();
    let save = ServerMechanism::post("/upload").onconnect(move |mut form: Multipart| {
        let target = target.clone();
        async move {
            let mut saved = 0;
            form.limit_parts(64);
            while let Some(part) = form.part().await? {
                let name = part.name().unwrap_or("").to_owned();
                saved += part.save(target.join(name)).await?;
            }
            Ok::<_, Problem>(saved.to_string())
        }
    });
    let (_bg, mut client) = connected([save]).await;
    let body = part("name=\"one\"; filename=\"/etc/x\"", "data") + "--X--\r\n";
    assert_eq!(post(&mut client, &body).await.text(), "4");
    assert_eq!(std::fs::read_to_string(folder.join("one")).unwrap(), "data");
    // What is there already stays, and half a file does not.
    assert_eq!(post(&mut client, &body).await.status, 500);
    let body = part("name=\"two\"", &"x".repeat(65)) + "--X--\r\n";
    assert_eq!(post(&mut client, &body).await.status, 413);
    assert!(!folder.join("two").exists());
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_client_that_stops_in_the_middle_ends_the_handler() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let route: SocketType =
        ServerMechanism::post("/upload").onconnect(move |mut form: Multipart| {
            let tell = tell.clone();
            async move {
                struct Gone(mpsc::UnboundedSender<&'static str>);
                impl Drop for Gone {
                    fn drop(&mut self) {
                        self.0.send("gone").unwrap();
                    }
                }
                let gone = Gone(tell.clone());
                let mut part = form.part().await?.unwrap();
                tell.send("begun").unwrap();
                while part.chunk().await?.is_some() {}
                drop(gone);
                Ok::<_, Problem>(())
            }
        });
    let (_bg, mut client) = connected([route]).await;
    client
        .write(format!("POST /upload HTTP/1.1\r\nhost: test\r\ncontent-type: {TYPE}\r\ncontent-length: 900\r\n\r\n"))
        .await;
    client
        .write("--X\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\nhalf")
        .await;
    assert_eq!(told.recv().await, Some("begun"));
    drop(client);
    assert_eq!(told.recv().await, Some("gone"));
}
