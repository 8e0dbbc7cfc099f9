//! The orders as a work queue.

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::response::Response;
use db::{Fault, Tx};
use kernel::{
    Address, ChannelId, Money, NodeId, OrderId, OrganisationId, Page, PageRequest, Scope, Timestamp,
};
use orders::read::{OrderFilter, OrderSummary, Sort};
use orders::{Status, Units, store};
use people::SavedView;
use web::{Access, Needs, Permission, Routes, Within};

use super::command::fresh_command;
use super::exceptions::Troubles;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::Choice;
use crate::pages::orders::{Filter, OrderRow, Orders, Saved};
use crate::shell::Section;
use crate::svg::UnitCount;
use crate::words::{OrderColumn, OrderSort, Queue, UnitState};

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::ORDERS, Needs::Within(Permission::OrdersRead), get_orders)
}

/// What an address asks for. What is no id or word of ours is left out, so that the page says what it shows.
pub(super) fn read_filter(query: &[(String, String)]) -> Filter {
    let all = |name: &'static str| query.iter().filter(move |(key, _)| key == name).map(|(_, value)| value);
    let one = |name| all(name).next().map(String::as_str).unwrap_or_default();
    // The form sends a column each, the address has them together.
    let together = one("columns").split('.');
    let chosen: Vec<&str> = all("column").map(String::as_str).chain(together).collect();
    let columns = OrderColumn::ALL.iter().filter(|column| chosen.contains(&column.code())).copied();
    let columns: Vec<OrderColumn> = columns.collect();
    Filter {
        queue: Queue::parse(one("view")).unwrap_or(Queue::All),
        search: one("q").trim().chars().take(100).collect(),
        channel: ChannelId::parse(one("channel")).map(|id| id.to_string()).unwrap_or_default(),
        node: NodeId::parse(one("node")).map(|id| id.to_string()).unwrap_or_default(),
        sort: OrderSort::parse(one("sort")).unwrap_or(OrderSort::Newest),
        columns: if columns.is_empty() { Filter::COLUMNS.to_vec() } else { columns },
        after: one("after").to_owned(),
    }
}

/// The filter of a query that was kept.
pub(super) fn read_query(query: &str) -> Filter {
    let uri = format!("/?{query}").parse().unwrap_or_default();
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&uri).map(|Query(pairs)| pairs);
    read_filter(&pairs.unwrap_or_default())
}

/// The question that a filter is to the orders. `troubled` are the orders with an exception; `by_customer` is whether
/// whoever asks sees who ordered.
pub(super) fn question(
    filter: &Filter,
    troubled: &[OrderId],
    now: Timestamp,
    by_customer: bool,
) -> OrderFilter {
    OrderFilter {
        status: status_of(filter.queue).map(str::to_owned),
        late_at: (filter.queue == Queue::Late).then_some(now),
        late_since: None,
        search: filter.search.clone(),
        by_customer,
        channel_id: ChannelId::parse(&filter.channel).ok(),
        node_id: NodeId::parse(&filter.node).ok(),
        is_partial: filter.queue == Queue::Partial,
        order_ids: (filter.queue == Queue::Exceptions).then(|| troubled.to_vec()),
        sort: match filter.sort {
            OrderSort::Newest => Sort::Newest,
            OrderSort::Oldest => Sort::Oldest,
            OrderSort::Due => Sort::Due,
        },
    }
}

async fn get_orders(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, Upset> {
    let filter = read_filter(&query);
    let asked = Asked {
        filter: filter.clone(),
        organisation_id: console.organisation.organisation_id.clone(),
        user_id: desk.caller.user_id.clone(),
        scope,
        now: desk.now,
        by_customer: desk.shows_customers(),
    };
    let found: Found =
        console.flows.runtime.read(move |tx| Box::pin(async move { Found::by(tx, &asked).await })).await?;
    let channels =
        found.channels.iter().map(|channel| Choice::new(channel.channel_id.as_str(), &channel.name));
    let nodes = found.nodes.iter().map(|node| Choice::new(node.node_id.as_str(), &node.name));
    page(&Orders {
        shell: desk.shell(Section::Orders, None),
        counts: Queue::ALL.iter().copied().zip(found.counts.iter().copied()).collect(),
        saved: found.saved(&filter, &desk),
        channels: channels.collect(),
        nodes: nodes.collect(),
        rows: found.page.rows.iter().map(|order| found.row(order, &desk)).collect(),
        next: found.page.next.clone(),
        command: fresh_command(),
        matching: found.counts.last().copied().unwrap_or_default(),
        can_export: desk.caller.access.may_throughout(Permission::DataExport),
        export: fresh_command(),
        can_cancel: desk.caller.access.may(Permission::OrdersCancel),
        t: desk.t,
        filter,
    })
}

/// Who asks for what.
struct Asked {
    filter: Filter,
    organisation_id: OrganisationId,
    user_id: Option<kernel::UserId>,
    scope: Scope,
    now: Timestamp,
    by_customer: bool,
}

/// A page of orders with all that stands beside them.
struct Found {
    page: Page<OrderSummary>,
    /// Of the views there are for everybody, of those that were kept, and of what is asked for.
    counts: Vec<i64>,
    views: Vec<SavedView>,
    channels: Vec<catalogue::Channel>,
    nodes: Vec<network::Node>,
    units: HashMap<OrderId, Units>,
    at_work: HashMap<OrderId, Vec<NodeId>>,
    addresses: HashMap<OrderId, serde_json::Value>,
}

impl Found {
    async fn by(tx: &Tx, asked: &Asked) -> Result<Found, Fault> {
        let Asked { filter, organisation_id, user_id, scope, now, by_customer } = asked;
        let nodes = network::list_nodes(tx, organisation_id, &Scope::EVERYTHING).await?;
        let troubled = Troubles::read(tx, organisation_id, &nodes, &Access::default()).await?.order_ids();
        let views = match user_id {
            Some(user_id) => people::list_views(tx, organisation_id, user_id).await?,
            None => Vec::new(),
        };
        let everybodys = Queue::ALL.iter().map(|queue| Filter { queue: *queue, ..read_query("") });
        let kept = views.iter().map(|view| read_query(&view.query));
        let question = |filter: &Filter| question(filter, &troubled, *now, *by_customer);
        let wanted = store::found_by_name(tx, organisation_id, &question(filter)).await?;
        let mut questions: Vec<OrderFilter> =
            everybodys.chain(kept).map(|filter| question(&filter)).collect();
        questions.push(wanted.clone());
        let request = PageRequest::new(Some(filter.after.clone()).filter(|after| !after.is_empty()), None);
        let page = store::list_orders(tx, organisation_id, scope, &wanted, &request).await?;
        let ids = || page.rows.iter().map(|order| &order.order_id);
        Ok(Found {
            counts: store::count_matching(tx, organisation_id, scope, &questions).await?,
            channels: catalogue::list_channels(tx, organisation_id, scope).await?,
            units: store::units_of_orders(tx, organisation_id, ids()).await?,
            at_work: store::nodes_of_orders(tx, organisation_id, ids()).await?,
            addresses: store::addresses_of_orders(tx, organisation_id, ids()).await?,
            views,
            nodes,
            page,
        })
    }

    fn saved(&self, open: &Filter, desk: &Desk) -> Vec<Saved> {
        let counts = self.counts.iter().skip(Queue::ALL.len());
        let saved = self.views.iter().zip(counts).map(|(view, count)| Saved {
            id: view.view_id.to_string(),
            name: view.name.clone(),
            href: format!("{}?{}", href::ORDERS, view.query),
            count: *count,
            is_own: desk.caller.user_id.as_ref() == Some(&view.user_id),
            is_shared: view.is_shared,
            is_open: view.query == open.query(),
        });
        saved.collect()
    }

    fn row(&self, order: &OrderSummary, desk: &Desk) -> OrderRow {
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
            customer: if desk.shows_customers() { order.customer_name.clone() } else { String::new() },
            destination: address
                .filter(|_| desk.shows_customers())
                .map(|address| destination(&address))
                .unwrap_or_default(),
            units: self.units.get(id).map(unit_counts).unwrap_or_default(),
            nodes: self
                .at_work
                .get(id)
                .into_iter()
                .flatten()
                .filter_map(|node_id| name_of(node_id).map(|node| node.name.clone()))
                .collect(),
            due: order.promised_by.filter(|_| is_open(&order.status)),
            lines: order.lines,
            total: desk.shows_money().then(|| Money::new(order.total_minor, order.currency)),
        }
    }
}

/// The status a view shows; none for the views that go across.
fn status_of(queue: Queue) -> Option<&'static str> {
    let status = match queue {
        Queue::All | Queue::Late | Queue::Exceptions | Queue::Partial => return None,
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
