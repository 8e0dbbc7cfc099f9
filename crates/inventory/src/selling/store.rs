//! Every SQL statement on policies and quotas.

use std::collections::{BTreeSet, HashMap};

use db::{Column, Fault, FromRow, Row, Tx, args, row, set};
use kernel::{ChannelId, ItemId, NodeId, OrderId, OrganisationId, Timestamp};
use serde_json::json;

use super::{Beyond, Nodes, Policy, Quota, Rules};

/// A policy as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// Of which channel.
    pub channel_id: ChannelId,
    /// For which item; none for all that have no policy of their own.
    pub item_id: Option<ItemId>,
    /// What it says.
    pub policy: Policy,
    /// Since when.
    pub changed_at: Timestamp,
}

impl FromRow for PolicyRow {
    fn from_row(row: &Row) -> Result<PolicyRow, Fault> {
        let shape = |column: &str, problem: String| Fault::Shape { column: column.into(), problem };
        let item_id: String = row.get("item_id")?;
        let item_id = (!item_id.is_empty()).then(|| ItemId::parse(&item_id)).transpose();
        let node_ids: BTreeSet<NodeId> = serde_json::from_value(row.get("node_ids")?)
            .map_err(|error| shape("node_ids", error.to_string()))?;
        let rule: String = row.get("node_rule")?;
        let nodes = Nodes::parse(&rule, node_ids).ok_or_else(|| shape("node_rule", rule))?;
        let beyond: String = row.get("beyond")?;
        Ok(PolicyRow {
            channel_id: row.get("channel_id")?,
            item_id: item_id.map_err(|error| shape("item_id", error.to_string()))?,
            policy: Policy {
                is_on: row.get("is_on")?,
                nodes,
                buffer: row.get("buffer")?,
                min_life_days: row.get("min_life_days")?,
                beyond: Beyond::parse(&beyond).ok_or_else(|| shape("beyond", beyond))?,
                beyond_most: row.get("beyond_most")?,
                available_from: row.get("available_from")?,
            },
            changed_at: row.get("changed_at")?,
        })
    }
}

row! {
    /// A quota as it is stored.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
    pub struct QuotaRow {
        /// Of which item.
        pub item_id: ItemId,
        /// Whose.
        pub channel_id: ChannelId,
        /// How many units in all.
        pub quantity: i64,
        /// How many of them are sold.
        pub used: i64,
        /// Since when.
        pub changed_at: Timestamp,
    }
}

impl QuotaRow {
    /// The quota.
    pub fn quota(&self) -> Quota {
        Quota { quantity: self.quantity, used: self.used }
    }
}

/// The rules for these items.
pub async fn find_rules(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId> + Clone,
) -> Result<Rules, Fault> {
    let policies: Vec<PolicyRow> = tx
        .query(
            "select channel_id, item_id, is_on, node_rule, node_ids, buffer, min_life_days, beyond, beyond_most, \
                    available_from, changed_at \
               from channel_stock_policy where organisation_id = $1 and item_id {in $2}",
            args![
                organisation_id,
                Column::from_iter(items.clone().map(ItemId::as_str).chain(std::iter::once("")))
            ],
        )
        .await?;
    let quotas: Vec<QuotaRow> = tx
        .query(
            // What is held for the channel's carts is as good as sold.
            "select q.item_id, q.channel_id, q.quantity, \
                    q.used + coalesce((select cast(sum(p.quantity) as bigint) from stock_hold_part p \
                               join stock_hold h on h.organisation_id = p.organisation_id and h.hold_id = p.hold_id \
                              where p.organisation_id = $1 and p.item_id = q.item_id \
                                and h.channel_id = q.channel_id), 0) as used, q.changed_at \
               from channel_quota q where q.organisation_id = $1 and q.item_id {in $2}",
            args![organisation_id, Column::from_iter(items)],
        )
        .await?;
    Ok(Rules::new(
        policies.into_iter().map(|row| (row.channel_id, row.item_id, row.policy)),
        quotas.into_iter().map(|row| (row.item_id.clone(), row.channel_id.clone(), row.quota())),
    ))
}

/// The same, with the quotas locked until the transaction ends.
pub async fn lock_rules(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId> + Clone,
) -> Result<Rules, Fault> {
    lock_quotas(tx, organisation_id, items.clone()).await?;
    find_rules(tx, organisation_id, items).await
}

/// Locks quotas in the order of their keys.
pub(super) async fn lock_quotas(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId>,
) -> Result<(), Fault> {
    if tx.engine() == db::Engine::Postgres {
        tx.query::<(i64,)>(
            "select used from channel_quota where organisation_id = $1 and item_id {in $2} \
              order by item_id, channel_id [pg: for update :]",
            args![organisation_id, Column::from_iter(items)],
        )
        .await?;
    }
    Ok(())
}

/// Units of an item that an order takes of a channel's quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaUse {
    /// Which order.
    pub order_id: OrderId,
    /// Of which item.
    pub item_id: ItemId,
    /// Whose quota.
    pub channel_id: ChannelId,
    /// How many units.
    pub quantity: i64,
}

/// Takes units of quotas for orders; false where a quota has not that many left, and then nothing may be kept.
pub async fn charge(tx: &Tx, organisation_id: &OrganisationId, uses: &[QuotaUse]) -> Result<bool, Fault> {
    let mut taken: HashMap<(&ItemId, &ChannelId), i64> = HashMap::new();
    for of in uses {
        *taken.entry((&of.item_id, &of.channel_id)).or_default() += of.quantity;
    }
    let mut taken: Vec<_> = taken.into_iter().collect();
    taken.sort();
    tx.touch(taken.iter().map(|((item_id, _), _)| item_id.as_str()));
    let charged = tx
        .execute_set(
            "update channel_quota set used = channel_quota.used + d.taken \
                    {set d(item_id text, channel_id text, taken int)} \
              where organisation_id = $1 and channel_quota.item_id = d.item_id \
                and channel_quota.channel_id = d.channel_id \
                and channel_quota.used + d.taken <= channel_quota.quantity",
            &set![
                taken.iter().map(|((item_id, _), _)| *item_id),
                taken.iter().map(|((_, channel_id), _)| *channel_id),
                taken.iter().map(|(_, units)| *units),
            ],
            args![organisation_id],
        )
        .await?;
    if charged != taken.len() as u64 {
        return Ok(false);
    }
    tx.execute_guarded(
        "uses of quotas",
        "insert into channel_quota_use (organisation_id, order_id, item_id, channel_id, quantity) \
         select $1, d.order_id, d.item_id, d.channel_id, d.quantity \
         {set d(order_id text, item_id text, channel_id text, quantity int)} where true on conflict do nothing",
        &set![
            uses.iter().map(|of| &of.order_id),
            uses.iter().map(|of| &of.item_id),
            uses.iter().map(|of| &of.channel_id),
            uses.iter().map(|of| of.quantity),
        ],
        args![organisation_id],
    )
    .await?;
    Ok(true)
}

/// Gives units of an order back to the quotas they came from: as many as it took at most.
pub async fn give_back(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
    units: &HashMap<ItemId, i64>,
) -> Result<(), Fault> {
    let used: Vec<(ItemId, ChannelId, i64)> = tx
        .query(
            "select item_id, channel_id, quantity from channel_quota_use \
              where organisation_id = $1 and order_id = $2 and quantity > 0 order by item_id",
            args![organisation_id, order_id],
        )
        .await?;
    let back: Vec<(ItemId, ChannelId, i64)> = used
        .into_iter()
        .map(|(item_id, channel_id, used)| {
            let freed = units.get(&item_id).copied().unwrap_or(0).min(used);
            (item_id, channel_id, freed)
        })
        .filter(|(_, _, freed)| *freed > 0)
        .collect();
    if back.is_empty() {
        return Ok(());
    }
    lock_quotas(tx, organisation_id, back.iter().map(|(item_id, _, _)| item_id)).await?;
    tx.touch(back.iter().map(|(item_id, _, _)| item_id.as_str()));
    tx.execute_guarded(
        "uses of quotas given back",
        "update channel_quota_use set quantity = channel_quota_use.quantity - d.freed {set d(item_id text, freed int)} \
          where organisation_id = $1 and order_id = $2 and channel_quota_use.item_id = d.item_id \
            and channel_quota_use.quantity >= d.freed",
        &set![back.iter().map(|(item_id, _, _)| item_id), back.iter().map(|(_, _, freed)| *freed)],
        args![organisation_id, order_id],
    )
    .await?;
    tx.execute_guarded(
        "quotas given back to",
        "update channel_quota set used = channel_quota.used - d.freed \
                {set d(item_id text, channel_id text, freed int)} \
          where organisation_id = $1 and channel_quota.item_id = d.item_id \
            and channel_quota.channel_id = d.channel_id and channel_quota.used >= d.freed",
        &set![
            back.iter().map(|(item_id, _, _)| item_id),
            back.iter().map(|(_, channel_id, _)| channel_id),
            back.iter().map(|(_, _, freed)| *freed),
        ],
        args![organisation_id],
    )
    .await
}

/// The policies of these channels, general ones first.
pub async fn list_policies(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channels: impl Iterator<Item = &ChannelId>,
    after: &str,
    limit: i64,
) -> Result<Vec<PolicyRow>, Fault> {
    tx.query(
        "select channel_id, item_id, is_on, node_rule, node_ids, buffer, min_life_days, beyond, beyond_most, \
                available_from, changed_at \
           from channel_stock_policy \
          where organisation_id = $1 and channel_id {in $2} and item_id || '/' || channel_id > $3 \
          order by item_id || '/' || channel_id limit $4",
        args![organisation_id, Column::from_iter(channels), after, limit],
    )
    .await
}

/// Quotas of these channels by item and channel, after an item's id and a channel's with a slash between them.
pub async fn list_quotas(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channels: impl Iterator<Item = &ChannelId>,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<QuotaRow>, Fault> {
    tx.query(
        "select item_id, channel_id, quantity, used, changed_at from channel_quota \
          where organisation_id = $1 and channel_id {in $2} \
            and (item_id > $3 or (item_id = $3 and channel_id > $4)) order by item_id, channel_id limit $5",
        args![organisation_id, Column::from_iter(channels), after.0, after.1, limit],
    )
    .await
}

pub(super) async fn put_policy(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channel_id: &ChannelId,
    item_id: Option<&ItemId>,
    policy: &Policy,
    now: Timestamp,
) -> Result<(), Fault> {
    let node_ids = json!(policy.nodes.named().collect::<Vec<_>>());
    tx.execute(
        "insert into channel_stock_policy (organisation_id, item_id, channel_id, is_on, node_rule, node_ids, buffer, \
                min_life_days, changed_at, beyond, beyond_most, available_from) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         on conflict (organisation_id, item_id, channel_id) do update set is_on = excluded.is_on, \
                node_rule = excluded.node_rule, node_ids = excluded.node_ids, buffer = excluded.buffer, \
                min_life_days = excluded.min_life_days, changed_at = excluded.changed_at, beyond = excluded.beyond, \
                beyond_most = excluded.beyond_most, available_from = excluded.available_from",
        args![
            organisation_id,
            item_id.map_or("", ItemId::as_str),
            channel_id,
            policy.is_on,
            policy.nodes.rule(),
            node_ids,
            policy.buffer,
            policy.min_life_days,
            now,
            policy.beyond.name(),
            policy.beyond_most,
            policy.available_from,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn delete_policy(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channel_id: &ChannelId,
    item_id: Option<&ItemId>,
) -> Result<bool, Fault> {
    let item_id = item_id.map_or("", ItemId::as_str);
    let gone = tx
        .execute(
            "delete from channel_stock_policy where organisation_id = $1 and item_id = $2 and channel_id = $3",
            args![organisation_id, item_id, channel_id],
        )
        .await?;
    Ok(gone > 0)
}

/// Sets quotas, making those that are not there yet; gives how many could be: none below what is sold of it.
pub(super) async fn put_quotas(
    tx: &Tx,
    organisation_id: &OrganisationId,
    quotas: &[(&ItemId, &ChannelId, i64)],
    now: Timestamp,
) -> Result<u64, Fault> {
    tx.touch(quotas.iter().map(|(item_id, _, _)| item_id.as_str()));
    tx.execute_set(
        "insert into channel_quota (organisation_id, item_id, channel_id, quantity, used, changed_at) \
         select $1, d.item_id, d.channel_id, d.quantity, 0, $2 {set d(item_id text, channel_id text, quantity int)} \
          where true on conflict (organisation_id, item_id, channel_id) do update set quantity = excluded.quantity, \
                changed_at = excluded.changed_at where channel_quota.used <= excluded.quantity",
        &set![
            quotas.iter().map(|(item_id, _, _)| *item_id),
            quotas.iter().map(|(_, channel_id, _)| *channel_id),
            quotas.iter().map(|(_, _, quantity)| *quantity),
        ],
        args![organisation_id, now],
    )
    .await
}

/// Ends quotas; what orders took of them is forgotten with them.
pub(super) async fn delete_quotas(
    tx: &Tx,
    organisation_id: &OrganisationId,
    quotas: &[(&ItemId, &ChannelId)],
) -> Result<(), Fault> {
    tx.touch(quotas.iter().map(|(item_id, _)| item_id.as_str()));
    tx.execute_set(
        "delete from channel_quota_use where organisation_id = $1 and exists (select 1 \
                {set d(item_id text, channel_id text)} where d.item_id = channel_quota_use.item_id \
                and d.channel_id = channel_quota_use.channel_id)",
        &set![quotas.iter().map(|(item_id, _)| *item_id), quotas.iter().map(|(_, channel_id)| *channel_id),],
        args![organisation_id],
    )
    .await?;
    tx.execute_set(
        "delete from channel_quota where organisation_id = $1 and exists (select 1 \
                {set d(item_id text, channel_id text)} where d.item_id = channel_quota.item_id \
                and d.channel_id = channel_quota.channel_id)",
        &set![quotas.iter().map(|(item_id, _)| *item_id), quotas.iter().map(|(_, channel_id)| *channel_id),],
        args![organisation_id],
    )
    .await?;
    Ok(())
}

/// Adds to one quota; false where it is not there, or would fall below what is sold of it.
pub(super) async fn change_quota(
    tx: &Tx,
    organisation_id: &OrganisationId,
    item_id: &ItemId,
    channel_id: &ChannelId,
    delta: i64,
    now: Timestamp,
) -> Result<bool, Fault> {
    tx.touch([item_id.as_str()]);
    let changed = tx
        .execute(
            "update channel_quota set quantity = quantity + $4, changed_at = $5 \
              where organisation_id = $1 and item_id = $2 and channel_id = $3 and quantity + $4 >= used",
            args![organisation_id, item_id, channel_id, delta, now],
        )
        .await?;
    Ok(changed == 1)
}

pub(super) async fn find_quotas(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId>,
) -> Result<HashMap<(ItemId, ChannelId), Quota>, Fault> {
    let rows: Vec<QuotaRow> = tx
        .query(
            "select item_id, channel_id, quantity, used, changed_at from channel_quota \
              where organisation_id = $1 and item_id {in $2}",
            args![organisation_id, Column::from_iter(items)],
        )
        .await?;
    Ok(rows.into_iter().map(|row| ((row.item_id.clone(), row.channel_id.clone()), row.quota())).collect())
}
