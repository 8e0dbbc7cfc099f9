//! What is set aside for channels with open quotas.

use std::collections::{BTreeMap, VecDeque};

use kernel::{ChannelId, NodeId};

use super::{Free, policy::Nodes};

/// Units behind open quotas: *pinned* to nodes for channels that sell from some nodes only, and a mere number for
/// those that sell from each.
#[derive(Debug, Default)]
pub(super) struct Aside {
    pinned: BTreeMap<ChannelId, Free>,
    counted: BTreeMap<ChannelId, i64>,
}

impl Aside {
    /// Covers open quotas, the choosiest channels first, older channels before younger ones. Pins move to other nodes
    /// where that lets one more unit be covered, so what a channel has behind it does not hang on where pins happened
    /// to be put.
    pub(super) fn of<'n>(open: impl Iterator<Item = (ChannelId, i64, &'n Nodes)>, free: &Free) -> Aside {
        let mut aside = Aside::default();
        let (anywhere, choosy): (Vec<_>, Vec<_>) =
            open.partition(|(_, _, nodes)| matches!(nodes, Nodes::All));
        let mut spare = free.clone();
        for (place, (_, left, _)) in choosy.iter().enumerate() {
            let mut needed = *left;
            while needed > 0 {
                let pinned = aside.pin_more(&choosy, place, needed, &mut spare);
                if pinned == 0 {
                    break;
                }
                needed -= pinned;
            }
        }
        let mut unpinned: i64 = spare.values().sum();
        for (channel_id, left, _) in anywhere {
            let covered = left.min(unpinned);
            unpinned -= covered;
            aside.counted.insert(channel_id, covered);
        }
        aside
    }

    /// Pins some units for one channel, on a shortest chain of channels that each make room for the one before; gives
    /// how many.
    fn pin_more(
        &mut self,
        choosy: &[(ChannelId, i64, &Nodes)],
        start: usize,
        needed: i64,
        spare: &mut Free,
    ) -> i64 {
        // Through which node each channel would be asked to make room, and for whom.
        let mut asked: BTreeMap<usize, Option<(usize, NodeId)>> = BTreeMap::from([(start, None)]);
        let mut queue = VecDeque::from([start]);
        while let Some(place) = queue.pop_front() {
            let (channel_id, _, nodes) = &choosy[place];
            let roomiest = spare.iter().filter(|(node_id, units)| **units > 0 && nodes.has(node_id));
            if let Some((node_id, room)) =
                roomiest.max_by_key(|(_, units)| **units).map(|(node_id, units)| (node_id.clone(), *units))
            {
                let mut chain = Vec::new();
                let mut at = place;
                while let Some(Some((before, through))) = asked.get(&at) {
                    chain.push((at, *before, through.clone()));
                    at = *before;
                }
                let give = |(at, _, through): &(usize, usize, NodeId)| self.pinned[&choosy[*at].0][through];
                let units = chain.iter().map(give).fold(needed.min(room), i64::min);
                *spare.entry(node_id.clone()).or_default() -= units;
                *self.pinned.entry(channel_id.clone()).or_default().entry(node_id).or_default() += units;
                for (at, before, through) in chain {
                    *self
                        .pinned
                        .entry(choosy[at].0.clone())
                        .or_default()
                        .entry(through.clone())
                        .or_default() -= units;
                    *self.pinned.entry(choosy[before].0.clone()).or_default().entry(through).or_default() +=
                        units;
                }
                return units;
            }
            for (other, (other_id, _, _)) in choosy.iter().enumerate() {
                if asked.contains_key(&other) {
                    continue;
                }
                let theirs = self.pinned.get(other_id).into_iter().flatten();
                if let Some((node_id, _)) =
                    theirs.into_iter().find(|(node_id, units)| **units > 0 && nodes.has(node_id))
                {
                    asked.insert(other, Some((place, node_id.clone())));
                    queue.push_back(other);
                }
            }
        }
        0
    }

    /// Units pinned for channels other than this.
    pub(super) fn pinned_for_others(&self, channel_id: &ChannelId) -> impl Iterator<Item = (&NodeId, i64)> {
        let others = self.pinned.iter().filter(move |(other, _)| *other != channel_id);
        others.flat_map(|(_, pins)| pins.iter().map(|(node_id, units)| (node_id, *units)))
    }

    /// Units set aside for channels other than this.
    pub(super) fn covered_for_others(&self, channel_id: &ChannelId) -> i64 {
        let counted = self.counted.iter().filter(|(other, _)| *other != channel_id);
        let pinned: i64 = self.pinned_for_others(channel_id).map(|(_, units)| units).sum();
        pinned + counted.map(|(_, units)| *units).sum::<i64>()
    }

    pub(super) fn into_covers(self) -> BTreeMap<ChannelId, i64> {
        let pinned = self.pinned.into_iter().map(|(channel_id, pins)| (channel_id, pins.values().sum()));
        self.counted.into_iter().chain(pinned).collect()
    }
}
