//! Who acts, and what they do in a stretch of time.
//!
//! An actor looks at the database and at the clock and does what is due; chance comes from the seed and from what is
//! acted on, never from how often somebody looked. So it does not matter in how many steps a day passes, and nothing
//! is lost or done twice when the process is killed between two of them.

mod buyers;
mod clerks;
mod customers;
mod drivers;
mod packers;
mod pickers;
mod queue;

use std::{collections::HashMap, sync::Arc};

use anyhow::{Context, Result};
use flows::Flows;
use kernel::{ChannelId, MerchantId, NodeId, Scope, Timestamp};
use network::Node;
use serde::Serialize;

use crate::world::{CHANNELS, World};

/// The most time one step makes up for. A machine that cannot keep up lets customers of the rest go elsewhere.
const STEP_MINUTES_MAX: i64 = 60;

/// What happened in some steps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Orders accepted.
    pub orders: u64,
    /// Orders refused, for whatever reason.
    pub refused: u64,
    /// Orders sent once more that were recognised.
    pub repeated: u64,
    /// Orders of which something was cancelled.
    pub cancelled: u64,
    /// Orders of which something was given up, because its goods did not come.
    pub given_up: u64,
    /// Scans at stations, right ones and refused ones.
    pub scans: u64,
    /// Scans of something that nobody had asked for, refused as they should be.
    pub scans_refused: u64,
    /// Lines short picked.
    pub short_picks: u64,
    /// Parcels closed.
    pub parcels_closed: u64,
    /// Parcels handed over.
    pub parcels_dispatched: u64,
    /// Receipts booked.
    pub receipts: u64,
    /// Refusals that an actor had not expected. Alone in its world there are none; beside a visitor, some.
    pub surprises: u64,
}

impl Tally {
    /// Both together.
    pub fn plus(self, more: Tally) -> Tally {
        Tally {
            orders: self.orders + more.orders,
            refused: self.refused + more.refused,
            repeated: self.repeated + more.repeated,
            cancelled: self.cancelled + more.cancelled,
            given_up: self.given_up + more.given_up,
            scans: self.scans + more.scans,
            scans_refused: self.scans_refused + more.scans_refused,
            short_picks: self.short_picks + more.short_picks,
            parcels_closed: self.parcels_closed + more.parcels_closed,
            parcels_dispatched: self.parcels_dispatched + more.parcels_dispatched,
            receipts: self.receipts + more.receipts,
            surprises: self.surprises + more.surprises,
        }
    }

    fn surprise(&mut self, who: &str, refusal: &dyn std::error::Error) {
        self.surprises += 1;
        tracing::info!(who, %refusal, "somebody was faster");
    }
}

/// Everybody who acts in a world.
pub struct Actors {
    flows: Flows,
    world: Arc<World>,
    orders_a_day: u32,
    merchant_id: MerchantId,
    channels: HashMap<&'static str, ChannelId>,
    nodes: HashMap<NodeId, Node>,
    /// Running sums of demand, to draw goods by how well they sell.
    demand_up_to: Vec<u64>,
    /// A node whose work is left to a visitor for a while.
    visited: Option<String>,
}

impl Actors {
    /// Actors in a world that was founded in the database of `flows`.
    pub async fn new(flows: Flows, world: Arc<World>, orders_a_day: u32) -> Result<Actors> {
        let organisation_id = flows.runtime.organisation_id.clone();
        let (merchants, channels, nodes) = flows
            .runtime
            .read(move |tx| {
                Box::pin(async move {
                    Ok::<_, db::Fault>((
                        people::list_merchants(tx, &organisation_id, &Scope::EVERYTHING).await?,
                        catalogue::list_channels(tx, &organisation_id, &Scope::EVERYTHING).await?,
                        network::list_nodes(tx, &organisation_id, &Scope::EVERYTHING).await?,
                    ))
                })
            })
            .await?;
        let merchant_id =
            merchants.into_iter().next().context("the organisation has no merchant")?.merchant_id;
        let known = |code: &'static str| {
            let channel = channels.iter().find(|channel| channel.code == code);
            channel
                .map(|channel| (code, channel.channel_id.clone()))
                .with_context(|| format!("no channel {code}"))
        };
        let channels = CHANNELS.iter().map(|channel| known(channel.code)).collect::<Result<_>>()?;
        let demand_up_to = world
            .demand
            .iter()
            .scan(0, |sum, share| {
                *sum += u64::from(*share);
                Some(*sum)
            })
            .collect();
        let nodes = nodes.into_iter().map(|node| (node.node_id.clone(), node)).collect();
        Ok(Actors { flows, world, orders_a_day, merchant_id, channels, nodes, demand_up_to, visited: None })
    }

    /// The same, with the work of one node left to a visitor for a while.
    pub fn visited_at(self, node_code: &str) -> Actors {
        Actors { visited: Some(node_code.to_owned()), ..self }
    }

    /// Everything that somebody does after `from` and up to `to`.
    pub async fn step(&self, from: Timestamp, to: Timestamp) -> Result<Tally> {
        let mut tally = self.work(from, to).await?;
        let minutes = minutes_between(from, to);
        self.buy(&minutes, &mut tally).await.context("customers order")?;
        self.change_minds(&minutes, &mut tally).await.context("customers change their minds")?;
        Ok(tally)
    }

    /// What the staff does after `from` and up to `to`. Those at the end of the chain act first, so that nothing runs
    /// through it in no time.
    pub async fn work(&self, from: Timestamp, to: Timestamp) -> Result<Tally> {
        let mut tally = Tally::default();
        let minutes = minutes_between(from, to);
        self.drive(&minutes, to, &mut tally).await.context("drivers")?;
        self.pack(to, &mut tally).await.context("packers")?;
        self.pick(to, &mut tally).await.context("pickers")?;
        self.restock(&minutes, &mut tally).await.context("buyers")?;
        self.give_up(&minutes, to, &mut tally).await.context("clerks")?;
        Ok(tally)
    }

    fn node_code(&self, node_id: &NodeId) -> &str {
        self.nodes.get(node_id).map_or("elsewhere", |node| &node.code)
    }
}

/// The whole minutes of the epoch after `from` and up to `to`, the latest where there are too many.
fn minutes_between(from: Timestamp, to: Timestamp) -> std::ops::RangeInclusive<i64> {
    let (first, last) = (from.as_second().div_euclid(60) + 1, to.as_second().div_euclid(60));
    first.max(last + 1 - STEP_MINUTES_MAX)..=last
}

/// When a minute of the epoch begins.
fn start_of(minute: i64) -> Timestamp {
    Timestamp::from_second(minute.saturating_mul(60)).unwrap_or(Timestamp::MAX)
}

/// The hour of the day, UTC.
fn hour_of(minute: i64) -> usize {
    usize::try_from(minute.div_euclid(60).rem_euclid(24)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minute_is_acted_on_once_however_time_is_cut() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let cut: Vec<i64> = [(0, 90), (90, 119), (119, 120), (120, 600)]
            .into_iter()
            .flat_map(|(from, to)| minutes_between(at(from), at(to)))
            .collect();
        assert_eq!(cut, minutes_between(at(0), at(600)).collect::<Vec<_>>());
        assert_eq!(minutes_between(at(0), at(86_400)).count(), 60);
    }
}
