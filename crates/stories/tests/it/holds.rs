//! What a cart holds is the cart's until its time is over.

use std::sync::Arc;

use flows::{
    hold::{Held, HoldCommand, HoldOutcome},
    intake::{PlaceOutcome, Refused},
};
use inventory::hold::{HoldError, LIFE_MAX, SECONDS_MAX};
use jiff::SignedDuration;
use kernel::{HoldId, ItemId};
use orders::place::NewOrder;
use runtime::{Answer, Call};
use stories::{Story, cart};
use testkit::TestDb;

async fn asks(shop: &Story, command: HoldCommand) -> HoldOutcome {
    shop.hold(command).await.unwrap().into_result().unwrap()
}

async fn fills(shop: &Story, channel: &str, reference: &str, lines: &[(&str, i64)]) -> Held {
    match asks(shop, cart(channel, reference, lines)).await {
        HoldOutcome::Held(held) => held,
        other => panic!("{other:?}"),
    }
}

fn with_hold(order: NewOrder, hold_id: &HoldId) -> NewOrder {
    NewOrder { hold_id: Some(hold_id.clone()), ..order }
}

/// Units of an item that are held for carts.
async fn held(shop: &Story, item_id: &ItemId) -> i64 {
    shop.in_state(item_id, "held").await
}

async fn state(shop: &Story, hold_id: &HoldId) -> String {
    shop.find_hold(hold_id.clone()).await.unwrap().unwrap().state
}

fn passes(shop: &Story, seconds: i64) {
    let then = shop.runtime.now().checked_add(SignedDuration::from_secs(seconds)).unwrap();
    shop.runtime.clock.advance_to(then);
}

testkit::both_engines! {
    /// Hold, pay, order: whoever paid gets exactly what was held, from where it was held, while others are refused and
    /// are told until when.
    async fn what_a_cart_holds_is_what_its_order_gets(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        let mine = fills(&shop, "web", "cart-1", &[("TEA", 3)]).await;
        assert_eq!((shop.free(&tea).await, held(&shop, &tea).await), (0, 3));

        let Refused::InsufficientStock { lines } = shop.refuses(shop.order("web", "R-2", "york", &[("TEA", 1)])).await
        else { panic!("another reason") };
        assert_eq!(lines[0].held_by.iter().map(|holder| (holder.state.as_str(), holder.quantity)).collect::<Vec<_>>(), [("held", 3)]);
        assert_eq!(lines[0].holding_carts[0].hold_id, mine.hold_id);
        assert_eq!(lines[0].holding_carts[0].expires_at, mine.expires_at);
        let HoldOutcome::Refused(Refused::InsufficientStock { lines }) = asks(&shop, cart("market", "cart-2", &[("TEA", 1)])).await
        else { panic!("another cart cannot hold it either") };
        assert_eq!(lines[0].possible_quantity, 0);

        let order = with_hold(shop.order("web", "R-1", "york", &[("TEA", 3)]), &mine.hold_id);
        let accepted = shop.accepts(order.clone()).await;
        assert_eq!(accepted.fulfilment_orders.iter().map(|part| part.units).sum::<i64>(), 3);
        assert_eq!(accepted.fulfilment_orders[0].node_id, mine.parts[0].node_id);
        assert_eq!((shop.free(&tea).await, held(&shop, &tea).await, state(&shop, &mine.hold_id).await), (0, 0, "consumed".into()));
        assert!(shop.accepts(order).await.is_repeat, "the answer was lost and the shop asks again");
        shop.holds().await;
    }

    /// Lines beyond the hold take from what is free; what the order does not want of it goes back.
    async fn an_order_may_want_more_or_less_than_its_cart_held(db: TestDb) {
        let shop = Story::open(db).await;
        let (tea, cup) = (shop.sells("TEA").await, shop.sells("CUP").await);
        shop.stock("leeds", "TEA", 10).await;
        shop.stock("leeds", "CUP", 4).await;
        let mine = fills(&shop, "web", "cart-1", &[("TEA", 6), ("CUP", 4)]).await;
        assert_eq!((shop.free(&tea).await, shop.free(&cup).await), (4, 0));
        shop.accepts(with_hold(shop.order("web", "R-1", "leeds", &[("TEA", 8), ("CUP", 1)]), &mine.hold_id)).await;
        assert_eq!((shop.free(&tea).await, shop.free(&cup).await), (2, 3));
        assert_eq!((held(&shop, &tea).await, held(&shop, &cup).await), (0, 0));
        shop.holds().await;
    }

    /// F2 of carts: each of two lines finds enough, and both together do not.
    async fn two_lines_of_one_item_are_held_together(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.lists("web", "BOX", &tea, 6).await;
        shop.stock("leeds", "TEA", 10).await;
        let refused = asks(&shop, cart("web", "cart-1", &[("TEA", 5), ("BOX", 1)])).await;
        assert!(matches!(refused, HoldOutcome::Refused(Refused::InsufficientStock { .. })), "{refused:?}");
        assert_eq!(held(&shop, &tea).await, 0, "all or nothing");
        fills(&shop, "web", "cart-1", &[("TEA", 4), ("BOX", 1)]).await;
        assert_eq!((shop.free(&tea).await, held(&shop, &tea).await), (0, 10));
        shop.holds().await;
    }

    /// F1, F3: carts and orders want the same units at the same moment.
    async fn two_hundred_carts_want_fifty_units_and_fifty_get_one(db: TestDb) {
        let shop = Arc::new(Story::open(db).await);
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 20).await;
        shop.stock("york", "TEA", 30).await;
        let buyers: Vec<_> = (0..200)
            .map(|n| {
                let shop = shop.clone();
                let channel = ["web", "market", "app", "till"][n % 4];
                tokio::spawn(async move {
                    match asks(&shop, cart(channel, &format!("cart-{n}"), &[("TEA", 1)])).await {
                        HoldOutcome::Held(held) => Some((channel, n, held)),
                        HoldOutcome::Refused(Refused::InsufficientStock { .. }) => None,
                        other => panic!("{other:?}"),
                    }
                })
            })
            .collect();
        let mut lucky = Vec::new();
        for buyer in buyers {
            lucky.extend(buyer.await.unwrap());
        }
        assert_eq!((lucky.len(), shop.free(&tea).await, held(&shop, &tea).await), (50, 0, 50));
        let paid: Vec<_> = lucky
            .into_iter()
            .map(|(channel, n, held)| {
                let shop = shop.clone();
                tokio::spawn(async move {
                    let order = shop.order(channel, &format!("R-{n}"), "york", &[("TEA", 1)]);
                    shop.accepts(with_hold(order, &held.hold_id)).await
                })
            })
            .collect();
        for order in paid {
            assert!(!order.await.unwrap().is_repeat);
        }
        assert_eq!((held(&shop, &tea).await, shop.count("select count(*) from sales_order").await), (0, 50));
        shop.settles().await;
        shop.holds().await;
    }

    /// I13: the process died between hold and order; the time is over, and the stock comes back to who waits for it.
    async fn a_hold_that_nobody_ordered_ends_on_time(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 2).await;
        let mine = fills(&shop, "web", "cart-1", &[("TEA", 2)]).await;
        passes(&shop, 899);
        assert_eq!(shop.expire_holds().await.unwrap(), 0, "not yet");
        passes(&shop, 1);
        assert_eq!(shop.expire_holds().await.unwrap(), 1);
        assert_eq!((shop.free(&tea).await, held(&shop, &tea).await, state(&shop, &mine.hold_id).await), (2, 0, "expired".into()));
        assert_eq!(shop.expire_holds().await.unwrap(), 0, "once");
        shop.holds().await;
    }

    /// Nobody has swept yet: whoever comes is not refused for the sake of a hold whose time is over.
    async fn nobody_is_refused_for_a_hold_that_is_due(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 2).await;
        let late = fills(&shop, "web", "cart-1", &[("TEA", 2)]).await;
        passes(&shop, 900);
        let next = fills(&shop, "web", "cart-2", &[("TEA", 1)]).await;
        shop.accepts(shop.order("market", "R-2", "leeds", &[("TEA", 1)])).await;
        assert_eq!(state(&shop, &late.hold_id).await, "expired");
        // Paid too late: decided as if there had been no hold, and refused cleanly.
        let refused = shop.refuses(with_hold(shop.order("web", "R-1", "leeds", &[("TEA", 2)]), &late.hold_id)).await;
        let Refused::InsufficientStock { lines } = refused else { panic!("{refused:?}") };
        assert_eq!(lines[0].holding_carts[0].hold_id, next.hold_id);
        assert_eq!((shop.free(&tea).await, held(&shop, &tea).await), (0, 1));
        shop.holds().await;
    }

    /// The customer pays in the moment in which the time is over: exactly one wins, and no unit is lost or made.
    async fn expiry_and_order_race_and_exactly_one_gets_the_hold(db: TestDb) {
        let shop = Arc::new(Story::open(db).await);
        let tea = shop.sells("TEA").await;
        for round in 0..8 {
            shop.stock("leeds", "TEA", 1).await;
            let mine = fills(&shop, "web", &format!("cart-{round}"), &[("TEA", 1)]).await;
            let order = with_hold(shop.order("web", &format!("R-{round}"), "leeds", &[("TEA", 1)]), &mine.hold_id);
            let buyer = { let shop = shop.clone(); tokio::spawn(async move { shop.places(order).await }) };
            let clock = { let shop = shop.clone(); tokio::spawn(async move {
                tokio::task::yield_now().await;
                passes(&shop, 900);
                shop.expire_holds().await
            }) };
            let outcome = buyer.await.unwrap();
            let expired = clock.await.unwrap().unwrap();
            assert!(matches!(outcome, PlaceOutcome::Accepted(_)), "the unit is there either way: {outcome:?}");
            let ended = state(&shop, &mine.hold_id).await;
            assert!(ended == "consumed" && expired == 0 || ended == "expired", "{ended}, {expired}");
            assert_eq!((shop.free(&tea).await, held(&shop, &tea).await), (0, 0));
        }
        shop.settles().await;
        shop.holds().await;
    }

    /// Two orders name one hold at once.
    async fn a_hold_is_given_to_one_order_only(db: TestDb) {
        let shop = Arc::new(Story::open(db).await);
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let mine = fills(&shop, "web", "cart-1", &[("TEA", 5)]).await;
        let buyers: Vec<_> = (0..6)
            .map(|n| {
                let (shop, hold_id) = (shop.clone(), mine.hold_id.clone());
                tokio::spawn(async move {
                    let order = shop.order("web", &format!("R-{n}"), "leeds", &[("TEA", 5)]);
                    shop.places(with_hold(order, &hold_id)).await
                })
            })
            .collect();
        let mut accepted = 0;
        for buyer in buyers {
            accepted += i64::from(matches!(buyer.await.unwrap(), PlaceOutcome::Accepted(_)));
        }
        assert_eq!((accepted, shop.free(&tea).await, held(&shop, &tea).await), (1, 0, 0));
        shop.holds().await;
    }

    async fn another_channel_does_not_get_the_hold(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let mine = fills(&shop, "web", "cart-1", &[("TEA", 2)]).await;
        let refused = shop.refuses(with_hold(shop.order("market", "R-1", "leeds", &[("TEA", 2)]), &mine.hold_id)).await;
        let Refused::BadFields { fields } = refused else { panic!("{refused:?}") };
        assert_eq!(fields[0].pointer, "/hold_id");
        assert_eq!((shop.free(&tea).await, held(&shop, &tea).await), (3, 2));
        shop.holds().await;
    }

    /// The same cart again is a repeat; with other goods it is a mistake, until it is given up.
    async fn a_cart_has_one_hold_at_a_time(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let keyed = HoldCommand { call: Call::by("shop").keyed("shop POST /v1/holds", "k1", "f"), ..cart("web", "cart-1", &[("TEA", 2)]) };
        let Ok(Answer::Done(HoldOutcome::Held(mine))) = shop.hold(keyed.clone()).await else { panic!("it is free") };
        assert_eq!(shop.hold(keyed).await.unwrap(), Answer::Replayed(HoldOutcome::Held(mine.clone())));
        let hold_id = mine.hold_id.clone();
        assert_eq!(asks(&shop, cart("web", "cart-1", &[("TEA", 2)])).await, HoldOutcome::Repeated { hold_id: hold_id.clone() });
        assert_eq!(asks(&shop, cart("web", "cart-1", &[("TEA", 3)])).await, HoldOutcome::Conflict { hold_id: hold_id.clone() });
        shop.release_hold(Call::by("shop"), hold_id.clone()).await.unwrap();
        shop.release_hold(Call::by("shop"), hold_id.clone()).await.unwrap();
        assert_eq!((shop.free(&tea).await, state(&shop, &hold_id).await), (5, "released".into()));
        fills(&shop, "web", "cart-1", &[("TEA", 3)]).await;
        passes(&shop, 900);
        fills(&shop, "web", "cart-1", &[("TEA", 4)]).await;
        assert_eq!((shop.free(&tea).await, held(&shop, &tea).await), (1, 4));
        shop.holds().await;
    }

    async fn a_hold_lasts_longer_when_asked_and_never_for_ever(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let mine = fills(&shop, "web", "cart-1", &[("TEA", 2)]).await;
        let longer = async |seconds: u64| shop.extend_hold(Call::by("shop"), mine.hold_id.clone(), seconds).await;
        assert_eq!(longer(10).await.unwrap(), Answer::Done(mine.expires_at), "never shorter");
        passes(&shop, 600);
        longer(SECONDS_MAX).await.unwrap();
        passes(&shop, SECONDS_MAX as i64 - 1);
        assert_eq!(shop.expire_holds().await.unwrap(), 0);
        for _ in 0..2 {
            longer(SECONDS_MAX).await.unwrap();
            passes(&shop, SECONDS_MAX as i64 - 1);
        }
        assert!(matches!(longer(SECONDS_MAX).await, Err(HoldError::TooLong { .. })), "{LIFE_MAX:?} in all");
        passes(&shop, 1);
        assert!(matches!(longer(60).await, Err(HoldError::Ended { state: "expired" })), "its time is over");
        shop.settles().await;
        assert_eq!(shop.free(&tea).await, 5);
        shop.holds().await;
    }

    /// An order that waits gets what a cart gave back.
    async fn what_comes_back_goes_to_orders_that_wait(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 2).await;
        let waiting = shop.accepts(shop.order("web", "R-1", "leeds", &[("TEA", 2)])).await;
        let work = waiting.fulfilment_orders[0].fulfilment_order_id.clone();
        shop.stock("york", "TEA", 2).await;
        fills(&shop, "web", "cart-1", &[("TEA", 2)]).await;
        shop.misses(&work, 1, 2).await;
        shop.settles().await;
        assert_eq!(shop.status(&waiting.order_id).await, "unallocated");
        passes(&shop, 900);
        shop.settles().await;
        assert_eq!((shop.status(&waiting.order_id).await.as_str(), shop.stock_at("york", &tea).await), ("to_pick", [0, 2, 0, 0]));
        shop.holds().await;
    }

    /// I13 in the books: a sweeper that stopped does not go unnoticed.
    async fn a_hold_that_does_not_end_is_a_breach(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.sells("CUP").await;
        shop.stock("leeds", "TEA", 2).await;
        shop.stock("leeds", "CUP", 2).await;
        fills(&shop, "web", "cart-1", &[("TEA", 2)]).await;
        passes(&shop, 970);
        shop.accepts(shop.order("web", "R-1", "leeds", &[("CUP", 1)])).await;
        let findings = shop.verify().await.unwrap();
        assert!(findings.iter().any(|finding| finding.invariant == "stock.holds_end_in_time"), "{findings:?}");
        shop.settles().await;
        shop.holds().await;
    }
}
