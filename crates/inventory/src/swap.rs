//! A swap instead of a truck: somebody wants goods at one node and has them at another, and others have them the other
//! way round.

use kernel::MerchantId;
use serde::Serialize;

/// Goods that somebody would send from node to node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedTransfer {
    /// Whose they are.
    pub owner_id: MerchantId,
    /// How many units are to go.
    pub quantity: i64,
    /// How many of the owner's are free where they are.
    pub present: i64,
    /// How far they would go.
    pub metres: i64,
}

/// What the way costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WayCost {
    /// For each unit and kilometre, in thousandths of a minor unit: a unit on a full truck costs less than a cent.
    pub per_unit_km_milli_minor: i64,
    /// How far goods get in a day, loading and unloading included.
    pub km_a_day: i64,
}

/// Units that one owner has free at the node where they are wanted, and would give for as many at the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Who.
    pub owner_id: MerchantId,
    /// How many.
    pub quantity: i64,
}

/// A swap that would save a way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = SwapProposal)]
pub struct Proposal {
    /// With whom.
    pub partner_id: MerchantId,
    /// How many units each gives the other.
    pub quantity: i64,
    /// What carrying them would have cost.
    pub saved_minor: i64,
}

/// All that swaps can do for a planned transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = SwapProposals)]
pub struct Proposals {
    /// With as few partners as can be, the one with the most first.
    pub proposals: Vec<Proposal>,
    /// Units that must be carried all the same.
    pub left: i64,
    /// How far it is.
    pub metres: i64,
    /// What is saved over all.
    pub saved_minor: i64,
    /// How many days earlier the goods are there.
    pub saved_days: i64,
}

/// Proposes swaps for as many units of the plan as offers cover, with as few partners as that takes.
pub fn propose(plan: &PlannedTransfer, offers: &[Offer], cost: WayCost) -> Proposals {
    let wanted = plan.quantity.min(plan.present).max(0);
    let mut offers: Vec<&Offer> =
        offers.iter().filter(|offer| offer.owner_id != plan.owner_id && offer.quantity > 0).collect();
    offers.sort_by(|one, other| {
        other.quantity.cmp(&one.quantity).then_with(|| one.owner_id.cmp(&other.owner_id))
    });
    let mut open = wanted;
    let mut proposals = Vec::new();
    for offer in offers {
        let quantity = offer.quantity.min(open);
        if quantity == 0 {
            break;
        }
        open -= quantity;
        let saved_minor = way_cost(quantity, plan.metres, cost.per_unit_km_milli_minor);
        proposals.push(Proposal { partner_id: offer.owner_id.clone(), quantity, saved_minor });
    }
    let swapped = wanted - open;
    let metres_a_day = cost.km_a_day.max(1).saturating_mul(1_000);
    Proposals {
        left: plan.quantity - swapped,
        metres: plan.metres,
        saved_minor: proposals.iter().map(|proposal| proposal.saved_minor).sum(),
        saved_days: if swapped > 0 { (plan.metres + metres_a_day - 1) / metres_a_day } else { 0 },
        proposals,
    }
}

/// Rounded down: what is promised to be saved is saved.
fn way_cost(units: i64, metres: i64, per_unit_km_milli_minor: i64) -> i64 {
    let minor = i128::from(units) * i128::from(metres) * i128::from(per_unit_km_milli_minor) / 1_000_000;
    i64::try_from(minor).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merchant(name: &str) -> MerchantId {
        MerchantId::from_body(name)
    }

    fn plan(quantity: i64, present: i64) -> PlannedTransfer {
        PlannedTransfer { owner_id: merchant("a"), quantity, present, metres: 300_000 }
    }

    const COST: WayCost = WayCost { per_unit_km_milli_minor: 500, km_a_day: 250 };

    #[test]
    fn a_swap_saves_the_way_and_the_days() {
        let offers = [Offer { owner_id: merchant("b"), quantity: 80 }];
        let found = propose(&plan(100, 100), &offers, COST);
        // 80 units, 300 km, half a cent: 120.00; the other 20 still go.
        assert_eq!((found.saved_minor, found.left, found.saved_days), (12_000, 20, 2));
        let proposal = Proposal { partner_id: merchant("b"), quantity: 80, saved_minor: 12_000 };
        assert_eq!(found.proposals, [proposal]);
        let own = [Offer { owner_id: merchant("a"), quantity: 80 }];
        let none = propose(&plan(100, 100), &own, COST);
        assert_eq!(
            (none.proposals.len(), none.left, none.saved_days),
            (0, 100, 0),
            "nobody swaps with themselves"
        );
    }

    /// Against every subset of partners: as many units as any covers, with as few partners as cover that many.
    #[test]
    fn no_choice_of_partners_does_better() {
        for quantity in 0..=7 {
            for present in [0, 3, 7] {
                for code in 0..4_i64.pow(4) {
                    let offers: Vec<Offer> = (0..4)
                        .map(|place| Offer {
                            owner_id: merchant(&format!("p{place}")),
                            quantity: code / 4_i64.pow(place) % 4,
                        })
                        .collect();
                    let found = propose(&plan(quantity, present), &offers, COST);
                    let wanted = quantity.min(present);
                    let best = (0_u32..16)
                        .map(|set| {
                            let chosen = offers.iter().zip(0..).filter(|(_, place)| set >> place & 1 == 1);
                            let covered: i64 = chosen.map(|(offer, _)| offer.quantity).sum();
                            (covered.min(wanted), -i64::from(set.count_ones()))
                        })
                        .max()
                        .unwrap();
                    let swapped: i64 = found.proposals.iter().map(|proposal| proposal.quantity).sum();
                    assert_eq!(
                        (swapped, -(found.proposals.len() as i64)),
                        best,
                        "{quantity} {present} {offers:?}"
                    );
                    assert_eq!(found.left, quantity - swapped);
                    assert!(found.proposals.iter().all(|proposal| {
                        let offered = offers.iter().find(|offer| offer.owner_id == proposal.partner_id);
                        offered.is_some_and(|offer| (1..=offer.quantity).contains(&proposal.quantity))
                    }));
                }
            }
        }
    }
}
