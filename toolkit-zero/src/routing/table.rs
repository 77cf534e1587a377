//! The route table: an immutable snapshot, and how a new one is made from it. What it answers is in `lookup`.

use std::sync::Arc;
use std::time::Duration;

use http::Method;

use super::automatic::Beside;
use super::catchers::{Catchers, Rescue, Role};
use super::layers::ModuleLayers;
use super::methods::{Entry, Methods, Slot};
use super::trie::Trie;
use super::{Pattern, RouteError, SocketType, TrailingSlash};
use crate::message::{Provided, Request};

/// All routes at one moment. A clone is one reference count.
#[derive(Clone, Default)]
pub(crate) struct Table {
    pub(super) trie: Trie<Methods>,
    slots: usize,
    pub(crate) generation: u64,
    pub(crate) trailing_slash: TrailingSlash,
    /// `None` where there is none, so that nothing is asked.
    pub(super) catchers: Option<Arc<Catchers>>,
    /// How long a handler may take whose route says nothing else.
    pub(crate) timeout: Option<Duration>,
    layers: ModuleLayers,
}

impl Table {
    /// Adds a route with all its methods, or none of them.
    pub(crate) fn add(&mut self, route: SocketType, states: &Provided) -> Result<(), RouteError> {
        checked(&route, states)?;
        self.add_unchecked(route)
    }

    /// As [`add`](Self::add), where the states have been checked.
    pub(crate) fn add_unchecked(&mut self, route: SocketType) -> Result<(), RouteError> {
        let pattern = parsed_of(&route)?;
        if route.role != Role::Route
            && let Some(catchers) = &self.catchers
            && let Some(conflict) = catchers.conflict(pattern, &route)
        {
            return Err(conflict);
        }
        if let Some(methods) = self.trie.get(pattern) {
            for method in route.methods() {
                if let Some(slot) = methods.get(method) {
                    return Err(conflict(method, slot, &route));
                }
            }
        }
        if route.role == Role::Route {
            self.put(route)?;
        } else {
            self.put_beside(route)?;
        }
        Ok(())
    }

    /// Puts a route in place of those that answer its methods on its pattern, and returns those.
    pub(crate) fn replace(
        &mut self,
        route: SocketType,
        states: &Provided,
    ) -> Result<Vec<SocketType>, RouteError> {
        checked(&route, states)?;
        if route.role != Role::Route {
            return Ok(self.put_beside(route)?.into_iter().collect());
        }
        let displaced = self.put(route)?;
        let declared = displaced
            .iter()
            .map(|slot| slot.entry.declared.only(&slot.method));
        Ok(declared.collect())
    }

    /// What is no route stands beside them.
    fn put_beside(&mut self, declared: SocketType) -> Result<Option<SocketType>, RouteError> {
        let prefix = parsed_of(&declared)?.clone();
        let entry = self.entry(declared)?;
        let catchers = Arc::make_mut(self.catchers.get_or_insert_default());
        Ok(catchers.put(prefix, entry))
    }

    /// What a request needs to be answered by a catcher if it is refused.
    #[inline]
    pub(super) fn rescue(&self, request: &Request) -> Option<Rescue> {
        self.catchers.as_ref().map(|catchers| Rescue {
            catchers: Arc::clone(catchers),
            request: request.head(),
        })
    }

    fn entry(&self, declared: SocketType) -> Result<Entry, RouteError> {
        let facts = Arc::new(declared.facts(parsed_of(&declared)?));
        let endpoint = declared.endpoint(self.timeout, &self.layers);
        let beside = declared.layered(|| Arc::new(Beside), &self.layers);
        Ok(Entry {
            declared,
            endpoint,
            facts,
            beside,
        })
    }

    fn put(&mut self, route: SocketType) -> Result<Vec<Slot>, RouteError> {
        let entry = Arc::new(self.entry(route)?);
        let declared = &entry.declared;
        let displaced: Vec<_> = self.trie.update(parsed_of(declared)?, |methods| {
            let methods = methods.get_or_insert_default();
            let slots = declared.methods().iter().map(|method| Slot {
                method: method.clone(),
                entry: Arc::clone(&entry),
                enabled: true,
            });
            slots.filter_map(|slot| methods.put(slot)).collect()
        });
        self.slots += declared.methods().len() - displaced.len();
        Ok(displaced)
    }

    /// Takes one method of a pattern out.
    pub(crate) fn remove(
        &mut self,
        method: &Method,
        pattern: &str,
    ) -> Result<SocketType, RouteError> {
        let pattern = parsed(pattern)?;
        let taken = self.trie.update(&pattern, |methods| {
            let slot = methods.as_mut().and_then(|methods| methods.take(method));
            if methods.as_ref().is_some_and(Methods::is_empty) {
                *methods = None;
            }
            slot
        });
        let slot = taken.ok_or_else(|| self.not_found(method, &pattern))?;
        self.slots -= 1;
        Ok(slot.entry.declared.only(method))
    }

    /// Switches one method of a pattern off or on. Returns whether that changed anything.
    pub(crate) fn switch(
        &mut self,
        method: &Method,
        pattern: &str,
        enabled: bool,
    ) -> Result<bool, RouteError> {
        let pattern = parsed(pattern)?;
        match self
            .trie
            .get(&pattern)
            .and_then(|methods| methods.get(method))
        {
            None => Err(self.not_found(method, &pattern)),
            Some(slot) if slot.enabled == enabled => Ok(false),
            Some(_) => {
                self.trie.update(&pattern, |methods| {
                    if let Some(slot) = methods.as_mut().and_then(|methods| methods.get_mut(method))
                    {
                        slot.enabled = enabled;
                    }
                });
                Ok(true)
            }
        }
    }

    fn not_found(&self, method: &Method, pattern: &Pattern) -> RouteError {
        let others = self
            .trie
            .get(pattern)
            .map(|methods| methods.iter().map(|slot| slot.method.clone()).collect());
        RouteError::NotFound {
            method: method.clone(),
            pattern: pattern.as_str().to_owned(),
            others: others.unwrap_or_default(),
        }
    }

    /// Every method of every pattern, sorted by the trie.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.trie.iter().flat_map(Methods::iter)
    }

    /// How many routes there are, a method of a pattern each, and how many patterns.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.slots, self.trie.len())
    }
}

/// A route is checked the same way before the server starts and while it runs.
fn checked<'r>(route: &'r SocketType, states: &Provided) -> Result<&'r Pattern, RouteError> {
    let pattern = parsed_of(route)?;
    match route.states().into_iter().find(|need| !states.has(need.id)) {
        None => Ok(pattern),
        Some(need) => Err(RouteError::MissingState {
            method: route.methods().first().cloned().unwrap_or_default(),
            pattern: pattern.as_str().to_owned(),
            origin: route.origin(),
            state: need.name,
            given: states.names().to_vec(),
        }),
    }
}

fn parsed_of(route: &SocketType) -> Result<&Pattern, RouteError> {
    route.parsed().map_err(|source| RouteError::Pattern {
        origin: route.origin(),
        source: source.clone(),
    })
}

fn conflict(method: &Method, existing: &Slot, added: &SocketType) -> RouteError {
    RouteError::Conflict {
        method: method.clone(),
        pattern: added.pattern().to_owned(),
        existing_pattern: existing.entry.declared.pattern().to_owned(),
        existing: existing.entry.declared.origin(),
        added: added.origin(),
    }
}

fn parsed(text: &str) -> Result<Pattern, RouteError> {
    Pattern::parse(text).map_err(|source| RouteError::NoPattern {
        text: text.to_owned(),
        source,
    })
}
