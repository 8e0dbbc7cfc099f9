//! Invariants that a check while serving found broken: kept until a check finds that they hold, so that people see
//! them on whichever node they look.

use db::{Fault, Tx, args, row};
use kernel::{OrganisationId, Timestamp};

use crate::Finding;

/// Details that are kept of one; more tell nothing new.
const DETAILS: usize = 20;

row! {
    /// A broken invariant.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Breach {
        /// Its name: `stock.balance_is_sum_of_transfers`.
        pub invariant: String,
        /// Where, and what was found: a JSON list of texts.
        pub details: serde_json::Value,
        /// Since when it is known.
        pub found_at: Timestamp,
        /// When it was looked at last.
        pub seen_at: Timestamp,
    }
}

/// Keeps what a check of one invariant found; nothing found is the end of it.
pub async fn note(
    tx: &Tx,
    organisation_id: &OrganisationId,
    invariant: &str,
    findings: &[Finding],
    now: Timestamp,
) -> Result<(), Fault> {
    if findings.is_empty() {
        tx.execute(
            "delete from breach where organisation_id = $1 and invariant = $2",
            args![organisation_id, invariant],
        )
        .await?;
        return Ok(());
    }
    let details: Vec<&str> = findings.iter().take(DETAILS).map(|finding| finding.detail.as_str()).collect();
    tx.execute(
        "insert into breach (organisation_id, invariant, details, found_at, seen_at) values ($1, $2, $3, $4, $4) \
         on conflict (organisation_id, invariant) do update \
            set details = excluded.details, seen_at = excluded.seen_at",
        args![organisation_id, invariant, serde_json::json!(details), now],
    )
    .await?;
    Ok(())
}

/// What is broken, the longest known first.
pub async fn list(tx: &Tx, organisation_id: &OrganisationId) -> Result<Vec<Breach>, Fault> {
    tx.query(
        "select invariant, details, found_at, seen_at from breach where organisation_id = $1 \
          order by found_at, invariant limit 200",
        args![organisation_id],
    )
    .await
}
