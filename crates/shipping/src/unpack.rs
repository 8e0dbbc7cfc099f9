//! The ways back: a box is opened again, or given up.

use kernel::ParcelId;
use runtime::Cx;
use serde_json::json;

use crate::{
    label::{LABEL_BUY, LABEL_VOID, VoidOrder},
    model::{Parcel, ParcelLine, ParcelStatus, Step, WrongStep},
    open_parcel::{NewParcel, open_parcel},
    store,
};

/// Why a box stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// There is no such parcel.
    #[error("there is no parcel {parcel_id}")]
    NoSuchParcel {
        /// Which.
        parcel_id: ParcelId,
    },
    /// It has left, or is cancelled already.
    #[error(transparent)]
    WrongStep(#[from] WrongStep),
    /// The carrier has been asked for its label and has not answered: it may be paid for.
    #[error("the label of parcel {parcel_id} is on its way")]
    LabelPending {
        /// Which.
        parcel_id: ParcelId,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(UnpackError);

/// Opens a closed or labelled box again: its goods are in the parcel given here, which has the same number. An open
/// parcel is given as it is.
pub async fn reopen(cx: &mut Cx<'_>, parcel_id: &ParcelId) -> Result<Parcel, UnpackError> {
    let parcel = lock(cx, parcel_id).await?;
    if parcel.status == ParcelStatus::Open {
        return Ok(parcel);
    }
    give_up_label(cx, &parcel).await?;
    let successor = begin_anew(cx, &parcel).await?;
    tell_cancelled(cx, &parcel, Some(&successor));
    Ok(successor)
}

/// Gives up a parcel that has not left; gives what was in it, for its goods have to go somewhere.
pub async fn cancel_parcel(cx: &mut Cx<'_>, parcel_id: &ParcelId) -> Result<Vec<ParcelLine>, UnpackError> {
    let parcel = lock(cx, parcel_id).await?;
    give_up_label(cx, &parcel).await?;
    let lines = store::lines_of(cx.tx, &cx.organisation_id, parcel_id).await?;
    store::delete_lines(cx.tx, &cx.organisation_id, parcel_id).await?;
    store::update_status(cx.tx, &cx.organisation_id, parcel_id, ParcelStatus::Cancelled).await?;
    tell_cancelled(cx, &parcel, None);
    Ok(lines)
}

/// Cancels a parcel and moves its goods to a new open one with the same number.
pub(crate) async fn begin_anew(cx: &mut Cx<'_>, parcel: &Parcel) -> Result<Parcel, db::Fault> {
    store::update_status(cx.tx, &cx.organisation_id, &parcel.parcel_id, ParcelStatus::Cancelled).await?;
    let new = NewParcel {
        order_id: parcel.order_id.clone(),
        fulfilment_order_id: parcel.fulfilment_order_id.clone(),
        node_id: parcel.node_id.clone(),
        ship_from: parcel.ship_from.clone(),
        ship_to: parcel.ship_to.clone(),
    };
    let mut successor = open_parcel(cx, &new).await?;
    if successor.parcel_no != parcel.parcel_no {
        // A lower number had become free; what is written on the box stays true.
        successor.parcel_no = parcel.parcel_no;
        store::update_parcel(cx.tx, &cx.organisation_id, &successor).await?;
    }
    store::move_lines(cx.tx, &cx.organisation_id, &parcel.parcel_id, &successor.parcel_id).await?;
    Ok(successor)
}

async fn lock(cx: &Cx<'_>, parcel_id: &ParcelId) -> Result<Parcel, UnpackError> {
    let parcel = store::lock_parcel(cx.tx, &cx.organisation_id, parcel_id).await?;
    let parcel = parcel.ok_or_else(|| UnpackError::NoSuchParcel { parcel_id: parcel_id.clone() })?;
    parcel.status.after(Step::Unpack)?;
    Ok(parcel)
}

/// A purchase that nobody has begun is dropped; a label that was bought is given up; in between it must be waited for.
async fn give_up_label(cx: &mut Cx<'_>, parcel: &Parcel) -> Result<(), UnpackError> {
    let parcel_id = &parcel.parcel_id;
    if parcel.status == ParcelStatus::Closed
        && runtime::effect::cancel_planned(cx, LABEL_BUY, parcel_id.as_str()).await? == 0
    {
        return Err(UnpackError::LabelPending { parcel_id: parcel_id.clone() });
    }
    if let (Some(carrier_code), Some(tracking_number)) = (&parcel.carrier_code, &parcel.tracking_number) {
        let order =
            VoidOrder { carrier_code: carrier_code.clone(), tracking_number: tracking_number.clone() };
        let request = serde_json::to_value(order).expect("a void order is plain data");
        cx.intend(LABEL_VOID, parcel_id.as_str(), request);
    }
    Ok(())
}

fn tell_cancelled(cx: &mut Cx<'_>, parcel: &Parcel, successor: Option<&Parcel>) {
    let facts = json!({
        "parcel_id": parcel.parcel_id,
        "parcel_no": parcel.parcel_no,
        "successor_id": successor.map(|successor| &successor.parcel_id),
    });
    cx.tell("parcel.cancelled", parcel.order_id.as_str(), facts);
}
