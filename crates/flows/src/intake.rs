//! Taking orders: accepted with their stock in one transaction, or refused with who holds it and what else is possible.
//!
//! Orders that wait together are decided together, first come first served, in one transaction of set-based statements:
//! keys, repeats, codes, the free stock; then each order in memory; then everything written at once. Where many come at
//! once, what is only searched is kept whole in a slip and filed within moments; the bounds are kept all the same.

mod held;
mod later;
mod limits;
mod slip;
mod table;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Instant,
};

use db::Fault;
use inventory::selling::Limit;
use kernel::{Currency, FulfilmentOrderId, HoldId, ItemId, NodeId, OrderId, Timestamp, time::Date};
use orders::place::{BadField, NewLine, NewOrder};
use runtime::{Answer, Call, CommandKey, Filing, Runtime};
use serde::{Deserialize, Serialize};
use sourcing::Policy;
use tracing::Instrument;

use crate::{
    Flows, Outside,
    hold::{HoldCommand, HoldOutcome},
};
pub(crate) use slip::filing;
pub use slip::{Later, file_all};
use table::{Table, gather};

/// The most orders one transaction takes: long enough to share its cost, short enough that nobody waits.
pub const BATCH_MAX: usize = 500;

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

/// What the intake decides about: whoever asks for goods waits in one queue.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    /// An order.
    Order(Box<PlaceCommand>),
    /// A hold for a cart.
    Hold(Box<HoldCommand>),
}

impl Asked {
    fn call(&self) -> &Call {
        match self {
            Asked::Order(command) => &command.call,
            Asked::Hold(command) => &command.call,
        }
    }

    fn channel(&self) -> &String {
        match self {
            Asked::Order(command) => &command.order.channel,
            Asked::Hold(command) => &command.channel,
        }
    }

    fn reference(&self) -> &String {
        match self {
            Asked::Order(command) => &command.order.external_reference,
            Asked::Hold(command) => &command.external_reference,
        }
    }

    fn lines(&self) -> &[NewLine] {
        match self {
            Asked::Order(command) => &command.order.lines,
            Asked::Hold(command) => &command.lines,
        }
    }

    /// The hold that an order is to get.
    fn hold_id(&self) -> Option<&HoldId> {
        match self {
            Asked::Order(command) => command.order.hold_id.as_ref(),
            Asked::Hold(_) => None,
        }
    }
}

/// What became of it. Kept under its key, where the two are told apart by the names of their tags.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Fate {
    /// Of an order.
    Order(PlaceOutcome),
    /// Of a hold.
    Hold(HoldOutcome),
}

/// What became of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum PlaceOutcome {
    /// It is ours: its stock is allocated, or it waits as its channel allows.
    Accepted(Accepted),
    /// It is not ours; nothing was changed.
    Refused(Refused),
}

/// An order that is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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
    /// What waits for supply.
    #[serde(default)]
    pub waiting: Vec<AcceptedLater>,
}

/// Units of an order that wait for supply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AcceptedLater {
    /// Of which item.
    pub item_id: ItemId,
    /// How many units.
    pub units: i64,
    /// When they will be there, as far as it is known.
    #[schema(value_type = Option<String>, format = Date)]
    pub expected_on: Option<Date>,
}

/// The part of an order that a node got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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
    /// Base units free where they may be sold from; where `limit` is there, those of them that the channel may sell.
    pub available: i64,
    /// What keeps the channel from selling all that is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<ChannelLimit>,
    /// Where the rest is: units by state.
    pub held_by: Vec<Holder>,
    /// Orders that hold some of it, oldest first, up to five.
    pub holding_orders: Vec<HoldingOrder>,
    /// Holds for carts that have some of it, those that end first, up to five.
    #[serde(default)]
    pub holding_carts: Vec<HoldingCart>,
    /// How many packs of this line would be accepted now, together with what is possible of the others.
    pub possible_quantity: i64,
    /// How many would be accepted where some of them may wait, if that is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub possible_later: Option<i64>,
    /// When all of those would be there, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later_on: Option<Date>,
}

/// Why a channel may not sell all that is free of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelLimit {
    /// `quota`, `buffer`, `set_aside` for other channels, `nodes` it does not sell from, `life` that
    /// is too short, or `off`.
    pub why: Limit,
    /// Base units free in the network, whoever may sell them.
    pub free: i64,
    /// What is left of the channel's quota, where it has one.
    pub quota_left: Option<i64>,
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

/// Units that are held for a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldingCart {
    /// By which hold.
    pub hold_id: HoldId,
    /// How many units.
    pub quantity: i64,
    /// When they are free again, if nobody orders them until then.
    pub expires_at: Timestamp,
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
        let (lane, asked_at) = (self.lane_of(&command.order.channel), Instant::now());
        match self.ask(&lane, Asked::Order(Box::new(command))).await? {
            Answer::Done(Fate::Order(outcome)) => {
                match &outcome {
                    PlaceOutcome::Accepted(accepted) if accepted.is_repeat => {}
                    PlaceOutcome::Accepted(_) => self.pulse.note(true, asked_at.elapsed()),
                    PlaceOutcome::Refused(_) => self.pulse.note(false, asked_at.elapsed()),
                }
                Ok(Answer::Done(outcome))
            }
            Answer::Replayed(Fate::Order(outcome)) => Ok(Answer::Replayed(outcome)),
            // Under one key only one kind of thing is ever asked for.
            Answer::KeyReused | Answer::Done(Fate::Hold(_)) | Answer::Replayed(Fate::Hold(_)) => {
                Ok(Answer::KeyReused)
            }
        }
    }

    /// A channel sells for one merchant: however much one sends, others keep their turn.
    pub(crate) fn lane_of(&self, channel: &str) -> String {
        if self.is_strict { String::new() } else { channel.to_owned() }
    }

    /// Hands something in and waits until its fate is durable.
    pub(crate) async fn ask(&self, lane: &str, asked: Asked) -> Result<Answer<Fate>, Lost> {
        self.intake.submit(lane, asked).await.map_err(|error| Lost(error.to_string()))?
    }
}

/// How a batch looks at the stock it decides about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// As it stands. Should somebody else take of it before the batch is written, the write refuses.
    Free,
    /// Locked, so that nobody can: for a batch that was outrun.
    Locked,
}

/// What a batch is decided with.
pub(crate) struct Desk {
    /// Waits for nothing that is unfiled.
    pub(crate) runtime: Runtime,
    pub(crate) outside: Arc<Outside>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) filing: Filing,
    pub(crate) later: Later,
}

/// Decides a batch in one transaction. One that is outrun by another for the same stock is decided anew behind a lock.
/// Should it fail as a whole, each order is tried by itself, so that one that the database cannot swallow harms nobody
/// else.
pub(crate) async fn place_batch(desk: &Arc<Desk>, batch: Vec<Asked>) -> Vec<Result<Answer<Fate>, Lost>> {
    metrics::histogram!("quartermaster_intake_batch_orders").record(batch.len() as f64);
    let span = tracing::debug_span!("intake", orders = batch.len());
    let batch = Arc::new(batch);
    let first = place_together(desk, batch.clone(), Look::Free);
    let mut placed = first.instrument(span).await;
    if matches!(placed, Err(Fault::Outrun { .. })) {
        placed = place_together(desk, batch.clone(), Look::Locked).await;
    }
    match placed {
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
                let single = Arc::new(vec![command.clone()]);
                let answer = place_together(desk, single, Look::Locked).await;
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
    desk: &Arc<Desk>,
    batch: Arc<Vec<Asked>>,
    look: Look,
) -> Result<Vec<Answer<Fate>>, Fault> {
    let now = desk.runtime.now();
    let decider = desk.clone();
    let (answers, unfiled) = desk
        .runtime
        .run(Call::by("intake"), move |cx| {
            let (desk, batch) = (decider.clone(), batch.clone());
            Box::pin(async move {
                let organisation_id = cx.organisation_id.clone();
                let keys: BTreeSet<&CommandKey> =
                    batch.iter().filter_map(|asked| asked.call().key.as_ref()).collect();
                let earlier = runtime::claim_keys(cx.tx, &organisation_id, &keys, now).await?;
                let facts = gather(cx, &batch, look).await?;
                let mut table = Table::new(&desk.outside, &desk.policy, facts);
                let mut answers: Vec<Answer<Fate>> = Vec::with_capacity(batch.len());
                let mut answered: HashMap<&CommandKey, usize> = HashMap::new();
                for (place, asked) in batch.iter().enumerate() {
                    if let Some(key) = &asked.call().key {
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
                    cx.now = asked.call().at.unwrap_or(now);
                    cx.actor.clone_from(&asked.call().actor);
                    answers.push(Answer::Done(match asked {
                        Asked::Order(command) => Fate::Order(table.decide(cx, command)),
                        Asked::Hold(command) => Fate::Hold(table.hold(cx, command)),
                    }));
                }
                cx.now = now;
                let is_later = desk.later.is_for(table.orders(), &desk.filing) && !table.has_waiting();
                table.write(cx, is_later).await?;
                // After the write, so that an order refused for its neighbour's sake hears of the neighbour.
                table.explain_refusals(cx, &mut answers).await?;
                let kept: Vec<(&CommandKey, &Fate)> = answered
                    .iter()
                    .filter_map(|(key, place)| match &answers[*place] {
                        Answer::Done(outcome) => Some((*key, outcome)),
                        Answer::Replayed(_) | Answer::KeyReused => None,
                    })
                    .collect();
                runtime::keep_answers(cx.tx, &organisation_id, &kept).await?;
                let unfiled = if is_later { table.orders() } else { 0 };
                if is_later {
                    table.slip.keep(cx).await?;
                }
                Ok::<_, Fault>((answers, unfiled))
            })
        })
        .await?;
    if unfiled > 0 {
        desk.filing.written(unfiled, desk.later.after);
    }
    Ok(answers)
}
