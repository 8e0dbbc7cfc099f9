//! Stops an operation. What was done stays done.

use db::Fault;
use kernel::OperationId;
use runtime::{Cx, has_fault};

use crate::{State, store};

/// Why an operation was not stopped.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// There is none.
    #[error("there is no operation {0}")]
    NoSuchOperation(OperationId),
    /// It came to its end before.
    #[error("the operation is {} already", .0.name())]
    Over(State),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(CancelError);

/// Asks whoever works on it to stop before the next chunk. Asking twice changes nothing.
pub async fn cancel(cx: &mut Cx<'_>, operation_id: &OperationId) -> Result<(), CancelError> {
    let operation = store::lock_operation(cx.tx, &cx.organisation_id, operation_id)
        .await?
        .ok_or_else(|| CancelError::NoSuchOperation(operation_id.clone()))?;
    match operation.state {
        State::Cancelled => Ok(()),
        State::Succeeded | State::Failed => Err(CancelError::Over(operation.state)),
        State::Planned | State::Running => {
            Ok(store::ask_to_cancel(cx.tx, &cx.organisation_id, operation_id, cx.now).await?)
        }
    }
}
