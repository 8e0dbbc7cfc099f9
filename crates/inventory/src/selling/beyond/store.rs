//! Statements about what is sold beyond what is free.

use std::collections::{BTreeMap, HashMap};

use db::{Column, Fault, Tx, args, row, set};
use kernel::{ChannelId, ItemId, MerchantId, NodeId, OrganisationId, time::Date};

use super::{Claim, Outlook};

/// How many units of items were promised: of each item in all, under no channel, and of each channel.
#[derive(Debug)]
pub struct Counts(Vec<(ItemId, String, i64)>);

row! {
    /// Units of an item that come to a node on a day.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Coming {
        /// What.
        pub item_id: ItemId,
        /// Whose.
        pub owner_id: MerchantId,
        /// Where.
        pub node_id: NodeId,
        /// On which day.
        pub expected_on: Date,
        /// How many.
        pub quantity: i64,
    }
}

/// What was promised of these items. With `is_locked` neither that nor what is incoming changes until the transaction
/// ends. It is looked at before all else that a promise is made from: whatever is promised after it shows in the count.
pub async fn find_counts(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId> + Clone,
    is_locked: bool,
) -> Result<Counts, Fault> {
    if is_locked && tx.engine() == db::Engine::Postgres {
        // What is received leaves these balances, so it waits until the promise is made.
        tx.query::<(i64,)>(
            "select account_id from stock_account where organisation_id = $1 and item_id {in $2} and state = 'incoming' \
              order by account_id [pg: for update :]",
            args![organisation_id, Column::from_iter(items.clone())],
        )
        .await?;
        tx.query::<(i64,)>(
            "select waiting from backorder_count where organisation_id = $1 and item_id {in $2} \
              order by item_id, channel_id [pg: for update :]",
            args![organisation_id, Column::from_iter(items.clone())],
        )
        .await?;
    }
    let rows: Vec<(ItemId, String, i64)> = tx
        .query(
            "select item_id, channel_id, waiting from backorder_count where organisation_id = $1 and item_id {in $2}",
            args![organisation_id, Column::from_iter(items)],
        )
        .await?;
    Ok(Counts(rows))
}

/// What comes of these items from a day on, and what was promised of it. `ahead` is how many units of each wait, looked
/// at after the counts.
pub async fn find(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId> + Clone,
    today: Date,
    counts: Counts,
    ahead: &HashMap<ItemId, i64>,
) -> Result<HashMap<ItemId, Outlook>, Fault> {
    let mut outlooks: HashMap<ItemId, Outlook> = items
        .clone()
        .map(|item_id| {
            let ahead = ahead.get(item_id).copied().unwrap_or(0);
            (item_id.clone(), Outlook { ahead, ..Outlook::default() })
        })
        .collect();
    for row in list_coming(tx, organisation_id, items, today).await? {
        outlooks.entry(row.item_id.clone()).or_default().coming.push(row);
    }
    for (item_id, channel_id, waiting) in counts.0 {
        let outlook = outlooks.entry(item_id).or_default();
        match ChannelId::parse(&channel_id) {
            Ok(channel_id) => drop(outlook.by_channel.insert(channel_id, waiting)),
            Err(_) => outlook.all = waiting,
        }
    }
    Ok(outlooks)
}

/// What comes of these items from a day on, by day.
pub async fn list_coming(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId>,
    today: Date,
) -> Result<Vec<Coming>, Fault> {
    tx.query(
        "select l.item_id, e.owner_id, e.node_id, e.expected_on, \
                cast(sum(l.quantity - l.received) as bigint) as quantity \
           from expected_line l \
           join expected_receipt e on e.organisation_id = l.organisation_id \
                                  and e.expected_receipt_id = l.expected_receipt_id \
          where l.organisation_id = $1 and l.item_id {in $2} and l.quantity > l.received and e.state = 'open' \
            and e.expected_on >= $3 \
          group by l.item_id, e.owner_id, e.node_id, e.expected_on \
          order by l.item_id, e.expected_on, e.node_id, e.owner_id",
        args![organisation_id, Column::from_iter(items), today],
    )
    .await
}

/// Counts what was promised, where as much was promised of each item as was `seen`; false where somebody else promised
/// some of it since, and then nothing may be kept.
pub async fn claim(
    tx: &Tx,
    organisation_id: &OrganisationId,
    claims: &[Claim],
    seen: &HashMap<ItemId, i64>,
) -> Result<bool, Fault> {
    let changes = changes(claims);
    tx.execute_set(
        "insert into backorder_count (organisation_id, item_id, channel_id, waiting) \
         select $1, d.item_id, d.channel_id, 0 {set d(item_id text, channel_id text)} where true on conflict do nothing",
        &set![
            changes.keys().map(|(item_id, _)| *item_id),
            changes.keys().map(|(_, channel_id)| *channel_id),
        ],
        args![organisation_id],
    )
    .await?;
    // The whole of an item is counted first: its channels change only together with it.
    let (whole, parts): (Vec<_>, Vec<_>) =
        changes.into_iter().partition(|((_, channel_id), _)| channel_id.is_empty());
    let counted = tx
        .execute_set(
            "update backorder_count set waiting = d.seen + d.units {set d(item_id text, units int, seen int)} \
              where organisation_id = $1 and backorder_count.item_id = d.item_id and backorder_count.channel_id = '' \
                and backorder_count.waiting = d.seen",
            &set![
                whole.iter().map(|((item_id, _), _)| *item_id),
                whole.iter().map(|(_, units)| *units),
                whole.iter().map(|((item_id, _), _)| seen.get(*item_id).copied().unwrap_or(0)),
            ],
            args![organisation_id],
        )
        .await?;
    if counted != whole.len() as u64 {
        return Ok(false);
    }
    add(tx, organisation_id, &parts).await?;
    Ok(true)
}

/// Counts off what waits no more: it was allocated, or given up.
pub async fn give_back(tx: &Tx, organisation_id: &OrganisationId, claims: &[Claim]) -> Result<(), Fault> {
    let back: Vec<_> = changes(claims).into_iter().map(|(of, units)| (of, -units)).collect();
    add(tx, organisation_id, &back).await
}

/// What claims come to by item and channel, and by item alone under the empty name.
fn changes(claims: &[Claim]) -> BTreeMap<(&ItemId, &str), i64> {
    let mut changes: BTreeMap<(&ItemId, &str), i64> = BTreeMap::new();
    for Claim { item_id, channel_id, units } in claims {
        for of in ["", channel_id.as_str()] {
            *changes.entry((item_id, of)).or_default() += units;
        }
    }
    changes
}

async fn add(
    tx: &Tx,
    organisation_id: &OrganisationId,
    changes: &[((&ItemId, &str), i64)],
) -> Result<(), Fault> {
    if changes.is_empty() {
        return Ok(());
    }
    tx.execute_guarded(
        "counts of what waits",
        "update backorder_count set waiting = backorder_count.waiting + d.units \
                {set d(item_id text, channel_id text, units int)} \
          where organisation_id = $1 and backorder_count.item_id = d.item_id \
            and backorder_count.channel_id = d.channel_id and backorder_count.waiting + d.units >= 0",
        &set![
            changes.iter().map(|((item_id, _), _)| *item_id),
            changes.iter().map(|((_, channel_id), _)| *channel_id),
            changes.iter().map(|(_, units)| *units),
        ],
        args![organisation_id],
    )
    .await
}
