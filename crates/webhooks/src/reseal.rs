//! Opens the secrets of webhooks, and seals them anew: with a new master key, or for the first time.

use db::Fault;
use kernel::{Timestamp, WebhookId};
use runtime::{Keyring, Runtime, seal::SealError};

use crate::{
    SigningSecret,
    model::{KeptSecret, Webhook},
    store,
};

/// The one place where a webhook's secrets open, the present one and the former.
pub(crate) fn secret_place(webhook_id: &WebhookId) -> String {
    format!("webhook.secret {webhook_id}")
}

impl Webhook {
    /// What signs at `now`: the present secret first.
    pub(crate) fn secrets(&self, keyring: &Keyring, now: Timestamp) -> Result<Vec<SigningSecret>, Fault> {
        let former = self.kept_former.as_ref().filter(|(_, until)| now < *until).map(|(kept, _)| kept);
        [Some(&self.kept_secret), former].into_iter().flatten().map(|kept| self.open(keyring, kept)).collect()
    }

    fn open(&self, keyring: &Keyring, kept: &KeptSecret) -> Result<SigningSecret, Fault> {
        let opened = keyring.open(&secret_place(&self.webhook_id), &kept.0)?;
        // Without the text: faults are logged.
        let strange = || Fault::Shape { column: "secret".into(), problem: "is no signing secret".into() };
        SigningSecret::parse(&opened).ok_or_else(strange)
    }
}

/// The secrets of a webhook as they were kept and as they are kept now.
pub(crate) struct Resealed {
    pub webhook_id: WebhookId,
    pub was: String,
    pub secret: String,
    /// Empty where there is none.
    pub former: String,
}

/// Seals with the first key of the ring what is not sealed with it; gives how many webhooks that concerned. Fails where
/// a key is missing, so a house learns at its start that it has lost one.
pub async fn reseal(runtime: &Runtime) -> Result<usize, Fault> {
    let (organisation_id, keyring) = (runtime.organisation_id.clone(), runtime.keyring.clone());
    runtime
        .db
        .write(move |tx| {
            let (organisation_id, keyring) = (organisation_id.clone(), keyring.clone());
            Box::pin(async move {
                tx.lock_name("webhooks.add").await?;
                let known = store::list_webhooks(tx, &organisation_id).await?;
                let stale = known.iter().filter(|webhook| {
                    let former = webhook.kept_former.as_ref().map(|(kept, _)| kept);
                    [Some(&webhook.kept_secret), former]
                        .into_iter()
                        .flatten()
                        .any(|kept| keyring.is_stale(&kept.0))
                });
                let resealed = stale.map(|webhook| anew(webhook, &keyring)).collect::<Result<Vec<_>, _>>()?;
                if !resealed.is_empty() {
                    store::reseal_secrets(tx, &organisation_id, &resealed).await?;
                }
                Ok(resealed.len())
            })
        })
        .await
}

fn anew(webhook: &Webhook, keyring: &Keyring) -> Result<Resealed, SealError> {
    let place = secret_place(&webhook.webhook_id);
    let seal = |kept: &KeptSecret| keyring.open(&place, &kept.0).map(|opened| keyring.seal(&place, &opened));
    Ok(Resealed {
        webhook_id: webhook.webhook_id.clone(),
        was: webhook.kept_secret.0.clone(),
        secret: seal(&webhook.kept_secret)?,
        former: webhook.kept_former.as_ref().map(|(kept, _)| seal(kept)).transpose()?.unwrap_or_default(),
    })
}
