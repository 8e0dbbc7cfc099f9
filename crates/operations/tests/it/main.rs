//! Long work over real SQL.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::time::Duration;

use db::Fault;
use kernel::{OperationId, OrganisationId, Timestamp};
use operations::{CancelError, End, NewOperation, Operation, Outcome, RowResult, Run, State, Step, file};
use runtime::{Call, Clock, Runtime};
use testkit::{TestDb, both_engines};

fn house(db: &TestDb) -> Runtime {
    let start: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    Runtime::new((**db).clone(), Clock::manual(start), OrganisationId::from_body("tea"), Some(7))
}

fn passes(house: &Runtime, seconds: u64) {
    house.clock.advance_to(house.now().checked_add(Duration::from_secs(seconds)).unwrap());
}

async fn starts(house: &Runtime) -> OperationId {
    let new = NewOperation {
        kind: "test.count",
        about: "a.csv".into(),
        request: serde_json::json!({}),
        total: Some(3),
    };
    house
        .run(Call::by("user:ada"), move |cx| {
            let new = new.clone();
            Box::pin(async move { operations::start(cx, &new).await })
        })
        .await
        .unwrap()
}

async fn finds(house: &Runtime, id: &OperationId) -> Operation {
    let (organisation_id, id) = (house.organisation_id.clone(), id.clone());
    let found: Result<_, Fault> = house
        .read(move |tx| Box::pin(async move { operations::find_operation(tx, &organisation_id, &id).await }))
        .await;
    found.unwrap().unwrap()
}

fn row(row_no: i64, outcome: Outcome) -> RowResult {
    RowResult { row_no, subject: format!("row {row_no}"), outcome, problems: Vec::new() }
}

async fn advances(house: &Runtime, run: &Run, step: Step) -> Result<bool, Fault> {
    let run = run.clone();
    house
        .run(Call::by("worker"), move |cx| {
            let (run, step) = (run.clone(), step.clone());
            Box::pin(async move { operations::advance(cx, &run, &step).await })
        })
        .await
}

async fn ends(house: &Runtime, run: &Run, end: End) -> Result<(), Fault> {
    let run = run.clone();
    house
        .run(Call::by("worker"), move |cx| {
            let (run, end) = (run.clone(), end.clone());
            Box::pin(async move { operations::end(cx, &run, &end).await })
        })
        .await
}

async fn cancels(house: &Runtime, id: &OperationId) -> Result<(), CancelError> {
    let id = id.clone();
    house
        .run(Call::by("user:ada"), move |cx| {
            let id = id.clone();
            Box::pin(async move { operations::cancel(cx, &id).await })
        })
        .await
}

both_engines! {
    async fn an_operation_is_worked_on_by_one_at_a_time_and_goes_on_from_where_it_was(db: TestDb) {
        let house = house(&db);
        let id = starts(&house).await;
        assert_eq!(finds(&house, &id).await.state, State::Planned);
        let late = operations::claim(&house).await.unwrap().expect("it waits");
        assert!(operations::claim(&house).await.unwrap().is_none(), "somebody works on it");
        let first = Step::of(1, vec![row(1, Outcome::Done)]);
        assert!(advances(&house, &late, first).await.unwrap());
        // The worker falls silent, and another goes on.
        passes(&house, 61);
        let next = operations::claim(&house).await.unwrap().expect("it was left alone");
        assert_eq!(next.operation.position, "1");
        let second = || Step::of(2, vec![row(2, Outcome::Failed)]);
        assert!(advances(&house, &late, second()).await.is_err(), "who was away for too long writes nothing");
        assert!(advances(&house, &next, second()).await.unwrap());
        assert!(ends(&house, &late, End::Cancelled).await.is_err());
        ends(&house, &next, End::Succeeded(None)).await.unwrap();
        let ended = finds(&house, &id).await;
        assert_eq!((ended.state, ended.counts.done, ended.counts.failed), (State::Succeeded, 1, 1));
        assert!(operations::claim(&house).await.unwrap().is_none());
        assert!(matches!(cancels(&house, &id).await, Err(CancelError::Over(State::Succeeded))));
    }

    async fn an_operation_stops_between_chunks_and_keeps_what_was_done(db: TestDb) {
        let house = house(&db);
        let id = starts(&house).await;
        let run = operations::claim(&house).await.unwrap().expect("it waits");
        assert!(advances(&house, &run, Step::of(1, vec![row(1, Outcome::Done)])).await.unwrap());
        cancels(&house, &id).await.unwrap();
        cancels(&house, &id).await.unwrap();
        assert!(!advances(&house, &run, Step::of(2, vec![row(2, Outcome::Done)])).await.unwrap());
        ends(&house, &run, End::Cancelled).await.unwrap();
        let ended = finds(&house, &id).await;
        assert_eq!((ended.state, ended.counts.told()), (State::Cancelled, 2));
        cancels(&house, &id).await.unwrap();
    }

    async fn an_operation_that_kills_its_workers_is_given_up(db: TestDb) {
        let house = house(&db);
        let id = starts(&house).await;
        let mut taken = 0;
        while operations::claim(&house).await.unwrap().is_some() {
            taken += 1;
            passes(&house, 61);
        }
        let given_up = finds(&house, &id).await;
        assert_eq!((taken, given_up.state, given_up.problem.as_deref()), (8, State::Failed, Some("fault")));
    }

    async fn a_file_comes_back_as_it_was_until_it_expires(db: TestDb) {
        let house = house(&db);
        let text: Vec<u8> = (0..1_200_000_u32).map(|n| (n % 251) as u8).collect();
        let kept = file::keep(&house, "user:ada", "a\n.csv", "text/csv", std::io::Cursor::new(text.clone()));
        let file_id = kept.await.unwrap();
        let found = file::find(&house, &file_id).await.unwrap();
        assert_eq!((found.name.as_str(), found.bytes), ("a.csv", Some(1_200_000)));
        let mut back = Vec::new();
        std::io::Read::read_to_end(&mut file::spool(&house, &file_id).await.unwrap(), &mut back).unwrap();
        assert!(back == text);
        passes(&house, 7 * 24 * 3_600);
        starts(&house).await;
        assert!(matches!(file::find(&house, &file_id).await, Err(file::FileError::NoSuchFile)));
        assert_eq!(file::part(&house, &file_id, 0).await.unwrap(), None);
    }
}
