//! A house with a long past: what is measured is as sound as what it was made of.

use sim::{
    large,
    run::{Plan, open},
};
use testkit::TestDb;

testkit::both_engines! {
    async fn a_past_of_copies_is_as_sound_as_the_day_it_was_made_of(db: TestDb) {
        let plan = Plan { seed: 5, days: 1, orders_a_day: 40 };
        let flows = open((*db).clone(), &plan).await.unwrap();

        let made = large::make(&flows, &plan, 1_000).await.unwrap();

        assert!(made.copied + made.lived >= 1_000, "{made:?}");
        assert!(made.rows > 10 * made.copied, "{made:?}");
        let findings = flows.verify().await.unwrap();
        assert!(findings.is_empty(), "{findings:#?}");
    }
}
