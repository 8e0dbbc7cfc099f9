//! The events that changed something people must answer for, with what they changed: a view on the stream of
//! [`crate::event`], whose chain covers them.

use db::{Fault, Tx, args, row};
use kernel::{OrganisationId, Page, Timestamp};

row! {
    /// A change, who made it, and under which request.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
    pub struct Change {
        /// Its place in the organisation's stream.
        pub position: i64,
        /// What happened: `staff.dismissed`.
        pub kind: String,
        /// To what: an id.
        pub subject_id: String,
        /// Who did it.
        pub actor: String,
        /// When.
        pub happened_at: Timestamp,
        /// What was before, what is after, and the request, as JSON text.
        pub change: String,
        /// SHA-256 over the hash before and this event.
        pub hash: String,
    }
}

/// Which changes. Empty text means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// By whom: an actor's name, or its beginning.
    pub actor: String,
    /// To what: an id.
    pub subject_id: String,
    /// What happened, or its beginning: `staff.`.
    pub kind: String,
    /// Not before this.
    pub from: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
    /// Words in what was changed.
    pub text: String,
}

/// Changes before a position, newest first.
pub async fn list_changes(
    tx: &Tx,
    organisation_id: &OrganisationId,
    filter: &ChangeFilter,
    before: Option<i64>,
    limit: i64,
) -> Result<Page<Change>, Fault> {
    // What is sought are letters, also those that are wildcards to `like`.
    let plain = filter.text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let text = if plain.is_empty() { plain } else { format!("%{plain}%") };
    let rows: Vec<Change> = tx
        .query(
            "select position, kind, subject_id, actor, happened_at, change, hash from event \
              where organisation_id = $1 and change is not null and position < $2 \
                and substr(actor, 1, length($3)) = $3 and ($4 = '' or subject_id = $4) \
                and substr(kind, 1, length($5)) = $5 and happened_at >= $6 and happened_at < $7 \
                and ($8 = '' or lower(change) like lower($8) escape '\\') \
              order by position desc limit $9",
            args![
                organisation_id,
                before.unwrap_or(i64::MAX),
                &filter.actor,
                &filter.subject_id,
                &filter.kind,
                filter.from.unwrap_or(Timestamp::UNIX_EPOCH),
                // Later than any stored instant and still a year of four digits, so that text compares as time.
                filter.until.unwrap_or(Timestamp::constant(253_370_764_800, 0)),
                text,
                limit + 1
            ],
        )
        .await?;
    Ok(Page::of(rows, limit, |row| row.position.to_string()))
}
