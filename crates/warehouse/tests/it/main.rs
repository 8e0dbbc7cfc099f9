//! Scans over real SQL.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use db::Fault;
use kernel::{FulfilmentOrderId, ItemId, NodeId, OrganisationId, Quantity, Timestamp};
use runtime::{Call, Clock, Runtime};
use testkit::TestDb;
use warehouse::{NewScan, Scan, ScannedItem, Stage, Work, WorkLine, pick, record_scans};

fn work() -> Work {
    let line = WorkLine {
        line_no: 1,
        item_id: ItemId::from_body("tea"),
        sku: "TEA".into(),
        title: "Tea".into(),
        codes: Vec::new(),
        allocated: Quantity::new(2).unwrap(),
        picked: Quantity::ZERO,
        packed: Quantity::ZERO,
    };
    let again = WorkLine { line_no: 2, ..line.clone() };
    Work {
        fulfilment_order_id: FulfilmentOrderId::from_body("1"),
        lines: vec![line, again],
        other_work: Vec::new(),
    }
}

fn scan(code: &str, quantity: i64) -> NewScan {
    let item = ScannedItem {
        item_id: ItemId::from_body(&code.to_lowercase()),
        sku: code.into(),
        title: code.into(),
    };
    let quantity = Quantity::new(quantity).unwrap();
    NewScan {
        fulfilment_order_id: FulfilmentOrderId::from_body("1"),
        node_id: NodeId::from_body("sofia"),
        stage: Stage::Pick,
        code: code.into(),
        quantity,
        outcome: pick::decide(&work(), &Scan { code: code.into(), item: Some(item), quantity }),
    }
}

testkit::both_engines! {
    async fn a_wrong_scan_is_refused_and_counted(db: TestDb) {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let rt = Runtime::new((*db).clone(), clock, OrganisationId::from_body("test"), Some(7));
        let scans = vec![scan("TEA", 3), scan("PEN", 1), scan("TEA\u{0}", 1), scan("TEA", 9)];
        rt.run(Call::by("user:usr_maria"), move |cx| {
            let scans = scans.clone();
            Box::pin(async move { record_scans(cx, &scans).await })
        })
        .await
        .map_err(|fault: Fault| fault.to_string())
        .unwrap();

        let organisation_id = rt.organisation_id.clone();
        let (scans, counts, before, breaches) = rt
            .read(move |tx| {
                Box::pin(async move {
                    let (epoch, next) = (Timestamp::UNIX_EPOCH, Timestamp::from_second(86_400).unwrap());
                    let work = FulfilmentOrderId::from_body("1");
                    let scans = warehouse::list_scans(tx, &organisation_id, &work).await?;
                    let counts = warehouse::count_scans(tx, &organisation_id, epoch, next).await?;
                    let before = warehouse::count_scans(tx, &organisation_id, Timestamp::from_second(-86_400).unwrap(), epoch).await?;
                    let breaches = runtime::verify::check(tx, &organisation_id, warehouse::INVARIANTS).await?;
                    Ok::<_, Fault>((scans, counts, before, breaches))
                })
            })
            .await
            .unwrap();
        let scans: Vec<(Option<i64>, i64, &str)> =
            scans.iter().map(|scan| (scan.line_no, scan.quantity.units(), scan.outcome.as_str())).collect();
        assert_eq!(
            scans,
            [
                (Some(1), 2, "good"),
                (Some(2), 1, "good"),
                (None, 1, "wrong_item"),
                (None, 1, "wrong_item"),
                (None, 9, "too_many"),
            ]
        );
        let refused: Vec<(&str, i64)> =
            counts.iter().filter(|count| count.is_refused()).map(|count| (count.outcome.as_str(), count.scans)).collect();
        assert_eq!(refused, [("too_many", 1), ("wrong_item", 2)]);
        assert!(before.is_empty() && breaches.is_empty());
    }
}
