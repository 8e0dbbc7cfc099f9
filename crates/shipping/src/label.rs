//! What the carrier answered about a label.

use carriers::{LabelBought, LabelRequest, LabelState, ParcelSize};
use kernel::{Address, EffectId, OrderId, ParcelId};
use runtime::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    model::{Parcel, Step, WrongStep},
    store, unpack,
};

/// The effect that buys a label; its cause is the parcel, its request a [`LabelOrder`].
pub const LABEL_BUY: &str = "label.buy";
/// The effect that gives a label up; its cause is the parcel, its request a [`VoidOrder`].
pub const LABEL_VOID: &str = "label.void";

/// The facts of a purchase, as the effect keeps them. The shape is frozen: rows of it outlive the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelOrder {
    /// The order the parcel is part of.
    pub order_id: OrderId,
    /// Whom to ask.
    pub carrier_code: String,
    /// For which product.
    pub service_code: String,
    /// Where the parcel is handed over.
    pub from: Address,
    /// Where it goes.
    pub to: Address,
    /// Its weight and sides.
    pub parcel: ParcelSize,
}

impl LabelOrder {
    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("a label order is plain data")
    }

    /// What the carrier is asked. The effect's id is our key with them.
    pub fn to_request(&self, effect_id: &EffectId) -> LabelRequest {
        LabelRequest {
            reference: effect_id.to_string(),
            from: self.from.clone(),
            to: self.to.clone(),
            parcel: self.parcel,
            service_code: self.service_code.clone(),
        }
    }
}

/// The facts of giving a label up, as the effect keeps them. The shape is frozen too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidOrder {
    /// Whom to tell.
    pub carrier_code: String,
    /// Which label.
    pub tracking_number: String,
}

/// Why the carrier's answer does not fit.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// There is no such parcel.
    #[error("there is no parcel {parcel_id}")]
    NoSuchParcel {
        /// Which.
        parcel_id: ParcelId,
    },
    /// It waits for no label.
    #[error(transparent)]
    WrongStep(#[from] WrongStep),
    /// The label was given up at some time: no parcel may travel under it.
    #[error("label {tracking_number} was given up")]
    GivenUp {
        /// Which.
        tracking_number: String,
    },
    /// The number is on another parcel.
    #[error("tracking number {tracking_number} is on parcel {parcel_id}")]
    NumberTaken {
        /// The number.
        tracking_number: String,
        /// The parcel that has it.
        parcel_id: ParcelId,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(LabelError);

/// The label was bought: the parcel is ready to leave. The same answer again changes nothing.
pub async fn label_bought(
    cx: &mut Cx<'_>,
    parcel_id: &ParcelId,
    label: &LabelBought,
) -> Result<Parcel, LabelError> {
    let parcel = store::lock_parcel(cx.tx, &cx.organisation_id, parcel_id).await?;
    let mut parcel = parcel.ok_or_else(|| LabelError::NoSuchParcel { parcel_id: parcel_id.clone() })?;
    let tracking_number = label.tracking_number.clone();
    if parcel.tracking_number.as_ref() == Some(&tracking_number) {
        return Ok(parcel);
    }
    if label.state == LabelState::Cancelled {
        return Err(LabelError::GivenUp { tracking_number });
    }
    parcel.status = parcel.status.after(Step::Label)?;
    let (tx, organisation_id) = (cx.tx, &cx.organisation_id);
    if let Some(other) = store::find_parcel_by_tracking_number(tx, organisation_id, &tracking_number).await? {
        return Err(LabelError::NumberTaken { tracking_number, parcel_id: other.parcel_id });
    }
    parcel.tracking_number = Some(tracking_number);
    parcel.carrier_reference = Some(label.carrier_reference.clone());
    parcel.price = Some(label.price);
    store::update_parcel(tx, organisation_id, &parcel).await?;
    let facts = json!({
        "parcel_id": parcel.parcel_id,
        "parcel_no": parcel.parcel_no,
        "carrier_code": parcel.carrier_code,
        "tracking_number": parcel.tracking_number,
        "price": parcel.price,
    });
    cx.tell("parcel.labelled", parcel.order_id.as_str(), facts);
    Ok(parcel)
}

/// The carrier will make no label: the box is open again, as the parcel given here. Somebody has to change what is
/// wrong with it, for the same question gets the same answer.
pub async fn label_refused(
    cx: &mut Cx<'_>,
    parcel_id: &ParcelId,
    code: &str,
    reason: &str,
) -> Result<Parcel, LabelError> {
    let parcel = store::lock_parcel(cx.tx, &cx.organisation_id, parcel_id).await?;
    let parcel = parcel.ok_or_else(|| LabelError::NoSuchParcel { parcel_id: parcel_id.clone() })?;
    parcel.status.after(Step::RefuseLabel)?;
    let successor = unpack::begin_anew(cx, &parcel).await?;
    let facts = json!({
        "parcel_id": parcel.parcel_id,
        "parcel_no": parcel.parcel_no,
        "successor_id": successor.parcel_id,
        "code": code,
        "reason": reason,
    });
    cx.tell("parcel.label_refused", parcel.order_id.as_str(), facts);
    Ok(successor)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of earlier programs wait in the database: what they wrote must read for ever.
    #[test]
    fn what_was_written_to_effects_still_reads() {
        let kept = r#"{"order_id":"ord_1","carrier_code":"demo_post","service_code":"standard",
            "from":{"name":"Sofia","line1":"","postal_code":"1000","city":"Sofia","country":"BG"},
            "to":{"name":"M","line1":"1 High St","postal_code":"E1","city":"London","country":"GB"},
            "parcel":{"weight_grams":900,"length_mm":330,"width_mm":190,"height_mm":120}}"#;
        let order: LabelOrder = serde_json::from_str(kept).unwrap();
        let request = order.to_request(&EffectId::from_body("1"));
        assert_eq!((request.reference.as_str(), request.parcel.weight_grams), ("eff_1", 900));
        assert_eq!(serde_json::from_value::<LabelOrder>(order.to_json()).unwrap(), order);
        let void = r#"{"carrier_code":"demo_post","tracking_number":"DP1NL"}"#;
        assert_eq!(serde_json::from_str::<VoidOrder>(void).unwrap().tracking_number, "DP1NL");
    }
}
