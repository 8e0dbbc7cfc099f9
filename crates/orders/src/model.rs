//! Units and what they say about the whole.

use serde::{Deserialize, Serialize};

/// Where a unit stands. Exactly one of these for each unit that was ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// No node has it yet.
    Unallocated,
    /// Accepted without stock now; waits for supply.
    Backordered,
    /// Promised by a node's stock.
    Allocated,
    /// Taken from the shelf.
    Picked,
    /// In a parcel.
    Packed,
    /// Left the node.
    Shipped,
    /// Waits for its customer at a desk or locker.
    ReadyForPickup,
    /// With the customer.
    Delivered,
    /// Will not be delivered.
    Cancelled,
    /// Came back.
    Returned,
    /// Gone on the way.
    Lost,
}

impl Stage {
    /// All, in the order a unit goes through them.
    pub const ALL: [Stage; 11] = [
        Stage::Unallocated,
        Stage::Backordered,
        Stage::Allocated,
        Stage::Picked,
        Stage::Packed,
        Stage::Shipped,
        Stage::ReadyForPickup,
        Stage::Delivered,
        Stage::Cancelled,
        Stage::Returned,
        Stage::Lost,
    ];

    /// As stored and shown; also the name of its column.
    pub const fn name(self) -> &'static str {
        match self {
            Stage::Unallocated => "unallocated",
            Stage::Backordered => "backordered",
            Stage::Allocated => "allocated",
            Stage::Picked => "picked",
            Stage::Packed => "packed",
            Stage::Shipped => "shipped",
            Stage::ReadyForPickup => "ready_for_pickup",
            Stage::Delivered => "delivered",
            Stage::Cancelled => "cancelled",
            Stage::Returned => "returned",
            Stage::Lost => "lost",
        }
    }

    const fn place(self) -> usize {
        self as usize
    }
}

/// How many units are in each stage; as a change, how many more or fewer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Units([i64; 11]);

impl Units {
    /// None anywhere.
    pub const NONE: Units = Units([0; 11]);

    /// This many in one stage.
    pub fn of(stage: Stage, quantity: i64) -> Units {
        Units::NONE.with(stage, quantity)
    }

    /// The same with this many more in a stage.
    pub fn with(mut self, stage: Stage, more: i64) -> Units {
        self.0[stage.place()] += more;
        self
    }

    /// How many are in a stage.
    pub const fn get(&self, stage: Stage) -> i64 {
        self.0[stage.place()]
    }

    /// How many in all.
    pub fn total(&self) -> i64 {
        self.0.iter().sum()
    }

    /// Both together, stage by stage.
    pub fn plus(mut self, other: Units) -> Units {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
        self
    }

    /// Stages that have any, with how many.
    pub fn present(&self) -> impl Iterator<Item = (Stage, i64)> {
        Stage::ALL.into_iter().map(|stage| (stage, self.get(stage))).filter(|(_, quantity)| *quantity != 0)
    }
}

/// What a header says: where the least advanced of its live units stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Some units have no node.
    Unallocated,
    /// Some units wait for supply.
    Backordered,
    /// Some units are still on the shelf.
    ToPick,
    /// All are picked, some not packed.
    ToPack,
    /// All are packed, some not handed over.
    ToShip,
    /// All have left, some not arrived.
    OnTheWay,
    /// All have arrived, some wait for their customer.
    ReadyForPickup,
    /// All are with the customer.
    Delivered,
    /// Nothing is left to deliver.
    Cancelled,
    /// What was delivered came back.
    Returned,
    /// What was sent was lost.
    Lost,
}

impl Status {
    /// Every status, in the order of the work.
    pub const ALL: [Status; 11] = [
        Status::Unallocated,
        Status::Backordered,
        Status::ToPick,
        Status::ToPack,
        Status::ToShip,
        Status::OnTheWay,
        Status::ReadyForPickup,
        Status::Delivered,
        Status::Cancelled,
        Status::Returned,
        Status::Lost,
    ];

    /// The status of a header with these units. One unit left behind keeps the whole behind (F13).
    pub fn of(units: &Units) -> Status {
        let any = |stage| units.get(stage) > 0;
        if any(Stage::Unallocated) {
            Status::Unallocated
        } else if any(Stage::Backordered) {
            Status::Backordered
        } else if any(Stage::Allocated) {
            Status::ToPick
        } else if any(Stage::Picked) {
            Status::ToPack
        } else if any(Stage::Packed) {
            Status::ToShip
        } else if any(Stage::Shipped) {
            Status::OnTheWay
        } else if any(Stage::ReadyForPickup) {
            Status::ReadyForPickup
        } else if any(Stage::Delivered) {
            Status::Delivered
        } else if any(Stage::Lost) {
            Status::Lost
        } else if any(Stage::Returned) {
            Status::Returned
        } else {
            Status::Cancelled
        }
    }

    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Status::Unallocated => "unallocated",
            Status::Backordered => "backordered",
            Status::ToPick => "to_pick",
            Status::ToPack => "to_pack",
            Status::ToShip => "to_ship",
            Status::OnTheWay => "on_the_way",
            Status::ReadyForPickup => "ready_for_pickup",
            Status::Delivered => "delivered",
            Status::Cancelled => "cancelled",
            Status::Returned => "returned",
            Status::Lost => "lost",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// The value of `units` base units of a line whose pack of `pack_factor` units costs `pack_price_minor`, rounded down.
/// Taken cumulatively (the value of the first n+m less the value of the first n) parts always add up to the whole.
pub fn value_minor(pack_price_minor: i64, pack_factor: i64, units: i64) -> i64 {
    let value = i128::from(pack_price_minor) * i128::from(units) / i128::from(pack_factor.max(1));
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unit_left_on_the_shelf_keeps_the_order_to_pick() {
        let units = Units::of(Stage::Shipped, 9).with(Stage::Allocated, 1);
        assert_eq!(Status::of(&units), Status::ToPick);
    }

    #[test]
    fn cancelled_units_do_not_hold_an_order_back() {
        let units = Units::of(Stage::Cancelled, 3).with(Stage::Delivered, 1);
        assert_eq!(Status::of(&units), Status::Delivered);
        assert_eq!(Status::of(&Units::of(Stage::Cancelled, 3)), Status::Cancelled);
    }

    #[test]
    fn the_parts_of_a_pack_add_up_to_its_price() {
        let parts: i64 = (0..3).map(|n| value_minor(1000, 3, n + 1) - value_minor(1000, 3, n)).sum();
        assert_eq!(parts, 1000);
    }

    #[test]
    fn every_status_reads_back_by_its_name() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.name()), Some(status));
        }
    }
}
