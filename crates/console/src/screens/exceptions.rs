//! What needs a person, with the place where it can be acted on.

use axum::extract::State;
use axum::response::Response;
use db::{Fault, Tx};
use jiff::SignedDuration;
use kernel::{OrderId, OrganisationId, Scope, Timestamp};
use network::Node;
use web::{Needs, Permission, Routes};

use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::exceptions::{Exceptions, OpenBox, TroubledParcel};
use crate::shell::Section;
use crate::words::{Milestone, Queue};

/// How long a parcel in trouble is shown: what is older was settled with the carrier.
const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// More of a kind than anybody works through before looking again.
const SHOWN: i64 = 200;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::EXCEPTIONS, Needs::Throughout(Permission::OrdersRead), get_exceptions)
}

/// How many things need a person, orders without stock left out.
pub(super) async fn count(
    tx: &Tx,
    organisation_id: &OrganisationId,
    nodes: &[Node],
    now: Timestamp,
) -> Result<i64, Fault> {
    let troubled = tracking::count_exceptions(tx, organisation_id, since(now)).await?;
    let boxes =
        shipping::list_reopened(tx, organisation_id, nodes.iter().map(|node| &node.node_id), SHOWN).await?;
    Ok(troubled + i64::try_from(boxes.len()).unwrap_or(i64::MAX))
}

fn since(now: Timestamp) -> Timestamp {
    now.checked_sub(SHOWN_FOR).unwrap_or(Timestamp::UNIX_EPOCH)
}

async fn get_exceptions(State(console): State<Console>, desk: Desk) -> Result<Response, Upset> {
    let organisation_id = console.organisation.organisation_id.clone();
    let now = desk.now;
    let (statuses, nodes, boxes, trackers, references) = console
        .flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let statuses =
                    orders::store::count_by_status(tx, &organisation_id, &Scope::EVERYTHING).await?;
                let nodes = network::list_nodes(tx, &organisation_id, &Scope::EVERYTHING).await?;
                let node_ids = nodes.iter().map(|node| &node.node_id);
                let boxes = shipping::list_reopened(tx, &organisation_id, node_ids, SHOWN).await?;
                let trackers = tracking::list_exceptions(tx, &organisation_id, since(now), SHOWN).await?;
                let order_ids = boxes.iter().map(|parcel| &parcel.order_id);
                let order_ids = order_ids.chain(trackers.iter().map(|tracker| &tracker.order_id));
                let references = orders::store::references_of_orders(tx, &organisation_id, order_ids).await?;
                Ok::<_, Fault>((statuses, nodes, boxes, trackers, references))
            })
        })
        .await?;
    let reference =
        |order_id: &OrderId| references.get(order_id).cloned().unwrap_or_else(|| order_id.to_string());
    let unallocated = statuses.iter().find(|(status, _)| status == Queue::Unallocated.code());
    let boxes = boxes.iter().map(|parcel| OpenBox {
        order: reference(&parcel.order_id),
        node: nodes
            .iter()
            .find(|node| node.node_id == parcel.node_id)
            .map(|node| node.name.clone())
            .unwrap_or_default(),
        at: parcel.opened_at,
        href: href::pack(parcel.node_id.as_str(), parcel.fulfilment_order_id.as_str()),
    });
    let parcels = trackers.iter().map(|tracker| TroubledParcel {
        order: reference(&tracker.order_id),
        tracking_number: tracker.tracking_number.clone(),
        milestone: Milestone::parse(tracker.milestone.as_str()).unwrap_or(Milestone::Unknown),
        at: tracker.milestone_at,
        href: href::order(tracker.order_id.as_str()),
    });
    page(&Exceptions {
        unallocated: unallocated.map_or(0, |(_, count)| *count),
        boxes: boxes.collect(),
        parcels: parcels.collect(),
        t: desk.t.clone(),
        shell: desk.shell(Section::Overview, None),
    })
}
