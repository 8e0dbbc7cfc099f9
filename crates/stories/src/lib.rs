//! End-to-end stories: a small company with its nodes, its goods and its channels, and the words to tell what happens
//! there. A warehouse manager could correct them.

mod again;

use std::ops::Deref;

use carriers::{CarrierSetup, FaultRates, Odds, SimulatedCarrier};
use flows::{
    Flows, Outside,
    dispatch::Dispatched,
    hold::HoldCommand,
    intake::{Accepted, Later, PlaceCommand, PlaceOutcome, Refused},
    short::{ShortDone, ShortPick, ShortReason},
    station::{CloseParcel, ParcelClosed, ScanDone, StationError, StationScan},
};
use inventory::{expect::NewExpected, receive::Receipt};
use jiff::SignedDuration;
use kernel::{
    Address, Currency, ExpectedReceiptId, FulfilmentOrderId, ItemId, MerchantId, NodeId, OrderId, ParcelId,
    Place, Quantity, Scope, Timestamp,
};
use network::{NewNode, NodeKind};
use orders::place::{NewLine, NewOrder};
use payments::{ProviderSetup, SimulatedProvider};
use people::{NewOrganisation, Organisation};
use runtime::{Answer, Call, Clock, Runtime};
use sourcing::Policy;
use testkit::TestDb;

/// A company at work.
pub struct Story {
    /// All its processes.
    pub flows: Flows,
    /// The company.
    pub organisation: Organisation,
    /// Whose goods they are.
    pub merchant_id: MerchantId,
    db: TestDb,
}

impl Story {
    /// Where its database is, as another program would open it.
    pub fn database(&self) -> &str {
        self.db.url()
    }
}

impl Deref for Story {
    type Target = Flows;
    fn deref(&self) -> &Flows {
        &self.flows
    }
}

/// A company as it was when it was backed up.
pub struct Restored {
    db: TestDb,
    made_at: Timestamp,
}

/// When every story begins.
pub const START: &str = "2026-03-02T08:00:00Z";

/// Where the nodes of a story can be.
const TOWNS: [(&str, f64, f64); 4] =
    [("leeds", 53.80, -1.55), ("york", 53.96, -1.08), ("bristol", 51.45, -2.59), ("glasgow", 55.86, -4.25)];

impl Story {
    /// A company with a regional centre in Bristol, stores in Leeds and York, and three channels; no goods yet. Its
    /// carrier is punctual and nothing fails unless it is told to.
    pub async fn open(db: TestDb) -> Story {
        let setup =
            CarrierSetup { odds: Odds::SMOOTH, faults: FaultRates::default(), ..CarrierSetup::demo(7) };
        Story::open_with(db, SimulatedCarrier::new(setup)).await
    }

    /// The same with a carrier of another temper.
    pub async fn open_with(db: TestDb, carrier: SimulatedCarrier) -> Story {
        let clock = Clock::manual(START.parse().expect("the start is an instant"));
        let founded = people::found(
            &db,
            &clock,
            NewOrganisation {
                name: "Tea & Co".into(),
                currency: Currency::EUR,
                time_zone: "Europe/London".into(),
                merchant: "Tea & Co".into(),
            },
        )
        .await
        .expect("a company can be founded");
        let organisation = founded.organisation;
        let organisation_id = organisation.organisation_id.clone();
        let runtime = Runtime::new((*db).clone(), clock, organisation_id.clone(), Some(7));
        let id = organisation_id.clone();
        let merchants = runtime
            .read(move |tx| {
                Box::pin(async move { people::list_merchants(tx, &id, &Scope::EVERYTHING).await })
            })
            .await
            .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
        let merchant_id = merchants.first().expect("a company sells for itself").merchant_id.clone();
        let outside = Outside::simulated(carrier, SimulatedProvider::new(ProviderSetup::demo(7)));
        let flows = Flows::start(runtime, outside, Policy::default());
        let story = Story { flows, organisation, merchant_id, db };
        for (code, kind) in
            [("bristol", NodeKind::RegionalCentre), ("leeds", NodeKind::Store), ("york", NodeKind::Store)]
        {
            story.opens_node(code, kind).await;
        }
        for code in ["web", "market", "app", "till"] {
            story.opens_channel(code).await;
        }
        story
    }

    /// A node in one of the towns.
    pub async fn opens_node(&self, code: &str, kind: NodeKind) -> NodeId {
        self.opens_node_at(code, kind, code).await
    }

    /// A node under a code of its own in one of the towns.
    pub async fn opens_node_at(&self, code: &str, kind: NodeKind, town_name: &str) -> NodeId {
        let (_, latitude, longitude) = town(town_name);
        let node = NewNode {
            code: code.into(),
            name: code.into(),
            kind,
            address: Address {
                name: "Tea & Co".into(),
                line1: "1 High Street".into(),
                postal_code: "X1 1XX".into(),
                city: code.into(),
                country: "GB".into(),
                ..Address::default()
            },
            place: Place::from_degrees(latitude, longitude).expect("a town is on earth"),
            zone: "uk".into(),
            time_zone: "Europe/London".into(),
            can_ship: true,
            can_pickup: kind == NodeKind::Store,
        };
        let ids = self
            .runtime
            .run(Call::by("test"), move |cx| {
                let node = node.clone();
                Box::pin(async move { network::add_nodes(cx, &[node]).await })
            })
            .await
            .expect("a node can be opened");
        ids.into_iter().next().expect("one node was asked for")
    }

    /// Another merchant, who sells on a channel of this code.
    pub async fn takes_in(&self, name: &str, channel: &str) -> MerchantId {
        let named = name.to_owned();
        let merchant_id = self
            .runtime
            .run(Call::by("test"), move |cx| {
                let name = named.clone();
                Box::pin(async move { people::add_merchant(cx, &name).await })
            })
            .await
            .expect("a merchant can be taken in");
        self.opens_channel_of(&merchant_id, channel).await;
        merchant_id
    }

    /// A selling surface.
    pub async fn opens_channel(&self, code: &str) {
        self.opens_channel_of(&self.merchant_id, code).await;
    }

    async fn opens_channel_of(&self, merchant_id: &MerchantId, code: &str) {
        let channel = catalogue::NewChannel {
            merchant_id: merchant_id.clone(),
            code: code.into(),
            name: code.into(),
            kind: "web".into(),
        };
        self.runtime
            .run(Call::by("test"), move |cx| {
                let channel = channel.clone();
                Box::pin(async move { catalogue::add_channels(cx, &[channel]).await })
            })
            .await
            .expect("a channel can be opened");
    }

    /// An item of 500 g with its SKU as a barcode too, listed under its SKU on every channel.
    pub async fn sells(&self, sku: &str) -> ItemId {
        let item = catalogue::NewItem {
            merchant_id: self.merchant_id.clone(),
            sku: sku.into(),
            title: format!("Fine {sku}"),
            barcodes: vec![format!("{sku}-BAR")],
            weight_grams: 500,
            length_mm: 200,
            width_mm: 100,
            height_mm: 80,
            is_lot_tracked: None,
        };
        let ids = self
            .runtime
            .run(Call::by("test"), move |cx| {
                let item = item.clone();
                Box::pin(async move { catalogue::add_items(cx, &[item]).await })
            })
            .await
            .expect("an item can be added");
        let item_id = ids.into_iter().next().expect("one item was asked for");
        for channel in ["web", "market", "app", "till"] {
            self.lists(channel, sku, &item_id, 1).await;
        }
        item_id
    }

    /// A channel's code for so many units of an item.
    pub async fn lists(&self, channel: &str, code: &str, item_id: &ItemId, pack_factor: i64) {
        self.lists_kit(channel, code, &[(item_id, pack_factor)]).await;
    }

    /// A channel's code for so many units of each of these items.
    pub async fn lists_kit(&self, channel: &str, code: &str, kit: &[(&ItemId, i64)]) {
        let mut kit: Vec<catalogue::Component> = kit
            .iter()
            .map(|(item_id, quantity)| catalogue::Component {
                item_id: (*item_id).clone(),
                quantity: *quantity,
            })
            .collect();
        let also = kit.split_off(1);
        let catalogue::Component { item_id, quantity: pack_factor } = kit.remove(0);
        let (channel, code) = (channel.to_owned(), code.to_owned());
        self.runtime
            .run(Call::by("test"), move |cx| {
                let (channel, code) = (channel.clone(), code.clone());
                let (item_id, also) = (item_id.clone(), also.clone());
                Box::pin(async move {
                    let found = catalogue::find_channel_by_code(cx.tx, &cx.organisation_id, &channel).await?;
                    let channel_id = found.expect("the channel is open").channel_id;
                    let listing =
                        catalogue::NewListing { channel_id, external_code: code, item_id, pack_factor, also };
                    catalogue::map_listings(cx, &Scope::EVERYTHING, &[listing], catalogue::Remap::Refuse)
                        .await
                })
            })
            .await
            .expect("a code can be listed");
    }

    /// A supplier says what will come to a node on a day, one item of it.
    pub async fn expects(
        &self,
        node: &str,
        reference: &str,
        day: &str,
        sku: &str,
        units: i64,
    ) -> ExpectedReceiptId {
        let known = self.find_places(vec![(node.into(), sku.into())]).await.expect("they can be found");
        let (node_id, item) = known.into_iter().next().expect("one pair was asked for");
        let (item_id, owner_id) = item.expect("the item is known");
        let new = NewExpected {
            node_id: node_id.expect("the node is known"),
            owner_id,
            reference: reference.into(),
            supplier: "Assam Tea Garden".into(),
            expected_on: day.parse().expect("a day"),
            lines: vec![(item_id, units_of(units))],
        };
        let answer = self.expect(Call::by("test"), new).await.expect("goods can be expected");
        answer.into_result().expect("there was no key").expected_receipt_id
    }

    /// Goods arrive at a node.
    pub async fn stock(&self, node: &str, sku: &str, units: i64) {
        self.stock_under(&format!("note {node} {sku} {units} {}", self.runtime.now()), node, sku, units)
            .await;
    }

    /// Goods arrive with a delivery note of this name.
    pub async fn stock_under(&self, reference: &str, node: &str, sku: &str, units: i64) {
        let known = self.find_places(vec![(node.into(), sku.into())]).await.expect("they can be found");
        let (node_id, item) = known.into_iter().next().expect("one pair was asked for");
        let (item_id, owner_id) = item.expect("the item is known");
        let receipt = Receipt {
            node_id: node_id.expect("the node is known"),
            item_id,
            owner_id,
            quantity: units_of(units),
            reference: reference.into(),
            lot: None,
            expected: None,
        };
        let answer = self.receive(Call::by("test"), vec![receipt]).await.expect("goods can be received");
        assert_eq!(answer.into_result().map(|received| received.booked), Some(1));
    }

    /// A customer in a town orders on a channel.
    pub fn order(&self, channel: &str, reference: &str, town_name: &str, lines: &[(&str, i64)]) -> NewOrder {
        let (_, latitude, longitude) = town(town_name);
        NewOrder {
            channel: channel.into(),
            external_reference: reference.into(),
            placed_at: Some(self.runtime.now()),
            promised_by: self.runtime.now().checked_add(SignedDuration::from_hours(96)).ok(),
            currency: Currency::EUR,
            customer_name: "Ana Petrova".into(),
            customer_email: "ana@example.com".into(),
            ship_to: Address {
                name: "Ana Petrova".into(),
                line1: "5 Market Square".into(),
                postal_code: "Y1 2YY".into(),
                city: town_name.into(),
                country: "GB".into(),
                place: Place::from_degrees(latitude, longitude).ok(),
                ..Address::default()
            },
            lines: lines
                .iter()
                .map(|(code, quantity)| NewLine {
                    external_code: (*code).into(),
                    quantity: *quantity,
                    unit_price_minor: 1_000,
                    title: String::new(),
                })
                .collect(),
            shipping_minor: 490,
            is_paid: false,
            payment_reference: String::new(),
            note: String::new(),
            hold_id: None,
        }
    }

    /// Hands an order in.
    pub async fn places(&self, order: NewOrder) -> PlaceOutcome {
        let command = PlaceCommand { call: Call::by("channel"), order, raw: "{}".into() };
        let answer = self.place(command).await.expect("the machine does not fail");
        answer.into_result().expect("there was no key")
    }

    /// Hands an order in that must be accepted.
    pub async fn accepts(&self, order: NewOrder) -> Accepted {
        match self.places(order).await {
            PlaceOutcome::Accepted(accepted) => accepted,
            PlaceOutcome::Refused(refused) => panic!("refused: {refused:?}"),
        }
    }

    /// Hands an order in that must be refused.
    pub async fn refuses(&self, order: NewOrder) -> Refused {
        match self.places(order).await {
            PlaceOutcome::Refused(refused) => refused,
            PlaceOutcome::Accepted(accepted) => panic!("accepted: {accepted:?}"),
        }
    }

    /// Scans units at the shelf.
    pub async fn picks(
        &self,
        work: &FulfilmentOrderId,
        code: &str,
        units: i64,
    ) -> Result<ScanDone, StationError> {
        let scan = StationScan { fulfilment_order_id: work.clone(), code: code.into(), quantity: units };
        let answer = self.pick(Call::by("picker"), scan).await?;
        Ok(answer.into_result().expect("there was no key"))
    }

    /// Scans units into the open parcel.
    pub async fn packs(
        &self,
        work: &FulfilmentOrderId,
        code: &str,
        units: i64,
    ) -> Result<ScanDone, StationError> {
        let scan = StationScan { fulfilment_order_id: work.clone(), code: code.into(), quantity: units };
        let answer = self.pack(Call::by("packer"), scan).await?;
        Ok(answer.into_result().expect("there was no key"))
    }

    /// Reports units that are not on the shelf.
    pub async fn misses(&self, work: &FulfilmentOrderId, line_no: i64, quantity: i64) -> ShortDone {
        let short =
            ShortPick { fulfilment_order_id: work.clone(), line_no, quantity, reason: ShortReason::NotFound };
        let answer = self.short(Call::by("picker"), short).await.expect("units can be missing");
        answer.into_result().expect("there was no key")
    }

    /// Closes the open parcel.
    pub async fn closes(&self, work: &FulfilmentOrderId) -> ParcelClosed {
        let close = CloseParcel {
            fulfilment_order_id: work.clone(),
            weight_grams: 900,
            length_mm: 300,
            width_mm: 200,
            height_mm: 150,
        };
        let answer = self.close_parcel(Call::by("packer"), close).await.expect("a full parcel can be closed");
        answer.into_result().expect("there was no key")
    }

    /// Hands parcels over.
    pub async fn hands_over(&self, parcels: &[ParcelId]) -> Dispatched {
        let answer = self.dispatch(Call::by("packer"), parcels.to_vec()).await;
        answer.expect("labelled parcels can leave").into_result().expect("there was no key")
    }

    /// Picks and packs a whole fulfilment order whose lines all answer to these codes, closes its parcel and waits for
    /// the label.
    pub async fn makes_ready(&self, work: &FulfilmentOrderId, units: &[(&str, i64)]) -> ParcelId {
        for (code, quantity) in units {
            self.picks(work, code, *quantity).await.expect("the goods are there");
        }
        for (code, quantity) in units {
            self.packs(work, code, *quantity).await.expect("the goods are picked");
        }
        let closed = self.closes(work).await;
        self.settles().await;
        closed.parcel_id
    }

    /// Everything that goes on by itself, until nothing is left to do now.
    pub async fn settles(&self) {
        for _ in 0..200 {
            if self.pump_once().await.expect("the pump works") == 0 {
                return;
            }
        }
        panic!("something goes round in circles");
    }

    /// Time passes, a step at a time, and everything that goes on by itself goes on.
    pub async fn waits(&self, hours: i64) {
        let end = self.runtime.now().checked_add(SignedDuration::from_hours(hours)).expect("not that long");
        while self.runtime.now() < end {
            let next = self.runtime.now().checked_add(SignedDuration::from_hours(1)).expect("not that long");
            self.runtime.clock.advance_to(next.min(end));
            self.settles().await;
        }
    }

    /// What an order's header says.
    pub async fn status(&self, order_id: &OrderId) -> String {
        let (organisation_id, order_id) = (self.runtime.organisation_id.clone(), order_id.clone());
        let found = self
            .runtime
            .read(move |tx| {
                Box::pin(async move { orders::store::find_order(tx, &organisation_id, &order_id).await })
            })
            .await
            .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
        found.expect("the order is there").status
    }

    /// Units of an item in each state at a node: available, allocated, picked, packed.
    pub async fn stock_at(&self, node: &str, item_id: &ItemId) -> [i64; 4] {
        let (organisation_id, node, item_id) =
            (self.runtime.organisation_id.clone(), node.to_owned(), item_id.clone());
        self.runtime
            .read(move |tx| {
                Box::pin(async move {
                    let node = network::find_node_by_code(tx, &organisation_id, &node).await?;
                    let node_id = node.expect("the node is open").node_id;
                    let rows = inventory::store::list_stock_of_items(
                        tx,
                        &organisation_id,
                        &Scope::EVERYTHING,
                        [&item_id].into_iter(),
                    )
                    .await?;
                    let row = rows.into_iter().find(|row| row.node_id == node_id);
                    Ok(row.map_or([0; 4], |row| [row.available, row.allocated, row.picked, row.packed]))
                })
            })
            .await
            .unwrap_or_else(|fault: db::Fault| panic!("{fault}"))
    }

    /// Units of an item that are free anywhere.
    pub async fn free(&self, item_id: &ItemId) -> i64 {
        let (organisation_id, item_id) = (self.runtime.organisation_id.clone(), item_id.clone());
        let rows = self
            .runtime
            .read(move |tx| {
                Box::pin(async move {
                    inventory::store::list_available(tx, &organisation_id, [&item_id].into_iter()).await
                })
            })
            .await
            .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
        rows.iter().map(|row| row.quantity.units()).sum()
    }

    /// Units of an item in a state of the ledger, such as `held`, over all nodes.
    pub async fn in_state(&self, item_id: &ItemId, state: &str) -> i64 {
        let (organisation_id, item_id) = (self.runtime.organisation_id.clone(), item_id.clone());
        let states = self
            .runtime
            .read(move |tx| {
                Box::pin(async move {
                    inventory::store::list_by_state(tx, &organisation_id, [&item_id].into_iter()).await
                })
            })
            .await
            .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
        states.iter().filter(|row| row.state == state).map(|row| row.quantity).sum()
    }

    /// Everything that must hold does hold.
    pub async fn holds(&self) {
        runtime::event::sequence(&self.runtime).await.expect("events can be sequenced");
        let findings = self.verify().await.expect("it can be verified");
        assert!(findings.is_empty(), "{findings:#?}");
    }

    /// How many times a query of the test's own finds something.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let (count,): (i64,) = self
            .runtime
            .read(move |tx| Box::pin(async move { tx.query_one(sql, &[]).await }))
            .await
            .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
        count
    }

    /// Hands the same order in under one key.
    pub async fn places_keyed(&self, order: NewOrder, key: &str) -> Answer<PlaceOutcome> {
        let fingerprint = order.fingerprint();
        let call = Call::by("channel").keyed("channel POST /v1/orders", key, &fingerprint);
        self.place(PlaceCommand { call, order, raw: "{}".into() }).await.expect("the machine does not fail")
    }
}

/// A cart that is to be held for as long as carts are.
pub fn cart(channel: &str, reference: &str, lines: &[(&str, i64)]) -> HoldCommand {
    let line = |(code, quantity): &(&str, i64)| NewLine {
        external_code: (*code).into(),
        quantity: *quantity,
        unit_price_minor: 0,
        title: String::new(),
    };
    HoldCommand {
        call: Call::by("shop"),
        channel: channel.into(),
        external_reference: reference.into(),
        lines: lines.iter().map(line).collect(),
        place: None,
        seconds: inventory::hold::SECONDS,
    }
}

/// A quantity that is one.
pub fn units_of(units: i64) -> Quantity {
    Quantity::new(units).expect("a small number of units")
}

/// An instant some hours after the start.
pub fn hours_in(hours: i64) -> Timestamp {
    let start: Timestamp = START.parse().expect("the start is an instant");
    start.checked_add(SignedDuration::from_hours(hours)).expect("not that long")
}

fn town(name: &str) -> (&'static str, f64, f64) {
    TOWNS.into_iter().find(|(town, _, _)| *town == name).expect("a town of the story")
}
