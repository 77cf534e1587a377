//! What stands beside the routes: handlers for what no route matches, and for refusals, each below a prefix.

use std::sync::Arc;

use http::{Method, StatusCode};

use super::methods::Entry;
use super::pattern::{Pattern, Segment};
use super::{RouteError, SocketType};
use crate::message::path::decode_segment;
use crate::message::{BoxFuture, Captures, Request};

/// What a declared handler is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Role {
    /// The requests that its pattern matches.
    #[default]
    Route,
    /// Those below its prefix that no route matches.
    Fallback,
    /// Refusals of this status below its prefix.
    Catch(StatusCode),
}

impl Role {
    /// How messages call it, in place of a method.
    fn word(self) -> Method {
        let word = match self {
            Self::Route => "route".to_owned(),
            Self::Fallback => "fallback".to_owned(),
            Self::Catch(status) => format!("catch-{}", status.as_u16()),
        };
        Method::from_bytes(word.as_bytes()).unwrap_or_default()
    }
}

/// The handlers beside the routes, those with the longest prefix first.
#[derive(Clone, Default)]
pub(crate) struct Catchers(Vec<Catcher>);

#[derive(Clone)]
struct Catcher {
    role: Role,
    prefix: Pattern,
    entry: Arc<Entry>,
}

impl Catchers {
    /// Keeps a handler in place of the one of its role and prefix, which is returned.
    pub(super) fn put(&mut self, prefix: Pattern, entry: Entry) -> Option<SocketType> {
        let role = entry.declared.role;
        let new = Catcher {
            role,
            prefix,
            entry: Arc::new(entry),
        };
        if let Some(old) = self.find(role, &new.prefix) {
            let old = std::mem::replace(&mut self.0[old], new);
            return Some(old.entry.declared.clone());
        }
        let depth = |prefix: &Pattern| segments(prefix).len();
        let at = self
            .0
            .partition_point(|other| depth(&other.prefix) >= depth(&new.prefix));
        self.0.insert(at, new);
        None
    }

    /// The refusal of a second handler of one role and prefix.
    pub(super) fn conflict(&self, prefix: &Pattern, added: &SocketType) -> Option<RouteError> {
        let existing = &self.0[self.find(added.role, prefix)?];
        Some(RouteError::Conflict {
            method: added.role.word(),
            pattern: added.pattern().to_owned(),
            existing_pattern: existing.entry.declared.pattern().to_owned(),
            existing: existing.entry.declared.origin(),
            added: added.origin(),
        })
    }

    fn find(&self, role: Role, prefix: &Pattern) -> Option<usize> {
        self.0
            .iter()
            .position(|known| known.role == role && known.prefix == *prefix)
    }

    /// What serves a path that no route matches.
    pub(super) fn fallback(&self, path: &str) -> Option<&Entry> {
        self.nearest(Role::Fallback, path)
    }

    fn nearest(&self, role: Role, path: &str) -> Option<&Entry> {
        let of_role = |catcher: &&Catcher| catcher.role == role;
        let mut near = self.0.iter().filter(of_role);
        near.find(|catcher| is_below(path, &catcher.prefix))
            .map(|catcher| &*catcher.entry)
    }
}

/// The segments of a prefix; a slash at its end means nothing.
fn segments(prefix: &Pattern) -> &[Segment] {
    match prefix.segments() {
        [most @ .., Segment::Literal(last)] if last.is_empty() => most,
        all => all,
    }
}

fn is_below(path: &str, prefix: &Pattern) -> bool {
    let mut parts = path.split('/').skip(1);
    segments(prefix).iter().all(|segment| {
        let Some(Ok(part)) = parts.next().map(decode_segment) else {
            return false;
        };
        match segment {
            Segment::Literal(text) => *text == part,
            Segment::Capture(_) => !part.is_empty(),
            Segment::Rest(_) => true,
        }
    })
}

/// A request's way back: the handlers for refusals of the generation that serves it, and its head.
pub(crate) struct Rescue {
    pub(super) catchers: Arc<Catchers>,
    pub(super) request: Request,
}

impl Rescue {
    /// Begins to answer in place of a refusal of this status, if there is a handler for it. `tell` gives it what it asks for.
    pub(crate) fn of(
        mut self,
        status: StatusCode,
        tell: impl FnOnce(&mut Request),
    ) -> Option<BoxFuture> {
        let path = self.request.uri().path();
        let entry = self.catchers.nearest(Role::Catch(status), path)?;
        self.request
            .matched(Arc::clone(&entry.facts), Captures::default());
        tell(&mut self.request);
        Some(entry.endpoint.call(self.request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_holds_whole_segments() {
        for (prefix, path, below) in [
            ("/", "/anything/at/all", true),
            ("/", "/", true),
            ("/api", "/api", true),
            ("/api", "/api/", true),
            ("/api/", "/api/x", true),
            ("/api", "/apix", false),
            ("/api", "/%61pi/x", true),
            ("/a/{id}/b", "/a/7/b/c", true),
            ("/a/{id}/b", "/a//b", false),
            ("/a/{id}/b", "/a/7", false),
        ] {
            let pattern = Pattern::parse(prefix).unwrap();
            assert_eq!(is_below(path, &pattern), below, "{path} below {prefix}");
        }
    }
}
