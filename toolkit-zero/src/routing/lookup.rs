//! What serves a request: the best route, or the answer where there is none.

use std::future::ready;
use std::sync::Arc;

use http::Method;
use http::header::ACCESS_CONTROL_REQUEST_METHOD;

use super::automatic::Automatic;
use super::methods::{Entry, Methods, Slot, allowed, names_of};
use super::table::Table;
use super::trie::Spans;
use crate::message::path;
use crate::message::{BoxFuture, Captures, Request};
use crate::reply::{IntoResponse, Problem, Redirect};

/// What becomes of a path that no route matches but for a slash at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrailingSlash {
    /// `/a` and `/a/` are two routes.
    #[default]
    Strict,
    /// The client is sent to the other form with 308 (RFC 9110 section 15.4.9), its query kept.
    Redirect,
    /// The other form serves it.
    Ignore,
}

impl Table {
    /// Chooses what serves a request, and tells the request. Total: what no route answers is answered here.
    #[inline]
    pub(crate) fn choose(&self, request: &mut Request) -> Result<&Entry, BoxFuture> {
        let raw = request.uri().path();
        let key = match path::key(raw) {
            Ok(key) => key,
            Err(error) => {
                let problem = Problem::bad_request().detail(error.to_string());
                return Err(refuse(request, problem));
            }
        };
        let method = request.method();
        let mut spans = Spans::NONE;
        let plain = self.trie.first(&key, &mut spans);
        let found = match plain.and_then(|methods| methods.get(method)) {
            Some(slot) => Some((slot, captures(raw, &key, &spans))),
            None => self.find(method, raw, &key),
        };
        match found {
            Some((slot, captures)) => enter(slot, captures, request),
            None => self.otherwise(request),
        }
    }

    /// The best route that has the method; for `HEAD`, if none is declared, the best that has `GET`.
    fn find(&self, method: &Method, raw: &str, key: &[u8]) -> Option<(&Slot, Captures)> {
        let declared = self.declared(method, raw, key);
        if declared.is_none() && *method == Method::HEAD {
            self.declared(&Method::GET, raw, key)
        } else {
            declared
        }
    }

    fn declared(&self, method: &Method, raw: &str, key: &[u8]) -> Option<(&Slot, Captures)> {
        let mut captured = Captures::default();
        let mut found = None;
        self.trie.search(key, &mut |methods, spans| {
            found = methods.get(method);
            if found.is_some() {
                captured = captures(raw, key, spans);
            }
            found.is_some()
        });
        Some((found?, captured))
    }

    /// Where no route has the method: the other form of the path, the automatic `OPTIONS`, 405 with `Allow`, or 404.
    #[cold]
    fn otherwise(&self, request: &mut Request) -> Result<&Entry, BoxFuture> {
        let raw = request.uri().path();
        let mut matching = self.matching(raw);
        if self.trailing_slash != TrailingSlash::Strict
            && let Some(other) = other_form(raw)
        {
            let key = path::key(&other).unwrap_or_default();
            if let Some((slot, captures)) = self.find(request.method(), &other, &key) {
                if self.trailing_slash == TrailingSlash::Ignore {
                    return enter(slot, captures, request);
                }
                return Err(redirect(request, &other));
            }
            matching.extend(self.matching(&other));
        }
        let is_options = *request.method() == Method::OPTIONS;
        if is_options && raw == "*" {
            matching = self.trie.iter().collect();
        } else if matching.is_empty() {
            let catchers = self.catchers.as_ref();
            if let Some(entry) = catchers.and_then(|catchers| catchers.fallback(raw)) {
                request.matched(Arc::clone(&entry.facts), Captures::default());
                return Ok(entry);
            }
            let problem = Problem::not_found().detail(format!("nothing is served at {raw}"));
            return Err(refuse(request, problem));
        }
        let automatic = Automatic {
            allow: names_of(&allowed(matching.iter().copied())),
        };
        // A preflight says which method it is about, and so whose layers answer it.
        let about = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD);
        let about = about.and_then(|method| Method::from_bytes(method.as_bytes()).ok());
        let slots = || matching.iter().copied().flat_map(Methods::iter);
        let of = |method: &Method| slots().find(|slot| slot.method == *method);
        let slot = match about {
            Some(Method::HEAD) => of(&Method::HEAD).or_else(|| of(&Method::GET)),
            Some(about) => of(&about),
            None => None,
        };
        // One about a method that the path has not is told so by whoever speaks for the path.
        let slot = slot.or_else(|| slots().find(|slot| slot.entry.beside.is_some()));
        match slot.and_then(|slot| slot.entry.beside.as_ref()) {
            Some(beside) => {
                request.extensions_mut().insert(automatic);
                Err(beside.call(request.take()))
            }
            None => Err(at_once(automatic.answer(request))),
        }
    }

    /// All patterns that match a path, whatever their methods.
    fn matching(&self, raw: &str) -> Vec<&Methods> {
        let mut matching = Vec::new();
        let key = path::key(raw).unwrap_or_default();
        self.trie.search(&key, &mut |methods, _| {
            matching.push(methods);
            false
        });
        matching
    }
}

/// Tells the request which route serves it. A route that is switched off serves nothing.
#[inline]
fn enter<'t>(
    slot: &'t Slot,
    captures: Captures,
    request: &mut Request,
) -> Result<&'t Entry, BoxFuture> {
    if !slot.enabled {
        return Err(switched_off(request));
    }
    request.matched(Arc::clone(&slot.entry.facts), captures);
    Ok(&slot.entry)
}

#[cold]
fn switched_off(request: &Request) -> BoxFuture {
    let problem = Problem::service_unavailable()
        .detail("this route is switched off")
        .retry_after(1);
    refuse(request, problem)
}

/// The path with its last slash taken away, or with one added.
fn other_form(raw: &str) -> Option<String> {
    match raw.strip_suffix('/') {
        Some("") => None,
        Some(shorter) => Some(shorter.to_owned()),
        None => Some(format!("{raw}/")),
    }
}

/// Sends the client to another path of this origin. One that a browser would take for another host is not sent.
fn redirect(request: &Request, path: &str) -> BoxFuture {
    if path.starts_with("//") || path.starts_with("/\\") {
        let problem = Problem::not_found().detail("nothing is served at this path");
        return refuse(request, problem);
    }
    at_once(Redirect::permanent(match request.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }))
}

fn at_once(reply: impl IntoResponse) -> BoxFuture {
    Box::pin(ready(reply.into_response()))
}

#[cold]
fn refuse(request: &Request, problem: Problem) -> BoxFuture {
    at_once(problem.instance(request.uri().path()))
}

/// Where the captures lie in the raw path, of which `key` was decoded.
#[inline]
fn captures(raw: &str, key: &[u8], spans: &Spans) -> Captures {
    if raw.len() == key.len() {
        return Captures::of(spans.all(), spans.len());
    }
    let mut captures = Captures::default();
    for span in spans.iter() {
        let span = path::raw_span(raw, key, span);
        captures.push(span.start, span.end);
    }
    captures
}
