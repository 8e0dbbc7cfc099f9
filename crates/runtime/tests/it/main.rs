//! What every use case relies on, on both engines.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod budgets;
mod commands;
mod effects;
mod events;
mod house;
mod jobs;

use std::time::Duration;

use db::{Db, Fault};
use kernel::{OrganisationId, Timestamp};
use runtime::{Call, Clock, Cx, Runtime};

/// A house whose clock stands still until it is moved.
fn house(db: &Db) -> Runtime {
    let start: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    Runtime::new(db.clone(), Clock::manual(start), OrganisationId::from_body("tea"), Some(7))
}

fn passes(house: &Runtime, seconds: u64) {
    house.clock.advance_to(house.now().checked_add(Duration::from_secs(seconds)).unwrap());
}

/// Tells, intends or puts off something.
async fn says(house: &Runtime, what: fn(&mut Cx<'_>)) {
    house
        .run(Call::by("test"), move |cx| {
            Box::pin(async move {
                what(cx);
                Ok::<_, Fault>(())
            })
        })
        .await
        .unwrap();
}

async fn count(house: &Runtime, sql: &'static str) -> i64 {
    let (count,): (i64,) = house
        .read(move |tx| Box::pin(async move { tx.query_one(sql, &[]).await }))
        .await
        .unwrap_or_else(|fault: Fault| panic!("{fault:?}"));
    count
}
