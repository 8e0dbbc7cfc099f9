//! A scan at the shelf.

use crate::model::{Confirmed, Scan, ScanRefusal, Work, goods_of, share_out};

/// Whether these units may be taken for this work.
///
/// An item that other work asks for is still the wrong one here: at the shelf every popular item is wanted by
/// somebody, and knowing by whom helps nobody.
pub fn decide(work: &Work, scan: &Scan) -> Result<Vec<Confirmed>, ScanRefusal> {
    if scan.quantity.is_zero() {
        return Err(ScanRefusal::NoQuantity);
    }
    let lines = work.lines_of(scan);
    let Some(goods) = goods_of(&lines) else {
        return Err(work.wrong_item(scan, |line| line.allocated));
    };
    if lines.iter().all(|line| line.allocated.is_zero()) {
        return Err(ScanRefusal::AlreadyComplete { goods });
    }
    share_out(&lines, scan.quantity, |line| line.allocated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::{line, say, scan, work};

    #[test]
    fn the_right_units_are_taken_and_all_others_refused() {
        // The work: four of TEA, one taken; two CUPs, all taken; TEA once more on line 3.
        let lines = vec![line(1, "TEA", [3, 1, 0]), line(2, "CUP", [0, 1, 1]), line(3, "TEA", [2, 0, 0])];
        let work = work(lines);
        let table = [
            ("TEA", 1, "1x1"),
            ("TEA", 3, "1x3"),
            ("TEA", 4, "1x3 3x1"),
            ("TEA", 5, "1x3 3x2"),
            ("TEA", 6, "too_many: 6 scanned, 5 wanted"),
            ("TEA", 0, "no_quantity: a scan is of one unit at least"),
            ("CUP", 1, "already_complete: The CUP (CUP) is complete"),
            ("MUG", 1, "wrong_item: this is The MUG (MUG); wanted is The TEA (TEA)"),
            ("PEN", 2, "wrong_item: this is The PEN (PEN); wanted is The TEA (TEA)"),
            ("beep", 1, "unknown_code: beep belongs to nothing we know"),
            ("CODE-TEA", 2, "1x2"),
        ];
        for (code, quantity, says) in table {
            assert_eq!(say(decide(&work, &scan(code, quantity))), says, "{code} x {quantity}");
        }
    }

    #[test]
    fn a_barcode_is_the_same_in_all_its_lengths() {
        let work = work(vec![line(1, "TEA", [1, 0, 0])]);
        for code in ["4006381333931", "04006381333931", " 4006381333931\n"] {
            assert_eq!(say(decide(&work, &scan(code, 1))), "1x1", "{code}");
        }
    }

    #[test]
    fn when_everything_is_taken_nothing_is_wanted() {
        let work = work(vec![line(1, "TEA", [0, 1, 0])]);
        assert_eq!(say(decide(&work, &scan("PEN", 1))), "wrong_item: this is The PEN (PEN)");
    }
}
