//! The customer's page: whoever has the signed link may see where the parcels are, and no more of the person than
//! they need to recognise them.

use std::collections::HashMap;

use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use db::{Fault, Tx};
use kernel::{Address, OrderId, OrganisationId, ParcelId, Timestamp};
use orders::read::{LineRow, OrderRow};
use orders::{Stage, Status, Units, store};
use people::Brand;
use shipping::{Parcel, ParcelLine, ParcelStatus};
use tracking::{Tracker, TrackingEvent};
use web::{Needs, Routes};

use super::order::{carrier_of, milestone};
use crate::desk::{Console, Upset, page, zone_of};
use crate::i18n::Texts;
use crate::look::Look;
use crate::pages::problem::Trouble;
use crate::pages::tracking::{Promise, Support, TrackedParcel, TrackedScan, TrackingPage};
use crate::preferences::Preferences;
use crate::words::Milestone;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get("/track/{token}", Needs::Nothing, get_tracking)
}

async fn get_tracking(
    State(console): State<Console>,
    preferences: Preferences,
    OriginalUri(uri): OriginalUri,
    Path(token): Path<String>,
) -> Result<Response, Upset> {
    let order_id = people::link::verify(&console.organisation.signing_key, &token)
        .ok_or(Upset::of(Trouble::NotFound))?;
    let organisation_id = console.organisation.organisation_id.clone();
    let journey = console
        .flows
        .runtime
        .read(move |tx| Box::pin(async move { Journey::gather(tx, &organisation_id, &order_id).await }))
        .await?;
    let journey = journey.ok_or(Upset::of(Trouble::NotFound))?;
    let t = Texts::new(preferences.language, zone_of(&journey.zone));
    let mut response = page(&TrackingPage {
        theme: preferences.theme,
        path: uri.path().to_owned(),
        shop: journey.shop.clone(),
        look: Look::of(&journey.brand),
        support: Support {
            email: journey.brand.support_email.clone(),
            phone: journey.brand.support_phone.clone(),
            link: journey.brand.support_link.clone(),
        },
        number: journey.order.external_reference.clone(),
        recipient: recipient(&journey.order),
        promise: journey.promise(&t, console.flows.runtime.now()),
        parcels: journey.parcels.iter().map(|parcel| journey.parcel(&console, parcel)).collect(),
        units_in_preparation: journey.units_in_preparation(),
        updated_at: journey.updated_at(),
        t,
    })?;
    // The link is the key: it must not travel to a carrier's site or anywhere else.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// What a customer may know of an order.
struct Journey {
    shop: String,
    brand: Brand,
    zone: String,
    order: OrderRow,
    lines: Vec<LineRow>,
    /// Those that have a label: what is still being packed is no parcel to a customer.
    parcels: Vec<Parcel>,
    contents: HashMap<ParcelId, Vec<ParcelLine>>,
    trackers: Vec<Tracker>,
    scans: HashMap<String, Vec<TrackingEvent>>,
}

impl Journey {
    async fn gather(
        tx: &Tx,
        organisation_id: &OrganisationId,
        order_id: &OrderId,
    ) -> Result<Option<Journey>, Fault> {
        let Some(order) = store::find_order(tx, organisation_id, order_id).await? else { return Ok(None) };
        let house = people::find_organisation(tx).await?;
        let merchant = people::find_merchant(tx, organisation_id, &order.merchant_id).await?;
        let brand = people::find_shown_brand(tx, organisation_id, &order.merchant_id).await?;
        let mut parcels = shipping::list_parcels(tx, organisation_id, order_id).await?;
        parcels.retain(|parcel| {
            !matches!(parcel.status, ParcelStatus::Open | ParcelStatus::Closed | ParcelStatus::Cancelled)
        });
        let ids: Vec<ParcelId> = parcels.iter().map(|parcel| parcel.parcel_id.clone()).collect();
        let numbers: Vec<String> =
            parcels.iter().filter_map(|parcel| parcel.tracking_number.clone()).collect();
        Ok(Some(Journey {
            shop: brand.name_or(merchant.map(|merchant| merchant.name).unwrap_or_default()),
            brand,
            zone: house.map(|house| house.time_zone).unwrap_or_default(),
            lines: store::list_lines(tx, organisation_id, order_id).await?,
            contents: shipping::parcel_lines(tx, organisation_id, &ids).await?,
            trackers: tracking::list_trackers(tx, organisation_id, order_id).await?,
            scans: tracking::events_by_number(tx, organisation_id, &numbers).await?,
            order,
            parcels,
        }))
    }

    /// The one sentence. A promise that has passed is not repeated.
    fn promise(&self, t: &Texts, now: Timestamp) -> Promise {
        let day = |at: Timestamp| at.to_zoned(t.zone.clone()).date();
        if self.order.status == Status::Cancelled.name() {
            return Promise::Cancelled;
        }
        let arrived = self.parcels.iter().filter_map(|parcel| parcel.delivered_at).max();
        if let Some(arrived) = arrived.filter(|_| self.order.status == Status::Delivered.name()) {
            return Promise::Delivered(day(arrived));
        }
        match self.order.promised_by.filter(|promised| *promised >= now) {
            Some(promised) => Promise::Arrives { from: day(promised), to: day(promised) },
            None => Promise::Unknown,
        }
    }

    fn parcel(&self, console: &Console, parcel: &Parcel) -> TrackedParcel {
        let tracker = self.trackers.iter().find(|tracker| tracker.parcel_id == parcel.parcel_id);
        let tracking_number = parcel.tracking_number.clone().unwrap_or_default();
        let scans = self.scans.get(&tracking_number).into_iter().flatten().map(|scan| TrackedScan {
            at: scan.happened_at,
            milestone: milestone(scan.milestone),
            place: scan.place.clone(),
        });
        let contents = self.contents.get(&parcel.parcel_id).into_iter().flatten();
        let title = |line_no| self.lines.iter().find(|line| line.line_no == line_no);
        TrackedParcel {
            carrier: carrier_of(console, parcel).0,
            milestone: tracker.map_or(Milestone::LabelCreated, |tracker| milestone(tracker.milestone)),
            contents: contents
                .map(|line| {
                    let name = title(line.line_no).map(|line| line.title.clone());
                    (line.quantity.units(), name.unwrap_or_default())
                })
                .collect(),
            scans: scans.collect(),
            tracking_number,
        }
    }

    /// Units that are still in the house and in no parcel shown.
    fn units_in_preparation(&self) -> i64 {
        let units = self.lines.iter().fold(Units::NONE, |sum, line| sum.plus(line.units()));
        let inside = [Stage::Unallocated, Stage::Backordered, Stage::Allocated, Stage::Picked, Stage::Packed];
        let labelled = self.parcels.iter().filter(|parcel| parcel.status == ParcelStatus::Labelled);
        let boxed = labelled.filter_map(|parcel| self.contents.get(&parcel.parcel_id)).flatten();
        inside.into_iter().map(|stage| units.get(stage)).sum::<i64>()
            - boxed.map(|line| line.quantity.units()).sum::<i64>()
    }

    fn updated_at(&self) -> Timestamp {
        let reached = self.trackers.iter().map(|tracker| tracker.milestone_at);
        let left = self.parcels.iter().filter_map(|parcel| parcel.dispatched_at.or(parcel.closed_at));
        reached.chain(left).max().unwrap_or(self.order.accepted_at)
    }
}

/// "M., Sofia": enough to know one's own parcel by.
fn recipient(order: &OrderRow) -> String {
    let address: Address = serde_json::from_value(order.ship_to.clone()).unwrap_or_default();
    let initial = order.customer_name.trim().chars().next().map(|initial| format!("{initial}."));
    let parts = initial.into_iter().chain(Some(address.city).filter(|city| !city.is_empty()));
    parts.collect::<Vec<_>>().join(", ")
}
