//! What was read of goods, for as long as it is true.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, PoisonError, RwLock},
};

use catalogue::{Channel, Item, Listed};
use db::{Fault, Look, Moment, Tx};
use inventory::{
    lot::{Life, Lots},
    selling::{
        self, Free, Rules,
        beyond::{self, Outlook},
    },
    store as stock,
};
use kernel::{
    ChannelId, ItemId, MerchantId, NodeId, OrganisationId, Scope, Timestamp,
    time::{Date, to_date},
};
use network::Node;
use runtime::Runtime;

use super::{AvailableOn, Goods, Question};

/// The most codes that are kept: with its item a code takes about a kilobyte.
const CODES_MOST: usize = 50_000;

/// What everything that is kept hangs on. They change seldom; what changes often is kept by item.
pub(super) const RULED_BY: [&str; 7] =
    ["channel", "channel_stock_policy", "item", "item_barcode", "kit_component", "listing", "node"];

/// What is kept in memory.
#[derive(Default)]
pub struct Shelf {
    kept: RwLock<Option<Kept>>,
}

/// What was read since something changed that all of it hangs on.
struct Kept {
    since: Moment,
    known: Known,
}

/// What a channel's code means: an item and how many units of it, or each item of a kit.
type Pack = Vec<(Arc<ItemFacts>, i64)>;

/// What answers questions.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    channels: Arc<Vec<Channel>>,
    codes: HashMap<String, Option<Arc<ItemFacts>>>,
    listings: HashMap<(ChannelId, String), Option<Pack>>,
    /// Channels' codes that were looked for on every channel.
    listed: BTreeSet<String>,
}

/// What is known of an item.
#[derive(Debug)]
pub(super) struct ItemFacts {
    /// It was read after this.
    read: Option<Moment>,
    pub(super) item: Item,
    free: Free,
    /// Of which lots what is free is, where it is of any; what is expired is among them.
    lots: BTreeMap<NodeId, Lots>,
    pub(super) incoming: i64,
    pub(super) rules: Arc<Rules>,
    /// What comes of it and who waits, where some channel may sell it beforehand.
    pub(super) outlook: Option<Outlook>,
    /// Where it is free.
    nodes: Arc<HashMap<NodeId, Node>>,
}

impl ItemFacts {
    /// True where nothing has changed since it was read.
    fn is_true(&self, look: &Look<'_>) -> bool {
        self.read.is_some_and(|read| look.is_still(self.item.item_id.as_str(), read))
    }

    /// What is free and lasts so long.
    pub(super) fn free(&self, life: Life) -> Cow<'_, Free> {
        if self.lots.is_empty() {
            return Cow::Borrowed(&self.free);
        }
        let mut free = self.free.clone();
        for (node_id, lots) in &self.lots {
            *free.entry(node_id.clone()).or_default() += lots.units(life);
        }
        free.retain(|_, units| *units > 0);
        Cow::Owned(free)
    }

    pub(super) fn node(&self, node_id: &NodeId) -> Option<&Node> {
        self.nodes.get(node_id)
    }
}

/// What answers one question.
pub(super) struct Facts {
    as_of: Timestamp,
    position: i64,
    known: Known,
}

impl Facts {
    pub(super) fn new(as_of: Timestamp, position: i64, known: Known) -> Facts {
        Facts { as_of, position, known }
    }

    /// Answers, each with the merchant whose item it is.
    pub(super) fn sellers(&self, rows: Vec<AvailableOn>) -> impl Iterator<Item = (String, AvailableOn)> {
        let merchants: HashMap<&ChannelId, &MerchantId> =
            self.known.channels.iter().map(|channel| (&channel.channel_id, &channel.merchant_id)).collect();
        rows.into_iter().filter_map(move |row| Some((merchants.get(&row.channel_id)?.to_string(), row)))
    }

    pub(super) fn as_of(&self) -> Timestamp {
        self.as_of
    }

    pub(super) fn position(&self) -> i64 {
        self.position
    }

    pub(super) fn channels(&self) -> impl Iterator<Item = &Channel> {
        self.known.channels.iter()
    }

    /// The items that goods are on a channel, and how many units of each one is.
    pub(super) fn meant(&self, goods: &Goods, channel_id: &ChannelId) -> Vec<(&ItemFacts, i64)> {
        match goods {
            Goods::Item(code) => self
                .known
                .codes
                .get(code)
                .and_then(Option::as_deref)
                .map(|item| (item, 1))
                .into_iter()
                .collect(),
            Goods::Listing(code) => {
                let listed = self.known.listings.get(&(channel_id.clone(), code.clone()));
                let parts = listed.into_iter().flatten().flatten();
                parts.map(|(item, pack_factor)| (&**item, *pack_factor)).collect()
            }
        }
    }
}

impl Known {
    /// What answers the question, if all of it is here and still true.
    fn answers(&self, question: &Question, look: &Look<'_>) -> Option<Known> {
        let mut some = Known { channels: self.channels.clone(), ..Known::default() };
        for goods in &question.goods {
            match goods {
                Goods::Item(code) => {
                    let item = self.codes.get(code)?;
                    if item.as_ref().is_some_and(|item| !item.is_true(look)) {
                        return None;
                    }
                    some.codes.insert(code.clone(), item.clone());
                }
                Goods::Listing(code) => {
                    if !self.listed.contains(code) {
                        return None;
                    }
                    for channel in self.channels.iter() {
                        let key = (channel.channel_id.clone(), code.clone());
                        if let Some(listed) = self.listings.get(&key) {
                            if listed.iter().flatten().any(|(item, _)| !item.is_true(look)) {
                                return None;
                            }
                            some.listings.insert(key, listed.clone());
                        }
                    }
                }
            }
        }
        Some(some)
    }

    fn take(&mut self, more: Known) {
        if self.codes.len() + self.listed.len() > CODES_MOST {
            *self = more;
            return;
        }
        self.channels = more.channels;
        self.codes.extend(more.codes);
        self.listings.extend(more.listings);
        self.listed.extend(more.listed);
    }
}

impl Shelf {
    /// Finds what answers the question, true now.
    pub(super) async fn look(&self, runtime: &Runtime, question: Arc<Question>) -> Result<Facts, Fault> {
        let as_of = runtime.now();
        let read = match runtime.watch().await? {
            None => None,
            Some(look) => {
                // Both are held still: what is kept is true at the end of the stream that is told with it.
                let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
                if let Some(kept) = &*kept
                    && look.are_still(&RULED_BY, kept.since)
                    && let Some(position) = look.end(runtime.organisation_id.as_str())
                    && let Some(known) = kept.known.answers(&question, &look)
                {
                    return Ok(Facts { as_of, position, known });
                }
                Some(look.moment())
            }
        };
        let as_of = runtime.now();
        let (position, known) = read_all(runtime, question, read).await?;
        if let Some(read) = read {
            self.keep(runtime, read, &known);
        }
        Ok(Facts { as_of, position, known })
    }

    /// Keeps what was read after a moment, unless what all hangs on changed meanwhile.
    fn keep(&self, runtime: &Runtime, read: Moment, known: &Known) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let Some(look) = runtime.db.changes().map(db::Changes::look) else { return };
        if !look.are_still(&RULED_BY, read) {
            return;
        }
        match &mut *kept {
            Some(kept) if look.are_still(&RULED_BY, kept.since) => kept.known.take(known.clone()),
            kept => *kept = Some(Kept { since: read, known: known.clone() }),
        }
    }
}

/// Reads what answers the question, and how far the stream of events went then. What is kept is for all who ask, so it
/// is read unbound by the part of the organisation that whoever asks first may see; each answer is cut to its asker's
/// scope.
async fn read_all(
    runtime: &Runtime,
    question: Arc<Question>,
    read: Option<Moment>,
) -> Result<(i64, Known), Fault> {
    let runtime = runtime.clone();
    let reading = tokio::spawn(async move {
        let (organisation_id, today) = (runtime.organisation_id.clone(), to_date(runtime.now()));
        runtime
            .read(move |tx| {
                Box::pin(async move { read_known(tx, &organisation_id, &question, today, read).await })
            })
            .await
    });
    reading.await.map_err(|_| Fault::Lost("reading what is available ended early"))?
}

pub(super) async fn read_known(
    tx: &Tx,
    organisation_id: &OrganisationId,
    question: &Question,
    today: Date,
    read: Option<Moment>,
) -> Result<(i64, Known), Fault> {
    let (mut codes, mut listed) = (BTreeSet::new(), BTreeSet::new());
    for goods in &question.goods {
        match goods {
            Goods::Item(code) => codes.insert(code.clone()),
            Goods::Listing(code) => listed.insert(code.clone()),
        };
    }
    let channels = catalogue::list_channels(tx, organisation_id, &Scope::EVERYTHING).await?;
    let asked: Vec<(ChannelId, String)> = channels
        .iter()
        .flat_map(|channel| listed.iter().map(|code| (channel.channel_id.clone(), code.clone())))
        .collect();
    let listings: HashMap<(ChannelId, String), Listed> = if asked.is_empty() {
        HashMap::new()
    } else {
        catalogue::resolve_listings(tx, organisation_id, &asked).await?
    };
    let items = find_items(tx, organisation_id, &codes, &listings).await?;
    let facts = find_facts(tx, organisation_id, &items, today, read).await?;
    let by_code = items.iter().flat_map(|(code, item)| facts.get(&item.item_id).map(|facts| (code, facts)));
    let by_code: HashMap<&String, &Arc<ItemFacts>> = by_code.collect();
    let known = Known {
        codes: codes
            .iter()
            .map(|code| (code.clone(), by_code.get(code).map(|facts| (*facts).clone())))
            .collect(),
        listings: asked
            .into_iter()
            .map(|key| {
                let parts = listings.get(&key).map(|of| {
                    let parts = of.components();
                    parts
                        .map(|(item_id, units)| facts.get(item_id).map(|facts| (facts.clone(), units)))
                        .collect()
                });
                (key, parts.flatten())
            })
            .collect(),
        listed,
        channels: Arc::new(channels),
    };
    Ok((runtime::event::head(tx, organisation_id).await?, known))
}

/// Items by the codes or ids that were asked for, and those that channels' codes mean under their own ids.
async fn find_items(
    tx: &Tx,
    organisation_id: &OrganisationId,
    codes: &BTreeSet<String>,
    listings: &HashMap<(ChannelId, String), Listed>,
) -> Result<HashMap<String, Item>, Fault> {
    let (ids, texts): (Vec<&String>, Vec<&String>) =
        codes.iter().partition(|code| ItemId::parse(code).is_ok());
    let texts: Vec<String> = texts.into_iter().cloned().collect();
    let mut ids: BTreeSet<ItemId> = ids.into_iter().filter_map(|code| ItemId::parse(code).ok()).collect();
    ids.extend(listings.values().flat_map(Listed::components).map(|(item_id, _)| item_id.clone()));
    let ids: Vec<ItemId> = ids.into_iter().collect();
    let mut items = HashMap::new();
    if !texts.is_empty() {
        items = catalogue::find_items_by_code(tx, organisation_id, &texts).await?;
    }
    if !ids.is_empty() {
        let by_id = catalogue::items_by_id(tx, organisation_id, &ids).await?;
        items.extend(by_id.into_iter().map(|(item_id, item)| (item_id.to_string(), item)));
    }
    Ok(items)
}

/// What is free and expected of these items for their sellers, and what is ruled on them.
async fn find_facts(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: &HashMap<String, Item>,
    today: Date,
    read: Option<Moment>,
) -> Result<HashMap<ItemId, Arc<ItemFacts>>, Fault> {
    let by_id: HashMap<&ItemId, &Item> = items.values().map(|item| (&item.item_id, item)).collect();
    let ids: BTreeSet<&ItemId> = by_id.keys().copied().collect();
    let rules = Arc::new(selling::find_rules(tx, organisation_id, ids.iter().copied()).await?);
    let available = stock::list_available(tx, organisation_id, ids.iter().copied()).await?;
    let node_ids: BTreeSet<&NodeId> = available.iter().map(|row| &row.node_id).collect();
    let node_ids: Vec<NodeId> = node_ids.into_iter().cloned().collect();
    let nodes = Arc::new(network::nodes_by_id(tx, organisation_id, &node_ids).await?);
    let mut free: HashMap<ItemId, Free> = HashMap::new();
    let mut lots: HashMap<ItemId, BTreeMap<NodeId, Lots>> = HashMap::new();
    for row in available {
        let is_theirs = by_id.get(&row.item_id).is_some_and(|item| item.merchant_id == row.owner_id);
        if is_theirs && nodes.get(&row.node_id).is_some_and(Node::may_sell) {
            let units = row.quantity.units();
            if row.lot.code.is_empty() {
                *free.entry(row.item_id).or_default().entry(row.node_id).or_default() += units;
            } else {
                lots.entry(row.item_id).or_default().entry(row.node_id).or_default().add(row.lot, units);
            }
        }
    }
    let waited: Vec<&ItemId> = ids.iter().copied().filter(|item_id| rules.let_wait(item_id)).collect();
    let mut outlooks = HashMap::new();
    if !waited.is_empty() {
        let waited = waited.iter().copied();
        let counts = beyond::find_counts(tx, organisation_id, waited.clone(), false).await?;
        let ahead = orders::store::count_waiting(tx, organisation_id, waited.clone()).await?;
        outlooks = beyond::find(tx, organisation_id, waited, today, counts, &ahead).await?;
    }
    let states = stock::list_by_state(tx, organisation_id, ids.into_iter()).await?;
    let incoming: HashMap<&ItemId, i64> = states
        .iter()
        .filter(|row| row.state == inventory::State::Incoming.name())
        .map(|row| (&row.item_id, row.quantity))
        .collect();
    let facts = by_id.into_iter().map(|(item_id, item)| {
        let facts = ItemFacts {
            // What may be sold beyond what is free hangs on more than its item, and on the day.
            read: read.filter(|_| !rules.let_wait(item_id)),
            item: item.clone(),
            free: free.remove(item_id).unwrap_or_default(),
            lots: lots.remove(item_id).unwrap_or_default(),
            incoming: incoming.get(item_id).copied().unwrap_or(0),
            rules: rules.clone(),
            outlook: outlooks.remove(item_id),
            nodes: nodes.clone(),
        };
        (item_id.clone(), Arc::new(facts))
    });
    Ok(facts.collect())
}
