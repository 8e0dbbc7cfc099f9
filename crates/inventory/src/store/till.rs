//! Statements about what tills told of.

use db::{Column, Fault, Tx, args, row, set};
use kernel::{HoldId, ItemId, MerchantId, NodeId, OrganisationId, Timestamp};

use crate::till::{Shortage, TillEvent};

row! {
    /// An event as it was first told.
    pub(crate) struct ToldRow {
        pub node_id: NodeId,
        pub till_key: String,
        pub kind: String,
        pub item_id: ItemId,
        pub quantity: i64,
    }
}

/// Writes events down that nobody told of before; gives their keys.
pub(crate) async fn insert_events(
    tx: &Tx,
    organisation_id: &OrganisationId,
    now: Timestamp,
    events: &[&TillEvent],
) -> Result<Vec<(NodeId, String)>, Fault> {
    tx.query_set(
        "insert into till_event (organisation_id, node_id, till_key, kind, item_id, owner_id, lot, quantity, \
                happened_at, received_at) \
         select $1, d.node_id, d.till_key, d.kind, d.item_id, d.owner_id, d.lot, d.quantity, d.happened_at, $2 \
         {set d(node_id text, till_key text, kind text, item_id text, owner_id text, lot text, quantity int, \
                happened_at time)} where true \
         on conflict do nothing returning node_id, till_key",
        &set![
            events.iter().map(|event| &event.node_id),
            events.iter().map(|event| &event.key),
            events.iter().map(|event| event.kind.name()),
            events.iter().map(|event| &event.item_id),
            events.iter().map(|event| &event.owner_id),
            events.iter().map(|event| &event.lot),
            events.iter().map(|event| event.quantity),
            events.iter().map(|event| event.happened_at),
        ],
        args![organisation_id, now],
    )
    .await
}

/// What was told under the keys of these.
pub(crate) async fn find_events(
    tx: &Tx,
    organisation_id: &OrganisationId,
    events: &[&TillEvent],
) -> Result<Vec<ToldRow>, Fault> {
    tx.query(
        "select node_id, till_key, kind, item_id, quantity from till_event \
          where organisation_id = $1 and node_id {in $2} and till_key {in $3}",
        args![
            organisation_id,
            Column::from_iter(events.iter().map(|event| &event.node_id)),
            Column::from_iter(events.iter().map(|event| &event.key)),
        ],
    )
    .await
}

row! {
    /// Units that an open hold holds.
    pub(crate) struct HeldRow {
        pub hold_id: HoldId,
        pub node_id: NodeId,
        pub item_id: ItemId,
        pub owner_id: MerchantId,
        pub quantity: i64,
    }
}

/// Which holds hold some of these goods, those that end first first.
pub(crate) async fn list_held(
    tx: &Tx,
    organisation_id: &OrganisationId,
    short: &[Shortage],
) -> Result<Vec<HeldRow>, Fault> {
    tx.query(
        "select p.hold_id, p.node_id, p.item_id, p.owner_id, p.quantity from stock_hold_part p \
           join stock_hold h on h.organisation_id = p.organisation_id and h.hold_id = p.hold_id \
          where p.organisation_id = $1 and p.node_id {in $2} and p.item_id {in $3} and h.state = 'open' \
          order by h.expires_at, p.hold_id",
        args![
            organisation_id,
            Column::from_iter(short.iter().map(|shortage| &shortage.node_id)),
            Column::from_iter(short.iter().map(|shortage| &shortage.item_id)),
        ],
    )
    .await
}
