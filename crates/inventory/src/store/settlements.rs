//! Statements about who owns what: settlement lines, ownership transfers, entitlements.

use std::collections::BTreeMap;

use db::{Column, Fault, Tx, args, row, set};
use kernel::{
    Currency, EntitlementId, ItemId, MerchantId, NodeId, OrganisationId, OwnershipTransferId, Page,
    PageRequest, Scope, SettlementLineId, Timestamp,
};
use runtime::Cx;

use crate::{
    entitle::Grant,
    ownership::{NewSettlementLine, OwnershipTransfer},
};

row! {
    /// Units that changed their owner, and what is owed for them.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
    pub struct SettlementLine {
        /// Its id.
        pub settlement_line_id: SettlementLineId,
        /// When.
        pub happened_at: Timestamp,
        /// What.
        pub item_id: ItemId,
        /// Where.
        pub node_id: NodeId,
        /// Who gave the units and is owed for them.
        pub giver_id: MerchantId,
        /// Who got them and owes.
        pub taker_id: MerchantId,
        /// How many units.
        pub quantity: i64,
        /// What one costs.
        pub unit_price_minor: i64,
        /// What is owed.
        pub amount_minor: i64,
        /// Of the amounts.
        pub currency: Currency,
        /// The ownership transfer or the order it belongs to.
        pub cause_id: String,
        /// What the giver calls the transfer; empty for an order.
        pub reference: String,
        /// The entitlement it drew on or gave back to; empty where it is none.
        pub entitlement_id: String,
        /// True where it gives back what the same cause took.
        pub is_reversal: bool,
        /// Who did it.
        pub actor: String,
    }
}

row! {
    /// What two merchants owe each other in one currency over a period.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
    pub struct StatementTotal {
        /// The other one.
        pub counterparty_id: MerchantId,
        /// Of the amounts.
        pub currency: Currency,
        /// Units given to them.
        pub given_units: i64,
        /// What they owe for those.
        pub given_minor: i64,
        /// Units got from them.
        pub got_units: i64,
        /// What is owed to them for those.
        pub got_minor: i64,
        /// What they owe on balance; below zero it is owed to them.
        pub balance_minor: i64,
    }
}

row! {
    /// How many of a brand's units a reseller may sell.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
    pub struct Entitlement {
        /// Its id.
        pub entitlement_id: EntitlementId,
        /// What.
        pub item_id: ItemId,
        /// Whose pool it is.
        pub brand_id: MerchantId,
        /// Who may sell from it.
        pub reseller_id: MerchantId,
        /// How many units, over all.
        pub granted: i64,
        /// How many of them were sold.
        pub used: i64,
        /// What a unit costs the reseller.
        pub unit_price_minor: i64,
        /// Of the price.
        pub currency: Currency,
        /// When it was granted or changed.
        pub changed_at: Timestamp,
    }
}

/// Which lines: those of a merchant, with one other or (none) all, of a period that begins with `from` and ends before
/// `until`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementOf {
    /// Whose statement.
    pub merchant_id: MerchantId,
    /// With whom alone.
    pub counterparty_id: Option<MerchantId>,
    /// The period's first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl StatementOf {
    /// After everything that will ever happen.
    pub const FOREVER: Timestamp = Timestamp::constant(253_402_207_200, 0);
}

pub(crate) async fn insert_settlement_lines(
    tx: &Tx,
    organisation_id: &OrganisationId,
    actor: &str,
    lines: &[NewSettlementLine],
) -> Result<(), Fault> {
    let trades = || lines.iter().map(|line| &line.trade);
    tx.execute_guarded(
        "settlement lines written",
        "insert into settlement_line (organisation_id, settlement_line_id, item_id, node_id, giver_id, taker_id, \
                quantity, unit_price_minor, amount_minor, currency, cause_id, entitlement_id, is_reversal, actor, \
                happened_at) \
         select $1, d.settlement_line_id, d.item_id, d.node_id, d.giver_id, d.taker_id, d.quantity, \
                d.unit_price_minor, d.amount_minor, d.currency, d.cause_id, d.entitlement_id, d.is_reversal, $2, \
                d.happened_at \
         {set d(settlement_line_id text, item_id text, node_id text, giver_id text, taker_id text, quantity int, \
                unit_price_minor int, amount_minor int, currency text, cause_id text, entitlement_id text, \
                is_reversal bool, happened_at time)} where true",
        &set![
            lines.iter().map(|line| &line.settlement_line_id),
            trades().map(|trade| &trade.item_id),
            trades().map(|trade| &trade.node_id),
            trades().map(|trade| &trade.giver_id),
            trades().map(|trade| &trade.taker_id),
            trades().map(|trade| trade.quantity),
            trades().map(|trade| trade.unit_price.minor),
            lines.iter().map(|line| line.amount_minor),
            trades().map(|trade| trade.unit_price.currency.to_string()),
            lines.iter().map(|line| &line.cause_id),
            trades().map(|trade| trade.entitlement_id.as_ref().map_or("", EntitlementId::as_str)),
            trades().map(|trade| trade.is_reversal),
            lines.iter().map(|line| line.happened_at),
        ],
        args![organisation_id, actor],
    )
    .await
}

/// Uses entitlements, or (below zero) gives back to them; none beyond what was granted.
pub(crate) async fn draw_entitlements(
    tx: &Tx,
    organisation_id: &OrganisationId,
    drawn: &BTreeMap<&EntitlementId, i64>,
) -> Result<(), Fault> {
    if drawn.len() > 1 && tx.engine() == db::Engine::Postgres {
        // In the order of their ids, so that two who draw on the same never wait for each other.
        tx.query::<(EntitlementId,)>(
            "select entitlement_id from entitlement where organisation_id = $1 and entitlement_id {in $2} \
              order by entitlement_id [pg: for update :]",
            args![organisation_id, Column::from_iter(drawn.keys().copied())],
        )
        .await?;
    }
    tx.execute_guarded(
        "entitlements drawn on",
        "update entitlement set used = entitlement.used + d.units {set d(entitlement_id text, units int)} \
          where organisation_id = $1 and entitlement.entitlement_id = d.entitlement_id \
            and entitlement.used + d.units between 0 and entitlement.granted",
        &set![drawn.keys().copied(), drawn.values().copied()],
        args![organisation_id],
    )
    .await
}

/// Keeps a transfer under its reference; false where the reference is taken.
pub(crate) async fn insert_ownership_transfer(
    cx: &Cx<'_>,
    ownership_transfer_id: &OwnershipTransferId,
    transfer: &OwnershipTransfer,
    fingerprint: &str,
) -> Result<bool, Fault> {
    let inserted = cx
        .tx
        .execute(
            "insert into ownership_transfer (organisation_id, ownership_transfer_id, kind, giver_id, taker_id, \
                    reference, fingerprint, actor, happened_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             on conflict (organisation_id, giver_id, reference) do nothing",
            args![
                &cx.organisation_id,
                ownership_transfer_id,
                transfer.kind.name(),
                &transfer.giver_id,
                &transfer.taker_id,
                &transfer.reference,
                fingerprint,
                &cx.actor,
                cx.now
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// The transfer that a reference means, with the fingerprint of its lines.
pub(crate) async fn find_ownership_transfer(
    tx: &Tx,
    organisation_id: &OrganisationId,
    giver_id: &MerchantId,
    reference: &str,
) -> Result<(OwnershipTransferId, String), Fault> {
    tx.query_one(
        "select ownership_transfer_id, fingerprint from ownership_transfer \
          where organisation_id = $1 and giver_id = $2 and reference = $3",
        args![organisation_id, giver_id, reference],
    )
    .await
}

/// A page of a statement, oldest first.
pub async fn list_settlement_lines(
    tx: &Tx,
    organisation_id: &OrganisationId,
    of: &StatementOf,
    wanted: &PageRequest,
) -> Result<Page<SettlementLine>, Fault> {
    // Each half walks its own index, so that a page costs the same however long the past is.
    macro_rules! half {
        ($mine:literal, $other:literal) => {
            concat!(
                "select * from (select * from settlement_line where organisation_id = $1 and ",
                $mine,
                " = $2 and ($3 = '' or ",
                $other,
                " = $3) and happened_at >= $4 and happened_at < $5 \
                   and (happened_at > $6 or (happened_at = $6 and settlement_line_id > $7)) \
                 order by happened_at, settlement_line_id limit $8) ",
                $mine,
                "_half"
            )
        };
    }
    let (at, id) = wanted
        .after
        .as_deref()
        .and_then(|after| after.split_once('/'))
        .and_then(|(at, id)| Some((at.parse().ok()?, id)))
        .unwrap_or((Timestamp::UNIX_EPOCH, ""));
    let rows = tx
        .query(
            concat!(
                "select l.settlement_line_id, l.happened_at, l.item_id, l.node_id, l.giver_id, l.taker_id, l.quantity, \
                        l.unit_price_minor, l.amount_minor, l.currency, l.cause_id, \
                        coalesce(o.reference, '') as reference, l.entitlement_id, l.is_reversal, l.actor from (",
                half!("giver_id", "taker_id"),
                " union all ",
                half!("taker_id", "giver_id"),
                ") l left join ownership_transfer o on o.organisation_id = l.organisation_id \
                    and o.ownership_transfer_id = l.cause_id \
                 order by l.happened_at, l.settlement_line_id limit $8"
            ),
            args![
                organisation_id,
                &of.merchant_id,
                of.counterparty_id.as_ref().map_or("", MerchantId::as_str),
                of.from.max(at),
                of.until,
                at,
                id,
                wanted.limit + 1
            ],
        )
        .await?;
    Ok(Page::of(rows, wanted.limit, |line: &SettlementLine| {
        format!("{}/{}", line.happened_at, line.settlement_line_id)
    }))
}

/// What a statement comes to, by counterparty and currency.
pub async fn list_statement_totals(
    tx: &Tx,
    organisation_id: &OrganisationId,
    of: &StatementOf,
) -> Result<Vec<StatementTotal>, Fault> {
    tx.query(
        "select counterparty_id, currency, cast(sum(given_units) as bigint) as given_units, \
                cast(sum(given_minor) as bigint) as given_minor, cast(sum(got_units) as bigint) as got_units, \
                cast(sum(got_minor) as bigint) as got_minor, \
                cast(sum(given_minor - got_minor) as bigint) as balance_minor \
           from (select taker_id as counterparty_id, currency, quantity as given_units, amount_minor as given_minor, \
                        0 as got_units, 0 as got_minor \
                   from settlement_line where organisation_id = $1 and giver_id = $2 and ($3 = '' or taker_id = $3) \
                    and happened_at >= $4 and happened_at < $5 \
                 union all \
                 select giver_id, currency, 0, 0, quantity, amount_minor \
                   from settlement_line where organisation_id = $1 and taker_id = $2 and ($3 = '' or giver_id = $3) \
                    and happened_at >= $4 and happened_at < $5) both_sides \
          group by counterparty_id, currency order by counterparty_id, currency",
        args![
            organisation_id,
            &of.merchant_id,
            of.counterparty_id.as_ref().map_or("", MerchantId::as_str),
            of.from,
            of.until
        ],
    )
    .await
}

row! {
    /// Units that an order took from a brand's pool and did not give back.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Taken {
        /// What.
        pub item_id: ItemId,
        /// Whose they were.
        pub brand_id: MerchantId,
        /// Who got them.
        pub reseller_id: MerchantId,
        /// The entitlement.
        pub entitlement_id: EntitlementId,
        /// What a unit cost.
        pub unit_price_minor: i64,
        /// Of the price.
        pub currency: Currency,
        /// How many units.
        pub quantity: i64,
    }
}

/// What an order still has of brands' pools, the dearest first.
pub async fn list_taken(
    tx: &Tx,
    organisation_id: &OrganisationId,
    cause_id: &str,
) -> Result<Vec<Taken>, Fault> {
    tx.query(
        "select item_id, case when is_reversal then taker_id else giver_id end as brand_id, \
                case when is_reversal then giver_id else taker_id end as reseller_id, entitlement_id, \
                unit_price_minor, currency, \
                cast(sum(case when is_reversal then -quantity else quantity end) as bigint) as quantity \
           from settlement_line where organisation_id = $1 and cause_id = $2 and entitlement_id <> '' \
          group by 1, 2, 3, 4, 5, 6 \
         having sum(case when is_reversal then -quantity else quantity end) > 0 \
          order by item_id, unit_price_minor desc, entitlement_id",
        args![organisation_id, cause_id],
    )
    .await
}

/// What these resellers may still take of these items, locked until the transaction ends where `is_locked`.
pub async fn list_open_entitlements(
    tx: &Tx,
    organisation_id: &OrganisationId,
    resellers: impl Iterator<Item = &MerchantId>,
    items: impl Iterator<Item = &ItemId>,
    is_locked: bool,
) -> Result<Vec<Entitlement>, Fault> {
    let (resellers, items) = (Column::from_iter(resellers), Column::from_iter(items));
    if is_locked {
        tx.query::<(EntitlementId,)>(
            "select entitlement_id from entitlement where organisation_id = $1 and reseller_id {in $2} \
                and item_id {in $3} order by entitlement_id [pg: for update :]",
            args![organisation_id, resellers.clone(), items.clone()],
        )
        .await?;
    }
    tx.query(
        "select entitlement_id, item_id, brand_id, reseller_id, granted, used, unit_price_minor, currency, changed_at \
           from entitlement where organisation_id = $1 and reseller_id {in $2} and item_id {in $3} and used < granted \
          order by unit_price_minor, entitlement_id",
        args![organisation_id, resellers, items],
    )
    .await
}

/// A reseller's entitlement to an item of a brand's, locked until the transaction ends.
pub(crate) async fn lock_entitlement(
    tx: &Tx,
    organisation_id: &OrganisationId,
    item_id: &ItemId,
    brand_id: &MerchantId,
    reseller_id: &MerchantId,
) -> Result<Option<Entitlement>, Fault> {
    tx.query_optional(
        "select entitlement_id, item_id, brand_id, reseller_id, granted, used, unit_price_minor, currency, changed_at \
           from entitlement where organisation_id = $1 and item_id = $2 and brand_id = $3 and reseller_id = $4 \
           [pg: for update :]",
        args![organisation_id, item_id, brand_id, reseller_id],
    )
    .await
}

/// Keeps an entitlement as it is granted now.
pub(crate) async fn put_entitlement(
    cx: &Cx<'_>,
    entitlement_id: &EntitlementId,
    grant: &Grant,
) -> Result<Entitlement, Fault> {
    cx.tx
        .query_one(
            "insert into entitlement (organisation_id, entitlement_id, item_id, brand_id, reseller_id, granted, used, \
                    unit_price_minor, currency, changed_at) \
             values ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9) \
             on conflict (organisation_id, reseller_id, item_id, brand_id) do update \
                set granted = excluded.granted, unit_price_minor = excluded.unit_price_minor, \
                    currency = excluded.currency, changed_at = excluded.changed_at \
             returning entitlement_id, item_id, brand_id, reseller_id, granted, used, unit_price_minor, currency, \
                    changed_at",
            args![
                &cx.organisation_id,
                entitlement_id,
                &grant.item_id,
                &grant.brand_id,
                &grant.reseller_id,
                grant.granted,
                grant.unit_price.minor,
                grant.unit_price.currency.to_string(),
                cx.now
            ],
        )
        .await
}

/// Entitlements that merchants within the scope gave or have, by id.
pub async fn list_entitlements(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    wanted: &PageRequest,
) -> Result<Page<Entitlement>, Fault> {
    let rows = tx
        .query(
            "select entitlement_id, item_id, brand_id, reseller_id, granted, used, unit_price_minor, currency, \
                    changed_at \
               from entitlement where organisation_id = $1 and ($2 = 1 or brand_id {in $3} or reseller_id {in $3}) \
                and entitlement_id > $4 order by entitlement_id limit $5",
            args![
                organisation_id,
                i64::from(scope.is_everything()),
                Column::from_iter(scope.merchant_ids()),
                wanted.after.as_deref().unwrap_or_default(),
                wanted.limit + 1
            ],
        )
        .await?;
    Ok(Page::of(rows, wanted.limit, |row: &Entitlement| row.entitlement_id.to_string()))
}
