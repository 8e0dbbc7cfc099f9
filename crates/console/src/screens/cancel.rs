//! Cancelling: first what it would do, then doing it.

use std::collections::HashMap;

use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use flows::cancel::{CancelError, CancelOrder, Preview, preview};
use kernel::{Money, NodeId, OrderId};
use network::Node;
use orders::cancel::CannotCancel;
use runtime::Answer;
use serde_json::json;
use web::{Needs, Permission, Routes};

use super::command::fresh_command;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::i18n::Texts;
use crate::pages::order::{CancelLine, CancelPreview};
use crate::pages::problem::{Effect, Trouble};
use crate::shell::Section;
use crate::words::CancelReason;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Within(Permission::OrdersCancel);
    Routes::new().get("/orders/{order_id}/cancel", needs, get_preview).post(
        "/orders/{order_id}/cancel",
        needs,
        post_cancel,
    )
}

/// The fields of both forms: `line`, once for each line, `reason`, and `command` on the second.
type Fields = Vec<(String, String)>;

struct Wanted {
    order_id: OrderId,
    line_nos: Vec<i64>,
    reason: CancelReason,
    command: String,
}

impl Wanted {
    fn read(order_id: &str, fields: &Fields) -> Result<Wanted, Upset> {
        let bad = || Upset::of(Trouble::BadRequest);
        let order_id = OrderId::parse(order_id).map_err(|_| Upset::of(Trouble::NotFound))?;
        let find =
            |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
        let lines = fields.iter().filter(|(field, _)| field == "line");
        let mut line_nos =
            lines.map(|(_, value)| value.parse()).collect::<Result<Vec<i64>, _>>().map_err(|_| bad())?;
        line_nos.sort_unstable();
        line_nos.dedup();
        // To the process no line means every line; a form in which nobody ticked any means none.
        if line_nos.is_empty() {
            return Err(bad());
        }
        let reason = find("reason").and_then(CancelReason::parse).ok_or_else(bad)?;
        Ok(Wanted { order_id, line_nos, reason, command: find("command").unwrap_or_default().to_owned() })
    }
}

async fn get_preview(
    State(console): State<Console>,
    desk: Desk,
    Path(order_id): Path<String>,
    Query(fields): Query<Fields>,
) -> Result<Response, Upset> {
    let wanted = Wanted::read(&order_id, &fields)?;
    let organisation_id = console.organisation.organisation_id.clone();
    let (order_id, line_nos) = (wanted.order_id.clone(), wanted.line_nos.clone());
    let (preview, nodes) = console
        .flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let preview = preview(tx, &organisation_id, &order_id, &line_nos).await?;
                let ids: Vec<NodeId> = preview.freed.iter().map(|freed| freed.node_id.clone()).collect();
                let nodes = network::nodes_by_id(tx, &organisation_id, &ids).await?;
                Ok::<_, CancelError>((preview, nodes))
            })
        })
        .await
        .map_err(|error| upset(&desk.t, error, Effect::NoCommand))?;
    let money =
        |minor: i64| (minor > 0 && desk.shows_money()).then(|| Money::new(minor, preview.order.currency));
    page(&CancelPreview {
        shell: desk.shell(Section::Orders, None),
        id: wanted.order_id.to_string(),
        number: preview.order.external_reference.clone(),
        command: fresh_command(),
        reason: wanted.reason,
        lines: lines(&preview, &nodes),
        refund: money(preview.refund_minor),
        released: money(preview.uncollected_minor),
        is_whole: preview.is_whole,
        t: desk.t,
    })
}

fn lines(preview: &Preview, nodes: &HashMap<NodeId, Node>) -> Vec<CancelLine> {
    let back_to = |item_id: &kernel::ItemId| {
        let freed = preview.freed.iter().find(|freed| freed.item_id == *item_id)?;
        Some(nodes.get(&freed.node_id)?.name.clone())
    };
    preview
        .lines
        .iter()
        .map(|(line, units)| CancelLine {
            number: line.line_no,
            name: line.title.clone(),
            units: *units,
            back_to: back_to(&line.item_id),
        })
        .collect()
}

async fn post_cancel(
    State(console): State<Console>,
    desk: Desk,
    Path(order_id): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Upset> {
    let Wanted { order_id, line_nos, reason, command } = Wanted::read(&order_id, &fields)?;
    let said = json!({ "line_nos": line_nos, "reason": reason.code() });
    let call = desk.call(&command, &format!("POST {}", href::cancel(order_id.as_str())), &said)?;
    let cancel = CancelOrder { order_id: order_id.clone(), line_nos, reason: reason.code().to_owned() };
    let answer = console.flows.cancel(call, cancel).await;
    match answer.map_err(|error| upset(&desk.t, error, Effect::NothingHappened))? {
        Answer::Done(done) | Answer::Replayed(done) => {
            let units = done.cancelled_units.to_string();
            Ok(see(&href::with_query(&href::order(order_id.as_str()), &[("cancelled", &units)])))
        }
        Answer::KeyReused => Err(desk.reused()),
    }
}

fn upset(t: &Texts, error: CancelError, effect: Effect) -> Upset {
    let detail = match error {
        CancelError::NoSuchOrder(_) => return Upset { effect, ..Upset::of(Trouble::NotFound) },
        CancelError::Fault(fault) if effect == Effect::NoCommand => return Upset::reading(fault),
        CancelError::Fault(fault) => return Upset::commanding(fault),
        CancelError::Cannot(CannotCancel::AlreadyDispatched { units }) => t.count("cancel-too-late", units),
        CancelError::Cannot(CannotCancel::AlreadyCancelled) => t.text("cancel-already"),
        CancelError::Cannot(CannotCancel::NoSuchLine { .. }) => {
            return Upset { effect, ..Upset::of(Trouble::BadRequest) };
        }
        CancelError::LabelPending(_) => t.text("cancel-label-pending"),
        CancelError::Outrun => t.text("cancel-outrun"),
    };
    Upset { trouble: Trouble::Conflict, detail: Some(detail), effect }
}
