//! One thing done to many orders: to those that were ticked, or to all that match. What would come of it is shown
//! first; then it runs as an operation over exactly the orders that were shown.

use axum::extract::{Form, State};
use axum::response::Response;
use db::Fault;
use flows::bulk::{CancelOrders, MOST, Planned, plan};
use kernel::{Money, OrderId, OrganisationId, Scope};
use orders::cancel::CannotCancel;
use orders::store;
use serde_json::json;
use web::{Needs, Permission, Routes, Within};

use super::command::fresh_command;
use super::exceptions::Troubles;
use super::orders::{question, read_query};
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::bulk::{Bulk, BulkRow};
use crate::pages::problem::Trouble;
use crate::shell::Section;
use crate::words::CancelReason;

/// As many orders as the page names; the rest is counted.
const NAMED: usize = 200;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Within(Permission::OrdersCancel);
    Routes::new().post(href::BULK, needs, post_preview).post(href::BULK_CANCEL, needs, post_cancel)
}

type Fields = Vec<(String, String)>;

fn find<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
}

/// The orders a form names, each once.
fn ticked(fields: &Fields) -> Vec<OrderId> {
    let ticked = fields.iter().filter(|(field, _)| field == "order");
    let mut ticked: Vec<OrderId> = ticked.filter_map(|(_, value)| OrderId::parse(value).ok()).collect();
    ticked.sort_unstable();
    ticked.dedup();
    ticked
}

/// Those of some orders that this person may change; a node sees the orders it works on, and cancels none.
async fn within(
    tx: &db::Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    mut order_ids: Vec<OrderId>,
) -> Result<Vec<OrderId>, Fault> {
    let within = store::orders_within(tx, organisation_id, scope, order_ids.iter()).await?;
    order_ids.retain(|order_id| within.contains(order_id));
    Ok(order_ids)
}

async fn post_preview(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Form(fields): Form<Fields>,
) -> Result<Response, Upset> {
    let (filter, are_all) = (read_query(find(&fields, "query")), find(&fields, "which") == "all");
    let chosen = ticked(&fields);
    if chosen.is_empty() && !are_all {
        return Err(Upset::refused(Trouble::BadRequest, desk.t.text("inbox-none-ticked")));
    }
    let back = filter.href();
    let organisation_id = console.organisation.organisation_id.clone();
    let (now, scope, by_customer) = (desk.now, scope.of_merchants(), desk.shows_customers());
    let (planned, is_cut): (Vec<Planned>, bool) = console
        .flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let mut order_ids = chosen;
                if are_all {
                    let nodes = network::list_nodes(tx, &organisation_id, &Scope::EVERYTHING).await?;
                    let troubled = Troubles::read(tx, &organisation_id, &nodes, &web::Access::default())
                        .await?
                        .order_ids();
                    let wanted = question(&filter, &troubled, now, by_customer);
                    let limit = i64::try_from(MOST).unwrap_or(i64::MAX) + 1;
                    order_ids = store::ids_matching(tx, &organisation_id, &scope, &wanted, limit).await?;
                }
                let is_cut = order_ids.len() > MOST;
                order_ids.truncate(MOST);
                let order_ids = within(tx, &organisation_id, &scope, order_ids).await?;
                Ok::<_, Fault>((plan(tx, &organisation_id, &order_ids).await?, is_cut))
            })
        })
        .await?;
    page(&told(planned, is_cut, back, desk))
}

fn told(planned: Vec<Planned>, is_cut: bool, back: String, desk: Desk) -> Bulk {
    let (mut whole, mut partly, mut units, mut too_late, mut before) = (0, 0, 0, 0, 0);
    let mut order_ids = Vec::new();
    let mut rows = Vec::with_capacity(planned.len());
    for Planned { order_id, external_reference, currency, fate } in planned {
        let mut row = BulkRow {
            id: order_id.to_string(),
            number: external_reference,
            units: 0,
            left: 0,
            refund: None,
            stays: None,
        };
        match fate {
            Ok(fate) => {
                *(if fate.too_late_units == 0 { &mut whole } else { &mut partly }) += 1;
                units += fate.cancelled_units;
                order_ids.push(row.id.clone());
                let refund = (fate.refund_minor > 0 && desk.shows_money())
                    .then(|| Money::new(fate.refund_minor, currency));
                row = BulkRow { units: fate.cancelled_units, left: fate.too_late_units, refund, ..row };
            }
            Err(CannotCancel::AlreadyCancelled | CannotCancel::NoSuchLine { .. }) => {
                before += 1;
                row.stays = Some("bulk-before");
            }
            Err(CannotCancel::AlreadyDispatched { units }) => {
                too_late += 1;
                row = BulkRow { left: units, stays: Some("bulk-too-late"), ..row };
            }
        }
        rows.push(row);
    }
    // What stays is what the reader has to know before.
    rows.sort_by_key(|row| (row.stays.is_none(), row.left == 0));
    rows.truncate(NAMED);
    Bulk {
        back,
        whole,
        partly,
        units,
        too_late,
        before,
        rows,
        is_cut,
        order_ids,
        command: fresh_command(),
        shell: desk.shell(Section::Orders, None),
        t: desk.t,
    }
}

async fn post_cancel(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Form(fields): Form<Fields>,
) -> Result<Response, Upset> {
    let reason = CancelReason::parse(find(&fields, "reason")).ok_or(Upset::of(Trouble::BadRequest))?;
    let order_ids = ticked(&fields);
    if order_ids.is_empty() || order_ids.len() > MOST {
        return Err(Upset::of(Trouble::BadRequest));
    }
    let (organisation_id, asked) = (console.organisation.organisation_id.clone(), order_ids.clone());
    let scope = scope.of_merchants();
    let theirs = console
        .flows
        .runtime
        .read(move |tx| Box::pin(async move { within(tx, &organisation_id, &scope, asked).await }));
    let theirs: Result<Vec<OrderId>, Fault> = theirs.await;
    if theirs?.len() != order_ids.len() {
        return Err(Upset::of(Trouble::NotFound));
    }
    let call = desk.call(find(&fields, "command"), href::BULK_CANCEL, &json!([order_ids, reason.code()]))?;
    let new = CancelOrders { order_ids, reason: reason.code().to_owned() }.into_operation();
    let started = console.flows.runtime.command(call, move |cx| {
        let new = new.clone();
        Box::pin(async move { operations::start(cx, &new).await })
    });
    match started.await.map_err(Upset::commanding)?.into_result() {
        Some(operation_id) => Ok(see(&href::operation(operation_id.as_str()))),
        None => Err(desk.reused()),
    }
}
