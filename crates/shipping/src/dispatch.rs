//! Parcels leave the building.

use kernel::ParcelId;
use runtime::Cx;
use serde_json::json;

use crate::{
    model::{Parcel, Step, WrongStep},
    store,
};

/// Why nothing left.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// There is no such parcel.
    #[error("there is no parcel {parcel_id}")]
    NoSuchParcel {
        /// Which.
        parcel_id: ParcelId,
    },
    /// It has no label yet, or has left already.
    #[error("{parcel_id}: {wrong}")]
    WrongStep {
        /// Which.
        parcel_id: ParcelId,
        /// Where it stands.
        wrong: WrongStep,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(DispatchError);

/// Dispatches labelled parcels, all or none; gives them as they are now, in the order of their ids. Their goods are
/// with the carrier from this instant, so the stock has to follow in the same transaction.
pub async fn dispatch(cx: &mut Cx<'_>, parcel_ids: &[ParcelId]) -> Result<Vec<Parcel>, DispatchError> {
    let mut parcels = store::lock_parcels(cx.tx, &cx.organisation_id, parcel_ids).await?;
    for parcel_id in parcel_ids {
        if parcels.iter().all(|parcel| parcel.parcel_id != *parcel_id) {
            return Err(DispatchError::NoSuchParcel { parcel_id: parcel_id.clone() });
        }
    }
    for parcel in &mut parcels {
        parcel.status = parcel.status.after(Step::Dispatch).map_err(|wrong| {
            let parcel_id = parcel.parcel_id.clone();
            DispatchError::WrongStep { parcel_id, wrong }
        })?;
        parcel.dispatched_at = Some(cx.now);
    }
    store::update_journeys(cx.tx, &cx.organisation_id, &parcels).await?;
    for parcel in &parcels {
        let facts = json!({
            "parcel_id": parcel.parcel_id,
            "fulfilment_order_id": parcel.fulfilment_order_id,
            "parcel_no": parcel.parcel_no,
            "carrier_code": parcel.carrier_code,
            "tracking_number": parcel.tracking_number,
        });
        cx.tell("parcel.dispatched", parcel.order_id.as_str(), facts);
    }
    Ok(parcels)
}
