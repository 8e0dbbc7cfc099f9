//! The company of the demo: Tarn & Thistle, a seller of things for the home, which exists nowhere. Its network, goods,
//! channels, listings and opening stock, all from a seed.

pub mod cities;
pub mod customers;
pub mod goods;

use kernel::Address;
use network::{NewNode, NodeKind};
use rand::{RngExt, seq::SliceRandom};

use crate::chance::{dice, happens};
use cities::{CENTRES, City, STORES};
use goods::Goods;

/// The name of the company, and of its one merchant.
pub const COMPANY: &str = "Tarn & Thistle";

/// A selling surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelPlan {
    /// Its code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What sort of surface.
    pub kind: &'static str,
    /// How many orders of a thousand come from here.
    pub share: u32,
}

/// The three channels.
pub const CHANNELS: [ChannelPlan; 3] = [
    ChannelPlan { code: "web", name: "Web shop", kind: "web", share: 550 },
    ChannelPlan { code: "market", name: "Marketplace", kind: "marketplace", share: 300 },
    ChannelPlan { code: "app", name: "Shop app and counters", kind: "pos", share: 150 },
];

/// What a channel's code means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingPlan {
    /// Its channel, by place among [`CHANNELS`].
    pub channel: usize,
    /// The channel's code.
    pub external_code: String,
    /// The goods, by place.
    pub goods: usize,
    /// How many one sale takes.
    pub pack_factor: i64,
    /// What one sale costs.
    pub price_minor: i64,
}

/// Goods on a node's shelves on the first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockPlan {
    /// The node, by place.
    pub node: usize,
    /// The goods, by place.
    pub goods: usize,
    /// How many.
    pub quantity: i64,
}

/// Everything the company begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// All its chance.
    pub seed: u64,
    /// Regional centres, then stores.
    pub nodes: Vec<NewNode>,
    /// What is sold.
    pub goods: Vec<Goods>,
    /// How well each sells: a share, the larger the better.
    pub demand: Vec<u32>,
    /// Under which codes.
    pub listings: Vec<ListingPlan>,
    /// Where it lies on the first day.
    pub stock: Vec<StockPlan>,
}

impl World {
    /// How many of the nodes are regional centres; they come first.
    pub const CENTRES: usize = CENTRES.len();

    /// The world of a seed, for about this many orders a day.
    pub fn new(seed: u64, orders_a_day: u32) -> World {
        let goods = goods::all();
        let demand = demand(seed, goods.len());
        let mut world =
            World { seed, nodes: nodes(seed), listings: listings(&goods), demand, goods, stock: vec![] };
        world.stock = world.opening_stock(orders_a_day);
        world
    }

    /// How many units of some goods are sold on an average day, at least one.
    pub fn units_a_day(&self, goods: usize, orders_a_day: u32) -> i64 {
        let all: u64 = self.demand.iter().map(|share| u64::from(*share)).sum();
        // An order has about two units.
        let units = u64::from(self.demand[goods]) * u64::from(orders_a_day) * 2 / all;
        i64::try_from(units).unwrap_or(i64::MAX).max(1)
    }

    /// Uneven, as stock is: centres have days of some goods and none of others, a store has a few of up to a third of
    /// them, and some goods are nearly sold out everywhere.
    fn opening_stock(&self, orders_a_day: u32) -> Vec<StockPlan> {
        let mut dice = dice(self.seed, "opening stock");
        let range_of_a_store = (orders_a_day / 3).clamp(50, 330);
        let mut stock = Vec::new();
        for goods in 0..self.goods.len() {
            let is_scarce = happens(&mut dice, 30);
            let a_day = self.units_a_day(goods, orders_a_day);
            for node in 0..self.nodes.len() {
                let quantity = if is_scarce {
                    i64::from(happens(&mut dice, 60))
                } else if node < World::CENTRES {
                    let has_it = happens(&mut dice, 800);
                    i64::from(has_it) * (4 + a_day * dice.random_range(0..=20) / 10)
                } else {
                    let has_it = happens(&mut dice, range_of_a_store);
                    i64::from(has_it) * dice.random_range(1..=5)
                };
                if quantity > 0 {
                    stock.push(StockPlan { node, goods, quantity });
                }
            }
        }
        stock
    }
}

/// A few goods sell very well and many now and then: the n-th best sells in proportion to 1 / (n + 5).
fn demand(seed: u64, goods: usize) -> Vec<u32> {
    let mut ranks: Vec<u32> = (0..).take(goods).collect();
    ranks.shuffle(&mut dice(seed, "demand"));
    ranks.into_iter().map(|rank| 100_000 / (rank + 5)).collect()
}

fn nodes(seed: u64) -> Vec<NewNode> {
    let mut dice = dice(seed, "nodes");
    let centres = CENTRES.iter().map(|city| (city, NodeKind::RegionalCentre));
    let stores = STORES.iter().map(|city| (city, NodeKind::Store));
    centres
        .chain(stores)
        .map(|(city, kind)| {
            let is_store = kind == NodeKind::Store;
            let name =
                if is_store { format!("{} store", city.name) } else { format!("{} centre", city.name) };
            let mut address: Address = city.address(&format!("{COMPANY} {}", city.name), &mut dice);
            let place = address.place.take().unwrap_or_else(|| city.place());
            NewNode {
                code: city.code.to_owned(),
                name,
                kind,
                address,
                place,
                zone: zone(city),
                time_zone: city.time_zone.to_owned(),
                can_ship: true,
                can_pickup: is_store,
            }
        })
        .collect()
}

/// A store belongs to the zone of the nearest centre.
fn zone(city: &City) -> String {
    let nearest = CENTRES.iter().min_by_key(|centre| centre.place().metres_to(city.place()));
    nearest.map_or(city.name, |centre| centre.name).to_lowercase()
}

/// Each thing is sold everywhere: under its SKU in the web shop, under a number of theirs on the marketplace, under its
/// barcode in the app. Some are sold in packs as well.
fn listings(goods: &[Goods]) -> Vec<ListingPlan> {
    let mut listings = Vec::new();
    for (place, one) in goods.iter().enumerate() {
        let theirs = format!("M{:07}", (place + 1) * 48_271 % 9_999_991);
        for (channel, external_code) in
            [one.sku.clone(), theirs.clone(), one.barcode.clone()].into_iter().enumerate()
        {
            let price_minor = one.price_minor;
            listings.push(ListingPlan { channel, external_code, goods: place, pack_factor: 1, price_minor });
        }
        let mut pack = |channel, external_code: String, pack_factor| {
            // A tenth less for buying more.
            let price_minor = one.price_minor * pack_factor * 9 / 10;
            listings.push(ListingPlan { channel, external_code, goods: place, pack_factor, price_minor });
        };
        if place % 5 == 0 {
            pack(0, format!("{}-X3", one.sku), 3);
        }
        if place % 7 == 0 {
            pack(1, format!("{theirs}-6"), 6);
        }
    }
    listings
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_seed_is_a_world() {
        assert_eq!(World::new(7, 600), World::new(7, 600));
        assert_ne!(World::new(7, 600).stock, World::new(8, 600).stock);
    }

    #[test]
    fn the_world_has_six_centres_forty_stores_and_stock_that_is_uneven() {
        let world = World::new(7, 600);
        let centres = world.nodes.iter().filter(|node| node.kind == NodeKind::RegionalCentre).count();
        assert_eq!((centres, world.nodes.len()), (6, 46));
        let codes: BTreeSet<&str> = world.nodes.iter().map(|node| node.code.as_str()).collect();
        assert_eq!(codes.len(), 46);
        let units = |node| -> i64 {
            world.stock.iter().filter(|stock| stock.node == node).map(|stock| stock.quantity).sum()
        };
        assert!((0..6).all(|centre| units(centre) > 5 * units(20)), "{} {}", units(0), units(20));
        let stocked: BTreeSet<usize> = world.stock.iter().map(|stock| stock.goods).collect();
        assert!(stocked.len() > 280, "{}", stocked.len());
    }

    #[test]
    fn a_code_of_a_channel_means_one_thing() {
        let world = World::new(7, 600);
        let codes: BTreeSet<(usize, &str)> =
            world.listings.iter().map(|listing| (listing.channel, listing.external_code.as_str())).collect();
        assert_eq!(codes.len(), world.listings.len());
        assert!(world.listings.iter().any(|listing| listing.pack_factor == 6));
    }
}
