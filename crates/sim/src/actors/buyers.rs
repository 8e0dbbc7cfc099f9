//! Buyers look twice a day at what the centres have and order what runs low; it comes at once, on one delivery note.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use inventory::receive::Receipt;
use kernel::{NodeId, Quantity};
use network::NodeKind;
use rand::RngExt;
use runtime::Call;

use super::{Actors, Tally, start_of};
use crate::chance::dice;

/// When they look: minutes after midnight, UTC.
const LOOK_AT: [i64; 2] = [5 * 60, 14 * 60];
/// Below so many days' sales goods are ordered…
const DAYS_MIN: i64 = 2;
/// …up to so many.
const DAYS_MAX: i64 = 6;

impl Actors {
    /// Receives goods that run low, if the buyers look in one of these minutes.
    pub(super) async fn restock(
        &self,
        minutes: &std::ops::RangeInclusive<i64>,
        tally: &mut Tally,
    ) -> Result<()> {
        for minute in minutes.clone().filter(|minute| LOOK_AT.contains(&minute.rem_euclid(24 * 60))) {
            let receipts = self.running_low(minute).await?;
            if !receipts.is_empty() {
                let received = self.flows.receive(Call::by("buyer"), receipts).await?.into_result();
                tally.receipts += received.map_or(0, |received| received.booked as u64);
            }
        }
        Ok(())
    }

    async fn running_low(&self, minute: i64) -> Result<Vec<Receipt>> {
        let (organisation_id, merchant_id) =
            (self.flows.runtime.organisation_id.clone(), self.merchant_id.clone());
        let skus: Vec<String> = self.world.goods.iter().map(|goods| goods.sku.clone()).collect();
        let (items, available) = self
            .flows
            .runtime
            .read(move |tx| {
                Box::pin(async move {
                    let items =
                        catalogue::find_items_by_sku(tx, &organisation_id, &merchant_id, &skus).await?;
                    let ids = items.values().map(|item| &item.item_id);
                    let available = inventory::store::list_available(tx, &organisation_id, ids).await?;
                    Ok::<_, db::Fault>((items, available))
                })
            })
            .await?;
        let mut centres: Vec<(&str, &NodeId)> = self
            .nodes
            .values()
            .filter(|node| node.kind == NodeKind::RegionalCentre)
            .map(|node| (node.code.as_str(), &node.node_id))
            .collect();
        centres.sort_unstable();
        let in_centres: HashSet<&NodeId> = centres.iter().map(|(_, node_id)| *node_id).collect();
        let mut on_shelf: HashMap<_, i64> = HashMap::new();
        for row in available.iter().filter(|row| in_centres.contains(&row.node_id)) {
            *on_shelf.entry(&row.item_id).or_default() += row.quantity.units();
        }
        let mut receipts = Vec::new();
        for (place, goods) in self.world.goods.iter().enumerate() {
            let Some(item) = items.get(&goods.sku) else { continue };
            let a_day = self.world.units_a_day(place, self.orders_a_day);
            let there = on_shelf.get(&item.item_id).copied().unwrap_or(0);
            if there >= a_day * DAYS_MIN || centres.is_empty() {
                continue;
            }
            let reference = format!("PO-{}", start_of(minute).strftime("%Y%m%d-%H"));
            let mut dice = dice(self.world.seed, &format!("{reference} {}", goods.sku));
            let (_, node_id) = centres[dice.random_range(0..centres.len())];
            receipts.push(Receipt {
                node_id: node_id.clone(),
                item_id: item.item_id.clone(),
                owner_id: self.merchant_id.clone(),
                quantity: Quantity::new(a_day * DAYS_MAX - there)?,
                reference,
                lot: None,
                expected: None,
            });
        }
        Ok(receipts)
    }
}
