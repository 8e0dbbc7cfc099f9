//! An order that waits is put before all others.

use db::Fault;
use kernel::OrderId;
use runtime::Cx;
use serde_json::json;

use crate::store;

/// Why it stays where it is.
#[derive(Debug, thiserror::Error)]
pub enum MoveUpError {
    /// It has no units that wait.
    #[error("order {0} does not wait for anything: look at where its units stand")]
    NotWaiting(OrderId),
    /// Whoever is passed may ask.
    #[error("say why the order goes before the others, in 1 to 200 characters")]
    NoReason,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(MoveUpError);

/// Puts an order first in every queue it waits in; somebody moved up later goes before it.
pub async fn move_up(cx: &mut Cx<'_>, order_id: &OrderId, reason: &str) -> Result<(), MoveUpError> {
    if reason.trim().is_empty() || reason.chars().count() > 200 || reason.chars().any(char::is_control) {
        return Err(MoveUpError::NoReason);
    }
    let moved = store::move_up(cx, order_id).await?;
    let Some((stood, stands)) = moved else { return Err(MoveUpError::NotWaiting(order_id.clone())) };
    let data = json!({ "reason": reason });
    cx.record("order.moved_up", order_id.as_str(), data, json!({ "turn": stood }), json!({ "turn": stands }));
    Ok(())
}
