//! The chain of events walked from its start: what was told is what was hashed, or was erased by somebody who said so.

use std::collections::BTreeSet;

use db::{Fault, Tx, args, row};
use kernel::{OrganisationId, Timestamp};
use serde_json::Value as Json;

use crate::event::{Covered, GENESIS, STEP, Words, chain};

/// The kind that tells whose words were erased, and where they were.
pub const ERASED: &str = "order.erased";

row! {
    /// An event with all that its hash covers.
    struct Link {
        position: i64,
        kind: String,
        subject_id: String,
        data: String,
        actor: String,
        happened_at: Timestamp,
        change: Option<String>,
        salt: Option<String>,
        digest: Option<String>,
        hash: String,
    }
}

impl Link {
    /// What the hash must be. An event from before there were salts, whose words were erased, has nothing left to hash
    /// but the next one covers its hash all the same.
    fn expected(&self, before: &str) -> String {
        let words = match &self.digest {
            Some(digest) if digest.is_empty() => return self.hash.clone(),
            Some(digest) => Words::Digest(digest.clone()),
            None => Words::of(&self.data, self.change.as_deref(), self.salt.as_deref()),
        };
        let covered = Covered {
            position: self.position,
            kind: &self.kind,
            subject_id: &self.subject_id,
            words,
            actor: &self.actor,
            happened_at: self.happened_at,
        };
        chain(before, &covered)
    }

    /// The positions that this event says are without their words.
    fn erased(&self) -> Vec<i64> {
        if self.kind != ERASED {
            return Vec::new();
        }
        let facts: Json = serde_json::from_str(&self.data).unwrap_or_default();
        facts["positions"].as_array().into_iter().flatten().filter_map(Json::as_i64).collect()
    }
}

/// Walks the chain from the start; gives what is wrong with it, if anything.
pub async fn check_chain(tx: &Tx, organisation_id: &OrganisationId) -> Result<Option<String>, Fault> {
    let (mut position, mut hash) = (0, GENESIS.to_owned());
    let mut wordless = BTreeSet::new();
    loop {
        let events: Vec<Link> = tx
            .query(
                "select position, kind, subject_id, data, actor, happened_at, change, salt, digest, hash from event \
                  where organisation_id = $1 and position > $2 order by position limit $3",
                args![organisation_id, position, STEP],
            )
            .await?;
        if events.is_empty() {
            break;
        }
        for event in events {
            position += 1;
            if event.position != position {
                return Ok(Some(format!("position {position} is missing; the next is {}", event.position)));
            }
            if event.expected(&hash) != event.hash {
                return Ok(Some(format!(
                    "the event at position {position} was changed after it was written"
                )));
            }
            if event.digest.is_some() {
                wordless.insert(position);
            }
            for place in event.erased() {
                wordless.remove(&place);
            }
            hash = event.hash;
        }
    }
    if let Some(place) = wordless.first() {
        return Ok(Some(format!(
            "the words of the event at position {place} are gone, and no event says why"
        )));
    }
    let head: Option<(i64, String)> = tx
        .query_optional(
            "select position, hash from event_head where organisation_id = $1",
            args![organisation_id],
        )
        .await?;
    let head = head.unwrap_or((0, GENESIS.to_owned()));
    Ok((head != (position, hash))
        .then(|| format!("the stream's head is at {}, its last event at {position}", head.0)))
}
