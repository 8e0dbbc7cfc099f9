//! Many orders cancelled together: what is shown first is what is done, and nothing is done twice.

use flows::bulk::{CancelOrders, Planned, plan};
use kernel::{OperationId, OrderId};
use operations::{Operation, Outcome, RowResult, State};
use orders::cancel::CannotCancel;
use runtime::Call;
use stories::Story;
use testkit::TestDb;

async fn plans(shop: &Story, order_ids: &[OrderId]) -> Vec<Planned> {
    let (organisation_id, order_ids) = (shop.runtime.organisation_id.clone(), order_ids.to_vec());
    let planned: Result<_, db::Fault> = shop
        .runtime
        .read(move |tx| Box::pin(async move { plan(tx, &organisation_id, &order_ids).await }))
        .await;
    planned.unwrap()
}

async fn asks(shop: &Story, order_ids: &[OrderId]) -> OperationId {
    let cancel = CancelOrders { order_ids: order_ids.to_vec(), reason: "out_of_stock".into() };
    let new = cancel.into_operation();
    let started = shop.runtime.run(Call::by("user:ada"), move |cx| {
        let new = new.clone();
        Box::pin(async move { operations::start(cx, &new).await })
    });
    started.await.unwrap()
}

async fn looks(shop: &Story, id: &OperationId) -> (Operation, Vec<RowResult>) {
    let (organisation_id, id) = (shop.runtime.organisation_id.clone(), id.clone());
    let found: Result<_, db::Fault> = shop
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let found = operations::find_operation(tx, &organisation_id, &id).await?;
                let rows = operations::list_rows(tx, &organisation_id, &id, "", 0, 10_000).await?;
                Ok((found.expect("it was started"), rows))
            })
        })
        .await;
    found.unwrap()
}

testkit::both_engines! {
    async fn what_is_shown_of_many_cancellations_is_what_is_done(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 20).await;
        let mut paid = shop.order("web", "paid", "york", &[("TEA", 2)]);
        paid.is_paid = true;
        let paid = shop.accepts(paid).await;
        let boxed = shop.accepts(shop.order("web", "boxed", "york", &[("TEA", 3)])).await;
        let gone = shop.accepts(shop.order("web", "gone", "york", &[("TEA", 1)])).await;
        let dead = shop.accepts(shop.order("web", "dead", "york", &[("TEA", 1)])).await;
        shop.settles().await;
        shop.makes_ready(&boxed.fulfilment_orders[0].fulfilment_order_id, &[("TEA", 3)]).await;
        let parcel_id = shop.makes_ready(&gone.fulfilment_orders[0].fulfilment_order_id, &[("TEA", 1)]).await;
        shop.hands_over(&[parcel_id]).await;
        let cancel = flows::cancel::CancelOrder { order_id: dead.order_id.clone(), line_nos: vec![], reason: "x".into() };
        shop.cancel(Call::by("user:ada"), cancel).await.unwrap();

        let order_ids = [&paid, &boxed, &gone, &dead].map(|order| order.order_id.clone());
        let (before, events) = (shop.free(&tea).await, "select count(*) from event where kind = 'order.cancelled'");
        let planned = plans(&shop, &order_ids).await;
        assert_eq!((shop.free(&tea).await, shop.count(events).await), (before, 1), "showing changes nothing");
        let told = |planned: &Planned| planned.fate.clone().map(|fate| (fate.cancelled_units, fate.refund_minor));
        assert_eq!(planned.iter().map(told).collect::<Vec<_>>(), [
            Ok((2, 2_490)),
            Ok((3, 0)),
            Err(CannotCancel::AlreadyDispatched { units: 1 }),
            Err(CannotCancel::AlreadyCancelled),
        ]);

        let id = asks(&shop, &order_ids).await;
        assert!(shop.run_operation().await.unwrap());
        let (done, rows) = looks(&shop, &id).await;
        assert_eq!((done.state, done.total, done.counts.told()), (State::Succeeded, Some(4), 4));
        let told: Vec<(&str, Outcome, &str)> = rows
            .iter()
            .map(|row| (row.subject.as_str(), row.outcome, row.problems.first().map_or("", |told| &told.code)))
            .collect();
        assert_eq!(told, [
            ("paid", Outcome::Done, ""),
            ("boxed", Outcome::Done, ""),
            ("gone", Outcome::Failed, "order_has_left"),
            ("dead", Outcome::Unchanged, "already_cancelled"),
        ]);
        shop.settles().await;
        assert_eq!(shop.free(&tea).await, before + 5, "what was inside is on the shelf again");
        assert_eq!(shop.count("select cast(sum(refunded_minor) as bigint) from payment").await, 2_490);
        shop.holds().await;
    }

    async fn a_worker_that_dies_among_many_cancellations_leaves_none_done_twice(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 200).await;
        let mut order_ids = Vec::new();
        for number in 0..90 {
            let order = shop.order("web", &format!("N{number}"), "york", &[("TEA", 1)]);
            order_ids.push(shop.accepts(order).await.order_id);
        }
        let id = asks(&shop, &order_ids).await;
        {
            let mut working = std::pin::pin!(shop.run_operation());
            while looks(&shop, &id).await.0.counts.told() < 20 {
                tokio::select! {
                    done = &mut working => panic!("it came to its end: {done:?}"),
                    () = tokio::task::yield_now() => {}
                }
            }
        }
        assert_eq!(looks(&shop, &id).await.0.state, State::Running);
        let clock = &shop.runtime.clock;
        clock.advance_to(clock.now().checked_add(std::time::Duration::from_secs(61)).unwrap());
        assert!(shop.run_operation().await.unwrap());
        let (done, rows) = looks(&shop, &id).await;
        assert_eq!((done.state, done.counts.done, rows.len()), (State::Succeeded, 90, 90), "{:?}", done.counts);
        assert_eq!(shop.count("select count(*) from event where kind = 'order.cancelled'").await, 90);
        shop.settles().await;
        assert_eq!(shop.free(&tea).await, 200);
        shop.holds().await;
    }

    async fn many_cancellations_stop_when_somebody_says_so_and_what_was_done_is_told(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 100).await;
        let mut order_ids = Vec::new();
        for number in 0..60 {
            let order = shop.order("web", &format!("N{number}"), "york", &[("TEA", 1)]);
            order_ids.push(shop.accepts(order).await.order_id);
        }
        let id = asks(&shop, &order_ids).await;
        {
            let mut working = std::pin::pin!(shop.run_operation());
            while looks(&shop, &id).await.0.counts.told() < 20 {
                tokio::select! {
                    done = &mut working => panic!("it came to its end: {done:?}"),
                    () = tokio::task::yield_now() => {}
                }
            }
            let stop = id.clone();
            let stopped = shop.runtime.run(Call::by("user:ada"), move |cx| {
                let stop = stop.clone();
                Box::pin(async move { operations::cancel(cx, &stop).await })
            });
            tokio::select! {
                biased;
                stopped = stopped => stopped.unwrap(),
                done = &mut working => panic!("it came to its end: {done:?}"),
            }
            assert!(working.await.unwrap());
        }
        let (stopped, rows) = looks(&shop, &id).await;
        assert_eq!(stopped.state, State::Cancelled);
        assert!((20..60).contains(&rows.len()), "{}", rows.len());
        let cancelled = shop.count("select count(*) from event where kind = 'order.cancelled'").await;
        assert_eq!((stopped.counts.done, rows.len() as i64), (cancelled, cancelled));
        shop.holds().await;
    }
}
