//! Statements about lots.

use std::collections::{BTreeMap, HashMap};

use db::{Column, Fault, Tx, args, row, set};
use kernel::{ItemId, MerchantId, NodeId, OrganisationId, Page, PageRequest, Scope, Timestamp, time::Date};

use crate::model::State;

/// Makes lots known; those that are stay as they are.
pub(crate) async fn insert_lots(
    tx: &Tx,
    organisation_id: &OrganisationId,
    lots: &BTreeMap<(&ItemId, &str), Option<Date>>,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.touch(lots.keys().map(|(item_id, _)| item_id.as_str()));
    tx.execute_set(
        "insert into lot (organisation_id, item_id, code, expires_on, created_at) \
         select $1, d.item_id, d.code, d.expires_on, $2 {set d(item_id text, code text, expires_on date)} where true \
         on conflict do nothing",
        &set![
            lots.keys().map(|(item_id, _)| *item_id),
            lots.keys().map(|(_, code)| *code),
            lots.values().copied(),
        ],
        args![organisation_id, now],
    )
    .await?;
    Ok(())
}

/// When these lots expire, as far as they are known.
pub async fn find_lots<'l>(
    tx: &Tx,
    organisation_id: &OrganisationId,
    lots: impl Iterator<Item = (&'l ItemId, &'l str)> + Clone,
) -> Result<HashMap<(ItemId, String), Option<Date>>, Fault> {
    let rows: Vec<(ItemId, String, Option<Date>)> = tx
        .query(
            "select item_id, code, expires_on from lot where organisation_id = $1 and item_id {in $2} and code {in $3}",
            args![
                organisation_id,
                Column::from_iter(lots.clone().map(|(item_id, _)| item_id)),
                Column::from_iter(lots.map(|(_, code)| code)),
            ],
        )
        .await?;
    Ok(rows.into_iter().map(|(item_id, code, expires_on)| ((item_id, code), expires_on)).collect())
}

/// Units of a lot that an order has in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotOfCause {
    /// Which order.
    pub cause_id: String,
    /// The item.
    pub item_id: ItemId,
    /// Whose goods.
    pub owner_id: MerchantId,
    /// Where.
    pub node_id: NodeId,
    /// In which state.
    pub state: State,
    /// The code of the lot.
    pub lot: String,
    /// Its last good day.
    pub expires_on: Option<Date>,
    /// How many units.
    pub quantity: i64,
}

/// Of which lots the goods are that these orders have, those that expire first first.
pub async fn list_lots_of_causes<'c>(
    tx: &Tx,
    organisation_id: &OrganisationId,
    causes: impl Iterator<Item = &'c str>,
) -> Result<Vec<LotOfCause>, Fault> {
    let rows: Vec<CauseRow> = tx
        .query(
            "select m.cause_id, m.item_id, m.owner_id, m.node_id, m.state, m.lot, l.expires_on, m.quantity \
               from (select cause_id, item_id, owner_id, node_id, state, lot, cast(sum(delta) as bigint) as quantity \
                       from (select t.cause_id, a.item_id, a.owner_id, a.node_id, a.state, a.lot, t.quantity as delta \
                               from stock_transfer t \
                               join stock_account a on a.organisation_id = t.organisation_id \
                                                   and a.account_id = t.to_account \
                              where t.organisation_id = $1 and t.cause_id {in $2} and a.lot <> '' \
                                and a.state in ('allocated', 'picked', 'packed', 'staged') \
                              union all \
                             select t.cause_id, a.item_id, a.owner_id, a.node_id, a.state, a.lot, -t.quantity \
                               from stock_transfer t \
                               join stock_account a on a.organisation_id = t.organisation_id \
                                                   and a.account_id = t.from_account \
                              where t.organisation_id = $1 and t.cause_id {in $2} and a.lot <> '' \
                                and a.state in ('allocated', 'picked', 'packed', 'staged')) legs \
                      group by cause_id, item_id, owner_id, node_id, state, lot having sum(delta) > 0) m \
               left join lot l on l.organisation_id = $1 and l.item_id = m.item_id and l.code = m.lot \
              order by m.cause_id, m.item_id, m.node_id, m.state, l.expires_on is null, l.expires_on, m.lot",
            args![organisation_id, Column::from_iter(causes)],
        )
        .await?;
    Ok(rows.into_iter().filter_map(CauseRow::known).collect())
}

row! {
    struct CauseRow {
        cause_id: String,
        item_id: ItemId,
        owner_id: MerchantId,
        node_id: NodeId,
        state: String,
        lot: String,
        expires_on: Option<Date>,
        quantity: i64,
    }
}

impl CauseRow {
    fn known(self) -> Option<LotOfCause> {
        let CauseRow { cause_id, item_id, owner_id, node_id, state, lot, expires_on, quantity } = self;
        let state = State::parse(&state)?;
        Some(LotOfCause { cause_id, item_id, owner_id, node_id, state, lot, expires_on, quantity })
    }
}

row! {
    /// Free units of a lot that is expired.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ExpiredLot {
        /// The item.
        pub item_id: ItemId,
        /// Whose goods.
        pub owner_id: MerchantId,
        /// Where.
        pub node_id: NodeId,
        /// The code of the lot.
        pub lot: String,
        /// Its last good day.
        pub expires_on: Date,
        /// How many units.
        pub quantity: i64,
    }
}

/// Free units of lots whose last day is before today.
pub(crate) async fn list_expired(
    tx: &Tx,
    organisation_id: &OrganisationId,
    today: Date,
    limit: i64,
) -> Result<Vec<ExpiredLot>, Fault> {
    tx.query(
        "select a.item_id, a.owner_id, a.node_id, a.lot, l.expires_on, a.quantity from lot l \
           join stock_account a on a.organisation_id = l.organisation_id and a.item_id = l.item_id and a.lot = l.code \
          where l.organisation_id = $1 and l.expires_on < $2 and a.lot <> '' and a.state = 'available' \
            and a.quantity > 0 order by l.expires_on, a.account_id limit $3",
        args![organisation_id, today, limit],
    )
    .await
}

row! {
    /// Units of a lot somewhere, in a state.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct LotRow {
        /// A number of this row, the same for as long as it lasts.
        pub account_id: i64,
        /// The item.
        pub item_id: ItemId,
        /// Whose goods.
        pub owner_id: MerchantId,
        /// Where.
        pub node_id: NodeId,
        /// In which state.
        pub state: String,
        /// The code of the lot.
        pub lot: String,
        /// Its last good day; none where it keeps.
        pub expires_on: Option<Date>,
        /// How many units.
        pub quantity: i64,
    }
}

/// Which lots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LotFilter {
    /// Only of this item.
    pub item_id: Option<ItemId>,
    /// Only at this node.
    pub node_id: Option<NodeId>,
    /// Only those that expire on this day or before.
    pub until: Option<Date>,
}

/// A page of what is there by lot, those that expire first first.
pub async fn list_lots(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    filter: &LotFilter,
    page: &PageRequest,
) -> Result<Page<LotRow>, Fault> {
    let (day, number) = page.after.as_deref().and_then(|after| after.split_once(' ')).unwrap_or_default();
    // Long before the first that expires.
    let day: Date = day.parse().unwrap_or(Date::constant(1, 1, 1));
    let rows: Vec<LotRow> = tx
        .query(
            "select a.account_id, a.item_id, a.owner_id, a.node_id, a.state, a.lot, l.expires_on, a.quantity \
               from stock_account a \
               left join lot l on l.organisation_id = a.organisation_id and l.item_id = a.item_id and l.code = a.lot \
              where a.organisation_id = $1 and a.lot <> '' and a.is_bounded and a.quantity > 0 \
                and ($2 = 1 or a.owner_id {in $3} or a.node_id {in $4}) \
                and ($5 = '' or a.item_id = $5) and ($6 = '' or a.node_id = $6) \
                and coalesce(l.expires_on, [pg: date '9999-12-31' :] [sqlite: '9999-12-31' :]) <= $7 \
                and (coalesce(l.expires_on, [pg: date '9999-12-31' :] [sqlite: '9999-12-31' :]), a.account_id) \
                    > ($8, $9) \
              order by coalesce(l.expires_on, [pg: date '9999-12-31' :] [sqlite: '9999-12-31' :]), a.account_id \
              limit $10",
            args![
                organisation_id,
                i64::from(scope.is_everything()),
                Column::from_iter(scope.merchant_ids()),
                Column::from_iter(scope.node_ids()),
                filter.item_id.as_ref().map_or("", ItemId::as_str),
                filter.node_id.as_ref().map_or("", NodeId::as_str),
                filter.until.unwrap_or(NEVER),
                day,
                number.parse().unwrap_or(0_i64),
                page.limit + 1,
            ],
        )
        .await?;
    Ok(Page::of(rows, page.limit, |row| format!("{} {}", row.expires_on.unwrap_or(NEVER), row.account_id)))
}

/// Stands for the last day of what keeps.
const NEVER: Date = Date::constant(9999, 12, 31);
