//! Which reports move a milestone.

use carriers::Milestone;
use kernel::Timestamp;

/// A milestone and when it was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// What.
    pub milestone: Milestone,
    /// When.
    pub at: Timestamp,
}

impl Reached {
    /// Whether this happened after `earlier`. Of two things at one instant the one farther along came later; and that
    /// there is a label we know by ourselves, so whatever a carrier says of the parcel came after it, even by a clock
    /// that is slow.
    fn is_after(self, earlier: Reached) -> bool {
        earlier.milestone == Milestone::LabelCreated
            || self.at > earlier.at
            || (self.at == earlier.at && self.milestone.rank() > earlier.milestone.rank())
    }
}

/// The milestones that a parcel which stands at `standing` reaches by these reports, in order; the last one is where
/// it stands now. The reports may be in any order.
pub fn decide(standing: Reached, reported: &[Reached]) -> Vec<Reached> {
    let mut reported = reported.to_vec();
    reported.sort_by_key(|reached| (reached.at, reached.milestone.rank()));
    let mut standing = standing;
    let mut reached = Vec::new();
    for next in reported {
        if next.is_after(standing) && standing.milestone.may_become(next.milestone) {
            standing = next;
            reached.push(next);
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Batches of reports as `milestone@hour`, parted by `|`; gives the milestones reached, in order.
    fn travel(batches: &str) -> String {
        let mut standing = Reached { milestone: Milestone::LabelCreated, at: at(0) };
        let mut travelled = Vec::new();
        for batch in batches.split('|') {
            let reports: Vec<Reached> = batch
                .split_whitespace()
                .map(|report| {
                    let (word, hour) = report.split_once('@').unwrap();
                    Reached { milestone: Milestone::parse(word).unwrap(), at: at(hour.parse().unwrap()) }
                })
                .collect();
            for reached in decide(standing, &reports) {
                standing = reached;
                travelled.push(reached.milestone.as_str());
            }
        }
        travelled.join(" ")
    }

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).unwrap()
    }

    #[test]
    fn a_milestone_moves_with_what_happened_later_on_a_road_that_parcels_take() {
        let table = [
            ("picked_up@1 | in_transit@2 | delivered@9", "picked_up in_transit delivered"),
            // One batch in any order is as good as in order.
            ("delivered@9 picked_up@1 in_transit@2", "picked_up in_transit delivered"),
            // Late reports enter the history alone.
            ("picked_up@1 | delivered@9 | in_transit@2 | out_for_delivery@8", "picked_up delivered"),
            ("delivered@9 | lost@12 | in_transit@13", "delivered"),
            ("delivered@9 | returned@30 | delivered@31", "delivered returned"),
            (
                "attempt_failed@5 | out_for_delivery@29 | delivered@30",
                "attempt_failed out_for_delivery delivered",
            ),
            ("lost@5 | in_transit@6 | delivered@7", "lost delivered"),
            // What nobody understands moves nothing.
            ("unknown@1 | picked_up@2 | unknown@3", "picked_up"),
            // At one instant the farther one counts, whichever is told first.
            ("delivered@9 | out_for_delivery@9", "delivered"),
            ("out_for_delivery@9 | delivered@9", "out_for_delivery delivered"),
            // The carrier's clock is slow.
            ("picked_up@-1 | in_transit@3", "picked_up in_transit"),
            ("label_created@0 | cancelled@3 | picked_up@4", "cancelled"),
        ];
        for (batches, reached) in table {
            assert_eq!(travel(batches), reached, "{batches}");
        }
    }

    #[test]
    fn the_same_reports_again_move_nothing() {
        let reports = [
            Reached { milestone: Milestone::InTransit, at: at(2) },
            Reached { milestone: Milestone::Delivered, at: at(5) },
        ];
        let start = Reached { milestone: Milestone::LabelCreated, at: at(0) };
        let end = *decide(start, &reports).last().unwrap();
        assert!(decide(end, &reports).is_empty());
    }
}
