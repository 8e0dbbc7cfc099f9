//! The nouns: the work at hand, and a scan.

use catalogue::as_stored;
use kernel::{FulfilmentOrderId, ItemId, Quantity};

/// Where a scan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// At the shelf.
    Pick,
    /// On the packing table.
    Pack,
}

impl Stage {
    /// The word for it in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Pick => "pick",
            Stage::Pack => "pack",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Stage> {
        [Stage::Pick, Stage::Pack].into_iter().find(|stage| stage.as_str() == text)
    }
}

impl std::fmt::Display for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The fulfilment order somebody works on, and what else is open at the same node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// Which.
    pub fulfilment_order_id: FulfilmentOrderId,
    /// Its lines.
    pub lines: Vec<WorkLine>,
    /// Items that other open work at the node asks for.
    pub other_work: Vec<(FulfilmentOrderId, ItemId)>,
}

/// A line of the work: units of an item, each in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkLine {
    /// The order line.
    pub line_no: i64,
    /// The item.
    pub item_id: ItemId,
    /// The seller's code for it.
    pub sku: String,
    /// Its name.
    pub title: String,
    /// Its barcodes as the catalogue keeps them, and other codes it answers to.
    pub codes: Vec<String>,
    /// Units still on the shelf.
    pub allocated: Quantity,
    /// Units taken and not packed yet.
    pub picked: Quantity,
    /// Units in a box.
    pub packed: Quantity,
}

impl WorkLine {
    fn answers_to(&self, scan: &Scan) -> bool {
        match &scan.item {
            Some(item) => item.item_id == self.item_id,
            None => {
                let code = as_stored(&scan.code);
                self.sku == code || self.codes.contains(&code)
            }
        }
    }

    fn goods(&self) -> Goods {
        Goods { sku: self.sku.clone(), title: self.title.clone() }
    }
}

/// Units in a hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// What the scanner read.
    pub code: String,
    /// The item that code belongs to, if the catalogue knows it.
    pub item: Option<ScannedItem>,
    /// How many there are.
    pub quantity: Quantity,
}

/// The item a code belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScannedItem {
    /// Its id.
    pub item_id: ItemId,
    /// The seller's code for it.
    pub sku: String,
    /// Its name.
    pub title: String,
}

/// What a person can recognise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    /// The seller's code.
    pub sku: String,
    /// The name.
    pub title: String,
}

impl std::fmt::Display for Goods {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.title, self.sku)
    }
}

/// Units that are right, and the line they are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    /// The order line.
    pub line_no: i64,
    /// The item.
    pub item_id: ItemId,
    /// How many of the scanned units.
    pub quantity: Quantity,
}

/// Why the units in the hand are not right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanRefusal {
    /// The code belongs to nothing we know.
    #[error("{code} belongs to nothing we know")]
    UnknownCode {
        /// What was read.
        code: String,
    },
    /// Nobody here asked for that.
    #[error("this is {scanned}{}", .expected.as_ref().map(|goods| format!("; wanted is {goods}")).unwrap_or_default())]
    WrongItem {
        /// What was scanned.
        scanned: Goods,
        /// What is wanted next; none where everything is done.
        expected: Option<Goods>,
    },
    /// The item is right, the number is not.
    #[error("{asked} scanned, {left} wanted")]
    TooMany {
        /// How many were scanned.
        asked: Quantity,
        /// How many are wanted.
        left: Quantity,
    },
    /// The item is right, but there are enough of it already.
    #[error("{goods} is complete")]
    AlreadyComplete {
        /// What.
        goods: Goods,
    },
    /// The neighbour's goods.
    #[error("{scanned} belongs to {belongs_to}")]
    WrongOrder {
        /// Whose they are.
        belongs_to: FulfilmentOrderId,
        /// What was scanned.
        scanned: Goods,
    },
    /// The units are not where this step could take them from.
    #[error("{goods} is to be scanned at {needs} first")]
    WrongStage {
        /// What.
        goods: Goods,
        /// The step that comes first.
        needs: Stage,
    },
    /// A scan of nothing.
    #[error("a scan is of one unit at least")]
    NoQuantity,
}

impl ScanRefusal {
    /// The word under which it is counted.
    pub fn as_str(&self) -> &'static str {
        match self {
            ScanRefusal::UnknownCode { .. } => "unknown_code",
            ScanRefusal::WrongItem { .. } => "wrong_item",
            ScanRefusal::TooMany { .. } => "too_many",
            ScanRefusal::AlreadyComplete { .. } => "already_complete",
            ScanRefusal::WrongOrder { .. } => "wrong_order",
            ScanRefusal::WrongStage { .. } => "wrong_stage",
            ScanRefusal::NoQuantity => "no_quantity",
        }
    }
}

impl Work {
    /// The lines that a scan is about: more than one where an order lists an item twice.
    pub(crate) fn lines_of(&self, scan: &Scan) -> Vec<&WorkLine> {
        self.lines.iter().filter(|line| line.answers_to(scan)).collect()
    }

    /// What is wrong with a scan that is about none of the lines; `left` tells how many of a line are still wanted.
    pub(crate) fn wrong_item(&self, scan: &Scan, left: impl Fn(&WorkLine) -> Quantity) -> ScanRefusal {
        let Some(item) = &scan.item else {
            return ScanRefusal::UnknownCode { code: scan.code.clone() };
        };
        let scanned = Goods { sku: item.sku.clone(), title: item.title.clone() };
        let expected = self.lines.iter().find(|line| !left(line).is_zero()).map(WorkLine::goods);
        ScanRefusal::WrongItem { scanned, expected }
    }
}

/// Gives scanned units to the lines that want them, the first line first.
pub(crate) fn share_out(
    lines: &[&WorkLine],
    asked: Quantity,
    left: impl Fn(&WorkLine) -> Quantity,
) -> Result<Vec<Confirmed>, ScanRefusal> {
    let mut rest = asked;
    let mut wanted = Quantity::ZERO;
    let mut confirmed = Vec::new();
    for line in lines {
        let quantity = left(line).min(rest);
        wanted = wanted.plus(left(line)).unwrap_or(Quantity::MAX);
        rest = rest.minus(quantity).unwrap_or(Quantity::ZERO);
        if !quantity.is_zero() {
            confirmed.push(Confirmed { line_no: line.line_no, item_id: line.item_id.clone(), quantity });
        }
    }
    if rest.is_zero() { Ok(confirmed) } else { Err(ScanRefusal::TooMany { asked, left: wanted }) }
}

/// The name of the goods of some lines, which are all of one item.
pub(crate) fn goods_of(lines: &[&WorkLine]) -> Option<Goods> {
    lines.first().map(|line| line.goods())
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    /// A line as `TEA allocated picked packed`.
    pub fn line(line_no: i64, sku: &str, states: [i64; 3]) -> WorkLine {
        let [allocated, picked, packed] = states.map(|units| Quantity::new(units).unwrap());
        WorkLine {
            line_no,
            item_id: ItemId::from_body(&sku.to_lowercase()),
            sku: sku.into(),
            title: format!("The {sku}"),
            codes: vec![format!("CODE-{sku}"), "04006381333931".into()],
            allocated,
            picked,
            packed,
        }
    }

    /// Work with these lines, while another fulfilment order of the node wants `MUG`.
    pub fn work(lines: Vec<WorkLine>) -> Work {
        let other_work = vec![(FulfilmentOrderId::from_body("next"), ItemId::from_body("mug"))];
        Work { fulfilment_order_id: FulfilmentOrderId::from_body("this"), lines, other_work }
    }

    /// A scan of an item the catalogue knows; in lower case, of a code it does not.
    pub fn scan(code: &str, quantity: i64) -> Scan {
        let is_known = code.chars().all(|c| c.is_ascii_uppercase());
        let item = is_known.then(|| ScannedItem {
            item_id: ItemId::from_body(&code.to_lowercase()),
            sku: code.into(),
            title: format!("The {code}"),
        });
        Scan { code: code.into(), item, quantity: Quantity::new(quantity).unwrap() }
    }

    /// The answer in a word or two.
    pub fn say(answer: Result<Vec<Confirmed>, ScanRefusal>) -> String {
        match answer {
            Ok(confirmed) => {
                let lines: Vec<String> =
                    confirmed.iter().map(|part| format!("{}x{}", part.line_no, part.quantity)).collect();
                lines.join(" ")
            }
            Err(refusal) => format!("{}: {refusal}", refusal.as_str()),
        }
    }
}
