//! What is sold beyond what is free, and waits: bounded by what is expected, or by a number.
//!
//! **Invariant:** what waits is counted where it is promised. The count changes only from what was seen, so of two that
//! promise the same supply at once one looks again.

mod store;

use std::collections::BTreeMap;

use kernel::{ChannelId, ItemId, MerchantId, time::Date};

use super::{Beyond, Policy};
pub use store::{Coming, Counts, claim, find, find_counts, give_back, list_coming};

/// What of an item will come, and who waits for it.
#[derive(Debug, Clone, Default)]
pub struct Outlook {
    /// By day; what is late is not among it, for nobody knows when it comes.
    coming: Vec<Coming>,
    /// Units that wait for it, promised and given up by nodes alike.
    ahead: i64,
    /// Units that were promised beyond what was free: in all, and by channel.
    all: i64,
    by_channel: BTreeMap<ChannelId, i64>,
}

/// What may be ordered by a day, beyond what is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Later {
    /// The day; none where nobody knows.
    pub on: Option<Date>,
    /// Units in all by then.
    pub units: i64,
}

impl Outlook {
    /// What comes to where a channel of this owner sells from, by day.
    fn coming<'o>(&'o self, owner_id: &MerchantId, policy: &Policy) -> impl Iterator<Item = &'o Coming> {
        self.coming.iter().filter(move |row| row.owner_id == *owner_id && policy.nodes.has(&row.node_id))
    }

    /// How many more units may wait for orders of a channel.
    pub fn room(&self, channel_id: &ChannelId, owner_id: &MerchantId, policy: &Policy) -> i64 {
        let most = policy.beyond_most.unwrap_or(i64::MAX);
        let own = most - self.by_channel.get(channel_id).copied().unwrap_or(0);
        let room = match policy.beyond {
            Beyond::Nothing => 0,
            Beyond::Expected => {
                let coming: i64 = self.coming(owner_id, policy).map(|row| row.quantity).sum();
                own.min(coming - self.ahead)
            }
            Beyond::Any => own,
        };
        if policy.is_on { room.max(0) } else { 0 }
    }

    /// When so many units more will be there, after all that wait already.
    pub fn day(&self, owner_id: &MerchantId, policy: &Policy, units: i64) -> Option<Date> {
        let mut open = self.ahead + units;
        let mut coming = self.coming(owner_id, policy);
        let covered = coming.find(|row| {
            open -= row.quantity;
            open <= 0
        });
        match covered {
            Some(row) => {
                Some(policy.available_from.map_or(row.expected_on, |from| from.max(row.expected_on)))
            }
            None => policy.available_from,
        }
    }

    /// What may be ordered by each day from `today` on, up to `most` units: the last is all that may wait.
    pub fn later_from(
        &self,
        today: Date,
        channel_id: &ChannelId,
        owner_id: &MerchantId,
        policy: &Policy,
        most: i64,
    ) -> Vec<Later> {
        // Known for longer than a day, it has in it what is late by now.
        let fresh = Outlook {
            coming: self.coming.iter().filter(|row| row.expected_on >= today).cloned().collect(),
            ..self.clone()
        };
        let room = fresh.room(channel_id, owner_id, policy).min(most);
        let (mut told, mut by_then): (Vec<Later>, i64) = (Vec::new(), -self.ahead);
        for row in fresh.coming(owner_id, policy) {
            by_then += row.quantity;
            let units = by_then.min(room);
            if units > told.last().map_or(0, |last| last.units) {
                let on = policy.available_from.map_or(row.expected_on, |from| from.max(row.expected_on));
                match told.last_mut().filter(|last| last.on == Some(on)) {
                    Some(last) => last.units = units,
                    None => told.push(Later { on: Some(on), units }),
                }
            }
        }
        if room > told.last().map_or(0, |last| last.units) {
            told.push(Later { on: policy.available_from, units: room });
        }
        told
    }

    /// Units are promised.
    pub fn promise(&mut self, channel_id: &ChannelId, units: i64) {
        self.ahead += units;
        self.all += units;
        *self.by_channel.entry(channel_id.clone()).or_default() += units;
    }

    /// How many units of the item are promised in all.
    pub fn promised(&self) -> i64 {
        self.all
    }

    /// True where somebody waits for what was promised.
    pub fn is_awaited(&self) -> bool {
        self.all > 0
    }
}

/// Units that wait from now on for orders of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Of which item.
    pub item_id: ItemId,
    /// Of which channel.
    pub channel_id: ChannelId,
    /// How many.
    pub units: i64,
}
