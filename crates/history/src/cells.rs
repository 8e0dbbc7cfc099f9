//! How single values are spelt in a cell: one spelling for writing, so that equal histories have equal bytes.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Characters that make a spreadsheet take a cell for a formula.
fn is_formula_start(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠')
}

/// True for text that would be a formula but for the apostrophes before it, if any.
fn needs_guard(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(is_formula_start)
}

/// Text as it is written: what would be a formula gets one apostrophe more, and reading takes one away.
fn guarded(text: &str) -> std::borrow::Cow<'_, str> {
    if needs_guard(text) { format!("'{text}").into() } else { text.into() }
}

fn unguarded(text: String) -> String {
    match text.strip_prefix('\'') {
        Some(rest) if needs_guard(rest) => rest.to_owned(),
        _ => text,
    }
}

fn text_of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    // No database keeps a NUL in text.
    if text.contains('\0') { Err(D::Error::custom("text has a NUL character")) } else { Ok(unguarded(text)) }
}

/// Text that may be empty.
pub(crate) mod text {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&guarded(text))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        text_of(deserializer)
    }
}

/// Text that names something, so it is not empty.
pub(crate) mod code {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&guarded(text))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        let text = text_of(deserializer)?;
        if text.trim().is_empty() { Err(D::Error::custom("must not be empty")) } else { Ok(text) }
    }
}

/// A list of words with single spaces between.
pub(crate) mod words {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(words: &[String], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&guarded(&words.join(" ")))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
        Ok(text_of(deserializer)?.split_whitespace().map(str::to_owned).collect())
    }
}

/// A list of whole numbers with single spaces between.
pub(crate) mod numbers {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(numbers: &[u32], serializer: S) -> Result<S::Ok, S::Error> {
        let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
        serializer.serialize_str(&numbers.join(" "))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u32>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = |word: &str| {
            word.parse().map_err(|_| D::Error::custom(format!("`{word}` is not a whole number")))
        };
        text.split_whitespace().map(number).collect()
    }
}

/// An instant: RFC 3339, UTC, six decimals.
pub(crate) mod instant {
    use super::*;
    use kernel::{Timestamp, time};

    pub(crate) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&time::to_text(*at))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        parse(&String::deserialize(deserializer)?)
    }

    pub(super) fn parse<E: Error>(text: &str) -> Result<Timestamp, E> {
        let at: Option<Timestamp> = text.parse().ok().filter(|at| *at >= Timestamp::UNIX_EPOCH);
        at.map(time::to_micros)
            .ok_or_else(|| E::custom(format!("`{text}` is not a time such as 2026-11-29T07:12:33Z")))
    }
}

/// An instant that may be unknown.
pub(crate) mod optional_instant {
    use super::*;
    use kernel::{Timestamp, time};

    pub(crate) fn serialize<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&at.map(time::to_text).unwrap_or_default())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() { Ok(None) } else { instant::parse(&text).map(Some) }
    }
}

/// Micro-degrees, spelt in degrees with six decimals, that may be unknown.
pub(crate) mod degrees {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(micro: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(micro) = micro else { return serializer.serialize_str("") };
        let (sign, size) = (if *micro < 0 { "-" } else { "" }, micro.unsigned_abs());
        serializer.serialize_str(&format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(None);
        }
        let degrees: Option<f64> = text.parse().ok().filter(|degrees: &f64| degrees.abs() <= 180.0);
        // Six decimals are far inside what a double holds exactly enough, so this reads back what was written.
        degrees
            .map(|degrees| Some((degrees * 1e6).round() as i64))
            .ok_or_else(|| D::Error::custom(format!("`{text}` is not a number of degrees")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_guarded_and_comes_back() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("+359 88", "'+359 88"),
            ("'=x", "''=x"),
            ("'quoted'", "'quoted'"),
            ("#1001", "#1001"),
            ("", ""),
            ("＝x", "'＝x"),
        ] {
            assert_eq!(guarded(text), written);
            assert_eq!(unguarded(written.to_owned()), text);
        }
        assert_eq!(unguarded("=x".to_owned()), "=x", "a file from elsewhere may have no guards");
    }
}
