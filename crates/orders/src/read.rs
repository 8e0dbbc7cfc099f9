//! Orders for people: pages, queues, counts.

use db::{Fault, Row, row};
use kernel::{
    Address, ChannelId, Currency, FulfilmentOrderId, ItemId, MerchantId, NodeId, OrderId, PageRequest,
    PaymentId, Timestamp, document::open_names, time::Date,
};
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::openapi::ObjectBuilder;

use crate::model::{Stage, Status, Units};

/// The statuses of headers, for the document.
fn status() -> ObjectBuilder {
    open_names("What its units say.", Status::ALL.map(Status::name))
}

row! {
    /// An order's header.
    #[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
    #[schema(as = OrderHeader)]
    pub struct OrderRow {
        /// Its id.
        pub order_id: OrderId,
        /// Whose.
        pub merchant_id: MerchantId,
        /// From which channel.
        pub channel_id: ChannelId,
        /// The channel's name for it.
        pub external_reference: String,
        /// What its units say.
        #[schema(schema_with = status)]
        pub status: String,
        /// How it is delivered.
        pub method: String,
        /// Of every amount.
        pub currency: Currency,
        /// The goods' price.
        pub goods_minor: i64,
        /// The price of shipping.
        pub shipping_minor: i64,
        /// Both.
        pub total_minor: i64,
        /// Who ordered.
        pub customer_name: String,
        /// Where to write.
        pub customer_email: String,
        /// Where to send.
        #[schema(value_type = Address)]
        pub ship_to: Json,
        /// When it was placed.
        pub placed_at: Timestamp,
        /// When it was accepted.
        pub accepted_at: Timestamp,
        /// What was promised.
        pub promised_by: Option<Timestamp>,
        /// From the customer.
        pub note: String,
        /// As the channel sent it.
        pub raw: String,
    }
}

row! {
    /// An order in a list.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
    pub struct OrderSummary {
        /// Its id.
        pub order_id: OrderId,
        /// From which channel.
        pub channel_id: ChannelId,
        /// The channel's name for it.
        pub external_reference: String,
        /// What its units say.
        #[schema(schema_with = status)]
        pub status: String,
        /// Who ordered.
        pub customer_name: String,
        /// The amount's currency.
        pub currency: Currency,
        /// The whole price.
        pub total_minor: i64,
        /// When it was placed.
        pub placed_at: Timestamp,
        /// What was promised.
        pub promised_by: Option<Timestamp>,
        /// How many lines.
        pub lines: i64,
        /// How many units.
        pub units: i64,
    }
}

row! {
    /// What an order is called and what it costs to send.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct OrderBrief {
        /// Its id.
        pub order_id: OrderId,
        /// The channel's name for it.
        pub external_reference: String,
        /// Of every amount.
        pub currency: Currency,
        /// The price of shipping.
        pub shipping_minor: i64,
    }
}

row! {
    /// An order by what people call it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Named {
        /// Its id.
        pub order_id: OrderId,
        /// The channel's name for it.
        pub external_reference: String,
        /// Who ordered.
        pub customer_name: String,
    }
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineRow {
    /// From 1.
    pub line_no: i64,
    /// Which of the channel's lines it is of: a kit's lines are all of one.
    pub channel_line_no: i64,
    /// The item.
    pub item_id: ItemId,
    /// The channel's code.
    pub external_code: String,
    /// What to call it.
    pub title: String,
    /// Base units ordered.
    pub quantity: i64,
    /// Base units in a pack.
    pub pack_factor: i64,
    /// What a pack costs.
    pub pack_price_minor: i64,
    /// When units that wait will be there, as far as it is known.
    pub expected_on: Option<Date>,
    #[serde(skip)]
    units: Units,
}

impl LineRow {
    /// True where some of its units wait for supply.
    pub fn is_waited_for(&self) -> bool {
        self.units.get(Stage::Unallocated) + self.units.get(Stage::Backordered) > 0
    }

    /// Where its units stand.
    pub fn units(&self) -> Units {
        self.units
    }
}

impl db::FromRow for LineRow {
    fn from_row(row: &Row) -> Result<LineRow, Fault> {
        Ok(LineRow {
            line_no: row.get("line_no")?,
            channel_line_no: row.get("channel_line_no")?,
            item_id: row.get("item_id")?,
            external_code: row.get("external_code")?,
            title: row.get("title")?,
            quantity: row.get("quantity")?,
            pack_factor: row.get("pack_factor")?,
            pack_price_minor: row.get("pack_price_minor")?,
            expected_on: row.get("expected_on")?,
            units: read_units(row, &Stage::ALL.map(|stage| (stage, stage.name())))?,
        })
    }
}

/// The units of a line, for sums over many orders.
pub(crate) struct LineUnits {
    pub order_id: OrderId,
    pub units: Units,
}

impl db::FromRow for LineUnits {
    fn from_row(row: &Row) -> Result<LineUnits, Fault> {
        let units = read_units(row, &Stage::ALL.map(|stage| (stage, stage.name())))?;
        Ok(LineUnits { order_id: row.get("order_id")?, units })
    }
}

/// Reads a column of units for each stage.
fn read_units(row: &Row, columns: &[(Stage, &str)]) -> Result<Units, Fault> {
    columns.iter().try_fold(Units::NONE, |units, (stage, column)| {
        let quantity = row.get::<i64>(column)?;
        Ok(units.with(*stage, quantity))
    })
}

row! {
    /// A fulfilment order's header.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
    #[schema(as = FulfilmentOrderHeader)]
    pub struct FulfilmentRow {
        /// Its id.
        pub fulfilment_order_id: FulfilmentOrderId,
        /// Of which order.
        pub order_id: OrderId,
        /// The channel's name for the order.
        pub external_reference: String,
        /// By which node.
        pub node_id: NodeId,
        /// By which method.
        pub method: String,
        /// What its units say.
        #[schema(schema_with = status)]
        pub status: String,
        /// Since when.
        pub created_at: Timestamp,
        /// What was promised to the customer.
        pub promised_by: Option<Timestamp>,
    }
}

/// A line of a fulfilment order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FulfilmentLineRow {
    /// Of which fulfilment order.
    pub fulfilment_order_id: FulfilmentOrderId,
    /// Whose node.
    pub node_id: NodeId,
    /// Of which order.
    pub order_id: OrderId,
    /// The order's line.
    pub line_no: i64,
    /// The item.
    pub item_id: ItemId,
    /// How many units the node was to do.
    pub quantity: i64,
    #[serde(skip)]
    units: Units,
}

impl FulfilmentLineRow {
    /// Where its units stand; what the node gave up counts as `Unallocated`.
    pub fn units(&self) -> Units {
        self.units
    }
}

impl db::FromRow for FulfilmentLineRow {
    fn from_row(row: &Row) -> Result<FulfilmentLineRow, Fault> {
        Ok(FulfilmentLineRow {
            fulfilment_order_id: row.get("fulfilment_order_id")?,
            node_id: row.get("node_id")?,
            order_id: row.get("order_id")?,
            line_no: row.get("line_no")?,
            item_id: row.get("item_id")?,
            quantity: row.get("quantity")?,
            units: read_units(
                row,
                &[
                    (Stage::Unallocated, "short"),
                    (Stage::Allocated, "allocated"),
                    (Stage::Picked, "picked"),
                    (Stage::Packed, "packed"),
                    (Stage::Shipped, "shipped"),
                    (Stage::Delivered, "delivered"),
                    (Stage::Cancelled, "cancelled"),
                    (Stage::Returned, "returned"),
                    (Stage::Lost, "lost"),
                ],
            )?,
        })
    }
}

row! {
    /// A payment.
    #[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
    #[schema(as = Payment)]
    pub struct PaymentRow {
        /// Its id.
        pub payment_id: PaymentId,
        /// For which order.
        pub order_id: OrderId,
        /// Who handles the money.
        pub provider: String,
        /// Their reference.
        pub provider_reference: String,
        /// The currency.
        pub currency: Currency,
        /// What is due.
        pub due_minor: i64,
        /// Reserved for us.
        pub authorised_minor: i64,
        /// Taken.
        pub captured_minor: i64,
        /// Given back.
        pub refunded_minor: i64,
        /// Where it stands.
        pub state: String,
    }
}

/// Which orders a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// Only this status.
    pub status: Option<String>,
    /// Only orders promised by a time that has passed and not delivered.
    pub late_at: Option<Timestamp>,
    /// Of those, only what was promised for this time or later.
    pub late_since: Option<Timestamp>,
    /// Only orders whose reference or id begins so.
    pub search: String,
    /// The search also finds by who ordered: where it is not to be seen who did, nobody learns it by trying names.
    pub by_customer: bool,
    /// Only this channel.
    pub channel_id: Option<ChannelId>,
    /// Only what this node works or has worked on.
    pub node_id: Option<NodeId>,
    /// Only orders of which some units go ahead of the others.
    pub is_partial: bool,
    /// Only these.
    pub order_ids: Option<Vec<OrderId>>,
    /// In which sequence.
    pub sort: Sort,
}

/// The sequence of a list of orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Placed last first.
    #[default]
    Newest,
    /// Placed first first.
    Oldest,
    /// Promised soonest first: open orders with a promise.
    Due,
}

/// The key of a list's last row: time and id.
pub(crate) fn cursor_of(at: Timestamp, id: &str) -> String {
    format!("{}.{id}", at.as_microsecond())
}

/// Reads a cursor; one that is none starts at the beginning.
pub(crate) fn read_cursor(page: &PageRequest) -> Option<(Timestamp, String)> {
    let (micros, id) = page.after.as_deref()?.split_once('.')?;
    Some((Timestamp::from_microsecond(micros.parse().ok()?).ok()?, id.to_owned()))
}

/// A count of one status.
pub type Count = (String, i64);
