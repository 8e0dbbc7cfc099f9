//! What ended operations keep of people, gone before its time.

use std::collections::BTreeSet;

use db::Fault;
use jiff::SignedDuration;
use kernel::{FileId, Timestamp};
use runtime::Cx;

use crate::{file::KEPT_DAYS, store};

/// Empties operations of these kinds that ended by a time: the files they read and wrote, what rows were refused for,
/// and what they were asked to search for. Whosoever they tell of: nobody can look into files for one person. Counts and
/// outcomes stay, and work that is under way keeps its files.
pub async fn forget(cx: &mut Cx<'_>, kinds: &[&str], ended_by: Timestamp) -> Result<(), Fault> {
    let (tx, organisation_id) = (cx.tx, &cx.organisation_id);
    // Older operations have no files any more.
    let kept = SignedDuration::from_hours(24 * (KEPT_DAYS + 1));
    let since = cx.now.checked_sub(kept).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut gone: BTreeSet<FileId> = BTreeSet::new();
    let mut needed: BTreeSet<FileId> = BTreeSet::new();
    for used in store::list_files_used(tx, organisation_id, since).await? {
        let is_over = used.ended_at.is_some_and(|ended_at| ended_at <= ended_by);
        let files = if is_over && kinds.contains(&used.kind.as_str()) { &mut gone } else { &mut needed };
        let read = used.request["file_id"].as_str().and_then(|file_id| FileId::parse(file_id).ok());
        files.extend(read.into_iter().chain(used.result_file_id));
    }
    store::delete_files(tx, organisation_id, gone.difference(&needed)).await?;
    store::forget_problems(tx, organisation_id, kinds, ended_by).await?;
    store::forget_searches(tx, organisation_id, kinds, ended_by).await
}
