//! Goods by lot: an order's units stay in their lots, and what is expired is set apart.

use std::collections::BTreeSet;

use catalogue::Channel;
use db::{Fault, Tx};
use inventory::{
    Transfer,
    lot::{self, Life},
    selling::{self, Rules},
    store::{self as stock, LotFilter, LotRow},
};
use jiff::SignedDuration;
use kernel::{
    ItemId, MerchantId, NodeId, OrderId, OrganisationId, Page, PageRequest, Scope,
    time::{Date, to_date},
};
use runtime::{Call, Cx, Runtime};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Flows;

/// The job that sets expired goods apart.
pub(crate) const EXPIRE: &str = "lots.expire";

/// How many balances one transaction sets apart.
const RUN: usize = 200;

/// An order's movements, each from the lots its units are of.
pub(crate) async fn of_order(
    cx: &Cx<'_>,
    order_id: &OrderId,
    transfers: Vec<Transfer>,
) -> Result<Vec<Transfer>, Fault> {
    let causes = [order_id.as_str()].into_iter();
    let lots = stock::list_lots_of_causes(cx.tx, &cx.organisation_id, causes).await?;
    Ok(lot::follow(lots, transfers))
}

/// The most days from now that may be asked for.
pub const WITHIN_MAX: i64 = 36_500;

/// Which lots somebody asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only of this item.
    pub item_id: Option<ItemId>,
    /// Only at this node.
    pub node_id: Option<NodeId>,
    /// Only those that expire within so many days, and those that are expired.
    pub within_days: Option<i64>,
}

impl Wanted {
    fn on(&self, today: Date) -> LotFilter {
        let until = |days: i64| today.saturating_add(SignedDuration::from_hours(24 * days));
        LotFilter {
            item_id: self.item_id.clone(),
            node_id: self.node_id.clone(),
            until: self.within_days.map(until),
        }
    }
}

/// Units of a lot somewhere, in a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = LotStock)]
pub struct LotSeen {
    /// The item.
    pub item_id: ItemId,
    /// Its seller's code.
    pub sku: String,
    /// Whose goods.
    pub owner_id: MerchantId,
    /// Where.
    pub node_id: NodeId,
    /// The lot's code.
    pub lot: String,
    /// In which state.
    pub state: String,
    /// How many base units.
    pub quantity: i64,
    /// The last day on which they are good; null where they keep.
    #[schema(format = Date)]
    pub expires_on: Option<String>,
    /// How many days they are good after today; below 0 where they are expired.
    pub days_left: Option<i64>,
    /// The owner's channels that may not sell them any more, by code.
    pub too_old_for: Vec<String>,
}

/// A page of lots, as they stand on a day.
pub async fn read_lots(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    wanted: &Wanted,
    today: Date,
    page: &PageRequest,
) -> Result<Page<LotSeen>, Fault> {
    let filter = wanted.on(today);
    let Page { rows, next } = stock::list_lots(tx, organisation_id, scope, &filter, page).await?;
    let item_ids: BTreeSet<&ItemId> = rows.iter().map(|row| &row.item_id).collect();
    let rules = selling::find_rules(tx, organisation_id, item_ids.iter().copied()).await?;
    let item_ids: Vec<ItemId> = item_ids.into_iter().cloned().collect();
    let items = catalogue::items_by_id(tx, organisation_id, &item_ids).await?;
    let channels = catalogue::list_channels(tx, organisation_id, scope).await?;
    let seen = rows.iter().map(|row| LotSeen {
        item_id: row.item_id.clone(),
        sku: items.get(&row.item_id).map(|item| item.sku.clone()).unwrap_or_default(),
        owner_id: row.owner_id.clone(),
        node_id: row.node_id.clone(),
        lot: row.lot.clone(),
        state: row.state.clone(),
        quantity: row.quantity,
        expires_on: row.expires_on.map(|day| day.to_string()),
        days_left: row.expires_on.map(|day| lot::days_left(day, today)),
        too_old_for: too_old_for(row, &channels, &rules, today),
    });
    Ok(Page { rows: seen.collect(), next })
}

fn too_old_for(row: &LotRow, channels: &[Channel], rules: &Rules, today: Date) -> Vec<String> {
    let own = channels.iter().filter(|channel| channel.merchant_id == row.owner_id);
    let too_old = own.filter(|channel| {
        let min_days = rules.min_life_days(&channel.channel_id, &row.item_id);
        !Life { today, min_days }.is_in(row.expires_on)
    });
    too_old.map(|channel| channel.code.clone()).collect()
}

/// A page of lots, those that expire first first.
pub async fn list_lots(
    runtime: &Runtime,
    scope: Scope,
    wanted: Wanted,
    page: PageRequest,
) -> Result<Page<LotSeen>, Fault> {
    let (organisation_id, today) = (runtime.organisation_id.clone(), to_date(runtime.now()));
    runtime
        .read(move |tx| {
            Box::pin(async move { read_lots(tx, &organisation_id, &scope, &wanted, today, &page).await })
        })
        .await
}

impl Flows {
    /// Sets apart all free units of lots whose last day is over; gives of how many balances.
    pub async fn expire_lots(&self) -> Result<usize, Fault> {
        let mut expired = 0;
        loop {
            let some = self
                .runtime
                .run(Call::by("system"), |cx| Box::pin(async move { lot::expire(cx, RUN as i64).await }))
                .await?;
            expired += some;
            if some < RUN {
                return Ok(expired);
            }
        }
    }
}
