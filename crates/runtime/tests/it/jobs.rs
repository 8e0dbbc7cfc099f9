//! Work for later, and work for one.

use std::time::Duration;

use runtime::{Call, Runtime, job, lease};
use testkit::TestDb;

use crate::{count, house, passes, says};

async fn finishes(house: &Runtime, claimed: &job::Claimed) -> bool {
    let claimed = claimed.clone();
    house
        .run(Call::by("worker"), move |cx| {
            let claimed = claimed.clone();
            Box::pin(async move { job::finish(cx, &claimed).await })
        })
        .await
        .unwrap()
}

testkit::both_engines! {
    async fn one_job_of_a_kind_waits_for_a_subject(db: TestDb) {
        let house = house(&db);
        for _ in 0..2 {
            says(&house, |cx| {
                cx.put_off("look", "a", cx.now);
                cx.put_off("look", "a", cx.now);
                cx.put_off("look", "b", cx.now);
                cx.put_off("tidy", "a", cx.now);
            })
            .await;
        }
        assert_eq!(count(&house, "select count(*) from job").await, 3);
    }

    async fn a_job_is_done_by_the_last_who_claimed_it(db: TestDb) {
        let house = house(&db);
        says(&house, |cx| cx.put_off("look", "a", cx.now.checked_add(Duration::from_secs(5)).unwrap())).await;
        assert!(job::claim(&house, 10, &[]).await.unwrap().is_empty(), "it is not due");
        passes(&house, 5);
        let late = job::claim(&house, 10, &[]).await.unwrap().remove(0);
        assert!(job::claim(&house, 10, &[]).await.unwrap().is_empty(), "it is being done");
        passes(&house, 60);
        let next = job::claim(&house, 10, &[]).await.unwrap().remove(0);
        assert_eq!((next.attempts, next.fence), (1, late.fence + 1));
        let (held, until) = (late.clone(), house.now().checked_add(Duration::from_secs(600)).unwrap());
        let is_held = house
            .run(Call::by("worker"), move |cx| {
                let held = held.clone();
                Box::pin(async move { job::hold(cx, &held, until).await })
            })
            .await;
        assert!(!is_held.unwrap(), "who lost it cannot keep it");
        assert!(!finishes(&house, &late).await);
        assert!(finishes(&house, &next).await);
        assert_eq!(count(&house, "select count(*) from job").await, 0);
    }

    async fn a_kind_with_workers_of_its_own_is_left_to_them(db: TestDb) {
        let house = house(&db);
        says(&house, |cx| {
            cx.put_off("look", "a", cx.now);
            cx.put_off("carry", "a", cx.now);
        })
        .await;
        let looks = job::claim(&house, 10, &["carry"]).await.unwrap();
        assert_eq!(looks.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["look"]);
        let carry = job::claim_kind(&house, "carry").await.unwrap().expect("it waits");
        assert_eq!(job::claim_kind(&house, "carry").await.unwrap(), None);
        passes(&house, 50);
        let until = house.now().checked_add(Duration::from_secs(60)).unwrap();
        let held = carry.clone();
        let is_held = house
            .run(Call::by("worker"), move |cx| {
                let held = held.clone();
                Box::pin(async move { job::hold(cx, &held, until).await })
            })
            .await
            .unwrap();
        passes(&house, 50);
        assert!(is_held && job::claim_kind(&house, "carry").await.unwrap().is_none(), "it is still worked on");
        assert!(finishes(&house, &carry).await);
    }

    async fn a_lease_has_one_holder_and_each_new_one_a_higher_fence(db: TestDb) {
        let house = house(&db);
        let ttl = Duration::from_secs(30);
        let first = lease::acquire(&house, "pump", "a", ttl).await.unwrap().expect("nobody has it");
        assert_eq!(lease::acquire(&house, "pump", "b", ttl).await.unwrap(), None);
        assert!(lease::acquire(&house, "other", "b", ttl).await.unwrap().is_some());
        passes(&house, 20);
        let renewed = lease::acquire(&house, "pump", "a", ttl).await.unwrap().expect("it is its own");
        assert_eq!(renewed.fence, first.fence);
        passes(&house, 29);
        assert_eq!(lease::acquire(&house, "pump", "b", ttl).await.unwrap(), None, "it was renewed");
        passes(&house, 1);
        let second = lease::acquire(&house, "pump", "b", ttl).await.unwrap().expect("it ran out");
        assert!(second.fence > first.fence);
        lease::release(&house, first).await.unwrap();
        assert_eq!(lease::acquire(&house, "pump", "c", ttl).await.unwrap(), None, "who lost it cannot give it back");
        lease::release(&house, second.clone()).await.unwrap();
        let third = lease::acquire(&house, "pump", "c", ttl).await.unwrap().expect("it was given back");
        assert!(third.fence > second.fence);
    }

    async fn of_many_who_ask_at_once_one_gets_the_lease(db: TestDb) {
        let house = house(&db);
        let asking: Vec<_> = (0..8)
            .map(|n| {
                let house = house.clone();
                tokio::spawn(async move {
                    lease::acquire(&house, "pump", &format!("node {n}"), Duration::from_secs(30)).await.unwrap()
                })
            })
            .collect();
        let mut granted = 0;
        for one in asking {
            granted += usize::from(one.await.unwrap().is_some());
        }
        assert_eq!(granted, 1);
    }
}
