//! What a till sold is gone, whatever the book says; who gives way is chosen, told and shown.

use flows::till::{TillDone, TillOutcome};
use inventory::{
    State,
    store::{DiscrepancyFilter, DiscrepancyRow},
    till::{TillEvent, TillKind},
};
use kernel::{ItemId, PageRequest, Scope};
use runtime::Call;
use stories::{Story, units_of};
use testkit::TestDb;

async fn event(
    shop: &Story,
    key: &str,
    kind: TillKind,
    node: &str,
    item_id: &ItemId,
    units: i64,
) -> TillEvent {
    let places = shop.find_places(vec![(node.into(), item_id.to_string())]).await.unwrap();
    TillEvent {
        key: key.into(),
        kind,
        node_id: places[0].0.clone().unwrap(),
        item_id: item_id.clone(),
        owner_id: shop.merchant_id.clone(),
        lot: String::new(),
        quantity: units_of(units),
        happened_at: shop.runtime.now(),
    }
}

async fn sale(shop: &Story, key: &str, item_id: &ItemId, units: i64) -> TillEvent {
    event(shop, key, TillKind::Sale, "leeds", item_id, units).await
}

async fn back(shop: &Story, key: &str, item_id: &ItemId, units: i64, state: State) -> TillEvent {
    event(shop, key, TillKind::Return(state), "leeds", item_id, units).await
}

async fn rings(shop: &Story, events: Vec<TillEvent>) -> Vec<TillDone> {
    shop.ring_up(Call::by("key:till"), events).await.unwrap().into_result().unwrap()
}

fn outcomes(done: &[TillDone]) -> Vec<TillOutcome> {
    done.iter().map(|done| done.outcome).collect()
}

async fn differences(shop: &Story) -> Vec<DiscrepancyRow> {
    let (filter, page) = (DiscrepancyFilter::default(), PageRequest::new(None, None));
    flows::discrepancies::find_discrepancies(&shop.runtime, Scope::EVERYTHING, filter, page)
        .await
        .unwrap()
        .rows
}

testkit::both_engines! {
    async fn r15_a_till_sells_from_the_one_pool_and_returns_to_it(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let done = rings(&shop, vec![sale(&shop, "L1-1", &tea, 2).await]).await;
        assert_eq!(outcomes(&done), [TillOutcome::Booked]);
        assert_eq!(shop.stock_at("leeds", &tea).await[0], 3);
        let events = vec![
            back(&shop, "L1-2", &tea, 1, State::Available).await,
            back(&shop, "L1-3", &tea, 1, State::Damaged).await,
        ];
        assert_eq!(outcomes(&rings(&shop, events).await), [TillOutcome::Booked; 2]);
        assert_eq!(shop.stock_at("leeds", &tea).await[0], 4);
        assert_eq!(shop.in_state(&tea, "damaged").await, 1);
        assert_eq!(differences(&shop).await, []);
        shop.holds().await;
    }

    async fn r15_a_till_sells_the_unit_reserved_online_and_the_order_is_sourced_again(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 1).await;
        let order = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 1)])).await;
        shop.stock("york", "TEA", 1).await;
        let done = rings(&shop, vec![sale(&shop, "L1-1", &tea, 1).await]).await;
        assert_eq!(outcomes(&done), [TillOutcome::TookPromised]);
        assert_eq!(done[0].re_sourced, std::slice::from_ref(&order.order_id));
        assert_eq!(shop.stock_at("leeds", &tea).await, [0; 4]);
        assert_eq!(shop.stock_at("york", &tea).await, [0, 1, 0, 0]);
        assert_eq!(shop.status(&order.order_id).await, "to_pick");
        let shown = differences(&shop).await;
        assert_eq!(shown.len(), 1);
        assert_eq!((shown[0].kind.as_str(), shown[0].state.as_str()), ("till_took_promised", "repaired"));
        assert_eq!(shown[0].order_id, order.order_id.as_str());
        shop.holds().await;
        let told = shop.count(
            "select count(*) from event where kind in ('order.short_picked', 'order.sourced_again', 'discrepancy.found')",
        ).await;
        assert_eq!(told, 3, "whoever follows the order is told");
    }

    async fn r15_where_nobody_has_another_unit_the_order_waits_and_that_is_shown(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        let early = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 1)])).await;
        shop.runtime.clock.advance_to(stories::hours_in(2));
        let late = shop.accepts(shop.order("web", "W-2", "leeds", &[("TEA", 1)])).await;
        let picked = &early.fulfilment_orders[0].fulfilment_order_id;
        let done = rings(&shop, vec![sale(&shop, "L1-1", &tea, 2).await]).await;
        assert_eq!(outcomes(&done), [TillOutcome::TookPromised]);
        assert_eq!(shop.status(&late.order_id).await, "unallocated", "what was promised latest gives way");
        assert_eq!(differences(&shop).await[0].state, "open");
        shop.picks(picked, "TEA-BAR", 1).await.unwrap();
        assert_eq!(shop.stock_at("leeds", &tea).await, [0, 0, 1, 0]);
        shop.stock("leeds", "TEA", 1).await;
        shop.settles().await;
        assert_eq!(shop.status(&late.order_id).await, "to_pick");
        shop.holds().await;
    }

    async fn r15_a_cart_gives_way_before_an_order_does(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 2).await;
        let order = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 1)])).await;
        shop.hold(stories::cart("web", "cart-1", &[("TEA", 1)])).await.unwrap();
        let done = rings(&shop, vec![sale(&shop, "L1-1", &tea, 1).await]).await;
        assert_eq!(outcomes(&done), [TillOutcome::Booked]);
        assert_eq!((shop.in_state(&tea, "held").await, shop.free(&tea).await), (0, 0));
        assert_eq!(shop.status(&order.order_id).await, "to_pick");
        shop.holds().await;
    }

    async fn r15_what_the_book_never_had_is_found_and_sold_and_shown(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let done = rings(&shop, vec![sale(&shop, "L1-1", &tea, 2).await]).await;
        assert_eq!(outcomes(&done), [TillOutcome::Unbooked]);
        assert_eq!(shop.stock_at("leeds", &tea).await, [0; 4]);
        let shown = differences(&shop).await;
        assert_eq!((shown[0].kind.as_str(), shown[0].found, shown[0].state.as_str()), ("till_unbooked", 2, "open"));
        let entries = shop
            .count("select count(*) from stock_transfer where cause_id = 'till:L1-1' and reason in ('till_found', 'till_sale')")
            .await;
        assert_eq!(entries, 2, "the compensating entry and the sale, both with their cause");
        shop.holds().await;
    }

    /// Also where a till sends parts of its day again, and two of them at once.
    async fn r15_a_day_offline_comes_in_any_order_and_more_than_once(db: TestDb) {
        let shop = std::sync::Arc::new(Story::open(db).await);
        let tea = shop.sells("TEA").await;
        let jam = shop.sells("JAM").await;
        shop.stock("leeds", "TEA", 6).await;
        shop.stock("leeds", "JAM", 4).await;
        let order = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 2)])).await;
        let mut day = Vec::new();
        for (place, item_id) in [&tea, &jam, &tea, &jam, &tea, &tea].into_iter().enumerate() {
            day.push(sale(&shop, &format!("L1-{place}"), item_id, 1).await);
        }
        day.push(back(&shop, "L1-back", &tea, 1, State::Available).await);
        day.reverse();
        let other = [day[2].clone(), day[0].clone(), day[5].clone(), day[2].clone()].to_vec();
        let (one, two) = (shop.clone(), shop.clone());
        let (whole, part) = (day.clone(), other);
        let first = tokio::spawn(async move { rings(&one, whole).await });
        let second = tokio::spawn(async move { rings(&two, part).await });
        first.await.unwrap();
        second.await.unwrap();
        assert_eq!(outcomes(&rings(&shop, day.clone()).await), [TillOutcome::Repeated; 7]);
        assert_eq!(shop.stock_at("leeds", &tea).await, [1, 2, 0, 0]);
        assert_eq!(shop.stock_at("leeds", &jam).await, [2, 0, 0, 0]);
        assert_eq!(shop.status(&order.order_id).await, "to_pick");
        let otherwise = TillEvent { quantity: units_of(3), ..day[1].clone() };
        assert_eq!(outcomes(&rings(&shop, vec![otherwise]).await), [TillOutcome::KeyTaken]);
        assert_eq!(shop.stock_at("leeds", &jam).await, [2, 0, 0, 0]);
        shop.holds().await;
    }

    /// Whatever tills and shops do at the same moment, no unit is sold twice and none below zero.
    async fn r15_tills_and_orders_at_once_never_take_more_than_there_is(db: TestDb) {
        let shop = std::sync::Arc::new(Story::open(db).await);
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 6).await;
        let mut racing = Vec::new();
        for who in 0..6 {
            let sold = sale(&shop, &format!("L1-{who}"), &tea, 1).await;
            let order = shop.order("web", &format!("W-{who}"), "leeds", &[("TEA", 1)]);
            let (till, web) = (shop.clone(), shop.clone());
            racing.push(tokio::spawn(async move { drop(rings(&till, vec![sold]).await) }));
            racing.push(tokio::spawn(async move { drop(web.places(order).await) }));
        }
        for one in racing {
            one.await.unwrap();
        }
        assert_eq!(shop.stock_at("leeds", &tea).await, [0; 4], "six were sold at the till, so no order has one");
        assert_eq!(shop.count("select count(*) from till_event").await, 6);
        shop.holds().await;
    }
}
