//! A command happens once.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use db::{BoxFuture, Fault};
use runtime::{Answer, Call, CommandKey, Cx, Runtime};
use testkit::TestDb;

use crate::{count, house};

fn keyed(key: &str, fingerprint: &str) -> Call {
    Call::by("test").keyed("test POST /teas", key, fingerprint)
}

/// Tells one event, and answers with what makes it different from every other.
fn brew<'c>(cx: &'c mut Cx<'_>) -> BoxFuture<'c, Result<String, Fault>> {
    Box::pin(async move {
        let tea = cx.fresh();
        cx.tell("test.brewed", &tea, serde_json::json!({}));
        Ok(tea)
    })
}

async fn brews(house: &Runtime, call: Call) -> Answer<String> {
    house.command(call, |cx| brew(cx)).await.unwrap()
}

testkit::both_engines! {
    async fn the_same_key_gets_the_same_answer_and_nothing_happens_again(db: TestDb) {
        let house = house(&db);
        let Answer::Done(tea) = brews(&house, keyed("k", "f")).await else { panic!("it is the first") };
        assert_eq!(brews(&house, keyed("k", "f")).await, Answer::Replayed(tea.clone()));
        let again = Runtime::new((*db).clone(), house.clock.clone(), house.organisation_id.clone(), Some(8));
        assert_eq!(brews(&again, keyed("k", "f")).await, Answer::Replayed(tea), "also from another process");
        assert_eq!(count(&house, "select count(*) from event").await, 1);
    }

    async fn a_key_is_for_one_request(db: TestDb) {
        let house = house(&db);
        brews(&house, keyed("k", "f")).await;
        assert_eq!(brews(&house, keyed("k", "other")).await, Answer::KeyReused);
        assert_eq!(count(&house, "select count(*) from event").await, 1);
        assert!(matches!(brews(&house, keyed("k2", "f")).await, Answer::Done(_)));
        let elsewhere = Call::by("test").keyed("test POST /cups", "k", "f");
        let Answer::Done(cup) = brews(&house, elsewhere.clone()).await else { panic!("keys of another scope are other keys") };
        assert_eq!(brews(&house, elsewhere).await, Answer::Replayed(cup.clone()));
        let Answer::Replayed(tea) = brews(&house, keyed("k", "f")).await else { panic!("it was made") };
        assert_ne!(tea, cup, "each keeps its own answer");
    }

    /// A batch claims keys together, some of which were used before.
    async fn keys_that_are_claimed_together_keep_their_scopes(db: TestDb) {
        let house = house(&db);
        brews(&house, keyed("k", "f")).await;
        let key = |scope: &str| CommandKey { scope: scope.into(), key: "k".into(), fingerprint: "f".into() };
        let (cups, teas) = (key("test POST /cups"), key("test POST /teas"));
        let id = house.organisation_id.clone();
        let now = house.now();
        let other = CommandKey { fingerprint: "g".into(), ..teas.clone() };
        let asked = [cups.clone(), teas.clone(), other.clone()];
        let earlier = house
            .db
            .write(move |tx| Box::pin(async move {
                runtime::claim_keys::<String>(tx, &id, &asked.iter().collect(), now).await
            }))
            .await
            .unwrap_or_else(|fault: Fault| panic!("{fault:?}"));
        assert!(matches!(earlier.get(&teas), Some(Answer::Replayed(_))), "{earlier:?}");
        assert_eq!(earlier.get(&other), Some(&Answer::KeyReused), "another request under the used key");
        assert_eq!(earlier.get(&cups), None, "nobody used it");
    }

    async fn a_command_that_failed_leaves_nothing_and_its_key_is_free(db: TestDb) {
        let house = house(&db);
        let failed = house
            .command(keyed("k", "f"), |cx| Box::pin(async move {
                brew(cx).await?;
                cx.intend("label.buy", "prc_1", serde_json::json!({}));
                cx.put_off("look", "all", cx.now);
                Err::<String, _>(Fault::Lost("on purpose"))
            }))
            .await;
        assert!(failed.is_err());
        let left = "select (select count(*) from command_key) + (select count(*) from event) \
                         + (select count(*) from effect) + (select count(*) from job)";
        assert_eq!(count(&house, left).await, 0);
        assert!(matches!(brews(&house, keyed("k", "f")).await, Answer::Done(_)));
    }

    async fn one_key_many_times_at_once_is_one_command(db: TestDb) {
        let house = house(&db);
        let callers: Vec<_> = (0..8)
            .map(|_| {
                let house = house.clone();
                tokio::spawn(async move { brews(&house, keyed("k", "f")).await })
            })
            .collect();
        let (mut done, mut teas) = (0, Vec::new());
        for caller in callers {
            let answer = caller.await.unwrap();
            done += usize::from(matches!(answer, Answer::Done(_)));
            teas.extend(answer.into_result());
        }
        assert_eq!(done, 1);
        assert_eq!(teas.len(), 8);
        assert!(teas.iter().all(|tea| *tea == teas[0]), "{teas:?}");
        assert_eq!(count(&house, "select count(*) from event").await, 1);
    }

    async fn a_command_that_lost_a_race_runs_again_but_not_for_ever(db: TestDb) {
        let house = house(&db);
        let tries = Arc::new(AtomicUsize::new(0));
        let outrun = Fault::Outrun { what: "units taken", touched: 0, expected: 1 };
        assert!(outrun.is_transient());
        for (lucky, done) in [(2, true), (99, false)] {
            tries.store(0, Ordering::SeqCst);
            let tried = tries.clone();
            let answer = house
                .run(Call::by("test"), move |cx| {
                    let tried = tried.clone();
                    Box::pin(async move {
                        brew(cx).await?;
                        match tried.fetch_add(1, Ordering::SeqCst) {
                            n if n == lucky => Ok(()),
                            _ => Err(Fault::Outrun { what: "units taken", touched: 0, expected: 1 }),
                        }
                    })
                })
                .await;
            assert_eq!(answer.is_ok(), done, "{answer:?}");
            assert_eq!(tries.load(Ordering::SeqCst), if done { 3 } else { 4 });
        }
        assert_eq!(count(&house, "select count(*) from event").await, 1, "only the lucky one told");
    }
}
