//! Slips: what was decided in a hurry is committed whole in one row, and filed into its tables within moments.
//!
//! A slip is as durable as any row, and whatever bounds it had to keep were kept when it was written; what is missing is
//! only that it can be searched. So that nobody meets the house half told, whoever reads or does anything through a
//! [`Runtime`] that has a [`Filing`] first has filed what is there; those who must not wait for it and do not ask about it
//! work [beside](Runtime::beside). While no slip is there, which is nearly always, that is one look at an empty table.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use db::{BoxFuture, Column, Fault, Tx, args, row};
use kernel::OrganisationId;

use crate::{Batcher, Runtime, effect::NewEffect, event::NewEvent, job::NewJob};

/// How many who wait for filing are served by one round of it.
const ROUND: usize = 1_000;
/// How often a read that must see everything filed is tried while others write slips.
const TRIES: usize = 200;
/// The pause before the next such try, where another process files.
const PAUSE: Duration = Duration::from_millis(50);

row! {
    /// A slip.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Slip {
        /// Its number: in the order in which they were written.
        pub slip_id: i64,
        /// How much there is to file.
        pub size: i64,
        /// What, as whoever wrote it writes it.
        pub body: String,
    }
}

/// What a command told, intended and put off, to be kept in a slip and done later.
#[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Told {
    pub(crate) events: Vec<NewEvent>,
    pub(crate) effects: Vec<NewEffect>,
    pub(crate) jobs: Vec<NewJob>,
}

/// Who files the slips of an organisation in this process; cheap to clone.
#[derive(Clone)]
pub struct Filing {
    rounds: Batcher<(), bool>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// How many want no new slips just now.
    pauses: AtomicUsize,
    /// How much was unfiled after the last round, and was put into slips by this process since.
    unfiled: AtomicUsize,
    /// True where a round is under way to begin by itself.
    is_timed: AtomicBool,
}

impl Filing {
    /// Files by `file_all`, which files every slip that is there when it begins and gives how much is unfiled at its end.
    pub fn start<F>(file_all: F) -> Filing
    where
        F: Fn() -> BoxFuture<'static, Result<u64, Fault>> + Send + Sync + 'static,
    {
        let state = Arc::<State>::default();
        let (file_all, noted) = (Arc::new(file_all), state.clone());
        let rounds = Batcher::start(ROUND, 1, move |waiting: Vec<()>| {
            let (file_all, noted) = (file_all.clone(), noted.clone());
            Box::pin(async move {
                let left = file_all().await;
                match &left {
                    Ok(left) => noted.unfiled.store(*left as usize, Ordering::Relaxed),
                    Err(fault) => {
                        tracing::error!(error = fault as &dyn std::error::Error, "slips are not filed");
                    }
                }
                vec![left.is_ok(); waiting.len()]
            })
        });
        Filing { rounds, state }
    }

    /// Waits until what is there now is filed.
    pub async fn settle(&self) -> Result<(), Fault> {
        match self.rounds.submit("", ()).await {
            Ok(true) => Ok(()),
            _ => Err(Fault::Lost("what was accepted before it could not be filed; see the log")),
        }
    }

    /// Says that a slip of this size was written: it is filed after a pause, unless somebody asks for it earlier.
    pub fn written(&self, size: usize, pause: Duration) {
        self.state.unfiled.fetch_add(size, Ordering::Relaxed);
        if self.state.is_timed.swap(true, Ordering::AcqRel) {
            return;
        }
        let (rounds, state) = (self.rounds.way_back(), self.state.clone());
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            // What is written from here on begins another round.
            state.is_timed.store(false, Ordering::Release);
            // Where nobody works for the house any more, whoever opens it next files.
            if let Some(rounds) = rounds.find() {
                let _ = rounds.submit("", ()).await;
            }
        });
    }

    /// About how much is not filed yet.
    pub fn unfiled(&self) -> usize {
        self.state.unfiled.load(Ordering::Relaxed)
    }

    /// True while somebody wants no new slips.
    pub fn is_paused(&self) -> bool {
        self.state.pauses.load(Ordering::Acquire) > 0
    }
}

/// No new slips until it is dropped.
struct Pause(Arc<State>);

impl Pause {
    fn of(filing: &Filing) -> Pause {
        filing.state.pauses.fetch_add(1, Ordering::AcqRel);
        Pause(filing.state.clone())
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        self.0.pauses.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Writes a slip.
pub async fn keep(tx: &Tx, organisation_id: &OrganisationId, rows: usize, body: &str) -> Result<(), Fault> {
    tx.execute(
        "insert into slip (organisation_id, size, body) values ($1, $2, $3)",
        args![organisation_id, rows as i64, body],
    )
    .await?;
    Ok(())
}

/// Whether there is a slip. Also for those who see a part of the organisation only.
pub async fn is_any(tx: &Tx, organisation_id: &OrganisationId) -> Result<bool, Fault> {
    let first: Vec<(i64,)> = tx
        .query_beyond("select slip_id from slip where organisation_id = $1 limit 1", args![organisation_id])
        .await?;
    Ok(!first.is_empty())
}

/// How much is in slips.
pub async fn unfiled(tx: &Tx, organisation_id: &OrganisationId) -> Result<u64, Fault> {
    let (size,): (i64,) = tx
        .query_one(
            "select cast(coalesce(sum(size), 0) as bigint) from slip where organisation_id = $1",
            args![organisation_id],
        )
        .await?;
    Ok(size as u64)
}

/// The number of the newest slip, if there is one.
pub async fn newest(tx: &Tx, organisation_id: &OrganisationId) -> Result<Option<i64>, Fault> {
    let newest: Option<(i64,)> = tx
        .query_optional(
            "select slip_id from slip where organisation_id = $1 order by slip_id desc limit 1",
            args![organisation_id],
        )
        .await?;
    Ok(newest.map(|(slip_id,)| slip_id))
}

/// Takes the oldest slips, up to the one with this number and about so many rows in all, at least one: they are gone when
/// the transaction is committed. One at a time files, also across nodes.
pub async fn take(
    tx: &Tx,
    organisation_id: &OrganisationId,
    until: i64,
    rows: i64,
) -> Result<Vec<Slip>, Fault> {
    tx.lock_name(&format!("filing {}", organisation_id.as_str())).await?;
    let sizes: Vec<(i64, i64)> = tx
        .query(
            "select slip_id, size from slip where organisation_id = $1 and slip_id <= $2 order by slip_id limit 500",
            args![organisation_id, until],
        )
        .await?;
    let mut sum = 0;
    let chosen: Vec<i64> = sizes
        .into_iter()
        .take_while(|(_, size)| {
            let is_first = sum == 0;
            sum += size;
            is_first || sum <= rows
        })
        .map(|(slip_id, _)| slip_id)
        .collect();
    let slips: Vec<Slip> = tx
        .query(
            "select slip_id, size, body from slip where organisation_id = $1 and slip_id {in $2} order by slip_id",
            args![organisation_id, Column::from_iter(chosen.iter().copied())],
        )
        .await?;
    tx.execute(
        "delete from slip where organisation_id = $1 and slip_id {in $2}",
        args![organisation_id, Column::from_iter(chosen)],
    )
    .await?;
    Ok(slips)
}

impl Runtime {
    /// The same, with somebody who files what is there before anything is read or done.
    pub fn with_filing(self, filing: Filing) -> Runtime {
        Runtime { filing: Some(filing), ..self }
    }

    /// The same, which does not wait for what is not filed yet: for work that goes on by itself and finds what it works on
    /// among what is filed, and for what slips do not tell of, such as who somebody is and how much is free.
    pub fn beside(&self) -> Runtime {
        Runtime { filing: None, ..self.clone() }
    }

    /// Who files, if this waits for it.
    pub fn filing(&self) -> Option<&Filing> {
        self.filing.as_ref()
    }

    /// Reads on one snapshot in which everything is filed: for whoever compares what is kept in several places.
    pub async fn read_whole<T, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<T, Fault>> + Send + Sync + 'static,
    {
        let work = Arc::new(work);
        let _pause = self.filing.as_ref().map(Pause::of);
        for _ in 0..TRIES {
            let (work, organisation_id) = (work.clone(), self.organisation_id.clone());
            let seen = self
                .db
                .read(move |tx| {
                    Box::pin(async move {
                        if is_any(tx, &organisation_id).await? {
                            return Ok::<_, Fault>(None);
                        }
                        work(tx).await.map(Some)
                    })
                })
                .await?;
            if let Some(seen) = seen {
                return Ok(seen);
            }
            match &self.filing {
                Some(filing) => filing.settle().await?,
                None => tokio::time::sleep(PAUSE).await,
            }
        }
        Err(Fault::Lost("orders were accepted all the time and not filed; try again when a server runs"))
    }
}
