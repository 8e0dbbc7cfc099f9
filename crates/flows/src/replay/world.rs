//! What a history takes for granted: nodes, channels, items, listings.

use std::collections::HashMap;

use catalogue::{AddChannelsError, AddItemsError, MapListingsError, NewChannel, NewItem, NewListing, Remap};
use db::Fault;
use history::History;
use jiff::SignedDuration;
use kernel::{Address, ChannelId, ItemId, MerchantId, NodeId, Place};
use network::{AddNodesError, NewNode, NodeKind};
use runtime::{Call, has_fault};

use super::{ACTOR, before};
use crate::Flows;

/// How many rows one transaction takes.
const CHUNK: usize = 1_000;

/// Why a history's world cannot be ours.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A node.
    #[error("nodes.csv: {0}")]
    Nodes(AddNodesError),
    /// A channel.
    #[error("channels.csv: {0}")]
    Channels(AddChannelsError),
    /// Items.
    #[error("items.csv: {error}{}", first_refusal(error))]
    Items {
        /// Which, and why.
        error: AddItemsError,
    },
    /// A listing.
    #[error("listings.csv: {0}")]
    Listings(MapListingsError),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(WorldError);

fn first_refusal(error: &AddItemsError) -> String {
    match error {
        AddItemsError::Refused(refusals) => {
            refusals.first().map(|first| format!("; {first}")).unwrap_or_default()
        }
        AddItemsError::Fault(_) => String::new(),
    }
}

impl From<AddNodesError> for WorldError {
    fn from(error: AddNodesError) -> WorldError {
        match error {
            AddNodesError::Fault(fault) => WorldError::Fault(fault),
            error => WorldError::Nodes(error),
        }
    }
}

impl From<AddChannelsError> for WorldError {
    fn from(error: AddChannelsError) -> WorldError {
        match error {
            AddChannelsError::Fault(fault) => WorldError::Fault(fault),
            error => WorldError::Channels(error),
        }
    }
}

impl From<AddItemsError> for WorldError {
    fn from(error: AddItemsError) -> WorldError {
        match error {
            AddItemsError::Fault(fault) => WorldError::Fault(fault),
            error => WorldError::Items { error },
        }
    }
}

impl From<MapListingsError> for WorldError {
    fn from(error: MapListingsError) -> WorldError {
        match error {
            MapListingsError::Fault(fault) => WorldError::Fault(fault),
            error => WorldError::Listings(error),
        }
    }
}

/// The names of a history and what they are here.
pub(super) struct World<'h> {
    pub merchant_id: MerchantId,
    /// Nodes by code.
    pub nodes: HashMap<&'h str, NodeId>,
    /// Codes by node.
    pub node_codes: HashMap<NodeId, &'h str>,
    /// Items by SKU.
    pub items: HashMap<&'h str, ItemId>,
    /// The history's items.
    pub item_rows: HashMap<ItemId, &'h history::Item>,
    /// SKU and pack by channel and code.
    pub listings: HashMap<(&'h str, &'h str), (&'h str, i64)>,
    channels: HashMap<&'h str, ChannelId>,
}

impl<'h> World<'h> {
    /// Makes everything known that is not.
    pub async fn prepare(
        flows: &Flows,
        merchant_id: &MerchantId,
        history: &'h History,
    ) -> Result<World<'h>, WorldError> {
        let mut world = World {
            merchant_id: merchant_id.clone(),
            nodes: HashMap::new(),
            node_codes: HashMap::new(),
            items: HashMap::new(),
            item_rows: HashMap::new(),
            listings: HashMap::new(),
            channels: HashMap::new(),
        };
        flows.runtime.clock.advance_to(before(history));
        world.add_nodes(flows, history).await?;
        world.add_channels(flows, history).await?;
        world.add_items(flows, history).await?;
        world.map_listings(flows, history).await?;
        Ok(world)
    }

    /// Nodes become known one after another by code, so that their ids are in the order of their codes and a tie
    /// between two nodes is broken the same way in every replay.
    async fn add_nodes(&mut self, flows: &Flows, history: &'h History) -> Result<(), WorldError> {
        let middle = middle_of(history);
        let mut rows: Vec<&history::Node> = history.nodes.iter().collect();
        rows.sort_by_key(|node| &node.code);
        let mut first = before(history);
        for chunk in rows.chunks(CHUNK) {
            let nodes: Vec<NewNode> = chunk.iter().map(|node| new_node(node, history, middle)).collect();
            let call = Call::by(ACTOR).at(first);
            let ids = flows.runtime.run(call, move |cx| {
                let nodes = nodes.clone();
                Box::pin(async move {
                    let mut ids = Vec::with_capacity(nodes.len());
                    for node in &nodes {
                        ids.extend(network::add_nodes(cx, std::slice::from_ref(node)).await?);
                        cx.now = cx.now.checked_add(SignedDuration::from_millis(1)).unwrap_or(cx.now);
                    }
                    Ok::<_, WorldError>(ids)
                })
            });
            for (node, node_id) in chunk.iter().zip(ids.await?) {
                self.nodes.insert(&node.code, node_id.clone());
                self.node_codes.insert(node_id, &node.code);
            }
            let later = SignedDuration::from_millis(chunk.len() as i64);
            first = first.checked_add(later).unwrap_or(first);
        }
        Ok(())
    }

    async fn add_channels(&mut self, flows: &Flows, history: &'h History) -> Result<(), WorldError> {
        let channels: Vec<NewChannel> = history
            .channels
            .iter()
            .map(|channel| NewChannel {
                merchant_id: self.merchant_id.clone(),
                code: channel.code.clone(),
                name: plain(&channel.name, &channel.code, 500),
                kind: plain(&channel.kind, "shop", 200),
            })
            .collect();
        let ids = flows.runtime.run(Call::by(ACTOR).at(before(history)), move |cx| {
            let channels = channels.clone();
            Box::pin(async move { Ok::<_, WorldError>(catalogue::add_channels(cx, &channels).await?) })
        });
        let codes = history.channels.iter().map(|channel| channel.code.as_str());
        self.channels = codes.zip(ids.await?).collect();
        Ok(())
    }

    async fn add_items(&mut self, flows: &Flows, history: &'h History) -> Result<(), WorldError> {
        for chunk in history.items.chunks(CHUNK) {
            let items: Vec<NewItem> = chunk
                .iter()
                .map(|item| NewItem {
                    merchant_id: self.merchant_id.clone(),
                    sku: item.sku.clone(),
                    title: plain(&item.title, &item.sku, 500),
                    barcodes: item.barcodes.clone(),
                    weight_grams: item.weight_grams.unwrap_or(0),
                    length_mm: item.length_mm.unwrap_or(0),
                    width_mm: item.width_mm.unwrap_or(0),
                    height_mm: item.height_mm.unwrap_or(0),
                    is_lot_tracked: None,
                })
                .collect();
            let ids = flows.runtime.run(Call::by(ACTOR).at(before(history)), move |cx| {
                let items = items.clone();
                Box::pin(async move { Ok::<_, WorldError>(catalogue::add_items(cx, &items).await?) })
            });
            for (item, item_id) in chunk.iter().zip(ids.await?) {
                self.items.insert(&item.sku, item_id.clone());
                self.item_rows.insert(item_id, item);
            }
        }
        Ok(())
    }

    async fn map_listings(&mut self, flows: &Flows, history: &'h History) -> Result<(), WorldError> {
        for chunk in history.listings.chunks(CHUNK) {
            let listings: Vec<NewListing> = chunk
                .iter()
                .map(|listing| NewListing {
                    channel_id: self.channels[listing.channel.as_str()].clone(),
                    external_code: listing.external_code.clone(),
                    item_id: self.items[listing.sku.as_str()].clone(),
                    pack_factor: i64::from(listing.pack_factor.get()),
                    also: Vec::new(),
                })
                .collect();
            let mapped = flows.runtime.run(Call::by(ACTOR).at(before(history)), move |cx| {
                let listings = listings.clone();
                Box::pin(async move {
                    Ok::<_, WorldError>(
                        catalogue::map_listings(cx, &kernel::Scope::EVERYTHING, &listings, Remap::Refuse)
                            .await?,
                    )
                })
            });
            mapped.await?;
            self.listings.extend(chunk.iter().map(|listing| {
                let pack_factor = i64::from(listing.pack_factor.get());
                (
                    (listing.channel.as_str(), listing.external_code.as_str()),
                    (listing.sku.as_str(), pack_factor),
                )
            }));
        }
        Ok(())
    }
}

fn new_node(node: &history::Node, history: &History, middle: Place) -> NewNode {
    let name = plain(&node.name, &node.code, 200);
    let can = |word: &str| node.capabilities.iter().any(|known| known == word);
    NewNode {
        code: node.code.clone(),
        name: name.clone(),
        kind: kind_of(&node.kind),
        address: Address {
            name,
            line1: node.line1.clone(),
            postal_code: node.postal_code.clone(),
            city: node.city.clone(),
            region: node.region.clone(),
            country: node.country.clone(),
            ..Address::default()
        },
        place: node.place.unwrap_or(middle),
        zone: plain(&node.region, &node.country, 200),
        time_zone: if node.time_zone.is_empty() { &history.meta.time_zone } else { &node.time_zone }.clone(),
        // A node of which nothing is said sends parcels, or it would not be in a history.
        can_ship: node.capabilities.is_empty() || can("ship"),
        can_pickup: can("pickup"),
    }
}

/// Other systems' words for places; those that nobody knows are somebody else's house.
fn kind_of(word: &str) -> NodeKind {
    match word {
        "warehouse" | "centre" | "distribution_centre" | "fulfilment_centre" => NodeKind::RegionalCentre,
        word => NodeKind::parse(word).unwrap_or(NodeKind::Partner),
    }
}

/// Where a node is taken to be if the history does not say: in the middle of those of which it does.
fn middle_of(history: &History) -> Place {
    let known: Vec<Place> = history.nodes.iter().filter_map(|node| node.place).collect();
    let count = i64::try_from(known.len()).unwrap_or(i64::MAX).max(1);
    Place {
        latitude_microdegrees: known.iter().map(|place| place.latitude_microdegrees).sum::<i64>() / count,
        longitude_microdegrees: known.iter().map(|place| place.longitude_microdegrees).sum::<i64>() / count,
    }
}

/// Text that the contexts take as a name; `instead` where nothing is left of it.
fn plain(text: &str, instead: &str, most: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean: String = clean.trim().chars().take(most).collect();
    let clean = clean.trim_end();
    if clean.is_empty() { instead.to_owned() } else { clean.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_text_or_the_code() {
        assert_eq!(plain(" Tea\u{7}room ", "X", 500), "Tea room");
        assert_eq!(plain("\n\t", "X", 500), "X");
        assert_eq!(plain("ab c", "X", 3), "ab");
    }

    #[test]
    fn other_systems_words_for_nodes_are_understood() {
        assert_eq!(kind_of("warehouse"), NodeKind::RegionalCentre);
        assert_eq!(kind_of("vendor"), NodeKind::Vendor);
        assert_eq!(kind_of("space station"), NodeKind::Partner);
    }
}
