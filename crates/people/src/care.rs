//! Who looks after a thing that needs somebody, and until when it is put aside; and what a person has read of the rest.
//!
//! The thing itself is somebody else's: here it is an id, and it needs nobody any more when its owner says so.

use db::Fault;
use kernel::{Timestamp, UserId};
use runtime::Cx;

use crate::store;

/// What somebody does about things that need somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CareStep {
    /// Looks after them from now on.
    Take(UserId),
    /// Leaves them to whoever comes.
    Leave,
    /// Puts them aside until then.
    Snooze(Timestamp),
    /// Brings them back.
    Wake,
}

/// Takes the step for each of these things.
pub async fn take_care(cx: &mut Cx<'_>, subject_ids: &[String], step: &CareStep) -> Result<(), Fault> {
    store::keep_care(cx.tx, &cx.organisation_id, subject_ids, step, cx.now).await
}

/// Notes that a person has read what happened up to a position and a time; never less than they had read.
pub async fn note_read(
    cx: &mut Cx<'_>,
    user_id: &UserId,
    position: i64,
    until: Timestamp,
) -> Result<(), Fault> {
    store::keep_reading(cx.tx, &cx.organisation_id, user_id, position, until.min(cx.now)).await
}
