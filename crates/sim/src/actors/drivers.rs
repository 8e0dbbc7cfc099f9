//! Drivers come to every open node each quarter of an hour and take what has a label.

use std::collections::BTreeMap;

use anyhow::Result;
use flows::dispatch::DispatchError;
use kernel::{ParcelId, Timestamp};
use runtime::Call;
use shipping::ParcelStatus;

use super::{Actors, Tally};

/// A driver comes this often.
const EVERY_MINUTES: i64 = 15;
/// The most parcels that are handed over in one go.
const AT_ONCE: usize = 100;

impl Actors {
    /// Hands over what is ready, if a driver comes in one of these minutes.
    pub(super) async fn drive(
        &self,
        minutes: &std::ops::RangeInclusive<i64>,
        now: Timestamp,
        tally: &mut Tally,
    ) -> Result<()> {
        if !minutes.clone().any(|minute| minute % EVERY_MINUTES == 0) {
            return Ok(());
        }
        let mut ready: BTreeMap<&str, Vec<ParcelId>> = BTreeMap::new();
        let queue = self.queue("to_ship", true, now).await?;
        for (parcel, _) in queue.work.iter().flat_map(|waiting| &waiting.parcels) {
            if parcel.status == ParcelStatus::Labelled {
                ready.entry(self.node_code(&parcel.node_id)).or_default().push(parcel.parcel_id.clone());
            }
        }
        for (node_code, parcels) in ready {
            for parcels in parcels.chunks(AT_ONCE) {
                match self.flows.dispatch(Call::by(format!("driver:{node_code}")), parcels.to_vec()).await {
                    Ok(_) => tally.parcels_dispatched += parcels.len() as u64,
                    Err(DispatchError::Fault(fault)) => return Err(fault.into()),
                    Err(refusal) => tally.surprise("driver", &refusal),
                }
            }
        }
        Ok(())
    }
}
