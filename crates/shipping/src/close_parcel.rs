//! A parcel is weighed and taped, and a label is asked for.

use carriers::{ParcelSize, RateCard};
use kernel::{Date, ParcelId};
use runtime::Cx;
use serde_json::json;

use crate::{
    label::{LABEL_BUY, LabelOrder},
    model::{Parcel, Step, WrongStep},
    quote::{NoRate, cheapest},
    store,
};

/// What is known when the tape is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// Which parcel.
    pub parcel_id: ParcelId,
    /// What it weighs and measures.
    pub size: ParcelSize,
    /// The carrier's product; none for the cheapest.
    pub service_code: Option<String>,
    /// The day it is handed over, on the node's wall.
    pub shipped_on: Date,
}

/// Why a parcel was not closed.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// There is no such parcel.
    #[error("there is no parcel {parcel_id}")]
    NoSuchParcel {
        /// Which.
        parcel_id: ParcelId,
    },
    /// It is not open.
    #[error(transparent)]
    WrongStep(#[from] WrongStep),
    /// There is nothing in it.
    #[error("parcel {parcel_id} is empty")]
    Empty {
        /// Which.
        parcel_id: ParcelId,
    },
    /// Nobody carries it.
    #[error(transparent)]
    NoRate(#[from] NoRate),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(CloseError);

/// Closes a parcel: chooses its service by `cards` and intends the purchase of its label. The price is the quoted one
/// until the carrier has said its own.
pub async fn close_parcel(
    cx: &mut Cx<'_>,
    closing: &Closing,
    cards: &[RateCard],
) -> Result<Parcel, CloseError> {
    let parcel_id = &closing.parcel_id;
    let parcel = store::lock_parcel(cx.tx, &cx.organisation_id, parcel_id).await?;
    let mut parcel = parcel.ok_or_else(|| CloseError::NoSuchParcel { parcel_id: parcel_id.clone() })?;
    parcel.status = parcel.status.after(Step::Close)?;
    if store::lines_of(cx.tx, &cx.organisation_id, parcel_id).await?.is_empty() {
        return Err(CloseError::Empty { parcel_id: parcel_id.clone() });
    }
    let service_code = closing.service_code.as_deref();
    let best = cheapest(cards, service_code, closing.shipped_on, &closing.size, parcel.distance_metres)?;
    parcel.size = closing.size;
    parcel.carrier_code = Some(best.carrier_code.clone());
    parcel.service_code = Some(best.quote.service_code.clone());
    parcel.price = Some(best.quote.price);
    parcel.zone = Some(i64::from(best.quote.zone));
    parcel.billed_grams = Some(best.quote.billed_grams);
    parcel.closed_at = Some(cx.now);
    store::update_parcel(cx.tx, &cx.organisation_id, &parcel).await?;

    let order = LabelOrder {
        order_id: parcel.order_id.clone(),
        carrier_code: best.carrier_code,
        service_code: best.quote.service_code,
        from: parcel.ship_from.clone(),
        to: parcel.ship_to.clone(),
        parcel: parcel.size,
    };
    cx.intend(LABEL_BUY, parcel_id.as_str(), order.to_json());
    let facts = json!({
        "parcel_id": parcel.parcel_id,
        "fulfilment_order_id": parcel.fulfilment_order_id,
        "parcel_no": parcel.parcel_no,
        "carrier_code": parcel.carrier_code,
        "service_code": parcel.service_code,
        "price": best.quote.price,
        "weight_grams": parcel.size.weight_grams,
    });
    cx.tell("parcel.closed", parcel.order_id.as_str(), facts);
    Ok(parcel)
}
