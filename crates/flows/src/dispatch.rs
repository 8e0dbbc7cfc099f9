//! Parcels leave: units shipped, goods out of the ledger, tracking begun, money asked for; all or nothing.

use std::collections::{BTreeMap, BTreeSet};

use db::Fault;
use inventory::{Move, PostError, State};
use kernel::{OrderId, ParcelId};
use orders::{
    Stage,
    advance::{AdvanceError, Step, advance},
    model::value_minor,
};
use runtime::{Answer, Call, Cx};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shipping::Parcel;

use crate::{
    Flows, lots,
    track::{TrackError, follow},
};

/// Parcels that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Dispatched {
    /// Which.
    pub parcels: Vec<ParcelId>,
}

/// Why nothing left.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// There is no such parcel.
    #[error("there is no parcel {0}")]
    NoSuchParcel(ParcelId),
    /// A parcel is not ready.
    #[error("{0}")]
    Parcel(shipping::DispatchError),
    /// Two parcels have one tracking number.
    #[error("{0}")]
    Tracking(tracking::StartError),
    /// Somebody else changed the order at the same moment.
    #[error("the order changed meanwhile; nothing was dispatched, look again")]
    Outrun,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(DispatchError);

impl From<AdvanceError> for DispatchError {
    fn from(error: AdvanceError) -> DispatchError {
        match error {
            AdvanceError::Outrun => DispatchError::Outrun,
            AdvanceError::Fault(fault) => DispatchError::Fault(fault),
        }
    }
}

impl From<PostError> for DispatchError {
    fn from(error: PostError) -> DispatchError {
        match error {
            PostError::Short { .. } => DispatchError::Outrun,
            PostError::Fault(fault) => DispatchError::Fault(fault),
        }
    }
}

impl Flows {
    /// Hands labelled parcels to their carrier.
    pub async fn dispatch(
        &self,
        call: Call,
        parcels: Vec<ParcelId>,
    ) -> Result<Answer<Dispatched>, DispatchError> {
        let flows = self.clone();
        self.runtime
            .command(call, move |cx| {
                let (flows, parcels) = (flows.clone(), parcels.clone());
                Box::pin(async move { flows.dispatch_once(cx, &parcels).await })
            })
            .await
    }

    async fn dispatch_once(&self, cx: &mut Cx<'_>, ids: &[ParcelId]) -> Result<Dispatched, DispatchError> {
        let organisation_id = cx.organisation_id.clone();
        // Locking in the order of ids, whatever order the caller named them in.
        let wanted: BTreeSet<&ParcelId> = ids.iter().collect();
        let wanted: Vec<ParcelId> = wanted.into_iter().cloned().collect();
        let mut parcels = shipping::parcels_by_id(cx.tx, &organisation_id, &wanted).await?;
        if let Some(missing) = wanted.iter().find(|id| !parcels.contains_key(*id)) {
            return Err(DispatchError::NoSuchParcel(missing.clone()));
        }
        let orders_of: BTreeSet<OrderId> = parcels.values().map(|parcel| parcel.order_id.clone()).collect();
        for order_id in &orders_of {
            orders::store::lock_order(cx, order_id).await?;
        }
        // As they stand now that nobody else can change them.
        parcels = shipping::parcels_by_id(cx.tx, &organisation_id, &wanted).await?;
        let contents = shipping::parcel_lines(cx.tx, &organisation_id, &wanted).await?;
        shipping::dispatch(cx, &wanted).await.map_err(|error| match error {
            shipping::DispatchError::Fault(fault) => DispatchError::Fault(fault),
            error => DispatchError::Parcel(error),
        })?;
        let mut trackers = Vec::new();
        for order_id in &orders_of {
            let mine: Vec<&Parcel> = parcels.values().filter(|parcel| parcel.order_id == *order_id).collect();
            let order = orders::store::find_order(cx.tx, &organisation_id, order_id)
                .await?
                .ok_or(DispatchError::Outrun)?;
            let lines = orders::store::list_lines(cx.tx, &organisation_id, order_id).await?;
            let (mut steps, mut transfers) = (Vec::new(), Vec::new());
            let mut leaving: BTreeMap<i64, i64> = BTreeMap::new();
            for parcel in mine {
                for units in contents.get(&parcel.parcel_id).into_iter().flatten() {
                    *leaving.entry(units.line_no).or_default() += units.quantity.units();
                    steps.push(Step {
                        order_id: order_id.clone(),
                        line_no: units.line_no,
                        fulfilment_order_id: Some(parcel.fulfilment_order_id.clone()),
                        from: Stage::Packed,
                        to: Stage::Shipped,
                        quantity: units.quantity,
                    });
                    let gone = Move {
                        item_id: units.item_id.clone(),
                        owner_id: order.merchant_id.clone(),
                        node_id: parcel.node_id.clone(),
                        from: State::Packed,
                        to: State::Customer,
                        quantity: units.quantity,
                    };
                    transfers.push(gone.into_transfer("dispatch", order_id.as_str(), cx.now));
                }
                if let Some(tracking_number) = &parcel.tracking_number {
                    trackers.push(tracking::NewTracker {
                        tracking_number: tracking_number.clone(),
                        parcel_id: parcel.parcel_id.clone(),
                        order_id: order_id.clone(),
                    });
                    if parcel.carrier_code.as_deref() == Some(self.outside.carrier.setup().code.as_str()) {
                        let request = json!({ "tracking_number": tracking_number, "at": cx.now });
                        cx.intend("carrier.hand_over", parcel.parcel_id.as_str(), request);
                    }
                }
            }
            let transfers = lots::of_order(cx, order_id, transfers).await?;
            advance(cx, &steps).await?;
            inventory::post(cx, &transfers).await?;
            self.ask_for_money(cx, &order, &lines, &leaving).await?;
        }
        let reached = tracking::start(cx, &trackers).await.map_err(|error| match error {
            tracking::StartError::Fault(fault) => DispatchError::Fault(fault),
            error => DispatchError::Tracking(error),
        })?;
        // Some carriers report a parcel before we say that it left: then it is on its way, or even there, already.
        follow(cx, &reached).await.map_err(|error| match error {
            TrackError::Outrun => DispatchError::Outrun,
            TrackError::Fault(fault) => DispatchError::Fault(fault),
        })?;
        Ok(Dispatched { parcels: wanted })
    }

    /// Money is taken for what leaves, when it leaves; shipping with the first parcel.
    async fn ask_for_money(
        &self,
        cx: &mut Cx<'_>,
        order: &orders::read::OrderRow,
        lines: &[orders::read::LineRow],
        leaving: &BTreeMap<i64, i64>,
    ) -> Result<(), Fault> {
        let payment = orders::store::find_payment(cx.tx, &cx.organisation_id, &order.order_id).await?;
        if payment.is_none_or(|payment| payment.provider == "channel") {
            return Ok(());
        }
        let has_left = |line: &orders::read::LineRow| {
            let units = line.units();
            units.get(Stage::Shipped)
                + units.get(Stage::ReadyForPickup)
                + units.get(Stage::Delivered)
                + units.get(Stage::Returned)
                + units.get(Stage::Lost)
        };
        let is_first = lines.iter().map(has_left).sum::<i64>() == 0;
        let goods: i64 = lines
            .iter()
            .filter_map(|line| leaving.get(&line.line_no).map(|units| (line, *units)))
            .map(|(line, units)| {
                let value = |units| value_minor(line.pack_price_minor, line.pack_factor, units);
                value(has_left(line) + units) - value(has_left(line))
            })
            .sum();
        let amount_minor = goods + if is_first { order.shipping_minor } else { 0 };
        if amount_minor > 0 {
            let cause = format!("{}/{}", order.order_id, cx.fresh());
            let request = json!({ "order_id": order.order_id, "amount_minor": amount_minor, "currency": order.currency });
            cx.intend("payment.capture", &cause, request);
        }
        Ok(())
    }
}
