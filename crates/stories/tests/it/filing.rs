//! Orders that come in a rush are accepted at once and filed within moments, and nobody notices.

use std::{sync::Arc, time::Duration};

use flows::{
    cancel::CancelOrder,
    intake::{Later, PlaceOutcome, Refused},
};
use runtime::Call;
use stories::Story;
use testkit::TestDb;

/// Every order waits for somebody who asks for it.
const ON_REQUEST: Later = Later { from: 1, after: Duration::from_secs(3_600) };

async fn slips(shop: &Story) -> i64 {
    let (count,): (i64,) = shop
        .runtime
        .beside()
        .read(|tx| Box::pin(async move { tx.query_one("select count(*) from slip", &[]).await }))
        .await
        .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
    count
}

async fn in_a_rush(db: TestDb) -> Story {
    let shop = Story::open(db).await.filing(ON_REQUEST);
    shop.sells("TEA").await;
    shop.stock("leeds", "TEA", 20).await;
    shop
}

testkit::both_engines! {
    async fn an_order_is_found_by_whoever_looks_for_it_right_after_its_answer(db: TestDb) {
        let shop = in_a_rush(db).await;
        let accepted = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 2)])).await;
        assert_eq!(slips(&shop).await, 1, "it is not filed yet");
        assert_eq!(shop.status(&accepted.order_id).await, "to_pick");
        assert_eq!(slips(&shop).await, 0, "it was filed for whoever asked");
        shop.holds().await;
    }

    async fn stock_is_taken_at_once_whatever_is_filed(db: TestDb) {
        let shop = in_a_rush(db).await;
        shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 15)])).await;
        let refused = shop.refuses(shop.order("web", "W-2", "leeds", &[("TEA", 6)])).await;
        let Refused::InsufficientStock { lines } = refused else { panic!("{refused:?}") };
        assert_eq!(lines[0].available, 5);
        shop.accepts(shop.order("market", "M-1", "leeds", &[("TEA", 5)])).await;
        assert_eq!(slips(&shop).await, 2);
        shop.holds().await;
    }

    async fn an_order_that_is_not_filed_is_cancelled_picked_and_sent_like_any_other(db: TestDb) {
        let shop = in_a_rush(db).await;
        let first = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 2)])).await;
        let second = shop.accepts(shop.order("web", "W-2", "leeds", &[("TEA", 3)])).await;
        let cancel = CancelOrder { order_id: first.order_id.clone(), line_nos: Vec::new(), reason: "too dear".into() };
        shop.cancel(Call::by("test"), cancel).await.unwrap();
        assert_eq!(shop.status(&first.order_id).await, "cancelled");
        let work = &second.fulfilment_orders[0].fulfilment_order_id;
        shop.makes_ready(work, &[("TEA", 3)]).await;
        assert_eq!(shop.status(&second.order_id).await, "to_ship");
        shop.holds().await;
    }

    async fn a_reference_that_is_not_filed_is_taken_all_the_same(db: TestDb) {
        let shop = in_a_rush(db).await;
        let order = shop.order("web", "W-1", "leeds", &[("TEA", 2)]);
        let accepted = shop.accepts(order.clone()).await;
        let again = shop.accepts(order.clone()).await;
        assert!(again.is_repeat && again.order_id == accepted.order_id);
        let mut other = order.clone();
        other.lines[0].quantity = 3;
        assert_eq!(shop.refuses(other).await, Refused::Conflict { order_id: accepted.order_id.clone() });
        // Other channels have names of their own.
        let elsewhere = shop.accepts(shop.order("market", "W-1", "leeds", &[("TEA", 2)])).await;
        assert!(!elsewhere.is_repeat);
        shop.holds().await;
        let filed = shop.accepts(order).await;
        assert!(filed.is_repeat && filed.order_id == accepted.order_id, "nor is it free when it is filed");
    }

    async fn under_a_key_the_same_is_answered_before_and_after_it_is_filed(db: TestDb) {
        let shop = in_a_rush(db).await;
        let order = shop.order("web", "W-1", "leeds", &[("TEA", 2)]);
        let first = shop.places_keyed(order.clone(), "k").await.into_result().unwrap();
        let before = shop.places_keyed(order.clone(), "k").await.into_result().unwrap();
        shop.holds().await;
        let after = shop.places_keyed(order, "k").await.into_result().unwrap();
        assert!(first == before && first == after);
        assert_eq!(shop.count("select count(*) from sales_order").await, 1);
    }

    async fn what_was_accepted_when_the_house_fell_is_filed_by_whoever_opens_it_next(db: TestDb) {
        let shop = in_a_rush(db).await;
        let accepted = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 2)])).await;
        assert_eq!(slips(&shop).await, 1);
        let shop = shop.falls_and_rises();
        assert_eq!(shop.status(&accepted.order_id).await, "to_pick");
        shop.settles().await;
        shop.holds().await;
    }

    async fn a_backup_with_slips_is_restored_whole(db: TestDb) {
        let shop = in_a_rush(db).await;
        let accepted = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 2)])).await;
        let restored = shop.backed_up().await;
        let shop = shop.goes_on_from(restored).await;
        assert_eq!(shop.status(&accepted.order_id).await, "to_pick");
        shop.holds().await;
    }

    async fn while_a_rush_goes_on_everything_holds_whenever_it_is_looked_at(db: TestDb) {
        let shop = Arc::new(Story::open(db).await.filing(Later { from: 2, after: Duration::ZERO }));
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 150).await;
        let buyers: Vec<_> = (0..200)
            .map(|n| {
                let shop = shop.clone();
                tokio::spawn(async move {
                    // Each reference twice, from wherever it comes.
                    let order = shop.order("web", &format!("R-{}", n / 2), "york", &[("TEA", 2)]);
                    shop.places(order).await
                })
            })
            .collect();
        let looking = tokio::spawn({
            let shop = shop.clone();
            async move {
                for _ in 0..5 {
                    let findings = shop.verify().await.unwrap();
                    assert!(findings.is_empty(), "{findings:#?}");
                }
            }
        });
        let mut taken = 0;
        for buyer in buyers {
            match buyer.await.unwrap() {
                PlaceOutcome::Accepted(accepted) => taken += i64::from(!accepted.is_repeat),
                PlaceOutcome::Refused(Refused::InsufficientStock { .. }) => {}
                PlaceOutcome::Refused(other) => panic!("{other:?}"),
            }
        }
        looking.await.unwrap();
        assert_eq!(taken, 75);
        assert_eq!(shop.count("select count(*) from sales_order").await, 75);
        assert_eq!(shop.count("select count(*) from unfiled_order").await, 0, "no claim is left");
        shop.settles().await;
        shop.holds().await;
    }
}
