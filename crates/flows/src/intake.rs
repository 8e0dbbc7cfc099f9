//! Taking orders: accepted with their stock in one transaction, or refused with who holds it and what else is possible.
//!
//! Orders that wait together are decided together, first come first served, in one transaction of set-based statements:
//! keys, repeats, codes, the locked stock; then each order in memory; then everything written at once.

use std::collections::{BTreeSet, HashMap, HashSet};

use algo_sourcing::Budget;
use catalogue::{Channel, Item, Listed};
use db::Fault;
use inventory::{Account, PostError, State, Transfer, store as stock};
use kernel::{
    ChannelId, Currency, DecisionId, FulfilmentOrderId, ItemId, NodeId, OrderId, PaymentId, Quantity,
    Timestamp,
};
use network::Node;
use orders::{
    fulfil::{NewFulfilment, NewFulfilmentLine},
    payment::NewPayment,
    place::{BadField, NewOrder},
    store::{AcceptedLine, AcceptedOrder},
};
use runtime::{Answer, Call, CommandKey, Cx, Runtime};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sourcing::{NewDecision, Policy};

use crate::{
    Flows, Outside,
    source::{self, Demand, Pool},
};

/// The most orders one transaction takes: long enough to share its cost, short enough that nobody waits.
pub const BATCH_MAX: usize = 500;

/// What one decision in a batch may cost. The receipt's exactness is bounded apart; the plan's is not touched by it.
const BUDGET: Budget = Budget { steps: 500_000, receipt_steps: 2_000 };

/// An order handed in.
#[derive(Debug, Clone)]
pub struct PlaceCommand {
    /// Who, under which key, when.
    pub call: Call,
    /// What.
    pub order: NewOrder,
    /// As the channel sent it, JSON text.
    pub raw: String,
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum PlaceOutcome {
    /// It is ours, and its stock is allocated.
    Accepted(Accepted),
    /// It is not ours; nothing was changed.
    Refused(Refused),
}

/// An order that is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Its id.
    pub order_id: OrderId,
    /// The channel's code.
    pub channel: String,
    /// The channel's name for it.
    pub external_reference: String,
    /// Of every amount.
    pub currency: Currency,
    /// Goods and shipping.
    pub total_minor: i64,
    /// True where the channel had sent it before: this time nothing was changed.
    pub is_repeat: bool,
    /// Who does what; empty for a repeat.
    pub fulfilment_orders: Vec<AcceptedPart>,
}

/// The part of an order that a node got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedPart {
    /// Its id.
    pub fulfilment_order_id: FulfilmentOrderId,
    /// By which node.
    pub node_id: NodeId,
    /// How many units.
    pub units: i64,
}

/// Why an order was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Refused {
    /// Some fields are not as they must be.
    BadFields {
        /// Which, and what would be right.
        fields: Vec<BadField>,
    },
    /// There is no such channel.
    UnknownChannel {
        /// Its code.
        channel: String,
    },
    /// Some codes mean nothing on this channel.
    UnknownListings {
        /// Lines and their codes.
        lines: Vec<BadField>,
    },
    /// The channel sent another order under this reference before.
    Conflict {
        /// The order that has the reference.
        order_id: OrderId,
    },
    /// There is not enough stock that may be promised.
    InsufficientStock {
        /// Which lines, who holds the stock and what else is possible.
        lines: Vec<ShortLine>,
    },
}

/// A line that stock cannot serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortLine {
    /// Which.
    pub line_no: i64,
    /// The channel's code.
    pub external_code: String,
    /// The item.
    pub item_id: ItemId,
    /// Base units asked for, over all lines of the item.
    pub asked: i64,
    /// Base units free in the network.
    pub available: i64,
    /// Where the rest is: units by state.
    pub held_by: Vec<Holder>,
    /// Orders that hold some of it, oldest first, up to five.
    pub holding_orders: Vec<HoldingOrder>,
    /// How many packs of this line would be accepted now; none where nothing would.
    pub possible_quantity: i64,
}

/// Units in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The state.
    pub state: String,
    /// How many units.
    pub quantity: i64,
}

/// Units that an order holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldingOrder {
    /// Which.
    pub order_id: OrderId,
    /// How many units.
    pub quantity: i64,
}

/// The machine failed; it is not known that anything was changed, and the same reference or key may be sent again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the order could not be taken: {0}")]
pub struct Lost(pub String);

impl Flows {
    /// Hands an order in and waits until its fate is durable.
    pub async fn place(&self, command: PlaceCommand) -> Result<Answer<PlaceOutcome>, Lost> {
        let problems = command.order.problems();
        if !problems.is_empty() {
            return Ok(Answer::Done(PlaceOutcome::Refused(Refused::BadFields { fields: problems })));
        }
        self.intake.submit(command).await.map_err(|error| Lost(error.to_string()))?
    }
}

/// Decides a batch in one transaction. Should it fail as a whole, each order is tried by itself, so that one that the
/// database cannot swallow harms nobody else.
pub(crate) async fn place_batch(
    runtime: &Runtime,
    outside: &std::sync::Arc<Outside>,
    policy: &std::sync::Arc<Policy>,
    batch: Vec<PlaceCommand>,
) -> Vec<Result<Answer<PlaceOutcome>, Lost>> {
    let batch = std::sync::Arc::new(batch);
    match place_together(runtime, outside, policy, batch.clone()).await {
        Ok(answers) => answers.into_iter().map(Ok).collect(),
        Err(fault) if batch.len() == 1 => vec![Err(lost(&fault))],
        Err(fault) => {
            tracing::warn!(
                error = &fault as &dyn std::error::Error,
                orders = batch.len(),
                "a batch is taken one by one"
            );
            let mut answers = Vec::with_capacity(batch.len());
            for command in batch.iter() {
                let single = std::sync::Arc::new(vec![command.clone()]);
                let answer = place_together(runtime, outside, policy, single).await;
                answers.push(
                    answer
                        .map_err(|fault| lost(&fault))
                        .and_then(|mut answers| answers.pop().ok_or_else(|| Lost("no answer".into()))),
                );
            }
            answers
        }
    }
}

fn lost(fault: &Fault) -> Lost {
    tracing::error!(error = fault as &dyn std::error::Error, "an order could not be taken");
    Lost(fault.to_string())
}

async fn place_together(
    runtime: &Runtime,
    outside: &std::sync::Arc<Outside>,
    policy: &std::sync::Arc<Policy>,
    batch: std::sync::Arc<Vec<PlaceCommand>>,
) -> Result<Vec<Answer<PlaceOutcome>>, Fault> {
    let (outside, policy) = (outside.clone(), policy.clone());
    let now = runtime.now();
    runtime
        .run(Call::by("intake"), move |cx| {
            let (outside, policy, batch) = (outside.clone(), policy.clone(), batch.clone());
            Box::pin(async move {
                let organisation_id = cx.organisation_id.clone();
                let keys: BTreeSet<&CommandKey> =
                    batch.iter().filter_map(|command| command.call.key.as_ref()).collect();
                let earlier = runtime::claim_keys(cx.tx, &organisation_id, &keys, now).await?;
                let facts = gather(cx, &batch).await?;
                let mut table = Table::new(&outside, &policy, facts);
                let mut answers: Vec<Answer<PlaceOutcome>> = Vec::with_capacity(batch.len());
                let mut answered: HashMap<&CommandKey, usize> = HashMap::new();
                for (place, command) in batch.iter().enumerate() {
                    if let Some(key) = &command.call.key {
                        if let Some(answer) = earlier.get(key) {
                            answers.push(answer.clone());
                            continue;
                        }
                        if let Some(first) = answered.get(key) {
                            let again = match &answers[*first] {
                                Answer::Done(outcome) | Answer::Replayed(outcome) => {
                                    Answer::Replayed(outcome.clone())
                                }
                                Answer::KeyReused => Answer::KeyReused,
                            };
                            answers.push(again);
                            continue;
                        }
                        if answered.keys().any(|known| known.scope == key.scope && known.key == key.key) {
                            answers.push(Answer::KeyReused);
                            continue;
                        }
                        answered.insert(key, place);
                    }
                    cx.now = command.call.at.unwrap_or(now);
                    cx.actor.clone_from(&command.call.actor);
                    answers.push(Answer::Done(table.decide(cx, command)));
                }
                cx.now = now;
                table.explain_refusals(cx, &mut answers).await?;
                table.write(cx).await?;
                let kept: Vec<(&CommandKey, &PlaceOutcome)> = answered
                    .iter()
                    .filter_map(|(key, place)| match &answers[*place] {
                        Answer::Done(outcome) => Some((*key, outcome)),
                        Answer::Replayed(_) | Answer::KeyReused => None,
                    })
                    .collect();
                runtime::keep_answers(cx.tx, &organisation_id, &kept).await?;
                Ok(answers)
            })
        })
        .await
}

/// What a batch needs to know.
struct Facts {
    channels: HashMap<String, Channel>,
    listings: HashMap<(ChannelId, String), Listed>,
    items: HashMap<ItemId, Item>,
    taken: HashMap<(ChannelId, String), (OrderId, String)>,
    nodes: HashMap<NodeId, Node>,
    pool: Pool,
}

async fn gather(cx: &Cx<'_>, batch: &[PlaceCommand]) -> Result<Facts, Fault> {
    let (tx, organisation_id) = (cx.tx, &cx.organisation_id);
    let codes: BTreeSet<&String> = batch.iter().map(|command| &command.order.channel).collect();
    let codes: Vec<String> = codes.into_iter().cloned().collect();
    let references = batch.iter().map(|command| &command.order.external_reference);
    let channels = catalogue::find_channels_by_code(tx, organisation_id, &codes).await?;
    let taken = orders::store::find_taken(tx, organisation_id, references).await?;
    let wanted: HashSet<(ChannelId, String)> = batch
        .iter()
        .filter_map(|command| channels.get(&command.order.channel).map(|channel| (channel, command)))
        .flat_map(|(channel, command)| {
            command.order.lines.iter().map(|line| (channel.channel_id.clone(), line.external_code.clone()))
        })
        .collect();
    let wanted: Vec<(ChannelId, String)> = wanted.into_iter().collect();
    let listings = catalogue::resolve_listings(tx, organisation_id, &wanted).await?;
    let item_ids: BTreeSet<&ItemId> = listings.values().map(|listed| &listed.item_id).collect();
    // The lock: from here on nobody else can promise these units.
    let available = stock::lock_available(tx, organisation_id, item_ids.iter().copied()).await?;
    let item_ids: Vec<ItemId> = item_ids.into_iter().cloned().collect();
    let items = catalogue::items_by_id(tx, organisation_id, &item_ids).await?;
    let node_ids: BTreeSet<NodeId> = available.iter().map(|row| row.node_id.clone()).collect();
    let node_ids: Vec<NodeId> = node_ids.into_iter().collect();
    let nodes = network::nodes_by_id(tx, organisation_id, &node_ids).await?;
    let taken = taken
        .into_iter()
        .map(|taken| ((taken.channel_id, taken.external_reference), (taken.order_id, taken.fingerprint)))
        .collect();
    Ok(Facts { channels, listings, items, taken, nodes, pool: Pool::new(available) })
}

/// The batch at work: facts, what is left of the stock, and what is to be written.
struct Table<'a> {
    outside: &'a Outside,
    policy: &'a Policy,
    facts: Facts,
    accepted: Vec<Decided>,
    fulfilments: Vec<NewFulfilment>,
    payments: Vec<NewPayment>,
    decisions: Vec<NewDecision>,
    transfers: Vec<Transfer>,
}

/// An accepted order, kept until it is written.
struct Decided {
    order_id: OrderId,
    channel: Channel,
    placed_at: Timestamp,
    accepted_at: Timestamp,
    order: NewOrder,
    fingerprint: String,
    raw: String,
    lines: Vec<(ItemId, i64, i64, String)>,
}

impl<'a> Table<'a> {
    fn new(outside: &'a Outside, policy: &'a Policy, facts: Facts) -> Table<'a> {
        Table {
            outside,
            policy,
            facts,
            accepted: Vec::new(),
            fulfilments: Vec::new(),
            payments: Vec::new(),
            decisions: Vec::new(),
            transfers: Vec::new(),
        }
    }

    /// Decides one order against what those before it have left.
    fn decide(&mut self, cx: &mut Cx<'_>, command: &PlaceCommand) -> PlaceOutcome {
        let order = &command.order;
        let Some(channel) = self.facts.channels.get(&order.channel).cloned() else {
            return PlaceOutcome::Refused(Refused::UnknownChannel { channel: order.channel.clone() });
        };
        let reference = (channel.channel_id.clone(), order.external_reference.clone());
        let fingerprint = order.fingerprint();
        if let Some((order_id, known)) = self.facts.taken.get(&reference) {
            return if *known == fingerprint {
                PlaceOutcome::Accepted(accepted(order_id.clone(), order, true, Vec::new()))
            } else {
                PlaceOutcome::Refused(Refused::Conflict { order_id: order_id.clone() })
            };
        }
        let lines = match self.resolve(&channel, order) {
            Ok(lines) => lines,
            Err(lines) => return PlaceOutcome::Refused(Refused::UnknownListings { lines }),
        };
        let demands = source::demands(&lines, &self.facts.items, self.outside);
        let problem = source::problem(
            &demands,
            &self.facts.pool,
            &self.facts.nodes,
            &channel.merchant_id,
            order.ship_to.place,
            self.policy,
            &self.outside.rate_cards,
            cx.now,
            &HashSet::new(),
        );
        let plan = match algo_sourcing::solve(&problem, BUDGET) {
            Ok(plan) if plan.serves_all() => plan,
            Ok(_) | Err(_) => {
                let lines = short_lines(order, &lines, &demands, &self.facts.pool, &channel);
                cx.tell(
                    "order.refused",
                    channel.channel_id.as_str(),
                    json!({ "external_reference": order.external_reference, "reason": "insufficient_stock" }),
                );
                return PlaceOutcome::Refused(Refused::InsufficientStock { lines });
            }
        };
        let order_id = OrderId::from_body(&cx.fresh());
        let parts = source::parts(cx, &order_id, &plan, &lines);
        for part in &parts {
            for line in &part.lines {
                self.facts.pool.take(&line.item_id, &part.node_id, &channel.merchant_id, line.quantity);
                let account = |state| Account::at(&line.item_id, &channel.merchant_id, &part.node_id, state);
                self.transfers.push(Transfer {
                    from: account(State::Available),
                    to: account(State::Allocated),
                    quantity: line.quantity,
                    reason: "allocate",
                    cause_id: order_id.as_str().to_owned(),
                    happened_at: cx.now,
                });
            }
        }
        self.decisions.push(NewDecision {
            decision_id: DecisionId::from_body(&cx.fresh()),
            order_id: order_id.clone(),
            cause: "accept",
            cost_minor: plan.cost.total_minor(),
            nodes: plan.shipments.len() as i64,
            is_exact: plan.is_exact,
            receipt: source::receipt(&problem, &plan, self.policy, &demands),
            decided_at: cx.now,
        });
        self.expect_payment(cx, &order_id, order);
        cx.tell(
            "order.accepted",
            order_id.as_str(),
            json!({
                "channel": order.channel, "external_reference": order.external_reference,
                "total_minor": order.total_minor(), "currency": order.currency,
                "lines": lines.len(), "units": lines.iter().map(|line| line.1).sum::<i64>(),
                "nodes": parts.iter().map(|part| part.node_id.as_str()).collect::<Vec<_>>(),
            }),
        );
        let summary = parts
            .iter()
            .map(|part| AcceptedPart {
                fulfilment_order_id: part.fulfilment_order_id.clone(),
                node_id: part.node_id.clone(),
                units: part.lines.iter().map(|line| line.quantity.units()).sum(),
            })
            .collect();
        self.fulfilments.extend(parts);
        self.facts.taken.insert(reference, (order_id.clone(), fingerprint.clone()));
        self.accepted.push(Decided {
            order_id: order_id.clone(),
            channel,
            placed_at: order.placed_at.unwrap_or(cx.now),
            accepted_at: cx.now,
            order: order.clone(),
            fingerprint,
            raw: command.raw.clone(),
            lines,
        });
        PlaceOutcome::Accepted(accepted(order_id, order, false, summary))
    }

    /// Each line's item, base units, pack factor and title; or the codes that mean nothing.
    fn resolve(
        &self,
        channel: &Channel,
        order: &NewOrder,
    ) -> Result<Vec<(ItemId, i64, i64, String)>, Vec<BadField>> {
        let (mut lines, mut unknown) = (Vec::with_capacity(order.lines.len()), Vec::new());
        for (place, line) in order.lines.iter().enumerate() {
            let key = (channel.channel_id.clone(), line.external_code.clone());
            let mut bad = |message: String| {
                unknown.push(BadField { pointer: format!("/lines/{place}/external_code"), message });
            };
            let Some(listed) = self.facts.listings.get(&key) else {
                bad(format!("`{}` is not listed on channel {}", line.external_code, channel.code));
                continue;
            };
            let units = Quantity::new(line.quantity).ok().and_then(|packs| packs.times(listed.pack_factor));
            match (units, self.facts.items.get(&listed.item_id)) {
                (Some(units), Some(item)) => {
                    let title = if line.title.is_empty() { item.title.clone() } else { line.title.clone() };
                    lines.push((listed.item_id.clone(), units.units(), listed.pack_factor, title));
                }
                _ => bad(format!("{} packs of {} units are too many", line.quantity, listed.pack_factor)),
            }
        }
        if unknown.is_empty() { Ok(lines) } else { Err(unknown) }
    }

    fn expect_payment(&mut self, cx: &mut Cx<'_>, order_id: &OrderId, order: &NewOrder) {
        let due_minor = order.total_minor().unwrap_or(0);
        let provider = if order.is_paid { "channel" } else { self.outside.payments.setup().code.as_str() };
        self.payments.push(NewPayment {
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
    async fn explain_refusals(&self, cx: &Cx<'_>, answers: &mut [Answer<PlaceOutcome>]) -> Result<(), Fault> {
        let mut short: Vec<&mut ShortLine> = answers
            .iter_mut()
            .filter_map(|answer| match answer {
                Answer::Done(PlaceOutcome::Refused(Refused::InsufficientStock { lines })) => Some(lines),
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
        }
        Ok(())
    }

    /// Writes everything that was decided.
    async fn write(&self, cx: &mut Cx<'_>) -> Result<(), Fault> {
        if self.accepted.is_empty() {
            return Ok(());
        }
        let (tx, organisation_id) = (cx.tx, cx.organisation_id.clone());
        let rows: Vec<AcceptedOrder<'_>> = self.accepted.iter().map(Decided::as_row).collect();
        orders::store::insert_orders(tx, &organisation_id, &rows).await?;
        orders::store::insert_fulfilments(tx, &organisation_id, &self.fulfilments).await?;
        orders::store::insert_payments(tx, &organisation_id, &self.payments).await?;
        sourcing::store::insert_decisions(tx, &organisation_id, &self.decisions).await?;
        cx.actor = "intake".into();
        match inventory::post(cx, &self.transfers).await {
            Ok(()) => Ok(()),
            Err(PostError::Fault(fault)) => Err(fault),
            // The stock was locked before it was promised, so this cannot happen; were it to, nothing may be kept.
            Err(PostError::Short { .. }) => Err(Fault::Outrun {
                what: "stock promised in a batch",
                touched: 0,
                expected: self.transfers.len() as u64,
            }),
        }
    }
}

impl Decided {
    fn as_row(&self) -> AcceptedOrder<'_> {
        let lines = self
            .lines
            .iter()
            .zip(&self.order.lines)
            .zip(1..)
            .map(|(((item_id, units, pack_factor, title), line), line_no)| AcceptedLine {
                line_no,
                item_id,
                external_code: &line.external_code,
                title,
                quantity: *units,
                pack_factor: *pack_factor,
                pack_price_minor: line.unit_price_minor,
            })
            .collect();
        AcceptedOrder {
            order_id: self.order_id.clone(),
            merchant_id: self.channel.merchant_id.clone(),
            channel_id: self.channel.channel_id.clone(),
            placed_at: self.placed_at,
            accepted_at: self.accepted_at,
            order: &self.order,
            fingerprint: self.fingerprint.clone(),
            raw: self.raw.clone(),
            lines,
        }
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
    }
}

/// The lines whose items the network has too few of; all of them where the items are there but no plan serves them.
fn short_lines(
    order: &NewOrder,
    lines: &[(ItemId, i64, i64, String)],
    demands: &[Demand],
    pool: &Pool,
    channel: &Channel,
) -> Vec<ShortLine> {
    let all: Vec<ShortLine> = lines
        .iter()
        .zip(&order.lines)
        .zip(1..)
        .map(|(((item_id, _, pack_factor, _), line), line_no)| {
            let asked = demands
                .iter()
                .find(|demand| demand.item_id == *item_id)
                .map_or(0, |demand| demand.quantity.units());
            let available = pool.total(item_id, &channel.merchant_id);
            ShortLine {
                line_no,
                external_code: line.external_code.clone(),
                item_id: item_id.clone(),
                asked,
                available,
                held_by: Vec::new(),
                holding_orders: Vec::new(),
                possible_quantity: (available / pack_factor).min(line.quantity),
            }
        })
        .collect();
    let short: Vec<ShortLine> = all.iter().filter(|line| line.available < line.asked).cloned().collect();
    if short.is_empty() { all } else { short }
}
