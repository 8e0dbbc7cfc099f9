//! A scan is kept, whatever came of it.

use db::Fault;
use kernel::{FulfilmentOrderId, NodeId, Quantity};
use runtime::Cx;

use crate::{
    model::{Confirmed, ScanRefusal, Stage},
    store::{self, ScanRow},
};

/// A scan that was made, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewScan {
    /// For which work.
    pub fulfilment_order_id: FulfilmentOrderId,
    /// Where.
    pub node_id: NodeId,
    /// At which step.
    pub stage: Stage,
    /// What the scanner read.
    pub code: String,
    /// How many units were in the hand.
    pub quantity: Quantity,
    /// What [`crate::pick::decide`] or [`crate::pack::decide`] said.
    pub outcome: Result<Vec<Confirmed>, ScanRefusal>,
}

/// The longest code that is kept: a scanner gone mad must not fill the disk.
const MAX_CODE: usize = 200;

/// Keeps scans, in the transaction of what follows from them. A refused scan must be kept too, so whoever asks answers
/// the refusal as a result, not as an error that would roll this back.
pub async fn record_scans(cx: &mut Cx<'_>, scans: &[NewScan]) -> Result<(), Fault> {
    let rows: Vec<ScanRow> = scans.iter().flat_map(rows_of).collect();
    store::insert_scans(cx.tx, &cx.organisation_id, &rows, &cx.actor, cx.now).await
}

/// A good scan has a row for each line it served, a refused one has one row.
fn rows_of(scan: &NewScan) -> Vec<ScanRow> {
    let row = |line_no, quantity, outcome: &str| ScanRow {
        fulfilment_order_id: scan.fulfilment_order_id.clone(),
        node_id: scan.node_id.clone(),
        stage: scan.stage,
        code: scan.code.chars().filter(|c| !c.is_control()).take(MAX_CODE).collect(),
        line_no,
        quantity,
        outcome: outcome.to_owned(),
    };
    match &scan.outcome {
        Ok(confirmed) => {
            confirmed.iter().map(|part| row(Some(part.line_no), part.quantity, store::GOOD)).collect()
        }
        Err(refusal) => vec![row(None, scan.quantity, refusal.as_str())],
    }
}
