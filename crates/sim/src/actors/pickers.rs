//! Pickers take goods from shelves: sometimes the wrong ones, and sometimes the shelf is not as the book says.

use anyhow::Result;
use flows::{
    short::{ShortPick, ShortReason},
    station::{StationError, StationScan},
};
use kernel::{ItemId, Timestamp};
use orders::Stage;
use rand_chacha::ChaCha8Rng;
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
        let queue = self.queue("to_pick", false, now).await?;
        for waiting in &queue.work {
            if self.is_due(&waiting.part, Stage::Allocated, now) {
                self.pick_one(&queue, waiting, tally).await?;
            }
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
        let missing = self.report_missing(waiting, &mut dice, tally).await?;
        for (item_id, allocated) in waiting.units_at(Stage::Allocated) {
            let quantity = allocated - missing.iter().filter(|missing| **missing == item_id).count() as i64;
            if quantity == 0 {
                continue;
            }
            let code = queue.code_of(&item_id);
            let scan = StationScan { fulfilment_order_id: id.clone(), code, quantity };
            tally.scans += 1;
            match self.flows.pick(self.picker(waiting), scan).await {
                Ok(_) => {}
                Err(StationError::Fault(fault)) => return Err(fault.into()),
                Err(refusal) => {
                    tally.surprise("picker", &refusal);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Looks for units that are not there or not good, and reports each; gives their items.
    async fn report_missing(
        &self,
        waiting: &Waiting,
        dice: &mut ChaCha8Rng,
        tally: &mut Tally,
    ) -> Result<Vec<ItemId>> {
        let mut missing = Vec::new();
        for line in &waiting.lines {
            let (is_short, is_damaged) = (happens(dice, SHORT), happens(dice, 300));
            // A line that was short before this process began is not short once more.
            let was_short = line.units().get(Stage::Unallocated) > 0;
            if !is_short || was_short || line.units().get(Stage::Allocated) == 0 {
                continue;
            }
            let short = ShortPick {
                fulfilment_order_id: waiting.part.fulfilment_order_id.clone(),
                line_no: line.line_no,
                quantity: 1,
                reason: if is_damaged { ShortReason::Damaged } else { ShortReason::NotFound },
            };
            match self.flows.short(self.picker(waiting), short).await {
                Ok(_) => {
                    tally.short_picks += 1;
                    missing.push(line.item_id.clone());
                }
                Err(StationError::Fault(fault)) => return Err(fault.into()),
                Err(refusal) => tally.surprise("picker", &refusal),
            }
        }
        Ok(missing)
    }

    async fn scan_wrongly(&self, waiting: &Waiting, code: String, tally: &mut Tally) -> Result<()> {
        let fulfilment_order_id = waiting.part.fulfilment_order_id.clone();
        tally.scans += 1;
        match self
            .flows
            .pick(self.picker(waiting), StationScan { fulfilment_order_id, code, quantity: 1 })
            .await
        {
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
