//! What a node costs for an order.

use algo_sourcing::{Candidate, Exclusion};
use carriers::RateCard;
use kernel::{Date, Place, Quantity};
use network::Node;
use serde::{Deserialize, Serialize};

/// The weights of sourcing. Amounts are minor units of the rate card's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name and version, kept on each receipt.
    pub name: String,
    /// Over how many nodes one order may be split.
    pub max_nodes: u32,
    /// Picking a line in a regional centre.
    pub centre_line_minor: i64,
    /// Picking a line in a store, a vendor's or a partner's house: staff have other work there.
    pub store_line_minor: i64,
    /// Handling a parcel, whoever sends it.
    pub parcel_minor: i64,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            name: "freight-first/1".into(),
            max_nodes: 8,
            centre_line_minor: 80,
            store_line_minor: 200,
            parcel_minor: 60,
        }
    }
}

impl Policy {
    /// What a node would cost for an order that goes to `destination` on a day, with what it has of each line.
    /// Where the destination is not known, every node is as far as the card's last zone.
    pub fn candidate(
        &self,
        node: &Node,
        destination: Option<Place>,
        cards: &[RateCard],
        date: Date,
        available: Vec<Quantity>,
        is_rejected: bool,
    ) -> Candidate {
        let distance_metres = destination.map(|place| node.place.metres_to(place));
        let mut exclusions = Vec::new();
        if !node.is_active {
            exclusions.push(Exclusion::Inactive);
        }
        if !node.can_ship {
            exclusions.push(Exclusion::MethodNotOffered);
        }
        if is_rejected {
            exclusions.push(Exclusion::Rejected);
        }
        let card = cards.iter().find(|card| card.is_valid_on(date));
        let zone = card.and_then(|card| {
            card.zones
                .iter()
                .find(|zone| match (zone.up_to_metres, distance_metres) {
                    (Some(most), Some(distance)) => distance <= most,
                    (None, _) => true,
                    (Some(_), None) => false,
                })
                .or(card.zones.last().filter(|_| distance_metres.is_none()))
        });
        let (package_minor, per_kg_minor) = match zone {
            Some(zone) => {
                let line = zone.linear();
                (line.package_minor, line.per_kg_minor)
            }
            None => {
                exclusions.push(Exclusion::OutOfArea);
                (0, 0)
            }
        };
        let per_line_minor = if node.kind == network::NodeKind::RegionalCentre {
            self.centre_line_minor
        } else {
            self.store_line_minor
        };
        Candidate {
            node_id: node.node_id.clone(),
            distance_metres,
            package_minor: package_minor + self.parcel_minor,
            per_kg_minor,
            per_line_minor,
            available,
            exclusions,
        }
    }
}
