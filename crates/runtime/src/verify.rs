//! Invariants as queries that must find nothing.

use db::{Fault, Tx, args};
use kernel::OrganisationId;

/// A truth about the rows of a context. Its query takes the organisation as `$1` and gives one text for each breach.
#[derive(Debug, Clone, Copy)]
pub struct Invariant {
    /// A short name: `stock.balance_is_sum_of_transfers`.
    pub name: &'static str,
    /// What holds, for people.
    pub says: &'static str,
    /// Finds breaches.
    pub sql: &'static str,
}

/// A breach.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Finding {
    /// Which invariant.
    pub invariant: String,
    /// Where, and what was found.
    pub detail: String,
}

/// The invariants of what `runtime` keeps; the hash chain is walked apart.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "effect.one_success_per_cause",
        says: "for each cause and kind at most one effect has succeeded, and its outcome is kept",
        sql: "select effect_id || ' succeeded without an outcome' from effect \
               where organisation_id = $1 and state = 'succeeded' and outcome is null limit 20",
    },
    Invariant {
        name: "command.key_has_its_answer",
        says: "each command key is kept together with its answer",
        sql: "select scope || ' ' || key || ' has no answer' from command_key \
               where organisation_id = $1 and response = '' limit 20",
    },
];

/// Runs invariants; gives every breach, at most twenty of each.
pub async fn check(
    tx: &Tx,
    organisation_id: &OrganisationId,
    invariants: &[Invariant],
) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    for invariant in invariants {
        let breaches: Vec<(String,)> = tx.query(invariant.sql, args![organisation_id]).await?;
        findings.extend(
            breaches.into_iter().map(|(detail,)| Finding { invariant: invariant.name.to_owned(), detail }),
        );
    }
    Ok(findings)
}
