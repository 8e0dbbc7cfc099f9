//! The processes over HTTP. Each route reads its request, runs one process, and gives its answer or a problem.

mod availability;
mod availability_changes;
mod backorders;
mod bulk;
mod counts;
mod discrepancies;
mod erasures;
mod events;
mod files;
mod holds;
mod levels;
mod lots;
mod orders;
mod outlook;
mod ownership;
mod read;
mod reconcile;
mod refusals;
mod selling;
mod station;
mod stock;
mod stuck;
mod supply;
mod till;

use ::orders::{
    place::NewOrder,
    read::{FulfilmentRow, OrderSummary},
};
use axum::http::StatusCode;
use inventory::{
    ownership::Transferred,
    store::{Entitlement, SettlementLine, StatementTotal, StockRow},
    swap::Proposals,
};
use runtime::effect::EffectRow;
use serde_json::json;
use sourcing::Decision;
use web::{Needs, Operation, Permission, Routes, problems};

pub use self::ownership::PRICE_MAX;
use self::{
    bulk::{CancellationsJson, PlannedJson},
    erasures::WhomJson,
    events::{EventsJson, EventsQuery, StreamQuery},
    files::{ExportQuery, ImportQuery, Started},
    levels::{LevelsJson, LevelsSet},
    orders::CancellationJson,
    ownership::{GrantJson, StatementQuery, SwapJson, TransferJson, WayJson},
    read::{FulfilmentOrderJson, OrderEventJson, OrderJson, OrdersQuery, VerificationJson, WorkQuery},
    station::{DispatchJson, MeasuresJson, ReportsJson, ScanJson, ShortJson},
    stock::{Adjusted, AdjustmentJson, LedgerJson, LedgerQuery, ReceiptsJson, StockQuery},
};
use crate::{
    Flows,
    cancel::Cancelled,
    dispatch::Dispatched,
    erase::{Erasure, Touched},
    intake::Accepted,
    receive::Received,
    short::ShortDone,
    station::{ParcelClosed, ScanDone},
    track::Tracked,
};

/// The routes of the processes, for callers that `people::identify` knows.
pub fn routes() -> Routes<Flows> {
    Routes::new()
        .merge(order_routes())
        .merge(holds::routes())
        .merge(backorders::routes())
        .merge(stock_routes())
        .merge(counts::routes())
        .merge(till::routes())
        .merge(discrepancies::routes())
        .merge(reconcile::routes())
        .merge(stuck::routes())
        .merge(ownership_routes())
        .merge(supply::routes())
        .merge(lots::routes())
        .merge(availability::routes())
        .merge(outlook::routes())
        .merge(floor_routes())
        .merge(privacy_routes())
        .merge(file_routes())
        .merge(proof_routes())
}

fn order_routes() -> Routes<Flows> {
    let see = Needs::Within(Permission::OrdersRead);
    Routes::new()
        .chapter("Orders", "What channels sold, who sends which part of it, and why.")
        .post(
            "/v1/orders",
            Needs::Within(Permission::OrdersWrite)
                .to("Place an order")
                .about(
                    "Accepted with its stock allocated, or waiting as far as its channel allows it, or refused with nothing \
                     changed. The same channel and \
                     `external_reference` again is a repeat, whatever its key.",
                )
                .command::<NewOrder>()
                .gives::<Accepted>(StatusCode::CREATED, "Accepted: its stock is allocated, or it waits.")
                .gives::<Accepted>(StatusCode::OK, "The channel had sent it before; nothing was changed.")
                .refuses(problems::UNKNOWN_CHANNEL)
                .refuses(problems::UNKNOWN_LISTING)
                .refuses(problems::INSUFFICIENT_STOCK)
                .refuses(problems::ORDER_CONFLICT),
            orders::post_order,
        )
        .get(
            "/v1/orders",
            see.to("List orders").asks::<OrdersQuery>().gives_page::<OrderSummary>("Orders, newest first."),
            read::get_orders,
        )
        .get(
            "/v1/orders/{order_id}",
            see.to("See an order")
                .gives::<OrderJson>(StatusCode::OK, "The order with all that belongs to it.")
                .tagged()
                .refuses(problems::NO_SUCH_ORDER),
            read::get_order,
        )
        .post(
            "/v1/orders/{order_id}/cancellations",
            Needs::Within(Permission::OrdersCancel)
                .to("Cancel an order or some of its lines")
                .about("Units that are still inside are cancelled; what has left can only come back.")
                .command::<CancellationJson>()
                .gives::<Cancelled>(StatusCode::CREATED, "Cancelled, as far as it was still inside.")
                .refuses(problems::NO_SUCH_ORDER)
                .refuses(problems::CANNOT_CANCEL)
                .refuses(problems::LABEL_PENDING),
            orders::post_cancellation,
        )
        .post(
            "/v1/order-cancellations",
            Needs::Within(Permission::OrdersCancel)
                .to("Cancel many orders")
                .about(
                    "Those in `order_ids`, or all that are `matching`. With `dry_run` it says what would become of each \
                     and does nothing; without, an operation cancels one after the other. What is cancelled does not \
                     come back.",
                )
                .command::<CancellationsJson>()
                .gives::<PlannedJson>(StatusCode::OK, "What would happen, with `dry_run`.")
                .gives::<Started>(StatusCode::ACCEPTED, "An operation will do it; `Location` says where to look."),
            bulk::post_cancellations,
        )
        .get(
            "/v1/orders/{order_id}/decisions",
            see.to("See why these nodes")
                .gives_all::<Decision>("The receipts of its sourcing decisions, oldest first."),
            read::get_decisions,
        )
        .get(
            "/v1/orders/{order_id}/events",
            see.to("See what happened to an order").gives_all::<OrderEventJson>("Its events, oldest first."),
            read::get_order_events,
        )
}

fn stock_routes() -> Routes<Flows> {
    let see = Needs::Within(Permission::StockRead);
    Routes::new()
        .chapter("Stock", "Goods by node and state, and the transfers behind each number.")
        .post(
            "/v1/receipts",
            Needs::Within(Permission::StockReceive)
                .to("Take goods in")
                .about("All or none. A delivery note (`reference`) is booked once for a node, an item and a lot.")
                .command::<ReceiptsJson>()
                .gives::<Received>(StatusCode::CREATED, "Booked as available.")
                .refuses(problems::NOT_EXPECTED)
                .refuses(problems::LOT_CONFLICT),
            stock::post_receipts,
        )
        .post(
            "/v1/stock-adjustments",
            Needs::Within(Permission::StockAdjust)
                .to("Correct the book")
                .about("A correction of more units than one may make alone waits: docs/guide/counts.md.")
                .command::<AdjustmentJson>()
                .gives::<Adjusted>(StatusCode::CREATED, "Corrected.")
                .refuses(problems::INSUFFICIENT_STOCK),
            stock::post_adjustment,
        )
        .post(
            "/v1/stock-levels",
            Needs::Within(Permission::StockAdjust)
                .to("Set stock to what was counted")
                .about(
                    "All or none. Each level is set only from `change_from_quantity`, what you saw; null overwrites \
                     whatever is there.",
                )
                .command::<LevelsJson>()
                .gives::<LevelsSet>(StatusCode::OK, "Set.")
                .refuses(problems::STALE_QUANTITY)
                .refuses(problems::INSUFFICIENT_STOCK),
            levels::post_levels,
        )
        .get(
            "/v1/stock",
            see.to("See the stock of an item")
                .asks::<StockQuery>()
                .gives_all::<StockRow>("Its stock at every node.")
                .refuses(problems::UNKNOWN_ITEM),
            stock::get_stock,
        )
        .get(
            "/v1/stock/ledger",
            see.to("See the transfers behind a number")
                .asks::<LedgerQuery>()
                .gives::<LedgerJson>(StatusCode::OK, "Transfers, newest first.")
                .refuses(problems::UNKNOWN_ITEM)
                .refuses(problems::NOT_FOUND),
            stock::get_ledger,
        )
}

fn ownership_routes() -> Routes<Flows> {
    let (trade, see) = (Needs::Within(Permission::StockTrade), Needs::Within(Permission::MoneyRead));
    Routes::new()
        .chapter(
            "Ownership",
            "Goods change their owner where they lie, and who owes whom for it: docs/guide/ownership.md.",
        )
        .post(
            "/v1/ownership-transfers",
            trade
                .to("Make goods change their owner")
                .about(
                    "All lines or none; nothing moves. Both merchants must be within what you may act for. The same \
                     giver and `reference` again is a repeat.",
                )
                .command::<TransferJson>()
                .gives::<Transferred>(StatusCode::CREATED, "Theirs now, with a settlement line for each.")
                .refuses(problems::INSUFFICIENT_STOCK)
                .refuses(problems::REFERENCE_TAKEN),
            ownership::post_transfer,
        )
        .get(
            "/v1/settlement-lines",
            see.to("List what changed hands")
                .asks::<StatementQuery>()
                .gives_page::<SettlementLine>("A merchant's settlement lines, oldest first."),
            ownership::get_settlement_lines,
        )
        .get(
            "/v1/statements",
            see.to("See what a statement comes to")
                .about("The other side's statement says the same the other way round.")
                .asks::<StatementQuery>()
                .gives_all::<StatementTotal>("Totals by counterparty and currency."),
            ownership::get_statement,
        )
        .get(
            "/v1/statements.csv",
            see.to("Take a statement away as a file")
                .asks::<StatementQuery>()
                .gives_file("text/csv", "Its settlement lines."),
            ownership::get_statement_csv,
        )
        .post(
            "/v1/entitlements",
            trade
                .to("Entitle a reseller")
                .about(
                    "The reseller's channels may list the brand's item, and what the reseller is short of comes from \
                     the brand's pool. The same brand, reseller and item again changes how many, or their price.",
                )
                .command::<GrantJson>()
                .gives::<Entitlement>(StatusCode::CREATED, "Granted."),
            ownership::post_entitlement,
        )
        .get(
            "/v1/entitlements",
            see.to("List entitlements").gives_page::<Entitlement>("Those that a merchant gave or has."),
            ownership::get_entitlements,
        )
        .post(
            "/v1/ownership-swaps/proposals",
            trade
                .to("See which swaps would save a transport")
                .about(
                    "Changes nothing. Of goods that would be carried from node to node: who has as many free where \
                     they are wanted, and what a swap saves.",
                )
                .body::<WayJson>()
                .gives::<Proposals>(StatusCode::OK, "Proposals, the largest first."),
            ownership::post_swap_proposals,
        )
        .post(
            "/v1/ownership-swaps",
            trade
                .to("Swap goods at two nodes")
                .about("Both change hands or neither does; nothing moves.")
                .command::<SwapJson>()
                .gives::<Transferred>(StatusCode::CREATED, "Swapped.")
                .refuses(problems::INSUFFICIENT_STOCK)
                .refuses(problems::REFERENCE_TAKEN),
            ownership::post_swap,
        )
}

fn file_routes() -> Routes<Flows> {
    let (bring, take) =
        (Needs::Throughout(Permission::DataImport), Needs::Throughout(Permission::DataExport));
    Routes::new()
        .chapter("Files", "Tables that people keep in spreadsheets, in and out: docs/guide/files.md.")
        .post(
            "/v1/imports/{kind}",
            bring
                .to("Bring a file")
                .about(
                    "`orders`, `items`, `listings`, `nodes` or `stock`. The body is the file itself, CSV or XLSX, up to \
                     100 MB; an operation takes it.",
                )
                .asks::<ImportQuery>()
                .command::<()>()
                .takes_file()
                .gives::<Started>(StatusCode::ACCEPTED, "An operation will take it; `Location` says where to look.")
                .refuses(problems::NOT_FOUND)
                .refuses(problems::UNKNOWN_CHANNEL),
            files::post_import,
        )
        .get(
            "/v1/exports/{kind}",
            take.to("Take a list away as a file")
                .about("`items`, `listings`, `nodes`, `stock`, `orders` or `events`, as it is now; only what is asked for.")
                .asks::<ExportQuery>()
                .gives_file("*/*", "The file: `text/csv`, or with `form=xlsx` a workbook under its own content type.")
                .refuses(problems::NOT_FOUND),
            files::get_export,
        )
        .post(
            "/v1/exports/{kind}",
            take.to("Have a list written as a file")
                .asks::<ExportQuery>()
                .command::<()>()
                .gives::<Started>(StatusCode::ACCEPTED, "An operation will write it; `Location` says where to look.")
                .refuses(problems::NOT_FOUND),
            files::post_export,
        )
}

fn floor_routes() -> Routes<Flows> {
    let (floor, label) = (Needs::Within(Permission::FloorWork), Needs::Within(Permission::ShippingRead));
    Routes::new()
        .chapter(
            "Work at a node",
            "From the shelf to the carrier: picks, packs, parcels, labels, hand-overs.",
        )
        .get(
            "/v1/fulfilment-orders",
            floor
                .to("See the work of a node")
                .asks::<WorkQuery>()
                .gives_all::<FulfilmentRow>("Up to 250 fulfilment orders, oldest first."),
            read::get_work,
        )
        .get(
            "/v1/fulfilment-orders/{fulfilment_order_id}",
            floor
                .to("See a fulfilment order")
                .gives::<FulfilmentOrderJson>(StatusCode::OK, "The fulfilment order with its lines.")
                .tagged(),
            read::get_fulfilment_order,
        )
        .post(
            "/v1/fulfilment-orders/{fulfilment_order_id}/picks",
            scan(floor.to("Pick units").about("Moves units from the shelf into the hand.")),
            station::post_pick,
        )
        .post(
            "/v1/fulfilment-orders/{fulfilment_order_id}/shorts",
            floor
                .to("Report units that cannot be picked")
                .about("The node gives them up, and the next best node gets them at once.")
                .command::<ShortJson>()
                .gives::<ShortDone>(StatusCode::CREATED, "Reported.")
                .refuses(problems::NOTHING_TO_PICK)
                .refuses(problems::BUSY),
            station::post_short,
        )
        .post(
            "/v1/fulfilment-orders/{fulfilment_order_id}/packs",
            scan(
                floor
                    .to("Pack units")
                    .about("Puts units into the open parcel, and opens one if there is none."),
            ),
            station::post_pack,
        )
        .post(
            "/v1/fulfilment-orders/{fulfilment_order_id}/parcels",
            floor
                .to("Close the open parcel")
                .about("Its label is bought next.")
                .command::<MeasuresJson>()
                .gives::<ParcelClosed>(StatusCode::CREATED, "Closed.")
                .refuses(problems::PARCEL_NOT_OPEN)
                .refuses(problems::NO_RATE),
            station::post_parcel,
        )
        .get(
            "/v1/parcels/{parcel_id}/label.pdf",
            printed(label.to("Print a label for an office printer"))
                .gives_file("application/pdf", "The label. Printing again never buys again."),
            station::get_label_pdf,
        )
        .get(
            "/v1/parcels/{parcel_id}/label.zpl",
            printed(label.to("Print a label for a label printer"))
                .gives_file("text/plain", "The label as ZPL. Printing again never buys again."),
            station::get_label_zpl,
        )
        .post(
            "/v1/dispatches",
            Needs::Within(Permission::ShippingWrite)
                .to("Hand parcels to their carrier")
                .about("All or none.")
                .command::<DispatchJson>()
                .gives::<Dispatched>(StatusCode::CREATED, "Dispatched.")
                .refuses(problems::NOT_FOUND)
                .refuses(problems::ALREADY_DISPATCHED)
                .refuses(problems::LABEL_PENDING)
                .refuses(problems::PARCEL_NOT_CLOSED)
                .refuses(problems::DUPLICATE_CODE),
            station::post_dispatch,
        )
        .post(
            "/v1/tracking-reports",
            Needs::Throughout(Permission::TrackingWrite)
                .to("Report what a carrier says")
                .about("A report that was known before changes nothing.")
                .command::<ReportsJson>()
                .gives::<Tracked>(StatusCode::CREATED, "Recorded."),
            station::post_tracking_reports,
        )
}

/// What a scan takes, and how it may be refused.
fn scan(operation: Operation) -> Operation {
    operation
        .command::<ScanJson>()
        .gives::<ScanDone>(StatusCode::CREATED, "Moved.")
        .refuses(problems::UNKNOWN_CODE)
        .refuses(problems::WRONG_ITEM)
        .refuses(problems::WRONG_ORDER)
        .refuses(problems::WRONG_STAGE)
        .refuses(problems::TOO_MANY)
        .refuses(problems::NOTHING_TO_PICK)
        .refuses(problems::PARCEL_NOT_OPEN)
}

fn printed(operation: Operation) -> Operation {
    operation.refuses(problems::LABEL_PENDING).refuses(problems::LABEL_REFUSED)
}

fn privacy_routes() -> Routes<Flows> {
    let may = Needs::Throughout(Permission::CustomersErase);
    Routes::new()
        .chapter("Privacy", "Customers are forgotten: what they ordered stays, who they were goes.")
        .post(
            "/v1/erasures/preview",
            may.to("See what an erasure would touch")
                .about("Changes nothing. The customer is named by `email` or by `order_id`.")
                .body::<WhomJson>()
                .gives_all::<Touched>("Their orders, oldest first, up to 1,000."),
            erasures::post_preview,
        )
        .post(
            "/v1/erasures",
            may.to("Forget a customer")
                .about("For good. Orders under way are left; asked again it does what is left to do, so it takes no key.")
                .body::<WhomJson>()
                .gives::<Erasure>(StatusCode::OK, "What was erased, and what was left."),
            erasures::post_erasure,
        )
}

fn proof_routes() -> Routes<Flows> {
    let (events, operations) =
        (Needs::Throughout(Permission::EventsRead), Needs::Throughout(Permission::OperationsRead));
    Routes::new()
        .chapter("Following and proving", "What happened, who did it, and whether everything holds.")
        .get(
            "/v1/events",
            events
                .to("Read the stream of events")
                .about("Positions have no gaps, and each event's hash covers the one before.")
                .asks::<EventsQuery>()
                .gives::<EventsJson>(StatusCode::OK, "Events in their order."),
            events::get_events,
        )
        .get(
            "/v1/events/stream",
            events
                .to("Follow the stream as it happens")
                .about("Server-sent events; `id` is the position and `data` an event as above. It lasts 15 minutes: \
                        connect anew with `Last-Event-ID`.")
                .asks::<StreamQuery>()
                .header("Last-Event-ID", "The position of the last event you have.", json!({ "type": "string", "pattern": "^-?[0-9]{1,18}$" }))
                .gives_file("text/event-stream", "Events until the connection ends."),
            events::get_stream,
        )
        .get(
            "/v1/effects",
            operations
                .to("See what is under way outside")
                .gives_all::<EffectRow>("Actions outside that are not at rest, and those that failed."),
            read::get_effects,
        )
        .get(
            "/v1/verification",
            operations.to("Check every invariant now").gives::<VerificationJson>(StatusCode::OK, "What was found."),
            read::get_verification,
        )
}
