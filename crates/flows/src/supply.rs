//! Goods that are expected: told of beforehand, shown with what is late, and promised by date.

use std::collections::{BTreeMap, HashMap};

use db::{Fault, Tx};
use inventory::{
    expect::{self, Amendment, ExpectError, NewExpected},
    lot::Life,
    store::{
        self, ExpectedFilter, ExpectedLineRow, ExpectedRow, StockRow, find_expected, find_lots,
        list_expected_lines, list_stock_of_items, list_supply,
    },
};
use jiff::tz::TimeZone;
use kernel::{
    ExpectedReceiptId, ItemId, MerchantId, NodeId, OrganisationId, Page, PageRequest, Scope, Timestamp,
    time::to_date,
};
use runtime::{Answer, Call, Cx};
use serde::{Deserialize, Serialize};

use crate::{Flows, outlook::LOOK, waiting};

/// Goods that are expected, as they are shown.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = ExpectedReceipt)]
pub struct ExpectedSeen {
    /// Its id.
    pub expected_receipt_id: ExpectedReceiptId,
    /// The number of the purchase order or of the notice.
    pub reference: String,
    /// Where.
    pub node_id: NodeId,
    /// Whose.
    pub owner_id: MerchantId,
    /// Who sends them.
    pub supplier: String,
    /// On which day, by the node's calendar.
    #[schema(format = Date)]
    pub expected_on: String,
    /// True where it is open and the day is over at the node.
    pub is_late: bool,
    /// `open`, `closed`, or `cancelled` where nothing came.
    pub state: String,
    /// Since when it is known.
    pub created_at: Timestamp,
    /// Since when nothing more is expected.
    pub closed_at: Option<Timestamp>,
    /// What, and how much of it has come.
    pub lines: Vec<ExpectedLine>,
}

/// An item of expected goods.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = ExpectedReceiptLine)]
pub struct ExpectedLine {
    /// The item.
    pub item_id: ItemId,
    /// How many were expected.
    pub quantity: i64,
    /// How many have come; it may be more.
    pub received: i64,
    /// How many are still to come: incoming.
    pub outstanding: i64,
}

/// What was told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Expected {
    /// Its id.
    pub expected_receipt_id: ExpectedReceiptId,
}

/// What can be promised of an item at a node.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AvailableToPromise)]
pub struct Promisable {
    /// Where.
    pub node_id: NodeId,
    /// Now.
    pub available: i64,
    /// From each day on which some is expected.
    pub supply: Vec<PromisableFrom>,
}

/// What can be promised from a day on, if everything comes that is expected.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AvailableToPromiseFrom)]
pub struct PromisableFrom {
    /// The day.
    #[schema(format = Date)]
    pub expected_on: String,
    /// How many come.
    pub quantity: i64,
    /// How many can be promised from then on.
    pub available_to_promise: i64,
    /// True where the day is over and they have not come: nobody knows when.
    pub is_late: bool,
}

impl Flows {
    /// Goods are expected.
    pub async fn expect(&self, call: Call, new: NewExpected) -> Result<Answer<Expected>, ExpectError> {
        self.runtime
            .command(call, move |cx| {
                let new = new.clone();
                Box::pin(async move {
                    let expected_receipt_id = expect::expect(cx, &new).await?;
                    waiting::date_anew(cx, new.lines.iter().map(|(item_id, _)| item_id)).await?;
                    cx.put_off(LOOK, "all", cx.now);
                    Ok(Expected { expected_receipt_id })
                })
            })
            .await
    }

    /// They come on another day, or in other quantities.
    pub async fn amend_expected(
        &self,
        call: Call,
        id: ExpectedReceiptId,
        amendment: Amendment,
    ) -> Result<Answer<Expected>, ExpectError> {
        self.runtime
            .command(call, move |cx| {
                let (id, amendment) = (id.clone(), amendment.clone());
                Box::pin(async move {
                    expect::amend(cx, &id, &amendment).await?;
                    date_items_of(cx, &id).await?;
                    cx.put_off(LOOK, "all", cx.now);
                    Ok(Expected { expected_receipt_id: id })
                })
            })
            .await
    }

    /// Nothing more of them comes.
    pub async fn close_expected(
        &self,
        call: Call,
        id: ExpectedReceiptId,
    ) -> Result<Answer<Expected>, ExpectError> {
        self.runtime
            .command(call, move |cx| {
                let id = id.clone();
                Box::pin(async move {
                    expect::close(cx, &id).await?;
                    date_items_of(cx, &id).await?;
                    cx.put_off(LOOK, "all", cx.now);
                    Ok(Expected { expected_receipt_id: id })
                })
            })
            .await
    }

    /// One, whatever became of it.
    pub async fn find_expected(&self, id: ExpectedReceiptId) -> Result<Option<ExpectedSeen>, Fault> {
        let (organisation_id, now) = (self.runtime.organisation_id.clone(), self.runtime.now());
        self.runtime
            .read(move |tx| {
                Box::pin(async move {
                    let found = find_expected(tx, &organisation_id, &id).await?;
                    Ok(seen(tx, &organisation_id, found.into_iter().collect(), now).await?.pop())
                })
            })
            .await
    }

    /// A page: open ones in the order of their days, or all of them, newest first.
    pub async fn list_expected(
        &self,
        scope: Scope,
        filter: ExpectedFilter,
        page: PageRequest,
    ) -> Result<Page<ExpectedSeen>, Fault> {
        let (organisation_id, now) = (self.runtime.organisation_id.clone(), self.runtime.now());
        self.runtime
            .read(move |tx| {
                Box::pin(async move {
                    let Page { rows, next } =
                        store::list_expected(tx, &organisation_id, &scope, &filter, &page).await?;
                    Ok(Page { rows: seen(tx, &organisation_id, rows, now).await?, next })
                })
            })
            .await
    }

    /// What can be promised of an item, node by node: now, and from each day on which some is expected.
    pub async fn available_to_promise(
        &self,
        scope: Scope,
        item_id: ItemId,
    ) -> Result<Vec<Promisable>, Fault> {
        let (organisation_id, now) = (self.runtime.organisation_id.clone(), self.runtime.now());
        self.runtime
            .read(move |tx| {
                Box::pin(async move {
                    let stock =
                        list_stock_of_items(tx, &organisation_id, &scope, [&item_id].into_iter()).await?;
                    let supply = list_supply(tx, &organisation_id, &scope, &item_id).await?;
                    let mut nodes: BTreeMap<NodeId, Promisable> = BTreeMap::new();
                    let none = |node_id: &NodeId| Promisable {
                        node_id: node_id.clone(),
                        available: 0,
                        supply: Vec::new(),
                    };
                    let in_lots = stock.iter().filter(|row| !row.lot.is_empty());
                    let in_lots = in_lots.map(|row| (&row.item_id, row.lot.as_str()));
                    let known = find_lots(tx, &organisation_id, in_lots).await?;
                    let expires_on = |row: &StockRow| {
                        known.get(&(row.item_id.clone(), row.lot.clone())).copied().flatten()
                    };
                    let fresh = Life::left_on(to_date(now));
                    for row in stock.iter().filter(|row| fresh.is_in(expires_on(row))) {
                        let entry = nodes.entry(row.node_id.clone()).or_insert_with(|| none(&row.node_id));
                        entry.available += row.available;
                    }
                    let ids: Vec<NodeId> = supply.iter().map(|row| row.node_id.clone()).collect();
                    let zones = Zones::read(tx, &organisation_id, &ids).await?;
                    for row in supply {
                        let entry = nodes.entry(row.node_id.clone()).or_insert_with(|| none(&row.node_id));
                        let before =
                            entry.supply.last().map_or(entry.available, |last| last.available_to_promise);
                        entry.supply.push(PromisableFrom {
                            expected_on: row.expected_on.to_string(),
                            quantity: row.quantity,
                            available_to_promise: before + row.quantity,
                            is_late: zones.is_over(&row.node_id, row.expected_on, now),
                        });
                    }
                    Ok(nodes.into_values().collect())
                })
            })
            .await
    }
}

/// Whoever waits for something of it may hear of another day.
async fn date_items_of(cx: &mut Cx<'_>, id: &ExpectedReceiptId) -> Result<(), Fault> {
    let lines = list_expected_lines(cx.tx, &cx.organisation_id, [id].into_iter()).await?;
    waiting::date_anew(cx, lines.iter().map(|line| &line.item_id)).await
}

/// The clocks on the walls of nodes.
struct Zones(HashMap<NodeId, TimeZone>);

impl Zones {
    async fn read(tx: &Tx, organisation_id: &OrganisationId, node_ids: &[NodeId]) -> Result<Zones, Fault> {
        let nodes = network::nodes_by_id(tx, organisation_id, node_ids).await?;
        let zone = |name: &str| TimeZone::get(name).unwrap_or(TimeZone::UTC);
        Ok(Zones(nodes.into_iter().map(|(node_id, node)| (node_id, zone(&node.time_zone))).collect()))
    }

    /// True where a day is over at a node.
    fn is_over(&self, node_id: &NodeId, day: kernel::time::Date, now: Timestamp) -> bool {
        let zone = self.0.get(node_id).cloned().unwrap_or(TimeZone::UTC);
        day < now.to_zoned(zone).date()
    }
}

async fn seen(
    tx: &Tx,
    organisation_id: &OrganisationId,
    rows: Vec<ExpectedRow>,
    now: Timestamp,
) -> Result<Vec<ExpectedSeen>, Fault> {
    let mut lines: HashMap<ExpectedReceiptId, Vec<ExpectedLine>> = HashMap::new();
    let ids = rows.iter().map(|row| &row.expected_receipt_id);
    for line in list_expected_lines(tx, organisation_id, ids).await? {
        let outstanding = line.outstanding();
        let ExpectedLineRow { expected_receipt_id, item_id, quantity, received } = line;
        lines.entry(expected_receipt_id).or_default().push(ExpectedLine {
            item_id,
            quantity,
            received,
            outstanding,
        });
    }
    let node_ids: Vec<NodeId> = rows.iter().map(|row| row.node_id.clone()).collect();
    let zones = Zones::read(tx, organisation_id, &node_ids).await?;
    let shown = |row: ExpectedRow| {
        let is_open = row.state == "open";
        let mut lines = lines.remove(&row.expected_receipt_id).unwrap_or_default();
        if !is_open {
            // What did not come is incoming no more.
            lines.iter_mut().for_each(|line| line.outstanding = 0);
        }
        ExpectedSeen {
            is_late: is_open && zones.is_over(&row.node_id, row.expected_on, now),
            lines,
            expected_receipt_id: row.expected_receipt_id,
            reference: row.reference,
            node_id: row.node_id,
            owner_id: row.owner_id,
            supplier: row.supplier,
            expected_on: row.expected_on.to_string(),
            state: row.state,
            created_at: row.created_at,
            closed_at: row.closed_at,
        }
    };
    Ok(rows.into_iter().map(shown).collect())
}
