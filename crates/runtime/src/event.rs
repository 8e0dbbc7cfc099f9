//! What happened, in an order nobody can change unseen.
//!
//! A verb tells; the row is committed with its cause. Positions are 1, 2, 3, … without gaps, and hashes are chained along
//! them. Where writers are one after another (SQLite), a row gets both as it is written. Where transactions commit in
//! another order than they write (PostgreSQL), it has none yet, and the sequencer gives them afterwards. Consumers read
//! only rows with a position, so what they have read is never followed by something that comes before it.

use std::borrow::Cow;

use db::{Column, Engine, Fault, Tx, args, row, set};
use kernel::{OrganisationId, Timestamp};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use crate::Runtime;

/// The hash before the first event.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// How many events one step of the sequencer takes.
pub(crate) const STEP: i64 = 5_000;

#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct NewEvent {
    pub kind: Cow<'static, str>,
    pub subject_id: String,
    pub data: Json,
    pub actor: String,
    pub happened_at: Timestamp,
    pub change: Option<String>,
    pub salt: String,
}

row! {
    /// An event as consumers read it.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
    pub struct Event {
        /// Its place in the organisation's stream: 1, 2, 3, … without gaps.
        pub position: i64,
        /// What happened: `order.accepted`.
        pub kind: String,
        /// To what: an id.
        pub subject_id: String,
        /// The facts, as JSON text.
        pub data: String,
        /// Who did it.
        pub actor: String,
        /// When.
        pub happened_at: Timestamp,
        /// SHA-256 over the hash before and this event.
        pub hash: String,
    }
}

row! {
    struct Waiting {
        event_id: i64,
        kind: String,
        subject_id: String,
        data: String,
        actor: String,
        happened_at: Timestamp,
        change: Option<String>,
        salt: Option<String>,
    }
}

/// Writes events; true where they have their positions already.
pub(crate) async fn insert(
    tx: &Tx,
    organisation_id: &OrganisationId,
    events: &[NewEvent],
) -> Result<bool, Fault> {
    if events.is_empty() {
        return Ok(false);
    }
    let datas: Vec<String> = events.iter().map(|event| event.data.to_string()).collect();
    let mut places: Vec<(Option<i64>, Option<String>)> = vec![(None, None); events.len()];
    let is_alone = tx.engine() == Engine::Sqlite;
    if is_alone {
        let mut head = Head::find(tx, organisation_id).await?;
        for ((event, data), place) in events.iter().zip(&datas).zip(&mut places) {
            let words = Words::of(data, event.change.as_deref(), Some(&event.salt));
            let happened_at = kernel::time::to_micros(event.happened_at);
            head.append(&event.kind, &event.subject_id, words, &event.actor, happened_at);
            *place = (Some(head.position), Some(head.hash.clone()));
        }
        head.keep(tx, organisation_id).await?;
    }
    tx.execute_set(
        "insert into event (organisation_id, kind, subject_id, data, actor, happened_at, change, salt, position, hash) \
         select $1, d.kind, d.subject_id, d.data, d.actor, d.happened_at, d.change, d.salt, d.position, d.hash \
         {set d(kind text, subject_id text, data text, actor text, happened_at time, change text, salt text, \
                position int, hash text)} where true",
        &set![
            events.iter().map(|event| &*event.kind),
            events.iter().map(|event| &event.subject_id),
            datas,
            events.iter().map(|event| &event.actor),
            events.iter().map(|event| event.happened_at),
            events.iter().map(|event| event.change.clone()),
            events.iter().map(|event| &event.salt),
            places.iter().map(|(position, _)| *position),
            places.into_iter().map(|(_, hash)| hash),
        ],
        args![organisation_id],
    )
    .await?;
    Ok(is_alone)
}

/// The end of an organisation's stream.
struct Head {
    position: i64,
    hash: String,
}

impl Head {
    async fn find(tx: &Tx, organisation_id: &OrganisationId) -> Result<Head, Fault> {
        let head: Option<(i64, String)> = tx
            .query_optional(
                "select position, hash from event_head where organisation_id = $1",
                args![organisation_id],
            )
            .await?;
        let (position, hash) = head.unwrap_or((0, GENESIS.to_owned()));
        Ok(Head { position, hash })
    }

    fn append(
        &mut self,
        kind: &str,
        subject_id: &str,
        words: Words<'_>,
        actor: &str,
        happened_at: Timestamp,
    ) {
        self.position += 1;
        let event = Covered { position: self.position, kind, subject_id, words, actor, happened_at };
        self.hash = chain(&self.hash, &event);
    }

    async fn keep(&self, tx: &Tx, organisation_id: &OrganisationId) -> Result<(), Fault> {
        tx.execute(
            "insert into event_head (organisation_id, position, hash) values ($1, $2, $3) \
             on conflict (organisation_id) do update set position = excluded.position, hash = excluded.hash",
            args![organisation_id, self.position, &self.hash],
        )
        .await?;
        tx.ends_at(organisation_id.as_str(), self.position);
        Ok(())
    }
}

/// Gives positions to all committed events that have none; gives how many that were.
pub async fn sequence(runtime: &Runtime) -> Result<u64, Fault> {
    let mut total = 0;
    while has_waiting(runtime).await? {
        let organisation_id = runtime.organisation_id.clone();
        let taken = runtime
            .db
            .write(move |tx| Box::pin(async move { sequence_step(tx, &organisation_id).await }))
            .await?;
        total += taken;
        if taken > 0 {
            runtime.signals.tell_news();
        }
    }
    Ok(total)
}

/// Asked first, so that whoever looks for work does not write to find none.
async fn has_waiting(runtime: &Runtime) -> Result<bool, Fault> {
    let organisation_id = runtime.organisation_id.clone();
    let waiting: Option<(i64,)> = runtime
        .read(move |tx| {
            Box::pin(async move {
                tx.query_optional(
                    "select event_id from event where organisation_id = $1 and position is null limit 1",
                    args![&organisation_id],
                )
                .await
            })
        })
        .await?;
    Ok(waiting.is_some())
}

async fn sequence_step(tx: &Tx, organisation_id: &OrganisationId) -> Result<u64, Fault> {
    // One sequencer at a time, also across nodes.
    tx.lock_name(organisation_id.as_str()).await?;
    let mut head = Head::find(tx, organisation_id).await?;
    let waiting: Vec<Waiting> = tx
        .query(
            "select event_id, kind, subject_id, data, actor, happened_at, change, salt from event \
              where organisation_id = $1 and position is null order by event_id limit $2",
            args![organisation_id, STEP],
        )
        .await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut hashes = Vec::with_capacity(waiting.len());
    let first = head.position + 1;
    for event in &waiting {
        let words = Words::of(&event.data, event.change.as_deref(), event.salt.as_deref());
        head.append(&event.kind, &event.subject_id, words, &event.actor, event.happened_at);
        hashes.push(head.hash.clone());
    }
    tx.execute_guarded(
        "events given a position",
        "update event set position = d.position, hash = d.hash {set d(event_id int, position int, hash text)} \
          where organisation_id = $1 and event.event_id = d.event_id and event.position is null",
        &set![waiting.iter().map(|event| event.event_id), first..=head.position, hashes],
        args![organisation_id],
    )
    .await?;
    head.keep(tx, organisation_id).await?;
    Ok(waiting.len() as u64)
}

/// What a hash covers besides the hash before it.
pub(crate) struct Covered<'a> {
    pub position: i64,
    pub kind: &'a str,
    pub subject_id: &'a str,
    pub words: Words<'a>,
    pub actor: &'a str,
    pub happened_at: Timestamp,
}

/// What an event says, as its hash covers it.
pub(crate) enum Words<'a> {
    /// By a digest, which outlives them.
    Digest(String),
    /// As they are: an event from before there were salts.
    Plain(&'a str, Option<&'a str>),
}

impl Words<'_> {
    pub(crate) fn of<'a>(data: &'a str, change: Option<&'a str>, salt: Option<&str>) -> Words<'a> {
        match salt {
            Some(salt) => Words::Digest(digest(salt, data, change)),
            None => Words::Plain(data, change),
        }
    }
}

/// A digest of what an event says. Without the salt nobody can try what it may have been.
pub(crate) fn digest(salt: &str, data: &str, change: Option<&str>) -> String {
    sum([salt, data].into_iter().chain(change))
}

pub(crate) fn chain(before: &str, event: &Covered<'_>) -> String {
    let (position, happened_at) = (event.position.to_string(), kernel::time::to_text(event.happened_at));
    let (data, change) = match &event.words {
        Words::Digest(digest) => (digest.as_str(), None),
        Words::Plain(data, change) => (*data, *change),
    };
    let parts = [before, &position, event.kind, event.subject_id, data, event.actor, &happened_at];
    sum(parts.into_iter().chain(change))
}

fn sum<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // Lengths first, so that no two events spell the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sequenced events after a position, oldest first.
pub async fn list_after(
    tx: &Tx,
    organisation_id: &OrganisationId,
    after: i64,
    limit: i64,
) -> Result<Vec<Event>, Fault> {
    tx.query(
        "select position, kind, subject_id, data, actor, happened_at, hash from event \
          where organisation_id = $1 and position > $2 order by position limit $3",
        args![organisation_id, after, limit],
    )
    .await
}

/// Which part of the stream somebody reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The last position that is known already.
    pub after: i64,
    /// The last position to read.
    pub until: i64,
    /// Of these kinds only; of all where none is named.
    pub kinds: Vec<String>,
}

/// Sequenced events of a part of the stream, oldest first.
pub async fn list_of_span(
    tx: &Tx,
    organisation_id: &OrganisationId,
    span: &Span,
    limit: i64,
) -> Result<Vec<Event>, Fault> {
    let kinds = Column::from_iter(span.kinds.iter().map(String::as_str));
    tx.query(
        "select position, kind, subject_id, data, actor, happened_at, hash from event \
          where organisation_id = $1 and position > $2 and position <= $3 and ($4 or kind {in $5}) \
          order by position limit $6",
        args![organisation_id, span.after, span.until, span.kinds.is_empty(), kinds, limit],
    )
    .await
}

/// What was last told of what channels may sell of each of these items.
pub async fn last_availability(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &str>,
) -> Result<Vec<(String, String)>, Fault> {
    tx.query_set(
        "select n.subject_id, n.data {set d(subject_id text)} [pg: cross join lateral :][sqlite: from :] \
                (select subject_id, data from event where organisation_id = $1 and subject_id = d.subject_id \
                    and kind = 'availability.changed' order by event_id desc limit 1) n",
        &set![items.map(str::to_owned)],
        args![organisation_id],
    )
    .await
}

/// The newest word on what channels may sell of each item, of those told after a position: each item once, in the order of
/// the stream.
pub async fn list_availability(
    tx: &Tx,
    organisation_id: &OrganisationId,
    after: i64,
    limit: i64,
) -> Result<Vec<Event>, Fault> {
    tx.query(
        "select position, kind, subject_id, data, actor, happened_at, hash from event e \
          where organisation_id = $1 and position > $2 and kind = 'availability.changed' \
            and not exists (select 1 from event n where n.organisation_id = $1 and n.subject_id = e.subject_id \
                               and n.kind = 'availability.changed' and n.event_id > e.event_id \
                               and n.position is not null) \
          order by position limit $3",
        args![organisation_id, after, limit],
    )
    .await
}

/// The next event of a part of the stream for a reader who wants of what channels may sell the newest word only: what a
/// later one within the part makes old is passed over.
pub async fn next_of_span(
    tx: &Tx,
    organisation_id: &OrganisationId,
    span: &Span,
) -> Result<Option<Event>, Fault> {
    let kinds = Column::from_iter(span.kinds.iter().map(String::as_str));
    tx.query_optional(
        "select position, kind, subject_id, data, actor, happened_at, hash from event e \
          where organisation_id = $1 and position > $2 and position <= $3 and ($4 or kind {in $5}) \
            and (kind <> 'availability.changed' or not exists (select 1 from event n \
                  where n.organisation_id = $1 and n.subject_id = e.subject_id and n.kind = 'availability.changed' \
                    and n.event_id > e.event_id and n.position <= $3)) \
          order by position limit 1",
        args![organisation_id, span.after, span.until, span.kinds.is_empty(), kinds],
    )
    .await
}

/// The newest sequenced events, newest first.
pub async fn list_newest(tx: &Tx, organisation_id: &OrganisationId, limit: i64) -> Result<Vec<Event>, Fault> {
    tx.query(
        "select position, kind, subject_id, data, actor, happened_at, hash from event \
          where organisation_id = $1 and position is not null order by position desc limit $2",
        args![organisation_id, limit],
    )
    .await
}

/// Events that somebody who was away wants to hear of, after a position and since a time, the newest first. The kinds
/// are those of the index `event_notable`.
pub async fn list_notable(
    tx: &Tx,
    organisation_id: &OrganisationId,
    after: i64,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Event>, Fault> {
    tx.query(
        "select position, kind, subject_id, data, actor, happened_at, hash from event \
          where organisation_id = $1 and position > $2 and happened_at >= $3 \
            and kind in ('order.refused', 'order.short_picked', 'parcel.label_refused', 'parcel.lost', \
                         'parcel.returned', 'payment.declined', 'payment.failed') \
          order by position desc limit $4",
        args![organisation_id, after, since, limit],
    )
    .await
}

/// The position of the newest sequenced event; 0 before the first.
pub async fn head(tx: &Tx, organisation_id: &OrganisationId) -> Result<i64, Fault> {
    let head: Option<(i64,)> = tx
        .query_optional("select position from event_head where organisation_id = $1", args![organisation_id])
        .await?;
    Ok(head.map_or(0, |(position,)| position))
}

/// How often something happened to some subjects since a time; counts up to ten thousand.
pub async fn count_of_subjects(
    tx: &Tx,
    organisation_id: &OrganisationId,
    subject_ids: impl Iterator<Item = &str>,
    kind: &str,
    since: Timestamp,
) -> Result<i64, Fault> {
    let (count,) = tx
        .query_one(
            "select count(*) from (select 1 as one from event \
              where organisation_id = $1 and subject_id {in $2} and kind = $3 and happened_at >= $4 limit 10000) found",
            args![organisation_id, Column::from_iter(subject_ids.map(str::to_owned)), kind, since],
        )
        .await?;
    Ok(count)
}

row! {
    /// An event on the page of its subject: also before it has a position.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
    pub struct SubjectEvent {
        /// What happened.
        pub kind: String,
        /// The facts, as JSON text.
        pub data: String,
        /// Who did it.
        pub actor: String,
        /// When.
        pub happened_at: Timestamp,
    }
}

/// Everything that happened to one subject, oldest first.
pub async fn list_of_subject(
    tx: &Tx,
    organisation_id: &OrganisationId,
    subject_id: &str,
) -> Result<Vec<SubjectEvent>, Fault> {
    tx.query(
        "select kind, data, actor, happened_at from event \
          where organisation_id = $1 and subject_id = $2 order by event_id limit 2000",
        args![organisation_id, subject_id],
    )
    .await
}

row! {
    /// An event of one of several subjects.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct OfSubject {
        /// Of what.
        pub subject_id: String,
        /// Its facts, as JSON text.
        pub data: String,
        /// When.
        pub happened_at: Timestamp,
    }
}

/// Events of a kind about any of these subjects, each subject's oldest first.
pub async fn list_of_kind<'a>(
    tx: &Tx,
    organisation_id: &OrganisationId,
    kind: &str,
    subjects: impl Iterator<Item = &'a str>,
) -> Result<Vec<OfSubject>, Fault> {
    tx.query(
        "select subject_id, data, happened_at from event \
          where organisation_id = $1 and subject_id {in $2} and kind = $3 order by subject_id, event_id",
        args![organisation_id, Column::from_iter(subjects), kind],
    )
    .await
}
