//! Seeing the house as somebody with another role would: to check what a role shows, or to help on the phone. Nothing can
//! be changed meanwhile.

use db::Fault;
use kernel::SessionId;
use runtime::{Call, Runtime, has_fault};
use serde_json::{Value as Json, json};
use web::Access;

use crate::{Assignment, store};

/// Why somebody still sees what they see.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// Nobody sees more by it than they may.
    #[error("you can view only as roles that allow no more than you may do there yourself")]
    MoreThanOwn,
    /// It is no session of a person at a desk of their own.
    #[error("only whoever signed in at a desk of their own can view as another role")]
    NoSession,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(ViewError);

/// From now on a session sees what a role would; `by` is what its person may do.
pub async fn view_as(
    runtime: &Runtime,
    call: Call,
    by: &Access,
    session_id: SessionId,
    role: Assignment,
) -> Result<(), ViewError> {
    if !by.covers(role.permissions(), &role.area) {
        return Err(ViewError::MoreThanOwn);
    }
    runtime
        .run(call, move |cx| {
            let (session_id, role) = (session_id.clone(), role.clone());
            Box::pin(async move {
                if !store::set_view(cx.tx, &cx.organisation_id, &session_id, Some(&role)).await? {
                    return Err(ViewError::NoSession);
                }
                let data = json!({ "role": role.role.code() });
                cx.record("view.began", session_id.as_str(), data, Json::Null, role.facts());
                Ok(())
            })
        })
        .await
}

/// The session sees again what its person may. A repeat changes nothing.
pub async fn view_as_oneself(runtime: &Runtime, call: Call, session_id: SessionId) -> Result<(), Fault> {
    runtime
        .run(call, move |cx| {
            let session_id = session_id.clone();
            Box::pin(async move {
                if store::set_view(cx.tx, &cx.organisation_id, &session_id, None).await? {
                    cx.record("view.ended", session_id.as_str(), json!({}), Json::Null, Json::Null);
                }
                Ok::<_, Fault>(())
            })
        })
        .await
}
