//! What holds hold, by node and lot.

use std::collections::BTreeMap;

use db::{Column, Fault, Tx, args, row, set};
use kernel::{HoldId, ItemId, MerchantId, NodeId, OrganisationId, Quantity, time::Date};

use crate::{hold::NewHold, lot::Lot};

/// Units of an item that an open hold holds at a node, of one lot or of none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Of which hold.
    pub hold_id: HoldId,
    /// The item.
    pub item_id: ItemId,
    /// Where.
    pub node_id: NodeId,
    /// Whose.
    pub owner_id: MerchantId,
    /// Of which lot, if of any.
    pub lot: Lot,
    /// How many units.
    pub quantity: Quantity,
}

/// The parts of holds as they are placed.
pub(super) async fn insert(
    tx: &Tx,
    organisation_id: &OrganisationId,
    holds: &[NewHold],
) -> Result<(), Fault> {
    let all = || holds.iter().flat_map(|hold| &hold.parts);
    // A part may be of several lots.
    let mut parts: BTreeMap<(&HoldId, &ItemId, &NodeId, &MerchantId), i64> = BTreeMap::new();
    for part in all() {
        let key = (&part.hold_id, &part.item_id, &part.node_id, &part.owner_id);
        *parts.entry(key).or_default() += part.quantity.units();
    }
    tx.execute_set(
        "insert into stock_hold_part (organisation_id, hold_id, item_id, node_id, owner_id, quantity) \
         select $1, d.hold_id, d.item_id, d.node_id, d.owner_id, d.quantity \
         {set d(hold_id text, item_id text, node_id text, owner_id text, quantity int)} where true",
        &set![
            parts.keys().map(|(hold_id, _, _, _)| *hold_id),
            parts.keys().map(|(_, item_id, _, _)| *item_id),
            parts.keys().map(|(_, _, node_id, _)| *node_id),
            parts.keys().map(|(_, _, _, owner_id)| *owner_id),
            parts.values().copied(),
        ],
        args![organisation_id],
    )
    .await?;
    if all().all(|part| part.lot.code.is_empty()) {
        return Ok(());
    }
    tx.execute_set(
        "insert into stock_hold_lot (organisation_id, hold_id, item_id, node_id, lot, quantity) \
         select $1, d.hold_id, d.item_id, d.node_id, d.lot, d.quantity \
         {set d(hold_id text, item_id text, node_id text, lot text, quantity int)} where true",
        &set![
            all().map(|part| &part.hold_id),
            all().map(|part| &part.item_id),
            all().map(|part| &part.node_id),
            all().map(|part| &part.lot.code),
            all().map(|part| part.quantity),
        ],
        args![organisation_id],
    )
    .await?;
    Ok(())
}

/// What those of these holds hold that are open.
pub async fn list_hold_parts(
    tx: &Tx,
    organisation_id: &OrganisationId,
    hold_ids: impl Iterator<Item = &HoldId>,
) -> Result<Vec<Part>, Fault> {
    let rows: Vec<PartRow> = tx
        .query(
            "select p.hold_id, p.item_id, p.node_id, p.owner_id, coalesce(h.lot, '') as lot, l.expires_on, \
                    coalesce(h.quantity, p.quantity) as quantity \
               from stock_hold_part p \
               left join stock_hold_lot h on h.organisation_id = p.organisation_id and h.hold_id = p.hold_id \
                                         and h.item_id = p.item_id and h.node_id = p.node_id \
               left join lot l on l.organisation_id = h.organisation_id and l.item_id = h.item_id and l.code = h.lot \
              where p.organisation_id = $1 and p.hold_id {in $2} \
              order by p.hold_id, p.item_id, p.node_id, l.expires_on is null, l.expires_on, h.lot",
            args![organisation_id, Column::from_iter(hold_ids)],
        )
        .await?;
    let part = |row: PartRow| Part {
        hold_id: row.hold_id,
        item_id: row.item_id,
        node_id: row.node_id,
        owner_id: row.owner_id,
        lot: Lot { code: row.lot, expires_on: row.expires_on },
        quantity: row.quantity,
    };
    Ok(rows.into_iter().map(part).collect())
}

row! {
    struct PartRow {
        hold_id: HoldId,
        item_id: ItemId,
        node_id: NodeId,
        owner_id: MerchantId,
        lot: String,
        expires_on: Option<Date>,
        quantity: Quantity,
    }
}
