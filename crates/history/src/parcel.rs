//! Parcels given to carriers and what was in them: `handovers.csv` and `parcel_lines.csv`.

use kernel::time::to_text;
use kernel::{Quantity, Timestamp};
use serde::{Deserialize, Serialize};

use crate::cells::{code, instant, text};
use crate::rows::{Row, key_of};

/// A parcel that was given to a carrier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The order's channel.
    pub channel: String,
    /// The order on it.
    pub external_reference: String,
    /// The parcel's number in the order, from 1.
    pub parcel_no: u32,
    /// When the carrier took it.
    pub at: Timestamp,
    /// The node it left, or empty if that is unknown.
    pub node: String,
    /// The carrier's code.
    pub carrier: String,
    /// The carrier's service, or empty.
    pub service: String,
    /// The carrier's name of the parcel.
    pub tracking_number: String,
    /// As weighed, if it was.
    pub weight_grams: Option<i64>,
    /// What was in it, by `line_no`. Nothing here means: all that the order's other parcels do not have.
    pub lines: Vec<ParcelLine>,
}

/// What a parcel had of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParcelLine {
    /// The order's line.
    pub line_no: u32,
    /// Units of the item, not packs.
    pub quantity: Quantity,
}

/// A row of `handovers.csv`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HandoverRow {
    #[serde(with = "code")]
    pub(crate) channel: String,
    #[serde(with = "code")]
    pub(crate) external_reference: String,
    pub(crate) parcel_no: u32,
    #[serde(with = "instant")]
    at: Timestamp,
    #[serde(with = "text", default)]
    node: String,
    #[serde(with = "code")]
    carrier: String,
    #[serde(with = "text", default)]
    service: String,
    #[serde(with = "code")]
    tracking_number: String,
    #[serde(default)]
    weight_grams: Option<i64>,
}

impl Row for HandoverRow {
    const FILE: &'static str = "handovers.csv";
    const COLUMNS: &'static [&'static str] = &[
        "channel",
        "external_reference",
        "parcel_no",
        "at",
        "node",
        "carrier",
        "service",
        "tracking_number",
        "weight_grams",
    ];

    fn key(&self) -> String {
        key_of(&[
            &to_text(self.at),
            &self.channel,
            &self.external_reference,
            &format!("{:010}", self.parcel_no),
        ])
    }
}

/// A row of `parcel_lines.csv`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ParcelLineRow {
    #[serde(with = "code")]
    pub(crate) channel: String,
    #[serde(with = "code")]
    pub(crate) external_reference: String,
    pub(crate) parcel_no: u32,
    line_no: u32,
    quantity: Quantity,
}

impl Row for ParcelLineRow {
    const FILE: &'static str = "parcel_lines.csv";
    const COLUMNS: &'static [&'static str] =
        &["channel", "external_reference", "parcel_no", "line_no", "quantity"];

    /// Within its parcel; the writer keeps the handovers' order.
    fn key(&self) -> String {
        format!("{:010}", self.line_no)
    }
}

impl Handover {
    /// Handovers are written by time, then by name.
    pub fn key(&self) -> String {
        self.row().key()
    }

    pub(crate) fn of(row: HandoverRow, lines: Vec<ParcelLineRow>) -> Handover {
        let lines =
            lines.into_iter().map(|line| ParcelLine { line_no: line.line_no, quantity: line.quantity });
        Handover {
            channel: row.channel,
            external_reference: row.external_reference,
            parcel_no: row.parcel_no,
            at: row.at,
            node: row.node,
            carrier: row.carrier,
            service: row.service,
            tracking_number: row.tracking_number,
            weight_grams: row.weight_grams,
            lines: lines.collect(),
        }
    }

    pub(crate) fn row(&self) -> HandoverRow {
        HandoverRow {
            channel: self.channel.clone(),
            external_reference: self.external_reference.clone(),
            parcel_no: self.parcel_no,
            at: self.at,
            node: self.node.clone(),
            carrier: self.carrier.clone(),
            service: self.service.clone(),
            tracking_number: self.tracking_number.clone(),
            weight_grams: self.weight_grams,
        }
    }

    pub(crate) fn line_rows(&self) -> impl Iterator<Item = ParcelLineRow> {
        self.lines.iter().map(|line| ParcelLineRow {
            channel: self.channel.clone(),
            external_reference: self.external_reference.clone(),
            parcel_no: self.parcel_no,
            line_no: line.line_no,
            quantity: line.quantity,
        })
    }
}
