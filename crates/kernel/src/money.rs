//! Money: integer minor units and a currency. No floats, no arithmetic across currencies.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// An ISO 4217 code: three capital letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// Text that is no currency code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a currency code: three capital letters such as EUR")]
pub struct BadCurrency(pub String);

impl Currency {
    /// The euro.
    pub const EUR: Currency = Currency(*b"EUR");

    /// Reads a code.
    pub fn parse(text: &str) -> Result<Currency, BadCurrency> {
        match text.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Currency([a, b, c])),
            _ => Err(BadCurrency(text.chars().take(20).collect())),
        }
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is three ASCII letters")
    }

    /// How many decimal places its minor unit has (ISO 4217; the currencies with other than two).
    pub fn decimals(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
            | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let says = "An ISO 4217 code: three capital letters.";
        crate::document::text(says).pattern(Some("^[A-Z]{3}$")).examples(["EUR"]).into()
    }
}

impl utoipa::ToSchema for Currency {}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Currency {
    type Error = BadCurrency;
    fn try_from(text: String) -> Result<Currency, BadCurrency> {
        Currency::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.as_str().to_owned()
    }
}

/// An amount in minor units (cents) of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Money {
    /// Minor units; negative is owed the other way.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// Text that is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an amount in {currency}: digits, then at most {} decimals after a point", currency.decimals())]
pub struct BadAmount {
    /// What was given.
    pub text: String,
    /// The currency it should have been in.
    pub currency: Currency,
}

impl Money {
    /// This many minor units.
    pub const fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    /// Reads a decimal amount with a point, such as `12.50`, exactly.
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Money, BadAmount> {
        let bad = || BadAmount { text: text.chars().take(40).collect(), currency };
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let places = currency.decimals() as usize;
        // Zeros beyond the currency's decimals change nothing, so `12.500` is good for euros.
        let part = if part.len() > places && part[places..].bytes().all(|b| b == b'0') {
            &part[..places]
        } else {
            part
        };
        let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || whole.len() > 15
            || part.len() > places
            || !all_digits(whole)
            || !all_digits(part)
        {
            return Err(bad());
        }
        let padded = format!("{whole}{part:0<places$}");
        let minor: i64 = padded.parse().map_err(|_| bad())?;
        Ok(Money { minor: sign * minor, currency })
    }

    /// The amount as a decimal with a point and no currency: `12.50`.
    pub fn to_decimal(self) -> String {
        let places = self.currency.decimals() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = places + 1);
        let (whole, part) = digits.split_at(digits.len() - places);
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
    }

    /// The sum, if both are of one currency and it fits.
    pub fn plus(self, other: Money) -> Option<Money> {
        (self.currency == other.currency)
            .then(|| self.minor.checked_add(other.minor))
            .flatten()
            .map(|minor| Money { minor, ..self })
    }

    /// Splits into `parts` amounts that differ by at most one minor unit and add up to `self`, the larger first.
    pub fn split(self, parts: NonZeroU32) -> impl Iterator<Item = Money> {
        let parts = i64::from(parts.get());
        let (share, rest) = (self.minor.div_euclid(parts), self.minor.rem_euclid(parts));
        (0..parts).map(move |n| Money { minor: share + i64::from(n < rest), ..self })
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.to_decimal(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_and_print_exactly() {
        let eur = Currency::EUR;
        for (text, minor) in
            [("0", 0), ("12.5", 1250), ("-0.07", -7), ("12.500", 1250), ("1234567.89", 123_456_789)]
        {
            assert_eq!(Money::parse_decimal(text, eur), Ok(Money::new(minor, eur)), "{text}");
        }
        for text in ["", ".5", "1,5", "1.234", "1e5", "--1", "99999999999999999999"] {
            assert!(Money::parse_decimal(text, eur).is_err(), "{text}");
        }
        assert_eq!(Money::new(-7, eur).to_decimal(), "-0.07");
        let yen = Currency::parse("JPY").unwrap();
        assert_eq!(Money::new(120, yen).to_string(), "120 JPY");
    }

    #[test]
    fn three_thirds_of_ten_add_up() {
        let parts: Vec<i64> =
            Money::new(1000, Currency::EUR).split(NonZeroU32::new(3).unwrap()).map(|m| m.minor).collect();
        assert_eq!(parts, [334, 333, 333]);
    }
}
