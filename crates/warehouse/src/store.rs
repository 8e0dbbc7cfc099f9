//! Every statement of this context.

use db::{Fault, FromColumn, Row, Tx, args, row, set};
use kernel::{FulfilmentOrderId, NodeId, OrganisationId, Quantity, Timestamp};

use crate::model::Stage;

/// The outcome of a scan that was not refused.
pub(crate) const GOOD: &str = "good";

pub(crate) struct ScanRow {
    pub fulfilment_order_id: FulfilmentOrderId,
    pub node_id: NodeId,
    pub stage: Stage,
    pub code: String,
    pub line_no: Option<i64>,
    pub quantity: Quantity,
    pub outcome: String,
}

impl FromColumn for Stage {
    fn from_column(row: &Row, index: usize) -> Result<Stage, String> {
        let word = String::from_column(row, index)?;
        Stage::parse(&word).ok_or_else(|| format!("is no stage but {word}"))
    }
}

pub(crate) async fn insert_scans(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scans: &[ScanRow],
    actor: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute_set(
        "insert into station_scan (organisation_id, fulfilment_order_id, node_id, stage, code, line_no, quantity, \
                                   outcome, actor, scanned_at) \
         select $1, d.fulfilment_order_id, d.node_id, d.stage, d.code, d.line_no, d.quantity, d.outcome, $2, $3 \
         {set d(fulfilment_order_id text, node_id text, stage text, code text, line_no int, quantity int, \
                outcome text)} where true",
        &set![
            scans.iter().map(|scan| &scan.fulfilment_order_id),
            scans.iter().map(|scan| &scan.node_id),
            scans.iter().map(|scan| scan.stage.as_str()),
            scans.iter().map(|scan| &scan.code),
            scans.iter().map(|scan| scan.line_no),
            scans.iter().map(|scan| scan.quantity),
            scans.iter().map(|scan| &scan.outcome),
        ],
        args![organisation_id, actor, now],
    )
    .await
    .map(drop)
}

row! {
    /// A scan as it was kept.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct RecordedScan {
        /// At which step.
        pub stage: Stage,
        /// What the scanner read.
        pub code: String,
        /// The line the units were for; none where they were refused.
        pub line_no: Option<i64>,
        /// How many units.
        pub quantity: Quantity,
        /// `good`, or the word of the refusal.
        pub outcome: String,
        /// Who scanned.
        pub actor: String,
        /// When.
        pub scanned_at: Timestamp,
    }
}

/// The scans of a fulfilment order, oldest first.
pub async fn list_scans(
    tx: &Tx,
    organisation_id: &OrganisationId,
    fulfilment_order_id: &FulfilmentOrderId,
) -> Result<Vec<RecordedScan>, Fault> {
    tx.query(
        "select stage, code, line_no, quantity, outcome, actor, scanned_at from station_scan \
          where organisation_id = $1 and fulfilment_order_id = $2 order by scan_id limit 10000",
        args![organisation_id, fulfilment_order_id],
    )
    .await
}

row! {
    /// How often scans came out so.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ScanCount {
        /// Where.
        pub node_id: NodeId,
        /// At which step.
        pub stage: Stage,
        /// `good`, or the word of the refusal.
        pub outcome: String,
        /// How many.
        pub scans: i64,
    }
}

impl ScanCount {
    /// Whether these were refused.
    pub fn is_refused(&self) -> bool {
        self.outcome != GOOD
    }
}

/// What came of the scans of a time, such as a day on a node's wall clock: by node, step and outcome.
pub async fn count_scans(
    tx: &Tx,
    organisation_id: &OrganisationId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<ScanCount>, Fault> {
    tx.query(
        "select node_id, stage, outcome, count(*) as scans from station_scan \
          where organisation_id = $1 and scanned_at >= $2 and scanned_at < $3 \
          group by node_id, stage, outcome order by node_id, stage, outcome",
        args![organisation_id, from, until],
    )
    .await
}
