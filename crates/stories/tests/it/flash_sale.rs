//! Two hundred at once for fifty.

use std::sync::Arc;

use db::args;
use flows::{
    intake::PlaceOutcome,
    peak::{Ask, PeakError},
};
use kernel::Currency;
use stories::Story;
use testkit::TestDb;

testkit::both_engines! {
    /// F1, F3.
    async fn two_hundred_order_fifty_units_at_once_and_fifty_get_one(db: TestDb) {
        let shop = Arc::new(Story::open(db).await);
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 20).await;
        shop.stock("york", "TEA", 30).await;
        let buyers: Vec<_> = (0..200)
            .map(|n| {
                let shop = shop.clone();
                let channel = ["web", "market", "app", "till"][n % 4];
                tokio::spawn(async move { shop.places(shop.order(channel, &format!("R-{n}"), "york", &[("TEA", 1)])).await })
            })
            .collect();
        let mut accepted = 0;
        for buyer in buyers {
            match buyer.await.unwrap() {
                PlaceOutcome::Accepted(_) => accepted += 1,
                PlaceOutcome::Refused(refused) => {
                    assert!(matches!(refused, flows::intake::Refused::InsufficientStock { .. }), "a clean refusal");
                }
            }
        }
        assert_eq!(accepted, 50);
        assert_eq!(shop.free(&tea).await, 0);
        assert_eq!(shop.count("select count(*) from sales_order").await, 50);
        assert_eq!(shop.count("select count(*) from fulfilment_order").await, 50);
        shop.settles().await;
        assert_eq!(shop.count("select count(*) from effect where state not in ('succeeded')").await, 0, "nothing is stuck");
        shop.holds().await;
    }

    /// F1, as anybody may play it in a demo.
    async fn a_peak_that_is_played_sells_what_there_is_and_no_more_and_is_checked_meanwhile(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 40).await;
        let ask = |code: &str| Ask {
            channel: "web".into(),
            external_code: code.into(),
            currency: Currency::EUR,
            buyers: 24,
            seconds: 1,
        };
        assert!(matches!(shop.play_peak(ask("TEA")).await, Err(PeakError::NotForShow)), "goods are real here");
        let shop = shop.for_show();
        assert!(matches!(shop.play_peak(ask("CUP")).await, Err(PeakError::NotListed { .. })));
        shop.play_peak(ask("TEA")).await.unwrap().await.unwrap();
        let played = shop.peak().unwrap();
        assert!(played.is_over && played.sold > 0 && played.lost == 0, "{played:?}");
        assert_eq!(played.sold + played.free, 40);
        assert_eq!(played.checks.len(), 3);
        assert!(played.checks.iter().all(|check| check.times > 0 && check.breaches == 0), "{played:?}");
        shop.holds().await;
    }

    /// The harness can see the bug: reading first and writing later sells what is not there. SQLite has one writer, so
    /// there the read happens outside the write, as it does in the systems that oversell.
    async fn the_naive_check_then_write_oversells(db: TestDb) {
        let shop = Arc::new(Story::open(db).await);
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let barrier = Arc::new(tokio::sync::Barrier::new(20));
        let buyers: Vec<_> = (0..20)
            .map(|_| {
                let (shop, barrier) = (shop.clone(), barrier.clone());
                tokio::spawn(async move {
                    let (there,): (i64,) = shop
                        .runtime
                        .read(|tx| Box::pin(async move {
                            tx.query_one("select quantity from stock_account where state = 'available'", &[]).await
                        }))
                        .await
                        .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
                    barrier.wait().await;
                    if there < 1 {
                        return false;
                    }
                    shop.runtime
                        .db
                        .write(move |tx| Box::pin(async move {
                            tx.execute("update stock_account set quantity = $1 where state = 'available'", args![there - 1]).await
                        }))
                        .await
                        .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
                    true
                })
            })
            .collect();
        let mut sold = 0;
        for buyer in buyers {
            sold += i64::from(buyer.await.unwrap());
        }
        assert!(sold > 5, "the naive variant sold {sold} of 5");
        let findings = shop.verify().await.unwrap();
        assert!(findings.iter().any(|finding| finding.invariant == "stock.balance_is_its_transfers"), "{findings:?}");
    }
}
