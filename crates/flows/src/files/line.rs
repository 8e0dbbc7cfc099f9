//! A line of a file, its cells found by our names for their columns.

use operations::{Outcome, RowProblem, RowResult};
use sheets::guard::unguarded;

use super::columns::Map;

/// How much of a bad cell is told.
const TOLD: usize = 80;

/// One line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// As a spreadsheet counts.
    pub row_no: i64,
    /// What is wrong with the row whatever its columns mean.
    pub broken: Vec<RowProblem>,
    cells: Vec<(String, String)>,
    problems: Vec<RowProblem>,
}

impl Line {
    pub fn new(row_no: u64, cells: &[String], map: &Map, broken: Vec<RowProblem>) -> Line {
        let cell = |place: usize| cells.get(place).map_or("", |text| unguarded(text.trim()));
        let cells = map.iter().map(|(name, place)| (name.clone(), cell(*place).to_owned()));
        Line {
            row_no: i64::try_from(row_no).unwrap_or(i64::MAX),
            broken,
            cells: cells.collect(),
            problems: Vec::new(),
        }
    }

    /// The cell, or nothing.
    pub fn text(&self, column: &str) -> &str {
        self.cells.iter().find(|(name, _)| name == column).map_or("", |(_, text)| text)
    }

    /// True where the file has the column.
    pub fn has(&self, column: &str) -> bool {
        self.cells.iter().any(|(name, _)| name == column)
    }

    /// Notes what is wrong with a cell.
    pub fn refuse(&mut self, column: &str, code: &str, message: impl ToString) {
        let value = self.text(column).chars().filter(|c| !c.is_control()).take(TOLD).collect();
        self.problems.push(RowProblem {
            row_no: None,
            column: column.to_owned(),
            value,
            code: code.to_owned(),
            message: message.to_string(),
        });
    }

    /// A cell that must not be empty.
    pub fn required(&mut self, column: &str) -> String {
        let text = self.text(column).to_owned();
        if text.is_empty() {
            self.refuse(column, "missing", "must not be empty");
        }
        self.code(column);
        text
    }

    /// A code that a spreadsheet may have taken for a number: `5.01E+12` has lost its digits.
    pub fn code(&mut self, column: &str) -> String {
        let text = self.text(column).to_owned();
        if text.split([' ', '|']).any(is_scientific) {
            let says =
                "a spreadsheet turned this code into a number; format the column as text and export again";
            self.refuse(column, "bad_code", says);
        }
        text
    }

    /// A whole number that is not negative; none for an empty cell.
    pub fn number(&mut self, column: &str) -> Option<i64> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        // A spreadsheet writes `12,0` or `12.00` for twelve.
        let whole = match text.split_once([',', '.']) {
            Some((whole, rest)) if !rest.is_empty() && rest.bytes().all(|digit| digit == b'0') => whole,
            _ => text,
        };
        let number = whole.parse::<i64>().ok().filter(|number| *number >= 0);
        if number.is_none() {
            self.refuse(column, "bad_quantity", "a whole number from 0");
        }
        number
    }

    /// Yes or no; `otherwise` for an empty cell.
    pub fn flag(&mut self, column: &str, otherwise: bool) -> bool {
        match self.text(column).to_lowercase().as_str() {
            "" => otherwise,
            "true" | "yes" | "y" | "1" => true,
            "false" | "no" | "n" | "0" => false,
            _ => {
                self.refuse(column, "bad_flag", "true or false");
                otherwise
            }
        }
    }

    /// True while nothing is wrong with it.
    pub fn is_good(&self) -> bool {
        self.broken.is_empty() && self.problems.is_empty()
    }

    /// What became of it, unless it was refused.
    pub fn into_result(self, subject: String, outcome: Outcome) -> RowResult {
        let outcome = if self.is_good() { outcome } else { Outcome::Failed };
        let problems = self.broken.into_iter().chain(self.problems).collect();
        RowResult { row_no: self.row_no, subject, outcome, problems }
    }
}

fn is_scientific(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['e', 'E']) else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.split(['.', ',']).all(is_number) && power.strip_prefix('+').is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Line::new(2, &[text.to_owned()], &Map::from([("code".to_owned(), 0)]), Vec::new())
    }

    #[test]
    fn a_code_that_a_spreadsheet_has_spoilt_is_refused_with_a_hint() {
        for (text, is_spoilt) in [
            ("5.01E+12", true),
            ("4,00638E+12", true),
            ("0036000291452", false),
            ("TEA-1E+2", false),
            ("1E12", false),
        ] {
            let mut line = line(text);
            assert_eq!(line.code("code"), text);
            assert_eq!(!line.is_good(), is_spoilt, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_spreadsheets_write_them() {
        for (text, number) in
            [("12", Some(12)), ("12,0", Some(12)), ("12.00", Some(12)), ("", None), ("0", Some(0))]
        {
            let mut line = line(text);
            assert_eq!(line.number("code"), number, "{text}");
            assert!(line.is_good());
        }
        for text in ["12,5", "-1", "many", "1e3", "99999999999999999999"] {
            let mut line = line(text);
            assert_eq!(line.number("code"), None);
            assert!(!line.is_good(), "{text}");
        }
    }

    #[test]
    fn c13_our_own_guard_is_taken_away() {
        assert_eq!(line("'=A1").text("code"), "=A1");
        assert_eq!(line("'tis").text("code"), "'tis");
    }
}
