//! Claims to references of orders that are accepted and not written yet.

use std::collections::HashSet;

use db::{Column, Fault, Tx, args, set};
use kernel::{ChannelId, OrganisationId};

use super::write::AcceptedOrder;

/// Claims the references of orders that are written later: nobody else can take one until it is filed. Where orders are
/// written at once beside others who write later, they are claimed too, and given up in the same transaction.
pub async fn claim_references(
    tx: &Tx,
    organisation_id: &OrganisationId,
    orders: &[AcceptedOrder<'_>],
) -> Result<(), Fault> {
    let channels = || orders.iter().map(|order| order.channel_id);
    let references = || orders.iter().map(|order| &order.order.external_reference);
    tx.execute_set(
        "insert into unfiled_order (organisation_id, channel_id, external_reference, order_id, fingerprint) \
         select $1, d.channel_id, d.external_reference, d.order_id, d.fingerprint \
         {set d(channel_id text, external_reference text, order_id text, fingerprint text)} where true \
          [pg: order by d.channel_id, d.external_reference :]",
        &set![
            channels(),
            references(),
            orders.iter().map(|order| order.order_id),
            orders.iter().map(|order| order.fingerprint),
        ],
        args![organisation_id],
    )
    .await?;
    if tx.engine() == db::Engine::Sqlite {
        return Ok(());
    }
    // Whoever had one of them claimed may have filed it since it was looked for.
    let filed: Vec<(ChannelId, String)> = tx
        .query(
            "select channel_id, external_reference from sales_order \
              where organisation_id = $1 and channel_id {in $2} and external_reference {in $3}",
            args![organisation_id, Column::from_iter(channels()), Column::from_iter(references())],
        )
        .await?;
    let claimed: HashSet<(&ChannelId, &String)> = channels().zip(references()).collect();
    match filed.iter().filter(|(channel_id, reference)| claimed.contains(&(channel_id, reference))).count() {
        0 => Ok(()),
        touched => Err(Fault::Outrun { what: "references claimed", touched: touched as u64, expected: 0 }),
    }
}

/// Gives up the claims to references of orders that are filed.
pub async fn release_references(
    tx: &Tx,
    organisation_id: &OrganisationId,
    orders: &[AcceptedOrder<'_>],
) -> Result<(), Fault> {
    tx.execute_guarded(
        "references given up",
        "delete from unfiled_order where (organisation_id, channel_id, external_reference) in \
         (select $1, d.channel_id, d.external_reference {set d(channel_id text, external_reference text)})",
        &set![
            orders.iter().map(|order| order.channel_id),
            orders.iter().map(|order| &order.order.external_reference),
        ],
        args![organisation_id],
    )
    .await
}
