//! Stock held for a cart until a time, so that whoever pays gets what they saw.
//!
//! A hold is decided by the [intake](crate::intake) in one queue with orders; here is what it is asked, and how it ends
//! other than by an order: given up, or its time is over.

mod list;

use std::time::Duration;

use db::Fault;
use inventory::{
    hold::{self, HoldError, SECONDS_MAX},
    store::{HoldLineRow, HoldRow, Part},
};
use kernel::{HoldId, ItemId, NodeId, Place, Timestamp};
use orders::place::{BadField, NewLine, wanted_problems};
use runtime::{Answer, Call};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

pub use list::{HoldSeen, list_holds};

use crate::{
    Flows,
    intake::{Asked, Fate, Lost, Refused},
    receive::ALLOCATE_WAITING,
};

/// How many holds that are due end in one transaction.
const EXPIRED_MAX: usize = 500;

/// How often it is looked whether a hold is due.
const TICK: Duration = Duration::from_millis(250);

/// A hold asked for.
#[derive(Debug, Clone)]
pub struct HoldCommand {
    /// Who, under which key, when.
    pub call: Call,
    /// The channel's code.
    pub channel: String,
    /// The caller's own name for it, such as the cart's: one hold at a time.
    pub external_reference: String,
    /// What is to be held; prices and titles say nothing here.
    pub lines: Vec<NewLine>,
    /// Where it would be sent, if that is known: the same nodes are chosen as for an order to there.
    pub place: Option<Place>,
    /// How long, in seconds.
    pub seconds: u64,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "hold", rename_all = "snake_case")]
pub enum HoldOutcome {
    /// It is held.
    Held(Held),
    /// It was held before; nothing was changed.
    Repeated {
        /// The hold.
        hold_id: HoldId,
    },
    /// Something else is held under this reference.
    Conflict {
        /// The hold that has it.
        hold_id: HoldId,
    },
    /// Nothing is held.
    Refused(Refused),
}

/// What is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Held {
    /// Its id: for the order that is to get it.
    pub hold_id: HoldId,
    /// The channel's code.
    pub channel: String,
    /// The caller's own name for it.
    pub external_reference: String,
    /// Until when.
    pub expires_at: Timestamp,
    /// What was asked for.
    pub lines: Vec<HeldLine>,
    /// Where it is held.
    pub parts: Vec<HeldPart>,
}

/// A line of a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = HoldLine)]
pub struct HeldLine {
    /// Its number.
    #[schema(minimum = 1)]
    pub line_no: i64,
    /// The channel's code.
    pub external_code: String,
    /// The item.
    pub item_id: ItemId,
    /// How many packs.
    pub quantity: i64,
    /// Base units in a pack.
    pub pack_factor: i64,
}

impl From<&HoldLineRow> for HeldLine {
    fn from(line: &HoldLineRow) -> HeldLine {
        HeldLine {
            line_no: line.line_no,
            external_code: line.external_code.clone(),
            item_id: line.item_id.clone(),
            quantity: line.quantity,
            pack_factor: line.pack_factor,
        }
    }
}

/// Units that are held at a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = HoldPart)]
pub struct HeldPart {
    /// The item.
    pub item_id: ItemId,
    /// Where.
    pub node_id: NodeId,
    /// Of which lot; left out where they are of none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lot: String,
    /// How many base units.
    pub quantity: i64,
}

impl From<&Part> for HeldPart {
    fn from(part: &Part) -> HeldPart {
        HeldPart {
            item_id: part.item_id.clone(),
            node_id: part.node_id.clone(),
            lot: part.lot.code.clone(),
            quantity: part.quantity.units(),
        }
    }
}

impl HoldCommand {
    /// A digest of what it asks for: the same reference with another is a mistake, not a repeat.
    pub(crate) fn fingerprint(&self) -> String {
        let lines: Vec<(&str, i64)> =
            self.lines.iter().map(|line| (line.external_code.as_str(), line.quantity)).collect();
        let text = serde_json::to_string(&lines).expect("codes and numbers are plain data");
        Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Until when it holds, placed now.
    pub(crate) fn until(&self, now: Timestamp) -> Timestamp {
        now.checked_add(Duration::from_secs(self.seconds)).unwrap_or(Timestamp::MAX)
    }

    /// Everything that is wrong with it as it stands.
    fn problems(&self) -> Vec<BadField> {
        let mut problems = Vec::new();
        let mut bad = |pointer: String, message: String| problems.push(BadField { pointer, message });
        for (pointer, text, most) in
            [("/channel", &self.channel, 100), ("/external_reference", &self.external_reference, 200)]
        {
            let length = text.chars().count();
            if !(1..=most).contains(&length) || text.chars().any(char::is_control) {
                bad(
                    pointer.into(),
                    format!("1 to {most} characters are good, none of them a control character"),
                );
            }
        }
        wanted_problems(&self.lines, &mut bad);
        if self.place.is_some_and(|place| !place.is_on_earth()) {
            bad("/place".into(), "is no place on earth".into());
        }
        if let Some(message) = bad_seconds(self.seconds) {
            bad("/expires_in_seconds".into(), message);
        }
        problems
    }
}

/// What is wrong with so many seconds, if anything.
pub(crate) fn bad_seconds(seconds: u64) -> Option<String> {
    let is_good = (1..=SECONDS_MAX).contains(&seconds);
    (!is_good).then(|| format!("is {seconds}; from 1 to {SECONDS_MAX} is good"))
}

impl Flows {
    /// Holds stock for a cart, all of it or nothing, and waits until that is durable.
    pub async fn hold(&self, command: HoldCommand) -> Result<Answer<HoldOutcome>, Lost> {
        let problems = command.problems();
        if !problems.is_empty() {
            return Ok(Answer::Done(HoldOutcome::Refused(Refused::BadFields { fields: problems })));
        }
        let lane = self.lane_of(&command.channel);
        match self.ask(&lane, Asked::Hold(Box::new(command))).await? {
            Answer::Done(Fate::Hold(outcome)) => Ok(Answer::Done(outcome)),
            Answer::Replayed(Fate::Hold(outcome)) => Ok(Answer::Replayed(outcome)),
            // Under one key only one kind of thing is ever asked for.
            Answer::KeyReused | Answer::Done(Fate::Order(_)) | Answer::Replayed(Fate::Order(_)) => {
                Ok(Answer::KeyReused)
            }
        }
    }

    /// Gives a hold up: its stock is free, and orders that wait are tried.
    pub async fn release_hold(&self, call: Call, hold_id: HoldId) -> Result<(), HoldError> {
        self.runtime
            .run(call, move |cx| {
                let hold_id = hold_id.clone();
                Box::pin(async move {
                    hold::release(cx, &hold_id).await?;
                    cx.put_off(ALLOCATE_WAITING, "all", cx.now);
                    Ok(())
                })
            })
            .await
    }

    /// Lets a hold last so many seconds from now.
    pub async fn extend_hold(
        &self,
        call: Call,
        hold_id: HoldId,
        seconds: u64,
    ) -> Result<Answer<Timestamp>, HoldError> {
        self.runtime
            .beside()
            .command(call, move |cx| {
                let hold_id = hold_id.clone();
                Box::pin(async move {
                    let hold: HoldRow = hold::extend(cx, &hold_id, seconds).await?;
                    Ok(hold.expires_at)
                })
            })
            .await
    }

    /// Ends every hold that is due; gives how many. Several processes may do it at once: none does another's work.
    pub async fn expire_holds(&self) -> Result<usize, Fault> {
        let (runtime, mut expired) = (self.runtime.beside(), 0);
        loop {
            let (organisation_id, now) = (runtime.organisation_id.clone(), runtime.now());
            let is_due = runtime
                .read(move |tx| Box::pin(async move { hold::is_any_due(tx, &organisation_id, now).await }));
            if !is_due.await? {
                return Ok(expired);
            }
            let some = runtime.run(Call::by("system"), |cx| {
                Box::pin(async move {
                    let some = hold::expire_due(cx, EXPIRED_MAX as i64).await?;
                    if some > 0 {
                        cx.put_off(ALLOCATE_WAITING, "all", cx.now);
                    }
                    Ok::<usize, Fault>(some)
                })
            });
            let some = some.await?;
            expired += some;
            if some < EXPIRED_MAX {
                return Ok(expired);
            }
        }
    }

    /// Ends holds on time until told to stop: apart from other work, so that none of it makes a hold last longer.
    pub(crate) async fn run_holds(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(fault) = self.expire_holds().await {
                tracing::error!(
                    error = &fault as &dyn std::error::Error,
                    "holds that are due end with the next look"
                );
            }
            tokio::select! {
                () = tokio::time::sleep(TICK) => {}
                _ = stop.changed() => {}
            }
        }
    }
}
