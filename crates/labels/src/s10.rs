//! Tracking numbers of the world's posts: UPU standard S10, `LLnnnnnnnncLL` — a service, eight digits, a check
//! digit, a country.

/// Why some text is no S10 number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum S10Error {
    /// Not two capitals, nine digits, two capitals.
    #[error("not two letters, nine digits and two letters")]
    Shape,
    /// A digit was mistyped or misread.
    #[error("the check digit is {found}, and should be {expected}")]
    CheckDigit {
        /// The ninth digit.
        found: u8,
        /// What the first eight make it.
        expected: u8,
    },
}

/// The check digit of eight digits.
pub fn check_digit(serial: u32) -> u8 {
    const WEIGHTS: [u32; 8] = [8, 6, 4, 2, 3, 5, 9, 7];
    let sum: u32 = (0u32..).zip(WEIGHTS).map(|(n, weight)| serial / 10u32.pow(7 - n) % 10 * weight).sum();
    match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        digit => digit as u8,
    }
}

/// The number of `service` (such as `RR` or `CP`) and `country` (ISO 3166-1 alpha-2) with this serial number.
pub fn build(service: &str, serial: u32, country: &str) -> Result<String, S10Error> {
    if serial > 99_999_999 {
        return Err(S10Error::Shape);
    }
    let text = format!("{service}{serial:08}{}{country}", check_digit(serial));
    check(&text).map(|()| text)
}

/// Says whether `text` is an S10 number that was read without a mistake. Spaces are not allowed.
pub fn check(text: &str) -> Result<(), S10Error> {
    let [l1, l2, digits @ .., r1, r2] = text.as_bytes() else { return Err(S10Error::Shape) };
    let is_shaped = [l1, l2, r1, r2].iter().all(|b| b.is_ascii_uppercase())
        && digits.len() == 9
        && digits.iter().all(u8::is_ascii_digit);
    if !is_shaped {
        return Err(S10Error::Shape);
    }
    let serial = digits[..8].iter().fold(0, |n, digit| n * 10 + u32::from(digit - b'0'));
    let (found, expected) = (digits[8] - b'0', check_digit(serial));
    if found == expected { Ok(()) } else { Err(S10Error::CheckDigit { found, expected }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_numbers_check() {
        assert_eq!(check_digit(47_312_482), 9);
        assert_eq!(check_digit(12_345_678), 5);
        assert_eq!(build("RR", 47_312_482, "NL").as_deref(), Ok("RR473124829NL"));
        assert_eq!(check("RR473124829NL"), Ok(()));
    }

    #[test]
    fn a_mistyped_number_is_told_from_one_of_another_shape() {
        assert_eq!(check("RR473124839NL"), Err(S10Error::CheckDigit { found: 9, expected: 2 }));
        for text in
            ["", "RR", "RR47312482NL", "rr473124829NL", "RR473124829NLX", "RRÄ3124829NL", "1Z473124829NL"]
        {
            assert_eq!(check(text), Err(S10Error::Shape), "{text}");
        }
        assert_eq!(build("RR", 100_000_000, "NL"), Err(S10Error::Shape));
        assert_eq!(build("R", 1, "NL"), Err(S10Error::Shape));
    }

    #[test]
    fn a_mistyped_digit_is_found() {
        // Two remainders fold into the check digit 5, so only numbers that end in another one are proof against it.
        let good = "RR473124829NL";
        for at in 2..10 {
            for digit in '0'..='9' {
                let mut wrong = good.to_owned();
                wrong.replace_range(at..=at, &digit.to_string());
                assert_eq!(check(&wrong).is_ok(), wrong == good, "{wrong}");
            }
        }
    }
}
