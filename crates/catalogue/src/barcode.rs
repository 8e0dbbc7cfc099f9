//! Barcodes: GTINs in their one form, and codes of the house as they are.

/// The 14 digits of a GTIN-8, -12, -13 or -14 whose check digit is right; none for any other code.
///
/// GS1 says that the four lengths are one number space once padded with zeros: a scanner that reads a UPC-A as an
/// EAN-13 still reads the same item.
pub fn gtin14(code: &str) -> Option<String> {
    let is_gtin = matches!(code.len(), 8 | 12 | 13 | 14) && code.bytes().all(|byte| byte.is_ascii_digit());
    let padded = format!("{code:0>14}");
    (is_gtin && has_right_check_digit(&padded)).then_some(padded)
}

/// The form in which a barcode is kept and looked up: a GTIN as 14 digits, any other code without the space around it.
pub fn as_stored(code: &str) -> String {
    let code = code.trim();
    gtin14(code).unwrap_or_else(|| code.to_owned())
}

/// GS1 General Specifications 7.9: digits weigh 3 and 1 in turn, and with the check digit add up to a multiple of ten.
fn has_right_check_digit(digits: &str) -> bool {
    let weighted = digits.bytes().zip([3, 1].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_item_has_one_code_whichever_way_it_is_read() {
        let table = [
            ("4006381333931", Some("04006381333931")),
            ("036000291452", Some("00036000291452")),
            ("0036000291452", Some("00036000291452")),
            ("96385074", Some("00000096385074")),
            ("10036000291459", Some("10036000291459")),
            ("4006381333932", None),
            ("400638133393", None),
            ("ABC-1", None),
            ("", None),
        ];
        for (code, gtin) in table {
            assert_eq!(gtin14(code).as_deref(), gtin, "{code}");
        }
        assert_eq!(as_stored(" 036000291452\n"), "00036000291452");
        assert_eq!(as_stored("SHELF 7"), "SHELF 7");
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_noticed(place in 0_usize..13, by in 1_u8..10) {
            let mut digits = *b"4006381333931";
            digits[place] = b'0' + (digits[place] - b'0' + by) % 10;
            prop_assert_eq!(gtin14(std::str::from_utf8(&digits).unwrap()), None);
        }
    }
}
