//! A client that keeps its connections, and checks every byte that comes back.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How many connections the load comes on.
pub const CONNECTIONS: usize = 16;

/// One request, and the answer to it.
#[derive(Clone)]
pub struct Route {
    pub name: String,
    /// Its name in files.
    pub file: String,
    pub path: String,
    pub request: String,
    /// The whole answer, with [`DATE`] for the date; a server may put the fields in another order.
    pub answer: String,
}

/// Stands for the date of an answer, which is as long.
const DATE: &str = "Ddd, DD Mmm YYYY HH:MM:SS GMT";

/// What is posted to `/items`.
pub const ITEM: &str = r#"{"name":"lamp","price":1999,"tags":["home","light"]}"#;

impl Route {
    /// A `GET` that answers as `/ping` does.
    pub fn ping(path: &str) -> Self {
        Self {
            name: format!("`GET {path}`"),
            file: path.trim_start_matches('/').replace('/', "-"),
            path: path.to_owned(),
            request: format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n"),
            answer: answer("200 OK", r#"{"ok":true}"#),
        }
    }

    pub fn user() -> Self {
        Self {
            name: "`GET /users/{id}`".to_owned(),
            file: "users".to_owned(),
            path: "/users/42".to_owned(),
            request: "GET /users/42 HTTP/1.1\r\nhost: localhost\r\n\r\n".to_owned(),
            answer: answer("200 OK", r#"{"id":42,"name":"user 42"}"#),
        }
    }

    pub fn items() -> Self {
        let length = ITEM.len();
        Self {
            name: "`POST /items`".to_owned(),
            file: "items".to_owned(),
            path: "/items".to_owned(),
            request: format!(
                "POST /items HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                 content-length: {length}\r\n\r\n{ITEM}"
            ),
            answer: answer(
                "201 Created",
                r#"{"id":1,"name":"lamp","price":1999,"tags":["home","light"]}"#,
            ),
        }
    }

    /// The three that are compared.
    pub fn all() -> [Self; 3] {
        [Self::ping("/ping"), Self::user(), Self::items()]
    }
}

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\ndate: {DATE}\r\n\r\n{body}"
    )
}

/// Asks once, and gives the answer, its date masked, if it is the right one but for the order of its fields.
pub fn check(addr: SocketAddr, route: &Route) -> Result<String, String> {
    let mut stream = connect(addr)?;
    ask(&mut stream, route)?;
    let mut answer = vec![0; route.answer.len()];
    let mut read = 0;
    // As long as the answer should be, or as much of it as comes.
    while read < answer.len() {
        match stream.read(&mut answer[read..]) {
            Ok(0) | Err(_) => break,
            Ok(more) => read += more,
        }
    }
    answer.truncate(read);
    mask(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    if sorted(&answer) == sorted(&route.answer) {
        Ok(answer)
    } else {
        Err(format!(
            "{}: answered\n{answer}\nand not\n{}",
            route.name, route.answer
        ))
    }
}

/// The first line, the fields in order, and the body.
fn sorted(answer: &str) -> (&str, Vec<&str>, &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let (first, fields) = head.split_once("\r\n").unwrap_or((head, ""));
    let mut fields: Vec<_> = fields.split("\r\n").collect();
    fields.sort_unstable();
    (first, fields, body)
}

/// Asks `requests` times, on all connections in turn: one request on each, then the answers.
///
/// In turn, and not each as fast as it can, so that a server sees the same pattern in each run.
pub fn load(addr: SocketAddr, route: &Route, requests: u64) -> Result<(), String> {
    let right = check(addr, route)?;
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(connect(addr)?);
    }
    let mut answer = vec![0; right.len()];
    for _ in 0..requests / CONNECTIONS as u64 {
        for stream in &mut connections {
            ask(stream, route)?;
        }
        for stream in &mut connections {
            let read = stream.read_exact(&mut answer);
            read.map_err(|error| format!("{}: {error}", route.name))?;
            mask(&mut answer);
            if answer != right.as_bytes() {
                let answer = String::from_utf8_lossy(&answer);
                return Err(format!("{}: answered {answer}", route.name));
            }
        }
    }
    Ok(())
}

/// Opens `count` connections, each of which has had an answer.
pub fn idle(addr: SocketAddr, count: usize) -> Result<Vec<TcpStream>, String> {
    let route = Route::ping("/ping");
    let mut answer = vec![0; route.answer.len()];
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        let mut stream = connect(addr)?;
        ask(&mut stream, &route)?;
        stream
            .read_exact(&mut answer)
            .map_err(|error| error.to_string())?;
        connections.push(stream);
    }
    Ok(connections)
}

fn connect(addr: SocketAddr) -> Result<TcpStream, String> {
    let stream = TcpStream::connect(addr).map_err(|error| format!("{addr}: {error}"))?;
    let patience = Some(Duration::from_secs(60));
    let set = stream.set_nodelay(true);
    set.and_then(|()| stream.set_read_timeout(patience))
        .map_err(|error| error.to_string())?;
    Ok(stream)
}

fn ask(stream: &mut TcpStream, route: &Route) -> Result<(), String> {
    let sent = stream.write_all(route.request.as_bytes());
    sent.map_err(|error| format!("{}: {error}", route.name))
}

fn mask(answer: &mut [u8]) {
    let field = b"\r\ndate: ";
    let found = answer.windows(field.len()).position(|part| part == field);
    let start = found.map(|at| at + field.len());
    if let Some(date) = start.and_then(|start| answer.get_mut(start..start + DATE.len())) {
        date.copy_from_slice(DATE.as_bytes());
    }
}
