//! Who has which role, and what keys were made for.

use db::{Column, Fault, Tx, args, row};
use kernel::{MerchantId, NodeId, OrganisationId, SessionId, Timestamp, UserId};
use web::{Area, Grant, Permission, Permissions};

use crate::{Assignment, Role, store::Staff};

/// How an area stands in a row: a merchant, a node, or neither.
pub(crate) fn columns_of(area: &Area) -> (&str, &str) {
    match area {
        Area::Everywhere => ("", ""),
        Area::Merchant(merchant_id) => (merchant_id.as_str(), ""),
        Area::Node(node_id) => ("", node_id.as_str()),
    }
}

/// Reads it back; none where an id is none, which no verb writes.
pub(crate) fn area_of(merchant_id: &str, node_id: &str) -> Option<Area> {
    match (merchant_id, node_id) {
        ("", "") => Some(Area::Everywhere),
        (merchant_id, "") => MerchantId::parse(merchant_id).ok().map(Area::Merchant),
        ("", node_id) => NodeId::parse(node_id).ok().map(Area::Node),
        _ => None,
    }
}

/// Reads permissions as a key keeps them. Names that are no longer known allow nothing.
pub(crate) fn permissions_of(kept: &str) -> Permissions {
    kept.split(' ').filter_map(Permission::parse).collect()
}

pub(crate) fn kept(permissions: Permissions) -> String {
    permissions.iter().map(Permission::code).collect::<Vec<_>>().join(" ")
}

row! {
    pub(crate) struct AssignmentRow {
        pub user_id: UserId,
        pub role: String,
        pub merchant_id: String,
        pub node_id: String,
    }
}

impl AssignmentRow {
    fn read(self) -> Option<(UserId, Assignment)> {
        let role = Role::parse(&self.role)?;
        let area = area_of(&self.merchant_id, &self.node_id)?;
        Some((self.user_id, Assignment { role, area }))
    }
}

row! {
    /// A token with its holder, once for each role they have.
    #[derive(Clone)]
    pub(crate) struct BearerRow {
        pub token_digest: String,
        pub session_id: SessionId,
        pub user_id: UserId,
        pub kind: String,
        pub language: String,
        pub permissions: Option<String>,
        pub merchant_id: String,
        pub node_id: String,
        pub noted_at: Timestamp,
        pub expires_at: Timestamp,
        pub api_version: Option<String>,
        pub view_role: Option<String>,
        pub view_merchant_id: String,
        pub view_node_id: String,
        pub device_node_id: Option<String>,
        pub device_digest: Option<String>,
        pub has_pin: bool,
        pub role: Option<String>,
        pub role_merchant_id: Option<String>,
        pub role_node_id: Option<String>,
    }
}

impl BearerRow {
    /// The role that the session sees as, if it does.
    pub fn view(&self) -> Option<Option<Assignment>> {
        let role = self.view_role.as_deref()?;
        let area = area_of(&self.view_merchant_id, &self.view_node_id);
        Some(Role::parse(role).zip(area).map(|(role, area)| Assignment { role, area }))
    }

    pub fn grant(&self) -> Option<Grant> {
        let (role, merchant_id, node_id) =
            (self.role.as_deref()?, self.role_merchant_id.as_deref()?, self.role_node_id.as_deref()?);
        let area = area_of(merchant_id, node_id)?;
        Some(Grant { permissions: Role::parse(role)?.permissions(), area })
    }
}

macro_rules! select_bearer {
    ($by:literal) => {
        concat!(
            "select t.token_digest, t.session_id, t.user_id, t.kind, s.language, t.permissions, t.merchant_id, t.node_id, \
                    coalesce(t.used_at, t.created_at) as noted_at, t.expires_at, t.api_version, \
                    t.view_role, t.view_merchant_id, t.view_node_id, \
                    d.node_id as device_node_id, d.secret_digest as device_digest, \
                    b.pin_hash is not null as has_pin, \
                    a.role, a.merchant_id as role_merchant_id, a.node_id as role_node_id \
               from access_token t \
               join staff s on s.organisation_id = t.organisation_id and s.user_id = t.user_id \
               left join device d on d.organisation_id = t.organisation_id and d.device_id = t.device_id \
               left join badge b on b.organisation_id = t.organisation_id and b.badge_id = t.badge_id \
               left join assignment a on a.organisation_id = s.organisation_id and a.user_id = s.user_id \
              where ",
            $by,
            " and t.organisation_id = $1 and t.kind in ('session', 'api') \
                and t.revoked_at is null and t.expires_at > $3 and s.is_active \
                and (t.device_id is null or (d.revoked_at is null and b.revoked_at is null)) \
                and (t.kind = 'api' or t.device_id is not null or coalesce(t.used_at, t.created_at) > $4)"
        )
    };
}

/// Whose tokens these are, if they are good and their holders on the staff: a row for each of their roles, or one
/// without. A session that nobody used since `idle_since` is over.
pub(crate) async fn list_bearers(
    tx: &Tx,
    organisation_id: &OrganisationId,
    token_digests: impl Iterator<Item = &String>,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Vec<BearerRow>, Fault> {
    tx.query(
        select_bearer!("t.token_digest {in $2}"),
        args![organisation_id, Column::from_iter(token_digests), now, idle_since],
    )
    .await
}

/// The same by the token's id, which is no secret.
pub(crate) async fn find_bearer_by_id(
    tx: &Tx,
    organisation_id: &OrganisationId,
    session_id: &SessionId,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Vec<BearerRow>, Fault> {
    tx.query(select_bearer!("t.session_id = $2"), args![organisation_id, session_id, now, idle_since]).await
}

/// Notes that a token was used; never backwards.
pub(crate) async fn note_use(
    tx: &Tx,
    organisation_id: &OrganisationId,
    session_id: &SessionId,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "update access_token set used_at = $3 \
          where organisation_id = $1 and session_id = $2 and (used_at is null or used_at < $3)",
        args![organisation_id, session_id, now],
    )
    .await?;
    Ok(())
}

/// Lets a session see as this role would, or as its person again; false where there is nothing to change.
pub(crate) async fn set_view(
    tx: &Tx,
    organisation_id: &OrganisationId,
    session_id: &SessionId,
    role: Option<&Assignment>,
) -> Result<bool, Fault> {
    let (merchant_id, node_id) = role.map_or(("", ""), |role| columns_of(&role.area));
    let touched = tx
        .execute(
            "update access_token set view_role = $3, view_merchant_id = $4, view_node_id = $5 \
              where organisation_id = $1 and session_id = $2 and kind = 'session' and device_id is null \
                and revoked_at is null and (view_role is null) = ($6 = 1)",
            args![
                organisation_id,
                session_id,
                role.map(|role| role.role.code().to_owned()),
                merchant_id,
                node_id,
                i64::from(role.is_some())
            ],
        )
        .await?;
    Ok(touched > 0)
}

/// The roles of one person.
pub async fn roles_of(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
) -> Result<Vec<Assignment>, Fault> {
    let rows: Vec<AssignmentRow> = tx
        .query(
            "select user_id, role, merchant_id, node_id from assignment \
              where organisation_id = $1 and user_id = $2 order by role, merchant_id, node_id",
            args![organisation_id, user_id],
        )
        .await?;
    Ok(rows.into_iter().filter_map(AssignmentRow::read).map(|(_, assignment)| assignment).collect())
}

/// Everybody's roles.
pub async fn list_assignments(
    tx: &Tx,
    organisation_id: &OrganisationId,
) -> Result<Vec<(UserId, Assignment)>, Fault> {
    let rows: Vec<AssignmentRow> = tx
        .query(
            "select user_id, role, merchant_id, node_id from assignment \
              where organisation_id = $1 order by user_id, role, merchant_id, node_id",
            args![organisation_id],
        )
        .await?;
    Ok(rows.into_iter().filter_map(AssignmentRow::read).collect())
}

/// Everybody on the staff, those who were dismissed last.
pub async fn list_staff(tx: &Tx, organisation_id: &OrganisationId) -> Result<Vec<Staff>, Fault> {
    tx.query(
        "select user_id, email, name, language, time_zone, theme, density, is_active from staff \
          where organisation_id = $1 order by is_active desc, name, user_id limit 10000",
        args![organisation_id],
    )
    .await
}

/// How many on the staff own the whole organisation.
pub(crate) async fn count_owners(tx: &Tx, organisation_id: &OrganisationId) -> Result<i64, Fault> {
    let (count,) = tx
        .query_one(
            "select count(*) from staff s join assignment a \
                 on a.organisation_id = s.organisation_id and a.user_id = s.user_id \
              where s.organisation_id = $1 and s.is_active and a.role = 'owner' \
                and a.merchant_id = '' and a.node_id = ''",
            args![organisation_id],
        )
        .await?;
    Ok(count)
}

/// Gives a role; false where they have it.
pub(crate) async fn insert_assignment(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    assignment: &Assignment,
    now: Timestamp,
) -> Result<bool, Fault> {
    let (merchant_id, node_id) = columns_of(&assignment.area);
    let touched = tx
        .execute(
            "insert into assignment (organisation_id, user_id, role, merchant_id, node_id, created_at) \
             values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
            args![organisation_id, user_id, assignment.role.code(), merchant_id, node_id, now],
        )
        .await?;
    Ok(touched > 0)
}

/// Takes a role; false where they do not have it.
pub(crate) async fn delete_assignment(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    assignment: &Assignment,
) -> Result<bool, Fault> {
    let (merchant_id, node_id) = columns_of(&assignment.area);
    let touched = tx
        .execute(
            "delete from assignment where organisation_id = $1 and user_id = $2 and role = $3 \
                and merchant_id = $4 and node_id = $5",
            args![organisation_id, user_id, assignment.role.code(), merchant_id, node_id],
        )
        .await?;
    Ok(touched > 0)
}

row! {
    /// A session or a key, without its secret.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct TokenFacts {
        /// Its id.
        pub session_id: SessionId,
        /// Whose.
        pub user_id: UserId,
        /// What its maker calls it; empty for a session.
        pub name: String,
        /// What it was made for, by name; none for all that its maker may.
        pub permissions: Option<String>,
        /// For which merchant; empty for no one in particular.
        pub merchant_id: String,
        /// At which node; empty for none in particular.
        pub node_id: String,
        /// Since when.
        pub created_at: Timestamp,
        /// When it ends by itself.
        pub expires_at: Timestamp,
        /// When it was used last, to the minute.
        pub used_at: Option<Timestamp>,
        /// Which version of the API it speaks where its requests do not say; none for the newest.
        pub api_version: Option<String>,
    }
}

/// Keys that are good: of one person, or of everybody.
pub async fn list_keys(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: Option<&UserId>,
    now: Timestamp,
) -> Result<Vec<TokenFacts>, Fault> {
    list_tokens(tx, organisation_id, "api", user_id, now, Timestamp::UNIX_EPOCH).await
}

/// Sessions of a person that are not over.
pub(crate) async fn list_sessions(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Vec<TokenFacts>, Fault> {
    list_tokens(tx, organisation_id, "session", Some(user_id), now, idle_since).await
}

async fn list_tokens(
    tx: &Tx,
    organisation_id: &OrganisationId,
    kind: &str,
    user_id: Option<&UserId>,
    now: Timestamp,
    used_since: Timestamp,
) -> Result<Vec<TokenFacts>, Fault> {
    tx.query(
        "select t.session_id, t.user_id, t.name, t.permissions, t.merchant_id, t.node_id, t.created_at, t.expires_at, \
                t.used_at, t.api_version \
           from access_token t \
           join staff s on s.organisation_id = t.organisation_id and s.user_id = t.user_id \
          where t.organisation_id = $1 and t.kind = $2 and ($3 = '' or t.user_id = $3) and s.is_active \
            and t.revoked_at is null and t.expires_at > $4 and (t.device_id is not null or coalesce(t.used_at, t.created_at) >= $5) \
          order by t.session_id desc limit 1000",
        args![organisation_id, kind, user_id.map_or("", UserId::as_str), now, used_since],
    )
    .await
}

/// A session or a key that has not ended.
pub(crate) async fn find_token(
    tx: &Tx,
    organisation_id: &OrganisationId,
    session_id: &SessionId,
) -> Result<Option<(UserId, String)>, Fault> {
    tx.query_optional(
        "select user_id, kind from access_token where organisation_id = $1 and session_id = $2 \
            and kind in ('session', 'api') and revoked_at is null",
        args![organisation_id, session_id],
    )
    .await
}

/// Ends all sessions of a person; gives how many.
pub(crate) async fn revoke_sessions(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    now: Timestamp,
) -> Result<u64, Fault> {
    tx.execute(
        "update access_token set revoked_at = $3 \
          where organisation_id = $1 and user_id = $2 and kind = 'session' and revoked_at is null",
        args![organisation_id, user_id, now],
    )
    .await
}

/// Takes away tokens that ran out, and invitations that ended, before a time.
pub async fn forget_ended(
    tx: &Tx,
    organisation_id: &OrganisationId,
    before: Timestamp,
) -> Result<u64, Fault> {
    let tokens = tx
        .execute(
            "delete from access_token where organisation_id = $1 and expires_at < $2",
            args![organisation_id, before],
        )
        .await?;
    let invitations = tx
        .execute(
            "delete from invitation where organisation_id = $1 and coalesce(ended_at, expires_at) < $2",
            args![organisation_id, before],
        )
        .await?;
    Ok(tokens + invitations)
}
