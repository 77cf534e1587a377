//! A value behind one pointer, in memory that is used again.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

/// A value behind one pointer, so that moving it moves little. The memory of one that is taken or vacated is given to
/// the next one of the thread.
///
/// It is `Some` for as long as the place is anybody's.
pub(super) struct Place<T: Kept>(Box<Option<T>>);

/// A type that each thread keeps free places for.
pub(super) trait Kept: Sized + 'static {
    /// `None` while the thread ends.
    fn spare<R>(work: impl FnOnce(&Spare<Self>) -> R) -> Option<R>;
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
    /// `make` is called when there is a place, so that what it makes is made there.
    #[inline]
    pub(super) fn of(make: impl FnOnce() -> T) -> Self {
        let free = T::spare(|spare| spare.0.borrow_mut().pop()).flatten();
        let mut place = free.unwrap_or_else(|| Self(Box::new(None)));
        *place.0 = Some(make());
        place
    }

    #[inline]
    pub(super) fn take(mut self) -> T {
        let value = self.0.take();
        self.vacate();
        value.unwrap_or_else(|| vacant())
    }

    #[inline]
    pub(super) fn vacate(mut self) {
        *self.0 = None;
        // While the thread ends it is freed.
        let _kept = T::spare(|spare| spare.keep(self));
    }
}

impl<T: Kept> Deref for Place<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match &*self.0 {
            Some(value) => value,
            None => vacant(),
        }
    }
}

impl<T: Kept> DerefMut for Place<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        match &mut *self.0 {
            Some(value) => value,
            None => vacant(),
        }
    }
}

#[cold]
fn vacant() -> ! {
    unreachable!("a place that is somebody's holds a value")
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    thread_local! {
        static SPARE: Spare<Rc<str>> = const { Spare::new() };
    }

    impl Kept for Rc<str> {
        fn spare<R>(work: impl FnOnce(&Spare<Self>) -> R) -> Option<R> {
            SPARE.try_with(work).ok()
        }
    }

    #[test]
    fn a_place_is_given_to_the_next_value_and_keeps_nothing_of_the_last() {
        let first: Rc<str> = Rc::from("first");
        let place = Place::of(|| Rc::clone(&first));
        let address = std::ptr::from_ref(&*place);
        place.vacate();
        assert_eq!(Rc::strong_count(&first), 1);
        let second = Place::of(|| Rc::from("second"));
        assert_eq!(std::ptr::from_ref(&*second), address);
        assert_eq!(&*second.take(), "second");
    }

    #[test]
    fn no_more_places_are_kept_than_a_thread_needs() {
        let places: Vec<_> = (0..100).map(|_| Place::of(|| Rc::from(""))).collect();
        places.into_iter().for_each(Place::vacate);
        let kept = SPARE.with(|spare| spare.0.borrow().len());
        assert_eq!(kept, Spare::<Rc<str>>::MOST);
    }
}
