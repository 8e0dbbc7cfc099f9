//! What happened while a person was away, and how much of it they have not read: what went wrong in the house, for
//! those who may see it, and the end of work that they asked for.

use db::{Fault, Tx};
use jiff::SignedDuration;
use kernel::{OrganisationId, Timestamp, UserId};
use operations::Operation;
use runtime::event::{self, Event};

/// As many as anybody reads; what is more is older.
pub(crate) const MOST: i64 = 100;

/// How far back somebody hears who never said that they have read anything.
const FIRST: SignedDuration = SignedDuration::from_hours(24);

/// Who reads.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// Their id.
    pub user_id: UserId,
    /// As operations name who asked.
    pub actor: String,
    /// True where they may hear what goes wrong with orders.
    pub hears_all: bool,
}

/// What somebody has not read.
#[derive(Debug, Clone)]
pub(crate) struct Unread {
    /// Since when.
    pub since: Timestamp,
    /// What went wrong, the newest first.
    pub events: Vec<Event>,
    /// Their own work that came to its end, the newest first.
    pub ended: Vec<Operation>,
}

/// Reads it.
pub(crate) async fn list(
    tx: &Tx,
    organisation_id: &OrganisationId,
    reader: &Reader,
    now: Timestamp,
) -> Result<Unread, Fault> {
    let reading = people::find_reading(tx, organisation_id, &reader.user_id).await?;
    let first = now.checked_sub(FIRST).unwrap_or(now);
    // Of events by position alone, where there is one: what was written late is not lost.
    let (after, events_since, since) = match reading {
        Some((position, read_at)) => (position, Timestamp::UNIX_EPOCH, read_at),
        None => (0, first, first),
    };
    let events = if reader.hears_all {
        event::list_notable(tx, organisation_id, after, events_since, MOST).await?
    } else {
        Vec::new()
    };
    let ended = operations::list_ended(tx, organisation_id, &reader.actor, since, MOST).await?;
    Ok(Unread { since, events, ended })
}

/// How much that is: of either kind [`MOST`] at most.
pub(crate) async fn count(
    tx: &Tx,
    organisation_id: &OrganisationId,
    reader: &Reader,
    now: Timestamp,
) -> Result<i64, Fault> {
    let unread = list(tx, organisation_id, reader, now).await?;
    Ok(i64::try_from(unread.events.len() + unread.ended.len()).unwrap_or(i64::MAX))
}
