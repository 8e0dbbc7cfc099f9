//! Events get an order that nobody can change unseen.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use db::Fault;
use runtime::{Call, Runtime, event};
use testkit::TestDb;

use crate::{count, house};

async fn tells(house: &Runtime, subject: String) {
    house
        .run(Call::by("test"), move |cx| {
            let subject = subject.clone();
            Box::pin(async move {
                cx.tell("test.brewed", &subject, serde_json::json!({ "of": subject }));
                cx.tell("test.poured", &subject, serde_json::json!({}));
                Ok::<_, Fault>(())
            })
        })
        .await
        .unwrap();
}

async fn chain(house: &Runtime) -> Option<String> {
    let id = house.organisation_id.clone();
    let checked = house.read(move |tx| Box::pin(async move { runtime::check_chain(tx, &id).await })).await;
    checked.unwrap_or_else(|fault: Fault| panic!("{fault:?}"))
}

async fn execute(house: &Runtime, sql: &'static str) {
    let done = house.db.write(move |tx| Box::pin(async move { tx.execute(sql, &[]).await })).await;
    assert!(done.unwrap_or_else(|fault: Fault| panic!("{fault:?}")) > 0, "{sql}");
}

testkit::both_engines! {
    async fn positions_have_no_gaps_while_many_write_and_a_reader_follows(db: TestDb) {
        let house = house(&db);
        let is_over = Arc::new(AtomicBool::new(false));
        let (follower, over) = (house.clone(), is_over.clone());
        let reading = tokio::spawn(async move {
            let (mut last, mut seen) = (0, Vec::new());
            loop {
                // Asked first, so that one more round follows the last write.
                let was_over = over.load(Ordering::SeqCst);
                event::sequence(&follower).await.unwrap();
                let id = follower.organisation_id.clone();
                let events = follower.read(move |tx| Box::pin(async move { event::list_after(tx, &id, last, 10_000).await }));
                let events = events.await.unwrap_or_else(|fault: Fault| panic!("{fault:?}"));
                for event in events {
                    assert_eq!(event.position, last + 1, "what was read is never followed by something before it");
                    last = event.position;
                    seen.push(event.subject_id);
                }
                if was_over {
                    return seen;
                }
                tokio::task::yield_now().await;
            }
        });
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let house = house.clone();
                tokio::spawn(async move {
                    for n in 0..12 {
                        tells(&house, format!("{writer}-{n}")).await;
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        is_over.store(true, Ordering::SeqCst);
        let seen = reading.await.unwrap();
        assert_eq!(seen.len(), 8 * 12 * 2);
        for writer in 0..8 {
            let own: Vec<&String> = seen.iter().filter(|subject| subject.starts_with(&format!("{writer}-"))).collect();
            let told: Vec<String> = (0..24).map(|n| format!("{writer}-{}", n / 2)).collect();
            assert_eq!(own, told.iter().collect::<Vec<_>>(), "what one tells stays in its order");
        }
        assert_eq!(count(&house, "select count(*) from event where position is null").await, 0);
        assert_eq!(chain(&house).await, None);
    }

    /// Each node runs the sequencer.
    async fn several_sequencers_at_once_give_each_event_one_position(db: TestDb) {
        let house = house(&db);
        for round in 0..12 {
            let at_once: Vec<_> = (0..6)
                .map(|n| {
                    let house = house.clone();
                    tokio::spawn(async move {
                        tells(&house, format!("{round}-{n}")).await;
                        event::sequence(&house).await
                    })
                })
                .collect();
            for one in at_once {
                one.await.unwrap().expect("nobody is in another's way");
            }
        }
        assert_eq!(event::sequence(&house).await.unwrap(), 0);
        assert_eq!(count(&house, "select position from event_head").await, 12 * 6 * 2);
        assert_eq!(chain(&house).await, None);
    }

    async fn every_change_of_what_was_told_is_seen(db: TestDb) {
        let house = house(&db);
        assert_eq!(chain(&house).await, None, "no events are a whole chain");
        for n in 0..3 {
            tells(&house, format!("{n}")).await;
        }
        event::sequence(&house).await.unwrap();
        assert_eq!(event::sequence(&house).await.unwrap(), 0);
        assert_eq!(count(&house, "select position from event_head").await, 6);
        for (change, back) in [
            ("update event set data = '{ }' where position = 2", "update event set data = '{}' where position = 2"),
            ("update event set actor = 'x' where position = 6", "update event set actor = 'test' where position = 6"),
            ("update event set kind = 'x' where position = 1", "update event set kind = 'test.brewed' where position = 1"),
            ("update event set position = 9 where position = 6", "update event set position = 6 where position = 9"),
            ("update event_head set position = 7", "update event_head set position = 6"),
        ] {
            execute(&house, change).await;
            assert!(chain(&house).await.is_some(), "{change}");
            execute(&house, back).await;
            assert_eq!(chain(&house).await, None, "{back}");
        }
        execute(&house, "delete from event where position = 6").await;
        assert!(chain(&house).await.is_some(), "the last one is missed too");
    }
}
