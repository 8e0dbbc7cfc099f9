//! What is kept of a decision: what was known, what was considered and what it would have cost.

use algo_sourcing::{Cost, Outcome};
use kernel::{ItemId, NodeId, Quantity};
use serde::{Deserialize, Serialize};

/// The receipt of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The policy that priced it, and its version.
    pub policy: String,
    /// What was to be sent, at most a hundred items.
    pub items: Vec<Wanted>,
    /// What the chosen plan costs, by term.
    pub cost: Cost,
    /// True where no better plan exists.
    pub is_exact: bool,
    /// How many nodes were considered.
    pub considered: usize,
    /// What became of each, the nearest forty.
    pub candidates: Vec<Weighed>,
}

/// An item of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The item.
    pub item_id: ItemId,
    /// How many units.
    pub quantity: Quantity,
    /// What a carrier bills one by.
    pub billed_grams: i64,
}

/// A node that was considered. What is not known of it is null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighed {
    /// The node.
    pub node_id: NodeId,
    /// Why it is or is not in the plan.
    pub outcome: Outcome,
    /// How far it is from the destination.
    pub distance_metres: Option<i64>,
    /// The price of one package from there.
    pub package_minor: Option<i64>,
    /// The freight price of a kilogram from there.
    pub per_kg_minor: Option<i64>,
    /// The price of picking one line there.
    pub per_line_minor: Option<i64>,
}

/// A receipt as it lies in the database: by place, without names, because there is one for every order.
#[derive(Serialize, Deserialize)]
struct Stored(String, Vec<(ItemId, Quantity, i64)>, (i64, i64, i64), bool, usize, Vec<StoredNode>);

/// A node with what became of it, its distance and its three prices.
#[derive(Serialize, Deserialize)]
struct StoredNode(NodeId, Verdict, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// An outcome as it is stored: what most nodes are, dearer by so much, is a number.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Verdict {
    Dearer(i64),
    DearerAtLeast((i64,)),
    Else(Outcome),
}

impl Receipt {
    /// As it is stored.
    pub(crate) fn to_stored(&self) -> String {
        serde_json::to_string(&self.by_place()).expect("a receipt is plain data")
    }

    fn by_place(&self) -> Stored {
        Stored(
            self.policy.clone(),
            self.items.iter().map(|item| (item.item_id.clone(), item.quantity, item.billed_grams)).collect(),
            (self.cost.package_minor, self.cost.weight_minor, self.cost.line_minor),
            self.is_exact,
            self.considered,
            self.candidates
                .iter()
                .map(|node| {
                    let verdict = match &node.outcome {
                        Outcome::Dominated { extra_minor, is_lower_bound: false } => {
                            Verdict::Dearer(*extra_minor)
                        }
                        Outcome::Dominated { extra_minor, is_lower_bound: true } => {
                            Verdict::DearerAtLeast((*extra_minor,))
                        }
                        outcome => Verdict::Else(outcome.clone()),
                    };
                    let Weighed { distance_metres, package_minor, per_kg_minor, per_line_minor, .. } = *node;
                    StoredNode(
                        node.node_id.clone(),
                        verdict,
                        distance_metres,
                        package_minor,
                        per_kg_minor,
                        per_line_minor,
                    )
                })
                .collect(),
        )
    }

    /// From how it is stored, or with names as it was stored before; none where a later program wrote what this one
    /// cannot read.
    pub(crate) fn from_stored(text: &str) -> Option<Receipt> {
        match serde_json::from_str(text) {
            Ok(stored) => Some(Receipt::named(stored)),
            Err(_) => serde_json::from_str(text).ok(),
        }
    }

    fn named(stored: Stored) -> Receipt {
        let Stored(
            policy,
            items,
            (package_minor, weight_minor, line_minor),
            is_exact,
            considered,
            candidates,
        ) = stored;
        let wanted = |(item_id, quantity, billed_grams)| Wanted { item_id, quantity, billed_grams };
        let weighed = |node: StoredNode| {
            let StoredNode(node_id, verdict, distance_metres, package_minor, per_kg_minor, per_line_minor) =
                node;
            let outcome = match verdict {
                Verdict::Dearer(extra_minor) => Outcome::Dominated { extra_minor, is_lower_bound: false },
                Verdict::DearerAtLeast((extra_minor,)) => {
                    Outcome::Dominated { extra_minor, is_lower_bound: true }
                }
                Verdict::Else(outcome) => outcome,
            };
            Weighed { node_id, outcome, distance_metres, package_minor, per_kg_minor, per_line_minor }
        };
        Receipt {
            policy,
            items: items.into_iter().map(wanted).collect(),
            cost: Cost { package_minor, weight_minor, line_minor },
            is_exact,
            considered,
            candidates: candidates.into_iter().map(weighed).collect(),
        }
    }
}

/// A receipt as it lies in the database, within something else that is written down.
pub(crate) mod by_place {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Receipt, Stored};

    pub fn serialize<S: Serializer>(receipt: &Receipt, serializer: S) -> Result<S::Ok, S::Error> {
        receipt.by_place().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Receipt, D::Error> {
        Stored::deserialize(deserializer).map(Receipt::named)
    }
}

#[cfg(test)]
mod tests {
    use algo_sourcing::Exclusion;

    use super::*;

    fn receipt() -> Receipt {
        let node = |name: &str, outcome| Weighed {
            node_id: NodeId::from_body(name),
            outcome,
            distance_metres: Some(106_389),
            package_minor: Some(412),
            per_kg_minor: None,
            per_line_minor: Some(200),
        };
        let dearer = |is_lower_bound| Outcome::Dominated { extra_minor: 69, is_lower_bound };
        let excluded =
            Outcome::Excluded { reasons: vec![Exclusion::Inactive, Exclusion::Rule("no glass".into())] };
        let wanted = Wanted {
            item_id: ItemId::from_body("tea"),
            quantity: Quantity::new(2).unwrap(),
            billed_grams: 1_505,
        };
        Receipt {
            policy: "freight-first/1".into(),
            items: vec![wanted],
            cost: Cost { package_minor: 412, weight_minor: 193, line_minor: 600 },
            is_exact: true,
            considered: 5,
            candidates: vec![
                node("leeds", Outcome::Chosen),
                node("york", dearer(false)),
                node("hull", dearer(true)),
                node("bath", excluded),
                node("kent", Outcome::NoStock),
            ],
        }
    }

    #[test]
    fn what_is_stored_is_read_back() {
        let stored = receipt().to_stored();
        assert_eq!(Receipt::from_stored(&stored), Some(receipt()), "{stored}");
        assert!(stored.contains(r#"["nod_york",69,106389,412,null,200]"#), "{stored}");
    }

    #[test]
    fn receipts_from_before_are_read_too() {
        let named = serde_json::to_string(&receipt()).unwrap();
        assert_eq!(Receipt::from_stored(&named), Some(receipt()));
        assert_eq!(Receipt::from_stored("{\"policy\":7}"), None);
    }
}
