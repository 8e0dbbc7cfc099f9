//! Dedicated units go from one channel to another; the pool stays as it is.

use db::Fault;
use kernel::{ChannelId, ItemId};
use runtime::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Quota, store};

/// Units that are to be another channel's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveQuota {
    /// Of which item.
    pub item_id: ItemId,
    /// Whose they are.
    pub from: ChannelId,
    /// Whose they are to be.
    pub to: ChannelId,
    /// How many, more than none.
    pub units: i64,
    /// Why.
    pub reason: String,
}

/// Both quotas after units went from one to the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct QuotaMoved {
    /// Units left to the channel that gave.
    pub from_left: i64,
    /// Units left to the channel that got.
    pub to_left: i64,
}

/// Why nothing was moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveQuotaError {
    /// One of them has no quota of the item.
    #[error("channel {channel_id} has no quota of this item; give it one first")]
    NoQuota {
        /// Which.
        channel_id: ChannelId,
    },
    /// Fewer are left.
    #[error("{left} units of this quota are left, {asked} were to be moved")]
    NotThatMany {
        /// How many were asked for.
        asked: i64,
        /// How many there are.
        left: i64,
    },
    /// A quota has an end too.
    #[error("a quota is of {} units at most", super::Policy::MAX_UNITS)]
    TooMany,
    /// From a channel to itself.
    #[error("the units are that channel's already")]
    SameChannel,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(MoveQuotaError);

/// Moves units of a quota to another channel's quota of the same item. Only what is left can be moved.
pub async fn move_quota(cx: &mut Cx<'_>, asked: &MoveQuota) -> Result<QuotaMoved, MoveQuotaError> {
    let MoveQuota { item_id, from, to, units, reason } = asked;
    if from == to {
        return Err(MoveQuotaError::SameChannel);
    }
    store::lock_quotas(cx.tx, &cx.organisation_id, std::iter::once(item_id)).await?;
    let standing = store::find_quotas(cx.tx, &cx.organisation_id, std::iter::once(item_id)).await?;
    let quota_of = |channel_id: &ChannelId| {
        let quota = standing.get(&(item_id.clone(), channel_id.clone())).copied();
        quota.ok_or_else(|| MoveQuotaError::NoQuota { channel_id: channel_id.clone() })
    };
    let (giver, taker) = (quota_of(from)?, quota_of(to)?);
    let moved = decide(giver, taker, *units)?;
    for (channel_id, delta) in [(from, -units), (to, *units)] {
        let is_changed =
            store::change_quota(cx.tx, &cx.organisation_id, item_id, channel_id, delta, cx.now).await?;
        if !is_changed {
            return Err(Fault::Outrun { what: "quota moved", touched: 0, expected: 1 }.into());
        }
    }
    let data = json!({ "item_id": item_id, "to": to, "units": units, "reason": reason });
    let facts = |from: i64, to: i64| json!({ "from": from, "to": to });
    let before = facts(giver.quantity, taker.quantity);
    let after = facts(giver.quantity - units, taker.quantity + units);
    cx.record("channel.quota_moved", from.as_str(), data, before, after);
    Ok(moved)
}

fn decide(giver: Quota, taker: Quota, units: i64) -> Result<QuotaMoved, MoveQuotaError> {
    if units > giver.left() {
        return Err(MoveQuotaError::NotThatMany { asked: units, left: giver.left() });
    }
    if taker.quantity > super::Policy::MAX_UNITS - units {
        return Err(MoveQuotaError::TooMany);
    }
    Ok(QuotaMoved { from_left: giver.left() - units, to_left: taker.left() + units })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sold_of_a_quota_is_not_moved() {
        let giver = Quota { quantity: 50, used: 10 };
        let taker = Quota { quantity: 5, used: 5 };
        assert_eq!(decide(giver, taker, 40).unwrap(), QuotaMoved { from_left: 0, to_left: 40 });
        let refused = decide(giver, taker, 41).unwrap_err();
        assert_eq!(refused.to_string(), "40 units of this quota are left, 41 were to be moved");
    }
}
