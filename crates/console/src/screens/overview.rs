//! The overview, and the stream that keeps it current.

mod live;
pub(super) mod recent;

use axum::extract::State;
use axum::response::Response;
use db::{Fault, Tx};
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};
use kernel::{NodeId, OrganisationId, Scope, Timestamp};
use network::Node;
use orders::{Stage, Units, store};
use web::{Access, Needs, Permission, Routes};

use super::exceptions;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::i18n::Texts;
use crate::pages::dashboard::{self as view, Dashboard, Today};
use crate::shell::{Section, Shell};
use crate::svg::{Bar, Bars, Map, MapNode, MapSize};
use crate::words::{NodeKind, Queue, UnitState};
use recent::Recent;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::OVERVIEW, Needs::Caller, get_overview).get(
        href::LIVE,
        Needs::Throughout(Permission::OrdersRead),
        live::get_live,
    )
}

async fn get_overview(State(console): State<Console>, desk: Desk) -> Result<Response, Upset> {
    if !Section::Overview.is_open_to(&desk.caller.access) {
        let first = Section::ALL.iter().find(|section| section.is_open_to(&desk.caller.access));
        return Ok(see(first.map_or(href::SESSIONS, Section::href)));
    }
    let shell = desk.shell(Section::Overview, None);
    let facts = Facts::read(&console, desk.now, &desk.t.zone, &desk.caller.access).await?;
    page(&facts.dashboard(desk.t, shell))
}

/// The stages somebody must move units on from, with the queue and the state they are shown under.
const STAGES: [(Stage, Queue, UnitState); 5] = [
    (Stage::Unallocated, Queue::Unallocated, UnitState::Unallocated),
    (Stage::Allocated, Queue::ToPick, UnitState::Allocated),
    (Stage::Picked, Queue::ToPack, UnitState::Picked),
    (Stage::Packed, Queue::ToShip, UnitState::Packed),
    (Stage::Shipped, Queue::OnTheWay, UnitState::Shipped),
];

/// How far ahead a due order is soon due.
const SOON_HOURS: i64 = 2;

/// What is going on at an instant.
struct Facts {
    head: i64,
    hours: Vec<Zoned>,
    /// Orders by hour of today; the last is yesterday up to this time of day.
    placed: Vec<i64>,
    late: i64,
    soon: i64,
    refused: i64,
    unallocated: i64,
    units: Units,
    oldest: Vec<(String, Timestamp)>,
    recent: Vec<Recent>,
    nodes: Vec<Node>,
    /// Parcels and boxes that need a person.
    troubled: i64,
    backlog: Vec<(NodeId, i64, i64)>,
}

impl Facts {
    async fn read(
        console: &Console,
        now: Timestamp,
        zone: &TimeZone,
        access: &Access,
    ) -> Result<Facts, Fault> {
        let access = access.clone();
        let organisation_id = console.organisation.organisation_id.clone();
        let here = now.to_zoned(zone.clone());
        console
            .flows
            .runtime
            .read(move |tx| Box::pin(async move { Facts::gather(tx, &organisation_id, here, &access).await }))
            .await
    }

    async fn gather(
        tx: &Tx,
        organisation_id: &OrganisationId,
        here: Zoned,
        access: &Access,
    ) -> Result<Facts, Fault> {
        let now = here.timestamp();
        let hours = hours_of(&here);
        let begin = hours.first().map_or(now, Zoned::timestamp);
        let mut spans: Vec<(Timestamp, Timestamp)> = hours
            .iter()
            .map(|hour| (hour.timestamp(), later(hour, Span::new().hours(1)).timestamp()))
            .collect();
        let day = Span::new().days(-1);
        let midnight = hours.first().map_or(here.clone(), Zoned::clone);
        spans.push((later(&midnight, day).timestamp(), later(&here, day).timestamp()));
        let channels = catalogue::list_channels(tx, organisation_id, &Scope::EVERYTHING).await?;
        let subjects = channels.iter().map(|channel| channel.channel_id.as_str());
        let soon = later(&here, Span::new().hours(SOON_HOURS)).timestamp();
        let nodes = network::list_nodes(tx, organisation_id, &Scope::EVERYTHING).await?;
        Ok(Facts {
            head: runtime::event::head(tx, organisation_id).await?,
            placed: store::count_placed_in(tx, organisation_id, &spans).await?,
            late: store::count_late(tx, organisation_id, &Scope::EVERYTHING, now).await?,
            soon: store::count_due(tx, organisation_id, now, soon).await?,
            refused: runtime::event::count_of_subjects(tx, organisation_id, subjects, "order.refused", begin)
                .await?,
            unallocated: exceptions::count_unallocated(tx, organisation_id).await?,
            units: store::count_open_units(tx, organisation_id).await?,
            oldest: store::list_oldest_by_status(tx, organisation_id).await?,
            recent: recent::list(tx, organisation_id).await?,
            troubled: {
                let troubles = exceptions::Troubles::read(tx, organisation_id, &nodes, access).await?;
                troubles.count_open(tx, organisation_id, now).await?
            },
            nodes,
            backlog: store::list_backlog_by_node(tx, organisation_id, now).await?,
            hours,
        })
    }

    fn dashboard(self, t: Texts, shell: Shell) -> Dashboard {
        let (yesterday, today) = self.placed.split_last().map_or((0, &[][..]), |(last, rest)| (*last, rest));
        Dashboard {
            today: Today {
                orders: today.iter().sum(),
                orders_yesterday: yesterday,
                late: self.late,
                soon: self.soon,
                refused: self.refused,
                exceptions: self.unallocated + self.troubled,
            },
            stages: self.stages(),
            hours: self.bars(&t, today, shell.now),
            map: self.map(&t),
            recent: self.recent.into_iter().map(Recent::view).collect(),
            shell,
            t,
        }
    }

    fn stages(&self) -> Vec<view::Stage> {
        STAGES
            .iter()
            .map(|(stage, queue, state)| view::Stage {
                state: *state,
                queue: *queue,
                units: self.units.get(*stage),
                oldest: self.oldest.iter().find(|(status, _)| status == queue.code()).map(|(_, at)| *at),
            })
            .collect()
    }

    fn bars(&self, t: &Texts, placed: &[i64], now: Timestamp) -> Bars {
        let running = self.hours.iter().rposition(|hour| hour.timestamp() <= now);
        let bars: Vec<Bar> = self
            .hours
            .iter()
            .zip(placed)
            .enumerate()
            .map(|(place, (hour, value))| Bar {
                label: t.time_of_day(hour.timestamp()),
                value: *value,
                is_running: Some(place) == running,
            })
            .collect();
        Bars::of_orders(t, &bars)
    }

    fn map(&self, t: &Texts) -> Map {
        let waiting = |node: &Node| self.backlog.iter().find(|(node_id, ..)| *node_id == node.node_id);
        let nodes: Vec<MapNode> = self
            .nodes
            .iter()
            .map(|node| MapNode {
                id: node.node_id.to_string(),
                name: node.name.clone(),
                kind: NodeKind::parse(node.kind.as_str()).unwrap_or(NodeKind::Store),
                place: node.place,
                backlog: waiting(node).map_or(0, |(_, units, _)| *units),
                late: waiting(node).map_or(0, |(_, _, late)| *late),
            })
            .collect();
        Map::of(t, &nodes, MapSize::Thumbnail)
    }
}

/// The beginnings of the hours of a day: 23 or 25 of them when clocks change.
fn hours_of(here: &Zoned) -> Vec<Zoned> {
    let Ok(midnight) = here.start_of_day() else { return Vec::new() };
    let next_day = later(&midnight, Span::new().days(1));
    let hours = (0..25).map(|hour| later(&midnight, Span::new().hours(hour)));
    hours.take_while(|hour| hour.timestamp() < next_day.timestamp()).collect()
}

fn later(at: &Zoned, span: Span) -> Zoned {
    at.checked_add(span).unwrap_or_else(|_| at.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_on_which_clocks_change_has_its_own_number_of_hours() {
        for (day, hours) in [("2026-03-29", 23), ("2026-07-01", 24), ("2026-10-25", 25)] {
            let noon: Zoned = format!("{day}T12:00[Europe/Sofia]").parse().unwrap();
            assert_eq!(hours_of(&noon).len(), hours, "{day}");
        }
    }
}
