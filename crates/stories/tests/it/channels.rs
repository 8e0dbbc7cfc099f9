//! One pool of stock, many channels.

use flows::intake::{PlaceOutcome, Refused};
use runtime::Answer;
use stories::Story;
use testkit::TestDb;

testkit::both_engines! {
    /// R1, F1.
    async fn two_channels_sell_the_last_unit(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 1).await;
        let (web, market) = tokio::join!(
            shop.places(shop.order("web", "W-1", "york", &[("TEA", 1)])),
            shop.places(shop.order("market", "M-1", "leeds", &[("TEA", 1)])),
        );
        let accepted = [&web, &market].iter().filter(|outcome| matches!(outcome, PlaceOutcome::Accepted(_))).count();
        assert_eq!(accepted, 1, "{web:?} {market:?}");
        assert_eq!(shop.free(&tea).await, 0);
        assert_eq!(shop.stock_at("leeds", &tea).await, [0, 1, 0, 0]);
        let refused = [web, market].into_iter().find_map(|outcome| match outcome {
            PlaceOutcome::Refused(Refused::InsufficientStock { lines }) => Some(lines),
            _ => None,
        });
        let lines = refused.expect("one of them was refused for want of stock");
        assert_eq!((lines[0].asked, lines[0].available, lines[0].possible_quantity), (1, 0, 0));
        assert_eq!(lines[0].held_by[0].state, "allocated");
        assert_eq!(lines[0].holding_orders.len(), 1, "it says who holds the stock");
        shop.holds().await;
    }

    /// R2.
    async fn three_listings_of_one_item_draw_on_one_stock(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let other = shop.sells("CUP").await;
        shop.lists("web", "TEA-SIX", &tea, 6).await;
        shop.lists("market", "MKT-77", &tea, 1).await;
        shop.stock("leeds", "TEA", 20).await;
        shop.stock("leeds", "CUP", 5).await;
        shop.accepts(shop.order("web", "1", "york", &[("TEA-SIX", 2)])).await;
        shop.accepts(shop.order("market", "1", "york", &[("MKT-77", 1)])).await;
        shop.accepts(shop.order("app", "1", "york", &[("TEA", 3)])).await;
        assert_eq!(shop.free(&tea).await, 20 - (2 * 6 + 1 + 3));
        assert_eq!(shop.free(&other).await, 5, "no other counter moves");
        shop.holds().await;
    }

    /// R3.
    async fn listing_on_four_channels_consumes_nothing_and_the_first_sale_empties_all(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("york", "TEA", 1).await;
        assert_eq!(shop.free(&tea).await, 1);
        shop.accepts(shop.order("till", "1", "york", &[("TEA", 1)])).await;
        for channel in ["web", "market", "app"] {
            let refused = shop.refuses(shop.order(channel, "1", "york", &[("TEA", 1)])).await;
            assert!(matches!(refused, Refused::InsufficientStock { .. }), "{channel}: {refused:?}");
        }
        shop.holds().await;
    }

    /// R19, F11.
    async fn an_order_sent_five_times_at_once_is_one_order(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("york", "TEA", 10).await;
        let order = shop.order("web", "W-1", "york", &[("TEA", 2)]);
        let (a, b, c, d, e) = tokio::join!(
            shop.accepts(order.clone()),
            shop.accepts(order.clone()),
            shop.accepts(order.clone()),
            shop.accepts(order.clone()),
            shop.accepts(order.clone()),
        );
        let all = [a, b, c, d, e];
        assert!(all.iter().all(|accepted| accepted.order_id == all[0].order_id));
        assert_eq!(all.iter().filter(|accepted| !accepted.is_repeat).count(), 1);
        assert_eq!(shop.free(&tea).await, 8);
        assert_eq!(shop.count("select count(*) from sales_order").await, 1);
        let mut other = order;
        other.lines[0].quantity = 3;
        assert!(matches!(shop.refuses(other).await, Refused::Conflict { .. }), "the same reference, another order");
        shop.holds().await;
    }

    /// F11: the same webhook under one key, in parallel and after.
    async fn the_same_key_gives_the_same_answer(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("york", "TEA", 10).await;
        let order = shop.order("web", "W-1", "york", &[("TEA", 2)]);
        let (first, second) =
            tokio::join!(shop.places_keyed(order.clone(), "k1"), shop.places_keyed(order.clone(), "k1"));
        let again = shop.places_keyed(order.clone(), "k1").await;
        let results: Vec<_> = [first, second, again].into_iter().map(|answer| answer.into_result().unwrap()).collect();
        assert_eq!(results[0], results[1]);
        assert_eq!(results[0], results[2]);
        let mut other = order;
        other.external_reference = "W-2".into();
        assert_eq!(shop.places_keyed(other, "k1").await, Answer::KeyReused);
        assert_eq!(shop.count("select count(*) from sales_order").await, 1);
        shop.holds().await;
    }

    async fn a_refusal_is_kept_under_its_key_and_known_for_a_repeat(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        let order = shop.order("web", "W-1", "york", &[("TEA", 2)]);
        let first = shop.places_keyed(order.clone(), "k1").await;
        assert!(matches!(first, Answer::Done(PlaceOutcome::Refused(Refused::InsufficientStock { .. }))), "{first:?}");
        shop.stock("york", "TEA", 10).await;
        let again = shop.places_keyed(order.clone(), "k1").await;
        assert_eq!(again, Answer::Replayed(first.into_result().unwrap()));
        shop.accepts(order).await;
        shop.holds().await;
    }

    /// F2.
    async fn two_lines_and_a_pack_that_share_an_item_are_counted_together(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.lists("web", "TEA-SIX", &tea, 6).await;
        shop.stock("leeds", "TEA", 10).await;
        // Each line by itself would fit.
        let refused = shop.refuses(shop.order("web", "1", "york", &[("TEA", 5), ("TEA-SIX", 1)])).await;
        let Refused::InsufficientStock { lines } = refused else { panic!("{refused:?}") };
        assert_eq!((lines[0].asked, lines[0].available), (11, 10));
        assert_eq!(shop.free(&tea).await, 10, "nothing was taken");
        shop.accepts(shop.order("web", "2", "york", &[("TEA", 4), ("TEA-SIX", 1)])).await;
        assert_eq!(shop.free(&tea).await, 0);
        shop.holds().await;
    }

    async fn an_unknown_code_a_bad_field_and_an_unknown_channel_are_named_and_change_nothing(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("york", "TEA", 10).await;
        let refused = shop.refuses(shop.order("web", "1", "york", &[("TEA", 1), ("NOPE", 1)])).await;
        let Refused::UnknownListings { lines } = refused else { panic!("{refused:?}") };
        assert_eq!(lines[0].pointer, "/lines/1/external_code");
        let refused = shop.refuses(shop.order("nowhere", "1", "york", &[("TEA", 1)])).await;
        assert!(matches!(refused, Refused::UnknownChannel { .. }));
        let refused = shop.refuses(shop.order("web", "1", "york", &[("TEA", -4)])).await;
        let Refused::BadFields { fields } = refused else { panic!("{refused:?}") };
        assert_eq!(fields[0].pointer, "/lines/0/quantity");
        assert_eq!(shop.count("select count(*) from sales_order").await, 0);
        shop.holds().await;
    }

    async fn an_order_of_a_thousand_lines_is_taken_whole(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.sells("CUP").await;
        shop.stock("york", "TEA", 600).await;
        shop.stock("leeds", "CUP", 600).await;
        let lines: Vec<(&str, i64)> = (0..1_000).map(|n| if n % 2 == 0 { ("TEA", 1) } else { ("CUP", 1) }).collect();
        let accepted = shop.accepts(shop.order("web", "1", "york", &lines)).await;
        assert_eq!(accepted.fulfilment_orders.iter().map(|part| part.units).sum::<i64>(), 1_000);
        assert_eq!(shop.count("select count(*) from order_line").await, 1_000);
        shop.holds().await;
    }
}
