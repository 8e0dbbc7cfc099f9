//! Asks somebody to join, with a link that the inviter hands over, and lets them in once.

use std::time::Duration;

use db::Fault;
use kernel::{InvitationId, Timestamp, UserId};
use runtime::{Call, Runtime, has_fault};
use serde_json::{Value as Json, json};
use web::Access;

use crate::{
    Assignment, EnrolError, NewStaff, Role, Secret,
    enrol::{Flaw, is_email, prepare, same_spelling, write},
    secret::digest,
    store::{self, Invitation},
};

/// How long a link can be used.
const VALID: Duration = Duration::from_secs(7 * 24 * 3600);

/// An invitation that was made.
#[derive(Debug, Clone)]
pub struct Invited {
    /// Its id.
    pub invitation_id: InvitationId,
    /// The secret of the link; it is told only here.
    pub secret: Secret,
    /// Until when the link can be used.
    pub expires_at: Timestamp,
}

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// It is no e-mail address.
    #[error("{}", Flaw::Email)]
    BadEmail,
    /// Somebody has this e-mail address already.
    #[error("somebody with this e-mail address is enrolled already")]
    EmailTaken,
    /// Nobody invites to more than they have.
    #[error("you can invite only to roles that allow no more than you may do there yourself")]
    MoreThanOwn,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(InviteError);

/// Invites to a role; `by` is what the inviter may do.
pub async fn invite(
    runtime: &Runtime,
    call: Call,
    by: &Access,
    email: &str,
    assignment: Assignment,
) -> Result<Invited, InviteError> {
    let email = same_spelling(email);
    if !is_email(&email) {
        return Err(InviteError::BadEmail);
    }
    if !by.covers(assignment.permissions(), &assignment.area) {
        return Err(InviteError::MoreThanOwn);
    }
    let secret = Secret::fresh("qmi_");
    let secret_digest = secret.digest();
    let (invitation_id, expires_at) = runtime
        .run(call, move |cx| {
            let (email, assignment) = (email.clone(), assignment.clone());
            let secret_digest = secret_digest.clone();
            Box::pin(async move {
                if store::find_sign_in(cx.tx, &cx.organisation_id, &email).await?.is_some() {
                    return Err(InviteError::EmailTaken);
                }
                let (merchant_id, node_id) = store::columns_of(&assignment.area);
                let invitation = Invitation {
                    invitation_id: InvitationId::from_body(&cx.fresh()),
                    email,
                    role: assignment.role.code().to_owned(),
                    merchant_id: merchant_id.to_owned(),
                    node_id: node_id.to_owned(),
                    expires_at: cx.now.checked_add(VALID).unwrap_or(cx.now),
                };
                store::insert_invitation(cx.tx, &cx.organisation_id, &invitation, &secret_digest, cx.now)
                    .await?;
                let id = invitation.invitation_id.clone();
                cx.record("staff.invited", id.as_str(), json!({}), Json::Null, assignment.facts());
                Ok((id, invitation.expires_at))
            })
        })
        .await?;
    Ok(Invited { invitation_id, secret, expires_at })
}

/// Takes an invitation back; a repeat changes nothing.
pub async fn withdraw(runtime: &Runtime, call: Call, invitation_id: InvitationId) -> Result<bool, Fault> {
    runtime
        .run(call, move |cx| {
            let id = invitation_id.clone();
            Box::pin(async move {
                let is_ended = store::end_invitation(cx.tx, &cx.organisation_id, &id, cx.now).await?;
                if is_ended {
                    cx.record("invitation.withdrawn", id.as_str(), json!({}), json!({}), Json::Null);
                }
                Ok::<_, Fault>(is_ended)
            })
        })
        .await
}

/// Who a link invites; none where it was used, withdrawn or ran out.
pub async fn find_invitation(runtime: &Runtime, secret: &str) -> Result<Option<Invitation>, Fault> {
    let (organisation_id, digest, now) = (runtime.organisation_id.clone(), digest(secret), runtime.now());
    runtime
        .read(move |tx| {
            Box::pin(async move { store::find_invitation(tx, &organisation_id, &digest, now).await })
        })
        .await
}

/// Enrols who was invited, under the invitation's address and with its role, and uses it up. Of `new` the address
/// does not count.
pub async fn accept(runtime: &Runtime, secret: &Secret, new: NewStaff) -> Result<UserId, EnrolError> {
    let secret_digest = digest(secret.reveal().trim());
    let invited = find_invitation(runtime, secret.reveal().trim()).await?;
    let email = invited.ok_or(EnrolError::NoInvitation)?.email;
    let staff = prepare(NewStaff { email, ..new }).await?;
    runtime
        .run(Call::by("invitation"), move |cx| {
            let (staff, secret_digest) = (staff.clone(), secret_digest.clone());
            Box::pin(async move {
                store::lock_people(cx.tx, &cx.organisation_id).await?;
                let organisation_id = cx.organisation_id.clone();
                let invited = store::find_invitation(cx.tx, &organisation_id, &secret_digest, cx.now)
                    .await?
                    .ok_or(EnrolError::NoInvitation)?;
                let role =
                    Role::parse(&invited.role).zip(store::area_of(&invited.merchant_id, &invited.node_id));
                let (role, area) = role.ok_or(EnrolError::NoInvitation)?;
                if !store::end_invitation(cx.tx, &organisation_id, &invited.invitation_id, cx.now).await? {
                    return Err(EnrolError::NoInvitation);
                }
                let user_id = UserId::from_body(&cx.fresh());
                cx.actor = format!("user:{user_id}");
                write(cx, &user_id, &staff, &[Assignment { role, area }]).await?;
                Ok(user_id)
            })
        })
        .await
}
