//! Packers put goods into boxes, close them before they get too heavy or too full, and put them on the scale.

use anyhow::Result;
use catalogue::Item;
use flows::station::{CloseParcel, StationError, StationScan};
use kernel::{ItemId, Timestamp};
use orders::Stage;
use rand::RngExt;
use runtime::Call;
use shipping::ParcelStatus;

use super::{
    Actors, Tally,
    queue::{Queue, Waiting},
};
use crate::chance::dice;

/// The boxes on the shelf, smallest first: length, width, height.
const BOXES_MM: [[i64; 3]; 6] =
    [[250, 200, 100], [350, 250, 150], [450, 320, 180], [500, 400, 300], [620, 400, 350], [800, 600, 400]];
/// What a box and its filling weigh.
const BOX_GRAMS: i64 = 150;
/// No box gets heavier than one person may lift.
const GRAMS_MAX: i64 = 20_000;
/// Of each box, so many parts in ten are goods.
const GOODS_OF_TEN: i64 = 7;

/// What is in the open box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Load {
    grams: i64,
    mm3: i64,
    longest_mm: i64,
}

impl Load {
    fn with(self, item: &Item, units: i64) -> Load {
        Load {
            grams: self.grams + item.weight_grams * units,
            mm3: self.mm3 + item.volume_mm3() * units,
            longest_mm: self.longest_mm.max(item.length_mm).max(item.width_mm).max(item.height_mm),
        }
    }

    fn is_empty(self) -> bool {
        self == Load::default()
    }

    /// The smallest box that holds it.
    fn smallest_box(self) -> Option<[i64; 3]> {
        let has_room = |sides: &[i64; 3]| {
            self.longest_mm <= sides[0] && self.mm3 <= sides.iter().product::<i64>() / 10 * GOODS_OF_TEN
        };
        BOXES_MM.into_iter().find(has_room).filter(|_| self.grams <= GRAMS_MAX)
    }

    /// How many more units, up to `most`, can be put into one box with it.
    fn room_for(self, item: &Item, most: i64) -> i64 {
        (1..=most).take_while(|units| self.with(item, *units).smallest_box().is_some()).last().unwrap_or(0)
    }
}

impl Actors {
    /// Packs what is due.
    pub(super) async fn pack(&self, now: Timestamp, tally: &mut Tally) -> Result<()> {
        for status in ["to_pack", "to_ship"] {
            // Work that is all packed is here for a box that nobody closed.
            let queue = self.queue(status, true, now).await?;
            for waiting in &queue.work {
                let is_left = status == "to_pack" || !load_of_open_parcel(&queue, waiting).is_empty();
                if is_left && self.is_due(&waiting.part, Stage::Picked, now) {
                    self.pack_one(&queue, waiting, tally).await?;
                }
            }
        }
        Ok(())
    }

    async fn pack_one(&self, queue: &Queue, waiting: &Waiting, tally: &mut Tally) -> Result<()> {
        let mut load = load_of_open_parcel(queue, waiting);
        for (item_id, mut left) in waiting.units_at(Stage::Picked) {
            let Some(item) = queue.items.get(&item_id) else { continue };
            while left > 0 {
                let room = load.room_for(item, left);
                if room == 0 && !load.is_empty() {
                    if !self.close(waiting, load, tally).await? {
                        return Ok(());
                    }
                    load = Load::default();
                    continue;
                }
                // A thing that fits into no box is sent as it is.
                let quantity = room.max(1);
                if !self.put_in(queue, waiting, &item_id, quantity, tally).await? {
                    return Ok(());
                }
                load = load.with(item, quantity);
                left -= quantity;
            }
        }
        if !load.is_empty() {
            self.close(waiting, load, tally).await?;
        }
        Ok(())
    }

    /// Scans units into the open box; false where somebody was faster.
    async fn put_in(
        &self,
        queue: &Queue,
        waiting: &Waiting,
        item_id: &ItemId,
        quantity: i64,
        tally: &mut Tally,
    ) -> Result<bool> {
        let fulfilment_order_id = waiting.part.fulfilment_order_id.clone();
        let scan = StationScan { fulfilment_order_id, code: queue.code_of(item_id), quantity };
        tally.scans += 1;
        match self.flows.pack(self.packer(waiting), scan).await {
            Ok(_) => Ok(true),
            Err(StationError::Fault(fault)) => Err(fault.into()),
            Err(refusal) => {
                tally.surprise("packer", &refusal);
                Ok(false)
            }
        }
    }

    /// Closes the open box; false where somebody was faster.
    async fn close(&self, waiting: &Waiting, load: Load, tally: &mut Tally) -> Result<bool> {
        let id = &waiting.part.fulfilment_order_id;
        let mut dice = dice(self.world.seed, &format!("scale {id} {}", load.grams));
        // Goods weigh what their page says, give or take.
        let grams = load.grams * dice.random_range(985..=1015) / 1000 + BOX_GRAMS;
        let [length_mm, width_mm, height_mm] =
            load.smallest_box().unwrap_or([load.longest_mm.max(100), 300, 300]);
        let close = CloseParcel {
            fulfilment_order_id: id.clone(),
            weight_grams: grams,
            length_mm,
            width_mm,
            height_mm,
        };
        match self.flows.close_parcel(self.packer(waiting), close).await {
            Ok(_) => {
                tally.parcels_closed += 1;
                Ok(true)
            }
            Err(StationError::Fault(fault)) => Err(fault.into()),
            Err(refusal) => {
                tally.surprise("packer", &refusal);
                Ok(false)
            }
        }
    }

    fn packer(&self, waiting: &Waiting) -> Call {
        Call::by(format!("packer:{}", self.node_code(&waiting.part.node_id)))
    }
}

fn load_of_open_parcel(queue: &Queue, waiting: &Waiting) -> Load {
    let open = waiting.parcels.iter().find(|(parcel, _)| parcel.status == ParcelStatus::Open);
    let lines = open.into_iter().flat_map(|(_, lines)| lines);
    lines.fold(Load::default(), |load, line| match queue.items.get(&line.item_id) {
        Some(item) => load.with(item, line.quantity.units()),
        None => load,
    })
}

#[cfg(test)]
mod tests {
    use kernel::{MerchantId, Timestamp};

    use super::*;

    fn pot() -> Item {
        Item {
            item_id: ItemId::from_body("pot"),
            merchant_id: MerchantId::from_body("m"),
            sku: "POT".into(),
            title: "Pot".into(),
            weight_grams: 3_200,
            length_mm: 250,
            width_mm: 250,
            height_mm: 230,
            is_lot_tracked: false,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_box_is_closed_before_it_gets_too_heavy_to_lift() {
        assert_eq!(Load::default().room_for(&pot(), 18), 6);
        assert_eq!(Load::default().with(&pot(), 4).room_for(&pot(), 18), 2);
    }

    #[test]
    fn the_smallest_box_that_holds_it_is_taken() {
        assert_eq!(Load::default().with(&pot(), 1).smallest_box(), Some([450, 320, 180]));
        assert_eq!(Load::default().with(&pot(), 6).smallest_box(), Some([800, 600, 400]));
    }
}
