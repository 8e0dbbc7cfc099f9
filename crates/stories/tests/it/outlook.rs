//! Somebody is told before goods are sold out, and when there are too many (R16).

use flows::outlook::{AlertSeen, Looked, stock_alerts};
use inventory::outlook::{AlertKind, Limits};
use jiff::SignedDuration;
use kernel::{PageRequest, Scope};
use runtime::Call;
use stories::Story;
use testkit::TestDb;

async fn alerts(shop: &Story) -> Vec<AlertSeen> {
    stock_alerts(&shop.runtime, Scope::EVERYTHING, None, PageRequest::new(None, None)).await.unwrap().rows
}

async fn told(shop: &Story, kind: &str) -> i64 {
    match kind {
        "raised" => shop.count("select count(*) from event where kind = 'stock.alert_raised'").await,
        _ => shop.count("select count(*) from event where kind = 'stock.alert_cleared'").await,
    }
}

/// So many of an item are sold on each of some days; then it is the day after.
async fn sells_daily(shop: &Story, sku: &str, units: i64, days: usize) {
    for day in 0..days {
        let order =
            shop.order("web", &format!("{sku} {day} {}", shop.runtime.now()), "leeds", &[(sku, units)]);
        shop.accepts(order).await;
        let then = shop.runtime.now().checked_add(SignedDuration::from_hours(24)).unwrap();
        shop.runtime.clock.advance_to(then);
    }
}

fn rules(lead_days: i64, excess_days: i64) -> Limits {
    Limits { lead_days, excess_days }
}

testkit::both_engines! {
    /// R16: the alert fires before it is sold out, by the time that goods take to come, and clears when supply is booked.
    async fn a_stockout_is_told_before_it_is_there_and_cleared_when_goods_are_on_their_way(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        let ada = || Call::by("user:ada");
        shop.rule_outlook(ada(), Scope::EVERYTHING, None, rules(5, 60)).await.unwrap();
        // 2 a day for two weeks: twelve are left, which is six days' worth.
        shop.stock("leeds", "TEA", 40).await;
        sells_daily(&shop, "TEA", 2, 14).await;
        assert_eq!(shop.look_ahead().await.unwrap(), Looked { raised: 0, cleared: 0 });
        sells_daily(&shop, "TEA", 2, 1).await;
        assert_eq!(shop.look_ahead().await.unwrap(), Looked { raised: 1, cleared: 0 });
        assert_eq!(shop.look_ahead().await.unwrap(), Looked::default(), "it is told once");
        let standing = alerts(&shop).await;
        assert_eq!(standing.len(), 1);
        let alert = &standing[0];
        assert_eq!((alert.kind, alert.node.as_str(), alert.sku.as_str()), (AlertKind::Stockout, "leeds", "TEA"));
        assert_eq!((alert.outlook.free, alert.outlook.per_hundred_days, alert.outlook.days_left), (10, 200, Some(5)));
        assert_eq!(alert.outlook.stockout_on.map(|day| day.to_string()).as_deref(), Some("2026-03-22"));
        // The next look is at once where other goods are expected; they come a day before the shelf is empty.
        shop.expects("leeds", "PO-1", "2026-03-21", "TEA", 100).await;
        shop.settles().await;
        assert_eq!(alerts(&shop).await, []);
        assert_eq!((told(&shop, "raised").await, told(&shop, "cleared").await), (1, 1));
        shop.holds().await;
    }

    async fn what_sells_in_no_time_that_is_enough_is_too_much(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 200).await;
        shop.rule_outlook(Call::by("user:ada"), Scope::EVERYTHING, Some("TEA-BAR".into()), rules(5, 60)).await.unwrap();
        sells_daily(&shop, "TEA", 1, 28).await;
        shop.look_ahead().await.unwrap();
        let standing = alerts(&shop).await;
        assert_eq!(standing.iter().map(|alert| (alert.kind, &alert.item_id)).collect::<Vec<_>>(), [(AlertKind::Excess, &tea)]);
        assert_eq!((standing[0].outlook.excess, standing[0].outlook.cover_days), (112, Some(172)));
        shop.rule_outlook(Call::by("user:ada"), Scope::EVERYTHING, Some("TEA".into()), rules(5, 365)).await.unwrap();
        shop.settles().await;
        assert_eq!(alerts(&shop).await, []);
        let unknown = shop.rule_outlook(Call::by("user:ada"), Scope::EVERYTHING, Some("NOPE".into()), rules(5, 60)).await;
        assert_eq!(unknown.unwrap_err().to_string(), "there is no item `NOPE`");
    }
}
