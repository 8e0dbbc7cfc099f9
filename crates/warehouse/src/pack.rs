//! A scan on the packing table: the last look before the box is closed.

use crate::model::{Confirmed, Goods, Scan, ScanRefusal, Stage, Work, goods_of, share_out};

/// Whether these units may go into a box of this work.
///
/// Here an item of somebody else's work is the neighbour's, and it is said whose: it was taken for them.
pub fn decide(work: &Work, scan: &Scan) -> Result<Vec<Confirmed>, ScanRefusal> {
    if scan.quantity.is_zero() {
        return Err(ScanRefusal::NoQuantity);
    }
    let lines = work.lines_of(scan);
    let Some(goods) = goods_of(&lines) else {
        return Err(wrong_order(work, scan).unwrap_or_else(|| work.wrong_item(scan, |line| line.picked)));
    };
    if lines.iter().all(|line| line.picked.is_zero()) {
        let is_on_the_shelf = lines.iter().any(|line| !line.allocated.is_zero());
        return Err(match is_on_the_shelf {
            true => ScanRefusal::WrongStage { goods, needs: Stage::Pick },
            false => ScanRefusal::AlreadyComplete { goods },
        });
    }
    share_out(&lines, scan.quantity, |line| line.picked)
}

fn wrong_order(work: &Work, scan: &Scan) -> Option<ScanRefusal> {
    let item = scan.item.as_ref()?;
    let (belongs_to, _) = work.other_work.iter().find(|(_, item_id)| *item_id == item.item_id)?;
    let scanned = Goods { sku: item.sku.clone(), title: item.title.clone() };
    Some(ScanRefusal::WrongOrder { belongs_to: belongs_to.clone(), scanned })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::samples::{line, say, scan, work};

    #[test]
    fn wrong_missing_and_extra_units_are_all_caught() {
        // The work: three of TEA taken and one not yet; a CUP in the box; a PEN on the shelf.
        let work =
            work(vec![line(1, "TEA", [1, 3, 0]), line(2, "CUP", [0, 0, 1]), line(3, "PEN", [1, 0, 0])]);
        let table = [
            ("TEA", 1, "1x1"),
            ("TEA", 3, "1x3"),
            ("TEA", 4, "too_many: 4 scanned, 3 wanted"),
            ("TEA", 0, "no_quantity: a scan is of one unit at least"),
            ("CUP", 1, "already_complete: The CUP (CUP) is complete"),
            ("PEN", 1, "wrong_stage: The PEN (PEN) is to be scanned at pick first"),
            ("MUG", 1, "wrong_order: The MUG (MUG) belongs to ful_next"),
            ("HAT", 1, "wrong_item: this is The HAT (HAT); wanted is The TEA (TEA)"),
            ("beep", 1, "unknown_code: beep belongs to nothing we know"),
        ];
        for (code, quantity, says) in table {
            assert_eq!(say(decide(&work, &scan(code, quantity))), says, "{code} x {quantity}");
        }
    }
}
