//! What an argument declares about itself: the state, the parameter or the body it needs.

use std::any::TypeId;

/// What a route's arguments need, gathered before the server starts.
///
/// An extractor of your own that holds another one passes this on: `State::<Db>::describe(meta)`.
#[derive(Debug, Default)]
pub struct Meta {
    states: Vec<StateNeed>,
    optional: usize,
}

/// A state that a route cannot do without.
#[derive(Clone, Debug)]
pub(crate) struct StateNeed {
    /// The type.
    pub(crate) id: TypeId,
    /// Its name, for messages.
    pub(crate) name: &'static str,
}

impl Meta {
    /// This route needs a state of type `T`.
    pub fn state<T: 'static>(&mut self) {
        let need = StateNeed {
            id: TypeId::of::<T>(),
            name: std::any::type_name::<T>(),
        };
        if self.optional == 0 && self.states.iter().all(|known| known.id != need.id) {
            self.states.push(need);
        }
    }

    /// What `describe` declares inside is wanted, but its absence is no fault.
    pub fn optional(&mut self, describe: impl FnOnce(&mut Self)) {
        self.optional += 1;
        describe(self);
        self.optional -= 1;
    }

    pub(crate) fn states(&self) -> &[StateNeed] {
        &self.states
    }
}
