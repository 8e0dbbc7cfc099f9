//! Which service carries a parcel, and for how much.

use std::collections::BTreeMap;

use carriers::{ParcelSize, Quote, RateCard, RateError};
use kernel::{Currency, Date};

/// A price of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceQuote {
    /// Who carries.
    pub carrier_code: String,
    /// The price and what it was made of.
    pub quote: Quote,
}

/// Why no service carries a parcel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRate {
    /// Each service has its reason.
    #[error("no service takes this parcel{}", reasons(.0))]
    Refused(Vec<(String, RateError)>),
    /// The service asked for is on no card.
    #[error("there are no prices for a service {0}")]
    NoSuchService(String),
    /// Prices in several currencies cannot be compared.
    #[error("prices in {0} and {1} cannot be compared: choose a service")]
    MixedCurrencies(Currency, Currency),
}

fn reasons(refused: &[(String, RateError)]) -> String {
    refused.iter().map(|(service, error)| format!("; {service}: {error}")).collect()
}

/// The cheapest service that takes a parcel on a day: of all of them, or the one asked for. At one price the faster
/// one, then the one that comes first in the alphabet.
pub fn cheapest(
    cards: &[RateCard],
    service_code: Option<&str>,
    shipped_on: Date,
    size: &ParcelSize,
    distance_metres: i64,
) -> Result<ServiceQuote, NoRate> {
    let mut services: BTreeMap<(&str, &str), Vec<&RateCard>> = BTreeMap::new();
    for card in cards.iter().filter(|card| service_code.is_none_or(|asked| asked == card.service_code)) {
        services.entry((&card.carrier_code, &card.service_code)).or_default().push(card);
    }
    if let (true, Some(asked)) = (services.is_empty(), service_code) {
        return Err(NoRate::NoSuchService(asked.to_owned()));
    }
    let (mut quotes, mut refused) = (Vec::new(), Vec::new());
    for ((carrier_code, service_code), cards) in services {
        match carriers::quote(cards, shipped_on, size, distance_metres) {
            Ok(quote) => quotes.push(ServiceQuote { carrier_code: carrier_code.to_owned(), quote }),
            Err(error) => refused.push((service_code.to_owned(), error)),
        }
    }
    let mut currencies = quotes.iter().map(|service| service.quote.price.currency);
    if let Some(first) = currencies.next()
        && let Some(other) = currencies.find(|other| *other != first)
    {
        return Err(NoRate::MixedCurrencies(first, other));
    }
    quotes
        .into_iter()
        .min_by_key(|service| (service.quote.price.minor, service.quote.transit_days.max))
        .ok_or(NoRate::Refused(refused))
}

#[cfg(test)]
mod tests {
    use carriers::demo_cards;

    use super::*;

    const SHOEBOX: ParcelSize =
        ParcelSize { weight_grams: 900, length_mm: 330, width_mm: 190, height_mm: 120 };

    fn day() -> Date {
        "2026-11-20".parse().unwrap()
    }

    #[test]
    fn the_cheapest_service_that_takes_it_carries_it() {
        let cards = demo_cards();
        let best = cheapest(&cards, None, day(), &SHOEBOX, 80_000).unwrap();
        for card in cards.iter().filter(|card| card.is_valid_on(day())) {
            if let Ok(quote) = card.price(&SHOEBOX, 80_000) {
                assert!(best.quote.price.minor <= quote.price.minor, "{}", card.service_code);
            }
        }
        let asked = cards.last().unwrap().service_code.clone();
        let chosen = cheapest(&cards, Some(&asked), day(), &SHOEBOX, 80_000).unwrap();
        assert_eq!(chosen.quote.service_code, asked);
    }

    #[test]
    fn where_nobody_takes_it_each_says_why() {
        let anvil = ParcelSize { weight_grams: 900_000_000, ..SHOEBOX };
        let refused = cheapest(&demo_cards(), None, day(), &anvil, 80_000).unwrap_err();
        assert!(refused.to_string().contains("900000000 g is more than"), "{refused}");
        assert_eq!(
            cheapest(&demo_cards(), Some("pigeon"), day(), &SHOEBOX, 1).unwrap_err(),
            NoRate::NoSuchService("pigeon".into())
        );
        assert_eq!(cheapest(&[], None, day(), &SHOEBOX, 1).unwrap_err(), NoRate::Refused(Vec::new()));
    }

    #[test]
    fn prices_in_two_currencies_are_not_compared() {
        let mut cards: Vec<RateCard> = demo_cards();
        let mut other = cards[0].clone();
        other.carrier_code = "elsewhere".into();
        other.currency = Currency::parse("BGN").unwrap();
        other.valid_until = None;
        cards.retain(|card| card.is_valid_on(day()));
        cards.push(other);
        assert!(matches!(cheapest(&cards, None, day(), &SHOEBOX, 80_000), Err(NoRate::MixedCurrencies(..))));
    }
}
