//! Everything that happened, written as a history that anyone can read and [`crate::replay`].
//!
//! All of it is read on one snapshot, so it holds together even beside a server at work. Rows of a file have an order of
//! their own, so their keys are gathered first; orders and parcels themselves are read a page at a time, as they are
//! written.

mod happened;

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use catalogue::{Channel, Item};
use db::{Db, Fault, Tx};
use history::{
    Cancellation, Handover, HistoryError, Listing, Meta, Order, OrderLine, Outcome, ParcelLine, Receipt,
    TrackingEvent, Writer,
};
use kernel::{
    Address, ChannelId, ItemId, NodeId, OrderId, OrganisationId, PageRequest, ParcelId, Quantity, Scope,
    Timestamp,
};
use network::Node;
use orders::{
    read::{LineRow, OrderFilter},
    whole::{WholeOrder, store::whole_orders},
};
use people::Organisation;
use serde::Serialize;

/// How many rows are asked for at a time.
const PAGE: i64 = 1_000;

/// How many orders, with everything that belongs to them.
const ORDERS: usize = 500;

/// How much was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Items.
    pub items: u64,
    /// Receipts.
    pub receipts: u64,
    /// Orders.
    pub orders: u64,
    /// Parcels that were handed over.
    pub parcels: u64,
    /// Reports of carriers.
    pub reports: u64,
}

/// Why an export ended early. The folder has no history then, for `history.csv` is written last.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The folder cannot be written, or has a history.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A row says something that a history cannot say.
    #[error("{subject}: {problem}")]
    Unsayable {
        /// Which row.
        subject: String,
        /// What.
        problem: &'static str,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

/// Writes the history of an organisation into a folder that has none yet. Two exports of the same are equal byte by byte.
pub async fn export(db: &Db, organisation: &Organisation, folder: &Path) -> Result<Written, ExportError> {
    let (organisation, folder): (Organisation, PathBuf) = (organisation.clone(), folder.to_owned());
    db.read(move |tx| {
        Box::pin(async move {
            if runtime::filing::is_any(tx, &organisation.organisation_id).await? {
                return Err(Fault::Lost("orders were just accepted and are being filed; try again").into());
            }
            let meta = Meta {
                format_version: Meta::VERSION,
                name: organisation.name.clone(),
                currency: organisation.currency,
                time_zone: organisation.time_zone.clone(),
            };
            let writer = Writer::create(&folder, &meta)?;
            let mut export = Export {
                tx,
                organisation_id: organisation.organisation_id,
                writer,
                written: Written::default(),
                nodes: HashMap::new(),
                channels: HashMap::new(),
                skus: HashMap::new(),
            };
            export.nodes().await?;
            export.channels().await?;
            export.items().await?;
            export.receipts().await?;
            let orders = export.orders().await?;
            export.what_followed(&orders).await?;
            export.writer.finish()?;
            Ok(export.written)
        })
    })
    .await
}

/// An export under way.
struct Export<'t> {
    tx: &'t Tx,
    organisation_id: OrganisationId,
    writer: Writer,
    written: Written,
    nodes: HashMap<NodeId, Node>,
    channels: HashMap<ChannelId, Channel>,
    skus: HashMap<ItemId, String>,
}

/// An order in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct OrderKey {
    placed_at: Timestamp,
    channel: String,
    external_reference: String,
    order_id: OrderId,
}

impl Export<'_> {
    async fn nodes(&mut self) -> Result<(), ExportError> {
        for node in network::list_nodes(self.tx, &self.organisation_id, &Scope::EVERYTHING).await? {
            self.writer.write(&node_row(&node))?;
            self.nodes.insert(node.node_id.clone(), node);
        }
        Ok(())
    }

    async fn channels(&mut self) -> Result<(), ExportError> {
        for channel in catalogue::list_channels(self.tx, &self.organisation_id, &Scope::EVERYTHING).await? {
            self.writer.write(&history::Channel {
                code: channel.code.clone(),
                name: channel.name.clone(),
                kind: channel.kind.clone(),
            })?;
            self.channels.insert(channel.channel_id.clone(), channel);
        }
        Ok(())
    }

    /// Items by SKU, and their listings by channel and code.
    async fn items(&mut self) -> Result<(), ExportError> {
        let mut rows: BTreeMap<String, history::Item> = BTreeMap::new();
        let mut listings: Vec<Listing> = Vec::new();
        let mut page = PageRequest { after: None, limit: PAGE };
        loop {
            let read = catalogue::list_items(self.tx, &self.organisation_id, &Scope::EVERYTHING, None, &page)
                .await?;
            let ids: Vec<ItemId> = read.rows.iter().map(|item| item.item_id.clone()).collect();
            let mut barcodes = catalogue::barcodes_of_items(self.tx, &self.organisation_id, &ids).await?;
            let mut listed = catalogue::listings_of_items(self.tx, &self.organisation_id, &ids).await?;
            for item in read.rows {
                for listing in listed.remove(&item.item_id).unwrap_or_default() {
                    listings.push(self.listing_row(&listing, &item)?);
                }
                let row = item_row(&item, barcodes.remove(&item.item_id).unwrap_or_default());
                self.skus.insert(item.item_id, item.sku.clone());
                if rows.insert(item.sku.clone(), row).is_some() {
                    let problem = "two merchants call different items so; a history has one item of a SKU";
                    return Err(ExportError::Unsayable { subject: format!("SKU {}", item.sku), problem });
                }
            }
            page.after = read.next;
            if page.after.is_none() {
                break;
            }
        }
        listings.sort_by_cached_key(history::rows::Row::key);
        self.written.items = rows.len() as u64;
        for row in rows.into_values() {
            self.writer.write(&row)?;
        }
        for row in &listings {
            self.writer.write(row)?;
        }
        Ok(())
    }

    fn listing_row(&self, listing: &catalogue::Listing, item: &Item) -> Result<Listing, ExportError> {
        if !listing.also.is_empty() {
            let subject = format!("listing {}", listing.external_code);
            return Err(ExportError::Unsayable { subject, problem: "it is a kit, and a history knows none" });
        }
        let factor = u32::try_from(listing.pack_factor).ok().and_then(std::num::NonZeroU32::new);
        let pack_factor = factor.ok_or_else(|| ExportError::Unsayable {
            subject: format!("listing {}", listing.external_code),
            problem: "its pack is no pack",
        })?;
        Ok(Listing {
            channel: self.channel(&listing.channel_id)?.to_owned(),
            external_code: listing.external_code.clone(),
            sku: item.sku.clone(),
            pack_factor,
        })
    }

    async fn receipts(&mut self) -> Result<(), ExportError> {
        let mut rows = Vec::new();
        for row in inventory::store::list_receipts(self.tx, &self.organisation_id).await? {
            let node_id = NodeId::parse(&row.node_id).ok();
            let node = node_id.as_ref().and_then(|node_id| self.nodes.get(node_id));
            let (Some(node), Some(sku), Ok(quantity)) =
                (node, self.skus.get(&row.item_id), Quantity::new(row.quantity))
            else {
                let subject = format!("receipt {}", row.cause_id);
                return Err(ExportError::Unsayable { subject, problem: "its node or item is unknown" });
            };
            rows.push(Receipt {
                at: row.happened_at,
                node: node.code.clone(),
                sku: sku.clone(),
                quantity,
                reference: reference_of(&row.cause_id),
            });
        }
        rows.sort_by_cached_key(history::rows::Row::key);
        for row in &rows {
            self.writer.write(row)?;
        }
        self.written.receipts = rows.len() as u64;
        Ok(())
    }

    /// Writes all orders; gives them in the order of the file.
    async fn orders(&mut self) -> Result<Vec<OrderKey>, ExportError> {
        let mut keys = Vec::new();
        let mut page = PageRequest { after: None, limit: PAGE };
        loop {
            let filter = OrderFilter::default();
            let read = orders::store::list_orders(
                self.tx,
                &self.organisation_id,
                &Scope::EVERYTHING,
                &filter,
                &page,
            )
            .await?;
            for row in read.rows {
                keys.push(OrderKey {
                    placed_at: row.placed_at,
                    channel: self.channel(&row.channel_id)?.to_owned(),
                    external_reference: row.external_reference,
                    order_id: row.order_id,
                });
            }
            page.after = read.next;
            if page.after.is_none() {
                break;
            }
        }
        keys.sort_unstable();
        for page in keys.chunks(ORDERS) {
            let ids: Vec<OrderId> = page.iter().map(|key| key.order_id.clone()).collect();
            let mut orders = whole_orders(self.tx, &self.organisation_id, &ids).await?;
            for key in page {
                let order = order_row(key, orders.remove(&key.order_id))?;
                self.writer.write_order(&order)?;
            }
        }
        self.written.orders = keys.len() as u64;
        Ok(keys)
    }

    fn channel(&self, channel_id: &ChannelId) -> Result<&str, ExportError> {
        let channel = self.channels.get(channel_id).ok_or_else(|| ExportError::Unsayable {
            subject: format!("channel {channel_id}"),
            problem: "it is unknown",
        })?;
        Ok(&channel.code)
    }
}

fn node_row(node: &Node) -> history::Node {
    let capabilities = [("ship", node.can_ship), ("pickup", node.can_pickup)];
    history::Node {
        code: node.code.clone(),
        name: node.name.clone(),
        kind: node.kind.as_str().to_owned(),
        time_zone: node.time_zone.clone(),
        line1: node.address.line1.clone(),
        postal_code: node.address.postal_code.clone(),
        city: node.address.city.clone(),
        region: node.address.region.clone(),
        country: node.address.country.clone(),
        place: Some(node.place),
        capabilities: capabilities
            .into_iter()
            .filter(|(_, can)| *can)
            .map(|(word, _)| word.to_owned())
            .collect(),
    }
}

fn item_row(item: &Item, barcodes: Vec<String>) -> history::Item {
    let known = |measure: i64| (measure > 0).then_some(measure);
    history::Item {
        sku: item.sku.clone(),
        title: item.title.clone(),
        barcodes,
        weight_grams: known(item.weight_grams),
        length_mm: known(item.length_mm),
        width_mm: known(item.width_mm),
        height_mm: known(item.height_mm),
    }
}

fn order_row(key: &OrderKey, order: Option<WholeOrder>) -> Result<Order, ExportError> {
    let gone = |problem| ExportError::Unsayable { subject: format!("order {}", key.order_id), problem };
    let WholeOrder { header, lines, payment } = order.ok_or_else(|| gone("it is gone"))?;
    // The channel had the money when the order came; otherwise the reference is one that our provider gave.
    let paid = payment.filter(|payment| payment.provider == "channel");
    let ship_to: Address =
        serde_json::from_value(header.ship_to).map_err(|_| gone("its address is no address"))?;
    Ok(Order {
        channel: key.channel.clone(),
        external_reference: header.external_reference,
        placed_at: header.placed_at,
        promised_by: header.promised_by,
        currency: header.currency,
        customer_name: header.customer_name,
        customer_email: header.customer_email,
        customer_phone: String::new(),
        ship_to,
        shipping_minor: header.shipping_minor,
        total_minor: header.total_minor,
        is_paid: paid.is_some(),
        payment_reference: paid.map(|payment| payment.provider_reference).unwrap_or_default(),
        note: header.note,
        lines: lines.iter().map(line_row).collect::<Option<_>>().ok_or_else(|| gone("a line is no line"))?,
    })
}

/// A line in packs, as it was ordered; none where the units are no whole packs.
fn line_row(line: &LineRow) -> Option<OrderLine> {
    Some(OrderLine {
        line_no: u32::try_from(line.line_no).ok()?,
        external_code: line.external_code.clone(),
        quantity: Quantity::new(line.quantity / line.pack_factor.max(1)).ok()?,
        unit_price_minor: line.pack_price_minor,
        title: line.title.clone(),
    })
}

/// `receipt:NODE:ITEM:REFERENCE`, as the ledger names the cause of a receipt.
fn reference_of(cause_id: &str) -> String {
    cause_id.splitn(4, ':').nth(3).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_may_have_colons_in_it() {
        assert_eq!(reference_of("receipt:nod_1:itm_2:note 4:5"), "note 4:5");
        assert_eq!(reference_of("receipt:nod_1:itm_2:"), "");
    }
}
