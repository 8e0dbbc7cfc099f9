//! What is sold in a benchmark: two thousand items at ten nodes, and orders of one to four lines of them, a few items
//! far more often than the rest.

use anyhow::{Context as _, bail};
use catalogue::{NewChannel, NewItem, NewListing, Remap};
use flows::{
    Flows,
    intake::{PlaceCommand, PlaceOutcome},
};
use inventory::receive::Receipt;
use kernel::{Address, Currency, MerchantId, Place, Quantity};
use network::{NewNode, NodeKind};
use orders::place::{NewLine, NewOrder};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use runtime::Call;

/// How many items there are.
pub const ITEMS: usize = 2_000;
const NODES: usize = 10;
/// Of each item at each node: more than any run sells.
const STOCK: i64 = 1_000_000;

/// Goods that are in stock.
pub struct Goods {
    /// Sets the orders of this run apart from those of another.
    run: String,
    /// Where they are sold.
    channel: &'static str,
}

impl Goods {
    /// Makes everything of a merchant's known on a channel of its own and puts it in stock, unless that was done.
    pub async fn stock(
        flows: &Flows,
        merchant_id: &MerchantId,
        channel: &'static str,
    ) -> anyhow::Result<Goods> {
        let merchant_id = merchant_id.clone();
        flows
            .runtime
            .run(Call::by("bench"), move |cx| {
                let merchant_id = merchant_id.clone();
                Box::pin(async move { stock_once(cx, &merchant_id, channel).await.map_err(StockError) })
            })
            .await
            .map_err(|StockError(error)| error)?;
        Ok(Goods { run: flows.runtime.now().as_microsecond().to_string(), channel })
    }

    /// The channel they are sold on.
    pub fn channel(&self) -> &'static str {
        self.channel
    }

    /// The order of a number: always the same.
    pub fn order(&self, number: u64) -> NewOrder {
        let mut dice = ChaCha8Rng::seed_from_u64(number);
        let lines = (0..dice.random_range(1..=4_u32))
            .map(|_| {
                // Squared: every second line is of the first quarter of the catalogue.
                let place: f64 = dice.random();
                let item = ((place * place * ITEMS as f64) as usize).min(ITEMS - 1);
                NewLine {
                    external_code: sku(item),
                    quantity: dice.random_range(1..=3),
                    unit_price_minor: 1_000,
                    title: String::new(),
                }
            })
            .collect();
        self.made(number, lines, &mut dice)
    }

    /// An order of one unit of an item.
    pub fn order_of_one(&self, number: u64, item: usize) -> NewOrder {
        let line =
            NewLine { external_code: sku(item), quantity: 1, unit_price_minor: 1_000, title: String::new() };
        self.made(number, vec![line], &mut ChaCha8Rng::seed_from_u64(number))
    }

    fn made(&self, number: u64, lines: Vec<NewLine>, dice: &mut ChaCha8Rng) -> NewOrder {
        let place = Place {
            latitude_microdegrees: dice.random_range(42_000_000..58_000_000),
            longitude_microdegrees: dice.random_range(0..25_000_000),
        };
        NewOrder {
            channel: self.channel.to_owned(),
            external_reference: format!("{}-{number}", self.run),
            placed_at: None,
            promised_by: None,
            currency: Currency::EUR,
            customer_name: format!("Customer {number}"),
            customer_email: "customer@example.com".to_owned(),
            ship_to: Address {
                name: format!("Customer {number}"),
                line1: "1 High Street".to_owned(),
                postal_code: "1000".to_owned(),
                city: "Town".to_owned(),
                country: "NL".to_owned(),
                place: Some(place),
                ..Address::default()
            },
            lines,
            shipping_minor: 499,
            is_paid: true,
            payment_reference: String::new(),
            note: String::new(),
            hold_id: None,
        }
    }
}

/// Hands an order to the intake; fails unless it is accepted.
pub async fn place(flows: &Flows, order: NewOrder) -> anyhow::Result<()> {
    let command = PlaceCommand { call: Call::by("bench"), order, raw: "{}".to_owned() };
    match flows.place(command).await?.into_result().context("no key was given")? {
        PlaceOutcome::Accepted(_) => Ok(()),
        PlaceOutcome::Refused(refused) => bail!("an order was refused: {refused:?}"),
    }
}

/// Carries whatever went wrong out of the transaction.
struct StockError(anyhow::Error);

impl From<db::Fault> for StockError {
    fn from(fault: db::Fault) -> StockError {
        StockError(fault.into())
    }
}

impl runtime::HasFault for StockError {
    fn fault(&self) -> Option<&db::Fault> {
        self.0.downcast_ref()
    }
}

async fn stock_once(cx: &mut runtime::Cx<'_>, merchant_id: &MerchantId, channel: &str) -> anyhow::Result<()> {
    let channel = NewChannel {
        merchant_id: merchant_id.clone(),
        code: channel.to_owned(),
        name: "Benchmark".to_owned(),
        kind: "web".to_owned(),
    };
    let channel_id = catalogue::add_channels(cx, &[channel]).await?.remove(0);
    let nodes: Vec<NewNode> = (0..NODES).map(node).collect();
    let node_ids = network::add_nodes(cx, &nodes).await?;
    let items: Vec<NewItem> = (0..ITEMS).map(|number| item(merchant_id, number)).collect();
    let item_ids = catalogue::add_items(cx, &items).await?;
    let listings: Vec<NewListing> = items
        .iter()
        .zip(&item_ids)
        .map(|(item, item_id)| NewListing {
            channel_id: channel_id.clone(),
            external_code: item.sku.clone(),
            item_id: item_id.clone(),
            pack_factor: 1,
            also: Vec::new(),
        })
        .collect();
    catalogue::map_listings(cx, &kernel::Scope::EVERYTHING, &listings, Remap::Refuse).await?;
    let mut receipts = Vec::with_capacity(ITEMS * NODES);
    for node_id in &node_ids {
        for item_id in &item_ids {
            receipts.push(Receipt {
                node_id: node_id.clone(),
                item_id: item_id.clone(),
                owner_id: merchant_id.clone(),
                quantity: Quantity::new(STOCK)?,
                reference: "opening".to_owned(),
                lot: None,
                expected: None,
            });
        }
    }
    inventory::receive::receive(cx, &receipts).await?;
    Ok(())
}

/// The code of an item, from 0.
pub fn sku(number: usize) -> String {
    format!("ITEM-{number:04}")
}

fn item(merchant_id: &MerchantId, number: usize) -> NewItem {
    NewItem {
        merchant_id: merchant_id.clone(),
        sku: sku(number),
        title: format!("Item {number}"),
        barcodes: Vec::new(),
        weight_grams: 100 + (number as i64 * 37) % 1_900,
        length_mm: 200,
        width_mm: 150,
        height_mm: 50,
        is_lot_tracked: None,
    }
}

fn node(number: usize) -> NewNode {
    let offset = number as i64 * 1_500_000;
    NewNode {
        code: format!("N{number}"),
        name: format!("Node {number}"),
        kind: if number == 0 { NodeKind::RegionalCentre } else { NodeKind::Store },
        address: Address { country: "NL".to_owned(), city: format!("City {number}"), ..Address::default() },
        place: Place {
            latitude_microdegrees: 43_000_000 + offset,
            longitude_microdegrees: 2_000_000 + offset,
        },
        zone: "bench".to_owned(),
        time_zone: "UTC".to_owned(),
        can_ship: true,
        can_pickup: false,
    }
}
