//! Goods change their owner where they lie, resellers sell from a brand's pool, and both sides' statements agree.
//! R6, R7, R8.

use std::sync::Arc;

use flows::{
    cancel::CancelOrder,
    intake::{PlaceOutcome, Refused},
    ownership::{PlannedWay, list_statement_totals},
};
use inventory::{
    entitle::{Grant, GrantError},
    ownership::{OwnershipTransfer, Trade, TransferError, TransferKind, Transferred},
    store::{Entitlement, SettlementLine, StatementOf, StatementTotal},
    swap::WayCost,
};
use kernel::{Currency, ItemId, MerchantId, Money, NodeId, OrderId, PageRequest, Scope, Timestamp};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use runtime::Call;
use stories::{Story, units_of};
use testkit::TestDb;

fn euros(minor: i64) -> Money {
    Money { minor, currency: Currency::EUR }
}

async fn place(shop: &Story, node: &str, item_id: &ItemId) -> NodeId {
    let known = shop.find_places(vec![(node.into(), item_id.to_string())]).await.unwrap();
    known[0].0.clone().expect("the node is open")
}

/// Free units of one owner at a node, and those promised.
async fn has(shop: &Story, owner_id: &MerchantId, node: &str, item_id: &ItemId) -> [i64; 2] {
    let (organisation_id, items) = (shop.runtime.organisation_id.clone(), item_id.clone());
    let node_id = place(shop, node, item_id).await;
    let rows = shop
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let items = [&items].into_iter();
                inventory::store::list_stock_of_items(tx, &organisation_id, &Scope::EVERYTHING, items).await
            })
        })
        .await
        .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
    let row = rows.into_iter().find(|row| row.node_id == node_id && row.owner_id == *owner_id);
    row.map_or([0; 2], |row| [row.available, row.allocated])
}

/// Units of an item that are present at a node, whoever owns them.
async fn present(shop: &Story, node: &str, item_id: &ItemId) -> i64 {
    let (organisation_id, items) = (shop.runtime.organisation_id.clone(), item_id.clone());
    let node_id = place(shop, node, item_id).await;
    let rows = shop
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let items = [&items].into_iter();
                inventory::store::list_stock_of_items(tx, &organisation_id, &Scope::EVERYTHING, items).await
            })
        })
        .await
        .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
    rows.iter().filter(|row| row.node_id == node_id).map(|row| row.on_hand).sum()
}

/// Units of an item at a node go from the company to somebody.
async fn sale(
    shop: &Story,
    to: &MerchantId,
    reference: &str,
    lines: &[(&str, &ItemId, i64)],
) -> OwnershipTransfer {
    let mut trades = Vec::new();
    for (node, item_id, units) in lines {
        trades.push(Trade {
            item_id: (*item_id).clone(),
            node_id: place(shop, node, item_id).await,
            giver_id: shop.merchant_id.clone(),
            taker_id: to.clone(),
            lot: String::new(),
            quantity: units_of(*units),
            unit_price: euros(450),
            entitlement_id: None,
            is_reversal: false,
        });
    }
    OwnershipTransfer {
        kind: TransferKind::Sale,
        giver_id: shop.merchant_id.clone(),
        taker_id: to.clone(),
        reference: reference.into(),
        trades,
    }
}

async fn sells_to(shop: &Story, sale: OwnershipTransfer) -> Result<Transferred, TransferError> {
    let answer = shop.transfer_ownership(Call::by("user:ada"), sale).await?;
    Ok(answer.into_result().expect("there was no key"))
}

async fn entitles(shop: &Story, reseller_id: &MerchantId, item_id: &ItemId, granted: i64) -> Entitlement {
    let grant = Grant {
        item_id: item_id.clone(),
        brand_id: shop.merchant_id.clone(),
        reseller_id: reseller_id.clone(),
        granted: units_of(granted),
        unit_price: euros(600),
    };
    let answer = shop.grant_entitlement(Call::by("user:ada"), grant).await.unwrap();
    answer.into_result().expect("there was no key")
}

async fn used(shop: &Story) -> i64 {
    shop.count("select cast(coalesce(sum(used), 0) as bigint) from entitlement").await
}

fn of(merchant_id: &MerchantId, counterparty_id: Option<&MerchantId>) -> StatementOf {
    StatementOf {
        merchant_id: merchant_id.clone(),
        counterparty_id: counterparty_id.cloned(),
        from: Timestamp::UNIX_EPOCH,
        until: StatementOf::FOREVER,
    }
}

/// All lines of a statement, three at a time, so that pages are turned.
async fn lines(shop: &Story, of: &StatementOf) -> Vec<SettlementLine> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = shop.list_settlement_lines(of.clone(), PageRequest::new(after, Some(3))).await.unwrap();
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() {
            return rows;
        }
    }
}

/// What one side says of the other is what the other says of the one, line by line and in sum.
async fn statements_mirror(shop: &Story, one: &MerchantId, other: &MerchantId) {
    let (here, there) = (of(one, Some(other)), of(other, Some(one)));
    assert_eq!(lines(shop, &here).await, lines(shop, &there).await);
    let (here, there) = (
        list_statement_totals(&shop.runtime, here).await.unwrap(),
        list_statement_totals(&shop.runtime, there).await.unwrap(),
    );
    let turned: Vec<StatementTotal> = there
        .into_iter()
        .map(|total| StatementTotal {
            counterparty_id: other.clone(),
            currency: total.currency,
            given_units: total.got_units,
            given_minor: total.got_minor,
            got_units: total.given_units,
            got_minor: total.given_minor,
            balance_minor: -total.balance_minor,
        })
        .collect();
    assert_eq!(here, turned);
}

async fn cancels(shop: &Story, order_id: &OrderId, line_nos: &[i64]) {
    let cancel = CancelOrder {
        order_id: order_id.clone(),
        line_nos: line_nos.to_vec(),
        reason: "changed mind".into(),
    };
    shop.cancel(Call::by("agent"), cancel).await.unwrap();
}

/// What a check found in a transaction that is taken back.
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

testkit::both_engines! {
    async fn r6_a_brand_sells_500_units_to_its_distributor_and_nothing_moves(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let distributor = shop.takes_in("Northern Trade", "north").await;
        shop.stock("bristol", "TEA", 800).await;
        shop.accepts(shop.order("web", "1", "bristol", &[("TEA", 20)])).await;
        let before = present(&shop, "bristol", &tea).await;

        let bought = sale(&shop, &distributor, "PO 7", &[("bristol", &tea, 500)]).await;
        let made = sells_to(&shop, bought.clone()).await.unwrap();
        assert_eq!((made.units, made.amount_minor, made.is_repeat), (500, 225_000, false));
        assert_eq!(has(&shop, &shop.merchant_id, "bristol", &tea).await, [280, 20]);
        assert_eq!(has(&shop, &distributor, "bristol", &tea).await, [500, 0]);
        assert_eq!(present(&shop, "bristol", &tea).await, before, "nothing moves");

        let theirs = lines(&shop, &of(&distributor, None)).await;
        assert_eq!(theirs.len(), 1);
        let line = &theirs[0];
        assert_eq!((line.quantity, line.unit_price_minor, line.amount_minor), (500, 450, 225_000));
        assert_eq!((&line.giver_id, &line.taker_id), (&shop.merchant_id, &distributor));
        assert_eq!((line.reference.as_str(), line.actor.as_str()), ("PO 7", "user:ada"));
        statements_mirror(&shop, &shop.merchant_id, &distributor).await;

        // Sent again it is the same transfer; another under its name is refused.
        let again = sells_to(&shop, bought).await.unwrap();
        assert!(again.is_repeat && again.ownership_transfer_id == made.ownership_transfer_id);
        let other = sale(&shop, &distributor, "PO 7", &[("bristol", &tea, 1)]).await;
        assert!(matches!(sells_to(&shop, other).await, Err(TransferError::Conflict { .. })));
        assert_eq!(lines(&shop, &of(&distributor, None)).await.len(), 1);

        // The distributor's shop sells them, once it is entitled to list the brand's item.
        entitles(&shop, &distributor, &tea, 0).await;
        shop.lists("north", "TEA", &tea, 1).await;
        shop.accepts(shop.order("north", "1", "bristol", &[("TEA", 500)])).await;
        assert_eq!(has(&shop, &distributor, "bristol", &tea).await, [0, 500]);
        shop.holds().await;
    }

    async fn r6_all_lines_change_hands_or_none_and_a_short_one_is_named(db: TestDb) {
        let shop = Story::open(db).await;
        let (tea, cup) = (shop.sells("TEA").await, shop.sells("CUP").await);
        let buyer = shop.takes_in("Northern Trade", "north").await;
        shop.stock("leeds", "TEA", 10).await;
        shop.stock("york", "CUP", 4).await;
        let asked = sale(&shop, &buyer, "PO 1", &[("leeds", &tea, 10), ("york", &cup, 5)]).await;
        match sells_to(&shop, asked).await {
            Err(TransferError::Short { place, asked, present }) => {
                assert_eq!((place, asked.units(), present.units()), (1, 5, 4));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(has(&shop, &buyer, "leeds", &tea).await, [0, 0]);
        assert_eq!(shop.count("select count(*) from settlement_line").await, 0);
        // Two lines of one item are counted together, and the reference is free as if nothing had been asked.
        let twice = sale(&shop, &buyer, "PO 1", &[("leeds", &tea, 6), ("leeds", &tea, 6)]).await;
        assert!(matches!(sells_to(&shop, twice).await, Err(TransferError::Short { place: 0, .. })));
        let both = sale(&shop, &buyer, "PO 1", &[("leeds", &tea, 10), ("york", &cup, 4)]).await;
        assert_eq!(sells_to(&shop, both).await.unwrap().units, 14);
        shop.holds().await;
    }

    async fn r6_of_many_who_buy_the_same_units_at_once_as_many_get_them_as_there_are(db: TestDb) {
        let shop = Arc::new(Story::open(db).await);
        let buyer = shop.takes_in("Northern Trade", "north").await;
        // None of the buyer's balances is there before the first sale: those who come second wait for its row.
        for item in ["TEA", "CUP", "JAM", "SALT", "MINT", "RICE"] {
            let sold = shop.sells(item).await;
            shop.stock("leeds", item, 50).await;
            let mut buying = Vec::new();
            for who in 0..16 {
                let asked = sale(&shop, &buyer, &format!("{item} {who}"), &[("leeds", &sold, 10)]).await;
                let shop = shop.clone();
                buying.push(tokio::spawn(async move { sells_to(&shop, asked).await }));
            }
            let mut units = 0;
            for bought in buying {
                match bought.await.unwrap() {
                    Ok(made) => units += made.units,
                    Err(TransferError::Short { .. }) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            assert_eq!(units, 50);
            assert_eq!(has(&shop, &buyer, "leeds", &sold).await, [50, 0]);
        }
        shop.holds().await;
    }

    async fn r8_a_resellers_order_ships_from_the_brands_pool_and_both_statements_agree(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let reseller = shop.takes_in("Corner Shop", "corner").await;
        shop.stock("leeds", "TEA", 10).await;
        let granted = entitles(&shop, &reseller, &tea, 6).await;
        shop.lists("corner", "CORNER-TEA", &tea, 1).await;

        let accepted = shop.accepts(shop.order("corner", "1", "leeds", &[("CORNER-TEA", 4)])).await;
        shop.settles().await;
        assert_eq!(used(&shop).await, 4);
        assert_eq!(has(&shop, &reseller, "leeds", &tea).await, [0, 4]);
        assert_eq!(has(&shop, &shop.merchant_id, "leeds", &tea).await, [6, 0]);
        let theirs = lines(&shop, &of(&reseller, None)).await;
        assert_eq!(theirs.len(), 1);
        assert_eq!((theirs[0].cause_id.as_str(), theirs[0].amount_minor), (accepted.order_id.as_str(), 2_400));
        assert_eq!(theirs[0].entitlement_id, granted.entitlement_id.as_str());
        statements_mirror(&shop, &shop.merchant_id, &reseller).await;

        // Two are left of the entitlement, whatever lies on the shelf.
        match shop.refuses(shop.order("corner", "2", "leeds", &[("CORNER-TEA", 3)])).await {
            Refused::InsufficientStock { lines } => assert_eq!((lines[0].available, lines[0].possible_quantity), (2, 2)),
            other => panic!("{other:?}"),
        }
        // Units of the reseller's own go first.
        let own = sale(&shop, &reseller, "PO 1", &[("leeds", &tea, 1)]).await;
        sells_to(&shop, own).await.unwrap();
        shop.accepts(shop.order("corner", "3", "leeds", &[("CORNER-TEA", 3)])).await;
        assert_eq!(used(&shop).await, 6);
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        let parcel_id = shop.makes_ready(work, &[("TEA", 4)]).await;
        shop.hands_over(&[parcel_id]).await;
        shop.settles().await;
        shop.holds().await;
        statements_mirror(&shop, &shop.merchant_id, &reseller).await;

        // Fewer than were sold cannot have been granted; the entitlement ends by granting what was used.
        let grant = Grant {
            item_id: tea.clone(),
            brand_id: shop.merchant_id.clone(),
            reseller_id: reseller.clone(),
            granted: units_of(5),
            unit_price: euros(600),
        };
        let refused = shop.grant_entitlement(Call::by("user:ada"), grant).await;
        assert!(matches!(refused, Err(GrantError::BelowUsed { granted: 5, used: 6 })));
    }

    async fn r8_however_many_buy_at_once_an_entitlement_is_never_overdrawn(db: TestDb) {
        let shop = Arc::new(Story::open(db).await);
        let tea = shop.sells("TEA").await;
        let reseller = shop.takes_in("Corner Shop", "corner").await;
        shop.stock("leeds", "TEA", 30).await;
        shop.stock("york", "TEA", 30).await;
        entitles(&shop, &reseller, &tea, 10).await;
        shop.lists("corner", "TEA", &tea, 1).await;
        let mut buying = Vec::new();
        for who in 0..24 {
            let (channel, town) = (if who % 4 == 0 { "web" } else { "corner" }, if who % 2 == 0 { "leeds" } else { "york" });
            let order = shop.order(channel, &who.to_string(), town, &[("TEA", 2)]);
            let shop = shop.clone();
            buying.push(tokio::spawn(async move { (channel, shop.places(order).await) }));
        }
        let mut resold = 0;
        for bought in buying {
            let (channel, outcome) = bought.await.unwrap();
            match outcome {
                PlaceOutcome::Accepted(_) => resold += i64::from(channel == "corner") * 2,
                PlaceOutcome::Refused(refused) => assert_eq!(channel, "corner", "{refused:?}"),
            }
        }
        assert_eq!((resold, used(&shop).await), (10, 10));
        statements_mirror(&shop, &shop.merchant_id, &reseller).await;
        shop.holds().await;
    }

    async fn r8_what_is_cancelled_or_missing_goes_back_to_the_brand_and_is_not_owed(db: TestDb) {
        let shop = Story::open(db).await;
        let (tea, cup) = (shop.sells("TEA").await, shop.sells("CUP").await);
        let reseller = shop.takes_in("Corner Shop", "corner").await;
        shop.stock("leeds", "TEA", 5).await;
        shop.stock("york", "TEA", 5).await;
        shop.stock("leeds", "CUP", 5).await;
        for item_id in [&tea, &cup] {
            entitles(&shop, &reseller, item_id, 5).await;
        }
        shop.lists("corner", "TEA", &tea, 1).await;
        shop.lists("corner", "CUP", &cup, 1).await;
        let order = shop.accepts(shop.order("corner", "1", "leeds", &[("TEA", 3), ("CUP", 2)])).await;
        shop.settles().await;
        assert_eq!(used(&shop).await, 5);

        // The cups are cancelled: they are the brand's again.
        cancels(&shop, &order.order_id, &[2]).await;
        assert_eq!(used(&shop).await, 3);
        assert_eq!(has(&shop, &shop.merchant_id, "leeds", &cup).await, [5, 0]);
        assert_eq!(has(&shop, &reseller, "leeds", &cup).await, [0, 0]);

        // One tea is not on the shelf: the brand's loss, and another of the brand's comes from York.
        let work = &order.fulfilment_orders[0].fulfilment_order_id;
        let done = shop.misses(work, 1, 1).await;
        assert_eq!((done.unallocated, done.re_sourced.len()), (0, 1));
        assert_eq!(used(&shop).await, 3);
        assert_eq!(has(&shop, &reseller, "leeds", &tea).await, [0, 2]);
        assert_eq!(has(&shop, &reseller, "york", &tea).await, [0, 1]);
        let lost = "select count(*) from stock_account where state = 'loss' and quantity = 1";
        assert_eq!(shop.count(lost).await, 1);
        shop.holds().await;

        cancels(&shop, &order.order_id, &[]).await;
        assert_eq!(used(&shop).await, 0);
        let totals = list_statement_totals(&shop.runtime, of(&reseller, None)).await.unwrap();
        assert_eq!(totals.len(), 1);
        assert_eq!((totals[0].got_minor, totals[0].got_units), (totals[0].given_minor, totals[0].given_units));
        statements_mirror(&shop, &shop.merchant_id, &reseller).await;
        shop.holds().await;
    }

    async fn r8_nobody_lists_anothers_item_who_is_not_entitled_to_it(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.takes_in("Corner Shop", "corner").await;
        let organisation_id = shop.runtime.organisation_id.clone();
        let channel = shop
            .runtime
            .read(move |tx| {
                Box::pin(async move { catalogue::find_channel_by_code(tx, &organisation_id, "corner").await })
            })
            .await
            .unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
        let listing = catalogue::NewListing {
            channel_id: channel.unwrap().channel_id,
            external_code: "TEA".into(),
            item_id: tea,
            pack_factor: 1,
            also: Vec::new(),
        };
        let listed = shop.runtime.run(Call::by("test"), move |cx| {
            let listing = listing.clone();
            Box::pin(async move {
                catalogue::map_listings(cx, &Scope::EVERYTHING, &[listing], catalogue::Remap::Refuse).await
            })
        });
        assert!(matches!(listed.await, Err(catalogue::MapListingsError::OtherMerchant { .. })));
    }

    async fn r7_a_swap_takes_the_place_of_a_truck(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let (partner, bystander) =
            (shop.takes_in("Southern Trade", "south").await, shop.takes_in("Eastern Trade", "east").await);
        shop.stock("leeds", "TEA", 100).await;
        shop.stock("bristol", "TEA", 90).await;
        for (who, reference, units) in [(&partner, "PO 1", 70), (&bystander, "PO 2", 20)] {
            let bought = sale(&shop, who, reference, &[("bristol", &tea, units)]).await;
            sells_to(&shop, bought).await.unwrap();
        }
        // The company has tea in Leeds and wants 80 in Bristol, 270 km away.
        let (leeds, bristol) = (place(&shop, "leeds", &tea).await, place(&shop, "bristol", &tea).await);
        let way = PlannedWay {
            owner_id: shop.merchant_id.clone(),
            item_id: tea.clone(),
            from_node: leeds.clone(),
            to_node: bristol.clone(),
            quantity: 80,
            cost: WayCost { per_unit_km_milli_minor: 1_000, km_a_day: 200 },
        };
        let found = shop.propose_swaps(Scope::EVERYTHING, way.clone()).await.unwrap().unwrap();
        assert_eq!((found.left, found.proposals.len(), found.saved_days), (0, 2, 2));
        assert_eq!((&found.proposals[0].partner_id, found.proposals[0].quantity), (&partner, 70));
        assert_eq!(found.proposals[0].saved_minor, 70 * found.metres / 1_000);
        // Whoever may not act for the others is told of nobody's goods.
        let own = Scope::NOTHING.with_merchant(shop.merchant_id.clone());
        assert_eq!(shop.propose_swaps(own, way).await.unwrap().unwrap().left, 80);

        let (at_leeds, at_bristol) = (present(&shop, "leeds", &tea).await, present(&shop, "bristol", &tea).await);
        let swap = OwnershipTransfer::swap(
            shop.merchant_id.clone(), partner.clone(), "SWAP 1".into(), tea.clone(), (leeds, bristol), units_of(70), euros(450),
        );
        let made = sells_to(&shop, swap).await.unwrap();
        assert_eq!((made.units, made.amount_minor), (140, 0));
        assert_eq!(has(&shop, &shop.merchant_id, "bristol", &tea).await, [70, 0]);
        assert_eq!(has(&shop, &partner, "leeds", &tea).await, [70, 0]);
        assert_eq!((present(&shop, "leeds", &tea).await, present(&shop, "bristol", &tea).await), (at_leeds, at_bristol));
        statements_mirror(&shop, &shop.merchant_id, &partner).await;
        shop.holds().await;
    }

    async fn verify_sees_a_statement_that_was_tampered_with(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let reseller = shop.takes_in("Corner Shop", "corner").await;
        shop.stock("leeds", "TEA", 20).await;
        entitles(&shop, &reseller, &tea, 9).await;
        shop.lists("corner", "TEA", &tea, 1).await;
        shop.accepts(shop.order("corner", "1", "leeds", &[("TEA", 2)])).await;
        let bought = sale(&shop, &reseller, "PO 1", &[("leeds", &tea, 5)]).await;
        sells_to(&shop, bought).await.unwrap();
        shop.holds().await;
        for (corruption, invariant) in [
            ("delete from settlement_line where entitlement_id = ''", "settlement.is_in_the_ledger"),
            ("delete from settlement_line where entitlement_id = ''", "stock.owners_settled"),
            ("update settlement_line set node_id = 'nod_other'", "settlement.is_in_the_ledger"),
            ("update stock_transfer set reason = 'x', cause_id = 'x' where reason = 'ownership'", "settlement.is_in_the_ledger"),
            ("update entitlement set used = used + 1", "entitlement.used_is_its_lines"),
        ] {
            let organisation_id = shop.runtime.organisation_id.clone();
            let found = shop.runtime.db.write(move |tx| Box::pin(async move {
                let touched = tx.execute(corruption, &[]).await?;
                assert!(touched > 0, "nothing to corrupt: {corruption}");
                Err::<(), Seen>(Seen::These(flows::verify::check_in(tx, &organisation_id).await?))
            }));
            let Err(Seen::These(findings)) = found.await else { panic!("{corruption}") };
            assert!(findings.iter().any(|finding| finding.invariant == invariant), "{corruption}: {findings:#?}");
        }
        shop.holds().await;
    }

    /// R6, R8: over days that dice decide.
    async fn whatever_changes_hands_nothing_moves_and_statements_mirror(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let reseller = shop.takes_in("Corner Shop", "corner").await;
        entitles(&shop, &reseller, &tea, 0).await;
        shop.lists("corner", "TEA", &tea, 1).await;
        let mut dice = ChaCha8Rng::seed_from_u64(8);
        let mut orders: Vec<OrderId> = Vec::new();
        let mut counted = [0_i64; 2];
        for step in 0..60 {
            let node = dice.random_range(0..2_usize);
            let name = ["leeds", "york"][node];
            match dice.random_range(0..10) {
                0 | 1 => {
                    let units = dice.random_range(1..=12);
                    shop.stock(name, "TEA", units).await;
                    counted[node] += units;
                    shop.runtime.clock.advance_to(stories::hours_in(step + 1));
                }
                2 => {
                    let granted = used(&shop).await + dice.random_range(0..=6);
                    entitles(&shop, &reseller, &tea, granted).await;
                }
                3 | 4 => {
                    let asked = sale(&shop, &reseller, &format!("PO {step}"), &[(name, &tea, dice.random_range(1..=5))]).await;
                    match sells_to(&shop, asked).await {
                        Ok(_) | Err(TransferError::Short { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
                5 if !orders.is_empty() => {
                    let order_id = orders.swap_remove(dice.random_range(0..orders.len()));
                    cancels(&shop, &order_id, &[]).await;
                }
                _ => {
                    let channel = ["web", "corner", "corner"][dice.random_range(0..3_usize)];
                    let units = dice.random_range(1..=4);
                    let order = shop.order(channel, &step.to_string(), name, &[("TEA", units)]);
                    if let PlaceOutcome::Accepted(accepted) = shop.places(order).await {
                        orders.push(accepted.order_id);
                    }
                }
            }
            let there = [present(&shop, "leeds", &tea).await, present(&shop, "york", &tea).await];
            assert_eq!(there, counted, "step {step}: owners change, goods do not move");
        }
        assert!(shop.count("select count(*) from settlement_line where is_reversal").await > 0);
        assert!(shop.count("select count(*) from settlement_line where entitlement_id = ''").await > 0);
        statements_mirror(&shop, &shop.merchant_id, &reseller).await;
        shop.holds().await;
    }
}
