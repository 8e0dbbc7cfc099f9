//! A file of orders meets the house.

use channels::OrdersReader;
use flows::import::{Fate, Import, Request, Summary};
use jiff::tz::TimeZone;
use kernel::OperationId;
use operations::{Operation, State};
use runtime::Call;
use testkit::TestDb;

use crate::made_up::{House, history, house};

const HEADER: &str = "external_reference,currency,ship_to_country,external_code,quantity,unit_price\n";

async fn import(house: &House, rows: &str) -> (Summary, Vec<String>) {
    let reader = OrdersReader::detect(std::io::Cursor::new(format!("{HEADER}{rows}"))).unwrap();
    let into = Import { channel: "web".into(), time_zone: TimeZone::UTC, actor: "import".into() };
    let mut told = Vec::new();
    let summary = house
        .flows
        .import(reader, &into, |line| {
            let fate = match &line.fate {
                Fate::Accepted(accepted) if accepted.is_repeat => "repeated",
                Fate::Accepted(_) => "accepted",
                Fate::Refused(_) => "refused",
                Fate::Skipped(_) => "skipped",
                Fate::Unreadable(_) => "unreadable",
                Fate::Lost(_) => "lost",
            };
            told.push(format!("{} {} {fate}", line.row, line.external_reference));
        })
        .await;
    (summary, told)
}

/// Plans the import of a file; gives the operation.
async fn plans(house: &House, rows: &str) -> OperationId {
    let runtime = &house.flows.runtime;
    let text = std::io::Cursor::new(format!("{HEADER}{rows}"));
    let file_id = operations::file::keep(runtime, "user:ada", "orders.csv", "text/csv", text).await.unwrap();
    let request = Request { file_id, channel: "web".into(), time_zone: "UTC".into() };
    let new = request.into_operation("orders.csv");
    let started = runtime.run(Call::by("user:ada"), move |cx| {
        let new = new.clone();
        Box::pin(async move { operations::start(cx, &new).await })
    });
    started.await.unwrap()
}

async fn finds(house: &House, id: &OperationId) -> Operation {
    let (organisation_id, id) = (house.flows.runtime.organisation_id.clone(), id.clone());
    let found: Result<_, db::Fault> = house
        .flows
        .runtime
        .read(move |tx| Box::pin(async move { operations::find_operation(tx, &organisation_id, &id).await }))
        .await;
    found.unwrap().unwrap()
}

fn rows(count: usize) -> String {
    (0..count).map(|number| format!("N{number:03},EUR,BG,TEA,1,6.50\n")).collect()
}

testkit::both_engines! {
    async fn an_import_that_was_cut_off_goes_on_where_it_was_and_counts_nothing_twice(db: TestDb) {
        let house = house(&db).await;
        flows::replay::replay(&house.flows, &house.merchant_id, &history(1, 0), |_| {}).await.unwrap();
        let id = plans(&house, &format!("{}BAD,EUR,BG,SOUP,1,1.00\n", rows(450))).await;
        // Somebody takes it up, takes two chunks and dies without an end: the worker is dropped in the middle.
        {
            let mut working = std::pin::pin!(house.flows.run_operation());
            while finds(&house, &id).await.counts.told() < 200 {
                tokio::select! {
                    done = &mut working => panic!("it came to its end: {done:?}"),
                    () = tokio::task::yield_now() => {}
                }
            }
        }
        let cut = finds(&house, &id).await;
        assert_eq!((cut.state, cut.counts.failed), (State::Running, cut.counts.told() - cut.counts.done));
        assert!(!house.flows.run_operation().await.unwrap(), "somebody may still be at it");
        let clock = &house.flows.runtime.clock;
        clock.advance_to(clock.now().checked_add(std::time::Duration::from_secs(61)).unwrap());
        assert!(house.flows.run_operation().await.unwrap());
        let whole = finds(&house, &id).await;
        assert_eq!((whole.state, whole.total), (State::Succeeded, Some(451)));
        assert_eq!((whole.counts.told(), whole.counts.unchanged), (451, 0), "{:?}", whole.counts);
        let (summary, _) = import(&house, &rows(450)).await;
        assert_eq!(summary.repeated as i64, whole.counts.done, "each was taken once");
        assert_eq!(house.flows.verify().await.unwrap(), []);
    }

    async fn a_file_with_bad_rows_gives_its_good_orders(db: TestDb) {
        let house = house(&db).await;
        // The goods of a history without orders.
        flows::replay::replay(&house.flows, &house.merchant_id, &history(1, 0), |_| {}).await.unwrap();
        let rows = "A1,EUR,BG,TEA,1,6.50\nA1,,,MUG,1,9.90\nA2,EUR,BG,TEA,minus one,6.50\nA3,EUR,BG,SOUP,1,1.00\n\
                    A4,EUR,BG,TEA,100000,6.50\nA5,EUR,BG,PEN-3,1,2.00\n";
        let (summary, mut told) = import(&house, rows).await;
        told.sort();
        assert_eq!(told, ["2 A1 accepted", "4 A2 unreadable", "5 A3 refused", "6 A4 refused", "7 A5 accepted"]);
        assert_eq!((summary.accepted, summary.refused, summary.unreadable), (2, 2, 1));
        assert!(!summary.is_clean());

        let (again, _) = import(&house, rows).await;
        assert_eq!((again.accepted, again.repeated), (0, 2));
        assert_eq!(house.flows.verify().await.unwrap(), []);
    }

    async fn the_last_unit_goes_to_whoever_stands_first_in_the_file(db: TestDb) {
        let house = house(&db).await;
        flows::replay::replay(&house.flows, &house.merchant_id, &history(1, 0), |_| {}).await.unwrap();
        let rows: String = (0..400).map(|number| format!("N{number:03},EUR,BG,TEA,1,6.50\n")).collect();
        let (summary, told) = import(&house, &rows).await;
        assert!(summary.accepted > 0 && summary.refused > 0);
        let first_refused = told.iter().position(|line| line.ends_with("refused")).unwrap();
        assert_eq!(first_refused as u64, summary.accepted, "nobody after the first refusal was served");
    }
}
