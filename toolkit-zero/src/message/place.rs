//! A value behind one pointer, in memory that is used again.

use std::cell::RefCell;
use std::mem;
use std::ops::{Deref, DerefMut};

/// A value behind one pointer, so that moving it moves little. The memory of one that is taken or vacated is given to
/// the next one of the thread.
pub(super) struct Place<T: Kept>(Box<T>);

/// A type that each thread keeps free places for: as it is by default, it is nobody's.
pub(super) trait Kept: Default + 'static {
    /// `None` while the thread ends.
    fn spare<R>(work: impl FnOnce(&Spare<Self>) -> R) -> Option<R>;

    /// Makes it what it is by default, field by field: it is large, and most of it is so already.
    fn clear(&mut self);
}

/// The free places of a thread.
pub(super) struct Spare<T: Kept>(RefCell<Vec<Place<T>>>);

impl<T: Kept> Spare<T> {
    /// As many as are kept: enough for the requests that are begun one after the other, and no memory to speak of.
    const MOST: usize = 32;

    pub(super) const fn new() -> Self {
        Self(RefCell::new(Vec::new()))
    }

    fn keep(&self, place: Place<T>) {
        let mut free = self.0.borrow_mut();
        if free.len() < Self::MOST {
            free.push(place);
        }
    }
}

impl<T: Kept> Place<T> {
    /// One that nobody has, to be filled field by field: what is moved there is moved once.
    #[inline]
    pub(super) fn free() -> Self {
        let free = T::spare(|spare| spare.0.borrow_mut().pop()).flatten();
        free.unwrap_or_else(|| Self(Box::default()))
    }

    pub(super) fn take(mut self) -> T {
        let value = mem::take(&mut *self.0);
        self.vacate();
        value
    }

    #[inline]
    pub(super) fn vacate(mut self) {
        self.0.clear();
        // While the thread ends it is freed.
        let _kept = T::spare(|spare| spare.keep(self));
    }
}

impl<T: Kept> Deref for Place<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Kept> DerefMut for Place<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[derive(Default)]
    struct Value(Option<Rc<str>>);

    thread_local! {
        static SPARE: Spare<Value> = const { Spare::new() };
    }

    impl Kept for Value {
        fn spare<R>(work: impl FnOnce(&Spare<Self>) -> R) -> Option<R> {
            SPARE.try_with(work).ok()
        }

        fn clear(&mut self) {
            self.0 = None;
        }
    }

    #[test]
    fn a_place_is_given_to_the_next_value_and_keeps_nothing_of_the_last() {
        let first: Rc<str> = Rc::from("first");
        let mut place = Place::<Value>::free();
        place.0.0 = Some(Rc::clone(&first));
        let address = std::ptr::from_ref(&*place);
        place.vacate();
        assert_eq!(Rc::strong_count(&first), 1);
        let mut second = Place::<Value>::free();
        assert_eq!(std::ptr::from_ref(&*second), address);
        assert_eq!(second.0.0, None);
        second.0.0 = Some(first);
        assert_eq!(second.take().0.as_deref(), Some("first"));
    }

    #[test]
    fn no_more_places_are_kept_than_a_thread_needs() {
        let places: Vec<_> = (0..100).map(|_| Place::<Value>::free()).collect();
        places.into_iter().for_each(Place::vacate);
        let kept = SPARE.with(|spare| spare.0.borrow().len());
        assert_eq!(kept, Spare::<Value>::MOST);
    }
}
