//! Whatever people, machines and parties outside do in whatever order, everything that must hold does, and the ledger
//! has the units that a child with a notebook would count. F4, S4.

use db::{Engine, FromRow, args};
use flows::{
    cancel::{CancelError, CancelOrder},
    dispatch::DispatchError,
    intake::{PlaceOutcome, Refused},
    short::{ShortPick, ShortReason},
    station::StationError,
};
use inventory::receive::Receipt;
use kernel::{FulfilmentOrderId, ItemId, OrderId, ParcelId};
use orders::place::NewOrder;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use runtime::Call;
use stories::{Story, units_of};
use testkit::TestDb;

const SKUS: [&str; 4] = ["TEA", "CUP", "POT", "TIN"];
const NODES: [&str; 3] = ["bristol", "leeds", "york"];
const STEPS: usize = 80;

/// What the child has counted of an item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counted {
    /// Came in, was not lost on the shelf and has not left.
    on_hand: i64,
    /// Was ever ordered and accepted.
    ordered: i64,
    /// Was reported unfit; it is on hand and for nobody.
    damaged: i64,
}

/// A day that somebody's dice decide.
struct Day {
    shop: Story,
    seed: u64,
    dice: ChaCha8Rng,
    items: Vec<ItemId>,
    counted: [Counted; SKUS.len()],
    notes: Vec<Receipt>,
    orders: Vec<(NewOrder, OrderId)>,
    done: Vec<String>,
}

/// Tells the seed and what was done when a step fails, wherever in it.
impl Drop for Day {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {}, step {}:\n  {}", self.seed, self.done.len(), self.done.join("\n  "));
        }
    }
}

impl Day {
    async fn open(db: TestDb, seed: u64) -> Day {
        let shop = Story::open(db).await;
        let mut items = Vec::new();
        for sku in SKUS {
            items.push(shop.sells(sku).await);
        }
        let dice = ChaCha8Rng::seed_from_u64(seed);
        let counted = Default::default();
        Day { shop, seed, dice, items, counted, notes: Vec::new(), orders: Vec::new(), done: Vec::new() }
    }

    fn one_of<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(of[self.dice.random_range(0..of.len())].clone()) }
    }

    async fn rows<T: FromRow + Send + 'static>(&self, sql: &'static str) -> Vec<T> {
        let id = self.shop.runtime.organisation_id.clone();
        self.shop
            .runtime
            .read(move |tx| Box::pin(async move { tx.query(sql, args![&id]).await }))
            .await
            .unwrap_or_else(|fault: db::Fault| panic!("{fault}"))
    }

    fn place_of(&self, item_id: &ItemId) -> usize {
        self.items.iter().position(|known| known == item_id).expect("the shop sells nothing else")
    }

    /// One step; gives what it was.
    async fn step(&mut self) -> String {
        match self.dice.random_range(0..100) {
            0..10 => self.goods_arrive().await,
            10..30 => self.somebody_orders().await,
            30..46 => self.somebody_picks().await,
            46..52 => self.somebody_scans_wrong().await,
            52..57 => self.somebody_misses_goods().await,
            57..69 => self.somebody_packs().await,
            69..77 => self.somebody_closes().await,
            77..85 => self.somebody_dispatches().await,
            85..90 => self.somebody_cancels().await,
            90..94 => {
                self.shop.settles().await;
                "settle".into()
            }
            _ => {
                let hours = self.dice.random_range(1..8);
                self.shop.waits(hours).await;
                format!("wait {hours} h")
            }
        }
    }

    async fn goods_arrive(&mut self) -> String {
        let is_repeat = self.dice.random_bool(0.2);
        let old = if is_repeat { self.one_of(&self.notes.clone()) } else { None };
        let note = match old {
            Some(note) => note,
            None => {
                let node = NODES[self.dice.random_range(0..NODES.len())];
                let place = self.dice.random_range(0..SKUS.len());
                let known = self.shop.find_places(vec![(node.into(), SKUS[place].into())]).await.unwrap();
                let (node_id, item) = known.into_iter().next().unwrap();
                let (item_id, owner_id) = item.unwrap();
                let units = self.dice.random_range(1..9);
                self.counted[place].on_hand += units;
                let reference = format!("note {}", self.notes.len());
                let note = Receipt {
                    node_id: node_id.unwrap(),
                    item_id,
                    owner_id,
                    quantity: units_of(units),
                    reference,
                    lot: None,
                    expected: None,
                };
                self.notes.push(note.clone());
                note
            }
        };
        let said = format!("receive {} of {} at {}", note.quantity, note.item_id, note.node_id);
        self.shop.receive(Call::by("dock"), vec![note]).await.unwrap();
        said
    }

    async fn somebody_orders(&mut self) -> String {
        if self.dice.random_bool(0.15)
            && let Some((mut order, order_id)) = self.one_of(&self.orders.clone())
        {
            let is_other = self.dice.random_bool(0.3);
            if is_other {
                order.lines[0].quantity += 1;
            }
            match self.shop.places(order).await {
                PlaceOutcome::Accepted(accepted) if !is_other => {
                    assert!(accepted.is_repeat && accepted.order_id == order_id, "{accepted:?}");
                }
                PlaceOutcome::Refused(Refused::Conflict { order_id: holder }) if is_other => {
                    assert_eq!(holder, order_id);
                }
                other => panic!("a repeat of {order_id}, another order: {is_other}: {other:?}"),
            }
            return format!("order {order_id} again, changed: {is_other}");
        }
        let mut lines = Vec::new();
        for _ in 0..self.dice.random_range(1..4) {
            let quantity = if self.dice.random_bool(0.05) { 1_000 } else { self.dice.random_range(1..4) };
            let code = if self.dice.random_bool(0.03) {
                "NOPE"
            } else {
                SKUS[self.dice.random_range(0..SKUS.len())]
            };
            lines.push((code, quantity));
        }
        let channel = ["web", "market", "app", "till"][self.dice.random_range(0..4)];
        let town = ["leeds", "york", "bristol", "glasgow"][self.dice.random_range(0..4)];
        let is_declined = self.dice.random_bool(0.1);
        let mut order = self.shop.order(channel, &format!("R-{}", self.done.len()), town, &lines);
        order.is_paid = !is_declined && self.dice.random_bool(0.3);
        let mut free = Vec::new();
        for item_id in &self.items {
            free.push(self.shop.free(item_id).await);
        }
        let asked: Vec<i64> = SKUS
            .iter()
            .map(|sku| lines.iter().filter(|(code, _)| code == sku).map(|(_, units)| units).sum())
            .collect();
        let outcome = self.shop.places(order.clone()).await;
        let is_possible = lines.iter().all(|(code, _)| *code != "NOPE")
            && free.iter().zip(&asked).all(|(free, asked)| free >= asked);
        let is_accepted = matches!(outcome, PlaceOutcome::Accepted(_));
        assert_eq!(is_accepted, is_possible, "{lines:?} of {free:?}: {outcome:?}");
        for (place, item_id) in self.items.clone().iter().enumerate() {
            let taken = if is_accepted { asked[place] } else { 0 };
            assert_eq!(
                self.shop.free(item_id).await,
                free[place] - taken,
                "accepted with its stock, or nothing changed"
            );
            self.counted[place].ordered += taken;
        }
        if let PlaceOutcome::Accepted(accepted) = outcome {
            if is_declined {
                self.shop.outside.payments.script([payments::Fault::Declined]);
            }
            self.orders.push((order, accepted.order_id));
        }
        format!("order {lines:?} to {town}, accepted: {is_accepted}, card declined: {is_declined}")
    }

    /// A line on which units wait for a step: the work, its number, its item, how many.
    async fn waiting_line(&mut self, sql: &'static str) -> Option<(FulfilmentOrderId, i64, ItemId, i64)> {
        let lines = self.rows(sql).await;
        self.one_of(&lines)
    }

    async fn waits_at_shelf(&mut self) -> Option<(FulfilmentOrderId, i64, ItemId, i64)> {
        self.waiting_line(
            "select fulfilment_order_id, line_no, item_id, allocated from fulfilment_line \
              where organisation_id = $1 and allocated > 0 order by fulfilment_order_id, line_no",
        )
        .await
    }

    async fn somebody_picks(&mut self) -> String {
        let Some((work, _, item_id, units)) = self.waits_at_shelf().await else {
            return "nothing to pick".into();
        };
        let (units, sku) = (self.dice.random_range(1..=units), SKUS[self.place_of(&item_id)]);
        self.shop.picks(&work, sku, units).await.unwrap();
        format!("pick {units} {sku} for {work}")
    }

    async fn somebody_scans_wrong(&mut self) -> String {
        let Some((work, _, item_id, _)) = self.waits_at_shelf().await else {
            return "nothing to mistake".into();
        };
        let sku = SKUS[self.place_of(&item_id)];
        let (code, units) = [("0000", 1), (sku, 5_000), (sku, 0)][self.dice.random_range(0..3)];
        let is_pick = self.dice.random_bool(0.5);
        let refused = if is_pick {
            self.shop.picks(&work, code, units).await
        } else {
            self.shop.packs(&work, code, units).await
        };
        assert!(matches!(refused, Err(StationError::Refused { .. })), "{refused:?}");
        format!("scan {units} {code} for {work}")
    }

    async fn somebody_misses_goods(&mut self) -> String {
        let Some((work, line_no, item_id, units)) = self.waits_at_shelf().await else {
            return "nothing to miss".into();
        };
        let (place, quantity) = (self.place_of(&item_id), self.dice.random_range(1..=units));
        let reason = if self.dice.random_bool(0.7) { ShortReason::NotFound } else { ShortReason::Damaged };
        match reason {
            ShortReason::NotFound => self.counted[place].on_hand -= quantity,
            ShortReason::Damaged => self.counted[place].damaged += quantity,
        }
        let short = ShortPick { fulfilment_order_id: work.clone(), line_no, quantity, reason };
        self.shop.short(Call::by("picker"), short).await.unwrap();
        format!("{quantity} {} {reason:?} for {work}", SKUS[place])
    }

    async fn somebody_packs(&mut self) -> String {
        let sql = "select fulfilment_order_id, line_no, item_id, picked from fulfilment_line \
                    where organisation_id = $1 and picked > 0 order by fulfilment_order_id, line_no";
        let Some((work, _, item_id, units)) = self.waiting_line(sql).await else {
            return "nothing to pack".into();
        };
        let (units, sku) = (self.dice.random_range(1..=units), SKUS[self.place_of(&item_id)]);
        self.shop.packs(&work, sku, units).await.unwrap();
        format!("pack {units} {sku} for {work}")
    }

    async fn somebody_closes(&mut self) -> String {
        let open: Vec<(FulfilmentOrderId,)> = self
            .rows("select fulfilment_order_id from parcel where organisation_id = $1 and status = 'open' order by parcel_id")
            .await;
        let Some((work,)) = self.one_of(&open) else { return "nothing to close".into() };
        let fault = match self.dice.random_range(0..3) {
            0 => Some(carriers::Fault::LostAnswer),
            1 => Some(carriers::Fault::Unavailable),
            _ => None,
        };
        self.shop.outside.carrier.script(fault);
        self.shop.closes(&work).await;
        if self.dice.random_bool(0.8) {
            self.shop.settles().await;
        }
        format!("close the parcel of {work}, carrier: {fault:?}")
    }

    async fn somebody_dispatches(&mut self) -> String {
        let parcels: Vec<(ParcelId, String)> = self
            .rows(
                "select parcel_id, status from parcel \
                  where organisation_id = $1 and status in ('closed', 'labelled', 'dispatched') order by parcel_id",
            )
            .await;
        let Some(first) = self.one_of(&parcels) else { return "nothing to dispatch".into() };
        let mut chosen = vec![first];
        if self.dice.random_bool(0.3) {
            chosen.extend(self.one_of(&parcels));
        }
        let ids: Vec<ParcelId> = chosen.iter().map(|(id, _)| id.clone()).collect();
        let may_leave = chosen.iter().all(|(_, status)| status == "labelled");
        let inside: Vec<(ParcelId, ItemId, i64)> = self
            .rows(
                "select parcel_id, item_id, quantity from parcel_line where organisation_id = $1 \
                  order by parcel_id, line_no",
            )
            .await;
        match self.shop.dispatch(Call::by("packer"), ids.clone()).await {
            Ok(_) => {
                assert!(may_leave, "{chosen:?}");
                for (_, item_id, units) in inside.iter().filter(|(parcel_id, _, _)| ids.contains(parcel_id)) {
                    self.counted[self.place_of(item_id)].on_hand -= units;
                }
            }
            Err(DispatchError::Parcel(_)) => assert!(!may_leave, "{chosen:?}"),
            Err(error) => panic!("{error:?}"),
        }
        format!("dispatch {chosen:?}")
    }

    async fn somebody_cancels(&mut self) -> String {
        let Some((_, order_id)) = self.one_of(&self.orders.clone()) else {
            return "nothing to cancel".into();
        };
        let line_nos = if self.dice.random_bool(0.5) { vec![] } else { vec![self.dice.random_range(1..3)] };
        let cancel = CancelOrder {
            order_id: order_id.clone(),
            line_nos: line_nos.clone(),
            reason: "changed mind".into(),
        };
        let answer = self.shop.cancel(Call::by("customer"), cancel).await;
        match &answer {
            Ok(_) | Err(CancelError::Cannot(_) | CancelError::LabelPending(_)) => {}
            Err(error) => panic!("{error:?}"),
        }
        format!("cancel {order_id} lines {line_nos:?}, done: {}", answer.is_ok())
    }

    /// The books agree with themselves and with the child.
    async fn adds_up(&self) {
        self.shop.holds().await;
        let stock: Vec<(ItemId, i64, i64)> = self
            .rows(
                "select item_id, cast(sum(on_hand) as bigint), cast(sum(damaged) as bigint) from v_stock \
                  where organisation_id = $1 group by item_id",
            )
            .await;
        let ordered: Vec<(ItemId, i64)> = self
            .rows(
                "select item_id, cast(sum(quantity) as bigint) from order_line \
                  where organisation_id = $1 group by item_id",
            )
            .await;
        let mut booked = [Counted::default(); SKUS.len()];
        for (item_id, on_hand, damaged) in stock {
            let place = self.place_of(&item_id);
            (booked[place].on_hand, booked[place].damaged) = (on_hand, damaged);
        }
        for (item_id, units) in ordered {
            booked[self.place_of(&item_id)].ordered = units;
        }
        assert_eq!(booked, self.counted, "booked, counted");
        assert!(self.shop.outside.carrier.paid_twice().is_empty());
    }
}

/// One day; gives what was done.
async fn a_day(db: TestDb, seed: u64) -> Vec<String> {
    let mut day = Day::open(db, seed).await;
    for step in 1..=STEPS {
        let what = day.step().await;
        day.done.push(what);
        if step % 10 == 0 {
            day.adds_up().await;
        }
    }
    day.shop.waits(24).await;
    day.adds_up().await;
    std::mem::take(&mut day.done)
}

testkit::both_engines! {
    async fn whatever_happens_the_books_agree(db: TestDb) {
        let engine = db.engine();
        // The template is ready; each day has a database of its own.
        drop(db);
        let mut done = Vec::new();
        for seed in 0..if engine == Engine::Sqlite { 12 } else { 6 } {
            let db = match engine {
                Engine::Sqlite => TestDb::sqlite().await.unwrap(),
                Engine::Postgres => TestDb::postgres().await.unwrap(),
            };
            done.extend(a_day(db, seed).await);
        }
        for what in ["receive", "accepted: true", "accepted: false", "declined: true", "again", "pick", "scan", "NotFound", "pack",
            "close", "LostAnswer", "Unavailable", "\"labelled\"", "\"closed\"", "done: true", "done: false", "wait"] {
            // The few days of the slower engine need not have everything.
            assert!(engine == Engine::Postgres || done.iter().any(|said| said.contains(what)), "no day had `{what}`: these dice are loaded");
        }
    }
}
