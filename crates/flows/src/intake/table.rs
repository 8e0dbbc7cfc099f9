//! A batch in memory: what it needs to know, what is left of the stock as it decides, and what is then written.

use std::collections::{BTreeSet, HashMap, HashSet};

use algo_sourcing::{Budget, Plan, Problem};
use catalogue::{Channel, Item, Listed};
use db::Fault;
use futures_util::future::try_join;
use inventory::{
    Account, PostError, State, Transfer, ledger,
    ownership::{self, NewSettlementLine},
    selling::{
        self, QuotaUse, Rules,
        beyond::{self, Claim, Outlook},
    },
    store as stock,
};
use kernel::{
    ChannelId, DecisionId, ItemId, NodeId, OrderId, PaymentId, Place, Quantity, Timestamp, time::to_date,
};
use network::Node;
use orders::{
    payment::NewPayment,
    place::{BadField, NewLine, NewOrder},
};
use runtime::{Answer, Cx};
use serde_json::json;
use sourcing::{NewDecision, Policy};

use super::{
    Accepted, AcceptedLater, AcceptedPart, Asked, Fate, Holder, HoldingCart, HoldingOrder, Look,
    PlaceCommand, PlaceOutcome, Refused, ShortLine,
    held::Holds,
    later::{self, Later},
    limits::{self, Stock, Within, short_lines},
    slip::{Decided, Slip},
};
use crate::{
    Outside,
    hold::HoldOutcome,
    resale::{self, Joined, Lent},
    source::{self, Demand, Pool, ResolvedLine},
};

/// What one decision in a batch may cost. The receipt's exactness is bounded apart; the plan's is not touched by it.
pub(super) const BUDGET: Budget = Budget { steps: 500_000, receipt_steps: 2_000 };

/// What a batch needs to know.
pub(super) struct Facts {
    pub(super) channels: HashMap<String, Channel>,
    listings: HashMap<(ChannelId, String), Listed>,
    pub(super) items: HashMap<ItemId, Item>,
    taken: HashMap<(ChannelId, String), (OrderId, String)>,
    pub(super) nodes: HashMap<NodeId, Node>,
    pub(super) pool: Pool,
    pub(super) holds: Holds,
    lent: Lent,
    pub(super) rules: Rules,
    /// Of items that some channel may sell beyond what is free.
    pub(super) outlooks: HashMap<ItemId, Outlook>,
    /// What is first of those who wait, as long as it is not shared out.
    pub(super) owed: HashMap<ItemId, i64>,
}

pub(super) async fn gather(cx: &mut Cx<'_>, batch: &[Asked], look: Look) -> Result<Facts, Fault> {
    let (tx, organisation_id) = (cx.tx, &cx.organisation_id.clone());
    let codes: BTreeSet<&String> = batch.iter().map(Asked::channel).collect();
    let codes: Vec<String> = codes.into_iter().cloned().collect();
    let references = batch.iter().map(Asked::reference);
    let channels = catalogue::find_channels_by_code(tx, organisation_id, &codes).await?;
    let channel_ids = channels.values().map(|channel| &channel.channel_id);
    let wanted: HashSet<(ChannelId, String)> = batch
        .iter()
        .filter_map(|asked| channels.get(asked.channel()).map(|channel| (channel, asked)))
        .flat_map(|(channel, asked)| {
            asked.lines().iter().map(|line| (channel.channel_id.clone(), line.external_code.clone()))
        })
        .collect();
    let wanted: Vec<(ChannelId, String)> = wanted.into_iter().collect();
    let (taken, listings) = try_join(
        orders::store::find_taken(tx, organisation_id, channel_ids, references),
        catalogue::resolve_listings(tx, organisation_id, &wanted),
    )
    .await?;
    let item_ids: BTreeSet<&ItemId> =
        listings.values().flat_map(Listed::components).map(|(item_id, _)| item_id).collect();
    let found = limits::find(tx, organisation_id, &channels, item_ids.iter().copied()).await?;
    // What channels may sell together is bounded by all that is free, and not by any one balance.
    let look = if found.is_empty() { look } else { Look::Locked };
    let holds = Holds::gather(cx, batch, &channels, &item_ids, look).await?;
    let item_ids: Vec<ItemId> = item_ids.into_iter().cloned().collect();
    let available = async {
        match look {
            Look::Free => stock::list_available(tx, organisation_id, item_ids.iter()).await,
            // From here on nobody else can promise these units.
            Look::Locked => stock::lock_available(tx, organisation_id, item_ids.iter()).await,
        }
    };
    let items = catalogue::items_by_id(tx, organisation_id, &item_ids);
    let (available, items) = try_join(available, items).await?;
    let rules = if found.is_empty() {
        found
    } else {
        // Looked at again behind the lock, in the order in which everybody locks: stock, then quotas.
        selling::lock_rules(tx, organisation_id, item_ids.iter()).await?
    };
    let outlooks = later::find_outlooks(cx, &rules, &item_ids).await?;
    let owed = later::find_owed(cx, &outlooks).await?;
    let sellers = channels.values().map(|channel| &channel.merchant_id);
    let lent = Lent::gather(cx, sellers, &available, look == Look::Locked).await?;
    let mut node_ids: BTreeSet<NodeId> = available.iter().map(|row| row.node_id.clone()).collect();
    node_ids.extend(holds.node_ids().cloned());
    let node_ids: Vec<NodeId> = node_ids.into_iter().collect();
    let nodes = network::nodes_by_id(tx, organisation_id, &node_ids).await?;
    let taken = taken
        .into_iter()
        .map(|taken| ((taken.channel_id, taken.external_reference), (taken.order_id, taken.fingerprint)))
        .collect();
    let pool = Pool::new(available, to_date(cx.now));
    Ok(Facts { channels, listings, items, taken, nodes, pool, holds, lent, rules, outlooks, owed })
}

/// The batch at work: facts, what is left of the stock, and what is to be written.
pub(super) struct Table<'a> {
    pub(super) outside: &'a Outside,
    pub(super) policy: &'a Policy,
    pub(super) facts: Facts,
    pub(super) slip: Slip,
    settlements: Vec<NewSettlementLine>,
    quota_uses: Vec<QuotaUse>,
    claims: Vec<Claim>,
    /// How many units of each item were promised before the batch.
    promised: HashMap<ItemId, i64>,
}

/// Who sends what, and why them.
pub(super) struct Planned {
    pub(super) demands: Vec<Demand>,
    pub(super) problem: Problem,
    pub(super) plan: Plan,
    /// What brands lend to it, where the seller's own units are not enough.
    pub(super) joined: Option<Joined>,
    /// What waits for supply.
    pub(super) later: Vec<Later>,
}

impl<'a> Table<'a> {
    pub(super) fn new(outside: &'a Outside, policy: &'a Policy, facts: Facts) -> Table<'a> {
        let promised = facts.outlooks.iter();
        let promised = promised.map(|(item_id, outlook)| (item_id.clone(), outlook.promised())).collect();
        Table {
            outside,
            policy,
            facts,
            slip: Slip::default(),
            settlements: Vec::new(),
            quota_uses: Vec::new(),
            claims: Vec::new(),
            promised,
        }
    }

    /// Decides one order against what those before it have left.
    pub(super) fn decide(&mut self, cx: &mut Cx<'_>, command: &PlaceCommand) -> PlaceOutcome {
        let order = &command.order;
        let Some(channel) = self.facts.channels.get(&order.channel).cloned() else {
            return PlaceOutcome::Refused(Refused::UnknownChannel { channel: order.channel.clone() });
        };
        let reference = (channel.channel_id.clone(), order.external_reference.clone());
        let fingerprint = order.fingerprint();
        if let Some((order_id, known)) = self.facts.taken.get(&reference) {
            // What an erased order said is forgotten, so whatever comes under its reference is a repeat.
            return if *known == fingerprint || known.is_empty() {
                PlaceOutcome::Accepted(accepted(order_id.clone(), order, true, Vec::new()))
            } else {
                PlaceOutcome::Refused(Refused::Conflict { order_id: order_id.clone() })
            };
        }
        let lines = match self.resolve(&channel, &order.lines) {
            Ok(lines) => lines,
            Err(lines) => return PlaceOutcome::Refused(Refused::UnknownListings { lines }),
        };
        let held = match self.facts.holds.of_order(order, &channel) {
            Ok(held) => held,
            Err(refused) => return PlaceOutcome::Refused(refused),
        };
        // For this order alone what is held for it is as good as free, and unsold.
        self.lend_held(held.as_ref());
        let lent = Some(&self.facts.lent);
        let destination = order.ship_to.place;
        let planned = self.plan(&channel, &order.lines, &lines, lent, destination, cx.now);
        let planned = planned.or_else(|short| {
            let later = self.plan_later(&channel, &lines, destination, cx.now);
            later.ok_or_else(|| self.offer_later(&channel, &order.lines, &lines, short, destination, cx.now))
        });
        let Planned { demands, problem, plan, mut joined, later } = match planned {
            Ok(planned) => planned,
            Err(lines) => {
                self.take_held_back(held.as_ref());
                cx.tell(
                    "order.refused",
                    channel.channel_id.as_str(),
                    json!({ "external_reference": order.external_reference, "reason": "insufficient_stock" }),
                );
                return PlaceOutcome::Refused(Refused::InsufficientStock { lines });
            }
        };
        let order_id = OrderId::from_body(&cx.fresh());
        let numbered: Vec<(i64, &ItemId, i64)> =
            lines.iter().zip(1..).map(|(line, line_no)| (line_no, &line.item_id, line.units)).collect();
        let numbered = later::at_once(numbered, &later);
        let parts = source::parts(cx, &order_id, &plan, &numbered);
        if let Some(held) = held {
            self.consume(cx, held, &order_id, &parts);
        }
        for part in &parts {
            for line in &part.lines {
                let (item_id, node_id, pool) = (&line.item_id, &part.node_id, &mut self.facts.pool);
                let taken = if let Some(joined) = &mut joined {
                    let lent = &mut self.facts.lent;
                    let seller_id = &channel.merchant_id;
                    let (taken, trades) = lent.take(joined, pool, seller_id, item_id, node_id, line.quantity);
                    let bought = resale::lines_of(cx, &order_id, trades);
                    self.slip.transfers.extend(bought.iter().map(NewSettlementLine::transfer));
                    self.settlements.extend(bought);
                    taken
                } else {
                    let min_life_days = self.facts.rules.min_life_days(&channel.channel_id, item_id);
                    pool.take(item_id, node_id, &channel.merchant_id, line.quantity, min_life_days)
                };
                let account = |state| Account::at(&line.item_id, &channel.merchant_id, &part.node_id, state);
                self.slip.transfers.extend(taken.into_iter().map(|(lot, quantity)| {
                    let transfer = Transfer {
                        from: account(State::Available),
                        to: account(State::Allocated),
                        quantity,
                        reason: "allocate".into(),
                        cause_id: order_id.as_str().to_owned(),
                        happened_at: cx.now,
                    };
                    transfer.of_lot(&lot.code)
                }));
            }
        }
        for demand in &demands {
            let units = demand.quantity.units();
            if self.facts.rules.charge(&channel.channel_id, &demand.item_id, units) {
                self.quota_uses.push(QuotaUse {
                    order_id: order_id.clone(),
                    item_id: demand.item_id.clone(),
                    channel_id: channel.channel_id.clone(),
                    quantity: units,
                });
            }
        }
        let waiting = later::by_line(&lines, &parts, &later);
        for Later { item_id, units, .. } in &later {
            if let Some(outlook) = self.facts.outlooks.get_mut(item_id) {
                outlook.promise(&channel.channel_id, *units);
            }
            let channel_id = channel.channel_id.clone();
            self.claims.push(Claim { item_id: item_id.clone(), channel_id, units: *units });
        }
        // What waits is sourced when it comes.
        let decided = (!plan.shipments.is_empty()).then(|| NewDecision {
            decision_id: DecisionId::from_body(&cx.fresh()),
            order_id: order_id.clone(),
            cause: "accept".into(),
            cost_minor: plan.cost.total_minor(),
            nodes: plan.shipments.len() as i64,
            is_exact: plan.is_exact,
            receipt: source::receipt(&problem, &plan, self.policy, &demands),
            decided_at: cx.now,
        });
        self.slip.decisions.extend(decided);
        self.expect_payment(cx, &order_id, order);
        cx.tell(
            "order.accepted",
            order_id.as_str(),
            json!({
                "channel": order.channel, "external_reference": order.external_reference,
                "total_minor": order.total_minor(), "currency": order.currency,
                "lines": order.lines.len(), "units": lines.iter().map(|line| line.units).sum::<i64>(),
                "nodes": parts.iter().map(|part| part.node_id.as_str()).collect::<Vec<_>>(),
            }),
        );
        let told: Vec<AcceptedLater> = later.iter().map(Later::told).collect();
        if !told.is_empty() {
            cx.tell("order.backordered", order_id.as_str(), json!({ "items": told }));
        }
        let summary = parts
            .iter()
            .map(|part| AcceptedPart {
                fulfilment_order_id: part.fulfilment_order_id.clone(),
                node_id: part.node_id.clone(),
                units: part.lines.iter().map(|line| line.quantity.units()).sum(),
            })
            .collect();
        self.slip.fulfilments.extend(parts);
        self.facts.taken.insert(reference, (order_id.clone(), fingerprint.clone()));
        self.slip.accepted.push(Decided {
            order_id: order_id.clone(),
            merchant_id: channel.merchant_id,
            channel_id: channel.channel_id,
            placed_at: order.placed_at.unwrap_or(cx.now),
            accepted_at: cx.now,
            order: order.clone(),
            fingerprint,
            raw: command.raw.clone(),
            lines,
            waiting,
        });
        let accepted = accepted(order_id, order, false, summary);
        PlaceOutcome::Accepted(Accepted { waiting: told, ..accepted })
    }

    /// Which nodes would send these lines with what is left, or which of the lines nobody can: the same for an order and
    /// for a hold, so that what is held is what an order gets. What is `lent` serves where the seller's own is not enough.
    pub(super) fn plan(
        &self,
        channel: &Channel,
        asked: &[NewLine],
        lines: &[ResolvedLine],
        lent: Option<&Lent>,
        destination: Option<Place>,
        now: Timestamp,
    ) -> Result<Planned, Vec<ShortLine>> {
        let wanted = lines.iter().map(|line| (&line.item_id, line.units));
        let demands = source::demands(wanted, &self.facts.items, self.outside);
        let within = Within::of(
            &self.facts.rules,
            &self.facts.pool,
            &self.facts.nodes,
            channel,
            &demands,
            &self.facts.owed,
        );
        let ask = |pool: &Pool| {
            let problem = source::problem(
                &demands,
                pool,
                &self.facts.nodes,
                &channel.merchant_id,
                destination,
                self.policy,
                &self.outside.rate_cards,
                now,
                &HashSet::new(),
            );
            let solved = algo_sourcing::solve(&problem, BUDGET).ok();
            (problem, solved.filter(|plan| plan.serves_all() && !within.is_exceeded()))
        };
        let own = within.pool(&self.facts.pool);
        let mut joined = None;
        let (mut problem, mut solved) = ask(own);
        // A channel that something is ruled on sells its merchant's own.
        if solved.is_none() && !within.is_ruled() {
            joined = lent.and_then(|lent| lent.join(own, &channel.merchant_id, &demands));
            if let Some(joined) = &joined {
                (problem, solved) = ask(&joined.pool);
            }
        }
        match solved {
            Some(plan) => Ok(Planned { demands, problem, plan, joined, later: Vec::new() }),
            None => {
                let pool = joined.as_ref().map_or(&self.facts.pool, |joined| &joined.pool);
                let max_nodes = self.policy.max_nodes as usize;
                let stock = Stock { pool, nodes: &self.facts.nodes, max_nodes };
                Err(short_lines(asked, lines, &demands, &stock, channel, &within))
            }
        }
    }

    /// Each line's item, base units, pack factor, price and title, a line for each item of a kit; or the codes that mean
    /// nothing.
    pub(super) fn resolve(
        &self,
        channel: &Channel,
        asked: &[NewLine],
    ) -> Result<Vec<ResolvedLine>, Vec<BadField>> {
        let (mut lines, mut unknown) = (Vec::with_capacity(asked.len()), Vec::new());
        for (place, line) in asked.iter().enumerate() {
            let key = (channel.channel_id.clone(), line.external_code.clone());
            let mut bad = |message: String| {
                unknown.push(BadField { pointer: format!("/lines/{place}/external_code"), message });
            };
            let Some(listed) = self.facts.listings.get(&key) else {
                bad(format!("`{}` is not listed on channel {}", line.external_code, channel.code));
                continue;
            };
            let units: Vec<i64> = listed.components().map(|(_, units)| units).collect();
            let prices = source::shares(line.unit_price_minor, &units);
            for ((item_id, pack_factor), pack_price_minor) in listed.components().zip(prices) {
                let units = Quantity::new(line.quantity).ok().and_then(|packs| packs.times(pack_factor));
                match (units, self.facts.items.get(item_id)) {
                    (Some(units), Some(item)) => {
                        let is_named = listed.also.is_empty() && !line.title.is_empty();
                        lines.push(ResolvedLine {
                            asked: place,
                            item_id: item_id.clone(),
                            units: units.units(),
                            pack_factor,
                            pack_price_minor,
                            title: if is_named { line.title.clone() } else { item.title.clone() },
                        });
                    }
                    _ => bad(format!("{} packs of {pack_factor} units are too many", line.quantity)),
                }
            }
        }
        if unknown.is_empty() { Ok(lines) } else { Err(unknown) }
    }

    fn expect_payment(&mut self, cx: &mut Cx<'_>, order_id: &OrderId, order: &NewOrder) {
        let due_minor = order.total_minor().unwrap_or(0);
        let provider = if order.is_paid { "channel" } else { self.outside.payments.setup().code.as_str() };
        self.slip.payments.push(NewPayment {
            payment_id: PaymentId::from_body(&cx.fresh()),
            order_id: order_id.clone(),
            provider: provider.to_owned(),
            provider_reference: order.payment_reference.clone(),
            currency: order.currency,
            due_minor,
            is_captured: order.is_paid,
            created_at: cx.now,
        });
        if !order.is_paid {
            let request =
                json!({ "order_id": order_id, "amount_minor": due_minor, "currency": order.currency });
            cx.intend("payment.authorise", order_id.as_str(), request);
        }
    }

    /// Says to refused orders who holds what they asked for.
    pub(super) async fn explain_refusals(
        &self,
        cx: &Cx<'_>,
        answers: &mut [Answer<Fate>],
    ) -> Result<(), Fault> {
        let mut short: Vec<&mut ShortLine> = answers
            .iter_mut()
            .filter_map(|answer| match answer {
                Answer::Done(
                    Fate::Order(PlaceOutcome::Refused(Refused::InsufficientStock { lines }))
                    | Fate::Hold(HoldOutcome::Refused(Refused::InsufficientStock { lines })),
                ) => Some(lines),
                _ => None,
            })
            .flatten()
            .collect();
        if short.is_empty() {
            return Ok(());
        }
        let items: BTreeSet<ItemId> = short.iter().map(|line| line.item_id.clone()).collect();
        let states = stock::list_by_state(cx.tx, &cx.organisation_id, items.iter()).await?;
        let holders = orders::store::list_holders(cx.tx, &cx.organisation_id, items.iter()).await?;
        let carts = stock::list_holding(cx.tx, &cx.organisation_id, items.iter(), cx.now).await?;
        for line in &mut short {
            line.held_by = states
                .iter()
                .filter(|row| row.item_id == line.item_id && row.state != "available")
                .map(|row| Holder { state: row.state.clone(), quantity: row.quantity })
                .collect();
            line.holding_orders = holders
                .iter()
                .filter(|(item_id, _, _)| *item_id == line.item_id)
                .map(|(_, order_id, quantity)| HoldingOrder {
                    order_id: order_id.clone(),
                    quantity: *quantity,
                })
                .collect();
            line.holding_carts = carts
                .iter()
                .filter(|cart| cart.item_id == line.item_id)
                .map(|cart| HoldingCart {
                    hold_id: cart.hold_id.clone(),
                    quantity: cart.quantity,
                    expires_at: cart.expires_at,
                })
                .collect();
        }
        Ok(())
    }

    /// How many orders it accepted.
    pub(super) fn orders(&self) -> usize {
        self.slip.accepted.len()
    }

    /// True where some of them wait for supply: their turn is told from what is filed.
    pub(super) fn has_waiting(&self) -> bool {
        !self.claims.is_empty()
    }

    /// Writes everything that was decided: bounds now, what is searched now or later.
    pub(super) async fn write(&mut self, cx: &mut Cx<'_>, is_later: bool) -> Result<(), Fault> {
        if self.slip.transfers.is_empty() && self.slip.accepted.is_empty() {
            return Ok(());
        }
        self.facts.holds.write(cx).await?;
        self.slip.claim(cx, is_later).await?;
        let organisation_id = cx.organisation_id.clone();
        cx.actor = "intake".into();
        if !is_later {
            self.slip.file(cx).await?;
        }
        // Somebody else took of it since it was looked at: nothing is kept, and the batch is decided anew.
        let outrun = |expected: usize| Fault::Outrun {
            what: "stock promised in a batch",
            touched: 0,
            expected: expected as u64,
        };
        match ledger::post_balances(cx, &self.slip.transfers).await {
            // Should somebody have used an entitlement up since, this too has the batch decided anew.
            Ok(()) => ownership::settle(cx, &self.settlements).await?,
            Err(PostError::Fault(fault)) => return Err(fault),
            Err(PostError::Short { .. }) => return Err(outrun(self.slip.transfers.len())),
        }
        let is_bounded = self.claims.is_empty()
            || beyond::claim(cx.tx, &organisation_id, &self.claims, &self.promised).await?;
        if !is_bounded {
            return Err(outrun(self.claims.len()));
        }
        let is_within_quotas =
            self.quota_uses.is_empty() || selling::charge(cx.tx, &organisation_id, &self.quota_uses).await?;
        if is_within_quotas { Ok(()) } else { Err(outrun(self.quota_uses.len())) }
    }
}

fn accepted(order_id: OrderId, order: &NewOrder, is_repeat: bool, parts: Vec<AcceptedPart>) -> Accepted {
    Accepted {
        order_id,
        channel: order.channel.clone(),
        external_reference: order.external_reference.clone(),
        currency: order.currency,
        total_minor: order.total_minor().unwrap_or(0),
        is_repeat,
        fulfilment_orders: parts,
        waiting: Vec::new(),
    }
}
