//! Days of trade, verified after every hour.

use sim::run::{Plan, Report, open, run};
use testkit::{TestDb, Trouble, skip_or_fail};

async fn a_day_with(db: &TestDb, seed: u64) -> Report {
    let plan = Plan { seed, days: 1, orders_a_day: 60 };
    let flows = open((**db).clone(), &plan).await.unwrap();
    run(&flows, &plan).await.unwrap()
}

testkit::both_engines! {
    async fn after_a_day_of_trade_every_order_comes_to_an_end(db: TestDb) {
        let report = a_day_with(&db, 1).await;
        println!("{report:#?}");
        assert!(report.tally.orders > 30, "{report:?}");
        assert_eq!(report.ended.values().sum::<i64>() as u64, report.tally.orders, "{report:?}");
        assert!(report.ended["delivered"] > 25, "{report:?}");
        assert!(report.tally.scans_refused > 0, "{report:?}");
        assert!(report.label_purchases_asked >= report.labels, "no label is there that nobody asked for: {report:?}");
        assert!(report.verified > 24, "{report:?}");
    }
}

#[tokio::test]
async fn a_seed_is_the_same_run_again_on_either_engine() {
    let first = a_day_with(&TestDb::sqlite().await.unwrap(), 2).await;
    match TestDb::postgres().await {
        Ok(db) => assert_eq!(a_day_with(&db, 2).await, first),
        Err(Trouble::NoPrograms) => skip_or_fail(&Trouble::NoPrograms),
        Err(trouble) => panic!("{trouble}"),
    }
}
