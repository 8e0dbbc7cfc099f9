//! Short: units that a node cannot find or cannot sell. It gives them up, and the next best node gets them at once.

use inventory::{Move, State, ownership, store as stock};
use kernel::{FulfilmentOrderId, ItemId, MerchantId, NodeId, Quantity};
use orders::{
    Stage,
    advance::{Step, advance},
    read::OrderRow,
};
use runtime::{Answer, Call, Cx};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Flows,
    again::{Again, Sourced},
    intake::AcceptedPart,
    lots, resale,
    station::{StationError, open_work},
};

/// Units that are not where the book says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortPick {
    /// What is worked on.
    pub fulfilment_order_id: FulfilmentOrderId,
    /// Which line.
    pub line_no: i64,
    /// How many units are missing.
    pub quantity: i64,
    /// What is wrong with them.
    pub reason: ShortReason,
}

/// Why units cannot be picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShortReason {
    /// They are not there.
    NotFound,
    /// They are not fit to be sold.
    Damaged,
}

/// What became of missing units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ShortDone {
    /// Who sends them instead.
    pub re_sourced: Vec<AcceptedPart>,
    /// Units that nobody has now; they wait for stock.
    pub unallocated: i64,
}

/// Units that a node gives up for an order that was promised them.
pub(crate) struct GivenUp<'a> {
    pub fulfilment_order_id: &'a FulfilmentOrderId,
    pub node_id: &'a NodeId,
    pub line_no: i64,
    pub item_id: &'a ItemId,
    pub quantity: Quantity,
    /// Where they are instead.
    pub to: State,
    /// As the ledger calls it.
    pub reason: &'static str,
    /// As the event says it.
    pub says: &'static str,
}

/// Takes units from an order that nobody has picked yet: they are elsewhere, and its line waits for others. The order is
/// locked.
pub(crate) async fn give_up(
    cx: &mut Cx<'_>,
    order: &OrderRow,
    given: &GivenUp<'_>,
) -> Result<(), StationError> {
    let GivenUp { item_id, node_id, quantity, to, reason, .. } = *given;
    let (order_id, owner_id) = (&order.order_id, &order.merchant_id);
    let moved = |owner_id: &MerchantId, from, to, quantity| Move {
        item_id: item_id.clone(),
        owner_id: owner_id.clone(),
        node_id: node_id.clone(),
        from,
        to,
        quantity,
    };
    let mut transfers = Vec::new();
    // What was not there was not bought: the brand whose goods they were bears the loss.
    let given_back = resale::give_back(cx, order_id, [(item_id, node_id, quantity)].into_iter()).await?;
    if !given_back.is_empty() {
        // Locked as intake locks: balances before entitlements.
        stock::lock_available(cx.tx, &cx.organisation_id, [item_id].into_iter()).await?;
    }
    let mut own = quantity.units();
    for back in &given_back {
        let units = back.trade().quantity;
        own -= units.units();
        let freed = moved(owner_id, State::Allocated, State::Available, units);
        let lost = moved(&back.trade().taker_id, State::Available, to, units);
        transfers.push(freed.into_transfer(reason, order_id.as_str(), cx.now));
        transfers.push(back.transfer());
        transfers.push(lost.into_transfer(reason, order_id.as_str(), cx.now));
    }
    if let Some(own) = Quantity::new(own).ok().filter(|own| !own.is_zero()) {
        let lost = moved(owner_id, State::Allocated, to, own);
        transfers.push(lost.into_transfer(reason, order_id.as_str(), cx.now));
    }
    let transfers = lots::of_order(cx, order_id, transfers).await?;
    inventory::post(cx, &transfers).await?;
    ownership::settle(cx, &given_back).await?;
    advance(
        cx,
        &[Step {
            order_id: order_id.clone(),
            line_no: given.line_no,
            fulfilment_order_id: Some(given.fulfilment_order_id.clone()),
            from: Stage::Allocated,
            to: Stage::Unallocated,
            quantity,
        }],
    )
    .await?;
    cx.tell(
        "order.short_picked",
        order_id.as_str(),
        json!({
            "fulfilment_order_id": given.fulfilment_order_id, "node_id": node_id,
            "line_no": given.line_no, "quantity": quantity, "reason": given.says,
        }),
    );
    Ok(())
}

impl Flows {
    /// Reports units that cannot be picked: the node gives them up, and the next best node gets them at once (R21, R22).
    pub async fn short(&self, call: Call, short: ShortPick) -> Result<Answer<ShortDone>, StationError> {
        let flows = self.clone();
        self.runtime
            .command(call, move |cx| {
                let (flows, short) = (flows.clone(), short.clone());
                Box::pin(async move { flows.short_once(cx, &short).await })
            })
            .await
    }

    async fn short_once(&self, cx: &mut Cx<'_>, short: &ShortPick) -> Result<ShortDone, StationError> {
        let work = open_work(cx, &short.fulfilment_order_id).await?;
        let line = work.lines.iter().find(|line| line.line_no == short.line_no);
        let left = line.map_or(0, |line| line.units().get(Stage::Allocated));
        let (Some(line), true) = (line, (1..=left).contains(&short.quantity)) else {
            return Err(StationError::NotThatMany { line_no: short.line_no, asked: short.quantity, left });
        };
        let quantity = Quantity::new(short.quantity).unwrap_or(Quantity::ZERO);
        let (to, reason, says) = match short.reason {
            ShortReason::NotFound => (State::Loss, "short_not_found", "not_found"),
            ShortReason::Damaged => (State::Damaged, "short_damaged", "damaged"),
        };
        let given = GivenUp {
            fulfilment_order_id: &short.fulfilment_order_id,
            node_id: &work.part.node_id,
            line_no: short.line_no,
            item_id: &line.item_id,
            quantity,
            to,
            reason,
            says,
        };
        give_up(cx, &work.order, &given).await?;
        let order = std::slice::from_ref(&work.order);
        let sourced = self.source_again(cx, order, Again::ReSource).await?.pop();
        let Sourced { parts, waiting, .. } = sourced.unwrap_or_default();
        Ok(ShortDone { re_sourced: parts, unallocated: waiting })
    }
}
