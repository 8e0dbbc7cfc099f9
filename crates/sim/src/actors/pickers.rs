//! Pickers take goods from shelves: sometimes the wrong ones, and sometimes the shelf is not as the book says.

use anyhow::Result;
use flows::{
    short::{ShortPick, ShortReason},
    station::{StationError, StationScan},
};
use kernel::Timestamp;
use orders::Stage;
use runtime::Call;

use super::{
    Actors, Tally,
    queue::{Queue, Waiting},
};
use crate::chance::{dice, happens, one_of};

/// How often the hand takes the wrong thing, of a thousand fulfilment orders.
const WRONG_ITEM: u32 = 40;
/// How often a unit is missing or damaged, of a thousand lines.
const SHORT: u32 = 12;

impl Actors {
    /// Picks what is due.
    pub(super) async fn pick(&self, now: Timestamp, tally: &mut Tally) -> Result<()> {
        let queue = self.queue("to_pick", false).await?;
        for waiting in queue.work.iter().filter(|waiting| self.is_due(&waiting.part, false, now)) {
            self.pick_one(&queue, waiting, tally).await?;
        }
        Ok(())
    }

    async fn pick_one(&self, queue: &Queue, waiting: &Waiting, tally: &mut Tally) -> Result<()> {
        let id = &waiting.part.fulfilment_order_id;
        let mut dice = dice(self.world.seed, &format!("pick {id}"));
        if happens(&mut dice, WRONG_ITEM) {
            let other = one_of(&mut dice, &self.world.goods);
            let is_wanted = |item: &catalogue::Item| item.sku == other.sku;
            if !waiting.lines.iter().filter_map(|line| queue.items.get(&line.item_id)).any(is_wanted) {
                self.scan_wrongly(waiting, other.barcode.clone(), tally).await?;
            }
        }
        let mut given_up: Vec<(kernel::ItemId, i64)> = Vec::new();
        for line in &waiting.lines {
            let has_been_short = line.units().get(Stage::Unallocated) > 0;
            let is_short = happens(&mut dice, SHORT) && !has_been_short && line.units().get(Stage::Allocated) > 0;
            let reason =
                if happens(&mut dice, 300) { ShortReason::Damaged } else { ShortReason::NotFound };
            if is_short {
                let (fulfilment_order_id, line_no) = (id.clone(), line.line_no);
                let short = ShortPick { fulfilment_order_id, line_no, quantity: 1, reason };
                match self.flows.short(self.picker(waiting), short).await {
                    Ok(_) => {
                        tally.short_picks += 1;
                        given_up.push((line.item_id.clone(), 1));
                    }
                    Err(StationError::Fault(fault)) => return Err(fault.into()),
                    Err(refusal) => return Ok(tally.surprise("picker", &refusal)),
                }
            }
        }
        for (item_id, allocated) in waiting.units_at(Stage::Allocated) {
            let missing: i64 = given_up.iter().filter(|(given, _)| *given == item_id).map(|(_, units)| units).sum();
            let quantity = allocated - missing;
            if quantity == 0 {
                continue;
            }
            let code = queue.code_of(&item_id);
            let scan = StationScan { fulfilment_order_id: id.clone(), code, quantity };
            tally.scans += 1;
            match self.flows.pick(self.picker(waiting), scan).await {
                Ok(_) => {}
                Err(StationError::Fault(fault)) => return Err(fault.into()),
                Err(refusal) => return Ok(tally.surprise("picker", &refusal)),
            }
        }
        Ok(())
    }

    async fn scan_wrongly(&self, waiting: &Waiting, code: String, tally: &mut Tally) -> Result<()> {
        let fulfilment_order_id = waiting.part.fulfilment_order_id.clone();
        tally.scans += 1;
        match self.flows.pick(self.picker(waiting), StationScan { fulfilment_order_id, code, quantity: 1 }).await {
            Err(StationError::Refused { .. }) => tally.scans_refused += 1,
            Err(StationError::Fault(fault)) => return Err(fault.into()),
            Err(refusal) => tally.surprise("picker", &refusal),
            // The wrong thing was taken for the right one: nobody could be more surprised.
            Ok(_) => tally.surprises += 1,
        }
        Ok(())
    }

    fn picker(&self, waiting: &Waiting) -> Call {
        Call::by(format!("picker:{}", self.node_code(&waiting.part.node_id)))
    }
}
