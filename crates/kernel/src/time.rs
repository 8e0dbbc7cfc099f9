//! Instants and dates. An instant is UTC with microseconds, on both engines alike.

pub use jiff::{Timestamp, civil::Date};

/// The instant with everything below a microsecond cut off, as it is stored.
pub fn to_micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).expect("cutting an instant keeps it in range")
}

/// The day of an instant, which ends at midnight UTC.
pub fn to_date(at: Timestamp) -> Date {
    jiff::tz::Offset::UTC.to_datetime(at).date()
}

/// The day so many days after another; before it where they are fewer than none.
pub fn plus_days(day: Date, days: i64) -> Date {
    day.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(day)
}

/// How many days lie between two days: more than none where the second is the later one.
pub fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

/// Fixed-width RFC 3339 with six decimals and `Z`, so that text sorts as time.
pub fn to_text(at: Timestamp) -> String {
    format!("{at:.6}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_an_instant_has_a_fixed_width() {
        assert_eq!(to_text(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000000Z");
    }
}
