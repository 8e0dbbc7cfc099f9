//! What was read of goods, for as long as it is true.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use catalogue::{Channel, Item, Listed};
use db::{Engine, Fault, Stamp, Tx};
use inventory::{
    lot::{Life, Lots},
    selling::{
        self, Free, Rules,
        beyond::{self, Outlook},
    },
    store as stock,
};
use kernel::{
    ChannelId, ItemId, NodeId, OrganisationId, Scope, Timestamp,
    time::{Date, to_date},
};
use network::Node;
use runtime::Runtime;

use super::{Goods, Question};

/// The most codes that are kept: with its item a code takes about a kilobyte.
const CODES_MOST: usize = 50_000;

/// What is kept, and when it was last known to be true.
#[derive(Default)]
pub struct Shelf {
    kept: RwLock<Kept>,
    /// How many have asked for a stamp so far.
    asked: AtomicU64,
    /// The last stamp, and how many had asked before it was looked for: it serves them all.
    stamped: tokio::sync::Mutex<(u64, Option<Stamp>)>,
}

#[derive(Default)]
struct Kept {
    stamp: Option<Stamp>,
    known: Known,
}

/// What a channel's code means: an item and how many units of it, or each item of a kit.
type Pack = Vec<(Arc<ItemFacts>, i64)>;

/// All that was read since something was committed.
#[derive(Debug, Clone, Default)]
struct Known {
    position: i64,
    channels: Arc<Vec<Channel>>,
    codes: HashMap<String, Option<Arc<ItemFacts>>>,
    listings: HashMap<(ChannelId, String), Option<Pack>>,
    /// Channels' codes that were looked for on every channel.
    listed: BTreeSet<String>,
}

/// What is known of an item.
#[derive(Debug)]
pub(super) struct ItemFacts {
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
    known: Known,
}

impl Facts {
    pub(super) fn as_of(&self) -> Timestamp {
        self.as_of
    }

    pub(super) fn position(&self) -> i64 {
        self.known.position
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
    /// What answers the question, if all of it is here.
    fn answers(&self, question: &Question) -> Option<Known> {
        let mut some = Known { position: self.position, channels: self.channels.clone(), ..Known::default() };
        for goods in &question.goods {
            match goods {
                Goods::Item(code) => {
                    some.codes.insert(code.clone(), self.codes.get(code)?.clone());
                }
                Goods::Listing(code) => {
                    if !self.listed.contains(code) {
                        return None;
                    }
                    for channel in self.channels.iter() {
                        let key = (channel.channel_id.clone(), code.clone());
                        if let Some(listed) = self.listings.get(&key) {
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
        (self.position, self.channels) = (more.position, more.channels);
        self.codes.extend(more.codes);
        self.listings.extend(more.listings);
        self.listed.extend(more.listed);
    }
}

impl Shelf {
    /// Finds what answers the question, true now.
    pub(super) async fn look(&self, runtime: &Runtime, question: Arc<Question>) -> Result<Facts, Fault> {
        let as_of = runtime.now();
        let stamp = self.stamp(runtime).await?;
        if stamp.is_some() {
            let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
            if kept.stamp == stamp
                && let Some(known) = kept.known.answers(&question)
            {
                return Ok(Facts { as_of, known });
            }
        }
        let as_of = runtime.now();
        let known = read_all(runtime, question).await?;
        // Only what was read while nothing was committed goes with the stamp.
        if stamp.is_some() && runtime.db.stamp().await? == stamp {
            let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
            if kept.stamp == stamp {
                kept.known.take(known.clone());
            } else {
                *kept = Kept { stamp, known: known.clone() };
            }
        }
        Ok(Facts { as_of, known })
    }

    /// The stamp of a moment after it was asked for. Where the database must be asked, one question serves all who
    /// wait: each gets a stamp that was looked for after they came.
    async fn stamp(&self, runtime: &Runtime) -> Result<Option<Stamp>, Fault> {
        if runtime.db.engine() == Engine::Sqlite {
            return runtime.db.stamp().await;
        }
        let place = self.asked.fetch_add(1, Ordering::AcqRel) + 1;
        let mut last = self.stamped.lock().await;
        if last.0 < place {
            let served = self.asked.load(Ordering::Acquire);
            *last = (served, runtime.db.stamp().await?);
        }
        Ok(last.1.clone())
    }
}

/// Reads what answers the question. What is kept is for all who ask, so it is read unbound by the part of the
/// organisation that whoever asks first may see; each answer is cut to its asker's scope.
async fn read_all(runtime: &Runtime, question: Arc<Question>) -> Result<Known, Fault> {
    let runtime = runtime.clone();
    let reading = tokio::spawn(async move {
        let (organisation_id, today) = (runtime.organisation_id.clone(), to_date(runtime.now()));
        runtime
            .read(move |tx| Box::pin(async move { read_known(tx, &organisation_id, &question, today).await }))
            .await
    });
    reading.await.map_err(|_| Fault::Lost("reading what is available ended early"))?
}

async fn read_known(
    tx: &Tx,
    organisation_id: &OrganisationId,
    question: &Question,
    today: Date,
) -> Result<Known, Fault> {
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
    let facts = find_facts(tx, organisation_id, &items, today).await?;
    let by_code = items.iter().flat_map(|(code, item)| facts.get(&item.item_id).map(|facts| (code, facts)));
    let by_code: HashMap<&String, &Arc<ItemFacts>> = by_code.collect();
    Ok(Known {
        position: runtime::event::head(tx, organisation_id).await?,
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
    })
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
