//! What is done outside is done once, and who does not know says so.

use std::collections::BTreeSet;

use db::Fault;
use runtime::{
    Call, Runtime,
    effect::{self, Claimed, Outcome},
};
use serde_json::json;
use testkit::TestDb;

use crate::{count, house, passes, says};

async fn settles(house: &Runtime, claimed: &Claimed, outcome: Outcome) -> bool {
    let claimed = claimed.clone();
    house
        .run(Call::by("worker"), move |cx| {
            let (claimed, outcome) = (claimed.clone(), outcome.clone());
            Box::pin(async move { effect::settle(cx, &claimed, &outcome).await })
        })
        .await
        .unwrap()
}

async fn claims_one(house: &Runtime) -> Claimed {
    let mut claimed = effect::claim(house, 10).await.unwrap();
    assert_eq!(claimed.len(), 1, "{claimed:?}");
    claimed.remove(0)
}

testkit::both_engines! {
    async fn two_workers_never_get_the_same_effect(db: TestDb) {
        let house = house(&db);
        says(&house, |cx| {
            for n in 0..40 {
                cx.intend("label.buy", &format!("prc_{n}"), json!({ "n": n }));
            }
        })
        .await;
        let worker = || {
            let house = house.clone();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                // One that finds the rows locked gets fewer, or none, and asks again.
                for _ in 0..20 {
                    mine.extend(effect::claim(&house, 7).await.unwrap());
                }
                mine
            })
        };
        let (one, other) = (worker(), worker());
        let mut all = one.await.unwrap();
        all.extend(other.await.unwrap());
        assert_eq!(all.len(), 40);
        assert_eq!(all.iter().map(|claimed| &claimed.effect_id).collect::<BTreeSet<_>>().len(), 40);
        assert!(all.iter().all(|claimed| !claimed.is_in_doubt && claimed.attempts == 0 && claimed.fence == 1));
    }

    async fn a_claim_that_ran_out_comes_back_in_doubt_and_the_late_worker_has_no_say(db: TestDb) {
        let house = house(&db);
        says(&house, |cx| drop(cx.intend("label.buy", "prc_1", json!({})))).await;
        let lost = claims_one(&house).await;
        passes(&house, 9);
        assert!(effect::claim(&house, 10).await.unwrap().is_empty(), "it is being tried");
        passes(&house, 1);
        let found = claims_one(&house).await;
        assert!(found.is_in_doubt && found.attempts == 1 && found.fence > lost.fence, "{found:?}");
        assert!(effect::renew(&house, vec![lost.clone()]).await.unwrap().is_empty(), "who lost it cannot keep it");
        assert_eq!(effect::renew(&house, vec![found.clone()]).await.unwrap(), std::slice::from_ref(&found));
        assert!(!settles(&house, &lost, Outcome::Failed(json!("late"))).await);
        assert!(settles(&house, &found, Outcome::Succeeded(json!("bought"))).await);
        assert!(!settles(&house, &found, Outcome::Failed(json!("twice"))).await, "what is settled stays so");
        assert_eq!(count(&house, "select count(*) from effect where state = 'succeeded'").await, 1);
        passes(&house, 100_000);
        assert!(effect::claim(&house, 10).await.unwrap().is_empty());
    }

    async fn nothing_reached_is_no_doubt_and_unknown_is(db: TestDb) {
        let house = house(&db);
        says(&house, |cx| drop(cx.intend("label.buy", "prc_1", json!({})))).await;
        let later = |seconds| house.now().checked_add(std::time::Duration::from_secs(seconds)).unwrap();
        let first = claims_one(&house).await;
        assert!(settles(&house, &first, Outcome::Again(later(30))).await);
        assert!(effect::claim(&house, 10).await.unwrap().is_empty(), "not before its time");
        passes(&house, 30);
        let second = claims_one(&house).await;
        assert!(!second.is_in_doubt && second.attempts == 1);
        assert!(settles(&house, &second, Outcome::Unknown(later(30))).await);
        passes(&house, 30);
        assert!(claims_one(&house).await.is_in_doubt);
    }

    async fn only_what_nobody_began_can_be_given_up(db: TestDb) {
        let house = house(&db);
        says(&house, |cx| drop(cx.intend("label.buy", "prc_1", json!({})))).await;
        let begun = claims_one(&house).await;
        settles(&house, &begun, Outcome::Again(house.now())).await;
        says(&house, |cx| {
            cx.intend("label.buy", "prc_2", json!({}));
            cx.intend("label.void", "prc_2", json!({}));
        })
        .await;
        for (cause, given_up) in [("prc_1", 0), ("prc_2", 1), ("prc_2", 0), ("prc_3", 0)] {
            let done = house
                .run(Call::by("test"), move |cx| Box::pin(async move { effect::cancel_planned(cx, "label.buy", cause).await }))
                .await;
            assert_eq!(done.unwrap(), given_up, "{cause}");
        }
        let kinds: Vec<String> = effect::claim(&house, 10).await.unwrap().into_iter().map(|claimed| claimed.kind).collect();
        assert_eq!(kinds, ["label.buy", "label.void"]);
    }

    async fn a_cause_has_one_effect_of_a_kind(db: TestDb) {
        let house = house(&db);
        says(&house, |cx| drop(cx.intend("label.buy", "prc_1", json!({})))).await;
        let again = house
            .run(Call::by("test"), |cx| Box::pin(async move {
                cx.intend("label.buy", "prc_1", json!({}));
                Ok::<_, Fault>(())
            }))
            .await;
        assert!(again.is_err_and(|fault| fault.is_duplicate()));
        assert_eq!(count(&house, "select count(*) from effect").await, 1);
    }
}
