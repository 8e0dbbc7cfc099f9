//! Days of the source as instants.

use jiff::civil::Date;
use jiff::{SignedDuration, tz::TimeZone};
use kernel::Timestamp;

use super::source::SourceOrder;

/// When an order's steps happened, each after its cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) placed_at: Timestamp,
    pub(super) promised_by: Option<Timestamp>,
    pub(super) handed_over_at: Option<Timestamp>,
    pub(super) delivered_at: Option<Timestamp>,
    /// True if a step's time was before its cause and was moved.
    pub(super) is_moved: bool,
}

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

impl Times {
    pub(super) fn of(order: &SourceOrder, zone: &TimeZone) -> anyhow::Result<Times> {
        let id = order.order_id.as_str();
        let placed = order.purchase_minute.unwrap_or_else(|| spread(id, "placed", 0, 24));
        let placed_at = instant(order.purchase_date, placed, zone)?;
        let promised_by = match order.estimated_date {
            Some(day) => Some(zone.to_timestamp(day.at(23, 59, 59, 0))?),
            None => None,
        };
        // A delivery without a handover date was handed over at some time: at the latest when it was delivered.
        let handover_day = order.handover_date.or(order.delivered_date);
        let mut handed_over_at = match handover_day {
            Some(day) => {
                let minute = order.handover_minute.unwrap_or_else(|| spread(id, "handed over", 9, 18));
                Some(instant(day, minute, zone)?)
            }
            None => None,
        };
        let mut delivered_at = match order.delivered_date {
            Some(day) => {
                let minute = order.delivered_minute.unwrap_or_else(|| spread(id, "delivered", 9, 20));
                Some(instant(day, minute, zone)?)
            }
            None => None,
        };
        let is_handover_moved = move_after(&mut handed_over_at, Some(placed_at));
        let is_delivery_moved = move_after(&mut delivered_at, handed_over_at);
        let is_moved = is_handover_moved || is_delivery_moved;
        Ok(Times { placed_at, promised_by, handed_over_at, delivered_at, is_moved })
    }
}

/// Moves a step to a minute after its cause if it was not later; true if it was moved.
fn move_after(step: &mut Option<Timestamp>, cause: Option<Timestamp>) -> bool {
    match (&step, cause) {
        (Some(at), Some(cause)) if *at <= cause => {
            *step = Some(cause + MINUTE);
            true
        }
        _ => false,
    }
}

fn instant(day: Date, minute: i64, zone: &TimeZone) -> anyhow::Result<Timestamp> {
    anyhow::ensure!((0..1440).contains(&minute), "{minute} is no minute of a day");
    let (hour, minute) = (i8::try_from(minute / 60)?, i8::try_from(minute % 60)?);
    // At the start of summer time midnight did not exist in this zone: the hour after it stands in.
    Ok(zone.to_timestamp(day.at(hour, minute, 0, 0))?)
}

/// A minute of the day between two hours that depends on nothing but the order and the step.
fn spread(order: &str, step: &str, from_hour: u64, to_hour: u64) -> i64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in order.bytes().chain(step.bytes()) {
        // FNV-1a: the same on every machine and in every release.
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // Its low bits are the least mixed.
    let minutes = (hash >> 20) % ((to_hour - from_hour) * 60);
    i64::try_from(from_hour * 60 + minutes).expect("a day has 1,440 minutes")
}
