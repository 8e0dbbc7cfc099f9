//! People who were asked to join.

use db::{Fault, Tx, args, row};
use kernel::{InvitationId, OrganisationId, Timestamp};

row! {
    /// Somebody who was asked to join and has not yet.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Invitation {
        /// Its id.
        pub invitation_id: InvitationId,
        /// Who.
        pub email: String,
        /// The role they will have.
        pub role: String,
        /// For which merchant; empty for no one in particular.
        pub merchant_id: String,
        /// At which node; empty for none in particular.
        pub node_id: String,
        /// Until when.
        pub expires_at: Timestamp,
    }
}

pub(crate) async fn insert_invitation(
    tx: &Tx,
    organisation_id: &OrganisationId,
    invitation: &Invitation,
    secret_digest: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    let Invitation { invitation_id, email, role, merchant_id, node_id, expires_at } = invitation;
    tx.execute(
        "insert into invitation (organisation_id, invitation_id, secret_digest, email, role, merchant_id, node_id, \
                created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            organisation_id,
            invitation_id,
            secret_digest,
            email,
            role,
            merchant_id,
            node_id,
            now,
            *expires_at
        ],
    )
    .await?;
    Ok(())
}

/// The invitation of this secret, while it is open.
pub(crate) async fn find_invitation(
    tx: &Tx,
    organisation_id: &OrganisationId,
    secret_digest: &str,
    now: Timestamp,
) -> Result<Option<Invitation>, Fault> {
    tx.query_optional(
        "select invitation_id, email, role, merchant_id, node_id, expires_at from invitation \
          where organisation_id = $1 and secret_digest = $2 and ended_at is null and expires_at > $3",
        args![organisation_id, secret_digest, now],
    )
    .await
}

/// Invitations that are open.
pub async fn list_invitations(
    tx: &Tx,
    organisation_id: &OrganisationId,
    now: Timestamp,
) -> Result<Vec<Invitation>, Fault> {
    tx.query(
        "select invitation_id, email, role, merchant_id, node_id, expires_at from invitation \
          where organisation_id = $1 and ended_at is null and expires_at > $2 order by invitation_id limit 1000",
        args![organisation_id, now],
    )
    .await
}

/// Ends an invitation, once; false where it had ended.
pub(crate) async fn end_invitation(
    tx: &Tx,
    organisation_id: &OrganisationId,
    invitation_id: &InvitationId,
    now: Timestamp,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "update invitation set ended_at = $3 \
              where organisation_id = $1 and invitation_id = $2 and ended_at is null",
            args![organisation_id, invitation_id, now],
        )
        .await?;
    Ok(touched > 0)
}
