//! What all requests of one server share: its states, its limits, its blocking pool.

use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Budget, Proxies};

/// What all requests of one server share.
#[derive(Debug)]
pub(crate) struct Context {
    /// The values given by `server.state(..)`.
    pub(crate) states: StateMap,
    /// The largest body that is read into memory, in bytes, where the route says nothing else.
    pub(crate) body_limit: u64,
    /// The bodies that are in memory now.
    pub(crate) buffered: Budget,
    /// How many blocking handlers run and wait.
    pub(crate) blocking: BlockingGate,
    /// Whose word about a client's address is believed; nobody's without.
    pub(crate) proxies: Option<Proxies>,
    /// Whose connections begin with the address of the client.
    #[cfg(feature = "proxy-protocol")]
    pub(crate) introducers: Vec<super::Network>,
}

/// One value a type, found by the type.
#[derive(Clone, Default)]
pub(crate) struct StateMap {
    values: HashMap<TypeId, Arc<dyn Any + Send + Sync>, BuildHasherDefault<TypeIdHasher>>,
    names: Vec<&'static str>,
}

impl StateMap {
    /// Keeps `value`; the earlier one of its type, if any, is replaced.
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        if self
            .values
            .insert(TypeId::of::<T>(), Arc::new(value))
            .is_none()
        {
            self.names.push(std::any::type_name::<T>());
        }
    }

    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        self.values
            .get(&TypeId::of::<T>())
            .and_then(|value| value.downcast_ref())
    }

    /// Which types are given, for the checks of routes. Holds no value, so it cannot keep one alive.
    pub(crate) fn provided(&self) -> Provided {
        Provided {
            ids: self.values.keys().copied().collect(),
            names: self.names.clone(),
        }
    }
}

/// Which states a server was given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Provided {
    ids: HashSet<TypeId, BuildHasherDefault<TypeIdHasher>>,
    names: Vec<&'static str>,
}

impl Provided {
    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.ids.contains(&id)
    }

    /// The type names of what was given, for messages.
    pub(crate) fn names(&self) -> &[&'static str] {
        &self.names
    }
}

impl fmt::Debug for StateMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.names).finish()
    }
}

/// A `TypeId` is a hash already.
#[derive(Clone, Default)]
struct TypeIdHasher(u64);

impl Hasher for TypeIdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Admits blocking handlers to the blocking pool: some run, some wait, the rest are refused.
#[derive(Debug)]
pub(crate) struct BlockingGate {
    running: Arc<Semaphore>,
    waiting: AtomicUsize,
    most_waiting: usize,
}

impl BlockingGate {
    pub(crate) fn new(most_running: usize, most_waiting: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(most_running.min(Semaphore::MAX_PERMITS))),
            waiting: AtomicUsize::new(0),
            most_waiting,
        }
    }

    /// A place to run in, after waiting for it if need be; `None` if too many wait already.
    pub(crate) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.running).try_acquire_owned() {
            return Some(permit);
        }
        let _place = Place::take(&self.waiting, self.most_waiting)?;
        Arc::clone(&self.running).acquire_owned().await.ok()
    }
}

/// One place in the queue, given back when dropped (a client that leaves stops waiting).
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, most: usize) -> Option<Self> {
        if waiting.fetch_add(1, Ordering::Relaxed) < most {
            return Some(Self(waiting));
        }
        waiting.fetch_sub(1, Ordering::Relaxed);
        None
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_found_by_its_type_and_the_last_one_given_wins() {
        let mut states = StateMap::default();
        states.insert(1_u32);
        states.insert("text");
        states.insert(2_u32);
        assert_eq!(states.get::<u32>(), Some(&2));
        assert_eq!(states.get::<&str>(), Some(&"text"));
        assert_eq!(states.get::<u64>(), None);
        assert_eq!(states.provided().names().len(), 2);
    }

    #[tokio::test]
    async fn a_full_gate_refuses_and_a_freed_place_is_given_on() {
        let gate = BlockingGate::new(1, 0);
        let first = gate.enter().await.unwrap();
        assert!(gate.enter().await.is_none());
        drop(first);
        assert!(gate.enter().await.is_some());
    }
}
