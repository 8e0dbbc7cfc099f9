//! A person leaves: from the next request on neither they nor their machines are let in.

use db::Fault;
use kernel::UserId;
use runtime::{Call, Runtime, has_fault};
use serde_json::json;
use web::Access;

use crate::{Assignment, Role, store};

/// Why nobody was dismissed.
#[derive(Debug, thiserror::Error)]
pub enum DismissError {
    /// No such person.
    #[error("there is no staff {0}")]
    NoSuchStaff(UserId),
    /// Nobody dismisses those who may do more than they.
    #[error("you can dismiss only people who may do no more than you")]
    MoreThanOwn,
    /// Then nobody could let anybody in again.
    #[error("the last owner cannot be dismissed")]
    LastOne,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(DismissError);

/// Dismisses a person; `by` is what the dismisser may do. A repeat changes nothing.
pub async fn dismiss(
    runtime: &Runtime,
    call: Call,
    by: &Access,
    user_id: UserId,
) -> Result<(), DismissError> {
    let by = by.clone();
    runtime
        .run(call, move |cx| {
            let (user_id, by) = (user_id.clone(), by.clone());
            Box::pin(async move {
                // Two people who dismiss each other at once would leave nobody.
                store::lock_people(cx.tx, &cx.organisation_id).await?;
                let staff = store::find_staff(cx.tx, &cx.organisation_id, &user_id)
                    .await?
                    .ok_or_else(|| DismissError::NoSuchStaff(user_id.clone()))?;
                if !staff.is_active {
                    return Ok(());
                }
                let roles = store::roles_of(cx.tx, &cx.organisation_id, &user_id).await?;
                if !roles.iter().all(|role| by.covers(role.permissions(), &role.area)) {
                    return Err(DismissError::MoreThanOwn);
                }
                let owner = Assignment::everywhere(Role::Owner);
                if roles.contains(&owner) && store::count_owners(cx.tx, &cx.organisation_id).await? == 1 {
                    return Err(DismissError::LastOne);
                }
                store::deactivate(cx.tx, &cx.organisation_id, &user_id).await?;
                let (before, after) = (json!({ "is_active": true }), json!({ "is_active": false }));
                cx.record("staff.dismissed", user_id.as_str(), json!({}), before, after);
                Ok(())
            })
        })
        .await
}
