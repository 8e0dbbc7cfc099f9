//! The simulated carrier, as those see it who buy from it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use carriers::journey::Odds;
use carriers::simulated::{CarrierSetup, Fault, FaultRates, SimulatedCarrier};
use carriers::{CarrierError, LabelBought, LabelRequest, LabelState, Milestone, ParcelSize, milestone};
use futures_util::FutureExt;
use kernel::{Address, Place, Timestamp};
use proptest::prelude::*;

fn noon() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn days_later(days: i64) -> Timestamp {
    Timestamp::from_second(noon().as_second() + days * 86_400).unwrap()
}

fn request(reference: &str) -> LabelRequest {
    let at = |city: &str, latitude, longitude| Address {
        city: city.into(),
        place: Some(Place::from_degrees(latitude, longitude).unwrap()),
        ..Address::default()
    };
    LabelRequest {
        reference: reference.into(),
        from: at("Amsterdam", 52.37, 4.90),
        to: at("Utrecht", 52.09, 5.12),
        parcel: ParcelSize { weight_grams: 1_200, length_mm: 300, width_mm: 200, height_mm: 100 },
        service_code: "standard".into(),
    }
}

fn buy(carrier: &SimulatedCarrier, reference: &str) -> Result<LabelBought, CarrierError> {
    carrier.buy_label(&request(reference), noon()).now_or_never().unwrap()
}

fn find(carrier: &SimulatedCarrier, reference: &str) -> Result<Option<LabelBought>, CarrierError> {
    carrier.find_by_reference(reference).now_or_never().unwrap()
}

fn void(carrier: &SimulatedCarrier, label: &LabelBought) -> Result<(), CarrierError> {
    carrier.void_label(&label.tracking_number, noon()).now_or_never().unwrap()
}

#[test]
fn a_label_costs_what_the_rate_card_says_and_scans_as_s10() {
    let carrier = SimulatedCarrier::new(CarrierSetup::demo(7));
    let label = buy(&carrier, "eff_1").unwrap();
    // Amsterdam to Utrecht is 34 km: zone 1, the prices from July 2026, 1200 g of volume.
    assert_eq!(label.price.to_string(), "4.50 EUR");
    assert_eq!(labels::s10::check(&label.tracking_number), Ok(()));
    assert_eq!(find(&carrier, "eff_1"), Ok(Some(label)));
    assert_eq!(find(&carrier, "eff_2"), Ok(None));
}

#[test]
fn buying_twice_pays_twice_and_the_books_say_so() {
    let carrier = SimulatedCarrier::new(CarrierSetup::demo(7));
    let first = buy(&carrier, "eff_1").unwrap();
    let second = buy(&carrier, "eff_1").unwrap();
    assert_ne!(first.tracking_number, second.tracking_number);
    assert!(carrier.is_paid_twice("eff_1"));
    assert_eq!(carrier.paid_twice(), ["eff_1"]);

    void(&carrier, &second).unwrap();
    assert_eq!(carrier.paid_twice(), [] as [&str; 0]);
    assert_eq!(carrier.labels_bought().len(), 2, "what was given up stays in the books");
}

#[test]
fn after_a_lost_answer_the_label_is_found_and_not_bought_again() {
    let carrier = SimulatedCarrier::new(CarrierSetup::demo(7));
    carrier.script([Fault::LostAnswer]);
    assert_eq!(buy(&carrier, "eff_1"), Err(CarrierError::Unknown));
    let adopted = find(&carrier, "eff_1").unwrap().expect("it was made");
    assert_eq!(adopted.state, LabelState::Live);
    assert_eq!(carrier.labels_bought().len(), 1);
}

#[test]
fn unavailable_and_refused_leave_nothing_behind() {
    let carrier = SimulatedCarrier::new(CarrierSetup::demo(7));
    carrier.script([Fault::Unavailable, Fault::Refused]);
    assert_eq!(buy(&carrier, "eff_1"), Err(CarrierError::Unavailable));
    assert!(matches!(buy(&carrier, "eff_1"), Err(CarrierError::Refused { .. })));
    carrier.set_down(true);
    assert_eq!(buy(&carrier, "eff_1"), Err(CarrierError::Unavailable));
    assert_eq!(find(&carrier, "eff_1"), Err(CarrierError::Unavailable));
    carrier.set_down(false);
    assert_eq!(find(&carrier, "eff_1"), Ok(None));
    assert_eq!((carrier.labels_bought().len(), carrier.purchases_asked()), (0, 3));
}

#[test]
fn a_parcel_that_no_service_takes_is_refused_for_good() {
    let carrier = SimulatedCarrier::new(CarrierSetup::demo(7));
    let mut heavy = request("eff_1");
    heavy.parcel.weight_grams = 40_000;
    let refused = carrier.buy_label(&heavy, noon()).now_or_never().unwrap();
    assert!(matches!(refused, Err(CarrierError::Refused { code, .. }) if code == "RATE-07"));
}

#[test]
fn success_with_an_old_label_that_was_given_up_can_be_told_by_its_state() {
    let carrier = SimulatedCarrier::new(CarrierSetup::demo(7));
    let first = buy(&carrier, "eff_1").unwrap();
    void(&carrier, &first).unwrap();
    void(&carrier, &first).expect("giving up twice is as good as once");
    carrier.script([Fault::OldCancelled]);
    let trap = buy(&carrier, "eff_1").unwrap();
    assert_eq!((&trap.tracking_number, trap.state), (&first.tracking_number, LabelState::Cancelled));
    assert!(carrier.hand_over(&trap.tracking_number, noon(), None).is_err(), "nothing travels under it");
    let fresh = buy(&carrier, "eff_1").unwrap();
    assert_eq!(find(&carrier, "eff_1"), Ok(Some(fresh)), "the live one is found");
}

#[test]
fn what_is_on_its_way_cannot_be_given_up() {
    let carrier = SimulatedCarrier::new(CarrierSetup::demo(7));
    let label = buy(&carrier, "eff_1").unwrap();
    carrier.hand_over(&label.tracking_number, noon(), None).unwrap();
    carrier
        .hand_over(&label.tracking_number, days_later(1), None)
        .expect("handing over twice is as good as once");
    assert!(matches!(void(&carrier, &label), Err(CarrierError::Refused { code, .. }) if code == "VOID-09"));
    assert!(carrier.hand_over("DP000000000NL", noon(), None).is_err());
}

#[test]
fn the_books_survive_a_kill_even_in_mid_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("carrier.jsonl");
    let open = |told_until| SimulatedCarrier::open(CarrierSetup::demo(7), &path, told_until).unwrap();
    let carrier = open(None);
    carrier.script([Fault::LostAnswer]);
    assert_eq!(buy(&carrier, "eff_1"), Err(CarrierError::Unknown));
    let second = buy(&carrier, "eff_2").unwrap();
    carrier.hand_over(&second.tracking_number, noon(), Some(days_later(2))).unwrap();
    let (books, told) = (carrier.labels_bought(), carrier.events_until(days_later(9)));
    drop(carrier);

    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, [&whole[..], b"{\"entry\":\"bought\",\"refer"].concat()).unwrap();
    let again = open(None);
    assert_eq!(again.labels_bought(), books);
    assert_eq!(std::fs::read(&path).unwrap(), whole, "half a line is cut off");
    assert_eq!(again.events_until(days_later(9)), told, "the same world, told again");
    assert_eq!(open(Some(days_later(9))).events_until(days_later(9)), []);
    let third = buy(&again, "eff_3").unwrap();
    assert!(books.iter().all(|label| label.tracking_number != third.tracking_number));
}

#[test]
fn a_smooth_journey_is_told_in_order_and_once() {
    let carrier = SimulatedCarrier::new(CarrierSetup { odds: Odds::SMOOTH, ..CarrierSetup::demo(7) });
    let label = buy(&carrier, "eff_1").unwrap();
    assert_eq!(carrier.true_scans(&label.tracking_number), []);
    carrier.hand_over(&label.tracking_number, noon(), None).unwrap();
    let reports = carrier.events_until(days_later(30));
    let told: Vec<(Milestone, &str)> =
        reports.iter().map(|report| (milestone(&report.code), report.place.as_str())).collect();
    let expected = [
        (Milestone::LabelCreated, "Amsterdam"),
        (Milestone::PickedUp, "Amsterdam"),
        (Milestone::InTransit, "Amsterdam"),
        (Milestone::InTransit, "Utrecht"),
        (Milestone::OutForDelivery, "Utrecht"),
        (Milestone::Delivered, "Utrecht"),
    ];
    assert_eq!(told, expected);
    assert_eq!(carrier.events_until(days_later(60)), [], "nothing is given out twice");
    assert_eq!(carrier.next_event_at(), None);
}

#[test]
fn a_replayed_history_arrives_when_it_did() {
    let carrier = SimulatedCarrier::new(CarrierSetup::demo(7));
    let label = buy(&carrier, "eff_1").unwrap();
    carrier.hand_over(&label.tracking_number, noon(), Some(days_later(11))).unwrap();
    let last = carrier.true_scans(&label.tracking_number).pop().unwrap();
    assert_eq!((last.code, last.occurred_at), ("DLV", days_later(11)));
}

#[test]
fn a_thousand_journeys_have_every_kind_of_trouble_and_all_codes_are_known() {
    let carrier = SimulatedCarrier::new(CarrierSetup::demo(7));
    let mut ends = std::collections::BTreeMap::new();
    for n in 0..1_000 {
        let label = buy(&carrier, &format!("eff_{n}")).unwrap();
        carrier.hand_over(&label.tracking_number, noon(), None).unwrap();
        let scans = carrier.true_scans(&label.tracking_number);
        assert!(scans.is_sorted_by_key(|scan| scan.occurred_at), "{scans:?}");
        *ends.entry(milestone(scans.last().unwrap().code)).or_insert(0) += 1;
    }
    assert!(ends[&Milestone::Delivered] > 970, "{ends:?}");
    assert!(ends.contains_key(&Milestone::Returned) && ends.contains_key(&Milestone::Lost), "{ends:?}");

    let told = carrier.events_until(days_later(60));
    assert!(told.iter().all(|report| milestone(&report.code) != Milestone::Unknown));
    let ids: std::collections::BTreeSet<&str> =
        told.iter().map(|report| report.carrier_event_id.as_str()).collect();
    assert!(ids.len() < told.len(), "some are told twice, with one id");
    let is_overtaken = told.iter().enumerate().any(|(n, report)| {
        let of_the_same = |later: &&carriers::TrackingReport| later.tracking_number == report.tracking_number;
        told[n + 1..].iter().filter(of_the_same).any(|later| later.occurred_at < report.occurred_at)
    });
    assert!(is_overtaken, "some come out of order");
    assert!(told.is_sorted_by_key(|report| report.sent_at));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// The discipline that the platform must keep: after `unknown` look first. With it nothing is ever paid twice.
    #[test]
    fn who_looks_before_asking_again_never_pays_twice(seed in any::<u64>(), orders in 1usize..40) {
        let faults = FaultRates { lost_answer: 300, unavailable: 200, refused: 50 };
        let carrier = SimulatedCarrier::new(CarrierSetup { faults, ..CarrierSetup::demo(seed) });
        let (mut bought, mut refused) = (0, 0);
        for n in 0..orders {
            let reference = format!("eff_{n}");
            loop {
                match buy(&carrier, &reference) {
                    Ok(_) => { bought += 1; break }
                    Err(CarrierError::Refused { .. }) => { refused += 1; break }
                    Err(CarrierError::Unavailable) => {}
                    Err(CarrierError::Unknown) => {
                        prop_assert!(find(&carrier, &reference).unwrap().is_some());
                        bought += 1;
                        break
                    }
                }
            }
        }
        prop_assert_eq!(bought + refused, orders);
        prop_assert_eq!(carrier.labels_bought().len(), bought);
        prop_assert!(carrier.paid_twice().is_empty());
    }

    #[test]
    fn the_same_seed_is_the_same_world(seed in any::<u64>()) {
        let world = || {
            let carrier = SimulatedCarrier::new(CarrierSetup::demo(seed));
            for n in 0..5 {
                let label = buy(&carrier, &format!("eff_{n}")).unwrap();
                carrier.hand_over(&label.tracking_number, noon(), None).unwrap();
            }
            (carrier.labels_bought(), carrier.events_until(days_later(60)))
        };
        prop_assert_eq!(world(), world());
    }
}
