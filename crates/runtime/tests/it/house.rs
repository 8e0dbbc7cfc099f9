//! Batches and clocks: no database.

use std::time::Duration;

use kernel::Timestamp;
use runtime::{Batcher, Clock, batch::NoAnswer};

#[tokio::test]
async fn each_command_gets_its_own_answer() {
    let batcher = Batcher::start(16, 2, |batch: Vec<u32>| {
        Box::pin(async move { batch.iter().map(|n| n * 2).collect() })
    });
    let asking: Vec<_> = (0..500)
        .map(|n| {
            let batcher = batcher.clone();
            tokio::spawn(async move { (n, batcher.submit("", n).await) })
        })
        .collect();
    for one in asking {
        let (n, answer) = one.await.unwrap();
        assert_eq!(answer, Ok(n * 2));
    }
}

#[tokio::test]
async fn commands_that_wait_are_taken_together_in_the_order_they_came() {
    let (gate, opens) = tokio::sync::watch::channel(false);
    let (says, mut taken) = tokio::sync::mpsc::unbounded_channel();
    let batcher = Batcher::start(4, 1, move |batch: Vec<u32>| {
        let mut opens = opens.clone();
        says.send(batch.clone()).unwrap();
        Box::pin(async move {
            opens.wait_for(|is_open| *is_open).await.unwrap();
            batch
        })
    });
    let mut asking = vec![tokio::spawn({
        let batcher = batcher.clone();
        async move { batcher.submit("", 0).await }
    })];
    assert_eq!(taken.recv().await.unwrap(), [0], "none waits for a batch to fill");
    for n in 1..=6 {
        let batcher = batcher.clone();
        asking.push(tokio::spawn(async move { batcher.submit("", n).await }));
        tokio::task::yield_now().await;
    }
    gate.send(true).unwrap();
    assert_eq!(taken.recv().await.unwrap(), [1, 2, 3, 4]);
    assert_eq!(taken.recv().await.unwrap(), [5, 6]);
    for (n, one) in (0..).zip(asking) {
        assert_eq!(one.await.unwrap(), Ok(n));
    }
}

#[tokio::test]
async fn a_batch_that_panics_says_so_and_the_next_one_works() {
    let batcher = Batcher::start(8, 1, |batch: Vec<u32>| {
        Box::pin(async move {
            assert!(!batch.contains(&13), "on purpose");
            batch
        })
    });
    for _ in 0..3 {
        assert_eq!(batcher.submit("", 13).await, Err(NoAnswer));
        assert_eq!(batcher.submit("", 1).await, Ok(1));
    }
}

#[test]
fn a_clock_set_by_hand_goes_forward_and_never_back() {
    let start: Timestamp = "2026-03-02T08:00:00.000001Z".parse().unwrap();
    let clock = Clock::manual(start);
    let same = clock.clone();
    assert_eq!(clock.now(), start);
    let later = start.checked_add(Duration::from_secs(60)).unwrap();
    same.advance_to(later);
    assert_eq!(clock.now(), later, "copies are one clock");
    clock.advance_to(start);
    assert_eq!(clock.now(), later);
}

#[test]
fn a_fast_clock_runs_so_many_times_as_fast_from_its_start() {
    let start: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    let minute = Duration::from_secs(60);
    let system = Clock::System.now();
    let since = system.checked_sub(minute).unwrap();
    let clock = Clock::Scaled { since, from: start, factor: 60 };
    let passed = clock.now().duration_since(start);
    assert!(passed >= (minute * 60).try_into().unwrap(), "{passed:?}");
    assert!(
        passed < (minute * 120).try_into().unwrap(),
        "{passed:?}, unless this machine stood still for a minute"
    );
    clock.advance_to(Timestamp::MAX);
    assert!(clock.now() < start.checked_add(minute * 240).unwrap(), "only a clock set by hand can be set");
    let distant = Clock::Scaled { since: Timestamp::MIN, from: start, factor: i64::MAX };
    assert_eq!(distant.now(), Timestamp::MAX, "too far is the end of time, not a panic");
}
