//! A server that takes over from an older process, and is taken over by the next one.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::running::Running;
use super::{BootError, Listen};
use crate::dispatch::Dispatch;
use crate::transport::{Accepting, Giver, Takeover};

/// The place of a server among the processes that serve one after the other.
#[derive(Debug)]
pub(super) struct Succession {
    /// By which the next one asks.
    giver: Giver,
    /// Who serves until this one does.
    takeover: Option<Takeover>,
}

impl Succession {
    /// Asks who serves for its sockets, which then stand for those of `listens`.
    ///
    /// # Errors
    /// Nothing has changed: who serves goes on.
    pub(super) fn begin(
        path: Option<PathBuf>,
        listens: &mut Vec<Listen>,
    ) -> Result<Option<Self>, BootError> {
        let Some(path) = path else {
            return Ok(None);
        };
        let begin = || {
            let mut takeover = Takeover::ask(&path)?;
            let giver = Giver::bind(&path, takeover.as_mut())?;
            Ok(Self { giver, takeover })
        };
        let failed = |source| BootError::Handover {
            path: path.clone(),
            source,
        };
        let mut succession = begin().map_err(failed)?;
        if let Some(takeover) = &mut succession.takeover {
            *listens = takeover.choose(std::mem::take(listens));
        }
        Ok(Some(succession))
    }

    /// Whether another process serves until this one does.
    pub(super) fn is_takeover(&self) -> bool {
        self.takeover.is_some()
    }

    /// This server accepts: who served before drains from now on, and the next process is listened to.
    pub(super) fn serve(
        mut self,
        accepting: &Accepting<Dispatch>,
        running: &Arc<Running>,
        runtime: &Handle,
    ) {
        if let Some(takeover) = self.takeover.take() {
            let process = takeover.process();
            accepting.keep();
            self.giver.keep();
            let _inside = runtime.enter();
            drop(runtime.spawn(takeover.commit()));
            tracing::info!(process, "this process has taken over");
        }
        let running = Arc::clone(running);
        drop(runtime.spawn(async move {
            tokio::select! {
                () = give(&mut self.giver, &running) => {}
                _ = running.ended() => {}
            }
        }));
    }

    /// This server never accepts: who served goes on.
    pub(super) fn give_up(self, accepting: &Accepting<Dispatch>) {
        if let Some(takeover) = self.takeover {
            accepting.give_back();
            drop(takeover);
        }
    }
}

/// Serves processes that want to take over, one after the other, until one has or the server stops.
async fn give(giver: &mut Giver, running: &Arc<Running>) {
    loop {
        let mut taker = tokio::select! {
            taker = giver.taker() => taker,
            () = running.stopping().cancelled() => return,
        };
        let process = taker.process();
        let loan = match running.lend() {
            Some(Ok(loan)) => loan,
            Some(Err(error)) => {
                tracing::error!(process, %error, "a process cannot take over");
                continue;
            }
            None => return,
        };
        tracing::info!(process, "a process prepares to take over");
        if let Err(error) = taker.offer(&loan, giver).await {
            tracing::error!(process, %error, "a process cannot take over; this one goes on");
        } else if let Some(taken) = taker.outcome().await {
            tracing::info!(
                process,
                "a process has taken over; this one finishes what it has begun"
            );
            running.hand_over(loan, &taken);
            return taker.confirm().await;
        } else {
            tracing::warn!(process, "a process has not taken over; this one goes on");
        }
        drop(loan);
        giver.keep();
    }
}
