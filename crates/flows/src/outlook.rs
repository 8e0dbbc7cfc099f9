//! Looks at what becomes of the stock at each node, and has somebody told before it is sold out, or when there is too much
//! of it (R16).

use std::collections::{BTreeMap, HashMap, HashSet};

use catalogue::Item;
use db::{Fault, Tx};
use inventory::{
    outlook::{
        self, AlertKind, AlertRow, BACK, Concluded, Limits, Outlook, RuleRow, Situation, list_alerts,
        list_rules, list_supply_of, note_alerts, outlook,
    },
    store as stock,
};
use jiff::SignedDuration;
use kernel::{
    ItemId, MerchantId, NodeId, OrganisationId, Page, PageRequest, Scope, Timestamp,
    time::{Date, days_between, to_date},
};
use runtime::{Answer, Call, Runtime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Flows;

/// A look out of turn: something changed that it hangs on.
pub(crate) const LOOK: &str = "stock.outlook";

/// How many items are read at a time.
const TOGETHER: usize = 500;

/// How many alerts were raised and cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Looked {
    /// It began to be so.
    pub raised: usize,
    /// It is so no more.
    pub cleared: usize,
}

/// An alert with the words for what it names.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlertSeen {
    /// `stockout` or `excess`.
    pub kind: AlertKind,
    /// Where.
    pub node_id: NodeId,
    /// Its code.
    pub node: String,
    /// Of what.
    pub item_id: ItemId,
    /// Its seller's code.
    pub sku: String,
    /// Its name.
    pub title: String,
    /// What is to be expected, as it was concluded last.
    pub outlook: Outlook,
    /// Since when.
    pub raised_at: Timestamp,
}

/// What counts as soon and as much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutlookRule {
    /// The item; none for all that have no rule of their own.
    pub item_id: Option<ItemId>,
    /// Days from ordering goods to selling them.
    pub lead_days: i64,
    /// More days of stock than these are too many.
    pub excess_days: i64,
}

/// Why nothing was ruled.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// There is no such item within what may be changed.
    #[error("there is no item `{0}`")]
    UnknownItem(String),
    /// Out of bounds.
    #[error("`lead_days` is from 0 to 365, `excess_days` from 1 to 3650")]
    BadDays,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(RuleError);

impl Flows {
    /// Concludes anew what somebody should look at; tells what begins and what ends.
    pub async fn look_ahead(&self) -> Result<Looked, Fault> {
        let (organisation_id, now) = (self.runtime.organisation_id.clone(), self.runtime.now());
        let concluded = self
            .runtime
            .read(move |tx| Box::pin(async move { conclude(tx, &organisation_id, now).await }))
            .await?;
        let id = self.runtime.organisation_id.clone();
        let standing = self
            .runtime
            .read::<_, Fault, _>(move |tx| {
                Box::pin(async move {
                    list_alerts(tx, &id, &Scope::EVERYTHING, None, &PageRequest::new(None, Some(1))).await
                })
            })
            .await?;
        if concluded.is_empty() && standing.rows.is_empty() {
            return Ok(Looked::default());
        }
        let (raised, cleared) = self
            .runtime
            .run(Call::by("system"), move |cx| {
                let concluded = concluded.clone();
                Box::pin(async move { note_alerts(cx, &concluded).await })
            })
            .await?;
        Ok(Looked { raised, cleared })
    }

    /// Rules what counts as soon and as much for an item, by SKU, barcode or id, or in general.
    pub async fn rule_outlook(
        &self,
        call: Call,
        scope: Scope,
        item: Option<String>,
        limits: Limits,
    ) -> Result<Answer<OutlookRule>, RuleError> {
        let Limits { lead_days, excess_days } = limits;
        if !(0..=365).contains(&lead_days) || !(1..=3650).contains(&excess_days) {
            return Err(RuleError::BadDays);
        }
        self.runtime
            .command(call, move |cx| {
                let (scope, item) = (scope.clone(), item.clone());
                Box::pin(async move {
                    let item_id = match item {
                        Some(code) => {
                            let found = find_item(cx.tx, &cx.organisation_id, &code).await?;
                            let found = found.filter(|item| scope.has_merchant(&item.merchant_id));
                            Some(found.ok_or(RuleError::UnknownItem(code))?.item_id)
                        }
                        None => None,
                    };
                    outlook::set_rule(cx, item_id.as_ref(), limits).await?;
                    cx.put_off(LOOK, "all", cx.now);
                    Ok(OutlookRule { item_id, lead_days, excess_days })
                })
            })
            .await
    }

    /// What is ruled: the general rule first.
    pub async fn outlook_rules(&self) -> Result<Vec<OutlookRule>, Fault> {
        let organisation_id = self.runtime.organisation_id.clone();
        let rules: Vec<RuleRow> = self
            .runtime
            .read::<_, Fault, _>(move |tx| Box::pin(async move { list_rules(tx, &organisation_id).await }))
            .await?;
        Ok(rules
            .into_iter()
            .map(|row| OutlookRule {
                item_id: ItemId::parse(&row.item_id).ok(),
                lead_days: row.lead_days,
                excess_days: row.excess_days,
            })
            .collect())
    }
}

/// What somebody should look at, by node and item.
pub async fn stock_alerts(
    runtime: &Runtime,
    scope: Scope,
    kind: Option<AlertKind>,
    page: PageRequest,
) -> Result<Page<AlertSeen>, Fault> {
    let organisation_id = runtime.organisation_id.clone();
    runtime
        .read(move |tx| {
            Box::pin(async move {
                let Page { rows, next } = list_alerts(tx, &organisation_id, &scope, kind, &page).await?;
                let nodes: Vec<NodeId> = rows.iter().map(|row| row.node_id.clone()).collect();
                let items: Vec<ItemId> = rows.iter().map(|row| row.item_id.clone()).collect();
                let nodes = network::nodes_by_id(tx, &organisation_id, &nodes).await?;
                let items = catalogue::items_by_id(tx, &organisation_id, &items).await?;
                let seen = |row: AlertRow| {
                    let item = items.get(&row.item_id)?;
                    Some(AlertSeen {
                        kind: AlertKind::parse(&row.kind)?,
                        node: nodes.get(&row.node_id).map(|node| node.code.clone()).unwrap_or_default(),
                        node_id: row.node_id,
                        sku: item.sku.clone(),
                        title: item.title.clone(),
                        item_id: row.item_id,
                        outlook: serde_json::from_value(row.outlook).ok()?,
                        raised_at: row.raised_at,
                    })
                };
                Ok(Page { rows: rows.into_iter().filter_map(seen).collect(), next })
            })
        })
        .await
}

/// An item by SKU, barcode or id.
async fn find_item(tx: &Tx, organisation_id: &OrganisationId, code: &str) -> Result<Option<Item>, Fault> {
    match ItemId::parse(code) {
        Ok(item_id) => catalogue::find_item(tx, organisation_id, &item_id).await,
        Err(_) => {
            Ok(catalogue::find_items_by_code(tx, organisation_id, &[code.to_owned()]).await?.remove(code))
        }
    }
}

/// What somebody should look at, as things are.
async fn conclude(
    tx: &Tx,
    organisation_id: &OrganisationId,
    now: Timestamp,
) -> Result<Vec<Concluded>, Fault> {
    let today = to_date(now);
    let since = now.checked_sub(SignedDuration::from_hours(24 * (BACK + 1))).unwrap_or(now);
    let mut asked: BTreeMap<ItemId, BTreeMap<NodeId, Vec<i64>>> = BTreeMap::new();
    for (item_id, node_id, day, units) in orders::store::list_asked(tx, organisation_id, since).await? {
        let Some(place) = place_of(today, &day) else { continue };
        let days = asked.entry(item_id).or_default().entry(node_id);
        days.or_insert_with(|| vec![0; BACK as usize])[place] += units;
    }
    let rules: HashMap<String, Limits> = list_rules(tx, organisation_id)
        .await?
        .iter()
        .map(|row| (row.item_id.clone(), row.limits()))
        .collect();
    let general = rules.get("").copied().unwrap_or_default();
    let ids: Vec<ItemId> = asked.keys().cloned().collect();
    let mut concluded = Vec::new();
    for some in ids.chunks(TOGETHER) {
        let items = catalogue::items_by_id(tx, organisation_id, some).await?;
        let mut free: HashMap<(ItemId, NodeId), i64> = HashMap::new();
        for row in stock::list_available(tx, organisation_id, some.iter()).await? {
            if items.get(&row.item_id).is_some_and(|item| item.merchant_id == row.owner_id) {
                *free.entry((row.item_id, row.node_id)).or_default() += row.quantity.units();
            }
        }
        let mut supply = list_supply_of(tx, organisation_id, some.iter()).await?;
        let node_ids: HashSet<&NodeId> =
            some.iter().filter_map(|id| asked.get(id)).flat_map(BTreeMap::keys).collect();
        let node_ids: Vec<NodeId> = node_ids.into_iter().cloned().collect();
        let nodes = network::nodes_by_id(tx, organisation_id, &node_ids).await?;
        for item_id in some {
            let Some(item) = items.get(item_id) else { continue };
            for (node_id, days) in asked.remove(item_id).unwrap_or_default() {
                // Where nothing is sold from any more nothing is missed.
                if !nodes.get(&node_id).is_some_and(network::Node::may_sell) {
                    continue;
                }
                let key = (item_id.clone(), node_id.clone());
                let situation = Situation {
                    today,
                    free: free.get(&key).copied().unwrap_or(0),
                    asked: days,
                    expected: supply.remove(&key).unwrap_or_default(),
                    limits: rules.get(item_id.as_str()).copied().unwrap_or(general),
                };
                concluded.extend(alert(&node_id, item_id, &item.merchant_id, &situation));
            }
        }
    }
    Ok(concluded)
}

fn alert(node_id: &NodeId, item_id: &ItemId, owner_id: &MerchantId, of: &Situation) -> Option<Concluded> {
    let outlook = outlook(of)?;
    let kind = outlook.alert()?;
    let (node_id, item_id, owner_id) = (node_id.clone(), item_id.clone(), owner_id.clone());
    Some(Concluded { node_id, item_id, owner_id, kind, outlook })
}

/// Where a day stands in a row of days that ends with yesterday; none where it does not.
fn place_of(today: Date, day: &str) -> Option<usize> {
    let day: Date = day.parse().ok()?;
    let back = days_between(day, today);
    if (1..=BACK).contains(&back) { usize::try_from(BACK - back).ok() } else { None }
}
