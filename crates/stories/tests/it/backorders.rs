//! What is sold beyond what is free waits its turn, and nothing is promised twice.

use std::collections::HashMap;

use db::Fault;
use flows::{
    availability::{AvailableLater, Goods, Question},
    cancel::CancelOrder,
    intake::{Accepted, PlaceOutcome, Refused, ShortLine},
    selling::{PolicySays, PolicyWanted, QuotaWanted},
    waiting::{WaitingSeen, list_waiting},
};
use inventory::{
    expect::Amendment,
    selling::{
        Beyond,
        beyond::{Claim, claim},
    },
};
use jiff::SignedDuration;
use kernel::{Date, ItemId, OrderId, PageRequest, Scope};
use orders::move_up::MoveUpError;
use runtime::Call;
use stories::{Story, units_of};
use testkit::TestDb;

const EVERYTHING: Scope = Scope::EVERYTHING;

/// The story begins on the second of March 2026.
fn march(day: i8) -> Option<Date> {
    Some(Date::constant(2026, 3, day))
}

async fn rules(shop: &Story, channel: &str, says: PolicySays) {
    let wanted = PolicyWanted { channel: channel.into(), item: Some("TEA".into()), says: Some(says) };
    shop.set_policy(Call::by("user:ada"), EVERYTHING, wanted).await.unwrap();
}

/// The channel sells what is expected.
async fn sells_ahead(shop: &Story, channel: &str) {
    rules(shop, channel, PolicySays { beyond: Beyond::Expected, ..PolicySays::default() }).await;
}

/// Who orders later stands behind whoever ordered first.
fn a_second_passes(shop: &Story) {
    let then = shop.runtime.now().checked_add(SignedDuration::from_secs(1)).unwrap();
    shop.runtime.clock.advance_to(then);
}

async fn tea(shop: &Story, channel: &str, reference: &str, units: i64) -> Accepted {
    a_second_passes(shop);
    shop.accepts(shop.order(channel, reference, "york", &[("TEA", units)])).await
}

async fn too_much(shop: &Story, channel: &str, reference: &str, units: i64) -> ShortLine {
    let refused = shop.refuses(shop.order(channel, reference, "york", &[("TEA", units)])).await;
    let Refused::InsufficientStock { lines } = refused else { panic!("{refused:?}") };
    lines.into_iter().next().expect("one line is short")
}

async fn cancels(shop: &Story, order_id: &OrderId) {
    let cancel =
        CancelOrder { order_id: order_id.clone(), line_nos: Vec::new(), reason: "changed mind".into() };
    shop.cancel(Call::by("agent"), cancel).await.unwrap();
    shop.settles().await;
}

/// Who waits, a page of two at a time.
async fn queue(shop: &Story, item_id: &ItemId) -> Vec<WaitingSeen> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest::new(after, Some(2));
        let found = list_waiting(&shop.runtime, EVERYTHING, Some(item_id.clone()), page).await.unwrap();
        all.extend(found.rows);
        after = found.next;
        if after.is_none() {
            return all;
        }
    }
}

/// The same, as it is written: `W-1 3 on 2026-03-06, W-2 1`.
async fn says(shop: &Story, item_id: &ItemId) -> String {
    let told = |row: &WaitingSeen| {
        let day = row.expected_on.map_or_else(String::new, |day| format!(" on {day}"));
        format!("{} {}{day}", row.external_reference, row.units)
    };
    queue(shop, item_id).await.iter().map(told).collect::<Vec<_>>().join(", ")
}

async fn later(shop: &Story, channel: &str) -> (i64, Vec<AvailableLater>) {
    let goods = vec![Goods::Item("TEA".into())];
    let question = Question { goods, channels: vec![channel.into()], ..Question::default() };
    let told = shop.availability(&EVERYTHING, question).await.unwrap();
    let row = told.rows.into_iter().next().expect("the channel's merchant sells it");
    (row.ats, row.later)
}

fn by(day: Option<Date>, units: i64) -> AvailableLater {
    AvailableLater { expected_on: day, units }
}

/// A day passes, and what is late is seen to be.
async fn days_pass(shop: &Story, days: i64) {
    shop.waits(24 * days).await;
    shop.date_all_waiting().await.unwrap();
    shop.settles().await;
}

testkit::both_engines! {
    async fn what_is_expected_is_sold_once_and_nobody_who_does_not_ask_for_it_waits(db: TestDb) {
        let shop = Story::open(db).await;
        let item_id = shop.sells("TEA").await;
        sells_ahead(&shop, "web").await;
        sells_ahead(&shop, "market").await;
        shop.stock("leeds", "TEA", 2).await;
        shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 6).await;
        shop.expects("leeds", "PO 8", "2026-03-09", "TEA", 4).await;
        assert_eq!(later(&shop, "web").await, (2, vec![by(march(6), 6), by(march(9), 10)]));
        assert_eq!(later(&shop, "app").await, (2, vec![]), "its policy says nothing of it");
        // Two now, five on the sixth.
        let first = tea(&shop, "web", "W-1", 7).await;
        assert_eq!((first.fulfilment_orders[0].units, first.waiting[0].units, first.waiting[0].expected_on), (2, 5, march(6)));
        assert_eq!(shop.status(&first.order_id).await, "backordered");
        let second = tea(&shop, "market", "M-1", 4).await;
        assert_eq!((second.fulfilment_orders.len(), second.waiting[0].expected_on), (0, march(9)));
        let short = too_much(&shop, "web", "W-2", 2).await;
        assert_eq!((short.possible_quantity, short.possible_later, short.later_on), (0, Some(1), march(9)));
        assert_eq!(too_much(&shop, "app", "A-1", 1).await.possible_later, None);
        tea(&shop, "web", "W-3", 1).await;
        assert_eq!(too_much(&shop, "web", "W-4", 1).await.possible_later, None);
        assert_eq!(later(&shop, "web").await, (0, vec![]));
        assert_eq!(says(&shop, &item_id).await, "W-1 5 on 2026-03-06, M-1 4 on 2026-03-09, W-3 1 on 2026-03-09");
        shop.settles().await;
        assert_eq!(says(&shop, &item_id).await, "W-1 5 on 2026-03-06, M-1 4 on 2026-03-09, W-3 1 on 2026-03-09");
        shop.holds().await;
    }

    /// At the same moment, on two channels: no more is promised than will come.
    async fn two_channels_want_the_same_supply_and_one_gets_it(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        sells_ahead(&shop, "web").await;
        sells_ahead(&shop, "market").await;
        shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 10).await;
        let (web, market) = tokio::join!(
            shop.places(shop.order("web", "W-1", "york", &[("TEA", 6)])),
            shop.places(shop.order("market", "M-1", "leeds", &[("TEA", 6)])),
        );
        let is_accepted = |outcome: &PlaceOutcome| matches!(outcome, PlaceOutcome::Accepted(_));
        assert_ne!(is_accepted(&web), is_accepted(&market), "{web:?} {market:?}");
        shop.holds().await;
    }

    /// Another machine promised some of it meanwhile: whoever decided by what it saw before promises nothing.
    async fn a_promise_is_made_only_from_what_was_seen(db: TestDb) {
        let shop = Story::open(db).await;
        let item_id = shop.sells("TEA").await;
        sells_ahead(&shop, "web").await;
        shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 10).await;
        tea(&shop, "web", "W-1", 6).await;
        let channel_id = queue(&shop, &item_id).await.remove(0).channel_id;
        for (seen, is_made) in [(0, false), (6, true), (6, false)] {
            let claims = vec![Claim { item_id: item_id.clone(), channel_id: channel_id.clone(), units: 4 }];
            let seen = HashMap::from([(item_id.clone(), seen)]);
            let made: Result<bool, Fault> = shop.runtime.run(Call::by("other"), move |cx| {
                let (claims, seen) = (claims.clone(), seen.clone());
                Box::pin(async move { claim(cx.tx, &cx.organisation_id, &claims, &seen).await })
            }).await;
            assert_eq!(made.unwrap(), is_made);
        }
    }

    async fn what_comes_goes_to_those_who_wait_in_their_turn(db: TestDb) {
        let shop = Story::open(db).await;
        let item_id = shop.sells("TEA").await;
        sells_ahead(&shop, "web").await;
        shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 10).await;
        for (reference, units) in [("W-1", 4), ("W-2", 4), ("W-3", 2)] {
            tea(&shop, "web", reference, units).await;
        }
        // More than those who wait need is for whoever comes; less is for the first.
        shop.stock("leeds", "TEA", 5).await;
        let refused = too_much(&shop, "app", "A-1", 1).await;
        assert_eq!(refused.asked, 1, "what has come is first of those who wait, also before it is shared out");
        shop.settles().await;
        assert_eq!(says(&shop, &item_id).await, "W-2 3 on 2026-03-06, W-3 2 on 2026-03-06");
        shop.stock("leeds", "TEA", 7).await;
        shop.settles().await;
        assert_eq!((says(&shop, &item_id).await.as_str(), shop.free(&item_id).await), ("", 2));
        tea(&shop, "app", "A-2", 2).await;
        shop.holds().await;
    }

    async fn whoever_does_not_want_to_wait_gives_back_what_was_promised(db: TestDb) {
        let shop = Story::open(db).await;
        let item_id = shop.sells("TEA").await;
        sells_ahead(&shop, "web").await;
        let quota = QuotaWanted { channel: "web".into(), item: "TEA".into(), quantity: Some(6) };
        shop.set_quotas(Call::by("user:ada"), EVERYTHING, vec![quota]).await.unwrap();
        shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 4).await;
        shop.expects("leeds", "PO 8", "2026-03-09", "TEA", 4).await;
        let first = tea(&shop, "web", "W-1", 4).await;
        tea(&shop, "web", "W-2", 2).await;
        assert_eq!(says(&shop, &item_id).await, "W-1 4 on 2026-03-06, W-2 2 on 2026-03-09");
        assert_eq!(too_much(&shop, "web", "W-3", 1).await.possible_later, None, "the quota has no more");
        cancels(&shop, &first.order_id).await;
        assert_eq!(says(&shop, &item_id).await, "W-2 2 on 2026-03-06");
        tea(&shop, "web", "W-4", 4).await;
        shop.holds().await;
    }

    async fn what_comes_later_or_not_at_all_moves_the_days_and_is_told(db: TestDb) {
        let shop = Story::open(db).await;
        let item_id = shop.sells("TEA").await;
        sells_ahead(&shop, "web").await;
        let first = shop.expects("leeds", "PO 7", "2026-03-03", "TEA", 5).await;
        shop.expects("leeds", "PO 8", "2026-03-09", "TEA", 4).await;
        tea(&shop, "web", "W-1", 4).await;
        tea(&shop, "web", "W-2", 3).await;
        assert_eq!(says(&shop, &item_id).await, "W-1 4 on 2026-03-03, W-2 3 on 2026-03-09");
        let amendment = Amendment { expected_on: Some(Date::constant(2026, 3, 5)), lines: Vec::new() };
        shop.amend_expected(Call::by("buyer"), first.clone(), amendment).await.unwrap();
        shop.settles().await;
        assert_eq!(says(&shop, &item_id).await, "W-1 4 on 2026-03-05, W-2 3 on 2026-03-09");
        days_pass(&shop, 4).await;
        // What was to be there on the fifth is late: nobody knows when it comes.
        assert_eq!(says(&shop, &item_id).await, "W-1 4 on 2026-03-09, W-2 3");
        assert_eq!(too_much(&shop, "web", "W-3", 1).await.possible_later, None);
        let told = "select count(*) from event where kind = 'order.wait_changed'";
        assert_eq!(shop.count(told).await, 3);
        shop.close_expected(Call::by("buyer"), first).await.unwrap();
        shop.expects("york", "PO 9", "2026-03-12", "TEA", 9).await;
        shop.settles().await;
        assert_eq!(says(&shop, &item_id).await, "W-1 4 on 2026-03-09, W-2 3 on 2026-03-12");
        shop.holds().await;
    }

    /// Sold before the first of it was ever made.
    async fn a_pre_order_has_its_day_and_there_are_only_so_many(db: TestDb) {
        let shop = Story::open(db).await;
        let item_id = shop.sells("TEA").await;
        let says_of = PolicySays {
            beyond: Beyond::Any,
            beyond_most: Some(5),
            available_from: march(20),
            ..PolicySays::default()
        };
        rules(&shop, "web", says_of).await;
        assert_eq!(later(&shop, "web").await, (0, vec![by(march(20), 5)]));
        assert_eq!(tea(&shop, "web", "W-1", 3).await.waiting[0].expected_on, march(20));
        let short = too_much(&shop, "web", "W-2", 4).await;
        assert_eq!((short.possible_later, short.later_on), (Some(2), march(20)));
        tea(&shop, "web", "W-2", 2).await;
        assert_eq!(says(&shop, &item_id).await, "W-1 3 on 2026-03-20, W-2 2 on 2026-03-20");
        shop.stock("leeds", "TEA", 4).await;
        shop.settles().await;
        assert_eq!(says(&shop, &item_id).await, "W-2 1 on 2026-03-20");
        shop.holds().await;
    }

    async fn somebody_is_moved_up_for_a_reason(db: TestDb) {
        let shop = Story::open(db).await;
        let item_id = shop.sells("TEA").await;
        sells_ahead(&shop, "web").await;
        shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 4).await;
        shop.expects("leeds", "PO 8", "2026-03-09", "TEA", 4).await;
        tea(&shop, "web", "W-1", 4).await;
        let bride = tea(&shop, "web", "W-2", 4).await.order_id;
        let moved = shop.move_up(Call::by("user:ada"), bride.clone(), " ".into()).await;
        assert!(matches!(moved, Err(MoveUpError::NoReason)));
        shop.move_up(Call::by("user:ada"), bride.clone(), "a wedding".into()).await.unwrap();
        shop.settles().await;
        assert_eq!(says(&shop, &item_id).await, "W-2 4 on 2026-03-06, W-1 4 on 2026-03-09");
        assert!(queue(&shop, &item_id).await[0].is_moved_up);
        assert_eq!(shop.count("select count(*) from event where kind = 'order.moved_up'").await, 1);
        shop.stock("leeds", "TEA", 4).await;
        shop.settles().await;
        assert_eq!(says(&shop, &item_id).await, "W-1 4 on 2026-03-06");
        let moved = shop.move_up(Call::by("user:ada"), bride, "again".into()).await;
        assert!(matches!(moved, Err(MoveUpError::NotWaiting(_))));
        shop.holds().await;
    }

    /// What the channel does not see it does not get by waiting either.
    async fn a_buffer_is_not_for_those_who_wait(db: TestDb) {
        let shop = Story::open(db).await;
        let item_id = shop.sells("TEA").await;
        let says_of =
            PolicySays { beyond: Beyond::Any, beyond_most: Some(9), buffer: 3, ..PolicySays::default() };
        rules(&shop, "web", says_of).await;
        shop.stock("leeds", "TEA", 5).await;
        let order = tea(&shop, "web", "W-1", 4).await;
        assert_eq!((order.fulfilment_orders[0].units, order.waiting[0].units, order.waiting[0].expected_on), (2, 2, None));
        shop.settles().await;
        assert_eq!((says(&shop, &item_id).await.as_str(), shop.free(&item_id).await), ("W-1 2", 3));
        // Others may have it.
        tea(&shop, "app", "A-1", 1).await;
        shop.stock("leeds", "TEA", 3).await;
        shop.settles().await;
        assert_eq!((says(&shop, &item_id).await.as_str(), shop.free(&item_id).await), ("", 3));
        shop.holds().await;
    }

    /// Whatever happens: never more is given than there is, each in their turn, and nobody waits while goods lie free.
    async fn whatever_comes_nobody_waits_beside_free_goods_and_nobody_is_passed(db: TestDb) {
        let shop = Story::open(db).await;
        let item_id = shop.sells("TEA").await;
        let says_of = PolicySays { beyond: Beyond::Any, beyond_most: Some(40), ..PolicySays::default() };
        rules(&shop, "web", says_of).await;
        let mut open: Vec<(String, OrderId, i64)> = Vec::new();
        let (mut dice, mut came, mut sold) = (20_260_302_u64, 0, 0);
        let mut roll = |below: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) % below
        };
        for step in 0..60 {
            match roll(4) {
                0 => {
                    let units = roll(6) as i64 + 1;
                    came += units;
                    shop.stock_under(&format!("note {step}"), "leeds", "TEA", units).await;
                }
                1 if !open.is_empty() => {
                    let (_, order_id, units) = open.remove(roll(open.len() as u64) as usize);
                    sold -= units;
                    let cancel = CancelOrder { order_id, line_nos: Vec::new(), reason: "changed mind".into() };
                    shop.cancel(Call::by("agent"), cancel).await.unwrap();
                }
                _ => {
                    let (reference, units) = (format!("W-{step:02}"), roll(5) as i64 + 1);
                    a_second_passes(&shop);
                    let order = shop.order("web", &reference, "york", &[("TEA", units)]);
                    if let PlaceOutcome::Accepted(accepted) = shop.places(order).await {
                        sold += units;
                        open.push((reference, accepted.order_id, units));
                    }
                }
            }
            if roll(3) > 0 {
                shop.settles().await;
                let waiting = queue(&shop, &item_id).await;
                let units: i64 = waiting.iter().map(|row| row.units).sum();
                assert_eq!(units, (sold - came).max(0), "step {step}: {waiting:?}");
                assert_eq!(shop.free(&item_id).await, (came - sold).max(0), "step {step}");
                // All who wait ordered after all who have everything; only the first of them has a part.
                let in_turn: Vec<&String> = open.iter().map(|(reference, _, _)| reference).collect();
                let last: Vec<&String> = in_turn[in_turn.len() - waiting.len()..].to_vec();
                assert_eq!(waiting.iter().map(|row| &row.external_reference).collect::<Vec<_>>(), last, "step {step}");
                shop.holds().await;
            }
        }
    }

    /// The supplier sends less than was promised of it: those who wait last hear of no day, and nobody else is let in.
    async fn less_comes_than_was_promised(db: TestDb) {
        let shop = Story::open(db).await;
        let item_id = shop.sells("TEA").await;
        sells_ahead(&shop, "web").await;
        let order = shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 6).await;
        tea(&shop, "web", "W-1", 4).await;
        tea(&shop, "web", "W-2", 2).await;
        let amendment = Amendment { expected_on: None, lines: vec![(item_id.clone(), units_of(5))] };
        shop.amend_expected(Call::by("buyer"), order, amendment).await.unwrap();
        shop.settles().await;
        assert_eq!(says(&shop, &item_id).await, "W-1 4 on 2026-03-06, W-2 2");
        assert_eq!(later(&shop, "web").await, (0, vec![]));
        too_much(&shop, "web", "W-3", 1).await;
        shop.holds().await;
    }
}
