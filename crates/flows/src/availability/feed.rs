//! Tells in the stream of events what channels may sell of an item whenever it is another number, for whoever does not
//! want to ask.
//!
//! A follower, behind the commands: it hears which items were touched, reads what is true now and compares it with what
//! was told last. What it tells are values, not differences, and only the newest, so a reader may miss any but the last
//! word on an item. Reading, comparing and telling are one transaction, one at a time on all servers: no word is followed
//! by an older one. What changed while nobody followed is found by going through all items once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError},
    time::Duration,
};

use db::{Fault, Follower, Tx};
use kernel::{
    ItemId, OrganisationId, PageRequest, Scope, Timestamp,
    time::{Date, to_date},
};
use runtime::{Call, Runtime, event};
use serde_json::{Value, json};
use tokio::{sync::watch, time::Instant};

use super::{
    Goods, Question, answer,
    shelf::{Facts, RULED_BY, read_known},
};
use crate::Flows;

/// What it tells.
pub const KIND: &str = "availability.changed";

/// How many items one transaction tells of.
const TOGETHER: usize = 100;

/// How often it looks by itself; under load, how long changes gather.
const PAUSE: Duration = Duration::from_millis(200);

/// How long it goes on for somebody who asked.
const FOLLOWED: Duration = Duration::from_secs(15 * 60);

/// Who tells, in this process.
#[derive(Default)]
pub struct Feed {
    place: tokio::sync::Mutex<Option<Place>>,
    asked: std::sync::Mutex<Option<Instant>>,
}

/// How far it is.
struct Place {
    follower: Follower,
    touched: BTreeSet<ItemId>,
    /// After which item it goes on through all of them, where it does.
    sweeps: Option<String>,
    /// Goods expire by the day, and nobody commits anything then.
    day: Date,
}

impl Flows {
    /// Tells what is another number by now than was told; gives of how many items. On return it is told of everything
    /// that was committed before.
    pub async fn tell_availability(&self) -> Result<usize, Fault> {
        let flows = self.clone();
        // In a task of its own: it is told to all, so it is read unbound by what whoever asks may see, and goes on when
        // they hang up.
        let telling = tokio::spawn(async move { flows.tell_what_changed().await });
        telling.await.map_err(|_| Fault::Lost("telling what channels may sell ended early"))?
    }

    async fn tell_what_changed(&self) -> Result<usize, Fault> {
        let Some(changes) = self.runtime.db.changes() else { return Ok(0) };
        let mut place = self.feed.place.lock().await;
        let today = to_date(self.runtime.now());
        let place = place.get_or_insert_with(|| Place {
            follower: changes.follow(),
            touched: BTreeSet::new(),
            sweeps: Some(String::new()),
            day: today,
        });
        // So that what changed has its position when the word on it names the cause.
        event::sequence(&self.runtime).await?;
        drop(self.runtime.watch().await?);
        let heard = place.follower.take();
        let is_ruled = RULED_BY.iter().any(|table| heard.topics.contains(*table));
        if heard.is_everything || is_ruled || place.day != today {
            (place.sweeps, place.day) = (Some(String::new()), today);
        }
        place.touched.extend(heard.topics.iter().filter_map(|topic| ItemId::parse(topic).ok()));
        let mut told = 0;
        while !place.touched.is_empty() {
            let some: Vec<ItemId> = place.touched.iter().take(TOGETHER).cloned().collect();
            told += tell(&self.runtime, &some).await?;
            for item_id in &some {
                place.touched.remove(item_id);
            }
        }
        while let Some(after) = place.sweeps.clone() {
            let some = list_items(&self.runtime, after).await?;
            told += tell(&self.runtime, &some).await?;
            place.sweeps = some.last().filter(|_| some.len() == TOGETHER).map(ToString::to_string);
        }
        // On PostgreSQL so that what was told can be read.
        event::sequence(&self.runtime).await?;
        Ok(told)
    }

    /// Somebody asks: what changes is told for a while from now on.
    pub(crate) fn follow_availability(&self) {
        *self.feed.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Tells until told to stop, while a webhook wants it or somebody asked not long ago.
    pub(crate) async fn run_availability(&self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let told = match self.is_followed().await {
                Ok(true) => self.tell_availability().await.map(drop),
                Ok(false) => Ok(()),
                Err(fault) => Err(fault),
            };
            if let Err(fault) = told {
                tracing::error!(
                    error = &fault as &dyn std::error::Error,
                    "what channels may sell is told later"
                );
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn is_followed(&self) -> Result<bool, Fault> {
        let asked = *self.feed.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.is_some_and(|asked| asked.elapsed() < FOLLOWED) {
            return Ok(true);
        }
        let organisation_id = self.runtime.organisation_id.clone();
        self.runtime
            .read(move |tx| Box::pin(async move { webhooks::is_named(tx, &organisation_id, KIND).await }))
            .await
    }
}

async fn list_items(runtime: &Runtime, after: String) -> Result<Vec<ItemId>, Fault> {
    let organisation_id = runtime.organisation_id.clone();
    let page = PageRequest::new(Some(after), Some(TOGETHER as i64));
    let items = runtime
        .read::<_, Fault, _>(move |tx| {
            Box::pin(async move {
                catalogue::list_items(tx, &organisation_id, &Scope::EVERYTHING, None, &page).await
            })
        })
        .await?;
    Ok(items.rows.into_iter().map(|item| item.item_id).collect())
}

/// Tells of those items of which something else was told last.
async fn tell(runtime: &Runtime, items: &[ItemId]) -> Result<usize, Fault> {
    let (organisation_id, now, items) = (runtime.organisation_id.clone(), runtime.now(), items.to_vec());
    let changed = runtime
        .read(move |tx| Box::pin(async move { find_changed(tx, &organisation_id, now, &items).await }))
        .await?;
    // Most of what is touched leaves the numbers as they are, and needs no writing.
    if changed.is_empty() {
        return Ok(0);
    }
    let items: Arc<Vec<ItemId>> = Arc::new(changed.into_keys().collect());
    runtime
        .run(Call::by("system"), move |cx| {
            let items = items.clone();
            Box::pin(async move {
                // One word after the other, on all servers.
                cx.tx.lock_name(&format!("{KIND} {}", cx.organisation_id)).await?;
                let changed = find_changed(cx.tx, &cx.organisation_id, cx.now, &items).await?;
                let count = changed.len();
                for (item_id, word) in changed {
                    cx.tell(KIND, item_id.as_str(), word);
                }
                Ok(count)
            })
        })
        .await
}

/// What is true now of those items of which something else was told last.
async fn find_changed(
    tx: &Tx,
    organisation_id: &OrganisationId,
    as_of: Timestamp,
    items: &[ItemId],
) -> Result<BTreeMap<ItemId, Value>, Fault> {
    let goods = items.iter().map(|item_id| Goods::Item(item_id.to_string())).collect();
    let question = Question { goods, by_node: true, ..Question::default() };
    let (position, known) = read_known(tx, organisation_id, &question, to_date(as_of), None).await?;
    let facts = Facts::new(as_of, position, known);
    let last = event::last_availability(tx, organisation_id, items.iter().map(ItemId::as_str)).await?;
    let last: BTreeMap<String, Value> = last
        .into_iter()
        .map(|(item_id, data)| {
            let data: Value = serde_json::from_str(&data).unwrap_or_default();
            (item_id, data["channels"].clone())
        })
        .collect();
    let mut words: BTreeMap<ItemId, (String, String, Vec<Value>)> = BTreeMap::new();
    for (merchant_id, row) in facts.sellers(answer(&facts, &Scope::EVERYTHING, &question).rows) {
        let nodes: Vec<Value> = row
            .nodes
            .iter()
            .map(|at| json!({ "node": at.node, "node_id": at.node_id, "units": at.units }))
            .collect();
        let word =
            json!({ "channel": row.channel, "channel_id": row.channel_id, "ats": row.ats, "nodes": nodes });
        words.entry(row.item_id).or_insert_with(|| (row.sku, merchant_id, Vec::new())).2.push(word);
    }
    let mut changed = BTreeMap::new();
    for (item_id, (sku, merchant_id, channels)) in words {
        let is_news = match last.get(item_id.as_str()) {
            Some(last) => *last != Value::from(channels.clone()),
            // Nobody needs to hear that there is none of what nobody heard of.
            None => channels.iter().any(|word| word["ats"] != 0),
        };
        if is_news {
            let word =
                json!({ "sku": sku, "merchant_id": merchant_id, "cause": position, "channels": channels });
            changed.insert(item_id, word);
        }
    }
    Ok(changed)
}
