//! What changed, for whoever keeps in memory what was read: on PostgreSQL also what other nodes committed.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use crate::{Runtime, event};
use db::{Engine, Fault, Look, Notes, args};

/// How many topics are fetched at once; where there are more, all that is kept is read anew.
const TOPICS_MOST: i64 = 10_000;

/// Whoever did not look for so long starts anew: notes may be gone.
const REMEMBERED: Duration = Duration::from_secs(5 * 60);

/// How long notes stay: longer than any transaction lasts, and than anybody remembers.
const KEPT: Duration = Duration::from_secs(60 * 60);

/// What was last seen of what others committed.
#[derive(Default)]
pub(crate) struct Watch {
    /// How many have asked so far.
    asked: AtomicU64,
    seen: tokio::sync::Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// How many had asked before it was last looked: it serves them all.
    served: u64,
    /// The snapshot of the database then, and when.
    snapshot: Option<(String, Instant)>,
}

impl Runtime {
    /// Everything that was committed before it was asked for, by this process or another; none where that cannot be
    /// told, for another process writes a SQLite file.
    pub async fn watch(&self) -> Result<Option<Look<'_>>, Fault> {
        let Some(changes) = self.db.changes() else { return Ok(None) };
        match self.db.engine() {
            Engine::Sqlite => {
                let is_known = changes.look().end(self.organisation_id.as_str()).is_some();
                if !is_known {
                    self.find_end().await?;
                }
            }
            // One question serves all who wait: each gets what was looked for after they came.
            Engine::Postgres => {
                let place = self.watch.asked.fetch_add(1, Ordering::AcqRel) + 1;
                let mut seen = self.watch.seen.lock().await;
                if seen.served < place {
                    let served = self.watch.asked.load(Ordering::Acquire);
                    let runtime = self.clone();
                    let before = seen.snapshot.take();
                    // In a task of its own: what is kept is for all who ask, so it is read unbound by the part of the
                    // organisation that whoever asks first may see.
                    let fetched = tokio::spawn(async move { runtime.fetch(before).await }).await;
                    let snapshot = fetched.map_err(|_| Fault::Lost("looking for changes ended early"))??;
                    *seen = Seen { served, snapshot: Some(snapshot) };
                }
            }
        }
        Ok(Some(changes.look()))
    }

    /// Finds how far the stream goes, in the sequence of what is committed.
    async fn find_end(&self) -> Result<(), Fault> {
        let organisation_id = self.organisation_id.clone();
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    let head = event::head(tx, &organisation_id).await?;
                    tx.ends_at(organisation_id.as_str(), head);
                    Ok(())
                })
            })
            .await
    }

    /// Marks what became visible since the snapshot before; gives the snapshot now.
    async fn fetch(&self, before: Option<(String, Instant)>) -> Result<(String, Instant), Fault> {
        let (organisation_id, looked) = (self.organisation_id.clone(), Instant::now());
        let before = before.filter(|(_, then)| looked.duration_since(*then) < REMEMBERED);
        let since = before.map(|(snapshot, _)| snapshot);
        let is_new = since.is_none();
        let ((snapshot, head), topics) = self
            .read::<_, Fault, _>(move |tx| {
                Box::pin(async move {
                    let (ours, all) = (args![&organisation_id], TOPICS_MOST);
                    let head = tx.query_one::<(String, i64)>(
                        "select [pg: cast(pg_current_snapshot() as text) :][sqlite: '' :] as snapshot, \
                                coalesce((select position from event_head where organisation_id = $1), 0) as head",
                        ours,
                    );
                    let topics = async {
                        let Some(since) = since else { return Ok(Vec::new()) };
                        tx.query::<(String,)>(
                            "select distinct topic from change_note where organisation_id = $1 \
                                [pg: and transaction_id >= \
                                         cast(cast(pg_snapshot_xmin(cast($2 as pg_snapshot)) as text) as bigint) \
                                     and not pg_visible_in_snapshot(cast(cast(transaction_id as text) as xid8), \
                                                                    cast($2 as pg_snapshot)) :] \
                                [sqlite: and topic > $2 :] limit $3",
                            args![&organisation_id, since, all],
                        )
                        .await
                    };
                    tokio::try_join!(head, topics)
                })
            })
            .await?;
        let topics: Vec<String> = topics.into_iter().map(|(topic,)| topic).collect();
        let notes = if is_new || topics.len() as i64 == TOPICS_MOST {
            Notes::everything()
        } else {
            Notes::of(topics)
        };
        if let Some(changes) = self.db.changes() {
            changes.publish(notes.ending(self.organisation_id.as_str(), head));
        }
        Ok((snapshot, looked))
    }

    /// Takes notes away that nobody looks for any more.
    pub async fn forget_changes(&self) -> Result<u64, Fault> {
        let organisation_id = self.organisation_id.clone();
        if self.db.engine() == Engine::Sqlite {
            return Ok(0);
        }
        self.db
            .write(move |tx| {
                Box::pin(async move {
                    // By the clock that wrote them: that of a demo or a story runs as it likes.
                    tx.execute(
                        "delete from change_note where organisation_id = $1 \
                            and noted_at < [pg: clock_timestamp() - make_interval(secs => $2) :][sqlite: $2 :]",
                        args![&organisation_id, KEPT.as_secs() as i64],
                    )
                    .await
                })
            })
            .await
    }
}
