//! Stock that nobody moves is told of, with since when and what would free it.

use flows::stuck::{StuckUnits, list_stuck};
use inventory::{
    State,
    till::{TillEvent, TillKind},
};
use kernel::Scope;
use runtime::Call;
use stories::{Story, units_of};
use testkit::TestDb;

async fn stuck(shop: &Story, days: i64) -> Vec<(String, i64)> {
    let found: Vec<StuckUnits> = list_stuck(&shop.runtime, Scope::EVERYTHING, days).await.unwrap();
    found.into_iter().map(|row| (row.state, row.quantity)).collect()
}

testkit::both_engines! {
    async fn f4_what_nobody_moves_is_told_of_with_what_has_it(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 9).await;
        shop.expects("leeds", "PO 7", "2026-03-03", "TEA", 40).await;
        let one = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 3)])).await;
        let work = one.fulfilment_orders[0].fulfilment_order_id.clone();
        shop.picks(&work, "TEA-BAR", 1).await.unwrap();
        let places = shop.find_places(vec![("leeds".into(), "TEA".into())]).await.unwrap();
        let back = TillEvent {
            key: "L1-1".into(),
            kind: TillKind::Return(State::Quarantine),
            node_id: places[0].0.clone().unwrap(),
            item_id: tea.clone(),
            owner_id: shop.merchant_id.clone(),
            lot: String::new(),
            quantity: units_of(2),
            happened_at: shop.runtime.now(),
        };
        shop.ring_up(Call::by("key:till"), vec![back]).await.unwrap();
        assert_eq!(stuck(&shop, 3).await, []);
        shop.runtime.clock.advance_to(stories::hours_in(24 * 6));
        shop.accepts(shop.order("web", "W-2", "leeds", &[("TEA", 1)])).await;
        let mut found = stuck(&shop, 3).await;
        found.sort();
        let row = |state: &str, units| (state.to_owned(), units);
        assert_eq!(found, [row("allocated", 2), row("incoming", 40), row("picked", 1), row("quarantine", 2)]);
        let all = list_stuck(&shop.runtime, Scope::EVERYTHING, 3).await.unwrap();
        let picked = all.iter().find(|row| row.state == "picked").unwrap();
        assert_eq!((picked.held_by.as_str(), picked.reference.as_str()), (one.order_id.as_str(), "W-1"));
        assert_eq!(picked.freed_by, format!("POST /v1/fulfilment-orders/{work}/packs"));
        assert_eq!(stuck(&shop, 30).await, []);
        shop.holds().await;
    }
}
