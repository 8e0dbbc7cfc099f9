//! The simulated payment provider, as those see it who are paid through it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use futures_util::FutureExt;
use kernel::{Currency, Money, Timestamp};
use payments::{Fault, FaultRates, PaymentError, ProviderSetup, SimulatedProvider, Transaction};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

type Answer = Result<Transaction, PaymentError>;

fn authorise(provider: &SimulatedProvider, key: &str, minor: i64) -> Answer {
    provider.authorise(key, eur(minor), NOW).now_or_never().unwrap()
}

fn capture(provider: &SimulatedProvider, key: &str, authorisation: &str, minor: i64) -> Answer {
    provider.capture(key, authorisation, eur(minor), NOW).now_or_never().unwrap()
}

fn refund(provider: &SimulatedProvider, key: &str, authorisation: &str, minor: i64) -> Answer {
    provider.refund(key, authorisation, eur(minor), NOW).now_or_never().unwrap()
}

fn release(provider: &SimulatedProvider, key: &str, authorisation: &str) -> Answer {
    provider.release(key, authorisation, NOW).now_or_never().unwrap()
}

fn find(provider: &SimulatedProvider, key: &str) -> Result<Option<Transaction>, PaymentError> {
    provider.find_by_reference(key).now_or_never().unwrap()
}

fn code(answer: Answer) -> String {
    match answer {
        Err(PaymentError::Declined { code, .. }) => code,
        other => panic!("{other:?} is no refusal"),
    }
}

#[test]
fn money_is_set_aside_taken_in_parts_and_given_back() {
    let provider = SimulatedProvider::new(ProviderSetup::demo(7));
    let authorisation = authorise(&provider, "a", 10_00).unwrap().provider_reference;
    capture(&provider, "c1", &authorisation, 6_00).unwrap();
    assert_eq!(code(capture(&provider, "c2", &authorisation, 4_01)), "too_much");
    capture(&provider, "c3", &authorisation, 4_00).unwrap();
    assert_eq!(code(refund(&provider, "r1", &authorisation, 10_01)), "too_much");
    refund(&provider, "r2", &authorisation, 2_50).unwrap();
    let totals = provider.totals(&authorisation).unwrap();
    assert_eq!([totals.authorised, totals.captured, totals.refunded], [eur(10_00), eur(10_00), eur(2_50)]);
}

#[test]
fn what_was_let_go_cannot_be_taken_and_what_was_taken_can_be_given_back() {
    let provider = SimulatedProvider::new(ProviderSetup::demo(7));
    let authorisation = authorise(&provider, "a", 10_00).unwrap().provider_reference;
    capture(&provider, "c", &authorisation, 3_00).unwrap();
    assert_eq!(release(&provider, "v", &authorisation).unwrap().amount, eur(7_00));
    assert_eq!(
        release(&provider, "v", &authorisation).unwrap().amount,
        eur(7_00),
        "the same key, the same answer"
    );
    assert_eq!(code(capture(&provider, "c2", &authorisation, 1)), "released");
    refund(&provider, "r", &authorisation, 3_00).unwrap();
}

#[test]
fn the_same_key_gets_the_same_answer_and_another_use_of_it_is_refused() {
    let provider = SimulatedProvider::new(ProviderSetup::demo(7));
    let first = authorise(&provider, "a", 10_00);
    assert_eq!(authorise(&provider, "a", 10_00), first);
    assert_eq!(code(authorise(&provider, "a", 10_01)), "key_reused");
    assert_eq!(code(capture(&provider, "a", &first.unwrap().provider_reference, 10_00)), "key_reused");
    assert_eq!(provider.transactions().len(), 1);
}

#[test]
fn a_decline_is_final_for_its_key() {
    let provider = SimulatedProvider::new(ProviderSetup::demo(7));
    provider.script([Fault::Declined]);
    assert_eq!(code(authorise(&provider, "a", 10_00)), "insufficient_funds");
    assert_eq!(code(authorise(&provider, "a", 10_00)), "insufficient_funds");
    assert!(authorise(&provider, "b", 10_00).is_ok(), "another card, another key");
}

#[test]
fn after_a_lost_answer_it_is_found_or_repeated_and_done_once() {
    let provider = SimulatedProvider::new(ProviderSetup::demo(7));
    let authorisation = authorise(&provider, "a", 10_00).unwrap().provider_reference;
    provider.script([Fault::LostAnswer]);
    assert_eq!(capture(&provider, "c", &authorisation, 10_00), Err(PaymentError::Unknown));
    let found = find(&provider, "c").unwrap().expect("it was done");
    assert_eq!(capture(&provider, "c", &authorisation, 10_00), Ok(found));
    assert_eq!(provider.totals(&authorisation).unwrap().captured, eur(10_00));
}

#[test]
fn while_the_provider_is_down_nothing_happens() {
    let provider = SimulatedProvider::new(ProviderSetup::demo(7));
    provider.set_down(true);
    assert_eq!(authorise(&provider, "a", 10_00), Err(PaymentError::Unavailable));
    assert_eq!(find(&provider, "a"), Err(PaymentError::Unavailable));
    provider.set_down(false);
    assert_eq!(find(&provider, "a"), Ok(None));
}

#[test]
fn nonsense_is_declined() {
    let provider = SimulatedProvider::new(ProviderSetup::demo(7));
    let authorisation = authorise(&provider, "a", 10_00).unwrap().provider_reference;
    assert_eq!(code(authorise(&provider, "b", 0)), "not_an_amount");
    assert_eq!(code(capture(&provider, "c", &authorisation, -5)), "not_an_amount");
    assert_eq!(code(capture(&provider, "d", "demo_pay_99", 5)), "no_such_authorisation");
    let yen = Money::new(5, Currency::parse("JPY").unwrap());
    assert_eq!(
        code(provider.capture("e", &authorisation, yen, NOW).now_or_never().unwrap()),
        "wrong_currency"
    );
}

#[test]
fn the_books_survive_a_kill_even_in_mid_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("provider.jsonl");
    let open = || SimulatedProvider::open(ProviderSetup::demo(7), &path).unwrap();
    let provider = open();
    let authorisation = authorise(&provider, "a", 10_00).unwrap().provider_reference;
    provider.script([Fault::LostAnswer, Fault::Declined]);
    assert_eq!(capture(&provider, "c", &authorisation, 4_00), Err(PaymentError::Unknown));
    assert_eq!(code(authorise(&provider, "b", 1)), "insufficient_funds");
    let books = provider.transactions();
    drop(provider);

    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, [&whole[..], "{\"entry\":\"declined\",\"reason\":\"не".as_bytes()].concat())
        .unwrap();
    let again = open();
    assert_eq!(again.transactions(), books);
    assert_eq!(std::fs::read(&path).unwrap(), whole, "half a line is cut off");
    assert_eq!(code(authorise(&again, "b", 1)), "insufficient_funds");
    assert_eq!(capture(&again, "c", &authorisation, 4_00).unwrap(), books[1]);
    assert_eq!(again.totals(&authorisation).unwrap().captured, eur(4_00));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever is asked and however it fails, repeated with the same key until there is an answer: each key is done
    /// at most once, and nobody gets more than there was.
    #[test]
    fn repeating_with_the_same_key_never_pays_twice(
        seed in any::<u64>(),
        asks in prop::collection::vec((0usize..3, 1i64..900), 1..40),
    ) {
        let faults = FaultRates { lost_answer: 300, unavailable: 200, declined: 100 };
        let provider = SimulatedProvider::new(ProviderSetup { faults, ..ProviderSetup::demo(seed) });
        let until_answered = |ask: &dyn Fn() -> Answer| loop {
            match ask() {
                Err(PaymentError::Unavailable | PaymentError::Unknown) => {}
                answer => break answer,
            }
        };
        let Ok(authorised) = until_answered(&|| authorise(&provider, "a", 10_00)) else { return Ok(()) };
        let authorisation = authorised.provider_reference;
        let mut expected = 1;
        for (n, (kind, minor)) in asks.into_iter().enumerate() {
            let key = format!("key {n}");
            let done = until_answered(&|| match kind {
                0 => capture(&provider, &key, &authorisation, minor),
                1 => refund(&provider, &key, &authorisation, minor),
                _ => authorise(&provider, &key, minor),
            });
            expected += usize::from(done.is_ok());
        }
        prop_assert_eq!(provider.transactions().len(), expected);
        let totals = provider.totals(&authorisation).unwrap();
        prop_assert!(totals.captured.minor <= totals.authorised.minor);
        prop_assert!((0..=totals.captured.minor).contains(&totals.refunded.minor));
    }
}
