//! A person leaves: from the next request on neither they nor their machines are let in.

use db::Fault;
use kernel::UserId;
use runtime::{Call, Runtime, has_fault};

use crate::store;

/// Why nobody was dismissed.
#[derive(Debug, thiserror::Error)]
pub enum DismissError {
    /// No such person.
    #[error("there is no staff {0}")]
    NoSuchStaff(UserId),
    /// Then nobody could let anybody in again.
    #[error("the last person on the staff cannot be dismissed")]
    LastOne,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(DismissError);

/// Dismisses a person; a repeat changes nothing.
pub async fn dismiss(runtime: &Runtime, call: Call, user_id: UserId) -> Result<(), DismissError> {
    runtime
        .run(call, move |cx| {
            let user_id = user_id.clone();
            Box::pin(async move {
                // Two people who dismiss each other at once would leave nobody.
                store::lock_people(cx.tx, &cx.organisation_id).await?;
                let staff = store::find_staff(cx.tx, &cx.organisation_id, &user_id)
                    .await?
                    .ok_or_else(|| DismissError::NoSuchStaff(user_id.clone()))?;
                if !staff.is_active {
                    return Ok(());
                }
                if store::count_active(cx.tx, &cx.organisation_id).await? == 1 {
                    return Err(DismissError::LastOne);
                }
                store::deactivate(cx.tx, &cx.organisation_id, &user_id).await?;
                cx.tell("staff.dismissed", user_id.as_str(), serde_json::json!({}));
                Ok(())
            })
        })
        .await
}
