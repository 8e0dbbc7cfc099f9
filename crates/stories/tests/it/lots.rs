//! R18: goods that expire. Those that expire first leave first, as long as they last for the channel that sells them.

use std::collections::BTreeMap;

use axum::{Router, body::Body, http::Request};
use catalogue::ItemChange;
use flows::{
    availability::{AvailableOn, Goods, Question},
    cancel::CancelOrder,
    hold::{Held, HoldOutcome},
    intake::{Accepted, PlaceOutcome, Refused},
    lots::{Wanted, list_lots},
    selling::{PolicySays, PolicyWanted},
};
use http_body_util::BodyExt;
use inventory::{
    entitle::Grant,
    lot::Lot,
    receive::{Receipt, ReceiveError},
    selling::Limit,
};
use jiff::SignedDuration;
use kernel::{ItemId, Money, OrderId, PageRequest, Scope};
use orders::place::NewOrder;
use runtime::Call;
use serde_json::{Value, json};
use stories::{Story, cart, units_of};
use testkit::TestDb;
use tower::ServiceExt;

const EVERYTHING: Scope = Scope::EVERYTHING;

/// Goods of a lot arrive; the day is of March 2026, and the story begins on the second.
async fn takes_in(
    shop: &Story,
    node: &str,
    sku: &str,
    units: i64,
    lot: Option<(&str, Option<i8>)>,
) -> Result<usize, ReceiveError> {
    let known = shop.find_places(vec![(node.into(), sku.into())]).await.unwrap();
    let (node_id, item) = known.into_iter().next().unwrap();
    let (item_id, owner_id) = item.unwrap();
    let receipt = Receipt {
        node_id: node_id.unwrap(),
        item_id,
        owner_id,
        quantity: units_of(units),
        lot: lot.map(|(code, day)| Lot {
            code: code.into(),
            expires_on: day.map(|day| kernel::Date::constant(2026, 3, day)),
        }),
        reference: format!("note {} {units}", shop.runtime.now()),
        expected: None,
    };
    let answer = shop.receive(Call::by("dock"), vec![receipt]).await?;
    Ok(answer.into_result().unwrap().booked)
}

async fn stocks(shop: &Story, node: &str, sku: &str, units: i64, lot: &str, day: i8) {
    assert_eq!(takes_in(shop, node, sku, units, Some((lot, Some(day)))).await.unwrap(), 1);
}

/// A channel sells only what lasts so many days.
async fn asks_for_life(shop: &Story, channel: &str, min_life_days: i64) {
    let says = PolicySays { min_life_days, ..PolicySays::default() };
    let wanted = PolicyWanted { channel: channel.into(), item: None, says: Some(says) };
    shop.set_policy(Call::by("user:ada"), EVERYTHING, wanted).await.unwrap();
}

/// What there is by lot and state, everywhere.
async fn lots(shop: &Story) -> BTreeMap<(String, String), i64> {
    let mut there = BTreeMap::new();
    let mut after = None;
    loop {
        // Two at a time, so that pages are turned.
        let page = PageRequest::new(after, Some(2));
        let found = list_lots(&shop.runtime, EVERYTHING, Wanted::default(), page).await.unwrap();
        for row in found.rows {
            *there.entry((row.lot, row.state)).or_default() += row.quantity;
        }
        after = found.next;
        if after.is_none() {
            return there;
        }
    }
}

/// The same, as it is written: `A allocated 2, B available 3`.
async fn says(shop: &Story) -> String {
    let all = lots(shop).await;
    all.iter().map(|((lot, state), units)| format!("{lot} {state} {units}")).collect::<Vec<_>>().join(", ")
}

fn days_pass(shop: &Story, days: i64) {
    let then = shop.runtime.now().checked_add(SignedDuration::from_hours(24 * days)).unwrap();
    shop.runtime.clock.advance_to(then);
}

async fn sees(shop: &Story, channel: &str) -> AvailableOn {
    let goods = vec![Goods::Item("MILK".into())];
    let question = Question { goods, channels: vec![channel.into()], ..Question::default() };
    let told = shop.availability(&EVERYTHING, question).await.unwrap();
    told.rows.into_iter().next().expect("the channel's merchant sells it")
}

async fn ats(shop: &Story, channel: &str) -> i64 {
    sees(shop, channel).await.ats
}

async fn milk(shop: &Story, channel: &str, reference: &str, units: i64) -> Accepted {
    shop.accepts(shop.order(channel, reference, "york", &[("MILK", units)])).await
}

async fn cancels(shop: &Story, order_id: &OrderId) {
    let cancel =
        CancelOrder { order_id: order_id.clone(), line_nos: Vec::new(), reason: "changed mind".into() };
    shop.cancel(Call::by("agent"), cancel).await.unwrap();
}

async fn fills(shop: &Story, reference: &str, units: i64) -> Held {
    match shop.hold(cart("web", reference, &[("MILK", units)])).await.unwrap().into_result().unwrap() {
        HoldOutcome::Held(held) => held,
        other => panic!("{other:?}"),
    }
}

async fn post(api: &Router, path: &str, body: &Value) -> (u16, Value) {
    let request = Request::post(path).header("content-type", "application/json");
    let request = request.header("idempotency-key", body.to_string().len().to_string() + path);
    let answer = api.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

async fn get(api: &Router, path: &str) -> Value {
    let answer = api.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

async fn needs_lots(shop: &Story, item_id: &ItemId) {
    let item_id = item_id.clone();
    let change = ItemChange { is_lot_tracked: Some(true), ..ItemChange::default() };
    shop.runtime
        .run(Call::by("user:ada"), move |cx| {
            let (item_id, change) = (item_id.clone(), change.clone());
            Box::pin(async move { catalogue::amend_item(cx, &item_id, None, &change).await.map(drop) })
        })
        .await
        .unwrap();
}

testkit::both_engines! {
    /// Three days are not five, however near the shelf is; and the day on which a lot has no five days left is seen at
    /// once, though nothing was written since.
    async fn r18_an_order_that_needs_five_days_of_life_never_gets_a_three_day_lot(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("MILK").await;
        stocks(&shop, "york", "MILK", 10, "SHORT", 5).await;
        stocks(&shop, "bristol", "MILK", 2, "LONG", 20).await;
        asks_for_life(&shop, "web", 5).await;
        let seen = sees(&shop, "web").await;
        assert_eq!((seen.ats, seen.limit, ats(&shop, "market").await), (2, Some(Limit::Life), 12));

        milk(&shop, "web", "1", 1).await;
        assert_eq!(says(&shop).await, "LONG allocated 1, LONG available 1, SHORT available 10");
        let refused = shop.refuses(shop.order("web", "2", "york", &[("MILK", 2)])).await;
        let Refused::InsufficientStock { lines } = refused else { panic!("{refused:?}") };
        let limit = lines[0].limit.clone().expect("the channel is limited");
        assert_eq!((lines[0].available, lines[0].possible_quantity, limit.why, limit.free), (1, 1, Limit::Life, 11));
        milk(&shop, "market", "3", 10).await;
        assert_eq!(says(&shop).await, "LONG allocated 1, LONG available 1, SHORT allocated 10");

        days_pass(&shop, 13);
        assert_eq!(ats(&shop, "web").await, 1, "on the fifteenth five days are left");
        days_pass(&shop, 1);
        assert_eq!((ats(&shop, "web").await, ats(&shop, "market").await), (0, 1));
        shop.refuses(shop.order("web", "4", "york", &[("MILK", 1)])).await;
        milk(&shop, "market", "5", 1).await;
        shop.holds().await;
    }

    async fn r18_the_oldest_eligible_lot_leaves_first_and_ships_as_that_lot(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("MILK").await;
        takes_in(&shop, "leeds", "MILK", 4, Some(("KEEPS", None))).await.unwrap();
        stocks(&shop, "leeds", "MILK", 3, "LATE", 25).await;
        stocks(&shop, "leeds", "MILK", 2, "EARLY", 9).await;
        days_pass(&shop, 1);
        stocks(&shop, "leeds", "MILK", 1, "EARLY", 9).await;
        let order = milk(&shop, "web", "1", 5).await;
        assert_eq!(says(&shop).await, "EARLY allocated 3, KEEPS available 4, LATE allocated 2, LATE available 1");

        let work = &order.fulfilment_orders[0].fulfilment_order_id;
        let api = crate::telling::api(&shop).await;
        let shown = get(&api, &format!("/v1/fulfilment-orders/{work}")).await;
        assert_eq!(
            shown["lots"].as_array().unwrap().iter().map(|lot| lot["lot"].as_str().unwrap()).collect::<Vec<_>>(),
            ["EARLY", "LATE"]
        );
        shop.picks(work, "MILK", 4).await.unwrap();
        assert_eq!(
            says(&shop).await,
            "EARLY picked 3, KEEPS available 4, LATE allocated 1, LATE available 1, LATE picked 1"
        );
        shop.picks(work, "MILK", 1).await.unwrap();
        shop.packs(work, "MILK", 5).await.unwrap();
        let parcel = shop.closes(work).await.parcel_id;
        shop.settles().await;
        assert_eq!(says(&shop).await, "EARLY packed 3, KEEPS available 4, LATE available 1, LATE packed 2");
        shop.hands_over(&[parcel]).await;
        assert_eq!(says(&shop).await, "KEEPS available 4, LATE available 1");
        milk(&shop, "web", "2", 3).await;
        assert_eq!(says(&shop).await, "KEEPS allocated 2, KEEPS available 2, LATE allocated 1");
        shop.holds().await;
    }

    /// At every stage: allocated, picked, packed.
    async fn r18_what_an_order_gives_up_goes_back_to_the_lots_it_came_from(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("MILK").await;
        stocks(&shop, "leeds", "MILK", 2, "A", 9).await;
        stocks(&shop, "leeds", "MILK", 8, "B", 15).await;
        let before = says(&shop).await;
        let first = milk(&shop, "web", "1", 3).await;
        let second = milk(&shop, "web", "2", 3).await;
        let work = &second.fulfilment_orders[0].fulfilment_order_id;
        shop.picks(work, "MILK", 3).await.unwrap();
        shop.packs(work, "MILK", 2).await.unwrap();
        assert_eq!(says(&shop).await, "A allocated 2, B allocated 1, B available 4, B packed 2, B picked 1");
        cancels(&shop, &first.order_id).await;
        cancels(&shop, &second.order_id).await;
        assert_eq!(says(&shop).await, before);
        shop.holds().await;
    }

    async fn r18_units_that_are_not_found_are_missed_in_the_lot_that_was_to_be_picked(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("MILK").await;
        stocks(&shop, "bristol", "MILK", 2, "A", 9).await;
        stocks(&shop, "leeds", "MILK", 2, "B", 6).await;
        stocks(&shop, "york", "MILK", 5, "C", 8).await;
        asks_for_life(&shop, "web", 5).await;
        let order = shop.accepts(shop.order("web", "1", "leeds", &[("MILK", 2)])).await;
        shop.misses(&order.fulfilment_orders[0].fulfilment_order_id, 1, 1).await;
        assert_eq!(
            says(&shop).await,
            "A allocated 1, B available 2, C allocated 1, C available 4",
            "the next node is asked for what lasts as long as was promised"
        );
        shop.holds().await;
    }

    /// From midnight on, whether or not anybody has set it apart; and then it is set apart once.
    async fn r18_an_expired_lot_is_blocked_at_once_and_set_apart(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("MILK").await;
        stocks(&shop, "leeds", "MILK", 5, "A", 3).await;
        stocks(&shop, "leeds", "MILK", 1, "B", 20).await;
        days_pass(&shop, 1);
        assert_eq!(ats(&shop, "web").await, 6, "on its last day it is good");
        milk(&shop, "web", "1", 2).await;
        days_pass(&shop, 1);
        assert_eq!(ats(&shop, "web").await, 1);
        shop.refuses(shop.order("web", "2", "york", &[("MILK", 2)])).await;
        assert_eq!(shop.expire_lots().await.unwrap(), 1);
        assert_eq!(shop.expire_lots().await.unwrap(), 0);
        assert_eq!(says(&shop).await, "A allocated 2, A damaged 3, B available 1");
        assert_eq!(shop.count("select count(*) from event where kind = 'stock.expired'").await, 1);
        assert_eq!(shop.count("select count(*) from stock_transfer where reason = 'expired' and quantity = 3").await, 1);
        milk(&shop, "web", "3", 1).await;

        let api = crate::telling::api(&shop).await;
        let listed = get(&api, "/v1/lots?within_days=0").await;
        let rows = listed["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 2, "{listed}");
        for row in rows {
            assert_eq!((&row["lot"], &row["expires_on"], &row["days_left"]), (&json!("A"), &json!("2026-03-03"), &json!(-1)));
            assert_eq!(row["too_old_for"].as_array().unwrap().len(), 4, "no channel may sell it: {row}");
        }
        let scrapped = json!({"node": "leeds", "item": "MILK", "lot": "A", "correction": "scrapped", "quantity": 3, "note": "sour"});
        assert_eq!(post(&api, "/v1/stock-adjustments", &scrapped).await.0, 201);
        assert_eq!(says(&shop).await, "A allocated 2, B allocated 1");
        shop.holds().await;
    }

    /// At the same moment, for the last unit; and the day after only one of the two may ask.
    async fn r18_two_channels_that_ask_for_different_lives_compete_for_one_lot(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("MILK").await;
        asks_for_life(&shop, "web", 5).await;
        stocks(&shop, "leeds", "MILK", 1, "A", 7).await;
        assert_eq!((ats(&shop, "web").await, ats(&shop, "market").await), (1, 1));
        let (web, market) = tokio::join!(
            shop.places(shop.order("web", "W-1", "york", &[("MILK", 1)])),
            shop.places(shop.order("market", "M-1", "york", &[("MILK", 1)])),
        );
        let is_accepted = |outcome: &PlaceOutcome| matches!(outcome, PlaceOutcome::Accepted(_));
        assert_ne!(is_accepted(&web), is_accepted(&market), "{web:?} {market:?}");
        stocks(&shop, "leeds", "MILK", 2, "A", 7).await;
        days_pass(&shop, 1);
        assert_eq!((ats(&shop, "web").await, ats(&shop, "market").await), (0, 2));
        shop.refuses(shop.order("web", "W-2", "york", &[("MILK", 1)])).await;
        milk(&shop, "market", "M-2", 2).await;
        shop.holds().await;
    }

    /// Against a shelf on paper, tried in every order of its lots: an order is taken when enough lasts, and never else,
    /// and from the lots that go first.
    async fn r18_any_mix_of_channels_empties_the_shelf_as_it_would_on_paper(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("MILK").await;
        let lives = [("web", 5), ("market", 0), ("app", 12), ("till", 2)];
        for (channel, days) in lives {
            asks_for_life(&shop, channel, days).await;
        }
        // Days left, and units.
        let mut paper: Vec<(&str, i64, i64)> = vec![("E", 1, 4), ("D", 3, 6), ("C", 6, 5), ("B", 6, 3), ("A", 20, 9)];
        for (lot, days, units) in &paper {
            stocks(&shop, "leeds", "MILK", *units, lot, 2 + *days as i8).await;
        }
        paper.sort_by_key(|(lot, days, _)| (*days, *lot));
        let mut dice = 7_u64;
        for number in 0..24 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (channel, min_days) = lives[(dice >> 33) as usize % 4];
            let wanted = 1 + (dice >> 40) as i64 % 4;
            let lasting: i64 = paper.iter().filter(|(_, days, _)| *days >= min_days).map(|(_, _, units)| units).sum();
            let outcome = shop.places(shop.order(channel, &number.to_string(), "york", &[("MILK", wanted)])).await;
            assert_eq!(matches!(outcome, PlaceOutcome::Accepted(_)), lasting >= wanted, "{number} {channel} {paper:?}");
            let mut open = if lasting >= wanted { wanted } else { 0 };
            for (_, days, units) in &mut paper {
                if *days >= min_days {
                    let some = open.min(*units);
                    *units -= some;
                    open -= some;
                }
            }
            let there = lots(&shop).await;
            for (lot, _, units) in &paper {
                let free = there.get(&((*lot).to_owned(), "available".to_owned())).copied().unwrap_or(0);
                assert_eq!(free, *units, "{number}: {there:?} is not {paper:?}");
            }
        }
        shop.holds().await;
    }

    /// A cart holds the lots its order would get; given up they are free again, and an order takes what is then first.
    async fn r18_carts_hold_lots_and_give_them_back(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("MILK").await;
        stocks(&shop, "leeds", "MILK", 2, "A", 9).await;
        stocks(&shop, "leeds", "MILK", 2, "B", 15).await;
        shop.stock("leeds", "MILK", 1).await;
        let mine = fills(&shop, "cart-1", 5).await;
        assert_eq!(
            mine.parts.iter().map(|part| (part.lot.as_str(), part.quantity)).collect::<Vec<_>>(),
            [("A", 2), ("B", 2), ("", 1)]
        );
        assert_eq!(says(&shop).await, "A held 2, B held 2");
        shop.holds().await;
        shop.release_hold(Call::by("shop"), mine.hold_id).await.unwrap();
        assert_eq!(says(&shop).await, "A available 2, B available 2");
        let mine = fills(&shop, "cart-2", 3).await;
        assert_eq!(says(&shop).await, "A held 2, B available 1, B held 1");
        let order = NewOrder { hold_id: Some(mine.hold_id), ..shop.order("web", "1", "york", &[("MILK", 3)]) };
        shop.accepts(order).await;
        assert_eq!(says(&shop).await, "A allocated 2, B allocated 1, B available 1");
        shop.holds().await;
    }

    /// What a reseller sells of a brand's lots changes its owner lot by lot, and goes back so.
    async fn r18_a_reseller_sells_the_brands_oldest_lot_and_gives_it_back(db: TestDb) {
        let shop = Story::open(db).await;
        let item_id = shop.sells("MILK").await;
        let reseller = shop.takes_in("Corner Shop", "corner").await;
        stocks(&shop, "leeds", "MILK", 2, "A", 9).await;
        stocks(&shop, "leeds", "MILK", 2, "B", 15).await;
        let grant = Grant {
            item_id: item_id.clone(),
            brand_id: shop.merchant_id.clone(),
            reseller_id: reseller,
            granted: units_of(4),
            unit_price: Money { minor: 600, currency: kernel::Currency::EUR },
        };
        shop.grant_entitlement(Call::by("user:ada"), grant).await.unwrap();
        shop.lists("corner", "MILK", &item_id, 1).await;
        let order = shop.accepts(shop.order("corner", "1", "york", &[("MILK", 3)])).await;
        assert_eq!(says(&shop).await, "A allocated 2, B allocated 1, B available 1");
        shop.holds().await;
        cancels(&shop, &order.order_id).await;
        assert_eq!(says(&shop).await, "A available 2, B available 2");
        let own = "select count(*) from stock_account a join merchant m on m.merchant_id = a.owner_id \
                    where m.name = 'Corner Shop' and a.state = 'available' and a.quantity > 0";
        assert_eq!(shop.count(own).await, 0, "nothing of it is the reseller's any more");
        let order = shop.accepts(shop.order("corner", "2", "york", &[("MILK", 3)])).await;
        shop.misses(&order.fulfilment_orders[0].fulfilment_order_id, 1, 3).await;
        assert_eq!(says(&shop).await, "B available 1", "the brand bears what was not there");
        shop.holds().await;
    }

    /// Whoever receives says which lot, where the item is tracked so, and no lot gets another last day.
    async fn r18_goods_are_received_by_lot_and_a_lot_has_one_last_day(db: TestDb) {
        let shop = Story::open(db).await;
        let item_id = shop.sells("MILK").await;
        shop.stock("york", "MILK", 1).await;
        needs_lots(&shop, &item_id).await;
        assert!(matches!(takes_in(&shop, "leeds", "MILK", 1, None).await, Err(ReceiveError::NeedsLot { place: 0 })));
        let api = crate::telling::api(&shop).await;
        let goods = |lot: Option<&str>, expires_on: Option<&str>, note: &str| {
            json!({"receipts": [{"node": "leeds", "item": "MILK", "quantity": 2, "reference": note, "lot": lot,
                "expires_on": expires_on}]})
        };
        let (status, problem) = post(&api, "/v1/receipts", &goods(None, None, "DN")).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/receipts/0/lot")), "{problem}");
        let (status, problem) = post(&api, "/v1/receipts", &goods(Some(" "), Some("soon"), "DN")).await;
        let wrong: Vec<&Value> = problem["errors"].as_array().unwrap().iter().map(|wrong| &wrong["pointer"]).collect();
        assert_eq!((status, wrong), (422, vec![&json!("/receipts/0/lot"), &json!("/receipts/0/expires_on")]));
        assert_eq!(post(&api, "/v1/receipts", &goods(Some("A"), Some("2026-03-09"), "DN 1")).await.0, 201);
        let (status, problem) = post(&api, "/v1/receipts", &goods(Some("A"), Some("2026-03-19"), "DN 22")).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (409, &json!("/receipts/0/expires_on")), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains("2026-03-09"), "{problem}");
        assert_eq!(post(&api, "/v1/receipts", &goods(Some("A"), None, "DN 333")).await.0, 201);
        let two = json!({"receipts": [
            {"node": "leeds", "item": "MILK", "quantity": 1, "reference": "DN 4", "lot": "B", "expires_on": "2026-03-12"},
            {"node": "leeds", "item": "MILK", "quantity": 1, "reference": "DN 4", "lot": "C"}]});
        assert_eq!(post(&api, "/v1/receipts", &two).await.1["booked"], json!(2), "one note, two lots");
        assert_eq!(says(&shop).await, "A available 4, B available 1, C available 1");
        // What was there before lots were kept leaves after those that expire.
        milk(&shop, "web", "1", 7).await;
        assert_eq!(says(&shop).await, "A allocated 4, B allocated 1, C allocated 1");
        let unknown = json!({"levels": [{"node": "leeds", "item": "MILK", "lot": "Z", "quantity": 3,
            "change_from_quantity": 0, "reason": "count"}]});
        let (status, problem) = post(&api, "/v1/stock-levels", &unknown).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/levels/0/lot")), "{problem}");
        let counted = json!({"levels": [{"node": "leeds", "item": "MILK", "lot": "A", "quantity": 3,
            "change_from_quantity": 0, "reason": "found"}]});
        assert_eq!(post(&api, "/v1/stock-levels", &counted).await.0, 200);
        assert_eq!(says(&shop).await, "A allocated 4, A available 3, B allocated 1, C allocated 1");
        shop.holds().await;
    }
}
