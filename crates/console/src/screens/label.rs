//! Labels of parcels, for paper and for label printers.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::ParcelId;
use web::{Needs, Permission, Problem, Routes};

use crate::desk::{Console, Desk, Upset};
use crate::pages::problem::{Effect, Trouble};

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Within(Permission::ShippingRead);
    Routes::new().get("/parcels/{parcel_id}/label.pdf", needs, get_pdf).get(
        "/parcels/{parcel_id}/label.zpl",
        needs,
        get_zpl,
    )
}

async fn get_pdf(
    State(console): State<Console>,
    desk: Desk,
    Path(parcel_id): Path<String>,
) -> Result<Response, Upset> {
    let parcel_id = read_id(&parcel_id)?;
    let pdf = console.flows.print(&parcel_id, labels::pdf).await.map_err(|problem| upset(&desk, &problem))?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"))], pdf).into_response())
}

async fn get_zpl(
    State(console): State<Console>,
    desk: Desk,
    Path(parcel_id): Path<String>,
) -> Result<Response, Upset> {
    let parcel_id = read_id(&parcel_id)?;
    let zpl = console.flows.print(&parcel_id, labels::zpl).await.map_err(|problem| upset(&desk, &problem))?;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], zpl).into_response())
}

fn read_id(text: &str) -> Result<ParcelId, Upset> {
    ParcelId::parse(text).map_err(|_| Upset::of(Trouble::NotFound))
}

fn upset(desk: &Desk, problem: &Problem) -> Upset {
    let (trouble, detail) = match problem.status() {
        StatusCode::NOT_FOUND => (Trouble::NotFound, None),
        StatusCode::CONFLICT => (Trouble::Conflict, Some(desk.t.text("label-waiting"))),
        status if status.is_client_error() => (Trouble::BadRequest, None),
        _ => (Trouble::Fault, None),
    };
    Upset { trouble, detail, effect: Effect::NoCommand }
}
