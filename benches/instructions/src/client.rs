//! A client that keeps its connections, and checks every byte that comes back.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How many connections the load comes on.
pub const CONNECTIONS: usize = 16;

/// One request, and the answer to it.
pub struct Route {
    pub name: &'static str,
    pub file: &'static str,
    request: &'static str,
    /// The whole answer, lines in order, with [`DATE`] for the date.
    pub answer: &'static str,
}

/// Stands for the date of an answer, which is as long.
const DATE: &str = "Ddd, DD Mmm YYYY HH:MM:SS GMT";

pub const ROUTES: [Route; 3] = [
    Route {
        name: "`GET /ping`",
        file: "ping",
        request: "GET /ping HTTP/1.1\r\nhost: localhost\r\n\r\n",
        answer: "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\
            date: Ddd, DD Mmm YYYY HH:MM:SS GMT\r\n\r\n{\"ok\":true}",
    },
    Route {
        name: "`GET /users/{id}`",
        file: "users",
        request: "GET /users/42 HTTP/1.1\r\nhost: localhost\r\n\r\n",
        answer: "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 26\r\n\
            date: Ddd, DD Mmm YYYY HH:MM:SS GMT\r\n\r\n{\"id\":42,\"name\":\"user 42\"}",
    },
    Route {
        name: "`POST /items`",
        file: "items",
        request: "POST /items HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
            content-length: 52\r\n\r\n{\"name\":\"lamp\",\"price\":1999,\"tags\":[\"home\",\"light\"]}",
        answer: "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 59\r\n\
            date: Ddd, DD Mmm YYYY HH:MM:SS GMT\r\n\r\n\
            {\"id\":1,\"name\":\"lamp\",\"price\":1999,\"tags\":[\"home\",\"light\"]}",
    },
];

/// Asks once, and returns the answer, its date masked.
pub fn ask(addr: SocketAddr, route: &Route) -> Result<String, String> {
    let mut stream = connect(addr)?;
    send(&mut stream, route)?;
    let mut answer = vec![0; 4096];
    let mut read = 0;
    // As long as the answer should be, or as much of it as comes.
    while read < route.answer.len() {
        match stream.read(&mut answer[read..]) {
            Ok(0) | Err(_) => break,
            Ok(more) => read += more,
        }
    }
    answer.truncate(read);
    mask(&mut answer);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Asks `requests` times, on all connections in turn: one request on each, then the answers.
///
/// In turn, and not each as fast as it can, so that a server sees the same pattern in each run.
pub fn load(addr: SocketAddr, route: &Route, requests: u64) -> Result<(), String> {
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(connect(addr)?);
    }
    let mut answer = vec![0; route.answer.len()];
    for _ in 0..requests / CONNECTIONS as u64 {
        for stream in &mut connections {
            send(stream, route)?;
        }
        for stream in &mut connections {
            let read = stream.read_exact(&mut answer);
            read.map_err(|error| format!("{}: {error}", route.name))?;
            mask(&mut answer);
            if answer != route.answer.as_bytes() {
                let answer = String::from_utf8_lossy(&answer);
                return Err(format!("{}: answered {answer}", route.name));
            }
        }
    }
    Ok(())
}

fn connect(addr: SocketAddr) -> Result<TcpStream, String> {
    let stream = TcpStream::connect(addr).map_err(|error| format!("{addr}: {error}"))?;
    let patience = Some(Duration::from_secs(10));
    let set = stream.set_nodelay(true);
    set.and_then(|()| stream.set_read_timeout(patience))
        .map_err(|error| error.to_string())?;
    Ok(stream)
}

fn send(stream: &mut TcpStream, route: &Route) -> Result<(), String> {
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
