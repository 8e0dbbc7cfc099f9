//! Tracking over real SQL, with the reports of the simulated carrier's world.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex},
};

use carriers::Milestone;
use db::Fault;
use kernel::{OrderId, OrganisationId, ParcelId, Timestamp};
use runtime::{Call, Clock, Runtime};
use testkit::TestDb;
use tracking::{NewTracker, Report, StartError, record, start};

fn runtime(db: &TestDb) -> Runtime {
    Runtime::new((**db).clone(), Clock::manual(at(1000)), OrganisationId::from_body("test"), Some(7))
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(hour * 3600).unwrap()
}

fn report(number: &str, event: &str, code: &str, hour: i64) -> Report {
    Report {
        tracking_number: number.into(),
        carrier_event_id: event.into(),
        raw_status: code.into(),
        milestone: carriers::milestone(code),
        place: "Plovdiv".into(),
        happened_at: at(hour),
    }
}

fn tracker(number: &str) -> NewTracker {
    NewTracker {
        tracking_number: number.into(),
        parcel_id: ParcelId::from_body(&number.to_lowercase()),
        order_id: OrderId::from_body("1"),
    }
}

async fn follow(rt: &Runtime, trackers: Vec<NewTracker>) -> Result<Vec<String>, StartError> {
    rt.run(Call::by("test").at(at(100)), move |cx| {
        let trackers = trackers.clone();
        Box::pin(async move {
            let advances = start(cx, &trackers).await?;
            Ok(advances.iter().map(|advance| advance.milestone.to_string()).collect())
        })
    })
    .await
}

/// Records, and gives what was reached as `number milestone@hour`.
async fn hear(rt: &Runtime, reports: Vec<Report>) -> Vec<String> {
    rt.run(Call::by("carrier:demo_post"), move |cx| {
        let reports = reports.clone();
        Box::pin(async move {
            let advances = record(cx, &reports).await?;
            let say = |advance: &tracking::Advance| {
                format!("{} {}@{}", advance.tracking_number, advance.milestone, advance.at.as_second() / 3600)
            };
            Ok::<_, Fault>(advances.iter().map(say).collect())
        })
    })
    .await
    .unwrap()
}

/// Where a number stands, and how many reports it has.
async fn standing(rt: &Runtime, number: &str) -> (Milestone, usize) {
    let (organisation_id, number) = (rt.organisation_id.clone(), number.to_owned());
    rt.read(move |tx| {
        Box::pin(async move {
            let numbers = [number.clone()];
            let trackers = tracking::trackers_by_number(tx, &organisation_id, &numbers).await?;
            let events = tracking::events_by_number(tx, &organisation_id, &numbers).await?;
            Ok::<_, Fault>((trackers[&number].milestone, events.get(&number).map_or(0, Vec::len)))
        })
    })
    .await
    .unwrap()
}

async fn is_sound(rt: &Runtime) {
    let organisation_id = rt.organisation_id.clone();
    let findings = rt
        .read(move |tx| {
            Box::pin(async move { runtime::verify::check(tx, &organisation_id, tracking::INVARIANTS).await })
        })
        .await
        .map_err(|fault: Fault| fault.to_string());
    assert_eq!(findings, Ok(Vec::new()));
}

testkit::both_engines! {
    async fn reports_come_twice_and_late_and_the_milestone_holds(db: TestDb) {
        let rt = runtime(&db);
        assert!(follow(&rt, vec![tracker("A"), tracker("B")]).await.unwrap().is_empty());
        let first = vec![
            report("A", "1", "PU", 101),
            report("B", "1", "PU", 102),
            report("A", "1", "PU", 101),
            report("B", "2", "DLV", 130),
        ];
        let reached = hear(&rt, first.clone()).await;
        assert_eq!(reached, ["A picked_up@101", "B picked_up@102", "B delivered@130"]);
        assert!(hear(&rt, first).await.is_empty(), "told again");
        assert!(hear(&rt, vec![report("B", "3", "TR", 120), report("B", "4", "OFD", 129)]).await.is_empty());
        assert_eq!(standing(&rt, "B").await, (Milestone::Delivered, 4));
        assert!(hear(&rt, vec![report("A", "2", "XYZZY-99", 103)]).await.is_empty());
        assert_eq!(standing(&rt, "A").await, (Milestone::PickedUp, 2));
        assert_eq!(hear(&rt, vec![report("B", "5", "RTD", 300)]).await, ["B returned@300"]);
        is_sound(&rt).await;
    }

    async fn reports_that_come_before_the_parcel_is_followed_count(db: TestDb) {
        let rt = runtime(&db);
        assert!(hear(&rt, vec![report("A", "2", "TR", 98), report("A", "1", "PU", 97)]).await.is_empty());
        assert_eq!(follow(&rt, vec![tracker("A")]).await.unwrap(), ["picked_up", "in_transit"]);
        assert!(follow(&rt, vec![tracker("A")]).await.unwrap().is_empty(), "started twice is started once");
        let other = NewTracker { parcel_id: ParcelId::from_body("other"), ..tracker("A") };
        assert!(matches!(follow(&rt, vec![other]).await, Err(StartError::NumberTaken { .. })));
        is_sound(&rt).await;
    }

    async fn what_carriers_say_is_kept_whatever_it_is(db: TestDb) {
        let rt = runtime(&db);
        follow(&rt, vec![tracker("A")]).await.unwrap();
        let mut odd = report("A", "1\u{0}", "PU", 101);
        odd.place = format!("\u{0}<script>{}", "x".repeat(100_000));
        odd.happened_at = Timestamp::MIN;
        assert_eq!(hear(&rt, vec![odd]).await, ["A picked_up@0"]);
        // A clock that is years fast must not shut out what comes next.
        assert_eq!(hear(&rt, vec![report("A", "2", "OFD", 90_000)]).await, ["A out_for_delivery@1000"]);
        rt.clock.advance_to(at(1100));
        assert_eq!(hear(&rt, vec![report("A", "3", "DLV", 1050)]).await, ["A delivered@1050"]);
        is_sound(&rt).await;
    }

    async fn a_thousand_parcels_of_a_rough_world_arrive_where_they_truly_do(db: TestDb) {
        let rt = runtime(&db);
        rt.clock.advance_to(at(100_000));
        let numbers: Vec<String> = (0..1000).map(|n| format!("DP{n:08}NL")).collect();
        follow(&rt, numbers.iter().map(|number| tracker(number)).collect()).await.unwrap();
        let codes = ["PU", "TR", "OFD", "DLV"];
        let mut reports = Vec::new();
        for (n, number) in numbers.iter().enumerate() {
            for (step, code) in codes.into_iter().enumerate() {
                let told = report(number, &format!("{step}"), code, 200 + step as i64);
                // Each parcel's reports come in another order, and some twice.
                reports.push(((n * 7 + step * 5) % 11, told.clone()));
                if n % 3 == 0 {
                    reports.push(((n + step * 3) % 11, told));
                }
            }
        }
        reports.sort_by_key(|(turn, _)| *turn);
        for batch in reports.chunks(500) {
            hear(&rt, batch.iter().map(|(_, report)| report.clone()).collect()).await;
        }
        let organisation_id = rt.organisation_id.clone();
        let trackers = rt
            .read(move |tx| {
                Box::pin(async move { tracking::trackers_by_number(tx, &organisation_id, &numbers).await })
            })
            .await
            .map_err(|fault: Fault| fault.to_string())
            .unwrap();
        assert_eq!(trackers.len(), 1000);
        assert!(trackers.values().all(|tracker| tracker.milestone == Milestone::Delivered));
        is_sound(&rt).await;
    }

    async fn a_parcel_is_followed_while_its_reports_come_in(db: TestDb) {
        let rt = runtime(&db);
        let seen: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
        let mut tasks = Vec::new();
        for n in 0..20 {
            let number = format!("N{n}");
            let (told, heard) = (rt.clone(), rt.clone());
            let (a, b) = (number.clone(), number.clone());
            tasks.push(spawn(async move { follow(&told, vec![tracker(&a)]).await.unwrap().len() }, &seen, &number));
            tasks.push(spawn(async move { hear(&heard, vec![report(&b, "1", "PU", 101)]).await.len() }, &seen, &number));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let seen = seen.lock().unwrap().clone();
        assert!((0..20).all(|n| seen[&format!("N{n}")] == 1), "each milestone is reached once, by one of the two");
        for n in 0..20 {
            assert_eq!(standing(&rt, &format!("N{n}")).await, (Milestone::PickedUp, 1));
        }
    }
}

fn spawn(
    work: impl Future<Output = usize> + Send + 'static,
    seen: &Arc<Mutex<HashMap<String, usize>>>,
    number: &str,
) -> tokio::task::JoinHandle<()> {
    let (seen, number) = (seen.clone(), number.to_owned());
    tokio::spawn(async move {
        let advances = work.await;
        *seen.lock().unwrap().entry(number).or_default() += advances;
    })
}
