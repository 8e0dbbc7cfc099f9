//! A file of orders meets the house.

use channels::OrdersReader;
use flows::import::{Fate, Import, Summary};
use jiff::tz::TimeZone;
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

testkit::both_engines! {
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
