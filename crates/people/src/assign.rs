//! Gives roles to people and takes them. What somebody may do is asked anew for every request, so both act at once.

use db::Fault;
use kernel::{MerchantId, UserId};
use runtime::{Call, Runtime, has_fault};
use serde_json::{Value as Json, json};
use web::{Access, Area, Permissions};

use crate::{Role, store};

/// A role and where it holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Assignment {
    /// What for.
    pub role: Role,
    /// Where.
    pub area: Area,
}

impl Assignment {
    /// A role in the whole organisation.
    pub fn everywhere(role: Role) -> Assignment {
        Assignment { role, area: Area::Everywhere }
    }

    /// What it allows.
    pub fn permissions(&self) -> Permissions {
        self.role.permissions()
    }

    /// As the audit log keeps it.
    pub(crate) fn facts(&self) -> Json {
        let (merchant_id, node_id) = store::columns_of(&self.area);
        json!({ "role": self.role.code(), "merchant_id": merchant_id, "node_id": node_id })
    }
}

/// Why roles stayed as they are.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// Nobody gives or takes what they do not have.
    #[error("you can give and take only roles that allow no more than you may do there yourself")]
    MoreThanOwn,
    /// No such person, or they were dismissed.
    #[error("there is no staff {0}")]
    NoSuchStaff(UserId),
    /// No such merchant.
    #[error("there is no merchant {0}")]
    NoSuchMerchant(MerchantId),
    /// Then nobody would answer for everything.
    #[error("the last owner cannot be unmade")]
    LastOwner,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(AssignError);

/// Gives a role; `by` is what the giver may do. A repeat changes nothing.
pub async fn assign(
    runtime: &Runtime,
    call: Call,
    by: &Access,
    user_id: UserId,
    assignment: Assignment,
) -> Result<(), AssignError> {
    if !by.covers(assignment.permissions(), &assignment.area) {
        return Err(AssignError::MoreThanOwn);
    }
    runtime
        .run(call, move |cx| {
            let (user_id, assignment) = (user_id.clone(), assignment.clone());
            Box::pin(async move {
                store::lock_people(cx.tx, &cx.organisation_id).await?;
                let staff = store::find_staff(cx.tx, &cx.organisation_id, &user_id).await?;
                if !staff.is_some_and(|staff| staff.is_active) {
                    return Err(AssignError::NoSuchStaff(user_id));
                }
                if let Area::Merchant(merchant_id) = &assignment.area
                    && store::find_merchant(cx.tx, &cx.organisation_id, merchant_id).await?.is_none()
                {
                    return Err(AssignError::NoSuchMerchant(merchant_id.clone()));
                }
                let (organisation_id, now) = (cx.organisation_id.clone(), cx.now);
                if store::insert_assignment(cx.tx, &organisation_id, &user_id, &assignment, now).await? {
                    let data = json!({ "role": assignment.role.code() });
                    cx.record("role.given", user_id.as_str(), data, Json::Null, assignment.facts());
                }
                Ok(())
            })
        })
        .await
}

/// Takes a role; `by` is what the taker may do. A repeat changes nothing.
pub async fn unassign(
    runtime: &Runtime,
    call: Call,
    by: &Access,
    user_id: UserId,
    assignment: Assignment,
) -> Result<(), AssignError> {
    if !by.covers(assignment.permissions(), &assignment.area) {
        return Err(AssignError::MoreThanOwn);
    }
    runtime
        .run(call, move |cx| {
            let (user_id, assignment) = (user_id.clone(), assignment.clone());
            Box::pin(async move {
                // Two owners who unmake each other at once would leave none.
                store::lock_people(cx.tx, &cx.organisation_id).await?;
                let organisation_id = cx.organisation_id.clone();
                if !store::delete_assignment(cx.tx, &organisation_id, &user_id, &assignment).await? {
                    return Ok(());
                }
                if assignment.role == Role::Owner && store::count_owners(cx.tx, &organisation_id).await? == 0
                {
                    return Err(AssignError::LastOwner);
                }
                let data = json!({ "role": assignment.role.code() });
                cx.record("role.taken", user_id.as_str(), data, assignment.facts(), Json::Null);
                Ok(())
            })
        })
        .await
}
