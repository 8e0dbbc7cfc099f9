//! The station: picked by scan, short, packed by scan, closed. Each step moves the unit on its order and in the ledger
//! together; a refused scan moves nothing and is counted.

use std::collections::{BTreeSet, HashMap};

use catalogue::Item;
use db::Fault;
use inventory::{Move, PostError, State};
use kernel::{FulfilmentOrderId, ItemId, NodeId, OrderId, ParcelId, Quantity};
use orders::{
    Stage,
    advance::{AdvanceError, Step, advance},
    read::{FulfilmentLineRow, FulfilmentRow, OrderRow},
};
use runtime::{Answer, Call, Cx};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shipping::{CloseError, Closing, ContentsError, NewParcel, ParcelLine};
use warehouse::{NewScan, Scan, ScanRefusal, ScannedItem, Work, WorkLine};

use crate::{Flows, lots};

/// A scan at a station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationScan {
    /// What is worked on.
    pub fulfilment_order_id: FulfilmentOrderId,
    /// What the scanner read.
    pub code: String,
    /// How many units are in the hand.
    #[serde(default = "one")]
    pub quantity: i64,
}

fn one() -> i64 {
    1
}

/// A scan that was right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ScanDone {
    /// The line the units are for; the first, where an order lists the item twice.
    pub line_no: i64,
    /// The item.
    pub item_id: ItemId,
    /// How many units were moved.
    pub quantity: i64,
    /// How many units of this fulfilment order wait for the same step.
    pub left: i64,
    /// True where none wait.
    pub is_complete: bool,
}

/// Closes the open parcel of a fulfilment order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseParcel {
    /// Whose parcel.
    pub fulfilment_order_id: FulfilmentOrderId,
    /// On the scale.
    pub weight_grams: i64,
    /// Outside.
    pub length_mm: i64,
    /// Outside.
    pub width_mm: i64,
    /// Outside.
    pub height_mm: i64,
}

/// A parcel that was closed; its label is being bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ParcelClosed {
    /// Its id.
    pub parcel_id: ParcelId,
    /// Its number within the order, from 1.
    pub parcel_no: i64,
}

/// Why nothing was moved at a station.
#[derive(Debug, thiserror::Error)]
pub enum StationError {
    /// There is no such work.
    #[error("there is no fulfilment order {0}")]
    NoSuchWork(FulfilmentOrderId),
    /// The scan is not right.
    #[error("{refusal}")]
    Refused {
        /// Where.
        node_id: NodeId,
        /// Why.
        refusal: ScanRefusal,
    },
    /// More units are reported missing than are to be picked.
    #[error("{asked} reported missing, but only {left} are to be picked on line {line_no}")]
    NotThatMany {
        /// Which line.
        line_no: i64,
        /// How many were reported.
        asked: i64,
        /// How many are to be picked.
        left: i64,
    },
    /// There is nothing to close.
    #[error("no parcel of {0} is open: scan something into it first")]
    NoOpenParcel(FulfilmentOrderId),
    /// The parcel cannot be sent like this.
    #[error("{0}")]
    Parcel(CloseError),
    /// Somebody else changed the order at the same moment.
    #[error("the order changed meanwhile; nothing was moved, look again")]
    Outrun,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(StationError);

impl From<AdvanceError> for StationError {
    fn from(error: AdvanceError) -> StationError {
        match error {
            AdvanceError::Outrun => StationError::Outrun,
            AdvanceError::Fault(fault) => StationError::Fault(fault),
        }
    }
}

impl From<PostError> for StationError {
    fn from(error: PostError) -> StationError {
        match error {
            PostError::Short { .. } => StationError::Outrun,
            PostError::Fault(fault) => StationError::Fault(fault),
        }
    }
}

impl From<CloseError> for StationError {
    fn from(error: CloseError) -> StationError {
        match error {
            CloseError::Fault(fault) => StationError::Fault(fault),
            error => StationError::Parcel(error),
        }
    }
}

impl From<ContentsError> for StationError {
    fn from(error: ContentsError) -> StationError {
        match error {
            ContentsError::Fault(fault) => StationError::Fault(fault),
            // The parcel was open and the units fit a moment ago.
            _ => StationError::Outrun,
        }
    }
}

/// A fulfilment order with everything its station needs.
pub(crate) struct AtWork {
    pub part: FulfilmentRow,
    pub order: OrderRow,
    pub lines: Vec<FulfilmentLineRow>,
}

/// Reads the work and makes every other change of its order wait.
pub(crate) async fn open_work(cx: &Cx<'_>, id: &FulfilmentOrderId) -> Result<AtWork, StationError> {
    let (tx, organisation_id) = (cx.tx, &cx.organisation_id);
    let no_such = || StationError::NoSuchWork(id.clone());
    let part = orders::store::find_fulfilment(tx, organisation_id, id).await?.ok_or_else(no_such)?;
    orders::store::lock_order(cx, &part.order_id).await?;
    let order = orders::store::find_order(tx, organisation_id, &part.order_id).await?.ok_or_else(no_such)?;
    let lines = orders::store::list_lines_of_fulfilments(tx, organisation_id, [id].into_iter()).await?;
    Ok(AtWork { part, order, lines })
}

impl Flows {
    /// Takes units from the shelf.
    pub async fn pick(&self, call: Call, scan: StationScan) -> Result<Answer<ScanDone>, StationError> {
        self.scan(call, scan, warehouse::Stage::Pick).await
    }

    /// Puts picked units into the open parcel; opens one where there is none.
    pub async fn pack(&self, call: Call, scan: StationScan) -> Result<Answer<ScanDone>, StationError> {
        self.scan(call, scan, warehouse::Stage::Pack).await
    }

    async fn scan(
        &self,
        call: Call,
        scan: StationScan,
        stage: warehouse::Stage,
    ) -> Result<Answer<ScanDone>, StationError> {
        let (given, asked) = (scan.clone(), call.clone());
        let result = self
            .runtime
            .command(call, move |cx| {
                let scan = scan.clone();
                Box::pin(async move { scan_once(cx, &scan, stage).await })
            })
            .await;
        if let Err(StationError::Refused { node_id, refusal }) = &result {
            // What was refused moved nothing, but it happened: accuracy is counted from it (R51).
            let refused = NewScan {
                fulfilment_order_id: given.fulfilment_order_id,
                node_id: node_id.clone(),
                stage,
                code: given.code.chars().take(200).collect(),
                quantity: Quantity::new(given.quantity).unwrap_or(Quantity::ZERO),
                outcome: Err(refusal.clone()),
            };
            self.runtime
                .run(asked, move |cx| {
                    let refused = refused.clone();
                    Box::pin(async move { warehouse::record_scans(cx, &[refused]).await })
                })
                .await?;
        }
        result
    }

    /// Closes the open parcel; its label is bought outside this transaction.
    pub async fn close_parcel(
        &self,
        call: Call,
        close: CloseParcel,
    ) -> Result<Answer<ParcelClosed>, StationError> {
        let outside = self.outside.clone();
        self.runtime
            .command(call, move |cx| {
                let (outside, close) = (outside.clone(), close.clone());
                Box::pin(async move {
                    let work = open_work(cx, &close.fulfilment_order_id).await?;
                    let open =
                        shipping::find_open_parcel(cx.tx, &cx.organisation_id, &close.fulfilment_order_id)
                            .await?
                            .ok_or_else(|| StationError::NoOpenParcel(close.fulfilment_order_id.clone()))?;
                    let size = carriers::ParcelSize {
                        weight_grams: close.weight_grams,
                        length_mm: close.length_mm,
                        width_mm: close.width_mm,
                        height_mm: close.height_mm,
                    };
                    let node = network::find_node(cx.tx, &cx.organisation_id, &work.part.node_id).await?;
                    let zone = node.and_then(|node| jiff::tz::TimeZone::get(&node.time_zone).ok());
                    let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
                    let shipped_on = cx.now.to_zoned(zone).date();
                    let closing = Closing { parcel_id: open.parcel_id, size, service_code: None, shipped_on };
                    let closed = shipping::close_parcel(cx, &closing, &outside.rate_cards).await?;
                    Ok(ParcelClosed { parcel_id: closed.parcel_id, parcel_no: closed.parcel_no })
                })
            })
            .await
    }
}

async fn scan_once(
    cx: &mut Cx<'_>,
    scan: &StationScan,
    stage: warehouse::Stage,
) -> Result<ScanDone, StationError> {
    let at_work = open_work(cx, &scan.fulfilment_order_id).await?;
    let refused = |refusal| StationError::Refused { node_id: at_work.part.node_id.clone(), refusal };
    let quantity = Quantity::new(scan.quantity).map_err(|_| refused(ScanRefusal::NoQuantity))?;
    let (work, read) = gather(cx, &at_work, &scan.code, quantity).await?;
    let confirmed = match stage {
        warehouse::Stage::Pick => warehouse::pick::decide(&work, &read),
        warehouse::Stage::Pack => warehouse::pack::decide(&work, &read),
    }
    .map_err(refused)?;
    let (from, to, stock_from, stock_to, reason) = match stage {
        warehouse::Stage::Pick => (Stage::Allocated, Stage::Picked, State::Allocated, State::Picked, "pick"),
        warehouse::Stage::Pack => (Stage::Picked, Stage::Packed, State::Picked, State::Packed, "pack"),
    };
    let order_id: OrderId = at_work.order.order_id.clone();
    let steps: Vec<Step> = confirmed
        .iter()
        .map(|units| Step {
            order_id: order_id.clone(),
            line_no: units.line_no,
            fulfilment_order_id: Some(scan.fulfilment_order_id.clone()),
            from,
            to,
            quantity: units.quantity,
        })
        .collect();
    let transfers: Vec<inventory::Transfer> = confirmed
        .iter()
        .map(|units| {
            Move {
                item_id: units.item_id.clone(),
                owner_id: at_work.order.merchant_id.clone(),
                node_id: at_work.part.node_id.clone(),
                from: stock_from,
                to: stock_to,
                quantity: units.quantity,
            }
            .into_transfer(reason, order_id.as_str(), cx.now)
        })
        .collect();
    let transfers = lots::of_order(cx, &order_id, transfers).await?;
    advance(cx, &steps).await?;
    inventory::post(cx, &transfers).await?;
    if stage == warehouse::Stage::Pack {
        put_into_parcel(cx, &at_work, &confirmed).await?;
    }
    let done = NewScan {
        fulfilment_order_id: scan.fulfilment_order_id.clone(),
        node_id: at_work.part.node_id.clone(),
        stage,
        code: scan.code.clone(),
        quantity,
        outcome: Ok(confirmed.clone()),
    };
    warehouse::record_scans(cx, &[done]).await?;
    let waiting: i64 = at_work.lines.iter().map(|line| line.units().get(from)).sum();
    let moved: i64 = confirmed.iter().map(|units| units.quantity.units()).sum();
    let left = waiting - moved;
    if left == 0 {
        let kind = if stage == warehouse::Stage::Pick { "order.picked" } else { "order.packed" };
        let data =
            json!({ "fulfilment_order_id": scan.fulfilment_order_id, "node_id": at_work.part.node_id });
        cx.tell(kind, order_id.as_str(), data);
    }
    let first = confirmed.first().ok_or(StationError::Outrun)?;
    Ok(ScanDone {
        line_no: first.line_no,
        item_id: first.item_id.clone(),
        quantity: moved,
        left,
        is_complete: left == 0,
    })
}

async fn put_into_parcel(
    cx: &mut Cx<'_>,
    at_work: &AtWork,
    confirmed: &[warehouse::Confirmed],
) -> Result<(), StationError> {
    let organisation_id = cx.organisation_id.clone();
    let part = &at_work.part;
    let open = shipping::find_open_parcel(cx.tx, &organisation_id, &part.fulfilment_order_id).await?;
    let parcel_id = match open {
        Some(open) => open.parcel_id,
        None => {
            let node = network::find_node(cx.tx, &organisation_id, &part.node_id)
                .await?
                .ok_or_else(|| StationError::NoSuchWork(part.fulfilment_order_id.clone()))?;
            let ship_to: kernel::Address =
                serde_json::from_value(at_work.order.ship_to.clone()).unwrap_or_default();
            let mut ship_from = node.address;
            ship_from.place = Some(node.place);
            let opened = shipping::open_parcel(
                cx,
                &NewParcel {
                    order_id: part.order_id.clone(),
                    fulfilment_order_id: part.fulfilment_order_id.clone(),
                    node_id: part.node_id.clone(),
                    ship_from,
                    ship_to,
                },
            )
            .await?;
            opened.parcel_id
        }
    };
    let units: Vec<ParcelLine> = confirmed
        .iter()
        .map(|units| ParcelLine {
            line_no: units.line_no,
            item_id: units.item_id.clone(),
            quantity: units.quantity,
        })
        .collect();
    shipping::put_into(cx, &parcel_id, &units).await?;
    Ok(())
}

/// What the decision about a scan needs to know.
async fn gather(
    cx: &Cx<'_>,
    at_work: &AtWork,
    code: &str,
    quantity: Quantity,
) -> Result<(Work, Scan), StationError> {
    let (tx, organisation_id) = (cx.tx, &cx.organisation_id);
    let item_ids: BTreeSet<ItemId> = at_work.lines.iter().map(|line| line.item_id.clone()).collect();
    let item_ids: Vec<ItemId> = item_ids.into_iter().collect();
    let items: HashMap<ItemId, Item> = catalogue::items_by_id(tx, organisation_id, &item_ids).await?;
    let barcodes = catalogue::barcodes_of_items(tx, organisation_id, &item_ids).await?;
    let scanned = catalogue::find_item_by_code(tx, organisation_id, code.trim()).await?;
    let id = &at_work.part.fulfilment_order_id;
    let other_work = match &scanned {
        Some(item) => {
            orders::store::list_work_with_item(tx, organisation_id, &at_work.part.node_id, &item.item_id, id)
                .await?
                .into_iter()
                .map(|other| (other, item.item_id.clone()))
                .collect()
        }
        None => Vec::new(),
    };
    let units =
        |line: &FulfilmentLineRow, stage| Quantity::new(line.units().get(stage)).unwrap_or(Quantity::ZERO);
    let lines = at_work
        .lines
        .iter()
        .map(|line| {
            let item = items.get(&line.item_id);
            WorkLine {
                line_no: line.line_no,
                item_id: line.item_id.clone(),
                sku: item.map(|item| item.sku.clone()).unwrap_or_default(),
                title: item.map(|item| item.title.clone()).unwrap_or_default(),
                codes: barcodes.get(&line.item_id).cloned().unwrap_or_default(),
                allocated: units(line, Stage::Allocated),
                picked: units(line, Stage::Picked),
                packed: units(line, Stage::Packed),
            }
        })
        .collect();
    let item = scanned.map(|item| ScannedItem { item_id: item.item_id, sku: item.sku, title: item.title });
    let work = Work { fulfilment_order_id: id.clone(), lines, other_work };
    Ok((work, Scan { code: code.trim().to_owned(), item, quantity }))
}
