//! What differs between the book and the world, for people to see and to settle.

use db::Fault;
use inventory::{
    discrepancy::{ResolveError, resolve},
    store::{DiscrepancyFilter, DiscrepancyRow, list_discrepancies},
};
use kernel::{DiscrepancyId, Page, PageRequest, Scope};
use runtime::{Answer, Call, Runtime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Flows;

/// What was settled by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Resolved {
    /// Which.
    pub discrepancy_id: DiscrepancyId,
}

impl Flows {
    /// Somebody settles it by hand.
    pub async fn resolve_discrepancy(
        &self,
        call: Call,
        id: DiscrepancyId,
        reason: String,
    ) -> Result<Answer<Resolved>, ResolveError> {
        self.runtime
            .command(call, move |cx| {
                let (id, reason) = (id.clone(), reason.clone());
                Box::pin(async move {
                    resolve(cx, &id, &reason).await?;
                    Ok(Resolved { discrepancy_id: id })
                })
            })
            .await
    }
}

/// A page of them, newest first.
pub async fn find_discrepancies(
    runtime: &Runtime,
    scope: Scope,
    filter: DiscrepancyFilter,
    page: PageRequest,
) -> Result<Page<DiscrepancyRow>, Fault> {
    let organisation_id = runtime.organisation_id.clone();
    runtime
        .read(move |tx| {
            Box::pin(async move { list_discrepancies(tx, &organisation_id, &scope, &filter, &page).await })
        })
        .await
}
