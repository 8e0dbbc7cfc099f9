//! Code 128 (ISO/IEC 15417): the barcode of tracking numbers, in code sets B (all printable ASCII) and C (digits in
//! pairs). The encoder finds the shortest mix of the two.

/// Widths of bars and spaces, alternating and beginning with a bar, of the values 0 to 105; then the stop.
const WIDTHS: [&[u8]; 107] = [
    b"212222", b"222122", b"222221", b"121223", b"121322", b"131222", b"122213", b"122312", b"132212",
    b"221213", b"221312", b"231212", b"112232", b"122132", b"122231", b"113222", b"123122", b"123221",
    b"223211", b"221132", b"221231", b"213212", b"223112", b"312131", b"311222", b"321122", b"321221",
    b"312212", b"322112", b"322211", b"212123", b"212321", b"232121", b"111323", b"131123", b"131321",
    b"112313", b"132113", b"132311", b"211313", b"231113", b"231311", b"112133", b"112331", b"132131",
    b"113123", b"113321", b"133121", b"313121", b"211331", b"231131", b"213113", b"213311", b"213131",
    b"311123", b"311321", b"331121", b"312113", b"312311", b"332111", b"314111", b"221411", b"431111",
    b"111224", b"111422", b"121124", b"121421", b"141122", b"141221", b"112214", b"112412", b"122114",
    b"122411", b"142112", b"142211", b"241211", b"221114", b"413111", b"241112", b"134111", b"111242",
    b"121142", b"121241", b"114212", b"124112", b"124211", b"411212", b"421112", b"421211", b"212141",
    b"214121", b"412121", b"111143", b"111341", b"131141", b"114113", b"114311", b"411113", b"411311",
    b"113141", b"114131", b"311141", b"411131", b"211412", b"211214", b"211232", b"2331112",
];
const TO_C: u8 = 99;
const TO_B: u8 = 100;
const START_B: u8 = 104;
const START_C: u8 = 105;
const STOP: u8 = 106;

/// Text that Code 128 sets B and C cannot carry: empty, or not all printable ASCII.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not printable ASCII and cannot be a barcode")]
pub struct NotEncodable(pub String);

/// One step of a barcode's data, in the order they are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Begin, or go on, in set B.
    ToB,
    /// Begin, or go on, in set C.
    ToC,
    /// A character of set B, printable ASCII.
    Character(char),
    /// Two digits of set C, from 0 to 99.
    Pair(u8),
}

/// An encoded barcode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code128 {
    steps: Vec<Step>,
}

impl Code128 {
    /// Encodes `text` in as few symbols as sets B and C allow.
    pub fn encode(text: &str) -> Result<Code128, NotEncodable> {
        let bytes = text.as_bytes();
        if bytes.is_empty() || !bytes.iter().all(|b| matches!(b, b' '..=b'~')) {
            return Err(NotEncodable(text.chars().take(80).collect()));
        }
        let (in_b, in_c) = costs(bytes);
        let mut steps = Vec::with_capacity(bytes.len() + 2);
        let mut is_c = in_c[0] < in_b[0];
        steps.push(if is_c { Step::ToC } else { Step::ToB });
        let mut at = 0;
        while at < bytes.len() {
            let pair = pair_at(bytes, at);
            if is_c && pair.is_none_or(|_| in_b[at] + 1 < in_c[at + 2] + 1) {
                is_c = false;
                steps.push(Step::ToB);
            } else if !is_c && in_c[at] + 1 < in_b[at + 1] + 1 {
                is_c = true;
                steps.push(Step::ToC);
            } else if let (true, Some(pair)) = (is_c, pair) {
                steps.push(Step::Pair(pair));
                at += 2;
            } else {
                steps.push(Step::Character(char::from(bytes[at])));
                at += 1;
            }
        }
        Ok(Code128 { steps })
    }

    /// The steps of the data, for printers that draw the bars themselves.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Symbol values from start to stop, with the checksum.
    pub fn values(&self) -> Vec<u8> {
        let mut values: Vec<u8> = Vec::with_capacity(self.steps.len() + 2);
        for step in &self.steps {
            values.push(match *step {
                Step::ToB if values.is_empty() => START_B,
                Step::ToC if values.is_empty() => START_C,
                Step::ToB => TO_B,
                Step::ToC => TO_C,
                Step::Character(c) => c as u8 - b' ',
                Step::Pair(pair) => pair,
            });
        }
        // The start counts once, and so does the first symbol after it: weights 1, 1, 2, 3, ...
        let weighted = values.iter().enumerate().map(|(n, &value)| n.max(1) as u64 * u64::from(value));
        values.push((weighted.sum::<u64>() % 103) as u8);
        values.push(STOP);
        values
    }

    /// Widths in modules, alternating bar and space, beginning and ending with a bar, without quiet zones.
    pub fn widths(&self) -> impl Iterator<Item = usize> {
        self.values()
            .into_iter()
            .flat_map(|value| WIDTHS[usize::from(value)])
            .map(|width| usize::from(width - b'0'))
    }

    /// The bars alone: where each begins, in modules, and how wide it is.
    pub fn bars(&self) -> Vec<(usize, usize)> {
        let mut bars = Vec::new();
        let mut at = 0;
        for (n, width) in self.widths().enumerate() {
            if n % 2 == 0 {
                bars.push((at, width));
            }
            at += width;
        }
        bars
    }

    /// The whole width in modules, without quiet zones (each of which is at least ten modules).
    pub fn modules(&self) -> usize {
        self.widths().sum()
    }
}

/// The value of two digits at `at`, if there are two.
fn pair_at(bytes: &[u8], at: usize) -> Option<u8> {
    match bytes.get(at..at + 2) {
        Some(&[tens @ b'0'..=b'9', ones @ b'0'..=b'9']) => Some((tens - b'0') * 10 + (ones - b'0')),
        _ => None,
    }
}

/// For each position, the fewest symbols that carry the rest when one is in set B, and when one is in set C.
fn costs(bytes: &[u8]) -> (Vec<usize>, Vec<usize>) {
    let mut in_b = vec![0; bytes.len() + 1];
    let mut in_c = vec![0; bytes.len() + 1];
    for at in (0..bytes.len()).rev() {
        let stay_b = 1 + in_b[at + 1];
        let stay_c = pair_at(bytes, at).map(|_| 1 + in_c[at + 2]);
        in_b[at] = stay_c.map_or(stay_b, |stay_c| stay_b.min(1 + stay_c));
        in_c[at] = stay_c.map_or(1 + stay_b, |stay_c| stay_c.min(1 + stay_b));
    }
    (in_b, in_c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rxing::{BarcodeFormat, helpers::detect_in_luma};

    use super::*;

    /// Draws the bars with quiet zones and reads them with a scanner that is not ours.
    fn scan(code: &Code128) -> String {
        let (module, quiet, height) = (3, 12, 40);
        let width = (code.modules() + 2 * quiet) * module;
        let mut row = vec![255; width];
        for (start, bar) in code.bars() {
            row[(quiet + start) * module..(quiet + start + bar) * module].fill(0);
        }
        let luma = row.repeat(height);
        let found = detect_in_luma(luma, width as u32, height as u32, Some(BarcodeFormat::CODE_128)).unwrap();
        found.getText().to_owned()
    }

    /// The shortest encoding there is, by trying every one.
    fn shortest(bytes: &[u8], is_c: bool) -> usize {
        if bytes.is_empty() {
            return 0;
        }
        let in_b = |from_c| usize::from(from_c) + 1 + shortest(&bytes[1..], false);
        match pair_at(bytes, 0) {
            Some(_) => in_b(is_c).min(usize::from(!is_c) + 1 + shortest(&bytes[2..], true)),
            None => in_b(is_c),
        }
    }

    #[test]
    fn tracking_numbers_scan_as_they_are_printed() {
        for text in
            ["RR473124829NL", "1Z999AA10123456784", "00340434161094042557", "A", "7", "~ ^_>{}", "12345A6789"]
        {
            assert_eq!(scan(&Code128::encode(text).unwrap()), text);
        }
    }

    #[test]
    fn digits_travel_in_pairs_when_that_is_shorter() {
        for (text, symbols) in [
            ("1234", 3),
            ("12345", 5),
            ("A12", 4),
            ("A1234", 5),
            ("A1234B", 7),
            ("AB123456CD", 10),
            ("A12B", 5),
        ] {
            assert_eq!(Code128::encode(text).unwrap().steps().len(), symbols, "{text}");
        }
    }

    #[test]
    fn the_checksum_weighs_each_symbol_by_its_place() {
        // 104 + 1x48 + 2x42 + 3x42 + 4x17 + 5x18 + 6x19 + 7x35 = 879 = 8x103 + 55.
        let values = Code128::encode("PJJ123C").unwrap().values();
        assert_eq!(values, [104, 48, 42, 42, 17, 18, 19, 35, 55, 106]);
    }

    #[test]
    fn what_is_not_printable_ascii_is_refused() {
        for text in ["", "Ä", "a\u{0}b", "tab\t", "\u{7f}"] {
            assert!(Code128::encode(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn any_text_scans_as_it_was_encoded(text in "[ -~]{1,24}|[0-9A-C]{1,30}") {
            // A scanner may trim blanks at the ends; tracking numbers have none.
            prop_assume!(text.trim() == text);
            prop_assert_eq!(scan(&Code128::encode(&text).unwrap()), text);
        }

        #[test]
        fn no_encoding_is_shorter(text in "[0-9AB]{1,14}") {
            let best = 1 + shortest(text.as_bytes(), false).min(shortest(text.as_bytes(), true));
            prop_assert_eq!(Code128::encode(&text).unwrap().steps().len(), best);
        }
    }
}
