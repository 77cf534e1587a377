//! A waker whose calls can be held back, for a wake that nobody needs.
//!
//! hyper 1.12 wakes the task of a connection whenever a piece of a request body is taken, to go on reading. When that
//! was the last piece there is nothing to read, and the task would be polled once more in vain: for a small request
//! that is a tenth of all it takes.

use std::cell::Cell;
use std::sync::Arc;
use std::task::{Wake, Waker};

thread_local! {
    static HELD: Cell<Held> = const { Cell::new(Held::Off) };
}

/// What becomes of the calls that this thread makes.
#[derive(Default)]
enum Held {
    #[default]
    Off,
    Nothing,
    Call(Waker),
}

/// A waker of a task whose calls [`held_back`] can hold back.
pub(crate) struct Patient(Waker);

impl Patient {
    pub(crate) fn waker(task: &Waker) -> Waker {
        Waker::from(Arc::new(Self(task.clone())))
    }
}

impl Wake for Patient {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let holds = HELD.try_with(|held| match held.take() {
            Held::Off => false,
            Held::Nothing | Held::Call(_) => {
                held.set(Held::Call(self.0.clone()));
                true
            }
        });
        if holds != Ok(true) {
            self.0.wake_by_ref();
        }
    }
}

/// Does `work`, and returns the call of a [`Patient`] waker that it made. The caller makes it, unless it knows better.
///
/// Only calls of this thread are held, so no other event is missed.
#[inline]
pub(crate) fn held_back<R>(work: impl FnOnce() -> R) -> (R, Option<Waker>) {
    let holding = Holding::begin();
    let result = work();
    (result, holding.end())
}

/// Nothing is held any more when it is dropped, also by a panic.
struct Holding;

impl Holding {
    fn begin() -> Self {
        let _ends = HELD.try_with(|held| held.set(Held::Nothing));
        Self
    }

    #[expect(clippy::unused_self, reason = "it is over")]
    fn end(self) -> Option<Waker> {
        match HELD.try_with(Cell::take) {
            Ok(Held::Call(call)) => Some(call),
            Ok(Held::Off | Held::Nothing) | Err(_) => None,
        }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        if let Ok(Held::Call(call)) = HELD.try_with(Cell::take) {
            call.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[derive(Default)]
    struct Calls(AtomicUsize);

    impl Wake for Calls {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn patient() -> (Arc<Calls>, Waker) {
        let calls = Arc::<Calls>::default();
        let waker = Patient::waker(&Waker::from(Arc::clone(&calls)));
        (calls, waker)
    }

    #[test]
    fn a_call_is_held_back_on_its_own_thread_and_only_while_the_work_lasts() {
        let (calls, waker) = patient();
        let ((), call) = held_back(|| {
            waker.wake_by_ref();
            waker.wake_by_ref();
            std::thread::scope(|scope| {
                scope.spawn(|| waker.wake_by_ref());
            });
        });
        assert_eq!(calls.0.load(Ordering::Relaxed), 1);
        call.unwrap().wake();
        waker.wake();
        assert_eq!(calls.0.load(Ordering::Relaxed), 3);
        assert!(held_back(|| ()).1.is_none());
    }

    #[test]
    fn a_panic_in_the_work_loses_no_call() {
        let (calls, waker) = patient();
        let panic = catch_unwind(AssertUnwindSafe(|| {
            held_back(|| {
                waker.wake_by_ref();
                panic!("on purpose")
            })
        }));
        assert!(panic.is_err());
        waker.wake();
        assert_eq!(calls.0.load(Ordering::Relaxed), 2);
    }
}
