//! A world becomes rows: once, all of it or nothing.

use std::sync::Arc;

use anyhow::{Result, bail};
use catalogue::{AddChannelsError, AddItemsError, MapListingsError, NewChannel, NewItem, NewListing, Remap};
use db::Fault;
use flows::Flows;
use inventory::receive::{Receipt, ReceiveError, receive};
use kernel::{MerchantId, Quantity};
use network::AddNodesError;
use runtime::{Answer, Call, Cx};

use crate::world::{CHANNELS, World};

#[derive(Debug, thiserror::Error)]
enum FoundingError {
    #[error(transparent)]
    Nodes(AddNodesError),
    #[error(transparent)]
    Channels(AddChannelsError),
    #[error(transparent)]
    Items(AddItemsError),
    #[error(transparent)]
    Listings(MapListingsError),
    #[error(transparent)]
    Stock(ReceiveError),
    #[error("storage failed")]
    Fault(#[from] Fault),
}
runtime::has_fault!(FoundingError);

/// Puts the world's network, channels, goods, listings and opening stock into the database; gives whether it did. A
/// database that has this world already is left as it is, whatever has become of it since; one that has another world
/// is refused.
pub async fn found(flows: &Flows, merchant_id: &MerchantId, world: &Arc<World>) -> Result<bool> {
    let (world, merchant_id) = (world.clone(), merchant_id.clone());
    let seed = world.seed;
    let call = Call::by("demo").keyed("sim", "world", &seed.to_string());
    let answer = flows
        .runtime
        .command(call, move |cx| {
            let (world, merchant_id) = (world.clone(), merchant_id.clone());
            Box::pin(async move { write(cx, &world, &merchant_id).await })
        })
        .await?;
    match answer {
        Answer::Done(()) => Ok(true),
        Answer::Replayed(()) => Ok(false),
        Answer::KeyReused => bail!("this database has the world of another seed than {seed}"),
    }
}

async fn write(cx: &mut Cx<'_>, world: &World, merchant_id: &MerchantId) -> Result<(), FoundingError> {
    let nodes = network::add_nodes(cx, &world.nodes).await.map_err(FoundingError::Nodes)?;
    let channels: Vec<NewChannel> = CHANNELS
        .iter()
        .map(|channel| NewChannel {
            merchant_id: merchant_id.clone(),
            code: channel.code.to_owned(),
            name: channel.name.to_owned(),
            kind: channel.kind.to_owned(),
        })
        .collect();
    let channels = catalogue::add_channels(cx, &channels).await.map_err(FoundingError::Channels)?;
    let items: Vec<NewItem> = world
        .goods
        .iter()
        .map(|goods| NewItem {
            merchant_id: merchant_id.clone(),
            sku: goods.sku.clone(),
            title: goods.title.clone(),
            barcodes: vec![goods.barcode.clone()],
            weight_grams: goods.weight_grams,
            length_mm: goods.size_mm[0],
            width_mm: goods.size_mm[1],
            height_mm: goods.size_mm[2],
            is_lot_tracked: None,
        })
        .collect();
    let items = catalogue::add_items(cx, &items).await.map_err(FoundingError::Items)?;
    let listings: Vec<NewListing> = world
        .listings
        .iter()
        .map(|listing| NewListing {
            channel_id: channels[listing.channel].clone(),
            external_code: listing.external_code.clone(),
            item_id: items[listing.goods].clone(),
            pack_factor: listing.pack_factor,
            also: Vec::new(),
        })
        .collect();
    catalogue::map_listings(cx, &kernel::Scope::EVERYTHING, &listings, Remap::Refuse)
        .await
        .map_err(FoundingError::Listings)?;
    let receipts: Vec<Receipt> = world
        .stock
        .iter()
        .map(|stock| Receipt {
            node_id: nodes[stock.node].clone(),
            item_id: items[stock.goods].clone(),
            owner_id: merchant_id.clone(),
            quantity: Quantity::new(stock.quantity).unwrap_or(Quantity::ONE),
            reference: "OPENING".to_owned(),
            lot: None,
            expected: None,
        })
        .collect();
    receive(cx, &receipts).await.map_err(FoundingError::Stock)?;
    Ok(())
}
