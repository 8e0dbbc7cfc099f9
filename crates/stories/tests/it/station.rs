//! Picked, short, packed, labelled, delivered.

use carriers::Milestone;
use flows::station::StationError;
use stories::Story;
use testkit::TestDb;
use tracking::Report;
use warehouse::ScanRefusal;

fn refusal(result: Result<flows::station::ScanDone, StationError>) -> ScanRefusal {
    match result {
        Err(StationError::Refused { refusal, .. }) => refusal,
        other => panic!("{other:?}"),
    }
}

testkit::both_engines! {
    /// R21.
    async fn the_near_store_with_stock_is_chosen(db: TestDb) {
        let shop = Story::open(db).await;
        shop.opens_node("glasgow", network::NodeKind::Store).await;
        let tea = shop.sells("TEA").await;
        shop.stock("glasgow", "TEA", 50).await;
        shop.stock("york", "TEA", 50).await;
        shop.accepts(shop.order("web", "1", "leeds", &[("TEA", 1)])).await;
        assert_eq!(shop.stock_at("york", &tea).await, [49, 1, 0, 0], "York is 36 km from Leeds, Glasgow 286");
        shop.holds().await;
    }

    /// R22, R52, R76: a store sends the order, from the shelf to the customer's door.
    async fn a_store_picks_packs_labels_and_delivers(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        let accepted = shop.accepts(shop.order("web", "1", "york", &[("TEA", 2)])).await;
        shop.settles().await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        assert_eq!(shop.status(&accepted.order_id).await, "to_pick");
        assert!(!shop.picks(work, "TEA-BAR", 1).await.unwrap().is_complete);
        assert!(shop.picks(work, "TEA", 1).await.unwrap().is_complete);
        assert_eq!(shop.status(&accepted.order_id).await, "to_pack");
        assert_eq!(shop.stock_at("leeds", &tea).await, [1, 0, 2, 0]);
        shop.packs(work, "TEA", 2).await.unwrap();
        assert_eq!(shop.status(&accepted.order_id).await, "to_ship");
        let parcel_id = shop.closes(work).await.parcel_id;
        shop.settles().await;
        let pdf = shop.print(&parcel_id, labels::pdf).await.expect("the label can be printed");
        assert!(pdf.starts_with(b"%PDF"));
        let zpl = shop.print(&parcel_id, labels::zpl).await.expect("the label can be printed");
        assert!(zpl.starts_with("^XA"), "{zpl}");
        shop.hands_over(std::slice::from_ref(&parcel_id)).await;
        assert_eq!(shop.status(&accepted.order_id).await, "on_the_way");
        assert_eq!(shop.stock_at("leeds", &tea).await, [1, 0, 0, 0]);
        shop.waits(24 * 12).await;
        assert_eq!(shop.status(&accepted.order_id).await, "delivered");
        let (captured,) = (shop.count("select captured_minor from payment").await,);
        assert_eq!(captured, 2_490, "two units and shipping, taken when they left");
        shop.holds().await;
    }

    /// R51: each refused with its own words, and counted.
    async fn a_wrong_scan_is_refused_and_counted(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.sells("CUP").await;
        shop.stock("leeds", "TEA", 9).await;
        shop.stock("leeds", "CUP", 9).await;
        let first = shop.accepts(shop.order("web", "1", "york", &[("TEA", 2)])).await;
        let second = shop.accepts(shop.order("web", "2", "york", &[("CUP", 1)])).await;
        let (first, second) =
            (&first.fulfilment_orders[0].fulfilment_order_id, &second.fulfilment_orders[0].fulfilment_order_id);
        assert!(matches!(refusal(shop.picks(first, "0000", 1).await), ScanRefusal::UnknownCode { .. }));
        assert!(matches!(refusal(shop.picks(first, "CUP", 1).await), ScanRefusal::WrongItem { .. } | ScanRefusal::WrongOrder { .. }));
        assert!(matches!(refusal(shop.picks(first, "TEA", 3).await), ScanRefusal::TooMany { .. }));
        assert!(matches!(refusal(shop.packs(first, "TEA", 1).await), ScanRefusal::WrongStage { .. }));
        shop.picks(first, "TEA", 2).await.unwrap();
        assert!(matches!(refusal(shop.picks(first, "TEA", 1).await), ScanRefusal::AlreadyComplete { .. }));
        shop.picks(second, "CUP", 1).await.unwrap();
        let wrong_order = refusal(shop.packs(first, "CUP", 1).await);
        assert!(matches!(wrong_order, ScanRefusal::WrongOrder { ref belongs_to, .. } if belongs_to == second), "{wrong_order:?}");
        let refused = shop.count("select count(*) from station_scan where outcome not in ('good', 'ok', 'confirmed')").await;
        assert_eq!(refused, 6);
        shop.holds().await;
    }

    /// R52, F13: what was not scanned cannot leave.
    async fn an_unpicked_unit_keeps_the_order_from_leaving(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.sells("CUP").await;
        shop.stock("leeds", "TEA", 9).await;
        shop.stock("leeds", "CUP", 9).await;
        let accepted = shop.accepts(shop.order("web", "1", "york", &[("TEA", 1), ("CUP", 2)])).await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        shop.picks(work, "TEA", 1).await.unwrap();
        shop.picks(work, "CUP", 1).await.unwrap();
        let refused = refusal(shop.packs(work, "CUP", 2).await);
        assert!(matches!(refused, ScanRefusal::TooMany { .. } | ScanRefusal::WrongStage { .. }), "{refused:?}");
        shop.packs(work, "TEA", 1).await.unwrap();
        shop.packs(work, "CUP", 1).await.unwrap();
        assert_eq!(shop.status(&accepted.order_id).await, "to_pick", "one cup is still on the shelf");
        let parcel_id = shop.closes(work).await.parcel_id;
        shop.settles().await;
        shop.hands_over(&[parcel_id]).await;
        assert_eq!(shop.status(&accepted.order_id).await, "to_pick", "what left does not hide what did not");
        shop.holds().await;
    }

    /// R21, R22: short at the shelf, sent from the next node.
    async fn a_short_pick_is_sourced_again_from_the_next_node(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        shop.stock("york", "TEA", 5).await;
        let accepted = shop.accepts(shop.order("web", "1", "leeds", &[("TEA", 3)])).await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        assert_eq!(shop.stock_at("leeds", &tea).await, [0, 3, 0, 0]);
        shop.picks(work, "TEA", 1).await.unwrap();
        let done = shop.misses(work, 1, 2).await;
        assert_eq!((done.re_sourced.len(), done.unallocated), (1, 0));
        assert_eq!(shop.stock_at("york", &tea).await, [3, 2, 0, 0]);
        assert_eq!(shop.stock_at("leeds", &tea).await, [0, 0, 1, 0]);
        shop.packs(work, "TEA", 1).await.unwrap();
        let first = shop.closes(work).await.parcel_id;
        let second = shop.makes_ready(&done.re_sourced[0].fulfilment_order_id, &[("TEA", 2)]).await;
        shop.hands_over(&[first, second]).await;
        shop.waits(24 * 12).await;
        assert_eq!(shop.status(&accepted.order_id).await, "delivered");
        shop.holds().await;
    }

    async fn units_nobody_has_wait_and_are_sourced_when_goods_arrive(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 2).await;
        let accepted = shop.accepts(shop.order("web", "1", "leeds", &[("TEA", 2)])).await;
        let done = shop.misses(&accepted.fulfilment_orders[0].fulfilment_order_id, 1, 2).await;
        assert_eq!((done.re_sourced.len(), done.unallocated), (0, 2));
        assert_eq!(shop.status(&accepted.order_id).await, "unallocated");
        shop.stock("york", "TEA", 5).await;
        shop.settles().await;
        assert_eq!(shop.status(&accepted.order_id).await, "to_pick");
        assert_eq!(shop.stock_at("york", &tea).await, [3, 2, 0, 0]);
        assert_eq!(shop.count("select count(*) from job").await, 0, "no work is left behind");
        shop.holds().await;
    }

    async fn a_node_that_missed_a_unit_is_asked_again_when_another_order_gives_one_up(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        let waits = shop.accepts(shop.order("web", "1", "leeds", &[("TEA", 1)])).await;
        let other = shop.accepts(shop.order("web", "2", "leeds", &[("TEA", 2)])).await;
        let done = shop.misses(&waits.fulfilment_orders[0].fulfilment_order_id, 1, 1).await;
        assert_eq!(done.unallocated, 1);
        let cancel = flows::cancel::CancelOrder { order_id: other.order_id, line_nos: vec![], reason: "changed mind".into() };
        shop.cancel(runtime::Call::by("customer"), cancel).await.unwrap();
        shop.settles().await;
        assert_eq!(shop.status(&waits.order_id).await, "to_pick");
        assert_eq!(shop.stock_at("leeds", &tea).await, [1, 1, 0, 0]);
        shop.holds().await;
    }

    /// F5: the same tap twice.
    async fn a_double_tap_moves_the_unit_once(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let accepted = shop.accepts(shop.order("web", "1", "york", &[("TEA", 2)])).await;
        let work = accepted.fulfilment_orders[0].fulfilment_order_id.clone();
        let scan = flows::station::StationScan { fulfilment_order_id: work, code: "TEA".into(), quantity: 1 };
        let call = || runtime::Call::by("picker").keyed("picker POST picks", "tap-1", "f");
        let (a, b) = tokio::join!(shop.pick(call(), scan.clone()), shop.pick(call(), scan.clone()));
        assert_eq!(a.unwrap().into_result(), b.unwrap().into_result());
        assert_eq!(shop.stock_at("leeds", &tea).await, [3, 1, 1, 0]);
        shop.holds().await;
    }

    /// R76: late, twice, out of order, and in words nobody knows.
    async fn tracking_survives_late_double_and_unknown_reports(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        let accepted = shop.accepts(shop.order("web", "1", "york", &[("TEA", 1)])).await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        let parcel_id = shop.makes_ready(work, &[("TEA", 1)]).await;
        shop.hands_over(std::slice::from_ref(&parcel_id)).await;
        let organisation_id = shop.runtime.organisation_id.clone();
        let parcel = shop
            .runtime
            .read(move |tx| Box::pin(async move { shipping::find_parcel(tx, &organisation_id, &parcel_id).await }))
            .await
            .unwrap_or_else(|fault: db::Fault| panic!("{fault}"))
            .unwrap();
        let number = parcel.tracking_number.unwrap();
        let report = |id: &str, code: &str, hours| Report {
            tracking_number: number.clone(),
            carrier_event_id: id.into(),
            raw_status: code.into(),
            milestone: carriers::milestone(code),
            place: "Leeds".into(),
            happened_at: stories::hours_in(hours),
        };
        let call = || runtime::Call::by("carrier");
        let delivered = report("e3", "DLV", 30);
        assert_eq!(delivered.milestone, Milestone::Delivered);
        shop.track(call(), vec![report("e1", "PU", 2), delivered.clone()]).await.unwrap();
        assert_eq!(shop.status(&accepted.order_id).await, "delivered");
        shop.track(call(), vec![report("e2", "TR", 10), delivered, report("e4", "??", 31)]).await.unwrap();
        assert_eq!(shop.status(&accepted.order_id).await, "delivered", "an old scan moves nothing back");
        assert_eq!(shop.count("select count(*) from tracking_event where carrier_event_id like 'e_'").await, 4, "each is kept once");
        assert_eq!(shop.count("select count(*) from tracking_event where milestone = 'unknown'").await, 1);
        shop.holds().await;
    }
}
