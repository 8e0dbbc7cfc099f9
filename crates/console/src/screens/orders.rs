//! The orders as a work queue.

use axum::extract::{Query, State};
use axum::response::Response;
use db::{Fault, Tx};
use kernel::{Address, ChannelId, Money, NodeId, Page, PageRequest, Scope};
use orders::read::{OrderFilter, OrderSummary};
use orders::{Status, Units, store};
use serde::Deserialize;
use std::collections::HashMap;
use web::{Needs, Permission, Routes, Within};

use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::Choice;
use crate::pages::orders::{Filter, OrderRow, Orders};
use crate::shell::Section;
use crate::svg::UnitCount;
use crate::words::{Queue, UnitState};

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::ORDERS, Needs::Within(Permission::OrdersRead), get_orders)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    view: String,
    q: String,
    channel: String,
    node: String,
    after: String,
}

impl Asked {
    fn filter(self) -> Filter {
        Filter {
            queue: Queue::parse(&self.view).unwrap_or(Queue::All),
            search: self.q.trim().chars().take(100).collect(),
            // What is no id of ours is left out, so that the page says what it shows.
            channel: ChannelId::parse(&self.channel).map(|id| id.to_string()).unwrap_or_default(),
            node: NodeId::parse(&self.node).map(|id| id.to_string()).unwrap_or_default(),
            after: self.after,
        }
    }
}

async fn get_orders(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let filter = asked.filter();
    let wanted = OrderFilter {
        status: status_of(filter.queue).map(str::to_owned),
        late_at: (filter.queue == Queue::Late).then_some(desk.now),
        search: filter.search.clone(),
        channel_id: ChannelId::parse(&filter.channel).ok(),
        node_id: NodeId::parse(&filter.node).ok(),
    };
    let after = Some(filter.after.clone()).filter(|after| !after.is_empty());
    let request = PageRequest::new(after, None);
    let (organisation_id, now) = (console.organisation.organisation_id.clone(), desk.now);
    let found: Found = console
        .flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let found = store::list_orders(tx, &organisation_id, &scope, &wanted, &request).await?;
                Found::about(tx, &organisation_id, &scope, found, now).await
            })
        })
        .await?;
    let channels =
        found.channels.iter().map(|channel| Choice::new(channel.channel_id.as_str(), &channel.name));
    let nodes = found.nodes.iter().map(|node| Choice::new(node.node_id.as_str(), &node.name));
    page(&Orders {
        shell: desk.shell(Section::Orders, None),
        t: desk.t,
        filter,
        counts: found.counts(),
        channels: channels.collect(),
        nodes: nodes.collect(),
        rows: found.page.rows.iter().map(|order| found.row(order)).collect(),
        next: found.page.next.clone(),
    })
}

/// A page of orders with all that stands beside them.
struct Found {
    page: Page<OrderSummary>,
    statuses: Vec<(String, i64)>,
    late: i64,
    channels: Vec<catalogue::Channel>,
    nodes: Vec<network::Node>,
    units: HashMap<kernel::OrderId, Units>,
    at_work: HashMap<kernel::OrderId, Vec<NodeId>>,
    addresses: HashMap<kernel::OrderId, serde_json::Value>,
}

impl Found {
    async fn about(
        tx: &Tx,
        organisation_id: &kernel::OrganisationId,
        scope: &Scope,
        page: Page<OrderSummary>,
        now: kernel::Timestamp,
    ) -> Result<Found, Fault> {
        let ids = || page.rows.iter().map(|order| &order.order_id);
        Ok(Found {
            statuses: store::count_by_status(tx, organisation_id, scope).await?,
            late: store::count_late(tx, organisation_id, scope, now).await?,
            channels: catalogue::list_channels(tx, organisation_id, scope).await?,
            nodes: network::list_nodes(tx, organisation_id, &Scope::EVERYTHING).await?,
            units: store::units_of_orders(tx, organisation_id, ids()).await?,
            at_work: store::nodes_of_orders(tx, organisation_id, ids()).await?,
            addresses: store::addresses_of_orders(tx, organisation_id, ids()).await?,
            page,
        })
    }

    fn counts(&self) -> Vec<(Queue, i64)> {
        let count = |queue: Queue| match (queue, status_of(queue)) {
            (Queue::Late, _) => self.late,
            (_, None) => self.statuses.iter().map(|(_, count)| count).sum(),
            (_, Some(status)) => {
                self.statuses.iter().find(|(name, _)| name == status).map_or(0, |(_, count)| *count)
            }
        };
        Queue::ALL.iter().map(|queue| (*queue, count(*queue))).collect()
    }

    fn row(&self, order: &OrderSummary) -> OrderRow {
        let id = &order.order_id;
        let address: Option<Address> =
            self.addresses.get(id).and_then(|address| serde_json::from_value(address.clone()).ok());
        let name_of = |node_id: &NodeId| self.nodes.iter().find(|node| node.node_id == *node_id);
        let channel = self.channels.iter().find(|channel| channel.channel_id == order.channel_id);
        OrderRow {
            id: id.to_string(),
            number: order.external_reference.clone(),
            channel: channel.map(|channel| channel.name.clone()).unwrap_or_default(),
            placed_at: order.placed_at,
            customer: order.customer_name.clone(),
            destination: address.map(|address| destination(&address)).unwrap_or_default(),
            units: self.units.get(id).map(unit_counts).unwrap_or_default(),
            nodes: self
                .at_work
                .get(id)
                .into_iter()
                .flatten()
                .filter_map(|node_id| name_of(node_id).map(|node| node.name.clone()))
                .collect(),
            due: order.promised_by.filter(|_| is_open(&order.status)),
            total: Money::new(order.total_minor, order.currency),
        }
    }
}

/// The status a view shows; none for the views that go across.
fn status_of(queue: Queue) -> Option<&'static str> {
    let status = match queue {
        Queue::All | Queue::Late => return None,
        Queue::Unallocated => Status::Unallocated,
        Queue::ToPick => Status::ToPick,
        Queue::ToPack => Status::ToPack,
        Queue::ToShip => Status::ToShip,
        Queue::OnTheWay => Status::OnTheWay,
        Queue::Delivered => Status::Delivered,
        Queue::Cancelled => Status::Cancelled,
    };
    Some(status.name())
}

/// True while a promise can still be kept.
fn is_open(status: &str) -> bool {
    let closed = [Status::Delivered, Status::Cancelled, Status::Returned, Status::Lost];
    closed.iter().all(|closed| closed.name() != status)
}

fn destination(address: &Address) -> String {
    let parts = [address.city.as_str(), address.country.as_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Units by state, as chips and strips show them.
pub(super) fn unit_counts(units: &Units) -> Vec<UnitCount> {
    units
        .present()
        .filter_map(|(stage, units)| Some(UnitCount { state: UnitState::parse(stage.name())?, units }))
        .collect()
}
