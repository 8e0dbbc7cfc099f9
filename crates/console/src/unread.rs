//! What happened while a person was away, and how much of it they have not read.

use db::{Fault, Tx};
use jiff::SignedDuration;
use kernel::{OrganisationId, Timestamp, UserId};
use runtime::event::{self, Event};

/// As many as anybody reads; what is more is older.
pub(crate) const MOST: i64 = 100;

/// How far back somebody hears who never said that they have read anything.
const FIRST: SignedDuration = SignedDuration::from_hours(24);

/// From when a person has not read: the position after which, and the time since when.
pub(crate) async fn since(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    now: Timestamp,
) -> Result<(i64, Timestamp), Fault> {
    let reading = people::find_reading(tx, organisation_id, user_id).await?;
    Ok(reading.unwrap_or_else(|| (0, now.checked_sub(FIRST).unwrap_or(now))))
}

/// What they have not read, the newest first.
pub(crate) async fn list(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    now: Timestamp,
) -> Result<Vec<Event>, Fault> {
    let reading = people::find_reading(tx, organisation_id, user_id).await?;
    let (after, since) = match reading {
        // By position alone: what was written late is not lost.
        Some((position, _)) => (position, Timestamp::UNIX_EPOCH),
        None => (0, now.checked_sub(FIRST).unwrap_or(now)),
    };
    event::list_notable(tx, organisation_id, after, since, MOST).await
}

/// How much that is, [`MOST`] at most.
pub(crate) async fn count(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    now: Timestamp,
) -> Result<i64, Fault> {
    let unread = list(tx, organisation_id, user_id, now).await?;
    Ok(i64::try_from(unread.len()).unwrap_or(i64::MAX))
}
