//! Everything that must hold, in each context and between them.

use std::collections::BTreeSet;

use db::{Fault, Tx};
use kernel::OrganisationId;
use runtime::{Finding, Invariant};

use crate::Flows;

/// What must hold between contexts; told from their published views.
const BETWEEN: &[Invariant] = &[
    Invariant {
        name: "stock.held_for_orders",
        says: "what the ledger holds allocated, picked and packed at a node is what orders have there (I3)",
        sql: "select s.item_id || ' at ' || s.node_id || ': ledger ' || s.allocated || '/' || s.picked || '/' || s.packed \
                     || ', orders ' || coalesce(f.allocated, 0) || '/' || coalesce(f.picked, 0) || '/' \
                     || coalesce(f.packed, 0) \
                from (select item_id, node_id, cast(sum(allocated) as bigint) as allocated, \
                             cast(sum(picked) as bigint) as picked, cast(sum(packed) as bigint) as packed \
                        from v_stock where organisation_id = $1 group by item_id, node_id) s \
                left join (select * from v_fulfilment_units where organisation_id = $1) f \
                  on f.item_id = s.item_id and f.node_id = s.node_id \
               where s.allocated <> coalesce(f.allocated, 0) or s.picked <> coalesce(f.picked, 0) \
                  or s.packed <> coalesce(f.packed, 0) limit 20",
    },
    Invariant {
        name: "orders.held_in_stock",
        says: "every unit an order has at a node is in the ledger there",
        sql: "select f.item_id || ' at ' || f.node_id || ' is held by orders and not in the ledger' \
                from v_fulfilment_units f \
                left join (select item_id, node_id, sum(on_hand) as on_hand from v_stock where organisation_id = $1 \
                            group by item_id, node_id) s \
                  on s.item_id = f.item_id and s.node_id = f.node_id \
               where f.organisation_id = $1 and s.item_id is null limit 20",
    },
    Invariant {
        name: "orders.backordered_is_counted",
        says: "what waits for supply that was promised is what is counted against its bounds (I10)",
        sql: "select w.item_id || ' of ' || w.channel_id || ': orders and counts differ by ' || sum(w.units) \
                from (select item_id, channel_id, waiting as units from v_backordered where organisation_id = $1 \
                      union all select item_id, channel_id, -waiting from v_backorder_count \
                                 where organisation_id = $1 and channel_id <> '' \
                      union all select item_id, '', waiting from v_backordered where organisation_id = $1 \
                      union all select item_id, '', -waiting from v_backorder_count \
                                 where organisation_id = $1 and channel_id = '') w \
               group by w.item_id, w.channel_id having sum(w.units) <> 0 limit 20",
    },
];

impl Flows {
    /// Checks every invariant; gives every breach found, at most twenty of each.
    pub async fn verify(&self) -> Result<Vec<Finding>, Fault> {
        let mut findings = check(&self.runtime).await?;
        findings.extend(self.check_outside());
        Ok(findings)
    }

    /// Keeps what a check of one invariant found, for people to see.
    pub async fn note_breach(&self, check: &'static str, findings: &[Finding]) -> Result<(), Fault> {
        let (organisation_id, now) = (self.runtime.organisation_id.clone(), self.runtime.now());
        let findings = findings.to_vec();
        self.runtime
            .db
            .write(move |tx| {
                let (organisation_id, findings) = (organisation_id.clone(), findings.clone());
                Box::pin(
                    async move { runtime::breach::note(tx, &organisation_id, check, &findings, now).await },
                )
            })
            .await
    }

    /// Checks these invariants again, now, and keeps what is found; names that are none are left out. Changes nothing
    /// that they are about.
    pub async fn check_again(&self, names: &[String]) -> Result<(), Fault> {
        for check in checks().filter(|check| names.iter().any(|name| name == check)) {
            let findings = check_one(&self.runtime, check).await?;
            self.note_breach(check, &findings).await?;
        }
        Ok(())
    }

    /// Our records and the outsiders': under no reference of ours are two labels owed (F6).
    fn check_outside(&self) -> Vec<Finding> {
        self.outside
            .carrier
            .paid_twice()
            .into_iter()
            .map(|reference| Finding {
                invariant: "label.never_paid_twice".into(),
                detail: format!("the carrier sold two labels for {reference}"),
            })
            .collect()
    }
}

/// Checks everything that can be told from the database alone; also beside a process that writes.
pub async fn check(runtime: &runtime::Runtime) -> Result<Vec<Finding>, Fault> {
    let organisation_id = runtime.organisation_id.clone();
    runtime
        .read_whole(move |tx| {
            let organisation_id = organisation_id.clone();
            Box::pin(async move { check_in(tx, &organisation_id).await })
        })
        .await
}

/// The same in a transaction that is running.
pub async fn check_in(tx: &Tx, organisation_id: &OrganisationId) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    for invariants in all() {
        findings.extend(runtime::verify::check(tx, organisation_id, invariants).await?);
    }
    if let Some(detail) = runtime::check_chain(tx, organisation_id).await? {
        findings.push(Finding { invariant: CHAIN.into(), detail });
    }
    Ok(findings)
}

/// The chain of events, which is walked and not queried.
const CHAIN: &str = "event.chain_is_whole";

/// The names of everything that is checked.
pub fn checks() -> impl Iterator<Item = &'static str> {
    all().into_iter().flatten().map(|invariant| invariant.name).chain([CHAIN])
}

/// Checks one invariant by its name, on a snapshot of its own: for whoever checks little by little.
pub async fn check_one(runtime: &runtime::Runtime, name: &'static str) -> Result<Vec<Finding>, Fault> {
    let organisation_id = runtime.organisation_id.clone();
    runtime
        .read_whole(move |tx| {
            let organisation_id = organisation_id.clone();
            Box::pin(async move {
                if name == CHAIN {
                    let detail = runtime::check_chain(tx, &organisation_id).await?;
                    let finding = |detail| Finding { invariant: CHAIN.into(), detail };
                    return Ok(detail.map(finding).into_iter().collect());
                }
                let invariants: Vec<Invariant> =
                    all().into_iter().flatten().filter(|invariant| invariant.name == name).copied().collect();
                runtime::verify::check(tx, &organisation_id, &invariants).await
            })
        })
        .await
}

fn all() -> Vec<&'static [Invariant]> {
    vec![
        runtime::verify::INVARIANTS,
        catalogue::INVARIANTS,
        network::INVARIANTS,
        inventory::verify::INVARIANTS,
        orders::verify::INVARIANTS,
        warehouse::INVARIANTS,
        shipping::INVARIANTS,
        tracking::INVARIANTS,
        webhooks::INVARIANTS,
        operations::INVARIANTS,
        BETWEEN,
    ]
}

/// The names and words of all invariants, for the console and the guide.
pub fn invariants() -> Vec<(&'static str, &'static str)> {
    let names: BTreeSet<_> =
        all().into_iter().flatten().map(|invariant| (invariant.name, invariant.says)).collect();
    names.into_iter().collect()
}
