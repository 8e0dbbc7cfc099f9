//! Refusals that help: whatever is refused for want of stock names what would be possible, and that is accepted.

use db::Engine;
use flows::{
    cancel::CancelOrder,
    hold::HoldOutcome,
    intake::{PlaceOutcome, Refused, ShortLine},
    selling::{PolicySays, PolicyWanted, QuotaWanted},
};
use kernel::{NodeId, Scope};
use network::NodeKind;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use runtime::Call;
use stories::{Story, cart};
use testkit::TestDb;

const SKUS: [&str; 3] = ["TEA", "CUP", "POT"];
const NODES: [&str; 4] = ["bristol", "leeds", "york", "glasgow"];
const CHANNELS: [&str; 3] = ["web", "market", "app"];

/// Somebody who asks for more than there is, and takes every offer.
struct Asker {
    shop: Story,
    dice: ChaCha8Rng,
    asked: usize,
    offered: usize,
    accepted: usize,
    missed: Vec<String>,
}

type Wanted = Vec<(String, i64)>;

fn of(wanted: &Wanted) -> Vec<(&str, i64)> {
    wanted.iter().map(|(code, quantity)| (code.as_str(), *quantity)).collect()
}

impl Asker {
    fn name(&mut self) -> String {
        self.asked += 1;
        format!("R-{}", self.asked)
    }

    fn wants(&mut self) -> Wanted {
        let count = self.dice.random_range(1..5);
        let line = |_| {
            let sku = SKUS[self.dice.random_range(0..SKUS.len())];
            if self.dice.random_bool(0.3) {
                (format!("{sku}-SIX"), self.dice.random_range(1..4))
            } else {
                (sku.to_owned(), self.dice.random_range(1..16))
            }
        };
        (0..count).map(line).collect()
    }

    /// Orders, and cancels again what was accepted, so that nothing has changed.
    async fn orders(&mut self, channel: &str, wanted: &Wanted) -> Result<(), Refused> {
        let name = self.name();
        let mut order = self.shop.order(channel, &name, "york", &of(wanted));
        order.is_paid = true;
        match self.shop.places(order).await {
            PlaceOutcome::Accepted(accepted) => {
                let order_id = accepted.order_id;
                let cancel = CancelOrder { order_id, line_nos: vec![], reason: "only asking".into() };
                self.shop.cancel(Call::by("asker"), cancel).await.unwrap();
                Ok(())
            }
            PlaceOutcome::Refused(refused) => Err(refused),
        }
    }

    async fn fills(&mut self, channel: &str, wanted: &Wanted) -> Result<(), Refused> {
        let name = self.name();
        let command = cart(channel, &name, &of(wanted));
        match self.shop.hold(command).await.unwrap().into_result().unwrap() {
            HoldOutcome::Held(held) => {
                self.shop.release_hold(Call::by("asker"), held.hold_id).await.unwrap();
                Ok(())
            }
            HoldOutcome::Refused(refused) => Err(refused),
            other => panic!("{other:?}"),
        }
    }

    async fn asks(&mut self, is_cart: bool, channel: &str, wanted: &Wanted) -> Result<(), Refused> {
        if is_cart { self.fills(channel, wanted).await } else { self.orders(channel, wanted).await }
    }

    async fn takes(&mut self, is_cart: bool, channel: &str, wanted: &Wanted, of: &Wanted) {
        self.offered += 1;
        match self.asks(is_cart, channel, wanted).await {
            Ok(()) => self.accepted += 1,
            Err(refused) => self.missed.push(format!("{channel}: {wanted:?} of {of:?}: {refused:?}")),
        }
    }

    /// Asks, and if it is refused asks for what is offered: all of it together, and each line of it alone.
    async fn tries(&mut self, is_cart: bool, channel: &str, wanted: &Wanted) {
        let Err(refused) = self.asks(is_cart, channel, wanted).await else { return };
        let Refused::InsufficientStock { lines } = refused else { panic!("{refused:?}") };
        assert!(!lines.is_empty(), "a refusal says why");
        let possible = |place: usize| lines.iter().find(|line| line.line_no == place as i64 + 1);
        let together: Wanted = wanted
            .iter()
            .enumerate()
            .map(|(place, (code, quantity))| {
                (code.clone(), possible(place).map_or(*quantity, |line| line.possible_quantity))
            })
            .filter(|(_, quantity)| *quantity > 0)
            .collect();
        assert_ne!(together, *wanted, "what was refused is not offered");
        if !together.is_empty() {
            self.takes(is_cart, channel, &together, wanted).await;
        }
        for ShortLine { external_code, possible_quantity, .. } in lines {
            if possible_quantity > 0 && together.len() > 1 {
                self.takes(is_cart, channel, &vec![(external_code, possible_quantity)], wanted).await;
            }
        }
    }

    /// The house goes on: goods come in, carts are filled and orders are taken, a store closes or opens.
    async fn goes_on(&mut self, glasgow: &NodeId) {
        let sku = SKUS[self.dice.random_range(0..SKUS.len())];
        match self.dice.random_range(0..10) {
            0..4 => {
                let node = NODES[self.dice.random_range(0..NODES.len())];
                let (name, units) = (self.name(), self.dice.random_range(1..8));
                self.shop.stock_under(&name, node, sku, units).await;
            }
            4..6 => {
                let name = self.name();
                self.shop.hold(cart("web", &name, &[(sku, self.dice.random_range(1..4))])).await.unwrap();
            }
            6..9 => {
                let (name, channel) = (self.name(), CHANNELS[self.dice.random_range(0..CHANNELS.len())]);
                let units = self.dice.random_range(1..5);
                self.shop.places(self.shop.order(channel, &name, "leeds", &[(sku, units)])).await;
            }
            _ => {
                let (node_id, is_open) = (glasgow.clone(), self.dice.random_bool(0.5));
                let done = self.shop.runtime.run(Call::by("asker"), move |cx| {
                    let node_id = node_id.clone();
                    Box::pin(async move {
                        if is_open {
                            network::activate(cx, &node_id).await
                        } else {
                            network::deactivate(cx, &node_id).await
                        }
                    })
                });
                done.await.unwrap();
            }
        }
    }
}

/// What channels may sell of the one pool: all but web's share of the pots is ruled somehow.
async fn rules(shop: &Story) {
    let says = PolicySays {
        node_rule: "only".into(),
        nodes: vec!["leeds".into(), "york".into()],
        buffer: 3,
        ..PolicySays::default()
    };
    let wanted = PolicyWanted { channel: "app".into(), item: None, says: Some(says) };
    shop.set_policy(Call::by("asker"), Scope::EVERYTHING, wanted).await.unwrap();
    let wanted = |item: &str, quantity| QuotaWanted {
        channel: "market".into(),
        item: item.into(),
        quantity: Some(quantity),
    };
    let wanted = vec![wanted("TEA", 6), wanted("CUP", 9)];
    shop.set_quotas(Call::by("asker"), Scope::EVERYTHING, wanted).await.unwrap();
}

testkit::both_engines! {
    async fn what_a_refusal_offers_is_accepted(db: TestDb) {
        let rounds = if db.engine() == Engine::Sqlite { 150 } else { 40 };
        let shop = Story::open(db).await;
        let glasgow = shop.opens_node("glasgow", NodeKind::Store).await;
        for sku in SKUS {
            let item_id = shop.sells(sku).await;
            for channel in CHANNELS {
                shop.lists(channel, &format!("{sku}-SIX"), &item_id, 6).await;
            }
            shop.stock("leeds", sku, 9).await;
            shop.stock("glasgow", sku, 4).await;
        }
        let dice = ChaCha8Rng::seed_from_u64(14);
        let mut asker = Asker { shop, dice, asked: 0, offered: 0, accepted: 0, missed: Vec::new() };
        for round in 0..rounds {
            if round == rounds / 3 {
                rules(&asker.shop).await;
            }
            asker.goes_on(&glasgow).await;
            let (is_cart, wanted) = (asker.dice.random_bool(0.3), asker.wants());
            let channel = CHANNELS[asker.dice.random_range(0..CHANNELS.len())];
            asker.tries(is_cart, channel, &wanted).await;
        }
        let Asker { shop, offered, accepted, missed, .. } = asker;
        eprintln!("{accepted} of {offered} offers were accepted");
        assert!(offered >= rounds, "these dice are loaded: {offered} offers in {rounds} rounds");
        assert!(accepted * 100 >= offered * 99, "{accepted} of {offered}: {missed:#?}");
        shop.settles().await;
        shop.holds().await;
    }

    /// Eight nodes may share an order, and there are more that have one unit each.
    async fn an_offer_is_no_more_than_nodes_may_share(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        for town in 0..10 {
            // In towns of no other story, all where York is.
            let node = format!("hamlet-{town}");
            shop.opens_node_at(&node, NodeKind::Store, "york").await;
            shop.stock(&node, "TEA", 1).await;
        }
        assert_eq!(shop.free(&tea).await, 13);
        let refused = shop.refuses(shop.order("web", "1", "york", &[("TEA", 7), ("TEA", 6)])).await;
        let Refused::InsufficientStock { lines } = refused else { panic!("{refused:?}") };
        let possible: Vec<i64> = lines.iter().map(|line| line.possible_quantity).collect();
        assert_eq!(possible, [7, 3], "the three of Leeds and seven others");
        shop.accepts(shop.order("web", "2", "york", &[("TEA", 7), ("TEA", 3)])).await;
        shop.holds().await;
    }
}
