//! What channels may sell just now, for shops that ask often.
//!
//! What was read is kept in memory, by item, with the [`db::Moment`] before it was read, and told again only while nothing
//! was committed since, by this process or another, that it hangs on: the item's balances, lots and quotas; or any node,
//! channel, policy, listing or item. So an answer is true at the instant it gives as `as_of`, and whoever sees a command
//! acknowledged finds it in every answer after it (R1).

mod feed;
mod shelf;

use std::sync::Arc;

use catalogue::Channel;
use db::Fault;
use inventory::{
    lot::Life,
    selling::{Limit, Quota, Sellable, beyond::Later},
};
use kernel::{
    ChannelId, ItemId, NodeId, Place, Scope, Timestamp,
    time::{Date, to_date},
};
use serde::Serialize;
use utoipa::ToSchema;

pub use feed::{Feed, KIND};
pub use shelf::Shelf;
use shelf::{Facts, ItemFacts};

use crate::Flows;

/// The most nodes told of for a destination.
const NEAREST: usize = 5;

/// What somebody wants to know.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Of what.
    pub goods: Vec<Goods>,
    /// On which channels, by code or id; on each where none is named.
    pub channels: Vec<String>,
    /// Also from which nodes.
    pub by_node: bool,
    /// Also from which nodes near this place.
    pub near: Option<Place>,
}

/// What goods are called.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Goods {
    /// A SKU, a barcode or an id.
    Item(String),
    /// A channel's own code.
    Listing(String),
}

impl Goods {
    /// As it was asked.
    pub fn code(&self) -> &str {
        match self {
            Goods::Item(code) | Goods::Listing(code) => code,
        }
    }
}

/// What channels may sell at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Availability {
    /// When it was true.
    pub as_of: Timestamp,
    /// It has in it all that happened up to this position of the stream of events.
    pub position: i64,
    /// For each of the goods asked for, each channel.
    pub rows: Vec<AvailableOn>,
    /// Codes that mean nothing, or nothing that you may see.
    pub unknown: Vec<String>,
}

/// What a channel may sell of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AvailableOn {
    /// What the goods were called.
    pub asked: String,
    /// The item; of a kit the one that fewest of it can be made of.
    pub item_id: ItemId,
    /// Its seller's code.
    pub sku: String,
    /// The channel's code.
    pub channel: String,
    /// Its id.
    pub channel_id: ChannelId,
    /// Available to sell: base units.
    pub ats: i64,
    /// Whole packs of the channel's code that are available to sell; the units where it is no channel's code.
    pub packs: i64,
    /// What keeps the channel from selling all that is free: `quota`, `buffer`, `set_aside`, `nodes`, `life` (some expires too soon), `off`.
    #[schema(value_type = Option<String>)]
    pub limit: Option<Limit>,
    /// What is left of the channel's quota, where it has one.
    pub quota_left: Option<i64>,
    /// What is sold of it.
    pub quota_used: Option<i64>,
    /// Base units that are expected.
    pub incoming: i64,
    /// What may be ordered beyond those, and waits: base units in all by each day. The last is all that may be ordered.
    pub later: Vec<AvailableLater>,
    /// From where it can be sold; nearest first where a destination was given. Empty unless it was asked for.
    pub nodes: Vec<AvailableAt>,
}

/// What may be ordered beyond what is available, and waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AvailableLater {
    /// When all of it will be there; null where nobody knows.
    #[schema(value_type = Option<String>, format = Date)]
    pub expected_on: Option<Date>,
    /// Base units in all by then.
    pub units: i64,
}

/// What a channel may sell from a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AvailableAt {
    /// The node.
    pub node_id: NodeId,
    /// Its code.
    pub node: String,
    /// Base units, at most.
    pub units: i64,
    /// As the crow flies.
    pub distance_metres: Option<i64>,
}

impl Flows {
    /// Tells what channels may sell now, of merchants within the scope.
    pub async fn availability(&self, scope: &Scope, question: Question) -> Result<Availability, Fault> {
        let facts = self.shelf.look(&self.runtime.beside(), Arc::new(question.clone())).await?;
        Ok(answer(&facts, scope, &question))
    }
}

fn answer(facts: &Facts, scope: &Scope, question: &Question) -> Availability {
    let is_asked = |channel: &&Channel| {
        let called = |name: &String| *name == channel.code || name == channel.channel_id.as_str();
        question.channels.is_empty() || question.channels.iter().any(called)
    };
    let channels: Vec<&Channel> = facts
        .channels()
        .filter(|channel| scope.has_merchant(&channel.merchant_id))
        .filter(is_asked)
        .collect();
    let mut rows = Vec::with_capacity(question.goods.len() * channels.len().min(4));
    // What is kept of lots is true on any day; which of them are expired is seen now.
    let today = to_date(facts.as_of());
    let mut unknown: Vec<String> = question
        .channels
        .iter()
        .filter(|name| {
            !channels.iter().any(|channel| channel.code == **name || channel.channel_id.as_str() == *name)
        })
        .cloned()
        .collect();
    for goods in &question.goods {
        let before = rows.len();
        for channel in &channels {
            // Of a kit as many can be sold as of the item that gives the fewest.
            let parts = facts.meant(goods, &channel.channel_id);
            if parts.iter().all(|(item, _)| item.item.merchant_id == channel.merchant_id) {
                let rows_of =
                    parts.into_iter().map(|(item, units)| row(goods, channel, item, units, question, today));
                rows.extend(rows_of.min_by_key(|row| row.packs));
            }
        }
        if rows.len() == before {
            unknown.push(goods.code().to_owned());
        }
    }
    Availability { as_of: facts.as_of(), position: facts.position(), rows, unknown }
}

fn row(
    goods: &Goods,
    channel: &Channel,
    of: &ItemFacts,
    pack_factor: i64,
    question: &Question,
    today: Date,
) -> AvailableOn {
    let item_id = &of.item.item_id;
    let min_days = of.rules.min_life_days(&channel.channel_id, item_id);
    let all = of.free(Life::left_on(today));
    let free = if min_days > 0 { of.free(Life { today, min_days }) } else { all.clone() };
    let Sellable { ats, by_node, limit, quota } =
        of.rules.sellable(&channel.channel_id, item_id, &free).out_of(all.values().sum());
    let mut nodes = Vec::new();
    if question.by_node || question.near.is_some() {
        for (node_id, units) in by_node {
            let Some(node) = of.node(&node_id) else { continue };
            nodes.push(AvailableAt {
                node: node.code.clone(),
                units: units.min(ats),
                distance_metres: question.near.map(|near| near.metres_to(node.place)),
                node_id,
            });
        }
        nodes.retain(|at| at.units > 0);
        nodes.sort_by(|a, b| (a.distance_metres, &a.node).cmp(&(b.distance_metres, &b.node)));
        if !question.by_node {
            nodes.truncate(NEAREST);
        }
    }
    let outlook = of.outlook.as_ref().zip(of.rules.policy(&channel.channel_id, item_id));
    let later = outlook.map_or_else(Vec::new, |(outlook, policy)| {
        let most = quota.map_or(i64::MAX, |quota| quota.left() - ats);
        outlook.later_from(today, &channel.channel_id, &channel.merchant_id, policy, most)
    });
    AvailableOn {
        asked: goods.code().to_owned(),
        item_id: of.item.item_id.clone(),
        sku: of.item.sku.clone(),
        channel: channel.code.clone(),
        channel_id: channel.channel_id.clone(),
        ats,
        packs: ats / pack_factor.max(1),
        limit,
        quota_left: quota.map(Quota::left),
        quota_used: quota.map(|quota| quota.used),
        incoming: of.incoming,
        later: later
            .into_iter()
            .map(|Later { on, units }| AvailableLater { expected_on: on, units })
            .collect(),
        nodes,
    }
}
