//! The work of a node, most urgent first.

use std::collections::HashMap;

use db::{Fault, Tx};
use kernel::{FulfilmentOrderId, NodeId, OrganisationId, Scope};
use orders::read::FulfilmentRow;

use crate::pages::nodes::QueueRow;
use crate::words::Work;

/// How much of each kind is shown: more than anybody plans with.
const SHOWN: i64 = 100;

/// What waits at a node in these states.
pub(super) async fn list_queue(
    tx: &Tx,
    organisation_id: &OrganisationId,
    node_id: &NodeId,
    states: &[Work],
) -> Result<Vec<QueueRow>, Fault> {
    let mut work: Vec<(Work, FulfilmentRow)> = Vec::new();
    for state in states {
        let rows =
            orders::store::list_work(tx, organisation_id, &Scope::EVERYTHING, node_id, state.code(), SHOWN)
                .await?;
        work.extend(rows.into_iter().map(|row| (*state, row)));
    }
    let ids = work.iter().map(|(_, row)| &row.fulfilment_order_id);
    let lines = orders::store::list_lines_of_fulfilments(tx, organisation_id, ids).await?;
    let mut sizes: HashMap<FulfilmentOrderId, (i64, i64)> = HashMap::new();
    for line in &lines {
        let (count, units) = sizes.entry(line.fulfilment_order_id.clone()).or_default();
        *count += 1;
        *units += line.quantity;
    }
    // What nobody promised has no hurry; among equals the oldest goes first.
    work.sort_by_key(|(_, row)| (row.promised_by.is_none(), row.promised_by, row.created_at));
    let rows = work.into_iter().map(|(state, row)| {
        let (lines, units) = sizes.get(&row.fulfilment_order_id).copied().unwrap_or_default();
        QueueRow {
            id: row.fulfilment_order_id.to_string(),
            order_id: row.order_id.to_string(),
            order: row.external_reference,
            work: state,
            lines,
            units,
            due: row.promised_by,
        }
    });
    Ok(rows.collect())
}
