//! Many programmes of what people may do, each against a child's notebook: what is answered, and what there is after each
//! step. `PROOF_PROGRAMMES` says how many, `PROOF_SEED` with which to begin.

use std::{env, sync::Arc, time::Duration};

use db::Engine;
use flows::{
    cancel::{CancelError, CancelOrder},
    hold::{HoldCommand, HoldOutcome},
    intake::{PlaceOutcome, Refused},
};
use inventory::{
    adjust::{AdjustError, Adjustment, Correction, adjust},
    hold::HoldError,
    receive::Receipt,
};
use kernel::{FulfilmentOrderId, HoldId, ItemId, NodeId, OrderId, ParcelId, Scope};
use orders::{Stage, place::NewOrder};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use runtime::Call;
use stories::{START, Story, cart, units_of};
use testkit::TestDb;
use tokio::task::JoinSet;

use crate::notebook::{AGAIN_SECONDS, Counted, ITEMS, Lack, Line, Notebook, Said, Step, Units, another};

const NODES: [&str; 3] = ["bristol", "leeds", "york"];

/// The longest programme.
const STEPS: usize = 60;

/// Programmes that go on at once in one house, each with goods of its own.
const AT_ONCE: u64 = 500;

/// How long a step takes.
const TICK: i64 = 10;

/// The carrier comes and due holds are swept every so many steps; in between they lie about.
const ROUND: usize = 3;

/// Who goes through with a programme.
struct Programme {
    seed: u64,
    length: usize,
    dice: ChaCha8Rng,
    channel: &'static str,
    items: Vec<ItemId>,
    nodes: Vec<NodeId>,
    notebook: Notebook,
    notes: Vec<Receipt>,
    orders: Vec<(NewOrder, OrderId)>,
    holds: Vec<(HoldCommand, HoldId)>,
    done: Vec<String>,
    is_at_work: bool,
}

/// Tells what was done when a step fails, wherever in it.
impl Drop for Programme {
    fn drop(&mut self) {
        if self.is_at_work && std::thread::panicking() {
            eprintln!("{}", self.told());
        }
    }
}

fn code(seed: u64, item: usize) -> String {
    format!("P{seed}-{item}")
}

fn lacks(refused: Refused) -> Said {
    let Refused::InsufficientStock { lines } = refused else { panic!("{refused:?}") };
    let lack = |line: &flows::intake::ShortLine| -> Lack {
        (line.line_no, line.asked, line.available, line.possible_quantity)
    };
    Said::Short(lines.iter().map(lack).collect())
}

impl Programme {
    fn new(seed: u64, items: Vec<ItemId>, nodes: Vec<NodeId>) -> Programme {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        // Most are short, and some are long.
        let length = (0..3).map(|_| dice.random_range(1..=STEPS)).min().unwrap_or(STEPS);
        let channel = ["web", "market", "app", "till"][dice.random_range(0..4)];
        Programme {
            seed,
            length,
            dice,
            channel,
            items,
            nodes,
            notebook: Notebook::default(),
            notes: Vec::new(),
            orders: Vec::new(),
            holds: Vec::new(),
            done: Vec::new(),
            is_at_work: false,
        }
    }

    fn told(&self) -> String {
        let begin = self.seed - self.seed % AT_ONCE;
        let how = format!("PROOF_SEED={begin} PROOF_PROGRAMMES={AT_ONCE}");
        format!("programme {} ({how}):\n  {}", self.seed, self.done.join("\n  "))
    }

    fn lines(&mut self) -> Vec<Line> {
        let count = self.dice.random_range(1..4);
        let line = |_| Line {
            item: self.dice.random_range(0..ITEMS),
            is_pack: self.dice.random_bool(0.2),
            quantity: self.dice.random_range(1..4),
        };
        (0..count).map(line).collect()
    }

    fn one_of(&mut self, from: &[usize]) -> Option<usize> {
        if from.is_empty() { None } else { Some(from[self.dice.random_range(0..from.len())]) }
    }

    /// What is done next; goods come in where the dice ask for what is not there.
    fn throws(&mut self) -> Step {
        let (item, node) = (self.dice.random_range(0..ITEMS), self.dice.random_range(0..NODES.len()));
        let units = self.dice.random_range(1..9);
        let seconds = self.dice.random_range(5..90);
        let is_other = self.dice.random_bool(0.3);
        let hold = self.notebook.holds().checked_sub(1).map(|last| self.dice.random_range(0..=last));
        let step = match self.dice.random_range(0..100) {
            0..20 => None,
            20..23 => self.notes.len().checked_sub(1).map(|note| Step::ReceiveAgain { note }),
            23..38 => Some(Step::Order { lines: self.lines(), hold: None }),
            38..46 => hold.map(|hold| Step::Order { lines: self.lines(), hold: Some(hold) }),
            46..51 => hold.map(|hold| Step::Order {
                lines: self.notebook.lines_of_hold(hold).to_vec(),
                hold: Some(hold),
            }),
            51..54 => self.orders.len().checked_sub(1).map(|order| Step::OrderAgain { order, is_other }),
            54..68 => Some(Step::Hold { lines: self.lines(), seconds }),
            68..72 => hold.map(|hold| Step::HoldAgain { hold, is_other }),
            72..76 => hold.map(|hold| Step::Release { hold }),
            76..80 => hold.map(|hold| Step::Extend { hold, seconds }),
            80..87 => {
                let settled = self.notebook.settled_orders();
                self.one_of(&settled).map(|order| Step::Cancel { order })
            }
            87..90 => {
                let open = self.notebook.open_orders();
                self.one_of(&open).map(|order| Step::Pick { order })
            }
            90..92 => {
                let open = self.notebook.open_orders();
                self.one_of(&open).map(|order| Step::Close { order })
            }
            92..94 => Some(Step::Lose { item, node, units: units / 2 + 1 }),
            94..96 => Some(Step::Find { item, node, units: units / 3 + 1 }),
            96..98 => Some(Step::Break { item, node, units: units / 3 + 1 }),
            _ => Some(Step::Mend { item, node, units: units / 4 + 1 }),
        };
        step.unwrap_or(Step::Receive { item, node, units })
    }

    /// One step in the house and in the notebook.
    async fn step(&mut self, shop: &Story, now: i64) {
        let step = self.throws();
        self.done.push(format!("at {now}: {step:?}"));
        self.is_at_work = true;
        let said = self.does(shop, &step).await;
        let written = self.notebook.write(&step, now, || said == Said::Done);
        assert_eq!(said, written, "what is said, and what must be");
        self.is_at_work = false;
    }

    fn wanted(&self, lines: &[Line]) -> Vec<(String, i64)> {
        let wanted = |line: &Line| {
            let code = code(self.seed, line.item);
            (if line.is_pack { format!("{code}-SIX") } else { code }, line.quantity)
        };
        lines.iter().map(wanted).collect()
    }

    async fn does(&mut self, shop: &Story, step: &Step) -> Said {
        let call = || Call::by("somebody");
        match step {
            Step::Receive { item, node, units } => {
                let note = Receipt {
                    lot: None,
                    node_id: self.nodes[*node].clone(),
                    item_id: self.items[*item].clone(),
                    owner_id: shop.merchant_id.clone(),
                    quantity: units_of(*units),
                    reference: format!("note {}-{}", self.seed, self.notes.len()),
                    expected: None,
                };
                self.notes.push(note.clone());
                self.books(shop, note).await
            }
            Step::ReceiveAgain { note } => self.books(shop, self.notes[*note].clone()).await,
            Step::Order { lines, hold } => {
                let wanted = self.wanted(lines);
                let wanted: Vec<(&str, i64)> =
                    wanted.iter().map(|(code, units)| (code.as_str(), *units)).collect();
                let reference = format!("R-{}-{}", self.seed, self.done.len());
                let mut order = shop.order(self.channel, &reference, "york", &wanted);
                order.is_paid = true;
                order.hold_id = hold.map(|hold| self.holds[hold].1.clone());
                let outcome = shop.places(order.clone()).await;
                if let PlaceOutcome::Accepted(accepted) = &outcome {
                    self.orders.push((order, accepted.order_id.clone()));
                }
                of_order(outcome)
            }
            Step::OrderAgain { order, is_other } => {
                let mut order = self.orders[*order].0.clone();
                if *is_other {
                    order.note = "wrapped, please".into();
                }
                of_order(shop.places(order).await)
            }
            Step::Hold { lines, seconds } => self.fills(shop, self.notebook.holds(), lines, *seconds).await,
            Step::HoldAgain { hold, is_other } => {
                let (reference, lines) = (self.notebook.reference(*hold), self.notebook.lines_of_hold(*hold));
                let lines = if *is_other { another(lines) } else { lines.to_vec() };
                self.fills(shop, reference, &lines, AGAIN_SECONDS).await
            }
            Step::Release { hold } => of_hold(shop.release_hold(call(), self.holds[*hold].1.clone()).await),
            Step::Extend { hold, seconds } => of_hold(
                shop.extend_hold(call(), self.holds[*hold].1.clone(), *seconds as u64).await.map(drop),
            ),
            Step::Cancel { order } => {
                let order_id = self.orders[*order].1.clone();
                let cancel = CancelOrder { order_id, line_nos: vec![], reason: "changed mind".into() };
                match shop.cancel(call(), cancel).await {
                    Ok(_) => Said::Done,
                    Err(CancelError::Cannot(_)) => Said::Over,
                    Err(error) => panic!("{error:?}"),
                }
            }
            Step::Pick { order } => {
                let shelf = self.work(shop, *order, Stage::Allocated).await;
                if let Some((work, item, units)) = shelf.first() {
                    shop.picks(work, &code(self.seed, *item), (units + 1) / 2).await.unwrap();
                }
                Said::Done
            }
            Step::Close { order } => {
                for (work, item, units) in self.work(shop, *order, Stage::Allocated).await {
                    shop.picks(&work, &code(self.seed, item), units).await.unwrap();
                }
                let picked = self.work(shop, *order, Stage::Picked).await;
                for (work, item, units) in &picked {
                    shop.packs(work, &code(self.seed, *item), *units).await.unwrap();
                }
                let works: std::collections::BTreeSet<_> =
                    picked.into_iter().map(|(work, _, _)| work).collect();
                for work in works {
                    shop.closes(&work).await;
                }
                Said::Done
            }
            Step::Lose { item, node, units } => {
                self.corrects(shop, Correction::Lost, *item, *node, *units).await
            }
            Step::Find { item, node, units } => {
                self.corrects(shop, Correction::Found, *item, *node, *units).await
            }
            Step::Break { item, node, units } => {
                self.corrects(shop, Correction::Damaged, *item, *node, *units).await
            }
            Step::Mend { item, node, units } => {
                self.corrects(shop, Correction::Mended, *item, *node, *units).await
            }
        }
    }

    async fn books(&self, shop: &Story, note: Receipt) -> Said {
        let received = shop.receive(Call::by("dock"), vec![note]).await.unwrap().into_result().unwrap();
        if received.booked == 1 { Said::Done } else { Said::Repeat }
    }

    async fn fills(&mut self, shop: &Story, reference: usize, lines: &[Line], seconds: i64) -> Said {
        let wanted = self.wanted(lines);
        let wanted: Vec<(&str, i64)> = wanted.iter().map(|(code, units)| (code.as_str(), *units)).collect();
        let reference = format!("cart-{}-{reference}", self.seed);
        let command = HoldCommand { seconds: seconds as u64, ..cart(self.channel, &reference, &wanted) };
        match shop.hold(command.clone()).await.unwrap().into_result().unwrap() {
            HoldOutcome::Held(held) => {
                self.holds.push((command, held.hold_id));
                Said::Done
            }
            HoldOutcome::Repeated { .. } => Said::Repeat,
            HoldOutcome::Conflict { .. } => Said::Conflict,
            HoldOutcome::Refused(refused) => lacks(refused),
        }
    }

    /// What of an order stands at a stage: the work, the item and how many units.
    async fn work(&self, shop: &Story, order: usize, stage: Stage) -> Vec<(FulfilmentOrderId, usize, i64)> {
        let (id, order_id) = (shop.runtime.organisation_id.clone(), self.orders[order].1.clone());
        let lines = shop.runtime.read(move |tx| {
            Box::pin(async move { orders::store::list_fulfilment_lines(tx, &id, &order_id).await })
        });
        let lines = lines.await.unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
        let item = |item_id: &ItemId| self.items.iter().position(|known| known == item_id).unwrap();
        let lines = lines
            .iter()
            .map(|line| (line.fulfilment_order_id.clone(), item(&line.item_id), line.units().get(stage)));
        lines.filter(|(_, _, units)| *units > 0).collect()
    }

    async fn corrects(
        &self,
        shop: &Story,
        correction: Correction,
        item: usize,
        node: usize,
        units: i64,
    ) -> Said {
        let adjustment = Adjustment {
            lot: String::new(),
            node_id: self.nodes[node].clone(),
            item_id: self.items[item].clone(),
            owner_id: shop.merchant_id.clone(),
            correction,
            quantity: units_of(units),
            note: "somebody looked".into(),
        };
        let corrected = shop.runtime.run(Call::by("somebody"), move |cx| {
            let adjustment = adjustment.clone();
            Box::pin(async move { adjust(cx, &adjustment).await })
        });
        match corrected.await {
            Ok(_) => Said::Done,
            Err(AdjustError::Short { .. }) => Said::TooMany,
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn of_order(outcome: PlaceOutcome) -> Said {
    match outcome {
        PlaceOutcome::Accepted(accepted) if accepted.is_repeat => Said::Repeat,
        PlaceOutcome::Accepted(_) => Said::Done,
        PlaceOutcome::Refused(Refused::Conflict { .. }) => Said::Conflict,
        PlaceOutcome::Refused(refused) => lacks(refused),
    }
}

fn of_hold(done: Result<(), HoldError>) -> Said {
    match done {
        Ok(()) => Said::Done,
        Err(HoldError::Ended { .. }) => Said::Over,
        Err(error) => panic!("{error:?}"),
    }
}

/// Goods for these programmes, each with its own, listed by the unit and by the pack everywhere.
async fn goods(shop: &Story, seeds: std::ops::Range<u64>) -> Vec<ItemId> {
    let codes: Vec<String> = seeds.flat_map(|seed| (0..ITEMS).map(move |item| code(seed, item))).collect();
    let merchant_id = shop.merchant_id.clone();
    let made = shop.runtime.run(Call::by("test"), move |cx| {
        let (codes, merchant_id) = (codes.clone(), merchant_id.clone());
        Box::pin(async move {
            let item = |code: &String| catalogue::NewItem {
                is_lot_tracked: None,
                merchant_id: merchant_id.clone(),
                sku: code.clone(),
                title: code.clone(),
                barcodes: vec![],
                weight_grams: 500,
                length_mm: 200,
                width_mm: 100,
                height_mm: 80,
            };
            let items: Vec<catalogue::NewItem> = codes.iter().map(item).collect();
            let ids = catalogue::add_items(cx, &items).await.unwrap();
            let mut listings = Vec::new();
            for channel in ["web", "market", "app", "till"] {
                let channel = catalogue::find_channel_by_code(cx.tx, &cx.organisation_id, channel).await?;
                let channel_id = channel.expect("it is open").channel_id;
                for (code, item_id) in codes.iter().zip(&ids) {
                    for (external_code, pack_factor) in
                        [(code.clone(), 1), (format!("{code}-SIX"), crate::notebook::PACK)]
                    {
                        listings.push(catalogue::NewListing {
                            channel_id: channel_id.clone(),
                            external_code,
                            item_id: item_id.clone(),
                            pack_factor,
                            also: Vec::new(),
                        });
                    }
                }
            }
            catalogue::map_listings(cx, &Scope::EVERYTHING, &listings, catalogue::Remap::Refuse)
                .await
                .unwrap();
            Ok::<_, db::Fault>(ids)
        })
    });
    made.await.unwrap()
}

async fn nodes(shop: &Story) -> Vec<NodeId> {
    let pairs = NODES.iter().map(|node| ((*node).to_owned(), String::new())).collect();
    let known = shop.find_places(pairs).await.unwrap();
    known.into_iter().map(|(node_id, _)| node_id.expect("it is open")).collect()
}

/// What the house has of the goods of each programme.
async fn present(shop: &Story, programmes: &[Programme]) -> Vec<Counted> {
    let id = shop.runtime.organisation_id.clone();
    let items: Vec<ItemId> = programmes.iter().flat_map(|programme| programme.items.clone()).collect();
    let rows = shop.runtime.read(move |tx| {
        Box::pin(async move { inventory::store::list_by_state(tx, &id, items.iter()).await })
    });
    let rows = rows.await.unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
    let mut found: std::collections::HashMap<(ItemId, String), i64> =
        rows.into_iter().map(|row| ((row.item_id, row.state), row.quantity)).collect();
    let mut counted = Vec::new();
    for programme in programmes {
        let mut of = |states: &[&str]| -> Units {
            let mut units = [0; ITEMS];
            for (units, item_id) in units.iter_mut().zip(&programme.items) {
                *units = states
                    .iter()
                    .filter_map(|state| found.remove(&(item_id.clone(), (*state).to_owned())))
                    .sum();
            }
            units
        };
        counted.push(Counted {
            free: of(&["available"]),
            held: of(&["held"]),
            promised: of(&["allocated", "picked", "packed"]),
            broken: of(&["damaged"]),
        });
    }
    assert!(found.is_empty(), "goods in states that nobody put them in: {found:?}");
    counted
}

/// The carrier takes what is closed, and holds that are due end.
async fn carrier_comes(shop: &Story, programmes: &mut [Programme], now: i64) {
    shop.settles().await;
    let id = shop.runtime.organisation_id.clone();
    let labelled = shop.runtime.read(move |tx| {
        let sql = "select parcel_id from parcel where organisation_id = $1 and status = 'labelled' order by parcel_id";
        Box::pin(async move { tx.query(sql, db::args![&id]).await })
    });
    let labelled: Vec<(ParcelId,)> = labelled.await.unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
    if !labelled.is_empty() {
        let parcels: Vec<ParcelId> = labelled.into_iter().map(|(parcel_id,)| parcel_id).collect();
        shop.hands_over(&parcels).await;
    }
    for programme in programmes {
        programme.notebook.sweep(now);
        programme.notebook.carrier_comes();
    }
}

async fn adds_up(shop: &Story, programmes: &[Programme]) {
    for (programme, present) in programmes.iter().zip(present(shop, programmes).await) {
        assert_eq!(present, programme.notebook.counted(), "there are, and must be: {}", programme.told());
    }
}

/// Goes through the programmes of these seeds, all at once; gives how many steps there were.
async fn go_through(shop: &Arc<Story>, seeds: std::ops::Range<u64>, begin: &mut i64) -> usize {
    let ids = goods(shop, seeds.clone()).await;
    let nodes = nodes(shop).await;
    let mut programmes: Vec<Programme> = seeds
        .zip(ids.chunks(ITEMS))
        .map(|(seed, items)| Programme::new(seed, items.to_vec(), nodes.clone()))
        .collect();
    let start: kernel::Timestamp = START.parse().unwrap();
    let (first, mut steps) = (*begin, 0);
    for round in 0..STEPS {
        let now = first + (round as i64 + 1) * TICK;
        *begin = now;
        shop.runtime.clock.advance_to(start.checked_add(Duration::from_secs(now as u64)).unwrap());
        if round % ROUND == ROUND - 1 {
            carrier_comes(shop, &mut programmes, now).await;
        }
        let (working, resting): (Vec<_>, Vec<_>) =
            programmes.into_iter().partition(|programme| round < programme.length);
        steps += working.len();
        let mut at_work = JoinSet::new();
        for mut programme in working {
            let shop = shop.clone();
            at_work.spawn(async move {
                programme.step(&shop, now).await;
                programme
            });
        }
        programmes = at_work.join_all().await;
        adds_up(shop, &programmes).await;
        programmes.extend(resting);
    }
    carrier_comes(shop, &mut programmes, *begin).await;
    adds_up(shop, &programmes).await;
    *begin += 3_600;
    steps
}

/// What the environment asks for by a name.
pub fn asked(name: &str, otherwise: u64) -> u64 {
    env::var(name).ok().map_or(otherwise, |value| value.parse().expect("a number"))
}

/// How many programmes one test goes through, where the environment does not say.
const USUAL: u64 = 500;

/// One of several parts, which go on beside one another. Those asked for by hand are all in the first.
async fn part(db: TestDb, part: u64) {
    let engine = db.engine();
    drop(db);
    let usual = if engine == Engine::Sqlite { USUAL } else { 15 };
    let is_by_hand = env::var_os("PROOF_PROGRAMMES").is_some();
    let first = asked("PROOF_SEED", 0) + part * USUAL;
    let count = if is_by_hand && part > 0 { 0 } else { asked("PROOF_PROGRAMMES", usual) };
    let (mut seed, mut steps) = (first, 0);
    while seed < first + count {
        // A house does not grow for ever: a million programmes are many houses.
        let db = match engine {
            Engine::Sqlite => TestDb::sqlite().await.unwrap(),
            Engine::Postgres => TestDb::postgres().await.unwrap(),
        };
        let (shop, mut now) = (Arc::new(Story::open(db).await), 0);
        for _ in 0..2 {
            let until = (seed + AT_ONCE).min(first + count);
            if seed < until {
                steps += go_through(&shop, seed..until, &mut now).await;
                seed = until;
            }
        }
        shop.waits(2).await;
        shop.holds().await;
    }
    eprintln!("{count} programmes from {first}, {steps} steps, {engine:?}");
}

testkit::both_engines! {
    async fn whatever_people_do_the_house_says_and_has_what_a_notebook_says(db: TestDb) {
        part(db, 0).await;
    }

    async fn so_it_is_of_the_second_five_hundred(db: TestDb) {
        part(db, 1).await;
    }

    async fn so_it_is_of_the_third_five_hundred(db: TestDb) {
        part(db, 2).await;
    }

    async fn so_it_is_of_the_fourth_five_hundred(db: TestDb) {
        part(db, 3).await;
    }
}
