//! What is remembered of stock is as true as what is read, whatever is done and by whichever server.

use db::{Access, Db, Engine};
use flows::{
    Flows,
    availability::{AvailableOn, Goods, Question},
    cancel::CancelOrder,
    hold::HoldOutcome,
    intake::PlaceOutcome,
    selling::{MoveWanted, PolicySays, PolicyWanted, QuotaWanted},
};
use inventory::{
    adjust::{Adjustment, Correction},
    selling::Beyond,
};
use jiff::SignedDuration;
use kernel::{HoldId, ItemId, NodeId, OrderId, Scope};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use runtime::{Call, Runtime};
use stories::{Story, cart, units_of};
use testkit::TestDb;

const SKUS: [&str; 3] = ["TEA", "CUP", "POT"];
const NODES: [&str; 3] = ["bristol", "leeds", "york"];
const CHANNELS: [&str; 3] = ["web", "market", "till"];
const STEPS: usize = 120;

/// A server on the same database, with a memory of its own: on PostgreSQL with connections of its own too.
async fn server_beside(shop: &Story) -> Flows {
    let db = match shop.runtime.db.engine() {
        Engine::Sqlite => shop.runtime.db.clone(),
        Engine::Postgres => Db::open(shop.database(), Access::Write).await.unwrap(),
    };
    let organisation_id = shop.runtime.organisation_id.clone();
    let runtime = Runtime::new(db, shop.runtime.clock.clone(), organisation_id, Some(11));
    Flows::start(runtime, shop.outside.clone(), sourcing::Policy::default())
}

async fn told(flows: &Flows, question: &Question) -> (i64, Vec<AvailableOn>) {
    let told = flows.availability(&Scope::EVERYTHING, question.clone()).await.unwrap();
    (told.position, told.rows)
}

struct Programme {
    shop: Story,
    dice: ChaCha8Rng,
    items: Vec<ItemId>,
    nodes: Vec<NodeId>,
    orders: Vec<OrderId>,
    holds: Vec<HoldId>,
    step: usize,
}

impl Programme {
    fn one_of<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.dice.random_range(0..of.len())].clone()
    }

    /// One change, or what is none because it is refused.
    async fn goes_on(&mut self) -> &'static str {
        self.step += 1;
        let name = format!("{}", self.step);
        let units = self.dice.random_range(1..6);
        let (sku, node, channel) = (self.one_of(&SKUS), self.one_of(&NODES), self.one_of(&CHANNELS));
        let ada = || Call::by("user:ada");
        match self.dice.random_range(0..14) {
            0 | 1 => {
                self.shop.stock_under(&name, node, sku, units).await;
                "goods arrive"
            }
            2..=4 => {
                let order = self.shop.order(channel, &name, "york", &[(sku, units)]);
                if let PlaceOutcome::Accepted(accepted) = self.shop.places(order).await {
                    self.orders.push(accepted.order_id);
                }
                "somebody orders"
            }
            5 => {
                if let Some(order_id) = self.orders.pop() {
                    let cancel =
                        CancelOrder { order_id, line_nos: Vec::new(), reason: "changed mind".into() };
                    self.shop.cancel(ada(), cancel).await.unwrap();
                }
                "an order is cancelled"
            }
            6 => {
                let held = self.shop.hold(cart(channel, &name, &[(sku, units)])).await.unwrap();
                if let Some(HoldOutcome::Held(held)) = held.into_result() {
                    self.holds.push(held.hold_id);
                }
                "a cart holds"
            }
            7 => {
                if let Some(hold_id) = self.holds.pop() {
                    // Its time may be over.
                    let _ = self.shop.release_hold(ada(), hold_id).await;
                }
                "a cart lets go"
            }
            8 => {
                let quantity = self.dice.random_bool(0.7).then_some(units);
                let wanted = QuotaWanted { channel: channel.into(), item: sku.into(), quantity };
                let _ = self.shop.set_quotas(ada(), Scope::EVERYTHING, vec![wanted]).await;
                "a quota is set"
            }
            9 => {
                let (from, to) = (channel.to_owned(), self.one_of(&CHANNELS).to_owned());
                let wanted = MoveWanted { item: sku.into(), from, to, units: 1, reason: String::new() };
                let _ = self.shop.move_quota(ada(), Scope::EVERYTHING, wanted).await;
                "quota moves"
            }
            10 => {
                let lets_wait = self.dice.random_bool(0.4);
                let says = self.dice.random_bool(0.7).then(|| PolicySays {
                    is_on: units > 1,
                    node_rule: "except".into(),
                    nodes: vec![node.into()],
                    buffer: units - 1,
                    min_life_days: 0,
                    beyond: if lets_wait { Beyond::Any } else { Beyond::Nothing },
                    beyond_most: lets_wait.then_some(units),
                    available_from: None,
                });
                let item = self.dice.random_bool(0.5).then(|| sku.to_owned());
                let wanted = PolicyWanted { channel: channel.into(), item, says };
                let _ = self.shop.set_policy(ada(), Scope::EVERYTHING, wanted).await;
                "a policy is set"
            }
            11 => {
                let (node_id, opens) = (self.one_of(&self.nodes.clone()), self.dice.random_bool(0.6));
                let switched = self.shop.runtime.run(ada(), move |cx| {
                    let node_id = node_id.clone();
                    Box::pin(async move {
                        if opens {
                            network::activate(cx, &node_id).await
                        } else {
                            network::deactivate(cx, &node_id).await
                        }
                    })
                });
                switched.await.unwrap();
                "a node is switched"
            }
            12 => {
                let item_id = self.one_of(&self.items.clone());
                self.shop.lists(channel, &format!("PACK-{name}"), &item_id, units).await;
                let lost = Adjustment {
                    node_id: self.one_of(&self.nodes.clone()),
                    item_id,
                    owner_id: self.shop.merchant_id.clone(),
                    lot: String::new(),
                    correction: Correction::Lost,
                    quantity: units_of(1),
                    note: String::new(),
                };
                let _ = self
                    .shop
                    .runtime
                    .run(ada(), move |cx| {
                        let lost = lost.clone();
                        Box::pin(async move { inventory::adjust::adjust(cx, &lost).await })
                    })
                    .await;
                "a unit is lost, and there is a new code"
            }
            _ => {
                let then = self.shop.runtime.now().checked_add(SignedDuration::from_mins(10)).unwrap();
                self.shop.runtime.clock.advance_to(then);
                self.shop.settles().await;
                "time passes"
            }
        }
    }
}

testkit::both_engines! {
    /// After each change the very next answer of a server that remembers is what one says that reads everything anew;
    /// on PostgreSQL the changes are another server's.
    async fn what_is_remembered_is_what_is_read_over_random_programmes(db: TestDb) {
        let shop = Story::open(db).await;
        let mut items = Vec::new();
        for sku in SKUS {
            items.push(shop.sells(sku).await);
        }
        let places = NODES.iter().map(|node| ((*node).to_owned(), "TEA".to_owned())).collect();
        let nodes = shop.find_places(places).await.unwrap().into_iter().filter_map(|(node_id, _)| node_id).collect();
        let server = server_beside(&shop).await;
        let dice = ChaCha8Rng::seed_from_u64(4);
        let mut programme = Programme { shop, dice, items, nodes, orders: Vec::new(), holds: Vec::new(), step: 0 };
        let all = Question {
            goods: SKUS.iter().flat_map(|sku| [Goods::Item((*sku).into()), Goods::Listing((*sku).into())]).collect(),
            by_node: true,
            ..Question::default()
        };
        let one = Question { goods: vec![Goods::Item("CUP-BAR".into())], ..Question::default() };
        for _ in 0..STEPS {
            let done = programme.goes_on().await;
            for question in [&one, &all] {
                let remembered = told(&server, question).await;
                let read = told(&server_beside(&programme.shop).await, question).await;
                assert_eq!(remembered, read, "step {}: {done}", programme.step);
                assert_eq!(told(&server, question).await, remembered, "asked once more");
            }
        }
        programme.shop.holds().await;
    }
}
