//! Scans, parcels, labels, hand-overs and what carriers report.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use carriers::Milestone;
use kernel::{FulfilmentOrderId, OrganisationId, ParcelId, Timestamp};
use labels::{LabelError, ShippingLabel, Typeface};
use serde::Deserialize;
use shipping::{LabelFacts, Parcel};
use tracking::Report;
use utoipa::ToSchema;
use web::{Command, Path, Problem, Within, answered, problems};

use crate::{
    Flows, reach,
    short::{ShortPick, ShortReason},
    station::{CloseParcel, StationScan},
};

/// A scan as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScanJson {
    /// What the scanner read.
    code: String,
    /// How many units are in the hand.
    #[serde(default = "one")]
    #[schema(minimum = 1)]
    quantity: i64,
}

fn one() -> i64 {
    1
}

/// Takes units from the shelf.
pub(super) async fn post_pick(
    State(flows): State<Flows>,
    Path(fulfilment_order_id): Path<FulfilmentOrderId>,
    command: Command<ScanJson>,
) -> Result<Response, Problem> {
    let ScanJson { code, quantity } = command.body;
    let scan = StationScan { fulfilment_order_id, code, quantity };
    answered(StatusCode::CREATED, flows.pick(command.call, scan).await?)
}

/// Puts units into the open parcel.
pub(super) async fn post_pack(
    State(flows): State<Flows>,
    Path(fulfilment_order_id): Path<FulfilmentOrderId>,
    command: Command<ScanJson>,
) -> Result<Response, Problem> {
    let ScanJson { code, quantity } = command.body;
    let scan = StationScan { fulfilment_order_id, code, quantity };
    answered(StatusCode::CREATED, flows.pack(command.call, scan).await?)
}

/// Missing units as they are reported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShortPick)]
pub(super) struct ShortJson {
    line_no: i64,
    quantity: i64,
    reason: ShortReason,
}

/// Reports units that cannot be picked.
pub(super) async fn post_short(
    State(flows): State<Flows>,
    Path(fulfilment_order_id): Path<FulfilmentOrderId>,
    command: Command<ShortJson>,
) -> Result<Response, Problem> {
    let ShortJson { line_no, quantity, reason } = command.body;
    let short = ShortPick { fulfilment_order_id, line_no, quantity, reason };
    answered(StatusCode::CREATED, flows.short(command.call, short).await?)
}

/// A closed box as it is measured.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ParcelMeasures)]
pub(super) struct MeasuresJson {
    weight_grams: i64,
    length_mm: i64,
    width_mm: i64,
    height_mm: i64,
}

/// Closes the open parcel.
pub(super) async fn post_parcel(
    State(flows): State<Flows>,
    Path(fulfilment_order_id): Path<FulfilmentOrderId>,
    command: Command<MeasuresJson>,
) -> Result<Response, Problem> {
    let MeasuresJson { weight_grams, length_mm, width_mm, height_mm } = command.body;
    let close = CloseParcel { fulfilment_order_id, weight_grams, length_mm, width_mm, height_mm };
    answered(StatusCode::CREATED, flows.close_parcel(command.call, close).await?)
}

/// Parcels that are handed over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DispatchJson {
    #[schema(min_items = 1, max_items = 1_000)]
    parcel_ids: Vec<ParcelId>,
}

/// Hands parcels to their carrier.
pub(super) async fn post_dispatch(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<DispatchJson>,
) -> Result<Response, Problem> {
    let parcel_ids = command.body.parcel_ids;
    if parcel_ids.is_empty() || parcel_ids.len() > 1_000 {
        return Err(Problem::unprocessable(problems::INVALID_FIELD, "Name from 1 to 1,000 parcels.").at(
            "/parcel_ids",
            "invalid",
            "from 1 to 1,000 are good",
        ));
    }
    if !reach::are_parcels_within(&flows.runtime, scope, &parcel_ids).await? {
        return Err(Problem::not_found(
            problems::NOT_FOUND,
            "One of these parcels does not exist, or is not within what you may see.",
        ));
    }
    answered(StatusCode::CREATED, flows.dispatch(command.call, parcel_ids).await?)
}

/// A carrier's reports as they are sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportsJson {
    #[schema(max_items = 1_000)]
    reports: Vec<ReportJson>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReportJson {
    tracking_number: String,
    /// What makes a repeat a repeat.
    carrier_event_id: String,
    /// The carrier's own code, or a milestone's name.
    status: String,
    #[serde(default)]
    place: String,
    happened_at: Timestamp,
}

/// Takes what a carrier reports.
pub(super) async fn post_tracking_reports(
    State(flows): State<Flows>,
    command: Command<ReportsJson>,
) -> Result<Response, Problem> {
    let reports = command.body.reports;
    if reports.len() > 1_000 {
        return Err(Problem::unprocessable(problems::INVALID_FIELD, "Send at most 1,000 reports at a time."));
    }
    let reports = reports
        .into_iter()
        .map(|report| Report {
            tracking_number: report.tracking_number,
            carrier_event_id: report.carrier_event_id,
            milestone: Milestone::parse(&report.status)
                .unwrap_or_else(|| carriers::milestone(&report.status)),
            raw_status: report.status,
            place: report.place,
            happened_at: report.happened_at,
        })
        .collect();
    answered(StatusCode::CREATED, flows.track(command.call, reports).await?)
}

fn no_such(parcel_id: &ParcelId) -> Problem {
    Problem::not_found(problems::NOT_FOUND, format!("There is no parcel {parcel_id}."))
}

/// The label for an office printer.
pub(super) async fn get_label_pdf(
    State(flows): State<Flows>,
    Path(parcel_id): Path<ParcelId>,
) -> Result<Response, Problem> {
    let pdf = flows.print(&parcel_id, labels::pdf).await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"))], pdf).into_response())
}

/// The label for a label printer.
pub(super) async fn get_label_zpl(
    State(flows): State<Flows>,
    Path(parcel_id): Path<ParcelId>,
) -> Result<Response, Problem> {
    let zpl = flows.print(&parcel_id, labels::zpl).await?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))], zpl).into_response())
}

impl Flows {
    /// Writes a parcel's label in some format. Printing again never buys again.
    pub async fn print<T>(
        &self,
        parcel_id: &ParcelId,
        write: impl FnOnce(&ShippingLabel, &Typeface) -> Result<T, LabelError>,
    ) -> Result<T, Problem> {
        let organisation_id = self.runtime.organisation_id.clone();
        let id = parcel_id.clone();
        let found = self
            .runtime
            .read(move |tx| Box::pin(async move { label_facts(tx, &organisation_id, &id).await }))
            .await?;
        let OnLabel { parcel, reference, parcel_count, sender, zone } =
            found.ok_or_else(|| no_such(parcel_id))?;
        let setup = self.outside.carrier.setup();
        let service = parcel.service_code.as_deref().unwrap_or_default();
        let card = setup.rate_cards.iter().find(|card| card.service_code == service);
        let at = parcel.closed_at.unwrap_or_else(|| self.runtime.now());
        let facts = LabelFacts {
            sender,
            carrier_name: setup.name.clone(),
            service_name: card.map_or_else(|| service.to_owned(), |card| card.service_name.clone()),
            order_reference: reference,
            parcel_count,
            shipped_on: at.to_zoned(zone).date(),
            note: String::new(),
        };
        let pending = || {
            Problem::conflict(
                problems::LABEL_PENDING,
                "The parcel has no label yet: close it, or wait a moment.",
            )
            .retryable()
        };
        let label = shipping::shipping_label(&parcel, &facts).ok_or_else(pending)?;
        write(&label, &self.outside.typeface)
            .map_err(|error| Problem::unprocessable(problems::LABEL_REFUSED, error))
    }
}

/// What is printed on a label besides what its carrier says.
struct OnLabel {
    parcel: Parcel,
    reference: String,
    parcel_count: i64,
    sender: String,
    zone: jiff::tz::TimeZone,
}

async fn label_facts(
    tx: &db::Tx,
    organisation_id: &OrganisationId,
    parcel_id: &ParcelId,
) -> Result<Option<OnLabel>, db::Fault> {
    let Some(parcel) = shipping::find_parcel(tx, organisation_id, parcel_id).await? else { return Ok(None) };
    let order = orders::store::find_order(tx, organisation_id, &parcel.order_id).await?;
    let parcels = shipping::list_parcels(tx, organisation_id, &parcel.order_id).await?;
    let live = parcels.iter().filter(|other| other.status != shipping::ParcelStatus::Cancelled).count();
    let node = network::find_node(tx, organisation_id, &parcel.node_id).await?;
    let zone = node.and_then(|node| jiff::tz::TimeZone::get(&node.time_zone).ok());
    let merchant_id = order.as_ref().map(|order| &order.merchant_id);
    let sender = match merchant_id {
        Some(merchant_id) => people::find_brand(tx, organisation_id, Some(merchant_id)).await?.display_name,
        None => String::new(),
    };
    Ok(Some(OnLabel {
        parcel,
        reference: order.map(|order| order.external_reference).unwrap_or_default(),
        parcel_count: live as i64,
        sender,
        zone: zone.unwrap_or(jiff::tz::TimeZone::UTC),
    }))
}
