//! Stock is set from what was seen, and never over what was not.

use std::sync::Arc;

use inventory::set_levels::{Level, LevelReason, LevelRefusal, LevelSet, Measure, set_levels};
use kernel::{ItemId, Quantity};
use runtime::Call;
use stories::Story;
use testkit::TestDb;

async fn level(shop: &Story, item_id: &ItemId, from: Option<i64>, to: i64) -> Level {
    let places = shop.find_places(vec![("leeds".into(), item_id.to_string())]).await.unwrap();
    let quantity = |units| Quantity::new(units).unwrap();
    Level {
        node_id: places[0].0.clone().expect("leeds is a node"),
        item_id: item_id.clone(),
        owner_id: shop.merchant_id.clone(),
        lot: String::new(),
        measure: Measure::Available,
        quantity: quantity(to),
        change_from: from.map(quantity),
        reason: LevelReason::Count,
        note: String::new(),
    }
}

/// What became of it, in words that are kept with commands.
async fn sets(shop: &Story, level: Level) -> Result<LevelSet, LevelRefusal> {
    let set = shop.runtime.run(Call::by("user:ada"), move |cx| {
        let level = level.clone();
        Box::pin(async move {
            let set = set_levels(cx, &[level]).await?.pop().expect("one was asked for");
            Ok::<_, db::Fault>(match set {
                Ok(set) => (Some(set), 0, 0),
                Err(LevelRefusal::Stale { expected, present }) => (None, expected, present),
                Err(other) => panic!("{other}"),
            })
        })
    });
    match set.await.unwrap() {
        (Some(set), ..) => Ok(set),
        (None, expected, present) => Err(LevelRefusal::Stale { expected, present }),
    }
}

testkit::both_engines! {
    /// Also where there is no balance yet: the first count of many who begin from nothing.
    async fn of_many_who_set_stock_from_the_same_quantity_at_once_one_does(db: TestDb) {
        let shop = Arc::new(Story::open(db).await);
        let tea = shop.sells("TEA").await;
        let mut present = 0;
        for round in 1..=3 {
            let mut counting = Vec::new();
            for who in 1..=8 {
                let asked = level(&shop, &tea, Some(present), round * 100 + who).await;
                let shop = shop.clone();
                counting.push(tokio::spawn(async move { sets(&shop, asked).await }));
            }
            let mut told = Vec::new();
            for counted in counting {
                told.push(counted.await.unwrap());
            }
            let set: Vec<&LevelSet> = told.iter().flatten().collect();
            assert_eq!(set.len(), 1, "{told:?}");
            assert_eq!(set[0].before, present);
            let after = set[0].after;
            for refusal in told.iter().filter_map(|told| told.as_ref().err()) {
                assert_eq!(*refusal, LevelRefusal::Stale { expected: present, present: after });
            }
            present = after;
            assert_eq!(shop.stock_at("leeds", &tea).await[0], present);
        }
        assert_eq!(shop.verify().await.unwrap(), []);
    }

    async fn a_count_does_not_overwrite_an_order_that_nobody_saw(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 10).await;
        let counted = level(&shop, &tea, Some(10), 12).await;
        shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 3)])).await;
        let stale = sets(&shop, counted).await;
        assert_eq!(stale, Err(LevelRefusal::Stale { expected: 10, present: 7 }));
        let again = level(&shop, &tea, Some(7), 9).await;
        assert_eq!(sets(&shop, again).await, Ok(LevelSet { before: 7, after: 9, proposed_adjustment_id: None }));
        let anyway = level(&shop, &tea, None, 5).await;
        assert_eq!(sets(&shop, anyway).await, Ok(LevelSet { before: 9, after: 5, proposed_adjustment_id: None }));
        assert_eq!(shop.stock_at("leeds", &tea).await, [5, 3, 0, 0]);
        assert_eq!(shop.verify().await.unwrap(), []);
    }
}
