//! Stock from a file: each level is set from what the file says it was when it was exported. A line without a new number
//! is left alone.

use db::Fault;
use inventory::set_levels::{Level, LevelReason, LevelRefusal, Measure};
use kernel::Quantity;
use operations::{Outcome, RowResult};
use runtime::Cx;

use super::line::Line;
use crate::levels::set_levels;

/// Sets stock; each line has its own answer.
pub(super) async fn take(
    cx: &mut Cx<'_>,
    may_overwrite: bool,
    mut lines: Vec<Line>,
) -> Result<Vec<RowResult>, Fault> {
    let codes = |column: &str| lines.iter().map(|line| line.text(column).to_owned()).collect::<Vec<_>>();
    let nodes = network::find_nodes_by_code(cx.tx, &cx.organisation_id, &codes("node")).await?;
    let items = catalogue::find_items_by_code(cx.tx, &cx.organisation_id, &codes("item")).await?;
    let mut outcomes = vec![Outcome::Skipped; lines.len()];
    let (mut levels, mut places) = (Vec::new(), Vec::new());
    for (place, line) in lines.iter_mut().enumerate() {
        let Some((measure, current, new)) = measure_of(line) else { continue };
        let (node, item) = (line.required("node"), line.required("item"));
        let (node, item) = (nodes.get(&node), items.get(&item));
        if node.is_none() {
            line.refuse("node", "unknown_node", "no node has this code");
        }
        if item.is_none() {
            line.refuse("item", "unknown_item", "no item has this code");
        }
        let quantity = line.number(new).and_then(|units| Quantity::new(units).ok());
        if quantity.is_none() && line.is_good() {
            line.refuse(new, "bad_quantity", "more than a balance can hold");
        }
        let change_from = line.number(current).and_then(|units| Quantity::new(units).ok());
        if change_from.is_none() && !may_overwrite && line.is_good() {
            let says = "say what it was when you looked, or allow to overwrite whatever is there";
            line.refuse(current, "missing", says);
        }
        let reason = match line.text("reason") {
            "" => Some(LevelReason::Count),
            text => LevelReason::parse(text),
        };
        if reason.is_none() {
            line.refuse("reason", "bad_text", "one of count, correction, lost, found, broken, expired, used");
        }
        let note = line.text("note").chars().filter(|c| !c.is_control()).take(200).collect();
        if let (true, Some(node), Some(item), Some(quantity), Some(reason)) =
            (line.is_good(), node, item, quantity, reason)
        {
            levels.push(Level {
                node_id: node.node_id.clone(),
                item_id: item.item_id.clone(),
                owner_id: item.merchant_id.clone(),
                lot: line.text("lot").to_owned(),
                measure,
                quantity,
                change_from,
                reason,
                note,
            });
            places.push((place, new));
        }
    }
    let set = set_levels(cx, &levels).await?;
    for ((place, column), set) in places.into_iter().zip(set) {
        match set {
            // A line that waits for somebody's yes has done what it can.
            Ok(set) if set.before == set.after && set.proposed_adjustment_id.is_none() => {
                outcomes[place] = Outcome::Unchanged;
            }
            Ok(_) => outcomes[place] = Outcome::Done,
            Err(why) => {
                let code = match why {
                    LevelRefusal::Stale { .. } => "stale",
                    LevelRefusal::Committed { .. } => "committed",
                    LevelRefusal::UnknownLot => "unknown_lot",
                    LevelRefusal::TooMany => "bad_quantity",
                };
                lines[place].refuse(column, code, why);
            }
        }
    }
    let results = lines.into_iter().zip(outcomes).map(|(line, outcome)| {
        let subject = format!("{} · {}", line.text("item"), line.text("node"));
        line.into_result(subject, outcome)
    });
    Ok(results.collect())
}

/// Which balance a line sets, with its columns; none where it sets none.
fn measure_of(line: &mut Line) -> Option<(Measure, &'static str, &'static str)> {
    let (on_hand, available) = (!line.text("on_hand_new").is_empty(), !line.text("available_new").is_empty());
    match (on_hand, available) {
        (true, true) => {
            line.refuse(
                "available_new",
                "contradiction",
                "set what is on hand or what is available, not both",
            );
            None
        }
        (true, false) => Some((Measure::OnHand, "on_hand_current", "on_hand_new")),
        (false, true) => Some((Measure::Available, "available_current", "available_new")),
        (false, false) => None,
    }
}
