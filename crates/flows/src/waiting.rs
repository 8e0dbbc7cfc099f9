//! Those who wait for supply: what comes is given to them in their turn, and when their units will be there is said anew
//! whenever that changes.

use std::collections::{BTreeSet, HashMap};

use db::{Fault, Tx};
use inventory::{
    selling::{self, Beyond, Policy, Rules, beyond::Coming},
    store as stock,
};
use kernel::{
    ChannelId, ItemId, MerchantId, OrderId, OrganisationId, Page, PageRequest, Scope, Timestamp,
    time::{Date, to_date},
};
use orders::{
    move_up::{MoveUpError, move_up},
    read::OrderRow,
    store::{self, Turn, WaitingRow},
};
use runtime::{Answer, Call, Cx, Runtime, job};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{Flows, again::Again, receive::ALLOCATE_WAITING, station::StationError};

/// The job that says when what waits for an item will be there.
pub(crate) const DATE_ANEW: &str = "waiting.date_anew";

/// How many orders one transaction gives to.
const AT_ONCE: i64 = 200;

/// How many lines of an item are told a day; those who wait after them hear of none.
const DATED: i64 = 10_000;

impl Flows {
    /// Gives what is free to those who wait for it, in their turn: a page of orders in one transaction, and the next page
    /// later. The job ends in the same transaction, so that whoever brings more asks for another.
    pub(crate) async fn serve_waiting(&self, work: job::Claimed) -> Result<(), Fault> {
        let flows = self.clone();
        let served = self
            .runtime
            .run(Call::by("system"), move |cx| {
                let (flows, work) = (flows.clone(), work.clone());
                Box::pin(async move {
                    if job::finish(cx, &work).await? {
                        flows.serve_page(cx, &work.subject_id).await?;
                    }
                    Ok::<(), StationError>(())
                })
            })
            .await;
        match served {
            Ok(()) => Ok(()),
            Err(StationError::Fault(fault)) => Err(fault),
            // Somebody worked on one of the orders at the same moment; the job waits, and is done again.
            Err(refusal) => {
                tracing::info!(%refusal, "those who wait are tried again");
                Ok(())
            }
        }
    }

    async fn serve_page(&self, cx: &mut Cx<'_>, subject_id: &str) -> Result<(), StationError> {
        let organisation_id = cx.organisation_id.clone();
        let after = Turn::parse(subject_id).unwrap_or(Turn::FIRST);
        let items = store::list_waiting_items(cx.tx, &organisation_id).await?;
        let free = stock::list_available(cx.tx, &organisation_id, items.iter()).await?;
        let free: BTreeSet<&ItemId> = free.iter().map(|row| &row.item_id).collect();
        if free.is_empty() {
            return Ok(());
        }
        let turns = store::list_turns(cx.tx, &organisation_id, free.iter().copied(), &after, AT_ONCE).await?;
        let ids: BTreeSet<&OrderId> = turns.iter().map(|(order_id, _)| order_id).collect();
        store::lock_orders(cx, ids.iter().copied()).await?;
        let mut known = store::orders_by_id(cx.tx, &organisation_id, ids.into_iter()).await?;
        let orders: Vec<OrderRow> = turns.iter().filter_map(|(order_id, _)| known.remove(order_id)).collect();
        let sourced = self.source_again(cx, &orders, Again::Restock).await?;
        let changed: BTreeSet<&ItemId> = sourced
            .iter()
            .filter(|sourced| !sourced.parts.is_empty())
            .flat_map(|sourced| &sourced.items)
            .collect();
        date_anew(cx, changed.into_iter()).await?;
        if let Some((_, last)) = turns.last().filter(|_| turns.len() as i64 == AT_ONCE) {
            cx.put_off(ALLOCATE_WAITING, &last.to_text(), cx.now);
        }
        Ok(())
    }

    /// Says anew when what waits for an item will be there.
    pub(crate) async fn date_waiting(&self, work: job::Claimed) -> Result<(), Fault> {
        self.runtime
            .run(Call::by("system"), move |cx| {
                let work = work.clone();
                Box::pin(async move {
                    if job::finish(cx, &work).await?
                        && let Ok(item_id) = ItemId::parse(&work.subject_id)
                    {
                        date_item(cx, &item_id).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Says anew when all that waits will be there: what was to come and did not is late by the hour.
    pub async fn date_all_waiting(&self) -> Result<(), Fault> {
        self.runtime
            .run(Call::by("system"), move |cx| {
                Box::pin(async move {
                    let items = store::list_waiting_items(cx.tx, &cx.organisation_id).await?;
                    for item_id in items {
                        cx.put_off(DATE_ANEW, item_id.as_str(), cx.now);
                    }
                    // And whoever waits while goods lie free is served, should that ever be.
                    cx.put_off(ALLOCATE_WAITING, "all", cx.now);
                    Ok(())
                })
            })
            .await
    }

    /// Puts an order that waits before all others (audited, with the reason).
    pub async fn move_up(
        &self,
        call: Call,
        order_id: OrderId,
        reason: String,
    ) -> Result<Answer<MovedUp>, MoveUpError> {
        self.runtime
            .command(call, move |cx| {
                let (order_id, reason) = (order_id.clone(), reason.clone());
                Box::pin(async move {
                    move_up(cx, &order_id, &reason).await?;
                    let lines = store::list_lines(cx.tx, &cx.organisation_id, &order_id).await?;
                    date_anew(cx, lines.iter().map(|line| &line.item_id)).await?;
                    cx.put_off(ALLOCATE_WAITING, "all", cx.now);
                    Ok(MovedUp { order_id })
                })
            })
            .await
    }
}

/// It goes before all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MovedUp {
    /// Which order.
    pub order_id: OrderId,
}

/// Has those of these items that somebody waits for dated anew.
pub(crate) async fn date_anew<'i>(
    cx: &mut Cx<'_>,
    items: impl Iterator<Item = &'i ItemId>,
) -> Result<(), Fault> {
    let items: BTreeSet<&ItemId> = items.collect();
    if items.is_empty() {
        return Ok(());
    }
    let waited = store::count_waiting(cx.tx, &cx.organisation_id, items.into_iter()).await?;
    let waited: BTreeSet<ItemId> = waited.into_keys().collect();
    for item_id in waited {
        cx.put_off(DATE_ANEW, item_id.as_str(), cx.now);
    }
    Ok(())
}

async fn date_item(cx: &mut Cx<'_>, item_id: &ItemId) -> Result<(), Fault> {
    let organisation_id = cx.organisation_id.clone();
    let rows = store::list_waiting(cx.tx, &organisation_id, item_id, DATED).await?;
    let rules = selling::find_rules(cx.tx, &organisation_id, [item_id].into_iter()).await?;
    let coming =
        selling::beyond::list_coming(cx.tx, &organisation_id, [item_id].into_iter(), to_date(cx.now)).await?;
    let days = days(&rows, coming, &rules);
    let moved: Vec<(&WaitingRow, Option<Date>)> =
        rows.iter().zip(days).filter(|(row, day)| row.expected_on != *day).collect();
    let changes: Vec<(&OrderId, i64, Option<Date>)> =
        moved.iter().map(|(row, day)| (&row.order_id, row.line_no, *day)).collect();
    if changes.is_empty() {
        return Ok(());
    }
    store::set_expected_on(cx.tx, &organisation_id, &changes).await?;
    for (row, day) in &moved {
        let text = |day: Option<Date>| day.map(|day| day.to_string());
        let data = json!({
            "line_no": row.line_no, "item_id": row.item_id, "units": row.units(),
            "before": text(row.expected_on), "expected_on": text(*day),
            "is_later": row.expected_on.is_some_and(|before| day.is_none_or(|day| day > before)),
        });
        cx.tell("order.wait_changed", row.order_id.as_str(), data);
    }
    Ok(())
}

/// When each of those who wait gets what waits, if everything comes as it was told: each in their turn is given what
/// comes first to where their channel sells from.
fn days(rows: &[WaitingRow], coming: Vec<Coming>, rules: &Rules) -> Vec<Option<Date>> {
    let mut coming: Vec<Coming> = coming;
    let everywhere = Policy::default();
    let mut day_of = |row: &WaitingRow| {
        let policy = rules.policy(&row.channel_id, &row.item_id).unwrap_or(&everywhere);
        let (mut open, mut last) = (row.units(), None);
        for from in coming.iter_mut() {
            if from.owner_id == row.merchant_id && policy.nodes.has(&from.node_id) && from.quantity > 0 {
                let taken = from.quantity.min(open);
                from.quantity -= taken;
                open -= taken;
                last = Some(from.expected_on);
            }
            if open == 0 {
                break;
            }
        }
        let from = policy.available_from.filter(|_| policy.beyond != Beyond::Nothing);
        if open > 0 { from } else { last.map(|day| from.map_or(day, |from| from.max(day))) }
    };
    rows.iter().map(&mut day_of).collect()
}

/// Units that wait, as they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Backorder)]
pub struct WaitingSeen {
    /// Of which order.
    pub order_id: OrderId,
    /// The channel's name for it.
    pub external_reference: String,
    /// Which line.
    pub line_no: i64,
    /// What for.
    pub item_id: ItemId,
    /// Its seller's code.
    pub sku: String,
    /// Whose order.
    pub merchant_id: MerchantId,
    /// From which channel.
    pub channel_id: ChannelId,
    /// The channel's code.
    pub channel: String,
    /// How many units wait.
    pub units: i64,
    /// How many of them a node gave up; the others were promised beyond stock.
    pub given_up: i64,
    /// When they will be there, as far as it is known.
    #[schema(value_type = Option<String>, format = Date)]
    pub expected_on: Option<Date>,
    /// True where they will be there after the day that the customer was promised, or nobody knows when.
    pub is_late: bool,
    /// True where the order was moved up.
    pub is_moved_up: bool,
    /// Since when.
    pub placed_at: Timestamp,
    /// What the customer was promised.
    pub promised_by: Option<Timestamp>,
}

/// A page of who waits, for one item or for any, in their turn.
pub async fn list_waiting(
    runtime: &Runtime,
    scope: Scope,
    item_id: Option<ItemId>,
    page: PageRequest,
) -> Result<Page<WaitingSeen>, Fault> {
    let organisation_id = runtime.organisation_id.clone();
    runtime
        .read(move |tx| {
            Box::pin(async move {
                let Page { rows, next } =
                    store::list_queue(tx, &organisation_id, &scope, item_id.as_ref(), &page).await?;
                Ok(Page { rows: seen(tx, &organisation_id, rows).await?, next })
            })
        })
        .await
}

/// What comes of an item, and how many units wait for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// Units that wait.
    pub waiting: i64,
    /// Units that come, by day; what is late is not among them.
    pub coming: Vec<(Date, i64)>,
}

/// What comes of an item for its owner, and how many units wait for it.
pub async fn find_awaited(
    runtime: &Runtime,
    item_id: ItemId,
    owner_id: MerchantId,
) -> Result<Awaited, Fault> {
    let (organisation_id, today) = (runtime.organisation_id.clone(), to_date(runtime.now()));
    runtime
        .read(move |tx| {
            Box::pin(async move {
                let item = || [&item_id].into_iter();
                let waiting = store::count_waiting(tx, &organisation_id, item()).await?;
                let coming = selling::beyond::list_coming(tx, &organisation_id, item(), today).await?;
                let own = coming.iter().filter(|row| row.owner_id == owner_id);
                Ok(Awaited {
                    waiting: waiting.get(&item_id).copied().unwrap_or(0),
                    coming: own.map(|row| (row.expected_on, row.quantity)).collect(),
                })
            })
        })
        .await
}

async fn seen(
    tx: &Tx,
    organisation_id: &OrganisationId,
    rows: Vec<WaitingRow>,
) -> Result<Vec<WaitingSeen>, Fault> {
    let items: BTreeSet<ItemId> = rows.iter().map(|row| row.item_id.clone()).collect();
    let items: Vec<ItemId> = items.into_iter().collect();
    let items = catalogue::items_by_id(tx, organisation_id, &items).await?;
    let channels: BTreeSet<ChannelId> = rows.iter().map(|row| row.channel_id.clone()).collect();
    let channels: Vec<ChannelId> = channels.into_iter().collect();
    let channels: HashMap<ChannelId, catalogue::Channel> =
        catalogue::channels_by_id(tx, organisation_id, &channels).await?;
    let shown = |row: WaitingRow| WaitingSeen {
        sku: items.get(&row.item_id).map(|item| item.sku.clone()).unwrap_or_default(),
        channel: channels.get(&row.channel_id).map(|channel| channel.code.clone()).unwrap_or_default(),
        units: row.units(),
        given_up: row.unallocated,
        is_late: row
            .promised_by
            .is_some_and(|promised| row.expected_on.is_none_or(|day| day > to_date(promised))),
        is_moved_up: row.moved_up > 0,
        order_id: row.order_id,
        external_reference: row.external_reference,
        line_no: row.line_no,
        item_id: row.item_id,
        merchant_id: row.merchant_id,
        channel_id: row.channel_id,
        expected_on: row.expected_on,
        placed_at: row.placed_at,
        promised_by: row.promised_by,
    };
    Ok(rows.into_iter().map(shown).collect())
}
