//! Statements about alerts and what they are concluded by.

use std::collections::{BTreeMap, HashMap};

use db::{Column, Fault, Tx, args, row, set};
use kernel::{ItemId, MerchantId, NodeId, OrganisationId, Page, PageRequest, Scope, Timestamp, time::Date};
use serde_json::Value as Json;

use super::{AlertKind, Limits};

row! {
    /// An alert as it stands.
    #[derive(Debug, Clone, PartialEq)]
    pub struct AlertRow {
        /// Where.
        pub node_id: NodeId,
        /// Of what.
        pub item_id: ItemId,
        /// Whose.
        pub owner_id: MerchantId,
        /// `stockout` or `excess`.
        pub kind: String,
        /// What is to be expected, as it was concluded last.
        pub outlook: Json,
        /// Since when.
        pub raised_at: Timestamp,
    }
}

impl AlertRow {
    fn cursor(&self) -> String {
        format!("{}/{}/{}", self.node_id, self.item_id, self.kind)
    }
}

row! {
    /// What counts as soon and as much for an item, or in general.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct RuleRow {
        /// The item; empty for all without a rule of their own.
        pub item_id: String,
        /// Days from ordering goods to selling them.
        pub lead_days: i64,
        /// More days of stock than these are too many.
        pub excess_days: i64,
        /// Since when.
        pub changed_at: Timestamp,
    }
}

impl RuleRow {
    /// The rule.
    pub fn limits(&self) -> Limits {
        Limits { lead_days: self.lead_days, excess_days: self.excess_days }
    }
}

/// Every rule, the general one first.
pub async fn list_rules(tx: &Tx, organisation_id: &OrganisationId) -> Result<Vec<RuleRow>, Fault> {
    tx.query(
        "select item_id, lead_days, excess_days, changed_at from stock_outlook_rule \
          where organisation_id = $1 order by item_id",
        args![organisation_id],
    )
    .await
}

pub(super) async fn put_rule(
    tx: &Tx,
    organisation_id: &OrganisationId,
    item_id: &str,
    limits: Limits,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into stock_outlook_rule (organisation_id, item_id, lead_days, excess_days, changed_at) \
         values ($1, $2, $3, $4, $5) on conflict (organisation_id, item_id) do update set \
                lead_days = excluded.lead_days, excess_days = excluded.excess_days, changed_at = excluded.changed_at",
        args![organisation_id, item_id, limits.lead_days, limits.excess_days, now],
    )
    .await?;
    Ok(())
}

/// What of these items is still to come, by item, node and day.
pub async fn list_supply_of(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId>,
) -> Result<HashMap<(ItemId, NodeId), BTreeMap<Date, i64>>, Fault> {
    let rows: Vec<(ItemId, NodeId, Date, i64)> = tx
        .query(
            "select l.item_id, e.node_id, e.expected_on, cast(sum(l.quantity - l.received) as bigint) as quantity \
               from expected_line l \
               join expected_receipt e on e.organisation_id = l.organisation_id \
                                      and e.expected_receipt_id = l.expected_receipt_id \
              where l.organisation_id = $1 and l.item_id {in $2} and l.quantity > l.received and e.state = 'open' \
              group by l.item_id, e.node_id, e.expected_on",
            args![organisation_id, Column::from_iter(items)],
        )
        .await?;
    let mut supply: HashMap<(ItemId, NodeId), BTreeMap<Date, i64>> = HashMap::new();
    for (item_id, node_id, day, units) in rows {
        *supply.entry((item_id, node_id)).or_default().entry(day).or_default() += units;
    }
    Ok(supply)
}

/// Alerts of goods of these merchants, or at these nodes, by node and item.
pub async fn list_alerts(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    kind: Option<AlertKind>,
    page: &PageRequest,
) -> Result<Page<AlertRow>, Fault> {
    let after = page.after.clone().unwrap_or_default();
    let mut parts = after.splitn(3, '/').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let (node_id, item_id, after_kind) = (part(), part(), part());
    let rows = tx
        .query(
            "select node_id, item_id, owner_id, kind, outlook, raised_at from stock_alert \
              where organisation_id = $1 and (node_id, item_id, kind) > ($2, $3, $4) \
                and ($5 = '' or kind = $5) and ($6 = 1 or owner_id {in $7} or node_id {in $8}) \
              order by node_id, item_id, kind limit $9",
            args![
                organisation_id,
                node_id,
                item_id,
                after_kind,
                kind.map_or("", AlertKind::name),
                i64::from(scope.is_everything()),
                Column::from_iter(scope.merchant_ids()),
                Column::from_iter(scope.node_ids()),
                page.limit + 1
            ],
        )
        .await?;
    Ok(Page::of(rows, page.limit, AlertRow::cursor))
}

/// Every alert that stands.
pub(super) async fn list_standing(
    tx: &Tx,
    organisation_id: &OrganisationId,
) -> Result<Vec<(NodeId, ItemId, String)>, Fault> {
    tx.query(
        "select node_id, item_id, kind from stock_alert where organisation_id = $1 [pg: for update :]",
        args![organisation_id],
    )
    .await
}

/// Writes alerts; what is known of those that stand is what was concluded now.
pub(super) async fn put_alerts(
    tx: &Tx,
    organisation_id: &OrganisationId,
    alerts: &[(&NodeId, &ItemId, &MerchantId, AlertKind, Json)],
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute_set(
        "insert into stock_alert (organisation_id, node_id, item_id, owner_id, kind, outlook, raised_at) \
         select $1, d.node_id, d.item_id, d.owner_id, d.kind, d.outlook, $2 \
         {set d(node_id text, item_id text, owner_id text, kind text, outlook json)} where true \
         on conflict (organisation_id, node_id, item_id, kind) do update set outlook = excluded.outlook",
        &set![
            alerts.iter().map(|(node_id, ..)| *node_id),
            alerts.iter().map(|(_, item_id, ..)| *item_id),
            alerts.iter().map(|(_, _, owner_id, ..)| *owner_id),
            alerts.iter().map(|(_, _, _, kind, _)| kind.name()),
            alerts.iter().map(|(.., outlook)| outlook.clone()),
        ],
        args![organisation_id, now],
    )
    .await?;
    Ok(())
}

pub(super) async fn delete_alerts(
    tx: &Tx,
    organisation_id: &OrganisationId,
    alerts: &[(NodeId, ItemId, String)],
) -> Result<(), Fault> {
    tx.execute_set(
        "delete from stock_alert where organisation_id = $1 and exists (select 1 \
                {set d(node_id text, item_id text, kind text)} where d.node_id = stock_alert.node_id \
                and d.item_id = stock_alert.item_id and d.kind = stock_alert.kind)",
        &set![
            alerts.iter().map(|(node_id, ..)| node_id),
            alerts.iter().map(|(_, item_id, _)| item_id),
            alerts.iter().map(|(.., kind)| kind),
        ],
        args![organisation_id],
    )
    .await?;
    Ok(())
}
