//! Long work, done chunk by chunk by whichever node has a hand free. Each kind of work is an arm of [`Flows::work_on`].

use std::time::Duration;

use db::Fault;
use operations::{End, Run, Step, file::FileError};
use runtime::Call;
use tokio::{sync::watch, task::JoinSet};

use crate::{Flows, bulk::CANCEL_ORDERS, files::Kind};

/// How many operations a process works on at a time.
const HANDS: usize = 3;

/// The pause when there was nothing to do; a commit of this process ends it early.
const PAUSE: Duration = Duration::from_millis(500);

/// Orders from a file.
pub const IMPORT_ORDERS: &str = "import.orders";

/// Why an operation did not come to its end now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkError {
    /// A file is gone, or this machine has no room.
    #[error(transparent)]
    File(#[from] FileError),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

impl Flows {
    /// Works on operations until told to stop; what is under way then goes on wherever it is taken up next.
    pub(crate) async fn run_operations(&self, mut stop: watch::Receiver<bool>) {
        let mut hands = JoinSet::new();
        while !*stop.borrow() {
            let taken = if hands.len() < HANDS { self.take_operation().await } else { None };
            if let Some(run) = taken {
                let flows = self.clone();
                hands.spawn(async move { flows.work_on(run).await });
                continue;
            }
            tokio::select! {
                _ = hands.join_next(), if !hands.is_empty() => {}
                () = tokio::time::sleep(PAUSE) => {}
                () = self.runtime.after_commit(), if hands.is_empty() => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn take_operation(&self) -> Option<Run> {
        match operations::claim(&self.runtime.beside()).await {
            Ok(run) => run,
            Err(fault) => {
                tracing::error!(error = &fault as &dyn std::error::Error, "no operation can be taken up");
                None
            }
        }
    }

    /// Does an operation that waits, to its end; gives false where none waits.
    pub async fn run_operation(&self) -> Result<bool, Fault> {
        let Some(run) = operations::claim(&self.runtime.beside()).await? else { return Ok(false) };
        self.work_on(run).await;
        Ok(true)
    }

    async fn work_on(&self, run: Run) {
        let worked = match run.operation.kind.as_str() {
            IMPORT_ORDERS => self.import_orders(&run).await,
            CANCEL_ORDERS => self.cancel_orders(&run).await,
            kind if kind.starts_with("export.") => self.export_file(&run).await,
            kind => match Kind::of_import(kind) {
                Some(kind) => self.import_file(&run, kind).await,
                None => {
                    tracing::error!(kind, "nobody knows how to do this operation");
                    Ok(End::Failed("unknown_kind".into()))
                }
            },
        };
        let end = match worked {
            Ok(end) => end,
            Err(WorkError::File(FileError::NoSuchFile)) => End::Failed("file_gone".into()),
            Err(error) => {
                // It stays, and is taken up again when its lease has run out.
                tracing::warn!(
                    operation_id = %run.id(),
                    error = &error as &dyn std::error::Error,
                    "an operation was interrupted"
                );
                return;
            }
        };
        let operation_id = run.id().clone();
        let ended = self
            .runtime
            .run(Call::by("system"), move |cx| {
                let (run, end) = (run.clone(), end.clone());
                Box::pin(async move { operations::end(cx, &run, &end).await })
            })
            .await;
        if let Err(fault) = ended {
            tracing::warn!(%operation_id, error = &fault as &dyn std::error::Error, "an operation was not ended");
        }
    }

    /// Writes what a chunk came to that was done in transactions of its own; gives false where it is to stop.
    pub(crate) async fn advance(&self, run: &Run, step: Step) -> Result<bool, Fault> {
        let run = run.clone();
        self.runtime
            .run(Call::by("system"), move |cx| {
                let (run, step) = (run.clone(), step.clone());
                Box::pin(async move { operations::advance(cx, &run, &step).await })
            })
            .await
    }
}
