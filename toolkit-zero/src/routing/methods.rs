//! The routes of one pattern, by method.

use std::sync::Arc;

use http::Method;

use super::SocketType;
use crate::handler::Handler;
use crate::message::RouteFacts;

/// A route in the table.
pub(crate) struct Entry {
    pub(crate) declared: SocketType,
    pub(crate) endpoint: Arc<dyn Handler>,
    pub(crate) facts: Arc<RouteFacts>,
    /// The layers of the route around the automatic answers of its path; nothing where there are none.
    pub(crate) beside: Option<Arc<dyn Handler>>,
}

/// One method of one pattern.
#[derive(Clone)]
pub(crate) struct Slot {
    pub(crate) method: Method,
    pub(crate) entry: Arc<Entry>,
    pub(crate) enabled: bool,
}

/// The slots of one pattern. Few, so a scan is the fastest search.
#[derive(Clone, Default)]
pub(crate) struct Methods(Vec<Slot>);

impl Methods {
    #[inline]
    pub(crate) fn get(&self, method: &Method) -> Option<&Slot> {
        self.0.iter().find(|slot| slot.method == *method)
    }

    pub(crate) fn get_mut(&mut self, method: &Method) -> Option<&mut Slot> {
        self.0.iter_mut().find(|slot| slot.method == *method)
    }

    /// Puts a slot in, in place of the one of its method.
    pub(crate) fn put(&mut self, slot: Slot) -> Option<Slot> {
        if let Some(old) = self.get_mut(&slot.method) {
            return Some(std::mem::replace(old, slot));
        }
        let at = self
            .0
            .partition_point(|other| other.method.as_str() < slot.method.as_str());
        // Most patterns have one method, and there may be many patterns.
        self.0.reserve_exact(1);
        self.0.insert(at, slot);
        None
    }

    pub(crate) fn take(&mut self, method: &Method) -> Option<Slot> {
        let at = self.0.iter().position(|slot| slot.method == *method)?;
        Some(self.0.remove(at))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order of the methods' names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.0.iter()
    }
}

/// The methods that are allowed where these answer, `HEAD` and `OPTIONS` included (RFC 9110 section 10.2.1).
pub(crate) fn allowed<'a>(methods: impl Iterator<Item = &'a Methods>) -> Vec<Method> {
    let mut allowed = vec![Method::OPTIONS];
    // In place: few, and a sort is much code.
    let mut allow = |method: &Method| {
        let at = allowed.partition_point(|other| other.as_str() < method.as_str());
        if allowed.get(at) != Some(method) {
            allowed.insert(at, method.clone());
        }
    };
    for slot in methods.flat_map(Methods::iter) {
        if slot.method == Method::GET {
            allow(&Method::HEAD);
        }
        allow(&slot.method);
    }
    allowed
}

/// `GET, HEAD`: as the `Allow` field and messages write methods.
pub(crate) fn names_of(methods: &[Method]) -> String {
    methods
        .iter()
        .map(Method::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}
