//! Asks for long work.

use db::Fault;
use kernel::OperationId;
use runtime::Cx;
use serde_json::{Value as Json, json};

use crate::{JOB, file, store};

/// What is asked.
#[derive(Debug, Clone)]
pub struct NewOperation {
    /// What kind of work.
    pub kind: &'static str,
    /// What it is about, for people: a file's name, or nothing.
    pub about: String,
    /// The facts, by the kind.
    pub request: Json,
    /// Rows in all, where it is known.
    pub total: Option<i64>,
}

/// Plans an operation for the actor of the call; somebody begins with it as soon as this is committed.
pub async fn start(cx: &mut Cx<'_>, new: &NewOperation) -> Result<OperationId, Fault> {
    let operation_id = OperationId::from_body(&cx.fresh());
    store::insert_operation(cx.tx, &cx.organisation_id, &operation_id, new, &cx.actor, cx.now).await?;
    file::delete_expired(cx).await?;
    cx.put_off(JOB, operation_id.as_str(), cx.now);
    cx.tell("operation.started", operation_id.as_str(), json!({ "kind": new.kind, "about": new.about }));
    Ok(operation_id)
}
