//! Goods that are sold together: a code of the channel that means several items.

use flows::{
    availability::{Goods, Question},
    intake::{PlaceOutcome, Refused},
};
use kernel::{ItemId, Scope};
use stories::{Story, cart};
use testkit::TestDb;

/// A tea set: a tea and two cups.
async fn sells_tea_sets(shop: &Story) -> (ItemId, ItemId) {
    let (tea, cup) = (shop.sells("TEA").await, shop.sells("CUP").await);
    shop.lists_kit("web", "TEA-SET", &[(&tea, 1), (&cup, 2)]).await;
    (tea, cup)
}

/// How many tea sets the web shop can sell, and the item of which there are too few for more.
async fn sets_to_sell(shop: &Story) -> (i64, String) {
    let goods = vec![Goods::Listing("TEA-SET".into())];
    let question = Question { goods, channels: vec!["web".into()], ..Question::default() };
    let told = shop.availability(&Scope::EVERYTHING, question).await.unwrap();
    assert_eq!((told.rows.len(), told.unknown.len()), (1, 0));
    (told.rows[0].packs, told.rows[0].sku.clone())
}

testkit::both_engines! {
    /// F2.
    async fn a_kit_and_its_parts_are_sold_from_the_same_stock(db: TestDb) {
        let shop = Story::open(db).await;
        let (tea, cup) = sells_tea_sets(&shop).await;
        shop.stock("leeds", "TEA", 5).await;
        shop.stock("leeds", "CUP", 5).await;
        assert_eq!(sets_to_sell(&shop).await, (2, "CUP".into()));

        // Two sets take four of five cups; the two cups besides are one too many, in one order as in two.
        match shop.refuses(shop.order("web", "1", "york", &[("TEA-SET", 2), ("CUP", 2)])).await {
            Refused::InsufficientStock { lines } => {
                let told: Vec<_> = lines.iter().map(|line| (line.line_no, &line.item_id, line.asked, line.available)).collect();
                assert_eq!(told, [(1, &cup, 6, 5), (2, &cup, 6, 5)]);
                assert_eq!(lines[0].possible_quantity, 2);
            }
            other => panic!("{other:?}"),
        }
        let accepted = shop.accepts(shop.order("web", "2", "york", &[("TEA-SET", 2), ("CUP", 1)])).await;
        assert_eq!(shop.stock_at("leeds", &tea).await, [3, 2, 0, 0]);
        assert_eq!(shop.stock_at("leeds", &cup).await, [0, 5, 0, 0]);
        assert_eq!(sets_to_sell(&shop).await, (0, "CUP".into()));
        assert_eq!(accepted.total_minor, 3 * 1_000 + 490);
        shop.holds().await;
    }

    async fn a_set_is_picked_packed_and_sent_item_by_item(db: TestDb) {
        let shop = Story::open(db).await;
        let (tea, cup) = sells_tea_sets(&shop).await;
        shop.stock("leeds", "TEA", 3).await;
        shop.stock("leeds", "CUP", 6).await;
        let order = shop.accepts(shop.order("web", "1", "york", &[("TEA-SET", 3)])).await;
        let (organisation_id, order_id) = (shop.runtime.organisation_id.clone(), order.order_id.clone());
        let lines = shop.runtime.read(move |tx| {
            Box::pin(async move { orders::store::list_lines(tx, &organisation_id, &order_id).await })
        });
        let lines = lines.await.unwrap_or_else(|fault: db::Fault| panic!("{fault}"));
        let said: Vec<_> = lines
            .iter()
            .map(|line| (line.line_no, line.channel_line_no, line.quantity, line.pack_factor, line.pack_price_minor))
            .collect();
        // A set costs ten euros: a third of its units is tea, and the cent that cannot be shared goes there too.
        assert_eq!(said, [(1, 1, 3, 1, 334), (2, 1, 6, 2, 666)]);
        assert!(lines.iter().all(|line| line.external_code == "TEA-SET"));

        let work = &order.fulfilment_orders[0].fulfilment_order_id;
        let parcel = shop.makes_ready(work, &[("TEA", 3), ("CUP", 6)]).await;
        shop.hands_over(&[parcel]).await;
        shop.settles().await;
        assert_eq!(shop.status(&order.order_id).await, "on_the_way");
        assert_eq!([shop.free(&tea).await, shop.free(&cup).await], [0, 0]);
        shop.holds().await;
    }

    async fn the_last_set_is_sold_once_whether_as_a_set_or_as_its_parts(db: TestDb) {
        let shop = Story::open(db).await;
        let (_, cup) = sells_tea_sets(&shop).await;
        shop.stock("leeds", "TEA", 9).await;
        shop.stock("leeds", "CUP", 2).await;
        let (set, one_cup) = tokio::join!(
            shop.places(shop.order("web", "1", "york", &[("TEA-SET", 1)])),
            shop.places(shop.order("market", "2", "york", &[("CUP", 1)])),
        );
        let accepted = [&set, &one_cup].map(|outcome| matches!(outcome, PlaceOutcome::Accepted(_)));
        assert!(accepted[0] != accepted[1], "{set:?} {one_cup:?}");
        assert!([0, 1].contains(&shop.free(&cup).await));
        shop.holds().await;
    }

    async fn a_cart_holds_every_item_of_a_set(db: TestDb) {
        let shop = Story::open(db).await;
        let (tea, cup) = sells_tea_sets(&shop).await;
        shop.stock("leeds", "TEA", 2).await;
        shop.stock("leeds", "CUP", 4).await;
        let held = shop.hold(cart("web", "C-1", &[("TEA-SET", 2)])).await.unwrap().into_result().unwrap();
        let flows::hold::HoldOutcome::Held(held) = held else { panic!("{held:?}") };
        assert_eq!(held.lines.len(), 2);
        assert_eq!([shop.in_state(&tea, "held").await, shop.in_state(&cup, "held").await], [2, 4]);
        let mut order = shop.order("web", "1", "york", &[("TEA-SET", 2)]);
        order.hold_id = Some(held.hold_id);
        shop.accepts(order).await;
        assert_eq!([shop.in_state(&tea, "allocated").await, shop.in_state(&cup, "allocated").await], [2, 4]);
        shop.holds().await;
    }
}
