//! The live table beside the naive matcher, through the whole request path.

use http::{Method, Uri};
use toolkit_zero::prelude::{Path, Server, ServerMechanism};
use toolkit_zero::routing::{Pattern, RouteError};
use toolkit_zero::testing::TestClient;

use super::block_on;
use super::naive::{decoded, matches};

const METHODS: [Method; 3] = [Method::GET, Method::POST, Method::PUT];

/// Lines: a pattern with a digit before it (its method), or `-` and a digit and a pattern (taken away); then an empty line, and
/// paths with a digit before them.
///
/// # Panics
/// The server answers from another route than the rules say.
pub fn path(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let (patterns, paths) = text.split_once("\n\n").unwrap_or((text, ""));
    let client = TestClient::new(Server::default());
    let mut list: Vec<(Method, Pattern, usize)> = Vec::new();
    for (nth, line) in patterns.lines().take(32).enumerate() {
        change(&client, &mut list, nth, line);
    }
    assert_eq!(client.routes().snapshot().len(), list.len());
    for line in paths.lines().take(16) {
        if let Some((method, target)) = read(line) {
            block_on(ask(&client, &list, &method, target));
        }
    }
}

fn read(line: &str) -> Option<(Method, &str)> {
    let digit = line.bytes().next().filter(u8::is_ascii_digit)?;
    let method = METHODS[usize::from(digit - b'0') % METHODS.len()].clone();
    Some((method, &line[1..]))
}

fn change(client: &TestClient, list: &mut Vec<(Method, Pattern, usize)>, nth: usize, line: &str) {
    let (takes, line) = match line.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let Some((method, text)) = read(line) else {
        return;
    };
    let known = |list: &[(Method, Pattern, usize)], pattern: &Pattern| {
        list.iter()
            .position(|(other, known, _)| *other == method && known == pattern)
    };
    if takes {
        let removed = client.routes().remove(&method, text);
        let listed = Pattern::parse(text)
            .ok()
            .and_then(|pattern| known(list, &pattern));
        assert_eq!(removed.is_some(), listed.is_some(), "{text}");
        if let Some(at) = listed {
            list.remove(at);
        }
        return;
    }
    let route = ServerMechanism::method(method.clone(), text).onconnect(
        move |captures: Path<Vec<String>>| async move { format!("{nth} {:?}", captures.0) },
    );
    match (client.routes().add(route), Pattern::parse(text)) {
        (Ok(_), Ok(pattern)) => {
            assert!(known(list, &pattern).is_none(), "{text} is there twice");
            list.push((method, pattern, nth));
        }
        (Err(RouteError::Pattern { .. }), Err(_)) => {}
        (Err(_), Ok(pattern)) => assert!(known(list, &pattern).is_some(), "{text} was refused"),
        (added, parsed) => panic!("{added:?} and {parsed:?}"),
    }
}

async fn ask(
    client: &TestClient,
    list: &[(Method, Pattern, usize)],
    method: &Method,
    target: &str,
) {
    let Some(uri) = target
        .parse::<Uri>()
        .ok()
        .filter(|_| target.starts_with('/'))
    else {
        return;
    };
    let raw = uri.path();
    let answer = client.request(method.clone(), target).send().await;
    let status = answer.status().as_u16();
    if raw.split('/').any(|segment| decoded(segment).is_none()) {
        assert_eq!(status, 400, "{target}");
        return;
    }
    let all: Vec<_> = list
        .iter()
        .filter_map(|(method, pattern, nth)| Some((method, matches(pattern, raw)?, *nth)))
        .collect();
    let best = all
        .iter()
        .filter(|(other, ..)| *other == method)
        .min_by(|one, other| one.1.0.cmp(&other.1.0));
    match best {
        Some((_, (ranks, captures), nth)) => {
            let captures: Vec<_> = ranks
                .iter()
                .filter(|rank| **rank > 0)
                .zip(captures)
                .map(|(rank, raw)| match rank {
                    1 => decoded(raw).unwrap_or_default(),
                    _ => raw.clone(),
                })
                .collect();
            assert_eq!(status, 200, "{method} {target}");
            assert_eq!(
                answer.text(),
                format!("{nth} {captures:?}"),
                "{method} {target}"
            );
        }
        None => assert_eq!(
            status,
            if all.is_empty() { 404 } else { 405 },
            "{method} {target}"
        ),
    }
}
