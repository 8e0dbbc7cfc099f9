//! What waits at the nodes.

use std::collections::{BTreeSet, HashMap, HashSet};

use anyhow::Result;
use catalogue::Item;
use jiff::{SignedDuration, tz::TimeZone};
use kernel::{ItemId, NodeId, Scope, Timestamp};
use network::{Node, NodeKind};
use orders::{
    Stage,
    read::{FulfilmentLineRow, FulfilmentRow},
};
use rand::RngExt;
use shipping::{Parcel, ParcelLine};

use super::Actors;
use crate::chance::dice;

/// The most work of a node that is looked at in one step, oldest first.
const LOOK_AT: i64 = 100;

/// How long work at a visited node is left to the visitor.
const LEFT_TO_VISITOR_MINUTES: i64 = 180;

/// Work that waits.
pub(super) struct Waiting {
    pub part: FulfilmentRow,
    pub lines: Vec<FulfilmentLineRow>,
    /// Its parcels that have not left, with what is in them, where they were asked for.
    pub parcels: Vec<(Parcel, Vec<ParcelLine>)>,
}

impl Waiting {
    /// How many units of each item stand at a stage.
    pub fn units_at(&self, stage: Stage) -> Vec<(ItemId, i64)> {
        let mut units: Vec<(ItemId, i64)> = Vec::new();
        for line in &self.lines {
            let quantity = line.units().get(stage);
            match units.iter_mut().find(|(item_id, _)| *item_id == line.item_id) {
                Some((_, sum)) => *sum += quantity,
                None => units.push((line.item_id.clone(), quantity)),
            }
        }
        units.retain(|(_, quantity)| *quantity > 0);
        units
    }
}

/// Work that waits, with what is known of its items.
pub(super) struct Queue {
    pub work: Vec<Waiting>,
    pub items: HashMap<ItemId, Item>,
    barcodes: HashMap<ItemId, Vec<String>>,
}

impl Queue {
    /// What a scanner reads from an item.
    pub fn code_of(&self, item_id: &ItemId) -> String {
        let barcode = self.barcodes.get(item_id).and_then(|codes| codes.first());
        let sku = || self.items.get(item_id).map(|item| item.sku.clone()).unwrap_or_default();
        barcode.cloned().unwrap_or_else(sku)
    }
}

impl Actors {
    /// Work of one status at nodes whose doors are open; with its parcels, where `with_parcels` says so.
    pub(super) async fn queue(
        &self,
        status: &'static str,
        with_parcels: bool,
        now: Timestamp,
    ) -> Result<Queue> {
        let organisation_id = self.flows.runtime.organisation_id.clone();
        let open: HashSet<NodeId> =
            self.nodes.values().filter(|node| is_open(node, now)).map(|node| node.node_id.clone()).collect();
        let queue = self
            .flows
            .runtime
            .read(move |tx| {
                Box::pin(async move {
                    let mut parts = Vec::new();
                    for (node_id, of, _) in orders::store::count_work_by_node(tx, &organisation_id).await? {
                        if of == status && open.contains(&node_id) {
                            let all = &Scope::EVERYTHING;
                            parts.extend(
                                orders::store::list_work(
                                    tx,
                                    &organisation_id,
                                    all,
                                    &node_id,
                                    status,
                                    LOOK_AT,
                                )
                                .await?,
                            );
                        }
                    }
                    let ids = parts.iter().map(|part| &part.fulfilment_order_id);
                    let mut lines: HashMap<_, Vec<_>> = HashMap::new();
                    for line in orders::store::list_lines_of_fulfilments(tx, &organisation_id, ids).await? {
                        lines.entry(line.fulfilment_order_id.clone()).or_default().push(line);
                    }
                    let items: BTreeSet<ItemId> =
                        lines.values().flatten().map(|line| line.item_id.clone()).collect();
                    let items: Vec<ItemId> = items.into_iter().collect();
                    let mut work = Vec::with_capacity(parts.len());
                    for part in parts {
                        let id = &part.fulfilment_order_id;
                        let mut parcels = Vec::new();
                        if with_parcels {
                            let mine =
                                shipping::list_parcels_of_fulfilment_order(tx, &organisation_id, id).await?;
                            let open: Vec<Parcel> =
                                mine.into_iter().filter(|parcel| parcel.status.is_in_the_house()).collect();
                            let ids: Vec<_> = open.iter().map(|parcel| parcel.parcel_id.clone()).collect();
                            let mut inside = shipping::parcel_lines(tx, &organisation_id, &ids).await?;
                            parcels.extend(open.into_iter().map(|parcel| {
                                let lines = inside.remove(&parcel.parcel_id).unwrap_or_default();
                                (parcel, lines)
                            }));
                        }
                        let lines = lines.remove(id).unwrap_or_default();
                        work.push(Waiting { part, lines, parcels });
                    }
                    Ok::<_, db::Fault>(Queue {
                        work,
                        barcodes: catalogue::barcodes_of_items(tx, &organisation_id, &items).await?,
                        items: catalogue::items_by_id(tx, &organisation_id, &items).await?,
                    })
                })
            })
            .await?;
        Ok(queue)
    }

    /// Whether somebody gets to this work: so many minutes after it came, picking first.
    pub(super) fn is_due(&self, part: &FulfilmentRow, stage: Stage, now: Timestamp) -> bool {
        let mut dice = dice(self.world.seed, &format!("when {}", part.fulfilment_order_id));
        let mut minutes: i64 = dice.random_range(3..=18);
        if stage == Stage::Picked {
            minutes += dice.random_range(2..=8);
        }
        if self.visited.as_deref() == Some(self.node_code(&part.node_id)) {
            minutes += LEFT_TO_VISITOR_MINUTES;
        }
        part.created_at + SignedDuration::from_mins(minutes) <= now
    }
}

/// Centres work around the clock, stores by day.
fn is_open(node: &Node, now: Timestamp) -> bool {
    node.kind == NodeKind::RegionalCentre || {
        let zone = TimeZone::get(&node.time_zone).unwrap_or(TimeZone::UTC);
        (8..20).contains(&now.to_zoned(zone).hour())
    }
}
