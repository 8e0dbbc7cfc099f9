//! Another queue in front of the same intake.

use runtime::Batcher;

use crate::{Flows, intake};

impl Flows {
    /// The same flows with a queue of their own: up to `most` orders a transaction, and `workers` transactions side by
    /// side. With one worker, orders are decided strictly in the order in which they came, on every engine.
    pub fn with_queue(&self, most: usize, workers: usize) -> Flows {
        let desk = self.desk.clone();
        let intake = Batcher::start(most, workers, move |batch| {
            let desk = desk.clone();
            Box::pin(async move { intake::place_batch(&desk, batch).await })
        });
        Flows { intake, is_strict: true, ..self.clone() }
    }
}
