//! Parcels over HTTP.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{
    Address, FulfilmentOrderId, ItemId, Money, NodeId, OrderId, ParcelId, Quantity, Timestamp,
    document::open_names,
};
use runtime::Runtime;
use serde::Serialize;
use utoipa::{ToSchema, openapi::ObjectBuilder};
use web::{Needs, Path, Permission, Problem, Routes, problems};

use crate::{
    CloseError, ContentsError, DispatchError, LabelError, NoRate, Parcel, ParcelLine, ParcelStatus,
    UnpackError, WrongStep, store,
};

/// `/v1/parcels`.
pub fn routes() -> Routes<Runtime> {
    let see = Needs::Within(Permission::ShippingRead);
    Routes::new().chapter("Parcels", "Boxes with one label each, from open to delivered.").get(
        "/v1/parcels/{parcel_id}",
        see.to("See a parcel").gives::<ParcelJson>(StatusCode::OK, "The parcel.").tagged(),
        get_parcel,
    )
}

#[derive(Debug, Serialize, ToSchema)]
struct ParcelJson {
    parcel_id: ParcelId,
    order_id: OrderId,
    fulfilment_order_id: FulfilmentOrderId,
    node_id: NodeId,
    parcel_no: i64,
    #[schema(schema_with = parcel_status)]
    status: &'static str,
    lines: Vec<LineJson>,
    weight_grams: i64,
    length_mm: i64,
    width_mm: i64,
    height_mm: i64,
    distance_metres: i64,
    carrier_code: Option<String>,
    service_code: Option<String>,
    tracking_number: Option<String>,
    price: Option<Money>,
    zone: Option<i64>,
    billed_grams: Option<i64>,
    ship_from: Address,
    ship_to: Address,
    opened_at: Timestamp,
    closed_at: Option<Timestamp>,
    dispatched_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ParcelLine)]
struct LineJson {
    line_no: i64,
    item_id: ItemId,
    quantity: Quantity,
}

fn parcel_status() -> ObjectBuilder {
    open_names("Where it stands.", ParcelStatus::ALL.map(ParcelStatus::as_str))
}

impl ParcelJson {
    fn of(parcel: Parcel, lines: Vec<ParcelLine>) -> ParcelJson {
        let line = |ParcelLine { line_no, item_id, quantity }| LineJson { line_no, item_id, quantity };
        ParcelJson {
            parcel_id: parcel.parcel_id,
            order_id: parcel.order_id,
            fulfilment_order_id: parcel.fulfilment_order_id,
            node_id: parcel.node_id,
            parcel_no: parcel.parcel_no,
            status: parcel.status.as_str(),
            lines: lines.into_iter().map(line).collect(),
            weight_grams: parcel.size.weight_grams,
            length_mm: parcel.size.length_mm,
            width_mm: parcel.size.width_mm,
            height_mm: parcel.size.height_mm,
            distance_metres: parcel.distance_metres,
            carrier_code: parcel.carrier_code,
            service_code: parcel.service_code,
            tracking_number: parcel.tracking_number,
            price: parcel.price,
            zone: parcel.zone,
            billed_grams: parcel.billed_grams,
            ship_from: parcel.ship_from,
            ship_to: parcel.ship_to,
            opened_at: parcel.opened_at,
            closed_at: parcel.closed_at,
            dispatched_at: parcel.dispatched_at,
            delivered_at: parcel.delivered_at,
        }
    }
}

async fn get_parcel(State(rt): State<Runtime>, Path(parcel_id): Path<ParcelId>) -> Result<Response, Problem> {
    let (organisation_id, wanted) = (rt.organisation_id.clone(), parcel_id.clone());
    let found = rt
        .read(move |tx| {
            Box::pin(async move {
                let Some(parcel) = store::find_parcel(tx, &organisation_id, &wanted).await? else {
                    return Ok(None);
                };
                let lines = store::lines_of(tx, &organisation_id, &wanted).await?;
                Ok::<_, Problem>(Some(ParcelJson::of(parcel, lines)))
            })
        })
        .await?;
    Ok(axum::Json(found.ok_or_else(|| no_parcel(&parcel_id))?).into_response())
}

fn no_parcel(parcel_id: &ParcelId) -> Problem {
    Problem::not_found(problems::NOT_FOUND, format!("There is no parcel {parcel_id}."))
}

/// A step that does not lead on: what is against it is where the parcel stands.
fn wrong_step(wrong: WrongStep) -> Problem {
    match wrong.status {
        ParcelStatus::Dispatched | ParcelStatus::Delivered | ParcelStatus::Returned | ParcelStatus::Lost => {
            Problem::conflict(problems::ALREADY_DISPATCHED, wrong)
        }
        ParcelStatus::Open => Problem::conflict(problems::PARCEL_NOT_CLOSED, wrong),
        ParcelStatus::Closed => Problem::conflict(problems::LABEL_PENDING, wrong).retryable(),
        ParcelStatus::Labelled | ParcelStatus::Cancelled => Problem::conflict(problems::WRONG_STAGE, wrong),
    }
}

impl From<ContentsError> for Problem {
    fn from(error: ContentsError) -> Problem {
        let says = error.to_string();
        match error {
            ContentsError::NoSuchParcel { parcel_id } => no_parcel(&parcel_id),
            ContentsError::NotOpen { status, .. } => {
                Problem::conflict(problems::PARCEL_NOT_OPEN, says).with("parcel_status", status.as_str())
            }
            ContentsError::OtherItem { .. } => Problem::conflict(problems::WRONG_ITEM, says),
            ContentsError::BadQuantity { .. } => Problem::unprocessable(problems::INVALID_FIELD, says),
            ContentsError::NotInside { there, .. } => {
                Problem::conflict(problems::TOO_MANY, says).with("there", there.units())
            }
            ContentsError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<CloseError> for Problem {
    fn from(error: CloseError) -> Problem {
        let says = error.to_string();
        match error {
            CloseError::NoSuchParcel { parcel_id } => no_parcel(&parcel_id),
            CloseError::WrongStep(wrong) => Problem::conflict(problems::PARCEL_NOT_OPEN, says)
                .with("parcel_status", wrong.status.as_str()),
            CloseError::Empty { .. } => Problem::conflict(problems::WRONG_STAGE, says),
            CloseError::NoRate(
                NoRate::Refused(_) | NoRate::NoSuchService(_) | NoRate::MixedCurrencies(..),
            ) => Problem::unprocessable(problems::NO_RATE, says),
            CloseError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<LabelError> for Problem {
    fn from(error: LabelError) -> Problem {
        let says = error.to_string();
        match error {
            LabelError::NoSuchParcel { parcel_id } => no_parcel(&parcel_id),
            LabelError::WrongStep(wrong) => wrong_step(wrong),
            LabelError::GivenUp { .. } => Problem::unprocessable(problems::LABEL_REFUSED, says),
            LabelError::NumberTaken { .. } => Problem::conflict(problems::DUPLICATE_CODE, says),
            LabelError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<UnpackError> for Problem {
    fn from(error: UnpackError) -> Problem {
        let says = error.to_string();
        match error {
            UnpackError::NoSuchParcel { parcel_id } => no_parcel(&parcel_id),
            UnpackError::WrongStep(wrong) => wrong_step(wrong),
            UnpackError::LabelPending { .. } => Problem::conflict(problems::LABEL_PENDING, says).retryable(),
            UnpackError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<DispatchError> for Problem {
    fn from(error: DispatchError) -> Problem {
        match error {
            DispatchError::NoSuchParcel { parcel_id } => no_parcel(&parcel_id),
            DispatchError::WrongStep { parcel_id, wrong } => {
                wrong_step(wrong).with("parcel_id", parcel_id.as_str())
            }
            DispatchError::Fault(fault) => Problem::fault(fault),
        }
    }
}
