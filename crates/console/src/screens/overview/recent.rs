//! What happened last.

use std::collections::HashMap;

use db::{Fault, Tx};
use kernel::{ItemId, OrderId, OrganisationId, Timestamp};
use runtime::event::{self, Event};

use crate::href;
use crate::pages::dashboard as view;
use crate::screens::happenings::{facts, happening};
use crate::words::Happening;

/// How many are read, and how many of those that people care for are shown.
const READ: i64 = 100;
const SHOWN: usize = 12;

pub(in crate::screens) struct Recent {
    at: Timestamp,
    what: Happening,
    subject: String,
    href: String,
}

impl Recent {
    pub fn view(self) -> view::Recent {
        let Recent { at, what, subject, href } = self;
        view::Recent { at, what, subject, href }
    }
}

pub(super) async fn list(tx: &Tx, organisation_id: &OrganisationId) -> Result<Vec<Recent>, Fault> {
    let newest = event::list_newest(tx, organisation_id, READ).await?;
    in_words(tx, organisation_id, newest, SHOWN).await
}

/// Events in people's words, with what they are about; those that only programs need are left out.
pub(in crate::screens) async fn in_words(
    tx: &Tx,
    organisation_id: &OrganisationId,
    events: Vec<Event>,
    most: usize,
) -> Result<Vec<Recent>, Fault> {
    let told: Vec<(Event, Happening, Option<String>)> = events
        .into_iter()
        .filter_map(|event| {
            let data = facts(&event.data);
            let what = happening(&event.kind, &data)?;
            let reference = data["external_reference"].as_str().map(str::to_owned);
            Some((event, what, reference))
        })
        .take(most)
        .collect();
    let subjects = told.iter().map(|(event, ..)| event.subject_id.as_str());
    let order_ids: Vec<OrderId> = subjects.clone().filter_map(|id| OrderId::parse(id).ok()).collect();
    let item_ids: Vec<ItemId> = subjects.filter_map(|id| ItemId::parse(id).ok()).collect();
    let numbers = orders::store::references_of_orders(tx, organisation_id, order_ids.iter()).await?;
    let items = catalogue::items_by_id(tx, organisation_id, &item_ids).await?;
    let skus: HashMap<&str, &str> =
        items.iter().map(|(item_id, item)| (item_id.as_str(), item.sku.as_str())).collect();
    let numbers: HashMap<&str, &str> =
        numbers.iter().map(|(order_id, number)| (order_id.as_str(), number.as_str())).collect();
    let recent = told.iter().map(|(event, what, reference)| {
        let id = event.subject_id.as_str();
        let (subject, href) = match (numbers.get(id), skus.get(id), reference) {
            (Some(number), ..) => ((*number).to_owned(), href::order(id)),
            (_, Some(sku), _) => ((*sku).to_owned(), href::with_query(href::STOCK, &[("q", sku)])),
            (.., Some(number)) => (number.clone(), href::with_query(href::ORDERS, &[("q", number)])),
            _ => (id.to_owned(), href::with_query(href::FIND, &[("q", id)])),
        };
        Recent { at: event.happened_at, what: *what, subject, href }
    });
    Ok(recent.collect())
}
