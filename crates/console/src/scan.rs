//! What was typed or scanned into the one field for everything: the ways to read it.
//!
//! Scanners add to codes and repeat them: control characters, the symbology's identifier (`]C1`), the element string
//! of GS1 around a GTIN or SSCC, and the whole code twice where two outputs of a handheld are switched on.

/// Longer than any code on paper.
const LONGEST: usize = 200;

/// The ways to read it, the likeliest first; none where nothing readable was typed.
pub fn readings(typed: &str) -> Vec<String> {
    let plain: String = typed.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let plain = plain.trim();
    let mut readings: Vec<&str> = vec![plain];
    let bare = without_symbology(plain);
    readings.push(bare);
    readings.extend(gs1_number(bare));
    // Read as two halves last: what is twice the same on purpose is found as it is.
    readings.extend(half(bare));
    let mut seen: Vec<String> = Vec::new();
    for reading in readings {
        if !reading.is_empty() && !seen.iter().any(|earlier| earlier == reading) {
            seen.push(reading.to_owned());
        }
    }
    seen
}

/// Without the three characters in which a scanner says what kind of symbol it read (ISO/IEC 15424).
fn without_symbology(code: &str) -> &str {
    let mut letters = code.chars();
    let has_one = letters.next() == Some(']')
        && letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.next().is_some_and(|c| c.is_ascii_alphanumeric());
    if has_one { code[3..].trim() } else { code }
}

/// The GTIN or SSCC at the beginning of an element string, with or without brackets around the identifier.
fn gs1_number(code: &str) -> Option<&str> {
    let number = |prefixes: [&str; 2], length: usize| {
        let rest = prefixes.iter().find_map(|prefix| code.strip_prefix(prefix))?;
        let number = rest.get(..length)?;
        number.bytes().all(|byte| byte.is_ascii_digit()).then_some(number)
    };
    number(["(01)", "01"], 14).or_else(|| number(["(00)", "00"], 18))
}

fn half(code: &str) -> Option<&str> {
    let middle = code.len() / 2;
    let is_doubled =
        code.len().is_multiple_of(2) && code.is_char_boundary(middle) && code[..middle] == code[middle..];
    (is_doubled && middle >= 3).then(|| &code[..middle])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_is_read_in_every_way_its_scanner_may_have_changed_it() {
        for (typed, expected) in [
            ("W-1", vec!["W-1"]),
            ("  W-1\r\n", vec!["W-1"]),
            ("\u{2}4820012345678\u{3}", vec!["4820012345678"]),
            ("]E04820012345678", vec!["]E04820012345678", "4820012345678"]),
            (
                "]C10104820012345678\u{1d}10A7",
                vec!["]C1010482001234567810A7", "010482001234567810A7", "04820012345678"],
            ),
            ("(01)04820012345678", vec!["(01)04820012345678", "04820012345678"]),
            ("00340123450000000018", vec!["00340123450000000018", "340123450000000018"]),
            ("43542104354210", vec!["43542104354210", "4354210"]),
            ("茶茶", vec!["茶茶", "茶"]),
            ("1111", vec!["1111"]),
            ("\r\n", vec![]),
        ] {
            assert_eq!(readings(typed), expected, "{typed:?}");
        }
    }

    #[test]
    fn what_is_endless_is_cut() {
        assert!(readings(&"x1y".repeat(1000)).iter().all(|reading| reading.len() <= LONGEST));
    }
}
