//! Formula injection (C13): a spreadsheet runs what begins like a formula, also in a file that we wrote, also if a
//! stranger chose the text. An apostrophe before it makes it text. Reading takes that one apostrophe away again.

use std::borrow::Cow;

/// What a formula may begin with, in the full width of East Asian keyboards too.
fn begins_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// Text as it may stand in a CSV cell. Text that already looks guarded gets one more apostrophe, so that reading gives
/// back exactly what was written.
pub fn guarded(text: &str) -> Cow<'_, str> {
    if begins_formula(text.trim_start_matches('\'')) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that a guarded cell stands for; any other as it is.
pub fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if begins_formula(rest.trim_start_matches('\'')) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn c13_what_a_spreadsheet_would_run_is_made_text_and_comes_back() {
        for (text, kept) in [
            ("=1+1", "'=1+1"),
            ("+44 20", "'+44 20"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠A", "'＠A"),
            ("'=1", "''=1"),
            ("O'Neill", "O'Neill"),
            ("'tis", "'tis"),
            ("'", "'"),
            ("", ""),
            ("A=1", "A=1"),
        ] {
            assert_eq!(guarded(text), kept);
            assert_eq!(unguarded(kept), text);
        }
    }

    proptest! {
        #[test]
        fn c13_every_text_comes_back_and_none_begins_like_a_formula(text in "['=+@a＝\t\r-]{0,6}\\PC{0,4}") {
            let kept = guarded(&text);
            prop_assert!(!begins_formula(&kept));
            prop_assert_eq!(unguarded(&kept), text.as_str());
        }
    }
}
