//! The command palette: wherever this person may go, by any part of its name.

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use db::{Fault, Tx};
use kernel::{OrganisationId, PageRequest, Scope};
use serde::Deserialize;
use web::{Needs, Permission, Routes};

use super::{find, is_part, settings};
use crate::desk::{Console, Desk, Upset, page};
use crate::pages::palette::{Destination, Group, Palette};
use crate::shell::Section;
use crate::words::Queue;
use crate::{href, scan};

/// What is shown of each kind.
const SHOWN: usize = 8;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::PALETTE, Needs::Caller, get_palette)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
}

/// The group of what the query names exactly.
const EXACT: &str = "palette-results";

async fn get_palette(
    State(console): State<Console>,
    headers: HeaderMap,
    desk: Desk,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let query: String = asked.q.trim().chars().take(200).collect();
    let (begin_so, have_it) = commands(&desk, &query);
    let mut groups = things(&console, &desk, &query).await?;
    // Whoever types the beginning of a page's name wants the page, unless the query is the very name of a thing.
    let place = groups.iter().take_while(|group| group.key == EXACT).count();
    groups.splice(place..place, begin_so);
    groups.extend(have_it);
    if !query.is_empty() && desk.caller.access.may(Permission::OrdersRead) {
        let search = Destination {
            icon: "search",
            name: desk.t.fill("palette-search-orders", "text", &query),
            hint: String::new(),
            href: href::with_query(href::ORDERS, &[("q", &query)]),
        };
        groups.push(Group { key: "keys-search", entries: vec![search] });
    }
    let palette = Palette { shell: desk.shell(Section::Overview, None), t: desk.t, query, groups };
    if is_part(&headers) { page(&palette.as_list()) } else { page(&palette) }
}

/// Pages, views, actions and settings that are open to this person: groups where a name begins with the query, and
/// groups where it stands in a name.
fn commands(desk: &Desk, query: &str) -> (Vec<Group>, Vec<Group>) {
    let access = &desk.caller.access;
    let t = &desk.t;
    let entry = |icon, key: &str, hint: &str, href: String| Destination {
        icon,
        name: t.text(key),
        hint: hint.to_owned(),
        href,
    };
    let sections = Section::ALL.iter().filter(|section| section.is_open_to(access));
    let mut pages: Vec<Destination> = sections
        .map(|section| {
            let hint = format!("g {}", section.letter());
            entry(section.icon(), section.key(), &hint, section.href().to_owned())
        })
        .collect();
    if access.may_throughout(Permission::OrdersRead) {
        pages.push(entry("warning", "tile-exceptions", "", href::EXCEPTIONS.to_owned()));
    }
    let views = Queue::ALL.iter().filter(|_| access.may(Permission::OrdersRead)).map(|queue| {
        let href = href::with_query(href::ORDERS, &[("view", queue.code())]);
        entry("orders", queue.key(), &t.text("nav-orders"), href)
    });
    let actions = [
        (Permission::PeopleWrite, "user", "action-invite", format!("{}#email", href::PEOPLE)),
        (Permission::KeysWrite, "settings", "action-make-key", format!("{}#name", href::KEYS)),
        (Permission::WebhooksWrite, "settings", "action-add-webhook", format!("{}#url", href::WEBHOOKS)),
        (Permission::MerchantsWrite, "settings", "action-add-merchant", format!("{}#name", href::MERCHANTS)),
    ];
    let actions = actions
        .into_iter()
        .filter(|(permission, ..)| access.may_throughout(*permission))
        .map(|(_, icon, key, href)| entry(icon, key, "", href));
    let settings = settings::pages(access)
        .map(|(href, key)| entry("settings", key, &t.text("nav-settings"), href.to_owned()));
    let groups = [
        ("palette-pages", pages),
        ("palette-views", views.collect()),
        ("palette-actions", actions.collect()),
        ("nav-settings", settings.collect()),
    ];
    let named = groups.into_iter().map(|(key, entries)| (key, by_name(entries, query)));
    let mut groups: Vec<(u8, Group)> = named
        .filter_map(|(key, entries)| {
            let best = entries.first()?.0;
            let entries = entries.into_iter().map(|(_, entry)| entry).collect();
            Some((best, Group { key, entries }))
        })
        .collect();
    // The group with the likeliest name first; among equals the usual order.
    groups.sort_by_key(|(best, _)| *best);
    let begin_so = groups.iter().take_while(|(best, _)| *best == 0 && !query.is_empty()).count();
    let mut groups: Vec<Group> = groups.into_iter().map(|(_, group)| group).collect();
    let have_it = groups.split_off(begin_so);
    (groups, have_it)
}

/// Those that have all words of the query in their name, with how far they are from it; the nearest first.
fn by_name(entries: Vec<Destination>, query: &str) -> Vec<(u8, Destination)> {
    let words: Vec<String> = query.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let mut found: Vec<(u8, Destination)> = entries
        .into_iter()
        .filter_map(|entry| {
            let name = entry.name.to_lowercase();
            let whole = format!("{name} {}", entry.hint.to_lowercase());
            words.iter().all(|word| whole.contains(word)).then(|| (distance(&name, &words), entry))
        })
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.truncate(if words.is_empty() { usize::MAX } else { SHOWN });
    found
}

fn distance(name: &str, words: &[String]) -> u8 {
    let Some(first) = words.first() else { return 0 };
    if name.starts_with(first) {
        0
    } else if name.split_whitespace().any(|part| part.starts_with(first)) {
        1
    } else {
        2
    }
}

/// What the query names exactly, and orders, items and nodes that begin with it or have it in their name.
async fn things(console: &Console, desk: &Desk, query: &str) -> Result<Vec<Group>, Upset> {
    let access = &desk.caller.access;
    let scopes = Scopes {
        orders: access.scope(Permission::OrdersRead),
        items: access.scope(Permission::StockRead),
        nodes: access.scope(Permission::NetworkRead),
    };
    if query.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let organisation_id = console.organisation.organisation_id.clone();
    let wanted = query.to_owned();
    let found = console
        .flows
        .runtime
        .read(move |tx| Box::pin(async move { Found::by(tx, &organisation_id, &scopes, &wanted).await }))
        .await?;
    let found = if desk.shows_customers() { found } else { found.without_customers() };
    Ok(found.groups(&desk.t.text("palette-exact"), query))
}

/// Where this person may see what.
struct Scopes {
    orders: Scope,
    items: Scope,
    nodes: Scope,
}

struct Found {
    exact: Option<String>,
    orders: Vec<(String, String, String)>,
    items: Vec<(String, String)>,
    nodes: Vec<(String, String, String)>,
}

impl Found {
    async fn by(
        tx: &Tx,
        organisation_id: &OrganisationId,
        scopes: &Scopes,
        query: &str,
    ) -> Result<Found, Fault> {
        let mut found = Found { exact: None, orders: Vec::new(), items: Vec::new(), nodes: Vec::new() };
        if scopes.orders != Scope::NOTHING {
            found.exact = find::find(tx, organisation_id, &scopes.orders, &scan::readings(query)).await?;
            let channels = catalogue::list_channels(tx, organisation_id, &Scope::EVERYTHING).await?;
            let ids = channels.iter().map(|channel| &channel.channel_id);
            let orders =
                orders::store::list_by_reference_start(tx, organisation_id, &scopes.orders, ids, query)
                    .await?;
            let order = |row: orders::read::Named| {
                (row.order_id.to_string(), row.external_reference, row.customer_name)
            };
            found.orders = orders.into_iter().map(order).collect();
        }
        if scopes.items != Scope::NOTHING {
            let request = PageRequest::new(None, Some(SHOWN as i64));
            let items =
                catalogue::list_items(tx, organisation_id, &scopes.items, Some(query), &request).await?;
            found.items = items.rows.into_iter().map(|item| (item.sku, item.title)).collect();
        }
        if scopes.nodes != Scope::NOTHING {
            let nodes = network::list_nodes(tx, organisation_id, &scopes.nodes).await?;
            let wanted = query.to_lowercase();
            let named = nodes.into_iter().filter(|node| {
                node.name.to_lowercase().contains(&wanted) || node.code.to_lowercase().contains(&wanted)
            });
            found.nodes =
                named.take(SHOWN).map(|node| (node.node_id.to_string(), node.name, node.code)).collect();
        }
        Ok(found)
    }

    fn without_customers(mut self) -> Found {
        self.orders.iter_mut().for_each(|(_, _, customer)| customer.clear());
        self
    }

    fn groups(self, exact: &str, query: &str) -> Vec<Group> {
        let entry = |icon, name, hint, href| Destination { icon, name, hint, href };
        let exact = self.exact.map(|href| entry("ok", query.to_owned(), exact.to_owned(), href));
        let orders = self
            .orders
            .into_iter()
            .map(|(id, number, customer)| entry("orders", number, customer, href::order(&id)));
        let items = self.items.into_iter().map(|(sku, title)| {
            let href = href::with_query(href::STOCK, &[("q", &sku)]);
            entry("stock", title, sku, href)
        });
        let nodes =
            self.nodes.into_iter().map(|(id, name, code)| entry("nodes", name, code, href::node(&id)));
        let groups = [
            (EXACT, exact.into_iter().collect()),
            ("nav-orders", orders.collect()),
            ("palette-items", items.collect()),
            ("nav-nodes", nodes.collect::<Vec<Destination>>()),
        ];
        let some = groups.into_iter().filter(|(_, entries)| !entries.is_empty());
        some.map(|(key, entries)| Group { key, entries }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<Destination> {
        let entry = |name: &&str| Destination {
            icon: "orders",
            name: (*name).to_owned(),
            hint: String::new(),
            href: String::new(),
        };
        names.iter().map(entry).collect()
    }

    #[test]
    fn the_nearest_name_comes_first_whatever_its_case_and_language() {
        let names = ["Заказы", "Импорт заказов", "Pick and pack", "Overview", "Stock"];
        for (query, expected) in [
            ("заказ", vec!["Заказы", "Импорт заказов"]),
            ("pa", vec!["Pick and pack"]),
            ("PACK pick", vec!["Pick and pack"]),
            ("o", vec!["Overview", "Stock"]),
            ("tea", vec![]),
        ] {
            let found: Vec<String> =
                by_name(named(&names), query).into_iter().map(|(_, entry)| entry.name).collect();
            assert_eq!(found, expected, "{query}");
        }
        assert_eq!(by_name(named(&names), "").len(), names.len());
    }
}
