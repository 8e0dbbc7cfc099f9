//! Counts: the book says what lies there, and orders whose units do not lie there get others.

use db::Fault;
use inventory::{
    State,
    count::{Count, CountRefusal, Difference, count},
    discrepancy::{DiscrepancyKind, DiscrepancyState, NewDiscrepancy, raise},
    store::list_stock_of_items,
    till::Shortage,
};
use kernel::{DiscrepancyId, OrderId, ProposedAdjustmentId, Scope};
use runtime::{Answer, Call, Cx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Flows,
    displace::{Claims, begin, lock_claims},
    receive::ALLOCATE_WAITING,
    station::StationError,
};

/// What a count came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Counted {
    /// What the book said: units free, held and promised.
    pub book: i64,
    /// What was counted.
    pub counted: i64,
    /// What is more in the book now than before; below 0 for less.
    pub booked: i64,
    /// Units that are held or promised and are not there.
    pub missing: i64,
    /// Orders that lost units by it and were given others, as far as there were any.
    pub re_sourced: Vec<OrderId>,
    /// What differs and was kept for somebody to see.
    pub discrepancies: Vec<DiscrepancyId>,
    /// What waits for somebody's yes, where the difference is more than one may book alone.
    pub proposed_adjustment_id: Option<ProposedAdjustmentId>,
}

/// Why nothing was booked.
#[derive(Debug, thiserror::Error)]
pub enum CountError {
    /// One of the counts cannot be.
    #[error("{why}")]
    Refused {
        /// Which, from 0.
        place: usize,
        /// Why.
        why: CountRefusal,
    },
    /// It is an item that is kept by lot.
    #[error("the item is tracked by lot: say of which lot these units are, and count each apart")]
    NeedsLot {
        /// Which, from 0.
        place: usize,
    },
    /// Somebody changed an order at the same moment.
    #[error("an order changed meanwhile; nothing was booked, send it again")]
    Outrun,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(CountError);

impl From<StationError> for CountError {
    fn from(error: StationError) -> CountError {
        match error {
            StationError::Fault(fault) => CountError::Fault(fault),
            _ => CountError::Outrun,
        }
    }
}

impl Flows {
    /// Books counts, all or none.
    pub async fn book_counts(
        &self,
        call: Call,
        counts: Vec<Count>,
    ) -> Result<Answer<Vec<Counted>>, CountError> {
        let flows = self.clone();
        self.runtime
            .command(call, move |cx| {
                let (flows, counts) = (flows.clone(), counts.clone());
                Box::pin(async move { flows.count_once(cx, &counts).await })
            })
            .await
    }

    async fn count_once(&self, cx: &mut Cx<'_>, counts: &[Count]) -> Result<Vec<Counted>, CountError> {
        check_lots(cx, counts).await?;
        begin(cx).await?;
        let mut claims = lock_claims(cx, &expected_short(cx, counts).await?).await?;
        let mut told = Vec::with_capacity(counts.len());
        let mut found = Vec::new();
        for (place, (asked, difference)) in counts.iter().zip(count(cx, counts).await?).enumerate() {
            let difference = difference.map_err(|why| CountError::Refused { place, why })?;
            let (re_sourced, differs) = self.make_good(cx, asked, &difference, &mut claims).await?;
            if difference.booked > 0 {
                cx.put_off(ALLOCATE_WAITING, "all", cx.now);
            }
            told.push(Counted {
                book: difference.book,
                counted: asked.counted.units(),
                booked: difference.booked,
                missing: difference.missing,
                re_sourced,
                discrepancies: differs.iter().map(|new| new.id.clone()).collect(),
                proposed_adjustment_id: difference.proposed,
            });
            found.extend(differs);
        }
        raise(cx, &found).await?;
        Ok(told)
    }

    /// What is promised and not there is taken from orders, unless the count waits for somebody's yes.
    async fn make_good(
        &self,
        cx: &mut Cx<'_>,
        asked: &Count,
        difference: &Difference,
        claims: &mut Claims,
    ) -> Result<(Vec<OrderId>, Vec<NewDiscrepancy>), CountError> {
        let mut left = difference.missing;
        let mut found = Vec::new();
        let mut re_sourced = Vec::new();
        if left == 0 {
            return Ok((re_sourced, found));
        }
        // Which of an order's units are of this lot is told at the shelf, when they are picked.
        if !difference.waits && asked.lot.is_empty() {
            let taken = claims.cover(cx, &shortage(asked, left)).await?;
            let displaced = self.displace(cx, taken, State::Loss, "short_not_found", "counted_short").await?;
            for lost in displaced {
                left -= lost.units;
                let state = match lost.unallocated {
                    0 => DiscrepancyState::Repaired,
                    _ => DiscrepancyState::Open,
                };
                re_sourced.push(lost.order_id.clone());
                found.push(differs(cx, asked, lost.units, 0, Some(lost.order_id), state));
            }
        }
        if left > 0 {
            let there = asked.counted.units();
            found.push(differs(cx, asked, left + there, there, None, DiscrepancyState::Open));
        }
        Ok((re_sourced, found))
    }
}

fn differs(
    cx: &mut Cx<'_>,
    asked: &Count,
    expected: i64,
    found: i64,
    order_id: Option<OrderId>,
    state: DiscrepancyState,
) -> NewDiscrepancy {
    NewDiscrepancy {
        id: DiscrepancyId::from_body(&cx.fresh()),
        kind: DiscrepancyKind::CountShort,
        item_id: asked.item_id.clone(),
        owner_id: asked.owner_id.clone(),
        node_id: Some(asked.node_id.clone()),
        listing: None,
        lot: asked.lot.clone(),
        order_id,
        expected,
        found,
        cause_id: format!("count:{}", asked.note),
        state,
    }
}

fn shortage(asked: &Count, units: i64) -> Shortage {
    Shortage {
        node_id: asked.node_id.clone(),
        item_id: asked.item_id.clone(),
        owner_id: asked.owner_id.clone(),
        units,
    }
}

/// What would be missing of what is promised, as things stand: whose orders to lock.
async fn expected_short(cx: &Cx<'_>, counts: &[Count]) -> Result<Vec<Shortage>, Fault> {
    let items = counts.iter().map(|count| &count.item_id);
    let rows = list_stock_of_items(cx.tx, &cx.organisation_id, &Scope::EVERYTHING, items).await?;
    let short = counts.iter().filter(|count| count.lot.is_empty()).filter_map(|count| {
        let row = rows.iter().find(|row| {
            (&row.node_id, &row.item_id, &row.owner_id) == (&count.node_id, &count.item_id, &count.owner_id)
                && row.lot.is_empty()
        })?;
        let missing = row.held + row.allocated - count.counted.units();
        (missing > 0).then(|| shortage(count, missing))
    });
    Ok(short.collect())
}

/// What is kept by lot is counted by lot.
async fn check_lots(cx: &Cx<'_>, counts: &[Count]) -> Result<(), CountError> {
    let item_ids: Vec<_> = counts.iter().map(|count| count.item_id.clone()).collect();
    let items = catalogue::items_by_id(cx.tx, &cx.organisation_id, &item_ids).await?;
    let needs = |count: &Count| {
        count.lot.is_empty() && items.get(&count.item_id).is_some_and(|item| item.is_lot_tracked)
    };
    match counts.iter().position(needs) {
        Some(place) => Err(CountError::NeedsLot { place }),
        None => Ok(()),
    }
}
