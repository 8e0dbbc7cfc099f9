//! The one writer of balances.

use std::collections::BTreeMap;

use db::Fault;
use futures_util::future::try_join;
use kernel::{ItemId, Quantity};
use runtime::Cx;

use crate::{
    model::{Account, Spot, State, Transfer},
    store,
};

/// Why transfers were not posted. None of them was.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// An account does not hold what was to be taken.
    #[error("{item_id} {} at {}: asked for {asked}, there are {present}", state.name(), spot.as_str())]
    Short {
        /// The item.
        item_id: ItemId,
        /// Where.
        spot: Spot,
        /// In which state.
        state: State,
        /// How many were to be taken.
        asked: Quantity,
        /// How many there are.
        present: Quantity,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(PostError);

/// Posts transfers: each leg moves a balance, none below zero, and every movement keeps its row. All or nothing with
/// the transaction it runs in. Accounts are locked in one order by all, so that two
/// posts never deadlock.
pub async fn post(cx: &mut Cx<'_>, transfers: &[Transfer]) -> Result<(), PostError> {
    post_balances(cx, transfers).await?;
    file(cx, transfers).await?;
    Ok(())
}

/// Moves the balances alone. Whoever calls this keeps the transfers in a slip in the same transaction, and [`file`]s
/// them with it.
pub async fn post_balances(cx: &mut Cx<'_>, transfers: &[Transfer]) -> Result<(), PostError> {
    let net = net_by_account(transfers);
    cx.tx.touch(transfers.iter().map(|transfer| transfer.from.item_id.as_str()));
    // A balance that grows, or may be below zero, is made where there is none yet; one that shrinks must be there.
    let (shrinking, growing): (Vec<_>, Vec<_>) =
        net.iter().partition(|(_, entry)| entry.delta < 0 && !entry.account.state.is_outside());
    let (entries, free) =
        (net.keys().copied(), |entry: &&(&i64, &NetEntry<'_>)| entry.1.account.state == State::Available);
    let free: Vec<_> = growing.iter().filter(free).copied().collect();
    try_join(
        store::open_accounts(cx.tx, &cx.organisation_id, &free),
        store::lock_accounts(cx.tx, &cx.organisation_id, entries),
    )
    .await?;
    let taken = store::take(cx.tx, &cx.organisation_id, &shrinking).await?;
    if taken.len() != shrinking.len() {
        return Err(find_short(cx, &shrinking, &taken).await?);
    }
    store::put(cx.tx, &cx.organisation_id, &growing).await?;
    Ok(())
}

/// Writes the rows of movements whose balances were moved before.
pub async fn file(cx: &Cx<'_>, transfers: &[Transfer]) -> Result<(), Fault> {
    store::insert_transfers(cx.tx, &cx.organisation_id, &cx.actor, transfers).await
}

/// What a balance changes by in one post.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NetEntry<'a> {
    pub account: &'a Account,
    pub delta: i64,
}

/// Nets the legs, because the order of movements inside one transaction is nobody's business: F2, where each of two
/// lines finds enough and both together do not.
fn net_by_account(transfers: &[Transfer]) -> BTreeMap<i64, NetEntry<'_>> {
    let mut net = BTreeMap::new();
    for transfer in transfers {
        assert!(!transfer.quantity.is_zero(), "a transfer moves something");
        assert_eq!(transfer.from.item_id, transfer.to.item_id, "a transfer keeps its item");
        for (account, sign) in [(&transfer.from, -1), (&transfer.to, 1)] {
            let entry = net.entry(account.account_id()).or_insert(NetEntry { account, delta: 0 });
            entry.delta += sign * transfer.quantity.units();
        }
    }
    net
}

/// The first balance that did not hold enough; those that did are less by now what was taken of them.
async fn find_short(
    cx: &Cx<'_>,
    shrinking: &[(&i64, &NetEntry<'_>)],
    taken: &[i64],
) -> Result<PostError, Fault> {
    let present = store::balances(cx.tx, &cx.organisation_id, shrinking.iter().map(|(id, _)| **id)).await?;
    for (account_id, entry) in shrinking.iter().filter(|(account_id, _)| !taken.contains(account_id)) {
        let there = present.get(account_id).copied().unwrap_or(0);
        if there + entry.delta < 0 {
            return Ok(PostError::Short {
                item_id: entry.account.item_id.clone(),
                spot: entry.account.spot.clone(),
                state: entry.account.state,
                asked: Quantity::new(-entry.delta).unwrap_or(Quantity::MAX),
                present: Quantity::new(there).unwrap_or(Quantity::ZERO),
            });
        }
    }
    // Enough everywhere now, though not a moment ago: an account number met twice, or somebody posted past the lock.
    Ok(PostError::Fault(Fault::Outrun {
        what: "balances taken from",
        touched: 0,
        expected: shrinking.len() as u64,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{MerchantId, NodeId};

    #[test]
    fn two_lines_of_one_item_are_taken_together() {
        let (item, owner, node) =
            (ItemId::from_body("tea"), MerchantId::from_body("m"), NodeId::from_body("leeds"));
        let transfer = |quantity| Transfer {
            from: Account::at(&item, &owner, &node, State::Available),
            to: Account::at(&item, &owner, &node, State::Allocated),
            quantity: Quantity::new(quantity).unwrap(),
            reason: "allocate".into(),
            cause_id: "ord_1".into(),
            happened_at: kernel::Timestamp::UNIX_EPOCH,
        };
        let transfers = [transfer(2), transfer(3)];
        let mut deltas: Vec<i64> = net_by_account(&transfers).values().map(|entry| entry.delta).collect();
        deltas.sort_unstable();
        assert_eq!(deltas, [-5, 5]);
    }
}
