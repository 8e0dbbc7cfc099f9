//! The history of an order.

use std::collections::HashMap;

use kernel::{NodeId, Timestamp};
use network::Node;
use runtime::event::SubjectEvent;
use serde_json::Value;

use crate::i18n::Texts;
use crate::pages::order::Entry;
use crate::screens::actors::Actors;
use crate::screens::happenings::{facts, happening};
use crate::svg::Mark;
use crate::words::Milestone;

/// The marks on the line of its life.
pub(super) fn marks(events: &[SubjectEvent]) -> Vec<Mark> {
    let mark = |event: &SubjectEvent| {
        let data = facts(&event.data);
        Some(Mark { at: when(event, &data), what: happening(&event.kind, &data)? })
    };
    events.iter().filter_map(mark).collect()
}

/// What happened, newest first.
pub(super) fn entries(
    t: &Texts,
    events: &[SubjectEvent],
    nodes: &HashMap<NodeId, Node>,
    actors: &Actors,
) -> Vec<Entry> {
    let entry = |event: &SubjectEvent| {
        let data = facts(&event.data);
        Some(Entry {
            at: when(event, &data),
            what: happening(&event.kind, &data)?,
            detail: detail(t, &data, nodes),
            actor: actors.name(t, &event.actor),
        })
    };
    let mut entries: Vec<Entry> = events.iter().filter_map(entry).collect();
    entries.reverse();
    // What a carrier reports late stands where it happened.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.at));
    entries
}

/// When it happened out there, where that is told, else when we wrote it.
fn when(event: &SubjectEvent, data: &Value) -> Timestamp {
    data["at"].as_str().and_then(|at| at.parse().ok()).unwrap_or(event.happened_at)
}

/// Units, node, milestone, number: whatever the event names.
fn detail(t: &Texts, data: &Value, nodes: &HashMap<NodeId, Node>) -> String {
    let name_of = |node_id: &str| {
        let node_id = NodeId::parse(node_id).ok()?;
        Some(nodes.get(&node_id)?.name.clone())
    };
    let mut parts = Vec::new();
    let units = data["units"].as_i64().or_else(|| data["quantity"].as_i64());
    parts.extend(units.map(|units| t.count("units", units)));
    let listed = data["nodes"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let named = data["node_id"].as_str().into_iter().chain(listed);
    let resourced = data["parts"].as_array().into_iter().flatten();
    let resourced = resourced.filter_map(|part| part["node_id"].as_str());
    parts.extend(named.chain(resourced).filter_map(name_of));
    let milestone = data["milestone"].as_str().and_then(Milestone::parse);
    parts.extend(milestone.map(|milestone| t.text(milestone.key())));
    parts.extend(data["tracking_number"].as_str().map(str::to_owned));
    parts.join(" · ")
}
