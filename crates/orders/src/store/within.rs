//! Which orders and which work lie within a part of the organisation, and how many they are.

use std::collections::HashSet;

use db::{Column, Fault, Tx, args};
use kernel::{FulfilmentOrderId, OrderId, OrganisationId, Scope};

use crate::read::Count;

/// Those of some orders that belong to one of the merchants, or that one of the nodes works or has worked on.
pub async fn orders_within(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    order_ids: impl Iterator<Item = &OrderId>,
) -> Result<HashSet<OrderId>, Fault> {
    let found: Vec<(OrderId,)> = tx
        .query(
            "select o.order_id from sales_order o where o.organisation_id = $1 and o.order_id {in $2} \
                and ($3 = 1 or o.merchant_id {in $4} or exists (select 1 from fulfilment_order f \
                      where f.organisation_id = o.organisation_id and f.order_id = o.order_id and f.node_id {in $5}))",
            args![
                organisation_id,
                Column::from_iter(order_ids),
                i64::from(scope.is_everything()),
                Column::from_iter(scope.merchant_ids()),
                Column::from_iter(scope.node_ids())
            ],
        )
        .await?;
    Ok(found.into_iter().map(|(order_id,)| order_id).collect())
}

/// True for a fulfilment order of one of the merchants or of one of the nodes.
pub async fn is_fulfilment_within(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    fulfilment_order_id: &FulfilmentOrderId,
) -> Result<bool, Fault> {
    let found: Option<(FulfilmentOrderId,)> = tx
        .query_optional(
            "select f.fulfilment_order_id from fulfilment_order f \
               join sales_order o on o.organisation_id = f.organisation_id and o.order_id = f.order_id \
              where f.organisation_id = $1 and f.fulfilment_order_id = $2 \
                and ($3 = 1 or o.merchant_id {in $4} or f.node_id {in $5})",
            args![
                organisation_id,
                fulfilment_order_id,
                i64::from(scope.is_everything()),
                Column::from_iter(scope.merchant_ids()),
                Column::from_iter(scope.node_ids())
            ],
        )
        .await?;
    Ok(found.is_some())
}

/// How many orders have each status.
pub async fn count_by_status(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
) -> Result<Vec<Count>, Fault> {
    tx.query(
        "select o.status, count(*) from sales_order o where o.organisation_id = $1 \
            and ($2 = 1 or o.merchant_id {in $3} or exists (select 1 from fulfilment_order f \
                  where f.organisation_id = o.organisation_id and f.order_id = o.order_id and f.node_id {in $4})) \
          group by o.status order by o.status",
        args![
            organisation_id,
            i64::from(scope.is_everything()),
            Column::from_iter(scope.merchant_ids()),
            Column::from_iter(scope.node_ids())
        ],
    )
    .await
}
