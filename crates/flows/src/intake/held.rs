//! Holds in a batch: those that orders get, and those that are placed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use catalogue::Channel;
use db::Fault;
use inventory::{
    hold::{self, NewHold, OpenHold},
    store::{HoldLineRow, HoldRow, Part, find_open_by_reference},
};
use kernel::{ChannelId, HoldId, ItemId, NodeId, OrderId};
use orders::{
    fulfil::NewFulfilment,
    place::{BadField, NewOrder},
};
use runtime::Cx;

use super::{
    Asked, Look, Refused,
    table::{Planned, Table},
};
use crate::{
    hold::{Held, HeldLine, HeldPart, HoldCommand, HoldOutcome},
    receive::ALLOCATE_WAITING,
    source::Demand,
};

/// What a batch knows of holds, and what becomes of them in it.
pub(super) struct Holds {
    open: HashMap<HoldId, OpenHold>,
    /// Of whom a hold is that orders of the batch name, as long as no order has got it.
    channels: HashMap<HoldId, ChannelId>,
    /// Open holds by the channel's name of them.
    named: HashMap<(ChannelId, String), HoldRow>,
    placed: Vec<NewHold>,
    consumed: Vec<(OpenHold, OrderId)>,
}

impl Holds {
    /// What is to be known. Holds that are due end first: nobody is refused for the sake of one.
    pub(super) async fn gather(
        cx: &mut Cx<'_>,
        batch: &[Asked],
        channels: &HashMap<String, Channel>,
        items: &BTreeSet<&ItemId>,
        look: Look,
    ) -> Result<Holds, Fault> {
        if hold::is_any_due(cx.tx, &cx.organisation_id, cx.now).await?
            && hold::expire_due_of_items(cx, items.iter().copied()).await? > 0
        {
            cx.put_off(ALLOCATE_WAITING, "all", cx.now);
        }
        let (tx, organisation_id) = (cx.tx, &cx.organisation_id.clone());
        let hold_ids: BTreeSet<&HoldId> = batch.iter().filter_map(Asked::hold_id).collect();
        let hold_ids: Vec<HoldId> = hold_ids.into_iter().cloned().collect();
        let mut holds = Holds {
            open: HashMap::new(),
            channels: HashMap::new(),
            named: HashMap::new(),
            placed: Vec::new(),
            consumed: Vec::new(),
        };
        if !hold_ids.is_empty() {
            let rows = inventory::store::list_channels_of_holds(tx, organisation_id, hold_ids.iter()).await?;
            holds.channels = rows.into_iter().collect();
            let open = hold::find_open(tx, organisation_id, &hold_ids, cx.now, look == Look::Locked).await?;
            holds.open = open.into_iter().map(|open| (open.hold.hold_id.clone(), open)).collect();
        }
        let asks_hold = |asked: &&Asked| matches!(asked, Asked::Hold(_));
        if batch.iter().any(|asked| asks_hold(&asked)) {
            let references = batch.iter().filter(asks_hold).map(Asked::reference);
            let channel_ids = channels.values().map(|channel| &channel.channel_id);
            let rows = find_open_by_reference(tx, organisation_id, channel_ids, references).await?;
            let (due, open): (Vec<_>, Vec<_>) = rows.into_iter().partition(|hold| hold.expires_at <= cx.now);
            if !due.is_empty() {
                let hold_ids: Vec<HoldId> = due.into_iter().map(|hold| hold.hold_id).collect();
                hold::expire_these(cx, &hold_ids).await?;
                cx.put_off(ALLOCATE_WAITING, "all", cx.now);
            }
            holds.named = open
                .into_iter()
                .map(|hold| ((hold.channel_id.clone(), hold.external_reference.clone()), hold))
                .collect();
        }
        Ok(holds)
    }

    /// The nodes at which something is held for orders of the batch.
    pub(super) fn node_ids(&self) -> impl Iterator<Item = &NodeId> {
        self.open.values().flat_map(|open| &open.parts).map(|part| &part.node_id)
    }

    /// What is held for an order; nothing where its hold has ended. A hold of another channel is no hold of this one.
    pub(super) fn of_order(&self, order: &NewOrder, channel: &Channel) -> Result<Option<OpenHold>, Refused> {
        let Some(hold_id) = &order.hold_id else { return Ok(None) };
        if self.channels.get(hold_id) != Some(&channel.channel_id) {
            let message = format!("there is no hold {hold_id} on channel {}", channel.code);
            let field = BadField { pointer: "/hold_id".into(), message };
            return Err(Refused::BadFields { fields: vec![field] });
        }
        Ok(self.open.get(hold_id).cloned())
    }

    /// Writes what was decided. The transfers are written with those of the orders.
    pub(super) async fn write(&self, cx: &mut Cx<'_>) -> Result<(), Fault> {
        if !self.consumed.is_empty() {
            hold::consume(cx, &self.consumed).await?;
        }
        if !self.placed.is_empty() {
            hold::place(cx, &self.placed).await?;
        }
        Ok(())
    }
}

impl Table<'_> {
    /// What is held for an order is free while it is decided, and not yet of its channel's quota.
    pub(super) fn lend_held(&mut self, held: Option<&OpenHold>) {
        if let Some(OpenHold { hold, parts }) = held {
            self.facts.pool.add(parts.iter());
            for part in parts {
                self.facts.rules.charge(&hold.channel_id, &part.item_id, -part.quantity.units());
            }
        }
    }

    /// The order got nothing, so what is held stays so.
    pub(super) fn take_held_back(&mut self, held: Option<&OpenHold>) {
        if let Some(OpenHold { hold, parts }) = held {
            self.facts.pool.remove(parts.iter());
            for part in parts {
                self.facts.rules.charge(&hold.channel_id, &part.item_id, part.quantity.units());
            }
        }
    }

    /// An order gets its hold: all of it is free in the moment in which the order takes what it wants.
    pub(super) fn consume(
        &mut self,
        cx: &mut Cx<'_>,
        held: OpenHold,
        order_id: &OrderId,
        parts: &[NewFulfilment],
    ) {
        let mut left: BTreeMap<(&ItemId, &NodeId), i64> = BTreeMap::new();
        for part in &held.parts {
            *left.entry((&part.item_id, &part.node_id)).or_default() += part.quantity.units();
            self.slip.transfers.push(part.given_back(cx.now));
        }
        for part in parts {
            for line in &part.lines {
                if let Some(left) = left.get_mut(&(&line.item_id, &part.node_id)) {
                    *left -= line.quantity.units();
                }
            }
        }
        if left.values().any(|units| *units > 0) {
            cx.put_off(ALLOCATE_WAITING, "all", cx.now);
        }
        drop(left);
        hold::tell_consumed(cx, &held, order_id);
        self.facts.holds.open.remove(&held.hold.hold_id);
        self.facts.holds.consumed.push((held, order_id.clone()));
    }

    /// Decides one hold against what those before it have left.
    pub(super) fn hold(&mut self, cx: &mut Cx<'_>, command: &HoldCommand) -> HoldOutcome {
        let refused = HoldOutcome::Refused;
        let Some(channel) = self.facts.channels.get(&command.channel).cloned() else {
            return refused(Refused::UnknownChannel { channel: command.channel.clone() });
        };
        let reference = (channel.channel_id.clone(), command.external_reference.clone());
        let fingerprint = command.fingerprint();
        if let Some(known) = self.facts.holds.named.get(&reference) {
            return if known.fingerprint == fingerprint {
                HoldOutcome::Repeated { hold_id: known.hold_id.clone() }
            } else {
                HoldOutcome::Conflict { hold_id: known.hold_id.clone() }
            };
        }
        let lines = match self.resolve(&channel, &command.lines) {
            Ok(lines) => lines,
            Err(lines) => return refused(Refused::UnknownListings { lines }),
        };
        let planned = self.plan(&channel, &command.lines, &lines, None, command.place, cx.now);
        let Planned { demands, plan, .. } = match planned {
            Ok(planned) => planned,
            Err(lines) => return refused(Refused::InsufficientStock { lines }),
        };
        let hold_id = HoldId::from_body(&cx.fresh());
        let mut parts: Vec<Part> = Vec::new();
        for shipment in &plan.shipments {
            for units in &shipment.units {
                let Some(Demand { item_id, .. }) = demands.get(units.line_no as usize) else { continue };
                let (node_id, owner_id) = (&shipment.node_id, &channel.merchant_id);
                let min_life_days = self.facts.rules.min_life_days(&channel.channel_id, item_id);
                let taken = self.facts.pool.take(item_id, node_id, owner_id, units.quantity, min_life_days);
                parts.extend(taken.into_iter().map(|(lot, quantity)| Part {
                    hold_id: hold_id.clone(),
                    item_id: item_id.clone(),
                    node_id: node_id.clone(),
                    owner_id: owner_id.clone(),
                    lot,
                    quantity,
                }));
            }
        }
        for part in &parts {
            self.facts.rules.charge(&channel.channel_id, &part.item_id, part.quantity.units());
        }
        self.slip.transfers.extend(parts.iter().map(|part| part.taken(cx.now)));
        let rows = lines.iter().zip(1..).map(|(resolved, line_no)| HoldLineRow {
            hold_id: hold_id.clone(),
            line_no,
            external_code: command.lines[resolved.asked].external_code.clone(),
            item_id: resolved.item_id.clone(),
            quantity: command.lines[resolved.asked].quantity,
            pack_factor: resolved.pack_factor,
        });
        let new = NewHold {
            hold_id: hold_id.clone(),
            channel_id: channel.channel_id,
            merchant_id: channel.merchant_id,
            external_reference: command.external_reference.clone(),
            fingerprint,
            placed_at: cx.now,
            expires_at: command.until(cx.now),
            lines: rows.collect(),
            parts,
        };
        let held = Held {
            hold_id,
            channel: command.channel.clone(),
            external_reference: command.external_reference.clone(),
            expires_at: new.expires_at,
            lines: new.lines.iter().map(HeldLine::from).collect(),
            parts: new.parts.iter().map(HeldPart::from).collect(),
        };
        hold::tell_placed(cx, &new);
        self.facts.holds.named.insert(reference, as_row(&new));
        self.facts.holds.placed.push(new);
        HoldOutcome::Held(held)
    }
}

fn as_row(new: &NewHold) -> HoldRow {
    HoldRow {
        hold_id: new.hold_id.clone(),
        channel_id: new.channel_id.clone(),
        merchant_id: new.merchant_id.clone(),
        external_reference: new.external_reference.clone(),
        fingerprint: new.fingerprint.clone(),
        state: hold::HoldState::Open.name().to_owned(),
        placed_at: new.placed_at,
        expires_at: new.expires_at,
        ended_at: None,
        order_id: None,
    }
}
