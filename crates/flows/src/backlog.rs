//! What waits in the whole house, for whoever watches over it.

use db::Fault;
use runtime::{Runtime, backlog::Backlog};
use webhooks::Lag;

/// What waits inside, and how far behind webhooks are.
pub async fn backlog(runtime: &Runtime) -> Result<(Backlog, Lag), Fault> {
    let organisation_id = runtime.organisation_id.clone();
    runtime
        .read(move |tx| {
            Box::pin(async move {
                let inside = runtime::backlog::backlog(tx, &organisation_id).await?;
                let webhooks = webhooks::lag(tx, &organisation_id, inside.head).await?;
                Ok((inside, webhooks))
            })
        })
        .await
}
