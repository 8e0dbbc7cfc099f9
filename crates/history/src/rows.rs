//! The files with one row per thing. A field is a column of the same name; its meaning stands in the guide.

use kernel::time::to_text;
use kernel::{Currency, Place, Quantity, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::cells::{code, degrees, instant, numbers, text, words};

/// A row of one file.
pub trait Row: Serialize + DeserializeOwned {
    /// The file's name.
    const FILE: &'static str;
    /// Its header, in the order in which columns are written.
    const COLUMNS: &'static [&'static str];
    /// False where two equal rows are two things.
    const IS_UNIQUE: bool = true;

    /// Rows are written in the order of this text.
    fn key(&self) -> String;
}

/// Joins parts to a sort key that compares part by part: no text in a history has a NUL.
pub(crate) fn key_of(parts: &[&str]) -> String {
    parts.join("\0")
}

/// What the history is of: the only row of `history.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// [`Meta::VERSION`] in what we write.
    pub format_version: u32,
    /// Whose history, for people.
    #[serde(with = "text")]
    pub name: String,
    /// Of costs and of summaries; an order has its own.
    pub currency: Currency,
    /// IANA name, for days that people mean.
    #[serde(with = "code")]
    pub time_zone: String,
}

impl Meta {
    /// The version that this release writes and reads. Columns may be added within a version, never renamed.
    pub const VERSION: u32 = 1;
}

impl Row for Meta {
    const FILE: &'static str = "history.csv";
    const COLUMNS: &'static [&'static str] = &["format_version", "name", "currency", "time_zone"];

    fn key(&self) -> String {
        String::new()
    }
}

/// A place that holds stock and fulfils.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "NodeRow", into = "NodeRow")]
pub struct Node {
    /// Its name in the other files.
    pub code: String,
    /// For people.
    pub name: String,
    /// `warehouse`, `store`, `vendor`, ...
    pub kind: String,
    /// IANA name, or empty for that of the history.
    pub time_zone: String,
    /// Street and number.
    pub line1: String,
    /// Postal code.
    pub postal_code: String,
    /// Town.
    pub city: String,
    /// State or province.
    pub region: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Where it is, if known.
    pub place: Option<Place>,
    /// What it can do: `ship`, `pickup`, ...
    pub capabilities: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
struct NodeRow {
    #[serde(with = "code")]
    code: String,
    #[serde(with = "text", default)]
    name: String,
    #[serde(with = "code")]
    kind: String,
    #[serde(with = "text", default)]
    time_zone: String,
    #[serde(with = "text", default)]
    line1: String,
    #[serde(with = "text", default)]
    postal_code: String,
    #[serde(with = "text", default)]
    city: String,
    #[serde(with = "text", default)]
    region: String,
    #[serde(with = "code")]
    country: String,
    #[serde(with = "degrees", default)]
    latitude: Option<i64>,
    #[serde(with = "degrees", default)]
    longitude: Option<i64>,
    #[serde(with = "words", default)]
    capabilities: Vec<String>,
}

/// Half a point, or one that is not on earth.
#[derive(Debug, thiserror::Error)]
#[error("latitude and longitude are degrees on earth, both or none")]
pub struct NotAPlace;

/// The point that two columns of micro-degrees mean.
pub(crate) fn place_of(latitude: Option<i64>, longitude: Option<i64>) -> Result<Option<Place>, NotAPlace> {
    match (latitude, longitude) {
        (None, None) => Ok(None),
        (Some(latitude_microdegrees), Some(longitude_microdegrees)) => {
            let place = Place { latitude_microdegrees, longitude_microdegrees };
            if place.is_on_earth() { Ok(Some(place)) } else { Err(NotAPlace) }
        }
        _ => Err(NotAPlace),
    }
}

impl TryFrom<NodeRow> for Node {
    type Error = NotAPlace;
    fn try_from(row: NodeRow) -> Result<Node, NotAPlace> {
        Ok(Node {
            code: row.code,
            name: row.name,
            kind: row.kind,
            time_zone: row.time_zone,
            line1: row.line1,
            postal_code: row.postal_code,
            city: row.city,
            region: row.region,
            country: row.country,
            place: place_of(row.latitude, row.longitude)?,
            capabilities: row.capabilities,
        })
    }
}

impl From<Node> for NodeRow {
    fn from(node: Node) -> NodeRow {
        NodeRow {
            code: node.code,
            name: node.name,
            kind: node.kind,
            time_zone: node.time_zone,
            line1: node.line1,
            postal_code: node.postal_code,
            city: node.city,
            region: node.region,
            country: node.country,
            latitude: node.place.map(|place| place.latitude_microdegrees),
            longitude: node.place.map(|place| place.longitude_microdegrees),
            capabilities: node.capabilities,
        }
    }
}

impl Row for Node {
    const FILE: &'static str = "nodes.csv";
    const COLUMNS: &'static [&'static str] = &[
        "code",
        "name",
        "kind",
        "time_zone",
        "line1",
        "postal_code",
        "city",
        "region",
        "country",
        "latitude",
        "longitude",
        "capabilities",
    ];

    fn key(&self) -> String {
        self.code.clone()
    }
}

/// A selling surface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Its name in the other files.
    #[serde(with = "code")]
    pub code: String,
    /// For people.
    #[serde(with = "text", default)]
    pub name: String,
    /// `shop`, `marketplace`, `point_of_sale`, ...
    #[serde(with = "text", default)]
    pub kind: String,
}

impl Row for Channel {
    const FILE: &'static str = "channels.csv";
    const COLUMNS: &'static [&'static str] = &["code", "name", "kind"];

    fn key(&self) -> String {
        self.code.clone()
    }
}

/// A physical thing that is stocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its name in the other files.
    #[serde(with = "code")]
    pub sku: String,
    /// For people.
    #[serde(with = "text", default)]
    pub title: String,
    /// What scanners read on it.
    #[serde(with = "words", default)]
    pub barcodes: Vec<String>,
    /// Of one unit as it is packed, if known.
    #[serde(default)]
    pub weight_grams: Option<i64>,
    /// Of one unit as it is packed, if known.
    #[serde(default)]
    pub length_mm: Option<i64>,
    /// Of one unit as it is packed, if known.
    #[serde(default)]
    pub width_mm: Option<i64>,
    /// Of one unit as it is packed, if known.
    #[serde(default)]
    pub height_mm: Option<i64>,
}

impl Row for Item {
    const FILE: &'static str = "items.csv";
    const COLUMNS: &'static [&'static str] =
        &["sku", "title", "barcodes", "weight_grams", "length_mm", "width_mm", "height_mm"];

    fn key(&self) -> String {
        self.sku.clone()
    }
}

/// An item offered on a channel under the channel's code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The channel's code.
    #[serde(with = "code")]
    pub channel: String,
    /// What the channel calls it.
    #[serde(with = "code")]
    pub external_code: String,
    /// The item.
    #[serde(with = "code")]
    pub sku: String,
    /// Units of the item in one of what the channel sells, at least 1.
    pub pack_factor: std::num::NonZeroU32,
}

impl Row for Listing {
    const FILE: &'static str = "listings.csv";
    const COLUMNS: &'static [&'static str] = &["channel", "external_code", "sku", "pack_factor"];

    fn key(&self) -> String {
        key_of(&[&self.channel, &self.external_code, &self.sku])
    }
}

/// Stock that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// When it could be sold.
    #[serde(with = "instant")]
    pub at: Timestamp,
    /// Where: a node's code.
    #[serde(with = "code")]
    pub node: String,
    /// What.
    #[serde(with = "code")]
    pub sku: String,
    /// Units of the item.
    pub quantity: Quantity,
    /// The delivery note or the like.
    #[serde(with = "text", default)]
    pub reference: String,
}

impl Row for Receipt {
    const FILE: &'static str = "receipts.csv";
    const COLUMNS: &'static [&'static str] = &["at", "node", "sku", "quantity", "reference"];
    const IS_UNIQUE: bool = false;

    fn key(&self) -> String {
        let quantity = format!("{:013}", self.quantity.units());
        key_of(&[&to_text(self.at), &self.node, &self.sku, &self.reference, &quantity])
    }
}

/// An order, or some of its lines, that was called off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// The order's channel.
    #[serde(with = "code")]
    pub channel: String,
    /// The order on it.
    #[serde(with = "code")]
    pub external_reference: String,
    /// When.
    #[serde(with = "instant")]
    pub at: Timestamp,
    /// Why, in a word.
    #[serde(with = "text", default)]
    pub reason: String,
    /// Which of its lines; none named: all of it.
    #[serde(with = "numbers", default)]
    pub line_nos: Vec<u32>,
}

impl Row for Cancellation {
    const FILE: &'static str = "cancellations.csv";
    const COLUMNS: &'static [&'static str] = &["channel", "external_reference", "at", "reason", "line_nos"];

    fn key(&self) -> String {
        let lines: String = self.line_nos.iter().map(|line_no| format!("{line_no:010} ")).collect();
        key_of(&[&to_text(self.at), &self.channel, &self.external_reference, &lines])
    }
}

/// What a carrier reported of a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackingEvent {
    /// The order's channel.
    #[serde(with = "code")]
    pub channel: String,
    /// The order on it.
    #[serde(with = "code")]
    pub external_reference: String,
    /// The parcel of the order.
    pub parcel_no: u32,
    /// The carrier's name of the report: the same name is the same report.
    #[serde(with = "code")]
    pub carrier_event_id: String,
    /// The carrier's own word.
    #[serde(with = "code")]
    pub status: String,
    /// What we took it for, or empty.
    #[serde(with = "text", default)]
    pub milestone: String,
    /// When it happened, as the carrier says.
    #[serde(with = "instant")]
    pub happened_at: Timestamp,
    /// When we heard of it.
    #[serde(with = "instant")]
    pub received_at: Timestamp,
    /// Where, in the carrier's words.
    #[serde(with = "text", default)]
    pub place: String,
}

impl Row for TrackingEvent {
    const FILE: &'static str = "tracking_events.csv";
    const COLUMNS: &'static [&'static str] = &[
        "channel",
        "external_reference",
        "parcel_no",
        "carrier_event_id",
        "status",
        "milestone",
        "happened_at",
        "received_at",
        "place",
    ];

    fn key(&self) -> String {
        key_of(&[
            &to_text(self.received_at),
            &to_text(self.happened_at),
            &self.channel,
            &self.external_reference,
            &format!("{:010}", self.parcel_no),
            &self.carrier_event_id,
        ])
    }
}

/// How an order ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The order's channel.
    #[serde(with = "code")]
    pub channel: String,
    /// The order on it.
    #[serde(with = "code")]
    pub external_reference: String,
    /// When.
    #[serde(with = "instant")]
    pub at: Timestamp,
    /// How.
    pub outcome: OutcomeKind,
}

/// The ways in which an order ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// The customer has all of what was not cancelled.
    Delivered,
    /// All of it was called off.
    Cancelled,
    /// The customer did not take it.
    Refused,
    /// It came back after delivery.
    Returned,
    /// It never arrived anywhere.
    Lost,
}

impl Row for Outcome {
    const FILE: &'static str = "outcomes.csv";
    const COLUMNS: &'static [&'static str] = &["channel", "external_reference", "at", "outcome"];

    fn key(&self) -> String {
        key_of(&[&to_text(self.at), &self.channel, &self.external_reference])
    }
}
