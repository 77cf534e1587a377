//! Answers over HTTP/2 that wait for their client to open a window.
//!
//! hyper asks for the next part of an answer when the client's windows have room for it (RFC 9113 section 5.2), so an
//! answer whose parts nobody asks for is one that its client does not take. hyper cannot be told to give such a stream up,
//! but its task can: dropped, the stream ends with a reset.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;

/// How one answer goes out. Its stream's task writes it, the sweeper reads it.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// Bytes that were handed to h2.
    handed: AtomicU64,
    /// There is more, and nobody asks for it.
    due: AtomicBool,
    given_up: AtomicBool,
    /// It has a task of its own.
    spawned: AtomicBool,
    task: OnceLock<Waker>,
}

impl Flow {
    /// The answer has more to give.
    pub(super) fn offers(&self) {
        self.due.store(true, Ordering::Relaxed);
    }

    /// The next part is asked for.
    pub(super) fn is_asked(&self) {
        self.due.store(false, Ordering::Relaxed);
    }

    /// A part was handed to h2.
    pub(super) fn hands(&self, bytes: usize) {
        self.handed.fetch_add(bytes as u64, Ordering::Relaxed);
        self.offers();
    }

    /// What was handed to h2, while nobody asks for more.
    pub(super) fn waiting(&self) -> Option<u64> {
        self.due
            .load(Ordering::Relaxed)
            .then(|| self.handed.load(Ordering::Relaxed))
    }

    /// It gets a task of its own.
    pub(super) fn is_spawned(&self) {
        self.spawned.store(true, Ordering::Relaxed);
    }

    /// Whether it has one. Until then it may end at once, and nobody needs to watch it.
    pub(super) fn has_a_task(&self) -> bool {
        self.spawned.load(Ordering::Relaxed)
    }

    /// Ends the stream; whether it was not told before.
    pub(super) fn give_up(&self) -> bool {
        let first = !self.given_up.swap(true, Ordering::Release);
        if let Some(task) = self.task.get() {
            task.wake_by_ref();
        }
        first
    }

    fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Acquire)
    }
}

pin_project! {
    /// One stream, until it ends or is given up.
    pub(super) struct Flowing<F> {
        #[pin]
        pub(super) stream: F,
        pub(super) flow: Arc<Flow>,
    }
}

impl<F: Future> Future for Flowing<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        // A task keeps its waker.
        this.flow.task.get_or_init(|| cx.waker().clone());
        if this.flow.is_given_up() {
            return Poll::Ready(());
        }
        this.stream.poll(cx).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_due_until_its_next_part_is_asked_for() {
        let flow = Flow::default();
        assert_eq!(flow.waiting(), None);
        flow.offers();
        assert_eq!(flow.waiting(), Some(0));
        flow.is_asked();
        assert_eq!(flow.waiting(), None);
        flow.hands(7);
        assert_eq!(flow.waiting(), Some(7));
        assert!(flow.give_up());
        assert!(!flow.give_up());
    }

    #[tokio::test]
    async fn a_stream_that_is_given_up_is_dropped() {
        let flow = Arc::<Flow>::default();
        let (held, dropped) = tokio::sync::oneshot::channel::<()>();
        let stream = async move {
            let _held = held;
            std::future::pending::<()>().await;
        };
        tokio::spawn(Flowing {
            stream: Box::pin(stream),
            flow: Arc::clone(&flow),
        });
        tokio::task::yield_now().await;
        flow.give_up();
        assert!(dropped.await.is_err());
    }
}
