//! Every SQL statement of this context.

mod access;
mod badges;
mod brand;
mod care;
mod invitations;
mod preferences;
mod providers;
mod views;

use std::collections::HashMap;

use db::{Column, Fault, Tx, args, row};
use kernel::{Currency, MerchantId, OrganisationId, Scope, SessionId, Timestamp, UserId};

pub use access::*;
pub use badges::*;
pub use brand::*;
pub use care::*;
pub use invitations::*;
pub(crate) use preferences::*;
pub use providers::*;
pub use views::*;

use crate::enrol::same_spelling;

row! {
    /// The company that runs the platform.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Organisation {
        /// Its id.
        pub organisation_id: OrganisationId,
        /// Its name.
        pub name: String,
        /// The currency it keeps its books in.
        pub currency: Currency,
        /// The IANA name of its time zone.
        pub time_zone: String,
        /// Signs the links that customers get: see [`crate::link`].
        pub signing_key: String,
    }
}

row! {
    /// A seller on the platform.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Merchant {
        /// Its id.
        pub merchant_id: MerchantId,
        /// Its name.
        pub name: String,
    }
}

row! {
    /// A person who may sign in.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Staff {
        /// Their id.
        pub user_id: UserId,
        /// What they sign in with.
        pub email: String,
        /// What colleagues call them.
        pub name: String,
        /// The language they read.
        pub language: String,
        /// The time zone of their clocks; empty for the organisation's.
        pub time_zone: String,
        /// Their colours; empty where they have not said.
        pub theme: String,
        /// How much they want on a page; empty where they have not said.
        pub density: String,
        /// False once they were dismissed.
        pub is_active: bool,
    }
}

row! {
    pub(crate) struct SignInRow {
        pub user_id: UserId,
        pub password_hash: String,
        pub is_active: bool,
    }
}

pub(crate) struct NewOrganisationRow {
    pub name: String,
    pub currency: Currency,
    pub time_zone: String,
    pub signing_key: String,
}

#[derive(Clone)]
pub(crate) struct StaffRow {
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub language: String,
}

pub(crate) struct TokenRow {
    pub token_digest: String,
    pub session_id: SessionId,
    pub user_id: UserId,
    pub kind: String,
    pub expires_at: Timestamp,
    pub name: String,
    pub permissions: Option<String>,
    pub merchant_id: String,
    pub node_id: String,
    pub begun_by: Option<String>,
    pub device_id: Option<String>,
    pub badge_id: Option<String>,
    pub api_version: Option<&'static str>,
}

impl TokenRow {
    /// A token for all that its holder may.
    pub fn new(
        kind: &str,
        token_digest: String,
        session_id: SessionId,
        user_id: UserId,
        expires_at: Timestamp,
    ) -> TokenRow {
        let (name, merchant_id, node_id) = (String::new(), String::new(), String::new());
        let kind = kind.to_owned();
        TokenRow {
            token_digest,
            session_id,
            user_id,
            kind,
            expires_at,
            name,
            permissions: None,
            merchant_id,
            node_id,
            begun_by: None,
            device_id: None,
            badge_id: None,
            api_version: None,
        }
    }
}

/// Makes changes of who may enter wait for each other.
pub(crate) async fn lock_people(tx: &Tx, organisation_id: &OrganisationId) -> Result<(), Fault> {
    tx.lock_name(&format!("people {organisation_id}")).await
}

/// The organisation of this database; none before the first run. There is one.
pub async fn find_organisation(tx: &Tx) -> Result<Option<Organisation>, Fault> {
    tx.query_optional(
        "select organisation_id, name, currency, time_zone, signing_key from organisation \
          order by created_at, organisation_id limit 1",
        args![],
    )
    .await
}

pub(crate) async fn get_organisation(tx: &Tx) -> Result<Organisation, Fault> {
    find_organisation(tx)
        .await?
        .ok_or_else(|| Fault::Shape { column: "organisation".into(), problem: "there is none".into() })
}

pub(crate) async fn insert_organisation(
    tx: &Tx,
    organisation_id: &OrganisationId,
    new: &NewOrganisationRow,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into organisation (organisation_id, name, currency, time_zone, signing_key, created_at) \
         values ($1, $2, $3, $4, $5, $6)",
        args![organisation_id, &new.name, new.currency, &new.time_zone, &new.signing_key, now],
    )
    .await?;
    Ok(())
}

pub(crate) async fn amend_organisation(
    tx: &Tx,
    organisation_id: &OrganisationId,
    name: &str,
    time_zone: &str,
) -> Result<(), Fault> {
    tx.execute(
        "update organisation set name = $2, time_zone = $3 where organisation_id = $1",
        args![organisation_id, name, time_zone],
    )
    .await?;
    Ok(())
}

pub(crate) async fn insert_merchant(
    tx: &Tx,
    organisation_id: &OrganisationId,
    merchant_id: &MerchantId,
    name: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into merchant (organisation_id, merchant_id, name, created_at) values ($1, $2, $3, $4)",
        args![organisation_id, merchant_id, name, now],
    )
    .await?;
    Ok(())
}

pub(crate) async fn rename_merchant(
    tx: &Tx,
    organisation_id: &OrganisationId,
    merchant_id: &MerchantId,
    name: &str,
) -> Result<(), Fault> {
    tx.execute(
        "update merchant set name = $3 where organisation_id = $1 and merchant_id = $2",
        args![organisation_id, merchant_id, name],
    )
    .await?;
    Ok(())
}

/// A merchant.
pub async fn find_merchant(
    tx: &Tx,
    organisation_id: &OrganisationId,
    merchant_id: &MerchantId,
) -> Result<Option<Merchant>, Fault> {
    tx.query_optional(
        "select merchant_id, name from merchant where organisation_id = $1 and merchant_id = $2",
        args![organisation_id, merchant_id],
    )
    .await
}

/// The organisation's merchants, the first one first.
pub async fn list_merchants(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
) -> Result<Vec<Merchant>, Fault> {
    tx.query(
        "select merchant_id, name from merchant where organisation_id = $1 and ($2 = 1 or merchant_id {in $3}) \
          order by merchant_id limit 1000",
        args![
            organisation_id,
            i64::from(scope.is_everything()),
            Column::from_iter(scope.merchant_ids())
        ],
    )
    .await
}

/// A person, also one who was dismissed.
pub async fn find_staff(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
) -> Result<Option<Staff>, Fault> {
    tx.query_optional(
        "select user_id, email, name, language, time_zone, theme, density, \
                is_active from staff where organisation_id = $1 and user_id = $2",
        args![organisation_id, user_id],
    )
    .await
}

/// The person who signs in with this e-mail address, however it is spelt; also one who was dismissed.
pub async fn find_staff_by_email(
    tx: &Tx,
    organisation_id: &OrganisationId,
    email: &str,
) -> Result<Option<Staff>, Fault> {
    tx.query_optional(
        "select user_id, email, name, language, time_zone, theme, density, \
                is_active from staff where organisation_id = $1 and email = $2",
        args![organisation_id, same_spelling(email)],
    )
    .await
}

/// People by their ids, also those who were dismissed; ids that nobody has are left out.
pub async fn staff_by_id(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_ids: impl Iterator<Item = &UserId>,
) -> Result<HashMap<UserId, Staff>, Fault> {
    let staff: Vec<Staff> = tx
        .query(
            "select user_id, email, name, language, time_zone, theme, density, \
                is_active from staff \
              where organisation_id = $1 and user_id {in $2}",
            args![organisation_id, Column::from_iter(user_ids)],
        )
        .await?;
    Ok(staff.into_iter().map(|person| (person.user_id.clone(), person)).collect())
}

pub(crate) async fn find_sign_in(
    tx: &Tx,
    organisation_id: &OrganisationId,
    email: &str,
) -> Result<Option<SignInRow>, Fault> {
    tx.query_optional(
        "select user_id, password_hash, is_active from staff where organisation_id = $1 and email = $2",
        args![organisation_id, email],
    )
    .await
}

/// True once somebody is enrolled, also where everybody was dismissed since.
pub async fn has_staff(tx: &Tx, organisation_id: &OrganisationId) -> Result<bool, Fault> {
    let found: Option<(UserId,)> = tx
        .query_optional(
            "select user_id from staff where organisation_id = $1 limit 1",
            args![organisation_id],
        )
        .await?;
    Ok(found.is_some())
}

pub(crate) async fn insert_staff(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    new: &StaffRow,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into staff (organisation_id, user_id, email, name, password_hash, language, is_active, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![organisation_id, user_id, &new.email, &new.name, &new.password_hash, &new.language, true, now],
    )
    .await?;
    Ok(())
}

pub(crate) async fn deactivate(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
) -> Result<(), Fault> {
    tx.execute(
        "update staff set is_active = $3 where organisation_id = $1 and user_id = $2",
        args![organisation_id, user_id, false],
    )
    .await?;
    Ok(())
}

pub(crate) async fn insert_token(
    tx: &Tx,
    organisation_id: &OrganisationId,
    token: &TokenRow,
    now: Timestamp,
) -> Result<(), Fault> {
    let TokenRow { token_digest, session_id, user_id, kind, expires_at, .. } = token;
    tx.execute(
        "insert into access_token (token_digest, organisation_id, session_id, user_id, kind, created_at, expires_at, \
                name, permissions, merchant_id, node_id, begun_by, device_id, badge_id, api_version) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        args![
            token_digest,
            organisation_id,
            session_id,
            user_id,
            kind,
            now,
            *expires_at,
            &token.name,
            token.permissions.clone(),
            &token.merchant_id,
            &token.node_id,
            token.begun_by.clone(),
            token.device_id.clone(),
            token.badge_id.clone(),
            token.api_version.map(str::to_owned)
        ],
    )
    .await?;
    Ok(())
}

/// Who the first person will be, where the secret is the right one.
pub(crate) async fn find_first_run(
    tx: &Tx,
    organisation_id: &OrganisationId,
    token_digest: &str,
    now: Timestamp,
) -> Result<Option<UserId>, Fault> {
    let found: Option<(UserId,)> = tx
        .query_optional(
            "select user_id from access_token where token_digest = $2 and organisation_id = $1 \
                and kind = 'first_run' and revoked_at is null and expires_at > $3",
            args![organisation_id, token_digest, now],
        )
        .await?;
    Ok(found.map(|(user_id,)| user_id))
}

pub(crate) async fn revoke_first_run(
    tx: &Tx,
    organisation_id: &OrganisationId,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "update access_token set revoked_at = $2 \
          where organisation_id = $1 and kind = 'first_run' and revoked_at is null",
        args![organisation_id, now],
    )
    .await?;
    Ok(())
}

/// Ends a session or token; false where none could end.
pub(crate) async fn revoke(
    tx: &Tx,
    organisation_id: &OrganisationId,
    session_id: &SessionId,
    now: Timestamp,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "update access_token set revoked_at = $3 \
              where organisation_id = $1 and session_id = $2 and kind in ('session', 'api') and revoked_at is null",
            args![organisation_id, session_id, now],
        )
        .await?;
    Ok(touched > 0)
}
