//! What somebody should look at is on its page, and the board says when its numbers are true.

use db::Fault;
use jiff::SignedDuration;
use testkit::{TestDb, both_engines};

use crate::house::House;

both_engines! {
    async fn what_will_be_sold_out_is_shown_with_its_day(db: TestDb) {
        let house = House::open(db).await;
        house.sees("/stock").await.says(&["/stock-alerts"]);
        house.sees("/stock-alerts").await.says(&["Nothing to look at"]);
        house.shop.sells("TEA").await;
        house.shop.stock("leeds", "TEA", 16).await;
        for day in 0..7 {
            let order = house.shop.order("web", &format!("{day}"), "leeds", &[("TEA", 2)]);
            house.shop.accepts(order).await;
            let then = house.shop.runtime.now().checked_add(SignedDuration::from_hours(24)).unwrap();
            house.shop.runtime.clock.advance_to(then);
        }
        house.shop.look_ahead().await.unwrap();
        // The session is over by then. Two are left, which is what a day sells.
        let cookie = house.comes_in().await;
        house.see(&cookie, "/stock-alerts").await.says(&["Fine TEA", "leeds", "Sold out on 2026-03-10", "<polyline"]);
    }

    /// R4: the position is that of the stream that webhooks and readers of changes follow.
    async fn the_board_says_at_which_position_its_numbers_are_true(db: TestDb) {
        let house = House::open(db).await;
        house.shop.sells("TEA").await;
        house.shop.stock("leeds", "TEA", 16).await;
        house.shop.settles().await;
        let id = house.shop.runtime.organisation_id.clone();
        let head: Result<i64, Fault> =
            house.shop.runtime.read(move |tx| Box::pin(async move { runtime::event::head(tx, &id).await })).await;
        let position = format!("data-position=\"{}\"", head.unwrap());
        house.sees("/channel-stock").await.says(&[&position, "<b>16</b>"]);
    }
}
