//! How often somebody may ask, on one node and on two.

use std::time::Duration;

use db::Engine;
use runtime::budget::{Budgets, Quota};
use testkit::TestDb;

use crate::{house, passes};

const QUOTA: Quota = Quota { most: 100, window: Duration::from_secs(60) };

async fn granted(nodes: &[Budgets], subject: &str, times: usize) -> usize {
    let mut granted = 0;
    for time in 0..times {
        let spent = nodes[time % nodes.len()].spend(subject, QUOTA).await;
        granted += usize::from(spent.is_granted);
        assert_eq!(spent.is_granted, spent.retry_in.is_zero(), "{spent:?}");
    }
    granted
}

testkit::both_engines! {
    async fn c4_a_quota_holds_on_all_nodes_together_and_comes_back(db: TestDb) {
        let house = house(&db);
        // SQLite has one process; PostgreSQL any number.
        let count = if db.engine() == Engine::Sqlite { 1 } else { 3 };
        let nodes: Vec<Budgets> = (0..count).map(|_| Budgets::start(&house)).collect();
        let first = granted(&nodes, "key a", 300).await;
        assert_eq!(first, 100, "whoever asks enough gets all of it, and no more");
        assert_eq!(granted(&nodes, "key b", 10).await, 10, "others have their own");
        passes(&house, 30);
        let later = granted(&nodes, "key a", 300).await;
        assert_eq!(later, 50, "half of the time, half of the quota");
        passes(&house, 3_600);
        assert_eq!(granted(&nodes, "key a", 300).await, 100);
    }

    async fn c4_many_who_ask_at_once_get_no_more_than_the_quota(db: TestDb) {
        let house = house(&db);
        let budgets = Budgets::start(&house);
        let asking: Vec<_> = (0..150)
            .map(|_| {
                let budgets = budgets.clone();
                tokio::spawn(async move { budgets.spend("key a", QUOTA).await.is_granted })
            })
            .collect();
        let mut granted = 0;
        for asked in asking {
            granted += usize::from(asked.await.unwrap());
        }
        assert_eq!(granted, 100);
    }
}
