//! What a program does when its server starts and stops, and the tasks that it waits for.

use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Control;
use crate::message::BoxError;

/// A hook's future.
type Doing<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// What a program does before its server accepts anybody.
pub(super) type OnStart = Box<dyn FnOnce(Control) -> Doing<Result<(), BoxError>> + Send>;
/// What it does when everything has been answered.
pub(super) type OnStop = Box<dyn FnOnce() -> Doing<()> + Send>;

/// The hooks of a server that is being built.
#[derive(Default)]
pub(super) struct Hooks {
    pub(super) start: Vec<OnStart>,
    pub(super) stop: Vec<OnStop>,
}

/// How far a server has come: `None` until its hooks have run, then how they ended.
type Started = Option<Result<(), Arc<str>>>;

/// The life of one server.
pub(super) struct Life {
    hooks: Mutex<Hooks>,
    started: watch::Sender<Started>,
    tasks: TaskTracker,
    /// Ends the tasks that the drain did not wait for.
    overdue: CancellationToken,
}

impl Life {
    pub(super) fn new(hooks: Hooks) -> Self {
        Self {
            hooks: Mutex::new(hooks),
            started: watch::Sender::new(None),
            tasks: TaskTracker::new(),
            overdue: CancellationToken::new(),
        }
    }

    fn take<T>(&self, of: impl FnOnce(&mut Hooks) -> &mut Vec<T>) -> Vec<T> {
        let mut hooks = self.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(of(&mut hooks))
    }

    /// Whether there is anything to wait for before the first request.
    pub(super) fn has_start_hooks(&self) -> bool {
        let hooks = self.hooks.lock().unwrap_or_else(PoisonError::into_inner);
        !hooks.start.is_empty()
    }

    /// Runs the hooks of the start, one after the other, until one fails. Called once.
    pub(super) async fn start(&self, control: &Control) -> Result<(), Arc<str>> {
        let mut result = Ok(());
        for hook in self.take(|hooks| &mut hooks.start) {
            result = hook(control.clone())
                .await
                .map_err(|error| error.to_string().into());
            if let Err(error) = &result {
                tracing::error!(%error, "`on_start` failed; the server does not start");
                break;
            }
        }
        self.started.send_replace(Some(result.clone()));
        result
    }

    /// Returns when the hooks of the start have ended.
    pub(super) async fn started(&self) -> Result<(), Arc<str>> {
        let mut started = self.started.subscribe();
        match started.wait_for(Option::is_some).await {
            Ok(started) => started.clone().unwrap_or(Ok(())),
            // The sender is in `self`.
            Err(_) => Ok(()),
        }
    }

    pub(super) fn has_started(&self) -> bool {
        matches!(&*self.started.borrow(), Some(Ok(())))
    }

    /// Runs a task that the drain waits for.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static, on: &Handle) {
        let overdue = self.overdue.clone();
        let guarded = async move {
            let mut task = pin!(task);
            let guarded = poll_fn(|cx| {
                let polled = catch_unwind(AssertUnwindSafe(|| task.as_mut().poll(cx)));
                polled.unwrap_or_else(|_| {
                    tracing::error!("a tracked task panicked");
                    Poll::Ready(())
                })
            });
            tokio::select! {
                () = guarded => {}
                () = overdue.cancelled() => {}
            }
        };
        drop(self.tasks.spawn_on(guarded, on));
    }

    /// Waits for the tracked tasks; those left after so long are ended and counted. Then runs the hooks of the stop, which
    /// may take as long as `hooks` says.
    pub(super) async fn end(&self, hurry: impl Future<Output = ()>, hooks: Duration) -> u64 {
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => {}
            () = hurry => {}
        }
        let left = self.tasks.len() as u64;
        if left > 0 {
            tracing::warn!(
                left,
                "tracked tasks were ended by the deadline of the drain"
            );
            self.overdue.cancel();
        }
        for hook in self.take(|hooks| &mut hooks.stop) {
            if timeout(hooks, hook()).await.is_err() {
                tracing::error!("`on_stop` took longer than a drain may, and was ended");
            }
        }
        left
    }
}

impl fmt::Debug for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Life({:?})", *self.started.borrow())
    }
}
