//! What carriers say, and what it means: raw status codes become one small set of milestones.

use serde::{Deserialize, Serialize};

/// Where a parcel is in its life, in words that all carriers share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// The carrier knows of the parcel and does not have it yet.
    LabelCreated,
    /// The carrier has it.
    PickedUp,
    /// It moves.
    InTransit,
    /// It moves later than it should.
    Delayed,
    /// It waits for customs, a payment or an answer.
    OnHold,
    /// It is on the van.
    OutForDelivery,
    /// It waits for the customer at a counter or locker.
    ReadyForPickup,
    /// The driver came and went with it.
    AttemptFailed,
    /// The customer has it.
    Delivered,
    /// It is on its way back to the sender.
    Returning,
    /// The sender has it again.
    Returned,
    /// The label was given up before the carrier had the parcel.
    Cancelled,
    /// The carrier cannot find it.
    Lost,
    /// It broke on the way.
    Damaged,
    /// There is nobody to deliver it to.
    Undeliverable,
    /// The carrier said something that we do not know.
    Unknown,
}

impl Milestone {
    /// Every milestone.
    pub const ALL: [Milestone; 16] = [
        Milestone::LabelCreated,
        Milestone::PickedUp,
        Milestone::InTransit,
        Milestone::Delayed,
        Milestone::OnHold,
        Milestone::OutForDelivery,
        Milestone::ReadyForPickup,
        Milestone::AttemptFailed,
        Milestone::Delivered,
        Milestone::Returning,
        Milestone::Returned,
        Milestone::Cancelled,
        Milestone::Lost,
        Milestone::Damaged,
        Milestone::Undeliverable,
        Milestone::Unknown,
    ];

    /// The word for it in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Milestone::LabelCreated => "label_created",
            Milestone::PickedUp => "picked_up",
            Milestone::InTransit => "in_transit",
            Milestone::Delayed => "delayed",
            Milestone::OnHold => "on_hold",
            Milestone::OutForDelivery => "out_for_delivery",
            Milestone::ReadyForPickup => "ready_for_pickup",
            Milestone::AttemptFailed => "attempt_failed",
            Milestone::Delivered => "delivered",
            Milestone::Returning => "returning",
            Milestone::Returned => "returned",
            Milestone::Cancelled => "cancelled",
            Milestone::Lost => "lost",
            Milestone::Damaged => "damaged",
            Milestone::Undeliverable => "undeliverable",
            Milestone::Unknown => "unknown",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Milestone> {
        Milestone::ALL.into_iter().find(|milestone| milestone.as_str() == text)
    }

    /// How far along it is: of two reports with the same time, the one with the higher rank came later.
    pub fn rank(self) -> u8 {
        match self {
            Milestone::Unknown => 0,
            Milestone::LabelCreated => 1,
            Milestone::PickedUp => 2,
            Milestone::InTransit => 3,
            Milestone::Delayed | Milestone::OnHold => 4,
            Milestone::OutForDelivery => 5,
            Milestone::ReadyForPickup | Milestone::AttemptFailed => 6,
            Milestone::Lost | Milestone::Damaged | Milestone::Undeliverable => 7,
            Milestone::Returning => 8,
            Milestone::Cancelled | Milestone::Delivered => 9,
            Milestone::Returned => 10,
        }
    }

    /// True where the journey ends: nothing more is expected.
    pub fn is_terminal(self) -> bool {
        matches!(self, Milestone::Delivered | Milestone::Returned | Milestone::Cancelled)
    }

    /// Whether a parcel that is here may be there next.
    ///
    /// On the way anything may follow anything, for parcels do go back to a hub. The end is the end, whatever late
    /// report comes in; only what was delivered may still be sent back. What was lost, damaged or undeliverable may be
    /// found, delivered or sent back, and moves on no other road. What we did not understand changes nothing.
    pub fn may_become(self, next: Milestone) -> bool {
        match (self, next) {
            (current, next) if current == next => false,
            (_, Milestone::Unknown) => false,
            (Milestone::Unknown, _) => true,
            (Milestone::Delivered, next) => matches!(next, Milestone::Returning | Milestone::Returned),
            (Milestone::Returned | Milestone::Cancelled, _) => false,
            (Milestone::Returning, next) => {
                matches!(next, Milestone::Returned | Milestone::Lost | Milestone::Damaged)
            }
            (Milestone::Lost | Milestone::Damaged | Milestone::Undeliverable, next) => matches!(
                next,
                Milestone::Delivered
                    | Milestone::Returning
                    | Milestone::Returned
                    | Milestone::Lost
                    | Milestone::Damaged
                    | Milestone::Undeliverable
            ),
            (_, Milestone::LabelCreated) => false,
            (_, Milestone::Cancelled) => self == Milestone::LabelCreated,
            _ => true,
        }
    }
}

impl std::fmt::Display for Milestone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The milestone that the built-in carrier's code means. A code that nobody has seen before is `unknown`, never an
/// error: carriers invent codes on Friday evenings.
pub fn milestone(code: &str) -> Milestone {
    match code {
        "INF" => Milestone::LabelCreated,
        "PU" => Milestone::PickedUp,
        "ARR" | "DEP" | "TR" => Milestone::InTransit,
        "EXC-17" | "EXC-18" => Milestone::Delayed,
        "CUS" | "EXC-30" => Milestone::OnHold,
        "OFD" => Milestone::OutForDelivery,
        "PUP" => Milestone::ReadyForPickup,
        "NDL" => Milestone::AttemptFailed,
        "DLV" => Milestone::Delivered,
        "RTS" => Milestone::Returning,
        "RTD" => Milestone::Returned,
        "CAN" => Milestone::Cancelled,
        "EXC-90" => Milestone::Lost,
        "EXC-41" => Milestone::Damaged,
        "EXC-60" => Milestone::Undeliverable,
        _ => Milestone::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_milestone_has_a_word_that_reads_back() {
        for milestone in Milestone::ALL {
            assert_eq!(Milestone::parse(milestone.as_str()), Some(milestone));
            assert_eq!(serde_json::to_string(&milestone).unwrap(), format!("\"{milestone}\""));
        }
        assert_eq!(Milestone::parse("on_the_moon"), None);
    }

    #[test]
    fn a_code_nobody_has_seen_is_unknown_and_changes_nothing() {
        assert_eq!(milestone("XYZZY-99"), Milestone::Unknown);
        assert!(Milestone::ALL.iter().all(|from| !from.may_become(milestone(""))));
    }

    #[test]
    fn a_late_report_does_not_undo_a_delivery() {
        use Milestone::*;
        for late in
            [LabelCreated, PickedUp, InTransit, Delayed, OutForDelivery, AttemptFailed, Lost, Cancelled]
        {
            assert!(!Delivered.may_become(late), "{late}");
        }
        assert!(Delivered.may_become(Returned));
        assert!(!Returned.may_become(Delivered));
    }

    #[test]
    fn a_parcel_may_be_tried_again_found_again_and_sent_back() {
        use Milestone::*;
        for (from, next) in [
            (AttemptFailed, OutForDelivery),
            (AttemptFailed, Returning),
            (OutForDelivery, InTransit),
            (Lost, Delivered),
            (Damaged, Returning),
            (Undeliverable, Returned),
            (Unknown, PickedUp),
            (LabelCreated, Cancelled),
        ] {
            assert!(from.may_become(next), "{from} to {next}");
        }
        assert!(!Lost.may_become(InTransit));
        assert!(!PickedUp.may_become(Cancelled));
    }
}
