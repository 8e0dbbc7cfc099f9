//! What an order may have beyond what is free: it is accepted, and waits.

use std::collections::{BTreeSet, HashMap, HashSet};

use algo_sourcing::{Cost, Plan};
use catalogue::Channel;
use db::Fault;
use inventory::selling::{
    Rules,
    beyond::{self, Outlook},
};
use kernel::{
    ItemId, Place, Quantity, Timestamp,
    time::{Date, to_date},
};
use orders::{fulfil::NewFulfilment, place::NewLine};
use runtime::Cx;

use super::{
    AcceptedLater, ShortLine,
    limits::Within,
    table::{BUDGET, Planned, Table},
};
use crate::{
    receive::ALLOCATE_WAITING,
    source::{self, Demand, ResolvedLine},
};

/// Units of an item that wait.
pub(super) struct Later {
    pub(super) item_id: ItemId,
    pub(super) units: i64,
    expected_on: Option<Date>,
    /// True where nothing of the item is there at once.
    is_all: bool,
}

impl Later {
    pub(super) fn told(&self) -> AcceptedLater {
        AcceptedLater { item_id: self.item_id.clone(), units: self.units, expected_on: self.expected_on }
    }
}

/// What will come of items that some channel may sell beforehand, and who waits for it.
pub(super) async fn find_outlooks(
    cx: &Cx<'_>,
    rules: &Rules,
    items: &[ItemId],
) -> Result<HashMap<ItemId, Outlook>, Fault> {
    let waited: Vec<&ItemId> = items.iter().filter(|item_id| rules.let_wait(item_id)).collect();
    if waited.is_empty() {
        return Ok(HashMap::new());
    }
    let items = waited.iter().copied();
    let (tx, organisation_id) = (cx.tx, &cx.organisation_id);
    let counts = beyond::find_counts(tx, organisation_id, items.clone(), true).await?;
    let ahead = orders::store::count_waiting(tx, organisation_id, items.clone()).await?;
    beyond::find(tx, organisation_id, items, to_date(cx.now), counts, &ahead).await
}

/// What came and is not shared out yet is first of those who wait for it.
pub(super) async fn find_owed(
    cx: &Cx<'_>,
    outlooks: &HashMap<ItemId, Outlook>,
) -> Result<HashMap<ItemId, i64>, Fault> {
    let awaited = outlooks.iter().filter(|(_, outlook)| outlook.is_awaited());
    let owed: HashMap<ItemId, i64> =
        awaited.map(|(item_id, outlook)| (item_id.clone(), outlook.promised())).collect();
    let is_shared =
        owed.is_empty() || !runtime::job::is_waiting(cx.tx, &cx.organisation_id, ALLOCATE_WAITING).await?;
    Ok(if is_shared { HashMap::new() } else { owed })
}

/// Those of an order's lines of which some units are there at once.
pub(super) fn at_once<'l>(
    mut numbered: Vec<(i64, &'l ItemId, i64)>,
    later: &[Later],
) -> Vec<(i64, &'l ItemId, i64)> {
    numbered.retain(|(_, item_id, _)| !later.iter().any(|later| later.is_all && later.item_id == **item_id));
    numbered
}

/// How many units of each line wait, and until when: what the parts of the order have not.
pub(super) fn by_line(
    lines: &[ResolvedLine],
    parts: &[NewFulfilment],
    later: &[Later],
) -> Vec<(i64, Option<Date>)> {
    let mut given: HashMap<i64, i64> = HashMap::new();
    for line in parts.iter().flat_map(|part| &part.lines) {
        *given.entry(line.line_no).or_default() += line.quantity.units();
    }
    let waiting = lines.iter().zip(1_i64..).map(|(line, line_no)| {
        let units = line.units - given.get(&line_no).copied().unwrap_or(0);
        let later = later.iter().find(|later| units > 0 && later.item_id == line.item_id);
        (units, later.and_then(|later| later.expected_on))
    });
    waiting.collect()
}

impl Table<'_> {
    /// Who sends at once what is there, where the rest may wait; none where it may not.
    pub(super) fn plan_later(
        &self,
        channel: &Channel,
        lines: &[ResolvedLine],
        destination: Option<Place>,
        now: Timestamp,
    ) -> Option<Planned> {
        let facts = &self.facts;
        if facts.outlooks.is_empty() {
            return None;
        }
        let wanted = lines.iter().map(|line| (&line.item_id, line.units));
        let demands = source::demands(wanted, &facts.items, self.outside);
        let within = Within::of(&facts.rules, &facts.pool, &facts.nodes, channel, &demands, &facts.owed);
        let (mut at_once, mut later): (Vec<Demand>, Vec<Later>) = (Vec::new(), Vec::new());
        for demand in &demands {
            let (item_id, units) = (&demand.item_id, demand.quantity.units());
            let there = units.min(within.most(item_id));
            if let Some(quantity) = Quantity::new(there).ok().filter(|quantity| !quantity.is_zero()) {
                at_once.push(Demand { quantity, ..demand.clone() });
            }
            if there == units {
                continue;
            }
            let policy = facts.rules.policy(&channel.channel_id, item_id)?;
            let outlook = facts.outlooks.get(item_id)?;
            let rest = units - there;
            let quota = facts.rules.quota(&channel.channel_id, item_id);
            if quota.is_some_and(|quota| quota.left() < units)
                || outlook.room(&channel.channel_id, &channel.merchant_id, policy) < rest
            {
                return None;
            }
            later.push(Later {
                item_id: item_id.clone(),
                units: rest,
                expected_on: outlook.day(&channel.merchant_id, policy, rest),
                is_all: there == 0,
            });
        }
        if later.is_empty() {
            return None;
        }
        let problem = source::problem(
            &at_once,
            within.pool(&facts.pool),
            &facts.nodes,
            &channel.merchant_id,
            destination,
            self.policy,
            &self.outside.rate_cards,
            now,
            &HashSet::new(),
        );
        let plan = if at_once.is_empty() {
            nothing()
        } else {
            algo_sourcing::solve(&problem, BUDGET).ok().filter(Plan::serves_all)?
        };
        Some(Planned { demands, problem, plan, joined: None, later })
    }

    /// Tells a refused order how much more it could have if it waited: an order of that would be accepted.
    pub(super) fn offer_later(
        &self,
        channel: &Channel,
        asked: &[NewLine],
        lines: &[ResolvedLine],
        mut short: Vec<ShortLine>,
        destination: Option<Place>,
        now: Timestamp,
    ) -> Vec<ShortLine> {
        let facts = &self.facts;
        if facts.outlooks.is_empty() {
            return short;
        }
        let wanted = lines.iter().map(|line| (&line.item_id, line.units));
        let demands = source::demands(wanted, &facts.items, self.outside);
        let within = Within::of(&facts.rules, &facts.pool, &facts.nodes, channel, &demands, &facts.owed);
        let mut left: HashMap<&ItemId, i64> = HashMap::new();
        for Demand { item_id, .. } in &demands {
            let room = facts.outlooks.get(item_id).zip(facts.rules.policy(&channel.channel_id, item_id));
            let room = room.map_or(0, |(outlook, policy)| {
                outlook.room(&channel.channel_id, &channel.merchant_id, policy)
            });
            let quota =
                facts.rules.quota(&channel.channel_id, item_id).map_or(i64::MAX, |quota| quota.left());
            left.insert(item_id, within.most(item_id).saturating_add(room).min(quota));
        }
        let mut packs: HashMap<usize, i64> = HashMap::new();
        for parts in lines.chunk_by(|one, next| one.asked == next.asked) {
            let Some(place) = parts.first().map(|part| part.asked) else { continue };
            let most =
                parts.iter().map(|part| left.get(&part.item_id).map_or(0, |left| left / part.pack_factor));
            let possible = most.min().unwrap_or(0).min(asked[place].quantity).max(0);
            for part in parts {
                left.entry(&part.item_id).and_modify(|left| *left -= possible * part.pack_factor);
            }
            packs.insert(place, possible);
        }
        let possible: Vec<ResolvedLine> = lines
            .iter()
            .map(|line| {
                let packs = packs.get(&line.asked).copied().unwrap_or(0);
                ResolvedLine { units: packs * line.pack_factor, ..line.clone() }
            })
            .filter(|line| line.units > 0)
            .collect();
        // Said only where it is so: whoever orders that is not refused again.
        let Some(planned) = self.plan_later(channel, &possible, destination, now) else { return short };
        let waits: BTreeSet<&ItemId> = planned.later.iter().map(|later| &later.item_id).collect();
        for line in &mut short {
            let place = usize::try_from(line.line_no - 1).unwrap_or_default();
            let possible = packs.get(&place).copied().unwrap_or(0);
            if possible > line.possible_quantity {
                let mine =
                    || lines.iter().filter(|part| part.asked == place && waits.contains(&part.item_id));
                let days =
                    planned.later.iter().filter(|later| mine().any(|part| part.item_id == later.item_id));
                let days: Option<Vec<Date>> = days.map(|later| later.expected_on).collect();
                line.possible_later = Some(possible);
                line.later_on = days.and_then(|days| days.into_iter().max());
            }
        }
        short
    }
}

/// The plan of an order of which nothing is there at once.
fn nothing() -> Plan {
    Plan {
        shipments: Vec::new(),
        unserved: Vec::new(),
        cost: Cost::default(),
        is_exact: true,
        considered: Vec::new(),
    }
}
