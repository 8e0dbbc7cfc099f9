//! `verify` passes after everything, and fails on each planted corruption. F3, F4.

use std::sync::Arc;

use flows::{intake::PlaceOutcome, selling::QuotaWanted};
use inventory::selling::{QuotaUse, charge};
use kernel::{OrderId, Scope};
use runtime::{Answer, Call};
use stories::Story;
use testkit::TestDb;

/// What somebody with access to the database might do to it, and which invariant sees it.
const CORRUPTIONS: [(&str, &str); 12] = [
    (
        "update stock_account set quantity = quantity + 1 where state = 'available'",
        "stock.balance_is_its_transfers",
    ),
    (
        "update stock_transfer set quantity = quantity + 1 where reason = 'receipt'",
        "stock.balance_is_its_transfers",
    ),
    ("delete from stock_transfer where reason = 'pick'", "stock.balance_is_its_transfers"),
    (
        "update stock_account set quantity = quantity - 1 where state = 'customer'",
        "stock.nothing_from_nothing",
    ),
    (
        "update stock_transfer set item_id = 'itm_other' where reason = 'pick'",
        "stock.transfers_have_accounts",
    ),
    (
        "update order_line set picked = picked - 1, packed = packed + 1 where picked > 0",
        "order.parts_make_the_whole",
    ),
    ("update sales_order set status = 'delivered' where status = 'to_pack'", "order.status_is_its_units"),
    (
        "update fulfilment_order set status = 'delivered' where status = 'to_pack'",
        "order.fulfilment_status_is_its_units",
    ),
    (
        "update order_line set pack_price_minor = pack_price_minor + 1 where line_no = 1",
        "order.total_is_its_lines",
    ),
    ("delete from payment", "payment.belongs_to_an_order"),
    ("update event set data = '{}' where position = 3", "event.chain_is_whole"),
    (
        "update fulfilment_line set picked = picked - 1, allocated = allocated + 1 where picked > 0",
        "stock.held_for_orders",
    ),
];

async fn a_day_at_work(shop: &Story) {
    shop.sells("TEA").await;
    shop.sells("CUP").await;
    shop.stock("leeds", "TEA", 9).await;
    shop.stock("york", "CUP", 9).await;
    let sent = shop.accepts(shop.order("web", "1", "york", &[("TEA", 1)])).await;
    let picked = shop.accepts(shop.order("web", "2", "york", &[("TEA", 2)])).await;
    shop.accepts(shop.order("app", "3", "leeds", &[("CUP", 2), ("TEA", 1)])).await;
    shop.settles().await;
    let parcel_id = shop.makes_ready(&sent.fulfilment_orders[0].fulfilment_order_id, &[("TEA", 1)]).await;
    shop.hands_over(&[parcel_id]).await;
    shop.picks(&picked.fulfilment_orders[0].fulfilment_order_id, "TEA", 2).await.unwrap();
    shop.settles().await;
    shop.holds().await;
}

testkit::both_engines! {
    async fn verify_sees_each_planted_corruption(db: TestDb) {
        let shop = Story::open(db).await;
        a_day_at_work(&shop).await;
        for (corruption, invariant) in CORRUPTIONS {
            // Planted in a transaction that is rolled back after looking, so that each stands alone.
            let organisation_id = shop.runtime.organisation_id.clone();
            let found = shop
                .runtime
                .db
                .write(move |tx| Box::pin(async move {
                    let touched = tx.execute(corruption, &[]).await?;
                    assert!(touched > 0, "nothing to corrupt: {corruption}");
                    let findings = flows::verify::check_in(tx, &organisation_id).await?;
                    Err::<(), Seen>(Seen::These(findings))
                }))
                .await;
            let Err(Seen::These(findings)) = found else { panic!("{corruption}: {found:?}") };
            assert!(findings.iter().any(|finding| finding.invariant == invariant), "{corruption}: {findings:#?}");
        }
        shop.holds().await;
    }

    /// The write itself is the bound: no statement, however wrong, takes a balance below zero.
    async fn the_database_refuses_a_negative_balance(db: TestDb) {
        let shop = Story::open(db).await;
        a_day_at_work(&shop).await;
        for wrong in [
            "update stock_account set quantity = -1 where state = 'available'",
            "update order_line set picked = picked - 1 where picked > 0",
            "update payment set captured_minor = authorised_minor + 1",
        ] {
            let refused = shop
                .runtime
                .db
                .write(move |tx| Box::pin(async move { tx.execute(wrong, &[]).await }))
                .await;
            assert!(refused.is_err(), "{wrong}");
        }
        shop.holds().await;
    }

    /// I10: whoever looked at a quota before, more than is left of it is not written.
    async fn the_write_refuses_to_overdraw_a_quota(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let wanted = QuotaWanted { channel: "market".into(), item: "TEA".into(), quantity: Some(10) };
        shop.set_quotas(Call::by("user:ada"), Scope::EVERYTHING, vec![wanted]).await.unwrap();
        for (units, is_within) in [([6, 5], false), ([11, 0], false), ([6, 4], true), ([0, 1], false)] {
            let (organisation_id, item_id) = (shop.runtime.organisation_id.clone(), tea.clone());
            let charged = shop
                .runtime
                .run(Call::by("test"), move |cx| {
                    let (organisation_id, item_id) = (organisation_id.clone(), item_id.clone());
                    Box::pin(async move {
                        let channel = catalogue::find_channel_by_code(cx.tx, &organisation_id, "market").await?;
                        let channel_id = channel.expect("it is open").channel_id;
                        let uses: Vec<QuotaUse> = units
                            .iter()
                            .filter(|units| **units > 0)
                            .map(|units| QuotaUse {
                                order_id: OrderId::from_body(&cx.fresh()),
                                item_id: item_id.clone(),
                                channel_id: channel_id.clone(),
                                quantity: *units,
                            })
                            .collect();
                        charge(cx.tx, &organisation_id, &uses).await
                    })
                })
                .await
                .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
            assert_eq!(charged, is_within, "{units:?}");
        }
        assert_eq!(shop.count("select used from channel_quota").await, 10);
        shop.holds().await;
    }

    /// I8: they wait together, so that neither finds the other's key in the database.
    async fn of_two_orders_at_once_under_one_key_one_is_taken(db: TestDb) {
        let shop = Arc::new(Story::open(db).await);
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 1_000).await;
        for round in 0..5 {
            let callers: Vec<_> = (0..8)
                .map(|n| {
                    let shop = shop.clone();
                    tokio::spawn(async move {
                        let order = shop.order("web", &format!("R-{round}-{n}"), "york", &[("TEA", 1)]);
                        shop.places_keyed(order, &format!("key {round}")).await
                    })
                })
                .collect();
            let mut taken = 0;
            for caller in callers {
                match caller.await.unwrap() {
                    Answer::Done(PlaceOutcome::Accepted(_)) => taken += 1,
                    Answer::KeyReused => {}
                    other => panic!("{other:?}"),
                }
            }
            assert_eq!(taken, 1, "round {round}");
        }
        assert_eq!(shop.count("select count(*) from sales_order").await, 5);
        shop.holds().await;
    }
}

#[derive(Debug)]
enum Seen {
    These(Vec<runtime::Finding>),
    Fault,
}

impl From<db::Fault> for Seen {
    fn from(fault: db::Fault) -> Seen {
        eprintln!("{fault:?}");
        Seen::Fault
    }
}
