//! Identity providers, and who their subjects are to us.

use db::{Fault, FromRow, Row, Tx, args, set};
use kernel::{IdentityProviderId, OrganisationId, Timestamp, UserId};

use crate::{
    Assignment, IdentityProvider, Role,
    store::{area_of, columns_of},
};

/// A provider with its secret as it is kept.
pub(crate) struct ProviderRow {
    pub provider: IdentityProvider,
    pub sealed_secret: String,
}

impl FromRow for ProviderRow {
    fn from_row(row: &Row) -> Result<ProviderRow, Fault> {
        let (role, merchant_id, node_id): (Option<String>, String, String) =
            (row.get("role")?, row.get("merchant_id")?, row.get("node_id")?);
        // A role that is no longer known lets nobody in.
        let role = role.as_deref().and_then(Role::parse).zip(area_of(&merchant_id, &node_id));
        let domains: String = row.get("domains")?;
        let provider = IdentityProvider {
            provider_id: row.get("provider_id")?,
            name: row.get("name")?,
            issuer: row.get("issuer")?,
            client_id: row.get("client_id")?,
            address: row.get("address")?,
            domains: domains.split_whitespace().map(str::to_owned).collect(),
            admits: role.map(|(role, area)| Assignment { role, area }),
        };
        Ok(ProviderRow { provider, sealed_secret: row.get("client_secret")? })
    }
}

pub(crate) async fn list_provider_rows(
    tx: &Tx,
    organisation_id: &OrganisationId,
) -> Result<Vec<ProviderRow>, Fault> {
    tx.query(
        "select provider_id, name, issuer, client_id, client_secret, address, domains, role, merchant_id, node_id \
           from identity_provider where organisation_id = $1 order by provider_id limit 100",
        args![organisation_id],
    )
    .await
}

/// The identity providers, the first one first.
pub async fn list_providers(
    tx: &Tx,
    organisation_id: &OrganisationId,
) -> Result<Vec<IdentityProvider>, Fault> {
    Ok(list_provider_rows(tx, organisation_id).await?.into_iter().map(|row| row.provider).collect())
}

pub(crate) async fn find_provider(
    tx: &Tx,
    organisation_id: &OrganisationId,
    provider_id: &IdentityProviderId,
) -> Result<Option<ProviderRow>, Fault> {
    tx.query_optional(
        "select provider_id, name, issuer, client_id, client_secret, address, domains, role, merchant_id, node_id \
           from identity_provider where organisation_id = $1 and provider_id = $2",
        args![organisation_id, provider_id],
    )
    .await
}

pub(crate) async fn upsert_provider(
    tx: &Tx,
    organisation_id: &OrganisationId,
    row: &ProviderRow,
    now: Timestamp,
) -> Result<(), Fault> {
    let provider = &row.provider;
    let role = provider.admits.as_ref().map(|admits| admits.role.code());
    let (merchant_id, node_id) = provider.admits.as_ref().map_or(("", ""), |admits| columns_of(&admits.area));
    tx.execute(
        "insert into identity_provider (organisation_id, provider_id, name, issuer, client_id, client_secret, address, \
                domains, role, merchant_id, node_id, created_at, updated_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) \
         on conflict (organisation_id, provider_id) do update set \
                name = excluded.name, issuer = excluded.issuer, client_id = excluded.client_id, \
                client_secret = excluded.client_secret, address = excluded.address, domains = excluded.domains, \
                role = excluded.role, merchant_id = excluded.merchant_id, node_id = excluded.node_id, \
                updated_at = excluded.updated_at",
        args![
            organisation_id,
            &provider.provider_id,
            &provider.name,
            &provider.issuer,
            &provider.client_id,
            &row.sealed_secret,
            &provider.address,
            provider.domains.join(" "),
            role.map(str::to_owned),
            merchant_id,
            node_id,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Puts sealed secrets in the place of others.
pub(crate) async fn reseal_providers(
    tx: &Tx,
    organisation_id: &OrganisationId,
    resealed: &[(IdentityProviderId, String)],
) -> Result<u64, Fault> {
    tx.execute_set(
        "update identity_provider set client_secret = d.secret {set d(provider_id text, secret text)} \
          where identity_provider.organisation_id = $1 and identity_provider.provider_id = d.provider_id",
        &set![resealed.iter().map(|(id, _)| id), resealed.iter().map(|(_, secret)| secret)],
        args![organisation_id],
    )
    .await
}

pub(crate) async fn delete_provider(
    tx: &Tx,
    organisation_id: &OrganisationId,
    provider_id: &IdentityProviderId,
) -> Result<(), Fault> {
    tx.execute(
        "delete from identity_provider where organisation_id = $1 and provider_id = $2",
        args![organisation_id, provider_id],
    )
    .await?;
    Ok(())
}

pub(crate) async fn find_identity(
    tx: &Tx,
    organisation_id: &OrganisationId,
    issuer: &str,
    subject: &str,
) -> Result<Option<UserId>, Fault> {
    let found: Option<(UserId,)> = tx
        .query_optional(
            "select user_id from identity where organisation_id = $1 and issuer = $2 and subject = $3",
            args![organisation_id, issuer, subject],
        )
        .await?;
    Ok(found.map(|(user_id,)| user_id))
}

/// Links; false where the person has another identity at this issuer.
pub(crate) async fn insert_identity(
    tx: &Tx,
    organisation_id: &OrganisationId,
    issuer: &str,
    subject: &str,
    user_id: &UserId,
    now: Timestamp,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "insert into identity (organisation_id, issuer, subject, user_id, created_at) \
             values ($1, $2, $3, $4, $5) on conflict do nothing",
            args![organisation_id, issuer, subject, user_id, now],
        )
        .await?;
    Ok(touched > 0)
}

/// Unlinks a person from every issuer; gives from how many.
pub(crate) async fn delete_identities(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
) -> Result<u64, Fault> {
    tx.execute(
        "delete from identity where organisation_id = $1 and user_id = $2",
        args![organisation_id, user_id],
    )
    .await
}
