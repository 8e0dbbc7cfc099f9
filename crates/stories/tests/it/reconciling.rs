//! What channels show is held against what they may sell: found at once, repaired once, and never for ever.

use flows::reconcile::{ReportDone, ReportOutcome, Reported};
use inventory::store::{DiscrepancyFilter, DiscrepancyRow};
use jiff::SignedDuration;
use kernel::{DiscrepancyId, PageRequest, Scope, Timestamp};
use runtime::Call;
use stories::Story;
use testkit::TestDb;

/// A channel's report of one code, made at a time.
async fn reports_at(shop: &Story, at: Timestamp, quantity: i64, origin: Option<DiscrepancyId>) -> ReportDone {
    let organisation_id = shop.runtime.organisation_id.clone();
    let channel = shop.runtime.read(move |tx| {
        Box::pin(async move { catalogue::find_channel_by_code(tx, &organisation_id, "web").await })
    });
    let channel = channel.await.unwrap_or_else(|fault: db::Fault| panic!("{fault}")).unwrap();
    let row = Reported { external_code: "TEA".into(), quantity, origin };
    let done = shop.reconcile(Call::by("channel:web"), channel, at, vec![row]).await.unwrap();
    done.into_result().unwrap().remove(0)
}

/// A report of this moment, some minutes after what was before.
async fn reports(shop: &Story, quantity: i64) -> ReportDone {
    let now = shop.runtime.now().checked_add(SignedDuration::from_mins(5)).unwrap();
    shop.runtime.clock.advance_to(now);
    reports_at(shop, now, quantity, None).await
}

async fn differences(shop: &Story) -> Vec<DiscrepancyRow> {
    let (filter, page) = (DiscrepancyFilter::default(), PageRequest::new(None, None));
    flows::discrepancies::find_discrepancies(&shop.runtime, Scope::EVERYTHING, filter, page)
        .await
        .unwrap()
        .rows
}

async fn told(shop: &Story) -> i64 {
    shop.count("select count(*) from event where kind = 'channel.stock_told' and change is not null").await
}

testkit::both_engines! {
    async fn r13_a_corrupted_quantity_of_a_channel_is_found_in_the_next_report_and_repaired(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        assert_eq!(reports(&shop, 5).await.outcome, ReportOutcome::Same);
        let found = reports(&shop, 9).await;
        assert_eq!((found.outcome, found.offered), (ReportOutcome::Told, Some(5)));
        assert_eq!(told(&shop).await, 1, "the audit log shows what it was told, from what to what");
        let shown = differences(&shop).await;
        assert_eq!((shown[0].kind.as_str(), shown[0].state.as_str()), ("channel_differs", "repairing"));
        assert_eq!((shown[0].expected, shown[0].found, shown[0].told), (5, 9, Some(5)));
        assert_eq!(reports(&shop, 5).await.outcome, ReportOutcome::Repaired);
        assert_eq!(differences(&shop).await[0].state, "repaired");
        assert_eq!(reports(&shop, 5).await.outcome, ReportOutcome::Same);
        assert_eq!(told(&shop).await, 1);
        shop.holds().await;
    }

    async fn f12_the_echo_of_a_repair_starts_no_other(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let found = reports(&shop, 9).await;
        let id = found.discrepancy_id.unwrap();
        // What the channel sends because it was told, before it has done it; and what it had sent before.
        let echo = reports_at(&shop, shop.runtime.now(), 9, Some(id.clone())).await;
        assert_eq!(echo.outcome, ReportOutcome::Known);
        let before = shop.runtime.now().checked_sub(SignedDuration::from_mins(1)).unwrap();
        assert_eq!(reports_at(&shop, before, 8, None).await.outcome, ReportOutcome::Known);
        assert_eq!(told(&shop).await, 1);
        let echo = reports_at(&shop, shop.runtime.now(), 5, Some(id.clone())).await;
        assert_eq!(echo.outcome, ReportOutcome::Repaired);
        let late = reports_at(&shop, shop.runtime.now(), 9, Some(id)).await;
        assert_eq!(late.outcome, ReportOutcome::Known, "also when it is over");
        assert_eq!((told(&shop).await, differences(&shop).await.len()), (1, 1));
        shop.holds().await;
    }

    async fn f12_a_channel_that_does_not_listen_is_told_three_times_and_then_somebody_must_look(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        for _ in 0..3 {
            assert_eq!(reports(&shop, 9).await.outcome, ReportOutcome::Told);
        }
        assert_eq!(reports(&shop, 9).await.outcome, ReportOutcome::Stuck);
        for _ in 0..5 {
            assert_eq!(reports(&shop, 9).await.outcome, ReportOutcome::Known);
        }
        let shown = differences(&shop).await;
        assert_eq!((shown.len(), shown[0].state.as_str(), shown[0].tries), (1, "stuck", 3));
        assert_eq!(told(&shop).await, 3);
        let id = shown[0].discrepancy_id.clone();
        shop.resolve_discrepancy(Call::by("user:ada"), id, "the listing was locked there".into()).await.unwrap();
        assert_eq!(reports(&shop, 9).await.outcome, ReportOutcome::Told, "a new difference is a new one");
        assert_eq!(differences(&shop).await.len(), 2);
        shop.holds().await;
    }

    async fn r13_a_channel_that_did_as_it_was_told_is_not_blamed_for_what_was_sold_since(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        assert_eq!(reports(&shop, 9).await.outcome, ReportOutcome::Told);
        shop.accepts(shop.order("market", "M-1", "leeds", &[("TEA", 2)])).await;
        let done = reports(&shop, 5).await;
        assert_eq!((done.outcome, done.offered), (ReportOutcome::Repaired, Some(3)));
        shop.holds().await;
    }
}
