//! Units are dedicated to channels, or to none any more.

use std::collections::BTreeSet;

use db::Fault;
use kernel::{ChannelId, ItemId};
use runtime::Cx;
use serde_json::json;

use super::{Quota, store};

/// A quota that is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuota {
    /// Of which item.
    pub item_id: ItemId,
    /// Whose.
    pub channel_id: ChannelId,
    /// How many units in all; none where the channel is to share what is nobody's.
    pub quantity: Option<i64>,
}

/// Why no quota was set.
#[derive(Debug, thiserror::Error)]
pub enum SetQuotaError {
    /// The channel has sold more.
    #[error("{used} units of this quota are sold; it cannot be less")]
    BelowUsed {
        /// Its place among those given, from 0.
        index: usize,
        /// How many are sold.
        used: i64,
    },
    /// The same quota stands there twice.
    #[error("this quota is named twice")]
    Twice {
        /// The second place, from 0.
        index: usize,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(SetQuotaError);

/// Sets quotas, all or none. What is sold of a quota stays sold: it is never less than that.
pub async fn set_quotas(cx: &mut Cx<'_>, quotas: &[NewQuota]) -> Result<(), SetQuotaError> {
    let mut named = BTreeSet::new();
    if let Some(index) = quotas.iter().position(|new| !named.insert((&new.item_id, &new.channel_id))) {
        return Err(SetQuotaError::Twice { index });
    }
    let items: BTreeSet<&ItemId> = quotas.iter().map(|new| &new.item_id).collect();
    store::lock_quotas(cx.tx, &cx.organisation_id, items.iter().copied()).await?;
    let standing = store::find_quotas(cx.tx, &cx.organisation_id, items.into_iter()).await?;
    let standing_of = |new: &NewQuota| standing.get(&(new.item_id.clone(), new.channel_id.clone())).copied();
    for (index, new) in quotas.iter().enumerate() {
        let used = standing_of(new).map_or(0, |quota| quota.used);
        if new.quantity.is_some_and(|quantity| quantity < used) {
            return Err(SetQuotaError::BelowUsed { index, used });
        }
    }
    let mut put: Vec<(&ItemId, &ChannelId, i64)> = quotas
        .iter()
        .filter_map(|new| new.quantity.map(|quantity| (&new.item_id, &new.channel_id, quantity)))
        .collect();
    put.sort();
    let set = store::put_quotas(cx.tx, &cx.organisation_id, &put, cx.now).await?;
    if set != put.len() as u64 {
        // A quota that was not there to be locked came into being and was sold of meanwhile.
        return Err(Fault::Outrun { what: "quotas set", touched: set, expected: put.len() as u64 }.into());
    }
    let ended: Vec<(&ItemId, &ChannelId)> = quotas
        .iter()
        .filter(|new| new.quantity.is_none())
        .map(|new| (&new.item_id, &new.channel_id))
        .collect();
    store::delete_quotas(cx.tx, &cx.organisation_id, &ended).await?;
    for new in quotas {
        let before = standing_of(new);
        if before.map(|quota| quota.quantity) == new.quantity {
            continue;
        }
        let data = json!({ "item_id": new.item_id, "quantity": new.quantity });
        let facts = |quota: Quota| json!({ "quantity": quota.quantity, "used": quota.used });
        let after = json!({ "quantity": new.quantity });
        cx.record("channel.quota_set", new.channel_id.as_str(), data, json!(before.map(facts)), after);
    }
    Ok(())
}
