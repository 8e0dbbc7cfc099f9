//! What truly happens to a parcel after it is handed over, and how badly we are told of it. Both follow from the seed
//! and the tracking number alone, so the same world happens again, whatever the order of our questions.

use jiff::SignedDuration;
use kernel::Timestamp;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::LabelRecord;

/// How often things go wrong, in parcels of a thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odds {
    /// Held up by weather or a missed connection, one or two days.
    pub delayed: u16,
    /// Nobody home: tried again the next day.
    pub attempt_failed: u16,
    /// Sent back after two attempts.
    pub returned: u16,
    /// Never seen again.
    pub lost: u16,
    /// Reports that are sent once more, with the same event id.
    pub told_twice: u16,
    /// Reports that come hours late, and so out of order.
    pub told_late: u16,
}

impl Default for Odds {
    fn default() -> Odds {
        Odds { delayed: 50, attempt_failed: 60, returned: 8, lost: 3, told_twice: 80, told_late: 150 }
    }
}

impl Odds {
    /// A world in which every parcel arrives and every report comes once and in order.
    pub const SMOOTH: Odds =
        Odds { delayed: 0, attempt_failed: 0, returned: 0, lost: 0, told_twice: 0, told_late: 0 };
}

/// What the carrier tells us about a parcel, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackingReport {
    /// The carrier's key of the event: the same when it is told again.
    pub carrier_event_id: String,
    /// The parcel.
    pub tracking_number: String,
    /// The carrier's raw status code; see [`crate::status`].
    pub code: String,
    /// The carrier's words. They come from outside: to be shown as text only.
    pub text: String,
    /// The town or hub, if it says.
    pub place: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When we were told.
    pub sent_at: Timestamp,
}

/// Something that truly happened to a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The carrier's code for it.
    pub code: &'static str,
    /// Where: a town or a hub; empty where nobody knows.
    pub place: String,
    /// When.
    pub occurred_at: Timestamp,
}

/// Dice that show the same for the same purpose in the same world (FNV-1a of the purpose, mixed with the seed).
pub(crate) fn dice(seed: u64, purpose: &str) -> ChaCha8Rng {
    let hash = purpose
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    ChaCha8Rng::seed_from_u64(seed ^ hash)
}

pub(crate) fn happens(dice: &mut ChaCha8Rng, of_a_thousand: u16) -> bool {
    dice.random_range(0..1000) < of_a_thousand
}

/// The whole journey of a parcel, past and future, in the order in which it happens; empty until it is handed over.
/// A history that is replayed arrives when it is known to have arrived, and nothing goes wrong.
pub fn scans(seed: u64, odds: &Odds, label: &LabelRecord) -> Vec<Scan> {
    let mut journey = Journey { label, scans: Vec::new() };
    let Some(from) = label.handed_over_at else {
        return journey.scans;
    };
    let (from_city, to_city) = (label.from_city.as_str(), label.to_city.as_str());
    journey.scan("INF", label.bought_at.min(from), from_city);
    if let Some(arrives) = label.arrives_at {
        return journey.replayed(from, arrives);
    }
    let mut dice = dice(seed, &label.tracking_number);
    let picked_up = from + minutes(dice.random_range(10..=90));
    journey.scan("PU", picked_up, from_city);

    let days = dice.random_range(label.transit_days.min..=label.transit_days.max.max(label.transit_days.min));
    let is_delayed = happens(&mut dice, odds.delayed);
    let more_days = if is_delayed { dice.random_range(1..=2) } else { 0 };
    let arrives = arrival(from, picked_up, i64::from(days) + more_days, &mut dice);
    let on_the_way = arrives.duration_since(picked_up);
    let hubs = 1 + i32::from(days).min(4);
    let at_hub = |hub: i32| picked_up + on_the_way * hub / (hubs + 2);
    for hub in 1..=hubs {
        let between = format!("Hub {hub}");
        let place = match hub {
            1 => from_city,
            hub if hub == hubs => to_city,
            _ => &between,
        };
        journey.scan("TR", at_hub(hub), place);
        if hub == 1 && is_delayed {
            journey.scan(if dice.random() { "EXC-17" } else { "EXC-18" }, at_hub(1) + minutes(30), place);
        }
        if hub == 1 && happens(&mut dice, odds.lost) {
            journey.scan("EXC-90", arrives + hours(120), "");
            return journey.scans;
        }
    }
    let on_the_van = minutes(dice.random_range(60..=240)).min(on_the_way / 4);
    journey.last_days(&mut dice, odds, arrives, on_the_van);
    journey.scans
}

struct Journey<'a> {
    label: &'a LabelRecord,
    scans: Vec<Scan>,
}

impl Journey<'_> {
    fn scan(&mut self, code: &'static str, occurred_at: Timestamp, place: &str) {
        self.scans.push(Scan { code, place: place.to_owned(), occurred_at });
    }

    /// The last day or days: an attempt, perhaps another, and the door or the way back.
    fn last_days(
        &mut self,
        dice: &mut ChaCha8Rng,
        odds: &Odds,
        arrives: Timestamp,
        on_the_van: SignedDuration,
    ) {
        let town = self.label.to_city.as_str();
        let (second, back) = (arrives + hours(24), arrives + hours(30));
        self.scan("OFD", arrives - on_the_van, town);
        if happens(dice, odds.returned) {
            self.scan("NDL", arrives, town);
            self.scan("OFD", second - on_the_van, town);
            self.scan("NDL", second, town);
            self.scan("RTS", back, town);
            self.scan("RTD", back + hours(24 * dice.random_range(2..=6)), &self.label.from_city);
        } else if happens(dice, odds.attempt_failed) {
            self.scan("NDL", arrives, town);
            self.scan("OFD", second - on_the_van, town);
            self.scan("DLV", second, town);
        } else {
            self.scan("DLV", arrives, town);
        }
    }

    /// A known history: spread over the time from the hand-over to the known delivery.
    fn replayed(mut self, from: Timestamp, arrives: Timestamp) -> Vec<Scan> {
        let (start, town) = (self.label.from_city.as_str(), self.label.to_city.as_str());
        let on_the_way = arrives.max(from).duration_since(from);
        for (code, part, place) in
            [("PU", 1, start), ("TR", 4, start), ("TR", 10, town), ("OFD", 18, town), ("DLV", 20, town)]
        {
            self.scan(code, from + on_the_way * part / 20, place);
        }
        self.scans
    }
}

/// Between ten and six (UTC) on the day that many days on; on the same day, some hours after the pickup.
fn arrival(from: Timestamp, picked_up: Timestamp, days: i64, dice: &mut ChaCha8Rng) -> Timestamp {
    if days == 0 {
        return picked_up + hours(dice.random_range(3..=7));
    }
    let midnight = Timestamp::from_second(from.as_second().div_euclid(86_400) * 86_400)
        .expect("midnight of an instant is in range");
    (midnight + hours(24 * days) + minutes(dice.random_range(10 * 60..18 * 60))).max(picked_up + hours(3))
}

/// How we hear of a journey: each scan once or twice, some so late that others overtake them. Sorted by when each
/// report is sent.
pub fn reports(seed: u64, odds: &Odds, tracking_number: &str, scans: &[Scan]) -> Vec<TrackingReport> {
    let mut dice = dice(seed, &format!("reports of {tracking_number}"));
    let mut reports = Vec::with_capacity(scans.len() + 1);
    for (n, scan) in scans.iter().enumerate() {
        let mut tell = |sent_at| {
            reports.push(TrackingReport {
                carrier_event_id: format!("{tracking_number}-{:02}", n + 1),
                tracking_number: tracking_number.to_owned(),
                code: scan.code.to_owned(),
                text: words(scan.code).to_owned(),
                place: scan.place.clone(),
                occurred_at: scan.occurred_at,
                sent_at,
            });
        };
        let is_late = happens(&mut dice, odds.told_late);
        // Without trouble each delay is the same, so that nothing overtakes.
        let delay = if is_late { minutes(dice.random_range(60..=30 * 60)) } else { minutes(2) };
        tell(scan.occurred_at + delay);
        if happens(&mut dice, odds.told_twice) {
            tell(scan.occurred_at + delay + minutes(dice.random_range(1..=24 * 60)));
        }
    }
    reports.sort_by_key(|report| report.sent_at);
    reports
}

fn words(code: &str) -> &'static str {
    match code {
        "INF" => "Shipment information received",
        "PU" => "Picked up",
        "TR" => "Sorted at hub",
        "EXC-17" => "Delayed by weather",
        "EXC-18" => "Missed connection",
        "OFD" => "On vehicle for delivery",
        "NDL" => "Recipient not available",
        "DLV" => "Delivered",
        "RTS" => "Returning to sender",
        "RTD" => "Returned to sender",
        "EXC-90" => "Shipment cannot be located",
        _ => "Exception",
    }
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}
