//! Counts and corrections: small ones act, large ones take two, and nothing that was promised vanishes in silence.

use flows::counts::{CountError, Counted};
use inventory::{
    adjust::{AdjustError, Adjustment, Correction, adjust},
    count::Count,
    propose::ProposalError,
    set_levels::{Level, LevelReason, LevelSet, Measure, set_levels},
    store::{DiscrepancyFilter, DiscrepancyRow},
};
use kernel::{ItemId, NodeId, PageRequest, ProposedAdjustmentId, Scope};
use runtime::Call;
use stories::{Story, units_of};
use testkit::TestDb;

async fn node(shop: &Story, code: &str) -> NodeId {
    let places = shop.find_places(vec![(code.into(), String::new())]).await.unwrap();
    places[0].0.clone().unwrap()
}

async fn counted(shop: &Story, at: &str, item_id: &ItemId, units: i64) -> Count {
    Count {
        node_id: node(shop, at).await,
        item_id: item_id.clone(),
        owner_id: shop.merchant_id.clone(),
        lot: String::new(),
        counted: units_of(units),
        note: "round 7".into(),
    }
}

/// Ada counts.
async fn counts(shop: &Story, at: &str, item_id: &ItemId, units: i64) -> Counted {
    let count = counted(shop, at, item_id, units).await;
    let answer = shop.book_counts(Call::by("user:ada"), vec![count]).await.unwrap();
    answer.into_result().unwrap().remove(0)
}

async fn lets_nobody_correct_more_alone_than(shop: &Story, units: i64) {
    shop.set_approval_limit(Call::by("user:eve"), Some(units_of(units))).await.unwrap();
}

async fn decides(
    shop: &Story,
    who: &str,
    id: &ProposedAdjustmentId,
    is_approved: bool,
) -> Result<String, ProposalError> {
    let decided = shop.decide_adjustment(Call::by(who), id.clone(), is_approved, "I looked".into()).await?;
    Ok(decided.into_result().unwrap().state)
}

/// Ada says that units are lost.
async fn loses(
    shop: &Story,
    item_id: &ItemId,
    units: i64,
) -> Result<Option<ProposedAdjustmentId>, AdjustError> {
    let adjustment = Adjustment {
        node_id: node(shop, "leeds").await,
        item_id: item_id.clone(),
        owner_id: shop.merchant_id.clone(),
        lot: String::new(),
        correction: Correction::Lost,
        quantity: units_of(units),
        note: "water".into(),
    };
    shop.runtime
        .run(Call::by("user:ada"), move |cx| {
            let adjustment = adjustment.clone();
            Box::pin(async move { adjust(cx, &adjustment).await })
        })
        .await
}

async fn differences(shop: &Story, is_open: bool) -> Vec<DiscrepancyRow> {
    let filter = DiscrepancyFilter { is_open, ..DiscrepancyFilter::default() };
    let page = PageRequest::new(None, None);
    flows::discrepancies::find_discrepancies(&shop.runtime, Scope::EVERYTHING, filter, page)
        .await
        .unwrap()
        .rows
}

testkit::both_engines! {
    /// What a screen showed before does not matter: what was sold meanwhile is not put back.
    async fn r13_a_count_is_taken_against_the_book_as_it_is_when_it_is_booked(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 10).await;
        shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 3)])).await;
        let found = counts(&shop, "leeds", &tea, 9).await;
        assert_eq!((found.book, found.booked, found.missing), (10, -1, 0));
        assert_eq!(shop.stock_at("leeds", &tea).await, [6, 3, 0, 0]);
        let found = counts(&shop, "leeds", &tea, 9).await;
        assert_eq!((found.book, found.booked), (9, 0), "the same again changes nothing");
        let found = counts(&shop, "leeds", &tea, 11).await;
        assert_eq!((found.book, found.booked), (9, 2));
        assert_eq!(shop.stock_at("leeds", &tea).await, [8, 3, 0, 0]);
        assert_eq!(differences(&shop, false).await, []);
        shop.holds().await;
    }

    async fn f4_units_that_are_promised_and_not_there_are_found_elsewhere_and_the_shortfall_is_shown(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let early = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 2)])).await;
        shop.runtime.clock.advance_to(stories::hours_in(1));
        let late = shop.accepts(shop.order("web", "W-2", "leeds", &[("TEA", 2)])).await;
        shop.stock("york", "TEA", 1).await;
        let found = counts(&shop, "leeds", &tea, 2).await;
        assert_eq!((found.book, found.booked, found.missing), (5, -1, 2));
        assert_eq!(found.re_sourced, std::slice::from_ref(&late.order_id), "what was promised latest gives way");
        assert_eq!(shop.stock_at("leeds", &tea).await, [0, 2, 0, 0]);
        assert_eq!(shop.stock_at("york", &tea).await, [0, 1, 0, 0]);
        assert_eq!(shop.status(&late.order_id).await, "unallocated");
        assert_ne!(shop.status(&early.order_id).await, "unallocated");
        let shown = differences(&shop, true).await;
        assert_eq!(shown.len(), 1);
        assert_eq!((shown[0].kind.as_str(), shown[0].expected, shown[0].found), ("count_short", 2, 0));
        assert_eq!(shown[0].order_id, late.order_id.as_str());
        shop.holds().await;
    }

    async fn f4_what_carts_hold_and_is_not_there_is_shown_and_no_balance_is_clamped(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        shop.hold(stories::cart("web", "cart-1", &[("TEA", 3)])).await.unwrap();
        let found = counts(&shop, "leeds", &tea, 1).await;
        assert_eq!((found.book, found.booked, found.missing), (3, 0, 2));
        assert_eq!(shop.in_state(&tea, "held").await, 3);
        let shown = differences(&shop, true).await;
        assert_eq!((shown[0].expected, shown[0].found, shown[0].state.as_str()), (3, 1, "open"));
        let id = shown[0].discrepancy_id.clone();
        shop.resolve_discrepancy(Call::by("user:eve"), id.clone(), "cart called".into()).await.unwrap();
        shop.resolve_discrepancy(Call::by("user:eve"), id, "again".into()).await.unwrap_err();
        let settled = differences(&shop, false).await;
        assert_eq!((settled[0].state.as_str(), settled[0].reason.as_str()), ("resolved", "cart called"));
        assert_eq!(differences(&shop, true).await, []);
        shop.holds().await;
    }

    async fn r13_a_large_correction_waits_for_somebody_who_is_not_its_author(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 50).await;
        lets_nobody_correct_more_alone_than(&shop, 10).await;
        assert_eq!(loses(&shop, &tea, 10).await.unwrap(), None, "ten are not more than ten");
        let id = loses(&shop, &tea, 11).await.unwrap().expect("eleven wait");
        assert!(matches!(loses(&shop, &tea, 99).await, Err(AdjustError::Short { .. })));
        assert_eq!(shop.stock_at("leeds", &tea).await[0], 40);
        assert!(matches!(decides(&shop, "user:ada", &id, true).await, Err(ProposalError::Own)));
        assert!(matches!(decides(&shop, "user:ada", &id, false).await, Err(ProposalError::Own)));
        assert_eq!(decides(&shop, "user:eve", &id, true).await.unwrap(), "approved");
        assert_eq!(shop.stock_at("leeds", &tea).await[0], 29);
        let again = decides(&shop, "user:bob", &id, false).await;
        assert!(matches!(again, Err(ProposalError::Decided { state, .. }) if state == "approved"));
        let other = loses(&shop, &tea, 20).await.unwrap().expect("twenty wait");
        assert_eq!(decides(&shop, "user:eve", &other, false).await.unwrap(), "rejected");
        assert_eq!(shop.stock_at("leeds", &tea).await[0], 29);
        shop.holds().await;
    }

    async fn f4_approving_what_is_not_there_any_more_is_refused_and_it_stays_proposed(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 20).await;
        lets_nobody_correct_more_alone_than(&shop, 5).await;
        let id = loses(&shop, &tea, 18).await.unwrap().expect("eighteen wait");
        shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 4)])).await;
        match decides(&shop, "user:eve", &id, true).await {
            Err(ProposalError::Short { state, asked, present }) => {
                assert_eq!((state, asked.units(), present.units()), ("available", 18, 16));
            }
            other => panic!("{other:?}"),
        }
        let page = PageRequest::new(None, None);
        let waiting = flows::approvals::list_proposals(&shop.runtime, Scope::EVERYTHING, true, page).await.unwrap();
        assert_eq!(waiting.rows.iter().map(|row| &row.proposed_adjustment_id).collect::<Vec<_>>(), [&id]);
        shop.stock("leeds", "TEA", 2).await;
        assert_eq!(decides(&shop, "user:eve", &id, true).await.unwrap(), "approved");
        assert_eq!(shop.stock_at("leeds", &tea).await, [0, 4, 0, 0]);
        shop.holds().await;
    }

    async fn r13_counts_and_levels_that_differ_by_much_wait_too(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 20).await;
        lets_nobody_correct_more_alone_than(&shop, 5).await;
        let found = counts(&shop, "leeds", &tea, 30).await;
        assert_eq!((found.book, found.booked), (20, 0));
        let id = found.proposed_adjustment_id.expect("ten more wait");
        assert_eq!(shop.stock_at("leeds", &tea).await[0], 20);
        assert_eq!(decides(&shop, "user:eve", &id, true).await.unwrap(), "approved");
        assert_eq!(shop.stock_at("leeds", &tea).await[0], 30);
        let level = Level {
            node_id: node(&shop, "leeds").await,
            item_id: tea.clone(),
            owner_id: shop.merchant_id.clone(),
            lot: String::new(),
            measure: Measure::Available,
            quantity: units_of(0),
            change_from: Some(units_of(30)),
            reason: LevelReason::Broken,
            note: String::new(),
        };
        let set = shop.runtime.run(Call::by("user:ada"), move |cx| {
            let level = level.clone();
            Box::pin(async move {
                let set = set_levels(cx, &[level]).await?.pop().expect("one was asked for");
                Ok::<LevelSet, db::Fault>(set.unwrap())
            })
        });
        let set = set.await.unwrap();
        assert_eq!((set.before, set.after), (30, 30));
        let id = set.proposed_adjustment_id.expect("thirty less wait");
        assert_eq!(decides(&shop, "user:eve", &id, true).await.unwrap(), "approved");
        assert_eq!(shop.stock_at("leeds", &tea).await[0], 0);
        shop.holds().await;
    }

    async fn f4_a_large_shortfall_of_promised_units_takes_none_from_orders_before_somebody_looked(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 12).await;
        let order = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 10)])).await;
        lets_nobody_correct_more_alone_than(&shop, 5).await;
        let found = counts(&shop, "leeds", &tea, 1).await;
        assert_eq!((found.booked, found.missing, found.re_sourced.len()), (0, 9, 0));
        assert!(found.proposed_adjustment_id.is_some(), "the two that are free wait");
        assert_eq!(shop.stock_at("leeds", &tea).await, [2, 10, 0, 0]);
        assert_eq!(shop.status(&order.order_id).await, "to_pick");
        assert_eq!(differences(&shop, true).await.len(), 1);
        shop.holds().await;
    }

    async fn r13_the_same_counted_twice_in_a_list_is_refused_and_a_key_counts_once(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 10).await;
        let count = counted(&shop, "leeds", &tea, 8).await;
        let twice = shop.book_counts(Call::by("user:ada"), vec![count.clone(), count.clone()]).await;
        assert!(matches!(twice, Err(CountError::Refused { place: 1, .. })), "{twice:?}");
        let call = || Call::by("user:ada").keyed("user:ada POST /v1/stock-counts", "k-1", "f");
        let first = shop.book_counts(call(), vec![count.clone()]).await.unwrap();
        shop.stock("leeds", "TEA", 5).await;
        let again = shop.book_counts(call(), vec![count]).await.unwrap();
        assert_eq!(again.into_result(), first.into_result());
        assert_eq!(shop.stock_at("leeds", &tea).await[0], 13, "the repeat did not take away what came meanwhile");
        shop.holds().await;
    }
}
