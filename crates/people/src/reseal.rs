//! Seals the secrets shared with identity providers anew: with a new master key, or for the first time.

use db::Fault;
use runtime::{Runtime, seal::SealError};

use crate::{providers::secret_place, store};

/// Seals with the first key of the ring what is not sealed with it; gives how many providers that concerned. Fails where
/// a key is missing, so a house learns at its start that it has lost one.
pub async fn reseal(runtime: &Runtime) -> Result<usize, Fault> {
    let (organisation_id, keyring) = (runtime.organisation_id.clone(), runtime.keyring.clone());
    runtime
        .db
        .write(move |tx| {
            let (organisation_id, keyring) = (organisation_id.clone(), keyring.clone());
            Box::pin(async move {
                store::lock_people(tx, &organisation_id).await?;
                let known = store::list_provider_rows(tx, &organisation_id).await?;
                let stale = known.into_iter().filter(|row| keyring.is_stale(&row.sealed_secret));
                let resealed = stale.map(|row| {
                    let place = secret_place(&row.provider.provider_id);
                    let opened = keyring.open(&place, &row.sealed_secret)?;
                    Ok((row.provider.provider_id, keyring.seal(&place, &opened)))
                });
                let resealed = resealed.collect::<Result<Vec<_>, SealError>>()?;
                if !resealed.is_empty() {
                    store::reseal_providers(tx, &organisation_id, &resealed).await?;
                }
                Ok(resealed.len())
            })
        })
        .await
}
