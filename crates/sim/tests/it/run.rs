//! Days of trade, verified after every hour.

use sim::run::{Plan, open, run};
use testkit::TestDb;

async fn check(db: TestDb, seed: u64) {
    let plan = Plan { seed, days: 1, orders_a_day: 60 };
    let flows = open((*db).clone(), &plan).await.unwrap();
    let report = run(&flows, &plan).await.unwrap();
    println!("{report:#?}");
    assert!(report.tally.orders > 30, "{report:?}");
    assert!(report.ended["delivered"] > 25, "{report:?}");
    assert!(report.hours_verified > 24, "{report:?}");
    assert_eq!(report.ended.values().sum::<i64>() as u64, report.tally.orders, "every order ends: {report:?}");
}

testkit::both_engines! {
    async fn a_day_of_trade_ends_with_every_order_ended(db: TestDb) {
        check(db, 1).await;
    }

    async fn another_day_of_trade_ends_with_every_order_ended(db: TestDb) {
        check(db, 2).await;
    }
}
