//! Units that one channel keeps for itself and does not sell, while another sells the same item: they are proposed to
//! the other (R17), and go there when somebody agrees.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use db::{Fault, Tx};
use inventory::selling::{self, MoveQuota, NewQuota, Quota};
use jiff::SignedDuration;
use kernel::{ChannelId, ItemId, MerchantId, OrganisationId, Scope, Timestamp};
use runtime::{Answer, Call, Cx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Flows, selling::SellingError};

/// The most quotas that are looked at: an organisation has no more that anybody looks after by hand.
const LOOKED_AT: i64 = 10_000;
/// The longest time without a sale that may be asked for.
pub const DAYS_MOST: i64 = 90;

/// What is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Move the units to the quota of the channel that sells.
    Move,
    /// Set them aside for nobody: the channel that sells has no quota, and gets them from the pool.
    Release,
}

/// Units that one channel does not sell and another would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proposal {
    /// The item.
    pub item_id: ItemId,
    /// The channel that keeps units and sold none.
    pub from: ChannelId,
    /// The channel that sold the most meanwhile.
    pub to: ChannelId,
    /// What to do.
    pub remedy: Remedy,
    /// How many units: what is left of the one quota, but no more than the other channel sells in as long again.
    pub units: i64,
    /// How many units the other channel sold.
    pub sold: i64,
}

/// Why nothing came of a proposal.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// Things are no longer so.
    #[error("nothing of this is proposed any more; look again")]
    Gone,
    /// Quotas stay as they are.
    #[error(transparent)]
    Selling(SellingError),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(AcceptError);

impl Flows {
    /// What would be better sold elsewhere, where a channel sold nothing of its quota in so many days.
    pub async fn proposals(&self, scope: &Scope, days: i64) -> Result<Vec<Proposal>, Fault> {
        let (organisation_id, scope) = (self.runtime.organisation_id.clone(), scope.clone());
        let since = since(self.runtime.now(), days);
        self.runtime
            .read(move |tx| Box::pin(async move { find(tx, &organisation_id, &scope, since).await }))
            .await
    }

    /// Does what is proposed for units of an item from one channel to another, as it is proposed now.
    pub async fn accept_proposal(
        &self,
        call: Call,
        scope: Scope,
        days: i64,
        wanted: (ItemId, ChannelId, ChannelId),
    ) -> Result<Answer<Proposal>, AcceptError> {
        self.runtime
            .command(call, move |cx| {
                let (scope, wanted) = (scope.clone(), wanted.clone());
                Box::pin(async move { accept(cx, &scope, days, &wanted).await })
            })
            .await
    }
}

fn since(now: Timestamp, days: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * days.clamp(1, DAYS_MOST))).unwrap_or(now)
}

async fn accept(
    cx: &mut Cx<'_>,
    scope: &Scope,
    days: i64,
    (item_id, from, to): &(ItemId, ChannelId, ChannelId),
) -> Result<Proposal, AcceptError> {
    let proposals = find(cx.tx, &cx.organisation_id, scope, since(cx.now, days)).await?;
    let is_it =
        |proposal: &Proposal| proposal.item_id == *item_id && proposal.from == *from && proposal.to == *to;
    let proposal = proposals.into_iter().find(is_it).ok_or(AcceptError::Gone)?;
    let refused = |error: SellingError| match error {
        SellingError::Fault(fault) => AcceptError::Fault(fault),
        error => AcceptError::Selling(error),
    };
    match proposal.remedy {
        Remedy::Move => {
            let asked = MoveQuota {
                item_id: item_id.clone(),
                from: from.clone(),
                to: to.clone(),
                units: proposal.units,
                reason: format!("sold none in {days} days"),
            };
            selling::move_quota(cx, &asked).await.map_err(|error| refused(error.into()))?;
        }
        Remedy::Release => {
            let items = std::iter::once(item_id);
            let rules = selling::lock_rules(cx.tx, &cx.organisation_id, items).await?;
            let quota = rules.quota(from, item_id).filter(|quota| quota.left() >= proposal.units);
            let quantity = quota.ok_or(AcceptError::Gone)?.quantity - proposal.units;
            let less =
                NewQuota { item_id: item_id.clone(), channel_id: from.clone(), quantity: Some(quantity) };
            selling::set_quotas(cx, &[less]).await.map_err(|error| refused(error.into()))?;
        }
    }
    Ok(proposal)
}

async fn find(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    since: Timestamp,
) -> Result<Vec<Proposal>, Fault> {
    let mut channels = catalogue::list_channels(tx, organisation_id, scope).await?;
    channels.retain(|channel| scope.has_merchant(&channel.merchant_id));
    let sellers: HashMap<ChannelId, MerchantId> =
        channels.into_iter().map(|channel| (channel.channel_id, channel.merchant_id)).collect();
    let rows = selling::list_quotas(tx, organisation_id, sellers.keys(), ("", ""), LOOKED_AT).await?;
    let mut quotas: BTreeMap<ItemId, BTreeMap<ChannelId, (Quota, bool)>> = BTreeMap::new();
    for row in rows {
        // What was dedicated only just now has not had the time to sell.
        let is_old = row.changed_at <= since;
        let quota = row.quota();
        quotas.entry(row.item_id).or_default().insert(row.channel_id, (quota, is_old));
    }
    quotas.retain(|_, quotas| quotas.values().any(|(quota, is_old)| *is_old && quota.left() > 0));
    if quotas.is_empty() {
        return Ok(Vec::new());
    }
    let items: BTreeSet<&ItemId> = quotas.keys().collect();
    let sold =
        orders::store::list_sold(tx, organisation_id, sellers.keys(), items.into_iter(), since).await?;
    Ok(propose(&quotas, &sellers, &sold))
}

/// For each quota that stood long enough and sold nothing, the channel of the same merchant that sold most of the item.
fn propose(
    quotas: &BTreeMap<ItemId, BTreeMap<ChannelId, (Quota, bool)>>,
    sellers: &HashMap<ChannelId, MerchantId>,
    sold: &[(ItemId, ChannelId, i64)],
) -> Vec<Proposal> {
    let mut by_item: HashMap<&ItemId, Vec<(&ChannelId, i64)>> = HashMap::new();
    for (item_id, channel_id, units) in sold.iter().filter(|(_, _, units)| *units > 0) {
        by_item.entry(item_id).or_default().push((channel_id, *units));
    }
    let mut proposals = Vec::new();
    for (item_id, quotas) in quotas {
        let Some(sold) = by_item.get(item_id) else { continue };
        for (from, (quota, is_old)) in quotas {
            if !is_old || quota.left() <= 0 || sold.iter().any(|(channel_id, _)| *channel_id == from) {
                continue;
            }
            let same = sold.iter().filter(|(channel_id, _)| sellers.get(*channel_id) == sellers.get(from));
            let Some((to, units)) = same.max_by_key(|(channel_id, units)| (*units, *channel_id)) else {
                continue;
            };
            proposals.push(Proposal {
                item_id: item_id.clone(),
                from: from.clone(),
                to: (*to).clone(),
                remedy: if quotas.contains_key(*to) { Remedy::Move } else { Remedy::Release },
                units: quota.left().min(*units),
                sold: *units,
            });
        }
    }
    proposals
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(name: &str) -> ChannelId {
        ChannelId::from_body(name)
    }

    #[test]
    fn what_one_channel_keeps_and_another_sells_is_proposed_to_the_other() {
        let (tea, cup) = (ItemId::from_body("tea"), ItemId::from_body("cup"));
        let (ours, theirs) = (MerchantId::from_body("ours"), MerchantId::from_body("theirs"));
        let sellers = HashMap::from([
            (channel("slow"), ours.clone()),
            (channel("fast"), ours.clone()),
            (channel("shared"), ours),
            (channel("other"), theirs),
        ]);
        let quota = |quantity, used, is_old| (Quota { quantity, used }, is_old);
        let quotas = BTreeMap::from([
            (
                tea.clone(),
                BTreeMap::from([(channel("slow"), quota(30, 5, true)), (channel("fast"), quota(9, 9, true))]),
            ),
            (cup.clone(), BTreeMap::from([(channel("slow"), quota(3, 0, true))])),
        ]);
        let sold = [
            (tea.clone(), channel("fast"), 12),
            (tea.clone(), channel("shared"), 2),
            (tea.clone(), channel("other"), 99),
            (cup.clone(), channel("shared"), 7),
        ];
        let proposal = |item_id: &ItemId, to: &str, remedy, units, sold| Proposal {
            item_id: item_id.clone(),
            from: channel("slow"),
            to: channel(to),
            remedy,
            units,
            sold,
        };
        let mut wanted = vec![
            proposal(&tea, "fast", Remedy::Move, 12, 12),
            proposal(&cup, "shared", Remedy::Release, 3, 7),
        ];
        wanted.sort_by(|a, b| a.item_id.cmp(&b.item_id));
        assert_eq!(propose(&quotas, &sellers, &sold), wanted);
        let young = BTreeMap::from([(tea.clone(), BTreeMap::from([(channel("slow"), quota(30, 0, false))]))]);
        assert_eq!(propose(&young, &sellers, &sold), [], "it has not had the time to sell");
        let selling = [(tea, channel("slow"), 1), (cup, channel("slow"), 1)];
        assert_eq!(propose(&quotas, &sellers, &selling), [], "it sells");
    }
}
