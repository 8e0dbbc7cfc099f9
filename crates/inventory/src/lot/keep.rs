//! Lots become known as their goods come in.

use std::collections::{BTreeMap, HashSet};

use db::Fault;
use kernel::{ItemId, time::Date};
use runtime::Cx;

use super::Lot;
use crate::store;

/// A lot that has another expiry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLot {
    /// Which of those given, from 0.
    pub place: usize,
    /// Its code.
    pub code: String,
    /// The expiry it has.
    pub known: Option<Date>,
}

/// Makes lots known that are not, and finds the first that is known with another expiry than is given; one that is not
/// given is not another.
pub(crate) async fn keep(cx: &Cx<'_>, given: &[(usize, &ItemId, &Lot)]) -> Result<Result<(), BadLot>, Fault> {
    if given.is_empty() {
        return Ok(Ok(()));
    }
    // The first that says when a lot expires says it for all of this list.
    let mut fresh: BTreeMap<(&ItemId, &str), Option<Date>> = BTreeMap::new();
    for (_, item_id, lot) in given {
        let expires_on = fresh.entry((*item_id, lot.code.as_str())).or_default();
        *expires_on = expires_on.or(lot.expires_on);
    }
    store::insert_lots(cx.tx, &cx.organisation_id, &fresh, cx.now).await?;
    let known = store::find_lots(cx.tx, &cx.organisation_id, fresh.keys().copied()).await?;
    for (place, item_id, lot) in given {
        let known = known.get(&((*item_id).clone(), lot.code.clone())).copied().flatten();
        if lot.expires_on.is_some() && lot.expires_on != known {
            return Ok(Err(BadLot { place: *place, code: lot.code.clone(), known }));
        }
    }
    Ok(Ok(()))
}

/// Those of these lots that are known; units of no lot ask nothing.
pub(crate) async fn known<'l>(
    cx: &Cx<'_>,
    lots: impl Iterator<Item = (&'l ItemId, &'l str)> + Clone,
) -> Result<HashSet<(ItemId, String)>, Fault> {
    let named = lots.filter(|(_, code)| !code.is_empty());
    if named.clone().next().is_none() {
        return Ok(HashSet::new());
    }
    Ok(store::find_lots(cx.tx, &cx.organisation_id, named).await?.into_keys().collect())
}
